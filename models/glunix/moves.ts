/**
 * Moves of tasks from node to node, as states: the task runs while its memory is copied (pre-copy rounds), is frozen
 * while the rest crosses, is resumed, and may then fetch pages as it refers to them.
 *
 * The migration policy plans a step at a time; a round's rest is what the program dirties in the progress that the task
 * really makes during it. Steps of several moves wait for each other: on a shared network for the one wire, with kinds
 * that go by a file server for the server; on a switched network two nodes have their links to themselves.
 * While its memory is copied a task gives up the CPU that sending takes, and while it fetches pages the time of the
 * fetches, evenly over its progress: the pace of its gang is that of the slowest member.
 * Where programs have calls that only their home can answer, a task away from it waits for those, one after another.
 * A task whose pages stay where it came from depends on those nodes until it ends.
 * Left out: other traffic on the wire; the CPU that forwarded calls take at the home; the memory that pages left behind keep from an owner.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import type { RunCosts } from '../costs.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import { FifoServers } from '../hardware/network/medium.ts';
import type {
  Afterwards,
  MigrationPolicy,
  MigrationStep,
  MovingProcess,
} from '../policies/migration/contract.ts';
import type { DirtyCurve } from '../presets/dirty.ts';

const NONE = -1;

/** How tasks move in a run. */
export interface MovesConfig {
  readonly policy: MigrationPolicy;
  readonly through: 'network' | 'server';
  /** Bytes per ns at which memory crosses; null: as the network and the structure allow. */
  readonly bandwidth: number | null;
  readonly dirty: DirtyCurve;
  /** Pace of a task away from its home, per pace at home: some of its calls are forwarded there. */
  readonly awayPace: number;
}

/** What the guests do at the turns of a move; cells as in `guests.ts`. */
export interface MoveActs {
  /** Memory image of the task in a cell, bytes. */
  image(cell: number): number;
  /** Work per task that the cell's job has done, ns. */
  done(cell: number): number;
  node(cell: number): number;
  /** Whether the task in (or coming to) a cell is at its home there. */
  isHome(cell: number): boolean;
  /** The node of the cell that a task comes to has crashed: true where the guests have dealt with that. */
  targetGone(to: number): boolean;
  /** The task runs on while memory is copied; shares of the nodes' CPUs that this takes. */
  copy(from: number, to: number, sending: number, receiving: number): void;
  /** The task is frozen and belongs to the cell `to` from now on, for `time` ns. */
  freeze(from: number, to: number, sending: number, receiving: number, time: number): void;
  /** The task runs at `to`; `over`: ns of its progress over which it fetches pages (0: none). */
  arrive(from: number, to: number, over: number): void;
  /** A node has to carry out an operation of `cpu` ns, from the time that others leave. */
  charge(node: number, cpu: number): void;
}

export class Moves {
  /** Moves that have arrived; their times from the decision on, the longest of them, and frozen, ns; bytes that crossed for moves, and while frozen. */
  arrivals = 0;
  time = 0;
  longest = 0;
  frozen = 0;
  bytes = 0;
  frozenBytes = 0;
  /** Rounds in which a task ran while its memory was copied. */
  rounds = 0;
  /** Bytes fetched on reference. */
  fetched = 0;
  /** Pace of a task per what the node leaves it: less while memory is copied or fetched, and away from its home. */
  readonly drag: Float64Array;
  /** Share of its node's CPU that copying the memory of a task takes. */
  readonly sending: Float64Array;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly costs: RunCosts;
  private readonly config: MovesConfig;
  private readonly acts: MoveActs;
  private readonly rate: number;
  /** Where the task that comes to a cell comes from, and where the one in a cell goes; NONE: nowhere. */
  private readonly source: Int32Array;
  private readonly target: Int32Array;
  /**
   * By the cell that a task comes to: since when (ns), steps so far, whether it ran then, whether it runs in this
   * step, what crosses in it and has crossed in all (bytes), its progress when the step began, and how long the frozen step takes (ns).
   */
  private readonly began: Float64Array;
  private readonly steps: Uint16Array;
  private readonly ran: Uint8Array;
  private readonly copies: Uint8Array;
  private readonly sent: Float64Array;
  private readonly carried: Float64Array;
  private readonly doneThen: Float64Array;
  private readonly frozenFor: Float64Array;
  /** By cell of a task: its job's progress when it came there, ns. */
  private readonly came: Float64Array;
  /** Nodes that hold pages of the task in a cell. */
  private readonly holders = new Map<number, ReadonlySet<number>>();
  private readonly queue: FifoServers | null;
  private readonly timers: Timers;

  constructor(
    engine: Engine,
    events: DomainEvents,
    cells: number,
    costs: RunCosts,
    config: MovesConfig,
    acts: MoveActs,
  ) {
    this.engine = engine;
    this.events = events;
    this.costs = costs;
    this.config = config;
    this.acts = acts;
    this.rate = config.bandwidth ?? costs.transferRate;
    this.queue = config.through === 'server' || costs.sharedWire ? new FifoServers(1) : null;
    this.source = new Int32Array(cells).fill(NONE);
    this.target = new Int32Array(cells).fill(NONE);
    this.began = new Float64Array(cells);
    this.steps = new Uint16Array(cells);
    this.ran = new Uint8Array(cells);
    this.copies = new Uint8Array(cells);
    this.sent = new Float64Array(cells);
    this.carried = new Float64Array(cells);
    this.doneThen = new Float64Array(cells);
    this.frozenFor = new Float64Array(cells);
    this.came = new Float64Array(cells);
    this.drag = new Float64Array(cells).fill(1);
    this.sending = new Float64Array(cells);
    this.timers = new Timers(engine, (to) => this.stepDone(to), cells, 'step of a move');
  }

  /** Where the task in `cell` is going, or NONE. */
  targetOf(cell: number): number {
    return this.target[cell]!;
  }

  /** Where the task that comes to `cell` comes from, or NONE. */
  sourceOf(cell: number): number {
    return this.source[cell]!;
  }

  /** Whether a task runs while its memory is copied to `cell`. */
  copiesTo(cell: number): boolean {
    return this.copies[cell] === 1;
  }

  /** Whether the task that comes to `cell` ran when its move began; and when that was, ns. */
  ranBefore(cell: number): boolean {
    return this.ran[cell] === 1;
  }

  beganAt(cell: number): number {
    return this.began[cell]!;
  }

  /** A task has been started in a cell, at this progress of its job. */
  started(cell: number, done: number): void {
    this.came[cell] = done;
    this.drag[cell] = this.pace(cell);
  }

  /** Begin to move the task in `from` to `to`, which has been taken for it; `running`: it ran until now. */
  begin(from: number, to: number, running: boolean): void {
    this.source[to] = from;
    this.target[from] = to;
    this.began[to] = this.engine.now;
    this.steps[to] = 0;
    this.carried[to] = 0;
    this.ran[to] = running ? 1 : 0;
    this.take(from, to, this.config.policy.step(this.process(from, to), FIRST));
  }

  /** The move to a cell is over, one way or the other; answers where the task came from. */
  forget(to: number): number {
    const from = this.source[to]!;
    this.timers.clear(to);
    this.source[to] = NONE;
    this.target[from] = NONE;
    this.copies[to] = 0;
    this.drag[from] = this.pace(from);
    return from;
  }

  /** The task in a cell is gone: nobody holds pages of it any more. */
  left(cell: number): void {
    this.drag[cell] = 1;
    if (this.holders.size > 0) this.holders.delete(cell);
  }

  /** Cells whose tasks depend on pages that this node holds. */
  dependents(node: number): number[] {
    const cells: number[] = [];
    for (const [cell, nodes] of this.holders) if (nodes.has(node)) cells.push(cell);
    return cells;
  }

  /** ns from now until `bytes` of an image have crossed that is saved at a home, or comes back from there. */
  carry(bytes: number): number {
    const transfer = bytes / this.rate;
    return this.waitFor(transfer) + transfer;
  }

  /** ns for which a task of that image would be frozen if it were stopped and copied, alone on the network. */
  estimate(image: number): number {
    return this.costs.freeze + this.costs.thaw + image / this.rate;
  }

  /** Pace of a task that is neither copied nor fetches. */
  private pace(cell: number): number {
    return this.config.awayPace === 1 || this.acts.isHome(cell) ? 1 : this.config.awayPace;
  }

  private process(from: number, to: number): MovingProcess {
    const image = this.acts.image(from);
    return {
      image,
      rate: this.rate,
      freezeAndResume: this.costs.freeze + this.costs.thaw,
      running: this.ran[to] === 1,
      dirty: Math.min(image, this.dirtied(from, this.came[from]!)),
    };
  }

  /** Bytes that a task has dirtied since its job's progress was `then`, ns; a job that has gone back meanwhile: none. */
  private dirtied(cell: number, then: number): number {
    return this.config.dirty(Math.max(0, this.acts.done(cell) - then));
  }

  private take(from: number, to: number, step: MigrationStep): void {
    const { costs, acts } = this;
    const time = step.other + step.transfer + this.waitFor(step.transfer);
    const sending = costs.sendCpu(step.bytes);
    const receiving = costs.receiveCpu(step.bytes);
    this.sent[to] = step.bytes;
    this.carried[to]! += step.bytes;
    this.copies[to] = step.running ? 1 : 0;
    if (step.running) {
      this.steps[to]!++;
      this.doneThen[to] = acts.done(from);
      this.events.record(EVENT.copy, acts.node(from), step.bytes);
      const share = shareOf(sending, time);
      this.drag[from] = (1 - share) * this.pace(from);
      this.sending[from] = share;
      acts.copy(from, to, share, shareOf(receiving, time));
    } else {
      if (this.steps[to]! > 0) this.events.record(EVENT.freeze, acts.node(from), step.bytes);
      this.drag[from] = this.pace(from);
      this.frozenFor[to] = time;
      const sender = shareOf(costs.freeze + sending, time);
      acts.freeze(from, to, sender, shareOf(costs.thaw + receiving, time), time);
    }
    this.timers.set(to, this.engine.now + Math.round(time));
  }

  /** ns that a transfer which is ready now waits for others that cross the same wire, or the same server. */
  private waitFor(transfer: number): number {
    if (this.queue === null) return 0;
    const { now } = this.engine;
    const wait = Math.max(0, this.queue.freeAt(0) - now);
    this.queue.serve(0, now, transfer);
    return wait;
  }

  private stepDone(to: number): void {
    if (this.acts.targetGone(to)) return;
    const from = this.source[to]!;
    const { policy } = this.config;
    if (this.copies[to] === 1) {
      const dirtied = this.dirtied(from, this.doneThen[to]!);
      const before = { steps: this.steps[to]!, sent: this.sent[to]!, dirtied };
      this.take(from, to, policy.step(this.process(from, to), before));
      return;
    }
    const after = policy.afterwards(this.process(from, to));
    this.arrivals++;
    this.bytes += this.carried[to]!;
    this.frozenBytes += this.sent[to]!;
    this.rounds += this.steps[to]!;
    this.frozen += this.frozenFor[to]!;
    const time = this.engine.now - this.began[to]!;
    this.time += time;
    if (time > this.longest) this.longest = time;
    this.came[to] = this.acts.done(from);
    this.drag[to] = this.pace(to);
    if (after !== null) this.fetch(from, to, after);
    this.acts.arrive(from, to, after?.over ?? 0);
  }

  private fetch(from: number, to: number, after: Afterwards): void {
    const { time, cpu, far } = this.costs.fetchOf(after.bytes);
    this.fetched += after.bytes;
    this.drag[to] = (this.pace(to) * after.over) / (after.over + time);
    this.acts.charge(this.acts.node(to), cpu);
    if (after.from !== 'source') return;
    const source = this.acts.node(from);
    this.acts.charge(source, far);
    this.holders.set(to, new Set([...(this.holders.get(from) ?? []), source]));
  }

  /** The task in a cell has fetched all that it refers to. */
  complete(cell: number): void {
    this.drag[cell] = this.pace(cell);
    this.events.record(EVENT.fetched, this.acts.node(cell), 0);
  }
}

const FIRST = { steps: 0, sent: 0, dirtied: 0 } as const;

/** Share of a CPU that an operation of `cpu` ns takes during `time` ns. */
function shareOf(cpu: number, time: number): number {
  return time > 0 ? Math.min(1, cpu / time) : 0;
}
