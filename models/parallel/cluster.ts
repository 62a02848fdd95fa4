/**
 * Nodes whose CPUs parallel programs share, process by process.
 *
 * Each node has one CPU and schedules by quantum: round robin, or by decaying use: the process that has used the CPU
 * least, where use of long ago counts less, is next; one that is woken counts as if it had used a quantum less, until
 * it is given the CPU, and pre-empts a process that has then used more. Putting another process on the CPU costs W, also when a
 * blocked process comes back to an idle CPU; going on with the same one costs
 * nothing. A quantum runs from when the process does. Processes of a program compute, send, receive and meet at
 * barriers (`pattern.ts`); the two ends of a message cost CPU time, its way takes time (`terms.ts`). A process that
 * waits spins and blocks as `policies/waiting` says. Where programs have slots (`policies/coscheduling`), the slot
 * passes on after each quantum: the nodes hear of it one after the other, within the skew d, and take the switch s; of
 * the processes that can run, a node runs the one whose slot is nearest. A slot begins when the last node has
 * switched, so a slice takes q + s + d.
 * Reads at random are answered by the owner's process: at once where it runs, whatever it does; when it runs next, where
 * it does not; a blocked process is woken. A handler that has begun is not put off by the end of a quantum.
 *
 * Between two scheduling changes the supersteps of a program, all of whose processes run, advance in one loop
 * (`leap.ts`); with fidelity `messages` every message is an event. Times are whole nanoseconds, so both come to the same.
 * An end of a quantum at which nobody else could run costs no event; nor do the turns of processes that meet nobody
 * (programs of one process under round robin) between two of their ends and arrivals.
 * Left out: caches and memory that a switch empties, owners, interrupts of the network, priorities of users.
 * Source: sections A4 and C6, C9 of the project's reference on policies.
 */
import { Engine } from '../../sim/engine/engine.ts';
import type { StreamBank, Streams } from '../../sim/engine/streams.ts';
import { Timers } from '../../sim/engine/timers.ts';
import type {
  CoschedulingParameters,
  CoschedulingPolicy,
  CoschedulingPolicyKind,
} from '../policies/coscheduling/contract.ts';
import type { WaitingPolicy } from '../policies/waiting/contract.ts';
import { PARALLEL_EVENT, ParallelEvents } from './events.ts';
import { Leap } from './leap.ts';
import { OP, type Pattern, type PatternName, patternOf } from './pattern.ts';
import { DOING, Processes, STATE } from './processes.ts';
import type { GangSwitch, MessageTerms, Terms } from './terms.ts';

const NONE = -1;
/** Last process of a CPU: none yet, and one that has blocked (its coming back is a switch). */
const NEVER = -1;
const BLOCKED = -2;

const CPU = { idle: 0, switching: 1, running: 2 } as const;

/** Parallel programs as they are submitted, times in ns. */
export interface Programs {
  readonly n: number;
  readonly submit: Float64Array;
  readonly width: Int32Array;
  /** Computing of each process, as under a plain kernel; `factor` times that under the structure. */
  readonly length: Float64Array;
  readonly factor: Float64Array;
  /** Supersteps to do, where not all of them; null: all. */
  readonly stepsOnly: Float64Array | null;
}

export interface ProgramShape {
  readonly pattern: PatternName;
  readonly grain: number;
  readonly imbalance: number;
  readonly message: number;
  readonly data: number;
  readonly reads: number;
}

export type Scheduler =
  | { readonly name: 'round-robin' }
  | { readonly name: 'decaying'; readonly half_life: number; readonly boost: number };

export interface ParallelConfig {
  readonly nodes: number;
  readonly programs: Programs;
  readonly shape: ProgramShape;
  readonly terms: Terms;
  readonly quantum: number;
  readonly scheduler: Scheduler;
  readonly coscheduling: {
    readonly kind: CoschedulingPolicyKind;
    readonly parameters: CoschedulingParameters;
  };
  readonly gangSwitch: GangSwitch;
  readonly waiting: WaitingPolicy;
  /** Every node begins at a random point of its round. */
  readonly randomPhases: boolean;
  readonly fidelity: 'stepped' | 'messages';
  /** ns; Infinity: until the last program has ended. */
  readonly horizon: number;
  readonly streams: Streams;
  readonly keepLog: boolean;
}

/** A pattern with its prices, for programs of one number of processes. */
export interface PricedPattern extends Pattern {
  readonly message: MessageTerms;
  /** ns of work of each operation: of a send, a receive, and those of a read and of the barrier by their first part. */
  readonly work: Float64Array;
  /** ns to spin. */
  readonly spin: { readonly oneWay: number; readonly read: number; readonly barrier: number };
}

export class ParallelCluster {
  readonly engine = new Engine();
  readonly events: ParallelEvents;
  readonly config: ParallelConfig;
  readonly processes: Processes;
  /** By program. */
  readonly started: Float64Array;
  readonly ended: Float64Array;
  readonly steps: Float64Array;
  readonly stepsDone: Float64Array;
  /** Processes that it got, and the first of them. */
  readonly width: Int32Array;
  readonly first: Int32Array;
  /** Time for which all its processes ran at once; time of its processes: blocked. */
  readonly together: Float64Array;
  readonly blockedTime: Float64Array;
  /** By node, ns. */
  readonly compute: Float64Array;
  readonly software: Float64Array;
  readonly spun: Float64Array;
  readonly switching: Float64Array;
  readonly idle: Float64Array;
  /** The time up to which a node's accounts are kept. */
  readonly since: Float64Array;
  contextSwitches = 0;
  gangSwitches = 0;
  messages = 0;
  blocks = 0;
  readonly timers: Timers;
  readonly runningRanks: Int32Array;
  private readonly policy: CoschedulingPolicy;
  private readonly leap: Leap | null;
  private readonly patterns = new Map<number, PricedPattern>();
  private readonly patternByProgram: PricedPattern[] = [];
  /** Number of a program's first process among all processes of all programs: its random streams. */
  private readonly streamBase: Float64Array;
  private readonly grains: StreamBank | null;
  private readonly targets: StreamBank | null;
  private readonly arrived: Int32Array;
  private readonly ranksLeft: Int32Array;
  private readonly togetherSince: Float64Array;
  private readonly waiting: number[] = [];
  private readonly decaying: boolean;
  /** ns: time constant of use, and what a woken process is given. */
  private readonly constant: number;
  private readonly boost: number;
  /** By node. */
  private readonly cpu: Uint8Array;
  private readonly runner: Int32Array;
  private readonly last: Int32Array;
  private readonly sliceEnd: Float64Array;
  private readonly told: Int32Array;
  private readonly head: Int32Array;
  private readonly count: Int32Array;
  /** Those of its processes that have others to meet. */
  private readonly meeting: Int32Array;
  private readonly nodeTimers: Timers;
  private readonly submitType: number;
  private readonly releaseType: number;
  private readonly releaseOneType: number;
  private readonly mailType: number;
  private readonly requestType: number;
  private readonly replyType: number;
  private readonly rotateType: number;
  private readonly tellType: number;
  private rotation = NONE;
  private slot = NONE;
  private nextProgram = 0;
  private programsLeft: number;
  /** End of the run, ns. */
  end = 0;

  constructor(config: ParallelConfig) {
    const { nodes, programs, shape, streams, scheduler } = config;
    const { n } = programs;
    this.config = config;
    this.events = new ParallelEvents(config.keepLog);
    this.started = new Float64Array(n).fill(Number.NaN);
    this.ended = new Float64Array(n).fill(Number.NaN);
    this.steps = new Float64Array(n);
    this.stepsDone = new Float64Array(n);
    this.width = new Int32Array(n);
    this.first = new Int32Array(n).fill(NONE);
    this.together = new Float64Array(n);
    this.blockedTime = new Float64Array(n);
    this.arrived = new Int32Array(n);
    this.ranksLeft = new Int32Array(n);
    this.runningRanks = new Int32Array(n);
    this.togetherSince = new Float64Array(n);
    this.streamBase = new Float64Array(n);
    this.compute = new Float64Array(nodes);
    this.software = new Float64Array(nodes);
    this.spun = new Float64Array(nodes);
    this.switching = new Float64Array(nodes);
    this.idle = new Float64Array(nodes);
    this.since = new Float64Array(nodes);
    this.cpu = new Uint8Array(nodes);
    this.runner = new Int32Array(nodes).fill(NONE);
    this.last = new Int32Array(nodes).fill(NEVER);
    this.sliceEnd = new Float64Array(nodes);
    this.told = new Int32Array(nodes).fill(NONE);
    this.head = new Int32Array(nodes).fill(NONE);
    this.count = new Int32Array(nodes);
    this.meeting = new Int32Array(nodes);
    this.programsLeft = n;
    let ranks = 0;
    for (let program = 0; program < n; program++) {
      this.streamBase[program] = ranks;
      ranks += Math.min(nodes, programs.width[program]!);
    }
    const random = shape.pattern === 'random';
    this.grains = shape.imbalance > 0 ? streams.bank('grains of processes', ranks) : null;
    this.targets = random ? streams.bank('reads of processes', ranks) : null;
    this.decaying = scheduler.name === 'decaying';
    this.constant = scheduler.name === 'decaying' ? scheduler.half_life / Math.LN2 : 1;
    this.boost = scheduler.name === 'decaying' ? scheduler.boost : 0;
    this.policy = config.coscheduling.kind.create(
      { nodes, processes: (node) => this.count[node]! },
      config.coscheduling.parameters,
    );
    const { engine } = this;
    this.processes = new Processes(2 * nodes);
    this.timers = new Timers(engine, (p) => this.due(p), 2 * nodes, 'process');
    this.nodeTimers = new Timers(engine, (node) => this.nodeDue(node), nodes, 'node');
    this.submitType = engine.on(() => this.submit(), 'submit');
    this.releaseType = engine.on((program) => this.release(program), 'barrier');
    this.releaseOneType = engine.on((p) => this.releaseOne(p), 'barrier of one');
    this.mailType = engine.on((p) => this.mail(p, engine.payload), 'message');
    this.requestType = engine.on((p) => this.request(p, engine.payload), 'request');
    this.replyType = engine.on((p) => this.mail(p, 0), 'reply');
    this.rotateType = engine.on(() => this.rotate(), 'slice');
    this.tellType = engine.on((node) => this.tell(node), 'slice at a node');
    this.leap = config.fidelity === 'stepped' && !random ? new Leap(this) : null;
  }

  /** Runs to the horizon or the last program's end. */
  run(): void {
    const { engine, config } = this;
    if (config.programs.n > 0) engine.scheduleAt(config.programs.submit[0]!, this.submitType, 0);
    if (config.horizon < Number.POSITIVE_INFINITY) {
      // An event, so that no loop over supersteps goes past it.
      engine.scheduleAt(
        config.horizon,
        engine.on(() => engine.stop(), 'horizon'),
        0,
      );
    }
    engine.run();
    this.end = engine.now;
    this.events.close();
    for (let node = 0; node < config.nodes; node++) {
      this.account(node);
      // A handler that the end has cut was charged to its own end.
      this.software[node]! -= this.since[node]! - this.end;
    }
    for (let program = 0; program < config.programs.n; program++) {
      if (this.ranksLeft[program]! > 0) this.closeBooks(program);
    }
  }

  /** Time together and blocked of a program that has not ended. */
  private closeBooks(program: number): void {
    const { state, blockedSince } = this.processes;
    if (this.allRun(program)) this.together[program]! += this.end - this.togetherSince[program]!;
    const first = this.first[program]!;
    for (let p = first; p < first + this.width[program]!; p++) {
      if (state[p] === STATE.blocked) this.blockedTime[program]! += this.end - blockedSince[p]!;
    }
  }

  // -- What the leap uses --------------------------------------------------------------------------------------

  patternOf(program: number): PricedPattern {
    return this.patternByProgram[program]!;
  }

  nodeOf(p: number): number {
    return this.processes.node[p]!;
  }

  allRun(program: number): boolean {
    return this.runningRanks[program] === this.width[program] && this.width[program]! > 0;
  }

  /** ns of computing of process `p` in a superstep; they must be asked for in their order. */
  grain(p: number, step: number): number {
    const processes = this.processes;
    const drawn = processes.drawn[p]!;
    if (drawn >= 0) {
      processes.drawn[p] = -1;
      return drawn;
    }
    const program = processes.program[p]!;
    const nominal = this.nominal(program, step);
    if (this.grains === null) return Math.round(nominal);
    const { imbalance } = this.config.shape;
    const u = this.grains.next(this.streamBase[program]! + processes.rank[p]!);
    return Math.floor(nominal * (1 + imbalance * (u - 0.5)) + 0.5);
  }

  /** The grain of a superstep: all but the last of a program have the same. */
  nominal(program: number, step: number): number {
    const grain = this.grainOf(program);
    const { length } = this.config.programs;
    const all = Math.ceil(length[program]! / this.config.shape.grain);
    if (step < all - 1) return grain;
    return (length[program]! - (all - 1) * this.config.shape.grain) * (grain / this.config.shape.grain);
  }

  /** The structure's price is on it; a program moulded to fewer processes has the same work in sum. */
  private grainOf(program: number): number {
    const { nodes, shape, programs } = this.config;
    const asked = Math.min(nodes, programs.width[program]!);
    return (shape.grain * programs.factor[program]! * asked) / this.width[program]!;
  }

  /** The streams of grains, and the number of a program's first process in them; null: no imbalance. */
  streamsOf(program: number): { bank: StreamBank; base: number } | null {
    return this.grains === null ? null : { bank: this.grains, base: this.streamBase[program]! };
  }

  /** All processes of `program` wait for its barrier, which opens at `time`. */
  releaseAt(time: number, program: number): void {
    this.engine.scheduleAt(time, this.releaseType, program);
  }

  // -- Programs ------------------------------------------------------------------------------------------------

  private submit(): void {
    const { engine } = this;
    const { programs } = this.config;
    const { now } = engine;
    const first = this.nextProgram;
    while (this.nextProgram < programs.n && programs.submit[this.nextProgram]! <= now) {
      const program = this.nextProgram++;
      this.events.record(now, PARALLEL_EVENT.submit, program, programs.width[program]!);
      this.waiting.push(program);
    }
    if (this.nextProgram < programs.n)
      engine.scheduleAt(programs.submit[this.nextProgram]!, this.submitType, 0);
    const fresh = this.startWaiting();
    if (first === 0 && this.config.randomPhases) this.shuffle();
    this.wakeNodes(fresh);
    this.followSlots();
  }

  /** Programs that wait get their nodes, the first first; returns their processes. */
  private startWaiting(): number[] {
    const fresh: number[] = [];
    while (this.waiting.length > 0) {
      const program = this.waiting[0]!;
      const nodes = this.policy.place(
        program,
        Math.min(this.config.nodes, this.config.programs.width[program]!),
      );
      if (nodes === null) break;
      this.waiting.shift();
      this.start(program, nodes, fresh);
    }
    return fresh;
  }

  private start(program: number, nodes: Int32Array, fresh: number[]): void {
    const { now } = this.engine;
    const width = nodes.length;
    const pattern = this.priced(width);
    const { programs, shape } = this.config;
    this.patternByProgram[program] = pattern;
    this.started[program] = now;
    this.width[program] = width;
    this.ranksLeft[program] = width;
    this.steps[program] = programs.stepsOnly?.[program] ?? Math.ceil(programs.length[program]! / shape.grain);
    this.events.record(now, PARALLEL_EVENT.start, program, width);
    const first = this.processes.take(width, pattern.slots);
    this.timers.grow(this.processes.room);
    this.first[program] = first;
    for (let rank = 0; rank < width; rank++) {
      const p = first + rank;
      const node = nodes[rank]!;
      this.processes.begin(p, program, rank, node, pattern.first[rank]!);
      this.processes.used[p] = this.leastUsed(node);
      this.count[node]!++;
      if (width > 1) this.meeting[node]!++;
      this.enqueue(node, p, false);
      fresh.push(p);
    }
  }

  /** Every node begins at a random point of its round: a random process, part of its quantum gone. */
  private shuffle(): void {
    const bank = this.config.streams.bank('phases of nodes', this.config.nodes);
    const { next, sliceLeft } = this.processes;
    for (let node = 0; node < this.config.nodes; node++) {
      const n = this.count[node]!;
      if (n < 2) continue;
      for (let turns = Math.floor(bank.next(node) * n); turns > 0; turns--) {
        const p = this.head[node]!;
        this.head[node] = next[p]!;
        this.enqueue(node, p, false);
      }
      sliceLeft[this.head[node]!] = Math.max(1, Math.round(bank.next(node) * this.config.quantum));
    }
  }

  private wakeNodes(fresh: readonly number[]): void {
    for (const p of fresh) if (this.processes.state[p] === STATE.ready) this.consider(p);
  }

  /** All its processes have done their supersteps. */
  private programEnds(program: number): void {
    const { now } = this.engine;
    this.ended[program] = now;
    this.events.record(now, PARALLEL_EVENT.finish, program, this.stepsDone[program]!);
    this.processes.giveBack(this.first[program]!);
    this.policy.ended(program);
    this.programsLeft--;
    const fresh = this.startWaiting();
    this.wakeNodes(fresh);
    this.followSlots();
    if (this.programsLeft === 0) this.engine.stop();
  }

  private priced(width: number): PricedPattern {
    const known = this.patterns.get(width);
    if (known !== undefined) return known;
    const { shape, terms, waiting } = this.config;
    const pattern = patternOf(shape.pattern, width, shape.reads);
    const bytes = shape.pattern === 'fft-remap' ? Math.ceil(shape.data / width) : shape.message;
    const message = terms.message(bytes);
    const work = new Float64Array(pattern.kind.length);
    for (let k = 0; k < work.length; k++) {
      const kind = pattern.kind[k];
      if (kind === OP.send) {
        // The second of two sends leaves the gap after the first at the earliest.
        const stall = pattern.kind[k - 1] === OP.send ? Math.max(0, terms.gap - message.send) : 0;
        work[k] = message.send + stall;
      } else if (kind === OP.receive) work[k] = message.receive;
      else if (kind !== OP.compute) work[k] = terms.short.send;
    }
    const spread = shape.imbalance * ((shape.grain * Math.min(this.config.nodes, width)) / width);
    const skew = width > 1 ? (spread * (width - 1)) / (width + 1) : 0;
    const spin = (kind: 'one-way' | 'read' | 'barrier') => {
      // What comes back from a read is the message; its request is short.
      const of = kind === 'barrier' ? terms.short : message;
      const ns = waiting.spin({
        kind,
        latency: of.transit,
        sendOverhead: of.send,
        receiveOverhead: of.receive,
        switchCost: terms.contextSwitch,
        skew,
      });
      return Math.round(ns);
    };
    const priced: PricedPattern = {
      ...pattern,
      message,
      work,
      spin: { oneWay: spin('one-way'), read: spin('read'), barrier: spin('barrier') },
    };
    this.patterns.set(width, priced);
    return priced;
  }

  // -- Slots of time -------------------------------------------------------------------------------------------

  private rotate(): void {
    this.rotation = NONE;
    this.policy.rotate();
    this.beginSlice();
  }

  /** The slot in turn may have changed, or there may be more or fewer, by a start or an end. */
  private followSlots(): void {
    const { policy, engine } = this;
    if (policy.slots === 0) this.slot = NONE;
    if (policy.slots > 0 && policy.slot !== this.slot) {
      if (this.slot === NONE) {
        this.slot = policy.slot;
        this.told.fill(policy.slot);
      } else this.beginSlice();
    }
    if (policy.slots < 2 && this.rotation !== NONE) {
      engine.cancel(this.rotation);
      this.rotation = NONE;
    } else if (policy.slots >= 2 && this.rotation === NONE) {
      this.rotation = engine.schedule(this.config.quantum, this.rotateType, 0);
    }
    if (policy.slots > 0)
      for (let node = 0; node < this.config.nodes; node++) this.swap(node, this.config.gangSwitch.cost);
  }

  /** All nodes are told of the slot in turn, one after the other; it lasts a quantum from when the last has switched. */
  private beginSlice(): void {
    const { engine, config, policy } = this;
    const { cost, skew, messages } = config.gangSwitch;
    this.slot = policy.slot;
    this.gangSwitches++;
    if (messages) this.messages += config.nodes;
    for (let node = 0; node < config.nodes; node++) {
      const delay = config.nodes > 1 ? Math.round((skew * node) / (config.nodes - 1)) : 0;
      if (delay === 0) this.tell(node);
      else engine.schedule(delay, this.tellType, node);
    }
    if (this.rotation !== NONE) engine.cancel(this.rotation);
    this.rotation =
      policy.slots >= 2 ? engine.schedule(skew + cost + config.quantum, this.rotateType, 0) : NONE;
  }

  private tell(node: number): void {
    this.told[node] = this.slot;
    this.events.record(this.engine.now, PARALLEL_EVENT['gang-switch'], node, this.slot);
    this.swap(node, this.config.gangSwitch.cost);
  }

  // -- A node's CPU --------------------------------------------------------------------------------------------

  /** Charges what the node has done since the last time. */
  account(node: number): void {
    const { now } = this.engine;
    const passed = now - this.since[node]!;
    // Up to `since` a handler was charged ahead.
    if (passed <= 0) return;
    this.since[node] = now;
    const cpu = this.cpu[node];
    if (cpu === CPU.idle) this.idle[node]! += passed;
    else if (cpu === CPU.switching) this.switching[node]! += passed;
    else {
      const p = this.runner[node]!;
      const doing = this.processes.doing[p];
      if (doing === DOING.waiting) this.spun[node]! += passed;
      else if (doing === DOING.compute) this.compute[node]! += passed;
      else this.software[node]! += passed;
    }
  }

  private turn(node: number, p: number): number {
    return this.policy.slots === 1 ? 0 : this.policy.turn(this.told[node]!, this.processes.program[p]!);
  }

  private enqueue(node: number, p: number, front: boolean): void {
    const { next } = this.processes;
    const head = this.head[node]!;
    if (front || head === NONE) {
      next[p] = head;
      this.head[node] = p;
      return;
    }
    let tail = head;
    while (next[tail] !== NONE) tail = next[tail]!;
    next[tail] = p;
    next[p] = NONE;
  }

  private dequeue(node: number, p: number): void {
    const { next } = this.processes;
    if (this.head[node] === p) this.head[node] = next[p]!;
    else {
      let before = this.head[node]!;
      while (next[before] !== p) before = next[before]!;
      next[before] = next[p]!;
    }
  }

  /** The process that should run next, NONE if there is none that may. */
  private best(node: number): number {
    const { next } = this.processes;
    let best = NONE;
    let turn = Number.POSITIVE_INFINITY;
    let use = 0;
    for (let p = this.head[node]!; p !== NONE; p = next[p]!) {
      const t = this.turn(node, p);
      const u = this.useOf(p);
      if (t < turn || (t === turn && t < Number.POSITIVE_INFINITY && u < use)) {
        best = p;
        turn = t;
        use = u;
      }
    }
    return best;
  }

  /** What counts for the decaying scheduler: decayed CPU time, less the boost of a woken process, ns. */
  private useOf(p: number): number {
    if (!this.decaying) return 0;
    return this.recentUse(p) - (this.processes.boosted[p] === 1 ? this.boost : 0);
  }

  /** CPU time of a process, weighted by exp(-age / constant), ns. */
  private recentUse(p: number): number {
    const { recent, recentAt, state } = this.processes;
    const kept = Math.exp((recentAt[p]! - this.engine.now) / this.constant);
    return recent[p]! * kept + (state[p] === STATE.running ? this.constant * (1 - kept) : 0);
  }

  /** Brings the decayed use of a process up to now, before it begins or stops to run. */
  private keepUse(p: number): void {
    if (!this.decaying) return;
    this.processes.recent[p] = this.recentUse(p);
    this.processes.recentAt[p] = this.engine.now;
  }

  /** Puts the next process on a CPU that has none; `cost`: of a switch. */
  private dispatch(node: number, cost: number): void {
    this.account(node);
    const p = this.best(node);
    if (p === NONE) {
      this.cpu[node] = CPU.idle;
      this.runner[node] = NONE;
      return;
    }
    this.dequeue(node, p);
    this.runner[node] = p;
    this.processes.boosted[p] = 0;
    const last = this.last[node]!;
    if (last === p || last === NEVER) {
      this.begin(node);
      return;
    }
    this.contextSwitches++;
    this.cpu[node] = CPU.switching;
    if (cost > 0) this.nodeTimers.set(node, this.engine.now + cost);
    else this.begin(node);
  }

  /** The process that the CPU was switched to begins to run. */
  private begin(node: number): void {
    const { engine, processes } = this;
    const { now } = engine;
    const p = this.runner[node]!;
    const program = processes.program[p]!;
    this.account(node);
    this.last[node] = p;
    const rival = this.best(node);
    if (rival !== NONE && this.beats(node, rival, p)) {
      // Somebody came during the switch.
      this.enqueue(node, p, true);
      this.dispatch(node, this.config.terms.contextSwitch);
      return;
    }
    this.cpu[node] = CPU.running;
    const left = processes.sliceLeft[p]!;
    processes.sliceLeft[p] = 0;
    this.sliceEnd[node] = now + (left > 0 ? left : this.config.quantum);
    this.keepUse(p);
    processes.state[p] = STATE.running;
    processes.runSince[p] = now;
    if (++this.runningRanks[program]! === this.width[program]) this.togetherSince[program] = now;
    this.tellTurn(PARALLEL_EVENT.run, node, program);
    this.armQuantum(node);
    this.goOn(p);
  }

  /** Does a process that could run put another off the CPU at once? */
  private beats(node: number, p: number, runner: number): boolean {
    const mine = this.turn(node, p);
    const its = this.turn(node, runner);
    if (mine !== its) return mine < its;
    return this.decaying && this.useOf(p) < this.useOf(runner);
  }

  /** A process has become able to run. */
  private consider(p: number): void {
    const node = this.processes.node[p]!;
    const cpu = this.cpu[node];
    if (cpu === CPU.idle) this.dispatch(node, this.config.terms.contextSwitch);
    else if (cpu === CPU.running) {
      this.renew(node);
      if (this.beats(node, p, this.runner[node]!)) {
        this.preempt(node, true);
        this.dispatch(node, this.config.terms.contextSwitch);
      } else this.armQuantum(node);
    }
  }

  /** What a node was told has changed: it may have to run another process, by a switch of `cost`. */
  private swap(node: number, cost: number): void {
    const cpu = this.cpu[node];
    if (cpu === CPU.switching) {
      const p = this.runner[node]!;
      const rival = this.best(node);
      const mine = this.turn(node, p);
      const worse = rival !== NONE && this.turn(node, rival) < mine;
      if (!worse && mine < Number.POSITIVE_INFINITY) return;
      // The switch that was under way has been in vain.
      this.account(node);
      this.nodeTimers.clear(node);
      this.enqueue(node, p, true);
      this.last[node] = BLOCKED;
      this.dispatch(node, cost);
    } else if (cpu === CPU.running) {
      const rival = this.best(node);
      const p = this.runner[node]!;
      const worse = rival !== NONE && this.turn(node, rival) < this.turn(node, p);
      if (!worse && this.turn(node, p) < Number.POSITIVE_INFINITY) {
        this.armQuantum(node);
        return;
      }
      this.preempt(node, true);
      this.dispatch(node, cost);
    } else this.dispatch(node, cost);
  }

  /** The process that runs is put off the CPU, to the front or the end of those that wait for it. */
  private preempt(node: number, front: boolean): void {
    const { now } = this.engine;
    const { processes, timers } = this;
    const p = this.runner[node]!;
    this.account(node);
    this.renew(node);
    processes.sliceLeft[p] = front ? this.sliceEnd[node]! - now : 0;
    processes.left[p] = timers.isSet(p) ? timers.timeOf(p) - now : Number.POSITIVE_INFINITY;
    timers.clear(p);
    this.nodeTimers.clear(node);
    this.stopRunning(p, STATE.ready);
    this.runner[node] = NONE;
    this.enqueue(node, p, front);
    this.tellTurn(PARALLEL_EVENT.preempt, node, processes.program[p]!);
  }

  /** Turns of processes that meet nobody are no domain events: whole rounds pass in one step. */
  private tellTurn(what: number, node: number, program: number): void {
    if (this.width[program]! > 1) this.events.record(this.engine.now, what, node, program);
  }

  private stopRunning(p: number, state: number): void {
    const program = this.processes.program[p]!;
    if (this.runningRanks[program] === this.width[program]) {
      this.together[program]! += this.engine.now - this.togetherSince[program]!;
    }
    this.runningRanks[program]!--;
    this.processes.used[p] = this.usedBy(p);
    this.keepUse(p);
    this.processes.state[p] = state;
  }

  /** Quanta that have ended unseen, because nobody else could run, are counted now. */
  private renew(node: number): void {
    const { now } = this.engine;
    const late = now - this.sliceEnd[node]!;
    if (late < 0 || this.nodeTimers.isSet(node)) return;
    const ended = Math.floor(late / this.config.quantum) + 1;
    this.sliceEnd[node]! += ended * this.config.quantum;
  }

  /** The end of the quantum is an event where another process could run then. */
  private armQuantum(node: number): void {
    if (this.head[node] === NONE || this.nodeTimers.isSet(node)) return;
    const { next } = this.processes;
    const mine = this.turn(node, this.runner[node]!);
    for (let p = this.head[node]!; p !== NONE; p = next[p]!) {
      if (this.turn(node, p) !== mine) continue;
      this.renew(node);
      this.nodeTimers.set(node, this.sliceEnd[node]!);
      return;
    }
  }

  private nodeDue(node: number): void {
    if (this.cpu[node] === CPU.switching) {
      this.begin(node);
      return;
    }
    const p = this.runner[node]!;
    const { now } = this.engine;
    if (this.timers.timeOf(p) === now && this.processes.doing[p] !== DOING.waiting) {
      // Work that ends with the quantum has been done in it.
      this.nodeTimers.set(node, now);
      return;
    }
    this.sliceEnd[node] = now + this.config.quantum;
    if (this.rounds(node, p)) return;
    const rival = this.best(node);
    if (rival === NONE || this.turn(node, rival) !== this.turn(node, p)) return;
    if (this.decaying && this.useOf(rival) >= this.useOf(p)) {
      this.armQuantum(node);
      return;
    }
    this.preempt(node, false);
    this.dispatch(node, this.config.terms.contextSwitch);
  }

  /**
   * Whole rounds of a node whose processes meet nobody, from one end of the runner's quantum to the last one before a
   * process ends, a program is submitted or the run ends: in one step. False, and nothing done, if none fits.
   */
  private rounds(node: number, runner: number): boolean {
    if (
      this.decaying ||
      this.meeting[node]! > 0 ||
      this.config.fidelity === 'messages' ||
      this.policy.slots > 1
    ) {
      return false;
    }
    const { now } = this.engine;
    const { quantum, programs, horizon } = this.config;
    const { next, left, sliceLeft, doing, used, runSince, program } = this.processes;
    const own = this.timers.timeOf(runner) - now;
    let least = own;
    let count = 1;
    for (let p = this.head[node]!; p !== NONE; p = next[p]!) {
      if (sliceLeft[p]! > 0 || doing[p] !== DOING.compute) return false;
      if (left[p]! < least) least = left[p]!;
      count++;
    }
    const round = count * (quantum + this.config.terms.contextSwitch);
    const submit =
      this.nextProgram < programs.n ? programs.submit[this.nextProgram]! : Number.POSITIVE_INFINITY;
    const limit = Math.min(submit, horizon);
    const n = Math.min(Math.ceil(least / quantum), Math.ceil((limit - now) / round)) - 1;
    if (n < 1) return false;
    const each = n * quantum;
    for (let p = this.head[node]!; p !== NONE; p = next[p]!) {
      left[p]! -= each;
      used[p]! += each;
      this.together[program[p]!]! += each;
    }
    this.account(node);
    const end = now + n * round;
    this.since[node] = end;
    this.compute[node]! += count * each;
    this.switching[node]! += n * round - count * each;
    this.contextSwitches += n * count;
    // The time of the others is not the runner's.
    runSince[runner]! += n * round - each;
    this.togetherSince[program[runner]!]! += n * round - each;
    this.timers.set(runner, end + own - each);
    this.sliceEnd[node] = end;
    this.nodeTimers.set(node, end);
    return true;
  }

  // -- A process -----------------------------------------------------------------------------------------------

  /** Goes on with what a process was doing when it last ran, once it has answered those who asked meanwhile. */
  private goOn(p: number): void {
    const { processes, engine } = this;
    const handlers = processes.requests[p] === NONE ? 0 : this.handleAll(p);
    const doing = processes.doing[p];
    if (doing === DOING.nothing) this.step(p);
    else if (doing === DOING.waiting) {
      if (this.hasCome(p)) this.accept(p);
      else this.spin(p, processes.left[p]!);
    } else this.timers.set(p, engine.now + processes.left[p]! + handlers);
  }

  private due(p: number): void {
    if (this.processes.doing[p] === DOING.waiting) this.spunOut(p);
    else {
      this.account(this.processes.node[p]!);
      this.workDone(p);
    }
  }

  /** Present work of a running process is done: what follows, up to the next work or wait. */
  private workDone(p: number): void {
    const { processes } = this;
    const pattern = this.patternByProgram[processes.program[p]!]!;
    const at = processes.at[p]!;
    switch (pattern.kind[at]) {
      case OP.send: {
        const first = this.first[processes.program[p]!]!;
        this.messages++;
        this.engine.schedule(
          pattern.message.transit,
          this.mailType,
          first + pattern.peer[at]!,
          pattern.slot[at]!,
        );
        break;
      }
      case OP.read:
        if (processes.second[p] === 0) {
          this.ask(p);
          this.wait(p, pattern.spin.read);
          return;
        }
        break;
      case OP.barrier:
        if (processes.second[p] === 0) {
          this.reach(p, pattern);
          return;
        }
    }
    const program = processes.program[p]!;
    const rank = processes.rank[p]!;
    processes.second[p] = 0;
    if (at + 1 < pattern.first[rank + 1]!) processes.at[p] = at + 1;
    else {
      processes.at[p] = pattern.first[rank]!;
      if (pattern.processes === 1) this.stepsDone[program] = this.steps[program]!;
      if (this.stepsDone[program] === this.steps[program]) {
        this.endProcess(p);
        return;
      }
    }
    this.step(p);
  }

  /** The process begins its present operation. */
  private step(p: number): void {
    const { processes } = this;
    const pattern = this.patternByProgram[processes.program[p]!]!;
    const at = processes.at[p]!;
    const kind = pattern.kind[at];
    if (kind === OP.compute) {
      this.work(
        p,
        DOING.compute,
        pattern.processes === 1 ? this.allGrains(p) : this.grain(p, this.stepsDone[processes.program[p]!]!),
      );
    } else if (kind === OP.receive) {
      if (this.hasCome(p)) this.accept(p);
      else this.wait(p, pattern.spin.oneWay);
    } else this.work(p, DOING.software, pattern.work[at]!);
  }

  /** A process alone meets nobody: all its supersteps are one piece of work. */
  private allGrains(p: number): number {
    const program = this.processes.program[p]!;
    const steps = this.steps[program]!;
    let sum = 0;
    if (this.grains === null)
      sum = Math.round(
        this.grainOf(program) * (this.config.programs.length[program]! / this.config.shape.grain),
      );
    else for (let step = 0; step < steps; step++) sum += this.grain(p, step);
    return sum;
  }

  private work(p: number, doing: number, ns: number): void {
    this.processes.doing[p] = doing;
    // A handler under way comes first.
    const busy = Math.max(this.engine.now, this.processes.handlerEnd[p]!);
    if (ns > 0 || busy > this.engine.now) this.timers.set(p, busy + ns);
    else this.workDone(p);
  }

  private wait(p: number, spin: number): void {
    this.processes.doing[p] = DOING.waiting;
    if (this.hasCome(p)) this.accept(p);
    else this.spin(p, spin);
  }

  private spin(p: number, ns: number): void {
    const { now } = this.engine;
    // A handler under way comes first.
    const until = Math.max(now, this.processes.handlerEnd[p]!) + ns;
    if (until === now) this.block(p);
    else if (until < Number.POSITIVE_INFINITY) this.timers.set(p, until);
  }

  /** The baseline of a two-phase wait is over: it goes on while messages keep arriving. */
  private spunOut(p: number): void {
    const arrival = this.processes.lastArrival[p]! + this.config.waiting.whileArriving;
    const until = Math.max(arrival, this.processes.handlerEnd[p]!);
    if (until > this.engine.now) this.timers.set(p, until);
    else this.block(p);
  }

  private block(p: number): void {
    const { now } = this.engine;
    const node = this.processes.node[p]!;
    this.account(node);
    this.renew(node);
    this.blocks++;
    this.stopRunning(p, STATE.blocked);
    this.processes.blockedSince[p] = now;
    this.processes.left[p] = this.spinOf(p);
    this.processes.sliceLeft[p] = 0;
    this.events.record(now, PARALLEL_EVENT.block, node, this.processes.program[p]!);
    this.nodeTimers.clear(node);
    this.runner[node] = NONE;
    this.last[node] = BLOCKED;
    this.dispatch(node, this.config.terms.contextSwitch);
  }

  /** ns that a process spins in the wait that it is in. */
  private spinOf(p: number): number {
    const pattern = this.patternByProgram[this.processes.program[p]!]!;
    const kind = pattern.kind[this.processes.at[p]!];
    return kind === OP.barrier
      ? pattern.spin.barrier
      : kind === OP.read
        ? pattern.spin.read
        : pattern.spin.oneWay;
  }

  private wake(p: number): void {
    const { now } = this.engine;
    const node = this.processes.node[p]!;
    const program = this.processes.program[p]!;
    this.blockedTime[program]! += now - this.processes.blockedSince[p]!;
    this.processes.state[p] = STATE.ready;
    if (this.decaying) this.processes.boosted[p] = 1;
    this.events.record(now, PARALLEL_EVENT.wake, node, program);
    this.enqueue(node, p, false);
    this.consider(p);
  }

  private endProcess(p: number): void {
    const node = this.processes.node[p]!;
    const program = this.processes.program[p]!;
    this.stopRunning(p, STATE.over);
    this.count[node]!--;
    if (this.width[program]! > 1) this.meeting[node]!--;
    this.nodeTimers.clear(node);
    this.runner[node] = NONE;
    this.last[node] = this.count[node] === 0 ? NEVER : BLOCKED;
    this.ranksLeft[program]!--;
    this.cpu[node] = CPU.idle;
    this.dispatch(node, this.config.terms.contextSwitch);
    if (this.ranksLeft[program] === 0) this.programEnds(program);
  }

  // -- Messages ------------------------------------------------------------------------------------------------

  /** Has what the process waits for come? */
  private hasCome(p: number): boolean {
    const { processes } = this;
    const pattern = this.patternByProgram[processes.program[p]!]!;
    const at = processes.at[p]!;
    if (pattern.kind[at] === OP.barrier) return processes.released[p] === 1;
    return processes.hasMail(p, pattern.slot[at]!);
  }

  /** A running process takes what it has waited for. */
  private accept(p: number): void {
    const { processes } = this;
    const pattern = this.patternByProgram[processes.program[p]!]!;
    const at = processes.at[p]!;
    this.account(processes.node[p]!);
    if (processes.doing[p] === DOING.waiting) this.timers.clear(p);
    if (pattern.kind[at] === OP.barrier) processes.released[p] = 0;
    else processes.takeMail(p, pattern.slot[at]!);
    processes.second[p] = 1;
    const short = pattern.kind[at] === OP.barrier;
    this.work(p, DOING.software, short ? this.config.terms.short.receive : pattern.message.receive);
  }

  /** Something has arrived for the process. */
  private notice(p: number): void {
    const { processes } = this;
    processes.lastArrival[p] = this.engine.now;
    const state = processes.state[p];
    if (state === STATE.ready) {
      if (this.config.coscheduling.kind.onArrival === true) this.arrivalFor(p);
    } else if (processes.doing[p] === DOING.waiting && this.hasCome(p)) {
      if (state === STATE.running) this.accept(p);
      else if (state === STATE.blocked) this.wake(p);
    }
  }

  /** Dynamic coscheduling: the receiver runs now if it has had less of the node than the process that does. */
  private arrivalFor(p: number): void {
    const node = this.processes.node[p]!;
    if (this.cpu[node] !== CPU.running) return;
    const runner = this.runner[node]!;
    if (this.usedBy(p) >= this.usedBy(runner)) return;
    this.preempt(node, true);
    this.dequeue(node, p);
    this.enqueue(node, p, true);
    this.dispatch(node, this.config.terms.contextSwitch);
  }

  /** CPU time that a process has had, ns, counted from the least of its node's when it came. */
  private usedBy(p: number): number {
    const { used, runSince, state } = this.processes;
    return used[p]! + (state[p] === STATE.running ? this.engine.now - runSince[p]! : 0);
  }

  private leastUsed(node: number): number {
    const { next } = this.processes;
    const runner = this.runner[node]!;
    let least = runner === NONE ? Number.POSITIVE_INFINITY : this.usedBy(runner);
    for (let p = this.head[node]!; p !== NONE; p = next[p]!) least = Math.min(least, this.usedBy(p));
    return least === Number.POSITIVE_INFINITY ? 0 : least;
  }

  private mail(p: number, slot: number): void {
    this.processes.putMail(p, slot);
    this.notice(p);
  }

  /** A process has come to the barrier. */
  private reach(p: number, pattern: PricedPattern): void {
    const { processes, engine } = this;
    const program = processes.program[p]!;
    this.messages += 2;
    processes.doing[p] = DOING.waiting;
    if (++this.arrived[program]! < pattern.processes) {
      this.spin(p, pattern.spin.barrier);
      return;
    }
    this.arrived[program] = 0;
    this.stepsDone[program]!++;
    const { transit } = this.config.terms.short;
    if (this.config.fidelity === 'messages') {
      const first = this.first[program]!;
      for (let k = 0; k < pattern.processes; k++) engine.schedule(transit, this.releaseOneType, first + k);
      this.spin(p, pattern.spin.barrier);
      return;
    }
    if (this.leap === null || !this.allRun(program) || !this.leap.go(program, p)) {
      engine.schedule(transit, this.releaseType, program);
      this.spin(p, pattern.spin.barrier);
    }
  }

  private release(program: number): void {
    const first = this.first[program]!;
    const width = this.width[program]!;
    for (let k = 0; k < width; k++) this.releaseOne(first + k);
  }

  private releaseOne(p: number): void {
    this.processes.released[p] = 1;
    this.notice(p);
  }

  /** A read: the request goes to a process drawn at random. */
  private ask(p: number): void {
    const { processes, targets } = this;
    const program = processes.program[p]!;
    const width = this.width[program]!;
    const rank = processes.rank[p]!;
    const u = targets!.next(this.streamBase[program]! + rank);
    const other = (rank + 1 + Math.floor(u * (width - 1))) % width;
    this.messages += 2;
    this.engine.schedule(this.config.terms.short.transit, this.requestType, this.first[program]! + other, p);
  }

  /** A request of process `from` has come to its owner. */
  private request(p: number, from: number): void {
    const { processes } = this;
    processes.addRequest(p, from);
    processes.lastArrival[p] = this.engine.now;
    const state = processes.state[p];
    if (state === STATE.blocked) this.wake(p);
    else if (state === STATE.running) {
      const ns = this.handleAll(p);
      // Spinning goes on for as long as it would have; work is put off.
      if (processes.doing[p] !== DOING.waiting && ns > 0) this.timers.set(p, this.timers.timeOf(p) + ns);
    }
  }

  /** Answers all requests of a running process, one after the other; returns ns of its CPU. */
  private handleAll(p: number): number {
    const { processes, engine } = this;
    const { short } = this.config.terms;
    const pattern = this.patternByProgram[processes.program[p]!]!;
    const node = processes.node[p]!;
    const each = short.receive + pattern.message.send;
    let total = 0;
    this.account(node);
    let free = Math.max(engine.now, processes.handlerEnd[p]!);
    for (let from = processes.takeRequest(p); from !== NONE; from = processes.takeRequest(p)) {
      free += each;
      total += each;
      engine.schedule(free - engine.now + pattern.message.transit, this.replyType, from);
    }
    processes.handlerEnd[p] = free;
    // Charged at once, and the time that it takes is charged to nothing else.
    this.software[node]! += total;
    this.since[node] = Math.max(this.since[node]!, engine.now) + total;
    return total;
  }
}
