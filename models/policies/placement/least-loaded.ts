/**
 * The node whose owner's programs used least CPU when it last reported (GLUnix: the P least loaded nodes of a parallel
 * job of P). Ties: the one whose owner has been away longest, then the lowest node number. Loads are as old as the
 * reports that brought them: a node reports when it begins to be idle.
 * Source: section A2 of the project's reference on policies (`glunix`; recalled).
 */
import type { PlacementPolicy, PlacementPolicyKind } from './contract.ts';
import { OrderedNodes } from './ordered.ts';

export const leastLoaded: PlacementPolicyKind = {
  doc: "the node whose owner's programs used least CPU when it last reported (GLUnix)",
  fields: {},
  readsLoad: true,
  create: (nodes) => new LeastLoaded(nodes),
};

class LeastLoaded implements PlacementPolicy {
  private readonly ordered: OrderedNodes;

  constructor(nodes: number) {
    this.ordered = new OrderedNodes(nodes, true);
  }

  offered(node: number, idleSince: number, load: number): void {
    this.ordered.add(node, load, idleSince);
  }

  withdrawn(node: number): void {
    this.ordered.remove(node);
  }

  choose(): number {
    return this.ordered.first();
  }
}
