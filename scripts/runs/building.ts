/** Runs of a building: nodes, owners, jobs and the global layer, or each node for itself. */
import { type ClusterConfig, type MemoryConfig, runCluster } from '../../models/cluster.ts';
import { RunCosts } from '../../models/costs.ts';
import type { MovesConfig } from '../../models/glunix/moves.ts';
import type { DelaysConfig } from '../../models/glunix/owner-delays.ts';
import { meanServiceTime } from '../../models/hardware/disk/index.ts';
import { networkNamed } from '../../models/hardware/network/index.ts';
import { logGp } from '../../models/hardware/network/logp.ts';
import { wireTime } from '../../models/hardware/network/medium.ts';
import { delayedByLater } from '../../models/later-jobs.ts';
import { batchesOf, MEASURES, measure, warmupOf } from '../../models/measures.ts';
import { mixNamed, priceStructure, STRUCTURES } from '../../models/os/index.ts';
import { batchPolicies } from '../../models/policies/batch/index.ts';
import { idlePolicies } from '../../models/policies/idle/index.ts';
import { memoryServerPolicies } from '../../models/policies/memory_server/index.ts';
import type { MigrationPolicyKind } from '../../models/policies/migration/contract.ts';
import { migrationPolicies } from '../../models/policies/migration/index.ts';
import { ownerReturnPolicies } from '../../models/policies/owner_return/index.ts';
import { placementPolicies } from '../../models/policies/placement/index.ts';
import { recoveryPolicies } from '../../models/policies/recovery/index.ts';
import { reliabilityPolicies } from '../../models/policies/reliability/index.ts';
import { sharePolicies } from '../../models/policies/share/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { dirtyCurve } from '../../models/presets/dirty.ts';
import { DISKS } from '../../models/presets/disks.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import type { FaultsConfig } from '../../models/robustness/faults.ts';
import { checkKinds } from '../../models/robustness/fields.ts';
import {
  RUN_TIMES,
  tracedOnOf,
  type UserScale,
  userScale,
  userScaleSet,
} from '../../models/services/user-scale.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { formatTime } from '../../sim/units.ts';
import { type JobTable, jobsOf } from '../../workloads/jobs/index.ts';
import { shaken } from '../../workloads/jobs/shake.ts';
import type { SwfHeader } from '../../workloads/jobs/swf.ts';
import { hasPrograms } from '../../workloads/jobs/table.ts';
import { ACTIVITY, type ActivityTable } from '../../workloads/owners/activity.ts';
import { OWNER_STREAMS, ownerLaw } from '../../workloads/owners/index.ts';
import type { Settings } from '../fields.ts';
import { callHeader, digestOf, jobLog, ownerTrace } from '../inputs.ts';
import { writeOutputs } from '../outputs.ts';
import type { RunKind } from './contract.ts';
import { checkFailures, checkpointOf, failuresOf } from './failures.ts';
import { pricesOf } from './paging.ts';
import {
  always,
  BY_MACHINES,
  type Condition,
  CRASHES,
  JOB_LAW,
  JOB_TRACE,
  LAYER,
  OWNER_LAW,
  OWNER_TRACE,
  PRICED,
  SCALED_LOAD,
  TAXED,
  unless,
  WITH_JOBS,
  WITH_OWNERS,
  where,
} from './reads.ts';
import { counted, droppedNotes, jobLogNotes, loadNotes, ownerCountNotes } from './trace-notes.ts';
import { checkWarmup, timeText } from './warmup.ts';

/** A task that is longer on its way is told of, ns. */
const LONG_MOVE = 3600e9;

/** What the network of a free structure costs. */
const NOTHING = { latency: 0, pageWire: 0, shared: false };

const LACKS_MEMORY: Condition = {
  holds: ({ memory }) => memory.frames !== 'auto',
  only: 'where nodes have too little memory',
  would: 'set memory.frames',
};
const TURNS: Condition = {
  holds: ({ cluster }) => cluster.rows > 1,
  only: 'where gangs take turns',
  would: 'set cluster.rows',
};
const FAULTY: Condition = {
  holds: ({ faults }) => faults.rate > 0,
  only: 'where the layer has faults',
  would: 'set faults.rate',
};
const ENDLESS: Condition = {
  holds: ({ horizon }) => horizon === 'auto',
  only: 'where horizon is auto',
  would: 'set horizon=auto',
};
const LARGE: Condition = {
  holds: ({ program }) => program.large.share > 0,
  only: 'where some jobs have much memory',
  would: 'set program.large.share',
};
const FAILURE_TRACE: Condition = {
  holds: ({ failures }) => failures.trace !== 'none',
  only: 'with a trace of outages',
  would: 'set failures.trace',
};
const FAILURE_LAW: Condition = {
  holds: ({ failures }) => failures.trace === 'none',
  only: 'without a trace of outages',
  would: 'set failures.trace=none',
};
const BEATS = unless('failures.beat', 'none', ({ failures }) => failures.beat);
/** What the global layer does with jobs. */
const GUESTS = [LAYER, WITH_JOBS];

/** The kind that takes every scenario that no other kind has taken. */
export const building: RunKind = {
  title: 'a building',
  by: 'jobs, owners',
  chosenBy: [],
  takes: () => true,
  reads: [
    always('horizon', 'warmup', 'glunix', 'cluster.nodes', 'cluster.os', 'jobs.trace', 'owners.trace'),
    where([...GUESTS, ENDLESS], 'patience'),
    where([PRICED], 'cluster.machine', 'program.mix'),
    where([PRICED, LAYER], 'cluster.network', 'cluster.operation_price'),
    where([TAXED], 'cluster.sfi.overhead', 'cluster.sfi.checks'),
    where([TAXED, WITH_OWNERS], 'cluster.sfi.covers'),
    where(GUESTS, 'cluster.rows'),
    where([...GUESTS, TURNS], 'cluster.quantum'),
    where([OWNER_LAW], 'owners.law'),
    where([OWNER_TRACE], 'owners.busy_above', 'owners.after', 'owners.gaps'),
    where([WITH_OWNERS], 'owners.wanted'),
    where([JOB_LAW], 'jobs.law'),
    where([WITH_JOBS], 'jobs.too_wide'),
    where([WITH_JOBS], 'jobs.fairness'),
    where([WITH_JOBS, SCALED_LOAD], 'jobs.load'),
    where([JOB_TRACE], 'jobs.processors', 'jobs.overrun', 'jobs.zero_run', 'jobs.shake', 'jobs.user_scale'),
    where([JOB_TRACE, BY_MACHINES], 'jobs.traced_on', 'cluster.machine'),
    where(GUESTS, 'program.image', 'program.large.share', 'program.home_calls'),
    where([...GUESTS, LARGE], 'program.large.image'),
    where([...GUESTS, WITH_OWNERS], 'program.dirty'),
    always('memory.frames', 'failures.trace', 'failures.mtbf', 'faults.rate'),
    where([LACKS_MEMORY], 'cluster.disk', 'cluster.network', 'program.sweep', 'memory.page', 'memory.slab'),
    where([LACKS_MEMORY], 'memory.server_frames', 'policies.memory_server', 'policies.reliability'),
    where([CRASHES, FAILURE_LAW], 'failures.repair'),
    where([FAILURE_LAW], 'failures.law'),
    where([FAILURE_TRACE], 'failures.after', 'failures.skip'),
    where([CRASHES], 'failures.beat', 'failures.master', 'failures.attempts'),
    where([CRASHES, BEATS], 'failures.misses'),
    where([FAULTY], 'faults', 'program.mix'),
    where([LAYER], 'policies.idle', 'policies.batch', 'policies.sharing'),
    where(GUESTS, 'policies.placement', 'policies.share', 'policies.checkpoint', 'policies.recovery'),
    where([...GUESTS, WITH_OWNERS], 'policies.owner_return', 'policies.migration'),
  ],
  measures: MEASURES,
  settle,
  run,
};

async function settle(scenario: Plain, settings: Settings): Promise<Plain> {
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
  checkWarmup(settings);
  checkFaults(settings);
  checkMemory(settings);
  await checkFailures(settings, inputs);
  batchOf(settings);
  // Prices are looked up now, so that one that is missing is told before anything runs.
  prices(settings);
  return {
    ...scenario,
    cluster: { ...(scenario['cluster'] as Plain), nodes },
    presets: {
      machine: plain(machine) as Plain,
      network: plain(NETWORKS[settings.cluster.network]) as Plain,
      mix: plain(mixNamed(settings.program.mix)) as Plain,
      ...(await runTimePreset(settings)),
    },
    inputs,
  };
}

/** What the structure of the scenario charges. */
export function prices(settings: Settings) {
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

/** The jobs of a run: its log's, or those that its law makes. */
export async function jobsOfRun(
  settings: Settings,
  nodes: number,
  horizon_s: number,
  streams: Streams,
): Promise<{ jobs: JobTable | null; header?: SwfHeader; notes: string[] }> {
  const { trace, law, load, shake } = settings.jobs;
  if (trace !== 'none') {
    const log = await jobLog(trace, settings.jobs);
    const { header } = log;
    const { factor, note } = await runTimeScale(settings);
    const jobs = shaken(longer(log.jobs, factor), shake / 1e9, streams.stream('trace shaking'));
    const told = factor !== 1 || (hasPrograms(jobs) && settings.cluster.os !== 'free');
    const notes = [...jobLogNotes(trace, log), ...(told ? [note] : [])];
    if (load === 'own') return { jobs, header, notes };
    const stretch = stretchTo(load, jobs, nodes);
    const submit_s = jobs.submit_s.map((t) => t * stretch);
    return {
      jobs: { ...jobs, submit_s },
      header,
      notes: [...notes, ...loadNotes(stretch, load, shake)],
    };
  }
  if (law.name === 'none') return { jobs: null, notes: [] };
  const need = { nodes, load: load === 'own' ? undefined : load, horizon_s };
  return { jobs: jobsOf(law, need, streams), notes: [] };
}

/** The factor on the run times of a trace of jobs. Throws `InputError` for a machine that there is not. */
async function runTimeScale(settings: Settings): Promise<UserScale> {
  const { trace, user_scale: set, traced_on: on } = settings.jobs;
  const machine = loadMachine(settings.cluster.machine);
  if (set !== 'auto') return userScaleSet(set, machine, RUN_TIMES);
  const traced = on === 'header' ? tracedOnOf(await callHeader(trace)) : loadMachine(on);
  return userScale(traced, machine, RUN_TIMES);
}

/** The factor as it stands among the presets of a settled scenario. */
export async function runTimePreset(settings: Settings): Promise<Plain> {
  return settings.jobs.trace === 'none' ? {} : { run_time_scale: (await runTimeScale(settings)).factor };
}

function longer(jobs: JobTable, factor: number): JobTable {
  if (factor === 1) return jobs;
  const scaled = (times: Float64Array) => times.map((s) => s * factor);
  return { ...jobs, run_s: scaled(jobs.run_s), estimate_s: scaled(jobs.estimate_s) };
}

/** What all times between submissions are multiplied by for the log's offered load to become `load`. */
function stretchTo(load: number, jobs: JobTable, nodes: number): number {
  let work = 0;
  for (let i = 0; i < jobs.n; i++) work += jobs.run_s[i]! * Math.min(nodes, jobs.width[i]!);
  const span = jobs.submit_s[jobs.n - 1]! - jobs.submit_s[0]!;
  return span > 0 ? work / (nodes * span) / load : 1;
}

/** A run of these jobs until the horizon (ns). */
async function configOf(
  settings: Settings,
  streams: Streams,
  jobs: JobTable | null,
  horizon: number,
  outputs: RunOutputs,
): Promise<ClusterConfig> {
  const nodes = settings.cluster.nodes as number;
  const { structure, costs } = prices(settings);
  const { policies, owners } = settings;
  return {
    nodes,
    glunix: settings.glunix,
    jobs,
    tooWide: settings.jobs.too_wide,
    owners: await ownerSource(settings, nodes, streams),
    wanted: owners.wanted,
    costs,
    overhead: structure.taxesUserTime ? structure.sfiOverhead : null,
    coversOwners: coversOwners(settings),
    image: imageOf(settings, streams),
    policies: {
      idle: { kind: idlePolicies[policies.idle.name], parameters: policies.idle },
      placement: placementPolicies[policies.placement.name],
      ownerReturn: {
        kind: ownerReturnPolicies[policies.owner_return.name],
        parameters: policies.owner_return,
      },
      share: { kind: sharePolicies[policies.share.name], parameters: policies.share },
      batch: batchOf(settings),
    },
    slices: {
      rows: settings.cluster.rows,
      quantum: settings.cluster.quantum,
      switchCpu: costs.stop + costs.resume,
      switchTime: costs.stop + costs.resume + costs.messageDelay,
    },
    memory: memoryOf(settings, nodes, streams),
    failures: await failuresOf(settings, nodes, streams),
    recovery: { kind: recoveryPolicies[policies.recovery.name], parameters: policies.recovery },
    checkpoint: checkpointOf(settings),
    migration: migrationOf(settings, costs),
    delays: delaysOf(settings, costs),
    faults: faultsOf(settings),
    horizon,
    patience: settings.patience,
    warmup: settings.warmup === 'mser5' ? 0 : settings.warmup,
    streams,
    keepLog: outputs.events !== undefined,
    keepTimeline: outputs.timeline !== undefined,
  };
}

async function run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult> {
  const nodes = settings.cluster.nodes as number;
  const horizon = settings.horizon === 'auto' ? Number.POSITIVE_INFINITY : settings.horizon;
  const { structure } = prices(settings);
  const { jobs, header, notes } = await jobsOfRun(settings, nodes, horizon / 1e9, streams);
  const config = await configOf(settings, streams, jobs, horizon, outputs);
  const { owners: source } = config;
  if (source?.kind === 'trace') {
    const { trace } = settings.owners;
    notes.push(...droppedNotes(trace, (await ownerTrace(trace, settings.owners)).records));
    notes.push(...ownerCountNotes(source.table, nodes));
    notes.push(...neverThere(source.table, nodes, horizon / 1e9, settings.owners));
  }
  if (settings.glunix && jobs !== null && config.owners !== null && settings.cluster.os !== 'free') {
    const move = wireTime(settings.program.image, networkNamed(settings.cluster.network));
    if (move > LONG_MOVE)
      notes.push(
        `to move one task of program.image takes ${formatTime(move)} on ${settings.cluster.network}`,
      );
  }
  if (settings.cluster.os === 'free' && settings.program.mix !== 'none' && jobs !== null) {
    notes.push(
      'under cluster.os=free a job takes what its log says, its services as a plain kernel does them: where a structure does them faster, free is no bound',
    );
  }
  const done = runCluster(config);
  const warmup_s = settings.warmup === 'mser5' ? warmupOf(done) : settings.warmup / 1e9;
  const { measures, counts } = measure(done, warmup_s);
  if (settings.jobs.fairness && jobs !== null) {
    const delayed = await delayedByLater(done, warmup_s, (first, until) =>
      configOf(settings, streams.again(), first, until, {}),
    );
    if (delayed !== undefined) measures.delayed_by_later = delayed;
  }
  const batches = outputs.batches === undefined ? undefined : batchesOf(done, warmup_s, outputs.batches);
  writeOutputs(done, outputs, header);
  const last_s = jobs === null ? 0 : jobs.submit_s[jobs.n - 1]!;
  if (jobs !== null && settings.warmup !== 'mser5' && settings.warmup / 1e9 > last_s) {
    notes.push(`no job is measured: the last is submitted at ${timeText(last_s)}, before warmup ends`);
  }
  if (counts['rejected']! > 0)
    notes.push(`${counted(counts['rejected']!, 'job')} wider than ${nodes} nodes, rejected`);
  if (counts['pending']! > 0)
    notes.push(`${counted(counts['pending']!, 'job')} had not ended when the run did`);
  return {
    measures,
    digest: done.events.hex(),
    counts,
    events: done.engine.events,
    notes: [...structure.notes, ...notes],
    ...(batches === undefined ? {} : { batches }),
  };
}

/** Nodes that a trace withdraws from the start to the horizon, of which no owner is ever seen. */
function neverThere(
  { first, time_s, kind }: ActivityTable,
  nodes: number,
  horizon_s: number,
  { trace, gaps }: Settings['owners'],
): string[] {
  let lost = 0;
  for (let owner = 0; owner < Math.min(nodes, first.length - 1); owner++) {
    let at = first[owner]!;
    const end = first[owner + 1]!;
    // The state at the beginning is what is told of the first instant.
    if (at === end || time_s[at]! > 0 || kind[at] !== ACTIVITY.down) continue;
    while (at < end && time_s[at]! <= horizon_s && kind[at] !== ACTIVITY.up) at++;
    if (at === end || time_s[at]! > horizon_s) lost++;
  }
  if (lost === 0) return [];
  const would =
    gaps === 'unavailable' ? '; owners.gaps=available takes them to be there where it says nothing' : '';
  return [
    `${lost} of ${nodes} nodes are never there: up to the horizon ${trace} says that they are down, or nothing of them (owners.gaps=${gaps})${would}`,
  ];
}

/** The policy of the batch queue. Throws `InputError` where there is none, or where jobs are to be moved past it. */
function batchOf({ policies, glunix }: Settings): ClusterConfig['policies']['batch'] {
  const { batch, sharing } = policies;
  // Each node for itself: nobody queues and nobody shares.
  if (!glunix) return { kind: batchPolicies.fcfs, pass: 'event' };
  if (batch.name === 'none') {
    throw new InputError({
      where: 'policies.batch',
      found: 'none, but there are no jobs that policies.sharing could move',
      would: 'set policies.batch=easy, or give jobs',
    });
  }
  if (sharing.name !== 'none') {
    throw new InputError({
      where: 'policies.sharing',
      found: `${sharing.name} beside the batch queue ${batch.name}: a job waits there, or starts at its own node and is moved`,
      would: 'set policies.batch=none, or policies.sharing=none',
    });
  }
  return { kind: batchPolicies[batch.name], pass: batch.pass };
}

function delaysOf(settings: Settings, costs: RunCosts): DelaysConfig {
  const parameters: Readonly<Record<string, unknown>> = settings.policies.owner_return;
  const limit = parameters['delay_limit'] as number | 'none';
  const burst = parameters['burst'] as number | undefined;
  return { limit: limit === 'none' ? null : limit, besides: burst === undefined ? 0 : costs.stop / burst };
}

/** Memory of a task of each job in turn, where the log does not say, bytes. */
function imageOf({ program }: Settings, streams: Streams): () => number {
  const { large, image } = program;
  if (large.share === 0) return () => image;
  const chance = streams.stream('jobs with much memory');
  return () => (chance.next() < large.share ? large.image : image);
}

/** What a request for a page occupies the wire with, bytes (assumed: an address and a header). */
const REQUEST = 32;

/** Throws `InputError` where memory is set that a building has not. */
function checkMemory(settings: Settings): void {
  const { memory, policies } = settings;
  if (memory.frames === 'auto') return;
  const refuse = (where: string, found: string, would: string) => {
    throw new InputError({ where, found: `${found}, while memory.frames is ${memory.frames}`, would });
  };
  if (!settings.glunix) refuse('glunix', 'off', 'set glunix=on: idle nodes lend their memory to guests');
  const { trace, law } = settings.jobs;
  if (trace === 'none' && law.name === 'none') refuse('jobs', 'there are none', 'give jobs a trace or a law');
  const { redundancy } = reliabilityPolicies[policies.reliability.name];
  if (redundancy.parity !== 'none') {
    refuse(
      'policies.reliability',
      policies.reliability.name,
      'use none or mirror: in a building no node is set apart for parity',
    );
  }
}

/** Memory that tasks may lack; null where nodes have enough. */
function memoryOf(settings: Settings, nodes: number, streams: Streams): MemoryConfig | null {
  const { memory, policies, cluster, program } = settings;
  if (memory.frames === 'auto') return null;
  const { redundancy } = reliabilityPolicies[policies.reliability.name];
  const prices = pricesOf(settings);
  const network = networkNamed(cluster.network);
  const disk = DISKS[cluster.disk]!;
  const { latency } = logGp(network);
  const wire = wireTime(memory.page, network);
  // On a shared wire the page that makes room goes before the one that comes; switched links have two directions.
  const out = network.medium === 'shared' ? wire : 0;
  const local = (memory.frames * memory.page) / cluster.rows;
  return {
    local,
    lent: memory.server_frames === 'auto' ? memory.frames * memory.page : memory.server_frames * memory.page,
    page: memory.page,
    slab: memory.slab,
    sweep: program.sweep,
    remoteFault:
      prices.process.faultRemote +
      prices.process.outRemote +
      prices.server.answer +
      2 * latency +
      wireTime(REQUEST, network) +
      wire +
      out,
    diskFault:
      prices.process.faultDisk +
      prices.process.outDisk +
      meanServiceTime(disk, false, memory.page) +
      meanServiceTime(disk, true, memory.page),
    servers: {
      policy: memoryServerPolicies[policies.memory_server.name],
      chance: streams.bank('memory servers', nodes),
      redundancy,
      prices: prices.server,
    },
    network,
  };
}

function migrationOf(settings: Settings, costs: RunCosts): MovesConfig {
  const { migration } = settings.policies;
  const kind: MigrationPolicyKind = migrationPolicies[migration.name];
  const parameters: Readonly<Record<string, unknown>> = migration;
  const bandwidth = parameters['bandwidth'] ?? 'auto';
  return {
    policy: kind.create(parameters),
    through: kind.through,
    bandwidth: bandwidth === 'auto' ? null : (bandwidth as number) / 8e9,
    dirty: dirtyCurve(settings.program.dirty),
    // A call goes to the home and its answer comes back.
    awayPace: 1 / (1 + (settings.program.home_calls * 2 * costs.messageDelay) / 1e9),
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
