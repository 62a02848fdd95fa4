/**
 * How crashes of nodes are set in an experiment: none, from a trace of outages, or by a law of the time between them.
 *
 * The fitted laws are those of the Failure Trace Archive (facts A066-A072), shared with `owners.law`; what was an
 * absent owner there is a node that is up here.
 */
import type { Field } from '../../sim/experiment/fields.ts';
import { DURATION_FIELD } from '../../workloads/durations.ts';
import { FTA_LAWS } from '../../workloads/owners/alternating.ts';

const { weibull, gamma, lognormal, hyperexponential } = DURATION_FIELD.of;

export const FAILURE_FIELDS = {
  kind: 'group',
  doc: 'crashes of nodes: what runs there is lost, and the node comes back after its repair',
  fields: {
    trace: {
      kind: 'path',
      doc: 'a trace of outages (LANL failure log, Failure Trace Archive, activity file with down and up): node i crashes when the i-th node of the trace goes down',
      default: 'none',
      words: ['none'],
    },
    after: {
      kind: 'choice',
      doc: 'what happens at the end of the trace',
      of: { repeat: 'it starts over', stop: 'no node crashes any more' },
      default: 'repeat',
    },
    skip: { kind: 'time', doc: 'where in the trace the run begins', default: '0s', min: 0 },
    mtbf: {
      kind: 'time',
      doc: 'mean time of a node from being up to its next crash; none: no crashes, but for a fitted law',
      default: 'none',
      above: 0,
      words: ['none'],
    },
    law: {
      kind: 'slot',
      doc: 'law of the time from being up to the next crash',
      default: 'exponential',
      of: {
        exponential: { doc: 'exponential, by failures.mtbf', fields: {} },
        weibull: { doc: 'Weibull, by failures.mtbf and shape', fields: { shape: weibull.fields.shape } },
        gamma: { doc: 'gamma, by failures.mtbf and shape', fields: { shape: gamma.fields.shape } },
        lognormal: {
          doc: 'lognormal, by failures.mtbf and squared coefficient of variation',
          fields: { c2: lognormal.fields.c2 },
        },
        hyperexponential: {
          doc: 'two exponential branches, by failures.mtbf and squared coefficient of variation',
          fields: { c2: hyperexponential.fields.c2 },
        },
        ...FTA_LAWS,
      },
    },
    repair: {
      kind: 'time',
      doc: 'from a crash until the node is up again; fitted: by the law of outages that was fitted with failures.law; a trace has its own',
      default: '10min',
      min: 0,
      words: ['fitted'],
    },
    beat: {
      kind: 'time',
      doc: "time between two beats of a node's daemon, by which the master knows that it lives; none: it learns of a crash by a broken connection, one round trip later",
      default: 'none',
      above: 0,
      words: ['none'],
    },
    misses: {
      kind: 'integer',
      doc: 'a node is taken for dead when its last beat is this many beat times old',
      default: 3,
      min: 1,
    },
    master: {
      kind: 'boolean',
      doc: 'on: the master runs on a node, the first one at the start, and is lost with it; off: it runs where nothing crashes',
      default: false,
    },
    attempts: {
      kind: 'integer',
      doc: 'a job that was hit by crashes this many times without getting any further is given up and counted as lost (assumed)',
      default: 10_000,
      min: 1,
    },
  },
} as const satisfies Field;
