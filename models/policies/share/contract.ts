/**
 * Whose job goes next where users share the nodes.
 *
 * The policy gives every user an index; jobs wait in the order of their users' indices, and of their arrival within one
 * user. The batch policy then chooses among them as it would in order of arrival. It sees what the master knows: who
 * holds how many processors and who waits.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export interface ShareView {
  /** ns */
  readonly now: number;
  /** Processors that the user's jobs hold. */
  held(user: number): number;
  /** Jobs of the user that wait. */
  waiting(user: number): number;
}

export interface SharePolicy {
  /** What the user holds, or waits for, is about to change at `view.now`. */
  changing(user: number): void;
  /** Users with a smaller index go first. */
  index(user: number): number;
  /**
   * A user's job finds no free node: from whom one node is to be taken back, by sending a job of one task home;
   * -1: nobody. `users` are those that hold nodes which can be taken back so.
   */
  reclaimFrom(user: number, users: Iterable<number>): number;
}

/** Numbers as `readFields` gives them: times in ns. */
export type ShareParameters = Readonly<Record<string, unknown>>;

export interface SharePolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** null: jobs wait in order of arrival. */
  create(view: ShareView, users: number, parameters: ShareParameters): SharePolicy | null;
}

/** ns between two starts of jobs, at least (`every` of a policy's parameters); 0: none. */
export function startsEvery(parameters: ShareParameters): number {
  return (parameters['every'] as number | undefined) ?? 0;
}

/** ns for which a user from whom a node was taken back gets none (`window` of a policy's parameters). */
export function windowOf(parameters: ShareParameters): number {
  return (parameters['window'] as number | undefined) ?? 0;
}
