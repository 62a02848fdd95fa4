/**
 * Idle detection as state machines: what every policy of the folder must do, the transition tables of Sprite's rule
 * and of the quiet interval, and that computing samples instead of simulating them changes nothing.
 */
import { describe, expect, it } from 'vitest';
import { DomainEvents } from '../../models/events.ts';
import { Daemons } from '../../models/glunix/daemon.ts';
import { Master } from '../../models/glunix/master.ts';
import { Owners } from '../../models/owners.ts';
import { GUEST, type IdlePolicyKind, ORDER } from '../../models/policies/idle/contract.ts';
import { idlePolicies } from '../../models/policies/idle/index.ts';
import { firstFit } from '../../models/policies/placement/first-fit.ts';
import { Engine } from '../../sim/engine/engine.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';
import { type Field, readFields, type Value } from '../../sim/experiment/fields.ts';
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

/** A guest that comes as soon as the node is offered, and how long it takes to save. */
interface Visitor {
  readonly image: number;
  readonly saving_s: number;
}

/** What the daemon of one node did: `accept@85`, `refuse@..`, its orders, and how many reports it sent in vain. */
function play(
  policy: keyof typeof idlePolicies,
  parameters: Readonly<Record<string, unknown>>,
  changes: readonly Change[],
  until_s: number,
  visitor?: Visitor,
): { moves: string[]; evictions: number[]; orders: string[]; quietReports: number; events: number } {
  const engine = new Engine();
  const events = new DomainEvents(engine, true);
  const kind: IdlePolicyKind = idlePolicies[policy];
  const evictions: number[] = [];
  const orders: string[] = [];
  const master = new Master(engine, events, 1, [firstFit.create(1, { next: () => 0.5 })], 0);
  const holder: { daemons?: Daemons } = {};
  const table = script(changes, until_s + 1);
  const owners = new Owners(engine, events, 1, { kind: 'trace', table, repeat: false }, (node) =>
    holder.daemons?.changed(node),
  );
  let guest: number = GUEST.none;
  const become = engine.on((state) => {
    guest = state;
    holder.daemons!.changed(0);
  });
  let guests = 0;
  const saved = engine.on((which) => {
    if (which === guests && guest === GUEST.leaving) engine.schedule(0, become, GUEST.none);
  });
  const daemons = new Daemons(
    engine,
    events,
    owners,
    master,
    1,
    kind,
    (readings) => kind.create(readings, 1, parameters, new Streams(1, 0).bank('idle policy', 1)),
    {
      foreign: () => (guest === GUEST.runnable ? 1 : 0),
      stateAt: () => guest,
      imageAt: () => visitor?.image ?? 0,
    },
  );
  daemons.onOrder = (_node, order) => {
    const now_s = engine.now / 1e9;
    evictions.push(now_s);
    orders.push(`${Object.keys(ORDER)[order]}@${now_s}`);
    if (visitor === undefined) return;
    if (order === ORDER.suspend) guest = GUEST.stopped;
    if (order === ORDER.kill) engine.schedule(0, become, GUEST.none);
    if (order === ORDER.vacate) {
      guest = GUEST.leaving;
      engine.schedule(visitor.saving_s * 1e9, saved, guests);
    }
  };
  daemons.onAccept = () => {
    if (visitor === undefined) return;
    if (guest === GUEST.none) {
      guests++;
      engine.schedule(0, become, GUEST.runnable);
    }
    if (guest === GUEST.stopped) guest = GUEST.runnable;
  };
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
  return { moves, evictions, orders, quietReports: daemons.quietReports(), events: engine.events };
}

/** A policy's parameters as a file that names none of them has them. */
function defaults(policy: keyof typeof idlePolicies): Record<string, unknown> {
  const { fields }: IdlePolicyKind = idlePolicies[policy];
  const texts = Object.entries(fields).map(([name, field]) => [name, (field as { default: Value }).default]);
  const group = { kind: 'group', doc: '', fields } satisfies Field;
  return readFields(group, Object.fromEntries(texts)) as Record<string, unknown>;
}

const QUIET = { after: 60e9, sample: 5e9 };
const SPRITE = { input: 30e9, sample: 5e9, phase: 'together' };

describe('every idle policy', () => {
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
      const { moves, events } = play(policy, defaults(policy), day, 86_400);
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

describe("the NOW study's rule", () => {
  const NOW = { after: 60e9, cpu: 0.1, threshold: 0, sample: 2e9 };
  it.each<[string, number, Change[], string[], number[]]>([
    ['never used: idle at once', 0, [[0, 'away', 0]], ['accept@0'], []],
    [
      'idle a minute after the last input, whatever else',
      0,
      [
        [0, 'present', 0.05],
        [100, 'away', 0],
      ],
      ['accept@160'],
      [],
    ],
    [
      'a program of the owner runs on: a minute after its end',
      0,
      [
        [0, 'present', 0.5],
        [100, 'away', 0.5],
        [300, 'load', 0.09],
      ],
      ['accept@360'],
      [],
    ],
    [
      'a program of the absent owner begins: called off at once',
      0,
      [
        [0, 'away', 0],
        [500, 'load', 0.1],
        [520, 'load', 0],
      ],
      ['accept@0', 'refuse@500', 'accept@580'],
      [500],
    ],
    [
      'held back by the recruitment threshold',
      300e9,
      [
        [0, 'present', 0.05],
        [100, 'away', 0],
        [1000.5, 'input', 0],
      ],
      ['accept@460', 'refuse@1000.5', 'accept@1360.5'],
      [1000.5],
    ],
  ])('%s', (_title, threshold, changes, moves, evictions) => {
    const got = play('now', { ...NOW, threshold }, changes, 2000);
    expect(got.moves).toEqual(moves);
    expect(got.evictions).toEqual(evictions);
  });
});

describe('load threshold', () => {
  const LOAD = { accept: 0.3, refuse: 0.5, average: 60e9, sample: 5e9, phase: 'together' };
  it('follows the average, not the load: a process that begins is noticed 41.6 s later, at 45 s', () => {
    const changes: Change[] = [
      [0, 'away', 0],
      [100, 'load', 1],
      [400, 'load', 0],
    ];
    // 1 - exp(-t/60) > 0.5 from 41.6 s on; (1 - exp(-5)) exp(-t/60) <= 0.3 from 71.8 s on.
    const got = play('load', LOAD, changes, 1000);
    expect(got.moves).toEqual(['accept@5', 'refuse@145', 'accept@475']);
    expect(got.orders).toEqual(['leave@145']);
    expect(play('load', LOAD, [[0, 'present', 0.1]], 1000).moves).toEqual(['accept@5']);
  });

  it('does what a daemon does that really samples, on random days', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const changes = randomDay(new Streams(seed, 1).stream('script'));
      const moves: string[] = [];
      let [average, level, since, accepts, next] = [0, 0, 0, false, 0];
      for (let t = 5; t <= 5000; t += 5) {
        for (; next < changes.length && changes[next]![0] <= t; next++) {
          const [time, kind, value] = changes[next]!;
          if (kind === 'input') continue;
          average = level + (average - level) * Math.exp(-(time - since) / 60);
          [since, level] = [time, value];
        }
        const now = level + (average - level) * Math.exp(-(t - since) / 60);
        if (accepts ? now > 0.5 : now <= 0.3) {
          accepts = !accepts;
          moves.push(`${accepts ? 'accept' : 'refuse'}@${t}`);
        }
      }
      expect(play('load', LOAD, changes, 5000).moves, `seed ${seed}`).toEqual(moves);
    }
  });
});

describe('the oracle', () => {
  const day: Change[] = [
    [0, 'present', 0],
    [100, 'away', 0],
    [399, 'present', 0],
    [500, 'away', 0],
    [800, 'present', 0],
    [900, 'away', 0],
  ];
  it('offers at once those absences that will be long enough, and no other', () => {
    const got = play('oracle', { least: 300e9, ahead: 0 }, day, 2000);
    expect(got.moves).toEqual(['accept@500', 'refuse@800', 'accept@900']);
  });
  it('can have guests gone before the owner is back', () => {
    const got = play('oracle', { least: 300e9, ahead: 20e9 }, day, 2000);
    expect(got.moves).toEqual(['accept@500', 'refuse@780', 'accept@900']);
    expect(got.orders).toEqual(['leave@780']);
  });
  it('is the only one that is shown what is to come', () => {
    for (const [name, kind] of Object.entries<IdlePolicyKind>(idlePolicies)) {
      const asked: string[] = [];
      const readings = {
        now: 0,
        ownerPresent: () => false,
        lastInput: () => 0,
        ownerLoad: () => 0,
        foreign: () => 0,
        guest: () => GUEST.none,
        image: () => 0,
        get toCome() {
          asked.push(name);
          return { returnOf: () => 1e9 };
        },
      };
      const parameters = defaults(name as keyof typeof idlePolicies);
      kind.create(readings, 1, parameters, new Streams(1, 0).bank('idle policy', 1)).changed(0);
      expect(asked.length > 0, name).toBe(kind.oracle === true);
    }
  });
});

describe("Condor's rules", () => {
  const CONDOR = { ...defaults('condor'), phase: 'together' };
  const SMALL: Visitor = { image: 2 ** 20, saving_s: 100 };
  const LARGE: Visitor = { image: 20 * 2 ** 20, saving_s: 100 };
  const at = (changes: Change[], until_s: number, visitor?: Visitor, more = {}) =>
    play('condor', { ...CONDOR, ...more }, changes, until_s, visitor);
  /** An owner who leaves at 2 s: the node is idle for 900 s at 902, offered by the poll at 905. */
  const left: Change[] = [
    [0, 'present', 0],
    [2, 'away', 0],
  ];

  it('offers a node at the first poll after 900 s without input, not at 900 s', () => {
    expect(at(left, 904.9).moves).toEqual([]);
    expect(at(left, 905).moves).toEqual(['accept@905']);
    const onPoll: Change[] = [
      [0, 'present', 0],
      [5, 'away', 0],
    ];
    expect(at(onPoll, 2000).moves).toEqual(['accept@910']);
  });

  it('offers a node at a load of 0.29 and not at 0.31', () => {
    expect(at([...left, [3, 'load', 0.29]], 2000).moves).toEqual(['accept@905']);
    expect(at([...left, [3, 'load', 0.31]], 2000).moves).toEqual([]);
    expect(at([...left, [3, 'load', 0.31], [1501, 'load', 0.3]], 2000).moves).toEqual(['accept@1505']);
    expect(at([...left, [1501, 'load', 0.31]], 2000).moves).toEqual(['accept@905', 'refuse@1505']);
  });

  it('suspends a small guest at the first poll after input, and lets it go on after 300 s without any', () => {
    const got = at([...left, [3001, 'input', 0]], 4000, SMALL);
    expect(got.orders).toEqual(['suspend@3005']);
    expect(got.moves).toEqual(['accept@905', 'refuse@3005', 'accept@3305']);
  });

  it('suspends at a busy CPU after 120 s, not after 119', () => {
    const burst = (length: number): Change[] => [
      ...left,
      [3004.5, 'load', 0.5],
      [3004.5 + length, 'load', 0],
    ];
    expect(at(burst(119), 4000, SMALL).orders).toEqual([]);
    expect(at(burst(121), 4000, SMALL).orders).toEqual(['suspend@3125']);
    // and goes on at the first poll more than 10 s later at which the load is low
    expect(at(burst(121), 4000, SMALL).moves.at(-1)).toBe('accept@3140');
  });

  it('does not suspend for its CPU a guest that has been there for no more than 90 s', () => {
    const burst: Change[] = [...left, [880, 'load', 0.3], [904, 'load', 0.3], [905.5, 'load', 0.6]];
    const short = at(burst, 1500, SMALL, { cpu_busy: 1e9 });
    expect(short.orders).toEqual(['suspend@1000']);
  });

  it('saves a guest that has been suspended for over 600 s, at 605 s, not at 600', () => {
    const back: Change[] = [...left, [3001, 'present', 0]];
    expect(at(back, 3605, SMALL).orders).toEqual(['suspend@3005']);
    expect(at(back, 4000, SMALL).orders).toEqual(['suspend@3005', 'vacate@3610']);
  });

  it('lets a guest go on that the owner leaves again before, and not one that has been suspended too long', () => {
    const gone = (time: number): Change[] => [...left, [3001, 'present', 0], [time, 'away', 0]];
    // 300 s without input: the poll at 3605 is the last at which it may go on; at 3610 it is saved first.
    expect(at(gone(3304), 4000, SMALL).moves.slice(2)).toEqual(['accept@3605']);
    expect(at(gone(3306), 4000, SMALL).orders.at(-1)).toBe('vacate@3610');
  });

  it('sends a large guest off at once where there is input, but suspends it for a busy CPU', () => {
    expect(at([...left, [3001, 'input', 0]], 4000, LARGE).orders).toEqual(['vacate@3005']);
    expect(at([...left, [3001, 'load', 1]], 3200, LARGE).orders).toEqual(['suspend@3125']);
  });

  it('kills a guest that has been there for no more than 600 s, and one that cannot be saved', () => {
    expect(at([...left, [1501, 'input', 0]], 1600, LARGE).orders).toEqual(['kill@1505']);
    expect(at([...left, [1506, 'input', 0]], 1600, LARGE).orders).toEqual(['vacate@1510']);
    const never = at([...left, [3001, 'present', 0]], 4000, LARGE, { checkpointable: false });
    expect(never.orders).toEqual(['suspend@3005', 'kill@3610']);
  });

  it('kills a guest whose saving takes over 600 s', () => {
    const slow = { ...SMALL, saving_s: 606 };
    const back: Change[] = [...left, [3001, 'present', 0]];
    expect(at(back, 5000, slow).orders).toEqual(['suspend@3005', 'vacate@3610', 'kill@4215']);
    expect(at(back, 5000, { ...SMALL, saving_s: 604 }).orders).toHaveLength(2);
  });

  it('of 1988: looks every 30 s, and saves after 5 min', () => {
    const old = { ...defaults('condor88'), phase: 'together' };
    const got = play('condor88', old, [...left, [3001, 'present', 0]], 4000, LARGE);
    expect(got.orders).toEqual(['suspend@3030', 'vacate@3360']);
  });

  it('does what a daemon does that really polls every 5 s, on random days', () => {
    let orders = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const source = new Streams(seed, 2).stream('script');
      const changes = slowDay(source);
      const visitor = {
        image: (seed % 2 === 0 ? 2 : 20) * 2 ** 20,
        saving_s: seed % 3 === 0 ? 700.5 : 100.5,
      };
      const got = at(changes, 40_000, visitor);
      const want = polledCondor(changes, 40_000, visitor);
      expect({ moves: got.moves, orders: got.orders }, `seed ${seed}`).toEqual(want);
      orders += got.orders.length;
    }
    expect(orders).toBeGreaterThan(300);
  });
});

/** Days on which every rule has its turn: absences of minutes to hours, key strokes, and programs that run on. */
function slowDay(source: Source): Change[] {
  const changes: Change[] = [[0, source.next() < 0.5 ? 'away' : 'present', 0]];
  let time = 0;
  for (;;) {
    time += Math.floor(-Math.log(source.next()) * 700 * 1000) / 1000 + 0.0005;
    if (time >= 40_000) return changes;
    const kind = (['away', 'present', 'input', 'load', 'away'] as const)[Math.floor(source.next() * 5)]!;
    const value = kind === 'load' && source.next() < 0.5 ? source.next() : source.next() * 0.4;
    changes.push([time, kind, kind === 'input' ? 0 : value]);
  }
}

/** Condor's daemon as its policy file has it: every 5 s, one poll after another. */
function polledCondor(
  changes: readonly Change[],
  until_s: number,
  visitor: Visitor,
): { moves: string[]; orders: string[] } {
  const moves: string[] = [];
  const orders: string[] = [];
  let state: 'owner' | 'unclaimed' | 'running' | 'suspended' | 'vacating' = 'owner';
  let [present, lastInput, load, busySince] = [false, Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY];
  let [entered, came, gone, next] = [0, 0, Number.POSITIVE_INFINITY, 0];
  const quiet = (t: number) => (present ? 0 : t - lastInput);
  const starts = (t: number) => quiet(t) > 900 && load <= 0.3;
  const accept = (t: number) => moves.push(`accept@${t}`);
  const free = (t: number) => {
    state = 'owner';
    if (!starts(t)) return;
    accept(t);
    [state, came] = ['running', t];
  };
  for (let t = 5; t <= until_s; t += 5) {
    for (;;) {
      const change = next < changes.length ? changes[next]![0] : Number.POSITIVE_INFINITY;
      if (Math.min(change, gone) > t) break;
      if (gone < change) {
        const at = gone;
        gone = Number.POSITIVE_INFINITY;
        free(at);
        continue;
      }
      const [time, kind, value] = changes[next++]!;
      if (kind === 'present') present = true;
      if (kind === 'away' && present) [present, lastInput] = [false, time];
      if (kind === 'input') lastInput = time;
      else load = value;
      if (load < 0.5) busySince = Number.POSITIVE_INFINITY;
      else busySince = Math.min(busySince, time);
    }
    const input = quiet(t) < 60;
    const preempt = () => {
      [state, entered] = ['vacating', t];
      if (t - came > 600) {
        orders.push(`vacate@${t}`);
        gone = t + visitor.saving_s;
      } else {
        orders.push(`kill@${t}`);
        free(t);
      }
    };
    if (state === 'owner') free(t);
    else if (state === 'running') {
      if (input || (t - busySince > 120 && t - came > 90)) {
        moves.push(`refuse@${t}`);
        if (visitor.image < 15 * 2 ** 20 || !input) {
          [state, entered] = ['suspended', t];
          orders.push(`suspend@${t}`);
        } else preempt();
      }
    } else if (state === 'suspended') {
      if (t - entered > 600) preempt();
      else if (load <= 0.3 && t - entered > 10 && quiet(t) > 300) {
        state = 'running';
        accept(t);
      }
    } else if (state === 'vacating' && t - entered > 600) {
      orders.push(`kill@${t}`);
      gone = Number.POSITIVE_INFINITY;
      free(t);
    }
  }
  return { moves, orders };
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
