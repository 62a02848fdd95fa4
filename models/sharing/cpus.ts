/**
 * The nodes' CPUs where the layer's own work meets the jobs: an operation (a message handled, a job sent off) takes the
 * CPU at once from whatever runs, one operation after the other, as an interrupt does; then the jobs go on.
 *
 * Left out: operations that wait behind jobs (a user-level daemon without priority).
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import type { ReadyQueues } from './ready-queue.ts';

export class Cpus {
  /** CPU of operations by node until now, those that still run included, ns. */
  readonly operations: Float64Array;
  private readonly engine: Engine;
  private readonly ready: ReadyQueues;
  private readonly speeds: Float64Array;
  private readonly until: Float64Array;
  private readonly timers: Timers;

  constructor(engine: Engine, ready: ReadyQueues, speeds: Float64Array) {
    this.engine = engine;
    this.ready = ready;
    this.speeds = speeds;
    this.operations = new Float64Array(speeds.length);
    this.until = new Float64Array(speeds.length);
    this.timers = new Timers(
      engine,
      (node) => ready.setCapacity(node, speeds[node]!),
      speeds.length,
      'operations',
    );
  }

  /** An operation of `ns` (at speed 1) at `node`; returns when it is done. One that costs nothing is done now. */
  charge(node: number, ns: number): number {
    const { now } = this.engine;
    if (ns === 0) return now;
    const takes = ns / this.speeds[node]!;
    const until = Math.max(now, this.until[node]!) + takes;
    this.until[node] = until;
    this.operations[node]! += takes;
    if (!this.timers.isSet(node)) this.ready.setCapacity(node, 0);
    this.timers.set(node, until);
    return until;
  }

  /** Operations of `node` that were charged and are not done, ns. */
  pending(node: number): number {
    return Math.max(0, this.until[node]! - this.engine.now);
  }
}
