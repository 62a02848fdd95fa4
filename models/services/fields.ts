/** How a run of service calls is set in an experiment. */
import type { Field } from '../../sim/experiment/fields.ts';
import { NUMBERINGS } from '../../workloads/services/index.ts';
import { MACHINES } from '../presets/machines.ts';

const machines = Object.fromEntries(Object.entries(MACHINES).map(([name, { title }]) => [name, title]));

const tracedOn = (doc: string) =>
  ({
    kind: 'choice',
    doc: `${doc}: a preset, a machine file, or what its header says`,
    of: { header: 'clock and speed in the header of the trace', ...machines },
    default: 'header',
    orPath: true,
  }) as const satisfies Field;

/** Joins the group `jobs`. */
export const RUN_TIME_FIELDS = {
  traced_on: tracedOn('where jobs.user_scale is auto: the machine on which a trace of jobs was made'),
  user_scale: {
    kind: 'number',
    doc: "multiplies the run times of a trace, and its users' estimates; 1: they are those on cluster.machine; auto: speed of the traced machine / speed of cluster.machine (SPECint92, else the clocks, else 1), which traces of processes made today need",
    default: 1,
    above: 0,
    words: ['auto'],
  },
} as const satisfies Readonly<Record<string, Field>>;

export const SERVICE_FIELDS = {
  kind: 'group',
  doc: 'a trace of service calls on one node, instead of jobs on many',
  fields: {
    trace: {
      kind: 'path',
      doc: 'strace output, the table of strace -c, or call numbers (ADFA-LD)',
      default: 'none',
      words: ['none'],
    },
    fidelity: {
      kind: 'choice',
      doc: 'how the calls are charged',
      of: {
        replayed: 'each call on the CPU, file cache and disk of one simulated node',
        aggregate: "the trace's mix: calls and bytes by class",
      },
      default: 'aggregate',
    },
    tracer_cost: {
      kind: 'time',
      doc: 'what tracing a call by two stops costs, half of it between calls, where it is not user time; shortest-gap: read from the trace',
      default: 'shortest-gap',
      min: 0,
      words: ['shortest-gap'],
    },
    numbering: {
      kind: 'choice',
      doc: 'whose numbers a trace of call numbers has',
      of: NUMBERINGS,
      default: 'i386',
    },
    user_time: {
      kind: 'time',
      doc: 'user time of a trace without times, spread evenly over its calls; trace: what its times show (none: 0)',
      default: 'trace',
      min: 0,
      words: ['trace'],
    },
    cache: {
      kind: 'bytes',
      doc: 'file cache of the node, empty at first (assumed); all: every file is in memory',
      default: '16MiB',
      min: 0,
      words: ['all'],
    },
    traced_on: tracedOn('the machine on which the trace was made'),
    user_scale: {
      kind: 'number',
      doc: "multiplies the trace's user time; auto: speed of the traced machine / speed of cluster.machine (SPECint92, else the clocks, else 1)",
      default: 'auto',
      min: 0,
      words: ['auto'],
    },
  },
} as const satisfies Field;
