/** Where the package lies and which version it is, the same from the sources and from dist/. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
