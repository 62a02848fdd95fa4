/** Designs of sweeps, constraints between settings, and what a sweep says of its settings. */
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import { constraintOf, keeps } from '../../sim/experiment/constraints.ts';
import { designPoints, MOST_SOBOL_AXES, morrisStep, OWN } from '../../sim/experiment/design.ts';
import { documentOf } from '../../sim/experiment/document.ts';
import { settleExperiment } from '../../sim/experiment/experiment.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { Row } from '../../sim/experiment/rows.ts';
import { runExperiment } from '../../sim/experiment/runner.ts';
import { sensitivityOf } from '../../sim/experiment/sensitivity.ts';
import { toyStudy } from './toy-study.ts';

const chance = (seed = 1) => new Streams(seed, 0).stream('design');
const settle = (content: Plain) => settleExperiment(toyStudy(), documentOf(content, 'toy', '.'));
const counts = (column: readonly number[]) => {
  const seen = new Map<number, number>();
  for (const value of column) seen.set(value, (seen.get(value) ?? 0) + 1);
  return [...seen.values()];
};

describe('designs', () => {
  it('product: all combinations, the first axis slowest', () => {
    expect(designPoints('product', [2, 3], 0, chance())).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    expect(designPoints('product', [], 0, chance())).toEqual([[]]);
  });

  it('one at a time: the base and each value alone', () => {
    expect(designPoints('one-at-a-time', [2, 1], 0, chance())).toEqual([
      [OWN, OWN],
      [0, OWN],
      [1, OWN],
      [OWN, 0],
    ]);
  });

  it('Latin hypercube: every stratum of every axis once', () => {
    const points = designPoints('latin-hypercube', [40, 10, 40], 40, chance());
    expect(new Set(points.map((point) => point[0])).size).toBe(40);
    expect(counts(points.map((point) => point[1]!))).toEqual(new Array(10).fill(4));
    expect(points.map((point) => point[0])).not.toEqual(points.map((point) => point[2]));
  });

  it("Sobol's sequence: each block of 2^k points has one in each of 2^k strata, in every dimension", () => {
    const axes = MOST_SOBOL_AXES;
    const points = designPoints('sobol', new Array(axes).fill(64), 64, chance(7));
    for (let axis = 0; axis < axes; axis++) {
      expect(new Set(points.map((point) => point[axis])).size, `axis ${axis}`).toBe(64);
    }
    // In pairs too: the first two dimensions are a (0, 2)-sequence, so 64 points fill every 8 x 8 cell once.
    const cells = points.map((point) => Math.floor(point[0]! / 8) * 8 + Math.floor(point[1]! / 8));
    expect(new Set(cells).size).toBe(64);
  });

  it('Morris: each trajectory changes every axis once, by half its levels', () => {
    const levels = [4, 6, 2];
    const points = designPoints('morris', levels, 5, chance());
    expect(points).toHaveLength(5 * 4);
    for (let start = 0; start < points.length; start += 4) {
      const changed = [];
      for (let i = start + 1; i < start + 4; i++) {
        for (const [axis, n] of levels.entries()) {
          const by = Math.abs(points[i]![axis]! - points[i - 1]![axis]!);
          if (by === 0) continue;
          expect(by).toBe(morrisStep(n));
          changed.push(axis);
        }
      }
      expect(changed.toSorted()).toEqual([0, 1, 2]);
    }
    expect(points.flat().every((place) => place >= 0 && place < 6)).toBe(true);
  });

  it('makes points of an experiment: what is not varied stays as it is', async () => {
    const { points } = await settle({
      customers: { load: 0.6 },
      design: 'one-at-a-time',
      vary: { 'customers.load': [0.5, 0.6, 0.8], 'policies.order': ['threshold'] },
    });
    expect(points.map((point) => point.params)).toEqual([
      { 'customers.load': 0.6, 'policies.order': 'first-come' },
      { 'customers.load': 0.5, 'policies.order': 'first-come' },
      { 'customers.load': 0.8, 'policies.order': 'first-come' },
      { 'customers.load': 0.6, 'policies.order': 'threshold' },
    ]);
  });

  it('is the same for the same seed', async () => {
    const content = {
      design: 'latin-hypercube',
      design_points: 5,
      vary: { 'customers.load': '0.1..0.9 +0.1' },
    };
    const loads = async (seed: number) =>
      (await settle({ ...content, seed })).points.map((point) => point.params['customers.load']);
    expect(await loads(3)).toEqual(await loads(3));
    expect(await loads(3)).not.toEqual(await loads(4));
  });
});

describe('constraints', () => {
  const scenario: Plain = {
    a: 3,
    b: 5,
    time: '2min',
    longer: '1h',
    size: '8KiB',
    os: { name: 'free', more: 1 },
  };
  it.each([
    ['a < b', true],
    ['a >= b', false],
    ['time < longer', true],
    ['time <= 120s', true],
    ['time > 2min', false],
    ['size = 8192B', true],
    ['os = free', true],
    ['os != free', false],
    ['a != 4', true],
  ])('%s is %s', (text, kept) => expect(keeps(constraintOf(text, 'where'), scenario, 'where')).toBe(kept));

  it.each([
    ['a <', '"a <" is no constraint'],
    ['a < size', 'compares a number with a bytes'],
    ['os < free', 'compares "free" with "free"'],
  ])('%s is refused', (text, message) =>
    expect(() => keeps(constraintOf(text, 'where'), scenario, 'where')).toThrow(message),
  );

  it.each([
    ['customers.lode < 0.8', 'did you mean "customers.load"?'],
    ['customers.load < customers.cuont', 'did you mean "customers.count"?'],
    ['0.8 > customers.load', 'write a setting first'],
  ])('%s names no setting', (text, would) => expect(settle({ where: [text] })).rejects.toThrow(would));

  it('leave points out, and say how many', async () => {
    const { points, notes } = await settle({
      vary: { 'customers.load': [0.2, 0.5, 0.9], 'customers.count': [10, 20] },
      where: ['customers.load < 0.8', 'customers.count != 10'],
    });
    expect(points.map((point) => point.params['customers.load'])).toEqual([0.2, 0.5]);
    expect(notes).toEqual([
      '4 of 6 points are left out by where: customers.load < 0.8; customers.count != 10',
    ]);
    await expect(settle({ where: ['customers.load > 7'] })).rejects.toThrow('no point keeps all constraints');
    const mixed = await settle({ where: ['customers.load < queue.service'] }).catch(String);
    expect(mixed).toContain('compares a number with a time');
    expect(mixed).not.toContain('no point keeps');
  });
});

describe('sensitivity', () => {
  const sweep = async (content: Plain): Promise<readonly Row[]> =>
    (await runExperiment(toyStudy(), documentOf(content, 'toy', '.'), { out: null })).rows;
  const AXES: Plain = {
    'customers.load': [0.3, 0.5, 0.7, 0.9],
    'queue.service': ['1s', '2s'],
    'queue.link': ['10Mb/s', '100Mb/s'],
  };
  const STUDENT = { interval: 'student', seed: 1 } as const;
  const LISTS = Object.entries(AXES).map(([path, values]) => ({ path, values: values as Value[] }));

  it.each(['one-at-a-time', 'product', 'morris', 'latin-hypercube'] as const)(
    '%s names what matters, and what does not',
    async (design) => {
      const rows = await sweep({ design, design_points: 40, replications: 1, vary: AXES });
      const found = sensitivityOf(rows, LISTS, design, 'wait_time_s', STUDENT).effects;
      expect(found[0]!.path).toBe('customers.load');
      if (found[0]!.swing !== null) expect(found[0]!.swing.largest.value).toBe(0.9);
      const link = found.find((effect) => effect.path === 'queue.link')!;
      if (design === 'latin-hypercube') {
        expect(found[0]!.regression!.coefficient).toBeGreaterThan(0.7);
        expect([found[0]!.regression!.clear, link.regression!.clear]).toEqual([true, false]);
      } else {
        expect(link.unused).toBe(true);
        expect(found[0]!.unused).toBe(false);
        expect(link.morris?.mu_star ?? link.swing!.by).toBe(0);
      }
    },
  );

  it('Morris by hand: 12 a + a b over four levels, steps up and down', () => {
    const y = (a: number, b: number) => 12 * a + a * b;
    const places = [
      [0, 0],
      [2, 0],
      [2, 2],
      // the next trajectory goes down in both
      [3, 3],
      [3, 1],
      [1, 1],
    ];
    const rows = places.map(
      ([a, b], point) =>
        ({
          point,
          replication: 0,
          params: { a, b },
          measures: { y: y(a!, b!) },
          digest: '',
        }) as unknown as Row,
    );
    const axes = ['a', 'b'].map((path) => ({ path, values: [0, 1, 2, 3] }));
    const [a, b] = sensitivityOf(rows, axes, 'morris', 'y', STUDENT).effects;
    // over a step of 2/3 of the axis: a moves by 24 where b is 0, by 26 where b is 1
    expect(a).toMatchObject({ path: 'a', morris: { mu: 37.5, mu_star: 37.5 } });
    expect(a!.morris!.sigma).toBeCloseTo(3 / Math.SQRT2, 12);
    expect(a!.swing).toBeNull();
    expect([a!.morris!.low, a!.morris!.high]).toEqual([36, 39]);
    // b moves by 4 where a is 2, by 6 where a is 3
    expect(b!.morris!.mu).toBeCloseTo(7.5, 12);
    expect(b!.morris!.sigma).toBeCloseTo(3 / Math.SQRT2, 12);
  });

  it('main effects by hand', () => {
    const row = (point: number, a: number, b: number, y: number) =>
      ({ point, replication: 0, params: { a, b }, measures: { y }, digest: String(y) }) as unknown as Row;
    // y = 10 a + b: of the variance 100/101 is a's.
    const rows = [row(0, 0, 0, 0), row(1, 0, 1, 1), row(2, 1, 0, 10), row(3, 1, 1, 11)];
    const axes = ['b', 'a'].map((path) => ({ path, values: [0, 1] }));
    const { effects, rest } = sensitivityOf(rows, axes, 'product', 'y', STUDENT);
    const [first, second] = effects;
    expect([first!.path, first!.swing!.by, second!.swing!.by]).toEqual(['a', 10, 1]);
    expect(rest).toBeCloseTo(0, 12);
    // y = a b: each alone explains a third, the rest is of both together
    const both = [row(0, 0, 0, 0), row(1, 0, 1, 0), row(2, 1, 0, 0), row(3, 1, 1, 1)];
    const joint = sensitivityOf(both, axes, 'product', 'y', STUDENT);
    expect(joint.effects.map(({ share }) => share)).toEqual([expect.closeTo(1 / 3), expect.closeTo(1 / 3)]);
    expect(joint.rest).toBeCloseTo(1 / 3, 12);
    expect(first!.share).toBeCloseTo(100 / 101, 12);
    expect(second!.share).toBeCloseTo(1 / 101, 12);
  });
  it('the interval of a swing by hand: of paired differences, over all pairs of the values', () => {
    // noise that all points share in a replication cancels; what is left is 10 a, and +-1 in turn at a = 2
    const rows = [0, 1, 2].flatMap((a, point) =>
      [50, -30, 7, 90].map((noise, replication) => {
        const y = 10 * a + noise + (a < 2 ? 0 : replication % 2 === 0 ? 1 : -1);
        return { point, replication, params: { a }, measures: { y }, digest: String(y) } as unknown as Row;
      }),
    );
    const axes = [{ path: 'a', values: [0, 1, 2] }];
    const swing = (interval: 'student' | 'bootstrap', some = rows) =>
      sensitivityOf(some, axes, 'product', 'y', { interval, seed: 1 }).effects[0]!.swing!;
    const { by, low, high } = swing('student');
    // differences 21, 19, 21, 19: s = 2 / sqrt 3; three pairs of values ask for t at 1 - 0.05 / 6 with 3 degrees: 4.857
    const half = (4.8567 * (2 / Math.sqrt(3))) / 2;
    expect([by, low, high]).toEqual([20, expect.closeTo(20 - half, 3), expect.closeTo(20 + half, 3)]);
    expect(swing('bootstrap')).toMatchObject({
      by: 20,
      low: expect.closeTo(19, 1),
      high: expect.closeTo(21, 1),
    });
    const once = swing(
      'student',
      rows.filter(({ replication }) => replication === 0),
    );
    expect([once.low, once.high]).toEqual([null, null]);
  });

  it('samples: coefficients of ranks by hand, with signs, whatever the order of the words', () => {
    const chance = new Streams(5, 0).stream('test');
    const sample = (n: number, y: (a: number, word: string) => number) =>
      Array.from({ length: n }, (_, point) => {
        const a = Math.floor(chance.next() * 20);
        const word = ['x', 'y', 'z'][Math.floor(chance.next() * 3)]!;
        const idle = Math.floor(chance.next() * 20);
        const params = { a: `${a}s`, word, idle };
        return { point, replication: 0, params, measures: { y: y(a, word) }, digest: '' } as unknown as Row;
      });
    const axes = [
      { path: 'idle', values: Array.from({ length: 20 }, (_, i) => i) },
      { path: 'word', values: ['x', 'y', 'z'] },
      { path: 'a', values: Array.from({ length: 20 }, (_, i) => `${i}s`) },
    ];
    const of = (rows: Row[]) => sensitivityOf(rows, axes, 'sobol', 'y', STUDENT);
    const by = (found: ReturnType<typeof of>) =>
      Object.fromEntries(found.effects.map(({ path, regression }) => [path, regression!]));
    // falls with a alone, and far from in proportion: ranks see it whole
    const falling = of(sample(60, (a) => Math.exp(-a)));
    expect(falling.effects[0]!.path).toBe('a');
    expect(by(falling)['a']).toMatchObject({
      coefficient: expect.closeTo(-1, 10),
      clear: true,
      signed: true,
    });
    expect(falling.fit).toMatchObject({ r_squared: expect.closeTo(1, 10), points: 60, columns: 4 });
    expect([by(falling)['word']!.clear, by(falling)['idle']!.clear]).toEqual([false, false]);
    // the word in the middle of the list does it
    const worded = of(sample(60, (_a, word) => (word === 'y' ? 1 : 0)));
    expect(by(worded)['word']).toMatchObject({
      coefficient: expect.closeTo(1, 10),
      clear: true,
      signed: false,
    });
    // nothing does it
    const noise = of(sample(60, () => chance.next()));
    expect(noise.fit!.r_squared).toBeLessThan(0.3);
    expect(by(noise)['word']!.low).toBeGreaterThan(0);
    expect(by(noise)['word']!.clear).toBe(false);
    // as many columns as points fit anything
    expect(of(sample(5, () => chance.next()))).toMatchObject({
      fit: null,
      effects: [{ regression: null }, {}, {}],
    });
  });
});
