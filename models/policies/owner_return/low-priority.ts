/**
 * When the owner returns the guest stays and runs with what its owner leaves (Stealth).
 * Source: Krueger and Chawla 1991 (Stealth; fact A065). Bound: never evict.
 */
import { always, BESIDE, type OwnerReturnPolicyKind } from './contract.ts';

export const lowPriority: OwnerReturnPolicyKind = {
  doc: 'the guest stays and runs with what its owner leaves (Stealth)',
  fields: BESIDE,
  create: () => always('low-priority'),
};
