/**
 * GLOBAL: a collector sends the loads of all nodes round each period; a job that finds its node loaded goes where the
 * vector promises it the largest part of a CPU, (load + 1) / speed being least, if that beats its own node. Equals: any of them.
 * A node adds its own sendings since the last vector, so that it does not flood one node; it cannot know those of the others.
 * Source: Zhou 1988 (L017, L022); section A3 of the project's reference. The correction by own sendings is as in MOSIX (L034).
 */
import type { Source } from '../../../sim/engine/streams.ts';
import { KEEP, type SharingPolicy, type SharingPolicyKind, type SharingView, THRESHOLD } from './contract.ts';

export const global: SharingPolicyKind = {
  doc: "a job at a loaded node goes to the node that the collector's last load vector shows least loaded for its speed (Zhou)",
  fields: {
    threshold: { ...THRESHOLD, default: 1 },
    period: { kind: 'time', doc: 'time between two load vectors (L022)', default: '10s', above: 0 },
  },
  vectorEvery: (parameters) => parameters['period'] as number,
  create: (view, parameters, chance) => new Global(view, parameters['threshold'] as number, chance),
};

class Global implements SharingPolicy {
  private readonly view: SharingView;
  private readonly threshold: number;
  private readonly chance: Source;
  /** By node: what it has sent where since the vector of `since`. */
  private readonly sent: (Map<number, number> | undefined)[];
  private readonly since: Float64Array;

  constructor(view: SharingView, threshold: number, chance: Source) {
    this.view = view;
    this.threshold = threshold;
    this.chance = chance;
    this.sent = new Array(view.nodes);
    this.since = new Float64Array(view.nodes).fill(Number.NEGATIVE_INFINITY);
  }

  arrived(task: number, node: number): number {
    const { view } = this;
    const load = view.load(node);
    if (load < this.threshold || view.moves(task) > 0) return KEEP;
    if (view.toldAt === Number.NEGATIVE_INFINITY) return KEEP;
    if (this.since[node] !== view.toldAt) {
      this.since[node] = view.toldAt;
      this.sent[node]?.clear();
    }
    const own = this.sent[node];
    let best = node;
    let least = (load + 1) / view.speed(node);
    let equals = 0;
    for (let other = 0; other < view.nodes; other++) {
      if (other === node) continue;
      const share = (view.told(other) + (own?.get(other) ?? 0) + 1) / view.speed(other);
      if (share < least) {
        least = share;
        best = other;
        equals = 1;
      } else if (share === least && best !== node && this.chance.next() * ++equals < 1) best = other;
    }
    if (best === node) return KEEP;
    this.sent[node] ??= new Map();
    this.sent[node].set(best, (this.sent[node].get(best) ?? 0) + 1);
    return best;
  }

  answered(): number {
    return KEEP;
  }
}
