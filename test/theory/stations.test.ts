/**
 * Stations and pools against closed forms, and processor sharing against a simulation that recomputes every
 * task at every change. Statistical cases run a number of independent replications from fixed seeds; the
 * result may be off by 5 standard errors, which must themselves be small.
 */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.ts';
import { deterministic, exponential, gamma, hyperexponentialByC2, type Law } from '../../sim/engine/laws.ts';
import { Pool } from '../../sim/engine/pools.ts';
import { ProcessorSharingBank } from '../../sim/engine/processor-sharing.ts';
import { FcfsStation, PriorityStation, ProcessorSharing } from '../../sim/engine/stations.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { Tally } from '../../sim/measure/tally.ts';

const REPLICATIONS = 16;

/** Runs the replications and compares the mean of their results. `again()` starts the same streams anew. */
function agree(exact: number, run: (streams: Streams, again: () => Streams) => number, error = 0.01): void {
  const tally = new Tally();
  for (let r = 0; r < REPLICATIONS; r++) {
    const streams = () => new Streams(1994, r);
    tally.add(run(streams(), streams));
  }
  const standardError = tally.deviation / Math.sqrt(REPLICATIONS);
  expect(standardError / exact).toBeLessThan(error);
  expect(Math.abs(tally.mean - exact)).toBeLessThan(5 * standardError);
}

interface Server {
  serve(work: number, type: number, entity: number): void;
}

interface Visits {
  readonly works: Float64Array;
  readonly responses: Float64Array;
}

/** Poisson customers with mean work 1, by handlers: work and response of each. */
function visits(
  streams: Streams,
  load: number,
  law: Law,
  customers: number,
  make: (engine: Engine) => Server,
): Visits {
  const engine = new Engine();
  const station = make(engine);
  const gaps = streams.stream('gaps');
  const source = streams.stream('works');
  const gap = exponential(1 / load);
  const came = new Float64Array(customers);
  const works = new Float64Array(customers);
  const responses = new Float64Array(customers);
  const leave = engine.on((customer) => {
    responses[customer] = engine.now - came[customer]!;
  }, 'leave');
  const arrive: number = engine.on((customer) => {
    came[customer] = engine.now;
    works[customer] = law.sample(source);
    station.serve(works[customer]!, leave, customer);
    if (customer + 1 < customers) engine.schedule(gap.sample(gaps), arrive, customer + 1);
  }, 'arrive');
  engine.schedule(0, arrive, 0);
  engine.run();
  return { works, responses };
}

/** Mean response, the first tenth of the customers left out. */
function response(...setting: Parameters<typeof visits>): number {
  const tally = new Tally();
  const { responses } = visits(...setting);
  for (const x of responses.subarray(responses.length / 10)) tally.add(x);
  return tally.mean;
}

describe('first come, first served', () => {
  const load = 0.6;

  it('M/M/1 by handlers: mean response 1/(1 - rho)', () =>
    agree(2.5, (streams) =>
      response(streams, load, exponential(1), 20_000, (engine) => new FcfsStation(engine)),
    ));

  it('M/M/1 by processes: a pool of one, and a station', () => {
    const customers = 20_000;
    const run = (streams: Streams, way: 'pool' | 'station') => {
      const engine = new Engine();
      const pool = new Pool(engine, 1);
      const station = new FcfsStation(engine);
      const gaps = streams.stream('gaps');
      const works = streams.stream('works');
      const tally = new Tally();
      function* customer() {
        const came = engine.now;
        const work = -Math.log(works.next());
        if (way === 'pool') {
          if (!pool.acquire()) yield;
          engine.hold(work);
          yield;
          pool.release();
        } else {
          station.serve(work);
          yield;
        }
        tally.add(engine.now - came);
      }
      function* source() {
        for (let i = 0; i < customers; i++) {
          engine.spawn(customer());
          engine.hold(-Math.log(gaps.next()) / load);
          yield;
        }
      }
      engine.spawn(source());
      engine.run();
      expect(tally.n).toBe(customers);
      return tally.mean;
    };
    agree(2.5, (streams, again) => {
      const pool = run(streams, 'pool');
      // The same customers in the same order: the same mean, but for the order of the sum.
      expect(run(again(), 'station')).toBeCloseTo(pool, 9);
      return pool;
    });
  });

  it.each([
    [4, hyperexponentialByC2(1, 4)],
    [0.25, gamma(4, 0.25)],
    [0, deterministic(1)],
  ])('M/G/1, c2 = %d: Pollaczek-Khinchine', (c2, law) =>
    agree(
      1 + (load * (1 + c2)) / (2 * (1 - load)),
      (streams) => response(streams, load, law, 20_000, (engine) => new FcfsStation(engine)),
      0.02,
    ),
  );

  it('M/M/3 at load 0.8: Erlang C', () => {
    const offered = 2.4;
    const blocked = offered ** 3 / 6 / (1 - 0.8);
    const waits = blocked / (1 + offered + offered ** 2 / 2 + blocked);
    agree(
      1 + waits / (3 - offered),
      (streams) => response(streams, offered, exponential(1), 30_000, (engine) => new FcfsStation(engine, 3)),
      0.02,
    );
  });

  it('loses nobody, and its time average obeys Little', () => {
    const engine = new Engine();
    const station = new FcfsStation(engine, 2);
    const present = station.watch();
    const source = new Streams(3, 0).stream('all');
    let sum = 0;
    const came = new Float64Array(5000);
    const leave = engine.on((customer) => {
      sum += engine.now - came[customer]!;
    });
    const arrive: number = engine.on((customer) => {
      came[customer] = engine.now;
      station.serve(2 * source.next(), leave, customer);
      expect(station.present).toBe(station.busy + station.waiting);
      if (customer < 4999) engine.schedule(source.next(), arrive, customer + 1);
    });
    engine.schedule(0, arrive, 0);
    engine.run();
    expect([station.arrivals, station.departures, station.present, station.busy]).toEqual([5000, 5000, 0, 0]);
    expect(present.integral(engine.now)).toBeCloseTo(sum, 6);
  });

  it('refuses work that is none', () => {
    const engine = new Engine();
    const station = new FcfsStation(engine);
    for (const work of [-1, Number.NaN, Infinity])
      expect(() => station.serve(work, 0, 0)).toThrow(RangeError);
    expect(() => new FcfsStation(engine, 0)).toThrow(RangeError);
    expect(station.present).toBe(0);
  });
});

describe('processor sharing', () => {
  it.each([
    ['hyperexponential, c2 = 4', hyperexponentialByC2(1, 4)],
    ['exponential', exponential(1)],
    ['deterministic', deterministic(1)],
  ])('M/G/1-PS, %s: mean response 1/(1 - rho)', (_name, law) =>
    agree(
      2.5,
      (streams) => response(streams, 0.6, law, 20_000, (engine) => new ProcessorSharing(engine)),
      0.02,
    ),
  );

  it('slows all sizes alike: response / size is 1/(1 - rho) in each quarter of the sizes', () => {
    const runs = Array.from({ length: REPLICATIONS }, (_, r) =>
      visits(new Streams(1994, r), 0.6, exponential(1), 20_000, (engine) => new ProcessorSharing(engine)),
    );
    for (let quarter = 0; quarter < 4; quarter++) {
      const tally = new Tally();
      for (const { works, responses } of runs) {
        let work = 0;
        let response = 0;
        for (let i = 2000; i < works.length; i++) {
          if (Math.floor(4 * Math.exp(-works[i]!)) !== quarter) continue;
          work += works[i]!;
          response += responses[i]!;
        }
        tally.add(response / work);
      }
      const standardError = tally.deviation / Math.sqrt(REPLICATIONS);
      expect(standardError).toBeLessThan(0.04);
      expect(Math.abs(tally.mean - 2.5)).toBeLessThan(5 * standardError);
    }
  });

  it('serves processes, and keeps its account', () => {
    const engine = new Engine();
    const station = new ProcessorSharing(engine, { capacity: 0.5 });
    const log: string[] = [];
    function* life(name: string, start: number, work: number) {
      engine.hold(start);
      yield;
      station.serve(work);
      yield;
      log.push(`${name} ${engine.now}`);
    }
    engine.spawn(life('long', 0, 10));
    engine.spawn(life('short', 4, 2));
    engine.run(8);
    station.setCapacity(1);
    engine.run();
    // Until 4 the long one gets 2; until 8 both get 1; then both at 1/2: short is done at 10, long 6 later.
    expect(log).toEqual(['short 10', 'long 16']);
    expect(station.workDone).toBe(12);
    expect([station.arrivals, station.departures]).toEqual([2, 2]);
  });
});

/** Processor sharing done plainly: every task's remaining work, brought up to date at every change. */
class PlainSharing {
  time = 0;
  capacity = 1;
  served = 0;
  readonly left = new Map<number, number>();

  /** Goes to `time`; returns the tasks that are done by then, with their times. */
  advance(time: number): [task: number, time: number][] {
    const done: [number, number][] = [];
    for (;;) {
      let first = -1;
      for (const [task, left] of this.left) if (first < 0 || left < this.left.get(first)!) first = task;
      const due = first < 0 ? Infinity : this.time + (this.left.get(first)! * this.left.size) / this.capacity;
      const to = Math.min(due, time);
      if (to > this.time && this.left.size > 0) {
        const each = ((to - this.time) * this.capacity) / this.left.size;
        for (const [task, left] of this.left) this.left.set(task, left - each);
        this.served += (to - this.time) * this.capacity;
      }
      this.time = to;
      if (due > time) return done;
      this.left.delete(first);
      done.push([first, due]);
    }
  }
}

describe('the bank of processor-sharing nodes', () => {
  it.each([1, 2, 3, 4, 5, 6])('equals plain processor sharing, seed %i', (seed) => {
    const source = new Streams(seed, 0).stream('operations');
    const nodes = 3;
    const engine = new Engine();
    const finished: [number, number][] = [];
    const where = new Map<number, number>();
    const bank = new ProcessorSharingBank(engine, nodes, (task) => {
      finished.push([task, engine.now]);
      where.delete(task);
    });
    const plain = Array.from({ length: nodes }, () => new PlainSharing());
    const expected: [number, number][] = [];
    let next = 0;
    for (let n = 0; n < 3000; n++) {
      const time = engine.now + source.next();
      engine.run(time);
      const done = plain.flatMap((node) => node.advance(time));
      expected.push(...done.sort((a, b) => a[1] - b[1]));
      const node = Math.floor(nodes * source.next());
      const choice = source.next();
      const crowded = bank.tasks(node) > 30;
      if (choice < 0.6 && !crowded) {
        const work = source.next() < 0.2 ? 1 : -2 * Math.log(source.next());
        bank.add(node, next, work);
        where.set(next, node);
        plain[node]!.left.set(next++, work);
      } else if (choice < 0.75) {
        const [task] = [...where.keys()].slice(Math.floor(source.next() * where.size));
        if (task === undefined) continue;
        const at = where.get(task)!;
        expect(bank.remaining(at, task)).toBeCloseTo(plain[at]!.left.get(task)!, 8);
        expect(bank.remove(at, task)).toBeCloseTo(plain[at]!.left.get(task)!, 8);
        plain[at]!.left.delete(task);
        where.delete(task);
      } else if (choice < 0.9 || crowded) {
        const capacity = crowded ? 20 : source.next() < 0.3 ? 0 : 4 * source.next();
        bank.setCapacity(node, capacity);
        plain[node]!.capacity = capacity;
      }
      for (let i = 0; i < nodes; i++) {
        if (bank.tasks(i) !== plain[i]!.left.size || !(Math.abs(bank.served(i) - plain[i]!.served) < 1e-7)) {
          throw new Error(`node ${i} at ${time}: ${bank.tasks(i)} tasks, ${bank.served(i)} served`);
        }
      }
    }
    expect(finished.length).toBeGreaterThan(500);
    expect(finished.map(([task]) => task)).toEqual(expected.map(([task]) => task));
    for (let i = 0; i < finished.length; i++) expect(finished[i]![1]).toBeCloseTo(expected[i]![1], 8);
  });

  it('rounds completions to whole units if asked, and loses no time by it', () => {
    const engine = new Engine();
    const times: number[] = [];
    const bank = new ProcessorSharingBank(engine, 1, () => times.push(engine.now), {
      resolution: 1,
      capacity: 0.7,
    });
    for (let task = 0; task < 50; task++) bank.add(0, task, 1000 + 10 * task);
    engine.run();
    expect(times.every(Number.isInteger)).toBe(true);
    // All work / capacity: the last one is done when all is done.
    expect(Math.abs(times.at(-1)! - 62_250 / 0.7)).toBeLessThan(25);
    expect(bank.served(0)).toBeCloseTo(0.7 * times.at(-1)!, 6);
  });

  it('finishes equal tasks in the order in which they came', () => {
    const engine = new Engine();
    const order: number[] = [];
    const bank = new ProcessorSharingBank(engine, 1, (task) => order.push(task));
    for (let task = 0; task < 100; task++) bank.add(0, (task * 37) % 100, 5);
    engine.run();
    expect(order).toEqual(Array.from({ length: 100 }, (_, i) => (i * 37) % 100));
    expect(engine.now).toBe(500);
  });

  it('lets completions add, remove and change capacity', () => {
    const engine = new Engine();
    const log: string[] = [];
    const bank: ProcessorSharingBank = new ProcessorSharingBank(engine, 2, (task) => {
      log.push(`${engine.now}:${task}`);
      if (task === 0) {
        bank.add(0, 0 + 5, 1);
        expect(bank.remove(0, 1)).toBe(6);
        bank.setCapacity(0, 0.5);
        bank.add(1, 1, 6);
      }
    });
    bank.add(0, 0, 4);
    bank.add(0, 1, 10);
    engine.run();
    expect(log).toEqual(['8:0', '10:5', '14:1']);
  });

  it('refuses what cannot be', () => {
    const bank = new ProcessorSharingBank(new Engine(), 2, () => {});
    bank.add(0, 3, 1);
    expect(() => bank.add(1, 3, 1)).toThrow('task 3 is at node 0 already');
    expect(() => bank.add(1, 4, -1)).toThrow('task 4 with work -1');
    expect(() => bank.add(1, 4, Number.NaN)).toThrow(RangeError);
    expect(() => bank.add(2, 4, 1)).toThrow('no node 2');
    expect(() => bank.remove(1, 3)).toThrow('task 3 is not at node 1');
    expect(() => bank.setCapacity(0, -1)).toThrow(RangeError);
    expect([bank.tasks(0), bank.tasks(1)]).toEqual([1, 0]);
  });
});

describe('priority with preemption', () => {
  it('M/M/1, two classes: each class as if those below were not there', () => {
    const rates = [0.3, 0.4];
    const customers = 30_000;
    const run = (streams: Streams, rank: number) => {
      const engine = new Engine();
      const station = new PriorityStation(engine, 2);
      const tallies = [new Tally(), new Tally()];
      rates.forEach((rate, mine) => {
        const gaps = streams.stream(`gaps ${mine}`);
        const works = streams.stream(`works ${mine}`);
        const came = new Float64Array(customers);
        const leave = engine.on((customer) => tallies[mine]!.add(engine.now - came[customer]!));
        const arrive: number = engine.on((customer) => {
          came[customer] = engine.now;
          station.serve(-Math.log(works.next()), mine, leave, customer);
          if (customer + 1 < customers) engine.schedule(-Math.log(gaps.next()) / rate, arrive, customer + 1);
        });
        engine.schedule(0, arrive, 0);
      });
      // Until the first class runs dry.
      engine.run(0.9 * (customers / Math.max(...rates)));
      return tallies[rank]!.mean;
    };
    // Preemptive resume, mean work 1: T1 = 1/(1 - r1); T2 = (1 + R/(1 - r1 - r2)) / (1 - r1), R = r1 + r2.
    agree(1 / 0.7, (streams) => run(streams, 0), 0.01);
    agree((1 + 0.7 / 0.3) / 0.7, (streams) => run(streams, 1), 0.02);
  });

  it('interrupts the last started of the lowest class, which goes on first of its class', () => {
    const engine = new Engine();
    const station = new PriorityStation(engine, 3, 2);
    const log: string[] = [];
    const leave = engine.on((customer) => log.push(`${engine.now}:${customer}`));
    const come = (time: number, work: number, rank: number, customer: number) =>
      engine.scheduleAt(
        time,
        engine.on(() => station.serve(work, rank, leave, customer)),
        0,
      );
    come(0, 10, 2, 1);
    come(1, 10, 2, 2);
    come(2, 10, 2, 3); // waits
    come(3, 4, 1, 4); // takes the server of 2, which has 8 left
    come(4, 1, 0, 5); // takes the server of 1, which has 6 left
    come(4, 1, 0, 6); // takes the server of 4, which has 3 left
    engine.run();
    // At 5 the servers go to 4 (class 1) and 1 (interrupted last, so first of its class), then 2, then 3.
    expect(log).toEqual(['5:5', '5:6', '8:4', '11:1', '16:2', '21:3']);
    expect([station.arrivals, station.departures]).toEqual([6, 6]);
  });

  it('conserves work: the busy period does not depend on the discipline', () => {
    const end = (serve: (engine: Engine) => (work: number, customer: number) => void) => {
      const engine = new Engine();
      const take = serve(engine);
      const source = new Streams(9, 0).stream('all');
      const arrive: number = engine.on((customer) => {
        take(source.next(), customer);
        if (customer < 2000) engine.schedule(0.9 * source.next(), arrive, customer + 1);
      });
      engine.schedule(0, arrive, 0);
      engine.run();
      return engine.now;
    };
    const nothing = (engine: Engine) => engine.on(() => {});
    const fcfs = end((engine) => {
      const station = new FcfsStation(engine);
      const type = nothing(engine);
      return (work) => station.serve(work, type, 0);
    });
    const priority = end((engine) => {
      const station = new PriorityStation(engine, 4);
      const type = nothing(engine);
      return (work, customer) => station.serve(work, customer % 4, type, 0);
    });
    const sharing = end((engine) => {
      const station = new ProcessorSharing(engine);
      const type = nothing(engine);
      return (work) => station.serve(work, type, 0);
    });
    expect(priority).toBeCloseTo(fcfs, 6);
    expect(sharing).toBeCloseTo(fcfs, 6);
  });
});

describe('pools', () => {
  it('grant in the order of asking, and do not let the small overtake the large', () => {
    const engine = new Engine();
    const pool = new Pool(engine, 3);
    const log: string[] = [];
    function* user(name: string, start: number, units: number, time: number) {
      engine.hold(start);
      yield;
      if (!pool.acquire(units)) yield;
      log.push(`${engine.now}:${name}`);
      engine.hold(time);
      yield;
      pool.release(units);
    }
    engine.spawn(user('a', 0, 2, 10));
    engine.spawn(user('b', 1, 3, 5));
    engine.spawn(user('c', 2, 1, 1));
    engine.run(9);
    expect([pool.available, pool.waiting]).toEqual([1, 2]);
    engine.run();
    expect(log).toEqual(['0:a', '10:b', '15:c']);
    expect(pool.available).toBe(3);
  });

  it('grant to handlers by an event', () => {
    const engine = new Engine();
    const pool = new Pool(engine, 1);
    const log: string[] = [];
    const granted = engine.on((job) => log.push(`${engine.now}:${job}`));
    expect(pool.acquire(1, granted, 1)).toBe(true);
    for (let job = 2; job < 40; job++) expect(pool.acquire(1, granted, job)).toBe(false);
    const free = engine.on(() => pool.release());
    for (let job = 2; job < 40; job++) engine.schedule(job, free, 0);
    engine.run();
    expect(log).toEqual(Array.from({ length: 38 }, (_, i) => `${i + 2}:${i + 2}`));
    expect(pool.available).toBe(0);
  });

  it('refuse more than there is', () => {
    const engine = new Engine();
    const pool = new Pool(engine, 2);
    expect(() => pool.acquire(3)).toThrow('3 units of a pool of 2');
    expect(() => pool.release()).toThrow('more than 2 units given back');
    expect(() => new Pool(engine, -1)).toThrow(RangeError);
  });
});
