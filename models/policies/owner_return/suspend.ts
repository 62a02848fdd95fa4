/**
 * When the owner returns the guest is stopped until its node is offered again.
 * Source: the first stage of Condor's rule (facts A039, A050), without its later eviction.
 */
import type { OwnerReturnPolicyKind } from './contract.ts';

export const suspend: OwnerReturnPolicyKind = {
  doc: 'the guest is stopped until its node is offered again',
  fields: {},
  create: () => ({ decide: () => 'suspend' }),
};
