/** Message traces in any of the known forms, and what a first look at one finds. */
import { InputError } from '../../sim/problem.ts';
import { FORMS, type Form, formOf } from '../form.ts';
import type { RecordCount } from '../records.ts';
import { ACTION, ACTION_NAMES, isCollective, type MessageProgram } from './actions.ts';
import { readGoal } from './goal.ts';
import { readLiballprof } from './liballprof.ts';
import { checkCollectives, type Matching, matchMessages } from './matching.ts';
import { readOtf2Print } from './otf2.ts';
import type { ReadTrace } from './read.ts';
import { readTimeIndependent } from './time-independent.ts';

export const MESSAGE_FORMS = [
  'time-independent',
  'goal',
  'liballprof',
  'otf2-print',
] as const satisfies readonly Form[];
export type MessageForm = (typeof MESSAGE_FORMS)[number];

/** Whether a form is one of traces of messages. */
export function isMessageForm(form: Form): form is MessageForm {
  return (MESSAGE_FORMS as readonly Form[]).includes(form);
}

export interface MessageOptions {
  /** One file of a folder or tar; `all`: the list in it, or all its traces as one. */
  readonly member?: string;
  /** Ticks a second of a clock of which the trace does not say it. */
  readonly ticks?: number;
}

export interface MessageTrace {
  readonly form: MessageForm;
  readonly program: MessageProgram;
  readonly records: RecordCount;
  readonly matching: Matching;
  /** Number of actions by name. */
  readonly byAction: Readonly<Record<string, number>>;
  readonly collectives: number;
  readonly flops: number;
  /** What the trace says of itself. */
  readonly header: Readonly<Record<string, string>>;
  /** What whoever uses the trace must know. */
  readonly notes: readonly string[];
}

const SHOWN = 20;

/**
 * Reads a trace of messages, its sends and receives matched. Throws `InputError` where it has another form, is
 * damaged, a rank is missing, or the ranks do not take part in the same collectives.
 */
export async function readMessages(path: string, options: MessageOptions = {}): Promise<MessageTrace> {
  const form = await formOf(path);
  if (!isMessageForm(form)) {
    throw new InputError({
      where: path,
      found: `this is ${FORMS[form]}, not a trace of messages`,
      would: `known are ${MESSAGE_FORMS.map((known) => FORMS[known]).join('; ')}`,
    });
  }
  const trace = await readForm(form, path, options);
  const { program, records, skipped, others } = trace;
  checkCollectives(program);
  const matching = matchMessages(program);
  const byAction: Record<string, number> = {};
  let collectives = 0;
  let flops = 0;
  for (let i = 0; i < program.kind.length; i++) {
    const kind = program.kind[i]!;
    const name = ACTION_NAMES[kind]!;
    byAction[name] = (byAction[name] ?? 0) + 1;
    if (isCollective(kind)) collectives++;
    if (kind === ACTION.compute) flops += program.amount[i]!;
  }
  const notes = [...trace.notes];
  const { unmatched } = matching;
  for (const { text } of unmatched.slice(0, SHOWN)) notes.push(`unmatched: ${text}`);
  if (unmatched.length > SHOWN) notes.push(`and ${unmatched.length - SHOWN} more that are unmatched`);
  if (skipped.length > 0) notes.push(`no traces, skipped: ${skipped.join(', ')}`);
  if (others.length > 0) {
    notes.push(`other traces, left out (messages.member picks one): ${others.join(', ')}`);
  }
  return { form, program, records, matching, byAction, collectives, flops, header: trace.header, notes };
}

function readForm(
  form: MessageForm,
  path: string,
  { member = 'all', ticks }: MessageOptions,
): Promise<ReadTrace> {
  switch (form) {
    case 'goal':
      return readGoal(path, member);
    case 'liballprof':
      return readLiballprof(path, member);
    case 'otf2-print':
      return readOtf2Print(path, member, ticks);
    default:
      return readTimeIndependent(path, member);
  }
}

export {
  ACTION,
  ACTION_NAMES,
  ANY,
  isCollective,
  type MessageProgram,
  ProgramBuilder,
  placeOf,
} from './actions.ts';
