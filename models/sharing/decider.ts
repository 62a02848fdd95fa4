/** What a way of knowing the loads offers to the rest, and what it is told by it. */
import type { Engine } from '../../sim/engine/engine.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { DeciderKind, DeciderParameters } from '../policies/decider/contract.ts';
import type { Bookings } from './bookings.ts';
import type { Mail } from './mail.ts';
import type { SharingPrices } from './prices.ts';

/** A node named to a job: its load as the decider knew it, how many sendings to it that counts, and when it was so. */
export interface Named {
  /** -1: none is known, or no answer came. */
  node: number;
  load: number;
  known: number;
  stamp: number;
  /** Who named it: a node, or a master (numbers from that of the nodes on). */
  decider: number;
  /** Of the question, for `settled`. */
  serial: number;
}

export interface DeciderService {
  /** A job asks; `answer` is called, now or later, once. */
  ask(task: number, home: number): void;
  /** The job of question `serial` goes to the named node, or does not. */
  settled(serial: number, home: number, named: number, goes: boolean): void;
  /** The number of jobs at a node has changed. */
  changed(node: number): void;
  start(): void;
}

export interface DeciderSetting {
  readonly engine: Engine;
  readonly nodes: number;
  readonly kind: DeciderKind;
  readonly parameters: DeciderParameters;
  readonly prices: SharingPrices;
  readonly mail: Mail;
  readonly bookings: Bookings;
  readonly streams: Streams;
  /** Jobs at a node, the truth, which only the node itself may be asked for. */
  readonly jobsAt: (node: number) => number;
  readonly answer: (task: number, home: number, named: Named) => void;
  /** A domain event of the decider: a master failed or took over. */
  readonly tell: (what: 'master-fails' | 'fail-over', node: number) => void;
}
