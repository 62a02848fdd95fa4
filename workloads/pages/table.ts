/**
 * A string of page references in columns: pages are numbered in the order of their first references, and a reference
 * is one word, `2 x page + (1 where it writes)`. Four bytes a reference, so that ten million fit in 40 MB.
 *
 * Left out: addresses within a page, which process refers, and when (but for traces whose records stand for several
 * references each).
 */
import { InputError } from '../../sim/problem.ts';

/** References of one process. */
export interface ReferenceTable {
  /** Number of entries. */
  readonly n: number;
  /** References that the trace holds: all entries, but for hits that a reduced trace leaves to be concluded. */
  readonly told: number;
  /** 2 x page + 1 where the reference writes; the first `n` entries count. */
  readonly refs: Uint32Array;
  /** Distinct pages. */
  readonly unique: number;
  /** Number of each page in its address space, by first reference; the first `unique` entries count. */
  readonly numbers: Float64Array;
  /** Position of each page's first reference; the first `unique` entries count. */
  readonly firsts: Uint32Array;
  /** References that write. */
  readonly writes: number;
  /** How many references each entry stands for (reduced traces; 0: its own is counted elsewhere); null: one. */
  readonly stands: Uint32Array | null;
  /** Frames from which on LRU memories are exact: 1, or those of the memory that a reduced trace was made with. */
  readonly exactFrom: number;
}

/** Pages are numbered in 31 bits. */
const MOST_PAGES = 2 ** 31;
/** Up to this page number (addresses of 32 bits and 4 KiB pages) places are looked up in a plain column. */
const DIRECT = 1 << 20;
const GOLDEN = 0x9e37_79b9;

/** The number of each page by its first reference: a plain column for small page numbers, open addressing for others. */
class PageNumbers {
  numbers = new Float64Array(1024);
  count = 0;
  private readonly direct = new Int32Array(DIRECT);
  private slots = new Int32Array(1 << 12);

  /** The place of page `number` in the order of first references; -1 where there has been none. */
  find(number: number): number {
    if (number < DIRECT) return this.direct[number]! - 1;
    const { slots } = this;
    const mask = slots.length - 1;
    let at = hash(number) & mask;
    for (let known = slots[at]!; known > 0; known = slots[at]!) {
      if (this.numbers[known - 1] === number) return known - 1;
      at = (at + 1) & mask;
    }
    return -1;
  }

  /** Gives a page that `find` does not know the next place. */
  add(number: number): number {
    const place = this.append(number);
    if (number < DIRECT) {
      this.direct[number] = place + 1;
      return place;
    }
    if (2 * this.count > this.slots.length) this.widen();
    else put(this.slots, number, place);
    return place;
  }

  private append(number: number): number {
    const place = this.count++;
    if (place === this.numbers.length) {
      const wider = new Float64Array(2 * place);
      wider.set(this.numbers);
      this.numbers = wider;
    }
    this.numbers[place] = number;
    return place;
  }

  private widen(): void {
    this.slots = new Int32Array(4 * this.slots.length);
    for (let place = 0; place < this.count; place++) {
      if (this.numbers[place]! >= DIRECT) put(this.slots, this.numbers[place]!, place);
    }
  }
}

function put(slots: Int32Array, number: number, place: number): void {
  const mask = slots.length - 1;
  let at = hash(number) & mask;
  while (slots[at]! > 0) at = (at + 1) & mask;
  slots[at] = place + 1;
}

function hash(number: number): number {
  const h = Math.imul(
    (number % 4_294_967_296) ^ Math.imul(Math.floor(number / 4_294_967_296), GOLDEN),
    GOLDEN,
  );
  return h ^ (h >>> 15);
}

/** Takes references in and becomes a table. */
export class ReferenceColumns {
  count = 0;
  exactFrom = 1;
  private refs = new Uint32Array(1 << 16);
  private firsts = new Uint32Array(1024);
  private stands: Uint32Array | null = null;
  private readonly pages = new PageNumbers();
  private writes = 0;
  private concluded = 0;

  /** References told so far. */
  get told(): number {
    return this.count - this.concluded;
  }

  /** One reference to the page of that number (a whole number from 0 on); `write` is 0 or 1. */
  add(number: number, write: number): void {
    const i = this.count++;
    if (i === this.refs.length) this.widen();
    let page = this.pages.find(number);
    if (page < 0) page = this.newPage(number, i);
    this.refs[i] = 2 * page + write;
    this.writes += write;
  }

  /** A reference of which the trace does not tell, but which must have been: it stands for none. */
  conclude(number: number): void {
    this.add(number, 0);
    this.lastStandsFor(0);
    this.concluded++;
  }

  /** The last entry stands for that many references. */
  lastStandsFor(references: number): void {
    this.stands ??= new Uint32Array(this.refs.length).fill(1);
    this.stands[this.count - 1] = references;
  }

  /** The entry at a position writes. */
  writesAt(position: number): void {
    if ((this.refs[position]! & 1) === 1) return;
    this.refs[position]! |= 1;
    this.writes++;
  }

  /** The place of a page by its number; -1 where it has not been referred to. */
  placeOf(number: number): number {
    return this.pages.find(number);
  }

  finish(): ReferenceTable {
    const { numbers, count: unique } = this.pages;
    return {
      n: this.count,
      told: this.told,
      refs: this.refs,
      unique,
      numbers,
      firsts: this.firsts,
      writes: this.writes,
      stands: this.stands,
      exactFrom: this.exactFrom,
    };
  }

  private newPage(number: number, position: number): number {
    const page = this.pages.add(number);
    if (page >= MOST_PAGES) {
      throw new InputError({ where: 'references', found: `more than ${MOST_PAGES} distinct pages` });
    }
    if (page >= this.firsts.length) this.firsts = widerOf(this.firsts);
    this.firsts[page] = position;
    return page;
  }

  private widen(): void {
    this.refs = widerOf(this.refs);
    if (this.stands !== null) {
      const old = this.stands.length;
      this.stands = widerOf(this.stands);
      this.stands.fill(1, old);
    }
  }
}

function widerOf(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(2 * column.length);
  wider.set(column);
  return wider;
}
