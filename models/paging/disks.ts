/** The disks of nodes: one arm each (or a number of requests at once), first come first served. */
import type { Engine } from '../../sim/engine/engine.ts';
import type { StreamBank } from '../../sim/engine/streams.ts';
import { Heads } from '../hardware/disk/index.ts';
import { FifoServers } from '../hardware/network/medium.ts';
import type { Disk } from '../presets/disks.ts';

export class NodeDisks {
  /** Time of each request in service, ns: number, sum and sum of squares. */
  reads = 0;
  readTime = 0;
  readSquares = 0;
  private readonly engine: Engine;
  private readonly heads: Heads;
  private readonly fixed: number | null;
  private readonly servers: FifoServers;
  private readonly parallel: number;
  private readonly chance: StreamBank;

  /** `fixed`: ns of every request, whatever the disk; null: the disk's own. `chance`: a stream a node. */
  constructor(engine: Engine, disk: Disk, nodes: number, chance: StreamBank, fixed: number | null = null) {
    this.engine = engine;
    this.heads = new Heads(disk, nodes);
    this.fixed = fixed;
    this.parallel = disk.kind === 'constant' && fixed === null ? disk.parallel.value : 1;
    this.servers = new FifoServers(nodes * this.parallel);
    this.chance = chance;
  }

  /** Block `block` of `bytes` is read or written at a node; handler `type` is called with `entity` when it is done. */
  request(node: number, write: boolean, block: number, bytes: number, type: number, entity: number): void {
    const { now } = this.engine;
    const work = this.fixed ?? this.heads.request(node, write, block, bytes, this.chance.at(node));
    if (!write) {
      this.reads++;
      this.readTime += work;
      this.readSquares += work * work;
    }
    let server = node * this.parallel;
    for (let k = 1; k < this.parallel; k++) {
      const other = node * this.parallel + k;
      if (this.servers.freeAt(other) < this.servers.freeAt(server)) server = other;
    }
    this.engine.schedule(this.servers.serve(server, now, work) - now, type, entity);
  }
}
