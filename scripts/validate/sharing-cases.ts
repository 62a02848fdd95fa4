/**
 * Cases of load sharing and of deciders: P05-P08, P14, P28-P30, P35, P39, P40. Expected values come from the closed forms (C1, C2, C3,
 * C11, C13 below) or are what was published; tolerances are those of the reference.
 *
 * Case runs in which nothing costs anything use first come, first served: a job's response is then settled when it is placed,
 * and the end of a run has no influence. With exponential service the number of jobs at a node is the same under processor sharing.
 */
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import type { Case } from './case.ts';
import { erlang, joinShortest, thresholdLimit } from './closed-forms.ts';
import { each } from './experiments.ts';

const EXPONENTIAL: Plain = { law: 'exponential', mean: '1s' };

interface Shape {
  readonly nodes: number;
  readonly load: number;
  readonly policy: Plain | string;
  /** Seconds for which jobs come, and from which they are measured. */
  readonly span: number;
  readonly from: number;
  readonly replications?: number;
  readonly service?: Plain;
  readonly sharing?: Plain;
  readonly decider?: Plain | string;
  readonly more?: Record<string, Value>;
}

function shared(shape: Shape): Plain {
  const { nodes, load, policy, span, from } = shape;
  return {
    replications: shape.replications ?? 8,
    horizon: `${span}s`,
    warmup: `${from}s`,
    cluster: { nodes, os: 'free' },
    jobs: { law: { name: 'poisson', service: shape.service ?? EXPONENTIAL, count: 'horizon' }, load },
    program: { mix: 'none' },
    sharing: { discipline: 'fcfs', ...shape.sharing },
    policies: { batch: 'none', sharing: policy, decider: shape.decider ?? 'oracle' },
    ...shape.more,
  };
}

function meanOf(result: ExperimentResult, measure: string, point: number): number {
  const found = result.summary.points[point]!.measures[measure];
  if (found === undefined) throw new Error(`${measure} was not reported at point ${point}`);
  return found.mean;
}

/** Seconds of a run of `nodes` for about `jobs` jobs in each of its replications. */
function spanFor(jobs: number, nodes: number, load: number): number {
  return Math.ceil(jobs / (nodes * load));
}

// -- P05: the power of d choices ------------------------------------------------------------------------------

function p05(): Case[] {
  const wanted: [number, number][] = [
    [2, 0.5],
    [2, 0.7],
    [2, 0.9],
    [2, 0.95],
    [3, 0.9],
    [5, 0.7],
  ];
  return wanted.map(([d, load]): Case => {
    const from = load >= 0.9 ? 150 : 20;
    return {
      id: `P05-${d}-${load}`,
      title: `every job to the shortest of ${d} of 1000 nodes, load ${load}: mean response`,
      source: 'C3, the limit of many nodes',
      kind: 'exact',
      experiment: shared({
        nodes: 1000,
        load,
        policy: { name: 'jsq', d },
        span: from + (load >= 0.9 ? 500 : 100),
        from,
        replications: load >= 0.9 ? 8 : 4,
      }),
      expected: joinShortest(d, load),
      tolerance: load === 0.95 ? '2%' : '1%',
      got: each('response_time_s'),
      slow: !(d === 2 && load === 0.5),
    };
  });
}

// -- P06, P07: Threshold and Random ---------------------------------------------------------------------------

function thresholdCases(
  id: string,
  name: string,
  policy: Plain,
  threshold: number,
  probes: number,
  quick: readonly number[],
  loads: readonly number[] = [0.5, 0.7, 0.8, 0.95],
): Case[] {
  return loads.flatMap((load): Case[] => {
    const { response, moved } = thresholdLimit(load, threshold, probes);
    // The slowest of them forgets how it began within some hundred service times.
    const from = load === 0.95 ? (threshold === 1 || probes <= 1 ? 800 : 300) : 50;
    const common = {
      source: 'C2, the limit of many nodes',
      kind: 'exact' as const,
      experiment: shared({
        nodes: 1000,
        load,
        policy,
        span: from + (load === 0.95 ? 600 : 150),
        from,
        replications: load === 0.95 ? 8 : 4,
      }),
      tolerance: '1%',
      slow: !quick.includes(load),
    };
    return [
      {
        ...common,
        id: `${id}-${load}`,
        title: `${name}, 1000 nodes, load ${load}: mean response`,
        expected: response,
        got: each('response_time_s'),
      },
      {
        ...common,
        id: `${id}-${load}-moved`,
        title: `same: share of jobs moved`,
        expected: moved,
        got: each('moved_share'),
      },
    ];
  });
}

function p06(): Case[] {
  return [1, 2].flatMap((threshold) =>
    [1, 3].flatMap((probes) =>
      thresholdCases(
        `P06-${threshold}-${probes}`,
        `threshold ${threshold}, ${probes} probe${probes === 1 ? '' : 's'}`,
        { name: 'threshold', threshold, probes },
        threshold,
        probes,
        threshold === 2 && probes === 3 ? [0.8] : threshold === 1 && probes === 3 ? [0.5] : [],
        // One probe responds as Random does (P07).
        probes === 1 ? [0.5, 0.8] : undefined,
      ),
    ),
  );
}

function p07(): Case[] {
  return [1, 2, 3].flatMap((threshold) =>
    thresholdCases(
      `P07-${threshold}`,
      `random, threshold ${threshold}, one move`,
      { name: 'random', threshold, transfers: 1 },
      threshold,
      0,
      threshold === 2 ? [0.7] : [],
      threshold === 2 ? undefined : [0.5, 0.8],
    ),
  );
}

// -- P08: floor, bound, and the order of policies when moves cost ----------------------------------------------

const TWENTY = 20;

function p08(): Case[] {
  const loads = [0.5, 0.7, 0.8];
  const policies: Plain[] = [
    { name: 'none' },
    { name: 'random', threshold: 2 },
    { name: 'threshold', threshold: 2, probes: 3 },
    { name: 'shortest', threshold: 2, probes: 3 },
  ];
  const bounds = [0.5, 0.8, 0.9].flatMap((load): Case[] => {
    const span = spanFor(load === 0.9 ? 800_000 : load === 0.8 ? 200_000 : 60_000, TWENTY, load);
    return [
      {
        id: `P08-none-${load}`,
        title: `no sharing, ${TWENTY} nodes, load ${load}: mean response`,
        source: 'C1, M/M/1 (L009)',
        kind: 'exact',
        experiment: shared({ nodes: TWENTY, load, policy: 'none', span, from: load === 0.9 ? 1000 : 200 }),
        expected: 1 / (1 - load),
        tolerance: '2%',
        got: each('response_time_s'),
        slow: load !== 0.5,
      },
      {
        id: `P08-central-${load}`,
        title: `one queue, ${TWENTY} nodes, load ${load}: mean response`,
        source: 'C1, Erlang C (L010)',
        kind: 'exact',
        experiment: shared({ nodes: TWENTY, load, policy: 'central', span, from: 200 }),
        expected: erlang(TWENTY, load),
        tolerance: '1%',
        got: each('response_time_s'),
        slow: load !== 0.8,
      },
    ];
  });
  const costly = (load: number): Plain =>
    shared({
      nodes: TWENTY,
      load,
      policy: 'none',
      span: spanFor(60_000, TWENTY, load),
      from: 200,
      // A tenth of the mean service, of the sender's CPU (L002).
      sharing: { transfer_cpu: '100ms' },
      more: { vary: { 'policies.sharing': policies } },
    });
  const responses = (result: ExperimentResult) =>
    policies.map((_, point) => meanOf(result, 'response_time_s', point));
  return [
    ...bounds,
    ...loads.flatMap((load): Case[] => {
      const experiment = costly(load);
      return [
        {
          id: `P08-order-${load}`,
          title: `moves cost .1 S, load ${load}: none > random > threshold > M/M/20, shortest > M/M/20 (of 4 steps)`,
          source: 'Eager, Lazowska and Zahorjan 1986 (L003)',
          kind: 'published',
          experiment,
          expected: 4,
          tolerance: 0,
          got: (result) => {
            const [none, random, threshold, shortest] = responses(result) as [number, number, number, number];
            const bound = erlang(TWENTY, load);
            return [none > random, random > threshold, threshold > bound, shortest > bound].filter(Boolean)
              .length;
          },
        },
        {
          id: `P08-close-${load}`,
          title: `same: response of threshold / response of shortest`,
          source: 'Eager, Lazowska and Zahorjan 1986 (L003): close',
          kind: 'published',
          experiment,
          expected: 1,
          tolerance: 0.1,
          got: (result) => responses(result)[2]! / responses(result)[3]!,
        },
      ];
    }),
  ];
}

// -- P14, P35: the master's CPU -------------------------------------------------------------------------------

/** C13: milliseconds to select a host at `rate` pairs a second: M/D/1 with 14.93 ms of service, and 7.07 ms (from M018). */
export function selection(rate: number): number {
  const service = 14.93;
  const load = (rate * service) / 1e3;
  return service + (load * service) / (2 * (1 - load)) + 7.07;
}

/** Every job asks; a higher `threshold`: none does. */
function asking(nodes: number, interarrival: string, decider: Plain, span: number, threshold = 0): Plain {
  return {
    ...shared({
      nodes,
      load: 0.5,
      policy: { name: 'ask', threshold },
      span,
      from: 5,
      decider: {
        name: 'central',
        service: '14.93ms',
        report_service: '0ms',
        delay: '3.535ms',
        timeout: '1000s',
        ...decider,
      },
    }),
    jobs: {
      law: {
        name: 'poisson',
        service: { law: 'exponential', mean: '100ms' },
        interarrival,
        count: 'horizon',
      },
    },
  };
}

function p14(): Case[] {
  return [10, 30, 50, 60].map(
    (rate): Case => ({
      id: `P14-${rate}`,
      title: `one host asked of a master ${rate} times a second: ms to select`,
      source: "C13: M/D/1 on Sprite's central server (M018)",
      kind: 'exact',
      experiment: asking(100, `${(1e3 / rate).toFixed(6)}ms`, {}, rate === 60 ? 4000 : 1000),
      expected: selection(rate),
      tolerance: rate === 60 ? '5%' : '1%',
      got: (result) => each('selection_time_s')(result).map((s) => 1e3 * s),
      slow: rate !== 30,
    }),
  );
}

function p14Saturated(): Case {
  return {
    id: 'P14-saturation',
    title: `a master asked 100 times a second: pairs a second that it serves`,
    source: "Sprite's central server at 99 % CPU (M018)",
    kind: 'published',
    // What is asked waits ever longer; whoever waits for ten seconds gives up, and that is served too, for nothing.
    experiment: asking(100, '10ms', { timeout: '10s' }, 300),
    expected: 67,
    tolerance: '5%',
    got: (result) =>
      result.rows.map((row) => {
        const { decider_utilisation: used } = row.measures;
        return used! / 0.01493;
      }),
  };
}

function p35(): Case[] {
  return [100, 300].map(
    (nodes): Case => ({
      id: `P35-${nodes}`,
      title: `${nodes} nodes report once a minute, 6 ms each: share of the master's CPU`,
      source: 'arithmetic (L037)',
      kind: 'exact',
      experiment: {
        ...asking(nodes, '10s', { report: '60s', report_service: '6ms', service: '0ms' }, 3600, 1000),
        replications: 3,
      },
      expected: nodes / 1e4,
      tolerance: '10%',
      got: each('decider_utilisation'),
      slow: nodes > 100,
    }),
  );
}

// -- P28: lifetimes of processes ------------------------------------------------------------------------------

const PARETO_HIGH_S = 1e6;
const PARETO: Plain = { law: 'bounded-pareto', alpha: 1, low: '1s', high: `${PARETO_HIGH_S}s` };

/** C11: P(L > t), the law being cut at its upper end. */
function survives(t: number): number {
  return (1 / t - 1 / PARETO_HIGH_S) / (1 - 1 / PARETO_HIGH_S);
}

function p28(): Case[] {
  const nodes = 1000;
  const ages = [2, 10, 100];
  // Jobs that need longer than t go to any node: 999 of 1000 are moved.
  const experimentOf = (count: number): Plain => ({
    ...shared({
      nodes,
      load: 0.1,
      policy: { name: 'jsq', d: 1 },
      span: 1e9,
      from: 0,
      service: PARETO,
      replications: 4,
    }),
    horizon: 'auto',
    jobs: { law: { name: 'poisson', service: PARETO, count }, load: 0.1 },
    vary: { 'sharing.eligible_above': ages.map((age) => `${age}s`) },
  });
  const quick = experimentOf(20_000);
  // One job in a hundred outlives 100 s.
  const long = experimentOf(500_000);
  const beyond = (result: ExperimentResult, point: number) =>
    meanOf(result, 'moved_share', point) / (1 - 1 / nodes);
  return [
    ...ages.map(
      (age, point): Case => ({
        id: `P28-${age}`,
        title: `lifetimes with a Pareto tail (k = -1, from 1 s): P(L > ${age} s)`,
        source: 'C11 (L023, L026)',
        kind: 'exact',
        experiment: age === 2 ? quick : long,
        expected: survives(age),
        tolerance: '3%',
        got: (result) => each('moved_share', point)(result).map((share) => share / (1 - 1 / nodes)),
        slow: age !== 2,
      }),
    ),
    {
      id: 'P28-given',
      title: 'same: P(L > 100 s | L > 10 s)',
      source: 'C11 (L026)',
      kind: 'exact',
      experiment: long,
      expected: survives(100) / survives(10),
      tolerance: '3%',
      got: (result) => beyond(result, 2) / beyond(result, 1),
      slow: true,
    },
  ];
}

// -- P29: migration by age against placement by name ----------------------------------------------------------

function p29(): Case[] {
  const policies = ['none', 'birth', 'preempt-age'];
  const experimentAt = (load: number): Plain =>
    shared({
      nodes: 6,
      load,
      policy: 'none',
      // Lifetimes fall as 1/t, and 78 % are below 1 s (L023, L032).
      service: { law: 'bounded-pareto', alpha: 1, low: '220ms', high: '1h' },
      span: 20_000,
      from: 1000,
      replications: 20,
      // To start a program elsewhere is taken to cost what is fixed of a move (L028).
      sharing: {
        discipline: 'processor-sharing',
        freeze: '300ms',
        move_rate: '500KiB',
        transfer_time: '300ms',
      },
      more: {
        program: { mix: 'none', image: '3MiB' },
        vary: { 'policies.sharing': policies },
      },
    });
  return [0.27, 0.4, 0.54].flatMap((load): Case[] => {
    const experiment = experimentAt(load);
    return [
      {
        id: `P29-order-${load}`,
        title: `6 nodes, Pareto work, load ${load}: slowdown of none > birth > age (of 2 steps)`,
        source: 'Harchol-Balter and Downey 1997 (L030, L031)',
        kind: 'published',
        experiment,
        expected: 2,
        tolerance: 0,
        got: (result) => {
          const slowdown = policies.map((_, point) => meanOf(result, 'slowdown', point));
          return Number(slowdown[0]! > slowdown[1]!) + Number(slowdown[1]! > slowdown[2]!);
        },
      },
      ...(['slowdown', 'delay_s'] as const).map((measure): Case => {
        // Delay per second of work, or in seconds: the abstract does not say which.
        const delay = (result: ExperimentResult, point: number) =>
          meanOf(result, measure, point) - (measure === 'slowdown' ? 1 : 0);
        return {
          id: `P29-cut-${measure === 'slowdown' ? '' : 'seconds-'}${load}`,
          title: `same: share of birth's queueing and migration delay${measure === 'slowdown' ? ' per second of work' : ', in seconds,'} that age saves`,
          source: 'Harchol-Balter and Downey 1997 (L030): 35-50 %',
          kind: 'published',
          experiment,
          expected: 0.425,
          tolerance: 0.175,
          bracket: [0.25, 0.6],
          got: (result) => 1 - delay(result, 2) / delay(result, 1),
        };
      }),
    ];
  });
}

// -- P30: how many nodes are enough ---------------------------------------------------------------------------

function p30(): Case[] {
  const load = 0.8;
  const sizes = [5, 10, 30, 60];
  return [
    { name: 'lowest', threshold: 1, probes: 3 },
    // The source's period in units of its jobs is not known: one service time is assumed.
    { name: 'global', threshold: 1, period: '1s' },
  ].flatMap((policy): Case[] => {
    const experiment = shared({
      nodes: 60,
      load,
      policy,
      span: 3000,
      from: 100,
      more: { vary: { 'cluster.nodes': sizes } },
    });
    const gain = (response: number) => 1 - response * (1 - load);
    return [
      {
        id: `P30-${policy.name}-size`,
        title: `${policy.name}, load ${load}: gain over none with 30 nodes / with 60`,
        source: 'Zhou 1988 (L018): levels off at about 30',
        kind: 'published',
        experiment,
        expected: 1,
        tolerance: 0.05,
        got: (result) =>
          gain(meanOf(result, 'response_time_s', 2)) / gain(meanOf(result, 'response_time_s', 3)),
      },
      {
        id: `P30-${policy.name}-half`,
        title: `same, 30 nodes: gain with half of the jobs movable / with all`,
        source: 'Zhou 1988 (L019): still very effective',
        kind: 'published',
        experiment: shared({
          nodes: 30,
          load,
          policy,
          span: 3000,
          from: 100,
          more: { vary: { 'sharing.movable': ['100%', '50%'] } },
        }),
        expected: 0.8,
        tolerance: 0.2,
        bracket: [0.6, 1],
        got: (result) =>
          gain(meanOf(result, 'response_time_s', 1)) / gain(meanOf(result, 'response_time_s', 0)),
      },
    ];
  });
}

// -- P39: who decides -----------------------------------------------------------------------------------------

function p39(): Case[] {
  const experiment = (decider: Plain, more: Record<string, Value> = {}): Plain =>
    shared({
      nodes: 30,
      load: 0.7,
      policy: { name: 'ask', threshold: 1 },
      span: 2000,
      from: 50,
      decider,
      replications: 4,
      more,
    });
  const common = { source: "Theimer and Lantz (L035, L036); V39's reading", kind: 'published' as const };
  return [
    {
      ...common,
      id: 'P39-central',
      title: 'a master decides, messages take 5 ms, its CPU 5 ms: double bookings',
      experiment: experiment({ name: 'central', delay: '5ms', service: '5ms' }),
      expected: 0,
      tolerance: 0,
      got: each('double_bookings'),
    },
    {
      ...common,
      id: 'P39-gossip',
      title: 'gossip each .5, 1, 2, 4 s: share of moves that are double bookings grows (of 3 steps)',
      experiment: experiment(
        { name: 'gossip', delay: '5ms' },
        {
          vary: { 'policies.decider.every': ['500ms', '1s', '2s', '4s'] },
        },
      ),
      expected: 3,
      tolerance: 0,
      got: (result) => {
        const share = [0, 1, 2, 3].map((point) => meanOf(result, 'double_booked_share', point));
        return share.slice(1).filter((x, i) => x > share[i]!).length;
      },
    },
  ];
}

// -- P40: what must hold in every run -------------------------------------------------------------------------

function p40(): Case[] {
  return ['threshold', 'preempt-age'].map(
    (policy): Case => ({
      id: `P40-${policy}`,
      title: `${policy}, 20 nodes, load .8: jobs present / (arrivals a second x response)`,
      source: "Little's law (every run is also checked to the job and to the nanosecond)",
      kind: 'exact',
      experiment: shared({
        nodes: 20,
        load: 0.8,
        policy,
        span: 2000,
        from: 0,
        replications: 4,
        sharing: { discipline: 'processor-sharing', freeze: '10ms', move_rate: '64MiB' },
      }),
      expected: 1,
      tolerance: '0.1%',
      slow: policy !== 'threshold',
      got: (result) =>
        result.rows.map(({ measures }) => {
          const {
            jobs_present: present,
            response_time_s: response,
            finished_jobs: jobs,
            span_s: span,
          } = measures;
          return (present! * span!) / (jobs! * response!);
        }),
    }),
  );
}

export const sharingCases: readonly Case[] = [
  ...p05(),
  ...p06(),
  ...p07(),
  ...p08(),
  ...p14(),
  p14Saturated(),
  ...p28(),
  ...p29(),
  ...p30(),
  ...p35(),
  ...p39(),
  ...p40(),
];
