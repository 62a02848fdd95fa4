/**
 * Rows of the gang matrix (Ousterhout 1982) in a building: gangs in different rows share nodes by taking turns.
 *
 * Model: a slice lasts the quantum q, of which the gang in turn has all, and the switch s: the master's message, the
 * stop signal to every task of one gang and the signal to go on to every task of the next, at the prices of the OS
 * structure. Only rows that hold a job have slices; with one such row nothing is switched. In the slice of a row
 * each node runs the task in that row's cell, or, where that cell is empty or its gang stands still, the task of the
 * next row, in cyclic order, that could run (alternate selection). A gang goes forward in the slices in which all of
 * its nodes run it. Between two changes of the matrix this is a constant share of time, so no slice is an event;
 * switches are counted.
 * Left out: alternate runs of some tasks of a gang while others wait (closely coupled tasks gain nothing by them),
 * caches that a switch empties, slot unification by moving tasks.
 * Source: sections A4 and C6 of the project's reference on policies (slowdown of m equal gangs: m (q+s)/q).
 */
import type { Engine } from '../../sim/engine/engine.ts';

export interface GangSlices {
  /** Rows: jobs that a node may hold at once. */
  readonly rows: number;
  /** ns for which a gang runs in its slice. */
  readonly quantum: number;
  /** ns from the end of one gang's run to the beginning of the next one's; of these `switchCpu` on each node's CPU. */
  readonly switchTime: number;
  readonly switchCpu: number;
}

export class GangRows {
  readonly rows: number;
  private readonly nodes: number;
  private readonly slices: GangSlices;
  private readonly engine: Engine;
  /** Jobs that hold nodes, by row; only counted where there is one row. */
  private readonly jobs: Set<number>[];
  private inOneRow = 0;
  /** Rows that hold a job. */
  private taken = 0;
  private takenSince = 0;
  /** Slices that have ended so far, with the part of the present one. */
  private slicesDone = 0;
  /** Called when the number of rows that take turns has changed. */
  onTurns: (rows: number) => void = () => {};

  constructor(engine: Engine, nodes: number, slices: GangSlices) {
    this.engine = engine;
    this.nodes = nodes;
    this.slices = slices;
    this.rows = slices.rows;
    this.jobs = Array.from({ length: slices.rows }, () => new Set());
  }

  /** Rows among which the time of the nodes is shared now. */
  get turns(): number {
    return this.taken;
  }

  /** Gang switches so far, over the whole building. */
  get switches(): number {
    return Math.floor(this.slicesDone + this.running());
  }

  /** Jobs of a row that hold nodes; there must be more rows than one. */
  jobsIn(row: number): ReadonlySet<number> {
    return this.jobs[row]!;
  }

  /** A job takes nodes in a row. */
  enter(job: number, row: number): void {
    if (this.rows === 1) {
      if (this.inOneRow++ === 0) this.setTaken(1);
      return;
    }
    this.jobs[row]!.add(job);
    if (this.jobs[row]!.size === 1) this.setTaken(this.taken + 1);
  }

  /** A job has given its nodes in a row back. */
  leave(job: number, row: number): void {
    if (this.rows === 1) {
      if (--this.inOneRow === 0) this.setTaken(0);
      return;
    }
    const jobs = this.jobs[row]!;
    jobs.delete(job);
    if (jobs.size === 0) this.setTaken(this.taken - 1);
  }

  /** Share of a node's CPU that goes into switching gangs there. */
  get switchShare(): number {
    const { quantum, switchTime, switchCpu } = this.slices;
    return this.taken > 1 ? switchCpu / (quantum + switchTime) : 0;
  }

  /**
   * Share of time for which a gang of `row` runs on the cells of a chain (`next[cell]`, ended by -1), where `able`
   * tells whether the task in a cell could run.
   */
  turn(row: number, first: number, next: Int32Array, able: (cell: number) => boolean): number {
    if (this.taken <= 1) return 1;
    const { quantum, switchTime } = this.slices;
    let slices = 0;
    for (let slice = 0; slice < this.rows; slice++) {
      if (this.jobs[slice]!.size === 0) continue;
      if (slice === row || this.isAlternate(slice, row, first, next, able)) slices++;
    }
    return ((slices / this.taken) * quantum) / (quantum + switchTime);
  }

  /** Whether all nodes of the chain, in the slice of another row, come to run their cells of `row`. */
  private isAlternate(
    slice: number,
    row: number,
    first: number,
    next: Int32Array,
    able: (cell: number) => boolean,
  ): boolean {
    for (let cell = first; cell >= 0; cell = next[cell]!) {
      const node = cell % this.nodes;
      for (let other = slice; other !== row; other = (other + 1) % this.rows) {
        if (able(other * this.nodes + node)) return false;
      }
    }
    return true;
  }

  private setTaken(taken: number): void {
    this.slicesDone += this.running();
    this.takenSince = this.engine.now;
    this.taken = taken;
    this.onTurns(taken);
  }

  private running(): number {
    const { quantum, switchTime } = this.slices;
    return this.taken > 1 ? (this.engine.now - this.takenSince) / (quantum + switchTime) : 0;
  }
}
