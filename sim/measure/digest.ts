/**
 * The digest of a run: a hash over (time, what, who, value) of every domain event, in order. Two runs with
 * the same digest did the same things at the same times; the digest does not depend on the event queue.
 *
 * Two 32-bit lanes over the bit patterns of the floats, mixed as in MurmurHash3 (A. Appleby). It guards
 * against mistakes, not against forgery. -0 and 0 are told apart: both lanes see bits.
 */

const floats = new Float64Array(2);
const words = new Int32Array(floats.buffer);

export class Digest {
  /** Events so far. */
  count = 0;
  private high = 0x243f_6a88;
  private low = 0x13198a2e;

  /** Takes in one event; `what` and `who` are integers. */
  add(time: number, what: number, who: number, value: number): void {
    floats[0] = time;
    floats[1] = value;
    const a = words[0]!;
    const b = words[1]!;
    const c = words[2]!;
    const d = words[3]!;
    let high = this.high;
    let low = this.low;
    high = step(high, a, 0xcc9e_2d51);
    low = step(low, b, 0x1b87_3593);
    high = step(high, c ^ low, 0x38b3_4ae5);
    low = step(low, d ^ high, 0xa1e3_8b93);
    high = step(high, what ^ low, 0xcc9e_2d51);
    low = step(low, who ^ high, 0x1b87_3593);
    this.high = high;
    this.low = low;
    this.count++;
  }

  /** The digest so far, 16 hexadecimal digits. */
  hex(): string {
    const high = finish(this.high ^ this.count);
    const low = finish(this.low ^ high);
    return [finish(high ^ low), low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** One step of MurmurHash3: a bijection of the lane for each word, and of the word for each lane. */
function step(lane: number, word: number, factor: number): number {
  let k = Math.imul(word, factor);
  k = (k << 15) | (k >>> 17);
  const h = lane ^ Math.imul(k, 0x1b87_3593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe654_6b64) | 0;
}

function finish(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
