/**
 * What a run of load sharing reports, over jobs submitted between the warm-up and the cool-down that have ended. Run time is
 * the job's time alone on a node of speed 1 under the OS structure's prices for its services.
 */
import type { Batches } from '../../sim/experiment/study.ts';
import { jobBatches } from '../job-batches.ts';
import { JOB } from '../jobs.ts';
import { MEASURES, OF_ONE_JOB } from '../measures.ts';
import type { SharingRun } from './index.ts';

const CLASSES = 10;

export const SHARING_MEASURES: Readonly<Record<string, { readonly unit: string; readonly doc: string }>> = {
  response_time_s: MEASURES.response_time_s,
  wait_s: MEASURES.wait_s,
  slowdown: MEASURES.slowdown,
  finished_jobs: MEASURES.finished_jobs,
  span_s: MEASURES.span_s,
  messages: MEASURES.messages,
  cpu_operations: MEASURES.cpu_operations,
  delay_s: { unit: 's', doc: 'mean response less run time: what queueing and moving cost a job' },
  jobs_present: { unit: '1', doc: 'jobs in the system, averaged over time' },
  node_utilisation: {
    unit: '1',
    doc: 'share of the capacity of all nodes that jobs used, until the last submission or end',
  },
  moved_share: { unit: '1', doc: 'share of jobs that were moved' },
  moves_per_job: { unit: '1', doc: 'moves per job' },
  preemptions: { unit: '1', doc: 'jobs stopped and moved while they ran' },
  probes_per_job: { unit: '1', doc: 'nodes probed per job' },
  messages_per_s: {
    unit: '1/s',
    doc: 'messages a second (probes, answers, reports, gossip, load vectors, moves)',
  },
  staleness_s: {
    unit: 's',
    doc: 'mean age of what was known of a node when a job was sent there (where changes are reported: how far reports lag)',
  },
  double_bookings: {
    unit: '1',
    doc: 'jobs sent to a node to which another decider had sent one since its load was told, the other still there or on its way',
  },
  double_booked_share: { unit: '1', doc: 'double bookings / moves' },
  decider_utilisation: { unit: '1', doc: "share of time in which the master's CPU is in use" },
  selection_time_s: { unit: 's', doc: "mean time from a question to the master's answer" },
  unanswered_questions: { unit: '1', doc: 'questions to the master that were given up' },
  fail_overs: MEASURES.fail_overs,
  fail_over_s: MEASURES.fail_over_s,
  ...Object.fromEntries(
    Array.from({ length: CLASSES }, (_, i) => [
      `response_time_decile${i + 1}_s`,
      { unit: 's', doc: `mean response of the ${i + 1}. tenth of the jobs by run time` },
    ]),
  ),
};

/** Measures and counts of a finished run; jobs submitted before `warmup_s`, or in the last `cooldown_s`, are left out. */
export function measureSharing(
  run: SharingRun,
  warmup_s: number,
  cooldown_s: number,
): { measures: Record<string, number>; counts: Record<string, number> } {
  const { jobs, config, end } = run;
  const { n } = jobs;
  const measures: Record<string, number> = {};
  let count = 0;
  let finished = 0;
  let response = 0;
  let wait = 0;
  let work = 0;
  let slowdown = 0;
  let sloweds = 0;
  let moved = 0;
  let moves = 0;
  const runs = new Float64Array(n);
  const responses = new Float64Array(n);
  for (let job = 0; job < n; job++) if (jobs.state[job] === JOB.finished) finished++;
  for (const job of countedJobs(run, warmup_s, cooldown_s)) {
    const response_s = OF_ONE_JOB.response_time_s(jobs, job);
    const run_s = jobs.run_s[job]!;
    response += response_s;
    wait += OF_ONE_JOB.wait_s(jobs, job);
    work += jobs.work[job]! / 1e9;
    if (run_s > 0) {
      slowdown += response_s / run_s;
      sloweds++;
    }
    if (run.moves[job]! > 0) moved++;
    moves += run.moves[job]!;
    runs[count] = run_s;
    responses[count] = response_s;
    count++;
  }
  measures['finished_jobs'] = count;
  const span_s = end / 1e9;
  measures['span_s'] = span_s - jobs.table.submit_s[0]!;
  if (count > 0) {
    measures['response_time_s'] = response / count;
    measures['wait_s'] = wait / count;
    measures['delay_s'] = (response - work) / count;
    measures['moved_share'] = moved / count;
    measures['moves_per_job'] = moves / count;
    if (sloweds > 0) measures['slowdown'] = slowdown / sloweds;
    addDeciles(measures, runs.subarray(0, count), responses.subarray(0, count));
  }
  measures['preemptions'] = run.preempted;
  measures['probes_per_job'] = run.probes / n;
  measures['messages'] = run.messages;
  if (span_s > 0) {
    const capacity = config.speeds.reduce((sum, speed) => sum + speed, 0);
    measures['messages_per_s'] = run.messages / span_s;
    measures['node_utilisation'] = run.served / (capacity * end);
    measures['cpu_operations'] = run.operations.reduce((sum, ns) => sum + ns, 0) / (config.nodes * end);
    if (end > config.warmup) measures['jobs_present'] = run.present;
  }
  measures['double_bookings'] = run.doubleBookings;
  if (run.moved > 0) measures['double_booked_share'] = run.doubleBookings / run.moved;
  if (run.staleness.n > 0) measures['staleness_s'] = run.staleness.mean / 1e9;
  const { master } = run;
  if (master !== null) {
    measures['fail_overs'] = master.failOvers;
    if (master.failOvers > 0) measures['fail_over_s'] = master.down / 1e9 / master.failOvers;
    measures['unanswered_questions'] = master.unanswered;
    if (end > 0) measures['decider_utilisation'] = master.busy / end;
    if (master.selection.n > 0) measures['selection_time_s'] = master.selection.mean / 1e9;
  }
  const counts = {
    submitted: n,
    finished,
    killed: 0,
    rejected: 0,
    pending: n - finished,
    events: run.events.count,
    moves: run.moved,
    probes: run.probes,
  };
  return { measures, counts };
}

/** Jobs submitted between warm-up and cool-down that have ended, in order of submission. */
function countedJobs({ jobs, config }: SharingRun, warmup_s: number, cooldown_s: number): number[] {
  const last_s = Math.min(jobs.table.submit_s[jobs.n - 1]!, config.horizon / 1e9) - cooldown_s;
  const counted: number[] = [];
  for (let job = 0; job < jobs.n; job++) {
    const submit_s = jobs.table.submit_s[job]!;
    if (jobs.state[job] === JOB.finished && submit_s >= warmup_s && submit_s <= last_s) counted.push(job);
  }
  return counted;
}

/** Batch means of the measures that are means over jobs, over the same jobs as `measureSharing`. */
export function sharingBatches(
  run: SharingRun,
  warmup_s: number,
  cooldown_s: number,
  batches: number,
): Batches | undefined {
  const { response_time_s, wait_s, slowdown } = OF_ONE_JOB;
  return jobBatches(run.jobs, countedJobs(run, warmup_s, cooldown_s), batches, {
    response_time_s,
    wait_s,
    slowdown,
    delay_s: (jobs, job) => response_time_s(jobs, job) - jobs.work[job]! / 1e9,
  });
}

/** Mean response by tenth of the jobs; jobs of equal run time are in one class, so that a class may be empty. */
function addDeciles(measures: Record<string, number>, runs: Float64Array, responses: Float64Array): void {
  if (runs.length < 10 * CLASSES) return;
  const sizes = runs.slice().sort();
  const bounds = Float64Array.from(
    { length: CLASSES - 1 },
    (_, i) => sizes[Math.floor(((i + 1) * sizes.length) / CLASSES)]!,
  );
  const sum = new Float64Array(CLASSES);
  const count = new Float64Array(CLASSES);
  for (let i = 0; i < runs.length; i++) {
    let c = 0;
    while (c < CLASSES - 1 && runs[i]! >= bounds[c]!) c++;
    sum[c]! += responses[i]!;
    count[c]!++;
  }
  for (let c = 0; c < CLASSES; c++) {
    if (count[c]! > 0) measures[`response_time_decile${c + 1}_s`] = sum[c]! / count[c]!;
  }
}
