/**
 * Which form a trace has, told by what stands in it, never by its name.
 */
import { statSync } from 'node:fs';
import { InputError } from '../sim/problem.ts';
import { isActivityKind } from './owners/activity-file.ts';
import { isTarHead } from './owners/tar.ts';
import { openFault, plainNumber, readHead } from './text.ts';

/** Forms and what a file of each looks like. */
export const FORMS = {
  swf: 'a job log in the Standard Workload Format (18 numbers a line, comments with ";")',
  planetlab: 'PlanetLab CPU traces (one percentage a line; a file, a folder or a tar of them)',
  fta: 'an event_trace.tab of the Failure Trace Archive (8 or 9 columns, comments with "#")',
  activity: 'owner activity ("node time kind value")',
  keyboard: 'keyboard activity in slots (CSV "timestamp,value")',
  'lanl-failures': 'the failure log of the LANL systems (CSV with "Prob Started" and "Prob Fixed")',
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
  if (isFolder) return 'planetlab';
  const head = await readHead(path, HEAD);
  if (isTarHead(head)) return 'planetlab';
  const form = head.includes(0) ? undefined : formOfLines(head.toString('utf8').split(/\r?\n/));
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

function formOfLines(lines: readonly string[]): Form | undefined {
  for (const line of lines) {
    const text = line.trim();
    if (text === '') continue;
    if (text.startsWith(';')) return 'swf';
    if (text === 'timestamp,value') return 'keyboard';
    if (/\bProb Started\b.*,/.test(text)) return 'lanl-failures';
    if (!text.startsWith('#')) return formOfRecord(text.split(/[ \t]+/));
    if (/\bevent_start_time\b/.test(text)) return 'fta';
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
  return words.length >= 4 && words.length <= 18 ? 'swf' : undefined;
}
