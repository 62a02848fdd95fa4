/** What a benchmark hands to the `bench` command: a table, and how its figures stand to the goals. */

export interface Goal {
  readonly what: string;
  readonly goal: number;
  /** Null where it could not be measured (a peer is not installed). */
  readonly got: number | null;
  readonly better: 'lower' | 'higher';
}

export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly goals: readonly Goal[];
  /** What the reader should know: peers that are missing and why. */
  readonly notes: readonly string[];
}

/** Whether a goal is met; null where it could not be measured. */
export function goalMet(goal: Goal): boolean | null {
  if (goal.got === null) return null;
  return goal.better === 'lower' ? goal.got <= goal.goal : goal.got >= goal.goal;
}

/** The middle value (the mean of the two middle ones); NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
