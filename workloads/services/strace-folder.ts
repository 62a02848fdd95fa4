/**
 * A folder as `strace -ff -o NAME` writes it: one file a process, NAME.PID, whose lines name no process.
 *
 * The lines of all files are brought into one order by their times. A call stands at its beginning, with its result;
 * where others have lines before its end, the end is told in its place among them, as far as durations (`-T`) show it.
 * A file is open from its first line to its last, so that memory goes with the processes alive. Files without times, or
 * with times since the line before (`-r`), are read one after another by their numbers.
 *
 * Left out: clocks that pass midnight (`-t`, `-tt`) between the first lines of two processes; folders in the folder.
 *
 * Source: the manual of strace, option -ff.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LineCursor } from '../text.ts';
import type { CallSink } from './call.ts';
import { EARLIEST_S, LONGEST, type StraceRead, StraceReader } from './strace.ts';
import type { UserTimeOptions } from './user-time.ts';

const PROCESS_FILE = /\.(\d+)(?:\.gz)?$/;
const DAY_S = 86_400;

/** Whether a file's name may be that of one process's trace. */
export function isProcessFile(name: string): boolean {
  return PROCESS_FILE.test(name);
}

/** Reads the files of a folder as one trace; tells `sink` of every call. Throws as `readStrace`. */
export async function readStraceFolder(
  path: string,
  sink: CallSink,
  user: UserTimeOptions,
): Promise<StraceRead> {
  const reader = new StraceReader(path, sink, user);
  const files: ProcessFile[] = [];
  const skipped: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const process = PROCESS_FILE.exec(entry.name)?.[1];
    const file = process === undefined ? null : new ProcessFile(join(path, entry.name), Number(process));
    if (file?.isTrace()) files.push(file);
    else skipped.push(entry.name);
  }
  files.sort((a, b) => a.process - b.process);
  try {
    if (files.some((file) => Number.isNaN(file.time))) for (const file of files) readWhole(file, reader);
    else readTogether(files, reader);
  } finally {
    for (const file of files) file.cursor?.close();
  }
  const crlf = files.reduce((sum, { cursor }) => sum + (cursor?.crlf ?? 0), 0);
  const unended = files.some(({ cursor }) => cursor?.missing_last_newline === true);
  return { ...reader.finish(crlf, unended), skipped: skipped.sort() };
}

function readWhole(file: ProcessFile, reader: StraceReader): void {
  for (let cursor = file.open(); cursor !== null; cursor = file.next()) {
    reader.line(cursor.bytes, cursor.start, cursor.end, file.process);
  }
}

function readTogether(files: readonly ProcessFile[], reader: StraceReader): void {
  const waiting = new EarliestFirst(files);
  for (let file = waiting.take(); file !== undefined; file = waiting.take()) {
    let cursor = file.cursor === null ? file.open() : file.cursor;
    while (cursor !== null && file.time <= waiting.first) {
      const { bytes, start, end } = cursor;
      if (file.inCall) {
        reader.end(bytes, start, end, file.process);
        file.inCall = false;
      } else {
        const ends = reader.line(bytes, start, end, file.process, waiting.first);
        if (!Number.isNaN(ends)) {
          file.inCall = true;
          file.time = ends;
          continue;
        }
      }
      cursor = file.next();
    }
    if (cursor !== null) waiting.put(file);
  }
}

/** One process's file: where it is, and when it has something to tell. */
class ProcessFile {
  readonly process: number;
  cursor: LineCursor | null = null;
  /** When the line at hand comes, or the call that it began ends, s; NaN without times. */
  time = Number.NaN;
  /** The line at hand has been told but for the end of its call. */
  inCall = false;
  private readonly path: string;
  private day = 0;

  constructor(path: string, process: number) {
    this.path = path;
    this.process = process;
  }

  /** Looks at the first line, for its time; false for a file without lines. */
  isTrace(): boolean {
    try {
      const cursor = this.open();
      this.cursor?.close();
      this.cursor = null;
      return cursor !== null;
    } catch {
      return false; // empty, or no text
    }
  }

  /** Opens the file at its first line; null where it has none. */
  open(): LineCursor | null {
    this.cursor = new LineCursor(this.path, LONGEST);
    return this.next();
  }

  /** Goes on to the next line; null after the last. A line without a time comes with the one before. */
  next(): LineCursor | null {
    const cursor = this.cursor!;
    if (!cursor.next()) {
      cursor.close();
      return null;
    }
    const clock = clockAt(cursor.bytes, cursor.start, cursor.end);
    if (Number.isNaN(clock)) return cursor;
    // More than half a day back is the next day.
    if (clock + this.day < this.time - DAY_S / 2) this.day += DAY_S;
    this.time = clock + this.day;
    return cursor;
  }
}

/** Files by their times, the earliest first; of equal times the one of the lower number: a binary heap. */
class EarliestFirst {
  private readonly heap: ProcessFile[] = [];

  constructor(files: readonly ProcessFile[]) {
    for (const file of files) this.put(file);
  }

  /** When the earliest file has something to tell, s; Infinity where there is none. */
  get first(): number {
    return this.heap[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  put(file: ProcessFile): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(file, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = file;
  }

  take(): ProcessFile | undefined {
    const { heap } = this;
    const taken = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return taken;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return taken;
  }
}

function isBefore(a: ProcessFile, b: ProcessFile): boolean {
  return a.time < b.time || (a.time === b.time && a.process < b.process);
}

const BLANK = 32;
const POINT = 46;
const ZERO = 48;
const COLON = 58;

/** The clock in front of a line (`12:34:56.789`, `1700000000.123`), s; NaN where there is none. */
function clockAt(bytes: Buffer, start: number, end: number): number {
  let whole = 0;
  let part = 0;
  let scale = 0;
  let isClock = false;
  let at = start;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      part = part * 10 + digit;
      scale *= 10;
    } else if (byte === COLON && scale === 0) {
      whole = (whole + part) * 60;
      part = 0;
      isClock = true;
    } else if (byte === POINT && scale === 0) {
      whole += part;
      part = 0;
      scale = 1;
    } else break;
  }
  const value = whole + (scale === 0 ? part : part / scale);
  const isTime = at > start && at < end && bytes[at]! <= BLANK && (isClock || value >= EARLIEST_S);
  return isTime ? value : Number.NaN;
}
