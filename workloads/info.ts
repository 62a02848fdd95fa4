/**
 * What a trace holds: its form, counts over its raw records, what a run would keep, repair and drop.
 */
import { FORMS, type Form, formOf } from './form.ts';
import { programsOf, readProcessTable, summariseTree, treeJobs } from './jobs/process-tree.ts';
import { readRusage, rusageJobs, summariseRusage } from './jobs/rusage.ts';
import { chooseJobs, readSwfLog, type SwfHeader, summariseSwf } from './jobs/swf.ts';
import type { JobChoices } from './jobs/table.ts';
import { isMessageForm, readMessages } from './messages/index.ts';
import { summariseActivity } from './owners/columns.ts';
import { readOwners } from './owners/index.ts';
import { REFERENCE_FORMS, type ReferenceForm, referenceInfo } from './pages/index.ts';
import type { RecordCount } from './records.ts';
import { isServiceForm, type Numbering, scanCalls } from './services/index.ts';

/** Numbers by name; a name ends in its unit. */
export type Counts = Readonly<Record<string, number | null>>;

export interface TraceInfo {
  readonly file: string;
  readonly kind: Form;
  readonly what: string;
  readonly counts: Counts;
  readonly records: RecordCount;
  /** How many jobs each choice touched (job logs). */
  readonly choices?: Counts;
  readonly header?: SwfHeader;
  /** Further counts, each under its own heading (calls by name, by class). */
  readonly tables?: Readonly<Record<string, Counts>>;
  /** What the trace says of itself. */
  readonly notes?: Readonly<Record<string, string>>;
  /** What whoever uses the trace must know. */
  readonly remarks?: readonly string[];
}

/** The choices that `trace info` counts by: the defaults of an experiment. */
const CHOICES: JobChoices = { processors: 'allocated', overrun: 'kill', zero_run: 'drop' };

/**
 * Reads the whole trace. `busyAbove` is the CPU share at or above which a PlanetLab sample means a present owner;
 * `numbering` whose numbers a trace of call numbers has.
 * Throws `InputError` where the file has no known form, is damaged, or holds nothing that can be kept.
 */
export async function traceInfo(
  path: string,
  busyAbove: number,
  numbering: Numbering = 'i386',
): Promise<TraceInfo> {
  const form = await formOf(path);
  if (form === 'swf') return swfInfo(path);
  if (form === 'process-tree' || form === 'rusage') return processesInfo(path, form);
  if (isServiceForm(form)) return callsInfo(path, numbering);
  if (isMessageForm(form)) return messagesInfo(path);
  if (form in REFERENCE_FORMS) return referenceInfo(path, form as ReferenceForm);
  const { owners, records, more } = await readOwners(path, busyAbove);
  return {
    file: path,
    kind: form,
    what: FORMS[form],
    counts: { ...summariseActivity(owners), ...more },
    records,
  };
}

async function swfInfo(path: string): Promise<TraceInfo> {
  const log = await readSwfLog(path);
  const { jobs, records, choices } = chooseJobs(log, CHOICES);
  let last = 0;
  for (let i = 0; i < jobs.n; i++) last = Math.max(last, jobs.submit_s[i]!);
  return {
    file: path,
    kind: 'swf',
    what: FORMS.swf,
    counts: {
      ...summariseSwf(log),
      processors: log.header.max_procs ?? null,
      widest: jobs.width.reduce((widest, width) => Math.max(widest, width), 0),
      first_submit_s: jobs.offset_s + jobs.submit_s[0]!,
      last_submit_s: jobs.offset_s + last,
    },
    records,
    choices: { ...choices },
    header: log.header,
  };
}

async function processesInfo(path: string, form: 'process-tree' | 'rusage'): Promise<TraceInfo> {
  const common = { file: path, kind: form, what: FORMS[form] };
  if (form === 'process-tree') {
    const tree = await readProcessTable(path);
    const { jobs, records } = treeJobs(path, tree, CHOICES);
    return {
      ...common,
      counts: { jobs: jobs.n, ...summariseTree(tree) },
      records,
      tables: { processes_by_program: programsOf(tree.processes.map((p) => p.program)) },
    };
  }
  const table = await readRusage(path);
  const { jobs, records } = rusageJobs(path, table, CHOICES);
  return {
    ...common,
    counts: { jobs: jobs.n, ...summariseRusage(table) },
    records,
    tables: { processes_by_program: programsOf(table.runs.map((run) => run.program)) },
  };
}

async function messagesInfo(path: string): Promise<TraceInfo> {
  const trace = await readMessages(path);
  const { form, program, matching, records } = trace;
  return {
    file: path,
    kind: form,
    what: FORMS[form],
    counts: {
      ranks: program.ranks,
      actions: program.kind.length,
      messages: matching.sends,
      receives: matching.receives,
      matched: matching.matched,
      unmatched: matching.unmatched.length,
      bytes: matching.bytes,
      collectives: trace.collectives,
      flops: trace.flops,
    },
    records,
    tables: { actions_by_name: trace.byAction },
    notes: trace.header,
    remarks: trace.notes,
  };
}

async function callsInfo(path: string, numbering: Numbering): Promise<TraceInfo> {
  const trace = await scanCalls(path, { numbering });
  const { form, records, lines, user, counts } = trace;
  const log = lines === null ? {} : { ...lines, failed: counts.failed };
  const table = form === 'strace-summary' ? { failed: trace.failed, system_s: trace.system_s } : {};
  const times =
    user === null
      ? {}
      : {
          first_s: trace.first_s,
          last_s: trace.last_s,
          span_s: trace.last_s - trace.first_s,
          in_calls_s: trace.durations ? counts.inCalls_s : null,
          between_calls_s: user.gaps_s,
          tracer_cost_s: trace.tracerCost_s,
          tracer_removed_s: user.gaps_s - user.user_s,
          user_s: user.user_s,
          calls_per_user_s: user.user_s > 0 ? counts.calls / user.user_s : null,
        };
  return {
    file: path,
    kind: form,
    what: FORMS[form],
    counts: {
      calls: counts.calls,
      processes: trace.processes,
      most_processes: trace.mostProcesses,
      programs: form === 'strace' ? trace.programs.length - 1 : null,
      ...log,
      ...table,
      ...(form === 'strace'
        ? {
            bytes_in: counts.bytesIn,
            bytes_out: counts.bytesOut,
            file_mappings: trace.mappings,
            mapped_bytes: trace.mapped_bytes,
          }
        : {}),
      unknown_calls: Object.values(counts.unknown).reduce((sum, n) => sum + n, 0),
      files_skipped: trace.skipped.length,
      ...times,
    },
    records,
    tables: {
      calls_by_class: counts.byClass,
      calls_by_name: counts.byName,
      ...(Object.keys(counts.unknown).length === 0 ? {} : { unknown_calls_by_name: counts.unknown }),
    },
    notes: {
      ...trace.header,
      ...(trace.skipped.length === 0 ? {} : { skipped: trace.skipped.join(', ') }),
    },
    remarks: trace.notes,
  };
}
