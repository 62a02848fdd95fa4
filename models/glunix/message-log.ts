/**
 * Message logging with backups: a process that crashes is run again by its backup from its last synchronisation, reads
 * the same messages in the same order, and sends nothing twice.
 *
 * Model: every message is delivered, all or nothing, to its receiver, to the receiver's backup and to the sender's
 * backup. A backup keeps the messages that its process has been given since it was last synchronised, and counts what
 * it has sent. A synchronisation ships the process's state; the backup then forgets what had been read. After a crash
 * the backup begins from the last synchronisation, reads its queue, and drops as many of its first sends as were
 * counted. Programs are deterministic: what they do follows from their state and what they read.
 * Source: Borg and others, "Fault tolerance under UNIX", ACM TOCS 7(1), 1989 (TARGON/32; facts F001-F003).
 * Left out: signals and clocks, which TARGON turns into messages; loss of a process and its backup at one time, which
 * the user of this class has to notice.
 */

/** Nothing to read. */
export const NO_MESSAGE = -1;

export class MessageLog {
  /** Messages on the network, each to three receivers; sends dropped as done before; messages read once more. */
  delivered = 0;
  suppressed = 0;
  replayed = 0;
  /** Sends and reads of each process's program, as of its present run. */
  private readonly sent: Float64Array;
  private readonly read: Float64Array;
  /** The same as of its last synchronisation. */
  private readonly sentThen: Float64Array;
  private readonly readThen: Float64Array;
  /** Sends that reached the network, and the most that any run of it has read. */
  private readonly given: Float64Array;
  private readonly mostRead: Float64Array;
  /** Messages of each process since its last synchronisation, in order of delivery. */
  private readonly queues: number[][];

  constructor(processes: number) {
    this.sent = new Float64Array(processes);
    this.read = new Float64Array(processes);
    this.sentThen = new Float64Array(processes);
    this.readThen = new Float64Array(processes);
    this.given = new Float64Array(processes);
    this.mostRead = new Float64Array(processes);
    this.queues = Array.from({ length: processes }, () => []);
  }

  /** Process `from` sends a message to `to`; false where it had been sent before a crash and is dropped. */
  send(from: number, to: number, message: number): boolean {
    this.sent[from]!++;
    if (this.sent[from]! <= this.given[from]!) {
      this.suppressed++;
      return false;
    }
    this.given[from]!++;
    this.delivered++;
    this.queues[to]!.push(message);
    return true;
  }

  /** The next message that a process reads; `NO_MESSAGE` where it must wait for one. */
  receive(process: number): number {
    const at = this.read[process]! - this.readThen[process]!;
    const message = this.queues[process]![at];
    if (message === undefined) return NO_MESSAGE;
    this.read[process]!++;
    if (this.read[process]! <= this.mostRead[process]!) this.replayed++;
    else this.mostRead[process] = this.read[process]!;
    return message;
  }

  /** The backup takes over the state of a process as it is now. */
  synchronise(process: number): void {
    this.queues[process]!.splice(0, this.read[process]! - this.readThen[process]!);
    this.readThen[process] = this.read[process]!;
    this.sentThen[process] = this.sent[process]!;
  }

  /** Messages that a process has read since its last synchronisation. */
  readSince(process: number): number {
    return this.read[process]! - this.readThen[process]!;
  }

  /** A process crashes; its backup runs it from its last synchronisation. Answers how many sends will be dropped. */
  crash(process: number): number {
    this.read[process] = this.readThen[process]!;
    this.sent[process] = this.sentThen[process]!;
    return this.given[process]! - this.sentThen[process]!;
  }

  /** Whether a process does again what it did before a crash. */
  isReplaying(process: number): boolean {
    return this.read[process]! < this.mostRead[process]! || this.sent[process]! < this.given[process]!;
  }
}

/**
 * What it takes to do again what one task of a ring has done since it was synchronised: every task has sent `messages`
 * to the next and read as many. Throws where the log would lose a message or double one.
 */
export function replayInRing(
  tasks: number,
  task: number,
  messages: number,
): { read: number; suppressed: number } {
  const log = new MessageLog(tasks);
  for (let round = 0; round < messages; round++) {
    for (let one = 0; one < tasks; one++) log.send(one, (one + 1) % tasks, round);
    for (let one = 0; one < tasks; one++) log.receive(one);
  }
  log.crash(task);
  for (let round = 0; round < messages; round++) {
    if (log.send(task, (task + 1) % tasks, round)) throw new Error('a message was sent twice');
    if (log.receive(task) !== round) throw new Error('a message was lost');
  }
  if (log.isReplaying(task)) throw new Error('a task that has caught up goes on replaying');
  return { read: log.replayed, suppressed: log.suppressed };
}
