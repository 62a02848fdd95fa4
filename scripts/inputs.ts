/**
 * The traces of a scenario: read once a process, however many points and replications use them, with the digest
 * that tells a changed file.
 */
import { statSync } from 'node:fs';
import { CallAccount } from '../models/services/account.ts';
import { traceDigest } from '../workloads/digest.ts';
import { referenceFormOf } from '../workloads/form.ts';
import { readJobs } from '../workloads/jobs/read.ts';
import type { SwfJobs } from '../workloads/jobs/swf.ts';
import type { JobChoices } from '../workloads/jobs/table.ts';
import { type MessageTrace, readMessages } from '../workloads/messages/index.ts';
import type { ActivityTable } from '../workloads/owners/activity.ts';
import { readOwners } from '../workloads/owners/index.ts';
import { type ReferenceTrace, readReferences } from '../workloads/pages/index.ts';
import type { RecordCount } from '../workloads/records.ts';
import {
  type CallOptions,
  type CallSurvey,
  headerOf,
  type Numbering,
  scanCalls,
  surveyCalls,
} from '../workloads/services/index.ts';

export interface OwnerTrace {
  readonly owners: ActivityTable;
  readonly records: RecordCount;
}

const read = new Map<string, Promise<unknown>>();

/** A value made once for a file in its present state. */
function once<T>(path: string, key: string, make: () => Promise<T>): Promise<T> {
  let stamp = '';
  try {
    const { mtimeMs, size } = statSync(path);
    stamp = `${mtimeMs} ${size}`;
  } catch {
    // The reader says what is wrong with the file.
  }
  const full = `${path}\n${key}\n${stamp}`;
  const known = read.get(full) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const made = make();
  read.set(full, made);
  // A failure is told every time anew, and the next attempt reads again.
  made.catch(() => read.delete(full));
  return made;
}

/** The jobs of a log, a process tree or a table of resource use, by the choices. Throws `InputError`. */
export function jobLog(path: string, choices: JobChoices): Promise<SwfJobs> {
  const key = `jobs ${choices.processors} ${choices.overrun} ${choices.zero_run}`;
  return once(path, key, () => readJobs(path, choices));
}

/** How an owner trace is read. */
export interface OwnerChoices {
  /** CPU share at or above which a PlanetLab sample means that the owner is there. */
  readonly busy_above: number;
  readonly gaps: 'unavailable' | 'available';
}

/** The owners of a trace in any of the known forms. Throws `InputError`. */
export function ownerTrace(path: string, { busy_above, gaps }: OwnerChoices): Promise<OwnerTrace> {
  return once(path, `owners ${busy_above} ${gaps}`, () => readOwners(path, busy_above, gaps));
}

/** Outages of nodes from a trace of any known form; a node is up where an availability trace says nothing of it. Throws `InputError`. */
export function outageTrace(path: string): Promise<OwnerTrace> {
  return ownerTrace(path, { busy_above: 1, gaps: 'available' });
}

/** A first pass over a trace of service calls; `tracerCost`: s a call. Throws `InputError`. */
export function callSurvey(
  path: string,
  tracerCost: number | 'shortest-gap',
  numbering: Numbering,
): Promise<CallSurvey> {
  return once(path, `calls ${tracerCost} ${numbering}`, () => surveyCalls(path, { tracerCost, numbering }));
}

/** A trace of messages, its sends and receives matched. Throws `InputError`. */
export function messageTrace(path: string, member: string, ticks: number): Promise<MessageTrace> {
  return once(path, `messages ${member} ${ticks}`, () => readMessages(path, { member, ticks }));
}

/** The references of a trace; addresses become pages of `pageBytes`. Throws `InputError`. */
export function referenceTrace(path: string, pageBytes: number): Promise<ReferenceTrace> {
  return once(path, `references ${pageBytes}`, async () =>
    readReferences(path, await referenceFormOf(path), pageBytes),
  );
}

/** What the head of a trace of service calls says of it. Throws `InputError`. */
export function callHeader(path: string): Promise<Readonly<Record<string, string>>> {
  return once(path, 'head of calls', () => headerOf(path));
}

/** A trace of service calls that is charged as a mix: its sums, and what whoever uses them must know. */
export interface CallMix {
  readonly account: CallAccount;
  readonly timed: boolean;
  readonly notes: readonly string[];
}

/** The sums of a trace of service calls. Throws `InputError`. */
export function callMix(path: string, options: CallOptions): Promise<CallMix> {
  return once(path, `mix ${JSON.stringify(options)}`, async () => {
    const account = new CallAccount();
    const { timed, notes } = await scanCalls(path, options, account);
    return { account, timed, notes };
  });
}

/** SHA-256 of a trace, hexadecimal. */
export function digestOf(path: string): Promise<string> {
  return once(path, 'sha256', () => traceDigest(path));
}
