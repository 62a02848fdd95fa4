/**
 * Trace shaking: every submission of a log moved a little, anew in every replication, so that what is particular to
 * the one trace shows as an interval. Source: Tsafrir, Ouaknine and Feitelson 2007 (instability of trace-driven
 * simulation, and shaking against it).
 */
import type { JobTable } from './table.ts';

/**
 * The jobs with each submission moved by a uniform time of at most `most_s` seconds to either side, not before
 * simulated zero, in order of submission; jobs that come to the same time keep their order.
 */
export function shaken(jobs: JobTable, most_s: number, chance: { next(): number }): JobTable {
  if (most_s === 0) return jobs;
  const submit = jobs.submit_s.map((time) => Math.max(0, time + (2 * chance.next() - 1) * most_s));
  const order = Int32Array.from(submit.keys()).sort((a, b) => submit[a]! - submit[b]! || a - b);
  const moved: Record<string, unknown> = { ...jobs, submit_s: submit };
  for (const [name, column] of Object.entries(moved)) {
    if (ArrayBuffer.isView(column))
      moved[name] = (column as Float64Array).map((_, i) => (column as Float64Array)[order[i]!]!);
  }
  return moved as unknown as JobTable;
}
