/**
 * What sharing costs: messages, moves of jobs that have not run, and moves of jobs that run. CPU times come from the OS
 * structure's operations, wire times from the network; settings may replace either by a plain time. Under `free` all of it is zero.
 */

import { logGp } from '../hardware/network/logp.ts';
import { wireTime } from '../hardware/network/medium.ts';
import type { OsPrices } from '../os/index.ts';
import type { Network } from '../presets/networks.ts';
import type { SharingSettings } from './fields.ts';

/** Bytes of a message that asks, answers or tells a load (assumed: a header and some numbers). */
const SHORT_MESSAGE = 64;

/** One message, ns: CPU of the sender, way from node to node, CPU of the receiver. */
export interface Fare {
  readonly send: number;
  readonly delay: number;
  readonly receive: number;
}

/** Moving a job, ns: CPU before it leaves, plain time, CPU before it goes on. `wire`: its bytes go over the network. */
export interface MovePrice {
  cpuFrom(bytes: number): number;
  plain(bytes: number): number;
  cpuTo(bytes: number): number;
  readonly wire: boolean;
  /** Nothing is charged and nothing takes time, whatever the bytes. */
  readonly free: boolean;
}

export interface SharingPrices {
  readonly message: Fare;
  readonly probe: Fare;
  /** A job that has not run. */
  readonly transfer: MovePrice;
  /** A job that runs. */
  readonly move: MovePrice;
  /** The master's CPU for a message in and for one out, ns. */
  readonly receive: number;
  readonly send: number;
}

/** A message that takes `delay` ns and no CPU. */
export function plainFare(delay: number): Fare {
  return { send: 0, delay, receive: 0 };
}

/** Prices under `structure`, of pages of `page` bytes. */
export function sharingPrices(
  structure: OsPrices,
  network: Network,
  page: number,
  settings: SharingSettings,
  free: boolean,
): SharingPrices {
  const price = (operation: Parameters<OsPrices['operation']>[0]) =>
    free ? 0 : structure.operation(operation);
  const send = price('send');
  const receive = price('receive');
  const message: Fare = {
    send,
    delay: free ? 0 : logGp(network).latency + wireTime(SHORT_MESSAGE, network),
    receive,
  };
  const sendPage = free ? 0 : structure.operation('transfer-page', page);
  const receivePage = free ? 0 : structure.operation('receive', page);
  const {
    transfer_cpu: transferCpu,
    transfer_time: way,
    probe_time: probeTime,
    freeze,
    move_rate: moveRate,
  } = settings;
  const spawn = price('spawn');
  const transfer: MovePrice =
    transferCpu === 'structure'
      ? {
          cpuFrom: (bytes) => send + (bytes / page) * sendPage,
          plain: () => way,
          cpuTo: (bytes) => receive + (bytes / page) * receivePage + spawn,
          wire: !free,
          free: free && way === 0,
        }
      : {
          cpuFrom: () => transferCpu,
          plain: () => way,
          cpuTo: () => 0,
          wire: !free,
          free: free && transferCpu === 0 && way === 0,
        };
  const fixedFrom = freeze === 'structure' ? price('freeze') : 0;
  const fixedTo = freeze === 'structure' ? price('resume') : 0;
  const fixed = freeze === 'structure' ? 0 : freeze;
  const perByte = moveRate === 'network' ? 0 : 1e9 / moveRate;
  const onWire = moveRate === 'network' && !free;
  const move: MovePrice = {
    cpuFrom: (bytes) => fixedFrom + (onWire ? (bytes / page) * sendPage : 0),
    plain: (bytes) => fixed + bytes * perByte,
    cpuTo: (bytes) => fixedTo + (onWire ? (bytes / page) * receivePage : 0),
    wire: onWire,
    free: free && fixed === 0 && perByte === 0,
  };
  return {
    message,
    probe: probeTime === 'structure' ? message : plainFare(probeTime / 2),
    transfer,
    move,
    receive,
    send,
  };
}
