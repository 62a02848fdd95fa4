/**
 * What every policy of placement, owner return, migration and shares must do: answer within its contract whatever it is
 * shown, change nothing, and answer the same to the same.
 */
import { describe, expect, it } from 'vitest';
import type { MigrationPolicyKind } from '../../models/policies/migration/contract.ts';
import { migrationPolicies } from '../../models/policies/migration/index.ts';
import type { OwnerReturnPolicyKind, OwnerReturnView } from '../../models/policies/owner_return/contract.ts';
import { ownerReturnPolicies } from '../../models/policies/owner_return/index.ts';
import { placementPolicies } from '../../models/policies/placement/index.ts';
import type { SharePolicyKind, ShareView } from '../../models/policies/share/contract.ts';
import { sharePolicies } from '../../models/policies/share/index.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';
import { type Field, readFields, type Value } from '../../sim/experiment/fields.ts';

/** Parameters as a file that names none of them has them. */
function defaults(fields: Readonly<Record<string, Field>>): Record<string, unknown> {
  const texts = Object.entries(fields).map(([name, field]) => [name, (field as { default: Value }).default]);
  const group = { kind: 'group', doc: '', fields } satisfies Field;
  return readFields(group, Object.fromEntries(texts)) as Record<string, unknown>;
}

const stream = (seed: number): Source => new Streams(seed, 0).stream('contract');
const below = (source: Source, n: number) => Math.floor(source.next() * n);

describe.each(Object.entries(placementPolicies))('placement %s', (_name, kind) => {
  it('names a node that is offered, at every turn of a long history', () => {
    const nodes = 70;
    const source = stream(1);
    const policy = kind.create(nodes, stream(2));
    const offered = new Set<number>();
    for (let turn = 0; turn < 5000; turn++) {
      const node = below(source, nodes);
      if (offered.has(node)) {
        policy.withdrawn(node);
        offered.delete(node);
      } else {
        policy.offered(node, turn % 7 === 0 ? Number.NEGATIVE_INFINITY : turn, below(source, 4) / 4);
        offered.add(node);
      }
      if (offered.size > 0) expect(offered.has(policy.choose())).toBe(true);
    }
  });
});

describe.each(Object.entries<OwnerReturnPolicyKind>(ownerReturnPolicies))(
  'owner return %s',
  (_name, kind) => {
    const view = (source: Source): OwnerReturnView =>
      Object.freeze({
        now: 1e12,
        freeNodes: below(source, 2),
        image: () => 8 * 2 ** 20,
        moveTime: () => source.next() * 1e10,
        ownerCpu: () => source.next(),
        backSince: () => 1e12 - source.next() * 1e11,
      });

    it('answers an action, the same to the same, and asks to be asked again only later', () => {
      for (let seed = 1; seed <= 200; seed++) {
        const answers = [0, 1].map(() => {
          const policy = kind.create(view(stream(seed)), defaults(kind.fields));
          const action = policy.decide(3, 5);
          expect(['low-priority', 'suspend', 'migrate', 'home', 'kill']).toContain(action);
          if (action === 'low-priority') expect(policy.askAgainAt).toBeGreaterThanOrEqual(1e12);
          return [action, policy.askAgainAt];
        });
        expect(answers[0]).toEqual(answers[1]);
      }
    });

    it('can be limited', () => {
      expect(Object.keys(kind.fields)).toContain('delay_limit');
    });
  },
);

describe.each(Object.entries<MigrationPolicyKind>(migrationPolicies))('migration %s', (_name, kind) => {
  it('comes to an end, frozen, and sends no more than the image in a step', () => {
    const source = stream(7);
    for (let trial = 0; trial < 300; trial++) {
      const image = source.next() * 2 ** 26;
      const process = Object.freeze({
        image,
        rate: 10 ** (-4 + 4 * source.next()),
        freezeAndResume: source.next() * 1e8,
        running: trial % 3 > 0,
        dirty: source.next() * image,
      });
      const policy = kind.create(defaults(kind.fields));
      let before = { steps: 0, sent: 0, dirtied: 0 };
      for (;;) {
        const step = policy.step(process, before);
        expect(step.bytes).toBeGreaterThanOrEqual(0);
        expect(step.bytes).toBeLessThanOrEqual(Math.max(image, 4096 * 38));
        expect(step.transfer).toBeGreaterThanOrEqual(0);
        expect(step.other).toBeGreaterThanOrEqual(0);
        if (!process.running) expect(step.running).toBe(false);
        if (!step.running) break;
        before = { steps: before.steps + 1, sent: step.bytes, dirtied: source.next() * 2 * image };
        expect(before.steps).toBeLessThan(100);
      }
      const after = policy.afterwards(process);
      if (after === null) continue;
      expect(after.bytes).toBeLessThanOrEqual(image);
      expect(after.over).toBeGreaterThan(0);
    }
  });
});

describe.each(Object.entries<SharePolicyKind>(sharePolicies))('share %s', (_name, kind) => {
  it('gives every user an index at every instant, and takes back only from another one that holds more', () => {
    const users = 9;
    const source = stream(3);
    const held = new Int32Array(users);
    const waiting = new Int32Array(users);
    let now = 0;
    const view: ShareView = {
      get now() {
        return now;
      },
      held: (user) => held[user]!,
      waiting: (user) => waiting[user]!,
    };
    const policy = kind.create(view, users, { ...defaults(kind.fields), reclaim: true });
    if (policy === null) return;
    for (let turn = 0; turn < 3000; turn++) {
      now += source.next() * 1e12;
      const user = below(source, users);
      policy.changing(user);
      const which = source.next() < 0.5 ? held : waiting;
      which[user] = Math.max(0, which[user]! + below(source, 7) - 3);
      for (let u = 0; u < users; u++) expect(Number.isFinite(policy.index(u))).toBe(true);
      const holders = [...held.keys()].filter((u) => held[u]! > 0);
      const from = policy.reclaimFrom(user, holders);
      if (from < 0) continue;
      expect(holders).toContain(from);
      expect(held[from]!).toBeGreaterThan(held[user]! + 1);
      expect(held[from]!).toBe(Math.max(...held));
    }
  });
});
