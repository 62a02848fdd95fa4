/**
 * Start times of FCFS, EASY and conservative backfilling against schedules on which two independent programs agree:
 * 200 small cases and six workloads of 3,000 jobs, every start exact. Files: golden/ (own work).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { inFolder, ready, rowsOf } from '../support/nowsim.ts';

interface Job {
  readonly job: string;
  readonly submit: string;
  readonly estimate: string;
  readonly procs: string;
  readonly runtime: string;
  readonly start_FCFS: string;
  readonly start_EASY: string;
  readonly start_CONS: string;
}
const POLICIES = { fcfs: 'start_FCFS', easy: 'start_EASY', conservative: 'start_CONS' } as const;

const golden = (name: string): (Job & { case?: string; P?: string })[] =>
  parse(readFileSync(new URL(`golden/${name}.csv`, import.meta.url), 'utf8'), { columns: true });

/** The jobs as a log. */
const swf = (jobs: readonly Job[]): string =>
  jobs
    .map(
      (j) =>
        `${j.job} ${j.submit} -1 ${j.runtime} ${j.procs} -1 -1 ${j.procs} ${j.estimate} -1 1 1 1 1 1 1 -1 -1\n`,
    )
    .join('');

/** Jobs whose start differs, told as text. */
async function differences(
  jobs: readonly Job[],
  nodes: string,
  policy: keyof typeof POLICIES,
): Promise<string[]> {
  return inFolder(async (folder) => {
    const log = join(folder, 'jobs.swf');
    writeFileSync(log, swf(jobs));
    const rows = await rowsOf(ready('dedicated'), [
      `jobs.trace=${log}`,
      `cluster.nodes=${nodes}`,
      `policies.batch=${policy}`,
    ]);
    expect(rows.length).toBe(jobs.length);
    return rows.flatMap((row, i) => {
      const want = jobs[i]![POLICIES[policy]];
      return row['start_s'] === want ? [] : [`job ${row['job']}: ${row['start_s']}, not ${want}`];
    });
  });
}

describe.each(Object.keys(POLICIES) as (keyof typeof POLICIES)[])('%s', (policy) => {
  it('starts every job of the 200 small cases when two independent programs do', async () => {
    const cases = byCase(golden('small_cases'));
    expect(cases.size).toBe(200);
    for (const [name, jobs] of cases) {
      const wrong = await differences(jobs, jobs[0]!.P!, policy);
      expect(wrong, `small case ${name}`).toEqual([]);
    }
  });

  it.each(['50', '70', '85'].flatMap((load) => ['1', '2'].map((est) => `lublin_load${load}_est${est}`)))(
    'starts every job of %s when two independent programs do',
    async (name) => {
      expect(await differences(golden(name), '128', policy)).toEqual([]);
    },
  );
});

function byCase(jobs: readonly (Job & { case?: string; P?: string })[]) {
  const cases = new Map<string, (Job & { P?: string })[]>();
  for (const job of jobs) {
    const known = cases.get(job.case!);
    if (known === undefined) cases.set(job.case!, [job]);
    else known.push(job);
  }
  return cases;
}
