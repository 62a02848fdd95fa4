/**
 * Faults and write-backs of the paging run on real traces equal those of an independent program: LRU, FIFO and OPT,
 * every trace and memory size of its table. The traces are not part of the project; without them nothing is tested here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plain } from '../../sim/experiment/fields.ts';
import { haveTraces, TRACES } from '../formats/files.ts';
import { mean, run } from '../support/nowsim.ts';

interface Expected {
  readonly file: string;
  readonly frames: number;
  readonly faults: Readonly<Record<string, string>>;
  readonly writeBacks: Readonly<Record<string, string>>;
}

function expected(): Map<string, Expected[]> {
  const byFile = new Map<string, Expected[]>();
  if (!haveTraces) return byFile;
  const [, ...rows] = readFileSync(join(TRACES, 'expected-refs.csv'), 'utf8').trim().split(/\r?\n/);
  for (const row of rows) {
    const [file, , , frames, lru, lruWritten, fifo, fifoWritten, opt] = row.split(',') as string[];
    const list = byFile.get(file!) ?? [];
    byFile.set(file!, list);
    list.push({
      file: file!,
      frames: Number(frames),
      faults: { lru: lru!, fifo: fifo!, opt: opt! },
      writeBacks: { lru: lruWritten!, fifo: fifoWritten!, opt: '' },
    });
  }
  return byFile;
}

function experiment(file: string, frames: readonly number[], policies: readonly string[]): Plain {
  return {
    cluster: { os: 'free', disk: 'constant' },
    jobs: { law: 'none' },
    pages: { trace: join(TRACES, file) },
    memory: { low_mark: '0%', high_mark: '0%', servers: 0 },
    vary: { 'policies.replacement': [...policies], 'memory.frames': [...frames] },
  };
}

describe.skipIf(!haveTraces)('faults and write-backs of real traces', () => {
  it.each([...expected()])('%s', async (file, rows) => {
    const policies = ['lru', 'fifo', 'opt'].filter((policy) => rows[0]!.faults[policy] !== '');
    const result = await run(
      experiment(
        file,
        rows.map((row) => row.frames),
        policies,
      ),
    );
    expect(result.summary.points).toHaveLength(policies.length * rows.length);
    result.summary.points.forEach(({ params }, point) => {
      const policy = String(params['policies.replacement']);
      const row = rows.find(({ frames }) => frames === params['memory.frames'])!;
      const where = `${policy}, ${row.frames} frames`;
      expect(mean(result, 'page_faults', point), where).toBe(Number(row.faults[policy]));
      if (row.writeBacks[policy] === '') return;
      expect(mean(result, 'write_backs', point), where).toBe(Number(row.writeBacks[policy]));
    });
  });
});
