/** Crashes as settings describe them: which law or trace, and whether the settings make sense together. */

import type { StreamBank } from '../../sim/engine/streams.ts';
import type { Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { type Duration, durationOf } from '../../workloads/durations.ts';
import type { ActivityTable } from '../../workloads/owners/activity.ts';
import { FTA_LAWS, ftaFit } from '../../workloads/owners/alternating.ts';
import type { FAILURE_FIELDS } from './fields.ts';
import { LawfulOutages, type Outages, TracedOutages } from './outages.ts';

export type FailureSettings = Read<typeof FAILURE_FIELDS>;
type LawSettings = FailureSettings['law'];
type FittedLaw = Extract<LawSettings, { readonly name: keyof typeof FTA_LAWS }>;

/** Whether the settings make nodes crash. */
export function nodesCrash({ trace, mtbf, law }: FailureSettings): boolean {
  return trace !== 'none' || mtbf !== 'none' || isFitted(law);
}

function isFitted(law: LawSettings): law is FittedLaw {
  return Object.hasOwn(FTA_LAWS, law.name);
}

/**
 * The outages that the settings describe; `table`: the trace, where there is one; `chance`: a stream a node. Throws
 * `InputError` where settings contradict each other.
 */
export function outagesOf(
  settings: FailureSettings,
  table: ActivityTable | null,
  chance: StreamBank,
): Outages {
  const { trace, after, skip, mtbf, law, repair } = settings;
  const refuse = (where: string, found: string, would: string) =>
    new InputError({ where: `failures.${where}`, found, would });
  if (table !== null) {
    if (mtbf !== 'none') throw refuse('mtbf', 'given beside failures.trace', 'give one of them');
    if (isFitted(law)) throw refuse('law', `${law.name} beside failures.trace`, 'give one of them');
    return new TracedOutages(trace, table, after === 'repeat', skip);
  }
  if (isFitted(law)) {
    if (mtbf !== 'none') {
      throw refuse('mtbf', `given beside ${law.name}, which has its own`, 'set failures.mtbf=none');
    }
    const [up, down] = ftaFit(law);
    return new LawfulOutages(up, repair === 'fitted' ? down : repair, chance);
  }
  if (repair === 'fitted') {
    throw refuse('repair', `fitted, while failures.law is ${law.name}`, 'give a time, or a fitted law');
  }
  if (mtbf === 'none') throw refuse('mtbf', 'none', 'give a time');
  return new LawfulOutages(timeUp(law, mtbf), repair, chance);
}

function timeUp(law: Exclude<LawSettings, FittedLaw>, mean: number): Duration {
  switch (law.name) {
    case 'exponential':
      return durationOf({ law: 'exponential', mean });
    case 'weibull':
      return durationOf({ law: 'weibull', mean, shape: law.shape });
    case 'gamma':
      return durationOf({ law: 'gamma', mean, shape: law.shape });
    case 'lognormal':
      return durationOf({ law: 'lognormal', mean, c2: law.c2 });
    case 'hyperexponential':
      return durationOf({ law: 'hyperexponential', mean, c2: law.c2 });
  }
}
