/**
 * The file cache of one node: blocks of files, the least recently used one leaves first. Typed columns and chains, no
 * object a block.
 *
 * A block is known by its file's number (a hash of the path, up to 53 bits) and its place in the file.
 */
const NONE = -1;

export class BlockCache {
  hits = 0;
  misses = 0;
  private readonly file: Float64Array;
  private readonly block: Float64Array;
  private readonly dirty: Uint8Array;
  private readonly newer: Int32Array;
  private readonly older: Int32Array;
  private readonly chain: Int32Array;
  private readonly heads: Int32Array;
  private newest = NONE;
  private oldest = NONE;
  private used = 0;

  /** A cache of `blocks` blocks, at least one. */
  constructor(blocks: number) {
    this.file = new Float64Array(blocks);
    this.block = new Float64Array(blocks);
    this.dirty = new Uint8Array(blocks);
    this.newer = new Int32Array(blocks);
    this.older = new Int32Array(blocks);
    this.chain = new Int32Array(blocks);
    let slots = 2;
    while (slots < 2 * blocks) slots *= 2;
    this.heads = new Int32Array(slots).fill(NONE);
  }

  /**
   * Uses a block. Gives 0 where it was there, 1 where it was not, 3 where a changed block had to leave for it. Blocks
   * that are written whole count neither as hit nor as miss.
   */
  use(file: number, block: number, write: boolean): number {
    const slot = this.slotOf(file, block);
    let at = this.heads[slot]!;
    while (at !== NONE && (this.file[at] !== file || this.block[at] !== block)) at = this.chain[at]!;
    if (at !== NONE) {
      if (!write) this.hits++;
      else this.dirty[at] = 1;
      if (at !== this.newest) {
        this.unlink(at);
        this.link(at);
      }
      return 0;
    }
    if (!write) this.misses++;
    let result = 1;
    if (this.used < this.file.length) at = this.used++;
    else {
      at = this.oldest;
      if (this.dirty[at] === 1) result = 3;
      this.unlink(at);
      this.drop(at);
    }
    this.file[at] = file;
    this.block[at] = block;
    this.dirty[at] = write ? 1 : 0;
    this.chain[at] = this.heads[slot]!;
    this.heads[slot] = at;
    this.link(at);
    return result;
  }

  private slotOf(file: number, block: number): number {
    // Both halves of the file's number.
    const high = Math.floor(file / 2 ** 32) | 0;
    const name = Math.imul(((file % 2 ** 32) | 0) ^ Math.imul(high, 0x27d4_eb2f), 0x85eb_ca6b);
    const mixed = Math.imul(name ^ Math.imul(block + 1, 0x9e37_79b1), 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 15)) & (this.heads.length - 1);
  }

  /** Takes a block out of its chain. */
  private drop(at: number): void {
    const slot = this.slotOf(this.file[at]!, this.block[at]!);
    let before = this.heads[slot]!;
    if (before === at) {
      this.heads[slot] = this.chain[at]!;
      return;
    }
    while (this.chain[before] !== at) before = this.chain[before]!;
    this.chain[before] = this.chain[at]!;
  }

  private link(at: number): void {
    this.newer[at] = NONE;
    this.older[at] = this.newest;
    if (this.newest !== NONE) this.newer[this.newest] = at;
    this.newest = at;
    if (this.oldest === NONE) this.oldest = at;
  }

  private unlink(at: number): void {
    const newer = this.newer[at]!;
    const older = this.older[at]!;
    if (newer === NONE) this.newest = older;
    else this.older[newer] = older;
    if (older === NONE) this.oldest = newer;
    else this.newer[older] = newer;
  }
}
