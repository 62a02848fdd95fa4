/**
 * Each page-out is sent to the next server, and after one on each the client sends their exclusive or to the parity
 * server; old versions stay, for the sake of the parity that they are part of, until all of a group are old, or room
 * is needed. Source: Markatos and Dramitinos 1996.
 */
import type { ReliabilityPolicyKind } from './contract.ts';

export const parityLogging: ReliabilityPolicyKind = {
  doc: 'parity of the last page-outs to all S servers, which the client sends (1 + 1/S transfers a page-out)',
  fields: {},
  redundancy: { copies: 1, parity: 'logged' },
};
