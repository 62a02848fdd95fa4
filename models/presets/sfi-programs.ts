/**
 * The 16 programs of Wahbe et al. 1993, Table 1: what software fault isolation cost each.
 *
 * Left out: the cost of the five registers set aside, measured alone (0.4 % in the mean).
 * Source: rows WAH-T1-*; those of the column "loads, stores and jumps" are of medium confidence (rows average
 * 20.3 %, the paper prints 21.8 %).
 */
import type { Constant } from './constant.ts';
import { measured } from './constant.ts';

/** One program of the table; all numbers are per cent. */
export interface SfiProgram {
  readonly name: string;
  readonly floatingPoint: boolean;
  /** Measured overhead, checks on stores and jumps. */
  readonly writes: Constant;
  /** Measured overhead, checks on loads, stores and jumps. */
  readonly full: Constant;
  /** Instructions added. */
  readonly added: Constant;
  /** Overhead predicted by the authors from the added instructions and the floating-point interlocks that hide them. */
  readonly predicted: Constant;
  /** Measured on an Alpha; two programs did not run there. */
  readonly alpha?: { readonly writes: Constant; readonly full: Constant };
}

// Name, floating point?, then per cent: stores and jumps, loads too, added, predicted; the first two on an Alpha.
const TABLE: readonly (readonly [
  string,
  boolean,
  number,
  number,
  number,
  number,
  (readonly [writes: number, full: number])?,
])[] = [
  ['alvinn', true, 1.4, 33.4, 19.4, 0.2, [8.1, 35.5]],
  ['bps', true, 5.6, 15.5, 8.9, 5.7, [4.7, 20.3]],
  ['cholesky', true, 0.0, 22.7, 6.5, -1.5, [0.0, 9.3]],
  ['compress', false, 3.3, 13.3, 10.9, 4.4, [-4.3, 0.0]],
  ['ear', true, -1.2, 19.1, 12.4, 2.2, [3.7, 18.3]],
  ['eqntott', false, 2.9, 34.4, 2.7, 2.2, [2.3, 17.4]],
  ['espresso', false, 12.4, 27.0, 11.8, 10.5, [13.3, 33.6]],
  ['gcc1.35', false, 3.1, 18.7, 17.0, 8.9],
  ['li', false, 5.1, 23.4, 14.9, 11.4, [5.4, 16.2]],
  ['locus', false, 8.7, 30.4, 10.3, 8.6, [4.3, 8.7]],
  ['mp3d', true, 10.7, 10.7, 13.3, 8.7, [0.0, 6.7]],
  ['psgrind', false, 10.4, 19.5, 12.1, 9.9, [8.0, 36.0]],
  ['qcd', true, 0.5, 27.0, 8.8, 1.2, [-0.8, 12.1]],
  ['sc', false, 5.6, 11.2, 8.0, 3.8],
  ['tracker', false, -0.8, 10.5, 3.9, 2.1, [10.9, 19.9]],
  ['water', true, 0.7, 7.4, 6.7, 1.5, [4.3, 12.3]],
];

/** The programs in the order of the table. */
export const SFI_PROGRAMS: readonly SfiProgram[] = TABLE.map(
  ([name, floatingPoint, writes, full, added, predicted, alpha]) => ({
    name,
    floatingPoint,
    writes: measured(writes, '%', `WAH-T1-${name}-fi`),
    full: measured(full, '%', `WAH-T1-${name}-prot`),
    added: measured(added, '%', `WAH-T1-${name}-instr`),
    predicted: measured(predicted, '%', `WAH-T1-${name}-pred`),
    ...(alpha === undefined
      ? {}
      : {
          alpha: {
            writes: measured(alpha[0], '%', `WAH-T1-${name}-afi`),
            full: measured(alpha[1], '%', `WAH-T1-${name}-aprot`),
          },
        }),
  }),
);

/** The mean overhead that the table prints for stores and jumps, per cent: the h of the published break-even rates. */
export const MEAN_OVERHEAD = measured(4.3, '%', 'WAH-T1-mean-fi');
