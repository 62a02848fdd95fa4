/**
 * Forms of traces of references, and how each is told by its first lines. Source: traces of address and block
 * references in use (the simulators of caffeine and libCacheSim, valgrind's tool lackey).
 */

import type { RecordCount } from '../records.ts';
import {
  AddressFirst,
  BlockCsv,
  BlockList,
  Lackey,
  LoadStore,
  LruSequence,
  type Scanner,
} from './scanners.ts';
import type { ReferenceColumns } from './table.ts';

/** Forms and what a file of each looks like. */
export const REFERENCE_FORMS = {
  'load-store': 'memory references ("l|s 0xADDR instructions")',
  addresses: 'memory references ("ADDR R|W", hexadecimal)',
  lackey: 'memory references of "valgrind --tool=lackey --trace-mem=yes"',
  'lru-sequence': 'page references that missed an LRU memory ("dt page kind evicted dirty")',
  'block-list': 'block references (one number a line, marks "*")',
  'block-csv': 'block references (CSV with columns "op" and "lbn")',
} as const;
export type ReferenceForm = keyof typeof REFERENCE_FORMS;

type Kind = new (
  path: string,
  columns: ReferenceColumns,
  records: RecordCount,
  shift: number,
  would: string,
) => Scanner;

/** The reader of each form. */
export const SCANNERS: Readonly<Record<ReferenceForm, Kind>> = {
  'load-store': LoadStore,
  addresses: AddressFirst,
  lackey: Lackey,
  'lru-sequence': LruSequence,
  'block-list': BlockList,
  'block-csv': BlockCsv,
};

const SHAPES: readonly (readonly [ReferenceForm, RegExp])[] = [
  ['load-store', /^[ls]\s+0x[\da-f]+(?:\s+\d+)?$/i],
  ['addresses', /^(?:0x)?[\da-f]{1,16}\s+[RW]$/i],
  ['lackey', /^[ILSM]\s+[\da-f]+,\d+$/],
  ['lru-sequence', /^\d+\s+[\da-f]+\s+[IRW]\s+(?:[\da-f]+|-)\s+[01]$/],
  ['block-csv', /^(?=(?:.*,)?op(?:,|$))(?=(?:.*,)?lbn(?:,|$)).*,.*$/],
];

/** The form that a line (without blanks at its ends) has; undefined for a number alone, which other traces hold too. */
export function referenceForm(line: string): ReferenceForm | undefined {
  return SHAPES.find(([, shape]) => shape.test(line))?.[0];
}

/** Largest CPU percentage: numbers above it are no samples. */
const PERCENT = 100;
/** Share of the numbers from which on those above it are no slips. */
const SOME = 1 / 20;

/** Are these lines of single numbers block numbers, and not percentages? A mark tells, or a share of large numbers. */
export function isBlockList(lines: readonly string[]): boolean {
  let large = 0;
  let numbers = 0;
  for (const line of lines) {
    const text = line.trim();
    if (text === '*') return true;
    if (!/^\d+$/.test(text)) continue;
    numbers++;
    if (Number(text) > PERCENT) large++;
  }
  return large > 1 && large > SOME * numbers;
}
