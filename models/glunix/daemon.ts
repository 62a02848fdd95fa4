/**
 * The daemon of each node: reads its node, lets the idle policy decide, reports changes to the master, and calls
 * foreign processes off when the policy says so.
 *
 * One pending event a node at most: the policy computes the sample at which something would change. Reports that
 * only say "still so" are counted, not simulated.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import type { Owners } from '../owners.ts';
import {
  GUEST,
  type IdlePolicy,
  type IdlePolicyKind,
  type NodeReadings,
  ORDER,
} from '../policies/idle/contract.ts';
import type { Master } from './master.ts';

/** What a daemon can read of the guest at its node. */
export interface GuestReadings {
  foreign(node: number): number;
  stateAt(node: number): number;
  imageAt(node: number): number;
}

const NO_GUESTS: GuestReadings = { foreign: () => 0, stateAt: () => GUEST.none, imageAt: () => 0 };

export class Daemons {
  /** 1 while the daemon accepts guests (the truth at the node; the master may not have heard yet). */
  readonly accepting: Uint8Array;
  /** Daemons that accept now. */
  acceptingNow = 0;
  /** Times a node has begun to accept. */
  recruitments = 0;
  /** Times foreign processes were called off a node that had one. */
  evictions = 0;
  /** Times a node was closed to guests for the rest of the day. */
  closings = 0;
  /** Whether reports carry the load of the instant; otherwise that of the last event at the node. */
  tellsLoads = false;
  /** Whether the idle policy's own orders take the place of `policies.owner_return`. */
  readonly ordersGuests: boolean;
  private readonly ignoresGuests: boolean;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly owners: Owners;
  private readonly master: Master;
  private readonly policy: IdlePolicy;
  private readonly timers: Timers;
  private readonly reportEvery: number;
  private readonly lastReport: Float64Array;
  private quietUntilLast = 0;
  /** Until when each node takes no guests, ns; empty, and no timers, until one is closed. */
  private closedUntil = new Float64Array(0);
  private reopening: Timers | null = null;
  /** 1 while the daemon is down with its node. */
  private readonly dead: Uint8Array;
  /** Called with what the idle policy asks of the node's guest (`ORDER`). */
  onOrder: (node: number, order: number) => void = () => {};
  /** Called when the node accepts again. */
  onAccept: (node: number) => void = () => {};
  /** Called when a daemon accepts that did not, or no longer does. */
  onChange: (node: number) => void = () => {};

  constructor(
    engine: Engine,
    events: DomainEvents,
    owners: Owners,
    master: Master,
    nodes: number,
    kind: IdlePolicyKind,
    makePolicy: (readings: NodeReadings) => IdlePolicy,
    guests: GuestReadings = NO_GUESTS,
  ) {
    this.engine = engine;
    this.events = events;
    this.owners = owners;
    this.master = master;
    this.accepting = new Uint8Array(nodes);
    this.policy = makePolicy({
      get now() {
        return engine.now;
      },
      ownerPresent: (node) => owners.present[node] === 1,
      lastInput: (node) => owners.lastInput[node]!,
      ownerLoad: (node) => owners.load[node]!,
      foreign: (node) => guests.foreign(node),
      guest: (node) => guests.stateAt(node),
      image: (node) => guests.imageAt(node),
      toCome: kind.oracle === true ? owners : null,
    });
    this.timers = new Timers(engine, (node) => this.look(node, this.policy.wake(node)), nodes);
    this.ordersGuests = kind.ordersGuests === true;
    this.ignoresGuests = kind.ignoresGuests === true;
    this.reportEvery = kind.reportEvery;
    this.lastReport = new Float64Array(kind.reportEvery < Number.POSITIVE_INFINITY ? nodes : 0);
    this.dead = new Uint8Array(nodes);
  }

  /** Something that the daemon of this node can read has changed. */
  changed(node: number): void {
    if (this.dead[node] === 1) return;
    this.look(node, this.policy.changed(node));
  }

  /**
   * The guest at this node has changed. A policy that looks at no guests has nothing new to say; where its timer is set
   * it is asked all the same, since that has its place among the events of its instant from the last look.
   */
  guestChanged(node: number): void {
    if (!this.ignoresGuests || this.timers.isSet(node)) this.changed(node);
  }

  /** Reports sent that only say that nothing has changed, up to now. */
  quietReports(): number {
    let more = 0;
    const { now } = this.engine;
    for (let node = 0; node < this.lastReport.length; node++) more += this.missed(node, now);
    return this.quietUntilLast + more;
  }

  /** The node crashes, and its daemon with it: nobody is told. */
  fall(node: number): void {
    this.timers.clear(node);
    if (this.lastReport.length > 0) {
      this.quietUntilLast += this.missed(node, this.engine.now);
      this.lastReport[node] = Number.POSITIVE_INFINITY;
    }
    this.dead[node] = 1;
    if (this.accepting[node] === 0) return;
    this.accepting[node] = 0;
    this.acceptingNow--;
    this.onChange(node);
  }

  /** The node is up again; its daemon tells the master where it stands. */
  rise(node: number): void {
    this.dead[node] = 0;
    if (this.lastReport.length > 0) this.lastReport[node] = this.engine.now;
    this.changed(node);
    if (this.accepting[node] === 0) this.tell(node, false);
  }

  /** The daemon tells a new master where its node stands. */
  register(node: number): void {
    this.tell(node, this.accepting[node] === 1);
  }

  /** The node takes no guests until then (ns), whatever the idle policy says. */
  close(node: number, until: number): void {
    this.closings++;
    if (this.reopening === null) {
      const nodes = this.accepting.length;
      this.closedUntil = new Float64Array(nodes);
      this.reopening = new Timers(this.engine, (n) => this.accept(n), nodes, 'node open to guests again');
    }
    this.closedUntil[node] = until;
    this.reopening.set(node, until);
    this.accept(node);
  }

  /** Whether the node takes no guests now because its owner has been delayed too often. */
  isClosed(node: number): boolean {
    return this.reopening !== null && this.closedUntil[node]! > this.engine.now;
  }

  private look(node: number, next: number): void {
    if (next < Number.POSITIVE_INFINITY) this.timers.set(node, next);
    else this.timers.clear(node);
    const { order } = this.policy;
    this.accept(node);
    if (order !== ORDER.none) this.onOrder(node, order);
  }

  /** Tell everybody whether the node accepts guests, where that has changed. */
  private accept(node: number): void {
    if (this.dead[node] === 1) return;
    const accepts = this.policy.accepting(node) && !this.isClosed(node);
    if (accepts !== (this.accepting[node] === 1)) {
      this.accepting[node] = accepts ? 1 : 0;
      if (accepts) {
        this.acceptingNow++;
        this.recruitments++;
        this.events.record(EVENT.recruit, node, 0);
      } else {
        this.acceptingNow--;
        this.events.record(EVENT.refuse, node, 0);
      }
      this.onChange(node);
      this.tell(node, accepts);
      if (accepts) this.onAccept(node);
    }
  }

  private tell(node: number, accepts: boolean): void {
    if (this.lastReport.length > 0) {
      const { now } = this.engine;
      this.quietUntilLast += this.missed(node, now);
      this.lastReport[node] = now;
    }
    if (this.tellsLoads) this.owners.follow(node);
    this.master.report(node, accepts, this.owners.lastInput[node]!, this.owners.load[node]!);
  }

  /** Reports due between the last one and `now` (half open), at every period after the last. */
  private missed(node: number, now: number): number {
    return Math.max(0, Math.ceil((now - this.lastReport[node]!) / this.reportEvery) - 1);
  }
}
