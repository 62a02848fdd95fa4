/** Two copies on two servers. Source: Markatos and Dramitinos 1996. */
import type { ReliabilityPolicyKind } from './contract.ts';

export const mirror: ReliabilityPolicyKind = {
  doc: 'copies of a page on two servers (2 transfers a page-out)',
  fields: {},
  redundancy: { copies: 2, parity: 'none' },
};
