/**
 * Traces of liballprof: a file for each rank (in the order of the numbers in their names), an MPI call a line,
 * `MPI_Call:BEGIN:ARGUMENT:...:END` with times in us and the arguments in the order of the C call; a data type is
 * `id,size,...`. What passes between two calls is computing; the calls' own times are not used, since they are what a
 * run is to find.
 *
 * Left out: communicators, what a reduction computes, calls that move data otherwise (counted and named).
 * Source: liballprof (Hoefler et al. 2010) as its samples show it; the arguments of calls beside MPI_Bcast follow
 * the MPI standard.
 */
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, recordCount } from '../records.ts';
import { plainNumber } from '../text.ts';
import { ACTION, type ActionName, ANY, ProgramBuilder } from './actions.ts';
import type { ReadTrace } from './read.ts';
import { traceSources } from './sources.ts';

const CALL = /^MPI_\w+:(?:\d+(?:\.\d+)?|-):/;
/** Calls that take no part in what is simulated. */
const SILENT =
  /^MPI_(?:Init|Init_thread|Finalize|Comm_.*|Group_.*|Type_.*|Get_.*|Initialized|Finalized|Wtime|Wtick|Pcontrol)$/;

/** Do these lines begin a trace of liballprof? */
export function isLiballprof(lines: readonly string[]): boolean {
  const first = lines.map((line) => line.trim()).find((text) => text !== '' && !text.startsWith('#'));
  return first !== undefined && CALL.test(first);
}

/** Where the arguments of a call stand, from 0: count and type of what is sent and received, the other rank, tag, request. */
interface Layout {
  readonly kind: ActionName;
  readonly count?: number;
  readonly received?: number;
  readonly peer?: number;
  readonly tag?: number;
  readonly request?: number;
}

const send = (kind: ActionName): Layout => ({ kind, count: 1, peer: 3, tag: 4 });
const LAYOUTS: Readonly<Record<string, Layout>> = {
  MPI_Send: send('send'),
  MPI_Ssend: send('send'),
  MPI_Bsend: send('send'),
  MPI_Rsend: send('send'),
  MPI_Isend: { ...send('isend'), request: 6 },
  MPI_Issend: { ...send('isend'), request: 6 },
  MPI_Recv: send('recv'),
  MPI_Irecv: { ...send('irecv'), request: 6 },
  MPI_Wait: { kind: 'wait', request: 0 },
  MPI_Waitall: { kind: 'waitall' },
  MPI_Barrier: { kind: 'barrier' },
  MPI_Bcast: { kind: 'bcast', count: 1, peer: 3 },
  MPI_Reduce: { kind: 'reduce', count: 2, peer: 5 },
  MPI_Allreduce: { kind: 'allreduce', count: 2 },
  MPI_Scan: { kind: 'scan', count: 2 },
  MPI_Gather: { kind: 'gather', count: 1, received: 4, peer: 6 },
  MPI_Scatter: { kind: 'scatter', count: 1, received: 4, peer: 6 },
  MPI_Allgather: { kind: 'allgather', count: 1, received: 4 },
  MPI_Alltoall: { kind: 'alltoall', count: 1, received: 4 },
};

/** Reads the trace. Throws `InputError` with `file:line`. */
export async function readLiballprof(path: string, member = 'all'): Promise<ReadTrace> {
  const { sources, skipped, others } = await traceSources(path, isLiballprof, member);
  const records = recordCount();
  const builder = new ProgramBuilder();
  const unknown: Record<string, number> = {};
  const ranks = sources.length;
  for (const [rank, source] of sources.entries()) {
    let last = Number.NaN;
    const requests = new Map<string, { peer: number; tag: number; second: number }>();
    const read = await source.lines((whole, line) => {
      const text = whole.trim();
      if (text === '' || text.startsWith('#')) return;
      records.read++;
      records.kept++;
      const call = new Call(text, `${source.name}:${line}`, ranks);
      // Init has no beginning, Finalize no end.
      const begin = Number.isNaN(call.begin) ? call.end : call.begin;
      if (begin > last) builder.add(rank, ACTION.work, ANY, (begin - last) * 1e3, { line });
      last = Number.isNaN(call.end) ? begin : call.end;
      if (SILENT.test(call.name)) return;
      const layout = LAYOUTS[call.name];
      if (layout === undefined) {
        count(unknown, call.name);
        return;
      }
      const { kind } = layout;
      if (kind === 'wait') {
        const request = requests.get(call.argument(layout.request!));
        if (request === undefined) return;
        requests.delete(call.argument(layout.request!));
        const { peer, ...more } = request;
        builder.add(rank, ACTION.wait, peer, 0, { ...more, line });
        return;
      }
      const peer =
        layout.peer === undefined ? ANY : call.rank(layout.peer, kind === 'recv' || kind === 'irecv');
      const bytes = layout.count === undefined ? 0 : call.bytes(layout.count);
      const second = layout.received === undefined ? 0 : call.bytes(layout.received);
      const given = layout.tag === undefined ? ANY : call.number(layout.tag);
      const tag = given < 0 ? ANY : given;
      builder.add(rank, ACTION[kind], peer, bytes, { tag, second, line });
      if (layout.request !== undefined) {
        requests.set(call.argument(layout.request), { peer, tag, second: kind === 'isend' ? 1 : 0 });
      }
    });
    count(records.repaired, 'line ended in CRLF', read.crlf);
    count(records.repaired, 'last line had no end', read.open ? 1 : 0);
  }
  mustKeepSome(path, 'calls of ranks', records);
  const program = builder.program(
    ranks,
    sources.map(({ name }) => name),
  );
  const notes = Object.entries(unknown).map(([name, n]) => `${n} calls of ${name}: not carried out`);
  return { program, records, skipped, others, header: {}, notes };
}

/** A line, split. */
class Call {
  readonly name: string;
  /** us; NaN where there is none. */
  readonly begin: number;
  readonly end: number;
  private readonly words: readonly string[];
  private readonly where: string;
  private readonly ranks: number;

  constructor(text: string, where: string, ranks: number) {
    this.words = text.split(':');
    this.where = where;
    this.ranks = ranks;
    this.name = this.words[0]!;
    if (!CALL.test(text)) {
      this.refuse(`"${text.slice(0, 60)}" is no call`, 'write MPI_Call:BEGIN:ARGUMENT:...:END');
    }
    this.begin = plainNumber(this.words[1] ?? '');
    this.end = plainNumber(this.words.at(-1) ?? '');
  }

  argument(at: number): string {
    const word = this.words[at + 2];
    if (word === undefined || at + 2 >= this.words.length - 1) {
      this.refuse(
        `${this.name} has ${this.words.length - 3} arguments`,
        `give those of the C call, in their order`,
      );
    }
    return word;
  }

  number(at: number): number {
    const word = this.argument(at);
    const value = plainNumber(word);
    if (Number.isNaN(value))
      this.refuse(`"${word}" is no number`, 'give the arguments of the C call in their order');
    return value;
  }

  rank(at: number, orAny: boolean): number {
    const rank = this.number(at);
    if (rank >= this.ranks)
      this.refuse(`rank ${rank}, but there are ${this.ranks} files of ranks`, 'give the files of all ranks');
    if (rank >= 0) return rank;
    if (!orAny) this.refuse(`rank ${rank}`, 'give a rank of 0 or more');
    return ANY;
  }

  /** Elements at an argument, of the type behind it. */
  bytes(at: number): number {
    const size = Number(this.argument(at + 1).split(',')[1]);
    if (!(size >= 0)) this.refuse(`"${this.argument(at + 1)}" is no data type`, 'write it as "id,size,..."');
    return this.number(at) * size;
  }

  private refuse(found: string, would: string): never {
    throw new InputError({ where: this.where, found, would });
  }
}
