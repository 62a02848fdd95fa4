/**
 * Memory of tasks that need more than their node has: what does not fit is paged out to memory servers, which are the
 * idle nodes, or to the node's disk.
 *
 * Model: a task goes over its image once in `sweep` of CPU time, so with less memory than image every page faults on
 * every pass (LRU under a cyclic sweep). What is outside is told slab by slab (`models/paging/servers.ts`): on a
 * server, or on disk where no server had room. A fault waits for a server or for the disk in proportion; the page
 * that makes room is dirty and goes back to where the other came from. A gang waits for its slowest task. A node
 * lends its memory while it is offered and holds no guest; it withdraws when its owner returns or a guest comes, and
 * its slabs travel to other servers or to disks. A crash of a server takes the slabs that have no copy, and with them
 * the task that they belong to.
 * Faults are counted by the progress of each job, not simulated one by one: the reference strings of `paging` are.
 * Left out: memory of owners' programs beside a guest; page tables and dirty marks; contention of page-ins of
 * different tasks at one server or wire; with several rows of gangs, moving memory between them (each row has an
 * equal part).
 * Source: section 1.8 and 2.3 of the project's reference on memory and networks (slowdown 1 + t_fault / c).
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { CheckError } from '../../sim/problem.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import { MEMORY_EVENT, MemoryServers, type ServersConfig } from '../paging/servers.ts';

export interface JobMemoryConfig {
  /** Bytes of a node's memory that one task can have, and that an idle node lends. */
  readonly local: number;
  readonly lent: number;
  /** Bytes of a page; bytes that move and are placed together. */
  readonly page: number;
  readonly slab: number;
  /** ns of CPU in which a task goes over its image once. */
  readonly sweep: number;
  /** ns that one fault waits: page from a server, page from the disk. */
  readonly remoteFault: number;
  readonly diskFault: number;
  /** Policy, redundancy, wires and prices of the servers. */
  readonly servers: Pick<ServersConfig, 'policy' | 'chance' | 'redundancy' | 'wires' | 'prices'>;
}

export interface JobMemoryParts {
  readonly engine: Engine;
  readonly events: DomainEvents;
  readonly nodes: number;
  /** Tasks that can be at nodes at once. */
  readonly cells: number;
  /** Bytes of the largest image. */
  readonly largest: number;
  image(job: number): number;
  /** The share of a task's pages on servers changes now: bring the job's progress up to date before. */
  settle(job: number): void;
  /** It has changed: the pace is another. */
  changed(job: number): void;
  /** A crash of `node` has taken memory of the task in a cell for good. */
  lost(cell: number, node: number): void;
}

const NONE = -1;

/** Events of the building by those of the servers. */
const EVENTS: Readonly<Record<number, number>> = {
  [MEMORY_EVENT.offer]: EVENT['memory-offer'],
  [MEMORY_EVENT.withdraw]: EVENT['memory-withdraw'],
  [MEMORY_EVENT.crash]: EVENT['memory-crash'],
  [MEMORY_EVENT.store]: EVENT['page-out'],
  [MEMORY_EVENT.fetch]: EVENT['page-in'],
  [MEMORY_EVENT.move]: EVENT['page-move'],
  [MEMORY_EVENT.spill]: EVENT['page-spill'],
  [MEMORY_EVENT.lose]: EVENT['page-lost'],
  [MEMORY_EVENT.recover]: EVENT['page-recover'],
  [MEMORY_EVENT.refuse]: EVENT['page-refuse'],
};

export class JobMemory {
  /** Pages that faults have brought in from servers and from disks, and pages that went out to make room. */
  remoteIns = 0;
  diskIns = 0;
  outs = 0;
  /** Tasks that a crash of a server has cost memory. */
  tasksLost = 0;
  readonly servers: MemoryServers;
  /** Called when memory has changed places, for pictures. */
  onChange: () => void = () => {};
  private readonly parts: JobMemoryParts;
  private readonly config: JobMemoryConfig;
  private readonly slabsEach: number;
  private readonly storedType: number;
  /** By cell: the range of slabs that its task has, or -1. */
  private readonly rangeOf: Int32Array;
  private readonly freeRanges: number[] = [];
  /** By range: job, cell, node, slabs outside, and of these on servers. */
  private readonly jobOf: Int32Array;
  private readonly cellOf: Int32Array;
  private readonly nodeOf: Int32Array;
  private readonly outside: Int32Array;
  private readonly remote: Int32Array;
  /** By slab: 1 while it counts as on a server. */
  private readonly onServer: Uint8Array;
  /** By job: faults per ns of progress, all tasks together, that servers and disks serve. */
  private readonly remoteRate = new Map<number, number>();
  private readonly diskRate = new Map<number, number>();
  private readonly lending: Uint8Array;
  private readonly losers = new Set<number>();
  /** Ranges with slabs on disk. */
  private readonly wanting = new Set<number>();

  constructor(parts: JobMemoryParts, config: JobMemoryConfig) {
    this.parts = parts;
    this.config = config;
    this.slabsEach = Math.max(1, Math.ceil(Math.max(0, parts.largest - config.local) / config.slab));
    // A task on its way has a range at one of its two cells only.
    const ranges = parts.cells;
    this.rangeOf = new Int32Array(parts.cells).fill(NONE);
    for (let range = ranges - 1; range >= 0; range--) this.freeRanges.push(range);
    this.jobOf = new Int32Array(ranges).fill(NONE);
    this.cellOf = new Int32Array(ranges);
    this.nodeOf = new Int32Array(ranges);
    this.outside = new Int32Array(ranges);
    this.remote = new Int32Array(ranges);
    this.onServer = new Uint8Array(ranges * this.slabsEach);
    this.lending = new Uint8Array(parts.nodes);
    this.storedType = parts.engine.on(() => {}, 'slab stored');
    this.servers = new MemoryServers({
      ...config.servers,
      engine: parts.engine,
      nodes: parts.nodes,
      pages: ranges * this.slabsEach,
      page: config.slab,
      ownerOf: (slab) => this.nodeOf[this.rangeOfSlab(slab)]!,
      record: (what, who, value) => {
        parts.events.record(EVENTS[what]!, who, value);
        this.onChange();
      },
      spilled: (slab) => this.toDisk(slab),
      lost: (slab) => this.slabLost(slab),
    });
  }

  get pagesOfSlab(): number {
    return this.config.slab / this.config.page;
  }

  /** Whether a node lends its memory from now on. */
  setLending(node: number, lends: boolean): void {
    if (lends === (this.lending[node] === 1)) return;
    this.lending[node] = lends ? 1 : 0;
    if (!lends) {
      this.servers.withdraw(node);
      this.onChange();
      return;
    }
    this.servers.offer(node, Math.floor(this.config.lent / this.config.slab));
    // Dirty pages of the next sweeps go to servers again, those that have waited longest first.
    for (const range of this.wanting) if (!this.toServers(range)) break;
    this.onChange();
  }

  /** A node has crashed: what it lent is gone, and jobs whose only copy was there are told of. */
  crash(node: number): void {
    // One that withdraws may still hold slabs.
    if (this.lending[node] === 0 && this.servers.heldBy(node) === 0) return;
    this.lending[node] = 0;
    this.servers.crash(node);
    for (const cell of this.losers) {
      this.tasksLost++;
      this.parts.lost(cell, node);
    }
    this.losers.clear();
    this.onChange();
  }

  /** A task begins: what does not fit in its node's memory goes out. */
  enter(job: number, cell: number, node: number): void {
    if (this.rangeOf[cell] !== NONE) return;
    const image = this.parts.image(job);
    const slabs = Math.ceil(Math.max(0, image - this.config.local) / this.config.slab);
    if (slabs === 0) return;
    const range = this.freeRanges.pop()!;
    this.rangeOf[cell] = range;
    this.jobOf[range] = job;
    this.cellOf[range] = cell;
    this.nodeOf[range] = node;
    this.outside[range] = slabs;
    this.remote[range] = 0;
    this.store(range);
    this.outs += (slabs * this.config.slab) / this.config.page;
    this.setRates(job, range, 1);
    this.onChange();
  }

  /** A task is over, or is lost: its slabs are of no more use. */
  leave(cell: number): void {
    const range = this.rangeOf[cell]!;
    if (range === NONE) return;
    this.setRates(this.jobOf[range]!, range, -1);
    this.rangeOf[cell] = NONE;
    const first = range * this.slabsEach;
    for (let slab = first; slab < first + this.outside[range]!; slab++) {
      if (this.onServer[slab] === 1) this.servers.release(slab);
      this.onServer[slab] = 0;
    }
    this.jobOf[range] = NONE;
    this.wanting.delete(range);
    this.freeRanges.push(range);
    this.onChange();
  }

  /** A task goes to another cell; what is outside stays where it is, and what is on its node's disk goes along. */
  moved(from: number, to: number, node: number): void {
    const range = this.rangeOf[from]!;
    if (range === NONE) return;
    this.rangeOf[from] = NONE;
    this.rangeOf[to] = range;
    this.cellOf[range] = to;
    this.nodeOf[range] = node;
    this.onChange();
  }

  /** Whether a task at a node has memory elsewhere. */
  isShortAt(node: number): boolean {
    for (let cell = node; cell < this.rangeOf.length; cell += this.parts.nodes)
      if (this.rangeOf[cell] !== NONE) return true;
    return false;
  }

  /** ns that the task in a cell waits for pages per ns of its progress. */
  waiting(cell: number): number {
    const range = this.rangeOf[cell]!;
    if (range === NONE) return 0;
    const remote = this.remote[range]! / this.outside[range]!;
    return this.faultRate(range) * (remote * this.config.remoteFault + (1 - remote) * this.config.diskFault);
  }

  /** A job has gone forward by `progress` ns. */
  advance(job: number, progress: number): void {
    const remote = (this.remoteRate.get(job) ?? 0) * progress;
    const disk = (this.diskRate.get(job) ?? 0) * progress;
    this.remoteIns += remote;
    this.diskIns += disk;
    this.outs += remote + disk;
  }

  /** Throws `CheckError` where a slab is in two places or in none. */
  check(): void {
    this.servers.check();
    for (let range = 0; range < this.jobOf.length; range++) {
      let remote = 0;
      for (let k = 0; k < this.slabsEach; k++) {
        const slab = range * this.slabsEach + k;
        // What is on its way back counts as on a server until it has arrived.
        const held = this.servers.holds(slab) || this.servers.returns(slab);
        if (held !== (this.onServer[slab] === 1)) {
          throw new CheckError(
            `slab ${slab}: ${held ? 'a server holds it' : 'no server holds it'}, its task believes otherwise`,
          );
        }
        if (held) remote++;
      }
      if (this.jobOf[range] !== NONE && remote !== this.remote[range]) {
        throw new CheckError(
          `job ${this.jobOf[range]}: ${remote} slabs on servers, ${this.remote[range]} believed`,
        );
      }
    }
  }

  /** Faults per ns of progress of a task with slabs outside: all pages of its image once a sweep. */
  private faultRate(range: number): number {
    return this.parts.image(this.jobOf[range]!) / this.config.page / this.config.sweep;
  }

  private rangeOfSlab(slab: number): number {
    return Math.floor(slab / this.slabsEach);
  }

  /** A slab has come back from a server that withdraws, and lies on its node's disk. */
  private toDisk(slab: number): void {
    if (this.onServer[slab] === 0) return;
    const range = this.rangeOfSlab(slab);
    const job = this.jobOf[range]!;
    this.parts.settle(job);
    this.setRates(job, range, -1);
    this.onServer[slab] = 0;
    this.remote[range]!--;
    this.wanting.add(range);
    this.setRates(job, range, 1);
    this.parts.changed(job);
  }

  /** The only copy of a slab has been on a server that has crashed: its task cannot go on. */
  private slabLost(slab: number): void {
    const range = this.rangeOfSlab(slab);
    this.losers.add(this.cellOf[range]!);
    if (this.onServer[slab] === 0) return;
    const job = this.jobOf[range]!;
    this.parts.settle(job);
    this.setRates(job, range, -1);
    this.onServer[slab] = 0;
    this.remote[range]!--;
    this.setRates(job, range, 1);
  }

  /** Slabs on disk go to servers as far as these have room. Returns whether all did. */
  private toServers(range: number): boolean {
    const job = this.jobOf[range]!;
    this.parts.settle(job);
    this.setRates(job, range, -1);
    const all = this.store(range);
    this.setRates(job, range, 1);
    this.parts.changed(job);
    return all;
  }

  /** Stores the slabs of a range that are on no server, until none has room. Returns whether all are stored. */
  private store(range: number): boolean {
    const first = range * this.slabsEach;
    for (let slab = first; slab < first + this.outside[range]!; slab++) {
      if (this.onServer[slab] === 1 || this.servers.returns(slab)) continue;
      if (!this.servers.store(slab, this.storedType, slab)) {
        this.wanting.add(range);
        return false;
      }
      this.onServer[slab] = 1;
      this.remote[range]!++;
    }
    if (this.remote[range] === this.outside[range]) this.wanting.delete(range);
    return true;
  }

  /** Adds a task's faults to those of its job, or takes them away. */
  private setRates(job: number, range: number, sign: number): void {
    const faults = sign * this.faultRate(range);
    const remote = this.remote[range]! / this.outside[range]!;
    this.remoteRate.set(job, (this.remoteRate.get(job) ?? 0) + faults * remote);
    this.diskRate.set(job, (this.diskRate.get(job) ?? 0) + faults * (1 - remote));
  }
}
