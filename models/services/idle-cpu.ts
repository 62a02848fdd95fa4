/**
 * One CPU that serves bursts in the order in which they are told. A burst that was ready earlier than the CPU's last
 * one ends uses the idle time in between first, in pieces if need be. Of idle stretches the latest are kept.
 */

/** Idle stretches that are remembered; those before count as gone. */
const KEPT = 32;

export class IdleCpu {
  /** End of the last burst. */
  free = 0;
  private readonly from: number[] = [];
  private readonly to: number[] = [];

  /** Serves `length` from `ready` on; gives when it is done. */
  serve(ready: number, length: number): number {
    if (length <= 0) return ready;
    if (ready >= this.free) {
      if (ready > this.free) this.idle(this.from.length, this.free, ready);
      if (this.from.length > KEPT) {
        this.from.shift();
        this.to.shift();
      }
      this.free = ready + length;
      return this.free;
    }
    let left = length;
    for (let k = 0; k < this.from.length; k++) {
      const to = this.to[k]!;
      if (to <= ready) continue;
      const start = Math.max(this.from[k]!, ready);
      const taken = Math.min(left, to - start);
      if (start > this.from[k]!) {
        this.to[k] = start;
        if (start + taken < to) this.idle(k + 1, start + taken, to);
      } else if (start + taken < to) this.from[k] = start + taken;
      else {
        this.from.splice(k, 1);
        this.to.splice(k, 1);
        k--;
      }
      left -= taken;
      if (left <= 0) return start + taken;
    }
    this.free += left;
    return this.free;
  }

  private idle(at: number, from: number, to: number): void {
    this.from.splice(at, 0, from);
    this.to.splice(at, 0, to);
  }
}
