/**
 * Whom later jobs delay: a job is treated fairly if those that come after it leave its start as it would be without them.
 *
 * For each job that waited the run is made once more, by the same random numbers, with the jobs up to this one, until
 * the moment at which it started in fact. FCFS delays nobody so, nor does conservative backfilling where estimates are
 * right; EASY protects only the head of the queue. Source: section D of the project's reference (fairness). Left out: jobs
 * that had not started when the run ended. Cost: as many runs as jobs waited, each to the moment of their start.
 */
import type { JobTable } from '../workloads/jobs/table.ts';
import { type ClusterConfig, type ClusterRun, runCluster } from './cluster.ts';

/**
 * Share of the jobs, of those submitted from `warmup_s` on that started, which would have started earlier if no job had
 * come after them; undefined where none started. `again` makes the configuration of the run anew, streams and all, for
 * other jobs and until another horizon (ns).
 */
export async function delayedByLater(
  { jobs, config }: ClusterRun,
  warmup_s: number,
  again: (jobs: JobTable, horizon: number) => Promise<ClusterConfig>,
): Promise<number | undefined> {
  let started = 0;
  let delayed = 0;
  for (let job = 0; job < jobs.n; job++) {
    const start = jobs.firstStart[job]!;
    if (!(start >= 0) || jobs.table.submit_s[job]! < warmup_s) continue;
    started++;
    if (!config.glunix || start === jobs.submit[job]) continue;
    const { jobs: alone } = runCluster(await again(firstJobs(jobs.table, job + 1), start));
    if (alone.firstStart[job]! < start) delayed++;
  }
  return started === 0 ? undefined : delayed / started;
}

function firstJobs(table: JobTable, n: number): JobTable {
  return {
    ...table,
    n,
    id: table.id.subarray(0, n),
    submit_s: table.submit_s.subarray(0, n),
    run_s: table.run_s.subarray(0, n),
    estimate_s: table.estimate_s.subarray(0, n),
    width: table.width.subarray(0, n),
    user: table.user.subarray(0, n),
    memory: table.memory.subarray(0, n),
    status: table.status.subarray(0, n),
  };
}
