/**
 * Software at the ends of a message: what the processors of sender and receiver spend on it.
 *
 *   network          as measured with the network (its preset's overheads)
 *   active-messages  user-level handlers: the overheads of a network that is used so, else those of the HP 9000/735
 *   kernel-udp       one `send` and one `receive` of the OS structure, with the copies of the bytes
 *   rpc              the same, and what a remote procedure call adds to it (HP 9000/735, not scaled)
 *
 * Where a preset's gap is nothing but the software that it was measured with, it goes with that software: through the
 * kernel the processors' own time is what keeps messages apart, at user level the interface's (assumed, see presets).
 *
 * Left out: polling that finds nothing, interrupts that find a processor busy.
 * Source: sections 1.3 and 1.4 of the project's reference on networks; the rows named in `models/presets/endpoints.ts`.
 */
import type { LogGp } from '../hardware/network/logp.ts';
import { logGp } from '../hardware/network/logp.ts';
import type { OsPrices } from '../os/index.ts';
import { ACTIVE_MESSAGES, ACTIVE_MESSAGES_GAP, RPC_EXTRA } from '../presets/endpoints.ts';
import type { Network } from '../presets/networks.ts';
import type { EndCost } from './ranks.ts';

export const ENDPOINTS = {
  network: 'as measured with the network, whatever the OS structure',
  'active-messages': 'user-level handlers (Active Messages), past the OS',
  rpc: 'remote procedure calls over the kernel path of the OS structure',
  'kernel-udp': 'send and receive as the OS structure prices them',
} as const;
export type Endpoint = keyof typeof ENDPOINTS;

export interface Ends {
  readonly send: EndCost;
  readonly receive: EndCost;
  /** g, ns. */
  readonly gap: number;
  readonly notes: readonly string[];
}

/** Is the gap of this preset the software that it was measured with? Then its overheads are a kernel's. */
export function isKernelPath(network: Network): boolean {
  return network.gap.value === network.sendOverhead.value;
}

const fixed = (ns: number): EndCost => ({ base: ns, perByte: 0 });
const MANY = 65_536;

/** What the ends of a message cost on a network; `prices` of the machine's OS structure. */
export function endsOf(endpoint: Endpoint, network: Network, prices: OsPrices): Ends {
  const terms: LogGp = logGp(network);
  const own = {
    send: fixed(terms.sendOverhead),
    receive: fixed(terms.receiveOverhead),
    gap: terms.gap,
    notes: [],
  };
  const kernel = isKernelPath(network);
  switch (endpoint) {
    case 'network':
      return own;
    case 'active-messages':
      if (!kernel) return own;
      return {
        send: fixed(ACTIVE_MESSAGES.value * 1e3),
        receive: fixed(ACTIVE_MESSAGES.value * 1e3),
        gap: ACTIVE_MESSAGES_GAP.value * 1e3,
        notes: [`active messages on ${network.name}: overheads of an HP 9000/735 (${ACTIVE_MESSAGES.fact})`],
      };
    default: {
      const extra = endpoint === 'rpc' ? RPC_EXTRA.value * 1e3 : 0;
      const line = (operation: 'send' | 'receive'): EndCost => {
        const base = prices.operation(operation, 0);
        return { base: base + extra, perByte: (prices.operation(operation, MANY) - base) / MANY };
      };
      return {
        send: line('send'),
        receive: line('receive'),
        gap: kernel ? 0 : terms.gap,
        notes:
          extra === 0
            ? []
            : [`remote procedure calls: ${RPC_EXTRA.value} us an end of an HP 9000/735 (${RPC_EXTRA.fact})`],
      };
    }
  }
}
