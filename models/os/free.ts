/**
 * A structure in which everything costs nothing: a bound, and what exact experiments run on.
 *
 * Left out: all costs, by its purpose.
 */
import { defineStructure } from './structure.ts';

export const free = defineStructure({
  name: 'free',
  title: 'everything free',
  describes: 'Services, crossings and GLUnix’s own operations cost nothing: a bound.',
  source: 'by definition',
  blast: {
    place: 'process',
    checks: 'perfect',
    why: 'A bound: no fault has any effect.',
  },
  crossing: () => [],
  inside: () => [],
  service: () => [],
  upcall: () => [],
  fault: () => [],
  lock: () => [],
  switch: () => [],
});
