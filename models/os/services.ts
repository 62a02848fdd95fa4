/**
 * What a system call asks for: the classes of service, and what the body of each costs in a monolithic kernel,
 * the boundary left out.
 *
 * Bodies are cycles of an R3000 under a monolithic kernel (its memory stalls included); a machine with its own
 * measured bodies uses those. Bytes are of one typical call. `answered` says where a library or a proxy may answer
 * without the system below; `native` is k_s, the calls that only the kernel can do; `locks` is sigma_s, the locks
 * on state that libraries share; `missShare` leads to D_s, the wait for a device, which is never CPU time.
 *
 * Left out: the spread of a body inside its class; adapters that compute check sums, except on machines of today, which
 * pay nothing per byte beside the copy. Many bodies come from other families and are marked `borrowed`;
 * the classes' bytes, native calls and locks are assumed.
 *
 * Two classes have no body. `null` is a Unix call (getpid) that a library or an agent answers without the system
 * below. `untrusted-function` is a function in a protection domain of its own, so nobody answers it short of that
 * domain: under a microkernel each call is an RPC. That is a reading of the calls that Wahbe et al. 1993 count in POSTGRES.
 *
 * Sources: `w_s`, `q_s`, `k_s`, `sigma_s` and `D_s` of the cost equation; the rows beside each number.
 */
import { CALL_CLASSES, type CallClass } from '../../workloads/services/classes.ts';
import type { Constant } from '../presets/constant.ts';
import { assumed, derived, measured, recalled } from '../presets/constant.ts';
import { FULL_PACKET } from '../presets/layers.ts';
import { MIPS_COPY } from '../presets/machines.ts';

/** The classes of service, in the order of tables: those into which the calls of traces fall, and calls that are none of Unix's. */
export const SERVICE_CLASSES = [...CALL_CLASSES, 'untrusted-function'] as const;
export type ServiceClass = CallClass | 'untrusted-function';

/** One class of service under a monolithic kernel. */
export interface Service {
  readonly doc: string;
  /** w_s with its stalls: cycles of the reference machine. */
  readonly body: Constant;
  /** Cycles per byte beside the copies between user and kernel, where the body touches the data (check sums, device memory). */
  readonly bodyPerByte?: Constant;
  /** Bytes that go in with the call, and come out with its result. */
  readonly bytesIn: Constant;
  readonly bytesOut: Constant;
  /** Can a library answer without the system below: always, for the published share of calls, or never? */
  readonly answered: 'always' | 'partly' | 'never';
  /** It is no Unix call: the caller reaches whoever serves it by itself, through no emulation of Unix. */
  readonly direct?: true;
  /** k_s: native calls of one that the library passes on. */
  readonly native: Constant;
  /** sigma_s: locks on state that libraries share. */
  readonly locks: Constant;
  /** Share of calls that wait for a disk. */
  readonly missShare: Constant;
}

const mhz25 = measured(25, 'MHz', 'EXO-T4-DEC5000-Ultrix-sys', { at: 'setting' });
const ultrixNull = measured(21.3, 'us', 'EXO-T4-DEC5000-Ultrix-sys');

const nothing = assumed(0, 'cycles', 'the null price holds all of it');

// read() of 1 KB on an i486/25 less its trap and its copy, brought to the R3000 by the integer speeds of the two.
const fileRead = derived(
  'cycles',
  [
    measured(245, 'us', 'JON92-read'),
    measured(18, 'us', 'LIE95-machcall'),
    measured(50, 'MHz', 'LIE95-machcall', { at: 'setting' }),
    measured(25, 'MHz', 'JON92-int', { at: 'setting' }),
    measured(184, 'us', 'DA92-bc'),
    measured(30.1, 'SPECint92', 'EXO-T6-L3', { at: 'setting' }),
    measured(16.1, 'SPECint92', 'EXO-T6-L3', { at: 'setting' }),
    mhz25,
  ],
  'read of 1 KB on an i486/25, less a Mach null call and a cached copy of 1 KB, by integer speed (a body, not a crossing)',
  (read, trap, trapClock, clock, copy4K, spec486, specMips, mips) =>
    (((read - (trap * trapClock) / clock - copy4K / 4) * (spec486 / 2)) / specMips) * mips,
);
const lent = (c: Constant): Constant => ({ ...c, quality: 'borrowed' });
const fileWrite = derived(
  'cycles',
  [fileRead, measured(380, 'us', 'DA92-write1-Mach2.6'), measured(390, 'us', 'DA92-read1-Mach2.6')],
  'the read, in the ratio of one-byte write and read on Mach 2.6',
  (body, write, read) => (body * write) / read,
);
const xeonClock = measured(2.4, 'GHz', 'XEN03-stat-native', { at: 'setting' });
const xeonNull = measured(0.45, 'us', 'XEN03-null-native');
const fileMeta = derived(
  'cycles',
  [measured(1.28, 'us', 'XEN03-stat-native'), xeonNull, xeonClock],
  'stat less the null call, in cycles of a Xeon with a name cache; a VAX-11/780 without one took 24.2 ms (BSD42-namei)',
  (stat, null_, ghz) => (stat - null_) * ghz * 1e3,
);
const memory = derived(
  'cycles',
  [measured(32, 'us', 'EXO-T10-DEC5000-Ultrix-prot1'), ultrixNull, mhz25],
  'changing the protection of one page under Ultrix, less the null call',
  (protect, null_, mhz) => (protect - null_) * mhz,
);
const process = derived(
  'cycles',
  [measured(1_030_000, 'cycles', 'SING-proc-FreeBSD')],
  'creating and starting a process on a BSD kernel of 2005, a quarter for each of fork, exec, exit and wait; 0.97 and 1.27 million cycles on two Linux machines (LMB18-exec, XEN03-exec)',
  (cycles) => cycles / 4,
);
const ipc = derived(
  'cycles',
  [
    measured(199, 'us', 'EXO-T8-DEC5000-Ultrix-pipe'),
    ultrixNull,
    recalled(7.4, 'us', 'ALBL-T1-contexts-R3000'),
    mhz25,
  ],
  'one way through a pipe less two null calls and a switch, half for each end',
  (oneWay, null_, change, mhz) => ((oneWay - 2 * null_ - change) / 2) * mhz,
);
// The network paths. A row of totals is what one packet costs under a monolithic kernel, all of it: the equation's
// trap, copy and body together. So the body is the total less what the equation adds by itself, one null call and one
// copy at the machine's rate, and the plain kernel gives back the measured total at both sizes. The row "entry and
// copy in" (65 us for one byte) is no measure of the trap: it holds the socket layer's work, which a structure that
// saves the trap must still do. At the other end the row "copy out and exit" is left inside in the same way. What
// grows with the packet beyond the copy is the check sum and moving bytes to and from the adapter's memory; the
// equation's w_s of such a service depends on its bytes, so it has a part for each byte.
// Left out: the receiver's entry into the kernel, which lies before the packet comes and in no row (half a null call).
const send1 = measured(231, 'us', 'MB93-T4-sendpathtotal-UDPkernel', { at: 0 });
const sendFull = measured(565, 'us', 'MB93-T4-sendpathtotal-UDPkernel', { at: 1 });
const receive1 = measured(351, 'us', 'MB93-T4-receivepathtot-UDPkernel', { at: 0 });
const receiveFull = measured(1042, 'us', 'MB93-T4-receivepathtot-UDPkernel', { at: 1 });
/** us that each byte of a packet adds to a path, the copy included. */
const growth = (one: number, full: number) => (full - one) / (FULL_PACKET.UDP - 1);
const packetBody = (one: Constant, full: Constant, note: string) =>
  derived(
    'cycles',
    [one, full, ultrixNull, mhz25],
    `${note}, brought to no byte, less the null call`,
    (small, large, null_, mhz) => (small - growth(small, large) - null_) * mhz,
  );
const packetPerByte = (one: Constant, full: Constant) =>
  derived(
    'cycles',
    [one, full, MIPS_COPY, mhz25],
    'paths of 1 and 1,472 bytes, less the copy between user and kernel: check sum and device memory',
    (small, large, rate, mhz) => (growth(small, large) - 1 / rate) * mhz,
  );
const networkSend = packetBody(send1, sendFull, 'kernel UDP send path');
const sendPerByte = packetPerByte(send1, sendFull);
const networkReceive = packetBody(
  receive1,
  receiveFull,
  'kernel UDP receive path, interrupt and wake-up included',
);
const receivePerByte = packetPerByte(receive1, receiveFull);
const time = derived(
  'cycles',
  [measured(404, 'cycles', 'KML2', { at: 1 }), measured(12, 'cycles', 'KML', { at: 1 })],
  'gettimeofday called inside the kernel, less getpid so called (Pentium 4)',
  (clock, null_) => clock - null_,
);
const signal = derived(
  'cycles',
  [measured(0.68, 'us', 'XEN03-siginst-native'), xeonNull, xeonClock],
  'installing a handler less the null call, in cycles of a Xeon',
  (install, null_, ghz) => (install - null_) * ghz * 1e3,
);
const other = derived(
  'cycles',
  [
    measured(79, 'us', 'DA92-lseek-Mach2.6'),
    measured(61, 'us', 'DA92-unix-Mach2.6'),
    measured(25, 'MHz', 'DA92-lseek-Mach2.6', { at: 'setting' }),
  ],
  'lseek less getpid on Mach 2.6, in cycles of a 386',
  (seek, null_, mhz) => (seek - null_) * mhz,
);

const bytes = (value: number, why: string) => assumed(value, 'bytes', why);
const none = bytes(0, 'arguments in registers');
const small = measured(200, 'bytes', 'LRPC-size', { note: 'most calls between domains carry fewer' });
const page = bytes(4096, 'a buffer of one page');
const noNative = assumed(0, 'calls', 'nothing is passed on');
const oneNative = assumed(1, 'calls', 'a call that is passed on is one native call');
const noLock = assumed(0, 'locks', 'touches the state of its own process only');
const oneLock = assumed(1, 'locks', 'changes a table that libraries share');
const noMiss = assumed(0, 'fraction', 'waits for no disk');
const readMiss = derived(
  'fraction',
  [recalled(16, '%', 'NOW-13')],
  'miss rate of client and server file caches, 42 workstations',
  (share) => share / 100,
);

/** The table of services. */
export const SERVICES: Readonly<Record<ServiceClass, Service>> = {
  null: {
    doc: 'a Unix call with no body (getpid), which a library can answer by itself',
    body: nothing,
    bytesIn: none,
    bytesOut: none,
    answered: 'always',
    native: noNative,
    locks: noLock,
    missShare: noMiss,
  },
  'file-read': {
    doc: 'reading a block of a file that is in memory',
    body: lent(fileRead),
    bytesIn: none,
    bytesOut: page,
    answered: 'partly',
    native: oneNative,
    locks: noLock,
    missShare: readMiss,
  },
  'file-write': {
    doc: 'writing a block of a file; the disk write comes later',
    body: lent(fileWrite),
    bytesIn: page,
    bytesOut: none,
    answered: 'partly',
    native: oneNative,
    locks: oneLock,
    missShare: noMiss,
  },
  'file-meta': {
    doc: 'open, close, stat and the like',
    body: lent(fileMeta),
    bytesIn: bytes(64, 'a path name'),
    bytesOut: bytes(64, 'a stat record'),
    answered: 'partly',
    native: oneNative,
    locks: oneLock,
    missShare: noMiss,
  },
  memory: {
    doc: 'mapping or protecting a page',
    body: memory,
    bytesIn: none,
    bytesOut: none,
    answered: 'never',
    native: oneNative,
    locks: noLock,
    missShare: noMiss,
  },
  process: {
    doc: 'one of fork, exec, exit, wait',
    body: lent(process),
    bytesIn: bytes(256, 'arguments and environment, over the four calls'),
    bytesOut: none,
    answered: 'never',
    native: oneNative,
    locks: oneLock,
    missShare: noMiss,
  },
  ipc: {
    doc: 'one end of a pipe or a local socket',
    body: ipc,
    bytesIn: derived('bytes', [small], 'half in, half out', (b) => b / 2),
    bytesOut: derived('bytes', [small], 'half in, half out', (b) => b / 2),
    answered: 'never',
    native: oneNative,
    locks: oneLock,
    missShare: noMiss,
  },
  'network-send': {
    doc: 'sending a message, UDP',
    body: networkSend,
    bodyPerByte: sendPerByte,
    bytesIn: small,
    bytesOut: none,
    answered: 'never',
    native: oneNative,
    locks: noLock,
    missShare: noMiss,
  },
  'network-receive': {
    doc: 'receiving a message, UDP, interrupt and wake-up included',
    body: networkReceive,
    bodyPerByte: receivePerByte,
    bytesIn: none,
    bytesOut: small,
    answered: 'never',
    native: oneNative,
    locks: noLock,
    missShare: noMiss,
  },
  time: {
    doc: 'reading the clock',
    body: lent(time),
    bytesIn: none,
    bytesOut: bytes(16, 'a time record'),
    answered: 'partly',
    native: oneNative,
    locks: noLock,
    missShare: noMiss,
  },
  signal: {
    doc: 'installing a handler, changing a mask, sending a signal',
    body: lent(signal),
    bytesIn: bytes(16, 'a signal record'),
    bytesOut: none,
    answered: 'never',
    native: oneNative,
    locks: noLock,
    missShare: noMiss,
  },
  other: {
    doc: 'lseek, fcntl, ioctl and all the rest',
    body: lent(other),
    bytesIn: none,
    bytesOut: none,
    answered: 'partly',
    native: oneNative,
    locks: noLock,
    missShare: noMiss,
  },
  'untrusted-function': {
    doc: 'a call of a function in a protection domain of its own, which carries no service',
    body: nothing,
    bytesIn: none,
    bytesOut: none,
    answered: 'never',
    direct: true,
    native: noNative,
    locks: noLock,
    missShare: noMiss,
  },
};
