/**
 * The engine: a clock, the event queue, handlers with an integer argument, and generator processes.
 *
 * Time is a number in the unit of the model (nowsim's models use whole nanoseconds; the engine does not
 * round). Events at one instant are handled in the order in which they were scheduled; there are no numeric
 * priorities. Two ways to write behaviour over the one queue:
 *
 * Handlers, for hot traffic. No closure or object per event:
 *
 *     const ARRIVE: number = engine.on(arrive);
 *     function arrive(customer: number) { ...; engine.schedule(gap, ARRIVE, customer + 1); }
 *     engine.schedule(0, ARRIVE, 0);
 *     engine.run();
 *
 * Processes, for lives. Each call that may have to wait arranges the wake-up itself and the bare `yield`
 * only suspends; where nothing has to be waited for there is no need to yield:
 *
 *     function* customer() {
 *       if (!counter.acquire()) yield;
 *       engine.hold(service.sample(source)); yield;
 *       counter.release();
 *     }
 *     engine.spawn(customer());
 *
 * Statistics and traces are kept by the model's own handlers: nothing of that kind sits in the loop. The
 * watchdog costs nothing per event: it looks at the clock between stretches of the loop.
 */
import { LadderQueue, TYPE_LIMIT } from './queue.ts';

/** What is called when an event is due. `entity` is the integer given when it was scheduled. */
export type Handler = (entity: number) => void;

/** A life: suspends by a bare `yield` after it has arranged its wake-up. */
export type Process = Generator<void, void, void>;

export interface EngineOptions {
  /** Pending events to make room for from the start. */
  readonly expected?: number;
  /** A run that handles more than about this many events while the clock stands still is stopped. */
  readonly watchdog?: number;
}

const WATCHDOG = 50_000_000;
/** Events counted by handler once the watchdog has barked, to say which they are. */
const SAMPLE = 100_000;
const NOBODY = -1;

export class Engine {
  /** For the parts of sim/engine; models use the methods of the engine. */
  readonly queue: LadderQueue;
  /** Events handled since the start. */
  events = 0;
  /** The running process; -1 outside. */
  process = NOBODY;
  /** The type by which `spawn`, `hold` and `wake` resume processes. */
  readonly resumeType: number;

  private readonly handlers: Handler[] = [];
  private readonly names: string[] = [];
  private readonly watchdog: number;
  private readonly processes: (Process | null)[] = [];
  private readonly processNames: string[] = [];
  private readonly freeProcesses: number[] = [];
  private stopped = false;

  constructor(options: EngineOptions = {}) {
    this.queue = new LadderQueue(options.expected);
    this.watchdog = options.watchdog ?? WATCHDOG;
    this.resumeType = this.on((process) => this.resume(process), 'process');
  }

  /** The clock. */
  get now(): number {
    return this.queue.time;
  }

  /** The payload of the event being handled. */
  get payload(): number {
    return this.queue.payload;
  }

  /** Events scheduled and neither handled nor cancelled. */
  get pending(): number {
    return this.queue.pending;
  }

  /** Registers a handler and returns its type; `name` stands in error messages. At most 4,096 handlers. */
  on(handler: Handler, name = handler.name): number {
    if (this.handlers.length === TYPE_LIMIT) throw new RangeError(`more than ${TYPE_LIMIT} handlers`);
    this.names.push(name === '' ? `handler ${this.handlers.length}` : name);
    return this.handlers.push(handler) - 1;
  }

  /**
   * Calls handler `type` with `entity` after `delay`. Returns a handle for `cancel`, valid for ever.
   * Throws RangeError for a negative, infinite or NaN delay.
   */
  schedule(delay: number, type: number, entity: number, payload = 0): number {
    const queue = this.queue;
    const time = queue.time + delay;
    if (!(delay >= 0 && time < Infinity)) this.refuse(time, type, entity);
    return queue.handleOf(queue.push(time, type, entity, payload));
  }

  /** As `schedule`, at a point of time. */
  scheduleAt(time: number, type: number, entity: number, payload = 0): number {
    const queue = this.queue;
    if (!(time >= queue.time && time < Infinity)) this.refuse(time, type, entity);
    return queue.handleOf(queue.push(time, type, entity, payload));
  }

  /** Cancels a scheduled event; false if it has been handled or cancelled already. */
  cancel(handle: number): boolean {
    return this.queue.cancel(handle);
  }

  /** Calls the handler `type` with `entity` at once, inside the event being handled. */
  call(type: number, entity: number): void {
    this.handlers[type]!(entity);
  }

  /**
   * Handles events up to and including time `until`, at most `maxEvents` of them, until `stop` is called or
   * none is left; returns how many. A run that reached a finite `until` leaves the clock there, and the next
   * goes on as if there had been no break.
   */
  run(until = Infinity, maxEvents = Infinity): number {
    if (!(until >= this.now)) throw new RangeError(`run(${until}) when it is ${this.now}`);
    const queue = this.queue;
    this.stopped = false;
    queue.limit = until;
    let done = 0;
    let more = true;
    while (more && done < maxEvents) {
      const before = queue.time;
      const stretch = Math.min(this.watchdog, maxEvents - done);
      const handled = this.stretch(stretch);
      done += handled;
      more = handled === stretch && !this.stopped;
      if (more && handled === this.watchdog && queue.time === before) {
        const sampled = this.bark(before);
        done += sampled;
        more = sampled > 0 && !this.stopped;
      }
    }
    if (!this.stopped && done < maxEvents && until < Infinity) queue.advance(until);
    return done;
  }

  /** Ends `run` after the event being handled. */
  stop(): void {
    this.stopped = true;
  }

  /** The loop: handles at most `most` events and returns how many. */
  private stretch(most: number): number {
    const queue = this.queue;
    const handlers = this.handlers;
    let done = 0;
    try {
      while (done < most && queue.pop()) {
        done++;
        handlers[queue.type]!(queue.entity);
        if (this.stopped) break;
      }
    } finally {
      this.events += done;
    }
    return done;
  }

  /** The clock has stood still for too long: counts which handlers are called, and throws if it goes on so. */
  private bark(time: number): number {
    const queue = this.queue;
    const counts = new Map<number, number>();
    for (let n = 0; n < SAMPLE; n++) {
      if (!queue.pop()) return n;
      this.events++;
      counts.set(queue.type, (counts.get(queue.type) ?? 0) + 1);
      this.call(queue.type, queue.entity);
      if (this.stopped || queue.time !== time) return n + 1;
    }
    const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
    const shares = most.map(([type, count]) => `${this.names[type]} ${Math.round((100 * count) / SAMPLE)} %`);
    throw new Error(
      `no progress: ${this.watchdog + SAMPLE} events at time ${time} without the clock moving; ` +
        `of the last ${SAMPLE}: ${shares.join(', ')}`,
    );
  }

  /** Throws the RangeError for an event at an impossible time. */
  refuse(time: number, type: number, entity: number): never {
    const what = Number.isNaN(time) ? 'NaN' : time === Infinity ? 'infinity' : `${time}, in the past`;
    throw new RangeError(
      `event for ${this.names[type] ?? type}(${entity}) at time ${what}; it is ${this.now}`,
    );
  }

  /** Starts a process at the present instant, after the events already scheduled for it; returns its id. */
  spawn(process: Process, name = 'process'): number {
    const id = this.freeProcesses.length > 0 ? this.freeProcesses.pop()! : this.processes.length;
    this.processes[id] = process;
    // Compared first: most processes share their name, and a store of an object costs more than a look.
    if (this.processNames[id] !== name) this.processNames[id] = name;
    this.wake(id);
    return id;
  }

  /** Wakes the running process after `delay`; to be followed by `yield`. */
  hold(delay: number): void {
    const queue = this.queue;
    const time = queue.time + delay;
    if (!(delay >= 0 && time < Infinity)) this.refuse(time, this.resumeType, this.process);
    queue.push(time, this.resumeType, this.process, 0);
  }

  /** Wakes a suspended process at the present instant. Exactly one wake-up belongs to each `yield`. */
  wake(process: number): void {
    const queue = this.queue;
    queue.push(queue.time, this.resumeType, process, 0);
  }

  private resume(id: number): void {
    const process = this.processes[id];
    if (process == null) throw new RangeError(`process ${id} was woken at ${this.now}, but it has ended`);
    const outer = this.process;
    this.process = id;
    try {
      if (process.next().done === true) {
        this.processes[id] = null;
        this.freeProcesses.push(id);
      }
    } catch (error) {
      const where = `${this.processNames[id]} ${id} at time ${this.now}`;
      if (!(error instanceof Error)) throw new Error(`in ${where}: ${String(error)}`, { cause: error });
      // The same object goes on, so that its class (bad input, a failed check) still tells the exit code.
      error.message = `in ${where}: ${error.message}`;
      throw error;
    } finally {
      this.process = outer;
    }
  }
}
