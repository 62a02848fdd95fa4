/**
 * What the page's script draws from, made small: points by index, axes with their values, estimates rounded to
 * six digits, the values of single runs within a budget, series and accounts of runs over time.
 */
import { isMap, type Plain, type Value, valueText } from '../../sim/experiment/fields.ts';
import { parseBytes, parseRate, parseShare, parseTime, UnitError, unitOf } from '../../sim/units.ts';
import { settingOf } from '../provenance/setting.ts';
import type { Setting } from '../provenance/story.ts';
import type { PointHistory } from './histories.ts';
import { type Goal, goalOf, type Judgement, judge } from './judgement.ts';
import { repeatCommands } from './repeat-command.ts';
import { askedMeasures, type Estimate, type Results, SINGLE_BUDGET } from './results.ts';

export interface Measure {
  readonly name: string;
  /** The name in words, without its unit: "bounded slowdown". */
  readonly label: string;
  readonly unit: string;
  readonly goal: Goal;
  /** True where the experiment names it among its measures. */
  readonly asked: boolean;
}
/** What the numbers of an axis are: times in ns, sizes in bytes, rates in bit/s, shares as fractions. */
export type Quantity = 'number' | 'time' | 'bytes' | 'rate' | 'share';
export interface Axis {
  readonly path: string;
  /** In the order of the experiment; from low to high where all are quantities. */
  readonly values: readonly string[];
  /** The values as numbers in one unit, where all of them are quantities; else null. */
  readonly numbers: readonly number[] | null;
  readonly quantity: Quantity | null;
  /** The unit in which the numbers read best: its name as written behind them, its size in theirs. */
  readonly unit: { readonly name: string; readonly size: number } | null;
}
/** Mean, how far its interval reaches below and above it (null where there is none), n. */
export type EstimateData = readonly [number, number | null, number | null, number];
export interface PointData {
  readonly label: string;
  /** Index into each axis's values. */
  readonly at: readonly number[];
  /** By measure; null where the point has no such measure. */
  readonly estimates: readonly (EstimateData | null)[];
  /** What repeats this point alone. */
  readonly command: string;
  /** Whether timelines/point-<k>.json is there. */
  readonly timeline: boolean;
  /** Address of its first run, digest of a run of it alone, its lines in rows.jsonl; null without rows. */
  readonly runs: {
    readonly cell: string;
    readonly digest: string;
    readonly lines: readonly [number, number];
  } | null;
}
export interface PairData {
  readonly point: number;
  /** Index of the point that it is compared with; -1 where that is not among the points. */
  readonly against: number;
  readonly label: string;
  readonly againstLabel: string;
  /** By measure, with what it shows and Holm's adjusted chance; null where there is none. */
  readonly differences: readonly (readonly [...EstimateData, Judgement, number | null] | null)[];
}
export interface PageData {
  /** How the points were chosen, where that was not every combination; else null. */
  readonly design: string | null;
  /** Of what kind the 95 % intervals are, in words. */
  readonly interval: string;
  readonly measures: readonly Measure[];
  readonly axes: readonly Axis[];
  readonly points: readonly PointData[];
  readonly pairs: readonly PairData[];
  /** Why there are no values of single runs for some measures; null where there are all. */
  readonly withoutSingle: string | null;
}
/** Values of single runs as the page holds them. */
export interface SingleData {
  /** Index of each measure. */
  readonly measures: readonly number[];
  /** By point, by measure as above, by replication; null where there is none. */
  readonly values: readonly (readonly (readonly (number | null)[])[])[];
}
/** A timeline as the page holds it; its history stands in an element of its own, `history-<point>`. */
export interface TimelineData {
  readonly point: number;
  readonly horizon_s: number;
  readonly bin_s: number;
  readonly nodes: number;
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly accounts_s: Readonly<Record<string, number>>;
  readonly history: Pick<PointHistory, 'to_s' | 'cut'> | null;
  /** What the words about jobs depend on. */
  readonly setting: Setting;
}

/** Kinds of interval as the captions name them. */
const INTERVAL_WORDS: Readonly<Record<string, string>> = {
  student: 'Student’s t over replications',
  bootstrap: 'bootstrap over replications, whose ends need not lie evenly about the mean',
  'batch-means': 'batch means inside the runs; n counts batches',
};

/** The comparison part of the page's data. */
export function pageData(results: Results): PageData {
  const { summary, manifest } = results;
  const measures = measureList(results);
  const axes = axisList(results);
  const commands = repeatCommands(manifest, summary.points);
  const labels = summary.points.map((p) => pointLabel(p.params));
  const points = summary.points.map((p, k): PointData => {
    const runs = results.runs[k];
    return {
      label: labels[k]!,
      at: axes.map((axis) => axis.values.indexOf(shownText(p.params[axis.path]))),
      estimates: measures.map((m) => {
        const e = p.measures[m.name];
        return e === undefined ? null : estimateData(e.mean, e);
      }),
      command: commands[k]!,
      timeline: results.timelines[k] !== undefined,
      runs: runs === undefined ? null : { cell: runs.cell, digest: runs.digest, lines: runs.lines },
    };
  });
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
        return [...estimateData(d.difference, d), judge(m.goal, d), d.p_holm];
      }),
    };
  });
  return {
    design: designText(manifest),
    interval: INTERVAL_WORDS[summary.interval] ?? summary.interval,
    measures,
    axes,
    points,
    pairs: pairs.filter((pair) => pair.point >= 0),
    withoutSingle: withoutSingle(results, measures),
  };
}

/** The axes with the values that points have: as the experiment lists them, then others. */
function axisList({ summary, manifest }: Results): Axis[] {
  const { experiment } = manifest;
  const vary = isMap(experiment) && isMap(experiment['vary']) ? experiment['vary'] : {};
  const paths = [...new Set(summary.points.flatMap((p) => Object.keys(p.params)))];
  return paths.map((path): Axis => {
    const present = new Set(summary.points.map((p) => shownText(p.params[path])));
    const listed = Array.isArray(vary[path]) ? (vary[path] as readonly Value[]).map(shownText) : [];
    const values = [...new Set([...listed.filter((text) => present.has(text)), ...present])];
    const found = quantities(values);
    if (found === null) return { path, values, numbers: null, quantity: null, unit: null };
    const order = values.map((_, i) => i).sort((i, j) => found.numbers[i]! - found.numbers[j]!);
    return {
      path,
      values: order.map((i) => values[i]!),
      numbers: order.map((i) => found.numbers[i]!),
      quantity: found.quantity,
      unit: unitFor(found.numbers, found.quantity),
    };
  });
}

function designText(manifest: Plain): string | null {
  const { experiment } = manifest;
  const design = isMap(experiment) ? experiment['design'] : undefined;
  if (typeof design !== 'string' || design === 'product') return null;
  return design.replaceAll('-', ' ');
}

function withoutSingle(results: Results, measures: readonly Measure[]): string | null {
  if (results.runs.length === 0) return 'there is no rows.jsonl beside the page';
  if (results.single.length === measures.length) return null;
  const which = results.single.length === 0 ? 'no measure' : 'the measures asked for alone';
  return `they are kept for ${which}: all would be more than ${SINGLE_BUDGET.toLocaleString('en-US')} numbers`;
}

/** Values of single runs, rounded as the estimates are. */
export function singleData(results: Results): SingleData {
  const all = measureList(results).map((m) => m.name);
  const names = results.runs.length === 0 ? [] : results.single;
  return {
    measures: names.map((name) => all.indexOf(name)),
    values: results.runs.map((runs) =>
      names.map((name) => (runs?.values[name] ?? []).map((x) => (x === null ? null : rounded(x)))),
    ),
  };
}

/** Every measure that a point has: first those that the experiment asks for, in its order, then the others. */
export function measureList(results: Results): Measure[] {
  const units = new Map<string, string>();
  for (const p of results.summary.points) {
    for (const [name, e] of Object.entries(p.measures)) if (!units.has(name)) units.set(name, e.unit ?? '');
  }
  const wanted = askedMeasures(results.manifest, results.summary);
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
function quantities(values: readonly string[]): { numbers: number[]; quantity: Quantity } | null {
  if (values.length < 2) return null;
  const number = (text: string): number => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new UnitError(text);
    return Number(text);
  };
  const kinds = { number, time: parseTime, bytes: parseBytes, rate: parseRate, share: parseShare };
  for (const [quantity, parse] of Object.entries(kinds)) {
    try {
      return { numbers: values.map(parse), quantity: quantity as Quantity };
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
    }
  }
  return null;
}

/** Units to choose from, the largest first; `sim/units.ts` knows their sizes. */
const UNITS: Readonly<Record<Quantity, readonly string[]>> = {
  number: [''],
  time: ['d', 'h', 'min', 's', 'ms', 'us', 'ns'],
  bytes: ['GiB', 'MiB', 'KiB', 'B'],
  rate: ['Gb/s', 'Mb/s', 'kb/s', 'b/s'],
  share: ['%'],
};

/** The largest unit of which the highest number has two or more. */
function unitFor(numbers: readonly number[], quantity: Quantity): { name: string; size: number } {
  const most = Math.max(...numbers.map(Math.abs));
  const units = UNITS[quantity].map((name) => ({ name, size: unitOf(name)!.size }));
  return units.find(({ size }) => most >= 2 * size) ?? units.at(-1)!;
}

/** The timelines part of the page's data; `histories`: those that the page carries. */
export function timelineData(
  { timelines, manifest }: Pick<Results, 'timelines' | 'manifest'>,
  histories: readonly PointHistory[],
): TimelineData[] {
  const points = Array.isArray(manifest['points']) ? (manifest['points'] as readonly Value[]) : [];
  return timelines.flatMap((t, point): TimelineData[] => {
    if (t === undefined) return [];
    const history = histories.find((each) => each.point === point);
    const scenario = isMap(points[point]) ? points[point]['scenario'] : undefined;
    return [
      {
        point,
        horizon_s: t.horizon_s,
        bin_s: t.bin_s,
        nodes: t.nodes,
        series: Object.fromEntries(
          Object.entries(t.series).map(([name, values]) => [name, values.map(fourDigits)]),
        ),
        accounts_s: Object.fromEntries(
          Object.entries(t.accounts_s).map(([name, value]) => [name, rounded(value)]),
        ),
        history: history === undefined ? null : { to_s: history.to_s, cut: history.cut },
        setting: settingOf(isMap(scenario) ? scenario : {}),
      },
    ];
  });
}

function estimateData(
  middle: number,
  { low, high, n }: Pick<Estimate, 'low' | 'high' | 'n'>,
): [number, number | null, number | null, number] {
  if (low === null || high === null) return [rounded(middle), null, null, n];
  return [rounded(middle), rounded(middle - low), rounded(high - middle), n];
}

/** Six significant digits: more than any interval of a simulation supports. */
function rounded(x: number): number {
  return Number(x.toPrecision(6));
}

function fourDigits(x: number): number {
  return Number(x.toPrecision(4));
}
