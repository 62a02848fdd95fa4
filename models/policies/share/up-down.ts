/**
 * Up-down (Condor of 1988): a user's index rises while their jobs hold processors, by so much an hour and processor,
 * falls while they wait, and goes back to zero while they do neither; the lowest index goes first. Who asks for little
 * goes before who has had much, and a heavy user is not starved.
 *
 * `every` is the coordinator's throttle: at most one job is started in that time.
 * Source: section A1 of the project's reference; fact A051 (recalled). The rates are assumed.
 */
import type { SharePolicy, SharePolicyKind, ShareView } from './contract.ts';

const HOUR = 3600e9;

export const upDown: SharePolicyKind = {
  doc: "a user's index rises while they hold processors and falls while they wait; the lowest goes first (Condor, 1988)",
  fields: {
    up: {
      kind: 'number',
      doc: 'by how much the index rises an hour and processor held (assumed)',
      default: 1,
      min: 0,
    },
    down: {
      kind: 'number',
      doc: 'by how much it falls an hour while the user waits, or goes back to zero (assumed)',
      default: 1,
      min: 0,
    },
    every: {
      kind: 'time',
      doc: 'at most one job is started in this time (A051: 2 min in Condor of 1988)',
      default: '0s',
      min: 0,
    },
  },
  create: (view, users, parameters) =>
    new UpDown(view, users, (parameters['up'] as number) / HOUR, (parameters['down'] as number) / HOUR),
};

class UpDown implements SharePolicy {
  private readonly view: ShareView;
  private readonly up: number;
  private readonly down: number;
  private readonly value: Float64Array;
  private readonly since: Float64Array;

  constructor(view: ShareView, users: number, up: number, down: number) {
    this.view = view;
    this.up = up;
    this.down = down;
    this.value = new Float64Array(users);
    this.since = new Float64Array(users);
  }

  changing(user: number): void {
    this.value[user] = this.index(user);
    this.since[user] = this.view.now;
  }

  index(user: number): number {
    const held = this.view.held(user);
    const waits = this.view.waiting(user) > 0;
    const span = this.view.now - this.since[user]!;
    const value = this.value[user]!;
    if (held > 0 || waits) return value + span * (this.up * held - (waits ? this.down : 0));
    return Math.sign(value) * Math.max(0, Math.abs(value) - span * this.down);
  }

  reclaimFrom(): number {
    return -1;
  }
}
