// Load sharing policies and deciders: what every file must keep to, and each rule on a hand-made view.
import { describe, expect, it } from 'vitest';
import { type LoadTable, leastLoaded } from '../../models/policies/decider/contract.ts';
import { deciderPolicies } from '../../models/policies/decider/index.ts';
import {
  ASK,
  HOLD,
  KEEP,
  probe,
  probed,
  type SharingPolicy,
  type SharingPolicyKind,
  type SharingView,
} from '../../models/policies/sharing/contract.ts';
import { sharingPolicies } from '../../models/policies/sharing/index.ts';
import { OtherNodes } from '../../models/policies/sharing/others.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { readFields } from '../../sim/experiment/fields.ts';

interface Job {
  readonly node?: number;
  readonly moves?: number;
  readonly program?: number;
  readonly memory?: number;
  readonly age?: number;
}

/** A view of nodes with given loads; jobs by their number. */
function viewOf(loads: number[], jobs: Job[] = [], more: Partial<SharingView> = {}): SharingView {
  const at = (node: number) => jobs.map((_, i) => i).filter((i) => jobs[i]!.node === node);
  return {
    now: 0,
    nodes: loads.length,
    load: (node) => loads[node]!,
    speed: () => 1,
    moves: (task) => jobs[task]?.moves ?? 0,
    program: (task) => jobs[task]?.program ?? -1,
    memory: (task) => jobs[task]?.memory ?? 0,
    age: (task) => jobs[task]?.age ?? 0,
    first: (node) => at(node)[0] ?? -1,
    next: (task) => {
      const row = at(jobs[task]!.node!);
      return row[row.indexOf(task) + 1] ?? -1;
    },
    told: (node) => loads[node]!,
    toldAt: Number.NEGATIVE_INFINITY,
    ...more,
  };
}

/** The view as the node `deciding.node` has it: it knows no other's load. */
function onlyOwn(view: SharingView, deciding: { readonly node: number }): SharingView {
  return {
    ...view,
    load(node) {
      if (node !== deciding.node) throw new Error(`${deciding.node} asks for the load of ${node}`);
      return view.load(node);
    },
  };
}

function made(
  kind: SharingPolicyKind,
  view: SharingView,
  given: Record<string, unknown> = {},
): SharingPolicy {
  const text = Object.fromEntries(
    Object.entries(kind.fields).map(([name, field]) => [name, (field as { default?: unknown }).default]),
  );
  const parameters = readFields({ kind: 'group', doc: '', fields: kind.fields }, {
    ...text,
    ...given,
  } as never);
  return kind.create(view, parameters as Record<string, unknown>, new Streams(1, 0).stream('test'));
}

/** Follows a policy's probes by the truth until it decides; gives the nodes probed and the decision. */
function settle(policy: SharingPolicy, view: SharingView, task: number, node: number) {
  const asked: number[] = [];
  let decision = policy.arrived(task, node);
  while (decision < HOLD) {
    const other = probed(decision);
    asked.push(other);
    decision = policy.answered(task, node, other, view.load(other));
  }
  return { asked, decision };
}

describe.each(Object.entries(sharingPolicies) as [string, SharingPolicyKind][])('%s', (name, kind) => {
  it('decides within the nodes, and leaves a moved job where it is', () => {
    for (const loads of [[0], [9], [3, 0, 1], [5, 5, 5, 5], [0, 0]]) {
      const view = viewOf(loads, [{}, { moves: 1 }], { toldAt: 0 });
      for (let node = 0; node < loads.length; node++) {
        const policy = made(kind, kind.oracle === true ? view : onlyOwn(view, { node }));
        const { asked, decision } = settle(policy, view, 0, node);
        expect([KEEP, ASK, HOLD].includes(decision) || (decision >= 0 && decision < loads.length)).toBe(true);
        expect(decision).not.toBe(node);
        expect(asked).not.toContain(node);
        expect(new Set(asked).size).toBe(asked.length);
        expect(policy.arrived(1, node)).toBe(KEEP);
      }
    }
  });

  it('probes no more than it says, asks and holds only if it says so', () => {
    const view = viewOf([4, 4, 4, 4, 4, 4, 4, 4], [{}], { toldAt: 0 });
    const policy = made(kind, view);
    const { asked, decision } = settle(policy, view, 0, 0);
    const parameters = { probes: 3, d: 2 };
    expect(asked.length).toBeLessThanOrEqual(kind.mostProbes?.(parameters) ?? 0);
    if (decision === ASK) expect(kind.asks).toBe(true);
    if (decision === HOLD) expect(policy.freed).toBeDefined();
    if (kind.asks === true) expect(policy.answered(0, 0, -1, 0)).toBe(KEEP);
  });

  it('is described, and only central sees the truth', () => {
    expect(kind.doc.length).toBeGreaterThan(20);
    expect(kind.oracle === true).toBe(name === 'central');
  });
});

describe('rules', () => {
  it('threshold: the first node below it; the job in service counts', () => {
    const view = viewOf([2, 2, 1, 2]);
    const policy = made(sharingPolicies.threshold, view, { probes: 3 });
    for (let k = 0; k < 20; k++) expect(settle(policy, view, 0, 0).decision).toBe(2);
    expect(settle(policy, view, 0, 2)).toEqual({ asked: [], decision: KEEP });
    expect(
      settle(made(sharingPolicies.threshold, viewOf([1, 0]), { threshold: 1 }), viewOf([1, 0]), 0, 0),
    ).toEqual({
      asked: [1],
      decision: 1,
    });
  });

  it('threshold stops at the first node that is not loaded; shortest asks all', () => {
    const view = viewOf([2, 1, 1, 0]);
    expect(settle(made(sharingPolicies.threshold, view), view, 0, 0).asked.length).toBe(1);
    const shortest = settle(made(sharingPolicies.shortest, view), view, 0, 0);
    expect(shortest.asked.toSorted()).toEqual([1, 2, 3]);
    expect(shortest.decision).toBe(3);
  });

  it('shortest stays where all are loaded; lowest goes to whoever has fewer', () => {
    const view = viewOf([5, 3, 4, 4]);
    expect(settle(made(sharingPolicies.shortest, view), view, 0, 0).decision).toBe(KEEP);
    expect(settle(made(sharingPolicies.lowest, view), view, 0, 0).decision).toBe(1);
    expect(settle(made(sharingPolicies.lowest, view), view, 0, 1).decision).toBe(KEEP);
    const one = viewOf([1, 0]);
    expect(settle(made(sharingPolicies.lowest, one), one, 0, 0).decision).toBe(1);
  });

  it('random: anywhere else, as often as allowed', () => {
    const view = viewOf([2, 2, 2], [{ moves: 1 }, { moves: 2 }]);
    const twice = made(sharingPolicies.random, view, { transfers: 2 });
    const seen = new Set(Array.from({ length: 60 }, () => twice.arrived(0, 1)));
    expect([...seen].sort()).toEqual([0, 2]);
    expect(twice.arrived(1, 1)).toBe(KEEP);
  });

  it('jsq: the shortest of d, whatever the own node', () => {
    const view = viewOf([0, 3, 1]);
    const all = made(sharingPolicies.jsq, view, { d: 3 });
    expect(settle(all, view, 0, 1).decision).toBe(0);
    expect(settle(all, view, 0, 0).decision).toBe(KEEP);
    // With one choice a job at an idle node leaves it as well.
    const one = made(sharingPolicies.jsq, view, { d: 1 });
    const goes = Array.from({ length: 300 }, () => settle(one, view, 0, 0).decision);
    expect(new Set(goes)).toEqual(new Set([KEEP, 1, 2]));
  });

  it('global: the largest part of a CPU by the vector and its own sendings', () => {
    const speeds = [1, 1, 3];
    const view = viewOf([2, 1, 3], [], { toldAt: 5, speed: (node) => speeds[node]! });
    const policy = made(sharingPolicies.global, view);
    // (3 + 1) / 3 beats (1 + 1) / 1; after one sending (4 + 1) / 3 does still; after two they are equal.
    expect([policy.arrived(0, 0), policy.arrived(0, 0)]).toEqual([2, 2]);
    expect([policy.arrived(0, 0), policy.arrived(0, 0)].sort()).toEqual([1, 2]);
    expect(made(sharingPolicies.global, viewOf([2, 0])).arrived(0, 0)).toBe(KEEP);
  });

  it('central: its own node, then the fastest free one, then the queue', () => {
    const speeds = [1, 1, 2];
    const loads = [0, 0, 0];
    const view = viewOf(loads, [{}, { moves: 1 }], { speed: (node) => speeds[node]! });
    const policy = made(sharingPolicies.central, view);
    expect(policy.arrived(0, 0)).toBe(KEEP);
    loads[0] = 1;
    // The second is on its way while the third comes.
    expect([policy.arrived(0, 0), policy.arrived(0, 0), policy.arrived(0, 0)]).toEqual([2, 1, HOLD]);
    expect(policy.freed!(0, 1)).toBe(true);
    loads[0] = 0;
    expect(policy.arrived(0, 0)).toBe(HOLD);
    expect(policy.freed!(0, 1)).toBe(false);
    expect(policy.arrived(1, 1)).toBe(KEEP);
    expect(policy.arrived(0, 0)).toBe(1);
  });

  it('birth: only programs that have run long, by what the own node has seen', () => {
    const view = viewOf([1, 0], [{ program: 7 }]);
    const policy = made(sharingPolicies.birth, view, { long: '1s', runs: 2 });
    policy.ended!(0, 7, 3e9);
    expect(policy.arrived(0, 0)).toBe(KEEP);
    policy.ended!(1, 7, 3e9);
    expect(policy.arrived(0, 0)).toBe(KEEP);
    policy.ended!(0, 7, 0);
    expect(policy.arrived(0, 0)).toBe(ASK);
    expect(policy.answered(0, 0, 1, 0)).toBe(1);
    expect(policy.answered(0, 0, 1, 1)).toBe(KEEP);
    policy.ended!(0, 7, 0);
    policy.ended!(0, 7, 0);
    expect(policy.arrived(0, 0)).toBe(KEEP);
  });

  it('preempt-age: a > (f + m/b) / (n - t), the largest age for its cost', () => {
    // f = 1 s, b = 1 MiB/s: costs of 3, 2 and 1 s.
    const MIB = 2 ** 20;
    const jobs: Job[] = [
      { node: 0, age: 2.9e9, memory: 2 * MIB },
      { node: 0, age: 1.95e9, memory: MIB },
      { node: 0, age: 0.4e9, memory: 0 },
    ];
    const view = viewOf([3, 0], jobs);
    const policy = made(sharingPolicies['preempt-age'], view, { fixed: '1s', rate: '1MiB' });
    expect(policy.arrived(2, 0)).toBe(ASK);
    // n - t = 3 - 1 = 2: job 0 (2.9 > 1.5; 0.967 for its cost) and job 1 (1.95 > 1; 0.975) pass, job 2 (0.4 < 0.5) does not.
    expect(policy.answered(2, 0, 1, 0)).toBe(1);
    expect(policy.subject).toBe(1);
    // n - t = 1: none passes.
    expect(policy.answered(2, 0, 1, 1)).toBe(KEEP);
    expect(policy.answered(2, 0, 1, 2)).toBe(KEEP);
    expect(made(sharingPolicies['preempt-age'], viewOf([1, 0], jobs)).arrived(0, 0)).toBe(KEEP);
  });

  it('ask: not below its threshold, and only to where there are fewer jobs', () => {
    const policy = made(sharingPolicies.ask, viewOf([1, 0]));
    expect(policy.arrived(0, 1)).toBe(KEEP);
    expect(policy.arrived(0, 0)).toBe(ASK);
    expect(policy.answered(0, 0, 1, 0)).toBe(1);
    expect(policy.answered(0, 0, 1, 1)).toBe(KEEP);
  });

  it('words and nodes are told apart', () => {
    for (const node of [0, 1, 77]) expect(probed(probe(node))).toBe(node);
    expect(new Set([KEEP, ASK, HOLD, probe(0), 0]).size).toBe(5);
  });
});

describe('draws of other nodes', () => {
  it('are all different, never the own one, each as likely', () => {
    const others = new OtherNodes(5, 3, new Streams(2, 0).stream('test'));
    const counts = new Int32Array(5);
    for (let k = 0; k < 4000; k++) {
      others.begin(k % 40);
      const drawn = [others.draw(k % 40, 2), others.draw(k % 40, 2), others.draw(k % 40, 2)];
      expect(others.draw(k % 40, 2)).toBe(-1);
      expect(new Set(drawn).size).toBe(3);
      for (const node of drawn) counts[node]!++;
    }
    expect(counts[2]).toBe(0);
    // 12,000 draws over four nodes: 3,000 each, standard deviation 27.
    for (const node of [0, 1, 3, 4]) expect(Math.abs(counts[node]! - 3000)).toBeLessThan(150);
  });
});

describe('deciders', () => {
  const table = (loads: number[], told: number[]): LoadTable => ({
    nodes: loads.length,
    load: (_, node) => loads[node]!,
    toldAt: (_, node) => told[node]!,
  });
  it('name the least loaded node that is not the own one', () => {
    const never = Number.POSITIVE_INFINITY;
    expect(leastLoaded(table([0, 3, 1], [0, 0, 0]), 0, 0, 'first')).toBe(2);
    expect(leastLoaded(table([0, 1, 1], [0, 5, 4]), 0, 0, 'first')).toBe(2);
    expect(leastLoaded(table([0, 1, 1], [0, 5, 4]), 0, 0, 'last')).toBe(1);
    expect(leastLoaded(table([0, never, never], [0, 0, 0]), 0, 0, 'first')).toBe(-1);
  });

  it.each(Object.entries(deciderPolicies))('%s keeps to the table', (name, kind) => {
    expect(kind.doc.length).toBeGreaterThan(20);
    expect('oracle' in kind).toBe(name === 'oracle');
    const decider = kind.create(table([2, 2, 1, 2], [0, 0, 0, 0]));
    expect([0, 1, 2, 3].map((home) => decider.choose(home, home))).toEqual([2, 2, 0, 2]);
    expect(kind.create(table([0], [0])).choose(0, 0)).toBe(-1);
  });
});
