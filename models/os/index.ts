/**
 * The OS structures by name, and what they cost on a machine.
 *
 * `priceStructure` prices every service and operation once per run; the cluster reads sums from then on.
 */
import type { Source } from '../../sim/engine/streams.ts';
import { InputError, nearest } from '../../sim/problem.ts';
import type { Quality } from '../presets/constant.ts';
import { weakest } from '../presets/constant.ts';
import type { Machine } from '../presets/machines.ts';
import type { Mix } from '../presets/mixes.ts';
import { MIXES } from '../presets/mixes.ts';
import { APERTOS_TRANSITIONS } from '../presets/paths.ts';
import { apertos } from './apertos.ts';
import type { CallBytes, PriceOptions, Split, Step } from './cost.ts';
import { cpuTime, MissingPrice, NOTHING, Prices, plus, splitOf } from './cost.ts';
import { exokernel } from './exokernel.ts';
import { extensibleKernel } from './extensible-kernel.ts';
import { free } from './free.ts';
import { inKernel } from './in-kernel.ts';
import { inKernelInterposition, interposition, tracer } from './interposition.ts';
import { lrpc } from './lrpc.ts';
import { microkernelL4, microkernelL4Tagged } from './microkernel-l4.ts';
import { microkernelMach } from './microkernel-mach.ts';
import { multiServer } from './multi-server.ts';
import type { Operation } from './operations.ts';
import { OPERATIONS } from './operations.ts';
import { rpcServer } from './rpc-server.ts';
import type { ServiceClass } from './services.ts';
import { SERVICE_CLASSES } from './services.ts';
import type { OverheadLaw, SfiChecks, SfiOptions } from './sfi.ts';
import { checkedSfi, drawOverhead, meanOverhead, overheadLaw } from './sfi.ts';
import { sfiBinary, sfiLibrary } from './sfi-library.ts';
import type { OsStructure } from './structure.ts';
import { gvisor, lfi, nacl, ptiKernel, seccompNotify, webassembly } from './today.ts';
import { userServer } from './user-server.ts';

/** Every structure, one line each. */
export const STRUCTURES: Readonly<Record<string, OsStructure>> = {
  'in-kernel': inKernel,
  'microkernel-mach': microkernelMach,
  'microkernel-l4': microkernelL4,
  'microkernel-l4-tagged': microkernelL4Tagged,
  'multi-server': multiServer,
  lrpc,
  'rpc-server': rpcServer,
  'user-server': userServer,
  interposition,
  'in-kernel-interposition': inKernelInterposition,
  tracer,
  'sfi-library': sfiLibrary,
  'sfi-binary': sfiBinary,
  'extensible-kernel': extensibleKernel,
  exokernel,
  apertos,
  'pti-kernel': ptiKernel,
  gvisor,
  'seccomp-notify': seccompNotify,
  lfi,
  nacl,
  webassembly,
  free,
};

/** The structure of that name. Throws `InputError` with the nearest one. */
export function structureNamed(name: string): OsStructure {
  const structure = STRUCTURES[name];
  if (structure !== undefined) return structure;
  const near = nearest(name, Object.keys(STRUCTURES));
  throw new InputError({
    where: 'cluster.os',
    found: `no OS structure is called "${name}"`,
    would:
      near === undefined ? `use one of ${Object.keys(STRUCTURES).join(', ')}` : `did you mean "${near}"?`,
  });
}

/** The mix of that name. Throws `InputError` with the nearest one. */
export function mixNamed(name: string): Mix {
  const mix = MIXES[name];
  if (mix !== undefined) return mix;
  const near = nearest(name, Object.keys(MIXES));
  throw new InputError({
    where: 'program.mix',
    found: `no mix of services is called "${name}"`,
    would: near === undefined ? `use one of ${Object.keys(MIXES).join(', ')}` : `did you mean "${near}"?`,
  });
}

/** How a structure is priced. */
export interface StructureOptions extends Partial<PriceOptions> {
  readonly sfi?: Partial<SfiOptions>;
}

/** How a path is priced unless an option says otherwise. */
export const PRICE_DEFAULTS: PriceOptions = {
  operationPrice: 1,
  pathInflation: true,
  crossing: 'integer',
  metaTransitions: APERTOS_TRANSITIONS.value,
};

/** What a structure costs on a machine. All times are ns; a mix is seconds per second of user CPU. */
export interface OsPrices {
  readonly structure: string;
  readonly machine: string;
  readonly taxesUserTime: boolean;
  /** SFI as set: whom it covers, what it checks. */
  readonly sfi: SfiOptions;
  /** One call of a class, with the class's own bytes unless others are given. */
  service(service: ServiceClass, bytes?: CallBytes): Split;
  /** The same, step by step. */
  steps(of: ServiceClass | Operation, bytes?: number): Step[];
  /** One null service at the boundary: no stubs, no body. */
  crossing(): Split;
  /** CPU time of one of GLUnix's operations, ns, at this node. */
  operation(op: Operation, bytes?: number): number;
  /** Services of a mix, seconds per second of the program's own user CPU time (before any tax on it). */
  mix(mix: Mix): { readonly perUserSecond: Split };
  /** The share of its user time that a program newly drawn is taxed (0 where user time is not taxed). */
  sfiOverhead(source: Source): number;
  /** The mean of that share. */
  readonly meanSfiOverhead: number;
  /** Was the law of that share measured on processors of this machine's kind, or is it borrowed, and of whom? */
  readonly taxSource: { readonly quality: Quality; readonly lender?: string };
  /** Borrowed and assumed prices (and taxes) that were used, to be printed under the table. */
  readonly notes: string[];
}

/** The law of the tax on user time: the machine's own measurement, else the structure's. */
function lawOf(structure: OsStructure, machine: Machine, checks: SfiChecks): OverheadLaw | undefined {
  const own = machine.taxes?.[structure.name]?.[checks];
  return own === undefined ? structure.tax?.[checks] : overheadLaw(own);
}

/** Whose the law of a structure's tax on user time is. */
function taxSource(structure: OsStructure, machine: Machine, sfi: SfiOptions): OsPrices['taxSource'] {
  const { tax, name } = structure;
  if (tax === undefined || sfi.overhead !== 'per-program') return { quality: 'measured' };
  const own = machine.taxes?.[name]?.[sfi.checks];
  if (own !== undefined) {
    const quality = weakest(...own.map((c) => c.quality));
    if (quality !== 'borrowed') return { quality };
    const [lent] = own.filter((c) => c.quality === 'borrowed');
    return { quality, lender: lent!.note?.replace(/^of /, '') ?? lent!.fact };
  }
  if (tax.measuredOn.includes(machine.family)) return { quality: 'measured' };
  return { quality: 'borrowed', lender: `machines of ${tax.measuredOn.join(' and ')}` };
}

/** A line where the tax on user time was measured on other processors. */
function taxNotes(name: string, machine: Machine, { lender }: OsPrices['taxSource']): string[] {
  return lender === undefined ? [] : [`${name} on ${machine.name}: borrowed tax on user time, of ${lender}`];
}

function isOperation(name: ServiceClass | Operation): name is Operation {
  return (OPERATIONS as readonly string[]).includes(name);
}

/**
 * Prices a structure on a machine. Throws `InputError` where a price that it needs is `none`, naming the machines
 * that have it. Services and operations are priced at once, so the refusal comes before a run starts.
 */
export function priceStructure(name: string, machine: Machine, options: StructureOptions = {}): OsPrices {
  const { sfi: sfiGiven, ...given } = options;
  const structure = structureNamed(name);
  const sfi = checkedSfi(sfiGiven ?? {});
  const prices = new Prices(machine, name, { ...PRICE_DEFAULTS, ...given });
  const services = new Map<ServiceClass, Split>();
  for (const s of SERVICE_CLASSES) services.set(s, splitOf(structure.service(s, prices)));
  // An operation's cost is a line in its bytes.
  const fixed = new Map<Operation, number>();
  const perByte = new Map<Operation, number>();
  const MANY = 65_536;
  for (const op of OPERATIONS) {
    const base = cpuTime(structure.operation(op, prices, 0));
    fixed.set(op, base);
    perByte.set(op, (cpuTime(structure.operation(op, prices, MANY)) - base) / MANY);
  }
  const law = lawOf(structure, machine, sfi.checks);
  const source = taxSource(structure, machine, sfi);
  const notes = [...prices.notes(), ...taxNotes(name, machine, source)];
  return {
    structure: name,
    machine: machine.name,
    taxesUserTime: structure.taxesUserTime,
    sfi,
    notes,
    service: (s, bytes) =>
      bytes === undefined ? services.get(s)! : splitOf(structure.service(s, prices, bytes)),
    steps: (of, bytes = 0) =>
      isOperation(of) ? structure.operation(of, prices, bytes) : structure.service(of, prices),
    crossing: () => splitOf(structure.crossing(prices)),
    operation: (op, bytes = 0) => fixed.get(op)! + perByte.get(op)! * bytes,
    mix: (mix) => ({ perUserSecond: mixCost(mix, services) }),
    taxSource: source,
    meanSfiOverhead:
      law === undefined ? 0 : sfi.overhead === 'per-program' ? meanOverhead(law) : sfi.overhead,
    sfiOverhead: (source) => {
      if (law === undefined) return 0;
      return sfi.overhead === 'per-program' ? drawOverhead(law, source) : sfi.overhead;
    },
  };
}

/** Seconds per second of user CPU: rate times the mean call. */
function mixCost(mix: Mix, services: ReadonlyMap<ServiceClass, Split>): Split {
  let sum = NOTHING;
  for (const [name, share] of Object.entries(mix.shares)) {
    const split = services.get(name as ServiceClass);
    if (split === undefined) throw new Error(`mix ${mix.name}: no service class "${name}"`);
    sum = plus(sum, split, mix.rate.value * share.value * 1e-9);
  }
  return sum;
}

/** At which call rates one structure is faster than another. */
export type Faster = 'above' | 'below' | 'always' | 'never' | 'not known';

/** A tie of two structures: the rate at which it lies, and on which side of it the first is faster. */
export interface Tie {
  /** Calls per second of user CPU; 0 where it is always faster, Infinity where it is never, NaN where a price is not known. */
  readonly rate: number;
  readonly faster: Faster;
}

/** Where one structure begins to beat another. */
export interface BreakEven {
  /** For a null service that the structures answer themselves. */
  readonly null: Tie;
  /** For the mean call of a mix, full paths: bodies, stubs, native calls. */
  readonly full: Tie;
  /** Difference of the taxes on user time, a share. */
  readonly tax: number;
  /** Saved per null call, and per call of the mix, ns. */
  readonly saved_ns: number;
  readonly fullSaved_ns: number;
  /** The weakest of the taxes, of the crossings, and of the paths (bodies left out, which are the same on both sides). */
  readonly quality: { readonly tax: Quality; readonly null: Quality; readonly full: Quality };
}

/** Where a tax and a saving of `saved_ns` a call are worth the same. */
function tieOf(tax: number, saved_ns: number): Tie {
  if (Number.isNaN(saved_ns)) return { rate: Number.NaN, faster: 'not known' };
  if (saved_ns > 0 ? tax <= 0 : tax < 0 && saved_ns === 0) return { rate: 0, faster: 'always' };
  if (saved_ns <= 0 && tax >= 0) return { rate: Number.POSITIVE_INFINITY, faster: 'never' };
  return { rate: tax / (saved_ns * 1e-9), faster: saved_ns > 0 ? 'above' : 'below' };
}

/**
 * At which calls per second of user CPU structure `a` beats structure `b` on a machine: the difference of their taxes
 * on user time over what a call saves. Throws `InputError` for a price that is `none`.
 *
 * @param options `sfi.overhead`: a fixed tax as a share; otherwise the mean of each structure's law
 */
export function breakEven(
  machine: Machine,
  a: string,
  b: string,
  options: StructureOptions & { readonly mix?: string } = {},
): BreakEven {
  const { mix: mixName, ...rest } = options;
  const mix = mixNamed(mixName ?? 'unix-1994');
  const of = (name: string) => {
    const prices = new Prices(machine, name, { ...PRICE_DEFAULTS, ...rest });
    const structure = structureNamed(name);
    const sfi = checkedSfi(rest.sfi ?? {});
    const law = lawOf(structure, machine, sfi.checks);
    const tax = law === undefined ? 0 : sfi.overhead === 'per-program' ? meanOverhead(law) : sfi.overhead;
    const crossing = structure.crossing(prices);
    return {
      tax,
      crossing: cpuTime(crossing),
      perCall: meanCall(structure, prices, mix),
      quality: { tax: taxSource(structure, machine, sfi).quality, null: weakestOf(crossing) },
    };
  };
  const [first, second] = [of(a), of(b)];
  const tax = first.tax - second.tax;
  const saved_ns = second.crossing - first.crossing;
  const fullSaved_ns = second.perCall.ns - first.perCall.ns;
  return {
    tax,
    saved_ns,
    fullSaved_ns,
    null: tieOf(tax, saved_ns),
    full: tieOf(tax, fullSaved_ns),
    quality: {
      tax: weakest(first.quality.tax, second.quality.tax),
      null: weakest(first.quality.null, second.quality.null),
      full: weakest(first.perCall.quality, second.perCall.quality),
    },
  };
}

/** The weakest quality of the steps that cost anything. */
function weakestOf(steps: readonly Step[]): Quality {
  return weakest('measured', ...steps.filter((s) => s.total_ns !== 0).map((s) => s.quality));
}

/** CPU time of the mean call of a mix, ns; NaN where the machine lacks a price of the full path. */
function meanCall(
  structure: OsStructure,
  prices: Prices,
  mix: Mix,
): { readonly ns: number; readonly quality: Quality } {
  try {
    let ns = 0;
    let quality: Quality = 'measured';
    for (const [name, share] of Object.entries(mix.shares)) {
      const steps = structure.service(name as ServiceClass, prices);
      ns += share.value * cpuTime(steps);
      quality = weakest(quality, weakestOf(steps.filter(({ kind }) => kind !== 'body')));
    }
    return { ns, quality };
  } catch (error) {
    if (error instanceof MissingPrice) return { ns: Number.NaN, quality: 'measured' };
    throw error;
  }
}
