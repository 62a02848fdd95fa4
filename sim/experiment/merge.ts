/**
 * Shards to one results folder: the rows and timelines of all of them, then what the runner writes at the end of
 * an experiment whose runs are all known. The files are those of a single run, byte for byte (the manifest's
 * machine and time apart).
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../problem.ts';
import { canonicalJson } from './cells.ts';
import { checkSameExperiment, Earlier } from './earlier.ts';
import type { Plain } from './fields.ts';
import { writeWhole } from './files.ts';
import { readManifest } from './manifest.ts';
import { type Row, readRows, rowsText } from './rows.ts';
import { type ExperimentResult, type RunOptions, runExperiment } from './runner.ts';
import { computedPart, sessionsIn } from './sessions.ts';
import type { Study } from './study.ts';

const SHARD = /^shard-(\d+)-of-(\d+)$/;

/** The folder of a shard below the experiment's own. */
export function shardFolder(out: string, index: number, of: number): string {
  return join(out, `shard-${index}-of-${of}`);
}

/** Whether a folder has a shard's name. */
export function isShard(folder: string): boolean {
  return SHARD.test(basename(folder));
}

/** The shards that lie in a results folder; the folder itself where it is one. */
export function shardsIn(folder: string): string[] {
  if (isShard(folder) || !existsSync(folder)) return [folder];
  const found = readdirSync(folder)
    .filter((name) => SHARD.test(name))
    .map((name) => join(folder, name));
  return found.length === 0 ? [folder] : found;
}

/** Shards that the names of the others say there should be: `shard 2 of 3`. */
function absentShards(folders: readonly string[]): string[] {
  const names = folders.map((folder) => SHARD.exec(basename(folder)));
  const [of] = new Set(names.map((name) => name?.[2]));
  if (of === undefined || names.some((name) => name?.[2] !== of)) return [];
  const there = new Set(names.map((name) => Number(name![1])));
  return Array.from({ length: Number(of) }, (_, i) => i + 1)
    .filter((index) => !there.has(index))
    .map((index) => `shard ${index} of ${of}`);
}

/** What the manifest of a folder says was asked: name, experiment, points. Throws `InputError`. */
function askedIn(folder: string): string {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) {
    throw new InputError({
      where: folder,
      found: 'holds no manifest.json',
      would: 'give the results folder of a shard',
    });
  }
  const { name, experiment, points } = JSON.parse(readFileSync(path, 'utf8')) as Plain;
  return canonicalJson([name ?? null, experiment ?? null, points ?? null]);
}

/**
 * Brings shards together in `options.out`. Throws `InputError` where a folder is no shard, shards belong to
 * different experiments, or runs are missing; then nothing is left behind.
 */
export async function mergeShards(
  study: Study,
  folders: readonly string[],
  options: Pick<RunOptions, 'about' | 'progress' | 'session'> & { readonly out: string },
): Promise<ExperimentResult> {
  const { out } = options;
  const rows = new Map<string, Row>();
  const timelines = new Map<number, string>();
  const [first] = folders;
  if (first === undefined) {
    throw new InputError({
      where: 'merge',
      found: 'no folder is named',
      would: 'give the folders of the shards',
    });
  }
  const { experiment } = await readManifest(study, first, true);
  checkSameExperiment(out, experiment.name);
  const asked = askedIn(first);
  for (const folder of folders) {
    if (!existsSync(join(folder, 'rows.jsonl'))) {
      throw new InputError({
        where: folder,
        found: 'holds no rows.jsonl',
        would: 'give the results folder of a shard (nowsim run FILE --shard 1/4)',
      });
    }
    if (askedIn(folder) !== asked) {
      throw new InputError({
        where: folder,
        found: `belongs to another experiment than ${first}, or to the same one with other settings`,
        would: 'give shards of one experiment',
      });
    }
    for (const row of readRows(join(folder, 'rows.jsonl')).values()) {
      rows.set(row.cell, row);
      const timeline = join(folder, 'timelines', `point-${row.point}.json`);
      if (existsSync(timeline)) timelines.set(row.point, timeline);
    }
  }
  const made = ['rows.jsonl', 'manifest.json', 'timelines', 'parts'].filter(
    (name) => !existsSync(join(out, name)),
  );
  // earlier/ may come to hold what the folder had of its own: then it stays, whatever comes
  if (made.includes('rows.jsonl') && !existsSync(join(out, 'earlier'))) made.push('earlier');
  // What the folder holds of its own is not lost: those of its runs that no shard has are taken from there, too.
  new Earlier(out).setAside(new Set(rows.keys()), join(out, 'parts'));
  mkdirSync(join(out, 'timelines'), { recursive: true });
  for (const [point, path] of timelines) copyFileSync(path, join(out, 'timelines', `point-${point}.json`));
  writeWhole(join(out, 'rows.jsonl'), rowsText(rows.values()));
  const computed = computedPart([...folders, out].flatMap(sessionsIn), rows.keys(), new Earlier(out).cells());
  const manifest = JSON.parse(readFileSync(join(first, 'manifest.json'), 'utf8')) as Plain;
  writeWhole(join(out, 'manifest.json'), JSON.stringify({ ...manifest, computed }));
  try {
    return await runExperiment(study, experiment, { ...options, keptOnly: true });
  } catch (error) {
    for (const name of made) rmSync(join(out, name), { recursive: true, force: true });
    if (readdirSync(out).length === 0) rmdirSync(out);
    const absent = absentShards(folders);
    if (!(error instanceof InputError) || absent.length === 0) throw error;
    throw new InputError(
      error.problems.map((problem) => ({
        ...problem,
        found: `${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not there: ${problem.found}`,
      })),
    );
  }
}
