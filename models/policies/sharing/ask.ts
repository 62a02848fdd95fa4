/**
 * Ask: a job that finds its node loaded asks the decider for a node, and goes there if that has fewer jobs by what the
 * decider has been told. What `policies.decider` is compared by: who knows the loads, and how old they are.
 * Source: host selection in Sprite and MOSIX (A2 of the project's reference).
 */
import { ASK, KEEP, type SharingPolicyKind, THRESHOLD } from './contract.ts';

export const ask: SharingPolicyKind = {
  doc: 'a job at a loaded node goes to the node that the decider names, if that has fewer jobs',
  // At 0 every job asks.
  fields: { threshold: { ...THRESHOLD, default: 1, min: 0 } },
  asks: true,
  create(view, parameters) {
    const threshold = parameters['threshold'] as number;
    return {
      arrived: (task, node) => (view.load(node) < threshold || view.moves(task) > 0 ? KEEP : ASK),
      answered: (_task, node, other, load) => (other >= 0 && load < view.load(node) ? other : KEEP),
    };
  },
};
