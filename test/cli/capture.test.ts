// `nowsim capture` as a person types it: traces that nowsim reads again, and what it says where it cannot trace.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { filesIn, nowsim, PROGRAM, start, workFolder } from './nowsim.ts';

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
    expect(told['header']).toMatchObject({
      program: 'cat',
      clock: expect.stringMatching(/^\d+ MHz$/),
      anonymised: expect.any(String),
    });
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

  it.each(['./no-such-program', 'no-such-program', './private-name', '/'])(
    'refuses %s, which cannot run, and leaves no file',
    async (program) => {
      const { code, err } = await nowsim(folder.path, 'capture', '--out', 'none.gz', '--', program);
      expect(code).toBe(2);
      expect(err).toContain(`strace could not run ${program}`);
      expect(filesIn(folder.path).filter((name) => name.startsWith('none'))).toEqual([]);
    },
  );

  it('overwrites a file only where it is told to', async () => {
    const file = join(folder.path, 'kept.txt');
    writeFileSync(file, 'mine');
    const { code, err } = await nowsim(folder.path, 'capture', '--out', 'kept.txt', '--', 'true');
    expect([code, err]).toEqual([2, expect.stringContaining('--force')]);
    expect(readFileSync(file, 'latin1')).toBe('mine');
    const forced = await nowsim(folder.path, 'capture', '--force', '--out', 'kept.txt', '--', 'true');
    expect(forced.code).toBe(0);
    expect(readFileSync(file, 'latin1')).toMatch(/^# program: true\n/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'passes %s on and keeps what was traced',
    async (signal) => {
      const name = `${signal}.txt`;
      const { process: capture, answer } = start(folder.path, 'capture', '--out', name, '--', 'sleep', '60');
      await traced('sleep', capture.pid!);
      capture.kill(signal);
      const { code, err } = await answer;
      expect(code).toBe(0);
      expect(err).toContain(`the command ended with ${signal}`);
      expect(readFileSync(join(folder.path, name), 'latin1')).toMatch(
        /\+\+\+ killed by SIG(INT|TERM) \+\+\+\n$/,
      );
      expect(filesIn(folder.path).filter((each) => each.startsWith(signal))).toEqual([name]);
    },
    20_000,
  );
});

/** Waits until the strace that `parent` started has a child of this name. */
async function traced(name: string, parent: number): Promise<void> {
  const children = (pid: number | string) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean);
  const isRunning = () =>
    children(parent)
      .flatMap(children)
      .some((pid) => readFileSync(`/proc/${pid}/comm`, 'latin1').trim() === name);
  for (let tries = 0; tries < 500; tries++) {
    try {
      if (isRunning()) return;
    } catch {
      // A process that has just gone.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${name} was never traced`);
}

describe('capture', () => {
  it('leaves no file where tracing is forbidden', () => {
    const tools = join(folder.path, 'tools');
    mkdirSync(tools);
    const forbidden =
      '#!/bin/sh\n[ "$1" = -V ] && { echo "strace -- version 9.9"; exit; }\necho "ptrace: Operation not permitted" >&2\nexit 1\n';
    writeFileSync(join(tools, 'strace'), forbidden, { mode: 0o755 });
    const { status, stderr } = spawnSync(
      process.execPath,
      [PROGRAM, 'capture', '--out', 'no.gz', '--', 'true'],
      {
        cwd: tools,
        env: { PATH: `${tools}:/bin:/usr/bin` },
        encoding: 'utf8',
      },
    );
    expect(status).toBe(2);
    expect(stderr).toContain('SYS_PTRACE');
    expect(filesIn(tools)).toEqual(['strace']);
  });

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

  it('of an owner keeps what it saw until an interrupt', async () => {
    const args = ['capture', '--owner', '--for', '1h', '--every', '20ms', '--out', 'short.txt'];
    const { process: capture, answer } = start(folder.path, ...args);
    const part = join(folder.path, 'short.txt.part');
    while (!existsSync(part)) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 200));
    capture.kill('SIGINT');
    expect((await answer).code).toBe(0);
    expect(existsSync(part)).toBe(false);
    expect(readFileSync(join(folder.path, 'short.txt'), 'latin1')).toMatch(
      /# span_s \d+\n[\s\S]*me \d+ load/,
    );
  });
});
