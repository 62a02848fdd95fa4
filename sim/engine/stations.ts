/**
 * Stations: where customers wait and are served. A customer is an event type with an integer entity: its
 * handler is called when the service ends, after the station has started whoever is next. In a process the
 * defaults stand for the process itself:
 *
 *     station.serve(work, DEPART, job);   // in a handler: depart(job) is called when the work is done
 *     station.serve(work); yield;         // in a process
 *
 * Work is time at full speed. Counts are always kept; time averages only after `watch()`.
 */
import { TimeAverage } from '../measure/time-average.ts';
import { Row, widened } from './columns.ts';
import type { Engine } from './engine.ts';
import { ProcessorSharingBank, type SharingOptions } from './processor-sharing.ts';
import { Timers } from './timers.ts';

const NONE = -1;

/** Counts and, after `watch()`, the time average of the customers present. */
abstract class Station {
  /** Customers that have come, and that have left. */
  arrivals = 0;
  departures = 0;
  protected readonly engine: Engine;
  private average: TimeAverage | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Customers waiting or in service. */
  get present(): number {
    return this.arrivals - this.departures;
  }

  /** Starts (or goes on) keeping the time average of the customers present. */
  watch(): TimeAverage {
    this.average ??= new TimeAverage(this.engine.now, this.present);
    return this.average;
  }

  protected arrive(work: number): void {
    if (!(work >= 0 && work < Infinity)) throw new RangeError(`a customer with work ${work}`);
    this.arrivals++;
    if (this.average !== null) this.average.add(this.engine.now, 1);
  }

  protected depart(): void {
    this.departures++;
    if (this.average !== null) this.average.add(this.engine.now, -1);
  }
}

/** Customers by number, with the event that ends their stay: columns with a chain of free numbers. */
class Customers {
  types = new Int32Array(16);
  entities = new Int32Array(16);
  private readonly free: number[] = [];
  private used = 0;

  /** A number for a new customer. */
  enter(type: number, entity: number): number {
    const customer = this.free.length > 0 ? this.free.pop()! : this.used++;
    if (customer === this.types.length) {
      this.types = widened(this.types, new Int32Array(2 * customer));
      this.entities = widened(this.entities, new Int32Array(2 * customer));
    }
    this.types[customer] = type;
    this.entities[customer] = entity;
    return customer;
  }

  leave(customer: number): void {
    this.free.push(customer);
  }
}

/** One waiting line, `servers` equal servers, first come first served. */
export class FcfsStation extends Station {
  readonly servers: number;
  /** Servers at work. */
  busy = 0;
  private readonly row = new Row();
  private readonly served = new Customers();
  private readonly ended: number;

  constructor(engine: Engine, servers = 1, name = 'station') {
    super(engine);
    if (!(Number.isInteger(servers) && servers >= 1))
      throw new RangeError(`a station with ${servers} servers`);
    this.servers = servers;
    this.ended = engine.on((customer) => this.end(customer), name);
  }

  /** Customers that wait for a server. */
  get waiting(): number {
    return this.row.length;
  }

  /** A customer comes who needs a server for `work`; handler `type` is called with `entity` when it is done. */
  serve(work: number, type = this.engine.resumeType, entity = this.engine.process): void {
    this.arrive(work);
    if (this.busy === this.servers) {
      this.row.push(type, entity, work);
      return;
    }
    this.busy++;
    this.start(work, type, entity);
  }

  private start(work: number, type: number, entity: number): void {
    this.engine.schedule(work, this.ended, this.served.enter(type, entity));
  }

  private end(customer: number): void {
    const type = this.served.types[customer]!;
    const entity = this.served.entities[customer]!;
    this.served.leave(customer);
    this.depart();
    const row = this.row;
    if (row.shift()) this.start(row.amount, row.type, row.entity);
    else this.busy--;
    this.engine.call(type, entity);
  }
}

/** All customers served at once, each at an equal share of the capacity. */
export class ProcessorSharing extends Station {
  private readonly bank: ProcessorSharingBank;
  private readonly served = new Customers();

  constructor(engine: Engine, options: SharingOptions = {}) {
    super(engine);
    this.bank = new ProcessorSharingBank(engine, 1, (customer) => this.end(customer), options);
  }

  /** Work done so far. */
  get workDone(): number {
    return this.bank.served(0);
  }

  /** The station serves at `capacity` (1: full speed) from now on. */
  setCapacity(capacity: number): void {
    this.bank.setCapacity(0, capacity);
  }

  /** A customer comes who needs `work`; handler `type` is called with `entity` when it is done. */
  serve(work: number, type = this.engine.resumeType, entity = this.engine.process): void {
    this.arrive(work);
    this.bank.add(0, this.served.enter(type, entity), work);
  }

  private end(customer: number): void {
    const type = this.served.types[customer]!;
    const entity = this.served.entities[customer]!;
    this.served.leave(customer);
    this.depart();
    this.engine.call(type, entity);
  }
}

/**
 * Classes of customers, class 0 first, on `servers` equal servers; who comes takes the server of the customer
 * of the lowest rank (of the last class; among those, the one that started last) if that ranks below. Who has
 * lost a server goes on where the work stopped, ahead of all who wait in the same class.
 */
export class PriorityStation extends Station {
  readonly servers: number;
  private readonly customers = new Customers();
  private readonly timers: Timers;
  /** By class: first and last of those who wait. */
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  /** Customers in service, in the order of their start. */
  private readonly serving: number[] = [];
  /** By customer: class, work left when it was last started, time of that start, the one behind it. */
  private classes = new Int32Array(16);
  private left = new Float64Array(16);
  private started = new Float64Array(16);
  private behind = new Int32Array(16);

  constructor(engine: Engine, classes: number, servers = 1, name = 'priority station') {
    super(engine);
    if (!(Number.isInteger(servers) && servers >= 1))
      throw new RangeError(`a station with ${servers} servers`);
    this.servers = servers;
    this.heads = new Int32Array(classes).fill(NONE);
    this.tails = new Int32Array(classes).fill(NONE);
    this.timers = new Timers(engine, (customer) => this.end(customer), 16, name);
  }

  /** A customer of `rank` (0 goes first) comes who needs `work`; handler `type` is called with `entity` when done. */
  serve(work: number, rank: number, type = this.engine.resumeType, entity = this.engine.process): void {
    if (!(rank >= 0 && rank < this.heads.length)) throw new RangeError(`no class ${rank}`);
    this.arrive(work);
    const customer = this.customers.enter(type, entity);
    if (customer >= this.classes.length) this.grow(2 * customer);
    this.classes[customer] = rank;
    this.left[customer] = work;
    if (this.serving.length < this.servers) this.start(customer);
    else {
      const victim = this.lowest();
      if (this.classes[victim]! > rank) {
        this.preempt(victim);
        this.start(customer);
      } else this.wait(customer);
    }
  }

  private start(customer: number): void {
    const now = this.engine.now;
    this.serving.push(customer);
    this.started[customer] = now;
    this.timers.set(customer, now + this.left[customer]!);
  }

  /** The customer in service that ranks lowest; the last started of these. */
  private lowest(): number {
    let lowest = this.serving[0]!;
    for (const customer of this.serving)
      if (this.classes[customer]! >= this.classes[lowest]!) lowest = customer;
    return lowest;
  }

  private preempt(customer: number): void {
    this.serving.splice(this.serving.indexOf(customer), 1);
    this.left[customer] = Math.max(0, this.left[customer]! - (this.engine.now - this.started[customer]!));
    this.timers.clear(customer);
    const rank = this.classes[customer]!;
    this.behind[customer] = this.heads[rank]!;
    this.heads[rank] = customer;
    if (this.tails[rank] === NONE) this.tails[rank] = customer;
  }

  private wait(customer: number): void {
    const rank = this.classes[customer]!;
    this.behind[customer] = NONE;
    const last = this.tails[rank]!;
    if (last === NONE) this.heads[rank] = customer;
    else this.behind[last] = customer;
    this.tails[rank] = customer;
  }

  private end(customer: number): void {
    const type = this.customers.types[customer]!;
    const entity = this.customers.entities[customer]!;
    this.serving.splice(this.serving.indexOf(customer), 1);
    this.customers.leave(customer);
    this.depart();
    for (let rank = 0; rank < this.heads.length; rank++) {
      const next = this.heads[rank]!;
      if (next === NONE) continue;
      this.heads[rank] = this.behind[next]!;
      if (this.heads[rank] === NONE) this.tails[rank] = NONE;
      this.start(next);
      break;
    }
    this.engine.call(type, entity);
  }

  private grow(room: number): void {
    this.classes = widened(this.classes, new Int32Array(room));
    this.left = widened(this.left, new Float64Array(room));
    this.started = widened(this.started, new Float64Array(room));
    this.behind = widened(this.behind, new Int32Array(room));
    this.timers.grow(room);
  }
}
