/**
 * Lightweight RPC: the caller's own thread crosses into the server's space, over an argument stack that both map;
 * two traps, two switches (TLB refill included), stubs, binding validation; no scheduler.
 *
 * Left out: idle processors that keep the server's space loaded (LRPC/MP).
 * Source: section 3, row "LRPC"; Bershad et al. 1990, Tables 2, 4 and 5.
 */
import { TRAP_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { kernelBody } from './in-kernel.ts';
import type { ServiceClass } from './services.ts';
import { defineStructure, kernelSwitch } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };

/** A null LRPC. */
export function nullLrpc(prices: Prices): Step[] {
  return [
    step('procedure call and stubs', 'call', 1, prices.of('lrpc-stubs')),
    step('kernel traps', 'trap', 2, prices.of('lrpc-trap')),
    step('context switches, TLB included', 'switch', 2, prices.of('lrpc-switch')),
    step('binding validation and linkage', 'call', 1, prices.of('lrpc-kernel')),
  ];
}

export const lrpc = defineStructure({
  name: 'lrpc',
  title: 'lightweight RPC between protection domains',
  describes: 'A server in its own space, entered by the caller’s thread: no messages, no scheduling.',
  source: 'Bershad et al. 1990, Tables 4 and 5',
  blast: {
    place: 'server',
    checks: 'none',
    why: 'A server in a space of its own: the kernel ends its calls with an exception, but the state that programs kept there is gone.',
  },
  crossing: nullLrpc,
  inside: kernelBody,
  service: (s: ServiceClass, prices, bytes?: CallBytes) => [
    ...nullLrpc(prices),
    ...serviceSteps(s, prices, COPIES, undefined, bytes),
  ],
  upcall: nullLrpc,
  fault: nullLrpc,
  lock: (prices) => nullLrpc(prices).map((s) => ({ ...s, kind: 'lock' as const })),
  switch: kernelSwitch,
});
