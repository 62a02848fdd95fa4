/** What generators of references share: their common settings, and how a reference comes to write. */
import type { Source } from '../../sim/engine/streams.ts';
import type { Field } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { ReferenceColumns } from './table.ts';

export const PAGES = {
  kind: 'integer',
  doc: 'pages referred to',
  default: 10_000,
  min: 1,
  max: 2 ** 30,
} as const satisfies Field;
export const COUNT = {
  kind: 'integer',
  doc: 'references',
  default: 1_000_000,
  min: 1,
  max: 2 ** 30,
} as const satisfies Field;
export const writes = (value: string) =>
  ({
    kind: 'share',
    doc: 'references that write (assumed)',
    default: value,
    min: 0,
    max: 1,
  }) as const satisfies Field;

/** Most references that are made: they are kept in memory. */
const MOST = 2 ** 30;

/** References made one by one; whether one writes is drawn from a stream of its own. */
export class MadeReferences extends ReferenceColumns {
  private readonly share: number;
  private readonly chance: Source;

  constructor(share: number, chance: Source) {
    super();
    this.share = share;
    this.chance = chance;
  }

  refer(page: number): void {
    const write = this.share === 1 || (this.share > 0 && this.chance.next() < this.share);
    this.add(page, write ? 1 : 0);
  }
}

/** Throws `InputError` where a law would make more references than can be kept. */
export function checkCount(law: string, references: number): void {
  if (references <= MOST) return;
  throw new InputError({
    where: `pages.law (${law})`,
    found: `${references.toLocaleString('en-US')} references`,
    would: `make it smaller: at most ${MOST.toLocaleString('en-US')} are kept in memory`,
  });
}
