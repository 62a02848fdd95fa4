/**
 * The time average of a quantity that changes in steps: a queue's length, the nodes in use.
 * Keeps the integral exactly as far as floats go; between changes nothing is done.
 */
export class TimeAverage {
  /** The value that holds since the last change. */
  value: number;
  min: number;
  max: number;
  private start: number;
  private since: number;
  private area = 0;

  /** The quantity has `value` from `time` on. */
  constructor(time = 0, value = 0) {
    this.start = time;
    this.since = time;
    this.value = value;
    this.min = value;
    this.max = value;
  }

  /** The quantity becomes `value` at `time`, which must not be before the last change. */
  set(time: number, value: number): void {
    if (!(time >= this.since))
      throw new RangeError(`a change at ${time}, before the last one at ${this.since}`);
    this.area += this.value * (time - this.since);
    this.since = time;
    this.value = value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** The quantity grows by `step` at `time`. */
  add(time: number, step: number): void {
    this.set(time, this.value + step);
  }

  /** Forgets what was before `time` (the end of a warm-up); the value stays. */
  reset(time: number): void {
    this.set(time, this.value);
    this.start = time;
    this.area = 0;
    this.min = this.value;
    this.max = this.value;
  }

  /** Value times time from the start until `time`. */
  integral(time: number): number {
    return this.area + this.value * (time - this.since);
  }

  /** The average from the start until `time`; the value itself over an empty span. */
  mean(time: number): number {
    return time > this.start ? this.integral(time) / (time - this.start) : this.value;
  }
}
