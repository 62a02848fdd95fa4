/**
 * The same question with the mechanisms of today: a kernel with page-table isolation, a kernel in user space behind
 * system-call filters, a supervisor that answers calls, and libraries in sandboxes of compiled code.
 *
 * Left out: hardware protection keys; mitigations beside page-table isolation. A library's native calls are priced on a
 * kernel without page-table isolation.
 * Source: section 3, row "SFI library OS", and section 4.6; rows PTI, GV, KBOX, LFI, NACL and WASM.
 */
import { OVERHEADS, TRAP_COPIES } from '../presets/paths.ts';
import type { Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { kernelBody, kernelService } from './in-kernel.ts';
import { overheadLaw } from './sfi.ts';
import { LIBRARY } from './sfi-library.ts';
import type { Tax } from './structure.ts';
import { defineStructure, kernelSwitch, kernelUpcall } from './structure.ts';

const COPIES = { in: TRAP_COPIES, out: TRAP_COPIES };

const isolated = (prices: Prices): Step =>
  step('null system call with page-table isolation', 'trap', 1, prices.of('pti-syscall'));

export const ptiKernel = defineStructure({
  name: 'pti-kernel',
  title: 'monolithic kernel with page-table isolation',
  describes: 'A kernel that maps itself only while it runs: every trap switches page tables.',
  source: 'Linux 4.14 with and without isolation, 2018',
  blast: {
    place: 'kernel',
    checks: 'none',
    why: "Isolated page tables keep programs out of the kernel, not the kernel's parts out of each other.",
  },
  crossing: (prices) => [isolated(prices)],
  inside: kernelBody,
  service: (s, prices, bytes) => [isolated(prices), ...kernelBody(s, prices, bytes)],
  upcall: kernelUpcall,
  fault: (prices) => [isolated(prices)],
  lock: (prices) => [step('semaphore system call', 'lock', 1, prices.of('pti-syscall'))],
  switch: kernelSwitch,
});

const sandboxed = (prices: Prices): Step =>
  step('call served by a kernel in user space', 'switch', 1, prices.of('sandbox-kernel-call'));

export const gvisor = defineStructure({
  name: 'gvisor',
  title: 'kernel in user space behind a sandbox',
  describes: 'gVisor: calls are caught and served by a second kernel that runs as a process.',
  source: 'gVisor performance measurements, 2019',
  blast: {
    place: 'process',
    checks: 'none',
    why: 'Each sandbox has a kernel of its own in user space: a fault stays in the sandbox.',
  },
  crossing: (prices) => [sandboxed(prices)],
  inside: kernelService,
  service: (s, prices, bytes) => [sandboxed(prices), ...serviceSteps(s, prices, COPIES, undefined, bytes)],
  upcall: (prices) => [...kernelUpcall(prices), sandboxed(prices)],
  fault: (prices) => [sandboxed(prices)],
  lock: (prices) => [step('call for the lock', 'lock', 1, prices.of('sandbox-kernel-call'))],
  switch: kernelSwitch,
});

const notified = (prices: Prices): Step =>
  step('call handed to a supervisor and answered', 'switch', 1, prices.of('call-notify'));

export const seccompNotify = defineStructure({
  name: 'seccomp-notify',
  title: 'supervisor that answers filtered calls',
  describes: 'A library kernel in a supervising process, reached by seccomp user notification.',
  source: 'measurements of a seccomp-based library kernel (recalled)',
  blast: {
    place: 'process',
    checks: 'none',
    why: 'One supervisor for each sandboxed program: both fall together, nothing else.',
  },
  crossing: (prices) => [notified(prices)],
  inside: kernelService,
  service: (s, prices, bytes) => [notified(prices), ...kernelService(s, prices, bytes)],
  upcall: (prices) => [...kernelUpcall(prices), notified(prices)],
  fault: kernelUpcall,
  lock: (prices) => [step('notification for the lock', 'lock', 1, prices.of('call-notify'))],
  switch: kernelSwitch,
});

const lfiTax: Tax = {
  measuredOn: ['x86-64'], // the Arm machine carries its own
  writes: overheadLaw([OVERHEADS.lfiWrites]),
  full: overheadLaw([OVERHEADS.lfiFull]),
};
export const lfi = defineStructure({
  ...LIBRARY,
  name: 'lfi',
  title: 'library in an LFI sandbox',
  describes:
    'Lightweight fault isolation of today: 6 % for stores and 8 % for loads too (Arm: 1.5 and 7 %); crossings of tens of cycles.',
  source: 'LFI 2024',
  tax: lfiTax,
});

const naclLaw = overheadLaw([OVERHEADS.nacl]);
export const nacl = defineStructure({
  ...LIBRARY,
  name: 'nacl',
  title: 'library with Native Client',
  describes: 'Native Client on x86-64: 7 % of all user time.',
  source: 'Native Client, 2010',
  tax: { writes: naclLaw, full: naclLaw, measuredOn: ['x86-64'] },
});

const wasmLaw = overheadLaw([OVERHEADS.wasmFirefox, OVERHEADS.wasmChrome], true);
export const webassembly = defineStructure({
  ...LIBRARY,
  name: 'webassembly',
  title: 'programs compiled to WebAssembly',
  describes: 'WebAssembly engines of 2019: 45 to 55 % of all user time.',
  source: 'Jangda et al. 2019',
  tax: { writes: wasmLaw, full: wasmLaw, measuredOn: ['x86-64'] },
});
