/** Files that a run writes: its jobs as CSV, its schedule as SWF, its domain events as CSV, its timeline as JSON. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { ClusterRun } from '../models/cluster.ts';
import { JOB, type JobRecords } from '../models/jobs.ts';
import { accounts } from '../models/measures.ts';
import type { RunOutputs } from '../sim/experiment/study.ts';
import type { EventLog } from '../sim/measure/event-log.ts';
import { writeSwf } from '../workloads/jobs/index.ts';
import type { SwfHeader } from '../workloads/jobs/swf.ts';
import { writeTimeline } from './timelines.ts';

/** Text is handed to the file in pieces of about this many characters. */
const PIECE = 1 << 20;
const STATUS = { finished: 'finished', rejected: 'rejected', pending: 'pending', killed: 'killed' } as const;

/** What the files of jobs hold of them. */
type Written = Pick<JobRecords, 'n' | 'table' | 'width' | 'submit' | 'run_s' | 'state' | 'start' | 'end'>;

/** Write what was asked for. `header`: of the log that the jobs came from. */
export function writeOutputs(run: ClusterRun, outputs: RunOutputs, header: SwfHeader | undefined): void {
  writeJobs(run, outputs, run.config.nodes, header);
  if (outputs.timeline !== undefined && run.timeline !== null) {
    const data = run.timeline.data(run.end / 1e9, run.config.nodes, run.jobs.n, accounts(run));
    writeTimeline(outputs.timeline, data);
  }
}

/** Of the files asked for, those that need no building: jobs, schedule, domain events. */
export function writeJobs(
  { jobs, events }: { readonly jobs: Written; readonly events: { readonly log: EventLog | null } },
  outputs: RunOutputs,
  nodes: number,
  header: SwfHeader | undefined,
): void {
  if (outputs.jobs !== undefined) writePieces(outputs.jobs, jobLines(jobs));
  if (outputs.swf !== undefined) writeSchedule(jobs, nodes, outputs.swf, header);
  if (outputs.events !== undefined && events.log !== null) writePieces(outputs.events, events.log.csv());
}

function writePieces(path: string, pieces: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    for (const piece of pieces) writeSync(file, piece);
  } finally {
    closeSync(file);
  }
}

/** One row a job, times in seconds of the log's own clock; empty where it never started or ended. */
function* jobLines(jobs: Written): Generator<string> {
  const { table } = jobs;
  const offset = table.offset_s;
  let piece =
    'run,job,submit_s,start_s,end_s,width,wait_s,response_s,bounded_slowdown,status,user,estimate_s\n';
  for (let job = 0; job < jobs.n; job++) {
    const submit = table.submit_s[job]!;
    const start = jobs.start[job]! / 1e9;
    const end = jobs.end[job]! / 1e9;
    const state = jobs.state[job];
    const finished = state === JOB.finished;
    piece += `0,${table.id[job]},${submit + offset},`;
    piece += start >= 0 ? `${start + offset},` : ',';
    piece += finished ? `${end + offset},` : ',';
    piece += `${jobs.width[job]},`;
    piece += start >= 0 ? `${(jobs.start[job]! - jobs.submit[job]!) / 1e9},` : ',';
    if (finished) {
      const response = (jobs.end[job]! - jobs.submit[job]!) / 1e9;
      piece += `${response},${Math.max(1, response / Math.max(jobs.run_s[job]!, 10))},${STATUS.finished}`;
    } else piece += `,,${statusOf(state!)}`;
    piece += `,${table.user[job]},${table.estimate_s[job]}\n`;
    if (piece.length > PIECE) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

function statusOf(state: number): string {
  if (state === JOB.rejected) return STATUS.rejected;
  return state === JOB.killed ? STATUS.killed : STATUS.pending;
}

/** The schedule as SWF: simulated wait and time from start to end; jobs that did not finish are marked cancelled. */
function writeSchedule(jobs: Written, nodes: number, path: string, header: SwfHeader | undefined): void {
  const wait_s = new Float64Array(jobs.n).fill(-1);
  const run_s = new Float64Array(jobs.n).fill(-1);
  const status = new Int8Array(jobs.n).fill(5);
  for (let job = 0; job < jobs.n; job++) {
    if (jobs.start[job]! >= 0) wait_s[job] = (jobs.start[job]! - jobs.submit[job]!) / 1e9;
    if (jobs.state[job] !== JOB.finished) continue;
    run_s[job] = (jobs.end[job]! - jobs.start[job]!) / 1e9;
    status[job] = 1;
  }
  const about = {
    computer: `nowsim, ${nodes} nodes`,
    max_procs: nodes,
    notes: ['schedule of a simulation; wait and run times are simulated'],
    ...(header === undefined ? {} : { from: header }),
  };
  writeSwf(path, jobs.table, about, { wait_s, run_s, status });
}
