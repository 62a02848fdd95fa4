/**
 * The narrowest waiting job, followed as jobs come and go: what the measure "loss of capacity" asks at every event.
 * Counts by width; finding the next narrowest after a removal costs at most the number of nodes.
 */
export class WaitingWidths {
  /** Beyond this many nodes the measure is left out: the search would cost more than the run. */
  static readonly mostNodes = 4096;
  private readonly counts: Int32Array;
  private narrowest: number;

  constructor(nodes: number) {
    this.counts = new Int32Array(nodes + 1);
    this.narrowest = nodes + 1;
  }

  /** Width of the narrowest waiting job; more than all nodes where none waits. */
  smallest(): number {
    return this.narrowest;
  }

  add(width: number): void {
    this.counts[width]!++;
    if (width < this.narrowest) this.narrowest = width;
  }

  remove(width: number): void {
    this.counts[width]!--;
    while (this.narrowest < this.counts.length && this.counts[this.narrowest] === 0) this.narrowest++;
  }
}
