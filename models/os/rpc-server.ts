/**
 * Servers behind kernel messages with threads of their own (V, Amoeba, Taos's SRC RPC): every call is a message,
 * a scheduling and a message back; bytes are copied at each stage.
 *
 * Left out: servers on other nodes (a message, where it is simulated).
 * Source: section 3, rows of Bershad et al. 1990, Table 2.
 */
import { MESSAGE_COPIES_IN, MESSAGE_COPIES_OUT } from '../presets/paths.ts';
import type { Prices, Step } from './cost.ts';
import { serviceSteps, step } from './cost.ts';
import { kernelBody } from './in-kernel.ts';
import { defineStructure } from './structure.ts';

const COPIES = { in: MESSAGE_COPIES_IN, out: MESSAGE_COPIES_OUT };

const rpc = (prices: Prices): Step =>
  step('RPC through the kernel to a server thread', 'switch', 1, prices.of('kernel-rpc'));

export const rpcServer = defineStructure({
  name: 'rpc-server',
  title: 'servers behind kernel messages',
  describes: 'V, Amoeba and Taos: every service a message to a server thread and one back.',
  source: 'Bershad et al. 1990, Table 2',
  blast: {
    place: 'server',
    checks: 'none',
    why: 'A server in a space of its own: the kernel survives, programs whose state it held do not.',
  },
  crossing: (prices) => [rpc(prices)],
  inside: kernelBody,
  service: (s, prices, bytes) => [rpc(prices), ...serviceSteps(s, prices, COPIES, undefined, bytes)],
  upcall: (prices) => [rpc(prices)],
  fault: (prices) => [rpc(prices)],
  lock: (prices) => [step('RPC for the lock', 'lock', 1, prices.of('kernel-rpc'))],
  // A null RPC holds two schedulings, so half of one bounds a switch.
  switch: (prices) => [step('switch: at most half a null RPC', 'scheduling', 0.5, prices.of('kernel-rpc'))],
});
