/**
 * User time of traced processes. No trace of calls records it: it is the gap between the end of a call of a process
 * and its next call, less what tracing itself costs there.
 *
 * A traced call stops twice, at its entry and at its exit, and half of the tracer's cost falls into the gap between
 * calls; a trace without durations shows only gaps from beginning to beginning, which hold the whole cost and the
 * call. A gap shorter than the cost counts as no user time. Where clock steps are whole seconds the cost is carried on
 * until a step can bear it. A gap after a call of unknown length that may wait counts as waiting.
 *
 * Left out: user time before a process's first call; time in which a process could run and another had the CPU, page
 * faults and interrupts, and the tracer's delays when many processes stop at once (all count as user time).
 */
import type { Processes } from './processes.ts';

/** What `Processes.last_s` is: the beginning of a call that does not wait, of one that may, or the end of a call. */
export const LAST = { began: 0, mayWait: 1, ended: 2 } as const;

/** A gap's end may come this long before its beginning, s: time stamps and durations are rounded to 1 us each. */
const ROUNDING_S = 5e-6;

/** Cost of tracing in a gap, s; what holds where there are no gaps. */
export interface UserTimeOptions {
  /** Between the end of a call and the next one. */
  readonly afterEnd_s: number;
  /** Between the beginnings of two calls. */
  readonly afterBeginning_s: number;
  /** User time before a call of a trace without times, s; NaN: not known. */
  readonly untimed_s: number;
}

export class UserTime {
  /** Time stamps without parts of a second. */
  coarse = false;
  gaps = 0;
  /** Sum of the gaps that may hold user time, s; of what was left as user time; of those that count as waiting. */
  gaps_s = 0;
  user_s = 0;
  waiting_s = 0;
  /** Gaps shorter than the tracer's cost; the shortest of all, s. */
  shorter = 0;
  shortest_s = Number.POSITIVE_INFINITY;
  /** Calls that began before the last one of their process had ended. */
  backwards = 0;
  /** The gap that `before` took for waiting, s. */
  waited_s = 0;
  private readonly options: UserTimeOptions;

  constructor(options: UserTimeOptions) {
    this.options = options;
  }

  /** User time of a process before its call at `start_s` (NaN: there are no times); 0 before its first call. */
  before(processes: Processes, slot: number, start_s: number): number {
    this.waited_s = 0;
    if (Number.isNaN(start_s)) return this.options.untimed_s;
    const last = processes.last_s[slot]!;
    if (Number.isNaN(last)) return 0;
    let gap = start_s - last;
    if (gap < 0) {
      if (gap < -ROUNDING_S) {
        this.backwards++;
        return 0;
      }
      gap = 0;
    }
    const kind = processes.lastKind[slot]!;
    if (kind === LAST.mayWait) {
      this.waiting_s += gap;
      this.waited_s = gap;
      return 0;
    }
    this.gaps++;
    this.gaps_s += gap;
    if (gap < this.shortest_s) this.shortest_s = gap;
    const cost = kind === LAST.ended ? this.options.afterEnd_s : this.options.afterBeginning_s;
    const owed = cost + processes.owed_s[slot]!;
    if (this.coarse) processes.owed_s[slot] = Math.max(0, owed - gap);
    if (gap < owed) {
      this.shorter++;
      return 0;
    }
    this.user_s += gap - owed;
    return gap - owed;
  }
}
