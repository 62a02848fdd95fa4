// Files that are no text, or not quite: every reader stands on these lines.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { traceDigest } from '../../workloads/digest.ts';
import {
  LineCursor,
  LONGEST_LINE,
  parseNumbers,
  readHead,
  readLines,
  writeText,
} from '../../workloads/text.ts';
import { refusal, scratch } from './files.ts';

const file = scratch();

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  await readLines(path, (bytes, start, end) => lines.push(bytes.toString('utf8', start, end)));
  return lines;
}

describe('lines of a file', () => {
  it('come whole, whatever the ends of lines and of chunks', async () => {
    // More than three chunks, lines of every length up to 997.
    const lines = Array.from({ length: 2000 }, (_, i) => 'x'.repeat(i % 997) + i);
    const text = lines.join('\n');
    expect(await linesOf(file('plain', text))).toEqual(lines);
    expect(await linesOf(file('packed', gzipSync(text)))).toEqual(lines);
    const read = await readLines(file('crlf', `${lines.join('\r\n')}\r\n`), () => {});
    expect(read).toEqual({ lines: 2000, crlf: 2000, missing_last_newline: false });
  });

  it('are counted where they were mended', async () => {
    const read = await readLines(file('mended', '\uFEFFa\r\nb\nc'), () => {});
    expect(read).toEqual({ lines: 3, crlf: 1, missing_last_newline: true });
    expect(await linesOf(file('mended', '\uFEFFa\r\nb\nc'))).toEqual(['a', 'b', 'c']);
  });

  it('come the same one at a time', async () => {
    const cursorLines = (path: string) => {
      const cursor = new LineCursor(path);
      const lines: string[] = [];
      while (cursor.next()) lines.push(cursor.bytes.toString('utf8', cursor.start, cursor.end));
      cursor.close();
      return { lines, crlf: cursor.crlf, missing: cursor.missing_last_newline };
    };
    const long = Array.from({ length: 300 }, (_, i) => 'y'.repeat((i * 7919) % 60_000) + i);
    const texts = ['a', 'a\n', '\n', '\n\nb', 'a\r\nb', `${long.join('\r\n')}\r\n`, long.join('\n')];
    for (const [i, text] of texts.entries()) {
      for (const content of [text, gzipSync(text)]) {
        const path = file(`one-${i}-${typeof content}`, content);
        const read = await readLines(path, () => {});
        const { lines, crlf, missing } = cursorLines(path);
        expect(lines).toEqual(await linesOf(path));
        expect([lines.length, crlf, missing]).toEqual([read.lines, read.crlf, read.missing_last_newline]);
      }
    }
    const bad = (content: string) => () => cursorLines(file('bad', content));
    expect(bad(`a\n${'x'.repeat(LONGEST_LINE + 1)}`)).toThrow(/:2: a line of more than 65,536 characters/);
    expect(bad('a\nb\u0000c\n')).toThrow(/NUL byte/);
    expect(bad('')).toThrow(/empty/);
  });

  it('are told from a gzip by the first bytes, not by the name', async () => {
    expect(await linesOf(file('named.gz', 'not packed\n'))).toEqual(['not packed']);
    expect(await linesOf(file('named.swf', gzipSync('packed\n')))).toEqual(['packed']);
  });

  it('of several packed parts follow each other', async () => {
    const parts = Buffer.concat([gzipSync('one\ntw'), gzipSync('o\n')]);
    expect(await linesOf(file('parts.gz', parts))).toEqual(['one', 'two']);
  });
});

describe('a file that cannot be read', () => {
  it('is missing: the nearest name is offered', async () => {
    const there = file('KTH.swf', 'x\n');
    const path = join(dirname(there), 'KHT.swf');
    expect(await refusal(linesOf(path))).toBe(`${path}: there is no such file; did you mean "KTH.swf"?`);
    const away = join(dirname(there), 'no', 'such', 'file');
    expect(await refusal(linesOf(away))).toContain('there is no folder');
    expect(await refusal(linesOf(join(there, 'inside')))).toContain(`${there}`);
  });

  it('is a folder, or no regular file', async () => {
    expect(await refusal(linesOf(dirname(file('a', 'a'))))).toContain('this is a folder');
    expect(await refusal(linesOf('/dev/null'))).toContain('no regular file');
  });

  it('is empty, packed or not', async () => {
    expect(await refusal(linesOf(file('empty', '')))).toContain('the file is empty');
    expect(await refusal(linesOf(file('empty.gz', gzipSync(''))))).toContain('the file is empty');
  });

  it('is a gzip cut short, or with wrong bytes inside', async () => {
    const text = Array.from({ length: 5000 }, (_, i) => `${(i * 7919) % 10007} ${i}`).join('\n');
    const whole = gzipSync(text);
    expect(await refusal(linesOf(file('cut.gz', whole.subarray(0, whole.length / 2))))).toMatch(
      /the gzip is cut short after [\d,]+ bytes of text; fetch it again/,
    );
    const wrong = Buffer.from(whole);
    wrong.fill(0xff, 1000, 1040);
    expect(await refusal(linesOf(file('wrong.gz', wrong)))).toContain('the gzip is damaged');
  });

  it('is another archive', async () => {
    expect(await refusal(linesOf(file('a.swf', Buffer.from('PK\x03\x04more'))))).toContain(
      'this is a zip file; unpack it, or pack it with gzip',
    );
  });

  it('holds a NUL byte: the place is told', async () => {
    expect(await refusal(linesOf(file('binary', Buffer.from('fine\nab\0c\n'))))).toContain(
      'binary:2:3: a NUL byte',
    );
  });

  it('has a line without end, in bounded memory', async () => {
    const junk = Buffer.alloc(1_000_000, 'x');
    const message = await refusal(linesOf(file('long', Buffer.concat([Buffer.from('a\n'), junk]))));
    expect(message).toContain('long:2: a line of more than 65,536 characters');
    // A gigabyte on one line, packed into a megabyte.
    const packed = Buffer.concat(Array(64).fill(gzipSync(Buffer.alloc(1 << 24, 'x'))));
    expect(await refusal(linesOf(file('bomb.gz', packed)))).toContain('bomb.gz:1: a line of more than');
    expect(await linesOf(file('fits', 'x'.repeat(LONGEST_LINE)))).toHaveLength(1);
  });
});

describe('numbers of a line', () => {
  const out = new Float64Array(8);
  const parse = (text: string) => parseNumbers(Buffer.from(text), 0, text.length, out);

  it('are those that Number gives', () => {
    const words = [
      '0',
      '-1',
      '7',
      '123456789012345',
      '1234567890123456789',
      '0.1',
      '552.21',
      '-0.07',
      '.5',
      '5.',
      '1e3',
      '1.5E-7',
      '+4',
      '9007199254740993',
      '0.30000000000000004',
      '179769313486231570000000',
      '4.35',
      '2.675',
      '1027839845.125',
    ];
    for (const word of words) {
      expect(parse(` ${word} 1`)).toBe(2);
      expect(out[0], word).toBe(Number(word));
    }
    // A random walk over numbers with up to 15 digits, printed in full.
    let state = 1;
    for (let i = 0; i < 20_000; i++) {
      state = (state * 48_271) % 2_147_483_647;
      const value = (state % 1_000_003) / 10 ** (state % 7);
      parse(String(value));
      expect(out[0]).toBe(value);
    }
  });

  it('may stand anywhere between blanks and tabs', () => {
    expect(parse('  1\t2   3  ')).toBe(3);
    expect([...out.subarray(0, 3)]).toEqual([1, 2, 3]);
    expect(parse('')).toBe(0);
    expect(parse('1 2 3 4 5 6 7 8 9 10')).toBe(10);
  });

  it('are not words, infinities or half numbers: the offset tells where', () => {
    for (const junk of [
      'NaN',
      'x',
      '-',
      '.',
      '1x',
      '0x10',
      'Infinity',
      '1e999',
      '1.2.3',
      '--1',
      '1,5',
      ';',
    ]) {
      expect(parse(`12 ${junk} 3`), junk).toBe(-1 - 3);
    }
  });
});

describe('other services of text files', () => {
  it('a head is the beginning of the unpacked text', async () => {
    const text = 'abc\n'.repeat(100_000);
    expect((await readHead(file('head.gz', gzipSync(text)), 10)).toString()).toBe('abc\nabc\nab');
    expect((await readHead(file('head', 'ab'), 10)).toString()).toBe('ab');
  });

  it('a text is written whole or not at all', () => {
    const path = join(dirname(file('x', 'x')), 'written.txt');
    writeText(path, ['a\n', 'b\n']);
    expect(statSync(path).size).toBe(4);
    const failing = function* () {
      yield 'half';
      throw new Error('stopped');
    };
    const half = join(dirname(path), 'half.txt');
    expect(() => writeText(half, failing())).toThrow('stopped');
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith('half'))).toEqual([]);
    expect(() => writeText(join(path, 'under', 'a-file'), ['a'])).toThrow('cannot be written');
  });

  it('a digest changes with a file, and with the files of a folder', async () => {
    expect(await traceDigest(file('digest', 'abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    const folder = dirname(file('folder/a', '1'));
    const before = await traceDigest(folder);
    file('folder/b', '2');
    expect(await traceDigest(folder)).not.toBe(before);
    expect(await refusal(traceDigest(join(folder, 'none')))).toContain('there is no such file');
  });
});
