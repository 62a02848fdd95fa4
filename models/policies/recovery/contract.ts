/**
 * What becomes of a job when the master learns that a node with one of its tasks has crashed.
 *
 * The policy decides; the mechanism (`models/glunix/crashes.ts`) acts. All tasks of a gang share its fate: a job is
 * killed, starts over, or goes back to its last checkpoint as a whole. Under `replay` only the lost task goes back, to
 * its last synchronisation, and reads again what was logged since (`models/glunix/message-log.ts`).
 */
import type { Field } from '../../../sim/experiment/fields.ts';

export type RecoveryAction = 'kill' | 'restart' | 'rollback' | 'replay';

/** What the master knows of the jobs that it runs. */
export interface RecoveryView {
  readonly now: number;
  /** Nodes that the master could give now, as it has been told. */
  readonly freeNodes: number;
  /** Tasks of a job. */
  width(job: number): number;
  /** Work per task that is saved, ns; 0 where the job has no checkpoint. */
  saved(job: number): number;
  /** Whether every task that the job has lost has a backup that is there. */
  backedUp(job: number): boolean;
  /** Crashes that have hit the job since it was saved further than ever before. */
  attempts(job: number): number;
}

export interface RecoveryPolicy {
  decide(job: number, node: number): RecoveryAction;
}

/** How messages are logged, where a policy asks for it; times in ns. */
export interface MessageLogging {
  /** Messages that each task sends per second of its work. */
  readonly rate: number;
  /** A task's state is brought up to date at its backup after so many messages read, or so much work, ns. */
  readonly reads: number;
  readonly every: number;
}

export interface RecoveryPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** How messages are logged under these parameters; absent: they are not. */
  logging?(parameters: Readonly<Record<string, unknown>>): MessageLogging;
  create(view: RecoveryView): RecoveryPolicy;
}
