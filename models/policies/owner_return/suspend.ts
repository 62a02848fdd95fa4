/**
 * When the owner returns the guest is stopped until its node is offered again.
 * Source: the first stage of Condor's rule (facts A039, A050), without its later eviction.
 */
import { always, DELAY_LIMIT, type OwnerReturnPolicyKind } from './contract.ts';

export const suspend: OwnerReturnPolicyKind = {
  doc: 'the guest is stopped until its node is offered again',
  fields: DELAY_LIMIT,
  create: () => always('suspend'),
};
