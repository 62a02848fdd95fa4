/** The batch queue's policies: one file each; the name here is the name in experiment files. */
import { conservative } from './conservative.ts';
import type { BatchPolicyKind } from './contract.ts';
import { easy } from './easy.ts';
import { fcfs } from './fcfs.ts';

export const batchPolicies = { fcfs, easy, conservative } satisfies Record<string, BatchPolicyKind>;
