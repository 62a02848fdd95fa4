/**
 * The text that `otf2-print` makes of an OTF2 trace: events of all ranks (`Location`) with their times. What passes
 * between MPI calls is computing; sends, receives, waits and collectives are those of the trace; their own times are
 * not used, since they are what a run is to find. Where measurement was off, nothing is counted.
 *
 * The text does not say how many ticks a second has (`ticks`). Collectives: a barrier; bytes received of `BCAST` and
 * `SCATTER`, sent of the others, by rank where each gets its own.
 *
 * Left out: threads beside the first of a rank, communicators, one-sided messages, files; reductions compute nothing.
 * Source: otf2-print of OTF2 3.0.
 */
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, recordCount } from '../records.ts';
import { ACTION, type ActionName, ANY, ProgramBuilder } from './actions.ts';
import type { ReadTrace } from './read.ts';
import { traceSources } from './sources.ts';

const EVENT = /^([A-Z][A-Z_0-9]+)\s+(\d{1,7})\s+(\d+)\s*(.*)$/;

/** Do these lines begin the text of otf2-print? */
export function isOtf2Print(lines: readonly string[]): boolean {
  return lines.slice(0, 10).some((line) => line.trim() === '=== OTF2-PRINT ===');
}

interface Event {
  readonly name: string;
  readonly time: number;
  readonly text: string;
  readonly line: number;
}

const COLLECTIVES: Readonly<Record<string, ActionName>> = {
  BARRIER: 'barrier',
  BCAST: 'bcast',
  GATHER: 'gather',
  SCATTER: 'scatter',
  ALLGATHER: 'allgather',
  ALLTOALL: 'alltoall',
  REDUCE: 'reduce',
  ALLREDUCE: 'allreduce',
  SCAN: 'scan',
  EXSCAN: 'exscan',
};

/** Reads the text; `ticks` of its clock a second. Throws `InputError` with `file:line`. */
export async function readOtf2Print(path: string, member = 'all', ticks = 1e9): Promise<ReadTrace> {
  const { sources, skipped, others } = await traceSources(path, isOtf2Print, member, true);
  const [source] = sources;
  const records = recordCount();
  const ranks: Event[][] = [];
  let base: bigint | undefined;
  const read = await source!.lines((whole, line) => {
    const match = EVENT.exec(whole.trim());
    if (match === null) return;
    records.read++;
    records.kept++;
    // Clocks have more digits than a number holds; their differences do not.
    const time = BigInt(match[3]!);
    base ??= time;
    const rank = Number(match[2]);
    ranks[rank] ??= [];
    ranks[rank].push({ name: match[1]!, time: Number(time - base), text: match[4]!, line });
  });
  count(records.repaired, 'line ended in CRLF', read.crlf);
  count(records.repaired, 'last line had no end', read.open ? 1 : 0);
  mustKeepSome(path, 'events of ranks', records);
  for (let rank = 0; rank < ranks.length; rank++) {
    if (ranks[rank] !== undefined) continue;
    throw new InputError({
      where: source!.name,
      found: `location ${rank} of 0 to ${ranks.length - 1} is missing`,
      would: 'give the events of every rank',
    });
  }
  const builder = new ProgramBuilder();
  const unknown: Record<string, number> = {};
  ranks.forEach((events, rank) => {
    emit(builder, rank, events, ranks.length, 1e9 / ticks, source!.name, unknown);
  });
  const notes = Object.entries(unknown).map(([name, n]) => `${n} ${name}: not carried out`);
  const files = Array.from({ length: ranks.length }, () => source!.name);
  const header = { clock: `${ticks} ticks a second (messages.ticks): the text does not say` };
  return { program: builder.program(ranks.length, files), records, skipped, others, header, notes };
}

/** The value of `key: ` in an event's attributes. */
function attribute(text: string, key: string): string | undefined {
  return new RegExp(`\\b${key}: ([^,\\s]+)`).exec(text)?.[1];
}

function emit(
  builder: ProgramBuilder,
  rank: number,
  events: readonly Event[],
  ranks: number,
  tick: number,
  file: string,
  unknown: Record<string, number>,
): void {
  const number = (event: Event, key: string): number => {
    const word = attribute(event.text, key);
    if (word !== undefined && /^\d+$/.test(word)) return Number(word);
    throw new InputError({
      where: `${file}:${event.line}`,
      found: `${event.name} without a number "${key}: "`,
      would: 'give the text as otf2-print writes it',
    });
  };
  const peer = (event: Event, key: string): number => {
    const found = number(event, key);
    if (found < ranks) return found;
    throw new InputError({
      where: `${file}:${event.line}`,
      found: `rank ${found}, but there are locations 0 to ${ranks - 1} only`,
      would: 'give the events of all ranks',
    });
  };
  // Who sends to a receive is told where it ends.
  const ends = new Map<number, Event>();
  for (const event of events) if (event.name === 'MPI_IRECV') ends.set(number(event, 'Request'), event);
  const sends = new Map<number, { peer: number; tag: number }>();
  let depth = 0;
  let outside = events[0]!.time;
  let measuring = true;
  const add = (event: Event, kind: ActionName, who = ANY, amount = 0, more = {}) =>
    builder.add(rank, ACTION[kind], who, amount, { line: event.line, ...more });
  const work = (event: Event) => {
    if (measuring && event.time > outside) add(event, 'work', ANY, (event.time - outside) * tick);
    outside = event.time;
  };
  for (const event of events) {
    switch (event.name) {
      case 'ENTER':
        if (!isMpi(event)) break;
        if (depth === 0) work(event);
        depth++;
        break;
      case 'LEAVE':
        if (!isMpi(event)) break;
        depth--;
        outside = event.time;
        break;
      case 'MEASUREMENT_ON_OFF':
        if (attribute(event.text, 'Mode') === 'OFF') {
          if (depth === 0) work(event);
          measuring = false;
        } else measuring = true;
        outside = event.time;
        break;
      case 'MPI_SEND':
        add(event, 'send', peer(event, 'Receiver'), number(event, 'Length'), { tag: number(event, 'Tag') });
        break;
      case 'MPI_ISEND': {
        const to = { peer: peer(event, 'Receiver'), tag: number(event, 'Tag') };
        sends.set(number(event, 'Request'), to);
        add(event, 'isend', to.peer, number(event, 'Length'), { tag: to.tag });
        break;
      }
      case 'MPI_ISEND_COMPLETE': {
        const to = sends.get(number(event, 'Request'));
        if (to !== undefined) add(event, 'wait', to.peer, 0, { tag: to.tag, second: 1 });
        break;
      }
      case 'MPI_RECV':
        add(event, 'recv', peer(event, 'Sender'), number(event, 'Length'), { tag: number(event, 'Tag') });
        break;
      case 'MPI_IRECV_REQUEST': {
        const end = ends.get(number(event, 'Request'));
        // A receive that never ended has no sender.
        if (end === undefined) break;
        add(event, 'irecv', peer(end, 'Sender'), number(end, 'Length'), { tag: number(end, 'Tag') });
        break;
      }
      case 'MPI_IRECV':
        add(event, 'wait', peer(event, 'Sender'), 0, { tag: number(event, 'Tag') });
        break;
      case 'MPI_COLLECTIVE_BEGIN':
        break;
      case 'MPI_COLLECTIVE_END': {
        const name = attribute(event.text, 'Operation') ?? '';
        const kind = COLLECTIVES[name];
        if (kind === undefined) {
          count(unknown, `collectives ${name}`);
          break;
        }
        const root = attribute(event.text, 'Root');
        const rooted = root !== undefined && /^\d+$/.test(root) ? peer(event, 'Root') : ANY;
        const received = kind === 'bcast' || kind === 'scatter';
        const bytes = kind === 'barrier' ? 0 : number(event, received ? 'Received' : 'Sent');
        const each = kind === 'alltoall' || kind === 'allgather' ? bytes / ranks : bytes;
        add(event, kind, rooted, each);
        break;
      }
      default:
        count(unknown, `events ${event.name}`);
    }
  }
}

function isMpi(event: Event): boolean {
  return event.text.startsWith('Region: "MPI_');
}
