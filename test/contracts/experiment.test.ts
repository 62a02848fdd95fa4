/** The experiment kit on a study of one queue: settings, points, resumption, workers, replay, what is refused. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, parseText } from '../../sim/experiment/document.ts';
import { type Overrides, settleExperiment } from '../../sim/experiment/experiment.ts';
import { type Plain, readFields } from '../../sim/experiment/fields.ts';
import { readManifest } from '../../sim/experiment/manifest.ts';
import { digestOfRows } from '../../sim/experiment/rows.ts';
import { type ExperimentResult, type RunOptions, runExperiment } from '../../sim/experiment/runner.ts';
import { experimentSchema } from '../../sim/experiment/schema.ts';
import { CheckError, InputError } from '../../sim/problem.ts';
import { TOY_FIELDS, toyStudy } from './toy-study.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nowsim-kit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
function freshFolder(): string {
  return join(folder, `out-${made++}`);
}

const TWO_BY_TWO: Plain = {
  question: 'Does order matter?',
  seed: 3,
  replications: 4,
  queue: { service: '2s' },
  vary: { 'customers.load': [0.5, 0.8], 'policies.order': ['first-come', 'threshold'] },
  baseline: { 'customers.load': 0.5 },
};

function run(
  content: Plain,
  options: Partial<RunOptions> = {},
  study = toyStudy(),
): Promise<ExperimentResult> {
  return runExperiment(study, documentOf(content, 'toy', folder), { out: null, ...options });
}

async function problemsOf(attempt: Promise<unknown>): Promise<string[]> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof InputError)
      return error.message.split('\n').filter((line) => !/^ +(\d+)? *\|/.test(line));
    throw error;
  }
  throw new Error('it was accepted');
}

const settle = (content: Plain, overrides: Overrides = {}) =>
  settleExperiment(toyStudy(), documentOf(content, 'toy', folder), overrides);
const settleText = (text: string, overrides: Overrides = {}) =>
  settleExperiment(toyStudy(), parseText(text, 'toy.yaml', { name: 'toy', base: folder }), overrides);
const orderOf = async (content: Plain, overrides: Overrides = {}) =>
  (await settle(content, overrides)).points.map((point) => (point.scenario['policies'] as Plain)['order']);

describe('settling', () => {
  it('fills in every default and keeps human text', async () => {
    const { points } = await settle({});
    expect(points).toEqual([
      {
        params: {},
        scenario: {
          queue: { service: '1s', link: '10Mb/s', buffer: 'none', fair: 'on', model: 'small' },
          customers: { count: 200, load: 0.5, patience: '100%', trace: 'none' },
          breaks: 'none',
          policies: { order: { name: 'first-come' } },
        },
      },
    ]);
  });

  it('gives typed numbers in ns, bit/s, bytes and fractions', async () => {
    const content = {
      queue: { service: '2.5ms', buffer: '8KiB', fair: false },
      breaks: { every: '2h' },
      customers: { patience: 0.25 },
    };
    const { points } = await settle(content);
    const read = readFields(TOY_FIELDS, points[0]!.scenario);
    expect(read).toEqual({
      queue: { service: 2.5e6, link: 1e7, buffer: 8192, fair: false, model: 'small' },
      customers: { count: 200, load: 0.5, patience: 0.25, trace: 'none' },
      breaks: { every: 7.2e12 },
      policies: { order: { name: 'first-come' } },
    });
    expect(() => readFields(TOY_FIELDS, { ...points[0]!.scenario, breaks: 'often' })).toThrow(
      'breaks is not settled',
    );
  });

  it('multiplies axes out, first axis slowest', async () => {
    const { points } = await settle(TWO_BY_TWO);
    expect(points.map((point) => Object.values(point.params))).toEqual([
      [0.5, 'first-come'],
      [0.5, 'threshold'],
      [0.8, 'first-come'],
      [0.8, 'threshold'],
    ]);
  });

  it('resolves paths against the file, or the working directory where they were typed', async () => {
    mkdirSync(join(folder, 'elsewhere'), { recursive: true });
    for (const place of [folder, join(folder, 'elsewhere')]) writeFileSync(join(place, 'sizes.txt'), place);
    const file = await settle({ customers: { trace: 'sizes.txt' } });
    const typed = await settle({}, { set: ['customers.trace=sizes.txt'], cwd: join(folder, 'elsewhere') });
    const traceOf = (experiment: typeof file) =>
      (experiment.points[0]!.scenario['customers'] as Plain)['trace'];
    expect(traceOf(file)).toBe(join(folder, 'sizes.txt'));
    expect(traceOf(typed)).toBe(join(folder, 'elsewhere', 'sizes.txt'));
    const model = await settle({}, { set: ['queue.model=./mine.yaml'], cwd: '/somewhere' });
    expect((model.points[0]!.scenario['queue'] as Plain)['model']).toBe('/somewhere/mine.yaml');
  });
});

describe('--set and --vary', () => {
  const SLOT = { policies: { order: { name: 'threshold', below: '5s', ties: 'last' } } };

  it('resets the parameters of a slot that is named', async () => {
    const reset = { name: 'threshold', below: '1s', ties: 'first' };
    expect(await orderOf(SLOT, { set: ['policies.order=threshold'] })).toEqual([reset]);
    expect(await orderOf(SLOT, { set: ['policies.order.name=threshold'] })).toEqual([reset]);
    expect(await orderOf(SLOT, { set: ['policies.order=first-come'] })).toEqual([{ name: 'first-come' }]);
    expect(await orderOf(SLOT, { set: ['policies.order.below=2s'] })).toEqual([
      { name: 'threshold', below: '2s', ties: 'last' },
    ]);
  });

  it('applies names before parameters, whatever the order', async () => {
    const wanted = [{ name: 'threshold', below: '2s', ties: 'first' }];
    const name = 'policies.order=threshold';
    const parameter = 'policies.order.below=2s';
    expect(await orderOf({}, { set: [name, parameter] })).toEqual(wanted);
    expect(await orderOf({}, { set: [parameter, name] })).toEqual(wanted);
    expect(await orderOf({}, { set: [parameter], vary: [name] })).toEqual(wanted);
    expect(await orderOf({ vary: { 'policies.order': ['threshold'] } }, { set: [parameter] })).toEqual(
      wanted,
    );
  });

  it('takes whole slots and maps, on the command line and on axes', async () => {
    const text = '{name: threshold, below: 4s}';
    const wanted = { name: 'threshold', below: '4s', ties: 'first' };
    expect(await orderOf({}, { set: [`policies.order=${text}`] })).toEqual([wanted]);
    expect(await orderOf({}, { vary: [`policies.order=first-come,${text}`] })).toEqual([
      { name: 'first-come' },
      wanted,
    ]);
    expect(await orderOf({}, { set: [`policies={order: ${text}}`] })).toEqual([wanted]);
    const { notes } = await settle(SLOT, { set: ['policies.order=threshold'] });
    expect(notes[0]).toContain('policies.order.below of the file does not hold');
  });

  it('lets the last of two flags hold, a set path leave its axis, --vary replace the values in place', async () => {
    const paths = async (overrides: Overrides) =>
      (await settle(TWO_BY_TWO, overrides)).axes.map((axis) => [axis.path, ...axis.values]);
    expect(await paths({ set: ['customers.load=0.3', 'customers.load=0.4'] })).toEqual([
      ['policies.order', 'first-come', 'threshold'],
    ]);
    const last = await settle(TWO_BY_TWO, { set: ['customers.load=0.3', 'customers.load=0.4'] });
    expect((last.points[0]!.scenario['customers'] as Plain)['load']).toBe(0.4);
    expect(await paths({ vary: ['customers.load=0.1,0.2,0.3', 'queue.service=1s,2s'] })).toEqual([
      ['customers.load', 0.1, 0.2, 0.3],
      ['policies.order', 'first-come', 'threshold'],
      ['queue.service', '1s', '2s'],
    ]);
  });

  it('sets what the kit itself knows, and switches blocks on and off', async () => {
    const experiment = await settle(TWO_BY_TWO, {
      set: ['seed=9', 'replications=2', 'question=Why?', 'baseline={policies.order: threshold}'],
    });
    expect(experiment).toMatchObject({
      seed: 9,
      replications: 2,
      question: 'Why?',
      baseline: { 'policies.order': 'threshold' },
    });
    expect(await settle(TWO_BY_TWO, { seed: 11, replications: 1, set: ['seed=9'] })).toMatchObject({
      seed: 11,
      replications: 1,
    });
    const breaks = async (content: Plain, set: string[]) =>
      (await settle(content, { set })).points[0]!.scenario['breaks'];
    expect(await breaks({}, ['breaks.every=5min'])).toEqual({ every: '5min' });
    expect(await breaks({ breaks: { every: '1h' } }, ['breaks=none'])).toBe('none');
  });

  it.each([
    ['queue.servic=3s', 'did you mean "queue.service"?'],
    ['service=3s', 'did you mean "queue.service"?'],
    ['qeue.service=3s', 'did you mean "queue.service"?'],
    ['queue.service.unit=3s', 'queue.service is a single value'],
    ['queue.service', 'no "=" stands here'],
    ['=3s', 'no path stands before the "="'],
    ['queue.service=', 'nothing stands after the "="'],
    ['queue.service=5 ms', 'has a blank before its unit; write 5ms'],
    ['queue.service=5', 'has no unit; append one of ns, us'],
    ['queue.service=-5s', 'it must be at least 0ns'],
    ['queue.link=10mbs', '"mbs" is not a unit of a rate; append one of b/s'],
    ['queue.link=0b/s', 'it must be above 0b/s'],
    ['customers.load=nan', 'NaN cannot be computed with'],
    ['customers.load=.inf', 'Infinity cannot be computed with'],
    ['customers.load=high', '"high" is not a number'],
    ['customers.count=1.5', 'not a whole number'],
    ['customers.patience=150%', 'it must be at most 1'],
    ['queue.fair=perhaps', 'neither on nor off'],
    ['queue.model=smal', 'did you mean "small"?'],
    ['policies.order=treshold', 'did you mean "threshold"?'],
    ['policies.order=zzzzzzzzz', 'known: first-come, threshold, sized'],
    [
      'policies.order.below=2s',
      '"first-come" has no parameter "below" ("below" belongs to threshold); first-come has no parameters',
    ],
    ['policies.order=sized', 'policies.order.by must be given'],
    ['policies=fast', 'a map of settings belongs here'],
    ['replications=0', 'it must be at least 1'],
    ['seed=-1', 'it must be at least 0'],
    ['vary={}', 'write --vary path=a,b,c'],
    ['constructor=3', '"constructor" is not a setting'],
    ['queue.__proto__=3', 'is not a setting'],
    ['policies.order={name: threshold', 'cannot be read'],
  ])('refuses --set %s', async (text, message) => {
    const problems = await problemsOf(settle({}, { set: [text] }));
    expect(problems.join('\n')).toContain(message);
    if (message !== 'policies.order.by must be given') expect(problems[0]).toContain(`--set ${text}`);
  });

  it.each([
    ['customers.load=', 'the axis has no values'],
    ['customers.load=0.5,0.5', '0.5 stands twice on the axis customers.load'],
    ['customers.laod=1,2', 'did you mean "customers.load"?'],
    ['seed=1,2', 'seed is not an axis'],
    ['customers.load=0.5,-1', '-1 is out of range; it must be above 0'],
    ['customers.load=0.5,,1', 'nothing stands after the "="'],
  ])('refuses --vary %s', async (text, message) => {
    expect((await problemsOf(settle({}, { vary: [text] }))).join('\n')).toContain(message);
  });

  it('refuses to vary one path twice, and values of an axis that are one value', async () => {
    expect(await problemsOf(settle({}, { vary: ['queue.fair=on', 'queue.fair=off'] }))).toEqual([
      expect.stringContaining('--vary queue.fair=off: queue.fair is varied by --vary queue.fair=on, too'),
    ]);
    expect(await problemsOf(settle({}, { vary: ['queue.service=60s,90s,1min'] }))).toEqual([
      expect.stringContaining('60s and 1min on the axis queue.service are the same value'),
    ]);
    expect(await problemsOf(settle({ vary: { 'queue.fair': ['on', true] } }))).toEqual([
      expect.stringContaining('on stands twice on the axis queue.fair'),
    ]);
  });

  it('refuses to set and vary one path', async () => {
    const flags = { set: ['customers.load=0.4'], vary: ['customers.load=0.5,0.6'] };
    expect((await problemsOf(settle({}, flags)))[0]).toContain('the path is set and varied');
  });
});

describe('a bad file', () => {
  it('has all its problems reported at once, in order, each with its place, line and caret', async () => {
    const text = [
      'question: Which?',
      'replications: 2.5',
      'queu: {service: 1s}',
      'queue:',
      '  service: 5 ms',
      '  link: 10mbs',
      '  sped: 4',
      'customers: {load: -3, patience: .nan}',
      'policies: {order: {name: first-come, below: 1s}}',
      'vary:',
      '  customers.count: []',
      '  customers.lod: [1]',
      'baseline: {policies.order: fist-come}',
      'measures: [wait_time]',
    ].join('\n');
    const problem: unknown = await settleText(text).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(InputError);
    const { problems } = problem as InputError;
    expect(problems.map((each) => each.where)).toEqual([
      'toy.yaml:2:15',
      'toy.yaml:3:1',
      'toy.yaml:5:12',
      'toy.yaml:6:9',
      'toy.yaml:7:3',
      'toy.yaml:8:19',
      'toy.yaml:8:33',
      'toy.yaml:9:38',
      'toy.yaml:11:3',
      'toy.yaml:12:3',
      'toy.yaml:13:28',
      'toy.yaml:14:12',
    ]);
    expect(problems[5]!.excerpt).toBe(
      '    8 | customers: {load: -3, patience: .nan}\n      |                   ^^',
    );
    expect(problems.map((each) => each.would)).toEqual(
      expect.arrayContaining([
        'did you mean "queue"?',
        'write 5ms',
        'it must be above 0',
        'did you mean "customers.load"?',
        expect.stringContaining('did you mean "first-come"?'),
        expect.stringContaining('did you mean "wait_time_s"?'),
      ]),
    );
  });

  it.each([
    ['a list', '- 1\n- 2', 'toy.yaml:1:1: is not an experiment'],
    ['a text', 'hello', 'is not an experiment'],
    ['broken YAML', 'queue: {service: 1s', 'a "}" is missing before this place'],
    ['a key twice', 'seed: 1\nseed: 2', 'toy.yaml:2:1: this key stands twice'],
    ['two documents', 'seed: 1\n---\nseed: 2', 'a second document begins here'],
    ['an unknown tag', 'seed: !odd 1', 'toy.yaml:1:7: cannot be read'],
    ['an alias to nothing', 'seed: *one', 'cannot be read'],
    ['a map where a value belongs', 'seed: {a: 1}', 'toy.yaml:1:'],
    [
      'a value where a map belongs',
      'queue: 5',
      'a map of settings belongs here, not 5; its settings: service',
    ],
    ['nothing where a value belongs', 'queue: {service: }', 'no value stands here'],
    ['vary without list', 'vary: {customers.load: 3}', 'a list of values or a range belongs here'],
    ['vary as a list', 'vary: [1]', 'a map of axes belongs here'],
    ['an empty axis', 'vary: {customers.load: }', 'the axis customers.load has no values'],
    ['baseline as a text', 'baseline: x', 'a map of paths and values belongs here'],
    ['an unknown baseline', 'baseline: {queue.speed: 3}', 'baseline: "queue.speed" is not a setting'],
    [
      'a huge product',
      `vary: {${['customers.count', 'queue.service'].map((p) => `${p}: [${Array.from({ length: 200 }, (_, i) => (p === 'queue.service' ? `${i}s` : i)).join()}]`).join(', ')}}`,
      'the axes make 40,000 points',
    ],
  ])('is refused: %s', async (_what, text, message) => {
    const problems = await problemsOf((async () => settleText(text))());
    expect(problems.join('\n')).toContain(message);
  });

  it('keeps the excerpt of a very long line short', async () => {
    const text = `question: "${'x'.repeat(1e6)}"\nseed: 1`;
    await settleText(text);
    const bad: unknown = await settleText(`{question: "${'x'.repeat(1e6)}", sed: 1}`).catch(
      (error: unknown) => error,
    );
    expect((bad as InputError).problems[0]!.where).toBe('toy.yaml:1:1000016');
    expect((bad as InputError).message.length).toBeLessThan(500);
  });

  it('does not drown its reader', async () => {
    const text = Array.from({ length: 300 }, (_, i) => `what${i}ever: 1`).join('\n');
    const problems = await problemsOf(settleText(text));
    expect(problems.at(-1)).toBe('toy.yaml: and 280 more problems');
    expect(problems).toHaveLength(21);
  });

  it('shows a problem that the study finds where the setting was given', async () => {
    const text = 'seed: 1\ncustomers: {trace: nowhere.txt}';
    expect((await problemsOf(settleText(text)))[0]).toContain(
      'toy.yaml:2:20: customers.trace: there is no file',
    );
    const typed = await problemsOf(settle({}, { set: ['customers.trace=nowhere.txt'] }));
    expect(typed[0]).toContain('--set customers.trace=nowhere.txt: customers.trace: there is no file');
  });
});

describe('running', () => {
  it('gives means, intervals and paired differences that can be computed from its rows', async () => {
    const { rows, summary } = await run(TWO_BY_TWO);
    expect(rows).toHaveLength(16);
    expect(summary.points.map((point) => point.measures['wait_time_s']!.n)).toEqual([4, 4, 4, 4]);
    const waits = (point: number) =>
      rows.filter((row) => row.point === point).map((row) => row.measures['wait_time_s']!);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(summary.points[2]!.measures['wait_time_s']!.mean).toBeCloseTo(mean(waits(2)), 12);
    expect(summary.paired.map((pair) => [pair.params, pair.against])).toEqual([
      [
        { 'customers.load': 0.8, 'policies.order': 'first-come' },
        { 'customers.load': 0.5, 'policies.order': 'first-come' },
      ],
      [
        { 'customers.load': 0.8, 'policies.order': 'threshold' },
        { 'customers.load': 0.5, 'policies.order': 'threshold' },
      ],
    ]);
    const differences = waits(2).map((wait, i) => wait - waits(0)[i]!);
    const { difference, ci95 } = summary.paired[0]!.measures['wait_time_s']!;
    expect(difference).toBeCloseTo(mean(differences), 12);
    const sd = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean(differences)) ** 2, 0) / 3);
    expect(ci95).toBeCloseTo((3.182446305 * sd) / 2, 8);
  });

  it('gives every point the same random numbers in the same replication, and every replication others', async () => {
    const { rows } = await run({
      ...TWO_BY_TWO,
      vary: { 'policies.order': ['first-come', 'threshold'] },
      baseline: { 'policies.order': 'first-come' },
    });
    expect(rows.slice(0, 4).map((row) => row.digest)).toEqual(rows.slice(4).map((row) => row.digest));
    expect(new Set(rows.map((row) => row.digest)).size).toBe(4);
  });

  it('has an address of its own for every run, and a digest that any other result changes', async () => {
    const { rows, digest } = await run(TWO_BY_TWO);
    expect(new Set(rows.map((row) => row.cell)).size).toBe(16);
    for (const { cell } of rows) expect(cell).toMatch(/^[0-9a-f]{32}$/);
    expect(digestOfRows(rows)).toBe(digest);
    const [first, ...rest] = rows;
    const others = [
      { digest: 'other' },
      { measures: { ...first!.measures, wait_time_s: 1 } },
      { counts: { ...first!.counts, killed: 0 } },
      { replication: 7 },
      { point: 3 },
    ].map((change) => digestOfRows([{ ...first!, ...change }, ...rest]));
    expect(new Set([digest, ...others]).size).toBe(6);
  });

  it('leaves out of a mean the runs in which a measure has no meaning', async () => {
    // one customer never waits, so the longest wait is not defined
    const { summary } = await run({ replications: 2, customers: { count: 1 } });
    expect(Object.keys(summary.points[0]!.measures)).toEqual(['wait_time_s', 'customers_per_s']);
  });

  it('says so where no point has the baseline, and which points a note concerns', async () => {
    const { summary } = await run({
      vary: { 'customers.load': [0.5, 0.95] },
      baseline: { 'customers.load': 0.7 },
    });
    expect(summary.paired).toEqual([]);
    expect(summary.notes).toEqual([
      "no point has the baseline's customers.load=0.7: nothing to compare with",
      'the queue is almost full (where customers.load=0.95)',
    ]);
  });

  it('says so where all replications of a point are equal, and what would tell them apart', async () => {
    const toy = toyStudy();
    const fixed = {
      ...toy,
      chance: () => 'shake it',
      run: (...[scenario, seed, replication, outputs]: Parameters<typeof toy.run>) =>
        toy.run(scenario, seed, scenario['breaks'] === 'none' ? 0 : replication, outputs),
    };
    const notes = async (content: Plain) => (await run(content, {}, fixed)).summary.notes.join('\n');
    const equal = 'nothing in them is random, so replications and intervals say nothing (shake it)';
    expect(await notes({ replications: 2 })).toBe(`all runs of a point are equal: ${equal}`);
    expect(await notes({ replications: 1 })).toBe('');
    expect(await notes({ replications: 2, breaks: {} })).toBe('');
    expect(await notes({ replications: 2, vary: { breaks: ['none', {}] } })).toContain(
      `${equal} (where breaks=none)`,
    );
  });

  it('pairs by a slot whose parameters differ from the default', async () => {
    const { summary } = await run({
      replications: 2,
      policies: { order: 'threshold' },
      vary: { 'policies.order.below': ['1s', '2s'] },
      baseline: { 'policies.order': 'threshold', 'policies.order.below': '1s' },
    });
    expect(summary.paired).toHaveLength(1);
  });

  it('refuses a measure that is not a number, with its cause', async () => {
    const attempt = run({ customers: { count: 0 } });
    await expect(attempt).rejects.toThrow(CheckError);
    await expect(attempt).rejects.toThrow('wait_time_s is NaN: no job finished (0 submitted, 0 finished)');
  });

  it('refuses a run that loses what was submitted', async () => {
    const attempt = run({ policies: { order: { name: 'threshold', below: '9s' } } });
    await expect(attempt).rejects.toThrow(CheckError);
    await expect(attempt).rejects.toThrow(
      '200 submitted, but 199 finished + 0 killed + 0 rejected + 0 pending = 199',
    );
  });
});

/** Files of a results folder by name; the manifest without what depends on machine and time. */
function filesOf(out: string): Record<string, string> {
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(out, name)).isFile(),
  );
  return Object.fromEntries(names.toSorted().map((name) => [name, readFileSync(join(out, name), 'utf8')]));
}

describe('the results folder', () => {
  it('is the same on one worker and on two, to the byte', async () => {
    const one = freshFolder();
    const two = freshFolder();
    const jobs = (out: string) => `${out}.csv`;
    await run(TWO_BY_TWO, { out: one, workers: 1, jobsOut: jobs(one) });
    await run(TWO_BY_TWO, { out: two, workers: 2, jobsOut: jobs(two) });
    expect(Object.keys(filesOf(one))).toEqual([
      'manifest.json',
      'rows.jsonl',
      'summary.csv',
      'summary.json',
      'timelines/point-0.json',
      'timelines/point-1.json',
      'timelines/point-2.json',
      'timelines/point-3.json',
    ]);
    expect(filesOf(two)).toEqual(filesOf(one));
    expect(readFileSync(jobs(two), 'utf8')).toBe(readFileSync(jobs(one), 'utf8'));
    const lines = readFileSync(jobs(one), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 16 * 200);
    expect(lines[0]).toBe('run,job,submit_s,wait_s');
    const runs = lines.slice(1).map((line) => Number(line.split(',')[0]));
    expect(runs).toEqual(Array.from({ length: 16 * 200 }, (_, i) => Math.floor(i / 200)));
    expect(readFileSync(join(one, 'summary.csv'), 'utf8').split('\n').slice(0, 2)[0]).toBe(
      'customers.load,policies.order,measure,unit,mean,ci95,low,high,n,interval',
    );
  });

  /** Runs until `runs` runs have begun, then is torn away as by a kill: rows so far, lock and parts stay. */
  async function killed(out: string, runs: number): Promise<void> {
    let begun = 0;
    const dying = toyStudy('toy-1', () => {
      if (begun++ === runs) throw new Error('killed');
    });
    await expect(run(TWO_BY_TWO, { out }, dying)).rejects.toThrow('killed');
    writeFileSync(join(out, '.lock'), `999999 1 ${hostname()}\n`);
  }

  it('goes on after a kill, computes only what is missing, and ends the same to the byte', async () => {
    const whole = freshFolder();
    await run(TWO_BY_TWO, { out: whole });
    for (const damage of ['none', 'torn', 'glued']) {
      const out = freshFolder();
      await killed(out, 6);
      expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))).toMatchObject({
        digest: 'interrupted',
      });
      const rows = join(out, 'rows.jsonl');
      if (damage === 'torn') truncateSync(rows, statSync(rows).size - 20);
      if (damage === 'glued') appendFileSync(rows, '{"cell":"half');
      let computed = 0;
      const counting = toyStudy('toy-1', () => computed++);
      const { kept } = await run(TWO_BY_TWO, { out }, counting);
      expect([kept, computed]).toEqual(damage === 'torn' ? [5, 11] : [6, 10]);
      expect(filesOf(out)).toEqual(filesOf(whole));
    }
  });

  it('goes on after a second kill too: a torn line does not spoil the row after it', async () => {
    const out = freshFolder();
    await killed(out, 6);
    appendFileSync(join(out, 'rows.jsonl'), '{"cell":"half');
    await killed(out, 2);
    expect((await run(TWO_BY_TWO, { out })).kept).toBe(8);
  });

  it('takes a lock from a process that is gone, also where its number was given to another; not from another machine', async () => {
    const out = freshFolder();
    mkdirSync(out);
    const lock = join(out, '.lock');
    writeFileSync(lock, `${process.ppid} 1 ${hostname()}\n`);
    await run({}, { out });
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, '999999 1 another-machine\n');
    expect((await problemsOf(run({}, { out })))[0]).toContain('process 999999 on another-machine');
    expect(readFileSync(lock, 'utf8')).toContain('another-machine');
  });

  it('computes again what it knows where a file of the run is asked for that is not there', async () => {
    const out = freshFolder();
    await run(TWO_BY_TWO, { out });
    const jobs = join(folder, 'asked-later.csv');
    expect((await run(TWO_BY_TWO, { out, jobsOut: jobs })).kept).toBe(0);
    expect(readFileSync(jobs, 'utf8').trimEnd().split('\n')).toHaveLength(1 + 16 * 200);
    expect((await run(TWO_BY_TWO, { out })).kept).toBe(16);
  });

  it('computes nothing twice when runs or axes are added, and all anew for another version, seed or input', async () => {
    const out = freshFolder();
    const counted = async (content: Plain, version = 'toy-1') => {
      let computed = 0;
      await run(
        content,
        { out },
        toyStudy(version, () => computed++),
      );
      return computed;
    };
    expect(await counted(TWO_BY_TWO)).toBe(16);
    expect(await counted(TWO_BY_TWO)).toBe(0);
    expect(await counted({ ...TWO_BY_TWO, replications: 5 })).toBe(4);
    // the axis in another order: the same runs under other point numbers, timelines included
    const turned = {
      ...TWO_BY_TWO,
      replications: 5,
      vary: { 'customers.load': [0.8, 0.5], 'policies.order': ['first-come', 'threshold'] },
    };
    expect(await counted(turned)).toBe(0);
    const fresh = freshFolder();
    await run(turned, { out: fresh });
    expect(filesOf(out)).toEqual(filesOf(fresh));
    expect(await counted({ ...TWO_BY_TWO, seed: 4 })).toBe(16);
    expect(await counted({ ...TWO_BY_TWO, seed: 4 }, 'toy-2')).toBe(16);
    writeFileSync(join(folder, 'changing.txt'), 'a');
    const traced = { ...TWO_BY_TWO, customers: { trace: 'changing.txt' } };
    expect(await counted(traced)).toBe(16);
    expect(await counted(traced)).toBe(0);
    writeFileSync(join(folder, 'changing.txt'), 'b');
    expect(await counted(traced)).toBe(16);
  });

  it('keeps the runs of other settings, and goes back to them without computing any', async () => {
    const out = freshFolder();
    const counted = async (content: Plain, version = 'toy-1') => {
      let computed = 0;
      const study = toyStudy(version, () => computed++);
      const { earlier } = await run(content, { out }, study);
      return { computed, ...earlier };
    };
    const fresh = async (content: Plain) => {
      const one = freshFolder();
      await run(content, { out: one });
      return filesOf(one);
    };
    const without = (files: Record<string, string>) =>
      Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith('earlier/')));
    const narrow = { ...TWO_BY_TWO, replications: 2, vary: { 'customers.load': [0.5] } };
    expect(await counted(TWO_BY_TWO)).toEqual({ computed: 16, kept: 0, dropped: 0 });
    expect(await counted(narrow)).toEqual({ computed: 0, kept: 14, dropped: 0 });
    expect(without(filesOf(out))).toEqual(await fresh(narrow));
    expect(await counted({ ...narrow, seed: 9 })).toEqual({ computed: 2, kept: 16, dropped: 0 });
    expect(await counted(TWO_BY_TWO)).toEqual({ computed: 0, kept: 2, dropped: 0 });
    expect(without(filesOf(out))).toEqual(await fresh(TWO_BY_TWO));
    // one begun under another version and torn away loses nothing; one that ends drops what it cannot use
    const dying = toyStudy('toy-2', () => {
      throw new Error('killed');
    });
    await expect(run(narrow, { out }, dying)).rejects.toThrow('killed');
    expect(await counted(TWO_BY_TWO)).toEqual({ computed: 0, kept: 2, dropped: 0 });
    expect(await counted(narrow, 'toy-2')).toEqual({ computed: 2, kept: 0, dropped: 18 });
    expect(Object.keys(filesOf(out)).filter((name) => name.startsWith('earlier'))).toEqual([]);
  });

  it('is not taken over by an experiment of another name', async () => {
    const out = freshFolder();
    await run(TWO_BY_TWO, { out });
    const before = filesOf(out);
    const other = runExperiment(toyStudy(), documentOf(TWO_BY_TWO, 'other', folder), { out });
    expect(await problemsOf(other)).toEqual([
      expect.stringContaining('holds the results of another experiment, "toy" (this one is "other")'),
    ]);
    expect(filesOf(out)).toEqual(before);
  });

  it('is written by one run at a time', async () => {
    const out = freshFolder();
    let second: Promise<unknown> | undefined;
    const study = toyStudy('toy-1', () => {
      second ??= run(TWO_BY_TWO, { out }).catch((error: unknown) => error);
    });
    await run(TWO_BY_TWO, { out }, study);
    expect(await second).toBeInstanceOf(InputError);
    expect(String(await second)).toContain('another run is writing this folder (process');
    expect(existsSync(join(out, '.lock'))).toBe(false);
  });

  it('is not made for bad input, and not over files that are no results', async () => {
    const out = freshFolder();
    await problemsOf(run({ seed: -1 }, { out }));
    await problemsOf(run({}, { out, jobsOut: join(folder, 'no', 'such', 'jobs.csv') }));
    await problemsOf(run({}, { out, jobsOut: folder }));
    expect(existsSync(out)).toBe(false);
    writeFileSync(join(folder, 'a-file'), '');
    expect((await problemsOf(run({}, { out: join(folder, 'a-file') })))[0]).toContain('is a file');
    mkdirSync(out);
    writeFileSync(join(out, 'report.html'), 'mine');
    expect((await problemsOf(run({}, { out })))[0]).toContain('holds files named as results (report.html)');
  });

  it('keeps what has ended when it is interrupted between runs', async () => {
    const out = freshFolder();
    for (const workers of [1, 2]) {
      const stop = new AbortController();
      const progress = ({ done, kept }: { done: number; kept: number }) => {
        if (done - kept === 3) stop.abort();
      };
      await expect(run(TWO_BY_TWO, { out, workers, progress, signal: stop.signal })).rejects.toThrow(
        'interrupted',
      );
      expect(existsSync(join(out, '.lock'))).toBe(false);
    }
    const { kept } = await run(TWO_BY_TWO, { out });
    expect(kept).toBeGreaterThanOrEqual(6);
    expect(kept).toBeLessThan(16);
  });

  it('names what failed on a worker as it is named in this thread', async () => {
    const sized = { ...TWO_BY_TWO, vary: { 'policies.order': ['first-come', '{name: sized, by: 13B}'] } };
    const vary = ['policies.order=first-come,{name: sized, by: 13B}'];
    await expect(run({ ...sized, vary: {} }, { workers: 2, vary })).rejects.toThrow('the toy broke');
    const lost = ['policies.order=first-come,{name: threshold, below: 9s}'];
    await expect(run({ ...sized, vary: {} }, { workers: 2, vary: lost })).rejects.toThrow(CheckError);
  });

  it('gives one file a run for schedules of several runs', async () => {
    const to = join(folder, 'schedule.swf');
    const { written } = await run({ replications: 2 }, { swfOut: to });
    expect(written).toEqual([join(folder, 'schedule.0.swf'), join(folder, 'schedule.1.swf')]);
    expect(readFileSync(written[1]!, 'utf8')).toBe('; run 1\n');
    expect(existsSync(`${to}.parts`)).toBe(false);
    expect((await run({}, { swfOut: to })).written).toEqual([to]);
  });
});

describe('a manifest', () => {
  it('runs again to the same digest, also beside the file it came from', async () => {
    const out = freshFolder();
    const first = await run(
      { ...TWO_BY_TWO, policies: { order: { name: 'threshold', ties: 'last' } } },
      {
        out,
        set: ['policies.order.below=2s'],
        vary: ['policies.order=threshold,{name: threshold, ties: last}'],
      },
    );
    const replay = await readManifest(toyStudy(), out);
    expect(replay).toMatchObject({ digest: first.digest, version: 'toy-1', changes: [] });
    const again = await runExperiment(toyStudy(), replay.experiment, { out: null, workers: 2 });
    expect(again.digest).toBe(first.digest);
    expect(again.summary.points).toEqual(first.summary.points);
    expect(again.summary.paired).toEqual(first.summary.paired);
  });

  it('names an input that has changed', async () => {
    const out = freshFolder();
    writeFileSync(join(folder, 'input.txt'), 'before');
    await run({ customers: { trace: 'input.txt' } }, { out });
    writeFileSync(join(folder, 'input.txt'), 'after');
    const { changes } = await readManifest(toyStudy(), join(out, 'manifest.json'));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatch(/^inputs\..*input\.txt\.sha256: was "[0-9a-f]{64}", is "[0-9a-f]{64}"$/);
  });

  it.each([
    ['nothing', undefined, 'there is no such file'],
    ['no JSON', 'seed: 1', 'is not JSON'],
    ['another JSON', '[1]', 'is no manifest of nowsim'],
    [
      'an interrupted run',
      '{"nowsim":"1","digest":"interrupted","experiment":{},"points":[]}',
      'was interrupted',
    ],
    [
      'a damaged point',
      '{"nowsim":"1","digest":"a","experiment":{"seed":1,"replications":1},"points":[{"scenario":3}]}',
      'point 0 is damaged',
    ],
    [
      'a damaged number',
      '{"nowsim":"1","digest":"a","experiment":{"seed":"x","replications":1},"points":[]}',
      'seed',
    ],
  ])('is refused: %s', async (_what, text, message) => {
    const path = join(folder, 'bad-manifest.json');
    rmSync(path, { force: true });
    if (text !== undefined) writeFileSync(path, text);
    expect((await problemsOf(readManifest(toyStudy(), path)))[0]).toContain(message);
  });
});

describe('the published schema', () => {
  it('names every setting, choice and parameter, with limits and units', () => {
    const schema = experimentSchema(toyStudy()) as {
      additionalProperties: boolean;
      properties: Record<string, { properties?: Record<string, unknown>; anyOf?: unknown[] }>;
    };
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toEqual([
      ...[
        '$schema',
        'question',
        'seed',
        'replications',
        'precision',
        'most_replications',
        'interval',
        'design',
        'design_points',
        'where',
        'measures',
        'vary',
        'baseline',
      ],
      ...Object.keys(TOY_FIELDS.fields),
    ]);
    const service = schema.properties['queue']!.properties!['service'] as { pattern: string };
    const pattern = new RegExp(service.pattern);
    expect(['1s', '2.5ms', '20us'].map((text) => pattern.test(text))).toEqual([true, true, true]);
    expect(['1 s', '1', 's', '1sec'].map((text) => pattern.test(text))).toEqual([false, false, false, false]);
    expect(JSON.stringify(schema.properties['policies'])).toContain('"const":"threshold"');
    expect(JSON.stringify(schema.properties['customers'])).toContain('"exclusiveMinimum":0');
  });
});
