/** A validation case: an experiment run like any other, and the value that must come out. */
import type { Plain } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';

export interface Case {
  /** V01, P02, O1, M3 ... */
  readonly id: string;
  readonly title: string;
  /** Where the expected value comes from. */
  readonly source: string;
  /** exact: a closed form or a golden file, which must be met; published: a measured result of a paper. */
  readonly kind: 'exact' | 'published';
  /** The experiment as a file would hold it. */
  readonly experiment: Plain;
  readonly expected: number;
  /** Largest |got - expected| that passes: a number in the unit of `expected`, or a share of it such as '5%'. */
  readonly tolerance: number | string;
  /**
   * The value that came out; a list has one value for each replication, from which mean and 99 % interval are
   * taken: where that excludes the expected value, or the mean is outside the tolerance, the case is run once more, as `longer` says, and that counts.
   */
  readonly got: (result: ExperimentResult) => number | readonly number[];
  /** Settings that make the experiment four times as long (`path=value` each); without it: four times the replications. */
  readonly longer?: readonly string[];
  /** Too long for the test suite: run by `nowsim validate` only. */
  readonly slow?: boolean;
}
