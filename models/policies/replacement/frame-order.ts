/** Frames in a row, linked both ways: what least recently used and first in, first out keep. */
export class FrameOrder {
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  /** Stands before the first and behind the last. */
  private readonly end: number;

  constructor(frames: number) {
    this.end = frames;
    this.after = new Int32Array(frames + 1);
    this.before = new Int32Array(frames + 1);
    this.after[frames] = frames;
    this.before[frames] = frames;
  }

  get first(): number {
    return this.after[this.end]!;
  }

  get last(): number {
    return this.before[this.end]!;
  }

  /** Puts a frame that is not in the row in front. */
  push(frame: number): void {
    const { after, before, end } = this;
    const first = after[end]!;
    after[frame] = first;
    before[frame] = end;
    before[first] = frame;
    after[end] = frame;
  }

  /** Takes a frame out of the row. */
  remove(frame: number): void {
    const { after, before } = this;
    const a = after[frame]!;
    const b = before[frame]!;
    after[b] = a;
    before[a] = b;
  }
}
