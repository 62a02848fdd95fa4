/**
 * Cases of parallel programs that share nodes: quanta (P02b), gangs (P19, P21), spinning in random phase (P20), how much
 * of Ousterhout's matrix stays empty (P33), and utilisation by who runs (P31). Expected values of the exact ones are the
 * closed forms C1 and C6 of the project's reference on policies; tolerances are those of the reference, fixed before any run.
 */
import { type Fit, Matrix } from '../../models/policies/coscheduling/matrix.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { Case } from './case.ts';
import { each } from './experiments.ts';

/** Messages and switches cost nothing unless it is said; no imbalance. */
function shared(
  parts: { cluster: Plain; program: Plain; policies: Plain } & Readonly<
    Record<string, Plain | number | string>
  >,
): Plain {
  const { cluster, program, ...rest } = parts;
  return {
    jobs: { law: 'none' },
    ...rest,
    cluster: { os: 'free', ...cluster },
    program: { name: 'bsp', mix: 'none', imbalance: 0, ...program },
  };
}

// -- P02b: round robin with a small quantum ------------------------------------------------------------------------

function p02b(): Case[] {
  const load = 0.8;
  const experiment = shared({
    replications: 8,
    warmup: '2000s',
    cluster: { nodes: 1, quantum: '1ms' },
    program: { grain: '1000h' },
    policies: { coscheduling: 'local' },
    jobs: { law: { name: 'poisson', service: { law: 'exponential', mean: '1s' }, count: 250_000 }, load },
  });
  const common = {
    source: 'C1: 1/(1-rho), and the same at every size (quantum of a thousandth of the mean service)',
    kind: 'exact' as const,
    experiment,
    slow: true,
  };
  return [
    {
      ...common,
      id: 'P02b-mean',
      title: `one node, round robin, exponential, load ${load}: mean response`,
      expected: 1 / (1 - load),
      tolerance: '2%',
      got: each('response_time_s'),
    },
    {
      ...common,
      id: 'P02b-deciles',
      title: 'same: largest difference of slowdown between a tenth of the jobs and all',
      expected: 0,
      tolerance: 0.03,
      // The largest of ten differences is never below 0: the mean over replications is no estimate of it, their sum is.
      got: (result) => {
        const values = each('decile_slowdown_spread')(result);
        return values.reduce((a, b) => a + b, 0) / values.length;
      },
    },
  ];
}

// -- P19: gangs of full width ---------------------------------------------------------------------------------------

function p19(): Case[] {
  const q_ms = 100;
  const s_ms = 1;
  return [0, 2].flatMap((d_ms) =>
    [2, 3].map((m): Case => {
      const sliceShare = (q_ms + s_ms + d_ms) / q_ms;
      return {
        id: `P19-${m}-${d_ms}`,
        title: `${m} gangs, quantum ${q_ms} ms, switch ${s_ms} ms, skew ${d_ms} ms: slowdown`,
        source: 'C6: m (q + s + d) / q',
        kind: 'exact',
        experiment: shared({
          cluster: { nodes: 8, quantum: `${q_ms}ms` },
          program: { grain: '100us', copies: m, length: '60s' },
          policies: { coscheduling: { name: 'gang', switch_cost: `${s_ms}ms`, skew: `${d_ms}ms` } },
        }),
        expected: m * sliceShare,
        tolerance: '0.5%',
        got: each('slowdown'),
      };
    }),
  );
}

// -- P20: spinning in random phase ------------------------------------------------------------------------------------

function p20(): Case[] {
  return (
    [
      [2, 2],
      [4, 2],
      [3, 3],
    ] as const
  ).map(
    ([processes, m]): Case => ({
      id: `P20-${processes}-${m}`,
      title: `${m} programs of ${processes} spinning processes, each node in its own phase: progress of each`,
      source: 'C6: m^-P for a grain near 0 (averaged over phases: the share, not the time to completion)',
      kind: 'exact',
      experiment: shared({
        replications: processes === 2 ? 4000 : 16_000,
        // Whole rounds, so that the time looked at does not depend on the phase.
        horizon: `${2 * m * 100}ms`,
        cluster: { nodes: processes, quantum: '100ms' },
        program: { grain: '10us', copies: m, length: '10s' },
        policies: { coscheduling: 'local', waiting: 'spin' },
      }),
      expected: m ** -processes,
      tolerance: '3%',
      got: each('progress'),
      slow: true,
    }),
  );
}

// -- P21: gangs that arrive ------------------------------------------------------------------------------------------

function p21(): Case[] {
  return [0.5, 0.8].map(
    (load): Case => ({
      id: `P21-${load}`,
      title: `gangs of full width, Poisson, quantum 0.005 S, load ${load}: mean response`,
      source: 'C1: processor sharing, 1/(1-rho)',
      kind: 'exact',
      experiment: shared({
        replications: 8,
        warmup: '2000s',
        cluster: { nodes: 2, quantum: '5ms' },
        program: { grain: '1000h', dedicated: false },
        policies: { coscheduling: 'gang' },
        jobs: {
          law: {
            name: 'poisson',
            service: { law: 'exponential', mean: '1s' },
            widths: [2],
            count: 30_000,
          },
          load,
        },
      }),
      expected: 1 / (1 - load),
      tolerance: '2%',
      got: each('response_time_s'),
      slow: true,
    }),
  );
}

// -- P31: utilisation of four programs that share a machine ------------------------------------------------------------

/**
 * Measured on a multiprocessor with shared memory. One number is calibrated: the imbalance, so that a program alone (batch)
 * computes 74 % of the time. Caches, which blocking and small quanta empty, are left out here, and are what most of
 * that paper is about: so there is no verdict.
 */
function p31(): Case[] {
  return (
    [
      ['spin', 'local', 'spin', 0.28],
      ['block', 'local', 'block', 0.65],
      ['gang', 'gang', 'auto', 0.71],
      ['space', 'space', 'auto', 0.74],
      ['batch', 'batch', 'auto', 0.74],
    ] as const
  ).map(
    ([name, policy, waiting, expected]): Case => ({
      id: `P31-${name}`,
      title: `four programs on 16 processors, ${name}: share of time in which processors compute`,
      source: 'Gupta, Tucker and Urushibara 1991 (C005-C007, partly recalled); imbalance calibrated on batch',
      kind: 'reported',
      experiment: shared({
        cluster: { nodes: 16, os: 'in-kernel', network: 'myrinet', context_switch: '100us' },
        program: {
          grain: '30ms',
          imbalance: '80%',
          copies: 4,
          length: '8s',
          endpoint: 'network',
          dedicated: false,
        },
        policies: { coscheduling: policy, waiting },
      }),
      expected,
      tolerance: 0.1,
      got: each('cpu_computing'),
    }),
  );
}

// -- P33: what stays empty of the matrix --------------------------------------------------------------------------------

const COLUMNS = 128;
const JOBS = 400;

/** Share of the cells of 400 jobs' rows that stay empty; sizes uniform, or with probability as 1/size. */
function waste(fit: Fit, sizes: 'uniform' | 'harmonic'): number {
  const chance = new Streams(1, 0).stream(`sizes ${sizes}`);
  const harmonic = Array.from({ length: COLUMNS }, (_, k) => 1 / (k + 1));
  const all = harmonic.reduce((a, b) => a + b, 0);
  const draw = (): number => {
    const u = chance.next();
    if (sizes === 'uniform') return 1 + Math.floor(u * COLUMNS);
    let left = u * all;
    let k = 0;
    while (k < COLUMNS - 1 && left >= harmonic[k]!) left -= harmonic[k++]!;
    return k + 1;
  };
  const matrix = new Matrix(COLUMNS, fit);
  for (let job = 0; job < JOBS; job++) matrix.place(job, draw());
  return 1 - matrix.used / (matrix.rows * COLUMNS);
}

function p33(): Case[] {
  return (['uniform', 'harmonic'] as const).flatMap((sizes): Case[] => {
    const title = (fit: Fit) =>
      `${JOBS} jobs of ${sizes} sizes in ${COLUMNS} columns, no departures: cells that stay empty, fit ${fit}`;
    return [
      {
        id: `P33-buddy-${sizes}`,
        title: title('buddy'),
        source: 'C017: 20 to 37 % on line (Feitelson and Rudolph 1990); buddy blocks are our reading of it',
        kind: 'published',
        expected: 0.285,
        bracket: [0.2, 0.37],
        tolerance: 0.085,
        priced: () => waste('buddy', sizes),
      },
      {
        id: `P33-first-${sizes}`,
        title: title('first'),
        source: 'nothing is published beside it',
        kind: 'reported',
        expected: null,
        tolerance: 0,
        priced: () => waste('first', sizes),
      },
    ];
  });
}

export const parallelCases: readonly Case[] = [...p02b(), ...p19(), ...p20(), ...p21(), ...p31(), ...p33()];
