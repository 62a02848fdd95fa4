/**
 * Laws of chance: a law knows its mean and draws from the source that it is given, so that laws can be
 * shared and streams stay separate. Parameters out of range throw RangeError.
 *
 * Laws are drawn by inversion wherever that is practical (one uniform a sample, larger uniform = larger
 * value or the reverse throughout), which is what makes common random numbers work best. Hyperexponential
 * takes two uniforms, gamma a varying number.
 */
import { gammaln } from 'simple-statistics';
import type { Source } from './streams.ts';

export interface Law {
  /** As it would be written in a paper: `exponential(mean 2)`. */
  readonly name: string;
  /** Infinity where the law has none. */
  readonly mean: number;
  sample(source: Source): number;
}

function need(right: boolean, law: string, what: string): void {
  if (!right) throw new RangeError(`${law}: ${what}`);
}

const positive = (x: number) => x > 0 && x < Infinity;

/** Exponential with the given mean > 0. */
export function exponential(mean: number): Law {
  const name = `exponential(mean ${mean})`;
  need(positive(mean), name, 'the mean must be above 0');
  return { name, mean, sample: (source) => -mean * Math.log(source.next()) };
}

/** A mixture of exponentials; shares above 0 that add up to 1, means above 0. */
export function hyperexponential(branches: readonly { share: number; mean: number }[]): Law {
  const name = `hyperexponential(${branches.map((b) => `${b.share}: mean ${b.mean}`).join(', ')})`;
  const total = branches.reduce((sum, b) => sum + b.share, 0);
  need(branches.length > 0 && Math.abs(total - 1) < 1e-9, name, 'the shares must add up to 1');
  need(
    branches.every((b) => b.share > 0 && positive(b.mean)),
    name,
    'shares and means must be above 0',
  );
  const mean = branches.reduce((sum, b) => sum + b.share * b.mean, 0);
  const last = branches.length - 1;
  return {
    name,
    mean,
    sample: (source) => {
      let left = source.next();
      let i = 0;
      while (i < last && left >= branches[i]!.share) left -= branches[i++]!.share;
      return -branches[i]!.mean * Math.log(source.next());
    },
  };
}

/**
 * The hyperexponential of two branches with equal loads (share times mean) that has the given mean and
 * squared coefficient of variation `c2` >= 1.
 */
export function hyperexponentialByC2(mean: number, c2: number): Law {
  need(
    positive(mean) && c2 >= 1 && c2 < Infinity,
    `hyperexponential(mean ${mean}, c2 ${c2})`,
    'c2 must be >= 1',
  );
  const share = (1 + Math.sqrt((c2 - 1) / (c2 + 1))) / 2;
  return hyperexponential([
    { share, mean: mean / (2 * share) },
    { share: 1 - share, mean: mean / (2 * (1 - share)) },
  ]);
}

/** Always `value`; takes no random number. */
export function deterministic(value: number): Law {
  const name = `deterministic(${value})`;
  need(Number.isFinite(value), name, 'the value must be finite');
  return { name, mean: value, sample: () => value };
}

/** exp of a normal with mean `mu` and standard deviation `sigma` >= 0. */
export function lognormal(mu: number, sigma: number): Law {
  const name = `lognormal(mu ${mu}, sigma ${sigma})`;
  need(Number.isFinite(mu) && sigma >= 0 && sigma < Infinity, name, 'sigma must be 0 or above');
  const mean = Math.exp(mu + (sigma * sigma) / 2);
  return { name, mean, sample: (source) => Math.exp(mu + sigma * normalQuantile(source.next())) };
}

/** P(X > x) = exp(-(x / scale)^shape). */
export function weibull(shape: number, scale: number): Law {
  const name = `weibull(shape ${shape}, scale ${scale})`;
  need(positive(shape) && positive(scale), name, 'shape and scale must be above 0');
  const power = 1 / shape;
  const mean = scale * Math.exp(gammaln(1 + power));
  return { name, mean, sample: (source) => scale * (-Math.log(source.next())) ** power };
}

/**
 * Gamma with mean shape * scale.
 * Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000.
 */
export function gamma(shape: number, scale: number): Law {
  const name = `gamma(shape ${shape}, scale ${scale})`;
  need(positive(shape) && positive(scale), name, 'shape and scale must be above 0');
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const sample = (source: Source) => {
    // A shape below 1 is drawn with shape + 1 and shrunk by a power of one uniform more.
    const shrink = shape < 1 ? source.next() ** (1 / shape) : 1;
    for (;;) {
      const normal = normalQuantile(source.next());
      const v = (1 + c * normal) ** 3;
      if (v > 0 && Math.log(source.next()) < (normal * normal) / 2 + d - d * v + d * Math.log(v)) {
        return scale * shrink * d * v;
      }
    }
  };
  return { name, mean: shape * scale, sample };
}

/** P(X > x) = (low / x)^alpha for x >= low. The mean is infinite for alpha <= 1. */
export function pareto(alpha: number, low: number): Law {
  const name = `pareto(alpha ${alpha}, low ${low})`;
  need(positive(alpha) && positive(low), name, 'alpha and low must be above 0');
  const power = -1 / alpha;
  const mean = alpha > 1 ? (alpha * low) / (alpha - 1) : Infinity;
  return { name, mean, sample: (source) => low * source.next() ** power };
}

/** Pareto cut off (conditioned) at `high`. */
export function boundedPareto(alpha: number, low: number, high: number): Law {
  const name = `boundedPareto(alpha ${alpha}, ${low} to ${high})`;
  need(positive(alpha) && positive(low), name, 'alpha and low must be above 0');
  need(high > low && high < Infinity, name, 'high must be above low');
  const power = -1 / alpha;
  const inside = 1 - (low / high) ** alpha;
  const mean =
    alpha === 1
      ? (Math.log(high / low) * low) / inside
      : ((alpha / (alpha - 1)) * (low - high * (low / high) ** alpha)) / inside;
  return { name, mean, sample: (source) => low * (1 - source.next() * inside) ** power };
}

/** Uniform between `low` and `high`. */
export function uniform(low: number, high: number): Law {
  const name = `uniform(${low} to ${high})`;
  need(Number.isFinite(low) && high >= low && high < Infinity, name, 'high must not be below low');
  return { name, mean: (low + high) / 2, sample: (source) => low + (high - low) * source.next() };
}

/** One of the given values, each as likely. */
export function empirical(values: ArrayLike<number>): Law {
  const name = `empirical(${values.length} values)`;
  need(values.length > 0, name, 'there must be a value');
  const sorted = Float64Array.from(values).sort();
  need(Number.isFinite(sorted[0]!) && Number.isFinite(sorted.at(-1)!), name, 'the values must be finite');
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  return { name, mean, sample: (source) => sorted[Math.floor(source.next() * sorted.length)]! };
}

/** Ranks 1 to `n`, rank k with probability proportional to k^-s, s >= 0. Keeps a table of n numbers. */
export function zipf(n: number, s: number): Law {
  const name = `zipf(${n}, s ${s})`;
  need(Number.isInteger(n) && n >= 1, name, 'n must be a whole number from 1 on');
  need(s >= 0 && s < Infinity, name, 's must be 0 or above');
  const upTo = new Float64Array(n);
  let weight = 0;
  let moment = 0;
  for (let rank = 1; rank <= n; rank++) {
    const w = rank ** -s;
    weight += w;
    moment += w * rank;
    upTo[rank - 1] = weight;
  }
  const sample = (source: Source) => {
    const target = source.next() * weight;
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  return { name, mean: moment / weight, sample };
}

/** Coefficients of AS 241, highest power first: numerators and denominators near the middle, outside, far out. */
const CENTRE_ABOVE = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const CENTRE_BELOW = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const MIDDLE_ABOVE = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const MIDDLE_BELOW = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const TAIL_ABOVE = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const TAIL_BELOW = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
];

/**
 * The standard normal's quantile at `p` in (0, 1); relative error about 1e-16.
 * Source: Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics
 * 37(3), 1988, routine PPND16.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE_ABOVE, r)) / polynomial(CENTRE_BELOW, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const x =
    r <= 5
      ? polynomial(MIDDLE_ABOVE, r - 1.6) / polynomial(MIDDLE_BELOW, r - 1.6)
      : polynomial(TAIL_ABOVE, r - 5) / polynomial(TAIL_BELOW, r - 5);
  return q < 0 ? -x : x;
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}
