/**
 * Memory servers: nodes that lend frames to the pages of others, with or without redundancy; servers that want their
 * memory back, and servers that crash.
 *
 * A page is stored on a server (`store`) and read from there (`fetch`); where no server has room, or redundancy asks
 * for more servers than there are, it is refused and goes to its owner's disk. A server that withdraws sends its pages
 * to others, or to their owners' disks. Who is where is decided at once; pages travel after that, over the wires, and
 * one that travels is fetched when it has arrived. Every page has a content (a word that changes with every
 * page-out): servers keep it, parity is really the exclusive or of its group, and what is fetched or recovered is
 * compared with what was stored.
 *
 * Left out: acknowledgements and time-outs (a crash is known at once, and a page on its way counts as stored), the
 * room that parity takes on the parity server, a second loss while the first is being recovered.
 *
 * Sources: Markatos and Dramitinos 1996 (the pager and its kinds of redundancy: RP-14); section 2.3 of the project's
 * reference on memory and networks.
 */
import { widened } from '../../sim/engine/columns.ts';
import type { Engine } from '../../sim/engine/engine.ts';
import type { StreamBank } from '../../sim/engine/streams.ts';
import { CheckError } from '../../sim/problem.ts';
import { FifoServers } from '../hardware/network/medium.ts';
import type { MemoryServerPolicy, MemoryServerPolicyKind } from '../policies/memory_server/contract.ts';
import type { Redundancy } from '../policies/reliability/contract.ts';
import { Chains } from './chains.ts';
import type { PageWires } from './wires.ts';

/** Domain events of memory servers, as `record` gets them: (what, who: node, value: page or number of pages). */
export const MEMORY_EVENT = {
  offer: 1,
  withdraw: 2,
  crash: 3,
  store: 4,
  fetch: 5,
  move: 6,
  spill: 7,
  lose: 8,
  recover: 9,
  refuse: 10,
} as const;

/** CPU time at a server, ns. */
export interface ServerPrices {
  /** A request for a page taken in, and the page sent. */
  readonly answer: number;
  /** A page taken in. */
  readonly receive: number;
}

export interface ServersConfig {
  readonly engine: Engine;
  /** Nodes that may be servers or clients. */
  readonly nodes: number;
  /** Pages that there are, of all clients. */
  readonly pages: number;
  /** Bytes of a page. */
  readonly page: number;
  /** The node whose page it is. */
  readonly ownerOf: (page: number) => number;
  readonly policy: MemoryServerPolicyKind;
  /** A stream a node, for what that node decides. */
  readonly chance: StreamBank;
  readonly redundancy: Redundancy;
  readonly wires: PageWires;
  readonly prices: ServerPrices;
  readonly record: (what: number, who: number, value: number) => void;
  /** A page has come to its owner since no server has room for it: to be written to the owner's disk. */
  readonly spilled: (page: number) => void;
  /** A crash has taken the only copy that a server had. */
  readonly lost: (page: number) => void;
}

/** A node that has pages on servers: what it has been told of them, and its policy. */
interface Client {
  /** Frames that each server has free, as far as this node knows. */
  readonly told: Int32Array;
  readonly policy: MemoryServerPolicy;
  /** The group of logged pages whose parity the node has not sent yet; -1: none. */
  open: number;
}

/** Where a group's parity is. */
const PARITY = {
  /** Nowhere: the parity server is down. */
  none: 0,
  server: 1,
  /** With the client, which is still joining pages. */
  client: 2,
} as const;

const NONE = -1;
/** Bytes of a request for a page (assumed: an address and a header). */
const REQUEST = 32;

/** What follows when a message has arrived. */
const NEXT = {
  /** Nothing. */
  end: 0,
  /** A handler is called. */
  call: 1,
  /** One of several messages that another ticket waits for. */
  join: 2,
  /** A server has been asked for a page. */
  asked: 3,
  /** The page that was asked for is here. */
  answered: 4,
  /** A page that has moved is where it was to go. */
  moved: 5,
  /** A page is with its owner and goes to a disk. */
  spilled: 6,
  /** A page is with its owner and is to be stored anew. */
  restore: 7,
} as const;

/** Messages under way, with what is to follow. */
class Tickets {
  next = new Uint8Array(64);
  to = new Int32Array(64);
  /** Node to which the message goes on from `to`; -1: none. */
  via = new Int32Array(64);
  page = new Int32Array(64);
  /** Version of the page, or the number of crashes of the server that was asked. */
  stamp = new Int32Array(64);
  type = new Int32Array(64);
  entity = new Int32Array(64);
  left = new Int32Array(64);
  /** The server that is rid of the page with this; -1: none. */
  drains = new Int32Array(64);
  private readonly free: number[] = [];
  private used = 0;

  take(next: number, to: number): number {
    const ticket = this.free.length > 0 ? this.free.pop()! : this.used++;
    if (ticket === this.next.length) this.widen();
    this.next[ticket] = next;
    this.to[ticket] = to;
    this.via[ticket] = NONE;
    this.drains[ticket] = NONE;
    this.left[ticket] = 1;
    return ticket;
  }

  give(ticket: number): void {
    this.free.push(ticket);
  }

  private widen(): void {
    const size = 2 * this.next.length;
    const wider = (column: Int32Array<ArrayBuffer>) => widened(column, new Int32Array(size));
    this.next = widened(this.next, new Uint8Array(size));
    this.to = wider(this.to);
    this.via = wider(this.via);
    this.page = wider(this.page);
    this.stamp = wider(this.stamp);
    this.type = wider(this.type);
    this.entity = wider(this.entity);
    this.left = wider(this.left);
    this.drains = wider(this.drains);
  }
}

export class MemoryServers {
  /** What has happened so far. */
  readonly counts = {
    /** Pages sent over the network, for whatever reason. */
    transfers: 0,
    stored: 0,
    fetched: 0,
    /** Pages (copies, parity) sent because a page was stored. */
    storeTransfers: 0,
    /** Pages that no server took, and servers that had no room for a page that they were to get. */
    refused: 0,
    refusals: 0,
    withdrawals: 0,
    crashes: 0,
    /** Pages that a withdrawing server sent to another, and to a disk. */
    moved: 0,
    spilled: 0,
    lost: 0,
    recovered: 0,
    /** Pages sent to find out what a crash took. */
    recoveryTransfers: 0,
    /** Groups of logged pages given up to gain room. */
    collected: 0,
    /** Time from a withdrawal to the last page's leaving, ns, summed over those that are over. */
    drainTime: 0,
    drained: 0,
  };
  private readonly config: ServersConfig;
  private readonly engine: Engine;
  private readonly cpus: FifoServers;
  private readonly tickets = new Tickets();
  private readonly arrivedType: number;
  private readonly landedType: number;

  // By node.
  private readonly capacity: Int32Array;
  private readonly crashes: Int32Array;
  private readonly draining: Int32Array;
  private readonly drainSince: Float64Array;
  private readonly barred: Uint8Array;
  private parityNode = NONE;
  private lending = 0;
  private readonly clients: (Client | undefined)[] = [];

  // By slot: a frame of a server that holds a page.
  private readonly byServer = new Chains();
  private readonly byGroup = new Chains();
  private slotPage = new Int32Array(64);
  private slotServer = new Int32Array(64);
  private slotWord = new Int32Array(64);
  private slotGroup = new Int32Array(64);
  private readonly freeSlots: number[] = [];
  private slots = 0;

  // By page.
  private readonly slotOf: Int32Array;
  private readonly mirrorOf: Int32Array;
  private readonly version: Int32Array;
  private readonly word: Int32Array;
  /** Messages by which the page moves; it is fetched when there are none. */
  private readonly moving: Uint8Array;
  /** The version of the page that is on its way back to its owner; -1: none. */
  private readonly returning: Int32Array;
  private readonly waitingType: Int32Array;
  private readonly waitingEntity: Int32Array;

  // Groups of pages with a common parity: the row of that number on each server, or the pages logged together.
  private groupWord = new Int32Array(16);
  /** Where the group's parity is, and whose pages it joins (logged). */
  private groupParity = new Uint8Array(16);
  private groupOwner = new Int32Array(16);
  private groups = 0;
  private readonly freeGroups: number[] = [];
  private readonly freeRows: number[][];
  private readonly rows: Int32Array;

  constructor(config: ServersConfig) {
    const { nodes, pages, engine } = config;
    this.config = config;
    this.engine = engine;
    this.capacity = new Int32Array(nodes);
    this.crashes = new Int32Array(nodes);
    this.draining = new Int32Array(nodes);
    this.drainSince = new Float64Array(nodes);
    this.barred = new Uint8Array(nodes);
    this.cpus = new FifoServers(nodes);
    this.rows = new Int32Array(nodes);
    this.freeRows = Array.from({ length: nodes }, () => []);
    this.slotOf = new Int32Array(pages).fill(NONE);
    this.mirrorOf = new Int32Array(pages).fill(NONE);
    this.version = new Int32Array(pages);
    this.word = new Int32Array(pages);
    this.moving = new Uint8Array(pages);
    this.returning = new Int32Array(pages).fill(NONE);
    this.waitingType = new Int32Array(pages).fill(NONE);
    this.waitingEntity = new Int32Array(pages);
    this.arrivedType = engine.on((ticket) => this.arrived(ticket), 'page at a node');
    this.landedType = engine.on((ticket) => this.landed(ticket), 'page taken in');
  }

  /** A node lends frames from now on; fewer than before: what does not fit any more leaves. */
  offer(node: number, frames: number): void {
    this.lend(node, frames);
    this.config.record(MEMORY_EVENT.offer, node, frames);
    this.shrink(node);
  }

  /** A node keeps parity from now on; where pages are without, it is made again from all of them. */
  offerParity(node: number): void {
    this.parityNode = node;
    for (let group = 0; group < this.groups; group++) {
      if (this.byGroup.count(group) === 0 || this.groupParity[group] !== PARITY.none) continue;
      for (let slot = this.byGroup.first(group); slot !== NONE; slot = this.byGroup.after(slot)) {
        this.counts.recoveryTransfers++;
        this.ship(this.slotServer[slot]!, node, NEXT.end);
      }
      this.groupParity[group] = PARITY.server;
    }
  }

  /** The owner of a node wants its memory back: its pages go to other servers, or to their owners' disks. */
  withdraw(node: number): void {
    this.counts.withdrawals++;
    this.config.record(MEMORY_EVENT.withdraw, node, this.byServer.count(node));
    this.lend(node, 0);
    this.shrink(node);
  }

  /** A node fails: what it held is gone, and is recovered where redundancy allows. */
  crash(node: number): void {
    this.counts.crashes++;
    this.config.record(MEMORY_EVENT.crash, node, this.byServer.count(node));
    this.crashes[node]!++;
    this.lend(node, 0);
    this.draining[node] = 0;
    if (node === this.parityNode) {
      this.parityNode = NONE;
      for (let group = 0; group < this.groups; group++) {
        if (this.groupParity[group] === PARITY.server) this.groupParity[group] = PARITY.none;
      }
    }
    for (let slot = this.byServer.first(node); slot !== NONE; slot = this.byServer.first(node)) {
      this.take(slot);
    }
  }

  /** Whether a server holds the page (or will, when it has arrived). */
  holds(page: number): boolean {
    return this.slotOf[page]! !== NONE;
  }

  /** Whether the page, as it was stored last, is on its way back to its owner, to go to a server again or to a disk. */
  returns(page: number): boolean {
    return this.returning[page] === this.version[page];
  }

  /** Pages that a node holds for others. */
  heldBy(node: number): number {
    return this.byServer.count(node);
  }

  /**
   * A page leaves its owner's memory for a server; handler `type` is called with `entity` when it is stored with all
   * its redundancy. False, and nothing happens, where no server takes it.
   */
  store(page: number, type: number, entity: number): boolean {
    const owner = this.config.ownerOf(page);
    const before = this.counts.transfers;
    const ticket = this.put(page, owner);
    if (ticket === NONE) {
      this.counts.refused++;
      this.config.record(MEMORY_EVENT.refuse, owner, page);
      return false;
    }
    this.tickets.next[ticket] = NEXT.call;
    this.tickets.type[ticket] = type;
    this.tickets.entity[ticket] = entity;
    this.tickets.page[ticket] = page;
    this.tickets.stamp[ticket] = this.slotServer[this.slotOf[page]!]!;
    this.counts.stored++;
    this.counts.storeTransfers += this.counts.transfers - before;
    this.config.record(MEMORY_EVENT.store, this.slotServer[this.slotOf[page]!]!, page);
    return true;
  }

  /**
   * Asks for a page that a server holds or that returns; handler `type` is called with `entity` when it is here, or
   * when it is lost (then no server holds it). One request a page at a time.
   */
  fetch(page: number, type: number, entity: number): void {
    if (this.moving[page]! > 0) {
      this.waitingType[page] = type;
      this.waitingEntity[page] = entity;
      return;
    }
    const slot = this.slotOf[page]!;
    if (slot === NONE) {
      this.engine.call(type, entity);
      return;
    }
    const server = this.slotServer[slot]!;
    const ticket = this.tickets.take(NEXT.asked, server);
    this.tickets.page[ticket] = page;
    this.tickets.stamp[ticket] = this.crashes[server]!;
    this.tickets.type[ticket] = type;
    this.tickets.entity[ticket] = entity;
    this.config.wires.send(this.config.ownerOf(page), server, REQUEST, this.arrivedType, ticket);
  }

  /** The owner has no more use for what servers hold of the page. */
  release(page: number): void {
    for (const slot of [this.slotOf[page]!, this.mirrorOf[page]!]) {
      if (slot === NONE) continue;
      if (this.config.redundancy.parity === 'logged') this.outdate(slot);
      else {
        this.leaveGroup(slot, this.slotServer[slot]!);
        this.free(slot);
      }
    }
    this.slotOf[page] = NONE;
    this.mirrorOf[page] = NONE;
    this.version[page]!++;
  }

  /** Throws `CheckError` where a page is in two places, a server holds more than it lends, or parity is wrong. */
  check(): void {
    let held = 0;
    for (let node = 0; node < this.config.nodes; node++) {
      const count = this.byServer.count(node);
      held += count;
      if (count > this.capacity[node]!) {
        throw new CheckError(
          `node ${node} holds ${count} pages of others and lends ${this.capacity[node]} frames`,
        );
      }
      let found = 0;
      for (let slot = this.byServer.first(node); slot !== NONE; slot = this.byServer.after(slot)) {
        found++;
        if (this.slotServer[slot] !== node) throw new CheckError(`slot ${slot} is not on node ${node}`);
      }
      if (found !== count) throw new CheckError(`node ${node} holds ${found} pages, ${count} were counted`);
    }
    let live = 0;
    for (let page = 0; page < this.config.pages; page++) {
      for (const slot of [this.slotOf[page]!, this.mirrorOf[page]!]) {
        if (slot === NONE) continue;
        live++;
        if (this.slotPage[slot] !== page) throw new CheckError(`page ${page} is not in slot ${slot}`);
        if (this.slotWord[slot] !== this.word[page])
          throw new CheckError(`page ${page} is not what was stored`);
      }
    }
    let old = 0;
    const { parity } = this.config.redundancy;
    for (let group = 0; parity !== 'none' && group < this.groups; group++) {
      let word = 0;
      for (let slot = this.byGroup.first(group); slot !== NONE; slot = this.byGroup.after(slot)) {
        word ^= this.slotWord[slot]!;
        if (!this.isLive(slot)) old++;
      }
      if (this.byGroup.count(group) > 0 && word !== this.groupWord[group]) {
        throw new CheckError(`the parity of group ${group} is not that of its pages`);
      }
    }
    if (live + old !== held) {
      throw new CheckError(`servers hold ${held} pages: ${live} that are wanted and ${old} old ones`);
    }
  }

  // -- Where a page goes ----------------------------------------------------------------------------------------

  /**
   * Stores a new version of a page that is at node `from`; gives the ticket that ends when all of it is done, to be
   * filled in; -1 where no server takes it.
   */
  private put(page: number, from: number): number {
    const { copies, parity } = this.config.redundancy;
    const known = this.slotOf[page]!;
    if (parity === 'logged') return this.log(page, from);
    if (known !== NONE) {
      this.renew(page);
      this.rewrite(known, page);
      const ticket = this.ship(from, this.slotServer[known]!, NEXT.end);
      if (parity === 'in-place') this.tickets.via[ticket] = this.parityLeg();
      if (copies === 1) return ticket;
      const mirror = this.mirrorOf[page]!;
      if (mirror === NONE) return this.addMirror(page, from, ticket);
      this.rewrite(mirror, page);
      return this.both(ticket, this.ship(from, this.slotServer[mirror]!, NEXT.end));
    }
    const owner = this.config.ownerOf(page);
    const server = this.choose(owner);
    if (server === NONE) return NONE;
    if (copies === 2) {
      this.barred[server] = 1;
      const second = this.choose(owner);
      this.barred[server] = 0;
      if (second === NONE) return NONE;
      this.renew(page);
      this.slotOf[page] = this.occupy(server, page);
      this.mirrorOf[page] = this.occupy(second, page);
      return this.both(this.ship(from, server, NEXT.end), this.ship(from, second, NEXT.end));
    }
    this.renew(page);
    this.slotOf[page] = this.occupy(server, page);
    const ticket = this.ship(from, server, NEXT.end);
    if (parity === 'in-place') this.tickets.via[ticket] = this.parityLeg();
    return ticket;
  }

  /** A page that has lost its second copy gets one again, where a server has room. */
  private addMirror(page: number, from: number, ticket: number): number {
    const first = this.slotServer[this.slotOf[page]!]!;
    this.barred[first] = 1;
    const second = this.choose(this.config.ownerOf(page));
    this.barred[first] = 0;
    if (second === NONE) return ticket;
    this.mirrorOf[page] = this.occupy(second, page);
    return this.both(ticket, this.ship(from, second, NEXT.end));
  }

  /** Stores a version of a page in the open group of the log. */
  private log(page: number, from: number): number {
    const owner = this.config.ownerOf(page);
    let server = this.chooseForLog(owner);
    if (server === NONE && this.collect()) server = this.chooseForLog(owner);
    if (server === NONE) return NONE;
    const old = this.slotOf[page]!;
    this.renew(page);
    const client = this.client(owner);
    if (client.open === NONE) client.open = this.newGroup(owner);
    const slot = this.occupy(server, page);
    this.slotOf[page] = slot;
    if (old !== NONE) this.outdate(old);
    this.join(slot, client.open);
    const ticket = this.ship(from, server, NEXT.end);
    if (this.byGroup.count(client.open) >= this.lending) this.close(owner);
    return ticket;
  }

  /** A server that the open group does not use; a group that can grow no further is closed. */
  private chooseForLog(owner: number): number {
    const { open } = this.client(owner);
    if (open === NONE) return this.choose(owner);
    for (let slot = this.byGroup.first(open); slot !== NONE; slot = this.byGroup.after(slot)) {
      this.barred[this.slotServer[slot]!] = 1;
    }
    const server = this.choose(owner);
    this.barred.fill(0);
    if (server !== NONE) return server;
    const any = this.choose(owner);
    if (any !== NONE) this.close(owner);
    return any;
  }

  /** The open group of a client is full: its parity, which the client has joined, is sent. */
  private close(owner: number): void {
    const client = this.client(owner);
    const group = client.open;
    client.open = NONE;
    this.groupParity[group] = this.parityNode === NONE ? PARITY.none : PARITY.server;
    if (this.parityNode !== NONE) this.ship(owner, this.parityNode, NEXT.end);
    if (this.oldOnly(group)) this.dissolve(group);
  }

  /** A server for a page of `owner`, as its policy chooses; one that has no room after all says so, and another is chosen. */
  private choose(owner: number): number {
    const { told, policy } = this.client(owner);
    for (;;) {
      const server = policy.choose(this.barred);
      if (server === NONE) return NONE;
      if (this.byServer.count(server) < this.capacity[server]!) return server;
      told[server] = 0;
      this.counts.refusals++;
    }
  }

  /** A node that stores its first page asks for all servers; from then on it knows what it is told. */
  private client(node: number): Client {
    const known = this.clients[node];
    if (known !== undefined) return known;
    const { nodes, policy, chance } = this.config;
    const told = Int32Array.from(this.capacity, (frames, server) => frames - this.byServer.count(server));
    const view = { nodes, free: (server: number) => told[server]! };
    const made = { told, policy: policy.create(view, { next: () => chance.next(node) }), open: NONE };
    this.clients[node] = made;
    return made;
  }

  /** An offer, or the end of one, is told to all. */
  private lend(node: number, frames: number): void {
    if (this.capacity[node] === 0 && frames > 0) this.lending++;
    if (this.capacity[node]! > 0 && frames === 0) this.lending--;
    this.capacity[node] = frames;
    const free = Math.max(0, frames - this.byServer.count(node));
    for (const client of this.clients) if (client !== undefined) client.told[node] = free;
  }

  /** A server has answered a client: it has told how many frames it has free. */
  private heard(owner: number, server: number): void {
    const { told } = this.client(owner);
    told[server] = Math.max(0, this.capacity[server]! - this.byServer.count(server));
  }

  /** Gains room in the log: gives up the group with most old pages; those still wanted are logged anew. */
  private collect(): boolean {
    let best = NONE;
    let most = 0;
    for (let group = 0; group < this.groups; group++) {
      if (this.groupParity[group] === PARITY.client) continue;
      let old = 0;
      for (let slot = this.byGroup.first(group); slot !== NONE; slot = this.byGroup.after(slot)) {
        if (!this.isLive(slot)) old++;
      }
      if (old > most) [best, most] = [group, old];
    }
    if (best === NONE) return false;
    this.counts.collected++;
    for (let slot = this.byGroup.first(best); slot !== NONE; slot = this.byGroup.after(slot)) {
      if (!this.isLive(slot)) continue;
      const page = this.slotPage[slot]!;
      this.slotOf[page] = NONE;
      this.move(page, this.slotServer[slot]!, this.config.ownerOf(page), NEXT.restore);
    }
    this.dissolve(best);
    return true;
  }

  // -- Slots and groups -----------------------------------------------------------------------------------------

  private isLive(slot: number): boolean {
    const page = this.slotPage[slot]!;
    return this.slotOf[page] === slot || this.mirrorOf[page] === slot;
  }

  /** A new version of a page: another content. */
  private renew(page: number): void {
    const version = ++this.version[page]!;
    this.word[page] = Math.imul(page + 1, 0x9e37_79b9) ^ Math.imul(version, 0x85eb_ca6b);
  }

  private occupy(server: number, page: number): number {
    const slot = this.freeSlots.length > 0 ? this.freeSlots.pop()! : this.slots++;
    if (slot === this.slotPage.length) {
      const size = 2 * slot;
      this.slotPage = widened(this.slotPage, new Int32Array(size));
      this.slotServer = widened(this.slotServer, new Int32Array(size));
      this.slotWord = widened(this.slotWord, new Int32Array(size));
      this.slotGroup = widened(this.slotGroup, new Int32Array(size));
    }
    this.slotPage[slot] = page;
    this.slotServer[slot] = server;
    this.slotWord[slot] = this.word[page]!;
    this.slotGroup[slot] = NONE;
    this.byServer.add(server, slot);
    const { told } = this.client(this.config.ownerOf(page));
    if (told[server]! > 0) told[server]!--;
    if (this.config.redundancy.parity === 'in-place') this.joinRow(slot, server);
    return slot;
  }

  private free(slot: number): void {
    const server = this.slotServer[slot]!;
    this.byServer.remove(server, slot);
    this.heard(this.config.ownerOf(this.slotPage[slot]!), server);
    this.freeSlots.push(slot);
  }

  /** The content of a slot becomes that of its page's new version. */
  private rewrite(slot: number, page: number): void {
    const group = this.slotGroup[slot]!;
    if (group !== NONE) this.groupWord[group]! ^= this.slotWord[slot]! ^ this.word[page]!;
    this.slotWord[slot] = this.word[page]!;
  }

  private newGroup(owner: number): number {
    const group = this.freeGroups.length > 0 ? this.freeGroups.pop()! : this.groups;
    this.makeGroup(group);
    this.groupParity[group] = PARITY.client;
    this.groupOwner[group] = owner;
    return group;
  }

  private makeGroup(group: number): void {
    if (group < this.groups) return;
    this.groups = group + 1;
    if (group >= this.groupWord.length) {
      const size = Math.max(2 * this.groupWord.length, group + 1);
      this.groupWord = widened(this.groupWord, new Int32Array(size));
      this.groupParity = widened(this.groupParity, new Uint8Array(size));
      this.groupOwner = widened(this.groupOwner, new Int32Array(size));
    }
  }

  /** A slot becomes part of the first row that its server has free. */
  private joinRow(slot: number, server: number): void {
    const free = this.freeRows[server]!;
    const row = free.length > 0 ? free.pop()! : this.rows[server]!++;
    this.makeGroup(row);
    this.join(slot, row);
    if (this.byGroup.count(row) > 1) return;
    this.groupParity[row] = this.parityNode === NONE ? PARITY.none : PARITY.server;
  }

  private join(slot: number, group: number): void {
    this.slotGroup[slot] = group;
    this.byGroup.add(group, slot);
    this.groupWord[group]! ^= this.slotWord[slot]!;
  }

  /** A slot leaves its group; `from`, which has its content, sends it to the parity server to be taken out there. */
  private leaveGroup(slot: number, from: number): void {
    const group = this.slotGroup[slot]!;
    if (group === NONE) return;
    this.byGroup.remove(group, slot);
    this.groupWord[group]! ^= this.slotWord[slot]!;
    this.slotGroup[slot] = NONE;
    if (this.config.redundancy.parity === 'in-place') this.freeRows[this.slotServer[slot]!]!.push(group);
    const last = this.byGroup.count(group) === 0;
    // With nothing left there is no parity to keep; the parity of an open group is with the client.
    if (!last && this.groupParity[group] === PARITY.server) this.ship(from, this.parityNode, NEXT.end);
    if (this.config.redundancy.parity !== 'logged') return;
    if (last) this.dropGroup(group);
    else if (this.groupParity[group] !== PARITY.client && this.oldOnly(group)) this.dissolve(group);
  }

  private dropGroup(group: number): void {
    if (this.groupParity[group] === PARITY.client) this.client(this.groupOwner[group]!).open = NONE;
    this.groupWord[group] = 0;
    this.groupParity[group] = PARITY.none;
    this.freeGroups.push(group);
  }

  /** A logged version is old: it stays for the sake of its group's parity, until all of the group is old. */
  private outdate(slot: number): void {
    const page = this.slotPage[slot]!;
    if (this.slotOf[page] === slot) this.slotOf[page] = NONE;
    const group = this.slotGroup[slot]!;
    if (this.groupParity[group] !== PARITY.client && this.oldOnly(group)) this.dissolve(group);
  }

  private oldOnly(group: number): boolean {
    for (let slot = this.byGroup.first(group); slot !== NONE; slot = this.byGroup.after(slot)) {
      if (this.isLive(slot)) return false;
    }
    return true;
  }

  /** All slots of a group are free again. */
  private dissolve(group: number): void {
    for (let slot = this.byGroup.first(group); slot !== NONE; slot = this.byGroup.first(group)) {
      this.byGroup.remove(group, slot);
      this.slotGroup[slot] = NONE;
      this.free(slot);
    }
    this.dropGroup(group);
  }

  // -- Servers that leave ---------------------------------------------------------------------------------------

  /** Pages leave a server until what it holds fits into what it lends. */
  private shrink(node: number): void {
    if (this.byServer.count(node) <= this.capacity[node]!) return;
    if (this.draining[node] === 0) this.drainSince[node] = this.engine.now;
    while (this.byServer.count(node) > this.capacity[node]!) this.evict(this.byServer.first(node));
    if (this.draining[node] === 0) this.drainedNow(node);
  }

  private drainedNow(node: number): void {
    this.counts.drained++;
    this.counts.drainTime += this.engine.now - this.drainSince[node]!;
  }

  private evict(slot: number): void {
    const { redundancy, ownerOf } = this.config;
    const server = this.slotServer[slot]!;
    const page = this.slotPage[slot]!;
    const live = this.isLive(slot);
    this.leaveGroup(slot, server);
    this.free(slot);
    if (!live) return;
    if (redundancy.copies === 2) {
      this.evictCopy(slot, page, server);
      return;
    }
    this.slotOf[page] = NONE;
    const owner = ownerOf(page);
    if (redundancy.parity === 'logged') {
      // Only the owner can join a page with others.
      this.counts.moved++;
      this.drain(this.move(page, server, owner, NEXT.restore), server);
      return;
    }
    const target = this.choose(owner);
    if (target === NONE) {
      this.spill(page, server);
      return;
    }
    this.slotOf[page] = this.occupy(target, page);
    this.counts.moved++;
    this.config.record(MEMORY_EVENT.move, target, page);
    const ticket = this.move(page, server, target, NEXT.moved);
    if (redundancy.parity === 'in-place') this.tickets.via[ticket] = this.parityLeg();
    this.drain(ticket, server);
  }

  /** One of two copies has to leave: to a third server, or it is given up. */
  private evictCopy(slot: number, page: number, server: number): void {
    const other = this.slotOf[page] === slot ? this.mirrorOf[page]! : this.slotOf[page]!;
    this.slotOf[page] = other;
    this.mirrorOf[page] = NONE;
    if (other !== NONE) this.barred[this.slotServer[other]!] = 1;
    const target = this.choose(this.config.ownerOf(page));
    this.barred.fill(0);
    if (target === NONE) {
      if (other === NONE) this.spill(page, server);
      return;
    }
    const to = this.occupy(target, page);
    if (other === NONE) this.slotOf[page] = to;
    else this.mirrorOf[page] = to;
    this.counts.moved++;
    this.config.record(MEMORY_EVENT.move, target, page);
    this.drain(this.move(page, server, target, NEXT.moved), server);
  }

  /** No server has room: the page goes to its owner, and from there to a disk. */
  private spill(page: number, server: number): void {
    this.counts.spilled++;
    const owner = this.config.ownerOf(page);
    this.config.record(MEMORY_EVENT.spill, owner, page);
    this.drain(this.move(page, server, owner, NEXT.spilled), server);
  }

  private drain(ticket: number, server: number): void {
    this.tickets.drains[ticket] = server;
    this.draining[server]!++;
  }

  // -- Servers that crash ---------------------------------------------------------------------------------------

  /** What stood in a slot is gone. */
  private take(slot: number): void {
    const { redundancy, ownerOf } = this.config;
    const page = this.slotPage[slot]!;
    const live = this.isLive(slot);
    const owner = ownerOf(page);
    if (redundancy.copies === 2) {
      this.takeCopy(slot, page);
      return;
    }
    const group = this.slotGroup[slot]!;
    const kept = group !== NONE && this.groupParity[group] !== PARITY.none;
    const alone = group !== NONE && !live && this.oldOnly(group);
    if (!kept || alone) {
      // Parity that this content cannot be taken out of is worth nothing to the others.
      if (group !== NONE) {
        this.byGroup.remove(group, slot);
        this.groupWord[group]! ^= this.slotWord[slot]!;
        this.slotGroup[slot] = NONE;
        if (redundancy.parity === 'in-place') this.freeRows[this.slotServer[slot]!]!.push(group);
        if (this.byGroup.count(group) === 0 && redundancy.parity === 'logged') this.dropGroup(group);
      }
      this.free(slot);
      if (live) this.lose(page);
      return;
    }
    const word = this.rebuild(slot, group);
    if (word !== this.slotWord[slot] || (live && word !== this.word[page])) {
      throw new CheckError(`page ${page} was recovered as something else than was stored`);
    }
    const reads = this.readGroup(slot, group, owner);
    this.leaveGroup(slot, owner);
    this.free(slot);
    if (!live) {
      this.tickets.next[reads] = NEXT.end;
      this.settle(reads);
      return;
    }
    this.counts.recovered++;
    this.config.record(MEMORY_EVENT.recover, owner, page);
    this.slotOf[page] = NONE;
    this.moving[page]!++;
    this.returning[page] = this.version[page]!;
    this.tickets.page[reads] = page;
    this.tickets.stamp[reads] = this.version[page]!;
    this.tickets.next[reads] = NEXT.restore;
    this.settle(reads);
  }

  /** The content of a slot from its group's parity and the other pages of the group. */
  private rebuild(slot: number, group: number): number {
    let word = this.groupWord[group]!;
    for (let other = this.byGroup.first(group); other !== NONE; other = this.byGroup.after(other)) {
      if (other !== slot) word ^= this.slotWord[other]!;
    }
    return word;
  }

  /** The owner reads the other pages of a group and its parity; gives the ticket that ends with the last of them. */
  private readGroup(slot: number, group: number, owner: number): number {
    const all = this.tickets.take(NEXT.end, owner);
    this.tickets.left[all] = 0;
    const read = (from: number) => {
      this.counts.recoveryTransfers++;
      this.tickets.left[all]!++;
      const one = this.ship(from, owner, NEXT.join);
      this.tickets.entity[one] = all;
    };
    for (let other = this.byGroup.first(group); other !== NONE; other = this.byGroup.after(other)) {
      if (other !== slot) read(this.slotServer[other]!);
    }
    if (this.groupParity[group] === PARITY.server) read(this.parityNode);
    return all;
  }

  /** A ticket that waits for others ends at once where there are none. */
  private settle(ticket: number): void {
    if (this.tickets.left[ticket] === 0) this.engine.schedule(0, this.landedType, ticket);
  }

  private takeCopy(slot: number, page: number): void {
    const live = this.isLive(slot);
    const other = this.slotOf[page] === slot ? this.mirrorOf[page]! : this.slotOf[page]!;
    this.free(slot);
    if (!live) return;
    this.slotOf[page] = other;
    this.mirrorOf[page] = NONE;
    if (other === NONE) {
      this.lose(page);
      return;
    }
    this.counts.recovered++;
    this.config.record(MEMORY_EVENT.recover, this.slotServer[other]!, page);
    this.barred[this.slotServer[other]!] = 1;
    const target = this.choose(this.config.ownerOf(page));
    this.barred.fill(0);
    if (target === NONE) return;
    this.mirrorOf[page] = this.occupy(target, page);
    this.counts.recoveryTransfers++;
    this.ship(this.slotServer[other]!, target, NEXT.end);
  }

  private lose(page: number): void {
    this.slotOf[page] = NONE;
    this.counts.lost++;
    this.config.record(MEMORY_EVENT.lose, this.config.ownerOf(page), page);
    this.config.lost(page);
  }

  // -- Messages -------------------------------------------------------------------------------------------------

  /** A page goes from node to node; gives its ticket, whose further columns may be filled in. */
  private ship(from: number, to: number, next: number): number {
    const ticket = this.tickets.take(next, to);
    this.counts.transfers++;
    this.config.wires.send(from, to, this.config.page, this.arrivedType, ticket);
    return ticket;
  }

  /** The node that keeps parity, to which a page's change goes on; counted as a transfer. */
  private parityLeg(): number {
    if (this.parityNode !== NONE) this.counts.transfers++;
    return this.parityNode;
  }

  /** One ticket for two messages. */
  private both(a: number, b: number): number {
    const all = this.tickets.take(NEXT.end, NONE);
    this.tickets.left[all] = 2;
    for (const ticket of [a, b]) {
      this.tickets.next[ticket] = NEXT.join;
      this.tickets.entity[ticket] = all;
    }
    return all;
  }

  /** A page moves; whoever asks for it waits until it has arrived. */
  private move(page: number, from: number, to: number, next: number): number {
    const ticket = this.ship(from, to, next);
    this.tickets.page[ticket] = page;
    this.tickets.stamp[ticket] = this.version[page]!;
    this.moving[page]!++;
    if (next !== NEXT.moved) this.returning[page] = this.version[page]!;
    return ticket;
  }

  /** A message is at its node: the node's CPU takes it in (an owner's is charged where it faults). */
  private arrived(ticket: number): void {
    const { next, to } = this.tickets;
    const kind = next[ticket]!;
    const { answer, receive } = this.config.prices;
    const work = kind === NEXT.asked ? answer : kind === NEXT.answered ? 0 : receive;
    if (work === 0) {
      this.landed(ticket);
      return;
    }
    const { now } = this.engine;
    this.engine.schedule(this.cpus.serve(to[ticket]!, now, work) - now, this.landedType, ticket);
  }

  private landed(ticket: number): void {
    const { tickets } = this;
    const via = tickets.via[ticket]!;
    if (via !== NONE) {
      tickets.via[ticket] = NONE;
      const from = tickets.to[ticket]!;
      tickets.to[ticket] = via;
      this.config.wires.send(from, via, this.config.page, this.arrivedType, ticket);
      return;
    }
    const next = tickets.next[ticket]!;
    const page = tickets.page[ticket]!;
    const type = tickets.type[ticket]!;
    const entity = tickets.entity[ticket]!;
    const stamp = tickets.stamp[ticket]!;
    const server = tickets.to[ticket]!;
    if (next === NEXT.asked && this.crashes[server] === stamp && this.isAt(page, server)) {
      this.compare(page);
      tickets.next[ticket] = NEXT.answered;
      tickets.left[ticket] = server;
      const owner = this.config.ownerOf(page);
      tickets.to[ticket] = owner;
      this.counts.transfers++;
      this.config.wires.send(server, owner, this.config.page, this.arrivedType, ticket);
      return;
    }
    const drains = tickets.drains[ticket]!;
    const asked = tickets.left[ticket]!;
    tickets.give(ticket);
    if (drains !== NONE && this.draining[drains]! > 0 && --this.draining[drains]! === 0)
      this.drainedNow(drains);
    switch (next) {
      case NEXT.call:
        this.heard(this.config.ownerOf(page), stamp);
        this.engine.call(type, entity);
        break;
      case NEXT.join:
        if (--tickets.left[entity]! === 0) this.landed(entity);
        break;
      case NEXT.asked:
        // The server failed, or sent the page away, before it could answer: it is asked for wherever it is now.
        this.fetch(page, type, entity);
        break;
      case NEXT.answered:
        if (this.crashes[asked] !== stamp) this.fetch(page, type, entity);
        else {
          this.counts.fetched++;
          this.heard(this.config.ownerOf(page), asked);
          this.config.record(MEMORY_EVENT.fetch, asked, page);
          this.engine.call(type, entity);
        }
        break;
      case NEXT.moved:
        this.settled(page);
        break;
      case NEXT.spilled:
        if (stamp === this.version[page]) {
          this.returning[page] = NONE;
          this.config.spilled(page);
        }
        this.here(page);
        break;
      case NEXT.restore:
        this.restore(page, stamp);
        break;
      default:
        break;
    }
  }

  private isAt(page: number, server: number): boolean {
    const [slot, mirror] = [this.slotOf[page]!, this.mirrorOf[page]!];
    return (
      (slot !== NONE && this.slotServer[slot] === server) ||
      (mirror !== NONE && this.slotServer[mirror] === server)
    );
  }

  /** Throws `CheckError` where a server would answer with something else than was stored last. */
  private compare(page: number): void {
    const slot = this.slotOf[page]!;
    if (slot !== NONE && this.slotWord[slot] !== this.word[page]) {
      throw new CheckError(`page ${page} is not what was stored`);
    }
  }

  /** A page that its owner has got back goes to a server again, or to the owner's disk. */
  private restore(page: number, stamp: number): void {
    // Stored or released since: what came back is of no use any more.
    if (stamp === this.version[page]) {
      this.returning[page] = NONE;
      const ticket = this.put(page, this.config.ownerOf(page));
      if (ticket === NONE) {
        this.counts.spilled++;
        this.config.record(MEMORY_EVENT.spill, this.config.ownerOf(page), page);
        this.config.spilled(page);
      } else this.config.record(MEMORY_EVENT.move, this.slotServer[this.slotOf[page]!]!, page);
    }
    this.here(page);
  }

  /** A page is with its owner: whoever waits for it has it. */
  private here(page: number): void {
    this.moving[page]!--;
    const type = this.waitingType[page]!;
    if (type === NONE) return;
    this.waitingType[page] = NONE;
    this.engine.call(type, this.waitingEntity[page]!);
  }

  /** One of the messages by which a page moves has arrived; whoever waits for the page asks again. */
  private settled(page: number): void {
    if (--this.moving[page]! > 0) return;
    const type = this.waitingType[page]!;
    if (type === NONE) return;
    this.waitingType[page] = NONE;
    this.fetch(page, type, this.waitingEntity[page]!);
  }
}
