/** `nowsim rerun`: runs a manifest again and compares the digests. */
import type { Argv, CommandModule } from 'yargs';
import { CheckError } from '../../sim/problem.ts';
import { asBuilt } from '../package.ts';
import { defaultWorkers, once, WORKER_OPTIONS, watched, wholeNumber, writeReportOf } from './run-options.ts';

interface RerunArguments {
  manifest: string;
  out?: string | string[];
  workers?: string | string[];
  json: boolean;
  quiet: boolean;
}

export const rerunCommand: CommandModule<object, RerunArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 rerun <manifest>\n\nRuns again what manifest.json of a results folder describes and compares digests: 0 they are the\n' +
          'same, 3 they differ, and then what else differs is named (version, traces, presets).',
      )
      .positional('manifest', {
        type: 'string',
        demandOption: true,
        describe: 'a manifest.json, or its folder',
      })
      .options(WORKER_OPTIONS)
      .option('out', { type: 'string', requiresArg: true, describe: 'keep the new results in this folder' })
      .example(
        '$0 rerun results/runs/headline/manifest.json',
        'are the results still the same?',
      ) as Argv<RerunArguments>,
  handler: rerun,
};

async function rerun(args: RerunArguments): Promise<void> {
  const workers = wholeNumber('workers', args.workers, 1) ?? defaultWorkers();
  const out = once('out', args.out) ?? null;
  const study = asBuilt((await import('../study.ts')).study);
  const { runExperiment } = await import('../../sim/experiment/runner.ts');
  const { readManifest } = await import('../../sim/experiment/manifest.ts');
  const before = await readManifest(study, args.manifest);
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
