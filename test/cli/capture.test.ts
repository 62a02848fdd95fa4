// `nowsim capture` as a person types it: traces that nowsim reads again, and what it says where it cannot trace.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { filesIn, nowsim, PROGRAM, workFolder } from './nowsim.ts';

const folder = workFolder();
afterAll(folder.remove);

/** Tracing may be missing, or forbidden in a container. */
const canTrace = spawnSync('strace', ['-o', join(folder.path, 'probe'), 'true']).status === 0;

describe.skipIf(!canTrace)('capture of a command', () => {
  it('writes a trace with a header that trace info reads', async () => {
    writeFileSync(join(folder.path, 'private-name'), 'private content');
    const { code, out } = await nowsim(
      folder.path,
      'capture',
      '--out',
      'cat.gz',
      '--anonymise',
      '--',
      'cat',
      'private-name',
    );
    expect([code, out]).toEqual([0, 'private content']);
    const text = gunzipSync(readFileSync(join(folder.path, 'cat.gz'))).toString('latin1');
    expect(text).not.toMatch(/private|content/);
    const info = await nowsim(folder.path, 'trace', 'info', 'cat.gz', '--json');
    const told = JSON.parse(info.out) as Record<string, unknown>;
    expect(told).toMatchObject({ kind: 'strace', processes: 1, programs: 1, never_resumed: 0 });
    expect(told['header']).toMatchObject({ program: 'cat', anonymised: expect.any(String) });
    const begun = text.split('\n').filter((line) => /^\d+ +[\d.]+ \w+\(/.test(line));
    expect(told['calls']).toBe(begun.length);
  });

  it('keeps names where it may, and the trace of a command that fails', async () => {
    const { code, err } = await nowsim(
      folder.path,
      'capture',
      '--out',
      'no.txt',
      '--',
      'cat',
      'no-such-file',
    );
    expect(code).toBe(0);
    expect(err).toContain('the command ended with code 1');
    expect(readFileSync(join(folder.path, 'no.txt'), 'latin1')).toMatch(
      /# program: cat no-such-file[\s\S]*"no-such-file"/,
    );
  });

  it('refuses what cannot run, and leaves no file', async () => {
    const { code, err } = await nowsim(folder.path, 'capture', '--out', 'none.gz', '--', './no-such-program');
    expect(code).toBe(2);
    expect(err).toContain('strace could not run ./no-such-program');
    expect(filesIn(folder.path).filter((name) => name.startsWith('none'))).toEqual([]);
  });
});

describe('capture', () => {
  it('says how to get strace where there is none', () => {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'capture', '--', 'true'], {
      cwd: folder.path,
      env: { PATH: folder.path },
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('apt install strace');
  });

  it('wants a command', async () => {
    const { code, err } = await nowsim(folder.path, 'capture');
    expect([code, err]).toEqual([2, expect.stringContaining('there is no command to run')]);
  });

  it('of an owner writes activity that trace info reads', async () => {
    const { code } = await nowsim(
      folder.path,
      'capture',
      '--owner',
      '--for',
      '300ms',
      '--every',
      '100ms',
      '--out',
      'me.txt',
    );
    expect(code).toBe(0);
    const { out } = await nowsim(folder.path, 'trace', 'info', 'me.txt', '--json');
    expect(JSON.parse(out)).toMatchObject({ kind: 'activity', nodes: 1 });
    const { code: bad, err } = await nowsim(folder.path, 'capture', '--owner', '--for', 'abc');
    expect([bad, err]).toEqual([2, expect.stringContaining('--for: "abc" is not a time')]);
  });
});
