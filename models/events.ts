/**
 * The domain events of a run: what happened to jobs, nodes and owners. Every one enters the digest, always;
 * a log of them is kept only when asked for. The digest does not depend on the event queue: it sees no timer,
 * only what a person would tell.
 */
import type { Engine } from '../sim/engine/engine.ts';
import { Digest } from '../sim/measure/digest.ts';
import { EventLog } from '../sim/measure/event-log.ts';

/** What can happen; `who` is a job (J) or a node (N), `value` is said in brackets. */
export const EVENT = {
  /** J submitted (processors). */
  submit: 0,
  /** J started (processors). */
  start: 1,
  /** J finished (run time, s). */
  finish: 2,
  /** J rejected: wider than the machine (processors). */
  reject: 3,
  /** J stopped for good or sent back to the queue (work lost, s). */
  kill: 4,
  /** N's owner gives input again after having been away (0), or is withdrawn (1). */
  'owner-return': 5,
  /** N's owner leaves (0) or the node is given back (1). */
  'owner-leave': 6,
  /** N's daemon starts to accept guests. */
  recruit: 7,
  /** N's daemon refuses guests from now on. */
  refuse: 8,
  /** N: foreign processes are called off (the job, -1 where there is none). */
  evict: 9,
  /** N: the guest is stopped (job). */
  suspend: 10,
  /** N: the guest goes on (job). */
  resume: 11,
  /** N: the guest begins to move to another node (that node). */
  migrate: 12,
  /** N: a guest has arrived (job). */
  arrive: 13,
  /** N: the master hears that the node accepts (1) or refuses (0). */
  report: 14,
  /** N: a guest meets a fault of the layer (its kind, by place in FAULT_KINDS). */
  fault: 15,
  /** N: out of use (for how long, s). */
  down: 16,
  /** N crashes (its guest's job, -1 where there is none). */
  crash: 17,
  /** N is up again after a crash. */
  repair: 18,
  /** N: the master learns that it has crashed (s since then). */
  detect: 19,
  /** J goes back to what was saved of it, after a crash (node seconds of work lost). */
  rollback: 20,
  /** J goes on, or begins again, after a crash (work per task that it has from before, s). */
  restart: 21,
  /** J's tasks have all been saved (work per task, s). */
  checkpoint: 22,
  /** N's daemon has become the master (s since the last one was lost). */
  'fail-over': 23,
  /** This many rows of the gang matrix take turns from now on (0). */
  turns: 24,
  /** N lends this much memory to others from now on (slabs). */
  'memory-offer': 25,
  /** N wants its memory back (slabs that it holds for others). */
  'memory-withdraw': 26,
  /** N has crashed with what it held for others (slabs). */
  'memory-crash': 27,
  /** N: a slab goes to a server (slab). */
  'page-out': 28,
  /** N: a slab is wanted back from a server (slab). */
  'page-in': 29,
  /** N: a slab goes on to another server (slab). */
  'page-move': 30,
  /** N: a slab goes to its owner's disk (slab). */
  'page-spill': 31,
  /** N: the only copy of a slab is lost (slab). */
  'page-lost': 32,
  /** N: a slab that was lost is there again (slab). */
  'page-recover': 33,
  /** N: no server takes a slab (slab). */
  'page-refuse': 34,
  /** N: the guest's memory is copied while it runs (bytes). */
  copy: 35,
  /** N: the guest is frozen for the rest of its memory (bytes). */
  freeze: 36,
  /** N: the guest has fetched all the memory that it refers to. */
  fetched: 37,
  /** N: the guest begins to be saved at its home (job). */
  vacate: 38,
  /** N is closed to guests for the rest of the day (delays of its owner today). */
  close: 39,
  /** J's lost tasks do again, alone, what they had done since they were synchronised (task seconds of work). */
  replay: 40,
} as const;

const NAMES = Object.keys(EVENT);

interface EventListener {
  /** `now`: ns. */
  event(now: number, what: number, who: number, value: number): void;
}

export class DomainEvents {
  private readonly engine: Engine;
  private readonly digest = new Digest();
  readonly log: EventLog | null;
  /** Who keeps the history of the run, where it is kept. */
  listener: EventListener | null = null;

  constructor(engine: Engine, keepLog: boolean) {
    this.engine = engine;
    this.log = keepLog ? new EventLog(NAMES) : null;
  }

  record(what: number, who: number, value: number): void {
    const { now } = this.engine;
    this.digest.add(now, what, who, value);
    if (this.log !== null) this.log.add(now, what, who, value);
    if (this.listener !== null) this.listener.event(now, what, who, value);
  }

  /** Domain events so far. */
  get count(): number {
    return this.digest.count;
  }

  /** The digest so far, hexadecimal. */
  hex(): string {
    return this.digest.hex();
  }
}
