/**
 * From rows to what is reported: means with 95 % intervals, paired differences against the baseline, the tidy table.
 * Reads rows only; can never start a run.
 */
import type { Params } from './axes.ts';
import { canonicalJson } from './cells.ts';
import type { Experiment, Point } from './experiment.ts';
import { isMap, type Value, valueText } from './fields.ts';
import { holm, pairedP } from './output-analysis.ts';
import type { Row } from './rows.ts';
import { type Estimate, estimate } from './statistics.ts';

export interface MeasureSummary extends Estimate {
  readonly unit: string;
}
export interface DifferenceSummary {
  /** Mean over replications of (this point - its baseline point), both with the same random numbers. */
  readonly difference: number;
  readonly ci95: number | null;
  readonly n: number;
  readonly unit: string;
  /** Chance of such a difference if there were none, by itself; null where n < 2. */
  readonly p: number | null;
  /** The same, when as many differences of this measure are looked at as there are points (Holm). */
  readonly p_holm: number | null;
}
export interface PointSummary {
  readonly params: Params;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
}
export interface PairedSummary {
  readonly params: Params;
  /** Parameters of the baseline point that this one is compared with. */
  readonly against: Params;
  readonly measures: Readonly<Record<string, DifferenceSummary>>;
}
/** What `--json` prints and summary.json holds. */
export interface Summary {
  readonly experiment: string;
  readonly question: string;
  readonly digest: string;
  readonly baseline: Params;
  readonly points: readonly PointSummary[];
  readonly paired: readonly PairedSummary[];
  /** What a reader of the numbers must know. */
  readonly notes: readonly string[];
}

type Measures = Readonly<Record<string, { readonly unit: string }>>;

/** Summary of rows sorted by (point, replication). */
export function summarise(
  experiment: Experiment,
  measures: Measures,
  rows: readonly Row[],
  digest: string,
): Summary {
  const byPoint: Row[][] = experiment.points.map(() => []);
  for (const row of rows) byPoint[row.point]!.push(row);
  const names = Object.keys(measures);
  const points = experiment.points.map((point, i): PointSummary => {
    const summaries: Record<string, MeasureSummary> = {};
    for (const name of names) {
      const values = byPoint[i]!.flatMap((row) => row.measures[name] ?? []);
      if (values.length > 0) summaries[name] = { ...estimate(values), unit: measures[name]!.unit };
    }
    return { params: point.params, measures: summaries };
  });
  const { partners, notes } = pair(experiment);
  const paired = partners.map(({ point, against }): PairedSummary => {
    const differences: Record<string, DifferenceSummary> = {};
    for (const name of names) {
      const values = byPoint[point]!.flatMap((row) => {
        const mine = row.measures[name];
        const other = byPoint[against]!.find((each) => each.replication === row.replication)?.measures[name];
        return mine === undefined || other === undefined ? [] : mine - other;
      });
      if (values.length === 0) continue;
      const { mean, ci95, n } = estimate(values);
      const p = n < 2 ? null : pairedP(values);
      differences[name] = { difference: mean, ci95, n, unit: measures[name]!.unit, p, p_holm: p };
    }
    return {
      params: experiment.points[point]!.params,
      against: experiment.points[against]!.params,
      measures: differences,
    };
  });
  adjust(paired);
  return {
    experiment: experiment.name,
    question: experiment.question,
    digest,
    baseline: experiment.baseline,
    points,
    paired,
    notes: [
      ...experiment.notes,
      ...notes,
      ...rowNotes(experiment, rows),
      ...missingNotes(experiment, points),
    ],
  };
}

/** Fills in Holm's adjusted chances, measure by measure over the points. */
function adjust(paired: PairedSummary[]): void {
  for (const name of new Set(paired.flatMap((each) => Object.keys(each.measures)))) {
    const known = paired.filter((each) => typeof each.measures[name]?.p === 'number');
    const adjusted = holm(known.map((each) => each.measures[name]!.p!));
    for (const [i, each] of known.entries()) {
      (each.measures as Record<string, DifferenceSummary>)[name] = {
        ...each.measures[name]!,
        p_holm: adjusted[i]!,
      };
    }
  }
}

/** Which point is compared with which: the baseline's settings on one side, all other parameters equal. */
function pair(experiment: Experiment): { partners: { point: number; against: number }[]; notes: string[] } {
  const paths = Object.keys(experiment.baseline);
  if (paths.length === 0 || experiment.points.length < 2) return { partners: [], notes: [] };
  const rest = (point: Point) =>
    canonicalJson(Object.fromEntries(Object.entries(point.params).filter(([path]) => !paths.includes(path))));
  const bases = new Map<string, number>();
  for (const [i, point] of experiment.points.entries()) {
    if (paths.every((path) => sameSetting(settingAt(point, path), experiment.baseline[path]!)))
      bases.set(rest(point), i);
  }
  const partners = experiment.points.flatMap((point, i) => {
    const against = bases.get(rest(point));
    return against === undefined || against === i ? [] : [{ point: i, against }];
  });
  const named = paths.map((path) => `${path}=${valueText(experiment.baseline[path])}`).join(', ');
  const notes = bases.size === 0 ? [`no point has the baseline's ${named}: nothing to compare with`] : [];
  return { partners, notes };
}

function settingAt(point: Point, path: string): Value | undefined {
  if (Object.hasOwn(point.params, path)) return point.params[path];
  let value: Value | undefined = point.scenario;
  for (const key of path.split('.'))
    value = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** A slot is settled as {name, ...}; a baseline may give the name alone. */
function sameSetting(setting: Value | undefined, wanted: Value): boolean {
  if (setting === undefined) return false;
  if (isMap(setting) && !isMap(wanted)) return Object.values(setting)[0] === wanted;
  return canonicalJson(setting) === canonicalJson(wanted);
}

/** Measures that were asked for and have no value at some point, or at any. */
function missingNotes(experiment: Experiment, points: readonly PointSummary[]): string[] {
  if (!experiment.asked) return [];
  return experiment.measures.flatMap((name) => {
    const at = new Set(points.flatMap((point, i) => (point.measures[name] === undefined ? [i] : [])));
    if (at.size === 0) return [];
    const why = 'nothing that it measures has happened, or runs of this kind do not have it';
    if (at.size === points.length) return `${name} has no value: ${why}`;
    return `${name} has no value: ${why} (${whereText(experiment, at)})`;
  });
}

/** Notes of runs, each once, with the points it concerns where it is not all of them. */
function rowNotes(experiment: Experiment, rows: readonly Row[]): string[] {
  const points = new Map<string, Set<number>>();
  for (const row of rows) {
    for (const note of row.notes) {
      const at = points.get(note) ?? new Set();
      points.set(note, at.add(row.point));
    }
  }
  return [...points].map(([note, at]) => {
    if (at.size === experiment.points.length) return note;
    return `${note} (${whereText(experiment, at)})`;
  });
}

/** What some points have in common where that tells them from the others; else how many they are. */
function whereText(experiment: Experiment, at: ReadonlySet<number>): string {
  const all = experiment.points;
  const [first] = at;
  const params = all[first!]!.params;
  const same = (i: number, path: string) =>
    canonicalJson(all[i]!.params[path]!) === canonicalJson(params[path]!);
  const common = Object.keys(params).filter((path) => [...at].every((i) => same(i, path)));
  const others = all.filter((_, i) => !at.has(i) && common.every((path) => same(i, path)));
  const named = paramsText(Object.fromEntries(common.map((path) => [path, params[path]!])));
  if (common.length > 0 && others.length === 0) return `where ${named}`;
  return `at ${at.size} of ${all.length} points, first ${paramsText(params)}`;
}

/** `cluster.os=in-kernel, glunix=on`. */
export function paramsText(params: Params): string {
  const text = Object.entries(params)
    .map(([path, value]) => `${path}=${valueText(value)}`)
    .join(', ');
  return text === '' ? 'the one point' : text;
}

/** One line per point and measure: parameters, measure, unit, mean, ci95, n. */
export function summaryCsv(summary: Summary, axes: readonly string[]): string {
  const lines = [[...axes, 'measure', 'unit', 'mean', 'ci95', 'n']];
  for (const point of summary.points) {
    const params = axes.map((path) => valueText(point.params[path]));
    for (const [name, { unit, mean, ci95, n }] of Object.entries(point.measures)) {
      lines.push([...params, name, unit, String(mean), ci95 === null ? '' : String(ci95), String(n)]);
    }
  }
  return `${lines.map((line) => line.map(csvCell).join(',')).join('\n')}\n`;
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
