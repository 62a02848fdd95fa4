/**
 * A microkernel with one Unix server, in the style of Mach 3.0: the kernel reflects each Unix call to an emulation
 * library in the caller, which answers some calls itself and sends the others to the server by RPC; bytes go
 * through messages; the server's path is about twice that of a monolithic kernel, with more memory stalls.
 *
 * The path length phi was measured on all system instructions, those of the RPC among them, so that RPC and
 * inflation overlap by some per cent of a call; with phi = 1 the crossings alone are left, and fall short of Mach.
 *
 * A machine with prices of mapped files (i386-25 alone was measured) reads through them; on the others a read is
 * answered by the emulation library for the published share of calls.
 *
 * Left out: threads of the server running out; the longer path and stalls of a mapped read (they are in its prices).
 * Source: section 3, row "microkernel + Unix server"; Bershad 1992, Maeda & Bershad 1992, Chen & Bershad 1993;
 * Dean & Armand 1992 for mapped files.
 */

import type { Constant } from '../presets/constant.ts';
import {
  EMULATION_ABSORBS,
  FILE_WINDOW,
  MACH_PATH,
  MACH_STALLS,
  MESSAGE_COPIES_IN,
  MESSAGE_COPIES_OUT,
  TRAP_COPIES,
} from '../presets/paths.ts';
import type { CallBytes, Prices, Step } from './cost.ts';
import { deviceSteps, serviceSteps, step } from './cost.ts';
import type { ServiceClass } from './services.ts';
import { SERVICES } from './services.ts';
import { defineStructure, kernelSwitch } from './structure.ts';

/** The share of a class's calls that a library with the published share answers itself. */
export function answeredShare(service: ServiceClass, published: Constant): number {
  const { answered } = SERVICES[service];
  return answered === 'always' ? 1 : answered === 'never' ? 0 : published.value;
}

/** Copies of a byte when a share of the calls stays in the library (one copy) and the others go by messages. */
export function mixedCopies(answered: number): { in: Constant; out: Constant } {
  const mix = (far: Constant): Constant => ({
    ...far,
    value: answered * TRAP_COPIES.value + (1 - answered) * far.value,
  });
  return { in: mix(MESSAGE_COPIES_IN), out: mix(MESSAGE_COPIES_OUT) };
}

/** A Unix system call, sent back by the kernel to the library in the caller. */
export function reflect(prices: Prices): Step {
  return step('trap reflected to the library', 'trap', 1, prices.of('mach-syscall'));
}

/** The way to the server and back for a share of calls: emulation pass, stubs, RPC. */
export function machRemote(prices: Prices, share: number): Step[] {
  return [
    step('pass through the emulation library', 'call', share, prices.of('mach-emulation')),
    step('stubs', 'call', share, prices.of('mach-stubs')),
    step('Mach RPC to the server and back', 'switch', share, prices.of('mach-rpc')),
  ];
}

const DIRECT = { in: TRAP_COPIES, out: TRAP_COPIES };
const PATH = { phi: MACH_PATH, stalls: MACH_STALLS };

/**
 * A read through a mapped file, which the emulation library does by itself: each page faults once, each window is moved
 * once, and a page that is not in memory comes from the pager. By the page, so that a read costs a line in its bytes.
 */
function mappedRead(prices: Prices, bytes: number): Step[] {
  const pages = bytes / (prices.machine.page.value * 1024);
  const windows = bytes / (FILE_WINDOW.value * 1024);
  const missing = prices.misses('file-read') * pages;
  return [
    reflect(prices),
    step('read in the emulation library', 'body', 1, prices.of('mach-file-read')),
    step('fault on the mapped page', 'trap', pages, prices.of('mach-file-fault')),
    step('window of the mapped file moved', 'switch', windows, prices.of('mach-file-window')),
    ...(missing > 0 ? [step('page from the pager', 'switch', missing, prices.of('mach-page-supply'))] : []),
    step(`copy out ${bytes} bytes`, 'copy', TRAP_COPIES.value, prices.copy(bytes)),
    ...deviceSteps('file-read', prices),
  ];
}

function service(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  if (name === 'file-read' && prices.has('mach-file-fault')) {
    return mappedRead(prices, bytes?.out ?? SERVICES[name].bytesOut.value);
  }
  const answered = answeredShare(name, EMULATION_ABSORBS);
  return [
    reflect(prices),
    ...(answered < 1 ? machRemote(prices, 1 - answered) : []),
    ...serviceSteps(name, prices, mixedCopies(answered), PATH, bytes),
  ];
}

/** What is done inside a server: the longer path, and traps for what only the kernel can do. */
function inside(name: ServiceClass, prices: Prices, bytes?: CallBytes): Step[] {
  const native = SERVICES[name].native.value * (1 - answeredShare(name, EMULATION_ABSORBS));
  return [
    ...(native > 0
      ? [step('Mach call for what only the kernel can do', 'native', native, prices.of('mach-syscall'))]
      : []),
    ...serviceSteps(name, prices, DIRECT, PATH, bytes),
  ];
}

/** Mach turns an exception into an RPC to whoever handles it. */
export function exceptionRpc(prices: Prices): Step[] {
  if (prices.has('mach-exception')) {
    return [step('exception dispatch by Mach', 'trap', 1, prices.of('mach-exception'))];
  }
  return [
    step('trap of the exception, and its return', 'trap', 2, prices.of('mach-syscall')),
    step('exception RPC to the handler', 'switch', 1, prices.of('mach-rpc')),
  ];
}

/** What every Unix on Mach does alike. */
export const ON_MACH = {
  upcall: exceptionRpc,
  fault: exceptionRpc,
  lock: (prices: Prices) => [step('Mach RPC for the lock', 'lock', 1, prices.of('mach-rpc'))],
  switch: kernelSwitch,
};

export const microkernelMach = defineStructure({
  ...ON_MACH,
  name: 'microkernel-mach',
  title: 'Mach-style microkernel with one Unix server',
  describes:
    'Unix in a server of its own: RPC for what the emulation library cannot answer, and longer paths.',
  source: 'Bershad 1992; Maeda & Bershad 1992; Chen & Bershad 1993',
  blast: {
    place: 'server',
    checks: 'none',
    why: 'The kernel survives; the one Unix server holds the state of every process of the node, and they fall with it.',
  },
  crossing: (prices) => [step('Mach RPC to the server and back', 'switch', 1, prices.of('mach-rpc'))],
  enter: (prices) => [reflect(prices), ...machRemote(prices, 1)],
  inside,
  service,
});
