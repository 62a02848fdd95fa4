/** Whose job goes next where users share the nodes, which node it gets, and how fairness is measured. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jain } from '../../models/measures.ts';
import { placementPolicies } from '../../models/policies/placement/index.ts';
import { inFolder, mean, rowsOf, run } from '../support/nowsim.ts';

type Job = readonly [submit_s: number, width: number, run_s: number, user: number];

const swf = (jobs: readonly Job[], nodes: number) =>
  `; MaxProcs: ${nodes}\n${jobs
    .map(
      ([at, width, s, user], i) =>
        `${i + 1} ${at} -1 ${s} ${width} -1 -1 ${width} ${s} -1 1 ${user} -1 -1 -1 -1 -1 -1`,
    )
    .join('\n')}\n`;

const experiment = (trace: string, nodes: number) => ({
  question: 'whose job goes next?',
  cluster: { nodes, os: 'free' },
  jobs: { trace },
  program: { mix: 'none' },
  policies: { placement: 'first-fit', batch: 'fcfs' },
});

/** Start of each job, s. */
function starts(jobs: readonly Job[], nodes: number, set: readonly string[]): Promise<number[]> {
  return inFolder(async (folder) => {
    const trace = join(folder, 'jobs.swf');
    writeFileSync(trace, swf(jobs, nodes));
    const rows = await rowsOf(experiment(trace, nodes), set);
    return rows.toSorted((a, b) => Number(a['job']) - Number(b['job'])).map((row) => Number(row['start_s']));
  });
}

const many: Job[] = [
  [0, 1, 100, 1],
  [0, 1, 100, 1],
  [0, 1, 100, 1],
  [0, 1, 100, 1],
  [0, 1, 100, 2],
  [0, 1, 100, 2],
];

describe('equal shares', () => {
  it('give the next node to who holds fewest, in order of arrival among equals', async () => {
    expect(await starts(many, 2, ['policies.share=none'])).toEqual([0, 0, 100, 100, 200, 200]);
    expect(await starts(many, 2, ['policies.share=equal', 'policies.batch.pass=instant'])).toEqual([
      0, 100, 200, 200, 0, 100,
    ]);
    // With a pass after each submission the first two have started before anybody else is there.
    expect(await starts(many, 2, ['policies.share=equal'])).toEqual([0, 0, 100, 200, 100, 200]);
  });

  it('let a batch policy choose in that order: EASY still does not delay the first', async () => {
    const jobs: Job[] = [
      [0, 2, 100, 1],
      [10, 3, 100, 1],
      [20, 1, 50, 2],
      [30, 1, 500, 2],
    ];
    // User 2 goes first: both fit beside the running job; the wide one waits for them.
    expect(await starts(jobs, 3, ['policies.share=equal', 'policies.batch=easy'])).toEqual([0, 570, 20, 70]);
    expect(await starts(jobs, 3, ['policies.share=none', 'policies.batch=easy'])).toEqual([0, 100, 20, 200]);
  });

  it('take a node back from who holds at least two more, once, and give them none for half a minute', async () => {
    const jobs: Job[] = [
      [0, 1, 1000, 1],
      [0, 1, 1000, 1],
      [100, 1, 10, 2],
    ];
    const rows = await starts(jobs, 2, ['policies.share=equal', 'policies.share.reclaim=on']);
    // The later one goes home at 100 s. It could go on at 110 s, when user 2 has done, but for the 30 s.
    expect(rows).toEqual([0, 130, 100]);
    const ends = await inFolder(async (folder) => {
      const trace = join(folder, 'jobs.swf');
      writeFileSync(trace, swf(jobs, 2));
      return run(experiment(trace, 2), ['policies.share=equal', 'policies.share.reclaim=on']);
    });
    // Its 100 s of work are kept: it ends at 130 + 900 s.
    expect(mean(ends, 'last_end_s')).toBe(1030);
    expect(mean(ends, 'reclaims')).toBe(1);
  });

  it('never take one of two from who stands against one', async () => {
    const jobs: Job[] = [
      [0, 1, 1000, 1],
      [0, 1, 1000, 1],
      [0, 1, 1000, 2],
      [100, 1, 10, 2],
    ];
    expect(await starts(jobs, 3, ['policies.share=equal', 'policies.share.reclaim=on'])).toEqual([
      0, 0, 0, 1000,
    ]);
  });
});

describe('up-down', () => {
  it('lets the index rise while a user holds processors and fall while they wait', async () => {
    const hour = 3600;
    const jobs: Job[] = [
      ...Array.from({ length: 5 }, (): Job => [0, 1, hour, 1]),
      ...Array.from({ length: 2 }, (): Job => [0, 1, hour, 2]),
    ];
    // Index of user 1 at the ends of jobs: 0, -1, -1, ...; of user 2: -1, -1, -2: after a tie the first to come goes.
    expect(await starts(jobs, 1, ['policies.share=up-down'])).toEqual(
      [0, 2, 4, 5, 6, 1, 3].map((place) => place * hour),
    );
  });

  it('lets one who has had much go before a newcomer, once they have waited for long', async () => {
    const hour = 3600;
    const jobs: Job[] = [
      [0, 1, hour, 1],
      [0, 1, 4 * hour, 2],
      [hour + 1, 1, hour, 1],
      [4.9 * hour, 1, hour, 3],
    ];
    // At 5 h user 1 stands at 1 - 4, user 3 at -0.1; without the fall user 1 would be behind.
    const at = (down: number) => starts(jobs, 1, ['policies.share=up-down', `policies.share.down=${down}`]);
    expect(await at(1)).toEqual([0, hour, 5 * hour, 6 * hour]);
    expect(await at(0)).toEqual([0, hour, 6 * hour, 5 * hour]);
  });

  it('with a throttle starts one job in that time', async () => {
    const set = ['policies.share=up-down', 'policies.share.every=120s'];
    expect((await starts(many, 6, set)).toSorted((a, b) => a - b)).toEqual([0, 120, 240, 360, 480, 600]);
  });
});

describe("Jain's index", () => {
  it('is 1 where all get the same, and 1/n where one gets all', () => {
    expect(jain([3, 3, 3])).toBeCloseTo(1, 12);
    expect(jain([5, 0, 0, 0])).toBeCloseTo(0.25, 12);
    expect(jain([1, 2, 3])).toBeCloseTo(36 / (3 * 14), 12);
  });

  it('of delivered CPU is higher under equal shares, where the run ends before all is done', async () => {
    const index = (policy: string) =>
      inFolder(async (folder) => {
        const trace = join(folder, 'jobs.swf');
        writeFileSync(trace, swf(many, 2));
        const result = await run(experiment(trace, 2), [
          `policies.share=${policy}`,
          'policies.batch.pass=instant',
          'horizon=150s',
        ]);
        return mean(result, 'jain_cpu');
      });
    expect(await index('none')).toBeCloseTo(0.5, 9);
    expect(await index('equal')).toBeCloseTo(1, 9);
  });
});

describe('least-loaded placement', () => {
  it('takes the node that reported least, then the one longest idle, then the lowest number', () => {
    const policy = placementPolicies['least-loaded'].create(5, { next: () => 0 });
    policy.offered(0, 10, 0.3);
    policy.offered(1, 20, 0.1);
    policy.offered(2, 5, 0.1);
    policy.offered(3, 5, 0.1);
    policy.offered(4, 0, 0.2);
    const order: number[] = [];
    for (let i = 0; i < 5; i++) {
      const node = policy.choose();
      order.push(node);
      policy.withdrawn(node);
    }
    expect(order).toEqual([2, 3, 1, 4, 0]);
  });
});
