// The mechanism of load sharing: disciplines, operations that take CPU, what nodes are told, deciders that fail, files that a run writes.
import { describe, expect, it } from 'vitest';
import { networkNamed } from '../../models/hardware/network/index.ts';
import { deciderPolicies } from '../../models/policies/decider/index.ts';
import { sharingPolicies } from '../../models/policies/sharing/index.ts';
import { Bookings } from '../../models/sharing/bookings.ts';
import { Cpus } from '../../models/sharing/cpus.ts';
import { runSharing } from '../../models/sharing/index.ts';
import { FcfsBank } from '../../models/sharing/ready-queue.ts';
import { Engine } from '../../sim/engine/engine.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import type { JobTable } from '../../workloads/jobs/table.ts';
import { mean, ready, rowsOf, run } from '../support/nowsim.ts';

/** A short run of the ready experiment. */
const short = ['replications=2', 'horizon=300s', 'jobs.load=0.7'];
const shared = (...set: string[]) => run(ready('load-sharing'), [...short, ...set]);

describe('first come, first served', () => {
  const bank = (nodes = 1) => {
    const engine = new Engine();
    const log: [string, number, number][] = [];
    const queues = new FcfsBank(
      engine,
      nodes,
      (task) => log.push(['done', task, engine.now]),
      (task) => log.push(['began', task, engine.now]),
    );
    return { engine, log, queues };
  };

  it('serves in order of arrival, one at a time', () => {
    const { engine, log, queues } = bank();
    queues.add(0, 5, 10);
    queues.add(0, 3, 2);
    expect(queues.tasks(0)).toBe(2);
    engine.run();
    expect(log).toEqual([
      ['began', 5, 0],
      ['began', 3, 10],
      ['done', 5, 10],
      ['done', 3, 12],
    ]);
    expect(queues.served(0)).toBe(12);
  });

  it('knows what is left, and gives it back with a job that is taken away', () => {
    const { engine, log, queues } = bank();
    for (const task of [0, 1, 2]) queues.add(0, task, 10);
    engine.run(4);
    expect(queues.remaining(0, 0)).toBe(6);
    expect(queues.remove(0, 1)).toBe(10);
    expect(queues.remove(0, 0)).toBe(6);
    expect(queues.served(0)).toBe(4);
    engine.run();
    expect(log.at(-1)).toEqual(['done', 2, 14]);
    expect(queues.tasks(0)).toBe(0);
  });

  it('follows the capacity', () => {
    const { engine, log, queues } = bank();
    queues.add(0, 0, 10);
    engine.run(2);
    queues.setCapacity(0, 0);
    engine.run(7);
    queues.setCapacity(0, 2);
    engine.run();
    expect(log.at(-1)).toEqual(['done', 0, 11]);
    expect(queues.served(0)).toBe(10);
  });
});

describe('operations', () => {
  it('take the CPU from the jobs, one after the other', () => {
    const engine = new Engine();
    const ends: number[] = [];
    const queues = new FcfsBank(
      engine,
      1,
      () => ends.push(engine.now),
      () => {},
      2,
    );
    const cpus = new Cpus(engine, queues, Float64Array.of(2));
    queues.add(0, 0, 20);
    engine.run(3);
    // 4 and 6 at speed 1 are 2 and 3 at speed 2.
    expect(cpus.charge(0, 4)).toBe(5);
    expect(cpus.charge(0, 6)).toBe(8);
    expect(cpus.charge(0, 0)).toBe(3);
    expect(cpus.pending(0)).toBe(5);
    engine.run();
    expect(ends).toEqual([15]);
    expect(cpus.operations[0]).toBe(5);
  });
});

describe('double bookings', () => {
  it('are sendings that another decider did not know of', () => {
    const bookings = new Bookings(2);
    bookings.book(1, 0, 7);
    expect(bookings.isDouble(1, 0, 7)).toBe(false);
    expect(bookings.isDouble(1, 0, 8)).toBe(true);
    expect(bookings.isDouble(1, 1, 8)).toBe(false);
    expect(bookings.isDouble(0, 0, 8)).toBe(false);
    bookings.book(1, 100, 8);
    expect(bookings.isDouble(1, 1, 7)).toBe(true);
    bookings.leave(1, 100);
    bookings.leave(1, 3);
    expect(bookings.isDouble(1, 1, 7)).toBe(false);
    expect(bookings.isDouble(1, 0, 8)).toBe(true);
    bookings.leave(1, 0);
    expect(bookings.isDouble(1, 0, 8)).toBe(false);
  });
});

describe('jobs that ask at the same instant', () => {
  /** Nodes 0 and 1 have a long job each; then one comes to each of them at once. Nodes 2 and 3 are idle, node 3 for less long. */
  const simultaneous = (
    decider: 'central' | 'gossip',
    given: Record<string, unknown>,
    { lastHome = 1, lastSubmit_s = 5, way_s = 0 } = {},
  ) => {
    const submit_s = [0, 0, 1, 5, lastSubmit_s];
    const run_s = [100, 100, 1, 10, 10];
    const n = submit_s.length;
    const zero = { send: 0, delay: 0, receive: 0 };
    const way = {
      cpuFrom: () => 0,
      plain: () => way_s * 1e9,
      cpuTo: () => 0,
      wire: false,
      free: way_s === 0,
    };
    return runSharing({
      nodes: 4,
      jobs: {
        n,
        table: { submit_s: Float64Array.from(submit_s) } as unknown as JobTable,
        width: new Int32Array(n).fill(1),
        run_s: Float64Array.from(run_s),
        submit: Float64Array.from(submit_s, (s) => s * 1e9),
        work: Float64Array.from(run_s, (s) => s * 1e9),
        image: new Float64Array(n),
        state: new Uint8Array(n),
        start: new Float64Array(n).fill(Number.NaN),
        end: new Float64Array(n).fill(Number.NaN),
      },
      home: Int32Array.of(0, 1, 3, 0, lastHome),
      program: new Int32Array(n).fill(-1),
      movable: new Uint8Array(n).fill(1),
      speeds: new Float64Array(4).fill(1),
      discipline: 'processor-sharing',
      policy: { kind: sharingPolicies.ask, parameters: { threshold: 1 } },
      decider: { kind: deciderPolicies[decider], parameters: { loss: 0, delay: 5e6, ...given } },
      prices: { message: zero, probe: zero, transfer: way, move: way, receive: 0, send: 0 },
      network: networkNamed('atm155'),
      transferBytes: 0,
      horizon: Number.POSITIVE_INFINITY,
      patience: 3600e9,
      warmup: 0,
      streams: new Streams(1, 0),
      keepLog: true,
      keepTimeline: false,
    });
  };
  const transfers = (log: string) =>
    log
      .split('\n')
      .filter((line) => line.includes(',transfer,'))
      .map((line) => line.split(',').slice(0, 4).join(' '));

  it('get different nodes of a master, which counts what it has sent', () => {
    const run = simultaneous('central', {
      service: 0,
      report_service: 0,
      report: 'change',
      timeout: 1e9,
      mtbf: 'none',
    });
    // Way to the master and back; the node that has been idle for longer first.
    expect(transfers([...run.events.log!.csv()].join(''))).toEqual([
      '5.01 transfer 3 2',
      '5.01 transfer 4 3',
    ]);
    expect(run.doubleBookings).toBe(0);
    expect(run.staleness.mean).toBe(10e6);
    expect([...run.jobs.end].map((ns) => ns / 1e9)).toEqual([100, 100, 2, 15.01, 15.01]);
  });

  it('may meet where each decides by what it has heard', () => {
    // Everyone hears of everyone each second.
    const run = simultaneous('gossip', { every: 1e9, fanout: 3 });
    const [first, second] = transfers([...run.events.log!.csv()].join('')).map((line) => line.split(' ')[3]);
    expect(['2', '3']).toContain(first);
    expect(second).toBe(first);
    expect(run.doubleBookings).toBe(1);
    expect(run.jobs.end[4]! / 1e9).toBeCloseTo(25, 5);
  });

  it.each([
    ['a node counts what it has sent itself', { lastHome: 0 }],
    ['a node tells of what it expects', { lastSubmit_s: 7, way_s: 3 }],
  ])('do not meet where %s', (_, how) => {
    const run = simultaneous('gossip', { every: 1e9, fanout: 3 }, how);
    const targets = transfers([...run.events.log!.csv()].join('')).map((line) => line.split(' ')[3]);
    expect(targets.toSorted()).toEqual(['2', '3']);
  });
});

describe('what moves and questions cost', () => {
  it('every policy runs under a real structure, and the books close', async () => {
    const policies = [
      'random',
      'threshold',
      'shortest',
      'jsq',
      'lowest',
      'global',
      'birth',
      'preempt-age',
      'ask',
    ];
    const bound = mean(await shared('policies.sharing=central'), 'response_time_s');
    for (const policy of policies) {
      const result = await shared(
        `policies.sharing=${policy}`,
        'cluster.os=in-kernel',
        'cluster.network=ethernet10',
        'program.image=64KiB',
        ...(policy === 'global' ? ['policies.sharing.period=500ms'] : []),
        ...(policy === 'preempt-age' ? ['policies.sharing.fixed=10ms', 'policies.sharing.rate=1MiB'] : []),
      );
      expect(mean(result, 'cpu_operations'), policy).toBeGreaterThan(0);
      expect(mean(result, 'response_time_s'), policy).toBeGreaterThan(bound);
      expect(mean(result, 'moves_per_job'), policy).toBeGreaterThan(0);
    }
  });

  it('a transfer takes the CPU of its sender', async () => {
    const free = await shared('policies.sharing=jsq');
    const costly = await shared('policies.sharing=jsq', 'sharing.transfer_cpu=100ms');
    const moves = mean(costly, 'moves_per_job');
    // Jobs are .7 of a CPU; each is moved `moves` times at a tenth of its mean.
    expect(mean(costly, 'cpu_operations')).toBeCloseTo(0.7 * 0.1 * moves, 2);
    expect(mean(free, 'cpu_operations')).toBe(0);
    expect(mean(costly, 'response_time_s')).toBeGreaterThan(mean(free, 'response_time_s'));
  });

  it('a move of a running job takes f + m/b', async () => {
    const set = ['policies.sharing=preempt-age', 'policies.sharing.fixed=1ms', 'policies.sharing.rate=1GiB'];
    const fast = await shared(...set);
    const slow = await shared(...set, 'program.image=1MiB', 'sharing.freeze=100ms', 'sharing.move_rate=2MiB');
    expect(mean(fast, 'preemptions')).toBeGreaterThan(100);
    expect(mean(slow, 'delay_s')).toBeGreaterThan(mean(fast, 'delay_s') + 0.3 * mean(slow, 'moves_per_job'));
  });

  it('the faster of two nodes is found by the vector', async () => {
    const speeds = ['sharing.speeds=[1, 4]', 'policies.sharing=global', 'policies.sharing.period=100ms'];
    const blind = await shared('policies.sharing=none', 'sharing.speeds=[1, 4]');
    expect(mean(await shared(...speeds), 'response_time_s')).toBeLessThan(
      0.7 * mean(blind, 'response_time_s'),
    );
  });

  it('jobs that may not move stay', async () => {
    const half = await shared('policies.sharing=jsq', 'sharing.movable=50%');
    expect(mean(half, 'moved_share')).toBeCloseTo(0.5 * 0.95, 1);
    expect(mean(await shared('policies.sharing=jsq', 'sharing.movable=0%'), 'moved_share')).toBe(0);
  });
});

describe('what nodes are told', () => {
  it('is old where questions take time, and differs from the truth', async () => {
    const at = (time: string) => shared(`sharing.probe_time=${time}`);
    const [now, later] = [await at('0s'), await at('200ms')];
    expect(mean(now, 'staleness_s')).toBe(0);
    expect(mean(now, 'double_bookings')).toBe(0);
    expect(mean(later, 'staleness_s')).toBeCloseTo(0.1, 6);
    expect(mean(later, 'double_bookings')).toBeGreaterThan(0);
    expect(later.rows[0]!.digest).not.toBe(now.rows[0]!.digest);
  });

  it('a master that is told at once decides as the oracle does; gossip is older and books twice', async () => {
    const ask = (decider: string) => shared('policies.sharing=ask', `policies.decider=${decider}`);
    const [truth, master, gossip] = [await ask('oracle'), await ask('central'), await ask('gossip')];
    expect(mean(master, 'double_bookings')).toBe(0);
    expect(mean(master, 'staleness_s')).toBe(0);
    expect(mean(gossip, 'double_bookings')).toBeGreaterThan(0);
    expect(mean(gossip, 'staleness_s')).toBeGreaterThan(0.5);
    const [best, good, worst] = [truth, master, gossip].map((r) => mean(r, 'response_time_s'));
    expect(Math.abs(good! / best! - 1)).toBeLessThan(0.03);
    expect(worst).toBeGreaterThan(1.1 * best!);
  });

  it('a load vector is as old as half of its period', async () => {
    const result = await shared('policies.sharing=global', 'policies.sharing.period=2s');
    expect(mean(result, 'staleness_s')).toBeCloseTo(1, 1);
  });
});

describe('the master', () => {
  const ask = ['policies.sharing=ask', 'policies.decider=central', 'policies.decider.delay=5ms'];
  it('loses messages: questions are given up, no job is lost', async () => {
    const result = await shared(...ask, 'policies.decider.loss=20%');
    const { counts } = result.rows[0]!;
    expect(counts['finished']).toBe(counts['submitted']);
    expect(mean(result, 'unanswered_questions')).toBeGreaterThan(100);
    // What is given up takes the time-out: a job in three, about, waits a second.
    expect(mean(result, 'response_time_s')).toBeGreaterThan(
      mean(await shared(...ask), 'response_time_s') + 0.1,
    );
  });

  it('fails: another node takes over after its wait, and the nodes register', async () => {
    const result = await shared(...ask, 'policies.decider.mtbf=30s', 'horizon=1000s');
    expect(mean(result, 'fail_overs')).toBeGreaterThan(15);
    // The time-out of 1 s, then the shortest of some waits of 1 to 8 s.
    expect(mean(result, 'fail_over_s')).toBeGreaterThan(2);
    expect(mean(result, 'fail_over_s')).toBeLessThan(5);
    const { counts } = result.rows[0]!;
    expect(counts['finished']).toBe(counts['submitted']);
    expect(mean(result, 'unanswered_questions')).toBeGreaterThan(0);
  });

  it('is saturated by what it serves', async () => {
    const busy = await shared(...ask, 'policies.decider.service=200ms', 'policies.decider.report_service=0s');
    expect(mean(busy, 'decider_utilisation')).toBeGreaterThan(0.95);
    expect(mean(busy, 'selection_time_s')).toBeGreaterThan(0.3);
  });
});

describe('a run', () => {
  it('writes its jobs and events', async () => {
    const jobs = await rowsOf(ready('load-sharing'), ['replications=1', 'horizon=50s', 'warmup=0s']);
    const ended = jobs.filter((row) => row['status'] === 'finished');
    expect(ended.length).toBe(jobs.length);
    const events = await rowsOf(
      ready('load-sharing'),
      ['replications=1', 'horizon=50s', 'warmup=0s'],
      'eventsOut',
    );
    const count = (what: string) => events.filter((row) => row['what'] === what).length;
    expect(count('submit')).toBe(jobs.length);
    expect(count('start')).toBe(jobs.length);
    expect(count('finish')).toBe(jobs.length);
    expect(count('transfer')).toBeGreaterThan(0);
    expect(count('probe')).toBeGreaterThan(count('transfer'));
  });

  it('ends where the layer takes all of the CPUs', async () => {
    const result = await shared(
      'policies.sharing=ask',
      'policies.decider=gossip',
      'policies.decider.every=5ms',
      'policies.decider.fanout=19',
      'cluster.os=microkernel-mach',
      'horizon=1s',
      'patience=1s',
      'warmup=0s',
      'sharing.cooldown=0s',
    );
    const { counts } = result.rows[0]!;
    expect(counts['pending']).toBe(counts['submitted']);
    expect(mean(result, 'cpu_operations')).toBeCloseTo(1, 2);
  });

  it('switching sharing on changes the digest', async () => {
    const digests = await Promise.all(
      ['none', 'random', 'threshold', 'central'].map(
        async (name) => (await shared(`policies.sharing=${name}`)).rows[0]!.digest,
      ),
    );
    expect(new Set(digests).size).toBe(4);
  });

  it.each([
    ['owners', { owners: { law: 'day-cycle' } }, 'owners.law'],
    ['nodes of a log', { cluster: { nodes: 'auto' } }, 'cluster.nodes'],
    [
      'wide jobs',
      { jobs: { law: { name: 'poisson', widths: [2], count: 10 }, load: 0.5 } },
      'jobs.law.widths',
    ],
    ['no speeds', { sharing: { speeds: [] } }, 'sharing.speeds'],
  ] as [string, Record<string, Value>, string][])('refuses %s', async (_, more, where) => {
    const base: Plain = {
      cluster: { nodes: 4, os: 'free' },
      jobs: { law: { name: 'poisson', count: 10 }, load: 0.5 },
      policies: { batch: 'none' },
    };
    const error = await run({ ...base, ...more }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toContain(where);
  });

  it('a batch queue and sharing exclude each other', async () => {
    const set = ['policies.batch=easy', 'policies.sharing=threshold', ...short];
    await expect(run(ready('load-sharing'), set)).rejects.toThrow(/beside the batch queue easy/);
  });
});
