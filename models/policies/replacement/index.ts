/** Replacement policies: one file each; the name here is the name in experiment files. */
import { clock } from './clock.ts';
import type { ReplacementPolicyKind } from './contract.ts';
import { fifo } from './fifo.ts';
import { lru } from './lru.ts';
import { opt } from './opt.ts';

export const replacementPolicies = { lru, clock, fifo, opt } satisfies Record<string, ReplacementPolicyKind>;
