/**
 * The jobs of a run as columns: what the table of the source says, what the OS structure makes of it, and what
 * became of each. Times inside are ns after simulated zero; sums over jobs are kept in seconds.
 */
import type { JobTable } from '../workloads/jobs/table.ts';

/** Where a job is in its life. */
export const JOB = {
  pending: 0,
  waiting: 1,
  launching: 2,
  running: 3,
  finished: 4,
  rejected: 5,
  killed: 6,
} as const;

export interface JobRecords {
  readonly n: number;
  readonly table: JobTable;
  /** Processors, after `jobs.too_wide`. */
  readonly width: Int32Array;
  /** ns */
  readonly submit: Float64Array;
  /** What the user asked for, ns. */
  readonly estimate: Float64Array;
  /** Run time that the log or law gives, s: what the job needs on dedicated nodes under a plain kernel. */
  readonly run_s: Float64Array;
  /** Time that the job needs on dedicated nodes under the OS structure at hand, ns. */
  readonly work: Float64Array;
  /** Share of that time in which it uses its CPUs (the rest waits for devices). */
  readonly cpuPart: Float64Array;
  /** SFI overhead of the job's program, as a fraction of its user time. */
  readonly overhead: Float64Array;
  /** Memory of one task, bytes. */
  readonly image: Float64Array;
  readonly state: Uint8Array;
  /** ns; NaN until then. A job that starts over has a new start; `firstStart` stays. */
  readonly start: Float64Array;
  readonly firstStart: Float64Array;
  readonly end: Float64Array;
  /** CPU of killed attempts, ns. */
  readonly lostCpu: Float64Array;
}

/** The node of a job's user; a job whose user is not known (-1) goes by its place in the table. */
export function homeNode(user: number, job: number, nodes: number): number {
  return (user >= 0 ? user : job) % nodes;
}
