/**
 * Short messages between nodes: CPU of the sender, the way, CPU of the receiver, then the receiver's handler. What costs
 * nothing is handed over at once, without an event.
 *
 * A message has an entity (whose business it is), a value and a stamp (when what it says was so). Addresses from the number of
 * nodes on have no CPU here (a master has its own). Left out: waiting for the wire, which short messages hardly occupy.
 */
import { widened } from '../../sim/engine/columns.ts';
import type { Engine } from '../../sim/engine/engine.ts';
import type { Cpus } from './cpus.ts';
import type { Fare } from './prices.ts';

export interface Message {
  from: number;
  to: number;
  entity: number;
  value: number;
  count: number;
  stamp: number;
}

/** The message is valid during the call only. */
export type Receiver = (message: Readonly<Message>) => void;

export class Mail {
  /** Messages sent. */
  sent = 0;
  private readonly engine: Engine;
  private readonly cpus: Cpus;
  private readonly nodes: number;
  private readonly receivers: Receiver[] = [];
  private readonly receives: number[] = [];
  private readonly arrivedType: number;
  private readonly deliverType: number;
  private kind = new Int32Array(64);
  private from = new Int32Array(64);
  private to = new Int32Array(64);
  private entity = new Int32Array(64);
  private value = new Float64Array(64);
  private count = new Float64Array(64);
  private stamp = new Float64Array(64);
  private used = 0;
  private readonly free: number[] = [];

  private readonly tell: (from: number, to: number) => void;

  /** `tell` is told of every message that is sent. */
  constructor(engine: Engine, cpus: Cpus, nodes: number, tell: (from: number, to: number) => void) {
    this.tell = tell;
    this.engine = engine;
    this.cpus = cpus;
    this.nodes = nodes;
    this.arrivedType = engine.on((slot) => this.arrived(slot), 'message at its node');
    this.deliverType = engine.on((slot) => this.deliver(slot), 'message handled');
  }

  /** A kind of message, whose receipt costs `receive` ns of CPU; returns its number. */
  on(receiver: Receiver, receive: number): number {
    this.receives.push(receive);
    return this.receivers.push(receiver) - 1;
  }

  /** Sends a message at `fare`; a lost one is only charged to its sender. */
  send(kind: number, fare: Fare, message: Readonly<Message>, lost = false): void {
    this.sent++;
    this.tell(message.from, message.to);
    const { now } = this.engine;
    const leaves = message.from < this.nodes ? this.cpus.charge(message.from, fare.send) : now;
    if (lost) return;
    const arrives = leaves + fare.delay;
    if (arrives === now && (this.receives[kind] === 0 || message.to >= this.nodes)) {
      this.receivers[kind]!(message);
      return;
    }
    const slot = this.free.pop() ?? this.used++;
    if (slot >= this.kind.length) this.grow();
    this.kind[slot] = kind;
    this.from[slot] = message.from;
    this.to[slot] = message.to;
    this.entity[slot] = message.entity;
    this.value[slot] = message.value;
    this.count[slot] = message.count;
    this.stamp[slot] = message.stamp;
    this.engine.scheduleAt(arrives, this.arrivedType, slot);
  }

  private arrived(slot: number): void {
    const to = this.to[slot]!;
    const { now } = this.engine;
    const done = to < this.nodes ? this.cpus.charge(to, this.receives[this.kind[slot]!]!) : now;
    if (done === now) this.deliver(slot);
    else this.engine.scheduleAt(done, this.deliverType, slot);
  }

  private deliver(slot: number): void {
    const message: Message = {
      from: this.from[slot]!,
      to: this.to[slot]!,
      entity: this.entity[slot]!,
      value: this.value[slot]!,
      count: this.count[slot]!,
      stamp: this.stamp[slot]!,
    };
    const kind = this.kind[slot]!;
    this.free.push(slot);
    this.receivers[kind]!(message);
  }

  private grow(): void {
    const room = 2 * this.kind.length;
    this.kind = widened(this.kind, new Int32Array(room));
    this.from = widened(this.from, new Int32Array(room));
    this.to = widened(this.to, new Int32Array(room));
    this.entity = widened(this.entity, new Int32Array(room));
    this.value = widened(this.value, new Float64Array(room));
    this.count = widened(this.count, new Float64Array(room));
    this.stamp = widened(this.stamp, new Float64Array(room));
  }
}
