/**
 * Linger longer: when the owner returns the guest stays, with what the owner leaves, and moves only when that pays.
 *
 * Moving costs the time T of the move; it gains, for as long as the owner still stays, the difference of the CPU shares
 * h used by the owner here and l used at an idle node. A stay that has lasted for some time lasts as long again (the
 * median of a law with a falling hazard), so moving pays once the owner has been back for (1 - l) / (h - l) T.
 * Source: Ryu and Hollingsworth 1998 (facts A060-A062; the rule is recalled). The owner's use is looked at on the return
 * and when the time has come, not in between.
 */
import {
  BESIDE,
  type OwnerReturnPolicy,
  type OwnerReturnPolicyKind,
  type OwnerReturnView,
  type ReturnAction,
} from './contract.ts';

/** Where no node is free when moving would pay, the master is asked again after this time, ns (assumed). */
const ASK_EVERY = 60e9;

export const linger: OwnerReturnPolicyKind = {
  doc: 'the guest stays with what its owner leaves, and moves once the age of the stay says that it pays',
  fields: {
    idle_use: {
      kind: 'share',
      doc: "CPU share that owners' programs are taken to use at an idle node (assumed)",
      default: '2%',
      min: 0,
      max: 1,
    },
    ...BESIDE,
  },
  create: (view, parameters) => new Linger(view, parameters['idle_use'] as number),
};

class Linger implements OwnerReturnPolicy {
  askAgainAt = Number.POSITIVE_INFINITY;
  private readonly view: OwnerReturnView;
  private readonly elsewhere: number;

  constructor(view: OwnerReturnView, elsewhere: number) {
    this.view = view;
    this.elsewhere = elsewhere;
  }

  decide(node: number, job: number): ReturnAction {
    const { view, elsewhere } = this;
    const gain = view.ownerCpu(node) - elsewhere;
    this.askAgainAt = Number.POSITIVE_INFINITY;
    if (gain <= 0) return 'low-priority';
    const pays = view.backSince(node) + ((1 - elsewhere) * view.moveTime(job)) / gain;
    if (view.now >= pays && view.freeNodes > 0) return 'migrate';
    this.askAgainAt = view.now >= pays ? view.now + ASK_EVERY : pays;
    return 'low-priority';
  }
}
