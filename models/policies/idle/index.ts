/** Idle detection policies: one file each (bounds, and Condor's two, share one); the name here is the name in experiment files. */
import { always, never } from './bounds.ts';
import { condor, condor88 } from './condor.ts';
import type { IdlePolicyKind } from './contract.ts';
import { load } from './load.ts';
import { now } from './now.ts';
import { oracle } from './oracle.ts';
import { quiet } from './quiet.ts';
import { sprite } from './sprite.ts';

export const idlePolicies = {
  quiet,
  sprite,
  condor,
  condor88,
  now,
  load,
  oracle,
  always,
  never,
} satisfies Record<string, IdlePolicyKind>;
