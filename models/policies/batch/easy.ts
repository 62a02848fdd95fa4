/**
 * EASY backfilling: the head of the queue gets a promise (its shadow time); any job behind it that fits now may
 * start if it ends by its estimate before the shadow time or needs no more than the processors left over then.
 *
 * Rules: start the head while it fits. Shadow time = the earliest time at which enough processors are free by the
 * running jobs' estimated ends (an estimate that has passed counts as free now); extra = all that is free then,
 * every job ending at that time counted, less what the head needs. The promise is made anew at every pass.
 * Source: Lifka 1995; Mu'alem and Feitelson 2001 (by count of processors).
 *
 * A pass is cut short where no waiting job could start: by width, the shortest estimate of those that wait is known. The
 * next one is looked for in the queue, or, where it stands far behind, among the jobs that could start.
 * Within a pass the promise need not be searched again after each start: a job that ends before the shadow time
 * leaves it as it was, and one that does not takes its processors out of the extra ones. Nor can a job that was
 * passed over fit later in the same pass, since free and extra processors only become fewer.
 */
import type { BatchPolicy, BatchPolicyKind, BatchView } from './contract.ts';
import { RunningByEstimatedEnd } from './running.ts';
import { ShortestWaiting } from './shortest-waiting.ts';

/** Jobs of the queue that are looked at before the few that could start are compared. */
const LOOK = 64;

export const easy: BatchPolicyKind = {
  doc: 'EASY backfilling: jobs may overtake if the head of the queue is not delayed by their estimates',
  fields: {},
  create: (view, jobs) => new Easy(view, jobs),
};

class Easy implements BatchPolicy {
  private readonly view: BatchView;
  private readonly running: RunningByEstimatedEnd;
  private readonly waiting: ShortestWaiting;
  /** Where the search behind the head goes on; -2: the head has not been passed over yet in this pass. */
  private cursor = -2;
  private shadow = 0;
  private extra = 0;

  constructor(view: BatchView, jobs: number) {
    this.view = view;
    this.running = new RunningByEstimatedEnd(jobs);
    this.waiting = new ShortestWaiting(view.width, view.estimate);
  }

  submitted(job: number): void {
    this.waiting.add(job);
  }

  started(job: number): void {
    this.waiting.remove(job);
    this.running.add(job, this.view.now + this.view.estimate[job]!);
  }

  ended(job: number): void {
    this.running.remove(job);
  }

  resized(): void {}

  begin(): void {
    this.cursor = -2;
  }

  next(): number {
    const view = this.view;
    if (this.cursor === -2) {
      const head = view.head();
      if (head < 0) return -1;
      if (view.width[head]! <= view.free) return head;
      this.cursor = view.after(head);
      if (this.cursor < 0 || this.waiting.narrowest() > view.free) return -1;
      this.promise(view.width[head]!);
    }
    const { free, now } = view;
    // After a start, too: perhaps nothing else can, and the rest of a long queue need not be looked at.
    if (this.cursor < 0 || !this.waiting.canStart(free, this.shadow - now, this.extra)) return -1;
    for (let looked = 0; looked < LOOK && this.cursor >= 0; looked++) {
      const job = this.cursor;
      this.cursor = view.after(job);
      if (view.width[job]! <= free && this.mayStart(job, now)) return job;
    }
    const job = this.cursor < 0 ? -1 : this.waiting.foremost(free, this.shadow - now, this.extra, view);
    if (job < 0) return -1;
    if (job === this.cursor) this.cursor = view.after(job);
    this.mayStart(job, now);
    return job;
  }

  /** Whether a job that fits now does not delay the head; one that outlasts the shadow time takes extra processors. */
  private mayStart(job: number, now: number): boolean {
    if (now + this.view.estimate[job]! <= this.shadow) return true;
    const width = this.view.width[job]!;
    if (width > this.extra) return false;
    this.extra -= width;
    return true;
  }

  /** Shadow time and extra processors for a head that needs `width` and does not fit now. */
  private promise(width: number): void {
    const { now, free } = this.view;
    const running = this.running;
    let freeThen = free;
    let i = 0;
    while (i < running.count && freeThen < width) freeThen += this.freedLater(running.job(i++));
    if (freeThen < width) {
      // More than the master has been offered: no time can be promised, and nothing can delay the head.
      this.shadow = Number.POSITIVE_INFINITY;
      this.extra = 0;
      return;
    }
    this.shadow = Math.max(now, running.end(i - 1));
    while (i < running.count && running.end(i) <= this.shadow) freeThen += this.freedLater(running.job(i++));
    this.extra = freeThen - width;
  }

  /** Processors that the end of a job will add to those that are free now. */
  private freedLater(job: number): number {
    return this.view.isFreed(job) ? 0 : this.view.width[job]!;
  }
}
