/**
 * JSQ(d), the power of d choices: every job chooses d nodes and goes to the one with the fewest jobs, the first chosen of
 * equals. The node of its user has no part in it.
 * Source: Mitzenmacher 2001 (L013-L016); section C3 of the project's reference.
 */
import { widened } from '../../../sim/engine/columns.ts';
import type { Source } from '../../../sim/engine/streams.ts';
import {
  type Decision,
  KEEP,
  probe,
  type SharingPolicy,
  type SharingPolicyKind,
  type SharingView,
} from './contract.ts';

export const jsq: SharingPolicyKind = {
  doc: 'every job goes to the least loaded of d nodes chosen at random (the power of d choices)',
  fields: { d: { kind: 'integer', doc: 'nodes chosen, all different', default: 2, min: 1 } },
  mostProbes: (parameters) => parameters['d'] as number,
  create: (view, parameters, chance) => new JoinShortest(view, parameters['d'] as number, chance),
};

class JoinShortest implements SharingPolicy {
  private readonly view: SharingView;
  private readonly d: number;
  private readonly chance: Source;
  /** By job: nodes chosen, how many of them have answered, the best so far and its load. */
  private chosen: Int32Array;
  private heard = new Int32Array(16);
  private best = new Int32Array(16);
  private load = new Float64Array(16);

  constructor(view: SharingView, d: number, chance: Source) {
    this.view = view;
    this.d = Math.min(d, view.nodes);
    this.chance = chance;
    this.chosen = new Int32Array(16 * this.d);
  }

  arrived(task: number, node: number): Decision {
    if (this.view.moves(task) > 0) return KEEP;
    if (task >= this.heard.length) this.grow(task);
    const at = task * this.d;
    for (let k = 0; k < this.d; ) {
      const candidate = Math.floor(this.chance.next() * this.view.nodes);
      let known = false;
      for (let i = 0; i < k && !known; i++) known = this.chosen[at + i] === candidate;
      if (!known) this.chosen[at + k++] = candidate;
    }
    this.heard[task] = 0;
    this.load[task] = Number.POSITIVE_INFINITY;
    return this.next(task, node);
  }

  answered(task: number, node: number, other: number, load: number): Decision {
    this.take(task, other, load);
    return this.next(task, node);
  }

  private take(task: number, candidate: number, load: number): void {
    this.heard[task]!++;
    if (load >= this.load[task]!) return;
    this.best[task] = candidate;
    this.load[task] = load;
  }

  private next(task: number, node: number): Decision {
    while (this.heard[task]! < this.d) {
      const candidate = this.chosen[task * this.d + this.heard[task]!]!;
      if (candidate !== node) return probe(candidate);
      // A node knows its own load.
      this.take(task, node, this.view.load(node));
    }
    const best = this.best[task]!;
    return best === node ? KEEP : best;
  }

  private grow(task: number): void {
    const room = Math.max(task + 1, 2 * this.heard.length);
    this.heard = widened(this.heard, new Int32Array(room));
    this.best = widened(this.best, new Int32Array(room));
    this.load = widened(this.load, new Float64Array(room));
    this.chosen = widened(this.chosen, new Int32Array(room * this.d));
  }
}
