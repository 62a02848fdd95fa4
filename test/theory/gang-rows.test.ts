/** Gangs that share the nodes of a building by turns: paces, switches and accounts, by arithmetic. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plain } from '../../sim/experiment/fields.ts';
import { mean, run } from '../support/nowsim.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nowsim-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Jobs as [submit s, run s, width]. */
function log(name: string, jobs: readonly (readonly [number, number, number])[]): string {
  const path = join(folder, `${name}.swf`);
  const lines = jobs.map(
    ([submit, length, width], i) =>
      `${i + 1} ${submit} -1 ${length} ${width} -1 -1 ${width} ${length} -1 1 ${i + 1} 1 1 1 1 -1 -1`,
  );
  writeFileSync(path, `; MaxProcs: 8\n${lines.join('\n')}\n`);
  return path;
}

const building = (trace: string, cluster: Plain = {}): Plain => ({
  program: { mix: 'none' },
  cluster: { nodes: 8, os: 'free', rows: 2, ...cluster },
  jobs: { trace },
  policies: { batch: 'fcfs', placement: 'first-fit' },
});

describe('gangs in two rows', () => {
  it('of full width each have half of the nodes', async () => {
    const result = await run(
      building(
        log('two', [
          [0, 100, 8],
          [0, 100, 8],
        ]),
      ),
    );
    expect(mean(result, 'response_time_s')).toBeCloseTo(200, 6);
    // 200 s of slices of 100 ms
    expect(mean(result, 'gang_switches')).toBe(2000);
  });

  it('share only while both are there', async () => {
    // 50 s alone, then half of the time each until the first ends at 150 s; the second has 50 s left and ends at 200 s.
    const result = await run(
      building(
        log('late', [
          [0, 100, 8],
          [50, 100, 8],
        ]),
      ),
    );
    expect(mean(result, 'response_time_s')).toBe(150);
  });

  it('of any widths in a row take their turn together', async () => {
    const result = await run(
      building(
        log('alternate', [
          [0, 100, 4],
          [0, 100, 4],
          [0, 100, 8],
        ]),
      ),
    );
    // The two narrow ones fill row 0 and the wide one row 1: all three run half of the time until 200 s.
    expect(mean(result, 'response_time_s')).toBeCloseTo(200, 6);
    const narrow = await run(
      building(
        log('narrow', [
          [0, 100, 8],
          [0, 100, 4],
          [0, 100, 4],
        ]),
        { nodes: 8 },
      ),
    );
    expect(mean(narrow, 'response_time_s')).toBeCloseTo(200, 6);
  });

  it('run in the slices of a row in which their columns are empty', async () => {
    // Row 0: A on nodes 0-5; row 1: B, 4 wide, on nodes 0-3; C, 2 wide, gets nodes 6-7 of row 0, where row 1 is empty.
    const result = await run(
      building(
        log('columns', [
          [0, 100, 6],
          [0, 100, 4],
          [0, 100, 2],
        ]),
      ),
    );
    // C never shares: 100 s. A and B half each until 200 s.
    expect(mean(result, 'response_time_s')).toBeCloseTo((200 + 200 + 100) / 3, 6);
  });

  it('need no switch where one row is enough', async () => {
    const result = await run(
      building(
        log('one', [
          [0, 100, 4],
          [0, 100, 4],
        ]),
      ),
    );
    expect(mean(result, 'response_time_s')).toBe(100);
    expect(mean(result, 'gang_switches')).toBe(0);
  });

  it('pay for the switch: m gangs run m (q + s) / q as long', async () => {
    const priced = { os: 'in-kernel', machine: 'r3000-40', network: 'ethernet10', quantum: '20ms' };
    const alone = await run(building(log('alone', [[0, 1000, 8]]), priced));
    const shared = await run(
      building(
        log('shared', [
          [0, 1000, 8],
          [0, 1000, 8],
        ]),
        priced,
      ),
    );
    const slow = await run(
      building(
        log('shared', [
          [0, 1000, 8],
          [0, 1000, 8],
        ]),
        { ...priced, quantum: '10s' },
      ),
    );
    const launch = mean(alone, 'response_time_s') - 1000;
    expect(mean(slow, 'response_time_s')).toBeGreaterThan(2000);
    // What a switch costs per quantum of 20 ms, against the same switch per quantum of 10 s.
    const switchShare = (mean(shared, 'response_time_s') - 2 * launch) / 2000 - 1;
    expect(switchShare).toBeGreaterThan(0.005);
    expect(switchShare).toBeLessThan(0.2);
    const slower = (mean(slow, 'response_time_s') - 2 * launch) / 2000 - 1;
    expect(switchShare / slower).toBeGreaterThan(100);
  });

  it('wait as before where there is one row', async () => {
    const result = await run(
      building(
        log('wait', [
          [0, 100, 8],
          [0, 100, 8],
        ]),
        { rows: 1 },
      ),
    );
    expect(mean(result, 'response_time_s')).toBe(150);
  });
});

describe('faults of the layer where gangs share nodes', () => {
  it('are as many as where one gang has the nodes to itself', async () => {
    // Two equal gangs call as often together as one that has all the time.
    const shared = {
      ...building(
        log('faults', [
          [0, 1e6, 8],
          [0, 1e6, 8],
        ]),
        { os: 'in-kernel', machine: 'r3000-40', quantum: '10s' },
      ),
      program: { mix: 'unix-1994' },
      horizon: '2d',
      faults: { rate: 1e-7 },
      replications: 20,
    };
    const result = await run(shared);
    expect(mean(result, 'faults')).toBeGreaterThan(10);
    const alone = await run({ ...shared, jobs: { trace: log('fault', [[0, 1e6, 8]]) } });
    expect(mean(result, 'faults') / mean(alone, 'faults')).toBeGreaterThan(0.8);
    expect(mean(result, 'faults') / mean(alone, 'faults')).toBeLessThan(1.25);
  });
});
