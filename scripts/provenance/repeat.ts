/** A run again: the same seed gives the same run, so that what was not kept of it can be had. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { Study } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { asTimeline, type Timeline } from '../timelines.ts';

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
