/** The warm-up of a run where it has to be given as a time. */
import { InputError } from '../../sim/problem.ts';
import type { Settings } from '../fields.ts';

/** ns. Throws `InputError` where the settings leave it to MSER-5, which looks at the responses of a building's jobs. */
export function givenWarmup({ warmup }: Settings): number {
  if (warmup !== 'mser5') return warmup;
  throw new InputError({
    where: 'warmup',
    found: 'mser5, which is for jobs in a building',
    would: 'give a time: warmup=1000s',
  });
}
