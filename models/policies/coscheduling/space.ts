/**
 * Space partitioning: each program has nodes to itself; programs that find none wait, first come first served.
 *
 * The nodes are cut into equal partitions; a program that asks for more is moulded to the nodes of one: as many
 * processes as those, with the same work in sum. With one partition programs take any free nodes.
 * Left out: partitions that grow when programs end. Source: section A4 of the project's reference on policies.
 */
import type { Field } from '../../../sim/experiment/fields.ts';
import type { CoschedulingPolicy, CoschedulingPolicyKind, CoschedulingView } from './contract.ts';

export const SPACE_FIELDS = {
  partitions: {
    kind: 'integer',
    doc: 'equal parts of the nodes; a program has at most one of them',
    default: 'auto',
    min: 1,
    words: ['auto'],
  },
} as const satisfies Readonly<Record<string, Field>>;

export const space: CoschedulingPolicyKind & { readonly fields: typeof SPACE_FIELDS } = {
  doc: 'each program has nodes to itself (auto: as many partitions as programs at the start, one where jobs arrive)',
  fields: SPACE_FIELDS,
  waiting: 'spin',
  scheduler: 'round-robin',
  randomPhases: false,
  create: (view, parameters) => new Partitions(view, parameters['partitions'] as number),
};

class Partitions implements CoschedulingPolicy {
  readonly slots = 1;
  readonly slot = 0;
  private readonly most: number;
  private readonly taken: Uint8Array;
  private free: number;
  private readonly held = new Map<number, Int32Array>();

  constructor(view: CoschedulingView, partitions: number) {
    this.most = Math.max(1, Math.floor(view.nodes / partitions));
    this.taken = new Uint8Array(view.nodes);
    this.free = view.nodes;
  }

  place(program: number, width: number): Int32Array | null {
    const count = Math.min(width, this.most);
    if (this.free < count) return null;
    const nodes = new Int32Array(count);
    for (let node = 0, k = 0; k < count; node++) if (this.taken[node] === 0) nodes[k++] = node;
    for (const node of nodes) this.taken[node] = 1;
    this.free -= count;
    this.held.set(program, nodes);
    return nodes;
  }

  ended(program: number): void {
    const nodes = this.held.get(program)!;
    for (const node of nodes) this.taken[node] = 0;
    this.free += nodes.length;
    this.held.delete(program);
  }

  rotate(): void {}

  turn(): number {
    return 0;
  }
}
