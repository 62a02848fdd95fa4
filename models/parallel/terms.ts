/**
 * What messages, switches of processes and switches of gangs cost: LogGP terms of the network, software by the OS
 * structure's prices of `send` and `receive` or by the network preset's own overheads, switches by the structure.
 * All in whole nanoseconds, so that sums are exact and do not depend on the order in which they are made.
 *
 * The operation `barrier` is not used: its switch is simulated where it happens, and only there.
 * Under the free structure nothing costs anything, the network's latency included, unless it is set.
 */
import { type LogGp, logGp } from '../hardware/network/logp.ts';
import type { OsPrices } from '../os/index.ts';
import type { Network } from '../presets/networks.ts';

export interface MessageTerms {
  /** o at the two ends, CPU time. */
  readonly send: number;
  readonly receive: number;
  /** From leaving a node to being at the other: L + (n-1) G. */
  readonly transit: number;
}

export interface Terms {
  /** Messages of a pattern, of `bytes`. */
  message(bytes: number): MessageTerms;
  /** Messages without data: to and from the barrier, requests. */
  readonly short: MessageTerms;
  /** Least time between the ends of two consecutive sends of a process. */
  readonly gap: number;
  /** W: another process is put on the CPU. */
  readonly contextSwitch: number;
}

const FREE: LogGp = { sendOverhead: 0, receiveOverhead: 0, latency: 0, gap: 0, perByte: 0 };

/** The terms under a structure; `contextSwitch`: ns, or the structure's price. */
export function termsOf(
  prices: OsPrices,
  network: Network,
  endpoint: 'structure' | 'network',
  contextSwitch: number | 'auto',
): Terms {
  const free = prices.structure === 'free';
  const wire = free ? FREE : logGp(network);
  const own = endpoint === 'network';
  const message = (bytes: number): MessageTerms => ({
    send: Math.round(own ? wire.sendOverhead : prices.operation('send', bytes)),
    receive: Math.round(own ? wire.receiveOverhead : prices.operation('receive', bytes)),
    transit: Math.round(wire.latency + (Math.max(1, bytes) - 1) * wire.perByte),
  });
  return {
    message,
    short: message(0),
    gap: Math.round(own ? wire.gap : 0),
    contextSwitch: Math.round(contextSwitch === 'auto' ? switchPrice(prices) : contextSwitch),
  };
}

/** ns for the kernel to put another process on the CPU: the part of stopping a process that is scheduling. */
export function switchPrice(prices: OsPrices): number {
  let ns = 0;
  for (const step of prices.steps('stop')) if (step.kind === 'scheduling') ns += step.total_ns;
  return ns;
}

/** What it takes to switch gangs. */
export interface GangSwitch {
  /** s: CPU time of each node, ns. */
  readonly cost: number;
  /** d: from the first node's switch to the last's, ns. */
  readonly skew: number;
  /** A message to each node for each slice? */
  readonly messages: boolean;
}

/**
 * The price of a gang switch. By signals: the daemon is told of the master's message, receives it, stops one process and
 * lets the other go on; the master sends to one node after the other. By the kernel:
 * one context switch at a time that the clocks agree on.
 */
export function gangSwitch(
  prices: OsPrices,
  terms: Terms,
  nodes: number,
  how: {
    readonly switching: 'signals' | 'kernel';
    readonly switch_cost: number | 'auto';
    readonly skew: number | 'auto';
  },
): GangSwitch {
  const signals = how.switching === 'signals';
  const cost = signals
    ? prices.operation('deliver-signal') +
      prices.operation('receive') +
      prices.operation('stop') +
      prices.operation('continue')
    : terms.contextSwitch;
  const skew = signals ? (nodes - 1) * prices.operation('send') : 0;
  return {
    cost: Math.round(how.switch_cost === 'auto' ? cost : how.switch_cost),
    skew: Math.round(how.skew === 'auto' ? skew : how.skew),
    messages: signals,
  };
}
