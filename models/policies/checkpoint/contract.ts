/**
 * When the tasks of a job are saved: how long a job runs between two checkpoints.
 *
 * The policy says the interval; the mechanism (`models/glunix/checkpoints.ts`) makes the job stand still, saves it,
 * and brings it back. All policies share what a checkpoint and a restart cost.
 */
import type { Source } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';
import { DALY_CASE } from '../../presets/recovery.ts';

/** Numbers as `readFields` gives them: times in ns, rates in bit/s. */
export type CheckpointParameters = Readonly<Record<string, unknown>>;

export interface CheckpointView {
  readonly now: number;
  /** Mean time between crashes of any of the job's nodes, ns: that of a node over the tasks; infinite without crashes. */
  mtbf(job: number): number;
  /** What a checkpoint of the job costs, ns. */
  cost(job: number): number;
}

export interface CheckpointPolicy {
  /** ns for which the job runs before it is saved next; infinity: never. */
  interval(job: number): number;
}

export interface CheckpointPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Whether it needs to know how often nodes crash. */
  readonly needsMtbf: boolean;
  create(view: CheckpointView, parameters: CheckpointParameters, chance: Source): CheckpointPolicy;
}

/**
 * What saving and bringing back cost. Defaults: the published case of Daly 2006 (fact F007: 5 and 10 min); fact M048
 * (recalled) has 5 s per MB of image for Condor on a VAXstation II, which is `bandwidth: 0.2MB/s`.
 */
export const COST_FIELDS = {
  cost: {
    kind: 'time',
    doc: 'for which the job stands still while it is saved (F007)',
    default: `${DALY_CASE.cost.value}min`,
    min: 0,
  },
  restart: {
    kind: 'time',
    doc: 'to bring a job back from what was saved (F007)',
    default: `${DALY_CASE.restart.value}min`,
    min: 0,
  },
  bandwidth: {
    kind: 'rate',
    doc: 'where set, a checkpoint and a restart take the image of a task at this rate instead, all tasks at once',
    default: 'none',
    above: 0,
    words: ['none'],
  },
} as const satisfies Record<string, Field>;
