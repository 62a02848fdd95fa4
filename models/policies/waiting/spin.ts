/** Spinning: a process that waits keeps the CPU until its quantum ends. Source: section A4 of the reference on policies. */
import type { WaitingPolicyKind } from './contract.ts';

export const spin: WaitingPolicyKind = {
  doc: 'keeps the CPU',
  fields: {},
  create: () => ({ spin: () => Number.POSITIVE_INFINITY, whileArriving: 0 }),
};
