// Process trees and tables of resource use as sequential jobs: own times, damage, refusals; the traces beside a clone.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formOf } from '../../workloads/form.ts';
import { traceInfo } from '../../workloads/info.ts';
import {
  ownTimes,
  readProcessStrace,
  readProcessTable,
  type TracedProcess,
} from '../../workloads/jobs/process-tree.ts';
import { readJobs } from '../../workloads/jobs/read.ts';
import { hasPrograms, type JobTable } from '../../workloads/jobs/table.ts';
import { haveTraces, refusal, scratch, TRACES } from './files.ts';

const file = scratch();
const CHOICES = { processors: 'allocated', overrun: 'kill', zero_run: 'drop' } as const;
const HEAD = 'pid,ppid,start_s,wall_s,execs,exit,program\n';
const RUSAGE = 'start_s,wall_s,user_s,sys_s,maxrss_kB,status,cmd\n';

const names = (jobs: JobTable) =>
  hasPrograms(jobs) ? Array.from(jobs.program, (k) => jobs.programs[k]) : [];

describe('a table of processes', () => {
  it('becomes jobs of own time: wall time without that of children', async () => {
    // make lives 10 s; its children cover 1-4 and 3-6, and one outlives it from 9 on.
    const path = file(
      'tree.csv',
      `${HEAD}1,0,100.5,10,1,0,make\n2,1,101.5,3,1,0,cc\n3,1,103.5,3,1,1,cc\n4,2,102,1,0,0,as\n5,1,109.5,4,1,0,ld\n`,
    );
    expect(await formOf(path)).toBe('process-tree');
    const { jobs, records } = await readJobs(path, CHOICES);
    expect([...jobs.run_s]).toEqual([4, 2, 1, 3, 4]);
    expect([...jobs.submit_s]).toEqual([0.5, 1.5, 2, 3.5, 9.5]);
    expect(jobs.offset_s).toBe(100);
    expect(names(jobs)).toEqual(['make', 'cc', 'as', 'cc', 'ld']);
    expect([...jobs.status]).toEqual([1, 1, 1, 0, 1]);
    expect([...jobs.width]).toEqual([1, 1, 1, 1, 1]);
    expect(records).toMatchObject({ read: 5, kept: 5, repaired: { 'submission out of order': 1 } });
  });

  it('gives a child to the process that had its parent number when it began', () => {
    const one = (pid: number, parent: number, start_s: number, wall_s: number): TracedProcess => ({
      pid,
      parent,
      start_s,
      wall_s,
      execs: 1,
      exit: 0,
      program: 'p',
    });
    expect([...ownTimes([one(7, 0, 0, 2), one(7, 0, 5, 4), one(8, 7, 6, 1)])]).toEqual([2, 3, 1]);
  });

  it('counts what it mends and drops', async () => {
    const path = file(
      'damaged.csv',
      `${HEAD}1,0,0,5,1,0,sh\r\n2,1,-1,2,1,0,ls\n3,1,1,-2,1,0,ls\n4,1,1,0,1,0,true`,
    );
    const { jobs, records } = await readJobs(path, CHOICES);
    expect(jobs.n).toBe(1);
    expect(records).toMatchObject({
      read: 4,
      kept: 1,
      repaired: { 'CRLF line end': 1, 'missing last newline': 1 },
      dropped: { 'submission below zero': 1, 'run time below zero': 1, 'run time of zero': 1 },
    });
    expect((await readJobs(path, { ...CHOICES, zero_run: 'keep' })).jobs.n).toBe(2);
  });

  it.each([
    ['a word for a number', `${HEAD}1,0,0,soon,1,0,sh\n`, ':2:7: wall_s is "soon"'],
    ['a short line', `${HEAD}1,0,0\n`, ':2:6: 3 columns'],
    ['nothing but a header', HEAD, 'no processes that ran could be read'],
  ])('refuses %s with its place', async (_, content, message) => {
    expect(await refusal(readJobs(file('bad.csv', content), CHOICES))).toContain(message);
  });
});

describe('strace output', () => {
  const lines = [
    '10 100.000000 execve("/bin/sh", ["sh"], 0x0 /* 3 vars */) = 0',
    '10 100.500000 vfork( <unfinished ...>',
    '11 100.600000 execve("/usr/bin/cc", ["cc"], 0x0 <unfinished ...>',
    '10 100.700000 <... vfork resumed>) = 11',
    '11 100.800000 <... execve resumed>) = 0',
    '11 101.000000 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_THREAD|SIGCHLD, tls=0x1) = 12',
    '12 101.100000 futex(0x1, FUTEX_WAIT) = 0',
    '12 101.200000 +++ exited with 0 +++',
    '11 102.600000 exit_group(1) = ?',
    '11 102.600000 +++ exited with 1 +++',
    '10 102.700000 clone(child_stack=NULL, flags=SIGCHLD) = 13',
    '13 102.800000 execve("/bin/none", ["none"], 0x0) = -1 ENOENT (No such file or directory)',
    '13 103.800000 +++ killed by SIGTERM +++',
    '10 105.000000 wait4(-1, NULL, 0, NULL) = 13',
  ];
  it('shows the processes by forks, execs and exits', async () => {
    const path = file('tree.strace', `${lines.join('\n')}\n`);
    const { processes, records } = await readProcessStrace(path);
    expect(
      processes.map(({ pid, parent, execs, exit, program }) => [pid, parent, execs, exit, program]),
    ).toEqual([
      [10, 0, 1, -1, 'sh'],
      [11, 10, 1, 1, 'cc'],
      [13, 10, 0, -1, 'sh'],
    ]);
    expect(processes.map((p) => Number(p.wall_s.toFixed(6)))).toEqual([5, 2, 1.1]);
    expect(records.repaired).toEqual({ 'process without an exit': 1 });
    const { jobs } = await readJobs(path, CHOICES);
    expect([...jobs.run_s].map((s) => Number(s.toFixed(6)))).toEqual([1.9, 2, 1.1]);
    expect(jobs.offset_s).toBe(100);
  });

  it('needs times', async () => {
    const path = file('timeless.strace', 'execve("/bin/sh", ["sh"], 0x0 /* 3 vars */) = 0\n');
    expect(await refusal(readJobs(path, CHOICES))).toContain('no line of strace with a time');
  });

  it('goes on past midnight', async () => {
    const path = file(
      'midnight.strace',
      '1 23:59:59.5 execve("/bin/a", [], 0x0) = 0\n1 00:00:01.5 +++ exited with 0 +++\n',
    );
    expect((await readProcessStrace(path)).processes[0]!.wall_s).toBe(2);
  });
});

describe('a table of resource use', () => {
  it('becomes jobs of CPU time, memory and program', async () => {
    const path = file(
      'runs.csv',
      `${RUSAGE}5,9,2,0.5,100,0,/usr/bin/xz -6 a,b c\n4,1,0.25,0.25,0,1,ls\n6,1,0,0,7,0,true\n`,
    );
    expect(await formOf(path)).toBe('rusage');
    const { jobs, records, header } = await readJobs(path, CHOICES);
    expect([...jobs.submit_s]).toEqual([0, 1]);
    expect([...jobs.run_s]).toEqual([0.5, 2.5]);
    expect([...jobs.memory]).toEqual([0, 102_400]);
    expect([...jobs.status]).toEqual([0, 1]);
    expect(names(jobs)).toEqual(['ls', 'xz']);
    expect(header.max_procs).toBeUndefined();
    expect(records.dropped).toEqual({ 'run time of zero': 1 });
    const info = await traceInfo(path, 0.1);
    expect(info.kind).toBe('rusage');
    expect(info.counts).toMatchObject({ jobs: 2, processes: 3, programs: 3, failed: 1, sum_user_s: 2.25 });
    expect(info.tables).toEqual({ processes_by_program: { ls: 1, true: 1, xz: 1 } });
  });
});

it('a trace of another form is refused as jobs', async () => {
  const path = file('owners.txt', 'ws1 0 away 0.1\n');
  expect(await refusal(readJobs(path, CHOICES))).toContain('this is owner activity');
});

describe.skipIf(!haveTraces)('the traces', () => {
  const folder = join(TRACES, 'processes');
  it('a build: its table and its strace tell the same processes', async () => {
    const table = (await readProcessTable(join(folder, 'own-googletest-build.lifetimes.csv.gz'))).processes;
    const traced = (await readProcessStrace(join(folder, 'own-googletest-build.proc.strace.gz'))).processes;
    expect(traced.length).toBe(609);
    const zero = traced[0]!.start_s;
    const known = new Map(table.map((p) => [p.pid, p]));
    for (const p of traced) {
      const other = known.get(p.pid)!;
      expect([p.parent, p.execs, p.exit]).toEqual([other.parent, other.execs, other.exit]);
      if (p.execs > 0) expect(p.program).toBe(other.program);
      // The table's times are rounded to microseconds.
      expect(Math.abs(p.start_s - zero - other.start_s)).toBeLessThan(2e-6);
      expect(Math.abs(p.wall_s - other.wall_s)).toBeLessThan(2e-6);
    }
  });

  it('commands with their resource use', async () => {
    const { counts } = await traceInfo(join(folder, 'own-xz-docs.rusage.csv.gz'), 0.1);
    expect(counts).toMatchObject({ jobs: 160, processes: 160, programs: 1 });
  });
});
