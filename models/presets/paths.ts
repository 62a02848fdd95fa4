/**
 * Constants of service paths that belong to a structure rather than to a machine: how much longer a path grows,
 * how often a library answers a call itself, how often data are copied.
 *
 * Sources: Chen & Bershad 1993 for path length and stalls, recomputed here from their instruction counts; the
 * other rows stand beside each number.
 */
import type { Constant } from './constant.ts';
import { assumed, derived, measured } from './constant.ts';
import { COUNTED_PROGRAMS } from './programs.ts';

/** The programs over which the path inflation is averaged, as the reference does. */
const INFLATION_PROGRAMS = ['sed', 'egrep', 'yacc', 'gcc', 'compress'] as const;

/** System instructions under Mach 3.0 and its Unix server for each under Ultrix, by program. */
export const MACH_PATH_BY_PROGRAM: Readonly<Record<string, Constant>> = Object.fromEntries(
  INFLATION_PROGRAMS.map((name) => {
    const { Ultrix, Mach } = COUNTED_PROGRAMS[name]!;
    return [
      name,
      derived(
        'ratio',
        [Ultrix.instructions, Ultrix.system, Mach.instructions, Mach.system],
        'system instructions, Mach / Ultrix',
        (u, us, m, ms) => (m * ms) / (u * us),
      ),
    ];
  }),
);

const stalls = (system: 'Ultrix' | 'Mach', parts: readonly number[]) =>
  derived(
    'cycles/instr',
    parts.map((value, at) => measured(value, 'cycles/instr', `CB93-T24-${system}system`, { at })),
    'instruction cache, data cache, TLB and write buffer',
    (...each) => each.reduce((a, b) => a + b, 0),
  );

/** phi: path length of a Unix server on Mach relative to a monolithic kernel. */
export const MACH_PATH = derived(
  'ratio',
  Object.values(MACH_PATH_BY_PROGRAM),
  'mean of sed, egrep, yacc, gcc and compress',
  (...ratios) => ratios.reduce((a, b) => a + b, 0) / ratios.length,
);
/** Memory stall cycles per system instruction, monolithic kernel and Mach with its server. */
export const MONOLITHIC_STALLS = stalls('Ultrix', [0.43, 0.23, 0.0, 0.05]);
export const MACH_STALLS = stalls('Mach', [0.57, 0.29, 0.01, 0.07]);

/** Share of a multi-server system's calls that its library answers without an RPC. */
export const LIBRARY_ABSORBS = derived(
  'fraction',
  [measured(9290, 'calls', 'MUS-sys'), measured(2430, 'RPCs', 'MUS-rmi')],
  'compile test: calls that caused no RPC',
  (calls, rpcs) => 1 - rpcs / calls,
);
/** The same for the emulation library of Mach 3.0; the row speaks of the servers under development, no row of the single one. */
export const EMULATION_ABSORBS = derived(
  'fraction',
  [measured(2, 'fraction', 'BER92-emul', { at: 0 }), measured(3, 'fraction', 'BER92-emul', { at: 1 })],
  'calls served without an RPC, of a multi-server system: taken for the single server too',
  (served, all) => served / all,
);

/** Copies that a byte goes through on its way to a server by messages, and on its way back. */
export const MESSAGE_COPIES_IN = assumed(
  4,
  'copies',
  'of the 7 copies of call and return by messages (LRPC-T3): sender, kernel, kernel, receiver and server stub',
);
export const MESSAGE_COPIES_OUT = derived(
  'copies',
  [measured(7, 'copies', 'LRPC-T3', { at: 2 }), MESSAGE_COPIES_IN],
  'the rest of the 7 copies of call and return',
  (all, there) => all - there,
);
/** TLB entries that the work of a call touches again after a switch to a server and back on a machine without tags. */
export const TLB_RELOAD = measured(43, 'misses', 'LRPC-TLB-n', {
  note: 'both switches of a null LRPC on a CVAX; taken for what a call with a body touches beyond a null one',
});

/** Bytes of the window through which the emulation library of Mach 3.0 reads a mapped file. */
export const FILE_WINDOW = measured(64, 'KB', 'DA92-map', { at: 'setting' });

/** phi of a multi-server system: that of one server times how much slower the compile test ran. */
export const MULTI_SERVER_PATH = derived(
  'ratio',
  [MACH_PATH, measured(7.3, 's', 'MUS-ux'), measured(8.9, 's', 'MUS-us')],
  'one-server path, longer in the ratio of the compile test',
  (phi, one, many) => (phi * many) / one,
);

/** In-kernel interposition: once per interposed call. */
export const SLIC_HOOK = derived(
  'us',
  [measured(2, 'us', 'SLIC-base', { at: 0 }), measured(8, 'us', 'SLIC-base', { at: 1 })],
  'middle of 2-8 us, workstations of 1997-98',
  (low, high) => (low + high) / 2,
);

/** Exokernel: instructions of a hit in the software TLB. */
export const STLB_HIT = measured(18, 'instr', 'EXO-stlb');

/** Overheads on all user time of today's sandboxes and of patched binaries, per cent. */
export const OVERHEADS = {
  binaryLow: measured(20, '%', 'VGA-bin', { at: 0 }),
  binaryHigh: measured(25, '%', 'VGA-bin', { at: 1 }),
  lfiWrites: measured(6, '%', 'LFI-x86-w'),
  lfiFull: measured(8, '%', 'LFI-x86-rw'),
  nacl: measured(7, '%', 'NACL-x64'),
  wasmFirefox: measured(45, '%', 'WASM-ff'),
  wasmChrome: measured(55, '%', 'WASM-cr'),
} as const;

/** Language checks of extensions written in a safe language: 0-10 % of the extension's own code. */
export const SAFE_LANGUAGE = assumed(
  1.05,
  'ratio',
  'the middle of 0-10 % more; no row gives it for SPIN services',
);

/** A lock on state that libraries share: instructions are a call to take it and one to leave it. */
export const LOCK_CALLS = assumed(2, 'calls', 'take and release, each of the length of a procedure call');

/** Copies that a byte goes through, one way: into or out of a kernel, or through a pipe. */
export const TRAP_COPIES = assumed(1, 'copies', 'each byte crosses once, in or out');
export const PIPE_COPIES = assumed(
  2,
  'copies',
  'each byte goes into the kernel and out of it to reach the server',
);

/** Meta-space transitions of one Apertos call. */
export const APERTOS_TRANSITIONS = assumed(
  2,
  'transitions',
  'no measured number was found: a free parameter, whose sensitivity `explain` prints',
);
