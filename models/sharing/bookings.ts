/**
 * Moved jobs by the node that they were sent to, to tell double bookings: a job is sent to a node to which another decider
 * has sent one since the load on which it was sent was told, and that other one is still there or on its way.
 */
import { widened } from '../../sim/engine/columns.ts';

const NONE = -1;

export class Bookings {
  /** Jobs sent to each node, and those of them that have arrived. */
  readonly booked: Int32Array;
  readonly arrived: Int32Array;
  private readonly last: Int32Array;
  private before = new Int32Array(64);
  private after = new Int32Array(64);
  /** Place of the job in the order of sendings to its node, from 1; 0: it is not booked. */
  private place = new Int32Array(64);
  private decider = new Int32Array(64);

  constructor(nodes: number) {
    this.booked = new Int32Array(nodes);
    this.arrived = new Int32Array(nodes);
    this.last = new Int32Array(nodes).fill(NONE);
  }

  /** Whether a job of another than `decider` was sent to `node` beyond the first `known` and has not ended. */
  isDouble(node: number, known: number, decider: number): boolean {
    for (let task = this.last[node]!; task !== NONE; task = this.before[task]!) {
      if (this.place[task]! <= known) return false;
      if (this.decider[task] !== decider) return true;
    }
    return false;
  }

  /** `decider` sends `task` to `node`. */
  book(node: number, task: number, decider: number): void {
    if (task >= this.place.length) this.grow(task + 1);
    const last = this.last[node]!;
    this.place[task] = ++this.booked[node]!;
    this.decider[task] = decider;
    this.before[task] = last;
    this.after[task] = NONE;
    if (last !== NONE) this.after[last] = task;
    this.last[node] = task;
  }

  /** `task` leaves `node`, to which it was sent, or was never sent anywhere. */
  leave(node: number, task: number): void {
    if (task >= this.place.length || this.place[task] === 0) return;
    const before = this.before[task]!;
    const after = this.after[task]!;
    if (after === NONE) this.last[node] = before;
    else this.before[after] = before;
    if (before !== NONE) this.after[before] = after;
    this.place[task] = 0;
  }

  private grow(tasks: number): void {
    const room = Math.max(tasks, 2 * this.place.length);
    this.before = widened(this.before, new Int32Array(room));
    this.after = widened(this.after, new Int32Array(room));
    this.place = widened(this.place, new Int32Array(room));
    this.decider = widened(this.decider, new Int32Array(room));
  }
}
