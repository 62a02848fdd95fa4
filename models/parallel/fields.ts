/** How parallel programs, and the processors that they share, are set in an experiment. */
import type { Field } from '../../sim/experiment/fields.ts';
import { PATTERNS } from './pattern.ts';

/** Joins the group `program`. */
export const PARALLEL_PROGRAM_FIELDS = {
  name: {
    kind: 'choice',
    doc: 'kind of parallel program; with one, nodes are shared process by process and nothing is a fluid',
    of: { none: 'jobs are what their log or law says', bsp: 'bulk-synchronous: supersteps with a barrier' },
    default: 'none',
  },
  grain: { kind: 'time', doc: 'computing of a process between two exchanges', default: '1ms', min: 1 },
  imbalance: {
    kind: 'share',
    doc: "width of the uniform law of a process's computing, as a share of the grain",
    default: '10%',
    min: 0,
    max: 2,
  },
  pattern: {
    kind: 'choice',
    doc: 'messages of a superstep before its barrier',
    of: PATTERNS,
    default: 'barrier',
  },
  copies: {
    kind: 'integer',
    doc: 'programs that start together, where neither a log nor a law gives jobs',
    default: 2,
    min: 1,
  },
  width: {
    kind: 'integer',
    doc: 'processes of each copy; auto: one a node',
    default: 'auto',
    min: 1,
    words: ['auto'],
  },
  length: {
    kind: 'time',
    doc: "computing of a process in all supersteps of a copy (a job's is its run time)",
    default: '10s',
    min: 1,
  },
  message: {
    kind: 'bytes',
    doc: 'bytes of a message of the pattern, fft-remap apart (a small message; assumed)',
    default: '32B',
    min: 1,
  },
  data: {
    kind: 'bytes',
    doc: 'fft-remap: data of a process, sent in equal parts to all (assumed)',
    default: '64KiB',
    min: 1,
  },
  reads: { kind: 'integer', doc: 'random: reads of a process in a superstep', default: 1, min: 1 },
  endpoint: {
    kind: 'choice',
    doc: "the software at a message's two ends",
    of: {
      structure: 'prices of the operations send and receive under cluster.os',
      network: "the network preset's own overheads (Active Messages where the preset has them)",
    },
    default: 'structure',
  },
  fidelity: {
    kind: 'choice',
    doc: 'how supersteps advance; both come to the same',
    of: {
      stepped: 'in one loop between two scheduling changes; random reads as messages',
      messages: 'an event for every message',
    },
    default: 'stepped',
  },
  dedicated: {
    kind: 'boolean',
    doc: 'each program is run on dedicated nodes too (same streams), for the measure slowdown',
    default: true,
  },
} as const satisfies Readonly<Record<string, Field>>;

/** Joins the group `cluster`. */
export const SHARED_CPU_FIELDS = {
  context_switch: {
    kind: 'time',
    doc: "W: CPU time to put another process on the CPU; auto: the structure's price",
    default: 'auto',
    min: 0,
    words: ['auto'],
  },
  scheduler: {
    kind: 'slot',
    doc: "how a node's kernel shares its CPU among processes",
    default: 'auto',
    of: {
      auto: { doc: 'decaying under implicit coscheduling, else round-robin', fields: {} },
      'round-robin': { doc: 'in turn, a quantum each', fields: {} },
      decaying: {
        doc: 'the process that has used the CPU least lately; one that is woken is preferred, and pre-empts',
        fields: {
          half_life: {
            kind: 'time',
            doc: 'time after which use of the CPU counts half (assumed)',
            default: '1s',
            above: 0,
          },
          boost: {
            kind: 'time',
            doc: 'a woken process counts as if it had used so much less (a quantum; assumed)',
            default: '100ms',
            min: 0,
          },
        },
      },
    },
  },
} as const satisfies Readonly<Record<string, Field>>;

/** The decaying scheduler as it is where it is not named. */
export const DECAYING = { name: 'decaying', half_life: 1e9, boost: 100e6 } as const;
