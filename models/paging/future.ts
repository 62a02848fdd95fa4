/** What a string of references holds in store, for the optimal replacement. */
import type { ReferenceTable } from '../../workloads/pages/index.ts';
import type { Future } from '../policies/replacement/contract.ts';

const NEVER = 2 ** 32 - 1;

/** The next reference to the same page, for every position; found in one pass from the end. */
export function futureOf({ n, refs, unique }: ReferenceTable): Future {
  const next = new Uint32Array(n);
  const seen = new Uint32Array(unique).fill(NEVER);
  for (let i = n - 1; i >= 0; i--) {
    const page = refs[i]! >>> 1;
    next[i] = seen[page]!;
    seen[page] = i;
  }
  return {
    nextUse: (position) => {
      const at = next[position]!;
      return at === NEVER ? Number.POSITIVE_INFINITY : at;
    },
  };
}
