/** Load sharing policies: one file each; the name here is the name in experiment files. */
import { ask } from './ask.ts';
import { birth } from './birth.ts';
import { central } from './central.ts';
import type { SharingPolicyKind } from './contract.ts';
import { global } from './global.ts';
import { jsq } from './jsq.ts';
import { lowest } from './lowest.ts';
import { none } from './none.ts';
import { preemptAge } from './preempt-age.ts';
import { random } from './random.ts';
import { shortest } from './shortest.ts';
import { threshold } from './threshold.ts';

export const sharingPolicies = {
  none,
  central,
  random,
  threshold,
  shortest,
  jsq,
  lowest,
  global,
  birth,
  'preempt-age': preemptAge,
  ask,
} satisfies Record<string, SharingPolicyKind>;
