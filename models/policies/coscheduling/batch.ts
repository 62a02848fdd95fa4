/**
 * One program at a time, each to its end, first come first served: no sharing at all. What every other policy is
 * measured against: a program's time under it, waiting apart, is its time on dedicated nodes.
 */
import type { CoschedulingPolicy, CoschedulingPolicyKind, CoschedulingView } from './contract.ts';

export const batch: CoschedulingPolicyKind = {
  doc: 'one program at a time, each to its end',
  fields: {},
  waiting: 'spin',
  scheduler: 'round-robin',
  randomPhases: false,
  create: (view) => new OneAtATime(view),
};

class OneAtATime implements CoschedulingPolicy {
  readonly slots = 1;
  readonly slot = 0;
  private readonly view: CoschedulingView;
  private running = false;

  constructor(view: CoschedulingView) {
    this.view = view;
  }

  place(_program: number, width: number): Int32Array | null {
    if (this.running) return null;
    this.running = true;
    return Int32Array.from({ length: Math.min(width, this.view.nodes) }, (_, node) => node);
  }

  ended(): void {
    this.running = false;
  }

  rotate(): void {}

  turn(): number {
    return 0;
  }
}
