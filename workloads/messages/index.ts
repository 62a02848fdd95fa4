/** Message traces in any of the known forms, and what a first look at one finds. */
import type { RecordCount } from '../records.ts';
import { ACTION, ACTION_NAMES, isCollective, type MessageProgram } from './actions.ts';
import { checkCollectives, type Matching, matchMessages } from './matching.ts';
import { readTimeIndependent } from './time-independent.ts';

export interface MessageTrace {
  readonly program: MessageProgram;
  readonly records: RecordCount;
  readonly matching: Matching;
  /** Number of actions by name. */
  readonly byAction: Readonly<Record<string, number>>;
  readonly collectives: number;
  readonly flops: number;
  /** Syntax of the trace, files left out. */
  readonly header: Readonly<Record<string, string>>;
  /** What whoever uses the trace must know. */
  readonly notes: readonly string[];
}

const SHOWN = 20;

/**
 * Reads a trace of messages, its sends and receives matched; `member` names one file of a folder or tar. Throws
 * `InputError` where it is damaged, a rank is missing, or the ranks do not take part in the same collectives.
 */
export async function readMessages(path: string, member = 'all'): Promise<MessageTrace> {
  const { program, records, dialect, skipped, others, communicators } = await readTimeIndependent(
    path,
    member,
  );
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
  const notes: string[] = [];
  const { unmatched } = matching;
  for (const { text } of unmatched.slice(0, SHOWN)) notes.push(`unmatched: ${text}`);
  if (unmatched.length > SHOWN) notes.push(`and ${unmatched.length - SHOWN} more that are unmatched`);
  if (communicators.length > 0) {
    notes.push(
      `comm_size says ${communicators.join(', ')} where there are ${program.ranks} ranks: collectives of smaller groups count as those of all`,
    );
  }
  if (skipped.length > 0) notes.push(`no traces, skipped: ${skipped.join(', ')}`);
  if (others.length > 0) {
    notes.push(`other traces, left out (messages.member picks one): ${others.join(', ')}`);
  }
  return { program, records, matching, byAction, collectives, flops, header: { syntax: dialect }, notes };
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
