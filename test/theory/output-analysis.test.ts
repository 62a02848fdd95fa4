/** Output analysis: known series, hand arithmetic, and intervals that cover the truth as often as they say. */
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import {
  Bootstrap,
  batchMeans,
  holm,
  mayBeBest,
  mser5,
  neighbourCorrelation,
  pairedP,
  quantileInterval,
} from '../../sim/experiment/output-analysis.ts';
import { estimate } from '../../sim/experiment/statistics.ts';

/** Waits of the first customers of M/M/c at `load`, first come first served (Kiefer and Wolfowitz), mean service 1. */
function waits(chance: { next(): number }, load: number, customers: number, servers = 1): Float64Array {
  const free = new Float64Array(servers);
  const series = new Float64Array(customers);
  let now = 0;
  for (let i = 0; i < customers; i++) {
    now -= Math.log(chance.next()) / (load * servers);
    let first = 0;
    for (let s = 1; s < servers; s++) if (free[s]! < free[first]!) first = s;
    const start = Math.max(now, free[first]!);
    series[i] = start - now;
    free[first] = start - Math.log(chance.next());
  }
  return series;
}

const meanOf = (series: ArrayLike<number>) =>
  Array.from(series).reduce((sum, x) => sum + x, 0) / series.length;

/** Mean wait in M/M/c, mean service 1 (Erlang C). */
function erlangWait(load: number, servers: number): number {
  const a = load * servers;
  let b = 1;
  for (let c = 1; c <= servers; c++) b = (a * b) / (c + a * b);
  const c = b / (1 - load * (1 - b));
  return c / (servers * (1 - load));
}

describe('the 95 % interval covers the truth in 93 to 97 % of 1,000 experiments', () => {
  it.each([
    ['M/M/1', 0.5, 1],
    ['M/M/4', 0.7, 4],
  ])('%s, replications: Student and bootstrap', (_name, load, servers) => {
    const truth = erlangWait(load, servers);
    let student = 0;
    let bootstrap = 0;
    for (let experiment = 0; experiment < 1000; experiment++) {
      const chance = new Streams(experiment, 0).stream('coverage');
      const values = Array.from({ length: 10 }, () =>
        // begun empty, so the first 300 are not counted; the rest is long beside the correlation
        meanOf(waits(chance, load, 2300, servers).subarray(300)),
      );
      const { mean, ci95 } = estimate(values);
      if (Math.abs(mean - truth) <= ci95!) student++;
      const { low, high } = new Bootstrap(experiment, 1000).mean(values);
      if (low <= truth && truth <= high) bootstrap++;
    }
    for (const covers of [student, bootstrap]) {
      expect(covers).toBeGreaterThanOrEqual(930);
      expect(covers).toBeLessThanOrEqual(970);
    }
  });

  it.each([
    ['M/M/1', 0.5, 1],
    ['M/M/4', 0.7, 4],
  ])('%s, batch means of one long run', (_name, load, servers) => {
    let covers = 0;
    for (let experiment = 0; experiment < 1000; experiment++) {
      const chance = new Streams(experiment, 1).stream('coverage');
      const { mean, ci95 } = batchMeans(waits(chance, load, 20_300, servers).subarray(300), 20);
      if (Math.abs(mean - erlangWait(load, servers)) <= ci95!) covers++;
    }
    expect(covers).toBeGreaterThanOrEqual(930);
    expect(covers).toBeLessThanOrEqual(970);
  });

  it('quantiles and the bootstrap of exponential values', () => {
    let quantiles = 0;
    let means = 0;
    for (let experiment = 0; experiment < 1000; experiment++) {
      const chance = new Streams(experiment, 2).stream('coverage');
      const values = Array.from({ length: 100 }, () => -Math.log(chance.next()));
      const { low, high } = quantileInterval(values, 0.9);
      if (low <= Math.log(10) && Math.log(10) <= high) quantiles++;
      const mean = new Bootstrap(experiment, 500).mean(values);
      if (mean.low <= 1 && 1 <= mean.high) means++;
    }
    // order statistics cover at least as often as they say
    expect(quantiles).toBeGreaterThanOrEqual(930);
    expect(means).toBeGreaterThanOrEqual(930);
    expect(means).toBeLessThanOrEqual(970);
  });
});

describe('MSER-5', () => {
  it('cuts where a series has come down from its start', () => {
    const chance = new Streams(1, 0).stream('mser');
    const series = Float64Array.from({ length: 1000 }, (_, i) => (i < 100 ? 50 - i / 2 : 0) + chance.next());
    expect(mser5(series)).toBeGreaterThanOrEqual(95);
    expect(mser5(series)).toBeLessThanOrEqual(110);
  });

  it('cuts nothing of a constant series beyond need, and nothing of a short one', () => {
    expect(mser5([1, 2, 3])).toBe(0);
    expect(mser5(new Float64Array(100).fill(7))).toBe(0);
  });
});

describe('the bootstrap', () => {
  // 1, 2, 4: of the 27 resamples one has mean 1 and one mean 4, 3.7 % each; the expanded percentiles are beyond both
  it('of three values reaches from the least to the largest', () => {
    expect(new Bootstrap(1).mean([1, 2, 4])).toEqual({ value: 7 / 3, low: 1, high: 4 });
  });

  it('of ten values of the normal law is about as wide as Student, of skewed ones leans to the tail', () => {
    const chance = new Streams(1, 0).stream('bootstrap test');
    const normal = () => Math.sqrt(-2 * Math.log(chance.next())) * Math.cos(2 * Math.PI * chance.next());
    const ratios: number[] = [];
    for (let sample = 0; sample < 200; sample++) {
      const values = Array.from({ length: 10 }, normal);
      const { low, high } = new Bootstrap(sample, 1000).mean(values);
      ratios.push((high - low) / 2 / estimate(values).ci95!);
    }
    // the resamples' tails are a little shorter than the normal law's
    expect(meanOf(ratios)).toBeGreaterThan(0.94);
    expect(meanOf(ratios)).toBeLessThan(1.02);
    const skewed = [1, 1, 1, 2, 2, 3, 4, 6, 15, 40];
    const { value, low, high } = new Bootstrap(1).mean(skewed);
    expect(high - value).toBeGreaterThan(1.3 * (value - low));
  });

  it('is the same for the same seed, whatever was asked before', () => {
    const one = new Bootstrap(7);
    one.mean([1, 2, 3, 4, 5]);
    expect(one.mean([1, 5, 9, 2])).toEqual(new Bootstrap(7).mean([1, 5, 9, 2]));
    expect(new Bootstrap(7).mean([1, 5, 9, 2, 7, 3])).not.toEqual(new Bootstrap(8).mean([1, 5, 9, 2, 7, 3]));
  });
});

describe('correlation of neighbours', () => {
  it('by hand: 1, 2, 3, 4 has steps 3 and squares 5, so r is 0.7', () => {
    const { r, errors } = neighbourCorrelation([1, 2, 3, 4]);
    expect(r).toBeCloseTo(0.7, 12);
    expect(errors).toBeCloseTo(0.7 / Math.sqrt(2 / 15), 12);
    expect(neighbourCorrelation([3, 3, 3, 3]).errors).toBe(0);
  });

  it('is above 2.326 standard errors in one of a hundred series of independent values', () => {
    const chance = new Streams(5, 0).stream('correlation test');
    let above = 0;
    for (let i = 0; i < 5000; i++) {
      const values = Array.from({ length: 20 }, () => chance.next() + chance.next() + chance.next());
      if (neighbourCorrelation(values).errors > 2.326) above++;
    }
    expect(above).toBeGreaterThan(20);
    expect(above).toBeLessThan(80);
  });
});

describe('comparisons', () => {
  it('paired t by hand: differences 1, 2, 3 have t = 3.464 with 2 degrees of freedom', () => {
    expect(pairedP([1, 2, 3])).toBeCloseTo(0.0742, 4);
    expect(pairedP([2, 2, 2])).toBe(0);
    expect(pairedP([0, 0])).toBe(1);
  });

  it("Holm's adjustment by hand", () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([])).toEqual([]);
  });

  it('keeps all points that may be the best, and no others', () => {
    const chance = new Streams(2, 0).stream('best');
    const common = Array.from({ length: 20 }, () => chance.next());
    const point = (shift: number) => common.map((noise) => shift + noise + chance.next() / 10);
    expect(mayBeBest([point(0), point(0.01), point(1)])).toEqual([true, true, false]);
  });

  it('the best is among those kept in at least 95 % of experiments', () => {
    let kept = 0;
    for (let experiment = 0; experiment < 400; experiment++) {
      const chance = new Streams(experiment, 3).stream('best');
      const samples = Array.from({ length: 5 }, (_, k) =>
        Array.from({ length: 8 }, () => -Math.log(chance.next()) + k / 20),
      );
      if (mayBeBest(samples)[0]) kept++;
    }
    expect(kept).toBeGreaterThanOrEqual(380);
  });
});

describe('quantiles', () => {
  it('of ten values: the median lies between the second and the ninth', () => {
    const { value, low, high } = quantileInterval([5, 3, 1, 4, 2, 6, 10, 9, 8, 7], 0.5);
    expect([value, low, high]).toEqual([5.5, 2, 9]);
  });

  it('far out in few values has no upper end', () => {
    expect(quantileInterval([1, 2, 3], 0.99).high).toBe(Number.POSITIVE_INFINITY);
  });
});
