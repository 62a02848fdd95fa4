/**
 * The running jobs in order of their estimated ends: what backfilling policies ask for a promise to the head.
 * An array sorted by insertion: some hundred jobs run at a time, and moving them is one block copy.
 */
export class RunningByEstimatedEnd {
  private jobs = new Int32Array(64);
  private ends = new Float64Array(64);
  count = 0;
  private readonly endOf: Float64Array;

  constructor(jobs: number) {
    this.endOf = new Float64Array(jobs);
  }

  job(i: number): number {
    return this.jobs[i]!;
  }

  /** Estimated end of the i-th job, ns. */
  end(i: number): number {
    return this.ends[i]!;
  }

  add(job: number, end: number): void {
    if (this.count === this.jobs.length) this.grow();
    this.endOf[job] = end;
    const at = this.firstAfter(end);
    this.jobs.copyWithin(at + 1, at, this.count);
    this.ends.copyWithin(at + 1, at, this.count);
    this.jobs[at] = job;
    this.ends[at] = end;
    this.count++;
  }

  /** Remove a running job; answers its estimated end, ns. */
  remove(job: number): number {
    const end = this.endOf[job]!;
    let at = this.firstAfter(end) - 1;
    while (this.jobs[at] !== job) at--;
    this.jobs.copyWithin(at, at + 1, this.count);
    this.ends.copyWithin(at, at + 1, this.count);
    this.count--;
    return end;
  }

  private firstAfter(end: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! <= end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    const job = new Int32Array(this.jobs.length * 2);
    job.set(this.jobs);
    this.jobs = job;
    const end = new Float64Array(this.ends.length * 2);
    end.set(this.ends);
    this.ends = end;
  }
}
