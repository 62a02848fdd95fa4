/** A run again: the same seed gives the same run, so that what was not kept of it can be had. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { Study } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { asTimeline, readTimeline, type Timeline, timelineFile } from '../timelines.ts';

/** The experiment of a results folder and one of its points. Throws `InputError` where it has no such run. */
export async function runOf(study: Study, folder: string, point: number, replication: number) {
  const { readManifest } = await import('../../sim/experiment/manifest.ts');
  const { experiment } = await readManifest(study, folder);
  const chosen = experiment.points[point];
  if (chosen !== undefined && replication < experiment.replications) return { experiment, chosen };
  throw new InputError({
    where: chosen === undefined ? `--point ${point}` : `--replication ${replication}`,
    found: `${experiment.points.length} points of ${experiment.replications} replications are there`,
    would: `give at most --point ${experiment.points.length - 1} --replication ${experiment.replications - 1}`,
  });
}

/** The timeline of a point: that of its folder or, where none was kept, the run's again. Throws `InputError`. */
export async function timelineOfPoint(study: Study, folder: string, point: number): Promise<Timeline> {
  if (existsSync(timelineFile(folder, point))) return readTimeline(folder, point);
  const { experiment, chosen } = await runOf(study, folder, point, 0);
  return timelineAgain(study, chosen.scenario, experiment.seed, 0, folder);
}

/** The timeline of one run, made by doing it again. Throws `InputError` where its kind has none. */
export async function timelineAgain(
  study: Study,
  scenario: Plain,
  seed: number,
  replication: number,
  folder: string,
): Promise<Timeline> {
  const scratch = mkdtempSync(join(tmpdir(), 'nowsim-again-'));
  const timeline = join(scratch, 'timeline.json');
  try {
    await study.run(scenario, seed, replication, { timeline });
    if (existsSync(timeline)) return asTimeline(JSON.parse(readFileSync(timeline, 'utf8')) as Value, folder);
    throw new InputError({
      where: folder,
      found: 'its runs have no jobs on nodes',
      would: 'give a results folder of jobs on nodes, such as that of headline',
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
