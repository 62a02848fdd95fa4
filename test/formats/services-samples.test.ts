// Shipped traces of system calls: they read, nothing in them tells whose they are, and how names are taken out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { anonymised } from '../../workloads/services/anonymise.ts';
import { scanCalls } from '../../workloads/services/index.ts';
import { scratch } from './files.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'workloads', 'samples');
const samples = readdirSync(FOLDER).filter((name) => name.endsWith('.strace.gz'));
const file = scratch();

/** A length, or a path of hashes; the folders of no disk keep their names. */
const SAID = /^(?:\d*|(?:\/(?:dev|proc|sys)(?=\/|$))?(?:\/|[\w-]{6}|\.{1,2}(?=\/|$))*)$/;

describe('shipped traces of calls', () => {
  it('are a compile, a search and a clone', () => {
    expect(samples).toEqual(['compile.strace.gz', 'find-grep.strace.gz', 'git-clone.strace.gz']);
  });

  it.each(samples)('%s is small, whole and says how it was made', async (name) => {
    const packed = readFileSync(join(FOLDER, name));
    expect(packed.length).toBeLessThan(150_000);
    const lines = gunzipSync(packed).toString('latin1').split('\n');
    const begun = lines.filter((line) => /^\d+ +[\d.]+ \w+\(/.test(line)).length;
    const {
      counts,
      header,
      records,
      timed,
      durations,
      lines: kinds,
      user,
    } = await scanCalls(join(FOLDER, name));
    expect(counts.calls).toBe(begun);
    expect(counts.unknown).toEqual({});
    expect(kinds!.never_resumed).toBe(0);
    expect(records.dropped).toEqual({});
    expect([timed, durations]).toEqual([true, true]);
    expect(user!.user_s).toBeGreaterThan(0);
    expect(Object.keys(header)).toEqual([
      'program',
      'machine',
      'clock',
      'kernel',
      'strace',
      'date',
      'anonymised',
    ]);
  });

  it.each(samples)('%s holds no name and no content', (name) => {
    const text = gunzipSync(readFileSync(join(FOLDER, name))).toString('latin1');
    const strings = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!);
    expect(strings.length).toBeGreaterThan(100);
    expect(strings.filter((each) => !SAID.test(each))).toEqual([]);
    // Comments of strace and annotated descriptors hold names too.
    expect(text).not.toMatch(/<\/|\/\* [^0-9d]/);
  });
});

describe('taking names out', () => {
  const plain = [
    '7 1700000000.000001 execve("/usr/bin/cat", ["cat", "secret.txt"], 0x7f /* 9 vars */) = 0 <0.000100>',
    '7 1700000000.000301 openat(AT_FDCWD, "../secret.txt", O_RDONLY) = 3 <0.000010>',
    '7 1700000000.000401 read(3, "my pass\\nword \\"x\\" \\303\\244"..., 4096) = 19 <0.000010>',
    '7 1700000000.000501 read(3,  <unfinished ...>',
    '7 1700000000.000601 <... read resumed>"more secrets", 4096) = 12 <0.000100>',
    '7 1700000000.000701 readlink("/proc/self/exe", "/usr/bin/cat", 4096) = 12 <0.000010>',
    '7 1700000000.000801 connect(4, {sa_family=AF_UNIX, sun_path="/run/user/me"}, 110) = 0 <0.000010>',
    '7 1700000000.000901 open("/usr/bin/cat", O_RDONLY) = 5 <0.000010>',
    '7 1700000000.001001 open("/dev/null", O_WRONLY) = 6 <0.000010>',
    '7 1700000000.001101 +++ exited with 0 +++',
  ];
  const hidden = plain.map((line) => anonymised(line, 'salt'));

  it('leaves no word of a path or a content', () => {
    expect(hidden.join('\n')).not.toMatch(/secret|pass|word|usr|bin|cat\b|run|user|me"/);
  });

  it('keeps lengths, flags, results, and the folders of no disk', () => {
    expect(hidden[2]).toBe('7 1700000000.000401 read(3, "19"..., 4096) = 19 <0.000010>');
    expect(hidden[1]).toMatch(/openat\(AT_FDCWD, "\.\.\/[\w-]{6}", O_RDONLY\) = 3 <0\.000010>$/);
    expect(hidden[5]).toMatch(/"\/proc\/[\w-]{6}\/[\w-]{6}"/);
    expect(hidden[9]).toBe(plain[9]);
  });

  it('gives one name one hash, another salt another', () => {
    const path = (line: string) => /"(\/[^"]*)"/.exec(line)![1];
    expect(path(hidden[0]!)).toBe(path(hidden[7]!));
    expect(path(anonymised(plain[0]!, 'other'))).not.toBe(path(hidden[0]!));
  });

  it('changes nothing that a reader counts', async () => {
    const before = await scanCalls(file('plain', plain.join('\n')));
    const after = await scanCalls(file('hidden', hidden.join('\n')));
    expect(after.counts).toEqual(before.counts);
    expect(after.user!.user_s).toBe(before.user!.user_s);
  });

  it('takes a long line in no time that grows faster than the line', () => {
    const line = `7 1700000000.000001 frob(${'a b '.repeat(20_000)}"x") = 0`;
    expect(anonymised(line, 'salt').endsWith('"1") = 0')).toBe(true);
  });
});
