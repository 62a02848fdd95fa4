/**
 * Software at the ends of a message, beside what networks carry with them and structures price: user-level messages,
 * remote procedure calls; and the unit figures of starting a program through one master.
 *
 * Sources: the rows of `sources.csv` named beside each number.
 */
import { assumed, derived, measured, recalled } from './constant.ts';

/** o of Active Messages on the HP 9000/735 and FDDI: a round trip less the wire, over four. */
export const ACTIVE_MESSAGES = derived(
  'us',
  [measured(29, 'us', 'NET-20'), measured(13, 'us', 'NET-50', { at: 2 })],
  'a quarter of the round trip less the wire',
  (roundTrip, wire) => (roundTrip - wire) / 4,
);

/** g of the same, where the network has none of its own. */
export const ACTIVE_MESSAGES_GAP = derived(
  'us',
  [ACTIVE_MESSAGES, assumed(2, 'ratio', 'the interface takes as long as both ends; no row gives it')],
  'twice the overhead',
  (overhead, factor) => factor * overhead,
);

const local = (value: number, at: number, note: string) => measured(value, 'us', 'WS-33', { at, note });
/** What a remote procedure call adds to UDP at each end of each message (HP 9000/735, round trips within it). */
export const RPC_EXTRA = derived(
  'us',
  [
    local(244, 1, 'UDP, the lower'),
    local(252, 2, 'UDP, the upper'),
    local(742, 3, 'RPC, the lower'),
    local(786, 4, 'RPC, the upper'),
  ],
  'a quarter of what the round trip is longer by, middles of both ranges',
  (udpLow, udpHigh, rpcLow, rpcHigh) => (rpcLow + rpcHigh - udpLow - udpHigh) / 8,
);

/** fork and exec on an Ultra 1. */
export const FORK_EXEC = measured(20, 'ms', 'WS-35', { at: 14 });

/** CPU time of a master for a message: Sprite's estimate of a central server, on a machine of 1990, not scaled. */
export const MASTER_MESSAGE = derived(
  'ms',
  [
    measured(1, '%', 'L037', { at: 0, note: 'of a CPU' }),
    measured(100, 'hosts', 'L037', { at: 1 }),
    assumed(60, 's', 'once a minute, in the words of the row'),
  ],
  'share of a CPU, by messages a second',
  (percent, hosts, period) => ((percent / 100) * period * 1e3) / hosts,
);

const cm5 = (value: number, at: number) => recalled(value, 'us', 'NET-25', { at });
/** LogP of the CM-5. */
export const CM5 = { latency: cm5(6, 0), overhead: cm5(2.2, 1), gap: cm5(4, 3) };
