/**
 * The names of calls that a trace uses, numbered as they come. A name is found by the hash of its bytes, so that a
 * line of a trace makes no string.
 */
import { InputError } from '../../sim/problem.ts';
import { type CallKind, callKind } from './classes.ts';

/** More names than any system has calls: a file with more is no trace of calls. */
const MOST = 4096;
const SLOTS = 4 * MOST;
const LONGEST = 64;

export class CallNames {
  /** What is known of each name, by number. */
  readonly kinds: CallKind[] = [];
  readonly service = new Uint8Array(MOST);
  readonly role = new Uint8Array(MOST);
  readonly moves = new Uint8Array(MOST);
  readonly waits = new Uint8Array(MOST);
  private readonly slots = new Int32Array(SLOTS).fill(-1);
  private readonly text = new Uint8Array(MOST * LONGEST);
  private readonly length = new Uint8Array(MOST);
  private readonly path: string;

  /** `path`: the file, for messages. */
  constructor(path: string) {
    this.path = path;
  }

  /** The number of the name at these bytes, or -1 for one that is too long. Throws `InputError` for too many names. */
  idOf(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (length > LONGEST) return -1;
    let hash = 0x811c_9dc5 ^ length;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193);
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    for (;;) {
      const id = this.slots[slot]!;
      if (id < 0) return this.add(slot, bytes, from, to);
      if (this.length[id] === length) {
        const base = id * LONGEST - from;
        let i = from;
        while (i < to && this.text[base + i] === bytes[i]) i++;
        if (i === to) return id;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  /** The number of a name. */
  id(name: string): number {
    const bytes = Buffer.from(name, 'latin1');
    return this.idOf(bytes, 0, bytes.length);
  }

  private add(slot: number, bytes: Uint8Array, from: number, to: number): number {
    const id = this.kinds.length;
    if (id === MOST) {
      throw new InputError({
        where: this.path,
        found: `more than ${MOST.toLocaleString('en-US')} names of calls`,
        would: 'give a trace of system calls',
      });
    }
    this.text.set(bytes.subarray(from, to), id * LONGEST);
    this.length[id] = to - from;
    this.slots[slot] = id;
    const kind = callKind(Buffer.from(bytes.subarray(from, to)).toString('latin1'));
    this.kinds.push(kind);
    this.service[id] = kind.service;
    this.role[id] = kind.role;
    this.moves[id] = kind.moves;
    this.waits[id] = kind.waits;
    return id;
  }
}
