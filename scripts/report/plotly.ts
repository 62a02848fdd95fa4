/**
 * The chart library as text that a page can carry: plotly.js-dist, gzip, base64. The page unpacks it with the
 * browser's own DecompressionStream, so that a report is one file of about 2.6 MB rather than 10 MB.
 *
 * Level 6 packs the bundle in about 0.2 s; level 9 takes four times as long for 1 % less. That is short enough
 * to do without a cache on disk, and so without a folder that must be writable. One process packs once.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface ChartLibrary {
  readonly version: string;
  /** The bundle: gzip, then base64. */
  readonly packed: string;
}

const deflate = promisify(gzip);
let library: Promise<ChartLibrary> | undefined;

/** The packed chart library; the same promise for every report of this process. */
export function chartLibrary(): Promise<ChartLibrary> {
  library ??= load();
  return library;
}

async function load(): Promise<ChartLibrary> {
  const require = createRequire(import.meta.url);
  const [about, code] = await Promise.all([
    readFile(require.resolve('plotly.js-dist/package.json'), 'utf8'),
    readFile(require.resolve('plotly.js-dist')),
  ]);
  const { version } = JSON.parse(about) as { version: string };
  return { version, packed: await pack(code) };
}

/** Bytes or text as gzip in base64, the form in which the page's script unpacks them. */
export async function pack(content: Buffer | string): Promise<string> {
  return (await deflate(content, { level: 6 })).toString('base64');
}
