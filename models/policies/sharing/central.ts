/**
 * One queue for the whole building: a node without work takes the job that has waited longest, at once. A job that finds nodes
 * free goes to its own, or else to the fastest (ties: the lowest number).
 * Source: the bound of perfect sharing, M/M/K (L001, L010).
 */
import { HOLD, KEEP, type SharingPolicy, type SharingPolicyKind, type SharingView } from './contract.ts';

export const central: SharingPolicyKind = {
  doc: 'one queue; a free node takes the first job at once (M/M/K: the bound)',
  fields: {},
  oracle: true,
  create: (view) => new Central(view),
};

class Central implements SharingPolicy {
  private readonly fastestFirst: Int32Array;
  private readonly free: Uint8Array;
  private freeNodes: number;

  constructor(view: SharingView) {
    const { nodes } = view;
    this.free = new Uint8Array(nodes).fill(1);
    this.freeNodes = nodes;
    this.fastestFirst = Int32Array.from({ length: nodes }, (_, node) => node).sort(
      (a, b) => view.speed(b) - view.speed(a) || a - b,
    );
    this.view = view;
  }

  private readonly view: SharingView;

  arrived(task: number, node: number): number {
    // Sent here by an earlier decision, which took the node.
    if (this.view.moves(task) > 0) return KEEP;
    if (this.freeNodes === 0) return HOLD;
    this.freeNodes--;
    if (this.free[node] === 1) {
      this.free[node] = 0;
      return KEEP;
    }
    let i = 0;
    while (this.free[this.fastestFirst[i]!] === 0) i++;
    const chosen = this.fastestFirst[i]!;
    this.free[chosen] = 0;
    return chosen;
  }

  answered(): number {
    return KEEP;
  }

  freed(node: number, held: number): boolean {
    if (held > 0) return true;
    this.free[node] = 1;
    this.freeNodes++;
    return false;
  }
}
