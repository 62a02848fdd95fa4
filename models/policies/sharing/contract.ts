/**
 * Where a sequential job runs: at the node of its user, or at another one.
 *
 * The mechanism (`models/sharing`) calls the policy when a job has come to a node, and acts on its answer: a decision,
 * or a question (a probe of one node, or the decider's name for one), whose answer is the next call. Moves, probes and
 * messages take the time and the CPU that the mechanism charges. The policy decides on what the node has been told by then: its own
 * load, answers, and the load vector where one is sent round; only kinds marked `oracle` see more.
 *
 * Answers are integers, so that a job costs no object: a node (send the job there), or one of the words below.
 */
import type { Source } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';

/** A node to send to, from 0 on; or `KEEP`, `ASK`, `HOLD`, or what `probe` gives. */
export type Decision = number;
/** The job runs where it is. */
export const KEEP = -1;
/** The decider is to name a node: the answer is the next call. */
export const ASK = -2;
/** The job joins the one queue of the building. */
export const HOLD = -3;
const PROBE = -4;

/** A question to `node` for its load: the answer is the next call. */
export function probe(node: number): Decision {
  return PROBE - node;
}

/** The node of a decision that `probe` made. */
export function probed(decision: Decision): number {
  return PROBE - decision;
}

/** What a node can read. A `task` is a job from its submission to its end: a small integer, used again afterwards. */
export interface SharingView {
  /** The present instant, ns. */
  readonly now: number;
  readonly nodes: number;
  /** Jobs at the node, the one in service included; only kinds marked `oracle` ask for another node than that which decides. */
  load(node: number): number;
  /** Speed of a node, relative to the machine of the scenario: known to all. */
  speed(node: number): number;
  /** How often the job has been moved. */
  moves(task: number): number;
  /** Number of the program that the job runs; -1 unknown. */
  program(task: number): number;
  /** Memory of the job, bytes. */
  memory(task: number): number;
  /** CPU time that the job has got, ns. */
  age(task: number): number;
  /** The jobs at a node, the last to come first; -1 ends the row. Kept for pre-emptive kinds only. */
  first(node: number): number;
  next(task: number): number;
  /** Load of a node by the vector that was last sent round, and when that was made, ns; -infinity: none yet. */
  told(node: number): number;
  readonly toldAt: number;
}

export interface SharingPolicy {
  /** `task` has come to `node`: submitted there, or moved there (`view.moves`). It is not counted in the node's load, unless the kind is pre-emptive. */
  arrived(task: number, node: number): Decision;
  /** The answer to a question of `node` for `task`: the load of `other`; -1, 0: the decider knows none. */
  answered(task: number, node: number, other: number, load: number): Decision;
  /** Of a pre-emptive kind: the job that the last decision sends away. */
  readonly subject?: number;
  /** Of a kind that holds jobs: `node` has no job any more. Whether it takes the job that has been held longest, which is at `home`. */
  freed?(node: number, home: number): boolean;
  /** A job of `home` that ran `program` (-1 unknown) has ended, having used `cpu` ns. */
  ended?(home: number, program: number, cpu: number): void;
}

/** Numbers as `readFields` gives them. */
export type SharingParameters = Readonly<Record<string, unknown>>;

export interface SharingPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Sees the truth without being told: a bound. */
  readonly oracle?: true;
  /** Moves jobs that run. A job that comes joins its node first. */
  readonly preemptive?: true;
  /** Asks the decider. */
  readonly asks?: true;
  /** Time between two load vectors that a collector sends round, ns; where it needs them. */
  vectorEvery?(parameters: SharingParameters): number;
  /** Probes that one job may cause, at most. */
  mostProbes?(parameters: SharingParameters): number;
  create(view: SharingView, parameters: SharingParameters, chance: Source): SharingPolicy;
}

/** Setting of policies that leave a job where it is while its node has fewer jobs. */
export const THRESHOLD = {
  kind: 'integer',
  doc: 'a job stays at a node that has fewer jobs than this, the one in service counted (L002)',
  default: 2,
  min: 1,
} as const satisfies Field;

/** Setting of policies that probe: as many different nodes as there are, if there are fewer. */
export const PROBES = {
  kind: 'integer',
  doc: 'nodes probed at most, all different, the own one not among them (L002)',
  default: 3,
  min: 1,
} as const satisfies Field;
