/**
 * From rows to what is reported: means with the 95 % intervals that the experiment asks for (`intervals.ts`), paired differences against the baseline, the tidy table.
 * Reads rows only; can never start a run.
 */
import type { Params } from './axes.ts';
import { canonicalJson } from './cells.ts';
import type { Experiment, Point } from './experiment.ts';
import { isMap, type Value, valueText } from './fields.ts';
import {
  BATCHES,
  batchDifferences,
  batchesOf,
  type IntervalEstimate,
  type IntervalKind,
  Intervals,
  LEAST_BOOTSTRAP,
} from './intervals.ts';
import { holm, neighbourCorrelation, pairedP } from './output-analysis.ts';
import { whereText } from './points.ts';
import type { Row } from './rows.ts';
import type { Study } from './study.ts';

export interface MeasureSummary extends IntervalEstimate {
  readonly unit: string;
}
export interface DifferenceSummary extends Omit<IntervalEstimate, 'mean'> {
  /** Mean over replications of (this point - its baseline point), both with the same random numbers. */
  readonly difference: number;
  readonly unit: string;
  /**
   * Chance of such a difference if there were none, by itself (paired t, under every kind of interval: resamples cannot
   * tell chances as small as many comparisons ask for); null where there is no interval.
   */
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
  /** Of what kind `ci95`, `low` and `high` are. */
  readonly interval: IntervalKind;
  readonly baseline: Params;
  readonly points: readonly PointSummary[];
  readonly paired: readonly PairedSummary[];
  /** What a reader of the numbers must know. */
  readonly notes: readonly string[];
}

/** Summary of rows sorted by (point, replication). */
export function summarise(
  experiment: Experiment,
  study: Pick<Study, 'measures' | 'chance'>,
  rows: readonly Row[],
  digest: string,
): Summary {
  const byPoint: Row[][] = experiment.points.map(() => []);
  for (const row of rows) byPoint[row.point]!.push(row);
  const { measures } = study;
  const names = Object.keys(measures);
  const intervals = new Intervals(experiment.interval, experiment.seed);
  const points = experiment.points.map((point, i): PointSummary => {
    const summaries: Record<string, MeasureSummary> = {};
    for (const name of names) {
      const values = byPoint[i]!.flatMap((row) => row.measures[name] ?? []);
      if (values.length === 0) continue;
      const batches = batchesOf(byPoint[i]!, name);
      summaries[name] = { ...intervals.of(values, batches), unit: measures[name]!.unit };
    }
    return { params: point.params, measures: summaries };
  });
  const { partners, notes } = pair(experiment);
  const paired = partners.map(({ point, against }): PairedSummary => {
    const differences: Record<string, DifferenceSummary> = {};
    const pairs = byPoint[point]!.flatMap((row): [Row, Row][] => {
      const other = byPoint[against]!.find((each) => each.replication === row.replication);
      return other === undefined ? [] : [[row, other]];
    });
    for (const name of names) {
      const values = pairs.flatMap(([{ measures: mine }, { measures: other }]) =>
        mine[name] === undefined || other[name] === undefined ? [] : mine[name] - other[name],
      );
      if (values.length === 0) continue;
      const batches = batchDifferences(pairs, name);
      const { mean, ...interval } = intervals.of(values, batches);
      const p =
        interval.ci95 === null ? null : pairedP(experiment.interval === 'batch-means' ? batches! : values);
      differences[name] = { difference: mean, ...interval, unit: measures[name]!.unit, p, p_holm: p };
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
    interval: experiment.interval,
    baseline: experiment.baseline,
    points,
    paired,
    notes: [
      ...experiment.notes,
      ...notes,
      ...rowNotes(experiment, rows),
      ...equalNotes(experiment, study, byPoint),
      ...missingNotes(experiment, points),
      ...intervalNotes(experiment, byPoint, points, paired),
      ...precisionNotes(experiment, points),
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

/** Points whose replications all came to the same: their intervals of no width say nothing of chance. */
function equalNotes(
  experiment: Experiment,
  study: Pick<Study, 'chance'>,
  byPoint: readonly (readonly Row[])[],
): string[] {
  const told = (row: Row) => canonicalJson([row.digest, row.measures]);
  const at = new Set(
    byPoint.flatMap((rows, i) => (rows.length > 1 && new Set(rows.map(told)).size === 1 ? [i] : [])),
  );
  if (at.size === 0) return [];
  const hints = new Set([...at].flatMap((i) => study.chance?.(experiment.points[i]!.scenario) ?? []));
  const hint = hints.size === 0 ? '' : ` (${[...hints].join('; ')})`;
  const where = at.size === experiment.points.length ? '' : ` (${whereText(experiment.points, at)})`;
  return [
    `all runs of a point are equal: nothing in them is random, so replications and intervals say nothing${hint}${where}`,
  ];
}

/** Measures that were asked for and have no value at some point, or at any. */
function missingNotes(experiment: Experiment, points: readonly PointSummary[]): string[] {
  if (!experiment.asked) return [];
  return experiment.measures.flatMap((name) => {
    const at = new Set(points.flatMap((point, i) => (point.measures[name] === undefined ? [i] : [])));
    if (at.size === 0) return [];
    const why = 'nothing that it measures has happened, or runs of this kind do not have it';
    if (at.size === points.length) return `${name} has no value: ${why}`;
    return `${name} has no value: ${why} (${whereText(experiment.points, at)})`;
  });
}

/** Standard errors by which neighbouring batches must be correlated to be told of: by chance 1 % of points are. */
const CORRELATED = 2.326;

/** What a reader must know of the intervals: where there is none, and where they promise too much. */
function intervalNotes(
  experiment: Experiment,
  runs: readonly (readonly Row[])[],
  points: readonly PointSummary[],
  paired: readonly PairedSummary[],
): string[] {
  const { interval, replications, measures } = experiment;
  if (interval === 'bootstrap' && replications > 1 && replications < LEAST_BOOTSTRAP) {
    return [
      `bootstrap intervals of ${replications} replications cover less than 95 %: give ${LEAST_BOOTSTRAP} or more`,
    ];
  }
  if (interval !== 'batch-means') return [];
  const notes: string[] = [];
  const without = measures.filter((name) => points.some((point) => point.measures[name]?.ci95 === null));
  if (without.length > 0) {
    notes.push(
      `no interval by batch means of ${experiment.asked ? without.join(', ') : count(without.length, 'measure')}: not a mean over jobs, or too few jobs for ${BATCHES} batches`,
    );
  }
  const shown = (name: string) => points.some((point) => typeof point.measures[name]?.ci95 === 'number');
  const unpaired = measures.filter(
    (name) => shown(name) && paired.some((pair) => pair.measures[name]?.ci95 === null),
  );
  if (unpaired.length > 0)
    notes.push('differences without an interval: the batches compared are not of the same jobs');
  for (const name of measures) {
    const at = new Set<number>();
    let largest = 0;
    for (const [point, rows] of runs.entries()) {
      const found = rows.map(({ batches }) => neighbourCorrelation(batches?.means[name] ?? []));
      const errors = found.reduce((sum, each) => sum + each.errors, 0) / Math.sqrt(found.length);
      if (errors < CORRELATED) continue;
      at.add(point);
      largest = Math.max(largest, ...found.map(({ r }) => r));
    }
    if (at.size === 0) continue;
    notes.push(
      `batch means of ${name} that follow each other are correlated (up to ${largest.toFixed(2)}), so its intervals are too narrow: a longer run is needed${at.size === points.length ? '' : ` (${whereText(experiment.points, at)})`}`,
    );
  }
  return notes;
}

/** Where replications ended before intervals were as narrow as was asked. */
function precisionNotes(experiment: Experiment, points: readonly PointSummary[]): string[] {
  const { precision, replications } = experiment;
  if (precision === null) return [];
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  return experiment.measures.flatMap((name) => {
    const at = new Set<number>();
    let widest = 0;
    for (const [i, { measures }] of points.entries()) {
      const { mean, ci95 } = measures[name] ?? { mean: 0, ci95: null };
      if (ci95 === null || ci95 <= precision.share * Math.abs(mean)) continue;
      at.add(i);
      widest = Math.max(widest, ci95 / Math.abs(mean));
    }
    if (at.size === 0) return [];
    const wide = Number.isFinite(widest) ? percent(widest) : 'more than its mean';
    return `${name} is not as narrow as ${percent(precision.share)} after ${count(replications, 'replication')}, the most allowed: up to ${wide}${at.size === points.length ? '' : ` (${whereText(experiment.points, at)})`}`;
  });
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** Notes of runs, each once, with the points it concerns where it is not all of them; those that tell a number begin with it. */
function rowNotes(experiment: Experiment, rows: readonly Row[]): string[] {
  const told = new Map<string, { at: Set<number>; numbers: number[] }>();
  for (const row of rows) {
    for (const note of row.notes) {
      const [, number, rest] = /^(\d+)( .*)$/s.exec(note) ?? [undefined, undefined, note];
      const known = told.get(rest!) ?? { at: new Set(), numbers: [] };
      told.set(rest!, known);
      known.at.add(row.point);
      if (number !== undefined) known.numbers.push(Number(number));
    }
  }
  return [...told].map(([rest, { at, numbers }]) => {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    const note = `${numbers.length === 0 ? '' : least === most ? least : `${least} to ${most}`}${rest}`;
    return at.size === experiment.points.length ? note : `${note} (${whereText(experiment.points, at)})`;
  });
}

/** One line per point and measure: parameters, measure, unit, mean, ci95, low, high, n, interval. */
export function summaryCsv(summary: Summary, axes: readonly string[]): string {
  const lines = [[...axes, 'measure', 'unit', 'mean', 'ci95', 'low', 'high', 'n', 'interval']];
  for (const point of summary.points) {
    const params = axes.map((path) => valueText(point.params[path]));
    for (const [name, { unit, mean, ci95, low, high, n }] of Object.entries(point.measures)) {
      const numbers = [mean, ci95, low, high, n].map((each) => (each === null ? '' : String(each)));
      lines.push([...params, name, unit, ...numbers, summary.interval]);
    }
  }
  return `${lines.map((line) => line.map(csvCell).join(',')).join('\n')}\n`;
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
