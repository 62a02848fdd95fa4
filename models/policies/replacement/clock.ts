/**
 * Clock: a hand goes round the frames; a page referred to since the hand last passed is spared once. The usual
 * approximation of least recently used (Corbato 1968), with one bit a frame.
 */
import type { ReplacementPolicy, ReplacementPolicyKind } from './contract.ts';

export const clock: ReplacementPolicyKind = {
  doc: 'the first page that the hand finds not referred to since it last passed',
  fields: {},
  oracle: false,
  create: (frames) => new Clock(frames),
};

const EMPTY = 0;
const UNUSED = 1;
const USED = 2;

class Clock implements ReplacementPolicy {
  private readonly state: Uint8Array;
  private hand = 0;

  constructor(frames: number) {
    this.state = new Uint8Array(frames);
  }

  placed(frame: number): void {
    this.state[frame] = USED;
  }

  touched(frame: number): void {
    this.state[frame] = USED;
  }

  removed(frame: number): void {
    this.state[frame] = EMPTY;
  }

  choose(): number {
    const { state } = this;
    for (;;) {
      const frame = this.hand;
      this.hand = frame + 1 === state.length ? 0 : frame + 1;
      if (state[frame] === UNUSED) return frame;
      if (state[frame] === USED) state[frame] = UNUSED;
    }
  }
}
