/**
 * Machines: what one crossing of a boundary costs on each, in the unit of the source.
 *
 * A price that is not here is `none`: a run that needs it is refused and told which machines have it. Prices are
 * scaled by the clock inside one processor family only (`sameFamily`); crossings are never scaled by an integer
 * benchmark, since trap and switch times grow much less than integer speed (Anderson et al. 1991, Table 1).
 *
 * Left out: caches and TLB as state; their cost is in the measured prices and in the stall factors of `paths.ts`.
 * Null costs are warm-cache loops.
 *
 * Sources: the rows of `sources.csv` named beside each number.
 */
import type { Constant } from './constant.ts';
import { assumed, borrowed, derived, measured, recalled, sameFamily } from './constant.ts';
import { FULL_PACKET, layerNamed } from './layers.ts';
import { SFI_PROGRAMS } from './sfi-programs.ts';

/** What a price is the price of; round trips unless the text says one way. */
export const PRICE_NAMES = {
  call: 'procedure call and return',
  syscall: 'null system call (getpid) of a monolithic kernel',
  switch: 'switch between two processes of a monolithic kernel',
  exception: 'exception or signal handed to a user handler by a monolithic kernel',
  pipe: 'one byte to another process and back through pipes of the stock kernel',
  'fault-domain': 'fault-domain crossing and return, preserved integer registers saved',
  'fault-domain-bare': 'fault-domain crossing and return, no registers saved',
  'fault-domain-fp': 'fault-domain crossing and return, integer and floating-point registers saved',
  'mach-syscall': 'null system call of the Mach kernel itself',
  'mach-reflect': 'null Unix call (getpid) that Mach reflects to the emulation library, answered there',
  'mach-rpc': 'null Mach RPC between address spaces, stubs left out',
  'mach-stubs': 'stubs of one Mach RPC',
  'mach-emulation': 'pass through the emulation library of a call that goes on to the server',
  'mach-exception': 'exception handed to a user handler by Mach',
  'mach-file-read': 'read() of a mapped file in the emulation library, beside its trap, faults and copy',
  'mach-file-fault': 'fault on a page of a mapped file that is in memory, on Mach',
  'mach-file-window': 'the window of 64 KB moved through which a mapped file is read',
  'mach-page-supply': 'a page handed over by the pager for a fault on a mapped file',
  'l4-rpc': 'short RPC between address spaces in the L3/L4 style',
  'l4-unix': 'null Unix system call served by a Unix server on L4',
  'tlb-miss': 'refill of one TLB entry',
  'kernel-rpc': 'null cross-domain RPC through kernel-managed messages and server threads',
  'lrpc-trap': 'one kernel trap of an LRPC',
  'lrpc-switch': 'one context switch of an LRPC, TLB refill included',
  'lrpc-stubs': 'stubs of an LRPC, procedure call included',
  'lrpc-kernel': 'binding validation and linkage of an LRPC',
  intercept: 'system call sent to an agent in the caller’s address space and back',
  'pass-through': 'calling the underlying system from the agent',
  'trace-stop': 'a call stopped, inspected and let go by a tracing process',
  'call-notify': 'a call handed to a supervising process and answered by it',
  'spin-syscall': 'system call into the extensible kernel',
  'spin-call': 'protected call between extensions in the kernel',
  'spin-guard': 'event of the extensible kernel through a guard that says yes, and its handler',
  'spin-exception': 'exception handed to a user-defined handler in the kernel',
  'aegis-syscall': 'null system call of the exokernel, with a stack',
  'aegis-switch': 'protected control transfer, one way',
  'aegis-exception': 'exception dispatched to user code by the exokernel',
  'pti-syscall': 'null system call with page-table isolation',
  'sandbox-kernel-call': 'system call served by a user-space kernel in a sandbox',
} as const;
export type PriceName = keyof typeof PRICE_NAMES;

/** Processor families inside which times are scaled by the clock. */
export type Family =
  | 'mips-r2000'
  | 'alpha-21064'
  | 'i386'
  | 'i486'
  | 'pentium'
  | 'vax'
  | 'x86-64'
  | 'arm64'
  | 'other';

/** A preset machine, or one from a user's file. */
export interface Machine {
  readonly name: string;
  readonly title: string;
  readonly family: Family;
  readonly clock: Constant;
  /** SPECint92; `none` where it is not known. For user code and service bodies only. */
  readonly speed: Constant | 'none';
  /** Main memory, MiB. */
  readonly memory: Constant;
  /** Page size, KiB. */
  readonly page: Constant;
  /** Memory copy, MB/s. */
  readonly copyRate: Constant;
  readonly prices: Readonly<Partial<Record<PriceName, Constant>>>;
  /** CPU time of service bodies where they were measured on this machine itself (by service class). */
  readonly bodies?: Readonly<Record<string, Constant>>;
  /**
   * Taxes on user time where programs were measured on this machine itself: per cent, one for each program, by
   * structure and by what is checked. They stand for the structure's own law.
   */
  readonly taxes?: MachineTaxes;
}
export type MachineTaxes = Readonly<
  Record<string, { readonly writes?: readonly Constant[]; readonly full?: readonly Constant[] }>
>;

// Clocks, as they stand in the setting of a row of each machine.
const mhz25 = measured(25, 'MHz', 'EXO-T4-DEC5000-Ultrix-sys', { at: 'setting' });
const mhz12 = measured(12.5, 'MHz', 'EXO-T4-DEC2100-Ultrix-sys', { at: 'setting' });
const mhz16 = measured(16.67, 'MHz', 'EXO-T4-DEC3100-Ultrix-sys', { at: 'setting' });
const mhz40 = measured(40, 'MHz', 'WAH-T2-MIPS-int', { at: 'setting' });
const mhz160 = measured(160, 'MHz', 'WAH-T2-ALPHA-int', { at: 'setting' });
const mhz133 = measured(133, 'MHz', 'SPIN-Table2-sys-DEC', { at: 'setting' });
const mhzPentium = recalled(133, 'MHz', 'HAE97-T2-Linux', { at: 'setting' });

// The MIPS family: rows measured at 12.5, 16.67, 25 and 40 MHz.
/** A pipe there and back, of one way. */
const bothWays = (us: number, fact: string) =>
  derived('us', [measured(us, 'us', fact)], 'twice one way', (t) => 2 * t);
/** What Engler et al. 1995 measured on each DECstation, us. */
const decstation = (
  model: string,
  ultrix: { call: number; syscall: number; exception: number; pipe: number },
  aegis: { syscall: number; switch: number; exception: number },
) => ({
  call: measured(ultrix.call, 'us', `EXO-T4-${model}-Ultrix-call`),
  syscall: measured(ultrix.syscall, 'us', `EXO-T4-${model}-Ultrix-sys`),
  exception: measured(ultrix.exception, 'us', `EXO-T5-${model}-Ultrix-overflow`),
  pipe: bothWays(ultrix.pipe, `EXO-T8-${model}-Ultrix-pipe`),
  'aegis-syscall': measured(aegis.syscall, 'us', `EXO-T4-${model}-Aegis-sys`, { at: 1 }),
  'aegis-switch': measured(aegis.switch, 'us', `EXO-T6-${model}`),
  'aegis-exception': measured(aegis.exception, 'us', `EXO-T5-${model}-Aegis-protection`),
});
const dec5000 = decstation(
  'DEC5000',
  { call: 0.28, syscall: 21.3, exception: 130, pipe: 199 },
  { syscall: 2.3, switch: 1.4, exception: 1.5 },
);
const dec2100 = decstation(
  'DEC2100',
  { call: 0.57, syscall: 32.2, exception: 208, pipe: 326 },
  { syscall: 4.7, switch: 2.9, exception: 3 },
);
const switch25 = recalled(7.4, 'us', 'ALBL-T1-contexts-R3000');
const machSyscall25 = measured(8, 'us', 'BER92-sysds');
const machSyscall486 = measured(18, 'us', 'LIE95-machcall');
const machSyscallCvax = measured(60, 'us', 'BER92-syscvax');
const machTrap386 = measured(40, 'us', 'DA92-trap-Mach3.0');
const machReflect386 = measured(61, 'us', 'DA92-unix-Mach3.0');
/** A null Unix call on Mach where no row has it: the kernel's own null call, in the ratio of the two on i386-25. */
function reflected(kernelCall: Constant): Constant {
  const inRatio = derived(
    kernelCall.unit,
    [kernelCall, machReflect386, machTrap386],
    'in the ratio of getpid and a null trap there',
    (call, unix, trap) => (call * unix) / trap,
  );
  return borrowed(inRatio, 'i386-25');
}
const machReflect12 = measured(30, 'us', 'MB92-sys', {
  note: 'read as the first part of the path of 490 us to the server, whose other parts are 280 and 180',
});
const machRpc25 = measured(57, 'us', 'BER92-ds');
const machStubs12 = measured(40, 'us', 'MB92-stub');
const machEmulation12 = measured(280, 'us', 'MB92-emul');
const faultDomain40 = measured(1.81, 'us', 'WAH-T2-MIPS-int');
const faultDomainBare40 = measured(1.11, 'us', 'WAH-T2-MIPS-caller');
const faultDomainFp40 = measured(2.83, 'us', 'WAH-T2-MIPS-fp');
// i486/25 agents: lent to the MIPS machines, clock 25 MHz there.
const interceptI486 = measured(30, 'us', 'JON92-int');
const passThroughI486 = measured(37, 'us', 'JON92-under');

const copyIn = layerNamed('UDP', 'kernel', 'entry and copy in');
const copyOut = layerNamed('UDP', 'kernel', 'copy out and exit');
/** One pass over memory in MB/s, from the copies into and out of the kernel of one UDP packet. */
export const MIPS_COPY = derived(
  'MB/s',
  [copyIn.one, copyIn.full, copyOut.one, copyOut.full],
  '1 and 1,472 bytes copied in and out of the kernel of a DECstation 5000/200; memory, so not scaled by the clock',
  (in1, inFull, out1, outFull) => (2 * (FULL_PACKET.UDP - 1)) / (inFull - in1 + (outFull - out1)),
);
const mipsPage = recalled(4, 'KB', 'WS-26', { at: 1 });
const alphaPage = recalled(8, 'KB', 'WS-26', { at: 0 });
const mips32MB = recalled(32, 'MB', 'WS-27', { at: 2, note: 'the upper end of 16-32 MB' });
const mips16MB = recalled(16, 'MB', 'WS-27', { at: 1, note: 'the lower end of 16-32 MB' });
const page4K = assumed(4, 'KiB', 'the page size of the x86 and Arm machines of the sources');
const gigabytes = assumed(16_384, 'MiB', 'a usual node of today; no row gives it');

/** All that the MIPS machines share, at the clock `to`. */
function mipsPrices(to: Constant): Partial<Record<PriceName, Constant>> {
  const from25 = (c: Constant) => sameFamily(c, mhz25, to);
  const from40 = (c: Constant) => sameFamily(c, mhz40, to);
  const from12 = (c: Constant) => sameFamily(c, mhz12, to);
  return {
    syscall: from25(dec5000.syscall),
    switch: from25(switch25),
    exception: from25(dec5000.exception),
    'mach-syscall': from25(machSyscall25),
    'mach-reflect': from12(machReflect12),
    'mach-rpc': from25(machRpc25),
    'mach-stubs': from12(machStubs12),
    'mach-emulation': from12(machEmulation12),
    'fault-domain': from40(faultDomain40),
    'fault-domain-bare': from40(faultDomainBare40),
    'fault-domain-fp': from40(faultDomainFp40),
    'aegis-syscall': from25(dec5000['aegis-syscall']),
    'aegis-switch': from25(dec5000['aegis-switch']),
    'aegis-exception': from25(dec5000['aegis-exception']),
    intercept: borrowed(interceptI486, 'i486-25'),
    'pass-through': borrowed(passThroughI486, 'i486-25'),
  };
}

/** What one MIPS machine has of its own; the rest is the family's. */
type MipsParts = Pick<Machine, 'name' | 'title' | 'clock' | 'speed' | 'memory' | 'prices'> &
  Partial<Pick<Machine, 'copyRate'>>;

function mips(parts: MipsParts): Machine {
  return {
    family: 'mips-r2000',
    page: mipsPage,
    copyRate: { ...MIPS_COPY, quality: 'same-family' },
    ...parts,
    prices: { ...mipsPrices(parts.clock), ...parts.prices },
  };
}

const r3000_40 = mips({
  name: 'r3000-40',
  title: 'DECstation 5000/240, MIPS R3000 class at 40 MHz (1992)',
  clock: mhz40,
  speed: recalled(27.3, 'SPECint92', 'WS-18'),
  memory: mips32MB,
  prices: {
    call: measured(0.1, 'us', 'WAH-T2-MIPS-call'),
    pipe: measured(204.72, 'us', 'WAH-T2-MIPS-pipe'),
    'fault-domain': faultDomain40,
    'fault-domain-bare': faultDomainBare40,
    'fault-domain-fp': faultDomainFp40,
  },
});

const r3000_25 = mips({
  name: 'r3000-25',
  title: 'DECstation 5000/125 and 5000/200, MIPS R3000 at 25 MHz (1990)',
  clock: mhz25,
  speed: recalled(19.5, 'SPECint92', 'WS-17'),
  memory: mips32MB,
  copyRate: MIPS_COPY,
  prices: {
    ...dec5000,
    switch: switch25,
    'mach-syscall': machSyscall25,
    'mach-rpc': machRpc25,
  },
});

const r2000_16 = mips({
  name: 'r2000-16',
  title: 'DECstation 3100, MIPS R2000 at 16.67 MHz (1989)',
  clock: mhz16,
  speed: 'none',
  memory: mips16MB,
  prices: {
    ...decstation(
      'DEC3100',
      { call: 0.42, syscall: 33.7, exception: 151, pipe: 243 },
      { syscall: 3.5, switch: 2.2, exception: 2.3 },
    ),
    switch: recalled(14.8, 'us', 'ALBL-T1-contexts-R2000'),
    'mach-rpc': measured(190, 'us', 'LIE95-T2-Mach-rt', {
      note: 'of an earlier Mach than the 57 us at 25 MHz and the 140 us at 12.5 MHz; the row names no version',
    }),
  },
});

const r2000_12 = mips({
  name: 'r2000-12',
  title: 'DECstation 2100, MIPS R2000 at 12.5 MHz (1989)',
  clock: mhz12,
  speed: 'none',
  memory: mips16MB,
  prices: {
    ...dec2100,
    'mach-reflect': machReflect12,
    'mach-rpc': measured(140, 'us', 'MB92-rpc'),
    'mach-stubs': machStubs12,
    'mach-emulation': machEmulation12,
  },
});

// Alpha 21064: OSF/1, Mach and SPIN at 133 MHz, fault domains and pipes at 160 MHz.
const alphaCopy = recalled(32.8, 'MB/s', 'WS-41', { at: 1, note: '8 KB in 250 us' });
const alpha133 = {
  syscall: measured(5, 'us', 'SPIN-Table2-sys-DEC'),
  exception: measured(260, 'us', 'SPIN-Table4-trap-DEC'),

  'mach-syscall': measured(7, 'us', 'SPIN-Table2-sys-Mach'),
  'mach-rpc': measured(104, 'us', 'SPIN-Table2-xas-Mach'),
  'mach-exception': measured(185, 'us', 'SPIN-Table4-trap-Mach'),
  switch: derived(
    'us',
    [measured(21, 'us', 'SPIN-Table3-pingk-DEC')],
    'half a ping-pong of two kernel threads',
    (t) => t / 2,
  ),
  'spin-syscall': measured(4, 'us', 'SPIN-Table2-sys-SPIN'),
  'spin-call': measured(0.13, 'us', 'SPIN-Table2-inkern-SPIN'),
  'spin-guard': derived(
    'us',
    [measured(637, 'us', 'SPIN-guardT'), measured(565, 'us', 'SPIN-Table5-ethlat-SPIN')],
    'one of 50 more on an Ethernet round trip',
    (t, base) => (t - base) / 50,
  ),
  'spin-exception': measured(7, 'us', 'SPIN-Table4-trap-SPIN'),
} satisfies Partial<Record<PriceName, Constant>>;
const alpha160 = {
  call: measured(0.06, 'us', 'WAH-T2-ALPHA-call'),
  pipe: measured(227.88, 'us', 'WAH-T2-ALPHA-pipe'),
  'fault-domain': measured(1.35, 'us', 'WAH-T2-ALPHA-int'),
  'fault-domain-bare': measured(0.75, 'us', 'WAH-T2-ALPHA-caller'),
  'fault-domain-fp': measured(1.8, 'us', 'WAH-T2-ALPHA-fp'),
} satisfies Partial<Record<PriceName, Constant>>;

/** Every price of `table`, scaled from the clock `from` to the clock `to`. */
function scaleAll<Name extends PriceName>(
  table: Readonly<Record<Name, Constant>>,
  from: Constant,
  to: Constant,
): Record<Name, Constant> {
  const names = Object.keys(table) as Name[];
  return Object.fromEntries(names.map((n) => [n, sameFamily(table[n], from, to)])) as Record<Name, Constant>;
}

const alphaMach = {
  'mach-stubs': borrowed(machStubs12, 'r2000-12, unscaled'),
  'mach-emulation': borrowed(machEmulation12, 'r2000-12, unscaled: an upper bound'),
};
const onAlpha = SFI_PROGRAMS.flatMap((p) => (p.alpha === undefined ? [] : [p.alpha]));
/** The same mean for stores and jumps as on the MIPS machine, over other programs; less for loads too. */
const alphaTaxes: MachineTaxes = {
  'sfi-library': { writes: onAlpha.map((p) => p.writes), full: onAlpha.map((p) => p.full) },
};
const alphaMemory = recalled(128, 'MB', 'WS-27', { at: 9, note: 'the upper end of 32-128 MB' });

function alpha(parts: Pick<Machine, 'name' | 'title' | 'clock' | 'speed' | 'prices'>): Machine {
  return {
    family: 'alpha-21064',
    memory: alphaMemory,
    page: alphaPage,
    copyRate: alphaCopy,
    taxes: alphaTaxes,
    ...parts,
    prices: { ...parts.prices, 'mach-reflect': reflected(parts.prices['mach-syscall']!), ...alphaMach },
  };
}

const alpha_133 = alpha({
  name: 'alpha-133',
  title: 'DEC 3000/400, Alpha 21064 at 133 MHz (1993)',
  clock: mhz133,
  speed: recalled(74.7, 'SPECint92', 'WS-23'),
  prices: { ...scaleAll(alpha160, mhz160, mhz133), ...alpha133 },
});

const alpha_160 = alpha({
  name: 'alpha-160',
  title: 'DEC Alpha 400, Alpha 21064 at 160 MHz (1993)',
  clock: mhz160,
  speed: 'none',
  prices: { ...scaleAll(alpha133, mhz133, mhz160), ...alpha160 },
});

// What slower machines without their own row lend from those of like speed.
const switchCvax = recalled(28.3, 'us', 'ALBL-T1-contexts-CVAX');
const exceptionLent = { exception: borrowed(dec2100.exception, 'r2000-12, unscaled') };
const slowLent = { ...exceptionLent, switch: borrowed(switchCvax, 'cvax, unscaled') };
const machLent = {
  'mach-stubs': borrowed(machStubs12, 'r2000-12, unscaled'),
  'mach-emulation': borrowed(machEmulation12, 'r2000-12, unscaled'),
};

// The Intel machines of 1991-93.
const mhz386 = measured(25, 'MHz', 'DA92-trap-Mach2.6', { at: 'setting' });
const mhz486 = measured(50, 'MHz', 'LIE95-machcall', { at: 'setting' });
const mhz486s = measured(25, 'MHz', 'JON92-int', { at: 'setting' });
const vectraCopy = derived(
  'MB/s',
  [measured(379, 'us', 'DA92-bu')],
  '4,096 bytes, uncached',
  (t) => 4096 / t,
);
const vectraLent: Constant = { ...vectraCopy, quality: 'borrowed', note: 'of i386-25' };
const intelMemory = assumed(16, 'MiB', 'a usual size of such a machine; no row gives it');
const faultDomainLent = borrowed(faultDomain40, 'r3000-40, unscaled');

const i386_25: Machine = {
  name: 'i386-25',
  title: 'HP Vectra, Intel 386 at 25 MHz (1991): Mach 2.6 and Mach 3.0 with one server',
  family: 'i386',
  clock: mhz386,
  speed: 'none',
  memory: intelMemory,
  page: page4K,
  copyRate: vectraCopy,
  prices: {
    ...slowLent,
    syscall: measured(61, 'us', 'DA92-unix-Mach2.6'),
    'mach-syscall': machTrap386,
    'mach-reflect': machReflect386,
    'mach-rpc': measured(310, 'us', 'DA92-rpc-Mach3.0'),
    ...machLent,
    'mach-file-read': measured(54, 'us', 'DA92-misc30'),
    'mach-file-fault': measured(316, 'us', 'DA92-pf'),
    'mach-file-window': measured(1440, 'us', 'DA92-map'),
    'mach-page-supply': measured(1600, 'us', 'DA92-dp'),
  },
  bodies: { 'file-read': measured(250, 'us', 'DA92-misc26') },
};

const i486_50: Machine = {
  name: 'i486-50',
  title: 'Intel 486 at 50 MHz (1992): L3 and Mach',
  family: 'i486',
  clock: mhz486,
  speed: measured(30.1, 'SPECint92', 'EXO-T6-L3', {
    at: 'setting',
    note: 'the number beside 16.1 of a DECstation 5000',
  }),
  memory: measured(24, 'MB', 'MUS-n', { at: 'setting' }),
  page: page4K,
  copyRate: vectraLent,
  prices: {
    exception: borrowed(dec5000.exception, 'r3000-25'),
    call: borrowed(measured(0.1, 'us', 'WAH-T2-MIPS-call'), 'r3000-40'),
    syscall: derived(
      'us',
      [measured(20, 'us', 'OUST-getpid10', { at: 0 }), measured(30, 'us', 'OUST-getpid10', { at: 1 })],
      'the middle of what most Unix systems took, normalised to a machine of this speed',
      (low, high) => (low + high) / 2,
    ),
    pipe: derived(
      'us',
      [measured(400, 'us', 'OUST-pipe10', { at: 0 }), measured(800, 'us', 'OUST-pipe10', { at: 1 })],
      'the middle of what most Unix systems took, normalised to a machine of this speed',
      (low, high) => (low + high) / 2,
    ),
    switch: borrowed(switch25, 'r3000-25'),
    'mach-syscall': machSyscall486,
    'mach-reflect': reflected(machSyscall486),
    'mach-rpc': measured(230, 'us', 'LIE95-T2-Mach-486-rt'),
    ...machLent,
    'l4-rpc': measured(10, 'us', 'LIE95-T2-L3-rt'),
    'tlb-miss': measured(11, 'cycles', 'LIE95-T1-486-miss', { at: 'middle' }),
    intercept: sameFamily(interceptI486, mhz486s, mhz486),
    'pass-through': sameFamily(passThroughI486, mhz486s, mhz486),
    'fault-domain': faultDomainLent,
  },
};

const i486_25: Machine = {
  name: 'i486-25',
  title: 'Intel 486 at 25 MHz (1991): interposition on Mach 2.5',
  family: 'i486',
  clock: mhz486s,
  speed: derived(
    'SPECint92',
    [i486_50.speed as Constant, mhz486, mhz486s],
    'half the clock of i486-50',
    (s, f, g) => (s * g) / f,
  ),
  memory: intelMemory,
  page: page4K,
  copyRate: vectraLent,
  prices: {
    ...slowLent,
    syscall: derived(
      'us',
      [measured(18, 'us', 'LIE95-machcall'), mhz486, mhz486s],
      'a Mach null call at half the clock of i486-50',
      (t, f, g) => (t * f) / g,
    ),
    intercept: interceptI486,
    'pass-through': passThroughI486,
    'fault-domain': faultDomainLent,
  },
};

const pentium_133: Machine = {
  name: 'pentium-133',
  title: 'Intel Pentium at 133 MHz (1996): Linux, L4Linux, MkLinux',
  family: 'pentium',
  clock: mhzPentium,
  speed: 'none',
  memory: assumed(64, 'MiB', 'a usual size of such a machine; no row gives it'),
  page: page4K,
  copyRate: assumed(70, 'MB/s', 'of the order of the lmbench results of 1995-96; no row gives this machine'),
  prices: {
    switch: borrowed(measured(6, 'us', 'LMB96-p6-ctx'), 'a Pentium Pro at 200 MHz'),
    call: borrowed(measured(0.1, 'us', 'WAH-T2-MIPS-call'), 'r3000-40'),
    syscall: recalled(1.68, 'us', 'HAE97-T2-Linux'),
    exception: recalled(12, 'us', 'HAE97-vm-trapL'),
    pipe: recalled(29, 'us', 'HAE97-pipe-lin'),
    'l4-unix': recalled(3.95, 'us', 'HAE97-T2-L4Linux'),
    'l4-rpc': recalled(5, 'us', 'HAE97-pipe-rpc'),
    'tlb-miss': measured(11, 'cycles', 'LIE95-T1-Pentium-miss', { at: 'middle' }),
    'fault-domain': faultDomainLent,
  },
};

// The CVAX of the Firefly and the MicroVAX III.
const cvax: Machine = {
  name: 'cvax',
  title: 'CVAX at 11.1-12.5 MHz (1987): Taos, LRPC, Mach',
  family: 'vax',
  clock: recalled(11.1, 'MHz', 'ALBL-T1-nullsyst-CVAX', { at: 'setting' }),
  speed: 'none',
  memory: intelMemory,
  page: assumed(4, 'KiB', 'the software page of VAX Unix systems was a cluster of 512-byte pages'),
  copyRate: derived(
    'MB/s',
    [measured(157, 'us', 'LRPC-T4-Null-LRPC'), measured(192, 'us', 'LRPC-T4-BigIn-LRPC')],
    'one copy of 200 bytes: the BigIn row less the null row',
    (nothing, bigIn) => 200 / (bigIn - nothing),
  ),
  prices: {
    ...exceptionLent,
    call: measured(7, 'us', 'LRPC-T5-procedurecall', { note: 'Modula-2+' }),
    syscall: recalled(15.8, 'us', 'ALBL-T1-nullsyst-CVAX'),
    switch: switchCvax,
    'mach-syscall': machSyscallCvax,
    'mach-reflect': reflected(machSyscallCvax),
    'mach-rpc': measured(497, 'us', 'BER92-cvax92', { note: 'Mach 3.0 of 1992; 750 us in 1989' }),
    ...machLent,
    'kernel-rpc': measured(464, 'us', 'LRPC-T2-Taos-act', { note: 'SRC RPC of Taos' }),
    'lrpc-trap': derived('us', [measured(36, 'us', 'LRPC-T5-twokernel')], 'one of two', (t) => t / 2),
    'lrpc-switch': derived('us', [measured(66, 'us', 'LRPC-T5-twocontext')], 'one of two', (t) => t / 2),
    'lrpc-stubs': derived(
      'us',
      [measured(7, 'us', 'LRPC-T5-procedurecall'), measured(21, 'us', 'LRPC-T5-stubs')],
      'procedure call and stubs',
      (call, stubs) => call + stubs,
    ),
    'lrpc-kernel': measured(27, 'us', 'LRPC-T5-kerneltransfer'),
    'tlb-miss': measured(0.9, 'us', 'LRPC-TLB-c'),
  },
};

const m68020: Machine = {
  name: 'm68020-15',
  title: 'Motorola 68020 workstation at 15 MHz (1988): Amoeba and V',
  family: 'other',
  clock: measured(15, 'MHz', 'LIE95-T2-Amoeba-rt', { at: 'setting' }),
  speed: 'none',
  memory: assumed(4, 'MiB', 'a usual size of a Sun-3; no row gives it'),
  page: assumed(8, 'KiB', 'the page of a Sun-3; no row gives it'),
  copyRate: vectraLent,
  prices: {
    ...slowLent,
    syscall: recalled(92, 'us', 'OUST-getpid-Sun-3/75SunOS'),
    'kernel-rpc': measured(800, 'us', 'LRPC-T2-Amoeba-act', {
      note: 'Amoeba; V took 730 us on such a machine',
    }),
  },
};

// Today.
const ghzAzure = measured(3.03, 'GHz', 'LMB18-null', { at: 'setting' });
const lmb = {
  nothing: measured(0.2345, 'us', 'LMB18-null'),
  read: measured(0.3515, 'us', 'LMB18-read'),
  write: measured(0.3082, 'us', 'LMB18-write'),
  stat: measured(0.6888, 'us', 'LMB18-stat'),
  exec: measured(318.6, 'us', 'LMB18-exec'),
};
const above = (c: Constant) => derived('us', [c, lmb.nothing], 'less the null call', (t, n) => t - n);
/** The price of entering a sandboxed library and leaving it: a runtime call of LFI that replaces a system call. */
const sandboxCall = recalled(22, 'ns', 'LFI-T-sys', { note: 'a runtime call of LFI on an Apple M1' });
const sandboxLent = borrowed(sandboxCall, 'apple-m1');
const modernCopy = assumed(10_000, 'MB/s', 'one core of a server of today; no row gives these machines');
const tracing = borrowed(recalled(31_201, 'ns', 'ZP-ptrace'), 'x86-64-2023');
const notify = derived(
  'us',
  [measured(10.9, 'us', 'KBOX-getpid-sec'), measured(0.3, 'us', 'KBOX-getpid-bare')],
  'getpid under seccomp user notification, less getpid',
  (with_, bare) => with_ - bare,
);

/** What machines of today without their own row lend from the virtual machine of 2018. */
const x86Lent = {
  switch: borrowed(measured(11.57, 'us', 'LMB18-ctx2'), 'azure-2018'),
  exception: borrowed(measured(1.1736, 'us', 'LMB18-sigh'), 'azure-2018'),
};

/** What one machine of today has of its own; the rest is lent or assumed alike. */
type TodayParts = Pick<Machine, 'name' | 'title' | 'clock' | 'prices'> &
  Partial<Pick<Machine, 'family' | 'page' | 'bodies' | 'taxes'>>;

function today(parts: TodayParts): Machine {
  return {
    family: 'x86-64',
    speed: 'none',
    memory: gigabytes,
    page: page4K,
    copyRate: modernCopy,
    ...parts,
    prices: {
      ...x86Lent,
      call: borrowed(recalled(4, 'cycles', 'UNIK-call'), 'an i7-9700K'),
      'fault-domain': sandboxLent,
      ...parts.prices,
    },
  };
}

const azure = today({
  name: 'azure-2018',
  title: 'x86-64 virtual machine at 3.03 GHz, Azure (2018)',
  clock: ghzAzure,
  prices: {
    syscall: lmb.nothing,
    switch: measured(11.57, 'us', 'LMB18-ctx2'),
    exception: measured(1.1736, 'us', 'LMB18-sigh'),
    pipe: measured(25.5437, 'us', 'LMB18-pipe'),
    'trace-stop': { ...tracing, quality: 'same-family' },
    'call-notify': { ...notify, quality: 'recalled' },
  },
  bodies: {
    'file-read': above(lmb.read),
    'file-write': above(lmb.write),
    'file-meta': above(lmb.stat),
    process: derived(
      'us',
      [lmb.exec],
      'fork and exec, a quarter for each of fork, exec, exit and wait',
      (t) => t / 4,
    ),
  },
});

const ptiXeon = today({
  name: 'xeon-pti-2018',
  title: 'Xeon W3580 at 3.33 GHz, page-table isolation without PCID (Linux 4.14, 2018)',
  clock: measured(3.33, 'GHz', 'PTI-getrusage-off', { at: 'setting' }),
  prices: {
    syscall: measured(216.6, 'ns', 'PTI-getrusage-off'),
    'pti-syscall': measured(542.1, 'ns', 'PTI-getrusage-on'),
  },
});

const ghzSkylake = measured(3.4, 'GHz', 'SEL4-i7-6700-call', { at: 'setting' });
const skylake = today({
  name: 'skylake-sel4',
  title: 'i7-6700 Skylake at 3.4 GHz, seL4 without Meltdown mitigation (2018)',
  clock: ghzSkylake,
  prices: {
    syscall: borrowed(recalled(154, 'cycles', 'UNIK-sysn'), 'an i7-9700K, without mitigations'),
    'l4-rpc': derived(
      'cycles',
      [measured(718, 'cycles', 'SEL4-i7-6700-call'), measured(576, 'cycles', 'SEL4-i7-6700-reply')],
      'call and reply between address spaces',
      (call, reply) => call + reply,
    ),
  },
});

const server2023 = today({
  name: 'x86-64-2023',
  title: 'x86-64 server of the zpoline measurements (2023)',
  clock: assumed(3, 'GHz', 'the source does not state it; used for service bodies only'),
  prices: {
    syscall: measured(74, 'ns', 'ZP-getpid'),
    'trace-stop': recalled(31_201, 'ns', 'ZP-ptrace'),
    intercept: recalled(1156, 'ns', 'ZP-Syscall', { note: 'Syscall User Dispatch' }),
    'pass-through': measured(74, 'ns', 'ZP-getpid'),
    'call-notify': { ...notify, quality: 'recalled' },
  },
});

const m1 = today({
  name: 'apple-m1',
  title: 'Apple M1, the LFI measurements (2024)',
  family: 'arm64',
  clock: assumed(3.2, 'GHz', 'the published clock of its fast cores; used for service bodies only'),
  page: assumed(16, 'KiB', 'the page of that machine; no row gives it'),
  prices: {
    syscall: recalled(129, 'ns', 'LFI-T-lin'),
    pipe: derived('ns', [recalled(1504, 'ns', 'LFI-T-lpipe')], 'there and back', (t) => 2 * t),
    'fault-domain': sandboxCall,
    'sandbox-kernel-call': recalled(12_019, 'ns', 'LFI-T-gv'),
  },
  taxes: { lfi: { writes: [measured(1.5, '%', 'LFI-arm-w')], full: [measured(7, '%', 'LFI-arm-rw')] } },
});

const cloud = today({
  name: 'cloud-gvisor',
  title: 'cloud virtual machine of the gVisor measurements (2019)',
  clock: assumed(2.5, 'GHz', 'the source does not state it; used for service bodies only'),
  prices: {
    syscall: measured(1939, 'ns', 'GV-runc'),
    'sandbox-kernel-call': measured(38_219, 'ns', 'GV-runscptrace', {
      note: 'the ptrace platform; 763 ns on the KVM platform, faster than the native call there',
    }),
  },
});

/** The machines that can be named in an experiment. */
export const MACHINES: Readonly<Record<string, Machine>> = Object.fromEntries(
  [
    r3000_40,
    r3000_25,
    r2000_16,
    r2000_12,
    alpha_133,
    alpha_160,
    i386_25,
    i486_25,
    i486_50,
    pentium_133,
    cvax,
    m68020,
    azure,
    ptiXeon,
    skylake,
    server2023,
    m1,
    cloud,
  ].map((m) => [m.name, m]),
);

/** The preset machines that have a price. */
export function machinesWith(price: PriceName): string[] {
  return Object.values(MACHINES)
    .filter((m) => m.prices[price] !== undefined)
    .map((m) => m.name);
}
