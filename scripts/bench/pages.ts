/**
 * Benchmark of paging: references through the paging path (text to measures), and LRU stack distances.
 *
 * The trace is made here: a hot set that mostly hits, as programs have it; plain text "ADDR R|W", so that unpacking,
 * which the library of the platform does, is not measured.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPaging } from '../../models/paging/index.ts';
import { memoryServerPolicies } from '../../models/policies/memory_server/index.ts';
import { reliabilityPolicies } from '../../models/policies/reliability/index.ts';
import { replacementPolicies } from '../../models/policies/replacement/index.ts';
import { DISKS } from '../../models/presets/disks.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import { zipf } from '../../sim/engine/laws.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { readReferences, StackDistances } from '../../workloads/pages/index.ts';
import { type BenchTable, median } from './table.ts';

const REFERENCES = 4_000_000;
const PAGES = 4000;
const FRAMES = 2000;
const TIMES = 3;
const PAGE = 4096;

/** Lines of a made-up trace: references of pages by a steep Zipf law, each a few times in a row. */
function lines(references: number): string {
  const source = new Streams(1, 0).stream('bench of pages');
  const law = zipf(PAGES, 1.2);
  const parts: string[] = [];
  let page = 0;
  for (let i = 0; i < references; i++) {
    if (i % 4 === 0) page = law.sample(source);
    const address = page * PAGE + Math.floor(source.next() * PAGE);
    parts.push(`${address.toString(16).padStart(8, '0')} ${source.next() < 0.3 ? 'W' : 'R'}\n`);
  }
  return parts.join('');
}

/** Measures the paging path under three policies, and stack distances at two depths; medians of three. */
export async function benchPages(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-bench-'));
  try {
    const path = join(folder, 'made-up.trace');
    writeFileSync(path, lines(REFERENCES));
    const bytes = statSync(path).size;
    const row = (what: string, references: number, s: number) => [
      what,
      references,
      Number(s.toPrecision(3)),
      Math.round(references / s),
    ];
    const parse = await seconds(() => readReferences(path, 'addresses', PAGE));
    const rows = [row('parse alone', REFERENCES, parse)];
    let slowest = Number.POSITIVE_INFINITY;
    for (const replacement of ['lru', 'clock', 'fifo'] as const) {
      const taken = await seconds(() => page(path, replacement));
      rows.push(row(`paging, ${replacement}: text to measures`, REFERENCES, taken));
      slowest = Math.min(slowest, REFERENCES / taken);
    }
    const near = distances(4000, 4_000_000);
    const far = distances(1_000_000, 4_000_000);
    rows.push(row('stack distances, 4,000 pages', 4_000_000, near));
    rows.push(row('stack distances, 1,000,000 pages', 4_000_000, far));
    return {
      title: `references of ${PAGES} pages, ${FRAMES} frames; stack distances of uniform references`,
      columns: ['what', 'references', 'seconds', 'references/s'],
      rows,
      goals: [
        { what: 'paging path, references/s', goal: 8e6, got: slowest, better: 'higher' },
        { what: 'stack distances, 4,000 pages', goal: 1e7, got: 4e6 / near, better: 'higher' },
        { what: 'stack distances, 1,000,000 pages', goal: 2e6, got: 4e6 / far, better: 'higher' },
      ],
      notes: [`${(bytes / REFERENCES).toFixed(0)} bytes a line`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function page(path: string, replacement: 'lru' | 'clock' | 'fifo'): Promise<void> {
  const { table } = await readReferences(path, 'addresses', PAGE);
  const none = { faultDisk: 0, faultRemote: 0, faultEmpty: 0, outDisk: 0, outRemote: 0 };
  runPaging({
    table,
    frames: FRAMES,
    page: PAGE,
    lowMark: 0,
    highMark: 0,
    compute: 100,
    first: 'disk',
    warmup: 0,
    replacement: replacementPolicies[replacement],
    memoryServer: memoryServerPolicies['most-free'],
    redundancy: reliabilityPolicies.none.redundancy,
    prices: none,
    serverPrices: { answer: 0, receive: 0 },
    disk: DISKS['constant']!,
    diskTime: null,
    network: NETWORKS['atm155']!,
    remoteTime: null,
    servers: 0,
    serverFrames: null,
    wantedAfter: null,
    lentAfter: 600e9,
    crashAfter: null,
    repair: 600e9,
    horizon: Number.POSITIVE_INFINITY,
    streams: new Streams(1, 0),
    keepLog: false,
  });
}

/** Seconds for uniform references to that many pages: the hardest case, every depth alike. */
function distances(pages: number, references: number): number {
  const source = new Streams(1, 0).stream('bench of stack distances');
  const order = Int32Array.from({ length: references }, () => Math.floor(source.next() * pages));
  const taken: number[] = [];
  for (let k = 0; k < TIMES; k++) {
    const stack = new StackDistances(pages);
    for (let page = 0; page < pages; page++) stack.next(page);
    const begin = performance.now();
    for (const page of order) stack.next(page);
    taken.push((performance.now() - begin) / 1e3);
  }
  return median(taken);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let k = 0; k < TIMES; k++) {
    const begin = performance.now();
    await work();
    taken.push((performance.now() - begin) / 1e3);
  }
  return median(taken);
}
