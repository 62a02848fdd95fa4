/**
 * Ranges of an axis: `1..64 x2` (1, 2, 4 ... 64), `0s..20min +1min`, `10%..50% +10%`, `1..8` (whole numbers, where they
 * are few: more than 32 need a step).
 * The last value is the end where a step falls on it, else the last one before it.
 */
import { InputError } from '../problem.ts';
import { unitOf } from '../units.ts';
import type { Value } from './fields.ts';

const QUANTITY = String.raw`([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)([a-zA-Zµ%][a-zA-Z/%]*)?`;
const RANGE = new RegExp(String.raw`^${QUANTITY}\.\.${QUANTITY}(?:\s*([x+])\s*${QUANTITY})?$`);

const MOST_VALUES = 20_000;
/** Values of a range without a step: more are seldom meant, and every one is a point. */
const MOST_UNSTEPPED = 32;

/** The values of a range, or undefined where the text is none. Throws `InputError` where it is one that cannot be. */
export function rangeValues(where: string, text: string): Value[] | undefined {
  const match = RANGE.exec(text.trim());
  if (match === null) return undefined;
  const [, lowText, lowUnit = '', highText, highUnit = '', how = '+', stepText, stepUnit = ''] = match;
  const fail = (found: string, would: string): never => {
    throw new InputError({ where, found, would });
  };
  const factor = how === 'x';
  if (stepText === undefined && lowUnit !== '') {
    fail(
      `"${text}" does not say how far apart the values are`,
      'add a step: 0s..20min +1min, or 1ms..1s x10',
    );
  }
  if (factor && stepUnit !== '') fail(`"${stepUnit}" stands behind a factor`, 'write 1ms..1s x10');
  // A sum is told in the unit of its step, a product in that of its first value.
  const unit = factor ? lowUnit : stepText === undefined ? '' : stepUnit;
  const inUnit = (number: string, own: string): number => {
    const from = unitOf(own);
    const to = unitOf(unit);
    if (from === undefined) return fail(`"${own}" is not a unit`, 'write for example 0s..20min +1min');
    // A bare nought is nought of anything.
    if (own === '' && Number(number) === 0) return 0;
    if (to === undefined || from.of !== to.of) {
      return fail(`"${text}" mixes units of different kinds`, 'give all parts the same kind of unit');
    }
    return (Number(number) * from.size) / to.size;
  };
  const low = inUnit(lowText!, lowUnit);
  const high = inUnit(highText!, highUnit);
  const step = stepText === undefined ? 1 : factor ? Number(stepText) : inUnit(stepText, stepUnit);
  if (high < low) fail(`"${text}" ends before it begins`, 'give the smaller end first');
  if (factor ? step <= 1 : step <= 0) {
    fail(
      `with the step ${how}${stepText} the range never ends`,
      factor ? 'give a factor above 1' : 'give a step above 0',
    );
  }
  if (factor && low <= 0) fail(`multiplying ${lowText} leads nowhere`, 'begin above 0, or use a sum: +1');
  // A step that falls on the end but for rounding counts as on it.
  const steps = Math.floor((factor ? Math.log(high / low) / Math.log(step) : (high - low) / step) + 1e-9);
  if (stepText === undefined && steps >= MOST_UNSTEPPED) {
    fail(
      `"${text}" means ${(steps + 1).toLocaleString('en-US')} values, one by one`,
      `say how far apart they are: ${text.trim()} x2, or ${text.trim()} +${Math.ceil(steps / 4)} (+1: all of them)`,
    );
  }
  if (steps >= MOST_VALUES) fail(`the range has ${steps + 1} values`, `give at most ${MOST_VALUES}`);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const value = Number((factor ? low * step ** i : low + i * step).toPrecision(12));
    return unit === '' ? value : `${value}${unit}`;
  });
}
