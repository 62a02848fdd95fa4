/**
 * Gangs by Ousterhout's matrix (`matrix.ts`): all processes of a program run in the same slices.
 *
 * A slice lasts the quantum q, of which all is useful, and before it the skew d and the switch s. In a row's slice a
 * node whose cell is empty, or whose process is blocked, runs the next of its column (alternate selection).
 * How a switch is made and what it costs is the mechanism's: signals at user level or the kernel.
 * Source: Ousterhout 1982; GLUnix as recalled in fact G013; sections A4 and C6 of the project's reference on policies.
 */
import type { Field } from '../../../sim/experiment/fields.ts';
import type { CoschedulingPolicy, CoschedulingPolicyKind, CoschedulingView } from './contract.ts';
import { FITS, type Fit, Matrix } from './matrix.ts';

export const GANG_FIELDS = {
  fit: { kind: 'choice', doc: "where in the matrix a program's processes go", of: FITS, default: 'first' },
  alternate: {
    kind: 'boolean',
    doc: 'a node whose own process of the slice is missing or blocked runs the next of its column',
    default: true,
  },
  unify: { kind: 'boolean', doc: 'rows that fit in one are merged when a program ends', default: true },
  switching: {
    kind: 'choice',
    doc: 'how a node is switched to the next gang',
    of: {
      signals: 'a message to each node; its daemon stops one process and lets the other go on',
      kernel: "the nodes' kernels by their clocks: one context switch, no message",
    },
    default: 'signals',
  },
  switch_cost: {
    kind: 'time',
    doc: 's: CPU time of a node for one switch; auto: the prices of what `switching` says under cluster.os',
    default: 'auto',
    min: 0,
    words: ['auto'],
  },
  skew: {
    kind: 'time',
    doc: "d: from the first node's switch to the last's; auto: the master sends the messages one after the other, clocks agree",
    default: 'auto',
    min: 0,
    words: ['auto'],
  },
} as const satisfies Readonly<Record<string, Field>>;

export const gang: CoschedulingPolicyKind & { readonly fields: typeof GANG_FIELDS } = {
  doc: "gangs in the rows of Ousterhout's matrix take turns",
  fields: GANG_FIELDS,
  waiting: 'spin',
  scheduler: 'round-robin',
  randomPhases: false,
  create: (view, parameters) => new Gangs(view, parameters),
};

class Gangs implements CoschedulingPolicy {
  private readonly matrix: Matrix;
  private readonly alternate: boolean;
  private readonly unifies: boolean;

  constructor(view: CoschedulingView, parameters: Readonly<Record<string, unknown>>) {
    this.matrix = new Matrix(view.nodes, parameters['fit'] as Fit);
    this.alternate = parameters['alternate'] as boolean;
    this.unifies = parameters['unify'] as boolean;
  }

  get slots(): number {
    return this.matrix.rows;
  }

  get slot(): number {
    return this.matrix.current;
  }

  place(program: number, width: number): Int32Array {
    return this.matrix.place(program, Math.min(width, this.matrix.columns));
  }

  ended(program: number): void {
    this.matrix.remove(program);
    if (this.unifies) this.matrix.unify();
  }

  rotate(): void {
    this.matrix.rotate();
  }

  turn(slot: number, program: number): number {
    const distance = this.matrix.distance(slot, program);
    return distance === 0 || this.alternate ? distance : Number.POSITIVE_INFINITY;
  }
}
