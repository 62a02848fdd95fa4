/**
 * Measured parts of published experiments, which the validation cases add up by the cost equation: steps of a file
 * read, of a remote procedure call and of a packet, hooks on a server, operations of whole systems.
 *
 * No structure is priced with them. What the sources measured as a whole is no part of this table: it is what the
 * sums must come to.
 *
 * Left out: parts that no case adds up.
 * Sources: the rows of `sources.csv` named beside each number.
 */
import type { Constant } from './constant.ts';
import { assumed, measured, recalled } from './constant.ts';

/** A 4 KB read from disk (Dean & Armand 1992), an i386 at 25 MHz: the device itself, most of it disk. */
export const DEVICE_READ = measured(10_500, 'us', 'DA92-raw30');

/** A null remote procedure call between two Fireflies (Schroeder & Burrows 1989). */
export const FIREFLY_RPC = {
  software: measured(606, 'us', 'FFLY-rt'),
  packet: measured(954, 'us', 'FFLY-pkt'),
} as const;

/** A small remote procedure call on one network: the sum of its parts, and the round trip of the hardware alone. */
export interface RemoteCall {
  readonly sum: Constant;
  readonly hardware?: Constant;
}

/** Small remote procedure calls (Thekkath & Levy 1993). */
export const REMOTE_CALLS = {
  ethernet: {
    sum: measured(340, 'us', 'THL-eth-dec-minus-sum'),
    hardware: measured(253, 'us', 'THL-hw-eth'),
  },
  /** Ethernet between SPARCstations. */
  sparc: { sum: measured(471, 'us', 'THL-eth-sparc-minus-sum') },
  fddi: { sum: measured(371, 'us', 'THL-fddi-minus-sum'), hardware: measured(263, 'us', 'THL-hw-fddi') },
  atm: { sum: measured(164, 'us', 'THL-atm-minus-sum'), hardware: measured(73, 'us', 'THL-hw-atm') },
} as const satisfies Readonly<Record<string, RemoteCall>>;

/** Dropping a packet in the driver (XDP 2018). */
export const PACKET_DROP = {
  packet: measured(41.6, 'ns', 'XDP-ns'),
  call: measured(1.3, 'ns', 'XDP-call'),
  calls: measured(10, 'per packet', 'XDP-call', { at: 'setting' }),
} as const;

/** Hooks on the system calls of a server (zpoline 2023): two cheap ones, and what the dearer of them costs the server. */
export const HOOKS = {
  zpoline: measured(41, 'ns', 'ZP-zp'),
  least: recalled(6, 'ns', 'ZP-LD_PRELOAD'),
  /** Per cent of the server's throughput lost with zpoline against the least hook. */
  loss: measured(5.2, '%', 'ZP-redis'),
} as const;

/** Linux on L4 and on Mach (Haertig et al. 1997; recalled), and a short RPC of L4 on a Pentium at 90 MHz. */
export const LINUX_ON_MICROKERNELS = {
  l4Rpc: measured(3.2, 'us', 'LIE95-F2-seg-2'),
  l4Clock: measured(90, 'MHz', 'LIE95-F2-seg-2', { at: 'setting' }),
  getpidMach: recalled(110.6, 'us', 'HAE97-T2-MkLinuxuser'),
  buildLinux: recalled(476, 's', 'HAE97-F8-Linux'),
  buildL4: recalled(506, 's', 'HAE97-F8-L4Linux'),
  buildMach: recalled(605, 's', 'HAE97-F8-MkLinuxuser'),
} as const;

/** Operations of a kernel on a Xeon (Barham et al. 2003), us. */
export interface KernelOperations {
  readonly nothing: Constant;
  readonly io: Constant;
  readonly stat: Constant;
  readonly install: Constant;
  readonly exec: Constant;
  readonly fault: Constant;
}

const xen = (system: string, times: readonly [number, number, number, number, number, number]) => {
  const row = (what: string, value: number) => measured(value, 'us', `XEN03-${what}-${system}`);
  return {
    nothing: row('null', times[0]),
    io: row('io', times[1]),
    stat: row('stat', times[2]),
    install: row('siginst', times[3]),
    exec: row('exec', times[4]),
    fault: row('pf', times[5]),
  };
};

/** Linux on the bare machine and as a process of another Linux. */
export const XEON_2003: Readonly<Record<'native' | 'userMode', KernelOperations>> & {
  readonly build: Constant;
} = {
  native: xen('native', [0.45, 0.5, 1.28, 0.68, 530, 1.42]),
  userMode: xen('User-Mode', [24.7, 25.1, 36.1, 26.0, 33_000, 26.3]),
  /** The kernel build on the bare machine. */
  build: measured(263, 's', 'XEN03-build-native'),
};

/** Isolation by software and by hardware (Singularity 2006-07), an Athlon at 1.8 GHz. */
export const ISOLATION = {
  clock: measured(1.8, 'GHz', 'SING-msg-Singularity', { at: 'setting' }),
  softwareMessage: measured(803, 'cycles', 'SING-msg-Singularity'),
  hardwareMessage: measured(5800, 'cycles', 'SING-msg-Linux'),
  /** Per cent of CPU time. */
  checks: measured(4.7, '% CPU', 'SING-sw'),
  rate: assumed(100_000, 'calls/s', 'a program that does little but send messages; the source gives no rate'),
} as const;

/** The compile test (Mach-US): calls, RPCs that the multi-server system needs, programs compiled. */
export const COMPILE_TEST = {
  calls: measured(9290, 'calls', 'MUS-sys'),
  multiServerRpcs: measured(2430, 'RPCs', 'MUS-rmi'),
  programs: measured(9, 'programs', 'MUS-n', { at: 'setting' }),
  buildFiles: assumed(900, 'files', 'files of a Linux 2.4 kernel build, as the reference guesses'),
} as const;
