/** `nowsim run`: runs an experiment. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import type { Document } from '../../sim/experiment/document.ts';
import type { Overrides } from '../../sim/experiment/experiment.ts';
import { writeWhole } from '../../sim/experiment/files.ts';
import { INTERVALS } from '../../sim/experiment/intervals.ts';
import { shardFolder } from '../../sim/experiment/merge.ts';
import type { Shard } from '../../sim/experiment/runner.ts';
import { InputError, nearest } from '../../sim/problem.ts';
import { durationText } from '../duration.ts';
import { asBuilt, experimentsFolder, readyExperiments } from '../package.ts';
import { ProgressLine } from '../terminal.ts';
import {
  defaultWorkers,
  each,
  once,
  printResult,
  WORKER_OPTIONS,
  watched,
  wholeNumber,
  writeReportOf,
} from './run-options.ts';

type Text = string | string[];
interface RunArguments {
  file: string;
  set?: Text;
  vary?: Text;
  replications?: Text;
  seed?: Text;
  precision?: Text;
  interval?: Text;
  shard?: Text;
  slurm: boolean;
  tasks?: Text;
  sbatch?: Text;
  detach: boolean;
  workers?: Text;
  out?: Text;
  json: boolean;
  quiet: boolean;
  report: boolean;
  crate: boolean;
  'jobs-out'?: Text;
  'swf-out'?: Text;
  'events-out'?: Text;
}

export const runCommand: CommandModule<object, RunArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 run <file>\n\nRuns every point of an experiment (axes: all combinations) with every replication, on all cores. ' +
          'Rows are kept as runs end: run the same command again after an interruption and it goes on. ' +
          'Runs that the folder holds of other settings are kept in its earlier/, and used when they are asked for again.',
      )
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: `an experiment file (.yaml, .json), or the name of a ready one: ${readyExperiments().join(', ')}`,
      })
      .option('set', {
        type: 'string',
        requiresArg: true,
        describe: 'path=value: another value for a setting (again and again)',
      })
      .option('vary', {
        type: 'string',
        requiresArg: true,
        describe: 'path=a,b,c: an axis; replaces that of the file (again and again)',
      })
      .option('replications', { type: 'string', requiresArg: true, describe: 'runs of every point' })
      .option('precision', {
        type: 'string',
        requiresArg: true,
        describe: 'add replications until every interval is this narrow: 2% of its mean',
      })
      .option('interval', {
        type: 'string',
        requiresArg: true,
        describe: `which 95 % intervals are shown: ${Object.keys(INTERVALS).join(', ')}`,
      })
      .option('shard', {
        type: 'string',
        requiresArg: true,
        describe: 'do one part of the runs: 2/8 is the second of eight ("nowsim merge" brings them together)',
      })
      .option('slurm', {
        type: 'boolean',
        default: false,
        describe: 'run on a Slurm cluster: an array job of shards, then the merge',
      })
      .option('tasks', {
        type: 'string',
        requiresArg: true,
        describe: 'with --slurm: tasks of the array job (default: one a run, at most 100)',
      })
      .option('sbatch', {
        type: 'string',
        requiresArg: true,
        describe: 'with --slurm: an option for sbatch, such as --time=1:00:00 (again and again)',
      })
      .option('detach', {
        type: 'boolean',
        default: false,
        describe: 'with --slurm: submit and do not wait',
      })
      .option('seed', { type: 'string', requiresArg: true, describe: 'all random numbers derive from it' })
      .options(WORKER_OPTIONS)
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'results folder (default results/runs/<name>)',
      })
      .option('report', {
        type: 'boolean',
        default: true,
        describe:
          'write report.html (--no-report: do not, nor keep what nodes did for one, which is quicker)',
      })
      .option('crate', {
        type: 'boolean',
        default: false,
        describe: 'write ro-crate-metadata.json too (Process Run Crate)',
      })
      .option('jobs-out', {
        type: 'string',
        requiresArg: true,
        describe: 'write a CSV file with one row per job',
      })
      .option('swf-out', {
        type: 'string',
        requiresArg: true,
        describe: 'write the schedule as SWF (several runs: one file each)',
      })
      .option('events-out', {
        type: 'string',
        requiresArg: true,
        describe: 'write the event log (several runs: one file each)',
      })
      .example('$0 run headline', "the paper's question")
      .example(
        '$0 run mine.yaml --set cluster.nodes=128 --replications 20',
        'a bigger building, narrower intervals',
      )
      .example('$0 run mine.yaml --vary policies.idle=quiet,sprite', 'compare two policies')
      .example(
        '$0 run mine.yaml --set policies.idle=quiet --set policies.idle.after=30s',
        'a policy and its parameter',
      )
      .example(
        '$0 run dedicated --set jobs.trace=log.swf.gz --jobs-out jobs.csv',
        'replay a log, one row per job',
      )
      .example(
        '$0 run mine.yaml --slurm --tasks 50 --sbatch=--partition=short',
        'on a cluster; the same line again goes on where it stopped',
      )
      .example('$0 run mine.yaml --json --quiet | jq .points', 'for other programs')
      .epilogue(
        'Paths in a file are relative to that file, on the command line to the working directory. "nowsim list" names all settings.',
      ) as Argv<RunArguments>,
  handler: run,
};

async function run(args: RunArguments): Promise<void> {
  const path = experimentPath(args.file);
  const seed = wholeNumber('seed', args.seed, 0);
  const replications = wholeNumber('replications', args.replications, 1);
  const precision = once('precision', args.precision);
  const interval = once('interval', args.interval);
  const shard = shardOf(once('shard', args.shard));
  const workers = wholeNumber('workers', args.workers, 1) ?? defaultWorkers();
  const outFlag = once('out', args.out);
  const files = {
    jobsOut: once('jobs-out', args['jobs-out']),
    swfOut: once('swf-out', args['swf-out']),
    eventsOut: once('events-out', args['events-out']),
  };
  // the file first: what is wrong with it is told before anything heavy is loaded
  const { readDocument } = await import('../../sim/experiment/document.ts');
  const document = readDocument(path, path);
  const { study } = await import('../study.ts');
  const { runExperiment } = await import('../../sim/experiment/runner.ts');
  const folder = join('results', 'runs', document.name);
  const overrides = {
    set: each(args.set),
    vary: each(args.vary),
    ...(seed === undefined ? {} : { seed }),
    ...(replications === undefined ? {} : { replications }),
    ...(precision === undefined ? {} : { precision }),
    ...(interval === undefined ? {} : { interval }),
  };
  if (args.slurm) {
    await onSlurm(args, path, document, overrides, outFlag ?? folder);
    return;
  }
  const out = outFlag ?? (shard === undefined ? folder : shardFolder(folder, shard.index, shard.of));
  const result = await watched(args.quiet, workers, (watching) =>
    runExperiment(asBuilt(study), document, {
      out,
      ...overrides,
      // Nobody draws them then; a shard's are for the report of the whole.
      ...(args.report || shard !== undefined ? {} : { timelines: false }),
      ...(shard === undefined ? {} : { shard }),
      ...(files.jobsOut === undefined ? {} : { jobsOut: files.jobsOut }),
      ...(files.swfOut === undefined ? {} : { swfOut: files.swfOut }),
      ...(files.eventsOut === undefined ? {} : { eventsOut: files.eventsOut }),
      ...watching,
    }),
  );
  if (shard !== undefined) {
    if (args.json)
      process.stdout.write(
        `${JSON.stringify({ shard, runs: result.rows.length, digest: result.digest, out }, null, 2)}\n`,
      );
    else {
      process.stdout.write(
        `shard ${shard.index} of ${shard.of}: ${result.rows.length} runs in ${out}\nwhen all shards are there: npx nowsim merge ${dirname(out)}\n`,
      );
    }
    return;
  }
  const report = args.report ? await writeReportOf(out) : undefined;
  if (args.crate) {
    const { resultsOf } = await import('../provenance/results.ts');
    const { crateText } = await import('../provenance/crate.ts');
    writeWhole(join(out, 'ro-crate-metadata.json'), crateText(resultsOf(out)));
  }
  if (args.json) process.stdout.write(`${JSON.stringify(result.summary, null, 2)}\n`);
  else await printResult(result, report);
}

/** Runs the shards of an experiment on a cluster and shows what came out. Throws `InputError`. */
async function onSlurm(
  args: RunArguments,
  path: string,
  document: Document,
  overrides: Overrides,
  out: string,
): Promise<void> {
  const { checkSlurm, submit, submitAndWait } = await import('../slurm.ts');
  checkSlurm();
  for (const flag of ['shard', 'precision', 'jobs-out', 'swf-out', 'events-out', 'workers'] as const) {
    if (args[flag] === undefined) continue;
    throw new InputError({
      where: `--${flag}`,
      found: 'beside --slurm',
      would: flag === 'workers' ? 'write --sbatch=--cpus-per-task=4' : 'leave it out',
    });
  }
  const { settleExperiment } = await import('../../sim/experiment/experiment.ts');
  const { canonicalJson, cellsOf, digestOf } = await import('../../sim/experiment/cells.ts');
  const { study } = await import('../study.ts');
  const { version } = asBuilt(study);
  const experiment = await settleExperiment(study, document, overrides);
  const runs = experiment.points.length * experiment.replications;
  const shards = Math.min(runs, wholeNumber('tasks', args.tasks, 1) ?? 100);
  const words = ['run', path, '--no-report'];
  for (const each of overrides.set ?? []) words.push('--set', each);
  for (const each of overrides.vary ?? []) words.push('--vary', each);
  for (const flag of ['seed', 'replications', 'interval'] as const) {
    if (overrides[flag] !== undefined) words.push(`--${flag}`, String(overrides[flag]));
  }
  const cells = experiment.points.map(({ scenario }) => cellsOf(version, scenario, experiment.seed)(0));
  const key = digestOf(canonicalJson([...cells, experiment.replications, experiment.interval]));
  const job = { words, out, key, runs, shards, options: each(args.sbatch) };
  if (args.detach) {
    const { array, merge, tasks } = submit(job);
    process.stdout.write(
      `${tasks} of ${shards} tasks submitted${array === '' ? '' : ` as job ${array}`}, the merge as job ${merge}; results come to ${out}\n`,
    );
    return;
  }
  const line = new ProgressLine(args.quiet);
  line.stage(`${experiment.name}: ${runs} runs as ${shards} tasks on Slurm`);
  const started = performance.now();
  let first = -1;
  await submitAndWait(job, (done, total) => {
    if (first < 0) first = done;
    const rate = (done - first) / (performance.now() - started);
    const left = rate > 0 ? `, about ${durationText((total - done) / rate / 1000)} left` : '';
    line.updateBar(done, total, left);
  });
  line.clear();
  // The merge has run on the cluster; here its files are read.
  const { mergeShards, shardsIn } = await import('../../sim/experiment/merge.ts');
  const result = await mergeShards(asBuilt(study), shardsIn(out), { out });
  const report = args.report ? await writeReportOf(out) : undefined;
  if (args.json) process.stdout.write(`${JSON.stringify(result.summary, null, 2)}\n`);
  else await printResult(result, report);
}

/** Which part of the runs `2/8` means. Throws `InputError`. */
function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, of] = match === null ? [0, 0] : [Number(match[1]), Number(match[2])];
  if (index >= 1 && index <= of) return { index, of };
  throw new InputError({
    where: `--shard ${text}`,
    found:
      match === null
        ? 'is not a part of a whole'
        : of === 0
          ? 'there are no parts'
          : `there is no part ${index} of ${of}`,
    would: of > 0 ? `write --shard 1/${of} to --shard ${of}/${of}` : 'write --shard 1/8 to --shard 8/8',
  });
}

/** A path as it was given, or the file of a ready experiment. Throws `InputError`. */
export function experimentPath(given: string): string {
  const ready = readyExperiments();
  // A folder is no experiment: one of a ready experiment's name does not hide it.
  if (existsSync(given) && !(ready.includes(given) && statSync(given).isDirectory())) return given;
  if (ready.includes(given)) return join(experimentsFolder, `${given}.yaml`);
  if (/[/\\]|\.(ya?ml|json)$/.test(given)) return given;
  const near = nearest(given, ready);
  throw new InputError({
    where: given,
    found: 'there is no such file, and no ready experiment of this name',
    would: near === undefined ? `ready ones: ${ready.join(', ')}` : `did you mean "${near}"?`,
  });
}
