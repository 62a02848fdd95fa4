/**
 * No sharing: every job runs at the node of its user.
 * Source: the definition; with Poisson arrivals each node is an M/G/1 queue (L009). The floor of load sharing.
 */
import { KEEP, type SharingPolicyKind } from './contract.ts';

export const none: SharingPolicyKind = {
  doc: 'every job runs at the node of its user (M/M/1: the floor)',
  fields: {},
  create: () => ({ arrived: () => KEEP, answered: () => KEEP }),
};
