/**
 * What the processes of a bulk-synchronous program do in a superstep: compute for the grain, exchange messages by a
 * pattern, meet at a barrier. The exchange of each process is a short row of operations, made once for each number
 * of processes and shared by all programs.
 *
 * neighbour: one message to each side of a ring. all-to-all: a message to every other process, in the order of
 * their numbers. broadcast, summation: a binomial tree from and to process 0. fft-remap: a process's data in equal
 * parts to all others, beginning with the next one (the staggered order of LogP's FFT). random: reads from processes
 * drawn anew each time, one after the other, answered by their owner's processor. barrier: nothing beside it.
 *
 * The barrier is combined in the network: a process sends one message and gets one; the answer leaves when the last
 * message has. Messages are received in a fixed order. Left out: trees of software for the barrier, receiving in the
 * order of arrival, contention on the wire (LogGP), the limit of ceil(L/g) messages in flight.
 * Sources: Valiant 1990 (supersteps); Culler et al. 1993 (broadcast, summation, FFT on LogP); section A4 of the
 * project's reference on policies.
 */

export const PATTERNS = {
  barrier: 'nothing but the barrier',
  neighbour: 'one message to each side of a ring',
  'all-to-all': 'one message to every other process',
  random: 'reads from processes drawn at random, answered by their owners',
  broadcast: 'a binomial tree from process 0',
  summation: 'a binomial tree to process 0',
  'fft-remap': "each process's data in equal parts to all others",
} as const;
export type PatternName = keyof typeof PATTERNS;

/** Operations. */
export const OP = { compute: 0, send: 1, receive: 2, read: 3, barrier: 4 } as const;

export interface Pattern {
  readonly processes: number;
  /** Operations of process r: those from `first[r]` up to `first[r + 1]`. */
  readonly first: Int32Array;
  readonly kind: Uint8Array;
  /** send: whose message it is, and the slot in which that process finds it; receive: the own slot. */
  readonly peer: Int32Array;
  readonly slot: Int32Array;
  /** Messages that a process can find: slots of each. */
  readonly slots: number;
  /** Messages of all processes in one superstep, those of the barrier (one out, one in) included. */
  readonly messages: number;
}

/** The operations of `processes` processes in a superstep; `reads`: of each process, where the pattern is random. */
export function patternOf(name: PatternName, processes: number, reads: number): Pattern {
  const rows: Row[] = Array.from({ length: processes }, () => new Row());
  if (processes > 1) FILL[name](rows, reads);
  const first = new Int32Array(processes + 1);
  for (let r = 0; r < processes; r++)
    first[r + 1] = first[r]! + rows[r]!.kind.length + (processes > 1 ? 2 : 1);
  const kind = new Uint8Array(first[processes]!);
  const peer = new Int32Array(first[processes]!);
  const slot = new Int32Array(first[processes]!);
  let messages = processes > 1 ? 2 * processes : 0;
  let slots = 1;
  rows.forEach((row, r) => {
    const from = first[r]!;
    kind[from] = OP.compute;
    kind.set(row.kind, from + 1);
    peer.set(row.peer, from + 1);
    slot.set(row.slot, from + 1);
    if (processes > 1) kind[first[r + 1]! - 1] = OP.barrier;
    for (const k of row.kind) messages += k === OP.send ? 1 : k === OP.read ? 2 : 0;
    slots = Math.max(slots, row.receives);
  });
  return { processes, first, kind, peer, slot, slots, messages };
}

/** The exchange of one process, while it is being made. */
class Row {
  readonly kind: number[] = [];
  readonly peer: number[] = [];
  readonly slot: number[] = [];
  receives = 0;

  add(kind: number, peer: number, slot: number): void {
    this.kind.push(kind);
    this.peer.push(peer);
    this.slot.push(slot);
  }
}

/** Each row sends in the order of `to` and receives in the order of `from`; the receive from a process fixes its slot. */
function exchange(
  rows: readonly Row[],
  to: (r: number) => readonly number[],
  from: (r: number) => readonly number[],
  sendFirst = true,
): void {
  const slotOf = rows.map((_, r) => new Map(from(r).map((source, slot) => [source, slot])));
  rows.forEach((row, r) => {
    const send = () => {
      for (const peer of to(r)) row.add(OP.send, peer, slotOf[peer]!.get(r)!);
    };
    if (sendFirst) send();
    from(r).forEach((source, slot) => {
      row.add(OP.receive, source, slot);
    });
    row.receives = from(r).length;
    if (!sendFirst) send();
  });
}

/** Processes that have process r as their parent in a binomial tree from 0, those with the largest subtree first. */
function children(r: number, processes: number): number[] {
  const found: number[] = [];
  for (let bit = 1; bit < processes && (r & bit) === 0; bit <<= 1)
    if (r + bit < processes) found.unshift(r + bit);
  return found;
}

/** The parent of process r > 0: r without its lowest bit. */
const parent = (r: number): number => r & (r - 1);

const others = (r: number, processes: number, offset: (k: number) => number): number[] =>
  Array.from({ length: processes - 1 }, (_, k) => (r + offset(k + 1) + processes) % processes);

const FILL: Readonly<Record<PatternName, (rows: readonly Row[], reads: number) => void>> = {
  barrier: () => {},
  neighbour(rows) {
    const n = rows.length;
    const sides = (r: number) => [...new Set([(r + n - 1) % n, (r + 1) % n])];
    exchange(rows, sides, sides);
  },
  'all-to-all'(rows) {
    const all = (r: number) => rows.map((_, k) => k).filter((k) => k !== r);
    exchange(rows, all, all);
  },
  'fft-remap'(rows) {
    const n = rows.length;
    exchange(
      rows,
      (r) => others(r, n, (k) => k),
      (r) => others(r, n, (k) => -k),
    );
  },
  broadcast(rows) {
    exchange(
      rows,
      (r) => children(r, rows.length),
      (r) => (r === 0 ? [] : [parent(r)]),
      false,
    );
  },
  summation(rows) {
    exchange(
      rows,
      (r) => (r === 0 ? [] : [parent(r)]),
      (r) => children(r, rows.length).reverse(),
      false,
    );
  },
  random(rows, reads) {
    for (const row of rows) {
      for (let k = 0; k < reads; k++) row.add(OP.read, -1, 0);
      row.receives = 1;
    }
  },
};
