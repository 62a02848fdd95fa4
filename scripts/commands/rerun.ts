/** `nowsim rerun`: runs a manifest again, or one of its points, and compares the digests. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import type { Replay } from '../../sim/experiment/manifest.ts';
import { CheckError, InputError } from '../../sim/problem.ts';
import { asBuilt } from '../package.ts';
import { defaultWorkers, once, WORKER_OPTIONS, watched, wholeNumber, writeReportOf } from './run-options.ts';

interface RerunArguments {
  manifest: string;
  point?: string | string[];
  out?: string | string[];
  workers?: string | string[];
  json: boolean;
  quiet: boolean;
}

export const rerunCommand: CommandModule<object, RerunArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 rerun <manifest>\n\nRuns again what manifest.json of a results folder describes and compares digests: 0 they are the ' +
          'same, 3 they differ, and then what else differs is named (version, traces, presets).',
      )
      .positional('manifest', {
        type: 'string',
        demandOption: true,
        describe: 'a manifest.json, or its folder',
      })
      .options(WORKER_OPTIONS)
      .option('point', {
        type: 'string',
        requiresArg: true,
        describe: 'this point of the sweep alone, from 0; compared with its rows beside the manifest',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'keep the new results in this folder' })
      .example('$0 rerun results/runs/headline/manifest.json', 'are the results still the same?')
      .example('$0 rerun results/runs/mine --point 3', 'one point of a sweep') as Argv<RerunArguments>,
  handler: rerun,
};

async function rerun(args: RerunArguments): Promise<void> {
  const workers = wholeNumber('workers', args.workers, 1) ?? defaultWorkers();
  const out = once('out', args.out) ?? null;
  const study = asBuilt((await import('../study.ts')).study);
  const { runExperiment } = await import('../../sim/experiment/runner.ts');
  const { readManifest } = await import('../../sim/experiment/manifest.ts');
  const point = wholeNumber('point', args.point, 0);
  const { withSources } = await import('../provenance/traces.ts');
  const whole = await readManifest(study, args.manifest).catch((error: unknown) => {
    throw withSources(error, args.manifest);
  });
  const before = point === undefined ? whole : await onePoint(whole, args.manifest, point);
  const result = await watched(args.quiet, workers, (watching) =>
    runExperiment(study, before.experiment, { out, ...watching }),
  );
  if (out !== null) await writeReportOf(out);
  const same = result.digest === before.digest;
  const changes = [
    ...(before.version === study.version ? [] : [`version: was ${before.version}, is ${study.version}`]),
    ...before.changes,
  ];
  if (args.json) {
    const answer = {
      experiment: before.experiment.name,
      same,
      digest: result.digest,
      expected: before.digest,
      changes,
    };
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  } else if (same) {
    process.stdout.write(`same: digest ${result.digest}\n`);
  }
  if (same) return;
  const why =
    changes.length === 0
      ? 'version, inputs and presets are the same as then'
      : `what changed:\n  ${changes.join('\n  ')}`;
  throw new CheckError(`the digest is ${result.digest}, it was ${before.digest}; ${why}`);
}

/** The replay of one point, with the digest that its rows have as a run of that point alone. Throws `InputError`. */
async function onePoint(whole: Replay, path: string, point: number): Promise<Replay> {
  const { digestOfPoint, readRows } = await import('../../sim/experiment/rows.ts');
  const { experiment } = whole;
  const chosen = experiment.points[point];
  if (chosen === undefined) {
    throw new InputError({
      where: `--point ${point}`,
      found: `${experiment.points.length} points are there`,
      would: `give at most --point ${experiment.points.length - 1}`,
    });
  }
  const file = join(existsSync(join(path, 'manifest.json')) ? path : dirname(path), 'rows.jsonl');
  const rows = [...readRows(file).values()].filter((row) => row.point === point);
  if (rows.length !== experiment.replications) {
    throw new InputError({
      where: file,
      found: `${rows.length} runs of point ${point}, ${experiment.replications} by the manifest`,
      would: 'keep rows.jsonl beside its manifest.json: its rows are what is compared with',
    });
  }
  return { ...whole, experiment: { ...experiment, points: [chosen] }, digest: digestOfPoint(rows) };
}
