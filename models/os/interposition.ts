/**
 * Interposition on the system interface, three ways.
 *
 * `interposition` (Jones): the kernel sends each call to an agent in the caller's own space, unprotected from it; the
 * agent answers, or passes the call on (it cannot hold a function that is not trusted). `in-kernel-interposition` (SLIC): an extension inside the kernel; once a
 * fixed price and then a call for it. `tracer` (ptrace): an agent in another process that the kernel wakes at every
 * call; where no measured stop is known, three traps and two switches. The trap of the call itself is one of them.
 *
 * Left out: what the agent computes.
 * Source: section 3, rows "interposition agent", "in-kernel interposition", "agent in another process"; Jones 1992
 * and 1993, Ghormley et al. 1998 (SLIC), zpoline 2023.
 */
import { LIBRARY_ABSORBS, SLIC_HOOK, TRAP_COPIES } from '../presets/paths.ts';
import type { Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { kernelBody, kernelService, nullTrap } from './in-kernel.ts';
import { answeredShare } from './microkernel-mach.ts';
import { defineStructure, kernelFault, kernelSwitch, kernelUpcall, userFault } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };

const intercept = (prices: Prices): Step =>
  step('call sent to the agent in the caller’s space', 'trap', 1, prices.of('intercept'));

export const interposition = defineStructure({
  name: 'interposition',
  title: 'agent in the caller’s address space',
  describes:
    'The kernel redirects system calls to a user-level agent that is not protected from its program.',
  source: 'Jones 1992, 1993',
  blast: {
    place: 'process',
    checks: 'none',
    why: "The agent lies in its program's own address space, with nothing between the two.",
  },
  crossing: (prices) => [intercept(prices)],
  inside: kernelService,
  service: (s, prices, bytes) => {
    const passed = 1 - answeredShare(s, LIBRARY_ABSORBS);
    return [
      intercept(prices),
      ...(passed > 0
        ? [step('call passed on to the kernel', 'native', passed, prices.of('pass-through'))]
        : []),
      ...serviceSteps(s, prices, COPIES, undefined, bytes),
    ];
  },
  upcall: kernelUpcall,
  fault: userFault,
  lock: (prices) => [step('semaphore system call', 'lock', 1, prices.of('pass-through'))],
  switch: kernelSwitch,
});

const hooked = (prices: Prices): Step[] => [
  nullTrap(prices),
  step('hook of the extension mechanism', 'call', 1, {
    ...prices.constant(
      { ...SLIC_HOOK, quality: 'borrowed', note: 'of workstations of 1997-98' },
      'SLIC hook',
    ),
  }),
  step('call of the extension', 'call', 1, prices.of('call')),
];

export const inKernelInterposition = defineStructure({
  name: 'in-kernel-interposition',
  title: 'extension loaded into a stock kernel',
  describes: 'A trusted extension on the path of each call in the kernel: one hook, one procedure call.',
  source: 'Ghormley et al. 1998 (SLIC)',
  blast: {
    place: 'kernel',
    checks: 'none',
    why: "The extension is trusted code in the kernel's address space.",
  },
  crossing: hooked,
  inside: kernelBody,
  service: (s, prices, bytes) => [...hooked(prices), ...kernelBody(s, prices, bytes)],
  upcall: kernelUpcall,
  fault: kernelFault,
  lock: (prices) => [step('semaphore system call', 'lock', 1, prices.of('syscall'))],
  switch: kernelSwitch,
});

/** A stop and its end; `ofCall`: at a call, whose own trap it holds, and not at an exception, which has its own. */
function stopped(prices: Prices, ofCall = true): Step[] {
  if (prices.has('trace-stop')) {
    return [step('call stopped for the tracer and resumed', 'switch', 1, prices.of('trace-stop'))];
  }
  return [
    ofCall
      ? step('traps: of the call, and of the tracer’s wait and resume', 'trap', 3, prices.of('syscall'))
      : step('traps: of the tracer’s wait and resume', 'trap', 2, prices.of('syscall')),
    step('switches to the tracer and back', 'switch', 2, prices.of('switch')),
  ];
}

export const tracer = defineStructure({
  name: 'tracer',
  title: 'agent in another process, by tracing',
  describes: 'A process that stops its children at every system call (ptrace), on a stock kernel.',
  source: 'zpoline 2023; section 3 of the reference for machines without a measured stop',
  blast: {
    place: 'process',
    checks: 'none',
    why: 'One tracing process for each traced program: both fall together, nothing else.',
  },
  crossing: stopped,
  inside: kernelService,
  service: (s, prices, bytes) => [...stopped(prices), ...kernelBody(s, prices, bytes)],
  upcall: (prices) => [...kernelUpcall(prices), ...stopped(prices, false)],
  fault: userFault,
  lock: (prices) => stopped(prices).map((s) => ({ ...s, kind: 'lock' as const })),
  switch: kernelSwitch,
});
