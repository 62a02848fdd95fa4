/** How processes wait for messages: one file each; the name here is the name in experiment files. */
import { block } from './block.ts';
import type { WaitingPolicyKind } from './contract.ts';
import { spin } from './spin.ts';
import { twoPhase } from './two-phase.ts';

export const waitingPolicies = { spin, block, 'two-phase': twoPhase } satisfies Record<
  string,
  WaitingPolicyKind
>;
