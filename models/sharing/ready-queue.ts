/**
 * The jobs at the nodes and the CPU that they get: processor sharing (`sim/engine/processor-sharing.ts`), or first come,
 * first served as here. Both serve at a capacity that may change at any time.
 *
 * Model of FCFS: the first job of a node has its whole capacity; the others wait in order of arrival. Any job can be
 * taken away. Memory: 20 bytes a node, 16 a job.
 */
import { widened } from '../../sim/engine/columns.ts';
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';

const NONE = -1;

/** What both disciplines offer; work is time at capacity 1. */
export interface ReadyQueues {
  add(node: number, task: number, work: number): void;
  /** Takes `task` away and returns the work that it still needed. */
  remove(node: number, task: number): number;
  remaining(node: number, task: number): number;
  setCapacity(node: number, capacity: number): void;
  tasks(node: number): number;
  /** Work done by the node until now. */
  served(node: number): number;
}

export class FcfsBank implements ReadyQueues {
  private readonly engine: Engine;
  private readonly done: (task: number) => void;
  private readonly began: (task: number) => void;
  private readonly timers: Timers;
  private readonly capacities: Float64Array;
  private readonly counts: Int32Array;
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  /** Since when the first job's work is as in `left`. */
  private readonly since: Float64Array;
  private readonly servedUntil: Float64Array;
  private left = new Float64Array(64);
  private next = new Int32Array(64);
  private before = new Int32Array(64);

  /** `done(task)`: it has got its work and has left; `began(task)`: it has become the first of its node. */
  constructor(
    engine: Engine,
    nodes: number,
    done: (task: number) => void,
    began: (task: number) => void,
    capacity = 1,
  ) {
    this.engine = engine;
    this.done = done;
    this.began = began;
    this.capacities = new Float64Array(nodes).fill(capacity);
    this.counts = new Int32Array(nodes);
    this.heads = new Int32Array(nodes).fill(NONE);
    this.tails = new Int32Array(nodes).fill(NONE);
    this.since = new Float64Array(nodes);
    this.servedUntil = new Float64Array(nodes);
    this.timers = new Timers(engine, (node) => this.complete(node), nodes, 'first come, first served');
  }

  add(node: number, task: number, work: number): void {
    if (task >= this.left.length) this.grow(task + 1);
    const tail = this.tails[node]!;
    this.left[task] = work;
    this.next[task] = NONE;
    this.before[task] = tail;
    this.tails[node] = task;
    this.counts[node]!++;
    if (tail !== NONE) this.next[tail] = task;
    else this.begin(node, task);
  }

  remove(node: number, task: number): number {
    const first = this.heads[node] === task;
    if (first) this.catchUp(node);
    const left = this.left[task]!;
    const before = this.before[task]!;
    const next = this.next[task]!;
    if (before === NONE) this.heads[node] = next;
    else this.next[before] = next;
    if (next === NONE) this.tails[node] = before;
    else this.before[next] = before;
    this.counts[node]!--;
    if (first) {
      if (next !== NONE) this.begin(node, next);
      else this.timers.clear(node);
    }
    return left;
  }

  remaining(node: number, task: number): number {
    if (this.heads[node] !== task) return this.left[task]!;
    const gained = this.capacities[node]! * (this.engine.now - this.since[node]!);
    return Math.max(0, this.left[task]! - gained);
  }

  setCapacity(node: number, capacity: number): void {
    const busy = this.heads[node] !== NONE;
    if (busy) this.catchUp(node);
    this.capacities[node] = capacity;
    if (busy) this.arm(node);
  }

  tasks(node: number): number {
    return this.counts[node]!;
  }

  served(node: number): number {
    if (this.heads[node] === NONE) return this.servedUntil[node]!;
    return this.servedUntil[node]! + this.capacities[node]! * (this.engine.now - this.since[node]!);
  }

  private begin(node: number, task: number): void {
    this.heads[node] = task;
    this.since[node] = this.engine.now;
    this.arm(node);
    this.began(task);
  }

  private catchUp(node: number): void {
    const gained = this.capacities[node]! * (this.engine.now - this.since[node]!);
    const task = this.heads[node]!;
    this.since[node] = this.engine.now;
    this.servedUntil[node]! += gained;
    this.left[task] = Math.max(0, this.left[task]! - gained);
  }

  private arm(node: number): void {
    const capacity = this.capacities[node]!;
    if (capacity === 0) this.timers.clear(node);
    else this.timers.set(node, this.engine.now + this.left[this.heads[node]!]! / capacity);
  }

  private complete(node: number): void {
    const task = this.heads[node]!;
    this.catchUp(node);
    const next = this.next[task]!;
    this.heads[node] = next;
    this.counts[node]!--;
    if (next === NONE) this.tails[node] = NONE;
    else {
      this.before[next] = NONE;
      this.begin(node, next);
    }
    this.done(task);
  }

  private grow(tasks: number): void {
    const room = Math.max(tasks, 2 * this.left.length);
    this.left = widened(this.left, new Float64Array(room));
    this.next = widened(this.next, new Int32Array(room));
    this.before = widened(this.before, new Int32Array(room));
  }
}
