/**
 * Memory servers by themselves: transfers of a page-out and of a recovery, exactly; pages that move when a server's
 * owner wants its memory back; what a crash takes; and that a page is always in one place with the right content.
 */
import { describe, expect, it } from 'vitest';
import { MEMORY_EVENT, MemoryServers } from '../../models/paging/servers.ts';
import { FixedWires, NetworkWires } from '../../models/paging/wires.ts';
import { memoryServerPolicies } from '../../models/policies/memory_server/index.ts';
import { reliabilityPolicies } from '../../models/policies/reliability/index.ts';
import { NETWORKS } from '../../models/presets/networks.ts';
import { Engine } from '../../sim/engine/engine.ts';
import { Streams } from '../../sim/engine/streams.ts';

type Reliability = keyof typeof reliabilityPolicies;

const PAGE = 4096;
const TIME = 1e6;

/** Clients are the first nodes, servers come next, the parity server is last. */
function building(
  options: {
    reliability?: Reliability;
    policy?: keyof typeof memoryServerPolicies;
    servers?: number;
    clients?: number;
    pages?: number;
    network?: boolean;
  } = {},
) {
  const {
    reliability = 'none',
    policy = 'round-robin',
    servers: count = 4,
    clients = 1,
    pages = 64,
  } = options;
  const engine = new Engine();
  const nodes = clients + count + 1;
  const spilled: number[] = [];
  const lost: number[] = [];
  const done: number[] = [];
  /** Servers that pages were fetched from. */
  const from: number[] = [];
  const streams = new Streams(1, 0);
  const servers = new MemoryServers({
    engine,
    nodes,
    pages,
    page: PAGE,
    ownerOf: (page) => page % clients,
    policy: memoryServerPolicies[policy],
    chance: streams.bank('memory server', nodes),
    redundancy: reliabilityPolicies[reliability].redundancy,
    wires: options.network
      ? new NetworkWires(engine, NETWORKS['atm155']!, nodes)
      : new FixedWires(engine, TIME, PAGE, nodes),
    prices: { answer: 0, receive: 0 },
    record: (what, who) => {
      if (what === MEMORY_EVENT.fetch) from.push(who);
    },
    spilled: (page) => spilled.push(page),
    lost: (page) => lost.push(page),
  });
  const ids = Array.from({ length: count }, (_, i) => clients + i);
  const stored = engine.on((page) => done.push(page), 'stored');
  const start = (frames: number) => {
    for (const id of ids) servers.offer(id, frames);
    if (reliabilityPolicies[reliability].redundancy.parity !== 'none') servers.offerParity(nodes - 1);
  };
  const store = (page: number) => servers.store(page, stored, page);
  const storeAll = (from: number, to: number) => {
    for (let page = from; page < to; page++) expect(store(page)).toBe(true);
    engine.run();
  };
  return {
    engine,
    servers,
    ids,
    parity: nodes - 1,
    start,
    store,
    storeAll,
    stored,
    done,
    from,
    spilled,
    lost,
  };
}

/** Fetches pages one after another; throws (CheckError) where the content is another. */
function fetchAll({ engine, servers }: ReturnType<typeof building>, pages: readonly number[]): number[] {
  const here: number[] = [];
  const arrived = engine.on((page) => here.push(page), 'here');
  for (const page of pages) servers.fetch(page, arrived, page);
  engine.run();
  return here;
}

describe('transfers of page-outs', () => {
  it.each([
    ['none', 4, 1],
    ['mirror', 4, 2],
    ['parity', 4, 2],
    ['parity-logging', 4, 1.25],
    ['parity-logging', 5, 1.2],
  ] as const)('%s, %i servers: %d a page', (reliability, count, expected) => {
    const b = building({ reliability, servers: count });
    b.start(100);
    b.storeAll(0, 20);
    // Once more: stored pages are written over, or logged anew.
    b.storeAll(0, 20);
    expect(b.servers.counts.transfers).toBe(40 * expected);
    expect(b.done).toHaveLength(40);
    b.servers.check();
  });

  it('are done when the last copy, or the parity of the server, has arrived', () => {
    const took = (reliability: Reliability) => {
      const b = building({ reliability });
      b.start(10);
      b.storeAll(0, 1);
      return b.engine.now / TIME;
    };
    // Two copies leave one after another; a change goes on to the parity server; logged parity is nobody's wait.
    expect([took('none'), took('mirror'), took('parity'), took('parity-logging')]).toEqual([1, 2, 2, 1]);
  });

  it('of a fetch are one page, after a request of no time here', () => {
    const b = building();
    b.start(10);
    b.storeAll(0, 4);
    const before = b.servers.counts.transfers;
    const at = b.engine.now;
    expect(fetchAll(b, [2])).toEqual([2]);
    expect(b.servers.counts.transfers - before).toBe(1);
    expect(b.engine.now - at).toBe(TIME);
  });
});

describe('a crash', () => {
  it('of one of several copies loses nothing; the copies are made two again, one page each', () => {
    const b = building({ reliability: 'mirror' });
    b.start(100);
    b.storeAll(0, 16);
    const held = b.servers.heldBy(b.ids[0]!);
    expect(held).toBe(8);
    b.servers.crash(b.ids[0]!);
    b.engine.run();
    b.servers.check();
    expect(b.servers.counts).toMatchObject({ recovered: held, lost: 0, recoveryTransfers: held });
    expect(fetchAll(b, [...Array(16).keys()])).toHaveLength(16);
    // All have two copies again: the next crash loses nothing either.
    b.servers.crash(b.ids[1]!);
    expect(b.lost).toEqual([]);
  });

  it.each(['parity', 'parity-logging'] as const)(
    'under %s: S - 1 pages and the parity are read for each page that is lost',
    (reliability) => {
      const b = building({ reliability });
      b.start(100);
      b.storeAll(0, 40);
      const held = b.servers.heldBy(b.ids[2]!);
      expect(held).toBe(10);
      b.servers.crash(b.ids[2]!);
      b.engine.run();
      b.servers.check();
      expect(b.servers.counts).toMatchObject({ recovered: held, lost: 0, recoveryTransfers: 4 * held });
      expect(b.lost).toEqual([]);
      // What is recovered is stored on the servers that are left.
      expect(fetchAll(b, [...Array(40).keys()])).toHaveLength(40);
      expect(b.servers.heldBy(b.ids[2]!)).toBe(0);
    },
  );

  it('before a group is complete: the parity is still with the client', () => {
    const b = building({ reliability: 'parity-logging' });
    b.start(100);
    b.storeAll(0, 2);
    b.servers.crash(b.ids[0]!);
    b.engine.run();
    b.servers.check();
    // The one other page; no parity has been sent.
    expect(b.servers.counts).toMatchObject({ recovered: 1, lost: 0, recoveryTransfers: 1 });
    expect(fetchAll(b, [0, 1])).toEqual(expect.arrayContaining([0, 1]));
  });

  it('without redundancy loses the pages, and tells', () => {
    const b = building();
    b.start(100);
    b.storeAll(0, 16);
    b.servers.crash(b.ids[1]!);
    b.servers.check();
    expect(b.lost.toSorted((x, y) => x - y)).toEqual([1, 5, 9, 13]);
    expect(b.servers.counts.lost).toBe(4);
    expect(b.servers.holds(1)).toBe(false);
    expect(b.servers.holds(2)).toBe(true);
  });

  it('of the parity server leaves pages unprotected, until another is made of all of them', () => {
    const b = building({ reliability: 'parity' });
    b.start(100);
    b.storeAll(0, 16);
    b.servers.crash(b.parity);
    expect(b.servers.counts.lost).toBe(0);
    const before = b.servers.counts.transfers;
    b.storeAll(0, 4);
    expect(b.servers.counts.transfers - before).toBe(4);
    b.servers.offerParity(b.parity);
    b.engine.run();
    expect(b.servers.counts.recoveryTransfers).toBe(16);
    b.servers.crash(b.ids[3]!);
    b.engine.run();
    b.servers.check();
    expect(b.servers.counts).toMatchObject({ lost: 0, recovered: 4 });
  });

  it('of a parity server and then of a server loses its pages', () => {
    const b = building({ reliability: 'parity' });
    b.start(100);
    b.storeAll(0, 16);
    b.servers.crash(b.parity);
    b.servers.crash(b.ids[0]!);
    b.engine.run();
    b.servers.check();
    expect(b.servers.counts).toMatchObject({ lost: 4, recovered: 0 });
  });

  it('while a page is asked for: it is asked for again where it then is', () => {
    const b = building({ reliability: 'mirror', servers: 3 });
    b.start(100);
    b.storeAll(0, 6);
    const here: number[] = [];
    const arrived = b.engine.on((page) => here.push(page));
    b.servers.fetch(0, arrived, 0);
    const at = b.engine.now;
    b.engine.run(at + TIME / 2);
    expect(here).toEqual([]);
    b.servers.crash(b.ids[0]!);
    b.engine.run();
    expect(here).toEqual([0]);
    // The answer that was under way is none: the copy comes from another server, after it.
    expect(b.from).toHaveLength(1);
    expect(b.from).not.toContain(b.ids[0]!);
    expect(b.engine.now - at).toBeGreaterThanOrEqual(2 * TIME);
  });
});

describe('a server whose owner wants the memory back', () => {
  it.each(['none', 'mirror', 'parity', 'parity-logging'] as const)(
    'under %s: its pages go to other servers and stay whole',
    (reliability) => {
      const b = building({ reliability });
      b.start(100);
      b.storeAll(0, 24);
      const held = b.servers.heldBy(b.ids[1]!);
      expect(held).toBeGreaterThan(0);
      const at = b.engine.now;
      b.servers.withdraw(b.ids[1]!);
      b.servers.check();
      b.engine.run();
      b.servers.check();
      expect(b.servers.heldBy(b.ids[1]!)).toBe(0);
      expect(b.servers.counts).toMatchObject({ moved: held, spilled: 0, lost: 0, drained: 1 });
      // The pages leave one after another.
      expect(b.servers.counts.drainTime).toBeGreaterThanOrEqual(held * TIME);
      expect(b.servers.counts.drainTime).toBeLessThanOrEqual(b.engine.now - at);
      expect(fetchAll(b, [...Array(24).keys()])).toHaveLength(24);
    },
  );

  it('where no other has room: they come back to their owner, for its disk', () => {
    const b = building({ servers: 2 });
    b.start(8);
    b.storeAll(0, 16);
    b.servers.withdraw(b.ids[0]!);
    b.engine.run();
    b.servers.check();
    expect(b.spilled).toHaveLength(8);
    expect(b.servers.counts).toMatchObject({ moved: 0, spilled: 8 });
    for (const page of b.spilled) expect(b.servers.holds(page)).toBe(false);
  });

  it('lends less: only what does not fit leaves', () => {
    const b = building({ servers: 2 });
    b.start(20);
    b.storeAll(0, 16);
    b.servers.offer(b.ids[0]!, 5);
    b.engine.run();
    b.servers.check();
    expect([b.servers.heldBy(b.ids[0]!), b.servers.heldBy(b.ids[1]!)]).toEqual([5, 11]);
  });

  it('a page that travels is fetched when it has arrived', () => {
    const b = building({ servers: 2 });
    b.start(100);
    b.storeAll(0, 8);
    b.servers.withdraw(b.ids[0]!);
    const at = b.engine.now;
    const here: number[] = [];
    const arrived = b.engine.on((page) => here.push(page));
    b.servers.fetch(0, arrived, 0);
    b.engine.run();
    expect(here).toEqual([0]);
    expect(b.engine.now - at).toBeGreaterThanOrEqual(2 * TIME);
  });
});

describe('a request', () => {
  it('that finds the page sent away goes to where it is now', () => {
    const b = building({ network: true });
    b.start(100);
    b.storeAll(0, 4);
    const arrived = b.engine.on(() => {});
    b.servers.fetch(0, arrived, 0);
    // The owner is back before the request has come.
    b.servers.withdraw(b.ids[0]!);
    b.engine.run();
    expect(b.from).toHaveLength(1);
    expect(b.from).not.toContain(b.ids[0]!);
  });
});

describe('refusal', () => {
  it('of a page where no server has room, or too few for its copies', () => {
    const b = building({ servers: 2 });
    b.start(2);
    b.storeAll(0, 4);
    expect(b.store(4)).toBe(false);
    expect(b.servers.counts.refused).toBe(1);
    // What is stored may be stored anew.
    expect(b.store(3)).toBe(true);
    const one = building({ reliability: 'mirror', servers: 1 });
    one.start(10);
    expect(one.store(0)).toBe(false);
  });

  it('by a server of which a client has not heard that it is full', () => {
    const b = building({ clients: 2, servers: 2, policy: 'most-free', pages: 40 });
    b.start(10);
    // Client 0 (even pages) asks all servers now; client 1 fills them, which it alone knows.
    b.store(0);
    b.engine.run();
    for (let page = 1; page < 38; page += 2) expect(b.store(page)).toBe(true);
    b.engine.run();
    expect(b.servers.counts.refusals).toBe(0);
    expect(b.store(2)).toBe(false);
    expect(b.servers.counts.refusals).toBe(2);
  });
});

describe('logged pages', () => {
  it('free a group when all of it is old, and no sooner', () => {
    const b = building({ reliability: 'parity-logging' });
    b.start(100);
    b.storeAll(0, 4);
    b.storeAll(0, 3);
    expect(b.ids.map((id) => b.servers.heldBy(id))).toEqual([2, 2, 2, 1]);
    b.storeAll(3, 4);
    expect(b.ids.map((id) => b.servers.heldBy(id))).toEqual([1, 1, 1, 1]);
    b.servers.check();
  });

  it('make room by logging anew what is left of the group with most old pages', () => {
    const b = building({ reliability: 'parity-logging', pages: 16 });
    // Twenty frames for sixteen pages.
    b.start(5);
    b.storeAll(0, 16);
    // Each round writes one page of every group, so that no group grows old as a whole.
    for (let round = 0; round < 5; round++) {
      for (const page of [0, 5, 10, 15]) b.store(page);
      b.engine.run();
      b.servers.check();
    }
    expect(b.servers.counts.collected).toBeGreaterThan(0);
    expect(b.servers.counts.lost).toBe(0);
    expect(
      fetchAll(
        b,
        [...Array(16).keys()].filter((page) => b.servers.holds(page)),
      ).length,
    ).toBeGreaterThan(11);
  });
});

describe('conservation', () => {
  const kinds = ['none', 'mirror', 'parity', 'parity-logging'] as const;
  it.each(kinds.flatMap((kind) => [false, true].map((network) => [kind, network] as const)))(
    'holds under %s through stores, fetches, withdrawals and crashes at random (network: %s)',
    (reliability, network) => {
      const pages = 120;
      const b = building({ reliability, servers: 5, clients: 3, pages, policy: 'random', network });
      const chance = new Streams(7, 0).stream(`stress ${reliability}`);
      b.start(40);
      const here: number[] = [];
      const asked = new Uint8Array(pages);
      const arrived = b.engine.on((page) => {
        asked[page] = 0;
        here.push(page);
      });
      const pick = (n: number) => Math.floor(chance.next() * n);
      const away = new Map<number, number>();
      let fetches = 0;
      for (let step = 0; step < 4000; step++) {
        const u = chance.next();
        const page = pick(pages);
        if (u < 0.5) {
          if (asked[page] === 0 && !b.store(page)) b.servers.release(page);
        } else if (u < 0.9) {
          if (asked[page] === 0 && b.servers.holds(page)) {
            asked[page] = 1;
            fetches++;
            b.servers.fetch(page, arrived, page);
          }
        } else if (u < 0.93) b.servers.release(page);
        else {
          const node = b.ids[pick(5)]!;
          const frames = away.get(node);
          if (frames !== undefined) {
            away.delete(node);
            b.servers.offer(node, frames);
          } else {
            away.set(node, 20 + pick(30));
            if (u < 0.97) b.servers.withdraw(node);
            else b.servers.crash(node);
          }
        }
        b.servers.check();
        b.engine.run(b.engine.now + chance.next() * 3 * TIME);
      }
      b.engine.run();
      b.servers.check();
      // Every request has been answered.
      expect(here).toHaveLength(fetches);
      expect(b.servers.counts.stored).toBeGreaterThan(1000);
      if (reliability === 'none') expect(b.servers.counts.lost).toBeGreaterThan(0);
      else expect(b.servers.counts.recovered).toBeGreaterThan(0);
      for (let page = 0; page < pages; page++) expect(b.servers.returns(page)).toBe(false);
    },
  );
});
