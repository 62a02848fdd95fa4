/**
 * The monolithic kernel (Ultrix, BSD, OSF/1, Linux): one trap, one copy each way, the body at its own length.
 *
 * Left out: kernel preemption, and what makes it hard to extend, which is the point of the alternatives.
 * Source: section 3, row "monolithic"; Engler et al. 1995 Table 4, lmbench.
 */

import { TRAP_COPIES } from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import type { ServiceClass } from './services.ts';
import { defineStructure, kernelFault, kernelSwitch, kernelUpcall } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };

/** One null system call. */
export function nullTrap(prices: Prices): Step {
  return step('null system call', 'trap', 1, prices.of('syscall'));
}

/** A service at its own length with one copy each way: what is left of it inside a kernel. */
export function kernelBody(service: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  return serviceSteps(service, prices, COPIES, undefined, bytes);
}

/** The path of a service that a process asks of a monolithic kernel. */
export function kernelService(service: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  return [nullTrap(prices), ...kernelBody(service, prices, bytes)];
}

export const inKernel = defineStructure({
  name: 'in-kernel',
  title: 'monolithic kernel',
  describes: 'All of it in the kernel: one trap a service. The baseline, and what logged run times contain.',
  source: 'Engler et al. 1995, Table 4; lmbench',
  blast: {
    place: 'kernel',
    checks: 'none',
    why: "Its code shares the kernel's address space: what it spoils or stops is the node.",
  },
  crossing: (prices) => [nullTrap(prices)],
  inside: kernelBody,
  service: kernelService,
  upcall: kernelUpcall,
  fault: kernelFault,
  lock: (prices) => [step('semaphore system call', 'lock', 1, prices.of('syscall'))],
  switch: kernelSwitch,
});
