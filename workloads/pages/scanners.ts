/**
 * Readers of traces of references, one a form. A line of the usual shape is read byte by byte in one loop over a block;
 * any other (CRLF, further blanks, comments, marks, addresses of more than 32 bits) is looked at as text, and refused
 * with its place where it is none of those.
 *
 * Addresses become pages by dropping the place within the page; `s`, `S`, `M` and `W` are writes. Blocks of a list are
 * pages as they stand, all read. Left out: instruction counts between addresses, times of block traces.
 */
import { count, type RecordCount } from '../records.ts';
import { lineFault } from '../text.ts';
import type { ReferenceColumns } from './table.ts';

const NEWLINE = 10;
const RETURN = 13;
const BLANK = 32;
const COMMA = 44;
const ZERO = 48;
const NINE = 57;

/** Value of a hexadecimal digit by its byte; -1 for all other bytes. */
const HEX = new Int8Array(256).fill(-1);
for (const [i, digit] of [...'0123456789abcdef'].entries()) {
  HEX[digit.charCodeAt(0)] = i;
  HEX[digit.toUpperCase().charCodeAt(0)] = i;
}

/** A form's reader: takes in blocks of whole lines. */
export abstract class Scanner {
  protected line = 0;
  protected readonly columns: ReferenceColumns;
  protected readonly records: RecordCount;
  /** Bytes of a page are two to this power. */
  protected readonly shift: number;
  private readonly path: string;
  private readonly would: string;
  private crlf = 0;

  constructor(path: string, columns: ReferenceColumns, records: RecordCount, shift: number, would: string) {
    this.path = path;
    this.columns = columns;
    this.records = records;
    this.shift = shift;
    this.would = would;
  }

  /** Reads the lines of `bytes` up to `end`, which ends in a newline. */
  abstract block(bytes: Buffer, end: number): void;

  /** Counts what was read when all is. */
  finish(): void {
    const { records } = this;
    records.kept = this.columns.told;
    records.read = records.kept + Object.values(records.dropped).reduce((sum, n) => sum + n, 0);
    count(records.repaired, 'CRLF line end', this.crlf);
  }

  /** Takes a line's text without blanks at its ends; false where it is no record. */
  protected abstract take(text: string): boolean;

  /** A line that is not of the usual shape: gives the place after it. Throws `InputError` where it is damaged. */
  protected odd(bytes: Buffer, start: number): number {
    const newline = bytes.indexOf(NEWLINE, start);
    let stop = newline;
    if (stop > start && bytes[stop - 1] === RETURN) {
      stop--;
      this.crlf++;
    }
    const text = bytes.toString('latin1', start, stop).trim();
    if (text === '') count(this.records.repaired, 'blank line');
    else if (text.startsWith('#')) count(this.records.dropped, 'comment');
    else if (!this.take(text)) this.refuse(bytes, start, stop, text);
    return newline + 1;
  }

  protected sawReturn(): void {
    this.crlf++;
  }

  private refuse(bytes: Buffer, start: number, stop: number, text: string): never {
    let offset = 0;
    while (bytes[start + offset] === BLANK) offset++;
    const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
    const found = `"${shown.replace(/\p{Cc}/gu, '.')}" is no reference`;
    throw lineFault(this.path, this.line, bytes, start, stop, offset, found, this.would);
  }

  /** The page of a hexadecimal address of up to 16 digits. */
  protected pageOf(digits: string): number {
    return Number(BigInt(`0x${digits}`) >> BigInt(this.shift));
  }
}

/** `ADDR R` and `ADDR W`, hexadecimal (with or without 0x). */
export class AddressFirst extends Scanner {
  block(bytes: Buffer, end: number): void {
    const { columns, shift } = this;
    let at = 0;
    while (at < end) {
      this.line++;
      const start = at;
      let address = 0;
      for (let digit = HEX[bytes[at]!]!; digit >= 0; digit = HEX[bytes[at]!]!) {
        address = (address << 4) | digit;
        at++;
      }
      const mark = bytes[at + 1];
      const usual =
        at > start &&
        at <= start + 8 &&
        bytes[at] === BLANK &&
        (mark === 82 || mark === 87) &&
        bytes[at + 2] === NEWLINE;
      if (usual) {
        columns.add(address >>> shift, mark === 87 ? 1 : 0);
        at += 3;
      } else at = this.odd(bytes, start);
    }
  }

  protected take(text: string): boolean {
    const match = /^(?:0x)?([\da-f]{1,16})\s+([RW])$/i.exec(text);
    if (match === null) return false;
    this.columns.add(this.pageOf(match[1]!), match[2]!.toUpperCase() === 'W' ? 1 : 0);
    return true;
  }
}

/** `l 0xADDR instructions` and `s 0xADDR instructions`; the count may be missing. */
export class LoadStore extends Scanner {
  block(bytes: Buffer, end: number): void {
    const { columns, shift } = this;
    let at = 0;
    while (at < end) {
      this.line++;
      const start = at;
      const mark = bytes[at];
      at += 4;
      const first = at;
      let address = 0;
      for (let digit = HEX[bytes[at]!]!; digit >= 0; digit = HEX[bytes[at]!]!) {
        address = (address << 4) | digit;
        at++;
      }
      let usual =
        (mark === 108 || mark === 115) &&
        bytes[start + 1] === BLANK &&
        bytes[start + 2] === ZERO &&
        bytes[start + 3] === 120 &&
        at > first &&
        at <= first + 8;
      if (bytes[at] === BLANK) {
        at++;
        while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
      }
      usual &&= bytes[at] === NEWLINE;
      if (usual) {
        columns.add(address >>> shift, mark === 115 ? 1 : 0);
        at++;
      } else at = this.odd(bytes, start);
    }
  }

  protected take(text: string): boolean {
    const match = /^([ls])\s+0x([\da-f]{1,16})(?:\s+\d+)?$/i.exec(text);
    if (match === null) return false;
    this.columns.add(this.pageOf(match[2]!), match[1]!.toLowerCase() === 's' ? 1 : 0);
    return true;
  }
}

/** Messages of valgrind between the references of its tool lackey. */
const VALGRIND = /^(?:==|--)\d+(?:==|--)/;

/**
 * Output of `valgrind --tool=lackey --trace-mem=yes`: `I  ADDR,SIZE`, ` L ADDR,SIZE`, ` S ADDR,SIZE`, ` M ADDR,SIZE`.
 * An access refers to every page that it touches; a modify is one reference that writes.
 */
export class Lackey extends Scanner {
  block(bytes: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      this.line++;
      const start = at;
      const mark = bytes[start] === 73 ? 73 : bytes[start] === BLANK ? bytes[start + 1]! : 0;
      at += 3;
      const first = at;
      let address = 0;
      for (let digit = HEX[bytes[at]!]!; digit >= 0; digit = HEX[bytes[at]!]!) {
        address = address * 16 + digit;
        at++;
      }
      const digits = at - first;
      let size = 0;
      if (bytes[at] === COMMA) {
        at++;
        for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
          size = size * 10 + digit;
          at++;
        }
      }
      const usual =
        (mark === 73 || mark === 76 || mark === 83 || mark === 77) &&
        bytes[start + 2] === BLANK &&
        (mark !== 73 || bytes[start + 1] === BLANK) &&
        digits > 0 &&
        digits <= 13 &&
        size > 0 &&
        bytes[at] === NEWLINE;
      if (usual) {
        this.access(address, size, mark === 83 || mark === 77 ? 1 : 0);
        at++;
      } else at = this.odd(bytes, start);
    }
  }

  protected take(text: string): boolean {
    if (VALGRIND.test(text)) {
      count(this.records.dropped, 'message of valgrind');
      return true;
    }
    const match = /^([ILSM])\s+(?:0x)?([\da-f]{1,13}),([1-9]\d{0,5})$/i.exec(text);
    if (match === null) return false;
    const mark = match[1]!.toUpperCase();
    this.access(Number.parseInt(match[2]!, 16), Number(match[3]), mark === 'S' || mark === 'M' ? 1 : 0);
    return true;
  }

  private access(address: number, size: number, write: number): void {
    const bytes = 2 ** this.shift;
    const last = Math.floor((address + size - 1) / bytes);
    for (let page = Math.floor(address / bytes); page <= last; page++) this.columns.add(page, write);
  }
}

/** A block number a line; `*` marks are left out. */
export class BlockList extends Scanner {
  block(bytes: Buffer, end: number): void {
    const { columns } = this;
    let at = 0;
    while (at < end) {
      this.line++;
      const start = at;
      let block = 0;
      for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
        block = block * 10 + digit;
        at++;
      }
      const digits = at - start;
      const returned = bytes[at] === RETURN;
      if (returned) at++;
      if (digits > 0 && digits <= 15 && bytes[at] === NEWLINE) {
        if (returned) this.sawReturn();
        columns.add(block, 0);
        at++;
      } else at = this.odd(bytes, start);
    }
  }

  protected take(text: string): boolean {
    if (text === '*') {
      count(this.records.dropped, 'mark "*"');
      return true;
    }
    if (!/^\d{1,15}$/.test(text)) return false;
    this.columns.add(Number(text), 0);
    return true;
  }
}

/** SCSI commands that read and write blocks, hexadecimal. */
const READS = new Set(['8', '08', '28', '88', 'a8']);
const WRITES = new Set(['a', '0a', '2a', '8a', 'aa']);

/** Records of a CSV whose header names `op` (SCSI command) and `lbn` (block); other columns are not used. */
export class BlockCsv extends Scanner {
  private width = 0;
  private op = -1;
  private lbn = -1;

  block(bytes: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      this.line++;
      at = this.odd(bytes, at);
    }
  }

  protected take(text: string): boolean {
    const cells = text.split(',');
    if (this.width === 0) {
      this.width = cells.length;
      this.op = cells.indexOf('op');
      this.lbn = cells.indexOf('lbn');
      return this.op >= 0 && this.lbn >= 0;
    }
    const op = cells[this.op]?.toLowerCase() ?? '';
    const lbn = cells[this.lbn] ?? '';
    const write = WRITES.has(op);
    if (cells.length !== this.width || !/^\d{1,15}$/.test(lbn) || !(write || READS.has(op))) return false;
    this.columns.add(Number(lbn), write ? 1 : 0);
    return true;
  }
}

/**
 * `dt page kind evicted dirty`: the references of a run that missed an LRU memory of K pages, with the page that left.
 *
 * A page that leaves is the one referred to least recently, so all others that are there must have been referred to
 * after it: where the entries do not show it, such hits are concluded (the reduction of Kaplan, Smaragdakis and Wilson
 * 1999). A page that left dirty was written while it was there, so that its last reference is made to write. LRU faults
 * and write-backs are then exact for every memory of K pages or more. `dt` is the number of references that an entry
 * stands for, so that the compute time is that of the whole run. Entries of kind E are the pages left at the end.
 */
export class LruSequence extends Scanner {
  /** Pages that are there, and the entry of the last reference to each. */
  private readonly there: number[] = [];
  private readonly last: number[] = [];

  block(bytes: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      this.line++;
      at = this.odd(bytes, at);
    }
  }

  protected take(text: string): boolean {
    const match = /^(\d{1,9})\s+([\da-f]{1,13}|-)\s+([IRWE])\s+([\da-f]{1,13}|-)\s+([01])$/.exec(text);
    if (match === null) return false;
    const [, dt, page, kind, evicted, dirty] = match as unknown as string[];
    const left = evicted === '-' ? -1 : Number.parseInt(evicted!, 16);
    if (left >= 0 && !this.leaves(left, dirty === '1')) return false;
    if (kind === 'E') {
      count(this.records.dropped, 'page left at the end', left >= 0 ? 1 : 0);
      return left >= 0;
    }
    const number = page === '-' ? -1 : Number.parseInt(page!, 16);
    if (number < 0 || this.there.includes(number)) return false;
    this.columns.add(number, kind === 'W' ? 1 : 0);
    if (dt !== '1') this.columns.lastStandsFor(Number(dt));
    this.there.push(number);
    if (this.there.length > this.columns.exactFrom) this.columns.exactFrom = this.there.length;
    this.last.push(this.columns.count - 1);
    return true;
  }

  /** A page leaves; false where it was not there. */
  private leaves(number: number, dirty: boolean): boolean {
    const { there, last, columns } = this;
    const at = there.indexOf(number);
    if (at < 0) return false;
    for (let k = 0; k < there.length; k++) {
      if (last[k]! >= last[at]!) continue;
      columns.conclude(there[k]!);
      last[k] = columns.count - 1;
    }
    if (dirty) columns.writesAt(last[at]!);
    there.splice(at, 1);
    last.splice(at, 1);
    return true;
  }
}
