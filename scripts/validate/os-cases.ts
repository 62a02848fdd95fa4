/**
 * O: cases of the OS cost model. The number is the case's in section 7 of the project's reference on OS structures;
 * OB: the break-even table of its section 4. What each case stands on is in its `rows`: the rows of the sources that
 * go in (taken from the priced steps and constants themselves) and those that say what must come out. No row is on
 * both sides of one case.
 *
 * Every value comes from the cost model: paths of steps, splits, mixes on machines, break-even rates. Tolerances are
 * those of the reference, never wider; a bracket is its middle and half its width. Misses stand in `misses.yaml` with
 * their causes.
 *
 * Left out: cases of which the reference has no number to compare with.
 */
import type { Case } from './case.ts';
import { pathCases } from './os-paths.ts';
import { reportedCases } from './os-reported.ts';
import { sumCases } from './os-sums.ts';

const inOrder = new Intl.Collator('en', { numeric: true });
const numberOf = (one: Case) => one.id.split('-')[0]!;

/** By their numbers; the break-even table comes last. */
export const osCases: readonly Case[] = [...pathCases(), ...sumCases(), ...reportedCases()].toSorted((a, b) =>
  inOrder.compare(numberOf(a), numberOf(b)),
);
