/** Idle detection policies: one file each (the two bounds share one); the name here is the name in experiment files. */
import { always, never } from './bounds.ts';
import type { IdlePolicyKind } from './contract.ts';
import { quiet } from './quiet.ts';
import { sprite } from './sprite.ts';

export const idlePolicies = { quiet, sprite, always, never } satisfies Record<string, IdlePolicyKind>;
