/** Where jobs come from: a log, or one of the laws listed here. */
import type { Streams } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import type { JobNeed } from './columns.ts';
import { LUBLIN_LAW, lublin } from './lublin.ts';
import { POISSON_LAW, poisson } from './poisson.ts';
import type { JobTable } from './table.ts';

/** The slot `jobs.law`. */
export const JOB_LAW_FIELD = {
  kind: 'slot',
  doc: 'Law by which jobs are made where no log is given.',
  default: 'lublin',
  of: { lublin: LUBLIN_LAW, poisson: POISSON_LAW },
} as const satisfies Field;

export type JobLawSettings = Read<typeof JOB_LAW_FIELD>;

/** Jobs of the law that settings describe. Throws `InputError` where settings and need leave no jobs. */
export function jobsOf(settings: JobLawSettings, need: JobNeed, streams: Streams): JobTable {
  return settings.name === 'lublin' ? lublin(settings, need, streams) : poisson(settings, need, streams);
}

/** The three choices by which a log becomes jobs. */
export const JOB_CHOICE_FIELDS = {
  processors: {
    kind: 'choice',
    doc: "Which of a log's numbers of processors is a job's width.",
    of: {
      allocated: 'field 5; jobs without are dropped',
      'allocated-or-requested': 'field 5, or field 8 where field 5 is unknown',
      'requested-or-allocated': 'field 8, or field 5 where field 8 is unknown',
    },
    default: 'allocated',
  },
  overrun: {
    kind: 'choice',
    doc: 'Jobs that ran longer than they asked for.',
    of: {
      kill: 'the run time is cut at the requested time',
      keep: 'the run time stays, and stands for the estimate too',
    },
    default: 'kill',
  },
  zero_run: {
    kind: 'choice',
    doc: 'Jobs with a run time of zero.',
    of: { drop: 'left out and counted', keep: 'kept' },
    default: 'drop',
  },
} as const satisfies Record<string, Field>;

export type { JobNeed } from './columns.ts';
export { readSwf, writeSwf } from './swf.ts';
export type { JobChoices, JobTable } from './table.ts';
