/**
 * How fast programs dirty their memory: what the V system measured of eight programs, after 0.2, 1 and 3 s.
 *
 * Between the points it goes up in straight lines, from nothing at the start; beyond 3 s it stays (the curves flatten).
 * The linking loader's last point is below the one before it; memory once dirty stays so, so the larger holds.
 * Left out: what a program dirties for the first time long after 3 s.
 * Source: Theimer, Lantz and Cheriton 1985, Table 4-1 (facts M040-M047; recalled). Before 2000, KB are KiB.
 */
import type { Constant } from './constant.ts';
import { recalled } from './constant.ts';

/** KB dirty after 0.2, 1 and 3 s of running. */
export type DirtyPoints = readonly [Constant, Constant, Constant];

const points = (fact: string, values: readonly [number, number, number]): DirtyPoints => [
  recalled(values[0], 'KB', fact, { at: 0 }),
  recalled(values[1], 'KB', fact, { at: 1 }),
  recalled(values[2], 'KB', fact, { at: 2 }),
];

export const DIRTY_PROGRAMS = {
  make: points('M040', [0.8, 1.8, 4.2]),
  cc68: points('M041', [0.6, 2.2, 6.2]),
  preprocessor: points('M042', [25.0, 40.2, 59.6]),
  parser: points('M043', [50.0, 76.8, 109.4]),
  optimizer: points('M044', [19.8, 32.2, 41.0]),
  assembler: points('M045', [21.6, 33.4, 48.4]),
  'linking-loader': points('M046', [25.0, 39.2, 37.8]),
  tex: points('M047', [68.6, 111.6, 142.8]),
} as const satisfies Record<string, DirtyPoints>;
export type DirtyProgram = keyof typeof DIRTY_PROGRAMS;
export const DIRTY_NAMES = Object.keys(DIRTY_PROGRAMS) as readonly DirtyProgram[];

/** Times of the points, ns. */
const TIMES = [0.2e9, 1e9, 3e9] as const;

/** Bytes that a program has dirtied after running for `time` ns. */
export type DirtyCurve = (time: number) => number;

/** The curve of a program of V by name, or of one that dirties memory at a constant rate, bit/s. */
export function dirtyCurve(of: DirtyProgram | number): DirtyCurve {
  if (typeof of === 'number') return (time) => (of * time) / 8e9;
  let most = 0;
  const bytes = DIRTY_PROGRAMS[of].map((c) => {
    most = Math.max(most, c.value * 1024);
    return most;
  });
  return (time) => {
    let [from, before] = [0, 0];
    for (const [i, to] of TIMES.entries()) {
      const after = bytes[i]!;
      if (time < to) return before + ((after - before) * (time - from)) / (to - from);
      [from, before] = [to, after];
    }
    return before;
  };
}
