/**
 * Sequences of system-call numbers, as intrusion detection uses them (ADFA-LD): a file, a folder or a zip of files,
 * one process a file, numbers separated by blanks or line ends. No times, no arguments, no results.
 *
 * Skipped and named: files of a folder or zip that are no such sequence, hidden files. A single file that is none is
 * an error. A number that no call has counts as an unknown call.
 *
 * Source: Creech and Hu 2013 (ADFA-LD), Linux 2.6 on i386.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { openFault, readBytes } from '../text.ts';
import { blankCall, type CallSink } from './call.ts';
import { MOVES } from './classes.ts';
import { CallNames } from './names.ts';
import { callNames, type Numbering } from './numbers.ts';
import { isZip, readZip } from './zip.ts';

const MOST_DIGITS = 4;

const ZERO = 48;

export interface NumbersRead {
  readonly records: RecordCount;
  readonly names: CallNames;
  readonly processes: number;
  /** Files that are no sequence of numbers. */
  readonly skipped: readonly string[];
}

/** Reads all sequences; tells `sink` of every call, `each_s` of user time before it. Throws `InputError` where there is none. */
export async function readCallNumbers(
  path: string,
  sink: CallSink,
  numbering: Numbering,
  each_s: number,
): Promise<NumbersRead> {
  const records = recordCount();
  const names = new CallNames(path);
  const sequences = new Sequences(names, sink, numbering, each_s);
  const skipped: string[] = [];
  const onFile = (name: string, bytes: Buffer) => {
    const hidden = basename(name).startsWith('.');
    if (!hidden && isSequence(bytes)) sequences.whole(bytes);
    else if (!hidden) skipped.push(name);
  };
  if (isZip(path)) readZip(path, onFile);
  else if (isFolder(path)) {
    for (const name of (readdirSync(path, { recursive: true }) as string[]).sort()) {
      const file = join(path, name);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) onFile(name, readFileSync(file));
    }
  } else {
    for await (const bytes of readBytes(path)) {
      const bad = wrongByte(bytes);
      if (bad >= 0) {
        throw new InputError({
          where: path,
          found: `"${String.fromCharCode(bytes[bad]!)}" among the numbers of system calls`,
          would: 'give numbers of up to four digits, separated by blanks',
        });
      }
      sequences.part(bytes);
    }
    sequences.end();
  }
  records.read = sequences.calls;
  records.kept = sequences.calls;
  count(records.dropped, 'number of more than four digits', sequences.tooLong);
  records.read += sequences.tooLong;
  mustKeepSome(path, 'system-call numbers', records);
  return { records, names, processes: sequences.processes, skipped };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw openFault(path, error);
  }
}

function isSequence(bytes: Buffer): boolean {
  return bytes.length > 0 && wrongByte(bytes) < 0;
}

/** Where a byte stands that is neither digit, blank nor line end; -1 if there is none. */
function wrongByte(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (!((byte >= ZERO && byte <= 57) || byte === 32 || (byte >= 9 && byte <= 13))) return at;
  }
  return -1;
}

class Sequences {
  calls = 0;
  processes = 0;
  tooLong = 0;
  private readonly names: CallNames;
  private readonly sink: CallSink;
  private readonly call = blankCall();
  /** Name by number, -1 where it has not come yet. */
  private readonly ids = new Int32Array(10 ** MOST_DIGITS).fill(-1);
  private readonly table: ReadonlyMap<number, string>;
  private number = 0;
  private digits = 0;

  constructor(names: CallNames, sink: CallSink, numbering: Numbering, each_s: number) {
    this.names = names;
    this.sink = sink;
    this.table = callNames(numbering);
    this.call.moves = MOVES.none;
    this.call.user_s = each_s;
  }

  whole(bytes: Buffer): void {
    this.part(bytes);
    this.end();
  }

  part(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >= 0) {
        this.number = this.number * 10 + digit;
        this.digits++;
      } else if (this.digits > 0) this.tell();
    }
  }

  end(): void {
    if (this.digits > 0) this.tell();
    this.processes++;
    this.sink.exited(0);
  }

  private tell(): void {
    const { number, digits, call, names } = this;
    this.number = 0;
    this.digits = 0;
    if (digits > MOST_DIGITS) {
      this.tooLong++;
      return;
    }
    let id = this.ids[number]!;
    if (id < 0) {
      id = names.id(this.table.get(number) ?? `call_${number}`);
      this.ids[number] = id;
    }
    this.calls++;
    call.name = id;
    call.service = names.service[id]!;
    call.waits = names.waits[id]!;
    this.sink.began(call);
    this.sink.ended(call);
  }
}
