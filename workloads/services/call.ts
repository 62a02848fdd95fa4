/**
 * One system call of a trace, as every reader of call traces hands it out.
 *
 * A reader holds one `Call` and fills it again for each call, so a sink keeps numbers and never the object. A call is
 * told twice, when it begins and when it ends, in the order of the trace: what other processes did in between stands
 * in between. A call that never ends (the trace stops, the process is killed) is told once.
 */

/** The fields that hold at `began` keep their values at `ended`. Times are seconds of the trace's own clock. */
export interface Call {
  /** Number of the process among those alive; used again after it has gone. */
  process: number;
  /** Number of the name in the reader's `names`. */
  name: number;
  /** Index into `CALL_CLASSES`; by the name, and by what the descriptor is where there is one. */
  service: number;
  /** Number of the program that the process runs, in the reader's `programs`. */
  program: number;
  /** User CPU time of the process since its last call, s, the tracer's cost taken off; NaN where it is not known. */
  user_s: number;
  /**
   * Time since the process's last call began, where that call may have waited and the trace does not say how long it
   * took, s; otherwise 0.
   */
  waited_s: number;
  /** When the call began; NaN in a trace without times. */
  start_s: number;
  /** One of `MOVES`: whether `bytes` counts bytes moved, and which way; otherwise the class's own bytes hold. */
  moves: number;
  /** One of `WAITS`. */
  waits: number;
  /** From here on at `ended` only: how long it took, tracing included; NaN where it is not known. */
  duration_s: number;
  /** Bytes moved; 0 after an error. */
  bytes: number;
  /** What it returned; NaN for `?`. */
  result: number;
  failed: boolean;
  /** The file of the bytes (a hash of its name), and where in it they lie; -1 where they are of no file on a disk. */
  file: number;
  offset: number;
  /** A process that the call made; -1 for none. */
  child: number;
}

export interface CallSink {
  began(call: Call): void;
  ended(call: Call): void;
  /** The process has gone; its number may be used again. */
  exited(process: number): void;
}

/** A call of nothing. */
export function blankCall(): Call {
  return {
    process: 0,
    name: 0,
    service: 0,
    program: 0,
    user_s: Number.NaN,
    waited_s: 0,
    start_s: Number.NaN,
    moves: 0,
    waits: 0,
    duration_s: Number.NaN,
    bytes: 0,
    result: Number.NaN,
    failed: false,
    file: -1,
    offset: 0,
    child: -1,
  };
}
