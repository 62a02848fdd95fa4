/**
 * The kinds of 95 % interval that an experiment can show: Student's t or the bootstrap over independent replications,
 * or batch means inside long runs. What is shown is computed here for means and for paired differences alike.
 *
 * Batch means of several replications count together, as many as there are (Argon and Andradottir 2006, replicated
 * batch means). Left out: batches that overlap, spectral methods, and choosing the size of batches by their correlation
 * (it is tested, and told where the test fails).
 */
import { Bootstrap } from './output-analysis.ts';
import { type Estimate, estimate } from './statistics.ts';
import type { Batches } from './study.ts';

export const INTERVALS = {
  student: "Student's t over independent replications",
  bootstrap:
    'bootstrap over replications (expanded percentiles): the ends need not lie evenly around the mean; for 8 replications or more',
  'batch-means':
    'batch means: 20 parts of each run count as independent, so that one long run has an interval; for measures that are means over jobs',
} as const;
export type IntervalKind = keyof typeof INTERVALS;

/** Batches to a run. Schmeiser 1982: more than 30 gain little; with too many, neighbours are correlated. */
export const BATCHES = 20;

/** Fewer replications than this have too few resamples for a bootstrap of 95 %. */
export const LEAST_BOOTSTRAP = 8;

export interface IntervalEstimate extends Estimate {
  /** Ends of the 95 % interval; null where there is none. `ci95` is half the distance between them. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Makes the intervals of one experiment; its seed decides the resamples, so that they are the same whoever asks. */
export class Intervals {
  readonly kind: IntervalKind;
  private readonly bootstrap: Bootstrap;

  constructor(kind: IntervalKind, seed: number) {
    this.kind = kind;
    this.bootstrap = new Bootstrap(seed);
  }

  /**
   * Mean of the replications' `values`, and its interval. `batches` are those of the same replications, all of them
   * together; undefined where a run has none, and then batch means give no interval. Throws on no values.
   */
  of(values: readonly number[], batches: readonly number[] | undefined): IntervalEstimate {
    const student = estimate(values);
    const { mean, n } = student;
    if (this.kind === 'batch-means') {
      if (batches === undefined) return { mean, ci95: null, low: null, high: null, n };
      const { ci95, n: count } = estimate(batches);
      return around(mean, ci95, count);
    }
    if (this.kind === 'student' || n < 2) return around(mean, student.ci95, n);
    const { low, high } = this.bootstrap.mean(values);
    return { mean, ci95: (high - low) / 2, low, high, n };
  }
}

function around(mean: number, ci95: number | null, n: number): IntervalEstimate {
  if (ci95 === null) return { mean, ci95, low: null, high: null, n };
  return { mean, ci95, low: mean - ci95, high: mean + ci95, n };
}

interface WithBatches {
  readonly batches?: Batches | null;
}

/** Batch means of a measure over all runs of a point; undefined where a run has none. */
export function batchesOf(runs: readonly WithBatches[], measure: string): number[] | undefined {
  const series = runs.map((run) => run.batches?.means[measure]);
  return series.every((means) => means !== undefined) ? series.flat() : undefined;
}

/**
 * Differences of batch means, run by run and batch by batch; undefined where the batches of two runs that are compared
 * are not of the same jobs.
 */
export function batchDifferences(
  pairs: readonly (readonly [mine: WithBatches, other: WithBatches])[],
  measure: string,
): number[] | undefined {
  const differences: number[] = [];
  for (const [{ batches: mine }, { batches: other }] of pairs) {
    const [these, those] = [mine?.means[measure], other?.means[measure]];
    if (these === undefined || those === undefined || mine!.of !== other!.of) return undefined;
    for (const [i, mean] of these.entries()) differences.push(mean - those[i]!);
  }
  return differences;
}
