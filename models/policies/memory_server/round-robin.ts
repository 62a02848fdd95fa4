/** Servers in turn. Source: the pager of Markatos and Dramitinos 1996. */
import type { MemoryServerPolicyKind } from './contract.ts';

export const roundRobin: MemoryServerPolicyKind = {
  doc: 'servers in turn, those without free frames passed over',
  fields: {},
  create(view) {
    let last = view.nodes - 1;
    return {
      choose(barred) {
        for (let k = 1; k <= view.nodes; k++) {
          const node = (last + k) % view.nodes;
          if (barred[node] === 1 || view.free(node) === 0) continue;
          last = node;
          return node;
        }
        return -1;
      },
    };
  },
};
