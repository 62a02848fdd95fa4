/**
 * Owners: when the person of each node is there, how much CPU their programs want, and when they last gave input.
 *
 * Driven by a trace (changes node by node; owner i sits at node i, a shorter trace is used again from its first
 * owner on) or by a law (a stream of its own for every owner). One pending event a node at most, and of a trace one an instant. A node
 * that a trace withdraws (`down`) counts as one whose owner is there and uses all of it.
 * Order within an instant of a trace: nodes by number, after whatever else was due at that instant already.
 * A change of mere CPU demand in a trace is an event only where something must know of it at once (`watched`).
 * Elsewhere the node goes on from change to change when somebody looks at it (`nextChange`, `stepTo`).
 * Left out: the owner's memory, and that owners might behave otherwise because they are disturbed.
 */
import type { Engine } from '../sim/engine/engine.ts';
import { SharedTimers } from '../sim/engine/shared-timers.ts';
import type { StreamBank } from '../sim/engine/streams.ts';
import { Timers } from '../sim/engine/timers.ts';
import { ACTIVITY, type ActivityTable } from '../workloads/owners/activity.ts';
import type { OwnerLaw } from '../workloads/owners/law.ts';
import { type DomainEvents, EVENT } from './events.ts';

export type OwnerSource =
  | { readonly kind: 'trace'; readonly table: ActivityTable; readonly repeat: boolean }
  | { readonly kind: 'law'; readonly law: OwnerLaw; readonly chance: StreamBank };

const NEVER = Number.POSITIVE_INFINITY;

export class Owners {
  /** 1 while the owner gives input all the time, or the node is withdrawn. */
  readonly present: Uint8Array;
  /** 1 while the node is withdrawn altogether. */
  readonly down: Uint8Array;
  /** CPU demand of the owner's programs as the source says it (runnable processes). */
  readonly load: Float64Array;
  /** Last input, ns; -infinity where there has been none. */
  readonly lastInput: Float64Array;
  /** Owners who are away now. */
  away: number;
  /** Returns so far: the owner came back, or the node was withdrawn. */
  returns = 0;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  /** When each owner's next record, or change by law, is due; records of a trace come for many nodes at once. */
  private readonly timers: Timers | SharedTimers;
  private readonly source: OwnerSource;
  private readonly changed: (node: number, input: boolean) => void;
  /** When a node's CPU demand changes next without an event, ns; infinity: not before its next event. */
  readonly nextChange: Float64Array;
  /** Set by the cluster: whether a change of mere CPU demand at the node is an event. */
  watched: (node: number) => boolean = () => true;
  /** Set by the cluster: goes on from change to change of the node's demand up to now, by `stepTo`. */
  follow: (node: number) => void = (node) => this.stepTo(node, this.engine.now);
  /** Set by the cluster: whether nothing will ever feel this owner again; they are then left as they are. */
  over: (node: number) => boolean = () => false;
  /** Set by the cluster: no node was over before this time, ns. */
  overSince = NEVER;
  /** Set by the cluster: the owner's CPU demand changed at an earlier time, since when nothing else has. */
  demanded: (node: number, time: number) => void = () => {};
  /** Nodes whose records are due at this instant. */
  private readonly due: number[] = [];
  private readonly instantType: number;
  private readonly cursor: Int32Array;
  private readonly round: Int32Array;
  private readonly leftBehind: Uint8Array;
  /** When the next record of each node is an event, ns. */
  private readonly nextEvent: Float64Array;
  /** Whether the records applied last say more than the CPU demand. */
  private input = false;

  constructor(
    engine: Engine,
    events: DomainEvents,
    nodes: number,
    source: OwnerSource,
    changed: (node: number, input: boolean) => void,
  ) {
    this.engine = engine;
    this.events = events;
    this.source = source;
    this.changed = changed;
    this.present = new Uint8Array(nodes);
    this.down = new Uint8Array(nodes);
    this.load = new Float64Array(nodes);
    this.lastInput = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
    this.away = nodes;
    const traced = source.kind === 'trace' ? nodes : 0;
    this.cursor = new Int32Array(traced);
    this.round = new Int32Array(traced);
    this.leftBehind = new Uint8Array(traced);
    this.nextChange = new Float64Array(traced).fill(NEVER);
    this.nextEvent = new Float64Array(traced).fill(NEVER);
    this.timers =
      source.kind === 'trace'
        ? new SharedTimers(engine, (node) => this.collect(node), nodes, "records of owners' traces")
        : new Timers(engine, (node) => this.toggle(node), nodes, 'owners');
    this.instantType = engine.on(() => this.replayInstant(), "instant of owners' traces");
  }

  /** Put every owner into their first state; call once, at time zero, before the run. */
  start(): void {
    const source = this.source;
    for (let node = 0; node < this.present.length; node++) {
      if (source.kind === 'trace') {
        this.cursor[node] = source.table.first[node % source.table.names.length]!;
        this.replay(node);
        continue;
      }
      const first = source.law.first(node, source.chance.at(node));
      if (first < 0) this.arrive(node, 0);
      this.load[node] = source.law.demand(first < 0);
      if (Math.abs(first) < NEVER) this.timers.set(node, Math.round(Math.abs(first) * 1e9));
      this.changed(node, true);
    }
  }

  private toggle(node: number): void {
    if (this.source.kind !== 'law') return;
    const { law, chance } = this.source;
    const { now } = this.engine;
    const present = this.present[node] === 0;
    if (present) this.arrive(node, 0);
    else this.leave(node, 0);
    this.load[node] = law.demand(present);
    const until = now + Math.round(law.next(node, present, now / 1e9, chance.at(node)) * 1e9);
    if (until < NEVER && !this.over(node)) this.timers.set(node, until);
    this.changed(node, true);
  }

  /**
   * When the owner, who is away, gives input again or the node is withdrawn, ns; infinity where the source tells of
   * no such time. The truth: only policies that are marked as oracles may ask.
   */
  returnOf(node: number): number {
    if (this.source.kind === 'law') return this.timers.timeOf(node);
    const { table, repeat } = this.source;
    const first = table.first[node % table.names.length]!;
    const end = table.first[(node % table.names.length) + 1]!;
    let round = this.round[node]!;
    let at = this.cursor[node]!;
    for (let looked = end - first; looked > 0 && at < end; looked--) {
      const kind = table.kind[at]!;
      if (kind === ACTIVITY.present || kind === ACTIVITY.input || kind === ACTIVITY.down) {
        return Math.round((table.time_s[at]! + round * table.span_s) * 1e9);
      }
      at++;
      if (at === end && repeat) {
        at = first;
        round++;
      }
    }
    return NEVER;
  }

  private collect(node: number): void {
    if (this.due.length === 0) this.engine.schedule(0, this.instantType, 0);
    this.due.push(node);
  }

  private replayInstant(): void {
    const { due } = this;
    if (due.length > 64) due.sort((a, b) => a - b);
    else insertionSort(due);
    for (let i = 0; i < due.length; i++) {
      if (this.nextEvent[due[i]!]! <= this.engine.now) this.replay(due[i]!);
    }
    due.length = 0;
  }

  /** Bring a node up to date, whose owner's demand matters from now on. */
  catchUp(node: number): void {
    if (this.source.kind !== 'trace') return;
    this.follow(node);
    if (this.nextChange[node]! < NEVER && this.watched(node) && !this.over(node)) this.replay(node);
  }

  /** Applies the changes of mere CPU demand up to a time, ns. */
  stepTo(node: number, until: number): void {
    if (!(this.nextChange[node]! <= until) || this.source.kind !== 'trace') return;
    const last = this.over(node) ? Math.min(until, this.overSince) : until;
    const { table, repeat } = this.source;
    const of = node % table.names.length;
    const end = table.first[of + 1]!;
    const nextEvent = this.nextEvent[node]!;
    while (this.nextChange[node]! <= last) {
      const at = this.cursor[node]!;
      const due = this.nextChange[node]!;
      let next = at + 1;
      if (next === end && repeat) {
        next = table.first[of]!;
        this.round[node]!++;
      }
      this.cursor[node] = next;
      const then =
        next < end ? Math.round((table.time_s[next]! + this.round[node]! * table.span_s) * 1e9) : NEVER;
      this.nextChange[node] = then < nextEvent ? then : NEVER;
      if (table.kind[at] === ACTIVITY.mem) continue;
      this.load[node] = table.value[at]!;
      this.demanded(node, due);
    }
  }

  /**
   * Apply all records up to this instant, then wait for the next one that is an event. Changes of mere CPU demand
   * that were none are told with their own times.
   */
  private replay(node: number): void {
    if (this.source.kind !== 'trace') return;
    const { table, repeat } = this.source;
    const { now } = this.engine;
    this.follow(node);
    const of = node % table.names.length;
    const end = table.first[of + 1]!;
    let at = this.cursor[node]!;
    let due = this.timeOf(node, at, end);
    // The first records of a node tell its daemon where it stands.
    this.input = now === 0;
    while (due <= now) {
      this.apply(node, table.kind[at]!, table.value[at]!);
      at++;
      if (at === end && repeat && end > table.first[of]!) {
        at = table.first[of]!;
        this.round[node]!++;
      }
      due = this.timeOf(node, at, end);
    }
    this.cursor[node] = at;
    const next = this.watched(node) ? due : this.nextThatMatters(node, at, end);
    const over = this.over(node);
    if (next < NEVER && !over) this.timers.set(node, next);
    else this.timers.clear(node);
    this.nextEvent[node] = over ? NEVER : next;
    this.nextChange[node] = due < next && !over ? due : NEVER;
    this.changed(node, this.input);
  }

  /** When the next record comes that is more than a change of CPU demand, ns. */
  private nextThatMatters(node: number, from: number, end: number): number {
    if (this.source.kind !== 'trace') return NEVER;
    const { table, repeat } = this.source;
    const kinds = table.kind;
    const first = table.first[node % table.names.length]!;
    const withdrawn = this.down[node] === 1;
    const same = this.present[node] === 1 ? ACTIVITY.present : ACTIVITY.away;
    let round = this.round[node]!;
    let at = from;
    for (let looked = end - first; looked > 0 && at < end; looked--) {
      const kind = kinds[at]!;
      const demandOnly = kind === same || kind === ACTIVITY.load || kind === ACTIVITY.mem;
      if (!demandOnly || withdrawn) {
        return Math.round((table.time_s[at]! + round * table.span_s) * 1e9);
      }
      at++;
      if (at === end && repeat) {
        at = first;
        round++;
      }
    }
    return NEVER;
  }

  private timeOf(node: number, at: number, end: number): number {
    if (this.source.kind !== 'trace' || at >= end) return NEVER;
    const { table } = this.source;
    return Math.round((table.time_s[at]! + this.round[node]! * table.span_s) * 1e9);
  }

  private apply(node: number, kind: number, value: number): void {
    switch (kind) {
      case ACTIVITY.present:
        this.load[node] = value;
        if (this.down[node] === 0) this.arrive(node, 0);
        break;
      case ACTIVITY.away:
        this.load[node] = value;
        if (this.down[node] === 0) this.leave(node, 0);
        break;
      case ACTIVITY.input:
        this.lastInput[node] = this.engine.now;
        this.input = true;
        if (this.present[node] === 0) {
          this.returns++;
          this.events.record(EVENT['owner-return'], node, 0);
        }
        break;
      case ACTIVITY.load:
        this.load[node] = value;
        break;
      case ACTIVITY.down:
        this.leftBehind[node] = this.present[node]!;
        this.arrive(node, 1);
        this.down[node] = 1;
        break;
      case ACTIVITY.up:
        if (this.down[node] === 1) {
          this.down[node] = 0;
          if (this.leftBehind[node] === 0) this.leave(node, 1);
        }
        break;
      default:
        // Memory in use is read and kept for models of paging; a CPU has no use for it.
        break;
    }
  }

  private arrive(node: number, withdrawn: number): void {
    if (this.present[node] === 1) return;
    this.present[node] = 1;
    this.input = true;
    this.away--;
    this.returns++;
    this.events.record(EVENT['owner-return'], node, withdrawn);
  }

  private leave(node: number, givenBack: number): void {
    if (this.present[node] === 0) return;
    this.present[node] = 0;
    this.input = true;
    this.away++;
    // A node that comes back from being withdrawn has been without input since then; nobody sat at it.
    this.lastInput[node] = this.engine.now;
    this.events.record(EVENT['owner-leave'], node, givenBack);
  }
}

function insertionSort(numbers: number[]): void {
  for (let i = 1; i < numbers.length; i++) {
    const number = numbers[i]!;
    let at = i;
    for (; at > 0 && numbers[at - 1]! > number; at--) numbers[at] = numbers[at - 1]!;
    numbers[at] = number;
  }
}
