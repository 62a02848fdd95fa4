/**
 * A job that loses a task starts over from its beginning, from the end of the queue, whatever was saved of it.
 * Source: section A7 of the project's reference on policies (restart from start).
 */
import type { RecoveryPolicyKind } from './contract.ts';

export const restart: RecoveryPolicyKind = {
  doc: 'a job that loses a task starts over from its beginning, from the end of the queue',
  fields: {},
  create: () => ({ decide: () => 'restart' }),
};
