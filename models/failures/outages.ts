/**
 * When each node crashes and when it is up again: by a law (a stream of its own for every node, all up at the start and
 * in equilibrium), or by a trace of outages (node i follows the i-th node of the trace, a shorter trace is used again
 * from its first node on).
 *
 * Left out: crashes that hit several nodes at once by a law (a trace has them where it says so).
 */
import type { StreamBank } from '../../sim/engine/streams.ts';
import { InputError } from '../../sim/problem.ts';
import type { Duration } from '../../workloads/durations.ts';
import { ACTIVITY, type ActivityTable } from '../../workloads/owners/activity.ts';

const NEVER = Number.POSITIVE_INFINITY;

export interface Outages {
  /** Mean time of a node from being up to its next crash, ns. */
  readonly mtbf: number;
  /** When a node that is up since `now` crashes next, ns; infinity: never. */
  crashAt(node: number, now: number): number;
  /** When a node that has crashed at `now` is up again, ns; infinity: never. */
  upAt(node: number, now: number): number;
}

/** Outages by laws in seconds; `down` may be a fixed number of ns. */
export class LawfulOutages implements Outages {
  readonly mtbf: number;
  private readonly up: Duration;
  private readonly down: Duration | number;
  private readonly chance: StreamBank;
  /** 1 once a node's first crash has been drawn: it is drawn from the residual. */
  private readonly begun: Uint8Array;

  constructor(up: Duration, down: Duration | number, chance: StreamBank) {
    this.mtbf = up.law.mean * 1e9;
    this.up = up;
    this.down = down;
    this.chance = chance;
    this.begun = new Uint8Array(chance.entities);
  }

  crashAt(node: number, now: number): number {
    const law = this.begun[node] === 0 ? this.up.residual : this.up.law;
    this.begun[node] = 1;
    return now + Math.round(law.sample(this.chance.at(node)) * 1e9);
  }

  upAt(node: number, now: number): number {
    if (typeof this.down === 'number') return now + Math.round(this.down);
    return now + Math.round(this.down.law.sample(this.chance.at(node)) * 1e9);
  }
}

/** Outages as a trace tells them. */
export class TracedOutages implements Outages {
  readonly mtbf: number;
  /** Outages of node i of the trace are `first[i]` up to, not including, `first[i + 1]`; ns of the trace. */
  private readonly first: Int32Array;
  private readonly from: readonly number[];
  private readonly to: readonly number[];
  private readonly nodes: number;
  private readonly span: number;
  private readonly repeat: boolean;
  private readonly skip: number;

  /** `skip`: ns of the trace at simulated zero. Throws `InputError` where no node of the trace is ever down. */
  constructor(where: string, table: ActivityTable, repeat: boolean, skip: number) {
    this.nodes = table.names.length;
    this.span = Math.round(table.span_s * 1e9);
    this.repeat = repeat;
    this.skip = skip;
    this.first = new Int32Array(this.nodes + 1);
    const from: number[] = [];
    const to: number[] = [];
    let down = 0;
    for (let node = 0; node < this.nodes; node++) {
      let since = -1;
      const close = (time: number) => {
        if (since >= 0 && time > since) {
          from.push(since);
          to.push(time);
          down += time - since;
        }
        since = -1;
      };
      for (let k = table.first[node]!; k < table.first[node + 1]!; k++) {
        const time = Math.round(table.time_s[k]! * 1e9);
        if (table.kind[k] === ACTIVITY.down && since < 0) since = time;
        else if (table.kind[k] === ACTIVITY.up) close(time);
      }
      close(this.span);
      this.first[node + 1] = from.length;
    }
    if (from.length === 0) {
      throw new InputError({
        where,
        found: 'no node of it is ever down',
        would:
          'give a trace of outages: the LANL failure log, a Failure Trace Archive table, or down and up records',
      });
    }
    this.from = from;
    this.to = to;
    this.mtbf = (this.nodes * this.span - down) / from.length;
  }

  crashAt(node: number, now: number): number {
    const found = this.find(node, now + this.skip);
    return found === null ? NEVER : Math.max(now, found.base + this.from[found.at]! - this.skip);
  }

  upAt(node: number, now: number): number {
    const found = this.find(node, now + this.skip);
    if (found === null) return NEVER;
    const end = this.to[found.at]!;
    // What is down when a trace ends that does not repeat stays down.
    return end === this.span && !this.repeat ? NEVER : found.base + end - this.skip;
  }

  /** The first outage of a node that ends after `time` (ns of the trace, rounds counted on). */
  private find(node: number, time: number): { at: number; base: number } | null {
    const of = node % this.nodes;
    const begin = this.first[of]!;
    const end = this.first[of + 1]!;
    if (begin === end) return null;
    let round = Math.floor(time / this.span);
    if (!this.repeat && round > 0) return null;
    const within = time - round * this.span;
    let low = begin;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.to[middle]! > within) high = middle;
      else low = middle + 1;
    }
    if (low === end) {
      if (!this.repeat) return null;
      low = begin;
      round++;
    }
    return { at: low, base: round * this.span };
  }
}
