/**
 * How a process moves: in which steps its memory crosses the network, whether it runs meanwhile, and what it fetches
 * after it has arrived.
 *
 * The policy plans a step at a time, from what really happened in the one before; the mechanism
 * (`models/glunix/moves.ts`) freezes, transfers and resumes, waits for the wire, and charges the operations' prices
 * under the OS structure at hand.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export interface MovingProcess {
  /** Memory image, bytes. */
  readonly image: number;
  /** Rate at which memory crosses the network, bytes per ns. */
  readonly rate: number;
  /** Price of freezing the process and of resuming it elsewhere, ns. */
  readonly freezeAndResume: number;
  /** Whether it runs when the move begins (one that an owner had stopped does not). */
  readonly running: boolean;
  /** Bytes that it has dirtied since it came to the node that it leaves. */
  readonly dirty: number;
}

/** What happened in the step before. */
export interface StepBefore {
  /** Steps so far. */
  readonly steps: number;
  /** Bytes sent in the last one, and bytes that the process dirtied meanwhile. */
  readonly sent: number;
  readonly dirtied: number;
}

export interface MigrationStep {
  /** Whether the process runs during this step; a step in which it is frozen is the last one. */
  readonly running: boolean;
  /** Bytes that cross the network. */
  readonly bytes: number;
  /** ns for which they occupy what they cross. */
  readonly transfer: number;
  /** ns of the step apart from that. */
  readonly other: number;
}

/** What a process that has arrived fetches as it refers to it. */
export interface Afterwards {
  readonly bytes: number;
  /** ns of the process's own progress over which the first references come. */
  readonly over: number;
  /** Where it comes from: the node that was left (on whose life the process then depends), or a file server. */
  readonly from: 'source' | 'server';
}

export interface MigrationPolicy {
  /** The next step; the first one has `before.steps` 0. */
  step(process: MovingProcess, before: StepBefore): MigrationStep;
  /** What it fetches after it has arrived; null: nothing. */
  afterwards(process: MovingProcess): Afterwards | null;
}

/** Numbers as `readFields` gives them: times in ns, sizes in bytes, rates in bit/s. */
export type MigrationParameters = Readonly<Record<string, unknown>>;

export interface MigrationPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** What images cross: the network between nodes (one wire, or links of their own), or one file server. */
  readonly through: 'network' | 'server';
  create(parameters: MigrationParameters): MigrationPolicy;
}

/** The setting that all kinds which send memory between nodes share. */
export const BANDWIDTH = {
  bandwidth: {
    kind: 'rate',
    doc: 'rate at which memory crosses; auto: the slowest of the wire and of handling pages at either end',
    default: 'auto',
    above: 0,
    words: ['auto'],
  },
} as const satisfies Record<string, Field>;
