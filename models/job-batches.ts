/** Batch means of a run's jobs in order of submission: what an interval from one long run is made of. */
import { meansOfBatches } from '../sim/experiment/output-analysis.ts';
import type { Batches } from '../sim/experiment/study.ts';
import { Digest } from '../sim/measure/digest.ts';

/** What became of jobs, a column each: times in ns, run times in s. */
export interface JobTimes {
  readonly submit: ArrayLike<number>;
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
  readonly run_s: ArrayLike<number>;
  readonly width: ArrayLike<number>;
}

/** Jobs that a batch must have: the mean of fewer is hardly of the normal law. */
const LEAST_JOBS = 10;

/**
 * Means of `count` batches of the jobs at `counted`, for each of `measures`: a job's own value, NaN where it does not count.
 * A measure for which there are too few jobs is left out; undefined where that is all of them.
 */
export function jobBatches<Jobs extends JobTimes>(
  jobs: Jobs,
  counted: readonly number[],
  count: number,
  measures: Readonly<Record<string, (jobs: Jobs, job: number) => number>>,
): Batches | undefined {
  const means: Record<string, readonly number[]> = {};
  for (const [name, of] of Object.entries(measures)) {
    const series = counted.map((job) => of(jobs, job)).filter((value) => !Number.isNaN(value));
    if (series.length >= count * LEAST_JOBS) means[name] = meansOfBatches(series, count);
  }
  if (Object.keys(means).length === 0) return undefined;
  const digest = new Digest();
  for (const job of counted) digest.add(jobs.submit[job]!, jobs.width[job]!, job, jobs.run_s[job]!);
  return { of: digest.hex(), means };
}
