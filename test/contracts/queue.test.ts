/**
 * The event queue against a plain sorted list: the same events in the same order, whatever the times, ties,
 * bursts and cancellations. Each case is named by the seed that repeats it.
 */
import { describe, expect, it } from 'vitest';
import { LadderQueue, ORDER_LIMIT } from '../../sim/engine/queue.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';

interface Pending {
  readonly time: number;
  readonly id: number;
  readonly handle: number;
}

/** The reference: pending events in a sorted array; equal times in the order of insertion. */
class SortedList {
  readonly events: Pending[] = [];

  push(event: Pending): void {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.events[middle]!.time <= event.time) low = middle + 1;
      else high = middle;
    }
    this.events.splice(low, 0, event);
  }

  remove(event: Pending): boolean {
    const at = this.events.indexOf(event);
    if (at >= 0) this.events.splice(at, 1);
    return at >= 0;
  }
}

const DELAYS: Record<string, (source: Source, now: number) => number> = {
  exponential: (s) => -Math.log(s.next()),
  'heavy ties': (s) => Math.floor(4 * s.next()),
  'mostly the present instant': (s) => (s.next() < 0.9 ? 0 : 1),
  'one far instant': () => 10,
  bimodal: (s) => (s.next() < 0.9 ? s.next() : 1e6 * s.next()),
  'many decades': (s) => 10 ** (18 * s.next() - 9),
  // From 2^20 on the next float is 2^-32 away.
  'neighbouring floats': (s, now) => (now === 0 ? 2 ** 20 : Math.floor(8 * s.next()) * 2 ** -32),
  'bursts at one instant': (s) => (s.next() < 0.7 ? 100 : 200 * s.next()),
};

/** As `expect(...)`, which would take most of the time of these loops; the test's name has the seed. */
function must(right: boolean, what: string): void {
  if (!right) throw new Error(what);
}

function differ(seed: number, name: string, firstOrder = 0, operations = 12_000): void {
  const delay = DELAYS[name]!;
  const source = new Streams(seed, 0).stream(name);
  const queue = new LadderQueue();
  // The count of orders starts near its end, where it is renumbered.
  (queue as unknown as { order: number }).order = firstOrder;
  const list = new SortedList();
  // Events that have been taken or cancelled, whose handles must be dead for ever.
  const gone: Pending[] = [];
  let id = 0;
  const put = () => {
    const time = queue.time + delay(source, queue.time);
    const slot = queue.push(time, 1 + (id % 7), id, id / 2);
    list.push({ time, id: id++, handle: queue.handleOf(slot) });
  };
  const any = (events: readonly Pending[]) => events[Math.floor(source.next() * events.length)]!;
  const cancel = (victim: Pending) => {
    must(queue.cancel(victim.handle) === list.remove(victim), `cancel ${victim.id}`);
    gone.push(victim);
  };
  const take = () => {
    const due = list.events.shift();
    if (source.next() < 0.1) must(queue.peek() === (due?.time ?? Infinity), `peek for ${due?.time}`);
    must(queue.pop() === (due !== undefined), `an event is taken if there is one`);
    if (due === undefined) return;
    must(queue.time === due.time && queue.entity === due.id, `${due.id} at ${due.time}, got ${queue.entity}`);
    must(queue.type === 1 + (due.id % 7) && queue.payload === due.id / 2, `type and payload of ${due.id}`);
    gone.push(due);
  };
  for (let n = 0; n < operations; n++) {
    // Phases of growth and of decline, down to the empty queue.
    const growing = n % (operations / 3) < operations / 6;
    const choice = source.next();
    if (choice < (growing ? 0.5 : 0.2)) put();
    else if (choice < (growing ? 0.7 : 0.45)) {
      if (list.events.length > 0) cancel(any(list.events));
    } else if (choice < (growing ? 0.72 : 0.47)) {
      if (gone.length > 0) must(!queue.cancel(any(gone).handle), 'a handle of the past');
    } else take();
    if (n % 1000 === 500) for (let k = 0; k < 100; k++) put();
    // Most of a crowd is cancelled: tombstones are swept out while rungs, bottom and top are in use.
    if (n === operations / 2) {
      for (let k = 0; k < 3000; k++) put();
      for (let k = 0; k < 50; k++) take();
      for (let k = 0; k < 2700; k++) cancel(any(list.events));
    }
    must(queue.pending === list.events.length, `${list.events.length} pending, got ${queue.pending}`);
  }
  while (list.events.length > 0) take();
  take();
  must(queue.pending === 0, 'none left');
}

describe.each(Object.keys(DELAYS))('the queue equals a sorted list: %s', (name) => {
  it.each([1, 2, 3])('seed %i', (seed) => differ(seed, name));
  it.each([4, 5])('while orders are renumbered, seed %i', (seed) =>
    differ(seed, name, ORDER_LIMIT - 700 * seed, 6000),
  );
});

describe('the queue', () => {
  it('keeps the order of a hundred thousand events of one instant among those of others', () => {
    const queue = new LadderQueue();
    for (let i = 0; i < 100_000; i++) queue.push(i % 3 === 0 ? 7 : 5 + (i % 5), 0, i, 0);
    let time = -1;
    let last = -1;
    let taken = 0;
    while (queue.pop()) {
      must(queue.time === time ? queue.entity > last : queue.time > time, `${queue.entity} after ${last}`);
      time = queue.time;
      last = queue.entity;
      taken++;
    }
    expect(taken).toBe(100_000);
  });

  it('keeps the order of crowds at a few coming instants, put in turn and while the first of them is taken', () => {
    const queue = new LadderQueue();
    const list = new SortedList();
    const instants = [40, 30, 30.5, 70];
    let id = 0;
    const put = (time: number) => {
      const slot = queue.push(time, 0, id, 0);
      list.push({ time, id: id++, handle: queue.handleOf(slot) });
    };
    const take = () => {
      const due = list.events.shift()!;
      must(queue.pop() && queue.entity === due.id, `${due.id} at ${due.time}, got ${queue.entity}`);
    };
    for (let i = 0; i < 4000; i++) put(instants[(i >> 5) & 3]!);
    for (let i = 0; i < 500; i++) put(20 + (i % 7));
    for (let taken = 1; list.events.length > 0; taken++) {
      take();
      if (taken % 8 > 0) continue;
      // More for the present instant, for the crowds and beyond them, as handlers put it.
      for (const time of [queue.time, 40, 70, 70 + (id % 90)]) put(Math.max(queue.time, time));
    }
    must(queue.pending === 0, 'none left');
  });

  it('takes nothing later than its limit and loses nothing by stopping there', () => {
    const queue = new LadderQueue();
    for (let i = 0; i < 1000; i++) queue.push((i * 7919) % 1000, 0, i, 0);
    let taken = 0;
    for (let limit = 0; limit <= 1000; limit += 37) {
      queue.limit = limit;
      while (queue.pop()) {
        expect(queue.time).toBeLessThanOrEqual(limit);
        taken++;
      }
      expect(queue.peek()).toBe(limit >= 999 ? Infinity : limit + 1);
    }
    expect(taken).toBe(1000);
  });

  it('never lets an old handle hit a new event, even after all generations of its slot', () => {
    const queue = new LadderQueue();
    const old = queue.handleOf(queue.push(1, 0, 0, 0));
    queue.pop();
    // One slot is used over and over until its generations are used up; the old handle stays dead throughout.
    for (let n = 0; n < 2 ** 19 + 10; n++) {
      const slot = queue.push(2, 0, n, 0);
      if (n % 1024 === 0 || n > 2 ** 19 - 10) {
        expect(queue.cancel(old)).toBe(false);
        expect(queue.handleOf(slot)).not.toBe(old);
      }
      must(queue.pop(), 'the event just put');
    }
    expect(queue.pending).toBe(0);
  });

  it('refuses handles that never were', () => {
    const queue = new LadderQueue();
    queue.push(1, 0, 0, 0);
    for (const handle of [-1, 1, 63, 64, 2 ** 26, 2 ** 45, 2 ** 53, Number.NaN, Infinity]) {
      expect(queue.cancel(handle)).toBe(false);
    }
    expect(queue.pending).toBe(1);
  });

  it('stays small when long timers are cancelled and set again and again', () => {
    const queue = new LadderQueue();
    const timers = 100;
    const handles = new Float64Array(timers);
    for (let i = 0; i < timers; i++) handles[i] = queue.handleOf(queue.push(1e6 + i, 0, i, 0));
    for (let n = 0; n < 200_000; n++) {
      const i = n % timers;
      must(queue.cancel(handles[i]!), 'a pending timer');
      handles[i] = queue.handleOf(queue.push(1e6 + n, 0, i, 0));
    }
    expect(queue.pending).toBe(timers);
    expect(queue.bytes).toBeLessThan(300_000);
  });

  it('stays small when events of the present instant are cancelled and put again', () => {
    const queue = new LadderQueue();
    queue.push(3, 0, 0, 0);
    queue.pop();
    for (let n = 0; n < 200_000; n++) queue.cancel(queue.handleOf(queue.push(3, 0, n, 0)));
    expect(queue.bytes).toBeLessThan(300_000);
    expect(queue.pop()).toBe(false);
  });

  it('needs at most 40 bytes a pending event', () => {
    for (const pending of [100_000, 300_000, 700_000]) {
      const queue = new LadderQueue();
      const source = new Streams(pending, 0).stream('times');
      for (let i = 0; i < pending; i++) queue.push(source.next(), 0, i, 0);
      for (let i = 0; i < pending; i++) {
        queue.pop();
        queue.push(queue.time + source.next(), 0, i, 0);
      }
      expect(queue.bytes / pending).toBeLessThanOrEqual(40);
    }
  });
});
