/** Student's t against published tables, and intervals that cover as often as they say. */
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import { estimate, studentDistribution, studentQuantile } from '../../sim/experiment/statistics.ts';

describe("Student's t", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: upper critical values, as printed there
  const TABLE: readonly (readonly [
    df: number,
    p90: number,
    p95: number,
    p975: number,
    p99: number,
    p995: number,
    p999: number,
  ])[] = [
    [1, 3.078, 6.314, 12.706, 31.821, 63.657, 318.309],
    [2, 1.886, 2.92, 4.303, 6.965, 9.925, 22.327],
    [3, 1.638, 2.353, 3.182, 4.541, 5.841, 10.215],
    [4, 1.533, 2.132, 2.776, 3.747, 4.604, 7.173],
    [5, 1.476, 2.015, 2.571, 3.365, 4.032, 5.893],
    [9, 1.383, 1.833, 2.262, 2.821, 3.25, 4.297],
    [10, 1.372, 1.812, 2.228, 2.764, 3.169, 4.144],
    [19, 1.328, 1.729, 2.093, 2.539, 2.861, 3.579],
    [29, 1.311, 1.699, 2.045, 2.462, 2.756, 3.396],
    [30, 1.31, 1.697, 2.042, 2.457, 2.75, 3.385],
    [60, 1.296, 1.671, 2.0, 2.39, 2.66, 3.232],
    [100, 1.29, 1.66, 1.984, 2.364, 2.626, 3.174],
  ];
  it.each(TABLE)('has the table values at %i degrees of freedom', (df, ...values) => {
    const levels = [0.9, 0.95, 0.975, 0.99, 0.995, 0.999];
    for (const [i, value] of values.entries()) {
      expect(Math.abs(studentQuantile(levels[i]!, df) - value), `p ${levels[i]}`).toBeLessThanOrEqual(
        0.00051,
      );
    }
  });

  it('is exact where the distribution has a closed form', () => {
    for (const p of [0.6, 0.9, 0.975, 0.9999]) {
      // one degree of freedom: Cauchy; two: t = (2p-1) / sqrt(2p(1-p))
      expect(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5))).toBeCloseTo(1, 10);
      expect(studentQuantile(p, 2) / ((2 * p - 1) / Math.sqrt(2 * p * (1 - p)))).toBeCloseTo(1, 10);
    }
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(1.959964, 5);
  });

  it('is symmetric, and the inverse of its distribution function', () => {
    for (const df of [1, 3, 7.5, 42]) {
      expect(studentQuantile(0.2, df)).toBe(-studentQuantile(0.8, df));
      expect(studentDistribution(studentQuantile(0.83, df), df)).toBeCloseTo(0.83, 12);
      expect(studentDistribution(-1, df) + studentDistribution(1, df)).toBeCloseTo(1, 12);
    }
    expect(studentQuantile(0.5, 4)).toBe(0);
    for (const bad of [0, 1, Number.NaN]) expect(() => studentQuantile(bad, 3)).toThrow(RangeError);
    expect(() => studentQuantile(0.9, 0)).toThrow(RangeError);
  });
});

describe('intervals', () => {
  it('agree with a hand calculation', () => {
    // 1, 2, 3, 4: mean 2.5, sd sqrt(5/3), half width 3.182446 x sd / 2
    const { mean, ci95, n } = estimate([1, 2, 3, 4]);
    expect(mean).toBe(2.5);
    expect(n).toBe(4);
    expect(ci95).toBeCloseTo((3.182446305 * Math.sqrt(5 / 3)) / 2, 8);
    expect(estimate([7])).toEqual({ mean: 7, ci95: null, n: 1 });
    expect(estimate([2, 2, 2])).toEqual({ mean: 2, ci95: 0, n: 3 });
  });

  it('cover the true mean as often as they say', () => {
    const source = new Streams(1, 0).stream('coverage');
    const normal = () => Math.sqrt(-2 * Math.log(source.next())) * Math.cos(2 * Math.PI * source.next());
    const trials = 4000;
    for (const [level, n] of [
      [0.95, 4],
      [0.95, 10],
      [0.99, 5],
    ] as const) {
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const { mean, ci95 } = estimate(
          Array.from({ length: n }, () => 3 + 2 * normal()),
          level,
        );
        if (Math.abs(mean - 3) <= ci95!) covered++;
      }
      // four standard errors of a binomial share
      const slack = 4 * Math.sqrt((level * (1 - level)) / trials);
      expect(Math.abs(covered / trials - level), `${level} of ${n}`).toBeLessThan(slack);
    }
  });
});
