/**
 * Who runs: where the processes of a parallel program go, when it may start, and whose turn it is at a node.
 *
 * A policy decides on its view and on what it has been asked so far; the mechanism (`models/parallel/cluster.ts`)
 * starts, stops and switches. A policy with slots of time is rotated by the mechanism, which tells the nodes (they may
 * hear of it one after the other); `turn` is asked with the slot that a node has been told last.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

/** What the policy may see. */
export interface CoschedulingView {
  readonly nodes: number;
  /** Processes at a node that have not ended. */
  processes(node: number): number;
}

export interface CoschedulingPolicy {
  /**
   * Nodes for the processes of a program that asks for `width`; null: it waits until another one has ended. The
   * policy keeps the array. Fewer nodes than `width`: the program is moulded to that many processes.
   */
  place(program: number, width: number): Int32Array | null;
  /** The program has ended. */
  ended(program: number): void;
  /** Slots of time that take turns; with less than two there is nothing to rotate. */
  readonly slots: number;
  /** The slot whose turn it is. */
  readonly slot: number;
  /** The turn passes to the next slot. */
  rotate(): void;
  /**
   * How far the program is from its turn at a node that was told `slot`: of the processes that can run, those with
   * the least number share the node. Infinity: it may not run.
   */
  turn(slot: number, program: number): number;
}

/** Numbers as `readFields` gives them: times in ns. */
export type CoschedulingParameters = Readonly<Record<string, unknown>>;

export interface CoschedulingPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** How its processes wait where `policies.waiting` is `auto`. */
  readonly waiting: 'spin' | 'two-phase';
  /** How its nodes schedule where `cluster.scheduler` is `auto`. */
  readonly scheduler: 'round-robin' | 'decaying';
  /** Waiting that it cannot do with, and why. */
  readonly refuses?: { readonly waiting: readonly string[]; readonly because: string };
  /** A message for a process that could run makes it run, where its use of the CPU so far permits. */
  readonly onArrival?: boolean;
  /** Does every node begin at a random point of its own round? (Nodes that nobody co-ordinates.) */
  readonly randomPhases: boolean;
  create(view: CoschedulingView, parameters: CoschedulingParameters): CoschedulingPolicy;
}
