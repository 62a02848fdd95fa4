/**
 * Ousterhout's matrix: rows are slots of time, columns are nodes; a job of width w has w cells of one row.
 *
 * A row keeps its number (`slot`) for as long as it holds a job, whatever rows come and go around it, so that what a
 * node was told last can be compared with what holds now. Rows stand in the order in which they were opened and are
 * rotated in that order; empty rows vanish (compaction). After a departure two rows whose jobs use different columns
 * are merged (slot unification), the later into the earlier. Columns of a job never change.
 *
 * Placement: `first` takes the first row with room, `best` the one in which least room is left; both take the row's
 * lowest free columns. `buddy` rounds the width up to a power of two and takes the first aligned block of that many
 * free columns in any row, so that a block's other half stays whole; the columns above the width stay empty.
 * Left out: moving a job's processes to other columns, and limits on rows.
 *
 * Source: Ousterhout 1982; section A4 of the project's reference on policies (facts S010, C017).
 */

export const FITS = {
  first: 'the first row with room',
  best: 'the row in which least room would be left',
  buddy: 'an aligned block of a power of two of free columns, in the first row that has one',
} as const;
export type Fit = keyof typeof FITS;

const NOBODY = -1;

interface Row {
  /** Number by which the row is known as long as it lives. */
  readonly slot: number;
  /** Job in each column, -1: none. */
  readonly cells: Int32Array;
  /** Columns that are taken, those kept by `buddy` included. */
  readonly taken: Uint8Array;
  free: number;
}

interface Place {
  row: Row;
  readonly columns: Int32Array;
  /** Columns kept beside the job's own, up to the end of its block. */
  readonly block: readonly [first: number, count: number] | null;
}

export class Matrix {
  readonly columns: number;
  private readonly fit: Fit;
  private readonly list: Row[] = [];
  private readonly places = new Map<number, Place>();
  private active = 0;
  private nextSlot = 0;

  constructor(columns: number, fit: Fit = 'first') {
    this.columns = columns;
    this.fit = fit;
  }

  /** Rows that hold a job. */
  get rows(): number {
    return this.list.length;
  }

  /** Number of the row whose turn it is; -1 where there is none. */
  get current(): number {
    return this.list[this.active]?.slot ?? NOBODY;
  }

  /** Cells that hold a job's process. */
  get used(): number {
    let used = 0;
    for (const place of this.places.values()) used += place.columns.length;
    return used;
  }

  /** Row of a job, by its number. */
  slotOf(job: number): number {
    return this.placeOf(job).row.slot;
  }

  /** Columns of a job, one a process. */
  columnsOf(job: number): Int32Array {
    return this.placeOf(job).columns;
  }

  /** The job in a cell, -1 where it is empty. `slot` must be a row's. */
  cell(slot: number, column: number): number {
    return this.list[this.indexOf(slot)]!.cells[column]!;
  }

  /** Rows from the row `slot` on to a job's own, in the order of rotation; a row that is gone counts as the current one. */
  distance(slot: number, job: number): number {
    const from = this.indexOf(slot);
    const to = this.list.indexOf(this.placeOf(job).row);
    return (to - (from < 0 ? this.active : from) + this.list.length) % this.list.length;
  }

  /** Places a job of `width` processes, in a new row if none has room; returns its columns. */
  place(job: number, width: number): Int32Array {
    if (!(width >= 1 && width <= this.columns)) {
      throw new RangeError(`a job of width ${width} in a matrix of ${this.columns} columns`);
    }
    if (this.places.has(job)) throw new RangeError(`job ${job} is in the matrix already`);
    const place = this.fit === 'buddy' ? this.placeBlock(width) : this.placeAnywhere(width);
    this.places.set(job, place);
    const { row } = place;
    for (const column of place.columns) row.cells[column] = job;
    this.keep(place, 1);
    return place.columns;
  }

  /** Takes a job out; empty rows vanish. The turn stays with its row, or passes to the next where that has gone. */
  remove(job: number): void {
    const place = this.placeOf(job);
    const { row } = place;
    for (const column of place.columns) row.cells[column] = NOBODY;
    this.keep(place, 0);
    this.places.delete(job);
    if (row.free === this.columns) this.drop(this.list.indexOf(row));
  }

  /** Merges rows that fit in one, the later into the earlier; returns how many were merged. */
  unify(): number {
    let merged = 0;
    for (let i = 0; i < this.list.length; i++) {
      for (let j = this.list.length - 1; j > i; j--) {
        if (!apart(this.list[i]!, this.list[j]!)) continue;
        this.merge(i, j);
        merged++;
      }
    }
    return merged;
  }

  /** The turn passes to the next row; returns its number, -1 where there is none. */
  rotate(): number {
    if (this.list.length > 0) this.active = (this.active + 1) % this.list.length;
    return this.current;
  }

  /**
   * The first job of `column` that `may` run, in the order of rotation from the row `slot` on: that row's own, or an
   * alternate. -1 where there is none.
   */
  alternate(slot: number, column: number, may: (job: number) => boolean): number {
    const n = this.list.length;
    const found = this.indexOf(slot);
    const from = found < 0 ? this.active : found;
    for (let k = 0; k < n; k++) {
      const job = this.list[(from + k) % n]!.cells[column]!;
      if (job !== NOBODY && may(job)) return job;
    }
    return NOBODY;
  }

  private placeOf(job: number): Place {
    const place = this.places.get(job);
    if (place === undefined) throw new RangeError(`job ${job} is not in the matrix`);
    return place;
  }

  private indexOf(slot: number): number {
    return this.list.findIndex((row) => row.slot === slot);
  }

  private placeAnywhere(width: number): Place {
    let chosen: Row | undefined;
    for (const row of this.list) {
      if (row.free < width) continue;
      if (chosen === undefined || row.free < chosen.free) chosen = row;
      if (this.fit === 'first') break;
    }
    const row = chosen ?? this.open();
    const columns = new Int32Array(width);
    for (let column = 0, k = 0; k < width; column++) if (row.taken[column] === 0) columns[k++] = column;
    return { row, columns, block: null };
  }

  private placeBlock(width: number): Place {
    const size = Math.min(2 ** Math.ceil(Math.log2(width)), this.columns);
    for (const row of this.list) {
      const at = freeBlock(row, size, this.columns);
      if (at >= 0) return blockAt(row, at, width, size);
    }
    return blockAt(this.open(), 0, width, size);
  }

  private keep(place: Place, taken: 0 | 1): void {
    const { row, columns, block } = place;
    if (block === null) for (const column of columns) row.taken[column] = taken;
    else row.taken.fill(taken, block[0], block[0] + block[1]);
    const count = block === null ? columns.length : block[1];
    row.free += taken === 1 ? -count : count;
  }

  private open(): Row {
    const row = {
      slot: this.nextSlot++,
      cells: new Int32Array(this.columns).fill(NOBODY),
      taken: new Uint8Array(this.columns),
      free: this.columns,
    };
    this.list.push(row);
    return row;
  }

  private drop(index: number): void {
    this.list.splice(index, 1);
    if (index < this.active) this.active--;
    if (this.active >= this.list.length) this.active = 0;
  }

  private merge(into: number, from: number): void {
    const to = this.list[into]!;
    const row = this.list[from]!;
    for (const place of this.places.values()) {
      if (place.row !== row) continue;
      place.row = to;
    }
    for (let column = 0; column < this.columns; column++) {
      if (row.cells[column] !== NOBODY) to.cells[column] = row.cells[column]!;
      if (row.taken[column] === 1) to.taken[column] = 1;
    }
    to.free -= this.columns - row.free;
    const turn = this.active === from;
    this.drop(from);
    // A row that was in its turn goes on in the row that took it in.
    if (turn) this.active = into;
  }
}

/** Do two rows use different columns? */
function apart(a: Row, b: Row): boolean {
  if (a.free + b.free < a.cells.length) return false;
  for (let column = 0; column < a.taken.length; column++) {
    if (a.taken[column] === 1 && b.taken[column] === 1) return false;
  }
  return true;
}

/** First column of a free block of `size` at a multiple of it, -1 where there is none. */
function freeBlock(row: Row, size: number, columns: number): number {
  for (let at = 0; at + size <= columns; at += size) {
    let free = true;
    for (let k = at; free && k < at + size; k++) free = row.taken[k] === 0;
    if (free) return at;
  }
  return -1;
}

function blockAt(row: Row, at: number, width: number, size: number): Place {
  return { row, columns: Int32Array.from({ length: width }, (_, k) => at + k), block: [at, size] };
}
