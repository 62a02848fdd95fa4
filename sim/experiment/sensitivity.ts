/**
 * What each axis of a sweep moves: by one-at-a-time points or all combinations (how far the measure swings, and of all
 * combinations the share of the variance), by Morris's trajectories (mu* and sigma of elementary effects), or by regression
 * on ranks where points are sampled (`rank-regression.ts`): there no two points differ in one axis alone, so that means
 * over the others are confounded. Reads rows only.
 *
 * The interval of a swing is of paired differences, since all points meet the same random numbers. Its ends are picked after
 * the runs as the least and the largest of k values, so it covers all k(k - 1)/2 pairs together (Bonferroni).
 * Source: Saltelli et al. 2008, Global Sensitivity Analysis; Morris 1991; Campolongo et al. 2007 (mu*).
 */
import { type Source, Streams } from '../engine/streams.ts';
import type { Axis, Params } from './axes.ts';
import { canonicalJson } from './cells.ts';
import { quantity } from './constraints.ts';
import { type DesignName, morrisStep } from './design.ts';
import type { Value } from './fields.ts';
import { batchDifferences, type IntervalKind } from './intervals.ts';
import { Bootstrap } from './output-analysis.ts';
import { type AxisColumns, type RankEffect, type RankRegression, rankRegression } from './rank-regression.ts';
import type { Row } from './rows.ts';
import { estimate } from './statistics.ts';

export interface Swing {
  /** Values of the axis where the measure is least and largest, and its means there. */
  readonly least: { readonly value: Value; readonly mean: number };
  readonly largest: { readonly value: Value; readonly mean: number };
  /** Difference of the two, and the ends of its interval; null where there is none. */
  readonly by: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Morris {
  /** Mean of the elementary effects. An elementary effect is the difference that a step up the axis makes, over the step as a share of the axis's levels. */
  readonly mu: number;
  /** Mean of their absolute values, and the ends of its 95 % interval (bootstrap over trajectories). */
  readonly mu_star: number;
  readonly low: number;
  readonly high: number;
  /** Their standard deviation. */
  readonly sigma: number;
}

export interface Effect {
  readonly path: string;
  /** One at a time, and all combinations. */
  readonly swing: Swing | null;
  readonly morris: Morris | null;
  /** Samples; null where there are too few points to fit. */
  readonly regression: RankEffect | null;
  /** All combinations: share of the variance over points that the axis explains alone. */
  readonly share: number | null;
  /** No measure at all differs between the axis's values, whatever the others are. */
  readonly unused: boolean;
}

export interface Sensitivity {
  /** The largest first. */
  readonly effects: readonly Effect[];
  /** One at a time: the measure's mean where the scenario is as it is. */
  readonly base: number | null;
  /** All combinations: share of the variance that no axis explains alone (they act through each other, and noise). */
  readonly rest: number | null;
  /** Samples: how well the regression fits, and by how many points. */
  readonly fit: Pick<RankRegression, 'r_squared' | 'points' | 'columns'> | null;
}

interface PointMean {
  readonly params: Params;
  readonly mean: number;
  readonly rows: readonly Row[];
  /** All that the runs of the point came to. */
  readonly all: string;
}

/** Designs whose points are samples: no two of them differ in one axis alone. */
export function isSample(design: DesignName): boolean {
  return design === 'latin-hypercube' || design === 'sobol';
}

/**
 * Effects of all axes on a measure. `interval` and `seed` are the experiment's. Throws `RangeError` where there is no row.
 */
export function sensitivityOf(
  rows: readonly Row[],
  axes: readonly Axis[],
  design: DesignName,
  measure: string,
  { interval, seed }: { readonly interval: IntervalKind; readonly seed: number },
): Sensitivity {
  const points = meansOf(rows, measure);
  if (points.length === 0) throw new RangeError('no rows');
  const paths = axes.map(({ path }) => path);
  const bootstrap = new Bootstrap(seed);
  const swings = design === 'one-at-a-time' || design === 'product';
  const regression = isSample(design)
    ? regress(points, axes, new Streams(seed, 0).stream('sensitivity'))
    : undefined;
  const effects = axes.map((axis, i): Effect => {
    const { path } = axis;
    const levels = levelsOf(design === 'one-at-a-time' ? aroundBase(points, path) : points, path);
    return {
      path,
      swing: swings ? swingOf(levels, measure, interval, bootstrap) : null,
      morris: design === 'morris' ? elementary(points, paths, axis, bootstrap) : null,
      regression: regression?.effects[i] ?? null,
      share: design === 'product' ? shareOf(points, levels) : null,
      unused: isUnused(points, paths, path),
    };
  });
  const size = ({ morris, swing, regression: fitted }: Effect) =>
    morris?.mu_star ?? swing?.by ?? Math.abs(fitted?.coefficient ?? 0);
  return {
    effects: effects.toSorted((a, b) => size(b) - size(a)),
    base: design === 'one-at-a-time' ? points[0]!.mean : null,
    rest: design === 'product' ? 1 - effects.reduce((sum, { share }) => sum + share!, 0) : null,
    fit:
      regression === undefined
        ? null
        : { r_squared: regression.r_squared, points: regression.points, columns: regression.columns },
  };
}

/** Columns of the axes that took more than one value: numbers and quantities in order, words as 0 and 1. */
function regress(
  points: readonly PointMean[],
  axes: readonly Axis[],
  chance: Source,
): RankRegression | undefined {
  const columns = axes.map(({ path, values }): AxisColumns => {
    const kinds = new Set(values.map((value) => quantity(value).of));
    if (kinds.size === 1 && !kinds.has('text'))
      return [points.map(({ params }) => Number(quantity(params[path]!).value))];
    const [first, ...others] = [...new Set(values.map((value) => canonicalJson(value)))];
    return (others.length === 0 ? [first] : others).map((word) =>
      points.map(({ params }) => (canonicalJson(params[path]!) === word ? 1 : 0)),
    );
  });
  return rankRegression(
    columns,
    points.map((point) => point.mean),
    chance,
  );
}

/** The two values of an axis that lie farthest apart, and how far. */
function swingOf(
  levels: readonly Level[],
  measure: string,
  interval: IntervalKind,
  bootstrap: Bootstrap,
): Swing {
  const byMean = levels.toSorted((a, b) => a.mean - b.mean);
  const [least, largest] = [byMean[0]!, byMean.at(-1)!];
  const told = ({ value, mean }: Level) => ({ value, mean });
  const by = largest.mean - least.mean;
  const differences =
    interval === 'batch-means'
      ? batchesApart(least, largest, measure)
      : replicationsApart(least, largest, measure);
  const swing = { least: told(least), largest: told(largest), by, low: null, high: null };
  if (differences === undefined || differences.length < 2) return swing;
  const pairs = Math.max(1, (levels.length * (levels.length - 1)) / 2);
  const confidence = 1 - 0.05 / pairs;
  if (interval === 'bootstrap') {
    const { low, high } = bootstrap.mean(differences, confidence);
    return { ...swing, low, high };
  }
  const half = estimate(differences, confidence).ci95!;
  return { ...swing, low: by - half, high: by + half };
}

/** Difference of two values' means over their points in each replication; undefined where replications do not match. */
function replicationsApart(least: Level, largest: Level, measure: string): number[] | undefined {
  const means = ({ points }: Level) => {
    const found = new Map<number, number[]>();
    for (const { replication, measures } of points.flatMap((point) => point.rows)) {
      const value = measures[measure];
      if (value !== undefined) found.set(replication, [...(found.get(replication) ?? []), value]);
    }
    if ([...found.values()].some((values) => values.length < points.length)) return undefined;
    return new Map([...found].map(([r, values]) => [r, values.reduce((a, b) => a + b, 0) / values.length]));
  };
  const [low, high] = [means(least), means(largest)];
  if (low === undefined || high === undefined || low.size !== high.size) return undefined;
  if ([...low.keys()].some((r) => !high.has(r))) return undefined;
  return [...low].map(([r, mean]) => high.get(r)! - mean);
}

/** The same batch by batch, where each value has one point. */
function batchesApart(least: Level, largest: Level, measure: string): number[] | undefined {
  const [[mine, more], [other, others]] = [largest.points, least.points];
  if (mine === undefined || other === undefined || more !== undefined || others !== undefined)
    return undefined;
  const pairs = mine.rows.flatMap((row): [Row, Row][] => {
    const partner = other.rows.find(({ replication }) => replication === row.replication);
    return partner === undefined ? [] : [[row, partner]];
  });
  return batchDifferences(pairs, measure);
}

function meansOf(rows: readonly Row[], measure: string): PointMean[] {
  const points = new Map<number, Row[]>();
  for (const row of rows) points.set(row.point, [...(points.get(row.point) ?? []), row]);
  return [...points.entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, mine]) => {
      const values = mine.flatMap((row) => row.measures[measure] ?? []);
      if (values.length === 0) return [];
      const ordered = mine.toSorted((a, b) => a.replication - b.replication);
      return {
        params: mine[0]!.params,
        mean: values.reduce((sum, value) => sum + value, 0) / values.length,
        rows: ordered,
        all: canonicalJson(ordered.map((row) => [row.digest, row.measures])),
      };
    });
}

/** The first point, and those that differ from it in this axis alone. */
function aroundBase(points: readonly PointMean[], path: string): PointMean[] {
  const [base] = points;
  const rest = (params: Params) => canonicalJson({ ...params, [path]: null });
  return points.filter((point) => rest(point.params) === rest(base!.params));
}

interface Level {
  readonly value: Value;
  readonly mean: number;
  readonly points: readonly PointMean[];
}

/** Means over all points with the same value of an axis. */
function levelsOf(points: readonly PointMean[], path: string): Level[] {
  const levels = new Map<string, PointMean[]>();
  for (const point of points) {
    const key = canonicalJson(point.params[path]!);
    levels.set(key, [...(levels.get(key) ?? []), point]);
  }
  return [...levels.values()].map((mine) => ({
    value: mine[0]!.params[path]!,
    mean: mine.reduce((sum, point) => sum + point.mean, 0) / mine.length,
    points: mine,
  }));
}

function shareOf(points: readonly PointMean[], levels: readonly Level[]): number {
  const grand = points.reduce((sum, point) => sum + point.mean, 0) / points.length;
  const total = points.reduce((sum, point) => sum + (point.mean - grand) ** 2, 0);
  const between = levels.reduce((sum, level) => sum + level.points.length * (level.mean - grand) ** 2, 0);
  return total === 0 ? 0 : between / total;
}

/** Elementary effects of an axis: points after each other that differ in it alone, by a step of the trajectories. */
function elementary(
  points: readonly PointMean[],
  paths: readonly string[],
  { path, values }: Axis,
  bootstrap: Bootstrap,
): Morris {
  const places = new Map(values.map((value, place) => [canonicalJson(value), place]));
  const placeOf = ({ params }: PointMean) => places.get(canonicalJson(params[path]!))!;
  const step = morrisStep(values.length);
  const found: number[] = [];
  for (let i = 1; i < points.length; i++) {
    const [before, after] = [points[i - 1]!, points[i]!];
    const up = placeOf(after) - placeOf(before);
    const others = paths.some(
      (each) => each !== path && canonicalJson(before.params[each]!) !== canonicalJson(after.params[each]!),
    );
    if (others || Math.abs(up) !== step) continue;
    found.push((after.mean - before.mean) / (up / (values.length - 1)));
  }
  const n = found.length;
  if (n === 0) return { mu: 0, mu_star: 0, low: 0, high: 0, sigma: 0 };
  const mu = found.reduce((sum, effect) => sum + effect, 0) / n;
  const squares = found.reduce((sum, effect) => sum + (effect - mu) ** 2, 0);
  const { value: mu_star, low, high } = bootstrap.mean(found.map((effect) => Math.abs(effect)));
  return {
    mu,
    mu_star,
    low: Math.max(0, low),
    high,
    sigma: n < 2 ? 0 : Math.sqrt(squares / (n - 1)),
  };
}

/** Whether points that differ in this axis alone always came to the same; false where there are no such points. */
function isUnused(points: readonly PointMean[], paths: readonly string[], path: string): boolean {
  const groups = new Map<string, Set<string>>();
  const sizes = new Map<string, Set<string>>();
  for (const { params, all } of points) {
    const key = canonicalJson(paths.filter((each) => each !== path).map((each) => params[each]!));
    groups.set(key, (groups.get(key) ?? new Set()).add(all));
    sizes.set(key, (sizes.get(key) ?? new Set()).add(canonicalJson(params[path]!)));
  }
  const compared = [...sizes.entries()].filter(([, values]) => values.size > 1);
  return compared.length > 0 && compared.every(([key]) => groups.get(key)!.size === 1);
}
