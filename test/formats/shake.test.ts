/** Trace shaking: submissions move by no more than was said, jobs stay whole and in order. */
import { expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import { shaken } from '../../workloads/jobs/shake.ts';
import type { JobTable } from '../../workloads/jobs/table.ts';

const n = 500;
const jobs: JobTable = {
  n,
  id: Float64Array.from({ length: n }, (_, i) => i + 1),
  submit_s: Float64Array.from({ length: n }, (_, i) => i * 7),
  run_s: Float64Array.from({ length: n }, (_, i) => 1000 + i),
  estimate_s: Float64Array.from({ length: n }, (_, i) => 2000 + i),
  width: Int32Array.from({ length: n }, (_, i) => i % 13),
  user: Int32Array.from({ length: n }, (_, i) => i % 5),
  memory: new Float64Array(n),
  status: new Int8Array(n).fill(1),
  offset_s: 12,
};

it('moves every job by at most the time, and keeps its columns together', () => {
  const moved = shaken(jobs, 30, new Streams(1, 0).stream('trace shaking'));
  expect([...moved.submit_s]).toEqual([...moved.submit_s].toSorted((a, b) => a - b));
  const ids = new Set(moved.id);
  expect(ids.size).toBe(n);
  let most = 0;
  for (let i = 0; i < n; i++) {
    const was = moved.id[i]! - 1;
    expect([moved.run_s[i], moved.estimate_s[i], moved.width[i], moved.user[i]]).toEqual([
      jobs.run_s[was],
      jobs.estimate_s[was],
      jobs.width[was],
      jobs.user[was],
    ]);
    const by = Math.abs(moved.submit_s[i]! - jobs.submit_s[was]!);
    expect(by).toBeLessThanOrEqual(30);
    most = Math.max(most, by);
  }
  expect(most).toBeGreaterThan(25);
  expect(moved.submit_s[0]).toBeGreaterThanOrEqual(0);
  expect(moved.offset_s).toBe(12);
});

it('differs between replications and is nothing without a time', () => {
  const one = shaken(jobs, 30, new Streams(1, 0).stream('trace shaking'));
  const other = shaken(jobs, 30, new Streams(1, 1).stream('trace shaking'));
  expect(one.submit_s).not.toEqual(other.submit_s);
  expect(shaken(jobs, 0, new Streams(1, 0).stream('trace shaking'))).toBe(jobs);
});
