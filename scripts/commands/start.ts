/**
 * `nowsim start`: the paper's question in ten seconds. First the traced programs of workloads/samples under each
 * structure, in a small table; then the headline experiment, as `nowsim run headline` prints it, and which jobs gain and
 * lose by pooling.
 */
import { basename, join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import { asBuilt } from '../package.ts';
import { plainNumber, tableText, widthOf, wrapped } from '../terminal.ts';
import { experimentPath } from './run.ts';
import {
  defaultWorkers,
  printResult,
  WORKER_OPTIONS,
  watched,
  wholeNumber,
  writeReportOf,
} from './run-options.ts';

interface StartArguments {
  workers?: string | string[];
  json: boolean;
  quiet: boolean;
}

export const startCommand: CommandModule<object, StartArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 start\n\nWhat three traced programs cost under each OS structure (nowsim run traces), then the headline experiment (nowsim run headline).',
      )
      .options(WORKER_OPTIONS)
      .example('$0 start', 'both, with a report of the building')
      .example('$0 start --json --quiet', 'for other programs') as Argv<StartArguments>,
  handler: start,
};

async function start(args: StartArguments): Promise<void> {
  const workers = wholeNumber('workers', args.workers, 1) ?? defaultWorkers();
  // A hundred short runs: starting threads and keeping rows would take longer.
  const traces = await experiment('traces', null, true, 1);
  if (!args.json) process.stdout.write(`\n${tracesText(traces, widthOf(process.stdout))}\n\n`);
  const headline = await experiment('headline', join('results', 'runs', 'headline'), args.quiet, workers);
  const report = await writeReportOf(headline.out!);
  if (args.json) {
    const both = { traces: traces.summary, headline: headline.summary };
    process.stdout.write(`${JSON.stringify(both, null, 2)}\n`);
    return;
  }
  await printResult(headline, report);
  process.stdout.write(`\n${poolingText(headline, widthOf(process.stdout))}\n`);
}

async function experiment(
  name: string,
  out: string | null,
  quiet: boolean,
  workers: number,
): Promise<ExperimentResult> {
  const { readDocument } = await import('../../sim/experiment/document.ts');
  const { study } = await import('../study.ts');
  const { runExperiment } = await import('../../sim/experiment/runner.ts');
  const path = experimentPath(name);
  return watched(quiet, workers, (watching) =>
    runExperiment(asBuilt(study), readDocument(path, path), {
      out,
      ...watching,
      threads: workers > 1,
    }),
  );
}

/** CPU time of each program under each structure / under the first, with half widths of 95 % intervals. */
export function tracesText({ summary }: ExperimentResult, width: number): string {
  const all = (param: string) => [...new Set(summary.points.map(({ params }) => String(params[param])))];
  const [traces, structures] = [all('services.trace'), all('cluster.os')];
  const kernel = structures[0]!;
  const measure = (trace: string, os: string, name: string) =>
    summary.points.find(({ params }) => params['services.trace'] === trace && params['cluster.os'] === os)!
      .measures[name]!;
  const relative = (trace: string, os: string) => {
    const base = measure(trace, kernel, 'cpu_time_s').mean;
    const { mean, ci95 } = measure(trace, os, 'cpu_time_s');
    const spread = ci95 === null || ci95 === 0 ? '' : ` ± ${(ci95 / base).toFixed(3)}`;
    return `${(mean / base).toFixed(3)}${spread}`;
  };
  const scales = summary.notes.filter((note) => /^user time is that of .*, times /.test(note));
  return [
    wrapped(
      `traces: CPU time of traced programs under each structure / under ${kernel}; mean ± half width of the 95 % interval`,
      width,
    ),
    '',
    tableText(
      [
        { title: 'program' },
        { title: 'calls per user s', align: 'right' },
        ...structures.map((title) => ({ title, align: 'right' as const })),
      ],
      traces.map((trace) => [
        basename(trace).replace(/\.strace.*$/, ''),
        plainNumber(measure(trace, kernel, 'calls_per_user_s').mean, 3),
        ...structures.map((os) => relative(trace, os)),
      ]),
    ),
    '',
    ...scales.map((note) => wrapped(`note: ${note}`, width)),
    'more of it: npx nowsim run traces',
  ].join('\n');
}

/**
 * Who gains by pooling: a mean response is made by long jobs, a mean slowdown by short ones, and the two may go apart.
 * Ranges over the structures; the reason is told where slowdown rises.
 */
export function poolingText({ summary }: ExperimentResult, width: number): string {
  const at = (glunix: 'on' | 'off', measure: string) =>
    summary.points
      .filter(({ params }) => params['glunix'] === glunix)
      .map(({ measures }) => measures[measure]!.mean);
  const over = (measure: string) => {
    const off = at('off', measure);
    return at('on', measure).map((on, i) => on / off[i]!);
  };
  const range = (values: readonly number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => plainNumber(value, 2));
    return least === most ? least! : `${least} to ${most}`;
  };
  const tenth = (measure: string) =>
    `${range(at('on', measure))} times their run times with it, ${range(at('off', measure))} without`;
  const slower = over('bounded_slowdown').some((ratio) => ratio > 1);
  return wrapped(
    [
      `what pooling does (glunix on / off, over the structures): mean response times ${range(over('response_time_s'))}, mean bounded slowdown times ${range(over('bounded_slowdown'))}.`,
      `Responses of the tenth of the jobs with the most work are ${tenth('largest_decile_slowdown')}; of the tenth with the least ${tenth('smallest_decile_slowdown')}.`,
      ...(slower
        ? [
            'With it a short job waits in one queue for nodes on which others run to their end; without it every job starts at once on the node of its user. Where gangs take turns (--set cluster.rows=8) short jobs wait less.',
          ]
        : []),
    ].join(' '),
    width,
  );
}
