/**
 * A user-level server on a stock kernel (Eden, PVM, Condor's shadow): every service is a message to another process
 * through the kernel's own pipes or sockets, there and back; the measured round trip is one constant, and holds the
 * four traps, two switches and two schedulings. What only the kernel can do the server asks of it by a native call.
 *
 * Left out: a server that is busy (its queue is simulated where there is one).
 * Source: section 3, row "user server on a stock kernel"; Wahbe et al. 1993 Table 2, Engler et al. 1995 Table 8.
 */

import { LIBRARY_ABSORBS, PIPE_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { kernelService } from './in-kernel.ts';
import { answeredShare } from './microkernel-mach.ts';
import type { ServiceClass } from './services.ts';
import { SERVICES } from './services.ts';
import { defineStructure, kernelSwitch, kernelUpcall, userFault } from './structure.ts';

const COPIES = { in: PIPE_COPIES, out: PIPE_COPIES };

const roundTrip = (prices: Prices): Step =>
  step('pipe to the server and back: 4 traps, 2 switches', 'switch', 1, prices.of('pipe'));

/** The native calls that a user-level layer needs for what only the kernel can do (k_s). */
export function nativeCalls(service: ServiceClass, prices: Prices): Step[] {
  const count = SERVICES[service].native.value * (1 - answeredShare(service, LIBRARY_ABSORBS));
  return count > 0
    ? [step('native call for what only the kernel can do', 'native', count, prices.of('syscall'))]
    : [];
}

function service(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  return [
    roundTrip(prices),
    ...nativeCalls(name, prices),
    ...serviceSteps(name, prices, COPIES, undefined, bytes),
  ];
}

export const userServer = defineStructure({
  name: 'user-server',
  title: 'user-level server on a stock kernel',
  describes:
    'The layer in a process of its own, reached through pipes: no new kernel, a round trip a service.',
  source: 'Wahbe et al. 1993, Table 2; Engler et al. 1995, Table 8; lmbench',
  besideKernel: true,
  blast: {
    place: 'server',
    checks: 'none',
    why: 'An ordinary process: the kernel and programs that do not use the layer survive, those that do fall with it.',
  },
  crossing: (prices) => [roundTrip(prices)],
  inside: kernelService, // the server is an ordinary process: what it does itself, it asks of the kernel
  service,
  upcall: kernelUpcall,
  fault: (prices) => [...userFault(prices), roundTrip(prices)],
  lock: (prices) => [step('pipe to the server for the lock', 'lock', 1, prices.of('pipe'))],
  switch: kernelSwitch,
});
