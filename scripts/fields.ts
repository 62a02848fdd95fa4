/**
 * Everything that can be set in an experiment file: defaults, units, one line of description each. The schema, `--set`
 * paths and `nowsim list` follow from it. A mechanism's own settings stand in
 * its own `fields.ts` under `models/`, a policy's parameters in the policy's file; this file puts them together in their order.
 */
import { STRUCTURES } from '../models/os/index.ts';
import { batchPolicies } from '../models/policies/batch/index.ts';
import { idlePolicies } from '../models/policies/idle/index.ts';
import { migrationPolicies } from '../models/policies/migration/index.ts';
import { ownerReturnPolicies } from '../models/policies/owner_return/index.ts';
import { placementPolicies } from '../models/policies/placement/index.ts';
import { DISKS } from '../models/presets/disks.ts';
import { MACHINES } from '../models/presets/machines.ts';
import { MIXES } from '../models/presets/mixes.ts';
import { NETWORKS } from '../models/presets/networks.ts';
import { FAULT_FIELDS } from '../models/robustness/fields.ts';
import type { Field, Read } from '../sim/experiment/fields.ts';
import { JOB_CHOICE_FIELDS, JOB_LAW_FIELD } from '../workloads/jobs/index.ts';
import { OWNER_LAW_FIELD } from '../workloads/owners/index.ts';
import { NUMBERINGS } from '../workloads/services/index.ts';

const NONE = { doc: 'none', fields: {} } as const;

/** A preset's or policy's one-line description by name. */
function docs(registry: Readonly<Record<string, { doc?: string; title?: string }>>): Record<string, string> {
  return Object.fromEntries(Object.entries(registry).map(([name, x]) => [name, x.doc ?? x.title ?? '']));
}

/** Registry of policies as the choices of a slot. */
function choices<
  R extends Readonly<Record<string, { doc: string; fields: Readonly<Record<string, Field>> }>>,
>(registry: R): { [N in keyof R]: { doc: string; fields: R[N]['fields'] } } {
  return Object.fromEntries(
    Object.entries(registry).map(([name, { doc, fields }]) => [name, { doc, fields }]),
  ) as { [N in keyof R]: { doc: string; fields: R[N]['fields'] } };
}

const PASS = {
  kind: 'choice',
  doc: 'when the queue is looked at within an instant',
  of: {
    event: 'after every submission and every end',
    instant: 'once, after all submissions and ends of the instant',
  },
  default: 'event',
} as const satisfies Field;

const batchChoices = Object.fromEntries(
  Object.entries(batchPolicies).map(([name, { doc, fields }]) => [
    name,
    { doc, fields: { pass: PASS, ...fields } },
  ]),
) as Record<keyof typeof batchPolicies, { doc: string; fields: { pass: typeof PASS } }>;

export const FIELDS = {
  kind: 'group',
  doc: 'an experiment',
  fields: {
    horizon: {
      kind: 'time',
      doc: 'how long to simulate; auto: until the last job has ended',
      default: 'auto',
      above: 0,
      words: ['auto'],
    },
    patience: {
      kind: 'time',
      doc: 'where horizon is auto: a run in which nothing has run, come or gone for this long ends; jobs that wait then (wider than owners ever leave nodes idle) are pending',
      default: '7d',
      above: 0,
    },
    warmup: { kind: 'time', doc: 'jobs submitted before this time are not measured', default: '0s', min: 0 },
    glunix: {
      kind: 'boolean',
      doc: "on: the global layer pools the nodes; off: every task runs on its own user's node",
      default: true,
    },
    cluster: {
      kind: 'group',
      doc: 'the building',
      fields: {
        nodes: {
          kind: 'integer',
          doc: "number of nodes (processors under a batch queue); auto: the log's MaxProcs, or the owners in the trace",
          default: 64,
          min: 1,
          max: 10_000_000,
          words: ['auto'],
        },
        machine: {
          kind: 'choice',
          doc: 'machine preset, or a file',
          of: docs(MACHINES),
          default: 'r3000-40',
          orPath: true,
        },
        network: { kind: 'choice', doc: 'network preset', of: docs(NETWORKS), default: 'atm155' },
        disk: { kind: 'choice', doc: 'disk preset (replays of services)', of: docs(DISKS), default: 'rz26' },
        os: { kind: 'choice', doc: 'OS structure', of: docs(STRUCTURES), default: 'sfi-library' },
        sfi: {
          kind: 'group',
          doc: 'software fault isolation, where the structure uses it',
          fields: {
            overhead: {
              kind: 'share',
              doc: 'share of user time; per-program: drawn for every program from the published programs (WAH-T1)',
              default: 'per-program',
              min: -0.05,
              max: 10,
              words: ['per-program'],
            },
            checks: {
              kind: 'choice',
              doc: 'what is checked',
              of: { writes: 'stores and jumps', full: 'loads too' },
              default: 'writes',
            },
            covers: {
              kind: 'choice',
              doc: 'which programs are linked with the library',
              of: { all: "all, the owners' too", guests: 'guests only' },
              default: 'all',
            },
          },
        },
        operation_price: {
          kind: 'number',
          doc: "multiplies the price of every operation of the global layer (sensitivity; 1: the cost model's)",
          default: 1,
          min: 0,
        },
      },
    },
    owners: {
      kind: 'group',
      doc: 'the people at the nodes',
      fields: {
        trace: { kind: 'path', doc: 'a trace of owners', default: 'none', words: ['none'] },
        law: {
          kind: 'slot',
          doc: 'law by which owners come and go where no trace is given',
          default: 'none',
          of: { none: { ...NONE, doc: 'no owners' }, ...OWNER_LAW_FIELD.of },
        },
        busy_above: {
          kind: 'share',
          doc: 'CPU use from which a sample of a PlanetLab trace means that the owner is there',
          default: '10%',
          min: 0,
          max: 1,
        },
        after: {
          kind: 'choice',
          doc: 'what happens at the end of a trace',
          of: { repeat: 'it starts over', stop: 'nothing changes any more' },
          default: 'repeat',
        },
        gaps: {
          kind: 'choice',
          doc: 'what holds where an availability trace says nothing of a node',
          of: { unavailable: 'the node is withdrawn', available: 'the node is there' },
          default: 'unavailable',
        },
        wanted: {
          kind: 'integer',
          doc: 'nodes wanted together, for the measure wanted_available',
          default: 32,
          min: 1,
        },
      },
    },
    jobs: {
      kind: 'group',
      doc: 'the jobs',
      fields: {
        trace: {
          kind: 'path',
          doc: 'a job log in the Standard Workload Format',
          default: 'none',
          words: ['none'],
        },
        law: { ...JOB_LAW_FIELD, of: { none: { ...NONE, doc: 'no jobs' }, ...JOB_LAW_FIELD.of } },
        load: {
          kind: 'number',
          doc: "offered load per node, to which times between submissions are scaled (a log's by the sum of its jobs' work, a law's by its expectation); own: as they are",
          default: 'own',
          above: 0,
          words: ['own'],
        },
        ...JOB_CHOICE_FIELDS,
        too_wide: {
          kind: 'choice',
          doc: 'jobs wider than the machine',
          of: { reject: 'rejected and counted', clamp: 'made as wide as the machine', error: 'an error' },
          default: 'reject',
        },
      },
    },
    services: {
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
        user_scale: {
          kind: 'number',
          doc: "multiplies the trace's user time, where its processor was faster or slower than the machine's",
          default: 1,
          min: 0,
        },
      },
    },
    program: {
      kind: 'group',
      doc: 'what a program is like',
      fields: {
        mix: {
          kind: 'choice',
          doc: 'service calls per second of user time, by class',
          of: docs(MIXES),
          default: 'unix-1994',
        },
        image: {
          kind: 'bytes',
          doc: 'memory of one task, where the log does not say (assumed)',
          default: '8MiB',
          min: 0,
        },
      },
    },
    faults: FAULT_FIELDS,
    policies: {
      kind: 'group',
      doc: 'who decides what',
      fields: {
        idle: {
          kind: 'slot',
          doc: 'when a node is idle',
          default: 'quiet',
          of: choices(idlePolicies),
        },
        placement: {
          kind: 'slot',
          doc: 'which idle node a task gets',
          default: 'longest-idle',
          of: choices(placementPolicies),
        },
        owner_return: {
          kind: 'slot',
          doc: 'what becomes of a guest when the owner returns',
          default: 'migrate',
          of: choices(ownerReturnPolicies),
        },
        migration: {
          kind: 'slot',
          doc: 'how a process moves',
          default: 'stop-copy',
          of: choices(migrationPolicies),
        },
        batch: { kind: 'slot', doc: 'which waiting job starts next', default: 'easy', of: batchChoices },
      },
    },
  },
} as const satisfies Field;

/** A settled scenario as typed numbers: times in ns, sizes in bytes, shares as fractions. */
export type Settings = Read<typeof FIELDS>;
