/** Where the package lies and which version it is, the same from the sources and from dist/. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Study } from '../sim/experiment/study.ts';

function findPackage(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The folder that holds package.json. */
export const packageFolder: string = findPackage();

export const version: string = (
  JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
).version;

/**
 * The study under a version that also tells the code: `0.1.0+27df1d65`. Whoever adds a policy or mends a model in
 * a clone keeps the version number, and must not be shown rows of the code before.
 */
export function asBuilt(study: Study): Study {
  const scripts = dirname(fileURLToPath(import.meta.url));
  const code = /\.(js|ts)$/;
  const hash = createHash('sha256');
  // of scripts/ what stands at its top and the kinds of run take part in a run
  const top = basename(scripts);
  for (const folder of ['sim', 'workloads', 'models', top, join(top, 'runs')]) {
    const root = join(dirname(scripts), folder);
    const entries = readdirSync(root, { recursive: folder !== top, withFileTypes: true });
    const files = entries
      .filter((entry) => code.test(entry.name))
      .map((file) => join(file.parentPath, file.name));
    for (const file of files.toSorted()) hash.update(`${relative(root, file)}\n`).update(readFileSync(file));
  }
  return { ...study, version: `${version}+${hash.digest('hex').slice(0, 8)}` };
}

/** Where the ready experiments lie, with the published schema. */
export const experimentsFolder: string = join(packageFolder, 'scripts', 'experiments');

/** Names of the ready experiments, which `nowsim run NAME` takes. */
export function readyExperiments(): string[] {
  if (!existsSync(experimentsFolder)) return [];
  return readdirSync(experimentsFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .toSorted();
}
