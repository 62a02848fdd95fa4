/**
 * The node that has gone longest without input of its owner: the owner who has been away longest is the least
 * likely to come back soon (idle times have a falling hazard). Ties: the lowest node number.
 * Source: Sprite's central server (Douglis 1990, sec. 6.3; facts A021, A023).
 */
import type { PlacementPolicy, PlacementPolicyKind } from './contract.ts';

export const longestIdle: PlacementPolicyKind = {
  doc: 'the node whose owner has been away longest (Sprite)',
  fields: {},
  create: (nodes) => new LongestIdle(nodes),
};

/** A binary heap in columns, ordered by (idle since, node); `at` finds a node's place so that it can be withdrawn. */
class LongestIdle implements PlacementPolicy {
  private readonly node: Int32Array;
  private readonly at: Int32Array;
  private readonly since: Float64Array;
  private count = 0;

  constructor(nodes: number) {
    this.node = new Int32Array(nodes);
    this.at = new Int32Array(nodes);
    this.since = new Float64Array(nodes);
  }

  offered(node: number, idleSince: number): void {
    this.since[node] = idleSince;
    this.up(this.count++, node);
  }

  withdrawn(node: number): void {
    const at = this.at[node]!;
    const last = this.node[--this.count]!;
    if (last === node) return;
    if (at > 0 && this.before(last, this.node[(at - 1) >> 1]!)) this.up(at, last);
    else this.down(at, last);
  }

  choose(): number {
    return this.node[0]!;
  }

  private before(a: number, b: number): boolean {
    const sa = this.since[a]!;
    const sb = this.since[b]!;
    return sa < sb || (sa === sb && a < b);
  }

  private up(start: number, node: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = this.node[parent]!;
      if (!this.before(node, other)) break;
      this.node[at] = other;
      this.at[other] = at;
      at = parent;
    }
    this.node[at] = node;
    this.at[node] = at;
  }

  private down(start: number, node: number): void {
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.before(this.node[child + 1]!, this.node[child]!)) child++;
      const other = this.node[child]!;
      if (!this.before(other, node)) break;
      this.node[at] = other;
      this.at[other] = at;
      at = child;
    }
    this.node[at] = node;
    this.at[node] = at;
  }
}
