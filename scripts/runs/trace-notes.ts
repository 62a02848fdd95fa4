/**
 * What a run says of the traces that it replays, where they are not taken as they stand: records left out, run times
 * cut, times between submissions scaled, owners used more than once. `trace info` tells the same of a file without a run.
 */
import type { SwfJobs } from '../../workloads/jobs/swf.ts';
import type { ActivityTable } from '../../workloads/owners/activity.ts';
import type { RecordCount } from '../../workloads/records.ts';

/** `1 job`, `2 jobs`. */
export function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** What has become of the records of a job log on the way to the jobs of a run. */
export function jobLogNotes(path: string, { records, choices, jobs }: SwfJobs): string[] {
  const cut = choices.overrun_cut;
  return [
    ...droppedNotes(path, records),
    ...(cut === 0
      ? []
      : [
          `${path}: ${cut} of ${counted(jobs.n, 'job')} ran longer than asked for, and ${cut === 1 ? 'is' : 'are'} cut at the estimate, status finished (jobs.overrun=kill; keep leaves run times as logged)`,
        ]),
  ];
}

/** Records that a reader left out, by reason. */
export function droppedNotes(path: string, { read, dropped }: RecordCount): string[] {
  const reasons = Object.entries(dropped);
  if (reasons.length === 0) return [];
  const n = reasons.reduce((sum, [, each]) => sum + each, 0);
  const why = reasons.map(([reason, each]) => `${each}: ${reason}`).join('; ');
  return [`${path}: ${n} of ${counted(read, 'record')} left out (${why})`];
}

/**
 * Times between submissions are not the log's. A log that is shaken has another factor in each replication, near enough
 * to be told once.
 */
export function loadNotes(factor: number, load: number, shake: number): string[] {
  const told = shake === 0 ? factor.toPrecision(3) : `about ${factor.toPrecision(2)}`;
  if (Number(factor.toPrecision(3)) === 1) return [];
  return [
    `times between submissions are multiplied by ${told} for jobs.load=${load} (jobs.load=own: as logged), those of --jobs-out and --swf-out too`,
  ];
}

/** Owner i stands at node i, and again at every further node. */
export function ownerCountNotes({ names }: ActivityTable, nodes: number): string[] {
  const owners = names.length;
  if (owners === nodes) return [];
  const has = `owners.trace has ${counted(owners, 'node')}, cluster.nodes is ${nodes}: `;
  if (owners > nodes) return [`${has}the first ${nodes} in the order of their names are used`];
  const least = Math.floor(nodes / owners);
  const times = nodes % owners === 0 ? String(least) : `${least} or ${least + 1}`;
  return [
    `${has}each is used ${times} time${times === '1' ? '' : 's'}, at the same times: those nodes are busy together`,
  ];
}
