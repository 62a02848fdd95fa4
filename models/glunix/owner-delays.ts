/**
 * What owners wait because of guests, and the limit of it in a day.
 *
 * A delay is a return that finds a guest in the way: the owner waits until it has been stopped, and, where it moves,
 * until its memory is theirs again. A guest that stays beside an owner who is there delays them too: each time one of
 * the owner's programs has waited and goes on, the guest has to be switched away, at the price of a signal and a switch
 * at most. The owner's programs themselves go before the guest.
 * Where a limit is set, the delay that reaches it closes the node to guests until the end of the simulated day.
 * Left out: caches that the guest has filled, pages that it has displaced; the CPU of those switches is not taken from the
 * guest (it is a few thousandths of what the owner uses).
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import type { Nodes } from '../nodes.ts';

const DAY = 86_400e9;

export interface DelaysConfig {
  /** Delays in a day with which a node is closed to guests; null: no limit. */
  readonly limit: number | null;
  /** What switching a guest away costs an owner, per CPU time of the owner's programs. */
  readonly besides: number;
}

export class OwnerDelays {
  /** Returns of owners that found a guest which then had to give way or stayed beside them. */
  count = 0;
  /** What owners waited for it, ns. */
  time = 0;
  /** Of that, beside guests that stayed. */
  beside = 0;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly nodes: Nodes;
  private readonly config: DelaysConfig;
  /** Delays on the day of the last one, and which day that was. Empty without a limit. */
  private readonly today: Uint16Array;
  private readonly day: Float64Array;
  /** CPU that the owner had used when a guest began to run beside them, ns; NaN: none does. */
  private readonly usedThen: Float64Array;
  private readonly began: Float64Array;
  /** Set by the cluster: the node takes no guests until then. */
  onClose: (node: number, until: number) => void = () => {};

  constructor(engine: Engine, events: DomainEvents, nodes: Nodes, config: DelaysConfig) {
    this.engine = engine;
    this.events = events;
    this.nodes = nodes;
    this.config = config;
    const limited = config.limit === null ? 0 : nodes.count;
    this.today = new Uint16Array(limited);
    this.day = new Float64Array(limited);
    this.usedThen = new Float64Array(nodes.count).fill(Number.NaN);
    this.began = new Float64Array(nodes.count);
  }

  /** An owner comes back to a guest. True: that is one time too many today, and the node is closed. */
  found(node: number): boolean {
    this.count++;
    if (this.today.length === 0) return false;
    const day = Math.floor(this.engine.now / DAY);
    if (this.day[node] !== day) {
      this.day[node] = day;
      this.today[node] = 0;
    }
    if (++this.today[node]! < this.config.limit!) return false;
    if (this.today[node]! > this.config.limit!) return true;
    this.events.record(EVENT.close, node, this.today[node]!);
    this.onClose(node, (day + 1) * DAY);
    return true;
  }

  /** The owner of a node waits for this long, ns. */
  waits(time: number): void {
    this.time += time;
  }

  /** Whether a guest runs beside the owner of the node. */
  isBeside(node: number): boolean {
    return this.usedThen[node]! >= 0;
  }

  /** Since when a guest has run beside the owner, ns; now where none does yet. */
  since(node: number): number {
    return this.isBeside(node) ? this.began[node]! : this.engine.now;
  }

  /** From now on a guest runs beside the owner; the node's accounts are up to date. */
  begin(node: number): void {
    if (this.isBeside(node)) return;
    this.nodes.settle(node);
    this.usedThen[node] = this.nodes.owner[node]!;
    this.began[node] = this.engine.now;
  }

  /** No longer: the guest or the owner has gone; the node's accounts are up to date. */
  end(node: number): void {
    if (!this.isBeside(node)) return;
    this.nodes.settle(node);
    const waited = (this.nodes.owner[node]! - this.usedThen[node]!) * this.config.besides;
    this.usedThen[node] = Number.NaN;
    this.beside += waited;
    this.time += waited;
  }

  /** The run is over. */
  close(): void {
    for (let node = 0; node < this.nodes.count; node++) this.end(node);
  }
}
