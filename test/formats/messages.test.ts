// Readers of message traces: dialects, files, lists, folders and tars, damage; what trace info tells of them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formOf } from '../../workloads/form.ts';
import { traceInfo } from '../../workloads/info.ts';
import {
  ACTION,
  ACTION_NAMES,
  ANY,
  type MessageTrace,
  readMessages,
} from '../../workloads/messages/index.ts';
import { haveTraces, refusal, scratch, TRACES } from './files.ts';

const file = scratch();
let number = 0;

function written(lines: readonly string[] | string): string {
  return file(`trace-${number++}`, typeof lines === 'string' ? lines : `${lines.join('\n')}\n`);
}

const read = (lines: readonly string[] | string) => readMessages(written(lines));

/** The actions of a rank as [name, peer, tag, amount, second]. */
function actions({ program }: MessageTrace, rank: number): [string, number, number, number, number][] {
  const found: [string, number, number, number, number][] = [];
  for (let i = program.first[rank]!; i < program.first[rank + 1]!; i++) {
    found.push([
      ACTION_NAMES[program.kind[i]!]!,
      program.peer[i]!,
      program.tag[i]!,
      program.amount[i]!,
      program.second[i]!,
    ]);
  }
  return found;
}

/** A tar of text files (ustar), as a gzip. */
function tar(files: Readonly<Record<string, string>>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, text] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('0', 156);
    header.write('ustar\0', 257);
    const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    body.write(text, 0, 'latin1');
    blocks.push(header, body);
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function folder(files: Readonly<Record<string, string>>): string {
  const top = dirname(file(`folder-${number}/mark`, ''));
  const place = join(top, `set-${number++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  return place;
}

const OLD = [
  'p0 init',
  'p0 compute 7.04e+06',
  'p0 send p1 1e6',
  'p0 Irecv p1',
  'p0 wait',
  'p0 allReduce 40 86',
  'p0 finalize',
  'p1 init',
  'p1 recv p0',
  'p1 Isend p0 163840',
  'p1 allReduce 40 86',
  'p1 finalize',
];

describe('the three dialects', () => {
  it('reads ids with letters, capitals, amounts with exponents, receives without a size', async () => {
    const trace = await read(OLD);
    expect(trace.header).toEqual({ syntax: 'old' });
    expect(actions(trace, 0).slice(1)).toEqual([
      ['compute', ANY, ANY, 7.04e6, 0],
      ['send', 1, 0, 1e6, 0],
      ['irecv', 1, 0, Number.NaN, 0],
      ['wait', ANY, ANY, 0, 0],
      ['allreduce', ANY, ANY, 40, 86],
      ['finalize', ANY, ANY, 0, 0],
    ]);
    expect(actions(trace, 1)[1]).toEqual(['recv', 0, 0, Number.NaN, 0]);
    expect(trace.matching).toMatchObject({
      sends: 2,
      receives: 2,
      matched: 2,
      bytes: 1_163_840,
      unmatched: [],
    });
  });

  it('reads numbers without tags: what is behind the peer is bytes', async () => {
    const trace = await read([
      '0 init',
      '0 send 1 1e6',
      '0 recv 1',
      '1 recv 0 1e6',
      '1 send 0 2000',
      '1 wait',
    ]);
    expect(trace.header).toEqual({ syntax: 'untagged' });
    expect(actions(trace, 0).slice(1)).toEqual([
      ['send', 1, 0, 1e6, 0],
      ['recv', 1, 0, Number.NaN, 0],
    ]);
    // Without arguments: the last request of any kind.
    expect(actions(trace, 1)[2]).toEqual(['wait', ANY, ANY, 0, ANY]);
  });

  it('takes what is behind the bytes for a data type where waits have no arguments', async () => {
    const trace = await read(['0 isend 1 1000 1', '0 wait', '1 irecv 0 1000 1', '1 wait']);
    expect(trace.header).toEqual({ syntax: 'untagged' });
    expect(actions(trace, 0)[0]).toEqual(['isend', 1, 0, 4000, 0]);
    const mixed = ['0 isend 1 0 1e6', '0 wait', '1 recv 0 0 1e6'];
    expect(await refusal(read(mixed))).toMatch(/:1: 1e6 where a data type stands in a trace without tags/);
  });

  it("reads today's: tags, counts of elements and their type", async () => {
    const trace = await read([
      '0 init',
      '0 isend 1 7 1000 0',
      '0 wait 0 1 7',
      '1 init',
      '1 irecv 0 7 1000 0',
      '1 test 0 1 7',
      '1 wait 0 1 7',
    ]);
    expect(trace.header).toEqual({ syntax: 'tagged' });
    expect(actions(trace, 0).slice(1)).toEqual([
      ['isend', 1, 7, 8000, 0],
      ['wait', 1, 7, 0, 1],
    ]);
    expect(actions(trace, 1).slice(1)).toEqual([
      ['irecv', 0, 7, 8000, 0],
      ['test', 0, 7, 0, 0],
      ['wait', 0, 7, 0, 0],
    ]);
  });

  it('takes a receive of two numbers for peer and tag where sends have tags', async () => {
    const trace = await read(['0 send 1 5 1e3', '1 recv 0 5']);
    expect(actions(trace, 1)).toEqual([['recv', 0, 5, Number.NaN, 0]]);
    expect(trace.matching.matched).toBe(1);
  });

  it('counts doubles where init has an argument, bytes where it has none, and the named type before both', async () => {
    const doubles = await read([
      '0 init 1',
      '1 init 1',
      '0 bcast 10',
      '1 bcast 10',
      '0 bcast 10 1 1',
      '1 bcast 10 1 1',
    ]);
    expect(actions(doubles, 0).slice(1)).toEqual([
      ['bcast', 0, ANY, 80, 0],
      ['bcast', 1, ANY, 40, 0],
    ]);
    const plain = await read(['0 init', '1 init', '0 bcast 10', '1 bcast 10']);
    expect(actions(plain, 0)[1]).toEqual(['bcast', 0, ANY, 10, 0]);
  });

  it('reads the sizes by rank of collectives, types and displacements behind them', async () => {
    const trace = await read([
      '0 alltoallv 100 1 40 30 1000 1 80 100 1 1',
      '1 alltoallv 1000 80 1 40 1000 40 1 30 1 1',
      '2 alltoallv 1000 100 30 1 1000 30 40 1 1 1',
      ...[0, 1, 2].map((r) => `${r} allgatherv 5 5 6 7 0 0`),
      ...[0, 1, 2].map((r) => `${r} reducescatter 5 6 7 1e9 0`),
      ...[0, 1, 2].map((r) => `${r} gatherv 5 5 6 7 2 0 0`),
      ...[0, 1, 2].map((r) => `${r} scatterv 5 6 7 4 1 0 0`),
      ...[0, 1, 2].map((r) => `${r} gather 68 68 1 6 6`),
    ]);
    const { program } = trace;
    const sizes = (k: number, count: number) => [
      ...program.vectors.slice(program.vector[k], program.vector[k]! + count),
    ];
    expect(sizes(0, 6)).toEqual([4, 160, 120, 4, 320, 400]);
    expect(sizes(1, 3)).toEqual([40, 48, 56]);
    expect(sizes(2, 3)).toEqual([40, 48, 56]);
    expect(program.second[2]).toBe(1e9);
    expect([program.peer[3], program.amount[3]]).toEqual([2, 40]);
    expect(sizes(4, 3)).toEqual([40, 48, 56]);
    expect([program.peer[4], program.amount[4]]).toEqual([1, 32]);
    expect([program.peer[5], program.amount[5]]).toEqual([1, 68]);
  });

  it('makes a send, a receive and a wait of an exchange', async () => {
    const trace = await read([
      '0 sendRecv 10 1 20 1 0 1',
      '1 sendRecv 20 0 10 0 1 0',
      '0 sendRecv 5 -1 5 1 6 6',
      '1 send 0 0 5 6',
    ]);
    expect(actions(trace, 0)).toEqual([
      ['isend', 1, 0, 80, 0],
      ['recv', 1, 0, 80, 0],
      ['wait', 1, 0, 0, 1],
      ['recv', 1, 0, 5, 0],
    ]);
    expect(trace.matching).toMatchObject({ sends: 3, matched: 3, unmatched: [] });
  });

  it('takes negative ranks and tags for any, and negative counts for unknown', async () => {
    const trace = await read(['0 send 1 3 1000', '1 recv -1 -1 -1']);
    expect(actions(trace, 1)).toEqual([['recv', ANY, ANY, Number.NaN, 0]]);
    expect(trace.matching.matched).toBe(1);
  });
});

describe('files', () => {
  const text = `${OLD.join('\n')}\n`;

  it('mends CRLF, extra blanks, comments and a missing last newline, and says so', async () => {
    const trace = await read(`# a comment\r\n${OLD.join(' \r\n\r\n')}`);
    expect(trace.matching.matched).toBe(2);
    expect(trace.records).toMatchObject({
      read: 12,
      kept: 12,
      repaired: { 'line ended in CRLF': 23, 'last line had no end': 1 },
    });
  });

  it('is told by content: plain, gzip, a list, a folder, a tar', async () => {
    const ranks = { 'r-0.txt': OLD.slice(0, 7).join('\n'), 'r-1.txt': OLD.slice(7).join('\n') };
    const set = folder({ ...ranks, list: 'r-0.txt\nr-1.txt' });
    const nested = folder({
      'x/list': 'x/r-0.txt\nx/r-1.txt\n',
      'x/r-0.txt': ranks['r-0.txt'],
      'x/r-1.txt': ranks['r-1.txt'],
    });
    const places = [
      written(text),
      file('packed.gz', gzipSync(text)),
      set,
      join(set, 'list'),
      join(nested, 'x', 'list'),
      nested,
      file('all.tar.gz', tar(ranks)),
      file(
        'listed.tgz',
        tar({
          'x/list': 'x/r-0.txt\nx/r-1.txt',
          'x/r-0.txt': ranks['r-0.txt'],
          'x/r-1.txt': ranks['r-1.txt'],
        }),
      ),
    ];
    const whole = await read(text);
    for (const place of places) {
      expect(await formOf(place), place).toBe('time-independent');
      const trace = await readMessages(place);
      expect(trace.program.kind, place).toEqual(whole.program.kind);
      expect(trace.program.amount, place).toEqual(whole.program.amount);
    }
  });

  it('puts files in the order of their numbers, and names what is no trace', async () => {
    const files: Record<string, string> = { 'platform.xml': '<platform/>', 'notes.txt': 'p is a rank\n' };
    for (let r = 0; r < 12; r++) files[`rank${r}.tit`] = `${r} init\n${r} barrier\n`;
    const trace = await readMessages(folder(files));
    expect(trace.program.ranks).toBe(12);
    expect(trace.program.files.map((name) => /rank(\d+)/.exec(name)![1])).toEqual(
      Array.from({ length: 12 }, (_, r) => String(r)),
    );
    expect(trace.notes).toEqual(['no traces, skipped: notes.txt, platform.xml']);
  });

  it('picks one of many traces by its list or by name', async () => {
    const many = file(
      'many.tar.gz',
      tar({
        'a/split': 'a/r0\na/r1\n',
        'a/r0': '0 init\n0 send 1 0 5\n',
        'a/r1': '1 recv 0 0 5\n',
        'a/whole': '0 barrier\n1 barrier\n2 barrier\n',
        'a/README': 'about\n',
      }),
    );
    const listed = await readMessages(many);
    expect(listed.program.ranks).toBe(2);
    expect(listed.notes).toEqual([
      'no traces, skipped: a/README',
      'other traces, left out (messages.member picks one): a/whole',
    ]);
    expect((await readMessages(many, { member: 'whole' })).program.ranks).toBe(3);
    expect(await refusal(readMessages(many, { member: 'hole' }))).toMatch(
      /no trace called "hole".*a\/split, a\/r0, a\/r1, a\/whole/s,
    );
  });

  it('refuses two traces that are mixed in one folder', async () => {
    const two = folder({ 'a.txt': '0 init\n1 init\n', 'b.txt': '0 init\n1 init\n' });
    expect(await refusal(readMessages(two))).toMatch(/b\.txt:1: rank 0 acts in this file and in .*a\.txt/);
    // By number, not by letters: 9 comes before 10.
    const numbered = folder({ 'r-10': '0 init\n', 'r-9': '0 init\n' });
    expect(await refusal(readMessages(numbered))).toMatch(/r-10:1: rank 0 acts in this file and in .*r-9/);
  });

  it('says which file of a list is missing, or is no trace', async () => {
    const set = folder({
      'r0.tit': '0 init\n',
      'r1.tit': '1 init\n',
      'x.xml': '<x/>',
      list: 'r0.tit\nr2.tit\n',
      bad: 'r0.tit\nx.xml\n',
    });
    expect(await refusal(readMessages(join(set, 'list')))).toMatch(
      /names r2\.tit, and there is no such file/,
    );
    expect(await refusal(readMessages(set, { member: 'bad' }))).toMatch(/names x\.xml, which is no trace/);
  });
});

describe('damage', () => {
  it('names the line of an unknown action, with the nearest', async () => {
    expect(await refusal(read(['0 init', '0 sned 1 0 5']))).toMatch(
      /:2: no action is called "sned"; did you mean "send"\?/,
    );
  });

  it('names the ranks that are missing', async () => {
    expect(await refusal(read(['0 init', '2 init', '5 init']))).toMatch(
      /ranks 1, 3, 4 of 0 to 5 are missing/,
    );
    expect(await refusal(read(['0 init', '0 comm_size 3', '1 init']))).toMatch(
      /:2: rank 2 of 0 to 2 is missing \(comm_size 3\)/,
    );
  });

  it.each([
    ['0 compute', /:1: compute without flops/],
    ['0 compute many', /"many" is not flops/],
    ['0 compute -5', /flops: -5; give 0 or more/],
    ['0 send 1 0', /a send without amount/],
    ['0 send x 0 1', /"x" is no rank/],
    ['0 send 1 4294967296 1', /the tag 4294967296; give a whole number of at most 2147483647/],
    ['0 send 7 0 1', /rank 7, but there are ranks 0 to 1 only/],
    ['0 alltoallv 10 1 2 10 1', /alltoallv has 5 numbers, too few for 2 ranks/],
    ['0 wait 1 1 0', /rank 0 asks for a message from 1 to 1/],
    ['what is this', /"what is this" is no action of a rank/],
  ])('refuses %s', async (line, message) => {
    // The tag of another line tells the dialect.
    expect(await refusal(read([line === 'what is this' ? '0 init' : line, line, '1 send 0 0 1']))).toMatch(
      message,
    );
  });

  it('names unmatched sends and receives by rank and position', async () => {
    const trace = await read(['0 init', '0 send 1 0 5', '0 send 1 1 5', '1 recv 0 0 5', '1 irecv 0 2 5']);
    expect(
      trace.matching.unmatched.map(({ rank, text }) => [rank, text.replace(/\S*\/trace-\d+/, 'FILE')]),
    ).toEqual([
      [0, 'rank 0 sends to rank 1 (tag 1) at FILE:3 (action 3), and nobody receives it'],
      [1, 'rank 1 receives from rank 0 (tag 2) at FILE:5 (action 2), and nobody sends it'],
    ]);
    expect(trace.notes).toHaveLength(2);
  });

  it('refuses ranks that do not take part in the same collectives', async () => {
    const message = await refusal(read(['0 barrier', '0 bcast 5', '1 barrier', '1 reduce 5 5']));
    expect(message).toMatch(
      /collective 2 of the program is not the same on all ranks: rank 0 is in bcast at .*:2 .*, rank 1 is in reduce at .*:4/,
    );
    expect(await refusal(read(['0 barrier', '1 init']))).toMatch(/rank 1 takes part in 0 only/);
  });

  it('says what a file would have to hold that is no trace', async () => {
    const place = written('a file\n');
    for (const line of ['x'.repeat(5000), `${place}/below`]) {
      expect(await refusal(readMessages(written(`${line}\n`)))).toMatch(/no form that nowsim knows/);
    }
    expect(await refusal(readMessages(written('hello world\n')))).toMatch(
      /no form that nowsim knows.*messages of ranks as SimGrid writes them/s,
    );
  });
});

describe('trace info', () => {
  it('counts by action, ranks, bytes, messages, unmatched', async () => {
    const info = await traceInfo(written(OLD), 0.1);
    expect(info.kind).toBe('time-independent');
    expect(info.counts).toEqual({
      ranks: 2,
      actions: 12,
      messages: 2,
      receives: 2,
      matched: 2,
      unmatched: 0,
      bytes: 1_163_840,
      collectives: 2,
      flops: 7_040_000,
    });
    expect(info.tables).toEqual({
      actions_by_name: {
        init: 2,
        compute: 1,
        send: 1,
        irecv: 1,
        wait: 1,
        allreduce: 2,
        finalize: 2,
        recv: 1,
        isend: 1,
      },
    });
  });
});

describe('GOAL', () => {
  const GOAL = [
    'num_ranks 2',
    '',
    'rank 0 {',
    'l3: send 8b to 1 tag 4',
    'l1: calc 1000 cpu 0',
    'l2: recv 16b from 1 tag 5',
    'l3 requires l2',
    'l2 irequires l1 // order only',
    '}',
    'rank 1 {',
    'a: send 16b to 0 tag 5',
    'b: recv 8b from 0 tag 4',
    '}',
  ];

  it('puts actions in an order that their requirements allow, receives waited for where they are required', async () => {
    const trace = await read(GOAL);
    expect(trace.form).toBe('goal');
    expect(actions(trace, 0)).toEqual([
      ['work', ANY, ANY, 1000, 0],
      ['irecv', 1, 5, 16, 0],
      ['wait', 1, 5, 0, 0],
      ['isend', 1, 4, 8, 0],
      ['waitall', ANY, ANY, 0, 0],
    ]);
    expect(actions(trace, 1).map(([name]) => name)).toEqual(['isend', 'irecv', 'waitall']);
    expect(trace.matching.matched).toBe(2);
  });

  it.each([
    [['l1 requires l9'], /:9: no action of this rank is called "l9"/],
    [['l1 requires l3'], /actions of rank 0 require each other in a circle/],
    [['l4: send 8b to 7'], /rank 7, but there are ranks 0 to 1 only/],
    [['l4: calc x'], /"x" is not a time in ns/],
    [['l4: jump 8'], /"l4: jump 8" is no action/],
  ])('refuses %s', async (lines, message) => {
    const text = [...GOAL];
    text.splice(8, 0, ...lines);
    expect(await refusal(read(text))).toMatch(message);
  });

  it('does not wait for the end of a receive whose start is all that is required', async () => {
    const trace = await read([
      'num_ranks 2',
      'rank 0 {',
      'l1: recv 8b from 1',
      'l2: calc 5',
      'l2 irequires l1',
      '}',
      'rank 1 {',
      'l1: send 8b to 0',
      '}',
    ]);
    expect(actions(trace, 0).map(([name]) => name)).toEqual(['irecv', 'work', 'waitall']);
  });

  it('names ranks that are missing, and lines outside of a rank', async () => {
    expect(await refusal(read(GOAL.slice(0, 9)))).toMatch(/rank 1 of 0 to 1 missing/);
    expect(await refusal(read(['num_ranks 1', 'l1: calc 5']))).toMatch(/:2: "l1: calc 5" outside of a rank/);
  });
});

describe('liballprof', () => {
  const rank = (calls: readonly string[]) =>
    ['# collprof 0.9 output file', 'MPI_Init:-:1:2:1.0', ...calls, 'MPI_Finalize:90.0:-'].join('\n');

  it('computes between calls, and reads the arguments of the C calls', async () => {
    const place = folder({
      'trace-0.dat': rank([
        'MPI_Isend:11.5:77:10:4,8,8:1:3:5,0,2:501:12.0',
        'MPI_Comm_size:12.0:5:2:13.0',
        'MPI_Wait:14.0:501:0:20.0',
        'MPI_Bcast:30.0:77:12:13,1,1:1:5,0,2:31.0',
      ]),
      'trace-1.dat': rank([
        'MPI_Irecv:2.0:77:10:4,8,8:0:3:5,1,2:502:3.0',
        'MPI_Wait:3.0:502:0:20.0',
        'MPI_Bcast:20.0:77:12:13,1,1:1:5,1,2:31.0',
        'MPI_Win_fence:31.0:1:31.0',
      ]),
    });
    expect(await formOf(place)).toBe('liballprof');
    const trace = await readMessages(place);
    expect(actions(trace, 0)).toEqual([
      ['work', ANY, ANY, 10_500, 0],
      ['isend', 1, 3, 80, 0],
      ['work', ANY, ANY, 1000, 0],
      ['wait', 1, 3, 0, 1],
      ['work', ANY, ANY, 10_000, 0],
      ['bcast', 1, ANY, 12, 0],
      ['work', ANY, ANY, 59_000, 0],
    ]);
    expect(actions(trace, 1).slice(1, 4)).toEqual([
      ['irecv', 0, 3, 80, 0],
      ['wait', 0, 3, 0, 0],
      ['bcast', 1, ANY, 12, 0],
    ]);
    expect(trace.notes).toEqual(['1 calls of MPI_Win_fence: not carried out']);
  });

  it('refuses lines that are cut', async () => {
    expect(await refusal(read(rank(['MPI_Bcast:3.0:77:12'])))).toMatch(/:3: MPI_Bcast has 1 arguments/);
    expect(await refusal(read(rank(['MPI_Bcast:3.0:77:12:x:0:5:4.0'])))).toMatch(/"x" is no data type/);
    expect(await refusal(read(rank(['MPI_Send:3.0:77:12:4,8,8:1:0:5:4.0'])))).toMatch(
      /rank 1, but there are 1 files/,
    );
  });
});

describe('otf2-print', () => {
  const event = (name: string, location: number, time: number, text: string) =>
    `${name.padEnd(30)} ${String(location).padStart(10)} ${String(9_007_199_254_740_993n + BigInt(time)).padStart(20)}  ${text}`;
  const region = (name: string) => `Region: "${name}" <3>`;
  const TEXT = [
    '=== OTF2-PRINT ===',
    'Event                        Location    Timestamp  Attributes',
    event('ENTER', 0, 0, region('main')),
    event('ENTER', 0, 100, region('MPI_Send')),
    // A call inside a call is no computing.
    event('ENTER', 0, 105, region('MPI_Isend')),
    event('LEAVE', 0, 108, region('MPI_Isend')),
    event(
      'MPI_SEND',
      0,
      110,
      'Receiver: 1 ("Master thread" <1>), Communicator: "W" <0>, Tag: 6, Length: 500',
    ),
    event('LEAVE', 0, 900, region('MPI_Send')),
    event('MEASUREMENT_ON_OFF', 0, 950, 'Mode: OFF'),
    event('MEASUREMENT_ON_OFF', 0, 5000, 'Mode: ON'),
    event('ENTER', 0, 5040, region('MPI_Bcast')),
    event(
      'MPI_COLLECTIVE_END',
      0,
      5050,
      'Operation: BCAST, Communicator: "W" <0>, Root: 1, Sent: 0, Received: 64',
    ),
    event('LEAVE', 0, 5060, region('MPI_Bcast')),
    event('ENTER', 1, 10, region('MPI_Irecv')),
    event('MPI_IRECV_REQUEST', 1, 11, 'Request: 1'),
    event('LEAVE', 1, 20, region('MPI_Irecv')),
    event('ENTER', 1, 40, region('MPI_Wait')),
    event(
      'MPI_IRECV',
      1,
      50,
      'Sender: 0 ("Master thread" <0>), Communicator: "W" <0>, Tag: 6, Length: 500, Request: 1',
    ),
    event('LEAVE', 1, 60, region('MPI_Wait')),
    event(
      'MPI_COLLECTIVE_END',
      1,
      70,
      'Operation: BCAST, Communicator: "W" <0>, Root: 1, Sent: 128, Received: 64',
    ),
    event('RMA_PUT', 1, 80, 'Bytes: 4'),
  ];

  it('computes between calls while measured, with clocks of more digits than numbers hold', async () => {
    const path = written(`${TEXT.join('\n')}\n`);
    expect(await formOf(path)).toBe('otf2-print');
    const trace = await readMessages(path, { ticks: 1e8 });
    expect(actions(trace, 0)).toEqual([
      ['work', ANY, ANY, 1000, 0],
      ['send', 1, 6, 500, 0],
      ['work', ANY, ANY, 500, 0],
      ['work', ANY, ANY, 400, 0],
      ['bcast', 1, ANY, 64, 0],
    ]);
    expect(actions(trace, 1)).toEqual([
      ['irecv', 0, 6, 500, 0],
      ['work', ANY, ANY, 200, 0],
      ['wait', 0, 6, 0, 0],
      ['bcast', 1, ANY, 64, 0],
    ]);
    expect(trace.notes).toEqual(['1 events RMA_PUT: not carried out']);
  });

  it('names the line of an event that is cut, and locations that are missing', async () => {
    const cut = TEXT.map((line) => line.replace(', Length: 500', ''));
    expect(await refusal(read(cut))).toMatch(/:(?:7|18): MPI_\w+ without a number "Length: "/);
    expect(await refusal(read(TEXT.map((line) => line.replace(/^(\w+ +)1 /, '$12 '))))).toMatch(
      /location 1 of 0 to 2 is missing/,
    );
  });
});

describe('the sample that ships', () => {
  it('is what its description says, made again', () => {
    const SIDE = 4;
    let seed = 12_345;
    const draw = () => {
      seed = (1_103_515_245 * seed + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    const lines: string[] = [];
    for (let r = 0; r < SIDE * SIDE; r++) {
      const [x, y] = [r % SIDE, Math.floor(r / SIDE)];
      const near: number[] = [];
      if (x > 0) near.push(r - 1);
      if (x < SIDE - 1) near.push(r + 1);
      if (y > 0) near.push(r - SIDE);
      if (y < SIDE - 1) near.push(r + SIDE);
      lines.push(`${r} init`, `${r} bcast 64 0 6`);
      for (let k = 0; k < 20; k++) {
        for (const n of near) lines.push(`${r} irecv ${n} ${k} 2048 6`);
        for (const n of near) lines.push(`${r} isend ${n} ${k} 2048 6`);
        lines.push(`${r} compute ${Math.round(1_310_720 * 0.9)}`);
        for (const n of near) lines.push(`${r} wait ${n} ${r} ${k}`);
        for (const n of near) lines.push(`${r} wait ${r} ${n} ${k}`);
        lines.push(`${r} compute ${Math.round(1_310_720 * (0.05 + 0.1 * draw()))}`);
        if (k % 5 === 4) lines.push(`${r} allreduce 1 0 0`);
      }
      lines.push(`${r} barrier`, `${r} finalize`);
    }
    const sample = gunzipSync(readFileSync('workloads/samples/stencil-16.trace.gz')).toString().split('\n');
    expect(sample.slice(1, -1)).toEqual(lines);
  });
});

const mpi = (name: string) => join(TRACES, 'mpi', name);

describe.skipIf(!haveTraces)('real traces (skipped where ../shared is absent)', () => {
  it('NAS LU of 2010: 4,408 messages, all matched', async () => {
    const trace = await readMessages(mpi('simgrid-NAS_LU_S_4.tar.gz'));
    expect(trace.byAction).toMatchObject({
      send: 4408,
      recv: 4000,
      irecv: 408,
      wait: 408,
      allreduce: 16,
      barrier: 4,
    });
    expect(trace.records).toMatchObject({ read: 18_520, kept: 18_520 });
    expect(trace.matching).toMatchObject({ matched: 4408, unmatched: [] });
    expect(trace.notes).toEqual([
      'no traces, skipped: NAS_LU_S_4/deploy_MPI_4.xml, NAS_LU_S_4/instr_actions.tesh',
    ]);
  });

  it.each([
    ['own-smpi-nas-dt.S.SH.12.tar.gz', 12, 213, 36],
    ['own-smpi-nas-is.S.8.tar.gz', 8, 657, 7],
    ['simgrid-ti_traces_32_1-HEAD.tar.gz', 32, 3232, 0],
    ['simgrid-replay-unit-actions.tar.gz', 2, 12, 3],
  ])('%s', async (name, ranks, records, sends) => {
    const trace = await readMessages(mpi(name));
    expect(trace.program.ranks).toBe(ranks);
    expect(trace.records.kept).toBe(records);
    expect(trace.matching).toMatchObject({ sends, matched: sends, unmatched: [] });
  });

  it('liballprof: 4 ranks, 5 broadcasts of 12 bytes each; 32 ranks of a stencil by otf2-print; GOAL by name', async () => {
    const calls = await readMessages(mpi('liballprof-bcast-4.tar.gz'));
    expect(calls.program.ranks).toBe(4);
    expect(calls.byAction).toEqual({ work: 24, bcast: 20 });
    const events = await readMessages(mpi('tracer-stencil4d-32.otf2-print.txt.gz'), { ticks: 2_095_147_102 });
    expect(events.matching).toMatchObject({ sends: 512, matched: 512, bytes: 512 * 131_072, unmatched: [] });
    expect(events.byAction).toMatchObject({ irecv: 512, wait: 512, barrier: 96 });
    const goal = mpi('loggopsim-goal-samples.tar.gz');
    const tree = await readMessages(goal, { member: 'binary_tree_32.goal' });
    expect(tree.matching).toMatchObject({ sends: 31, matched: 31, unmatched: [] });
    const rounds = await readMessages(goal, { member: 'dissemination_32.goal' });
    expect(rounds.matching).toMatchObject({ sends: 160, matched: 160, unmatched: [] });
    // One of them is whole: the first is taken, the other named.
    expect((await readMessages(goal)).notes).toEqual([
      'other traces, left out (messages.member picks one): dissemination_32.goal',
    ]);
  });

  it('reads each of the small hand-made ones', async () => {
    const unit = mpi('simgrid-replay-unit-actions.tar.gz');
    for (const name of ['allgatherv', 'allreduce', 'alltoall', 'alltoallv', 'barrier', 'bcast']) {
      const trace = await readMessages(unit, { member: `actions_${name}.txt` });
      expect(trace.byAction[name], name).toBe(name === 'bcast' ? 6 : trace.program.ranks);
    }
    for (const name of ['bcast_reduce_datatypes', 'gather', 'reducescatter', 'waitall', 'with_isend']) {
      expect((await readMessages(unit, { member: `actions_${name}.txt` })).matching.unmatched, name).toEqual(
        [],
      );
    }
    const isend = await readMessages(unit, { member: 'actions_with_isend.txt' });
    expect(isend.program.kind.filter((k) => k === ACTION.test)).toHaveLength(2);
  });
});
