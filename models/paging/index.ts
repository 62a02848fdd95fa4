/**
 * A run of one process that pages: its references against the frames of its node, the node's disk and the memory of
 * others, and a second run of the same process with a frame for every page, which its slowdown is measured against.
 *
 * Node 0 is the process's own; the servers are nodes 1 to S, and node S + 1 keeps parity where there is any.
 */
import { Engine } from '../../sim/engine/engine.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import { Digest } from '../../sim/measure/digest.ts';
import { EventLog } from '../../sim/measure/event-log.ts';
import { CheckError, InputError } from '../../sim/problem.ts';
import type { ReferenceTable } from '../../workloads/pages/index.ts';
import type { MemoryServerPolicyKind } from '../policies/memory_server/contract.ts';
import type { Redundancy } from '../policies/reliability/contract.ts';
import type { ReplacementPolicyKind } from '../policies/replacement/contract.ts';
import type { Disk } from '../presets/disks.ts';
import type { Network } from '../presets/networks.ts';
import { NodeDisks } from './disks.ts';
import { PAGE_EVENT, PagedProcess, type PagingPrices } from './process.ts';
import { ServerLife } from './server-life.ts';
import { MEMORY_EVENT, MemoryServers, type ServerPrices } from './servers.ts';
import { StripedFile } from './striped-file.ts';
import { FixedWires, NetworkWires, type PageWires } from './wires.ts';

const count = (doc: string) => ({ unit: '1', doc }) as const;
const seconds = (doc: string) => ({ unit: 's', doc }) as const;

export const PAGING_MEASURES = {
  page_faults: count('references whose page was not in memory; first references are among them'),
  write_backs: count('dirty pages evicted; those dirty at the end are not counted'),
  first_touch_faults: count("faults at a page's first reference"),
  reclaims: count('references to a page that was just leaving: taken back without being read'),
  references: count('references of the process'),
  footprint_pages: count('distinct pages'),
  hit_ratio: count('share of the references after the warm-up whose page was in memory'),
  miss_ratio: count('share of the references after the warm-up that faulted'),
  makespan_s: seconds('until the process has ended and its last page-out is written'),
  run_time_s: seconds('until the process has ended'),
  compute_time_s: seconds("the program's own CPU time (tax on it included), of restarts too"),
  stall_time_s: seconds('time from faults to their pages'),
  slowdown: count('run time / run time of the same process with a frame for every page'),
  fault_time_s: seconds('mean time from a fault to its page'),
  fault_time_sd_s: seconds('standard deviation of the time from a fault to its page'),
  disk_read_s: seconds("mean service time of reads at the node's disk"),
  disk_read_sd_s: seconds("standard deviation of the service time of reads at the node's disk"),
  frame_waits: count('faults that waited for a frame'),
  page_outs: count('pages written out, to servers and to the disk'),
  remote_page_outs: count('pages written out to servers'),
  disk_page_outs: count("pages written out to the node's disk"),
  remote_page_ins: count('pages fetched from servers'),
  disk_page_ins: count("pages read from the node's disk"),
  page_transfers: count('pages sent over the network, for whatever reason'),
  transfers_per_page_out: count('pages (copies and parity too) sent for each page-out to servers'),
  refused_page_outs: count('page-outs that no server took'),
  server_withdrawals: count('times that the owner of a server wanted its memory back'),
  withdrawal_s: seconds("mean time from a server's withdrawal until the last page had left it"),
  pages_moved: count('pages that withdrawing servers sent to other servers'),
  pages_spilled: count('pages that came back from servers to go to the disk'),
  server_crashes: count('crashes of servers and of the parity server'),
  pages_recovered: count('pages of crashed servers that redundancy saved'),
  pages_lost: count('pages that crashes took'),
  recovery_transfers: count('pages sent to recover others'),
  restarts: count('times that the process started over since it had lost a page'),
  file_read_s: seconds('time to read a file from one end to the other'),
  file_rate_MB_s: { unit: 'MB/s', doc: 'its bytes / that time (MB: 10^6 bytes)' },
} as const;
export type PagingMeasure = keyof typeof PAGING_MEASURES;

export interface PagingConfig {
  readonly table: ReferenceTable;
  /** Frames of the process; null: as many as pages. */
  readonly frames: number | null;
  /** Bytes of a page. */
  readonly page: number;
  /** Shares of the frames. */
  readonly lowMark: number;
  readonly highMark: number;
  /** ns between two references, tax included. */
  readonly compute: number;
  readonly first: 'disk' | 'zero-fill';
  readonly warmup: number;
  readonly replacement: ReplacementPolicyKind;
  readonly memoryServer: MemoryServerPolicyKind;
  readonly redundancy: Redundancy;
  readonly prices: PagingPrices;
  readonly serverPrices: ServerPrices;
  readonly disk: Disk;
  /** ns of each request; null: the disk's own time. */
  readonly diskTime: number | null;
  readonly network: Network;
  /** ns of a page; null: the network's own time. */
  readonly remoteTime: number | null;
  readonly servers: number;
  /** Frames of each; null: as many as the process has pages. */
  readonly serverFrames: number | null;
  readonly wantedAfter: number | null;
  readonly lentAfter: number;
  readonly crashAfter: number | null;
  readonly repair: number;
  /** When the run ends at the latest, ns; infinity: with the process. */
  readonly horizon: number;
  readonly streams: Streams;
  readonly keepLog: boolean;
}

export interface PagingRun {
  readonly measures: Partial<Record<PagingMeasure, number>>;
  readonly digest: string;
  readonly events: number;
  /** Whether the process has ended before the horizon. */
  readonly ended: boolean;
  /** Domain events, where they were to be kept. */
  readonly log: EventLog | null;
}

/** Restarts after which a run without horizon is given up. */
const MOST_RESTARTS = 1000;

/** Runs the process, and its twin that has memory enough. Throws `CheckError` where a page is in two places, or in none. */
export function runPaging(config: PagingConfig): PagingRun {
  const run = simulate(config, config.frames ?? config.table.unique, config.servers);
  const { process, servers, disks, engine, digest } = run;
  const { table } = config;
  const enough = { ...config, horizon: Number.POSITIVE_INFINITY, keepLog: false };
  const twin = simulate(enough, twinFrames(config), 0);
  const { counts } = process;
  const references = referencesOf(table);
  const measured = Math.max(0, references - config.warmup);
  const measures: Partial<Record<PagingMeasure, number>> = {
    page_faults: counts.faults,
    write_backs: counts.writeBacks,
    first_touch_faults: counts.firstTouches,
    reclaims: counts.reclaims,
    references,
    footprint_pages: table.unique,
    makespan_s: engine.now / 1e9,
    compute_time_s: process.computed / 1e9,
    stall_time_s: process.stall / 1e9,
    frame_waits: counts.waits,
    page_outs: counts.outDisk + counts.outRemote,
    remote_page_outs: counts.outRemote,
    disk_page_outs: counts.outDisk,
    remote_page_ins: counts.inRemote,
    disk_page_ins: counts.inDisk,
    restarts: counts.restarts,
  };
  if (measured > 0) {
    measures.miss_ratio = counts.lateFaults / measured;
    measures.hit_ratio = 1 - measures.miss_ratio;
  }
  const ended = !Number.isNaN(process.end);
  if (ended) measures.run_time_s = process.end / 1e9;
  if (ended && twin.process.end > 0) measures.slowdown = process.end / twin.process.end;
  if (counts.faults > 0) {
    [measures.fault_time_s, measures.fault_time_sd_s] = moments(
      counts.faults,
      process.stall,
      process.stallSquares,
    );
  }
  if (disks.reads > 0) {
    [measures.disk_read_s, measures.disk_read_sd_s] = moments(disks.reads, disks.readTime, disks.readSquares);
  }
  if (servers !== null) {
    const done = servers.counts;
    measures.page_transfers = done.transfers;
    measures.refused_page_outs = done.refused;
    measures.server_withdrawals = done.withdrawals;
    measures.pages_moved = done.moved;
    measures.pages_spilled = done.spilled;
    measures.server_crashes = done.crashes;
    measures.pages_recovered = done.recovered;
    measures.pages_lost = done.lost;
    measures.recovery_transfers = done.recoveryTransfers;
    if (done.stored > 0) measures.transfers_per_page_out = done.storeTransfers / done.stored;
    if (done.drained > 0) measures.withdrawal_s = done.drainTime / done.drained / 1e9;
  }
  return { measures, digest: digest.hex(), events: engine.events, ended, log: run.log };
}

/** Frames with which no page of the process ever leaves memory, marks and all. */
function twinFrames({ table, highMark }: PagingConfig): number {
  return Math.ceil(table.unique / (1 - highMark)) + 1;
}

function referencesOf({ n, stands }: ReferenceTable): number {
  if (stands === null) return n;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += stands[i]!;
  return sum;
}

/** Mean and standard deviation, s, from a number of times and their sums, ns. */
function moments(n: number, sum: number, squares: number): [number, number] {
  const mean = sum / n;
  return [mean / 1e9, Math.sqrt(Math.max(0, squares / n - mean * mean)) / 1e9];
}

function wiresOf(
  engine: Engine,
  network: Network,
  time: number | null,
  bytes: number,
  nodes: number,
): PageWires {
  return time === null
    ? new NetworkWires(engine, network, nodes)
    : new FixedWires(engine, time, bytes, nodes);
}

export interface FileConfig {
  /** Bytes of the file, of a block, and of a page. */
  readonly bytes: number;
  readonly block: number;
  readonly page: number;
  /** Nodes over whose disks it is striped; 0: the reader's own. */
  readonly disks: number;
  /** Blocks asked for at once; null: two a disk. */
  readonly ahead: number | null;
  readonly disk: Disk;
  readonly diskTime: number | null;
  readonly network: Network;
  /** ns of a page; null: the network's own time. */
  readonly remoteTime: number | null;
  /** CPU time, ns: see `StripedFileConfig`. */
  readonly prices: { readonly own: number; readonly take: number; readonly answer: number };
  readonly streams: Streams;
  readonly keepLog: boolean;
}

/** What a block that has arrived is in the digest. */
const BLOCK_READ = 32;

/** Names of the domain events in a log, by number. */
const NAMES: string[] = [];
for (const [name, number] of Object.entries({ ...MEMORY_EVENT, ...PAGE_EVENT, blockRead: BLOCK_READ })) {
  NAMES[number] = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Reads a file from one disk or many. */
export function runFile(config: FileConfig): PagingRun {
  const { bytes, block, disks, streams, disk, network, diskTime, prices } = config;
  const engine = new Engine();
  const digest = new Digest();
  const nodes = disks + 1;
  const remoteTime = config.remoteTime === null ? null : (config.remoteTime * block) / config.page;
  const nodeDisks = new NodeDisks(engine, disk, nodes, streams.bank('disks of a file', nodes), diskTime);
  const log = config.keepLog ? new EventLog(NAMES) : null;
  let blocks = 0;
  new StripedFile({
    engine,
    bytes,
    block,
    disks,
    ahead: config.ahead ?? 2 * Math.max(1, disks),
    nodeDisks,
    wires: wiresOf(engine, network, remoteTime, block, nodes),
    prices,
    arrived: (which) => {
      blocks++;
      digest.add(engine.now, BLOCK_READ, 0, which);
      log?.add(engine.now, BLOCK_READ, 0, which);
    },
  }).start();
  engine.run();
  if (blocks !== Math.ceil(bytes / block)) {
    throw new CheckError(`${blocks} blocks of ${Math.ceil(bytes / block)} have arrived`);
  }
  const time_s = engine.now / 1e9;
  const measures: Partial<Record<PagingMeasure, number>> = { file_read_s: time_s, makespan_s: time_s };
  if (time_s > 0) measures.file_rate_MB_s = bytes / 1e6 / time_s;
  [measures.disk_read_s, measures.disk_read_sd_s] = moments(
    nodeDisks.reads,
    nodeDisks.readTime,
    nodeDisks.readSquares,
  );
  return { measures, digest: digest.hex(), events: engine.events, ended: true, log };
}

function simulate(config: PagingConfig, frames: number, lenders: number) {
  const { table, page, streams, redundancy } = config;
  const engine = new Engine();
  const digest = new Digest();
  const log = config.keepLog ? new EventLog(NAMES) : null;
  const record = (what: number, who: number, value: number) => {
    digest.add(engine.now, what, who, value);
    log?.add(engine.now, what, who, value);
  };
  const parity = redundancy.parity === 'none' ? -1 : lenders + 1;
  const nodes = lenders + 2;
  const disks = new NodeDisks(engine, config.disk, 1, streams.bank('disks of paging', 1), config.diskTime);
  let process: PagedProcess;
  let servers: MemoryServers | null = null;
  if (lenders > 0) {
    servers = new MemoryServers({
      engine,
      nodes,
      pages: table.unique,
      page,
      ownerOf: () => 0,
      policy: config.memoryServer,
      chance: streams.bank('memory server', nodes),
      redundancy,
      wires: wiresOf(engine, config.network, config.remoteTime, page, nodes),
      prices: config.serverPrices,
      record,
      spilled: (which) => process.spilled(which),
      lost: (which) => process.lost(which),
    });
  }
  process = new PagedProcess({
    engine,
    node: 0,
    table,
    frames,
    lowMark: Math.floor(config.lowMark * frames),
    highMark: Math.floor(config.highMark * frames),
    replacement: config.replacement,
    chance: streams.stream('replacement'),
    compute: config.compute,
    first: config.first,
    prices: config.prices,
    disks,
    page,
    servers,
    record,
    warmup: config.warmup,
    ended: () => engine.stop(),
    restarted: (restarts) => {
      if (restarts < MOST_RESTARTS || config.horizon < Number.POSITIVE_INFINITY) return;
      throw new InputError({
        where: 'memory.crash_after',
        found: `the process has started over ${restarts} times, and no end is in sight`,
        would: 'set policies.reliability, or a horizon such as 1h',
      });
    },
  });
  const check = () => {
    servers?.check();
    process.check();
  };
  if (servers !== null) {
    const { serverFrames, wantedAfter, lentAfter, crashAfter, repair } = config;
    new ServerLife({
      engine,
      servers,
      lenders: Array.from({ length: lenders }, (_, i) => i + 1),
      frames: serverFrames ?? table.unique,
      parity,
      wantedAfter,
      lentAfter,
      crashAfter,
      repair,
      owners: streams.bank('owners of memory servers', nodes),
      crashes: streams.bank('crashes of memory servers', nodes),
      happened: check,
    }).start();
  }
  process.start();
  engine.run(config.horizon);
  check();
  return { engine, digest, log, process, servers, disks };
}
