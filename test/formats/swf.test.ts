// Job logs: real ones against counts of an independent program, every kind of damage, reading what was written.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import {
  chooseJobs,
  readSwf,
  readSwfLog,
  type SwfJobs,
  summariseSwf,
  writeSwf,
} from '../../workloads/jobs/swf.ts';
import type { JobChoices, JobTable } from '../../workloads/jobs/table.ts';
import { haveTraces, refusal, scratch, TRACES } from './files.ts';

const file = scratch();
const DEFAULTS: JobChoices = { processors: 'allocated', overrun: 'kill', zero_run: 'drop' };
const ALL: JobChoices = { processors: 'allocated-or-requested', overrun: 'keep', zero_run: 'keep' };

interface Line {
  id: number | string;
  submit: number | string;
  wait: number;
  run: number | string;
  allocated: number | string;
  usedMemory: number;
  requested: number;
  time: number;
  memory: number;
  status: number;
  user: number;
}
/** A line of 18 fields: job 1 of user 1, one processor for 10 s, unless said otherwise. */
function line(given: Partial<Line> = {}): string {
  const f: Line = {
    id: 1,
    submit: 0,
    wait: -1,
    run: 10,
    allocated: 1,
    usedMemory: -1,
    requested: 1,
    time: 20,
    memory: -1,
    status: 1,
    user: 1,
    ...given,
  };
  return `${f.id} ${f.submit} ${f.wait} ${f.run} ${f.allocated} -1 ${f.usedMemory} ${f.requested} ${f.time} ${f.memory} ${f.status} ${f.user} -1 -1 -1 -1 -1 -1`;
}
let made = 0;
function log(...lines: string[]): string {
  return file(`log-${++made}.swf`, `${lines.join('\n')}\n`);
}
const columns = (jobs: JobTable) => ({
  ...jobs,
  ...Object.fromEntries(
    Object.entries(jobs)
      .filter(([, v]) => ArrayBuffer.isView(v))
      .map(([k, v]) => [k, [...v]]),
  ),
});

/** Columns in which two tables differ; comparing bytes is quick for large ones. */
function differences(a: JobTable, b: JobTable): string[] {
  return (Object.keys(a) as (keyof JobTable)[]).filter((key) => {
    const [x, y] = [a[key], b[key]];
    return typeof x === 'number' || typeof y === 'number'
      ? x !== y
      : Buffer.compare(bytesOf(x), bytesOf(y)) !== 0;
  });
}
const bytesOf = (column: ArrayBufferView) => Buffer.from(column.buffer, column.byteOffset, column.byteLength);

describe.skipIf(!haveTraces)('real logs', () => {
  const [head, ...rows] = haveTraces
    ? readFileSync(join(TRACES, 'expected-swf.csv'), 'utf8')
        .trim()
        .split('\n')
        .map((row) => row.split(','))
    : [[]];
  it.each(rows.map((row) => [row[0]!, row] as const))(
    '%s counts as an independent program does',
    async (name, row) => {
      const swf = await readSwfLog(join(TRACES, 'swf', name));
      const expected = Object.fromEntries(head!.map((column, i) => [column, Number(row[i])]).slice(2, 12));
      expect(summariseSwf(swf)).toEqual(expected);
      const jobs = chooseJobs(swf, ALL);
      expect(jobs.records.kept).toBe(
        Number(row[head!.indexOf('fcfs_jobs')]) + Number(row[head!.indexOf('fcfs_too_big')]),
      );
    },
  );

  it('keep the header: machine, clock, queues, the notice of the provider', async () => {
    const { header } = await readSwf(join(TRACES, 'swf', 'SDSC-SP2-1998-4.2-cln.swf.gz'), DEFAULTS);
    expect(header).toMatchObject({
      max_procs: 128,
      max_nodes: 128,
      unix_start_time_s: 893466664,
      preemption: 'No',
    });
    expect(Object.keys(header.queues)).toHaveLength(7);
    expect(header.labels['Acknowledge']?.join('\n')).toContain('Copyright 2000 The Regents');
    const curie = await readSwf(join(TRACES, 'swf', 'CEA-Curie-2011-2.1-cln.swf.gz'), DEFAULTS);
    expect(curie.header).toMatchObject({ max_procs: 93312, max_nodes: 5544, time_zone: 'Europe/Paris' });
    expect(curie.jobs.offset_s).toBe(31656837);
  });

  it('are the same after writing and reading again', async () => {
    for (const name of [
      'KTH-SP2-1996-2.1-cln.swf.gz',
      'NASA-iPSC-1993-3.1-cln.swf.gz',
      'alea-hpc2n-cut.swf.gz',
    ]) {
      const { jobs, header } = await readSwf(join(TRACES, 'swf', name), DEFAULTS);
      const path = join(dirname(file('x', 'x')), 'again.swf');
      writeSwf(path, jobs, { computer: 'test', max_procs: header.max_procs!, notes: [], from: header });
      const again = await readSwf(path, DEFAULTS);
      expect(differences(again.jobs, jobs)).toEqual([]);
      expect(again.header.max_procs).toBe(header.max_procs);
      expect(again.header.unix_start_time_s).toBe(header.unix_start_time_s);
      expect(again.header.lines.join('\n')).toContain(header.labels['Acknowledge']![0]!.split('\n')[0]!);
    }
  });
});

describe('what a line says', () => {
  it('reaches the table: times on the clock of the first job, memory in bytes, decimals', async () => {
    const { jobs, records } = await readSwf(
      log(
        '; Version: 2.2',
        line({ id: 7, submit: 1000, run: 10.5, allocated: 4, usedMemory: 100, time: 20, status: 1, user: 3 }),
        line({ id: 8, submit: '1000.25', run: 5, allocated: 2, memory: 64, status: 0, user: -1 }),
      ),
      DEFAULTS,
    );
    expect(columns(jobs)).toEqual({
      n: 2,
      offset_s: 1000,
      id: [7, 8],
      submit_s: [0, 0.25],
      run_s: [10.5, 5],
      estimate_s: [20, 20],
      width: [4, 2],
      user: [3, -1],
      memory: [102400, 65536],
      status: [1, 0],
    });
    expect(records).toEqual({ read: 2, kept: 2, repaired: {}, dropped: {} });
  });

  it('becomes a job by the choice of processors', async () => {
    const path = log(
      line({ id: 1, allocated: 4, requested: 8 }),
      line({ id: 2, allocated: -1, requested: 8 }),
      line({ id: 3, allocated: 4, requested: -1 }),
      line({ id: 4, allocated: 0, requested: 0 }),
    );
    const widths = async (processors: JobChoices['processors']) => {
      const { jobs, records, choices } = await readSwf(path, { ...DEFAULTS, processors });
      return [[...jobs.width], records.dropped['no processors'], choices.processors_from_requested];
    };
    expect(await widths('allocated')).toEqual([[4, 4], 2, 0]);
    expect(await widths('allocated-or-requested')).toEqual([[4, 8, 4], 1, 1]);
    expect(await widths('requested-or-allocated')).toEqual([[8, 8, 4], 1, 2]);
  });

  it('is cut at the requested time or not; without a request the estimate is the run time', async () => {
    const path = log(
      line({ id: 1, run: 30, time: 20 }),
      line({ id: 2, run: 20, time: 20 }),
      line({ id: 3, run: 30, time: -1 }),
      line({ id: 4, run: 30, time: 0 }),
    );
    const kill = await readSwf(path, DEFAULTS);
    expect([...kill.jobs.run_s]).toEqual([20, 20, 30, 30]);
    expect([...kill.jobs.estimate_s]).toEqual([20, 20, 30, 30]);
    expect(kill.choices).toMatchObject({ overrun_cut: 1, overrun_kept: 0, estimate_assumed: 2 });
    const keep = await readSwf(path, { ...DEFAULTS, overrun: 'keep' });
    expect([...keep.jobs.run_s]).toEqual([30, 20, 30, 30]);
    expect([...keep.jobs.estimate_s]).toEqual([30, 20, 30, 30]);
    expect(keep.choices).toMatchObject({ overrun_cut: 0, overrun_kept: 1, estimate_assumed: 2 });
  });

  it('with a run time of zero is dropped or kept', async () => {
    const path = log(line({ id: 1, run: 0 }), line({ id: 2 }));
    const dropped = await readSwf(path, DEFAULTS);
    expect(dropped.records).toMatchObject({ read: 2, kept: 1, dropped: { 'zero run time': 1 } });
    const kept = await readSwf(path, { ...DEFAULTS, zero_run: 'keep' });
    expect([...kept.jobs.run_s]).toEqual([0, 10]);
    expect(kept.choices.zero_run_kept).toBe(1);
  });

  it('may have any status', async () => {
    const { jobs, records } = await readSwf(
      log(
        ...[1, 0, 5, -1].map((status, i) => line({ id: i + 1, status })),
        line({ id: 9, status: 5, run: -1, allocated: -1 }),
      ),
      DEFAULTS,
    );
    expect([...jobs.status]).toEqual([1, 0, 5, -1]);
    expect(records.dropped).toEqual({ 'run time below zero': 1 });
  });

  it('may be a part of a job: the summary or the parts, never both', async () => {
    const { jobs, records } = await readSwf(
      log(
        line({ id: 1, run: 30, time: 40, status: 1 }),
        line({ id: 1, run: 10, status: 2 }),
        line({ id: 1, submit: -1, run: 20, status: 3 }),
        // No summary: the parts stay.
        line({ id: 2, submit: 5, run: 7, status: 2 }),
        line({ id: 2, submit: 15, run: 8, status: 4 }),
        line({ id: 3, submit: 20 }),
      ),
      DEFAULTS,
    );
    expect([...jobs.id]).toEqual([1, 2, 2, 3]);
    expect([...jobs.run_s]).toEqual([30, 7, 8, 10]);
    expect(records.dropped).toEqual({ 'part of a summarised job': 2 });
  });
});

describe('what is mended or left out is counted', () => {
  it('CRLF, blanks, short lines, a missing newline, jobs out of order', async () => {
    const text = [
      '; MaxProcs: 8',
      `${line({ id: 1, submit: 50 })}`,
      `   ${line({ id: 2, submit: 40 }).replaceAll(' ', '\t  ')}   `,
      '',
      '3 60 -1 10 2',
      line({ id: 4, submit: 40, user: 2 }),
    ].join('\r\n');
    const { jobs, records } = await readSwf(file('mended.swf', text), DEFAULTS);
    // Jobs submitted together stay in the order of the file.
    expect([...jobs.id]).toEqual([2, 4, 1, 3]);
    expect([...jobs.submit_s]).toEqual([0, 0, 10, 20]);
    expect(jobs.offset_s).toBe(40);
    expect(records).toEqual({
      read: 4,
      kept: 4,
      repaired: {
        'CRLF line end': 5,
        'blanks at the line end': 1,
        'missing trailing fields': 1,
        'missing last newline': 1,
        'submission out of order': 2,
      },
      dropped: {},
    });
  });

  it('jobs without processors, run or submission', async () => {
    const { records } = await readSwf(
      log(
        line({ id: 1, allocated: 0 }),
        line({ id: 2, run: -1 }),
        line({ id: 3, submit: -5 }),
        line({ id: 4 }),
      ),
      DEFAULTS,
    );
    expect(records).toEqual({
      read: 4,
      kept: 1,
      repaired: {},
      dropped: { 'no processors': 1, 'run time below zero': 1, 'submission below zero': 1 },
    });
  });

  it('and counts add up for any mixture', async () => {
    const random = new Streams(5, 0).stream('mixture');
    const some = (values: readonly number[]) => values[Math.floor(random.next() * values.length)]!;
    const lines = Array.from({ length: 3000 }, (_, i) =>
      line({
        id: i + 1,
        submit: some([-1, 0, 5, 7.5, 1e6]),
        run: some([-1, 0, 1, 2.25, 1e5]),
        allocated: some([-1, 0, 1, 64]),
        requested: some([-1, 0, 1, 128]),
        time: some([-1, 0, 1, 100]),
        status: some([-1, 0, 1, 5]),
      }),
    );
    const swf = await readSwfLog(log(...lines));
    for (const processors of ['allocated', 'allocated-or-requested', 'requested-or-allocated'] as const) {
      for (const zero_run of ['drop', 'keep'] as const) {
        const { jobs, records } = chooseJobs(swf, { processors, overrun: 'kill', zero_run });
        const dropped = Object.values(records.dropped).reduce((sum, n) => sum + n, 0);
        expect(records.kept + dropped).toBe(records.read);
        expect(jobs.n).toBe(records.kept);
        expect(jobs.submit_s.every((t, i) => t >= (i === 0 ? 0 : jobs.submit_s[i - 1]!))).toBe(true);
        expect(jobs.width.every((w) => w > 0)).toBe(true);
        expect(jobs.run_s.every((run, i) => run >= 0 && run <= jobs.estimate_s[i]!)).toBe(true);
      }
    }
  });
});

describe('damage is refused with its place', () => {
  const refused: [string, string, string][] = [
    ['not a number', line({ run: 'NaN' }), ':2:8: "NaN" is not a number; an SWF line is 18 numbers'],
    ['a word', line({ allocated: 'four' }), ':2:11: "four" is not a number'],
    ['an infinity', line({ run: 'inf' }), ':2:8: "inf" is not a number'],
    ['another comment sign', '# fields', '"#" is not a number; comments of an SWF file start with ";"'],
    ['too many fields', `${line()} 19`, ':2:1: 19 fields; an SWF line has 18 numbers'],
    ['half a processor', line({ allocated: '1.5' }), 'allocated processors (field 5) is 1.5'],
    ['half a job number', line({ id: '1.5' }), 'job number (field 1) is 1.5'],
    [
      'more processors than there can be',
      line({ allocated: '3000000000' }),
      'allocated processors (field 5) is 3000000000',
    ],
    ['a status beyond all', line({ status: 300 }), 'status (field 11) is 300'],
    ['an XML file', '<xml>', ':2:1: "<xml>" is not a number'],
  ];
  it.each(refused)('%s', async (_, bad, message) => {
    const path = log(line({ id: 99 }), bad);
    const text = await refusal(readSwf(path, DEFAULTS));
    expect(text).toContain(message);
    expect(text).toContain(`${path}:2:`);
    // The line itself, with a caret.
    expect(text).toMatch(/\n {4}\| .*\n {4}\| *\^$/);
  });

  it('control characters do not reach the terminal', async () => {
    const text = await refusal(readSwf(log('1 2 \u001b[31mred'), DEFAULTS));
    expect(text).toContain('".[31mred" is not a number');
    expect([...text].some((character) => character < ' ' && character !== '\n')).toBe(false);
  });

  it('a job number used twice: both lines are named', async () => {
    const path = log('; c', line({ id: 5 }), line({ id: 6 }), line({ id: 5 }));
    expect(await refusal(readSwf(path, DEFAULTS))).toContain(
      `${path}:4: job number 5 stands on line 2 already`,
    );
    // Unknown numbers are no numbers.
    expect((await readSwf(log(line({ id: -1 }), line({ id: -1 })), DEFAULTS)).jobs.n).toBe(2);
  });

  it('a log of which nothing is kept', async () => {
    const text = await refusal(readSwf(log(line({ run: -1 }), line({ id: 2, allocated: -1 })), DEFAULTS));
    expect(text).toContain('no jobs could be read: 2 records seen (1 run time below zero, 1 no processors)');
    expect(await refusal(readSwf(log('; only comments'), DEFAULTS))).toContain(
      'no jobs could be read: 0 records',
    );
  });

  it('random bytes never end in anything but a refusal', async () => {
    const random = new Streams(3, 0).stream('bytes');
    for (let k = 0; k < 50; k++) {
      const bytes = Uint8Array.from({ length: 2000 }, () => 1 + Math.floor(random.next() * 255));
      await refusal(readSwf(file(`bytes-${k}`, bytes), DEFAULTS));
      await refusal(readSwf(file(`bytes-${k}.gz`, gzipSync(bytes)), DEFAULTS));
    }
  });
});

describe('the header', () => {
  it('of the SDSC style: labels, prose, continued values, numbered queues', async () => {
    const { header } = await readSwf(
      log(
        '; Version: 2',
        '; Computer: IBM SP2',
        ';  Information: http://www.npaci.edu/',
        ';               http://www.cs.huji.ac.il/labs/parallel/workload/',
        '; MaxJobs: 73496 (uncleaned)',
        '; Preemption: No',
        '; UnixStartTime: 893466664',
        '; TimeZone: -28800',
        '; TimeZoneString: US/Pacific',
        '; MaxNodes: 128',
        '; MaxProcs: 1152',
        '; MaxQueues: 2',
        '; Queues: queues are by priority',
        '; Queue: 0 interactive',
        '; Queue: 1 normal   ',
        '; Partition:  3  batch',
        ';',
        '; see http://nowhere/: a label that is none',
        line(),
      ),
      DEFAULTS,
    );
    expect(header).toMatchObject({
      max_procs: 1152,
      max_nodes: 128,
      max_jobs: 73496,
      unix_start_time_s: 893466664,
      time_zone: 'US/Pacific',
      preemption: 'No',
      queues: { 0: 'interactive', 1: 'normal' },
      partitions: { 3: 'batch' },
    });
    expect(header.labels['Information']).toEqual([
      'http://www.npaci.edu/\nhttp://www.cs.huji.ac.il/labs/parallel/workload/',
    ]);
    expect(header.lines).toHaveLength(18);
  });

  it('may be missing, or not a number where one belongs', async () => {
    const { header } = await readSwf(log('; MaxProcs: many', line()), DEFAULTS);
    expect(header.max_procs).toBeUndefined();
    expect((await readSwf(log(line()), DEFAULTS)).header.lines).toEqual([]);
  });
});

describe('writing and reading again', () => {
  const again = async (jobs: JobTable, choices: JobChoices): Promise<SwfJobs> => {
    const path = join(dirname(file('x', 'x')), `written-${++made}.swf`);
    writeSwf(path, jobs, { computer: 'a test', max_procs: 64, notes: ['one', 'two'] });
    return readSwf(path, choices);
  };

  it('gives the same table, for random logs and every choice', async () => {
    const random = new Streams(11, 0).stream('logs');
    const upTo = (n: number) => Math.floor(random.next() * n);
    for (let k = 0; k < 40; k++) {
      const lines = Array.from({ length: 1 + upTo(60) }, (_, i) =>
        line({
          id: i + 1,
          submit: 1e9 + upTo(1000) / [1, 8, 10, 100][upTo(4)]!,
          run: random.next() < 0.2 ? 0 : random.next() * 10 ** upTo(7),
          allocated: 1 + upTo(64),
          usedMemory: upTo(2) * upTo(1e6),
          memory: upTo(1e6),
          time: upTo(3) === 0 ? -1 : upTo(1e5),
          status: [0, 1, 5, -1][upTo(4)]!,
          user: upTo(5) - 1,
        }),
      );
      const choices: JobChoices = {
        processors: 'allocated',
        overrun: k % 2 === 0 ? 'kill' : 'keep',
        zero_run: 'keep',
      };
      const first = await readSwf(log(...lines), choices);
      const second = await again(first.jobs, choices);
      expect(second.jobs).toEqual(first.jobs);
      expect(second.header).toMatchObject({ max_procs: 64, labels: { Note: ['one', 'two'] } });
      expect(second.records.repaired).toEqual({});
    }
  });

  it('writes a schedule: waits, the rows asked for, in their order', async () => {
    const { jobs } = await readSwf(log(line({ id: 1, submit: 100 }), line({ id: 2, submit: 103 })), DEFAULTS);
    const path = join(dirname(file('x', 'x')), 'schedule.swf');
    writeSwf(
      path,
      jobs,
      { computer: 'a test', max_procs: 1, notes: [] },
      { wait_s: [0, 7], run_s: [10, 4.5], status: [1, 5], rows: [1] },
    );
    const rows = readFileSync(path, 'utf8')
      .split('\n')
      .filter((row) => row !== '' && !row.startsWith(';'));
    expect(rows).toEqual(['2 103 7 4.5 1 -1 -1 1 20 -1 5 1 -1 -1 -1 -1 -1 -1']);
  });
});
