/**
 * Keyboard activity in slots: a CSV `timestamp,value` as the Numenta benchmark publishes it (key hold or key interval
 * times of the users of one computer in five-minute slots).
 *
 * A slot whose value is not zero means that somebody was at the keyboard throughout it; slots that are zero or missing
 * mean that nobody was. The file holds one node, named `keyboard`. Stamps have no zone and are taken as they stand.
 * Left out: how busy the CPU was, which the form does not say (demand 0).
 */
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { firstMark, lineFault, plainNumber, readLines } from '../text.ts';
import { ACTIVITY, type ActivityTable } from './activity.ts';
import { ActivityColumns } from './columns.ts';

const HEADER = 'timestamp,value';
const SLOT_S = 300;

/** The owner of one keyboard. Throws `InputError` with file:line for a row that is no slot. */
export async function readKeyboard(path: string): Promise<{ owners: ActivityTable; records: RecordCount }> {
  const records = recordCount();
  const times: number[] = [];
  const active: boolean[] = [];
  let stepsBack = 0;
  const text = await readLines(path, (bytes, start, end, line) => {
    const mark = firstMark(bytes, start, end);
    if (mark === end) return;
    const row = bytes.toString('utf8', mark, end).trim();
    if (line === 1 && row === HEADER) return;
    const [stamp, value, ...more] = row.split(',');
    const time = stampSeconds(stamp!);
    const number = plainNumber(value ?? '');
    if (more.length > 0 || Number.isNaN(time) || Number.isNaN(number)) {
      throw lineFault(
        path,
        line,
        bytes,
        start,
        end,
        mark - start,
        'no slot of keyboard activity',
        'a slot is "2014-07-06 20:10:00,0.0645"',
      );
    }
    records.read++;
    const last = times.at(-1);
    if (last !== undefined && time === last) {
      count(records.dropped, 'slot that stands there already');
      return;
    }
    if (last !== undefined && time < last) stepsBack++;
    times.push(time);
    active.push(number !== 0);
  });
  count(records.repaired, 'CRLF line end', text.crlf);
  count(records.repaired, 'missing last newline', text.missing_last_newline ? 1 : 0);
  count(records.repaired, 'slot out of order', stepsBack);
  records.kept = times.length;
  mustKeepSome(path, 'slots of keyboard activity', records);
  return { owners: stays(times, active), records };
}

function stays(times: readonly number[], active: readonly boolean[]): ActivityTable {
  const order = times.map((_, i) => i).sort((a, b) => times[a]! - times[b]!);
  const offset = times[order[0]!]!;
  const columns = new ActivityColumns();
  const node = columns.nodeNumber('keyboard');
  const end = times[order.at(-1)!]! + SLOT_S;
  // Until when the last active slot reaches.
  let until = Number.NEGATIVE_INFINITY;
  if (!active[order[0]!]) columns.add(node, offset, ACTIVITY.away, 0);
  for (const i of order) {
    if (!active[i]) continue;
    const time = times[i]!;
    if (time > until) {
      if (Number.isFinite(until)) columns.add(node, until, ACTIVITY.away, 0);
      columns.add(node, time, ACTIVITY.present, 0);
    }
    until = Math.max(until, time + SLOT_S);
  }
  if (Number.isFinite(until) && until < end) columns.add(node, until, ACTIVITY.away, 0);
  return columns.finish(end - offset, offset, recordCount());
}

/** Seconds of `2014-07-06 20:10:00`, read as UTC; NaN for anything else. */
function stampSeconds(stamp: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?$/.exec(stamp);
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
