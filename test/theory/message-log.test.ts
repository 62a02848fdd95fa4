/**
 * Message logging: whatever crashes, and whenever, every message is delivered once, no program notices, and the network
 * carries what it would have carried without crashes.
 */
import { describe, expect, it } from 'vitest';
import { MessageLog, NO_MESSAGE, replayInRing } from '../../models/glunix/message-log.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';

/** A deterministic program: what it does next follows from its state; what it reads goes into its state. */
interface Program {
  state: number;
  steps: number;
}

/** Two sends, then a read: so not all can wait at once. */
const reads = ({ steps }: Program) => steps % 3 === 2;

const mixed = (a: number, b: number) => (Math.imul(a ^ b, 0x9e37_79b1) ^ (a >>> 7)) >>> 0;

/** A run of programs that send to and read from each other, with crashes and synchronisations at random. */
class Ring {
  readonly log: MessageLog;
  /** What each process sent, in order; the network's record of what it carried: sender, receiver, content. */
  readonly record: { from: number; to: number; content: number }[] = [];
  private readonly bySender: { to: number; content: number }[][];
  private readonly sends: number[];
  private readonly programs: Program[];
  private readonly saved: { program: Program; sends: number }[];
  private readonly n: number;
  crashes = 0;

  constructor(n: number) {
    this.n = n;
    this.log = new MessageLog(n);
    this.bySender = Array.from({ length: n }, () => []);
    this.sends = Array.from({ length: n }, () => 0);
    this.programs = Array.from({ length: n }, (_, i) => ({ state: i + 1, steps: 0 }));
    this.saved = this.programs.map((program) => ({ program: { ...program }, sends: 0 }));
  }

  /** One step of a process; false where it waits for a message. */
  step(process: number): boolean {
    const program = this.programs[process]!;
    if (reads(program)) {
      const message = this.log.receive(process);
      if (message === NO_MESSAGE) return false;
      program.state = mixed(program.state, this.record[message]!.content);
      expect(this.record[message]!.to).toBe(process);
    } else {
      const to = (process + 1 + (mixed(program.state, 77) % (this.n - 1))) % this.n;
      const content = mixed(program.state, program.steps + 1);
      const number = this.sends[process]!++;
      if (this.log.send(process, to, this.record.length)) {
        this.record.push({ from: process, to, content });
        this.bySender[process]!.push({ to, content });
        expect(this.bySender[process]).toHaveLength(number + 1);
      } else {
        // What a program sends again is what it had sent.
        expect(this.bySender[process]![number]).toEqual({ to, content });
      }
      program.state = mixed(program.state, 13);
    }
    program.steps++;
    return true;
  }

  synchronise(process: number): void {
    this.log.synchronise(process);
    this.saved[process] = { program: { ...this.programs[process]! }, sends: this.sends[process]! };
  }

  crash(process: number): void {
    this.crashes++;
    const { program, sends } = this.saved[process]!;
    const dropped = this.bySender[process]!.length - sends;
    expect(this.log.crash(process)).toBe(dropped);
    this.programs[process] = { ...program };
    this.sends[process] = sends;
  }

  /** Let every process that does again what it did before a crash catch up. */
  settle(): void {
    for (let process = 0; process < this.n; process++) {
      while (this.log.isReplaying(process)) expect(this.step(process)).toBe(true);
    }
  }

  states(): Program[] {
    return this.programs.map((program) => ({ ...program }));
  }
}

/** What the programs come to if each reads, without any crash, what the network carried to it. */
function withoutCrashes(n: number, record: Ring['record'], goal: readonly Program[]): Program[] {
  return goal.map((_, process) => {
    const mine = record.filter(({ to }) => to === process);
    const program: Program = { state: process + 1, steps: 0 };
    const sent: number[] = [];
    let read = 0;
    while (program.steps < goal[process]!.steps) {
      if (reads(program)) {
        program.state = mixed(program.state, mine[read++]!.content);
      } else {
        sent.push(mixed(program.state, program.steps + 1));
        program.state = mixed(program.state, 13);
      }
      program.steps++;
    }
    expect(sent).toEqual(record.filter(({ from }) => from === process).map(({ content }) => content));
    expect(n).toBe(goal.length);
    return program;
  });
}

function play(seed: number, n: number, steps: number): Ring {
  const chance: Source = new Streams(seed, n).stream('log');
  const ring = new Ring(n);
  for (let i = 0; i < steps; i++) {
    const process = Math.floor(chance.next() * n);
    const what = chance.next();
    if (what < 0.02) ring.crash(process);
    else if (what < 0.06) ring.synchronise(process);
    else ring.step(process);
  }
  ring.settle();
  return ring;
}

describe('message logging', () => {
  it('loses and doubles nothing, whenever processes crash and are synchronised', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const n = 2 + (seed % 5);
      const ring = play(seed, n, 1000);
      expect(ring.crashes).toBeGreaterThan(8);
      expect(ring.log.suppressed).toBeGreaterThan(0);
      expect(ring.log.replayed).toBeGreaterThan(0);
      expect(ring.log.delivered).toBe(ring.record.length);
      const states = ring.states();
      expect(withoutCrashes(n, ring.record, states)).toEqual(states);
    }
  });

  it('a crash during a replay begins the replay anew', () => {
    const log = new MessageLog(2);
    for (let i = 0; i < 5; i++) log.send(0, 1, i);
    for (let i = 0; i < 3; i++) expect(log.receive(1)).toBe(i);
    log.synchronise(1);
    expect(log.receive(1)).toBe(3);
    expect(log.send(1, 0, 9)).toBe(true);
    for (let again = 0; again < 2; again++) {
      expect(log.crash(1)).toBe(1);
      expect(log.receive(1)).toBe(3);
    }
    expect(log.send(1, 0, 9)).toBe(false);
    expect(log.isReplaying(1)).toBe(false);
    expect(log.receive(1)).toBe(4);
    expect(log.receive(1)).toBe(NO_MESSAGE);
    expect(log.receive(0)).toBe(9);
    expect(log.receive(0)).toBe(NO_MESSAGE);
  });

  it('a task of a ring reads and drops as many as it had read and sent', () => {
    expect(replayInRing(4, 2, 25)).toEqual({ read: 25, suppressed: 25 });
    expect(replayInRing(1, 0, 3)).toEqual({ read: 3, suppressed: 3 });
    expect(replayInRing(3, 1, 0)).toEqual({ read: 0, suppressed: 0 });
  });
});
