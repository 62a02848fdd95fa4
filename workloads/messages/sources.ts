/**
 * Where the lines of a message trace come from: one file, a list of files, a folder, or a tar of one of these.
 *
 * A list file names one file a line, by a path from its own folder or from the folder above (SimGrid writes the
 * latter). A folder or tar with a list file holds the trace that the list names; without one all its traces are one,
 * in the order of the numbers in their names. What is no trace is skipped and named.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError, nearest } from '../../sim/problem.ts';
import { isTarHead, readTar } from '../owners/tar.ts';
import { openFault, readHead, readLines } from '../text.ts';

/** One file with actions: hands its lines out once. */
export interface TraceSource {
  readonly name: string;
  readonly lines: (onLine: (text: string, line: number) => void) => Promise<{ crlf: number; open: boolean }>;
}

export interface TraceSources {
  readonly sources: readonly TraceSource[];
  /** Files that are no traces, and why traces are left out. */
  readonly skipped: readonly string[];
  /** Traces that lie beside the one that is read. */
  readonly others: readonly string[];
}

/** How the first lines of one kind of trace look. */
export type HeadTest = (lines: readonly string[]) => boolean;

const HEAD = 1 << 14;
/** As much of a file among others is looked at; a list among them may be as long. */
const MEMBER_HEAD = 1 << 16;
/** Longest line: an exchange between many ranks has two numbers for each. */
const LONGEST_LINE = 1 << 20;
/** Longest list of files that is read, in bytes. */
const LARGEST_LIST = 1 << 22;

interface Candidate {
  readonly name: string;
  /** Where it lies; in a tar, as if that were unpacked into the root folder. */
  readonly place: string;
  readonly head: readonly string[];
  readonly source: TraceSource;
}

/**
 * The files of the trace at `path`. With `whole` each file is a trace by itself, and the first is taken. `member` names one file of a folder or tar (a list file or a trace); `all`: by
 * the rules above. Throws `InputError`.
 */
export async function traceSources(
  path: string,
  isTrace: HeadTest,
  member = 'all',
  whole = false,
): Promise<TraceSources> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw openFault(path, error);
  }
  if (isFolder) return chosen(path, await folderFiles(path), isTrace, member, whole);
  const head = await readHead(path, HEAD);
  if (isTarHead(head)) return chosen(path, await tarFiles(path), isTrace, member, whole);
  if (member !== 'all') {
    throw new InputError({
      where: 'messages.member',
      found: `${member}, but ${path} is one file`,
      would: 'leave it at all',
    });
  }
  if (isTrace(linesOf(head))) return { sources: [fileSource(path)], skipped: [], others: [] };
  return listed(path, linesOf(await readHead(path, LARGEST_LIST)));
}

/** The sources that a list file on disk names. */
async function listed(path: string, lines: readonly string[]): Promise<TraceSources> {
  const files = listFiles(path, lines);
  if (files === undefined) {
    throw new InputError({
      where: path,
      found: 'the file is neither a trace of messages nor a list of files',
      would: 'give lines such as "p0 send p1 1e6" or "0 compute 1e9", or names of files that hold them',
    });
  }
  return { sources: files.map(fileSource), skipped: [], others: [] };
}

/** The files that the lines of a list on disk name; undefined where the first is no file. Throws `InputError` for a later one. */
export function listFiles(path: string, lines: readonly string[]): string[] | undefined {
  const names = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (names.length === 0) return undefined;
  const found: string[] = [];
  for (const name of names) {
    const places = [join(dirname(path), name), join(dirname(path), '..', name), name];
    const file = places.find(isFile);
    if (file !== undefined) {
      found.push(file);
      continue;
    }
    if (found.length === 0) return undefined;
    const beside = readdirSync(dirname(found[0]!));
    const near = nearest(basename(name), beside);
    throw new InputError({
      where: path,
      found: `the list names ${name}, and there is no such file`,
      would: near === undefined ? 'check the list' : `did you mean "${near}"?`,
    });
  }
  return found;
}

/** A line of any file may stand where a name is looked for: too long for one, or below what is no folder. */
function isFile(place: string): boolean {
  try {
    return statSync(place).isFile();
  } catch {
    return false;
  }
}

/** The trace among the files of a folder or tar. */
function chosen(
  path: string,
  files: readonly Candidate[],
  isTrace: HeadTest,
  member: string,
  whole: boolean,
): TraceSources {
  const traces = files.filter((file) => isTrace(file.head));
  const lists = files.filter((file) => !traces.includes(file) && listedAmong(file, files) !== undefined);
  const skipped = files.filter((file) => !traces.includes(file) && !lists.includes(file)).map((f) => f.name);
  if (traces.length === 0) {
    throw new InputError({
      where: path,
      found: 'no file in it is a trace of messages',
      would: 'give files with lines such as "p0 send p1 1e6" or "0 compute 1e9"',
    });
  }
  const list =
    member === 'all' ? lists[0] : files.find((f) => f.name === member || basename(f.name) === member);
  if (member !== 'all' && (list === undefined || skipped.includes(list.name))) {
    const names = [...lists, ...traces].map((f) => f.name);
    throw new InputError({
      where: 'messages.member',
      found: `${path} has no trace called "${member}"`,
      would: `use one of ${names.join(', ')}`,
    });
  }
  const sorted = traces.toSorted((a, b) => byNumber.compare(a.name, b.name));
  const picked =
    list === undefined
      ? sorted.slice(0, whole ? 1 : sorted.length)
      : traces.includes(list)
        ? [list]
        : listedAmong(list, files)!;
  const wrong = picked.find((file) => !traces.includes(file));
  if (wrong !== undefined) {
    throw new InputError({
      where: `${path}: ${list!.name}`,
      found: `the list names ${wrong.name}, which is no trace of messages`,
      would: 'name files with lines such as "p0 send p1 1e6" or "0 compute 1e9"',
    });
  }
  const others = [...lists.filter((f) => f !== list), ...traces.filter((f) => !picked.includes(f))];
  return { sources: picked.map((file) => file.source), skipped, others: others.map((f) => f.name) };
}

const byNumber = new Intl.Collator('en', { numeric: true });

/** The files that a list among them names, all of them; undefined where it is no list. */
function listedAmong(list: Candidate, files: readonly Candidate[]): Candidate[] | undefined {
  const names = list.head.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (names.length === 0) return undefined;
  const folder = dirname(list.place);
  const found = names.map((name) =>
    [join(folder, name), join(folder, '..', name)]
      .map((place) => files.find((file) => file.place === place))
      .find((file) => file !== undefined && file !== list),
  );
  return found.every((file) => file !== undefined) ? found : undefined;
}

async function folderFiles(path: string): Promise<Candidate[]> {
  const names = (readdirSync(path, { recursive: true }) as string[])
    .filter((name) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() === true)
    .sort();
  const files: Candidate[] = [];
  for (const name of names) {
    const file = join(path, name);
    // A file that cannot be read as text is no trace; it is named with those that are skipped.
    const head = await readHead(file, MEMBER_HEAD).catch(() => Buffer.alloc(0));
    files.push({ name, place: resolve(file), head: linesOf(head), source: fileSource(file) });
  }
  return files;
}

async function tarFiles(path: string): Promise<Candidate[]> {
  const files: Candidate[] = [];
  await readTar(path, (name, bytes) => {
    const text = bytes.toString('latin1');
    files.push({
      name,
      place: resolve('/', name),
      head: linesOf(bytes.subarray(0, MEMBER_HEAD)),
      source: {
        name: `${path}: ${name}`,
        lines: async (onLine) => {
          const lines = text.split('\n');
          const open = lines.at(-1) !== '';
          if (!open) lines.pop();
          let crlf = 0;
          lines.forEach((line, i) => {
            if (line.endsWith('\r')) crlf++;
            onLine(line, i + 1);
          });
          return { crlf, open };
        },
      },
    });
  });
  return files;
}

function fileSource(path: string): TraceSource {
  return {
    name: path,
    lines: async (onLine) => {
      const read = await readLines(
        path,
        (bytes, start, end, line) => onLine(bytes.toString('latin1', start, end), line),
        LONGEST_LINE,
      );
      return { crlf: read.crlf, open: read.missing_last_newline };
    },
  };
}

function linesOf(head: Buffer): string[] {
  return head.includes(0) ? [] : head.toString('latin1').split(/\r?\n/);
}
