/**
 * Reads a results folder for the report: manifest.json, summary.json, rows.jsonl (only its counts), and
 * timelines/point-<k>.json. Nothing outside the folder is read and nothing can start a run.
 *
 * What the report can do without is optional: rows.jsonl and timelines may be absent, unknown keys are passed
 * over. What it cannot do without (manifest and summary) is an `InputError` that says what to run.
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isMap, type Plain, type Value } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';

/** Mean over replications with the half width of its 95 % interval (null where n < 2). */
export interface Estimate {
  readonly mean: number;
  readonly ci95: number | null;
  readonly n: number;
  readonly unit: string;
}
/** Mean of the differences, replication by replication, point minus its baseline. */
export interface Difference {
  readonly difference: number;
  readonly ci95: number | null;
  readonly n: number;
  readonly unit: string;
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
  readonly baseline: Plain;
  readonly points: readonly Point[];
  readonly paired: readonly Pair[];
  /** What a reader of the numbers must know. */
  readonly notes: readonly string[];
}
/** One run of one point over time; the format is the timeline file's. */
export interface Timeline {
  readonly horizon_s: number;
  readonly bins: number;
  readonly bin_s: number;
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly nodes: number;
  readonly gantt: {
    readonly from_s: number;
    readonly to_s: number;
    /** node, start (s), end (s), kind, job. */
    readonly rows: readonly (readonly [number, number, number, number, number])[];
  };
  readonly accounts_s: Readonly<Record<string, number>>;
  readonly jobs: number;
}
export interface Results {
  readonly dir: string;
  readonly manifest: Plain;
  readonly summary: Summary;
  /** By point: what was counted (submitted, finished ...), summed over its runs. Empty without rows.jsonl. */
  readonly counts: readonly Readonly<Record<string, number>>[];
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
  const [counts, timelines] = await Promise.all([
    readCounts(join(dir, 'rows.jsonl'), summary.points.length),
    readTimelines(join(dir, 'timelines'), summary.points.length),
  ]);
  return { dir, manifest, summary, counts, timelines };
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
    baseline: isMap(value['baseline']) ? value['baseline'] : {},
    points: points as unknown as readonly Point[],
    paired: Array.isArray(paired) ? (paired as unknown as readonly Pair[]) : [],
    notes: Array.isArray(value['notes']) ? (value['notes'] as readonly Value[]).map(String) : [],
  };
}

/** Sums the counts of each point's rows; a damaged last line (an interrupted run) is passed over. */
async function readCounts(path: string, points: number): Promise<Record<string, number>[]> {
  if ((await stat(path).catch(() => undefined)) === undefined) return [];
  const sums: Record<string, number>[] = Array.from({ length: points }, () => ({}));
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    let row: Value;
    try {
      row = JSON.parse(line) as Value;
    } catch {
      continue;
    }
    if (!isMap(row) || !isMap(row['counts'])) continue;
    const sum = sums[Number(row['point'])];
    if (sum === undefined) continue;
    for (const [name, value] of Object.entries(row['counts'])) {
      if (typeof value === 'number') sum[name] = (sum[name] ?? 0) + value;
    }
  }
  return sums;
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
    const value = await readPlain(path, 'run the experiment again');
    const gantt = value['gantt'];
    if (
      !isMap(value['series']) ||
      !isMap(value['accounts_s']) ||
      !isMap(gantt) ||
      !Array.isArray(gantt['rows'])
    ) {
      throw new InputError({
        where: path,
        found: 'series, accounts_s or gantt is missing',
        would: 'run the experiment again',
      });
    }
    timelines.push(value as unknown as Timeline);
  }
  return timelines;
}
