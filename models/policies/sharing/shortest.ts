/**
 * Shortest: a job that finds its node loaded probes a set number of nodes and goes to the one with the fewest jobs, if
 * that is not loaded; if all are, it stays.
 * Source: Eager, Lazowska and Zahorjan 1986 (L001-L003); section A3 of the project's reference.
 */
import { KEEP, PROBES, type SharingPolicyKind, THRESHOLD } from './contract.ts';
import { LeastProbed } from './least-probed.ts';

export const shortest: SharingPolicyKind = {
  doc: 'a job at a loaded node goes to the least loaded of the probed nodes, if that is not loaded',
  fields: { threshold: THRESHOLD, probes: PROBES },
  mostProbes: (parameters) => parameters['probes'] as number,
  create(view, parameters, chance) {
    const threshold = parameters['threshold'] as number;
    const seen = new LeastProbed(view.nodes, parameters['probes'] as number, chance);
    return {
      arrived(task, node) {
        if (view.load(node) < threshold || view.moves(task) > 0) return KEEP;
        // Only a node below the threshold beats staying.
        return seen.begin(task, node, threshold);
      },
      answered: (task, node, other, load) => seen.heard(task, node, other, load),
    };
  },
};
