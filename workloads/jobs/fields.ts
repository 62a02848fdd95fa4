/** How jobs are set in an experiment. */
import type { Field } from '../../sim/experiment/fields.ts';
import { JOB_CHOICE_FIELDS, JOB_LAW_FIELD } from './index.ts';

export const JOB_FIELDS = {
  kind: 'group',
  doc: 'the jobs',
  fields: {
    trace: {
      kind: 'path',
      doc: 'a job log in the Standard Workload Format',
      default: 'none',
      words: ['none'],
    },
    law: { ...JOB_LAW_FIELD, of: { none: { doc: 'no jobs', fields: {} }, ...JOB_LAW_FIELD.of } },
    load: {
      kind: 'number',
      doc: "offered load per node, to which times between submissions are scaled (a log's by the sum of its jobs' work, a law's by its expectation); own: as they are. Files of jobs have the scaled times",
      default: 'own',
      above: 0,
      words: ['own'],
    },
    ...JOB_CHOICE_FIELDS,
    shake: {
      kind: 'time',
      doc: "each submission of a trace is moved at random by at most this to either side, anew in every replication: a single trace's own noise becomes an interval",
      default: '0s',
      min: 0,
    },
    fairness: {
      kind: 'boolean',
      doc: 'on: the measure delayed_by_later, for which the run is made once more for each job that waited, without those that came after it',
      default: false,
    },
    too_wide: {
      kind: 'choice',
      doc: 'jobs wider than the machine',
      of: { reject: 'rejected and counted', clamp: 'made as wide as the machine', error: 'an error' },
      default: 'reject',
    },
  },
} as const satisfies Field;
