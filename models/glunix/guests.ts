/**
 * Guests: parallel jobs on idle nodes, one task a node; launch, progress, what happens when owners return, and end.
 *
 * Model: a job of width P holds P nodes. Its tasks are closely coupled: it goes forward at the pace of the slowest
 * one, at the CPU share that the owner and the daemon of that node leave; while one task is stopped, moving or
 * launching, the whole gang stands still. A job is launched by its master: one message a node in turn, and a
 * process start on each. On an owner's return the policy says what becomes of the task; a task that should move
 * while no node is free is stopped where it is, and moves first when one is.
 * Owner delay: what the owner of a node waits after a return that finds a guest: the stopping of the guest, and,
 * where it moves, the freezing and the sending of its image, during which the memory is not theirs.
 * On a shared network images wait for each other; on a switched one the links of two nodes are their own.
 * Left out: pages that the guest displaced from the owner's memory; other traffic on the wire; checkpoints.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import type { RunCosts } from '../costs.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import { FifoServers } from '../hardware/network/medium.ts';
import type { JobRecords } from '../jobs.ts';
import { JOB } from '../jobs.ts';
import type { Nodes } from '../nodes.ts';
import type { Owners } from '../owners.ts';
import { GUEST, ORDER } from '../policies/idle/contract.ts';
import type { MigrationPolicyKind } from '../policies/migration/contract.ts';
import type { OwnerReturnPolicy } from '../policies/owner_return/contract.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { Daemons } from './daemon.ts';
import type { Master } from './master.ts';

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
} as const;

export class Guests {
  /** Job whose task is on (or coming to) each node, or -1. */
  readonly guestOf: Int32Array;
  readonly mode: Uint8Array;
  /** Jobs launching or running now. */
  running = 0;
  launched = 0;
  migrations = 0;
  suspensions = 0;
  restarts = 0;
  /** Work of killed jobs, ns of node time. */
  lost = 0;
  /** Returns of owners that found a guest which then had to give way, and what the owners waited for it, ns. */
  reclaims = 0;
  ownerDelay = 0;
  /** Messages sent by launches, exits and calls to stop or go on. */
  messages = 0;
  /** Set by the cluster: parts that are built after this one. */
  queue!: BatchQueue;
  daemons: Daemons | null = null;
  owners: Owners | null = null;
  /** Called when a guest has been given a node. */
  onUse: (node: number) => void = () => {};
  /** Called when a node's mode has changed, for pictures. */
  onMode: (node: number, mode: number, job: number) => void = () => {};
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly jobs: JobRecords;
  private readonly nodes: Nodes;
  private readonly master: Master;
  private readonly costs: RunCosts;
  private readonly ownerReturn: OwnerReturnPolicy;
  private readonly migration: MigrationPolicyKind;
  /** The nodes of a job are a chain from its first node. */
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  /** A node that a guest arrives at: where it comes from. */
  private readonly source: Int32Array;
  private readonly rate: Float64Array;
  private readonly remaining: Float64Array;
  private readonly since: Float64Array;
  private readonly again: Uint8Array;
  /** The one wire of a shared network; null on a switched one, where two nodes have their links to themselves. */
  private readonly wire: FifoServers | null;
  private readonly jobTimers: Timers;
  private readonly moveTimers: Timers;
  /** Nodes with a stopped task that should move, in the order in which they were stopped. */
  private readonly homeless: number[] = [];

  constructor(
    engine: Engine,
    events: DomainEvents,
    jobs: JobRecords,
    nodes: Nodes,
    master: Master,
    costs: RunCosts,
    ownerReturn: OwnerReturnPolicy,
    migration: MigrationPolicyKind,
  ) {
    this.engine = engine;
    this.events = events;
    this.jobs = jobs;
    this.nodes = nodes;
    this.master = master;
    this.costs = costs;
    this.ownerReturn = ownerReturn;
    this.migration = migration;
    const n = nodes.count;
    this.guestOf = new Int32Array(n).fill(NONE);
    this.mode = new Uint8Array(n);
    this.next = new Int32Array(n).fill(NONE);
    this.source = new Int32Array(n).fill(NONE);
    this.first = new Int32Array(jobs.n).fill(NONE);
    this.rate = new Float64Array(jobs.n);
    this.remaining = new Float64Array(jobs.n);
    this.since = new Float64Array(jobs.n);
    this.again = new Uint8Array(jobs.n);
    this.wire = costs.sharedWire ? new FifoServers(1) : null;
    this.jobTimers = new Timers(engine, (job) => this.jobDue(job), jobs.n);
    this.moveTimers = new Timers(engine, (node) => this.arrived(node), n);
  }

  /** Where the node's guest stands, as its daemon reads it (`GUEST`). */
  stateAt(node: number): number {
    const mode = this.mode[node];
    if (mode === MODE.running) return GUEST.runnable;
    if (mode === MODE.stopped) return GUEST.stopped;
    return mode === MODE.leaving ? GUEST.leaving : GUEST.none;
  }

  /** Memory of the task at the node, bytes; 0 where there is none. */
  imageAt(node: number): number {
    const job = this.guestOf[node]!;
    return job === NONE ? 0 : this.jobs.image[job]!;
  }

  /** What the node's idle policy asks of the guest there (`ORDER`). */
  obey(node: number, order: number): void {
    if (order === ORDER.leave) this.evict(node);
  }

  /** Foreign processes that can run at the node: what its daemon counts. */
  foreign(node: number): number {
    return this.mode[node] === MODE.running ? 1 : 0;
  }

  /** Start a job now on free nodes chosen by placement. */
  start(job: number): void {
    const { now } = this.engine;
    const jobs = this.jobs;
    const width = jobs.width[job]!;
    jobs.state[job] = JOB.launching;
    jobs.start[job] = now;
    this.events.record(EVENT.start, job, width);
    this.running++;
    this.launched++;
    const launch = this.costs.launchTime(width);
    const share = launch > 0 ? this.costs.spawn / launch : 0;
    let previous = NONE;
    for (let i = 0; i < width; i++) {
      const node = this.master.take();
      this.guestOf[node] = job;
      this.onUse(node);
      if (previous === NONE) this.first[job] = node;
      else this.next[previous] = node;
      previous = node;
      this.nodes.setHeld(node, true, share);
      this.setMode(node, MODE.launching);
    }
    this.next[previous] = NONE;
    this.remaining[job] = jobs.work[job]!;
    this.rate[job] = 0;
    this.since[job] = now;
    if (launch > 0) {
      this.messages += width;
      this.jobTimers.set(job, now + Math.round(launch));
    } else this.begin(job);
  }

  private jobDue(job: number): void {
    const state = this.jobs.state[job];
    if (state === JOB.launching) this.begin(job);
    else if (state === JOB.running) this.complete(job);
    else this.queue.end(job);
  }

  /** All tasks have been started: the gang begins to run. */
  private begin(job: number): void {
    this.jobs.state[job] = JOB.running;
    for (let node = this.first[job]!; node !== NONE; node = this.next[node]!) {
      this.nodes.setHeld(node, true, 0);
      this.setMode(node, MODE.running);
    }
    this.updateRate(job);
    const { daemons, owners } = this;
    if (daemons === null || owners === null) return;
    for (let node = this.first[job]!; node !== NONE; ) {
      // An eviction may take the node out of the chain.
      const next = this.next[node]!;
      daemons.changed(node);
      if (this.mode[node] === MODE.running) this.checkOwner(node);
      if (this.jobs.state[job] !== JOB.running) return;
      node = next;
    }
  }

  /** The owner of a node that a task has just come to may have returned while it was on its way. */
  private checkOwner(node: number): void {
    if (this.owners!.present[node] === 1 && this.daemons!.accepting[node] === 0) this.evict(node);
  }

  /** The pace of a gang is that of its slowest task. */
  private updateRate(job: number): void {
    const nodes = this.nodes;
    let rate = 1;
    for (let node = this.first[job]!; node !== NONE; node = this.next[node]!) {
      const left = this.mode[node] === MODE.running ? nodes.left(node) : 0;
      if (left < rate) rate = left;
    }
    const old = this.rate[job]!;
    const { now } = this.engine;
    if (rate !== old) {
      this.settle(job);
      this.rate[job] = rate;
      const share = rate * this.jobs.cpuPart[job]!;
      for (let node = this.first[job]!; node !== NONE; node = this.next[node]!) {
        nodes.setGuestShare(node, share);
      }
      // Accounts keep fractions of a nanosecond; the clock does not.
      if (rate > 0) this.jobTimers.set(job, now + Math.round(Math.max(0, this.remaining[job]!) / rate));
      else this.jobTimers.clear(job);
    }
  }

  private settle(job: number): void {
    const { now } = this.engine;
    this.remaining[job]! -= (now - this.since[job]!) * this.rate[job]!;
    this.since[job] = now;
  }

  /** The CPU share that an owner leaves has changed from `before`. */
  ownerShareChanged(node: number, before: number): void {
    if (this.mode[node] !== MODE.running) return;
    const job = this.guestOf[node]!;
    const rate = this.rate[job]!;
    // A node that was not the slowest of its gang and has not become so changes nothing.
    if (before > rate && this.nodes.left(node) >= rate) return;
    this.updateRate(job);
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
    this.running--;
    this.jobTimers.clear(job);
    this.rate[job] = 0;
    for (let node = this.first[job]!; node !== NONE; node = this.next[node]!) {
      if (this.mode[node] === MODE.arriving) {
        this.moveTimers.clear(node);
        this.leaveSource(node);
      }
      if (this.mode[node] === MODE.stopped) this.notHomeless(node);
      this.nodes.setGuestShare(node, 0);
      this.setMode(node, MODE.over);
    }
  }

  /** Give an ended job's nodes back: called by the queue at the job's turn. */
  release(job: number): void {
    let node = this.first[job]!;
    this.first[job] = NONE;
    while (node !== NONE) {
      const next = this.next[node]!;
      this.next[node] = NONE;
      this.guestOf[node] = NONE;
      this.nodes.setHeld(node, false, 0);
      this.setMode(node, MODE.none);
      this.master.giveBack(node);
      this.daemons?.changed(node);
      node = next;
    }
    this.placeHomeless();
    if (this.again[job] === 1) {
      this.again[job] = 0;
      this.queue.submit(job);
    }
  }

  /** The daemon calls foreign processes off a node. */
  evict(node: number): void {
    if (this.mode[node] !== MODE.running) return;
    const job = this.guestOf[node]!;
    this.daemons!.evictions++;
    this.events.record(EVENT.evict, node, job);
    switch (this.ownerReturn.decide(node, job)) {
      case 'low-priority':
        return;
      case 'kill':
        this.kill(job);
        this.ownerWaited(this.costs.stop);
        return;
      case 'suspend':
        this.stop(node);
        this.ownerWaited(this.costs.stop);
        return;
      case 'migrate':
        if (this.master.freeNodes > 0) this.move(node);
        else {
          this.stop(node);
          this.ownerWaited(this.costs.stop);
          this.homeless.push(node);
        }
    }
  }

  private ownerWaited(delay: number): void {
    this.reclaims++;
    this.ownerDelay += delay;
  }

  private stop(node: number): void {
    this.suspensions++;
    this.messages++;
    this.events.record(EVENT.suspend, node, this.guestOf[node]!);
    this.nodes.charge(node, this.costs.stop);
    this.setMode(node, MODE.stopped);
    this.updateRate(this.guestOf[node]!);
    this.daemons!.changed(node);
  }

  /** The node's daemon accepts guests again: a task that was stopped there goes on. */
  accepted(node: number): void {
    if (this.mode[node] !== MODE.stopped) return;
    this.notHomeless(node);
    this.messages++;
    this.events.record(EVENT.resume, node, this.guestOf[node]!);
    this.nodes.charge(node, this.costs.resume);
    this.setMode(node, MODE.running);
    this.updateRate(this.guestOf[node]!);
    this.daemons!.changed(node);
  }

  private notHomeless(node: number): void {
    const waiting = this.homeless.indexOf(node);
    if (waiting >= 0) this.homeless.splice(waiting, 1);
  }

  /** Free nodes go first to tasks that wait to move. */
  placeHomeless(): void {
    while (this.homeless.length > 0 && this.master.freeNodes > 0) {
      const node = this.homeless.shift()!;
      if (this.mode[node] === MODE.stopped) this.move(node);
    }
  }

  /** Move the task on `node` to a free node. */
  private move(node: number): void {
    const job = this.guestOf[node]!;
    const to = this.master.take();
    const image = this.jobs.image[job]!;
    const plan = this.migration.plan({
      image,
      rate: this.costs.transferRate,
      freezeAndResume: this.costs.freeze + this.costs.thaw,
    });
    const frozen = plan.frozen + this.waitForWire(plan.bytes);
    const share = (cpu: number) => (frozen > 0 ? Math.min(1, cpu / frozen) : 0);
    const wasRunning = this.mode[node] === MODE.running;
    this.migrations++;
    this.messages += 2;
    this.events.record(EVENT.migrate, node, to);
    this.replace(job, node, to);
    this.guestOf[to] = job;
    this.onUse(to);
    this.source[to] = node;
    this.nodes.setGuestShare(node, 0);
    this.nodes.setHeld(node, true, share(this.costs.freeze + this.costs.sendCpu(plan.bytes)));
    this.nodes.setHeld(to, true, share(this.costs.thaw + this.costs.receiveCpu(plan.bytes)));
    this.setMode(node, MODE.leaving);
    this.setMode(to, MODE.arriving);
    this.updateRate(job);
    if (wasRunning) this.ownerWaited(this.costs.stop + frozen);
    this.moveTimers.set(to, this.engine.now + Math.round(frozen));
    this.daemons!.changed(node);
    this.queue.resize();
  }

  /** ns that a transfer of `bytes` which is ready now waits for others on the same wire. */
  private waitForWire(bytes: number): number {
    if (this.wire === null) return 0;
    const { now } = this.engine;
    const wait = Math.max(0, this.wire.freeAt(0) - now);
    this.wire.serve(0, now, bytes / this.costs.transferRate);
    return wait;
  }

  private replace(job: number, node: number, by: number): void {
    this.next[by] = this.next[node]!;
    this.next[node] = NONE;
    if (this.first[job] === node) {
      this.first[job] = by;
      return;
    }
    let before = this.first[job]!;
    while (this.next[before] !== node) before = this.next[before]!;
    this.next[before] = by;
  }

  private arrived(node: number): void {
    const job = this.guestOf[node]!;
    this.leaveSource(node);
    this.events.record(EVENT.arrive, node, job);
    this.nodes.setHeld(node, true, 0);
    this.setMode(node, MODE.running);
    this.updateRate(job);
    this.daemons!.changed(node);
    if (this.mode[node] === MODE.running) this.checkOwner(node);
  }

  /** The image has left (or will never leave) the node that a task was moving from. */
  private leaveSource(to: number): void {
    const from = this.source[to]!;
    this.source[to] = NONE;
    this.guestOf[from] = NONE;
    this.nodes.setHeld(from, false, 0);
    this.setMode(from, MODE.none);
    this.master.giveBack(from);
  }

  /** Pace of a running job, 0..1: progress per time. */
  pace(job: number): number {
    return this.rate[job]!;
  }

  /** The nodes that a job's tasks are on, or are coming to. */
  nodesOf(job: number): number[] {
    const nodes: number[] = [];
    for (let node = this.first[job]!; node !== NONE; node = this.next[node]!) nodes.push(node);
    return nodes;
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
    this.settle(job);
    const done = (this.jobs.work[job]! - this.remaining[job]!) * this.jobs.width[job]!;
    this.lost += done;
    this.jobs.lostCpu[job]! += done * this.jobs.cpuPart[job]!;
    this.messages += this.jobs.width[job]!;
    this.events.record(EVENT.kill, job, done / 1e9);
    this.halt(job);
    this.jobs.state[job] = JOB.waiting;
    this.again[job] = 1;
    this.queue.end(job);
  }

  /** CPU that a job's tasks have used so far, ns, by the job's own progress. */
  cpuOf(job: number): number {
    const jobs = this.jobs;
    const state = jobs.state[job];
    const lost = jobs.lostCpu[job]!;
    if (state === JOB.finished) return lost + jobs.work[job]! * jobs.width[job]! * jobs.cpuPart[job]!;
    if (state !== JOB.running) return lost;
    this.settle(job);
    return lost + (jobs.work[job]! - this.remaining[job]!) * jobs.width[job]! * jobs.cpuPart[job]!;
  }

  private setMode(node: number, mode: number): void {
    this.mode[node] = mode;
    this.onMode(node, mode, this.guestOf[node]!);
  }
}
