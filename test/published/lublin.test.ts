// The generator against statistics of its authors' program (facts W011-W013; case P22), and against its own closed
// forms. Heavy tails: 4e5 jobs, run times within 5 %, all else within 3 %.
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import { type LublinSettings, lowerGamma, lublin, lublinMeans } from '../../workloads/jobs/lublin.ts';
import type { JobTable } from '../../workloads/jobs/table.ts';

const SETTINGS: LublinSettings = {
  types: 'typeless',
  machine: 'nodes',
  begins: 0,
  count: 400_000,
  users: 64,
  estimate_factor: 1,
};
const NATIVE = { nodes: 128, load: undefined, horizon_s: Infinity };

function statistics(jobs: JobTable) {
  let run = 0;
  let width = 0;
  let work = 0;
  let serial = 0;
  let powersOfTwo = 0;
  for (let i = 0; i < jobs.n; i++) {
    const w = jobs.width[i]!;
    run += jobs.run_s[i]!;
    width += w;
    work += w * jobs.run_s[i]!;
    if (w === 1) serial++;
    if ((w & (w - 1)) === 0) powersOfTwo++;
  }
  const runs = jobs.run_s.slice().sort();
  const span = jobs.submit_s[jobs.n - 1]!;
  return {
    interarrival_s: span / jobs.n,
    run_s: run / jobs.n,
    width: width / jobs.n,
    serial: serial / jobs.n,
    powersOfTwo: powersOfTwo / jobs.n,
    median_run_s: runs[Math.floor(jobs.n / 2)]!,
    run_90_s: runs[Math.floor(0.9 * jobs.n)]!,
    load: work / span / 128,
  };
}

function within(got: number, expected: number, share: number): void {
  expect(got).toBeGreaterThan(expected * (1 - share));
  expect(got).toBeLessThan(expected * (1 + share));
}

/** The mean of independent values is the expected one, within four standard errors. */
function agrees(values: ArrayLike<number>, expected: number): void {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  const mean = sum / values.length;
  const error = Math.sqrt((squares / values.length - mean * mean) / values.length);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
}

describe('Lublin and Feitelson', () => {
  it('jobs without type have the statistics of the authors program', () => {
    const jobs = lublin(SETTINGS, NATIVE, new Streams(1, 0));
    const got = statistics(jobs);
    within(got.interarrival_s, 921.1, 0.03);
    within(got.run_s, 4346, 0.05);
    within(got.width, 12.17, 0.03);
    within(got.serial, 0.243, 0.03);
    within(got.powersOfTwo, 0.87, 0.03);
    within(got.median_run_s, 107, 0.05);
    within(got.run_90_s, 14_608, 0.05);
    within(got.load, 0.711, 0.05);
    expect(jobs.estimate_s).toEqual(jobs.run_s);
  });

  it('batch and interactive jobs together, too', () => {
    const settings = { ...SETTINGS, types: 'both' } as const;
    const jobs = lublin(settings, NATIVE, new Streams(1, 0));
    const got = statistics(jobs);
    within(got.interarrival_s, 521.8, 0.03);
    within(got.run_s, 1635, 0.05);
    within(got.width, 8.91, 0.03);
    within(got.serial, 0.175, 0.03);
    within(got.powersOfTwo, 0.864, 0.03);
    within(got.load, 0.403, 0.05);
    // The streams are independent, so the batch jobs alone are those of the mixture up to the same time.
    const horizon_s = jobs.submit_s[jobs.n - 1]!;
    const batch = lublin(
      { ...SETTINGS, types: 'batch', count: 'horizon' },
      { ...NATIVE, horizon_s },
      new Streams(1, 0),
    );
    within(1 - batch.n / jobs.n, 0.85, 0.03);
    const submitted = new Set(jobs.submit_s);
    expect(batch.submit_s.every((time) => submitted.has(time))).toBe(true);
  });

  it.each(['typeless', 'batch', 'interactive'] as const)('%s: closed forms and jobs agree', (types) => {
    for (const nodes of [128, 100, 32]) {
      const means = lublinMeans(types, nodes);
      const jobs = lublin(
        { ...SETTINGS, types, count: 100_000 },
        { ...NATIVE, nodes },
        new Streams(7, nodes),
      );
      const gaps = jobs.submit_s.map((time, i) => time - (i === 0 ? 0 : jobs.submit_s[i - 1]!));
      agrees(gaps, means.interarrival_s);
      agrees(jobs.run_s, means.run_s);
      agrees(jobs.width, means.width);
      agrees(
        jobs.run_s.map((run, i) => run * jobs.width[i]!),
        means.work_s,
      );
      expect(means.load).toBeCloseTo(means.work_s / means.interarrival_s / nodes, 12);
      expect(jobs.width.every((w) => w >= 1 && w <= nodes)).toBe(true);
      expect(gaps.every((gap) => gap >= 0)).toBe(true);
    }
  });

  it('both: closed forms are those of the two streams together', () => {
    const [both, batch, interactive] = (['both', 'batch', 'interactive'] as const).map((t) =>
      lublinMeans(t, 128),
    );
    const rate = 1 / batch!.interarrival_s + 1 / interactive!.interarrival_s;
    expect(1 / both!.interarrival_s).toBeCloseTo(rate, 12);
    expect(both!.load).toBeCloseTo(batch!.load + interactive!.load, 12);
    expect(both!.run_s * rate).toBeCloseTo(
      batch!.run_s / batch!.interarrival_s + interactive!.run_s / interactive!.interarrival_s,
      9,
    );
  });

  it('reaches the load that is asked for, and leaves widths and run times alone', () => {
    const native = lublin({ ...SETTINGS, count: 100_000 }, NATIVE, new Streams(2, 0));
    for (const load of [0.3, 0.9]) {
      const jobs = lublin({ ...SETTINGS, count: 100_000 }, { ...NATIVE, load }, new Streams(2, 0));
      within(statistics(jobs).load, load, 0.1);
      expect(jobs.run_s).toEqual(native.run_s);
      expect(jobs.width).toEqual(native.width);
    }
  });

  it('follows the day: hardly any job before six, most after noon, whatever the load', () => {
    for (const load of [0.2, 1]) {
      const jobs = lublin({ ...SETTINGS, count: 100_000 }, { ...NATIVE, load }, new Streams(2, 0));
      const hours = new Float64Array(24);
      for (const time of jobs.submit_s) hours[Math.floor(time / 3600) % 24]!++;
      // From the gamma law (W008) over half hours 11 to 58: the hour from 5:00 has 0.09 of a share of 1/24,
      // the busiest, from 13:00, 2.06.
      const rate = (hour: number) => (hours[hour]! * 24) / jobs.n;
      const law = (hour: number) => {
        const upTo = (x: number) => lowerGamma(8.1737, x / 3.9631);
        const first = 2 * hour + 1 < 11 ? 2 * hour + 49 : 2 * hour + 1;
        return (24 * (upTo(first + 1.5) - upTo(first - 0.5))) / (upTo(58.5) - upTo(10.5));
      };
      for (let hour = 0; hour < 24; hour++) expect(Math.abs(rate(hour) - law(hour))).toBeLessThan(0.2);
      expect(hours.indexOf(Math.max(...hours))).toBeGreaterThan(11);
      expect(hours.indexOf(Math.max(...hours))).toBeLessThan(16);
    }
  });

  it('stops at the horizon, and refuses what leaves no jobs', () => {
    const horizon = lublin(
      { ...SETTINGS, count: 'horizon' },
      { ...NATIVE, horizon_s: 86_400 },
      new Streams(1, 0),
    );
    expect(horizon.submit_s[horizon.n - 1]).toBeLessThan(86_400);
    const refused = (settings: LublinSettings, need: Parameters<typeof lublin>[1]) => () =>
      lublin(settings, need, new Streams(1, 0));
    expect(refused({ ...SETTINGS, count: 'horizon' }, NATIVE)).toThrow('the horizon is not a time');
    expect(refused(SETTINGS, { ...NATIVE, load: 0 })).toThrow('a load of 0');
    expect(refused(SETTINGS, { ...NATIVE, horizon_s: 1e-6 })).toThrow('submits no job');
  });

  it('the incomplete gamma function: closed forms for whole shapes', () => {
    for (const x of [0.01, 0.5, 1, 3, 10, 40]) {
      expect(lowerGamma(1, x)).toBeCloseTo(1 - Math.exp(-x), 12);
      expect(lowerGamma(3, x)).toBeCloseTo(1 - Math.exp(-x) * (1 + x + (x * x) / 2), 12);
    }
    expect(lowerGamma(0.5, 2)).toBeCloseTo(0.954_499_736_103_642, 12);
    expect(lowerGamma(300, 300)).toBeCloseTo(0.507_676, 5);
    expect(lowerGamma(2, 0)).toBe(0);
  });
});
