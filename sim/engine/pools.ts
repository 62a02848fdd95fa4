/**
 * A pool of equal units (slots, buffers, tokens) with those who wait in the order in which they came. Who
 * asks for many units is not overtaken by who asks for few.
 *
 *     if (!pool.acquire(3)) yield;                       // in a process
 *     if (pool.acquire(3, GRANTED, job)) granted(job);   // in a handler; else the event (GRANTED, job) comes
 */
import { Row } from './columns.ts';
import type { Engine } from './engine.ts';

export class Pool {
  /** Units free now. */
  available: number;
  readonly units: number;
  private readonly engine: Engine;
  private readonly row = new Row();

  constructor(engine: Engine, units: number) {
    if (!(units >= 0 && units < Infinity)) throw new RangeError(`a pool of ${units} units`);
    this.engine = engine;
    this.units = units;
    this.available = units;
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.row.length;
  }

  /**
   * Takes `units`. True: they are taken. False: they are granted later, by the event (type, entity) at the
   * instant at which they are free; by default that wakes the running process.
   */
  acquire(units = 1, type = this.engine.resumeType, entity = this.engine.process): boolean {
    if (!(units >= 0 && units <= this.units))
      throw new RangeError(`${units} units of a pool of ${this.units}`);
    if (this.row.length === 0 && units <= this.available) {
      this.available -= units;
      return true;
    }
    this.row.push(type, entity, units);
    return false;
  }

  /** Gives `units` back and grants what can be granted now. */
  release(units = 1): void {
    this.available += units;
    if (!(this.available <= this.units)) throw new RangeError(`more than ${this.units} units given back`);
    const row = this.row;
    while (row.length > 0 && row.firstAmount <= this.available) {
      row.shift();
      this.available -= row.amount;
      this.engine.queue.push(this.engine.now, row.type, row.entity, 0);
    }
  }
}
