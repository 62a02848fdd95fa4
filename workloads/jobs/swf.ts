/**
 * Job logs in the Standard Workload Format 2.2 (`.swf`, `.swf.gz`): reading, choosing what becomes a job, writing.
 *
 * Source: the format's definition at the Parallel Workloads Archive (facts T001-T020). A line is one job: 18 numbers,
 * -1 for unknown; `;` starts a comment. Repaired and counted: CRLF, blanks at line ends, missing trailing fields,
 * submissions out of order, a missing last newline. Dropped and counted: no processors, run time or submission below
 * zero, zero run times if so chosen, and the parts of a job whose summary line is there too. Everything else that is
 * wrong is an `InputError` with file:line:col.
 *
 * Left out: fields 3, 6 and 13-18 (wait, CPU time, group, executable, queue, partition, preceding job, think time)
 * do not reach the job table; parts of a checkpointed job without summary stay jobs of their own, and those that give
 * no submission are dropped with the other submissions below zero. Kilobytes are taken as 1024 bytes.
 */
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { firstMark, lineFault, parseNumbers, readLines, type TextRead, wordAt, writeText } from '../text.ts';
import type { JobChoices, JobTable } from './table.ts';

const FIELDS = 18;
const FIELD_NAMES = [
  'job number',
  'submit time',
  'wait time',
  'run time',
  'allocated processors',
  'average CPU time',
  'used memory',
  'requested processors',
  'requested time',
  'requested memory',
  'status',
  'user',
  'group',
  'executable',
  'queue',
  'partition',
  'preceding job',
  'think time',
] as const;
/** Fields that hold whole numbers: job, processors, status and what follows up to the preceding job. */
const WHOLE = [0, 4, 7, 10, 11, 12, 13, 14, 15, 16] as const;
const LARGEST_INT = 2 ** 31 - 1;
const COMMENT = 59;
const KILOBYTE = 1024;

/** Header labels of the format (fact T020); other text with a colon is prose. */
const LABELS: ReadonlySet<string> = new Set(
  (
    'Version Computer Installation Acknowledge Information Conversion MaxJobs MaxRecords Preemption UnixStartTime ' +
    'TimeZone TimeZoneString StartTime EndTime MaxNodes MaxProcs MaxRuntime MaxMemory AllowOveruse MaxQueues Queues ' +
    'Queue MaxPartitions Partitions Partition Note'
  ).split(' '),
);

/** What the comments of a log say about it. */
export interface SwfHeader {
  /** Every comment line as it stands, without its line end: the providers' notices stay with the data. */
  readonly lines: readonly string[];
  /** Label -> its values in file order; lines that continue a value are joined to it by a newline. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly max_procs: number | undefined;
  readonly max_nodes: number | undefined;
  readonly max_jobs: number | undefined;
  /** Unix time of the log's zero, s. */
  readonly unix_start_time_s: number | undefined;
  /** Such as `Europe/Paris`; the numeric `TimeZone` of older logs is not to be relied on. */
  readonly time_zone: string | undefined;
  /** Whether jobs may stand on several lines: No, Yes, Double, TS. */
  readonly preemption: string | undefined;
  readonly queues: Readonly<Record<string, string>>;
  readonly partitions: Readonly<Record<string, string>>;
}

/** The lines of a log as columns, before any choice. */
export interface SwfLog {
  readonly path: string;
  readonly header: SwfHeader;
  readonly comment_lines: number;
  readonly blank_lines: number;
  readonly text: TextRead;
  /** Lines that had blanks at their end, and lines with fewer than 18 fields. */
  readonly trailing_blanks: number;
  readonly short_lines: number;
  readonly n: number;
  readonly line: Int32Array;
  readonly id: Float64Array;
  readonly submit_s: Float64Array;
  readonly run_s: Float64Array;
  readonly allocated: Int32Array;
  readonly used_memory_kb: Float64Array;
  readonly requested: Int32Array;
  readonly requested_time_s: Float64Array;
  readonly requested_memory_kb: Float64Array;
  readonly status: Int8Array;
  readonly user: Int32Array;
}

/** How many jobs each choice touched. */
export interface ChoiceCounts {
  readonly processors_from_allocated: number;
  readonly processors_from_requested: number;
  /** No requested time: the estimate is the run time, and the job is never killed. */
  readonly estimate_assumed: number;
  /** Ran longer than requested; the run time was cut at the request (`overrun: kill`). */
  readonly overrun_cut: number;
  /** Ran longer than requested and was left so; the estimate became the run time (`overrun: keep`). */
  readonly overrun_kept: number;
  readonly zero_run_kept: number;
}

export interface SwfJobs {
  readonly jobs: JobTable;
  readonly header: SwfHeader;
  readonly records: RecordCount;
  readonly choices: ChoiceCounts;
}

/** Counts over the raw lines, under the names that `nowsim trace info --json` prints. */
export interface SwfSummary {
  readonly jobs: number;
  readonly comment_lines: number;
  readonly run_zero: number;
  readonly run_negative: number;
  readonly alloc_le_0: number;
  readonly submit_negative: number;
  /** Lines whose submission is before that of the line above. */
  readonly submit_steps_back: number;
  /** Distinct user numbers, unknown (-1) not counted. */
  readonly users: number;
  readonly sum_run_positive: number;
  readonly sum_alloc_x_run_positive: number;
}

/** A log as jobs, by the choices. Throws `InputError` (damaged input, or nothing that could be kept). */
export async function readSwf(path: string, choices: JobChoices): Promise<SwfJobs> {
  return chooseJobs(await readSwfLog(path), choices);
}

/** All lines of a log. Throws `InputError` at the first line that is no SWF. */
export async function readSwfLog(path: string): Promise<SwfLog> {
  const log = new LogColumns();
  const comments: string[] = [];
  const fields = new Float64Array(FIELDS);
  let blankLines = 0;
  let trailingBlanks = 0;
  let shortLines = 0;
  const text = await readLines(path, (bytes, start, end, line) => {
    const mark = firstMark(bytes, start, end);
    if (mark === end) {
      blankLines++;
      return;
    }
    if (bytes[mark] === COMMENT) {
      comments.push(bytes.toString('utf8', start, end));
      return;
    }
    const found = parseNumbers(bytes, start, end, fields);
    if (found < 0) throw junkFault(path, line, bytes, start, end, -1 - found);
    if (found > FIELDS) {
      throw lineFault(path, line, bytes, start, end, 0, `${found} fields`, 'an SWF line has 18 numbers');
    }
    if (found < FIELDS) {
      shortLines++;
      fields.fill(-1, found);
    }
    if (bytes[end - 1]! <= 32) trailingBlanks++;
    const bad = firstNotWhole(fields);
    if (bad >= 0) {
      throw lineFault(
        path,
        line,
        bytes,
        start,
        end,
        mark - start,
        `${FIELD_NAMES[bad]} (field ${bad + 1}) is ${fields[bad]}`,
        'it must be a whole number below 2^31, or -1 for unknown',
      );
    }
    log.add(line, fields);
  });
  return {
    path,
    header: readHeader(comments),
    comment_lines: comments.length,
    blank_lines: blankLines,
    text,
    trailing_blanks: trailingBlanks,
    short_lines: shortLines,
    ...log.columns(),
  };
}

/** The first of the whole-number fields that holds none; -1 if all do. Job numbers may be larger than 2^31. */
function firstNotWhole(fields: Float64Array): number {
  for (const field of WHOLE) {
    const value = fields[field]!;
    if (Math.floor(value) !== value || (field > 0 && (value > LARGEST_INT || value < -1))) return field;
  }
  if (fields[10]! > 127) return 10;
  return -1;
}

function junkFault(
  path: string,
  line: number,
  bytes: Buffer,
  start: number,
  end: number,
  offset: number,
): InputError {
  const word = wordAt(bytes, start, end, offset);
  const would = word.startsWith('"#')
    ? 'comments of an SWF file start with ";"; "nowsim trace info FILE" tells what a file holds'
    : 'an SWF line is 18 numbers, -1 for unknown, and comments start with ";"';
  return lineFault(path, line, bytes, start, end, offset, `${word} is not a number`, would);
}

/** Growing columns of a log. */
class LogColumns {
  private n = 0;
  private capacity = 1 << 12;
  private line = new Int32Array(this.capacity);
  private id = new Float64Array(this.capacity);
  private submit = new Float64Array(this.capacity);
  private run = new Float64Array(this.capacity);
  private allocated = new Int32Array(this.capacity);
  private usedMemory = new Float64Array(this.capacity);
  private requested = new Int32Array(this.capacity);
  private requestedTime = new Float64Array(this.capacity);
  private requestedMemory = new Float64Array(this.capacity);
  private status = new Int8Array(this.capacity);
  private user = new Int32Array(this.capacity);

  add(line: number, fields: Float64Array): void {
    if (this.n === this.capacity) this.grow();
    const i = this.n++;
    this.line[i] = line;
    this.id[i] = fields[0]!;
    this.submit[i] = fields[1]!;
    this.run[i] = fields[3]!;
    this.allocated[i] = fields[4]!;
    this.usedMemory[i] = fields[6]!;
    this.requested[i] = fields[7]!;
    this.requestedTime[i] = fields[8]!;
    this.requestedMemory[i] = fields[9]!;
    this.status[i] = fields[10]!;
    this.user[i] = fields[11]!;
  }

  columns() {
    return {
      n: this.n,
      line: this.line.subarray(0, this.n),
      id: this.id.subarray(0, this.n),
      submit_s: this.submit.subarray(0, this.n),
      run_s: this.run.subarray(0, this.n),
      allocated: this.allocated.subarray(0, this.n),
      used_memory_kb: this.usedMemory.subarray(0, this.n),
      requested: this.requested.subarray(0, this.n),
      requested_time_s: this.requestedTime.subarray(0, this.n),
      requested_memory_kb: this.requestedMemory.subarray(0, this.n),
      status: this.status.subarray(0, this.n),
      user: this.user.subarray(0, this.n),
    };
  }

  private grow(): void {
    this.capacity *= 2;
    const longer = <T extends Float64Array | Int32Array | Int8Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.line = longer(new Int32Array(this.capacity), this.line);
    this.id = longer(new Float64Array(this.capacity), this.id);
    this.submit = longer(new Float64Array(this.capacity), this.submit);
    this.run = longer(new Float64Array(this.capacity), this.run);
    this.allocated = longer(new Int32Array(this.capacity), this.allocated);
    this.usedMemory = longer(new Float64Array(this.capacity), this.usedMemory);
    this.requested = longer(new Int32Array(this.capacity), this.requested);
    this.requestedTime = longer(new Float64Array(this.capacity), this.requestedTime);
    this.requestedMemory = longer(new Float64Array(this.capacity), this.requestedMemory);
    this.status = longer(new Int8Array(this.capacity), this.status);
    this.user = longer(new Int32Array(this.capacity), this.user);
  }
}

// ---------------------------------------------------------------------------------------------------------
// Header

/** Header of a log from its comment lines (each with its leading `;`). */
export function readHeader(comments: readonly string[]): SwfHeader {
  const labels: Record<string, string[]> = {};
  let open: string[] | undefined;
  for (const comment of comments) {
    const match = /^\s*;\s*([A-Za-z]+)\s*:(.*)$/.exec(comment);
    if (match !== null && LABELS.has(match[1]!)) {
      open = labels[match[1]!] ?? [];
      labels[match[1]!] = open;
      open.push(match[2]!.trim());
      continue;
    }
    const text = comment.replace(/^\s*;/, '');
    // A continued value is indented further than labels are; an empty line ends it.
    if (open !== undefined && /^(?:\s{2,}|\t)\S/.test(text)) {
      open[open.length - 1] += `\n${text.trim()}`;
    } else if (text.trim() === '') {
      open = undefined;
    }
  }
  const number = (label: string): number | undefined => {
    const match = /^-?\d+/.exec(labels[label]?.[0] ?? '');
    const value = match === null ? Number.NaN : Number(match[0]);
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  return {
    lines: comments,
    labels,
    max_procs: number('MaxProcs'),
    max_nodes: number('MaxNodes'),
    max_jobs: number('MaxJobs'),
    unix_start_time_s: number('UnixStartTime'),
    time_zone: labels['TimeZoneString']?.[0],
    preemption: labels['Preemption']?.[0],
    queues: numberedNames(labels['Queue']),
    partitions: numberedNames(labels['Partition']),
  };
}

/** `3  normal` -> {3: 'normal'}. */
function numberedNames(values: readonly string[] | undefined): Record<string, string> {
  const names: Record<string, string> = {};
  for (const value of values ?? []) {
    const match = /^(\d+)\s*(.*)$/s.exec(value);
    if (match !== null) names[match[1]!] = match[2]!.trim();
  }
  return names;
}

// ---------------------------------------------------------------------------------------------------------
// From lines to jobs

/** Counts over all lines of a log as they stand. */
export function summariseSwf(log: SwfLog): SwfSummary {
  let runZero = 0;
  let runNegative = 0;
  let allocatedNone = 0;
  let submitNegative = 0;
  let stepsBack = 0;
  let sumRun = 0;
  let sumArea = 0;
  const users = new Set<number>();
  for (let i = 0; i < log.n; i++) {
    const run = log.run_s[i]!;
    const allocated = log.allocated[i]!;
    if (run === 0) runZero++;
    if (run < 0) runNegative++;
    if (allocated <= 0) allocatedNone++;
    if (log.submit_s[i]! < 0) submitNegative++;
    if (i > 0 && log.submit_s[i]! < log.submit_s[i - 1]!) stepsBack++;
    if (log.user[i]! >= 0) users.add(log.user[i]!);
    if (run > 0) {
      sumRun += run;
      if (allocated > 0) sumArea += allocated * run;
    }
  }
  return {
    jobs: log.n,
    comment_lines: log.comment_lines,
    run_zero: runZero,
    run_negative: runNegative,
    alloc_le_0: allocatedNone,
    submit_negative: submitNegative,
    submit_steps_back: stepsBack,
    users: users.size,
    sum_run_positive: sumRun,
    sum_alloc_x_run_positive: sumArea,
  };
}

/** Reasons by which a line becomes no job, in the order in which they are tried. */
const DROPPED = {
  part: 'part of a summarised job',
  submit: 'submission below zero',
  run: 'run time below zero',
  processors: 'no processors',
  zero: 'zero run time',
} as const;

/** The jobs of a log by the choices. Throws `InputError` for a job number used twice, and if no job is left. */
export function chooseJobs(log: SwfLog, choices: JobChoices): SwfJobs {
  const records = recordCount();
  records.read = log.n;
  count(records.repaired, 'CRLF line end', log.text.crlf);
  count(records.repaired, 'blanks at the line end', log.trailing_blanks);
  count(records.repaired, 'missing trailing fields', log.short_lines);
  count(records.repaired, 'missing last newline', log.text.missing_last_newline ? 1 : 0);

  const isPart = partsToDrop(log);
  const kept = new Uint32Array(log.n);
  let n = 0;
  let stepsBack = 0;
  for (let i = 0; i < log.n; i++) {
    const reason = whyDropped(log, i, isPart, choices);
    if (reason !== undefined) {
      count(records.dropped, reason);
      continue;
    }
    if (n > 0 && log.submit_s[i]! < log.submit_s[kept[n - 1]!]!) stepsBack++;
    kept[n++] = i;
  }
  records.kept = n;
  count(records.repaired, 'submission out of order', stepsBack);
  mustKeepSome(log.path, 'jobs', records);
  const order = kept.subarray(0, n);
  if (stepsBack > 0) order.sort((a, b) => log.submit_s[a]! - log.submit_s[b]! || a - b);
  return { ...tableOf(log, order, choices), header: log.header, records };
}

function whyDropped(
  log: SwfLog,
  i: number,
  isPart: Uint8Array | undefined,
  choices: JobChoices,
): string | undefined {
  if (isPart !== undefined && isPart[i] === 1) return DROPPED.part;
  if (log.submit_s[i]! < 0) return DROPPED.submit;
  const run = log.run_s[i]!;
  if (run < 0) return DROPPED.run;
  if (log.allocated[i]! <= 0 && (choices.processors === 'allocated' || log.requested[i]! <= 0)) {
    return DROPPED.processors;
  }
  if (run === 0 && choices.zero_run === 'drop') return DROPPED.zero;
  return undefined;
}

function tableOf(
  log: SwfLog,
  order: Uint32Array,
  choices: JobChoices,
): { jobs: JobTable; choices: ChoiceCounts } {
  const n = order.length;
  const offset = Math.floor(log.submit_s[order[0]!]!);
  const jobs: JobTable = {
    n,
    id: new Float64Array(n),
    submit_s: new Float64Array(n),
    run_s: new Float64Array(n),
    estimate_s: new Float64Array(n),
    width: new Int32Array(n),
    user: new Int32Array(n),
    memory: new Float64Array(n),
    status: new Int8Array(n),
    offset_s: offset,
  };
  const requestedFirst = choices.processors === 'requested-or-allocated';
  let fromRequested = 0;
  let assumed = 0;
  let cut = 0;
  let overrunKept = 0;
  let zeroKept = 0;
  for (let j = 0; j < n; j++) {
    const i = order[j]!;
    const allocated = log.allocated[i]!;
    const requested = log.requested[i]!;
    const useRequested = requestedFirst ? requested > 0 : allocated <= 0;
    if (useRequested) fromRequested++;
    let run = log.run_s[i]!;
    let estimate = log.requested_time_s[i]!;
    if (run === 0) zeroKept++;
    if (estimate <= 0) {
      assumed++;
      estimate = run;
    } else if (run > estimate) {
      if (choices.overrun === 'kill') {
        cut++;
        run = estimate;
      } else {
        // Policies plan with estimates; one that is known to be wrong from the start would promise the past.
        overrunKept++;
        estimate = run;
      }
    }
    const used = log.used_memory_kb[i]!;
    jobs.id[j] = log.id[i]!;
    jobs.submit_s[j] = log.submit_s[i]! - offset;
    jobs.run_s[j] = run;
    jobs.estimate_s[j] = estimate;
    jobs.width[j] = useRequested ? requested : allocated;
    jobs.user[j] = log.user[i]!;
    jobs.memory[j] = Math.max(0, used > 0 ? used : log.requested_memory_kb[i]!) * KILOBYTE;
    jobs.status[j] = log.status[i]!;
  }
  return {
    jobs,
    choices: {
      processors_from_allocated: n - fromRequested,
      processors_from_requested: fromRequested,
      estimate_assumed: assumed,
      overrun_cut: cut,
      overrun_kept: overrunKept,
      zero_run_kept: zeroKept,
    },
  };
}

/** Status 2, 3, 4: one stretch of a job that was swapped out in between. */
function isPartial(status: number): boolean {
  return status >= 2 && status <= 4;
}

/**
 * Marks the lines that are parts of a job whose summary line is there too: summary or parts, never both. Undefined
 * where no job number occurs twice. Throws `InputError` for two lines with one number that are not such parts.
 */
function partsToDrop(log: SwfLog): Uint8Array | undefined {
  let ascending = true;
  for (let i = 1; i < log.n && ascending; i++) ascending = log.id[i]! > log.id[i - 1]!;
  if (ascending) return undefined;
  const summary = new Map<number, number>();
  for (let i = 0; i < log.n; i++) {
    const id = log.id[i]!;
    if (id < 0 || isPartial(log.status[i]!)) continue;
    const before = summary.get(id);
    if (before !== undefined) {
      throw new InputError({
        where: `${log.path}:${log.line[i]}`,
        found: `job number ${id} stands on line ${log.line[before]} already`,
        would:
          'give every job its own number; only the parts of a checkpointed job (status 2, 3, 4) share the number of their summary line',
      });
    }
    summary.set(id, i);
  }
  const drop = new Uint8Array(log.n);
  for (let i = 0; i < log.n; i++) {
    if (isPartial(log.status[i]!) && summary.has(log.id[i]!)) drop[i] = 1;
  }
  return drop;
}

// ---------------------------------------------------------------------------------------------------------
// Writing

/** What happened to the jobs of a table, by row; what is left out is written as unknown (-1). */
export interface SwfSchedule {
  /** Start minus submission, s; -1 where the job never started. */
  readonly wait_s?: ArrayLike<number>;
  /** Seconds from start to end; the table's run time if left out. */
  readonly run_s?: ArrayLike<number>;
  /** 1 completed, 0 failed, 5 cancelled (or killed); the table's if left out. */
  readonly status?: ArrayLike<number>;
  /** Rows to write and their order; all in table order if left out. */
  readonly rows?: ArrayLike<number>;
}

export interface SwfAbout {
  /** What was simulated, for the label Computer. */
  readonly computer: string;
  readonly max_procs: number;
  /** Further lines, each a Note. */
  readonly notes: readonly string[];
  /** Comment lines of the log that the jobs came from, kept with the data as their providers ask. */
  readonly from?: SwfHeader;
}

/**
 * Writes jobs, or the schedule of a run, as an SWF file on the log's own clock. Reading the file again gives the same
 * table, for tables that came from a log or start at zero. Throws `InputError` where the file cannot be made.
 */
export function writeSwf(path: string, jobs: JobTable, about: SwfAbout, schedule: SwfSchedule = {}): void {
  writeText(path, swfLines(jobs, about, schedule));
}

/** The lines of an SWF file, each with its newline. */
export function* swfLines(
  jobs: JobTable,
  about: SwfAbout,
  schedule: SwfSchedule = {},
): Generator<string, void, undefined> {
  const n = schedule.rows === undefined ? jobs.n : schedule.rows.length;
  yield '; Version: 2.2\n';
  yield `; Computer: ${about.computer}\n`;
  yield `; MaxJobs: ${n}\n; MaxRecords: ${n}\n; Preemption: No\n`;
  yield `; MaxNodes: ${about.max_procs}\n; MaxProcs: ${about.max_procs}\n`;
  const source = about.from;
  if (source?.unix_start_time_s !== undefined) yield `; UnixStartTime: ${source.unix_start_time_s}\n`;
  if (source?.time_zone !== undefined) yield `; TimeZoneString: ${source.time_zone}\n`;
  for (const note of about.notes) yield `; Note: ${note}\n`;
  if (source !== undefined && source.lines.length > 0) {
    yield '; Note: header of the log that the jobs come from:\n';
    for (const line of source.lines) yield `;   | ${line.replace(/^\s*;/, '').trimEnd()}\n`;
  }
  for (let k = 0; k < n; k++) {
    const i = schedule.rows === undefined ? k : schedule.rows[k]!;
    const memory = jobs.memory[i]! > 0 ? jobs.memory[i]! / KILOBYTE : -1;
    const wait = schedule.wait_s === undefined ? -1 : schedule.wait_s[i]!;
    const run = schedule.run_s === undefined ? jobs.run_s[i]! : schedule.run_s[i]!;
    const status = schedule.status === undefined ? jobs.status[i]! : schedule.status[i]!;
    yield `${jobs.id[i]} ${jobs.submit_s[i]! + jobs.offset_s} ${wait} ${run} ${jobs.width[i]} -1 ${memory} ` +
      `${jobs.width[i]} ${jobs.estimate_s[i]} -1 ${status} ${jobs.user[i]} -1 -1 -1 -1 -1 -1\n`;
  }
}
