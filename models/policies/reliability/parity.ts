/**
 * One copy, and on a parity server the exclusive or of the pages in the same row of all servers; a server that takes
 * a page sends it what has changed. Source: Markatos and Dramitinos 1996.
 */
import type { ReliabilityPolicyKind } from './contract.ts';

export const parity: ReliabilityPolicyKind = {
  doc: 'parity of one page of each server, which their servers keep up to date (2 transfers a page-out)',
  fields: {},
  redundancy: { copies: 1, parity: 'in-place' },
};
