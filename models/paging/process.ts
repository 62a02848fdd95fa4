/**
 * A process that refers to more pages than its node has frames for: pages come in by faults and leave by page-outs, to
 * memory servers where these take them, else to the node's disk.
 *
 * A page is untouched, in a frame (clean or dirty), leaving a frame, on the disk, on a server, or lost. References that
 * hit are run through in a loop (the replacement policy is told of each) and take their compute time together; events
 * are faults and what they cause. That is exact: whatever else happens meanwhile (pages that have left, servers that
 * go) changes nothing that a hit depends on.
 *
 * Frames: with both marks 0 a fault that finds none free evicts one page and waits for it to be written. Otherwise the
 * page-out daemon, woken by a fault that leaves fewer frames free than the high mark, evicts up to that mark while the
 * process goes on; a fault that finds no more than the low mark free waits. A page referred to while it leaves is
 * taken back without being read (a reclaim).
 *
 * A fault costs what the OS structure makes it cost, and then the page's way here; the CPU time of page-outs is charged
 * to the process, which the daemon interrupts. Left out: read-ahead, clustered page-outs, several processes in one
 * memory, the daemon's own look for pages.
 *
 * Sources: section 1.8 of the project's reference on memory and networks.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import type { Source } from '../../sim/engine/streams.ts';
import { CheckError } from '../../sim/problem.ts';
import type { ReferenceTable } from '../../workloads/pages/index.ts';
import type { ReplacementPolicy, ReplacementPolicyKind } from '../policies/replacement/contract.ts';
import type { NodeDisks } from './disks.ts';
import { futureOf } from './future.ts';
import type { MemoryServers } from './servers.ts';

/** Domain events of a process, as `record` gets them; numbers above those of memory servers. */
export const PAGE_EVENT = {
  /** A fault (page). */
  fault: 16,
  /** A page has come in (page). */
  pageIn: 17,
  /** A page-out begins (page). */
  pageOut: 18,
  /** A page that was leaving is taken back (page). */
  reclaim: 19,
  /** The process starts over, since a page is lost (that page). */
  restart: 20,
  /** The process has ended (its restarts). */
  end: 21,
} as const;

/** CPU time of what the process causes, ns, by the OS structure. */
export interface PagingPrices {
  /** A fault whose page is read from a disk; one whose page is asked of a server; one that needs no page. */
  readonly faultDisk: number;
  readonly faultRemote: number;
  readonly faultEmpty: number;
  /** A page-out to a disk, and to a server. */
  readonly outDisk: number;
  readonly outRemote: number;
}

export interface ProcessConfig {
  readonly engine: Engine;
  readonly node: number;
  readonly table: ReferenceTable;
  readonly frames: number;
  /** Frames kept free: below the low mark faults wait, up to the high mark the daemon frees. */
  readonly lowMark: number;
  readonly highMark: number;
  readonly replacement: ReplacementPolicyKind;
  readonly chance: Source;
  /** ns of the program between two references. */
  readonly compute: number;
  /** What a first reference costs: the page is read from the disk, or is an empty one. */
  readonly first: 'disk' | 'zero-fill';
  readonly prices: PagingPrices;
  readonly disks: NodeDisks;
  /** Bytes of a page. */
  readonly page: number;
  /** null: pages go to the disk. */
  readonly servers: MemoryServers | null;
  readonly record: (what: number, who: number, value: number) => void;
  /** References that are not counted in the hit ratio. */
  readonly warmup: number;
  readonly ended: () => void;
  /** It has started over that many times. */
  readonly restarted: (restarts: number) => void;
}

const PLACE = { untouched: 0, memory: 1, leaving: 2, disk: 3, server: 4, lost: 5 } as const;
const NONE = -1;
const LEAVES = -2;

export class PagedProcess {
  readonly counts = {
    faults: 0,
    /** Faults of a page's first reference. */
    firstTouches: 0,
    /** Faults after the warm-up. */
    lateFaults: 0,
    reclaims: 0,
    writeBacks: 0,
    /** Page-outs, to a disk and to a server; clean pages whose copy was lost are among them. */
    outDisk: 0,
    outRemote: 0,
    inDisk: 0,
    inRemote: 0,
    restarts: 0,
    /** Faults that had to wait for a frame. */
    waits: 0,
  };
  /** When it ended, ns; time from each fault to the page, and its squares, after the CPU's part, ns. */
  end = Number.NaN;
  stall = 0;
  stallSquares = 0;
  /** ns of the program's own computing, wasted work included. */
  computed = 0;
  /** Page-outs under way. */
  underWay = 0;

  private readonly config: ProcessConfig;
  private readonly engine: Engine;
  private readonly servers: MemoryServers | null;
  private policy: ReplacementPolicy;
  /** Whether no page ever leaves: then only first references fault. */
  private readonly holdsAll: boolean;
  /** Frame of each page; NONE where it has none, LEAVES - frame where it leaves one. */
  private readonly frameOf: Int32Array;
  /** Page of each frame, a leaving one too; NONE where it is free. */
  private readonly pageIn: Int32Array;
  private readonly place: Uint8Array;
  private readonly dirty: Uint8Array;
  /** 1 where the disk has the page as it was when it was last clean. */
  private readonly onDisk: Uint8Array;
  /** 1 where the page has been written since it was made: others are empty, or a file's. */
  private readonly written: Uint8Array;
  private readonly freeFrames: Int32Array;
  /** Writes of the page in a frame that are under way. */
  private readonly writing: Uint8Array;
  private free: number;
  private resident = 0;
  private leaving = 0;
  private position = 0;
  private touched = 0;
  /** CPU time of page-outs that the process has still to be charged, ns. */
  private owed = 0;
  private faultAt = 0;
  /** The frame that the fault has been given; NONE between faults. */
  private frame = NONE;
  private waiting = false;
  private restarting = false;
  private ended = false;
  private readonly faultType: number;
  private readonly fetchType: number;
  private readonly inType: number;
  private readonly outType: number;
  private readonly spillType: number;
  private readonly endType: number;

  constructor(config: ProcessConfig) {
    const { engine, table, frames } = config;
    this.config = config;
    this.engine = engine;
    this.servers = config.servers;
    this.holdsAll = frames - config.highMark >= table.unique;
    this.frameOf = new Int32Array(table.unique).fill(NONE);
    this.pageIn = new Int32Array(frames).fill(NONE);
    this.place = new Uint8Array(table.unique);
    this.dirty = new Uint8Array(table.unique);
    this.onDisk = new Uint8Array(table.unique);
    this.written = new Uint8Array(table.unique);
    this.writing = new Uint8Array(frames);
    this.freeFrames = new Int32Array(frames);
    this.free = 0;
    this.freeAll();
    this.policy = this.newPolicy();
    this.faultType = engine.on(() => this.fault(), 'page fault');
    this.fetchType = engine.on(() => this.fetch(), 'page wanted');
    this.inType = engine.on(() => this.arrived(), 'page in');
    this.outType = engine.on((frame) => this.out(frame), 'page out');
    this.spillType = engine.on(() => this.done(), 'page of a server on disk');
    this.endType = engine.on(() => this.finish(), 'end of a process');
  }

  start(): void {
    this.advance();
  }

  /** A server has sent a page back: it is written to the node's disk. */
  spilled(page: number): void {
    this.onDisk[page] = 1;
    if (this.place[page] === PLACE.server) this.place[page] = PLACE.disk;
    this.underWay++;
    this.request(true, page, this.spillType, 0);
  }

  /** A server's only copy of a page is gone. */
  lost(page: number): void {
    // A page in memory is the page itself; one that leaves goes once more when its page-out has come to nothing.
    if (this.place[page] === PLACE.server) this.place[page] = PLACE.lost;
  }

  /** Throws `CheckError` where a page is not in exactly one place, or a frame is lost. */
  check(): void {
    const { servers } = this;
    let inMemory = 0;
    let leaving = 0;
    for (let page = 0; page < this.place.length; page++) {
      const place = this.place[page]!;
      const frame = this.frameOf[page]!;
      if (place === PLACE.leaving) leaving++;
      if ((place === PLACE.memory) !== frame >= 0) {
        throw new CheckError(`page ${page} is in frame ${frame} and in place ${place}`);
      }
      if (frame >= 0) {
        inMemory++;
        if (this.pageIn[frame] !== page) throw new CheckError(`frame ${frame} does not hold page ${page}`);
      }
      if (place === PLACE.disk && this.onDisk[page] === 0) throw new CheckError(`page ${page} is on no disk`);
      if (place === PLACE.server && !(servers!.holds(page) || servers!.returns(page))) {
        throw new CheckError(`page ${page} is on no server`);
      }
    }
    const given = this.frame === NONE ? 0 : 1;
    if (this.holdsAll) return;
    if (inMemory !== this.resident || leaving !== this.leaving) {
      throw new CheckError(
        `${inMemory} pages are in memory and ${leaving} leave it: ${this.resident} and ${this.leaving} were counted`,
      );
    }
    if (this.free + inMemory + leaving + given !== this.config.frames) {
      throw new CheckError(
        `${this.config.frames} frames: ${this.free} free, ${inMemory} hold pages, ${leaving} are left, ${given} given`,
      );
    }
  }

  // -- References -----------------------------------------------------------------------------------------------

  /** Runs through the references that hit, up to the next fault or the end, and schedules that. */
  private advance(): void {
    const { table, compute } = this.config;
    const { refs, n, stands } = table;
    const start = this.position;
    let i = start;
    if (this.holdsAll) i = this.touched < table.unique ? table.firsts[this.touched]! : n;
    else {
      const { frameOf, dirty, policy } = this;
      for (; i < n; i++) {
        const ref = refs[i]!;
        const page = ref >>> 1;
        const frame = frameOf[page]!;
        if (frame < 0) break;
        policy.touched(frame, i);
        if ((ref & 1) === 1) dirty[page] = 1;
      }
    }
    let references = i - start;
    if (stands !== null) {
      references = 0;
      for (let k = start; k < i; k++) references += stands[k]!;
    }
    this.position = i;
    const time = references * compute;
    this.computed += time;
    const delay = time + this.owed;
    this.owed = 0;
    this.engine.schedule(delay, i === n ? this.endType : this.faultType, 0);
  }

  private get page(): number {
    return this.config.table.refs[this.position]! >>> 1;
  }

  private fault(): void {
    const { page, counts } = this;
    this.faultAt = this.engine.now;
    if (this.place[page] === PLACE.leaving) {
      this.reclaim(page);
      return;
    }
    counts.faults++;
    if (this.position >= this.config.warmup) counts.lateFaults++;
    if (this.config.table.firsts[page] === this.position) counts.firstTouches++;
    this.config.record(PAGE_EVENT.fault, this.config.node, page);
    if (this.holdsAll) this.touched++;
    this.seekFrame();
  }

  /** A page that leaves is taken back: its write goes on, and leaves it clean. */
  private reclaim(page: number): void {
    const frame = LEAVES - this.frameOf[page]!;
    this.counts.reclaims++;
    this.config.record(PAGE_EVENT.reclaim, this.config.node, page);
    this.leaving--;
    this.settle(page, frame);
    this.owed += this.config.prices.faultEmpty;
    this.advance();
  }

  /** Gives the fault a frame, now or when one is free. */
  private seekFrame(): void {
    const { lowMark } = this.config;
    while (this.free <= lowMark) {
      if (this.leaving > 0) {
        if (!this.waiting) this.counts.waits++;
        this.waiting = true;
        return;
      }
      if (this.resident === 0) break;
      this.evict();
    }
    this.waiting = false;
    this.frame = this.freeFrames[--this.free]!;
    const { prices, first } = this.config;
    const place = this.place[this.page]!;
    const empty = place === PLACE.untouched && first === 'zero-fill';
    const price = place === PLACE.server ? prices.faultRemote : empty ? prices.faultEmpty : prices.faultDisk;
    if (price > 0) this.engine.schedule(price, this.fetchType, 0);
    else this.fetch();
  }

  /** The page is read from where it is; the daemon is woken meanwhile. */
  private fetch(): void {
    const { page } = this;
    const place = this.place[page]!;
    if (place === PLACE.lost) {
      this.restart();
      return;
    }
    if (place === PLACE.server) {
      this.counts.inRemote++;
      this.servers!.fetch(page, this.inType, 0);
    } else if (place === PLACE.disk || this.config.first === 'disk') {
      this.counts.inDisk++;
      this.onDisk[page] = 1;
      this.request(false, page, this.inType, 0);
    } else {
      this.daemon();
      this.arrived();
      return;
    }
    this.daemon();
  }

  private arrived(): void {
    const { page, frame } = this;
    if (this.place[page] === PLACE.lost) {
      this.restart();
      return;
    }
    this.frame = NONE;
    this.pageIn[frame] = page;
    this.config.record(PAGE_EVENT.pageIn, this.config.node, page);
    this.settle(page, frame);
    const stall = this.engine.now - this.faultAt;
    this.stall += stall;
    this.stallSquares += stall * stall;
    this.advance();
  }

  /** A page is in a frame and may be referred to. */
  private settle(page: number, frame: number): void {
    this.place[page] = PLACE.memory;
    this.frameOf[page] = frame;
    this.dirty[page] = 0;
    this.resident++;
    if (!this.holdsAll) this.policy.placed(frame, this.position);
  }

  // -- Page-outs ------------------------------------------------------------------------------------------------

  /** Evicts until as many frames are free, or will be, as the high mark asks for. */
  private daemon(): void {
    const { highMark } = this.config;
    while (this.free + this.leaving < highMark && this.resident > 0) this.evict();
  }

  private evict(): void {
    const frame = this.policy.choose();
    this.policy.removed(frame);
    const page = this.pageIn[frame]!;
    this.frameOf[page] = LEAVES - frame;
    this.resident--;
    if (this.dirty[page] === 1) {
      this.dirty[page] = 0;
      this.written[page] = 1;
      this.counts.writeBacks++;
      this.pageOut(page, frame);
    } else if (this.written[page] === 1 && !this.hasCopy(page)) this.pageOut(page, frame);
    else if (this.writing[frame]! > 0) {
      // Taken back and not written since: its write is still under way.
      this.place[page] = PLACE.leaving;
      this.leaving++;
    } else this.vacate(page, frame);
  }

  private onServer(page: number): boolean {
    return this.servers !== null && (this.servers.holds(page) || this.servers.returns(page));
  }

  private hasCopy(page: number): boolean {
    return this.onDisk[page] === 1 || this.onServer(page);
  }

  private pageOut(page: number, frame: number): void {
    const { prices, record, node } = this.config;
    this.place[page] = PLACE.leaving;
    this.leaving++;
    this.write(page, frame);
    record(PAGE_EVENT.pageOut, node, page);
    this.owed += this.onDisk[page] === 1 ? prices.outDisk : prices.outRemote;
  }

  /** Writes a page out: to a server where one takes it, else to the disk. */
  private write(page: number, frame: number): void {
    this.writing[frame]!++;
    this.underWay++;
    this.onDisk[page] = 0;
    if (this.servers?.store(page, this.outType, frame) === true) {
      this.counts.outRemote++;
      return;
    }
    // What a server may hold of it is old.
    if (this.servers !== null) this.servers.release(page);
    this.onDisk[page] = 1;
    this.counts.outDisk++;
    this.request(true, page, this.outType, frame);
  }

  /** The page in a frame has been written. */
  private out(frame: number): void {
    this.writing[frame]!--;
    const page = this.pageIn[frame]!;
    if (this.place[page] === PLACE.leaving && this.writing[frame] === 0) {
      if (this.hasCopy(page)) {
        this.leaving--;
        this.vacate(page, frame);
      } else {
        // Its server has failed meanwhile.
        this.write(page, frame);
      }
    }
    this.done();
    if (this.waiting && this.free > 0) this.seekFrame();
  }

  /** The frame is free; the page is where its copy is. */
  private vacate(page: number, frame: number): void {
    this.pageIn[frame] = NONE;
    this.frameOf[page] = NONE;
    this.freeFrames[this.free++] = frame;
    if (this.onServer(page)) this.place[page] = PLACE.server;
    else this.place[page] = this.onDisk[page] === 1 ? PLACE.disk : PLACE.untouched;
  }

  private request(write: boolean, page: number, type: number, entity: number): void {
    const { disks, node, table } = this.config;
    disks.request(node, write, table.numbers[page]!, this.config.page, type, entity);
  }

  /** A page-out is over. */
  private done(): void {
    this.underWay--;
    if (this.underWay > 0) return;
    if (this.restarting) this.restart();
    else if (this.ended) this.config.ended();
  }

  // -- Ends -----------------------------------------------------------------------------------------------------

  /** A page is lost: the process starts over, once what it was writing is written. */
  private restart(): void {
    this.restarting = this.underWay > 0;
    if (this.restarting) return;
    this.counts.restarts++;
    this.config.record(PAGE_EVENT.restart, this.config.node, this.page);
    for (let page = 0; page < this.place.length; page++) this.servers!.release(page);
    this.place.fill(PLACE.untouched);
    for (const column of [this.dirty, this.onDisk, this.written]) column.fill(0);
    this.frameOf.fill(NONE);
    this.pageIn.fill(NONE);
    this.freeAll();
    this.resident = 0;
    this.leaving = 0;
    this.frame = NONE;
    this.waiting = false;
    this.position = 0;
    this.touched = 0;
    this.policy = this.newPolicy();
    this.config.restarted(this.counts.restarts);
    this.advance();
  }

  private finish(): void {
    this.ended = true;
    this.end = this.engine.now;
    this.config.record(PAGE_EVENT.end, this.config.node, this.counts.restarts);
    if (this.underWay === 0) this.config.ended();
  }

  private freeAll(): void {
    const { frames } = this.config;
    for (let k = 0; k < frames; k++) this.freeFrames[k] = frames - 1 - k;
    this.free = frames;
  }

  private newPolicy(): ReplacementPolicy {
    const { replacement, frames, chance, table } = this.config;
    return replacement.create(frames, chance, replacement.oracle ? futureOf(table) : null);
  }
}
