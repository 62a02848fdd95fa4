/**
 * The wire: how long a message occupies it, and who waits for it.
 *
 * A message is cut into frames (Ethernet, FDDI) or cells (ATM) with their headers, padding and gaps. A shared
 * medium is one first-come first-served server for the segment; a switched one is a server for each link and
 * direction. State is two numbers a server; no object is made per message.
 *
 * Left out: collisions and back-off, the token's position, lost cells, flow control inside the switch.
 * Source: frame and cell counts of sections 1.5 and 1.6 of the project's reference on networks (8 KB over UDP:
 * 6 Ethernet frames, 6,838 us; 2 FDDI frames, 665 us; 172 cells, 487 us at the OC-3c payload rate).
 */
import type { Network } from '../../presets/networks.ts';

/** Nanoseconds of one byte on the wire. */
export function byteTime(network: Network): number {
  const { value, unit } = network.rate;
  return 8e3 / (unit === 'Gb/s' ? value * 1e3 : value);
}

/** Frames or cells that carry a message of `bytes`; a stream is one piece. */
export function pieces(bytes: number, network: Network): number {
  const f = network.framing;
  if (f.kind === 'stream') return 1;
  const whole = bytes + f.perMessage.value;
  const carried = f.kind === 'cells' ? f.payload.value : f.largest.value - f.perFrameHeader.value;
  return Math.max(1, Math.ceil(whole / carried));
}

/** Nanoseconds for which a message of `bytes` occupies the wire: headers, padding and gaps included. */
export function wireTime(bytes: number, network: Network): number {
  const f = network.framing;
  const ns = byteTime(network);
  if (f.kind === 'stream') return (bytes + f.perMessage.value) * ns;
  const n = pieces(bytes, network);
  if (f.kind === 'cells') return n * f.cell.value * ns;
  // All frames but the last are full, so only the last can be short enough to be padded.
  const full = f.largest.value;
  const last =
    bytes + f.perMessage.value - (n - 1) * (full - f.perFrameHeader.value) + f.perFrameHeader.value;
  const payload = (n - 1) * full + Math.max(f.smallest.value, last);
  return (payload + n * f.perFrame.value) * ns + n * f.gap.value * 1e3;
}

/** First-come first-served servers in columns: each is free again at a known time. Times are ns. */
export class FifoServers {
  private readonly freeFrom: Float64Array;
  private readonly served: Float64Array;

  constructor(count: number) {
    this.freeFrom = new Float64Array(count);
    this.served = new Float64Array(count);
  }

  /**
   * Serves a request that arrives at `now` for `duration`; returns when it ends. Requests of one server must be
   * given in order of arrival.
   */
  serve(server: number, now: number, duration: number): number {
    const free = this.freeFrom[server]!;
    const end = (free > now ? free : now) + duration;
    this.freeFrom[server] = end;
    this.served[server]! += duration;
    return end;
  }

  /** When the server will have done all that it was given. */
  freeAt(server: number): number {
    return this.freeFrom[server]!;
  }

  /** Time for which the server was given work. */
  busy(server: number): number {
    return this.served[server]!;
  }
}

/**
 * The wires between nodes. A message first leaves its node (`depart`), then reaches the far end (`arrive`), which on
 * a switched medium is a second server, the switch's output; call `arrive` at the time that `depart` returned, so
 * that messages of several senders queue there in the order in which they come.
 */
export class Medium {
  private readonly network: Network;
  private readonly servers: FifoServers;
  private readonly nodes: number;
  private readonly latency: number;

  constructor(network: Network, nodes: number) {
    this.network = network;
    this.nodes = nodes;
    this.servers = new FifoServers(network.medium === 'shared' ? 1 : 2 * nodes);
    this.latency = network.latency.value * 1e3;
  }

  /** A message of `bytes` is ready to leave node `from` at `now`; returns when it asks for the far link (or, shared, is there). */
  depart(from: number, bytes: number, now: number): number {
    const wire = wireTime(bytes, this.network);
    const shared = this.network.medium === 'shared';
    const end = this.servers.serve(shared ? 0 : from, now, wire);
    // Passing on at once, the switch's output starts with the first piece; otherwise it has the whole message first.
    return (this.network.cutThrough && !shared ? end - wire : end) + this.latency;
  }

  /** The message asks for the link to node `to` at `now`; returns when all of it is there. */
  arrive(to: number, bytes: number, now: number): number {
    if (this.network.medium === 'shared') return now;
    return this.servers.serve(this.nodes + to, now, wireTime(bytes, this.network));
  }

  /** Share of `elapsed` for which the wires were occupied, averaged over servers. */
  utilisation(elapsed: number): number {
    const count = this.network.medium === 'shared' ? 1 : 2 * this.nodes;
    let busy = 0;
    for (let i = 0; i < count; i++) busy += this.servers.busy(i);
    return busy / (count * elapsed);
  }
}
