/** Digests of input files, so that a result names exactly what it was made from. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openFault, plainChunks } from './text.ts';

/**
 * SHA-256 of a file as it lies on disk, hexadecimal; of a folder: over the names and digests of its files in name
 * order, hidden ones left out. Throws `InputError` where it cannot be read.
 */
export async function traceDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (!name.startsWith('.')) hash.update(`${name}\n${await traceDigest(join(path, name))}\n`);
      }
    } else {
      for (const chunk of plainChunks(path, true)) hash.update(chunk);
    }
  } catch (error) {
    throw openFault(path, error);
  }
  return hash.digest('hex');
}
