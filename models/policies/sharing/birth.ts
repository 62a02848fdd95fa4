/**
 * Placement at birth, by name: a job that finds others at its node is moved before it starts, if programs of its name have
 * run long on average and the node that the decider names will have fewer jobs. The rival of pre-emptive migration.
 *
 * A node knows what its own users' programs have used so far, wherever they ran; nothing is exchanged between nodes. The
 * least mean that is long, and the number of runs before a mean is trusted, are assumed.
 * Source: Harchol-Balter and Downey 1997, the non-pre-emptive strategy (L030); section A3 of the project's reference.
 */
import { ASK, KEEP, type SharingPolicy, type SharingPolicyKind, type SharingView } from './contract.ts';

export const birth: SharingPolicyKind = {
  doc: 'a job whose program has run long before is placed on the node that the decider names (by name, at birth only)',
  fields: {
    long: {
      kind: 'time',
      doc: 'mean CPU time from which a program is long (assumed)',
      default: '1s',
      min: 0,
    },
    runs: {
      kind: 'integer',
      doc: 'runs of a program that a node must have seen (assumed)',
      default: 3,
      min: 1,
    },
  },
  asks: true,
  create: (view, parameters) => new Birth(view, parameters['long'] as number, parameters['runs'] as number),
};

interface History {
  runs: number;
  cpu: number;
}

class Birth implements SharingPolicy {
  private readonly view: SharingView;
  private readonly long: number;
  private readonly runs: number;
  /** By node: CPU of its users' programs, by program. */
  private readonly history: Map<number, History>[];

  constructor(view: SharingView, long: number, runs: number) {
    this.view = view;
    this.long = long;
    this.runs = runs;
    this.history = Array.from({ length: view.nodes }, () => new Map());
  }

  arrived(task: number, node: number): number {
    const { view } = this;
    if (view.load(node) === 0 || view.moves(task) > 0) return KEEP;
    const known = this.history[node]!.get(view.program(task));
    const isLong = known !== undefined && known.runs >= this.runs && known.cpu >= this.long * known.runs;
    return isLong ? ASK : KEEP;
  }

  answered(_task: number, node: number, other: number, load: number): number {
    return other >= 0 && load < this.view.load(node) ? other : KEEP;
  }

  ended(home: number, program: number, cpu: number): void {
    if (program < 0) return;
    const own = this.history[home]!;
    const known = own.get(program);
    if (known === undefined) own.set(program, { runs: 1, cpu });
    else {
      known.runs++;
      known.cpu += cpu;
    }
  }
}
