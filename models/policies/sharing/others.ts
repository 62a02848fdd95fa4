/** Draws nodes other than the own one: one after another without replacement, for many jobs at a time. */
import { widened } from '../../../sim/engine/columns.ts';
import type { Source } from '../../../sim/engine/streams.ts';

export class OtherNodes {
  /** Nodes that each job may be given. */
  readonly most: number;
  private readonly nodes: number;
  private readonly chance: Source;
  /** By job: how many it has been given, and which. */
  private given = new Int32Array(16);
  private which: Int32Array;

  /** At most `most` different ones each, of `nodes`. */
  constructor(nodes: number, most: number, chance: Source) {
    this.nodes = nodes;
    this.most = Math.min(most, nodes - 1);
    this.chance = chance;
    this.which = new Int32Array(16 * Math.max(1, this.most));
  }

  /** Forgets what `task` was given before. */
  begin(task: number): void {
    if (task >= this.given.length) this.grow(task);
    this.given[task] = 0;
  }

  /** A node that is not `own` and that `task` has not been given since `begin`; -1 if it has had its share. */
  draw(task: number, own: number): number {
    const k = this.given[task]!;
    if (k >= this.most) return -1;
    const at = task * this.most;
    for (;;) {
      const node = other(this.nodes, own, this.chance);
      let known = false;
      for (let i = 0; i < k && !known; i++) known = this.which[at + i] === node;
      if (known) continue;
      this.which[at + k] = node;
      this.given[task] = k + 1;
      return node;
    }
  }

  private grow(task: number): void {
    const room = Math.max(task + 1, 2 * this.given.length);
    this.given = widened(this.given, new Int32Array(room));
    this.which = widened(this.which, new Int32Array(room * Math.max(1, this.most)));
  }
}

/** A node that is not `own`, each as likely; there must be two. */
export function other(nodes: number, own: number, chance: Source): number {
  const node = Math.floor(chance.next() * (nodes - 1));
  return node < own ? node : node + 1;
}
