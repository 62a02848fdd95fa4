/**
 * An oracle: it knows how long each absence will last, offers a node at once where that is long enough, and never
 * where it is not. It can also call guests off before the owner returns, so that no owner ever meets one.
 *
 * Not a rule that a daemon could follow: it sees the truth about owners. Bound for every rule that does not.
 * Where a trace does not repeat, absences that reach its end count as endless.
 */
import {
  type IdlePolicy,
  type IdlePolicyKind,
  type NodeReadings,
  ORDER,
  type OwnersToCome,
} from './contract.ts';

export const oracle: IdlePolicyKind = {
  doc: 'bound: knows how long each absence will last and offers a node at once where that is long enough',
  fields: {
    least: { kind: 'time', doc: 'shortest absence for which a node is offered', default: '5min', min: 0 },
    ahead: {
      kind: 'time',
      doc: 'how long before the owner returns guests are called off',
      default: '0s',
      min: 0,
    },
  },
  readsLoad: false,
  oracle: true,
  offersUnowned: true,
  sampleEvery: () => Number.POSITIVE_INFINITY,
  reportEvery: Number.POSITIVE_INFINITY,
  create: (readings, nodes, parameters) =>
    new Oracle(
      readings,
      readings.toCome!,
      nodes,
      parameters['least'] as number,
      parameters['ahead'] as number,
    ),
};

class Oracle implements IdlePolicy {
  private readonly readings: NodeReadings;
  private readonly toCome: OwnersToCome;
  private readonly least: number;
  private readonly ahead: number;
  private readonly accepts: Uint8Array;
  /** When the present absence began, ns; infinity while the owner is there. */
  private readonly leftAt: Float64Array;
  order: number = ORDER.none;

  constructor(readings: NodeReadings, toCome: OwnersToCome, nodes: number, least: number, ahead: number) {
    this.readings = readings;
    this.toCome = toCome;
    this.least = least;
    this.ahead = ahead;
    this.accepts = new Uint8Array(nodes);
    this.leftAt = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY);
  }

  accepting(node: number): boolean {
    return this.accepts[node] === 1;
  }

  changed(node: number): number {
    const { now } = this.readings;
    const present = this.readings.ownerPresent(node);
    // One key stroke ends an absence and begins the next; asked again at that instant, the absence has begun.
    const stroke = this.readings.lastInput(node) === now && this.leftAt[node] !== now;
    if (present) this.leftAt[node] = Number.POSITIVE_INFINITY;
    else if (stroke || this.leftAt[node] === Number.POSITIVE_INFINITY) this.leftAt[node] = now;
    const until = present ? now : this.toCome.returnOf(node);
    const leave = until - this.ahead;
    const offered = !present && until - this.leftAt[node]! >= this.least && now < leave;
    this.order = this.accepts[node] === 1 && (!offered || stroke) ? ORDER.leave : ORDER.none;
    this.accepts[node] = offered ? 1 : 0;
    return offered && this.ahead > 0 ? leave : Number.POSITIVE_INFINITY;
  }

  wake(node: number): number {
    return this.changed(node);
  }
}
