// Readers of system-call traces: every way in which people let strace write, damage, what descriptors are, user time.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formOf } from '../../workloads/form.ts';
import { traceInfo } from '../../workloads/info.ts';
import { Descriptors, OPEN, OpenFiles } from '../../workloads/services/descriptors.ts';
import {
  CALL_CLASSES,
  type Call,
  type CallOptions,
  type CallSink,
  readCalls,
  scanCalls,
} from '../../workloads/services/index.ts';
import { callNames, NUMBERINGS } from '../../workloads/services/numbers.ts';
import { haveTraces, refusal, scratch, TRACES } from './files.ts';

const file = scratch();

/** Keeps a copy of every call as it ends, and of those that only began. */
class Kept implements CallSink {
  readonly began_: Call[] = [];
  readonly calls: Call[] = [];
  readonly gone: number[] = [];

  began(call: Call): void {
    this.began_.push({ ...call });
  }

  ended(call: Call): void {
    this.calls.push({ ...call });
  }

  exited(process: number): void {
    this.gone.push(process);
  }
}

let number = 0;

async function read(lines: readonly string[] | string, options: CallOptions = { tracerCost: 0 }) {
  const text = typeof lines === 'string' ? lines : `${lines.join('\n')}\n`;
  const path = file(`trace-${number++}`, text);
  const kept = new Kept();
  const trace = await readCalls(path, kept, options);
  const names = kept.calls.map((call) => trace.names.kinds[call.name]!.name);
  const classes = kept.calls.map((call) => CALL_CLASSES[call.service]);
  return { ...kept, calls: kept.calls, trace, names, classes, path };
}

const CALLS = [
  'openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3',
  'read(3, "127.0.0.1 localhost\\n"..., 4096) = 208',
  'close(3)                                = 0',
  'access("/etc/none", R_OK)               = -1 ENOENT (No such file or directory)',
];

describe('one trace in every way that strace writes it', () => {
  const seconds = [0, 0.001, 0.0035, 0.0036];
  const clock = (s: number) => `13:59:${(58 + s).toFixed(6).padStart(9, '0')}`;
  const forms: [string, string[], { pid?: boolean; times?: boolean; durations?: boolean }][] = [
    ['no pid, no times', CALLS, {}],
    ['a pid', CALLS.map((call) => `4711  ${call}`), {}],
    ['a short pid', CALLS.map((call) => `7 ${call}`), {}],
    ['a pid in brackets', CALLS.map((call) => `[pid  4711] ${call}`), {}],
    ['a pid and the name of its program', CALLS.map((call) => `4711<cat> ${call}`), {}],
    ['-tt', CALLS.map((call, i) => `${clock(seconds[i]!)} ${call}`), { times: true }],
    ['-f -tt', CALLS.map((call, i) => `4711  ${clock(seconds[i]!)} ${call}`), { times: true }],
    ['-ttt', CALLS.map((call, i) => `${(1.7e9 + seconds[i]!).toFixed(6)} ${call}`), { times: true }],
    [
      '-f -ttt',
      CALLS.map((call, i) => `[pid 99] ${(1.7e9 + seconds[i]!).toFixed(6)} ${call}`),
      { times: true },
    ],
    [
      '-ttt of nanoseconds',
      CALLS.map(
        (call, i) => `${1_700_000_000}.${String(Math.round(seconds[i]! * 1e9)).padStart(9, '0')} ${call}`,
      ),
      { times: true },
    ],
    [
      '-r',
      CALLS.map((call, i) => `     ${(i === 0 ? 0 : seconds[i]! - seconds[i - 1]!).toFixed(6)} ${call}`),
      { times: true },
    ],
    [
      '-f -r -t',
      CALLS.map(
        (call, i) =>
          `12 ${clock(seconds[i]!)} (+     ${(i === 0 ? 0 : seconds[i]! - seconds[i - 1]!).toFixed(6)}) ${call}`,
      ),
      { times: true },
    ],
    ['-n', CALLS.map((call) => `[ 257] ${call}`), {}],
    ['-i', CALLS.map((call) => `[00007f0a1b2c3d4e] ${call}`), {}],
    [
      '-f -ttt -T',
      CALLS.map((call, i) => `4711 ${(1.7e9 + seconds[i]!).toFixed(6)} ${call} <0.000050>`),
      { times: true, durations: true },
    ],
    ['-T', CALLS.map((call) => `${call} <0.000050>`), { durations: true }],
    [
      '-y',
      CALLS.map((call) => call.replace('read(3,', 'read(3</etc/hosts>,').replace('= 3', '= 3</etc/hosts>')),
      {},
    ],
  ];
  it.each(forms)('%s', async (_, lines, { times = false, durations = false }) => {
    const { calls, trace, names, classes } = await read(lines);
    expect(trace.form).toBe('strace');
    expect(names).toEqual(['openat', 'read', 'close', 'access']);
    expect(classes).toEqual(['file-meta', 'file-read', 'file-meta', 'file-meta']);
    expect(calls.map((call) => call.result)).toEqual([3, 208, 0, -1]);
    expect(calls.map((call) => call.bytes)).toEqual([0, 208, 0, 0]);
    expect(calls.map((call) => call.failed)).toEqual([false, false, false, true]);
    expect(calls[1]!.file).toBeGreaterThan(0);
    expect(trace.timed).toBe(times);
    expect(trace.durations).toBe(durations);
    expect(trace.records).toEqual({ read: 4, kept: 4, repaired: {}, dropped: {} });
    expect(trace.processes).toBe(1);
    for (const [i, call] of calls.entries()) {
      if (times) expect(call.start_s - calls[0]!.start_s).toBeCloseTo(seconds[i]!, 6);
      else expect(call.start_s).toBeNaN();
      if (durations) expect(call.duration_s).toBeCloseTo(50e-6, 12);
      else expect(call.duration_s).toBeNaN();
    }
    if (times && durations) {
      // From the end of a call to the next one.
      [0, 0.00095, 0.00245, 0.00005].forEach((s, i) => {
        expect(calls[i]!.user_s).toBeCloseTo(s, 6);
      });
    } else if (times) {
      [0, 0.001, 0.0025, 0.0001].forEach((s, i) => {
        expect(calls[i]!.user_s).toBeCloseTo(s, 6);
      });
    } else expect(calls[1]!.user_s).toBeNaN();
  });

  it('packed with gzip, with CRLF ends and without a last newline', async () => {
    const path = file('packed.gz', gzipSync(CALLS.join('\r\n')));
    const kept = new Kept();
    const { records } = await readCalls(path, kept);
    expect(kept.calls).toHaveLength(4);
    expect(records.repaired).toEqual({ 'CRLF line end': 3, 'missing last newline': 1 });
  });

  it('with whole seconds the tracer is taken off where a step can bear it', async () => {
    const at = (s: number) => `12:00:0${s} getpid() = 7`;
    const { calls, trace } = await read([at(0), at(0), at(0), at(2), at(2)], { tracerCost: 0.1 });
    expect(calls.map((call) => Number(call.user_s.toFixed(9)))).toEqual([0, 0, 0, 1.7, 0]);
    expect(trace.user!.coarse).toBe(true);
  });
});

describe('calls cut in two', () => {
  it('are one call, told when it begins and when it ends', async () => {
    const { calls, began_, names, trace, gone } = await read(
      [
        '10 1700000000.000000 execve("/bin/sh", ["sh"], 0x7ffe /* 9 vars */) = 0 <0.000200>',
        '10 1700000000.001000 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x1) = 11 <0.000100>',
        '10 1700000000.002000 wait4(-1,  <unfinished ...>',
        '11 1700000000.003000 getpid()          = 11 <0.000010>',
        '11 1700000000.004000 exit_group(3)     = ?',
        '11 1700000000.004500 +++ exited with 3 +++',
        '10 1700000000.005000 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 11 <0.003000>',
        '10 1700000000.005500 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=11} ---',
        '10 1700000000.006000 getuid()          = 0 <0.000010>',
      ],
      { tracerCost: 0 },
    );
    expect(names).toEqual(['execve', 'clone', 'getpid', 'exit_group', 'wait4', 'getuid']);
    expect(began_.map((call) => trace.names.kinds[call.name]!.name)).toEqual([
      'execve',
      'clone',
      'wait4',
      'getpid',
      'exit_group',
      'getuid',
    ]);
    const wait = calls[4]!;
    expect(wait.duration_s).toBeCloseTo(0.003, 9);
    expect(wait.start_s).toBeCloseTo(0.002, 9);
    expect(calls[5]!.user_s).toBeCloseTo(0.001, 6);
    expect(calls[1]!.child).toBe(calls[2]!.process);
    expect(calls[2]!.program).toBe(calls[1]!.program);
    expect(gone).toEqual([calls[2]!.process]);
    expect(trace.lines).toEqual({
      calls: 6,
      unfinished: 1,
      resumed: 1,
      never_resumed: 0,
      resumed_only: 0,
      signals: 1,
      exits: 1,
      notices: 0,
    });
    expect(trace.programs).toEqual(['(before the trace)', 'sh']);
  });

  it('last from beginning to end where the trace has no durations', async () => {
    const { calls } = await read([
      '1 10:00:00.000000 nanosleep({1, 0},  <unfinished ...>',
      '2 10:00:00.500000 getpid() = 2',
      '1 10:00:01.000250 <... nanosleep resumed> NULL) = 0',
      '1 10:00:01.000350 getpid() = 1',
    ]);
    expect(calls[1]!.duration_s).toBeCloseTo(1.00025, 9);
    expect(calls[2]!.user_s).toBeCloseTo(100e-6, 9);
  });

  it('show how long they waited only by the next call where they are whole and have no duration', async () => {
    const { began_ } = await read([
      '1 10:00:00.000000 nanosleep({1, 0}, NULL) = 0',
      '1 10:00:01.000250 getpid() = 1',
      '1 10:00:01.000350 getpid() = 1',
    ]);
    expect(began_.map((call) => Math.round(call.waited_s * 1e6))).toEqual([0, 1_000_250, 0]);
    expect(began_.map((call) => Math.round(call.user_s * 1e6))).toEqual([0, 0, 100]);
  });

  it('that never end, or never began, are counted and told', async () => {
    const { trace, names, calls } = await read([
      '1 <... read resumed>"x", 1) = 1',
      '1 futex(0x1, FUTEX_WAIT, 2, NULL <unfinished ...>',
      '2 poll([{fd=3}], 1, -1 <unfinished ...>',
      '1 +++ killed by SIGKILL +++',
      '2 pause( <detached ...>',
    ]);
    expect(names).toEqual(['read']);
    expect(calls[0]!.bytes).toBe(1);
    expect(trace.lines).toMatchObject({ calls: 4, never_resumed: 3, resumed_only: 1 });
    expect(trace.records.repaired).toEqual({
      'call without an end': 3,
      'end of a call without its beginning': 1,
    });
  });

  it('a child shows before its parent knows its number, and has the parent’s files', async () => {
    const { classes } = await read([
      '1 pipe2([3, 4], O_CLOEXEC) = 0',
      '1 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>',
      '2 read(3,  <unfinished ...>',
      '1 <... clone resumed>) = 2',
      '1 write(4, "x", 1) = 1',
      '2 <... read resumed>"x", 1) = 1',
    ]);
    expect(classes).toEqual(['other', 'process', 'ipc', 'ipc']);
  });
});

describe('what descriptors are', () => {
  it('tells files, pipes and sockets apart, through dup, fork, accept and close', async () => {
    const { names, classes } = await read([
      '1 pipe([3, 4]) = 0',
      '1 dup2(4, 1) = 1',
      '1 fork() = 2',
      '2 write(1, "a", 1) = 1',
      '2 close(1) = 0',
      '2 write(1, "a", 1) = -1 EBADF (Bad file descriptor)',
      '1 write(1, "a", 1) = 1',
      '1 socket(AF_INET, SOCK_STREAM, 0) = 5',
      '1 write(5, "a", 1) = 1',
      '1 read(5, "a", 1) = 1',
      '1 socket(AF_UNIX, SOCK_STREAM, 0) = 6',
      '1 sendto(6, "a", 1, 0, NULL, 0) = 1',
      '1 accept(6, NULL, NULL) = 7',
      '1 recvfrom(7, "a", 1, 0, NULL, NULL) = 1',
      '1 socketpair(AF_UNIX, SOCK_STREAM, 0, [8, 9]) = 0',
      '1 fcntl(9, F_DUPFD_CLOEXEC, 20) = 20',
      '1 read(20, "a", 1) = 1',
      '1 recvmsg(30, {msg_name=NULL}, 0) = 5',
    ]);
    const told = names.map((name, i) => `${name}: ${classes[i]}`);
    expect(told.filter((each) => /read|write|send|recv/.test(each))).toEqual([
      'write: ipc',
      'write: file-write',
      'write: ipc',
      'write: network-send',
      'read: network-receive',
      'sendto: ipc',
      'recvfrom: ipc',
      'read: ipc',
      'recvmsg: network-receive',
    ]);
  });

  it('follows the place in a file, which copies of a descriptor share', async () => {
    const { calls, names } = await read([
      '1 open("/a", O_RDWR) = 3',
      '1 read(3, ""..., 100) = 100',
      '1 dup(3) = 4',
      '1 read(4, ""..., 50) = 50',
      '1 pread64(3, "\\")..., 10, 4096) = 7"..., 10, 8192) = 10',
      '1 write(3, ""..., 20) = 20',
      '1 lseek(3, 1000, SEEK_SET) = 1000',
      '1 read(4, ""..., 5) = 5',
      '1 openat(AT_FDCWD, "/a", O_RDONLY) = 5',
      '1 read(5, "", 5) = 1',
      '1 open("/proc/self/maps", O_RDONLY) = 6',
      '1 read(6, ""..., 9) = 9',
    ]);
    const places = calls
      .filter((_, i) => /read|write/.test(names[i]!))
      .map((call) => [call.offset, call.bytes]);
    expect(places).toEqual([
      [0, 100],
      [100, 50],
      [8192, 10],
      [150, 20],
      [1000, 5],
      [0, 1],
      [0, 9],
    ]);
    expect(calls[1]!.file).toBe(calls[9]!.file);
    expect(calls.at(-1)!.file).toBe(-1);
  });

  it('counts mappings of files, also of calls cut in two, and no others', async () => {
    const { trace } = await read([
      '5 1700000000.000001 openat(AT_FDCWD, "/lib/libc.so.6", O_RDONLY) = 3 <0.000001>',
      '5 1700000000.000003 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f <0.000001>',
      '5 1700000000.000005 mmap(NULL, 2136752, PROT_READ, MAP_PRIVATE|MAP_DENYWRITE, 3, 0) = 0x7f1c00000000 <0.000001>',
      '5 1700000000.000007 mmap(0x7f1c00001000, 1544192, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED, 3, 0x28000 <unfinished ...>',
      '6 1700000000.000008 getpid() = 6 <0.000001>',
      '5 1700000000.000009 <... mmap resumed>) = 0x7f1c00001000 <0.000003>',
      '5 1700000000.000011 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0) = -1 EACCES (Permission denied) <0.000001>',
      '5 1700000000.000013 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 9, 0) = 0x7f1c00001000 <0.000001>',
    ]);
    expect([trace.mappings, trace.mapped_bytes]).toEqual([2, 2_136_752 + 1_544_192]);
    const { notes } = await scanCalls(file('mapped', gzipSync('5 1700000000.000001 getpid() = 5\n')));
    expect(notes.join()).not.toContain('mapped');
  });

  it('takes counters of events for local, and names the program of an exec cut in two', async () => {
    const { classes, trace } = await read([
      '5 eventfd2(0, EFD_CLOEXEC) = 3',
      '5 read(3, "\\1\\0\\0\\0\\0\\0\\0\\0", 8) = 8',
      '5 execve("/usr/bin/sort", ["sort"], 0x7f /* 9 vars */ <unfinished ...>',
      '6 getpid() = 6',
      '5 <... execve resumed>) = 0',
    ]);
    expect(classes.slice(0, 2)).toEqual(['other', 'ipc']);
    expect(trace.programs).toEqual(['(before the trace)', 'sort']);
  });

  it('threads share a table, processes have a copy; numbers are used again', async () => {
    const lines = ['1 openat(AT_FDCWD, "/a", O_RDONLY) = 3'];
    lines.push('1 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 2', '2 close(3) = 0');
    lines.push('1 read(3, "", 9) = 9');
    for (let pid = 10; pid < 5000; pid++) {
      lines.push(`1 fork() = ${pid}`, `${pid} open("/b", O_RDONLY) = 3`, `${pid} +++ exited with 0 +++`);
    }
    const { trace, calls } = await read(lines);
    expect(calls[3]!.file).toBe(-1);
    expect(trace.processes).toBe(2 + 4990);
    expect(trace.mostProcesses).toBe(3);
    expect(Math.max(...calls.map((call) => call.process))).toBe(2);
  });
});

it('memory goes with what is open, not with what was', () => {
  const open = new OpenFiles();
  const own = new Descriptors(open);
  const child = new Descriptors(open, own);
  const places = new Set<number>();
  for (let i = 0; i < 10_000; i++) {
    const at = open.open(OPEN.file, i);
    places.add(at);
    (i % 2 === 0 ? own : child).set(3 + (i % 5), at);
  }
  // Five descriptors in each of two processes, and one to be replaced.
  expect(places.size).toBeLessThanOrEqual(11);
  own.leave();
  child.leave();
  const left = Array.from({ length: places.size }, () => open.open(OPEN.file, 0));
  expect(new Set(left)).toEqual(places);
});

describe('text that looks like something else', () => {
  it('results are read behind the last parenthesis, whatever strings hold', async () => {
    const { calls, trace } = await read([
      'write(1, "getpid() = 5\\n) = -1 E"..., 300) = 22',
      'write(1, "\\"\\\\ <unfinished ...>", 20) = 20',
      'write(2, "1 <... read resumed>) = 9\\n+++ exited\\n", 30) = 30',
      'read(0, "\\1\\377\\0\\x41", 4) = 4',
      'poll([{fd=3, events=POLLIN}], 1, 0)   = 1 ([{fd=3, revents=POLLIN}])',
      'select(4, [3], NULL, NULL, {5, 0})   = 0 (Timeout)',
      'mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f2a',
      'nanosleep({10, 0}, 0x1) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)',
      'restart_syscall(<... resuming interrupted nanosleep ...>) = 0',
      'ioctl(1, TCGETS, {c_iflag=0, c_cc = 1}) = 0',
    ]);
    expect(calls.map((call) => call.result)).toEqual([22, 20, 30, 4, 1, 0, 0, Number.NaN, 0, 0]);
    expect(trace.records.dropped).toEqual({});
  });

  it('comments, remarks of strace and the table of -C are no calls; other lines are dropped and counted', async () => {
    const { trace, names } = await read([
      '# program: true',
      'strace: Process 12 attached',
      '[pid 12] getpid() = 12',
      'Process 12 detached',
      'hello from the program itself',
      'printf("cut short',
      '10:00:61 no clock',
      '% time     seconds  usecs/call     calls    errors syscall',
      '100.00    0.000000           0         1           getpid',
    ]);
    expect(names).toEqual(['getpid']);
    expect(trace.header).toEqual({ program: 'true' });
    expect(trace.lines!.notices).toBe(5);
    expect(trace.records).toMatchObject({
      read: 9,
      kept: 6,
      dropped: { 'no record of strace': 2, 'call without a result': 1 },
    });
  });

  it('a transfer of more bytes than a call can move has none', async () => {
    const { calls, trace } = await read(['read(3, ""..., 99) = 99999999999999', 'read(3, ""..., 99) = 99']);
    expect(calls.map((call) => call.bytes)).toEqual([0, 99]);
    expect(trace.records.repaired).toEqual({ 'more bytes than one call can move, taken as none': 1 });
  });

  it('a clock that passes midnight goes on; one that steps back is counted', async () => {
    const { calls, trace } = await read([
      '23:59:59.900000 getpid() = 1',
      '00:00:00.100000 getpid() = 1',
      '00:00:00.000100 getpid() = 1',
    ]);
    expect(calls[1]!.user_s).toBeCloseTo(0.2, 9);
    expect(calls[2]!.user_s).toBe(0);
    expect(trace.records.repaired).toEqual({
      'clock past midnight': 1,
      'call before the last one of its process ended': 1,
    });
  });

  it('names of no table are "other", counted and named', async () => {
    const { path, classes } = await read(['frobnicate(1) = 0', 'getpid() = 1', 'frobnicate(2) = 0']);
    expect(classes).toEqual(['other', 'null', 'other']);
    const info = await traceInfo(path, 0.1);
    expect(info.counts).toMatchObject({ calls: 3, unknown_calls: 2 });
    expect(info.tables!['unknown_calls_by_name']).toEqual({ frobnicate: 2 });
    expect(info.remarks!.join('\n')).toContain(
      'calls of unknown names, which count as "other": 2, frobnicate (2)',
    );
  });

  it('bytes that are no text, a cut gzip, and text without calls are refused', async () => {
    expect(await refusal(read('getpid() = 1\n\0\n'))).toMatch(/trace-\d+.*no form|NUL byte/);
    const packed = gzipSync(CALLS.join('\n').repeat(500));
    expect(
      await refusal(readCalls(file('cut.gz', packed.subarray(0, packed.length / 2)), new Kept())),
    ).toContain('the gzip is cut short');
    expect(await refusal(read(['1 +++ exited with 0 +++']))).toContain('no system calls could be read');
    expect(await refusal(readCalls(file('log.swf', '; Version: 2.2\n1 2 3 4\n'), new Kept()))).toContain(
      'not a trace of system calls',
    );
  });
});

describe('the tracer’s cost', () => {
  const lines = [0, 100, 300, 340, 1000].map(
    (us) => `1 1700000000.${String(us).padStart(6, '0')} getpid() = 1 <0.000010>`,
  );
  // Gaps of 90, 190, 30 and 650 us.

  it('half of it comes off each gap between calls', async () => {
    const { trace, calls } = await read(lines, { tracerCost: 100e-6 });
    expect(calls.map((call) => Math.round(call.user_s * 1e6))).toEqual([0, 40, 140, 0, 600]);
    expect(trace.user).toMatchObject({ gaps: 4, shorter: 1 });
    expect(trace.user!.gaps_s).toBeCloseTo(960e-6, 7);
    expect(trace.user!.user_s).toBeCloseTo(780e-6, 7);
  });

  it('the shortest gap bounds it', async () => {
    const { trace, calls } = await read(lines, { tracerCost: 'shortest-gap' });
    expect(trace.tracerCost_s).toBeCloseTo(60e-6, 7);
    expect(calls.map((call) => Math.round(call.user_s * 1e6))).toEqual([0, 60, 160, 0, 620]);
  });

  it('a trace without times has the user time that is given to each call', async () => {
    const { calls } = await read(['getpid() = 1', 'getpid() = 1'], { userEach_s: 0.25 });
    expect(calls.map((call) => call.user_s)).toEqual([0.25, 0.25]);
    expect((await read(['1 10:00:00.5 getpid() = 1'], { userEach_s: 0.25 })).calls[0]!.user_s).toBe(0);
  });

  it('its effect is told', async () => {
    const { path } = await read(lines);
    const { notes } = await scanCalls(path, { tracerCost: 100e-6 });
    expect(notes).toEqual([
      'user time is the time between calls, 960us, less 180us (18.8 %) for the tracer at 100us a call; 1 of 4 gaps were shorter than that',
    ]);
  });
});

describe('the table of strace -c', () => {
  const table = [
    'what the program printed',
    '% time     seconds  usecs/call     calls    errors syscall',
    '------ ----------- ----------- --------- --------- ----------------',
    ' 60.00    0.000030           3        10         2 openat',
    ' 40.00    0.000020           1        20           read',
    '------ ----------- ----------- --------- --------- ----------------',
    '100.00    0.000050           1        30         2 total',
  ];

  it('is a mix', async () => {
    const { names, trace, calls } = await read(table);
    expect(trace.form).toBe('strace-summary');
    expect(names.filter((name) => name === 'openat')).toHaveLength(10);
    expect(names).toHaveLength(30);
    expect(calls.every((call) => call.moves === 0)).toBe(true);
    expect(trace).toMatchObject({ failed: 2, timed: false, processes: null });
    expect(trace.system_s).toBeCloseTo(50e-6, 12);
  });

  it('with decimal commas', async () => {
    const { names } = await read(table.slice(1).map((line) => line.replace(/(\d)\.(\d)/g, '$1,$2')));
    expect(names).toHaveLength(30);
  });

  it('with rows missing is refused, without its total mended', async () => {
    expect(await refusal(read([...table.slice(1, 4), ...table.slice(5)]))).toContain(
      'says 30 calls in total, but its rows add up to 10',
    );
    expect((await read(table.slice(1, 5))).trace.records.repaired).toEqual({ 'table without its total': 1 });
  });
});

/** A zip of files, packed or stored. */
function zip(files: Readonly<Record<string, string>>, stored = false): Buffer {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const plain = Buffer.from(content);
    const packed = stored ? plain : deflateRawSync(plain);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(stored ? 0 : 8, 10);
    entry.writeUInt32LE(checkSum(plain), 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(plain.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    entries.push(entry, Buffer.from(name));
    const member = Buffer.concat([local, Buffer.from(name), Buffer.alloc(3), packed]);
    parts.push(member);
    offset += member.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

/** CRC-32 as the zip format defines it, bit by bit. */
function checkSum(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

describe('numbers of calls', () => {
  const files = { 'a/one.txt': '6 6 63 6 42 120 ', 'a/two.txt': '3\n4\n', 'README.md': 'about' };

  it.each([false, true])('in a zip (stored: %s)', async (stored) => {
    const path = file(`numbers-${stored}.zip`, zip(files, stored));
    const kept = new Kept();
    const trace = await readCalls(path, kept);
    expect(trace).toMatchObject({ form: 'call-numbers', processes: 2, skipped: ['README.md'] });
    expect(kept.calls.map((call) => trace.names.kinds[call.name]!.name)).toEqual([
      'close',
      'close',
      'dup2',
      'close',
      'pipe',
      'clone',
      'read',
      'write',
    ]);
    expect(kept.gone).toEqual([0, 0]);
  });

  it('in one file, in a folder, by another numbering', async () => {
    const many = '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19\n99999\n';
    const path = file('folder/sub/one.txt', many);
    const one = new Kept();
    const trace = await readCalls(path, one, { numbering: 'x86-64' });
    expect(trace.names.kinds[one.calls[0]!.name]!.name).toBe('read');
    expect(trace.records.dropped).toEqual({ 'number of more than four digits': 1 });
    expect(await formOf(join(path, '..', '..'))).toBe('call-numbers');
    const all = new Kept();
    expect((await readCalls(join(path, '..', '..'), all)).processes).toBe(1);
    expect(all.calls).toHaveLength(20);
  });

  it('a damaged zip is refused', async () => {
    const whole = zip(files);
    const spoilt = Buffer.from(whole);
    spoilt[48] = spoilt[48]! ^ 0xff;
    const cases: [Buffer, RegExp][] = [
      [whole.subarray(0, whole.length - 30), /cut short/],
      [spoilt, /damaged|checksum/],
    ];
    for (const [bytes, message] of cases) {
      expect(await refusal(readCalls(file(`bad-${bytes.length}.zip`, bytes), new Kept()))).toMatch(message);
    }
  });

  it('numberings agree with the well-known numbers', () => {
    expect(callNames('i386').get(4)).toBe('write');
    expect(callNames('i386').get(252)).toBe('exit_group');
    expect(callNames('x86-64').get(1)).toBe('write');
    expect(callNames('x86-64').get(231)).toBe('exit_group');
    for (const numbering of Object.keys(NUMBERINGS)) {
      const names = [...callNames(numbering).values()];
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe.skipIf(!haveTraces)('real traces, counted another way', () => {
  const folder = join(TRACES, 'syscalls');
  const all = haveTraces ? readdirSync(folder) : [];

  it.each(all.filter((name) => name.endsWith('.strace.gz')))('%s', async (name) => {
    const expected: Record<string, number> = {};
    const lines = gunzipSync(readFileSync(join(folder, name)))
      .toString('latin1')
      .split('\n');
    let calls = 0;
    const seen = { signals: 0, exits: 0, resumed: 0 };
    const processes = new Set<string>();
    for (const line of lines) {
      if (line === '') continue;
      const [, pid = '', record] = /^(?:(\d+) +)?(?:[\d:.]+ )?(.*)$/.exec(line)!;
      processes.add(pid);
      if (record!.startsWith('---')) seen.signals++;
      else if (record!.startsWith('+++')) seen.exits++;
      else if (record!.startsWith('<...')) seen.resumed++;
      else {
        calls++;
        const called = record!.slice(0, record!.indexOf('('));
        expected[called] = (expected[called] ?? 0) + 1;
      }
    }
    const { counts, tables, records } = await traceInfo(join(folder, name), 0.1);
    expect(counts).toMatchObject({ calls, ...seen, processes: processes.size, unknown_calls: 0 });
    expect(tables!['calls_by_name']).toEqual(expected);
    expect(Object.values(tables!['calls_by_class']!).reduce((sum, n) => sum! + n!, 0)).toBe(calls);
    expect(records).toMatchObject({ read: lines.length - 1, dropped: {} });
  });

  it('only the dictionary has a call that never ends', async () => {
    const info = await traceInfo(join(folder, 'stana-stardict.strace.gz'), 0.1);
    expect(info.counts).toMatchObject({ never_resumed: 1, unfinished: 169, resumed: 168 });
  });

  it.each(all.filter((name) => name.endsWith('strace-c.txt')))('%s', async (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const total = Number(/(\d+) +\d+ total/.exec(text)![1]);
    expect((await traceInfo(join(folder, name), 0.1)).counts).toMatchObject({
      calls: total,
      unknown_calls: 0,
    });
  });

  it('the compiler’s two runs agree but for exit_group, which -c does not see, and one brk', async () => {
    const of = async (name: string) =>
      (await traceInfo(join(folder, name), 0.1)).tables!['calls_by_name'] as Record<string, number>;
    const log = await of('own-gcc-O2-lexer.strace.gz');
    const table = await of('own-gcc-O2-lexer.strace-c.txt');
    const differ = Object.keys(log).filter((name) => log[name] !== table[name]);
    expect(differ.sort()).toEqual(['brk', 'exit_group']);
  });

  it('ADFA-LD: 5,951 traces and 2,747,550 calls', async () => {
    const { counts, records } = await traceInfo(join(folder, 'ADFA-LD.zip'), 0.1);
    expect(counts).toMatchObject({ calls: 2_747_550, processes: 5951, unknown_calls: 0 });
    expect(records.dropped).toEqual({});
  });
});
