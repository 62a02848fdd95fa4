/** Placement policies: one file each; the name here is the name in experiment files. */
import type { PlacementPolicyKind } from './contract.ts';
import { firstFit } from './first-fit.ts';
import { leastLoaded } from './least-loaded.ts';
import { longestIdle } from './longest-idle.ts';
import { randomIdle } from './random-idle.ts';

export const placementPolicies = {
  'longest-idle': longestIdle,
  'random-idle': randomIdle,
  'first-fit': firstFit,
  'least-loaded': leastLoaded,
} satisfies Record<string, PlacementPolicyKind>;
