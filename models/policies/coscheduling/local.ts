/**
 * Each node schedules its processes by itself, whatever they wait for.
 * Source: section A4 of the project's reference on policies; the case of spinning in random phase is fact C008.
 */
import type { CoschedulingPolicyKind } from './contract.ts';
import { EachNode } from './each-node.ts';

export const local: CoschedulingPolicyKind = {
  doc: 'each node schedules by itself',
  fields: {},
  waiting: 'spin',
  scheduler: 'round-robin',
  randomPhases: true,
  create: (view) => new EachNode(view),
};
