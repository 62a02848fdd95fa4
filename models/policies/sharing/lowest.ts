/**
 * LOWEST: a job that finds its node loaded probes a set number of nodes and goes to the one with the fewest jobs, if that
 * has fewer than its own.
 * Source: Zhou 1988 (L017, L022); section A3 of the project's reference.
 */
import { KEEP, PROBES, type SharingPolicyKind, THRESHOLD } from './contract.ts';
import { LeastProbed } from './least-probed.ts';

export const lowest: SharingPolicyKind = {
  doc: 'a job at a loaded node goes to the least loaded of the probed nodes, if that has fewer jobs (Zhou)',
  fields: { threshold: { ...THRESHOLD, default: 1 }, probes: PROBES },
  mostProbes: (parameters) => parameters['probes'] as number,
  create(view, parameters, chance) {
    const threshold = parameters['threshold'] as number;
    const seen = new LeastProbed(view.nodes, parameters['probes'] as number, chance);
    return {
      arrived(task, node) {
        const own = view.load(node);
        if (own < threshold || view.moves(task) > 0) return KEEP;
        return seen.begin(task, node, own);
      },
      answered: (task, node, other, load) => seen.heard(task, node, other, load),
    };
  },
};
