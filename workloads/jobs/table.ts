/**
 * Jobs as columns: what every job source (a log, a generator) delivers and the cluster consumes.
 *
 * Times are seconds. `submit_s` counts from simulated zero, which is the log's first record in whole seconds;
 * `offset_s` is added back in output, so that results stand on the log's own clock.
 */
export interface JobTable {
  readonly n: number;
  /** Job number of the log; need not be unique or dense. */
  readonly id: Float64Array;
  /** Submission, s after simulated zero, ascending. */
  readonly submit_s: Float64Array;
  /** Run time on a dedicated node of the log's machine, s (after `jobs.overrun`). */
  readonly run_s: Float64Array;
  /** What the user asked for, s; at least the run time: either of the two is made so, by `jobs.overrun`. */
  readonly estimate_s: Float64Array;
  /** Processors. */
  readonly width: Int32Array;
  /** User id of the log, >= 0 (-1 unknown). */
  readonly user: Int32Array;
  /** Memory per processor, bytes; 0 where the log does not say. */
  readonly memory: Float64Array;
  /** SWF status (1 completed, 0 failed, 5 cancelled, -1 unknown). */
  readonly status: Int8Array;
  /** Seconds of the log's own clock at simulated zero. */
  readonly offset_s: number;
}

/** Jobs whose source names the programs that they run. */
export interface ProgramJobs extends JobTable {
  /** Of each job, by its place in `programs`. */
  readonly program: Int32Array;
  readonly programs: readonly string[];
}

export function hasPrograms(jobs: JobTable): jobs is ProgramJobs {
  return 'program' in jobs;
}

/** Choices by which a log becomes jobs; every choice and its count stands in the manifest. */
export interface JobChoices {
  readonly processors: 'allocated' | 'allocated-or-requested' | 'requested-or-allocated';
  readonly overrun: 'kill' | 'keep';
  readonly zero_run: 'drop' | 'keep';
}
