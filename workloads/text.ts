/**
 * Text files as a stream of lines: plain or gzip (told by the first bytes, not by the name), in memory of one
 * chunk and one line, whatever the size of the file.
 *
 * Lines are handed out as byte ranges, so that a reader of numbers makes no strings. CRLF ends, a byte order
 * mark and a missing last newline are mended and counted. What cannot be text (a missing file, a folder, an
 * empty file, a gzip that is cut short, NUL bytes, a line without end) is an `InputError` with `file:line`.
 */
import {
  closeSync,
  createReadStream,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { InputError, nearest } from '../sim/problem.ts';

/** Longest line that is read, in bytes. The longest lines of the archives are some hundred bytes. */
export const LONGEST_LINE = 65_536;

const CHUNK = 1 << 18;
const SMALL_CHUNK = 1 << 15;
const NEWLINE = 10;
const RETURN = 13;
const BLANK = 32;
const TAB = 9;
const MINUS = 45;
const POINT = 46;

/** What was mended while the lines of one file were read. */
export interface TextRead {
  /** Lines, the last one included whether or not it ends in a newline. */
  lines: number;
  /** Lines that ended in CRLF. */
  crlf: number;
  missing_last_newline: boolean;
}

/** One line: `bytes` from `start` up to, not including, `end` (no line end). Valid during the call only. */
export type OnLine = (bytes: Buffer, start: number, end: number, line: number) => void;

/**
 * The bytes of a file, unpacked if it is a gzip. With `reuse` a chunk holds until the next one only. Throws
 * `InputError` where the file is missing, a folder, empty, unreadable, another kind of archive, or a gzip that is cut
 * short or damaged.
 */
export async function* readBytes(path: string, reuse = false): AsyncGenerator<Buffer> {
  const head = firstBytes(path);
  const archive = archiveKind(head);
  if (archive !== undefined) {
    throw new InputError({
      where: path,
      found: `this is a ${archive} file`,
      would: 'unpack it, or pack it with gzip',
    });
  }
  const packed = isPacked(head);
  let seen = 0;
  try {
    for await (const chunk of packed ? unpackedChunks(path) : plainChunks(path, reuse)) {
      seen += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw readFault(path, error, seen);
  }
  if (seen === 0) throw emptyFault(path);
}

/** A file as it lies there; read at once, since a stream takes longer to hand a chunk over than the disk cache to fill it. */
export function* plainChunks(path: string, reuse: boolean): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    let chunk = Buffer.allocUnsafeSlow(CHUNK);
    for (;;) {
      const length = readSync(file, chunk, 0, CHUNK, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
      if (!reuse) chunk = Buffer.allocUnsafeSlow(CHUNK);
    }
  } finally {
    closeSync(file);
  }
}

async function* unpackedChunks(path: string): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: CHUNK });
  const unpacked = createGunzip({ chunkSize: CHUNK });
  source.on('error', (error) => unpacked.destroy(error));
  try {
    yield* source.pipe(unpacked) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
  }
}

/** Calls `onLine` for every line. Errors as `readBytes`, and for NUL bytes and lines above `longest` bytes. */
export async function readLines(path: string, onLine: OnLine, longest = LONGEST_LINE): Promise<TextRead> {
  const read: TextRead = { lines: 0, crlf: 0, missing_last_newline: false };
  // The part of a line that the last chunk left over.
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of readBytes(path, true)) {
    let bytes = first ? withoutByteOrderMark(chunk) : chunk;
    first = false;
    if (rest.length > 0) {
      // Only the line that two chunks share is put together.
      const end = bytes.indexOf(NEWLINE) + 1;
      const shared = Buffer.concat([rest, end === 0 ? bytes : bytes.subarray(0, end)]);
      rest = wholeLines(path, shared, read, onLine, longest);
      if (end === 0) continue;
      bytes = bytes.subarray(end);
    }
    rest = wholeLines(path, bytes, read, onLine, longest);
  }
  if (rest.length > 0) {
    read.missing_last_newline = true;
    oneLine(rest, 0, rest.length, read, onLine);
  }
  return read;
}

/** Hands out the whole lines of `bytes`; gives the rest. */
function wholeLines(path: string, bytes: Buffer, read: TextRead, onLine: OnLine, longest: number): Buffer {
  // Text holds no NUL; one native search a chunk keeps the test out of the readers' loops.
  const zero = bytes.indexOf(0);
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, start);
    const stop = end < 0 ? bytes.length : end;
    if (zero >= start && zero < stop) {
      throw notText(`${path}:${read.lines + 1}:${zero - start + 1}`);
    }
    if (stop - start > longest) throw tooLong(path, read.lines + 1, longest);
    if (end < 0) break;
    oneLine(bytes, start, end, read, onLine);
    start = end + 1;
  }
  // A copy, since the stream may use the chunk's memory again.
  return Buffer.from(bytes.subarray(start));
}

/**
 * The lines of a file one at a time, for readers of many files at once; memory of a small chunk and a line (of a packed
 * file: all of its text). Errors as `readLines`.
 */
export class LineCursor {
  /** The line at hand: `bytes` from `start` up to, not including, `end`. Valid until the next one. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  crlf = 0;
  missing_last_newline = false;
  private readonly path: string;
  private readonly longest: number;
  private file = -1;
  private lines = 0;
  /** Bytes of the chunk that are text, and where the next line begins. */
  private filled = 0;
  private at = 0;

  constructor(path: string, longest = LONGEST_LINE) {
    this.path = path;
    this.longest = longest;
    const head = firstBytes(path);
    if (isPacked(head)) {
      this.bytes = unpackedWhole(path);
      this.filled = this.bytes.length;
    } else {
      this.file = openSync(path, 'r');
      this.bytes = Buffer.allocUnsafeSlow(SMALL_CHUNK);
    }
  }

  /** Goes on to the next line; false after the last one. */
  next(): boolean {
    let stop = this.newline(this.at);
    while (stop < 0) {
      const rest = this.filled - this.at;
      if (rest > this.longest) throw tooLong(this.path, this.lines + 1, this.longest);
      if (!this.fill()) {
        if (this.at === this.filled) return false;
        this.missing_last_newline = true;
        stop = this.filled;
        break;
      }
      stop = this.newline(this.at + rest);
    }
    this.start = this.at;
    this.end = stop;
    this.at = Math.min(stop + 1, this.filled);
    this.lines++;
    if (this.end > this.start && this.bytes[this.end - 1] === RETURN) {
      this.end--;
      this.crlf++;
    }
    return true;
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }

  private newline(from: number): number {
    const at = this.bytes.indexOf(NEWLINE, from);
    return at < this.filled ? at : -1;
  }

  /** Reads on behind the rest of a line, which moves to the front; false at the end of the file. */
  private fill(): boolean {
    if (this.file < 0) return false;
    const rest = this.filled - this.at;
    const room = Math.max(SMALL_CHUNK, 2 * rest);
    // A new chunk where the rest leaves little room, so that a long line costs no copy a read.
    const chunk = this.bytes.length >= room ? this.bytes : Buffer.allocUnsafeSlow(room);
    this.bytes.copy(chunk, 0, this.at, this.filled);
    this.bytes = chunk;
    this.at = 0;
    const length = readSync(this.file, chunk, rest, chunk.length - rest, null);
    this.filled = rest + length;
    const zero = chunk.subarray(rest, this.filled).indexOf(0);
    if (zero >= 0) throw notText(`${this.path}:${this.lines + 1}`);
    return length > 0;
  }
}

function oneLine(bytes: Buffer, start: number, end: number, read: TextRead, onLine: OnLine): void {
  let stop = end;
  if (stop > start && bytes[stop - 1] === RETURN) {
    stop--;
    read.crlf++;
  }
  read.lines++;
  onLine(bytes, start, stop, read.lines);
}

function notText(where: string): InputError {
  return new InputError({
    where,
    found: 'a NUL byte: this is not a text file',
    would: 'give the trace as text, or as a gzip of the text',
  });
}

function tooLong(path: string, line: number, longest: number): InputError {
  return new InputError({
    where: `${path}:${line}`,
    found: `a line of more than ${longest.toLocaleString('en-US')} characters`,
    would: 'give a file with one record a line',
  });
}

function unpackedWhole(path: string): Buffer {
  try {
    const text = gunzipSync(readFileSync(path));
    if (text.includes(0)) throw notText(path);
    return text;
  } catch (error) {
    throw readFault(path, error, 0);
  }
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The first bytes of the unpacked file, at most `size`: enough to tell what it holds. Errors as `readBytes`. */
export async function readHead(path: string, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= size) break;
  }
  return withoutByteOrderMark(Buffer.concat(parts).subarray(0, size));
}

/** The first byte of a line that is no blank; `end` for a blank line. */
export function firstMark(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at]!)) at++;
  return at;
}

/**
 * The numbers of one line, separated by blanks and tabs, into `out`; gives how many there were, of which only the
 * first `out.length` are stored. Exactly the numbers that `Number(text)` gives, decimals included. A word that is
 * no finite number gives `-1 - offset`, the offset of its first byte from `start`.
 */
export function parseNumbers(bytes: Buffer, start: number, end: number, out: Float64Array): number {
  let count = 0;
  let at = start;
  for (;;) {
    while (at < end && isBlank(bytes[at]!)) at++;
    if (at >= end) return count;
    const word = at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    // The digits are kept as one whole number, divided once by a power of ten: correctly rounded up to 2^53.
    let digits = 0;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      digits++;
    }
    let decimals = 0;
    if (at < end && bytes[at] === POINT) {
      at++;
      for (; at < end; at++) {
        const digit = bytes[at]! - 48;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
        decimals++;
      }
      digits += decimals;
    }
    if (digits === 0 || digits > 15 || (at < end && !isBlank(bytes[at]!))) {
      // Exponents, many digits, junk.
      while (at < end && !isBlank(bytes[at]!)) at++;
      value = plainNumber(bytes.toString('latin1', word, at));
      if (Number.isNaN(value)) return -1 - (word - start);
    } else {
      if (decimals > 0) value /= POWERS_OF_TEN[decimals]!;
      if (negative) value = -value;
    }
    if (count < out.length) out[count] = value;
    count++;
  }
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === TAB;
}

const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

/** A finite decimal number; NaN for everything else (hexadecimal, infinity, words, nothing). */
export function plainNumber(text: string): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** An `InputError` at a place in a line, with the line and a caret under the place. `offset` counts bytes from `start`. */
export function lineFault(
  path: string,
  line: number,
  bytes: Buffer,
  start: number,
  end: number,
  offset: number,
  found: string,
  would?: string,
): InputError {
  // A window of the line around the place; tabs as blanks, so that the caret fits, other control characters as dots.
  const from = Math.max(start, start + offset - 60);
  const text = bytes
    .toString('utf8', from, Math.min(end, from + 100))
    .replace(/\t/g, ' ')
    .replace(/\p{Cc}/gu, '.');
  const caret = ' '.repeat(start + offset - from);
  return new InputError({
    where: `${path}:${line}:${offset + 1}`,
    found,
    ...(would === undefined ? {} : { would }),
    excerpt: `    | ${text}\n    | ${caret}^`,
  });
}

/** The word at an offset of a line, quoted and cut to a readable length, for messages. */
export function wordAt(bytes: Buffer, start: number, end: number, offset: number): string {
  let stop = start + offset;
  while (stop < end && !isBlank(bytes[stop]!) && stop - start - offset < 40) stop++;
  return `"${bytes.toString('utf8', start + offset, stop).replace(/\p{Cc}/gu, '.')}"`;
}

/**
 * Writes a text file of many parts: into `FILE.part` first, renamed when all is written, so that nothing
 * half-written is left under the name. Throws `InputError` where the file cannot be made.
 */
export function writeText(path: string, parts: Iterable<string>): void {
  const part = `${path}.part`;
  let file: number;
  try {
    file = openSync(part, 'w');
  } catch (error) {
    throw new InputError({
      where: path,
      found: `the file cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      would: `make the folder ${dirname(path)} first, or name another place`,
    });
  }
  try {
    let text = '';
    for (const piece of parts) {
      text += piece;
      if (text.length > CHUNK) {
        writeFileSync(file, text);
        text = '';
      }
    }
    writeFileSync(file, text);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
}

function firstBytes(path: string): Buffer {
  let size: number;
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) {
      throw new InputError({
        where: path,
        found: 'this is a folder',
        would: 'name a file (only a PlanetLab owner trace may be a folder)',
      });
    }
    if (!stat.isFile()) {
      throw new InputError({
        where: path,
        found: 'this is no regular file',
        would: 'save what it delivers into a file, since traces are read more than once',
      });
    }
    size = stat.size;
  } catch (error) {
    throw error instanceof InputError ? error : openFault(path, error);
  }
  if (size === 0) throw emptyFault(path);
  const head = Buffer.alloc(8);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw openFault(path, error);
  }
  return head;
}

function isPacked(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Other archives, by their first bytes. */
const ARCHIVES: readonly (readonly [string, readonly number[]])[] = [
  ['zip', [0x50, 0x4b, 3, 4]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

function archiveKind(head: Buffer): string | undefined {
  return ARCHIVES.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0];
}

function emptyFault(path: string): InputError {
  return new InputError({ where: path, found: 'the file is empty', would: 'give a file with records' });
}

/** Why a file could not be opened; a missing one names its nearest neighbour in the folder. */
export function openFault(path: string, error: unknown): InputError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    return new InputError({ where: path, found: `the file cannot be read (${code})` });
  }
  const folder = dirname(path);
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return new InputError({ where: path, found: `there is no folder ${folder}`, would: 'check the path' });
  }
  const near = nearest(basename(path), names);
  return new InputError({
    where: path,
    found: 'there is no such file',
    would: near === undefined ? 'check the path' : `did you mean "${near}"?`,
  });
}

function readFault(path: string, error: unknown, seen: number): InputError {
  if (error instanceof InputError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const after = `after ${seen.toLocaleString('en-US')} bytes of text`;
  if (code === 'Z_BUF_ERROR') {
    return new InputError({ where: path, found: `the gzip is cut short ${after}`, would: 'fetch it again' });
  }
  if (code.startsWith('Z_')) {
    return new InputError({
      where: path,
      found: `the gzip is damaged ${after} (${(error as Error).message})`,
      would: 'fetch it again',
    });
  }
  return new InputError({ where: path, found: `the file cannot be read ${after} (${code})` });
}
