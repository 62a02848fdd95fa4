/**
 * The master's view of the building: which nodes it has been told are idle, and which of them it has given away.
 *
 * It learns by reports, each of which takes the time and prices of a message, so it can be behind the truth; a
 * task that it sends to a node whose owner has come back meanwhile is treated there as a guest whose owner
 * returns. Placement chooses among the nodes that are free by this view.
 * Left out here: the master's own CPU (its work is small beside an hour of it: fact M018), loss of messages, fail-over.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import type { PlacementPolicy } from '../policies/placement/contract.ts';

/** Why a node is out of use. */
export const OUT = { fault: 1, crash: 2, unknown: 4 } as const;

export class Master {
  /** Nodes that could be given now. */
  freeNodes = 0;
  /** Reports received. */
  reports = 0;
  /** Told 1: the node accepts guests. */
  readonly told: Uint8Array;
  /** 1 while the node is given to a job. */
  readonly given: Uint8Array;
  /** Why the node cannot be given (bits of `OUT`); 0: it can. */
  private readonly down: Uint8Array;
  private readonly saying: Uint8Array;
  private readonly idleSince: Float64Array;
  private readonly listed: Uint8Array;
  private readonly placement: PlacementPolicy;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly delay: number;
  private readonly timers: Timers | null;
  /** Called when a node has become free or is no longer (except by `take`). */
  onFreeChanged: (node: number, free: boolean) => void = () => {};

  /** `delay`: ns from a node's report to the master's knowing. */
  constructor(
    engine: Engine,
    events: DomainEvents,
    nodes: number,
    placement: PlacementPolicy,
    delay: number,
  ) {
    this.engine = engine;
    this.events = events;
    this.placement = placement;
    this.delay = Math.round(delay);
    this.told = new Uint8Array(nodes);
    this.given = new Uint8Array(nodes);
    this.down = new Uint8Array(nodes);
    this.saying = new Uint8Array(nodes);
    this.idleSince = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
    this.listed = new Uint8Array(nodes);
    this.timers = delay > 0 ? new Timers(engine, (node) => this.hear(node), nodes) : null;
  }

  /** A node's daemon reports whether it accepts guests; the owner has been away since `idleSince` (ns). */
  report(node: number, accepting: boolean, idleSince: number): void {
    this.saying[node] = accepting ? 1 : 0;
    this.idleSince[node] = idleSince;
    if (this.timers === null) this.hear(node);
    else this.timers.set(node, this.engine.now + this.delay);
  }

  /** All nodes are idle from the start and never called back: what the master of dedicated nodes knows. */
  startWithAll(): void {
    this.told.fill(1);
    this.listed.fill(1);
    for (let node = 0; node < this.told.length; node++)
      this.placement.offered(node, Number.NEGATIVE_INFINITY);
    this.freeNodes = this.told.length;
  }

  /** Give away a free node, as placement chooses. There must be one. */
  take(): number {
    const node = this.placement.choose();
    this.placement.withdrawn(node);
    this.listed[node] = 0;
    this.given[node] = 1;
    this.freeNodes--;
    return node;
  }

  /** A node is no longer used by a job; it is free again if it is still told to be idle. */
  giveBack(node: number): void {
    this.given[node] = 0;
    this.list(node);
  }

  /** A node is out of use for this cause, or no longer. */
  setDown(node: number, down: boolean, cause: number): void {
    if (down) this.down[node]! |= cause;
    else this.down[node]! &= ~cause;
    this.list(node);
  }

  private hear(node: number): void {
    this.reports++;
    const accepting = this.saying[node]!;
    this.events.record(EVENT.report, node, accepting);
    this.told[node] = accepting;
    this.list(node);
  }

  private list(node: number): void {
    const free = this.told[node] === 1 && this.given[node] === 0 && this.down[node] === 0;
    if (free === (this.listed[node] === 1)) return;
    this.listed[node] = free ? 1 : 0;
    if (free) {
      this.freeNodes++;
      this.placement.offered(node, this.idleSince[node]!);
    } else {
      this.freeNodes--;
      this.placement.withdrawn(node);
    }
    this.onFreeChanged(node, free);
  }
}
