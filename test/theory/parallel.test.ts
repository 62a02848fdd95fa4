/**
 * Parallel programs on shared nodes: closed forms of a superstep, of a quantum's rounds and of gangs, both fidelities
 * against each other, and what must hold at every instant.
 */
import { describe, expect, it } from 'vitest';
import type { ParallelConfig, Scheduler } from '../../models/parallel/cluster.ts';
import { DECAYING } from '../../models/parallel/fields.ts';
import { runParallel } from '../../models/parallel/index.ts';
import type { PatternName } from '../../models/parallel/pattern.ts';
import type { MessageTerms, Terms } from '../../models/parallel/terms.ts';
import { coschedulingPolicies } from '../../models/policies/coscheduling/index.ts';
import { waitingPolicies } from '../../models/policies/waiting/index.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { rowsOf, run as runFile } from '../support/nowsim.ts';

const US = 1e3;
const MS = 1e6;
const S = 1e9;

/** o of 3 and 2 us, L of 5 us, 0.1 us a byte, W of 40 us. */
const TERMS: Terms = {
  message: (bytes: number): MessageTerms => ({
    send: 3 * US,
    receive: 2 * US,
    transit: 5 * US + (bytes - 1) * 100,
  }),
  short: { send: 3 * US, receive: 2 * US, transit: 5 * US },
  gap: 0,
  contextSwitch: 40 * US,
};
const FREE: Terms = {
  message: () => ({ send: 0, receive: 0, transit: 0 }),
  short: { send: 0, receive: 0, transit: 0 },
  gap: 0,
  contextSwitch: 0,
};

interface Given {
  readonly policy?: keyof typeof coschedulingPolicies;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly waiting?: keyof typeof waitingPolicies;
  readonly waits?: { readonly spin?: number; readonly conditional?: number };
  readonly scheduler?: Scheduler;
  readonly pattern?: PatternName;
  readonly nodes?: number;
  readonly widths?: readonly number[];
  readonly lengths?: readonly number[];
  readonly submits?: readonly number[];
  readonly grain?: number;
  readonly imbalance?: number;
  readonly terms?: Terms;
  readonly gang?: { cost: number; skew: number };
  readonly horizon?: number;
  readonly fidelity?: 'stepped' | 'messages';
  readonly seed?: number;
  readonly dedicated?: boolean;
  readonly keepLog?: boolean;
  readonly randomPhases?: boolean;
}

function play(given: Given) {
  const nodes = given.nodes ?? 8;
  const widths = given.widths ?? [nodes, nodes, nodes];
  const n = widths.length;
  const kind = coschedulingPolicies[given.policy ?? 'gang'];
  const terms = given.terms ?? TERMS;
  const wait = waitingPolicies[given.waiting ?? kind.waiting];
  const config: ParallelConfig = {
    nodes,
    programs: {
      n,
      submit: Float64Array.from(widths, (_, i) => given.submits?.[i] ?? 0),
      width: Int32Array.from(widths),
      length: Float64Array.from(widths, (_, i) => given.lengths?.[i] ?? 10 * S),
      factor: new Float64Array(n).fill(1),
      stepsOnly: null,
    },
    shape: {
      pattern: given.pattern ?? 'barrier',
      grain: given.grain ?? MS,
      imbalance: given.imbalance ?? 0.1,
      message: 32,
      data: 4096,
      reads: 2,
    },
    terms,
    quantum: 100 * MS,
    scheduler: given.scheduler ?? (kind.scheduler === 'decaying' ? DECAYING : { name: 'round-robin' }),
    coscheduling: {
      kind,
      parameters: { fit: 'first', alternate: true, unify: true, partitions: n, ...given.parameters },
    },
    gangSwitch: { cost: given.gang?.cost ?? MS, skew: given.gang?.skew ?? 0, messages: true },
    waiting: wait.create(
      { spin: 'auto', conditional: 'auto', skew_cap: 'auto', ...given.waits },
      terms.contextSwitch,
    ),
    randomPhases: given.randomPhases ?? kind.randomPhases,
    fidelity: given.fidelity ?? 'stepped',
    horizon: given.horizon ?? Number.POSITIVE_INFINITY,
    streams: new Streams(given.seed ?? 1, 0),
    keepLog: given.keepLog ?? false,
  };
  const done = runParallel(config, 0, given.dedicated ?? false);
  return { ...done, digest: done.cluster.events.hex(), own: done.cluster.engine.events };
}

interface Line {
  readonly time: number;
  readonly what: string;
  readonly who: number;
  readonly value: number;
}

function lines(done: ReturnType<typeof play>): Line[] {
  return [...done.cluster.events.log!.csv(1)]
    .join('')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [time, what, who, value] = line.split(',');
      return { time: Number(time), what: what!, who: Number(who), value: Number(value) };
    });
}

describe('a superstep on dedicated nodes takes what its messages take', () => {
  const grain = MS;
  const steps = 100;
  const barrier = 3 * US + 5 * US + 2 * US;
  const transit = 5 * US + 31 * 100;
  const o = 3 * US;
  const r = 2 * US;
  const cases: readonly (readonly [PatternName, number, number])[] = [
    ['barrier', 8, 0],
    ['barrier', 2, 0],
    // One partner: one message each way, at once.
    ['neighbour', 2, o + transit + r],
    // Two messages out; what the left one has sent is its second, and the right one's has come by then.
    ['neighbour', 8, 2 * o + transit + 2 * r],
    ['all-to-all', 2, o + transit + r],
    ['broadcast', 2, o + transit + r],
    ['summation', 2, o + transit + r],
    // 4,096 bytes in two parts.
    ['fft-remap', 2, o + 5 * US + 2047 * 100 + r],
    // Four processes: 0 sends to 2 and to 1; 2, told first, sends to 3.
    ['broadcast', 4, o + transit + r + o + transit + r],
    // Two reads one after the other, each answered while the asker waits.
    ['random', 2, 2 * (o + 5 * US + (r + o) + transit + r)],
  ];
  it.each(cases)('%s of %i', (pattern, processes, exchange) => {
    for (const fidelity of ['stepped', 'messages'] as const) {
      const done = play({
        policy: 'batch',
        pattern,
        nodes: processes,
        widths: [processes],
        lengths: [steps * grain],
        grain,
        imbalance: 0,
        fidelity,
      });
      expect(done.cluster.end).toBe(steps * (grain + exchange + barrier));
    }
  });

  it('sends are the gap apart', () => {
    const terms = { ...TERMS, gap: 11 * US };
    const done = play({
      policy: 'batch',
      pattern: 'neighbour',
      terms,
      widths: [8],
      lengths: [steps * grain],
      imbalance: 0,
    });
    expect(done.cluster.end).toBe(steps * (grain + o + 11 * US + transit + 2 * r + barrier));
  });

  it('imbalance: the slowest process of each superstep', () => {
    const done = play({ policy: 'batch', widths: [8], lengths: [20 * S], imbalance: 0.4 });
    // Mean greatest of 8 uniform numbers on (0.8, 1.2) ms.
    const mean = (0.8 + (0.4 * 8) / 9) * MS + barrier;
    expect(done.cluster.end / (20_000 * mean)).toBeCloseTo(1, 3);
  });
});

describe('both fidelities come to the same, over 10 s', () => {
  const table: readonly (readonly [string, Given])[] = [
    ['gang, barrier', {}],
    ['gang, skew', { gang: { cost: MS, skew: 3 * MS }, waiting: 'two-phase' }],
    ['gang, blocking', { waiting: 'block', grain: 3 * MS }],
    ['gang, no imbalance', { imbalance: 0, pattern: 'neighbour' }],
    ['gang, fft-remap', { pattern: 'fft-remap', grain: 5 * MS }],
    [
      'gang, widths',
      { widths: [8, 3, 5, 2, 1], submits: [0, 0.5 * S, S, 2 * S, 3 * S], lengths: [4 * S, S, S, 2 * S, S] },
    ],
    ['local, spinning', { policy: 'local', grain: 100 * US }],
    ['local, blocking', { policy: 'local', waiting: 'block', pattern: 'summation', grain: 3 * MS }],
    ['local, decaying', { policy: 'local', scheduler: DECAYING }],
    ['implicit, barrier', { policy: 'implicit', grain: 300 * US }],
    ['implicit, conditional', { policy: 'implicit', waits: { conditional: 2 * MS } }],
    ['implicit, coarse', { policy: 'implicit', grain: 20 * MS, imbalance: 1 }],
    ['implicit, broadcast', { policy: 'implicit', pattern: 'broadcast', grain: 3 * MS }],
    ['implicit, all-to-all', { policy: 'implicit', pattern: 'all-to-all', grain: 3 * MS }],
    ['implicit, reads', { policy: 'implicit', pattern: 'random', grain: 3 * MS }],
    ['dynamic, neighbour', { policy: 'dynamic', pattern: 'neighbour' }],
    ['space', { policy: 'space' }],
    ['batch', { policy: 'batch', lengths: [S, S, S] }],
    ['free', { policy: 'implicit', terms: FREE, imbalance: 0 }],
    [
      'sequential jobs',
      {
        policy: 'local',
        widths: [1, 1, 8, 1, 1],
        submits: [0, 0, S, 2.3 * S, 2.4 * S],
        lengths: [S, 3 * S, S, S, S],
      },
    ],
  ];
  it.each(table)('%s', (_name, given) => {
    const [stepped, messages] = (['stepped', 'messages'] as const).map((fidelity) =>
      play({ ...given, nodes: 8, horizon: 10 * S, fidelity, dedicated: true }),
    );
    expect(stepped!.digest).toBe(messages!.digest);
    expect(stepped!.measures).toEqual(messages!.measures);
    expect(stepped!.counts).toEqual(messages!.counts);
  });

  it('and one of them needs few events', () => {
    const [stepped, messages] = (['stepped', 'messages'] as const).map((fidelity) =>
      play({ horizon: 10 * S, fidelity, grain: 100 * US }),
    );
    expect(stepped!.own).toBeLessThan(messages!.own / 50);
  });
});

describe('quanta', () => {
  it.each(['stepped', 'messages'] as const)('two jobs in turn, %s', (fidelity) => {
    const terms = { ...FREE, contextSwitch: MS };
    const done = play({
      policy: 'local',
      nodes: 1,
      widths: [1, 1],
      lengths: [S, S],
      grain: 100 * S,
      imbalance: 0,
      terms,
      fidelity,
      randomPhases: false,
    });
    // Nine rounds of two quanta and two switches, then the last quantum of each.
    expect([...done.cluster.ended]).toEqual([9 * 202 * MS + 100 * MS, 9 * 202 * MS + 201 * MS]);
    expect(done.measures.cpu_switching! * done.cluster.end).toBeCloseTo(19 * MS, 0);
    expect(done.measures.context_switches).toBe(19);
  });

  it('a job that comes while another runs alone waits for the end of that quantum', () => {
    const done = play({
      policy: 'local',
      nodes: 1,
      widths: [1, 1],
      lengths: [S, 10 * MS],
      submits: [0, 250 * MS],
      grain: 100 * S,
      imbalance: 0,
      terms: FREE,
    });
    expect([...done.cluster.ended]).toEqual([1010 * MS, 310 * MS]);
  });

  it('decaying use: one that comes when another has used the CPU for long has it at once, until it has used as much', () => {
    const given: Given = {
      policy: 'local',
      scheduler: DECAYING,
      nodes: 1,
      widths: [1, 1],
      grain: 100 * S,
      imbalance: 0,
      terms: FREE,
    };
    const short = play({ ...given, lengths: [S, 250 * MS], submits: [0, 550 * MS] });
    expect([...short.cluster.ended]).toEqual([1250 * MS, 800 * MS]);
    // Use halves in a second: that of 5 s and that of what came after them are equal after 0.977 s; the next quantum ends at 1 s.
    const long = play({ ...given, lengths: [9 * S, 9 * S], submits: [0, 5 * S], horizon: 6.05 * S });
    const { used, runSince } = long.cluster.processes;
    expect(used[0]! + long.cluster.end - runSince[0]!).toBe(5.05 * S);
    // Counted from what the other had when it came.
    expect(used[1]).toBe(6 * S);
  });

  it('decaying use: equal jobs get equal time', () => {
    const done = play({
      policy: 'local',
      scheduler: DECAYING,
      nodes: 1,
      widths: [1, 1, 1],
      lengths: [9 * S, 9 * S, 9 * S],
      grain: 100 * S,
      imbalance: 0,
      terms: FREE,
      horizon: 6 * S,
    });
    const { used, runSince, state } = done.cluster.processes;
    for (const p of [0, 1, 2]) {
      const had = used[p]! + (state[p] === 2 ? done.cluster.end - runSince[p]! : 0);
      expect(Math.abs(had - 2 * S)).toBeLessThanOrEqual(100 * MS);
    }
  });
});

describe('gangs', () => {
  it('no node runs two gangs in a slice, and the gang that runs is the same everywhere', () => {
    const done = play({ keepLog: true, gang: { cost: MS, skew: 2 * MS }, horizon: 5 * S });
    const log = lines(done);
    const slot = new Int32Array(8).fill(-1);
    const ran = new Map<number, Set<number>>();
    const programOfSlot = new Map<number, Set<number>>();
    let switches = 0;
    for (const { what, who, value } of log) {
      if (what === 'gang-switch') {
        slot[who] = value;
        ran.set(who, new Set());
        switches++;
      } else if (what === 'run' && slot[who]! >= 0) {
        ran.get(who)!.add(value);
        expect(ran.get(who)!.size).toBe(1);
        const known = programOfSlot.get(slot[who]!) ?? new Set();
        programOfSlot.set(slot[who]!, known.add(value));
      }
    }
    expect(switches).toBeGreaterThan(8 * 40);
    expect([...programOfSlot.values()].every((programs) => programs.size === 1)).toBe(true);
    expect(programOfSlot.size).toBe(3);
  });

  it('all processes run together for the quantum of a slice of q + s + d', () => {
    const done = play({
      gang: { cost: 2 * MS, skew: 5 * MS },
      lengths: [60 * S, 60 * S, 60 * S],
      horizon: 32.1 * S,
    });
    expect(done.measures.together! * 3).toBeCloseTo(100 / 107, 3);
    expect(done.measures.gang_switches).toBe(Math.floor((32_100 - 100) / 107) + 1);
    expect(done.measures.messages_sent! - 16 * done.measures.supersteps!).toBeGreaterThanOrEqual(
      8 * done.measures.gang_switches!,
    );
  });

  it('a gang alone is not switched', () => {
    const done = play({ widths: [8], dedicated: true });
    expect(done.measures.gang_switches).toBe(0);
    expect(done.measures.slowdown).toBe(1);
  });

  it('alternates run where a row is empty, if they may', () => {
    const given: Given = {
      nodes: 4,
      widths: [4, 2],
      grain: S,
      terms: FREE,
      imbalance: 0,
      gang: { cost: 0, skew: 0 },
      horizon: 10 * S,
      lengths: [30 * S, 30 * S],
    };
    const off = play({ ...given, parameters: { alternate: false } });
    expect(off.measures.cpu_idle).toBeCloseTo(0.25, 6);
    expect(off.measures.gang_switches).toBeGreaterThan(50);
    expect(play(given).measures.cpu_idle).toBe(0);
  });

  it('rows that fit in one are merged when a program ends', () => {
    const given: Given = {
      nodes: 4,
      widths: [3, 2, 1],
      lengths: [S, 5 * S, 5 * S],
      imbalance: 0,
      terms: FREE,
      gang: { cost: 0, skew: 0 },
    };
    const merged = play(given);
    const apart = play({ ...given, parameters: { unify: false } });
    expect(merged.measures.gang_switches).toBe(20);
    expect(apart.measures.gang_switches).toBeGreaterThan(30);
  });

  it('when a program ends its slice is over, and its row gone', () => {
    const done = play({
      nodes: 2,
      widths: [2, 2],
      lengths: [150 * MS, 400 * MS],
      grain: 10 * S,
      imbalance: 0,
      terms: FREE,
      gang: { cost: 0, skew: 0 },
    });
    // q of the first, q of the second, 50 ms of the first, then the second alone.
    expect([...done.cluster.ended]).toEqual([250 * MS, 550 * MS]);
  });
});

describe('space and batch', () => {
  it('programs are moulded to their partition, with the same work', () => {
    const done = play({
      policy: 'space',
      widths: [8, 8],
      lengths: [S, S],
      imbalance: 0,
      terms: FREE,
      dedicated: true,
    });
    expect(done.measures.slowdown).toBe(2);
    expect(done.measures.together).toBe(1);
    expect([...done.cluster.width]).toEqual([4, 4]);
  });

  it('with one partition programs take the nodes that they need, first come first served', () => {
    const done = play({
      policy: 'space',
      parameters: { partitions: 1 },
      widths: [5, 4, 3],
      lengths: [S, S, S],
      imbalance: 0,
      terms: FREE,
    });
    expect([...done.cluster.ended]).toEqual([S, 2 * S, 2 * S]);
  });

  it('batch: one after the other', () => {
    const done = play({
      policy: 'batch',
      widths: [8, 8, 8],
      lengths: [S, S, S],
      imbalance: 0,
      terms: FREE,
      dedicated: true,
    });
    expect(done.measures.slowdown).toBeCloseTo(2, 12);
  });
});

describe('waiting', () => {
  it('a wait that is shorter than the spin costs no switch; a longer one costs the spin and a switch', () => {
    // Two processes whose computing differs by up to 1 ms; S = 5 + 3 + 2 + 40 us and the expected skew of 333 us.
    const given: Given = { policy: 'batch', nodes: 2, widths: [2], imbalance: 1, lengths: [5 * S] };
    const spin = play(given);
    const block = play({ ...given, waiting: 'block' });
    const both = play({ ...given, waiting: 'two-phase' });
    const baseline = 50 * US + (MS * 1) / 3;
    const [w, n] = [spin.measures.cpu_spinning! * spin.cluster.end * 2, 5000];
    expect(spin.measures.blocks).toBe(0);
    expect(block.measures.blocks).toBeGreaterThanOrEqual(2 * n - 2);
    expect(block.measures.cpu_spinning).toBe(0);
    // Of two uniform numbers on an interval of 1 ms the greater is ahead by more than x with probability (1 - x)^2.
    const late = (1 - (baseline - 5 * US) / MS) ** 2;
    expect(both.measures.blocks! / n).toBeCloseTo(late, 1);
    expect(both.measures.context_switches).toBe(both.measures.blocks);
    expect(both.measures.cpu_spinning! * both.cluster.end * 2).toBeLessThan(w);
    expect(both.measures.cpu_switching! * both.cluster.end * 2).toBeCloseTo(
      both.measures.blocks! * 40 * US,
      -4,
    );
  });

  it('a process spins on while messages keep arriving', () => {
    const blocks = (conditional: number) =>
      play({
        policy: 'batch',
        waiting: 'two-phase',
        waits: { spin: 10 * US, conditional },
        pattern: 'random',
        widths: [8],
        lengths: [S],
      }).measures.blocks!;
    const [never, some, always] = [0, 200 * US, 10 * MS].map(blocks);
    expect(some!).toBeLessThan(0.8 * never!);
    // Only before the first arrival.
    expect(always).toBeLessThanOrEqual(8);
  });

  it('a request that comes before its receiver has run at all is answered when it does', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const done = play({
        policy: 'implicit',
        pattern: 'random',
        nodes: 5,
        widths: [5, 5],
        grain: US,
        lengths: [MS, MS],
        seed,
      });
      expect(done.counts).toEqual({ submitted: 2, finished: 2, pending: 0 });
    }
  });

  it('a message makes its receiver run under dynamic coscheduling', () => {
    const steps = (policy: 'dynamic' | 'local') =>
      play({ policy, pattern: 'neighbour', horizon: 10 * S, lengths: [30 * S, 30 * S], widths: [8, 8] })
        .measures.supersteps!;
    expect(steps('dynamic')).toBeGreaterThan(2 * steps('local'));
  });

  it('implicit coscheduling brings partners together, spinning alone does not', () => {
    const given: Given = { grain: 100 * US, horizon: 10 * S, lengths: [30 * S, 30 * S], widths: [8, 8] };
    const together = (policy: 'implicit' | 'local') => play({ ...given, policy }).measures.together!;
    expect(together('implicit')).toBeGreaterThan(0.45);
    expect(together('local')).toBeLessThan(0.05);
  });
});

describe('as an experiment', () => {
  const file = new URL('../../scripts/experiments/coscheduling.yaml', import.meta.url).pathname;
  const small = ['cluster.nodes=4', 'program.length=1s', 'program.copies=3'];
  it.each(['local', 'implicit', 'gang', 'dynamic', 'space', 'batch'])('%s runs', async (policy) => {
    const result = await runFile(file, [...small, `policies.coscheduling=${policy}`], { replications: 1 });
    const { measures, counts } = result.rows[0]!;
    expect(measures['slowdown']).toBeGreaterThan(1.5);
    expect(counts).toMatchObject({ submitted: 3, finished: 3, pending: 0 });
    const cpu = ['computing', 'messages', 'spinning', 'switching', 'idle'].map(
      (part) => measures[`cpu_${part}`]!,
    );
    expect(cpu.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });

  it('jobs of a law are programs of their widths, and stand in the file of jobs with their time on dedicated nodes', async () => {
    const law = [
      'jobs.law=poisson',
      'jobs.law.widths=[1,2,4]',
      'jobs.law.count=40',
      'jobs.law.service.mean=2s',
      'jobs.load=0.6',
    ];
    const rows = await rowsOf(file, ['cluster.nodes=4', 'replications=1', ...law]);
    expect(rows.length).toBe(40);
    for (const row of rows) {
      expect(row['status']).toBe('finished');
      expect([1, 2, 4]).toContain(Number(row['width']));
      expect(Number(row['start_s'])).toBeGreaterThanOrEqual(Number(row['submit_s']) - 1e-9);
      expect(Number(row['response_s'])).toBeGreaterThan(0);
    }
    const events = await rowsOf(file, [...small, 'replications=1'], 'eventsOut');
    const ended = events.filter((row) => row['what'] === 'finish');
    expect(ended.map((row) => row['who']).toSorted()).toEqual(['0', '1', '2']);
  });

  it('user-level switching costs more than the kernel, by structure', async () => {
    const share = async (...set: string[]) =>
      (await runFile(file, [...small, ...set], { replications: 1 })).rows[0]!.measures['cpu_switching']!;
    const signals = await share();
    expect(await share('policies.coscheduling.switching=kernel')).toBeLessThan(signals / 10);
    expect(await share('cluster.os=microkernel-mach')).toBeGreaterThan(signals);
    expect(await share('cluster.os=free')).toBe(0);
  });

  it.each([
    ['policies.coscheduling', ['policies.coscheduling=implicit', 'policies.waiting=spin'], /two-phase/],
    ['glunix', ['glunix=off'], /glunix=on/],
    ['owners', ['owners.law=day-cycle'], /program.name=none/],
    ['width', ['program.width=5'], /process a node/],
    [
      'jobs',
      ['jobs.law=poisson', 'jobs.law.widths=[8]', 'jobs.law.count=5', 'jobs.load=0.5'],
      /too_wide=clamp/,
    ],
  ] as const)('refuses what cannot be: %s', async (_what, set, would) => {
    await expect(runFile(file, [...small, ...set], { replications: 1 })).rejects.toThrow(would);
  });
});
