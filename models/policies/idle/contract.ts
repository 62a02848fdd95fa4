/**
 * When a node is idle: the rule by which a node's own daemon offers it to the building and calls guests off it.
 *
 * A policy sees what the daemon of its node can read there and then (input idle time, runnable processes). It is
 * called when something that it can read has changed, and when it asked to be; polls at which nothing would
 * change are computed, not simulated, so an unchanged node costs no event. It decides only; the daemon
 * (`models/glunix/daemon.ts`) reports to the master and acts.
 */
import type { StreamBank } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';

/** What the daemon has to do with the guest of its node. */
export const ORDER = {
  none: 0,
  /** It has to give way: `policies.owner_return` says how. */
  leave: 1,
  /** It is stopped where it is; accepting again lets it go on. */
  suspend: 2,
  /** It is saved at its home and waits in the queue for another node. */
  vacate: 3,
  /** It is killed and starts over from what was last saved. */
  kill: 4,
} as const;

/** Where the guest of a node stands. */
export const GUEST = { none: 0, runnable: 1, stopped: 2, leaving: 3 } as const;

/** What only an oracle sees. */
export interface OwnersToCome {
  /** When the owner, who is away, gives input again; infinity: never, or not known to the source. */
  returnOf(node: number): number;
}

/** What the daemon of a node can read at its node. */
export interface NodeReadings {
  /** The present instant, ns. */
  readonly now: number;
  /** True while the owner gives input all the time. */
  ownerPresent(node: number): boolean;
  /** Time of the last input, ns; -infinity where there has been none since the node came up. */
  lastInput(node: number): number;
  /** Runnable processes of the owner (a fraction: a process that is runnable part of the time). */
  ownerLoad(node: number): number;
  /** Runnable foreign processes (guests that are not stopped). */
  foreign(node: number): number;
  /** Where the node's guest stands (`GUEST`). */
  guest(node: number): number;
  /** Memory of the guest's task, bytes; 0 where there is none. */
  image(node: number): number;
  /** The truth about owners; null for every policy that is not marked `oracle`. */
  readonly toCome: OwnersToCome | null;
}

export interface IdlePolicy {
  /** True from the last look on: the daemon accepts guests. */
  accepting(node: number): boolean;
  /** What the last look asks of the node's guest (`ORDER`). */
  readonly order: number;
  /** Something that can be read at the node has changed now. Answers when to wake if nothing else changes (ns). */
  changed(node: number): number;
  /** The time asked for has come. Answers when to wake next (ns; infinity: only on a change). */
  wake(node: number): number;
}

/** Numbers as `readFields` gives them: times in ns. */
export type IdleParameters = Readonly<Record<string, unknown>>;

export interface IdlePolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Whether it asks for the owner's load; otherwise it is not woken when only that has changed. */
  readonly readsLoad: boolean;
  /** Whether it looks at the owner and at the clock alone: what becomes of guests tells it nothing. */
  readonly ignoresGuests?: true;
  /** Whether it sees what no daemon can know. */
  readonly oracle?: true;
  /** Whether its own orders (suspend, vacate, kill) take the place of `policies.owner_return`. */
  readonly ordersGuests?: true;
  /** Whether nodes without owners are offered from the start. */
  readonly offersUnowned: boolean;
  /** Time between two samples of a node, whose price is charged to it, ns; infinity: none are taken. */
  sampleEvery(parameters: IdleParameters): number;
  /** Time between two reports to the master while nothing changes, ns; infinity: only changes are reported. */
  readonly reportEvery: number;
  /** `chance` is a stream a node. */
  create(readings: NodeReadings, nodes: number, parameters: IdleParameters, chance: StreamBank): IdlePolicy;
}
