/**
 * The failure log of the LANL systems as published (CSV, one failure a row): nodes are down from `Prob Started` to
 * `Prob Fixed`.
 *
 * Source: the published table (Schroeder and Gibson 2006). Nodes are `system.node`, and only those with a failure
 * occur. Stamps are local times without zone and taken as they stand; the column `Down Time` is not used (it disagrees
 * with the stamps in some rows). Repaired and counted: failures of a node that overlap (joined). Dropped and counted:
 * rows without both stamps, fixed no later than started, and rows that stand there already. Left out: causes, hardware.
 */
import { Readable } from 'node:stream';
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { LONGEST_LINE, readBytes } from '../text.ts';
import { ACTIVITY, type ActivityTable } from './activity.ts';
import { ActivityColumns } from './columns.ts';

const COLUMNS = ['System', 'nodenum', 'Prob Started', 'Prob Fixed'] as const;

/** Times at which nodes fail and come back. Throws `InputError` for a table without the columns, or damaged CSV. */
export async function readLanlFailures(
  path: string,
): Promise<{ owners: ActivityTable; records: RecordCount }> {
  // Loaded here, since no other format needs it.
  const { CsvError, parse } = await import('csv-parse');
  const records = recordCount();
  const failures = new Map<string, { from: number; to: number }[]>();
  const seen = new Set<string>();
  const rows = Readable.from(readBytes(path)).pipe(
    parse({ columns: true, bom: true, trim: true, skip_empty_lines: true, max_record_size: LONGEST_LINE }),
  );
  try {
    for await (const row of rows as AsyncIterable<Record<string, string>>) {
      const missing = COLUMNS.filter((column) => row[column] === undefined);
      if (missing.length > 0) {
        throw new InputError({
          where: `${path}:1`,
          found: `there is no column ${missing.join(', ')}`,
          would: 'the LANL failure log has a header line with these columns',
        });
      }
      records.read++;
      const key = JSON.stringify(Object.values(row));
      const from = stampSeconds(row['Prob Started']!);
      const to = stampSeconds(row['Prob Fixed']!);
      if (seen.has(key)) count(records.dropped, 'row that stands there already');
      else if (Number.isNaN(from) || Number.isNaN(to)) count(records.dropped, 'no start or end');
      else if (to <= from) count(records.dropped, 'fixed no later than started');
      else {
        const node = `${row['System']}.${row['nodenum']}`;
        const list = failures.get(node);
        if (list === undefined) failures.set(node, [{ from, to }]);
        else list.push({ from, to });
        records.kept++;
      }
      seen.add(key);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError({ where: path, found: error.message, would: 'give the table as it was published' });
  }
  mustKeepSome(path, 'failures', records);
  return { owners: outages(failures, records), records };
}

function outages(
  failures: ReadonlyMap<string, readonly { from: number; to: number }[]>,
  records: RecordCount,
): ActivityTable {
  let first = Infinity;
  let last = -Infinity;
  for (const list of failures.values()) {
    for (const { from, to } of list) {
      first = Math.min(first, from);
      last = Math.max(last, to);
    }
  }
  const columns = new ActivityColumns();
  for (const [name, list] of failures) {
    const node = columns.nodeNumber(name);
    const sorted = [...list].sort((a, b) => a.from - b.from);
    let until = Number.NEGATIVE_INFINITY;
    if (sorted[0]!.from > first) columns.add(node, first, ACTIVITY.up, 0);
    for (const { from, to } of sorted) {
      if (from > until) {
        if (Number.isFinite(until)) columns.add(node, until, ACTIVITY.up, 0);
        columns.add(node, from, ACTIVITY.down, 0);
      } else count(records.repaired, 'failure that overlaps the one before');
      until = Math.max(until, to);
    }
    if (until < last) columns.add(node, until, ACTIVITY.up, 0);
  }
  return columns.finish(last - first, first, records);
}

/** Seconds of `6/21/2005 10:54`, read as UTC; NaN for anything else. */
function stampSeconds(stamp: string): number {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)$/.exec(stamp);
  if (match === null) return Number.NaN;
  const [month, day, year, hour, minute] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute) / 1000;
}
