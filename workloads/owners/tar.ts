/**
 * Reading a tar archive (plain or gzip) as a stream, one member in memory at a time.
 *
 * Source: the ustar layout of POSIX.1-1988, with long names of GNU (type `L`) and of POSIX.1-2001 (type `x`, key
 * `path`). Left out: sparse members, links, anything that is no regular file (skipped).
 */
import { InputError } from '../../sim/problem.ts';
import { readBytes } from '../text.ts';

const BLOCK = 512;
/** Largest member that is read, in bytes. A day of samples is about 1 KiB. */
const LARGEST_MEMBER = 1 << 24;

/** True if the bytes begin as a tar archive does. */
export function isTarHead(head: Buffer): boolean {
  return head.length >= BLOCK && head.toString('latin1', 257, 262) === 'ustar';
}

/**
 * Calls `onFile` for each regular file of a tar, until it answers false; false if the file is no tar at all (then
 * nothing is called). Throws `InputError` for an archive that is cut short or has a member of more than 16 MiB.
 */
export async function readTar(
  path: string,
  onFile: (name: string, bytes: Buffer) => unknown,
): Promise<boolean> {
  let have: Buffer = Buffer.alloc(0);
  let member: { name: string; type: string; size: number } | undefined;
  let longName: string | undefined;
  let isTar = false;
  for await (const chunk of readBytes(path)) {
    have = have.length === 0 ? chunk : Buffer.concat([have, chunk]);
    let at = 0;
    for (;;) {
      if (member === undefined) {
        if (have.length - at < BLOCK) break;
        const header = have.subarray(at, at + BLOCK);
        if (!isTar && !isTarHead(header)) return false;
        isTar = true;
        at += BLOCK;
        if (header[0] !== 0) member = readMember(path, header);
        continue;
      }
      const padded = Math.ceil(member.size / BLOCK) * BLOCK;
      if (have.length - at < padded) break;
      const bytes = have.subarray(at, at + member.size);
      if (member.type === 'L') longName = bytes.toString('utf8').replace(/\0+$/, '');
      else if (member.type === 'x') longName = pathOfExtension(bytes) ?? longName;
      else {
        const isFile = member.type === '0' || member.type === '\0';
        if (isFile && onFile(longName ?? member.name, bytes) === false) return true;
        longName = undefined;
      }
      at += padded;
      member = undefined;
    }
    have = Buffer.from(have.subarray(at));
  }
  if (member !== undefined) {
    throw new InputError({
      where: path,
      found: `the tar is cut short inside ${longName ?? member.name}`,
      would: 'fetch it again',
    });
  }
  return isTar;
}

function readMember(path: string, header: Buffer): { name: string; type: string; size: number } {
  const text = (from: number, length: number) =>
    header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const prefix = text(345, 155);
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  const size = Number.parseInt(text(124, 12).trim() || '0', 8);
  if (!(size >= 0 && size <= LARGEST_MEMBER)) {
    throw new InputError({
      where: path,
      found: `the member ${name} of the tar says it has ${text(124, 12)} bytes (octal)`,
      would: 'members of up to 16 MiB can be read',
    });
  }
  return { name, type: String.fromCharCode(header[156]!), size };
}

/** The value of `path` in a POSIX extension: records `LENGTH KEY=VALUE\n`. */
function pathOfExtension(bytes: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)/.exec(bytes.toString('utf8'))?.[1];
}
