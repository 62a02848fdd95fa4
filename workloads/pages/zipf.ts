/**
 * Independent references: page of rank k with probability proportional to k^-s (s = 0: uniform). LRU hit ratios follow
 * from Che's approximation.
 */
import { zipf as zipfLaw } from '../../sim/engine/laws.ts';
import type { Source } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { COUNT, type MadeReferences, PAGES, writes } from './laws.ts';

export const ZIPF_LAW = {
  doc: 'independent references, page of rank k with probability proportional to k^-s',
  fields: {
    pages: PAGES,
    s: { kind: 'number', doc: 'exponent; 0: all pages alike', default: 0.8, min: 0, max: 10 },
    count: COUNT,
    writes: writes('30%'),
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];
const GROUP = { kind: 'group', doc: '', fields: ZIPF_LAW.fields } as const satisfies Field;

export function zipf({ pages, s, count }: Read<typeof GROUP>, made: MadeReferences, chance: Source): void {
  const rank = zipfLaw(pages, s);
  for (let i = 0; i < count; i++) made.refer(rank.sample(chance) - 1);
}
