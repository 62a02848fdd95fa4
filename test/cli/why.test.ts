/** `nowsim why`: the story of a job, on four jobs that can be told by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nowsim, workFolder } from './nowsim.ts';

const work = workFolder();
const cwd = work.path;
afterAll(work.remove);

/** [submit, run, width] on four processors: 2 waits for 1, 3 could run beside 1 but not beside what 2 will need, 9 is too wide. */
const JOBS = [
  [101, 0, 100, 2],
  [102, 10, 50, 4],
  [103, 20, 500, 2],
  [104, 30, 5, 9],
] as const;

beforeAll(async () => {
  const lines = JOBS.map(
    ([id, submit, run, width]) =>
      `${id} ${submit} -1 ${run} ${width} -1 -1 ${width} ${run} -1 1 7 1 -1 -1 -1 -1 -1`,
  );
  writeFileSync(join(cwd, 'log.swf'), `; MaxProcs: 4\n${lines.join('\n')}\n`);
  const done = await nowsim(
    cwd,
    'run',
    'dedicated',
    '--set',
    'jobs.trace=log.swf',
    '--vary',
    'policies.batch=fcfs,easy',
    '--out',
    'out',
    '--quiet',
    '--no-report',
  );
  expect([done.code, done.err]).toEqual([0, '']);
});

const why = async (...args: string[]) => {
  const { code, out, err } = await nowsim(cwd, 'why', ...args, '--run', 'out');
  expect([code, err]).toEqual([0, '']);
  return out
    .split('\n')
    .slice(2)
    .map((line) => line.trim());
};

describe('the story of a job', () => {
  it('that waits for processors', async () => {
    expect(await why('102')).toEqual([
      'job 102 of user 7: 4 processors of 4, 50 s asked for',
      '0 d 00:00:10  submitted',
      'for 1 min 30 s too few processors were free: it needs 4, at most 2 were',
      '0 d 00:01:40  started after 1 min 30 s on nodes 0 to 3',
      '0 d 00:02:30  finished: 2 min 20 s after it was submitted, 50 s after its start',
      '',
    ]);
  });

  it('that waits for a job before it', async () => {
    const lines = await why('103');
    expect(lines).toContain(
      'for 1 min 20 s enough were free, but fcfs lets none overtake job 102, which stood first',
    );
    expect(lines).toContain('for 50 s too few processors were free: it needs 2, at most 0 were');
    expect(await why('103', '--point', '1')).toContain(
      'for 1 min 20 s enough were free, but easy had a reservation for job 102, which stood first, which this one, by its estimate, would have delayed',
    );
  });

  it('at one moment', async () => {
    expect(await why('103', '--at', '50s')).toContain(
      'at 50s: waits for 30 s so far: needs 2 processors, 2 are free; 1 job before it; enough are free, but fcfs lets none overtake job 102, which stood first',
    );
    expect(await why('103', '--at', '110s')).toContain(
      'at 110s: waits for 1 min 30 s so far: needs 2 processors, 0 are free; none before it',
    );
    expect(await why('103', '--at', '3min')).toContain('at 3min: runs on nodes 0, 1');
  });

  it('that starts at once, or never', async () => {
    expect(await why('101')).toContain('0 d 00:00:00  started at once on nodes 0, 1');
    expect(await why('104')).toContain('0 d 00:00:30  rejected: wider than the 4 nodes');
  });
});

describe('the story of a job that waits in no queue', () => {
  const told = async (out: string, id: string) => {
    const { code, out: printed, err } = await nowsim(cwd, 'why', id, '--run', out, '--at', '15s');
    expect([code, err]).toEqual([0, '']);
    return printed.split('\n').map((line) => line.trim());
  };

  beforeAll(async () => {
    // Two jobs of one user on two nodes; the first asks for 100 s.
    const lines = [
      `201 0 -1 100 1 -1 -1 1 100 -1 1 1 1 -1 -1 -1 -1 -1`,
      `202 10 -1 50 1 -1 -1 1 50 -1 1 1 1 -1 -1 -1 -1 -1`,
    ];
    writeFileSync(join(cwd, 'two.swf'), `; MaxProcs: 2\n${lines.join('\n')}\n`);
    const jobs = ['--set', 'jobs.trace=two.swf', '--set', 'cluster.nodes=2', '--set', 'cluster.os=free'];
    const options = ['--quiet', '--no-report'];
    const sharing = ['--set', 'sharing.home=user', '--set', 'sharing.discipline=fcfs'];
    for (const run of [
      ['dedicated', ...jobs, '--set', 'glunix=off', '--out', 'off'],
      [
        'load-sharing',
        ...jobs,
        ...sharing,
        '--set',
        'policies.sharing=none',
        '--set',
        'replications=1',
        '--set',
        'warmup=0s',
        '--set',
        'sharing.cooldown=0s',
        '--set',
        'jobs.load=own',
        '--out',
        'kept',
      ],
    ]) {
      const done = await nowsim(cwd, 'run', ...run, ...options);
      expect([done.code, done.err]).toEqual([0, '']);
    }
  });

  it('with GLUnix off shares its own node', async () => {
    expect((await told('off', '202')).slice(2)).toEqual([
      'job 202 of user 1: 1 processor of 2, 50 s asked for',
      '0 d 00:00:10  submitted',
      "0 d 00:00:10  started at once at node 1, its user's own: GLUnix is off and nobody queues",
      'for 1 min 40 s other jobs at its node had part of the CPU (at most 1 at once: 201)',
      '0 d 00:01:50  finished: 1 min 40 s after it was submitted',
      '',
      'at 15s: is at work on node 1',
      '',
    ]);
  });

  it('at a node that serves one after the other waits there', async () => {
    expect((await told('kept', '202')).slice(2)).toEqual([
      'job 202 of user 1: 1 processor of 2, 50 s asked for',
      '0 d 00:00:10  submitted at node 1',
      '0 d 00:01:40  started after 1 min 30 s',
      'for 1 min 30 s it waited for other jobs at its node (at most 1 at once: 201)',
      '0 d 00:02:30  finished: 2 min 20 s after it was submitted',
      '',
      'at 15s: waits for 5.0 s so far',
      '',
    ]);
  });
});

describe('a wrong question', () => {
  it.each([
    [['7'], 'the run has 4 jobs, none of this number; give a number such as 101'],
    [['101', '--point', '9'], '2 points of 1 replications are there'],
    [['x'], '"x" is not'],
    [['101', '--at', 'noon'], '--at noon: '],
  ])('%j', async (args, message) => {
    const { code, err } = await nowsim(cwd, 'why', ...args, '--run', 'out');
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
