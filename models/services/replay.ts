/**
 * The calls of a trace, one by one, on one simulated node: its CPU, its file cache and its disk, under the paths of an
 * OS structure.
 *
 * The CPU serves bursts (user time, then the call) in the order of the trace, and what a burst finds idle it uses: a
 * process that waits for the disk keeps nobody else from the CPU. A read waits for the blocks that are not in the
 * cache; a write puts its blocks there, and they go to the disk when they leave. A call that others came into, and
 * that may wait for them, ends no sooner than what the trace shows before its end; every other call that may wait ends
 * no sooner than the traced time (less half of the tracer's cost) after its beginning.
 *
 * Left out: the order that a scheduler would choose, read-ahead, mapped files, directories and inodes on the disk,
 * blocks still changed at the end. Waiting for anyone means for all that the trace shows before, so that processes
 * that have nothing to do with each other may be kept apart.
 */
import type { Source } from '../../sim/engine/streams.ts';
import { Digest } from '../../sim/measure/digest.ts';
import type { Call } from '../../workloads/services/call.ts';
import { MOVES, WAITS } from '../../workloads/services/classes.ts';
import type { Heads } from '../hardware/disk/index.ts';
import { CallAccount, type CallPrices } from './account.ts';
import { BlockCache } from './block-cache.ts';
import { IdleCpu } from './idle-cpu.ts';

/** Files lie anywhere on the disk; an address is a hash of the file, and the place in it. */
const DISK_SPAN = 2 ** 30;

export interface ReplaySettings {
  readonly prices: CallPrices;
  /** The tax on a program's user time, a share; asked once a program. */
  readonly taxOf: (program: number) => number;
  /** Multiplies user time. */
  readonly userScale: number;
  /** Cost of a traced call, s: half of it stands in the traced time of a call. */
  readonly tracerCost_s: number;
  /** Blocks of the file cache; null: every file is in memory. */
  readonly blocks: number | null;
  /** Bytes of a block. */
  readonly block: number;
  readonly disk: Heads;
  readonly chance: Source;
}

export class Replay extends CallAccount {
  readonly digest = new Digest();
  readonly cache: BlockCache | null;
  /** When the last process has ended, ns; CPU time, ns; time that processes waited for the disk, ns. */
  end = 0;
  cpu = 0;
  diskWait = 0;
  private readonly settings: ReplaySettings;
  private readonly node = new IdleCpu();
  private diskFree = 0;
  /** The latest end of any call so far. */
  private frontier = 0;
  /** Records so far: shows whether others came into a call. */
  private told = 0;
  // By process: when it may go on (-1: not seen), when its call began, and `told` then.
  private ready = new Float64Array(16).fill(-1);
  private beganAt = new Float64Array(16);
  private toldAt = new Float64Array(16);
  private readonly taxes: number[] = [];

  constructor(settings: ReplaySettings) {
    super();
    this.settings = settings;
    this.cache = settings.blocks === null ? null : new BlockCache(Math.max(1, settings.blocks));
  }

  override began(call: Call): void {
    super.began(call);
    const at = call.process;
    if (at >= this.ready.length) this.grow(at);
    if (this.ready[at]! < 0) this.ready[at] = this.frontier;
    // A wait whose length shows only now.
    if (call.waited_s > 0) {
      const until = this.beganAt[at]! + (call.waited_s - this.settings.tracerCost_s) * 1e9;
      if (until > this.ready[at]!) this.ready[at] = until;
    }
    if (call.user_s > 0) {
      const user = call.user_s * 1e9 * this.settings.userScale * (1 + this.tax(call.program));
      this.ready[at] = this.burst(this.ready[at]!, user);
    }
    this.beganAt[at] = this.ready[at]!;
    this.toldAt[at] = ++this.told;
  }

  override ended(call: Call): void {
    super.ended(call);
    const at = call.process;
    const { prices } = this.settings;
    let now = this.burst(this.ready[at]!, prices.cpu(call.service, call.moves, call.bytes));
    this.told++;
    if (call.waits === WAITS.inside && this.told !== this.toldAt[at]! + 1) now = Math.max(now, this.frontier);
    else if (call.waits !== WAITS.never) {
      // Nobody whom the trace shows ended the wait: the traced time is all that is known of it.
      const traced = call.duration_s - this.settings.tracerCost_s / 2;
      if (traced > 0) now = Math.max(now, this.beganAt[at]! + traced * 1e9);
    }
    if (call.file >= 0 && call.bytes > 0 && this.cache !== null) now = this.blocks(call, now, this.cache);
    this.ready[at] = now;
    if (now > this.frontier) this.frontier = now;
    if (now > this.end) this.end = now;
    if (call.child >= 0) {
      if (call.child >= this.ready.length) this.grow(call.child);
      if (this.ready[call.child]! < 0) this.ready[call.child] = now;
    }
    this.digest.add(now, call.name, at, call.bytes);
  }

  override exited(process: number): void {
    if (process < this.ready.length) this.ready[process] = -1;
  }

  private burst(ready: number, length: number): number {
    this.cpu += length;
    return this.node.serve(ready, length);
  }

  /** Reads or writes the blocks of a transfer from `now` on; gives when it is done. */
  private blocks(call: Call, now: number, cache: BlockCache): number {
    const { block } = this.settings;
    const write = call.moves === MOVES.in;
    const first = Math.floor(call.offset / block);
    const last = Math.floor((call.offset + call.bytes - 1) / block);
    let missing = 0;
    for (let k = first; k <= last; k++) {
      const found = cache.use(call.file, k, write);
      if (found !== 0 && !write) missing++;
      if (found === 3) this.request(call.file, k, block, true, now);
    }
    if (missing === 0) return now;
    const done = this.request(call.file, first, missing * block, false, now);
    this.diskWait += done - now;
    return done;
  }

  /** One request at the disk, after those before it; gives its end. */
  private request(file: number, block: number, bytes: number, write: boolean, now: number): number {
    const { disk, chance } = this.settings;
    const address = (file % DISK_SPAN) + block * this.settings.block;
    const from = Math.max(now, this.diskFree);
    this.diskFree = from + disk.request(0, write, Math.floor(address / bytes), bytes, chance);
    return this.diskFree;
  }

  private tax(program: number): number {
    this.taxes[program] ??= this.settings.taxOf(program);
    return this.taxes[program];
  }

  private grow(process: number): void {
    const size = Math.max(2 * this.ready.length, process + 1);
    const wider = (column: Float64Array, fill: number) => {
      const wide = new Float64Array(size).fill(fill);
      wide.set(column);
      return wide;
    };
    this.ready = wider(this.ready, -1);
    this.beganAt = wider(this.beganAt, 0);
    this.toldAt = wider(this.toldAt, 0);
  }
}
