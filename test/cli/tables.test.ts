/** `nowsim export`, `query`, `best` and `analyse`: what another program, or a paper, is given. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import type { Row } from '../../sim/experiment/rows.ts';
import { nowsim, workFolder } from './nowsim.ts';

const work = workFolder();
const cwd = work.path;
afterAll(work.remove);

const SMALL = `question: 50 % or less?
replications: 10
cluster: {nodes: 4, os: free}
jobs: {law: {name: poisson, count: 200, widths: [1, 2, 4]}}
policies: {idle: always}
vary: {policies.batch: [fcfs, easy], jobs.load: [0.3, 0.8]}
measures: [response_time_s, wait_s]
`;
let rows: Row[] = [];

beforeAll(async () => {
  writeFileSync(join(cwd, 'small.yaml'), SMALL);
  const { code, err } = await nowsim(
    cwd,
    'run',
    'small.yaml',
    '--out',
    'small',
    '--quiet',
    '--no-report',
    '--jobs-out',
    'jobs.csv',
  );
  expect([code, err]).toEqual([0, '']);
  rows = readFileSync(join(cwd, 'small', 'rows.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
});

const records = () =>
  rows.flatMap((row) =>
    Object.entries(row.measures).map(([measure, value]) => ({
      run: row.cell,
      point: row.point,
      replication: row.replication,
      'policies.batch': row.params['policies.batch'],
      'jobs.load': row.params['jobs.load'],
      measure,
      value,
    })),
  );

describe('export', () => {
  it('writes every run and measure as CSV', async () => {
    const { code, out } = await nowsim(cwd, 'export', 'small');
    expect(code).toBe(0);
    const read = parse(out, { columns: true }) as Record<string, string>[];
    expect(read.map(({ measure, value, run }) => [run, measure, Number(value)])).toEqual(
      records().map(({ measure, value, run }) => [run, measure, value]),
    );
    expect(read[0]).toMatchObject({ experiment: 'small', 'policies.batch': 'fcfs', 'jobs.load': '0.3' });
    expect(read[0]!['interval']).toBe('student');
    expect(read.find(({ measure }) => measure === 'response_time_s')!['unit']).toBe('s');
  });

  it('writes the same as Parquet, with types', async () => {
    const { code, out } = await nowsim(cwd, 'export', 'small', '--out', 'tables/small.parquet');
    expect([code, out]).toEqual([0, `tables/small.parquet: ${records().length} records\n`]);
    const bytes = readFileSync(join(cwd, 'tables', 'small.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const read = await parquetReadObjects({ file });
    expect(read).toHaveLength(records().length);
    for (const [i, record] of records().entries()) expect(read[i]).toMatchObject(record);
  });

  it('writes tables for papers', async () => {
    const markdown = await nowsim(cwd, 'export', 'small', '--format', 'markdown');
    const lines = markdown.out.split('\n');
    expect(lines[0]).toBe('| policies.batch | jobs.load | response_time_s | wait_s |');
    expect(lines[2]).toMatch(/^\| fcfs \| 0\.3 \| [\d.,]+ ± [\d.,]+ \| [\d.,]+ ± [\d.,]+ \|$/);
    expect(lines).toHaveLength(2 + 4 + 3);
    expect(lines[7]).toBe('Cells: mean ± half width of the 95 % interval (Student).');
    const latex = await nowsim(cwd, 'export', 'small', '--out', 'small.tex', '--measure', 'wait_s');
    expect(latex.code).toBe(0);
    const text = readFileSync(join(cwd, 'small.tex'), 'utf8');
    expect(text).toContain('\\caption{50 \\% or less? Cells: mean $\\pm$ half width');
    expect(text).toContain('\\label{tab:small}');
    expect(text).toContain('policies.batch & jobs.load & wait\\_s \\\\');
    expect(text).toMatch(/^fcfs & 0\.3 & \$[\d.{},]+ \\pm [\d.]+\$ \\\\$/m);
  });

  it('writes paired differences, with a star where they are clear', async () => {
    const baseline = ['--set', 'baseline={policies.batch: fcfs}'];
    await nowsim(cwd, 'run', 'small.yaml', ...baseline, '--out', 'paired', '--quiet', '--no-report');
    const of = (folder: string, format: string) =>
      nowsim(cwd, 'export', folder, '--differences', '--format', format, '--measure', 'wait_s');
    const { out } = await of('paired', 'markdown');
    const { paired } = JSON.parse(readFileSync(join(cwd, 'paired', 'summary.json'), 'utf8')) as Summary;
    const clear = paired.map(({ measures }) => measures['wait_s']!.p_holm! < 0.05);
    expect(clear).toContain(true);
    const lines = out.split('\n').filter((line) => line.startsWith('| easy '));
    expect(lines.map((line) => line.endsWith(' * |'))).toEqual(clear);
    expect(out).toContain('Cells: paired difference from policies.batch=fcfs');
    const latex = (await of('paired', 'latex')).out;
    expect(latex).toMatch(/& \$-[\d.{},]+ \\pm [\d.]+\^\{\*\}\$ \\\\$/m);
    expect(latex).toContain('* p $<$ 0.05 after Holm');
    const alone = await of('small', 'markdown');
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('has no baseline')]);
    const single = await of('paired', 'csv');
    expect([single.code, single.err]).toEqual([2, expect.stringContaining('csv holds single runs')]);
  });

  it('writes small numbers in LaTeX by powers of ten, with minus signs', async () => {
    await nowsim(cwd, 'run', 'small.yaml', '--interval', 'bootstrap', '--out', 'tiny', '--no-report');
    const path = join(cwd, 'tiny', 'summary.json');
    const summary = JSON.parse(readFileSync(path, 'utf8')) as Summary;
    const ends = [
      { mean: -8.0e-4, ci95: 4.4e-4, low: -1.31e-3, high: -4.2e-4 },
      { mean: 12345.6, ci95: 12, low: 12333, high: 12357 },
      { mean: 3.2e8, ci95: 1e6, low: 3.19e8, high: 3.21e8 },
    ];
    for (const [i, each] of ends.entries()) Object.assign(summary.points[i]!.measures['wait_s']!, each);
    const table = async () => {
      writeFileSync(path, JSON.stringify(summary));
      const { out } = await nowsim(cwd, 'export', 'tiny', '--format', 'latex', '--measure', 'wait_s');
      const lines = out.split('\n').slice(9, 12);
      return lines.map((line) => line.replace(/^.*& (.*) \\\\$/, '$1'));
    };
    expect(await table()).toEqual([
      '$-8.0\\times10^{-4}\\ [-0.00131,\\ -4.2\\times10^{-4}]$',
      '$12{,}346\\ [12{,}333,\\ 12{,}357]$',
      '$3.200\\times10^{8}\\ [3.190\\times10^{8},\\ 3.210\\times10^{8}]$',
    ]);
    Object.assign(summary, { interval: 'student' });
    expect(await table()).toEqual([
      '$(-8.0 \\pm 4.4)\\times10^{-4}$',
      '$12{,}346 \\pm 12$',
      '$(3.200 \\pm 0.010)\\times10^{8}$',
    ]);
  });

  it('writes a timeline for trace viewers: a slice for each stretch of a node', async () => {
    const { code } = await nowsim(
      cwd,
      'export',
      'small',
      '--format',
      'perfetto',
      '--point',
      '3',
      '--out',
      'run.json',
    );
    expect(code).toBe(0);
    const { traceEvents } = JSON.parse(readFileSync(join(cwd, 'run.json'), 'utf8')) as {
      traceEvents: { ph: string; tid: number; ts: number; dur: number; name: string }[];
    };
    const slices = traceEvents.filter((event) => event.ph === 'X' && event.name.startsWith('guest'));
    expect(new Set(slices.map((event) => event.tid)).size).toBe(4);
    // No node does two things at once.
    for (const tid of [0, 1, 2, 3]) {
      const mine = slices.filter((event) => event.tid === tid).toSorted((a, b) => a.ts - b.ts);
      for (let i = 1; i < mine.length; i++)
        expect(mine[i]!.ts).toBeGreaterThanOrEqual(mine[i - 1]!.ts + mine[i - 1]!.dur - 2);
    }
  });

  it.each([
    [['small', '--format', 'perfetto', '--point', '9'], '--point 9: 4 points of 10 replications are there'],
    [['nowhere'], 'nowhere: holds no results'],
    [['small', '--format', 'parquet'], 'Parquet is no text'],
    [['small', '--format', 'latex', '--measure', 'wait'], 'did you mean "wait_s"?'],
  ])('%j is refused', async (args, message) => {
    const { code, err } = await nowsim(cwd, 'export', ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

const hasDuckDb = existsSync(new URL('../../node_modules/@duckdb/node-api', import.meta.url));
describe.skipIf(!hasDuckDb)('query (needs @duckdb/node-api)', () => {
  it('selects from runs and from results', async () => {
    const sql = `SELECT "policies.batch" AS batch, avg(wait_s) AS wait FROM runs WHERE "jobs.load" > 0.5 GROUP BY ALL ORDER BY 1`;
    const { code, out } = await nowsim(cwd, 'query', sql, '--from', 'small', '--json');
    expect(code).toBe(0);
    const waits = (batch: string) => {
      const mine = rows.filter(
        (row) => row.params['policies.batch'] === batch && row.params['jobs.load'] === 0.8,
      );
      return mine.reduce((sum, row) => sum + row.measures['wait_s']!, 0) / mine.length;
    };
    const answer = JSON.parse(out) as { batch: string; wait: number }[];
    expect(answer.map((each) => each.batch)).toEqual(['easy', 'fcfs']);
    for (const each of answer) expect(each.wait).toBeCloseTo(waits(each.batch), 9);
    const counted = await nowsim(
      cwd,
      'query',
      'SELECT count(*) AS n FROM results',
      '--from',
      'small',
      '--json',
    );
    expect(Number((JSON.parse(counted.out) as { n: string }[])[0]!.n)).toBe(records().length);
  });

  it('says what is wrong with a statement', async () => {
    const { code, err } = await nowsim(cwd, 'query', 'SELEC 1', '--from', 'small');
    expect(code).toBe(2);
    expect(err).toContain('Parser Error');
  });
});

/** A results folder as an interruption leaves it: the first rows, and a manifest without digest. */
function interrupted(name: string): string {
  mkdirSync(join(cwd, name));
  const file = (...path: string[]) => join(cwd, ...path);
  const manifest = JSON.parse(readFileSync(file('small', 'manifest.json'), 'utf8')) as object;
  writeFileSync(file(name, 'manifest.json'), JSON.stringify({ ...manifest, digest: 'interrupted' }));
  const lines = readFileSync(file('small', 'rows.jsonl'), 'utf8').split('\n').slice(0, 23);
  writeFileSync(file(name, 'rows.jsonl'), `${lines.join('\n')}\n`);
  // of an earlier experiment that ended there
  writeFileSync(file(name, 'summary.json'), readFileSync(file('small', 'summary.json')));
  return name;
}

it('a run that has not ended is not ranked or tabled as if it were whole', async () => {
  const part = interrupted('part');
  const found = 'the run has not ended: 23 of 40 runs are there (all replications of 2 of 4 points)';
  for (const words of [['best'], ['sensitivity'], ['export', '--format', 'latex']]) {
    const { code, err, out } = await nowsim(cwd, words[0]!, part, ...words.slice(1));
    expect([words[0], code, out]).toEqual([words[0], 2, '']);
    expect(err).toContain(found);
  }
  const raw = await nowsim(cwd, 'export', part);
  expect([raw.code, raw.err]).toEqual([0, `note: part: ${found}\n`]);
  expect(raw.out.split('\n').length).toBeGreaterThan(23);
});

describe('best', () => {
  it('shows the kind of interval that the experiment asks for, and says by what points are told apart', async () => {
    await nowsim(cwd, 'run', 'small.yaml', '--interval', 'bootstrap', '--out', 'resampled', '--no-report');
    const { out } = await nowsim(cwd, 'best', 'resampled', '--measure', 'wait_s');
    expect(out).toMatch(/jobs\.load=0\.3 +[\d.]+ \[[\d.]+, [\d.]+\]/);
    expect(out).toContain('ends of the 95 % interval (bootstrap), of a point by itself');
    expect(out).toContain('paired differences (Student, Bonferroni');
    const json = JSON.parse((await nowsim(cwd, 'best', 'resampled', '--json')).out) as Plain;
    expect(json['interval']).toBe('bootstrap');
  });

  it('names the nearest measure, not all of them', async () => {
    const near = await nowsim(cwd, 'best', 'small', '--measure', 'response_times');
    expect([near.code, near.err]).toEqual([2, expect.stringContaining('did you mean "response_time_s"?')]);
    const far = await nowsim(cwd, 'best', 'small', '--measure', 'nope');
    expect(far.err).toContain('choose one of "nowsim list measures"');
    expect(far.err.length).toBeLessThan(300);
  });

  it('keeps the points that may be the best', async () => {
    const { code, out } = await nowsim(cwd, 'best', 'small', '--measure', 'wait_s', '--json');
    expect(code).toBe(0);
    const { points } = JSON.parse(out) as {
      points: { params: Record<string, unknown>; may_be_best: boolean; mean: number }[];
    };
    expect(points.map((point) => point.mean)).toEqual(
      points.map((point) => point.mean).toSorted((a, b) => a - b),
    );
    expect(points[0]!.may_be_best).toBe(true);
    expect(
      points.find((p) => p.params['policies.batch'] === 'fcfs' && p.params['jobs.load'] === 0.8)!.may_be_best,
    ).toBe(false);
  });
});

describe('sensitivity', () => {
  it('all combinations: swings with intervals, and what the shares leave', async () => {
    const { code, out } = await nowsim(cwd, 'sensitivity', 'small', '--measure', 'wait_s');
    expect(code).toBe(0);
    expect(out).toMatch(/jobs\.load +0\.3 .* 0\.8 .*[\d.]+ to [\d.]+ +[\d.]+ %/);
    const shares = [...out.matchAll(/([\d.]+) %$/gm)].map(([, share]) => Number(share));
    const rest = Number(/the rest, ([\d.]+) %/.exec(out)![1]);
    expect(shares[0]! + shares[1]! + rest).toBeCloseTo(100, 0);
  });

  it('a swing whose interval includes 0 is said so, and few points of a sample, and what where left out', async () => {
    writeFileSync(join(cwd, 'around.yaml'), SMALL.replace('4]}}', '4]}, load: 0.3}'));
    const vary = ['--set', 'design=one-at-a-time', '--vary', 'jobs.load=0.3,0.30001'];
    const more = ['--replications', '3', '--quiet', '--no-report'];
    await nowsim(cwd, 'run', 'around.yaml', ...vary, ...more, '--out', 'around');
    const around = await nowsim(
      cwd,
      'sensitivity',
      'around',
      '--measure',
      'wait_s',
      '--picture',
      'around.svg',
    );
    expect(around.out).toContain('may be chance (the interval includes 0): ');
    expect(existsSync(join(cwd, 'around.svg'))).toBe(true);
    const sample = ['--set', 'design=sobol', '--set', 'design_points=16'];
    const axes = ['--vary', 'jobs.load=0.1..0.8+0.1', '--vary', 'cluster.nodes=4..16+2'];
    await nowsim(cwd, 'run', 'small.yaml', ...sample, ...axes, ...more, '--out', 'sampled');
    const sampled = await nowsim(cwd, 'sensitivity', 'sampled', '--measure', 'response_time_s');
    expect(sampled.out).toMatch(/jobs\.load +\+0\.\d\d/);
    expect(sampled.out).toMatch(/16 points are few for this: ten for each axis .* here 30/s);
    expect(sampled.out).not.toContain('swing');
    const where = ['--set', 'where=[jobs.load > 0.4]'];
    await nowsim(cwd, 'run', 'small.yaml', ...where, ...more, '--out', 'limited');
    const limited = await nowsim(cwd, 'sensitivity', 'limited', '--measure', 'wait_s');
    expect(limited.out).toContain('2 of 4 points are left out by where: jobs.load > 0.4; what is told is of');
  });
});

describe('analyse', () => {
  it('wants one run, and gives its mean with an interval', async () => {
    const several = await nowsim(cwd, 'analyse', 'jobs.csv');
    expect(several.code).toBe(2);
    expect(several.err).toContain('holds 40 runs');
    const { code, out } = await nowsim(cwd, 'analyse', 'jobs.csv', '--run', '5', '--warmup', '20', '--json');
    expect(code).toBe(0);
    const all = parse(readFileSync(join(cwd, 'jobs.csv'), 'utf8'), { columns: true }) as Record<
      string,
      string
    >[];
    const mine = all.filter((row) => row['run'] === '5').map((row) => Number(row['response_s']));
    const answer = JSON.parse(out) as Record<string, number>;
    expect(answer['values']).toBe(200);
    expect(answer['mean']).toBeCloseTo(mine.slice(20).reduce((sum, x) => sum + x, 0) / 180, 9);
    expect(answer['ci95']).toBeGreaterThan(0);
  });
});
