/** A uniformly random server that has told of free frames. */
import type { MemoryServerPolicyKind } from './contract.ts';

export const random: MemoryServerPolicyKind = {
  doc: 'a uniformly random server that has told of free frames',
  fields: {},
  create: (view, chance) => ({
    choose(barred) {
      let fit = 0;
      for (let node = 0; node < view.nodes; node++) if (barred[node] === 0 && view.free(node) > 0) fit++;
      if (fit === 0) return -1;
      let left = Math.floor(chance.next() * fit);
      for (let node = 0; ; node++) {
        if (barred[node] === 0 && view.free(node) > 0 && left-- === 0) return node;
      }
    },
  }),
};
