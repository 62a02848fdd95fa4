/**
 * What a trace holds: its form, counts over its raw records, what a run would keep, repair and drop.
 */
import { FORMS, type Form, formOf } from './form.ts';
import { chooseJobs, readSwfLog, type SwfHeader, summariseSwf } from './jobs/swf.ts';
import type { JobChoices } from './jobs/table.ts';
import { summariseActivity } from './owners/columns.ts';
import { readOwners } from './owners/index.ts';
import type { RecordCount } from './records.ts';

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
}

/** The choices that `trace info` counts by: the defaults of an experiment. */
const CHOICES: JobChoices = { processors: 'allocated', overrun: 'kill', zero_run: 'drop' };

/**
 * Reads the whole trace. `busyAbove` is the CPU share at or above which a PlanetLab sample means a present owner.
 * Throws `InputError` where the file has no known form, is damaged, or holds nothing that can be kept.
 */
export async function traceInfo(path: string, busyAbove: number): Promise<TraceInfo> {
  const form = await formOf(path);
  if (form === 'swf') return swfInfo(path);
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
