/** The warm-up of a run, and whether it leaves anything to be measured. */
import { InputError } from '../../sim/problem.ts';
import { formatTime } from '../../sim/units.ts';
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

/** Throws `InputError` where the warm-up is not over before the horizon. */
export function checkWarmup({ warmup, horizon }: Settings): void {
  if (warmup === 'mser5' || horizon === 'auto' || warmup < horizon || warmup === 0) return;
  throw new InputError({
    where: 'warmup',
    found: `${formatTime(warmup)}, while horizon is ${formatTime(horizon)}: nothing is measured`,
    would: 'give a shorter warmup, or a longer horizon',
  });
}

/** A time of `seconds` for messages. */
export const timeText = (seconds: number): string => (seconds === 0 ? '0s' : formatTime(seconds * 1e9));
