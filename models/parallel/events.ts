/**
 * The domain events of nodes that parallel programs share. Events of one instant are put in order of (what, who, value)
 * before they enter the digest, so that it does not depend on which of two nodes was looked at first.
 */
import { Digest } from '../../sim/measure/digest.ts';
import { EventLog } from '../../sim/measure/event-log.ts';

/** What can happen; `who` is a program (P) or a node (N), `value` is said in brackets. */
export const PARALLEL_EVENT = {
  /** P is submitted (processes it asks for). */
  submit: 0,
  /** P has its nodes (processes it gets). */
  start: 1,
  /** P ends (supersteps). */
  finish: 2,
  /** N begins to run a process of a program with several (that program). */
  run: 3,
  /** N: such a process is put off the CPU (its program). */
  preempt: 4,
  /** N: the process that runs blocks (its program). */
  block: 5,
  /** N: a blocked process is woken (its program). */
  wake: 6,
  /** N is told whose turn it is (row of the matrix, by its number). */
  'gang-switch': 7,
} as const;

const NAMES = Object.keys(PARALLEL_EVENT);

export class ParallelEvents {
  readonly log: EventLog | null;
  private readonly digest = new Digest();
  private instant = 0;
  private count = 0;
  private readonly whats: number[] = [];
  private readonly whos: number[] = [];
  private readonly values: number[] = [];
  private readonly order: number[] = [];

  constructor(keepLog: boolean) {
    this.log = keepLog ? new EventLog(NAMES) : null;
  }

  record(now: number, what: number, who: number, value: number): void {
    if (now !== this.instant) this.flush(now);
    const i = this.count++;
    this.whats[i] = what;
    this.whos[i] = who;
    this.values[i] = value;
  }

  /** The run is over: the last instant is taken in. */
  close(): void {
    this.flush(this.instant);
  }

  /** The digest, once the run is over. */
  hex(): string {
    return this.digest.hex();
  }

  private flush(now: number): void {
    const { whats, whos, values, order, count } = this;
    order.length = count;
    for (let i = 0; i < count; i++) order[i] = i;
    if (count > 1) {
      order.sort((a, b) => whats[a]! - whats[b]! || whos[a]! - whos[b]! || values[a]! - values[b]!);
    }
    for (let k = 0; k < count; k++) {
      const i = order[k]!;
      this.digest.add(this.instant, whats[i]!, whos[i]!, values[i]!);
      this.log?.add(this.instant, whats[i]!, whos[i]!, values[i]!);
    }
    this.count = 0;
    this.instant = now;
  }
}
