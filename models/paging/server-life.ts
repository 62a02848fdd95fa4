/**
 * What becomes of memory servers in a run of one process: their owners want the memory back and lend it again, after
 * exponential times; they crash, and are back after a given time, empty. Streams of their own for each server.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { exponential, type Law } from '../../sim/engine/laws.ts';
import type { StreamBank } from '../../sim/engine/streams.ts';
import type { MemoryServers } from './servers.ts';

export interface ServerLifeConfig {
  readonly engine: Engine;
  readonly servers: MemoryServers;
  /** Nodes that lend memory, and the frames that each lends. */
  readonly lenders: readonly number[];
  readonly frames: number;
  /** The node that keeps parity; -1: none. */
  readonly parity: number;
  /** Means, ns; null: never. */
  readonly wantedAfter: number | null;
  readonly lentAfter: number;
  readonly crashAfter: number | null;
  readonly repair: number;
  /** A stream a node. */
  readonly owners: StreamBank;
  readonly crashes: StreamBank;
  /** Called after each of these events. */
  readonly happened: () => void;
}

export class ServerLife {
  private readonly config: ServerLifeConfig;
  private readonly wanted: Law | null;
  private readonly lent: Law;
  private readonly crash: Law | null;
  /** 1 while the owner has the memory, and while the node is down. */
  private readonly away: Uint8Array;
  private readonly down: Uint8Array;
  private readonly ownerType: number;
  private readonly crashType: number;
  private readonly backType: number;

  constructor(config: ServerLifeConfig) {
    const { engine, wantedAfter, crashAfter, lentAfter, lenders, parity } = config;
    this.config = config;
    this.wanted = wantedAfter === null ? null : exponential(wantedAfter);
    this.lent = exponential(lentAfter);
    this.crash = crashAfter === null ? null : exponential(crashAfter);
    const nodes = Math.max(parity, ...lenders) + 1;
    this.away = new Uint8Array(nodes);
    this.down = new Uint8Array(nodes);
    this.ownerType = engine.on((node) => this.ownerChanges(node), 'owner of a memory server');
    this.crashType = engine.on((node) => this.fails(node), 'crash of a memory server');
    this.backType = engine.on((node) => this.isBack(node), 'memory server back');
  }

  start(): void {
    const { engine, servers, lenders, frames, parity, owners, crashes } = this.config;
    for (const node of lenders) {
      servers.offer(node, frames);
      if (this.wanted !== null) engine.schedule(this.wanted.sample(owners.at(node)), this.ownerType, node);
      if (this.crash !== null) engine.schedule(this.crash.sample(crashes.at(node)), this.crashType, node);
    }
    if (parity < 0) return;
    servers.offerParity(parity);
    if (this.crash !== null) engine.schedule(this.crash.sample(crashes.at(parity)), this.crashType, parity);
  }

  private ownerChanges(node: number): void {
    const { engine, servers, frames, owners, happened } = this.config;
    const wants = this.away[node] === 0;
    this.away[node] = wants ? 1 : 0;
    // A node that is down tells when it is back.
    if (this.down[node] === 0) {
      if (wants) servers.withdraw(node);
      else servers.offer(node, frames);
    }
    engine.schedule((wants ? this.lent : this.wanted!).sample(owners.at(node)), this.ownerType, node);
    happened();
  }

  private fails(node: number): void {
    this.down[node] = 1;
    this.config.servers.crash(node);
    this.config.engine.schedule(this.config.repair, this.backType, node);
    this.config.happened();
  }

  private isBack(node: number): void {
    const { engine, servers, frames, parity, crashes, happened } = this.config;
    this.down[node] = 0;
    if (node === parity) servers.offerParity(node);
    else if (this.away[node] === 0) servers.offer(node, frames);
    engine.schedule(this.crash!.sample(crashes.at(node)), this.crashType, node);
    happened();
  }
}
