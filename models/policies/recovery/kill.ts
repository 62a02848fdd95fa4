/**
 * A job that loses a task is killed and does not come back: it is counted as lost.
 * Bound: what happens where nobody restarts anything.
 */
import type { RecoveryPolicyKind } from './contract.ts';

export const kill: RecoveryPolicyKind = {
  doc: 'a job that loses a task is killed and counted as lost',
  fields: {},
  create: () => ({ decide: () => 'kill' }),
};
