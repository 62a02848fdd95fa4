/** Files that are there whole or not at all. */
import { copyFileSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';

/** Writes a whole file or nothing: under another name first. */
export function writeWhole(path: string, text: string | Uint8Array): void {
  const aside = `${path}.tmp`;
  writeFileSync(aside, text);
  renameSync(aside, path);
}

/** Moves a file, also to another file system; what stands at `to` is replaced whole. */
export function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const aside = `${to}.tmp`;
    copyFileSync(from, aside);
    renameSync(aside, to);
    rmSync(from);
  }
}

/** What stands at a path; undefined where there is nothing, also below a file. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
