/**
 * Everything that can be set in an experiment file: defaults, units, one line of description each. The schema, `--set`
 * paths and `nowsim list` follow from it. The settings of a mechanism stand in its own `fields.ts`, those of a policy in
 * the policy's file; this file puts them together in their order.
 */

import { FAILURE_FIELDS } from '../models/failures/fields.ts';
import { MESSAGE_FIELDS } from '../models/messages/fields.ts';
import { SFI_FIELDS } from '../models/os/fields.ts';
import { STRUCTURES } from '../models/os/index.ts';
import { MEMORY_FIELDS, PAGE_FIELDS } from '../models/paging/fields.ts';
import { PARALLEL_PROGRAM_FIELDS, SHARED_CPU_FIELDS } from '../models/parallel/fields.ts';
import { batchPolicies } from '../models/policies/batch/index.ts';
import { checkpointPolicies } from '../models/policies/checkpoint/index.ts';
import { coschedulingPolicies } from '../models/policies/coscheduling/index.ts';
import { deciderPolicies } from '../models/policies/decider/index.ts';
import { idlePolicies } from '../models/policies/idle/index.ts';
import { memoryServerPolicies } from '../models/policies/memory_server/index.ts';
import { migrationPolicies } from '../models/policies/migration/index.ts';
import { ownerReturnPolicies } from '../models/policies/owner_return/index.ts';
import { placementPolicies } from '../models/policies/placement/index.ts';
import { recoveryPolicies } from '../models/policies/recovery/index.ts';
import { reliabilityPolicies } from '../models/policies/reliability/index.ts';
import { replacementPolicies } from '../models/policies/replacement/index.ts';
import { sharePolicies } from '../models/policies/share/index.ts';
import { sharingPolicies } from '../models/policies/sharing/index.ts';
import { waitingPolicies } from '../models/policies/waiting/index.ts';
import { DIRTY_NAMES, DIRTY_PROGRAMS } from '../models/presets/dirty.ts';
import { DISKS } from '../models/presets/disks.ts';
import { MACHINES } from '../models/presets/machines.ts';
import { MIXES } from '../models/presets/mixes.ts';
import { NETWORKS } from '../models/presets/networks.ts';
import { FAULT_FIELDS } from '../models/robustness/fields.ts';
import { RUN_TIME_FIELDS, SERVICE_FIELDS } from '../models/services/fields.ts';
import { SHARING_FIELDS } from '../models/sharing/fields.ts';
import type { Field, Read } from '../sim/experiment/fields.ts';
import { JOB_FIELDS } from '../workloads/jobs/fields.ts';
import { OWNER_FIELDS } from '../workloads/owners/fields.ts';

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
    warmup: {
      kind: 'time',
      doc: 'jobs submitted before this time are not measured; mser5: what each run shows to be its warm-up, by the responses of its jobs (averages over time then cover all of it)',
      default: '0s',
      min: 0,
      words: ['mser5'],
    },
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
        disk: {
          kind: 'choice',
          doc: 'disk preset (replays of services, paging)',
          of: docs(DISKS),
          default: 'rz26',
        },
        os: { kind: 'choice', doc: 'OS structure', of: docs(STRUCTURES), default: 'sfi-library' },
        sfi: SFI_FIELDS,
        rows: {
          kind: 'integer',
          doc: 'gangs that a node may hold at once, which then take turns (rows of the gang matrix)',
          default: 1,
          min: 1,
          max: 64,
        },
        quantum: {
          kind: 'time',
          doc: 'how long a gang, or a process, runs at a time',
          default: '100ms',
          above: 0,
        },
        ...SHARED_CPU_FIELDS,
        operation_price: {
          kind: 'number',
          doc: "multiplies the price of every operation of the global layer (sensitivity; 1: the cost model's)",
          default: 1,
          min: 0,
        },
      },
    },
    owners: OWNER_FIELDS,
    jobs: { ...JOB_FIELDS, fields: { ...JOB_FIELDS.fields, ...RUN_TIME_FIELDS } },
    services: SERVICE_FIELDS,
    messages: MESSAGE_FIELDS,
    pages: PAGE_FIELDS,
    memory: MEMORY_FIELDS,
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
        dirty: {
          kind: 'rate',
          doc: `rate at which a task dirties its memory (assumed), or a program that V measured (M040-M047): ${Object.keys(DIRTY_PROGRAMS).join(', ')}`,
          default: '100KiB/s',
          min: 0,
          words: DIRTY_NAMES,
        },
        home_calls: {
          kind: 'number',
          doc: "calls per second of a task's time that only its user's node can answer: away from there each waits for two messages (M017, M032 say that there are such; how many is assumed)",
          default: 0,
          min: 0,
        },
        large: {
          kind: 'group',
          doc: 'jobs with much memory',
          fields: {
            share: {
              kind: 'share',
              doc: 'share of the jobs, drawn job by job, whose tasks have the large image (assumed)',
              default: '0%',
              min: 0,
              max: 1,
            },
            image: { kind: 'bytes', doc: 'memory of one of their tasks (assumed)', default: '64MiB', min: 0 },
          },
        },
        sweep: {
          kind: 'time',
          doc: 'CPU time in which a task goes over its memory once, where it has less than it needs (assumed)',
          default: '10s',
          above: 0,
        },
        ...PARALLEL_PROGRAM_FIELDS,
      },
    },
    sharing: SHARING_FIELDS,
    failures: FAILURE_FIELDS,
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
        recovery: {
          kind: 'slot',
          doc: 'what becomes of a job that loses a task to a crash',
          default: 'rollback',
          of: choices(recoveryPolicies),
        },
        checkpoint: {
          kind: 'slot',
          doc: 'when jobs are saved',
          default: 'none',
          of: choices(checkpointPolicies),
        },
        share: {
          kind: 'slot',
          doc: 'whose waiting job goes first',
          default: 'none',
          of: choices(sharePolicies),
        },
        batch: {
          kind: 'slot',
          doc: 'which waiting job starts next',
          default: 'easy',
          of: {
            none: {
              doc: 'no queue: sequential jobs start at their own nodes, and policies.sharing moves them',
              fields: {},
            },
            ...batchChoices,
          },
        },
        sharing: {
          kind: 'slot',
          doc: 'where a sequential job runs, if there is no batch queue',
          default: 'none',
          of: choices(sharingPolicies),
        },
        decider: {
          kind: 'slot',
          doc: 'who knows the loads and names a node, where policies.sharing asks (ask, birth, preempt-age)',
          default: 'central',
          of: choices(deciderPolicies),
        },
        coscheduling: {
          kind: 'slot',
          doc: 'who runs on nodes that parallel programs share (program.name)',
          default: 'gang',
          of: choices(coschedulingPolicies),
        },
        waiting: {
          kind: 'slot',
          doc: 'how a process waits for a message',
          default: 'auto',
          of: {
            auto: {
              doc: 'as the coscheduling policy has it: two-phase under implicit and dynamic, else spin',
              fields: {},
            },
            ...choices(waitingPolicies),
          },
        },
        replacement: {
          kind: 'slot',
          doc: 'which page leaves memory',
          default: 'lru',
          of: choices(replacementPolicies),
        },
        memory_server: {
          kind: 'slot',
          doc: 'which node takes a page that leaves memory',
          default: 'most-free',
          of: choices(memoryServerPolicies),
        },
        reliability: {
          kind: 'slot',
          doc: 'how pages on other nodes outlive a crash',
          default: 'none',
          of: choices(reliabilityPolicies),
        },
      },
    },
  },
} as const satisfies Field;

/** A settled scenario as typed numbers: times in ns, sizes in bytes, shares as fractions. */
export type Settings = Read<typeof FIELDS>;
