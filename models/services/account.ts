/**
 * What the calls of a trace cost under a structure, whatever their order: calls and bytes by class, user time by
 * program. A structure's path is a line in the bytes of a call, so the sums price exactly as the single calls do.
 *
 * Calls that move bytes (read, write, send, receive) have those of their result; all others the bytes of their class.
 * A call that never ended is counted and not priced. Left out: the delivery of signals, page faults (neither stands
 * in a trace of calls).
 */

import type { Call, CallSink } from '../../workloads/services/call.ts';
import { CALL_CLASSES, MOVES } from '../../workloads/services/classes.ts';
import { cpuOf, NOTHING, plus, type Split } from '../os/cost.ts';
import type { OsPrices } from '../os/index.ts';
import type { ServiceClass } from '../os/services.ts';

const CLASSES = CALL_CLASSES.length;

/** ns of CPU of one call of each class: with its own bytes, without any, and for each byte in and out. */
export class CallPrices {
  readonly own: readonly Split[];
  readonly bare: readonly Split[];
  readonly perByteIn: readonly Split[];
  readonly perByteOut: readonly Split[];
  private readonly ownCpu: Float64Array;
  private readonly bareCpu: Float64Array;
  private readonly inCpu: Float64Array;
  private readonly outCpu: Float64Array;

  constructor(prices: OsPrices) {
    const MANY = 65_536;
    const classes: readonly ServiceClass[] = CALL_CLASSES;
    this.own = classes.map((name) => prices.service(name));
    this.bare = classes.map((name) => prices.service(name, { in: 0, out: 0 }));
    const slope = (bytes: { in: number; out: number }) =>
      classes.map((name, i) => plus(NOTHING, plus(prices.service(name, bytes), this.bare[i]!, -1), 1 / MANY));
    this.perByteIn = slope({ in: MANY, out: 0 });
    this.perByteOut = slope({ in: 0, out: MANY });
    this.ownCpu = Float64Array.from(this.own, cpuOf);
    this.bareCpu = Float64Array.from(this.bare, cpuOf);
    this.inCpu = Float64Array.from(this.perByteIn, cpuOf);
    this.outCpu = Float64Array.from(this.perByteOut, cpuOf);
  }

  /** CPU time of one call, ns. */
  cpu(service: number, moves: number, bytes: number): number {
    if (moves === MOVES.none) return this.ownCpu[service]!;
    return this.bareCpu[service]! + bytes * (moves === MOVES.in ? this.inCpu : this.outCpu)[service]!;
  }
}

export class CallAccount implements CallSink {
  /** Calls that began; by class: calls that ended with their class's own bytes, those that moved bytes, the bytes. */
  calls = 0;
  readonly plain = new Float64Array(CLASSES);
  readonly moving = new Float64Array(CLASSES);
  readonly bytesIn = new Float64Array(CLASSES);
  readonly bytesOut = new Float64Array(CLASSES);
  /** User time by the reader's number of the program, s. */
  readonly user_s: number[] = [];

  began(call: Call): void {
    this.calls++;
    const { program } = call;
    while (this.user_s.length <= program) this.user_s.push(0);
    if (call.user_s > 0) this.user_s[program]! += call.user_s;
  }

  ended(call: Call): void {
    const { service } = call;
    if (call.moves === MOVES.none) this.plain[service]!++;
    else {
      this.moving[service]!++;
      if (call.moves === MOVES.in) this.bytesIn[service]! += call.bytes;
      else this.bytesOut[service]! += call.bytes;
    }
  }

  exited(_process: number): void {}

  /** CPU time of all calls, ns by part. */
  services(prices: CallPrices): Split {
    let sum = NOTHING;
    for (let k = 0; k < CLASSES; k++) {
      sum = plus(sum, prices.own[k]!, this.plain[k]!);
      sum = plus(sum, prices.bare[k]!, this.moving[k]!);
      sum = plus(sum, prices.perByteIn[k]!, this.bytesIn[k]!);
      sum = plus(sum, prices.perByteOut[k]!, this.bytesOut[k]!);
    }
    return sum;
  }

  /** User time, and what a tax by program adds to it, s. */
  user(taxOf: (program: number) => number): { user_s: number; tax_s: number } {
    let user_s = 0;
    let tax_s = 0;
    this.user_s.forEach((user, program) => {
      user_s += user;
      if (user > 0) tax_s += user * taxOf(program);
    });
    return { user_s, tax_s };
  }
}
