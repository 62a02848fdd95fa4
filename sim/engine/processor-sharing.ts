/**
 * Processor sharing on many nodes: all tasks of a node are served at once, each at the node's capacity
 * divided by their number (the limit of round robin for a quantum of zero, without switching cost).
 *
 * A node keeps a virtual time, the work that each of its tasks has got since the node was last empty; a task
 * that comes at virtual time v with work w is done at v + w, whatever comes and goes meanwhile, so tasks wait
 * in a heap by that mark and only the first has an event. `add`, `remove` and a completion cost O(log n) of
 * the node's tasks (amortised), `setCapacity` O(1).
 *
 * Memory: 20 bytes a node, 44 more while it has tasks, 32 a task number. Left out: weights, and the cost of
 * switching.
 *
 * Sources: virtual time after Parekh and Gallager, "A generalized processor sharing approach to flow control",
 * IEEE/ACM ToN 1(3), 1993; pairing heap after Fredman, Sedgewick, Sleator and Tarjan, Algorithmica 1(1), 1986.
 */
import { widened } from './columns.ts';
import type { Engine } from './engine.ts';
import { Timers } from './timers.ts';

const NONE = -1;

export interface SharingOptions {
  /** Completions fall on whole multiples of this (1: whole nanoseconds; the nearest one). 0: exact. */
  readonly resolution?: number;
  /** Capacity of every node at the start, 1 unless said. */
  readonly capacity?: number;
}

/** Capacities that change without events of their own. */
export interface CapacityCourse {
  /** When each node's capacity may change next, at the earliest; Infinity: not before a call of `courseChanged`. */
  readonly nextChange: Float64Array;
  /** Tells the changes up to now, each by `setCapacity` with its time. */
  follow(node: number): void;
}

export class ProcessorSharingBank {
  /** With a course no capacity may be above 1. Whoever adds or removes tasks calls its `follow` before. */
  course: CapacityCourse | null = null;
  private readonly engine: Engine;
  private readonly done: (task: number) => void;
  private readonly resolution: number;
  private readonly timers: Timers;

  /** By node: its row in the columns of busy nodes, NONE while it has no task. */
  private readonly rows: Int32Array;
  private readonly capacities: Float64Array;
  /** By node: work served until the last change. */
  private readonly servedUntil: Float64Array;

  /** By row of a busy node. */
  private nodes = new Int32Array(16);
  private counts = new Int32Array(16);
  private roots = new Int32Array(16);
  private virtual = new Float64Array(16);
  private changed = new Float64Array(16);
  /** 0 where the timer is set at a time before which no task can be done, because the capacity may change. */
  private endKnown = new Uint8Array(16);
  private rowsUsed = 0;
  private readonly freeRows: number[] = [];

  /** By task: virtual time at which it is done, number of its arrival, node, links of the heap. */
  private marks = new Float64Array(64);
  private arrivals = new Float64Array(64);
  private taskNodes = new Int32Array(64).fill(NONE);
  private child = new Int32Array(64);
  private next = new Int32Array(64);
  /** The parent of a first child, the sibling before any other. */
  private before = new Int32Array(64);
  private arrived = 0;

  /** `done(task)` is called when a task has got its work; the task has left the node by then. */
  constructor(engine: Engine, nodes: number, done: (task: number) => void, options: SharingOptions = {}) {
    this.engine = engine;
    this.done = done;
    this.resolution = options.resolution ?? 0;
    this.rows = new Int32Array(nodes).fill(NONE);
    this.capacities = new Float64Array(nodes).fill(options.capacity ?? 1);
    this.servedUntil = new Float64Array(nodes);
    this.timers = new Timers(engine, (row) => this.complete(row), this.nodes.length, 'processor sharing');
  }

  /** Starts serving `task`, a small integer of the caller's that is at no node, with `work` (time at capacity 1, >= 0). */
  add(node: number, task: number, work: number): void {
    if (!(work >= 0 && work < Infinity)) throw new RangeError(`task ${task} with work ${work}`);
    if (!(node >= 0 && node < this.rows.length)) throw new RangeError(`no node ${node}`);
    if (task >= this.marks.length) this.growTasks(task + 1);
    if (this.taskNodes[task] !== NONE) {
      throw new RangeError(`task ${task} is at node ${this.taskNodes[task]} already`);
    }
    let row = this.rows[node]!;
    if (row === NONE) row = this.openRow(node);
    else this.catchUp(row);
    this.marks[task] = this.virtual[row]! + work;
    this.arrivals[task] = this.arrived++;
    this.taskNodes[task] = node;
    this.child[task] = NONE;
    this.next[task] = NONE;
    this.before[task] = NONE;
    const root = this.roots[row]!;
    this.roots[row] = root === NONE ? task : this.meld(root, task);
    this.counts[row]!++;
    this.arm(row);
  }

  /** Takes `task` away from its node and returns the work that it still needed. */
  remove(node: number, task: number): number {
    this.mustBeAt(node, task);
    const row = this.rows[node]!;
    this.catchUp(row);
    const left = Math.max(0, this.marks[task]! - this.virtual[row]!);
    this.detach(row, task);
    return left;
  }

  /** The work that `task` still needs. */
  remaining(node: number, task: number): number {
    this.mustBeAt(node, task);
    const row = this.rows[node]!;
    const gained = (this.capacities[node]! * (this.engine.now - this.changed[row]!)) / this.counts[row]!;
    return Math.max(0, this.marks[task]! - this.virtual[row]! - gained);
  }

  /** The node serves at `capacity` (0: not at all; 1: fully) from now on; with a course, since an earlier time. */
  setCapacity(node: number, capacity: number, from: number = this.engine.now): void {
    if (!(capacity >= 0 && capacity < Infinity))
      throw new RangeError(`node ${node} with capacity ${capacity}`);
    const row = this.rows[node]!;
    if (row !== NONE) this.catchUp(row, from);
    this.capacities[node] = capacity;
    // A timer that is set because of changes to come stays right when they have come.
    if (row !== NONE && (this.course === null || this.endKnown[row] === 1)) this.arm(row);
  }

  /** The next change of the node's capacity is another one than it was. */
  courseChanged(node: number): void {
    const row = this.rows[node]!;
    if (row !== NONE && this.endKnown[row] === 1) this.arm(row);
  }

  capacity(node: number): number {
    return this.capacities[node]!;
  }

  /** Number of tasks at the node. */
  tasks(node: number): number {
    const row = this.rows[node]!;
    return row === NONE ? 0 : this.counts[row]!;
  }

  /** Work done by the node until now: the integral of its capacity over the time in which it had tasks. */
  served(node: number): number {
    const row = this.rows[node]!;
    const done = this.servedUntil[node]!;
    return row === NONE ? done : done + this.capacities[node]! * (this.engine.now - this.changed[row]!);
  }

  private mustBeAt(node: number, task: number): void {
    if (this.taskNodes[task] !== node) throw new RangeError(`task ${task} is not at node ${node}`);
  }

  /** Brings virtual time and account of a busy node up to now. */
  private catchUp(row: number, until: number = this.engine.now): void {
    const node = this.nodes[row]!;
    const work = this.capacities[node]! * (until - this.changed[row]!);
    this.servedUntil[node]! += work;
    this.virtual[row]! += work / this.counts[row]!;
    this.changed[row] = until;
  }

  /** Sets the event of the task that is done first. */
  private arm(row: number): void {
    const node = this.nodes[row]!;
    const capacity = this.capacities[node]!;
    const change = this.course === null ? Infinity : this.course.nextChange[node]!;
    this.endKnown[row] = 1;
    if (capacity === 0 && change === Infinity) {
      this.timers.clear(row);
      return;
    }
    const now = this.engine.now;
    const left = (this.marks[this.roots[row]!]! - this.virtual[row]!) * this.counts[row]!;
    let due = capacity > 0 ? now + left / capacity : Infinity;
    if (this.resolution > 0) due = Math.round(due / this.resolution) * this.resolution;
    if (due > change) {
      this.endKnown[row] = 0;
      due = capacity > 0 ? Math.max(change, now + left) : change;
    }
    this.timers.set(row, due > now ? due : now);
  }

  private complete(row: number): void {
    if (this.endKnown[row] === 0) {
      this.course!.follow(this.nodes[row]!);
      this.catchUp(row);
      this.arm(row);
      return;
    }
    this.catchUp(row);
    const task = this.roots[row]!;
    this.detach(row, task);
    this.done(task);
  }

  /** Takes a task out of the heap of its node and sets the node's next event. */
  private detach(row: number, task: number): void {
    this.taskNodes[task] = NONE;
    const rest = this.mergePairs(this.child[task]!);
    if (this.roots[row] === task) this.roots[row] = rest;
    else {
      const before = this.before[task]!;
      const next = this.next[task]!;
      if (this.child[before] === task) this.child[before] = next;
      else this.next[before] = next;
      if (next !== NONE) this.before[next] = before;
      if (rest !== NONE) this.roots[row] = this.meld(this.roots[row]!, rest);
    }
    this.counts[row]!--;
    if (this.counts[row]! > 0) this.arm(row);
    else this.closeRow(row);
  }

  /** One heap out of two roots; equal marks: the one that came first goes first. */
  private meld(a: number, b: number): number {
    const first =
      this.marks[a]! < this.marks[b]! ||
      (this.marks[a] === this.marks[b] && this.arrivals[a]! < this.arrivals[b]!);
    const parent = first ? a : b;
    const lower = first ? b : a;
    const other = this.child[parent]!;
    this.next[lower] = other;
    this.before[lower] = parent;
    if (other !== NONE) this.before[other] = lower;
    this.child[parent] = lower;
    this.next[parent] = NONE;
    this.before[parent] = NONE;
    return parent;
  }

  /** One heap out of a row of siblings: in pairs from the left, then all from the right. */
  private mergePairs(first: number): number {
    let pairs = NONE;
    let at = first;
    while (at !== NONE) {
      const partner = this.next[at]!;
      const following = partner === NONE ? NONE : this.next[partner]!;
      this.next[at] = NONE;
      this.before[at] = NONE;
      let heap = at;
      if (partner !== NONE) {
        this.next[partner] = NONE;
        this.before[partner] = NONE;
        heap = this.meld(at, partner);
      }
      this.next[heap] = pairs;
      pairs = heap;
      at = following;
    }
    let heap = NONE;
    while (pairs !== NONE) {
      const following = this.next[pairs]!;
      this.next[pairs] = NONE;
      heap = heap === NONE ? pairs : this.meld(heap, pairs);
      pairs = following;
    }
    return heap;
  }

  private openRow(node: number): number {
    const row = this.freeRows.length > 0 ? this.freeRows.pop()! : this.rowsUsed++;
    if (row >= this.nodes.length) this.growRows();
    this.rows[node] = row;
    this.nodes[row] = node;
    this.counts[row] = 0;
    this.roots[row] = NONE;
    this.virtual[row] = 0;
    this.changed[row] = this.engine.now;
    return row;
  }

  private closeRow(row: number): void {
    this.timers.clear(row);
    this.rows[this.nodes[row]!] = NONE;
    this.freeRows.push(row);
  }

  private growRows(): void {
    const room = this.nodes.length * 2;
    this.nodes = widened(this.nodes, new Int32Array(room));
    this.counts = widened(this.counts, new Int32Array(room));
    this.roots = widened(this.roots, new Int32Array(room));
    this.virtual = widened(this.virtual, new Float64Array(room));
    this.changed = widened(this.changed, new Float64Array(room));
    this.endKnown = widened(this.endKnown, new Uint8Array(room));
    this.timers.grow(room);
  }

  private growTasks(tasks: number): void {
    const room = Math.max(tasks, this.marks.length * 2);
    this.marks = widened(this.marks, new Float64Array(room));
    this.arrivals = widened(this.arrivals, new Float64Array(room));
    this.taskNodes = widened(this.taskNodes, new Int32Array(room).fill(NONE));
    this.child = widened(this.child, new Int32Array(room));
    this.next = widened(this.next, new Int32Array(room));
    this.before = widened(this.before, new Int32Array(room));
  }
}
