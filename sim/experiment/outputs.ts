/** Files of single runs brought together: one jobs file with a column `run`, other files one a run. */
import { createReadStream, createWriteStream, renameSync } from 'node:fs';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { moveFile } from './files.ts';

/** `schedule.swf` of run 3 -> `schedule.3.swf`. */
export function numbered(name: string, run: number): string {
  const extension = extname(name);
  return `${name.slice(0, name.length - extension.length)}.${run}${extension}`;
}

/**
 * Joins the runs' jobs files: the header once, then the rows of run 0, 1, ... Every part was written as a run of its
 * own (`run` is its first column, and 0); here that column becomes the index of the run's row in rows.jsonl.
 */
export async function moveJobs(parts: readonly string[], to: string): Promise<void> {
  if (parts.length === 1) {
    moveFile(parts[0]!, to);
    return;
  }
  const aside = `${to}.tmp`;
  await pipeline(joined(parts), createWriteStream(aside));
  renameSync(aside, to);
}

async function* joined(parts: readonly string[]): AsyncGenerator<string> {
  for (const [run, part] of parts.entries()) {
    let rest = '';
    let header = true;
    for await (const chunk of createReadStream(part, 'utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      let text = '';
      for (const line of lines) {
        if (header) {
          header = false;
          if (run === 0) text += `${line}\n`;
        } else text += `${run}${line.slice(line.indexOf(','))}\n`;
      }
      yield text;
    }
  }
}
