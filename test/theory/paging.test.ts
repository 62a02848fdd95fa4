/**
 * A process that pages: times that can be added up by hand, frames and marks, what a fault costs under a structure,
 * servers that come and go, and generators whose miss ratios are known.
 */
import { describe, expect, it } from 'vitest';
import { priceStructure } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { missCurve, readReferences } from '../../workloads/pages/index.ts';
import { scratch } from '../formats/files.ts';
import { mean, ready, rowsOf, run } from '../support/nowsim.ts';

const file = scratch();

function experiment(law: Plain, memory: Plain, more: Plain = {}): Plain {
  const { pages, cluster, ...rest } = more;
  return {
    replications: 1,
    jobs: { law: 'none' },
    pages: { law, compute: '1ms', ...(pages as Plain | undefined) },
    memory: { low_mark: '0%', high_mark: '0%', servers: 0, disk_time: '10ms', remote_time: '2ms', ...memory },
    ...rest,
    cluster: { os: 'free', disk: 'constant', ...(cluster as Plain | undefined) },
  };
}

const SWEEP = { name: 'sweep', pages: 8, sweeps: 10 };
const result = (law: Plain, memory: Plain, more: Plain = {}) => run(experiment(law, memory, more));

describe('time', () => {
  it('is compute, reads and waits for writes, with both marks 0', async () => {
    // All 80 references fault and read; all but the last 4 pages are written, and waited for.
    const done = await result(SWEEP, { frames: 4 });
    expect(mean(done, 'page_faults')).toBe(80);
    expect(mean(done, 'write_backs')).toBe(76);
    expect(mean(done, 'run_time_s')).toBeCloseTo(0.08 + 80 * 0.01 + 76 * 0.01, 9);
    expect(mean(done, 'makespan_s')).toBe(mean(done, 'run_time_s'));
    expect(mean(done, 'compute_time_s')).toBeCloseTo(0.08, 12);
    expect(mean(done, 'stall_time_s')).toBeCloseTo(1.56, 9);
    expect(mean(done, 'frame_waits')).toBe(76);
    // With memory enough: 8 first reads.
    expect(mean(done, 'slowdown')).toBeCloseTo(1.64 / 0.16, 9);
  });

  it('has no writes where nothing is written, and no reads of empty pages', async () => {
    const clean = await result({ ...SWEEP, writes: '0%' }, { frames: 4 });
    expect(mean(clean, 'page_outs')).toBe(0);
    expect(mean(clean, 'run_time_s')).toBeCloseTo(0.08 + 80 * 0.01, 9);
    const empty = await result({ ...SWEEP, writes: '0%' }, { frames: 4 }, { pages: { first: 'zero-fill' } });
    expect(mean(empty, 'page_faults')).toBe(80);
    expect(mean(empty, 'run_time_s')).toBeCloseTo(0.08, 9);
  });

  it('of pages on servers is that of the wires, in both directions', async () => {
    const done = await result(SWEEP, { frames: 4, servers: 2 }, { pages: { first: 'zero-fill' } });
    expect(mean(done, 'remote_page_ins')).toBe(72);
    expect(mean(done, 'remote_page_outs')).toBe(76);
    expect(mean(done, 'run_time_s')).toBeCloseTo(0.08 + (72 + 76) * 0.002, 9);
    expect(mean(done, 'page_transfers')).toBe(148);
  });

  it('hides page-outs where the daemon has marks: they share the disk with reads, but not the way back', async () => {
    // One frame of ten is kept free: each fault takes it and wakes the daemon for the next.
    const law = { name: 'sweep', pages: 20, sweeps: 10 };
    const memory = { frames: 10, low_mark: '0%', high_mark: '10%' };
    const zero = { pages: { first: 'zero-fill', compute: '3ms' } };
    const remote = await result(law, { ...memory, servers: 2 }, zero);
    // The page goes out while the next one comes in and is computed with: only reads are waited for.
    expect(mean(remote, 'run_time_s')).toBeCloseTo(0.6 + 180 * 0.002, 9);
    expect(mean(remote, 'frame_waits')).toBe(0);
    const disk = await result(law, memory, zero);
    // The one arm reads, then writes while the program computes for 3 ms: a fault waits for the rest of the write.
    expect(mean(disk, 'run_time_s')).toBeGreaterThan(180 * 0.02);
    expect(mean(disk, 'run_time_s')).toBeLessThan(200 * 0.02 + 0.1);
  });

  it('includes what the OS structure makes faults and page-outs cost', async () => {
    const os = 'microkernel-mach';
    const machine = 'r3000-25';
    const prices = priceStructure(os, loadMachine(machine));
    const more = { cluster: { os, machine }, pages: { compute: '0ns' } };
    const disk = await result(SWEEP, { frames: 4 }, more);
    // What a page-out costs is charged before the next reference; the first reference comes before any.
    const price = 80 * prices.operation('fault-disk', 4096) + 76 * prices.operation('page-out', 4096);
    expect(mean(disk, 'run_time_s')).toBeCloseTo((80 + 76) * 0.01 + price / 1e9, 9);
    const remote = await result(SWEEP, { frames: 4, servers: 2 }, more);
    const server = prices.operation('receive') + prices.operation('send', 4096);
    const own =
      8 * prices.operation('fault-disk', 4096) +
      72 * prices.operation('fault-remote', 4096) +
      76 * prices.operation('transfer-page', 4096) +
      72 * server +
      76 * prices.operation('receive', 4096);
    expect(mean(remote, 'run_time_s')).toBeCloseTo(8 * 0.01 + (72 + 76) * 0.002 + own / 1e9, 9);
  });

  it('of the program is taxed where fault isolation taxes it', async () => {
    const more = { cluster: { os: 'sfi-library', machine: 'r3000-40', sfi: { overhead: '5%' } } };
    const done = await result(SWEEP, { frames: 'auto' }, more);
    expect(mean(done, 'compute_time_s')).toBeCloseTo(1.05 * 0.08, 12);
  });

  it('of a reduced trace is that of all its references', async () => {
    const path = file('run.lru', '1 1 R - 0\n1 2 R - 0\n5 3 R 2 1\n4 2 R 1 0\n');
    const done = await run(
      experiment({ name: 'none' }, { frames: 8 }, { pages: { trace: path, law: 'none' } }),
    );
    expect(mean(done, 'compute_time_s')).toBeCloseTo(11e-3, 12);
    expect(mean(done, 'references')).toBe(11);
    expect(mean(done, 'page_faults')).toBe(3);
  });
});

describe('a page that leaves', () => {
  it('is taken back when it is referred to, without being read', async () => {
    // The daemon evicts first in, first out, whatever is used most; its writes take long.
    const law = { name: 'zipf', pages: 40, s: 1.2, count: 20_000, writes: '100%' };
    const done = await result(
      law,
      { frames: 20, low_mark: '0%', high_mark: '30%' },
      { policies: { replacement: 'fifo' } },
    );
    expect(mean(done, 'reclaims')).toBeGreaterThan(100);
    // What has come from the disk were faults, each once.
    expect(mean(done, 'disk_page_ins')).toBe(mean(done, 'page_faults'));
  });

  it('goes to the disk where servers are full, and comes from there', async () => {
    const done = await result(
      SWEEP,
      { frames: 4, servers: 2, server_frames: 1 },
      { pages: { first: 'zero-fill' } },
    );
    expect(mean(done, 'refused_page_outs')).toBeGreaterThan(0);
    expect(mean(done, 'disk_page_outs')).toBe(mean(done, 'refused_page_outs'));
    expect(mean(done, 'disk_page_ins') + mean(done, 'remote_page_ins')).toBe(72);
    expect(mean(done, 'remote_page_ins')).toBeGreaterThan(0);
  });
});

describe('frames', () => {
  it('hold what LRU holds: faults and write-backs at every size are those of the stack distances (M12)', async () => {
    const chance = new Streams(3, 0).stream('a string');
    let text = '';
    for (let i = 0; i < 3000; i++) {
      const page = Math.floor(chance.next() ** 2 * 40);
      text += `${(page * 4096).toString(16)} ${chance.next() < 0.3 ? 'W' : 'R'}\n`;
    }
    const path = file('string.trace', text);
    const curve = missCurve((await readReferences(path, 'addresses', 4096)).table);
    const sizes = Array.from({ length: 41 }, (_, k) => k + 1);
    const more = { pages: { trace: path, law: 'none' }, vary: { 'memory.frames': sizes } };
    const done = await result({ name: 'none' }, {}, more);
    sizes.forEach((frames, point) => {
      expect(mean(done, 'page_faults', point), `${frames} frames`).toBe(curve.faults(frames));
      expect(mean(done, 'write_backs', point), `${frames} frames`).toBe(curve.writeBacks(frames));
    });
  });

  it('at or below the low mark are given to nobody', async () => {
    const eight = { name: 'sweep', pages: 8, sweeps: 10 };
    // Two of ten are kept: eight pages fit. Three: they do not, and each goes round.
    const two = await result(eight, { frames: 10, low_mark: '20%', high_mark: '20%' });
    expect([mean(two, 'page_faults'), mean(two, 'frame_waits')]).toEqual([8, 0]);
    const three = await result(eight, { frames: 10, low_mark: '30%', high_mark: '30%' });
    expect(mean(three, 'page_faults')).toBe(80);
    expect(mean(three, 'frame_waits')).toBeGreaterThan(60);
  });

  it('come and go in the event log', async () => {
    const path = file('log.trace', '1000 W\n2000 R\n1000 R\n');
    const events = await rowsOf(
      experiment({ name: 'none' }, { frames: 1 }, { pages: { trace: path, law: 'none' } }),
      [],
      'eventsOut',
    );
    expect(events.map(({ time_s, what, value }) => `${what} ${value} at ${time_s}`)).toEqual([
      'fault 0 at 0',
      'page-in 0 at 0.01',
      'fault 1 at 0.011',
      'page-out 0 at 0.011',
      'page-in 1 at 0.031',
      'fault 0 at 0.032',
      'page-in 0 at 0.042',
      'end 0 at 0.043',
    ]);
  });

  it('cost an event or two a fault, and hits none', async () => {
    const hits = 'l 0x1000\nl 0x2000\n'.repeat(20_000);
    const path = file('hits.trace', `${hits}l 0x3000\n${hits}l 0x4000\n`);
    const done = await result({ name: 'none' }, { frames: 3 }, { pages: { trace: path, law: 'none' } });
    expect(mean(done, 'page_faults')).toBe(4);
    // A fault, its page, the end; one clean page leaves without an event.
    expect(done.rows[0]!.events).toBeLessThanOrEqual(2 * 4 + 1);
  });
});

describe('servers that come and go', () => {
  const law = { name: 'zipf', pages: 200, s: 0.5, count: 20_000 };
  const life = { frames: 50, servers: 5, wanted_after: '2s', lent_after: '2s' };
  // About as long as the process runs, for each of five servers.
  const crashes = { frames: 50, servers: 5, crash_after: '80s', repair: '1s' };

  it('send their pages elsewhere when their owners want the memory', async () => {
    const done = await result(law, life);
    expect(mean(done, 'server_withdrawals')).toBeGreaterThan(20);
    expect(mean(done, 'pages_moved')).toBeGreaterThan(100);
    expect(mean(done, 'withdrawal_s')).toBeGreaterThan(0);
    expect(mean(done, 'pages_lost')).toBe(0);
    const tight = await result(law, { ...life, server_frames: 40 });
    expect(mean(tight, 'pages_spilled')).toBeGreaterThan(20);
    // Nobody's leaving changes what the process refers to.
    expect(mean(tight, 'write_backs')).toBe(mean(done, 'write_backs'));
    expect(mean(tight, 'page_faults')).toBe(mean(done, 'page_faults'));
  });

  it.each(['mirror', 'parity', 'parity-logging'])(
    'lose nothing to crashes one by one under %s',
    async (kind) => {
      const done = await result(law, crashes, { policies: { reliability: kind } });
      expect(mean(done, 'server_crashes')).toBeGreaterThan(2);
      expect(mean(done, 'pages_recovered')).toBeGreaterThan(50);
      // More than one server may be down, or the parity server: what that takes makes the process start over.
      expect(mean(done, 'restarts')).toBeLessThanOrEqual(mean(done, 'pages_lost'));
    },
  );

  it('make a process without redundancy start over when it misses a page', async () => {
    const done = await result(law, crashes);
    expect(mean(done, 'pages_lost')).toBeGreaterThan(0);
    expect(mean(done, 'restarts')).toBeGreaterThan(0);
    expect(mean(done, 'compute_time_s')).toBeGreaterThan(20);
    expect(mean(done, 'page_faults')).toBeGreaterThan(
      mean(await result(law, { ...crashes, crash_after: 'none' }), 'page_faults'),
    );
  });

  it('that crash all the time: an end by the horizon, or a refusal', async () => {
    const often = { ...crashes, crash_after: '1s' };
    await expect(result(law, often)).rejects.toThrow('set policies.reliability, or a horizon');
    const done = await result(law, often, { horizon: '30s' });
    expect(done.summary.points[0]!.measures['run_time_s']).toBeUndefined();
    expect(mean(done, 'makespan_s')).toBe(30);
  });

  it('change the digest, as each mechanism does; a seed repeats', async () => {
    const digest = async (memory: Plain, more: Plain = {}) =>
      (await result(law, memory, more)).summary.digest;
    const all = { ...life, ...crashes, wanted_after: '2s' };
    const digests = [
      await digest(all),
      await digest({ ...all, crash_after: 'none' }),
      await digest({ ...all, wanted_after: 'none' }),
      await digest({ ...all, servers: 0 }),
      await digest({ ...all, high_mark: '20%' }),
      await digest(all, { policies: { replacement: 'clock' } }),
      await digest(all, { policies: { memory_server: 'random' } }),
      await digest(all, { policies: { reliability: 'mirror' } }),
      await digest(all, { seed: 2 }),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    expect(await digest(all)).toBe(digests[0]);
  });
});

describe('generators', () => {
  const misses = async (law: Plain, frames: number, warmup: number) =>
    mean(
      await run(experiment(law, { frames, disk_time: '1us' }, { pages: { compute: '0ns', warmup } })),
      'miss_ratio',
    );

  it('by stack distances miss as often as their curve says', async () => {
    const points = {
      name: 'stack-distance',
      pages: 2000,
      count: 200_000,
      curve: { law: 'points', points: ['100:0.4', '1000:0.1'] },
    };
    // The share of references further than M; straight between the points; first references of all pages by then.
    expect(await misses(points, 100, 50_000)).toBeCloseTo(0.4, 2);
    expect(await misses(points, 550, 50_000)).toBeCloseTo(0.25, 2);
    expect(await misses(points, 1000, 100_000)).toBeCloseTo(0.1, 2);
    // Every distance is 1 or 2, as often.
    const near = { ...points, pages: 50, curve: { law: 'points', points: ['1:0.5', '2:0'] } };
    expect(await misses(near, 1, 1000)).toBeCloseTo(0.5, 2);
    expect(await misses(near, 2, 1000)).toBe(0);
    const pareto = { ...points, curve: { law: 'pareto', alpha: 0.5, low: 4 } };
    expect(await misses(pareto, 400, 50_000)).toBeCloseTo(0.1, 2);
    const exponential = { ...points, curve: { law: 'exponential', mean: 200 } };
    expect(await misses(exponential, 200, 50_000)).toBeCloseTo(Math.exp(-1), 2);
  });

  it('by phases stay on their sets', async () => {
    const law = { name: 'phases', pages: 5000, set: 80, phase: 8000, kept: '25%', count: 200_000 };
    // Sixty new pages a phase of 8,000 references.
    expect(await misses(law, 120, 0)).toBeLessThan((2 * 60) / 8000);
    expect(await misses(law, 40, 0)).toBeGreaterThan(0.4);
  });

  it('of multigrid go through each grid twice a cycle, but for the coarsest', async () => {
    const done = await run(
      experiment(
        { name: 'multigrid', pages: 73, cycles: 3, sweeps: 2 },
        { frames: 'auto', disk_time: '1us' },
      ),
    );
    // Grids of 64 (rounding included), 8 and 1 pages.
    expect(mean(done, 'references')).toBe(3 * 2 * (2 * 64 + 2 * 8 + 1));
    expect(mean(done, 'page_faults')).toBe(73);
  });
});

describe('settings', () => {
  it.each([
    [['memory.low_mark=10%', 'memory.high_mark=5%'], 'memory.low_mark: 10%, above memory.high_mark (5%)'],
    [
      ['policies.reliability=mirror', 'memory.servers=1'],
      'memory.servers: 1, while policies.reliability is mirror',
    ],
    [['jobs.law=poisson'], 'jobs.law: poisson beside pages.law'],
    [['pages.trace=nowhere.trace'], 'there is no such file'],
    [
      ['pages.law=stack-distance', 'pages.law.curve.law=points', 'pages.law.curve.points=[100:0.4, 50:0.1]'],
      '"50:0.1"',
    ],
    [['pages.law=phases', 'pages.law.set=99999'], 'pages.law.set: 99999 pages of 10000'],
    [['pages.law=sweep', 'pages.law.sweeps=1000000'], 'references; make it smaller'],
    [
      ['memory.page=5000B', `pages.trace=${file('t', 'l 0x1000\n')}`],
      'memory.page: 5000B; give a power of two',
    ],
  ])('that do not go together are refused: %s', async (set, message) => {
    await expect(run(ready('paging'), set)).rejects.toThrow(message);
  });

  it('of the ready experiment run a trace, both marks 0', async () => {
    const path = file('small.trace', '1000 R\n2000 W\n3000 R\n'.repeat(20));
    const set = [`pages.trace=${path}`, 'memory.frames=2', 'policies.replacement=lru'];
    const done = await run(ready('paging'), set);
    expect(mean(done, 'page_faults')).toBe(60);
    expect(mean(done, 'write_backs')).toBe(19);
    expect(mean(done, 'frame_waits')).toBe(19);
  });
});
