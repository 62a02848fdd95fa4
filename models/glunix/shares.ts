/**
 * Who holds and who waits, by user, and in which order waiting jobs therefore stand.
 *
 * Users are those of the job log; jobs whose user is not known count as one user's.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import {
  type ShareParameters,
  type SharePolicy,
  type SharePolicyKind,
  type ShareView,
  startsEvery,
  windowOf,
} from '../policies/share/contract.ts';

/** Users of a job table, numbered from 0 in order of their first job. */
export interface Users {
  readonly count: number;
  /** User of each job. */
  readonly of: Int32Array;
}

/** The users of a column of user ids; all jobs without one (-1) count as one user's. */
export function usersOf(ids: Int32Array): Users {
  const numbers = new Map<number, number>();
  const of = ids.map((id) => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  });
  return { count: numbers.size, of };
}

export class Shares implements ShareView {
  /** ns between two starts, at least. */
  readonly every: number;
  /** Nodes taken back. */
  reclaims = 0;
  private readonly engine: Engine;
  private readonly width: Int32Array;
  private readonly userOf: Int32Array;
  private readonly holds: Int32Array;
  private readonly waits: Int32Array;
  /** Jobs of one task that hold a node, in order of their start, by user. */
  private readonly singles = new Map<number, number[]>();
  /** Until when a user gets no node, ns. */
  private readonly barredUntil: Float64Array;
  private readonly window: number;
  /** Place of each job in order of arrival. */
  private readonly rank: Float64Array;
  private arrivals = 0;
  /** 1: a node has been taken back for the job, which still waits. */
  private readonly asked: Uint8Array;
  private readonly policy: SharePolicy | null;

  constructor(
    engine: Engine,
    width: Int32Array,
    users: Users,
    kind: SharePolicyKind,
    parameters: ShareParameters,
  ) {
    this.engine = engine;
    this.width = width;
    this.userOf = users.of;
    this.holds = new Int32Array(users.count);
    this.waits = new Int32Array(users.count);
    this.barredUntil = new Float64Array(users.count);
    this.rank = new Float64Array(width.length);
    this.asked = new Uint8Array(width.length);
    this.every = startsEvery(parameters);
    this.window = windowOf(parameters);
    this.policy = kind.create(this, users.count, parameters);
  }

  /** Whether jobs do not simply wait in order of arrival. */
  get orders(): boolean {
    return this.policy !== null;
  }

  get now(): number {
    return this.engine.now;
  }

  held(user: number): number {
    return this.holds[user]!;
  }

  waiting(user: number): number {
    return this.waits[user]!;
  }

  /** The job waits from now on. */
  submitted(job: number): void {
    const user = this.userOf[job]!;
    this.policy!.changing(user);
    this.rank[job] = this.arrivals++;
    this.waits[user]!++;
  }

  /** The job no longer waits: it holds its nodes. */
  started(job: number): void {
    const user = this.userOf[job]!;
    this.policy!.changing(user);
    this.asked[job] = 0;
    this.waits[user]!--;
    this.holds[user]! += this.width[job]!;
    if (this.width[job] !== 1) return;
    const singles = this.singles.get(user);
    if (singles === undefined) this.singles.set(user, [job]);
    else singles.push(job);
  }

  /** The job has given its nodes back. */
  ended(job: number): void {
    const user = this.userOf[job]!;
    this.policy!.changing(user);
    this.holds[user]! -= this.width[job]!;
    const singles = this.singles.get(user);
    const at = singles?.indexOf(job) ?? -1;
    if (at < 0) return;
    singles!.splice(at, 1);
    if (singles!.length === 0) this.singles.delete(user);
  }

  /** Whether the job's user may not be given a node now. */
  isBarred(job: number): boolean {
    return this.barredUntil[this.userOf[job]!]! > this.engine.now;
  }

  /** When the first bar that stands falls, ns; infinity where none does. */
  nextUnbarred(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const until of this.barredUntil) if (until > this.engine.now && until < next) next = until;
    return next;
  }

  /** Waiting jobs in the order in which they should stand: their users' indices, then their arrival. */
  sort(jobs: number[]): void {
    const index = new Map<number, number>();
    for (const job of jobs) {
      const user = this.userOf[job]!;
      if (!index.has(user)) index.set(user, this.policy!.index(user));
    }
    const of = (job: number) => index.get(this.userOf[job]!)!;
    const barred = (job: number) => (this.isBarred(job) ? 1 : 0);
    jobs.sort((a, b) => barred(a) - barred(b) || of(a) - of(b) || this.rank[a]! - this.rank[b]!);
  }

  /** A job found no free node: the job of one task that has to go home for it, or -1. */
  reclaimFor(job: number): number {
    // Once for every job that waits.
    if (this.asked[job] === 1 || this.isBarred(job)) return -1;
    const victim = this.policy!.reclaimFrom(this.userOf[job]!, this.singles.keys());
    if (victim < 0) return -1;
    this.asked[job] = 1;
    this.reclaims++;
    this.barredUntil[victim] = this.engine.now + this.window;
    return this.singles.get(victim)!.at(-1)!;
  }
}
