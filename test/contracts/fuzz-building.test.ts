/**
 * Every policy of a building in random buildings: small lists of jobs, owners who come and go, crashes, and random
 * policies in the other slots. What must hold is in `support/fuzz/story.ts` for all of them, in `promises.ts` for some.
 * A policy that is added to its registry is tried without a line here.
 */
import { afterAll, describe, expect, it } from 'vitest';
import {
  BUILDING_SLOTS,
  type Building,
  buildings,
  filesOf,
  policiesOf,
  runOf,
  type Wanted,
} from '../support/fuzz/building-case.ts';
import { asInSuite, fuzz, patience } from '../support/fuzz/harness.ts';
import { OTHER_SLOTS } from '../support/fuzz/other-cases.ts';
import { checkPromises } from '../support/fuzz/promises.ts';
import { ALL_SLOTS } from '../support/fuzz/settings.ts';
import { checkBuilding, must } from '../support/fuzz/story.ts';

/** Nodes of nobody on which nothing costs anything: there starts are exact. */
const DEDICATED: Wanted = {
  owners: 'none',
  crashes: 'none',
  settings: { 'cluster.os': 'free', 'cluster.rows': 1, 'memory.frames': 'auto', horizon: 'auto' },
  policies: { idle: 'quiet', share: 'none', checkpoint: 'none', recovery: 'rollback' },
};

/** What has to be there for the policies of a slot to have something to decide, and what shows that they had. */
const SLOTS: Readonly<
  Record<string, { readonly with: Wanted; readonly happens: readonly string[]; readonly runs?: number }>
> = {
  idle: { with: { owners: 'some', crashes: 'none' }, happens: ['recruit', 'refuse'] },
  placement: { with: { owners: 'some' }, happens: ['start'] },
  owner_return: {
    with: {
      owners: 'some',
      crashes: 'none',
      settings: { 'cluster.os': 'free', 'cluster.rows': 1 },
      policies: { idle: 'quiet' },
    },
    happens: ['evict', 'close'],
    runs: 15,
  },
  migration: {
    with: { owners: 'some', policies: { idle: 'quiet', owner_return: 'migrate' } },
    happens: ['migrate', 'arrive'],
  },
  recovery: { with: { crashes: 'some' }, happens: ['crash', 'repair'] },
  checkpoint: { with: { crashes: 'some' }, happens: ['crash', 'checkpoint', 'rollback'] },
  share: {
    with: { ...DEDICATED, policies: { ...DEDICATED.policies, batch: 'fcfs' } },
    happens: ['start'],
    runs: 30,
  },
  batch: { with: DEDICATED, happens: ['start', 'finish'], runs: 40 },
  memory_server: { with: { settings: { 'memory.frames': 1500 } }, happens: ['page-out'] },
  reliability: { with: { settings: { 'memory.frames': 1500 } }, happens: ['page-out'] },
};

it('every slot is tried', () => {
  expect([...new Set([...BUILDING_SLOTS, ...OTHER_SLOTS])].sort()).toEqual(ALL_SLOTS.toSorted());
});

async function holds(building: Building, seen: Set<string>): Promise<void> {
  const outcome = await runOf(building);
  checkBuilding(building, outcome);
  await checkPromises(building, outcome);
  for (const { what } of outcome.happenings) seen.add(what);
  if (building.seed % 4 === 0) {
    const again = await runOf(building);
    must(again.digest === outcome.digest, () => `${outcome.digest}, and once more ${again.digest}`);
  }
}

describe.each(BUILDING_SLOTS)('slot %s', (slot) => {
  const seen = new Set<string>();
  const { with: wanted, happens, runs } = SLOTS[slot]!;

  const check = (building: Building) => holds(building, seen);

  it.each(policiesOf(slot))(
    'policy %s where it matters',
    (name) => {
      const policies = { ...wanted.policies, [slot]: name };
      return fuzz(buildings({ ...wanted, policies }), filesOf, check, runs ?? 8);
    },
    patience,
  );

  it.each(policiesOf(slot))(
    'policy %s anywhere',
    (name) => fuzz(buildings({ policies: { [slot]: name } }), filesOf, check, 4),
    patience,
  );

  afterAll(() => {
    if (!asInSuite) return;
    for (const what of happens) expect(seen, `nothing in slot ${slot} ever came to ${what}`).toContain(what);
  });
});
