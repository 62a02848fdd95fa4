// What `nowsim trace info` says: the form by content, counts under the published names, refusals that list the forms.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../scripts/commands/trace.ts';
import { formOf } from '../../workloads/form.ts';
import { haveTraces, refusal, scratch, TRACES } from './files.ts';

const file = scratch();
const SAMPLES = join(import.meta.dirname, '..', '..', 'workloads', 'samples');

/** What the command prints. */
async function printed(path: string, json: boolean, busyAbove = '10%'): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await handler({ _: [], $0: 'nowsim', what: 'info', file: path, json, busyAbove });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

describe('the form of a file', () => {
  const forms: [string, string | Uint8Array, string][] = [
    ['a log with a header', '; Version: 2.2\n', 'swf'],
    ['a log without', `1 0 -1 5 1 ${'-1 '.repeat(13)}\n`, 'swf'],
    ['a log of short lines', '\n1 0 -1 5 1\n', 'swf'],
    ['samples', '12\n7\n', 'planetlab'],
    [
      'events with a header',
      '# event_id component_id node_id platform_id node_name event_type event_start_time\n',
      'fta',
    ],
    ['events without', '0 0 1 3 10.0 1 100 200\n', 'fta'],
    ['events that do not end', '0 0 1 3 10.0 1 100 NULL NULL\n', 'fta'],
    ['activity', '# comment\n\nws1 0 away 0.1\n', 'activity'],
    ['activity without a value', 'ws1 0 input\n', 'activity'],
    ['keyboard slots', 'timestamp,value\r\n2014-07-06 20:10:00,1\r\n', 'keyboard'],
    ['failures', 'System,nodes,Prob Started,Prob Fixed\n', 'lanl-failures'],
  ];
  it.each(forms)('is told by its content: %s', async (_, content, form) => {
    // The name says nothing, packed or not.
    expect(await formOf(file('trace.dat', content))).toBe(form);
    expect(await formOf(file('trace.swf.gz', gzipSync(content)))).toBe(form);
  });

  it.each([
    ['a slip in its one line', 'owners', 'n0 0 awy 0\n', 'activity'],
    [
      'a slip in the first of several lines',
      'owners',
      'n0 zero away 0\nn0 5 present 1\nn1 0 away 0\n',
      'activity',
    ],
    ['a log with a word in its first line', 'log', `1 x -1 5 1\n${'2 0 -1 5 1\n'.repeat(2)}`, 'swf'],
    ['a log of one bad line, by its name', 'log.swf', '1 x -1 5 1\n', 'swf'],
  ])('is what it is meant to be: %s', async (_, name, content, form) => {
    expect(await formOf(file(name, content))).toBe(form);
    expect(await refusal(printed(file(name, content), false))).toMatch(/:1:\d+: .*"/);
  });

  it.each([
    ['prose', 'Once upon a time\n'],
    ['a table', 'a,b\n1,2\n'],
    ['comments only', '# nothing\n'],
    ['numbers of another shape', '1 2 3\n'],
    ['bytes', Uint8Array.of(1, 2, 0, 3)],
    ['a grid workload of 29 columns', `${'1 '.repeat(29)}\n`],
  ])('is none of those known: %s', async (_, content) => {
    const text = await refusal(formOf(file('unknown', content)));
    expect(text).toContain('the file has no form that nowsim knows; known are');
    for (const known of [
      'Standard Workload Format',
      'PlanetLab',
      'Failure Trace Archive',
      'node time kind value',
    ]) {
      expect(text).toContain(known);
    }
  });
});

describe('trace info', () => {
  it('prints JSON with the counts at the top', async () => {
    const info = JSON.parse(await printed(join(SAMPLES, 'lublin-500.swf'), true));
    expect(info).toMatchObject({
      kind: 'swf',
      jobs: 500,
      comment_lines: 8,
      run_zero: 0,
      processors: 128,
      records: { read: 500, kept: 500, repaired: {}, dropped: {} },
      choices: { processors_from_allocated: 500 },
      header: { max_procs: 128 },
    });
    const owners = JSON.parse(await printed(join(SAMPLES, 'owners-8-two-days.txt'), true));
    expect(owners).toMatchObject({ kind: 'activity', nodes: 8, span_s: 172_800, withdrawn_share: 0 });
    expect(owners.availability + owners.present_share).toBeCloseTo(1, 12);
  });

  it('prints a table for people, with the reasons of what was dropped', async () => {
    const path = file('small.swf', `; Computer: a test\n1 0 -1 5 1 ${'-1 '.repeat(13)}\n2 0 -1 -1 1\n`);
    const text = await printed(path, false);
    expect(text).toMatch(/Computer: a test/);
    expect(text).toMatch(/jobs +2\n/);
    expect(text).toMatch(/processors +not said/);
    expect(text).toMatch(
      /2 records read, 1 kept\n {4}repaired 1: blanks at the line end\n {4}repaired 1: missing trailing/,
    );
    expect(text).toMatch(/dropped 1: run time below zero/);
    expect(text).toMatch(/estimate_assumed +1/);
  });

  it('takes the limit of presence as a share, and refuses what is none', async () => {
    const path = file('samples', '10\n40\n');
    for (const [limit, share] of [
      ['10%', 1],
      ['0.3', 0.5],
      ['50%', 0],
    ] as const) {
      expect(JSON.parse(await printed(path, true, limit)).present_share).toBe(share);
    }
    expect(await refusal(printed(path, true, 'x'))).toContain('--busy-above: ');
    expect(await refusal(printed(path, true, '120%'))).toContain('at most 1');
  });

  it.skipIf(!haveTraces)('prints the expected counts of every real log as JSON', async () => {
    const [head, ...rows] = readFileSync(join(TRACES, 'expected-swf.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((row) => row.split(','));
    for (const row of rows.filter((row) => Number(row[2]) < 100_000)) {
      const info = JSON.parse(await printed(join(TRACES, 'swf', row[0]!), true));
      const expected = Object.fromEntries(head!.map((column, i) => [column, Number(row[i])]).slice(2, 12));
      expect(info).toMatchObject(expected);
    }
  });
});
