/**
 * The table that `strace -c` prints: calls by name, without order, times or bytes. It is read as a mix of calls.
 *
 * A table whose rows do not add up to its total is an error (rows are missing). Repaired and counted: a table without
 * its total. Dropped and counted: lines outside the table (what the program itself printed). Left out: tables with
 * columns chosen by `-U`.
 *
 * Source: the output of strace 4.5 to 6.1.
 */
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { plainNumber, readLines } from '../text.ts';
import { blankCall, type CallSink } from './call.ts';
import { MOVES } from './classes.ts';
import { CallNames } from './names.ts';

export const SUMMARY_HEAD = /^% time\s.*\bcalls\b/;

export interface SummaryRead {
  readonly records: RecordCount;
  readonly names: CallNames;
  /** Calls that failed, and the time that the kernel spent in all calls, s. */
  readonly failed: number;
  readonly system_s: number;
}

/** Reads the table; tells `sink` of each call, name after name, `each_s` of user time before it. Throws `InputError` where it is no such table. */
export async function readStraceSummary(path: string, sink: CallSink, each_s: number): Promise<SummaryRead> {
  const records = recordCount();
  const names = new CallNames(path);
  const rows: { name: number; calls: number }[] = [];
  let inside = false;
  let total: number | undefined;
  let failed = 0;
  let system_s = 0;
  const read = await readLines(path, (bytes, start, end, line) => {
    const text = bytes.toString('utf8', start, end).trim();
    if (text === '') return;
    if (SUMMARY_HEAD.test(text)) {
      inside = true;
      return;
    }
    if (/^[- ]+$/.test(text)) return;
    records.read++;
    const words = text.split(/\s+/);
    const numbers = words.slice(0, -1).map((word) => plainNumber(word.replace(',', '.')));
    const isRow =
      inside &&
      total === undefined &&
      (numbers.length === 4 || numbers.length === 5) &&
      numbers.every((n) => n >= 0) &&
      Number.isInteger(numbers[3]);
    if (!isRow) {
      count(records.dropped, 'line outside the table');
      return;
    }
    records.kept++;
    const calls = numbers[3]!;
    const name = words.at(-1)!;
    if (name === 'total') {
      total = calls;
      return;
    }
    const id = names.id(name);
    if (id < 0)
      throw new InputError({ where: `${path}:${line}`, found: `a call named "${name.slice(0, 80)}"` });
    rows.push({ name: id, calls });
    failed += numbers[4] ?? 0;
    system_s += numbers[1]!;
  });
  const sum = rows.reduce((n, row) => n + row.calls, 0);
  if (total === undefined) count(records.repaired, 'table without its total');
  else if (total !== sum) {
    throw new InputError({
      where: path,
      found: `the table says ${total} calls in total, but its rows add up to ${sum}`,
      would: 'give the whole table',
    });
  }
  count(records.repaired, 'CRLF line end', read.crlf);
  if (sum === 0) mustKeepSome(path, 'calls', { ...records, kept: 0 });
  const call = blankCall();
  call.moves = MOVES.none;
  call.user_s = each_s;
  for (const row of rows) {
    call.name = row.name;
    call.service = names.service[row.name]!;
    call.waits = names.waits[row.name]!;
    for (let i = 0; i < row.calls; i++) {
      sink.began(call);
      sink.ended(call);
    }
  }
  return { records, names, failed, system_s };
}
