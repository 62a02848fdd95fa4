/**
 * The event log: every domain event (time, what, who, value) in columns, kept only when asked for (22 bytes
 * an event), and written as CSV. The digest sees the same events.
 */
import { widened } from '../engine/columns.ts';

export class EventLog {
  /** Events kept. */
  length = 0;
  private readonly kinds: readonly string[];
  private times: Float64Array;
  private values: Float64Array;
  private whos: Int32Array;
  private whats: Uint16Array;

  /** `kinds[what]` is the name of a kind of event. */
  constructor(kinds: readonly string[], expected = 1024) {
    this.kinds = kinds;
    this.times = new Float64Array(expected);
    this.values = new Float64Array(expected);
    this.whos = new Int32Array(expected);
    this.whats = new Uint16Array(expected);
  }

  add(time: number, what: number, who: number, value: number): void {
    if (this.length === this.times.length) this.grow();
    const i = this.length++;
    this.times[i] = time;
    this.whats[i] = what;
    this.whos[i] = who;
    this.values[i] = value;
  }

  /**
   * The log as CSV in pieces of some thousand lines, header first. `perSecond` is the number of the clock's units
   * in a second: times are written in seconds.
   */
  *csv(perSecond = 1e9): Generator<string> {
    let piece = 'time_s,what,who,value\n';
    for (let i = 0; i < this.length; i++) {
      const what = this.kinds[this.whats[i]!] ?? String(this.whats[i]);
      piece += `${this.times[i]! / perSecond},${what},${this.whos[i]},${this.values[i]}\n`;
      if (piece.length > 65_536) {
        yield piece;
        piece = '';
      }
    }
    yield piece;
  }

  private grow(): void {
    const room = Math.max(64, this.length * 2);
    this.times = widened(this.times, new Float64Array(room));
    this.values = widened(this.values, new Float64Array(room));
    this.whos = widened(this.whos, new Int32Array(room));
    this.whats = widened(this.whats, new Uint16Array(room));
  }
}
