/**
 * Availability in the form of the Failure Trace Archive: `event_trace.tab`, plain or gzip.
 *
 * Source: the archive's format page (facts T021-T025): event_id component_id node_id platform_id node_name event_type
 * event_start_time event_stop_time event_end_reason, separated by blanks and tabs, `#` starts a comment; a type 1
 * interval is available, a type 0 interval is not; times are seconds. The last column may be missing.
 *
 * A node is known by its name, or by its platform and number where two nodes share a name. Time that no interval
 * covers is unknown and taken as unavailable, unless the caller says `available`. Repaired and counted: intervals out
 * of order, intervals that begin before the one before them ends (the earlier one wins), intervals without an end.
 * Dropped and counted: intervals of no length, that end before they begin, or that lie inside another. Left out:
 * components (an event of any component is one of its node), end reasons.
 */
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { firstMark, lineFault, plainNumber, readLines, writeText } from '../text.ts';
import { ACTIVITY, type ActivityTable } from './activity.ts';
import { ActivityColumns } from './columns.ts';

const HASH = 35;
const FEWEST_COLUMNS = 8;
const MOST_COLUMNS = 9;

export type Gaps = 'unavailable' | 'available';

export interface FtaTrace {
  readonly owners: ActivityTable;
  readonly records: RecordCount;
  /** Share of node time that the intervals cover, and the share of that in which nodes are available. */
  readonly known_share: number;
  readonly known_availability: number;
}

/** Intervals as they stand in the file. */
interface Intervals {
  readonly node: number[];
  readonly up: number[];
  readonly start: number[];
  readonly stop: number[];
}

/**
 * Times at which nodes are given and withdrawn (records `up` and `down`, one at zero for every node). Throws
 * `InputError` with file:line:col for a line that is no event.
 */
export async function readFta(path: string, gaps: Gaps = 'unavailable'): Promise<FtaTrace> {
  const records = recordCount();
  const nodes = new NodeNames();
  const intervals: Intervals = { node: [], up: [], start: [], stop: [] };
  const text = await readLines(path, (bytes, start, end, line) => {
    const mark = firstMark(bytes, start, end);
    if (mark === end || bytes[mark] === HASH) return;
    const words = bytes
      .toString('utf8', mark, end)
      .trim()
      .split(/[ \t]+/);
    const fault = (column: number, found: string, would: string) => {
      const offset = columnOffset(bytes.toString('latin1', start, end), column);
      return lineFault(path, line, bytes, start, end, offset, found, would);
    };
    if (words.length < FEWEST_COLUMNS || words.length > MOST_COLUMNS) {
      throw fault(
        0,
        `${words.length} columns`,
        'an event has 8 or 9: event component node platform name type start stop [reason]',
      );
    }
    const type = words[5]!;
    if (type !== '0' && type !== '1') {
      throw fault(5, `event type "${type}"`, '1 is available, 0 is unavailable');
    }
    const from = plainNumber(words[6]!);
    const open = words[7] === 'NULL';
    const to = open ? Infinity : plainNumber(words[7]!);
    if (Number.isNaN(from)) throw fault(6, `start time "${words[6]}"`, 'times are seconds');
    if (Number.isNaN(to)) throw fault(7, `stop time "${words[7]}"`, 'times are seconds, or NULL');
    records.read++;
    const node = nodes.number(`${words[3]}/${words[2]}`, words[4]!);
    if (open) count(records.repaired, 'interval without an end');
    if (to < from) count(records.dropped, 'interval that ends before it begins');
    else if (to === from) count(records.dropped, 'interval of no length');
    else {
      intervals.node.push(node);
      intervals.up.push(Number(type));
      intervals.start.push(from);
      intervals.stop.push(to);
    }
  });
  count(records.repaired, 'CRLF line end', text.crlf);
  count(records.repaired, 'missing last newline', text.missing_last_newline ? 1 : 0);
  records.kept = intervals.node.length;
  mustKeepSome(path, 'availability intervals', records);
  return { ...changesOf(intervals, nodes.names(), gaps, records), records };
}

/** Offset of the n-th word of a line. */
function columnOffset(line: string, column: number): number {
  let seen = 0;
  for (const word of line.matchAll(/[^ \t]+/g)) if (seen++ === column) return word.index;
  return 0;
}

/** Nodes by platform and number; named by their names where these tell them apart. */
class NodeNames {
  private readonly keys = new Map<string, number>();
  private readonly given: string[] = [];

  number(key: string, name: string): number {
    let number = this.keys.get(key);
    if (number === undefined) {
      number = this.given.length;
      this.keys.set(key, number);
      this.given.push(name);
    }
    return number;
  }

  names(): readonly string[] {
    return new Set(this.given).size === this.given.length ? this.given : [...this.keys.keys()];
  }
}

/** Intervals of each node in order of time -> the changes between up and down. */
function changesOf(
  intervals: Intervals,
  names: readonly string[],
  gaps: Gaps,
  records: RecordCount,
): Omit<FtaTrace, 'records'> {
  const n = intervals.node.length;
  let first = Infinity;
  let last = -Infinity;
  for (let i = 0; i < n; i++) {
    first = Math.min(first, intervals.start[i]!);
    last = Math.max(
      last,
      intervals.start[i]!,
      Number.isFinite(intervals.stop[i]!) ? intervals.stop[i]! : -Infinity,
    );
  }
  const offset = Math.floor(first);
  const end = last;

  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let stepsBack = 0;
  const lastStart = new Float64Array(names.length).fill(-Infinity);
  for (let i = 0; i < n; i++) {
    const node = intervals.node[i]!;
    if (intervals.start[i]! < lastStart[node]!) stepsBack++;
    lastStart[node] = intervals.start[i]!;
  }
  count(records.repaired, 'interval out of order', stepsBack);
  order.sort(
    (a, b) => intervals.node[a]! - intervals.node[b]! || intervals.start[a]! - intervals.start[b]! || a - b,
  );

  const columns = new ActivityColumns();
  const unknown = gaps === 'available' ? 1 : 0;
  let known = 0;
  let available = 0;
  let at = 0;
  for (let node = 0; node < names.length; node++) {
    const number = columns.nodeNumber(names[node]!);
    let covered = offset;
    let state = -1;
    const turn = (time: number, to: number) => {
      if (to === state) return;
      state = to;
      columns.add(number, time, to === 1 ? ACTIVITY.up : ACTIVITY.down, 0);
    };
    for (; at < n && intervals.node[order[at]!] === node; at++) {
      const i = order[at]!;
      const stop = Math.min(intervals.stop[i]!, end);
      let start = intervals.start[i]!;
      if (start < covered) {
        if (stop <= covered) {
          records.kept--;
          count(records.dropped, 'interval inside another');
          continue;
        }
        count(records.repaired, 'interval that overlaps the one before');
        start = covered;
      } else if (start > covered) turn(covered, unknown);
      turn(start, intervals.up[i]!);
      known += stop - start;
      if (intervals.up[i] === 1) available += stop - start;
      covered = stop;
    }
    if (covered < end) turn(covered, unknown);
  }
  return {
    owners: columns.finish(end - offset, offset, records),
    known_share: known / (names.length * (end - offset)),
    known_availability: available / known,
  };
}

/**
 * Writes a table of `up` and `down` records as an event table; reading it again gives the same table. Throws a
 * RangeError for other kinds of records, which the form cannot hold.
 */
export function writeFta(path: string, table: ActivityTable): void {
  writeText(path, ftaLines(table));
}

function* ftaLines(table: ActivityTable): Generator<string, void, undefined> {
  yield '# event_id\tcomponent_id\tnode_id\tplatform_id\tnode_name\tevent_type\tevent_start_time\tevent_stop_time\tevent_end_reason\n';
  for (let node = 0; node < table.names.length; node++) {
    const from = table.first[node]!;
    const to = table.first[node + 1]!;
    for (let k = from; k < to; k++) {
      const kind = table.kind[k]!;
      if (kind !== ACTIVITY.up && kind !== ACTIVITY.down) {
        throw new RangeError(`${table.names[node]}: an event table holds up and down only`);
      }
      const start = table.time_s[k]! + table.offset_s;
      const stop = (k + 1 < to ? table.time_s[k + 1]! : table.span_s) + table.offset_s;
      const type = kind === ACTIVITY.up ? 1 : 0;
      yield `${k - from}\t0\t${node}\t0\t${table.names[node]}\t${type}\t${start}\t${stop}\tNULL\n`;
    }
  }
}
