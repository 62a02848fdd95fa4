/** A uniformly random one of the offered nodes. Bound: what knowledge of idle times must beat. */
import type { Source } from '../../../sim/engine/streams.ts';
import type { PlacementPolicy, PlacementPolicyKind } from './contract.ts';

export const randomIdle: PlacementPolicyKind = {
  doc: 'a uniformly random idle node',
  fields: {},
  create: (nodes, chance) => new RandomIdle(nodes, chance),
};

class RandomIdle implements PlacementPolicy {
  private readonly node: Int32Array;
  /** Position of each node in `node`. */
  private readonly at: Int32Array;
  private readonly chance: Source;
  private count = 0;

  constructor(nodes: number, chance: Source) {
    this.node = new Int32Array(nodes);
    this.at = new Int32Array(nodes);
    this.chance = chance;
  }

  offered(node: number): void {
    this.node[this.count] = node;
    this.at[node] = this.count++;
  }

  withdrawn(node: number): void {
    const last = this.node[--this.count]!;
    const at = this.at[node]!;
    this.node[at] = last;
    this.at[last] = at;
  }

  choose(): number {
    return this.node[Math.floor(this.chance.next() * this.count)]!;
  }
}
