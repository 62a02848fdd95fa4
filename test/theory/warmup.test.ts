/** The warm-up that a run shows itself, by the responses of its jobs. */
import { expect, it } from 'vitest';
import type { ClusterRun } from '../../models/cluster.ts';
import { JOB } from '../../models/jobs.ts';
import { warmupOf } from '../../models/measures.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { mean, run } from '../support/nowsim.ts';

/** A finished run of jobs a second apart with these responses, s; every tenth has not ended. */
function ended(responses: readonly number[]): ClusterRun {
  const n = responses.length;
  const submit = Float64Array.from({ length: n }, (_, i) => i * 1e9);
  return {
    jobs: {
      n,
      table: { submit_s: submit.map((time) => time / 1e9) },
      submit,
      end: submit.map((time, i) => time + responses[i]! * 1e9),
      state: Uint8Array.from({ length: n }, (_, i) => (i % 10 === 0 ? JOB.waiting : JOB.finished)),
    },
  } as unknown as ClusterRun;
}

it('ends where responses have come down', () => {
  const chance = new Streams(1, 0).stream('responses');
  const responses = Array.from({ length: 2000 }, (_, i) => (i < 300 ? 100 - i / 3 : 0) + 5 * chance.next());
  const warmup = warmupOf(ended(responses));
  expect(warmup).toBeGreaterThan(280);
  expect(warmup).toBeLessThan(320);
});

it('is none where they are the same throughout', () => {
  expect(warmupOf(ended(new Array(200).fill(3)))).toBe(0);
});

it('is taken by a run', async () => {
  const queue = {
    cluster: { nodes: 1, os: 'free' },
    jobs: { law: { name: 'poisson', count: 500, service: { law: 'exponential', mean: '1s' } }, load: 0.9 },
    program: { mix: 'none' },
    policies: { batch: 'fcfs', placement: 'first-fit' },
    warmup: 'mser5',
  };
  expect(mean(await run(queue), 'response_time_s')).toBeGreaterThan(1);
});

it('is a time where there are no jobs of a building', async () => {
  const programs = { program: { name: 'bsp' }, cluster: { nodes: 2 }, warmup: 'mser5' };
  await expect(run(programs)).rejects.toThrow('mser5, which is for jobs in a building');
});
