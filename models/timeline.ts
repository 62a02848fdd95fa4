/**
 * What a run keeps for pictures and stories: series over time (averages over bins), and its history (`history.ts`):
 * what every node did and what became of every job, change by change, packed while the run goes on.
 *
 * The length of a run is not known before its end, so bins start short and are merged two by two when there are
 * too many. A history ends where it has grown to `MOST_BYTES`, and says when that was.
 * A run of 250,000 jobs on 1,000 owned nodes takes some 10 MB.
 */
import { EVENT } from './events.ts';
import { MODE, runs } from './glunix/guests.ts';
import { Bytes, GROUND, HAPPENINGS, joined, LATER, OP, packJobs, ROW } from './history.ts';
import { JOB, type JobRecords } from './jobs.ts';

const MOST_BINS = 400;
/** Bytes of changes that a history holds at most. */
const MOST_BYTES = 1 << 26;
/** First length of a bin, s; doubled as the run goes on. */
const FIRST_BIN_S = 60;

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

/** Domain events that befall a job, by code: place in `HAPPENINGS`. Those at a node tell the job as their value. */
const TOLD = new Int8Array(64).fill(-1);
const AT_NODE = ['evict', 'vacate', 'crash'] as const;
const OF_JOB = ['rollback', 'restart', 'checkpoint', 'replay'] as const;
for (const name of [...AT_NODE, ...OF_JOB]) TOLD[EVENT[name]] = HAPPENINGS.indexOf(name);

const NONE = -1;

/** What a history tells of jobs. */
export type TimelineJobs = Pick<JobRecords, 'n' | 'table' | 'width' | 'state'>;

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
  private readonly jobs: TimelineJobs;
  private readonly changes = new Bytes(1 << 12);
  /** Whether the history has ended: nothing more is kept of nodes and jobs. */
  full = false;
  /** ms of the instant that is being collected, and of the change written last. */
  private ms = 0;
  private writtenMs = 0;
  private submitted = 0;
  /** Nodes that the queue has to give, -1 where this instant does not tell; idle nodes without a job, by row, as written; how many more the queue has. */
  private free = NONE;
  private readonly vacant: Int32Array;
  private correction = 0;
  private head = NONE;
  /** Evictions of this instant: node and job in turn. */
  private readonly evictions: number[] = [];
  /** A kill that may be for good, which is known when the instant goes on; its node ms lost. */
  private killed = NONE;
  private killedLost = 0;
  private readonly rows: number;
  /** By cell (a node in one row of gangs) and by node: what is written, and what holds now. */
  private readonly doing: Int8Array;
  private readonly job: Int32Array;
  private readonly ground: Uint8Array;
  private readonly doingNow: Int8Array;
  private readonly jobNow: Int32Array;
  private readonly groundNow: Uint8Array;
  /** Cells, and cells of nodes in the first row, that this instant has changed. */
  private readonly changed: Int32Array;
  private readonly isChanged: Uint8Array;
  private changedCount = 0;
  /** Cells of each job, as written. */
  private readonly held: Int32Array;

  /** `rows`: of gangs that a node may hold. */
  constructor(nodes: number, rows: number, jobs: TimelineJobs) {
    const cells = nodes * rows;
    this.rows = rows;
    this.vacant = new Int32Array(rows);
    this.jobs = jobs;
    this.doing = new Int8Array(cells).fill(NONE);
    this.job = new Int32Array(cells).fill(NONE);
    this.ground = new Uint8Array(nodes);
    this.doingNow = new Int8Array(cells).fill(NONE);
    this.jobNow = new Int32Array(cells).fill(NONE);
    this.groundNow = new Uint8Array(nodes);
    this.changed = new Int32Array(cells);
    this.isChanged = new Uint8Array(cells);
    this.held = new Int32Array(jobs.n);
  }

  /** A cell does this for a job from now on (`ROW`); -1: nothing. */
  show(cell: number, now: number, doing: number, job: number): void {
    const holds = doing < 0 ? NONE : job;
    if (this.full || (this.doingNow[cell] === doing && this.jobNow[cell] === holds)) return;
    this.go(now);
    this.doingNow[cell] = doing;
    this.jobNow[cell] = holds;
    this.change(cell);
  }

  /** What is true of a node from now on (bits of `GROUND`). */
  setGround(node: number, now: number, bits: number): void {
    if (this.full || this.groundNow[node] === bits) return;
    this.go(now);
    this.groundNow[node] = bits;
    this.change(node);
  }

  /** The queue has so many nodes to give; `head`: the job that stands first by shares, -1 without them. */
  queue(now: number, free: number, head: number): void {
    if (this.full) return;
    this.go(now);
    this.free = free;
    if (head !== this.head) {
      this.put(OP.head);
      this.changes.number(head + 1);
      this.head = head;
    }
  }

  /** A domain event; those that tell nothing of a job are passed over. */
  event(now: number, what: number, who: number, value: number): void {
    if (this.full) return;
    if (what <= EVENT.kill) {
      this.go(now);
      this.jobEvent(what, who, value);
      return;
    }
    const told = TOLD[what]!;
    const atNode = told >= 0 && told < AT_NODE.length;
    if (told < 0 || (atNode && value < 0)) return;
    this.go(now);
    if (what === EVENT.evict) this.evictions.push(who, value);
    else this.happen(told, atNode ? who : NONE, atNode ? value : who, atNode ? 0 : Math.round(value * 1e3));
  }

  /** Something befalls a job (place in `HAPPENINGS`) at a node, or at none (-1); `now` in ns. */
  befall(now: number, told: number, node: number, job: number, value: number): void {
    if (this.full) return;
    this.go(now);
    this.happen(told, node, job, Math.round(value * 1e3));
  }

  private happen(told: number, node: number, job: number, thousandths: number): void {
    this.put(OP.happen);
    this.changes.number(told);
    this.changes.number(node + 1);
    this.tellJob(job);
    this.changes.number(thousandths);
  }

  /** Writes the evictions of a job (-1: of all), but for those whose tasks stop or move, as their cells will show. */
  private settleEvictions(job: number): void {
    const { evictions } = this;
    for (let i = 0; i < evictions.length; i += 2) {
      const [node, own] = [evictions[i]!, evictions[i + 1]!];
      if (own < 0 || (job >= 0 && own !== job)) continue;
      evictions[i + 1] = NONE;
      if (job < 0 && this.isHeldUp(node, own)) continue;
      this.happen(HAPPENINGS.indexOf('evict'), node, own, 0);
    }
    if (job < 0) evictions.length = 0;
  }

  private isHeldUp(node: number, job: number): boolean {
    for (let cell = node; cell < this.jobNow.length; cell += this.ground.length) {
      const doing = this.doingNow[cell];
      if (this.jobNow[cell] === job && (doing === ROW.stopped || doing === ROW.moving)) return true;
    }
    return false;
  }

  private jobEvent(what: number, job: number, value: number): void {
    if (what === EVENT.kill) {
      this.settleKill();
      this.killed = job;
      this.killedLost = Math.round(value * 1e3);
    } else if (what === EVENT.submit) {
      this.put(OP.submit);
      this.submitted++;
    } else {
      this.put(what === EVENT.start ? OP.start : what === EVENT.finish ? OP.finish : OP.reject);
      this.tellJob(job);
    }
  }

  private settleKill(): void {
    const job = this.killed;
    if (job === NONE) return;
    this.killed = NONE;
    if (this.evictions.length > 0) this.settleEvictions(job);
    this.put(this.jobs.state[job] === JOB.killed ? OP.drop : OP.kill);
    this.tellJob(job);
    this.changes.number(this.killedLost);
  }

  /** Time goes on to `now`, ns: what the instant before has changed is written. */
  private go(now: number): void {
    const ms = Math.round(now / 1e6);
    if (ms === this.ms) return;
    this.flush();
    this.ms = ms;
  }

  private change(cell: number): void {
    if (this.isChanged[cell] === 1) return;
    this.isChanged[cell] = 1;
    this.changed[this.changedCount++] = cell;
  }

  private put(op: number): void {
    if (op !== OP.kill && op !== OP.drop) this.settleKill();
    const { changes } = this;
    if (this.ms === this.writtenMs) {
      changes.byte(op);
      return;
    }
    changes.byte(op | LATER);
    changes.number(this.ms - this.writtenMs);
    this.writtenMs = this.ms;
  }

  /** Jobs are told by how many came later. */
  private tellJob(job: number): void {
    this.changes.number(this.submitted - 1 - job);
  }

  private flush(): void {
    this.settleKill();
    if (this.evictions.length > 0) this.settleEvictions(NONE);
    // First what is true of nodes: a task that stops is told beside the owner for whom it does.
    for (let i = 0; i < this.changedCount; ) i = this.writeGround(i);
    for (let i = 0; i < this.changedCount; ) i = this.writeDoing(i);
    this.writeFree();
    for (let i = 0; i < this.changedCount; i++) this.isChanged[this.changed[i]!] = 0;
    this.changedCount = 0;
    if (this.changes.length >= MOST_BYTES) this.full = true;
  }

  /** Writes changed cells that now do the same for the same job, from place `i` on; answers the place after them. */
  private writeDoing(i: number): number {
    const { changed, doing, job, doingNow, jobNow, held, changes } = this;
    const first = changed[i]!;
    const kind = doingNow[first]!;
    const now = jobNow[first]!;
    const before = job[first]!;
    if (kind === doing[first] && now === before) return i + 1;
    let end = i + 1;
    let same = true;
    for (; end < this.changedCount; end++) {
      const cell = changed[end]!;
      if (doingNow[cell] !== kind || jobNow[cell] !== now) break;
      if (kind === doing[cell] && now === job[cell]) break;
      if (job[cell] === before) continue;
      if (kind < 0) break;
      same = false;
    }
    const count = end - i;
    const whole = same && before !== NONE && (kind < 0 || now === before) && held[before] === count;
    if (count === 1 && before !== NONE && (kind < 0 || now === before)) {
      this.put(OP.cell + kind + 1);
      changes.number(first);
    } else {
      this.put(whole ? OP.all : OP.cells);
      changes.number(kind + 1);
      this.tellJob(kind < 0 ? before : now);
      if (!whole) this.tellCells(i, end);
    }
    for (let k = i; k < end; k++) {
      const cell = changed[k]!;
      if (job[cell] !== NONE) held[job[cell]!]!--;
      if (now !== NONE) held[now]!++;
      this.countVacant(cell, -1);
      doing[cell] = kind;
      job[cell] = now;
      this.countVacant(cell, 1);
    }
    return end;
  }

  private writeGround(i: number): number {
    const { changed, ground, groundNow, changes } = this;
    // Places of cells beyond the first row are no nodes.
    const bits = groundNow[changed[i]!];
    if (bits === undefined || bits === ground[changed[i]!]) return i + 1;
    let end = i + 1;
    for (; end < this.changedCount; end++) {
      const node = changed[end]!;
      if (groundNow[node] !== bits || ground[node] === bits) break;
    }
    if (end === i + 1) {
      this.put(OP.node + bits);
      changes.number(changed[i]!);
    } else {
      this.put(OP.ground);
      changes.number(bits);
      this.tellCells(i, end);
    }
    for (let k = i; k < end; k++) {
      const node = changed[k]!;
      for (let cell = node; cell < this.job.length; cell += ground.length) this.countVacant(cell, -1);
      ground[node] = bits;
      for (let cell = node; cell < this.job.length; cell += ground.length) this.countVacant(cell, 1);
    }
    return end;
  }

  /** Counts a cell, as it is written, where it is one that is idle and holds no job. */
  private countVacant(cell: number, by: number): void {
    const { ground, job, vacant } = this;
    const node = cell % ground.length;
    if (job[cell] === NONE && (ground[node]! & GROUND.idle) !== 0)
      vacant[(cell - node) / ground.length]! += by;
  }

  /** Where the queue has not as many nodes to give as are idle and hold no job, a reader has to be told. */
  private writeFree(): void {
    if (this.free === NONE) return;
    let most = 0;
    for (const vacant of this.vacant) if (vacant > most) most = vacant;
    const more = this.free - most - this.correction;
    this.free = NONE;
    if (more === 0) return;
    this.put(OP.free);
    this.changes.signed(more);
    this.correction += more;
  }

  /** In order, which takes fewer bytes. */
  private tellCells(from: number, to: number): void {
    const cells = this.changed.subarray(from, to).sort();
    this.changes.number(cells.length);
    let last = 0;
    for (const cell of cells) {
      this.changes.number(cell - last);
      last = cell;
    }
  }

  /** The file that a report reads, its history still bytes. */
  data(horizon_s: number, nodes: number, jobs: number, accounts_s: Readonly<Record<string, number>>) {
    this.go(horizon_s * 1e9);
    this.flush();
    const bins = 200;
    const { table, width } = this.jobs;
    const estimates = table.estimate_s.subarray(0, this.submitted).map((s) => s * 1e3);
    const about = {
      horizon_s,
      bins,
      bin_s: horizon_s / bins,
      series: Object.fromEntries(
        Object.entries(this.series).map(([name, series]) => [name, series.averages(horizon_s, bins)]),
      ),
      nodes,
      accounts_s,
      jobs,
    };
    const columns = packJobs(this.submitted, table.id, width, table.user, estimates);
    const to_s = this.full ? this.writtenMs / 1e3 : horizon_s;
    return { ...about, history: { to_s, bytes: joined(this.rows, columns, this.changes.all()) } };
  }
}

/** What a node does for a guest in this mode of the layer, as a row; -1: nothing that is shown. */
export function rowKind(mode: number): number {
  if (runs(mode)) return ROW.guest;
  if (mode === MODE.stopped) return ROW.stopped;
  if (mode === MODE.launching) return ROW.launching;
  if (mode === MODE.leaving || mode === MODE.arriving || mode === MODE.saving) return ROW.moving;
  return NONE;
}
