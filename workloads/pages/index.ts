/** Where page references come from: a trace, or one of the laws listed here. */
import { Streams } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { MadeReferences } from './laws.ts';
import { MULTIGRID_LAW, multigrid } from './multigrid.ts';
import { PHASES_LAW, phases } from './phases.ts';
import { STACK_LAW, stackDistance } from './stack-distance.ts';
import { SWEEP_LAW, sweep } from './sweep.ts';
import type { ReferenceTable } from './table.ts';
import { ZIPF_LAW, zipf } from './zipf.ts';

/** The slot `pages.law`. */
export const REFERENCE_LAW_FIELD = {
  kind: 'slot',
  doc: 'law by which references are made where no trace is given',
  default: 'zipf',
  of: {
    sweep: SWEEP_LAW,
    multigrid: MULTIGRID_LAW,
    zipf: ZIPF_LAW,
    'stack-distance': STACK_LAW,
    phases: PHASES_LAW,
  },
} as const satisfies Field;
export type ReferenceLaw = Read<typeof REFERENCE_LAW_FIELD>;

/** References of a law. Throws `InputError` for settings that do not go together. */
export function referencesOf(law: ReferenceLaw, streams: Streams): ReferenceTable {
  const made = new MadeReferences(law.writes, streams.stream('pages that are written'));
  const chance = streams.stream('pages that are referred to');
  if (law.name === 'sweep') sweep(law, made);
  else if (law.name === 'multigrid') multigrid(law, made);
  else if (law.name === 'zipf') zipf(law, made, chance);
  else if (law.name === 'stack-distance') stackDistance(law, made, chance);
  else phases(law, made, chance);
  return made.finish();
}

/** Throws `InputError` where the settings of a law do not go together; makes next to nothing. */
export function checkLaw(law: ReferenceLaw): void {
  referencesOf('count' in law ? { ...law, count: 1 } : law, new Streams(1, 0));
}

export { REFERENCE_FORMS, type ReferenceForm } from './forms.ts';
export { referenceInfo } from './info.ts';
export { type ReferenceTrace, readReferences } from './read.ts';
export { type MissCurve, missCurve, StackDistances } from './stack-distances.ts';
export type { ReferenceTable } from './table.ts';
