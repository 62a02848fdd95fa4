/**
 * Owners as an alternating renewal process: away for a time of one law, present for a time of another, all
 * independent. At simulated zero every owner is in equilibrium: present with probability mean present / (mean present
 * + mean away), and the time left of that interval is drawn from the law's residual.
 *
 * Named fits are published ones: Mutka and Livny's workstations (facts A034, A035) and four pools of the Failure Trace
 * Archive (facts A066-A072; hours; availability first). Left out: time of day (see day-cycle.ts) and any likeness
 * between owners.
 */
import type { Source } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import {
  DURATION_FIELD,
  type Duration,
  durationOf,
  exponentialDuration,
  gammaDuration,
  lognormalDuration,
  mixedDuration,
  shiftedDuration,
  weibullDuration,
} from '../durations.ts';
import type { OwnerLaw } from './law.ts';

const MINUTE = 60;
const HOUR = 3600;

/** CPU demand of owners. No source gives these by state, so both are assumed; fact A065 has 9 % on average over all. */
export const DEMAND_FIELDS = {
  present_demand: {
    kind: 'share',
    doc: "Share of the CPU that a present owner's programs use (assumed).",
    default: '20%',
    min: 0,
    max: 1,
  },
  away_demand: {
    kind: 'share',
    doc: "Share of the CPU that an absent owner's programs go on using (assumed; fact A074 has 2.07 % on average).",
    default: '2%',
    min: 0,
    max: 1,
  },
} as const satisfies Record<string, Field>;

const SHAPE_DOC = 'Which of the fitted laws.';

/** The pools of the Failure Trace Archive that laws were fitted to, and which of the laws. */
export const FTA_LAWS = {
  nd07cpu: {
    doc: 'CPU availability of the Notre Dame Condor pool, 2007 (A066-A069).',
    fields: {
      shape: {
        kind: 'choice',
        doc: SHAPE_DOC,
        of: ['exponential', 'weibull', 'lognormal', 'gamma'],
        default: 'weibull',
      },
    },
  },
  microsoft99: {
    doc: 'Desktops at Microsoft, 1999 (A070).',
    fields: {
      shape: { kind: 'choice', doc: SHAPE_DOC, of: ['exponential', 'weibull'], default: 'weibull' },
    },
  },
  g5k06: {
    doc: "Nodes of Grid'5000, 2006 (A071).",
    fields: {
      shape: { kind: 'choice', doc: SHAPE_DOC, of: ['exponential', 'weibull'], default: 'weibull' },
    },
  },
  lanl05: {
    doc: 'Nodes of the LANL clusters, up to 2005 (A072).',
    fields: {
      shape: { kind: 'choice', doc: SHAPE_DOC, of: ['exponential', 'weibull'], default: 'weibull' },
    },
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'];

/** The slot's choices that are alternating processes. */
export const ALTERNATING_LAWS = {
  alternating: {
    doc: 'Away and present for independent times of the laws given.',
    fields: {
      away: { ...DURATION_FIELD, doc: 'How long the owner stays away.' },
      present: { ...DURATION_FIELD, doc: 'How long the owner stays.' },
      ...DEMAND_FIELDS,
    },
  },
  'mutka-livny': {
    doc: 'Workstations at Wisconsin (Mutka and Livny 1991): away 92 min on average, three branches (A034).',
    fields: {
      present: {
        kind: 'choice',
        doc: 'Law of the present intervals: the reported mean, or the recalled branches, which do not add up to it.',
        of: {
          'reported-mean': 'exponential with the reported mean of 31.3 min (A035; the shape is assumed)',
          branches: '7 min plus two branches, mean 28.4 min (A035)',
        },
        default: 'reported-mean',
      },
      ...DEMAND_FIELDS,
    },
  },
  nd07cpu: { doc: FTA_LAWS.nd07cpu.doc, fields: { ...FTA_LAWS.nd07cpu.fields, ...DEMAND_FIELDS } },
  microsoft99: {
    doc: FTA_LAWS.microsoft99.doc,
    fields: { ...FTA_LAWS.microsoft99.fields, ...DEMAND_FIELDS },
  },
  g5k06: { doc: FTA_LAWS.g5k06.doc, fields: { ...FTA_LAWS.g5k06.fields, ...DEMAND_FIELDS } },
  lanl05: { doc: FTA_LAWS.lanl05.doc, fields: { ...FTA_LAWS.lanl05.fields, ...DEMAND_FIELDS } },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'];

export type Pair = readonly [away: Duration, present: Duration];
const hours = (
  shape: (a: number, b: number) => Duration,
  away: [number, number],
  present: [number, number],
) => [shape(away[0], away[1] * HOUR), shape(present[0], present[1] * HOUR)] as const;
/** Lognormal by mu and sigma of the logarithm of hours. */
const logHours = (mu: number, sigma: number) => lognormalDuration(mu + Math.log(HOUR), sigma);

/** Fits of the Failure Trace Archive, by pool and law. */
const FTA_FITS: Readonly<Record<string, Readonly<Record<string, () => Pair>>>> = {
  nd07cpu: {
    exponential: () => [exponentialDuration(13.73 * HOUR), exponentialDuration(4.25 * HOUR)], // A066
    weibull: () => hours(weibullDuration, [0.45, 4.16], [0.51, 0.74]), // A067
    lognormal: () => [logHours(0.3, 2.2), logHours(-1.02, 1.27)], // A068
    gamma: () => hours(gammaDuration, [0.3, 46.16], [0.28, 15.07]), // A069
  },
  microsoft99: {
    exponential: () => [exponentialDuration(67.01 * HOUR), exponentialDuration(16.49 * HOUR)], // A070
    weibull: () => hours(weibullDuration, [0.55, 35.3], [0.6, 9.34]), // A070
  },
  g5k06: {
    exponential: () => [exponentialDuration(32.41 * HOUR), exponentialDuration(7.41 * HOUR)], // A071
    weibull: () => hours(weibullDuration, [0.48, 14.37], [0.35, 0.47]), // A071
  },
  lanl05: {
    exponential: () => [exponentialDuration(1779.99 * HOUR), exponentialDuration(5.92 * HOUR)], // A072
    weibull: () => hours(weibullDuration, [0.48, 816.6], [0.58, 2.18]), // A072
  },
};

/** Mutka and Livny's away intervals (A034). */
const MUTKA_LIVNY_AWAY = [
  { share: 0.33, mean: 3 * MINUTE },
  { share: 0.4, mean: 25 * MINUTE },
  { share: 0.27, mean: 300 * MINUTE },
];
/** Their present intervals (A035): reported mean, or a shift and two branches. */
const MUTKA_LIVNY_PRESENT_MEAN = 31.3 * MINUTE;
const MUTKA_LIVNY_PRESENT_SHIFT = 7 * MINUTE;
const MUTKA_LIVNY_PRESENT = [
  { share: 0.7, mean: 7 * MINUTE },
  { share: 0.3, mean: 55 * MINUTE },
];

const ALTERNATING_SLOT = {
  kind: 'slot',
  doc: '',
  default: 'alternating',
  of: ALTERNATING_LAWS,
} as const satisfies Field;
export type AlternatingSettings = Read<typeof ALTERNATING_SLOT>;

/** The alternating process that settings describe. */
export function alternating(settings: AlternatingSettings): OwnerLaw {
  const [away, present] = pairOf(settings);
  return alternatingOf(settings.name, away, present, settings.present_demand, settings.away_demand);
}

/** An alternating process of two laws in seconds. Throws `InputError` where a law has no mean. */
export function alternatingOf(
  name: string,
  away: Duration,
  present: Duration,
  presentDemand: number,
  awayDemand: number,
): OwnerLaw {
  const cycle = away.law.mean + present.law.mean;
  if (!Number.isFinite(cycle)) {
    throw new InputError({
      where: name,
      found: 'a law without a mean',
      would: 'choose laws with a finite mean',
    });
  }
  const availability = away.law.mean / cycle;
  return {
    name,
    availability,
    first(_node: number, source: Source): number {
      return source.next() < availability ? away.residual.sample(source) : -present.residual.sample(source);
    },
    next(_node: number, isPresent: boolean, _now: number, source: Source): number {
      return isPresent ? present.law.sample(source) : away.law.sample(source);
    },
    demand: (isPresent) => (isPresent ? presentDemand : awayDemand),
  };
}

/** Times up (owners: away) and down (present) of a pool of the Failure Trace Archive, by the law fitted to both. */
export function ftaFit({ name, shape }: { name: keyof typeof FTA_LAWS; shape: string }): Pair {
  return FTA_FITS[name]![shape]!();
}

function pairOf(settings: AlternatingSettings): Pair {
  switch (settings.name) {
    case 'alternating':
      return [durationOf(settings.away), durationOf(settings.present)];
    case 'mutka-livny':
      return [
        mixedDuration(MUTKA_LIVNY_AWAY),
        settings.present === 'branches'
          ? shiftedDuration(MUTKA_LIVNY_PRESENT_SHIFT, mixedDuration(MUTKA_LIVNY_PRESENT))
          : exponentialDuration(MUTKA_LIVNY_PRESENT_MEAN),
      ];
    default:
      return ftaFit(settings);
  }
}
