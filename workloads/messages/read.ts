/** What every reader of message traces gives. */
import type { RecordCount } from '../records.ts';
import type { MessageProgram } from './actions.ts';

export interface ReadTrace {
  readonly program: MessageProgram;
  readonly records: RecordCount;
  /** Files of a folder or tar that are no traces; those that are, and are left out. */
  readonly skipped: readonly string[];
  readonly others: readonly string[];
  /** What the trace says of itself. */
  readonly header: Readonly<Record<string, string>>;
  /** What whoever uses the trace must know. */
  readonly notes: readonly string[];
}
