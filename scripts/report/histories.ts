/**
 * The histories that a page carries, packed, one for each point whose first replication has one.
 *
 * They share a budget, so that a page stays one that can be sent. Where all are small they stand there whole; where
 * not, the small ones do and the others get equal parts, each up to the instant at which it is full. Nothing is
 * thinned out: a history that ends early says when.
 */
import { gzipSync } from 'node:zlib';
import { cutHistory } from '../../models/history.ts';
import { historyOf, type Timeline, unpackHistory } from '../timelines.ts';

export interface PointHistory {
  readonly point: number;
  /** It tells everything up to then, s. */
  readonly to_s: number;
  /** Whether what came later was left out. */
  readonly cut: boolean;
  /** Gzip in base64. */
  readonly packed: string;
}

/** Characters that all histories of a page may take together. */
const BUDGET = 10_000_000;

/** The histories of the timelines of all points, within a budget of characters. */
export function historiesOf(
  timelines: readonly (Timeline | undefined)[],
  budget: number = BUDGET,
): PointHistory[] {
  const present = timelines.flatMap((t, point) => (t?.history === undefined ? [] : [{ t, point }]));
  const sizes = present.map(({ t }) => t.history!.packed.length);
  const share = shareOf(sizes, budget);
  return present.map(({ t, point }) => {
    const { history } = t;
    const whole = { point, to_s: history!.to_s, cut: history!.to_s < t.horizon_s, packed: history!.packed };
    return history!.packed.length <= share ? whole : { point, ...shortened(t, share) };
  });
}

/** What each may take at most, so that together they take no more than `budget`. */
function shareOf(sizes: readonly number[], budget: number): number {
  let left = budget;
  let many = sizes.length;
  for (const size of sizes.toSorted((a, b) => a - b)) {
    if (size * many > left) return left / many;
    left -= size;
    many--;
  }
  return Number.POSITIVE_INFINITY;
}

function shortened(timeline: Timeline, most: number): Omit<PointHistory, 'point'> {
  const { history } = timeline;
  const bytes = unpackHistory(history!);
  const open = historyOf(timeline)!;
  // How well it packs is known of the whole; a part may pack a little worse.
  let keep = (bytes.length * most) / history!.packed.length;
  for (;;) {
    const part = cutHistory(open, bytes.length, keep);
    const packed = gzipSync(part.bytes).toString('base64');
    if (packed.length <= most || part.bytes.length < 100) return { to_s: part.to_s, cut: true, packed };
    keep *= 0.95;
  }
}
