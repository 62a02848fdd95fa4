/**
 * A histogram with logarithmic buckets, for quantiles of quantities that span many decades.
 *
 * Each power of two is cut into 128 equal buckets, found from the bits of the number without a logarithm. A
 * quantile is the middle of its bucket: at most 1/256 (0.4 %) away from the observation of that rank. Zeros
 * have a bucket of their own; negative, infinite and NaN values throw RangeError.
 * Memory: 8 bytes a bucket between the smallest and the largest observation seen, 1 KiB an octave, at most
 * 2 MiB for the whole range of floats.
 */

const BITS = 7;
/** Bits of a float's upper word below the bucket number. */
const SHIFT = 20 - BITS;
/** Half the width of a bucket relative to its lower edge, at most. */
export const HISTOGRAM_ERROR = 2 ** -(BITS + 1);

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Which half of a float holds sign and exponent depends on the machine's byte order. */
const UPPER = (() => {
  float[0] = 1;
  return words[1] !== 0 ? 1 : 0;
})();

export class Histogram {
  /** Observations so far. */
  n = 0;
  min = Infinity;
  max = -Infinity;
  private zeros = 0;
  private first = 0;
  private counts = new Float64Array(0);

  add(x: number): void {
    if (!(x >= 0 && x < Infinity)) throw new RangeError(`a histogram takes numbers from 0 on, not ${x}`);
    this.n++;
    if (x < this.min) this.min = x;
    if (x > this.max) this.max = x;
    if (x === 0) {
      this.zeros++;
      return;
    }
    float[0] = x;
    const bucket = words[UPPER]! >>> SHIFT;
    if (!(bucket >= this.first && bucket < this.first + this.counts.length)) this.widen(bucket, bucket + 1);
    this.counts[bucket - this.first]!++;
  }

  /** Takes in the observations of another histogram. */
  merge(other: Histogram): void {
    this.n += other.n;
    this.zeros += other.zeros;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    if (other.counts.length === 0) return;
    this.widen(other.first, other.first + other.counts.length);
    const shift = other.first - this.first;
    for (let i = 0; i < other.counts.length; i++) this.counts[i + shift]! += other.counts[i]!;
  }

  /**
   * The `p`-quantile (0 to 1): the observation of rank ceil(p n), within HISTOGRAM_ERROR relative; exact for the
   * least and the greatest. NaN without observations.
   */
  quantile(p: number): number {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`no ${p}-quantile: p goes from 0 to 1`);
    if (this.n === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(p * this.n));
    if (rank === 1) return this.min;
    if (rank === this.n) return this.max;
    let below = this.zeros;
    if (rank <= below) return 0;
    let i = 0;
    while (i < this.counts.length - 1 && below + this.counts[i]! < rank) below += this.counts[i++]!;
    const middle = (edge(this.first + i) + edge(this.first + i + 1)) / 2;
    return Math.min(this.max, Math.max(this.min, middle));
  }

  /** Buckets that hold anything: [from, to), observations. Zeros come as [0, 0]. */
  *buckets(): Generator<readonly [from: number, to: number, count: number]> {
    if (this.zeros > 0) yield [0, 0, this.zeros];
    for (let i = 0; i < this.counts.length; i++) {
      const count = this.counts[i]!;
      if (count > 0) yield [edge(this.first + i), edge(this.first + i + 1), count];
    }
  }

  /** Room for buckets `from` up to, not including, `to`, and what there is already. */
  private widen(from: number, to: number): void {
    const old = this.counts;
    const low = old.length === 0 ? from : Math.min(from, this.first);
    const high = old.length === 0 ? to : Math.max(to, this.first + old.length);
    // Whole octaves, so that growth is rare.
    const first = low & -(1 << BITS);
    const length = Math.ceil((high - first) / (1 << BITS)) << BITS;
    if (first === this.first && length === old.length) return;
    const counts = new Float64Array(length);
    counts.set(old, old.length === 0 ? 0 : this.first - first);
    this.first = first;
    this.counts = counts;
  }
}

/** Lower edge of a bucket. */
function edge(bucket: number): number {
  words[UPPER] = bucket << SHIFT;
  words[1 - UPPER] = 0;
  return float[0]!;
}
