/**
 * The running jobs in order of their estimated ends: what backfilling policies ask for a promise to the head.
 * Sorted blocks: some hundred jobs stand in one, which is moved by a block copy; of tens of thousands only the block
 * that changes is moved.
 */
const MOST = 512;

class Block {
  readonly jobs = new Int32Array(MOST);
  readonly ends = new Float64Array(MOST);
  count = 0;

  /** Place of the first job that ends later. */
  firstAfter(end: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! <= end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  insert(at: number, job: number, end: number): void {
    this.jobs.copyWithin(at + 1, at, this.count);
    this.ends.copyWithin(at + 1, at, this.count);
    this.jobs[at] = job;
    this.ends[at] = end;
    this.count++;
  }

  delete(at: number): void {
    this.jobs.copyWithin(at, at + 1, this.count);
    this.ends.copyWithin(at, at + 1, this.count);
    this.count--;
  }

  /** Takes over the jobs of a block from a place on. */
  append(from: Block, start: number): void {
    this.jobs.set(from.jobs.subarray(start, from.count), this.count);
    this.ends.set(from.ends.subarray(start, from.count), this.count);
    this.count += from.count - start;
    from.count = start;
  }
}

export class RunningByEstimatedEnd {
  count = 0;
  /** None is empty but a single one. */
  private readonly blocks: Block[] = [new Block()];
  /** The block that was looked into last, and how many jobs stand before it. */
  private at = 0;
  private before = 0;
  private readonly endOf: Float64Array;

  constructor(jobs: number) {
    this.endOf = new Float64Array(jobs);
  }

  job(i: number): number {
    const block = this.blockOf(i);
    return block.jobs[i - this.before]!;
  }

  /** Estimated end of the i-th job, ns. */
  end(i: number): number {
    const block = this.blockOf(i);
    return block.ends[i - this.before]!;
  }

  add(job: number, end: number): void {
    this.endOf[job] = end;
    this.count++;
    this.rewind();
    let b = this.blockFor(end);
    let block = this.blocks[b]!;
    if (block.count === MOST) {
      const rest = new Block();
      rest.append(block, MOST / 2);
      this.blocks.splice(++b, 0, rest);
      if (block.ends[block.count - 1]! <= end) block = rest;
    }
    block.insert(block.firstAfter(end), job, end);
  }

  /** Remove a running job; answers its estimated end, ns. */
  remove(job: number): number {
    const end = this.endOf[job]!;
    this.count--;
    this.rewind();
    let b = this.blockFor(end);
    let at = this.blocks[b]!.firstAfter(end) - 1;
    while (at < 0 || this.blocks[b]!.jobs[at] !== job) {
      if (at > 0) at--;
      else at = this.blocks[--b]!.count - 1;
    }
    const block = this.blocks[b]!;
    block.delete(at);
    const next = this.blocks[b + 1];
    if (next !== undefined && block.count + next.count <= MOST / 2) {
      block.append(next, 0);
      this.blocks.splice(b + 1, 1);
    } else if (block.count === 0 && this.blocks.length > 1) this.blocks.splice(b, 1);
    return end;
  }

  private rewind(): void {
    this.at = 0;
    this.before = 0;
  }

  private blockOf(i: number): Block {
    while (i < this.before) this.before -= this.blocks[--this.at]!.count;
    let block = this.blocks[this.at]!;
    while (i >= this.before + block.count) {
      this.before += block.count;
      block = this.blocks[++this.at]!;
    }
    return block;
  }

  /** The first block with a job that ends later, or the last block. */
  private blockFor(end: number): number {
    const { blocks } = this;
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = blocks[middle]!;
      if (block.ends[block.count - 1]! <= end) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
