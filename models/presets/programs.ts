/**
 * Programs counted under a monolithic kernel and under Mach with a Unix server: instructions, the share of them in
 * the system, idle instructions (waiting for the disk), and memory stalls.
 *
 * `paths.ts` takes the length of Mach's path from five of them. The times that were measured beside the counts are
 * no part of this table: they are what the counts must add up to.
 *
 * Left out: the floating-point programs (their interlocks are not counted) and the Andrew benchmark (one system only).
 * Source: Chen & Bershad 1993, Tables 2-3 and Figure 2-1 (rows CB93-*), a DECstation 5000/200.
 */
import type { Constant } from './constant.ts';
import { measured } from './constant.ts';

export type CountedSystem = 'Ultrix' | 'Mach';

/** What was counted of one program under one system. */
export interface Counts {
  /** Thousands of instructions, idle ones left out. */
  readonly instructions: Constant;
  /** Per cent of them in the system. */
  readonly system: Constant;
  /** Thousands of instructions of the idle loop. */
  readonly idle: Constant;
  /** Memory stall cycles per instruction, user and system together. */
  readonly stalls: Constant;
}

export type CountedProgram = Readonly<Record<CountedSystem, Counts>>;

type Row = readonly [instructions: number, system: number, idle: number, stalls: number];
const TABLE: Readonly<Record<string, readonly [Row, Row]>> = {
  sed: [
    [5704, 24, 5876, 0.227],
    [7763, 44, 1270, 0.495],
  ],
  egrep: [
    [43_277, 4, 2495, 0.035],
    [45_029, 7, 914, 0.081],
  ],
  yacc: [
    [32_799, 6, 13_220, 0.067],
    [34_539, 10, 2809, 0.129],
  ],
  gcc: [
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: a measured number that is like a logarithm
    [29_318, 22, 63_684, 0.434],
    [35_939, 36, 27_027, 0.69],
  ],
  compress: [
    [16_896, 19, 5555, 0.25],
    [19_926, 31, 2225, 0.418],
  ],
  espresso: [
    [135_385, 2, 21_601, 0.041],
    [137_806, 4, 8069, 0.068],
  ],
  lisp: [
    [1_288_027, 3, 1005, 0.015],
    [1_276_619, 2, 0, 0.038],
  ],
  eqntott: [
    [1_414_369, 1, 10_632, 0.154],
    [1_417_868, 1, 0, 0.157],
  ],
};

const counts = (program: string, letter: 'U' | 'M', [instructions, system, idle, stalls]: Row): Counts => ({
  instructions: measured(instructions, 'thousands', `CB93-${program}-${letter}i`),
  system: measured(system, '%', `CB93-${program}-${letter}s`),
  idle: measured(idle, 'thousands', `CB93-${program}-${letter}idle`),
  stalls: measured(stalls, 'cycles/instr', `CB93-${program}-${letter}mcpi`),
});

/** The programs by name. */
export const COUNTED_PROGRAMS: Readonly<Record<string, CountedProgram>> = Object.fromEntries(
  Object.entries(TABLE).map(([name, [ultrix, mach]]) => [
    name,
    { Ultrix: counts(name, 'U', ultrix), Mach: counts(name, 'M', mach) },
  ]),
);
