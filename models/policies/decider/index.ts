/** Deciders: one file each; the name here is the name in experiment files. */
import { central } from './central.ts';
import type { DeciderKind } from './contract.ts';
import { gossip } from './gossip.ts';
import { oracle } from './oracle.ts';

export const deciderPolicies = { central, gossip, oracle } satisfies Record<string, DeciderKind>;
