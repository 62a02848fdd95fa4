/**
 * The validation cases; only the expected value of each stands here, with where it comes from. P: job and owner
 * policies, each an experiment that runs like any other (C1..C15 name the closed forms below); O: prices of the OS
 * model (`os-cases.ts`); S: coverage of intervals (`statistics-cases.ts`).
 *
 * The expected values are computed here from the closed forms, never from the simulator. Tolerances are those of
 * the reference, fixed before any run.
 */
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import { buildingCases } from './building-cases.ts';
import type { Case } from './case.ts';
import { erlang } from './closed-forms.ts';
import { bare, each } from './experiments.ts';
import { failureCases } from './failure-cases.ts';
import { networkCases } from './network-cases.ts';
import { osCases } from './os-cases.ts';
import { atLeast, recruitmentRate, usableShare } from './owned-closed-forms.ts';
import { pagingCases } from './paging-cases.ts';
import { parallelCases } from './parallel-cases.ts';
import { sharingCases } from './sharing-cases.ts';
import { statisticsCases } from './statistics-cases.ts';

function poisson(service: Plain, load: number, count: number, more: Plain = {}): Plain {
  return { law: { name: 'poisson', service, count, ...more }, load };
}

const SECOND = { mean: '1s' };
const exponential: Plain = { law: 'exponential', ...SECOND };
/** Service laws of mean 1 s by squared coefficient of variation. */
const SERVICE: Readonly<Record<string, { law: Plain; c2: number }>> = {
  fixed: { law: { law: 'deterministic', ...SECOND }, c2: 0 },
  'gamma C2=.25': { law: { law: 'gamma', ...SECOND, shape: 4 }, c2: 0.25 },
  exponential: { law: exponential, c2: 1 },
  'hyperexponential C2=4': { law: { law: 'hyperexponential', ...SECOND, c2: 4 }, c2: 4 },
  'hyperexponential C2=10': { law: { law: 'hyperexponential', ...SECOND, c2: 10 }, c2: 10 },
  'hyperexponential C2=25': { law: { law: 'hyperexponential', ...SECOND, c2: 25 }, c2: 25 },
};

// -- P01: one node, first come first served -------------------------------------------------------------------

/** C1: mean response of M/G/1 FCFS, service 1 s (Pollaczek and Khinchine). */
export function mg1(load: number, c2: number): number {
  return 1 + (load * (1 + c2)) / (2 * (1 - load));
}

function p01(): Case[] {
  return ['fixed', 'exponential', 'hyperexponential C2=4', 'hyperexponential C2=10'].flatMap((name) =>
    [0.5, 0.8, 0.9].map((load): Case => {
      const { law, c2 } = SERVICE[name]!;
      // The variance of the mean grows as (1 + C2) / (1 - load)^2; heavier cases get more jobs.
      const heavy = (load === 0.9 ? 16 : load === 0.8 ? 4 : 1) * (c2 >= 4 ? 6 : 1);
      const jobs = 60_000 * heavy;
      return {
        id: `P01-${short(name)}-${load}`,
        title: `one node, FCFS, ${name}, load ${load}: mean response`,
        source: 'C1, Pollaczek-Khinchine',
        kind: 'exact',
        experiment: bare({ replications: 8, warmup: '2000s', jobs: poisson(law, load, jobs) }),
        expected: mg1(load, c2),
        tolerance: '2%',
        got: each('response_time_s'),
        slow: load !== 0.5 || c2 >= 4,
      };
    }),
  );
}

function short(name: string): string {
  return name
    .replace('hyperexponential C2=', 'h')
    .replace('gamma C2=.25', 'g.25')
    .replace('exponential', 'm');
}

// -- P02: processor sharing -----------------------------------------------------------------------------------

function p02(): Case[] {
  const laws = ['gamma C2=.25', 'exponential', 'hyperexponential C2=4', 'hyperexponential C2=25'];
  return laws.flatMap((name) =>
    [0.5, 0.8].flatMap((load): Case[] => {
      const { law, c2 } = SERVICE[name]!;
      const jobs = (load === 0.8 ? 200_000 : 50_000) * (c2 >= 25 ? 8 : c2 >= 4 ? 2 : 1);
      const experiment = bare({
        replications: 8,
        warmup: '2000s',
        glunix: false,
        jobs: poisson(law, load, jobs),
      });
      const common = {
        source: 'C1: 1/(1-rho) for any law, and at every size',
        kind: 'exact' as const,
        experiment,
        expected: 1 / (1 - load),
        tolerance: '2%',
        slow: load === 0.8 || c2 > 4 || c2 < 1,
      };
      return [
        {
          ...common,
          id: `P02-${short(name)}-${load}`,
          title: `one node, processor sharing, ${name}, load ${load}: mean response`,
          got: each('response_time_s'),
        },
        {
          ...common,
          id: `P02-${short(name)}-${load}-small`,
          title: `same: slowdown of the smallest tenth of the jobs`,
          got: each('smallest_decile_slowdown'),
        },
        {
          ...common,
          id: `P02-${short(name)}-${load}-large`,
          title: `same: slowdown of the largest tenth of the jobs`,
          got: each('largest_decile_slowdown'),
        },
      ];
    }),
  );
}

// -- P03, P25: many nodes, one queue --------------------------------------------------------------------------

function p03(): Case[] {
  return [20, 60].flatMap((nodes) =>
    [0.5, 0.7, 0.8, 0.9, 0.95].map(
      (load): Case => ({
        id: `P03-${nodes}-${load}`,
        title: `central queue, ${nodes} nodes, load ${load}: mean response`,
        source: 'C1, Erlang C',
        kind: 'exact',
        experiment: bare({
          replications: 8,
          warmup: '200s',
          cluster: { nodes },
          jobs: poisson(exponential, load, load === 0.95 ? 400_000 : 100_000),
        }),
        expected: erlang(nodes, load),
        tolerance: '1%',
        got: each('response_time_s'),
        slow: nodes === 60 || load !== 0.8,
      }),
    ),
  );
}

function p25(): Case[] {
  const nodes = 32;
  const common = { source: 'C1', kind: 'exact' as const, tolerance: '2%', got: each('response_time_s') };
  return ['fcfs', 'easy', 'conservative'].flatMap((batch): Case[] => [
    {
      ...common,
      id: `P25-serial-${batch}`,
      title: `${batch}, ${nodes} nodes, all jobs serial, load .9: Erlang C`,
      experiment: bare({
        replications: 8,
        warmup: '200s',
        cluster: { nodes },
        policies: { batch },
        jobs: poisson(exponential, 0.9, 50_000),
      }),
      expected: erlang(nodes, 0.9),
      slow: batch !== 'easy',
    },
    {
      ...common,
      id: `P25-full-${batch}`,
      title: `${batch}, ${nodes} nodes, all jobs ${nodes} wide, load .8: M/G/1`,
      experiment: bare({
        replications: 8,
        warmup: '2000s',
        cluster: { nodes },
        policies: { batch },
        jobs: poisson(exponential, 0.8, 250_000, { widths: [nodes] }),
      }),
      expected: mg1(0.8, 1),
      slow: true,
    },
  ]);
}

// -- P04: jobs that wait while nodes idle ---------------------------------------------------------------------

/** C4: P(some node has two jobs or more while another has none), N independent nodes (Livny and Melman 1982). */
export function waitWhileIdle(nodes: number, load: number): number {
  return 1 - load ** nodes - (1 - load * load) ** nodes + (load * (1 - load)) ** nodes;
}

function p04(): Case[] {
  return [
    [2, 0.5],
    [5, 0.8],
    [10, 0.9],
    [20, 0.8],
    [20, 0.95],
    [60, 0.95],
  ].map(
    ([nodes, load]): Case => ({
      id: `P04-${nodes}-${load}`,
      title: `${nodes} nodes each for itself, load ${load}: share of time a job waits while a node idles`,
      source: 'C4, Livny and Melman 1982',
      kind: 'exact',
      experiment: bare({
        replications: 8,
        glunix: false,
        warmup: '2000s',
        cluster: { nodes: nodes! },
        // Long enough for the slowest node to forget how it began, and for the end to weigh little.
        jobs: poisson(exponential, load!, (load! >= 0.9 ? 40_000 : 5000) * nodes!, { users: nodes! }),
      }),
      expected: waitWhileIdle(nodes!, load!),
      tolerance: 0.005,
      got: each('wait_while_idle'),
      slow: load! >= 0.9,
    }),
  );
}

// -- P09, P11: owned nodes ------------------------------------------------------------------------------------

function ownedNodes(policies: Plain, more: Record<string, Value> = {}): Plain {
  return {
    replications: 8,
    horizon: '200d',
    cluster: { nodes: 60, os: 'free' },
    owners: { law: { name: 'mutka-livny', present: 'branches' }, wanted: 32 },
    jobs: { law: 'none' },
    program: { mix: 'none' },
    policies,
    ...more,
  };
}

function p09(): Case[] {
  const common = { source: 'C5 on the fit of Mutka and Livny (A034, A035)', kind: 'exact' as const };
  const cases: Case[] = [0, 1, 3, 5, 10, 15].map((minutes) => ({
    ...common,
    id: `P09-usable-${minutes}`,
    title: `60 owned nodes, quiet for ${minutes} min: share of time usable`,
    experiment: ownedNodes({ idle: { name: 'quiet', after: `${minutes}min` } }),
    expected: usableShare(minutes),
    tolerance: '1%',
    got: each('usable'),
    slow: minutes !== 3,
  }));
  const away = usableShare(0);
  return [
    ...cases,
    {
      ...common,
      id: 'P09-availability',
      title: '60 owned nodes: share of time without owner',
      experiment: ownedNodes({ idle: { name: 'quiet', after: '0s' } }),
      expected: away,
      tolerance: '1%',
      got: each('availability'),
    },
    {
      ...common,
      id: 'P09-together',
      title: '60 owned nodes: share of time with at least 32 idle',
      experiment: ownedNodes({ idle: { name: 'quiet', after: '0s' } }),
      expected: atLeast(32, 60, away),
      tolerance: 0.01,
      got: each('wanted_available'),
      slow: true,
    },
  ];
}

/** C5: best threshold where each recruitment costs c minutes, min. */
const BEST: Readonly<Record<number, number>> = { 10: 1.375, 15: 3.645, 20: 5.371, 30: 8.424 };

function p11(): Case[] {
  return Object.entries(BEST).map(([cost, best]): Case => {
    const c = Number(cost);
    const thresholds = [0, best / 2, best, 2 * best, 4 * best];
    return {
      id: `P11-${cost}`,
      title: `recruitment costs ${cost} min: gain at the best threshold, ${best} min, / best gain of a sweep`,
      source: 'C5: hazard of the idle time = 1/c',
      kind: 'exact',
      experiment: ownedNodes(
        { idle: 'quiet' },
        { vary: { 'policies.idle.after': thresholds.map((minutes) => `${(minutes * 60).toFixed(3)}s`) } },
      ),
      expected: 1,
      tolerance: 0.005,
      got: (result) => {
        const gains = thresholds.map((_, point) => {
          const { usable: share, recruitments_per_h: often } = result.summary.points[point]!.measures;
          return share!.mean - (c * often!.mean) / 60;
        });
        return gains[2]! / Math.max(...gains);
      },
      slow: true,
    };
  });
}

function p11Gain(): Case {
  const best = BEST[20]!;
  return {
    id: 'P11-gain',
    title: `recruitments per node and hour at a threshold of ${best} min`,
    source: 'C5: S(threshold) per cycle',
    kind: 'exact',
    experiment: ownedNodes({ idle: { name: 'quiet', after: `${(best * 60).toFixed(3)}s` } }),
    expected: 60 * recruitmentRate(best),
    tolerance: '1%',
    got: each('recruitments_per_h'),
  };
}

// -- P22: the Lublin-Feitelson generator ----------------------------------------------------------------------

function p22(): Case {
  return {
    id: 'P22',
    title: "Lublin's model, 128 nodes, typeless: mean run time",
    source: "the author's program (W011)",
    kind: 'exact',
    experiment: bare({
      cluster: { nodes: 128 },
      jobs: { law: { name: 'lublin', count: 400_000 } },
    }),
    expected: 4346,
    tolerance: '5%',
    got: (result) => {
      const { response_time_s, wait_s } = result.summary.points[0]!.measures;
      return response_time_s!.mean - wait_s!.mean;
    },
    slow: true,
  };
}

export const cases: readonly Case[] = [
  ...p01(),
  ...p02(),
  ...p03(),
  ...p04(),
  ...p09(),
  ...p11(),
  p11Gain(),
  p22(),
  ...p25(),
  ...buildingCases,
  ...failureCases,
  ...networkCases,
  ...pagingCases,
  ...parallelCases,
  ...sharingCases,
  ...statisticsCases(),
  ...osCases,
];
