/**
 * Owner activity as text: `node time kind value`, one change a line, `#` starts a comment. Kinds are those of
 * activity.ts. The simplest form that says what idle-detection policies look at, and nowsim's own.
 *
 * Times are seconds; simulated zero is the first record's, in whole seconds, and the span reaches to the last record,
 * unless comments say otherwise: `# offset_s 0` and `# span_s 172800`. Records may stand in any order of nodes.
 * Repaired and counted: CRLF, a missing last newline, times out of order within a node, and a value left out for
 * `input`, `up` and `down`, which have none. A CPU demand may be a percentage, `20%` for 0.2. Node names are words without blanks.
 */
import { InputError, nearest } from '../../sim/problem.ts';
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { firstMark, lineFault, plainNumber, readLines, writeText } from '../text.ts';
import { ACTIVITY, type ActivityKind, type ActivityTable } from './activity.ts';
import { ActivityColumns } from './columns.ts';

const HASH = 35;
export const ACTIVITY_KINDS = Object.keys(ACTIVITY) as readonly ActivityKind[];

/** What the value of a record of each kind is. */
export const ACTIVITY_VALUES: Readonly<Record<ActivityKind, string>> = {
  away: 'the share of the CPU that goes on being used without the owner, such as 0 or 5%',
  present: "the owner's share of the CPU, such as 0.2 or 20%",
  input: 'nothing: a key stroke',
  load: 'the number of runnable processes of the owner',
  mem: 'the bytes that the owner uses',
  up: 'nothing: the node is given back',
  down: 'nothing: the node is withdrawn',
};

/** True for a word that names a kind of record. */
export function isActivityKind(word: string): word is ActivityKind {
  return Object.hasOwn(ACTIVITY, word);
}

/** Owners from an activity file. Throws `InputError` with file:line:col for a line that is no record. */
export async function readActivity(path: string): Promise<{ owners: ActivityTable; records: RecordCount }> {
  const records = recordCount();
  const columns = new ActivityColumns();
  const said: { offset_s?: number; span_s?: number } = {};
  const text = await readLines(path, (bytes, start, end, line) => {
    const mark = firstMark(bytes, start, end);
    if (mark === end) return;
    const row = bytes.toString('utf8', mark, end);
    if (bytes[mark] === HASH) {
      const match = /^#\s*(offset_s|span_s)[\s:]+(\S+)\s*$/.exec(row);
      const value = plainNumber(match?.[2] ?? '');
      if (match !== null && !Number.isNaN(value)) said[match[1] as 'offset_s' | 'span_s'] = value;
      return;
    }
    const words = row.trim().split(/[ \t]+/);
    const fault = problemOf(words);
    if (fault !== undefined) {
      const offset = mark - start + Math.max(0, row.indexOf(fault.word));
      throw lineFault(path, line, bytes, start, end, offset, fault.found, fault.would);
    }
    records.read++;
    if (words.length === 3) count(records.repaired, 'value left out');
    const kind = ACTIVITY[words[2] as ActivityKind];
    columns.add(columns.nodeNumber(words[0]!), Number(words[1]), kind, numberOf(words[3] ?? '0'));
  });
  count(records.repaired, 'CRLF line end', text.crlf);
  count(records.repaired, 'missing last newline', text.missing_last_newline ? 1 : 0);
  records.kept = records.read;
  mustKeepSome(path, 'activity records', records);
  const { first_s, last_s } = columns.extent();
  const offset = said.offset_s ?? Math.floor(first_s);
  const span = said.span_s ?? last_s - offset;
  if (first_s < offset || last_s - offset > span) {
    throw new InputError({
      where: path,
      found: `records from ${first_s}s to ${last_s}s, but the comments give offset_s ${offset} and span_s ${span}`,
      would: 'correct or remove the comments',
    });
  }
  if (span <= 0) {
    throw new InputError({
      where: path,
      found: 'all records stand at one instant',
      would: 'say how long the trace is with a comment such as "# span_s 86400"',
    });
  }
  return { owners: columns.finish(span, offset, records), records };
}

/** What is wrong with the words of a record. */
function problemOf(words: readonly string[]): { word: string; found: string; would: string } | undefined {
  const [, time, kind, value] = words;
  const shape = `a record is "node time kind value", kind one of ${ACTIVITY_KINDS.join(', ')}`;
  if (time === undefined || kind === undefined || words.length > 4) {
    return { word: words[0]!, found: `${words.length} words`, would: shape };
  }
  if (Number.isNaN(plainNumber(time)))
    return { word: time, found: `time "${time}"`, would: 'times are seconds' };
  if (!isActivityKind(kind)) {
    const near = nearest(kind, ACTIVITY_KINDS);
    const meant = near === undefined ? '' : `did you mean "${near}"? `;
    return { word: kind, found: `kind "${kind}"`, would: `${meant}${shape}` };
  }
  if (value === undefined) {
    if (kind === 'input' || kind === 'up' || kind === 'down') return undefined;
    const would = `give as the fourth word ${ACTIVITY_VALUES[kind]}`;
    return { word: kind, found: `${kind} without a value`, would };
  }
  const demand = kind === 'present' || kind === 'away';
  const number = numberOf(value);
  if (Number.isNaN(number) || number < 0 || (value.endsWith('%') && !demand)) {
    const would = `give ${ACTIVITY_VALUES[kind]}`;
    return { word: value, found: `value "${value}"`, would };
  }
  if (demand && number > 1) {
    const would = 'a demand is a share of the CPU: 0 to 1, or 0% to 100%';
    return { word: value, found: `CPU demand ${value}`, would };
  }
  return undefined;
}

/** A number, or a percentage as a fraction; not a number for anything else. */
function numberOf(text: string): number {
  return text.endsWith('%') ? plainNumber(text.slice(0, -1)) / 100 : plainNumber(text);
}

/** Writes a table as an activity file; reading it again gives the same table. `notes` become comments. */
export function writeActivity(path: string, table: ActivityTable, notes: readonly string[] = []): void {
  writeText(path, activityLines(table, notes));
}

function* activityLines(table: ActivityTable, notes: readonly string[]): Generator<string, void, undefined> {
  for (const note of notes) yield `# ${note}\n`;
  yield `# offset_s ${table.offset_s}\n# span_s ${table.span_s}\n# node time kind value\n`;
  for (let node = 0; node < table.names.length; node++) {
    for (let k = table.first[node]!; k < table.first[node + 1]!; k++) {
      const kind = ACTIVITY_KINDS[table.kind[k]!]!;
      yield `${table.names[node]} ${table.time_s[k]! + table.offset_s} ${kind} ${table.value[k]}\n`;
    }
  }
}
