/** What every policy of recovery and of checkpoints must do: answer only what the mechanism can act on, from what it is told. */
import { describe, expect, it } from 'vitest';
import type { CheckpointPolicyKind, CheckpointView } from '../../models/policies/checkpoint/contract.ts';
import { dalyInterval } from '../../models/policies/checkpoint/daly.ts';
import { checkpointPolicies } from '../../models/policies/checkpoint/index.ts';
import { youngInterval } from '../../models/policies/checkpoint/young.ts';
import type { RecoveryView } from '../../models/policies/recovery/contract.ts';
import { recoveryPolicies } from '../../models/policies/recovery/index.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { type Field, type Plain, readFields, type ScalarField } from '../../sim/experiment/fields.ts';

const MINUTE = 60e9;
const ACTIONS = ['kill', 'restart', 'rollback', 'replay'];

describe.each(Object.entries(recoveryPolicies))('recovery %s', (_name, kind) => {
  it('answers what can be done, whatever it is told', () => {
    for (const backedUp of [true, false]) {
      for (const saved of [0, 1e12]) {
        for (const attempts of [1, 500]) {
          const view: RecoveryView = Object.freeze({
            now: 5,
            freeNodes: 0,
            width: () => 3,
            saved: () => saved,
            backedUp: () => backedUp,
            attempts: () => attempts,
          });
          const action = kind.create(view).decide(0, 1);
          expect(ACTIONS).toContain(action);
          // Nothing can be read again where there is no backup, or where nothing is logged.
          if (action === 'replay') expect([backedUp, 'logging' in kind]).toEqual([true, true]);
        }
      }
    }
  });

  it('says in a line what it does', () => {
    expect(kind.doc).toMatch(/^[^\n]{15,150}$/);
  });
});

describe.each(Object.entries(checkpointPolicies))('checkpoint %s', (_name, kind) => {
  const fields: Readonly<Record<string, Field>> = kind.fields;
  const defaults = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, (field as ScalarField).default]),
  );
  const parameters = readFields({ kind: 'group', doc: '', fields }, defaults as Plain) as Readonly<
    Record<string, unknown>
  >;
  const create = (mtbf: number, seed = 1) => {
    const view: CheckpointView = Object.freeze({ now: 7, mtbf: () => mtbf, cost: () => 5 * MINUTE });
    return kind.create(view, parameters, new Streams(seed, 0).stream('checkpoints'));
  };

  it('answers a time above zero, and the same under the same chance', () => {
    for (const mtbf of [2 * MINUTE, 1440 * MINUTE, Number.POSITIVE_INFINITY]) {
      const [one, two] = [create(mtbf), create(mtbf)];
      for (let i = 0; i < 20; i++) {
        const interval = one.interval(i % 3);
        expect(interval).toBeGreaterThan(0);
        expect(two.interval(i % 3)).toBe(interval);
      }
    }
  });

  it('asks how often nodes crash only if it says so', () => {
    const [often, seldom] = [create(10 * MINUTE), create(1e5 * MINUTE)];
    expect(often.interval(0) !== seldom.interval(0)).toBe(kind.needsMtbf);
  });
});

describe('intervals', () => {
  it("are those of the published case: Young's 120 min, Daly's 116.69 (F008)", () => {
    expect(youngInterval(5, 24 * 60)).toBeCloseTo(120, 9);
    expect(dalyInterval(5, 24 * 60)).toBeCloseTo(116.69, 2);
    // Where a checkpoint costs more than two mean times between crashes, the formula gives way to that time.
    expect(dalyInterval(50, 25)).toBe(25);
    expect(dalyInterval(51, 25)).toBe(25);
  });

  it("of Condor's spread evenly over 150 to 210 min", () => {
    const kind: CheckpointPolicyKind = checkpointPolicies.condor;
    const policy = kind.create(
      { now: 0, mtbf: () => 1, cost: () => 1 },
      {},
      new Streams(3, 0).stream('checkpoints'),
    );
    const minutes = Array.from({ length: 4000 }, () => policy.interval(0) / MINUTE).sort((a, b) => a - b);
    expect(minutes[0]).toBeGreaterThanOrEqual(150);
    expect(minutes.at(-1)).toBeLessThanOrEqual(210);
    for (const share of [0.1, 0.5, 0.9]) {
      expect(Math.abs(minutes[4000 * share]! - (150 + 60 * share))).toBeLessThan(2);
    }
  });
});
