/**
 * What must hold in every building, whatever happens in it (V40): clocks do not go back, CPU time and places add up,
 * Little's law holds on the path itself, every job's story makes sense, and none is lost but those counted as lost.
 *
 * Random small buildings with crashes, owners, gangs and checkpoints are run to their end and to instants before it; a
 * building that fails is made simpler for as long as it goes on failing, and printed.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { batchPolicies } from '../../models/policies/batch/index.ts';
import { checkpointPolicies } from '../../models/policies/checkpoint/index.ts';
import { idlePolicies } from '../../models/policies/idle/index.ts';
import { migrationPolicies } from '../../models/policies/migration/index.ts';
import { ownerReturnPolicies } from '../../models/policies/owner_return/index.ts';
import { placementPolicies } from '../../models/policies/placement/index.ts';
import { recoveryPolicies } from '../../models/policies/recovery/index.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { inFolder, run } from '../support/nowsim.ts';

const HORIZON_S = 4 * 3600;
type Choices = Readonly<Record<string, string | number | boolean>>;

const OWNERS = new URL('../../workloads/samples/owners-8-two-days.txt', import.meta.url).pathname;

/** The simplest value of each choice comes first: a building that fails is brought back to these, one by one. */
const CHOICES: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  'cluster.nodes': [3, 1, 2, 5, 8],
  'cluster.rows': [1, 1, 2, 3],
  'cluster.os': ['free', 'sfi-library', 'user-server'],
  'cluster.network': ['atm155', 'ethernet10'],
  'owners.law.name': ['none', 'day-cycle', 'g5k06', 'alternating'],
  'owners.trace': ['none', 'none', OWNERS],
  'jobs.law.widths': ['[1]', '[1, 2]', '[1, 3, 5]'],
  'jobs.law.service.mean': ['20min', '2min', '2h'],
  'failures.mtbf': ['2h', '10min', '40min', '1d'],
  'failures.law.name': ['exponential', 'weibull', 'hyperexponential'],
  'failures.repair': ['10min', '0s', '20s', '1h'],
  'failures.beat': ['none', '1s', '10s', '2min'],
  'failures.misses': [3, 1, 5],
  'failures.master': [false, true],
  'failures.attempts': [10_000, 3],
  'policies.recovery.name': Object.keys(recoveryPolicies),
  'policies.checkpoint.name': Object.keys(checkpointPolicies),
  'policies.owner_return.name': Object.keys(ownerReturnPolicies),
  'policies.migration.name': Object.keys(migrationPolicies),
  'policies.batch.name': Object.keys(batchPolicies),
  'policies.idle.name': Object.keys(idlePolicies),
  'policies.placement.name': Object.keys(placementPolicies),
  'faults.rate': [0, 0, 1e-7],
  'memory.frames': ['auto', 'auto', 3000],
  'policies.reliability.name': ['none', 'mirror'],
  'program.image': ['8MiB', '8MiB', '16MiB'],
};

const pick = <T>(of: readonly T[], chance: Source): T => of[Math.floor(chance.next() * of.length)]!;

/** The settings of building number `seed`. */
function choose(seed: number): Choices {
  const chance = new Streams(seed, 0).stream('building');
  const chosen = Object.fromEntries(Object.entries(CHOICES).map(([path, of]) => [path, pick(of, chance)]));
  // Where messages are logged, tasks are saved as that needs it.
  const logs = chosen['policies.recovery.name'] === 'message-log';
  return logs ? { ...chosen, 'policies.checkpoint.name': 'none' } : chosen;
}

const EXPERIMENT: Plain = {
  question: 'does everything add up?',
  jobs: {
    law: { name: 'poisson', count: 12, interarrival: '6min', service: { law: 'exponential', mean: '20min' } },
  },
};

interface Outcome {
  readonly jobs: readonly Record<string, string>[];
  readonly events: readonly { time: number; what: string; who: number; value: number }[];
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Run a building up to `horizon_s`. The runner checks its books. */
function outcomeOf(seed: number, choices: Choices, horizon_s: number): Promise<Outcome> {
  return inFolder(async (folder) => {
    const files = { jobsOut: join(folder, 'jobs.csv'), eventsOut: join(folder, 'events.csv') };
    const set = Object.entries(choices).map(([path, value]) => `${path}=${value}`);
    // Short intervals, so that checkpoints happen within the horizon.
    if (choices['policies.checkpoint.name'] !== 'none') {
      set.push('policies.checkpoint.cost=30s', 'policies.checkpoint.restart=1min');
    }
    if (choices['policies.checkpoint.name'] === 'fixed') set.push('policies.checkpoint.interval=7min');
    const result = await run({ ...EXPERIMENT, seed, horizon: `${horizon_s}s` }, set, files);
    const rows = (file: string) =>
      parse(readFileSync(file, 'utf8'), { columns: true }) as Record<string, string>[];
    return {
      jobs: rows(files.jobsOut),
      events: rows(files.eventsOut).map(({ time_s, what, who, value }) => ({
        time: Number(time_s),
        what: what!,
        who: Number(who),
        value: Number(value),
      })),
      digest: result.rows[0]!.digest,
      counts: result.rows[0]!.counts,
    };
  });
}

/** Throws where the story of a building does not make sense. */
function check({ jobs, events, counts }: Outcome, horizon_s: number): void {
  let now = 0;
  let inside = 0;
  let integral = 0;
  /** Where each job is: '' (not there), waits, runs, over. */
  const state = new Map<number, string>();
  const lastKill = new Map<number, number>();
  const down = new Set<number>();
  const toDetect = new Set<number>();
  const must = (right: boolean, what: string) => {
    if (!right) throw new Error(`at ${now} s: ${what}`);
  };
  const turn = (job: number, from: readonly string[], to: string) => {
    must(from.includes(state.get(job) ?? ''), `job ${job} ${state.get(job)} -> ${to}`);
    state.set(job, to);
  };
  const count = (by: number, time: number) => {
    integral += inside * (time - now);
    inside += by;
  };
  for (const { time, what, who } of events) {
    must(time >= now, `the clock goes back to ${time} s`);
    count(what === 'submit' ? 1 : what === 'finish' || what === 'reject' ? -1 : 0, time);
    now = time;
    if (what === 'submit') turn(who, [''], 'waits');
    else if (what === 'start') turn(who, ['waits'], 'runs');
    else if (what === 'finish') turn(who, ['runs'], 'over');
    else if (what === 'reject') turn(who, ['waits'], 'over');
    else if (what === 'kill') {
      turn(who, ['runs'], 'waits');
      lastKill.set(who, time);
    } else if (what === 'rollback' || what === 'checkpoint') turn(who, ['runs'], 'runs');
    else if (['recruit', 'refuse', 'evict', 'suspend', 'resume'].includes(what)) {
      must(!down.has(who), `node ${who} is down and says ${what}`);
    } else if (what === 'crash') {
      must(!down.has(who), `node ${who} crashes while it is down`);
      down.add(who);
      toDetect.add(who);
    } else if (what === 'repair') must(down.delete(who), `node ${who} comes up and was not down`);
    else if (what === 'detect') must(toDetect.delete(who), `a crash of node ${who} is noticed that was not`);
  }
  count(0, horizon_s);
  let byJobs = 0;
  const statuses: Record<string, number> = { finished: 0, killed: 0, rejected: 0, pending: 0 };
  for (const [job, { status, submit_s, end_s }] of jobs.entries()) {
    statuses[status!]!++;
    const submit = Number(submit_s);
    if (status === 'finished') byJobs += Number(end_s) - submit;
    else if (status === 'pending' && state.has(job)) byJobs += horizon_s - submit;
    else if (status === 'killed') byJobs += horizon_s - submit;
    must(
      status !== 'finished' || state.get(job) === 'over',
      `job ${job} is ${status} and its story says otherwise`,
    );
    must(status !== 'killed' || lastKill.has(job), `job ${job} counts as lost and nothing killed it`);
  }
  must(
    Math.abs(byJobs - integral) <= 1e-6 * Math.max(1, integral),
    `the integral of jobs in the building is ${integral}, the sum of their times ${byJobs}`,
  );
  must(
    Object.entries(statuses).every(([status, n]) => counts[status] === n),
    `jobs are ${JSON.stringify(statuses)} and counted as ${JSON.stringify(counts)}`,
  );
}

/** Whether the building fails, and how. */
async function failure(seed: number, choices: Choices): Promise<string | null> {
  try {
    for (const share of [0.13, 0.41, 0.77, 1]) {
      const horizon_s = Math.round(HORIZON_S * share);
      check(await outcomeOf(seed, choices, horizon_s), horizon_s);
    }
    return null;
  } catch (error) {
    return String(error);
  }
}

/** The simplest building, found one choice at a time, that still fails; and what to run. */
async function simplest(seed: number, choices: Choices, first: string): Promise<string> {
  let failing = choices;
  let how = first;
  for (const [path, of] of Object.entries(CHOICES)) {
    if (failing[path] === of[0]) continue;
    const simpler = { ...failing, [path]: of[0]! };
    const found = await failure(seed, simpler);
    if (found === null) continue;
    failing = simpler;
    how = found;
  }
  const unlike = Object.entries(failing).filter(([path, value]) => value !== CHOICES[path]![0]);
  const sets = unlike.map(([path, value]) => `--set '${path}=${value}'`).join(' ');
  return `building ${seed} fails: ${how}\n${JSON.stringify(EXPERIMENT)}\n--set seed=${seed} --set horizon=${HORIZON_S}s ${sets}`;
}

describe('random buildings', () => {
  const seeds = Array.from({ length: Number(process.env['NOWSIM_BUILDINGS'] ?? 30) }, (_, i) => i + 1);

  it('lose nothing, count nothing twice, and never go back in time', async () => {
    const kinds = new Set<string>();
    for (const seed of seeds) {
      const choices = choose(seed);
      const found = await failure(seed, choices);
      if (found !== null) expect.fail(await simplest(seed, choices, found));
      if (seed % 4 === 0) {
        for (const { what } of (await outcomeOf(seed, choices, HORIZON_S)).events) kinds.add(what);
      }
    }
    // The buildings are worth something only if things happen in them.
    for (const kind of [
      'crash',
      'repair',
      'detect',
      'rollback',
      'restart',
      'checkpoint',
      'fail-over',
      'kill',
    ]) {
      expect(kinds).toContain(kind);
    }
  });

  it('repeat themselves to the bit', async () => {
    for (const seed of seeds.slice(0, 5)) {
      const once = await outcomeOf(seed, choose(seed), HORIZON_S);
      const again = await outcomeOf(seed, choose(seed), HORIZON_S);
      expect(again.digest).toBe(once.digest);
    }
  });

  it('a broken story is noticed', async () => {
    const simple = Object.fromEntries(Object.entries(CHOICES).map(([path, of]) => [path, of[0]!]));
    const good = await outcomeOf(1, simple, HORIZON_S);
    check(good, HORIZON_S);
    const events = [...good.events];
    const finish = events.findIndex(({ what }) => what === 'finish');
    expect(finish).toBeGreaterThanOrEqual(0);
    const without = events.filter((_, i) => i !== finish);
    expect(() => check({ ...good, events: without }, HORIZON_S)).toThrow(/story|integral/);
    const twice = [...events, events[finish]!];
    expect(() => check({ ...good, events: twice }, HORIZON_S)).toThrow(/clock|over/);
  });
});
