/**
 * Timers of entities that often expire together: at most one a entity, as in `timers.ts`, but one pending event for each
 * instant, however many entities it is for. Records of many nodes on one grid of time cost the queue one event a step.
 *
 * The entities of an instant are handled one after the other, in the order in which they were set, at the place among
 * the events of the instant that the first of them has by its last `set`. An instant is found by hashing its time.
 */
import type { Engine, Handler } from './engine.ts';

const NONE = -1;

export class SharedTimers {
  /** Order of each entity's last `set`; NONE where it is not set. */
  readonly orders: Int32Array;
  private readonly engine: Engine;
  private readonly handler: Handler;
  private readonly type: number;
  /** By entity: its instant, and its neighbours there. */
  private readonly at: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** By instant: its time, its first and last entity, its event in the queue; the instant after it in its bucket, or among the free ones. */
  private readonly time: Float64Array;
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly slot: Int32Array;
  private readonly link: Int32Array;
  private readonly buckets: Int32Array;
  private free = 0;
  private readonly key = new Float64Array(1);
  private readonly words = new Int32Array(this.key.buffer);

  /** `handler(entity)` is called when the timer of `entity` expires; `name` stands in error messages. */
  constructor(engine: Engine, handler: Handler, entities: number, name: string) {
    this.engine = engine;
    this.handler = handler;
    this.orders = new Int32Array(entities).fill(NONE);
    this.at = new Int32Array(entities).fill(NONE);
    this.next = new Int32Array(entities);
    this.previous = new Int32Array(entities);
    this.time = new Float64Array(entities);
    this.first = new Int32Array(entities);
    this.last = new Int32Array(entities);
    this.slot = new Int32Array(entities);
    this.link = Int32Array.from({ length: entities }, (_, i) => (i + 1 < entities ? i + 1 : NONE));
    this.buckets = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, entities)))).fill(NONE);
    this.type = engine.on((instant) => this.fire(instant), name);
    engine.queue.follow(this);
  }

  /** Calls the handler for `entity` at `time`, and no longer at the time set before. Throws RangeError for the past or NaN. */
  set(entity: number, time: number): void {
    const { queue } = this.engine;
    if (!(time >= queue.time && time < Infinity)) this.engine.refuse(time, this.type, entity);
    if (this.at[entity]! >= 0) this.clear(entity);
    const bucket = this.bucketOf(time);
    let instant = this.buckets[bucket]!;
    while (instant >= 0 && this.time[instant] !== time) instant = this.link[instant]!;
    if (instant >= 0) {
      const last = this.last[instant]!;
      this.next[last] = entity;
      this.previous[entity] = last;
      this.orders[entity] = queue.reserve();
    } else {
      instant = this.free;
      this.free = this.link[instant]!;
      this.time[instant] = time;
      this.first[instant] = entity;
      this.link[instant] = this.buckets[bucket]!;
      this.buckets[bucket] = instant;
      this.previous[entity] = NONE;
      this.slot[instant] = queue.push(time, this.type, instant, 0);
    }
    this.last[instant] = entity;
    this.next[entity] = NONE;
    this.at[entity] = instant;
  }

  /** Forgets the deadline of `entity`, if there is one. */
  clear(entity: number): void {
    const instant = this.at[entity]!;
    if (instant < 0) return;
    const next = this.unlink(entity, instant);
    const slot = this.slot[instant]!;
    if (slot < 0 || this.first[instant] !== next) return;
    // It was the first: the event takes the place of the next one, or is not needed.
    const { queue } = this.engine;
    queue.cancelSlot(slot);
    if (next >= 0) {
      this.slot[instant] = queue.pushReserved(this.time[instant]!, this.type, instant, this.orders[next]!);
      this.orders[next] = NONE;
    } else this.forget(instant);
  }

  /** The deadline of `entity`; Infinity if none is set. */
  timeOf(entity: number): number {
    const instant = this.at[entity]!;
    return instant >= 0 ? this.time[instant]! : Infinity;
  }

  private fire(instant: number): void {
    this.slot[instant] = NONE;
    this.takeOut(instant);
    for (let entity = this.first[instant]!; entity >= 0; entity = this.first[instant]!) {
      this.unlink(entity, instant);
      this.handler(entity);
    }
    this.link[instant] = this.free;
    this.free = instant;
  }

  /** Takes an entity out of its instant; the one that came after it, or -1. */
  private unlink(entity: number, instant: number): number {
    const next = this.next[entity]!;
    const previous = this.previous[entity]!;
    if (previous < 0) this.first[instant] = next;
    else this.next[previous] = next;
    if (next < 0) this.last[instant] = previous;
    else this.previous[next] = previous;
    this.at[entity] = NONE;
    this.orders[entity] = NONE;
    return next;
  }

  private forget(instant: number): void {
    this.takeOut(instant);
    this.link[instant] = this.free;
    this.free = instant;
  }

  /** The instant can no longer be found by its time. */
  private takeOut(instant: number): void {
    const bucket = this.bucketOf(this.time[instant]!);
    const other = this.buckets[bucket]!;
    if (other === instant) {
      this.buckets[bucket] = this.link[instant]!;
      return;
    }
    let before = other;
    while (this.link[before] !== instant) before = this.link[before]!;
    this.link[before] = this.link[instant]!;
  }

  private bucketOf(time: number): number {
    this.key[0] = time;
    const mixed = Math.imul(this.words[0]! ^ Math.imul(this.words[1]!, 0x9e37_79b1), 0x85eb_ca6b);
    return (mixed ^ (mixed >>> 15)) & (this.buckets.length - 1);
  }
}
