/**
 * Slots: the frames of servers that hold pages, and the groups of slots that share a parity. What is where, and nothing of
 * how it gets there: the books of `servers.ts`.
 *
 * A slot has a page, a server and the content (a word) that was stored. A group is a row of slots of that number, one on
 * each server (parity in place), or the pages that a client has logged together; its word is the exclusive or of theirs.
 */
import { widened } from '../../sim/engine/columns.ts';
import { CheckError } from '../../sim/problem.ts';
import { Chains } from './chains.ts';

const NONE = -1;

/** Where a group's parity is. */
export const PARITY = {
  /** Nowhere: the parity server is down. */
  none: 0,
  server: 1,
  /** With the client, which is still joining pages. */
  client: 2,
} as const;

export class Slots {
  /** Slots of each server, and of each group. */
  readonly byServer = new Chains();
  readonly byGroup = new Chains();
  page = new Int32Array(64);
  server = new Int32Array(64);
  word = new Int32Array(64);
  /** -1: of no group. */
  group = new Int32Array(64);
  /** Groups that there have been. */
  groups = 0;
  groupWord = new Int32Array(16);
  /** Where a group's parity is, and whose pages it joins (logged). */
  groupParity = new Uint8Array(16);
  groupOwner = new Int32Array(16);
  private readonly free: number[] = [];
  private used = 0;
  private readonly freeGroups: number[] = [];
  /** Rows of each server that it has used and left, and the first that it has never used. */
  private readonly freeRows: number[][];
  private readonly rows: Int32Array;

  constructor(nodes: number) {
    this.freeRows = Array.from({ length: nodes }, () => []);
    this.rows = new Int32Array(nodes);
  }

  /** A slot of a server for a page with that content. */
  add(server: number, page: number, word: number): number {
    const slot = this.free.length > 0 ? this.free.pop()! : this.used++;
    if (slot === this.page.length) {
      const wider = (column: Int32Array<ArrayBuffer>) => widened(column, new Int32Array(2 * slot));
      this.page = wider(this.page);
      this.server = wider(this.server);
      this.word = wider(this.word);
      this.group = wider(this.group);
    }
    this.page[slot] = page;
    this.server[slot] = server;
    this.word[slot] = word;
    this.group[slot] = NONE;
    this.byServer.add(server, slot);
    return slot;
  }

  /** The slot, of no group any more, is free. */
  remove(slot: number): void {
    this.byServer.remove(this.server[slot]!, slot);
    this.free.push(slot);
  }

  /** The content of a slot changes, and with it that of its group. */
  rewrite(slot: number, word: number): void {
    const group = this.group[slot]!;
    if (group !== NONE) this.groupWord[group]! ^= this.word[slot]! ^ word;
    this.word[slot] = word;
  }

  /** A group of logged pages, whose parity is with their owner. */
  newGroup(owner: number): number {
    const group = this.freeGroups.length > 0 ? this.freeGroups.pop()! : this.groups;
    this.makeGroup(group);
    this.groupParity[group] = PARITY.client;
    this.groupOwner[group] = owner;
    return group;
  }

  /** A logged group without slots is no more. */
  dropGroup(group: number): void {
    this.groupWord[group] = 0;
    this.groupParity[group] = PARITY.none;
    this.freeGroups.push(group);
  }

  /** A slot becomes part of the first row that its server has free; a new row's parity is where `parity` says. */
  joinRow(slot: number, parity: number): void {
    const server = this.server[slot]!;
    const free = this.freeRows[server]!;
    const row = free.length > 0 ? free.pop()! : this.rows[server]!++;
    this.makeGroup(row);
    this.join(slot, row);
    if (this.byGroup.count(row) === 1) this.groupParity[row] = parity;
  }

  /** A slot leaves its row, which its server may use again. */
  leaveRow(slot: number): void {
    this.freeRows[this.server[slot]!]!.push(this.group[slot]!);
    this.leave(slot);
  }

  join(slot: number, group: number): void {
    this.group[slot] = group;
    this.byGroup.add(group, slot);
    this.groupWord[group]! ^= this.word[slot]!;
  }

  leave(slot: number): void {
    const group = this.group[slot]!;
    this.byGroup.remove(group, slot);
    this.groupWord[group]! ^= this.word[slot]!;
    this.group[slot] = NONE;
  }

  /** The content of a slot by its group's parity and the other slots of the group. */
  rebuild(slot: number): number {
    const group = this.group[slot]!;
    let word = this.groupWord[group]!;
    for (let other = this.byGroup.first(group); other !== NONE; other = this.byGroup.after(other)) {
      if (other !== slot) word ^= this.word[other]!;
    }
    return word;
  }

  /** Throws `CheckError` where chains and columns differ, or a group's word is not that of its slots. */
  check(nodes: number): void {
    for (let node = 0; node < nodes; node++) {
      let found = 0;
      for (let slot = this.byServer.first(node); slot !== NONE; slot = this.byServer.after(slot)) {
        found++;
        if (this.server[slot] !== node) throw new CheckError(`slot ${slot} is not on node ${node}`);
      }
      const count = this.byServer.count(node);
      if (found !== count) throw new CheckError(`node ${node} holds ${found} pages, ${count} were counted`);
    }
    for (let group = 0; group < this.groups; group++) {
      let word = 0;
      for (let slot = this.byGroup.first(group); slot !== NONE; slot = this.byGroup.after(slot)) {
        word ^= this.word[slot]!;
      }
      if (word !== this.groupWord[group]) {
        throw new CheckError(`the parity of group ${group} is not that of its pages`);
      }
    }
  }

  private makeGroup(group: number): void {
    if (group < this.groups) return;
    this.groups = group + 1;
    if (group < this.groupWord.length) return;
    const size = Math.max(2 * this.groupWord.length, group + 1);
    this.groupWord = widened(this.groupWord, new Int32Array(size));
    this.groupParity = widened(this.groupParity, new Uint8Array(size));
    this.groupOwner = widened(this.groupOwner, new Int32Array(size));
  }
}
