/**
 * M: cases of memory and paging; each is a process whose references run through page states, frames, disk and memory
 * servers. The number is the case's in section 3 of the project's reference on memory and networks.
 *
 * Expected values are closed forms, computed here, or published numbers; tolerances are those of the reference.
 */
import { logGp, messageTime } from '../../models/hardware/network/logp.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import type { Case } from './case.ts';
import { each } from './experiments.ts';

/** References by a law on a node whose OS costs nothing; both marks 0, pages go to the disk unless said otherwise. */
function paging(law: Plain, memory: Plain, more: Plain = {}): Plain {
  const { pages, cluster, ...rest } = more;
  return {
    replications: 1,
    jobs: { law: 'none' },
    pages: { law, compute: '0ns', ...(pages as Plain | undefined) },
    memory: { low_mark: '0%', high_mark: '0%', servers: 0, ...memory },
    ...rest,
    cluster: { os: 'free', disk: 'constant', ...(cluster as Plain | undefined) },
  };
}

/** A measure at a point, times `scale`. */
function at(measure: string, scale = 1, point = 0) {
  return (result: ExperimentResult): number => {
    const found = result.summary.points[point]?.measures[measure];
    if (found === undefined) throw new Error(`${measure} was not reported`);
    return scale * found.mean;
  };
}

// -- M10: the mean of a real disk -----------------------------------------------------------------------------

/** Blocks of 8 KiB on an HP 97560: 1,962 cylinders of 19 tracks of 72 sectors of 512 bytes. */
const BLOCKS = Math.floor((1962 * 19 * 72 * 512) / 8192);

/** Mean and standard deviation of a uniformly random 8 KiB read, ms: overhead, seek, rotation, transfer. */
export function hp97560(): { mean: number; sd: number } {
  const cylinders = 1962;
  let mean = 0;
  let square = 0;
  for (let d = 1; d < cylinders; d++) {
    const share = (2 * (cylinders - d)) / cylinders ** 2;
    const seek = d <= 383 ? 3.24 + 0.4 * Math.sqrt(d) : 8 + 0.008 * d;
    mean += share * seek;
    square += share * seek * seek;
  }
  const turn = 60_000 / 4002;
  return {
    mean: 2.2 + mean + turn / 2 + (16 / 72) * turn,
    sd: Math.sqrt(square - mean * mean + (turn * turn) / 12),
  };
}

function m10(): Case[] {
  const experiment = paging(
    { name: 'zipf', s: 0, pages: BLOCKS, count: 20_000, writes: '0%' },
    { frames: 1, page: '8KiB' },
    { replications: 8, cluster: { disk: 'hp97560' } },
  );
  const common = {
    source: 'the geometry of DSK-01 to DSK-05',
    kind: 'exact' as const,
    experiment,
    tolerance: '1%',
  };
  const scaled = (measure: string) => (result: ExperimentResult) => each(measure)(result).map((s) => 1e3 * s);
  return [
    {
      ...common,
      id: 'M10-mean',
      title: 'HP 97560, random reads of 8 KiB by page faults: mean, ms',
      expected: hp97560().mean,
      got: scaled('disk_read_s'),
    },
    {
      ...common,
      id: 'M10-sd',
      title: 'same: standard deviation, ms',
      expected: hp97560().sd,
      got: scaled('disk_read_sd_s'),
    },
  ];
}

// -- M11: the service times of the NOW papers -----------------------------------------------------------------

/** Terms of a page of 8 KiB, us: memory copy, network overhead, transfer by medium, disk (NOW-01 to NOW-05). */
const NOW = { copy: 250, overhead: 400, ethernet: 6250, atm: 400, disk: 14_800 };

function m11(): Case[] {
  const cases = [
    ['ethernet', 'memory', NOW.copy + NOW.overhead + NOW.ethernet, 6900],
    ['ethernet', 'disk', NOW.copy + NOW.overhead + NOW.ethernet + NOW.disk, 21_700],
    ['atm', 'memory', NOW.copy + NOW.overhead + NOW.atm, 1050],
    ['atm', 'disk', NOW.copy + NOW.overhead + NOW.atm + NOW.disk, 15_850],
  ] as const;
  return cases.map(([network, what, terms, total]): Case => {
    const remote = what === 'memory';
    return {
      id: `M11-${network}-${what}`,
      title: `a page from another node's ${what} over ${network}, us (an identity: proves the arithmetic only)`,
      source: 'NOW-06 to NOW-09, sums of NOW-01 to NOW-05',
      kind: 'exact',
      experiment: paging(
        { name: 'sweep', pages: 8, sweeps: 4 },
        {
          frames: 4,
          page: '8KiB',
          low_mark: '0%',
          servers: remote ? 2 : 0,
          [remote ? 'remote_time' : 'disk_time']: `${terms}us`,
        },
        { pages: { first: 'zero-fill' } },
      ),
      expected: total,
      tolerance: 1e-6,
      // Every reference faults; each of the 28 page-outs and 24 reads is waited for, the 8 empty pages take no time.
      got: (result) => {
        const stall = at('stall_time_s', 1e6)(result);
        const moved =
          at('page_outs')(result) + (remote ? at('remote_page_ins') : at('disk_page_ins'))(result);
        return stall / moved;
      },
    };
  });
}

// -- M12: sweeps ----------------------------------------------------------------------------------------------

function m12(): Case[] {
  const [pages, frames] = [100, 64];
  // After the first sweep the optimum repeats itself every pages - 1 sweeps.
  const sweeps = pages;
  const expected = {
    lru: pages * sweeps,
    fifo: pages * sweeps,
    opt: pages + ((sweeps - 1) * pages * (pages - frames)) / (pages - 1),
  };
  return (['lru', 'fifo', 'opt'] as const).map(
    (replacement): Case => ({
      id: `M12-${replacement}`,
      title: `${pages} pages in order, ${sweeps} times, ${frames} frames, ${replacement}: faults`,
      source: 'MEM-05; Belady: (N - M) / (N - 1) of the references',
      kind: 'exact',
      experiment: paging({ name: 'sweep', pages, sweeps }, { frames }, { policies: { replacement } }),
      expected: expected[replacement],
      tolerance: 0,
      got: at('page_faults'),
    }),
  );
}

// -- M13: Zipf ------------------------------------------------------------------------------------------------

/** Che's approximation: hit ratio of LRU with `frames` frames under independent references by Zipf's law. */
export function che(pages: number, s: number, frames: number): number {
  const weights = Float64Array.from({ length: pages }, (_, k) => (k + 1) ** -s);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const shares = weights.map((w) => w / total);
  const held = (time: number) => shares.reduce((sum, p) => sum - Math.expm1(-p * time), 0);
  let [low, high] = [0, 1e9];
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2;
    if (held(middle) < frames) low = middle;
    else high = middle;
  }
  return shares.reduce((sum, p) => sum - p * Math.expm1(-p * low), 0);
}

function m13(): Case[] {
  const pages = 10_000;
  return (
    [
      [0.8, 1000],
      [0.8, 100],
      [1, 1000],
    ] as const
  ).map(
    ([s, frames]): Case => ({
      id: `M13-${s}-${frames}`,
      title: `Zipf(${s}), ${pages} pages, LRU with ${frames} frames: hit ratio`,
      source: "Che's approximation (ORA-05, ORA-06)",
      kind: 'exact',
      experiment: paging(
        { name: 'zipf', s, pages, count: 600_000 },
        { frames },
        { replications: 4, pages: { warmup: 200_000 } },
      ),
      expected: che(pages, s, frames),
      tolerance: 0.005,
      got: at('hit_ratio'),
      slow: s === 1,
    }),
  );
}

// -- M14: network RAM -----------------------------------------------------------------------------------------

/**
 * Compute time of a page of 8 KiB: 1,024 points of a seven-point stencil at 8 operations each, at 2 million operations a
 * second (assumed, a workstation of 1994 on arrays larger than its cache). No published number gives it.
 */
const RELAX_MS = (1024 * 8) / 2e6 / 1e-3;

/** 64 MB of grids over 32 MB of memory: one run that pages to other nodes' memory, one to the disk. */
function networkRam(): Plain {
  return paging(
    { name: 'multigrid', pages: 8192, cycles: 5 },
    {
      frames: 4096,
      page: '8KiB',
      low_mark: '5%',
      high_mark: '7%',
      remote_time: '1.05ms',
      disk_time: '15.85ms',
      servers: 4,
    },
    {
      pages: { compute: `${RELAX_MS.toFixed(3)}ms`, first: 'zero-fill' },
      vary: { 'memory.servers': [4, 0] },
    },
  );
}

function m14(): Case[] {
  const experiment = networkRam();
  return [
    {
      id: 'M14-network-ram',
      title: 'multigrid of 64 MB in 32 MB, paged to memory of other nodes: run time / all in memory',
      source: 'NOW-10: 10 to 30 %',
      kind: 'published',
      experiment,
      expected: 1.2,
      bracket: [1.1, 1.3],
      tolerance: 0.1,
      got: at('slowdown'),
    },
    {
      id: 'M14-disk',
      title: 'the same run: paged to the disk / paged to memory of other nodes',
      source: 'NOW-11: 5 to 10 times',
      kind: 'published',
      experiment,
      expected: 7.5,
      bracket: [5, 10],
      tolerance: 2.5,
      got: (result) => at('run_time_s', 1, 1)(result) / at('run_time_s')(result),
    },
  ];
}

// -- M20: transfers of a reliable pager -----------------------------------------------------------------------

function m20(): Case[] {
  const kinds = [
    ['none', 4, 1],
    ['mirror', 4, 2],
    ['parity', 4, 2],
    ['parity-logging', 4, 1 + 1 / 4],
    ['parity-logging', 8, 1 + 1 / 8],
  ] as const;
  // Every reference faults, and all but the last 32 pages are written out: a whole number of groups.
  return kinds.map(
    ([reliability, servers, expected]): Case => ({
      id: `M20-${reliability}-${servers}`,
      title: `${reliability}, ${servers} servers: pages sent for each page-out`,
      source: 'RP-14',
      kind: 'exact',
      experiment: paging(
        { name: 'sweep', pages: 64, sweeps: 10 },
        { frames: 32, servers },
        { policies: { reliability } },
      ),
      expected,
      tolerance: 0,
      got: at('transfers_per_page_out'),
    }),
  );
}

// -- M25: remote memory of today ------------------------------------------------------------------------------

function m25(): Case[] {
  return [
    {
      id: 'M25-4KiB',
      title: '100 Gb/s RDMA, one message of 4 KiB, us, by the line through 32 B and 32 KiB',
      source: 'NET-51',
      kind: 'published',
      priced: () => messageTime(logGp(NETWORKS['rdma100']!), 4096) / 1e3,
      expected: 2.26,
      tolerance: '20%',
    },
    {
      id: 'M25-fault',
      title: '100 Gb/s RDMA: a fault on a page of 4 KiB in the memory of another node, us',
      source: 'the gate of the reference: less than 5 us',
      kind: 'published',
      experiment: paging(
        { name: 'sweep', pages: 64, sweeps: 20 },
        { frames: 32, servers: 4, low_mark: '5%', high_mark: '20%' },
        { pages: { first: 'zero-fill', compute: '10us' }, cluster: { network: 'rdma100' } },
      ),
      expected: 2.5,
      bracket: [0, 5],
      tolerance: 2.5,
      got: (result) => at('stall_time_s', 1e6)(result) / at('remote_page_ins')(result),
    },
  ];
}

// -- M27: conservation ----------------------------------------------------------------------------------------

function m27(): Case[] {
  // Owners take their memory back all the time, and servers are too small for all pages.
  const experiment = paging(
    { name: 'zipf', s: 0.5, pages: 400, count: 40_000 },
    {
      frames: 100,
      low_mark: '5%',
      high_mark: '10%',
      servers: 5,
      server_frames: 60,
      wanted_after: '2s',
      lent_after: '2s',
      remote_time: '2ms',
      disk_time: '10ms',
    },
    {
      pages: { compute: '1ms' },
      vary: { 'policies.reliability': ['none', 'mirror', 'parity', 'parity-logging'] },
    },
  );
  return [
    {
      id: 'M27-pages',
      title:
        'servers that come and go, every redundancy: faults without a page, page-outs without a dirty page',
      source: 'by definition: each fault brings in one page, each dirty page evicted goes out once',
      kind: 'exact',
      experiment,
      expected: 0,
      tolerance: 0,
      got: (result) =>
        [0, 1, 2, 3].reduce((sum, point) => {
          const value = (measure: string) => at(measure, 1, point)(result);
          const withdrawn = value('server_withdrawals') > 10 && value('pages_spilled') > 0 ? 0 : 1;
          const ins = value('page_faults') - value('remote_page_ins') - value('disk_page_ins');
          const outs = value('page_outs') - value('write_backs');
          return sum + withdrawn + Math.abs(ins) + Math.abs(outs);
        }, 0),
    },
    {
      id: 'M27-seed',
      title: 'the same run three times, with networks whose times are not used: digests that differ',
      source: 'by definition: a seed repeats',
      kind: 'exact',
      experiment: {
        ...experiment,
        policies: { reliability: 'parity' },
        vary: { 'cluster.network': ['atm155', 'ethernet10', 'myrinet'] },
      },
      expected: 0,
      tolerance: 0,
      got: (result) => new Set(result.rows.map((row) => row.digest)).size - 1,
    },
  ];
}

export const pagingCases: readonly Case[] = [
  ...m10(),
  ...m11(),
  ...m12(),
  ...m13(),
  ...m14(),
  ...m20(),
  ...m25(),
  ...m27(),
];
