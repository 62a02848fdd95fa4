/**
 * Process trees: a table of processes (CSV `pid,ppid,start_s,wall_s,execs,exit,program`), or strace output that shows forks, execs and
 * exits with times ("strace -f -ttt"), as sequential jobs.
 *
 * A process that waits for its children uses no CPU, and a tree's wall times count the same work at every level. So the run time of a
 * job is the process's *own* time: its wall time without the times in which a child of it lived. Left out: work that a process
 * does beside its children (what it does there is lost), and waits for anything else (they count as work).
 * Threads are part of their process. A process without an exit in the trace lives until its last line, and is counted.
 */
import { InputError } from '../../sim/problem.ts';
import { count, type RecordCount, recordCount } from '../records.ts';
import { readLines } from '../text.ts';
import { readTable } from './csv-table.ts';
import { baseName, countText, type ProgramRun, programJobs } from './program-jobs.ts';
import type { SwfJobs } from './swf.ts';
import type { JobChoices, ProgramJobs } from './table.ts';

/** Columns that a table of processes must have; `exit` may be missing. */
export const PROCESS_COLUMNS = ['pid', 'ppid', 'start_s', 'wall_s', 'program'] as const;

export interface TracedProcess {
  readonly pid: number;
  /** 0: not in the trace. */
  readonly parent: number;
  readonly start_s: number;
  readonly wall_s: number;
  readonly execs: number;
  /** Exit status; -1 killed or unknown. */
  readonly exit: number;
  readonly program: string;
}

export interface ProcessTree {
  readonly processes: readonly TracedProcess[];
  readonly records: RecordCount;
}

/** The processes of a table. Throws `InputError` with the place of damage. */
export async function readProcessTable(path: string): Promise<ProcessTree> {
  const processes: TracedProcess[] = [];
  const records = recordCount();
  const text = await readTable(path, PROCESS_COLUMNS, (row) => {
    processes.push({
      pid: row.number('pid'),
      parent: row.number('ppid'),
      start_s: row.number('start_s'),
      wall_s: row.number('wall_s'),
      execs: row.has('execs') ? row.number('execs') : 0,
      exit: row.has('exit') ? row.number('exit') : 0,
      program: row.text('program'),
    });
  });
  countText(records, text);
  return { processes, records };
}

/** A process of a trace that is being read. */
interface Living {
  pid: number;
  parent: number;
  start: number;
  last: number;
  execs: number;
  exit: number;
  program: string;
  /** The program of an exec that has begun and not ended. */
  trying: string;
}

/** pid; time; what happened. */
const LINE = /^(?:\[pid +(\d+)\] +|(\d+)(?:<[^>]*>)? +)?(?:(\d+\.\d+)|(\d\d):(\d\d):(\d\d(?:\.\d+)?)) +(.*)$/;
const EXEC = /^execve(?:at)?\((?:[^"]*?)"((?:[^"\\]|\\.)*)"/;
const MADE = /^(?:v?fork|clone3?)\((.*)\) = (\d+)/;
const MADE_LATER = /^<\.\.\. (?:v?fork|clone3?) resumed>(.*)\) = (\d+)/;
const BEGINS = /^(?:v?fork|clone3?)\((.*)<unfinished/;
const EXEC_ENDS = /^<\.\.\. execve(?:at)? resumed>.*\) = (-?\d+)/;
const EXITED = /^\+\+\+ (?:exited with (\d+)|killed by \w+.*) \+\+\+/;
const THREAD = 'CLONE_THREAD';
const DAY_S = 86_400;

/** The processes that strace shows. Throws `InputError` where lines have no times, or nothing of processes is there. */
export async function readProcessStrace(path: string): Promise<ProcessTree> {
  const alive = new Map<number, Living>();
  const all: Living[] = [];
  const threads = new Map<number, Living>();
  const makes = new Map<number, string>();
  const records = recordCount();
  let unread = 0;
  let first = 0;
  let latest = Number.NEGATIVE_INFINITY;
  let days = 0;
  const make = (pid: number, parent: number, program: string, now: number): Living => {
    const made = { pid, parent, start: now, last: now, execs: 0, exit: -1, program, trying: '' };
    alive.set(pid, made);
    all.push(made);
    return made;
  };
  const text = await readLines(path, (bytes, start, end, line) => {
    const parts = LINE.exec(bytes.toString('latin1', start, end));
    if (parts === null) {
      unread++;
      if (first === 0) first = line;
      return;
    }
    let now =
      parts[3] === undefined ? clock(parts[4]!, parts[5]!, parts[6]!) + days * DAY_S : Number(parts[3]);
    if (parts[3] === undefined && now < latest - DAY_S / 2) {
      days++;
      now += DAY_S;
    }
    latest = Math.max(latest, now);
    const pid = Number(parts[1] ?? parts[2] ?? 0);
    const what = parts[7]!;
    const one = alive.get(pid) ?? threads.get(pid) ?? make(pid, 0, '', now);
    one.last = Math.max(one.last, now);
    const exec = EXEC.exec(what);
    if (exec !== null) {
      const program = baseName(exec[1]!);
      if (what.includes('<unfinished')) one.trying = program;
      else if (/\) = 0/.test(what)) runs(one, program);
      return;
    }
    const execEnds = EXEC_ENDS.exec(what);
    if (execEnds !== null) {
      if (execEnds[1] === '0' && one.trying !== '') runs(one, one.trying);
      one.trying = '';
      return;
    }
    const begins = BEGINS.exec(what);
    if (begins !== null) {
      makes.set(pid, begins[1]!);
      return;
    }
    const made = MADE.exec(what) ?? MADE_LATER.exec(what);
    if (made !== null) {
      const flags = made[1]! + (makes.get(pid) ?? '');
      makes.delete(pid);
      const child = Number(made[2]);
      if (flags.includes(THREAD)) {
        // Its lines may have come before it was told of.
        const early = alive.get(child);
        if (early !== undefined) {
          alive.delete(child);
          all.splice(all.indexOf(early), 1);
        }
        threads.set(child, one);
      } else {
        const early = alive.get(child);
        // A process lives from the fork on, or from its first line where that stands before.
        if (early === undefined) make(child, one.pid, one.program, now);
        else if (early.parent === 0) {
          early.parent = one.pid;
          if (early.program === '') early.program = one.program;
        }
      }
      return;
    }
    const exited = EXITED.exec(what);
    if (exited === null) return;
    if (threads.delete(pid)) return;
    one.exit = exited[1] === undefined ? -1 : Number(exited[1]);
    alive.delete(pid);
  });
  if (all.length === 0) {
    throw new InputError({
      where: `${path}:${Math.max(1, first)}`,
      found: 'no line of strace with a time',
      would: 'trace with "strace -f -ttt": processes are told by forks, execs and exits, and when they were',
    });
  }
  countText(records, text);
  count(records.repaired, 'process without an exit', alive.size);
  count(records.dropped, 'lines that are no events', unread);
  return {
    processes: all.map(({ pid, parent, start, last, execs, exit, program }) => ({
      pid,
      parent,
      start_s: start,
      wall_s: last - start,
      execs,
      exit,
      program,
    })),
    records,
  };
}

function runs(process: Living, program: string): void {
  process.program = program;
  process.execs++;
}

function clock(hours: string, minutes: string, seconds: string): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The own time of each process: its wall time without the times in which a child of it lived, s. */
export function ownTimes(processes: readonly TracedProcess[]): Float64Array {
  // A number is used again: a child belongs to the one of that number that had begun last when it began.
  const byPid = new Map<number, number[]>();
  const order = processes.map((_, i) => i).sort((a, b) => processes[a]!.start_s - processes[b]!.start_s);
  const own = Float64Array.from(processes, (p) => p.wall_s);
  const coveredUntil = Float64Array.from(processes, (p) => p.start_s);
  for (const i of order) {
    const child = processes[i]!;
    const parent = byPid.get(child.parent)?.at(-1);
    const known = byPid.get(child.pid);
    if (known === undefined) byPid.set(child.pid, [i]);
    else known.push(i);
    if (parent === undefined) continue;
    // Children come in order of their start, so what is covered grows at its end only.
    const from = Math.max(child.start_s, coveredUntil[parent]!);
    const until = Math.min(child.start_s + child.wall_s, ends(processes[parent]!));
    if (until <= from) continue;
    own[parent]! -= until - from;
    coveredUntil[parent] = until;
  }
  return own.map((s) => Math.max(0, s));
}

function ends({ start_s, wall_s }: TracedProcess): number {
  return start_s + wall_s;
}

/** The processes of a tree as jobs. Throws `InputError` where none is left. */
export function treeJobs(
  path: string,
  { processes, records }: ProcessTree,
  choices: Pick<JobChoices, 'zero_run'>,
): SwfJobs & { readonly jobs: ProgramJobs } {
  const own = ownTimes(processes);
  const runs = processes.map(
    ({ pid, start_s, wall_s, exit, program }, i): ProgramRun => ({
      id: pid,
      start_s,
      run_s: wall_s < 0 ? wall_s : own[i]!,
      program,
      memory: 0,
      succeeded: exit === 0,
    }),
  );
  return programJobs(path, runs, choices, records);
}

/** Counts over the processes, under the names that `nowsim trace info --json` prints. */
export function summariseTree({ processes }: ProcessTree): Record<string, number> {
  const own = ownTimes(processes);
  const byPid = new Map(processes.map((p) => [p.pid, p]));
  let deepest = 0;
  for (const one of processes) {
    let depth = 1;
    // A damaged table may name a ring of parents.
    for (let at = byPid.get(one.parent); at !== undefined && depth <= processes.length; depth++) {
      at = byPid.get(at.parent);
    }
    deepest = Math.max(deepest, depth);
  }
  const first = processes.reduce((least, p) => Math.min(least, p.start_s), Number.POSITIVE_INFINITY);
  return {
    processes: processes.length,
    programs: new Set(processes.map((p) => p.program)).size,
    execs: processes.reduce((sum, p) => sum + p.execs, 0),
    failed: processes.filter((p) => p.exit !== 0).length,
    deepest,
    span_s: processes.reduce((last, p) => Math.max(last, ends(p)), 0) - first,
    sum_wall_s: processes.reduce((sum, p) => sum + p.wall_s, 0),
    sum_own_s: own.reduce((sum, s) => sum + s, 0),
  };
}

/** Processes of each program, most first. */
export function programsOf(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
