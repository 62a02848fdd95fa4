/** Tasks with more memory than their node has, in a building: faults and times by arithmetic. */
import { describe, expect, it } from 'vitest';
import { meanServiceTime } from '../../models/hardware/disk/index.ts';
import { logGp } from '../../models/hardware/network/logp.ts';
import { wireTime } from '../../models/hardware/network/medium.ts';
import { DISKS } from '../../models/presets/disks.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { mean, run } from '../support/nowsim.ts';

/** One job of 100 s and 32 MiB on nodes of 16 MiB; a pass over its memory every 10 s of CPU. */
const hungry = (nodes: number, more: Record<string, Plain> = {}): Plain => ({
  cluster: { nodes, os: 'free', network: 'atm155', disk: 'constant', ...more['cluster'] },
  jobs: {
    law: {
      name: 'poisson',
      count: 1,
      interarrival: '1s',
      service: { law: 'deterministic', mean: '100s' },
      ...more['law'],
    },
  },
  program: { mix: 'none', image: '32MiB', sweep: '10s' },
  memory: { frames: 4096, page: '4KiB', ...more['memory'] },
  policies: { placement: 'first-fit', batch: 'fcfs', ...more['policies'] },
});

/** All 8,192 pages in each of ten passes. */
const FAULTS = 81_920;

const network = NETWORKS['atm155']!;
const remoteFault_s = (2 * logGp(network).latency + wireTime(32, network) + wireTime(4096, network)) / 1e9;
const disk = DISKS['constant']!;
const diskFault_s = (meanServiceTime(disk, false, 4096) + meanServiceTime(disk, true, 4096)) / 1e9;

describe('a job that needs twice the memory of its node', () => {
  it('waits for servers where other nodes are idle', async () => {
    const result = await run(hungry(4));
    expect(mean(result, 'remote_page_ins')).toBe(FAULTS);
    expect(mean(result, 'disk_page_ins')).toBe(0);
    // 16 MiB at first, and a page out for every page in
    expect(mean(result, 'page_outs')).toBe(4096 + FAULTS);
    expect(mean(result, 'response_time_s')).toBeCloseTo(100 + FAULTS * remoteFault_s, 3);
  });

  it('waits for its disk where there is no other node', async () => {
    const result = await run(hungry(1));
    expect(mean(result, 'remote_page_ins')).toBe(0);
    expect(mean(result, 'disk_page_ins')).toBe(FAULTS);
    expect(mean(result, 'response_time_s')).toBeCloseTo(100 + FAULTS * diskFault_s, 3);
  });

  it('waits for both where the others lend half of what it lacks', async () => {
    const result = await run(hungry(2, { memory: { server_frames: 2048 } }));
    expect(mean(result, 'remote_page_ins')).toBe(FAULTS / 2);
    expect(mean(result, 'disk_page_ins')).toBe(FAULTS / 2);
    expect(mean(result, 'response_time_s')).toBeCloseTo(
      100 + (FAULTS / 2) * (remoteFault_s + diskFault_s),
      3,
    );
  });

  it('sends everything twice where pages are mirrored, and needs twice the servers', async () => {
    const two = await run(hungry(2, { policies: { reliability: 'mirror' } }));
    expect(mean(two, 'remote_page_ins')).toBe(0);
    const three = await run(hungry(3, { policies: { reliability: 'mirror' } }));
    expect(mean(three, 'remote_page_ins')).toBe(FAULTS);
  });

  it('waits for nothing with memory enough', async () => {
    const result = await run(hungry(1, { memory: { frames: 8192 } }));
    expect(mean(result, 'response_time_s')).toBe(100);
  });

  it('loses its servers to jobs that come, and its pages go to the disk', async () => {
    // Two such jobs come to two nodes at once: when both hold one, none lends.
    const result = await run(hungry(2, { law: { count: 2, interarrival: '1ms' } }));
    expect(mean(result, 'disk_page_ins')).toBeGreaterThan(FAULTS);
    expect(mean(result, 'server_withdrawals')).toBeGreaterThanOrEqual(1);
    expect(mean(result, 'remote_page_ins') + mean(result, 'disk_page_ins')).toBeCloseTo(2 * FAULTS, -1);
  });

  it('is lost with a server that crashes, unless a second has a copy', async () => {
    const crashing = (reliability: string): Plain => ({
      ...hungry(4, { law: { service: { law: 'deterministic', mean: '1h' } }, policies: { reliability } }),
      failures: { mtbf: '6h', repair: '10min' },
      horizon: '4h',
      replications: 20,
    });
    const bare = await run(crashing('none'));
    expect(mean(bare, 'tasks_lost_memory')).toBeGreaterThan(0.1);
    // Copies lie on two servers, which do not crash at once here.
    expect(mean(await run(crashing('mirror')), 'tasks_lost_memory')).toBe(0);
  });
});
