/**
 * What owners wait because of guests, in running buildings: guests that stay beside them, guests that linger until moving
 * pays, and the limit of delays in a day.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { priceStructure } from '../../models/os/index.ts';
import { MACHINES } from '../../models/presets/machines.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import { inFolder, mean, run } from '../support/nowsim.ts';

type Stay = readonly [node: number, from_s: number, to_s: number, demand: number];

/** One job of 1000 s from zero on, on nodes with scripted owners; guests are called off at the instant of a return. */
function play(nodes: number, stays: readonly Stay[], set: readonly string[]): Promise<ExperimentResult> {
  return inFolder(async (folder) => {
    const records = Array.from({ length: nodes }, (_, node) => `n${node} 0 away 0`);
    for (const [node, from, to, demand] of stays)
      records.push(`n${node} ${from} present ${demand}`, `n${node} ${to} away 0`);
    const trace = join(folder, 'owners.txt');
    writeFileSync(trace, `# span_s 1000000\n# offset_s 0\n${records.join('\n')}\n`);
    return run(
      {
        question: 'what do owners wait?',
        cluster: { nodes, os: 'free' },
        owners: { trace, after: 'stop' },
        jobs: {
          law: {
            name: 'poisson',
            service: { law: 'deterministic', mean: '1000s' },
            interarrival: '1ns',
            count: 1,
          },
        },
        program: { mix: 'none' },
        policies: { idle: { name: 'quiet', after: '0s' }, placement: 'first-fit', batch: 'fcfs' },
      },
      set,
    );
  });
}

describe('a guest that stays beside its owner', () => {
  const half: Stay[] = [[0, 100, 300, 0.5]];

  it('runs with what the owner leaves, and costs the owner the switches', async () => {
    const set = [
      'policies.owner_return=low-priority',
      'cluster.os=in-kernel',
      'cluster.machine=r3000-40',
      'policies.idle.sample=10000s',
    ];
    const result = await play(1, half, set);
    const stop_s = priceStructure('in-kernel', MACHINES['r3000-40']!).operation('stop') / 1e9;
    // The owner's programs use 100 s of CPU, in bursts of 20 ms.
    expect(mean(result, 'beside_owners_s')).toBeCloseTo((100 / 0.02) * stop_s, 3);
    expect(mean(result, 'owner_delay_s')).toBeCloseTo((100 / 0.02) * stop_s, 3);
    const long = await play(1, half, [...set, 'policies.owner_return.burst=200ms']);
    expect(mean(long, 'beside_owners_s')).toBeCloseTo((100 / 0.2) * stop_s, 4);
    const free = await play(1, half, ['policies.owner_return=low-priority']);
    expect(mean(free, 'response_time_s')).toBeCloseTo(1100, 6);
    expect(mean(free, 'beside_owners_s')).toBe(0);
  });

  it('is a delay of the owner, if a short one; a guest that has gone is none', async () => {
    const per = async (policy: string) =>
      mean(
        await play(1, [...half, [0, 400, 500, 0.5]], [`policies.owner_return=${policy}`, 'horizon=1d']),
        'owner_delays_per_day',
      );
    expect(await per('low-priority')).toBeCloseTo(2, 9);
    expect(await per('suspend')).toBeCloseTo(2, 9);
  });
});

describe('a guest that lingers', () => {
  const linger = [
    'policies.owner_return=linger',
    'policies.owner_return.idle_use=0%',
    'program.image=8MiB',
    'policies.migration.bandwidth=1MiB/s',
  ];

  it('moves when the owner has been back for (1 - l) / (h - l) times the time of the move', async () => {
    const result = await play(2, [[0, 100, 900, 0.5]], linger);
    // 8 s / 0.5: until 116 s it goes at half its pace, then it is frozen for 8 s.
    expect(mean(result, 'migrations')).toBe(1);
    expect(mean(result, 'response_time_s')).toBeCloseTo(1000 + 8 + 8, 6);
    const use = await play(2, [[0, 100, 900, 0.5]], [...linger, 'policies.owner_return.idle_use=25%']);
    // 0.75 / 0.25 * 8 = 24 s
    expect(mean(use, 'response_time_s')).toBeCloseTo(1000 + 12 + 8, 6);
  });

  it('stays where the owner leaves before that, where nothing is gained, and where no node is free', async () => {
    const short = await play(2, [[0, 100, 110, 0.5]], linger);
    expect([mean(short, 'migrations'), mean(short, 'response_time_s')]).toEqual([0, 1005]);
    const little = await play(2, [[0, 100, 900, 0.02]], [...linger, 'policies.owner_return.idle_use=2%']);
    expect(mean(little, 'migrations')).toBe(0);
    const alone = await play(1, [[0, 100, 900, 0.5]], linger);
    expect([mean(alone, 'migrations'), mean(alone, 'response_time_s')]).toEqual([0, 1400]);
  });

  it('moves when a node becomes free, if only later', async () => {
    const late = await play(
      2,
      [
        [1, 50, 400, 0.5],
        [0, 100, 900, 0.5],
      ],
      linger,
    );
    expect(mean(late, 'migrations')).toBe(1);
    // It asks every minute from 116 s on: at 416 s node 1 is free.
    expect(mean(late, 'response_time_s')).toBeCloseTo(1000 + 158 + 8, 6);
  });
});

describe('a limit of delays in a day', () => {
  const thrice: Stay[] = [
    [0, 100, 150, 0],
    [0, 300, 350, 0],
    [0, 500, 550, 0],
  ];

  it('sends the guest away with the delay that reaches it, even one that might have stayed', async () => {
    for (const policy of ['low-priority', 'suspend', 'linger']) {
      const result = await play(2, thrice, [
        `policies.owner_return=${policy}`,
        'policies.owner_return.delay_limit=2',
      ]);
      expect([mean(result, 'nodes_closed'), mean(result, 'migrations')], policy).toEqual([1, 1]);
    }
    const often = await play(2, thrice, ['policies.owner_return=low-priority']);
    expect([mean(often, 'nodes_closed'), mean(often, 'migrations')]).toEqual([0, 0]);
  });

  it('keeps guests off until the day is over, and no longer', async () => {
    const result = await play(1, thrice, [
      'policies.owner_return=suspend',
      'policies.owner_return.delay_limit=2',
    ]);
    // 250 s of work are done by the second return; there is nowhere else to go, so it goes on after midnight.
    expect(mean(result, 'response_time_s')).toBeCloseTo(86_400 + 1000 - 250, 6);
  });

  it('keeps off what was on its way when the node was closed', async () => {
    // The job starts anew before the master hears of it, and comes when the owner has gone again.
    const result = await play(
      1,
      [[0, 100, 100.01, 0]],
      ['policies.owner_return=kill', 'policies.owner_return.delay_limit=1', 'cluster.os=in-kernel'],
    );
    expect(mean(result, 'nodes_closed')).toBe(1);
    expect(mean(result, 'response_time_s')).toBeGreaterThan(86_400 + 1000);
  });

  it('counts each day anew', async () => {
    const days: Stay[] = [
      [0, 100, 150, 0],
      [0, 86_500, 86_550, 0],
    ];
    const result = await play(2, days, [
      'policies.owner_return=low-priority',
      'policies.owner_return.delay_limit=2',
      'jobs.law.service.mean=200000s',
    ]);
    expect(mean(result, 'nodes_closed')).toBe(0);
  });
});

describe('a job that is stopped', () => {
  it('is pending when nothing has gone forward for as long as the run is patient', async () => {
    const long: Stay[] = [[0, 100, 900_000, 0.5]];
    const set = ['policies.owner_return=suspend'];
    const ended = await play(1, long, [...set, 'patience=2h']);
    expect(ended.rows[0]!.counts['pending']).toBe(1);
    const waited = await play(1, long, [...set, 'patience=20d']);
    expect(mean(waited, 'response_time_s')).toBeCloseTo(900_000 + 900, 6);
  });

  it('is not given up while it goes forward from time to time', async () => {
    const often: Stay[] = Array.from({ length: 9 }, (_, i) => [
      0,
      3600 * (i + 1),
      3600 * (i + 1) + 3500,
      0.5,
    ]);
    const set = ['policies.owner_return=suspend', 'patience=70min', 'jobs.law.service.mean=4000s'];
    const result = await play(1, often, set);
    expect(result.rows[0]!.counts['finished']).toBe(1);
  });
});
