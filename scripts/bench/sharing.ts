/**
 * Benchmark of load sharing: jobs a second through whole runs (their generation apart), where nothing costs anything.
 *
 * One million jobs at load .8, exponential service: threshold among 20 and among 1000 nodes, and who is told what (a master, gossip).
 */
import { networkNamed } from '../../models/hardware/network/index.ts';
import { priceStructure } from '../../models/os/index.ts';
import { deciderPolicies } from '../../models/policies/decider/index.ts';
import { sharingPolicies } from '../../models/policies/sharing/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { SHARING_FIELDS } from '../../models/sharing/fields.ts';
import { runSharing, type SharedJobs } from '../../models/sharing/index.ts';
import { sharingPrices } from '../../models/sharing/prices.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { type Field, type Plain, readFields } from '../../sim/experiment/fields.ts';
import { jobsOf } from '../../workloads/jobs/index.ts';
import { type BenchTable, median } from './table.ts';

const JOBS = 1_000_000;
const LOAD = 0.8;
const TIMES = 3;

/** Settings of a group at their defaults. */
function defaults<F extends Extract<Field, { kind: 'group' }>>(group: F) {
  const plain = Object.fromEntries(
    Object.entries(group.fields).map(([name, field]) => [name, (field as { default?: unknown }).default]),
  );
  return readFields(group, plain as Plain);
}

function parameters(kind: { readonly fields: Readonly<Record<string, Field>> }) {
  return defaults({ kind: 'group', doc: '', fields: kind.fields }) as Readonly<Record<string, unknown>>;
}

/** Seconds of a run, median of three. */
function seconds(
  nodes: number,
  policy: keyof typeof sharingPolicies,
  decider: keyof typeof deciderPolicies,
): number {
  const streams = new Streams(1, 0);
  const table = jobsOf(
    {
      name: 'poisson',
      service: { law: 'exponential', mean: 1e9 },
      interarrival: 'load',
      widths: [1],
      count: JOBS,
      users: nodes,
      estimate_factor: 1,
    },
    { nodes, load: LOAD, horizon_s: Number.POSITIVE_INFINITY },
    streams,
  );
  const { n } = table;
  const submit = table.submit_s.map((s) => s * 1e9);
  const work = table.run_s.map((s) => s * 1e9);
  const network = networkNamed('atm155');
  const prices = sharingPrices(
    priceStructure('free', loadMachine('r3000-40')),
    network,
    4096,
    defaults(SHARING_FIELDS) as Parameters<typeof sharingPrices>[3],
    true,
  );
  const taken: number[] = [];
  for (let k = 0; k < TIMES; k++) {
    const jobs: SharedJobs = {
      n,
      table,
      width: table.width,
      run_s: table.run_s,
      submit,
      work,
      image: table.memory,
      state: new Uint8Array(n),
      start: new Float64Array(n).fill(Number.NaN),
      end: new Float64Array(n).fill(Number.NaN),
    };
    const kind = sharingPolicies[policy];
    const knows = deciderPolicies[decider];
    const begin = performance.now();
    runSharing({
      nodes,
      jobs,
      home: table.user,
      program: new Int32Array(n),
      movable: new Uint8Array(n).fill(1),
      speeds: new Float64Array(nodes).fill(1),
      discipline: 'processor-sharing',
      policy: { kind, parameters: parameters(kind) },
      decider: { kind: knows, parameters: parameters(knows) },
      prices,
      network,
      transferBytes: 0,
      horizon: Number.POSITIVE_INFINITY,
      patience: 3600e9,
      warmup: 0,
      streams: new Streams(1, k),
      keepLog: false,
      keepTimeline: false,
    });
    taken.push((performance.now() - begin) / 1e3);
  }
  return median(taken);
}

/** Measures whole runs of a million jobs. */
export function benchSharing(): BenchTable {
  const cases = [
    ['none, 20 nodes', 20, 'none', 'oracle'],
    ['threshold, 20 nodes', 20, 'threshold', 'oracle'],
    ['threshold, 1000 nodes', 1000, 'threshold', 'oracle'],
    ['asking a master, 20 nodes', 20, 'ask', 'central'],
    ['asking by gossip, 20 nodes', 20, 'ask', 'gossip'],
  ] as const;
  const rows = cases.map(([what, nodes, policy, decider]) => {
    const s = seconds(nodes, policy, decider);
    return { what, s, rate: JOBS / s };
  });
  return {
    title: `load sharing: one million jobs at load ${LOAD}`,
    columns: ['what', 'seconds', 'jobs/s'],
    rows: rows.map(({ what, s, rate }) => [what, Number(s.toPrecision(3)), Math.round(rate)]),
    goals: [
      { what: 'threshold, 20 nodes, jobs/s', goal: 1e6, got: rows[1]!.rate, better: 'higher' },
      { what: 'threshold, 1000 nodes, jobs/s', goal: 1e6, got: rows[2]!.rate, better: 'higher' },
    ],
    notes: ['jobs are made before the clock starts'],
  };
}
