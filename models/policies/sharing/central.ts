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
  private readonly view: SharingView;
  private readonly fastestFirst: Int32Array;
  /** A job is on its way there. */
  private readonly expects: Uint8Array;

  constructor(view: SharingView) {
    const { nodes } = view;
    this.view = view;
    this.expects = new Uint8Array(nodes);
    this.fastestFirst = Int32Array.from({ length: nodes }, (_, node) => node).sort(
      (a, b) => view.speed(b) - view.speed(a) || a - b,
    );
  }

  arrived(task: number, node: number): number {
    if (this.view.moves(task) > 0) {
      this.expects[node] = 0;
      return KEEP;
    }
    if (this.isFree(node)) return KEEP;
    for (const other of this.fastestFirst) {
      if (!this.isFree(other)) continue;
      this.expects[other] = 1;
      return other;
    }
    return HOLD;
  }

  answered(): number {
    return KEEP;
  }

  freed(node: number, home: number): boolean {
    if (this.expects[node] === 1) return false;
    if (home !== node) this.expects[node] = 1;
    return true;
  }

  private isFree(node: number): boolean {
    return this.view.load(node) === 0 && this.expects[node] === 0;
  }
}
