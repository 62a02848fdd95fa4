/**
 * An extensible kernel in the style of SPIN: a trap into the kernel, where extensions in a safe language call each
 * other as procedures, each event through a guard; their own code carries the language's checks.
 *
 * Left out: garbage collection; guards of other extensions on the same event.
 * Source: section 3, row "extensible kernel"; Bershad et al. 1995, Tables 2 to 5 and section 5.
 */
import { MONOLITHIC_STALLS, SAFE_LANGUAGE, TRAP_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import type { ServiceClass } from './services.ts';
import { defineStructure, kernelSwitch } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };
const PATH = { phi: SAFE_LANGUAGE, stalls: MONOLITHIC_STALLS };

const trap = (prices: Prices): Step =>
  step('system call into the kernel', 'trap', 1, prices.of('spin-syscall'));

function inside(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  return [
    step('event through a guard to its handler', 'call', 1, prices.of('spin-guard')),
    step('protected call in the kernel', 'call', 1, prices.of('spin-call')),
    ...serviceSteps(name, prices, COPIES, PATH, bytes),
  ];
}

const upcall = (prices: Prices): Step[] => [
  step('exception dispatched to a handler in the kernel', 'trap', 1, prices.of('spin-exception')),
];

export const extensibleKernel = defineStructure({
  name: 'extensible-kernel',
  title: 'kernel extended in a safe language',
  describes: 'SPIN: extensions compiled into the kernel’s own space; a trap, then procedure calls.',
  source: 'Bershad et al. 1995, Tables 2 to 5',
  blast: {
    place: 'kernel',
    checks: 'language',
    why: "Extensions run in the kernel's space, but the compiler lets none store or jump outside its types; a hang or a leak is the kernel's.",
  },
  crossing: (prices) => [trap(prices)],
  inside,
  service: (name, prices, bytes) => [trap(prices), ...inside(name, prices, bytes)],
  upcall,
  fault: upcall,
  lock: (prices) => [step('system call for the lock', 'lock', 1, prices.of('spin-syscall'))],
  switch: kernelSwitch,
});
