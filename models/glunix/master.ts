/**
 * The master's view of the building: which nodes it has been told are idle, and which of them it has given away.
 *
 * It learns by reports, each of which takes the time and prices of a message, so it can be behind the truth; a
 * task that it sends to a node whose owner has come back meanwhile is treated there as a guest whose owner
 * returns. Placement chooses among the nodes that are free by this view.
 * While the master is gone (`fail-over.ts`) it hears nothing and gives nothing.
 * Left out here: the master's own CPU (its work is small beside an hour of it: fact M018), loss of messages.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { CheckError } from '../../sim/problem.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import type { PlacementPolicy } from '../policies/placement/contract.ts';

/** Why a node is out of use. */
export const OUT = { fault: 1, crash: 2, unknown: 4 } as const;

export class Master {
  /** Nodes that one job could be given now: the free ones of the row that has most. */
  freeNodes = 0;
  /** Reports received. */
  reports = 0;
  /** True while there is no master: reports are lost. */
  gone = false;
  /** Told 1: the node accepts guests. */
  readonly told: Uint8Array;
  /** By cell: 1 while it is given to a job. A cell is a node in one row of the gang matrix: row * nodes + node. */
  readonly given: Uint8Array;
  /** Free nodes of each row. */
  private readonly freeIn: Int32Array;
  /** Why the node cannot be given (bits of `OUT`); 0: it can. */
  private readonly down: Uint8Array;
  private readonly saying: Uint8Array;
  private readonly idleSince: Float64Array;
  private readonly load: Float64Array;
  private readonly listed: Uint8Array;
  /** One for each row. */
  private readonly placement: readonly PlacementPolicy[];
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly delay: number;
  private readonly timers: Timers | null;
  /** Called when a node has become free or is no longer (except by `take`). */
  onFreeChanged: (node: number, free: boolean) => void = () => {};

  /**
   * A placement for each row of the gang matrix; `delay`: ns from a node's report to the master's knowing; `loads`:
   * whether placement looks at loads.
   */
  constructor(
    engine: Engine,
    events: DomainEvents,
    nodes: number,
    placement: readonly PlacementPolicy[],
    delay: number,
    loads = false,
  ) {
    this.engine = engine;
    this.events = events;
    this.placement = placement;
    this.delay = Math.round(delay);
    this.told = new Uint8Array(nodes);
    const cells = nodes * placement.length;
    this.given = new Uint8Array(cells);
    this.freeIn = new Int32Array(placement.length);
    this.down = new Uint8Array(nodes);
    this.saying = new Uint8Array(nodes);
    this.idleSince = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
    this.load = new Float64Array(loads ? nodes : 0);
    this.listed = new Uint8Array(cells);
    this.timers = delay > 0 ? new Timers(engine, (node) => this.hear(node), nodes) : null;
  }

  /**
   * A node's daemon reports whether it accepts guests; the owner has been away since `idleSince` (ns), and their
   * programs want the share `load` of its CPU.
   */
  report(node: number, accepting: boolean, idleSince: number, load: number): void {
    this.saying[node] = accepting ? 1 : 0;
    this.idleSince[node] = idleSince;
    if (this.load.length > 0) this.load[node] = load;
    if (this.timers === null) this.hear(node);
    else this.timers.set(node, this.engine.now + this.delay);
  }

  /** All nodes are idle from the start and never called back: what the master of dedicated nodes knows. */
  startWithAll(): void {
    this.told.fill(1);
    this.listed.fill(1);
    for (const placement of this.placement) {
      for (let node = 0; node < this.told.length; node++)
        placement.offered(node, Number.NEGATIVE_INFINITY, 0);
    }
    this.freeIn.fill(this.told.length);
    this.freeNodes = this.told.length;
  }

  /** The first row with that many free nodes; there must be one (`freeNodes`). */
  rowFor(width: number): number {
    let row = 0;
    while (this.freeIn[row]! < width) row++;
    return row;
  }

  /** Free nodes of a row. */
  freeOf(row: number): number {
    return this.freeIn[row]!;
  }

  /**
   * Give away a free node of a row, as placement chooses; returns the cell. There must be one. Throws `CheckError` where
   * placement chooses another.
   */
  take(row: number): number {
    const placement = this.placement[row]!;
    const node = placement.choose();
    const cell = row * this.told.length + node;
    if (this.listed[cell] !== 1) {
      throw new CheckError(`the placement policy chose node ${node}, which is not free (row ${row})`);
    }
    placement.withdrawn(node);
    this.listed[cell] = 0;
    this.given[cell] = 1;
    this.count(row, -1);
    return cell;
  }

  /** Give away this very cell, whether its node is idle or not: a task goes home. False: it is given already. */
  claim(cell: number): boolean {
    if (this.given[cell] === 1) return false;
    this.given[cell] = 1;
    if (this.listed[cell] === 0) return true;
    const nodes = this.told.length;
    const row = Math.floor(cell / nodes);
    this.listed[cell] = 0;
    this.placement[row]!.withdrawn(cell % nodes);
    this.count(row, -1);
    return true;
  }

  /** A cell is no longer used by a job; it is free again if its node is still told to be idle. */
  giveBack(cell: number): void {
    this.given[cell] = 0;
    this.listCell(cell);
  }

  /** A node is out of use for this cause, or no longer. */
  setDown(node: number, down: boolean, cause: number): void {
    if (down) this.down[node]! |= cause;
    else this.down[node]! &= ~cause;
    this.list(node);
  }

  private hear(node: number): void {
    if (this.gone) return;
    this.reports++;
    const accepting = this.saying[node]!;
    this.events.record(EVENT.report, node, accepting);
    this.told[node] = accepting;
    this.list(node);
  }

  private list(node: number): void {
    for (let cell = node; cell < this.given.length; cell += this.told.length) this.listCell(cell);
  }

  private listCell(cell: number): void {
    const nodes = this.told.length;
    const node = cell % nodes;
    const free = this.told[node] === 1 && this.given[cell] === 0 && this.down[node] === 0;
    if (free === (this.listed[cell] === 1)) return;
    this.listed[cell] = free ? 1 : 0;
    const row = (cell - node) / nodes;
    if (free) {
      this.count(row, 1);
      const load = this.load.length > 0 ? this.load[node]! : 0;
      this.placement[row]!.offered(node, this.idleSince[node]!, load);
    } else {
      this.count(row, -1);
      this.placement[row]!.withdrawn(node);
    }
    this.onFreeChanged(node, free);
  }

  private count(row: number, by: number): void {
    this.freeIn[row]! += by;
    this.freeNodes = this.freeIn.length === 1 ? this.freeIn[0]! : Math.max(...this.freeIn);
  }
}
