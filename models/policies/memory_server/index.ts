/** Policies that choose a memory server: one file each; the name here is the name in experiment files. */
import type { MemoryServerPolicyKind } from './contract.ts';
import { mostFree } from './most-free.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';

export const memoryServerPolicies = {
  'most-free': mostFree,
  random,
  'round-robin': roundRobin,
} satisfies Record<string, MemoryServerPolicyKind>;
