/**
 * What can be said of simulation output beside a mean and its interval: when a run has warmed up, an interval from
 * one long run, intervals without the normal law, which of many differences count, which points may be the best.
 *
 * Sources: White, Cobb and Spratt 2000 (MSER-5); Law, Simulation Modeling and Analysis (batch means, paired t,
 * quantiles by order statistics); von Neumann 1941 (whether neighbours are correlated); Efron and Tibshirani 1993
 * (percentile bootstrap), Hesterberg 2015 (its percentiles expanded for few values); Holm 1979 (many comparisons); Nelson,
 * Swann, Goldsman and Song 2001 (screening to the best; here with paired differences and Bonferroni's share of the error).
 */
import { errorFunction, quantileSorted } from 'simple-statistics';
import { type Source, Streams } from '../engine/streams.ts';
import { type Estimate, estimate, studentDistribution, studentQuantile } from './statistics.ts';

/** Values averaged together before MSER looks at them. */
const MSER_BATCH = 5;

/**
 * How many of the first values of a series belong to the warm-up, by MSER-5: the cut after which the half width of
 * the mean of what is left would be smallest. Never more than half; 0 for fewer than 10 values.
 */
export function mser5(series: ArrayLike<number>): number {
  const n = Math.floor(series.length / MSER_BATCH);
  if (n < 2) return 0;
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < MSER_BATCH; k++) sum += series[i * MSER_BATCH + k]!;
    means[i] = sum / MSER_BATCH;
  }
  let best = Number.POSITIVE_INFINITY;
  let cut = 0;
  // From the end, with sums of deviations kept by Welford's recursion.
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let i = n - 1; i >= 0; i--) {
    count++;
    const off = means[i]! - mean;
    mean += off / count;
    squares += off * (means[i]! - mean);
    if (i > n / 2) continue;
    const error = squares / (count * count);
    if (error <= best) {
      best = error;
      cut = i;
    }
  }
  return cut * MSER_BATCH;
}

/**
 * Means of `batches` parts of a series, of equal length. Values that do not fill the last batch are left out at the
 * beginning. Throws `RangeError` where there are fewer values than batches.
 */
export function meansOfBatches(series: ArrayLike<number>, batches: number): number[] {
  const size = Math.floor(series.length / batches);
  if (size < 1) throw new RangeError(`${series.length} values do not make ${batches} batches`);
  const means: number[] = [];
  for (let at = series.length - size * batches; at < series.length; at += size) {
    let sum = 0;
    for (let i = at; i < at + size; i++) sum += series[i]!;
    means.push(sum / size);
  }
  return means;
}

/** Mean and 95 % half width from one long run, whose batch means count as independent. Throws `RangeError`. */
export function batchMeans(series: ArrayLike<number>, batches = 20): Estimate {
  return estimate(meansOfBatches(series, batches));
}

/**
 * Correlation of each value with the next by von Neumann's ratio 2 (1 - r), and by how many standard errors it is above 0
 * if there is none and values are of the normal law. Zeros for equal values or fewer than three.
 */
export function neighbourCorrelation(values: readonly number[]): { r: number; errors: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let squares = 0;
  let steps = 0;
  for (const [i, value] of values.entries()) {
    squares += (value - mean) ** 2;
    if (i > 0) steps += (value - values[i - 1]!) ** 2;
  }
  if (n < 3 || squares === 0) return { r: 0, errors: 0 };
  const r = 1 - steps / (2 * squares);
  return { r, errors: r / Math.sqrt((n - 2) / (n * n - 1)) };
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Resamples that are kept for the next sample of the same size are at most so many values. */
const MOST_KEPT = 4e6;

/**
 * Bootstrap of means: resamples with replacement and takes percentiles of their means. Percentiles are expanded so that
 * an interval of few values of the normal law is as wide as Student's (Hesterberg 2015): the plain ones are too narrow by
 * sqrt((n - 1) / n) and by t against z. Resamples follow from the seed and the size alone, so that equal samples have
 * equal intervals, and samples of one size are resampled alike.
 */
export class Bootstrap {
  private readonly seed: number;
  private readonly resamples: number;
  private readonly kept = new Map<number, Uint32Array>();

  constructor(seed: number, resamples = 4000) {
    this.seed = seed;
    this.resamples = resamples;
  }

  /** Mean with its interval at `level`. Throws `RangeError` on none; one value has itself as both ends. */
  mean(values: readonly number[], level = 0.95): Interval {
    const n = values.length;
    if (n === 0) throw new RangeError('no values');
    const value = estimate(values).mean;
    if (values.every((each) => each === values[0])) return { value, low: value, high: value };
    const places = n * this.resamples <= MOST_KEPT ? this.placesOf(n) : null;
    const chance = places === null ? this.chance() : null;
    const means = new Float64Array(this.resamples);
    let next = 0;
    for (let r = 0; r < means.length; r++) {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        sum += values[places === null ? Math.floor(chance!.next() * n) : places[next++]!]!;
      }
      means[r] = sum / n;
    }
    const sorted = means.sort() as unknown as number[];
    const z = Math.sqrt(n / (n - 1)) * studentQuantile(1 - (1 - level) / 2, n - 1);
    const tail = (1 - errorFunction(z / Math.SQRT2)) / 2;
    return { value, low: quantileSorted(sorted, tail), high: quantileSorted(sorted, 1 - tail) };
  }

  /** The places that are drawn from a sample of `n`, one after the other. */
  private placesOf(n: number): Uint32Array {
    const chance = this.chance();
    const places =
      this.kept.get(n) ??
      Uint32Array.from({ length: n * this.resamples }, () => Math.floor(chance.next() * n));
    this.kept.set(n, places);
    return places;
  }

  private chance(): Source {
    return new Streams(this.seed, 0).stream('bootstrap');
  }
}

/**
 * The `p` quantile of independent values with the interval between two order statistics that covers it with at
 * least `level`; an end is infinite where there are too few values. Throws `RangeError` on none.
 */
export function quantileInterval(values: readonly number[], p: number, level = 0.95): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) throw new RangeError('no values');
  const tail = (1 - level) / 2;
  // Number of values below the quantile is binomial (n, p): ranks by its distribution, summed in logarithms.
  let below = 0;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let log = n * Math.log1p(-p);
  for (let k = 0; k <= n; k++) {
    below += Math.exp(log);
    if (below <= tail && k < n) low = sorted[k]!;
    if (below >= 1 - tail && high === Number.POSITIVE_INFINITY && k < n) high = sorted[k]!;
    log += Math.log(((n - k) / (k + 1)) * (p / (1 - p)));
  }
  return { value: quantileSorted(sorted, p), low, high };
}

/** Chance of a mean difference at least as far from 0 if there were none (two-sided paired t). NaN below two values. */
export function pairedP(differences: readonly number[]): number {
  const { mean, ci95, n } = estimate(differences);
  if (ci95 === null) return Number.NaN;
  if (ci95 === 0) return mean === 0 ? 1 : 0;
  const t = (Math.abs(mean) / ci95) * studentQuantile(0.975, n - 1);
  return 2 * (1 - studentDistribution(t, n - 1));
}

/** Holm's adjusted values: each at most 5 % where that difference counts although as many were looked at. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((a, b) => values[a]! - values[b]!);
  const adjusted = new Array<number>(values.length);
  let running = 0;
  for (const [rank, i] of order.entries()) {
    running = Math.max(running, Math.min(1, (values.length - rank) * values[i]!));
    adjusted[i] = running;
  }
  return adjusted;
}

/**
 * Which of the points may be the best (smallest mean) at `level`: those that no other beats by more than chance.
 * `samples[point][replication]`, all with the same random numbers, so that differences are paired. Throws
 * `RangeError` below two points or two replications.
 */
export function mayBeBest(samples: readonly (readonly number[])[], level = 0.95): boolean[] {
  const k = samples.length;
  const n = samples[0]?.length ?? 0;
  if (k < 2 || n < 2) throw new RangeError('needs at least two points of two replications each');
  const t = studentQuantile(1 - (1 - level) / (k - 1), n - 1);
  const half95 = studentQuantile(0.975, n - 1);
  return samples.map((mine, i) =>
    samples.every((other, j) => {
      if (i === j) return true;
      const { mean, ci95 } = estimate(mine.map((value, r) => value - other[r]!));
      return mean <= (ci95! / half95) * t;
    }),
  );
}
