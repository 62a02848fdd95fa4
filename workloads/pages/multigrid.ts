/**
 * A multigrid solver: V-cycles of sweeps over grids of n, n/8, n/64 ... pages (each grid has half as many points in each
 * of three dimensions). A cycle relaxes on each grid on the way down and again on the way up; relaxation goes through
 * the grid's pages in order and writes each.
 *
 * Left out: right-hand sides and residuals as arrays of their own, and the neighbouring planes that a stencil reads,
 * which stay in memory while a sweep passes.
 * Source: section 1.9 of the project's reference on memory and networks (sweeps over arrays of sizes n, n/8, n/64).
 */
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { checkCount, type MadeReferences, writes } from './laws.ts';

export const MULTIGRID_LAW = {
  doc: 'V-cycles of sweeps over grids of n, n/8, n/64 ... pages',
  fields: {
    pages: {
      kind: 'integer',
      doc: 'pages of all grids together',
      default: 8192,
      min: 1,
      max: 2 ** 30,
    },
    cycles: { kind: 'integer', doc: 'V-cycles', default: 10, min: 1 },
    sweeps: {
      kind: 'integer',
      doc: 'relaxation sweeps on a grid each way (assumed: 1)',
      default: 1,
      min: 1,
    },
    writes: writes('100%'),
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];
const GROUP = { kind: 'group', doc: '', fields: MULTIGRID_LAW.fields } as const satisfies Field;

/** Pages of each grid, the finest first, that add up to `pages`. */
export function grids(pages: number): number[] {
  // 1 + 1/8 + 1/64 + ... = 8/7; what rounding leaves goes to the finest.
  const sizes: number[] = [];
  for (let size = Math.round((pages * 7) / 8); size >= 1; size = Math.round(size / 8)) sizes.push(size);
  if (sizes.length === 0) return [pages];
  sizes[0]! += pages - sizes.reduce((sum, size) => sum + size, 0);
  return sizes;
}

export function multigrid({ pages, cycles, sweeps }: Read<typeof GROUP>, made: MadeReferences): void {
  const sizes = grids(pages);
  checkCount('multigrid', 2 * pages * cycles * sweeps);
  const starts = sizes.map((_, k) => sizes.slice(0, k).reduce((sum, size) => sum + size, 0));
  const relax = (grid: number) => {
    const start = starts[grid]!;
    const end = start + sizes[grid]!;
    for (let k = 0; k < sweeps; k++) for (let page = start; page < end; page++) made.refer(page);
  };
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let grid = 0; grid < sizes.length; grid++) relax(grid);
    for (let grid = sizes.length - 2; grid >= 0; grid--) relax(grid);
  }
}
