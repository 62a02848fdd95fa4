/** What the experiments of validation cases have in common. */
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';

/** One measure of every replication at a point. */
export function each(measure: string, point = 0) {
  return (result: ExperimentResult): number[] =>
    result.rows
      .filter((row) => row.point === point)
      .map((row) => {
        const value = row.measures[measure];
        if (value === undefined) throw new Error(`${measure} was not reported`);
        return value;
      });
}

/** Nothing costs anything and nobody owns the nodes. */
export function bare(
  parts: { cluster?: Plain; jobs: Plain; policies?: Plain } & Record<string, Value | undefined>,
): Plain {
  const { cluster, policies, ...rest } = parts;
  return {
    program: { mix: 'none' },
    ...rest,
    cluster: { nodes: 1, os: 'free', ...cluster },
    policies: { placement: 'first-fit', batch: 'fcfs', ...policies },
  } as Plain;
}
