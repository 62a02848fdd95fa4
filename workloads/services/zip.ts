/**
 * Reading a zip archive, one member in memory at a time: stored and deflated members, found by the directory at the
 * end of the file.
 *
 * Source: PKWARE's application note 6.3. Left out: zip64, encryption, archives of several parts.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { InputError } from '../../sim/problem.ts';
import { openFault } from '../text.ts';

/** Largest member that is read, bytes. */
const LARGEST_MEMBER = 1 << 26;
const END = 0x0605_4b50;
const ENTRY = 0x0201_4b50;
/** The end record has 22 bytes and a comment of at most 65,535. */
const END_SIZE = 22;

/** Whether a file begins as a zip archive does; false for folders and files that cannot be read. */
export function isZip(path: string): boolean {
  try {
    return withFile(path, (file) => at(file, 0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4])));
  } catch {
    return false;
  }
}

/**
 * Calls `onFile` for each file of the archive, in its order. Throws `InputError` for an archive that is cut short,
 * encrypted or damaged.
 */
export function readZip(path: string, onFile: (name: string, bytes: Buffer) => void): void {
  const fault = (found: string) => new InputError({ where: path, found, would: 'fetch it again' });
  try {
    withFile(path, (file) => {
      const size = fstatSync(file).size;
      const tail = at(file, Math.max(0, size - END_SIZE - 0xffff), Math.min(size, END_SIZE + 0xffff));
      let end = tail.length - END_SIZE;
      while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
      if (end < 0) throw fault('the zip is cut short: its directory is missing');
      const entries = tail.readUInt16LE(end + 10);
      const directory = at(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
      let entry = 0;
      for (let i = 0; i < entries; i++) {
        if (entry + 46 > directory.length || directory.readUInt32LE(entry) !== ENTRY) {
          throw fault(`the directory of the zip is damaged at entry ${i + 1} of ${entries}`);
        }
        const nameLength = directory.readUInt16LE(entry + 28);
        const name = directory.toString('utf8', entry + 46, entry + 46 + nameLength);
        if (!name.endsWith('/')) onFile(name, member(file, directory, entry, name, fault));
        entry += 46 + nameLength + directory.readUInt16LE(entry + 30) + directory.readUInt16LE(entry + 32);
      }
    });
  } catch (error) {
    throw error instanceof InputError ? error : openFault(path, error);
  }
}

function member(
  file: number,
  directory: Buffer,
  entry: number,
  name: string,
  fault: (found: string) => InputError,
): Buffer {
  const flags = directory.readUInt16LE(entry + 8);
  const method = directory.readUInt16LE(entry + 10);
  const packed = directory.readUInt32LE(entry + 20);
  const size = directory.readUInt32LE(entry + 24);
  const from = directory.readUInt32LE(entry + 42);
  if ((flags & 1) !== 0) throw fault(`${name} of the zip is encrypted`);
  if (size > LARGEST_MEMBER) throw fault(`${name} of the zip has ${size} bytes, more than 64 MiB`);
  // The local header repeats name and extra field, the latter not always of the same length.
  const local = at(file, from, 30);
  if (local.length < 30) throw fault(`the zip is cut short before ${name}`);
  const bytes = at(file, from + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), packed);
  if (bytes.length < packed) throw fault(`the zip is cut short inside ${name}`);
  if (method !== 0 && method !== 8) throw fault(`${name} of the zip is packed by method ${method}`);
  let plain: Buffer;
  try {
    plain = method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: LARGEST_MEMBER });
  } catch (error) {
    throw fault(`${name} of the zip is damaged (${(error as Error).message})`);
  }
  if (plain.length !== size || crc32(plain) !== directory.readUInt32LE(entry + 16)) {
    throw fault(`${name} of the zip does not have the contents that its checksum says`);
  }
  return plain;
}

function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function at(file: number, from: number, length: number): Buffer {
  // What a damaged archive says is no reason to take more memory than there are bytes.
  const bytes = Buffer.alloc(Math.max(0, Math.min(length, fstatSync(file).size - from)));
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
}
