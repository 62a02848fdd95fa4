/**
 * A validation case: an experiment run like any other, or a price of the cost model, and the value that must come out.
 *
 * A structure's answer to "what does this path cost" is a price, not an experiment: nothing is simulated. Such a
 * case is `priced`: the cost model's own steps, splits, mixes and break-even rates on a machine, as `nowsim explain`
 * prints them.
 */
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';

interface Described {
  /** P02, O1, M3 ... */
  readonly id: string;
  readonly title: string;
  /** Where the expected value comes from. */
  readonly source: string;
  /** Largest |got - expected| that passes: a number in the unit of `expected`, or a share of it such as '5%'. */
  readonly tolerance: number | string;
  /** The ends, where a bracket was published: `expected` is its middle and `tolerance` half its width. */
  readonly bracket?: readonly [low: number, high: number];
  /** Rows of the sources that go into the value, and rows that say what must come out: no row is on both sides. */
  readonly rows?: Rows;
  /** Too long for the test suite: run by `nowsim validate` only. */
  readonly slow?: boolean;
}

export interface Rows {
  readonly in: () => readonly string[];
  readonly out: readonly string[];
}

interface Judged {
  /** exact: a closed form or a golden file, which must be met; published: a measured result of a paper. */
  readonly kind: 'exact' | 'published';
  readonly expected: number;
}

interface Reported {
  /** Printed without a verdict: inputs that are recalled, or a mix that is guessed. */
  readonly kind: 'reported';
  /** null: nothing is published beside it. */
  readonly expected: number | null;
}

interface ByExperiment {
  /** The experiment as a file would hold it. */
  readonly experiment: Plain;
  /**
   * The value that came out; a list has one value for each replication, from which mean and 99 % interval are
   * taken: where that excludes the expected value, or the mean is outside the tolerance, the case is run once more, as `longer` says, and that counts.
   */
  readonly got: (result: ExperimentResult) => number | readonly number[];
  /** Settings that make the experiment four times as long (`path=value` each); without it: four times the replications. */
  readonly longer?: readonly string[];
}

interface ByPrice {
  /** The value that the cost model gives. */
  readonly priced: () => number;
}

export type Case = Described & (Judged | Reported) & (ByExperiment | ByPrice);
