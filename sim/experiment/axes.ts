/** Axes of a sweep. Points are in file order, the first axis slowest (`design.ts`). */
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
