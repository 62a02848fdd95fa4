/**
 * The optimum: the page whose next reference is furthest away (Belady 1966). An oracle: it is given the references to
 * come. Fewest faults of all; not fewest write-backs.
 */
import type { Future, ReplacementPolicy, ReplacementPolicyKind } from './contract.ts';

export const opt: ReplacementPolicyKind = {
  doc: 'oracle: the page whose next reference is furthest away',
  fields: {},
  oracle: true,
  create: (frames, _chance, future) => new Optimum(frames, future!),
};

/** A binary heap of frames, the furthest next reference first; among equals the lower frame. */
class Optimum implements ReplacementPolicy {
  private readonly future: Future;
  private readonly next: Float64Array;
  private readonly heap: Int32Array;
  private readonly at: Int32Array;
  private count = 0;

  constructor(frames: number, future: Future) {
    this.future = future;
    this.next = new Float64Array(frames);
    this.heap = new Int32Array(frames);
    this.at = new Int32Array(frames);
  }

  placed(frame: number, position: number): void {
    this.next[frame] = this.future.nextUse(position);
    this.up(this.count++, frame);
  }

  touched(frame: number, position: number): void {
    // The reference that was awaited has come: the next one lies further away.
    this.next[frame] = this.future.nextUse(position);
    this.up(this.at[frame]!, frame);
  }

  removed(frame: number): void {
    const at = this.at[frame]!;
    const last = this.heap[--this.count]!;
    if (last === frame) return;
    if (at > 0 && this.before(last, this.heap[(at - 1) >> 1]!)) this.up(at, last);
    else this.down(at, last);
  }

  choose(): number {
    return this.heap[0]!;
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.next[a]!, this.next[b]!];
    return x > y || (x === y && a < b);
  }

  private up(start: number, frame: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = this.heap[parent]!;
      if (!this.before(frame, other)) break;
      this.put(at, other);
      at = parent;
    }
    this.put(at, frame);
  }

  private down(start: number, frame: number): void {
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.before(this.heap[child + 1]!, this.heap[child]!)) child++;
      const other = this.heap[child]!;
      if (!this.before(other, frame)) break;
      this.put(at, other);
      at = child;
    }
    this.put(at, frame);
  }

  private put(at: number, frame: number): void {
    this.heap[at] = frame;
    this.at[frame] = at;
  }
}
