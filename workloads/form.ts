/**
 * Which form a trace has, told by what stands in it. Where its first line is of no form, by most of its lines or, for job
 * logs, by its name: the reader of that form then says which line is wrong, and how.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError, nearest } from '../sim/problem.ts';
import { headerOf } from './jobs/csv-table.ts';
import { PROCESS_COLUMNS } from './jobs/process-tree.ts';
import { RUSAGE_COLUMNS } from './jobs/rusage.ts';
import { messageFormOf } from './messages/heads.ts';
import { listFiles } from './messages/sources.ts';
import { ACTIVITY_KINDS, isActivityKind } from './owners/activity-file.ts';
import { isTarHead, readTar } from './owners/tar.ts';
import { isBlockList, REFERENCE_FORMS, type ReferenceForm, referenceForm } from './pages/forms.ts';
import { isProcessFile } from './services/strace-folder.ts';
import { SUMMARY_HEAD } from './services/strace-summary.ts';
import { isZip } from './services/zip.ts';
import { openFault, plainNumber, readHead } from './text.ts';

/** Forms and what a file of each looks like. */
export const FORMS = {
  swf: 'a job log in the Standard Workload Format (18 numbers a line, comments with ";")',
  'process-tree': 'a table of processes (CSV "pid,ppid,start_s,wall_s,execs,exit,program")',
  rusage: 'a table of resource use (CSV "start_s,wall_s,user_s,sys_s,...,cmd")',
  planetlab: 'PlanetLab CPU traces (one percentage a line; a file, a folder or a tar of them)',
  fta: 'an event_trace.tab of the Failure Trace Archive (8 or 9 columns, comments with "#")',
  activity: 'owner activity ("node time kind value")',
  keyboard: 'keyboard activity in slots (CSV "timestamp,value")',
  'lanl-failures': 'the failure log of the LANL systems (CSV with "Prob Started" and "Prob Fixed")',
  strace:
    'system calls as strace prints them ("strace -f -ttt -T", with or without pid and times; a file, or the folder of "strace -ff")',
  'strace-summary': 'the table of "strace -c"',
  'call-numbers': 'system call numbers of Linux on i386 (ADFA-LD; a file, a folder or a zip of them)',
  'time-independent':
    'messages of ranks as SimGrid writes them ("p0 send p1 1e6", "0 compute 1e9"; a file, a list of files, a folder or a tar)',
  goal: 'a schedule of messages (GOAL: "num_ranks", "rank 0 {", "l1: send 8b to 1 tag 0")',
  liballprof:
    'MPI calls as liballprof writes them ("MPI_Bcast:BEGIN:...:END"; a folder or a tar of a file for each rank)',
  'otf2-print': 'MPI events as otf2-print writes them',
  ...REFERENCE_FORMS,
} as const;
export type Form = keyof typeof FORMS;

/** Enough to pass the header of the longest known log. */
const HEAD = 1 << 16;

/** The form of a file or folder. Throws `InputError` that lists the known forms where it has none of them. */
export async function formOf(path: string): Promise<Form> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw openFault(path, error);
  }
  if (isFolder) return formOfFolder(path);
  if (isZip(path)) return 'call-numbers';
  const head = await readHead(path, HEAD);
  if (isTarHead(head)) return formOfTar(path);
  const lines = head.includes(0) ? [] : head.toString('utf8').split(/\r?\n/);
  const form = formOfLines(lines) ?? (await formOfList(path, lines)) ?? formMeant(path, lines);
  if (form !== undefined) return form;
  const known = Object.values(FORMS)
    .map((form) => `\n      ${form}`)
    .join('');
  throw new InputError({
    where: path,
    found: 'the file has no form that nowsim knows',
    would: `known are${known}`,
  });
}

/** Forms that are read out of a tar. */
const IN_TARS: ReadonlySet<Form> = new Set([
  'planetlab',
  'time-independent',
  'goal',
  'liballprof',
  'otf2-print',
]);

/** A tar has the form of its first member that has one. */
async function formOfTar(path: string): Promise<Form> {
  let form: Form | undefined;
  await readTar(path, (_, bytes) => {
    const found = formOfLines(bytes.toString('latin1', 0, HEAD).split(/\r?\n/));
    if (found !== undefined && IN_TARS.has(found)) form = found;
    return form === undefined;
  });
  return form ?? 'planetlab';
}

/** The form of the files that a list names, by the first of them. */
async function formOfList(path: string, lines: readonly string[]): Promise<Form | undefined> {
  const [first] = listFiles(path, lines.slice(0, 1)) ?? [];
  if (first === undefined) return undefined;
  const head = await readHead(first, HEAD);
  return messageFormOf(head.toString('latin1').split(/\r?\n/));
}

/**
 * The form of a file that is to hold references: a list of small numbers, which could be percentages, is one of blocks.
 * Throws `InputError` where it holds something else.
 */
export async function referenceFormOf(path: string): Promise<ReferenceForm> {
  const form = await formOf(path);
  if (form in REFERENCE_FORMS) return form as ReferenceForm;
  if (form === 'planetlab' && statSync(path).isFile()) return 'block-list';
  throw new InputError({
    where: path,
    found: `this is ${FORMS[form]}`,
    would: `give references: ${Object.values(REFERENCE_FORMS).join('; ')}`,
  });
}

/** Files of a folder that are looked at before it is taken for samples. */
const LOOKED_AT = 20;

/** Names of all that is in a folder, and in those in it. Throws `InputError` where one of them cannot be listed. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }) as string[];
  } catch (error) {
    throw new InputError({
      where: folder,
      found: `a folder that cannot be listed whole (${(error as NodeJS.ErrnoException).code})`,
      would: 'give a trace, or a folder that holds one and nothing else',
    });
  }
}

async function formOfFolder(path: string): Promise<Form> {
  const files = namesIn(path)
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
  let samples = false;
  for (const file of files.slice(0, LOOKED_AT)) {
    // A file that is no text is no sequence of numbers either; the reader of the folder names it.
    const head = await readHead(file, HEAD).catch(() => Buffer.alloc(0));
    const lines = head.toString('latin1').split(/\r?\n/);
    const messages = messageFormOf(lines);
    if (messages !== undefined) return messages;
    // Whose calls they are stands in the names of the files alone.
    if (isProcessFile(file) && formOfLines(lines) === 'strace') return 'strace';
    const [first] = lines;
    if (isCallNumbers(first!.trim().split(/[ \t]+/))) return 'call-numbers';
    if (/^\d+(\.\d+)?$/.test(first!.trim())) samples = true;
  }
  if (samples || files.length === 0) return 'planetlab';
  throw new InputError({
    where: path,
    found: `a folder in which no trace is found (${basename(files[0]!)}, ...)`,
    would: 'give a trace, or a folder that holds the files of one and nothing else',
  });
}

/** Numbers from here on are no calls of any Linux. */
const CALL_NUMBERS_END = 1024;

/** More numbers a line than any table has; 29 are the columns of the Grid Workload Format. */
function isCallNumbers(words: readonly string[]): boolean {
  return (
    words.length > 18 &&
    words.length !== 29 &&
    words.every((word) => /^\d{1,4}$/.test(word) && Number(word) < CALL_NUMBERS_END)
  );
}

/** A line of strace: pid, time, number or place of the call; then a call, the rest of one, a signal, an exit. */
const STRACE = new RegExp(
  [
    /^(?:\[pid +\d+(?:<[^>]*>)?\] +|\d+(?:<[^>]*>)? +)?/,
    /(?:\d\d:\d\d:\d\d(?:\.\d+)? +|\d+\.\d+ +)?(?:\(\+ +[\d.]+\) +)?(?:\[ *[\da-f]+\] +)*/,
    /(?:[a-z_][a-z0-9_]*\(.*(?: = [-\d?].*| <(?:unfinished|detached) \.\.\.>)$|<\.\.\. \w+ resumed>|--- \w+.* ---$|\+\+\+ \w+ .*\+\+\+$)/,
  ]
    .map((part) => part.source)
    .join(''),
);
const REMARK = /^(?:strace: )?Process \d+ attached/;

/** The forms that a program's own output may stand in front of. */
function formOfTracer(text: string): Form | undefined {
  if (SUMMARY_HEAD.test(text)) return 'strace-summary';
  return STRACE.test(text) || REMARK.test(text) ? 'strace' : undefined;
}

function formOfLines(lines: readonly string[]): Form | undefined {
  const messages = messageFormOf(lines);
  if (messages !== undefined) return messages;
  for (const line of lines) {
    const text = line.trim();
    if (text === '') continue;
    if (text.startsWith(';')) return 'swf';
    if (text === 'timestamp,value') return 'keyboard';
    if (headerOf(text, PROCESS_COLUMNS) !== undefined) return 'process-tree';
    if (headerOf(text, RUSAGE_COLUMNS) !== undefined) return 'rusage';
    if (/\bProb Started\b.*,/.test(text)) return 'lanl-failures';
    const tracer = formOfTracer(text) ?? referenceForm(text);
    if (tracer !== undefined) return tracer;
    // What valgrind says of itself stands before the references of its tools.
    if (/^==\d+==/.test(text)) continue;
    if (/^(?:\d+|\*)$/.test(text) && isBlockList(lines)) return 'block-list';
    if (!text.startsWith('#')) return formOfRecord(text.split(/[ \t]+/)) ?? formBehind(lines);
    if (/\bevent_start_time\b/.test(text)) return 'fta';
  }
  return undefined;
}

/** The form of a tracer's output that does not begin at once; the last line of a head may be cut. */
function formBehind(lines: readonly string[]): Form | undefined {
  for (const line of lines.slice(0, -1)) {
    const form = formOfTracer(line.trim());
    if (form !== undefined) return form;
  }
  return undefined;
}

function formOfRecord(words: readonly string[]): Form | undefined {
  const numbers = words.map(plainNumber);
  const allNumbers = numbers.every((number) => !Number.isNaN(number));
  if (words.length >= 3 && words.length <= 4 && isActivityKind(words[2]!)) return 'activity';
  const isEvent =
    (words.length === 8 || words.length === 9) &&
    (words[5] === '0' || words[5] === '1') &&
    (numbers[7]! >= numbers[6]! || words[7] === 'NULL');
  if (isEvent) return 'fta';
  if (!allNumbers) return undefined;
  if (words.length === 1) return 'planetlab';
  if (isCallNumbers(words)) return 'call-numbers';
  return words.length >= 4 && words.length <= 18 ? 'swf' : undefined;
}

/** What a file is meant to be whose first line is of no form; no form is taken for a list of single numbers. */
function formMeant(path: string, lines: readonly string[]): Form | undefined {
  const records = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const [first] = records;
  if (first === undefined) return undefined;
  const found = records.map((line) => formOfRecord(line.split(/[ \t]+/)));
  for (const form of ['swf', 'activity', 'fta'] as const)
    if (2 * found.filter((each) => each === form).length > records.length) return form;
  const [, time, kind, ...rest] = first.split(/[ \t]+/);
  const named = kind !== undefined && kind.length > 2 && nearest(kind, ACTIVITY_KINDS) !== undefined;
  if (named && rest.length <= 1 && !Number.isNaN(plainNumber(time!))) return 'activity';
  return /\.swf(\.gz)?$/i.test(path) ? 'swf' : undefined;
}
