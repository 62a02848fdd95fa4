/**
 * The story of one job, told from the history of its run: when it came, why it waited, what happened to it while it
 * ran, and where its time went; and what holds for it at one moment. `nowsim why` prints these words, and the report's
 * page has them from this same file, so the two cannot differ.
 *
 * What is free is what the queue's master has been told is idle and has not given away. A reason is told only where
 * the history shows it: too few free nodes, the job that stands first in the queue, other jobs at the same node.
 * Left out: the times that a policy promised to the first job, and whose reservation of many a conservative policy
 * minded most; where a job fits and stands first and still waits, that is said to be unknown.
 */
import { FATE, GROUND, HAPPENINGS, type History, OP, ROW, Sweep } from '../../models/history.ts';
import { homeNode } from '../../models/jobs.ts';
import { durationText } from '../duration.ts';

/** What the words depend on besides the history. */
export interface Setting {
  /** Whether jobs wait in a queue; otherwise each is at a node at once. */
  readonly queue: boolean;
  /** Without a queue: whether every job stays at its user's node, which GLUnix off means; else they may be moved. */
  readonly home: boolean;
  readonly batch: string;
  readonly share: string;
  /** Whether nodes are offered by reports, or all of them from the start. */
  readonly owned: boolean;
}

/** Waits shorter than this, ms, are the message's that starts a job. */
const LEAST = 100;
const MOST_HAPPENINGS = 40;
const MOST_NAMES = 8;
const INDENT = '             ';

const WHAT = Object.fromEntries(HAPPENINGS.map((name, i) => [name, i])) as Record<
  (typeof HAPPENINGS)[number],
  number
>;
const BEFALLS: Readonly<Record<number, (node: number, value: number) => string>> = {
  [WHAT.evict]: (node) => `node ${node}: the owner returned: the task there was called off`,
  [WHAT.vacate]: (node) => `node ${node}: the task there began to be saved`,
  [WHAT.crash]: (node) => `node ${node}: the node crashed with its task`,
  [WHAT.rollback]: (_, lost) =>
    `it went back to what was saved of it (${durationText(lost)} of node time lost)`,
  [WHAT.restart]: (_, work) => `it went on, ${durationText(work)} of work saved`,
  [WHAT.checkpoint]: (_, work) => `it was saved at ${durationText(work)} of work`,
  [WHAT.replay]: (_, work) => `its lost tasks did ${durationText(work)} again`,
  [WHAT.hold]: (_, jobs) => `it waited in the one queue of all nodes, which had ${counted(jobs, 'job')}`,
  [WHAT.probe]: (node) => `node ${node} was asked whether it takes it`,
  [WHAT.transfer]: (node) => `it was sent to node ${node} before it had run`,
  [WHAT.migrate]: (node) => `it was stopped and moved to node ${node}`,
};

/** Lines of the story of a job, by its place in the history. */
export function story(history: History, setting: Setting, job: number): string[] {
  const { id, user, width, estimate, nodes } = history;
  const who = user[job]! < 0 ? 'an unknown user' : `user ${user[job]}`;
  const lines = [
    `job ${id[job]} of ${who}: ${counted(width[job]!, 'processor')} of ${nodes}, ${durationText(estimate[job]! / 1e3)} asked for`,
  ];
  const submitted = history.submit[job]!;
  if (!(submitted >= 0)) return [...lines, 'it had not been submitted when the history ends'];
  if (history.fate[job] === FATE.rejected) {
    lines.push(`${clock(submitted)}  submitted`);
    lines.push(`${clock(submitted)}  rejected: wider than the ${nodes} nodes`);
  } else
    lines.push(...(setting.queue ? queuedStory(history, setting, job) : placedStory(history, setting, job)));
  return lines;
}

/** Happenings in the lines of a story, as many as can be read. */
class Lines {
  readonly lines: string[] = [];
  private happenings = 0;

  at(ms: number, text: string): void {
    this.lines.push(`${clock(ms)}  ${text}`);
  }

  aside(text: string): void {
    this.lines.push(INDENT + text);
  }

  happening(ms: number, text: string): void {
    if (this.happenings++ < MOST_HAPPENINGS) this.at(ms, text);
  }

  /** Before the end is told: what was passed over. */
  close(): void {
    if (this.happenings > MOST_HAPPENINGS)
      this.aside(`... and ${this.happenings - MOST_HAPPENINGS} more events`);
    this.happenings = 0;
  }
}

// -- Jobs that wait in a queue ---------------------------------------------------------------------------------

/** Why a job waited, from when it began to until it started. */
class Wait {
  readonly from: number;
  short = 0;
  mostFree = 0;
  /** Nodes with their owner, and nodes that held jobs, when most were free. */
  owned = 0;
  held = 0;
  before = 0;
  readonly heads: number[] = [];
  unknown = 0;

  constructor(from: number) {
    this.from = from;
  }

  /** What the sweep shows holds for `ms`. */
  add(sweep: Sweep, job: number, ms: number): void {
    if (ms <= 0) return;
    if (sweep.free < sweep.history.width[job]!) {
      if (this.short === 0 || sweep.free > this.mostFree) {
        this.mostFree = sweep.free;
        this.owned = sweep.owned;
        this.held = sweep.held;
      }
      this.short += ms;
      return;
    }
    const head = sweep.head();
    if (head === job || head < 0) {
      this.unknown += ms;
      return;
    }
    this.before += ms;
    if (this.heads.at(-1) !== head && !this.heads.includes(head)) this.heads.push(head);
  }

  tell(lines: Lines, history: History, setting: Setting, job: number): void {
    const { nodes, width } = history;
    if (this.short >= LEAST) {
      const told = setting.owned ? ' (idle by what the master had been told, and not in use)' : '';
      const then = setting.owned
        ? `; then ${this.owned} of the ${nodes} nodes had their owner and ${this.held} held jobs`
        : '';
      lines.aside(
        `for ${durationText(this.short / 1e3)} too few processors were free: it needs ${width[job]}, at most ${this.mostFree} were${told}${then}`,
      );
    }
    if (this.before >= LEAST) {
      lines.aside(
        `for ${durationText(this.before / 1e3)} enough were free, but ${firstText(history, setting, this.heads)}`,
      );
    }
    if (this.unknown >= LEAST) lines.aside(`for ${durationText(this.unknown / 1e3)} ${unknownText(setting)}`);
  }
}

/** Why a job that fits waits for those that stood first. */
function firstText(
  { id, user }: Pick<History, 'id' | 'user'>,
  setting: Setting,
  heads: readonly number[],
): string {
  const several = heads.length > 1;
  const names = heads.slice(0, MOST_NAMES).map((head) => id[head]);
  const more = heads.length > MOST_NAMES ? ', ...' : '';
  const first = several
    ? `${names.join(', ')}${more}, which stood first in turn`
    : `${names[0]}, which stood first`;
  const jobs = several ? 'jobs' : 'job';
  if (setting.share !== 'none') {
    const whose = several || user[heads[0]!]! < 0 ? '' : ` of user ${user[heads[0]!]}`;
    const others = several ? `jobs ${first}` : `job ${names[0]}${whose}, which stood first`;
    return `the shares of users (${setting.share}) put others before it: ${others}`;
  }
  if (setting.batch === 'fcfs') return `fcfs lets none overtake ${jobs} ${first}`;
  if (setting.batch === 'easy')
    return `easy had a reservation for ${jobs} ${first}, which this one, by its estimate, would have delayed`;
  return `${setting.batch} had reservations for jobs before it, among them ${first}, one of which this one, by its estimate, would have delayed`;
}

function unknownText({ share }: Setting): string {
  const by = share === 'none' ? '' : ` (${share} may make users wait between starts)`;
  return `enough were free and it stood first: why it did not start is not in the history${by}`;
}

/** For what a gang that has its nodes stands still, in ms, and how long it had memory elsewhere. */
class Standstill {
  readonly lost = { label: 'a task lost', ms: 0 };
  readonly stopped = { label: 'a task stopped', ms: 0 };
  readonly moving = { label: 'a task moving or being saved', ms: 0 };
  readonly launching = { label: 'tasks being launched', ms: 0 };
  paging = 0;
  private now: { ms: number } | null = null;
  private pages = false;

  /** Whether the change taken last may concern where the job stands, or its memory. */
  minds({ op, who, value }: Sweep, job: number): boolean {
    if (op === OP.ground) return this.pages || (value & GROUND.pages) !== 0;
    return who === job && (op === OP.cells || op === OP.all);
  }

  /** Looks at the job's nodes anew. */
  look(sweep: Sweep, job: number): void {
    let own = 0;
    let [stopped, moving, launching] = [false, false, false];
    this.pages = false;
    for (const cell of sweep.cellsOf(job)) {
      own++;
      const doing = sweep.doing[cell]!;
      if (doing === ROW.stopped) stopped = true;
      else if (doing === ROW.moving) moving = true;
      else if (doing === ROW.launching) launching = true;
      if ((sweep.ground[sweep.nodeOf(cell)]! & GROUND.pages) !== 0) this.pages = true;
    }
    if (own < sweep.history.width[job]!) this.now = this.lost;
    else if (stopped) this.now = this.stopped;
    else if (moving) this.now = this.moving;
    else this.now = launching ? this.launching : null;
  }

  add(ms: number): void {
    if (this.now !== null) this.now.ms += ms;
    if (this.pages) this.paging += ms;
  }

  tell(lines: Lines): void {
    const causes = [this.lost, this.stopped, this.moving, this.launching].filter(({ ms }) => ms >= LEAST);
    const sum = causes.reduce((all, { ms }) => all + ms, 0);
    if (sum > 0) {
      const parts = causes.map(({ label, ms }) => `${label} ${durationText(ms / 1e3)}`);
      lines.aside(`with its nodes it stood still for ${durationText(sum / 1e3)}: ${parts.join(', ')}`);
    }
    if (this.paging >= LEAST) {
      lines.aside(
        `for ${durationText(this.paging / 1e3)} memory was short: a task had part of its own on other nodes or on disk`,
      );
    }
  }
}

function queuedStory(history: History, setting: Setting, job: number): string[] {
  const lines = new Lines();
  const sweep = new Sweep(history);
  sweep.seek(history.submit[job]! - 1);
  let wait: Wait | null = null;
  let run: Standstill | null = null;
  let started = Number.NaN;
  let starts = 0;
  let open = -1;
  const cells = new CellChanges(sweep);
  while (sweep.step()) {
    const { op, ms } = sweep;
    const own = sweep.who === job;
    if (own && op === OP.submit) {
      lines.at(ms, 'submitted');
      wait = new Wait(ms);
    } else if (own && op === OP.start) {
      wait?.tell(lines, history, setting, job);
      const waited = ms - (wait?.from ?? ms);
      const again = starts++ > 0 ? ' again' : '';
      open = lines.lines.length;
      lines.at(ms, `started${again} ${waited < LEAST ? 'at once' : `after ${durationText(waited / 1e3)}`}`);
      wait = null;
      run = new Standstill();
      started = ms;
    } else if (own && op === OP.happen) lines.happening(ms, BEFALLS[sweep.what]!(sweep.node, sweep.value));
    else if (own && (op === OP.finish || op === OP.kill || op === OP.drop)) {
      lines.close();
      run?.tell(lines);
      run = null;
      const lost = `(${durationText(sweep.value)} of node time lost)`;
      if (op === OP.kill) {
        lines.at(ms, `it was stopped and sent back to the queue ${lost}`);
        wait = new Wait(ms);
      } else if (op === OP.drop) lines.at(ms, `it was stopped for good ${lost}`);
      else {
        const last = starts > 1 ? 'last ' : '';
        lines.at(
          ms,
          `finished: ${durationText((ms - history.submit[job]!) / 1e3)} after it was submitted, ${durationText((ms - started) / 1e3)} after its ${last}start`,
        );
      }
      if (op !== OP.kill) return lines.lines;
    }
    const next = Math.min(sweep.nextMs, history.to);
    if (ms > started && own && op === OP.cells) cells.tell(lines, sweep, job);
    cells.forget();
    if (run?.minds(sweep, job) === true) run.look(sweep, job);
    if (next <= ms) continue;
    if (open >= 0) {
      lines.lines[open] += nodesText(nodesOf(sweep, job));
      open = -1;
    }
    wait?.add(sweep, job, next - ms);
    run?.add(next - ms);
  }
  lines.close();
  wait?.tell(lines, history, setting, job);
  run?.tell(lines);
  lines.aside(`it ${wait === null ? 'still ran' : 'still waited'} when the history ends`);
  return lines.lines;
}

/** What the change taken last did to cells, in words. */
class CellChanges {
  private readonly cells: number[] = [];
  private readonly before: number[] = [];
  private readonly jobs: number[] = [];
  /** Nodes to which a task is on its way. */
  private readonly coming = new Set<number>();

  constructor(sweep: Sweep) {
    sweep.onNode = (_, cell) => {
      if (cell < 0) return;
      this.cells.push(cell);
      this.before.push(sweep.doing[cell]!);
      this.jobs.push(sweep.job[cell]!);
    };
  }

  tell(lines: Lines, sweep: Sweep, job: number): void {
    this.cells.forEach((cell, i) => {
      const node = sweep.nodeOf(cell);
      const now = sweep.job[cell] === job ? sweep.doing[cell]! : -1;
      const before = this.jobs[i] === job ? this.before[i]! : -1;
      if (before < 0 && now === ROW.moving) this.coming.add(cell);
      const text = this.text(cell, before, now);
      if (text === '') return;
      const owner = now >= 0 && now !== ROW.guest && (sweep.ground[node]! & GROUND.present) !== 0;
      lines.happening(
        sweep.ms,
        `node ${node}: ${owner && before === ROW.guest ? 'the owner returned: ' : ''}${text}`,
      );
    });
  }

  private text(cell: number, before: number, now: number): string {
    if (now === ROW.stopped) return 'the task there was stopped';
    if (now === ROW.moving) return before < 0 ? '' : 'the task there began to move, or to be saved';
    if (now !== ROW.guest) return '';
    if (before === ROW.stopped) return 'the task there went on';
    if (before === ROW.moving)
      return this.coming.delete(cell) ? 'a task arrived there' : 'the task there went on';
    return before < 0 ? 'a task arrived there' : '';
  }

  forget(): void {
    if (this.cells.length === 0) return;
    this.cells.length = 0;
    this.before.length = 0;
    this.jobs.length = 0;
  }
}

/** Nodes that hold a job now. */
function nodesOf(sweep: Sweep, job: number): number[] {
  return sweep.cellsOf(job).map((cell) => sweep.nodeOf(cell));
}

// -- Jobs that are at a node at once ---------------------------------------------------------------------------

/** Where jobs are that wait in no queue: at their users' nodes, or where they have been sent. */
class Places {
  readonly at: Int32Array;
  private readonly jobs = new Map<number, Set<number>>();

  constructor(n: number) {
    this.at = new Int32Array(n).fill(-1);
  }

  put(job: number, node: number): void {
    this.jobs.get(this.at[job]!)?.delete(job);
    this.at[job] = node;
    if (node < 0) return;
    const there = this.jobs.get(node);
    if (there === undefined) this.jobs.set(node, new Set([job]));
    else there.add(job);
  }

  /** Jobs at a node. */
  of(node: number): ReadonlySet<number> {
    return this.jobs.get(node) ?? new Set();
  }

  /** Follows the change that the sweep took last. */
  follow(sweep: Sweep, setting: Setting): void {
    const { op, who, history } = sweep;
    if (op === OP.finish) this.put(who, -1);
    else if (op === OP.start && setting.home) this.put(who, homeNode(history.user[who]!, who, history.nodes));
    else if (op === OP.happen && sweep.node >= 0 && sweep.what !== WHAT.probe) this.put(who, sweep.node);
  }
}

function placedStory(history: History, setting: Setting, job: number): string[] {
  const lines = new Lines();
  const sweep = new Sweep(history);
  const places = new Places(history.n);
  const company = { waiting: 0, running: 0, most: 0, owner: 0, names: new Set<number>() };
  let phase: 'waiting' | 'running' | null = null;
  while (phase !== null || sweep.nextMs <= history.submit[job]!) {
    if (!sweep.step()) break;
    const { op, ms } = sweep;
    places.follow(sweep, setting);
    if (sweep.who === job && op === OP.submit) {
      phase = 'waiting';
      lines.at(ms, 'submitted');
    } else if (sweep.who === job && op === OP.start) {
      phase = 'running';
      const waited = ms - history.submit[job]!;
      const where = setting.home
        ? ` at node ${places.at[job]}, its user's own: GLUnix is off and nobody queues`
        : '';
      lines.at(ms, `started ${waited < LEAST ? 'at once' : `after ${durationText(waited / 1e3)}`}${where}`);
    } else if (sweep.who === job && op === OP.happen) {
      const told = BEFALLS[sweep.what];
      if (told !== undefined) lines.happening(ms, told(sweep.node, sweep.value));
      else if (sweep.what === WHAT.home) lines.lines[lines.lines.length - 1] += ` at node ${sweep.node}`;
    } else if (sweep.who === job && op === OP.finish) {
      lines.close();
      companyLines(lines, history, company, job);
      lines.at(ms, `finished: ${durationText((ms - history.submit[job]!) / 1e3)} after it was submitted`);
      return lines.lines;
    }
    const next = Math.min(sweep.nextMs, history.to);
    if (phase === null || next <= ms || places.at[job]! < 0) continue;
    const there = places.of(places.at[job]!);
    if ((sweep.ground[places.at[job]!]! & GROUND.present) !== 0) company.owner += next - ms;
    if (there.size < 2) continue;
    company[phase] += next - ms;
    company.most = Math.max(company.most, there.size - 1);
    for (const other of there)
      if (other !== job && company.names.size <= MOST_NAMES) company.names.add(other);
  }
  lines.close();
  companyLines(lines, history, company, job);
  lines.aside(`it ${phase === 'running' ? 'still ran' : 'still waited'} when the history ends`);
  return lines.lines;
}

function companyLines(
  lines: Lines,
  { id, width }: History,
  company: { waiting: number; running: number; most: number; owner: number; names: ReadonlySet<number> },
  job: number,
): void {
  const names = [...company.names].slice(0, MOST_NAMES).map((other) => id[other]);
  const list = `at most ${company.most} at once: ${names.join(', ')}${company.names.size > MOST_NAMES ? ', ...' : ''}`;
  if (company.waiting >= LEAST)
    lines.aside(`for ${durationText(company.waiting / 1e3)} it waited for other jobs at its node (${list})`);
  if (company.running >= LEAST)
    lines.aside(
      `for ${durationText(company.running / 1e3)} other jobs at its node had part of the CPU (${list})`,
    );
  if (company.owner >= LEAST)
    lines.aside(`for ${durationText(company.owner / 1e3)} the node's owner was there and came first`);
  if (width[job]! > 1) lines.aside(`its ${width[job]} tasks shared that one CPU`);
}

// -- One moment ------------------------------------------------------------------------------------------------

/** For how long a job has waited at a time, ms, up to which the sweep has gone. */
export function waitText(sweep: Sweep, job: number, ms: number): string {
  return durationText((ms - sweep.waitsSince(job)) / 1e3);
}

/** What holds for a job at a time, ms, up to which the sweep has gone: a line without the time. */
export function moment(sweep: Sweep, setting: Setting, job: number, ms: number): string {
  const { history } = sweep;
  const { id, width } = history;
  if (!(history.submit[job]! <= ms)) return 'not submitted yet';
  if (sweep.isWaiting(job)) {
    const waited = `waits for ${waitText(sweep, job, ms)} so far`;
    if (!setting.queue) return waited;
    const free = `needs ${counted(width[job]!, 'processor')}, ${sweep.free} ${sweep.free === 1 ? 'is' : 'are'} free`;
    const ahead = sweep.ahead(job);
    const before = ahead === 0 ? 'none' : counted(ahead, 'job');
    const head = sweep.head();
    let because = '';
    if (sweep.free >= width[job]!) {
      because =
        head === job || head < 0
          ? `; ${unknownText(setting)}`
          : `; enough are free, but ${firstText(history, setting, [head])}`;
    } else if (head >= 0 && head !== job) because = `; job ${id[head]} stands first and needs ${width[head]}`;
    const owners = setting.owned
      ? `; ${sweep.owned} of the ${history.nodes} nodes have their owner, ${sweep.held} hold jobs`
      : '';
    return `${waited}: ${free}; ${before} before it${because}${owners}`;
  }
  const fate = history.fate[job]!;
  if (fate === FATE.rejected) return `rejected: wider than the ${history.nodes} nodes`;
  if (history.end[job]! <= ms) return `finished ${durationText((ms - history.end[job]!) / 1e3)} ago`;
  const nodes = nodesOf(sweep, job);
  const states = new Map<string, number>();
  for (const cell of sweep.cellsOf(job)) {
    const word = DOES[sweep.doing[cell]!]!;
    states.set(word, (states.get(word) ?? 0) + 1);
  }
  if (nodes.length === 0)
    return fate === FATE.killed ? 'stopped for good' : 'runs, on nodes that are not shown';
  if (states.size === 1) {
    const [word] = states.keys();
    return `${word === DOES[ROW.guest] ? 'runs' : `is ${word}`}${nodesText(nodes)}`;
  }
  const tasks = [...states].map(([word, count]) => `${count} ${word}`).join(', ');
  return `is${nodesText(nodes)}: ${tasks}`;
}

const DOES: Readonly<Record<number, string>> = {
  [ROW.guest]: 'running',
  [ROW.stopped]: 'stopped',
  [ROW.moving]: 'moving or being saved',
  [ROW.launching]: 'being launched',
  [ROW.local]: 'at work',
};

// -- Words -----------------------------------------------------------------------------------------------------

/** `   0 d 09:14:05`. */
function clock(ms: number): string {
  const whole = Math.floor(ms / 1e3);
  const part = (n: number) => String(n).padStart(2, '0');
  return `${String(Math.floor(whole / 86_400)).padStart(4)} d ${part(Math.floor(whole / 3600) % 24)}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** ` on nodes 0 to 3, 7`. */
function nodesText(nodes: readonly number[]): string {
  const sorted = nodes.toSorted((a, b) => a - b);
  const ranges: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    ranges.push(
      end === i
        ? `${sorted[i]}`
        : end === i + 1
          ? `${sorted[i]}, ${sorted[end]}`
          : `${sorted[i]} to ${sorted[end]}`,
    );
    i = end + 1;
  }
  const shown = ranges.slice(0, 6).join(', ');
  if (sorted.length === 0) return '';
  return ` on node${sorted.length === 1 ? '' : 's'} ${shown}${ranges.length > 6 ? ', ...' : ''}`;
}
