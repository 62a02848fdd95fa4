/**
 * Networks: LogGP terms and how a message becomes frames or cells on the wire.
 *
 * The overheads are those of the end nodes in the source; where an OS structure prices `send` and `receive`,
 * those prices take the place of the overheads here. The wire time of a message comes from the framing
 * (`models/hardware/network/medium.ts`); `perByte` is the bandwidth that the end nodes reach, for the plain LogGP
 * time.
 *
 * Left out: collisions, loss, retransmission. A shared medium is one server, a switched one a server per link.
 *
 * Sources: the rows of `sources.csv` named beside each number.
 */
import type { Constant } from './constant.ts';
import { assumed, derived, measured, recalled } from './constant.ts';

/** How a message is cut up on the wire. */
export type Framing =
  | {
      readonly kind: 'frames';
      /** Payload of the largest frame, bytes, network headers included. */
      readonly largest: Constant;
      /** Smallest payload, to which a frame is padded, bytes. */
      readonly smallest: Constant;
      /** Bytes of a frame beside its payload (preamble, header, check sum). */
      readonly perFrame: Constant;
      /** Silence after a frame, us. */
      readonly gap: Constant;
      /** Bytes of each frame's payload that are network headers (IP, and LLC/SNAP where there is one). */
      readonly perFrameHeader: Constant;
      /** Bytes of transport header per message (UDP). */
      readonly perMessage: Constant;
    }
  | {
      readonly kind: 'cells';
      /** Bytes of a cell on the wire, and those that carry data. */
      readonly cell: Constant;
      readonly payload: Constant;
      /** Bytes added to a message before it is cut up: headers and trailer. */
      readonly perMessage: Constant;
    }
  | { readonly kind: 'stream' /** Bytes added to a message. */; readonly perMessage: Constant };

/** A network preset. */
export interface Network {
  readonly name: string;
  readonly title: string;
  /** `shared`: one server for the segment. `switched`: a server for each link and direction. */
  readonly medium: 'shared' | 'switched';
  /** Does a switch pass a message on before it has all of it? (Cells do, message by message.) */
  readonly cutThrough: boolean;
  /** Bit rate of the wire that carries frames, cells or bytes, Mb/s. */
  readonly rate: Constant;
  readonly framing: Framing;
  /** o_s and o_r: CPU time per message at the sender and at the receiver. */
  readonly sendOverhead: Constant;
  readonly receiveOverhead: Constant;
  /** L: time in the network of a message of no length. */
  readonly latency: Constant;
  /** g: least time between two messages of one node. */
  readonly gap: Constant;
  /** G: time per byte as the end nodes reach it. */
  readonly perByte: Constant;
}

const UDP_HEADER = assumed(8, 'bytes', 'UDP header, by its definition (RFC 768)');
const IP_HEADER = assumed(20, 'bytes', 'IP header without options, by its definition (RFC 791)');
const IP_AND_SNAP = assumed(
  28,
  'bytes',
  'IP header and 8 bytes of LLC/SNAP, by their definitions (RFC 791, 1042)',
);
const ATM_OVERHEAD = derived(
  'bytes',
  [IP_AND_SNAP, UDP_HEADER, recalled(8, 'bytes', 'NET-10', { at: 2, note: 'AAL5 trailer' })],
  'IP, UDP and LLC/SNAP headers and the AAL5 trailer',
  (ip, udp, trailer) => ip + udp + trailer,
);

/** `us per byte` at a rate in MB/s. */
const perByteAt = (rate: Constant) => derived('us', [rate], 'one byte at the rate reached', (r) => 1 / r);
const perByteOnWire = (rate: Constant) => derived('us', [rate], 'one byte at the bit rate', (r) => 8 / r);

const rate10 = recalled(10, 'Mb/s', 'NET-01');
const preamble = recalled(8, 'bytes', 'NET-04');
const header = recalled(18, 'bytes', 'NET-05');
const smallestFrame = recalled(64, 'bytes', 'NET-06', { at: 0 });
const largestFrame = recalled(1518, 'bytes', 'NET-06', { at: 1 });
const ethernetFraming = (gap: Constant): Framing => ({
  kind: 'frames',
  largest: derived('bytes', [largestFrame, header], 'less header and check sum', (f, h) => f - h),
  smallest: derived('bytes', [smallestFrame, header], 'less header and check sum', (f, h) => f - h),
  perFrame: derived('bytes', [preamble, header], 'preamble, header and check sum', (p, h) => p + h),
  gap,
  perFrameHeader: IP_HEADER,
  perMessage: UDP_HEADER,
});

// Kernel UDP on an HP 735: (round trip - wire) / 4 is the software of one end, one way.
const udpEthernet = measured(603, 'us', 'NET-48', { at: 2, note: 'UDP' });
const udpFddi = measured(441, 'us', 'NET-48', { at: 5, note: 'UDP' });
const wireEthernet = measured(130, 'us', 'NET-50', { at: 0 });
const wireFddi = measured(13, 'us', 'NET-50', { at: 2 });
const software = (udp: Constant, wire: Constant) =>
  derived(
    'us',
    [udp, wire],
    'a quarter of the round trip less the wire (kernel UDP, HP 9000/735)',
    (t, w) => (t - w) / 4,
  );

const ethernetSoftware = software(udpEthernet, wireEthernet);
const ethernet10: Network = {
  name: 'ethernet10',
  title: '10 Mb/s Ethernet, one segment, kernel UDP',
  medium: 'shared',
  cutThrough: false,
  rate: rate10,
  framing: ethernetFraming(recalled(9.6, 'us', 'NET-03')),
  sendOverhead: ethernetSoftware,
  receiveOverhead: ethernetSoftware,
  latency: derived(
    'us',
    [wireEthernet, smallestFrame, preamble, rate10],
    'half the wire time of a round trip, less the smallest frame itself',
    (wire, frame, pre, rate) => wire / 2 - ((frame + pre) * 8) / rate,
  ),
  gap: ethernetSoftware,
  perByte: perByteOnWire(rate10),
};

const rateFddi = recalled(100, 'Mb/s', 'NET-09', { at: 0 });
const fddiFrame = recalled(28, 'bytes', 'NET-09', { at: 2 });
const fddiSoftware = software(udpFddi, wireFddi);
const fddi: Network = {
  name: 'fddi',
  title: '100 Mb/s FDDI ring, kernel UDP; the wait for the token is in the latency',
  medium: 'shared',
  cutThrough: false,
  rate: rateFddi,
  framing: {
    kind: 'frames',
    largest: derived(
      'bytes',
      [recalled(4500, 'bytes', 'NET-09', { at: 1 }), fddiFrame],
      'the largest frame less its overhead',
      (f, o) => f - o,
    ),
    smallest: assumed(0, 'bytes', 'an FDDI frame is not padded'),
    perFrame: fddiFrame,
    gap: assumed(0, 'us', 'a station that holds the token sends frame after frame'),
    perFrameHeader: IP_AND_SNAP,
    perMessage: UDP_HEADER,
  },
  sendOverhead: fddiSoftware,
  receiveOverhead: fddiSoftware,
  latency: derived('us', [wireFddi], 'half the wire time of a round trip', (w) => w / 2),
  gap: fddiSoftware,
  perByte: perByteOnWire(rateFddi),
};

const cellFraming: Framing = {
  kind: 'cells',
  cell: recalled(53, 'bytes', 'NET-10', { at: 0 }),
  payload: recalled(48, 'bytes', 'NET-10', { at: 1 }),
  perMessage: ATM_OVERHEAD,
};
const rateAtm = recalled(149.76, 'Mb/s', 'NET-10', { at: 5, note: '155.52 Mb/s less the SONET overhead' });
const atmSend = measured(80, 'us', 'DSM-18', { at: 0 });
const atmReceive = measured(80, 'us', 'DSM-18', { at: 1 });
const atm155: Network = {
  name: 'atm155',
  title: '155 Mb/s ATM switch; kernel overheads of a DECstation 5000/240 (Ultrix, AAL3/4 socket)',
  medium: 'switched',
  cutThrough: true,
  rate: rateAtm,
  framing: cellFraming,
  sendOverhead: atmSend,
  receiveOverhead: atmReceive,
  latency: derived(
    'us',
    [measured(500, 'us', 'DSM-17'), atmSend, atmReceive],
    'half a round trip less send and receive: wire, interrupt and resuming the receiver',
    (rtt, s, r) => rtt / 2 - s - r,
  ),
  gap: atmSend,
  perByte: perByteOnWire(rateAtm),
};

const unetRate = measured(15, 'MB/s', 'NET-22', { at: 1 });
const atm155unet: Network = {
  name: 'atm155-unet',
  title: '155 Mb/s ATM with user-level access (U-Net, SPARCstations)',
  medium: 'switched',
  cutThrough: true,
  rate: rateAtm,
  framing: cellFraming,
  sendOverhead: assumed(6, 'us', 'a split of the measured round trip of 65 us (NET-22) that no row gives'),
  receiveOverhead: assumed(6, 'us', 'a split of the measured round trip of 65 us (NET-22) that no row gives'),
  latency: derived(
    'us',
    [measured(65, 'us', 'NET-22', { at: 0 }), assumed(6, 'us', 'as above')],
    'half a round trip less both overheads',
    (rtt, o) => rtt / 2 - 2 * o,
  ),
  gap: assumed(12, 'us', 'twice the overhead; no row gives it'),
  perByte: perByteAt(unetRate),
};

const nowRate = recalled(38, 'MB/s', 'NET-29', { at: 3 });
const myrinet: Network = {
  name: 'myrinet',
  title: 'Myrinet of the Berkeley NOW (UltraSPARC-1, Active Messages, 1997)',
  medium: 'switched',
  cutThrough: true,
  rate: measured(640, 'Mb/s', 'NET-11', { at: 1 }),
  framing: {
    kind: 'stream',
    perMessage: assumed(8, 'bytes', 'route and header of a short message; no row gives it'),
  },
  sendOverhead: recalled(2.9, 'us', 'NET-29', { at: 0 }),
  receiveOverhead: recalled(2.9, 'us', 'NET-29', { at: 0 }),
  latency: recalled(5.0, 'us', 'NET-29', { at: 2 }),
  gap: recalled(5.8, 'us', 'NET-29', { at: 1 }),
  perByte: perByteAt(nowRate),
};

const recalled95 = (value: number, at: number) => recalled(value, 'us', 'NET-32', { at });
const myrinet95: Network = {
  name: 'myrinet95',
  title: 'Myrinet with SPARCstation 20s (Active Messages, 1995)',
  medium: 'switched',
  cutThrough: true,
  rate: measured(640, 'Mb/s', 'NET-11', { at: 1 }),
  framing: {
    kind: 'stream',
    perMessage: assumed(8, 'bytes', 'route and header of a short message; no row gives it'),
  },
  sendOverhead: recalled95(2.0, 0),
  receiveOverhead: recalled95(2.6, 1),
  latency: recalled95(11.1, 2),
  gap: recalled95(12.4, 3),
  perByte: perByteAt(assumed(20, 'MB/s', 'the I/O bus of that node; no row gives it')),
};

// RDMA: the line through 32 bytes and 32 KiB; it misses 4 KiB (1.29 us for a measured 2.26), since packets are
// stored and forwarded.
const small = measured(0.83, 'us', 'NET-51', { at: 1 });
const large = measured(4.57, 'us', 'NET-51', { at: 7 });
const rdmaOverhead = assumed(0.2, 'us', 'posting a request and polling its completion; no row gives it');
const rdmaPerByte = derived(
  'us',
  [small, large],
  'the slope between 32 bytes and 32 KiB',
  (s, l) => (l - s) / (32 * 1024 - 32),
);
const rdma100: Network = {
  name: 'rdma100',
  title: '100 Gb/s InfiniBand with RDMA (2015)',
  medium: 'switched',
  cutThrough: true,
  rate: measured(100, 'Gb/s', 'NET-52', { at: 'setting' }),
  framing: {
    kind: 'stream',
    perMessage: assumed(30, 'bytes', 'headers of a reliable-connection packet; no row gives it'),
  },
  sendOverhead: rdmaOverhead,
  receiveOverhead: rdmaOverhead,
  latency: derived(
    'us',
    [small, rdmaOverhead, rdmaPerByte],
    'the 32-byte time less both overheads and 31 bytes',
    (t, o, g) => t - 2 * o - 31 * g,
  ),
  gap: assumed(0.1, 'us', 'of the order of the message rate of such adapters; no row gives it'),
  perByte: rdmaPerByte,
};

const tcpToday = derived(
  'us',
  [measured(10, 'us', 'NET-53', { at: 0 }), measured(50, 'us', 'NET-53', { at: 1 })],
  'the middle of a rule of thumb for kernel TCP',
  (low, high) => (low + high) / 2,
);
const gbeEnd = derived(
  'us',
  [tcpToday],
  'a fifth of a kernel TCP round trip for each end of each message, the rest is the network',
  (rtt) => rtt / 5,
);
const gbe10: Network = {
  name: 'gbe10',
  title: '10 Gb/s Ethernet, store and forward, kernel TCP of today (rule of thumb)',
  medium: 'switched',
  cutThrough: false,
  rate: assumed(10_000, 'Mb/s', 'by its name'),
  framing: ethernetFraming(assumed(0.0096, 'us', '96 bit times, by the standard')),
  sendOverhead: gbeEnd,
  receiveOverhead: gbeEnd,
  latency: derived('us', [tcpToday], 'a tenth of a kernel TCP round trip', (rtt) => rtt / 10),
  gap: gbeEnd,
  perByte: perByteOnWire(assumed(10_000, 'Mb/s', 'by its name')),
};

/** The networks that can be named in an experiment. */
export const NETWORKS: Readonly<Record<string, Network>> = Object.fromEntries(
  [ethernet10, fddi, atm155, atm155unet, myrinet95, myrinet, rdma100, gbe10].map((n) => [n.name, n]),
);
