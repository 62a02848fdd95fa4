/**
 * Faults of the layer's own code in a running building: when one happens, what falls with it, what that costs.
 *
 * Every service call is faulty with the same small chance, whether a guest makes it or, where they use the layer too,
 * an owner's program; so each node meets faults as a Poisson process whose intensity follows the user time spent
 * there. It is drawn by thinning: one stream of candidates for the whole building, at the most that all nodes could
 * call, each given to a node at random and kept with the chance (calls made there now) / (most). Every candidate draws
 * the same numbers whatever becomes of it, so compared structures meet the same candidates.
 *
 * What falls follows the structure's blast radius (models/os/blast.ts). A process: a guest's whole job, which starts
 * over from the end of the queue, from what was saved of it, or one program of the owner with what was not saved in
 * it. A node: its guest, and all open programs of its owner where they use the layer or the kernel falls, the owner
 * being there or not. The building: every job. What fell is out of use for guests until it has recovered.
 *
 * Left out: buildings without GLUnix; damage that is found only later; faults during recovery; what it costs a program
 * to carry on after a call that failed; the CPU time of checking the layer's own code.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import type { Source } from '../../sim/engine/streams.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import type { Guests } from '../glunix/guests.ts';
import { type Master, OUT } from '../glunix/master.ts';
import type { Nodes } from '../nodes.ts';
import { type Blast, FAULT_KINDS, type FaultKind, type Reach, reachOf } from '../os/blast.ts';
import type { Owners } from '../owners.ts';

export interface FaultsConfig {
  /** Faults per service call. */
  readonly rate: number;
  /** Service calls per ns of a program's user time. */
  readonly callRate: number;
  /** Shares of the kinds of fault; they add up to 1. */
  readonly kinds: Readonly<Record<FaultKind, number>>;
  readonly blast: Blast;
  /** The layer's own code is compiled with fault isolation, where the structure has it. */
  readonly checked: boolean;
  /** Owners' programs use the layer too; what takes the kernel down takes them down anyway. */
  readonly coversOwners: boolean;
  /** Shares of the faults that reach further than their place. */
  readonly shared: number;
  readonly global: number;
  readonly leaks: number;
  /** Open programs of an owner, and work that is lost with each, ns. */
  readonly programs: number;
  readonly unsaved: number;
  readonly recovery: {
    readonly notice: number;
    readonly server: number;
    readonly node: number;
    readonly building: number;
  };
}

/** User time is never more than this share of a job's time: SFI makes no program faster than by 5 %. */
const MOST_USER = 1 / (1 - 0.05);

export class Faults {
  /** Faults so far, by what fell with them. Leaks that have not used up anything yet count as calls. */
  readonly by: Record<Reach, number> = { call: 0, process: 0, node: 0, building: 0 };
  /** Jobs that had to start over. */
  jobs = 0;
  /** Work of guests lost, and time nodes were out of use, node-ns. */
  lost = 0;
  down = 0;
  /** Programs of owners that fell. */
  ownersPrograms = 0;
  private readonly config: FaultsConfig;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly guests: Guests;
  private readonly master: Master;
  private readonly nodes: Nodes;
  private readonly owners: Owners | null;
  private readonly chance: Source;
  /** User time of a job per its time, and of a node's owner per CPU time. */
  private readonly userPart: { job(job: number): number; owner(node: number): number };
  private readonly type: number;
  private readonly recoveries: Timers;
  /** When each node is in use again, ns. */
  private readonly backAt: Float64Array;
  private readonly leaked: Int32Array;
  private readonly leakedBy: Int32Array;
  private readonly leakedByOwner: Int32Array;

  constructor(
    engine: Engine,
    events: DomainEvents,
    guests: Guests,
    master: Master,
    nodes: Nodes,
    owners: Owners | null,
    chance: Source,
    userPart: { job(job: number): number; owner(node: number): number },
    config: FaultsConfig,
  ) {
    this.engine = engine;
    this.events = events;
    this.guests = guests;
    this.master = master;
    this.nodes = nodes;
    this.owners = owners;
    this.chance = chance;
    this.userPart = userPart;
    this.config = config;
    const { count } = nodes;
    this.backAt = new Float64Array(count);
    this.leaked = new Int32Array(count);
    this.leakedBy = new Int32Array(count).fill(-1);
    this.leakedByOwner = new Int32Array(count);
    this.type = engine.on(() => this.candidate(), 'fault');
    this.recoveries = new Timers(
      engine,
      (node) => this.master.setDown(node, false, OUT.fault),
      count,
      'recovery',
    );
  }

  /** Faults begin to happen. */
  start(): void {
    this.next();
  }

  /** Time out of use that lies after `now` is not lost yet. */
  downUntil(now: number): number {
    let ahead = 0;
    for (const back of this.backAt) ahead += Math.max(0, back - now);
    return this.down - ahead;
  }

  /** Work of owners that was lost with their programs, ns. */
  unsaved(): number {
    return this.ownersPrograms * this.config.unsaved;
  }

  private next(): void {
    const { rate, callRate } = this.config;
    const most = rate * callRate * MOST_USER * this.backAt.length;
    if (most > 0) this.engine.schedule(Math.round(-Math.log(this.chance.next()) / most), this.type, 0);
  }

  private candidate(): void {
    const { chance, config, guests } = this;
    const node = Math.min(this.backAt.length - 1, Math.floor(chance.next() * this.backAt.length));
    const keep = chance.next();
    const kind = this.kindAt(chance.next());
    const spread = chance.next();
    this.next();
    let byGuest = 0;
    /** The job whose call it was; -1 for a program of the owner. */
    let job = -1;
    for (const running of guests.jobsAt(node, true)) {
      byGuest += (guests.pace(running) * this.userPart.job(running)) / MOST_USER;
      if (job < 0 && keep < byGuest) job = running;
    }
    const byOwner = this.ownerCalls(node) / MOST_USER;
    if (byGuest + byOwner > 1 + 1e-9) {
      throw new Error(`node ${node}: user time is ${(byGuest + byOwner) * MOST_USER} of all time`);
    }
    if (keep >= byGuest + byOwner) return;
    this.events.record(EVENT.fault, node, FAULT_KINDS.indexOf(kind));
    const reach = this.reach(kind, spread, node, job);
    this.by[reach]++;
    const hung = kind === 'hang' && reach !== 'call' ? config.recovery.notice : 0;
    if (reach === 'process') {
      if (job < 0) this.ownersPrograms++;
      else this.processFalls(job, hung);
    } else if (reach === 'node') this.nodeFalls(node, hung);
    else if (reach === 'building') this.buildingFalls(hung);
  }

  /** User time of the owner's programs at a node per time, where they use the layer. */
  private ownerCalls(node: number): number {
    if (this.owners === null || !this.config.coversOwners) return 0;
    this.owners.catchUp(node);
    if (this.owners.down[node] === 1) return 0;
    return this.nodes.ownerShare[node]! * this.userPart.owner(node);
  }

  private kindAt(chance: number): FaultKind {
    let sum = 0;
    for (const kind of FAULT_KINDS) {
      sum += this.config.kinds[kind];
      if (chance < sum) return kind;
    }
    return FAULT_KINDS.findLast((kind) => this.config.kinds[kind] > 0)!;
  }

  /** How far this fault reaches; leaks are counted until they use up what they leak from. */
  private reach(kind: FaultKind, spread: number, node: number, job: number): Reach {
    const { blast, checked, shared, global } = this.config;
    const reach = reachOf(kind, blast, checked);
    if (reach === 'call') return 'call';
    if (kind === 'leak' && !this.exhausted(node, job)) return 'call';
    if (spread < global) return 'building';
    const stray = kind === 'stray-store' || kind === 'stray-jump';
    if (stray && blast.place === 'process' && spread < global + shared) return 'node';
    return reach;
  }

  /** A process gives back what it leaked when it ends; a kernel or a server only when it is started again. */
  private exhausted(node: number, job: number): boolean {
    const inProcess = this.config.blast.place === 'process';
    const leaked = inProcess && job < 0 ? this.leakedByOwner : this.leaked;
    if (inProcess && job >= 0 && this.leakedBy[node] !== job) {
      leaked[node] = 0;
      this.leakedBy[node] = job;
    }
    leaked[node]!++;
    if (leaked[node]! < this.config.leaks) return false;
    leaked[node] = 0;
    return true;
  }

  private fail(job: number): void {
    this.jobs++;
    this.lost += this.guests.fail(job);
  }

  private processFalls(job: number, hung: number): void {
    const nodes = this.guests.nodesOf(job);
    this.fail(job);
    for (const node of nodes) {
      this.leakedBy[node] = -1;
      if (hung > 0) this.outOfUse(node, hung);
    }
  }

  private nodeFalls(node: number, hung: number): void {
    const { blast, coversOwners, programs, recovery } = this.config;
    for (const job of this.guests.jobsAt(node, false)) this.fail(job);
    this.leaked[node] = 0;
    this.leakedByOwner[node] = 0;
    this.leakedBy[node] = -1;
    const kernel = blast.place === 'kernel';
    if ((kernel || coversOwners) && this.owners?.down[node] === 0) this.ownersPrograms += programs;
    this.outOfUse(node, hung + (kernel ? recovery.node : recovery.server));
  }

  private buildingFalls(hung: number): void {
    const nodes = this.backAt.length;
    for (let node = 0; node < nodes; node++) {
      for (const job of this.guests.jobsAt(node, false)) this.fail(job);
    }
    for (let node = 0; node < nodes; node++) this.outOfUse(node, hung + this.config.recovery.building);
  }

  private outOfUse(node: number, time: number): void {
    const { now } = this.engine;
    const from = Math.max(now, this.backAt[node]!);
    const until = Math.max(from, now + Math.round(time));
    if (until === now) return;
    this.down += until - from;
    this.backAt[node] = until;
    this.events.record(EVENT.down, node, (until - now) / 1e9);
    this.master.setDown(node, true, OUT.fault);
    this.recoveries.set(node, until);
  }
}
