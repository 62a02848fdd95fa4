// Laws of owners and durations against their closed forms. Runs are seeded; tolerances are four standard errors or more.
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import {
  type DurationSettings,
  durationOf,
  mixedDuration,
  shiftedDuration,
} from '../../workloads/durations.ts';
import { alternating } from '../../workloads/owners/alternating.ts';
import { summariseActivity } from '../../workloads/owners/columns.ts';
import { type DayCycleSettings, dayCycle } from '../../workloads/owners/day-cycle.ts';
import { type OwnerLaw, sampleActivity } from '../../workloads/owners/law.ts';

const S = 1e9;
const MIN = 60;
const HOUR = 3600;
const DAY = 86_400;

/** The mean of independent values is the expected one, within four standard errors (or rounding). */
function agrees(values: Float64Array, expected: number): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / values.length) + 1e-9 * expected);
}

describe('a duration and its residual', () => {
  const laws: DurationSettings[] = [
    { law: 'exponential', mean: 60 * S },
    { law: 'deterministic', mean: 60 * S },
    { law: 'hyperexponential', mean: 60 * S, c2: 4 },
    { law: 'lognormal', mean: 60 * S, c2: 1.5 },
    { law: 'weibull', mean: 60 * S, shape: 0.7 },
    { law: 'gamma', mean: 60 * S, shape: 0.5 },
    { law: 'bounded-pareto', alpha: 1, low: 1 * S, high: 1000 * S },
    { law: 'bounded-pareto', alpha: 1.5, low: 1 * S, high: 1000 * S },
  ];
  const cases = [
    ...laws.map((settings) => [JSON.stringify(settings), durationOf(settings)] as const),
    [
      'a shift and two branches',
      shiftedDuration(
        7,
        mixedDuration([
          { share: 0.7, mean: 7 },
          { share: 0.3, mean: 55 },
        ]),
      ),
    ] as const,
  ];
  it.each(cases)('%s: means, and the share of instants with more than x to go', (_, { law, residual }) => {
    const n = 400_000;
    const streams = new Streams(1, 0);
    const whole = streams.stream('whole');
    const left = streams.stream('left');
    const x = law.mean;
    const wholes = new Float64Array(n);
    const lefts = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      wholes[i] = law.sample(whole);
      lefts[i] = residual.sample(left);
    }
    agrees(wholes, law.mean);
    agrees(lefts, residual.mean);
    // E[residual] = E[X^2] / (2 E[X]), and P(residual > x) = E[(X - x)+] / E[X], here at the mean.
    agrees(
      wholes.map((a) => a * a),
      2 * law.mean * residual.mean,
    );
    const beyond = wholes.reduce((sum, a) => sum + Math.max(0, a - x), 0) / n;
    const share = lefts.reduce((count, b) => count + (b > x ? 1 : 0), 0) / n;
    expect(share).toBeCloseTo(beyond / law.mean, 2);
  });

  it('with its bounds the wrong way round is refused', () => {
    expect(() => durationOf({ law: 'bounded-pareto', alpha: 1, low: 5 * S, high: 5 * S })).toThrow(
      'is not below high',
    );
  });
});

/** Share of owners present at each of the times, over many owners. */
function presentAt(law: OwnerLaw, owners: number, times: readonly number[]): number[] {
  const bank = new Streams(3, 0).bank('owners', owners);
  const counts = times.map(() => 0);
  for (let node = 0; node < owners; node++) {
    const source = bank.at(node);
    const first = law.first(node, source);
    let present = first < 0;
    let now = 0;
    let until = Math.abs(first);
    times.forEach((time, i) => {
      while (until <= time) {
        now = until;
        present = !present;
        until = now + law.next(node, present, now, source);
      }
      if (present) counts[i]!++;
    });
  }
  return counts.map((count) => count / owners);
}

describe('an alternating owner', () => {
  const demands = { present_demand: 0.2, away_demand: 0.02 };
  const laws: OwnerLaw[] = [
    alternating({ name: 'mutka-livny', present: 'branches', ...demands }),
    alternating({ name: 'mutka-livny', present: 'reported-mean', ...demands }),
    alternating({ name: 'nd07cpu', shape: 'gamma', ...demands }),
    alternating({ name: 'nd07cpu', shape: 'lognormal', ...demands }),
    alternating({ name: 'microsoft99', shape: 'weibull', ...demands }),
    alternating({
      name: 'alternating',
      away: { law: 'hyperexponential', mean: 60 * S, c2: 10 },
      present: { law: 'deterministic', mean: 30 * S },
      ...demands,
    }),
  ];

  it('has the availability of its means (A034: 91.99 min away; A035: 28.4 or 31.3 min present)', () => {
    expect(laws[0]!.availability).toBeCloseTo(91.99 / (91.99 + 28.4), 12);
    expect(laws[1]!.availability).toBeCloseTo(91.99 / (91.99 + 31.3), 12);
    // A066 and A067 are fits of one data set: means of 13.73 h and 10.3 h against 4.25 h and 1.4 h.
    const weibull = alternating({ name: 'nd07cpu', shape: 'weibull', ...demands });
    expect(weibull.availability).toBeCloseTo(10.31 / (10.31 + 1.427), 3);
    expect(alternating({ name: 'lanl05', shape: 'exponential', ...demands }).availability).toBeCloseTo(
      0.996685,
      5,
    );
  });

  it.each(laws.map((law, i) => [`${law.name} ${i}`, law] as const))(
    'is in equilibrium from the start: %s',
    (_, law) => {
      const owners = 20_000;
      const shares = presentAt(law, owners, [0, 60, 20 * MIN, 5 * HOUR]);
      // Four standard errors of a share.
      const error = 4 * Math.sqrt((law.availability * (1 - law.availability)) / owners);
      for (const share of shares) expect(Math.abs(share - (1 - law.availability))).toBeLessThan(error);
    },
  );

  it('is the same owner whoever else is there', () => {
    const few = sampleActivity(laws[0]!, 3, DAY, new Streams(9, 2));
    const many = sampleActivity(laws[0]!, 30, DAY, new Streams(9, 2));
    expect(many.time_s.slice(0, few.time_s.length)).toEqual(few.time_s);
  });
});

describe('an owner with a working day', () => {
  const settings: DayCycleSettings = {
    attendance: 0.4,
    weekend_attendance: 0.2,
    day_start: 9 * HOUR * S,
    day_end: 18 * HOUR * S,
    spread: 1 * HOUR * S,
    stay: 31.3 * MIN * S,
    pause: 15 * MIN * S,
    begins: 0,
    present_demand: 0.2,
    away_demand: 0.02,
  };

  it('is away for the share of the week that the two-state chain gives', () => {
    const law = dayCycle(settings);
    const table = sampleActivity(law, 2000, 4 * 7 * DAY, new Streams(1, 0));
    expect(summariseActivity(table).availability).toBeCloseTo(law.availability, 2.6);
    expect(summariseActivity(table).mean_demand).toBeCloseTo(0.02 + 0.18 * (1 - law.availability), 3);
  });

  it('comes in on its days only: nights are empty, at weekends half as many come (A073)', () => {
    const law = dayCycle(settings);
    const [night, tuesday, evening, saturday, nextTuesday] = presentAt(law, 20_000, [
      DAY + 3 * HOUR,
      DAY + 14 * HOUR,
      DAY + 19.5 * HOUR,
      5 * DAY + 14 * HOUR,
      8 * DAY + 14 * HOUR,
    ]);
    const share = 31.3 / (31.3 + 15);
    expect(night).toBe(0);
    expect(evening).toBe(0);
    expect(Math.abs(tuesday! - 0.4 * share)).toBeLessThan(0.013);
    expect(Math.abs(saturday! - 0.2 * share)).toBeLessThan(0.011);
    expect(Math.abs(nextTuesday! - tuesday!)).toBeLessThan(0.019);
    // More than 60 % of the machines have no owner all day long (A057).
    const day = sampleActivity(law, 2000, DAY, new Streams(1, 0));
    const untouched = day.names.filter((_, node) => day.first[node + 1]! - day.first[node]! === 1).length;
    expect(untouched / 2000).toBeCloseTo(0.6, 1.5);
  });

  it('may begin at any time of the week, in the state of that time', () => {
    const monday = dayCycle({ ...settings, begins: 14 * HOUR * S });
    const [now] = presentAt(monday, 20_000, [0]);
    const [same] = presentAt(dayCycle(settings), 20_000, [14 * HOUR]);
    expect(now).toBe(same);
  });

  it('never changes without a day, and a day must lie within a day', () => {
    const never = dayCycle({ ...settings, attendance: 0, weekend_attendance: 0 });
    expect(never.first(0, new Streams(1, 0).stream('x'))).toBe(Infinity);
    expect(never.availability).toBe(1);
    expect(() => dayCycle({ ...settings, day_end: 23.5 * HOUR * S })).toThrow(
      'between midnight and midnight',
    );
    expect(() => dayCycle({ ...settings, day_end: 9 * HOUR * S })).toThrow('come first');
  });
});
