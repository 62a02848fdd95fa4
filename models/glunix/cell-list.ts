/** Cells in the order in which they were added, each at most once; linked in columns, so that any one leaves at once. */
const NONE = -1;
/** Stands for a cell that is not in the list. */
const OUT = -2;

export class CellList {
  /** The first cell, or -1. */
  first = NONE;
  private last = NONE;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;

  constructor(cells: number) {
    this.next = new Int32Array(cells).fill(OUT);
    this.previous = new Int32Array(cells);
  }

  /** The cell after this one, or -1; below that where this one is not in the list. */
  after(cell: number): number {
    return this.next[cell]!;
  }

  /** Adds a cell at the end; one that is in the list stays where it stands. */
  add(cell: number): void {
    if (this.next[cell] !== OUT) return;
    this.next[cell] = NONE;
    this.previous[cell] = this.last;
    if (this.last === NONE) this.first = cell;
    else this.next[this.last] = cell;
    this.last = cell;
  }

  /** Takes a cell out, if it is in the list. */
  remove(cell: number): void {
    const next = this.next[cell]!;
    if (next === OUT) return;
    const previous = this.previous[cell]!;
    this.next[cell] = OUT;
    if (previous === NONE) this.first = next;
    else this.next[previous] = next;
    if (next === NONE) this.last = previous;
    else this.previous[next] = previous;
  }
}
