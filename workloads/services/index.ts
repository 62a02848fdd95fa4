/**
 * Traces of system calls in any of the known forms, as a stream of calls, and what a first pass over one finds.
 */
import { statSync } from 'node:fs';
import { InputError } from '../../sim/problem.ts';
import { FORMS, type Form, formOf } from '../form.ts';
import type { RecordCount } from '../records.ts';
import { readHead } from '../text.ts';
import type { CallSink } from './call.ts';
import { readCallNumbers } from './call-numbers.ts';
import type { CallNames } from './names.ts';
import type { Numbering } from './numbers.ts';
import { CallScan, type ScanCounts, scanNotes } from './scan.ts';
import { headerLine, readStrace, type StraceLines } from './strace.ts';
import { readStraceFolder } from './strace-folder.ts';
import { readStraceSummary } from './strace-summary.ts';
import type { UserTime, UserTimeOptions } from './user-time.ts';

export const SERVICE_FORMS = ['strace', 'strace-summary', 'call-numbers'] as const satisfies readonly Form[];
export type ServiceForm = (typeof SERVICE_FORMS)[number];

/** Whether a form is one of traces of system calls. */
export function isServiceForm(form: Form): form is ServiceForm {
  return (SERVICE_FORMS as readonly Form[]).includes(form);
}

export interface CallOptions {
  /**
   * What tracing a call by two stops costs, s, half of it between calls (31.2 us by ptrace on a server of 2023: row
   * ZP-ptrace, recalled); `shortest-gap`: what the shortest gap between two calls of a process shows, which no user
   * time can have made shorter. Default: `shortest-gap`.
   */
  readonly tracerCost?: number | 'shortest-gap';
  /** Whose numbers a trace of numbers has. Default: `i386`. */
  readonly numbering?: Numbering;
  /** User time before each call of a trace without times, s. Default: not known. */
  readonly userEach_s?: number;
}

/** What is known of a trace after it has been read. */
export interface CallTrace {
  readonly form: ServiceForm;
  readonly records: RecordCount;
  readonly names: CallNames;
  /** Programs by number (`Call.program`). */
  readonly programs: readonly string[];
  readonly processes: number | null;
  readonly mostProcesses: number | null;
  /** Are there times; are there durations? */
  readonly timed: boolean;
  readonly durations: boolean;
  /** Seconds of the trace's own clock; NaN without times. */
  readonly first_s: number;
  readonly last_s: number;
  /** Cost of a traced call that was taken off, s. */
  readonly tracerCost_s: number;
  readonly user: UserTime | null;
  readonly lines: StraceLines | null;
  /** Failed calls and system time that only a summary tells. */
  readonly failed: number | null;
  readonly system_s: number | null;
  /** Files that hold no trace. */
  readonly skipped: readonly string[];
  /** What the trace says of itself. */
  readonly header: Readonly<Record<string, string>>;
  /** Mappings of files, and the bytes that they span; null where the form does not tell. */
  readonly mappings: number | null;
  readonly mapped_bytes: number | null;
}

const UNTIMED = {
  programs: ['(not known)'],
  timed: false,
  durations: false,
  first_s: Number.NaN,
  last_s: Number.NaN,
  tracerCost_s: 0,
  user: null,
  lines: null,
  header: {},
  mappings: null,
  mapped_bytes: null,
} as const;

/**
 * Reads a whole trace of any known form; `sink` is told of every call. Throws `InputError` for other forms, and for
 * damaged input.
 */
export async function readCalls(path: string, sink: CallSink, options: CallOptions = {}): Promise<CallTrace> {
  const form = await formOf(path);
  const each_s = options.userEach_s ?? Number.NaN;
  switch (form) {
    case 'strace':
      return straceTrace(path, sink, await tracerCost(path, options), each_s);
    case 'strace-summary': {
      const { records, names, failed, system_s } = await readStraceSummary(path, sink, each_s);
      return {
        ...UNTIMED,
        form,
        records,
        names,
        processes: null,
        mostProcesses: null,
        failed,
        system_s,
        skipped: [],
      };
    }
    case 'call-numbers': {
      const read = await readCallNumbers(path, sink, options.numbering ?? 'i386', each_s);
      const { records, names, processes, skipped } = read;
      return {
        ...UNTIMED,
        form,
        records,
        names,
        processes,
        mostProcesses: 1,
        failed: null,
        system_s: null,
        skipped,
      };
    }
    default:
      throw new InputError({
        where: path,
        found: `this is ${FORMS[form]}, not a trace of system calls`,
        would: `known are ${SERVICE_FORMS.map((known) => FORMS[known]).join('; ')}`,
      });
  }
}

/** What tracing a call costs, s: as it is set, or by a pass over the trace. */
async function tracerCost(path: string, { tracerCost: cost, ...options }: CallOptions): Promise<number> {
  return typeof cost === 'number' ? cost : (await surveyCalls(path, options)).tracerCost_s;
}

async function straceTrace(path: string, sink: CallSink, cost: number, each_s: number): Promise<CallTrace> {
  const readWhole = statSync(path).isDirectory() ? readStraceFolder : readStrace;
  const read = await readWhole(path, sink, gapCosts(cost, each_s));
  const timed = !Number.isNaN(read.first_s);
  return {
    form: 'strace',
    records: read.records,
    names: read.names,
    programs: read.programs,
    processes: read.processes,
    mostProcesses: read.most_processes,
    timed,
    durations: read.durations,
    first_s: read.first_s,
    last_s: read.last_s,
    tracerCost_s: timed ? cost : 0,
    user: timed ? read.user : null,
    lines: read.lines,
    failed: null,
    system_s: null,
    skipped: read.skipped,
    header: read.header,
    mappings: read.mappings,
    mapped_bytes: read.mapped_bytes,
  };
}

/** How a cost of two stops falls into gaps. */
function gapCosts(cost_s: number, each_s: number): UserTimeOptions {
  return { afterEnd_s: cost_s / 2, afterBeginning_s: cost_s, untimed_s: each_s };
}

/** What one pass over a trace shows before its user time can be told. */
export interface CallSurvey extends Pick<CallTrace, 'form' | 'records' | 'timed' | 'header'> {
  readonly calls: number;
  readonly tracerCost_s: number;
}

/** One pass over a trace: its form, its calls, what tracing cost. Throws as `readCalls`. */
export async function surveyCalls(path: string, options: CallOptions = {}): Promise<CallSurvey> {
  let calls = 0;
  const sink: CallSink = {
    began() {
      calls++;
    },
    ended() {},
    exited() {},
  };
  const set = options.tracerCost;
  const trace = await readCalls(path, sink, { ...options, tracerCost: typeof set === 'number' ? set : 0 });
  const { form, records, timed, header, user, durations } = trace;
  let { tracerCost_s } = trace;
  if (typeof set !== 'number' && user !== null && user.gaps > 0) {
    // Half of a cost is what a gap shows where durations are known, all of it where they are not.
    tracerCost_s = user.shortest_s * (durations ? 2 : 1);
  }
  return { form, records, timed, header, calls, tracerCost_s };
}

/** A trace with what it holds, counted. */
export interface ScannedTrace extends CallTrace {
  readonly counts: ScanCounts;
  /** What whoever uses the trace must know: the tracer's effect, what is not known, what was not understood. */
  readonly notes: readonly string[];
}

/** A pass over a trace that counts, and tells `sink` of every call too. Throws as `readCalls`. */
export async function scanCalls(
  path: string,
  options: CallOptions = {},
  sink?: CallSink,
): Promise<ScannedTrace> {
  const scan = new CallScan(sink);
  const trace = await readCalls(path, scan, options);
  const counts = scan.counts(trace.names);
  return { ...trace, counts, notes: scanNotes(trace, counts, options.userEach_s) };
}

/** What the head of a trace says of it, without reading on; nothing where its form has no header. Throws `InputError`. */
export async function headerOf(path: string): Promise<Readonly<Record<string, string>>> {
  if ((await formOf(path)) !== 'strace' || statSync(path).isDirectory()) return {};
  const header: Record<string, string> = {};
  for (const line of (await readHead(path, HEAD)).toString('utf8').split(/\r?\n/)) {
    if (!line.startsWith('#')) break;
    Object.assign(header, headerLine(line));
  }
  return header;
}

/** Bytes that no header is longer than. */
const HEAD = 1 << 14;

export type { Call, CallSink } from './call.ts';
export { CALL_CLASSES, type CallClass } from './classes.ts';
export { NUMBERINGS, type Numbering } from './numbers.ts';
