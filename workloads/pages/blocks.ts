/**
 * Text in blocks of whole lines, for readers that run through millions of short lines in one loop: no call a line.
 * Files and faults are those of `workloads/text.ts`.
 */
import { InputError } from '../../sim/problem.ts';
import { LONGEST_LINE, readBytes } from '../text.ts';

const NEWLINE = 10;

/**
 * Calls `onBlock` with bytes that begin with a line and end with a newline at `end` - 1; they hold during the call
 * only. Tells whether the last newline was missing (it is put there). Throws `InputError` as `readBytes`, and for a
 * line that is too long.
 */
export async function readBlocks(
  path: string,
  onBlock: (bytes: Buffer, end: number) => void,
): Promise<{ missingLastNewline: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of readBytes(path, true)) {
    let bytes = chunk;
    if (first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    first = false;
    let start = 0;
    if (rest.length > 0) {
      // The line that two chunks share is put together; all others stay where they are.
      start = bytes.indexOf(NEWLINE) + 1;
      const shared = Buffer.concat([rest, start === 0 ? bytes : bytes.subarray(0, start)]);
      if (start === 0) {
        rest = shared;
        if (rest.length > LONGEST_LINE) throw tooLong(path);
        continue;
      }
      onBlock(shared, shared.length);
      bytes = bytes.subarray(start);
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) onBlock(bytes, end);
    rest = Buffer.from(bytes.subarray(end));
    if (rest.length > LONGEST_LINE) throw tooLong(path);
  }
  if (rest.length === 0) return { missingLastNewline: false };
  onBlock(Buffer.concat([rest, Buffer.of(NEWLINE)]), rest.length + 1);
  return { missingLastNewline: true };
}

function tooLong(path: string): InputError {
  return new InputError({
    where: path,
    found: `a line of more than ${LONGEST_LINE.toLocaleString('en-US')} characters`,
    would: 'give a file with one reference a line',
  });
}
