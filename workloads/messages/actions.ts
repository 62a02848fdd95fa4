/**
 * What the ranks of a message-passing program do, in columns: one entry per action, the actions of a rank together
 * and in order. Traces and generated programs have the same form, so that one machine runs both.
 *
 * Left out: communicators other than that of all ranks, one-sided messages, files.
 */

/** Kinds of action. The first ones do nothing that takes time; the last ones stand in generated programs only. */
export const ACTION_NAMES = [
  'init',
  'finalize',
  'comm_size',
  'comm_split',
  'comm_dup',
  'location',
  'compute',
  'sleep',
  'send',
  'isend',
  'recv',
  'irecv',
  'wait',
  'waitall',
  'test',
  'barrier',
  'bcast',
  'reduce',
  'allreduce',
  'gather',
  'gatherv',
  'scatter',
  'scatterv',
  'allgather',
  'allgatherv',
  'alltoall',
  'alltoallv',
  'reducescatter',
  'scan',
  'exscan',
  'work',
  'poll',
  'drain',
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

/** Kinds as the numbers of the column `kind`. */
export const ACTION = Object.fromEntries(ACTION_NAMES.map((name, i) => [name, i])) as Readonly<
  Record<ActionName, number>
>;

/** Any rank, any tag; also: no peer, no tag. */
export const ANY = -1;

/** Is this kind a collective of all ranks? */
export function isCollective(kind: number): boolean {
  return kind >= ACTION.barrier && kind <= ACTION.exscan;
}

/** The actions of all ranks. Amounts are bytes, flops (`compute`, reductions) or ns (`sleep`, `work`). */
export interface MessageProgram {
  readonly ranks: number;
  /** The actions of rank r are those from `first[r]` up to, not including, `first[r + 1]`. */
  readonly first: Int32Array;
  readonly kind: Uint8Array;
  /** The other rank; of rooted collectives the root; ANY: whoever sends. Of `wait` and `test` too; ANY: the last one. */
  readonly peer: Int32Array;
  readonly tag: Int32Array;
  /** Bytes sent (NaN: a receive takes those of its send); flops; ns; of `drain`: messages received by then. */
  readonly amount: Float64Array;
  /** Bytes received of collectives; flops of reductions; of `wait` and `test`: 1 for a send; of `poll`: ns of work on a message. */
  readonly second: Float64Array;
  /** Where the sizes of a collective by rank begin in `vectors`; ANY without. */
  readonly vector: Int32Array;
  readonly vectors: Float64Array;
  /** Line of the file, from 1; 0 in generated programs. */
  readonly line: Int32Array;
  /** The file of each rank. */
  readonly files: readonly string[];
}

/** A program in the making; actions of different ranks may come in any order. */
export class ProgramBuilder {
  private n = 0;
  private rank = new Int32Array(1024);
  private kind = new Uint8Array(1024);
  private peer = new Int32Array(1024);
  private tag = new Int32Array(1024);
  private amount = new Float64Array(1024);
  private second = new Float64Array(1024);
  private vector = new Int32Array(1024);
  private line = new Int32Array(1024);
  private readonly vectors: number[] = [];

  add(
    rank: number,
    kind: number,
    peer: number = ANY,
    amount = 0,
    more: {
      readonly tag?: number;
      readonly second?: number;
      readonly vector?: readonly number[];
      readonly line?: number;
    } = NOTHING_MORE,
  ): void {
    if (this.n === this.rank.length) this.grow();
    const i = this.n++;
    this.rank[i] = rank;
    this.kind[i] = kind;
    this.peer[i] = peer;
    this.tag[i] = more.tag ?? ANY;
    this.amount[i] = amount;
    this.second[i] = more.second ?? 0;
    this.line[i] = more.line ?? 0;
    this.vector[i] = ANY;
    if (more.vector !== undefined) {
      this.vector[i] = this.vectors.length;
      for (const size of more.vector) this.vectors.push(size);
    }
  }

  /** The program of `ranks` ranks; `files` names where each rank's actions stand. */
  program(ranks: number, files: readonly string[] = []): MessageProgram {
    const { n } = this;
    const first = new Int32Array(ranks + 1);
    for (let i = 0; i < n; i++) first[this.rank[i]! + 1]!++;
    for (let r = 0; r < ranks; r++) first[r + 1]! += first[r]!;
    const next = first.slice(0, ranks);
    const place = new Int32Array(n);
    for (let i = 0; i < n; i++) place[i] = next[this.rank[i]!]!++;
    const ordered = <Column extends Uint8Array | Int32Array | Float64Array>(from: Column, to: Column) => {
      for (let i = 0; i < n; i++) to[place[i]!] = from[i]!;
      return to;
    };
    return {
      ranks,
      first,
      kind: ordered(this.kind, new Uint8Array(n)),
      peer: ordered(this.peer, new Int32Array(n)),
      tag: ordered(this.tag, new Int32Array(n)),
      amount: ordered(this.amount, new Float64Array(n)),
      second: ordered(this.second, new Float64Array(n)),
      vector: ordered(this.vector, new Int32Array(n)),
      vectors: Float64Array.from(this.vectors),
      line: ordered(this.line, new Int32Array(n)),
      files,
    };
  }

  private grow(): void {
    const size = 2 * this.rank.length;
    const wider = <Column extends Uint8Array | Int32Array | Float64Array>(old: Column, next: Column) => {
      next.set(old);
      return next;
    };
    this.rank = wider(this.rank, new Int32Array(size));
    this.kind = wider(this.kind, new Uint8Array(size));
    this.peer = wider(this.peer, new Int32Array(size));
    this.tag = wider(this.tag, new Int32Array(size));
    this.amount = wider(this.amount, new Float64Array(size));
    this.second = wider(this.second, new Float64Array(size));
    this.vector = wider(this.vector, new Int32Array(size));
    this.line = wider(this.line, new Int32Array(size));
  }
}

const NOTHING_MORE = {};

/** Where an action stands, for messages: file and line, or the rank's action by number. */
export function placeOf(program: MessageProgram, rank: number, action: number): string {
  const number = action - program.first[rank]! + 1;
  const file = program.files[rank];
  const line = program.line[action]!;
  return file === undefined || line === 0 ? `action ${number}` : `${file}:${line} (action ${number})`;
}
