/** `nowsim why`: what happened to one job, and why it waited. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { isMap, type Plain } from '../../sim/experiment/fields.ts';
import { paramsText } from '../../sim/experiment/points.ts';
import { InputError } from '../../sim/problem.ts';
import { asBuilt } from '../package.ts';
import { once, wholeNumber } from './run-options.ts';

interface WhyArguments {
  job: string;
  run?: string | string[];
  point?: string | string[];
  replication?: string | string[];
  json: boolean;
}

export const whyCommand: CommandModule<object, WhyArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 why <job>\n\nRepeats one run of a results folder (the same seed gives the same run) and tells the story of a job: why it\n' +
          'waited, when it started, what owners, crashes and policies did to it.',
      )
      .positional('job', { type: 'string', demandOption: true, describe: "the job's number in the log" })
      .option('run', {
        type: 'string',
        requiresArg: true,
        describe: 'results folder (default: results/runs/headline)',
      })
      .option('point', {
        type: 'string',
        requiresArg: true,
        describe: 'point of the sweep, from 0 (default 0)',
      })
      .option('replication', { type: 'string', requiresArg: true, describe: 'from 0 (default 0)' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {"job", "story"} and nothing else',
      })
      .example('$0 why 17 --run results/runs/headline', 'job 17 of the first point')
      .example(
        '$0 why 17 --run results/runs/headline --point 3',
        'the same job under another structure',
      ) as Argv<WhyArguments>,
  handler: why,
};

async function why(args: WhyArguments): Promise<void> {
  const folder = once('run', args.run) ?? join('results', 'runs', 'headline');
  const id = wholeNumber('job', args.job, 0)!;
  const point = wholeNumber('point', args.point, 0) ?? 0;
  const replication = wholeNumber('replication', args.replication, 0) ?? 0;
  const study = asBuilt((await import('../study.ts')).study);
  const { readManifest } = await import('../../sim/experiment/manifest.ts');
  const { experiment } = await readManifest(study, folder);
  const chosen = experiment.points[point];
  if (chosen === undefined || replication >= experiment.replications) {
    throw new InputError({
      where: chosen === undefined ? `--point ${point}` : `--replication ${replication}`,
      found: `${experiment.points.length} points of ${experiment.replications} replications are there`,
      would: `give at most --point ${experiment.points.length - 1} --replication ${experiment.replications - 1}`,
    });
  }
  const { story } = await import('../provenance/story.ts');
  const told = await repeat(study, chosen.scenario, experiment.seed, replication, folder);
  const index = told.jobs.findIndex((job) => job.id === id);
  if (index < 0) {
    throw new InputError({
      where: `why ${id}`,
      found: `the run has ${told.jobs.length} jobs, none of this number`,
      would: `give a number such as ${told.jobs[0]?.id ?? 1} (nowsim run ... --jobs-out jobs.csv lists them)`,
    });
  }
  const lines = story(told, index);
  if (args.json)
    process.stdout.write(`${JSON.stringify({ job: told.jobs[index], story: lines }, null, 2)}\n`);
  else
    process.stdout.write(`${paramsText(chosen.params)}, replication ${replication}\n\n${lines.join('\n')}\n`);
}

/** One run again, with its events and jobs kept. Throws `InputError` where its kind tells no jobs. */
async function repeat(
  study: Awaited<ReturnType<typeof asBuilt>>,
  scenario: Plain,
  seed: number,
  replication: number,
  folder: string,
) {
  const { parse } = await import('csv-parse/sync');
  const scratch = mkdtempSync(join(tmpdir(), 'nowsim-why-'));
  const [events, jobs] = [join(scratch, 'events.csv'), join(scratch, 'jobs.csv')];
  const rows = (path: string): Record<string, string>[] => {
    try {
      return parse(readFileSync(path, 'utf8'), { columns: true }) as Record<string, string>[];
    } catch {
      throw new InputError({
        where: folder,
        found: 'its runs have no jobs in a building',
        would: 'give a results folder of jobs on nodes',
      });
    }
  };
  try {
    await study.run(scenario, seed, replication, { events, jobs });
    const number = (text: string | undefined) =>
      text === undefined || text === '' ? Number.NaN : Number(text);
    const table = rows(jobs);
    // Events count from simulated zero, the table from the log's own.
    const log = rows(events).map((row) => ({
      time_s: Number(row['time_s']),
      what: row['what']!,
      who: Number(row['who']),
      value: Number(row['value']),
    }));
    const firstSubmit = log.find((event) => event.what === 'submit');
    const offset =
      firstSubmit === undefined ? 0 : number(table[firstSubmit.who]?.['submit_s']) - firstSubmit.time_s;
    const { cluster, owners, policies } = scenario;
    const slot = (value: unknown) =>
      isMap(value as Plain) ? String((value as Plain)['name']) : String(value);
    return {
      events: log,
      jobs: table.map((row) => ({
        id: Number(row['job']),
        user: Number(row['user']),
        width: Number(row['width']),
        submit_s: number(row['submit_s']) - offset,
        start_s: number(row['start_s']) - offset,
        end_s: number(row['end_s']) - offset,
        estimate_s: number(row['estimate_s']),
        status: row['status']!,
      })),
      nodes: Number((cluster as Plain)['nodes']),
      owned: slot((owners as Plain)['law']) !== 'none' || (owners as Plain)['trace'] !== 'none',
      batch: slot((policies as Plain)['batch']),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
