/** `nowsim run` and `rerun`: what is printed, what is written, what happens when it is killed, stopped, repeated. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { filesIn, nowsim, start, workFolder } from './nowsim.ts';

const work = workFolder();
const cwd = work.path;
afterAll(work.remove);

/** Two batch policies on four dedicated nodes. */
const SMALL = `question: Does backfilling help?
replications: 3
cluster: {nodes: 4, os: free}
jobs: {law: {name: poisson, count: 60, widths: [1, 2, 4]}, load: 0.7}
policies: {idle: always}
vary: {policies.batch: [fcfs, easy]}
baseline: {policies.batch: fcfs}
measures: [response_time_s, wait_s]
`;
/** The same with enough jobs and runs to be caught in the middle. */
const LONG = SMALL.replace('replications: 3', 'replications: 20').replace('count: 60', 'count: 1500');
/** Five jobs on four processors, in the Standard Workload Format. */
const LOG = [
  '; MaxProcs: 4',
  ...[
    [1, 100, 2, 50],
    [2, 110, 4, 30],
    [3, 120, 2, 20],
    [4, 130, 1, 500],
    [5, 140, 9, 10],
  ].map(
    ([id, submit, width, run]) =>
      `${id} ${submit} -1 ${run} ${width} -1 -1 ${width} ${run} -1 1 3 1 -1 -1 -1 -1 -1`,
  ),
].join('\n');

beforeAll(() => {
  writeFileSync(join(cwd, 'small.yaml'), SMALL);
  writeFileSync(join(cwd, 'long.yaml'), LONG);
  writeFileSync(join(cwd, 'log.swf'), `${LOG}\n`);
});

const read = (...path: string[]) => readFileSync(join(cwd, ...path), 'utf8');
const json = (text: string) => JSON.parse(text) as Summary;

describe('nowsim run', () => {
  it('shows the kind of interval that is asked for, and a line for each round of replications', async () => {
    const { code, out, err } = await nowsim(
      cwd,
      'run',
      'small.yaml',
      '--interval',
      'bootstrap',
      '--precision',
      '1%',
      '--set',
      'most_replications=10',
      '--no-report',
      '--out',
      'resampled',
    );
    expect(code).toBe(0);
    expect(out.split('\n')[2]).toMatch(/mean \[low, high\]: ends of the 95 % interval \(bootstrap\)$/);
    expect(out).toMatch(/^fcfs +[\d,.]+ \[[\d,.]+, [\d,.]+\]/m);
    expect(out.replaceAll('\n  ', ' ')).toContain(
      'not as narrow as 1 % after 10 replications, the most allowed',
    );
    expect(err).toContain('\nnot yet within 1 %: 10 replications\n');
    expect(json(read('resampled', 'summary.json')).interval).toBe('bootstrap');
  });

  it('prints a table, and where the files are; progress goes to standard error', async () => {
    const { code, out, err } = await nowsim(cwd, 'run', 'small.yaml');
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[1]).toBe('small: Does backfilling help?');
    expect(lines[2]).toBe(
      '2 points x 3 replications, seed 1; mean ± half width of the 95 % interval (Student)',
    );
    expect(out).toMatch(/^policies\.batch +response_time_s +wait_s$/m);
    expect(out).toMatch(/^fcfs +[\d,.]+ ± [\d,.]+ +[\d,.]+ ± [\d,.]+$/m);
    expect(out).toMatch(
      /^Paired difference from policies\.batch=fcfs; \* where it counts \(5 %, Holm over the points\)$/m,
    );
    expect(out).toMatch(/^easy +[-+]?[\d,.]+ ± [\d,.]+( \*)? +[-+]?[\d,.]+ ± [\d,.]+/m);
    expect(out).toContain('Also measured, in summary.csv: ');
    expect(out).toMatch(/^digest [0-9a-f]{32}$/m);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(err).toBe(`small: 6 runs (2 points x 3 replications) on 2 workers\n${err.split('\n')[1]}\n`);
    expect(err.split('\n')[1]).toMatch(/^6 runs in [\d.]+ s$/);
    expect(filesIn(join(cwd, 'results', 'runs', 'small'))).toEqual([
      'manifest.json',
      'report.html',
      'rows.jsonl',
      'summary.csv',
      'summary.json',
      'timelines',
      'timelines/point-0.json',
      'timelines/point-1.json',
    ]);
  });

  it('prints every measure that is asked for, in as many blocks as it takes, also of the differences', async () => {
    const asked = ['response_time_s', 'wait_s', 'bounded_slowdown', 'span_s', 'finished_jobs', 'last_end_s'];
    const { code, out } = await nowsim(
      cwd,
      'run',
      'small.yaml',
      ...['--vary', 'policies.batch=fcfs,easy', '--vary', 'jobs.load=0.05..0.8 +0.05', '--replications', '2'],
      ...['--set', `measures=[${asked.join(', ')}]`, '--out', 'wide', '--no-report', '--quiet'],
    );
    expect(code).toBe(0);
    const [means, differences] = out.split('Paired difference');
    // a block's title, then a line a point; the point's own columns stand in each block
    const blocks = (text: string) => [...text.matchAll(/^policies\.batch +jobs\.load +(.*)$/gm)];
    for (const section of [means!, differences!]) {
      const titles = blocks(section).flatMap(([, names]) => names!.split(/ +/));
      expect(titles).toEqual(asked);
      expect(blocks(section).length).toBeGreaterThan(1);
    }
    expect(means!.match(/^fcfs +0\.05 /gm)).toHaveLength(blocks(means!).length);
    expect(differences!.match(/^easy +0\.05 /gm)).toHaveLength(blocks(differences!).length);
    const left = /Also measured, in summary\.csv: ([\s\S]*?)\n\n/.exec(out)![1]!;
    for (const name of asked) expect(left).not.toContain(` ${name},`);
  });

  it('prints JSON and nothing else with --json, the same as in summary.json, on any number of workers', async () => {
    const runs = await Promise.all(
      [1, 2].map((n) =>
        nowsim(
          cwd,
          'run',
          'small.yaml',
          '--json',
          '--quiet',
          '--no-report',
          '--workers',
          `${n}`,
          '--out',
          `w${n}`,
        ),
      ),
    );
    for (const { code, err } of runs) expect([code, err]).toEqual([0, '']);
    const [one, two] = runs.map(({ out }) => json(out));
    expect(two).toEqual(one);
    expect(one!.digest).toMatch(/^[0-9a-f]{32}$/);
    expect(one).toMatchObject({
      experiment: 'small',
      question: 'Does backfilling help?',
      baseline: { 'policies.batch': 'fcfs' },
    });
    expect(one!.points.map((point) => point.params)).toEqual([
      { 'policies.batch': 'fcfs' },
      { 'policies.batch': 'easy' },
    ]);
    expect(one!.points[0]!.measures['wait_s']).toMatchObject({ n: 3, unit: 's' });
    expect(one!.points[0]!.measures['wait_s']!.ci95).toBeGreaterThan(0);
    expect(one!.paired).toMatchObject([
      { params: { 'policies.batch': 'easy' }, against: { 'policies.batch': 'fcfs' } },
    ]);
    expect(json(read('w1', 'summary.json'))).toEqual(one);
    expect(read('w2', 'rows.jsonl')).toBe(read('w1', 'rows.jsonl'));
    expect(existsSync(join(cwd, 'w1', 'report.html'))).toBe(false);
  });

  it('takes --set, --vary, --seed, --replications, and a ready experiment by name', async () => {
    const flags = [
      '--set',
      'jobs.law.count=40',
      '--set',
      'policies.batch.pass=instant',
      '--vary',
      'policies.batch=easy,conservative',
    ];
    const { code, out } = await nowsim(
      cwd,
      'sweep',
      'small.yaml',
      ...flags,
      '--seed',
      '7',
      '--replications',
      '1',
      '--out',
      'flags',
      '--json',
    );
    expect(code).toBe(0);
    expect(
      json(out).points.map((point) => [point.params['policies.batch'], point.measures['wait_s']!.ci95]),
    ).toEqual([
      ['easy', null],
      ['conservative', null],
    ]);
    expect(json(out).notes.join()).toContain("no point has the baseline's policies.batch=fcfs");
    const manifest = JSON.parse(read('flags', 'manifest.json')) as {
      experiment: Plain;
      points: { scenario: Plain }[];
      command: string[];
    };
    expect(manifest.experiment).toMatchObject({ seed: 7, replications: 1, jobs: { law: { count: 40 } } });
    expect(manifest.points[1]!.scenario['policies']).toMatchObject({
      batch: { name: 'conservative', pass: 'instant' },
    });
    expect(manifest.command.slice(0, 3)).toEqual(['nowsim', 'sweep', 'small.yaml']);
    const ready = await nowsim(
      cwd,
      'run',
      'dedicated',
      '--set',
      'jobs.trace=log.swf',
      '--set',
      'cluster.nodes=auto',
      '--json',
      '--no-report',
    );
    expect([ready.code, json(ready.out).experiment]).toEqual([0, 'dedicated']);
    expect(existsSync(join(cwd, 'results', 'runs', 'dedicated', 'rows.jsonl'))).toBe(true);
  });

  it('writes a row per job on the clock of the log, and the schedule', async () => {
    const args = [
      'run',
      'dedicated',
      '--set',
      'jobs.trace=log.swf',
      '--set',
      'cluster.nodes=4',
      '--set',
      'policies.batch=fcfs',
    ];
    const { code, err } = await nowsim(
      cwd,
      ...args,
      '--jobs-out',
      'jobs.csv',
      '--swf-out',
      'out.swf',
      '--out',
      'one',
      '--no-report',
    );
    expect([code, err.includes('fault')]).toEqual([0, false]);
    const lines = read('jobs.csv').trimEnd().split('\n');
    expect(lines[0]).toBe(
      'run,job,submit_s,start_s,end_s,width,wait_s,response_s,bounded_slowdown,status,user,estimate_s',
    );
    // by hand: 2 processors at 100 for 50 s; all 4 at 150 for 30 s; then 2 for 20 s beside 1 for 500 s; 9 do not fit
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 7).join())).toEqual([
      '0,1,100,100,150,2,0',
      '0,2,110,150,180,4,40',
      '0,3,120,180,200,2,60',
      '0,4,130,180,680,1,50',
      '0,5,140,,,9,',
    ]);
    expect(
      read('out.swf')
        .split('\n')
        .filter((line) => /^\s*\d/.test(line)),
    ).toHaveLength(5);
    const many = await nowsim(
      cwd,
      ...args.slice(0, 4),
      '--set',
      'cluster.nodes=4',
      '--vary',
      'policies.batch=fcfs,easy',
      '--jobs-out',
      'many.csv',
      '--out',
      'two',
      '--no-report',
    );
    expect(many.code).toBe(0);
    const both = read('many.csv').trimEnd().split('\n');
    expect(both.map((line) => line.split(',')[0])).toEqual(['run', ...'00000', ...'11111']);
    expect(both.slice(1, 6)).toEqual(lines.slice(1));
    expect(filesIn(join(cwd, 'two'))).not.toContain('parts');
  });
});

describe('a run that is cut off', () => {
  /** Waits until some runs have ended. */
  async function someRows(folder: string, child: ChildProcess): Promise<void> {
    while (child.exitCode === null) {
      await sleep(5);
      if (!existsSync(join(cwd, folder, 'rows.jsonl'))) continue;
      if (read(folder, 'rows.jsonl').split('\n').length > 3) return;
    }
    throw new Error('it ended before it could be cut off');
  }
  const FILES = [
    'rows.jsonl',
    'summary.json',
    'summary.csv',
    'timelines/point-0.json',
    'timelines/point-1.json',
  ];
  const args = (folder: string, ...more: string[]) => [
    'run',
    'long.yaml',
    '--out',
    folder,
    '--jobs-out',
    `${folder}.csv`,
    ...more,
  ];

  it('by kill -9 goes on where it was, and its files end the same to the byte', async () => {
    const whole = await nowsim(cwd, ...args('whole'));
    expect(whole.code).toBe(0);
    const { process: child, answer } = start(cwd, ...args('killed'));
    await someRows('killed', child);
    child.kill('SIGKILL');
    expect((await answer).code).toBe(null);
    expect(existsSync(join(cwd, 'killed', 'summary.json'))).toBe(false);
    expect(existsSync(join(cwd, 'killed.csv'))).toBe(false);
    expect(existsSync(join(cwd, 'killed', '.lock'))).toBe(true);
    const kept = read('killed', 'rows.jsonl').trimEnd().split('\n').length;
    const again = await nowsim(cwd, ...args('killed'));
    expect(again.code).toBe(0);
    const there = Number(/; (\d+) are there from before/.exec(again.err)?.[1]);
    expect(there).toBeGreaterThanOrEqual(kept - 1);
    expect(there).toBeLessThan(40);
    for (const file of FILES) expect(read('killed', file), file).toBe(read('whole', file));
    expect(read('killed.csv')).toBe(read('whole.csv'));
    expect(filesIn(join(cwd, 'killed'))).toEqual(filesIn(join(cwd, 'whole')));
  });

  it('by Ctrl-C keeps what has ended, says how to go on, and goes on', async () => {
    for (const workers of ['1', '2']) {
      const folder = `stopped${workers}`;
      const { process: child, answer } = start(cwd, ...args(folder, '--workers', workers));
      await someRows(folder, child);
      child.kill('SIGINT');
      const { code, out, err } = await answer;
      expect([code, out]).toEqual([130, '']);
      const command = `npx nowsim ${args(folder, '--workers', workers).join(' ')}`;
      expect(err).toMatch(new RegExp(`interrupted: \\d+ of 40 runs are kept; to go on: ${command}\n`));
      expect(existsSync(join(cwd, folder, '.lock'))).toBe(false);
      expect(existsSync(join(cwd, folder, 'summary.json'))).toBe(false);
    }
    const { code } = await nowsim(cwd, ...args('stopped2'));
    expect(code).toBe(0);
    for (const file of FILES) expect(read('stopped2', file), file).toBe(read('whole', file));
  });

  it('does not let two runs write one folder', async () => {
    const long = args('shared', '--replications', '4000');
    const { process: child, answer } = start(cwd, ...long);
    await someRows('shared', child);
    // Held back, so that it is certain to be at work while the second one tries.
    child.kill('SIGSTOP');
    const second = await nowsim(cwd, ...long);
    child.kill('SIGCONT');
    expect(second.code).toBe(2);
    expect(second.err).toContain(`shared: another run is writing this folder (process ${child.pid}`);
    child.kill('SIGINT');
    await answer;
  });
});

describe('nowsim rerun', () => {
  it('gives the same digest, and 3 with what changed where it does not', async () => {
    mkdirSync(join(cwd, 'replay'));
    writeFileSync(join(cwd, 'replay', 'log.swf'), `${LOG}\n`);
    const at = join('replay', 'results');
    const first = await nowsim(
      cwd,
      'run',
      'dedicated',
      '--set',
      'jobs.trace=replay/log.swf',
      '--set',
      'cluster.nodes=auto',
      '--out',
      at,
      '--json',
      '--no-report',
    );
    const manifest = join(at, 'manifest.json');
    const same = await nowsim(cwd, 'rerun', manifest, '--quiet');
    expect(same).toEqual({ code: 0, out: `same: digest ${json(first.out).digest}\n`, err: '' });
    writeFileSync(join(cwd, 'replay', 'log.swf'), `${LOG.replace('100 -1 50', '100 -1 49')}\n`);
    const changed = await nowsim(cwd, 'rerun', manifest, '--quiet', '--json');
    expect(changed.code).toBe(3);
    const answer = JSON.parse(changed.out) as {
      same: boolean;
      expected: string;
      digest: string;
      changes: string[];
    };
    expect(answer).toMatchObject({ same: false, expected: json(first.out).digest });
    expect(answer.digest).not.toBe(answer.expected);
    expect(answer.changes.join()).toMatch(/log\.swf\.sha256: was "[0-9a-f]+", is "/);
    expect(changed.err).toContain(
      `check failed: the digest is ${answer.digest}, it was ${answer.expected}; what changed:`,
    );
    expect((await nowsim(cwd, 'rerun', 'small.yaml')).err).toContain('small.yaml: is not JSON');
  });
});
