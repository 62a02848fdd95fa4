/**
 * Faults of the layer: they come as often as calls are made; a job without checkpoints loses what theory says; each
 * structure loses what its blast radius says, and fault isolation catches stray stores and jumps and nothing else.
 */
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, reachOf } from '../../models/os/blast.ts';
import { cpuOf } from '../../models/os/cost.ts';
import { priceStructure, STRUCTURES } from '../../models/os/index.ts';
import { MACHINES } from '../../models/presets/machines.ts';
import { MIXES } from '../../models/presets/mixes.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import { mean, ready, run } from '../support/nowsim.ts';

/** Only one kind of fault. */
const only = (kind: string): Plain => ({
  kinds: Object.fromEntries(
    FAULT_KINDS.map((name) => [name.replace('-', '_'), name === kind ? '100%' : '0%']),
  ),
});

const HOUR_S = 3600;
/** One dedicated node that always has a job of one hour. */
const oneNode = (os: string, faults: Plain, horizon = '400d'): Plain => ({
  question: 'one node, jobs of one hour one after another',
  seed: 5,
  horizon,
  cluster: { nodes: 1, os, machine: 'r3000-40' },
  jobs: {
    law: {
      name: 'poisson',
      service: { law: 'deterministic', mean: '1h' },
      interarrival: '1s',
      count: 10_000,
    },
  },
  policies: { batch: 'fcfs' },
  faults: { shared: '0%', global: '0%', ...faults },
  measures: ['faults'],
});

/** Calls per second of a job's time under a plain kernel. */
const CALLS_PER_S = (() => {
  const mix = MIXES['unix-1994']!;
  const kernel = priceStructure('in-kernel', MACHINES['r3000-40']!);
  return mix.rate.value / (1 + cpuOf(kernel.mix(mix).perUserSecond));
})();

describe('what falls', () => {
  it('under an SFI library: fault isolation stops stray stores and jumps, and nothing else', () => {
    const { blast } = STRUCTURES['sfi-library']!;
    const reaches = (checked: boolean) => FAULT_KINDS.map((kind) => reachOf(kind, blast, checked));
    expect(reaches(true)).toEqual(['call', 'call', 'process', 'process', 'process']);
    expect(reaches(false)).toEqual(Array(5).fill('process'));
  });

  it('in a kernel and in a server: the node, but a wrong answer spoils the process that asked', () => {
    for (const os of ['in-kernel', 'microkernel-mach', 'user-server']) {
      const reaches = FAULT_KINDS.map((kind) => reachOf(kind, STRUCTURES[os]!.blast, true));
      expect(reaches).toEqual(['node', 'node', 'process', 'node', 'node']);
    }
  });

  it('is said, with a reason, by every structure', () => {
    for (const { blast } of Object.values(STRUCTURES)) expect(blast.why).toMatch(/^[A-Z].{20,}\.$/);
  });
});

describe('faults on one dedicated node', () => {
  it('come as often as calls are made, and harm nobody where each is stopped', async () => {
    const rate = 1e-6;
    const result = await run(oneNode('sfi-library', { rate, ...only('stray-store') }, '60d'), [
      'cluster.sfi.overhead=0%',
    ]);
    // 60 days of user time, but for what the library's services take
    const library = priceStructure('sfi-library', MACHINES['r3000-40']!);
    const mix = MIXES['unix-1994']!;
    const calls = (60 * 24 * HOUR_S * mix.rate.value) / (1 + cpuOf(library.mix(mix).perUserSecond));
    const faults = mean(result, 'faults');
    expect(Math.abs(faults - rate * calls)).toBeLessThan(4 * Math.sqrt(rate * calls));
    expect(mean(result, 'faults_stopped')).toBe(faults);
    expect(mean(result, 'fault_lost_work_h')).toBe(0);
  });

  it('lose per fault 1/l - W exp(-l W) / (1 - exp(-l W)) of a job of length W, and let exp(-l W) of the attempts through', async () => {
    const perHour = 1; // faults per hour of running, l W = 1
    const rate = perHour / HOUR_S / CALLS_PER_S;
    const result = await run(oneNode('in-kernel', { rate, ...only('stray-jump') }));
    const fallen = mean(result, 'nodes_failed');
    const through = Math.exp(-perHour);
    const expected = 1 / perHour - through / (1 - through);
    expect(fallen).toBeGreaterThan(5000);
    // s.d. of the work lost is 0.28 h
    const bound = (4 * 0.28) / Math.sqrt(fallen);
    expect(Math.abs(mean(result, 'fault_lost_work_h') / fallen - expected)).toBeLessThan(bound);
    const attempts = fallen + mean(result, 'finished_jobs');
    expect(Math.abs(mean(result, 'finished_jobs') / attempts - through)).toBeLessThan(
      4 * Math.sqrt((through * (1 - through)) / attempts),
    );
    // each fall is followed by a boot of three minutes
    expect(mean(result, 'fault_down_h')).toBeCloseTo(fallen / 20, 0);
  });

  it('take a process down only at the last of its leaks, and a kernel whatever processes come and go', async () => {
    const rate = 1 / HOUR_S / CALLS_PER_S; // one leak an hour, five use the memory up
    const leaks = { rate, leaks: 5, ...only('leak') };
    const kernel = await run(oneNode('in-kernel', leaks));
    const library = await run(oneNode('exokernel', leaks));
    // the kernel falls at every fifth leak; a job of about an hour rarely leaks five times: chance 0.004 for l W = 1
    const everyFifth = mean(kernel, 'nodes_failed') / (mean(kernel, 'faults') / 5);
    expect(everyFifth).toBeGreaterThan(0.99);
    expect(everyFifth).toBeLessThanOrEqual(1);
    expect(mean(library, 'faults')).toBeGreaterThan(5000);
    expect(mean(library, 'processes_failed') / mean(library, 'finished_jobs')).toBeLessThan(0.008);
    expect(mean(library, 'processes_failed')).toBeGreaterThan(0);
  });

  it('hold a node for a hang until it is noticed', async () => {
    const rate = 0.1 / HOUR_S / CALLS_PER_S;
    const result = await run(oneNode('exokernel', { rate, ...only('hang') }, '60d'));
    expect(mean(result, 'fault_down_h')).toBeCloseTo(mean(result, 'processes_failed') / 60, 1);
  });
});

describe('faults in a building', () => {
  const SMALL = ['cluster.nodes=24', 'jobs.law.machine=12', 'jobs.law.count=400', 'replications=2'];
  const building = (os: string, set: readonly string[] = []) =>
    run(ready('robustness'), [...SMALL, 'horizon=7d', 'faults.rate=2e-8', ...set], {
      vary: [`cluster.os=${os}`],
    });

  it('of a kernel take all programs of an owner, of a server beside the kernel none', async () => {
    const kernel = await building('in-kernel', ['faults.global=0%']);
    // what fell one by one, beside five for each node
    const single = mean(kernel, 'fault_owner_programs') - 5 * mean(kernel, 'nodes_failed');
    expect(mean(kernel, 'nodes_failed')).toBeGreaterThan(5);
    expect(single).toBeGreaterThanOrEqual(0);
    expect(single).toBeLessThanOrEqual(mean(kernel, 'processes_failed'));
    const beside = await building('user-server', ['faults.global=0%']);
    expect(mean(beside, 'nodes_failed')).toBeGreaterThan(5);
    expect(mean(beside, 'fault_owner_programs')).toBe(0);
  });

  it('that spoil what all nodes share take every guest, and no node runs while it recovers', async () => {
    const result = await building('sfi-library', ['faults.global=100%', 'faults.checked=off']);
    const fallen = mean(result, 'building_failures');
    expect(fallen).toBeGreaterThan(5);
    expect(mean(result, 'processes_failed') + mean(result, 'nodes_failed')).toBe(0);
    const least = (24 * fallen * 5) / 60;
    expect(mean(result, 'fault_down_h')).toBeGreaterThan(0.95 * least);
    expect(mean(result, 'fault_down_h')).toBeLessThan(1.2 * least);
  });

  it('are refused where they cannot happen or would never end', async () => {
    const refusal = async (...set: string[]) =>
      run(ready('robustness'), set).then(
        () => 'nothing',
        (error: Error) => error.message,
      );
    expect(await refusal('glunix=off')).toContain('glunix');
    expect(await refusal('horizon=auto')).toContain('horizon');
    expect(await refusal('faults.kinds.hang=50%')).toContain('130 %');
  });
});
