/** Files that a run writes: its jobs as CSV, its schedule as SWF, its domain events as CSV, its timeline as JSON. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import type { ClusterRun } from '../models/cluster.ts';
import { JOB } from '../models/jobs.ts';
import { accounts } from '../models/measures.ts';
import type { RunOutputs } from '../sim/experiment/study.ts';
import { writeSwf } from '../workloads/jobs/index.ts';
import type { SwfHeader } from '../workloads/jobs/swf.ts';

/** Text is handed to the file in pieces of about this many characters. */
const PIECE = 1 << 20;
const STATUS = { finished: 'finished', rejected: 'rejected', pending: 'pending' } as const;

/** Write what was asked for. `header`: of the log that the jobs came from. */
export function writeOutputs(run: ClusterRun, outputs: RunOutputs, header: SwfHeader | undefined): void {
  if (outputs.jobs !== undefined) writePieces(outputs.jobs, jobLines(run));
  if (outputs.swf !== undefined) writeSchedule(run, outputs.swf, header);
  if (outputs.events !== undefined && run.events.log !== null) {
    writePieces(outputs.events, run.events.log.csv());
  }
  if (outputs.timeline !== undefined && run.timeline !== null) {
    const data = run.timeline.data(run.end / 1e9, run.config.nodes, run.jobs.n, accounts(run));
    writeFileSync(outputs.timeline, JSON.stringify(data));
  }
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
function* jobLines(run: ClusterRun): Generator<string> {
  const { jobs } = run;
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
    } else piece += `,,${state === JOB.rejected ? STATUS.rejected : STATUS.pending}`;
    piece += `,${table.user[job]},${table.estimate_s[job]}\n`;
    if (piece.length > PIECE) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

/** The schedule as SWF: simulated wait and time from start to end; jobs that did not finish are marked cancelled. */
function writeSchedule(run: ClusterRun, path: string, header: SwfHeader | undefined): void {
  const { jobs, config } = run;
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
    computer: `nowsim, ${config.nodes} nodes`,
    max_procs: config.nodes,
    notes: ['schedule of a simulation; wait and run times are simulated'],
    ...(header === undefined ? {} : { from: header }),
  };
  writeSwf(path, jobs.table, about, { wait_s, run_s, status });
}
