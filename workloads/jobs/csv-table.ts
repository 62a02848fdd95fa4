/**
 * Tables of comma-separated values with a header, read by the names of their columns. The last column has the rest of the
 * line, commas included; there is no quoting.
 */
import { InputError } from '../../sim/problem.ts';
import { firstMark, lineFault, plainNumber, readLines, type TextRead } from '../text.ts';

/** The header that a line is, if it has all of `needed`. */
export function headerOf(text: string, needed: readonly string[]): readonly string[] | undefined {
  const names = text.trim().split(',');
  return needed.every((name) => names.includes(name)) ? names : undefined;
}

/** One row: numbers and texts by the name of their column. Valid during the call only. */
export interface CsvRow {
  has(column: string): boolean;
  /** Throws `InputError` with the place where that is no number. */
  number(column: string): number;
  text(column: string): string;
}

/** Calls `onRow` for every row; blank lines are passed over. Throws `InputError` where a line has too few columns. */
export async function readTable(
  path: string,
  needed: readonly string[],
  onRow: (row: CsvRow) => void,
): Promise<TextRead> {
  let columns: readonly string[] | undefined;
  return readLines(path, (bytes, start, end, line) => {
    if (firstMark(bytes, start, end) === end) return;
    const text = bytes.toString('utf8', start, end);
    if (columns === undefined) {
      columns = headerOf(text, needed);
      if (columns !== undefined) return;
      throw new InputError({
        where: `${path}:${line}`,
        found: 'no header with the columns of this table',
        would: `the first line must name ${needed.join(', ')}`,
      });
    }
    const names = columns;
    const cells = text.split(',');
    if (cells.length < names.length) {
      throw lineFault(
        path,
        line,
        bytes,
        start,
        end,
        end - start,
        `${cells.length} columns`,
        `the header names ${names.length}`,
      );
    }
    // The last column takes what is left.
    const rest = cells.slice(names.length - 1).join(',');
    const cell = (column: string) => {
      const at = names.indexOf(column);
      return at === names.length - 1 ? rest : cells[at]!;
    };
    onRow({
      has: (column) => names.includes(column),
      text: (column) => cell(column).trim(),
      number(column) {
        const value = plainNumber(cell(column).trim());
        if (!Number.isNaN(value)) return value;
        const before = cells.slice(0, names.indexOf(column)).reduce((sum, c) => sum + c.length + 1, 0);
        throw lineFault(
          path,
          line,
          bytes,
          start,
          end,
          Buffer.byteLength(text.slice(0, before)),
          `${column} is "${cell(column)}"`,
          'it must be a number',
        );
      },
    });
  });
}
