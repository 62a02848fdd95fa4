/** `nowsim merge`: shards of an experiment to one results folder. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../../sim/problem.ts';
import { asBuilt } from '../package.ts';
import { once, printResult, WORKER_OPTIONS, watched, writeReportOf } from './run-options.ts';

interface MergeArguments {
  folders: string[];
  out?: string | string[];
  report: boolean;
  json: boolean;
  quiet: boolean;
}

export const mergeCommand: CommandModule<object, MergeArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 merge <folders..>\n\nBrings together what "nowsim run FILE --shard 1/4" ... "4/4" left, on this machine or copied from ' +
          'others. The files are those of a single run, byte for byte (machine and time in the manifest apart).',
      )
      .positional('folders', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'folders of shards, or the folder in which they lie',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'results folder (default: the one in which the shards lie)',
      })
      .option('report', {
        type: 'boolean',
        default: true,
        describe: 'write report.html (--no-report: do not)',
      })
      .option('json', WORKER_OPTIONS.json)
      .option('quiet', WORKER_OPTIONS.quiet)
      .example('$0 merge results/runs/headline', 'all shards that lie there')
      .example(
        '$0 merge from-a/shard-1-of-2 from-b/shard-2-of-2 --out all',
        'shards of two machines',
      ) as unknown as Argv<MergeArguments>,
  handler: merge,
};

async function merge(args: MergeArguments): Promise<void> {
  const { isShard, mergeShards, shardsIn } = await import('../../sim/experiment/merge.ts');
  for (const folder of args.folders) {
    if (existsSync(folder)) continue;
    throw new InputError({ where: folder, found: 'there is no such folder', would: 'give a results folder' });
  }
  const shards = args.folders.flatMap((folder) => shardsIn(folder));
  const parents = new Set(shards.map((shard) => dirname(shard)));
  const given = once('out', args.out);
  if (given === undefined && (parents.size > 1 || shards.some((shard) => !isShard(shard)))) {
    throw new InputError({
      where: 'merge',
      found: 'the folders are not the shards of one results folder',
      would: 'give --out, the folder for the whole',
    });
  }
  const out = given ?? [...parents][0]!;
  const study = asBuilt((await import('../study.ts')).study);
  const result = await watched(args.quiet, 1, (watching) => mergeShards(study, shards, { out, ...watching }));
  const report = args.report ? await writeReportOf(out) : undefined;
  if (args.json) process.stdout.write(`${JSON.stringify(result.summary, null, 2)}\n`);
  else await printResult(result, report);
}
