/** Placement shared by policies under which every node schedules for itself: the nodes with the fewest processes. */
import type { CoschedulingPolicy, CoschedulingView } from './contract.ts';

/** No slots; programs start at once on the nodes with the fewest processes, the lowest numbers first. */
export class EachNode implements CoschedulingPolicy {
  readonly slots = 1;
  readonly slot = 0;
  private readonly view: CoschedulingView;

  constructor(view: CoschedulingView) {
    this.view = view;
  }

  place(_program: number, width: number): Int32Array {
    const { nodes } = this.view;
    const all = Int32Array.from({ length: nodes }, (_, node) => node);
    if (width >= nodes) return all;
    const load = Int32Array.from(all, (node) => this.view.processes(node));
    all.sort((a, b) => load[a]! - load[b]! || a - b);
    return all.slice(0, width).sort();
  }

  ended(): void {}

  rotate(): void {}

  turn(): number {
    return 0;
  }
}
