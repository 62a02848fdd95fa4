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
import type { Engine } from '../../sim/engine/engine.ts';
import type { StreamBank } from '../../sim/engine/streams.ts';
import { CheckError } from '../../sim/problem.ts';
import { FifoServers } from '../hardware/network/medium.ts';
import type { MemoryServerPolicy, MemoryServerPolicyKind } from '../policies/memory_server/contract.ts';
import type { Redundancy } from '../policies/reliability/contract.ts';
import { PARITY, Slots } from './slots.ts';
import { NEXT, Tickets } from './tickets.ts';
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

const NONE = -1;
/** Bytes of a request for a page (assumed: an address and a header). */
const REQUEST = 32;

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
  private readonly slots: Slots;
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
    this.slots = new Slots(nodes);
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
    for (let group = 0; group < this.slots.groups; group++) {
      if (this.slots.byGroup.count(group) === 0 || this.slots.groupParity[group] !== PARITY.none) continue;
      for (let slot = this.slots.byGroup.first(group); slot !== NONE; slot = this.slots.byGroup.after(slot)) {
        this.counts.recoveryTransfers++;
        this.ship(this.slots.server[slot]!, node, NEXT.end);
      }
      this.slots.groupParity[group] = PARITY.server;
    }
  }

  /** The owner of a node wants its memory back: its pages go to other servers, or to their owners' disks. */
  withdraw(node: number): void {
    this.counts.withdrawals++;
    this.config.record(MEMORY_EVENT.withdraw, node, this.slots.byServer.count(node));
    this.lend(node, 0);
    this.shrink(node);
  }

  /** A node fails: what it held is gone, and is recovered where redundancy allows. */
  crash(node: number): void {
    this.counts.crashes++;
    this.config.record(MEMORY_EVENT.crash, node, this.slots.byServer.count(node));
    this.crashes[node]!++;
    this.lend(node, 0);
    this.draining[node] = 0;
    if (node === this.parityNode) {
      this.parityNode = NONE;
      for (let group = 0; group < this.slots.groups; group++) {
        if (this.slots.groupParity[group] === PARITY.server) this.slots.groupParity[group] = PARITY.none;
      }
    }
    for (let slot = this.slots.byServer.first(node); slot !== NONE; slot = this.slots.byServer.first(node)) {
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
    return this.slots.byServer.count(node);
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
    this.tickets.stamp[ticket] = this.slots.server[this.slotOf[page]!]!;
    this.counts.stored++;
    this.counts.storeTransfers += this.counts.transfers - before;
    this.config.record(MEMORY_EVENT.store, this.slots.server[this.slotOf[page]!]!, page);
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
    const server = this.slots.server[slot]!;
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
        this.leaveGroup(slot, this.slots.server[slot]!);
        this.free(slot);
      }
    }
    this.slotOf[page] = NONE;
    this.mirrorOf[page] = NONE;
    this.version[page]!++;
  }

  /** Throws `CheckError` where a page is in two places, a server holds more than it lends, or parity is wrong. */
  check(): void {
    this.slots.check(this.config.nodes);
    let held = 0;
    for (let node = 0; node < this.config.nodes; node++) {
      const count = this.slots.byServer.count(node);
      held += count;
      if (count > this.capacity[node]!) {
        throw new CheckError(
          `node ${node} holds ${count} pages of others and lends ${this.capacity[node]} frames`,
        );
      }
    }
    let live = 0;
    for (let page = 0; page < this.config.pages; page++) {
      for (const slot of [this.slotOf[page]!, this.mirrorOf[page]!]) {
        if (slot === NONE) continue;
        live++;
        if (this.slots.page[slot] !== page) throw new CheckError(`page ${page} is not in slot ${slot}`);
        if (this.slots.word[slot] !== this.word[page]) {
          throw new CheckError(`page ${page} is not what was stored`);
        }
      }
    }
    let old = 0;
    for (let group = 0; group < this.slots.groups; group++) {
      for (let slot = this.slots.byGroup.first(group); slot !== NONE; slot = this.slots.byGroup.after(slot)) {
        if (!this.isLive(slot)) old++;
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
      this.slots.rewrite(known, this.word[page]!);
      const ticket = this.ship(from, this.slots.server[known]!, NEXT.end);
      if (parity === 'in-place') this.tickets.via[ticket] = this.parityLeg();
      if (copies === 1) return ticket;
      const mirror = this.mirrorOf[page]!;
      if (mirror === NONE) return this.addMirror(page, from, ticket);
      this.slots.rewrite(mirror, this.word[page]!);
      return this.both(ticket, this.ship(from, this.slots.server[mirror]!, NEXT.end));
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
    const first = this.slots.server[this.slotOf[page]!]!;
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
    if (client.open === NONE) client.open = this.slots.newGroup(owner);
    const slot = this.occupy(server, page);
    this.slotOf[page] = slot;
    if (old !== NONE) this.outdate(old);
    this.slots.join(slot, client.open);
    const ticket = this.ship(from, server, NEXT.end);
    if (this.slots.byGroup.count(client.open) >= this.lending) this.close(owner);
    return ticket;
  }

  /** A server that the open group does not use; a group that can grow no further is closed. */
  private chooseForLog(owner: number): number {
    const { open } = this.client(owner);
    if (open === NONE) return this.choose(owner);
    for (let slot = this.slots.byGroup.first(open); slot !== NONE; slot = this.slots.byGroup.after(slot)) {
      this.barred[this.slots.server[slot]!] = 1;
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
    this.slots.groupParity[group] = this.parityNode === NONE ? PARITY.none : PARITY.server;
    if (this.parityNode !== NONE) this.ship(owner, this.parityNode, NEXT.end);
    if (this.oldOnly(group)) this.dissolve(group);
  }

  /** A server for a page of `owner`, as its policy chooses; one that has no room after all says so, and another is chosen. */
  private choose(owner: number): number {
    const { told, policy } = this.client(owner);
    for (;;) {
      const server = policy.choose(this.barred);
      if (server === NONE) return NONE;
      if (this.slots.byServer.count(server) < this.capacity[server]!) return server;
      told[server] = 0;
      this.counts.refusals++;
    }
  }

  /** A node that stores its first page asks for all servers; from then on it knows what it is told. */
  private client(node: number): Client {
    const known = this.clients[node];
    if (known !== undefined) return known;
    const { nodes, policy, chance } = this.config;
    const told = Int32Array.from(
      this.capacity,
      (frames, server) => frames - this.slots.byServer.count(server),
    );
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
    const free = Math.max(0, frames - this.slots.byServer.count(node));
    for (const client of this.clients) if (client !== undefined) client.told[node] = free;
  }

  /** A server has answered a client: it has told how many frames it has free. */
  private heard(owner: number, server: number): void {
    const { told } = this.client(owner);
    told[server] = Math.max(0, this.capacity[server]! - this.slots.byServer.count(server));
  }

  /** Gains room in the log: gives up the group with most old pages; those still wanted are logged anew. */
  private collect(): boolean {
    let best = NONE;
    let most = 0;
    for (let group = 0; group < this.slots.groups; group++) {
      if (this.slots.groupParity[group] === PARITY.client) continue;
      let old = 0;
      for (let slot = this.slots.byGroup.first(group); slot !== NONE; slot = this.slots.byGroup.after(slot)) {
        if (!this.isLive(slot)) old++;
      }
      if (old > most) [best, most] = [group, old];
    }
    if (best === NONE) return false;
    this.counts.collected++;
    for (let slot = this.slots.byGroup.first(best); slot !== NONE; slot = this.slots.byGroup.after(slot)) {
      if (!this.isLive(slot)) continue;
      const page = this.slots.page[slot]!;
      this.slotOf[page] = NONE;
      this.move(page, this.slots.server[slot]!, this.config.ownerOf(page), NEXT.restore);
    }
    this.dissolve(best);
    return true;
  }

  // -- Slots and groups -----------------------------------------------------------------------------------------

  private isLive(slot: number): boolean {
    const page = this.slots.page[slot]!;
    return this.slotOf[page] === slot || this.mirrorOf[page] === slot;
  }

  /** A new version of a page: another content. */
  private renew(page: number): void {
    const version = ++this.version[page]!;
    this.word[page] = Math.imul(page + 1, 0x9e37_79b9) ^ Math.imul(version, 0x85eb_ca6b);
  }

  private occupy(server: number, page: number): number {
    const slot = this.slots.add(server, page, this.word[page]!);
    const { told } = this.client(this.config.ownerOf(page));
    if (told[server]! > 0) told[server]!--;
    const { parity } = this.config.redundancy;
    if (parity === 'in-place') {
      this.slots.joinRow(slot, this.parityNode === NONE ? PARITY.none : PARITY.server);
    }
    return slot;
  }

  private free(slot: number): void {
    const server = this.slots.server[slot]!;
    const owner = this.config.ownerOf(this.slots.page[slot]!);
    this.slots.remove(slot);
    this.heard(owner, server);
  }

  /** A slot leaves its group; `from`, which has its content, sends it to the parity server to be taken out there. */
  private leaveGroup(slot: number, from: number): void {
    const group = this.slots.group[slot]!;
    if (group === NONE) return;
    const logged = this.config.redundancy.parity === 'logged';
    if (logged) this.slots.leave(slot);
    else this.slots.leaveRow(slot);
    const last = this.slots.byGroup.count(group) === 0;
    // With nothing left there is no parity to keep; the parity of an open group is with the client.
    if (!last && this.slots.groupParity[group] === PARITY.server) this.ship(from, this.parityNode, NEXT.end);
    if (!logged) return;
    if (last) this.dropGroup(group);
    else if (this.slots.groupParity[group] !== PARITY.client && this.oldOnly(group)) this.dissolve(group);
  }

  private dropGroup(group: number): void {
    if (this.slots.groupParity[group] === PARITY.client)
      this.client(this.slots.groupOwner[group]!).open = NONE;
    this.slots.dropGroup(group);
  }

  /** A logged version is old: it stays for the sake of its group's parity, until all of the group is old. */
  private outdate(slot: number): void {
    const page = this.slots.page[slot]!;
    if (this.slotOf[page] === slot) this.slotOf[page] = NONE;
    const group = this.slots.group[slot]!;
    if (this.slots.groupParity[group] !== PARITY.client && this.oldOnly(group)) this.dissolve(group);
  }

  private oldOnly(group: number): boolean {
    for (let slot = this.slots.byGroup.first(group); slot !== NONE; slot = this.slots.byGroup.after(slot)) {
      if (this.isLive(slot)) return false;
    }
    return true;
  }

  /** All slots of a group are free again. */
  private dissolve(group: number): void {
    for (let slot = this.slots.byGroup.first(group); slot !== NONE; slot = this.slots.byGroup.first(group)) {
      this.slots.leave(slot);
      this.free(slot);
    }
    this.dropGroup(group);
  }

  // -- Servers that leave ---------------------------------------------------------------------------------------

  /** Pages leave a server until what it holds fits into what it lends. */
  private shrink(node: number): void {
    if (this.slots.byServer.count(node) <= this.capacity[node]!) return;
    if (this.draining[node] === 0) this.drainSince[node] = this.engine.now;
    while (this.slots.byServer.count(node) > this.capacity[node]!)
      this.evict(this.slots.byServer.first(node));
    if (this.draining[node] === 0) this.drainedNow(node);
  }

  private drainedNow(node: number): void {
    this.counts.drained++;
    this.counts.drainTime += this.engine.now - this.drainSince[node]!;
  }

  private evict(slot: number): void {
    const { redundancy, ownerOf } = this.config;
    const server = this.slots.server[slot]!;
    const page = this.slots.page[slot]!;
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
    if (other !== NONE) this.barred[this.slots.server[other]!] = 1;
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
    const page = this.slots.page[slot]!;
    const live = this.isLive(slot);
    const owner = ownerOf(page);
    if (redundancy.copies === 2) {
      this.takeCopy(slot, page);
      return;
    }
    const group = this.slots.group[slot]!;
    const kept = group !== NONE && this.slots.groupParity[group] !== PARITY.none;
    const alone = group !== NONE && !live && this.oldOnly(group);
    if (!kept || alone) {
      // Parity that this content cannot be taken out of is worth nothing to the others.
      if (group !== NONE) {
        if (redundancy.parity === 'logged') this.slots.leave(slot);
        else this.slots.leaveRow(slot);
        if (this.slots.byGroup.count(group) === 0 && redundancy.parity === 'logged') this.dropGroup(group);
      }
      this.free(slot);
      if (live) this.lose(page);
      return;
    }
    const word = this.slots.rebuild(slot);
    if (word !== this.slots.word[slot] || (live && word !== this.word[page])) {
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
    for (
      let other = this.slots.byGroup.first(group);
      other !== NONE;
      other = this.slots.byGroup.after(other)
    ) {
      if (other !== slot) read(this.slots.server[other]!);
    }
    if (this.slots.groupParity[group] === PARITY.server) read(this.parityNode);
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
    this.config.record(MEMORY_EVENT.recover, this.slots.server[other]!, page);
    this.barred[this.slots.server[other]!] = 1;
    const target = this.choose(this.config.ownerOf(page));
    this.barred.fill(0);
    if (target === NONE) return;
    this.mirrorOf[page] = this.occupy(target, page);
    this.counts.recoveryTransfers++;
    this.ship(this.slots.server[other]!, target, NEXT.end);
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
      (slot !== NONE && this.slots.server[slot] === server) ||
      (mirror !== NONE && this.slots.server[mirror] === server)
    );
  }

  /** Throws `CheckError` where a server would answer with something else than was stored last. */
  private compare(page: number): void {
    const slot = this.slotOf[page]!;
    if (slot !== NONE && this.slots.word[slot] !== this.word[page]) {
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
      } else this.config.record(MEMORY_EVENT.move, this.slots.server[this.slotOf[page]!]!, page);
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
