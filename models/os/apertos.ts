/**
 * Apertos: objects whose behaviour other objects (their meta-space) define; a call moves to the meta-space and back.
 *
 * No measured number was found. How many transitions a call makes is a declared free parameter (`metaTransitions`),
 * each priced as a trap and a switch of the stock kernel of the machine; `nowsim explain` prints the sensitivity.
 *
 * Left out: everything else about it. Nothing here is validated.
 * Source: section 3, row "Apertos".
 */

import type { Prices, Step } from './cost.ts';
import { step } from './cost.ts';
import { kernelBody } from './in-kernel.ts';
import { defineStructure, kernelSwitch } from './structure.ts';

function transitions(prices: Prices): Step[] {
  const count = prices.options.metaTransitions;
  if (count === 0) return [];
  return [
    step('traps to the meta-space (free parameter)', 'trap', count, assumedPrice(prices, 'syscall')),
    step('switches of space (free parameter)', 'switch', count, assumedPrice(prices, 'switch')),
  ];
}

const assumedPrice = (prices: Prices, name: 'syscall' | 'switch') => ({
  ...prices.of(name),
  quality: 'assumed' as const,
});

export const apertos = defineStructure({
  name: 'apertos',
  title: 'reflective objects (a free parameter)',
  describes:
    'Apertos: calls go through a meta-space; how often is a declared free parameter, not a measurement.',
  source: 'none found',
  blast: {
    place: 'server',
    checks: 'none',
    why: 'Objects share their meta-space, as programs share a server.',
  },
  crossing: transitions,
  inside: kernelBody,
  service: (s, prices, bytes) => [...transitions(prices), ...kernelBody(s, prices, bytes)],
  upcall: transitions,
  fault: transitions,
  lock: (prices) => transitions(prices).map((s) => ({ ...s, kind: 'lock' as const })),
  switch: kernelSwitch,
});
