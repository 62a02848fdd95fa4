/**
 * Sweeps: pages 0 to N-1 in order, again and again, as numeric kernels go through their arrays. LRU with M < N frames
 * faults at every reference; the optimum keeps M - 1 of N - 1.
 */
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { checkCount, type MadeReferences, PAGES, writes } from './laws.ts';

export const SWEEP_LAW = {
  doc: 'pages in order, again and again',
  fields: {
    pages: PAGES,
    sweeps: { kind: 'integer', doc: 'how often', default: 10, min: 1 },
    writes: writes('100%'),
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];
const GROUP = { kind: 'group', doc: '', fields: SWEEP_LAW.fields } as const satisfies Field;

export function sweep({ pages, sweeps }: Read<typeof GROUP>, made: MadeReferences): void {
  checkCount('sweep', pages * sweeps);
  for (let k = 0; k < sweeps; k++) for (let page = 0; page < pages; page++) made.refer(page);
}
