/**
 * A file read from one end to the other: from the reader's own disk, or striped over the disks of other nodes that are
 * idle, block i on disk i mod k. The reader keeps a number of blocks asked for ahead; a block is asked for by a short
 * message, read by its disk, sent over the network and taken in by the reader's CPU.
 *
 * Left out: what a drive reads ahead of itself (each block waits for its sector), writes, owners who want their disks,
 * redundancy. Source: the proposal to use idle nodes' disks as one (Anderson, Culler, Patterson and the NOW team 1995).
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { FifoServers } from '../hardware/network/medium.ts';
import type { NodeDisks } from './disks.ts';
import type { PageWires } from './wires.ts';

export interface StripedFileConfig {
  readonly engine: Engine;
  /** Bytes of the file and of a block. */
  readonly bytes: number;
  readonly block: number;
  /** Nodes 1 to `disks` hold the blocks; 0: node 0, the reader's own. */
  readonly disks: number;
  /** Blocks asked for at once. */
  readonly ahead: number;
  readonly nodeDisks: NodeDisks;
  readonly wires: PageWires;
  /** CPU time, ns: a block read at the reader's own disk; taken from the network; a request answered by a disk's node. */
  readonly prices: { readonly own: number; readonly take: number; readonly answer: number };
  /** A block is here. */
  readonly arrived: (block: number) => void;
}

/** Bytes of a request for a block (assumed: an address and a header). */
const REQUEST = 32;

export class StripedFile {
  private readonly config: StripedFileConfig;
  private readonly blocks: number;
  private readonly cpus: FifoServers;
  private asked = 0;
  private readonly atDiskType: number;
  private readonly readType: number;
  private readonly fetchedType: number;
  private readonly doneType: number;
  private readonly requestType: number;

  constructor(config: StripedFileConfig) {
    const { engine, bytes, block, disks } = config;
    this.config = config;
    this.blocks = Math.ceil(bytes / block);
    this.cpus = new FifoServers(disks + 1);
    this.requestType = engine.on((i) => this.serve(this.nodeOf(i), config.prices.answer, this.atDiskType, i));
    this.atDiskType = engine.on((i) => this.read(i), 'block wanted of a disk');
    this.readType = engine.on((i) => this.send(i), 'block read');
    this.fetchedType = engine.on((i) => this.take(i), 'block at its reader');
    this.doneType = engine.on((i) => this.done(i), 'block taken in');
  }

  start(): void {
    for (let k = 0; k < Math.min(this.config.ahead, this.blocks); k++) this.ask();
  }

  private nodeOf(block: number): number {
    const { disks } = this.config;
    return disks === 0 ? 0 : 1 + (block % disks);
  }

  private sizeOf(block: number): number {
    const { bytes, block: size } = this.config;
    return Math.min(size, bytes - block * size);
  }

  private ask(): void {
    const block = this.asked++;
    const node = this.nodeOf(block);
    if (node === 0) this.read(block);
    else this.config.wires.send(0, node, REQUEST, this.requestType, block);
  }

  /** The CPU of a node works for `work`; handler `type` is called with `block` then. */
  private serve(node: number, work: number, type: number, block: number): void {
    const { engine } = this.config;
    if (work === 0) engine.call(type, block);
    else engine.schedule(this.cpus.serve(node, engine.now, work) - engine.now, type, block);
  }

  private read(block: number): void {
    const { disks, nodeDisks, block: size } = this.config;
    // Blocks of one disk lie one behind the other.
    const place = disks === 0 ? block : Math.floor(block / disks);
    nodeDisks.request(this.nodeOf(block), false, place, size, this.readType, block);
  }

  private send(block: number): void {
    const node = this.nodeOf(block);
    if (node === 0) this.take(block);
    else this.config.wires.send(node, 0, this.sizeOf(block), this.fetchedType, block);
  }

  private take(block: number): void {
    const { prices, disks } = this.config;
    this.serve(0, disks === 0 ? prices.own : prices.take, this.doneType, block);
  }

  private done(block: number): void {
    this.config.arrived(block);
    if (this.asked < this.blocks) this.ask();
  }
}
