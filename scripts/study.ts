/**
 * The study: what can be set in an experiment file, how a scenario is settled (defaults, presets' numbers, trace
 * digests), and how one run of it is done. Everything below this file is told numbers; everything that is named
 * in a file is named here or in the registries that this file lists.
 */

import { type ClusterConfig, runCluster } from '../models/cluster.ts';
import { RunCosts } from '../models/costs.ts';
import { networkNamed } from '../models/hardware/network/index.ts';
import { logGp } from '../models/hardware/network/logp.ts';
import { wireTime } from '../models/hardware/network/medium.ts';
import { MEASURES, measure } from '../models/measures.ts';
import { mixNamed, priceStructure, STRUCTURES } from '../models/os/index.ts';
import { batchPolicies } from '../models/policies/batch/index.ts';
import { idlePolicies } from '../models/policies/idle/index.ts';
import { migrationPolicies } from '../models/policies/migration/index.ts';
import { ownerReturnPolicies } from '../models/policies/owner_return/index.ts';
import { placementPolicies } from '../models/policies/placement/index.ts';
import { plain } from '../models/presets/constant.ts';
import { DISKS } from '../models/presets/disks.ts';
import { loadMachine } from '../models/presets/load.ts';
import { MACHINES } from '../models/presets/machines.ts';
import { MIXES } from '../models/presets/mixes.ts';
import { NETWORKS } from '../models/presets/networks.ts';
import type { FaultsConfig } from '../models/robustness/faults.ts';
import { checkKinds, FAULT_FIELDS } from '../models/robustness/fields.ts';
import { runServices, SERVICE_MEASURES } from '../models/services/index.ts';
import { Streams } from '../sim/engine/streams.ts';
import { type Field, type Plain, type Read, readFields, type Value } from '../sim/experiment/fields.ts';
import type { RunOutputs, RunResult, Study } from '../sim/experiment/study.ts';
import { InputError } from '../sim/problem.ts';
import { JOB_CHOICE_FIELDS, JOB_LAW_FIELD, type JobTable, jobsOf } from '../workloads/jobs/index.ts';
import type { SwfHeader } from '../workloads/jobs/swf.ts';
import { OWNER_LAW_FIELD, ownerLaw } from '../workloads/owners/index.ts';
import { OWNER_STREAMS } from '../workloads/owners/law.ts';
import { NUMBERINGS, readCalls } from '../workloads/services/index.ts';
import { callTrace, digestOf, jobLog, ownerTrace } from './inputs.ts';
import { writeOutputs } from './outputs.ts';
import { version } from './package.ts';

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

type Settings = Read<typeof FIELDS>;

/** What the network of a free structure costs. */
const NOTHING = { latency: 0, pageWire: 0, shared: false };

export const study: Study = {
  version,
  fields: FIELDS,
  measures: { ...MEASURES, ...SERVICE_MEASURES },
  // Worker threads run built code, also when this file is run from its source (by the tests).
  worker: new URL(
    import.meta.url.endsWith('.ts') ? '../dist/scripts/worker.js' : './worker.js',
    import.meta.url,
  ),
  catalogue: {},
  settle,
  run,
};

async function settle(scenario: Plain): Promise<Plain> {
  const settings = readFields(FIELDS, scenario);
  if (settings.services.trace !== 'none') return settleServices(scenario, settings);
  const inputs: Record<string, Value> = {};
  let fromLog: number | undefined;
  if (settings.jobs.trace !== 'none') {
    const { records, header, choices: made } = await jobLog(settings.jobs.trace, settings.jobs);
    inputs[settings.jobs.trace] = {
      sha256: await digestOf(settings.jobs.trace),
      records: { ...records, ...made } as unknown as Plain,
    };
    fromLog = header.max_procs ?? header.max_nodes;
  }
  if (settings.owners.trace !== 'none') {
    const { owners, records } = await ownerTrace(settings.owners.trace, settings.owners);
    inputs[settings.owners.trace] = {
      sha256: await digestOf(settings.owners.trace),
      records: records as unknown as Plain,
    };
    if (settings.jobs.trace === 'none') fromLog = owners.names.length;
  }
  let nodes = settings.cluster.nodes;
  if (nodes === 'auto') {
    if (fromLog === undefined) {
      throw new InputError({
        where: 'cluster.nodes',
        found:
          settings.jobs.trace === 'none'
            ? 'auto, but there is no trace to take a number from'
            : `auto, but the header of ${settings.jobs.trace} has no MaxProcs`,
        would: 'give a number',
      });
    }
    nodes = fromLog;
  }
  const machine = loadMachine(settings.cluster.machine);
  checkFaults(settings);
  // Prices are looked up now, so that one that is missing is told before anything runs.
  prices(settings);
  return {
    ...scenario,
    cluster: { ...(scenario['cluster'] as Plain), nodes },
    presets: {
      machine: plain(machine) as Plain,
      network: plain(NETWORKS[settings.cluster.network]) as Plain,
      mix: plain(mixNamed(settings.program.mix)) as Plain,
    },
    inputs,
  };
}

/** A run of service calls: no jobs, no owners, one node. */
async function settleServices(scenario: Plain, settings: Settings): Promise<Plain> {
  const { trace } = settings.services;
  const beside = [
    ['jobs.trace', settings.jobs.trace],
    ['jobs.law', settings.jobs.law.name],
    ['owners.trace', settings.owners.trace],
    ['owners.law', settings.owners.law.name],
  ] as const;
  for (const [where, value] of beside) {
    if (value === 'none') continue;
    throw new InputError({
      where,
      found: `${value} beside services.trace: a run has calls on one node, or jobs and owners on many`,
      would: `set ${where}=none, or services.trace=none`,
    });
  }
  const known = await callTrace(trace, tracerCost(settings), settings.services.numbering);
  const { form, records, tracerCost_s, timed } = known;
  if (timed && settings.services.user_time !== 'trace') {
    throw new InputError({
      where: 'services.user_time',
      found: `${(scenario['services'] as Plain)['user_time']}, but ${trace} has times`,
      would: 'set services.user_time=trace (and services.user_scale to make it longer or shorter)',
    });
  }
  if (form === 'strace-summary' && settings.services.fidelity === 'replayed') {
    throw new InputError({
      where: 'services.fidelity',
      found: `replayed, but ${trace} is a table of counts without an order`,
      would: 'set services.fidelity=aggregate',
    });
  }
  const machine = loadMachine(settings.cluster.machine);
  priceStructure(settings.cluster.os, machine, { sfi: settings.cluster.sfi });
  return {
    ...scenario,
    cluster: { ...(scenario['cluster'] as Plain), nodes: 1 },
    services: { ...(scenario['services'] as Plain), tracer_cost: `${tracerCost_s}s` },
    presets: {
      machine: plain(machine) as Plain,
      disk: plain(DISKS[settings.cluster.disk]) as Plain,
    },
    inputs: { [trace]: { sha256: await digestOf(trace), records: records as unknown as Plain } },
  };
}

/** Seconds a traced call. */
function tracerCost(settings: Settings): number | 'shortest-gap' {
  const { tracer_cost: cost } = settings.services;
  return cost === 'shortest-gap' ? cost : cost / 1e9;
}

async function runCalls(settings: Settings, streams: Streams): Promise<RunResult> {
  const { trace, fidelity, cache, user_scale: userScale } = settings.services;
  const machine = loadMachine(settings.cluster.machine);
  const prices = priceStructure(settings.cluster.os, machine, { sfi: settings.cluster.sfi });
  const cost = tracerCost(settings);
  const { numbering, user_time: userTime } = settings.services;
  const known = await callTrace(trace, cost, numbering);
  const userEach_s = userTime === 'trace' ? undefined : userTime / 1e9 / known.counts.calls;
  const done = await runServices({
    prices,
    fidelity,
    userScale,
    tracerCost_s: known.tracerCost_s,
    cache: cache === 'all' ? null : cache,
    block: machine.page.value * 1024,
    disk: settings.cluster.disk,
    streams,
    read: async (sink) => {
      await readCalls(trace, sink, {
        tracerCost: cost,
        numbering,
        ...(userEach_s === undefined ? {} : { userEach_s }),
      });
    },
  });
  return {
    measures: done.measures,
    digest: done.digest,
    counts: { calls: done.calls },
    events: done.calls,
    notes: [...prices.notes, ...known.notes, scaleNote(userScale, machine.name)],
  };
}

function scaleNote(userScale: number, machine: string): string {
  return userScale === 1
    ? `user time is the traced machine's own, not scaled to ${machine} (services.user_scale)`
    : `user time is the traced machine's, times ${userScale}, for ${machine} (services.user_scale)`;
}

function prices(settings: Settings) {
  const machine = loadMachine(settings.cluster.machine);
  const { sfi, os, operation_price: operationPrice } = settings.cluster;
  const structure = priceStructure(os, machine, { sfi, operationPrice });
  const free = os === 'free';
  // A free structure is compared with nothing: run times are the log's.
  const base = free ? structure : priceStructure('in-kernel', machine, {});
  const mix = mixNamed(settings.program.mix);
  const network = networkNamed(settings.cluster.network);
  const page = machine.page.value * 1024;
  const costs = new RunCosts(
    structure,
    base.mix(mix).perUserSecond,
    structure.mix(mix).perUserSecond,
    free
      ? NOTHING
      : {
          latency: logGp(network).latency,
          pageWire: wireTime(page, network),
          shared: network.medium === 'shared',
        },
    page,
    free,
  );
  return { structure, costs };
}

async function jobsOfRun(
  settings: Settings,
  nodes: number,
  horizon_s: number,
  streams: Streams,
): Promise<{ jobs: JobTable | null; header?: SwfHeader; notes: string[] }> {
  const { trace, law, load } = settings.jobs;
  if (trace !== 'none') {
    const { jobs, header } = await jobLog(trace, settings.jobs);
    return { jobs: load === 'own' ? jobs : atLoad(jobs, nodes, load), header, notes: [] };
  }
  if (law.name === 'none') return { jobs: null, notes: [] };
  const need = { nodes, load: load === 'own' ? undefined : load, horizon_s };
  return { jobs: jobsOf(law, need, streams), notes: [] };
}

/** The same jobs with all times between submissions scaled so that the log's offered load becomes `load`. */
function atLoad(jobs: JobTable, nodes: number, load: number): JobTable {
  let work = 0;
  for (let i = 0; i < jobs.n; i++) work += jobs.run_s[i]! * Math.min(nodes, jobs.width[i]!);
  const span = jobs.submit_s[jobs.n - 1]! - jobs.submit_s[0]!;
  const factor = span > 0 ? work / (nodes * span) / load : 1;
  return { ...jobs, submit_s: jobs.submit_s.map((t) => t * factor) };
}

async function run(
  scenario: Plain,
  seed: number,
  replication: number,
  outputs: RunOutputs,
): Promise<RunResult> {
  const settings = readFields(FIELDS, scenario);
  const streams = new Streams(seed, replication);
  if (settings.services.trace !== 'none') return runCalls(settings, streams);
  const nodes = settings.cluster.nodes as number;
  const horizon = settings.horizon === 'auto' ? Number.POSITIVE_INFINITY : settings.horizon;
  const { structure, costs } = prices(settings);
  const { jobs, header, notes } = await jobsOfRun(settings, nodes, horizon / 1e9, streams);
  const { policies, owners } = settings;
  const config: ClusterConfig = {
    nodes,
    glunix: settings.glunix,
    jobs,
    tooWide: settings.jobs.too_wide,
    owners: await ownerSource(settings, nodes, streams),
    wanted: owners.wanted,
    costs,
    overhead: structure.taxesUserTime ? structure.sfiOverhead : null,
    coversOwners: coversOwners(settings),
    image: settings.program.image,
    policies: {
      idle: { kind: idlePolicies[policies.idle.name], parameters: policies.idle },
      placement: placementPolicies[policies.placement.name],
      ownerReturn: ownerReturnPolicies[policies.owner_return.name],
      migration: migrationPolicies[policies.migration.name],
      batch: { kind: batchPolicies[policies.batch.name], pass: policies.batch.pass },
    },
    faults: faultsOf(settings),
    horizon,
    patience: settings.patience,
    warmup: settings.warmup,
    streams,
    keepLog: outputs.events !== undefined,
    keepTimeline: outputs.timeline !== undefined,
  };
  const done = runCluster(config);
  const { measures, counts } = measure(done, settings.warmup / 1e9);
  writeOutputs(done, outputs, header);
  if (counts['rejected']! > 0)
    notes.push(`${counts['rejected']} jobs wider than ${nodes} nodes were rejected`);
  if (counts['pending']! > 0) notes.push(`${counts['pending']} jobs had not ended when the run did`);
  return {
    measures,
    digest: done.events.hex(),
    counts,
    events: done.engine.events,
    notes: [...structure.notes, ...notes],
  };
}

/** Programs of owners run under the structure where it is the whole system, or where the library covers all. */
function coversOwners(settings: Settings): boolean {
  const { os, sfi } = settings.cluster;
  const structure = STRUCTURES[os]!;
  return structure.taxesUserTime ? sfi.covers === 'all' : structure.besideKernel !== true;
}

/** Throws `InputError` where faults are set that cannot happen in the run. */
function checkFaults(settings: Settings): void {
  const { rate, kinds } = settings.faults;
  if (rate === 0) return;
  checkKinds(kinds);
  const { trace, law } = settings.jobs;
  const refuse = (where: string, found: string, would: string) => {
    throw new InputError({ where, found: `${found}, while faults.rate is ${rate}`, would });
  };
  if (!settings.glunix) refuse('glunix', 'off', 'set glunix=on: faults are met by guests');
  if (trace === 'none' && law.name === 'none') refuse('jobs', 'there are none', 'give jobs a trace or a law');
  if (settings.horizon === 'auto') {
    refuse('horizon', 'auto', 'give a time such as 14d: a job that never gets through would never end');
  }
}

function faultsOf(settings: Settings): FaultsConfig | null {
  const { kinds, ...faults } = settings.faults;
  if (faults.rate === 0) return null;
  return {
    ...faults,
    kinds: {
      'stray-store': kinds.stray_store,
      'stray-jump': kinds.stray_jump,
      'wrong-result': kinds.wrong_result,
      hang: kinds.hang,
      leak: kinds.leak,
    },
    callRate: mixNamed(settings.program.mix).rate.value * 1e-9,
    blast: STRUCTURES[settings.cluster.os]!.blast,
    coversOwners: coversOwners(settings),
  };
}

async function ownerSource(
  settings: Settings,
  nodes: number,
  streams: Streams,
): Promise<ClusterConfig['owners']> {
  const { trace, law, after } = settings.owners;
  if (trace !== 'none') {
    const { owners } = await ownerTrace(trace, settings.owners);
    return { kind: 'trace', table: owners, repeat: after === 'repeat' };
  }
  if (law.name === 'none') return null;
  return { kind: 'law', law: ownerLaw(law), chance: streams.bank(OWNER_STREAMS, nodes) };
}
