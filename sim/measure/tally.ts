/**
 * A tally of observations: number, mean, variance, least and greatest, in constant memory.
 *
 * Source: Welford, "Note on a method for calculating corrected sums of squares and products",
 * Technometrics 4(3), 1962; `merge` after Chan, Golub and LeVeque, 1979.
 */
export class Tally {
  /** Observations so far. */
  n = 0;
  /** Their mean; NaN without any. */
  mean = Number.NaN;
  min = Infinity;
  max = -Infinity;
  private squares = 0;

  add(x: number): void {
    const n = ++this.n;
    const before = n === 1 ? 0 : this.mean;
    const step = x - before;
    this.mean = before + step / n;
    this.squares += step * (x - this.mean);
    if (x < this.min) this.min = x;
    if (x > this.max) this.max = x;
  }

  /** Takes in the observations of another tally. */
  merge(other: Tally): void {
    if (other.n === 0) return;
    const n = this.n + other.n;
    const mine = this.n === 0 ? 0 : this.mean;
    const step = other.mean - mine;
    this.squares += other.squares + (step * step * this.n * other.n) / n;
    this.mean = mine + (step * other.n) / n;
    this.n = n;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  get sum(): number {
    return this.n === 0 ? 0 : this.mean * this.n;
  }

  /** Sample variance (divided by n - 1); NaN below two observations. */
  get variance(): number {
    return this.n < 2 ? Number.NaN : this.squares / (this.n - 1);
  }

  get deviation(): number {
    return Math.sqrt(this.variance);
  }
}
