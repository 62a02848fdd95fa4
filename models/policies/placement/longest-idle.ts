/**
 * The node that has gone longest without input of its owner: the owner who has been away longest is the least
 * likely to come back soon (idle times have a falling hazard). Ties: the lowest node number.
 * Source: Sprite's central server (Douglis 1990, sec. 6.3; facts A021, A023).
 */
import type { PlacementPolicy, PlacementPolicyKind } from './contract.ts';
import { OrderedNodes } from './ordered.ts';

export const longestIdle: PlacementPolicyKind = {
  doc: 'the node whose owner has been away longest (Sprite)',
  fields: {},
  create: (nodes) => new LongestIdle(nodes),
};

class LongestIdle implements PlacementPolicy {
  private readonly ordered: OrderedNodes;

  constructor(nodes: number) {
    this.ordered = new OrderedNodes(nodes);
  }

  offered(node: number, idleSince: number): void {
    this.ordered.add(node, idleSince);
  }

  withdrawn(node: number): void {
    this.ordered.remove(node);
  }

  choose(): number {
    return this.ordered.first();
  }
}
