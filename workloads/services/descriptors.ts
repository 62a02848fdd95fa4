/**
 * What the descriptors of traced processes are: files (with the place in them), pipes and local sockets, network
 * sockets, or not known (those that were open before the trace began).
 *
 * Memory goes with what is open. Left out: descriptors that close at exec (a number used again replaces them), the
 * end of a file at which appending begins, and the current directory (a relative name counts as one of the start's).
 */
import { widened } from '../../sim/engine/columns.ts';

export const OPEN = { unknown: 0, file: 1, local: 2, network: 3, other: 4 } as const;

/** Highest descriptor that is followed; one above it (a damaged line) is not known. */
const HIGHEST = 1 << 20;

/** Open files as the kernel has them: shared by descriptors that were copied. */
export class OpenFiles {
  private kinds = new Uint8Array(64);
  private files = new Float64Array(64);
  private offsets = new Float64Array(64);
  private uses = new Int32Array(64);
  private readonly free: number[] = [];
  private used = 0;

  open(kind: number, file: number): number {
    const at = this.free.pop() ?? this.used++;
    if (at === this.kinds.length) {
      this.kinds = widened(this.kinds, new Uint8Array(2 * at));
      this.files = widened(this.files, new Float64Array(2 * at));
      this.offsets = widened(this.offsets, new Float64Array(2 * at));
      this.uses = widened(this.uses, new Int32Array(2 * at));
    }
    this.kinds[at] = kind;
    this.files[at] = file;
    this.offsets[at] = 0;
    this.uses[at] = 0;
    return at;
  }

  /** One more descriptor names it. */
  use(at: number): void {
    this.uses[at]!++;
  }

  /** One descriptor fewer names it. */
  drop(at: number): void {
    if (--this.uses[at]! === 0) this.free.push(at);
  }

  kind(at: number): number {
    return this.kinds[at]!;
  }

  file(at: number): number {
    return this.files[at]!;
  }

  offset(at: number): number {
    return this.offsets[at]!;
  }

  seek(at: number, offset: number): void {
    this.offsets[at] = offset;
  }
}

/** The descriptors of one process, or of the threads that share them. */
export class Descriptors {
  /** Threads that share the table. */
  sharers = 1;
  private readonly all: OpenFiles;
  private at: Int32Array;

  constructor(all: OpenFiles, from?: Descriptors) {
    this.all = all;
    this.at = from === undefined ? new Int32Array(16).fill(-1) : from.at.slice();
    if (from !== undefined) for (const file of this.at) if (file >= 0) all.use(file);
  }

  /** The open file of a descriptor; -1 where it is not known. */
  of(fd: number): number {
    return fd >= 0 && fd < this.at.length ? this.at[fd]! : -1;
  }

  set(fd: number, file: number): void {
    if (!(fd >= 0 && fd < HIGHEST)) return;
    // Used before the old one is dropped: they may be the same.
    if (file >= 0) this.all.use(file);
    if (fd >= this.at.length) {
      let size = this.at.length;
      while (size <= fd) size *= 2;
      this.at = widened(this.at, new Int32Array(size).fill(-1));
    }
    const old = this.at[fd]!;
    this.at[fd] = file;
    if (old >= 0) this.all.drop(old);
  }

  /** A sharer has gone; the last one closes all. */
  leave(): void {
    if (--this.sharers > 0) return;
    for (const file of this.at) if (file >= 0) this.all.drop(file);
  }
}
