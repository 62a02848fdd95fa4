/**
 * Random cases of the runs that are no buildings: sequential jobs that are shared among nodes, parallel programs that
 * share nodes process by process, and a process that pages; and what must hold in each of them.
 */
import * as fc from 'fast-check';
import type { CoschedulingPolicyKind } from '../../../models/policies/coscheduling/contract.ts';
import { coschedulingPolicies } from '../../../models/policies/coscheduling/index.ts';
import type { Plain } from '../../../sim/experiment/fields.ts';
import { type Choices, inOrder, type Job, jobLists, records, swf } from './building-case.ts';
import type { Files } from './harness.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { namesOf, nested } from './settings.ts';
import { CLOSE, must } from './story.ts';

type Settings = Readonly<Record<string, string | number | boolean>>;

/** A case: what it draws, as an experiment and its traces. */
export interface Other {
  readonly settings: Settings;
  readonly jobs: readonly Job[];
  /** Pages that a process refers to, and whether it writes. */
  readonly references: readonly (readonly [page: number, write: boolean])[];
}

interface Kind {
  /** Slots that such a run reads. */
  readonly slots: readonly string[];
  readonly choices: Choices;
  readonly drawn: {
    readonly jobs?: fc.Arbitrary<readonly Job[]>;
    readonly references?: fc.Arbitrary<Other['references']>;
  };
  /** Without what `nowsim` would refuse. */
  possible(settings: Record<string, string | number | boolean>): Settings;
  readonly fixed: Settings;
  check(of: Other, outcome: Outcome): void;
}

const narrow = jobLists.map((list) => list.map((job) => ({ ...job, width: 1 })));

export const OTHER_KINDS: Readonly<Record<string, Kind>> = {
  'load sharing': {
    slots: ['sharing', 'decider'],
    choices: {
      'cluster.nodes': [2, 1, 3, 5],
      'cluster.os': ['free', 'in-kernel'],
      'sharing.discipline': ['processor-sharing', 'fcfs'],
      'sharing.speeds': ['[1]', '[1, 2]'],
      'sharing.home': ['user', 'uniform'],
      'sharing.movable': ['100%', '0%', '50%'],
      'sharing.transfer_time': ['0s', '3s'],
      'sharing.probe_time': ['structure', '1s'],
    },
    drawn: { jobs: narrow },
    possible: (settings) => settings,
    fixed: { 'jobs.trace': 'jobs.swf', 'policies.batch.name': 'none', 'program.mix': 'none' },
    check: checkSharing,
  },
  coscheduling: {
    slots: ['coscheduling', 'waiting'],
    choices: {
      'cluster.nodes': [2, 1, 4],
      'cluster.os': ['free', 'in-kernel'],
      'cluster.network': ['atm155', 'myrinet'],
      'cluster.quantum': ['100ms', '20ms'],
      'program.grain': ['10ms', '2ms'],
      'program.imbalance': ['0%', '50%'],
      'program.pattern': ['barrier', 'neighbour', 'random'],
    },
    drawn: {
      // A hundredth of a building's times: supersteps are of milliseconds.
      jobs: jobLists.map((list) =>
        list.map((job) => ({ ...job, submit: job.submit / 500, run: job.run / 500 })),
      ),
    },
    possible: (settings) => {
      const kind: CoschedulingPolicyKind =
        coschedulingPolicies[settings['policies.coscheduling.name'] as keyof typeof coschedulingPolicies];
      const refused = kind.refuses?.waiting.includes(String(settings['policies.waiting.name'])) === true;
      return refused ? { ...settings, 'policies.coscheduling.name': 'local' } : settings;
    },
    fixed: {
      'jobs.trace': 'jobs.swf',
      'jobs.too_wide': 'clamp',
      'program.name': 'bsp',
      'program.mix': 'none',
    },
    check: checkCoscheduling,
  },
  paging: {
    slots: ['replacement', 'memory_server', 'reliability'],
    choices: {
      'memory.frames': [3, 1, 2, 5],
      'memory.servers': [4, 0, 2, 3],
      'memory.server_frames': ['auto', 2],
      'memory.low_mark': ['0%', '40%'],
      'memory.wanted_after': ['none', '1s'],
      'memory.crash_after': ['none', '2s'],
      'memory.repair': ['1s', '10ms'],
      'cluster.os': ['free', 'in-kernel'],
      'cluster.disk': ['constant', 'hp97560'],
      'cluster.network': ['atm155', 'ethernet10'],
      'pages.compute': ['1ms', '0s'],
      'pages.first': ['disk', 'zero-fill'],
    },
    drawn: {
      references: fc.array(fc.tuple(fc.nat(9), fc.boolean()), { minLength: 1, maxLength: 60 }),
    },
    possible: (settings) => {
      const copies = settings['policies.reliability.name'] === 'mirror' ? 2 : 1;
      const servers = Number(settings['memory.servers']);
      return {
        ...settings,
        'memory.servers': servers > 0 && servers < copies ? copies : servers,
        'memory.high_mark': settings['memory.low_mark']!,
        // A case that loses its pages again and again has no end of its own.
        horizon: '1h',
      };
    },
    fixed: { 'pages.trace': 'references.txt', 'jobs.law.name': 'none' },
    check: checkPaging,
  },
};

/** Slots that they read. */
export const OTHER_SLOTS = Object.values(OTHER_KINDS).flatMap(({ slots }) => slots);

/** Random cases of a kind with this policy. */
export function others(kind: Kind, slot: string, policy: string): fc.Arbitrary<Other> {
  const settings = fc.record({
    ...records(kind.choices),
    ...Object.fromEntries(kind.slots.map((of) => [`policies.${of}.name`, fc.constantFrom(...namesOf(of))])),
  });
  return fc
    .record({
      settings,
      jobs: kind.drawn.jobs ?? fc.constant([]),
      references: kind.drawn.references ?? fc.constant([]),
      seed: fc.nat(1000),
    })
    .map(({ settings: drawn, seed, ...rest }) => ({
      ...rest,
      settings: kind.possible({ ...kind.fixed, ...drawn, seed, [`policies.${slot}.name`]: policy }),
    }));
}

export function experimentOf(of: Other): { experiment: Plain; traces: Files } {
  const traces: Record<string, string> = {};
  if (of.jobs.length > 0) traces['jobs.swf'] = swf(of.jobs, Number(of.settings['cluster.nodes']));
  if (of.references.length > 0) {
    const lines = of.references.map(
      ([page, write]) => `${(page * 4096).toString(16)} ${write ? 'W' : 'R'}\n`,
    );
    traces['references.txt'] = lines.join('');
  }
  const question = 'does everything add up?';
  return { experiment: nested({ question, ...of.settings }), traces };
}

export function runOther(of: Other): Promise<Outcome> {
  const { experiment, traces } = experimentOf(of);
  return outcomeOf(experiment, traces);
}

/** What must hold in every run: the clock goes forward, and measures are numbers that mean something. */
export function checkOther(kind: Kind, of: Other, outcome: Outcome): void {
  let now = 0;
  for (const { time, what } of outcome.happenings) {
    must(time >= now, () => `at ${now} s the clock goes back to ${time} s (${what})`);
    now = time;
  }
  for (const [name, value] of Object.entries(outcome.measures)) {
    // A job may be faster than on a node of speed 1.
    must(Number.isFinite(value) && (value >= -1e-9 || name === 'delay_s'), () => `${name} is ${value}`);
  }
  kind.check(of, outcome);
}

/** Every job ends, not before it can, where it may run; and nodes have given what jobs needed. */
function checkSharing({ jobs: list, settings }: Other, { jobs: rows, measures, counts }: Outcome): void {
  const asked = inOrder(list);
  const fastest = settings['sharing.speeds'] === '[1, 2]' && settings['cluster.nodes'] !== 1 ? 2 : 1;
  let present = 0;
  for (const { job, status, submit, start, end } of rows) {
    const { run } = asked[job]!;
    must(status === 'finished', () => `job ${job} is ${status}`);
    must(start >= submit - CLOSE, () => `job ${job}, submitted at ${submit} s, starts at ${start} s`);
    must(end - start >= run / fastest - CLOSE, () => `job ${job} needs ${run} s and took ${end - start} s`);
    present += end - submit;
  }
  const last = Math.max(...rows.map(({ end }) => end));
  const work = asked.reduce((sum, { run }) => sum + run, 0);
  const nodes = Number(settings['cluster.nodes']);
  const speeds = Array.from({ length: nodes }, (_, node) =>
    settings['sharing.speeds'] === '[1, 2]' ? 1 + (node % 2) : 1,
  );
  const capacity = speeds.reduce((sum, speed) => sum + speed, 0);
  const served = measures['node_utilisation']! * capacity * last;
  if (settings['cluster.os'] === 'free') {
    must(
      Math.abs(served - work) <= 1e-6 * work + 1e-6,
      () => `jobs need ${work} s of a node and were given ${served} s`,
    );
    const inside = measures['jobs_present']! * last;
    must(
      Math.abs(inside - present) <= 1e-6 * present,
      () => `jobs were there for ${present} s, by the average for ${inside} s`,
    );
  }
  const still =
    settings['sharing.movable'] === '0%' || nodes === 1 || settings['policies.sharing.name'] === 'none';
  must(!still || counts['moves'] === 0, () => `${counts['moves']} moves of jobs that may not move`);
}

/** Every program ends and has computed all of its time; CPU time adds up. */
function checkCoscheduling({ jobs: list, settings }: Other, { jobs: rows, measures }: Outcome): void {
  const asked = inOrder(list);
  for (const { job, status, submit, start, end } of rows) {
    must(status === 'finished', () => `program ${job} is ${status}`);
    must(start >= submit - CLOSE, () => `program ${job}, submitted at ${submit} s, starts at ${start} s`);
    if (settings['program.imbalance'] !== '0%') continue;
    const { run } = asked[job]!;
    must(end - start >= run - CLOSE, () => `program ${job} computes for ${run} s and took ${end - start} s`);
  }
  const parts = ['computing', 'messages', 'spinning', 'switching', 'idle'].map(
    (name) => measures[`cpu_${name}`]!,
  );
  const sum = parts.reduce((total, share) => total + share, 0);
  must(Math.abs(sum - 1) < 1e-9, () => `the parts of CPU time add up to ${sum}`);
}

/** Faults are no fewer than Belady's, and every page that comes was out; what redundancy promises is kept. */
function checkPaging({ references, settings }: Other, { measures }: Outcome): void {
  const { page_faults: faults, footprint_pages: pages, reclaims, restarts } = measures;
  must(
    measures['references'] === references.length,
    () => `${references.length} references, ${measures['references']} counted`,
  );
  const distinct = new Set(references.map(([page]) => page)).size;
  must(pages === distinct, () => `${distinct} pages, ${pages} counted`);
  if (measures['run_time_s'] === undefined || restarts! > 0) return;
  const least = belady(
    references.map(([page]) => page),
    Number(settings['memory.frames']),
  );
  must(
    faults! + reclaims! >= least,
    () => `${faults} faults and ${reclaims} pages taken back, ${least} cannot be avoided`,
  );
  must(faults! <= references.length, () => `${faults} faults of ${references.length} references`);
  const came = measures['disk_page_ins']! + (measures['remote_page_ins'] ?? 0);
  // An empty page that was never written is made again.
  const right = settings['pages.first'] === 'disk' ? came === faults : came < faults!;
  must(right, () => `${faults} faults, and ${came} pages came`);
  must(
    measures['remote_page_ins']! <= measures['remote_page_outs']! + faults!,
    () => `${measures['remote_page_ins']} pages came from servers`,
  );
  const redundant = settings['policies.reliability.name'] !== 'none';
  const { server_crashes: crashes, pages_lost: lost } = measures;
  must(
    !redundant || crashes !== 1 || lost === 0,
    () => `one crash takes ${lost} pages in spite of redundancy`,
  );
  must((crashes ?? 0) > 0 || (lost ?? 0) === 0, () => `${lost} pages are lost without a crash`);
}

/** Faults of the policy that knows what comes (Belady 1966): no other has fewer. */
function belady(pages: readonly number[], frames: number): number {
  const held = new Set<number>();
  let faults = 0;
  for (const [i, page] of pages.entries()) {
    if (held.has(page)) continue;
    faults++;
    if (held.size === frames) {
      const next = (of: number) =>
        (pages.indexOf(of, i) + pages.length + 1) % (pages.length + 1) || Number.POSITIVE_INFINITY;
      const last = [...held].sort((a, b) => next(b) - next(a))[0]!;
      held.delete(last);
    }
    held.add(page);
  }
  return faults;
}
