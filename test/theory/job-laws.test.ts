// Jobs of a Poisson stream: rates, loads, widths, and that each purpose has a stream of its own.
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import { type PoissonSettings, poisson } from '../../workloads/jobs/poisson.ts';

const SETTINGS: PoissonSettings = {
  service: { law: 'exponential', mean: 60e9 },
  interarrival: 'load',
  widths: [1],
  count: 200_000,
  users: 10,
  estimate_factor: 1,
};
const NEED = { nodes: 20, load: 0.8, horizon_s: Infinity };
const make = (settings: Partial<PoissonSettings>, need: Partial<typeof NEED> = {}) =>
  poisson({ ...SETTINGS, ...settings }, { ...NEED, ...need }, new Streams(1, 0));
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

describe('a Poisson stream of jobs', () => {
  it('has exponential gaps whose mean gives the load', () => {
    const jobs = make({});
    const gaps = jobs.submit_s.map((time, i) => time - (i === 0 ? 0 : jobs.submit_s[i - 1]!));
    // Standard error of an exponential mean: 1 / sqrt(200000) = 0.22 %.
    expect(mean(gaps) / (60 / (0.8 * 20))).toBeCloseTo(1, 1.9);
    const variance = mean(gaps.map((gap) => gap * gap)) / mean(gaps) ** 2 - 1;
    expect(variance).toBeCloseTo(1, 1);
    expect(mean(jobs.run_s) / 60).toBeCloseTo(1, 1.9);
    expect(jobs.estimate_s).toEqual(jobs.run_s);
  });

  it('offers the same load with any widths and service law', () => {
    for (const settings of [
      { widths: [1, 2, 4, 9] },
      { widths: [20], service: { law: 'hyperexponential', mean: 7e9, c2: 4 } },
      { service: { law: 'bounded-pareto', alpha: 1.5, low: 1e9, high: 1000e9 } },
    ] satisfies Partial<PoissonSettings>[]) {
      const jobs = make(settings);
      const work = jobs.run_s.reduce((sum, run, i) => sum + run * jobs.width[i]!, 0);
      expect(work / jobs.submit_s[jobs.n - 1]! / 20).toBeCloseTo(0.8, 1.7);
    }
  });

  it('uses widths and users equally', () => {
    const jobs = make({ widths: [1, 3, 8], users: 4 });
    for (const width of [1, 3, 8])
      expect(mean(jobs.width.map((w) => Number(w === width)))).toBeCloseTo(1 / 3, 2);
    for (const user of [0, 1, 2, 3])
      expect(mean(jobs.user.map((u) => Number(u === user)))).toBeCloseTo(1 / 4, 2);
  });

  it('keeps its other streams when one law changes', () => {
    const base = make({ count: 1000 });
    const other = make({ count: 1000, service: { law: 'gamma', mean: 60e9, shape: 0.5 }, widths: [1, 2] });
    expect(other.user).toEqual(base.user);
    expect(other.submit_s[999]! / base.submit_s[999]!).toBeCloseTo(1.5, 9);
    const same = make({ count: 1000, widths: [5], interarrival: 1e9, estimate_factor: 3 });
    expect(same.run_s).toEqual(base.run_s);
    expect(same.estimate_s).toEqual(base.run_s.map((run) => 3 * run));
    expect(make({ count: 500 }).run_s).toEqual(base.run_s.slice(0, 500));
  });

  it('ends at its count or the horizon, and refuses what has no rate', () => {
    const jobs = make({ count: 'horizon' }, { horizon_s: 1000 });
    expect(jobs.submit_s[jobs.n - 1]).toBeLessThan(1000);
    expect(jobs.n).toBeGreaterThan(150);
    expect(() => make({ count: 'horizon' })).toThrow('the horizon is not a time');
    expect(() => make({ widths: [] })).toThrow('an empty list');
    expect(() => make({}, { load: 0 })).toThrow('a load of 0');
    expect(() => poisson(SETTINGS, { ...NEED, load: undefined }, new Streams(1, 0))).toThrow(
      'no load is given',
    );
  });
});
