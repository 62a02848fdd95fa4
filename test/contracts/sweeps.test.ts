/** Sweeps: ranges of axes, replications until intervals are narrow, shards that come to the same files as one run. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf } from '../../sim/experiment/document.ts';
import { settleExperiment } from '../../sim/experiment/experiment.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { mergeShards, shardFolder, shardsIn } from '../../sim/experiment/merge.ts';
import { rangeValues } from '../../sim/experiment/ranges.ts';
import { type RunOptions, runExperiment } from '../../sim/experiment/runner.ts';
import { toyStudy } from './toy-study.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nowsim-sweeps-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (content: Plain, options: Partial<RunOptions> = {}, study = toyStudy()) =>
  runExperiment(study, documentOf(content, 'toy', folder), { out: null, ...options });

describe('a range', () => {
  it.each([
    ['1..64 x2', [1, 2, 4, 8, 16, 32, 64]],
    ['1..100x3', [1, 3, 9, 27, 81]],
    ['1..4', [1, 2, 3, 4]],
    ['0s..20min +5min', ['0min', '5min', '10min', '15min', '20min']],
    ['0..90s +30s', ['0s', '30s', '60s', '90s']],
    ['100us..10ms x10', ['100us', '1000us', '10000us']],
    ['0.1..0.9 +0.2', [0.1, 0.3, 0.5, 0.7, 0.9]],
    ['10%..30% +10%', ['10%', '20%', '30%']],
    ['-2..2 +2', [-2, 0, 2]],
  ])('%s', (text, values) => expect(rangeValues('here', text)).toEqual(values));

  it.each(['quiet', '../log.swf', './a..b', '5', '1...5', 'now'])('is not %s', (text) =>
    expect(rangeValues('here', text)).toBeUndefined(),
  );

  it.each([
    ['0s..20min', 'does not say how far apart'],
    ['5..1', 'ends before it begins'],
    ['1..5 x1', 'never ends'],
    ['1..5 +0', 'never ends'],
    ['0..64 x2', 'leads nowhere'],
    ['1s..8MiB +1s', 'mixes units'],
    ['1s..8q +1s', '"q" is not a unit'],
    ['1..9e9 +1', 'the range has 9000000000 values'],
    ['16..64', '"16..64" means 49 values, one by one'],
  ])('cannot be %s', (text, found) => expect(() => rangeValues('here', text)).toThrow(found));

  it('makes an axis in a file and on the command line', async () => {
    const loads = async (content: Plain, vary: string[] = []) => {
      const { points } = await settleExperiment(toyStudy(), documentOf(content, 'toy', folder), { vary });
      return points.map((point) => point.params['customers.load']);
    };
    expect(await loads({ vary: { 'customers.load': '0.2..0.8 x2' } })).toEqual([0.2, 0.4, 0.8]);
    expect(await loads({}, ['customers.load=0.1,0.5..0.7 +0.1'])).toEqual([0.1, 0.5, 0.6, 0.7]);
    await expect(loads({ vary: { 'customers.load': '0.8..0.2' } })).rejects.toThrow(
      /vary: "0.8..0.2" ends before it begins/,
    );
  });
});

const TWO_LOADS: Plain = {
  replications: 3,
  measures: ['wait_time_s'],
  vary: { 'customers.load': [0.4, 0.7] },
};

describe('precision', () => {
  it('adds replications until every interval is narrow enough, and no more runs than those', async () => {
    let runs = 0;
    const study = toyStudy('toy-1', () => {
      runs++;
    });
    const { summary, experiment } = await run(TWO_LOADS, { precision: '10%' }, study);
    for (const { measures } of summary.points) {
      const { mean, ci95, n } = measures['wait_time_s']!;
      expect(ci95! / mean).toBeLessThanOrEqual(0.1);
      expect(n).toBe(experiment.replications);
    }
    expect(experiment.replications).toBeGreaterThan(3);
    expect(runs).toBe(2 * experiment.replications);
    // The replications are those that as many would have been from the start.
    const plain = await run(TWO_LOADS, { replications: experiment.replications });
    expect(summary.digest).toBe(plain.digest);
  });

  it('stops at the limit', async () => {
    const { experiment } = await run({ ...TWO_LOADS, precision: '0.1%', most_replications: 7 });
    expect(experiment.replications).toBe(7);
  });

  it('wants measures to be named', async () => {
    await expect(run({ precision: '5%' })).rejects.toThrow('no measures are named');
  });
});

describe('a point that cannot be run', () => {
  const BAD: Plain = {
    replications: 3,
    vary: { 'customers.patience': ['0%', '50%'], 'customers.load': [0.4, 0.7] },
  };

  it.each([1, 2])('is named, once, and the others are run and kept (%i workers)', async (workers) => {
    const out = join(folder, `refused-${workers}`);
    const runs: number[] = [];
    const attempt = run(
      BAD,
      { out, workers },
      toyStudy('toy-1', (_seed, replication) => runs.push(replication)),
    );
    await expect(attempt).rejects.toThrow(
      'customers.patience: 200 customers, all of whom leave (where customers.patience=0%); let some stay; then run it again: 6 runs of other points are kept',
    );
    // in this thread: a refused point is not tried again by its other replications
    if (workers === 1) expect(runs).toEqual([0, 0, 0, 1, 2, 0, 1, 2]);
    expect(readFileSync(join(out, 'rows.jsonl'), 'utf8').trim().split('\n')).toHaveLength(6);
    expect(existsSync(join(out, 'summary.json'))).toBe(false);
    let again = 0;
    const mended = toyStudy('toy-1', () => {
      again++;
    });
    await run(
      { ...BAD, vary: { ...(BAD['vary'] as Plain), 'customers.patience': ['50%'] } },
      { out },
      mended,
    );
    expect(again).toBe(0);
  });

  it('is named where it is settled, too', async () => {
    const vary = { 'customers.trace': ['none', 'there-is-none.txt'], 'customers.load': [0.4, 0.7] };
    await expect(run({ vary })).rejects.toThrow(
      /there is no file .*there-is-none.txt \(where customers.trace=.*there-is-none.txt\); give a file of sizes$/s,
    );
  });

  it('of which all are such leaves nothing behind', async () => {
    const out = join(folder, 'refused-all');
    await expect(run({ customers: { patience: 0 } }, { out })).rejects.toThrow('let some stay');
    expect(existsSync(out)).toBe(false);
  });

  it('is named by its parameters and replication where a run fails for another reason', async () => {
    const vary = { 'policies.order': ['first-come', { name: 'sized', by: '13B' }] };
    await expect(run({ vary, replications: 2 })).rejects.toThrow(
      /^policies.order=.*13B.*, replication 0: the toy broke$/,
    );
  });
});

it('notes that begin with a number are told once, with the range', async () => {
  const { summary } = await run({
    replications: 2,
    queue: { service: '5s' },
    vary: { 'customers.load': [0.1, 0.9, 0.95] },
  });
  expect(summary.notes).toEqual([
    expect.stringMatching(/^\d+ to \d+ s is a long wait( \(at 2 of 3 points, first customers.load=0.9\))?$/),
    'the queue is almost full (where customers.load=0.95)',
  ]);
});

describe('shards', () => {
  const FILES = [
    'rows.jsonl',
    'summary.json',
    'summary.csv',
    'timelines/point-0.json',
    'timelines/point-1.json',
  ];

  it('come to the same files as one run, whatever their number', async () => {
    const one = join(folder, 'one');
    await run(TWO_LOADS, { out: one });
    for (const of of [1, 4, 7]) {
      const parent = join(folder, `in-${of}`);
      for (let index = 1; index <= of; index++) {
        await run(TWO_LOADS, { out: shardFolder(parent, index, of), shard: { index, of } });
      }
      expect(shardsIn(parent)).toHaveLength(of);
      await mergeShards(toyStudy(), shardsIn(parent), { out: parent });
      for (const name of FILES) {
        expect(readFileSync(join(parent, name), 'utf8'), name).toBe(readFileSync(join(one, name), 'utf8'));
      }
    }
  });

  it('that lack runs are refused, and leave nothing', async () => {
    const parent = join(folder, 'lacking');
    await run(TWO_LOADS, { out: shardFolder(parent, 2, 2), shard: { index: 2, of: 2 } });
    const out = join(folder, 'merged');
    await expect(mergeShards(toyStudy(), shardsIn(parent), { out })).rejects.toThrow(
      'shard 1 of 2 is not there: 3 of 6 runs are in none of the folders (point 0 replication 0, point 0 replication 2',
    );
    expect(existsSync(out)).toBe(false);
  });

  it('do not lose what the folder holds, nor take over another experiment', async () => {
    const parent = join(folder, 'held');
    await run({ ...TWO_LOADS, seed: 77 }, { out: parent });
    const held = readFileSync(join(parent, 'rows.jsonl'), 'utf8');
    await run(TWO_LOADS, { out: shardFolder(parent, 1, 1), shard: { index: 1, of: 1 } });
    const { earlier } = await mergeShards(toyStudy(), shardsIn(parent), { out: parent });
    expect(earlier).toEqual({ kept: 6, dropped: 0 });
    const { kept } = await run({ ...TWO_LOADS, seed: 77 }, { out: parent });
    expect([kept, readFileSync(join(parent, 'rows.jsonl'), 'utf8')]).toEqual([6, held]);
    const other = join(folder, 'of-another-name');
    await runExperiment(toyStudy(), documentOf(TWO_LOADS, 'other', folder), { out: other });
    await expect(mergeShards(toyStudy(), shardsIn(parent), { out: other })).rejects.toThrow(
      'holds the results of another experiment, "other"',
    );
  });

  it('of another version are refused', async () => {
    const parent = join(folder, 'older');
    const options = { out: shardFolder(parent, 1, 1), shard: { index: 1, of: 1 } };
    await run(TWO_LOADS, options, toyStudy('toy-0'));
    await expect(mergeShards(toyStudy('toy-1'), shardsIn(parent), { out: parent })).rejects.toThrow(
      '6 of 6 runs',
    );
    expect(readdirSync(parent)).toEqual(['shard-1-of-1']);
  });

  it('of another experiment are refused, though they bear the same name', async () => {
    const parent = join(folder, 'mixed');
    await run(TWO_LOADS, { out: shardFolder(parent, 1, 2), shard: { index: 1, of: 2 } });
    await run(
      { ...TWO_LOADS, queue: { service: '2s' } },
      { out: shardFolder(parent, 2, 2), shard: { index: 2, of: 2 } },
    );
    await expect(mergeShards(toyStudy(), shardsIn(parent), { out: parent })).rejects.toThrow(
      'belongs to another experiment',
    );
  });

  it('do not go with precision', async () => {
    const options = { out: join(folder, 'narrow'), shard: { index: 1, of: 2 }, precision: '5%' };
    await expect(run(TWO_LOADS, options)).rejects.toThrow('a shard does not see the intervals');
  });
});
