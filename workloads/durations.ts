/**
 * Laws of durations as settings: `{law: exponential, mean: 60s}`. Service times of generated jobs and the owners'
 * intervals are chosen from these.
 *
 * Each law comes with its *residual*: the time left of an interval that a random instant falls into. Its density is
 * P(X > x) / E[X], equally a uniform share of an interval picked with probability proportional to its length. With
 * it an alternating process starts in equilibrium.
 */
import { gammaln } from 'simple-statistics';
import {
  boundedPareto,
  deterministic,
  exponential,
  gamma,
  hyperexponential,
  hyperexponentialByC2,
  type Law,
  lognormal,
  uniform,
  weibull,
} from '../sim/engine/laws.ts';
import type { Field, Read } from '../sim/experiment/fields.ts';
import { InputError } from '../sim/problem.ts';

const MEAN = { kind: 'time', doc: 'Mean.', default: '60s', above: 0 } as const;

/** Settings of a duration law; the law's name stands under `law`. */
export const DURATION_FIELD = {
  kind: 'slot',
  key: 'law',
  doc: 'Law of a duration.',
  default: 'exponential',
  of: {
    exponential: { doc: 'Exponential.', fields: { mean: MEAN } },
    deterministic: { doc: 'Always the mean.', fields: { mean: MEAN } },
    hyperexponential: {
      doc: 'Two exponential branches with equal loads, by mean and squared coefficient of variation.',
      fields: {
        mean: MEAN,
        c2: { kind: 'number', doc: 'Squared coefficient of variation.', default: 4, min: 1 },
      },
    },
    lognormal: {
      doc: 'Lognormal, by mean and squared coefficient of variation.',
      fields: {
        mean: MEAN,
        c2: { kind: 'number', doc: 'Squared coefficient of variation.', default: 4, above: 0 },
      },
    },
    weibull: {
      doc: 'Weibull, by mean and shape (below 1: heavier than exponential).',
      fields: { mean: MEAN, shape: { kind: 'number', doc: 'Shape.', default: 0.5, above: 0 } },
    },
    gamma: {
      doc: 'Gamma, by mean and shape (below 1: more variable than exponential).',
      fields: { mean: MEAN, shape: { kind: 'number', doc: 'Shape.', default: 0.5, above: 0 } },
    },
    'bounded-pareto': {
      doc: 'Pareto cut off at both ends.',
      fields: {
        alpha: { kind: 'number', doc: 'Exponent of the tail.', default: 1, above: 0 },
        low: { kind: 'time', doc: 'Shortest.', default: '1s', above: 0 },
        high: { kind: 'time', doc: 'Longest.', default: '24h', above: 0 },
      },
    },
  },
} as const satisfies Field;

export type DurationSettings = Read<typeof DURATION_FIELD>;

/** A law in seconds and its residual. */
export interface Duration {
  readonly law: Law;
  readonly residual: Law;
}

const NANOSECOND = 1e-9;

/** The law that settings describe, in seconds. Throws `InputError` where `low` is not below `high`. */
export function durationOf(settings: DurationSettings): Duration {
  switch (settings.law) {
    case 'exponential':
      return exponentialDuration(settings.mean * NANOSECOND);
    case 'deterministic': {
      const value = settings.mean * NANOSECOND;
      return { law: deterministic(value), residual: uniform(0, value) };
    }
    case 'hyperexponential': {
      const mean = settings.mean * NANOSECOND;
      // Both branches carry the same load, so a random instant falls into each as often.
      const share = (1 + Math.sqrt((settings.c2 - 1) / (settings.c2 + 1))) / 2;
      return {
        law: hyperexponentialByC2(mean, settings.c2),
        residual: hyperexponential([
          { share: 0.5, mean: mean / (2 * share) },
          { share: 0.5, mean: mean / (2 * (1 - share)) },
        ]),
      };
    }
    case 'lognormal': {
      const variance = Math.log1p(settings.c2);
      return lognormalDuration(Math.log(settings.mean * NANOSECOND) - variance / 2, Math.sqrt(variance));
    }
    case 'weibull': {
      const scale = (settings.mean * NANOSECOND) / Math.exp(gammaln(1 + 1 / settings.shape));
      return weibullDuration(settings.shape, scale);
    }
    case 'gamma':
      return gammaDuration(settings.shape, (settings.mean * NANOSECOND) / settings.shape);
    case 'bounded-pareto': {
      const low = settings.low * NANOSECOND;
      const high = settings.high * NANOSECOND;
      if (low >= high) {
        throw new InputError({
          where: 'law bounded-pareto',
          found: `low (${low}s) is not below high (${high}s)`,
          would: 'give a higher high',
        });
      }
      return {
        law: boundedPareto(settings.alpha, low, high),
        residual: paretoResidual(settings.alpha, low, high),
      };
    }
  }
}

/** Exponential with a mean in seconds: its own residual. */
export function exponentialDuration(mean_s: number): Duration {
  const law = exponential(mean_s);
  return { law, residual: law };
}

/** A mixture of exponentials; a random instant falls into branch i with probability share_i mean_i / mean. */
export function mixedDuration(branches: readonly { share: number; mean: number }[]): Duration {
  const law = hyperexponential(branches);
  const residual = hyperexponential(
    branches.map(({ share, mean }) => ({ share: (share * mean) / law.mean, mean })),
  );
  return { law, residual };
}

/** `shift_s` plus another duration. */
export function shiftedDuration(shift_s: number, rest: Duration): Duration {
  const mean = shift_s + rest.law.mean;
  const flat = shift_s / mean;
  return {
    law: {
      name: `${shift_s} + ${rest.law.name}`,
      mean,
      sample: (source) => shift_s + rest.law.sample(source),
    },
    residual: {
      name: `residual of ${shift_s} + ${rest.law.name}`,
      mean: (shift_s * shift_s) / (2 * mean) + (1 - flat) * (shift_s + rest.residual.mean),
      // P(X > x) is 1 up to the shift and that of the rest beyond it.
      sample: (source) =>
        source.next() < flat ? shift_s * source.next() : shift_s + rest.residual.sample(source),
    },
  };
}

/** Weibull of seconds; an interval picked by its length is scale G^(1/shape), G gamma of shape 1 + 1/shape. */
export function weibullDuration(shape: number, scale_s: number): Duration {
  const power = gamma(1 + 1 / shape, 1);
  const second = scale_s * scale_s * Math.exp(gammaln(1 + 2 / shape));
  const law = weibull(shape, scale_s);
  return {
    law,
    residual: residualOf(law, second, (source) => scale_s * power.sample(source) ** (1 / shape)),
  };
}

/** Gamma of seconds; an interval picked by its length has shape + 1. */
export function gammaDuration(shape: number, scale_s: number): Duration {
  const longer = gamma(shape + 1, scale_s);
  const law = gamma(shape, scale_s);
  const second = shape * (shape + 1) * scale_s * scale_s;
  return { law, residual: residualOf(law, second, longer.sample) };
}

/** exp(normal) seconds; an interval picked by its length has mu + sigma^2. */
export function lognormalDuration(mu: number, sigma: number): Duration {
  const longer = lognormal(mu + sigma * sigma, sigma);
  const law = lognormal(mu, sigma);
  return { law, residual: residualOf(law, Math.exp(2 * mu + 2 * sigma * sigma), longer.sample) };
}

/** A uniform share of an interval picked by its length; `second` is E[X^2]. */
function residualOf(law: Law, second: number, picked: Law['sample']): Law {
  return {
    name: `residual of ${law.name}`,
    mean: second / (2 * law.mean),
    sample: (source) => source.next() * picked(source),
  };
}

/** An interval picked by its length has density ~ x^-alpha between the bounds. */
function paretoResidual(alpha: number, low: number, high: number): Law {
  const law = boundedPareto(alpha, low, high);
  const inside = 1 - (low / high) ** alpha;
  const power = (k: number) => (k === 0 ? Math.log(high / low) : (high ** k - low ** k) / k);
  const second = ((alpha * low ** alpha) / inside) * power(2 - alpha);
  const k = 1 - alpha;
  return residualOf(law, second, (source) => {
    const u = source.next();
    if (k === 0) return low * (high / low) ** u;
    return (low ** k + u * (high ** k - low ** k)) ** (1 / k);
  });
}
