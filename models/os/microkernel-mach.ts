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
 * What the library costs is two prices. `mach-reflect` is a whole null call that it answers: trap, reflection and
 * answer. On the one machine where Mach with and without a server were timed alike it is the in-kernel null call (61 us
 * each on i386-25, of which the kernel's own null call is 40), so such a call is neither free nor dearer than the kernel's.
 * `mach-emulation` is what a call that goes on to the server takes there beside it. A reading: section 3 of the reference
 * does not say which calls pay the pass of 280 us. It was measured on a call that goes on (30 + 280 + 180 = 490 us), and
 * i386-25, whose traps take twice as long, answers a whole null call in 61 us; so answered calls do not pay it. A call
 * that is none of Unix's goes to its server by RPC alone.
 *
 * A disagreement of the sources that is left as it is: the pass is 12 % of what Mach adds to the mix unix-1994, where
 * Chen & Bershad found at most 3 % of the added system time in that library. And the plain system call of 30 us stood
 * beside Ultrix's 32.2 at 12.5 MHz; scaled by the clock, as every price is, it comes to 0.7 of Ultrix's at 25 and 40 MHz,
 * since Ultrix's own (21.3 us at 25 MHz) fell by less than the clock.
 *
 * The share of calls that the library answers (2 of 3) was published for a system of several servers; it is taken for
 * the single one.
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

/** A Unix system call, sent back by the kernel to the library in the caller, which answers it or reads what it asks. */
export function reflect(prices: Prices): Step {
  return step('trap reflected to the library', 'trap', 1, prices.of('mach-reflect'));
}

/** An RPC to a server with its stubs, for a share of calls. */
export function machRpc(prices: Prices, share: number): Step[] {
  if (share === 0) return [];
  return [
    step('stubs', 'call', share, prices.of('mach-stubs')),
    step('Mach RPC to the server and back', 'switch', share, prices.of('mach-rpc')),
  ];
}

/** The way to the server and back for a share of calls: emulation pass, stubs, RPC. */
function throughEmulation(prices: Prices, share: number): Step[] {
  if (share === 0) return [];
  return [
    step('pass through the emulation library', 'call', share, prices.of('mach-emulation')),
    ...machRpc(prices, share),
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
  const way = SERVICES[name].direct
    ? machRpc(prices, 1)
    : [reflect(prices), ...throughEmulation(prices, 1 - answered)];
  return [...way, ...serviceSteps(name, prices, mixedCopies(answered), PATH, bytes)];
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
  enter: (prices) => [reflect(prices), ...throughEmulation(prices, 1)],
  inside,
  service,
});
