/**
 * Jobs that arrive in a Poisson stream, with independent service times and widths: the open queueing model that
 * closed forms are about.
 *
 * The mean time between arrivals follows from the offered load: mean service x mean width / (load x nodes). Arrivals,
 * service times, widths and users each have a random stream of their own. Left out: any correlation, day cycle, users
 * who react.
 */
import { exponential } from '../../sim/engine/laws.ts';
import type { Source, Streams } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { DURATION_FIELD, durationOf } from '../durations.ts';
import { JOB_LAW_FIELDS, JobColumns, type JobNeed, mostJobs } from './columns.ts';
import type { JobTable } from './table.ts';

export const POISSON_LAW = {
  doc: 'Poisson arrivals; service times and widths independent.',
  fields: {
    service: { ...DURATION_FIELD, doc: 'Run time of a job.' },
    interarrival: {
      kind: 'time',
      doc: 'Mean time between arrivals; `load`: follows from the offered load.',
      default: 'load',
      above: 0,
      words: ['load'],
    },
    widths: {
      kind: 'list',
      each: 'integer',
      doc: 'Numbers of processors that jobs use, each equally likely.',
      default: [1],
      min: 1,
    },
    ...JOB_LAW_FIELDS,
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];

const POISSON_GROUP = { kind: 'group', doc: '', fields: POISSON_LAW.fields } as const satisfies Field;
export type PoissonSettings = Read<typeof POISSON_GROUP>;

const NANOSECOND = 1e-9;

/** Jobs up to the count or the horizon, whichever comes first. Throws `InputError` where the load leaves no rate. */
export function poisson(settings: PoissonSettings, need: JobNeed, streams: Streams): JobTable {
  const service = durationOf(settings.service).law;
  const widths = settings.widths.map(Number);
  if (widths.length === 0) {
    throw new InputError({
      where: 'jobs.law.widths',
      found: 'an empty list',
      would: 'give a width, such as [1]',
    });
  }
  const meanWidth = widths.reduce((sum, width) => sum + width, 0) / widths.length;
  const between = exponential(meanBetween(settings, need, service.mean * meanWidth));
  const arrivals = streams.stream('jobs.arrivals');
  const services = streams.stream('jobs.service');
  const width = streams.stream('jobs.width');
  const user = streams.stream('jobs.user');
  const most = mostJobs('poisson', settings.count, need);
  const jobs = new JobColumns();
  let now = 0;
  while (jobs.count < most) {
    now += between.sample(arrivals);
    if (!(now < need.horizon_s)) break;
    const run = service.sample(services);
    jobs.add(now, run, run * settings.estimate_factor, oneOf(widths, width), pick(settings.users, user));
  }
  return jobs.table('poisson', need.horizon_s);
}

function meanBetween(settings: PoissonSettings, need: JobNeed, work: number): number {
  if (settings.interarrival !== 'load') return settings.interarrival * NANOSECOND;
  if (need.load === undefined || !(need.load > 0) || !Number.isFinite(work)) {
    throw new InputError({
      where: 'jobs.load',
      found:
        need.load === undefined ? 'no load is given' : `a load of ${need.load} and a mean work of ${work}s`,
      would: 'give a load above 0, or jobs.law.interarrival',
    });
  }
  return work / (need.load * need.nodes);
}

/** A whole number from 0 up to, not including, `n`. */
export function pick(n: number, source: Source): number {
  return Math.floor(source.next() * n);
}

function oneOf(values: readonly number[], source: Source): number {
  return values[pick(values.length, source)]!;
}
