/**
 * The event engine beside other simulators: hold model, PHOLD and M/M/1 in each one's own style, rounds
 * alternating between all of them, each measurement in a process of its own. What counts is CPU time per event
 * (customer), as a ratio within one run; the median of the rounds. Slow peers run in the first round only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckError } from '../../sim/problem.ts';
import { type Peer, type PeerName, peers, reason, runLine } from './peers.ts';
import { type BenchTable, type Goal, median } from './table.ts';
import type { Measured } from './workloads.ts';

export interface EngineBenchOptions {
  /** Rounds of the fast programs; 3 unless said. */
  readonly rounds?: number;
  /** False: this engine alone. */
  readonly peers?: boolean;
  /** Told what is being measured. */
  readonly progress?: (what: string) => void;
}

interface Contestant {
  readonly label: string;
  readonly peer: PeerName | null;
  readonly words: readonly string[];
  readonly slow?: boolean;
}

interface Case {
  readonly name: string;
  readonly contestants: readonly Contestant[];
}

const OURS = 'nowsim';
const PQ = 'C++ std::priority_queue';
const LADDER = 'C++ ladder, hand-tuned';
const NS3 = ['map', 'heap', 'calendar', 'pq'] as const;
const ns3Label = (scheduler: string) => `ns-3 ${scheduler}`;

function contest(name: string, ours: string, cpp: string, ns3: string, simgrid: string, simpy: string): Case {
  const words = (text: string) => text.split(' ');
  return {
    name,
    contestants: [
      { label: OURS, peer: null, words: words(ours) },
      { label: PQ, peer: 'c++', words: words(`stdpq ${cpp}`) },
      { label: LADDER, peer: 'c++', words: words(`ladder ${cpp}`) },
      ...NS3.map((s) => ({
        label: ns3Label(s),
        peer: 'ns-3' as const,
        words: words(`${s} ${ns3}`),
        slow: true,
      })),
      { label: 'SimGrid timer', peer: 'SimGrid', words: words(simgrid), slow: true },
      { label: 'SimPy callback', peer: 'SimPy', words: words(simpy), slow: true },
    ],
  };
}

function holdCase(pending: number, law: 'exp' | 'bimodal'): Case {
  const hold = (events: number) => `hold ${pending} ${events} ${law}`;
  const few = pending >= 1e6 ? 100_000 : 300_000;
  return contest(
    `hold ${law} ${pending}`,
    hold(3e6),
    hold(3e6),
    hold(1e6),
    `${hold(few)} timer`,
    `${hold(few)} callback`,
  );
}

function pholdCase(nodes: number, each: number): Case {
  const phold = (events: number) => `phold ${nodes} ${each} ${events}`;
  return contest(
    `phold ${nodes} x ${each}`,
    phold(3e6),
    phold(3e6),
    phold(1e6),
    `${phold(200_000)} timer`,
    phold(200_000),
  );
}

const CUSTOMERS = 2_000_000;
const MM1: Case = {
  name: 'mm1',
  contestants: [
    { label: `${OURS}, processes`, peer: null, words: ['mm1', `${CUSTOMERS}`, 'process'] },
    { label: `${OURS}, events`, peer: null, words: ['mm1', `${CUSTOMERS}`, 'event'] },
    { label: PQ, peer: 'c++', words: ['stdpq', 'mm1', `${CUSTOMERS}`] },
    { label: 'ns-3 events', peer: 'ns-3', words: ['map', 'mm1', `${CUSTOMERS}`] },
    { label: 'SimGrid actors', peer: 'SimGrid', words: ['mm1', '100000', 'actors'], slow: true },
    { label: 'SimPy processes', peer: 'SimPy', words: ['mm1', '100000'], slow: true },
  ],
};

const TIMEOUTS: Case = {
  name: 'time-outs set anew',
  contestants: [
    { label: `${OURS}, timers`, peer: null, words: ['timeouts', '10000', '2000000', 'timers'] },
    { label: `${OURS}, cancel and schedule`, peer: null, words: ['timeouts', '10000', '2000000', 'cancel'] },
  ],
};

const HOLDS = [100, 10_000, 1_000_000] as const;
/** Workloads that every program has in one form. */
const QUEUE_CASES: readonly Case[] = [
  ...HOLDS.map((pending) => holdCase(pending, 'exp')),
  holdCase(10_000, 'bimodal'),
  pholdCase(1000, 10),
];
const CASES: readonly Case[] = [...QUEUE_CASES, MM1, TIMEOUTS];

interface Result {
  readonly cpu_ns: number;
  readonly rss_mb: number;
  readonly check: number;
  readonly bytes: number | null;
}

/** What was measured, by workload and program, and what could not be. */
interface Measurements {
  readonly results: ReadonlyMap<string, Result>;
  readonly notes: readonly string[];
}

/** Measures the engine, and the peers that are there, and compares the ratios with the goals. */
export async function benchEngine(options: EngineBenchOptions = {}): Promise<BenchTable> {
  const { results, notes } = await measure(options);
  return {
    title: 'event engine: CPU ns per event (per customer for mm1)',
    columns: ['workload', 'program', 'ns', 'times ours', 'peak MB'],
    rows: rowsOf(results),
    goals: goalsOf(results),
    notes,
  };
}

/** Measures the engine beside the peers that are there: one table of ratios, a row a workload, a column a peer. */
export async function benchPeers(options: EngineBenchOptions = {}): Promise<BenchTable> {
  const { results, notes } = await measure({ ...options, peers: true });
  return {
    title:
      'CPU time per event (per customer for mm1): that of nowsim in ns, and how many times as long each peer takes',
    columns: ['workload', OURS, ...Object.keys(COLUMNS)],
    rows: ratiosOf(results),
    goals: [],
    notes,
  };
}

async function measure(options: EngineBenchOptions): Promise<Measurements> {
  const rounds = options.rounds ?? 3;
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-peers-'));
  try {
    options.progress?.('building the peers');
    const found = options.peers === false ? null : await peers(folder);
    const results = new Map<string, Result>();
    const notes = found === null ? [] : missing(Object.values(found));
    for (const { name, contestants } of CASES) {
      const runs = new Map<string, Result[]>();
      for (let round = 0; round < rounds; round++) {
        for (const { label, peer, words, slow } of contestants) {
          if (round > 0 && slow === true) continue;
          const command = commandOf(peer, found);
          if (command === null) continue;
          options.progress?.(`${name}, round ${round + 1} of ${rounds}: ${label}`);
          try {
            const line = (await runLine(command, words)) as Awaited<ReturnType<typeof runLine>> &
              Partial<Measured>;
            const { cpu_ns, rss_mb, check, bytes_per_event } = line;
            runs.set(label, [
              ...(runs.get(label) ?? []),
              { cpu_ns, rss_mb, check, bytes: bytes_per_event ?? null },
            ]);
          } catch (error) {
            if (peer === null) throw error;
            notes.push(`${name}: ${label} failed: ${reason(error)}`);
          }
        }
      }
      for (const [label, list] of runs) {
        results.set(`${name}/${label}`, { ...list[0]!, cpu_ns: median(list.map((run) => run.cpu_ns)) });
      }
    }
    compareChecks(results);
    return { results, notes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commandOf(peer: PeerName | null, found: Record<PeerName, Peer> | null): readonly string[] | null {
  if (peer === null) return [process.execPath, fileURLToPath(new URL('./workloads.js', import.meta.url))];
  return found === null ? null : found[peer].command;
}

function missing(all: readonly Peer[]): string[] {
  return all
    .filter((peer) => peer.command === null)
    .map((peer) => `${peer.name} is absent: install ${peer.needs} (${peer.why})`);
}

/** The same arrivals and services give the same mean response in the C++ program. */
function compareChecks(results: ReadonlyMap<string, Result>): void {
  const ours = results.get(`mm1/${OURS}, events`)!.check;
  const theirs = results.get(`mm1/${PQ}`)?.check;
  if (theirs !== undefined && !(Math.abs(ours / theirs - 1) < 1e-6)) {
    throw new CheckError(`mm1: mean response ${ours}, in C++ ${theirs}, from the same random numbers`);
  }
}

function rowsOf(results: ReadonlyMap<string, Result>): (string | number)[][] {
  return CASES.flatMap(({ name, contestants }) => {
    const ours = results.get(`${name}/${contestants[0]!.label}`)!.cpu_ns;
    return contestants.flatMap(({ label }) => {
      const result = results.get(`${name}/${label}`);
      if (result === undefined) return [];
      const { cpu_ns, rss_mb } = result;
      return [[name, label, round(cpu_ns), round(cpu_ns / ours), Math.round(rss_mb)]];
    });
  });
}

/** Columns of the table of ratios: the programs of a peer, of which the fastest counts. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'C++ heap': [PQ],
  'C++ ladder': [LADDER],
  'ns-3': [...NS3.map(ns3Label), 'ns-3 events'],
  SimGrid: ['SimGrid timer', 'SimGrid actors'],
  SimPy: ['SimPy callback', 'SimPy processes'],
};
/** Programs that are written as processes, as nowsim's are in its first line of `mm1`. */
const AS_PROCESSES = new Set(['SimGrid actors', 'SimPy processes']);

function ratiosOf(results: ReadonlyMap<string, Result>): (string | number)[][] {
  const row = (title: string, name: string, own: string, counts: (program: string) => boolean) => {
    const ours = results.get(`${name}/${own}`)!.cpu_ns;
    const ratios = Object.values(COLUMNS).map((programs) => {
      const times = programs
        .filter(counts)
        .flatMap((program) => results.get(`${name}/${program}`)?.cpu_ns ?? []);
      return times.length === 0 ? '-' : round(Math.min(...times) / ours);
    });
    return [title, round(ours), ...ratios];
  };
  const all = () => true;
  const processes = (program: string) => AS_PROCESSES.has(program);
  return [
    ...QUEUE_CASES.map(({ name }) => row(name, name, OURS, all)),
    row('mm1, events', 'mm1', `${OURS}, events`, (program) => !processes(program)),
    row('mm1, processes', 'mm1', `${OURS}, processes`, processes),
  ];
}

function goalsOf(results: ReadonlyMap<string, Result>): Goal[] {
  const time = (name: string, label: string) => results.get(`${name}/${label}`)?.cpu_ns ?? null;
  const ratio = (above: number | null, below: number | null) =>
    above === null || below === null ? null : round(above / below);
  const ns3 = (name: string) => {
    const times = NS3.map((scheduler) => time(name, ns3Label(scheduler))).filter((t) => t !== null);
    return times.length === 0 ? null : Math.min(...times);
  };
  const goals: Goal[] = [];
  const below = (what: string, goal: number, got: number | null) =>
    goals.push({ what, goal, got, better: 'lower' });
  const above = (what: string, goal: number, got: number | null) =>
    goals.push({ what, goal, got, better: 'higher' });
  const speed = (name: string, againstNs3: number, againstSimPy: number) => {
    const ours = time(name, OURS);
    above(`${name}: speed over the best scheduler of ns-3`, againstNs3, ratio(ns3(name), ours));
    above(`${name}: speed over SimGrid timers`, 6, ratio(time(name, 'SimGrid timer'), ours));
    above(`${name}: speed over SimPy`, againstSimPy, ratio(time(name, 'SimPy callback'), ours));
  };
  HOLDS.forEach((pending, i) => {
    const name = `hold exp ${pending}`;
    const ours = time(name, OURS);
    below(`${name}: time over C++ std::priority_queue`, [1, 0.75, 0.45][i]!, ratio(ours, time(name, PQ)));
    below(`${name}: time over a hand-tuned C++ ladder queue`, 2, ratio(ours, time(name, LADDER)));
    speed(name, [2, 2, 3][i]!, 17);
  });
  speed('phold 1000 x 10', 2, 20);
  const processes = time('mm1', `${OURS}, processes`);
  above('mm1: processes over SimPy', 25, ratio(time('mm1', 'SimPy processes'), processes));
  above('mm1: processes over SimGrid actors', 15, ratio(time('mm1', 'SimGrid actors'), processes));
  above('mm1: events over ns-3', 1.7, ratio(time('mm1', 'ns-3 events'), time('mm1', `${OURS}, events`)));
  below(
    'growth: ns at 10^6 over ns at 10^2 pending',
    3.5,
    ratio(time('hold exp 1000000', OURS), time('hold exp 100', OURS)),
  );
  const bytes = results.get(`hold exp 1000000/${OURS}`)!.bytes;
  below('bytes per pending event', 40, bytes === null ? null : round(bytes));
  const growth = results.get(`${TIMEOUTS.name}/${OURS}, cancel and schedule`)!.check;
  below('cancel and set: memory at the end over half way', 1, growth);
  return goals;
}

const round = (x: number) => Number(x.toPrecision(3));
