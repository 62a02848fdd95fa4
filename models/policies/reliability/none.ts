/** One copy: a server that crashes takes its pages with it. */
import type { ReliabilityPolicyKind } from './contract.ts';

export const none: ReliabilityPolicyKind = {
  doc: 'one copy of a page; a crash of its server loses it (1 transfer a page-out)',
  fields: {},
  redundancy: { copies: 1, parity: 'none' },
};
