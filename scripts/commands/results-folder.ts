/** What commands that read the rows of a results folder share: whether they are all there, and measures by name. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plain } from '../../sim/experiment/fields.ts';
import { INTERRUPTED } from '../../sim/experiment/manifest.ts';
import { type Row, readRows } from '../../sim/experiment/rows.ts';
import { InputError, nearest } from '../../sim/problem.ts';

export interface ResultsFolder {
  readonly rows: readonly Row[];
  /** What was asked, as the manifest has it. */
  readonly experiment: Plain;
  readonly notes: readonly string[];
  /** How much is there, where it is not all: `62 of 960 runs are there (all replications of 2 of 32 points)`. */
  readonly part: string | undefined;
}

/** Rows and manifest of a results folder. Throws `InputError` where it has none. */
export function resultsIn(folder: string): ResultsFolder {
  const [rowsFile, manifestFile] = [join(folder, 'rows.jsonl'), join(folder, 'manifest.json')];
  if (!existsSync(rowsFile) || !existsSync(manifestFile)) {
    throw new InputError({
      where: folder,
      found: 'holds no results (manifest.json and rows.jsonl)',
      would: 'give a folder that "nowsim run" wrote',
    });
  }
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Plain;
  const experiment = manifest['experiment'] as Plain;
  const rows = [...readRows(rowsFile).values()];
  const notes = (manifest['notes'] ?? []) as readonly string[];
  if (manifest['digest'] !== INTERRUPTED) return { rows, experiment, notes, part: undefined };
  const points = (manifest['points'] as readonly unknown[]).length;
  const replications = Number(experiment['replications'] ?? 1);
  const done = new Map<number, number>();
  for (const { point } of rows) done.set(point, (done.get(point) ?? 0) + 1);
  const whole = [...done.values()].filter((n) => n >= replications).length;
  const part = `${rows.length} of ${points * replications} runs are there (all replications of ${whole} of ${points} points)`;
  return { rows, experiment, notes, part };
}

/** The same, of a run that has ended: what is there of another may be a few points only. Throws `InputError`. */
export function finishedResults(folder: string): ResultsFolder {
  const results = resultsIn(folder);
  if (results.part === undefined) return results;
  throw new InputError({
    where: folder,
    found: `the run has not ended: ${results.part}`,
    would:
      'run the experiment again: it goes on where it stopped (shards: bring them together with "nowsim merge")',
  });
}

/** Refuses a measure that is not among those `known`, with the nearest one. Throws `InputError`. */
export function checkMeasure(measure: string, known: readonly string[], found = 'was not measured'): void {
  if (known.includes(measure)) return;
  const near = nearest(measure, known);
  throw new InputError({
    where: `--measure ${measure}`,
    found,
    would: near === undefined ? 'choose one of "nowsim list measures"' : `did you mean "${near}"?`,
  });
}
