/**
 * What a run reports. Names end in their unit; the definitions are those of the field (Feitelson's metrics for
 * jobs), over jobs submitted after the warm-up that finished; sums over jobs are kept in seconds.
 *
 *   wait = start - submit; response = end - submit; slowdown = response / run; bounded slowdown =
 *   max(1, response / max(run, 10 s)), with run = the logged run time (what the job needs on dedicated nodes under
 *   a plain kernel). Utilisation and time averages run from the first submission to the last end.
 */
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
  cpu_operations: { unit: '1', doc: "share of all CPU time used by the global layer's operations" },
  availability: { unit: '1', doc: 'share of node time in which the owner is away' },
  usable: { unit: '1', doc: 'share of node time in which the idle policy offers the node' },
  wanted_available: { unit: '1', doc: 'share of time in which at least owners.wanted nodes are offered' },
  idle_nodes: { unit: '1', doc: 'mean number of nodes offered by the idle policy' },
  recruitments_per_h: { unit: '1/h', doc: 'times a node begins to be offered, per node and hour' },
  evictions_per_h: { unit: '1/h', doc: 'times guests are called off, per node and hour' },
  migrations: { unit: '1', doc: 'tasks moved to another node' },
  suspensions: { unit: '1', doc: 'tasks stopped because of an owner' },
  restarts: { unit: '1', doc: 'jobs killed because of an owner and started over' },
  lost_work_h: { unit: 'h', doc: 'node hours of work lost to kills' },
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
