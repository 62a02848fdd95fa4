/**
 * The master's node crashes: another daemon becomes the master, and the daemons register with it.
 *
 * Model: a daemon finds out at its next beat, or, without beats, by its broken connection one round trip later; it
 * waits uniformly 1 to 8 s and then tries to become the master. The first to try gets the lock and is the master from
 * then on; each of the others finds it at the end of its own wait and registers. The new master knows of a node only
 * what it hears at that registration. Jobs that wait are kept, by those who submitted them, and jobs that run go on; no
 * job is placed until nodes have registered. Nodes that do not register are taken for dead after the time by which a
 * lost beat, or a broken connection, would have told.
 * Source: Sprite's central server (section A2 of the project's reference on policies). There the wait doubles as long
 * as the server cannot be reached; here the winner serves at once, so nobody waits twice. Left out: what it costs to
 * read the saved state; two masters at a time.
 */
import type { Engine } from '../../sim/engine/engine.ts';
import type { StreamBank } from '../../sim/engine/streams.ts';
import { Timers } from '../../sim/engine/timers.ts';
import { type DomainEvents, EVENT } from '../events.ts';
import { FAIL_OVER_WAIT } from '../presets/recovery.ts';
import type { Heartbeats } from './heartbeats.ts';

/** Wait of a daemon before it tries, ns: uniform between these. */
const SHORTEST_WAIT = FAIL_OVER_WAIT.shortest.value * 1e9;
const LONGEST_WAIT = FAIL_OVER_WAIT.longest.value * 1e9;

/** What the fail-over needs of the building. */
export interface FailOverParts {
  /** Whether a node is down. */
  isDown(node: number): boolean;
  /** The master is gone, and with it all that it knew. */
  lose(): void;
  /** There is a master again. */
  takeOver(): void;
  /** A live node's daemon tells the new master of itself. */
  register(node: number): void;
}

export class FailOver {
  /** Fail-overs so far, and time without a master in them, ns. */
  count = 0;
  time = 0;
  /** Where the master runs, or ran last. */
  node = 0;
  /** Messages by which daemons found the new master. */
  messages = 0;
  private readonly engine: Engine;
  private readonly events: DomainEvents;
  private readonly nodes: number;
  private readonly beats: Heartbeats | null;
  private readonly roundTrip: number;
  private readonly chance: StreamBank;
  private readonly parts: FailOverParts;
  private readonly tries: Timers;
  private lostAt = -1;

  /** `roundTrip`: ns; `chance`: a stream a node. */
  constructor(
    engine: Engine,
    events: DomainEvents,
    nodes: number,
    beats: Heartbeats | null,
    roundTrip: number,
    chance: StreamBank,
    parts: FailOverParts,
  ) {
    this.engine = engine;
    this.events = events;
    this.nodes = nodes;
    this.beats = beats;
    this.roundTrip = roundTrip;
    this.chance = chance;
    this.parts = parts;
    this.tries = new Timers(engine, (node) => this.attempt(node), nodes, 'fail-over');
  }

  /** Whether there is a master now. */
  get up(): boolean {
    return this.lostAt < 0;
  }

  /** A node has crashed. */
  crashed(node: number): void {
    this.tries.clear(node);
    if (node !== this.node || !this.up) return;
    const { now } = this.engine;
    this.lostAt = now;
    this.parts.lose();
    for (let other = 0; other < this.nodes; other++) {
      if (this.parts.isDown(other) || this.tries.isSet(other)) continue;
      const noticed = this.beats === null ? now + this.roundTrip : this.beats.next(other, now);
      this.tries.set(other, Math.round(noticed + this.wait(other)));
    }
  }

  /** A node is up again while there is no master: it tries like the others. */
  booted(node: number): void {
    this.tries.set(node, Math.round(this.engine.now + this.wait(node)));
  }

  private wait(node: number): number {
    return SHORTEST_WAIT + (LONGEST_WAIT - SHORTEST_WAIT) * this.chance.next(node);
  }

  private attempt(node: number): void {
    this.messages += 2;
    if (!this.up) {
      const gone = this.engine.now - this.lostAt;
      this.lostAt = -1;
      this.node = node;
      this.count++;
      this.time += gone;
      this.events.record(EVENT['fail-over'], node, gone / 1e9);
      this.parts.takeOver();
    }
    this.parts.register(node);
  }
}
