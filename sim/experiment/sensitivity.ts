/**
 * What each axis of a sweep moves: by one-at-a-time points (how far the measure swings), by Morris's trajectories (mu*
 * and sigma of elementary effects), or by the means over all other axes (main effect and its share of the variance).
 * Reads rows only. Source: Saltelli et al. 2008, Global Sensitivity Analysis; Morris 1991; Campolongo et al. 2007 (mu*).
 */
import type { Axis, Params } from './axes.ts';
import { canonicalJson } from './cells.ts';
import { type DesignName, morrisStep } from './design.ts';
import type { Value } from './fields.ts';
import type { Row } from './rows.ts';

export interface Effect {
  readonly path: string;
  /** Values of the axis where the measure is least and largest, and its means there. */
  readonly least: { readonly value: Value; readonly mean: number };
  readonly largest: { readonly value: Value; readonly mean: number };
  /** Difference of the two. */
  readonly swing: number;
  /** One at a time: the measure's mean where the scenario is as it is. */
  readonly base: number | null;
  /**
   * Morris: mean of the elementary effects (mu), of their absolute values (mu*), and their standard deviation (sigma). An
   * elementary effect is the difference that a step up the axis makes, over the step as a share of the axis's levels.
   */
  readonly morris: { readonly mu: number; readonly mu_star: number; readonly sigma: number } | null;
  /** Share of the variance over points that the axis explains alone; null for one-at-a-time, Morris, and where a sample has fewer than four points a value. */
  readonly share: number | null;
  /** No measure at all differs between the axis's values, whatever the others are. */
  readonly unused: boolean;
}

interface PointMean {
  readonly params: Params;
  readonly mean: number;
  /** All that the runs of the point came to. */
  readonly all: string;
}

/** Effects of all axes on a measure, the largest first. Throws `RangeError` where there is no row. */
export function effects(
  rows: readonly Row[],
  axes: readonly Axis[],
  design: DesignName,
  measure: string,
): Effect[] {
  const points = meansOf(rows, measure);
  if (points.length === 0) throw new RangeError('no rows');
  const paths = axes.map(({ path }) => path);
  const found = axes.map((axis): Effect => {
    const { path } = axis;
    const near = design === 'one-at-a-time' ? aroundBase(points, path) : points;
    const levels = levelsOf(near, path);
    const byMean = levels.toSorted((a, b) => a.mean - b.mean);
    const [least, largest] = [byMean[0]!, byMean.at(-1)!];
    return {
      path,
      least,
      largest,
      swing: largest.mean - least.mean,
      base: design === 'one-at-a-time' ? points[0]!.mean : null,
      morris: design === 'morris' ? elementary(points, paths, axis) : null,
      share: design === 'one-at-a-time' || design === 'morris' ? null : shareOf(points, levels, design),
      unused: isUnused(points, paths, path),
    };
  });
  const size = (effect: Effect) => effect.morris?.mu_star ?? effect.swing;
  return found.toSorted((a, b) => size(b) - size(a));
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
  readonly n: number;
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
    n: mine.length,
  }));
}

function shareOf(points: readonly PointMean[], levels: readonly Level[], design: DesignName): number | null {
  // Where a sample has few points a value, what the other axes do there looks like its own.
  if (design !== 'product' && points.length < 4 * levels.length) return null;
  const grand = points.reduce((sum, point) => sum + point.mean, 0) / points.length;
  const total = points.reduce((sum, point) => sum + (point.mean - grand) ** 2, 0);
  const between = levels.reduce((sum, level) => sum + level.n * (level.mean - grand) ** 2, 0);
  return total === 0 ? 0 : between / total;
}

/** Elementary effects of an axis: points after each other that differ in it alone, by a step of the trajectories. */
function elementary(
  points: readonly PointMean[],
  paths: readonly string[],
  { path, values }: Axis,
): NonNullable<Effect['morris']> {
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
  if (n === 0) return { mu: 0, mu_star: 0, sigma: 0 };
  const mu = found.reduce((sum, effect) => sum + effect, 0) / n;
  const squares = found.reduce((sum, effect) => sum + (effect - mu) ** 2, 0);
  return {
    mu,
    mu_star: found.reduce((sum, effect) => sum + Math.abs(effect), 0) / n,
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
