/**
 * Which settings each kind of run reads (`scripts/runs`): every setting is changed under every kind. One that the kind does
 * not claim to read must change nothing: no event, no measure. One that it claims to read must change something
 * in some scenario here, or stand in `STILL` with the reason why not. Of the policies every parameter must change a run of
 * some kind, or stand in `UNSHOWN`; parameters of laws and of made programs are left to the tests of those.
 */
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../scripts/fields.ts';
import { RUN_KINDS } from '../../scripts/runs/index.ts';
import { study } from '../../scripts/study.ts';
import { documentOf } from '../../sim/experiment/document.ts';
import { settleExperiment } from '../../sim/experiment/experiment.ts';
import {
  type Field,
  isMap,
  namesOf,
  type Plain,
  readFields,
  type Value,
} from '../../sim/experiment/fields.ts';
import { fieldAt, layOver, type Origin, pathsOf, spread } from '../../sim/experiment/settings.ts';
import { InputError } from '../../sim/problem.ts';
import { scratch } from '../formats/files.ts';

type Given = Readonly<Record<string, Value>>;

const file = scratch();
const sample = (name: string) => new URL(`../../workloads/samples/${name}`, import.meta.url).pathname;
const strace = file(
  'calls.strace',
  [
    '7 0.000000 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0 <0.000100>',
    '7 0.010000 openat(AT_FDCWD, "/tmp/a", O_RDONLY) = 3 <0.000050>',
    '7 0.020000 read(3, "abc"..., 8192) = 8192 <0.000040>',
    '7 0.050000 read(3, "abc"..., 8192) = 8192 <0.000040>',
    '7 0.090000 close(3) = 0 <0.000010>',
    '7 0.100000 getpid() = 7 <0.000001>',
    '7 0.150000 exit_group(0) = ?',
    '7 0.150100 +++ exited with 0 +++',
    '',
  ].join('\n'),
);
const references = file(
  'refs.trace',
  Array.from({ length: 300 }, (_, i) => `l 0x${(i % 70).toString(16)}000\n`).join(''),
);
// Wider than 4 and than what was asked for, cut at what was asked for, of no length.
const log = file(
  'jobs.swf',
  [
    '; MaxProcs: 16',
    '1 0 -1 600 2 -1 -1 4 900 -1 1 1 -1 -1 -1 -1 -1 -1',
    '2 60 -1 700 3 -1 -1 3 300 -1 1 2 -1 -1 -1 -1 -1 -1',
    '3 90 -1 0 1 -1 -1 1 300 -1 1 2 -1 -1 -1 -1 -1 -1',
    '4 100 -1 500 9 -1 -1 9 600 -1 1 3 -1 -1 -1 -1 -1 -1',
    '5 110 -1 500 1 -1 -1 1 600 -1 1 1 -1 -1 -1 -1 -1 -1',
    '',
  ].join('\n'),
);
const sequential = file(
  'ones.swf',
  [
    '; MaxProcs: 16',
    '1 0 -1 600 1 -1 -1 2 900 -1 1 1 -1 -1 -1 -1 -1 -1',
    '2 0 -1 700 1 -1 -1 1 300 -1 1 2 -1 -1 -1 -1 -1 -1',
    '3 90 -1 0 1 -1 -1 1 300 -1 1 2 -1 -1 -1 -1 -1 -1',
    '4 90000 -1 500 1 -1 -1 1 600 -1 1 3 -1 -1 -1 -1 -1 -1',
    '',
  ].join('\n'),
);
const planetlab = file('cpu/a', '2\n40\n8\n15\n70\n5\n'.repeat(48)).replace(/a$/, '');
file('cpu/b', '30\n4\n12\n3\n6\n50\n'.repeat(48));
const availability = file(
  'avail.tab',
  '0 0 1 1 pc 1 1000 2000\n0 0 1 1 pc 0 5000 9000\n0 1 2 1 pc 1 6000 8000\n',
);

const JOBS: Given = {
  horizon: '3h',
  'cluster.nodes': 8,
  'cluster.os': 'in-kernel',
  'jobs.law': {
    name: 'poisson',
    count: 12,
    interarrival: '300s',
    service: { law: 'exponential', mean: '20min' },
    widths: [1, 2, 3],
    users: 4,
  },
};
const OWNED: Given = { ...JOBS, 'owners.law': 'mutka-livny' };
const FAULTY: Given = {
  ...OWNED,
  'faults.rate': 1e-5,
  'cluster.os': 'sfi-library',
  'faults.checked': false,
  'faults.leaks': 1,
};
const SCALED: Given = { 'jobs.user_scale': 'auto', 'jobs.traced_on': 'r3000-25' };
const SEQUENTIAL: Given = {
  ...JOBS,
  horizon: '2h',
  'jobs.law': { name: 'poisson', count: 60, users: 4, service: { law: 'exponential', mean: '10min' } },
  'jobs.load': 0.6,
  'policies.batch': 'none',
  'policies.sharing': 'threshold',
};
const PROGRAMS: Given = {
  'jobs.law': 'none',
  'program.name': 'bsp',
  'program.length': '200ms',
  'program.mix': 'none',
  'cluster.nodes': 4,
  'cluster.os': 'in-kernel',
  'cluster.quantum': '20ms',
};
const REMAP: Given = {
  'jobs.law': 'none',
  'messages.program': { name: 'remap', points: 4096 },
  'cluster.nodes': 4,
  'cluster.os': 'in-kernel',
};
const STENCIL: Given = {
  'jobs.law': 'none',
  'messages.trace': sample('stencil-16.trace.gz'),
  'cluster.nodes': 'auto',
  'cluster.os': 'in-kernel',
};
const PAGES: Given = {
  'jobs.law': 'none',
  'pages.law': { name: 'multigrid', pages: 256, cycles: 2 },
  'pages.compute': '1ms',
  'memory.frames': 128,
  'cluster.os': 'in-kernel',
};
const FILE: Given = { 'jobs.law': 'none', 'memory.stripe.file': '1MiB', 'cluster.os': 'in-kernel' };
const CALLS: Given = { 'jobs.law': 'none', 'services.trace': strace, 'cluster.os': 'in-kernel' };

/** Scenarios of each kind, by its title: what holds in one and not in another decides what is read. */
const SCENARIOS: Readonly<Record<string, readonly Given[]>> = {
  'a building': [
    OWNED,
    { ...OWNED, 'cluster.os': 'free' },
    { ...OWNED, 'cluster.os': 'sfi-library' },
    { ...OWNED, glunix: false },
    { ...JOBS, horizon: 'auto' },
    { ...OWNED, horizon: 'auto' },
    // Jobs as wide as the building: owners seldom leave all nodes.
    { ...OWNED, 'jobs.law': { name: 'poisson', count: 2, interarrival: '1s', widths: [8] }, horizon: 'auto' },
    { ...OWNED, 'jobs.trace': log, 'cluster.nodes': 9, 'owners.trace': sample('owners-8-two-days.txt') },
    { ...JOBS, 'jobs.trace': log, 'cluster.nodes': 4 },
    { ...JOBS, 'jobs.trace': log, 'cluster.nodes': 4, ...SCALED },
    { ...JOBS, 'jobs.law': 'none', 'owners.trace': planetlab, 'cluster.nodes': 2, horizon: '2d' },
    { ...JOBS, 'jobs.law': 'none', 'owners.trace': availability, 'cluster.nodes': 2 },
    { ...OWNED, 'jobs.law': 'none', horizon: '1d' },
    { ...OWNED, 'failures.mtbf': '1h', 'failures.beat': '30s' },
    {
      ...JOBS,
      'cluster.nodes': 16,
      'failures.trace': sample('outages-16-year.tab'),
      'failures.skip': '360d',
      horizon: '30d',
      'jobs.law': {
        name: 'poisson',
        count: 40,
        interarrival: '12h',
        service: { law: 'exponential', mean: '20h' },
      },
    },
    FAULTY,
    { ...FAULTY, 'faults.global': '50%', 'faults.shared': '90%' },
    { ...OWNED, 'faults.rate': 1e-5 },
    { ...OWNED, 'faults.rate': 1e-5, 'cluster.os': 'user-server', 'faults.leaks': 1 },
    {
      ...OWNED,
      horizon: '2d',
      'memory.frames': 4096,
      'memory.server_frames': 4096,
      'program.image': '40MiB',
      'program.large': { share: '30%', image: '30MiB' },
    },
    { ...OWNED, 'cluster.rows': 2 },
    { ...OWNED, 'policies.migration': 'precopy', 'program.image': '24MiB' },
  ],
  'load sharing': [
    SEQUENTIAL,
    { ...SEQUENTIAL, 'jobs.trace': sequential, horizon: 'auto' },
    { ...SEQUENTIAL, 'jobs.trace': sequential, horizon: 'auto', ...SCALED },
    { ...SEQUENTIAL, 'cluster.os': 'free' },
    { ...SEQUENTIAL, 'cluster.os': 'sfi-library' },
    { ...SEQUENTIAL, 'policies.sharing': 'none' },
    // The layer's own work takes all CPUs, so that patience ends the run.
    { ...SEQUENTIAL, 'cluster.operation_price': 1e5 },
    { ...SEQUENTIAL, 'policies.sharing': 'ask' },
    { ...SEQUENTIAL, 'policies.sharing': 'preempt-age' },
    { ...SEQUENTIAL, 'policies.sharing': 'birth' },
  ],
  'parallel programs that share nodes': [
    PROGRAMS,
    { ...PROGRAMS, 'cluster.os': 'free' },
    { ...PROGRAMS, 'cluster.os': 'sfi-library', 'program.mix': 'unix-1994' },
    { ...PROGRAMS, 'policies.coscheduling': 'implicit' },
    { ...PROGRAMS, 'policies.coscheduling': 'dynamic' },
    { ...PROGRAMS, 'policies.coscheduling': 'local', glunix: false },
    { ...PROGRAMS, 'program.pattern': 'fft-remap' },
    { ...PROGRAMS, 'program.pattern': 'random' },
    { ...PROGRAMS, 'program.pattern': 'neighbour' },
    {
      ...PROGRAMS,
      'jobs.law': {
        name: 'poisson',
        count: 5,
        service: { law: 'exponential', mean: '200ms' },
        widths: [1, 2],
      },
      'jobs.load': 0.5,
    },
    {
      ...PROGRAMS,
      'jobs.law': {
        name: 'poisson',
        count: 5,
        interarrival: '50ms',
        service: { law: 'exponential', mean: '200ms' },
        widths: [1, 8],
      },
      'jobs.too_wide': 'clamp',
    },
    { ...PROGRAMS, 'jobs.trace': log, 'cluster.nodes': 9, 'program.grain': '10s', 'cluster.quantum': '60s' },
    {
      ...PROGRAMS,
      'jobs.trace': log,
      ...SCALED,
      'cluster.nodes': 9,
      'program.grain': '10s',
      'cluster.quantum': '60s',
    },
  ],
  'a message-passing program': [
    REMAP,
    { ...REMAP, 'cluster.os': 'free' },
    { ...REMAP, 'messages.endpoint': 'kernel-udp' },
    STENCIL,
    { ...STENCIL, 'messages.place': 'block', 'cluster.nodes': 4 },
    { ...STENCIL, 'cluster.os': 'sfi-library' },
  ],
  'a process that pages': [
    PAGES,
    { ...PAGES, 'pages.trace': references, 'memory.frames': 32 },
    { ...PAGES, 'memory.servers': 0 },
    { ...PAGES, 'memory.frames': 'auto' },
    { ...PAGES, 'memory.frames': 'auto', 'memory.low_mark': '0%', 'memory.high_mark': '0%' },
    { ...PAGES, 'cluster.os': 'free' },
    { ...PAGES, 'cluster.os': 'sfi-library' },
    { ...PAGES, 'memory.wanted_after': '3s', 'memory.crash_after': '5s', 'policies.reliability': 'mirror' },
    FILE,
    { ...FILE, 'memory.stripe.disks': 0 },
    { ...FILE, 'cluster.os': 'free' },
  ],
  'a trace of service calls': [
    CALLS,
    { ...CALLS, 'services.fidelity': 'replayed' },
    { ...CALLS, 'services.traced_on': 'r3000-25' },
    { ...CALLS, 'cluster.os': 'sfi-library' },
    { ...CALLS, 'services.user_scale': 3 },
  ],
};

/** What a kind reads and no scenario here shows, with the reason. */
const STILL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a trace of service calls': {
    'services.numbering': 'read of traces of call numbers only (test/formats/services.test.ts)',
  },
  'a message-passing program': {
    'messages.ticks': 'read of texts of otf2-print only (test/formats/messages.test.ts)',
  },
  'parallel programs that share nodes': {
    'program.fidelity': 'both ways come to the same (test/theory/parallel.test.ts)',
  },
};

/** Values to try where those by the kind of field do not do. */
const VALUES: Readonly<Record<string, readonly Value[]>> = {
  horizon: ['2h', '100ms'],
  patience: ['1min'],
  warmup: ['20min', '100ms', '2000s'],
  'cluster.nodes': [5, 12, 3],
  'cluster.machine': ['r3000-25', 'hp-735'],
  'owners.trace': [sample('owner-returns.txt'), sample('owners-8-two-days.txt')],
  'jobs.trace': [sequential],
  'services.trace': [sample('git-clone.strace.gz')],
  'messages.trace': [sample('stencil-16.trace.gz')],
  'messages.member': ['x'],
  'pages.trace': [references],
  'failures.trace': [sample('outages-16-year.tab')],
  'failures.mtbf': ['2h'],
  'failures.beat': ['10s'],
  'failures.skip': ['50d'],
  'faults.rate': [1e-6],
  'jobs.law': [
    { name: 'poisson', count: 9, interarrival: '10s' },
    { name: 'lublin', count: 9 },
  ],
  'jobs.load': [0.3],
  'jobs.shake': ['100s'],
  'owners.law': ['day-cycle', 'none'],
  'pages.law': [{ name: 'zipf', pages: 64, count: 200 }],
  'program.name': ['bsp', 'none'],
  'sharing.speeds': [[1, 2]],
};
const BY_KIND: Readonly<Record<string, readonly Value[]>> = {
  time: ['7s', '10min', '1ms', '3h'],
  bytes: ['8KiB', '1KiB', '3MiB', '100MiB'],
  rate: ['10KiB/s', '1MiB/s'],
  share: ['15%', '0%', '50%', '100%'],
  number: [3, 0, 0.5, 1000],
  integer: [2, 1, 5, 100],
};

const origin: Origin = { base: '/', problem: (fault) => ({ where: '', ...fault }) };
const keys = (path: string) => path.split('.');

function laid(given: Given): Plain | undefined {
  const settings = Object.entries(given).flatMap(([path, value]) =>
    spread(fieldAt(FIELDS, keys(path)), { path: keys(path), value, layer: 1 }, () => origin),
  );
  const { scenario, problems } = layOver(FIELDS, settings, () => origin);
  return problems.length === 0 ? scenario : undefined;
}

/** One whose draws show every difference: with others a drawn program is taxed alike whatever is checked. */
const SEED = 3;

/** All that a run tells, or what it is refused for; undefined where the values cannot be given. */
async function told(given: Given): Promise<string | undefined> {
  const scenario = laid(given);
  if (scenario === undefined) return undefined;
  try {
    const settled = await study.settle(scenario, { base: '/' });
    const { digest, measures, counts } = await study.run(settled, SEED, 0, {});
    return JSON.stringify([digest, measures, counts]);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Settings that are no parameters of a slot: those are read where its choice is. */
const PATHS = pathsOf(FIELDS).filter((path) => {
  const above = keys(path).map((_, i) => fieldAt(FIELDS, keys(path).slice(0, i)));
  return fieldAt(FIELDS, keys(path))!.kind !== 'group' && !above.some((field) => field?.kind === 'slot');
});

const valueAt = (scenario: Plain, path: string) =>
  keys(path).reduce<Value | undefined>(
    (map, key) => (isMap(map ?? null) ? (map as Plain)[key] : undefined),
    scenario,
  );

/** Values of a setting that can be tried where it has the value `now`. */
function otherValues(path: string, now: Value | undefined): readonly Value[] {
  const field = fieldAt(FIELDS, keys(path))!;
  const shown = isMap(now ?? null) ? Object.values(now as Plain)[0] : now;
  const all =
    VALUES[path] ?? (field.kind === 'boolean' ? [!(now === true || now === 'on')] : valuesOf(field));
  return all.filter((value) => value !== shown);
}

/** Values by the kind of a field. */
function valuesOf(field: Field): readonly Value[] {
  if (field.kind === 'boolean') return [true, false];
  if (field.kind === 'choice' || field.kind === 'slot') return namesOf(field);
  return [...(field.kind === 'group' ? [] : (field.words ?? [])), ...(BY_KIND[field.kind] ?? [])];
}

/** What a run tells that differs from `base` once the setting has another value; undefined where nothing does. */
async function change(given: Given, path: string, base: string, most: number): Promise<string | undefined> {
  const rest = Object.fromEntries(Object.entries(given).filter(([other]) => !other.startsWith(`${path}.`)));
  let tried = 0;
  for (const value of otherValues(path, valueAt(laid(given)!, path))) {
    const other = await told({ ...rest, [path]: value });
    if (other === undefined) continue;
    if (other !== base) return `${path}=${JSON.stringify(value)}: ${other.slice(0, 200)}`;
    if (++tried === most) return undefined;
  }
  return undefined;
}

describe.each(RUN_KINDS.map((kind) => [kind.title, kind] as const))('%s', (title, kind) => {
  it('is changed by what it reads, and by nothing else', async () => {
    const moves = new Map<string, boolean>();
    const wrong: string[] = [];
    /** How often a setting was left unread for a reason: that is tried twice. */
    const times = new Map<string, number>();
    for (const given of SCENARIOS[title]!) {
      const scenario = laid(given)!;
      const settings = readFields(FIELDS, scenario);
      expect(RUN_KINDS.find((each) => each.takes(settings))).toBe(kind);
      const base = (await told(given))!;
      expect(base).toMatch(/^\[/);
      const unread = new Map(study.unread!(scenario, PATHS).map((each) => [each.path, each.found]));
      for (const path of PATHS) {
        const reason = unread.get(path);
        if (reason === undefined) {
          if (moves.get(path) === true) continue;
          moves.set(path, (await change(given, path, base, Number.POSITIVE_INFINITY)) !== undefined);
          continue;
        }
        const count = (times.get(`${path} ${reason}`) ?? 0) + 1;
        times.set(`${path} ${reason}`, count);
        if (count > 2) continue;
        const found = await change(given, path, base, 1);
        if (found !== undefined) wrong.push(`${found} in ${JSON.stringify(given)}`);
      }
    }
    expect(wrong).toEqual([]);
    const still = [...moves].flatMap(([path, moved]) => (moved ? [] : path));
    expect(still.toSorted()).toEqual(Object.keys(STILL[title] ?? {}).toSorted());
  }, 300_000);
});

/** Parameters of policies that change no run here, or only long ones, with where they are tested. */
const UNSHOWN: Readonly<Record<string, string>> = {
  'policies.idle=condor cpu_busy': 'test/contracts/idle.test.ts',
  'policies.idle=condor least_run': 'test/contracts/idle.test.ts',
  'policies.idle=condor most_vacating': 'test/theory/moves.test.ts',
  'policies.idle=condor checkpointable': 'test/contracts/idle.test.ts',
  'policies.idle=load refuse': 'test/contracts/idle.test.ts',
  'policies.idle=condor88 cpu_busy': 'test/contracts/idle.test.ts',
  'policies.idle=condor88 least_run': 'test/contracts/idle.test.ts',
  'policies.idle=condor88 most_vacating': 'test/theory/moves.test.ts',
  'policies.share=equal window': 'beside reclaim only (test/theory/fairness.test.ts)',
  'policies.batch=fcfs pass': 'jobs that come and end at one instant only (test/replay)',
  'policies.batch=easy pass': 'jobs that come and end at one instant only (test/replay)',
  'policies.batch=conservative pass': 'jobs that come and end at one instant only (test/replay)',
  'policies.sharing=birth long': 'test/contracts/sharing.test.ts',
  'policies.coscheduling=gang fit': 'test/contracts/coscheduling.test.ts',
  'policies.coscheduling=gang unify': 'test/theory/parallel.test.ts',
};

describe.each(PATHS.filter((path) => path.startsWith('policies.')))('%s', (path) => {
  const slot = fieldAt(FIELDS, keys(path))!;

  it.runIf(slot.kind === 'slot')(
    'is changed by every parameter of every choice',
    async () => {
      const same: string[] = [];
      let scenarios = Object.values(SCENARIOS).flat();
      for (const [name, { fields }] of Object.entries(slot.kind === 'slot' ? slot.of : {})) {
        const bases = new Map<Given, string | undefined>();
        for (const [parameter, of] of Object.entries(fields)) {
          if (`${path}=${name} ${parameter}` in UNSHOWN) continue;
          const by = await firstChanged(scenarios, bases, path, name, parameter, of);
          if (by === undefined) same.push(`${path}=${name} ${parameter}`);
          // One that shows a parameter mostly shows the next.
          else scenarios = [by, ...scenarios.filter((each) => each !== by)];
        }
      }
      expect(same).toEqual([]);
    },
    60_000,
  );
});

/** The first scenario that comes to something else with another value of a parameter; `bases`: what each comes to without. */
async function firstChanged(
  scenarios: readonly Given[],
  bases: Map<Given, string | undefined>,
  path: string,
  name: string,
  parameter: string,
  of: Field,
): Promise<Given | undefined> {
  const ran = async (choice: Plain, given: Given) => {
    const all = { ...given, [path]: choice };
    const scenario = laid(all);
    if (scenario === undefined || study.unread!(scenario, [path]).length > 0) return undefined;
    const text = await told(all);
    return text?.startsWith('[') === true ? text : undefined;
  };
  for (const given of scenarios) {
    if (!bases.has(given)) bases.set(given, await ran({ name }, given));
    const base = bases.get(given);
    if (base === undefined) continue;
    for (const value of valuesOf(of)) {
      const other = await ran({ name, [parameter]: value }, given);
      if (other !== undefined && other !== base) return given;
    }
  }
  return undefined;
}

describe('settings of a file that change nothing', () => {
  const notes = async (content: Plain, ...set: string[]) =>
    (await settleExperiment(study, documentOf(content, 'mine', '/'), { set })).notes.join('\n');
  const free = { jobs: { law: { name: 'poisson', count: 5 } }, cluster: { os: 'free' }, horizon: '1h' };

  it('are told in one note, at their default or switched off not', async () => {
    expect(await notes({ ...free, pages: { compute: '3us' }, policies: { owner_return: 'kill' } })).toBe(
      'settings that change nothing here: pages.compute (a building does not read it); policies.owner_return (it counts only with owners)',
    );
    expect(await notes({ ...free, pages: { compute: '100ns' }, program: { mix: 'none' } })).toBe('');
  });

  it('of a slot that is not read its parameters are not told again', async () => {
    const policies = { owner_return: { name: 'linger', idle_use: '5%' } };
    expect(await notes({ ...free, policies })).toMatch(/: policies.owner_return \([^;]*$/);
  });

  it('count where one point of several reads them', async () => {
    const vary = { 'cluster.os': ['free', 'in-kernel'] };
    expect(await notes({ ...free, vary, program: { mix: 'unix-1994' } })).toBe('');
    await expect(notes({ ...free, vary: { 'program.mix': ['none', 'unix-1994'] } })).rejects.toThrow(
      'program.mix: it counts only where something has a price',
    );
  });

  it('a flag that such runs never read is refused, one that counts elsewhere is noted', async () => {
    await expect(notes(free, 'pages.compute=3us')).rejects.toThrow('a building does not read it');
    expect(await notes(free, 'failures.misses=5')).toContain(
      'failures.misses (it counts only where nodes crash)',
    );
  });
});

it('a program alone in a file that says nothing of jobs is told that those beside it are the default', async () => {
  const alone = (content: Plain) => settleExperiment(study, documentOf(content, 'mine', '/'), {});
  const lublin = 'jobs.law: lublin, which is the default, beside';
  await expect(alone({ services: { trace: strace } })).rejects.toThrow(`${lublin} services.trace`);
  await expect(alone({ pages: { trace: references } })).rejects.toThrow(`${lublin} pages.trace`);
  await expect(alone({ messages: { program: 'ping-pong' } })).rejects.toThrow(`${lublin} messages.program`);
  await expect(alone({ pages: { trace: references }, jobs: { law: 'poisson' } })).rejects.toThrow(
    'jobs.law: poisson beside pages.trace: such a run has one process; set jobs.law=none, or pages.trace=none',
  );
});

describe('what a run says of its traces', () => {
  const processes = file(
    'tree.csv',
    'pid,ppid,start_s,wall_s,execs,exit,program\n1,0,0,4,1,0,a\n2,0,10,6,1,0,b\n3,0,20,2,1,0,c\n',
  );
  const own: Given = { ...JOBS, 'jobs.law': 'none', 'jobs.trace': processes, 'cluster.nodes': 3 };
  const ran = async (given: Given) => {
    const settled = await study.settle(laid(given)!, { base: '/' });
    return study.run(settled, 1, 0, {});
  };

  it('run times of processes are scaled by a number, or by the machines, and the note says how', async () => {
    const free = { ...own, 'cluster.os': 'free' };
    const once = await ran(free);
    expect(once.measures['run_time_s']).toBeCloseTo(4, 9);
    expect(once.notes.join()).not.toContain('run times');
    const tenfold = await ran({ ...free, 'jobs.user_scale': 10 });
    expect(tenfold.measures['run_time_s']).toBeCloseTo(40, 9);
    const faster = await ran({
      ...free,
      'jobs.user_scale': 'auto',
      'jobs.traced_on': 'alpha-160',
      'cluster.machine': 'r3000-25',
    });
    const note = faster.notes.find((each) => each.includes('run times'));
    const factor = Number(/times ([\d.]+) for r3000-25/.exec(note!)![1]);
    expect(factor).toBeGreaterThan(1);
    expect(faster.measures['run_time_s']! / (4 * factor)).toBeCloseTo(1, 2);
    expect((await ran({ ...free, 'jobs.user_scale': 'auto' })).notes.join()).not.toContain('run times');
    expect((await ran(own)).notes.join()).toContain(
      "run times are the traced machine's own, taken for those of r3000-40",
    );
  });

  it('load sharing says which jobs it measures, and refuses to measure none', async () => {
    const shared = { ...own, 'policies.batch': 'none', 'policies.sharing': 'random', horizon: 'auto' };
    const part = await ran({ ...shared, warmup: '15s' });
    expect(part.notes.join()).toContain('1 of 3 jobs are measured, those submitted from 15s to 20s');
    await expect(ran({ ...shared, warmup: '15s', 'sharing.cooldown': '6s' })).rejects.toThrow(
      'warmup: 15s, and sharing.cooldown 6s, while jobs are submitted from 0s to 20s: no job is measured',
    );
  });

  it('a log whose times between submissions are scaled is said to be, by how much', async () => {
    const free = { ...own, 'cluster.os': 'free' };
    expect((await ran(free)).notes.join()).not.toContain('submissions');
    // 12 s of work on 3 nodes over the 20 s between the first and the last: a load of 0.2.
    expect((await ran({ ...free, 'jobs.load': 0.1 })).notes.join()).toContain(
      'times between submissions are multiplied by 2.00 for jobs.load=0.1 (jobs.load=own: as logged)',
    );
    expect((await ran({ ...free, 'jobs.load': 0.2 })).notes.join()).not.toContain('submissions');
  });

  it('records of a log that are left out, and runs that are cut at their estimates, are counted', async () => {
    const log = file(
      'short.swf',
      [
        '; MaxProcs: 4',
        '1 0 -1 1200 1 -1 -1 1 600 -1 1 1 -1 -1 -1 -1 -1 -1',
        '2 10 -1 100 1 -1 -1 1 600 -1 1 1 -1 -1 -1 -1 -1 -1',
        '3 20 -1 -1 1 -1 -1 1 600 -1 1 1 -1 -1 -1 -1 -1 -1\n',
      ].join('\n'),
    );
    const given = { ...own, 'jobs.trace': log };
    const { notes, measures } = await ran(given);
    expect(notes).toContain(`${log}: 1 of 3 records left out (1: run time below zero)`);
    expect(notes.join()).toContain(
      `${log}: 1 of 2 jobs ran longer than asked for, and is cut at the estimate`,
    );
    const kept = await ran({ ...given, 'jobs.overrun': 'keep' });
    expect(kept.notes.join()).not.toContain('is cut');
    expect(kept.measures['run_time_s']! - measures['run_time_s']!).toBeGreaterThan(299);
    const wide = { ...own, 'cluster.nodes': 1, 'jobs.trace': log, horizon: '200s' };
    expect((await ran(wide)).notes).toContain('2 jobs had not ended when the run did');
    expect((await ran({ ...wide, horizon: '650s' })).notes).toContain('1 job had not ended when the run did');
  });

  it('owners of whom there are fewer or more than nodes are told of', async () => {
    const owners = file('three.txt', '# span_s 900\na 0 away 0\nb 0 away 0\nc 0 away 0\n');
    const given = { ...JOBS, 'jobs.law': 'none', 'owners.trace': owners, horizon: '900s' };
    const told = async (nodes: number) => (await ran({ ...given, 'cluster.nodes': nodes })).notes.join();
    expect(await told(6)).toContain(
      'owners.trace has 3 nodes, cluster.nodes is 6: each is used 2 times, at the same times',
    );
    expect(await told(7)).toContain('each is used 2 or 3 times, at the same times');
    expect(await told(2)).toContain('the first 2 in the order of their names are used');
    expect(await told(3)).not.toContain('owners.trace has');
  });

  it('nodes that a trace never shows up are counted', async () => {
    const given = { ...JOBS, 'jobs.law': 'none', 'owners.trace': availability, 'cluster.nodes': 2 };
    expect((await ran({ ...given, horizon: '900s' })).notes.join()).toContain('1 of 2 nodes are never there');
    expect((await ran({ ...given, horizon: '2h' })).notes.join()).not.toContain('never there');
    expect((await ran({ ...given, horizon: '900s', 'owners.gaps': 'available' })).notes.join()).not.toContain(
      'never there',
    );
  });
});
