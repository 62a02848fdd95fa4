/** `nowsim why`: what happened to one job, and why it waited. */
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { paramsText } from '../../sim/experiment/points.ts';
import { InputError } from '../../sim/problem.ts';
import { parseTime, UnitError } from '../../sim/units.ts';
import { asBuilt } from '../package.ts';
import { once, wholeNumber } from './run-options.ts';

interface WhyArguments {
  job: string;
  run?: string | string[];
  point?: string | string[];
  replication?: string | string[];
  at?: string | string[];
  json: boolean;
}

export const whyCommand: CommandModule<object, WhyArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 why <job>\n\nRepeats one run of a results folder (the same seed gives the same run) and tells the story of a job: why it ' +
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
      .option('at', {
        type: 'string',
        requiresArg: true,
        describe: 'tell also what holds at this time of the run, such as 9h or 2d',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {"job", "story"} and nothing else',
      })
      .example('$0 why 17 --run results/runs/headline', 'job 17 of the first point')
      .example('$0 why 17 --run results/runs/headline --point 3', 'the same job under another structure')
      .example(
        '$0 why 17 --run results/runs/headline --at 9h',
        'and why it waits 9 hours after the start',
      ) as Argv<WhyArguments>,
  handler: why,
};

/** ns; throws `InputError` where the text is no time. */
function timeAsked(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseTime(text);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new InputError({ where: `--at ${text}`, found: error.message, would: 'give a time such as 9h' });
  }
}

/** Throws `InputError` where the text is no number of a job. */
function jobNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InputError({
    where: `nowsim why ${text}`,
    found: `"${text}" is not the number of a job`,
    would: 'give the number that the job has in its log, and in jobs.csv: nowsim why 4',
  });
}

async function why(args: WhyArguments): Promise<void> {
  const folder = once('run', args.run) ?? join('results', 'runs', 'headline');
  const id = jobNumber(args.job);
  const point = wholeNumber('point', args.point, 0) ?? 0;
  const replication = wholeNumber('replication', args.replication, 0) ?? 0;
  const at = timeAsked(once('at', args.at));
  const study = asBuilt((await import('../study.ts')).study);
  const { runOf, timelineAgain } = await import('../provenance/repeat.ts');
  const { experiment, chosen } = await runOf(study, folder, point, replication);
  const { durationText } = await import('../duration.ts');
  const { moment, story } = await import('../provenance/story.ts');
  const { settingOf } = await import('../provenance/setting.ts');
  const { historyOf } = await import('../timelines.ts');
  const { placeOf, Sweep } = await import('../../models/history.ts');
  const timeline = await timelineAgain(study, chosen.scenario, experiment.seed, replication, folder);
  const history = historyOf(timeline);
  if (history === null || history.n === 0) {
    throw new InputError({
      where: folder,
      found: 'its runs have no jobs on nodes',
      would: 'give a results folder of jobs on nodes, such as that of headline or load-sharing',
    });
  }
  const job = placeOf(history, id);
  if (job < 0 && history.to < timeline.horizon_s * 1e3) {
    throw new InputError({
      where: `why ${id}`,
      found: `the history of this run is full after ${durationText(history.to / 1e3)}, and has ${history.n} jobs, none of this number`,
      would: 'ask for one that was submitted before',
    });
  }
  if (job < 0) {
    throw new InputError({
      where: `why ${id}`,
      found: `the run has ${history.n} jobs, none of this number`,
      would: `give a number such as ${history.id[0]} (nowsim run ... --jobs-out jobs.csv lists them)`,
    });
  }
  const setting = settingOf(chosen.scenario);
  const lines = story(history, setting, job);
  if (at !== undefined) {
    const sweep = new Sweep(history);
    sweep.seek(at / 1e6);
    lines.push('', `at ${args.at}: ${moment(sweep, setting, job, at / 1e6)}`);
  }
  if (args.json) process.stdout.write(`${JSON.stringify({ job: id, story: lines }, null, 2)}\n`);
  else
    process.stdout.write(`${paramsText(chosen.params)}, replication ${replication}\n\n${lines.join('\n')}\n`);
}
