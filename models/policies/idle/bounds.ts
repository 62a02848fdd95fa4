/** The bounds of idle detection: a node that is always offered, whoever sits at it, and one that never is. */
import { type IdlePolicy, type IdlePolicyKind, ORDER } from './contract.ts';

export const always: IdlePolicyKind = {
  doc: 'bound: every node is always offered and never called back (dedicated nodes)',
  fields: {},
  readsLoad: false,
  offersUnowned: true,
  sampleEvery: () => Number.POSITIVE_INFINITY,
  reportEvery: Number.POSITIVE_INFINITY,
  create: () => constant(true),
};

export const never: IdlePolicyKind = {
  doc: 'bound: no node is ever offered',
  fields: {},
  readsLoad: false,
  offersUnowned: false,
  sampleEvery: () => Number.POSITIVE_INFINITY,
  reportEvery: Number.POSITIVE_INFINITY,
  create: () => constant(false),
};

function constant(answer: boolean): IdlePolicy {
  return {
    accepting: () => answer,
    order: ORDER.none,
    changed: () => Number.POSITIVE_INFINITY,
    wake: () => Number.POSITIVE_INFINITY,
  };
}
