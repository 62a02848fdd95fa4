/**
 * Guests: parallel jobs on idle nodes, one task a node; launch, progress, what happens when owners return, and end.
 *
 * Model: a job of width P holds P nodes. Its tasks are closely coupled: it goes forward at the pace of the slowest
 * one, at the CPU share that the owner and the daemon of that node leave; while one task is stopped, moving or
 * launching, the whole gang stands still. A job is launched by its master: one message a node in turn, and a
 * process start on each. On an owner's return the policy says what becomes of the task; a task that should move
 * while no node is free is stopped where it is, and moves first when one is.
 * What owners wait for it is in `owner-delays.ts`, how tasks move in `moves.ts`. Where the idle policy has orders of its
 * own, a job that is saved at its home waits in the queue and goes on from there on other nodes.
 * With several rows (Ousterhout's matrix) a node holds a task in each, and gangs take turns in slices: a slice lasts
 * the quantum and what it takes to stop one gang and let the next go on; in a row's slice, nodes whose cell there
 * has nothing that could run give it to the next row that has (alternate selection), which helps a gang only where
 * all of its nodes do so. Slices are not simulated one by one: each gang goes forward at its share of them.
 * A node that crashes takes its tasks with it, and those that were moving to or from it; their gangs stand still until
 * `crashes.ts` has them recovered. A job that starts anew goes on from what was saved of it (`checkpoints.ts`).
 * Left out: pages that the guest displaced from the owner's memory; other traffic on the wire.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { CheckError } from '../../sim/problem.ts';
import type { RunCosts } from '../costs.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import { homeNode, JOB, type JobRecords } from '../jobs.ts';
import type { Nodes } from '../nodes.ts';
import type { Owners } from '../owners.ts';
import { GUEST, ORDER } from '../policies/idle/contract.ts';
import type { OwnerReturnPolicy, ReturnAction } from '../policies/owner_return/contract.ts';
import type { BatchQueue } from './batch-queue.ts';
import { CellList } from './cell-list.ts';
import type { Daemons } from './daemon.ts';
import { GangRows, type GangSlices } from './gang-rows.ts';
import type { Master } from './master.ts';
import type { JobMemory } from './memory.ts';
import { type MoveActs, Moves, type MovesConfig } from './moves.ts';
import { type DelaysConfig, OwnerDelays } from './owner-delays.ts';

const NONE = -1;

/** What a node is doing for a guest. */
export const MODE = {
  none: 0,
  launching: 1,
  running: 2,
  stopped: 3,
  leaving: 4,
  arriving: 5,
  over: 6,
  lost: 7,
  /** Running, while its memory is copied to where it goes. */
  copying: 8,
  /** Running, while it fetches its memory from where it was. */
  fetching: 9,
  /** Standing still while it is saved at its home. */
  saving: 10,
} as const;

/** Whether a task in this mode runs, or could. */
export function runs(mode: number): boolean {
  return mode === MODE.running || mode === MODE.copying || mode === MODE.fetching;
}

export class Guests {
  /** Job whose task is in (or coming to) each cell, or -1. A cell is a node in one row: row * nodes + node. */
  readonly guestOf: Int32Array;
  /** What each cell is doing (`MODE`). */
  readonly mode: Uint8Array;
  /** Jobs launching or running now. */
  running = 0;
  launched = 0;
  /** When a job that went forward last came to stand still, ns. */
  stoodAt = 0;
  migrations = 0;
  suspensions = 0;
  restarts = 0;
  /** Jobs saved at their homes because of an owner. */
  vacated = 0;
  /** Work of killed jobs, ns of node time. */
  lost = 0;
  /** What owners wait for guests. */
  readonly delays: OwnerDelays;
  /** Messages sent by launches, exits and calls to stop or go on. */
  messages = 0;
  /** Set by the cluster: parts that are built after this one. */
  queue!: BatchQueue;
  daemons: Daemons | null = null;
  /** Where tasks have less memory than they need. */
  memory: JobMemory | null = null;
  owners: Owners | null = null;
  /** Called when a guest has been given a node. */
  onUse: (node: number) => void = () => {};
  /** Called when a node's mode has changed, for pictures. */
  onMode: (node: number) => void = () => {};
  /** Called when a gang begins to run, before its pace is known. */
  onBegin: (job: number) => void = () => {};
  /** Called when a gang that stood still goes forward. */
  onGoing: (job: number) => void = () => {};
  /** Called when a crash of the node has taken a task of the job. */
  onLost: (job: number, node: number) => void = () => {};
  /** Called when no task of a job is to run any more. */
  onHalt: (job: number) => void = () => {};
  /** Called when free nodes have gone to all tasks that wait to move. */
  onFree: () => void = () => {};
  /** Work per task that is saved, ns: a job that starts anew goes on from there. */
  readonly saved: Float64Array;
  /** 1 while a job waits at its home where it was saved, or comes back from there. */
  readonly fromHome: Uint8Array;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly jobs: JobRecords;
  private readonly nodes: Nodes;
  private readonly master: Master;
  private readonly costs: RunCosts;
  private readonly ownerReturn: OwnerReturnPolicy;
  /** The cells of a job are a chain from its first one. */
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  /** Which gangs share nodes by taking turns. */
  readonly rows: GangRows;
  /** Row of each job; what each cell adds to its node's shares. Empty where there is one row. */
  private readonly rowOf: Int32Array;
  /** 1 while a gang of several rows could not run if it were its turn, by job. */
  private readonly standing: Uint8Array;
  private readonly cellShare: Float64Array;
  private readonly cellOperations: Float64Array;
  private readonly cellHeld: Uint8Array;
  readonly moves: Moves;
  /** Work left at which the next of a job's tasks will have fetched its memory, ns; 0: none before its end. */
  private readonly milestone: Float64Array;
  /** Work left at which each fetching task will have fetched its memory, ns, by cell. */
  private readonly fetchEnd = new Map<number, number>();
  private readonly rate: Float64Array;
  private readonly remaining: Float64Array;
  private readonly since: Float64Array;
  /** 1 while all tasks of a gang could run, by job. */
  private readonly whole: Uint8Array;
  /** A cell whose task could not run when the gang was looked at last, by job. */
  private readonly holdsUp: Int32Array;
  /** Until when, ns, no demand changes at a whole gang's nodes without an event, by job. */
  private readonly steadyUntil: Float64Array;
  /** 1 where the job's timer is set at its end, 0 where at a time before which it cannot end. */
  private readonly endKnown: Uint8Array;
  /** Set by the cluster where owners' demand changes without events: the pace is then followed, see `follow`. */
  course: Owners | null = null;
  private readonly again: Uint8Array;
  /** 1 while a gang is made to stand still though its tasks could run, by job. */
  private readonly paused: Uint8Array;
  private readonly jobTimers: Timers;
  private readonly saveTimers: Timers;
  private readonly askTimers: Timers;
  /** Cells with a stopped task that should move, in the order in which they were stopped. */
  private readonly homeless: CellList;
  /** Whether the task in a cell could run now: its whole gang runs. */
  private readonly able = (cell: number): boolean => {
    const job = this.guestOf[cell]!;
    return job >= 0 && runs(this.mode[cell]!) && this.standing[job] === 0;
  };

  constructor(
    engine: Engine,
    events: DomainEvents,
    jobs: JobRecords,
    nodes: Nodes,
    master: Master,
    costs: RunCosts,
    ownerReturn: OwnerReturnPolicy,
    migration: MovesConfig,
    delays: DelaysConfig,
    slices: GangSlices,
  ) {
    this.engine = engine;
    this.events = events;
    this.jobs = jobs;
    this.nodes = nodes;
    this.master = master;
    this.costs = costs;
    this.ownerReturn = ownerReturn;
    this.rows = new GangRows(engine, nodes.count, slices);
    this.rows.onTurns = (turns) => this.turnsChanged(turns);
    const n = nodes.count * slices.rows;
    this.guestOf = new Int32Array(n).fill(NONE);
    this.mode = new Uint8Array(n);
    this.next = new Int32Array(n).fill(NONE);
    this.homeless = new CellList(n);
    this.delays = new OwnerDelays(engine, events, nodes, delays);
    this.delays.onClose = (node, until) => this.daemons!.close(node, until);
    this.askTimers = new Timers(engine, (node) => this.askAgain(node), nodes.count, 'guest beside an owner');
    this.moves = new Moves(engine, events, n, costs, migration, this.moveActs());
    this.milestone = new Float64Array(jobs.n);
    this.first = new Int32Array(jobs.n).fill(NONE);
    this.rowOf = new Int32Array(slices.rows > 1 ? jobs.n : 0);
    this.standing = new Uint8Array(slices.rows > 1 ? jobs.n : 0).fill(1);
    this.cellShare = new Float64Array(slices.rows > 1 ? n : 0);
    this.cellOperations = new Float64Array(slices.rows > 1 ? n : 0);
    this.cellHeld = new Uint8Array(slices.rows > 1 ? n : 0);
    this.rate = new Float64Array(jobs.n);
    this.remaining = new Float64Array(jobs.n);
    this.since = new Float64Array(jobs.n);
    this.whole = new Uint8Array(jobs.n);
    this.holdsUp = new Int32Array(jobs.n).fill(NONE);
    this.steadyUntil = new Float64Array(jobs.n).fill(Number.POSITIVE_INFINITY);
    this.endKnown = new Uint8Array(jobs.n);
    this.again = new Uint8Array(jobs.n);
    this.paused = new Uint8Array(jobs.n);
    this.saved = new Float64Array(jobs.n);
    this.fromHome = new Uint8Array(jobs.n);
    this.jobTimers = new Timers(engine, (job) => this.jobDue(job), jobs.n);
    this.saveTimers = new Timers(engine, (job) => this.savedAtHome(job), jobs.n, 'saved at home');
  }

  private nodeOf(cell: number): number {
    return this.rows.rows === 1 ? cell : cell % this.nodes.count;
  }

  private rowOfJob(job: number): number {
    return this.rows.rows === 1 ? 0 : this.rowOf[job]!;
  }

  /** Where the node's guest stands, as its daemon reads it (`GUEST`). */
  stateAt(node: number): number {
    let state: number = GUEST.none;
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      const mode = this.mode[cell]!;
      if (runs(mode)) return GUEST.runnable;
      if (mode === MODE.stopped) state = GUEST.stopped;
      if (state === GUEST.none && (mode === MODE.leaving || mode === MODE.saving)) state = GUEST.leaving;
    }
    return state;
  }

  /** Memory of the task at the node, bytes; 0 where there is none. */
  imageAt(node: number): number {
    const cell = this.shown(node);
    return cell === NONE ? 0 : this.jobs.image[this.guestOf[cell]!]!;
  }

  /** Foreign processes that can run at the node: what its daemon counts. */
  foreign(node: number): number {
    let foreign = 0;
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      if (runs(this.mode[cell]!)) foreign++;
    }
    return foreign;
  }

  /** Whether the node holds a guest, or one is on its way to or from it. */
  uses(node: number): boolean {
    for (let cell = node; cell < this.guestOf.length; cell += this.nodes.count)
      if (this.guestOf[cell]! >= 0) return true;
    return false;
  }

  /** Jobs that hold the node and have not ended; only those whose task there runs, where `running`. */
  jobsAt(node: number, running: boolean): number[] {
    const jobs: number[] = [];
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      const job = this.guestOf[cell]!;
      const mode = this.mode[cell]!;
      if (job >= 0 && (running ? runs(mode) : mode !== MODE.over)) jobs.push(job);
    }
    return jobs;
  }

  /** A cell of the node that is in use, the first that runs before others; -1: none. */
  shown(node: number): number {
    let shown = NONE;
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      if (runs(this.mode[cell]!)) return cell;
      if (shown === NONE && this.guestOf[cell]! >= 0) shown = cell;
    }
    return shown;
  }

  /** Start a job now on free nodes chosen by placement. */
  start(job: number): void {
    const { now } = this.engine;
    const jobs = this.jobs;
    const width = jobs.width[job]!;
    jobs.state[job] = JOB.launching;
    jobs.start[job] = now;
    if (!(jobs.firstStart[job]! >= 0)) jobs.firstStart[job] = now;
    this.events.record(EVENT.start, job, width);
    this.running++;
    this.launched++;
    const launch = this.costs.launchTime(width) + this.comeFromHome(job);
    const share = launch > 0 ? this.costs.spawn / launch : 0;
    const row = this.master.rowFor(width);
    if (this.rows.rows > 1) this.rowOf[job] = row;
    let previous = NONE;
    for (let i = 0; i < width; i++) {
      const cell = this.master.take(row);
      this.guestOf[cell] = job;
      this.onUse(this.nodeOf(cell));
      if (previous === NONE) this.first[job] = cell;
      else this.next[previous] = cell;
      previous = cell;
      this.setHeld(cell, true, share);
      this.setMode(cell, MODE.launching);
    }
    this.next[previous] = NONE;
    this.rows.enter(job, row);
    this.remaining[job] = jobs.work[job]! - this.saved[job]!;
    this.rate[job] = 0;
    this.since[job] = now;
    // The master may have given nodes of whose crash it has not been told.
    for (let cell = this.nodes.crashed.length > 0 ? this.first[job]! : NONE; cell !== NONE; ) {
      if (this.nodes.crashed[this.nodeOf(cell)] === 1) this.lose(cell, this.nodeOf(cell));
      cell = this.next[cell]!;
    }
    if (launch > 0) {
      this.messages += width;
      this.jobTimers.set(job, now + Math.round(launch));
    } else this.begin(job);
  }

  private jobDue(job: number): void {
    const state = this.jobs.state[job];
    if (state === JOB.launching) this.begin(job);
    else if (state !== JOB.running) this.queue.end(job);
    else if (this.endKnown[job] === 0) this.goFurther(job);
    else if (this.milestone[job]! > 0) this.fetched(job);
    else this.complete(job);
  }

  /** All tasks have been started: the gang begins to run. */
  private begin(job: number): void {
    this.jobs.state[job] = JOB.running;
    this.runLaunched(job);
    this.onBegin(job);
    this.fromHome[job] = 0;
    this.updateRate(job);
    if (this.daemons === null || this.owners === null) return;
    for (let cell = this.first[job]!; cell !== NONE; ) {
      // An eviction may take the cell out of the chain.
      const next = this.next[cell]!;
      this.settleIn(cell);
      if (this.jobs.state[job] !== JOB.running) return;
      cell = next;
    }
  }

  private runLaunched(job: number): void {
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] !== MODE.launching) continue;
      this.memory?.enter(job, cell, this.nodeOf(cell));
      this.setHeld(cell, true, 0);
      this.setMode(cell, MODE.running);
      this.moves.started(cell, this.jobs.work[job]! - this.remaining[job]!);
    }
  }

  /** A task has begun to run: the node's daemon sees it. */
  private settleIn(cell: number): void {
    if (this.daemons === null || this.owners === null) return;
    this.daemons.guestChanged(this.nodeOf(cell));
    if (runs(this.mode[cell]!)) this.checkOwner(cell);
  }

  /** The owner of the node that a task has just come to may have returned while it was on its way. */
  private checkOwner(cell: number): void {
    const owner = this.owners!.present[this.nodeOf(cell)] === 1;
    // The master had not been told yet that the node is closed.
    if (this.daemons!.isClosed(this.nodeOf(cell))) {
      if (owner) this.callOff(cell);
      else this.sendOff(cell);
      return;
    }
    // An idle policy that orders guests itself has just seen this one.
    if (this.daemons!.ordersGuests) return;
    if (owner && this.daemons!.accepting[this.nodeOf(cell)] === 0) this.callOff(cell);
  }

  /** The pace of a gang is that of its slowest task, in the slices in which it runs. */
  private updateRate(job: number): void {
    this.setRate(job);
    if (this.rows.rows > 1) this.updateOthers(job);
  }

  /** Returns whether the job can run, or no longer, in its turn. */
  private setRate(job: number): boolean {
    const nodes = this.nodes;
    const { drag } = this.moves;
    this.follow(job);
    const whole = this.paused[job] === 0 && !this.isHeldUp(job);
    this.whole[job] = whole ? 1 : 0;
    let rate = 0;
    if (whole && this.course !== null) rate = this.stepAll(job, this.engine.now);
    else if (whole) {
      rate = 1;
      for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
        let left = nodes.left(this.nodeOf(cell)) * drag[cell]!;
        // What a task computes at this share of the CPU, and then waits for pages.
        if (this.memory !== null && left > 0) left = 1 / (1 / left + this.memory.waiting(cell));
        if (left < rate) rate = left;
      }
    }
    const stands = rate > 0 ? 0 : 1;
    const other = this.rows.rows > 1 && stands !== this.standing[job];
    if (other) this.standing[job] = stands;
    if (rate > 0 && this.rows.turns > 1) {
      rate *= this.rows.turn(this.rowOfJob(job), this.first[job]!, this.next, this.able);
    }
    const old = this.rate[job]!;
    if (rate !== old) {
      this.settle(job);
      this.rate[job] = rate;
      if (rate === 0) this.stoodAt = this.engine.now;
      const share = rate * this.jobs.cpuPart[job]!;
      if (this.rows.rows === 1) nodes.setGuestShares(this.first[job]!, this.next, share);
      else {
        for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
          this.setGuestShare(cell, share);
        }
      }
      this.setEnd(job);
      if (old === 0) this.onGoing(job);
    } else if (this.course !== null && whole) this.setEnd(job);
    return other;
  }

  /**
   * Owners' demand can change without events (`course`). A gang whose tasks could all run goes on here from change to
   * change, up to now, at the pace of its slowest task in each stretch. Whoever changes the nodes or modes of its
   * tasks calls this before.
   */
  follow(job: number): void {
    const { course, nodes } = this;
    if (course === null || this.whole[job] === 0) return;
    const { now } = this.engine;
    for (let at = this.steadyUntil[job]!; at <= now; at = this.steadyUntil[job]!) {
      const rate = this.stepAll(job, at);
      const old = this.rate[job]!;
      if (rate === old) continue;
      this.remaining[job]! -= (at - this.since[job]!) * old;
      this.since[job] = at;
      this.rate[job] = rate;
      nodes.setGuestShares(this.first[job]!, this.next, rate * this.jobs.cpuPart[job]!, at);
    }
  }

  /** The demand of a node's owner is wanted up to now: its gang goes on as far, or nobody feels it. */
  followNode(node: number): void {
    const job = this.guestOf[node]!;
    if (job >= 0 && this.whole[job] === 1 && runs(this.mode[node]!)) this.follow(job);
    else this.course!.stepTo(node, this.engine.now);
  }

  /** An owner's event has told of changes of demand to come. */
  courseChanged(node: number): void {
    const job = this.guestOf[node]!;
    if (this.course === null || job < 0 || this.whole[job] === 0) return;
    const change = this.course.nextChange[node]!;
    if (change < this.steadyUntil[job]!) this.steadyUntil[job] = change;
    if (this.endKnown[job] === 1 && change < this.jobTimers.timeOf(job)) this.setEnd(job);
  }

  /**
   * Takes the demand at all nodes of a gang whose tasks could all run to a time, and notes when it changes next at one
   * of them without an event. Answers the pace of the slowest task.
   */
  private stepAll(job: number, until: number): number {
    const { nodes, next } = this;
    const course = this.course!;
    const { nextChange } = course;
    const { drag } = this.moves;
    let change = Number.POSITIVE_INFINITY;
    let slowest = 1;
    for (let cell = this.first[job]!; cell !== NONE; cell = next[cell]!) {
      if (nextChange[cell]! <= until) course.stepTo(cell, until);
      if (nextChange[cell]! < change) change = nextChange[cell]!;
      const left = nodes.left(cell) * drag[cell]!;
      if (left < slowest) slowest = left;
    }
    this.steadyUntil[job] = change;
    return slowest;
  }

  /** Whether a task of the gang cannot run now. */
  private isHeldUp(job: number): boolean {
    const last = this.holdsUp[job]!;
    if (last !== NONE && this.guestOf[last] === job) {
      const mode = this.mode[last];
      if (mode === MODE.stopped || (mode === MODE.arriving && !this.moves.copiesTo(last))) return true;
    }
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (runs(this.mode[cell]!)) continue;
      this.holdsUp[job] = cell;
      return true;
    }
    return false;
  }

  /** Sets the timer at the end of the job, or, where its pace will change before, at a time that it surely reaches. */
  private setEnd(job: number): void {
    const rate = this.rate[job]!;
    const left = Math.max(0, this.remaining[job]! - this.milestone[job]!);
    const since = this.since[job]!;
    const change = this.whole[job] === 1 ? this.steadyUntil[job]! : Number.POSITIVE_INFINITY;
    // Accounts keep fractions of a nanosecond; the clock does not.
    const end = rate > 0 ? since + Math.round(left / rate) : Number.POSITIVE_INFINITY;
    this.endKnown[job] = end <= change ? 1 : 0;
    if (end === Number.POSITIVE_INFINITY && change === Number.POSITIVE_INFINITY) this.jobTimers.clear(job);
    else if (end <= change) this.jobTimers.set(job, end);
    else {
      const { now } = this.engine;
      // No pace is greater than 1. A gang to which owners leave nothing looks at each change.
      const soonest = rate > 0 ? now + Math.floor(left - (now - since) * rate) : change;
      this.jobTimers.set(job, Math.max(change, soonest));
    }
  }

  /** The job could not have ended before now; it has gone on, and may end soon. */
  private goFurther(job: number): void {
    const old = this.rate[job]!;
    this.follow(job);
    this.setEnd(job);
    if (old === 0 && this.rate[job]! > 0) this.onGoing(job);
  }

  /** Gangs of other rows on the job's nodes: whether this one could run decides whose turn it is there. */
  private updateOthers(job: number): void {
    const { count } = this.nodes;
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!)
      this.updateColumn(cell % count, job);
  }

  /** All gangs but one that have a running task on the node. */
  private updateColumn(node: number, but: number): void {
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      const other = this.guestOf[cell]!;
      if (other >= 0 && other !== but && this.jobs.state[other] === JOB.running) this.setRate(other);
    }
  }

  /** Another number of rows takes turns: everybody's share changes. */
  private turnsChanged(turns: number): void {
    if (this.rows.rows === 1) return;
    this.events.record(EVENT.turns, turns, 0);
    for (let row = 0; row < this.rows.rows; row++) {
      for (const job of this.rows.jobsIn(row)) {
        if (this.jobs.state[job] === JOB.running) this.setRate(job);
        for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!)
          this.share(this.nodeOf(cell));
      }
    }
  }

  private setGuestShare(cell: number, share: number): void {
    if (this.rows.rows === 1) {
      this.nodes.setGuestShare(cell, share);
      return;
    }
    this.cellShare[cell] = share;
    this.share(this.nodeOf(cell));
  }

  private setHeld(cell: number, held: boolean, operations: number): void {
    if (this.rows.rows === 1) {
      this.nodes.setHeld(cell, held, operations);
      return;
    }
    this.cellHeld[cell] = held ? 1 : 0;
    this.cellOperations[cell] = operations;
    this.share(this.nodeOf(cell));
  }

  /** What the cells of a node add up to. */
  private share(node: number): void {
    let guest = 0;
    let operations = 0;
    let held = false;
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      guest += this.cellShare[cell]!;
      operations += this.cellOperations[cell]!;
      if (this.cellHeld[cell] === 1) held = true;
    }
    if (held) operations += this.rows.switchShare * this.nodes.left(node);
    this.nodes.setGuestShare(node, guest);
    // Launches and transfers of one gang go on while another runs, as far as that leaves time for them.
    this.nodes.setHeld(node, held, Math.min(operations, Math.max(0, this.nodes.left(node) - guest)));
  }

  private settle(job: number): void {
    this.follow(job);
    const { now } = this.engine;
    const progress = (now - this.since[job]!) * this.rate[job]!;
    this.remaining[job]! -= progress;
    this.since[job] = now;
    if (this.memory !== null && progress > 0) this.memory.advance(job, progress);
  }

  /** Bring a job's progress up to now, before its tasks' pages change places; then its pace, after they have. */
  readonly pagesMove = {
    before: (job: number): void => {
      if (this.jobs.state[job] === JOB.running) this.settle(job);
    },
    after: (job: number): void => {
      if (this.jobs.state[job] === JOB.running) this.updateRate(job);
    },
  };

  /** The CPU share that an owner leaves has changed from `before`. */
  ownerShareChanged(node: number, before: number): void {
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      const mode = this.mode[cell]!;
      if (!runs(mode)) continue;
      const job = this.guestOf[cell]!;
      const rate = this.rate[job]!;
      const drag = this.moves.drag[cell]!;
      if (mode === MODE.copying) this.setHeld(cell, true, this.moves.sending[cell]! * this.nodes.left(node));
      // A node that was not the slowest of its gang and has not become so changes nothing.
      if (this.rows.turns <= 1 && before * drag > rate && this.nodes.left(node) * drag >= rate) continue;
      if (this.setRate(job)) this.updateOthers(job);
    }
    if (this.rows.rows > 1) this.share(node);
  }

  private complete(job: number): void {
    this.settle(job);
    this.remaining[job] = 0;
    this.halt(job);
    this.jobs.end[job] = this.engine.now;
    this.jobs.state[job] = JOB.finished;
    this.events.record(EVENT.finish, job, this.jobs.run_s[job]!);
    const { messageDelay } = this.costs;
    if (messageDelay > 0) {
      this.messages++;
      this.jobTimers.set(job, this.engine.now + Math.round(messageDelay));
    } else this.queue.end(job);
  }

  /** No task of the job runs any more; its nodes are held until the queue releases them. */
  private halt(job: number): void {
    this.follow(job);
    this.running--;
    this.jobTimers.clear(job);
    this.whole[job] = 0;
    this.rate[job] = 0;
    this.paused[job] = 0;
    this.milestone[job] = 0;
    this.saveTimers.clear(job);
    this.onHalt(job);
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] === MODE.arriving) this.leaveSource(cell);
      if (this.mode[cell] === MODE.copying) this.callBack(cell);
      this.homeless.remove(cell);
      this.setGuestShare(cell, 0);
      this.setMode(cell, MODE.over);
    }
    if (this.rows.rows > 1) {
      this.standing[job] = 1;
      this.updateOthers(job);
    }
  }

  /** Give an ended job's nodes back: called by the queue at the job's turn. */
  release(job: number): void {
    let cell = this.first[job]!;
    this.first[job] = NONE;
    while (cell !== NONE) {
      const next = this.next[cell]!;
      this.freeCell(cell);
      this.daemons?.guestChanged(this.nodeOf(cell));
      cell = next;
    }
    this.rows.leave(job, this.rowOfJob(job));
    this.placeHomeless();
    if (this.again[job] === 1) {
      this.again[job] = 0;
      this.queue.submit(job);
    }
  }

  private freeCell(cell: number): void {
    this.next[cell] = NONE;
    this.empty(cell);
  }

  private empty(cell: number): void {
    this.moves.left(cell);
    this.guestOf[cell] = NONE;
    this.memory?.leave(cell);
    this.setHeld(cell, false, 0);
    this.setMode(cell, MODE.none);
    this.master.giveBack(cell);
  }

  /** The daemon calls foreign processes off a node. */
  evict(node: number): void {
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) this.callOff(cell);
  }

  private callOff(cell: number): void {
    // One whose memory is being copied is on its way already.
    if (this.mode[cell] !== MODE.running && this.mode[cell] !== MODE.fetching) return;
    const job = this.guestOf[cell]!;
    if (this.ownerReturn.staysAtHome === true && this.isHome(cell)) {
      this.homeless.add(cell);
      this.placeHomeless();
      return;
    }
    this.follow(job);
    this.daemons!.evictions++;
    this.events.record(EVENT.evict, this.nodeOf(cell), job);
    const tooOften = this.delays.found(this.nodeOf(cell));
    const action = this.ownerReturn.decide(this.nodeOf(cell), job);
    // With the delay that is one too many today a guest may not stay.
    this.act(cell, tooOften && action !== 'kill' ? 'migrate' : action);
  }

  /** A task has come to a node that is closed, and finds no owner there: it may not stay. */
  private sendOff(cell: number): void {
    const job = this.guestOf[cell]!;
    this.follow(job);
    this.daemons!.evictions++;
    this.events.record(EVENT.evict, this.nodeOf(cell), job);
    this.act(cell, this.ownerReturn.decide(this.nodeOf(cell), job) === 'kill' ? 'kill' : 'migrate');
  }

  private act(cell: number, action: ReturnAction): void {
    switch (action) {
      case 'low-priority':
        this.stayBeside(this.nodeOf(cell));
        return;
      case 'kill':
        this.kill(this.guestOf[cell]!);
        this.delays.waits(this.costs.stop);
        return;
      case 'suspend':
        this.stop(cell);
        this.delays.waits(this.costs.stop);
        return;
      case 'home':
        if (!this.goHome(cell)) this.act(cell, 'migrate');
        return;
      case 'migrate':
        if (this.master.freeOf(this.rowOfJob(this.guestOf[cell]!)) > 0) this.move(cell);
        else {
          this.stop(cell);
          this.delays.waits(this.costs.stop);
          this.homeless.add(cell);
        }
    }
  }

  /** The node of a job's user. */
  private homeOf(job: number): number {
    return homeNode(this.jobs.table.user[job]!, job, this.nodes.count);
  }

  /** Whether the task in a cell is at its user's own node. */
  private isHome(cell: number): boolean {
    return this.nodeOf(cell) === this.homeOf(this.guestOf[cell]!);
  }

  /** Move a task to its user's own node, if that holds no other one. */
  private goHome(cell: number): boolean {
    const job = this.guestOf[cell]!;
    const home = this.rowOfJob(job) * this.nodes.count + this.homeOf(job);
    if (this.nodes.crashed[this.homeOf(job)] === 1 || !this.master.claim(home)) return false;
    this.moveTo(cell, home);
    return true;
  }

  private stayBeside(node: number): void {
    // One key stroke is over at once.
    if (this.owners!.present[node] === 0) return;
    this.delays.begin(node);
    const { askAgainAt } = this.ownerReturn;
    if (askAgainAt === Number.POSITIVE_INFINITY) return;
    this.askTimers.set(node, Math.max(this.engine.now + 1, Math.ceil(askAgainAt)));
  }

  /** A guest has stayed beside its owner for as long as the policy wanted. */
  private askAgain(node: number): void {
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      if (this.mode[cell] !== MODE.running && this.mode[cell] !== MODE.fetching) continue;
      const job = this.guestOf[cell]!;
      this.follow(job);
      this.act(cell, this.ownerReturn.decide(node, job));
    }
  }

  /** The owner of a node has gone. */
  ownerLeft(node: number): void {
    if (!this.delays.isBeside(node)) return;
    if (this.course !== null) this.followNode(node);
    this.endBeside(node);
  }

  private endBeside(node: number): void {
    this.delays.end(node);
    this.askTimers.clear(node);
  }

  private stop(cell: number): void {
    this.suspensions++;
    this.messages++;
    this.events.record(EVENT.suspend, this.nodeOf(cell), this.guestOf[cell]!);
    this.nodes.charge(this.nodeOf(cell), this.costs.stop);
    this.setMode(cell, MODE.stopped);
    this.updateRate(this.guestOf[cell]!);
    this.daemons!.guestChanged(this.nodeOf(cell));
  }

  /** The node's daemon accepts guests again: tasks that were stopped there go on. */
  accepted(node: number): void {
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      // One that stayed at its home may now stay there as anywhere.
      if (runs(this.mode[cell]!)) this.homeless.remove(cell);
      this.goOn(cell);
    }
  }

  private goOn(cell: number): void {
    if (this.mode[cell] !== MODE.stopped) return;
    this.homeless.remove(cell);
    this.messages++;
    this.events.record(EVENT.resume, this.nodeOf(cell), this.guestOf[cell]!);
    this.nodes.charge(this.nodeOf(cell), this.costs.resume);
    this.setMode(cell, MODE.running);
    this.updateRate(this.guestOf[cell]!);
    this.daemons!.guestChanged(this.nodeOf(cell));
  }

  /** Free nodes go first to tasks that wait to move, stopped or at their homes, in the order in which they began to. */
  placeHomeless(): void {
    const { homeless } = this;
    let before = NONE;
    for (let cell = homeless.first; cell >= 0; cell = before < 0 ? homeless.first : homeless.after(before)) {
      const mode = this.mode[cell];
      if (mode !== MODE.stopped && mode !== MODE.running && mode !== MODE.fetching) homeless.remove(cell);
      else if (this.master.freeOf(this.rowOfJob(this.guestOf[cell]!)) > 0) {
        homeless.remove(cell);
        this.move(cell);
      } else if (this.rows.rows === 1) return;
      else before = cell;
    }
    if (this.master.freeNodes > 0) this.onFree();
  }

  /** Move the task in `cell` to a free node. */
  private move(cell: number): void {
    this.moveTo(cell, this.master.take(this.rowOfJob(this.guestOf[cell]!)));
  }

  private moveTo(cell: number, to: number): void {
    const job = this.guestOf[cell]!;
    const running = runs(this.mode[cell]!);
    this.migrations++;
    this.messages += 2;
    this.events.record(EVENT.migrate, this.nodeOf(cell), this.nodeOf(to));
    if (this.mode[cell] === MODE.fetching) this.fetchEnd.delete(cell);
    this.guestOf[to] = job;
    this.onUse(this.nodeOf(to));
    this.moves.begin(cell, to, running);
    this.daemons!.guestChanged(this.nodeOf(cell));
    this.queue.resize();
  }

  private moveActs(): MoveActs {
    return {
      image: (cell) => this.jobs.image[this.guestOf[cell]!]!,
      done: (cell) => this.done(this.guestOf[cell]!),
      node: (cell) => this.nodeOf(cell),
      isHome: (cell) => this.isHome(cell),
      charge: (node, cpu) => this.nodes.charge(node, cpu),
      targetGone: (to) => {
        if (this.nodes.crashed[this.nodeOf(to)] !== 1) return false;
        this.lose(to, this.nodeOf(to));
        return true;
      },
      copy: (from, to, sending, receiving) => {
        this.follow(this.guestOf[from]!);
        this.setHeld(to, true, receiving);
        this.setMode(from, MODE.copying);
        this.setMode(to, MODE.arriving);
        this.updateRate(this.guestOf[from]!);
        this.setHeld(from, true, sending * this.nodes.left(this.nodeOf(from)));
      },
      freeze: (from, to, sending, receiving, time) => {
        const job = this.guestOf[from]!;
        this.follow(job);
        this.replace(job, from, to);
        this.memory?.moved(from, to, this.nodeOf(to));
        this.setGuestShare(from, 0);
        this.setHeld(from, true, sending);
        this.setHeld(to, true, receiving);
        this.setMode(from, MODE.leaving);
        this.setMode(to, MODE.arriving);
        this.updateRate(job);
        const fromHome = this.ownerReturn.staysAtHome === true && this.isHome(from);
        if (this.moves.ranBefore(to) && !fromHome) {
          this.delays.waits(this.costs.stop + (this.engine.now - this.moves.beganAt(to)) + time);
        }
      },
      arrive: (_from, to, over) => this.arrived(to, over),
    };
  }

  /** A task has arrived; it fetches memory during `over` ns of its progress. */
  private arrived(cell: number, over: number): void {
    const job = this.guestOf[cell]!;
    this.leaveSource(cell);
    this.events.record(EVENT.arrive, this.nodeOf(cell), job);
    this.setHeld(cell, true, 0);
    this.setMode(cell, over > 0 ? MODE.fetching : MODE.running);
    if (over > 0) {
      this.fetchEnd.set(cell, this.remaining[job]! - over);
      this.setMilestone(job);
    }
    this.updateRate(job);
    this.daemons!.guestChanged(this.nodeOf(cell));
    if (runs(this.mode[cell]!)) this.checkOwner(cell);
  }

  /** The work left at which the next member of a gang will have fetched its memory; 0: none before the end. */
  private setMilestone(job: number): void {
    let next = 0;
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] === MODE.fetching) next = Math.max(next, this.fetchEnd.get(cell)!);
    }
    this.milestone[job] = next;
  }

  /** Those members of a gang whose progress has come that far have fetched their memory. */
  private fetched(job: number): void {
    const reached = this.milestone[job]!;
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] !== MODE.fetching || this.fetchEnd.get(cell)! < reached) continue;
      this.fetchEnd.delete(cell);
      this.moves.complete(cell);
      this.setMode(cell, MODE.running);
    }
    this.setMilestone(job);
    // The timer has expired: the pace may be as before, and yet it has to be set.
    this.settle(job);
    this.rate[job] = 0;
    this.updateRate(job);
  }

  /** A task whose memory is being copied stays where it is; what it was going to is free again. */
  private callBack(cell: number): void {
    const to = this.moves.targetOf(cell);
    this.moves.forget(to);
    this.empty(to);
    this.setHeld(cell, true, 0);
    this.setMode(cell, MODE.running);
  }

  /** What the node's idle policy asks of the guests there (`ORDER`). */
  obey(node: number, order: number): void {
    if (order === ORDER.leave) {
      this.evict(node);
      return;
    }
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) this.obeyIn(cell, order);
  }

  private obeyIn(cell: number, order: number): void {
    const mode = this.mode[cell]!;
    const job = this.guestOf[cell]!;
    if (!runs(mode) && mode !== MODE.stopped && mode !== MODE.saving) return;
    this.follow(job);
    this.daemons!.evictions++;
    this.events.record(EVENT.evict, this.nodeOf(cell), job);
    if (mode !== MODE.stopped && mode !== MODE.saving) this.delays.found(this.nodeOf(cell));
    if (order === ORDER.suspend && runs(mode)) {
      this.stop(cell);
      this.delays.waits(this.costs.stop);
    } else if (order === ORDER.vacate && mode !== MODE.saving) this.vacate(cell);
    else if (order === ORDER.kill) {
      this.kill(job);
      this.delays.waits(this.costs.stop);
    }
  }

  /** The job of the task in a cell is saved at its home for an owner; one that cannot be saved now is killed. */
  private vacate(cell: number): void {
    const job = this.guestOf[cell]!;
    const time = this.save(job, cell);
    if (time < 0) this.kill(job);
    this.delays.waits(this.costs.stop + Math.max(0, time));
  }

  /** A job has to go home for another user; one that cannot be saved now stays. */
  sendHome(job: number): void {
    if (this.jobs.state[job] !== JOB.running) return;
    this.follow(job);
    this.save(job, this.first[job]!);
  }

  /**
   * A job is saved at its home, all its tasks at one point of its work, and then waits in the queue for other nodes.
   * Answers how long that takes, ns; -1: a task is lost, moving or being started, and nothing is done.
   */
  private save(job: number, because: number): number {
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      const mode = this.mode[cell]!;
      if (mode !== MODE.running && mode !== MODE.fetching && mode !== MODE.stopped) return -1;
    }
    this.events.record(EVENT.vacate, this.nodeOf(because), job);
    let time = 0;
    const image = this.jobs.image[job]!;
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      this.homeless.remove(cell);
      this.fetchEnd.delete(cell);
      this.setMode(cell, MODE.saving);
      // All images go to one home.
      time = Math.max(time, this.moves.carry(image));
    }
    time += this.costs.freeze;
    const share = time > 0 ? Math.min(1, (this.costs.freeze + this.costs.sendCpu(image)) / time) : 0;
    this.milestone[job] = 0;
    this.updateRate(job);
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) this.setHeld(cell, true, share);
    this.saveTimers.set(job, this.engine.now + Math.round(time));
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!)
      this.daemons?.guestChanged(this.nodeOf(cell));
    return time;
  }

  /** ns until the images of a job that was saved at its home have come from there to the nodes where it starts. */
  private comeFromHome(job: number): number {
    if (this.fromHome[job] === 0) return 0;
    let time = 0;
    for (let i = 0; i < this.jobs.width[job]!; i++) {
      time = Math.max(time, this.moves.carry(this.jobs.image[job]!));
    }
    return time + this.costs.thaw;
  }

  private savedAtHome(job: number): void {
    this.saved[job] = this.done(job);
    this.fromHome[job] = 1;
    this.vacated++;
    this.events.record(EVENT.checkpoint, job, this.saved[job]! / 1e9);
    this.giveUp(job);
  }

  private replace(job: number, cell: number, by: number): void {
    this.next[by] = this.next[cell]!;
    this.next[cell] = NONE;
    if (this.first[job] === cell) {
      this.first[job] = by;
      return;
    }
    let before = this.first[job]!;
    while (this.next[before] !== cell) before = this.next[before]!;
    this.next[before] = by;
  }

  /** The image has left (or will never leave) the node that a task was moving from. */
  private leaveSource(to: number): void {
    this.empty(this.moves.forget(to));
  }

  /** Every task of a job that has nodes is in one place, and nothing is in a place that no job has. Throws `CheckError`. */
  checkPlaces(): void {
    let places = 0;
    for (const job of this.guestOf) if (job !== NONE) places++;
    let tasks = 0;
    for (let job = 0; job < this.first.length; job++) {
      let own = 0;
      for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
        // A task that moves has a second place: where it comes from, or where its memory is copied to.
        const second = Math.max(this.moves.sourceOf(cell), this.moves.targetOf(cell));
        if (this.guestOf[cell] !== job || (second !== NONE && this.guestOf[second] !== job)) {
          throw new CheckError(
            `job ${job}: cell ${cell}, or where its task comes from or goes, is another's`,
          );
        }
        own++;
        tasks += second === NONE ? 1 : 2;
      }
      const width = this.jobs.width[job]!;
      if (own > width || (own < width && this.rate[job]! > 0)) {
        throw new CheckError(`job ${job}: ${own} tasks have places and it has ${width}`);
      }
    }
    if (tasks !== places) throw new CheckError(`${places} places are taken and ${tasks} tasks have one`);
  }

  /** Pace of a running job, 0..1: progress per time. */
  pace(job: number): number {
    this.follow(job);
    return this.rate[job]!;
  }

  /** The nodes that a job's tasks are on, or are coming to. */
  nodesOf(job: number): number[] {
    const nodes: number[] = [];
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) nodes.push(this.nodeOf(cell));
    return nodes;
  }

  /** A crash of `node` takes the tasks on it and those that are moving to or from it: their gangs stand still. */
  loseTasks(node: number): void {
    for (let cell = node; cell < this.mode.length; cell += this.nodes.count) {
      if (this.mode[cell] !== MODE.leaving) this.lose(cell, node);
      else {
        this.lose(this.moves.targetOf(cell), node);
      }
    }
    for (const cell of this.moves.dependents(node)) this.lose(cell, node);
  }

  /** A crash of `node`, which may be another than the task's own, has taken what the task cannot go on without. */
  lose(cell: number, node: number): void {
    const job = this.guestOf[cell]!;
    const mode = this.mode[cell];
    if (job === NONE || mode === MODE.over || mode === MODE.lost) return;
    this.follow(job);
    if (mode === MODE.arriving && this.moves.copiesTo(cell)) {
      // Only what it was going to is gone: the task runs on where it is, and is called off again.
      const from = this.moves.forget(cell);
      this.empty(cell);
      this.setHeld(from, true, 0);
      this.setMode(from, MODE.running);
      this.updateRate(job);
      if (this.daemons !== null) this.settleIn(from);
      return;
    }
    if (mode === MODE.arriving) this.leaveSource(cell);
    else if (mode === MODE.copying) this.callBack(cell);
    else if (mode === MODE.saving) this.stopSaving(job);
    else if (mode === MODE.fetching) this.fetchEnd.delete(cell);
    this.homeless.remove(cell);
    this.setHeld(cell, true, 0);
    this.setMode(cell, MODE.lost);
    if (this.jobs.state[job] === JOB.running) this.updateRate(job);
    this.onLost(job, node);
  }

  /** A task is lost while its job is being saved: the others run on. */
  private stopSaving(job: number): void {
    this.saveTimers.clear(job);
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] !== MODE.saving) continue;
      this.setHeld(cell, true, 0);
      this.setMode(cell, MODE.running);
    }
  }

  /** Make a gang stand still, or let it go forward if its tasks can. */
  pause(job: number, paused: boolean): void {
    this.follow(job);
    this.paused[job] = paused ? 1 : 0;
    if (this.jobs.state[job] === JOB.running) this.updateRate(job);
  }

  /** Whether a crash has taken a task of the gang that it has not replaced. */
  hasLost(job: number): boolean {
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] === MODE.lost) return true;
    }
    return false;
  }

  /** Whether no two lost tasks of a gang are neighbours in it: each has its backup at the next one's node. */
  isBackedUp(job: number): boolean {
    let lost = false;
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      const next = this.next[cell] === NONE ? this.first[job]! : this.next[cell]!;
      lost = this.mode[cell] === MODE.lost;
      if (lost && next !== cell && this.mode[next] === MODE.lost) return false;
    }
    return true;
  }

  /** Whether no job goes forward, or is about to. */
  allStand(): boolean {
    const { state } = this.jobs;
    return !state.some((at, job) => at === JOB.launching || (at === JOB.running && this.rate[job]! > 0));
  }

  /** Whether every task of a gang could run. */
  isWhole(job: number): boolean {
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (!runs(this.mode[cell]!)) return false;
    }
    return true;
  }

  /**
   * The gang stands still and gives up the nodes of those lost tasks that are known to be lost; one that was being
   * launched counts as running from now on. Answers how many nodes it needs to be whole.
   */
  dropLost(job: number, known: (node: number) => boolean): number {
    if (this.jobs.state[job] === JOB.launching) {
      this.jobTimers.clear(job);
      this.jobs.state[job] = JOB.running;
      this.runLaunched(job);
    }
    this.pause(job, true);
    let before = NONE;
    const dropped: number[] = [];
    let left = 0;
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] === MODE.lost && known(this.nodeOf(cell))) {
        if (before === NONE) this.first[job] = this.next[cell]!;
        else this.next[before] = this.next[cell]!;
        dropped.push(cell);
      } else {
        left++;
        before = cell;
      }
    }
    // A node that is free again may at once go to another task of this gang, so the chain is whole before that.
    for (const cell of dropped) this.freeCell(cell);
    return this.jobs.width[job]! - left;
  }

  /** Free nodes that a gang could be given now. */
  freeFor(job: number): number {
    return this.master.freeOf(this.rowOfJob(job));
  }

  /**
   * A gang that stands still gets `count` free nodes, on which its missing tasks are started, which takes a share of
   * the nodes' CPUs until it goes on.
   */
  join(job: number, count: number, share: number): void {
    for (let i = 0; i < count; i++) {
      const cell = this.master.take(this.rowOfJob(job));
      const node = this.nodeOf(cell);
      this.guestOf[cell] = job;
      this.onUse(node);
      this.next[cell] = this.first[job]!;
      this.first[job] = cell;
      this.setHeld(cell, true, share);
      this.setMode(cell, MODE.launching);
      if (this.nodes.crashed[node] === 1) this.lose(cell, node);
    }
    this.messages += count;
    this.queue.resize();
  }

  /** A gang that stood still goes forward, with the tasks on the nodes that it was given. */
  resume(job: number): void {
    const came: number[] = [];
    for (let cell = this.first[job]!; cell !== NONE; cell = this.next[cell]!) {
      if (this.mode[cell] === MODE.launching) came.push(cell);
    }
    this.runLaunched(job);
    this.pause(job, false);
    for (const cell of came) {
      if (this.jobs.state[job] === JOB.running && this.guestOf[cell] === job) this.settleIn(cell);
    }
  }

  /** Work per task that a launching or running job has done, ns. */
  done(job: number): number {
    this.settle(job);
    return this.jobs.work[job]! - this.remaining[job]!;
  }

  /** A job that stands still goes back to what was saved of it. The work lost, ns of node time. */
  rollBack(job: number): number {
    const lost = this.loseWork(job);
    this.remaining[job] = this.jobs.work[job]! - this.saved[job]!;
    return lost;
  }

  /** A launching or running job ends for good, unfinished. The work lost, ns of node time. */
  abandon(job: number): number {
    this.saved[job] = 0;
    const lost = this.fail(job);
    this.again[job] = 0;
    this.jobs.state[job] = JOB.killed;
    return lost;
  }

  /** A fault ends a launching or running job; it starts over from the end of the queue. The work lost, ns of node time. */
  fail(job: number): number {
    const before = this.lost;
    this.giveUp(job);
    return this.lost - before;
  }

  /** The job makes way for an owner. */
  private kill(job: number): void {
    this.restarts++;
    this.giveUp(job);
  }

  /** Stop the whole job for good; it starts over from the end of the queue. */
  private giveUp(job: number): void {
    const lost = this.loseWork(job);
    this.messages += this.jobs.width[job]!;
    this.events.record(EVENT.kill, job, lost / 1e9);
    this.halt(job);
    this.jobs.state[job] = JOB.waiting;
    this.again[job] = 1;
    this.queue.end(job);
  }

  /** What a job has done since it was last saved is lost: ns of node time. */
  private loseWork(job: number): number {
    this.settle(job);
    const done = this.jobs.work[job]! - this.remaining[job]! - this.saved[job]!;
    const lost = done * this.jobs.width[job]!;
    this.lost += lost;
    this.jobs.lostCpu[job]! += lost * this.jobs.cpuPart[job]!;
    return lost;
  }

  /** CPU that a job's tasks have used so far, ns, by the job's own progress. */
  cpuOf(job: number): number {
    const jobs = this.jobs;
    const state = jobs.state[job];
    const lost = jobs.lostCpu[job]!;
    if (state === JOB.finished) return lost + jobs.work[job]! * jobs.width[job]! * jobs.cpuPart[job]!;
    if (state !== JOB.running) {
      return lost + this.saved[job]! * jobs.width[job]! * jobs.cpuPart[job]!;
    }
    this.settle(job);
    return lost + (jobs.work[job]! - this.remaining[job]!) * jobs.width[job]! * jobs.cpuPart[job]!;
  }

  private setMode(cell: number, mode: number): void {
    this.mode[cell] = mode;
    if (!runs(mode) && this.delays.isBeside(this.nodeOf(cell))) this.endBeside(this.nodeOf(cell));
    this.onMode(this.nodeOf(cell));
  }
}
