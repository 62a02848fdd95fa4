/**
 * Software fault isolation: what it charges, and whom.
 *
 * In the 1994 proposal the library is trusted and the application is not, so the tax h multiplies the whole user
 * time of every process linked with the library, busy or idle of calls; the library's own code runs unchecked.
 * h differs by program: it is drawn from the 16 measured programs, or fixed.
 *
 * Left out: the cache effect of larger code as state; it is in the measured overheads (s.d. 2.6 points around the
 * instruction-count model).
 *
 * Source: Wahbe et al. 1993, Table 1, Figure 5 and section 5.1.
 */
import type { Source } from '../../sim/engine/streams.ts';
import { InputError } from '../../sim/problem.ts';
import type { Constant } from '../presets/constant.ts';
import type { SfiProgram } from '../presets/sfi-programs.ts';
import { SFI_PROGRAMS } from '../presets/sfi-programs.ts';

/** Whose user time is taxed: every process linked with the library, or guests only. */
export type SfiCovers = 'all' | 'guests';
/** What is checked: stores and jumps, or loads too (secrecy). */
export type SfiChecks = 'writes' | 'full';

/** How SFI is set in an experiment. */
export interface SfiOptions {
  /** A fixed share of user time, or `per-program`: drawn for each program from the structure's own law. */
  readonly overhead: number | 'per-program';
  readonly checks: SfiChecks;
  readonly covers: SfiCovers;
}

export const SFI_DEFAULT: SfiOptions = { overhead: 'per-program', checks: 'writes', covers: 'all' };

/** The overheads that programs show under a structure, as shares: one of `values`, or anything between two. */
export interface OverheadLaw {
  readonly values: readonly number[];
  readonly between: boolean;
  readonly facts: readonly string[];
}

/** A law from constants in per cent: each program is one of them, or (`between`) lies between the first and the last. */
export function overheadLaw(percents: readonly Constant[], between = false): OverheadLaw {
  return {
    values: percents.map((c) => c.value / 100),
    between,
    facts: [...new Set(percents.flatMap((c) => c.fact.split(' + ')))],
  };
}

/** The measured programs of 1993, by what is checked. */
export const WAHBE: Readonly<Record<SfiChecks, OverheadLaw>> = {
  writes: overheadLaw(SFI_PROGRAMS.map((p) => p.writes)),
  full: overheadLaw(SFI_PROGRAMS.map((p) => p.full)),
};

/** The mean of a law, a share of user time. */
export function meanOverhead(law: OverheadLaw): number {
  return law.values.reduce((a, b) => a + b, 0) / law.values.length;
}

/** The overhead of one program: a share of its user time (it may be below zero: some programs ran faster). */
export function drawOverhead(law: OverheadLaw, source: Source): number {
  const u = source.next();
  if (law.between) {
    const first = law.values[0]!;
    return first + u * (law.values[law.values.length - 1]! - first);
  }
  return law.values[Math.min(law.values.length - 1, Math.floor(u * law.values.length))]!;
}

/** Counts from which the overhead of a program follows without measuring it. */
export interface CheckCounts {
  /** Unsafe stores and indirect jumps per instruction of the program. */
  readonly checksPerInstruction: number;
  /** Instructions that guard each (2: address sandboxing, 4: segment matching). */
  readonly instructionsPerCheck: number;
  /** Cycles per instruction of the program. */
  readonly cyclesPerInstruction: number;
  /** Cycles of floating-point interlocks, per instruction of the program, that the added instructions fill. */
  readonly interlocksFilled: number;
  /** Overhead of the registers set aside, a share. */
  readonly registers: number;
}

/** h from counts: added cycles over the cycles of the program, less interlocks filled, plus registers; a share of user time. */
export function overheadFromCounts(counts: CheckCounts): number {
  const { checksPerInstruction, instructionsPerCheck, cyclesPerInstruction, interlocksFilled, registers } =
    counts;
  return (checksPerInstruction * instructionsPerCheck - interlocksFilled) / cyclesPerInstruction + registers;
}

const integer = SFI_PROGRAMS.filter((p) => !p.floatingPoint);
/** Cycles per instruction of the integer programs, taken together, that their added instructions and predictions imply. */
export const INTEGER_CPI =
  integer.reduce((sum, p) => sum + p.added.value, 0) / integer.reduce((sum, p) => sum + p.predicted.value, 0);

/**
 * Overhead of a program of the table from its added instructions: a share of its user time. All programs have the
 * one CPI of the integer programs; a floating-point program has the interlocks that its published prediction implies.
 * The measured overhead does not enter.
 */
export function predictedOverhead(program: SfiProgram): number {
  const added = program.added.value / 100;
  return overheadFromCounts({
    checksPerInstruction: added / 2,
    instructionsPerCheck: 2,
    cyclesPerInstruction: INTEGER_CPI,
    interlocksFilled: program.floatingPoint ? added - (program.predicted.value / 100) * INTEGER_CPI : 0,
    registers: 0, // the added instructions of the table include those that spill the registers set aside
  });
}

/** The options, checked. Throws `InputError` where the overhead is no share. */
export function checkedSfi(options: Partial<SfiOptions>): SfiOptions {
  const all = { ...SFI_DEFAULT, ...options };
  if (all.overhead !== 'per-program' && !(Number.isFinite(all.overhead) && all.overhead > -1)) {
    throw new InputError({
      where: 'cluster.sfi.overhead',
      found: `${all.overhead} is not a share of user time`,
      would: 'write per-program, or a share such as 4.3%',
    });
  }
  return all;
}
