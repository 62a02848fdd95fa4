/**
 * Tables of resource use (CSV with `start_s,user_s,sys_s,...,cmd`, as wait4 tells it of every command), as sequential jobs: the
 * run time is the CPU time, user and system; the memory is the largest resident set. Left out: faults, blocks read and written,
 * switches. Kilobytes are 1024 bytes, as the kernel counts them.
 */
import { count, type RecordCount, recordCount } from '../records.ts';
import { readTable } from './csv-table.ts';
import { baseName, countText, type ProgramRun, programJobs } from './program-jobs.ts';
import type { SwfJobs } from './swf.ts';
import type { JobChoices, ProgramJobs } from './table.ts';

/** Columns that such a table must have; `wall_s`, `maxrss_kB` and `status` may be missing. */
export const RUSAGE_COLUMNS = ['start_s', 'user_s', 'sys_s', 'cmd'] as const;
const KILOBYTE = 1024;

export interface RusageTable {
  readonly runs: readonly ProgramRun[];
  readonly records: RecordCount;
  readonly sums: {
    readonly wall_s: number;
    readonly user_s: number;
    readonly sys_s: number;
    readonly last_end_s: number;
  };
}

/** The rows of a table. Throws `InputError` with the place of damage. */
export async function readRusage(path: string): Promise<RusageTable> {
  const runs: ProgramRun[] = [];
  const records = recordCount();
  const sums = { wall_s: 0, user_s: 0, sys_s: 0, last_end_s: 0 };
  const text = await readTable(path, RUSAGE_COLUMNS, (row) => {
    const start_s = row.number('start_s');
    const user_s = row.number('user_s');
    const sys_s = row.number('sys_s');
    const wall_s = row.has('wall_s') ? row.number('wall_s') : 0;
    sums.wall_s += wall_s;
    sums.user_s += user_s;
    sums.sys_s += sys_s;
    sums.last_end_s = Math.max(sums.last_end_s, start_s + wall_s);
    const [command] = row.text('cmd').split(/\s+/);
    if (command === '') count(records.repaired, 'command without a name');
    runs.push({
      id: runs.length + 1,
      start_s,
      run_s: user_s < 0 || sys_s < 0 ? -1 : user_s + sys_s,
      program: baseName(command!),
      memory: row.has('maxrss_kB') ? Math.max(0, row.number('maxrss_kB')) * KILOBYTE : 0,
      succeeded: !row.has('status') || row.number('status') === 0,
    });
  });
  countText(records, text);
  return { runs, records, sums };
}

/** Its rows as jobs. Throws `InputError` where none is left. */
export function rusageJobs(
  path: string,
  { runs, records }: RusageTable,
  choices: Pick<JobChoices, 'zero_run'>,
): SwfJobs & { readonly jobs: ProgramJobs } {
  return programJobs(path, runs, choices, records);
}

/** Counts over the rows, under the names that `nowsim trace info --json` prints. */
export function summariseRusage({ runs, sums }: RusageTable): Record<string, number> {
  return {
    processes: runs.length,
    programs: new Set(runs.map((run) => run.program)).size,
    failed: runs.filter((run) => !run.succeeded).length,
    first_start_s: runs.reduce((least, run) => Math.min(least, run.start_s), Number.POSITIVE_INFINITY),
    last_end_s: sums.last_end_s,
    sum_wall_s: sums.wall_s,
    sum_user_s: sums.user_s,
    sum_system_s: sums.sys_s,
    largest_memory_bytes: runs.reduce((most, run) => Math.max(most, run.memory), 0),
  };
}
