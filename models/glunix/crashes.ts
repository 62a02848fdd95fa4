/**
 * Crashes of nodes: what falls with a node, when the master learns of it, and what becomes of the jobs that were hit.
 *
 * Model: a node that crashes loses its owner's session, its daemon and its tasks, and is up again after its repair.
 * The master goes on believing it alive until its beats have failed to come for long enough, until a connection to it
 * has been found broken (one round trip), or until the node is up again and its daemon registers, whichever comes
 * first; a gang that lost a task stands still so long. Then the recovery policy decides. A gang that goes back keeps
 * its other nodes, gets free ones for its lost tasks before any waiting job does, in the order in which gangs lost
 * theirs, is launched again, and comes back from what was saved (`checkpoints.ts`). Where messages are logged, the
 * lost task alone does again what it did since it was last synchronised, while the others wait. Where the master runs
 * on a node, it can be lost too (`fail-over.ts`); what it did not know yet the new one finds out anew. What a node
 * was carrying out for the layer is gone with it; memory of its idle policy is kept as on a disk, but starting up
 * counts as an input.
 * Left out: what the owner lost with the session; crashes of the network; a task whose target crashes could have gone
 * on where it came from.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import type { StreamBank } from '../../sim/engine/streams.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import type { Outages } from '../failures/outages.ts';
import { JOB, type JobRecords } from '../jobs.ts';
import type { Nodes } from '../nodes.ts';
import type { Owners } from '../owners.ts';
import type { RecoveryPolicy } from '../policies/recovery/contract.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Daemons } from './daemon.ts';
import { FailOver } from './fail-over.ts';
import type { Guests } from './guests.ts';
import type { Heartbeats } from './heartbeats.ts';
import { type Master, OUT } from './master.ts';
import { replayInRing } from './message-log.ts';

export interface CrashesConfig {
  readonly outages: Outages;
  /** null: the master learns of a crash by a broken connection. */
  readonly beats: Heartbeats | null;
  /** Whether the master runs on a node; the streams that its fail-over draws from. */
  readonly masterFails: StreamBank | null;
  /** Crashes without progress after which a job is given up. */
  readonly attempts: number;
  /** ns from one node to another, and to launch one task. */
  readonly messageDelay: number;
  launchTime(tasks: number): number;
  /** Where messages are logged: how many a task sends and reads per ns of its work; ns to give a task a new backup. */
  readonly logged: number;
  backUp(job: number): number;
}

export interface CrashesParts {
  readonly engine: Engine;
  readonly events: DomainEvents;
  readonly nodes: Nodes;
  readonly jobs: JobRecords;
  readonly guests: Guests;
  readonly master: Master;
  readonly checkpoints: Checkpoints;
  readonly policy: RecoveryPolicy;
  readonly owners: Owners | null;
  readonly daemons: Daemons | null;
  /** CPU share that the owner of a live node wants. */
  ownerShare(node: number): number;
}

export class Crashes {
  crashes = 0;
  /** Owners who were at a node when it crashed. */
  sessions = 0;
  /** Crashes that the master has learnt of, and how long that took, ns. */
  detections = 0;
  delay = 0;
  shortestDelay = Number.POSITIVE_INFINITY;
  longestDelay = 0;
  /** Gangs that went back, jobs that started over, jobs that were given up. */
  rollbacks = 0;
  restarts = 0;
  killed = 0;
  /** Tasks that did again what they had done; messages read again, and sends dropped, meanwhile. */
  replays = 0;
  messagesRead = 0;
  sendsDropped = 0;
  /** Work that crashes have cost, node-ns. */
  lost = 0;
  readonly failOver: FailOver | null;
  private readonly parts: CrashesParts;
  private readonly config: CrashesConfig;
  private readonly crashTimers: Timers;
  private readonly repairTimers: Timers;
  private readonly detectTimers: Timers;
  private readonly registerTimers: Timers;
  /** When each node crashed last, ns; 1 while the master does not know of it. */
  private readonly crashedAt: Float64Array;
  private readonly unknown: Uint8Array;
  /** Jobs that each node's crash has hit, until the master knows. */
  private readonly hit: number[][];
  /** Crashes that have hit each job since it was saved further than ever before; how far that was, ns of its work. */
  private readonly attempts: Int32Array;
  private readonly furthest: Float64Array;
  /** Gangs that wait for nodes to go on, in order, how many they need, and ns of work that new tasks do again alone. */
  private readonly waiting: number[] = [];
  private readonly wanted: Int32Array;
  private readonly again: Float64Array;
  /** Since when tasks of each job do their work again, ns; NaN: none does. */
  private readonly againSince: Float64Array;

  constructor(parts: CrashesParts, config: CrashesConfig) {
    this.parts = parts;
    this.config = config;
    const { engine, events, nodes, guests, jobs, master } = parts;
    const { count } = nodes;
    this.crashTimers = new Timers(engine, (node) => this.crash(node), count, 'crash');
    this.repairTimers = new Timers(engine, (node) => this.boot(node), count, 'repair');
    this.detectTimers = new Timers(engine, (node) => this.detect(node), count, 'detection of a crash');
    this.registerTimers = new Timers(engine, (node) => this.registered(node), count, 'registration');
    this.crashedAt = new Float64Array(count);
    this.unknown = new Uint8Array(count);
    this.hit = Array.from({ length: count }, () => []);
    this.attempts = new Int32Array(jobs.n);
    this.furthest = new Float64Array(jobs.n);
    this.wanted = new Int32Array(jobs.n);
    this.again = new Float64Array(jobs.n);
    this.againSince = new Float64Array(jobs.n).fill(Number.NaN);
    guests.onLost = (job, node) => this.taskLost(job, node);
    guests.onHalt = (job) => this.halted(job);
    guests.onFree = () => this.placeWaiting();
    parts.checkpoints.onBack = (job) => this.isBack(job);
    parts.checkpoints.onSaved = (job) => {
      if (guests.saved[job]! <= this.furthest[job]!) return;
      this.furthest[job] = guests.saved[job]!;
      this.attempts[job] = 0;
    };
    this.failOver =
      config.masterFails === null
        ? null
        : new FailOver(
            engine,
            events,
            count,
            config.beats,
            Math.round(2 * config.messageDelay),
            config.masterFails,
            {
              isDown: (node) => nodes.crashed[node] === 1,
              lose: () => {
                master.gone = true;
                for (let node = 0; node < count; node++) {
                  master.setDown(node, true, OUT.unknown);
                  this.detectTimers.clear(node);
                  this.registerTimers.clear(node);
                }
              },
              takeOver: () => {
                master.gone = false;
                for (let node = 0; node < count; node++) if (this.unknown[node] === 1) this.look(node);
              },
              register: (node) => {
                parts.daemons?.register(node);
                this.registerLater(node);
              },
            },
          );
  }

  /** Nodes begin to crash. */
  start(): void {
    for (let node = 0; node < this.crashedAt.length; node++) this.next(node);
  }

  /** Gangs that stand still because no node is free for them. */
  get waitingJobs(): number {
    return this.waiting.length;
  }

  /** Crashes that have hit a job since it was saved further than ever before. */
  attemptsOf(job: number): number {
    return this.attempts[job]!;
  }

  /** Messages of beats and of fail-overs, up to now. */
  messages(): number {
    return (this.config.beats?.sent(this.parts.engine.now) ?? 0) + (this.failOver?.messages ?? 0);
  }

  private next(node: number): void {
    const at = this.config.outages.crashAt(node, this.parts.engine.now);
    if (at < Number.POSITIVE_INFINITY) this.crashTimers.set(node, at);
  }

  private crash(node: number): void {
    const { engine, events, nodes, guests, owners, daemons } = this.parts;
    const { now } = engine;
    const { outages, beats } = this.config;
    owners?.catchUp(node);
    this.crashes++;
    this.crashedAt[node] = now;
    if (owners !== null && owners.present[node] === 1 && owners.down[node] === 0) this.sessions++;
    events.record(EVENT.crash, node, guests.guestOf[node]!);
    nodes.setCrashed(node, true);
    nodes.setOwnerShare(node, 0);
    this.registerTimers.clear(node);
    guests.onMode(node);
    daemons?.fall(node);
    guests.loseTasks(node);
    // A crash of a node of whose last one the master has not heard yet is one crash more for it to hear of.
    this.unknown[node] = 1;
    if (this.failOver === null || this.failOver.up) this.look(node);
    beats?.stop(node, now);
    this.failOver?.crashed(node);
    const back = outages.upAt(node, now);
    if (back < Number.POSITIVE_INFINITY) this.repairTimers.set(node, back);
  }

  /** The master will find that it hears no more of the node. */
  private look(node: number): void {
    const { beats, messageDelay } = this.config;
    const { now } = this.parts.engine;
    let at = now + Math.round(2 * messageDelay);
    if (beats !== null) {
      const from = this.crashedAt[node]!;
      // A master that took over later has waited for a first beat only since then.
      at = Math.max(from === now ? beats.deadAt(node, from) : now + beats.patience, now);
      at += Math.round(messageDelay);
    }
    this.detectTimers.set(node, at);
  }

  private boot(node: number): void {
    const { engine, events, nodes, owners, daemons } = this.parts;
    events.record(EVENT.repair, node, 0);
    owners?.catchUp(node);
    nodes.setCrashed(node, false);
    nodes.setOwnerShare(node, this.parts.ownerShare(node));
    if (owners !== null) owners.lastInput[node] = engine.now;
    this.parts.guests.onMode(node);
    this.config.beats?.start(node, engine.now);
    daemons?.rise(node);
    if (this.failOver === null || this.failOver.up) this.registerLater(node);
    else this.failOver.booted(node);
    this.next(node);
  }

  /** The daemon of a live node registers with the master, which hears of it a message's time later. */
  private registerLater(node: number): void {
    const delay = Math.round(this.config.messageDelay);
    if (delay === 0) this.registered(node);
    else this.registerTimers.set(node, this.parts.engine.now + delay);
  }

  private registered(node: number): void {
    const { master } = this.parts;
    if (this.unknown[node] === 1) this.detect(node);
    master.setDown(node, false, OUT.unknown | OUT.crash);
  }

  private detect(node: number): void {
    const { engine, events, master } = this.parts;
    const delay = engine.now - this.crashedAt[node]!;
    this.detectTimers.clear(node);
    this.unknown[node] = 0;
    this.detections++;
    this.delay += delay;
    this.shortestDelay = Math.min(this.shortestDelay, delay);
    this.longestDelay = Math.max(this.longestDelay, delay);
    events.record(EVENT.detect, node, delay / 1e9);
    master.setDown(node, true, OUT.crash);
    const jobs = this.hit[node]!.splice(0);
    for (const job of jobs) this.recover(job, node);
  }

  private taskLost(job: number, node: number): void {
    const { checkpoints, guests } = this.parts;
    checkpoints.forget(job);
    guests.pause(job, false);
    if (!this.hit[node]!.includes(job)) this.hit[node]!.push(job);
  }

  private recover(job: number, node: number): void {
    const { events, jobs, guests, policy } = this.parts;
    const state = jobs.state[job];
    if (state !== JOB.running && state !== JOB.launching) return;
    // It may have been killed and started anew elsewhere since.
    if (!guests.hasLost(job)) return;
    this.attempts[job]!++;
    const action = this.attempts[job]! > this.config.attempts ? 'kill' : policy.decide(job, node);
    switch (action) {
      case 'kill':
        this.killed++;
        this.lost += guests.abandon(job);
        return;
      case 'restart':
        this.restarts++;
        guests.saved[job] = 0;
        this.lost += guests.fail(job);
        events.record(EVENT.restart, job, 0);
        return;
      case 'rollback': {
        const place = this.standStill(job);
        const lost = guests.rollBack(job);
        this.rollbacks++;
        this.lost += lost;
        events.record(EVENT.rollback, job, lost / 1e9);
        this.again[job] = 0;
        this.waiting.splice(place, 0, job);
        this.placeWaiting();
        return;
      }
      case 'replay': {
        const place = this.standStill(job);
        const again = guests.done(job) - guests.saved[job]!;
        const tasks = this.wanted[job]!;
        this.replays += tasks;
        events.record(EVENT.replay, job, (again * tasks) / 1e9);
        this.again[job] = again;
        this.waiting.splice(place, 0, job);
        this.placeWaiting();
      }
    }
  }

  /** The gang lets go of the nodes of its lost tasks and waits for others. Answers its place among those that wait. */
  private standStill(job: number): number {
    const { checkpoints, guests } = this.parts;
    // It may have been coming back from an earlier crash.
    checkpoints.forget(job);
    this.workedAgain(job);
    const place = this.leaveQueue(job);
    this.wanted[job] = guests.dropLost(job, (other) => this.unknown[other] === 0);
    return place;
  }

  /** A job has come back. Where tasks of it did their work again: each task of a gang sends to the next one. */
  private isBack(job: number): void {
    const { guests, jobs } = this.parts;
    const { logged } = this.config;
    if (!this.workedAgain(job)) return;
    const tasks = this.wanted[job]!;
    const since = Math.floor(guests.done(job) * logged) - Math.floor(guests.saved[job]! * logged);
    for (let task = 0; task < tasks; task++) {
      const { read, suppressed } = replayInRing(jobs.width[job]!, task, since);
      this.messagesRead += read;
      this.sendsDropped += suppressed;
    }
  }

  /** Free nodes go to gangs that wait to go back, first come first served. */
  private placeWaiting(): void {
    const { guests, checkpoints, jobs } = this.parts;
    while (this.waiting.length > 0) {
      const job = this.waiting[0]!;
      const needed = this.wanted[job]!;
      if (guests.freeFor(job) < needed) return;
      this.waiting.shift();
      const again = this.again[job]!;
      if (again > 0) {
        guests.join(job, needed, 1);
        const launch = this.config.launchTime(needed);
        this.againSince[job] = this.parts.engine.now + launch;
        checkpoints.bringBack(job, launch, again + this.config.backUp(job));
        continue;
      }
      guests.join(job, needed, 0);
      checkpoints.bringBack(job, this.config.launchTime(jobs.width[job]!));
    }
  }

  /** What tasks of a job have done again up to now was lost work. Answers whether they have been at it. */
  private workedAgain(job: number): boolean {
    const since = this.againSince[job]!;
    if (Number.isNaN(since)) return false;
    this.againSince[job] = Number.NaN;
    const time = Math.min(this.again[job]!, Math.max(0, this.parts.engine.now - since));
    this.lost += time * this.wanted[job]!;
    return true;
  }

  private halted(job: number): void {
    this.parts.checkpoints.forget(job);
    this.workedAgain(job);
    this.leaveQueue(job);
  }

  /** The job waits for nodes no longer; its place among those that do, or the last one. */
  private leaveQueue(job: number): number {
    const at = this.waiting.indexOf(job);
    if (at < 0) return this.waiting.length;
    this.waiting.splice(at, 1);
    return at;
  }
}
