/** First in, first out: bound of what knows nothing of references. Subject to Belady's anomaly. */
import type { ReplacementPolicy, ReplacementPolicyKind } from './contract.ts';
import { FrameOrder } from './frame-order.ts';

export const fifo: ReplacementPolicyKind = {
  doc: 'the page that came in first',
  fields: {},
  oracle: false,
  create: (frames) => new Fifo(frames),
};

class Fifo implements ReplacementPolicy {
  private readonly order: FrameOrder;

  constructor(frames: number) {
    this.order = new FrameOrder(frames);
  }

  placed(frame: number): void {
    this.order.push(frame);
  }

  touched(): void {}

  removed(frame: number): void {
    this.order.remove(frame);
  }

  choose(): number {
    return this.order.last;
  }
}
