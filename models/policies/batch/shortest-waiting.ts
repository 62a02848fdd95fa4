/**
 * The waiting jobs by width, the one with the shortest estimate first in each: whether any job at all could be started
 * is answered without a look at the whole queue. A heap for every width; jobs that have been started leave it when
 * they come up.
 */
export class ShortestWaiting {
  private readonly width: Int32Array;
  private readonly estimate: Float64Array;
  private readonly waits: Uint8Array;
  /** Jobs that wait, by width; jobs in a heap that no longer wait are not counted. */
  private readonly counts: number[] = [0];
  private readonly heaps: number[][] = [[]];
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
    this.waits[job] = 0;
    this.counts[this.width[job]!]!--;
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
