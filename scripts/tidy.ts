/**
 * Results as tidy columns: one record for every run, measure and value, with the parameters of its point. This is
 * the form that statistics programs read, and what `nowsim export` and `nowsim query` share.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, type Plain, valueText } from '../sim/experiment/fields.ts';
import type { IntervalKind } from '../sim/experiment/intervals.ts';
import type { DifferenceSummary, Summary } from '../sim/experiment/results.ts';
import { readRows } from '../sim/experiment/rows.ts';
import { InputError } from '../sim/problem.ts';
import { intervalText } from './terminal.ts';

export interface Column {
  readonly name: string;
  readonly type: 'STRING' | 'DOUBLE' | 'INT32';
  readonly data: (string | number | null)[];
}

/**
 * Columns experiment, run (address), point, replication, a column for every parameter, measure, unit, value, interval
 * (which kind the experiment's summary shows: what a program that makes intervals from the values may do too). Parameters that are numbers everywhere are numbers. Throws `InputError` where a folder holds no results.
 */
export function tidyColumns(
  folders: readonly string[],
  units: Readonly<Record<string, { unit: string }>>,
): Column[] {
  const rows = folders.flatMap((folder) => {
    const { name, interval } = headOf(folder);
    return [...readRows(join(folder, 'rows.jsonl')).values()].map((row) => ({ name, interval, row }));
  });
  const paths = [...new Set(rows.flatMap(({ row }) => Object.keys(row.params)))];
  const records = rows.flatMap(({ row, ...head }) =>
    Object.entries(row.measures).map(([measure, value]) => ({ ...head, row, measure, value })),
  );
  const column = (
    name: string,
    type: Column['type'],
    of: (record: (typeof records)[number]) => string | number | null,
  ) => ({
    name,
    type,
    data: records.map(of),
  });
  return [
    column('experiment', 'STRING', ({ name }) => name),
    column('run', 'STRING', ({ row }) => row.cell),
    column('point', 'INT32', ({ row }) => row.point),
    column('replication', 'INT32', ({ row }) => row.replication),
    ...paths.map((path) => {
      const values = rows.map(({ row }) => row.params[path]);
      const numbers = values.every((value) => value === undefined || typeof value === 'number');
      return column(path, numbers ? 'DOUBLE' : 'STRING', ({ row }) => {
        const value = row.params[path];
        if (value === undefined) return null;
        return numbers ? (value as number) : valueText(value);
      });
    }),
    column('measure', 'STRING', ({ measure }) => measure),
    column('unit', 'STRING', ({ measure }) => units[measure]?.unit ?? ''),
    column('value', 'DOUBLE', ({ value }) => value),
    column('interval', 'STRING', ({ interval }) => interval),
  ];
}

/** What an experiment is called, and which intervals it shows. Throws `InputError`. */
function headOf(folder: string): { name: string; interval: string } {
  const manifest = join(folder, 'manifest.json');
  if (!existsSync(manifest) || !existsSync(join(folder, 'rows.jsonl'))) {
    throw new InputError({
      where: folder,
      found: 'holds no results (manifest.json and rows.jsonl)',
      would: 'give a folder that "nowsim run" wrote',
    });
  }
  const { name, experiment } = JSON.parse(readFileSync(manifest, 'utf8')) as Plain;
  return { name: String(name), interval: String((experiment as Plain)['interval'] ?? 'student') };
}

/** The measure that an experiment names first; response_time_s where its folder has no manifest. */
export function firstMeasure(folder: string): string {
  const path = join(folder, 'manifest.json');
  const fallback = 'response_time_s';
  if (!existsSync(path)) return fallback;
  const { experiment } = JSON.parse(readFileSync(path, 'utf8')) as Plain;
  const measures = isMap(experiment) ? experiment['measures'] : undefined;
  return Array.isArray(measures) && measures.length > 0 ? String(measures[0]) : fallback;
}

/** The columns as CSV with a header line; a value that is none is empty. */
export function* csvLines(columns: readonly Column[]): Generator<string> {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  yield `${columns.map((column) => cell(column.name)).join(',')}\n`;
  const n = columns[0]?.data.length ?? 0;
  for (let i = 0; i < n; i++) yield `${columns.map((column) => cell(column.data[i]!)).join(',')}\n`;
}

/** Means of the measures with their intervals at every point, as cells of text; a measure that is absent is "-". */
export function summaryCells(
  summary: Summary,
  measures: readonly string[],
): { head: string[]; rows: string[][] } {
  const paths = [...new Set(summary.points.flatMap((point) => Object.keys(point.params)))];
  return {
    head: [...paths, ...measures],
    rows: summary.points.map(({ params, measures: mine }) => [
      ...paths.map((path) => (params[path] === undefined ? '-' : valueText(params[path]))),
      ...measures.map((name) =>
        mine[name] === undefined ? '-' : intervalText(summary.interval, mine[name]),
      ),
    ]),
  };
}

/** Paired differences from the baseline with their intervals, as `summaryCells`; a star where they are clear. */
export function differenceCells(
  summary: Summary,
  measures: readonly string[],
): { head: string[]; rows: string[][] } {
  const paths = [...new Set(summary.paired.flatMap((pair) => Object.keys(pair.params)))];
  return {
    head: [...paths, ...measures],
    rows: summary.paired.map(({ params, measures: mine }) => [
      ...paths.map((path) => (params[path] === undefined ? '-' : valueText(params[path]))),
      ...measures.map((name) =>
        mine[name] === undefined ? '-' : differenceText(summary.interval, mine[name]),
      ),
    ]),
  };
}

/** Is a difference told from nothing, among as many as there are points? */
export function isClear({ p_holm }: Pick<DifferenceSummary, 'p_holm'>): boolean {
  return p_holm !== null && p_holm < 0.05;
}

/** A paired difference with its interval, and a star where it is clear. */
export function differenceText(interval: IntervalKind, difference: DifferenceSummary): string {
  const text = intervalText(interval, { ...difference, mean: difference.difference }, true);
  return isClear(difference) ? `${text} *` : text;
}
