/**
 * Moves of tasks in a running building, one at a time where the answer is a closed form: every step is a state of a
 * process there, and the job's end, the owner's wait and the books follow from it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult, RunOptions } from '../../sim/experiment/runner.ts';
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
  /** Nodes that crash, and when, s. */
  readonly crashes?: readonly (readonly [node: number, from_s: number])[];
}

/** Runs scripted jobs on nodes with scripted owners; guests are called off at the instant of a return. */
async function play(
  script: Script,
  set: readonly string[] = [],
  options: Partial<RunOptions> = {},
): Promise<ExperimentResult> {
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
    if (script.crashes === undefined) return run(experiment, set, options);
    const outages = join(folder, 'outages.txt');
    const lines = Array.from({ length: script.nodes }, (_, node) => `n${node} 0 up`);
    for (const [node, from] of script.crashes)
      lines.push(`n${node} ${from} down`, `n${node} ${from + 60} up`);
    writeFileSync(outages, `# span_s 1000000\n# offset_s 0\n${lines.join('\n')}\n`);
    return run(experiment, [`failures.trace=${outages}`, ...set], options);
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

describe('copy on reference', () => {
  const reference = (more: readonly string[] = []) => [
    'policies.migration=on-reference',
    'policies.migration.tables=0B',
    'program.image=8MiB',
    ...more,
  ];

  it('freezes for its tables alone, and fetches what is referred to afterwards, page by page', async () => {
    const priced = ['cluster.os=in-kernel', 'cluster.machine=r3000-40'];
    const none = await play(ONE, [...priced, ...reference(['policies.migration.referenced=0%'])]);
    const half = await play(ONE, [...priced, ...reference(['policies.migration.referenced=50%'])]);
    const all = await play(ONE, [...priced, ...reference(['policies.migration.referenced=100%'])]);
    expect(mean(half, 'freeze_s')).toBe(mean(none, 'freeze_s'));
    expect(mean(half, 'freeze_s')).toBeLessThan(0.01);
    expect(mean(half, 'fetched_bytes')).toBe(4 * MIB);
    const late = (result: ExperimentResult) =>
      mean(result, 'response_time_s') - mean(none, 'response_time_s');
    // 1024 pages, each by a fault, two messages' flight and its wire time: some ms together with the far end's copy.
    expect(late(half) / 1024).toBeGreaterThan(0.0005);
    expect(late(half) / 1024).toBeLessThan(0.01);
    expect(late(all) / late(half)).toBeCloseTo(2, 3);
  });

  it('fetches during the progress that was set, and is done with it then', async () => {
    const free = await play(ONE, reference(['policies.migration.over=20s']));
    // Nothing costs anything: the job ends as if nothing had happened.
    expect(mean(free, 'response_time_s')).toBeCloseTo(1000, 9);
  });

  const crash = ['failures.master=off', 'policies.recovery=restart'];
  it('dies with the node that it left, long after', async () => {
    const script: Script = { ...ONE, crashes: [[0, 700]] };
    const lost = await play(script, [...reference(), ...crash]);
    expect(mean(lost, 'response_time_s')).toBeCloseTo(1700, 6);
    const kept = await play(script, ['program.image=8MiB', ...crash]);
    expect(mean(kept, 'response_time_s')).toBeCloseTo(1000, 6);
  });

  it('dies with any of the nodes that it left', async () => {
    const twice: Script = {
      ...ONE,
      nodes: 4,
      owners: [
        [0, 100],
        [1, 200],
      ],
      crashes: [[0, 700]],
    };
    const lost = await play(twice, [...reference(), ...crash]);
    expect(mean(lost, 'migrations')).toBe(2);
    expect(mean(lost, 'response_time_s')).toBeCloseTo(1700, 6);
  });
});

describe('flushing', () => {
  it('costs what the sum of its parts says, and depends on nothing that was left', async () => {
    const flush = [
      'policies.migration=flush',
      'policies.migration.files=5',
      'policies.migration.dirty_pages=37',
      'policies.migration.dirty_blocks=1',
      'failures.master=off',
      'policies.recovery=restart',
    ];
    const result = await play({ ...ONE, crashes: [[0, 700]] }, flush);
    const ms = 76 + 5 * 9.4 + (1e3 * 4) / 480 + (1e3 * 37 * 4) / 660;
    expect(1e3 * mean(result, 'freeze_s')).toBeCloseTo(ms, 6);
    expect(mean(result, 'response_time_s')).toBeCloseTo(1000 + ms / 1e3, 6);
  });

  it('flushes what the program has dirtied since it came, at most its image', async () => {
    const pages = (more: readonly string[]) =>
      play(ONE, ['policies.migration=flush', 'policies.migration.dirty_pages=program', ...more]);
    const some = await pages(['program.dirty=1KiB/s', 'program.image=1MiB']);
    const blocks = 0.95 * 4 * KIB;
    expect(mean(some, 'frozen_bytes') - blocks).toBeCloseTo(100 * KIB, 3);
    const all = await pages(['program.dirty=1MiB/s', 'program.image=1MiB']);
    expect(mean(all, 'frozen_bytes') - blocks).toBeCloseTo(MIB, 3);
  });
});

describe('several moves at once', () => {
  const three: Script = {
    nodes: 8,
    jobs: [
      [1, 1000],
      [1, 1000],
      [1, 1000],
    ],
    owners: [
      [0, 100],
      [1, 100],
      [2, 100],
    ],
  };
  const slow = ['program.image=1MiB', `policies.migration.bandwidth=${V}`];

  it('wait for the one wire of a shared network, and not for each other on a switched one', async () => {
    const priced = ['cluster.os=in-kernel', 'cluster.machine=r3000-40', ...slow];
    const shared = await play(three, [...priced, 'cluster.network=ethernet10']);
    const switched = await play(three, [...priced, 'cluster.network=atm155']);
    const fixed = mean(switched, 'freeze_s') - 3;
    expect(fixed).toBeLessThan(0.01);
    // 3, 6 and 9 s
    expect(mean(shared, 'freeze_s') - fixed).toBeCloseTo(6, 3);
    expect(mean(shared, 'longest_migration_s') - fixed).toBeCloseTo(9, 3);
  });

  it('wait at the file server whatever the network', async () => {
    const flush = await play(three, ['policies.migration=flush', 'cluster.network=atm155']);
    const alone = 0.076 + 4.53 * 0.0094;
    const server = (0.95 * 4) / 480 + (36.62 * 4) / 660;
    expect(mean(flush, 'freeze_s')).toBeCloseTo(alone + 2 * server, 6);
  });
});

describe('a gang of which one member moves', () => {
  it.each([2, 8, 32])('of %i nodes ends later by one move', async (width) => {
    const script: Script = { nodes: 40, jobs: [[width, 1000]], owners: [[1, 100]] };
    const set = ['program.image=8MiB', 'policies.migration.bandwidth=1MiB/s'];
    expect(mean(await play(script, set), 'response_time_s')).toBeCloseTo(1008, 6);
  });

  it('runs on while the memory of one is copied, and stands still with it for the rest', async () => {
    const script: Script = { nodes: 40, jobs: [[8, 1000]], owners: [[1, 100]] };
    const result = await play(script, [
      'program.image=8MiB',
      'program.dirty=100KiB/s',
      'policies.migration=precopy',
      'policies.migration.rounds=1',
      'policies.migration.stop=0B',
      'policies.migration.bandwidth=1MiB/s',
    ]);
    expect(mean(result, 'response_time_s')).toBeCloseTo(1000 + 800 / 1024, 6);
    expect(mean(result, 'migration_s')).toBeCloseTo(8 + 800 / 1024, 6);
  });
});

describe('moves that come to nothing', () => {
  const copying = [
    'policies.migration=precopy',
    'policies.migration.bandwidth=10KiB/s',
    'program.image=8MiB',
    'failures.master=off',
    'policies.recovery=restart',
  ];

  it('a job that ends while its memory is copied leaves no node behind', async () => {
    const result = await play(
      {
        nodes: 3,
        jobs: [
          [1, 150],
          [3, 10],
        ],
        owners: [[0, 100, 120]],
      },
      copying,
    );
    // The second job needs all nodes: it starts when the first has ended, and the one that was held for the move is free.
    expect(mean(result, 'response_time_s')).toBeCloseTo((150 + 160) / 2, 6);
    expect(mean(result, 'finished_jobs')).toBe(2);
  });

  it('a task whose target crashes while its memory is copied goes to another node instead', async () => {
    const result = await play(
      { nodes: 3, jobs: [[1, 1000]], owners: [[0, 100]], crashes: [[1, 300]] },
      copying,
    );
    expect(mean(result, 'migrations')).toBe(2);
    expect(mean(result, 'response_time_s')).toBeLessThan(1900);
  });

  it('a task that crashes with its node while its memory is copied starts over elsewhere', async () => {
    const result = await play(
      { nodes: 3, jobs: [[1, 1000]], owners: [[0, 100]], crashes: [[0, 300]] },
      copying,
    );
    expect(mean(result, 'response_time_s')).toBeCloseTo(1300, 6);
  });
});

describe('a job that is saved at its home', () => {
  const condor = [
    'policies.idle=condor',
    'policies.idle.phase=together',
    'program.image=8MiB',
    'policies.migration.bandwidth=1MiB/s',
  ];

  const back: Script = { ...ONE, owners: [[0, 102]] };

  it('goes on from there elsewhere: saved and brought back, its work kept', async () => {
    const result = await play(back, [
      ...condor,
      'policies.idle.small=1MiB',
      'policies.idle.least_vacated=10s',
    ]);
    // Offered at 5 s, called off at 105 s, saved by 113 s, back on another node 8 s later: 16 s in all.
    expect(mean(result, 'response_time_s')).toBeCloseTo(5 + 1000 + 16, 6);
    expect(mean(result, 'vacated')).toBe(1);
    expect(mean(result, 'lost_work_h')).toBe(0);
  });

  it('is killed where saving takes too long, and starts over', async () => {
    const result = await play(back, [
      ...condor,
      'policies.idle.small=1MiB',
      'policies.idle.least_vacated=10s',
      'policies.idle.most_vacating=2s',
    ]);
    expect(mean(result, 'restarts')).toBe(1);
    // Vacating since 105 s; the first poll more than 2 s later is at 110 s.
    expect(mean(result, 'response_time_s')).toBeCloseTo(110 + 1000, 6);
  });

  it('of a gang: all its tasks are saved, one after another at one home', async () => {
    const script: Script = { nodes: 8, jobs: [[4, 1000]], owners: [[2, 100]] };
    const result = await play(script, [
      ...condor,
      'policies.idle.small=1MiB',
      'policies.idle.least_vacated=10s',
      'cluster.network=ethernet10',
    ]);
    expect(mean(result, 'vacated')).toBe(1);
    expect(mean(result, 'finished_jobs')).toBe(1);
  });
});

describe('going home', () => {
  const home = ['policies.owner_return=home', 'program.image=8MiB', 'policies.migration.bandwidth=1MiB/s'];
  // The job's user is number 1, and so is their node; its owner is there, and so is that of node 2 at first.
  const busy: Script = {
    nodes: 3,
    jobs: [[1, 1000]],
    owners: [
      [1, 50, undefined, 0.5],
      [2, 60, 400, 0.5],
      [0, 100],
    ],
  };

  it('lets a guest run beside the owner of its own node, until another one is idle', async () => {
    const result = await play(busy, home);
    // 8 s to its home; from 108 to 400 s at half its pace; 8 s to node 2.
    expect(mean(result, 'migrations')).toBe(2);
    expect(mean(result, 'response_time_s')).toBeCloseTo(1000 + 8 + 146 + 8, 6);
    // Only the owner of node 0 found a guest in the way.
    expect(mean(result, 'owner_delay_s')).toBeCloseTo(8 / 3, 6);
  });

  it('is no way where the home holds another guest: then to an idle node, or stopped', async () => {
    const taken: Script = {
      nodes: 2,
      jobs: [
        [1, 1000],
        [1, 1000],
      ],
      owners: [[0, 100, 300]],
    };
    const result = await play(taken, home);
    // Job 1 is at node 0, its home is node 1, where job 2 runs: stopped for 200 s.
    expect(mean(result, 'migrations')).toBe(0);
    expect(mean(result, 'response_time_s')).toBeCloseTo((1200 + 1000) / 2, 6);
  });

  it('ends well: a job that ends at its home waits for no node any more', async () => {
    const short: Script = {
      ...busy,
      jobs: [
        [1, 200],
        [1, 100],
      ],
    };
    const result = await play(short, home);
    expect(mean(result, 'finished_jobs')).toBe(2);
  });
});

describe('calls that only the home can answer', () => {
  it('make a guest wait for two messages each, away from its own node and nowhere else', async () => {
    const set = ['cluster.os=in-kernel', 'cluster.machine=r3000-40', 'policies.idle.sample=100000s'];
    const late = async (nodes: number, calls: number) => {
      const response = async (rate: number) =>
        mean(
          await play({ nodes, jobs: [[1, 1000]], owners: [] }, [...set, `program.home_calls=${rate}`]),
          'response_time_s',
        );
      return (await response(calls)) - (await response(0));
    };
    // With two nodes user 1 is at node 1 and the guest at node 0; with one, both are at node 0.
    expect(await late(1, 100)).toBe(0);
    const some = await late(2, 100);
    expect(some).toBeGreaterThan(1000 * 100 * 2 * 50e-6);
    expect((await late(2, 200)) / some).toBeCloseTo(2, 6);
  });
});
