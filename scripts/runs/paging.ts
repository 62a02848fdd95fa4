/**
 * Runs of one process that pages: a trace of references, or a law of them, on one node with the memory of others; or of
 * one that reads a file from its own disk or from those of others.
 */
import { writeFileSync } from 'node:fs';
import { cpuOf } from '../../models/os/cost.ts';
import { priceStructure } from '../../models/os/index.ts';
import {
  type FileConfig,
  PAGING_MEASURES,
  type PagingConfig,
  runFile,
  runPaging,
} from '../../models/paging/index.ts';
import { memoryServerPolicies } from '../../models/policies/memory_server/index.ts';
import { reliabilityPolicies } from '../../models/policies/reliability/index.ts';
import { replacementPolicies } from '../../models/policies/replacement/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { DISKS } from '../../models/presets/disks.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult } from '../../sim/experiment/study.ts';
import type { EventLog } from '../../sim/measure/event-log.ts';
import { InputError } from '../../sim/problem.ts';
import { shortNumber } from '../../sim/units.ts';
import { checkLaw, type ReferenceTable, referencesOf } from '../../workloads/pages/index.ts';
import type { Settings } from '../fields.ts';
import { digestOf, referenceTrace } from '../inputs.ts';
import { jobsAndOwners, refuseBeside } from './alone.ts';
import type { RunKind } from './contract.ts';
import { always, type Condition, PRICED, TAXED, unless, where } from './reads.ts';

const REFERENCES: Condition = {
  holds: ({ memory }) => memory.stripe.file === 'none',
  only: 'with references to pages',
  would: 'set memory.stripe.file=none',
};
const STRIPED: Condition = {
  holds: ({ memory }) => memory.stripe.file !== 'none',
  only: 'where a file is read',
  would: 'set memory.stripe.file',
};
const ELSEWHERE: Condition = {
  holds: ({ memory }) => memory.stripe.disks > 0,
  only: 'where the file lies on other nodes',
  would: 'set memory.stripe.disks',
};
const PAGES: Condition = {
  holds: ({ memory }) => memory.frames !== 'auto' || memory.high_mark > 0,
  only: 'where pages leave memory',
  would: 'set memory.frames',
};
const SERVED: Condition = {
  holds: ({ memory }) => memory.servers > 0,
  only: 'where other nodes lend memory',
  would: 'set memory.servers',
};
const WANTED = unless('memory.wanted_after', 'none', ({ memory }) => memory.wanted_after);
const SERVERS_CRASH = unless('memory.crash_after', 'none', ({ memory }) => memory.crash_after);

export const paging: RunKind = {
  title: 'a process that pages',
  by: 'pages.trace, pages.law, memory.stripe.file',
  chosenBy: ['pages.trace', 'pages.law', 'memory.stripe.file'],
  reads: [
    // Checked: there must be none beside the process.
    always('jobs.trace', 'jobs.law', 'owners.trace', 'owners.law'),
    always('memory.page', 'cluster.os', 'cluster.disk', 'memory.disk_time'),
    where([PRICED], 'cluster.machine', 'cluster.operation_price'),
    where([REFERENCES], 'horizon', 'pages.law', 'pages.compute', 'pages.first', 'pages.warmup'),
    where([REFERENCES], 'memory.frames', 'memory.low_mark', 'memory.high_mark', 'memory.servers'),
    where([REFERENCES, PAGES], 'policies.replacement'),
    where([REFERENCES, PAGES, SERVED], 'cluster.network', 'memory.remote_time'),
    // Servers have lives of their own, also where no page comes.
    where([REFERENCES, SERVED], 'memory.server_frames', 'memory.wanted_after', 'memory.crash_after'),
    where([REFERENCES, PAGES, SERVED], 'policies.memory_server', 'policies.reliability'),
    where([REFERENCES, SERVED, WANTED], 'memory.lent_after'),
    where([REFERENCES, SERVED, SERVERS_CRASH], 'memory.repair'),
    where([REFERENCES, TAXED], 'cluster.sfi.overhead', 'cluster.sfi.checks'),
    where([STRIPED], 'memory.stripe.disks', 'memory.stripe.block', 'memory.stripe.ahead'),
    where([STRIPED, ELSEWHERE], 'cluster.network', 'memory.remote_time'),
  ],
  takes: ({ pages, memory }) =>
    pages.trace !== 'none' || pages.law.name !== 'none' || memory.stripe.file !== 'none',
  measures: PAGING_MEASURES,
  settle,
  run,
};

async function settle(scenario: Plain, settings: Settings): Promise<Plain> {
  refuseOthers(settings);
  const { pages, memory } = settings;
  if (memory.stripe.file === 'none' && memory.low_mark > memory.high_mark) {
    throw new InputError({
      where: 'memory.low_mark',
      found: `${shortNumber(100 * memory.low_mark)}%, above memory.high_mark (${shortNumber(100 * memory.high_mark)}%)`,
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

/** A run of references, or of a file, has nothing else in it. */
function refuseOthers(settings: Settings): void {
  const { pages, memory } = settings;
  const references = pages.trace === 'none' ? 'pages.law' : 'pages.trace';
  const striped = memory.stripe.file !== 'none';
  refuseBeside(
    striped ? 'memory.stripe.file' : references,
    [
      ...(striped
        ? ([
            ['pages.trace', pages.trace],
            ['pages.law', pages.law.name],
          ] as [string, string][])
        : []),
      ...jobsAndOwners(settings),
    ],
    'such a run has one process',
  );
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

/** A file read from one end to the other. */
function readFile(settings: Settings, bytes: number, streams: Streams, outputs: RunOutputs): RunResult {
  const { memory, cluster } = settings;
  const { disks, block, ahead } = memory.stripe;
  const { prices } = pricesOf(settings);
  const config: FileConfig = {
    bytes,
    block,
    page: memory.page,
    disks,
    ahead: ahead === 'auto' ? null : ahead,
    disk: DISKS[cluster.disk]!,
    diskTime: memory.disk_time === 'priced' ? null : memory.disk_time,
    network: NETWORKS[cluster.network]!,
    remoteTime: memory.remote_time === 'priced' ? null : memory.remote_time,
    prices: {
      own: cpuOf(prices.service('file-read', { in: 0, out: block })),
      take: prices.operation('receive', block),
      answer:
        prices.operation('receive') +
        cpuOf(prices.service('file-read', { in: 0, out: block })) +
        prices.operation('send', block),
    },
    streams,
    keepLog: outputs.events !== undefined,
  };
  const { measures, digest, events, log } = runFile(config);
  writeEvents(log, outputs);
  return { measures, digest, events, counts: {}, notes: prices.notes };
}

function writeEvents(log: EventLog | null, outputs: RunOutputs): void {
  if (log !== null && outputs.events !== undefined) writeFileSync(outputs.events, [...log.csv()].join(''));
}

async function run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult> {
  const { file } = settings.memory.stripe;
  if (file !== 'none') return readFile(settings, file, streams, outputs);
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
    keepLog: outputs.events !== undefined,
  };
  const done = runPaging(config);
  writeEvents(done.log, outputs);
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

function notesOf({ policies, pages, memory }: Settings, table: ReferenceTable): string[] {
  const { name } = policies.replacement;
  const notes: string[] = [];
  if (replacementPolicies[name].oracle) notes.push(`${name} knows the references to come: a bound`);
  if (table.stands !== null && name !== 'lru') {
    notes.push(`${pages.trace} leaves hits out: its faults are exact for lru only, those of ${name} are not`);
  }
  if (memory.frames !== 'auto' && memory.frames < table.exactFrom) {
    notes.push(
      `${pages.trace} is a reduction by a memory of ${table.exactFrom} pages: with fewer frames faults are missing`,
    );
  }
  return notes;
}
