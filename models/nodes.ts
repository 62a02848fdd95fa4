/**
 * The workstations' processors, as columns: who uses each node's CPU, and what each has been used for so far.
 *
 * Model: a fluid CPU. The owner's programs come first and take `ownerShare`; the global layer's daemon and
 * mechanisms take `operationShare`; at most one guest takes `guestShare` of what is left. The shares hold until
 * they are set anew; accounts are brought up to date before. Left out: quanta, context switches and cache
 * effects between owner and guest.
 * An owner's demand may change without an event (`course`); it is then brought up to date before anything else changes
 * at the node, each change at its own time.
 * Accounts of a node, CPU-ns: owner, operations, guest, waiting (held for a guest that cannot run: launching,
 * stopped, moving, or held back by a slower member of its gang), idle, and, where nodes crash, out (of order). They
 * add up to the node's elapsed time.
 */
import type { Engine } from '../sim/engine/engine.ts';

/** Changes of owners' CPU demand that are no events. */
export interface DemandCourse {
  /** When each node's demand changes next, ns; infinity: not before an event tells. */
  readonly nextChange: Float64Array;
  /** Applies the changes at a node up to now, by `setOwnerShare`. */
  follow(node: number): void;
}

export class Nodes {
  readonly count: number;
  /** CPU share of the owner's programs under the OS structure at hand, 0..1. */
  readonly ownerShare: Float64Array;
  /** CPU share of the daemon's samples, the same on every node. */
  readonly sampleShare: number;
  /** Column views that only a building with guests needs; empty arrays otherwise. */
  readonly guestShare: Float64Array;
  readonly operationShare: Float64Array;
  /** 1 while the node is held for a guest. */
  readonly held: Uint8Array;
  readonly owner: Float64Array;
  /** Empty where nothing takes any. */
  readonly operations: Float64Array;
  readonly guest: Float64Array;
  readonly waiting: Float64Array;
  readonly idle: Float64Array;
  /** Time out of order, and 1 while it is so; empty arrays where no node crashes. */
  readonly out: Float64Array;
  readonly crashed: Uint8Array;
  private readonly since: Float64Array;
  /** Operations that the node still has to carry out, CPU-ns: served from what the others leave. */
  private readonly due: Float64Array;
  private readonly engine: Engine;
  private readonly withGuests: boolean;
  private readonly withOperations: boolean;
  private readonly withCrashes: boolean;
  /** Called when the sum of all guest shares has changed by so much, at a time not after now (ns); for pictures. */
  onGuestShare: ((at: number, change: number) => void) | null = null;
  /** Set by the cluster where demand changes without events. */
  course: DemandCourse | null = null;

  constructor(engine: Engine, count: number, sampleShare: number, withGuests: boolean, withCrashes = false) {
    const guests = withGuests ? count : 0;
    this.engine = engine;
    this.count = count;
    this.withGuests = withGuests;
    this.withCrashes = withCrashes;
    this.sampleShare = sampleShare;
    this.ownerShare = new Float64Array(count);
    this.guestShare = new Float64Array(guests);
    this.operationShare = new Float64Array(guests);
    this.held = new Uint8Array(guests);
    this.owner = new Float64Array(count);
    this.withOperations = withGuests || sampleShare > 0;
    this.operations = new Float64Array(this.withOperations ? count : 0);
    this.guest = new Float64Array(guests);
    this.waiting = new Float64Array(guests);
    this.idle = new Float64Array(count);
    this.out = new Float64Array(withCrashes ? count : 0);
    this.crashed = new Uint8Array(withCrashes ? count : 0);
    this.since = new Float64Array(count);
    this.due = new Float64Array(guests);
  }

  /** CPU share that a guest could have now, 0..1. */
  left(node: number): number {
    const left = 1 - this.sampleShare - this.ownerShare[node]!;
    return left > 0 ? left : 0;
  }

  /** Bring a node's accounts up to now, or to an earlier time; call before any of its shares changes. */
  settle(node: number, until: number = this.engine.now): void {
    const { course } = this;
    if (course !== null && course.nextChange[node]! < until && until === this.engine.now) course.follow(node);
    const span = until - this.since[node]!;
    if (span === 0) return;
    this.since[node] = until;
    if (this.withCrashes && this.crashed[node] === 1) {
      this.out[node]! += span;
      return;
    }
    // The owner's programs cannot use more than there is; the daemon's samples come first.
    const owner = Math.min(this.ownerShare[node]!, 1 - this.sampleShare);
    if (!this.withGuests) {
      this.owner[node]! += span * owner;
      if (this.withOperations) this.operations[node]! += span * this.sampleShare;
      this.idle[node]! += span * (1 - this.sampleShare - owner);
      return;
    }
    const operations = this.sampleShare + this.operationShare[node]!;
    const guest = this.guestShare[node]!;
    let rest = span * (1 - owner - operations - guest);
    this.owner[node]! += span * owner;
    this.operations[node]! += span * operations;
    this.guest[node]! += span * guest;
    const due = this.due[node]!;
    if (due > 0 && rest > 0) {
      const served = Math.min(due, rest);
      this.due[node] = due - served;
      this.operations[node]! += served;
      rest -= served;
    }
    if (this.held[node] === 1) this.waiting[node]! += rest;
    else this.idle[node]! += rest;
  }

  /** Have the node carry out an operation of `cpu` ns from now on, from the time that the others leave. */
  charge(node: number, cpu: number): void {
    this.settle(node);
    this.due[node]! += cpu;
  }

  /** Change the CPU share that a guest really uses, since `from`: a time after which nothing else changed at the node. */
  setGuestShare(node: number, share: number, from: number = this.engine.now): void {
    this.settle(node, from);
    const change = share - this.guestShare[node]!;
    this.guestShare[node] = share;
    if (this.onGuestShare !== null && change !== 0) this.onGuestShare(from, change);
  }

  /** As `setGuestShare`, for a chain of nodes, which ends with -1: those of a gang. */
  setGuestShares(first: number, next: Int32Array, share: number, from: number = this.engine.now): void {
    let change = 0;
    for (let node = first; node >= 0; node = next[node]!) {
      this.settle(node, from);
      change += share - this.guestShare[node]!;
      this.guestShare[node] = share;
    }
    if (this.onGuestShare !== null && change !== 0) this.onGuestShare(from, change);
  }

  /** Hold a node for a guest, or give it back; a mechanism may use `operationShare` of it meanwhile. */
  setHeld(node: number, held: boolean, operationShare: number): void {
    this.settle(node);
    this.held[node] = held ? 1 : 0;
    this.operationShare[node] = Math.min(operationShare, this.left(node));
  }

  /** The owner's programs take another share, since `from`: a time after which nothing else changed at the node. */
  setOwnerShare(node: number, share: number, from: number = this.engine.now): void {
    this.settle(node, from);
    this.ownerShare[node] = share;
    if (this.withGuests && this.operationShare[node]! > 0) {
      this.operationShare[node] = Math.min(this.operationShare[node]!, this.left(node));
    }
  }

  /** A node crashes: what ran on it, operations that it had to carry out among that, is gone; or it is up again. */
  setCrashed(node: number, crashed: boolean): void {
    this.settle(node);
    this.crashed[node] = crashed ? 1 : 0;
    if (this.guest.length === 0) return;
    this.due[node] = 0;
    this.operationShare[node] = 0;
    if (this.guestShare[node] !== 0) this.setGuestShare(node, 0);
  }

  /** Sum of a node's accounts, ns; its elapsed time if all is well. */
  total(node: number): number {
    const ofGuests = this.guest.length === 0 ? 0 : this.guest[node]! + this.waiting[node]!;
    const out = this.out.length === 0 ? 0 : this.out[node]!;
    const operations = this.withOperations ? this.operations[node]! : 0;
    return this.owner[node]! + operations + this.idle[node]! + ofGuests + out;
  }

  settleAll(): void {
    for (let node = 0; node < this.count; node++) this.settle(node);
  }
}
