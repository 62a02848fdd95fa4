/** What a trace of calls holds, counted in one pass. */
import { formatTime } from '../../sim/units.ts';
import type { Call, CallSink } from './call.ts';
import { CALL_CLASSES, MOVES } from './classes.ts';
import type { CallTrace } from './index.ts';
import type { CallNames } from './names.ts';

/** Numbers by name of call or class; classes in the order of the cost model, names by falling number. */
export type Numbers = Readonly<Record<string, number>>;

export interface ScanCounts {
  readonly calls: number;
  readonly failed: number;
  readonly byClass: Numbers;
  readonly byName: Numbers;
  /** Calls by names that stand in no table; they are of class `other`. */
  readonly unknown: Numbers;
  /** Bytes that results of transfers count. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Time in calls, waiting and tracing included, s. */
  readonly inCalls_s: number;
}

/** Counts the calls that it is told of, and tells `next` of them too. */
export class CallScan implements CallSink {
  private readonly next: CallSink | undefined;
  private readonly names = new Float64Array(4096);
  private readonly classes = new Float64Array(CALL_CLASSES.length);
  private failed = 0;
  private bytesIn = 0;
  private bytesOut = 0;
  private inCalls_s = 0;

  constructor(next?: CallSink) {
    this.next = next;
  }

  began(call: Call): void {
    this.names[call.name]!++;
    this.classes[call.service]!++;
    this.next?.began(call);
  }

  ended(call: Call): void {
    if (call.failed) this.failed++;
    if (call.duration_s > 0) this.inCalls_s += call.duration_s;
    if (call.moves === MOVES.in) this.bytesIn += call.bytes;
    else if (call.moves === MOVES.out) this.bytesOut += call.bytes;
    this.next?.ended(call);
  }

  exited(process: number): void {
    this.next?.exited(process);
  }

  counts(names: CallNames): ScanCounts {
    const byName = names.kinds
      .map((kind, id) => [kind.name, this.names[id]!] as const)
      .filter(([, n]) => n > 0)
      .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const unknown = new Set(names.kinds.filter((kind) => !kind.known).map((kind) => kind.name));
    return {
      calls: byName.reduce((sum, [, n]) => sum + n, 0),
      failed: this.failed,
      byClass: Object.fromEntries(CALL_CLASSES.map((name, i) => [name, this.classes[i]!])),
      byName: Object.fromEntries(byName),
      unknown: Object.fromEntries(byName.filter(([name]) => unknown.has(name))),
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      inCalls_s: this.inCalls_s,
    };
  }
}

/** What whoever uses the trace must know, one line each. */
export function scanNotes(trace: CallTrace, counts: ScanCounts, userEach_s?: number): string[] {
  const notes: string[] = [];
  const { user, tracerCost_s } = trace;
  if (user === null) {
    notes.push(
      userEach_s === undefined
        ? 'the trace has no times: the user time of its programs is not known, and taken as none, so that no tax on it shows'
        : `the trace has no times: the user time of its programs is what was set, ${formatTime(userEach_s * 1e9)} before each call`,
    );
  } else {
    const taken = user.gaps_s - user.user_s;
    const share = user.gaps_s > 0 ? (100 * taken) / user.gaps_s : 0;
    notes.push(
      `user time is the time between calls, ${formatTime(user.gaps_s * 1e9)}, less ${formatTime(taken * 1e9)} (${share.toFixed(1)} %) for the tracer at ${formatTime(tracerCost_s * 1e9)} a call; ${user.shorter} of ${user.gaps} gaps were shorter than that`,
    );
    if (!trace.durations) {
      notes.push(
        `the trace does not say how long calls took: user time holds them too; ${formatTime(user.waiting_s * 1e9)} after calls that may wait count as waiting`,
      );
    }
    if (user.coarse) notes.push('the clock of the trace steps in whole seconds');
  }
  const { mappings, mapped_bytes } = trace;
  if (mappings !== null && mapped_bytes !== null && mappings > 0) {
    notes.push(
      `files mapped ${mappings} times, ${(mapped_bytes / 2 ** 20).toFixed(1)} MiB in all: the faults on their pages stand in no call and cost nothing here`,
    );
  }
  const unknown = Object.entries(counts.unknown);
  if (unknown.length > 0) {
    const n = unknown.reduce((sum, [, each]) => sum + each, 0);
    notes.push(
      `calls of unknown names, which count as "other": ${n}, ${unknown
        .slice(0, 5)
        .map(([name, each]) => `${name} (${each})`)
        .join(', ')}${unknown.length > 5 ? ', ...' : ''}`,
    );
  }
  const { lines } = trace;
  if (lines !== null && lines.never_resumed > 0) {
    notes.push(`calls that never ended in the trace: ${lines.never_resumed}`);
  }
  return notes;
}
