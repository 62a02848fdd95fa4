/**
 * Pre-emptive migration by age: when a job comes to a node, that node looks at the jobs that run there. A job of age a is worth
 * moving to a node where it would be one of t, from one of n, if a > (f + m/b) / (n - t), since its median time left is its
 * age. Of those that pass, the one with the largest age for its cost is moved.
 *
 * The target is the node that the decider names. f and b are what the policy believes; what a move costs is set under
 * `sharing`. Age is CPU time.
 * Source: Harchol-Balter and Downey 1997 (L027-L030); section A3 of the project's reference.
 */
import { ASK, KEEP, type SharingPolicy, type SharingPolicyKind, type SharingView } from './contract.ts';

export const preemptAge: SharingPolicyKind = {
  doc: 'when a job comes, the oldest running job for its cost is moved if its age promises more than the move costs',
  fields: {
    fixed: { kind: 'time', doc: 'believed fixed cost of a move, f (L028)', default: '300ms', min: 0 },
    rate: {
      kind: 'bytes',
      doc: 'believed bytes of a process image that move a second, b (L028)',
      default: '500KiB',
      above: 0,
    },
  },
  preemptive: true,
  asks: true,
  create: (view, parameters) =>
    new PreemptAge(view, parameters['fixed'] as number, (parameters['rate'] as number) / 1e9),
};

class PreemptAge implements SharingPolicy {
  subject = -1;
  private readonly view: SharingView;
  private readonly fixed: number;
  /** Bytes a ns. */
  private readonly rate: number;

  constructor(view: SharingView, fixed: number, rate: number) {
    this.view = view;
    this.fixed = fixed;
    this.rate = rate;
  }

  arrived(task: number, node: number): number {
    // A job that has just been moved here is no new job.
    return this.view.load(node) < 2 || this.view.moves(task) > 0 ? KEEP : ASK;
  }

  answered(_task: number, node: number, other: number, load: number): number {
    const { view } = this;
    const gain = view.load(node) - (load + 1);
    if (other < 0 || gain <= 0) return KEEP;
    let best = -1;
    let most = 0;
    for (let job = view.first(node); job >= 0; job = view.next(job)) {
      const cost = this.fixed + view.memory(job) / this.rate;
      const age = view.age(job);
      if (age <= cost / gain) continue;
      const worth = cost === 0 ? Number.POSITIVE_INFINITY : age / cost;
      if (worth > most) {
        most = worth;
        best = job;
      }
    }
    if (best < 0) return KEEP;
    this.subject = best;
    return other;
  }
}
