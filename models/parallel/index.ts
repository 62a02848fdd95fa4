/**
 * Runs of parallel programs on nodes that they share, and what is measured of them.
 *
 * Slowdown is against dedicated nodes: after the run each program is run again, alone and spinning, with the same streams
 * of random numbers and as many supersteps as it has done, in a simulation of its own (`policies/coscheduling/batch`).
 * A program that has not ended at the horizon counts with the time that it has been there over the dedicated time of
 * the supersteps done; one that has done none is left out.
 */
import { CheckError } from '../../sim/problem.ts';
import { MEASURES } from '../measures.ts';
import { batch } from '../policies/coscheduling/batch.ts';
import { spin } from '../policies/waiting/spin.ts';
import { ParallelCluster, type ParallelConfig, type Programs } from './cluster.ts';

export const PARALLEL_MEASURES = {
  response_time_s: MEASURES.response_time_s,
  slowdown: MEASURES.slowdown,
  span_s: MEASURES.span_s,
  finished_jobs: MEASURES.finished_jobs,
  smallest_decile_slowdown: MEASURES.smallest_decile_slowdown,
  largest_decile_slowdown: MEASURES.largest_decile_slowdown,
  decile_slowdown_spread: MEASURES.decile_slowdown_spread,
  dedicated_time_s: {
    unit: 's',
    doc: 'mean time of a program on dedicated nodes, for the supersteps that it did',
  },
  progress: {
    unit: '1',
    doc: "dedicated time of a program's supersteps / its time from submission, mean over programs",
  },
  cpu_computing: { unit: '1', doc: 'share of CPU time in which parallel programs compute' },
  cpu_messages: { unit: '1', doc: "share of CPU time in the software at messages' two ends" },
  cpu_spinning: { unit: '1', doc: 'share of CPU time in which processes spin' },
  cpu_switching: { unit: '1', doc: 'share of CPU time in switches of processes and gangs' },
  cpu_idle: { unit: '1', doc: 'share of CPU time in which no process can run' },
  blocked: {
    unit: '1',
    doc: "share of processes' time, from their program's start to its end, in which they are blocked",
  },
  together: { unit: '1', doc: "share of a program's time in which all its processes have the CPU at once" },
  supersteps: { unit: '1', doc: 'supersteps done' },
  context_switches: { unit: '1', doc: 'times another process, or one that had blocked, was put on a CPU' },
  gang_switches: { unit: '1', doc: 'times the slot in turn changed' },
  blocks: { unit: '1', doc: 'times a process blocked' },
  messages_sent: { unit: '1', doc: 'messages of parallel programs, and to switch gangs' },
} as const;
export type ParallelMeasure = keyof typeof PARALLEL_MEASURES;

export interface ParallelRun {
  readonly cluster: ParallelCluster;
  /** Time of each program on dedicated nodes, ns, NaN where it has done nothing; null: not run there. */
  readonly dedicated: Float64Array | null;
  readonly measures: Partial<Record<ParallelMeasure, number>>;
  readonly counts: Readonly<Record<string, number>>;
  /** Events of the run and of the run on dedicated nodes. */
  readonly events: number;
}

/**
 * Runs programs. `warmup`: programs submitted before it (ns) are left out of response times and slowdowns; `dedicated`:
 * whether the run on dedicated nodes is made too. Throws `CheckError` where CPU time does not add up.
 */
export function runParallel(config: ParallelConfig, warmup: number, dedicated: boolean): ParallelRun {
  const cluster = new ParallelCluster(config);
  cluster.run();
  checkAccounts(cluster);
  const alone = dedicated ? runAlone(cluster) : null;
  const { measures, counts } = measure(cluster, alone?.times ?? null, warmup);
  return {
    cluster,
    dedicated: alone?.times ?? null,
    measures,
    counts,
    events: cluster.engine.events + (alone?.events ?? 0),
  };
}

/** Each program alone on the nodes, one after the other; ns by program, NaN where it has done nothing. */
function runAlone(cluster: ParallelCluster): { times: Float64Array; events: number } {
  const { config } = cluster;
  const { programs } = config;
  const some = Uint8Array.from({ length: programs.n }, (_, i) => (cluster.stepsDone[i]! > 0 ? 1 : 0));
  const same: Programs = {
    ...programs,
    submit: new Float64Array(programs.n),
    // One that has done nothing must not stop the row: it is given one superstep, which counts for nothing.
    stepsOnly: Float64Array.from(cluster.stepsDone, (steps) => Math.max(1, steps)),
  };
  const alone = new ParallelCluster({
    ...config,
    programs: same,
    coscheduling: { kind: batch, parameters: {} },
    waiting: spin.create({}, 0),
    scheduler: { name: 'round-robin' },
    randomPhases: false,
    fidelity: 'stepped',
    horizon: Number.POSITIVE_INFINITY,
    keepLog: false,
  });
  alone.run();
  checkAccounts(alone);
  const times = alone.ended.map((end, i) => (some[i] === 1 ? end - alone.started[i]! : Number.NaN));
  return { times, events: alone.engine.events };
}

/** CPU time is conserved: what a node did adds up to the time that passed; and without a horizon every program ends. */
function checkAccounts(cluster: ParallelCluster): void {
  const { end } = cluster;
  const waiting =
    cluster.config.horizon === Number.POSITIVE_INFINITY ? cluster.ended.findIndex(Number.isNaN) : -1;
  if (waiting >= 0) {
    throw new CheckError(
      `program ${waiting} can never end: its processes wait for each other at ${end / 1e9} s`,
    );
  }
  for (let node = 0; node < cluster.config.nodes; node++) {
    const sum =
      cluster.compute[node]! +
      cluster.software[node]! +
      cluster.spun[node]! +
      cluster.switching[node]! +
      cluster.idle[node]!;
    if (!(Math.abs(sum - end) <= 1e-9 * end + 1)) {
      throw new CheckError(`node ${node}: its accounts add up to ${sum / 1e9} s of ${end / 1e9} s`);
    }
  }
}

function measure(
  cluster: ParallelCluster,
  alone: Float64Array | null,
  warmup: number,
): { measures: Partial<Record<ParallelMeasure, number>>; counts: Readonly<Record<string, number>> } {
  const { config, end } = cluster;
  const { programs } = config;
  const measures: Partial<Record<ParallelMeasure, number>> = {};
  let finished = 0;
  let counted = 0;
  let response = 0;
  let slowed = 0;
  let slowdown = 0;
  let dedicated = 0;
  let progress = 0;
  let watched = 0;
  let last = 0;
  let blocked = 0;
  let lived = 0;
  let together = 0;
  let started = 0;
  for (let i = 0; i < programs.n; i++) {
    const ended = cluster.ended[i]!;
    const done = ended >= 0;
    const until = done ? ended : end;
    if (done) finished++;
    if (ended > last) last = ended;
    if (cluster.started[i]! <= end) {
      started++;
      const life = until - cluster.started[i]!;
      if (life > 0) together += cluster.together[i]! / life;
      lived += life * cluster.width[i]!;
      blocked += cluster.blockedTime[i]!;
    }
    if (programs.submit[i]! < warmup || programs.submit[i]! > end) continue;
    const stay = until - programs.submit[i]!;
    if (done) {
      counted++;
      response += stay;
    }
    const own = alone?.[i] ?? Number.NaN;
    if (stay > 0) {
      watched++;
      if (own > 0) progress += own / stay;
    }
    if (own > 0) {
      slowed++;
      slowdown += stay / own;
      dedicated += own;
    }
  }
  if (counted > 0) measures.response_time_s = response / counted / 1e9;
  if (slowed > 0) {
    measures.slowdown = slowdown / slowed;
    measures.dedicated_time_s = dedicated / slowed / 1e9;
  }
  if (alone !== null && watched > 0) measures.progress = progress / watched;
  measures.finished_jobs = finished;
  if (finished > 0) measures.span_s = (last - programs.submit[0]!) / 1e9;
  if (end > 0) {
    const all = config.nodes * end;
    measures.cpu_computing = total(cluster.compute) / all;
    measures.cpu_messages = total(cluster.software) / all;
    measures.cpu_spinning = total(cluster.spun) / all;
    measures.cpu_switching = total(cluster.switching) / all;
    measures.cpu_idle = total(cluster.idle) / all;
  }
  if (lived > 0) measures.blocked = blocked / lived;
  if (started > 0) measures.together = together / started;
  measures.supersteps = total(cluster.stepsDone);
  measures.context_switches = cluster.contextSwitches;
  measures.gang_switches = cluster.gangSwitches;
  measures.blocks = cluster.blocks;
  measures.messages_sent = cluster.messages;
  if (alone !== null) measureDeciles(cluster, alone, warmup, measures);
  let submitted = 0;
  for (let i = 0; i < programs.n; i++) if (programs.submit[i]! <= end) submitted++;
  return { measures, counts: { submitted, finished, pending: submitted - finished } };
}

/** Slowdown by size: programs that have ended in ten classes of equal number by their dedicated time. */
function measureDeciles(
  cluster: ParallelCluster,
  alone: Float64Array,
  warmup: number,
  measures: Partial<Record<ParallelMeasure, number>>,
): void {
  const { programs } = cluster.config;
  const CLASSES = 10;
  const chosen: number[] = [];
  for (let i = 0; i < programs.n; i++) {
    if (cluster.ended[i]! >= 0 && programs.submit[i]! >= warmup && alone[i]! > 0) chosen.push(i);
  }
  if (chosen.length < 10 * CLASSES) return;
  chosen.sort((a, b) => alone[a]! - alone[b]!);
  const work = new Float64Array(CLASSES);
  const response = new Float64Array(CLASSES);
  chosen.forEach((i, place) => {
    const c = Math.floor((place * CLASSES) / chosen.length);
    work[c]! += alone[i]!;
    response[c]! += cluster.ended[i]! - programs.submit[i]!;
  });
  const overall = total(response) / total(work);
  measures.smallest_decile_slowdown = response[0]! / work[0]!;
  measures.largest_decile_slowdown = response[CLASSES - 1]! / work[CLASSES - 1]!;
  let spread = 0;
  for (let c = 0; c < CLASSES; c++)
    spread = Math.max(spread, Math.abs(response[c]! / work[c]! / overall - 1));
  measures.decile_slowdown_spread = spread;
}

function total(column: Float64Array): number {
  let sum = 0;
  for (const x of column) sum += x;
  return sum;
}
