/**
 * The library of the 1994 proposal: functionality linked into every application and protected from it by software
 * fault isolation. A call that the library answers pays one fault-domain crossing; one that only the kernel can
 * serve pays that and the native trap, so SFI saves nothing there; state that libraries share pays locks. The body
 * runs unchecked, at its own length. The application's user time is taxed.
 *
 * Left out: state shared between nodes (a message where it is simulated).
 * Source: section 3, row "SFI library OS", and section 4; Wahbe et al. 1993.
 */

import { LOCK_CALLS, OVERHEADS, TRAP_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import type { ServiceClass } from './services.ts';
import { SERVICES } from './services.ts';
import { overheadLaw, WAHBE } from './sfi.ts';
import type { StructureParts } from './structure.ts';
import { defineStructure, kernelSwitch, kernelUpcall, userFault } from './structure.ts';
import { nativeCalls } from './user-server.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };
const VARIANTS = {
  bare: 'fault-domain-bare',
  integer: 'fault-domain',
  'floating-point': 'fault-domain-fp',
} as const;

/** One crossing into the library and back. */
export function faultDomain(prices: Prices): Step {
  return step(
    'fault-domain crossing and return',
    'fault-domain',
    1,
    prices.of(VARIANTS[prices.options.crossing]),
  );
}

/** Locks on what libraries share: a few procedure calls in shared memory. */
export function locks(prices: Prices, count: number): Step[] {
  return count > 0
    ? [step('lock and unlock of shared state', 'lock', count * LOCK_CALLS.value, prices.of('call'))]
    : [];
}

/** What the library does itself: native calls, locks, copies, the body. */
function inside(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  return [
    ...nativeCalls(name, prices),
    ...locks(prices, SERVICES[name].locks.value),
    ...serviceSteps(name, prices, COPIES, undefined, bytes),
  ];
}

/** The path of a service that a library in the application's address space provides. */
export function libraryService(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  return [faultDomain(prices), ...inside(name, prices, bytes)];
}

/** What the libraries of all kinds of fault isolation share; they differ in the tax on user time. */
export const LIBRARY: Omit<StructureParts, 'name' | 'title' | 'describes' | 'source' | 'tax'> = {
  blast: {
    place: 'process',
    checks: 'fault-domains',
    why: 'Each program has a copy of the library in its own address space; where the library is compiled with the checks too, a stray store or jump cannot leave its module.',
  },
  crossing: (prices) => [faultDomain(prices)],
  inside,
  service: libraryService,
  upcall: (prices) => [...kernelUpcall(prices), faultDomain(prices)],
  fault: (prices) => [...userFault(prices), faultDomain(prices)],
  lock: (prices) => locks(prices, 1),
  switch: kernelSwitch,
};

export const sfiLibrary = defineStructure({
  ...LIBRARY,
  name: 'sfi-library',
  title: 'library protected by software fault isolation',
  describes: 'The proposal of 1994: a crossing of 1.8 us a service, and a tax on all user time.',
  source: 'Wahbe et al. 1993; Vahdat, Ghormley & Anderson 1994',
  tax: { ...WAHBE, measuredOn: ['mips-r2000'] }, // the Alpha machines carry their own
});

const binary = overheadLaw([OVERHEADS.binaryLow, OVERHEADS.binaryHigh], true);

export const sfiBinary = defineStructure({
  ...LIBRARY,
  name: 'sfi-binary',
  title: 'the same, for programs that cannot be recompiled',
  describes: 'Software fault isolation by patching binaries: 20 to 25 % of all user time.',
  source: 'Lucco, cited by Vahdat, Ghormley & Anderson 1994',
  tax: { writes: binary, full: binary, measuredOn: ['mips-r2000', 'alpha-21064'] },
});
