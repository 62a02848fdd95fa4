/**
 * How pages and short messages get from node to node, and what the CPU of a node that serves them takes: on a network
 * of the presets, or in a time that is given.
 *
 * Left out: acknowledgements, lost messages; other traffic.
 */
import { widened } from '../../sim/engine/columns.ts';
import type { Engine } from '../../sim/engine/engine.ts';
import { FifoServers, Medium } from '../hardware/network/medium.ts';
import type { Network } from '../presets/networks.ts';

export interface PageWires {
  /** A message of `bytes` is ready at node `from`; handler `type` is called with `entity` when `to` has all of it. */
  send(from: number, to: number, bytes: number, type: number, entity: number): void;
}

/** The network of a preset. */
export class NetworkWires implements PageWires {
  private readonly engine: Engine;
  private readonly medium: Medium;
  private readonly arrives: number;
  // Messages on their way, by number.
  private to = new Int32Array(16);
  private bytes = new Float64Array(16);
  private types = new Int32Array(16);
  private entities = new Int32Array(16);
  private readonly free: number[] = [];
  private used = 0;

  constructor(engine: Engine, network: Network, nodes: number) {
    this.engine = engine;
    this.medium = new Medium(network, nodes);
    this.arrives = engine.on((message) => this.arrive(message), 'page on a wire');
  }

  send(from: number, to: number, bytes: number, type: number, entity: number): void {
    const message = this.free.length > 0 ? this.free.pop()! : this.used++;
    if (message === this.to.length) this.widen();
    this.to[message] = to;
    this.bytes[message] = bytes;
    this.types[message] = type;
    this.entities[message] = entity;
    const { now } = this.engine;
    this.engine.schedule(this.medium.depart(from, bytes, now) - now, this.arrives, message);
  }

  private arrive(message: number): void {
    const { now } = this.engine;
    const end = this.medium.arrive(this.to[message]!, this.bytes[message]!, now);
    const type = this.types[message]!;
    const entity = this.entities[message]!;
    this.free.push(message);
    if (end > now) this.engine.schedule(end - now, type, entity);
    else this.engine.call(type, entity);
  }

  private widen(): void {
    const size = 2 * this.to.length;
    this.to = widened(this.to, new Int32Array(size));
    this.bytes = widened(this.bytes, new Float64Array(size));
    this.types = widened(this.types, new Int32Array(size));
    this.entities = widened(this.entities, new Int32Array(size));
  }
}

/** Every page takes the same time, one after another from each node; short messages take none. */
export class FixedWires implements PageWires {
  private readonly engine: Engine;
  private readonly time: number;
  private readonly links: FifoServers;
  private readonly page: number;

  /** `time`: ns a page of `page` bytes or more. */
  constructor(engine: Engine, time: number, page: number, nodes: number) {
    this.engine = engine;
    this.time = time;
    this.page = page;
    this.links = new FifoServers(nodes);
  }

  send(from: number, _to: number, bytes: number, type: number, entity: number): void {
    const { now } = this.engine;
    if (bytes < this.page) this.engine.call(type, entity);
    else this.engine.schedule(this.links.serve(from, now, this.time) - now, type, entity);
  }
}
