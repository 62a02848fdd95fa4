/**
 * Checkpoints as states of a job: it runs, stands still while it is saved, runs on; after a crash it is brought back
 * from what was saved last, which takes its own time, and runs again.
 *
 * Model: all tasks of a job are saved together, at a point of its work that is common to them (coordinated). The
 * policy says for how long it runs in between. A checkpoint that is due while the job stands still anyway is made
 * when it goes on; one at whose end an owner has a task stopped or on its way is worth nothing and made anew. What a
 * crash interrupts, be it work, a checkpoint or coming back, is lost. Where messages are logged (`message-log.ts`), a
 * checkpoint is the synchronisation of all tasks with their backups: it takes the time to ship what is dirty since
 * the last one, and the CPU of receiving what was logged since then, which is paid for here.
 * One that is due just as the work ends is made too: Daly's expected time counts it (F006).
 * Left out: the traffic of images to stable storage and its failures; saving while the job runs.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import type { CheckpointPolicy } from '../policies/checkpoint/contract.ts';
import type { Guests } from './guests.ts';

const PHASE = { off: 0, running: 1, saving: 2, returning: 3 } as const;

/** What a job's checkpoints cost, ns. */
export interface CheckpointCosts {
  save(job: number): number;
  bringBack(job: number): number;
}

export class Checkpoints {
  /** Checkpoints made. */
  taken = 0;
  /** Called when a job has come back, before it goes on. */
  onBack: (job: number) => void = () => {};
  /** Called when a job has been saved. */
  onSaved: (job: number) => void = () => {};
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly guests: Guests;
  private readonly policy: CheckpointPolicy;
  private readonly costs: CheckpointCosts;
  private readonly phase: Uint8Array;
  /** 1: a checkpoint is due and waits until the job goes on. */
  private readonly due: Uint8Array;
  private readonly timers: Timers;

  constructor(
    engine: Engine,
    events: DomainEvents,
    guests: Guests,
    jobs: number,
    policy: CheckpointPolicy,
    costs: CheckpointCosts,
  ) {
    this.engine = engine;
    this.events = events;
    this.guests = guests;
    this.policy = policy;
    this.costs = costs;
    this.phase = new Uint8Array(jobs);
    this.due = new Uint8Array(jobs);
    this.timers = new Timers(engine, (job) => this.expired(job), jobs, 'checkpoint');
    guests.onBegin = (job) => this.begin(job);
    guests.onGoing = (job) => this.going(job);
  }

  /**
   * A gang that lost a task has its nodes again: it comes back `launch` ns from now and the time that bringing it back
   * from what was saved takes, or `time`.
   */
  bringBack(job: number, launch: number, time: number = this.costs.bringBack(job)): void {
    this.forget(job);
    this.phase[job] = PHASE.returning;
    this.guests.pause(job, true);
    this.timers.set(job, this.engine.now + Math.round(launch + time));
  }

  /** What was going on with the job is over: a crash, or its end. What is saved stays. */
  forget(job: number): void {
    this.timers.clear(job);
    this.phase[job] = PHASE.off;
    this.due[job] = 0;
  }

  /** A job begins to run, from its beginning or from what was saved of an earlier attempt. */
  private begin(job: number): void {
    // One that was saved at its home for an owner has come from there while it was launched.
    if (this.guests.saved[job]! > 0 && this.guests.fromHome[job] === 0) this.bringBack(job, 0);
    else this.arm(job);
  }

  private arm(job: number): void {
    this.phase[job] = PHASE.running;
    const interval = this.policy.interval(job);
    if (interval < Number.POSITIVE_INFINITY) {
      this.timers.set(job, this.engine.now + Math.max(1, Math.round(interval)));
    }
  }

  private going(job: number): void {
    if (this.due[job] === 1 && this.phase[job] === PHASE.running) this.save(job);
  }

  private expired(job: number): void {
    const { guests } = this;
    switch (this.phase[job]) {
      case PHASE.running:
        if (guests.pace(job) > 0) this.save(job);
        else this.due[job] = 1;
        break;
      case PHASE.saving:
        this.saved(job);
        break;
      case PHASE.returning:
        this.onBack(job);
        this.events.record(EVENT.restart, job, guests.saved[job]! / 1e9);
        this.arm(job);
        guests.resume(job);
    }
  }

  private save(job: number): void {
    this.due[job] = 0;
    if (this.guests.done(job) <= this.guests.saved[job]!) {
      this.arm(job);
      return;
    }
    this.phase[job] = PHASE.saving;
    this.guests.pause(job, true);
    this.timers.set(job, this.engine.now + Math.round(this.costs.save(job)));
  }

  private saved(job: number): void {
    const { guests } = this;
    if (guests.isWhole(job)) {
      guests.saved[job] = guests.done(job);
      this.taken++;
      this.events.record(EVENT.checkpoint, job, guests.saved[job]! / 1e9);
      this.onSaved(job);
      this.arm(job);
    } else {
      this.phase[job] = PHASE.running;
      this.due[job] = 1;
    }
    guests.pause(job, false);
  }
}
