/** `nowsim artifact`: what an artifact evaluation asks for, from a results folder. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { writeWhole } from '../../sim/experiment/files.ts';
import { InputError } from '../../sim/problem.ts';
import { packageFolder } from '../package.ts';
import { each, once } from './run-options.ts';

interface ArtifactArguments {
  folder: string;
  out?: string | string[];
  author?: string | string[];
  json: boolean;
}

export const artifactCommand: CommandModule<object, ArtifactArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 artifact <folder>\n\nWrites from a results folder: CLAIMS.md (claim, command, expected, tolerance, time), ACKNOWLEDGEMENTS.md (of the ' +
          'traces, from their headers), STRESS-DES.md, ro-crate-metadata.json, LICENSE, and copies of the results. ' +
          'Its manifest.json looks for traces in traces/ beside it. They are not copied, but for samples of nowsim: their ' +
          'providers say who may pass them on.',
      )
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'a folder that "nowsim run" wrote',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'where to (default: artifact/ in the folder)',
      })
      .option('author', {
        type: 'string',
        requiresArg: true,
        describe: 'who ran it, for the crate (again and again)',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {"folder", "files"} and nothing else',
      })
      .example(
        '$0 artifact results/runs/headline',
        'then fill in what is marked AUTHORS',
      ) as Argv<ArtifactArguments>,
  handler: artifact,
};

async function artifact(args: ArtifactArguments): Promise<void> {
  const { resultsOf } = await import('../provenance/results.ts');
  const { acknowledgementsText, claimsText, digestsText } = await import('../provenance/artifact.ts');
  const { stressText } = await import('../provenance/stress.ts');
  const { placedTraces, relocated } = await import('../provenance/traces.ts');
  const { crateText } = await import('../provenance/crate.ts');
  const results = resultsOf(args.folder);
  const out = once('out', args.out) ?? join(args.folder, 'artifact');
  if (resolve(out) === resolve(args.folder)) {
    throw new InputError({
      where: `--out ${out}`,
      found: 'is the folder of the results',
      would: 'give another folder: manifest.json is written anew there',
    });
  }
  const traces = placedTraces(results.manifest);
  const digests = digestsText(traces);
  const texts = {
    'CLAIMS.md': claimsText(results, traces),
    'ACKNOWLEDGEMENTS.md': await acknowledgementsText(traces),
    'STRESS-DES.md': stressText(results, traces),
    'manifest.json': `${JSON.stringify(relocated(results.manifest, traces), null, 2)}\n`,
    ...(digests === '' ? {} : { 'traces.sha256': digests }),
  };
  mkdirSync(join(out, 'traces'), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeWhole(join(out, name), text);
  const copies = ['rows.jsonl', 'summary.json', 'summary.csv', 'report.html'].filter((name) =>
    existsSync(join(args.folder, name)),
  );
  for (const name of copies) copyFileSync(join(args.folder, name), join(out, name));
  copyFileSync(join(packageFolder, 'LICENSE'), join(out, 'LICENSE'));
  const samples = traces.filter(({ isSample, path }) => isSample && existsSync(path));
  for (const { path, place } of samples) copyFileSync(path, join(out, place));
  const authors = each(args.author);
  writeWhole(join(out, 'ro-crate-metadata.json'), crateText(results, { folder: out, traces, authors }));
  const files = [
    ...Object.keys(texts),
    'ro-crate-metadata.json',
    ...copies,
    ...samples.map(({ place }) => place),
    'LICENSE',
  ];
  process.stdout.write(
    args.json ? `${JSON.stringify({ folder: out, files }, null, 2)}\n` : `${out}: ${files.join(', ')}\n`,
  );
}
