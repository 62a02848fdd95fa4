/**
 * On which of the free nodes a task is started.
 *
 * The policy is told which nodes are offered and withdrawn (by reports to the master, not the truth) and names one
 * at a time; the master (`models/glunix/master.ts`) reserves it and launches the task there.
 */
import type { Source } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';

export interface PlacementPolicy {
  /**
   * The node can take a task; it has been without owner input since `idleSince` (ns; -infinity: never had any), and its
   * owner's programs wanted that share of its CPU when it last reported.
   */
  offered(node: number, idleSince: number, load: number): void;
  /** The node can no longer take a task: taken, or withdrawn. It was offered before. */
  withdrawn(node: number): void;
  /** A node that is offered; asked only while there is one. Does not withdraw it. */
  choose(): number;
}

export interface PlacementPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Whether it looks at loads. */
  readonly readsLoad?: true;
  create(nodes: number, chance: Source): PlacementPolicy;
}
