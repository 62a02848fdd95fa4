/**
 * Idle detection as state machines: what every policy of the folder must do, the transition tables of Sprite's rule
 * and of the quiet interval, and that computing samples instead of simulating them changes nothing.
 */
import { describe, expect, it } from 'vitest';
import { DomainEvents } from '../../models/events.ts';
import { Daemons } from '../../models/glunix/daemon.ts';
import { Master } from '../../models/glunix/master.ts';
import { Owners } from '../../models/owners.ts';
import { idlePolicies } from '../../models/policies/idle/index.ts';
import { firstFit } from '../../models/policies/placement/first-fit.ts';
import { Engine } from '../../sim/engine/engine.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';
import { ACTIVITY, type ActivityKind, type ActivityTable } from '../../workloads/owners/activity.ts';

type Change = readonly [time_s: number, kind: ActivityKind, value: number];

function script(changes: readonly Change[], span_s: number): ActivityTable {
  return {
    names: ['n0'],
    first: Int32Array.of(0, changes.length),
    time_s: Float64Array.from(changes, (c) => c[0]),
    kind: Uint8Array.from(changes, (c) => ACTIVITY[c[1]]),
    value: Float64Array.from(changes, (c) => c[2]),
    span_s,
    offset_s: 0,
  };
}

/** What the daemon of one node did: `accept@85`, `refuse@..`, and how many reports it sent in vain. */
function play(
  policy: keyof typeof idlePolicies,
  parameters: Readonly<Record<string, unknown>>,
  changes: readonly Change[],
  until_s: number,
): { moves: string[]; evictions: number[]; quietReports: number; events: number } {
  const engine = new Engine();
  const events = new DomainEvents(engine, true);
  const kind = idlePolicies[policy];
  const evictions: number[] = [];
  const master = new Master(engine, events, 1, [firstFit.create(1, { next: () => 0.5 })], 0);
  const holder: { daemons?: Daemons } = {};
  const table = script(changes, until_s + 1);
  const owners = new Owners(engine, events, 1, { kind: 'trace', table, repeat: false }, (node) =>
    holder.daemons?.changed(node),
  );
  const daemons = new Daemons(engine, events, owners, master, 1, kind, (readings) =>
    kind.create(readings, 1, parameters, new Streams(1, 0).bank('idle policy', 1)),
  );
  daemons.onOrder = () => evictions.push(engine.now / 1e9);
  holder.daemons = daemons;
  owners.start();
  engine.run(until_s * 1e9);
  const moves: string[] = [];
  const log = events.log!;
  for (const line of [...log.csv()].join('').split('\n').slice(1)) {
    const [time, what] = line.split(',');
    if (what === 'recruit') moves.push(`accept@${time}`);
    if (what === 'refuse') moves.push(`refuse@${time}`);
  }
  return { moves, evictions, quietReports: daemons.quietReports(), events: engine.events };
}

const QUIET = { after: 60e9, sample: 5e9 };
const SPRITE = { input: 30e9, sample: 5e9, phase: 'together' };

describe('every idle policy', () => {
  const parameters = { quiet: QUIET, sprite: SPRITE, always: {}, never: {} };
  const day: Change[] = [
    [0, 'away', 0],
    [1000.5, 'present', 0.4],
    [2000.5, 'away', 0],
    [9000.5, 'present', 0.4],
    [9500.5, 'away', 0],
  ];
  it.each(Object.keys(idlePolicies) as (keyof typeof idlePolicies)[])(
    '%s alternates accept and refuse, and costs no event while nothing changes',
    (policy) => {
      const { moves, events } = play(policy, parameters[policy], day, 86_400);
      for (const [i, move] of moves.entries()) {
        expect(move.startsWith(i % 2 === 0 ? 'accept' : 'refuse')).toBe(true);
      }
      // Five changes of the owner, and a few looks of the daemon at each: not one every five seconds.
      expect(events).toBeLessThan(40);
    },
  );
  it('always and never are bounds', () => {
    expect(play('always', {}, day, 86_400).moves).toEqual(['accept@0']);
    expect(play('never', {}, day, 86_400).moves).toEqual([]);
  });
});

describe('quiet interval', () => {
  it.each<[string, Change[], string[], number[]]>([
    ['no input since the start: idle at once', [[0, 'away', 0]], ['accept@0'], []],
    ['present: never idle', [[0, 'present', 0.1]], [], []],
    [
      'leaves: idle 60 s later',
      [
        [0, 'present', 0.1],
        [100, 'away', 0],
      ],
      ['accept@160'],
      [],
    ],
    [
      'returns: refused and called off at that instant',
      [
        [0, 'present', 0.1],
        [100, 'away', 0],
        [200.25, 'present', 0.1],
      ],
      ['accept@160', 'refuse@200.25'],
      [200.25],
    ],
    [
      'returns before the time is over: the time starts again',
      [
        [0, 'present', 0.1],
        [100, 'away', 0],
        [150, 'input', 0],
      ],
      ['accept@210'],
      [],
    ],
    [
      'a single key stroke calls guests off',
      [
        [0, 'away', 0],
        [500, 'input', 0],
      ],
      ['accept@0', 'refuse@500', 'accept@560'],
      [500],
    ],
    [
      'withdrawn: refused',
      [
        [0, 'up', 0],
        [50, 'down', 0],
        [90, 'up', 0],
      ],
      ['accept@0', 'refuse@50', 'accept@150'],
      [50],
    ],
    [
      'high load without input is no reason to refuse',
      [
        [0, 'away', 0],
        [10, 'load', 5],
      ],
      ['accept@0'],
      [],
    ],
  ])('%s', (_title, changes, moves, evictions) => {
    const got = play('quiet', QUIET, changes, 1000);
    expect(got.moves).toEqual(moves);
    expect(got.evictions).toEqual(evictions);
  });
});

describe("Sprite's rule", () => {
  it.each<[string, Change[], string[], number[]]>([
    ['no input since boot, no load: accepts at the first sample', [[0, 'away', 0]], ['accept@5'], []],
    ['present from the start: evicts at the first sample, never accepts', [[0, 'present', 0]], [], [5]],
    [
      'leaves at 102 s: accepts at the first sample at least 30 s later',
      [
        [0, 'present', 0],
        [102, 'away', 0],
      ],
      ['accept@135'],
      [5],
    ],
    [
      'input at 202.5 s: refuses and evicts at the first sample after it',
      [
        [0, 'away', 0],
        [202.5, 'input', 0],
      ],
      ['accept@5', 'refuse@205', 'accept@235'],
      [205],
    ],
    [
      'one CPU-bound process: accepting is not stopped by load below the upper thresholds',
      [
        [0, 'away', 0],
        [0, 'load', 1],
      ],
      ['accept@5'],
      [],
    ],
    [
      // C14: three cross 2.5 on the 22nd sample (110 s).
      'three CPU-bound processes: refuses at the 22nd sample, without evicting',
      [
        [0, 'away', 0],
        [0, 'load', 3],
      ],
      ['accept@5', 'refuse@110'],
      [],
    ],
    [
      // C14: one crosses 0.75 on the 17th sample (85 s): up to the 16th it is still accepted after input.
      'one CPU-bound process, input at 47 s: 30 s later, at 80 s (the 16th), the average is still low enough',
      [
        [0, 'present', 0],
        [0, 'load', 1],
        [47, 'away', 1],
      ],
      ['accept@80'],
      [5],
    ],
    [
      'one CPU-bound process, input at 54 s: at 85 s (the 17th) the average is over 0.75 and stays there',
      [
        [0, 'present', 0],
        [0, 'load', 1],
        [54, 'away', 1],
      ],
      [],
      [5],
    ],
  ])('%s', (_title, changes, moves, evictions) => {
    const got = play('sprite', SPRITE, changes, 2000);
    expect(got.moves).toEqual(moves);
    expect(got.evictions).toEqual(evictions);
  });

  it('reports every 60 s while nothing changes', () => {
    // Accepts and reports at 5 s, then at 65, 125, ...: nine more before 600 s.
    expect(play('sprite', SPRITE, [[0, 'away', 0]], 600).quietReports).toBe(9);
  });

  it('does what a daemon does that really samples every 5 s, on random days', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const source = new Streams(seed, 0).stream('script');
      const changes = randomDay(source);
      const got = play('sprite', SPRITE, changes, 5000);
      const want = polled(changes, 5000);
      expect(got, `seed ${seed}`).toMatchObject(want);
    }
  });
});

function randomDay(source: Source): Change[] {
  const changes: Change[] = [[0, source.next() < 0.5 ? 'away' : 'present', source.next() * 2]];
  let time = 0;
  for (;;) {
    // Never at the instant of a sample: there the order of scheduling decides.
    time += Math.floor(-Math.log(source.next()) * 150 * 1000) / 1000 + 0.0005;
    if (time >= 5000) return changes;
    const kind = (['away', 'present', 'input', 'load'] as const)[Math.floor(source.next() * 4)]!;
    changes.push([time, kind, kind === 'load' ? Math.floor(source.next() * 5) : source.next()]);
  }
}

/** Sprite's daemon as its source has it: every 5 s, one sample after another. */
function polled(changes: readonly Change[], until_s: number): { moves: string[]; evictions: number[] } {
  const moves: string[] = [];
  const evictions: number[] = [];
  const weight = [Math.exp(-1 / 12), Math.exp(-1 / 60), Math.exp(-1 / 180)];
  const average = [0, 0, 0];
  let present = false;
  let lastInput = Number.NEGATIVE_INFINITY;
  let load = 0;
  let accepting = false;
  let quietBefore = Number.POSITIVE_INFINITY;
  let next = 0;
  for (let t = 5; t <= until_s; t += 5) {
    for (; next < changes.length && changes[next]![0] <= t; next++) {
      const [time, kind, value] = changes[next]!;
      if (kind === 'present') present = true;
      if (kind === 'away' && present) {
        present = false;
        lastInput = time;
      }
      if (kind === 'input') lastInput = time;
      else load = value;
    }
    const quiet = present ? 0 : t - lastInput;
    for (let i = 0; i < 3; i++) {
      const a = weight[i]! * average[i]! + (1 - weight[i]!) * load;
      average[i] = a < 1e-5 ? 0 : a;
    }
    if (quietBefore > 30 && quiet < 30) evictions.push(t);
    quietBefore = quiet;
    if (accepting && (quiet < 30 || average.some((a, i) => a > [2.5, 2.75, 3.0][i]!))) {
      accepting = false;
      moves.push(`refuse@${t}`);
    } else if (!accepting && quiet >= 30 && average.every((a, i) => a <= [0.75, 1.0, 1.5][i]!)) {
      accepting = true;
      moves.push(`accept@${t}`);
    }
  }
  return { moves, evictions };
}

describe('what the master knows', () => {
  it('is what it has been told, not the truth', () => {
    const engine = new Engine();
    const events = new DomainEvents(engine, false);
    const delay = 2e6;
    const master = new Master(engine, events, 1, [firstFit.create(1, { next: () => 0.5 })], delay);
    const table = script(
      [
        [0, 'away', 0],
        [10, 'present', 0],
      ],
      20,
    );
    const holder: { daemons?: Daemons } = {};
    const owners = new Owners(engine, events, 1, { kind: 'trace', table, repeat: false }, (node) =>
      holder.daemons?.changed(node),
    );
    const daemons = new Daemons(engine, events, owners, master, 1, idlePolicies.quiet, (readings) =>
      idlePolicies.quiet.create(readings, 1, QUIET, new Streams(1, 0).bank('idle policy', 1)),
    );
    holder.daemons = daemons;
    owners.start();
    const seen: [number, number, number][] = [];
    const look = engine.on(() => seen.push([engine.now, daemons.accepting[0]!, master.told[0]!]));
    for (const time of [1e6, 3e6, 10e9 + 1e6, 10e9 + 3e6]) engine.scheduleAt(time, look, 0);
    engine.run(20e9);
    expect(seen).toEqual([
      [1e6, 1, 0],
      [3e6, 1, 1],
      [10e9 + 1e6, 0, 1],
      [10e9 + 3e6, 0, 0],
    ]);
  });
});
