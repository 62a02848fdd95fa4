/**
 * Timers: at most one pending event per entity, in typed columns (8 bytes an entity, beside the event).
 *
 * Setting a timer that is set replaces it. An event's place among the events of its instant is that of its
 * last `set`, as if it had been cancelled and scheduled anew; yet moving a deadline later costs no queue
 * work: the timer reserves the order that it would have got, leaves its event where it is, and puts it off
 * to the deadline, with that order, when it comes up; until then the deadline stands in the event's payload. So timers that are always moved before they expire
 * (time-outs, completions under processor sharing) are nearly free and hold one record each.
 * `engine.events` and `engine.pending` count such a put-off event as any other.
 */
import type { Engine, Handler } from './engine.ts';

const NONE = -1;

export class Timers {
  /** Orders reserved by deadlines that were moved later; NONE where the queued event stands at its deadline. */
  orders: Int32Array;
  private slots: Int32Array;
  private readonly engine: Engine;
  private readonly handler: Handler;
  private readonly type: number;

  /** `handler(entity)` is called when the timer of `entity` expires; `name` stands in error messages. */
  constructor(engine: Engine, handler: Handler, entities: number, name = handler.name) {
    this.engine = engine;
    this.handler = handler;
    this.slots = new Int32Array(entities).fill(NONE);
    this.orders = new Int32Array(entities).fill(NONE);
    this.type = engine.on((entity) => this.fire(entity), name === '' ? 'timers' : name);
    engine.queue.follow(this);
  }

  /** Entities that there is room for. */
  get entities(): number {
    return this.slots.length;
  }

  /** Calls the handler for `entity` at `time`, and no longer at the time set before. Throws RangeError for the past or NaN. */
  set(entity: number, time: number): void {
    const queue = this.engine.queue;
    if (!(time >= queue.time && time < Infinity)) this.engine.refuse(time, this.type, entity);
    const slot = this.slots[entity]!;
    if (slot >= 0) {
      if (time > queue.timeOf(slot)) {
        this.orders[entity] = NONE;
        this.orders[entity] = queue.reserve();
        queue.setPayload(slot, time);
        return;
      }
      queue.cancelSlot(slot);
      this.orders[entity] = NONE;
    } else if (slot === undefined) throw new RangeError(`no timer ${entity}: there are ${this.entities}`);
    this.slots[entity] = queue.push(time, this.type, entity, 0);
  }

  /** Forgets the deadline of `entity`, if there is one. */
  clear(entity: number): void {
    const slot = this.slots[entity]!;
    if (slot < 0) return;
    this.engine.queue.cancelSlot(slot);
    this.slots[entity] = NONE;
    this.orders[entity] = NONE;
  }

  isSet(entity: number): boolean {
    return this.slots[entity]! >= 0;
  }

  /** The deadline of `entity`; Infinity if none is set. */
  timeOf(entity: number): number {
    const slot = this.slots[entity]!;
    if (!(slot >= 0)) return Infinity;
    const { queue } = this.engine;
    return this.orders[entity] === NONE ? queue.timeOf(slot) : queue.payloadOf(slot);
  }

  /** Room for at least `entities` entities. */
  grow(entities: number): void {
    const old = this.slots.length;
    if (entities <= old) return;
    const slots = new Int32Array(entities).fill(NONE, old);
    const orders = new Int32Array(entities).fill(NONE, old);
    slots.set(this.slots);
    orders.set(this.orders);
    this.slots = slots;
    this.orders = orders;
  }

  private fire(entity: number): void {
    const order = this.orders[entity]!;
    if (order >= 0) {
      this.orders[entity] = NONE;
      const { queue } = this.engine;
      this.slots[entity] = queue.pushReserved(queue.payload, this.type, entity, order);
      return;
    }
    this.slots[entity] = NONE;
    this.handler(entity);
  }
}
