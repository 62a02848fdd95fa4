/**
 * Layers of the path of one packet, one way: protocols in the kernel, in a Unix server on Mach, and in a library.
 *
 * The bodies of the network services and the copy rate of the MIPS machines come from the kernel's UDP rows; the
 * round trips that were measured beside the layers are no part of this table.
 *
 * Left out: rows of totals (they are sums of these), the copies inside the protocol layers apart from their work.
 * Source: Maeda & Bershad 1993, Table 4 (rows MB93-T4-*), a DECstation 5000/200.
 */
import type { Constant } from './constant.ts';
import { measured } from './constant.ts';

export type Protocol = 'TCP' | 'UDP';
export type ProtocolPlace = 'kernel' | 'server' | 'library';
/** `send`: the sender's CPU; `receive`: the receiver's, from its interrupt on; `wire`: on the network. */
export type LayerSide = 'send' | 'receive' | 'wire';

/** One layer: its time for a packet of one byte and for a full one. */
export interface Layer {
  readonly name: string;
  readonly side: LayerSide;
  readonly one: Constant;
  readonly full: Constant;
}

/** Bytes of a full packet: the 1,500 of an Ethernet frame less the headers of IP and TCP (40) or UDP (28). */
export const FULL_PACKET: Readonly<Record<Protocol, number>> = { TCP: 1500 - 40, UDP: 1500 - 28 };

type Pair = readonly [one: number, full: number];
const COLUMNS = ['TCPkernel', 'TCPserver', 'TCPlibrary', 'UDPkernel', 'UDPserver', 'UDPlibrary'] as const;
// biome-ignore format: a table, one layer a line
const TABLE: readonly (readonly [name: string, id: string, side: LayerSide, pairs: readonly Pair[]])[] = [
  ['entry and copy in', 'entry-copyin', 'send', [[50, 153], [254, 579], [19, 203], [65, 104], [293, 628], [6, 7]]],
  ['TCP or UDP output', 'tcp-udpoutput', 'send', [[65, 307], [224, 447], [82, 328], [70, 273], [229, 398], [18, 239]]],
  ['IP output', 'ipoutput', 'send', [[24, 20], [31, 25], [26, 26], [22, 25], [24, 27], [17, 18]]],
  ['Ethernet output', 'etheroutput', 'send', [[75, 105], [166, 331], [98, 274], [74, 163], [188, 367], [105, 280]]],
  ['wire', 'networktransit', 'wire', [[51, 1214], [51, 1214], [51, 1214], [51, 1214], [51, 1214], [51, 1214]]],
  ['device interrupt', 'deviceintr-rea', 'receive', [[77, 469], [101, 496], [42, 43], [74, 481], [99, 497], [39, 40]]],
  ['packet filter', 'netisr-packetf', 'receive', [[79, 73], [53, 52], [82, 95], [83, 84], [76, 61], [58, 70]]],
  ['copy out of the kernel', 'kernelcopyout', 'receive', [[0, 0], [113, 148], [123, 534], [0, 0], [124, 207], [107, 517]]],
  ['queue', 'mbuf-queue', 'receive', [[0, 0], [79, 58], [22, 21], [0, 0], [68, 64], [20, 20]]],
  ['IP input', 'ipintr', 'receive', [[30, 37], [127, 95], [37, 35], [30, 54], [121, 91], [35, 33]]],
  ['TCP or UDP input', 'tcp-udpinput', 'receive', [[76, 270], [249, 365], [214, 445], [67, 279], [61, 273], [103, 318]]],
  ['wake-up of the user thread', 'wakeupuserthre', 'receive', [[54, 54], [194, 213], [92, 95], [70, 69], [262, 274], [73, 80]]],
  ['copy out and exit', 'copyout-exit', 'receive', [[32, 220], [222, 1028], [46, 261], [27, 75], [208, 619], [21, 63]]],
];

/** All columns of the table. */
export const LAYERS: readonly (readonly Layer[])[] = COLUMNS.map((column, i) =>
  TABLE.map(([name, id, side, pairs]) => {
    const fact = `MB93-T4-${id}-${column}`;
    return {
      name,
      side,
      one: measured(pairs[i]![0], 'us', fact, { at: 0 }),
      full: measured(pairs[i]![1], 'us', fact, { at: 1 }),
    };
  }),
);

/** The layers of one way through `protocol` at `place`, in their order. */
export function layersOf(protocol: Protocol, place: ProtocolPlace): readonly Layer[] {
  return LAYERS[COLUMNS.indexOf(`${protocol}${place}`)]!;
}

/** One layer by name. Throws where there is none. */
export function layerNamed(protocol: Protocol, place: ProtocolPlace, name: string): Layer {
  const layer = layersOf(protocol, place).find((l) => l.name === name);
  if (layer === undefined) throw new Error(`no layer "${name}"`);
  return layer;
}
