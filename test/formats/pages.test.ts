// Traces of references: forms told by content, addresses up to the last byte, what is mended, refusals with their places.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formOf, referenceFormOf } from '../../workloads/form.ts';
import { traceInfo } from '../../workloads/info.ts';
import { type ReferenceTrace, readReferences } from '../../workloads/pages/index.ts';
import { haveTraces, refusal, scratch, TRACES } from './files.ts';

const file = scratch();

async function read(content: string | Uint8Array, page = 4096): Promise<ReferenceTrace> {
  const path = file('trace', content);
  return readReferences(path, await referenceFormOf(path), page);
}

/** References as [page number, writes]. */
function references({ table }: ReferenceTrace): [number, number][] {
  return Array.from({ length: table.n }, (_, i) => {
    const ref = table.refs[i]!;
    return [table.numbers[ref >>> 1]!, ref & 1];
  });
}

describe('the form of references', () => {
  it.each([
    ['load-store', 's 0x1fffff50 1\nl 0x1fffff58 1\n'],
    ['load-store', 'l 0x10\n'],
    ['addresses', '07b243a0 R\n00228d40 W\n'],
    ['addresses', '0x7ffd4c3a12b8 W\n'],
    ['lackey', '==12== Lackey, an example tool\n==12== Command: sort\nI  04001000,3\n L 1ffeffe7e0,8\n'],
    ['lackey', ' S 1ffeffe7e0,8\n'],
    ['lru-sequence', '1 401a I - 0\n2 1fff000 W - 0\n'],
    ['block-list', '2819\n85\n560\n'],
    ['block-list', '1\n2\n*\n3\n'],
    ['block-list', '0\r\n1\r\n101\r\n102\r\n'],
    ['block-csv', 'version,time,op,size,lbn\n1,5633898,2a,512,42932745\n'],
    ['planetlab', '12\n7\n100\n'],
    // A percentage that is none is a slip, not a list of blocks.
    ['planetlab', '12\n7\n101\n8\n'],
  ])('is told by its content: %s', async (form, content) => {
    expect(await formOf(file('trace', content))).toBe(form);
    expect(await formOf(file('trace.gz', gzipSync(content)))).toBe(form);
  });

  it('takes small numbers for blocks where blocks are asked for, and nothing else', async () => {
    expect(references(await read('1\n2\n1\n'))).toEqual([
      [1, 0],
      [2, 0],
      [1, 0],
    ]);
    const text = await refusal(referenceFormOf(file('trace', '; Version: 2.2\n1 0 -1 5 1\n')));
    expect(text).toContain('this is a job log');
    expect(text).toContain('give references');
  });
});

describe('references', () => {
  it('of addresses up to the last byte are pages by their upper bits', async () => {
    const trace = await read('ffffffff W\n00000000 R\n00000fff R\n00001000 r\nFFFFF000 R\n');
    expect(references(trace)).toEqual([
      [0xfffff, 1],
      [0, 0],
      [0, 0],
      [1, 0],
      [0xfffff, 0],
    ]);
    expect(trace.table.unique).toBe(3);
    expect(trace.table.writes).toBe(1);
    expect(references(await read('s 0xffffffff 3\nl 0x80000000 1\n'))).toEqual([
      [0xfffff, 1],
      [0x80000, 0],
    ]);
  });

  it('of 64 bits keep all of their page number', async () => {
    expect(references(await read('ffffffffffffffff R\nfffffffffffff000 W\nffffffffffffefff R\n'))).toEqual([
      [2 ** 52 - 1, 0],
      [2 ** 52 - 1, 1],
      [2 ** 52 - 2, 0],
    ]);
  });

  it('become pages of another size', async () => {
    expect(references(await read('00001fff R\n00002000 W\n', 8192))).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(await refusal(read('00001fff R\n', 5000))).toContain('memory.page: 5000B; give a power of two');
  });

  it('of lackey touch every page of an access; a modify writes', async () => {
    const text = '==7== x\nI  00001000,4\n L 00002ffc,8\n S 1ffeffe7e0,8\n M 00001008,4\n--7-- note\n';
    const trace = await read(text);
    expect(references(trace)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [0x1ffeffe, 1],
      [1, 1],
    ]);
    expect(trace.records.dropped).toEqual({ 'message of valgrind': 2 });
  });

  it('of a CSV are its blocks, written by SCSI writes', async () => {
    const trace = await read('lbn,op\n7,28\n7,2A\n9,88\n9,8a\n');
    expect(references(trace)).toEqual([
      [7, 0],
      [7, 1],
      [9, 0],
      [9, 1],
    ]);
  });

  it('are mended and counted: CRLF, marks, blank lines, comments, a missing last newline', async () => {
    const trace = await read('# blocks\r\n101\r\n*\r\n\r\n102\r\n7');
    expect(references(trace).map(([page]) => page)).toEqual([101, 102, 7]);
    expect(trace.records).toEqual({
      read: 5,
      kept: 3,
      repaired: { 'CRLF line end': 5, 'blank line': 1, 'missing last newline': 1 },
      dropped: { comment: 1, 'mark "*"': 1 },
    });
    const lines = await read('l 0x1000 1\r\ns 0x2000\n');
    expect(references(lines)).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('are the same however the file is cut into chunks', async () => {
    // Longer than a chunk, with lines of many lengths.
    let text = '';
    let sum = 0;
    for (let k = 0; k < 60_000; k++) {
      const block = (k * 2_654_435_761) % 10 ** (1 + (k % 12));
      sum += block;
      text += `${block}\n`;
    }
    const trace = await read(`${text}*\n`);
    expect(trace.table.n).toBe(60_000);
    expect(references(trace).reduce((total, [page]) => total + page, 0)).toBe(sum);
  });
});

describe('a reduced trace', () => {
  it('concludes the hits that its evictions show', async () => {
    // Two frames: 1, 2, then 3 drives out 2, so 1 was referred to after 2; 2 drives out 1 although 3 came later.
    const trace = await read('1 1 R - 0\n1 2 R - 0\n5 3 R 2 1\n4 2 R 1 0\n0 - E 3 0\n0 - E 2 0\n');
    expect(references(trace)).toEqual([
      [1, 0],
      [2, 1],
      [1, 0],
      [3, 0],
      [2, 0],
    ]);
    expect([...trace.table.stands!.subarray(0, 5)]).toEqual([1, 1, 0, 5, 4]);
    expect(trace.table.told).toBe(4);
    expect(trace.table.exactFrom).toBe(2);
    expect(trace.records).toMatchObject({ read: 6, kept: 4, dropped: { 'page left at the end': 2 } });
  });

  it.each([
    ['a page that comes in while it is there', '1 1 R - 0\n1 1 R - 0\n', ':2:1'],
    ['a page that leaves and was not there', '1 1 R - 0\n1 2 R 7 0\n', ':2:1'],
    ['an end without a page', '1 1 R - 0\n0 - E - 0\n', ':2:1'],
  ])('is refused: %s', async (_, content, place) => {
    expect(await refusal(read(content))).toContain(place);
  });
});

describe('damaged references', () => {
  it.each([
    ['an address that is none', '07b243a0 R\n07b2g3a0 R\n', ':2:1: "07b2g3a0 R" is no reference'],
    ['no mark', '07b243a0 R\n07b243a0\n', ':2:1'],
    ['another mark', '07b243a0 R\n  07b243a0 X\n', ':2:3'],
    ['too many digits', '07b243a0 R\n123456789abcdef01 R\n', ':2:1'],
    ['a load without address', 'l 0x1000 1\nl\n', ':2:1: "l" is no reference'],
    ['a count that is none', 'l 0x1000 1\ns 0x1000 x\n', ':2:1'],
    ['a negative block', '1001\n1002\n-5\n', ':3:1: "-5" is no reference'],
    ['two blocks on a line', '1001\n1002\n5 6\n', ':3:1'],
    ['a block above all whole numbers', '1001\n1002\n12345678901234567890\n', ':3:1'],
    ['a command that is none', 'op,lbn\n28,7\n99,7\n', ':3:1: "99,7" is no reference'],
    ['a row cut short', 'op,lbn\n28,7\n28\n', ':3:1'],
    ['an access of no bytes', ' S 1000,8\n S 1000,0\n', ':2:2'],
    // Behind the part that the form is told by.
    ['bytes that are no text', `${'1001\n'.repeat(20_000)}\0\0\n`, ':20001:1: ".." is no reference'],
  ])('are refused with their place: %s', async (_, content, message) => {
    const text = await refusal(read(content));
    expect(text).toContain(message);
    expect(text).toContain('the file holds');
  });

  it('leave nothing: an error', async () => {
    expect(await refusal(read('*\n*\n'))).toContain('no references could be read');
    const line = `1001\n1002\n${'9'.repeat(70_000)}`;
    expect(await refusal(read(line))).toContain('a line of more than 65,536 characters');
  });
});

describe('trace info of references', () => {
  it('tells footprint, writes and what LRU does at every size', async () => {
    const path = file('trace', `${'1000 R\n2000 W\n3000 R\n'.repeat(10)}`);
    const info = await traceInfo(path, 0.1);
    expect(info).toMatchObject({
      kind: 'addresses',
      counts: { refs: 30, unique: 3, writes: 10, footprint_bytes: 3 * 4096 },
      tables: {
        lru_faults: { 1: 30, 2: 30, 4: 3 },
        // With two frames the last page written is still there at the end.
        lru_writebacks: { 1: 10, 2: 9, 4: 0 },
        miss_ratio: { 1: 1, 2: 1, 4: 0.1 },
      },
    });
  });

  it('of a reduced trace tells no sizes below that of its memory, and no writes', async () => {
    const path = file('run.lru', '1 1 R - 0\n1 2 R - 0\n5 3 R 2 1\n4 2 R 1 0\n');
    const info = await traceInfo(path, 0.1);
    expect(info.counts).toMatchObject({ refs: 4, unique: 3, writes: null, references_of_the_run: 11 });
    expect(info.tables).toMatchObject({ lru_faults: { 2: 4, 4: 3 } });
    expect(Object.keys(info.tables!['lru_faults']!)).toEqual(['2', '4']);
  });

  it.skipIf(!haveTraces)('knows every real trace of references', async () => {
    const forms: Record<string, string> = {
      'pagerefs/addr-twolf.trace.gz': 'load-store',
      'pagerefs/spec1M-bzip.trace.gz': 'addresses',
      'pagerefs/own-lackey-sort-6k.k16.lru.gz': 'lru-sequence',
      'blockrefs/lirs-backf.trace.gz': 'block-list',
      'blockrefs/lirs-cpp.trace.gz': 'block-list',
      'blockrefs/lirs-cs.trace.gz': 'block-list',
      'blockrefs/lirs-loop.trace.gz': 'block-list',
      'blockrefs/lirs-2_pools.trace.gz': 'block-list',
      'blockrefs/cloudPhysicsIO.csv.gz': 'block-csv',
    };
    for (const [name, form] of Object.entries(forms)) {
      const info = await traceInfo(join(TRACES, name), 0.1);
      expect(info.kind, name).toBe(form);
    }
    const info = await traceInfo(join(TRACES, 'blockrefs/cloudPhysicsIO.csv.gz'), 0.1);
    expect(info.counts).toMatchObject({ refs: 113_872, writes: 66_898 });
  });
});
