/**
 * A kind of run: what is simulated under which settings. Every kind reads the same experiment file (`scripts/fields.ts`)
 * and takes those files that name its input; the first kind of `index.ts` that takes a file carries it out.
 */
import type { Streams } from '../../sim/engine/streams.ts';
import type { Plain } from '../../sim/experiment/fields.ts';
import type { RunOutputs, RunResult, Study } from '../../sim/experiment/study.ts';
import type { Settings } from '../fields.ts';

export interface RunKind {
  /** Whether a scenario is of this kind. */
  takes(settings: Settings): boolean;
  /** What its runs may report; a measure of the same name and unit may belong to several kinds. */
  readonly measures: Study['measures'];
  /** Checks the scenario, adds presets' numbers (`presets`) and traces' digests (`inputs`). Throws `InputError`. */
  settle(scenario: Plain, settings: Settings): Promise<Plain>;
  /** One run of a settled scenario. */
  run(settings: Settings, streams: Streams, outputs: RunOutputs): Promise<RunResult>;
}
