/** Tables of figures as CSV: written to six significant digits, read back, compared. */
import { parse } from 'csv-parse/sync';
import type { Row } from './figure.ts';

const DIGITS = 6;
/** Two numbers written to `DIGITS` digits are the same up to the last one. */
const TOLERANCE = 2 * 10 ** (1 - DIGITS);

/** A table as CSV, with the columns in their order. Throws where a row has other columns, or a number is not finite. */
export function csvText(columns: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const own = Object.keys(row);
    if (own.length !== columns.length || own.some((name) => !columns.includes(name))) {
      throw new Error(`a row has the columns ${own.join(', ')} instead of ${columns.join(', ')}`);
    }
    return columns.map((name) => cellText(row[name]!, name)).join(',');
  });
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function cellText(cell: string | number, column: string): string {
  if (typeof cell === 'number') {
    if (!Number.isFinite(cell)) throw new Error(`column ${column}: ${cell} cannot be written`);
    return String(Number(cell.toPrecision(DIGITS)));
  }
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Rows of a CSV text; cells that are numbers become numbers. */
export function csvRows(text: string): Row[] {
  const rows = parse(text, { columns: true, skip_empty_lines: true }) as Record<string, string>[];
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [
        name,
        cell.trim() !== '' && Number.isFinite(Number(cell)) ? Number(cell) : cell,
      ]),
    ),
  );
}

/** Where the rows of `now` differ from those of `before`, a line for each cell; empty where they do not. */
export function differences(before: readonly Row[], now: readonly Row[]): string[] {
  if (before.length !== now.length) return [`${now.length} rows instead of ${before.length}`];
  return now.flatMap((row, i) => {
    const old = before[i]!;
    const columns = [...new Set([...Object.keys(old), ...Object.keys(row)])];
    return columns
      .filter((name) => !same(old[name], row[name]))
      .map((name) => `row ${i + 1}, ${name}: ${row[name] ?? 'nothing'} instead of ${old[name] ?? 'nothing'}`);
  });
}

function same(a: string | number | undefined, b: string | number | undefined): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
