/** The kinds of interval that an experiment shows: what they are made of, where there is none, and that all shards agree. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentOf } from '../../sim/experiment/document.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { readManifest } from '../../sim/experiment/manifest.ts';
import { mergeShards, shardFolder, shardsIn } from '../../sim/experiment/merge.ts';
import { Bootstrap } from '../../sim/experiment/output-analysis.ts';
import { type RunOptions, runExperiment } from '../../sim/experiment/runner.ts';
import { estimate } from '../../sim/experiment/statistics.ts';
import { toyStudy } from './toy-study.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nowsim-intervals-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (content: Plain, options: Partial<RunOptions> = {}, study = toyStudy()) =>
  runExperiment(study, documentOf(content, 'toy', folder), { out: null, ...options });

const TWO_ORDERS: Plain = {
  replications: 9,
  seed: 4,
  measures: ['wait_time_s'],
  vary: { 'policies.order': ['first-come', 'threshold'], 'customers.load': [0.4, 0.7] },
  baseline: { 'customers.load': 0.4 },
};
const FILES = ['rows.jsonl', 'summary.json', 'summary.csv'];
const filesOf = (out: string) => FILES.map((name) => readFileSync(join(out, name), 'utf8'));

it('Student: the ends lie evenly around the mean', async () => {
  const { summary } = await run(TWO_ORDERS);
  const { mean, ci95, low, high } = summary.points[0]!.measures['wait_time_s']!;
  expect(summary.interval).toBe('student');
  expect([low, high]).toEqual([mean - ci95!, mean + ci95!]);
});

it('bootstrap: of the replications, and of their differences, by resamples that the seed decides', async () => {
  const { summary, rows } = await run(TWO_ORDERS, { interval: 'bootstrap' });
  const waits = (point: number) =>
    rows.filter((row) => row.point === point).map((row) => row.measures['wait_time_s']!);
  const expected = new Bootstrap(4).mean(waits(1));
  const { mean, low, high, ci95 } = summary.points[1]!.measures['wait_time_s']!;
  expect({ value: mean, low, high }).toEqual(expected);
  expect(ci95).toBe((expected.high - expected.low) / 2);
  const difference = summary.paired[0]!.measures['wait_time_s']!;
  const between = new Bootstrap(4).mean(waits(1).map((wait, r) => wait - waits(0)[r]!));
  expect([difference.low, difference.high]).toEqual([between.low, between.high]);
  expect((await run({ ...TWO_ORDERS, replications: 4 }, { interval: 'bootstrap' })).summary.notes).toContain(
    'bootstrap intervals of 4 replications cover less than 95 %: give 8 or more',
  );
});

it('batch means: one run has an interval, of the measures that it has a series of', async () => {
  const { summary, rows } = await run(
    { ...TWO_ORDERS, replications: 1, measures: [] },
    { interval: 'batch-means' },
  );
  const { ci95, n, mean } = summary.points[0]!.measures['wait_time_s']!;
  const means = rows[0]!.batches!.means['wait_time_s']!;
  expect(means).toHaveLength(20);
  expect(ci95).toBe(estimate(means).ci95);
  expect(n).toBe(20);
  expect(mean).toBe(rows[0]!.measures['wait_time_s']);
  expect(summary.points[0]!.measures['customers_per_s']!.ci95).toBeNull();
  expect(summary.notes.join('\n')).toContain('no interval by batch means of 2 measures');
});

it('batch means of several runs count together; of few customers there are none', async () => {
  const { summary, rows } = await run(TWO_ORDERS, { interval: 'batch-means' });
  const mine = rows.filter((row) => row.point === 1).flatMap((row) => row.batches!.means['wait_time_s']!);
  expect(summary.points[1]!.measures['wait_time_s']).toMatchObject({ n: 180, ci95: estimate(mine).ci95 });
  const few = await run({ ...TWO_ORDERS, customers: { count: 19 } }, { interval: 'batch-means' });
  expect(few.summary.points[1]!.measures['wait_time_s']).toMatchObject({ ci95: null, low: null, n: 9 });
});

it('batch means are paired where the batches are of the same customers, and not otherwise', async () => {
  const loads = await run(TWO_ORDERS, { interval: 'batch-means' });
  expect(loads.summary.paired[0]!.measures['wait_time_s']).toMatchObject({
    ci95: null,
    p: null,
    p_holm: null,
  });
  expect(loads.summary.notes).toContain(
    'differences without an interval: the batches compared are not of the same jobs',
  );
  const services = await run(
    {
      ...TWO_ORDERS,
      replications: 1,
      vary: { 'queue.service': ['1s', '2s'] },
      baseline: { 'queue.service': '1s' },
    },
    { interval: 'batch-means' },
  );
  const [fast, slow] = services.rows.map((row) => row.batches!.means['wait_time_s']!);
  const between = estimate(slow!.map((wait, i) => wait - fast![i]!));
  expect(services.summary.paired[0]!.measures['wait_time_s']).toMatchObject({ ci95: between.ci95, n: 20 });
});

it.each(['bootstrap', 'batch-means'])('%s: shards come to the same files as one run', async (interval) => {
  const one = join(folder, `one-${interval}`);
  await run(TWO_ORDERS, { out: one, interval });
  const parent = join(folder, `in-${interval}`);
  for (const index of [1, 2, 3])
    await run(TWO_ORDERS, { out: shardFolder(parent, index, 3), shard: { index, of: 3 }, interval });
  await mergeShards(toyStudy(), shardsIn(parent), { out: parent });
  expect(filesOf(parent)).toEqual(filesOf(one));
  expect((await readManifest(toyStudy(), one)).experiment.interval).toBe(interval);
});

it('another kind of interval keeps the runs, but for batches that they have not; the digest is the same', async () => {
  const out = join(folder, 'kinds');
  let runs = 0;
  const study = toyStudy('toy-1', () => {
    runs++;
  });
  const digests = [];
  for (const interval of ['student', 'bootstrap', 'batch-means', 'student'])
    digests.push((await run(TWO_ORDERS, { out, interval }, study)).digest);
  expect(runs).toBe(2 * 36);
  expect(new Set(digests).size).toBe(1);
  const fresh = join(folder, 'fresh');
  await run(TWO_ORDERS, { out: fresh });
  expect(filesOf(out)).toEqual(filesOf(fresh));
});

it.each([
  ['bootstrap', 8],
  ['batch-means', 1],
])('precision by %s intervals', async (interval, least) => {
  const content = { ...TWO_ORDERS, replications: 1 };
  const { summary, experiment } = await run(content, { interval, precision: '15%' });
  for (const { measures } of summary.points) {
    const { ci95, mean } = measures['wait_time_s']!;
    expect(ci95! / mean).toBeLessThanOrEqual(0.15);
  }
  expect(experiment.replications).toBeGreaterThanOrEqual(least);
  const short = await run({ ...content, most_replications: 9 }, { interval, precision: '1%' });
  expect(short.summary.notes.join('\n')).toMatch(
    /wait_time_s is not as narrow as 1 % after 9 replications, the most allowed: up to [\d.]+ %/,
  );
});
