/** Growing columns of generated jobs, and the settings that all job laws share. */
import type { Field } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import type { JobTable } from './table.ts';

/** Settings of every job law. */
export const JOB_LAW_FIELDS = {
  count: {
    kind: 'integer',
    doc: 'Number of jobs; `horizon`: as many as are submitted before the horizon.',
    default: 1000,
    min: 1,
    words: ['horizon'],
  },
  users: {
    kind: 'integer',
    doc: 'Number of users; each job is one of theirs, all equally likely (assumed).',
    default: 64,
    min: 1,
  },
  estimate_factor: {
    kind: 'number',
    doc: 'What users ask for, as a multiple of the run time (1: they know).',
    default: 1,
    min: 1,
  },
} as const satisfies Record<string, Field>;

/** What a job law must know of the scenario around it. */
export interface JobNeed {
  /** Processors of the machine. */
  readonly nodes: number;
  /** Offered load: mean work (width times run time) a second / nodes. Undefined: the law's own arrival rate. */
  readonly load: number | undefined;
  /** Jobs are submitted before this time, s; Infinity where only the count ends them. */
  readonly horizon_s: number;
}

/** The most jobs that a law with `count` may make; checks that count or horizon ends them. */
export function mostJobs(law: string, count: number | 'horizon', need: JobNeed): number {
  if (count !== 'horizon') return count;
  if (Number.isFinite(need.horizon_s)) return Number.POSITIVE_INFINITY;
  throw new InputError({
    where: 'jobs.law.count',
    found: `the law ${law} makes jobs up to the horizon, but the horizon is not a time`,
    would: 'give a count of jobs, or a horizon such as 7d',
  });
}

export class JobColumns {
  private n = 0;
  private submit = new Float64Array(1 << 10);
  private run = new Float64Array(1 << 10);
  private estimate = new Float64Array(1 << 10);
  private width = new Int32Array(1 << 10);
  private user = new Int32Array(1 << 10);

  get count(): number {
    return this.n;
  }

  add(submit_s: number, run_s: number, estimate_s: number, width: number, user: number): void {
    if (this.n === this.submit.length) this.grow();
    const i = this.n++;
    this.submit[i] = submit_s;
    this.run[i] = run_s;
    this.estimate[i] = estimate_s;
    this.width[i] = width;
    this.user[i] = user;
  }

  /** The table: jobs numbered from 1, all completed, memory unknown. Throws `InputError` if there is no job. */
  table(law: string, horizon_s: number): JobTable {
    const n = this.n;
    if (n === 0) {
      throw new InputError({
        where: 'jobs.law',
        found: `the law ${law} submits no job in ${horizon_s}s`,
        would: 'give a longer horizon or a higher load',
      });
    }
    return {
      n,
      id: Float64Array.from({ length: n }, (_, i) => i + 1),
      submit_s: this.submit.slice(0, n),
      run_s: this.run.slice(0, n),
      estimate_s: this.estimate.slice(0, n),
      width: this.width.slice(0, n),
      user: this.user.slice(0, n),
      memory: new Float64Array(n),
      status: new Int8Array(n).fill(1),
      offset_s: 0,
    };
  }

  private grow(): void {
    const size = this.submit.length * 2;
    const submit = new Float64Array(size);
    const run = new Float64Array(size);
    const estimate = new Float64Array(size);
    const width = new Int32Array(size);
    const user = new Int32Array(size);
    submit.set(this.submit);
    run.set(this.run);
    estimate.set(this.estimate);
    width.set(this.width);
    user.set(this.user);
    this.submit = submit;
    this.run = run;
    this.estimate = estimate;
    this.width = width;
    this.user = user;
  }
}
