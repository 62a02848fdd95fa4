/**
 * Moves of tasks in a running building, one at a time where the answer is a closed form: every step is a state of a
 * process there, and the job's end, the owner's wait and the books follow from it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import { inFolder, mean, run } from '../support/nowsim.ts';

const KIB = 1024;
const MIB = 2 ** 20;

interface Script {
  readonly nodes: number;
  /** Processors and run time of each job, s; all are submitted at zero. */
  readonly jobs: readonly (readonly [width: number, run_s: number])[];
  /** When owners come (and go again), s, and their CPU demand; all others are away. */
  readonly owners: readonly (readonly [
    node: number,
    from_s: number,
    to_s?: number | undefined,
    demand?: number,
  ])[];
  readonly more?: readonly string[];
}

/** Runs scripted jobs on nodes with scripted owners; guests are called off at the instant of a return. */
async function play(script: Script, set: readonly string[] = []): Promise<ExperimentResult> {
  return inFolder(async (folder) => {
    const records = Array.from({ length: script.nodes }, (_, node) => `n${node} 0 away 0`);
    for (const [node, from, to, demand] of script.owners) {
      records.push(`n${node} ${from} present ${demand ?? 0}`);
      if (to !== undefined) records.push(`n${node} ${to} away 0`);
    }
    const owners = join(folder, 'owners.txt');
    const jobs = join(folder, 'jobs.swf');
    writeFileSync(owners, `# span_s 1000000\n# offset_s 0\n${records.join('\n')}\n`);
    writeFileSync(
      jobs,
      `; MaxProcs: ${script.nodes}\n${script.jobs
        .map(
          ([width, run_s], i) =>
            `${i + 1} 0 -1 ${run_s} ${width} -1 -1 ${width} ${run_s} -1 1 ${i + 1} -1 -1 -1 -1 -1 -1`,
        )
        .join('\n')}\n`,
    );
    const experiment: Plain = {
      question: 'what does a move cost?',
      cluster: { nodes: script.nodes, os: 'free' },
      owners: { trace: owners, after: 'stop' },
      jobs: { trace: jobs },
      program: { mix: 'none' },
      policies: {
        idle: { name: 'quiet', after: '0s' },
        placement: 'first-fit',
        batch: 'fcfs',
        migration: 'stop-copy',
      },
    };
    return run(experiment, set);
  });
}

const ONE: Script = { nodes: 3, jobs: [[1, 1000]], owners: [[0, 100]] };
/** 1 MiB in 3 s, as V copied (fact M036). */
const V = `${(MIB * 8) / 3}b/s`;

describe('stop and copy', () => {
  it('freezes for image / bandwidth, and the job ends that much later', async () => {
    const result = await play(ONE, ['program.image=1MiB', `policies.migration.bandwidth=${V}`]);
    expect(mean(result, 'freeze_s')).toBeCloseTo(3, 8);
    expect(mean(result, 'response_time_s')).toBeCloseTo(1003, 8);
    expect(mean(result, 'migrations')).toBe(1);
    expect(mean(result, 'moved_bytes')).toBe(MIB);
  });
});

describe('pre-copy', () => {
  const precopy = (rounds: number, more: readonly string[] = []) =>
    play(ONE, [
      'policies.migration=precopy',
      `policies.migration.rounds=${rounds}`,
      'policies.migration.stop=0B',
      `policies.migration.bandwidth=${V}`,
      'program.image=1MiB',
      'program.dirty=100KiB/s',
      ...more,
    ]);
  // C8: m/B (r/B)^n with r/B = 100 KiB/s / (1 MiB / 3 s)
  it.each([
    [1, 0.8789, 3],
    [2, 0.2575, 3.8789],
    [3, 0.07544, 4.1364],
  ])('after %i rounds freezes for %f s, %f s after it began', async (rounds, freeze, before) => {
    const result = await precopy(rounds);
    const within = (got: number, want: number) => expect(Math.abs(got / want - 1)).toBeLessThan(0.001);
    within(mean(result, 'freeze_s'), freeze);
    within(mean(result, 'migration_s') - mean(result, 'freeze_s'), before);
    within(mean(result, 'response_time_s') - 1000, freeze);
    expect(mean(result, 'copy_rounds')).toBe(rounds);
    within(mean(result, 'frozen_bytes'), freeze * (MIB / 3));
  });

  it('stops when little is left, and when what is left no longer shrinks', async () => {
    expect(mean(await precopy(9, ['policies.migration.stop=200KiB']), 'copy_rounds')).toBe(2);
    const growing = await precopy(9, ['program.dirty=400KiB/s']);
    expect(mean(growing, 'copy_rounds')).toBe(1);
    expect(mean(growing, 'freeze_s')).toBeCloseTo(3, 6);
  });

  it('dirties at the pace at which the process really runs, not by the clock', async () => {
    // The owner who is back takes half of the CPU during the copy.
    const slow = await play({ ...ONE, owners: [[0, 100, undefined, 0.5]] }, [
      'policies.migration=precopy',
      'policies.migration.rounds=1',
      'policies.migration.stop=0B',
      `policies.migration.bandwidth=${V}`,
      'program.image=1MiB',
      'program.dirty=100KiB/s',
    ]);
    expect(mean(slow, 'frozen_bytes')).toBeCloseTo(150 * KIB, 0);
    expect(mean(slow, 'response_time_s')).toBeCloseTo(1000 + 1.5 + (150 * KIB * 3) / MIB, 6);
  });
});
