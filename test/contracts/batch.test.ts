// The batch policies on a queue of their own, without a building: what they start when jobs outlast their estimates,
// when nodes are withdrawn, when the head is wider than all that is offered.
import { describe, expect, it } from 'vitest';
import type { BatchPolicy, BatchPolicyKind, BatchView } from '../../models/policies/batch/contract.ts';
import { batchPolicies } from '../../models/policies/batch/index.ts';
import { Streams } from '../../sim/engine/streams.ts';

/** A machine and its queue, told to a policy as the master tells it. */
class Bench implements BatchView {
  now = 0;
  free: number;
  readonly width: Int32Array;
  readonly estimate: Float64Array;
  private readonly waiting: number[] = [];
  private readonly policy: BatchPolicy;

  /** `jobs`: width and estimate of each, in their order of arrival. */
  constructor(kind: BatchPolicyKind, processors: number, jobs: readonly (readonly [number, number])[]) {
    this.free = processors;
    this.width = Int32Array.from(jobs, ([width]) => width);
    this.estimate = Float64Array.from(jobs, ([, estimate]) => estimate);
    this.policy = kind.create(this, jobs.length);
  }

  isFreed(): boolean {
    return false;
  }

  head(): number {
    return this.waiting[0] ?? -1;
  }

  after(job: number): number {
    return this.waiting[this.waiting.indexOf(job) + 1] ?? -1;
  }

  place(job: number): number {
    return this.waiting.indexOf(job);
  }

  /** The jobs that a pass starts. */
  pass(): number[] {
    const started: number[] = [];
    this.policy.begin();
    for (let job = this.policy.next(); job >= 0; job = this.policy.next()) {
      expect(this.waiting).toContain(job);
      expect(this.width[job]).toBeLessThanOrEqual(this.free);
      this.waiting.splice(this.waiting.indexOf(job), 1);
      this.free -= this.width[job]!;
      this.policy.started(job);
      started.push(job);
    }
    return started;
  }

  submit(...jobs: number[]): number[] {
    for (const job of jobs) {
      this.waiting.push(job);
      this.policy.submitted(job);
    }
    return this.pass();
  }

  end(job: number, now: number): number[] {
    this.now = now;
    this.free += this.width[job]!;
    this.policy.ended(job);
    return this.pass();
  }

  resize(change: number, now: number): number[] {
    this.now = now;
    this.free += change;
    this.policy.resized();
    return this.pass();
  }

  at(now: number): number[] {
    this.now = now;
    return this.pass();
  }
}

describe.each(Object.entries(batchPolicies))('%s', (_, kind) => {
  it('starts what fits in order of arrival', () => {
    const bench = new Bench(kind, 10, [
      [4, 100],
      [6, 100],
      [1, 100],
    ]);
    expect(bench.submit(0, 1, 2)).toEqual([0, 1]);
    expect(bench.end(0, 50)).toEqual([2]);
  });

  it('starts nothing where nothing is free, and all of it when a node comes', () => {
    const bench = new Bench(kind, 0, [
      [1, 10],
      [1, 10],
    ]);
    expect(bench.submit(0, 1)).toEqual([]);
    expect(bench.resize(2, 5)).toEqual([0, 1]);
  });
});

describe('backfilling', () => {
  // Job 0 holds 6 of 10 until 100; the head, job 1, needs 8 and so waits until then.
  const jobs: readonly (readonly [number, number])[] = [
    [6, 100],
    [8, 50],
    [4, 100], // ends with job 0
    [4, 101], // a moment too long
    [2, 500], // long, on the two processors that the head leaves
    [1, 500],
  ];

  it.each(['easy', 'conservative'] as const)('%s lets jobs pass that end with the head’s promise', (name) => {
    const bench = new Bench(batchPolicies[name], 10, jobs);
    expect(bench.submit(0, 1, 3)).toEqual([0]);
    expect(bench.submit(2)).toEqual([2]);
  });

  it.each(['easy', 'conservative'] as const)('%s gives away once what the head leaves', (name) => {
    const bench = new Bench(batchPolicies[name], 10, jobs);
    expect(bench.submit(0, 1, 4, 5)).toEqual([0, 4]);
    expect(bench.end(0, 90)).toEqual([1]);
  });

  it('fcfs lets nothing pass', () => {
    expect(new Bench(batchPolicies.fcfs, 10, jobs).submit(0, 1, 2, 4)).toEqual([0]);
  });

  it('easy promises nothing to a head wider than all that is offered, so that nothing can delay it', () => {
    const bench = new Bench(batchPolicies.easy, 10, [
      [6, 100],
      [12, 50],
      [4, 1000],
    ]);
    expect(bench.submit(0, 1, 2)).toEqual([0, 2]);
  });

  it('conservative gives it no reservation either, until there are nodes for it', () => {
    const bench = new Bench(batchPolicies.conservative, 10, [
      [6, 100],
      [12, 50],
      [4, 1000],
    ]);
    expect(bench.submit(0, 1, 2)).toEqual([0, 2]);
    expect(bench.end(2, 20)).toEqual([]);
    expect(bench.resize(8, 30)).toEqual([1]);
  });

  it('easy takes a job that outlasts its estimate as one that ends now', () => {
    // Both running jobs are overdue at 200: the head could start now but for them, and leaves 10 - 5 = 5 processors.
    const bench = new Bench(batchPolicies.easy, 10, [
      [3, 100],
      [3, 150],
      [5, 50],
      [4, 1000],
    ]);
    expect(bench.submit(0, 1)).toEqual([0, 1]);
    expect(bench.submit(2)).toEqual([]);
    bench.now = 200;
    expect(bench.submit(3)).toEqual([3]);
  });

  it('conservative moves reservations up when a job ends early, and down when nodes are withdrawn', () => {
    const bench = new Bench(batchPolicies.conservative, 10, [
      [10, 100],
      [6, 50],
      [6, 50],
      [4, 50],
    ]);
    expect(bench.submit(0, 1, 2, 3)).toEqual([0]);
    expect(bench.end(0, 40)).toEqual([1, 3]);
    // The second wide job is promised the end of the first, and does not start before.
    expect(bench.at(60)).toEqual([]);
    expect(bench.end(3, 70)).toEqual([]);
    expect(bench.resize(-4, 75)).toEqual([]);
    expect(bench.end(1, 90)).toEqual([2]);
  });

  it('conservative makes reservations anew, in order of arrival, when a job outlasts its estimate', () => {
    const bench = new Bench(
      batchPolicies.conservative,
      1,
      Array.from({ length: 4 }, () => [1, 100] as const),
    );
    expect(bench.submit(0, 1, 2, 3)).toEqual([0]);
    // Job 1's reservation has come and gone: it does not fit before job 2's any more, and goes first all the same.
    expect(bench.end(0, 110)).toEqual([1]);
    expect(bench.end(1, 230)).toEqual([2]);
    expect(bench.end(2, 230)).toEqual([3]);
  });
});

/** EASY as its rules say it: the whole queue is looked at after every start. */
class PlainEasy implements BatchPolicy {
  private readonly view: BatchView;
  private readonly ends = new Map<number, number>();
  private shadow = 0;
  private extra = 0;
  private promised = false;

  constructor(view: BatchView) {
    this.view = view;
  }

  submitted(): void {}
  resized(): void {}

  started(job: number): void {
    this.ends.set(job, this.view.now + this.view.estimate[job]!);
  }

  ended(job: number): void {
    this.ends.delete(job);
  }

  begin(): void {
    this.promised = false;
  }

  next(): number {
    const { view } = this;
    const head = view.head();
    if (head < 0) return -1;
    if (view.width[head]! <= view.free && !this.promised) return head;
    if (!this.promised) this.promise(view.width[head]!);
    this.promised = true;
    for (let job = view.after(head); job >= 0; job = view.after(job)) {
      if (view.width[job]! > view.free) continue;
      if (view.now + view.estimate[job]! <= this.shadow) return job;
      if (view.width[job]! > this.extra) continue;
      this.extra -= view.width[job]!;
      return job;
    }
    return -1;
  }

  private promise(width: number): void {
    const { view } = this;
    const times = [...this.ends.values()].map((end) => Math.max(view.now, end));
    const freeAt = (time: number) =>
      [...this.ends]
        .filter(([, end]) => end <= time)
        .reduce((free, [job]) => free + view.width[job]!, view.free);
    const enough = times.filter((time) => freeAt(time) >= width);
    this.shadow = enough.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...enough);
    this.extra = enough.length === 0 ? 0 : freeAt(this.shadow) - width;
  }
}

// Queues far longer than what is looked at one by one; of those that wait few could start.
it.each([1, 2, 3])('easy starts what its rules say, in long queues, seed %i', (seed) => {
  const source = new Streams(seed, 0).stream('jobs');
  const upTo = (most: number) => 1 + Math.floor(source.next() * most);
  const jobs = Array.from({ length: 300 }, () =>
    source.next() < 0.06 ? ([upTo(3), upTo(40)] as const) : ([upTo(40), upTo(1000)] as const),
  );
  const plain: BatchPolicyKind = { doc: '', fields: {}, create: (view) => new PlainEasy(view) };
  const benches = [batchPolicies.easy, plain].map((kind) => new Bench(kind, 40, jobs));
  const running = new Set<number>();
  let behind = 0;
  let now = 0;
  let arrived = 0;
  const both = (act: (bench: Bench) => number[]) => {
    const [got, want] = benches.map(act) as [number[], number[]];
    expect(got).toEqual(want);
    for (const job of got) running.add(job);
    behind += got.filter((job) => job > benches[0]!.head() + 100).length;
  };
  let lent = false;
  while (arrived < jobs.length || running.size > 0) {
    now += upTo(10);
    const choice = source.next();
    const at = now;
    if (arrived < jobs.length && choice < 0.8) {
      for (const bench of benches) bench.now = at;
      const job = arrived++;
      both((bench) => bench.submit(job));
    } else if (!lent && choice < 0.9 && benches[0]!.free > 0) {
      lent = true;
      both((bench) => bench.resize(-1, at));
    } else if (lent && choice < 0.95) {
      lent = false;
      both((bench) => bench.resize(1, at));
    } else if (running.size > 0) {
      const job = [...running][Math.floor(source.next() * running.size)]!;
      running.delete(job);
      both((bench) => bench.end(job, at));
    }
  }
  expect(behind).toBeGreaterThan(10);
});
