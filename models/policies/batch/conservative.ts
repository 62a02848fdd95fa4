/**
 * Conservative backfilling: every job gets a reservation when it arrives, the earliest that disturbs none; at every
 * end, early or not, each waiting job in order of arrival gives its reservation up and takes the earliest (never a
 * later) one.
 *
 * Estimates rule the reservations; a running job whose estimate has passed counts as free, so a job may have to
 * wait past its reservation until processors really are free; at the next end all reservations are then made anew, in
 * order of arrival. So they are when nodes come or go (owners); a job wider than what is there has none until more is
 * offered.
 * Source: Mu'alem and Feitelson 2001; Feitelson and Weil 1998. Cost: an end costs the number of waiting jobs times
 * the length of the profile.
 */
import type { BatchPolicy, BatchPolicyKind, BatchView } from './contract.ts';
import { RunningByEstimatedEnd } from './running.ts';

export const conservative: BatchPolicyKind = {
  doc: 'conservative backfilling: every waiting job has a reservation that none may delay',
  fields: {},
  create: (view, jobs) => new Conservative(view, jobs),
};

class Conservative implements BatchPolicy {
  private readonly view: BatchView;
  private readonly running: RunningByEstimatedEnd;
  private readonly profile = new Profile();
  /** Reserved start of each waiting job, ns; infinite: none can be given. */
  private readonly reserved: Float64Array;
  private cursor = -1;
  /** True until the first notice: the profile then starts from what is free. */
  private empty = true;

  constructor(view: BatchView, jobs: number) {
    this.view = view;
    this.running = new RunningByEstimatedEnd(jobs);
    this.reserved = new Float64Array(jobs);
  }

  submitted(job: number): void {
    if (this.empty) this.resized();
    else this.reserve(job);
  }

  started(job: number): void {
    const { now } = this.view;
    const end = now + this.view.estimate[job]!;
    if (this.reserved[job] !== now) {
      this.unreserve(job);
      this.profile.add(now, end, -this.view.width[job]!);
    }
    this.running.add(job, end);
  }

  ended(job: number): void {
    const { now } = this.view;
    const end = this.running.remove(job);
    if (end > now) this.profile.add(now, end, this.view.width[job]!);
    if (this.hasMissed()) {
      this.resized();
      return;
    }
    for (let j = this.view.head(); j >= 0; j = this.view.after(j)) {
      this.unreserve(j);
      this.reserve(j);
    }
  }

  resized(): void {
    this.empty = false;
    const { now, free, width } = this.view;
    let later = 0;
    for (let i = 0; i < this.running.count; i++) later += width[this.running.job(i)]!;
    this.profile.reset(now, free + later);
    for (let i = 0; i < this.running.count; i++) {
      const end = this.running.end(i);
      if (end > now) this.profile.add(now, end, -width[this.running.job(i)]!);
    }
    for (let j = this.view.head(); j >= 0; j = this.view.after(j)) this.reserve(j);
  }

  begin(): void {
    this.cursor = this.view.head();
  }

  /** Whether a job still waits whose reservation has come: another one has outlasted its estimate. */
  private hasMissed(): boolean {
    for (let j = this.view.head(); j >= 0; j = this.view.after(j)) {
      if (this.reserved[j]! < this.view.now) return true;
    }
    return false;
  }

  next(): number {
    const view = this.view;
    while (this.cursor >= 0 && view.free > 0) {
      const job = this.cursor;
      this.cursor = view.after(job);
      if (this.reserved[job]! <= view.now && view.width[job]! <= view.free) return job;
    }
    return -1;
  }

  private reserve(job: number): void {
    const { now } = this.view;
    const width = this.view.width[job]!;
    const length = this.view.estimate[job]!;
    const start = this.profile.earliest(now, width, length);
    this.reserved[job] = start;
    if (start < Number.POSITIVE_INFINITY) this.profile.add(start, start + length, -width);
  }

  private unreserve(job: number): void {
    const start = this.reserved[job]!;
    if (start === Number.POSITIVE_INFINITY) return;
    const end = start + this.view.estimate[job]!;
    const from = Math.max(start, this.view.now);
    if (end > from) this.profile.add(from, end, this.view.width[job]!);
  }
}

/** Free processors as a step function of time: `free[i]` holds from `time[i]` until `time[i + 1]`, the last for ever. */
class Profile {
  private time: number[] = [0];
  private free: number[] = [0];

  reset(now: number, free: number): void {
    this.time = [now];
    this.free = [free];
  }

  /** Earliest start >= now at which `width` processors are free for `length` ns; infinite if there is none. */
  earliest(now: number, width: number, length: number): number {
    this.forget(now);
    const time = this.time;
    const free = this.free;
    const steps = time.length;
    let i = 0;
    while (i < steps) {
      if (free[i]! < width) {
        i++;
        continue;
      }
      const start = Math.max(now, time[i]!);
      const end = start + length;
      let j = i + 1;
      while (j < steps && time[j]! < end && free[j]! >= width) j++;
      if (j >= steps || time[j]! >= end) return start;
      i = j + 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Add `change` processors on [from, to). */
  add(from: number, to: number, change: number): void {
    if (!(to > from)) return;
    const first = this.breakAt(from);
    const last = this.breakAt(to);
    for (let i = first; i < last; i++) this.free[i]! += change;
    this.mergeAt(last);
    this.mergeAt(first);
  }

  /** Index of the step that starts exactly at `t`, made if need be. */
  private breakAt(t: number): number {
    const time = this.time;
    let low = 0;
    let high = time.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (time[middle]! < t) low = middle + 1;
      else high = middle;
    }
    if (time[low] === t) return low;
    time.splice(low, 0, t);
    this.free.splice(low, 0, low === 0 ? this.free[0]! : this.free[low - 1]!);
    return low;
  }

  private mergeAt(i: number): void {
    if (i > 0 && i < this.time.length && this.free[i] === this.free[i - 1]) {
      this.time.splice(i, 1);
      this.free.splice(i, 1);
    }
  }

  /** Drop the steps that are over. */
  private forget(now: number): void {
    let over = 0;
    while (over + 1 < this.time.length && this.time[over + 1]! <= now) over++;
    if (over > 0) {
      this.time.splice(0, over);
      this.free.splice(0, over);
    }
  }
}
