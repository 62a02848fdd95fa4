/**
 * How a process moves: how long it is frozen and what crosses the network.
 *
 * The policy plans; the mechanism (`models/glunix/guests.ts`) freezes, transfers and resumes, and charges the
 * operations' prices under the OS structure at hand.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export interface MovingProcess {
  /** Memory image, bytes. */
  readonly image: number;
  /** Rate at which the image crosses the network, bytes per ns. */
  readonly rate: number;
  /** Price of freezing the process and of resuming it elsewhere, ns. */
  readonly freezeAndResume: number;
}

export interface MigrationPlan {
  /** ns during which it is frozen. */
  readonly frozen: number;
  /** Bytes sent over the network. */
  readonly bytes: number;
}

export interface MigrationPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  plan(process: MovingProcess): MigrationPlan;
}
