/** Every measure of jobs on a schedule of four jobs worked out by hand, and what must hold of any schedule. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, mean, ready, rowsOf, run } from '../support/nowsim.ts';

/** Job, submission, run time, processors. First come first served on 4: starts 0, 100, 150, 150. */
const FOUR = [
  [1, 0, 100, 2],
  [2, 10, 50, 4],
  [3, 20, 5, 1],
  [4, 30, 200, 2],
] as const;
const log = FOUR.map(
  ([job, submit, time, width]) =>
    `${job} ${submit} -1 ${time} ${width} -1 -1 ${width} ${time} -1 1 1 1 1 1 1 -1 -1`,
);

describe('four jobs by hand', () => {
  it.each<[string, number]>([
    ['wait_s', (0 + 90 + 130 + 120) / 4],
    ['response_time_s', (100 + 140 + 135 + 320) / 4],
    ['slowdown', (1 + 2.8 + 27 + 1.6) / 4],
    ['bounded_slowdown', (1 + 2.8 + 13.5 + 1.6) / 4],
    ['bounded_slowdown_per_processor', (1 + 1 + 13.5 + 1) / 4],
    ['weighted_response_s', (200 * 100 + 200 * 140 + 5 * 135 + 400 * 320) / 805],
    ['throughput_jobs_per_h', (4 * 3600) / 350],
    ['utilisation', 805 / (4 * 350)],
    // Two processors idle from 20 to 100 while job 3, one wide, waits behind job 2.
    ['loss_of_capacity', (2 * 80) / (4 * 350)],
    ['wait_while_idle', 90 / 350],
    ['last_end_s', 350],
    ['span_s', 350],
    ['total_wait_s', 340],
    ['longest_wait_s', 130],
    ['jobs_that_wait', 3],
    ['finished_jobs', 4],
  ])('%s', async (measure, value) => {
    await inFolder(async (folder) => {
      const file = join(folder, 'four.swf');
      writeFileSync(file, `${log.join('\n')}\n`);
      const result = await run(ready('dedicated'), [
        `jobs.trace=${file}`,
        'cluster.nodes=4',
        'policies.batch=fcfs',
      ]);
      expect(mean(result, measure)).toBeCloseTo(value, 9);
    });
  });
});

describe('whom later jobs delay', () => {
  // On 3 processors EASY promises job 2 that it starts at 10 s and nothing to job 3, which is as wide as the machine and
  // could start at 20 s; job 4, one wide, may take the processor that job 2 leaves, and keeps job 3 waiting until 31 s.
  const jobs = [
    [1, 0, 10, 2],
    [2, 0, 10, 2],
    [3, 0, 10, 3],
    [4, 1, 30, 1],
  ] as const;
  it.each([
    ['fcfs', 0, 20],
    ['easy', 1 / 4, 31],
    ['conservative', 0, 20],
  ])('%s', async (batch, share, third) => {
    await inFolder(async (folder) => {
      const file = join(folder, 'later.swf');
      const lines = jobs.map(
        ([job, submit, time, width]) =>
          `${job} ${submit} -1 ${time} ${width} -1 -1 ${width} ${time} -1 1 1 1 1 1 1 -1 -1`,
      );
      writeFileSync(file, `${lines.join('\n')}\n`);
      const set = [`jobs.trace=${file}`, 'cluster.nodes=3', `policies.batch=${batch}`, 'jobs.fairness=on'];
      expect(mean(await run(ready('dedicated'), set), 'delayed_by_later')).toBeCloseTo(share, 12);
      expect(Number((await rowsOf(ready('dedicated'), set))[2]!['start_s'])).toBe(third);
    });
  });

  it('is followed only where it is asked for, and changes nothing else', async () => {
    const set = ['jobs.law.count=60', 'cluster.nodes=16', 'jobs.law.machine=16'];
    const without = await run(ready('building'), ['horizon=2d', ...set], { replications: 1 });
    const asked = await run(ready('building'), ['horizon=2d', 'jobs.fairness=on', ...set], {
      replications: 1,
    });
    expect(without.rows[0]!.measures).not.toHaveProperty('delayed_by_later');
    expect(asked.rows[0]!.measures).toHaveProperty('delayed_by_later');
    expect(asked.rows[0]!.digest).toBe(without.rows[0]!.digest);
  });
});

describe('whatever the policies', () => {
  const small = [
    'jobs.law.count=400',
    'cluster.nodes=16',
    'jobs.law.machine=16',
    'replications=1',
    'glunix=on',
  ];
  const mixes = ['migrate', 'suspend', 'kill', 'low-priority'].flatMap((back) =>
    ['fcfs', 'easy', 'conservative'].map((batch) => [back, batch] as const),
  );
  it.each(mixes)('%s, %s: no job is lost, no node is given twice, and Little holds', async (back, batch) => {
    const set = [
      ...small,
      `policies.owner_return=${back}`,
      `policies.batch=${batch}`,
      'cluster.os=sfi-library',
    ];
    const events = await rowsOf(ready('headline'), set, 'eventsOut');
    const submitted = new Map<string, number>();
    const width = new Map<string, number>();
    let inSystem = 0;
    let busy = 0;
    let area = 0;
    let responses = 0;
    let last = 0;
    let finished = 0;
    for (const { time_s, what, who, value } of events) {
      const now = Number(time_s);
      expect(now).toBeGreaterThanOrEqual(last);
      area += inSystem * (now - last);
      last = now;
      if (what === 'submit') {
        submitted.set(who!, now);
        inSystem++;
      }
      if (what === 'start') {
        expect(submitted.has(who!)).toBe(true);
        expect(width.has(who!), `job ${who} was started while it ran`).toBe(false);
        width.set(who!, Number(value));
        busy += Number(value);
        expect(busy).toBeLessThanOrEqual(16);
      }
      if (what === 'finish' || what === 'kill') {
        busy -= width.get(who!)!;
        width.delete(who!);
      }
      if (what === 'finish') {
        finished++;
        inSystem--;
        responses += now - submitted.get(who!)!;
      }
    }
    expect(finished).toBe(400);
    expect(inSystem).toBe(0);
    // Little: the area under the number of jobs is the sum of their responses.
    expect(area / responses).toBeCloseTo(1, 9);
  });
});
