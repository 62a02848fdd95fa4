/**
 * Gossip: every period each node sends its own load to some nodes chosen at random; each keeps the newest that it has
 * heard of every other, with its age, and names the least loaded by that, the newest of equals. A node adds one to the load
 * that it tells for every job that it has been told to expect, and to what it knows of a node to which it has sent one.
 *
 * Left out: MOSIX's older form in which half of the vector is sent on; weighing a load by its age.
 * Source: MOSIX (Barak, Shiloh and Wheeler 1989, as described by Douglis 1990: L033, L034).
 */
import type { DeciderKind } from './contract.ts';
import { leastLoaded, MESSAGE_FIELDS } from './contract.ts';

export const gossip: DeciderKind = {
  doc: 'every node tells some others its load and names the least loaded that it has heard of (MOSIX)',
  fields: {
    every: {
      kind: 'time',
      doc: "time between two sendings of a node's load (L033)",
      default: '1s',
      above: 0,
    },
    fanout: { kind: 'integer', doc: 'nodes that it is sent to, chosen at random (L033)', default: 3, min: 1 },
    ...MESSAGE_FIELDS,
  },
  knows: 'gossip',
  create: (table) => ({ choose: (at, home) => leastLoaded(table, at, home, 'last') }),
};
