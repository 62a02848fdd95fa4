/** Runs of bulk-synchronous programs that share nodes process by process: copies that start together, or jobs. */
import { networkNamed } from '../../models/hardware/network/index.ts';
import { JOB } from '../../models/jobs.ts';
import { mixNamed } from '../../models/os/index.ts';
import type { Programs, Scheduler } from '../../models/parallel/cluster.ts';
import { DECAYING } from '../../models/parallel/fields.ts';
import { PARALLEL_MEASURES, type ParallelRun, runParallel } from '../../models/parallel/index.ts';
import { type GangSwitch, gangSwitch, termsOf } from '../../models/parallel/terms.ts';
import type { CoschedulingPolicyKind } from '../../models/policies/coscheduling/contract.ts';
import { coschedulingPolicies } from '../../models/policies/coscheduling/index.ts';
import { waitingPolicies } from '../../models/policies/waiting/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain, Value } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { JobColumns } from '../../workloads/jobs/columns.ts';
import type { JobTable } from '../../workloads/jobs/index.ts';
import type { Settings } from '../fields.ts';
import { digestOf, jobLog } from '../inputs.ts';
import { writeJobs } from '../outputs.ts';
import { jobsOfRun, prices, runTimePreset } from './building.ts';
import type { RunKind } from './contract.ts';
import {
  always,
  BY_MACHINES,
  type Condition,
  JOB_TRACE,
  PRICED,
  SCALED_LOAD,
  TAXED,
  WITH_JOBS,
  where,
} from './reads.ts';
import { counted } from './trace-notes.ts';
import { checkWarmup, givenWarmup } from './warmup.ts';

const COPIES: Condition = {
  holds: ({ jobs }) => jobs.trace === 'none' && jobs.law.name === 'none',
  only: 'without jobs, where copies of a program start together',
  would: 'set jobs.trace=none and jobs.law=none',
};
const patterned = (...names: readonly Settings['program']['pattern'][]): Condition => ({
  holds: ({ program }) => names.includes(program.pattern),
  only: `where the pattern is ${names.join(' or ')}`,
  would: `set program.pattern=${names[0]}`,
});

export const coscheduling: RunKind = {
  title: 'parallel programs that share nodes',
  by: 'program.name',
  chosenBy: ['program.name'],
  reads: [
    // Checked: there must be neither beside the programs.
    always('owners.trace', 'owners.law', 'faults.rate'),
    always('horizon', 'warmup', 'glunix', 'policies.coscheduling', 'policies.waiting'),
    always('cluster.nodes', 'cluster.network', 'cluster.os', 'cluster.quantum', 'cluster.context_switch'),
    always('cluster.scheduler', 'jobs.trace', 'jobs.law'),
    where([PRICED], 'cluster.machine', 'cluster.operation_price', 'program.mix'),
    where([TAXED], 'cluster.sfi.overhead', 'cluster.sfi.checks'),
    where([WITH_JOBS], 'jobs.too_wide'),
    where([WITH_JOBS, SCALED_LOAD], 'jobs.load'),
    where([JOB_TRACE], 'jobs.processors', 'jobs.overrun', 'jobs.zero_run', 'jobs.shake', 'jobs.user_scale'),
    where([JOB_TRACE, BY_MACHINES], 'jobs.traced_on', 'cluster.machine'),
    always('program.grain', 'program.imbalance', 'program.pattern', 'program.endpoint', 'program.fidelity'),
    always('program.dedicated'),
    where([COPIES], 'program.copies', 'program.width', 'program.length'),
    where([patterned('neighbour', 'all-to-all', 'random', 'broadcast', 'summation')], 'program.message'),
    where([patterned('fft-remap')], 'program.data'),
    where([patterned('random')], 'program.reads'),
  ],
  takes: (settings) => settings.program.name !== 'none',
  measures: PARALLEL_MEASURES,
  settle,
  run,
};

const NO_GANGS: GangSwitch = { cost: 0, skew: 0, messages: false };

async function settle(scenario: Plain, settings: Settings): Promise<Plain> {
  const { program, policies, cluster, owners, jobs, faults, glunix } = settings;
  const refuse = (where: string, found: string, would: string): never => {
    throw new InputError({ where, found, would });
  };
  const beside = `beside program.name=${program.name}: parallel programs share nodes without owners`;
  if (owners.trace !== 'none')
    refuse('owners.trace', `${owners.trace} ${beside}`, 'set owners.trace=none, or program.name=none');
  if (owners.law.name !== 'none')
    refuse('owners.law', `${owners.law.name} ${beside}`, 'set owners.law=none, or program.name=none');
  if (faults.rate !== 0) refuse('faults.rate', `${faults.rate} ${beside}`, 'set faults.rate=0');
  const kind: CoschedulingPolicyKind = coschedulingPolicies[policies.coscheduling.name];
  if (kind.refuses?.waiting.includes(policies.waiting.name) === true) {
    const found = `${policies.waiting.name} under policies.coscheduling=${policies.coscheduling.name}`;
    refuse('policies.waiting', found, `set policies.waiting=auto: ${kind.refuses.because}`);
  }
  checkWarmup(settings);
  if (!glunix && policies.coscheduling.name === 'gang') {
    refuse(
      'policies.coscheduling',
      'gang, while glunix is off',
      'set glunix=on: it is the layer that switches gangs',
    );
  }
  const inputs: Record<string, Value> = {};
  let nodes = cluster.nodes;
  if (jobs.trace !== 'none') {
    const { records, header, choices: made } = await jobLog(jobs.trace, jobs);
    inputs[jobs.trace] = {
      sha256: await digestOf(jobs.trace),
      records: { ...records, ...made } as unknown as Plain,
    };
    if (nodes === 'auto') nodes = header.max_procs ?? header.max_nodes ?? 'auto';
  }
  if (nodes === 'auto') refuse('cluster.nodes', 'auto, but nothing says how many', 'give a number');
  if (program.width !== 'auto' && program.width > (nodes as number)) {
    refuse(
      'program.width',
      `${program.width} processes on ${nodes} nodes`,
      'give at most one process a node',
    );
  }
  // Prices are looked up now, so that one that is missing is told before anything runs.
  prices(settings);
  return {
    ...scenario,
    cluster: { ...(scenario['cluster'] as Plain), nodes },
    presets: {
      machine: plain(loadMachine(cluster.machine)) as Plain,
      network: plain(NETWORKS[cluster.network]) as Plain,
      mix: plain(mixNamed(program.mix)) as Plain,
      ...(await runTimePreset(settings)),
    },
    inputs,
  };
}

async function run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult> {
  const nodes = settings.cluster.nodes as number;
  const { program, policies, cluster } = settings;
  const horizon = settings.horizon === 'auto' ? Number.POSITIVE_INFINITY : settings.horizon;
  const { structure } = prices(settings);
  const network = networkNamed(cluster.network);
  const terms = termsOf(structure, network, program.endpoint, cluster.context_switch);
  const made = await jobsOfRun(settings, nodes, horizon / 1e9, streams);
  const table = made.jobs ?? copiesOf(settings, nodes);
  const { coscheduling: chosen, waiting } = policies;
  const kind: CoschedulingPolicyKind = coschedulingPolicies[chosen.name];
  const copies = made.jobs === null;
  const partitions =
    chosen.name !== 'space' || chosen.partitions !== 'auto'
      ? {}
      : { partitions: copies ? program.copies : 1 };
  const waits = waiting.name === 'auto' ? kind.waiting : waiting.name;
  const done = runParallel(
    {
      nodes,
      programs: programsOf(settings, table, nodes, streams),
      shape: program,
      terms,
      quantum: Math.max(1, Math.round(cluster.quantum)),
      scheduler: schedulerOf(settings, kind),
      coscheduling: { kind, parameters: { ...chosen, ...partitions } },
      gangSwitch: chosen.name === 'gang' ? gangSwitch(structure, terms, nodes, chosen) : NO_GANGS,
      waiting: waitingPolicies[waits].create(
        waiting.name === 'auto' ? { spin: 'auto', conditional: 'auto', skew_cap: 'auto' } : waiting,
        terms.contextSwitch,
      ),
      randomPhases: kind.randomPhases && copies,
      fidelity: program.fidelity,
      horizon,
      streams,
      keepLog: outputs.events !== undefined,
    },
    givenWarmup(settings),
    program.dedicated,
  );
  writeJobs({ jobs: records(done, table), events: done.cluster.events }, outputs, nodes, made.header);
  const pending = done.counts['pending']!;
  return {
    measures: done.measures,
    digest: done.cluster.events.hex(),
    counts: done.counts,
    events: done.events,
    notes: [
      ...structure.notes,
      ...made.notes,
      ...(pending > 0
        ? [
            `${counted(pending, 'program')} had not ended when the run did: their slowdown is by supersteps done`,
          ]
        : []),
    ],
  };
}

function schedulerOf(settings: Settings, kind: CoschedulingPolicyKind): Scheduler {
  const { scheduler } = settings.cluster;
  if (scheduler.name === 'decaying') return scheduler;
  if (scheduler.name === 'auto' && kind.scheduler === 'decaying') return DECAYING;
  return { name: 'round-robin' };
}

/** The copies as a table of jobs that are submitted together. */
function copiesOf({ program }: Settings, nodes: number): JobTable {
  const jobs = new JobColumns();
  const width = program.width === 'auto' ? nodes : program.width;
  for (let copy = 0; copy < program.copies; copy++) {
    jobs.add(0, program.length / 1e9, program.length / 1e9, width, copy);
  }
  return jobs.table('copies', Number.POSITIVE_INFINITY);
}

/** Each job as a program of its width and run time. Throws `InputError` where one is too wide. */
function programsOf(settings: Settings, jobs: JobTable, nodes: number, streams: Streams): Programs {
  const wide = jobs.width.findIndex((width) => width > nodes);
  if (wide >= 0 && settings.jobs.too_wide !== 'clamp') {
    throw new InputError({
      where: 'jobs.too_wide',
      found: `job ${jobs.id[wide]} needs ${jobs.width[wide]} processors and there are ${nodes}`,
      would: 'set cluster.nodes higher, or jobs.too_wide=clamp',
    });
  }
  const { structure, costs } = prices(settings);
  const taxes = structure.taxesUserTime ? streams.bank("jobs' programs", jobs.n) : null;
  return {
    n: jobs.n,
    submit: jobs.submit_s.map((s) => Math.round(s * 1e9)),
    width: jobs.width.map((width) => Math.min(width, nodes)),
    length: jobs.run_s.map((s) => Math.max(1, Math.round(s * 1e9))),
    factor: Float64Array.from({ length: jobs.n }, (_, i) =>
      costs.runTime(1, taxes === null ? 0 : structure.sfiOverhead(taxes.at(i))),
    ),
    stepsOnly: null,
  };
}

/** What became of the programs, as the files of jobs have it; the run time is that on dedicated nodes, where known. */
function records({ cluster, dedicated }: ParallelRun, table: JobTable) {
  const own = dedicated ?? new Float64Array(table.n).fill(Number.NaN);
  return {
    n: table.n,
    table,
    width: cluster.config.programs.width,
    submit: cluster.config.programs.submit,
    run_s: table.run_s.map((run_s, i) => (own[i]! > 0 ? own[i]! / 1e9 : run_s)),
    state: Uint8Array.from(cluster.ended, (end) => (end >= 0 ? JOB.finished : JOB.pending)),
    start: cluster.started,
    end: cluster.ended,
  };
}
