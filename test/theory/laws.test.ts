/**
 * Laws of chance: first two moments within 5 standard errors, the whole distribution by Kolmogorov and Smirnov,
 * from fixed seeds.
 */
import { describe, expect, it } from 'vitest';
import {
  boundedPareto,
  deterministic,
  empirical,
  exponential,
  gamma,
  hyperexponential,
  hyperexponentialByC2,
  type Law,
  lognormal,
  normalQuantile,
  pareto,
  uniform,
  weibull,
  zipf,
} from '../../sim/engine/laws.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { Tally } from '../../sim/measure/tally.ts';

const SAMPLES = 100_000;

/** P(X <= x) of a gamma law with a whole shape. */
const erlang = (shape: number, x: number) => {
  let term = Math.exp(-x);
  let above = 0;
  for (let k = 0; k < shape; k++) {
    above += term;
    term *= x / (k + 1);
  }
  return 1 - above;
};

/** The error function; absolute error below 1.2e-7 (Numerical Recipes, erfcc). */
function erf(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const poly = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ].reduceRight((sum, c) => sum * t + c, 0);
  const upper = t * Math.exp(-x * x + poly);
  return x >= 0 ? 1 - upper : upper - 1;
}
const normal = (z: number) => (1 + erf(z / Math.SQRT2)) / 2;

interface Case {
  readonly law: Law;
  readonly mean: number;
  /** Infinity where the law has none: the mean is then not tested by its standard error. */
  readonly variance: number;
  readonly below: (x: number) => number;
}

const boundedMean = (1.5 / 0.5) * ((1 - 100 * 0.01 ** 1.5) / (1 - 0.01 ** 1.5));
const boundedSquare = (1.5 / -0.5) * ((1 - 1e4 * 0.01 ** 1.5) / (1 - 0.01 ** 1.5));
const CASES: readonly Case[] = [
  { law: exponential(3), mean: 3, variance: 9, below: (x) => 1 - Math.exp(-x / 3) },
  {
    law: hyperexponential([
      { share: 0.75, mean: 1 },
      { share: 0.25, mean: 9 },
    ]),
    mean: 3,
    variance: 2 * (0.75 + 0.25 * 81) - 9,
    below: (x) => 1 - 0.75 * Math.exp(-x) - 0.25 * Math.exp(-x / 9),
  },
  {
    law: hyperexponentialByC2(2, 10),
    mean: 2,
    variance: 40,
    below: (x) => {
      const p = (1 + Math.sqrt(9 / 11)) / 2;
      return 1 - p * Math.exp(-p * x) - (1 - p) * Math.exp(-(1 - p) * x);
    },
  },
  {
    law: lognormal(1, 0.5),
    mean: Math.exp(1.125),
    variance: Math.exp(2.25) * (Math.exp(0.25) - 1),
    below: (x) => normal((Math.log(x) - 1) / 0.5),
  },
  {
    // Gamma(1 + 1/2) = sqrt(pi)/2, Gamma(2) = 1.
    law: weibull(2, 3),
    mean: (3 * Math.sqrt(Math.PI)) / 2,
    variance: 9 * (1 - Math.PI / 4),
    below: (x) => 1 - Math.exp(-((x / 3) ** 2)),
  },
  { law: weibull(0.5, 1), mean: 2, variance: 20, below: (x) => 1 - Math.exp(-Math.sqrt(x)) },
  { law: gamma(4, 0.5), mean: 2, variance: 1, below: (x) => erlang(4, x / 0.5) },
  // Shape 1/2: half a squared normal.
  { law: gamma(0.5, 2), mean: 1, variance: 2, below: (x) => 2 * normal(Math.sqrt(x)) - 1 },
  { law: pareto(3, 2), mean: 3, variance: 3, below: (x) => 1 - (2 / x) ** 3 },
  { law: pareto(0.8, 1), mean: Infinity, variance: Infinity, below: (x) => 1 - x ** -0.8 },
  {
    law: boundedPareto(1.5, 1, 100),
    mean: boundedMean,
    variance: boundedSquare - boundedMean ** 2,
    below: (x) => (1 - x ** -1.5) / (1 - 100 ** -1.5),
  },
  {
    law: boundedPareto(1, 1, 100),
    mean: Math.log(100) / 0.99,
    variance: 100 - (Math.log(100) / 0.99) ** 2,
    below: (x) => (1 - 1 / x) / 0.99,
  },
  { law: uniform(-1, 5), mean: 2, variance: 3, below: (x) => (x + 1) / 6 },
];

describe.each(CASES.map((c) => [c.law.name, c] as const))('%s', (_name, { law, mean, variance, below }) => {
  const source = new Streams(2024, 0).stream(law.name);
  const samples = Float64Array.from({ length: SAMPLES }, () => law.sample(source)).sort();
  const tally = new Tally();
  const squares = new Tally();
  for (const x of samples) {
    tally.add(x);
    squares.add((x - mean) ** 2);
  }

  it('states its mean', () => {
    if (mean === Infinity) expect(law.mean).toBe(Infinity);
    else expect(law.mean / mean).toBeCloseTo(1, 12);
  });

  if (variance < Infinity)
    it('has its mean and variance, within 5 standard errors', () => {
      expect(Math.abs(tally.mean - mean)).toBeLessThan(5 * Math.sqrt(variance / SAMPLES));
      expect(Math.abs(squares.mean - variance)).toBeLessThan(5 * Math.sqrt(squares.variance / SAMPLES));
    });

  it('has its distribution: Kolmogorov-Smirnov at 1e-6', () => {
    let distance = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const p = below(samples[i]!);
      distance = Math.max(distance, (i + 1) / SAMPLES - p, p - i / SAMPLES);
    }
    // P(D > d) = 2 exp(-2 n d^2)
    expect(distance).toBeLessThan(Math.sqrt(Math.log(2e6) / (2 * SAMPLES)));
  });
});

describe('discrete laws', () => {
  const source = new Streams(5, 0).stream('discrete');

  it('deterministic gives its value and draws nothing', () => {
    const never = {
      next: () => {
        throw new Error('drawn');
      },
    };
    expect(deterministic(4).sample(never)).toBe(4);
    expect(deterministic(4).mean).toBe(4);
  });

  it('empirical gives each value as often, within 5 sigma', () => {
    const law = empirical([3, 1, 1, 7]);
    expect(law.mean).toBe(3);
    const counts = new Map<number, number>();
    for (let i = 0; i < 40_000; i++) {
      const x = law.sample(source);
      counts.set(x, (counts.get(x) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([1, 3, 7]);
    expect(Math.abs(counts.get(1)! - 20_000)).toBeLessThan(5 * 100);
    expect(Math.abs(counts.get(3)! - 10_000)).toBeLessThan(5 * Math.sqrt(7500));
  });

  it('zipf gives rank k in proportion to k^-s, within 5 sigma', () => {
    const law = zipf(10, 1.2);
    const weights = Array.from({ length: 10 }, (_, i) => (i + 1) ** -1.2);
    const total = weights.reduce((sum, w) => sum + w, 0);
    expect(law.mean).toBeCloseTo(weights.reduce((sum, w, i) => sum + w * (i + 1), 0) / total, 12);
    const counts = new Float64Array(11);
    for (let i = 0; i < 100_000; i++) counts[law.sample(source)]!++;
    expect(counts[0]).toBe(0);
    for (let rank = 1; rank <= 10; rank++) {
      const p = weights[rank - 1]! / total;
      expect(Math.abs(counts[rank]! - 100_000 * p)).toBeLessThan(5 * Math.sqrt(100_000 * p * (1 - p)));
    }
    expect(zipf(1, 0).sample(source)).toBe(1);
  });

  it('hyperexponential by c2 has that c2 exactly, with balanced loads', () => {
    for (const c2 of [1, 4, 25]) {
      const share = (1 + Math.sqrt((c2 - 1) / (c2 + 1))) / 2;
      const means = [3 / (2 * share), 3 / (2 * (1 - share))];
      const square = 2 * (share * means[0]! ** 2 + (1 - share) * means[1]! ** 2);
      expect(square / 9 - 1).toBeCloseTo(c2, 10);
      expect(hyperexponentialByC2(3, c2).mean).toBeCloseTo(3, 12);
    }
  });
});

describe('the normal quantile', () => {
  it.each([
    // Values of the article on AS 241, and of tables.
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167813],
    [1e-20, -9.262340089798409],
    [0.975, 1.959963984540054],
    [0.5, 0],
  ])('of %d', (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 13));
});

it.each([
  () => exponential(0),
  () => exponential(Number.NaN),
  () => exponential(Infinity),
  () => hyperexponential([]),
  () => hyperexponential([{ share: 0.5, mean: 1 }]),
  () =>
    hyperexponential([
      { share: 1.5, mean: 1 },
      { share: -0.5, mean: 1 },
    ]),
  () => hyperexponentialByC2(1, 0.5),
  () => deterministic(Number.NaN),
  () => lognormal(0, -1),
  () => weibull(0, 1),
  () => gamma(1, -1),
  () => pareto(1, 0),
  () => boundedPareto(1, 2, 2),
  () => uniform(2, 1),
  () => empirical([]),
  () => empirical([1, Number.NaN]),
  () => zipf(0, 1),
  () => zipf(2.5, 1),
])('parameters out of range are refused (%#)', (make) => expect(make).toThrow(RangeError));
