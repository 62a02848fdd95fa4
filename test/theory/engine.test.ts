/**
 * The engine: order within an instant, timers that equal cancel-and-schedule, resumption, processes, errors,
 * and the watchdog.
 */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.ts';
import { ORDER_LIMIT } from '../../sim/engine/queue.ts';
import { SharedTimers } from '../../sim/engine/shared-timers.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { CheckError, InputError } from '../../sim/problem.ts';

/** An engine whose handler `note` writes `time:entity`. */
function noting() {
  const engine = new Engine();
  const log: string[] = [];
  const note = engine.on(function note(entity) {
    log.push(`${engine.now}:${entity}`);
  });
  return { engine, log, note };
}

describe('the engine', () => {
  it('handles events by time, and those of one instant in the order in which they were scheduled', () => {
    const { engine, log, note } = noting();
    engine.schedule(2, note, 1);
    engine.schedule(1, note, 2);
    engine.scheduleAt(2, note, 3);
    engine.schedule(0, note, 4);
    expect(engine.pending).toBe(4);
    expect(engine.run()).toBe(4);
    expect(log).toEqual(['0:4', '1:2', '2:1', '2:3']);
    expect(engine.events).toBe(4);
    expect(engine.pending).toBe(0);
  });

  it('puts events of delay zero after those already due at the instant', () => {
    const { engine, log, note } = noting();
    const first = engine.on(() => engine.schedule(0, note, 9));
    engine.schedule(5, first, 0);
    engine.schedule(5, note, 1);
    engine.run();
    expect(log).toEqual(['5:1', '5:9']);
  });

  it('hands over the payload, 0 unless given', () => {
    const engine = new Engine();
    const payloads: number[] = [];
    const see = engine.on(() => payloads.push(engine.payload));
    engine.schedule(1, see, 0, 1.5);
    engine.schedule(2, see, 0);
    engine.run();
    expect(payloads).toEqual([1.5, 0]);
  });

  it('stops at `until`, leaves the clock there, and goes on as if there had been no break', () => {
    const whole = noting();
    const parts = noting();
    for (const { engine, note } of [whole, parts]) {
      const again = engine.on((entity) => {
        engine.schedule(entity % 3, note, 100 + entity);
        if (entity < 50) engine.schedule(1 + (entity % 2), again, entity + 1);
      });
      engine.schedule(0, again, 0);
      for (let i = 0; i < 40; i++) engine.schedule((i * 7) % 40, note, i);
    }
    whole.engine.run();
    for (const until of [0, 0, 3, 3.5, 17, 1000]) {
      parts.engine.run(until);
      expect(parts.engine.now).toBe(until);
    }
    expect(parts.log).toEqual(whole.log);
  });

  it('goes on after a number of events or a stop, within an instant too', () => {
    const { engine, log, note } = noting();
    for (let i = 0; i < 6; i++) engine.schedule(1, note, i);
    expect(engine.run(9, 2)).toBe(2);
    expect(engine.now).toBe(1);
    const halt = engine.on(() => engine.stop());
    engine.schedule(0, halt, 0);
    engine.schedule(0, note, 6);
    expect(engine.run(9)).toBe(5);
    expect(engine.now).toBe(1);
    engine.run(9);
    expect(log).toEqual(['1:0', '1:1', '1:2', '1:3', '1:4', '1:5', '1:6']);
    expect(engine.now).toBe(9);
  });

  it('says which handler was to be called at an impossible time', () => {
    const { engine, note } = noting();
    engine.schedule(3, note, 0);
    engine.run();
    expect(() => engine.schedule(-1, note, 7)).toThrow(
      new RangeError('event for note(7) at time 2, in the past; it is 3'),
    );
    expect(() => engine.schedule(Number.NaN, note, 7)).toThrow('note(7) at time NaN');
    expect(() => engine.schedule(Infinity, note, 7)).toThrow('note(7) at time infinity');
    expect(() => engine.scheduleAt(2.5, note, 7)).toThrow(RangeError);
    expect(() => engine.scheduleAt(Number.NaN, note, 7)).toThrow(RangeError);
    expect(() => engine.hold(-1)).toThrow('process(-1)');
    expect(() => engine.run(2)).toThrow(RangeError);
    expect(() => engine.run(Number.NaN)).toThrow(RangeError);
    expect(engine.pending).toBe(0);
  });

  it('takes 4,096 handlers and not one more', () => {
    const engine = new Engine();
    let last = -1;
    while (last < 4095) last = engine.on((entity) => expect(entity).toBe(5));
    expect(() => engine.on(() => {})).toThrow(RangeError);
    engine.schedule(1, last, 5);
    expect(engine.run()).toBe(1);
  });

  it('keeps counting when a handler throws', () => {
    const engine = new Engine();
    const fail = engine.on(() => {
      throw new Error('broken');
    });
    engine.schedule(1, fail, 0);
    engine.schedule(2, fail, 0);
    expect(() => engine.run()).toThrow('broken');
    expect([engine.events, engine.pending]).toEqual([1, 1]);
  });
});

describe('timers', () => {
  it('fire once, at the time set last', () => {
    const engine = new Engine();
    const log: string[] = [];
    const timers = new Timers(engine, (entity) => log.push(`${engine.now}:${entity}`), 3);
    timers.set(0, 5);
    timers.set(0, 9);
    timers.set(1, 9);
    timers.set(1, 4);
    timers.set(2, 6);
    timers.clear(2);
    expect([0, 1, 2].map((i) => timers.isSet(i))).toEqual([true, true, false]);
    expect([0, 1, 2].map((i) => timers.timeOf(i))).toEqual([9, 4, Infinity]);
    expect(engine.pending).toBe(2);
    engine.run();
    expect(log).toEqual(['4:1', '9:0']);
    expect(timers.isSet(0)).toBe(false);
  });

  it('may be set and cleared from their own handler, and grow', () => {
    const engine = new Engine();
    const log: string[] = [];
    const timers = new Timers(
      engine,
      (entity) => {
        log.push(`${engine.now}:${entity}`);
        if (engine.now < 3) timers.set(entity, engine.now + 1);
        timers.clear(1 - entity);
      },
      1,
    );
    timers.grow(2);
    timers.set(0, 1);
    timers.set(1, 1);
    engine.run();
    expect(log).toEqual(['1:0', '2:0', '3:0']);
  });

  it('refuse the past, NaN, and entities that are not there', () => {
    const engine = new Engine();
    const timers = new Timers(engine, function wake() {}, 1);
    engine.run(10);
    expect(() => timers.set(0, 9)).toThrow('wake(0) at time 9, in the past');
    expect(() => timers.set(0, Number.NaN)).toThrow(RangeError);
    expect(() => timers.set(0, Infinity)).toThrow(RangeError);
    expect(() => timers.set(1, 11)).toThrow('no timer 1');
    expect(engine.pending).toBe(0);
  });

  // The same random life with timers, and with events that are cancelled and scheduled anew: the same log,
  // order within the instant included. Times are small integers, so that nearly everything ties.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('equal cancel and schedule, seed %i', (seed) => {
    const logs = [true, false].map((withTimers) => {
      const source = new Streams(seed, 0).stream('life');
      const engine = new Engine();
      const log: string[] = [];
      const entities = 12;
      const expire = (entity: number) => log.push(`${engine.now} expires ${entity}`);
      const timers = new Timers(engine, expire, entities);
      const expired = engine.on(expire);
      const handles = new Float64Array(entities).fill(-1);
      const note = engine.on((entity) => log.push(`${engine.now} event ${entity}`));
      const act: number = engine.on((step) => {
        // With half the seeds the orders of pending events and of moved deadlines are renumbered again and again.
        if (seed % 2 === 0) (engine.queue as unknown as { order: number }).order = ORDER_LIMIT - 1;
        for (let k = 0; k < 3; k++) {
          const entity = Math.floor(source.next() * entities);
          const time = engine.now + Math.floor(source.next() * 6);
          const choice = source.next();
          if (choice < 0.6) {
            if (withTimers) timers.set(entity, time);
            else {
              engine.cancel(handles[entity]!);
              handles[entity] = engine.scheduleAt(time, expired, entity);
            }
          } else if (choice < 0.7) {
            if (withTimers) timers.clear(entity);
            else engine.cancel(handles[entity]!);
          } else engine.scheduleAt(time, note, step * 10 + k);
        }
        if (step < 3000) engine.schedule(Math.floor(source.next() * 3), act, step + 1);
      });
      engine.schedule(0, act, 0);
      engine.run();
      expect(engine.pending).toBe(0);
      return log;
    });
    expect(logs[0]!.length).toBeGreaterThan(2000);
    expect(logs[0]).toEqual(logs[1]);
  });

  it('hold one event each, however often they are moved', () => {
    const engine = new Engine();
    const timers = new Timers(engine, () => {}, 10);
    const before = engine.queue.bytes;
    for (let n = 0; n < 100_000; n++) timers.set(n % 10, 1000 + n);
    expect(engine.pending).toBe(10);
    expect(engine.queue.bytes).toBe(before);
  });
});

describe('shared timers', () => {
  it('hold one event an instant', () => {
    const engine = new Engine();
    const log: string[] = [];
    const timers = new SharedTimers(engine, (entity) => log.push(`${engine.now}:${entity}`), 5, 'wake');
    for (const [entity, time] of [
      [3, 7],
      [0, 7],
      [4, 9],
      [1, 7],
      [0, 9],
    ] as const) {
      timers.set(entity, time);
    }
    expect([0, 1, 2, 3, 4].map((i) => timers.timeOf(i))).toEqual([9, 7, Infinity, 7, 9]);
    expect(engine.pending).toBe(2);
    timers.clear(4);
    timers.clear(3);
    expect(engine.run()).toBe(2);
    expect(log).toEqual(['7:1', '9:0']);
    expect(() => timers.set(0, 8)).toThrow('wake(0) at time 8, in the past');
    expect(() => timers.set(0, Number.NaN)).toThrow(RangeError);
    expect(engine.pending).toBe(0);
  });

  // The same random life beside a plain list of what is due, in which an entity takes all those of its instant along.
  it.each([1, 2, 3, 4, 5, 6])('equal a list that is searched, seed %i', (seed) => {
    const entities = 12;
    const steps = 2000;
    const shared = (): string[] => {
      const source = new Streams(seed, 0).stream('life');
      const engine = new Engine();
      const log: string[] = [];
      const timers = new SharedTimers(
        engine,
        (i) => log.push(`${engine.now} expires ${i}`),
        entities,
        'wake',
      );
      const note = engine.on((i) => log.push(`${engine.now} event ${i}`));
      const act: number = engine.on((step) => {
        if (seed % 2 === 0) (engine.queue as unknown as { order: number }).order = ORDER_LIMIT - 1;
        live(source, engine.now, step, {
          set: (entity, time) => timers.set(entity, time),
          clear: (entity) => timers.clear(entity),
          note: (time, i) => void engine.scheduleAt(time, note, i),
          again: (time) => void engine.scheduleAt(time, act, step + 1),
        });
      });
      engine.schedule(0, act, 0);
      engine.run();
      return log;
    };
    const searched = (): string[] => {
      const source = new Streams(seed, 0).stream('life');
      const log: string[] = [];
      let due: { time: number; order: number; what: 'act' | 'event' | 'expires'; who: number }[] = [];
      let order = 0;
      const put = (time: number, what: (typeof due)[number]['what'], who: number) =>
        void due.push({ time, order: order++, what, who });
      const clear = (entity: number) => {
        due = due.filter((each) => each.what !== 'expires' || each.who !== entity);
      };
      put(0, 'act', 0);
      while (due.length > 0) {
        due.sort((a, b) => a.time - b.time || a.order - b.order);
        const { time, what, who } = due[0]!;
        if (what === 'expires') {
          const together = due.filter((each) => each.what === 'expires' && each.time === time);
          due = due.filter((each) => !together.includes(each));
          for (const each of together) log.push(`${time} expires ${each.who}`);
          continue;
        }
        due.shift();
        if (what === 'event') log.push(`${time} event ${who}`);
        else {
          live(source, time, who, {
            set: (entity, at) => {
              clear(entity);
              put(at, 'expires', entity);
            },
            clear,
            note: (at, i) => put(at, 'event', i),
            again: (at) => put(at, 'act', who + 1),
          });
        }
      }
      return log;
    };
    const live = (
      source: { next(): number },
      now: number,
      step: number,
      acts: {
        set(entity: number, time: number): void;
        clear(entity: number): void;
        note(time: number, who: number): void;
        again(time: number): void;
      },
    ): void => {
      for (let k = 0; k < 3; k++) {
        const entity = Math.floor(source.next() * entities);
        const time = now + Math.floor(source.next() * 6);
        const choice = source.next();
        if (choice < 0.6) acts.set(entity, time);
        else if (choice < 0.75) acts.clear(entity);
        else acts.note(time, step * 10 + k);
      }
      if (step < steps) acts.again(now + Math.floor(source.next() * 3));
    };
    const log = shared();
    expect(log.filter((line) => line.includes('expires')).length).toBeGreaterThan(1000);
    expect(log).toEqual(searched());
  });
});

describe('processes', () => {
  it('hold, suspend and are woken', () => {
    const engine = new Engine();
    const log: string[] = [];
    function* sleeper() {
      log.push(`${engine.now} sleeps`);
      yield;
      log.push(`${engine.now} woken`);
    }
    function* waker(whom: number) {
      engine.hold(3);
      yield;
      engine.wake(whom);
      log.push(`${engine.now} wakes`);
      engine.hold(1);
      yield;
      log.push(`${engine.now} done`);
    }
    engine.spawn(waker(engine.spawn(sleeper())));
    engine.run();
    expect(log).toEqual(['0 sleeps', '3 wakes', '3 woken', '4 done']);
    expect(engine.process).toBe(-1);
  });

  it('leave their number to later ones', () => {
    const engine = new Engine();
    function* life() {
      engine.hold(1);
      yield;
    }
    const ids = [engine.spawn(life()), engine.spawn(life())];
    engine.run();
    expect([engine.spawn(life()), engine.spawn(life()), engine.spawn(life())].sort()).toEqual([...ids, 2]);
  });

  it('are named when they throw, and the error keeps its class', () => {
    const engine = new Engine();
    const failures: Error[] = [
      new Error('no disk'),
      new CheckError('lost a job'),
      new InputError({ where: 'a.yaml', found: 'nothing' }),
    ];
    for (const failure of failures) {
      function* life() {
        engine.hold(2);
        yield;
        throw failure;
      }
      engine.spawn(life(), 'owner of node 3');
      const text = failure.message;
      expect(() => engine.run()).toThrow(failure);
      expect(failure.message).toMatch(/^in owner of node 3 \d at time \d: /);
      expect(failure.message).toContain(text);
      expect(engine.process).toBe(-1);
    }
    function* odd() {
      yield;
      throw 'words';
    }
    engine.wake(engine.spawn(odd(), 'odd'));
    expect(() => engine.run()).toThrow(/^in odd \d at time \d: words$/);
  });

  it('may not be woken after their end', () => {
    const engine = new Engine();
    function* life() {}
    const id = engine.spawn(life());
    engine.wake(id);
    expect(() => engine.run()).toThrow('it has ended');
  });
});

describe('the watchdog', () => {
  it('stops a run whose clock stands still and names the busiest handlers', () => {
    const engine = new Engine({ watchdog: 10_000 });
    const ping: number = engine.on((n) => {
      engine.schedule(0, n % 4 === 3 ? pong : ping, n + 1);
    }, 'ping');
    const pong: number = engine.on((n) => {
      engine.schedule(0, ping, n + 1);
    }, 'pong');
    engine.schedule(7, ping, 0);
    expect(() => engine.run()).toThrow(/no progress: \d+ events at time 7 .*ping 75 %, pong 25 %/);
  });

  it('lets long instants pass that end, and any run whose clock moves', () => {
    const engine = new Engine({ watchdog: 1000 });
    const burst: number = engine.on((left) => {
      if (left > 0) engine.schedule(0, burst, left - 1);
    });
    engine.schedule(1, burst, 50_000);
    const tick: number = engine.on((left) => {
      if (left > 0) engine.schedule(1e-9, tick, left - 1);
    });
    engine.schedule(2, tick, 50_000);
    expect(engine.run()).toBe(100_002);
    expect(engine.events).toBe(100_002);
  });
});
