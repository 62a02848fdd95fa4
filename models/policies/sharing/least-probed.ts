/** What policies share that probe a set number of nodes and then look at the one with the least load (the first of equals). */
import { widened } from '../../../sim/engine/columns.ts';
import type { Source } from '../../../sim/engine/streams.ts';
import { type Decision, KEEP, probe } from './contract.ts';
import { OtherNodes } from './others.ts';

export class LeastProbed {
  private readonly others: OtherNodes;
  /** By job: node with the least load so far, and that load. */
  private node = new Int32Array(16);
  private load = new Float64Array(16);

  constructor(nodes: number, probes: number, chance: Source) {
    this.others = new OtherNodes(nodes, probes, chance);
  }

  /** Begins with `own` at `load`; gives the first probe, or to stay where there is nobody to probe. */
  begin(task: number, own: number, load: number): Decision {
    if (task >= this.node.length) {
      const room = Math.max(task + 1, 2 * this.node.length);
      this.node = widened(this.node, new Int32Array(room));
      this.load = widened(this.load, new Float64Array(room));
    }
    this.others.begin(task);
    this.node[task] = own;
    this.load[task] = load;
    return this.next(task, own);
  }

  /** Takes in an answer; gives the next probe, or the decision after the last. */
  heard(task: number, own: number, other: number, load: number): Decision {
    if (load < this.load[task]!) {
      this.node[task] = other;
      this.load[task] = load;
    }
    return this.next(task, own);
  }

  /** The next probe; after the last one the node with the least load, or to stay where that is its own. */
  private next(task: number, own: number): Decision {
    const other = this.others.draw(task, own);
    if (other >= 0) return probe(other);
    const least = this.node[task]!;
    return least === own ? KEEP : least;
  }
}
