/**
 * Benchmark of parallel programs on shared nodes: 32 processes at a grain of 100 us and quanta of 100 ms, a simulated hour
 * under gangs, spinning and implicit coscheduling, and a simulated minute of random small messages.
 */
import { networkNamed } from '../../models/hardware/network/index.ts';
import { priceStructure } from '../../models/os/index.ts';
import { DECAYING } from '../../models/parallel/fields.ts';
import { runParallel } from '../../models/parallel/index.ts';
import type { PatternName } from '../../models/parallel/pattern.ts';
import { gangSwitch, termsOf } from '../../models/parallel/terms.ts';
import type { CoschedulingPolicyKind } from '../../models/policies/coscheduling/contract.ts';
import { coschedulingPolicies } from '../../models/policies/coscheduling/index.ts';
import { waitingPolicies } from '../../models/policies/waiting/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { BenchTable } from './table.ts';

const NODES = 32;
const COPIES = 2;
const MINUTE = 60e9;
const HOUR = 60 * MINUTE;

interface Measured {
  readonly what: string;
  readonly simulated_s: number;
  readonly seconds: number;
  readonly supersteps: number;
  readonly events: number;
}

function measured(
  what: string,
  policy: keyof typeof coschedulingPolicies,
  pattern: PatternName,
  horizon: number,
): Measured {
  const prices = priceStructure('in-kernel', loadMachine('r3000-40'), {});
  const terms = termsOf(prices, networkNamed('myrinet'), 'network', 'auto');
  const kind: CoschedulingPolicyKind = coschedulingPolicies[policy];
  const begin = performance.now();
  const done = runParallel(
    {
      nodes: NODES,
      programs: {
        n: COPIES,
        submit: new Float64Array(COPIES),
        width: new Int32Array(COPIES).fill(NODES),
        length: new Float64Array(COPIES).fill(horizon),
        factor: new Float64Array(COPIES).fill(1),
        stepsOnly: null,
      },
      shape: { pattern, grain: 100e3, imbalance: 0.1, message: 32, data: 65_536, reads: 1 },
      terms,
      quantum: 100e6,
      scheduler: kind.scheduler === 'decaying' ? DECAYING : { name: 'round-robin' },
      coscheduling: { kind, parameters: { fit: 'first', alternate: true, unify: true } },
      gangSwitch: gangSwitch(prices, terms, NODES, {
        switching: 'signals',
        switch_cost: 'auto',
        skew: 'auto',
      }),
      waiting: waitingPolicies[kind.waiting].create(
        { spin: 'auto', conditional: 'auto', skew_cap: 'auto' },
        terms.contextSwitch,
      ),
      randomPhases: kind.randomPhases,
      fidelity: 'stepped',
      horizon,
      streams: new Streams(1, 0),
      keepLog: false,
    },
    0,
    false,
  );
  return {
    what,
    simulated_s: horizon / 1e9,
    seconds: (performance.now() - begin) / 1e3,
    supersteps: done.measures.supersteps!,
    events: done.events,
  };
}

/** Measures whole runs, without those on dedicated nodes (which the measure slowdown adds). */
export function benchParallel(): BenchTable {
  const runs = [
    measured('gang, barriers', 'gang', 'barrier', HOUR),
    measured('local, spinning, barriers', 'local', 'barrier', HOUR),
    measured('implicit, barriers', 'implicit', 'barrier', HOUR),
    measured('gang, random small messages', 'gang', 'random', MINUTE),
  ];
  return {
    title: `parallel programs: ${COPIES} of ${NODES} processes, grain 100 us, quantum 100 ms`,
    columns: ['what', 'simulated s', 'seconds', 'supersteps', 'ns a superstep and process', 'events'],
    rows: runs.map(({ what, simulated_s, seconds, supersteps, events }) => [
      what,
      simulated_s,
      Number(seconds.toPrecision(3)),
      supersteps,
      Math.round((seconds * 1e9) / (supersteps * NODES)),
      events,
    ]),
    goals: runs.map(({ what, seconds }) => ({
      what: `${what}, s`,
      goal: 60,
      got: seconds,
      better: 'lower' as const,
    })),
    notes: [
      'a run that measures slowdown takes up to twice as long: each program runs on dedicated nodes too',
    ],
  };
}
