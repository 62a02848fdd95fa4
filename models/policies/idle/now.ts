/**
 * The rule of the NOW study: a node is idle when its owner has given no input and its CPU has been used by less than
 * 10 % for a minute; then a recruitment threshold passes before it is offered to parallel jobs. Input, or CPU use of
 * 10 % and more, calls guests off.
 *
 * The instants are exact; the price of samples is charged all the same. CPU use is that of the owner's programs, as
 * the source of owners says it. Left out: the 2 s over which the study's traces average.
 * Source: facts A055, A056; the threshold is swept (it has no published value here).
 */
import { type IdlePolicy, type IdlePolicyKind, type NodeReadings, ORDER } from './contract.ts';

export const now: IdlePolicyKind = {
  doc: 'the NOW study: no input and CPU use below 10 % for a minute, then a recruitment threshold',
  fields: {
    after: {
      kind: 'time',
      doc: 'time without input and with little CPU use until the node counts as idle (A056)',
      default: '60s',
      min: 0,
    },
    cpu: {
      kind: 'share',
      doc: 'CPU use from which a node is not idle (A056)',
      default: '10%',
      min: 0,
      max: 1,
    },
    threshold: {
      kind: 'time',
      doc: 'recruitment threshold: how long an idle node is held back before it is offered',
      default: '0s',
      min: 0,
    },
    sample: {
      kind: 'time',
      doc: 'time between two samples of the node, whose price is charged (A055)',
      default: '2s',
      above: 0,
    },
  },
  readsLoad: true,
  offersUnowned: true,
  sampleEvery: (parameters) => parameters['sample'] as number,
  reportEvery: Number.POSITIVE_INFINITY,
  create: (readings, nodes, parameters) =>
    new Now(
      readings,
      nodes,
      (parameters['after'] as number) + (parameters['threshold'] as number),
      parameters['cpu'] as number,
    ),
};

class Now implements IdlePolicy {
  private readonly readings: NodeReadings;
  private readonly accepts: Uint8Array;
  private readonly after: number;
  private readonly cpu: number;
  /** Since when the CPU has been little used, ns; infinity while it is much used. */
  private readonly calmSince: Float64Array;
  order: number = ORDER.none;

  constructor(readings: NodeReadings, nodes: number, after: number, cpu: number) {
    this.readings = readings;
    this.accepts = new Uint8Array(nodes);
    this.after = after;
    this.cpu = cpu;
    this.calmSince = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
  }

  accepting(node: number): boolean {
    return this.accepts[node] === 1;
  }

  changed(node: number): number {
    const readings = this.readings;
    if (readings.ownerLoad(node) >= this.cpu) this.calmSince[node] = Number.POSITIVE_INFINITY;
    else if (this.calmSince[node] === Number.POSITIVE_INFINITY) this.calmSince[node] = readings.now;
    const idleAt = readings.ownerPresent(node)
      ? Number.POSITIVE_INFINITY
      : Math.max(readings.lastInput(node), this.calmSince[node]!) + this.after;
    const idle = readings.now >= idleAt;
    this.order = this.accepts[node] === 1 && !idle ? ORDER.leave : ORDER.none;
    this.accepts[node] = idle ? 1 : 0;
    return idle ? Number.POSITIVE_INFINITY : idleAt;
  }

  wake(node: number): number {
    return this.changed(node);
  }
}
