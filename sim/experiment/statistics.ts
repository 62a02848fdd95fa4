/**
 * Intervals of the means that an experiment reports: Student's t over independent replications, and paired
 * differences of two points that met the same random numbers (replication by replication).
 *
 * Source: A. M. Law, Simulation Modeling and Analysis, fixed-sample-size procedure and paired-t confidence
 * interval. Other intervals, and correction for many comparisons, are in `output-analysis.ts`.
 */
import { gammaln, mean as meanOf, sampleStandardDeviation } from 'simple-statistics';

export interface Estimate {
  readonly mean: number;
  /** Half width of the 95 % interval; null where n < 2. */
  readonly ci95: number | null;
  /** Values that count as independent. */
  readonly n: number;
}

/** Mean and half width of the interval at `level` (default 95 %) of independent values. Throws on none. */
export function estimate(values: readonly number[], level = 0.95): Estimate {
  const n = values.length;
  const mean = meanOf(values as number[]);
  if (n < 2) return { mean, ci95: null, n };
  // Equal values have no spread, whatever rounding makes of their mean.
  if (values.every((value) => value === values[0])) return { mean: values[0]!, ci95: 0, n };
  const half =
    (studentQuantile(1 - (1 - level) / 2, n - 1) * sampleStandardDeviation(values as number[])) /
    Math.sqrt(n);
  return { mean, ci95: half, n };
}

const quantiles = new Map<string, number>();

/**
 * The t below which a share `p` of Student's distribution with `df` degrees of freedom lies.
 * Found by bisection on the distribution function, to the last digits of a double. Throws `RangeError`
 * for p outside (0, 1) or df not above 0.
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1) || !(df > 0))
    throw new RangeError(`no quantile of Student's t for p = ${p}, df = ${df}`);
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, df);
  const key = `${p} ${df}`;
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  let low = 0;
  let high = 1;
  while (studentDistribution(high, df) < p) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (studentDistribution(middle, df) < p) low = middle;
    else high = middle;
  }
  quantiles.set(key, high);
  return high;
}

/** Share of Student's distribution with `df` degrees of freedom below `t`. */
export function studentDistribution(t: number, df: number): number {
  const tail = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/**
 * The regularised incomplete beta function I_x(a, b) by its continued fraction (modified Lentz), on the side of
 * the mean where that converges fast. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8.
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || tiny);
    c = 1 + even / c || tiny;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || tiny);
    c = 1 + odd / c || tiny;
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return front * fraction;
}
