/**
 * The collector of GLOBAL: each period every node sends it its load, and it sends the vector of all loads to every node (one
 * message where the medium is shared, else one each). A vector is known everywhere two messages after it was taken.
 *
 * Left out: nodes whose report comes late and is missing from the vector; the collector's own CPU.
 * Source: Zhou 1988 (L017, L022); section A3 of the project's reference.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import type { Bookings } from './bookings.ts';
import type { Cpus } from './cpus.ts';
import type { Mail } from './mail.ts';
import type { Fare } from './prices.ts';

export class Collector {
  /** The vector that all know: loads, sendings that they count, and when they were so, ns. */
  load: Float64Array;
  known: Int32Array;
  toldAt = Number.NEGATIVE_INFINITY;
  private nextLoad: Float64Array;
  private nextKnown: Int32Array;
  private nextAt = 0;
  private readonly engine: Engine;
  private readonly every: number;
  private readonly fare: Fare;
  private readonly cpus: Cpus;
  private readonly mail: Mail;
  private readonly bookings: Bookings;
  private readonly jobsAt: (node: number) => number;
  private readonly onTold: (messages: number) => void;
  private readonly copies: number;
  private readonly takeType: number;
  private readonly tellType: number;

  constructor(
    engine: Engine,
    nodes: number,
    every: number,
    fare: Fare,
    shared: boolean,
    cpus: Cpus,
    mail: Mail,
    bookings: Bookings,
    jobsAt: (node: number) => number,
    onTold: (messages: number) => void,
  ) {
    this.onTold = onTold;
    this.engine = engine;
    this.every = every;
    this.fare = fare;
    this.cpus = cpus;
    this.mail = mail;
    this.bookings = bookings;
    this.jobsAt = jobsAt;
    this.copies = shared ? 1 : nodes;
    this.load = new Float64Array(nodes);
    this.known = new Int32Array(nodes);
    this.nextLoad = new Float64Array(nodes);
    this.nextKnown = new Int32Array(nodes);
    this.takeType = engine.on(() => this.take(), 'load vector taken');
    this.tellType = engine.on(() => this.tell(), 'load vector told');
  }

  start(): void {
    this.engine.schedule(0, this.takeType, 0);
  }

  private take(): void {
    const { engine, fare, bookings } = this;
    const nodes = this.load.length;
    let reported = engine.now;
    for (let node = 0; node < nodes; node++) {
      this.nextLoad[node] = this.jobsAt(node);
      this.nextKnown[node] = bookings.arrived[node]!;
      const sent = this.cpus.charge(node, fare.send);
      if (sent > reported) reported = sent;
    }
    this.mail.sent += nodes + this.copies;
    this.nextAt = engine.now;
    const known = reported + 2 * fare.delay + fare.receive;
    if (known === engine.now) this.tell();
    else engine.scheduleAt(known, this.tellType, 0);
    // The next round begins when this one is over, if that takes longer than the period.
    engine.schedule(Math.max(this.every, known - engine.now), this.takeType, 0);
  }

  private tell(): void {
    const { load, known } = this;
    this.load = this.nextLoad;
    this.known = this.nextKnown;
    this.nextLoad = load;
    this.nextKnown = known;
    this.toldAt = this.nextAt;
    this.onTold(load.length + this.copies);
    for (let node = 0; node < load.length; node++) this.cpus.charge(node, this.fare.receive);
  }
}
