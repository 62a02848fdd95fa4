/**
 * A microkernel with fast IPC, in the style of L3 and L4: a call is a short RPC with its arguments in registers, the
 * server's path no longer than a monolithic kernel's, one copy for longer data.
 *
 * The price of an RPC comes from a loop of null calls, which on a machine without tags reloads what it touches: a null
 * call adds nothing to it. Where the TLB has no tags (the machine has a price for a miss), a call with a body reloads
 * more; `microkernel-l4-tagged` is the same with tags, or with small spaces switched by segments, and reloads no more
 * than its measured loop did (none on a machine with tags; an upper bound elsewhere).
 *
 * A reading: how many entries a call with a body touches beyond the null loop stands in no row. The count of a null LRPC
 * on a CVAX is taken, and marked assumed.
 *
 * Left out: where the Unix server on top is slow for its own reasons (L4Linux's measured null call is used where the
 * machine has it).
 * Source: section 3, row "microkernel, L3/L4 style", and section 5; Liedtke 1993 and 1995, Haertig et al. 1997.
 */
import { TLB_RELOAD, TRAP_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { kernelBody } from './in-kernel.ts';
import type { ServiceClass } from './services.ts';
import { SERVICES } from './services.ts';
import type { OsStructure } from './structure.ts';
import { defineStructure } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };

const rpc = (prices: Prices, what: string): Step => step(what, 'switch', 1, prices.of('l4-rpc'));

function entry(prices: Prices): Step {
  return prices.has('l4-unix')
    ? step('system call served by a Unix server on L4', 'switch', 1, prices.of('l4-unix'))
    : rpc(prices, 'short RPC to the server and back');
}

/** The pages that work behind a switch touches, beyond those of the null loop that was measured. */
function reload(prices: Prices, tagged: boolean): Step[] {
  if (tagged || !prices.has('tlb-miss')) return [];
  const miss = prices.of('tlb-miss');
  const fact = `${miss.fact} + ${TLB_RELOAD.fact}`;
  // A miss was measured; how many there are is assumed.
  return [
    step('TLB entries loaded again', 'switch', TLB_RELOAD.value, { ...miss, fact, quality: 'assumed' }),
  ];
}

function l4(name: string, tagged: boolean, title: string, describes: string): OsStructure {
  const service = (s: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] => [
    SERVICES[s].direct ? rpc(prices, 'short RPC to the function and back') : entry(prices),
    ...(SERVICES[s].body.value > 0 ? reload(prices, tagged) : []),
    ...serviceSteps(s, prices, COPIES, undefined, bytes),
  ];
  return defineStructure({
    name,
    title,
    describes,
    source: 'Liedtke 1993, 1995; Haertig et al. 1997; seL4 benchmarks',
    blast: {
      place: 'server',
      checks: 'none',
      why: 'The kernel survives; programs whose state the Unix server held do not.',
    },
    crossing: (prices) => [rpc(prices, 'short RPC to the server and back')],
    enter: (prices) => [entry(prices), ...reload(prices, tagged)],
    inside: kernelBody,
    service,
    upcall: (prices) => [rpc(prices, 'exception RPC to the handler')],
    fault: (prices) => [rpc(prices, 'fault RPC to the pager'), ...reload(prices, tagged)],
    lock: (prices) => [step('short RPC for the lock', 'lock', 1, prices.of('l4-rpc'))],
    switch: (prices) => [step('switch: one way of a short RPC', 'scheduling', 0.5, prices.of('l4-rpc'))],
  });
}

export const microkernelL4 = l4(
  'microkernel-l4',
  false,
  'L4-style microkernel',
  'Servers behind fast IPC; an untagged TLB is reloaded by the work after each switch.',
);
export const microkernelL4Tagged = l4(
  'microkernel-l4-tagged',
  true,
  'L4-style microkernel that keeps its TLB',
  'The same where the TLB has tags, or small spaces are switched by segments.',
);
