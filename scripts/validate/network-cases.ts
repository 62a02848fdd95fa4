/**
 * M: message-passing programs under LogGP and over wires, each a run of real processes; P34: the start of null jobs
 * through one master. The number is the case's in the project's references on memory and networks, and on policies.
 *
 * The expected values are the closed forms and published numbers of those references; only terms of the network go
 * in. M3: the remap is bound by the processors where 2o > g. P34's total (row G001) and its fit (G015) go into nothing.
 */
import { join } from 'node:path';
import { CM5, FORK_EXEC, MASTER_MESSAGE } from '../../models/presets/endpoints.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import { packageFolder } from '../package.ts';
import type { Case } from './case.ts';

interface LogP {
  readonly overhead: number;
  readonly latency: number;
  readonly gap: number;
}

const NOW: LogP = {
  overhead: NETWORKS['myrinet']!.sendOverhead.value,
  latency: NETWORKS['myrinet']!.latency.value,
  gap: NETWORKS['myrinet']!.gap.value,
};
const CM5_LOGP: LogP = {
  overhead: CM5.overhead.value,
  latency: CM5.latency.value,
  gap: CM5.gap.value,
};

/** Terms in us as an experiment file has them. */
function logp({ overhead, latency, gap }: LogP): Plain {
  return { send: `${overhead}us`, receive: `${overhead}us`, latency: `${latency}us`, gap: `${gap}us` };
}

/** A program on the nodes of a network; the OS costs nothing. */
function program(nodes: number, made: Plain, messages: Plain = {}, network = 'myrinet', vary?: Plain): Plain {
  return {
    replications: 1,
    cluster: { nodes, network, os: 'free' },
    jobs: { law: 'none' },
    messages: { program: made, ...messages },
    ...(vary === undefined ? {} : { vary }),
  };
}

/** A measure at a point, times `scale`. */
function measured(name: string, scale = 1, point = 0) {
  return (result: ExperimentResult): number => {
    const found = result.summary.points[point]?.measures[name];
    if (found === undefined) throw new Error(`${name} was not reported`);
    return scale * found.mean;
  };
}

const us = measured('makespan_s', 1e6);
/** Whole ns are exact; a sum of a hundred terms of us may differ in the last digits. */
const EXACT_US = 1e-6;

// -- M1: optimal broadcast ------------------------------------------------------------------------------------

/** us until all of 8, 16, 32, 64 and 100 ranks know: rows ORA-01 and ORA-02. */
const BROADCAST = [
  { machine: 'CM-5', terms: CM5_LOGP, times: [24.8, 32.8, 39.2, 46.4, 51.2] },
  { machine: 'NOW', terms: NOW, times: [28.2, 38.2, 44.8, 54.8, 60.6] },
];
const RANKS = [8, 16, 32, 64, 100];

function m1(): Case[] {
  const common = { kind: 'exact' as const, tolerance: EXACT_US, got: us };
  const broadcast = (ranks: number, terms: LogP) =>
    program(ranks, { name: 'broadcast' }, { wires: 'loggp', logp: logp(terms) });
  return [
    {
      ...common,
      id: 'M1-example',
      title: 'optimal broadcast, 8 ranks, L 6, o 2, g 4: us until all know',
      source: 'Culler et al. 1993, figure 3 (NET-26)',
      experiment: broadcast(8, { overhead: 2, latency: 6, gap: 4 }),
      expected: 24,
    },
    ...BROADCAST.flatMap(({ machine, terms, times }) =>
      RANKS.map(
        (ranks, i): Case => ({
          ...common,
          id: `M1-${machine}-${ranks}`,
          title: `optimal broadcast, ${machine}, ${ranks} ranks: us until all know`,
          source: machine === 'NOW' ? 'ORA-02' : 'ORA-01',
          experiment: broadcast(ranks, terms),
          expected: times[i]!,
        }),
      ),
    ),
  ];
}

// -- M2: optimal summation ------------------------------------------------------------------------------------

const SUMMATION = { overhead: 2, latency: 5, gap: 4 };
const FINISH = [28, 18, 14, 10, 8, 6, 4, 4];

function m2(): Case[] {
  const experiment = program(8, { name: 'summation' }, { wires: 'loggp', logp: logp(SUMMATION) });
  const common = {
    source: 'Culler et al. 1993, figure 4 (ORA-03)',
    kind: 'exact' as const,
    experiment,
    tolerance: EXACT_US,
  };
  // All but the root send their sum on, which is o after it was complete.
  const ends = FINISH.reduce((sum, t, i) => sum + t + (i === 0 ? 0 : SUMMATION.overhead), 0);
  return [
    {
      ...common,
      id: 'M2-time',
      title: 'optimal summation, 8 ranks, L 5, o 2, g 4: us until the sum is there',
      expected: 28,
      got: us,
    },
    {
      ...common,
      id: 'M2-values',
      title: 'same: values summed (additions done, and one)',
      expected: 79,
      got: (result) => measured('compute_s', 1e6)(result) + 1,
    },
    {
      ...common,
      id: 'M2-ends',
      title: 'same: mean time at which a rank has sent its sum on (28, 18, 14, 10, 8, 6, 4, 4; and o)',
      expected: ends / FINISH.length,
      got: measured('rank_end_s', 1e6),
    },
  ];
}

// -- M3: the remap of an FFT ----------------------------------------------------------------------------------

/** us: every rank sends and takes n/P - n/P^2 points. */
export function remapTime(points: number, ranks: number, { overhead, latency, gap }: LogP): number {
  return Math.max(gap, 2 * overhead) * (points / ranks - points / (ranks * ranks)) + latency;
}

function m3(): Case[] {
  const remap = (points: number, ranks: number, overhead: number, slow: boolean): Case => {
    const terms = { ...CM5_LOGP, overhead };
    return {
      id: `M3-${ranks}-${overhead}`,
      title: `FFT of ${points} points, ${ranks} ranks of a CM-5, o ${overhead}: us of the remap`,
      source: 'max(g, 2o) (n/P - n/P^2) + L, Culler et al. 1993',
      kind: 'exact',
      experiment: program(ranks, { name: 'remap', points }, { wires: 'loggp', logp: logp(terms) }),
      expected: remapTime(points, ranks, terms),
      tolerance: '0.5%',
      got: us,
      slow,
    };
  };
  return [remap(2 ** 16, 32, 2.2, false), remap(2 ** 16, 32, 2, false), remap(2 ** 20, 128, 2.2, true)];
}

// -- M5: a page over each link --------------------------------------------------------------------------------

const KIB = 1024;

function m5(): Case[] {
  const page = (network: string, bytes: number, frames: number, wire: number, source: string): Case[] => {
    const experiment = program(2, { name: 'transfer', bytes: `${bytes / KIB}KiB` }, {}, network);
    const name = `${bytes / KIB}-${network}`;
    return [
      {
        id: `M5-${name}`,
        title: `a page of ${bytes / KIB} KiB over an idle ${network}: us on one wire`,
        source,
        kind: 'exact',
        experiment,
        expected: wire,
        tolerance: EXACT_US,
        got: measured('wire_time_s', 1e6),
      },
      {
        id: `M5-${name}-pieces`,
        title: `same: ${network.startsWith('atm') ? 'cells' : 'frames'}`,
        source,
        kind: 'exact',
        experiment,
        expected: frames,
        tolerance: 0,
        got: measured('frames'),
      },
    ];
  };
  return [
    ...page('ethernet10', 8 * KIB, 6, 6838.4, 'ORA-07'),
    ...page('ethernet10', 4 * KIB, 3, 3422.4, 'ORA-08'),
    ...page('fddi', 8 * KIB, 2, 664.96, 'ORA-09'),
    ...page('atm155', 8 * KIB, 172, (172 * 53 * 8) / 149.76, 'cells at the OC-3c payload rate (NET-10)'),
    ...page('gbe10', 4 * KIB, 3, 3.4224, 'as on Ethernet, a thousand times as fast'),
  ];
}

// -- M7: one medium from the other ----------------------------------------------------------------------------

/** us, HP 9000/735: round trips by lmbench (NET-48), wire in them (NET-50). */
const ROUND_TRIPS = {
  UDP: { ethernet: 603, fddi: 441 },
  TCP: { ethernet: 592, fddi: 425 },
};
const WIRE = { ethernet: 130, fddi: 13 };

function m7(): Case[] {
  return Object.entries(ROUND_TRIPS).map(([protocol, trip]): Case => {
    const overhead = (trip.ethernet - WIRE.ethernet) / 4;
    return {
      id: `M7-${protocol}`,
      title: `round trip over FDDI by ${protocol}, software from 10 Mb/s Ethernet: us`,
      source: 'lmbench, HP 9000/735 (NET-48, NET-50)',
      kind: 'published',
      experiment: program(
        2,
        { name: 'ping-pong' },
        { wires: 'loggp', logp: logp({ overhead, latency: WIRE.fddi / 2, gap: overhead }) },
        'fddi',
      ),
      expected: trip.fddi,
      tolerance: '15%',
      got: us,
    };
  });
}

// -- P34, M26: null jobs through one master -------------------------------------------------------------------

const START_NODES = [1, 10, 25, 50, 100];
const ALL = START_NODES.length - 1;

function starts(): Case[] {
  const experiment = program(100, { name: 'start' }, {}, 'myrinet', { 'cluster.nodes': START_NODES });
  const common = {
    source: 'Ghormley et al. 1998 (G001, G002)',
    kind: 'published' as const,
    experiment,
    rows: {
      in: () => [FORK_EXEC, MASTER_MESSAGE, NETWORKS['myrinet']!.sendOverhead].map((c) => c.fact),
      out: ['G001', 'G002'],
    },
  };
  const seconds = measured('makespan_s', 1, ALL);
  return [
    {
      ...common,
      id: 'P34-time',
      title: 'a null job on 100 nodes started by one master, from unit figures: s (factor 2)',
      expected: (0.65 + 2.6) / 2,
      tolerance: (2.6 - 0.65) / 2,
      bracket: [0.65, 2.6],
      got: seconds,
    },
    {
      ...common,
      id: 'P34-linear',
      title: 'same: seconds a node between 50 and 100 nodes / between 1 and 50',
      expected: 1,
      tolerance: '10%',
      got: (result) => {
        const at = (point: number) => measured('makespan_s', 1, point)(result);
        return (at(ALL) - at(ALL - 1)) / 50 / ((at(ALL - 1) - at(0)) / 49);
      },
    },
    {
      ...common,
      id: 'P34-master',
      title: 'same: share of the time in which the master is busy (below 100 %)',
      expected: 0.495,
      tolerance: 0.495,
      bracket: [0, 0.99],
      got: measured('busiest_rank', 1, ALL),
    },
    {
      ...common,
      id: 'P34-today',
      title:
        'same with the CPU time of a message of an Ultra 1 at the master (a quarter of its TCP round trip less the wire): s',
      kind: 'reported',
      // 280 us round trip on 100baseT (NET-49), 13 us of it wire (NET-50).
      experiment: program(100, { name: 'start', master: `${(280 - 13) / 4}us` }),
      rows: { in: () => ['WS-35', 'NET-29', 'NET-49', 'NET-50'], out: ['G001'] },
      expected: 1.3,
      tolerance: 0,
      got: measured('makespan_s'),
    },
    {
      ...common,
      id: 'M26',
      title: 'a null job on 100 nodes, fork and exec in parallel, one master: s',
      expected: 1.3,
      tolerance: '40%',
      got: seconds,
    },
  ];
}

// -- M27: nothing is lost -------------------------------------------------------------------------------------

/** Sends of the shipped stencil, and the messages of its broadcast, four reductions to all and barrier on 16 ranks. */
const STENCIL = 960 + 15 + 4 * 16 * 4 + 16 * 4;

function m27(): Case[] {
  return ['ethernet10', 'atm155', 'myrinet'].map((network) => ({
    id: `M27-messages-${network}`,
    title: `a stencil on 16 ranks over ${network}: messages delivered of ${STENCIL} sent`,
    source: 'conservation; every rank ends, or the run is refused',
    kind: 'exact',
    experiment: {
      replications: 1,
      cluster: { nodes: 'auto', network, os: 'in-kernel' },
      jobs: { law: 'none' },
      messages: { trace: join(packageFolder, 'workloads', 'samples', 'stencil-16.trace.gz') },
    },
    expected: STENCIL,
    tolerance: 0,
    got: measured('messages'),
  }));
}

export const networkCases: readonly Case[] = [
  ...m1(),
  ...m2(),
  ...m3(),
  ...m5(),
  ...m7(),
  ...m27(),
  ...starts(),
];
