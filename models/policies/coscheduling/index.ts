/** Who runs on nodes that parallel programs share: one file each; the name here is the name in experiment files. */
import { batch } from './batch.ts';
import type { CoschedulingPolicyKind } from './contract.ts';
import { dynamic } from './dynamic.ts';
import { gang } from './gang.ts';
import { implicit } from './implicit.ts';
import { local } from './local.ts';
import { space } from './space.ts';

export const coschedulingPolicies = { gang, implicit, local, dynamic, space, batch } satisfies Record<
  string,
  CoschedulingPolicyKind
>;
