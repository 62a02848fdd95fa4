/**
 * Which side of a measure users want, and what a paired difference shows.
 *
 * A difference is called better or worse only where the table that `nowsim run` prints has a star (p below 5 % after
 * Holm's adjustment for all differences of the measure) and the measure has a side that users want; a measure without
 * one is higher or lower.
 */
import { isClear } from '../tidy.ts';
import type { Difference } from './results.ts';

export type Goal = 'lower' | 'higher' | 'neither';
export type Judgement = 'better' | 'worse' | 'lower' | 'higher' | 'none' | 'no interval';

/** Words of a measure's name that tell its wanted side; the first list with a match wins. */
const WANTED_HIGH = /(^|_)(throughput|utilisation|finished|speedup|availability|available|usable)(_|$)/;
const WANTED_LOW =
  /(^|_)(response|waits?|slowdown|delays?|lost|loss|crossings|inflation|copies|sfi|operations|overhead|restarts|killed|rejected|faults|misses)(_|$)/;

/** Whether users want the measure low or high, by the words of its name; `neither` where the name does not say. */
export function goalOf(measure: string): Goal {
  if (WANTED_HIGH.test(measure)) return 'higher';
  if (WANTED_LOW.test(measure)) return 'lower';
  return 'neither';
}

/** What a difference (point minus baseline) shows. Without an interval, which is without a p, nothing is claimed. */
export function judge(
  goal: Goal,
  { difference, p_holm }: Pick<Difference, 'difference' | 'p_holm'>,
): Judgement {
  if (p_holm === null) return 'no interval';
  if (!isClear({ p_holm })) return 'none';
  const side = difference < 0 ? 'lower' : 'higher';
  if (goal === 'neither') return side;
  return side === goal ? 'better' : 'worse';
}
