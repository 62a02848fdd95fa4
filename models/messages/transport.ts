/**
 * Messages between nodes under LogGP: what happens from the moment at which the sender's processor has done its part
 * until the message lies at the receiver, whose processor has still to do its own.
 *
 *     const transport = new Transport(engine, terms, nodes, medium, { delivered, accepted });
 *     const message = transport.message(from, to, bytes, whose);
 *     if (transport.offer(message)) ...   // it is in the network; else `accepted` is called when it is
 *     // later: delivered(message), then transport.free(message)
 *
 * The interface of a node takes one message at a time, in order. On plain LogGP wires (`medium` null) the next one
 * enters g + (n-1) G after one of n bytes, and arrives L + (n-1) G after it entered; no more than `capacity` (LogP:
 * ceil(L/g)) are between entering and delivery from one node or to one. With wires as servers (`Medium`: a shared
 * segment, or a link for each node and direction) a message is framed, queues for the wires and adds L; the interface
 * takes the next after max(g, (n-1) G), and no message is there before (n-1) G + L. At the receiver messages are
 * handed over at least as far apart as they may enter. Messages that wait for the interface wait in memory.
 *
 * Between processes of one node a message is a copy in memory: neither interface nor wire.
 *
 * Left out: loss, and the processor's time at both ends (o_s, o_r), which whoever calls has to spend.
 * Source: Culler et al. 1993 (LogP), Alexandrov et al. 1995 (LogGP); for the order of events Hoefler et al. 2010
 * (LogGOPSim).
 */
import type { Engine } from '../../sim/engine/engine.ts';
import type { LogGp } from '../hardware/network/logp.ts';
import type { Medium } from '../hardware/network/medium.ts';

const NONE = -1;
/** What a node's interface waits for. */
const FREE = 0;
const TIME = 1;
const OWN = 2;
const OTHER = 3;

export interface TransportTerms extends Pick<LogGp, 'latency' | 'gap' | 'perByte'> {
  /** Messages between entering and delivery, from a node or to it; Infinity: no limit. */
  readonly capacity: number;
  /** ns a byte between processes of one node. */
  readonly copyPerByte: number;
}

export interface TransportEvents {
  /** The message lies at its receiver. */
  readonly delivered: (message: number) => void;
  /** A message for which `offer` gave false has entered the network. */
  readonly accepted: (message: number) => void;
}

export class Transport {
  /** Of each message: node of the sender and of the receiver, bytes, and a number of whoever sent it. */
  from = new Int32Array(1024);
  to = new Int32Array(1024);
  bytes = new Float64Array(1024);
  owner = new Int32Array(1024);
  /** For whoever holds messages in chains: the next one. */
  next = new Int32Array(1024);
  /** Messages that were delivered, and their bytes; those that crossed the network only. */
  delivered = 0;
  crossed = 0;
  bytesDelivered = 0;
  /** Messages that had to wait for their interface. */
  waited = 0;
  /** When the interface of a node can take its next message. */
  readonly portFree: Float64Array;

  private used = 0;
  private freeHead = NONE;
  private earliest = new Float64Array(1024);
  private readonly engine: Engine;
  private readonly terms: TransportTerms;
  private readonly medium: Medium | null;
  private readonly events: TransportEvents;
  private readonly lastHanded: Float64Array;
  private readonly flyingFrom: Int32Array;
  private readonly flyingTo: Int32Array;
  private readonly queueHead: Int32Array;
  private readonly queueTail: Int32Array;
  private readonly waitsFor: Uint8Array;
  /** Nodes whose first message waits until fewer are on their way to a node: chains by that node. */
  private readonly waiterHead: Int32Array;
  private readonly waiterTail: Int32Array;
  private readonly waiterNext: Int32Array;
  private readonly arriveType: number;
  private readonly askType: number;
  private readonly handType: number;
  private readonly pumpType: number;
  private readonly copiedType: number;

  constructor(
    engine: Engine,
    terms: TransportTerms,
    nodes: number,
    medium: Medium | null,
    events: TransportEvents,
  ) {
    this.engine = engine;
    this.terms = terms;
    this.medium = medium;
    this.events = events;
    this.portFree = new Float64Array(nodes);
    this.lastHanded = new Float64Array(nodes).fill(-Infinity);
    this.flyingFrom = new Int32Array(nodes);
    this.flyingTo = new Int32Array(nodes);
    this.queueHead = new Int32Array(nodes).fill(NONE);
    this.queueTail = new Int32Array(nodes).fill(NONE);
    this.waitsFor = new Uint8Array(nodes);
    this.waiterHead = new Int32Array(nodes).fill(NONE);
    this.waiterTail = new Int32Array(nodes).fill(NONE);
    this.waiterNext = new Int32Array(nodes).fill(NONE);
    this.arriveType = engine.on((message) => this.arrive(message), 'message arrives');
    this.askType = engine.on((message) => this.ask(message), 'message asks for a link');
    this.handType = engine.on((message) => this.hand(message), 'message is handed over');
    this.pumpType = engine.on((node) => this.pump(node), 'interface is free');
    this.copiedType = engine.on((message) => this.copied(message), 'message is copied');
  }

  /** A new message; `owner` is kept for whoever sends it. */
  message(from: number, to: number, bytes: number, owner: number): number {
    let message = this.freeHead;
    if (message === NONE) {
      message = this.used++;
      if (message === this.from.length) this.grow();
    } else this.freeHead = this.next[message]!;
    this.from[message] = from;
    this.to[message] = to;
    this.bytes[message] = bytes;
    this.owner[message] = owner;
    return message;
  }

  /** Gives the number of a delivered message back. */
  free(message: number): void {
    this.next[message] = this.freeHead;
    this.freeHead = message;
  }

  /** Messages that exist: offered, on their way, delivered and not freed. Counted by walking; for checks. */
  get live(): number {
    let free = 0;
    for (let m = this.freeHead; m !== NONE; m = this.next[m]!) free++;
    return this.used - free;
  }

  /** Hands a message to its node's interface. True: it has entered the network now. */
  offer(message: number): boolean {
    const node = this.from[message]!;
    const to = this.to[message]!;
    if (node === to) {
      this.engine.schedule(this.bytes[message]! * this.terms.copyPerByte, this.copiedType, message);
      return true;
    }
    const { capacity } = this.terms;
    const open =
      this.queueHead[node] === NONE &&
      this.portFree[node]! <= this.engine.now &&
      this.flyingFrom[node]! < capacity &&
      this.flyingTo[to]! < capacity;
    if (open) {
      this.enter(message);
      return true;
    }
    this.waited++;
    this.next[message] = NONE;
    if (this.queueHead[node] === NONE) {
      this.queueHead[node] = message;
      this.queueTail[node] = message;
      this.pump(node);
    } else {
      this.next[this.queueTail[node]!] = message;
      this.queueTail[node] = message;
    }
    return false;
  }

  /** ns for which a message of `bytes` keeps an interface. */
  private occupied(bytes: number): number {
    const { gap, perByte } = this.terms;
    const rest = bytes > 1 ? (bytes - 1) * perByte : 0;
    return this.medium === null ? gap + rest : Math.max(gap, rest);
  }

  private enter(message: number): void {
    const { engine, medium } = this;
    const { latency, perByte } = this.terms;
    const node = this.from[message]!;
    const bytes = this.bytes[message]!;
    const now = engine.now;
    this.flyingFrom[node]!++;
    this.flyingTo[this.to[message]!]!++;
    this.portFree[node] = now + this.occupied(bytes);
    const alone = latency + (bytes > 1 ? (bytes - 1) * perByte : 0);
    if (medium === null) {
      engine.schedule(alone, this.arriveType, message);
      return;
    }
    this.earliest[message] = now + alone;
    engine.scheduleAt(medium.depart(node, bytes, now), this.askType, message);
  }

  /** The message has crossed the segment, or asks for the link to its receiver. */
  private ask(message: number): void {
    const { engine } = this;
    const there = this.medium!.arrive(this.to[message]!, this.bytes[message]!, engine.now);
    const at = Math.max(there, this.earliest[message]!);
    if (at <= engine.now) this.arrive(message);
    else engine.scheduleAt(at, this.arriveType, message);
  }

  private arrive(message: number): void {
    const now = this.engine.now;
    const to = this.to[message]!;
    const ready = this.lastHanded[to]! + this.occupied(this.bytes[message]!);
    if (ready > now) {
      this.lastHanded[to] = ready;
      this.engine.scheduleAt(ready, this.handType, message);
      return;
    }
    this.lastHanded[to] = now;
    this.hand(message);
  }

  private hand(message: number): void {
    const node = this.from[message]!;
    const to = this.to[message]!;
    this.flyingFrom[node]!--;
    this.flyingTo[to]!--;
    this.crossed++;
    this.count(message);
    if (this.waitsFor[node] === OWN) this.pump(node);
    const waiter = this.waiterHead[to]!;
    if (waiter !== NONE) {
      this.waiterHead[to] = this.waiterNext[waiter]!;
      if (this.waiterHead[to] === NONE) this.waiterTail[to] = NONE;
      this.pump(waiter);
    }
  }

  private copied(message: number): void {
    this.count(message);
  }

  private count(message: number): void {
    this.delivered++;
    this.bytesDelivered += this.bytes[message]!;
    this.events.delivered(message);
  }

  /** Lets as many messages of a node enter as may; arranges to be called again where some wait. */
  private pump(node: number): void {
    const { engine } = this;
    const { capacity } = this.terms;
    this.waitsFor[node] = FREE;
    for (;;) {
      const message = this.queueHead[node]!;
      if (message === NONE) return;
      const to = this.to[message]!;
      if (this.portFree[node]! > engine.now) {
        this.waitsFor[node] = TIME;
        engine.scheduleAt(this.portFree[node]!, this.pumpType, node);
        return;
      }
      if (this.flyingFrom[node]! >= capacity) {
        this.waitsFor[node] = OWN;
        return;
      }
      if (this.flyingTo[to]! >= capacity) {
        this.waitsFor[node] = OTHER;
        this.waiterNext[node] = NONE;
        if (this.waiterTail[to] === NONE) this.waiterHead[to] = node;
        else this.waiterNext[this.waiterTail[to]!] = node;
        this.waiterTail[to] = node;
        return;
      }
      this.queueHead[node] = this.next[message]!;
      if (this.queueHead[node] === NONE) this.queueTail[node] = NONE;
      this.enter(message);
      this.events.accepted(message);
      // Whoever was told may have offered the next one, and arranged what it waits for.
      if (this.waitsFor[node] !== FREE) return;
    }
  }

  private grow(): void {
    const room = 2 * this.from.length;
    const wider = <Column extends Int32Array | Float64Array>(old: Column, next: Column) => {
      next.set(old);
      return next;
    };
    this.from = wider(this.from, new Int32Array(room));
    this.to = wider(this.to, new Int32Array(room));
    this.bytes = wider(this.bytes, new Float64Array(room));
    this.owner = wider(this.owner, new Int32Array(room));
    this.next = wider(this.next, new Int32Array(room));
    this.earliest = wider(this.earliest, new Float64Array(room));
  }
}
