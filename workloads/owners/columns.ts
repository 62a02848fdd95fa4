/**
 * Growing columns of owner activity: readers and generators add records in any order of nodes and get back the
 * table, nodes in name order and records of a node in order of time.
 */
import { count, type RecordCount } from '../records.ts';
import { ACTIVITY, type ActivityTable } from './activity.ts';

export class ActivityColumns {
  private readonly numbers = new Map<string, number>();
  private n = 0;
  private node = new Int32Array(1 << 12);
  private time = new Float64Array(1 << 12);
  private kind = new Uint8Array(1 << 12);
  private value = new Float64Array(1 << 12);

  /** The number by which `add` knows a node; a new one for a new name. */
  nodeNumber(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(name, number);
    }
    return number;
  }

  add(node: number, time_s: number, kind: number, value: number): void {
    if (this.n === this.time.length) this.grow();
    const i = this.n++;
    this.node[i] = node;
    this.time[i] = time_s;
    this.kind[i] = kind;
    this.value[i] = value;
  }

  /** Number of records, and the least and greatest time among them (s; infinite where there is none). */
  extent(): { n: number; first_s: number; last_s: number } {
    let first = Infinity;
    let last = -Infinity;
    for (let i = 0; i < this.n; i++) {
      if (this.time[i]! < first) first = this.time[i]!;
      if (this.time[i]! > last) last = this.time[i]!;
    }
    return { n: this.n, first_s: first, last_s: last };
  }

  /**
   * The table, with `offset_s` taken off every time. Records of a node that stood out of order are put in order of
   * time (stable) and counted in `records`.
   */
  finish(span_s: number, offset_s: number, records: RecordCount): ActivityTable {
    const names = [...this.numbers.keys()].sort(byName);
    const rank = new Int32Array(names.length);
    names.forEach((name, r) => {
      rank[this.numbers.get(name)!] = r;
    });
    const first = new Int32Array(names.length + 1);
    for (let i = 0; i < this.n; i++) first[rank[this.node[i]!]! + 1]!++;
    for (let r = 0; r < names.length; r++) first[r + 1]! += first[r]!;
    const fill = first.slice();
    const order = new Uint32Array(this.n);
    for (let i = 0; i < this.n; i++) order[fill[rank[this.node[i]!]!]!++] = i;
    count(records.repaired, 'time out of order', this.orderTimes(order, first));
    return {
      names,
      first,
      time_s: Float64Array.from(order, (i) => this.time[i]! - offset_s),
      kind: Uint8Array.from(order, (i) => this.kind[i]!),
      value: Float64Array.from(order, (i) => this.value[i]!),
      span_s,
      offset_s,
    };
  }

  /** Sorts each node's part of `order` by time; gives how many records stood before their predecessor. */
  private orderTimes(order: Uint32Array, first: Int32Array): number {
    let stepsBack = 0;
    for (let r = 0; r + 1 < first.length; r++) {
      let back = 0;
      for (let k = first[r]! + 1; k < first[r + 1]!; k++) {
        if (this.time[order[k]!]! < this.time[order[k - 1]!]!) back++;
      }
      if (back === 0) continue;
      stepsBack += back;
      order.subarray(first[r]!, first[r + 1]!).sort((a, b) => this.time[a]! - this.time[b]! || a - b);
    }
    return stepsBack;
  }

  private grow(): void {
    const size = this.time.length * 2;
    const node = new Int32Array(size);
    const time = new Float64Array(size);
    const kind = new Uint8Array(size);
    const value = new Float64Array(size);
    node.set(this.node);
    time.set(this.time);
    kind.set(this.kind);
    value.set(this.value);
    this.node = node;
    this.time = time;
    this.kind = kind;
    this.value = value;
  }
}

/** Name order: names that are whole numbers first, by number; all others by their characters, without a locale. */
function byName(a: string, b: string): number {
  const numberA = /^\d{1,15}$/.test(a);
  const numberB = /^\d{1,15}$/.test(b);
  if (numberA !== numberB) return numberA ? -1 : 1;
  if (numberA && Number(a) !== Number(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Shares of all node time of a table, and what else its records say. */
export interface ActivitySummary {
  readonly nodes: number;
  readonly changes: number;
  readonly span_s: number;
  readonly offset_s: number;
  /** Share of node time in which the node is up and its owner away. */
  readonly availability: number;
  readonly present_share: number;
  readonly withdrawn_share: number;
  /** The owners' CPU demand over the time in which nodes are up. */
  readonly mean_demand: number;
  /** Number of times that an owner comes back, and that a node is withdrawn. */
  readonly owner_returns: number;
  readonly withdrawals: number;
}

/** Sums over a table. A node is up with its owner away until its first record says otherwise. */
export function summariseActivity(table: ActivityTable): ActivitySummary {
  let present = 0;
  let withdrawn = 0;
  let demand = 0;
  let returns = 0;
  let withdrawals = 0;
  for (let node = 0; node < table.names.length; node++) {
    let isPresent = false;
    let isUp = true;
    let level = 0;
    let since = 0;
    const pass = (until: number) => {
      if (!isUp) withdrawn += until - since;
      else {
        if (isPresent) present += until - since;
        demand += level * (until - since);
      }
      since = until;
    };
    for (let k = table.first[node]!; k < table.first[node + 1]!; k++) {
      const kind = table.kind[k]!;
      pass(table.time_s[k]!);
      if (kind === ACTIVITY.present || kind === ACTIVITY.away) {
        if (kind === ACTIVITY.present && !isPresent && table.time_s[k]! > 0) returns++;
        isPresent = kind === ACTIVITY.present;
        level = table.value[k]!;
      } else if (kind === ACTIVITY.up || kind === ACTIVITY.down) {
        if (kind === ACTIVITY.down && isUp && table.time_s[k]! > 0) withdrawals++;
        isUp = kind === ACTIVITY.up;
      }
    }
    pass(table.span_s);
  }
  const total = table.names.length * table.span_s;
  const up = total - withdrawn;
  return {
    nodes: table.names.length,
    changes: table.time_s.length,
    span_s: table.span_s,
    offset_s: table.offset_s,
    availability: total === 0 ? 0 : (up - present) / total,
    present_share: total === 0 ? 0 : present / total,
    withdrawn_share: total === 0 ? 0 : withdrawn / total,
    mean_demand: up === 0 ? 0 : demand / up,
    owner_returns: returns,
    withdrawals,
  };
}
