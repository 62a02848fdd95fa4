/** Least recently used, exact: what real kernels only approximate, since hardware does not tell of every reference. */
import type { ReplacementPolicy, ReplacementPolicyKind } from './contract.ts';
import { FrameOrder } from './frame-order.ts';

export const lru: ReplacementPolicyKind = {
  doc: 'the page that has not been referred to for longest',
  fields: {},
  oracle: false,
  create: (frames) => new Lru(frames),
};

class Lru implements ReplacementPolicy {
  private readonly order: FrameOrder;
  private recent = -1;

  constructor(frames: number) {
    this.order = new FrameOrder(frames);
  }

  placed(frame: number): void {
    this.order.push(frame);
    this.recent = frame;
  }

  touched(frame: number): void {
    if (frame === this.recent) return;
    this.recent = frame;
    this.order.remove(frame);
    this.order.push(frame);
  }

  removed(frame: number): void {
    this.order.remove(frame);
    if (frame === this.recent) this.recent = this.order.first;
  }

  choose(): number {
    return this.order.last;
  }
}
