/**
 * Equal shares: the user who holds the fewest processors goes first.
 *
 * With `reclaim`, Sprite's fairness on refusal: a user who holds n processors and is refused one takes a node back from
 * the user who holds most, if those are more than n + 1 (so two against one never moves). The job there, of one task,
 * goes home, and its user gets no other node for 30 s.
 * Source: Sprite's central server (section A2 of the project's reference; facts A014, A024). Left out: what it goes home
 * to (a guest that is sent home waits there for its turn; Sprite ran it on the home node).
 */
import type { SharePolicy, SharePolicyKind, ShareView } from './contract.ts';

export const equal: SharePolicyKind = {
  doc: 'the user who holds the fewest processors goes first; nodes may be taken back from who holds most',
  fields: {
    reclaim: {
      kind: 'boolean',
      doc: 'whether a user who is refused takes a node back from one who holds at least two more',
      default: false,
    },
    window: {
      kind: 'time',
      doc: 'time for which a user from whom a node was taken back gets none (A014)',
      default: '30s',
      min: 0,
    },
  },
  create: (view, _users, parameters) => new Equal(view, parameters['reclaim'] === true),
};

class Equal implements SharePolicy {
  private readonly view: ShareView;
  private readonly reclaims: boolean;

  constructor(view: ShareView, reclaims: boolean) {
    this.view = view;
    this.reclaims = reclaims;
  }

  changing(): void {}

  index(user: number): number {
    return this.view.held(user);
  }

  reclaimFrom(user: number, users: Iterable<number>): number {
    if (!this.reclaims) return -1;
    let most = this.view.held(user) + 1;
    let victim = -1;
    for (const other of users) {
      if (other === user || this.view.held(other) <= most) continue;
      most = this.view.held(other);
      victim = other;
    }
    return victim;
  }
}
