/** Runs of one program have no jobs and no owners beside it. */
import { InputError } from '../../sim/problem.ts';
import { FIELDS, type Settings } from '../fields.ts';

/** Where jobs and owners come from, by path. */
export function jobsAndOwners({ jobs, owners }: Settings): [path: string, value: string][] {
  return [
    ['jobs.trace', jobs.trace],
    ['jobs.law', jobs.law.name],
    ['owners.trace', owners.trace],
    ['owners.law', owners.law.name],
  ];
}

/** Throws `InputError` for the first of `others` that is there beside the setting `what`; `why` says why it may not be. */
export function refuseBeside(
  what: string,
  others: readonly [path: string, value: string][],
  why: string,
): void {
  for (const [where, value] of others) {
    if (value === 'none') continue;
    // A file without jobs has those of the default law, which nobody wrote down.
    const unsaid = where === 'jobs.law' && value === FIELDS.fields.jobs.fields.law.default;
    throw new InputError({
      where,
      found: `${value}${unsaid ? ', which is the default,' : ''} beside ${what}: ${why}`,
      would: `set ${where}=none, or ${what}=none`,
    });
  }
}
