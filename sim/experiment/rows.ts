/**
 * `rows.jsonl`: a line a run, appended and flushed as each run ends, so that an interrupted experiment goes on
 * where it stopped. Holds nothing that depends on the machine, the clock or the order in which runs ended.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Params } from './axes.ts';
import { digestOf } from './cells.ts';
import type { Batches } from './study.ts';

export interface Row {
  /** Address of the run (cells.ts). */
  readonly cell: string;
  /** Index of the point, from 0. */
  readonly point: number;
  readonly replication: number;
  readonly params: Params;
  readonly measures: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly events: number;
  readonly digest: string;
  readonly notes: readonly string[];
  /** Batch means, where the experiment's intervals are made of them; null where the run has none. */
  readonly batches?: Batches | null;
}

/** Rows of a file, by cell. A line that is no whole row (cut short by a kill) is passed over: its run is done again. */
export function readRows(path: string): Map<string, Row> {
  const rows = new Map<string, Row>();
  if (!existsSync(path)) return rows;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      const row = JSON.parse(line) as Row;
      if (
        typeof row.cell === 'string' &&
        typeof row.digest === 'string' &&
        typeof row.measures === 'object'
      ) {
        rows.set(row.cell, row);
      }
    } catch {
      // a torn line
    }
  }
  return rows;
}

export function rowsText(rows: Iterable<Row>): string {
  let text = '';
  for (const row of rows) text += `${JSON.stringify(row)}\n`;
  return text;
}

/** Appends rows; each is on the disk when `append` returns. */
export class RowFile {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  append(row: Row): void {
    writeSync(this.file, `${JSON.stringify(row)}\n`);
    fdatasyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}

/**
 * Digest of an experiment: over what every run came to, in order of (point, replication). Paths and names are left
 * out, so that it is the same wherever the inputs lie.
 */
export function digestOfRows(rows: readonly Row[]): string {
  return digestOf(
    rows
      .map((row) => JSON.stringify([row.point, row.replication, row.digest, row.measures, row.counts]))
      .join('\n'),
  );
}

/** Digest of one point's rows as a run of that point alone gives it: there it is the first. */
export function digestOfPoint(rows: readonly Row[]): string {
  return digestOfRows(rows.map((row) => ({ ...row, point: 0 })));
}
