/** Axes to points: the Cartesian product, in file order, the first axis slowest. */
import type { Value } from './fields.ts';

export interface Axis {
  /** Path of the setting that is varied. */
  readonly path: string;
  readonly values: readonly Value[];
}

/** What tells one point from the others: a value for each axis. */
export type Params = Readonly<Record<string, Value>>;

export function pointCount(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.values.length, 1);
}

/** The parameters of every point; one point without parameters where there are no axes. */
export function product(axes: readonly Axis[]): Params[] {
  let points: Record<string, Value>[] = [{}];
  for (const axis of axes) {
    points = points.flatMap((point) => axis.values.map((value) => ({ ...point, [axis.path]: value })));
  }
  return points;
}
