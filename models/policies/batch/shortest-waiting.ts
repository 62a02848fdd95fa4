/**
 * The waiting jobs by width, the one with the shortest estimate first in each: whether any job at all could be started
 * is answered without a look at the whole queue, and which of these stands first without a look at the others. A heap for
 * every width; jobs that have been started leave it when they come up, or when they are more than those that wait.
 */
import type { BatchView } from './contract.ts';

export class ShortestWaiting {
  private readonly width: Int32Array;
  private readonly estimate: Float64Array;
  private readonly waits: Uint8Array;
  /** Jobs that wait, by width; jobs in a heap that no longer wait are not counted. */
  private readonly counts: number[] = [0];
  private readonly heaps: number[][] = [[]];
  /** Places in a heap that are still to be looked at. */
  private readonly stack: number[] = [];
  /** No job narrower than this waits. */
  private floor = 1;

  /** Widths and estimates (ns) of all jobs. */
  constructor(width: Int32Array, estimate: Float64Array) {
    this.width = width;
    this.estimate = estimate;
    this.waits = new Uint8Array(width.length);
  }

  /** A job waits from now on. */
  add(job: number): void {
    const width = this.width[job]!;
    for (let w = this.heaps.length; w <= width; w++) {
      this.heaps.push([]);
      this.counts.push(0);
    }
    this.waits[job] = 1;
    this.counts[width]!++;
    if (width < this.floor) this.floor = width;
    this.push(this.heaps[width]!, job);
  }

  /** A job waits no longer. */
  remove(job: number): void {
    const width = this.width[job]!;
    this.waits[job] = 0;
    const left = --this.counts[width]!;
    const heap = this.heaps[width]!;
    if (heap.length > 2 * left + 64) this.clear(width, heap);
  }

  /** Processors of the narrowest waiting job; more than any job has where none waits. */
  narrowest(): number {
    while (this.floor < this.counts.length && this.counts[this.floor] === 0) this.floor++;
    return this.floor;
  }

  /** Whether a waiting job of at most `free` processors needs at most `extra` of them, or has an estimate of at most `within` ns. */
  canStart(free: number, within: number, extra: number): boolean {
    const widest = Math.min(free, this.counts.length - 1);
    for (let width = this.narrowest(); width <= widest; width++) {
      if (this.counts[width] === 0) continue;
      if (width <= extra || this.shortest(width) <= within) return true;
    }
    return false;
  }

  /** Of the jobs that `canStart` asks for the one that stands first, or -1; costs as many looks as there are of them. */
  foremost(free: number, within: number, extra: number, queue: Pick<BatchView, 'place'>): number {
    const { stack, estimate, waits } = this;
    let foremost = -1;
    let place = Number.POSITIVE_INFINITY;
    const widest = Math.min(free, this.counts.length - 1);
    for (let width = this.narrowest(); width <= widest; width++) {
      if (this.counts[width] === 0) continue;
      const longest = width <= extra ? Number.POSITIVE_INFINITY : within;
      const heap = this.heaps[width]!;
      stack.push(0);
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        const job = heap[at]!;
        if (estimate[job]! > longest) continue;
        if (waits[job] === 1 && queue.place(job) < place) {
          foremost = job;
          place = queue.place(job);
        }
        if (2 * at + 1 < heap.length) stack.push(2 * at + 1);
        if (2 * at + 2 < heap.length) stack.push(2 * at + 2);
      }
    }
    return foremost;
  }

  /** Leaves those in a heap that wait; an ascending row is a heap. */
  private clear(width: number, heap: readonly number[]): void {
    const { estimate } = this;
    const waiting = [...new Set(heap)].filter((job) => this.waits[job] === 1);
    this.heaps[width] = waiting.sort((a, b) => estimate[a]! - estimate[b]!);
  }

  /** The shortest estimate of the jobs of this width that wait, ns; there must be one. */
  private shortest(width: number): number {
    const heap = this.heaps[width]!;
    while (this.waits[heap[0]!] === 0) this.pop(heap);
    return this.estimate[heap[0]!]!;
  }

  private push(heap: number[], job: number): void {
    const { estimate } = this;
    let at = heap.length;
    heap.push(job);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (estimate[heap[above]!]! <= estimate[job]!) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = job;
  }

  private pop(heap: number[]): void {
    const { estimate } = this;
    const last = heap.pop()!;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (let below = 1; below < length; below = 2 * at + 1) {
      if (below + 1 < length && estimate[heap[below + 1]!]! < estimate[heap[below]!]!) below++;
      if (estimate[last]! <= estimate[heap[below]!]!) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}
