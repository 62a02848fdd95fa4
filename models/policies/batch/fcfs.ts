/**
 * First come, first served: the head starts when it fits; nothing overtakes it.
 * Source: the definition. Bound: what backfilling must beat.
 */
import type { BatchPolicyKind } from './contract.ts';

export const fcfs: BatchPolicyKind = {
  doc: 'first come, first served; the floor that backfilling must beat',
  fields: {},
  create: (view) => ({
    submitted() {},
    started() {},
    ended() {},
    resized() {},
    begin() {},
    next() {
      const head = view.head();
      return head >= 0 && view.width[head]! <= view.free ? head : -1;
    },
  }),
};
