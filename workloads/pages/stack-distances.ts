/**
 * LRU stack distances, exact: how many distinct pages lie between two references to a page, that one included. A memory
 * of M pages under LRU misses exactly the references of distance above M, and first references (Mattson et al. 1970),
 * so that one pass gives the faults of every memory size; write-backs follow with one more number a page (Thompson and
 * Smith 1989, "dirty level": the largest distance since the page was last written).
 *
 * Each page's last reference is a bit in a row of slots in time order; a distance is the number of bits set from a
 * page's slot on. Bits are counted 32 at a time within a block of 256 slots, blocks by a Fenwick tree, and the row is
 * closed up when its slots are used up.
 */
import type { ReferenceTable } from './table.ts';

const WORD = 5;
const BLOCK = 8;
/** Distances up to this many slots back are counted without the tree. */
const NEAR = 256;

function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x5555_5555);
  x = (x & 0x3333_3333) + ((x >>> 2) & 0x3333_3333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

export class StackDistances {
  private readonly slots: number;
  private readonly blocks: number;
  private readonly bits: Int32Array;
  /** Fenwick tree over the counts of the blocks, from 1. */
  private readonly tree: Int32Array;
  private readonly pageAt: Int32Array;
  private readonly slotOf: Int32Array;
  private now = 0;
  private present = 0;

  /** Room for pages 0 up to, not including, `pages`. */
  constructor(pages: number) {
    let slots = 1 << (BLOCK + 2);
    while (slots < 4 * pages) slots *= 2;
    this.slots = slots;
    this.blocks = slots >>> BLOCK;
    this.bits = new Int32Array(slots >>> WORD);
    this.tree = new Int32Array(this.blocks + 1);
    this.pageAt = new Int32Array(slots);
    this.slotOf = new Int32Array(pages).fill(-1);
  }

  /** Distinct pages referred to so far. */
  get depth(): number {
    return this.present;
  }

  /** A reference to a page: its distance, from 1 (the page that was last referred to); 0 at its first reference. */
  next(page: number): number {
    const slot = this.slotOf[page]!;
    let distance = 0;
    if (slot < 0) this.present++;
    else {
      if (slot === this.now - 1) return 1;
      distance = this.now - slot <= NEAR ? this.near(slot) : this.far(slot);
      this.bits[slot >>> WORD]! &= ~(1 << slot);
      this.add(slot >>> BLOCK, -1);
    }
    if (this.now === this.slots) this.close();
    const at = this.now++;
    this.slotOf[page] = at;
    this.pageAt[at] = page;
    this.bits[at >>> WORD]! |= 1 << at;
    this.add(at >>> BLOCK, 1);
    return distance;
  }

  /** The page at a distance from 1 to `depth`. */
  at(distance: number): number {
    // Counted from the other end: the slot of the k-th bit.
    let left = this.present - distance + 1;
    let block = 0;
    for (let step = this.blocks; step > 0; step >>>= 1) {
      const next = block + step;
      if (next > this.blocks) continue;
      const held = this.tree[next]!;
      if (held < left) {
        left -= held;
        block = next;
      }
    }
    let word = block << (BLOCK - WORD);
    for (;;) {
      const held = ones(this.bits[word]!);
      if (held >= left) break;
      left -= held;
      word++;
    }
    let bits = this.bits[word]!;
    while (left > 1) {
      bits &= bits - 1;
      left--;
    }
    return this.pageAt[(word << WORD) + (31 - Math.clz32(bits & -bits))]!;
  }

  /** Bits set from `slot` up to the present, counted word by word. */
  private near(slot: number): number {
    const { bits } = this;
    const first = slot >>> WORD;
    const last = (this.now - 1) >>> WORD;
    let sum = ones(bits[first]! & (-1 << slot));
    for (let word = first + 1; word <= last; word++) sum += ones(bits[word]!);
    return sum;
  }

  /** Bits set from `slot` up to the present: all, less those of the blocks before and of the words before in its block. */
  private far(slot: number): number {
    const { bits, tree } = this;
    const block = slot >>> BLOCK;
    let before = 0;
    for (let k = block; k > 0; k &= k - 1) before += tree[k]!;
    const last = slot >>> WORD;
    for (let word = block << (BLOCK - WORD); word < last; word++) before += ones(bits[word]!);
    before += ones(bits[last]! & ~(-1 << slot));
    return this.present - before;
  }

  private add(block: number, change: number): void {
    const { tree, blocks } = this;
    for (let k = block + 1; k <= blocks; k += k & -k) tree[k]! += change;
  }

  /** Moves all that are present to the beginning of the row, in order. */
  private close(): void {
    const { bits, tree, pageAt, slotOf } = this;
    let to = 0;
    for (let word = 0; word < bits.length; word++) {
      for (let left = bits[word]!; left !== 0; left &= left - 1) {
        const page = pageAt[(word << WORD) + (31 - Math.clz32(left & -left))]!;
        pageAt[to] = page;
        slotOf[page] = to++;
      }
    }
    bits.fill(0);
    for (let word = 0; word < to >>> WORD; word++) bits[word] = -1;
    if ((to & 31) !== 0) bits[to >>> WORD] = (1 << to) - 1;
    tree.fill(0);
    for (let k = 1; k <= this.blocks; k++) {
      tree[k]! += Math.min(Math.max(to - ((k - 1) << BLOCK), 0), 1 << BLOCK);
      const above = k + (k & -k);
      if (above <= this.blocks) tree[above]! += tree[k]!;
    }
    this.now = to;
  }
}

/** What LRU does in memories of every size. */
export interface MissCurve {
  /** References that the trace holds. */
  readonly refs: number;
  readonly unique: number;
  /** Faults with `frames` frames (from 1 on), first references included. */
  faults(frames: number): number;
  /** Pages written back with `frames` frames; those dirty at the end are not counted. */
  writeBacks(frames: number): number;
}

/** One pass over the references: LRU faults and write-backs at every number of frames. */
export function missCurve({ n, told, refs, unique }: ReferenceTable): MissCurve {
  // Entry d: references of distance d; entry 0: first ones.
  const distances = new Float64Array(unique + 2);
  // Changes, by frames, of the number of write-backs.
  const written = new Float64Array(unique + 2);
  // The largest distance since the last write, and 0 just after it; a page never written is clean at every size.
  const clean = unique + 1;
  const level = new Int32Array(unique).fill(clean);
  const stack = new StackDistances(unique);
  for (let i = 0; i < n; i++) {
    const ref = refs[i]!;
    const page = ref >>> 1;
    const distance = stack.next(page);
    distances[distance]!++;
    if (distance > 1) {
      const dirty = Math.max(level[page]!, 1);
      // Dirty from `dirty` frames on, and gone with fewer than `distance`.
      if (dirty < distance) {
        written[dirty]!++;
        written[distance]!--;
      }
      if (dirty < distance) level[page] = distance;
    }
    if ((ref & 1) === 1) level[page] = 0;
  }
  for (let place = unique; place >= 1; place--) {
    const page = stack.at(place);
    const dirty = Math.max(level[page]!, 1);
    if (dirty < place) {
      written[dirty]!++;
      written[place]!--;
    }
  }
  // From counts to sums: faults with d frames are the references of distance above d, and the first ones.
  const faults = new Float64Array(unique + 1);
  const writes = new Float64Array(unique + 1);
  faults[0] = n;
  for (let d = 1; d <= unique; d++) {
    faults[d] = faults[d - 1]! - distances[d]!;
    writes[d] = writes[d - 1]! + written[d]!;
  }
  return {
    refs: told,
    unique,
    faults: (frames) => faults[Math.min(frames, unique)]!,
    writeBacks: (frames) => writes[Math.min(frames, unique)]!,
  };
}
