/**
 * Pictures of one run: series over time (averages over bins), and what every node did in a first stretch of it.
 *
 * The length of a run is not known before its end, so bins start short and are merged two by two when there are
 * too many. The chart of nodes goes as far as its rows allow; it says how far that is.
 */
import { MODE, runs } from './glunix/guests.ts';

const MOST_BINS = 400;
const MOST_ROWS = 20_000;
/** The chart shows this many nodes, the first ones. */
const MOST_NODES = 4096;
/** First length of a bin, s; doubled as the run goes on. */
const FIRST_BIN_S = 60;

/** Kinds of rows of the chart. */
export const ROW = {
  owner: 0,
  guest: 1,
  stopped: 2,
  moving: 3,
  local: 4,
  withdrawn: 5,
  launching: 6,
} as const;

/** A quantity that is constant between changes, averaged over bins. */
export class BinnedSeries {
  private bin_s = FIRST_BIN_S;
  private sum: number[] = [];
  private since_s = 0;
  private value = 0;
  /** The bin in which `since_s` lies, or which it ends, and the end of that bin, s. */
  private bin = 0;
  private end_s = 0;

  set(now_s: number, value: number): void {
    this.fill(now_s);
    this.value = value;
  }

  /** The value has been greater by `change` since an earlier time. */
  shift(since_s: number, now_s: number, change: number): void {
    this.fill(now_s);
    this.value += change;
    this.add(since_s, now_s, change);
  }

  private fill(until_s: number): void {
    if (until_s <= this.end_s) {
      this.sum[this.bin] = (this.sum[this.bin] ?? 0) + this.value * (until_s - this.since_s);
    } else {
      while (until_s > MOST_BINS * this.bin_s) this.merge();
      this.add(this.since_s, until_s, this.value);
      this.bin = Math.ceil(until_s / this.bin_s) - 1;
      this.end_s = (this.bin + 1) * this.bin_s;
    }
    this.since_s = until_s;
  }

  private add(from_s: number, to_s: number, value: number): void {
    let at = from_s;
    while (at < to_s) {
      const bin = Math.floor(at / this.bin_s);
      const end = Math.min(to_s, (bin + 1) * this.bin_s);
      this.sum[bin] = (this.sum[bin] ?? 0) + value * (end - at);
      at = end;
    }
  }

  private merge(): void {
    const merged: number[] = [];
    for (let i = 0; i < this.sum.length; i += 2) merged.push((this.sum[i] ?? 0) + (this.sum[i + 1] ?? 0));
    this.sum = merged;
    this.bin_s *= 2;
  }

  /** Averages of `bins` equal bins over [0, horizon). */
  averages(horizon_s: number, bins: number): number[] {
    this.fill(horizon_s);
    const out = new Array<number>(bins).fill(0);
    const width = horizon_s / bins;
    for (let i = 0; i < this.sum.length; i++) {
      const from = i * this.bin_s;
      const to = Math.min(horizon_s, from + this.bin_s);
      const level = this.sum[i]! / (to - from);
      for (let b = Math.floor(from / width); b < bins && b * width < to; b++) {
        const overlap = Math.min(to, (b + 1) * width) - Math.max(from, b * width);
        if (overlap > 0) out[b]! += (level * overlap) / width;
      }
    }
    return out.map((x) => Number(x.toPrecision(6)));
  }
}

export class Timeline {
  readonly series: Readonly<
    Record<'utilisation' | 'idle_nodes' | 'owned_nodes' | 'running_jobs' | 'waiting_jobs', BinnedSeries>
  > = {
    utilisation: new BinnedSeries(),
    idle_nodes: new BinnedSeries(),
    owned_nodes: new BinnedSeries(),
    running_jobs: new BinnedSeries(),
    waiting_jobs: new BinnedSeries(),
  };
  private readonly rows: [number, number, number, number, number][] = [];
  /** What each node shows now, and since when, s. */
  private readonly kind: Int8Array;
  private readonly job: Int32Array;
  private readonly since_s: Float64Array;
  private full_s = Number.POSITIVE_INFINITY;

  constructor(nodes: number) {
    const shown = Math.min(nodes, MOST_NODES);
    this.kind = new Int8Array(shown).fill(-1);
    this.job = new Int32Array(shown).fill(-1);
    this.since_s = new Float64Array(shown);
  }

  /** Whether the chart of nodes is full: what they show from now on does not matter. */
  get full(): boolean {
    return this.full_s < Number.POSITIVE_INFINITY;
  }

  /** A node shows a row of this kind from now on; -1: nothing. A guest goes before its owner. */
  show(node: number, now_s: number, kind: number, job: number): void {
    if (node >= this.kind.length) return;
    if (this.kind[node] === kind && this.job[node] === job) return;
    this.close(node, now_s);
    this.kind[node] = kind;
    this.job[node] = job;
    this.since_s[node] = now_s;
  }

  private close(node: number, now_s: number): void {
    const kind = this.kind[node]!;
    const from = this.since_s[node]!;
    if (kind < 0 || now_s <= from || from >= this.full_s) return;
    this.rows.push([node, from, Math.min(now_s, this.full_s), kind, this.job[node]!]);
    // The chart ends here; what other nodes show now is closed at this instant when it changes or the run ends.
    if (this.rows.length === MOST_ROWS) this.full_s = now_s;
  }

  /** The file that a report reads. */
  data(horizon_s: number, nodes: number, jobs: number, accounts_s: Readonly<Record<string, number>>): object {
    for (let node = 0; node < this.kind.length; node++) this.close(node, horizon_s);
    const bins = 200;
    return {
      horizon_s,
      bins,
      bin_s: horizon_s / bins,
      series: Object.fromEntries(
        Object.entries(this.series).map(([name, series]) => [name, series.averages(horizon_s, bins)]),
      ),
      nodes,
      gantt: { from_s: 0, to_s: Math.min(horizon_s, this.full_s), rows: this.rows },
      accounts_s,
      jobs,
    };
  }
}

/** The row of a node with this mode and owner, by `MODE` and `ROW`. */
export function rowKind(mode: number, ownerPresent: boolean, withdrawn: boolean): number {
  if (runs(mode)) return ROW.guest;
  if (mode === MODE.stopped) return ROW.stopped;
  if (mode === MODE.launching) return ROW.launching;
  if (mode === MODE.leaving || mode === MODE.arriving || mode === MODE.saving) return ROW.moving;
  if (withdrawn) return ROW.withdrawn;
  return ownerPresent ? ROW.owner : -1;
}
