/** Items in chains, one chain an owner, linked both ways in typed columns that grow. */
import { widened } from '../../sim/engine/columns.ts';

const NONE = -1;

export class Chains {
  private heads = new Int32Array(16).fill(NONE);
  private counts = new Int32Array(16);
  private next = new Int32Array(64);
  private previous = new Int32Array(64);

  /** Items of an owner. */
  count(owner: number): number {
    return owner < this.counts.length ? this.counts[owner]! : 0;
  }

  /** The item that was added last; -1: none. */
  first(owner: number): number {
    return owner < this.heads.length ? this.heads[owner]! : NONE;
  }

  /** The item behind another of its chain; -1: none. */
  after(item: number): number {
    return this.next[item]!;
  }

  add(owner: number, item: number): void {
    if (owner >= this.heads.length) {
      const size = Math.max(2 * this.heads.length, owner + 1);
      this.heads = widened(this.heads, new Int32Array(size).fill(NONE));
      this.counts = widened(this.counts, new Int32Array(size));
    }
    if (item >= this.next.length) {
      const size = Math.max(2 * this.next.length, item + 1);
      this.next = widened(this.next, new Int32Array(size));
      this.previous = widened(this.previous, new Int32Array(size));
    }
    const head = this.heads[owner]!;
    this.next[item] = head;
    this.previous[item] = NONE;
    if (head !== NONE) this.previous[head] = item;
    this.heads[owner] = item;
    this.counts[owner]!++;
  }

  remove(owner: number, item: number): void {
    const next = this.next[item]!;
    const previous = this.previous[item]!;
    if (previous === NONE) this.heads[owner] = next;
    else this.next[previous] = next;
    if (next !== NONE) this.previous[next] = previous;
    this.counts[owner]!--;
  }
}
