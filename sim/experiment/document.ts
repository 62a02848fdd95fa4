/**
 * An experiment file as text with places: YAML or JSON read so that every later complaint can name file, line and
 * column and show the line with a caret. All that is wrong with the form of the file is reported at once.
 *
 * Left out: YAML's tags and several documents in one file; both are reported as problems.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import {
  isAlias,
  isMap as isMapNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import { InputError, nearest, type Problem } from '../problem.ts';
import { type Fault, isMap, type Plain, type Value } from './fields.ts';
import { statOf } from './files.ts';

/** Larger files are traces given by mistake, not experiments. */
const LARGEST_BYTES = 8 * 1024 ** 2;
const MOST_PROBLEMS = 20;
const EXCERPT_WIDTH = 96;

export interface Document {
  /** The file's name without extension (its folder's, where it is called experiment.yaml); names the results folder. */
  readonly name: string;
  /** The path as the user wrote it, for messages. */
  readonly shown: string;
  /** Folder that relative paths in the file refer to. */
  readonly base: string;
  readonly content: Plain;
  /** A fault at a key or value of the file, with line, column and caret; at the nearest enclosing place where the path does not exist. */
  problem(path: readonly string[], at: 'key' | 'value', fault: Fault): Problem;
}

/** Reads an experiment file. Throws `InputError` with every problem of form. `shown` is the path as the user wrote it. */
export function readDocument(path: string, shown = path): Document {
  const base = dirname(resolve(path));
  const own = basename(path, extname(path));
  return parseText(readText(path, shown), shown, {
    name: own === 'experiment' ? basename(base) || own : own,
    base,
  });
}

/** A document built in the program: the same checks, without lines. `base` is the folder that its paths refer to. */
export function documentOf(content: Plain, name: string, base: string): Document {
  return {
    name,
    shown: name,
    base,
    content,
    problem: (path, _at, fault) => ({
      where: path.length === 0 ? name : `${name}: ${path.join('.')}`,
      ...fault,
    }),
  };
}

function readText(path: string, shown: string): string {
  const fail = (found: string, would: string): never => {
    throw new InputError({ where: shown, found, would });
  };
  const stats = statOf(path);
  if (stats === undefined) {
    const beside = listQuietly(dirname(resolve(path))).filter((name) => /\.(ya?ml|json)$/.test(name));
    const near = nearest(basename(path), beside);
    return fail(
      'there is no such file',
      near === undefined ? 'give the path of an experiment file (.yaml or .json)' : `did you mean "${near}"?`,
    );
  }
  if (stats.isDirectory()) {
    const inside = listQuietly(path).filter((name) => /\.(ya?ml|json)$/.test(name));
    const some = inside.length === 0 ? 'it holds none' : `it holds ${inside.slice(0, 8).join(', ')}`;
    return fail('is a directory', `give an experiment file (${some})`);
  }
  if (stats.size > LARGEST_BYTES) {
    return fail(
      `holds ${(stats.size / 1024 ** 2).toFixed(0)} MiB, too much for an experiment file`,
      'a trace is given by --set jobs.trace=FILE or --set owners.trace=FILE',
    );
  }
  const bytes = readFileSync(path);
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    return fail(`is not text: byte ${zero} is 0`, 'give an experiment file (.yaml or .json)');
  }
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('is not text in UTF-8', 'give an experiment file (.yaml or .json)');
  }
  if (text.trim() === '') {
    return fail(
      'is empty',
      'an experiment file holds at least a question; "nowsim init" writes one to start from',
    );
  }
  return text;
}

function listQuietly(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Reads the text of an experiment; `shown` names it in messages. Throws `InputError` with every problem of form. */
export function parseText(text: string, shown: string, from: { name: string; base: string }): Document {
  const counter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: counter, prettyErrors: false, version: '1.2' });
  const place = (start: number, end: number): Pick<Problem, 'where' | 'excerpt'> => {
    const { line, col } = counter.linePos(start);
    const lineStart = start - (col - 1);
    const newline = text.indexOf('\n', lineStart);
    const source = text.slice(lineStart, newline < 0 ? text.length : newline).replace(/\r$/, '');
    return { where: `${shown}:${line}:${col}`, excerpt: excerpt(source, line, col, end - start) };
  };
  const broken = [...parsed.errors, ...parsed.warnings].map((error): Problem => {
    const { where, excerpt } = place(error.pos[0], error.pos[1]);
    return { where, ...formFault(error.code, error.message), ...(excerpt === undefined ? {} : { excerpt }) };
  });
  if (broken.length > 0) throw new InputError(atMost(broken, shown));

  let content: unknown;
  try {
    content = parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new InputError({
      where: shown,
      found: `cannot be read: ${(error as Error).message}`,
      would: 'write the values out',
    });
  }
  if (!isMap(content as Value)) {
    const { where, excerpt } = place(...range(parsed.contents));
    throw new InputError({
      where,
      found: 'is not an experiment: a map of settings belongs here',
      would:
        'write lines such as "question: ..." and "cluster: {nodes: 64}"; "nowsim init" writes a file to start from',
      ...(excerpt === undefined ? {} : { excerpt }),
    });
  }
  return {
    ...from,
    shown,
    content: content as Plain,
    problem(path, at, fault) {
      const [start, end] = find(parsed.contents, path, at);
      return { ...place(start, end), ...fault };
    },
  };

  function find(root: Node | null, path: readonly string[], at: 'key' | 'value'): [number, number] {
    let node: unknown = root;
    let found: [number, number] = [0, 0];
    for (const [depth, key] of path.entries()) {
      if (isAlias(node)) node = node.resolve(parsed);
      if (isSeq(node)) {
        const item = node.items[Number(key)];
        if (item === undefined) break;
        node = item;
        found = range(node);
        continue;
      }
      if (!isMapNode(node)) break;
      const pair: Pair | undefined = node.items.find((each) => keyText(each.key) === key);
      if (pair === undefined) break;
      const last = depth === path.length - 1;
      const valueRange = range(pair.value);
      found =
        (last && at === 'key') || valueRange[0] === valueRange[1] || isMapNode(pair.value)
          ? range(pair.key)
          : valueRange;
      node = pair.value;
    }
    return found;
  }
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function range(node: unknown): [number, number] {
  const at = (node as Node | null)?.range;
  return at === undefined || at === null ? [0, 0] : [at[0], at[1]];
}

/** What is not closed, or not indented as what stands beside it. */
function openFault(message: string): Fault {
  const bracket = / end with a ([\]}])$/.exec(message)?.[1];
  if (bracket !== undefined) {
    const opens = bracket === '}' ? '{' : '[';
    return { found: `a "${bracket}" is missing before this place`, would: `close what "${opens}" opens` };
  }
  if (/closing .*quote$/.test(message)) {
    return { found: 'a quote that was opened is not closed before this place', would: 'close it' };
  }
  if (message.includes('start at the same column')) {
    return {
      found: 'this line does not begin in the column of those that it belongs to',
      would: 'indent the settings of a map alike',
    };
  }
  return { found: `cannot be read as YAML or JSON: ${message}` };
}

function formFault(code: string, message: string): Fault {
  const first = message.split('\n')[0] ?? message;
  switch (code) {
    case 'DUPLICATE_KEY':
      return { found: 'this key stands twice in its map', would: 'keep one of the two' };
    case 'MULTIPLE_DOCS':
      return { found: 'a second document begins here ("---")', would: 'one file holds one experiment' };
    case 'TAB_AS_INDENT':
      return { found: 'a tab indents this line', would: 'indent with blanks' };
    case 'MISSING_CHAR':
    case 'BAD_INDENT':
      return openFault(first);
    default:
      return { found: `cannot be read as YAML or JSON: ${first}` };
  }
}

/** A source line with a caret under `length` characters at column `col` (from 1), cut where it is too long. */
function excerpt(source: string, line: number, col: number, length: number): string {
  const printable = source.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  const from = printable.length <= EXCERPT_WIDTH ? 0 : Math.max(0, col - 1 - EXCERPT_WIDTH / 2);
  const shown = printable.slice(from, from + EXCERPT_WIDTH);
  const before = from > 0 ? '...' : '';
  const after = from + EXCERPT_WIDTH < printable.length ? '...' : '';
  const carets = Math.max(1, Math.min(length, shown.length - (col - 1 - from)));
  const number = String(line).padStart(5);
  const gap = ' '.repeat(before.length + col - 1 - from);
  return `${number} | ${before}${shown}${after}\n${' '.repeat(5)} | ${gap}${'^'.repeat(carets)}`;
}

/** Keeps a message readable where a file is junk from end to end. */
export function atMost(problems: readonly Problem[], shown: string): readonly Problem[] {
  if (problems.length <= MOST_PROBLEMS) return problems;
  const rest = problems.length - MOST_PROBLEMS;
  return [
    ...problems.slice(0, MOST_PROBLEMS),
    { where: shown, found: rest === 1 ? 'and one more problem' : `and ${rest} more problems` },
  ];
}
