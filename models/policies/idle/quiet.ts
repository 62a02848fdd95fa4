/**
 * Quiet interval: a node is idle when its owner has given no input for a time; the first input calls guests off.
 *
 * The instants are exact (no sampling delay); the price of the daemon's samples is charged all the same.
 * Left out: CPU load. A node is idle here whatever its absent owner's programs use.
 * Source: the rule of most systems of the time in its simplest form (facts A001, A037, A056 differ in the time).
 */
import { type IdlePolicy, type IdlePolicyKind, type NodeReadings, ORDER } from './contract.ts';

export const quiet: IdlePolicyKind = {
  doc: 'idle after a time without owner input; guests are called off at the first input',
  fields: {
    after: { kind: 'time', doc: 'time without input before the node is offered', default: '60s', min: 0 },
    sample: {
      kind: 'time',
      doc: 'time between two samples of the node, whose price is charged (A004)',
      default: '5s',
      above: 0,
    },
  },
  readsLoad: false,
  ignoresGuests: true,
  offersUnowned: true,
  sampleEvery: (parameters) => parameters['sample'] as number,
  reportEvery: Number.POSITIVE_INFINITY,
  create: (readings, nodes, parameters) => new Quiet(readings, nodes, parameters['after'] as number),
};

class Quiet implements IdlePolicy {
  private readonly readings: NodeReadings;
  private readonly accepts: Uint8Array;
  private readonly after: number;
  order: number = ORDER.none;

  constructor(readings: NodeReadings, nodes: number, after: number) {
    this.readings = readings;
    this.accepts = new Uint8Array(nodes);
    this.after = after;
  }

  accepting(node: number): boolean {
    return this.accepts[node] === 1;
  }

  changed(node: number): number {
    const readings = this.readings;
    const idleAt = readings.ownerPresent(node)
      ? Number.POSITIVE_INFINITY
      : readings.lastInput(node) + this.after;
    const idle = readings.now >= idleAt;
    this.order = this.accepts[node] === 1 && !idle ? ORDER.leave : ORDER.none;
    this.accepts[node] = idle ? 1 : 0;
    return idle ? Number.POSITIVE_INFINITY : idleAt;
  }

  wake(node: number): number {
    return this.changed(node);
  }
}
