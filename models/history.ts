/**
 * The history of one run, read back: what every node did and what became of every job, change by change in order of
 * time. `timeline.ts` writes it, whoever shows or tells a run reads it here, in a browser too: nothing is imported.
 *
 * Form: bytes; numbers are written seven bits a byte, the last without the top bit (a sign in the lowest bit where
 * there may be one). First how many rows of gangs a node may hold (a cell is a node in one row: row * nodes + node), and
 * the jobs in columns (length of what follows, number of jobs, then ids as differences, widths, users plus one,
 * estimates in ms). Then the changes: a byte for what happened (`OP`), its top bit set where it is later than the one
 * before, by the milliseconds that follow; then its numbers. A job is told by how many came after it; all nodes
 * of a job at once are told without naming them. Changes of one millisecond are one: states shorter than that are not kept.
 * A `Sweep` goes through the changes; it finds a time from the nearest of some hundred kept states.
 */

/** What a node does for a job, and `owner` and `withdrawn` where it does nothing for one. */
export const ROW = {
  owner: 0,
  guest: 1,
  stopped: 2,
  moving: 3,
  local: 4,
  withdrawn: 5,
  launching: 6,
} as const;

/** What is true of a node whatever it does for jobs, as bits. */
export const GROUND = {
  /** Its owner is there. */
  present: 1,
  /** It is offered to guests; without GLUnix, its owner is not there. */
  idle: 2,
  withdrawn: 4,
  crashed: 8,
  /** It holds memory of tasks of other nodes. */
  lends: 16,
  /** Its guest has memory elsewhere. */
  pages: 32,
} as const;

/** What a node is shown as. */
export const SHOWN = {
  idle: 0,
  away: 1,
  owner: 2,
  guest: 3,
  paging: 4,
  lends: 5,
  local: 6,
  launching: 7,
  stopped: 8,
  moving: 9,
  withdrawn: 10,
  crashed: 11,
} as const;
const KINDS_SHOWN = 12;

/** One state for a node's ground (bits of `GROUND`) and what it does for a job (`ROW`, -1: nothing). */
export function shownAs(ground: number, doing: number): number {
  if (doing === ROW.guest) return (ground & GROUND.pages) !== 0 ? SHOWN.paging : SHOWN.guest;
  if (doing === ROW.local) return SHOWN.local;
  if (doing === ROW.launching) return SHOWN.launching;
  if (doing === ROW.stopped) return SHOWN.stopped;
  if (doing === ROW.moving) return SHOWN.moving;
  if ((ground & GROUND.crashed) !== 0) return SHOWN.crashed;
  if ((ground & GROUND.withdrawn) !== 0) return SHOWN.withdrawn;
  if ((ground & GROUND.present) !== 0) return SHOWN.owner;
  if ((ground & GROUND.lends) !== 0) return SHOWN.lends;
  return (ground & GROUND.idle) !== 0 ? SHOWN.idle : SHOWN.away;
}

/** What can happen, with the numbers that follow it. */
export const OP = {
  /** The next job is submitted. */
  submit: 0,
  /** Job. */
  start: 1,
  finish: 2,
  reject: 3,
  /** Job, node milliseconds lost: it waits again, or it is stopped for good. */
  kill: 4,
  drop: 5,
  /** What they do (`ROW`, one more; 0: nothing), job, number of cells, the cells in order, each as how much more than the one before. */
  cells: 6,
  /** What they do, job: all of its cells. */
  all: 7,
  /** Bits, number of nodes, the nodes as cells are told. */
  ground: 8,
  /** How many more nodes the queue has to give than are idle and hold no job, more than before. */
  free: 9,
  /** Job, one more: it stands first in the queue, by the shares of users; 0: none does. */
  head: 10,
  /** What (`HAPPENINGS`), node, one more, job, value in thousandths: something befalls a job. */
  happen: 11,
  /** Cell: it does something else for the job that it holds; what (as in `cells`) is added to the code. */
  cell: 16,
  /** Node: its ground; the bits are added to the code. */
  node: 32,
} as const;
export const LATER = 128;

/**
 * What befalls a job besides its start and end, and besides what its cells show; names of domain events. An eviction is
 * told where the task neither stops nor moves.
 */
export const HAPPENINGS = [
  'evict',
  'vacate',
  'crash',
  'rollback',
  'restart',
  'checkpoint',
  'replay',
  'hold',
  'probe',
  'transfer',
  'migrate',
  'home',
] as const;

/** Where a job stands when the history ends. */
export const FATE = { coming: 0, waiting: 1, running: 2, finished: 3, rejected: 4, killed: 5 } as const;

/** The state at some place among the changes. */
interface Kept {
  readonly offset: number;
  readonly ms: number;
  readonly nextMs: number;
  readonly ground: Uint8Array;
  readonly doing: Int8Array;
  readonly job: Int32Array;
  readonly queue: Int32Array;
  readonly since: Float64Array;
  readonly submitted: number;
  readonly running: number;
  readonly named: number;
  readonly correction: number;
}

export interface History {
  readonly nodes: number;
  readonly rows: number;
  /** It tells everything up to then, ms. */
  readonly to: number;
  readonly changes: Uint8Array;
  /** Jobs submitted until the history ends. */
  readonly n: number;
  /** Number in the log, user (-1: not known), processors, estimate in ms. */
  readonly id: Float64Array;
  readonly user: Int32Array;
  readonly width: Int32Array;
  readonly estimate: Float64Array;
  /** ms; NaN where it did not happen. `start` is the first one, `last` the last one. */
  readonly submit: Float64Array;
  readonly start: Float64Array;
  readonly last: Float64Array;
  readonly end: Float64Array;
  /** `FATE` of each job. */
  readonly fate: Uint8Array;
  readonly kept: readonly Kept[];
  /** What nodes are shown as at some time: a bit each (`SHOWN`). */
  readonly seen: number;
}

const NONE = -1;
/** States kept at most, and bytes of changes between two at least. */
const MOST_KEPT = 256;
const LEAST_BYTES = 1 << 13;

/** Reads numbers of seven bits a byte. */
class Numbers {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  next(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = bytes[this.at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  signed(): number {
    const value = this.next();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/**
 * Opens a history of so many nodes that ends at `to` (ms): one pass over all changes, which also finds when each job was submitted, started
 * and ended.
 */
export function openHistory(bytes: Uint8Array, nodes: number, to: number): History {
  const numbers = new Numbers(bytes, 0);
  const rows = numbers.next();
  const length = numbers.next();
  const begin = numbers.at + length;
  const n = numbers.next();
  const id = new Float64Array(n);
  const width = new Int32Array(n);
  const user = new Int32Array(n);
  const estimate = new Float64Array(n);
  let last = 0;
  for (let job = 0; job < n; job++) {
    last += numbers.signed();
    id[job] = last;
  }
  for (let job = 0; job < n; job++) width[job] = numbers.next();
  for (let job = 0; job < n; job++) user[job] = numbers.next() - 1;
  for (let job = 0; job < n; job++) estimate[job] = numbers.next();
  const kept: Kept[] = [];
  const times = () => new Float64Array(n).fill(Number.NaN);
  const history = {
    nodes,
    rows,
    to,
    changes: bytes.subarray(begin),
    n,
    id,
    user,
    width,
    estimate,
    submit: times(),
    start: times(),
    last: times(),
    end: times(),
    fate: new Uint8Array(n),
    kept,
  };
  return { ...history, seen: index(history, kept) };
}

/** Fills a history's times and kept states; answers what nodes are shown as, a bit each. */
function index(history: Omit<History, 'seen'>, kept: Kept[]): number {
  const { changes, submit, start, last, end, fate } = history;
  const every = Math.max(LEAST_BYTES, Math.ceil(changes.length / MOST_KEPT));
  const sweep = new Sweep(history);
  kept.push(sweep.keep());
  for (let next = every; sweep.step(); ) {
    const { op, who, ms } = sweep;
    // How the run begins is known when its first instant is over.
    if (ms === 0 && sweep.nextMs > 0)
      for (const node of sweep.ground.keys()) sweep.seen |= 1 << sweep.shown(node);
    if (op === OP.submit) {
      submit[who] = ms;
      fate[who] = FATE.waiting;
    } else if (op === OP.start) {
      if (!(start[who]! >= 0)) start[who] = ms;
      last[who] = ms;
      fate[who] = FATE.running;
    } else if (op === OP.finish) {
      end[who] = ms;
      fate[who] = FATE.finished;
    } else if (op === OP.kill) fate[who] = FATE.waiting;
    else if (op === OP.drop) fate[who] = FATE.killed;
    else if (op === OP.reject) fate[who] = FATE.rejected;
    if (sweep.offset < next) continue;
    kept.push(sweep.keep());
    next = sweep.offset + every;
  }
  return sweep.seen;
}

/** The place of a job by its number in the log; -1 where it is not in the history. */
export function placeOf(history: History, id: number): number {
  return history.id.indexOf(id);
}

/** Goes through the changes of a history; everything that it shows holds after the change that `step` took last. */
export class Sweep {
  readonly history: Omit<History, 'seen'>;
  /** Bits of `GROUND` by node; what each cell does for a job (`ROW` or -1), and that job, or -1. */
  readonly ground: Uint8Array;
  readonly doing: Int8Array;
  readonly job: Int32Array;
  /** Nodes by what they are shown as (`SHOWN`). */
  readonly counts = new Int32Array(KINDS_SHOWN);
  /** Nodes that have their owner present, and that hold a job. */
  owned = 0;
  held = 0;
  /** ms of the change taken last, and of the next one (infinity: there is none). */
  ms = 0;
  nextMs = 0;
  /** The change taken last (`OP`), the job or the happening's job, and its number. */
  op = -1;
  who = NONE;
  value = 0;
  /** Of a happening: what (place in `HAPPENINGS`) and at which node, or -1. */
  what = 0;
  node = NONE;
  submitted = 0;
  waiting = 0;
  running = 0;
  /** Where in the changes the next one begins. */
  offset = 0;
  /** How often the sweep has gone on from a kept state: nodes then change untold. */
  jumps = 0;
  /** What nodes have been shown as so far: a bit each (`SHOWN`). */
  seen = 0;
  /** Called before a node, or one of its cells (else -1), changes, with what it did until then still in place. */
  onNode: (node: number, cell: number) => void = () => {};
  private readonly numbers: Numbers;
  /** The waiting jobs as a chain in order of arrival; since when each waits, ms. */
  private readonly following: Int32Array;
  private readonly previous: Int32Array;
  private readonly waits: Uint8Array;
  private readonly since: Float64Array;
  private firstWaiting = NONE;
  private lastWaiting = NONE;
  /** Idle nodes whose cell in a row holds no job, by row; how many nodes more the queue can give. */
  private readonly vacant: Int32Array;
  private correction = 0;
  /** The job that stands first by shares; -1: the first by arrival does. */
  private named = NONE;
  /** The cells of each job as a chain. */
  private readonly firstCell: Int32Array;
  private readonly nextCell: Int32Array;
  private readonly previousCell: Int32Array;

  constructor(history: Omit<History, 'seen'>) {
    const { nodes, n } = history;
    const cells = nodes * history.rows;
    this.history = history;
    this.numbers = new Numbers(history.changes, 0);
    this.ground = new Uint8Array(nodes);
    this.doing = new Int8Array(cells).fill(NONE);
    this.job = new Int32Array(cells).fill(NONE);
    this.vacant = new Int32Array(history.rows);
    this.following = new Int32Array(n).fill(NONE);
    this.previous = new Int32Array(n).fill(NONE);
    this.waits = new Uint8Array(n);
    this.since = new Float64Array(n);
    this.firstCell = new Int32Array(n).fill(NONE);
    this.nextCell = new Int32Array(cells).fill(NONE);
    this.previousCell = new Int32Array(cells).fill(NONE);
    this.counts[SHOWN.away] = nodes;
    this.look();
  }

  // -- Questions -----------------------------------------------------------------------------------------------

  /** Nodes that the queue can give to one job, as its master has been told. */
  get free(): number {
    let most = 0;
    for (const vacant of this.vacant) if (vacant > most) most = vacant;
    return most + this.correction;
  }

  isWaiting(job: number): boolean {
    return this.waits[job] === 1;
  }

  /** Since when a waiting job waits, ms. */
  waitsSince(job: number): number {
    return this.since[job]!;
  }

  /** The first of the queue, or -1. */
  head(): number {
    return this.named !== NONE && this.waits[this.named] === 1 ? this.named : this.firstWaiting;
  }

  /** At most `most` waiting jobs, the first of the queue first, then by arrival. */
  queue(most: number): number[] {
    const head = this.head();
    const jobs = head === NONE ? [] : [head];
    for (let job = this.firstWaiting; job !== NONE && jobs.length < most; job = this.following[job]!) {
      if (job !== head) jobs.push(job);
    }
    return jobs;
  }

  /** How many jobs came before a waiting one and still wait. */
  ahead(job: number): number {
    let count = 0;
    for (let other = this.previous[job]!; other !== NONE; other = this.previous[other]!) count++;
    return count;
  }

  /** The cells that hold a job now. */
  cellsOf(job: number): number[] {
    const cells: number[] = [];
    for (let cell = this.firstCell[job]!; cell !== NONE; cell = this.nextCell[cell]!) cells.push(cell);
    return cells;
  }

  /** The node of a cell. */
  nodeOf(cell: number): number {
    return cell % this.ground.length;
  }

  /** The cell of a node that is shown: one whose task runs before others, else one that holds a job, else the first. */
  cellOf(node: number): number {
    const { doing } = this;
    const nodes = this.ground.length;
    if (doing.length === nodes) return node;
    let shown = node;
    for (let cell = node; cell < doing.length; cell += nodes) {
      if (doing[cell] === ROW.guest) return cell;
      if (doing[shown]! < 0 && doing[cell]! >= 0) shown = cell;
    }
    return shown;
  }

  /** What a node is shown as (`SHOWN`). */
  shown(node: number): number {
    return shownAs(this.ground[node]!, this.doing[this.cellOf(node)]!);
  }

  /** What a node would be shown as if it did nothing for a job. */
  groundShown(node: number): number {
    return shownAs(this.ground[node]!, NONE);
  }

  // -- Going -----------------------------------------------------------------------------------------------

  /** Take all changes up to a time, ms, from wherever the sweep stands. */
  seek(ms: number): void {
    const { kept } = this.history;
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (kept[middle]!.nextMs <= ms) low = middle + 1;
      else high = middle;
    }
    const from = kept[Math.max(0, low - 1)]!;
    if (ms < this.ms || from.offset > this.offset) this.restore(from);
    while (this.nextMs <= ms) this.step();
  }

  /** Take the next change; false: there is none. */
  step(): boolean {
    const { numbers, history } = this;
    if (this.nextMs === Number.POSITIVE_INFINITY) return false;
    this.ms = this.nextMs;
    const code = history.changes[this.offset]! & ~LATER;
    this.op = code < OP.cell ? code : code < OP.node ? OP.cells : OP.ground;
    if (code >= OP.node) this.setGround(numbers.next(), code - OP.node);
    else if (code >= OP.cell) {
      const cell = numbers.next();
      this.who = this.job[cell]!;
      this.setCell(cell, code - OP.cell - 1, code === OP.cell ? NONE : this.who);
    } else this.take();
    this.offset = numbers.at;
    this.look();
    return true;
  }

  /** Takes a change whose numbers follow its code. */
  private take(): void {
    const { numbers } = this;
    switch (this.op) {
      case OP.submit:
        this.who = this.submitted++;
        this.append(this.who);
        break;
      case OP.start:
        this.who = this.jobTold();
        this.remove(this.who);
        this.running++;
        break;
      case OP.finish:
        this.who = this.jobTold();
        this.running--;
        break;
      case OP.reject:
        this.who = this.jobTold();
        this.remove(this.who);
        break;
      case OP.kill:
      case OP.drop:
        this.who = this.jobTold();
        this.value = numbers.next() / 1e3;
        this.running--;
        if (this.op === OP.kill) this.append(this.who);
        break;
      case OP.cells:
        this.setCells();
        break;
      case OP.all:
        this.setAll();
        break;
      case OP.ground:
        this.setGrounds();
        break;
      case OP.free:
        this.correction += numbers.signed();
        break;
      case OP.head:
        this.named = numbers.next() - 1;
        break;
      case OP.happen:
        this.what = numbers.next();
        this.node = numbers.next() - 1;
        this.who = this.jobTold();
        this.value = numbers.next() / 1e3;
        break;
      default:
        throw new Error(`change ${this.op} at ${this.offset} is none that a history can hold`);
    }
  }

  /** What is needed to go on from here. */
  keep(): Kept {
    const queue = new Int32Array(this.waiting);
    const since = new Float64Array(this.waiting);
    let i = 0;
    for (let job = this.firstWaiting; job !== NONE; job = this.following[job]!) {
      queue[i] = job;
      since[i++] = this.since[job]!;
    }
    return {
      offset: this.offset,
      ms: this.ms,
      nextMs: this.nextMs,
      ground: this.ground.slice(),
      doing: this.doing.slice(),
      job: this.job.slice(),
      queue,
      since,
      submitted: this.submitted,
      running: this.running,
      named: this.named,
      correction: this.correction,
    };
  }

  private restore(kept: Kept): void {
    this.jumps++;
    for (const job of this.job) if (job !== NONE) this.firstCell[job] = NONE;
    this.ground.set(kept.ground);
    this.doing.set(kept.doing);
    this.job.set(kept.job);
    this.counts.fill(0);
    this.vacant.fill(0);
    this.owned = 0;
    this.held = 0;
    for (let node = 0; node < this.ground.length; node++) this.count(node, 1);
    for (let cell = 0; cell < this.job.length; cell++) this.link(cell);
    for (let job = this.firstWaiting; job !== NONE; job = this.following[job]!) this.waits[job] = 0;
    this.firstWaiting = NONE;
    this.lastWaiting = NONE;
    this.waiting = 0;
    kept.queue.forEach((job, i) => {
      this.append(job);
      this.since[job] = kept.since[i]!;
    });
    this.submitted = kept.submitted;
    this.running = kept.running;
    this.named = kept.named;
    this.correction = kept.correction;
    this.ms = kept.ms;
    this.offset = kept.offset;
    this.look();
  }

  /** When the next change is, and whether it says so itself. */
  private look(): void {
    const { changes } = this.history;
    if (this.offset >= changes.length) {
      this.nextMs = Number.POSITIVE_INFINITY;
      return;
    }
    this.numbers.at = this.offset + 1;
    this.nextMs = changes[this.offset]! >= LATER ? this.ms + this.numbers.next() : this.ms;
  }

  private jobTold(): number {
    return this.submitted - 1 - this.numbers.next();
  }

  private setCells(): void {
    const { numbers } = this;
    const doing = numbers.next() - 1;
    const job = this.jobTold();
    const count = numbers.next();
    let cell = 0;
    for (let i = 0; i < count; i++) {
      cell += numbers.next();
      this.setCell(cell, doing, doing < 0 ? NONE : job);
    }
    this.who = job;
  }

  private setAll(): void {
    const doing = this.numbers.next() - 1;
    const job = this.jobTold();
    for (let cell = this.firstCell[job]!; cell !== NONE; ) {
      const next = this.nextCell[cell]!;
      this.setCell(cell, doing, doing < 0 ? NONE : job);
      cell = next;
    }
    this.who = job;
  }

  private setCell(cell: number, doing: number, job: number): void {
    const node = this.nodeOf(cell);
    this.onNode(node, cell);
    this.count(node, -1);
    this.doing[cell] = doing;
    if (this.job[cell] !== job) {
      this.unlink(cell);
      this.job[cell] = job;
      this.link(cell);
    }
    this.count(node, 1);
  }

  private setGrounds(): void {
    const { numbers } = this;
    const bits = numbers.next();
    const count = numbers.next();
    let node = 0;
    for (let i = 0; i < count; i++) {
      node += numbers.next();
      this.setGround(node, bits);
    }
  }

  private setGround(node: number, bits: number): void {
    this.onNode(node, NONE);
    this.count(node, -1);
    this.ground[node] = bits;
    this.count(node, 1);
    this.node = node;
    this.value = bits;
  }

  private count(node: number, by: number): void {
    const shown = this.shown(node);
    this.counts[shown]! += by;
    if (by > 0) this.seen |= 1 << shown;
    if ((this.ground[node]! & GROUND.present) !== 0) this.owned += by;
    if (this.job[this.cellOf(node)] !== NONE) this.held += by;
    if ((this.ground[node]! & GROUND.idle) === 0) return;
    for (let row = 0; row < this.vacant.length; row++)
      if (this.job[row * this.ground.length + node] === NONE) this.vacant[row]! += by;
  }

  private link(cell: number): void {
    const job = this.job[cell]!;
    this.previousCell[cell] = NONE;
    this.nextCell[cell] = NONE;
    if (job === NONE) return;
    const next = this.firstCell[job]!;
    this.nextCell[cell] = next;
    if (next !== NONE) this.previousCell[next] = cell;
    this.firstCell[job] = cell;
  }

  private unlink(cell: number): void {
    const job = this.job[cell]!;
    if (job === NONE) return;
    const before = this.previousCell[cell]!;
    const after = this.nextCell[cell]!;
    if (before === NONE) this.firstCell[job] = after;
    else this.nextCell[before] = after;
    if (after !== NONE) this.previousCell[after] = before;
  }

  private append(job: number): void {
    this.waits[job] = 1;
    this.waiting++;
    this.since[job] = this.ms;
    this.following[job] = NONE;
    this.previous[job] = this.lastWaiting;
    if (this.lastWaiting === NONE) this.firstWaiting = job;
    else this.following[this.lastWaiting] = job;
    this.lastWaiting = job;
  }

  private remove(job: number): void {
    if (this.waits[job] === 0) return;
    this.waits[job] = 0;
    this.waiting--;
    const before = this.previous[job]!;
    const after = this.following[job]!;
    if (before === NONE) this.firstWaiting = after;
    else this.following[before] = after;
    if (after === NONE) this.lastWaiting = before;
    else this.previous[after] = before;
  }
}

/**
 * What each node did from when to when (s): rows of node, from, to, `ROW`, job or -1, in the order in which they end. A
 * guest goes before its owner; a node that does nothing has no row.
 */
export function* rowsOf(
  history: History,
): Generator<[node: number, from_s: number, to_s: number, kind: number, job: number]> {
  const sweep = new Sweep(history);
  const { nodes } = history;
  const since = new Float64Array(nodes);
  const kinds = new Int8Array(nodes).fill(NONE);
  const jobs = new Int32Array(nodes).fill(NONE);
  const changed: number[] = [];
  sweep.onNode = (node) => changed.push(node);
  for (let more = true; more; ) {
    more = sweep.step();
    const now = more ? sweep.ms : history.to;
    if (!more) for (let node = 0; node < nodes; node++) changed.push(node);
    for (const node of changed) {
      const cell = sweep.cellOf(node);
      const kind = more ? rowAt(sweep, node, cell) : NONE;
      const job = more ? sweep.job[cell]! : NONE;
      if (kind === kinds[node] && job === jobs[node]) continue;
      const from = since[node]!;
      if (kinds[node]! >= 0 && now > from) yield [node, from / 1e3, now / 1e3, kinds[node]!, jobs[node]!];
      kinds[node] = kind;
      jobs[node] = job;
      since[node] = now;
    }
    changed.length = 0;
  }
}

function rowAt({ ground, doing }: Sweep, node: number, cell: number): number {
  if (doing[cell]! >= 0) return doing[cell]!;
  if ((ground[node]! & (GROUND.withdrawn | GROUND.crashed)) !== 0) return ROW.withdrawn;
  return (ground[node]! & GROUND.present) !== 0 ? ROW.owner : NONE;
}

/**
 * A history up to an instant at which it takes about `most` bytes of the `length` that it has, and until when it tells
 * everything then (s).
 */
export function cutHistory(
  history: History,
  length: number,
  most: number,
): { bytes: Uint8Array; to_s: number } {
  // The jobs' columns shrink with the jobs.
  const each = history.n === 0 ? 0 : (length - history.changes.length) / history.n;
  const sweep = new Sweep(history);
  let [end, submitted, ms] = [0, 0, 0];
  while (sweep.nextMs < Number.POSITIVE_INFINITY) {
    if (sweep.nextMs > sweep.ms) [end, submitted, ms] = [sweep.offset, sweep.submitted, sweep.nextMs];
    sweep.step();
    if (sweep.offset + sweep.submitted * each > most) break;
  }
  const jobs = packJobs(submitted, history.id, history.width, history.user, history.estimate);
  return { bytes: joined(history.rows, jobs, history.changes.subarray(0, end)), to_s: ms / 1e3 };
}

/** A growing column of bytes, written as `openHistory` reads it. */
export class Bytes {
  length = 0;
  private bytes: Uint8Array;

  constructor(expected = 1024) {
    this.bytes = new Uint8Array(expected);
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) {
      const wider = new Uint8Array(2 * this.length);
      wider.set(this.bytes);
      this.bytes = wider;
    }
    this.bytes[this.length++] = value;
  }

  /** A whole number that is not negative. */
  number(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  all(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** The first `n` jobs as columns: number in the log, processors, user, estimate (ms). */
export function packJobs(
  n: number,
  id: ArrayLike<number>,
  width: ArrayLike<number>,
  user: ArrayLike<number>,
  estimate: ArrayLike<number>,
): Uint8Array {
  const columns = new Bytes(16 + 8 * n);
  columns.number(n);
  for (let job = 0; job < n; job++) columns.signed(id[job]! - (job === 0 ? 0 : id[job - 1]!));
  for (let job = 0; job < n; job++) columns.number(width[job]!);
  for (let job = 0; job < n; job++) columns.number(Math.max(0, user[job]! + 1));
  for (let job = 0; job < n; job++) columns.number(Math.max(0, Math.round(estimate[job]!)));
  return columns.all();
}

/** Rows of gangs, packed jobs and changes as `openHistory` takes them. */
export function joined(rows: number, jobs: Uint8Array, changes: Uint8Array): Uint8Array {
  const begin = new Bytes(8);
  begin.number(rows);
  begin.number(jobs.length);
  const whole = new Uint8Array(begin.length + jobs.length + changes.length);
  whole.set(begin.all());
  whole.set(jobs, begin.length);
  whole.set(changes, begin.length + jobs.length);
  return whole;
}
