/**
 * Random: a job that finds its node loaded goes to any other, unseen. There it is treated as new, until it has been moved
 * as often as allowed.
 * Source: Eager, Lazowska and Zahorjan 1986 (L001); sections A3 and C2 of the project's reference.
 */
import { KEEP, type SharingPolicyKind, THRESHOLD } from './contract.ts';
import { other } from './others.ts';

export const random: SharingPolicyKind = {
  doc: 'a job at a loaded node goes to any other node (Eager and others)',
  fields: {
    threshold: THRESHOLD,
    transfers: { kind: 'integer', doc: 'times that a job may be moved', default: 1, min: 1 },
  },
  create(view, parameters, chance) {
    const threshold = parameters['threshold'] as number;
    const transfers = parameters['transfers'] as number;
    return {
      arrived: (task, node) =>
        view.load(node) < threshold || view.moves(task) >= transfers || view.nodes === 1
          ? KEEP
          : other(view.nodes, node, chance),
      answered: () => KEEP,
    };
  },
};
