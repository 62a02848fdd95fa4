/**
 * Load sharing of sequential jobs: every job comes to a node of its own, the sharing policy may send it to another one, and every node
 * serves what it has by its own discipline, at its own speed.
 *
 * `policies/sharing` decides, `mail.ts`, `cpus.ts` and the medium act, `prices.ts` says what it costs, and `master.ts`, `gossip.ts`, `collector.ts` keep
 * what is known of loads. A job that is being decided on is at no node; one that is moved leaves its node, uses the CPU there, the wire, the CPU
 * at the other end, and goes on. All of it costs nothing under `free`, and then a move takes no event.
 *
 * Left out: owners, failures of nodes, memory, quanta and switches (processor sharing is their limit).
 */

import { Row } from '../../sim/engine/columns.ts';
import { Engine } from '../../sim/engine/engine.ts';
import { ProcessorSharingBank } from '../../sim/engine/processor-sharing.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import { Digest } from '../../sim/measure/digest.ts';
import { EventLog } from '../../sim/measure/event-log.ts';
import { Tally } from '../../sim/measure/tally.ts';
import { TimeAverage } from '../../sim/measure/time-average.ts';
import { CheckError } from '../../sim/problem.ts';
import { Medium } from '../hardware/network/medium.ts';
import { JOB, type JobRecords } from '../jobs.ts';
import type { DeciderKind, DeciderParameters } from '../policies/decider/contract.ts';
import {
  ASK,
  type Decision,
  HOLD,
  KEEP,
  probed,
  type SharingParameters,
  type SharingPolicy,
  type SharingPolicyKind,
} from '../policies/sharing/contract.ts';
import type { Network } from '../presets/networks.ts';
import type { Timeline } from '../timeline.ts';
import { Bookings } from './bookings.ts';
import { Collector } from './collector.ts';
import { Cpus } from './cpus.ts';
import type { DeciderService, DeciderSetting, Named } from './decider.ts';
import { Gossip } from './gossip.ts';
import { SharingHistory } from './history.ts';
import { Mail, type Message } from './mail.ts';
import { Master } from './master.ts';
import type { MovePrice, SharingPrices } from './prices.ts';
import { FcfsBank, type ReadyQueues } from './ready-queue.ts';
import { Truth } from './truth.ts';

/** What load sharing reads and writes of the jobs of a run. */
export type SharedJobs = Pick<
  JobRecords,
  'n' | 'table' | 'width' | 'submit' | 'run_s' | 'work' | 'image' | 'state' | 'start' | 'end'
>;

export interface SharingConfig {
  readonly nodes: number;
  /** Widths are 1; `work` is CPU time at speed 1. */
  readonly jobs: SharedJobs;
  /** By job: node at which it is submitted, program (-1 unknown), and whether it may be moved. */
  readonly home: Int32Array;
  readonly program: Int32Array;
  readonly movable: Uint8Array;
  readonly speeds: Float64Array;
  readonly discipline: 'processor-sharing' | 'fcfs';
  readonly policy: { readonly kind: SharingPolicyKind; readonly parameters: SharingParameters };
  readonly decider: { readonly kind: DeciderKind; readonly parameters: DeciderParameters };
  readonly prices: SharingPrices;
  readonly network: Network;
  /** Bytes that move with a job that has not run. */
  readonly transferBytes: number;
  /** No job is submitted after this, ns; those that are there are served to the end. */
  readonly horizon: number;
  /** A run in which no node has served a job for this long ends, ns (operations may take all of the CPUs). */
  readonly patience: number;
  /** ns; averages over time begin then. */
  readonly warmup: number;
  readonly streams: Streams;
  readonly keepLog: boolean;
  readonly keepTimeline: boolean;
}

/** A finished run, open for measuring. */
export interface SharingRun {
  readonly config: SharingConfig;
  readonly engine: Engine;
  readonly events: { hex(): string; readonly count: number; readonly log: EventLog | null };
  readonly jobs: SharedJobs;
  readonly timeline: Timeline | null;
  /** By job: how often it was moved, capped at 255. */
  readonly moves: Uint8Array;
  /** Moves in all. */
  readonly moved: number;
  readonly preempted: number;
  readonly probes: number;
  readonly messages: number;
  readonly doubleBookings: number;
  /** Age of what was known of a node when a job was sent there on it, ns. */
  readonly staleness: Tally;
  /** Where a master decides. */
  readonly master: Master | null;
  /** CPU of operations by node, ns. */
  readonly operations: Float64Array;
  /** Jobs in the system, averaged over time after the warm-up. */
  readonly present: number;
  /** Work served by the nodes, at speed 1, ns. */
  readonly served: number;
  /** ns at which the books were closed. */
  readonly end: number;
}

/** What can happen; `who` is a job (J) or a node (N), the value is said in brackets. */
const EVENT = {
  /** J submitted (node). */
  submit: 0,
  /** J starts (node). */
  start: 1,
  /** J ends (node). */
  finish: 2,
  /** J is sent to another node before it has run (that node). */
  transfer: 3,
  /** J is stopped and moved (to that node). */
  migrate: 4,
  /** J waits in the one queue (jobs there, it included). */
  hold: 5,
  /** N has become the master (0). */
  'fail-over': 6,
  /** The master fails (-1). */
  'master-fails': 7,
  /** J is the reason of a probe (the node asked). */
  probe: 8,
  /** N sends a message (to that node; numbers from that of the nodes on: the master). */
  message: 9,
  /** A load vector is known everywhere (messages that it took). */
  vector: 10,
} as const;

/** Where a job is: with the node that decides on it, in the one queue, at its node, on its way, or nowhere any more. */
const PLACE = { deciding: 0, held: 1, atNode: 2, moving: 3, ended: 4 } as const;
const NONE = -1;

/** Carry out a run. Throws `CheckError` where the books do not close. */
export function runSharing(config: SharingConfig): SharingRun {
  return new SharedNodes(config).run();
}

class SharedNodes {
  private readonly config: SharingConfig;
  private readonly history: SharingHistory | null;
  private readonly engine: Engine;
  private readonly jobs: SharedJobs;
  private readonly ready: ReadyQueues;
  private readonly cpus: Cpus;
  private readonly mail: Mail;
  private readonly bookings: Bookings;
  private readonly policy: SharingPolicy;
  private readonly preemptive: boolean;
  private readonly fcfs: boolean;
  private readonly decider: DeciderService | null = null;
  private readonly collector: Collector | null = null;
  private readonly medium: Medium;
  private readonly held = new Row();
  private readonly digest = new Digest();
  private readonly log: EventLog | null;
  private readonly present = new TimeAverage();
  /** Jobs times time until the end of the warm-up, ns. */
  private presentBefore = 0;
  private readonly staleness = new Tally();
  private readonly moves: Uint8Array;
  private moved = 0;
  private preempted = 0;
  private probes = 0;
  private doubleBookings = 0;
  /** Sum of the time that ended jobs were in the system, ns. */
  private sojourn = 0;
  private nextJob = 0;
  /** Jobs that are submitted, and those of them that have not ended. */
  private readonly submissions: number;
  private jobsLeft: number;

  /** By task. A task's number is used again when its job has ended and no question of it is under way. */
  private jobOf = new Int32Array(64);
  private nodeOf = new Int32Array(64);
  private left = new Float64Array(64);
  private movesOf = new Int32Array(64);
  private placeOf = new Uint8Array(64);
  private waitsFor = new Uint8Array(64);
  private following = new Int32Array(64);
  private before = new Int32Array(64);
  private readonly firstAt: Int32Array;
  private tasksUsed = 0;
  private readonly freeTasks: number[] = [];
  /** By task and probe: what the answers said. */
  private readonly mostProbes: number;
  private asked: Int32Array;
  private answers = new Int32Array(64);
  private knownOf: Int32Array;
  private stampOf: Float64Array;
  private readonly probesFree: boolean;

  private readonly arriveType: number;
  private readonly leaveType: number;
  private readonly reachType: number;
  private readonly unpackType: number;
  private readonly landType: number;
  private readonly probeMessage: number;
  private readonly replyMessage: number;

  constructor(config: SharingConfig) {
    this.config = config;
    const { nodes, speeds, streams, prices, jobs } = config;
    const { kind, parameters } = config.policy;
    const engine = new Engine({ expected: 2 * nodes + 64 });
    this.engine = engine;
    this.jobs = jobs;
    this.history = config.keepTimeline ? new SharingHistory(nodes, jobs) : null;
    // Jobs stand in the order of their submission.
    let submitted = jobs.n;
    while (submitted > 0 && jobs.submit[submitted - 1]! > config.horizon) submitted--;
    this.submissions = submitted;
    this.jobsLeft = submitted;
    this.fcfs = config.discipline === 'fcfs';
    const done = (task: number) => this.finish(task);
    this.ready = this.fcfs
      ? new FcfsBank(engine, nodes, done, (task) => this.begin(task))
      : new ProcessorSharingBank(engine, nodes, done);
    for (let node = 0; node < nodes; node++) {
      if (speeds[node] !== 1) this.ready.setCapacity(node, speeds[node]!);
    }
    this.cpus = new Cpus(engine, this.ready, speeds);
    this.mail = new Mail(engine, this.cpus, nodes, (from, to) => this.record(EVENT.message, from, to));
    this.bookings = new Bookings(nodes);
    this.medium = new Medium(config.network, nodes);
    this.log = config.keepLog ? new EventLog(Object.keys(EVENT)) : null;
    this.moves = new Uint8Array(jobs.n);
    this.preemptive = kind.preemptive === true;
    this.firstAt = new Int32Array(nodes).fill(NONE);
    this.mostProbes = Math.max(1, Math.min(nodes, kind.mostProbes?.(parameters) ?? 1));
    this.asked = new Int32Array(64 * this.mostProbes);
    this.knownOf = new Int32Array(64 * this.mostProbes);
    this.stampOf = new Float64Array(64 * this.mostProbes);
    const { probe } = prices;
    this.probesFree = probe.send === 0 && probe.delay === 0 && probe.receive === 0;
    const jobsAt = (node: number) => this.ready.tasks(node);

    const every = kind.vectorEvery?.(parameters);
    if (every !== undefined) {
      const shared = config.network.medium === 'shared';
      this.collector = new Collector(
        engine,
        nodes,
        every,
        prices.message,
        shared,
        this.cpus,
        this.mail,
        this.bookings,
        jobsAt,
        (messages) => this.record(EVENT.vector, NONE, messages),
      );
    }
    if (kind.asks === true) this.decider = this.makeDecider(jobsAt);
    this.policy = kind.create(this.view(), parameters, streams.stream('sharing policy'));

    this.arriveType = engine.on(() => this.arrive(), 'submission');
    this.leaveType = engine.on((task) => this.leave(task), 'job leaves');
    this.reachType = engine.on((task) => this.reach(task), 'job at the far link');
    this.unpackType = engine.on((task) => this.unpack(task), 'job at its node');
    this.landType = engine.on((task) => this.land(task), 'job goes on');
    this.probeMessage = this.mail.on((message) => this.probed(message), probe.receive);
    this.replyMessage = this.mail.on((message) => this.replied(message), probe.receive);
  }

  run(): SharingRun {
    const { engine, config, jobs } = this;
    this.decider?.start();
    this.collector?.start();
    if (config.warmup > 0) {
      const forget = engine.on(() => {
        this.presentBefore = this.present.integral(engine.now);
      }, 'end of the warm-up');
      engine.scheduleAt(config.warmup, forget, 0);
    }
    if (this.submissions > 0) {
      engine.scheduleAt(jobs.submit[0]!, this.arriveType, 0);
      this.lookForProgress();
      engine.run();
    }
    return this.close();
  }

  /** Ends the run where no node serves anything any more, while jobs are there. */
  private lookForProgress(): void {
    const { engine } = this;
    const { patience } = this.config;
    let before = 0;
    const look = engine.on(() => {
      const served = this.served();
      if (served === before && this.present.value > 0) engine.stop();
      else engine.schedule(patience, look, 0);
      before = served;
    }, 'look for progress');
    engine.scheduleAt(this.jobs.submit[0]! + patience, look, 0);
  }

  /** Work served by all nodes so far, at speed 1, ns. */
  private served(): number {
    let sum = 0;
    for (let node = 0; node < this.config.nodes; node++) sum += this.ready.served(node);
    return sum;
  }

  private close(): SharingRun {
    const { engine, config } = this;
    const end = engine.now;
    const operations = this.cpus.operations.map((ns, node) => ns - this.cpus.pending(node));
    const served = this.served();
    this.check(end, served);
    return {
      config,
      engine,
      events: { hex: () => this.digest.hex(), count: this.digest.count, log: this.log },
      jobs: this.jobs,
      timeline: this.history?.timeline ?? null,
      moves: this.moves,
      moved: this.moved,
      preempted: this.preempted,
      probes: this.probes,
      messages: this.mail.sent,
      doubleBookings: this.doubleBookings,
      staleness: this.staleness,
      master: this.decider instanceof Master ? this.decider : null,
      operations,
      present: (this.present.integral(end) - this.presentBefore) / (end - config.warmup),
      served,
      end,
    };
  }

  // -- A job comes -------------------------------------------------------------------------------------------

  private arrive(): void {
    const { jobs, engine, config } = this;
    const { now } = engine;
    while (this.nextJob < this.submissions && jobs.submit[this.nextJob]! <= now) {
      const job = this.nextJob++;
      const home = config.home[job]!;
      const task = this.freeTasks.length > 0 ? this.freeTasks.pop()! : this.newTask();
      this.jobOf[task] = job;
      this.left[task] = jobs.work[job]!;
      this.movesOf[task] = 0;
      jobs.state[job] = JOB.waiting;
      this.record(EVENT.submit, job, home);
      this.history?.submit(now, job, home);
      this.present.add(now, 1);
      this.come(task, home);
    }
    if (this.nextJob < this.submissions) engine.scheduleAt(jobs.submit[this.nextJob]!, this.arriveType, 0);
  }

  /** The job is at `node` and the policy is asked. */
  private come(task: number, node: number): void {
    this.nodeOf[task] = node;
    this.placeOf[task] = PLACE.deciding;
    if (this.config.movable[this.jobOf[task]!] === 0) {
      // Of a policy with one queue too: a job that may not move joins its own node.
      this.join(task, node);
      return;
    }
    this.answers[task] = 0;
    if (this.preemptive) this.join(task, node);
    this.act(task, node, this.policy.arrived(task, node));
  }

  /** `by`: who has named the node of the decision; -1: `node` itself has chosen it. */
  private act(task: number, node: number, first: Decision, by = NONE): void {
    let decision = first;
    for (;;) {
      if (decision >= 0) {
        if (this.preemptive) this.migrate(node, this.policy.subject!, decision, by);
        else this.send(task, node, decision, by);
        return;
      }
      if (decision === KEEP) {
        if (!this.preemptive) this.join(task, node);
        return;
      }
      if (decision === ASK) {
        this.waitsFor[task] = 1;
        this.decider!.ask(task, node);
        return;
      }
      if (decision === HOLD) {
        this.placeOf[task] = PLACE.held;
        this.held.push(0, task, 0);
        this.record(EVENT.hold, this.jobOf[task]!, this.held.length);
        this.history?.befall(this.engine.now, 'hold', this.jobOf[task]!, this.held.length);
        return;
      }
      const other = probed(decision);
      this.probes++;
      this.record(EVENT.probe, this.jobOf[task]!, other);
      this.history?.befall(this.engine.now, 'probe', this.jobOf[task]!, other);
      if (!this.probesFree) {
        this.sendProbe(task, node, other);
        return;
      }
      this.mail.sent += 2;
      this.remember(task, other, this.bookings.arrived[other]!, this.engine.now);
      decision = this.policy.answered(task, node, other, this.ready.tasks(other));
    }
  }

  // -- Questions ---------------------------------------------------------------------------------------------

  private sendProbe(task: number, node: number, other: number): void {
    this.waitsFor[task] = 1;
    this.mail.send(this.probeMessage, this.config.prices.probe, {
      from: node,
      to: other,
      entity: task,
      value: 0,
      count: 0,
      stamp: this.engine.now,
    });
  }

  /** A probe has reached the node that is asked. */
  private probed({ from, to, entity }: Readonly<Message>): void {
    this.mail.send(this.replyMessage, this.config.prices.probe, {
      from: to,
      to: from,
      entity,
      value: this.ready.tasks(to),
      count: this.bookings.arrived[to]!,
      stamp: this.engine.now,
    });
  }

  private replied({ from, to, entity: task, value, count, stamp }: Readonly<Message>): void {
    this.waitsFor[task] = 0;
    this.remember(task, from, count, stamp);
    this.act(task, to, this.policy.answered(task, to, from, value));
  }

  private remember(task: number, node: number, known: number, stamp: number): void {
    const at = task * this.mostProbes + this.answers[task]!++;
    this.asked[at] = node;
    this.knownOf[at] = known;
    this.stampOf[at] = stamp;
  }

  /** The decider has named a node, or none. */
  private named(task: number, home: number, named: Named): void {
    this.waitsFor[task] = 0;
    if (this.placeOf[task] === PLACE.ended) {
      // The job that caused the question has ended meanwhile (pre-emptive kinds let it run).
      this.decider!.settled(named.serial, home, named.node, false);
      this.freeTasks.push(task);
      return;
    }
    const decision = this.policy.answered(task, home, named.node, named.load);
    const goes = decision >= 0;
    if (goes) this.noteSending(named.node, named.known, named.stamp, named.decider);
    this.decider!.settled(named.serial, home, named.node, goes);
    this.act(task, home, decision, named.decider);
  }

  private noteSending(node: number, known: number, stamp: number, decider: number): void {
    this.staleness.add(this.engine.now - stamp);
    if (this.bookings.isDouble(node, known, decider)) this.doubleBookings++;
  }

  // -- Moves -------------------------------------------------------------------------------------------------

  /** A job that has not run goes to another node. */
  private send(task: number, node: number, target: number, by: number): void {
    if (by === NONE) this.noteOwnChoice(task, node, target);
    this.record(EVENT.transfer, this.jobOf[task]!, target);
    this.history?.befall(this.engine.now, 'transfer', this.jobOf[task]!, target);
    this.depart(
      task,
      node,
      target,
      by === NONE ? node : by,
      this.config.prices.transfer,
      this.config.transferBytes,
    );
  }

  /** What the sending node knew of the node that it has chosen: by a probe, or by the vector. */
  private noteOwnChoice(task: number, node: number, target: number): void {
    if (this.collector !== null) {
      this.noteSending(target, this.collector.known[target]!, this.collector.toldAt, node);
      return;
    }
    const from = task * this.mostProbes;
    for (let at = from + this.answers[task]! - 1; at >= from; at--) {
      if (this.asked[at] !== target) continue;
      this.noteSending(target, this.knownOf[at]!, this.stampOf[at]!, node);
      return;
    }
  }

  /** A job that runs is stopped and goes to another node. */
  private migrate(node: number, task: number, target: number, by: number): void {
    this.left[task] = this.ready.remove(node, task);
    this.unlist(node, task);
    this.preempted++;
    this.record(EVENT.migrate, this.jobOf[task]!, target);
    this.history?.befall(this.engine.now, 'migrate', this.jobOf[task]!, target);
    this.decider?.changed(node);
    const bytes = this.jobs.image[this.jobOf[task]!]!;
    this.depart(task, node, target, by === NONE ? node : by, this.config.prices.move, bytes);
  }

  private depart(
    task: number,
    node: number,
    target: number,
    decider: number,
    price: MovePrice,
    bytes: number,
  ): void {
    const job = this.jobOf[task]!;
    this.moved++;
    if (this.movesOf[task]! > 0) this.bookings.leave(node, task);
    this.movesOf[task]!++;
    if (this.moves[job]! < 255) this.moves[job]!++;
    this.mail.sent++;
    this.bookings.book(target, task, decider);
    this.nodeOf[task] = target;
    this.placeOf[task] = PLACE.moving;
    if (price.free) {
      this.land(task);
      return;
    }
    const leaves = this.cpus.charge(node, price.cpuFrom(bytes)) + price.plain(bytes);
    if (price.wire) {
      this.fromOf[task] = node;
      this.engine.scheduleAt(leaves, this.leaveType, task);
    } else this.engine.scheduleAt(leaves, this.unpackType, task);
  }

  /** By task that moves: the node that it leaves. */
  private fromOf = new Int32Array(64);

  private leave(task: number): void {
    const reaches = this.medium.depart(this.fromOf[task]!, this.bytesOf(task), this.engine.now);
    this.engine.scheduleAt(reaches, this.reachType, task);
  }

  private reach(task: number): void {
    const there = this.medium.arrive(this.nodeOf[task]!, this.bytesOf(task), this.engine.now);
    this.engine.scheduleAt(there, this.unpackType, task);
  }

  private unpack(task: number): void {
    const price = this.preemptive ? this.config.prices.move : this.config.prices.transfer;
    const done = this.cpus.charge(this.nodeOf[task]!, price.cpuTo(this.bytesOf(task)));
    this.engine.scheduleAt(done, this.landType, task);
  }

  private bytesOf(task: number): number {
    return this.preemptive ? this.jobs.image[this.jobOf[task]!]! : this.config.transferBytes;
  }

  /** A job that was moved is there. */
  private land(task: number): void {
    const node = this.nodeOf[task]!;
    this.bookings.arrived[node]!++;
    this.come(task, node);
  }

  // -- A job at its node -------------------------------------------------------------------------------------

  private join(task: number, node: number): void {
    this.placeOf[task] = PLACE.atNode;
    if (this.preemptive) this.list(node, task);
    this.ready.add(node, task, this.left[task]!);
    if (!this.fcfs) this.begin(task);
    this.decider?.changed(node);
  }

  /** The job gets CPU for the first time, or again after a move. */
  private begin(task: number): void {
    const job = this.jobOf[task]!;
    if (this.jobs.state[job] === JOB.running) return;
    this.jobs.state[job] = JOB.running;
    this.jobs.start[job] = this.engine.now;
    this.record(EVENT.start, job, this.nodeOf[task]!);
    this.history?.start(this.engine.now, job, this.nodeOf[task]!);
  }

  private finish(task: number): void {
    const { jobs, engine } = this;
    const { now } = engine;
    const job = this.jobOf[task]!;
    const node = this.nodeOf[task]!;
    jobs.end[job] = now;
    jobs.state[job] = JOB.finished;
    this.record(EVENT.finish, job, node);
    this.history?.finish(now, job);
    this.present.add(now, -1);
    this.sojourn += now - jobs.submit[job]!;
    if (this.movesOf[task]! > 0) this.bookings.leave(node, task);
    if (this.preemptive) this.unlist(node, task);
    const { policy, config } = this;
    if (policy.ended !== undefined) {
      policy.ended(config.home[job]!, config.program[job]!, jobs.work[job]!);
    }
    this.placeOf[task] = PLACE.ended;
    if (this.waitsFor[task] === 0) this.freeTasks.push(task);
    this.decider?.changed(node);
    if (--this.jobsLeft === 0) engine.stop();
    if (policy.freed === undefined || this.ready.tasks(node) > 0 || this.held.length === 0) return;
    const home = this.nodeOf[this.held.firstEntity]!;
    if (!policy.freed(node, home)) return;
    this.held.shift();
    const next = this.held.entity;
    if (home === node) this.join(next, node);
    else this.send(next, home, node, NONE);
  }

  // -- What the policy can read ------------------------------------------------------------------------------

  private view() {
    const { engine, ready, config, collector } = this;
    const { jobs } = config;
    const nodes = config.nodes;
    return {
      get now() {
        return engine.now;
      },
      nodes,
      load: (node: number) => ready.tasks(node),
      speed: (node: number) => config.speeds[node]!,
      moves: (task: number) => this.movesOf[task]!,
      program: (task: number) => config.program[this.jobOf[task]!]!,
      memory: (task: number) => jobs.image[this.jobOf[task]!]!,
      age: (task: number) => {
        const work = jobs.work[this.jobOf[task]!]!;
        return work - ready.remaining(this.nodeOf[task]!, task);
      },
      first: (node: number) => this.firstAt[node]!,
      next: (task: number) => this.following[task]!,
      told: (node: number) => collector!.load[node]!,
      get toldAt() {
        return collector!.toldAt;
      },
    };
  }

  private list(node: number, task: number): void {
    const first = this.firstAt[node]!;
    this.following[task] = first;
    this.before[task] = NONE;
    if (first !== NONE) this.before[first] = task;
    this.firstAt[node] = task;
  }

  private unlist(node: number, task: number): void {
    const before = this.before[task]!;
    const after = this.following[task]!;
    if (before === NONE) this.firstAt[node] = after;
    else this.following[before] = after;
    if (after !== NONE) this.before[after] = before;
  }

  // -- The rest ----------------------------------------------------------------------------------------------

  private makeDecider(jobsAt: (node: number) => number): DeciderService {
    const { config } = this;
    const { kind, parameters } = config.decider;
    const setting: DeciderSetting = {
      engine: this.engine,
      nodes: config.nodes,
      kind,
      parameters,
      prices: config.prices,
      mail: this.mail,
      bookings: this.bookings,
      streams: config.streams,
      jobsAt,
      answer: (task, home, named) => this.named(task, home, named),
      tell: (what, node) => this.record(EVENT[what], node, 0),
    };
    if (kind.knows === 'master') return new Master(setting);
    return kind.knows === 'gossip' ? new Gossip(setting) : new Truth(setting);
  }

  private record(what: number, who: number, value: number): void {
    const { now } = this.engine;
    this.digest.add(now, what, who, value);
    if (this.log !== null) this.log.add(now, what, who, value);
  }

  private newTask(): number {
    const task = this.tasksUsed++;
    if (task < this.jobOf.length) return task;
    const room = 2 * task;
    const most = this.mostProbes;
    const wider = (column: Int32Array, each = 1) => {
      const wide = new Int32Array(each * room);
      wide.set(column);
      return wide;
    };
    this.jobOf = wider(this.jobOf);
    this.nodeOf = wider(this.nodeOf);
    this.fromOf = wider(this.fromOf);
    this.movesOf = wider(this.movesOf);
    this.following = wider(this.following);
    this.before = wider(this.before);
    this.answers = wider(this.answers);
    this.asked = wider(this.asked, most);
    this.knownOf = wider(this.knownOf, most);
    const { left, waitsFor, placeOf, stampOf } = this;
    this.left = new Float64Array(room);
    this.left.set(left);
    this.waitsFor = new Uint8Array(room);
    this.waitsFor.set(waitsFor);
    this.placeOf = new Uint8Array(room);
    this.placeOf.set(placeOf);
    this.stampOf = new Float64Array(room * most);
    this.stampOf.set(stampOf);
    return task;
  }

  /** Every job is in one place, CPU time adds up, and Little's law holds over the whole run. */
  private check(end: number, served: number): void {
    const { jobs } = this;
    let work = 0;
    let sojourn = this.sojourn;
    let ended = 0;
    for (let job = 0; job < this.nextJob; job++) {
      work += jobs.work[job]!;
      if (jobs.state[job] === JOB.finished) ended++;
      else sojourn += end - jobs.submit[job]!;
    }
    let present = 0;
    const free = new Uint8Array(this.tasksUsed);
    for (const task of this.freeTasks) free[task] = 1;
    for (let task = 0; task < this.tasksUsed; task++) {
      const place = this.placeOf[task]!;
      if (free[task] === 1 || place === PLACE.ended) continue;
      present++;
      work -= place === PLACE.atNode ? this.ready.remaining(this.nodeOf[task]!, task) : this.left[task]!;
    }
    if (ended + present !== this.nextJob || present !== this.present.value) {
      throw new CheckError(
        `${this.nextJob} jobs were submitted, ${ended} ended, ${present} are somewhere, ${this.present.value} by the count`,
      );
    }
    if (Math.abs(work - served) > 1e-6 * served + 1e3) {
      throw new CheckError(`nodes served ${served / 1e9} s and jobs were served ${work / 1e9} s`);
    }
    const area = this.present.integral(end);
    if (Math.abs(area - sojourn) > 1e-6 * area + 1e3) {
      throw new CheckError(
        `jobs were here for ${sojourn / 1e9} s by their times and ${area / 1e9} s by their number`,
      );
    }
  }
}
