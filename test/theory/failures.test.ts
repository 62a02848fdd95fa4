/**
 * Crashes of nodes in the running building: when the master learns of them, what becomes of jobs under each policy
 * (run times by closed forms), fail-over of the master, crashes from traces and from fitted laws.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LawfulOutages, TracedOutages } from '../../models/failures/outages.ts';
import { dalyRunTime } from '../../scripts/validate/failure-cases.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { ACTIVITY } from '../../workloads/owners/activity.ts';
import { ftaFit } from '../../workloads/owners/alternating.ts';
import { readOwners } from '../../workloads/owners/index.ts';
import { inFolder, mean, ready, rowsOf, run } from '../support/nowsim.ts';

const HOUR_S = 3600;

interface Parts {
  readonly nodes?: number;
  readonly os?: string;
  readonly jobs: Plain;
  readonly failures: Plain;
  readonly policies?: Plain;
  readonly more?: Plain;
}

/** Dedicated nodes that crash; nothing costs anything unless said. */
function building({ nodes = 1, os = 'free', jobs, failures, policies = {}, more = {} }: Parts): Plain {
  return {
    question: 'what do crashes do?',
    seed: 11,
    program: { mix: 'none' },
    cluster: { nodes, os },
    jobs: { law: jobs },
    failures,
    policies: { placement: 'first-fit', batch: 'fcfs', ...policies },
    ...more,
  };
}

const jobsOf = (count: number, mean_: string, width = 1, interarrival = '1s'): Plain => ({
  name: 'poisson',
  count,
  interarrival,
  widths: [width],
  service: { law: 'deterministic', mean: mean_ },
});

const close = (got: number, expected: number, share: number) =>
  expect(Math.abs(got / expected - 1), `${got} where ${expected} was expected`).toBeLessThan(share);

describe('what the master is told', () => {
  const failures = { mtbf: '10min', repair: '1min' };
  const jobs = jobsOf(1, '1s');

  it('without beats: one round trip after the crash', async () => {
    const experiment = building({ nodes: 4, os: 'in-kernel', jobs, failures, more: { horizon: '20h' } });
    const result = await run(experiment);
    const delay = mean(result, 'detection_delay_s');
    expect(delay).toBeGreaterThan(1e-4);
    expect(delay).toBeLessThan(0.1);
    expect(mean(result, 'shortest_detection_s')).toBeCloseTo(delay, 9);
    expect(mean(result, 'longest_detection_s')).toBeCloseTo(delay, 9);
  });

  it('by beats: after (k - 1) to k beat times', async () => {
    const beating = { ...failures, beat: '10s', misses: 2 };
    const result = await run(building({ nodes: 20, jobs, failures: beating, more: { horizon: '60h' } }));
    close(mean(result, 'detection_delay_s'), 15, 0.02);
    close(mean(result, 'shortest_detection_s'), 10, 0.01);
    close(mean(result, 'longest_detection_s'), 20, 0.01);
  });

  it('by its registration where the node is up again before its beats were missed', async () => {
    const quick = { ...failures, repair: '2s', beat: '10s', misses: 3 };
    const result = await run(building({ nodes: 4, jobs, failures: quick, more: { horizon: '20h' } }));
    expect(mean(result, 'shortest_detection_s')).toBe(2);
    expect(mean(result, 'longest_detection_s')).toBe(2);
  });

  it('beats are counted as messages, those of a node that is down are not', async () => {
    const beating = { mtbf: '30min', repair: '30min', beat: '10s' };
    const result = await run(
      building({ nodes: 20, jobs, failures: beating, more: { horizon: '100h', replications: 2 } }),
    );
    // Half of the time each node is up.
    close(mean(result, 'messages'), (0.5 * 20 * 100 * HOUR_S) / 10, 0.03);
  });

  it('until then it starts jobs on nodes that are down, and they wait', () =>
    inFolder(async (folder) => {
      const trace = join(folder, 'outages.txt');
      writeFileSync(trace, '# offset_s 0\n# span_s 100000\nn0 0 up\nn0 100 down\nn0 5000 up\nn1 0 up\n');
      const experiment = building({
        nodes: 2,
        jobs: jobsOf(2, '10s', 1, '400s'),
        failures: { trace, beat: '1000s', misses: 2 },
        policies: { checkpoint: { name: 'fixed', restart: '50s' } },
      });
      const events = await rowsOf(experiment, [], 'eventsOut');
      const detected = Number(events.find(({ what }) => what === 'detect')!['time_s']);
      expect(detected).toBeGreaterThan(1000);
      const starts = events.filter(({ what }) => what === 'start').map(({ time_s }) => Number(time_s));
      const ends = events.filter(({ what }) => what === 'finish').map(({ time_s }) => Number(time_s));
      const late = starts.findIndex((time) => time > 100 && time < detected);
      expect(late).toBeGreaterThanOrEqual(0);
      // Then it goes to the other node, comes back, and does its work.
      expect(Math.max(...ends)).toBeCloseTo(detected + 50 + 10, 6);
    }));
});

describe('what becomes of jobs', () => {
  it('restart: from the beginning, until it gets through without a crash', async () => {
    const jobs = 1000;
    const experiment = building({
      nodes: jobs,
      jobs: jobsOf(jobs, '60min'),
      failures: { mtbf: '30min', repair: '0s' },
      policies: { recovery: 'restart' },
    });
    const result = await run(experiment);
    // Time to a first stretch of w without a crash: M (e^(w/M) - 1); its standard deviation is about the mean.
    const expected = 0.5 * HOUR_S * Math.expm1(2);
    close(mean(result, 'run_time_s'), expected, 4 / Math.sqrt(jobs));
    close(mean(result, 'crash_restarts') / jobs, Math.expm1(2), 4 / Math.sqrt(jobs));
    expect(mean(result, 'rollbacks')).toBe(0);
  });

  it('rollback: a gang of four is hit four times as often as a node', async () => {
    const experiment = building({
      nodes: 4,
      jobs: jobsOf(1, '100h', 4),
      failures: { mtbf: '40h', repair: '0s' },
      policies: { checkpoint: { name: 'fixed', interval: '1h', cost: '3min', restart: '6min' } },
      more: { replications: 300 },
    });
    const result = await run(experiment);
    const expected = dalyRunTime(HOUR_S, {
      work: 100 * HOUR_S,
      mtbf: 10 * HOUR_S,
      cost: 180,
      restart: 360,
    });
    close(mean(result, 'run_time_s'), expected, 0.01);
    close(mean(result, 'goodput'), (100 * HOUR_S) / expected, 0.01);
  });

  it('message-log: as long as rolling all back to the same points, but only one task works again', async () => {
    const parts = {
      nodes: 4,
      jobs: jobsOf(1, '100h', 4),
      failures: { mtbf: '40h', repair: '0s' },
      more: { replications: 120 },
    };
    const log = { name: 'message-log', rate: 1, reads: 1_000_000, every: '1h' };
    const logged = await run(building({ ...parts, policies: { recovery: log } }));
    const rolled = await run(
      building({
        ...parts,
        policies: { checkpoint: { name: 'fixed', interval: '1h', cost: '0s', restart: '0s' } },
      }),
    );
    const expected = dalyRunTime(HOUR_S, { work: 100 * HOUR_S, mtbf: 10 * HOUR_S, cost: 0, restart: 0 });
    close(mean(logged, 'run_time_s'), expected, 0.01);
    close(mean(rolled, 'run_time_s'), expected, 0.01);
    // All that a job takes beyond its work is work done again: by one task, or by all four.
    const beyond = (result: Awaited<ReturnType<typeof run>>) => mean(result, 'run_time_s') - 100 * HOUR_S;
    expect(mean(logged, 'lost_work_s')).toBeCloseTo(beyond(logged), 3);
    expect(mean(rolled, 'lost_work_s')).toBeCloseTo(4 * beyond(rolled), 3);
    // What is read again had been read, at a message a second of work, and what is dropped had been sent.
    expect(mean(logged, 'messages_replayed')).toBe(mean(logged, 'sends_suppressed'));
    const messages = mean(logged, 'messages_replayed');
    expect(messages).toBeLessThan(mean(logged, 'lost_work_s'));
    expect(messages).toBeGreaterThan(0.8 * mean(logged, 'lost_work_s'));
    expect(mean(logged, 'rollbacks')).toBe(0);
  });

  it('message-log: logging has its price where receiving has one', async () => {
    const parts = { nodes: 2, os: 'in-kernel', jobs: jobsOf(1, '2h', 2), failures: { mtbf: '10000d' } };
    const at = async (rate: number) => {
      const recovery = { name: 'message-log', rate, reads: 1_000_000, every: '10min' };
      return mean(await run(building({ ...parts, policies: { recovery } })), 'run_time_s');
    };
    const [none, some, more] = [await at(0), await at(10), await at(20)];
    expect(some).toBeGreaterThan(none + 1);
    close(more - none, 2 * (some - none), 0.02);
  });

  it('a gang that is hit again while it comes back begins to come back anew', () =>
    inFolder(async (folder) => {
      const trace = join(folder, 'outages.txt');
      const down = 'n0 50 down\nn0 9000 up\nn1 60 down\nn1 400 up\n';
      writeFileSync(trace, `# offset_s 0\n# span_s 100000\nn0 0 up\nn1 0 up\nn2 0 up\n${down}`);
      const experiment = building({
        nodes: 3,
        jobs: jobsOf(1, '1000s', 2),
        failures: { trace, beat: '30s', misses: 2 },
        policies: { checkpoint: { name: 'fixed', interval: '10h', restart: '200s' } },
      });
      const events = await rowsOf(experiment, [], 'eventsOut');
      const times = (kind: string) =>
        events.filter(({ what }) => what === kind).map(({ time_s }) => Number(time_s));
      const detected = times('detect');
      expect(detected).toHaveLength(2);
      expect(times('rollback')).toEqual(detected);
      // For the second task there is no node until the crashed one is up again: the first coming back is void.
      expect(detected[0]! + 200).toBeLessThan(400);
      expect(times('restart')).toEqual([600]);
      expect(times('finish')).toEqual([1600]);
    }));

  it('kill: the job is counted as lost', async () => {
    const experiment = building({
      nodes: 3,
      jobs: jobsOf(300, '30min', 1, '20min'),
      failures: { mtbf: '2h', repair: '10min' },
      policies: { recovery: 'kill' },
    });
    const result = await run(experiment);
    const { counts } = result.rows[0]!;
    expect(counts['killed']).toBeGreaterThan(30);
    expect(counts['finished']! + counts['killed']!).toBe(300);
    expect(mean(result, 'lost_jobs')).toBe(counts['killed']);
    const states = (await rowsOf(experiment, [])).map(({ status }) => status);
    expect(states.filter((status) => status === 'killed')).toHaveLength(counts['killed']!);
  });

  it('kill: what was saved of the job is lost too', () =>
    inFolder(async (folder) => {
      const trace = join(folder, 'outages.txt');
      writeFileSync(trace, '# offset_s 0\n# span_s 100000\nn0 0 up\nn0 1000 down\nn0 1100 up\n');
      const experiment = building({
        jobs: jobsOf(1, '2000s'),
        failures: { trace },
        policies: { recovery: 'kill', checkpoint: { name: 'fixed', interval: '300s', cost: '0s' } },
      });
      const result = await run(experiment);
      const start = Number((await rowsOf(experiment, []))[0]!['start_s']);
      expect(mean(result, 'checkpoints')).toBe(3);
      expect(mean(result, 'lost_work_s')).toBeCloseTo(1000 - start, 6);
      expect(mean(result, 'goodput')).toBe(0);
    }));

  it('a job that never gets through is given up after the attempts that are set', async () => {
    const experiment = building({
      jobs: jobsOf(1, '500h'),
      failures: { mtbf: '1h', repair: '0s', attempts: 25 },
    });
    const result = await run(experiment);
    expect(result.rows[0]!.counts['killed']).toBe(1);
    expect(mean(result, 'crashes')).toBe(26);
  });

  it('a job that is saved again and again but always starts over is given up too', async () => {
    const experiment = building({
      jobs: jobsOf(1, '500h'),
      failures: { mtbf: '1h', repair: '0s', attempts: 100 },
      policies: { recovery: 'restart', checkpoint: { name: 'fixed', interval: '10min', cost: '0s' } },
    });
    const result = await run(experiment);
    expect(result.rows[0]!.counts['killed']).toBe(1);
    expect(mean(result, 'checkpoints')).toBeGreaterThan(100);
  });

  it('a job that an owner drives out goes on from its last checkpoint', async () => {
    const experiment: Plain = {
      ...building({
        nodes: 2,
        jobs: jobsOf(4, '3h', 1, '1h'),
        failures: {},
        policies: {
          owner_return: 'kill',
          idle: { name: 'quiet', after: '60s' },
          checkpoint: { name: 'fixed', interval: '5min', cost: '0s', restart: '0s' },
        },
      }),
      owners: { law: { name: 'alternating', away: { mean: '30min' }, present: { mean: '10min' } } },
      horizon: '60h',
    };
    const saved = await run(experiment);
    const unsaved = await run(experiment, ['policies.checkpoint=none']);
    expect(mean(saved, 'restarts')).toBeGreaterThan(5);
    expect(mean(saved, 'finished_jobs')).toBeGreaterThan(mean(unsaved, 'finished_jobs'));
    // At most an interval of work is lost at a time.
    expect(mean(saved, 'lost_work_h') / mean(saved, 'restarts')).toBeLessThan(5 / 60 + 1e-6);
  });
});

describe('checkpoints', () => {
  it('cost their time and nothing else where no node crashes', async () => {
    const experiment = building({
      jobs: jobsOf(1, '10h'),
      failures: {},
      policies: { checkpoint: { name: 'fixed', interval: '45min', cost: '5min' } },
    });
    const result = await run(experiment);
    expect(mean(result, 'checkpoints')).toBe(13);
    expect(mean(result, 'run_time_s')).toBeCloseTo(10 * HOUR_S + 13 * 300, 6);
  });

  it('take the image over the bandwidth where that is set', async () => {
    const experiment = building({
      jobs: jobsOf(1, '10h'),
      failures: {},
      policies: { checkpoint: { name: 'fixed', interval: '3h', bandwidth: '0.2MB/s' } },
      more: { program: { mix: 'none', image: '10MB' } },
    });
    const result = await run(experiment);
    expect(mean(result, 'run_time_s')).toBeCloseTo(10 * HOUR_S + 3 * 50, 6);
  });

  it('are made anew where an owner has stopped a task meanwhile', () =>
    inFolder(async (folder) => {
      const trace = join(folder, 'owners.txt');
      writeFileSync(trace, '# offset_s 0\n# span_s 100000\nn0 0 away 0\nn0 500 present 0.5\nn0 900 away 0\n');
      const experiment: Plain = {
        ...building({
          jobs: jobsOf(1, '1000s'),
          failures: {},
          policies: {
            idle: { name: 'quiet', after: '60s' },
            owner_return: 'suspend',
            checkpoint: { name: 'fixed', interval: '400s', cost: '100s' },
          },
        }),
        owners: { trace },
      };
      const events = await rowsOf(experiment, [], 'eventsOut');
      const at = (kind: string) =>
        events.filter(({ what }) => what === kind).map(({ time_s }) => Number(time_s));
      const start = at('start')[0]!;
      // Due 400 s after the start, void at its end, made again when the task goes on, a minute after the owner left.
      expect(start + 400).toBeLessThan(500);
      expect(start + 500).toBeGreaterThan(500);
      expect(at('resume')).toEqual([960]);
      expect(at('checkpoint')).toEqual([1060, 1560]);
      expect(at('finish')[0]).toBeCloseTo(1000 + start + (960 - (start + 400)) + 200, 6);
    }));

  it('of a gang come at the interval of its own time between crashes', async () => {
    for (const [width, minutes] of [
      [1, 120],
      [4, 60],
    ] as const) {
      const experiment = building({
        nodes: 4,
        jobs: jobsOf(1, '5h', width),
        failures: { mtbf: '24h', repair: '0s' },
        policies: { checkpoint: 'young' },
      });
      const events = await rowsOf(experiment, [], 'eventsOut');
      // Whatever crashes before: a first checkpoint comes after one interval of work.
      const first = events.find(({ what }) => what === 'checkpoint')!;
      expect(Number(first['value'])).toBeCloseTo(minutes * 60, 6);
    }
  });

  it('are seen in the domain events, with the work that they hold', async () => {
    const events = await rowsOf(
      building({
        jobs: jobsOf(1, '10h'),
        failures: {},
        policies: { checkpoint: { name: 'fixed', interval: '4h' } },
      }),
      [],
      'eventsOut',
    );
    const held = events.filter(({ what }) => what === 'checkpoint').map(({ value }) => Number(value));
    expect(held).toEqual([4 * HOUR_S, 8 * HOUR_S]);
  });
});

describe('the master', () => {
  const nodes = 8;
  const parts = {
    nodes,
    jobs: jobsOf(1, '1s'),
    failures: { mtbf: '1h', repair: '20s', master: true },
    more: { horizon: '1500h' },
  };

  it('is another node after the least of the waits of the others', async () => {
    const result = await run(building(parts));
    const n = mean(result, 'fail_overs');
    close(n, 1500, 4 / Math.sqrt(1500));
    // The least of n waits uniform on 1..8 s, n the nodes that are up: all others but for 20 s an hour.
    const expected = 1 + 7 / nodes;
    close(mean(result, 'fail_over_s'), expected, 0.05);
  });

  it('is missed at the next beat', async () => {
    const beating = await run(building({ ...parts, failures: { ...parts.failures, beat: '10s' } }));
    const plain = await run(building(parts));
    expect(mean(beating, 'fail_over_s')).toBeGreaterThan(mean(plain, 'fail_over_s') + 0.5);
    expect(mean(beating, 'fail_over_s')).toBeLessThan(18);
  });

  it('alone: is back after its repair and its wait', async () => {
    const alone = await run(building({ ...parts, nodes: 1, more: { horizon: '5000h' } }));
    close(mean(alone, 'fail_over_s'), 20 + 4.5, 0.01);
  });

  it('takes nothing with it: jobs that run go on, jobs that wait are started by the next one', () =>
    inFolder(async (folder) => {
      const trace = join(folder, 'outages.txt');
      writeFileSync(
        trace,
        '# offset_s 0\n# span_s 100000\nn0 0 up\nn0 50 down\nn0 5000 up\nn1 0 up\nn2 0 up\n',
      );
      const jobs = join(folder, 'jobs.swf');
      const line = (id: number, submit: number, time: number, width: number) =>
        `${id} ${submit} -1 ${time} ${width} -1 -1 ${width} ${time} -1 1 1 1 -1 1 -1 -1 -1\n`;
      // Nodes 0 to 2 are full until the first ends; node 0 is the master's and dies, with one task of job 2.
      writeFileSync(jobs, `; MaxProcs: 3\n${line(1, 0, 600, 2)}${line(2, 0, 40, 1)}${line(3, 51, 100, 1)}`);
      const experiment: Plain = {
        ...building({ nodes: 3, jobs: jobsOf(1, '1s'), failures: { trace, master: true } }),
        jobs: { trace: jobs },
      };
      const events = await rowsOf(experiment, ['policies.placement=longest-idle'], 'eventsOut');
      const at = (what: string, who?: number) =>
        Number(
          events.find((e) => e['what'] === what && (who === undefined || Number(e['who']) === who))![
            'time_s'
          ],
        );
      const over = at('fail-over');
      expect(over).toBeGreaterThan(51);
      expect(over).toBeLessThan(58);
      // The job submitted while there was no master starts once one knows of a free node.
      expect(at('start', 2)).toBeGreaterThanOrEqual(over);
      expect(at('start', 2)).toBeLessThan(60 + 600);
      expect(events.filter(({ what }) => what === 'finish')).toHaveLength(3);
    }));

  it('none of which happens unless it is asked for', async () => {
    const result = await run(building(parts), ['failures.master=off']);
    expect(result.rows[0]!.measures['fail_overs']).toBeUndefined();
    expect(result.rows[0]!.counts['fail_overs']).toBe(0);
  });
});

describe('where crashes come from', () => {
  const sample = new URL('../../workloads/samples/outages-16-year.tab', import.meta.url).pathname;

  it('a trace of outages: each that begins within the run, on its node, as long as it says', async () => {
    const { owners } = await readOwners(sample, 1, 'available');
    const nodes = owners.names.length;
    const horizon_s = Math.min(120 * 86_400, owners.span_s);
    const expected: string[] = [];
    for (let node = 0; node < nodes; node++) {
      for (let k = owners.first[node]!; k < owners.first[node + 1]!; k++) {
        const time = owners.time_s[k]!;
        if (owners.kind[k] === ACTIVITY.down && time <= horizon_s)
          expected.push(`${node} ${time.toFixed(3)}`);
      }
    }
    expect(expected.length).toBeGreaterThan(10);
    const events = await rowsOf(
      building({
        nodes,
        jobs: jobsOf(1, '1s'),
        failures: { trace: sample },
        more: { horizon: `${horizon_s}s` },
      }),
      [],
      'eventsOut',
    );
    const crashes = events.filter(({ what }) => what === 'crash');
    const got = crashes.map(({ who, time_s }) => `${who} ${Number(time_s).toFixed(3)}`);
    expect(got.sort()).toEqual(expected.sort());
  });

  it('a trace goes on after its end, or does not, and may be begun anywhere', () => {
    const table = {
      names: ['a'],
      first: Int32Array.of(0, 3),
      time_s: Float64Array.of(0, 10, 15),
      kind: Uint8Array.of(ACTIVITY.up, ACTIVITY.down, ACTIVITY.up),
      value: new Float64Array(3),
      span_s: 100,
      offset_s: 0,
    };
    const S = 1e9;
    const again = new TracedOutages('t', table, true, 0);
    expect([again.crashAt(0, 0), again.upAt(0, 10 * S), again.crashAt(0, 15 * S)]).toEqual([
      10 * S,
      15 * S,
      110 * S,
    ]);
    // A shorter trace is used again from its first node on.
    expect(again.crashAt(7, 0)).toBe(10 * S);
    expect(again.mtbf).toBe(95 * S);
    expect(new TracedOutages('t', table, false, 0).crashAt(0, 15 * S)).toBe(Number.POSITIVE_INFINITY);
    const later = new TracedOutages('t', table, true, 12 * S);
    expect([later.crashAt(0, 0), later.upAt(0, 0)]).toEqual([0, 3 * S]);
  });

  it('fitted laws: as long up, and as long down, as the fit says', () => {
    for (const shape of ['exponential', 'weibull']) {
      const [up, down] = ftaFit({ name: 'g5k06', shape });
      const outages = new LawfulOutages(up, down, new Streams(2, 0).bank('failures', 1));
      let now = outages.crashAt(0, 0);
      let [ups, downs] = [0, 0];
      const n = 40_000;
      for (let i = 0; i < n; i++) {
        const back = outages.upAt(0, now);
        downs += back - now;
        now = outages.crashAt(0, back);
        ups += now - back;
      }
      close(ups / n, up.law.mean * 1e9, 0.08);
      close(downs / n, down.law.mean * 1e9, 0.15);
      expect(outages.mtbf).toBeCloseTo(up.law.mean * 1e9, 3);
    }
  });

  it('laws begin in equilibrium: as many crashes in the first hour as in any', async () => {
    const failures = { mtbf: '5h', repair: '0s', law: { name: 'weibull', shape: 0.5 } };
    const result = await run(
      building({ nodes: 4000, jobs: jobsOf(1, '1s'), failures, more: { horizon: '1h' } }),
    );
    close(mean(result, 'crashes'), 4000 / 5, 0.15);
  });

  it('laws by mtbf keep it, whatever their shape', async () => {
    for (const law of ['exponential', 'weibull', 'gamma', 'lognormal', 'hyperexponential']) {
      const result = await run(
        building({
          nodes: 100,
          jobs: jobsOf(1, '1s'),
          failures: { mtbf: '5h', repair: '5h', law },
          more: { horizon: '2000h' },
        }),
      );
      close(mean(result, 'crashes'), (100 * 2000) / 10, 0.05);
    }
  });

  const lanl = new URL('../../../shared/traces/availability/LANL-failures-1996-2005.csv.gz', import.meta.url)
    .pathname;
  it.skipIf(!existsSync(lanl))(
    'the LANL failure log: crashes in its nodes, from where it is begun',
    async () => {
      const failures = { trace: lanl, skip: '3000d' };
      const result = await run(
        building({ nodes: 500, jobs: jobsOf(1, '1s'), failures, more: { horizon: '200d' } }),
      );
      expect(mean(result, 'crashes')).toBeGreaterThan(50);
      // A crash of which nobody hears is none: on dedicated nodes each is known at once.
      expect(mean(result, 'detection_delay_s')).toBe(0);
    },
  );
});

describe('owners and crashes', () => {
  const owned: Plain = {
    ...building({
      nodes: 10,
      jobs: jobsOf(40, '20min', 2, '30min'),
      failures: { mtbf: '5h', repair: '15min', beat: '5s' },
    }),
    owners: { law: { name: 'alternating', away: { mean: '1h' }, present: { mean: '30min' } } },
    horizon: '200h',
  };

  it('a crash ends the session of an owner who is there', async () => {
    const result = await run(owned);
    // A third of the time the owner is there.
    close(mean(result, 'sessions_lost') / mean(result, 'crashes'), 1 / 3, 0.2);
  });

  it('while there is no master, none hears a report, and no job starts', async () => {
    const events = await rowsOf(owned, ['failures.master=on', 'failures.mtbf=1h'], 'eventsOut');
    let master = 0;
    let gone = false;
    let times = 0;
    for (const { what, who } of events) {
      if (what === 'crash' && Number(who) === master && !gone) gone = true;
      else if (what === 'fail-over') {
        gone = false;
        master = Number(who);
        times++;
      } else if (gone) expect(['report', 'start', 'migrate', 'detect']).not.toContain(what);
    }
    expect(times).toBeGreaterThan(50);
  });

  it('each mechanism changes what happens', async () => {
    const digest = async (...set: string[]) => (await run(owned, set)).rows[0]!.digest;
    const all = [
      await digest(),
      await digest('failures.mtbf=none'),
      await digest('failures.beat=none'),
      await digest('failures.master=on'),
      await digest('policies.recovery=restart'),
      await digest('policies.recovery=kill'),
      await digest('policies.checkpoint=fixed', 'policies.checkpoint.interval=5min'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('what cannot be', () => {
  it.each([
    [['glunix=off'], /glunix/],
    [['jobs.law=none', 'horizon=1d'], /jobs/],
    [['failures.law=lanl05'], /mtbf/],
    [['failures.repair=fitted'], /repair/],
    [['policies.checkpoint=young', 'failures.mtbf=none'], /no node ever crashes/],
    [['policies.checkpoint=daly', 'policies.checkpoint.cost=0s'], /cost/],
    [['policies.checkpoint=fixed', 'policies.recovery=message-log'], /message-log/],
    [['failures.mtbf=0h'], /mtbf/],
  ] as const)('%j is told', async (set, message) => {
    await expect(run(ready('checkpointing'), [...set, 'replications=1'])).rejects.toThrow(message);
  });

  it('a trace in which no node is ever down is told', () =>
    inFolder(async (folder) => {
      const trace = join(folder, 'up.txt');
      writeFileSync(trace, 'n0 0 up\nn0 10 present 0.1\n');
      const experiment = building({ jobs: jobsOf(1, '1s'), failures: { trace } });
      await expect(run(experiment)).rejects.toThrow(/no node of it is ever down/);
    }));
});
