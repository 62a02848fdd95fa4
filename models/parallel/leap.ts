/**
 * Supersteps in one loop: from one barrier of a program, all of whose processes have the CPU and wait in it, to the
 * last barrier that is reached before anything else happens anywhere.
 *
 * The loop does to the numbers what the events would do: it draws the same grains, sends and receives at the same
 * times, and stops before the superstep in which a process would block, or that reaches the next event of the
 * simulation. That superstep, and the last of a program, are left to events.
 */
import type { ParallelCluster, PricedPattern } from './cluster.ts';
import { OP } from './pattern.ts';

/** A pattern in which every process first sends all its messages and then receives all. */
interface SendsFirst {
  /** ns of a process's sends. */
  readonly sends: Float64Array;
  /** Receives of process k: from `first[k]` up to `first[k + 1]`; each by its source, and the time from that one's grain to the arrival. */
  readonly first: Int32Array;
  readonly source: Int32Array;
  readonly delay: Float64Array;
  readonly receive: number;
}

export class Leap {
  private readonly cluster: ParallelCluster;
  /** By process of the program: grains of the superstep being tried and of the last one done, their sum. */
  private grains = new Float64Array(0);
  private before = new Float64Array(0);
  private sums = new Float64Array(0);
  /** When it reaches the barrier: in the superstep being tried and in the last one done. */
  private times = new Float64Array(0);
  private next = new Float64Array(0);
  private reached = new Float64Array(0);
  /** Its present operation, the arrival of its last message, and ns of software in a superstep. */
  private at = new Int32Array(0);
  private arrivals = new Float64Array(0);
  private arrivalsBefore = new Float64Array(0);
  private software = new Float64Array(0);
  private deadlines = new Float64Array(0);
  private readonly sendsFirst = new Map<PricedPattern, SendsFirst | null>();
  /** Arrival of each message of a superstep; -1: not sent yet. */
  private mail = new Float64Array(0);

  constructor(cluster: ParallelCluster) {
    this.cluster = cluster;
  }

  /**
   * All processes of `program` run and have reached its barrier now, `last` as the last one. Advances it by whole
   * supersteps and has its barrier opened; false, and nothing done, if not one fits.
   */
  go(program: number, last: number): boolean {
    const { cluster } = this;
    const { engine, timers } = cluster;
    const { short } = cluster.config.terms;
    const pattern = cluster.patternOf(program);
    const { barrier } = pattern.spin;
    const done = cluster.stepsDone[program]!;
    // The last superstep may be shorter than the others.
    const most = cluster.steps[program]! - 1 - done;
    const width = pattern.processes;
    const first = cluster.first[program]!;
    const opens = engine.now + short.transit;
    if (most < 1) return false;
    const patient = barrier === Number.POSITIVE_INFINITY;
    if (!patient && !this.takeDeadlines(first, width, last, opens)) return false;
    const limit = engine.queue.peek();
    this.room(width, pattern.slots);
    const n =
      pattern.kind.length === 2 * width
        ? this.barriers(program, pattern, opens, limit, most)
        : this.exchanges(program, pattern, opens, limit, most);
    if (n === 0) {
      if (!patient) {
        for (let k = 0; k < width; k++) {
          if (first + k !== last) timers.set(first + k, this.deadlines[k]!);
        }
      }
      return false;
    }
    let latest = 0;
    for (let k = 0; k < width; k++) if (this.reached[k]! > latest) latest = this.reached[k]!;
    const next = latest + short.transit;
    for (let k = 0; k < width; k++) this.book(first + k, k, n);
    cluster.stepsDone[program] = done + n;
    cluster.messages += n * pattern.messages;
    cluster.releaseAt(next, program);
    if (!patient && next >= limit) {
      for (let k = 0; k < width; k++) timers.set(first + k, this.reached[k]! + barrier);
    }
    return true;
  }

  /** Takes the ends of spinning off the queue; false, and nothing done, if one comes before the barrier opens. */
  private takeDeadlines(first: number, width: number, last: number, opens: number): boolean {
    const { timers } = this.cluster;
    if (this.deadlines.length < width) this.deadlines = new Float64Array(width);
    for (let p = first; p < first + width; p++) {
      if (p === last) continue;
      const deadline = timers.timeOf(p);
      if (deadline <= opens) return false;
      this.deadlines[p - first] = deadline;
    }
    for (let p = first; p < first + width; p++) timers.clear(p);
    return true;
  }

  /** What process k did in the `n` supersteps enters the books; it waits since it reached the barrier. */
  private book(p: number, k: number, n: number): void {
    const { cluster } = this;
    const node = cluster.nodeOf(p);
    cluster.account(node);
    const reached = this.reached[k]!;
    const compute = this.sums[k]!;
    const software = n * this.software[k]!;
    cluster.compute[node]! += compute;
    cluster.software[node]! += software;
    cluster.spun[node]! += reached - cluster.since[node]! - compute - software;
    cluster.since[node] = reached;
    cluster.processes.lastArrival[p] = this.arrivalsBefore[k]!;
  }

  /** Supersteps with nothing but a barrier: all processes begin together. */
  private barriers(
    program: number,
    pattern: PricedPattern,
    opens: number,
    limit: number,
    most: number,
  ): number {
    const { cluster, sums } = this;
    const { short } = cluster.config.terms;
    const { barrier } = pattern.spin;
    const width = pattern.processes;
    const first = cluster.first[program]!;
    const done = cluster.stepsDone[program]!;
    const { drawn } = cluster.processes;
    sums.fill(0, 0, width);
    this.software.fill(short.receive + short.send, 0, width);
    let grains = this.grains;
    let before = this.before;
    let open = opens;
    let opened = opens;
    let n = 0;
    while (n < most) {
      this.draw(program, done + n, grains, n === 0);
      let least = Number.POSITIVE_INFINITY;
      let greatest = 0;
      for (let k = 0; k < width; k++) {
        const g = grains[k]!;
        if (g < least) least = g;
        if (g > greatest) greatest = g;
      }
      const reached = open + short.receive + greatest + short.send;
      if (!(reached < limit) || greatest - least + short.transit >= barrier) {
        for (let k = 0; k < width; k++) drawn[first + k] = grains[k]!;
        break;
      }
      for (let k = 0; k < width; k++) sums[k]! += grains[k]!;
      const swap = before;
      before = grains;
      grains = swap;
      opened = open;
      open = reached + short.transit;
      n++;
    }
    for (let k = 0; k < width; k++) {
      this.reached[k] = opened + short.receive + before[k]! + short.send;
      this.arrivalsBefore[k] = opened;
    }
    this.grains = grains;
    this.before = before;
    return n;
  }

  /** Supersteps with messages: each process as far as its messages have been sent, until all are at the barrier. */
  private exchanges(
    program: number,
    pattern: PricedPattern,
    opens: number,
    limit: number,
    most: number,
  ): number {
    const { cluster, sums, grains, arrivals } = this;
    const { short } = cluster.config.terms;
    const width = pattern.processes;
    const first = cluster.first[program]!;
    const done = cluster.stepsDone[program]!;
    const { drawn } = cluster.processes;
    sums.fill(0, 0, width);
    this.priceSoftware(pattern, short.receive);
    const straight = this.sendsFirstOf(pattern);
    let open = opens;
    let n = 0;
    while (n < most) {
      this.draw(program, done + n, grains, n === 0);
      for (let k = 0; k < width; k++) {
        this.times[k] = open + short.receive + grains[k]!;
        arrivals[k] = open;
      }
      const fits = straight === null ? this.exchange(pattern) : this.straightExchange(pattern, straight);
      if (!fits || !this.meets(pattern, limit)) {
        for (let k = 0; k < width; k++) drawn[first + k] = grains[k]!;
        break;
      }
      const { times } = this;
      let greatest = 0;
      for (let k = 0; k < width; k++) {
        sums[k]! += grains[k]!;
        this.reached[k] = times[k]!;
        this.arrivalsBefore[k] = arrivals[k]!;
        if (times[k]! > greatest) greatest = times[k]!;
      }
      open = greatest + short.transit;
      n++;
    }
    return n;
  }

  /** The grains of a superstep; those of the first one tried may have been drawn already. */
  private draw(program: number, step: number, grains: Float64Array, first: boolean): void {
    const { cluster } = this;
    const width = cluster.width[program]!;
    const streams = cluster.streamsOf(program);
    if (first || streams === null) {
      const p = cluster.first[program]!;
      for (let k = 0; k < width; k++) grains[k] = cluster.grain(p + k, step);
      return;
    }
    const { bank, base } = streams;
    const nominal = cluster.nominal(program, step);
    const { imbalance } = cluster.config.shape;
    for (let k = 0; k < width; k++) {
      grains[k] = Math.floor(nominal * (1 + imbalance * (bank.next(base + k) - 0.5)) + 0.5);
    }
  }

  private sendsFirstOf(pattern: PricedPattern): SendsFirst | null {
    let known = this.sendsFirst.get(pattern);
    if (known === undefined) {
      known = sendsFirst(pattern);
      this.sendsFirst.set(pattern, known);
    }
    return known;
  }

  /** The messages of one superstep, all sends first; as `exchange`. */
  private straightExchange(pattern: PricedPattern, straight: SendsFirst): boolean {
    const { times, next, arrivals } = this;
    const { sends, first, source, delay, receive } = straight;
    const { processes } = pattern;
    const { oneWay } = pattern.spin;
    const barrier = this.cluster.config.terms.short.send;
    for (let k = 0; k < processes; k++) {
      let t = times[k]! + sends[k]!;
      let latest = arrivals[k]!;
      const end = first[k + 1]!;
      for (let i = first[k]!; i < end; i++) {
        const arrival = times[source[i]!]! + delay[i]!;
        if (arrival > t) {
          if (arrival - t >= oneWay) return false;
          t = arrival;
        }
        if (arrival > latest) latest = arrival;
        t += receive;
      }
      arrivals[k] = latest;
      next[k] = t + barrier;
    }
    this.times = next;
    this.next = times;
    return true;
  }

  private priceSoftware(pattern: PricedPattern, receive: number): void {
    for (let k = 0; k < pattern.processes; k++) {
      let sum = receive;
      for (let at = pattern.first[k]!; at < pattern.first[k + 1]!; at++) {
        if (pattern.kind[at] !== OP.compute) sum += pattern.work[at]!;
      }
      this.software[k] = sum;
    }
  }

  /** Do all reach the barrier before the limit, and does it open before one of them would block? */
  private meets(pattern: PricedPattern, limit: number): boolean {
    const { times } = this;
    let least = Number.POSITIVE_INFINITY;
    let greatest = 0;
    for (let k = 0; k < pattern.processes; k++) {
      const t = times[k]!;
      if (t < least) least = t;
      if (t > greatest) greatest = t;
    }
    const { transit } = this.cluster.config.terms.short;
    return greatest < limit && greatest - least + transit < pattern.spin.barrier;
  }

  /** The messages of one superstep; false if a process would block. `times` are then those of reaching the barrier. */
  private exchange(pattern: PricedPattern): boolean {
    const { times, at, mail, arrivals } = this;
    const { first, kind, peer, slot, work, slots, message, processes } = pattern;
    const { oneWay } = pattern.spin;
    mail.fill(-1, 0, processes * slots);
    for (let k = 0; k < processes; k++) at[k] = first[k]! + 1;
    let left = processes;
    while (left > 0) {
      const leftBefore = left;
      let moved = false;
      for (let k = 0; k < processes; k++) {
        const end = first[k + 1]!;
        let i = at[k]!;
        if (i === end) continue;
        let t = times[k]!;
        for (; i < end; i++) {
          if (kind[i] === OP.receive) {
            const arrival = mail[k * slots + slot[i]!]!;
            if (arrival < 0) break;
            if (arrival > t) {
              if (arrival - t >= oneWay) return false;
              t = arrival;
            }
            if (arrival > arrivals[k]!) arrivals[k] = arrival;
            t += work[i]!;
          } else {
            t += work[i]!;
            if (kind[i] === OP.send) mail[peer[i]! * slots + slot[i]!] = t + message.transit;
          }
          moved = true;
        }
        times[k] = t;
        at[k] = i;
        if (i === end) left--;
      }
      if (!moved && left === leftBefore) throw new Error('a superstep whose messages wait for each other');
    }
    return true;
  }

  private room(width: number, slots: number): void {
    if (this.mail.length < width * slots) this.mail = new Float64Array(width * slots);
    if (this.grains.length >= width) return;
    this.grains = new Float64Array(width);
    this.before = new Float64Array(width);
    this.sums = new Float64Array(width);
    this.times = new Float64Array(width);
    this.next = new Float64Array(width);
    this.reached = new Float64Array(width);
    this.at = new Int32Array(width);
    this.arrivals = new Float64Array(width);
    this.arrivalsBefore = new Float64Array(width);
    this.software = new Float64Array(width);
  }
}

/** The pattern, if every process sends all its messages before it receives one; null otherwise. */
function sendsFirst(pattern: PricedPattern): SendsFirst | null {
  const { processes, first, kind, peer, slot, work, slots, message } = pattern;
  const sends = new Float64Array(processes);
  const sent = new Float64Array(processes * slots);
  const from = new Int32Array(processes * slots);
  const receives = new Int32Array(processes + 1);
  for (let k = 0; k < processes; k++) {
    let t = 0;
    let received = 0;
    for (let i = first[k]! + 1; i < first[k + 1]!; i++) {
      if (kind[i] === OP.receive) received++;
      else if (kind[i] === OP.send) {
        if (received > 0) return null;
        t += work[i]!;
        const at = peer[i]! * slots + slot[i]!;
        sent[at] = t + message.transit;
        from[at] = k;
      }
    }
    sends[k] = t;
    receives[k + 1] = receives[k]! + received;
  }
  const source = new Int32Array(receives[processes]!);
  const delay = new Float64Array(receives[processes]!);
  for (let k = 0; k < processes; k++) {
    let next = receives[k]!;
    for (let i = first[k]! + 1; i < first[k + 1]!; i++) {
      if (kind[i] !== OP.receive) continue;
      source[next] = from[k * slots + slot[i]!]!;
      delay[next] = sent[k * slots + slot[i]!]!;
      next++;
    }
  }
  return { sends, first: receives, source, delay, receive: message.receive };
}
