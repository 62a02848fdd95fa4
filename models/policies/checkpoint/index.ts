/** When jobs are saved: one file each; the name here is the name in experiment files. */
import { condor } from './condor.ts';
import type { CheckpointPolicyKind } from './contract.ts';
import { daly } from './daly.ts';
import { fixed } from './fixed.ts';
import { none } from './none.ts';
import { young } from './young.ts';

export const checkpointPolicies = {
  none,
  fixed,
  young,
  daly,
  condor,
} satisfies Record<string, CheckpointPolicyKind>;
