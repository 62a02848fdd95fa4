/**
 * What a reader did with the records of a file: every reader says how many it read, kept, repaired and
 * dropped, and why. Nothing is lost in silence.
 */
import { InputError } from '../sim/problem.ts';

/** Counts over one file. `read = kept + the sum of dropped`; a repaired record is also a kept one. */
export interface RecordCount {
  read: number;
  kept: number;
  /** Number of records mended, by reason. */
  readonly repaired: Record<string, number>;
  /** Number of records left out, by reason. */
  readonly dropped: Record<string, number>;
}

export function recordCount(): RecordCount {
  return { read: 0, kept: 0, repaired: {}, dropped: {} };
}

/** Add `n` to a reason's count. */
export function count(reasons: Record<string, number>, reason: string, n = 1): void {
  if (n > 0) reasons[reason] = (reasons[reason] ?? 0) + n;
}

/** A file of which nothing is kept is an error, whatever the reason. */
export function mustKeepSome(path: string, what: string, records: RecordCount): void {
  if (records.kept > 0) return;
  const why = Object.entries(records.dropped)
    .map(([reason, n]) => `${n} ${reason}`)
    .join(', ');
  throw new InputError({
    where: path,
    found: `no ${what} could be read: ${records.read} records seen${why === '' ? '' : ` (${why})`}`,
    would: `give a file of ${what}; "nowsim trace info FILE" tells what a file holds`,
  });
}
