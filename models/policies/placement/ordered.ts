/**
 * Nodes in order of a key that each was offered with, then of a second one, then of their numbers: a binary heap in
 * columns; a node's place is known, so that it can be withdrawn.
 */
export class OrderedNodes {
  private readonly node: Int32Array;
  /** Place of each node in `node`. */
  private readonly at: Int32Array;
  private readonly key: Float64Array;
  private readonly second: Float64Array;
  private count = 0;

  constructor(nodes: number, withSecond = false) {
    this.node = new Int32Array(nodes);
    this.at = new Int32Array(nodes);
    this.key = new Float64Array(nodes);
    this.second = new Float64Array(withSecond ? nodes : 0);
  }

  add(node: number, key: number, second = 0): void {
    this.key[node] = key;
    if (this.second.length > 0) this.second[node] = second;
    this.up(this.count++, node);
  }

  remove(node: number): void {
    const at = this.at[node]!;
    const last = this.node[--this.count]!;
    if (last === node) return;
    if (at > 0 && this.before(last, this.node[(at - 1) >> 1]!)) this.up(at, last);
    else this.down(at, last);
  }

  first(): number {
    return this.node[0]!;
  }

  private before(a: number, b: number): boolean {
    const ka = this.key[a]!;
    const kb = this.key[b]!;
    if (ka !== kb) return ka < kb;
    if (this.second.length === 0) return a < b;
    const sa = this.second[a]!;
    const sb = this.second[b]!;
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
