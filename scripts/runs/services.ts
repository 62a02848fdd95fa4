/** Runs of service calls: one node replays a trace of calls, or its mix, under an OS structure. */
import { writeFileSync } from 'node:fs';
import { priceStructure } from '../../models/os/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { DISKS } from '../../models/presets/disks.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Machine } from '../../models/presets/machines.ts';
import { runServices, SERVICE_MEASURES, type ServicesRun } from '../../models/services/index.ts';
import { tracedOnOf, type UserScale, userScale, userScaleSet } from '../../models/services/user-scale.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { scanCalls } from '../../workloads/services/index.ts';
import type { Settings } from '../fields.ts';
import { callHeader, callMix, callSurvey, digestOf } from '../inputs.ts';
import { jobsAndOwners, refuseBeside } from './alone.ts';
import type { RunKind } from './contract.ts';
import { always, type Condition, TAXED, where } from './reads.ts';

const REPLAYED: Condition = {
  holds: ({ services }) => services.fidelity === 'replayed',
  only: 'where calls are replayed one by one',
  would: 'set services.fidelity=replayed',
};
const SCALED_BY_MACHINE: Condition = {
  holds: ({ services }) => services.user_scale === 'auto' && services.user_time === 'trace',
  only: 'where user time is scaled by the machines',
  would: 'set services.user_scale=auto and services.user_time=trace',
};

export const services: RunKind = {
  title: 'a trace of service calls',
  by: 'services.trace',
  chosenBy: ['services.trace'],
  reads: [
    // Checked: there must be none beside the calls.
    always('jobs.trace', 'jobs.law', 'owners.trace', 'owners.law'),
    always('services.fidelity', 'services.tracer_cost', 'services.numbering', 'services.user_time'),
    always('services.user_scale', 'cluster.machine', 'cluster.os'),
    where([SCALED_BY_MACHINE], 'services.traced_on'),
    where([REPLAYED], 'services.cache', 'cluster.disk'),
    where([TAXED], 'cluster.sfi.overhead', 'cluster.sfi.checks'),
  ],
  takes: (settings) => settings.services.trace !== 'none',
  measures: SERVICE_MEASURES,
  settle,
  run,
};

/** A run of service calls: no jobs, no owners, one node. */
async function settle(scenario: Plain, settings: Settings): Promise<Plain> {
  const { trace } = settings.services;
  refuseBeside(
    'services.trace',
    jobsAndOwners(settings),
    'a run has calls on one node, or jobs and owners on many',
  );
  const known = await callSurvey(trace, tracerCost(settings), settings.services.numbering);
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
      user_scale: scaleOf(settings, machine, known.header).factor,
    },
    inputs: { [trace]: { sha256: await digestOf(trace), records: records as unknown as Plain } },
  };
}

/** Seconds a traced call. */
function tracerCost(settings: Settings): number | 'shortest-gap' {
  const { tracer_cost: cost } = settings.services;
  return cost === 'shortest-gap' ? cost : cost / 1e9;
}

async function run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult> {
  const { trace, fidelity, cache, numbering, user_time: userTime } = settings.services;
  const machine = loadMachine(settings.cluster.machine);
  const prices = priceStructure(settings.cluster.os, machine, { sfi: settings.cluster.sfi });
  const cost = tracerCost(settings);
  const userEach_s =
    userTime === 'trace' ? undefined : userTime / 1e9 / (await callSurvey(trace, cost, numbering)).calls;
  const scale = scaleOf(settings, machine, await callHeader(trace));
  const options = { tracerCost: cost, numbering, ...(userEach_s === undefined ? {} : { userEach_s }) };
  const mix = fidelity === 'aggregate' ? await callMix(trace, options) : undefined;
  const notes = [...(mix?.notes ?? [])];
  if (mix?.timed) notes.push(scale.note);
  const done = await runServices({
    prices,
    fidelity,
    userScale: scale.factor,
    // Settled: a number.
    tracerCost_s: Number(cost),
    cache: cache === 'all' ? null : cache,
    block: machine.page.value * 1024,
    disk: settings.cluster.disk,
    streams,
    ...(mix === undefined ? {} : { counted: mix.account }),
    read: async (sink) => {
      const read = await scanCalls(trace, options, sink);
      notes.push(...read.notes);
      if (read.timed) notes.push(scale.note);
    },
  });
  if (outputs.timeline !== undefined) {
    writeFileSync(outputs.timeline, JSON.stringify(accountsOnly(done.measures)));
  }
  return {
    measures: done.measures,
    digest: done.digest,
    counts: { calls: done.calls },
    events: done.calls,
    notes: [...prices.notes, ...notes],
  };
}

/** A timeline without times: where the CPU time of a run went, and, of a replay, the time in which nothing ran. */
function accountsOnly(measures: ServicesRun['measures']) {
  const { user_s = 0, services_s = 0, crossings_s = 0, copies_s = 0, inflation_s = 0, sfi_s = 0 } = measures;
  const cpu = measures.cpu_time_s ?? 0;
  const waiting = Math.max(0, (measures.elapsed_s ?? 0) - cpu);
  return {
    horizon_s: Math.max(cpu, measures.elapsed_s ?? 0),
    bins: 0,
    bin_s: 1,
    series: {},
    nodes: 1,
    accounts_s: {
      user: user_s,
      services: services_s,
      crossings: crossings_s,
      copies: copies_s,
      inflation: inflation_s,
      sfi: sfi_s,
      ...(waiting > 0 ? { waiting } : {}),
    },
    jobs: 0,
  };
}

/** The factor on the user time of a trace; a trace without times has only what was set, for this machine. */
function scaleOf(settings: Settings, machine: Machine, header: Readonly<Record<string, string>>): UserScale {
  const { user_scale: set, user_time: userTime, traced_on: on } = settings.services;
  if (set !== 'auto') return userScaleSet(set, machine);
  if (userTime !== 'trace') return userScaleSet(1, machine);
  return userScale(on === 'header' ? tracedOnOf(header) : loadMachine(on), machine);
}
