/**
 * The batch queue: jobs wait in order of arrival until the batch policy starts them on free processors.
 *
 * Order within an instant (the queue collects the instant, then acts):
 *   pass: event    submissions in file order, each followed by a pass; then ends in the order in which the jobs
 *                  started, each followed by a pass; then nodes that came or went, followed by one pass.
 *   pass: instant  all submissions, all ends, all nodes; then one pass.
 * A job that ends at this instant just as its estimate said counts as free from the first of these passes on.
 * Where users have shares, the jobs stand in the order of those before each pass and after each start (`shares.ts`); a
 * policy then answers as if they had arrived in that order.
 * Source: reference schedules on which two independent programs agree need exactly this order.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { CheckError } from '../../sim/problem.ts';
import type { BatchPolicy, BatchPolicyKind, BatchView } from '../policies/batch/contract.ts';
import type { Shares } from './shares.ts';

const NONE = -1;

export interface QueuedJobs {
  readonly n: number;
  readonly width: Int32Array;
  /** ns */
  readonly estimate: Float64Array;
}

export class BatchQueue implements BatchView {
  readonly width: Int32Array;
  readonly estimate: Float64Array;
  /** Waiting jobs. */
  waiting = 0;
  private readonly engine: Engine;
  private readonly policy: BatchPolicy;
  private readonly passEach: boolean;
  private readonly freeNow: () => number;
  /** Called to start a job now; must take the job's processors before it returns. */
  private readonly start: (job: number) => void;
  /** Called when an instant has been dealt with. */
  private readonly acted: () => void;
  /** Called when an ended job's processors are to be given back, at its turn within the instant. */
  private readonly release: (job: number) => void;
  private readonly sendHome: (job: number) => void;
  /** Order among users; null: order of arrival. */
  private readonly shares: Shares | null;
  private lastStart = Number.NEGATIVE_INFINITY;
  /** When the queue is looked at again though nothing comes or goes, ns. */
  private lookAt = Number.POSITIVE_INFINITY;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** Where each waiting job stands, and where the next one to come will. */
  private readonly places: Float64Array;
  private nextPlace = 0;
  private first = NONE;
  private last = NONE;
  /** Rank of each job's start, for the order of ends. */
  private readonly startRank: Int32Array;
  private starts = 0;
  /** When each job ends if its user is right, ns. */
  private readonly estimatedEnd: Float64Array;
  /** 1: the job's processors are free, but the policy has not been told of its end yet. */
  private readonly freed: Uint8Array;
  private readonly submissions: number[] = [];
  private readonly ends: number[] = [];
  private resized = false;
  private collecting = false;
  private acting = false;
  private readonly actType: number;
  private readonly lookType: number;

  constructor(
    engine: Engine,
    jobs: QueuedJobs,
    kind: BatchPolicyKind,
    passEach: boolean,
    parts: {
      freeNow: () => number;
      start: (job: number) => void;
      release: (job: number) => void;
      acted: () => void;
      /** Called to send a started job of one task home, for another user. */
      sendHome: (job: number) => void;
    },
    shares: Shares | null = null,
  ) {
    this.engine = engine;
    this.width = jobs.width;
    this.estimate = jobs.estimate;
    this.passEach = passEach;
    this.freeNow = parts.freeNow;
    this.start = parts.start;
    this.release = parts.release;
    this.acted = parts.acted;
    this.sendHome = parts.sendHome;
    this.shares = shares;
    this.next = new Int32Array(jobs.n).fill(NONE);
    this.previous = new Int32Array(jobs.n).fill(NONE);
    this.places = new Float64Array(jobs.n);
    this.startRank = new Int32Array(jobs.n);
    this.estimatedEnd = new Float64Array(jobs.n);
    this.freed = new Uint8Array(jobs.n);
    this.policy = kind.create(this, jobs.n);
    this.actType = engine.on(() => this.act(), 'batch queue');
    this.lookType = engine.on(() => {
      this.lookAt = Number.POSITIVE_INFINITY;
      this.resize();
    }, 'batch queue by shares');
  }

  get now(): number {
    return this.engine.now;
  }

  get free(): number {
    return this.freeNow();
  }

  head(): number {
    return this.first;
  }

  after(job: number): number {
    return this.next[job]!;
  }

  place(job: number): number {
    return this.places[job]!;
  }

  isFreed(job: number): boolean {
    return this.freed[job] === 1;
  }

  submit(job: number): void {
    this.submissions.push(job);
    this.collect();
  }

  /** A started job has ended; its processors are released at its turn within this instant. */
  end(job: number): void {
    this.ends.push(job);
    this.collect();
  }

  /** A node has become free or is no longer, by a report. */
  resize(): void {
    // Nodes given back by the ends that are being acted on are part of those ends.
    if (this.acting) return;
    this.resized = true;
    this.collect();
  }

  private collect(): void {
    if (this.collecting) return;
    this.collecting = true;
    this.engine.schedule(0, this.actType, 0);
  }

  private act(): void {
    this.collecting = false;
    this.acting = true;
    const policy = this.policy;
    const ends = this.ends;
    if (ends.length > 1) ends.sort((a, b) => this.startRank[a]! - this.startRank[b]!);
    for (let i = 0; i < ends.length; i++) {
      const job = ends[i]!;
      if (this.estimatedEnd[job]! > this.engine.now) continue;
      this.freed[job] = 1;
      this.giveBack(job);
    }
    for (let i = 0; i < this.submissions.length; i++) {
      const job = this.submissions[i]!;
      this.append(job);
      policy.submitted(job);
      if (this.passEach) this.pass();
    }
    this.submissions.length = 0;
    for (let i = 0; i < ends.length; i++) {
      const job = ends[i]!;
      if (this.freed[job] === 0) this.giveBack(job);
      this.freed[job] = 0;
      policy.ended(job);
      if (this.passEach) this.pass();
    }
    ends.length = 0;
    if (this.resized) {
      this.resized = false;
      policy.resized();
      if (this.passEach) this.pass();
    }
    if (!this.passEach) this.pass();
    this.acting = false;
    this.acted();
  }

  private giveBack(job: number): void {
    this.shares?.ended(job);
    this.release(job);
  }

  private pass(): void {
    if (this.first === NONE) return;
    if (this.shares !== null) {
      this.passByShares(this.shares);
      return;
    }
    const policy = this.policy;
    policy.begin();
    for (let job = policy.next(); job !== NONE; job = policy.next()) this.begin(job);
  }

  private begin(job: number): void {
    if (this.width[job]! > this.freeNow()) {
      throw new CheckError(
        `the batch policy started job ${job} of ${this.width[job]} processors on ${this.freeNow()} free ones`,
      );
    }
    this.remove(job);
    this.startRank[job] = this.starts++;
    this.estimatedEnd[job] = this.engine.now + this.estimate[job]!;
    this.start(job);
    this.policy.started(job);
  }

  /** As a pass, but the order is made anew before it and after each start, and starts may have to wait for the next. */
  private passByShares(shares: Shares): void {
    const { now } = this.engine;
    const policy = this.policy;
    while (this.first !== NONE) {
      const soonest = this.lastStart + shares.every;
      if (soonest > now) {
        this.lookLater(soonest);
        return;
      }
      this.order(shares);
      policy.begin();
      const job = policy.next();
      // Jobs of users who may have nothing now stand last.
      if (job === NONE || shares.isBarred(job)) break;
      this.begin(job);
      shares.started(job);
      this.lastStart = now;
    }
    this.refused(shares);
    this.lookLater(shares.nextUnbarred());
  }

  /** The first job finds no free node: one may be taken back for it. */
  private refused(shares: Shares): void {
    if (this.first === NONE || this.freeNow() > 0) return;
    const home = shares.reclaimFor(this.first);
    if (home !== NONE) this.sendHome(home);
  }

  private lookLater(time: number): void {
    if (time >= this.lookAt || time === Number.POSITIVE_INFINITY) return;
    this.lookAt = time;
    this.engine.scheduleAt(Math.round(time), this.lookType, 0);
  }

  /** Put the waiting jobs into the order of their users' shares. */
  private order(shares: Shares): void {
    const jobs: number[] = [];
    for (let job = this.first; job !== NONE; job = this.next[job]!) jobs.push(job);
    const before = jobs.slice();
    shares.sort(jobs);
    if (jobs.every((job, i) => job === before[i])) return;
    jobs.forEach((job, i) => {
      this.previous[job] = jobs[i - 1] ?? NONE;
      this.next[job] = jobs[i + 1] ?? NONE;
      this.places[job] = i;
    });
    this.nextPlace = jobs.length;
    this.first = jobs[0]!;
    this.last = jobs.at(-1)!;
    this.policy.resized();
  }

  private append(job: number): void {
    this.shares?.submitted(job);
    this.waiting++;
    this.places[job] = this.nextPlace++;
    this.previous[job] = this.last;
    this.next[job] = NONE;
    if (this.last === NONE) this.first = job;
    else this.next[this.last] = job;
    this.last = job;
  }

  private remove(job: number): void {
    this.waiting--;
    const before = this.previous[job]!;
    const after = this.next[job]!;
    if (before === NONE) this.first = after;
    else this.next[before] = after;
    if (after === NONE) this.last = before;
    else this.previous[after] = before;
  }
}
