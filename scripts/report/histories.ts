/**
 * The histories that a page carries, packed, one for each point whose first replication has one.
 *
 * They share a budget, so that a page stays one that can be sent. Where all are small they stand there whole; where
 * not, the small ones do and the others get equal parts, each up to the instant at which it is full. Nothing is
 * thinned out: a history that ends early says when.
 */
import { gzipSync } from 'node:zlib';
import { cutHistory, openHistory } from '../../models/history.ts';
import { type Timeline, unpackHistory } from '../timelines.ts';

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
  const present = timelines.flatMap((t, point) => {
    if (t?.history === undefined) return [];
    // A run packs its history quickly; a page is read more often than it is written.
    const bytes = unpackHistory(t.history);
    return [{ t, point, bytes, packed: packedTightly(bytes) }];
  });
  const share = shareOf(
    present.map(({ packed }) => packed.length),
    budget,
  );
  return present.map(({ t, point, bytes, packed }) => {
    const { to_s } = t.history!;
    if (packed.length <= share) return { point, to_s, cut: to_s < t.horizon_s, packed };
    return { point, ...shortened(t, bytes, packed.length, share) };
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

function packedTightly(bytes: Uint8Array): string {
  return gzipSync(bytes).toString('base64');
}

/** A history of which the whole takes `size` characters, up to where it takes `most`. */
function shortened(
  timeline: Timeline,
  bytes: Uint8Array,
  size: number,
  most: number,
): Omit<PointHistory, 'point'> {
  const open = openHistory(bytes, timeline.nodes, timeline.history!.to_s * 1e3);
  // How well it packs is known of the whole; a part may pack a little worse.
  let keep = (bytes.length * most) / size;
  for (;;) {
    const part = cutHistory(open, bytes.length, keep);
    const packed = packedTightly(part.bytes);
    if (packed.length <= most || part.bytes.length < 100) return { to_s: part.to_s, cut: true, packed };
    keep *= 0.95;
  }
}
