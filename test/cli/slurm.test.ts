/** An experiment on a real Slurm of two virtual nodes: a task is killed, a node is lost, and nothing of the results is. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nowsim, start, workFolder } from './nowsim.ts';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch'];
const isThere = (program: string) =>
  ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin'].some((folder) =>
    existsSync(join(folder, program)),
  );
const canRun = process.getuid?.() === 0 && PROGRAMS.every(isThere);

const SWEEP = `question: Does backfilling help?
replications: 6
cluster: {nodes: 8, os: free}
jobs: {law: {name: poisson, count: 60000, widths: [1, 2, 4]}, load: 0.9}
policies: {idle: always}
vary: {policies.batch: [fcfs, easy], jobs.load: 0.7..0.9 +0.1}
measures: [response_time_s]
`;

/** Processes of tasks on a node of the virtual cluster. */
function tasksOn(node: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`SLURMD_NODENAME=${node}`);
      } catch {
        return false;
      }
    });
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}

const work = workFolder();
const cwd = work.path;
const cluster = join(cwd, 'cluster');
const script = (name: string) => new URL(`../support/slurm/${name}.sh`, import.meta.url).pathname;

/** Starts the cluster; undefined where this machine has no Slurm, or will not let it run. */
function startCluster(): string | undefined {
  if (!canRun) return undefined;
  try {
    return execFileSync(script('up'), [cluster, '2'], { encoding: 'utf8', timeout: 40_000 }).trim();
  } catch (error) {
    process.stderr.write(`Slurm is installed but does not start here: ${String((error as Error).message)}\n`);
    execFileSync(script('down'), [cluster]);
    return undefined;
  }
}
const conf = startCluster();
afterAll(work.remove);

describe.skipIf(conf === undefined)('a sweep on Slurm (needs root, slurm-wlm and munge)', () => {
  beforeAll(() => {
    writeFileSync(join(cwd, 'sweep.yaml'), SWEEP);
    process.env['SLURM_CONF'] = conf;
  });
  afterAll(() => {
    execFileSync('scancel', ['--user', 'root']);
    execFileSync(script('down'), [cluster]);
    delete process.env['SLURM_CONF'];
  });

  it('has the results of a run on this machine, though a task and a node die on the way', async ({
    skip,
  }) => {
    const alone = await nowsim(cwd, 'run', 'sweep.yaml', '--out', 'alone', '--quiet', '--workers', '2');
    expect([alone.code, alone.err]).toEqual([0, '']);

    const run = start(cwd, 'run', 'sweep.yaml', '--out', 'spread', '--slurm', '--tasks', '6', '--quiet');
    const done = () =>
      Array.from({ length: 6 }, (_, i) => join(cwd, 'spread', `shard-${i + 1}-of-6`, 'rows.jsonl'))
        .filter(existsSync)
        .reduce((rows, path) => rows + readFileSync(path, 'utf8').split('\n').length - 1, 0);
    for (let waited = 0; done() < 2; waited += 20) {
      if (waited > 40_000) {
        run.process.kill();
        skip('Slurm schedules nothing here');
      }
      await sleep(20);
    }
    const first = tasksOn('n1');
    expect(first.length).toBeGreaterThan(0);
    kill(first.slice(-1));
    while (done() < 4) await sleep(20);
    kill([Number(readFileSync(join(cluster, 'slurmd-n2.pid'), 'utf8'))]);
    kill(tasksOn('n2'));
    expect(done()).toBeLessThan(36);

    const { code, err } = await run.answer;
    expect([code, err]).toEqual([0, '']);
    for (const name of ['rows.jsonl', 'summary.json', 'summary.csv']) {
      expect(readFileSync(join(cwd, 'spread', name), 'utf8')).toBe(
        readFileSync(join(cwd, 'alone', name), 'utf8'),
      );
    }
    const text = readFileSync(join(cwd, 'spread', 'rows.jsonl'), 'utf8');
    expect(text.split('\n')).toHaveLength(36 + 1);
  }, 120_000);

  it('submits nothing anew that is there', async ({ skip }) => {
    if (!existsSync(join(cwd, 'spread', 'summary.json'))) skip('the sweep has not ended');
    const { code, out } = await nowsim(
      cwd,
      'run',
      'sweep.yaml',
      '--out',
      'spread',
      '--slurm',
      '--tasks',
      '6',
      '--detach',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^0 of 6 tasks submitted, the merge as job \d+/);
  });
});

describe.skipIf(isThere('sbatch'))('--slurm without Slurm', () => {
  it('says what would do', async () => {
    const { code, err } = await nowsim('.', 'run', 'headline', '--slurm');
    expect(code).toBe(2);
    expect(err).toContain('there is no sbatch on this machine');
  });
});
