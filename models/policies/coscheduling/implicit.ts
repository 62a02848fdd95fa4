/**
 * Implicit coscheduling: each node schedules by itself, and processes infer from how long answers take whether their
 * partners run: they wait in two phases, and an arriving message wakes a blocked process with a higher priority.
 *
 * All of it lies in the waiting (`policies/waiting/two-phase.ts`) and in the nodes' scheduler; nobody tells anybody
 * anything. Source: Dusseau, Arpaci and Culler 1996, Arpaci-Dusseau 1998 (facts C010-C013).
 */
import type { CoschedulingPolicyKind } from './contract.ts';
import { EachNode } from './each-node.ts';

export const implicit: CoschedulingPolicyKind = {
  doc: 'each node schedules by itself; two-phase waiting and wake-ups bring partners together',
  fields: {},
  waiting: 'two-phase',
  scheduler: 'decaying',
  refuses: {
    waiting: ['spin', 'block'],
    because: 'implicit coscheduling is two-phase waiting: use policies.coscheduling=local for the others',
  },
  randomPhases: true,
  create: (view) => new EachNode(view),
};
