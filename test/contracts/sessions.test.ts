/** How long the runs of a folder took, over all sessions that computed some: repeated, killed, other settings, merged. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentOf } from '../../sim/experiment/document.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { mergeShards, shardFolder, shardsIn } from '../../sim/experiment/merge.ts';
import { type RunOptions, runExperiment } from '../../sim/experiment/runner.ts';
import type { SessionClock } from '../../sim/experiment/sessions.ts';
import { toyStudy } from './toy-study.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nowsim-sessions-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LOADS: Plain = { replications: 2, vary: { 'customers.load': [0.5, 0.8] } };
/** A clock on which every run takes `step` seconds. */
function clock(hour: number, step: number): SessionClock {
  let seconds = 0;
  return {
    started: `2026-01-01T0${hour}:00:00.000Z`,
    elapsed: () => {
      seconds += step;
      return seconds;
    },
  };
}
const run = (out: string, content: Plain, options: Partial<RunOptions> = {}, study = toyStudy()) =>
  runExperiment(study, documentOf(content, 'toy', folder), { out, ...options });
const computedIn = (out: string) =>
  (JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as { computed: Plain }).computed;

it('a repeated command, whose runs are all there, keeps their time', async () => {
  const out = join(folder, 'repeated');
  await run(out, LOADS, { session: clock(1, 5) });
  await run(out, LOADS, { session: clock(2, 1) });
  expect(computedIn(out)).toMatchObject({ runs: 4, sessions: 1, wall_s: 20 });
});

it('a session that was killed counts with the runs that it ended', async () => {
  const out = join(folder, 'killed');
  let begun = 0;
  const dying = toyStudy('toy-1', () => {
    if (begun++ === 3) throw new Error('killed');
  });
  await expect(run(out, LOADS, { session: clock(1, 5) }, dying)).rejects.toThrow('killed');
  await run(out, LOADS, { session: clock(2, 1) });
  expect(computedIn(out)).toMatchObject({ runs: 4, sessions: 2, wall_s: 16 });
  expect(existsSync(join(out, '.session'))).toBe(false);
});

it('of a longer session the part counts whose runs are used, and the rest comes back with them', async () => {
  const out = join(folder, 'narrowed');
  await run(out, LOADS, { session: clock(1, 5) });
  await run(out, { ...LOADS, vary: { 'customers.load': [0.8, 0.9] } }, { session: clock(2, 1) });
  expect(computedIn(out)).toMatchObject({ runs: 4, sessions: 2, wall_s: 12 });
  await run(out, LOADS, { session: clock(3, 1) });
  expect(computedIn(out)).toMatchObject({ runs: 4, sessions: 1, wall_s: 20 });
});

it('rounds of replications are one session', async () => {
  const out = join(folder, 'rounds');
  const { experiment } = await run(
    out,
    { ...LOADS, precision: '20%', measures: ['wait_time_s'] },
    { session: clock(1, 1) },
  );
  const runs = 2 * experiment.replications;
  expect(runs).toBeGreaterThan(4);
  expect(computedIn(out)).toMatchObject({ runs, sessions: 1, wall_s: runs });
});

it('shards are sessions of the merged results', async () => {
  const parent = join(folder, 'shards');
  for (const index of [1, 2]) {
    const out = shardFolder(parent, index, 2);
    await run(out, LOADS, { shard: { index, of: 2 }, session: clock(index, 3) });
    expect(computedIn(out)).toMatchObject({ runs: 2, sessions: 1, wall_s: 6 });
  }
  for (const hour of [3, 4]) {
    await mergeShards(toyStudy(), shardsIn(parent), { out: parent, session: clock(hour, 1) });
    expect(computedIn(parent)).toMatchObject({ runs: 4, sessions: 2, wall_s: 12 });
  }
});
