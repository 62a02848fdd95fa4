/** The server with most frames free, as it has told; the lowest number among equals. */
import type { MemoryServerPolicyKind } from './contract.ts';

export const mostFree: MemoryServerPolicyKind = {
  doc: 'the server that has told of most free frames',
  fields: {},
  create: (view) => ({
    choose(barred) {
      let best = -1;
      let most = 0;
      for (let node = 0; node < view.nodes; node++) {
        if (barred[node] === 1 || view.free(node) <= most) continue;
        best = node;
        most = view.free(node);
      }
      return best;
    },
  }),
};
