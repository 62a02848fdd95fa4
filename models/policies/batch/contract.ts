/**
 * Which waiting job starts next, on how many free processors (space sharing of rigid jobs).
 *
 * The policy decides; the batch queue (`models/glunix/batch-queue.ts`) acts: it keeps the waiting jobs in order of
 * arrival, imposes the order within an instant, and starts what the policy names. A policy sees what the master
 * has been told: free nodes, widths, and the users' estimates; never a job's true run time.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export interface BatchView {
  /** The instant of the pass, ns. */
  readonly now: number;
  /** Processors free now, as the master has been told. */
  readonly free: number;
  /** Processors of each job. */
  readonly width: Int32Array;
  /** The user's estimate of each job's run time, ns. */
  readonly estimate: Float64Array;
  /** The job's processors are counted in `free` already, although its end has not been told yet. */
  isFreed(job: number): boolean;
  /** First waiting job in order of arrival, or -1. */
  head(): number;
  /** The waiting job after this one, or -1. */
  after(job: number): number;
  /** Where a waiting job stands: the less, the further in front. */
  place(job: number): number;
}

/** Life of a policy: notices as they happen, and passes: `begin()`, then `next()` until it answers -1. */
export interface BatchPolicy {
  /** The job has joined the end of the queue. */
  submitted(job: number): void;
  /** The job has been started by the queue at `view.now`. */
  started(job: number): void;
  /** The job has ended (or was stopped for good) at `view.now` and its processors are free. */
  ended(job: number): void;
  /** The number of processors has changed for another reason: a node was offered or withdrawn. */
  resized(): void;
  begin(): void;
  /** The next job to start now, or -1. It must be waiting and fit on `view.free`. */
  next(): number;
}

export interface BatchPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  create(view: BatchView, jobs: number): BatchPolicy;
}
