/**
 * Threshold: a job that finds its node loaded probes one node after the other, and goes to the first that is not; if all
 * are, it stays. Where it has been sent it stays, whatever it finds.
 * Source: Eager, Lazowska and Zahorjan 1986 (L001-L005); sections A3 and C2 of the project's reference.
 */
import {
  KEEP,
  PROBES,
  probe,
  type SharingPolicy,
  type SharingPolicyKind,
  type SharingView,
  THRESHOLD,
} from './contract.ts';
import { OtherNodes } from './others.ts';

export const threshold: SharingPolicyKind = {
  doc: 'a job at a loaded node goes to the first probed node that is not (Eager and others)',
  fields: { threshold: THRESHOLD, probes: PROBES },
  mostProbes: (parameters) => parameters['probes'] as number,
  create: (view, parameters, chance) =>
    new Threshold(
      view,
      parameters['threshold'] as number,
      new OtherNodes(view.nodes, parameters['probes'] as number, chance),
    ),
};

class Threshold implements SharingPolicy {
  private readonly view: SharingView;
  private readonly threshold: number;
  private readonly others: OtherNodes;

  constructor(view: SharingView, threshold: number, others: OtherNodes) {
    this.view = view;
    this.threshold = threshold;
    this.others = others;
  }

  arrived(task: number, node: number): number {
    if (this.view.load(node) < this.threshold || this.view.moves(task) > 0) return KEEP;
    this.others.begin(task);
    return this.next(task, node);
  }

  answered(task: number, node: number, other: number, load: number): number {
    return load < this.threshold ? other : this.next(task, node);
  }

  private next(task: number, node: number): number {
    const other = this.others.draw(task, node);
    return other < 0 ? KEEP : probe(other);
  }
}
