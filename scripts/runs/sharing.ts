/** Runs of load sharing: sequential jobs at nodes of their own, moved by a policy; no batch queue, no owners. */
import { networkNamed } from '../../models/hardware/network/index.ts';
import { JOB } from '../../models/jobs.ts';
import { mixNamed } from '../../models/os/index.ts';
import { deciderPolicies } from '../../models/policies/decider/index.ts';
import type { SharingPolicyKind } from '../../models/policies/sharing/contract.ts';
import { sharingPolicies } from '../../models/policies/sharing/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import { runSharing, type SharedJobs } from '../../models/sharing/index.ts';
import { measureSharing, SHARING_MEASURES, sharingBatches } from '../../models/sharing/measures.ts';
import { sharingPrices } from '../../models/sharing/prices.ts';
import { normalQuantile } from '../../sim/engine/laws.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { hasPrograms, type JobTable } from '../../workloads/jobs/table.ts';
import type { Settings } from '../fields.ts';
import { digestOf, jobLog } from '../inputs.ts';
import { writeJobs } from '../outputs.ts';
import { writeTimeline } from '../timelines.ts';
import { jobsOfRun, prices, runTimePreset } from './building.ts';
import type { RunKind } from './contract.ts';
import {
  always,
  BY_MACHINES,
  type Condition,
  JOB_LAW,
  JOB_TRACE,
  PRICED,
  SCALED_LOAD,
  TAXED,
  unless,
  where,
} from './reads.ts';
import { counted } from './trace-notes.ts';
import { checkWarmup, givenWarmup, timeText } from './warmup.ts';

const SHARES = unless('policies.sharing', 'none', ({ policies }) => policies.sharing.name);
const kindOf = ({ policies }: Settings): SharingPolicyKind => sharingPolicies[policies.sharing.name];
const ASKS: Condition = {
  holds: (settings) => kindOf(settings).asks === true,
  only: 'where policies.sharing asks somebody',
  would: 'set policies.sharing=ask',
};
const MOVES_RUNNING: Condition = {
  holds: (settings) => kindOf(settings).preemptive === true,
  only: 'where policies.sharing moves jobs that run',
  would: 'set policies.sharing=preempt-age',
};
const NAMED: Condition = {
  holds: (settings) => settings.policies.sharing.name === 'birth',
  only: 'where policies.sharing knows programs',
  would: 'set policies.sharing=birth',
};

export const sharing: RunKind = {
  title: 'load sharing',
  by: 'policies.batch=none',
  chosenBy: ['glunix', 'policies.batch', 'jobs.trace', 'jobs.law'],
  reads: [
    // Checked: there must be neither beside the jobs.
    always('owners.trace', 'owners.law', 'faults.rate'),
    always('horizon', 'patience', 'warmup', 'policies.sharing', 'cluster.nodes', 'cluster.os'),
    where([SCALED_LOAD], 'jobs.load'),
    always('sharing.discipline', 'sharing.speeds', 'sharing.home', 'sharing.cooldown'),
    where([JOB_LAW], 'jobs.law'),
    where([JOB_TRACE], 'jobs.processors', 'jobs.overrun', 'jobs.zero_run', 'jobs.shake', 'jobs.user_scale'),
    where([JOB_TRACE, BY_MACHINES], 'jobs.traced_on', 'cluster.machine'),
    where([PRICED], 'cluster.machine', 'program.mix'),
    where([TAXED], 'cluster.sfi.overhead', 'cluster.sfi.checks'),
    where([SHARES, PRICED], 'cluster.network', 'cluster.operation_price'),
    where([SHARES], 'sharing.movable', 'sharing.eligible_above'),
    where([SHARES], 'sharing.transfer_cpu', 'sharing.transfer_bytes', 'sharing.transfer_time'),
    where([SHARES], 'sharing.probe_time'),
    where([MOVES_RUNNING], 'sharing.freeze', 'sharing.move_rate', 'program.image'),
    where([NAMED], 'sharing.names'),
    where([ASKS], 'policies.decider'),
  ],
  takes: ({ glunix, jobs, policies }) =>
    glunix && policies.batch.name === 'none' && (jobs.trace !== 'none' || jobs.law.name !== 'none'),
  measures: SHARING_MEASURES,
  settle,
  run,
};

async function settle(scenario: Plain, settings: Settings): Promise<Plain> {
  const refuse = (where: string, found: string, would: string): never => {
    throw new InputError({ where, found, would });
  };
  const { owners, cluster, faults, jobs, sharing: nodes } = settings;
  const others = 'policies.batch=none: jobs are shared among nodes without owners';
  for (const [where, value] of [
    ['owners.trace', owners.trace],
    ['owners.law', owners.law.name],
  ] as const) {
    if (value !== 'none') refuse(where, `${value} beside ${others}`, `set ${where}=none, or a batch queue`);
  }
  if (faults.rate !== 0)
    refuse('faults.rate', `${faults.rate} beside ${others}`, 'set faults.rate=0, or a batch queue');
  if (cluster.nodes === 'auto')
    refuse('cluster.nodes', 'auto, but shared jobs do not say how many nodes', 'give a number');
  checkWarmup(settings);
  if (nodes.speeds.length === 0) refuse('sharing.speeds', 'an empty list', 'give a speed, such as [1]');
  const inputs: Record<string, Value> = {};
  if (jobs.trace !== 'none') {
    const { jobs: table, records, choices: made } = await jobLog(jobs.trace, jobs);
    checkSequential(table, jobs.trace);
    inputs[jobs.trace] = {
      sha256: await digestOf(jobs.trace),
      records: { ...records, ...made } as unknown as Plain,
    };
  }
  // Prices are looked up now, so that one that is missing is told before anything runs.
  prices(settings);
  return {
    ...scenario,
    presets: {
      machine: plain(loadMachine(cluster.machine)) as Plain,
      network: plain(NETWORKS[cluster.network]) as Plain,
      mix: plain(mixNamed(settings.program.mix)) as Plain,
      ...(await runTimePreset(settings)),
    },
    inputs,
  };
}

/**
 * What is told where warm-up and cool-down leave less than half of the jobs to be measured. Throws `InputError` where they
 * leave none.
 */
function measuredPart({ n, submit_s }: JobTable, settings: Settings): string[] {
  const [first, last] = [submit_s[0]!, submit_s[n - 1]!];
  const from = givenWarmup(settings) / 1e9;
  const until = last - settings.sharing.cooldown / 1e9;
  const count = submit_s.reduce((sum, time) => sum + (time >= from && time <= until ? 1 : 0), 0);
  const come = `jobs are submitted from ${timeText(first)} to ${timeText(last)}`;
  if (count === 0) {
    throw new InputError({
      where: 'warmup',
      found: `${timeText(from)}, and sharing.cooldown ${timeText(last - until)}, while ${come}: no job is measured`,
      would: 'set warmup=0s and sharing.cooldown=0s, or give more jobs',
    });
  }
  if (count >= n / 2) return [];
  return [
    `${count} of ${n} jobs are measured, those submitted from ${timeText(from)} to ${timeText(until)} (warmup, sharing.cooldown): ${come}`,
  ];
}

function checkSequential(jobs: JobTable, where: string): void {
  const wide = jobs.width.findIndex((width) => width > 1);
  if (wide < 0) return;
  throw new InputError({
    where,
    found: `job ${jobs.id[wide]} needs ${jobs.width[wide]} processors: only sequential jobs are shared`,
    would: 'set policies.batch=easy, or give jobs of one processor',
  });
}

async function run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult> {
  const nodes = settings.cluster.nodes as number;
  const { policies, cluster, sharing: nodeSettings } = settings;
  const horizon = settings.horizon === 'auto' ? Number.POSITIVE_INFINITY : settings.horizon;
  const made = await jobsOfRun(settings, nodes, horizon / 1e9, streams);
  const table = made.jobs!;
  checkSequential(table, 'jobs.law.widths');
  const measured = measuredPart(table, settings);
  const { structure } = prices(settings);
  const network = networkNamed(cluster.network);
  const page = loadMachine(cluster.machine).page.value * 1024;
  const speeds = nodeSettings.speeds.map(Number);
  const done = runSharing({
    nodes,
    jobs: jobsOf(settings, table, streams),
    home: homes(table, nodes, nodeSettings.home, streams),
    program: programs(table, nodeSettings.names, streams),
    movable: movable(table, settings, streams),
    speeds: Float64Array.from({ length: nodes }, (_, node) => speeds[node % speeds.length]!),
    discipline: nodeSettings.discipline,
    policy: { kind: sharingPolicies[policies.sharing.name], parameters: policies.sharing },
    decider: { kind: deciderPolicies[policies.decider.name], parameters: policies.decider },
    prices: sharingPrices(structure, network, page, nodeSettings, cluster.os === 'free'),
    network,
    transferBytes: nodeSettings.transfer_bytes,
    horizon,
    patience: settings.patience,
    warmup: givenWarmup(settings),
    streams,
    keepLog: outputs.events !== undefined,
    keepTimeline: outputs.timeline !== undefined,
  });
  writeJobs(done, outputs, nodes, made.header);
  if (outputs.timeline !== undefined && done.timeline !== null)
    writeTimeline(outputs.timeline, done.timeline.data(done.end / 1e9, nodes, table.n, {}));
  const [warmup_s, cooldown_s] = [givenWarmup(settings) / 1e9, nodeSettings.cooldown / 1e9];
  const { measures, counts } = measureSharing(done, warmup_s, cooldown_s);
  const batches =
    outputs.batches === undefined ? undefined : sharingBatches(done, warmup_s, cooldown_s, outputs.batches);
  const pending = counts['pending']!;
  return {
    measures,
    digest: done.events.hex(),
    counts,
    events: done.engine.events,
    notes: [
      ...structure.notes,
      ...made.notes,
      ...measured,
      ...(pending > 0 ? [`${counted(pending, 'job')} had not ended when the run did`] : []),
    ],
    ...(batches === undefined ? {} : { batches }),
  };
}

/** The jobs as the nodes see them: what each needs under the OS structure. */
function jobsOf(settings: Settings, table: JobTable, streams: Streams): SharedJobs {
  const { n } = table;
  const { structure, costs } = prices(settings);
  const bank = structure.taxesUserTime ? streams.bank("jobs' programs", n) : null;
  const { image } = settings.program;
  return {
    n,
    table,
    width: table.width,
    run_s: table.run_s,
    submit: table.submit_s.map((s) => Math.round(s * 1e9)),
    work: table.run_s.map((s, job) => {
      const h = bank === null ? 0 : structure.sfiOverhead(bank.at(job));
      return Math.round(costs.runTime(s, h) * 1e9);
    }),
    image: table.memory.map((bytes) => (bytes > 0 ? bytes : image)),
    state: new Uint8Array(n).fill(JOB.pending),
    start: new Float64Array(n).fill(Number.NaN),
    end: new Float64Array(n).fill(Number.NaN),
  };
}

/** The node at which each job is submitted. */
function homes(table: JobTable, nodes: number, home: 'uniform' | 'user', streams: Streams): Int32Array {
  const chance = streams.stream('home nodes');
  return table.user.map((user) =>
    home === 'user' && user >= 0 ? user % nodes : Math.floor(chance.next() * nodes),
  );
}

/**
 * The program of each job: the log's, or, for jobs of a law, one of which it is told by the power of two of the run time, less or more
 * by a normal deviation (`loose`).
 */
function programs(table: JobTable, loose: number, streams: Streams): Int32Array {
  if (hasPrograms(table)) return table.program;
  const chance = streams.stream('names of programs');
  return Int32Array.from(table.run_s, (run_s) => {
    const told = Math.log2(run_s) + loose * normalQuantile(chance.next());
    // From a microsecond on up: numbers of programs are not negative.
    return Math.max(0, Math.round(told) + 20);
  });
}

/** Which jobs may be moved. */
function movable(table: JobTable, settings: Settings, streams: Streams): Uint8Array {
  const { movable: share, eligible_above: least } = settings.sharing;
  const chance = streams.stream('jobs that may move');
  return Uint8Array.from(table.estimate_s, (estimate_s) =>
    (share === 1 || chance.next() < share) && estimate_s * 1e9 >= least ? 1 : 0,
  );
}
