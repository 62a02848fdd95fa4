/**
 * What each axis of a sampled sweep moves, by regression on ranks: values of ordered axes and the measure are replaced
 * by their ranks, and standardised coefficients say by how many standard deviations of the measure's ranks one of the
 * axis's moves it, the others held. Two words count as 0 and 1. Three or more have a column for each but the first; their
 * size is the standard deviation of what those columns move together, which has no sign.
 *
 * Sources: Iman and Conover 1979 (regression on ranks); Saltelli et al. 2008, Global Sensitivity Analysis, 1.2.5; Loeppky,
 * Sacks and Welch 2009 (ten points an axis). Intervals are percentiles of a bootstrap over points. Left out: axes that act
 * only through each other, and those that move a measure up and then down; both stand in 1 - R2.
 */
import type { Source } from '../engine/streams.ts';

/** Points that a column should have: a rule of thumb for designs of computer experiments. */
export const POINTS_A_COLUMN = 10;

export interface RankEffect {
  /** Standardised coefficient; for three or more words the size of what they move, never below 0. */
  readonly coefficient: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Whether the sign means up or down the axis. */
  readonly signed: boolean;
  /** Whether the interval lies beyond 0, or beyond what chance alone gives three or more words. */
  readonly clear: boolean;
}

export interface RankRegression {
  /** Share of the variance of the measure's ranks that all axes explain together. */
  readonly r_squared: number;
  readonly points: number;
  readonly columns: number;
  /** By axis, in their order. */
  readonly effects: readonly RankEffect[];
}

/** A column for each way in which an axis can move a measure: its values in order, or 0 and 1 for words. */
export type AxisColumns = readonly (readonly number[])[];

const RESAMPLES = 1000;

/**
 * Fits `measure` (a value a point) by the axes' columns. Undefined where there are no more points than columns and one,
 * so that anything fits.
 */
export function rankRegression(
  axes: readonly AxisColumns[],
  measure: readonly number[],
  chance: Source,
): RankRegression | undefined {
  const n = measure.length;
  const columns = axes.reduce((sum, axis) => sum + axis.length, 0);
  if (n <= columns + 1) return undefined;
  const { sizes, r_squared } = fitted(axes, measure);
  const resampled = axes.map(() => [] as number[]);
  for (let r = 0; r < RESAMPLES; r++) {
    const places = Array.from({ length: n }, () => Math.floor(chance.next() * n));
    const drawn = (column: readonly number[]) => places.map((place) => column[place]!);
    const one = fitted(
      axes.map((axis) => axis.map(drawn)),
      drawn(measure),
    );
    for (const [axis, size] of one.sizes.entries()) resampled[axis]!.push(size);
  }
  const effects = axes.map((axis, i): RankEffect => {
    const sorted = resampled[i]!.toSorted((a, b) => a - b);
    const [low, high] = [sorted[Math.floor(0.025 * RESAMPLES)]!, sorted[Math.ceil(0.975 * RESAMPLES) - 1]!];
    const signed = axis.length === 1;
    const byChance = Math.sqrt(axis.length / (n - 1));
    return {
      coefficient: sizes[i]!,
      low,
      high,
      signed,
      clear: signed ? low > 0 || high < 0 : low > byChance,
    };
  });
  return { r_squared, points: n, columns, effects };
}

/** Sizes of the axes' parts (with a sign for one column), and the share that is explained. */
function fitted(
  axes: readonly AxisColumns[],
  measure: readonly number[],
): { sizes: number[]; r_squared: number } {
  const y = standardised(ranks(measure));
  const x = axes.map((axis) => axis.map((column) => standardised(ranks(column))));
  const flat = x.flat();
  const coefficients = solve(
    flat.map((a) => flat.map((b) => product(a, b))),
    flat.map((a) => product(a, y)),
  );
  let next = 0;
  const parts = x.map((axis) => {
    const mine = axis.map(() => coefficients[next++]!);
    const part = y.map((_, i) => mine.reduce((sum, each, k) => sum + each * axis[k]![i]!, 0));
    return { part, size: mine.length === 1 ? mine[0]! : Math.sqrt(product(part, part)) };
  });
  const rest = y.map((value, i) => value - parts.reduce((sum, { part }) => sum + part[i]!, 0));
  const total = product(y, y);
  return {
    sizes: parts.map(({ size }) => size),
    r_squared: total === 0 ? 0 : 1 - product(rest, rest) / total,
  };
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((a, b) => values[a]! - values[b]!);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) found[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}

/** Mean 0, variance 1; zeros where all values are equal. */
function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const deviation = Math.sqrt(product(centred, centred));
  return centred.map((value) => (deviation === 0 ? 0 : value / deviation));
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length;
}

/** Solves a symmetric system by elimination; what is not determined (a column that the others make) is 0. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  const pivots: number[] = [];
  const left = new Set(rows.keys());
  for (let column = 0; column < n; column++) {
    const best = [...left].reduce(
      (a, b) => (a < 0 || Math.abs(rows[b]![column]!) > Math.abs(rows[a]![column]!) ? b : a),
      -1,
    );
    if (best < 0 || Math.abs(rows[best]![column]!) < 1e-9) {
      pivots.push(-1);
      continue;
    }
    left.delete(best);
    pivots.push(best);
    for (const [i, row] of rows.entries()) {
      const factor = i === best ? 0 : row[column]! / rows[best]![column]!;
      if (factor !== 0) for (let k = column; k <= n; k++) row[k]! -= factor * rows[best]![k]!;
    }
  }
  return pivots.map((row, column) => (row < 0 ? 0 : rows[row]![n]! / rows[row]![column]!));
}
