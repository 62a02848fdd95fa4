/**
 * How a process waits for a message: how long it spins before it gives the CPU away.
 *
 * A policy sees only what the process itself can know: the terms of its network and the price of a switch.
 */
import type { Field } from '../../../sim/experiment/fields.ts';

/** A wait as the process that begins it sees it; times in ns. */
export interface Wait {
  /** `one-way`: a message that its partner sends anyway; `read`: an answer; `barrier`: the last one's arrival. */
  readonly kind: 'one-way' | 'read' | 'barrier';
  /** L of a message of this length: from leaving a node to being at the other. */
  readonly latency: number;
  /** o of the sender and of the receiver. */
  readonly sendOverhead: number;
  readonly receiveOverhead: number;
  /** W: the price of a context switch. */
  readonly switchCost: number;
  /** Expected time between the arrivals of the first and the last process at a barrier, all of them running. */
  readonly skew: number;
}

export interface WaitingPolicy {
  /** ns to spin from the beginning of the wait; 0: block at once; Infinity: never block. */
  spin(wait: Wait): number;
  /** ns to spin on after the last arrival of any message. */
  readonly whileArriving: number;
}

/** Numbers as `readFields` gives them: times in ns. */
export type WaitingParameters = Readonly<Record<string, unknown>>;

export interface WaitingPolicyKind {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** `switchCost`: W, ns. */
  create(parameters: WaitingParameters, switchCost: number): WaitingPolicy;
}
