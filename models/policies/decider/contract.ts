/**
 * Who knows the loads, and which node is named for a job that asks.
 *
 * A decider names a node on a table of loads as they have been told: one table at a master, or one at every node. The
 * mechanisms (`models/sharing/master.ts`, `models/sharing/gossip.ts`) carry the messages, charge them, and keep the tables.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

/** A table of loads; `at` is the node whose table it is (a master has one for all). */
export interface LoadTable {
  readonly nodes: number;
  /** Load of `node` by what has been told, jobs on their way included where those are known; infinity: never told. */
  load(at: number, node: number): number;
  /** When that was so at the node, ns; -infinity: never told. */
  toldAt(at: number, node: number): number;
}

export interface Decider {
  /** The node named to a job of `home`, by the table at `at`; -1: none is known. Never `home` itself. */
  choose(at: number, home: number): number;
}

/** Numbers as `readFields` gives them. */
export type DeciderParameters = Readonly<Record<string, unknown>>;

export interface DeciderKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Where the loads are known: at one master, at every node by gossip, or everywhere at once (a bound). */
  readonly knows: 'master' | 'gossip' | 'truth';
  /** Sees the truth without being told: a bound. */
  readonly oracle?: true;
  create(table: LoadTable): Decider;
}

/** What the ways of telling have in common. */
export const MESSAGE_FIELDS = {
  delay: {
    kind: 'time',
    doc: "time of one message from node to node, without CPU; network: the network's, and CPU at both ends, by the OS structure",
    default: 'network',
    min: 0,
    words: ['network'],
  },
  loss: { kind: 'share', doc: 'share of messages that are lost', default: '0%', min: 0, max: 0.99 },
} as const satisfies Record<string, Field>;

/**
 * The least loaded node other than `home`; of equals the one whose load was told `first` or `last` (then the lowest
 * number). -1 where no load is known.
 */
export function leastLoaded(table: LoadTable, at: number, home: number, equals: 'first' | 'last'): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  let told = 0;
  for (let node = 0; node < table.nodes; node++) {
    if (node === home) continue;
    const load = table.load(at, node);
    if (load > least || load === Number.POSITIVE_INFINITY) continue;
    const when = table.toldAt(at, node);
    if (load < least || (equals === 'first' ? when < told : when > told)) {
      best = node;
      least = load;
      told = when;
    }
  }
  return best;
}
