/**
 * Owners with a working day: on some days an owner comes in, and between the start and the end of their day they
 * alternate between the keyboard and breaks; at all other times they are away.
 *
 * What is published: on more than 60 % of the machines nobody works all day long (fact A057), so 40 % of the owners
 * come in; at weekends half as many machines are taken as on working days (A073: one third free against two thirds);
 * a stay lasts 31.3 min on average (A035). Assumed: the hours of the day, their spread, the length of breaks, that
 * stays and breaks are exponential, and that days are independent. An owner's day begins and ends earlier or later
 * than the average by a fixed shift, spread evenly over the owners. Left out: nights, holidays, and programs that an
 * owner leaves running for a known time (`away_demand` stands for all of them).
 *
 * The process repeats by the week, so it starts exactly, not in equilibrium: at midnight before simulated zero every
 * owner is away, and each owner's day is played from there.
 */
import type { Source } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { DEMAND_FIELDS } from './alternating.ts';
import type { OwnerLaw } from './law.ts';

export const DAY_CYCLE_LAW = {
  doc: 'Owners who come in on some days and alternate between keyboard and breaks in their working hours.',
  fields: {
    attendance: {
      kind: 'share',
      doc: 'Share of the owners who come in on a working day (A057).',
      default: '40%',
      min: 0,
      max: 1,
    },
    weekend_attendance: {
      kind: 'share',
      doc: 'Share of the owners who come in on a Saturday or Sunday (A057 times the ratio of A073).',
      default: '20%',
      min: 0,
      max: 1,
    },
    day_start: {
      kind: 'time',
      doc: 'Average start of the working day (assumed).',
      default: '9h',
      max: 86_400e9,
    },
    day_end: {
      kind: 'time',
      doc: 'Average end of the working day (assumed).',
      default: '18h',
      max: 86_400e9,
    },
    spread: {
      kind: 'time',
      doc: "How much earlier or later than the average an owner's day may lie (assumed).",
      default: '1h',
    },
    stay: {
      kind: 'time',
      doc: 'Mean time at the keyboard (A035; exponential is assumed).',
      default: '31.3min',
      above: 0,
    },
    pause: {
      kind: 'time',
      doc: 'Mean break within the day (exponential; assumed).',
      default: '15min',
      above: 0,
    },
    begins: {
      kind: 'time',
      doc: 'Time after Monday 00:00 at simulated zero.',
      default: '0h',
      max: 7 * 86_400e9,
    },
    ...DEMAND_FIELDS,
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];

const DAY_CYCLE_GROUP = { kind: 'group', doc: '', fields: DAY_CYCLE_LAW.fields } as const satisfies Field;
export type DayCycleSettings = Read<typeof DAY_CYCLE_GROUP>;

const DAY = 86_400;
const NANOSECOND = 1e-9;
/** A break that would end within the last second of the day lasts until the next day. */
const LAST_SECOND = 1;
/** The golden ratio's fraction: its multiples fill the unit interval evenly for any number of owners. */
const GOLDEN = 0.618_033_988_749_894_9;

/** The law that settings describe. Throws `InputError` for a day that does not lie between midnight and midnight. */
export function dayCycle(settings: DayCycleSettings): OwnerLaw {
  const from = settings.day_start * NANOSECOND;
  const until = settings.day_end * NANOSECOND;
  const spread = settings.spread * NANOSECOND;
  const stay = settings.stay * NANOSECOND;
  const pause = settings.pause * NANOSECOND;
  const begins = settings.begins * NANOSECOND;
  if (!(from - spread >= 0 && until + spread <= DAY && from + LAST_SECOND < until)) {
    throw new InputError({
      where: 'owners.law day-cycle',
      found: `a day from ${from / 3600}h to ${until / 3600}h with a spread of ${spread / 3600}h`,
      would: 'an owner must come and go between midnight and midnight, and come first',
    });
  }
  const shift = (node: number) => (2 * ((node * GOLDEN) % 1) - 1) * spread;

  /** Seconds from `week` (s after a Monday 00:00) to the owner's next arrival, trying days from `day` on. */
  const untilArrival = (node: number, week: number, day: number, source: Source): number => {
    if (settings.attendance === 0 && settings.weekend_attendance === 0) return Infinity;
    for (let d = day; ; d++) {
      const share = d % 7 >= 5 ? settings.weekend_attendance : settings.attendance;
      if (source.next() < share) return d * DAY + from + shift(node) - week;
    }
  };
  const change = (node: number, present: boolean, week: number, source: Source): number => {
    const day = Math.floor(week / DAY);
    const left = day * DAY + until + shift(node) - week;
    if (present) return Math.min(-stay * Math.log(source.next()), left);
    const length = -pause * Math.log(source.next());
    return length < left - LAST_SECOND ? length : untilArrival(node, week, day + 1, source);
  };

  const rate = 1 / stay + 1 / pause;
  const share = stay / (stay + pause);
  const length = until - from;
  // Two-state chain that starts present: mean time present within a day of this length.
  const presentADay = share * length + ((1 - share) / rate) * (1 - Math.exp(-rate * length));
  const days = (5 * settings.attendance + 2 * settings.weekend_attendance) / 7;
  return {
    name: 'day-cycle',
    availability: 1 - (days * presentADay) / DAY,
    first(node: number, source: Source): number {
      let week = Math.floor(begins / DAY) * DAY;
      let present = false;
      let left = untilArrival(node, week, week / DAY, source);
      while (week + left <= begins) {
        week += left;
        present = !present;
        left = change(node, present, week, source);
      }
      return present ? -(week + left - begins) : week + left - begins;
    },
    next: (node, present, now_s, source) => change(node, present, begins + now_s, source),
    demand: (present) => (present ? settings.present_demand : settings.away_demand),
  };
}
