/** Runs experiments in this process for tests: the same path as `nowsim run`, without a results folder. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { study } from '../../scripts/study.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { type ExperimentResult, type RunOptions, runExperiment } from '../../sim/experiment/runner.ts';

/** A ready experiment's file by name. */
export const ready = (name: string): string =>
  new URL(`../../scripts/experiments/${name}.yaml`, import.meta.url).pathname;

/** Run a file, or an experiment given as plain data. */
export function run(
  source: string | Plain,
  set: readonly string[] = [],
  options: Partial<RunOptions> = {},
): Promise<ExperimentResult> {
  return runExperiment(study, source, { out: null, workers: 1, set, ...options });
}

/** The mean of a measure at a point. Throws where it was not reported. */
export function mean(result: ExperimentResult, measure: string, point = 0): number {
  const found = result.summary.points[point]?.measures[measure];
  if (found === undefined) throw new Error(`${measure} was not reported at point ${point}`);
  return found.mean;
}

/** The rows of a CSV file that a run wrote, as maps of texts. */
export async function rowsOf(
  source: string | Plain,
  set: readonly string[],
  kind: 'jobsOut' | 'eventsOut' = 'jobsOut',
): Promise<Record<string, string>[]> {
  return inFolder(async (folder) => {
    const file = join(folder, 'out.csv');
    await run(source, set, { [kind]: file });
    return parse(readFileSync(file, 'utf8'), { columns: true }) as Record<string, string>[];
  });
}

/** Work in a folder that is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-test-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
