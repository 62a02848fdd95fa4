/** `nowsim artifact`: what an artifact evaluation asks for, from a results folder. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Argv, CommandModule } from 'yargs';
import { writeWhole } from '../../sim/experiment/files.ts';
import { once } from './run-options.ts';

interface ArtifactArguments {
  folder: string;
  out?: string | string[];
  json: boolean;
}

export const artifactCommand: CommandModule<object, ArtifactArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 artifact <folder>\n\nWrites from a results folder: CLAIMS.md (claim, command, expected, tolerance, time), ACKNOWLEDGEMENTS.md (of the\n' +
          'traces, from their headers), STRESS-DES.md, ro-crate-metadata.json, LICENSE, and copies of the results.\n' +
          'Traces are not copied: their providers say who may pass them on.',
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
  const { acknowledgementsText, claimsText, stressText } = await import('../provenance/artifact.ts');
  const { crateText } = await import('../provenance/crate.ts');
  const results = resultsOf(args.folder);
  const out = once('out', args.out) ?? join(args.folder, 'artifact');
  const texts = {
    'CLAIMS.md': claimsText(results),
    'ACKNOWLEDGEMENTS.md': await acknowledgementsText(results),
    'STRESS-DES.md': stressText(results),
    'ro-crate-metadata.json': crateText(results),
  };
  mkdirSync(out, { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeWhole(join(out, name), text);
  const copies = ['manifest.json', 'rows.jsonl', 'summary.json', 'summary.csv', 'report.html'].filter(
    (name) => existsSync(join(args.folder, name)),
  );
  for (const name of copies) copyFileSync(join(args.folder, name), join(out, name));
  copyFileSync(fileURLToPath(new URL('../../../LICENSE', import.meta.url)), join(out, 'LICENSE'));
  const files = [...Object.keys(texts), ...copies, 'LICENSE'];
  process.stdout.write(
    args.json ? `${JSON.stringify({ folder: out, files }, null, 2)}\n` : `${out}: ${files.join(', ')}\n`,
  );
}
