/** Sequential jobs with the names of their programs, gathered row by row from whatever names processes. */
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import type { TextRead } from '../text.ts';
import type { ChoiceCounts, SwfHeader, SwfJobs } from './swf.ts';
import type { JobChoices, ProgramJobs } from './table.ts';

/** One process as a job; times in s. */
export interface ProgramRun {
  readonly id: number;
  readonly start_s: number;
  readonly run_s: number;
  readonly program: string;
  /** Bytes; 0 unknown. */
  readonly memory: number;
  /** Whether it ended well. */
  readonly succeeded: boolean;
}

/** These sources say nothing of the machine. */
const NO_HEADER: SwfHeader = {
  lines: [],
  labels: {},
  max_procs: undefined,
  max_nodes: undefined,
  max_jobs: undefined,
  unix_start_time_s: undefined,
  time_zone: undefined,
  preemption: undefined,
  queues: {},
  partitions: {},
};

/** The file name at the end of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Counts the repairs that every text file may need. */
export function countText(records: RecordCount, text: TextRead): void {
  count(records.repaired, 'CRLF line end', text.crlf);
  count(records.repaired, 'missing last newline', text.missing_last_newline ? 1 : 0);
}

/**
 * The jobs of some processes: one processor each, submitted when they start, no estimate but the run time, no user. Dropped and
 * counted: run times or starts below zero, and run times of zero unless `zero_run` keeps them. Rows out of order are sorted (stable).
 * Throws `InputError` where nothing is left.
 */
export function programJobs(
  path: string,
  runs: readonly ProgramRun[],
  choices: Pick<JobChoices, 'zero_run'>,
  records: RecordCount = recordCount(),
): SwfJobs & { readonly jobs: ProgramJobs } {
  records.read = runs.length;
  const kept = runs.filter(({ start_s, run_s }) => {
    if (start_s < 0) count(records.dropped, 'submission below zero');
    else if (run_s < 0) count(records.dropped, 'run time below zero');
    else if (run_s === 0 && choices.zero_run === 'drop') count(records.dropped, 'run time of zero');
    else return true;
    return false;
  });
  records.kept = kept.length;
  mustKeepSome(path, 'processes that ran', records);
  let back = 0;
  for (let i = 1; i < kept.length; i++) if (kept[i]!.start_s < kept[i - 1]!.start_s) back++;
  count(records.repaired, 'submission out of order', back);
  kept.sort((a, b) => a.start_s - b.start_s);
  const n = kept.length;
  const offset_s = Math.floor(kept[0]!.start_s);
  const numbers = new Map<string, number>();
  const program = Int32Array.from(kept, ({ program: name }) => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
  const run_s = Float64Array.from(kept, (run) => run.run_s);
  const counts: ChoiceCounts = {
    processors_from_allocated: n,
    processors_from_requested: 0,
    estimate_assumed: n,
    overrun_cut: 0,
    overrun_kept: 0,
    zero_run_kept: run_s.filter((s) => s === 0).length,
  };
  return {
    jobs: {
      n,
      id: Float64Array.from(kept, (run) => run.id),
      submit_s: Float64Array.from(kept, (run) => run.start_s - offset_s),
      run_s,
      estimate_s: run_s.slice(),
      width: new Int32Array(n).fill(1),
      user: new Int32Array(n).fill(-1),
      memory: Float64Array.from(kept, (run) => run.memory),
      status: Int8Array.from(kept, (run) => (run.succeeded ? 1 : 0)),
      offset_s,
      program,
      programs: [...numbers.keys()],
    },
    header: NO_HEADER,
    records,
    choices: counts,
  };
}
