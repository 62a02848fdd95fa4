/**
 * The LogGP time of a message between two nodes that are otherwise idle: o_s + (n-1) G + L + o_r. Consecutive
 * messages of one node leave at least max(o, g) apart; at most ceil(L/g) are in flight to or from a node.
 *
 * Left out: contention (see `medium.ts`), and the difference between one long message and many packets.
 * Source: Culler et al. 1993 (LogP), Alexandrov et al. 1995 (LogGP); section 1.3 of the project's reference.
 */
import type { Network } from '../../presets/networks.ts';

/** LogGP terms, ns and ns per byte. */
export interface LogGp {
  readonly sendOverhead: number;
  readonly receiveOverhead: number;
  readonly latency: number;
  readonly gap: number;
  readonly perByte: number;
}

/** The LogGP terms of a preset in ns. */
export function logGp(network: Network): LogGp {
  return {
    sendOverhead: network.sendOverhead.value * 1e3,
    receiveOverhead: network.receiveOverhead.value * 1e3,
    latency: network.latency.value * 1e3,
    gap: network.gap.value * 1e3,
    perByte: network.perByte.value * 1e3,
  };
}

/** Nanoseconds from the start of sending `bytes` (at least 1) to the end of receiving them, both nodes idle. */
export function messageTime(terms: LogGp, bytes: number): number {
  return terms.sendOverhead + (bytes - 1) * terms.perByte + terms.latency + terms.receiveOverhead;
}

/** Nanoseconds between the starts of two consecutive messages of one node. */
export function sendInterval(terms: LogGp): number {
  return Math.max(terms.sendOverhead, terms.gap);
}

/** Messages that may be in flight from or to a node. */
export function inFlight(terms: LogGp): number {
  return Math.max(1, Math.ceil(terms.latency / terms.gap));
}
