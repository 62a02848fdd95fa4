/** Runs of one process that pages: a trace of references, or a law of them, on one node with the memory of others. */
import { priceStructure } from '../../models/os/index.ts';
import { PAGING_MEASURES, type PagingConfig, runPaging } from '../../models/paging/index.ts';
import { memoryServerPolicies } from '../../models/policies/memory_server/index.ts';
import { reliabilityPolicies } from '../../models/policies/reliability/index.ts';
import { replacementPolicies } from '../../models/policies/replacement/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { DISKS } from '../../models/presets/disks.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { RunResult } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { checkLaw, type ReferenceTable, referencesOf } from '../../workloads/pages/index.ts';
import type { Settings } from '../fields.ts';
import { digestOf, referenceTrace } from '../inputs.ts';
import type { RunKind } from './contract.ts';

export const paging: RunKind = {
  takes: ({ pages }) => pages.trace !== 'none' || pages.law.name !== 'none',
  measures: PAGING_MEASURES,
  settle,
  run,
};

async function settle(scenario: Plain, settings: Settings): Promise<Plain> {
  refuseOthers(settings);
  const { pages, memory } = settings;
  if (memory.low_mark > memory.high_mark) {
    throw new InputError({
      where: 'memory.low_mark',
      found: `${100 * memory.low_mark}%, above memory.high_mark (${100 * memory.high_mark}%)`,
      would: 'give a low mark at or below the high mark',
    });
  }
  const reliability = settings.policies.reliability.name;
  const needed = reliabilityPolicies[reliability].redundancy.copies;
  if (memory.servers > 0 && memory.servers < needed) {
    throw new InputError({
      where: 'memory.servers',
      found: `${memory.servers}, while policies.reliability is ${reliability}`,
      would: `give at least ${needed}`,
    });
  }
  const inputs: Record<string, Value> = {};
  if (pages.trace !== 'none') {
    const { records } = await referenceTrace(pages.trace, memory.page);
    inputs[pages.trace] = {
      sha256: await digestOf(pages.trace),
      records: records as unknown as Plain,
    };
  } else if (pages.law.name !== 'none') checkLaw(pages.law);
  const machine = loadMachine(settings.cluster.machine);
  pricesOf(settings);
  return {
    ...scenario,
    cluster: { ...(scenario['cluster'] as Plain), nodes: 1 },
    presets: {
      machine: plain(machine) as Plain,
      disk: plain(DISKS[settings.cluster.disk]) as Plain,
      network: plain(NETWORKS[settings.cluster.network]) as Plain,
    },
    inputs,
  };
}

/** A run of references has nothing else in it. */
function refuseOthers({ pages, jobs, owners }: Settings): void {
  const beside = [
    ['jobs.trace', jobs.trace],
    ['jobs.law', jobs.law.name],
    ['owners.trace', owners.trace],
    ['owners.law', owners.law.name],
  ] as const;
  for (const [where, value] of beside) {
    if (value === 'none') continue;
    throw new InputError({
      where,
      found: `${value} beside ${pages.trace === 'none' ? 'pages.law' : 'pages.trace'}: a run of references has one process on one node`,
      would: `set ${where}=none`,
    });
  }
}

/** What the OS structure makes each step cost, ns. */
export function pricesOf(settings: Settings) {
  const { os, sfi, machine, operation_price: operationPrice } = settings.cluster;
  const prices = priceStructure(os, loadMachine(machine), { sfi, operationPrice });
  const { page } = settings.memory;
  // A fault that reads nothing: the trap, and the page mapped.
  const faultEmpty = prices
    .steps('fault-disk')
    .filter((step) => !step.what.startsWith('file-read: '))
    .reduce((sum, step) => sum + step.total_ns, 0);
  return {
    prices,
    process: {
      faultDisk: prices.operation('fault-disk', page),
      faultRemote: prices.operation('fault-remote', page),
      faultEmpty,
      outDisk: prices.operation('page-out', page),
      outRemote: prices.operation('transfer-page', page),
    },
    server: {
      answer: prices.operation('receive') + prices.operation('send', page),
      receive: prices.operation('receive', page),
    },
  };
}

async function tableOf(settings: Settings, streams: Streams): Promise<ReferenceTable> {
  const { trace, law } = settings.pages;
  if (trace !== 'none') return (await referenceTrace(trace, settings.memory.page)).table;
  if (law.name === 'none') throw new Error('a run of references without references');
  return referencesOf(law, streams);
}

async function run(settings: Settings, streams: Streams): Promise<RunResult> {
  const { memory, pages, policies, cluster } = settings;
  const table = await tableOf(settings, streams);
  const { prices, process, server } = pricesOf(settings);
  const tax = prices.taxesUserTime ? prices.sfiOverhead(streams.stream('tax of the process that pages')) : 0;
  const config: PagingConfig = {
    table,
    frames: memory.frames === 'auto' ? null : memory.frames,
    page: memory.page,
    lowMark: memory.low_mark,
    highMark: memory.high_mark,
    compute: pages.compute * (1 + tax),
    first: pages.first,
    warmup: pages.warmup,
    replacement: replacementPolicies[policies.replacement.name],
    memoryServer: memoryServerPolicies[policies.memory_server.name],
    redundancy: reliabilityPolicies[policies.reliability.name].redundancy,
    prices: process,
    serverPrices: server,
    disk: DISKS[cluster.disk]!,
    diskTime: memory.disk_time === 'priced' ? null : memory.disk_time,
    network: NETWORKS[cluster.network]!,
    remoteTime: memory.remote_time === 'priced' ? null : memory.remote_time,
    servers: memory.servers,
    serverFrames: memory.server_frames === 'auto' ? null : memory.server_frames,
    wantedAfter: memory.wanted_after === 'none' ? null : memory.wanted_after,
    lentAfter: memory.lent_after,
    crashAfter: memory.crash_after === 'none' ? null : memory.crash_after,
    repair: memory.repair,
    horizon: settings.horizon === 'auto' ? Number.POSITIVE_INFINITY : settings.horizon,
    streams,
  };
  const done = runPaging(config);
  return {
    measures: done.measures,
    digest: done.digest,
    counts: { references: table.told },
    events: done.events,
    notes: [
      ...prices.notes,
      ...notesOf(settings, table),
      ...(done.ended ? [] : ['the process had not ended when the run did']),
    ],
  };
}

function notesOf({ policies, pages }: Settings, table: ReferenceTable): string[] {
  const { name } = policies.replacement;
  const notes: string[] = [];
  if (replacementPolicies[name].oracle) notes.push(`${name} knows the references to come: a bound`);
  if (table.stands !== null && name !== 'lru') {
    notes.push(`${pages.trace} leaves hits out: its faults are exact for lru only, those of ${name} are not`);
  }
  return notes;
}
