/**
 * Which page of a node's memory leaves when a frame is needed.
 *
 * The policy is told which frames hold pages and when they are referred to, and names a frame; the mechanism
 * (`models/paging/process.ts`) takes the page out of it. References that hit are told one by one, in a loop without
 * events. Only a policy that is marked `oracle` is given the references to come.
 */
import type { Source } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';

export interface ReplacementPolicy {
  /** A page has come into the frame by the reference at a position. */
  placed(frame: number, position: number): void;
  /** The page in the frame is referred to by the reference at a position. */
  touched(frame: number, position: number): void;
  /** The page has left the frame, which was chosen or given up. */
  removed(frame: number): void;
  /** A frame that holds a page; asked only while there is one. Does not remove it. */
  choose(): number;
}

/** What is to come: for oracles. */
export interface Future {
  /** Position of the next reference to the page that the reference at `position` goes to; infinity: none. */
  nextUse(position: number): number;
}

export interface ReplacementPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Whether it is given the future. A bound, no policy that could be built. */
  readonly oracle: boolean;
  /** `future` is null unless the policy is an oracle. */
  create(frames: number, chance: Source, future: Future | null): ReplacementPolicy;
}
