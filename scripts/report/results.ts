/**
 * Reads a results folder for the report: manifest.json, summary.json, rows.jsonl (what was counted, addresses,
 * digests, single values within a budget), and timelines/point-<k>.json. Nothing outside the folder is read and
 * nothing can start a run.
 *
 * What the report can do without is optional: rows.jsonl and timelines may be absent, unknown keys are passed
 * over. What it cannot do without (manifest and summary) is an `InputError` that says what to run.
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isMap, type Plain, type Value } from '../../sim/experiment/fields.ts';
import { digestOfPoint, type Row } from '../../sim/experiment/rows.ts';
import { InputError } from '../../sim/problem.ts';
import { asTimeline, type Timeline } from '../timelines.ts';

/** Single values of runs that a page carries, all measures and points together (about 0.6 MB packed). */
export const SINGLE_BUDGET = 100_000;

/** Mean over replications with its 95 % interval; the three numbers of the interval are null where there is none. */
export interface Estimate {
  readonly mean: number;
  /** Half of the interval's length. */
  readonly ci95: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly unit: string;
}
/** Mean of the differences, replication by replication, point minus its baseline. */
export interface Difference {
  readonly difference: number;
  readonly ci95: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly unit: string;
  /** Chance of such a difference if there were none, adjusted for all differences of the measure (Holm). */
  readonly p_holm: number | null;
}
export interface Point {
  readonly params: Plain;
  readonly measures: Readonly<Record<string, Estimate>>;
}
export interface Pair {
  readonly params: Plain;
  /** Parameters of the point that this one is compared with. */
  readonly against: Plain;
  readonly measures: Readonly<Record<string, Difference>>;
}
export interface Summary {
  readonly experiment: string;
  readonly question: string;
  readonly digest: string;
  /** Of what kind the 95 % intervals are: student, bootstrap, batch-means. */
  readonly interval: string;
  readonly baseline: Plain;
  readonly points: readonly Point[];
  readonly paired: readonly Pair[];
  /** What a reader of the numbers must know. */
  readonly notes: readonly string[];
}
/** What rows.jsonl holds of one point. */
export interface Runs {
  /** What was counted (submitted, finished ...), summed over the point's runs. */
  readonly counts: Readonly<Record<string, number>>;
  /** Address of the first replication's run. */
  readonly cell: string;
  /** What a run of this point alone comes to. */
  readonly digest: string;
  /** First and last line of the point in the file, from 1. */
  readonly lines: readonly [number, number];
  /** By name: the value of each replication, in order; null where a run has none. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}
export interface Results {
  readonly dir: string;
  readonly manifest: Plain;
  readonly summary: Summary;
  /** By point; undefined where its rows are missing or stand in no order. Empty without rows.jsonl. */
  readonly runs: readonly (Runs | undefined)[];
  /** Measures whose single values were kept: all, those asked for, or none, as many as the budget allows. */
  readonly single: readonly string[];
  /** By point; undefined where the folder has none. */
  readonly timelines: readonly (Timeline | undefined)[];
}

/** Reads the folder `dir`. Throws `InputError` where it holds no finished results. */
export async function readResults(dir: string): Promise<Results> {
  const about = await stat(dir).catch(() => undefined);
  if (about === undefined || !about.isDirectory()) {
    throw new InputError({
      where: dir,
      found: about === undefined ? 'no such folder' : 'this is a file, not a results folder',
      would: 'give the folder that `nowsim run` wrote, for example results/runs/headline',
    });
  }
  const manifest = await readPlain(join(dir, 'manifest.json'), 'run the experiment first');
  const summary = asSummary(
    await readPlain(
      join(dir, 'summary.json'),
      'the run was not finished; run it again, it goes on where it stopped',
    ),
    join(dir, 'summary.json'),
  );
  const single = singleMeasures(manifest, summary);
  const [runs, timelines] = await Promise.all([
    readRuns(join(dir, 'rows.jsonl'), summary.points.length, single),
    readTimelines(join(dir, 'timelines'), summary.points.length),
  ]);
  return { dir, manifest, summary, runs, single, timelines };
}

/** Measures that the experiment asks for and some point has, in its order. */
export function askedMeasures(manifest: Plain, summary: Summary): string[] {
  const { experiment } = manifest;
  const list = isMap(experiment) && Array.isArray(experiment['measures']) ? experiment['measures'] : [];
  const has = (name: string): boolean => summary.points.some((point) => point.measures[name] !== undefined);
  return list.filter((name): name is string => typeof name === 'string' && has(name));
}

function singleMeasures(manifest: Plain, summary: Summary): readonly string[] {
  const all = [...new Set(summary.points.flatMap((point) => Object.keys(point.measures)))];
  const runs = summary.points.reduce((sum, { measures }) => {
    return sum + Math.max(0, ...Object.values(measures).map(({ n }) => n));
  }, 0);
  const fits = (names: readonly string[]): boolean => names.length * runs <= SINGLE_BUDGET;
  return [all, askedMeasures(manifest, summary)].find(fits) ?? [];
}

async function readPlain(path: string, would: string): Promise<Plain> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new InputError({ where: path, found: 'the file is not there or cannot be read', would });
  }
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch (error) {
    throw new InputError({ where: path, found: `not JSON (${(error as Error).message})`, would });
  }
  if (!isMap(value)) throw new InputError({ where: path, found: 'not a JSON object', would });
  return value;
}

function asSummary(value: Plain, where: string): Summary {
  const points = value['points'];
  if (!Array.isArray(points) || points.length === 0) {
    throw new InputError({ where, found: 'no points', would: 'run the experiment again' });
  }
  const whole = (points as readonly Value[]).every(
    (p) => isMap(p) && isMap(p['params']) && isMap(p['measures']),
  );
  if (!whole)
    throw new InputError({
      where,
      found: 'a point without params or measures',
      would: 'run the experiment again',
    });
  const paired = value['paired'];
  return {
    experiment: String(value['experiment'] ?? ''),
    question: String(value['question'] ?? ''),
    digest: String(value['digest'] ?? ''),
    interval: String(value['interval'] ?? 'student'),
    baseline: isMap(value['baseline']) ? value['baseline'] : {},
    points: withEnds(points as unknown as readonly Point[], 'mean'),
    paired: Array.isArray(paired) ? withEnds(paired as unknown as readonly Pair[], 'difference') : [],
    notes: Array.isArray(value['notes']) ? (value['notes'] as readonly Value[]).map(String) : [],
  };
}

/** Points or pairs whose intervals have both ends: older summaries give half their length alone. */
function withEnds<T extends Point | Pair>(entries: readonly T[], middle: 'mean' | 'difference'): T[] {
  return entries.map((entry) => ({
    ...entry,
    measures: Object.fromEntries(
      Object.entries(entry.measures).map(([name, e]) => {
        const { ci95 } = e;
        const at = (e as unknown as Readonly<Record<string, number>>)[middle]!;
        return [
          name,
          {
            ...e,
            low: e.low ?? (ci95 === null ? null : at - ci95),
            high: e.high ?? (ci95 === null ? null : at + ci95),
          },
        ];
      }),
    ),
  }));
}

/**
 * What stands in rows.jsonl of each point. The file of a finished run is in order of point and replication; a line
 * that is damaged is passed over, and a point whose lines are not together is left out.
 */
async function readRuns(
  path: string,
  points: number,
  single: readonly string[],
): Promise<(Runs | undefined)[]> {
  if ((await stat(path).catch(() => undefined)) === undefined) return [];
  const runs: (Runs | undefined)[] = Array.from({ length: points }, () => undefined);
  const torn = new Set<number>();
  let rows: Row[] = [];
  let line = 0;
  const close = (): void => {
    const [first] = rows;
    if (first === undefined) return;
    if (runs[first.point] !== undefined) torn.add(first.point);
    runs[first.point] = runsOf(rows, [line - rows.length + 1, line], single);
    rows = [];
  };
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const row = rowOf(text, points);
    if (row === undefined || row.point !== rows[0]?.point) close();
    line++;
    if (row !== undefined) rows.push(row);
  }
  close();
  for (const point of torn) runs[point] = undefined;
  return runs;
}

/** A line as a row of one of the points; undefined where it is none. */
function rowOf(text: string, points: number): Row | undefined {
  try {
    const row = JSON.parse(text) as Value;
    const whole =
      isMap(row) && isMap(row['measures']) && isMap(row['counts']) && Number.isInteger(row['point']);
    return whole && Number(row['point']) >= 0 && Number(row['point']) < points
      ? (row as unknown as Row)
      : undefined;
  } catch {
    return undefined;
  }
}

function runsOf(rows: readonly Row[], lines: readonly [number, number], single: readonly string[]): Runs {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.counts)) {
      if (typeof value === 'number') counts[name] = (counts[name] ?? 0) + value;
    }
  }
  return {
    counts,
    cell: rows[0]!.cell,
    digest: digestOfPoint(rows),
    lines,
    values: Object.fromEntries(single.map((name) => [name, rows.map((row) => row.measures[name] ?? null)])),
  };
}

async function readTimelines(dir: string, points: number): Promise<(Timeline | undefined)[]> {
  const present = new Set(await readdir(dir).catch(() => [] as string[]));
  const timelines: (Timeline | undefined)[] = [];
  for (let k = 0; k < points; k++) {
    const name = `point-${k}.json`;
    if (!present.has(name)) {
      timelines.push(undefined);
      continue;
    }
    const path = join(dir, name);
    timelines.push(asTimeline(await readPlain(path, 'run the experiment again'), path));
  }
  return timelines;
}
