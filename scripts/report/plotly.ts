/**
 * The chart library as text that a page can carry: plotly.js-dist, gzip, base64. The page unpacks it with the
 * browser's own DecompressionStream, so that a report is one file of about 2.6 MB rather than 10 MB.
 *
 * Packing takes about 0.2 s, more than a short run; the build does it once and leaves the text in dist/. Without
 * that file (the tests run the sources) it is packed anew, once a process. Level 9 takes four times as long for 1 % less.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packageFolder } from '../package.ts';

export interface ChartLibrary {
  readonly version: string;
  /** The bundle: gzip, then base64. */
  readonly packed: string;
}

const deflate = promisify(gzip);
let library: Promise<ChartLibrary> | undefined;

/** Where the build leaves the packed library. */
export const packedLibraryFile: string = join(packageFolder, 'dist', 'chart-library.json');

/** The packed chart library; the same promise for every report of this process. */
export function chartLibrary(): Promise<ChartLibrary> {
  library ??= load();
  return library;
}

async function load(): Promise<ChartLibrary> {
  if (!existsSync(packedLibraryFile)) return packLibrary();
  const kept = JSON.parse(await readFile(packedLibraryFile, 'utf8')) as ChartLibrary;
  return kept.version === (await installedVersion()) ? kept : packLibrary();
}

async function installedVersion(): Promise<string> {
  const about = await readFile(require.resolve('plotly.js-dist/package.json'), 'utf8');
  return (JSON.parse(about) as { version: string }).version;
}

const require = createRequire(import.meta.url);

/** Packs the installed library. */
export async function packLibrary(): Promise<ChartLibrary> {
  const [version, code] = await Promise.all([
    installedVersion(),
    readFile(require.resolve('plotly.js-dist')),
  ]);
  return { version, packed: await pack(code) };
}

/** Bytes or text as gzip in base64, the form in which the page's script unpacks them. */
export async function pack(content: Buffer | string): Promise<string> {
  return (await deflate(content, { level: 6 })).toString('base64');
}
