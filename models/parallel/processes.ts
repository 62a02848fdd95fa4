/** Columns of the processes of parallel programs; a program's are a block, given back when it ends and used again. */
import { widened } from '../../sim/engine/columns.ts';

const NONE = -1;

export const STATE = { over: 0, ready: 1, running: 2, blocked: 3 } as const;
/** What a process does when it has the CPU. */
export const DOING = { nothing: 0, compute: 1, software: 2, waiting: 3 } as const;

export class Processes {
  /** Processes that there is room for. */
  room: number;
  program: Int32Array;
  rank: Int32Array;
  node: Int32Array;
  state: Uint8Array;
  doing: Uint8Array;
  /** Its present operation, and whether that is in its second part (what was waited for is being received). */
  at: Int32Array;
  second: Uint8Array;
  /** While it does not run: ns of work, or of spinning, that are left. */
  left: Float64Array;
  /** ns of its quantum that it kept when it was put off the CPU; 0: a new one. */
  sliceLeft: Float64Array;
  /** Under the decaying scheduler: CPU time used, weighted by how long ago, at a time; woken, and has not run since. */
  recent: Float64Array;
  recentAt: Float64Array;
  boosted: Uint8Array;
  blockedSince: Float64Array;
  lastArrival: Float64Array;
  /** CPU time that it has had, ns; since when it runs. */
  used: Float64Array;
  runSince: Float64Array;
  /** Whether its barrier has opened. */
  released: Uint8Array;
  /** The grain of the next superstep, where it has been drawn ahead; -1: it has not. */
  drawn: Float64Array;
  /** The end of the handlers that it has begun. */
  handlerEnd: Float64Array;
  /** First and last of those whose reads wait for it, each linked to the next. */
  requests: Int32Array;
  lastRequest: Int32Array;
  nextRequest: Int32Array;
  /** The next process that waits for the same CPU. */
  next: Int32Array;
  /** Where its messages are, and which have come. */
  private mailAt: Int32Array;
  private mail = new Uint8Array(64);
  private mailUsed = 0;
  private taken = 0;
  /** Blocks that have been given back, by processes and slots. */
  private readonly free = new Map<string, number[]>();
  private readonly shapes = new Map<number, string>();

  constructor(room: number) {
    this.room = room;
    this.program = new Int32Array(room);
    this.rank = new Int32Array(room);
    this.node = new Int32Array(room);
    this.state = new Uint8Array(room);
    this.doing = new Uint8Array(room);
    this.at = new Int32Array(room);
    this.second = new Uint8Array(room);
    this.left = new Float64Array(room);
    this.sliceLeft = new Float64Array(room);
    this.recent = new Float64Array(room);
    this.recentAt = new Float64Array(room);
    this.boosted = new Uint8Array(room);
    this.blockedSince = new Float64Array(room);
    this.lastArrival = new Float64Array(room);
    this.used = new Float64Array(room);
    this.runSince = new Float64Array(room);
    this.released = new Uint8Array(room);
    this.drawn = new Float64Array(room);
    this.handlerEnd = new Float64Array(room);
    this.requests = new Int32Array(room);
    this.lastRequest = new Int32Array(room);
    this.nextRequest = new Int32Array(room);
    this.next = new Int32Array(room);
    this.mailAt = new Int32Array(room);
  }

  /** A block of `count` processes with room for `slots` messages each; returns the first. */
  take(count: number, slots: number): number {
    const shape = `${count} ${slots}`;
    const old = this.free.get(shape)?.pop();
    if (old !== undefined) return old;
    const first = this.taken;
    this.taken += count;
    this.grow(this.taken);
    for (let k = 0; k < count; k++) {
      this.mailAt[first + k] = this.mailUsed;
      this.mailUsed += slots;
    }
    if (this.mailUsed > this.mail.length) {
      this.mail = widened(this.mail, new Uint8Array(2 * this.mailUsed));
    }
    this.shapes.set(first, shape);
    return first;
  }

  /** The block that begins with `first` may be used again. */
  giveBack(first: number): void {
    const shape = this.shapes.get(first)!;
    const list = this.free.get(shape);
    if (list === undefined) this.free.set(shape, [first]);
    else list.push(first);
  }

  /** Process `p` is ready to begin. */
  begin(p: number, program: number, rank: number, node: number, at: number): void {
    this.program[p] = program;
    this.rank[p] = rank;
    this.node[p] = node;
    this.state[p] = STATE.ready;
    this.doing[p] = DOING.nothing;
    this.at[p] = at;
    this.second[p] = 0;
    this.left[p] = 0;
    this.sliceLeft[p] = 0;
    this.recent[p] = 0;
    this.recentAt[p] = 0;
    this.boosted[p] = 0;
    this.lastArrival[p] = Number.NEGATIVE_INFINITY;
    this.released[p] = 0;
    this.drawn[p] = -1;
    this.handlerEnd[p] = 0;
    this.requests[p] = NONE;
  }

  hasMail(p: number, slot: number): boolean {
    return this.mail[this.mailAt[p]! + slot] === 1;
  }

  putMail(p: number, slot: number): void {
    this.mail[this.mailAt[p]! + slot] = 1;
  }

  takeMail(p: number, slot: number): void {
    this.mail[this.mailAt[p]! + slot] = 0;
  }

  /** Process `from`, which waits for nothing else, asks process `p`. */
  addRequest(p: number, from: number): void {
    this.nextRequest[from] = NONE;
    if (this.requests[p] === NONE) this.requests[p] = from;
    else this.nextRequest[this.lastRequest[p]!] = from;
    this.lastRequest[p] = from;
  }

  /** The one that has asked first, NONE where nobody has. */
  takeRequest(p: number): number {
    const from = this.requests[p]!;
    if (from !== NONE) this.requests[p] = this.nextRequest[from]!;
    return from;
  }

  private grow(needed: number): void {
    if (needed <= this.room) return;
    const room = Math.max(needed, 2 * this.room);
    const ints = (old: Int32Array) => widened(old, new Int32Array(room));
    const bytes = (old: Uint8Array) => widened(old, new Uint8Array(room));
    const floats = (old: Float64Array) => widened(old, new Float64Array(room));
    this.room = room;
    this.program = ints(this.program);
    this.rank = ints(this.rank);
    this.node = ints(this.node);
    this.state = bytes(this.state);
    this.doing = bytes(this.doing);
    this.at = ints(this.at);
    this.second = bytes(this.second);
    this.left = floats(this.left);
    this.sliceLeft = floats(this.sliceLeft);
    this.recent = floats(this.recent);
    this.recentAt = floats(this.recentAt);
    this.boosted = bytes(this.boosted);
    this.blockedSince = floats(this.blockedSince);
    this.lastArrival = floats(this.lastArrival);
    this.used = floats(this.used);
    this.runSince = floats(this.runSince);
    this.released = bytes(this.released);
    this.drawn = floats(this.drawn);
    this.handlerEnd = floats(this.handlerEnd);
    this.requests = ints(this.requests);
    this.lastRequest = ints(this.lastRequest);
    this.nextRequest = ints(this.nextRequest);
    this.next = ints(this.next);
    this.mailAt = ints(this.mailAt);
  }
}
