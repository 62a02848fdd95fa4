/**
 * Two-phase waiting: spin for as long as the wait takes when the partner is running, and one wake-up; then block.
 *
 * Baseline: a read 2L + 4o + W, a one-way message L + 2o + W, a barrier the same and the expected skew between the
 * first and the last process, up to a cap. While messages keep arriving (each within the conditional limit after the
 * last) the process spins on: its partners evidently run.
 * Source: section A4 of the project's reference on policies, after Arpaci-Dusseau 1998 (facts C011, C013; the factor
 * of the conditional limit is recalled, the cap on the skew is assumed: no row gives it).
 */
import type { Field } from '../../../sim/experiment/fields.ts';
import type { Wait, WaitingPolicy, WaitingPolicyKind } from './contract.ts';

/** Conditional limit and cap on the skew, in switches. */
const LIMIT = 5;
const CAP = 10;

const TWO_PHASE_FIELDS = {
  spin: {
    kind: 'time',
    doc: 'S: how long to spin; auto: as long as the wait takes when the partner runs, and one wake-up',
    default: 'auto',
    min: 0,
    words: ['auto'],
  },
  conditional: {
    kind: 'time',
    doc: 'spin on for this long after each arriving message; auto: 5 context switches (C013, recalled)',
    default: 'auto',
    min: 0,
    words: ['auto'],
  },
  skew_cap: {
    kind: 'time',
    doc: 'most of the expected skew at a barrier that is added to S; auto: 10 context switches (assumed)',
    default: 'auto',
    min: 0,
    words: ['auto'],
  },
} as const satisfies Readonly<Record<string, Field>>;

export const twoPhase: WaitingPolicyKind = {
  doc: 'spins for as long as the wait takes when the partner runs, then gives the CPU away',
  fields: TWO_PHASE_FIELDS,
  create(parameters, switchCost): WaitingPolicy {
    const given = (key: keyof typeof TWO_PHASE_FIELDS, auto: number) => {
      const value = parameters[key] as number | 'auto';
      return value === 'auto' ? auto : value;
    };
    const cap = given('skew_cap', CAP * switchCost);
    return {
      spin: (wait) => given('spin', baseline(wait, cap)),
      whileArriving: given('conditional', LIMIT * switchCost),
    };
  },
};

/** ns that a wait takes when the partner runs, and one wake-up. */
function baseline(wait: Wait, cap: number): number {
  const o = wait.sendOverhead + wait.receiveOverhead;
  if (wait.kind === 'read') return 2 * wait.latency + 2 * o + wait.switchCost;
  const skew = wait.kind === 'barrier' ? Math.min(wait.skew, cap) : 0;
  return wait.latency + o + wait.switchCost + skew;
}
