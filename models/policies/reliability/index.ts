/** Kinds of redundancy of pages on memory servers: one file each; the name here is the name in experiment files. */
import type { ReliabilityPolicyKind } from './contract.ts';
import { mirror } from './mirror.ts';
import { none } from './none.ts';
import { parity } from './parity.ts';
import { parityLogging } from './parity-logging.ts';

export const reliabilityPolicies = {
  none,
  mirror,
  parity,
  'parity-logging': parityLogging,
} satisfies Record<string, ReliabilityPolicyKind>;
