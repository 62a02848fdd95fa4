/** What becomes of jobs that lose a task to a crash: one file each; the name here is the name in experiment files. */
import type { RecoveryPolicyKind } from './contract.ts';
import { kill } from './kill.ts';
import { messageLog } from './message-log.ts';
import { restart } from './restart.ts';
import { rollback } from './rollback.ts';

export const recoveryPolicies = {
  rollback,
  restart,
  kill,
  'message-log': messageLog,
} satisfies Record<string, RecoveryPolicyKind>;
