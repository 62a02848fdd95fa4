/**
 * An exokernel with a library OS: the library is the application's own, unprotected from it, so a service that it
 * answers is a procedure call; what needs the hardware is a cheap trap to a secure binding; IPC is two protected
 * control transfers.
 *
 * A function that is not trusted cannot lie in that library: it is a call to another domain.
 *
 * Left out: downloaded handlers (ASHs); the library offered less than Unix, so its prices are lower bounds.
 * Source: section 3, row "exokernel"; Engler et al. 1995, Tables 4 to 12.
 */
import { LIBRARY_ABSORBS, STLB_HIT, TRAP_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { answeredShare } from './microkernel-mach.ts';
import type { ServiceClass } from './services.ts';
import { SERVICES } from './services.ts';
import { locks } from './sfi-library.ts';
import { defineStructure } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };

/** A call to another domain and back: two protected control transfers. */
export function protectedCall(prices: Prices): Step[] {
  return [step('protected control transfers', 'switch', 2, prices.of('aegis-switch'))];
}

function inside(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  const native = SERVICES[name].native.value * (1 - answeredShare(name, LIBRARY_ABSORBS));
  return [
    ...(native > 0 ? [step('secure-binding trap', 'native', native, prices.of('aegis-syscall'))] : []),
    ...(name === 'ipc' || SERVICES[name].direct ? protectedCall(prices) : []),
    ...(name === 'memory'
      ? [
          step(
            'software TLB hit',
            'trap',
            1,
            prices.constant({ ...STLB_HIT, unit: 'cycles' }, 'software TLB'),
          ),
        ]
      : []),
    ...locks(prices, SERVICES[name].locks.value),
    ...serviceSteps(name, prices, COPIES, undefined, bytes),
  ];
}

const call = (prices: Prices): Step => step('call of the library OS', 'call', 1, prices.of('call'));
const upcall = (prices: Prices): Step[] => [
  step('exception dispatched by the exokernel', 'trap', 1, prices.of('aegis-exception')),
];

export const exokernel = defineStructure({
  name: 'exokernel',
  title: 'exokernel with a library operating system',
  describes: 'Aegis and ExOS: each application links its own operating system; the kernel only multiplexes.',
  source: 'Engler et al. 1995, Tables 4 to 12',
  blast: {
    place: 'process',
    checks: 'none',
    why: 'Each program links its own operating system: a fault stays in the program.',
  },
  crossing: (prices) => [call(prices)],
  inside,
  service: (name, prices, bytes) => [
    ...(SERVICES[name].direct ? [] : [call(prices)]),
    ...inside(name, prices, bytes),
  ],
  upcall,
  fault: upcall,
  lock: (prices) => locks(prices, 1),
  switch: (prices) => [step('protected control transfer', 'scheduling', 1, prices.of('aegis-switch'))],
});
