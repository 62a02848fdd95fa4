/**
 * Random buildings: a list of jobs, owners who come and go, crashes, and a policy in every slot. What is simpler stands
 * first wherever something is chosen, since a case that fails is shrunk towards it.
 */
import * as fc from 'fast-check';
import type { Plain } from '../../../sim/experiment/fields.ts';
import type { Files } from './harness.ts';
import { files, type Outcome, outcomeOf } from './outcome.ts';
import { fieldsOf, namesOf, nested } from './settings.ts';

/** Slots that a building reads. */
export const BUILDING_SLOTS = [
  'idle',
  'placement',
  'owner_return',
  'migration',
  'recovery',
  'checkpoint',
  'share',
  'batch',
  'memory_server',
  'reliability',
] as const;

export interface Job {
  /** s after the first one's, where this is smaller than any other's. */
  readonly submit: number;
  readonly run: number;
  /** s by which its user asks for more than its run time. */
  readonly more: number;
  readonly width: number;
  readonly user: number;
  /** MiB a task. */
  readonly memory: number;
}

/** A node is used by its owner, or is down, from one time on for so long, s. */
export interface Stretch {
  readonly node: number;
  readonly from: number;
  readonly long: number;
}

export interface Building {
  readonly nodes: number;
  readonly jobs: readonly Job[];
  /** null: no owners. */
  readonly owners: readonly Stretch[] | null;
  /** null: no node can crash. */
  readonly crashes: readonly Stretch[] | null;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly seed: number;
}

/** Whether the nodes are the jobs' alone, and stay up. */
export const hasNoOthers = ({ owners, crashes }: Building): boolean => owners === null && crashes === null;

export const rowsOf = ({ settings }: Building): number => Number(settings['cluster.rows'] ?? 1);

/** Jobs of so many processors may be wider than all nodes together; narrower ones fit. */
const TOO_WIDE = 6;

/** Lists of jobs: half of them come thick and fast, half of them have estimates that are the run times. */
export const jobLists: fc.Arbitrary<readonly Job[]> = fc.oneof(
  ...[30, 300].flatMap((last) => [
    lists(last, fc.constant(0)),
    lists(last, fc.oneof(fc.constant(0), fc.nat(300))),
  ]),
);

function lists(last: number, more: fc.Arbitrary<number>): fc.Arbitrary<Job[]> {
  const job = fc.record({
    submit: fc.nat(last),
    run: fc.integer({ min: 1, max: 400 }),
    more,
    width: fc.integer({ min: 1, max: TOO_WIDE }),
    user: fc.nat(2),
    memory: fc.constantFrom(1, 4, 16),
  });
  return fc.array(job, { minLength: 1, maxLength: 10, size: 'max' });
}

const fitted = (list: readonly Job[], nodes: number) =>
  list.map((job) => ({ ...job, width: job.width === TOO_WIDE ? TOO_WIDE : Math.min(job.width, nodes) }));

const stretches = (nodes: number, longest: number) =>
  fc.array(
    fc.record({
      node: fc.nat(nodes - 1),
      from: fc.nat(600),
      long: fc.integer({ min: 1, max: longest }),
    }),
    { minLength: 1, maxLength: 8, size: 'max' },
  );

/** Path -> values, the simplest first. */
export type Choices = Readonly<Record<string, readonly (string | number | boolean)[]>>;

/** Settings of a policy that are drawn where the policy has them, simplest first. */
const PARAMETERS: Choices = {
  'owner_return.delay_limit': ['none', 1, 2],
  'idle.after': ['1s', '10s', '1min'],
  'share.reclaim': [false, true],
  'share.every': ['0s', '30s'],
  'checkpoint.cost': ['1s', '20s'],
  'checkpoint.restart': ['0s', '30s'],
  'checkpoint.interval': ['1min', '3min'],
  'batch.pass': ['event', 'instant'],
};

/** Settings that are no policies, simplest first. */
const OTHERS: Choices = {
  'cluster.os': ['free', 'in-kernel', 'sfi-library'],
  'cluster.network': ['atm155', 'ethernet10'],
  'cluster.rows': [1, 1, 1, 2, 3],
  'memory.frames': ['auto', 'auto', 1500],
  horizon: ['auto', 'auto', '900s'],
  'failures.beat': ['none', '5s'],
  'failures.master': [false, true],
  'failures.attempts': [10_000, 2],
};

export interface Wanted {
  /** Slot -> policy: these are not drawn. */
  readonly policies?: Readonly<Record<string, string>>;
  /** Path -> value, likewise. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly owners?: 'none' | 'some';
  readonly crashes?: 'none' | 'some';
}

/** Random buildings in which everything is drawn but what is wanted. */
export function buildings(wanted: Wanted): fc.Arbitrary<Building> {
  const settings = fc.record({
    ...records(OTHERS),
    ...records(PARAMETERS, 'policies.'),
    ...Object.fromEntries(
      BUILDING_SLOTS.map((slot) => [`policies.${slot}.name`, fc.constantFrom(...policiesOf(slot))]),
    ),
  });
  return fc
    .integer({ min: 1, max: 6 })
    .chain((nodes) =>
      fc.record({
        nodes: fc.constant(nodes),
        jobs: jobLists.map((list) => fitted(list, nodes)),
        owners: maybe(stretches(nodes, 300), wanted.owners),
        crashes: maybe(stretches(nodes, 200), wanted.crashes),
        settings,
        seed: fc.nat(1000),
      }),
    )
    .map((building) => possible(building, wanted));
}

export function records(from: Choices, before = '') {
  return Object.fromEntries(
    Object.entries(from).map(([path, values]) => [`${before}${path}`, fc.constantFrom(...values)]),
  );
}

function maybe<T>(arbitrary: fc.Arbitrary<T>, wanted: 'none' | 'some' | undefined): fc.Arbitrary<T | null> {
  if (wanted === 'none') return fc.constant(null);
  return wanted === 'some' ? arbitrary : fc.option(arbitrary, { freq: 2 });
}

/** The policies of a slot that a building can have, the default first. */
export function policiesOf(slot: string): string[] {
  return namesOf(slot).filter((name) => !PARITY.has(name) && !(slot === 'batch' && name === 'none'));
}

/** In a building no node is set apart for parity (`nowsim` refuses it): these are tried where processes page. */
const PARITY: ReadonlySet<string> = new Set(['parity', 'parity-logging']);

/** The building with what is wanted, and without what `nowsim` would refuse. */
function possible(building: Building, { policies = {}, settings = {} }: Wanted): Building {
  const chosen: Record<string, string | number | boolean> = { ...building.settings };
  for (const [slot, name] of Object.entries(policies)) chosen[`policies.${slot}.name`] = name;
  Object.assign(chosen, settings);
  // Where messages are logged, tasks are saved as that needs it.
  if (chosen['policies.recovery.name'] === 'message-log' && chosen['policies.checkpoint.name'] !== 'none') {
    if (policies['checkpoint'] === undefined) chosen['policies.checkpoint.name'] = 'none';
    else chosen['policies.recovery.name'] = 'rollback';
  }
  // Intervals that follow from crashes need some.
  const needsCrashes = ['young', 'daly'].includes(String(chosen['policies.checkpoint.name']));
  const crashes = building.crashes ?? (needsCrashes ? [{ node: 0, from: 0, long: 1 }] : null);
  for (const path of Object.keys(PARAMETERS)) {
    const [slot, parameter] = path.split('.') as [string, string];
    const fields = fieldsOf(slot, String(chosen[`policies.${slot}.name`]));
    if (fields[parameter] === undefined) delete chosen[`policies.${path}`];
  }
  return { ...building, crashes, settings: chosen };
}

/** The building as an experiment and the traces that it names; times of files are those of the run. */
export function experimentOf(building: Building): { experiment: Plain; traces: Files } {
  const { nodes, owners, crashes, seed, settings } = building;
  const traces: Record<string, string> = { 'jobs.swf': swf(building.jobs, nodes) };
  const more: Record<string, string | number | boolean> = {};
  if (owners !== null) {
    traces['owners.txt'] = activity(nodes, owners, 'away 0.02', 'present 0.3');
    more['owners.trace'] = 'owners.txt';
    more['owners.after'] = 'stop';
  }
  if (crashes !== null) {
    traces['crashes.txt'] = activity(nodes, crashes, 'up', 'down');
    more['failures.trace'] = 'crashes.txt';
    more['failures.after'] = 'stop';
  }
  const all = {
    question: 'does everything add up?',
    seed,
    'cluster.nodes': nodes,
    'jobs.trace': 'jobs.swf',
    'program.mix': 'none',
    ...more,
    ...settings,
  };
  return { experiment: nested(all), traces };
}

/** One run of it. */
export const runOf = (building: Building): Promise<Outcome> => {
  const { experiment, traces } = experimentOf(building);
  return outcomeOf(experiment, traces);
};

export const filesOf = (building: Building): Files => {
  const { experiment, traces } = experimentOf(building);
  return files(experiment, traces);
};

/** The jobs in the order in which they come, the first at zero. */
export function inOrder(list: readonly Job[]): Job[] {
  const first = Math.min(...list.map(({ submit }) => submit));
  return list.map((job) => ({ ...job, submit: job.submit - first })).sort((a, b) => a.submit - b.submit);
}

export function swf(list: readonly Job[], nodes: number): string {
  const lines = inOrder(list).map(({ submit, run, more, width, user, memory }, i) =>
    [i + 1, submit, -1, run, width, -1, memory * 1024, width, run + more, -1, 1, user, ...UNKNOWN].join(' '),
  );
  return `; MaxProcs: ${nodes}\n${lines.join('\n')}\n`;
}
const UNKNOWN = [-1, -1, -1, -1, -1, -1];

/** Activity of all nodes: `off`, but `on` in the stretches; stretches that meet are one. */
function activity(nodes: number, list: readonly Stretch[], off: string, on: string): string {
  const lines = ['# offset_s 0', '# span_s 86400', '# node time kind value'];
  for (let node = 0; node < nodes; node++) {
    lines.push(`pc${node} 0 ${off}`);
    let until = 0;
    const own = list.filter((stretch) => stretch.node === node).sort((a, b) => a.from - b.from);
    for (const [i, { from, long }] of own.entries()) {
      if (from > until || i === 0) lines.push(`pc${node} ${from} ${on}`);
      until = Math.max(until, from + long);
      if (i + 1 < own.length && own[i + 1]!.from <= until) continue;
      lines.push(`pc${node} ${until} ${off}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
