/**
 * PlanetLab CPU traces: one file a node, one CPU percentage a line, one line each five minutes (CoMon data as
 * published by Beloglazov and Buyya 2012). A folder of such files, a tar of one (plain or gzip), or a single file.
 *
 * A sample at or above `busy_above` means that the owner is there and uses that share of the CPU; below it the owner
 * is away and that share of the CPU goes on without them. Left out: the files hold no time of day, so simulated zero
 * is their first sample, and nothing is known between two samples.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { InputError } from '../../sim/problem.ts';
import { count, mustKeepSome, type RecordCount, recordCount } from '../records.ts';
import { firstMark, lineFault, openFault, parseNumbers, readLines, type TextRead, wordAt } from '../text.ts';
import { ACTIVITY, type ActivityTable } from './activity.ts';
import { ActivityColumns } from './columns.ts';
import { readTar } from './tar.ts';

/** Seconds between two samples. */
export const PLANETLAB_STEP_S = 300;

/** One node's samples, each a percentage. */
interface Samples {
  readonly name: string;
  readonly percent: Float64Array;
}

/**
 * Owners from a PlanetLab trace; `busyAbove` is a fraction (0.1 = 10 %). Nodes are named by their files. Throws
 * `InputError` for a line that is no percentage, and for files of different lengths.
 */
export async function readPlanetLab(
  path: string,
  busyAbove: number,
): Promise<{ owners: ActivityTable; records: RecordCount }> {
  const records = recordCount();
  const nodes = await allSamples(path, records);
  const columns = new ActivityColumns();
  const names = nodeNames(path, nodes);
  const length = nodes[0]?.percent.length ?? 0;
  nodes.forEach(({ name, percent }, i) => {
    if (percent.length !== length) {
      throw new InputError({
        where: join(path, name),
        found: `${percent.length} samples, but ${nodes[0]!.name} has ${length}`,
        would: 'give files that cover the same time',
      });
    }
    records.read += length;
    records.kept += length;
    addChanges(columns, columns.nodeNumber(names[i]!), percent, busyAbove);
  });
  mustKeepSome(path, 'CPU samples', records);
  return { owners: columns.finish(length * PLANETLAB_STEP_S, 0, records), records };
}

/** Only changes become records; the first sample is one. */
function addChanges(columns: ActivityColumns, node: number, percent: Float64Array, busyAbove: number): void {
  let last = -1;
  for (let i = 0; i < percent.length; i++) {
    const now = percent[i]!;
    if (now === last) continue;
    last = now;
    const demand = now / 100;
    columns.add(node, i * PLANETLAB_STEP_S, demand >= busyAbove ? ACTIVITY.present : ACTIVITY.away, demand);
  }
}

/** File names without folders, or with them where two folders hold the same name. */
function nodeNames(path: string, nodes: readonly Samples[]): readonly string[] {
  const short = nodes.map(({ name }) => basename(name));
  if (new Set(short).size === short.length) return short;
  const long = nodes.map(({ name }) => name);
  const seen = new Set<string>();
  for (const name of long) {
    if (seen.has(name)) throw new InputError({ where: path, found: `two files are named ${name}` });
    seen.add(name);
  }
  return long;
}

async function allSamples(path: string, records: RecordCount): Promise<Samples[]> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw openFault(path, error);
  }
  if (isFolder) {
    const nodes: Samples[] = [];
    for (const file of filesOf(path)) nodes.push(await samplesOfFile(file, relative(path, file), records));
    return nodes;
  }
  const nodes: Samples[] = [];
  const isTar = await readTar(path, (name, bytes) => {
    const samples = new SampleLines(`${path}(${name})`);
    nodes.push({ name, percent: samples.whole(bytes, records) });
  });
  if (!isTar) nodes.push(await samplesOfFile(path, basename(path).replace(/\.gz$/, ''), records));
  return nodes;
}

/** Files of a folder and of its folders, hidden ones left out. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesOf(path);
      return entry.isFile() ? [path] : [];
    });
}

async function samplesOfFile(path: string, name: string, records: RecordCount): Promise<Samples> {
  const samples = new SampleLines(path);
  const text = await readLines(path, (bytes, start, end, line) => samples.add(bytes, start, end, line));
  countRepairs(records, text);
  return { name, percent: samples.percent() };
}

function countRepairs(records: RecordCount, text: TextRead): void {
  count(records.repaired, 'CRLF line end', text.crlf);
  // A missing last newline is usual in these files and loses nothing; it is counted all the same.
  count(records.repaired, 'missing last newline', text.missing_last_newline ? 1 : 0);
}

/** The samples of one file, line by line. */
class SampleLines {
  private readonly path: string;
  private readonly values: number[] = [];
  private readonly number = new Float64Array(1);

  constructor(path: string) {
    this.path = path;
  }

  add(bytes: Buffer, start: number, end: number, line: number): void {
    const mark = firstMark(bytes, start, end);
    if (mark === end) return;
    const found = parseNumbers(bytes, start, end, this.number);
    const value = this.number[0]!;
    if (found === 1 && value >= 0 && value <= 100) {
      this.values.push(value);
      return;
    }
    const offset = found < 0 ? -1 - found : mark - start;
    const what = found > 1 ? `${found} numbers on one line` : wordAt(bytes, start, end, offset);
    const would = 'a PlanetLab file holds one CPU percentage (0 to 100) a line';
    throw lineFault(this.path, line, bytes, start, end, offset, what, would);
  }

  /** All samples of a file that is in memory as a whole. */
  whole(bytes: Buffer, records: RecordCount): Float64Array {
    const text: TextRead = { lines: 0, crlf: 0, missing_last_newline: false };
    let start = 0;
    while (start < bytes.length) {
      const newline = bytes.indexOf(10, start);
      let end = newline < 0 ? bytes.length : newline;
      const next = end + 1;
      if (newline < 0) text.missing_last_newline = true;
      if (end > start && bytes[end - 1] === 13) {
        end--;
        text.crlf++;
      }
      text.lines++;
      this.add(bytes, start, end, text.lines);
      start = next;
    }
    countRepairs(records, text);
    return this.percent();
  }

  percent(): Float64Array {
    return Float64Array.from(this.values);
  }
}
