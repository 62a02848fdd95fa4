/**
 * The one cost equation. A structure writes each service as a path of steps; everything that is reported is a sum
 * over steps.
 *
 *   T = traps + address-space switches (+ TLB) + calls + fault-domain crossings + copies + phi w (1+M) + D
 *
 * A step is a count times a price, with the row of the source and how good the number is. `Prices` hands out the
 * prices of one machine, refuses one that is not known, and keeps a list of those that were borrowed.
 *
 * Left out: caches and TLB as state (they are in the prices and in the stall factors); queueing (a device's wait is
 * given apart and is never CPU time).
 *
 * Source: the equation of section 3 of the project's reference on OS structures.
 */
import { InputError } from '../../sim/problem.ts';
import type { Constant, Quality } from '../presets/constant.ts';
import { assumed, megahertz, nanoseconds, weakest } from '../presets/constant.ts';
import type { Machine, PriceName } from '../presets/machines.ts';
import { machinesWith } from '../presets/machines.ts';
import { MONOLITHIC_STALLS } from '../presets/paths.ts';
import type { ServiceClass } from './services.ts';
import { SERVICES } from './services.ts';

/** What a step is paid for. */
export type StepKind =
  | 'trap'
  | 'switch'
  | 'call'
  | 'fault-domain'
  | 'copy'
  | 'body'
  | 'inflation'
  | 'native'
  | 'lock'
  | 'device'
  | 'scheduling';

/** One step of a path: `count` times `price_ns`. */
export interface Step {
  readonly what: string;
  readonly kind: StepKind;
  readonly count: number;
  readonly price_ns: number;
  readonly total_ns: number;
  readonly fact: string;
  readonly quality: Quality;
  /** The machine that lent the price, where it is another one's. */
  readonly lender?: string;
}

/** Where the cost of a path goes. CPU time but for `device`; ns for one call, seconds per second of user CPU for a mix. */
export interface Split {
  readonly body: number;
  readonly crossings: number;
  readonly copies: number;
  readonly inflation: number;
  readonly device: number;
}

/** A price in ns with its source. */
export interface Price {
  readonly ns: number;
  readonly fact: string;
  readonly quality: Quality;
  /** The machine that lent it, where it is another one's. */
  readonly lender?: string;
}

/** The part of a path's cost that a step belongs to. */
export const PART: Readonly<Record<StepKind, keyof Split>> = {
  trap: 'crossings',
  switch: 'crossings',
  call: 'crossings',
  'fault-domain': 'crossings',
  native: 'crossings',
  lock: 'crossings',
  scheduling: 'crossings',
  copy: 'copies',
  body: 'body',
  inflation: 'inflation',
  device: 'device',
};

/** The parts of a path's cost, ns. */
export function splitOf(steps: readonly Step[]): Split {
  const parts = { body: 0, crossings: 0, copies: 0, inflation: 0, device: 0 };
  for (const s of steps) parts[PART[s.kind]] += s.total_ns;
  return parts;
}

/** CPU time of a path or a mix: everything but the device. */
export function cpuOf(split: Split): number {
  return split.body + split.crossings + split.copies + split.inflation;
}

/** CPU time of a path, ns. */
export function cpuTime(steps: readonly Step[]): number {
  return cpuOf(splitOf(steps));
}

/** The sum of two splits, the second `times` over. */
export function plus(a: Split, b: Split, times = 1): Split {
  return {
    body: a.body + times * b.body,
    crossings: a.crossings + times * b.crossings,
    copies: a.copies + times * b.copies,
    inflation: a.inflation + times * b.inflation,
    device: a.device + times * b.device,
  };
}

/** A split of nothing. */
export const NOTHING: Split = { body: 0, crossings: 0, copies: 0, inflation: 0, device: 0 };

/** A step that costs `count` times `price`. */
export function step(what: string, kind: StepKind, count: number, price: Price): Step {
  const { ns, ...source } = price;
  return { what, kind, count, price_ns: ns, total_ns: count * ns, ...source };
}

/** The machine that lent a constant (`borrowed` notes it), or nothing. */
function lenderOf({ quality, note }: Constant): { readonly lender?: string } {
  const lender = quality === 'borrowed' && note?.startsWith('of ') ? note.slice(3).split(';')[0] : undefined;
  return lender === undefined ? {} : { lender };
}

const withClock = (c: Constant, machine: Machine): Price => ({
  ns: nanoseconds(c, megahertz(machine.clock)),
  fact: c.fact,
  quality: c.quality,
  ...lenderOf(c),
});

/** A price that a structure needs and a machine has not; names the machines that have it. */
export class MissingPrice extends InputError {
  readonly price: PriceName;

  constructor(structure: string, machine: Machine, price: PriceName) {
    super({
      where: `cluster.os: ${structure}`,
      found: `machine ${machine.name} has no price for "${price}", which this structure needs`,
      would: `use one of ${machinesWith(price).join(', ')}, or give prices.${price} in a machine file`,
    });
    this.price = price;
  }
}

/** How a path is priced, beside the machine. */
export interface PriceOptions {
  /** A multiplier of the prices of GLUnix's own operations. */
  readonly operationPrice: number;
  /** Are service paths longer in structures whose path is longer? (`false`: phi = 1, crossings alone.) */
  readonly pathInflation: boolean;
  /** Which fault-domain crossing: registers saved. */
  readonly crossing: 'bare' | 'integer' | 'floating-point';
  /** Time of the disk request that a missing block waits for, ns; without it no device is charged. */
  readonly diskTime?: number;
  /** Share of reads that wait for the disk; the class's own unless given. */
  readonly missShare?: number;
  /** Apertos: meta-space transitions of one call. */
  readonly metaTransitions: number;
}

/** The prices of one machine for one structure; remembers those that were borrowed or assumed. */
export class Prices {
  readonly machine: Machine;
  readonly structure: string;
  readonly options: PriceOptions;
  private readonly weak = new Map<string, Set<string>>();

  constructor(machine: Machine, structure: string, options: PriceOptions) {
    this.machine = machine;
    this.structure = structure;
    this.options = options;
  }

  /** Share of calls of a class that wait for the disk, where the disk is charged. */
  misses(service: ServiceClass): number {
    if (this.options.diskTime === undefined) return 0;
    const { value } = SERVICES[service].missShare;
    return value > 0 ? (this.options.missShare ?? value) : 0;
  }

  /** Has the machine this price? */
  has(name: PriceName): boolean {
    return this.machine.prices[name] !== undefined;
  }

  /** The price `name`. Throws `MissingPrice` where this machine has none. */
  of(name: PriceName): Price {
    const constant = this.machine.prices[name];
    if (constant === undefined) throw new MissingPrice(this.structure, this.machine, name);
    return this.constant(constant, name);
  }

  /** A constant that is a time, noted if it is weak. */
  constant(constant: Constant, what: string): Price {
    const price = withClock(constant, this.machine);
    this.note(price, what);
    return price;
  }

  /** Copying `bytes` once. */
  copy(bytes: number): Price {
    const { copyRate } = this.machine;
    const { value, fact, quality } = copyRate;
    const price: Price = { ns: (bytes * 1e3) / value, fact, quality, ...lenderOf(copyRate) };
    this.note(price, 'memory copy');
    return price;
  }

  /**
   * The body of a service in a monolithic kernel: the machine's own measurement, else cycles of the reference
   * machine at this machine's clock.
   */
  body(service: ServiceClass): Price {
    const own = this.machine.bodies?.[service];
    if (own !== undefined) return this.constant(own, `body of ${service}`);
    return this.bodyCycles(SERVICES[service].body, `body of ${service}`);
  }

  /** The body's cost of each byte beside the copies; none where the adapter does that work (machines of today). */
  bodyPerByte(service: ServiceClass): Price | undefined {
    const constant = SERVICES[service].bodyPerByte;
    const { family } = this.machine;
    if (constant === undefined || family === 'x86-64' || family === 'arm64') return undefined;
    return this.bodyCycles(constant, `body of ${service}`);
  }

  private bodyCycles(constant: Constant, what: string): Price {
    const base = withClock(constant, this.machine);
    if (base.ns === 0) return base;
    const foreign = this.machine.family !== 'mips-r2000';
    // Bodies of other families are borrowed wherever they are used; the rest is the R3000's own.
    const lender = constant.quality === 'borrowed' ? {} : { lender: 'r3000-25, in cycles' };
    const price: Price = foreign ? { ...base, ...lender, quality: weakest('borrowed', base.quality) } : base;
    this.note(price, what);
    return price;
  }

  private note(price: Price, what: string): void {
    if (price.quality !== 'borrowed' && price.quality !== 'assumed') return;
    const whose = price.lender === undefined ? '' : ` (of ${price.lender})`;
    const names = this.weak.get(price.quality) ?? new Set<string>();
    names.add(`${what}${whose}`);
    this.weak.set(price.quality, names);
  }

  /** What should stand under a table that used these prices: one line for each kind of weak price. */
  notes(): string[] {
    return [...this.weak].map(
      ([quality, names]) => `${quality} prices on ${this.machine.name}: ${[...names].join(', ')}`,
    );
  }
}

/** How a structure moves the bytes of a call: copies of each byte on the way in and on the way out. */
export interface Copies {
  readonly in: Constant;
  readonly out: Constant;
}

/** How a structure runs the body of a service: how much longer its path is, with which stalls. */
export interface Path {
  readonly phi: Constant;
  readonly stalls: Constant;
}

/** Bytes of a call where they are not the class's own. */
export interface CallBytes {
  readonly in: number;
  readonly out: number;
}

/**
 * Copies, body, inflation and device of a service: what every structure has beside its crossings.
 * `share` scales the copies for the calls that reach the far side; `path` is left out where phi is 1.
 */
export function serviceSteps(
  service: ServiceClass,
  prices: Prices,
  copies: Copies | undefined,
  path: Path | undefined,
  bytes?: CallBytes,
): Step[] {
  const s = SERVICES[service];
  const steps: Step[] = [];
  const moved = (what: string, n: number, passes: Constant | undefined) => {
    if (n > 0 && passes !== undefined && passes.value > 0) {
      steps.push(step(`${what} ${n} bytes`, 'copy', passes.value, prices.copy(n)));
    }
  };
  moved('copy in', bytes?.in ?? s.bytesIn.value, copies?.in);
  moved('copy out', bytes?.out ?? s.bytesOut.value, copies?.out);
  const bodies = [step('service body', 'body', 1, prices.body(service))];
  const each = prices.bodyPerByte(service);
  if (each !== undefined) {
    const touched = (bytes?.in ?? s.bytesIn.value) + (bytes?.out ?? s.bytesOut.value);
    bodies.push(step('body, for each byte', 'body', touched, each));
  }
  const body = bodies.filter((b) => b.total_ns > 0);
  steps.push(...body);
  if (path !== undefined && prices.options.pathInflation && body.length > 0) {
    const factor = (path.phi.value * (1 + path.stalls.value)) / (1 + MONOLITHIC_STALLS.value);
    steps.push(
      step('longer path and its stalls', 'inflation', factor - 1, {
        ns: body.reduce((sum, b) => sum + b.total_ns, 0),
        fact: [...new Set([path.phi.fact, path.stalls.fact])].join(' + '),
        quality: weakest(...body.map((b) => b.quality), path.phi.quality, path.stalls.quality),
      }),
    );
  }
  steps.push(...deviceSteps(service, prices));
  return steps;
}

/** The wait for a disk of the share of calls whose block is not in memory. */
export function deviceSteps(service: ServiceClass, prices: Prices): Step[] {
  const share = prices.misses(service);
  if (share === 0) return [];
  const { fact, quality } =
    prices.options.missShare === undefined
      ? SERVICES[service].missShare
      : assumed(share, 'fraction', 'as it was set');
  const wait = { ns: prices.options.diskTime!, fact, quality };
  return [step('wait for the disk (not CPU time)', 'device', share, wait)];
}

/** `CB93-sed-Ui + CB93-sed-Us + ...` as `CB93-...`: the rows' common stem where there are more than three. */
export function shortFacts(fact: string): string {
  const ids = fact.split(' + ');
  if (ids.length <= 3) return ids.join(', ');
  const stems = [...new Set(ids.map((id) => id.split('-')[0]!))];
  return `${stems.map((s) => `${s}-*`).join(', ')} (${ids.length} rows)`;
}
