/**
 * Dynamic coscheduling: a message that arrives for a process which could run makes it run at once, in the place of
 * another one that has used the node more than it.
 *
 * "More" is by the CPU time that the two have used at the node since the later of them started: the fair share of
 * the reference. Source: Sobalvarro and Weihl 1995; section A4 of the project's reference on policies. Neither names how a
 * process waits; the implementation on workstations received messages by spin-block (Sobalvarro, Pakin, Weihl and Chien 1998;
 * recalled), which is two-phase waiting here.
 */
import type { CoschedulingPolicyKind } from './contract.ts';
import { EachNode } from './each-node.ts';

export const dynamic: CoschedulingPolicyKind = {
  doc: 'each node schedules by itself; a message makes its receiver run if its fair share permits',
  fields: {},
  waiting: 'two-phase',
  scheduler: 'round-robin',
  onArrival: true,
  randomPhases: true,
  create: (view) => new EachNode(view),
};
