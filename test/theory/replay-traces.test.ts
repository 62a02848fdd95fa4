// Real traces of service calls: replayed call by call and charged as a mix, they come to the same CPU time under every
// structure; and what the ready experiment makes of them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { priceStructure, STRUCTURES } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { MACHINES } from '../../models/presets/machines.ts';
import { runServices } from '../../models/services/index.ts';
import { tracesText } from '../../scripts/commands/start.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { InputError } from '../../sim/problem.ts';
import { readCalls } from '../../workloads/services/index.ts';
import { mean, ready, run } from '../support/nowsim.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'workloads', 'samples');
const SHARED = join(import.meta.dirname, '..', '..', '..', 'shared', 'traces', 'syscalls');
const stracesIn = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.strace.gz'))
        .map((name) => join(folder, name))
    : [];

/** Prices on the headline machine, or on the first that has all of them. */
function pricesOf(structure: string) {
  for (const name of ['r3000-40', ...Object.keys(MACHINES)]) {
    try {
      return priceStructure(structure, loadMachine(name));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  throw new Error(`no machine prices ${structure}`);
}

const tracerCost = 20e-6;

async function cpuTime(path: string, structure: string, fidelity: 'replayed' | 'aggregate'): Promise<number> {
  const { measures } = await runServices({
    prices: pricesOf(structure),
    fidelity,
    userScale: 1,
    tracerCost_s: tracerCost,
    cache: 16 * 2 ** 20,
    block: 4096,
    disk: 'rz26',
    streams: new Streams(1, 0),
    read: async (sink) => {
      await readCalls(path, sink, { tracerCost });
    },
  });
  return measures.cpu_time_s!;
}

describe.each([...stracesIn(SAMPLES), ...stracesIn(SHARED)])('%s', (path) => {
  it('has one CPU time under both fidelities, under every structure', async () => {
    for (const structure of Object.keys(STRUCTURES)) {
      const replayed = await cpuTime(path, structure, 'replayed');
      const mix = await cpuTime(path, structure, 'aggregate');
      // Within 1 % would do; a path is a line in its bytes, so that only rounding is left. `free` may cost nothing.
      expect(Math.abs(replayed - mix), structure).toBeLessThanOrEqual(1e-9 * Math.max(replayed, mix));
    }
  });
});

it.skipIf(!existsSync(join(SHARED, 'ADFA-LD.zip')))('so have two million calls without times', async () => {
  const path = join(SHARED, 'ADFA-LD.zip');
  const replayed = await cpuTime(path, 'sfi-library', 'replayed');
  const mix = await cpuTime(path, 'sfi-library', 'aggregate');
  expect(Math.abs(replayed / mix - 1)).toBeLessThan(1e-9);
});

describe('the ready experiment', () => {
  it('splits the CPU time of the compile by cause, under each structure', async () => {
    const result = await run(ready('services'), ['replications=2']);
    const os = result.experiment.axes[0]!.values.map(String);
    expect(os).toEqual(['in-kernel', 'microkernel-mach', 'user-server', 'sfi-library']);
    os.forEach((name, point) => {
      const at = (measure: string) => mean(result, measure, point);
      const parts = ['user_s', 'services_s', 'crossings_s', 'copies_s', 'inflation_s', 'sfi_s'];
      const sum = parts.reduce((total, measure) => total + at(measure), 0);
      expect(at('cpu_time_s') / sum, name).toBeCloseTo(1, 9);
      expect(at('elapsed_s')).toBeGreaterThanOrEqual(at('cpu_time_s') * (1 - 1e-9));
      expect(at('inflation_s') > 0).toBe(name === 'microkernel-mach');
    });
    // The same calls and the same user time, whatever the structure.
    expect(mean(result, 'calls', 0)).toBe(mean(result, 'calls', 3));
    expect(mean(result, 'user_s', 0)).toBe(mean(result, 'user_s', 3));
  });

  it('of traced programs: what `nowsim start` shows of it', async () => {
    const result = await run(ready('traces'));
    const lines = tracesText(result, 100).split('\n');
    const rows = lines.filter((line) => /^(compile|find-grep|git-clone) /.test(line));
    expect(rows.map((row) => row.split(/ {2,}/)[2])).toEqual(['1.000', '1.000', '1.000']);
    expect(lines.join(' ')).toMatch(/times 65 for r3000-40, by the clocks/);
    rows.forEach((row, i) => {
      const [kernel, mach, server, library] = [0, 1, 2, 3].map((os) =>
        mean(result, 'cpu_time_s', 4 * i + os),
      );
      const cells = row.split(/ {2,}/).slice(3);
      expect(cells[0]).toBe((mach! / kernel!).toFixed(3));
      expect(cells[2]).toMatch(new RegExp(`^${(library! / kernel!).toFixed(3)} ± 0\\.0\\d\\d$`));
      // At the rates of 1992 the library loses to the kernel and wins against servers.
      expect(library! / kernel!).toBeGreaterThan(1);
      expect(library!).toBeLessThan(Math.min(mach!, server!));
    });
  });

  it('refuses jobs beside the calls, and a table of counts that should be replayed', async () => {
    await expect(run(ready('services'), ['jobs.law=poisson'])).rejects.toThrow(/beside services\.trace/);
  });

  it.skipIf(!existsSync(SHARED))('charges the table of strace -c as a mix only', async () => {
    const table = join(SHARED, 'own-git-clone.strace-c.txt');
    await expect(run(ready('services'), [`services.trace=${table}`])).rejects.toThrow(/without an order/);
    const result = await run(ready('services'), [
      `services.trace=${table}`,
      'services.fidelity=aggregate',
      'replications=1',
    ]);
    expect(mean(result, 'calls')).toBe(2302);
    expect(mean(result, 'user_s')).toBe(0);
  });

  it('scales user time, and nothing else', async () => {
    const set = ['replications=1', 'services.fidelity=aggregate', 'cluster.os=sfi-library'];
    const once = await run(ready('services'), [...set, 'services.user_scale=1']);
    const twice = await run(ready('services'), [...set, 'services.user_scale=2']);
    expect(mean(twice, 'user_s') / mean(once, 'user_s')).toBeCloseTo(2, 9);
    expect(mean(twice, 'crossings_s')).toBe(mean(once, 'crossings_s'));
  });
});
