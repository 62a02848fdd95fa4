/** Reads a trace of references of any known form into a table. */
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { readBlocks } from './blocks.ts';
import { REFERENCE_FORMS, type ReferenceForm, SCANNERS } from './forms.ts';
import { ReferenceColumns, type ReferenceTable } from './table.ts';

export interface ReferenceTrace {
  readonly form: ReferenceForm;
  readonly table: ReferenceTable;
  readonly records: RecordCount;
}

/**
 * The references of a trace; addresses become pages of `pageBytes`, a power of two. Throws `InputError` for a damaged
 * line (with its place), and where nothing can be kept.
 */
export async function readReferences(
  path: string,
  form: ReferenceForm,
  pageBytes: number,
): Promise<ReferenceTrace> {
  const shift = Math.log2(pageBytes);
  if (!Number.isInteger(shift) || shift > 30) {
    throw new InputError({
      where: 'memory.page',
      found: `${pageBytes}B`,
      would: 'give a power of two, such as 4KiB',
    });
  }
  const columns = new ReferenceColumns();
  const records = recordCount();
  const would = `the file holds ${REFERENCE_FORMS[form]}`;
  const scanner = new SCANNERS[form](path, columns, records, shift, would);
  const { missingLastNewline } = await readBlocks(path, (bytes, end) => scanner.block(bytes, end));
  scanner.finish();
  count(records.repaired, 'missing last newline', missingLastNewline ? 1 : 0);
  mustKeepSome(path, 'references', records);
  return { form, table: columns.finish(), records };
}
