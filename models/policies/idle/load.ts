/**
 * A load threshold: a node is idle while the average load of its owner's programs is low, whoever sits at it. The
 * average is exponential, of the time given; it is sampled every 5 s. The node is offered at the sample at which it is
 * at most `accept`, and guests are called off at the sample at which it is above `refuse`.
 *
 * The average follows a known course between two changes of the load, so the sample at which it crosses a threshold is
 * computed. Left out: input (an owner who only reads is not noticed: what the rule trades for simplicity).
 * Source: the load part of Condor's rule (facts A038, A039); the one-minute average is that of Unix (assumed).
 */
import type { StreamBank } from '../../../sim/engine/streams.ts';
import {
  type IdleParameters,
  type IdlePolicy,
  type IdlePolicyKind,
  type NodeReadings,
  ORDER,
} from './contract.ts';
import { PHASE, Polls } from './polls.ts';

export const load: IdlePolicyKind = {
  doc: "a threshold on the average load of the owner's programs, with hysteresis; input is not looked at",
  fields: {
    accept: { kind: 'number', doc: 'load at most which the node is offered (A038)', default: 0.3, min: 0 },
    refuse: { kind: 'number', doc: 'load above which guests are called off (A039)', default: 0.5, min: 0 },
    average: { kind: 'time', doc: 'time over which the load is averaged (assumed)', default: '60s', min: 0 },
    sample: { kind: 'time', doc: 'time between two samples (A048)', default: '5s', above: 0 },
    phase: PHASE,
  },
  readsLoad: true,
  offersUnowned: true,
  sampleEvery: (parameters) => parameters['sample'] as number,
  reportEvery: Number.POSITIVE_INFINITY,
  create: (readings, nodes, parameters, chance) => new Load(readings, nodes, parameters, chance),
};

class Load implements IdlePolicy {
  private readonly readings: NodeReadings;
  private readonly accepts: Uint8Array;
  private readonly accept: number;
  private readonly refuse: number;
  private readonly time: number;
  private readonly polls: Polls;
  /** The average at `since`, and the load from then on. */
  private readonly average: Float64Array;
  private readonly since: Float64Array;
  private readonly level: Float64Array;
  order: number = ORDER.none;

  constructor(readings: NodeReadings, nodes: number, parameters: IdleParameters, chance: StreamBank) {
    this.readings = readings;
    this.accepts = new Uint8Array(nodes);
    this.accept = parameters['accept'] as number;
    this.refuse = parameters['refuse'] as number;
    this.time = parameters['average'] as number;
    this.polls = new Polls(nodes, parameters['sample'] as number, parameters['phase'], chance);
    this.average = new Float64Array(nodes);
    this.since = new Float64Array(nodes);
    this.level = new Float64Array(nodes);
  }

  accepting(node: number): boolean {
    return this.accepts[node] === 1;
  }

  changed(node: number): number {
    const { now } = this.readings;
    this.order = ORDER.none;
    this.average[node] = this.at(node, now);
    this.since[node] = now;
    this.level[node] = this.readings.ownerLoad(node);
    return this.nextCrossing(node);
  }

  wake(node: number): number {
    const { now } = this.readings;
    this.order = ORDER.none;
    this.polls.carryOut(node, now);
    if (this.crosses(node, now)) {
      const accepts = this.accepts[node] === 0;
      if (!accepts) this.order = ORDER.leave;
      this.accepts[node] = accepts ? 1 : 0;
    }
    return this.nextCrossing(node);
  }

  /** The average at a time from the last change on. */
  private at(node: number, time: number): number {
    const level = this.level[node]!;
    if (this.time === 0) return level;
    return level + (this.average[node]! - level) * Math.exp(-(time - this.since[node]!) / this.time);
  }

  private crosses(node: number, time: number): boolean {
    const average = this.at(node, time);
    return this.accepts[node] === 1 ? average > this.refuse : average <= this.accept;
  }

  /** The first sample at which the node's state changes if the load does not. */
  private nextCrossing(node: number): number {
    const { now } = this.readings;
    const next = this.polls.from(node, now, now);
    if (this.crosses(node, next)) return next;
    const level = this.level[node]!;
    const bound = this.accepts[node] === 1 ? this.refuse : this.accept;
    const reaches = this.accepts[node] === 1 ? level > bound : level < bound;
    if (!reaches || this.time === 0) return Number.POSITIVE_INFINITY;
    const crossing =
      this.since[node]! + this.time * Math.log((this.average[node]! - level) / (bound - level));
    // A sample just before the crossing, for the last bits of the logarithm; it decides for itself.
    let at = this.polls.from(node, Math.max(next, Math.floor(crossing) - 1), now);
    while (!this.crosses(node, at)) at = this.polls.after(node, at, now);
    return at;
  }
}
