// Owner traces: each form real (where at hand) and made, damaged, and read again after writing.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import { ACTIVITY, type ActivityKind, type ActivityTable } from '../../workloads/owners/activity.ts';
import { readActivity, writeActivity } from '../../workloads/owners/activity-file.ts';
import { ActivityColumns, summariseActivity } from '../../workloads/owners/columns.ts';
import { readFta, writeFta } from '../../workloads/owners/fta.ts';
import { readOwners } from '../../workloads/owners/index.ts';
import { readLanlFailures } from '../../workloads/owners/lanl-failures.ts';
import { readPlanetLab } from '../../workloads/owners/planetlab.ts';
import { recordCount } from '../../workloads/records.ts';
import { haveTraces, refusal, scratch, TRACES } from './files.ts';

const file = scratch();
const KINDS = Object.keys(ACTIVITY) as ActivityKind[];

/** Records of a table by node: `time kind value`. */
function told(table: ActivityTable): Record<string, string[]> {
  return Object.fromEntries(
    table.names.map((name, node) => [
      name,
      Array.from({ length: table.first[node + 1]! - table.first[node]! }, (_, i) => {
        const k = table.first[node]! + i;
        return `${table.time_s[k]} ${KINDS[table.kind[k]!]} ${table.value[k]}`;
      }),
    ]),
  );
}

/** A tar archive of files, by the ustar layout; a name of more than 100 bytes in the manner of GNU. */
function tar(files: Record<string, string>): Buffer {
  const member = (name: string, type: string, content: Buffer): Buffer[] => {
    const header = Buffer.alloc(512);
    header.write(name.slice(0, 100), 0);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write(type, 156);
    header.write('ustar\0', 257);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  };
  return Buffer.concat([
    ...Object.entries(files).flatMap(([name, content]) => [
      ...(name.length > 100 ? member('././@LongLink', 'L', Buffer.from(`${name}\0`)) : []),
      ...member(name, '0', Buffer.from(content)),
    ]),
    Buffer.alloc(1024),
  ]);
}

describe('PlanetLab CPU traces', () => {
  const samples = '5\n5\n10\n99\n9\n0\n';

  it('become stays of the owner, at or above the limit', async () => {
    const { owners, records } = await readPlanetLab(file('one', samples), 0.1);
    expect(told(owners)).toEqual({
      one: ['0 away 0.05', '600 present 0.1', '900 present 0.99', '1200 away 0.09', '1500 away 0'],
    });
    expect(owners.span_s).toBe(1800);
    expect(records).toEqual({ read: 6, kept: 6, repaired: {}, dropped: {} });
    const strict = await readPlanetLab(file('one', samples), 0.5);
    expect(summariseActivity(strict.owners)).toMatchObject({ present_share: 1 / 6, owner_returns: 1 });
  });

  it('may be a folder or a tar, packed or not: nodes in name order', async () => {
    const long = `planetlab/${'x'.repeat(120)}`;
    const files = { 'day/b_node': samples, 'day/10': '1\n1\n1\n1\n1\n1', 'day/9': samples, [long]: samples };
    for (const [name, content] of Object.entries(files)) file(`folder/${name}`, content);
    file('folder/.hidden', 'no numbers');
    const folder = await readPlanetLab(dirname(file('folder/9x', samples)), 0.1);
    expect(folder.owners.names).toEqual(['9', '10', '9x', 'b_node', 'x'.repeat(120)]);
    const plain = await readPlanetLab(file('all.tar', tar({ ...files, 'day/9x': samples })), 0.1);
    const packed = await readPlanetLab(file('all', gzipSync(tar({ ...files, 'day/9x': samples }))), 0.1);
    expect(plain).toEqual(packed);
    expect(plain.owners).toEqual(folder.owners);
    expect(plain.records.repaired).toEqual({ 'missing last newline': 1 });
  });

  it('of two folders keep their names apart', async () => {
    const { owners } = await readPlanetLab(file('two.tar', tar({ 'a/n': '1\n', 'b/n': '20\n' })), 0.1);
    expect(told(owners)).toEqual({ 'a/n': ['0 away 0.01'], 'b/n': ['0 present 0.2'] });
  });

  it('that are damaged are refused', async () => {
    const refuse = (name: string, content: string | Uint8Array) =>
      refusal(readPlanetLab(file(name, content), 0.1));
    expect(await refuse('words', '5\nmany\n')).toContain(
      'words:2:1: "many"; a PlanetLab file holds one CPU percentage',
    );
    expect(await refuse('much', '5\n101\n')).toContain('much:2:1: "101"');
    expect(await refuse('less', '-1\n')).toContain('less:1:1: "-1"');
    expect(await refuse('two', '5\n5 5\n')).toContain('two:2:1: 2 numbers on one line');
    expect(await refuse('none', '\n\n')).toContain('no CPU samples could be read');
    expect(await refuse('uneven.tar', tar({ a: '1\n2\n', b: '1\n' }))).toContain('1 samples, but a has 2');
    expect(await refuse('inside.tar', tar({ a: '1\n2\n', b: '1\nx\n' }))).toContain('inside.tar(b):2:1: "x"');
    const whole = tar({ a: samples, b: samples });
    expect(await refuse('cut.tar', whole.subarray(0, 1030 + 512))).toContain('the tar is cut short inside b');
    expect(await refuse('cut.tar.gz', gzipSync(whole).subarray(0, 60))).toContain('the gzip is cut short');
    expect(await refusal(readPlanetLab(join(dirname(file('x', '1')), 'nowhere'), 0.1))).toContain(
      'no such file',
    );
    const empty = join(dirname(file('x', '1')), 'empty-folder');
    mkdirSync(empty);
    expect(await refusal(readPlanetLab(empty, 0.1))).toContain('no CPU samples could be read');
  });

  it.skipIf(!haveTraces)(
    'of a real day: 1052 nodes, all 302,976 samples, in line with an independent count',
    async () => {
      const path = join(TRACES, 'availability', 'planetlab-cpu-20110303.tar.gz');
      const { form, owners, records } = await readOwners(path, 0.1);
      expect(form).toBe('planetlab');
      expect(records).toMatchObject({ read: 302_976, kept: 302_976, dropped: {} });
      expect(owners.names).toHaveLength(1052);
      expect(owners.names).toEqual([...owners.names].sort());
      expect(owners.span_s).toBe(86_400);
      // Counted with tar and awk: 195,894 samples below 10, all samples add up to 3,730,979.
      const { availability, mean_demand } = summariseActivity(owners);
      expect(availability).toBeCloseTo(195_894 / 302_976, 12);
      expect(mean_demand).toBeCloseTo(3_730_979 / 302_976 / 100, 12);
    },
  );
});

describe('Failure Trace Archive event tables', () => {
  const event = (
    node: number | string,
    type: number | string,
    start: number | string,
    stop: number | string,
    name = `n${node}`,
  ) => `0\t0\t${node}\t1\t${name}\t${type}\t${start}\t${stop}\tNULL`;
  const table = (...lines: string[]) => file(`events-${lines.length}.tab`, `${lines.join('\n')}\n`);

  it('become withdrawals; what no interval covers is unavailable, or not', async () => {
    const path = table(
      '# event_id ...',
      event(2, 1, 100, 200),
      event(2, 0, 200, 250),
      event(1, 1, 150, 300),
      event(2, 1, 260, 300),
    );
    const { owners, records, ...known } = await readFta(path);
    expect(told(owners)).toEqual({
      n1: ['0 down 0', '50 up 0'],
      n2: ['0 up 0', '100 down 0', '160 up 0'],
    });
    expect(owners).toMatchObject({ span_s: 200, offset_s: 100 });
    expect(records).toEqual({ read: 4, kept: 4, repaired: {}, dropped: {} });
    expect(known).toEqual({ known_share: 340 / 400, known_availability: 290 / 340 });
    expect(told((await readFta(path, 'available')).owners)).toEqual({
      n1: ['0 up 0'],
      n2: ['0 up 0', '100 down 0', '150 up 0'],
    });
  });

  it('may lack the header and the last column, and mix blanks and tabs', async () => {
    const { owners } = await readFta(
      file('eight.tab', '  1  0 7\t 3 \tname   1   10   20\n2 0 7 3 name 0 20 25'),
    );
    expect(told(owners)).toEqual({ name: ['0 up 0', '10 down 0'] });
  });

  it('are mended where intervals overlap, stand out of order, or do not end', async () => {
    const { owners, records } = await readFta(
      table(
        event(1, 0, 50, 80),
        event(1, 1, 0, 60), // out of order; the earlier one wins until 60
        event(1, 1, 62, 70), // inside another
        event(1, 1, 80, 80), // of no length
        event(1, 1, 90, 85), // ends before it begins
        event(1, 1, 80, 'NULL'), // until the end of the trace
        event(2, 1, 0, 100),
      ),
    );
    expect(told(owners)).toEqual({ n1: ['0 up 0', '60 down 0', '80 up 0'], n2: ['0 up 0'] });
    expect(records).toEqual({
      read: 7,
      kept: 4,
      repaired: {
        'interval without an end': 1,
        'interval out of order': 1,
        'interval that overlaps the one before': 1,
      },
      dropped: {
        'interval of no length': 1,
        'interval that ends before it begins': 1,
        'interval inside another': 1,
      },
    });
  });

  it('know nodes by platform and number where names repeat', async () => {
    const { owners } = await readFta(file('same.tab', '0 0 1 1 pc 1 0 9\n0 0 2 1 pc 1 0 9\n'));
    expect(owners.names).toEqual(['1/1', '1/2']);
  });

  it('that are damaged are refused with the place', async () => {
    const refuse = (bad: string) => refusal(readFta(table('# header', event(1, 1, 0, 5), bad)));
    expect(await refuse(event(1, 2, 5, 6))).toMatch(
      /:3:12: event type "2"; 1 is available, 0 is unavailable/,
    );
    expect(await refuse(event(1, 1, 'soon', 6))).toMatch(/:3:14: start time "soon"/);
    expect(await refuse(event(1, 1, 5, 'NaN'))).toMatch(/:3:16: stop time "NaN"/);
    expect(await refuse('1 2 3')).toContain('3 columns; an event has 8 or 9');
    expect(await refusal(readFta(table('# only', '# comments')))).toContain(
      'no availability intervals could be read',
    );
  });

  it('are the same after writing and reading again', async () => {
    const random = new Streams(2, 0).stream('intervals');
    for (let k = 0; k < 20; k++) {
      const lines = Array.from({ length: 60 }, () => {
        const start = Math.floor(random.next() * 1000) / 4;
        const node = Math.floor(random.next() * 6);
        return event(node, random.next() < 0.5 ? 0 : 1, start, start + Math.floor(random.next() * 50));
      });
      const { owners } = await readFta(table(...lines), k % 2 === 0 ? 'available' : 'unavailable');
      const path = file('again.tab', '');
      writeFta(path, owners);
      const again = await readFta(path);
      expect(again.owners).toEqual(owners);
      expect(again.records.repaired).toEqual({});
    }
    const { owners } = await readActivity(file('a', 'n 0 present 1\nn 9 away 0\n'));
    expect(() => writeFta(file('b', ''), owners)).toThrow('up and down only');
  });

  it.skipIf(!haveTraces)('of LANL: 3577 nodes, availability 0.996 over the known time', async () => {
    const path = join(TRACES, 'availability', 'lanl-fta-event_trace1.tab.gz');
    const { owners, records, known_availability } = await readFta(path);
    expect(owners.names).toHaveLength(3577);
    expect(records).toEqual({
      read: 43_325,
      kept: 43_203,
      repaired: {},
      dropped: { 'interval of no length': 122 },
    });
    expect(known_availability).toBeCloseTo(0.996, 3);
    const again = file('lanl.tab', '');
    writeFta(again, owners);
    expect((await readFta(again)).owners.first).toEqual(owners.first);
  });
});

describe('activity files', () => {
  it('hold every kind; nodes in any order', async () => {
    const path = file(
      'activity.txt',
      '# made by hand\n# offset_s 100\n# span_s: 500\nb 100 present 0.5\na 150.5 load 2\nb 160 input\nb 170 away 0\na 180 mem 1e6\na 200 down\na 210 up\n',
    );
    const { owners, records } = await readActivity(path);
    expect(told(owners)).toEqual({
      a: ['50.5 load 2', '80 mem 1000000', '100 down 0', '110 up 0'],
      b: ['0 present 0.5', '60 input 0', '70 away 0'],
    });
    expect(owners).toMatchObject({ span_s: 500, offset_s: 100 });
    expect(records).toEqual({ read: 7, kept: 7, repaired: { 'value left out': 3 }, dropped: {} });
  });

  it('take a CPU demand as a percentage too', async () => {
    const { owners } = await readActivity(file('percent.txt', 'n 0 present 20%\nn 9 away 2.5%\n'));
    expect(told(owners)).toEqual({ n: ['0 present 0.2', '9 away 0.025'] });
  });

  it('start at their first record where nothing is said, and are put in order of time', async () => {
    const { owners, records } = await readActivity(file('order.txt', 'n 30.5 present 1\r\nn 10.5 away 0'));
    expect(told(owners)).toEqual({ n: ['0.5 away 0', '20.5 present 1'] });
    expect(owners).toMatchObject({ offset_s: 10, span_s: 20.5 });
    expect(records.repaired).toEqual({
      'CRLF line end': 1,
      'missing last newline': 1,
      'time out of order': 1,
    });
  });

  const refused: [string, string][] = [
    ['n 1 here 1', ':2:5: kind "here"; a record is "node time kind value"'],
    ['n soon away 1', ':2:3: time "soon"'],
    ['n 1 away', ':2:5: away without a value'],
    ['n 1 away 2', ':2:10: CPU demand 2'],
    ['n 1 present 120%', ':2:13: CPU demand 120%; a demand is a share of the CPU: 0 to 1, or 0% to 100%'],
    ['n 1 load 20%', ':2:10: value "20%"; give the number of runnable processes'],
    ['n 1 awy 1', ':2:5: kind "awy"; did you mean "away"?'],
    ['n 1 load -1', ':2:10: value "-1"'],
    ['n 1 load NaN', ':2:10: value "NaN"'],
    ['n 1', ':2:1: 2 words'],
    ['n 1 away 0 more', ':2:1: 5 words'],
  ];
  it.each(refused)('"%s" is refused', async (bad, message) => {
    expect(await refusal(readActivity(file('bad.txt', `m 0 away 0\n${bad}\n`)))).toContain(message);
  });

  it('that have no length, or less than they say, are refused', async () => {
    expect(await refusal(readActivity(file('instant', 'n 5 away 0\n')))).toContain(
      'all records stand at one instant',
    );
    expect(await refusal(readActivity(file('short', '# span_s 3\nn 0 away 0\nn 5 present 1\n')))).toContain(
      'records from 0s to 5s, but the comments give offset_s 0 and span_s 3',
    );
    expect(await refusal(readActivity(file('nothing', '# comment\n')))).toContain(
      'no activity records could be read',
    );
  });

  it('are the same after writing and reading again', async () => {
    const random = new Streams(4, 0).stream('records');
    for (let k = 0; k < 20; k++) {
      const columns = new ActivityColumns();
      for (let i = 0; i < 200; i++) {
        const kind = Math.floor(random.next() * 7);
        const value = kind === ACTIVITY.input || kind >= ACTIVITY.up ? 0 : random.next();
        columns.add(
          columns.nodeNumber(`node-${Math.floor(random.next() * 9)}`),
          random.next() * 1e5,
          kind,
          value,
        );
      }
      const table = columns.finish(1e5, 0, recordCount());
      const path = file('again.txt', '');
      writeActivity(path, table, ['a note']);
      const again = await readActivity(path);
      expect(again.owners).toEqual(table);
      expect(again.records.repaired).toEqual({});
    }
  });
});

describe('keyboard slots', () => {
  it('are stays; zero and missing slots are not', async () => {
    const rows = ['00,0.1', '05,0.2', '10,0', '15,0.3', '40,0.1', '45,0', '50,0'];
    const text = `timestamp,value\n${rows.map((row) => `2014-07-06 20:${row.replace(',', ':00,')}`).join('\n')}\n`;
    const { form, owners } = await readOwners(file('keys.csv', text), 0.1);
    expect(form).toBe('keyboard');
    expect(told(owners)).toEqual({
      keyboard: [
        '0 present 0',
        '600 away 0',
        '900 present 0',
        '1200 away 0',
        '2400 present 0',
        '2700 away 0',
      ],
    });
    expect(owners).toMatchObject({ span_s: 3300, offset_s: Date.UTC(2014, 6, 6, 20) / 1000 });
    expect(await refusal(readOwners(file('keys.csv', `${text}tomorrow,1\n`), 0.1))).toContain(
      ':9:1: no slot of keyboard activity',
    );
  });

  it.skipIf(!haveTraces)('of a real computer: 905 active slots', async () => {
    const path = join(TRACES, 'availability', 'nab-rogue_agent_key_hold.csv.gz');
    const { owners, records } = await readOwners(path, 0.1);
    expect(records.read).toBe(1882);
    const { present_share, span_s } = summariseActivity(owners);
    expect((present_share * span_s) / 300).toBeCloseTo(905, 6);
  });
});

describe('the failure log of LANL', () => {
  const head = 'System,nodenum,Prob Started,Prob Fixed,Software';
  it('becomes outages; rows that say nothing are counted', async () => {
    const rows = [
      '2,0,6/21/2005 10:00,6/21/2005 11:00,"disk, or not"',
      '2,0,6/21/2005 10:00,6/21/2005 11:00,"disk, or not"',
      '2,0,6/21/2005 10:30,6/21/2005 12:00,',
      '2,1,6/21/2005 9:00,6/21/2005 13:00,',
      '2,1,,,',
      '2,1,6/21/2005 9:00,6/21/2005 9:00,',
    ];
    const { form, owners, records } = await readOwners(
      file('lanl.csv', `${[head, ...rows].join('\r\n')}\r\n`),
      0.1,
    );
    expect(form).toBe('lanl-failures');
    expect(told(owners)).toEqual({ '2.0': ['0 up 0', '3600 down 0', '10800 up 0'], '2.1': ['0 down 0'] });
    expect(records).toEqual({
      read: 6,
      kept: 3,
      repaired: { 'failure that overlaps the one before': 1 },
      dropped: { 'row that stands there already': 1, 'no start or end': 1, 'fixed no later than started': 1 },
    });
  });

  it('without its columns, or with rows of another length, is refused', async () => {
    const refuse = (text: string) => refusal(readLanlFailures(file('bad.csv', text)));
    expect(await refuse('System,Prob Started,Prob Fixed\n1,2,3\n')).toContain(
      'bad.csv:1: there is no column nodenum',
    );
    expect(await refuse(`${head}\n1,2\n`)).toContain('Invalid Record Length');
    expect(await refuse(`${head}\n`)).toContain('no failures could be read');
  });

  it.skipIf(!haveTraces)('as published: 25 rows twice', async () => {
    const path = join(TRACES, 'availability', 'LANL-failures-1996-2005.csv.gz');
    const { records } = await readLanlFailures(path);
    expect(records).toMatchObject({ read: 23_739, dropped: { 'row that stands there already': 25 } });
  });
});

it('a job log given as an owner trace is refused', async () => {
  expect(await refusal(readOwners(file('jobs', `1 0 -1 5 1 ${'-1 '.repeat(13)}\n`), 0.1))).toContain(
    'not an owner trace; give it as jobs.trace',
  );
});
