/**
 * Heartbeats: every live node's daemon tells the master so once a beat time, and a node whose last beat is too old is
 * taken for dead.
 *
 * No beat is an event: when the last one before a crash was sent, and how many were sent by now, is computed. A crash
 * at a random instant is noticed after a delay that is uniform between (k - 1) h and k h, h the beat time, k the
 * misses, and the time of a message more.
 */
import type { StreamBank } from '../../sim/engine/streams.ts';

export class Heartbeats {
  /** ns between two beats of a node. */
  readonly every: number;
  /** ns after the last beat from which on a node is taken for dead. */
  readonly patience: number;
  /** A beat of each node, from which the others follow. */
  private readonly phase: Float64Array;
  /** 1 while the node is down. */
  private readonly silent: Uint8Array;
  private sentBefore = 0;
  /** Time from which each node's beats are not counted yet. */
  private readonly counted: Float64Array;

  /** Beats of `every` ns; nodes begin at times of their own (`chance`: a stream a node). */
  constructor(nodes: number, every: number, misses: number, chance: StreamBank) {
    this.every = Math.max(1, Math.round(every));
    this.patience = misses * this.every;
    this.phase = Float64Array.from({ length: nodes }, (_, node) =>
      Math.floor(chance.next(node) * this.every),
    );
    this.silent = new Uint8Array(nodes);
    this.counted = new Float64Array(nodes);
  }

  /** The last beat at or before `time`, ns; a node is registered one beat time before its first one. */
  last(node: number, time: number): number {
    const phase = this.phase[node]!;
    return phase + Math.floor((time - phase) / this.every) * this.every;
  }

  /** The first beat after `time`, ns. */
  next(node: number, time: number): number {
    return this.last(node, time) + this.every;
  }

  /** When a node that falls silent at `time` is taken for dead, ns. */
  deadAt(node: number, time: number): number {
    return this.last(node, time) + this.patience;
  }

  /** The node sends no beats from now on. */
  stop(node: number, now: number): void {
    this.sentBefore += this.sentBy(node, now);
    this.silent[node] = 1;
  }

  /** The node is up again and sends its first beat now. */
  start(node: number, now: number): void {
    this.silent[node] = 0;
    this.phase[node] = now;
    this.counted[node] = now;
  }

  /** Beats sent up to `now`. */
  sent(now: number): number {
    let sum = this.sentBefore;
    for (let node = 0; node < this.phase.length; node++) sum += this.sentBy(node, now);
    return sum;
  }

  private sentBy(node: number, now: number): number {
    if (this.silent[node] === 1) return 0;
    const before = Math.floor((this.counted[node]! - 1 - this.phase[node]!) / this.every);
    return Math.max(0, Math.floor((now - this.phase[node]!) / this.every) - before);
  }
}
