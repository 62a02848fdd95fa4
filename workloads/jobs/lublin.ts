/**
 * The workload model of Lublin and Feitelson (JPDC 63(11), 2003), as in the authors' program m_lublin99.c.
 *
 * Parameters are facts W001-W010: batch and interactive jobs, or jobs without type. Widths: serial with a given
 * probability, else 2^x with x from a two-stage uniform law, x rounded for the share that are powers of two. Run
 * times: exp of a mixture of two gamma laws whose weights depend linearly on the width, drawn again above exponent 12.
 * Arrivals: each gap is exp of a gamma law, drawn again above exponent 13; gaps are used up at a rate that follows a
 * daily cycle over 48 half hours, a gamma law's probability of the half hours 11 to 58 with mean 1, so that the quiet
 * end and the quiet beginning meet at five in the morning. Batch and interactive jobs are independent streams, each with
 * a cycle of its own.
 *
 * The facts give the cycle's law, number of half hours and start; that half hour h stands for the interval h - 1/2 to
 * h + 1/2 of the gamma law, and that widths beyond 128 nodes stretch the two-stage law's upper limits by the number of
 * doublings (the authors' advice for machines of other sizes), are recalled.
 *
 * Ours: times are not cut to whole seconds; widths are cut at the number of nodes where that is no power of two; users
 * and estimates, which the model does not have, are assumed (users equally likely, estimate a multiple of run time).
 * For a given load all gaps are multiplied by one factor, before the cycle, so that days stay 24 h long. The factor
 * follows from the model's expectations in closed form, not from the jobs drawn.
 */
import { gammaln } from 'simple-statistics';
import { gamma, type Law } from '../../sim/engine/laws.ts';
import type { Source, Streams } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { JOB_LAW_FIELDS, JobColumns, type JobNeed, mostJobs } from './columns.ts';
import { pick } from './poisson.ts';
import type { JobTable } from './table.ts';

export const LUBLIN_LAW = {
  doc: 'The model of Lublin and Feitelson: daily cycle, correlated widths and run times.',
  fields: {
    types: {
      kind: 'choice',
      doc: 'Which of the fitted populations.',
      of: {
        typeless: 'all jobs alike',
        both: 'batch and interactive jobs, two independent streams',
        batch: 'batch jobs only',
        interactive: 'interactive jobs only',
      },
      default: 'typeless',
    },
    machine: {
      kind: 'integer',
      doc: "Processors of the machine whose users' jobs these are: sets their widths; `nodes`: as many as there are.",
      default: 'nodes',
      min: 1,
      words: ['nodes'],
    },
    begins: {
      kind: 'time',
      doc: 'Time of day at simulated zero.',
      default: '0h',
      max: 86_400e9,
    },
    ...JOB_LAW_FIELDS,
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];

const LUBLIN_GROUP = { kind: 'group', doc: '', fields: LUBLIN_LAW.fields } as const satisfies Field;
export type LublinSettings = Read<typeof LUBLIN_GROUP>;

/** One population of the model. */
interface Population {
  readonly name: string;
  /** Probabilities of a serial job (W001) and of a width that is a power of two (W002). */
  readonly serial: number;
  readonly powerOfTwo: number;
  /** Two-stage uniform law of log2 of the width (W003): limits for 128 nodes, probability of the lower stage. */
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly lowShare: number;
  /** Gamma laws of the logarithm of the run time (W004, W005): shape, scale. */
  readonly short: readonly [number, number];
  readonly long: readonly [number, number];
  /** Weight of the first law: slope times width plus this (W006). */
  readonly slope: number;
  readonly intercept: number;
  /** Gamma law of the logarithm of the gap (W007), whose shape is multiplied by `rush` (W009). */
  readonly gap: readonly [number, number];
  readonly rush: number;
  /** Gamma law of the day cycle over half hours (W008). */
  readonly cycle: readonly [number, number];
}

const BATCH: Population = {
  name: 'batch',
  serial: 0.2927, // W001
  powerOfTwo: 0.6686, // W002
  low: 1.2, // W003
  middle: 5,
  high: 7,
  lowShare: 0.875,
  short: [6.57, 0.823], // W004
  long: [639.1, 0.0156], // W005
  slope: -0.003, // W006
  intercept: 0.6986,
  gap: [6.0415, 0.8531], // W007
  cycle: [6.1271, 5.274], // W008
  rush: 1.0519, // W009
};
const INTERACTIVE: Population = {
  name: 'interactive',
  serial: 0.1541, // W001
  powerOfTwo: 0.625, // W002
  low: 1, // W003
  middle: 3,
  high: 5.5,
  lowShare: 0.705,
  short: [3.8351, 0.6605], // W004
  long: [7.073, 0.6856], // W005
  slope: -0.0118, // W006
  intercept: 0.9156,
  gap: [6.551, 0.6621], // W007
  cycle: [8.9186, 3.668], // W008
  rush: 0.9797, // W009
};
const TYPELESS: Population = {
  name: 'typeless',
  serial: 0.244, // W001
  powerOfTwo: 0.576, // W002
  low: 0.8, // W003
  middle: 4.5,
  high: 7,
  lowShare: 0.86,
  short: [4.2, 0.94], // W004
  long: [312, 0.03], // W005
  slope: -0.0054, // W006
  intercept: 0.78,
  gap: [10.2303, 0.4871], // W007
  cycle: [8.1737, 3.9631], // W008
  rush: 1.0225, // W009
};
const POPULATIONS: Readonly<Record<LublinSettings['types'], readonly Population[]>> = {
  typeless: [TYPELESS],
  both: [BATCH, INTERACTIVE],
  batch: [BATCH],
  interactive: [INTERACTIVE],
};

/** Largest exponents of run times and gaps, half hours of a day, the half hour at which the cycle begins (W010). */
const LARGEST_RUN = 12;
const LARGEST_GAP = 13;
const HALF_HOURS = 48;
const CYCLE_START = 11;
const HALF_HOUR_S = 1800;
/** The machine of the parameters of W003 has 2^7 nodes. */
const LOG2_NODES = 7;
const NANOSECOND = 1e-9;

/** Jobs up to the count or the horizon, whichever comes first. Throws `InputError` for a load that is not above 0. */
export function lublin(settings: LublinSettings, need: JobNeed, streams: Streams): JobTable {
  const populations = POPULATIONS[settings.types];
  if (need.load !== undefined && !(need.load > 0)) {
    throw new InputError({
      where: 'jobs.load',
      found: `a load of ${need.load}`,
      would: 'give a load above 0',
    });
  }
  const machine = settings.machine === 'nodes' ? need.nodes : settings.machine;
  const offered = (offeredLoad(populations, machine) * machine) / need.nodes;
  const stretch = need.load === undefined ? 1 : offered / need.load;
  const most = mostJobs('lublin', settings.count, need);
  const sources = populations.map(
    (population) => new PopulationSource(population, machine, stretch, settings.begins * NANOSECOND, streams),
  );
  const user = streams.stream('jobs.user');
  const jobs = new JobColumns();
  while (jobs.count < most) {
    // The populations are independent; the earlier of their next jobs comes.
    let source = sources[0]!;
    for (const other of sources) if (other.nextArrival < source.nextArrival) source = other;
    const now = source.nextArrival;
    if (!(now < need.horizon_s)) break;
    const width = source.width();
    const run = source.run(width);
    jobs.add(now, run, run * settings.estimate_factor, width, pick(settings.users, user));
    source.advance();
  }
  return jobs.table('lublin', need.horizon_s);
}

/** One population's jobs, each purpose with a stream of its own. */
class PopulationSource {
  /** Seconds after simulated zero. */
  nextArrival = 0;
  private readonly population: Population;
  private readonly limits: WidthLimits;
  private readonly gap: Law;
  private readonly short: Law;
  private readonly long: Law;
  private readonly rates: Float64Array;
  private readonly stretch: number;
  private readonly arrivals: Source;
  private readonly widths: Source;
  private readonly services: Source;
  /** Where the clock stands in the day: half hour, and the share of it that is over. */
  private halfHour: number;
  private over: number;

  constructor(population: Population, nodes: number, stretch: number, begins_s: number, streams: Streams) {
    this.population = population;
    this.limits = widthLimits(population, nodes);
    this.gap = gamma(population.gap[0] * population.rush, population.gap[1]);
    this.short = gamma(...population.short);
    this.long = gamma(...population.long);
    this.rates = cycleRates(population);
    this.stretch = stretch;
    this.arrivals = streams.stream(`jobs.${population.name}.arrivals`);
    this.widths = streams.stream(`jobs.${population.name}.width`);
    this.services = streams.stream(`jobs.${population.name}.service`);
    this.halfHour = Math.floor(begins_s / HALF_HOUR_S) % HALF_HOURS;
    this.over = (begins_s / HALF_HOUR_S) % 1;
    this.advance();
  }

  /** Moves the next arrival on by one gap: half hours pass at their own rates until the gap is used up. */
  advance(): void {
    let points = (this.stretch * Math.exp(below(this.gap, LARGEST_GAP, this.arrivals))) / HALF_HOUR_S;
    let time = 0;
    for (;;) {
      const rate = this.rates[this.halfHour]!;
      const left = (1 - this.over) * rate;
      if (points < left) {
        const part = points / rate;
        this.over += part;
        this.nextArrival += (time + part) * HALF_HOUR_S;
        return;
      }
      points -= left;
      time += 1 - this.over;
      this.over = 0;
      this.halfHour = (this.halfHour + 1) % HALF_HOURS;
    }
  }

  width(): number {
    const { population, limits } = this;
    const u = this.widths.next();
    if (u <= population.serial) return 1;
    const lower = this.widths.next() <= population.lowShare;
    const v = this.widths.next();
    let exponent = lower
      ? limits.low + v * (limits.middle - limits.low)
      : limits.middle + v * (limits.high - limits.middle);
    if (u <= population.serial + population.powerOfTwo) exponent = Math.floor(exponent + 0.5);
    return Math.min(limits.nodes, Math.floor(2 ** exponent + 0.5));
  }

  run(width: number): number {
    const weight = shortWeight(this.population, width);
    for (;;) {
      const law = this.services.next() <= weight ? this.short : this.long;
      const exponent = law.sample(this.services);
      if (exponent <= LARGEST_RUN) return Math.exp(exponent);
    }
  }
}

/** A number of the law that is at most `limit`: drawn again until one is. */
function below(law: Law, limit: number, source: Source): number {
  for (;;) {
    const x = law.sample(source);
    if (x <= limit) return x;
  }
}

interface WidthLimits {
  readonly nodes: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Limits of log2 of the width for a machine of `nodes`: those for 128 nodes, moved by the doublings between. */
function widthLimits(population: Population, nodes: number): WidthLimits {
  const move = Math.log2(nodes) - LOG2_NODES;
  const high = Math.max(0, population.high + move);
  const middle = Math.min(high, Math.max(0, population.middle + move));
  return { nodes, low: Math.min(population.low, middle), middle, high };
}

function shortWeight(population: Population, width: number): number {
  return Math.min(1, Math.max(0, population.slope * width + population.intercept));
}

/** Rate of each half hour of the day, mean 1: the gamma law's share of half hours 11 to 58, from midnight on. */
function cycleRates(population: Population): Float64Array {
  const [shape, scale] = population.cycle;
  const rates = new Float64Array(HALF_HOURS);
  let sum = 0;
  for (let h = CYCLE_START; h < CYCLE_START + HALF_HOURS; h++) {
    const share = lowerGamma(shape, (h + 0.5) / scale) - lowerGamma(shape, (h - 0.5) / scale);
    rates[(h - 1) % HALF_HOURS] = share;
    sum += share;
  }
  return rates.map((share) => (share * HALF_HOURS) / sum);
}

// ---------------------------------------------------------------------------------------------------------
// Expectations in closed form

/** Mean gap, width, run time and load of the model on a machine of `nodes`. */
export interface LublinMeans {
  readonly interarrival_s: number;
  readonly run_s: number;
  readonly width: number;
  /** Mean of width times run time, s. */
  readonly work_s: number;
  /** Offered load at the model's own arrival rate. */
  readonly load: number;
}

/** Closed-form means over all jobs of the chosen populations. */
export function lublinMeans(types: LublinSettings['types'], nodes: number): LublinMeans {
  let rate = 0;
  let run = 0;
  let width = 0;
  let work = 0;
  for (const population of POPULATIONS[types]) {
    const its = 1 / meanGap(population);
    const mean = widthMeans(population, nodes);
    rate += its;
    run += its * mean.run_s;
    width += its * mean.width;
    work += its * mean.work_s;
  }
  return {
    interarrival_s: 1 / rate,
    run_s: run / rate,
    width: width / rate,
    work_s: work / rate,
    load: work / nodes,
  };
}

function offeredLoad(populations: readonly Population[], nodes: number): number {
  return populations.reduce((sum, p) => sum + widthMeans(p, nodes).work_s / meanGap(p), 0) / nodes;
}

function meanGap(population: Population): number {
  const shape = population.gap[0] * population.rush;
  const scale = population.gap[1];
  return growth(shape, scale, LARGEST_GAP) / lowerGamma(shape, LARGEST_GAP / scale);
}

/** Means over the widths, each with its probability and its mean run time. */
function widthMeans(population: Population, nodes: number): { width: number; run_s: number; work_s: number } {
  const meanRun = runMeans(population);
  const sum = { width: 0, run_s: 0, work_s: 0 };
  const add = (width: number, probability: number) => {
    if (probability <= 0) return;
    const w = Math.min(nodes, width);
    const run = meanRun(w);
    sum.width += probability * w;
    sum.run_s += probability * run;
    sum.work_s += probability * w * run;
  };
  const limits = widthLimits(population, nodes);
  const upTo = (x: number) => exponentBelow(population, limits, x);
  const between = (from: number, to: number) => upTo(to) - upTo(from);
  const other = 1 - population.serial - population.powerOfTwo;
  add(1, population.serial);
  for (let k = 0; k <= Math.ceil(limits.high); k++) {
    add(2 ** k, population.powerOfTwo * between(k - 0.5, k + 0.5));
  }
  for (let w = 1; w <= nodes; w++) add(w, other * between(Math.log2(w - 0.5), Math.log2(w + 0.5)));
  return sum;
}

/** P(exponent < x) of the two-stage uniform law. */
function exponentBelow(population: Population, limits: WidthLimits, x: number): number {
  const share = (from: number, to: number) =>
    to > from ? Math.min(1, Math.max(0, (x - from) / (to - from))) : x >= to ? 1 : 0;
  return (
    population.lowShare * share(limits.low, limits.middle) +
    (1 - population.lowShare) * share(limits.middle, limits.high)
  );
}

/** Mean run time by width: E[exp(X) | X <= 12] of the mixture. */
function runMeans(population: Population): (width: number) => number {
  const [shortShape, shortScale] = population.short;
  const [longShape, longScale] = population.long;
  const short = growth(shortShape, shortScale, LARGEST_RUN);
  const long = growth(longShape, longScale, LARGEST_RUN);
  const shortInside = lowerGamma(shortShape, LARGEST_RUN / shortScale);
  const longInside = lowerGamma(longShape, LARGEST_RUN / longScale);
  return (width) => {
    const weight = shortWeight(population, width);
    return (weight * short + (1 - weight) * long) / (weight * shortInside + (1 - weight) * longInside);
  };
}

/** E[exp(X); X <= limit] of a gamma law with scale below 1. */
function growth(shape: number, scale: number, limit: number): number {
  return (1 - scale) ** -shape * lowerGamma(shape, (limit * (1 - scale)) / scale);
}

/**
 * The regularised lower incomplete gamma function P(a, x), relative error about 1e-12: its series below a + 1, the
 * continued fraction of its complement above (Abramowitz and Stegun 6.5.29, 6.5.31, the latter by Lentz's method).
 */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - gammaln(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; Math.abs(term) > 1e-16 * sum; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return front * sum;
  }
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; ; k++) {
    const an = -k * (k - a);
    b += 2;
    d = an * d + b;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-15) return 1 - front * fraction;
  }
}
