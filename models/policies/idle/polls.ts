/**
 * The instants at which the daemons of nodes poll: each every period, from a time of its own on. A policy asks for the
 * first poll at which something can be seen, so that polls which would show nothing new are not simulated.
 *
 * Instants are whole nanoseconds, so that computing a poll gives what adding up periods gives.
 */
import type { StreamBank } from '../../../sim/engine/streams.ts';
import type { Field } from '../../../sim/experiment/fields.ts';

/** The setting `phase` of policies that poll. */
export const PHASE = {
  kind: 'choice',
  doc: 'when the daemons poll',
  of: { spread: 'each at an instant of its own', together: 'all at multiples of the period' },
  default: 'spread',
} as const satisfies Field;

export class Polls {
  private readonly period: number;
  /** First poll of each node, ns. */
  private readonly first: Float64Array;
  /** Latest poll that was carried out, ns. */
  private readonly done: Float64Array;

  /** Polls every `period` ns; a daemon that starts at zero takes its first poll a period later. */
  constructor(nodes: number, period: number, phase: unknown, chance: StreamBank) {
    this.period = Math.max(1, Math.round(period));
    this.first = new Float64Array(nodes).fill(this.period);
    if (phase === 'spread') {
      for (let i = 0; i < nodes; i++) this.first[i] = Math.floor(chance.next(i) * this.period);
    }
    this.done = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
  }

  /** The poll of this instant is carried out. */
  carryOut(node: number, now: number): void {
    this.done[node] = now;
  }

  /** First poll at `time` or later that is not over at `now`. */
  from(node: number, time: number, now: number): number {
    if (time === Number.POSITIVE_INFINITY) return time;
    const first = this.first[node]!;
    const least = this.done[node]! >= now ? now + 1 : now;
    const earliest = Math.max(first, time, least);
    return first + Math.ceil((earliest - first) / this.period) * this.period;
  }

  /** First poll later than `time` that is not over at `now`. */
  after(node: number, time: number, now: number): number {
    if (time < now) return this.from(node, now, now);
    const at = this.from(node, time, now);
    return at > time ? at : at + this.period;
  }
}
