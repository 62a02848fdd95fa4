/**
 * What the page's script draws from, made small: points by index, axes with their values, estimates rounded to
 * six digits, timelines as columns. No raw rows.
 *
 * The Gantt diagrams share a budget of intervals; where they exceed it, every point's diagram is cut at the same
 * number of intervals and says up to when it shows all, rather than thinning intervals out without a word.
 */
import { isMap, type Value, valueText } from '../../sim/experiment/fields.ts';
import { parseBytes, parseRate, parseShare, parseTime, UnitError } from '../../sim/units.ts';
import { type Goal, goalOf, type Judgement, judge } from './judgement.ts';
import type { Results, Timeline } from './results.ts';

export interface Measure {
  readonly name: string;
  /** The name in words, without its unit: "bounded slowdown". */
  readonly label: string;
  readonly unit: string;
  readonly goal: Goal;
  /** True where the experiment names it among its measures. */
  readonly asked: boolean;
}
export interface Axis {
  readonly path: string;
  readonly values: readonly string[];
  /** The values as numbers in one unit, where all of them are quantities; else null. */
  readonly numbers: readonly number[] | null;
}
export interface PointData {
  readonly label: string;
  /** Index into each axis's values. */
  readonly at: readonly number[];
  /** By measure: mean, half width (null where n < 2), n; null where the point has no such measure. */
  readonly estimates: readonly (readonly [number, number | null, number] | null)[];
}
export interface PairData {
  readonly point: number;
  /** Index of the point that it is compared with; -1 where that is not among the points. */
  readonly against: number;
  readonly label: string;
  readonly againstLabel: string;
  /** By measure: difference, half width, n, judgement; null where there is none. */
  readonly differences: readonly (readonly [number, number | null, number, Judgement] | null)[];
}
export interface PageData {
  readonly measures: readonly Measure[];
  readonly axes: readonly Axis[];
  readonly points: readonly PointData[];
  readonly pairs: readonly PairData[];
}
/** A timeline as the page holds it; times of the Gantt in whole steps of `step_s`, starts as differences. */
export interface TimelineData {
  readonly point: number;
  readonly horizon_s: number;
  readonly bin_s: number;
  readonly nodes: number;
  readonly jobs: number;
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly accounts_s: Readonly<Record<string, number>>;
  readonly gantt: {
    readonly from_s: number;
    readonly to_s: number;
    readonly step_s: number;
    /** True where intervals after `to_s` were left out to keep the page small. */
    readonly cut: boolean;
    readonly node: readonly number[];
    readonly start: readonly number[];
    readonly length: readonly number[];
    readonly kind: readonly number[];
    readonly job: readonly number[];
  };
}

/** Intervals that all Gantt diagrams of a page may hold together (about 2 MB packed). */
const GANTT_BUDGET = 400_000;

/** The comparison part of the page's data. */
export function pageData(results: Results): PageData {
  const { summary } = results;
  const measures = measureList(results);
  const paths = [...new Set(summary.points.flatMap((p) => Object.keys(p.params)))];
  const axes = paths.map((path): Axis => {
    const values = [...new Set(summary.points.map((p) => shownText(p.params[path])))];
    return { path, values, numbers: quantities(values) };
  });
  const labels = summary.points.map((p) => pointLabel(p.params));
  const points = summary.points.map(
    (p, k): PointData => ({
      label: labels[k]!,
      at: axes.map((axis) => axis.values.indexOf(shownText(p.params[axis.path]))),
      estimates: measures.map((m) => {
        const e = p.measures[m.name];
        return e === undefined ? null : [rounded(e.mean), e.ci95 === null ? null : rounded(e.ci95), e.n];
      }),
    }),
  );
  const pairs = summary.paired.map((pair): PairData => {
    const label = pointLabel(pair.params);
    const againstLabel = pointLabel(pair.against);
    return {
      point: labels.indexOf(label),
      against: labels.indexOf(againstLabel),
      label,
      againstLabel,
      differences: measures.map((m) => {
        const d = pair.measures[m.name];
        if (d === undefined) return null;
        const judgement = judge(m.goal, d.difference, d.ci95);
        return [rounded(d.difference), d.ci95 === null ? null : rounded(d.ci95), d.n, judgement];
      }),
    };
  });
  return { measures, axes, points, pairs: pairs.filter((pair) => pair.point >= 0) };
}

/** Every measure that a point has: first those that the experiment asks for, in its order, then the others. */
export function measureList(results: Results): Measure[] {
  const units = new Map<string, string>();
  for (const p of results.summary.points) {
    for (const [name, e] of Object.entries(p.measures)) if (!units.has(name)) units.set(name, e.unit ?? '');
  }
  const { experiment } = results.manifest;
  const list = isMap(experiment) && Array.isArray(experiment['measures']) ? experiment['measures'] : [];
  const wanted = list.filter((name): name is string => typeof name === 'string' && units.has(name));
  const others = [...units.keys()].filter((name) => !wanted.includes(name));
  return [...wanted, ...others].map((name) => {
    const unit = units.get(name)!;
    const asked = wanted.length === 0 || wanted.includes(name);
    return { name, label: measureLabel(name, unit), unit, goal: goalOf(name), asked };
  });
}

/** `response_time_s` with unit `s` is "response time"; `evictions_per_h` with `1/h` is "evictions". */
export function measureLabel(name: string, unit: string): string {
  const suffix = unit.startsWith('1/')
    ? `_per_${unit.slice(2)}`
    : `_${unit.replace(/[^A-Za-z0-9]+/g, '_per_')}`;
  const bare = name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : name;
  return bare.replaceAll('_', ' ');
}

/** Values that say nothing without the name of their setting. */
const BARE_WORDS = new Set(['on', 'off', 'none', 'auto', 'nothing']);

/** A point by its parameters, in words: "sfi-library, glunix on, load 0.7". */
export function pointLabel(params: Readonly<Record<string, Value>>): string {
  const parts = Object.entries(params).map(([path, value]) => {
    const text = shownText(value);
    const speaks = typeof value === 'string' && /^[a-z][a-z0-9-]*$/i.test(text) && !BARE_WORDS.has(text);
    return speaks ? text : `${path.slice(path.lastIndexOf('.') + 1)} ${text}`;
  });
  return parts.length === 0 ? 'the scenario' : parts.join(', ');
}

/** A value in a line; a slot with parameters as "quiet (after: 60s)". */
function shownText(value: Value | undefined): string {
  if (!isMap(value) || value['name'] === undefined) return valueText(value);
  const { name, ...rest } = value;
  const inner = Object.entries(rest).map(([key, each]) => `${key}: ${valueText(each)}`);
  return inner.length === 0 ? valueText(name) : `${valueText(name)} (${inner.join(', ')})`;
}

/** The values as numbers if all are quantities of one kind, else null. */
function quantities(values: readonly string[]): number[] | null {
  if (values.length < 2) return null;
  const plain = (text: string): number => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new UnitError(text);
    return Number(text);
  };
  for (const parse of [plain, parseTime, parseBytes, parseRate, parseShare]) {
    try {
      return values.map(parse);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
    }
  }
  return null;
}

/** The timelines part of the page's data. */
export function timelineData(timelines: readonly (Timeline | undefined)[]): TimelineData[] {
  const present = timelines.flatMap((t, point) => (t === undefined ? [] : [{ t, point }]));
  const limit = Math.max(500, Math.floor(GANTT_BUDGET / Math.max(1, present.length)));
  return present.map(({ t, point }) => ({
    point,
    horizon_s: t.horizon_s,
    bin_s: t.bin_s,
    nodes: t.nodes,
    jobs: t.jobs,
    series: Object.fromEntries(
      Object.entries(t.series).map(([name, values]) => [name, values.map(fourDigits)]),
    ),
    accounts_s: Object.fromEntries(
      Object.entries(t.accounts_s).map(([name, value]) => [name, rounded(value)]),
    ),
    gantt: ganttColumns(t.gantt, limit),
  }));
}

function ganttColumns(gantt: Timeline['gantt'], limit: number): TimelineData['gantt'] {
  const rows = [...gantt.rows].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  const cut = rows.length > limit;
  const kept = cut ? rows.slice(0, limit) : rows;
  const to = cut ? rows[limit]![1] : gantt.to_s;
  // A millionth of the window is far below a pixel at any zoom that the page offers.
  const step = 10 ** Math.floor(Math.log10(Math.max(1e-9, (to - gantt.from_s) * 1e-6)));
  const steps = (seconds: number): number => Math.round((seconds - gantt.from_s) / step);
  let last = 0;
  return {
    from_s: gantt.from_s,
    to_s: to,
    step_s: step,
    cut,
    node: kept.map((row) => row[0]),
    start: kept.map((row) => {
      const start = steps(row[1]);
      const gap = start - last;
      last = start;
      return gap;
    }),
    length: kept.map((row) => steps(row[2]) - steps(row[1])),
    kind: kept.map((row) => row[3]),
    job: kept.map((row) => row[4]),
  };
}

/** Six significant digits: more than any interval of a simulation supports. */
function rounded(x: number): number {
  return Number(x.toPrecision(6));
}

function fourDigits(x: number): number {
  return Number(x.toPrecision(4));
}
