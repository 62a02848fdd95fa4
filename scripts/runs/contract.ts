/**
 * A kind of run: what is simulated under which settings. Every kind reads the same experiment file (`scripts/fields.ts`)
 * and takes those files that name its input; the first kind of `index.ts` that takes a file carries it out. Each says
 * which settings its runs read, and under which conditions (`reads.ts`); a test changes every setting under every kind.
 */
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult, Study } from '../../sim/experiment/study.ts';
import type { Settings } from '../fields.ts';
import type { Reads } from './reads.ts';

export interface RunKind {
  /** What its runs are, for messages: `a building`. */
  readonly title: string;
  /** What makes a run one of this kind, for messages. */
  readonly by: string;
  /** Settings by which `takes` chooses: kinds that are asked later read them too. */
  readonly chosenBy: readonly string[];
  /** Whether a scenario is of this kind. */
  takes(settings: Settings): boolean;
  readonly reads: readonly Reads[];
  /** What its runs may report; a measure of the same name and unit may belong to several kinds. */
  readonly measures: Study['measures'];
  /** Checks the scenario, adds presets' numbers (`presets`) and traces' digests (`inputs`). Throws `InputError`. */
  settle(scenario: Plain, settings: Settings): Promise<Plain>;
  /** One run of a settled scenario. */
  run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult>;
}
