/**
 * The output of strace as people make it: with or without pid (`-f -o`, `[pid 12]`), without times or with `-t`,
 * `-tt`, `-ttt`, `-r`, with or without durations (`-T`), calls cut in two (`<unfinished ...>`, `<... read resumed>`),
 * signals, exits, octal escapes, strings that are cut (`"..."...`), annotated descriptors (`-y`), plain or gzip.
 *
 * One pass over bytes, from both ends of each line: the name and the first argument stand in front, the result and
 * the duration behind, and what lies between is mostly not looked at. A line becomes no string. Descriptors are
 * followed through open, dup, pipe, socket, accept, fork and close, so that a read is told to be of a file, a pipe or
 * a socket. Memory goes with the processes alive and what they have open.
 *
 * Records are lines. Dropped and counted: lines that are no record of strace. Repaired and counted: calls that never
 * end, ends of calls whose beginning is not in the trace, a clock that passes midnight or steps back.
 * Left out: what programs read of mapped files (mappings are counted), io_uring, descriptors sent through sockets, which
 * descriptors close at exec, calls that a filter of strace hid. One file a process (`-ff`): strace-folder.ts.
 *
 * Source: the manual and the output of strace 4.5 to 6.1.
 */
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { firstMark, readLines } from '../text.ts';
import { blankCall, type CallSink } from './call.ts';
import { CLASS, MOVES, ROLE, WAITS } from './classes.ts';
import { OPEN } from './descriptors.ts';
import { CallNames } from './names.ts';
import { Processes, Programs } from './processes.ts';
import { LAST, UserTime, type UserTimeOptions } from './user-time.ts';

const BLANK = 32;
const TAB = 9;
const QUOTE = 34;
const HASH = 35;
const PERCENT = 37;
const PARENTHESIS = 40;
const CLOSING = 41;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;
const BRACKET = 91;
const BACKSLASH = 92;
const CLOSING_BRACKET = 93;
const UNDERSCORE = 95;
const LETTER_X = 120;

/** Longest line that is read, bytes: strings of 64 KiB in octal escapes, four times over. */
export const LONGEST = 1 << 20;
/** Linux gives no pid above this (PID_MAX_LIMIT): a larger number in front is a time. */
const LARGEST_PID = 1 << 22;
/** A time stamp below this is one of `strace -r`: seconds since the line before. */
export const EARLIEST_S = 1e8;
const DAY_S = 86_400;
/** Linux moves no more bytes in one call (MAX_RW_COUNT). */
const MOST_BYTES = 0x7fff_f000;

const UNFINISHED = text('<unfinished ...>');
const DETACHED = text('<detached ...>');
const RESUMED = text('<... ');
const PROCESS = text('Process ');
const STRACE = text('strace: ');
const SUMMARY = text('% time ');
const PID = text('[pid');
const DUPLICATE = text('F_DUPFD');
const CLONE_FILES = text('CLONE_FILES');
const PSEUDO = [text('/dev/'), text('/proc/'), text('/sys/')];
const LOCAL_DOMAINS = [
  text('AF_UNIX'),
  text('PF_UNIX'),
  text('AF_LOCAL'),
  text('PF_LOCAL'),
  text('AF_NETLINK'),
];

function text(word: string): Uint8Array {
  return Buffer.from(word, 'latin1');
}

/** What the lines of a trace were. */
export interface StraceLines {
  calls: number;
  /** Calls cut in two, their ends, calls without an end, ends without a beginning. */
  unfinished: number;
  resumed: number;
  never_resumed: number;
  resumed_only: number;
  signals: number;
  exits: number;
  /** strace's own remarks, tables of `-C`, comments. */
  notices: number;
}

/** What is known of a trace after it has been read. */
export interface StraceRead {
  readonly records: RecordCount;
  readonly lines: StraceLines;
  readonly names: CallNames;
  readonly programs: readonly string[];
  /** Processes seen, threads among them; the most at a time. */
  readonly processes: number;
  readonly most_processes: number;
  /** Times of the first and the last record, s; NaN in a trace without times. */
  readonly first_s: number;
  readonly last_s: number;
  /** Does it say how long calls took (`-T`)? */
  readonly durations: boolean;
  readonly user: UserTime;
  /** Comments `# key: value` at its head. */
  readonly header: Readonly<Record<string, string>>;
  /** Mappings of files, and the bytes that they span. */
  readonly mappings: number;
  readonly mapped_bytes: number;
  /** Files of a folder that are no trace. */
  readonly skipped: readonly string[];
}

/** Reads the whole trace; tells `sink` of every call. Throws `InputError` where the file is no text or holds no call. */
export async function readStrace(path: string, sink: CallSink, user: UserTimeOptions): Promise<StraceRead> {
  const reader = new StraceReader(path, sink, user);
  const read = await readLines(path, (bytes, start, end) => reader.line(bytes, start, end), LONGEST);
  return reader.finish(read.crlf, read.missing_last_newline);
}

/** What a comment `# key: value` says; nothing for other comments. */
export function headerLine(text: string): Record<string, string> {
  const match = /^#\s*([\w ]{1,30}):\s*(.+)$/.exec(text);
  return match === null ? {} : { [match[1]!.trim()]: match[2]!.trim() };
}

/** Reads lines of strace, of one file or of many together. */
export class StraceReader {
  private readonly path: string;
  private readonly sink: CallSink;
  private readonly call = blankCall();
  private readonly names: CallNames;
  private readonly programs = new Programs();
  private readonly processes = new Processes();
  private readonly user: UserTime;
  private readonly records = recordCount();
  private readonly header: Record<string, string> = {};
  private readonly lines: StraceLines = {
    calls: 0,
    unfinished: 0,
    resumed: 0,
    never_resumed: 0,
    resumed_only: 0,
    signals: 0,
    exits: 0,
    notices: 0,
  };
  private foreign = 0;
  private noResult = 0;
  private read = 0;
  private midnights = 0;
  private tooMany = 0;
  private mappings = 0;
  private mapped_bytes = 0;
  private durations = false;
  private inSummary = false;
  /** Forks that have begun and not ended, by process: a child may show before its parent's call returns. */
  private readonly forking: number[] = [];
  // Of the line at hand: where its next byte is, its time, its duration.
  private at = 0;
  private time = Number.NaN;
  private duration = Number.NaN;
  /** When another process's next line comes, and the end of a call that ends after that. */
  private until = Number.POSITIVE_INFINITY;
  private endsAt = Number.NaN;
  /** Whole seconds of the first time stamp, taken off so that microseconds keep their digits. */
  private base = Number.NaN;
  private day = 0;
  private clock = Number.NaN;
  private first = Number.NaN;
  private last = Number.NaN;

  constructor(path: string, sink: CallSink, user: UserTimeOptions) {
    this.path = path;
    this.sink = sink;
    this.names = new CallNames(path);
    this.user = new UserTime(user);
  }

  finish(crlf: number, missingNewline: boolean): StraceRead {
    const { lines, records, processes, user } = this;
    lines.never_resumed += processes.stillPending();
    records.read = this.read;
    count(records.dropped, 'no record of strace', this.foreign);
    count(records.dropped, 'call without a result', this.noResult);
    records.kept = this.read - this.foreign - this.noResult;
    count(records.repaired, 'call without an end', lines.never_resumed);
    count(records.repaired, 'end of a call without its beginning', lines.resumed_only);
    count(records.repaired, 'more bytes than one call can move, taken as none', this.tooMany);
    count(records.repaired, 'clock past midnight', this.midnights);
    count(records.repaired, 'call before the last one of its process ended', user.backwards);
    count(records.repaired, 'CRLF line end', crlf);
    count(records.repaired, 'missing last newline', missingNewline ? 1 : 0);
    if (lines.calls === 0) mustKeepSome(this.path, 'system calls', { ...records, kept: 0 });
    const base = Number.isNaN(this.base) ? 0 : this.base;
    return {
      records,
      lines,
      names: this.names,
      programs: this.programs.names,
      processes: processes.seen,
      most_processes: processes.mostAlive,
      first_s: base + this.first,
      last_s: base + this.last,
      durations: this.durations,
      user,
      header: this.header,
      mappings: this.mappings,
      mapped_bytes: this.mapped_bytes,
      skipped: [],
    };
  }

  /**
   * One line, without its end. Of a file that is one process's, `owner` is that process, and `until` when another
   * process has its next line: a call that ends later is told to have begun only, and the time of its end is given
   * (otherwise NaN), at which `end` must be called with the same line.
   */
  line(bytes: Buffer, start: number, end: number, owner = 0, until = Number.POSITIVE_INFINITY): number {
    this.until = until;
    this.endsAt = Number.NaN;
    this.oneLine(bytes, start, end, owner);
    return this.endsAt;
  }

  /** The end of a call of which `line` told the beginning. */
  end(bytes: Buffer, start: number, lineEnd: number, owner: number): void {
    this.at = firstMark(bytes, start, lineEnd);
    this.readPid(bytes, lineEnd);
    this.readTime(bytes, lineEnd);
    this.skipPlaces(bytes, lineEnd);
    let nameEnd = this.at;
    while (isName(bytes[nameEnd]!)) nameEnd++;
    const name = this.names.idOf(bytes, this.at, nameEnd);
    const end = this.readEnd(bytes, nameEnd, lineEnd);
    const slot = this.slotOf(owner);
    this.processes.pending[slot] = -1;
    this.forgetFork(slot);
    this.fill(slot, name);
    const end_s = this.processes.start_s[slot]! + this.duration;
    this.ended(bytes, slot, name, nameEnd + 1, resultAt(bytes, nameEnd, end), end_s, false);
  }

  private oneLine(bytes: Buffer, start: number, end: number, owner: number): void {
    this.at = firstMark(bytes, start, end);
    if (this.at >= end) return;
    this.read++;
    const mark = bytes[this.at]!;
    if (mark === HASH) {
      this.comment(bytes, end);
      return;
    }
    if (this.inSummary || (mark === PERCENT && starts(bytes, this.at, end, SUMMARY))) {
      this.inSummary = true;
      this.lines.notices++;
      return;
    }
    const pid = this.readPid(bytes, end);
    if (!this.readTime(bytes, end)) {
      this.foreign++;
      return;
    }
    this.skipPlaces(bytes, end);
    this.record(bytes, end, pid === 0 ? owner : pid);
  }

  /** `[  59]` of -n, `[00007f0123456789]` of -i. */
  private skipPlaces(bytes: Buffer, end: number): void {
    while (this.at < end && bytes[this.at] === BRACKET) {
      while (this.at < end && bytes[this.at] !== CLOSING_BRACKET) this.at++;
      this.at = firstMark(bytes, this.at + 1, end);
    }
  }

  private comment(bytes: Buffer, end: number): void {
    this.lines.notices++;
    if (this.lines.calls > 0) return;
    Object.assign(this.header, headerLine(bytes.toString('utf8', this.at, Math.min(end, this.at + 400))));
  }

  /** The process of the line; 0 where it names none. */
  private readPid(bytes: Buffer, end: number): number {
    let at = this.at;
    const bracketed = bytes[at] === BRACKET && starts(bytes, at, end, PID);
    if (bracketed) at = firstMark(bytes, at + PID.length, end);
    let pid = 0;
    const from = at;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      pid = pid * 10 + digit;
    }
    if (at === from || at >= end || pid > LARGEST_PID) return 0;
    // `12<name>` of --decode-pids=comm.
    if (bytes[at] === LESS) while (at < end && bytes[at++] !== GREATER);
    if (bracketed) {
      if (bytes[at] !== CLOSING_BRACKET) return 0;
      at++;
    } else if (bytes[at] !== BLANK && bytes[at] !== TAB) return 0;
    this.at = firstMark(bytes, at, end);
    return pid;
  }

  /** The time stamp of the line, if it has one, into `time`; false for what cannot be one. */
  private readTime(bytes: Buffer, end: number): boolean {
    this.time = Number.NaN;
    let at = this.at;
    let whole = 0;
    const from = at;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      whole = whole * 10 + digit;
    }
    if (at === from) return true;
    let isClock = false;
    while (at < end && bytes[at] === COLON) {
      isClock = true;
      const tens = bytes[at + 1]! - ZERO;
      const ones = bytes[at + 2]! - ZERO;
      if (at + 2 >= end || !(tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9)) return false;
      whole = whole * 60 + tens * 10 + ones;
      at += 3;
    }
    let digits = 0;
    let part = 0;
    if (at < end && bytes[at] === POINT) {
      at++;
      for (; at < end; at++) {
        const digit = bytes[at]! - ZERO;
        if (digit < 0 || digit > 9) break;
        part = part * 10 + digit;
        digits++;
      }
    }
    if (at >= end || (bytes[at] !== BLANK && bytes[at] !== TAB)) return false;
    at = firstMark(bytes, at, end);
    // `(+     0.000123)`: -r beside another clock.
    if (bytes[at] === PARENTHESIS && bytes[at + 1] === PLUS) {
      while (at < end && bytes[at] !== CLOSING) at++;
      at = firstMark(bytes, at + 1, end);
    }
    this.at = at;
    const fraction = digits === 0 ? 0 : part / TENS[Math.min(digits, 15)]!;
    this.stamp(whole, fraction, isClock);
    this.user.coarse = digits === 0;
    return true;
  }

  private stamp(whole: number, fraction: number, isClock: boolean): void {
    if (!isClock && whole < EARLIEST_S) {
      this.clock = (Number.isNaN(this.clock) ? 0 : this.clock) + whole + fraction;
      this.time = this.clock;
    } else {
      if (Number.isNaN(this.base)) this.base = whole;
      this.time = whole - this.base + this.day + fraction;
      // More than half a day back is the next day.
      if (isClock && this.time < this.last - DAY_S / 2) {
        this.day += DAY_S;
        this.time += DAY_S;
        this.midnights++;
      }
    }
    if (Number.isNaN(this.first)) this.first = this.time;
    if (!(this.time <= this.last)) this.last = this.time;
  }

  private record(bytes: Buffer, end: number, pid: number): void {
    const from = this.at;
    if (from >= end) {
      this.foreign++;
      return;
    }
    const mark = bytes[from]!;
    if (mark === LESS && starts(bytes, from, end, RESUMED)) this.resumed(bytes, end, pid);
    else if (mark === PLUS && bytes[from + 1] === PLUS) this.gone(pid);
    else if (mark === MINUS && bytes[from + 1] === MINUS) this.lines.signals++;
    else {
      let at = from;
      while (at < end && isName(bytes[at]!)) at++;
      if (at > from && at < end && bytes[at] === PARENTHESIS) this.begun(bytes, from, at, end, pid);
      else if (starts(bytes, from, end, PROCESS) || starts(bytes, from, end, STRACE)) this.lines.notices++;
      else this.foreign++;
    }
  }

  /** A call, or its first half. */
  private begun(bytes: Buffer, from: number, nameEnd: number, lineEnd: number, pid: number): void {
    const end = this.readEnd(bytes, nameEnd, lineEnd);
    const cut = end < 0;
    const result = cut ? -1 : resultAt(bytes, nameEnd, end);
    const name = this.names.idOf(bytes, from, nameEnd);
    if (name < 0 || (!cut && result < 0)) {
      if (name < 0) this.foreign++;
      else this.noResult++;
      return;
    }
    const slot = this.slotOf(pid);
    const { processes } = this;
    if (processes.pending[slot]! >= 0) this.abandon(slot);
    this.lines.calls++;
    processes.start_s[slot] = this.time;
    processes.user_s[slot] = this.user.before(processes, slot, this.time);
    this.lookAhead(bytes, slot, name, nameEnd + 1, cut ? -end : end);
    this.fill(slot, name);
    this.call.waited_s = this.user.waited_s;
    this.sink.began(this.call);
    this.call.waited_s = 0;
    if (cut) {
      this.lines.unfinished++;
      if (this.names.role[name] === ROLE.exec) {
        processes.execs[slot] = firstString(bytes, nameEnd, lineEnd) ?? '';
      }
      this.open(slot, name);
      return;
    }
    const end_s = this.time + this.duration;
    if (end_s + this.base > this.until) {
      this.open(slot, name);
      this.endsAt = end_s + this.base;
    } else this.ended(bytes, slot, name, nameEnd + 1, result, end_s, false);
  }

  /** The end of this call comes later. */
  private open(slot: number, name: number): void {
    this.processes.pending[slot] = name;
    if (this.names.role[name] === ROLE.fork) this.forking.push(slot);
  }

  /** The second half of a call. */
  private resumed(bytes: Buffer, lineEnd: number, pid: number): void {
    const from = this.at + RESUMED.length;
    let nameEnd = from;
    while (nameEnd < lineEnd && isName(bytes[nameEnd]!)) nameEnd++;
    const end = this.readEnd(bytes, nameEnd, lineEnd);
    const name = this.names.idOf(bytes, from, nameEnd);
    if (nameEnd === from || name < 0) {
      this.foreign++;
      return;
    }
    const slot = this.slotOf(pid);
    const { processes } = this;
    // Resumed and cut again, or without a result: the call is over all the same.
    const result = end < 0 ? -1 : resultAt(bytes, nameEnd, end);
    this.lines.resumed++;
    if (processes.pending[slot] !== name) {
      if (processes.pending[slot]! >= 0) this.abandon(slot);
      this.lines.calls++;
      this.lines.resumed_only++;
      processes.start_s[slot] = this.time - this.duration;
      processes.user_s[slot] = this.user.before(processes, slot, Number.NaN);
      this.lookAhead(bytes, slot, name, nameEnd, nameEnd);
      this.fill(slot, name);
      this.sink.began(this.call);
    } else {
      processes.pending[slot] = -1;
      this.forgetFork(slot);
      this.fill(slot, name);
    }
    if (Number.isNaN(this.duration)) this.duration = this.time - processes.start_s[slot]!;
    this.ended(bytes, slot, name, nameEnd, result, processes.start_s[slot]! + this.duration, true);
  }

  /** A process has ended. */
  private gone(pid: number): void {
    this.lines.exits++;
    const { processes } = this;
    const slot = processes.find(pid);
    if (slot < 0) return;
    if (processes.pending[slot]! >= 0) this.abandon(slot);
    this.sink.exited(slot);
    processes.remove(pid, slot);
  }

  /** The call that a process was in never ends. */
  private abandon(slot: number): void {
    this.lines.never_resumed++;
    this.processes.pending[slot] = -1;
    this.forgetFork(slot);
  }

  private forgetFork(slot: number): void {
    const at = this.forking.indexOf(slot);
    if (at >= 0) this.forking.splice(at, 1);
  }

  /** The process of a line; a new one is taken for the child of the last fork that has not returned. */
  private slotOf(pid: number): number {
    const slot = this.processes.find(pid);
    if (slot >= 0) return slot;
    const parent = this.forking.at(-1) ?? -1;
    return this.processes.make(pid, parent, parent >= 0 && this.processes.shares[parent] === 1);
  }

  /**
   * Reads the duration behind the line; gives where the text before it ends, or minus that for a call whose end comes
   * later.
   */
  private readEnd(bytes: Buffer, from: number, lineEnd: number): number {
    this.duration = Number.NaN;
    let end = lineEnd;
    while (end > from && bytes[end - 1]! <= BLANK) end--;
    if (bytes[end - 1] !== GREATER) return end;
    if (bytes[end - 2] === POINT) {
      if (ends(bytes, from, end, UNFINISHED)) return -(end - UNFINISHED.length);
      return ends(bytes, from, end, DETACHED) ? -(end - DETACHED.length) : end;
    }
    // <0.000123>, backwards.
    let value = 0;
    let scale = 1;
    let at = end - 2;
    for (; at > from; at--) {
      const byte = bytes[at]!;
      if (byte === POINT) {
        value /= scale;
        scale = 1;
        continue;
      }
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) break;
      value += digit * scale;
      scale *= 10;
    }
    if (bytes[at] !== LESS || at === end - 2) return end;
    this.duration = value;
    this.durations = true;
    return at;
  }

  /** What the arguments in front say: the descriptor, the file's name, the domain, whether a fork shares descriptors. */
  private lookAhead(bytes: Buffer, slot: number, name: number, from: number, end: number): void {
    const { processes } = this;
    const role = this.names.role[name]!;
    processes.service[slot] = this.names.service[name]!;
    processes.waits[slot] = this.names.waits[name]!;
    processes.descriptor[slot] = -1;
    processes.hash[slot] = -1;
    if (role === ROLE.none) return;
    switch (role) {
      case ROLE.open:
      case ROLE.exec:
        processes.hash[slot] = pathHash(bytes, from, end, 0);
        break;
      case ROLE.openAt: {
        const folder = numberAt(bytes, from, end);
        const open = folder >= 0 ? processes.descriptors[slot]!.of(folder) : -1;
        processes.hash[slot] = pathHash(bytes, from, end, open < 0 ? 0 : processes.open.file(open));
        break;
      }
      case ROLE.socket:
        // 1: between processes of one node.
        processes.hash[slot] = LOCAL_DOMAINS.some((domain) => starts(bytes, from, end, domain)) ? 1 : 0;
        break;
      case ROLE.fork:
        processes.shares[slot] = contains(bytes, from, end, CLONE_FILES) ? 1 : 0;
        break;
      case ROLE.map: {
        // mmap(address, length, protection, flags, descriptor, offset)
        const length = argumentAt(bytes, from, end, 1);
        const descriptor = argumentAt(bytes, from, end, 4);
        processes.hash[slot] = length < 0 ? 0 : numberAt(bytes, length, end);
        if (descriptor >= 0) processes.descriptor[slot] = numberAt(bytes, descriptor, end);
        break;
      }
      default:
        processes.descriptor[slot] = numberAt(bytes, from, end);
    }
    if (role === ROLE.onDescriptor) this.refine(slot, name);
  }

  /** A transfer's class is that of what the descriptor is. */
  private refine(slot: number, name: number): void {
    const { processes } = this;
    const file = processes.descriptors[slot]!.of(processes.descriptor[slot]!);
    const kind = file < 0 ? OPEN.unknown : processes.open.kind(file);
    const out = this.names.moves[name] === MOVES.out;
    if (kind === OPEN.local) {
      processes.service[slot] = CLASS.ipc;
      processes.waits[slot] = WAITS.inside;
    } else if (kind === OPEN.network) {
      processes.service[slot] = out ? CLASS['network-receive'] : CLASS['network-send'];
      if (out) processes.waits[slot] = WAITS.outside;
    } else if (kind === OPEN.unknown && out && processes.waits[slot] === WAITS.never) {
      // Standard input may be a pipe.
      processes.waits[slot] = WAITS.inside;
    }
  }

  /** The part of a call that is known when it begins. */
  private fill(slot: number, name: number): void {
    const { call, processes } = this;
    call.process = slot;
    call.name = name;
    call.service = processes.service[slot]!;
    call.program = processes.program[slot]!;
    call.user_s = processes.user_s[slot]!;
    call.start_s = processes.start_s[slot]!;
    call.moves = this.names.moves[name]!;
    call.waits = processes.waits[slot]!;
  }

  /** The end of a call: its result, what it does to descriptors and processes. `from`: what of it stands on this line. */
  private ended(
    bytes: Buffer,
    slot: number,
    name: number,
    from: number,
    result: number,
    end_s: number,
    halved: boolean,
  ): void {
    const { call, processes } = this;
    let value = Number.NaN;
    let failed = false;
    if (result >= 0) {
      value = valueAt(bytes, result);
      failed = value < 0;
    }
    call.duration_s = this.duration;
    call.result = value;
    call.failed = failed;
    call.bytes = 0;
    call.file = -1;
    call.offset = 0;
    call.child = -1;
    if (call.moves !== MOVES.none && value > 0) {
      if (value <= MOST_BYTES) call.bytes = value;
      else this.tooMany++;
    }
    if (value >= 0 && this.names.role[name] !== ROLE.none)
      this.effects(bytes, slot, name, from, result, value);
    if (!Number.isNaN(end_s)) {
      processes.last_s[slot] = end_s;
      processes.lastKind[slot] = LAST.ended;
    } else if (!Number.isNaN(this.time)) {
      processes.last_s[slot] = this.time;
      processes.lastKind[slot] = halved ? LAST.ended : call.waits === WAITS.never ? LAST.began : LAST.mayWait;
    }
    this.sink.ended(call);
  }

  private effects(
    bytes: Buffer,
    slot: number,
    name: number,
    from: number,
    result: number,
    value: number,
  ): void {
    const { call, processes } = this;
    const { open } = processes;
    const descriptors = processes.descriptors[slot]!;
    switch (this.names.role[name]) {
      case ROLE.open:
      case ROLE.openAt: {
        const hash = processes.hash[slot]!;
        descriptors.set(value, open.open(hash < 0 ? OPEN.other : OPEN.file, hash));
        break;
      }
      case ROLE.close:
        descriptors.set(processes.descriptor[slot]!, -1);
        break;
      case ROLE.duplicate:
        descriptors.set(value, descriptors.of(processes.descriptor[slot]!));
        break;
      case ROLE.control: {
        const second = argumentAt(bytes, from, result, 1);
        if (second >= 0 && starts(bytes, second, result, DUPLICATE)) {
          descriptors.set(value, descriptors.of(processes.descriptor[slot]!));
        }
        break;
      }
      case ROLE.pipe:
      case ROLE.socketPair: {
        let at = from;
        while (at < result && bytes[at] !== BRACKET) at++;
        const one = numberAt(bytes, at + 1, result);
        while (at < result && bytes[at] !== COMMA) at++;
        const other = numberAt(bytes, firstMark(bytes, at + 1, result), result);
        if (one >= 0) descriptors.set(one, open.open(OPEN.local, -1));
        if (other >= 0) descriptors.set(other, open.open(OPEN.local, -1));
        break;
      }
      case ROLE.socket:
        descriptors.set(value, open.open(processes.hash[slot] === 1 ? OPEN.local : OPEN.network, -1));
        break;
      case ROLE.event:
        descriptors.set(value, open.open(OPEN.local, -1));
        break;
      case ROLE.accept: {
        const listens = descriptors.of(processes.descriptor[slot]!);
        descriptors.set(value, open.open(listens < 0 ? OPEN.network : open.kind(listens), -1));
        break;
      }
      case ROLE.seek: {
        const file = descriptors.of(processes.descriptor[slot]!);
        if (file >= 0) open.seek(file, value);
        break;
      }
      case ROLE.onDescriptor: {
        const file = descriptors.of(processes.descriptor[slot]!);
        if (file < 0 || open.kind(file) !== OPEN.file) break;
        call.file = open.file(file);
        call.offset = open.offset(file);
        open.seek(file, call.offset + call.bytes);
        break;
      }
      case ROLE.atOffset: {
        const file = descriptors.of(processes.descriptor[slot]!);
        if (file < 0 || open.kind(file) !== OPEN.file) break;
        call.file = open.file(file);
        call.offset = Math.max(0, lastArgument(bytes, from, result));
        break;
      }
      case ROLE.map:
        this.mapped(slot);
        break;
      case ROLE.fork:
        if (value > 0) this.forked(slot, value);
        break;
      case ROLE.exec:
        this.execed(bytes, slot, from, result);
        break;
    }
  }

  /** A mapping of an open file. */
  private mapped(slot: number): void {
    const { processes } = this;
    const file = processes.descriptors[slot]!.of(processes.descriptor[slot]!);
    if (file < 0 || processes.open.kind(file) !== OPEN.file) return;
    this.mappings++;
    this.mapped_bytes += Math.max(0, processes.hash[slot]!);
  }

  private forked(slot: number, child: number): void {
    const { processes, call } = this;
    const shares = processes.shares[slot] === 1;
    let at = processes.find(child);
    if (at < 0) at = processes.make(child, slot, shares);
    else if (processes.orphan[at] === 1) processes.adopt(at, slot, shares);
    call.child = at;
  }

  private execed(bytes: Buffer, slot: number, from: number, result: number): void {
    const hash = this.processes.hash[slot]!;
    if (hash < 0) return;
    this.processes.program[slot] = this.programs.id(hash, () => {
      // A call cut in two names it in its first half.
      const quoted = firstString(bytes, from, result) ?? this.processes.execs[slot];
      return quoted?.split('/').pop() || `(program ${this.programs.names.length})`;
    });
  }
}

const TENS = Float64Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

function isName(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    byte === UNDERSCORE ||
    (byte >= ZERO && byte <= 57) ||
    (byte >= 65 && byte <= 90) ||
    byte === QUESTION
  );
}

function starts(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

function ends(bytes: Uint8Array, from: number, end: number, word: Uint8Array): boolean {
  return end - word.length >= from && starts(bytes, end - word.length, end, word);
}

function contains(bytes: Uint8Array, from: number, end: number, word: Uint8Array): boolean {
  for (let at = from; at + word.length <= end; at++) if (starts(bytes, at, end, word)) return true;
  return false;
}

/** Where the result begins: behind the last `= ` that follows a closing parenthesis; -1 if there is none. */
function resultAt(bytes: Uint8Array, from: number, end: number): number {
  for (let at = end - 2; at > from; at--) {
    if (bytes[at] !== EQUALS || bytes[at + 1] !== BLANK || bytes[at - 1] !== BLANK) continue;
    let before = at - 1;
    while (before > from && bytes[before] === BLANK) before--;
    if (bytes[before] === CLOSING && isResult(bytes[at + 2]!)) return at + 2;
  }
  return -1;
}

function isResult(byte: number): boolean {
  return (byte >= ZERO && byte <= 57) || byte === MINUS || byte === QUESTION;
}

/** The number of a result; hexadecimal addresses are read too; NaN for `?`. */
function valueAt(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === QUESTION) return Number.NaN;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  if (bytes[at] === ZERO && bytes[at + 1] === LETTER_X) return 0;
  let value = 0;
  for (; ; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

/** The whole number that begins here; -1 for none. */
function numberAt(bytes: Uint8Array, from: number, end: number): number {
  let value = -1;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    value = (value < 0 ? 0 : value) * 10 + digit;
  }
  return value;
}

/** Where an argument begins, by its number from 0 on; -1 if there is none. Those before it hold no comma. */
function argumentAt(bytes: Uint8Array, from: number, end: number, which: number): number {
  let left = which;
  for (let at = from; at + 1 < end; at++) if (bytes[at] === COMMA && --left === 0) return at + 2;
  return -1;
}

/** The number in front of the closing parenthesis; -1 for none. */
function lastArgument(bytes: Uint8Array, from: number, result: number): number {
  let at = result - 1;
  while (at > from && bytes[at] !== CLOSING) at--;
  let first = at;
  while (first > from && bytes[first - 1]! >= ZERO && bytes[first - 1]! <= 57) first--;
  return numberAt(bytes, first, at);
}

/**
 * A hash of the first quoted string, 53 bits, mixed with that of its folder; -1 where there is none, or where it names
 * no file on a disk.
 */
function pathHash(bytes: Uint8Array, from: number, end: number, folder: number): number {
  let at = from;
  while (at < end && bytes[at] !== QUOTE) at++;
  if (at >= end) return -1;
  at++;
  const absolute = bytes[at] === SLASH;
  if (absolute && PSEUDO.some((pseudo) => starts(bytes, at, end, pseudo))) return -1;
  let low = absolute ? 0x811c_9dc5 : 0x811c_9dc5 ^ (folder | 0);
  let high = absolute ? 0x1b87_3593 : 0x1b87_3593 ^ Math.floor(folder / 2 ** 32);
  for (; at < end && bytes[at] !== QUOTE; at++) {
    if (bytes[at] === BACKSLASH) at++;
    low = Math.imul(low ^ bytes[at]!, 0x0100_0193);
    high = Math.imul(high ^ bytes[at]!, 0x5bd1_e995) ^ (low >>> 13);
  }
  return (low >>> 0) + (high & 0x1f_ffff) * 2 ** 32;
}

/** The first quoted string, for names of programs. */
function firstString(bytes: Buffer, from: number, end: number): string | undefined {
  return /^[^"]*"((?:[^"\\]|\\.)*)"/.exec(bytes.toString('utf8', from, end))?.[1];
}
