/**
 * Cases of crashes: the run time of a job that is saved at intervals (P26), and the delay with which missing beats
 * tell of a crash (P27). Expected values are the closed forms C7 and C10, computed here.
 */
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import type { Case } from './case.ts';
import { bare, each } from './experiments.ts';

const MINUTE_S = 60;
const HOUR_S = 3600;

/** The published case (Daly 2006, figure 3; facts F007, F008), s. */
const PUBLISHED = {
  work: 500 * HOUR_S,
  mtbf: 24 * HOUR_S,
  cost: 5 * MINUTE_S,
  restart: 10 * MINUTE_S,
} as const;

/**
 * C10 (F006): expected run time of `work` saved at `interval`, under exponential crashes that hit work, checkpoints and
 * restarts alike; all in one unit.
 */
export function dalyRunTime(
  interval: number,
  { work, mtbf, cost, restart }: Readonly<Record<'work' | 'mtbf' | 'cost' | 'restart', number>> = PUBLISHED,
): number {
  return (mtbf * Math.exp(restart / mtbf) * Math.expm1((interval + cost) / mtbf) * work) / interval;
}

/** The interval at which that is least. */
export function bestInterval(parameters: Parameters<typeof dalyRunTime>[1] = PUBLISHED): number {
  let low = parameters.cost / 10;
  let high = 10 * parameters.mtbf;
  while (high / low > 1 + 1e-9) {
    const a = low * (high / low) ** (1 / 3);
    const b = low * (high / low) ** (2 / 3);
    if (dalyRunTime(a, parameters) < dalyRunTime(b, parameters)) high = b;
    else low = a;
  }
  return low;
}

/** One job of 500 h on a node that crashes once a day. */
function longJob(replications: number, checkpoint: Plain, more: Plain = {}): Plain {
  return bare({
    replications,
    ...more,
    jobs: {
      law: {
        name: 'poisson',
        count: 1,
        interarrival: '1s',
        service: { law: 'deterministic', mean: '500h' },
      },
    },
    failures: { mtbf: '24h', repair: '0s' },
    policies: { recovery: 'rollback', checkpoint },
  });
}

function p26(): Case[] {
  const cases: readonly (readonly [string, string, Plain, number])[] = [
    ['116.7', 'saved every 116.7 min', { name: 'fixed', interval: '116.7min' }, 116.7],
    ['60', 'saved every 60 min', { name: 'fixed', interval: '60min' }, 60],
    ['240', 'saved every 240 min', { name: 'fixed', interval: '240min' }, 240],
    ['young', "saved at Young's interval, 120 min", { name: 'young' }, 120],
    ['daly', "saved at Daly's interval, 116.69 min", { name: 'daly' }, 116.69],
  ];
  return cases.map(([name, title, checkpoint, minutes]) => ({
    id: `P26-${name}`,
    title: `500 h of work, a crash a day, ${title}: run time, s`,
    source: 'C10, Daly 2006 (F006-F008)',
    kind: 'exact',
    experiment: longJob(400, checkpoint),
    expected: dalyRunTime(minutes * MINUTE_S),
    tolerance: '1%',
    got: each('run_time_s'),
  }));
}

/** Intervals around the best one, minutes. */
const AROUND = [60, 85, 117, 165, 240];

/**
 * Where the measured curve is lowest, minutes: the means at the intervals are fitted by a t + b / t + c, the form of
 * lost work, checkpoints and what does not depend on the interval; its minimum is at sqrt(b / a).
 */
export function lowestAt(intervals: readonly number[], runTimes: readonly number[]): number {
  const rows = intervals.map((t) => [t, 1 / t, 1]);
  const normal = [0, 1, 2].map((i) => [
    ...[0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, k) => sum + row[i]! * runTimes[k]!, 0),
  ]);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      if (j === i) continue;
      const factor = normal[j]![i]! / normal[i]![i]!;
      for (let k = i; k < 4; k++) normal[j]![k]! -= factor * normal[i]![k]!;
    }
  }
  const [a, b] = [0, 1].map((i) => normal[i]![3]! / normal[i]![i]!) as [number, number];
  return Math.sqrt(b / a);
}

function p26Optimum(): Case {
  return {
    id: 'P26-optimum',
    title: '500 h of work, a crash a day: best interval between checkpoints, min',
    source: 'Daly 2006, figure 3: 117 min (F007)',
    kind: 'exact',
    experiment: longJob(
      1500,
      { name: 'fixed' },
      { vary: { 'policies.checkpoint.interval': AROUND.map((minutes) => `${minutes}min`) } },
    ),
    expected: bestInterval() / MINUTE_S,
    tolerance: '10%',
    got: (result: ExperimentResult) =>
      lowestAt(
        AROUND,
        AROUND.map((_, point) => {
          const values = each('run_time_s', point)(result);
          return values.reduce((sum, value) => sum + value, 0) / values.length;
        }),
      ),
    slow: true,
  };
}

function p27(): Case[] {
  return [1, 5].flatMap((every) =>
    [2, 3, 5].flatMap((misses): Case[] => {
      const common = {
        source: 'C7: uniform between (k - 1) h and k h',
        kind: 'exact' as const,
        experiment: bare({
          replications: 4,
          horizon: '30h',
          cluster: { nodes: 20 },
          jobs: { law: { name: 'poisson', count: 1, interarrival: '1s', service: { mean: '1s' } } },
          failures: { mtbf: '10min', repair: '30s', beat: `${every}s`, misses },
        }),
        tolerance: '1%',
      };
      const name = `beats every ${every} s, dead after ${misses}`;
      return [
        {
          ...common,
          id: `P27-${every}-${misses}`,
          title: `${name}: mean time to notice a crash, s`,
          expected: (misses - 0.5) * every,
          got: each('detection_delay_s'),
        },
        {
          ...common,
          id: `P27-${every}-${misses}-least`,
          title: `${name}: shortest time, s`,
          expected: (misses - 1) * every,
          got: (result) => Math.min(...each('shortest_detection_s')(result)),
          slow: misses !== 2,
        },
        {
          ...common,
          id: `P27-${every}-${misses}-most`,
          title: `${name}: longest time, s`,
          expected: misses * every,
          got: (result) => Math.max(...each('longest_detection_s')(result)),
          slow: misses !== 2,
        },
      ];
    }),
  );
}

export const failureCases: readonly Case[] = [...p26(), p26Optimum(), ...p27()];
