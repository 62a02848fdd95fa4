/** Options that `run` and `rerun` share, and how a run is watched, interrupted and reported. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Options } from 'yargs';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult, Progress, RunOptions } from '../../sim/experiment/runner.ts';
import { InputError } from '../../sim/problem.ts';
import { durationText } from '../duration.ts';
import { commandText, ProgressLine, widthOf, wrapped } from '../terminal.ts';

export const WORKER_OPTIONS = {
  workers: { type: 'string', requiresArg: true, describe: 'worker threads (default: one a core)' },
  json: { type: 'boolean', default: false, describe: 'print the result as JSON, and nothing else' },
  quiet: { type: 'boolean', default: false, describe: 'no progress' },
} as const satisfies Record<string, Options>;

/** A whole number given by a flag. Throws `InputError`. */
export function wholeNumber(
  flag: string,
  value: string | readonly string[] | undefined,
  least: number,
): number | undefined {
  const text = once(flag, value);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number;
  throw new InputError({
    where: `--${flag} ${text}`,
    found: `"${text}" is not a whole number of at least ${least}`,
    would: `write --${flag} ${Math.max(4, least)}`,
  });
}

/** The value of an option that may be given once. Throws `InputError`. */
export function once<T>(flag: string, value: T | readonly T[] | undefined): T | undefined {
  if (!Array.isArray(value)) return value as T | undefined;
  throw new InputError({ where: `--${flag}`, found: 'is given more than once', would: 'give it once' });
}

/** The values of an option that may be given again and again. */
export function each(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : ([value].flat() as string[]);
}

export function defaultWorkers(): number {
  return availableParallelism();
}

/** Where, when and how: what the manifest holds beside the experiment. */
function aboutThisRun(started: Date, wallStart: number, workers: number): Plain {
  const [cpu] = cpus();
  return {
    node: `node ${process.version.slice(1)}`,
    machine: {
      cpu: cpu?.model.trim() ?? process.arch,
      cores: `${availableParallelism()} cores`,
      memory: `${(totalmem() / 1024 ** 3).toFixed(1)} GiB`,
      system: `${process.platform} ${process.arch}`,
    },
    command: ['nowsim', ...process.argv.slice(2)],
    started: started.toISOString(),
    wall_s: Number(((performance.now() - wallStart) / 1000).toFixed(3)),
    workers,
    peak_memory_bytes: process.resourceUsage().maxRSS * 1024,
  };
}

/**
 * Runs with a progress line; Ctrl-C stops between runs, keeps what has ended and says how to go on.
 * `doIt` gets the options that watch the run.
 */
export async function watched(
  quiet: boolean,
  workers: number,
  doIt: (
    options: Pick<RunOptions, 'workers' | 'threads' | 'progress' | 'about' | 'session' | 'signal'>,
  ) => Promise<ExperimentResult>,
): Promise<ExperimentResult> {
  const line = new ProgressLine(quiet);
  const started = new Date();
  const wallStart = performance.now();
  const interrupt = new AbortController();
  let latest: Progress | undefined;
  let roundStart = 0;
  // Until the first run has ended nothing else tells that it goes on, where runs have threads of their own.
  let told = process.stderr.isTTY;
  const waiting = setInterval(() => {
    if (latest === undefined || latest.done > latest.kept) return;
    const seconds = (performance.now() - roundStart) / 1000;
    const text = `, the first goes on for ${durationText(seconds)} so far`;
    line.updateBar(latest.done, latest.total, text, true);
    if (told || seconds < 10) return;
    line.stage(`${latest.done} of ${latest.total} runs${text}`);
    told = true;
  }, 1000);
  const stop = (signal: NodeJS.Signals) => {
    if (interrupt.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    interrupt.abort();
  };
  const progress = (now: Progress) => {
    const { done, total, kept, experiment } = now;
    const { replications, precision } = experiment;
    const more = latest !== undefined && replications !== latest.experiment.replications;
    if (latest === undefined || more) roundStart = performance.now();
    if (more && precision !== null)
      line.stage(
        `not yet within ${Number((100 * precision.share).toPrecision(3))} %: ${replications} replications`,
      );
    if (latest === undefined) {
      // one run alone computes in this thread: a handler would only keep Ctrl-C from ending it at once
      if (total - kept > 1) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
      const points = `${experiment.points.length} point${experiment.points.length === 1 ? '' : 's'}`;
      const times = `${replications} replication${replications === 1 ? '' : 's'}`;
      const on = total - kept > 1 ? ` on ${now.workers} worker${now.workers === 1 ? '' : 's'}` : '';
      const has = kept === 0 ? '' : `; ${kept === total ? 'all' : kept} are there from before`;
      line.stage(
        `${experiment.name}: ${total} run${total === 1 ? '' : 's'} (${points} x ${times})${on}${has}`,
      );
      for (const note of experiment.notes) line.stage(wrapped(`note: ${note}`, widthOf(process.stderr)));
    }
    latest = now;
    const fresh = done - kept;
    const left =
      fresh === 0
        ? ''
        : `, about ${durationText(((performance.now() - roundStart) / 1000 / fresh) * (total - done))} left`;
    line.updateBar(done, total, left, done === kept);
  };
  try {
    const result = await doIt({
      workers,
      threads: true,
      progress,
      signal: interrupt.signal,
      about: () => aboutThisRun(started, wallStart, workers),
      session: { started: started.toISOString(), elapsed: () => (performance.now() - wallStart) / 1000 },
    });
    const fresh = result.rows.length - result.kept;
    const took = durationText((performance.now() - wallStart) / 1000);
    if (fresh > 0) line.stage(`${fresh} run${fresh === 1 ? '' : 's'} in ${took}`);
    const { kept, dropped } = result.earlier;
    if (kept > 0)
      line.stage(
        `${kept} run${kept === 1 ? '' : 's'} of other settings ${kept === 1 ? 'is' : 'are'} kept in ${join(result.out!, 'earlier')}`,
      );
    if (dropped > 0)
      line.stage(
        `${dropped} run${dropped === 1 ? '' : 's'} of other settings and another version of nowsim ${dropped === 1 ? 'is' : 'are'} dropped: this one cannot use them`,
      );
    return result;
  } catch (error) {
    line.clear();
    if (error instanceof Error && error.name === 'Interrupted' && latest !== undefined) {
      const { done, total } = latest;
      process.stderr.write(
        `interrupted: ${done} of ${total} runs are kept; to go on: ${commandText(['npx', 'nowsim', ...process.argv.slice(2)])}\n`,
      );
    }
    throw error;
  } finally {
    clearInterval(waiting);
    line.clear();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

/** The table for people: means, differences, notes, where the files are. */
export async function printResult(result: ExperimentResult, report: string | undefined): Promise<void> {
  const { summaryTable } = await import('./summary-table.ts');
  const width = widthOf(process.stdout);
  const { out, summary, experiment } = result;
  const elsewhere = out === null ? 'with --json' : 'in summary.csv';
  const parts = [summaryTable(experiment, summary, width, elsewhere)];
  if (summary.notes.length > 0)
    parts.push(summary.notes.map((note) => wrapped(`note: ${note}`, width)).join('\n'));
  const files = [
    ...result.written.slice(0, 4),
    ...(result.written.length > 4 ? [`... and ${result.written.length - 4} more`] : []),
    ...(out === null ? [] : [`${out} (rows.jsonl, summary.csv, manifest.json)`]),
    ...(report === undefined ? [] : [report]),
  ];
  parts.push([`digest ${summary.digest}`, ...files].join('\n'));
  process.stdout.write(`\n${parts.join('\n\n')}\n`);
}

/**
 * Writes report.html; a results folder without timelines has one too. `histories`: room for what nodes and jobs did,
 * bytes.
 */
export async function writeReportOf(out: string, histories?: number): Promise<string> {
  const { writeReport } = await import('../report/report.ts');
  await writeReport(out, histories);
  return join(out, 'report.html');
}
