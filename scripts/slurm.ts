/**
 * An experiment on a Slurm cluster: an array job whose tasks are its shards, and a job that merges them.
 *
 * Every task is `nowsim run FILE ... --shard i/N` in the same working directory, so all nodes must see that
 * directory (and nowsim) under the same path; tasks share nothing else. A task that fails leaves its rows behind:
 * only shards that lack rows are submitted again, here as long as somebody waits, or when the same command is given
 * again. Slurm itself gives a task whose node is lost to another one (--requeue).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shardFolder } from '../sim/experiment/merge.ts';
import { InputError } from '../sim/problem.ts';
import { commandText } from './terminal.ts';

export interface SlurmRun {
  /** What was typed behind `nowsim`, without the options of Slurm and of the output. */
  readonly words: readonly string[];
  readonly out: string;
  /** Tells this experiment from the same file with other contents. */
  readonly key: string;
  /** Runs of the whole experiment. */
  readonly runs: number;
  /** Tasks of the array job. */
  readonly shards: number;
  /** Options that go to sbatch as they are. */
  readonly options: readonly string[];
}

/** Attempts at a shard before a run gives up. */
const MOST_ATTEMPTS = 3;

/** Throws `InputError` where this machine has no Slurm. */
export function checkSlurm(): void {
  try {
    execFileSync('sbatch', ['--version'], { stdio: 'pipe' });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    const [said] = String(stderr ?? '')
      .trim()
      .split('\n');
    throw new InputError({
      where: '--slurm',
      found: code === 'ENOENT' ? 'there is no sbatch on this machine' : `sbatch does not work here: ${said}`,
      would:
        'run it where Slurm is installed, or by hand: nowsim run FILE --shard 1/4 ... 4/4, then nowsim merge; or without --slurm',
    });
  }
}

/** Runs that belong to a shard (from 1). */
function runsOf(run: SlurmRun, shard: number): number {
  return Math.ceil((run.runs - shard + 1) / run.shards);
}

/** Rows that a shard has written so far. */
function rowsOf(run: SlurmRun, shard: number): number {
  const path = join(shardFolder(run.out, shard, run.shards), 'rows.jsonl');
  if (!existsSync(path)) return 0;
  return readFileSync(path, 'utf8').split('\n').length - 1;
}

/** Shards that are not complete: one is when its task has said so, for the experiment as it is now. */
function missing(run: SlurmRun): number[] {
  return Array.from({ length: run.shards }, (_, i) => i + 1).filter((shard) => {
    const path = join(shardFolder(run.out, shard, run.shards), '.done');
    return !existsSync(path) || readFileSync(path, 'utf8').trim() !== run.key;
  });
}

const nowsim = [process.execPath, fileURLToPath(new URL('./nowsim.js', import.meta.url))];

/** Writes the two scripts into OUT/slurm. Returns their paths. */
function writeScripts(run: SlurmRun): { task: string; merge: string } {
  const folder = resolve(run.out, 'slurm');
  mkdirSync(folder, { recursive: true });
  const out = resolve(run.out);
  const shard = `${commandText([join(out, 'shard-')])}"$SLURM_ARRAY_TASK_ID"-of-${run.shards}`;
  const task = join(folder, 'task.sh');
  writeFileSync(
    task,
    `#!/bin/bash
# One shard of an experiment: sbatch --array=1-${run.shards} task.sh
# A task runs once at a time, so a lock that is there was left by one whose node was lost.
rm -f ${shard}/.lock ${shard}/.done
${commandText([...nowsim, ...run.words])} --shard "$SLURM_ARRAY_TASK_ID"/${run.shards} --out ${shard} --workers "\${SLURM_CPUS_PER_TASK:-1}" --quiet && echo ${run.key} > ${shard}/.done
`,
  );
  const merge = join(folder, 'merge.sh');
  writeFileSync(
    merge,
    `#!/bin/bash
# All shards to one results folder, as soon as they are complete.
${commandText([...nowsim, 'merge', out, '--out', out, '--quiet'])}
`,
  );
  return { task, merge };
}

function sbatch(run: SlurmRun, script: string, options: readonly string[]): string {
  const words = ['--parsable', `--chdir=${process.cwd()}`, ...run.options, ...options, script];
  try {
    return execFileSync('sbatch', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
      .trim()
      .split(';')[0]!;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '')
      .trim()
      .split('\n')[0];
    throw new InputError({
      where: '--slurm',
      found: `sbatch refused: ${said}`,
      would: `see what sbatch says to: ${commandText(['sbatch', ...words])}`,
    });
  }
}

/** Whether Slurm still knows tasks of the job that have not ended. */
function isAlive(job: string): boolean {
  try {
    const states = execFileSync('squeue', ['--noheader', '--jobs', job, '--format=%T'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return states.trim() !== '';
  } catch {
    // a job that has been forgotten is no longer known to squeue
    return false;
  }
}

/** Submits the shards that are not complete and the merge that depends on them. Returns the jobs. */
export function submit(run: SlurmRun): { array: string; merge: string; tasks: number } {
  const scripts = writeScripts(run);
  const tasks = missing(run);
  const log = join(resolve(run.out), 'slurm', '%A_%a.log');
  const array =
    tasks.length === 0
      ? ''
      : sbatch(run, scripts.task, [
          '--job-name=nowsim',
          `--array=${tasks.join(',')}`,
          '--requeue',
          `--output=${log}`,
        ]);
  const after = array === '' ? [] : [`--dependency=afterok:${array}`, '--kill-on-invalid-dep=yes'];
  const mergeLog = join(resolve(run.out), 'slurm', 'merge_%j.log');
  const merge = sbatch(run, scripts.merge, ['--job-name=nowsim-merge', `--output=${mergeLog}`, ...after]);
  return { array, merge, tasks: tasks.length };
}

/**
 * Submits and waits: `progress(done, total)` about every second, shards that failed are submitted again.
 * Returns when the merge has ended. Throws where a shard failed again and again; its log is named.
 */
export async function submitAndWait(
  run: SlurmRun,
  progress: (done: number, total: number) => void,
): Promise<void> {
  const count = (shards: readonly number[], of: (run: SlurmRun, shard: number) => number) =>
    shards.reduce((sum, shard) => sum + of(run, shard), 0);
  const all = Array.from({ length: run.shards }, (_, i) => i + 1);
  const total = count(all, runsOf);
  for (let attempt = 1; ; attempt++) {
    const jobs = submit(run);
    for (;;) {
      progress(Math.min(total, count(all, rowsOf)), total);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if ((jobs.array === '' || !isAlive(jobs.array)) && !isAlive(jobs.merge)) break;
    }
    const left = missing(run);
    if (left.length === 0 && existsSync(join(run.out, 'summary.json'))) return;
    if (attempt === MOST_ATTEMPTS) {
      throw new Error(
        left.length === 0
          ? `the merge failed; see ${join(run.out, 'slurm', `merge_${jobs.merge}.log`)}`
          : `${left.length} of ${run.shards} tasks failed ${MOST_ATTEMPTS} times; see ${join(run.out, 'slurm', `${jobs.array}_${left[0]}.log`)}`,
      );
    }
  }
}
