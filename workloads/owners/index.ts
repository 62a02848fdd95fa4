/** Where owners come from: a trace of any known form, or one of the laws listed here. */
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { FORMS, type Form, formOf } from '../form.ts';
import type { RecordCount } from '../records.ts';
import type { ActivityTable } from './activity.ts';
import { readActivity } from './activity-file.ts';
import { ALTERNATING_LAWS, alternating } from './alternating.ts';
import { DAY_CYCLE_LAW, dayCycle } from './day-cycle.ts';
import { type FtaTrace, type Gaps, readFta } from './fta.ts';
import { readKeyboard } from './keyboard.ts';
import { readLanlFailures } from './lanl-failures.ts';
import type { OwnerLaw } from './law.ts';
import { readPlanetLab } from './planetlab.ts';

/** The slot `owners.law`. */
export const OWNER_LAW_FIELD = {
  kind: 'slot',
  doc: 'Law by which owners come and go where no trace is given.',
  default: 'day-cycle',
  of: { 'day-cycle': DAY_CYCLE_LAW, ...ALTERNATING_LAWS },
} as const satisfies Field;

export type OwnerLawSettings = Read<typeof OWNER_LAW_FIELD>;

/** The law that settings describe. Throws `InputError` where they contradict each other. */
export function ownerLaw(settings: OwnerLawSettings): OwnerLaw {
  return settings.name === 'day-cycle' ? dayCycle(settings) : alternating(settings);
}

export interface OwnerTrace {
  readonly form: Form;
  readonly owners: ActivityTable;
  readonly records: RecordCount;
  /** What the form says beyond the table: shares by name. */
  readonly more?: Readonly<Record<string, number>>;
}

/**
 * Owners from a trace of any known form. `busyAbove`: CPU share (a fraction) at or above which a PlanetLab sample
 * means that the owner is there. `gaps`: what is taken where an availability trace says nothing of a node. Throws
 * `InputError` for a job log, and for damaged input.
 */
export async function readOwners(path: string, busyAbove: number, gaps?: Gaps): Promise<OwnerTrace> {
  const form = await formOf(path);
  switch (form) {
    case 'planetlab':
      return { form, ...(await readPlanetLab(path, busyAbove)) };
    case 'fta':
      return ftaTrace(await readFta(path, gaps));
    case 'activity':
      return { form, ...(await readActivity(path)) };
    case 'keyboard':
      return { form, ...(await readKeyboard(path)) };
    case 'lanl-failures':
      return { form, ...(await readLanlFailures(path)) };
    case 'swf':
      throw new InputError({
        where: path,
        found: `this is ${FORMS.swf}, not an owner trace`,
        would: 'give it as jobs.trace',
      });
    default:
      throw new InputError({
        where: path,
        found: `this is ${FORMS[form]}, not an owner trace`,
        would: 'give it as services.trace',
      });
  }
}

function ftaTrace({ owners, records, ...more }: FtaTrace): OwnerTrace {
  return { form: 'fta', owners, records, more };
}

export { ACTIVITY, type ActivityTable } from './activity.ts';
export { OWNER_STREAMS, type OwnerLaw } from './law.ts';
