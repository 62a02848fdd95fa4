/**
 * The offered node with the lowest number. One bit a node and the first non-empty word: an operation costs a few
 * instructions also with 100,000 nodes. Bound: uses no knowledge at all.
 */
import type { PlacementPolicy, PlacementPolicyKind } from './contract.ts';

export const firstFit: PlacementPolicyKind = {
  doc: 'the idle node with the lowest number; uses no knowledge',
  fields: {},
  create: (nodes) => new FirstFit(nodes),
};

class FirstFit implements PlacementPolicy {
  private readonly words: Int32Array;
  /** Every word below this one is empty. */
  private first = 0;

  constructor(nodes: number) {
    this.words = new Int32Array((nodes + 31) >>> 5);
  }

  offered(node: number): void {
    const word = node >>> 5;
    this.words[word]! |= 1 << (node & 31);
    if (word < this.first) this.first = word;
  }

  withdrawn(node: number): void {
    this.words[node >>> 5]! &= ~(1 << (node & 31));
  }

  choose(): number {
    const words = this.words;
    let word = this.first;
    while (words[word] === 0) word++;
    this.first = word;
    const bits = words[word]!;
    return (word << 5) + (31 - Math.clz32(bits & -bits));
  }
}
