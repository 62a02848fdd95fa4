/**
 * Phases of working sets: for a while (exponential) a process refers, uniformly, to the pages of one locality set; the
 * next set keeps a share of the pages and takes the others anew from all. Source: Denning and Kahn 1975, in the form of
 * section 1.9 of the project's reference on memory and networks.
 */
import type { Source } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { COUNT, type MadeReferences, PAGES, writes } from './laws.ts';

export const PHASES_LAW = {
  doc: 'phases, each on a set of pages of which the next keeps a share',
  fields: {
    pages: PAGES,
    set: { kind: 'integer', doc: 'pages of a locality set (assumed)', default: 100, min: 1 },
    phase: { kind: 'number', doc: 'mean references of a phase (assumed)', default: 10_000, min: 1 },
    kept: { kind: 'share', doc: 'pages that the next set keeps (assumed)', default: '20%', min: 0, max: 1 },
    count: COUNT,
    writes: writes('30%'),
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];
const GROUP = { kind: 'group', doc: '', fields: PHASES_LAW.fields } as const satisfies Field;

export function phases(settings: Read<typeof GROUP>, made: MadeReferences, chance: Source): void {
  const { pages, set: size, phase, kept, count } = settings;
  if (size > pages) {
    throw new InputError({
      where: 'pages.law.set',
      found: `${size} pages of ${pages}`,
      would: 'give a set no larger than pages.law.pages',
    });
  }
  // The set is the first `size` entries of a permutation; an exchange brings in a page from outside it.
  const order = Int32Array.from({ length: pages }, (_, page) => page);
  const pick = (n: number) => Math.floor(chance.next() * n);
  const exchange = (a: number, b: number) => {
    const held = order[a]!;
    order[a] = order[b]!;
    order[b] = held;
  };
  for (let k = 0; k < size; k++) exchange(k, k + pick(pages - k));
  const fresh = Math.min(size - Math.round(kept * size), pages - size);
  let done = 0;
  while (done < count) {
    const length = Math.min(count - done, Math.max(1, Math.ceil(-phase * Math.log(chance.next()))));
    for (let i = 0; i < length; i++) made.refer(order[pick(size)]!);
    done += length;
    // Those that leave stand behind the kept ones; those that come are drawn from outside, each once.
    for (let k = 0; k < fresh; k++) exchange(k, k + pick(size - k));
    for (let k = 0; k < fresh; k++) {
      exchange(size + k, size + k + pick(pages - size - k));
      exchange(k, size + k);
    }
  }
}
