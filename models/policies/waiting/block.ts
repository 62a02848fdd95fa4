/** Blocking: a process that must wait gives the CPU away at once. Source: section A4 of the reference on policies. */
import type { WaitingPolicyKind } from './contract.ts';

export const block: WaitingPolicyKind = {
  doc: 'gives the CPU away at once',
  fields: {},
  create: () => ({ spin: () => 0, whileArriving: 0 }),
};
