/** Messages between processes against closed forms: LogGP, capacity, wires, receives and waits, collectives, ends. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { networkNamed } from '../../models/hardware/network/index.ts';
import type { LogGp } from '../../models/hardware/network/logp.ts';
import { messageTime } from '../../models/hardware/network/logp.ts';
import { Medium, wireTime } from '../../models/hardware/network/medium.ts';
import { collectiveSteps, Steps } from '../../models/messages/collectives.ts';
import { endsOf } from '../../models/messages/endpoints.ts';
import { type MessagesConfig, runMessages } from '../../models/messages/index.ts';
import { makeProgram } from '../../models/messages/programs.ts';
import { Transport } from '../../models/messages/transport.ts';
import { priceStructure } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { Engine } from '../../sim/engine/engine.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';
import { InputError } from '../../sim/problem.ts';
import { ACTION, ANY, type MessageProgram, ProgramBuilder } from '../../workloads/messages/index.ts';
import { haveTraces, TRACES } from '../formats/files.ts';
import { mean, run } from '../support/nowsim.ts';

/** ns. */
const TERMS: LogGp = { sendOverhead: 200, receiveOverhead: 300, latency: 1000, gap: 400, perByte: 2 };
const HOP = messageTime(TERMS, 1);

type Line = readonly [
  rank: number,
  action: keyof typeof ACTION,
  peer?: number,
  amount?: number,
  more?: { tag?: number; second?: number; vector?: readonly number[] },
];

function program(ranks: number, lines: readonly Line[]): MessageProgram {
  const builder = new ProgramBuilder();
  for (const [rank, action, peer = ANY, amount = 1, more = {}] of lines) {
    const plain = ['send', 'isend', 'recv', 'irecv'].includes(action) ? { tag: 0 } : {};
    builder.add(rank, ACTION[action], peer, amount, { ...plain, ...more });
  }
  return builder.program(ranks);
}

function go(what: MessageProgram, more: Partial<MessagesConfig> = {}) {
  const terms = more.terms ?? TERMS;
  const done = runMessages({
    program: what,
    network: networkNamed('atm155'),
    terms,
    send: { base: terms.sendOverhead, perByte: 0 },
    receive: { base: terms.receiveOverhead, perByte: 0 },
    wires: 'loggp',
    capacity: 'auto',
    perNode: 1,
    flopRate: 1e9,
    tax: 1,
    copyPerByte: 0,
    keepLog: false,
    ...more,
  });
  return { ...done, ends: done.ends_s.map((end) => Math.round(end * 1e12) / 1e3) };
}

describe('LogGP', () => {
  it.each([0, 1, 2, 1000])('a message of %i bytes: o + (n-1) G + L + o', (bytes) => {
    const { ends } = go(
      program(2, [
        [0, 'send', 1, bytes],
        [1, 'recv', 0],
      ]),
    );
    expect(ends).toEqual([200, 200 + Math.max(0, bytes - 1) * 2 + 1000 + 300]);
  });

  it('sends begin max(o, g) apart, and (n-1) G later behind long messages', () => {
    const many = (bytes: number) =>
      program(
        2,
        [1, 2, 3, 4].flatMap((): Line[] => [
          [0, 'send', 1, bytes],
          [1, 'recv', 0],
        ]),
      );
    expect(go(many(1)).ends).toEqual([200 + 3 * 400, 3 * 400 + HOP]);
    expect(go(many(101)).ends).toEqual([200 + 3 * 600, 3 * 600 + HOP + 200]);
    const slow = { ...TERMS, sendOverhead: 700 };
    expect(go(many(1), { terms: slow }).ends).toEqual([4 * 700, 4 * 700 + 1000 + 300]);
  });

  it('a receiver that is slower than its sender takes o for each', () => {
    const slow = { ...TERMS, receiveOverhead: 900 };
    const lines = [1, 2, 3].flatMap((): Line[] => [
      [0, 'send', 1],
      [1, 'recv', 0],
    ]);
    expect(go(program(2, lines), { terms: slow }).ends[1]).toBe(200 + 1000 + 3 * 900);
  });

  it('a non-blocking send leaves the processor to its process, and the message to the interface', () => {
    const { ends, measures } = go(
      program(2, [
        [0, 'isend', 1],
        [0, 'isend', 1],
        [0, 'work', ANY, 50],
        [1, 'recv', 0],
        [1, 'recv', 0],
      ]),
    );
    expect(ends).toEqual([450, 200 + 400 + 1000 + 300]);
    expect(measures.stall_share).toBe(0);
  });

  it('waits for a non-blocking send until the interface has taken it', () => {
    const { ends } = go(
      program(2, [
        [0, 'isend', 1],
        [0, 'isend', 1],
        [0, 'waitall'],
        [1, 'recv', 0],
        [1, 'recv', 0],
      ]),
    );
    expect(ends[0]).toBe(600);
  });

  it('at most `capacity` messages are on their way to a node: the others stall', () => {
    const senders = [1, 2, 3, 4, 5];
    const what = program(6, [
      ...senders.map((rank): Line => [rank, 'send', 0]),
      ...senders.map((rank): Line => [0, 'recv', rank]),
    ]);
    const fast = { ...TERMS, gap: 100 };
    // One at a time: each enters as the one before it arrives.
    expect(go(what, { terms: fast, capacity: 1 }).ends).toEqual([
      200 + 5 * 1000 + 300,
      200,
      1200,
      2200,
      3200,
      4200,
    ]);
    expect(go(what, { terms: fast, capacity: 2 }).ends.slice(1)).toEqual([200, 200, 1200, 1300, 2200]);
    expect(go(what, { terms: fast, capacity: 'none' }).ends.slice(1)).toEqual([200, 200, 200, 200, 200]);
    // ceil(1000 / 400) = 3.
    expect(go(what).ends.slice(1)).toEqual(go(what, { capacity: 3 }).ends.slice(1));
    expect(go(what).ends.slice(1)).not.toEqual(go(what, { capacity: 4 }).ends.slice(1));
  });

  it('messages are handed over g apart where they come from several nodes', () => {
    const what = program(4, [
      ...[1, 2, 3].map((rank): Line => [rank, 'send', 0]),
      [0, 'recv', 1],
      [0, 'recv', 2],
      [0, 'recv', 3],
    ]);
    expect(go(what).ends[0]).toBe(200 + 1000 + 2 * 400 + 300);
  });
});

describe('the transport', () => {
  it('keeps order, spacing and capacity, and loses nothing, whatever is sent', () => {
    for (const [seed, capacity, wires] of [
      [1, 1, false],
      [2, 2, false],
      [3, 3, false],
      [4, Infinity, true],
      [5, 2, true],
    ] as const) {
      const source = new Streams(seed, 0).stream('test of the transport');
      const engine = new Engine();
      const network = networkNamed('atm155');
      const NODES = 6;
      const flyingTo = new Array<number>(NODES).fill(0);
      const flyingFrom = new Array<number>(NODES).fill(0);
      const lastEntry = new Array<number>(NODES).fill(-Infinity);
      const lastHanded = new Array<number>(NODES).fill(-Infinity);
      const orders = new Map<string, number>();
      let handed = 0;
      const wrong: string[] = [];
      const enter = (m: number) => {
        const [from, to] = [transport.from[m]!, transport.to[m]!];
        flyingFrom[from]!++;
        flyingTo[to]!++;
        if (flyingFrom[from]! > capacity) wrong.push('too many from a node');
        if (flyingTo[to]! > capacity) wrong.push('too many to a node');
        if (engine.now - lastEntry[from]! < TERMS.gap - 1e-6) wrong.push('entered too early');
        lastEntry[from] = engine.now;
      };
      const transport = new Transport(
        engine,
        { ...TERMS, capacity, copyPerByte: 0 },
        NODES,
        wires ? new Medium(network, NODES) : null,
        {
          accepted: enter,
          delivered: (m) => {
            const [from, to] = [transport.from[m]!, transport.to[m]!];
            flyingFrom[from]!--;
            flyingTo[to]!--;
            handed++;
            if (engine.now - lastHanded[to]! < TERMS.gap - 1e-6) wrong.push('handed over too early');
            lastHanded[to] = engine.now;
            const pair = `${from} ${to}`;
            if (transport.owner[m]! <= (orders.get(pair) ?? -1)) wrong.push('out of order');
            orders.set(pair, transport.owner[m]!);
            transport.free(m);
          },
        },
      );
      const MANY = 3000;
      const sendType = engine.on((k) => {
        const from = Math.floor(source.next() * NODES);
        const to = (from + 1 + Math.floor(source.next() * (NODES - 1))) % NODES;
        const m = transport.message(from, to, Math.floor(source.next() * 200), k);
        if (transport.offer(m)) enter(m);
        if (k + 1 < MANY) engine.schedule(source.next() * 300, sendType, k + 1);
      }, 'test sends');
      engine.schedule(0, sendType, 0);
      engine.run();
      expect(wrong).toEqual([]);
      expect(handed).toBe(MANY);
      expect(transport.live).toBe(0);
      expect(transport.waited).toBeGreaterThan(100);
    }
  });

  it('may be offered the next message where it tells that one has entered: an event each to enter and to arrive', () => {
    const engine = new Engine();
    const handed: number[] = [];
    let offered = 0;
    const next = () => {
      if (offered === 6) return;
      offered++;
      transport.offer(transport.message(0, 1, 1, offered));
    };
    const transport: Transport = new Transport(
      engine,
      { ...TERMS, capacity: Infinity, copyPerByte: 0 },
      2,
      null,
      {
        accepted: next,
        delivered: (m) => {
          handed.push(engine.now);
          transport.free(m);
        },
      },
    );
    next();
    next();
    engine.run();
    expect(handed).toEqual([1000, 1400, 1800, 2200, 2600, 3000]);
    expect(engine.events).toBe(6 + 5);
  });
});

describe('wires', () => {
  const free: LogGp = { sendOverhead: 0, receiveOverhead: 0, latency: 0, gap: 0, perByte: 0 };
  const pairs = (a: number, b: number) =>
    program(4, [
      [0, 'send', a, 8192],
      [a, 'recv', 0],
      [1, 'send', b, 8192],
      [b, 'recv', 1],
    ]);
  const page = (name: string) => wireTime(8192, networkNamed(name));
  const last = (name: string, what: MessageProgram) =>
    Math.max(...go(what, { terms: free, wires: 'servers', network: networkNamed(name) }).ends);

  it('one segment for all, or a link for each node and direction', () => {
    expect(last('ethernet10', pairs(2, 3))).toBeCloseTo(2 * page('ethernet10'), 3);
    expect(last('fddi', pairs(2, 3))).toBeCloseTo(2 * page('fddi'), 3);
    expect(last('atm155', pairs(2, 3))).toBeCloseTo(page('atm155'), 2);
  });

  it('two messages to one node share its link; a store-and-forward switch has all of a message first', () => {
    const both = program(3, [
      [0, 'send', 2, 8192],
      [1, 'send', 2, 8192],
      [2, 'recv', 0],
      [2, 'recv', 1],
    ]);
    expect(last('atm155', both)).toBeCloseTo(2 * page('atm155'), 2);
    expect(last('gbe10', both)).toBeCloseTo(3 * page('gbe10'), 3);
  });

  it('no message is there before the end nodes could have pushed its bytes', () => {
    const what = program(2, [
      [0, 'send', 1, 10_001],
      [1, 'recv', 0],
    ]);
    const slow = { ...free, perByte: 1000, latency: 500 };
    expect(go(what, { terms: slow, wires: 'servers' }).ends[1]).toBe(10_000 * 1000 + 500);
  });

  it('the latency that is set comes to the time on the wires', () => {
    const what = program(2, [
      [0, 'send', 1, 8192],
      [1, 'recv', 0],
    ]);
    for (const name of ['ethernet10', 'atm155']) {
      const network = networkNamed(name);
      const late = { ...free, latency: 70_000 };
      expect(go(what, { terms: late, wires: 'servers', network }).ends[1]).toBeCloseTo(
        page(name) + 70_000,
        2,
      );
    }
  });

  it('where nothing costs anything, nothing takes time', () => {
    const what = program(2, [
      [0, 'send', 1, 8192],
      [1, 'recv', 0],
    ]);
    expect(go(what, { terms: free }).ends).toEqual([0, 0]);
  });

  it('ranks of one node copy in memory and have a processor each', () => {
    const what = program(2, [
      [0, 'work', ANY, 5000],
      [1, 'work', ANY, 5000],
      [0, 'send', 1, 1000],
      [1, 'recv', 0],
    ]);
    const done = go(what, { perNode: 2, copyPerByte: 3, wires: 'servers' });
    expect(done.ends).toEqual([5200, 5200 + 3000 + 300]);
    expect(done.measures.frames).toBe(0);
  });
});

describe('processes', () => {
  it('a receive begun before costs its overhead when it is waited for, and what is computed meanwhile hides the way', () => {
    const lines = (work: number): Line[] => [
      [0, 'send', 1],
      [1, 'irecv', 0],
      [1, 'work', ANY, work],
      [1, 'wait', 0, 0, { tag: 0 }],
    ];
    expect(go(program(2, lines(5000))).ends[1]).toBe(5300);
    expect(go(program(2, lines(600))).ends[1]).toBe(1500);
    const { measures } = go(program(2, lines(600)));
    expect(measures.wait_share).toBeCloseTo(600 / 3000, 9);
  });

  it('waits for the last receive begun where a wait names none, for all of them with waitall', () => {
    const base: Line[] = [
      [1, 'work', ANY, 10_000],
      [1, 'send', 0],
      [2, 'send', 0],
      [0, 'irecv', 1],
      [0, 'irecv', 2],
    ];
    expect(go(program(3, [...base, [0, 'wait']])).ends[0]).toBe(1500);
    expect(go(program(3, [...base, [0, 'waitall']])).ends[0]).toBe(11_500);
    expect(go(program(3, [...base, [0, 'wait', 1, 0, { tag: 0 }]])).ends[0]).toBe(11_500);
  });

  it('a test takes a message only where it is there by then', () => {
    const lines = (work: number): Line[] => [
      [0, 'send', 1],
      [1, 'irecv', 0],
      [1, 'work', ANY, work],
      [1, 'test', 0, 0, { tag: 0 }],
      [1, 'work', ANY, 50_000],
    ];
    expect(go(program(2, lines(1199))).ends[1]).toBe(51_199);
    expect(go(program(2, lines(1201))).ends[1]).toBe(51_501);
  });

  it('tags and senders are kept apart; a receive of any takes what came first', () => {
    const what = (first: Line) =>
      program(3, [
        [1, 'send', 0, 1, { tag: 7 }],
        [1, 'send', 0, 1, { tag: 8 }],
        [2, 'work', ANY, 9000],
        [2, 'send', 0, 1, { tag: 7 }],
        first,
        [0, 'work', ANY, 1],
      ]);
    const first = (end: number) => end - 301;
    expect(first(go(what([0, 'recv', 1, 1, { tag: 7 }])).ends[0]!)).toBe(1200);
    expect(first(go(what([0, 'recv', 1, 1, { tag: 8 }])).ends[0]!)).toBe(1600);
    expect(first(go(what([0, 'recv', 2, 1, { tag: 7 }])).ends[0]!)).toBe(10_200);
    expect(first(go(what([0, 'recv', ANY, 1, { tag: 7 }])).ends[0]!)).toBe(1200);
    expect(first(go(what([0, 'recv', ANY, 1, { tag: ANY }])).ends[0]!)).toBe(1200);
    expect(first(go(what([0, 'recv', 1, 1, { tag: ANY }])).ends[0]!)).toBe(1200);
    // Beside receives of one sender, in the order in which they were begun.
    const mixed = program(3, [
      [0, 'irecv', ANY, 1, { tag: ANY }],
      [0, 'irecv', 1, 1, { tag: 7 }],
      [0, 'wait', 1, 0, { tag: 7 }],
      [1, 'send', 0, 1, { tag: 7 }],
      [1, 'work', ANY, 5000],
      [1, 'send', 0, 1, { tag: 7 }],
    ]);
    // The receive of any comes first and takes the first message; a wait for rank 1 fits it too.
    expect(go(mixed).ends[0]).toBe(1500);
  });

  it('computes flops at the rate, user time with its tax, and sleeps without it', () => {
    const what = program(1, [
      [0, 'compute', ANY, 1e6],
      [0, 'sleep', ANY, 500],
    ]);
    const { ends, measures } = go(what, { flopRate: 1e8, tax: 1.5 });
    expect(ends[0]).toBe(15_000_500);
    expect(measures.compute_s).toBeCloseTo(0.015, 12);
  });

  it('agrees with a recursion over rings of random work, sizes and orders', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const source = new Streams(seed, 0).stream('test of rings');
      const ranks = 2 + Math.floor(source.next() * 6);
      const lines = ringOf(ranks, 12, source);
      const { ends } = go(program(ranks, lines), { capacity: 'none' });
      const expected = recursion(ranks, lines);
      for (let r = 0; r < ranks; r++) expect(ends[r]).toBeCloseTo(expected[r]!, 3);
    }
  });

  it('tells who waits for whom where nobody can go on', () => {
    const circle = program(3, [
      [0, 'recv', 1],
      [0, 'send', 2],
      [1, 'recv', 2],
      [1, 'send', 0],
      [2, 'irecv', 0],
      [2, 'waitall'],
      [2, 'send', 1],
    ]);
    expect(() => go(circle)).toThrow(InputError);
    expect(() => go(circle)).toThrow(
      /deadlock: 3 of 3 ranks wait for ever: rank 0 in recv at action 1 waits for rank 1; rank 1 in recv at action 1 waits for rank 2; rank 2 in waitall at action 2 waits for rank 0/,
    );
    expect(() => go(program(2, [[0, 'recv', 1]]))).toThrow(
      /rank 0 in recv at action 1 waits for rank 1, which has ended/,
    );
  });

  it('goes on where a send is never received, and counts the time to the last rank', () => {
    const done = go(
      program(2, [
        [0, 'send', 1],
        [1, 'work', ANY, 77],
      ]),
    );
    expect(done.ends).toEqual([200, 77]);
    expect(done.measures).toMatchObject({
      makespan_s: 200e-9,
      messages: 1,
      ended_share: expect.closeTo(123 / 400, 9),
    });
  });

  it('keeps a log of sends, messages and ends where it is asked for', () => {
    const { log } = go(
      program(2, [
        [0, 'send', 1],
        [1, 'recv', 0],
      ]),
      { keepLog: true },
    );
    expect([...log!.csv()].join('')).toBe(
      'time_s,what,who,value\n2e-7,send,0,1\n2e-7,end,0,0\n0.0000012,message,1,0\n0.0000015,end,1,0\n',
    );
  });

  it('has a digest of what happened: the same again, another where a time or a size differs', () => {
    const what = (bytes: number) =>
      program(2, [
        [0, 'send', 1, bytes],
        [1, 'recv', 0],
      ]);
    expect(go(what(5)).digest).toBe(go(what(5)).digest);
    expect(go(what(5)).digest).not.toBe(go(what(6)).digest);
    expect(go(what(1)).digest).not.toBe(go(what(0)).digest);
    expect(go(what(5)).digest).not.toBe(go(what(5), { terms: { ...TERMS, receiveOverhead: 301 } }).digest);
  });
});

/** Each rank sends to the next and receives from the one before, `count` times each, in random order. */
function ringOf(ranks: number, count: number, source: Source): Line[] {
  const lines: Line[] = [];
  for (let r = 0; r < ranks; r++) {
    let [sends, receives] = [count, count];
    while (sends + receives > 0) {
      lines.push([r, 'work', ANY, Math.floor(source.next() * 3000)]);
      // No more receives than sends so far, so that the ring cannot stand still.
      if (sends > 0 && (receives <= sends || source.next() < 0.5)) {
        lines.push([r, 'send', (r + 1) % ranks, 1 + Math.floor(source.next() * 500)]);
        sends--;
      } else {
        lines.push([r, 'recv', (r - 1 + ranks) % ranks]);
        receives--;
      }
    }
  }
  return lines;
}

/** When each rank of a ring ends, ns: the k-th message of a rank is handed over when it has come and the one before has been. */
function recursion(ranks: number, lines: readonly Line[]): number[] {
  const { sendOverhead, receiveOverhead, latency, gap, perByte } = TERMS;
  const time = new Array<number>(ranks).fill(0);
  const port = new Array<number>(ranks).fill(0);
  const handed = new Array<number>(ranks).fill(-Infinity);
  const there: number[][] = Array.from({ length: ranks }, () => []);
  const own = Array.from({ length: ranks }, (_, r) => lines.filter(([rank]) => rank === r));
  const at = new Array<number>(ranks).fill(0);
  for (let moved = true; moved; ) {
    moved = false;
    for (let r = 0; r < ranks; r++) {
      for (let line = own[r]![at[r]!]; line !== undefined; line = own[r]![++at[r]!]) {
        const [, what, peer, amount] = line;
        if (what === 'work') time[r]! += amount!;
        else if (what === 'send') {
          const enters = Math.max(time[r]! + sendOverhead, port[r]!);
          const rest = (amount! - 1) * perByte;
          time[r] = enters;
          port[r] = enters + gap + rest;
          handed[peer!] = Math.max(enters + rest + latency, handed[peer!]! + gap + rest);
          there[peer!]!.push(handed[peer!]!);
        } else {
          const next = there[r]!.shift();
          if (next === undefined) break;
          time[r] = Math.max(time[r]!, next) + receiveOverhead;
        }
        moved = true;
      }
    }
  }
  return time;
}

describe('collectives', () => {
  const KINDS = [
    'barrier',
    'bcast',
    'reduce',
    'allreduce',
    'scan',
    'gather',
    'gatherv',
    'scatter',
    'scatterv',
    'allgather',
    'allgatherv',
    'alltoall',
    'alltoallv',
    'reducescatter',
  ] as const;
  const of = (kind: keyof typeof ACTION, ranks: number, root = 0) =>
    program(
      ranks,
      Array.from(
        { length: ranks },
        (_, r): Line => [
          r,
          kind,
          root,
          10,
          { second: 0, vector: Array.from({ length: 2 * ranks }, (_, k) => 10 + (k % ranks)) },
        ],
      ),
    );
  /** Whom each rank has heard of at the end, sends and receives carried out in any order that works. */
  function heard(what: MessageProgram): Set<number>[] {
    const { ranks } = what;
    const steps = Array.from({ length: ranks }, (_, r) => {
      const own = new Steps();
      collectiveSteps(what, what.first[r]!, r, own);
      return own;
    });
    const knows = Array.from({ length: ranks }, (_, r) => new Set([r]));
    const wire = new Map<string, Set<number>[]>();
    const at = new Array<number>(ranks).fill(0);
    for (let moved = true; moved; ) {
      moved = false;
      for (let r = 0; r < ranks; r++) {
        for (; at[r]! < steps[r]!.count; at[r]!++) {
          const k = at[r]!;
          const other = steps[r]!.peer[k]!;
          if (steps[r]!.kind[k] === Steps.SEND) {
            const key = `${r} ${other}`;
            wire.set(key, [...(wire.get(key) ?? []), new Set(knows[r])]);
          } else if (steps[r]!.kind[k] === Steps.RECEIVE) {
            const next = wire.get(`${other} ${r}`)?.shift();
            if (next === undefined) break;
            for (const one of next) knows[r]!.add(one);
          }
          moved = true;
        }
      }
    }
    expect([...wire.values()].every((row) => row.length === 0)).toBe(true);
    expect(at).toEqual(steps.map((own) => own.count));
    return knows;
  }

  it.each(KINDS)('%s ends on 1 to 17 ranks with any root, and all hear of those whom they should', (kind) => {
    for (let ranks = 1; ranks <= 17; ranks++) {
      for (const root of new Set([0, ranks - 1, Math.floor(ranks / 2)])) {
        const knows = heard(of(kind, ranks, root));
        const all = Array.from({ length: ranks }, (_, r) => r);
        for (const r of all) {
          if (['bcast', 'scatter', 'scatterv'].includes(kind)) expect(knows[r]!.has(root)).toBe(true);
          else if (['reduce', 'gather', 'gatherv'].includes(kind)) {
            if (r === root) expect(knows[r]!.size).toBe(ranks);
          } else if (kind === 'scan') for (let k = 0; k <= r; k++) expect(knows[r]!.has(k)).toBe(true);
          else expect(knows[r]!.size, `${kind} of ${ranks}`).toBe(ranks);
        }
        expect(go(of(kind, ranks, root)).ends).toHaveLength(ranks);
      }
    }
  });

  it.each([
    ['barrier', 8, 8 * 3, 0],
    ['barrier', 5, 5 * 3, 0],
    ['bcast', 13, 12, 120],
    ['reduce', 13, 12, 120],
    ['allreduce', 8, 8 * 3, 240],
    ['allreduce', 6, 4 * 2 + 2 * 2, 120],
    ['gather', 8, 7, 10 * (4 * 1 + 2 * 2 + 4)],
    ['scatter', 8, 7, 10 * (4 * 1 + 2 * 2 + 4)],
    ['allgather', 8, 8 * 3, 10 * 8 * 7],
    ['allgather', 6, 6 * 3, 10 * 6 * 5],
    ['alltoall', 7, 7 * 6, 10 * 7 * 6],
    // Sizes 10 + rank: of all others, from each.
    ['alltoallv', 4, 12, 3 * (10 + 11 + 12 + 13)],
    ['allgatherv', 4, 12, 3 * (10 + 11 + 12 + 13)],
    ['gatherv', 4, 3, 30],
    ['scatterv', 4, 3, 11 + 12 + 13],
  ] as const)('%s of %i ranks: %i messages, %i bytes', (kind, ranks, messages, bytes) => {
    expect(go(of(kind, ranks)).measures).toMatchObject({ messages, message_bytes: bytes });
  });

  it('nobody leaves a barrier before the last has come', () => {
    for (const ranks of [2, 3, 8, 11]) {
      const lines: Line[] = [];
      for (let r = 0; r < ranks; r++) {
        lines.push([r, 'work', ANY, r === 1 ? 50_000 : 10 * r], [r, 'barrier']);
      }
      for (const end of go(program(ranks, lines)).ends) expect(end).toBeGreaterThan(50_000);
    }
  });

  it('a barrier of 2^k ranks that come together takes k hops, and a reduction its flops once', () => {
    expect(go(of('barrier', 8)).ends).toEqual(new Array(8).fill(3 * HOP));
    const sum = program(2, [
      [0, 'allreduce', ANY, 1, { second: 9000 }],
      [1, 'allreduce', ANY, 1, { second: 9000 }],
    ]);
    expect(go(sum).ends).toEqual([HOP + 9000, HOP + 9000]);
  });

  it('messages of collectives are none for a receive of any', () => {
    const what = program(2, [
      [0, 'irecv', ANY, 1, { tag: ANY }],
      [0, 'barrier'],
      [0, 'waitall'],
      [1, 'barrier'],
      [1, 'work', ANY, 20_000],
      [1, 'send', 0],
    ]);
    expect(go(what).ends[0]).toBe(HOP + 20_000 + HOP);
  });

  it('nor are they where they have come before it', () => {
    const what = program(2, [
      [0, 'bcast', 0],
      [0, 'send', 1],
      [1, 'work', ANY, 50_000],
      // Brings the clock to where the rank is: both messages lie there.
      [1, 'test', 0],
      [1, 'recv', ANY, 1, { tag: ANY }],
      [1, 'bcast', 0],
    ]);
    expect(go(what).ends[1]).toBe(50_000 + 2 * 300);
  });
});

describe.skipIf(!haveTraces)('real traces (skipped where ../shared is absent)', () => {
  it.each([
    ['own-smpi-nas-dt.S.SH.12.tar.gz', 36],
    // 7 sends; allreduce 8 x 3, alltoall(v) 8 x 7, 11 times each; two reductions.
    ['own-smpi-nas-is.S.8.tar.gz', 7 + 11 * (24 + 56 + 56) + 2 * 7],
    // 4,408 sends; 4 allreduces of 4 x 2, a barrier of 4 x 2.
    ['simgrid-NAS_LU_S_4.tar.gz', 4408 + 4 * 8 + 8],
    ['simgrid-ti_traces_32_1-HEAD.tar.gz', 16 * 160 + 9 * 31 + 31 + 7 * 32 * 31 + 6 * 160],
  ])('%s runs to its end on every network, none faster on Ethernet', async (name, messages) => {
    const experiment = {
      replications: 1,
      cluster: { nodes: 'auto', os: 'in-kernel' },
      jobs: { law: 'none' },
      messages: { trace: join(TRACES, 'mpi', name) },
      vary: { 'cluster.network': ['ethernet10', 'fddi', 'atm155', 'myrinet'] },
    };
    const result = await run(experiment);
    const spans = result.summary.points.map((_, k) => mean(result, 'makespan_s', k));
    expect(mean(result, 'messages')).toBe(messages);
    for (const span of spans) expect(span).toBeLessThanOrEqual(spans[0]!);
    expect(result.rows.every((row) => row.counts['unmatched'] === 0)).toBe(true);
  });
});

describe('the ends of a message', () => {
  const machine = loadMachine('r3000-40');
  const prices = (os: string) => priceStructure(os, machine);

  it('through the kernel cost what the OS structure asks for them, bytes included', () => {
    for (const os of ['in-kernel', 'microkernel-mach', 'sfi-library']) {
      const { send, receive } = endsOf('kernel-udp', networkNamed('myrinet'), prices(os));
      for (const bytes of [0, 100, 8192]) {
        expect(send.base + bytes * send.perByte).toBeCloseTo(prices(os).operation('send', bytes), 3);
        expect(receive.base + bytes * receive.perByte).toBeCloseTo(prices(os).operation('receive', bytes), 3);
      }
    }
    const cost = (os: string) => endsOf('kernel-udp', networkNamed('fddi'), prices(os)).send.base;
    expect(cost('microkernel-mach')).toBeGreaterThan(cost('in-kernel'));
    expect(cost('free')).toBe(0);
  });

  it('remote procedure calls add (764 - 248) / 4 us; active messages are 4 us, or those of their network', () => {
    const fddi = networkNamed('fddi');
    const kernel = endsOf('kernel-udp', fddi, prices('in-kernel')).send.base;
    expect(endsOf('rpc', fddi, prices('in-kernel')).send.base - kernel).toBeCloseTo(129_000, 6);
    expect(endsOf('active-messages', fddi, prices('in-kernel'))).toMatchObject({
      send: { base: 4000 },
      gap: 8000,
    });
    expect(endsOf('active-messages', networkNamed('myrinet'), prices('in-kernel')).send.base).toBe(2900);
    expect(endsOf('network', fddi, prices('microkernel-mach')).send.base).toBe(107_000);
  });
});

describe('made programs', () => {
  it('sums by real additions: ranks end at 28, 18, 14, 10, 8, 6, 4, 4 us, and o later where they send on', () => {
    const terms: LogGp = { sendOverhead: 2000, receiveOverhead: 2000, latency: 5000, gap: 4000, perByte: 0 };
    const what = makeProgram({ name: 'summation', time: 28_000, add: 1000 }, 8, terms);
    expect(go(what, { terms }).ends.map((end, r) => end / 1000 - (r === 0 ? 0 : 2))).toEqual([
      28, 18, 14, 10, 8, 6, 4, 4,
    ]);
  });

  // Values under a rank done at t: it takes k sums, each for o and one addition of its own, whichever k is best.
  it.each([
    [2, 5, 4, 28],
    [4, 6, 5, 60],
    [3, 2, 7, 75],
    [1, 9, 1, 40],
  ])('sums as many values as can be summed: o %i, L %i, g %i, %i us', (o, L, g, time) => {
    const most = (t: number): number => {
      let best = t + 1;
      let children = 0;
      for (let k = 1; ; k++) {
        const done = t - (2 * o + L + 1) - (k - 1) * Math.max(g, o + 1);
        if (done < 0) return best;
        children += most(done);
        best = Math.max(best, t + 1 - k * (o + 1) + children);
      }
    };
    const us = 1000;
    const terms: LogGp = {
      sendOverhead: o * us,
      receiveOverhead: o * us,
      latency: L * us,
      gap: g * us,
      perByte: 0,
    };
    const what = makeProgram({ name: 'summation', time: time * us, add: us }, 5000, terms);
    // Every rank has one value before it adds any.
    expect(Math.round((go(what, { terms }).measures.compute_s! * 1e9) / us) + 1).toBe(most(time));
  });

  it('refuses a remap that does not come out even', () => {
    expect(() => makeProgram({ name: 'remap', points: 1000, bytes: 1 }, 8, TERMS)).toThrow(
      /give a multiple of 64/,
    );
  });
});

describe('runs', () => {
  const base = { replications: 1, cluster: { nodes: 2, os: 'in-kernel' }, jobs: { law: 'none' } };
  const pings = { program: { name: 'ping-pong', count: 10 } };

  it('prices messages by the OS structure where they go through the kernel, and lengthens user time where it is taxed', async () => {
    const time = async (os: string, endpoint: string) =>
      mean(await run({ ...base, messages: { ...pings, endpoint } }, [`cluster.os=${os}`]), 'makespan_s');
    expect(await time('microkernel-mach', 'kernel-udp')).toBeGreaterThan(
      await time('in-kernel', 'kernel-udp'),
    );
    expect(await time('microkernel-mach', 'network')).toBe(await time('in-kernel', 'network'));
    expect(await time('in-kernel', 'rpc')).toBeCloseTo(
      (await time('in-kernel', 'kernel-udp')) + 20 * 2 * 129e-6,
      9,
    );
    const start = { program: { name: 'start', spawn: '1s' } };
    const spawn = async (overhead: string) =>
      mean(
        await run({ ...base, messages: start }, [
          'cluster.os=sfi-library',
          `cluster.sfi.overhead=${overhead}`,
        ]),
        'compute_s',
      );
    expect(await spawn('50%')).toBeCloseTo(1.5 * (await spawn('0%')), 9);
  });

  it('takes terms that are set before those of the network', async () => {
    const logp = { send: '1us', receive: '2us', latency: '3us', gap: '1us', per_byte: '1us' };
    const result = await run({
      ...base,
      messages: { program: { name: 'transfer', bytes: '5B' }, wires: 'loggp', logp },
    });
    expect(mean(result, 'makespan_s')).toBeCloseTo(10e-6, 12);
  });

  it('the ready experiment: each network is faster than the one before it', async () => {
    const result = await run(new URL('../../scripts/experiments/messages.yaml', import.meta.url).pathname);
    const spans = result.summary.points.map((_, k) => mean(result, 'makespan_s', k));
    expect(spans).toHaveLength(6);
    for (let k = 1; k < spans.length; k++) expect(spans[k]).toBeLessThan(spans[k - 1]!);
    expect(mean(result, 'messages')).toBe(960 + 15 + 4 * 64 + 64);
  });

  it('refuses jobs beside messages, too few nodes, auto without a trace', async () => {
    const messages = pings;
    await expect(run({ ...base, messages, jobs: { law: 'poisson' } })).rejects.toThrow(
      /poisson beside messages\.program/,
    );
    await expect(run({ ...base, messages, cluster: { nodes: 1 } })).rejects.toThrow(
      /the program has 2 ranks/,
    );
    const broadcast = { program: 'broadcast' };
    await expect(run({ ...base, messages: broadcast, cluster: { nodes: 'auto' } })).rejects.toThrow(
      /has a rank on each of them/,
    );
  });
});
