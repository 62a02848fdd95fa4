/**
 * The traced processes (threads too): what has begun and not ended in each, when its last call ended, what it runs.
 * A number is used again when its process has gone, so memory goes with the processes alive.
 */
import { widened } from '../../sim/engine/columns.ts';
import { Descriptors, OpenFiles } from './descriptors.ts';

/** Programs beyond this many share one number: the rest of a long trace of many programs. */
const MOST_PROGRAMS = 65_535;

/** The programs of a trace, numbered as they are first run; 0: what ran before the first exec that the trace shows. */
export class Programs {
  readonly names: string[] = ['(before the trace)'];
  private readonly ids = new Map<number, number>();

  /** The number of the program whose name has this hash. */
  id(hash: number, name: () => string): number {
    const known = this.ids.get(hash);
    if (known !== undefined) return known;
    if (this.names.length > MOST_PROGRAMS) return MOST_PROGRAMS;
    const id = this.names.length;
    this.names.push(name());
    this.ids.set(hash, id);
    return id;
  }
}

export class Processes {
  readonly open = new OpenFiles();
  /** Name of the call that has begun and not ended; -1 for none. */
  pending = new Int32Array(16);
  /** Of that call. */
  start_s = new Float64Array(16);
  user_s = new Float64Array(16);
  service = new Uint8Array(16);
  waits = new Uint8Array(16);
  descriptor = new Int32Array(16);
  /** Hash of a path; 1: a local socket; bytes of a mapping. */
  hash = new Float64Array(16);
  shares = new Uint8Array(16);
  /** The program that a call cut in two runs, where the call is one that runs one. */
  readonly execs: string[] = [];
  /** When the last call ended, or began where its end is not known; NaN before the first. */
  last_s = new Float64Array(16);
  /** 1: `last_s` is the end of a call; 0: the beginning of one that does not wait; 2: of one that may. */
  lastKind = new Uint8Array(16);
  /** What is left of the tracer's cost where clock steps are too coarse to take it off, s. */
  owed_s = new Float64Array(16);
  program = new Int32Array(16);
  /** 1 for a process that was there before a fork that the trace shows told of it. */
  orphan = new Uint8Array(16);
  readonly descriptors: Descriptors[] = [];
  /** Processes ever seen. */
  seen = 0;
  alive = 0;
  mostAlive = 0;
  private readonly free: number[] = [];
  private readonly slots = new Map<number, number>();
  private lastId = Number.NaN;
  private lastSlot = -1;

  /** The number of a process by its identifier in the trace; -1 if it is not alive. */
  find(id: number): number {
    if (id === this.lastId) return this.lastSlot;
    const slot = this.slots.get(id);
    if (slot === undefined) return -1;
    this.lastId = id;
    this.lastSlot = slot;
    return slot;
  }

  /** A new process; `parent`: the one that made it, or -1. */
  make(id: number, parent: number, shares: boolean): number {
    const slot = this.free.pop() ?? this.descriptors.length;
    if (slot === this.pending.length) this.grow();
    this.pending[slot] = -1;
    this.last_s[slot] = Number.NaN;
    this.lastKind[slot] = 0;
    this.owed_s[slot] = 0;
    this.program[slot] = 0;
    this.orphan[slot] = 1;
    this.execs[slot] = '';
    this.descriptors[slot] = new Descriptors(this.open);
    this.slots.set(id, slot);
    this.seen++;
    this.alive++;
    this.mostAlive = Math.max(this.mostAlive, this.alive);
    if (parent >= 0) this.adopt(slot, parent, shares);
    return slot;
  }

  /** The parent of a process becomes known: it has the parent's program and descriptors. */
  adopt(slot: number, parent: number, shares: boolean): void {
    const own = this.descriptors[parent]!;
    this.descriptors[slot]!.leave();
    if (shares) {
      own.sharers++;
      this.descriptors[slot] = own;
    } else {
      this.descriptors[slot] = new Descriptors(this.open, own);
    }
    this.program[slot] = this.program[parent]!;
    this.orphan[slot] = 0;
  }

  remove(id: number, slot: number): void {
    this.descriptors[slot]!.leave();
    this.slots.delete(id);
    this.free.push(slot);
    this.alive--;
    this.lastId = Number.NaN;
  }

  /** Calls that have begun and not ended. */
  stillPending(): number {
    let n = 0;
    for (const slot of this.slots.values()) if (this.pending[slot]! >= 0) n++;
    return n;
  }

  private grow(): void {
    const room = 2 * this.pending.length;
    this.pending = widened(this.pending, new Int32Array(room));
    this.start_s = widened(this.start_s, new Float64Array(room));
    this.user_s = widened(this.user_s, new Float64Array(room));
    this.service = widened(this.service, new Uint8Array(room));
    this.waits = widened(this.waits, new Uint8Array(room));
    this.descriptor = widened(this.descriptor, new Int32Array(room));
    this.hash = widened(this.hash, new Float64Array(room));
    this.shares = widened(this.shares, new Uint8Array(room));
    this.last_s = widened(this.last_s, new Float64Array(room));
    this.lastKind = widened(this.lastKind, new Uint8Array(room));
    this.owed_s = widened(this.owed_s, new Float64Array(room));
    this.program = widened(this.program, new Int32Array(room));
    this.orphan = widened(this.orphan, new Uint8Array(room));
  }
}
