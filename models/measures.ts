/**
 * What a run reports. Names end in their unit; the definitions are those of the field (Feitelson's metrics for
 * jobs), over jobs submitted after the warm-up that finished; sums over jobs are kept in seconds.
 *
 *   wait = start - submit; response = end - submit; slowdown = response / run; bounded slowdown =
 *   max(1, response / max(run, 10 s)), with run = the logged run time (what the job needs on dedicated nodes under
 *   a plain kernel). Utilisation and time averages run from the first submission to the last end.
 */
import { mser5 } from '../sim/experiment/output-analysis.ts';
import type { Batches } from '../sim/experiment/study.ts';
import type { ClusterRun } from './cluster.ts';
import type { Parts } from './costs.ts';
import type { Crashes } from './glunix/crashes.ts';
import type { Guests } from './glunix/guests.ts';
import type { JobMemory } from './glunix/memory.ts';
import { usersOf } from './glunix/shares.ts';
import { type JobTimes, jobBatches } from './job-batches.ts';
import { JOB } from './jobs.ts';
import type { Faults } from './robustness/faults.ts';

export const MEASURES = {
  response_time_s: { unit: 's', doc: 'mean time from submission to end' },
  wait_s: { unit: 's', doc: 'mean time from submission to start' },
  slowdown: { unit: '1', doc: 'mean of response / run time' },
  bounded_slowdown: { unit: '1', doc: 'mean of max(1, response / max(run time, 10 s))' },
  bounded_slowdown_per_processor: {
    unit: '1',
    doc: 'mean of max(1, response / (processors x max(run time, 10 s)))',
  },
  weighted_response_s: { unit: 's', doc: 'mean response, each job weighted by its processors x run time' },
  throughput_jobs_per_h: { unit: '1/h', doc: 'jobs finished per hour, first submission to last end' },
  utilisation: { unit: '1', doc: 'sum of processors x logged run time / (processors x span)' },
  loss_of_capacity: {
    unit: '1',
    doc: 'share of the machine idle while a waiting job would have fitted on the idle processors',
  },
  last_end_s: { unit: 's', doc: "end of the last job, seconds of the log's own clock" },
  span_s: { unit: 's', doc: 'last end less first submission' },
  total_wait_s: { unit: 's', doc: 'sum of waits' },
  longest_wait_s: { unit: 's', doc: 'longest wait' },
  delayed_by_later: {
    unit: '1',
    doc: 'share of the jobs that would have started earlier if none had come after them (jobs.fairness=on)',
  },
  jobs_that_wait: { unit: '1', doc: 'jobs that did not start at once' },
  finished_jobs: { unit: '1', doc: 'jobs finished' },
  owner_delay_s: {
    unit: 's',
    doc: 'mean time that owners wait, over all their returns, for guests to give way (0 where none was there)',
  },
  owner_delays_per_day: { unit: '1/d', doc: 'returns per owner and day that found a guest in the way' },
  owner_slowdown: {
    unit: '1',
    doc: "CPU time of the owners' programs under this structure / under in-kernel",
  },
  cpu_crossings: { unit: '1', doc: "share of the jobs' CPU time lost to boundary crossings and copies" },
  cpu_inflation: { unit: '1', doc: "share of the jobs' CPU time lost to longer system paths" },
  cpu_sfi: { unit: '1', doc: "share of the jobs' CPU time lost to software fault isolation" },
  node_time_user: { unit: '1', doc: "share of node time: guests' own code" },
  node_time_services: { unit: '1', doc: "share of node time: bodies of guests' service calls" },
  node_time_crossings: { unit: '1', doc: "share of node time: boundary crossings of guests' calls" },
  node_time_copies: { unit: '1', doc: "share of node time: copies across boundaries in guests' calls" },
  node_time_inflation: { unit: '1', doc: "share of node time: longer system paths in guests' calls" },
  node_time_sfi: { unit: '1', doc: 'share of node time: software fault isolation of guests' },
  node_time_owner: { unit: '1', doc: "share of node time: owners' programs" },
  node_time_operations: { unit: '1', doc: "share of node time: the global layer's operations" },
  node_time_waiting: {
    unit: '1',
    doc: 'share of node time: held for guests that could not run, or waited for devices and pages',
  },
  node_time_idle: { unit: '1', doc: 'share of node time: not used' },
  node_time_down: { unit: '1', doc: 'share of node time: down after a crash' },
  cpu_operations: { unit: '1', doc: "share of all CPU time used by the global layer's operations" },
  availability: { unit: '1', doc: 'share of node time in which the owner is away' },
  usable: { unit: '1', doc: 'share of node time in which the idle policy offers the node' },
  wanted_available: { unit: '1', doc: 'share of time in which at least owners.wanted nodes are offered' },
  idle_nodes: { unit: '1', doc: 'mean number of nodes offered by the idle policy' },
  recruitments_per_h: { unit: '1/h', doc: 'times a node begins to be offered, per node and hour' },
  evictions_per_h: { unit: '1/h', doc: 'times guests are called off, per node and hour' },
  recruitments: { unit: '1', doc: 'times a node began to be offered' },
  evictions: { unit: '1', doc: 'times guests were called off a node' },
  migrations: { unit: '1', doc: 'tasks moved to another node' },
  migration_s: { unit: 's', doc: 'mean time from the decision to move a task until it runs elsewhere' },
  longest_migration_s: {
    unit: 's',
    doc: 'longest time from the decision to move a task until it runs elsewhere',
  },
  freeze_s: {
    unit: 's',
    doc: 'mean time for which a task that moves is frozen, waiting for the wire included',
  },
  frozen_bytes: { unit: 'B', doc: 'mean memory that crosses while a task is frozen' },
  moved_bytes: { unit: 'B', doc: 'mean memory that crosses for a move, before the task runs elsewhere' },
  copy_rounds: { unit: '1', doc: 'mean rounds of a move in which the task runs while its memory is copied' },
  fetched_bytes: { unit: 'B', doc: 'mean memory that a task fetches after its move, as it refers to it' },
  vacated: { unit: '1', doc: 'jobs saved at their homes because of an owner' },
  beside_owners_s: {
    unit: 's',
    doc: 'time that owners wait, in all, because a guest runs beside their programs',
  },
  jain_cpu: { unit: '1', doc: "Jain's index of the CPU time that users' jobs got (1: all the same)" },
  jain_slowdown: {
    unit: '1',
    doc: "Jain's index of users' slowdowns, each the sum of responses / sum of run times of the user's finished jobs",
  },
  reclaims: { unit: '1', doc: 'nodes taken back from one user for another (policies.share)' },
  guest_cpu: { unit: '1', doc: 'share of node time that guests have used' },
  owner_wait_share: {
    unit: '1',
    doc: "what owners wait because of guests / CPU time of the owners' programs",
  },
  nodes_closed: {
    unit: '1',
    doc: 'times a node was closed to guests for the rest of the day (policies.owner_return.delay_limit)',
  },
  suspensions: { unit: '1', doc: 'tasks stopped because of an owner' },
  restarts: { unit: '1', doc: 'jobs killed because of an owner and started over' },
  remote_page_ins: { unit: '1', doc: 'pages that came from the memory of another node' },
  disk_page_ins: { unit: '1', doc: 'pages that came from the disk' },
  page_outs: { unit: '1', doc: 'pages that left memory for another node or the disk' },
  server_withdrawals: { unit: '1', doc: 'times a node that lent memory wanted it back' },
  pages_moved: { unit: '1', doc: 'pages that a withdrawing node sent to another' },
  pages_spilled: { unit: '1', doc: 'pages that a withdrawing node sent to a disk' },
  tasks_lost_memory: {
    unit: '1',
    doc: 'tasks of which a crash of a memory server took pages without a copy',
  },
  gang_switches: { unit: '1', doc: 'times the nodes went over from one row of gangs to the next' },
  lost_work_h: { unit: 'h', doc: 'node hours of work lost to kills and faults' },
  faults: { unit: '1', doc: 'faults of the layer that guests met' },
  faults_stopped: { unit: '1', doc: 'faults that took down no more than a call' },
  processes_failed: { unit: '1', doc: 'faults that took down a process, and with it its job' },
  nodes_failed: { unit: '1', doc: 'faults that took down all that uses the layer on a node' },
  building_failures: { unit: '1', doc: 'faults that took down all guests of the building' },
  fault_lost_work_h: { unit: 'h', doc: "node hours of guests' work lost to faults" },
  fault_down_h: { unit: 'h', doc: 'node hours out of use after faults' },
  fault_owner_programs: { unit: '1', doc: "owners' programs that fell with faults" },
  fault_owner_lost_h: { unit: 'h', doc: "hours of owners' unsaved work lost to faults" },
  fault_cost: {
    unit: '1',
    doc: "guests' work lost, nodes out of use and owners' work lost to faults, share of node time",
  },
  run_time_s: { unit: 's', doc: 'mean time from first start to end of the jobs that finished' },
  crashes: { unit: '1', doc: 'crashes of nodes' },
  detection_delay_s: { unit: 's', doc: 'mean time from a crash until the master knows of it' },
  shortest_detection_s: { unit: 's', doc: 'shortest time from a crash until the master knows of it' },
  longest_detection_s: { unit: 's', doc: 'longest time from a crash until the master knows of it' },
  rollbacks: {
    unit: '1',
    doc: 'times a job went back to its last checkpoint, or its beginning, after a crash',
  },
  crash_restarts: { unit: '1', doc: 'times a job started over from the queue after a crash' },
  replays: { unit: '1', doc: 'tasks that did again alone what they had done since they were synchronised' },
  messages_replayed: { unit: '1', doc: 'logged messages that such tasks read again' },
  sends_suppressed: { unit: '1', doc: 'sends of such tasks that were dropped, having been done before' },
  lost_jobs: { unit: '1', doc: 'jobs that were given up after crashes' },
  lost_work_s: { unit: 's', doc: 'node seconds of work lost to crashes' },
  checkpoints: {
    unit: '1',
    doc: 'times a job was saved: checkpoints, or synchronisations where messages are logged',
  },
  goodput: {
    unit: '1',
    doc: 'work of jobs that was not lost / time of the nodes that they held, as far as owners and operations left it',
  },
  sessions_lost: { unit: '1', doc: 'crashes that found the owner at the node' },
  fail_overs: { unit: '1', doc: "times another node's daemon became the master" },
  fail_over_s: { unit: 's', doc: 'mean time without a master from the crash of its node' },
  messages: { unit: '1', doc: 'messages of the global layer, reports of daemons included' },
  wait_while_idle: {
    unit: '1',
    doc: 'share of time in which a job waits (or shares a CPU) while another node has nothing to do',
  },
  smallest_decile_slowdown: {
    unit: '1',
    doc: 'sum of responses / sum of run times, tenth of the jobs with least work',
  },
  largest_decile_slowdown: {
    unit: '1',
    doc: 'sum of responses / sum of run times, tenth of the jobs with most work',
  },
  decile_slowdown_spread: {
    unit: '1',
    doc: 'largest difference, over the ten deciles of work, between sum of responses / sum of run times and that of all jobs, relative',
  },
} as const satisfies Record<string, { unit: string; doc: string }>;

export type MeasureName = keyof typeof MEASURES;

/** Shortest run time that bounded slowdown divides by, s (Feitelson and others 1997). */
const SHORT_JOB_S = 10;

/** Seconds of a run that are its warm-up, by MSER-5 over the response times of its finished jobs in order of submission. */
export function warmupOf(run: ClusterRun): number {
  const { jobs } = run;
  const finished = countedJobs(run, 0);
  const cut = mser5(finished.map((job) => jobs.end[job]! - jobs.submit[job]!));
  return cut === 0 ? 0 : jobs.table.submit_s[finished[cut]!]!;
}

/** What a finished run reports, and how its jobs ended. Jobs submitted before `warmup_s` are left out of job measures. */
export function measure(
  run: ClusterRun,
  warmup_s: number,
): { measures: Partial<Record<MeasureName, number>>; counts: Record<string, number> } {
  const { jobs, config } = run;
  const measures: Partial<Record<MeasureName, number>> = {};
  const counts = countJobs(run);
  if (jobs.n > 0) {
    measureJobs(run, warmup_s, measures);
    measureDeciles(run, warmup_s, measures);
    measureFairness(run, warmup_s, measures);
    const used = splitCpu(run);
    const cpu = used.user + used.services + used.crossings + used.copies + used.inflation + used.sfi;
    if (cpu > 0) {
      measures.cpu_crossings = (used.crossings + used.copies) / cpu;
      measures.cpu_inflation = used.inflation / cpu;
      measures.cpu_sfi = used.sfi / cpu;
    }
    measures.wait_while_idle = run.waitWhileIdle.mean(run.end);
    if (run.lostCapacity !== null) measures.loss_of_capacity = lossOfCapacity(run);
  }
  const nodeTime = config.nodes * run.end;
  if (nodeTime > 0) measures.cpu_operations = total(run.nodes.operations) / nodeTime;
  if (run.owners !== null) measureOwners(run, measures);
  if (run.daemons !== null && run.end > 0) {
    const nodeHours = nodeTime / 3600e9;
    measures.usable = run.offered.mean(run.end) / config.nodes;
    measures.idle_nodes = run.offered.mean(run.end);
    measures.wanted_available = run.wantedOffered.mean(run.end);
    measures.recruitments_per_h = run.daemons.recruitments / nodeHours;
    measures.evictions_per_h = run.daemons.evictions / nodeHours;
    measures.nodes_closed = run.daemons.closings;
    measures.recruitments = run.daemons.recruitments;
    measures.evictions = run.daemons.evictions;
  }
  if (run.guests !== null) {
    measures.migrations = run.guests.migrations;
    if (nodeTime > 0) measures.guest_cpu = total(run.nodes.guest) / nodeTime;
    measureMoves(run.guests, measures);
    if (run.shares !== null) measures.reclaims = run.shares.reclaims;
    measures.suspensions = run.guests.suspensions;
    measures.restarts = run.guests.restarts;
    measures.gang_switches = run.guests.rows.switches;
    measures.lost_work_h = run.guests.lost / 3600e9;
  }
  if (run.checkpoints !== null) {
    measures.checkpoints = run.checkpoints.taken;
    measures.goodput = goodput(run);
  }
  if (run.crashes !== null) measureCrashes(run.crashes, measures);
  if (run.memory !== null) measureMemory(run.memory, measures);
  if (run.faults !== null) measureFaults(run.faults, run.end, nodeTime, measures);
  if (run.guests !== null && nodeTime > 0) {
    for (const [what, time_s] of Object.entries(accounts(run))) {
      measures[`node_time_${what}` as MeasureName] = (1e9 * time_s) / nodeTime;
    }
  }
  if (run.master !== null) {
    measures.messages =
      run.master.reports +
      (run.daemons?.quietReports() ?? 0) +
      (run.guests?.messages ?? 0) +
      (run.crashes?.messages() ?? 0);
  }
  return { measures, counts };
}

function measureMemory(memory: JobMemory, measures: Partial<Record<MeasureName, number>>): void {
  const { counts } = memory.servers;
  const { pagesOfSlab } = memory;
  measures.remote_page_ins = Math.round(memory.remoteIns);
  measures.disk_page_ins = Math.round(memory.diskIns);
  measures.page_outs = Math.round(memory.outs);
  measures.server_withdrawals = counts.withdrawals;
  measures.pages_moved = counts.moved * pagesOfSlab;
  measures.pages_spilled = counts.spilled * pagesOfSlab;
  measures.tasks_lost_memory = memory.tasksLost;
}

function measureCrashes(crashes: Crashes, measures: Partial<Record<MeasureName, number>>): void {
  const { detections, failOver } = crashes;
  measures.crashes = crashes.crashes;
  measures.rollbacks = crashes.rollbacks;
  measures.crash_restarts = crashes.restarts;
  measures.replays = crashes.replays;
  measures.messages_replayed = crashes.messagesRead;
  measures.sends_suppressed = crashes.sendsDropped;
  measures.lost_jobs = crashes.killed;
  measures.lost_work_s = crashes.lost / 1e9;
  measures.sessions_lost = crashes.sessions;
  if (detections > 0) {
    measures.detection_delay_s = crashes.delay / 1e9 / detections;
    measures.shortest_detection_s = crashes.shortestDelay / 1e9;
    measures.longest_detection_s = crashes.longestDelay / 1e9;
  }
  if (failOver === null) return;
  measures.fail_overs = failOver.count;
  if (failOver.count > 0) measures.fail_over_s = failOver.time / 1e9 / failOver.count;
}

/** Work that stays done, by the time that nodes spent on jobs. */
function goodput(run: ClusterRun): number {
  const { jobs, nodes } = run;
  let useful = 0;
  for (let job = 0; job < jobs.n; job++) {
    const cpu = run.cpuOf(job) - jobs.lostCpu[job]!;
    if (cpu > 0) useful += cpu / jobs.cpuPart[job]!;
  }
  const held = total(nodes.guest) + total(nodes.waiting);
  return held > 0 ? useful / held : 0;
}

function measureFaults(
  faults: Faults,
  end: number,
  nodeTime: number,
  measures: Partial<Record<MeasureName, number>>,
): void {
  const { by } = faults;
  const down = faults.downUntil(end);
  measures.faults = by.call + by.process + by.node + by.building;
  measures.faults_stopped = by.call;
  measures.processes_failed = by.process;
  measures.nodes_failed = by.node;
  measures.building_failures = by.building;
  measures.fault_lost_work_h = faults.lost / 3600e9;
  measures.fault_down_h = down / 3600e9;
  measures.fault_owner_programs = faults.ownersPrograms;
  measures.fault_owner_lost_h = faults.unsaved() / 3600e9;
  measures.fault_cost = (faults.lost + down + faults.unsaved()) / nodeTime;
}

function measureMoves(guests: Guests, measures: Partial<Record<MeasureName, number>>): void {
  const { moves } = guests;
  measures.vacated = guests.vacated;
  measures.beside_owners_s = guests.delays.beside / 1e9;
  const n = moves.arrivals;
  if (n === 0) return;
  measures.migration_s = moves.time / n / 1e9;
  measures.longest_migration_s = moves.longest / 1e9;
  measures.freeze_s = moves.frozen / n / 1e9;
  measures.frozen_bytes = moves.frozenBytes / n;
  measures.moved_bytes = moves.bytes / n;
  measures.copy_rounds = moves.rounds / n;
  measures.fetched_bytes = moves.fetched / n;
}

function countJobs(run: ClusterRun): Record<string, number> {
  const { state, n } = run.jobs;
  let finished = 0;
  let rejected = 0;
  let killed = 0;
  for (let job = 0; job < n; job++) {
    if (state[job] === JOB.finished) finished++;
    else if (state[job] === JOB.rejected) rejected++;
    else if (state[job] === JOB.killed) killed++;
  }
  const counts: Record<string, number> = {
    submitted: n,
    finished,
    killed,
    rejected,
    pending: n - finished - rejected - killed,
    events: run.events.count,
  };
  if (run.owners !== null) counts['owner_returns'] = run.owners.returns;
  if (run.daemons !== null) counts['recruitments'] = run.daemons.recruitments;
  if (run.daemons !== null) counts['evictions'] = run.daemons.evictions;
  if (run.guests !== null) {
    counts['migrations'] = run.guests.migrations;
    counts['gang_switches'] = run.guests.rows.switches;
  }
  if (run.memory !== null) {
    counts['remote_page_ins'] = Math.round(run.memory.remoteIns);
    counts['page_outs'] = Math.round(run.memory.outs);
    counts['server_withdrawals'] = run.memory.servers.counts.withdrawals;
  }
  if (run.checkpoints !== null) counts['checkpoints'] = run.checkpoints.taken;
  if (run.crashes !== null) {
    counts['crashes'] = run.crashes.crashes;
    counts['rollbacks'] = run.crashes.rollbacks;
    counts['fail_overs'] = run.crashes.failOver?.count ?? 0;
  }
  return counts;
}

/** A job's own value of the measures that are means over jobs; NaN for a job that does not count. */
export const OF_ONE_JOB = {
  response_time_s: (jobs, job) => (jobs.end[job]! - jobs.submit[job]!) / 1e9,
  wait_s: (jobs, job) => (jobs.start[job]! - jobs.submit[job]!) / 1e9,
  slowdown: (jobs, job) =>
    jobs.run_s[job]! > 0 ? (jobs.end[job]! - jobs.submit[job]!) / 1e9 / jobs.run_s[job]! : Number.NaN,
  bounded_slowdown: (jobs, job) => boundedSlowdown(jobs, job, 1),
  bounded_slowdown_per_processor: (jobs, job) => boundedSlowdown(jobs, job, jobs.width[job]!),
} as const satisfies Partial<Record<MeasureName, (jobs: JobTimes, job: number) => number>>;

/** Jobs submitted after the warm-up that finished, in order of submission. */
function countedJobs({ jobs }: ClusterRun, warmup_s: number): number[] {
  const counted: number[] = [];
  for (let job = 0; job < jobs.n; job++)
    if (jobs.state[job] === JOB.finished && jobs.table.submit_s[job]! >= warmup_s) counted.push(job);
  return counted;
}

/** Batch means of the measures that are means over jobs, over the same jobs as `measure`. */
export function batchesOf(run: ClusterRun, warmup_s: number, batches: number): Batches | undefined {
  return jobBatches(run.jobs, countedJobs(run, warmup_s), batches, OF_ONE_JOB);
}

function boundedSlowdown(jobs: JobTimes, job: number, processors: number): number {
  const response_s = OF_ONE_JOB.response_time_s(jobs, job);
  return Math.max(1, response_s / (processors * Math.max(jobs.run_s[job]!, SHORT_JOB_S)));
}

function measureJobs(
  run: ClusterRun,
  warmup_s: number,
  measures: Partial<Record<MeasureName, number>>,
): void {
  const { jobs, config } = run;
  let n = 0;
  let response = 0;
  let runTime = 0;
  let wait = 0;
  let slowdown = 0;
  let sloweds = 0;
  let bounded = 0;
  let boundedPerProcessor = 0;
  let area = 0;
  let weighted = 0;
  let longest = 0;
  let waited = 0;
  let lastEnd = 0;
  let firstSubmit = Number.POSITIVE_INFINITY;
  for (let job = 0; job < jobs.n; job++) {
    const submit_s = jobs.table.submit_s[job]!;
    if (submit_s < warmup_s) continue;
    if (submit_s < firstSubmit) firstSubmit = submit_s;
    if (jobs.state[job] !== JOB.finished) continue;
    const run_s = jobs.run_s[job]!;
    const width = jobs.width[job]!;
    const wait_s = OF_ONE_JOB.wait_s(jobs, job);
    const response_s = OF_ONE_JOB.response_time_s(jobs, job);
    n++;
    wait += wait_s;
    response += response_s;
    runTime += (jobs.end[job]! - jobs.firstStart[job]!) / 1e9;
    if (run_s > 0) {
      slowdown += OF_ONE_JOB.slowdown(jobs, job);
      sloweds++;
    }
    bounded += OF_ONE_JOB.bounded_slowdown(jobs, job);
    boundedPerProcessor += OF_ONE_JOB.bounded_slowdown_per_processor(jobs, job);
    area += width * run_s;
    weighted += width * run_s * response_s;
    if (wait_s > longest) longest = wait_s;
    if (wait_s > 0) waited++;
    if (jobs.end[job]! > lastEnd) lastEnd = jobs.end[job]!;
  }
  measures.finished_jobs = n;
  if (n === 0) return;
  measures.response_time_s = response / n;
  measures.run_time_s = runTime / n;
  measures.wait_s = wait / n;
  if (sloweds > 0) measures.slowdown = slowdown / sloweds;
  measures.bounded_slowdown = bounded / n;
  measures.bounded_slowdown_per_processor = boundedPerProcessor / n;
  if (area > 0) measures.weighted_response_s = weighted / area;
  measures.total_wait_s = wait;
  measures.longest_wait_s = longest;
  measures.jobs_that_wait = waited;
  const span_s = lastEnd / 1e9 - firstSubmit;
  measures.last_end_s = lastEnd / 1e9 + jobs.table.offset_s;
  measures.span_s = span_s;
  if (span_s > 0) {
    measures.throughput_jobs_per_h = (n * 3600) / span_s;
    measures.utilisation = area / (config.nodes * span_s);
  }
}

/** Slowdown by size: jobs in ten classes of equal number by their run time. */
function measureDeciles(
  run: ClusterRun,
  warmup_s: number,
  measures: Partial<Record<MeasureName, number>>,
): void {
  const { jobs } = run;
  const sizes = jobs.run_s.slice().sort();
  const CLASSES = 10;
  if (sizes.length < 10 * CLASSES) return;
  const bounds = Float64Array.from(
    { length: CLASSES - 1 },
    (_, i) => sizes[Math.floor(((i + 1) * sizes.length) / CLASSES)]!,
  );
  const work = new Float64Array(CLASSES);
  const response = new Float64Array(CLASSES);
  for (let job = 0; job < jobs.n; job++) {
    if (jobs.state[job] !== JOB.finished || jobs.table.submit_s[job]! < warmup_s) continue;
    const run_s = jobs.run_s[job]!;
    let c = 0;
    while (c < CLASSES - 1 && run_s >= bounds[c]!) c++;
    work[c]! += run_s;
    response[c]! += (jobs.end[job]! - jobs.submit[job]!) / 1e9;
  }
  const overall = total(response) / total(work);
  let spread = 0;
  for (let c = 0; c < CLASSES; c++) {
    // Equal sizes leave classes empty.
    if (work[c] === 0) continue;
    spread = Math.max(spread, Math.abs(response[c]! / work[c]! / overall - 1));
  }
  if (!Number.isFinite(overall)) return;
  if (work[0]! > 0) measures.smallest_decile_slowdown = response[0]! / work[0]!;
  if (work[CLASSES - 1]! > 0) {
    measures.largest_decile_slowdown = response[CLASSES - 1]! / work[CLASSES - 1]!;
  }
  measures.decile_slowdown_spread = spread;
}

/** How evenly users are served; where there are several. */
function measureFairness(
  run: ClusterRun,
  warmup_s: number,
  measures: Partial<Record<MeasureName, number>>,
): void {
  const { jobs } = run;
  const users = usersOf(jobs.table.user);
  if (users.count < 2) return;
  const cpu = new Float64Array(users.count);
  const response = new Float64Array(users.count);
  const needed = new Float64Array(users.count);
  for (let job = 0; job < jobs.n; job++) {
    const user = users.of[job]!;
    cpu[user]! += run.cpuOf(job) / 1e9;
    if (jobs.state[job] !== JOB.finished || jobs.table.submit_s[job]! < warmup_s) continue;
    response[user]! += (jobs.end[job]! - jobs.submit[job]!) / 1e9;
    needed[user]! += jobs.run_s[job]!;
  }
  const fair = jain(cpu);
  if (!Number.isNaN(fair)) measures.jain_cpu = fair;
  const slowdowns = [...response].flatMap((sum, user) => (needed[user]! > 0 ? [sum / needed[user]!] : []));
  if (slowdowns.length >= 2) measures.jain_slowdown = jain(slowdowns);
}

/** Jain's index of fairness: (sum x)^2 / (n sum x^2), from 1/n to 1; NaN where all are zero. */
export function jain(values: Iterable<number>): number {
  let [n, sum, squares] = [0, 0, 0];
  for (const x of values) {
    n++;
    sum += x;
    squares += x * x;
  }
  return (sum * sum) / (n * squares);
}

function lossOfCapacity(run: ClusterRun): number {
  const from = Math.max(run.jobs.submit[0]!, run.config.warmup);
  const span = run.end - from;
  return span > 0 ? run.lostCapacity!.integral(run.end) / (run.config.nodes * span) : 0;
}

function measureOwners(run: ClusterRun, measures: Partial<Record<MeasureName, number>>): void {
  const { owners, config, end } = run;
  if (end === 0) return;
  if (run.ownersUntil > 0) measures.availability = run.away.mean(run.ownersUntil) / config.nodes;
  measures.owner_slowdown = total(run.ownerFactor) / config.nodes;
  const waited = run.guests?.delays.time ?? 0;
  if (owners!.returns > 0) measures.owner_delay_s = waited / 1e9 / owners!.returns;
  const used = total(run.nodes.owner);
  if (used > 0) measures.owner_wait_share = waited / used;
  measures.owner_delays_per_day = (run.guests?.delays.count ?? 0) / ((config.nodes * end) / 86_400e9);
}

/** The CPU time of all jobs, killed attempts included, by cause, s. */
export function splitCpu(run: ClusterRun): Parts {
  const { jobs, config } = run;
  const sum: Parts = { user: 0, services: 0, crossings: 0, copies: 0, inflation: 0, sfi: 0 };
  const common = config.costs.split(0);
  for (let job = 0; job < jobs.n; job++) {
    const cpu_s = run.cpuOf(job) / 1e9;
    if (cpu_s === 0) continue;
    const parts = jobs.overhead.length > 0 ? config.costs.split(jobs.overhead[job]!) : common;
    sum.user += cpu_s * parts.user;
    sum.services += cpu_s * parts.services;
    sum.crossings += cpu_s * parts.crossings;
    sum.copies += cpu_s * parts.copies;
    sum.inflation += cpu_s * parts.inflation;
    sum.sfi += cpu_s * parts.sfi;
  }
  return sum;
}

/** Where all node time went, node-seconds; the parts add up to nodes x elapsed time. */
export function accounts(run: ClusterRun): Record<string, number> {
  const { nodes } = run;
  return {
    ...splitCpu(run),
    owner: total(nodes.owner) / 1e9,
    operations: total(nodes.operations) / 1e9,
    waiting: total(nodes.waiting) / 1e9,
    idle: total(nodes.idle) / 1e9,
    ...(run.crashes === null ? {} : { down: total(nodes.out) / 1e9 }),
  };
}

function total(column: Float64Array): number {
  let sum = 0;
  for (const x of column) sum += x;
  return sum;
}
