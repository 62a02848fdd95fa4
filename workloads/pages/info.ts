/** What `nowsim trace info` tells of references: footprint, writes and what LRU does in memories of every size. */
import type { TraceInfo } from '../info.ts';
import { REFERENCE_FORMS, type ReferenceForm } from './forms.ts';
import { readReferences } from './read.ts';
import { missCurve } from './stack-distances.ts';

/** Bytes of a page. */
const PAGE = 4096;

/** Memory sizes that are told: powers of two, and 1, 2, 5 in each decade from 100, up to the first that holds all. */
export function curveFrames(unique: number): number[] {
  const frames = new Set<number>();
  for (let size = 1; size < 2 * unique; size *= 2) frames.add(size);
  for (let decade = 100; decade < unique; decade *= 10) for (const k of [1, 2, 5]) frames.add(k * decade);
  return [...frames].filter((size) => size < 2 * unique).toSorted((a, b) => a - b);
}

/** Reads the whole trace; pages of 4 KiB. Throws `InputError` where it is damaged. */
export async function referenceInfo(path: string, form: ReferenceForm): Promise<TraceInfo> {
  const { table, records } = await readReferences(path, form, PAGE);
  const curve = missCurve(table);
  const sizes = curveFrames(table.unique).filter((frames) => frames >= table.exactFrom);
  const reduced = form === 'lru-sequence';
  const by = (value: (frames: number) => number) =>
    Object.fromEntries(sizes.map((frames) => [String(frames), value(frames)]));
  let stood = table.told;
  if (table.stands !== null) {
    stood = 0;
    for (let i = 0; i < table.n; i++) stood += table.stands[i]!;
  }
  return {
    file: path,
    kind: form,
    what: REFERENCE_FORMS[form],
    counts: {
      refs: table.told,
      unique: table.unique,
      // Of a reduction only the pages are known that were written at all.
      writes: reduced ? null : table.writes,
      footprint_bytes: table.unique * PAGE,
      ...(reduced ? { references_of_the_run: stood } : {}),
    },
    records,
    tables: {
      lru_faults: by(curve.faults),
      lru_writebacks: by(curve.writeBacks),
      miss_ratio: by((frames) => curve.faults(frames) / stood),
    },
    remarks: [
      ...(form.startsWith('block') ? ['a block is taken for a page of 4 KiB'] : []),
      ...(reduced
        ? [
            `a reduction by an LRU memory of ${table.exactFrom} pages: exact for LRU memories of at least as many`,
          ]
        : []),
      'tables are by number of frames; first references are faults, pages dirty at the end are not written back',
    ],
  };
}
