/**
 * What the O cases are made of: a priced path with the rows that it stands on, machines with a price changed, and the
 * machines themselves.
 *
 * Left out: experiments (these cases are prices).
 */
import type { PriceOptions, Step } from '../../models/os/cost.ts';
import { cpuOf, cpuTime, Prices, splitOf } from '../../models/os/cost.ts';
import { PRICE_DEFAULTS, structureNamed } from '../../models/os/index.ts';
import type { ServiceClass } from '../../models/os/services.ts';
import type { Constant } from '../../models/presets/constant.ts';
import { assumed, sameFamily } from '../../models/presets/constant.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Machine, PriceName } from '../../models/presets/machines.ts';
import type { Mix } from '../../models/presets/mixes.ts';
import type { Case } from './case.ts';

/** Anything that names its rows. */
type Cited = Pick<Constant, 'fact'>;

/** Ids of the rows behind steps and constants, each once; what is assumed has none. */
function rowsOf(cited: readonly Cited[]): string[] {
  const ids = cited.flatMap(({ fact }) => fact.split(/ \+ |, /));
  return [...new Set(ids.filter((id) => id !== 'assumed'))];
}

/** A case on a price: `from` gives the steps and constants that it is made of, `value` what they come to; `out` are the rows that say what must come out. */
export function price<From extends readonly Cited[]>(
  about: Pick<Case, 'id' | 'title' | 'source' | 'tolerance' | 'bracket'> &
    (
      | { readonly kind?: 'exact' | 'published'; readonly expected: number }
      | { readonly kind: 'reported'; readonly expected: number | null }
    ) & {
      readonly out: readonly string[];
    },
  from: () => From,
  value: (from: From) => number,
): Case {
  const { out, ...described } = about;
  const rows = { in: () => rowsOf(from()), out };
  const priced = () => value(from());
  return described.kind === 'reported'
    ? { ...described, kind: 'reported', rows, priced }
    : { ...described, kind: described.kind ?? 'published', rows, priced };
}

/** A machine with some prices changed. */
export function withPrices(machine: Machine, prices: Partial<Record<PriceName, Constant>>): Machine {
  return { ...machine, prices: { ...machine.prices, ...prices } };
}

/** The prices of a machine for a structure. */
export const pricesOf = (machine: Machine, structure: string, options: Partial<PriceOptions> = {}) =>
  new Prices(machine, structure, { ...PRICE_DEFAULTS, ...options });

/** What a null service pays at the boundary of a structure. */
export function crossing(structure: string, machine: Machine, options: Partial<PriceOptions> = {}): Step[] {
  return structureNamed(structure).crossing(pricesOf(machine, structure, options));
}

/** The steps of every class of a mix, and its shares: what the cost of the mix is made of. */
export function mixParts(mix: Mix, structure: string, machine: Machine): (Step | Constant)[] {
  const prices = pricesOf(machine, structure);
  return Object.entries(mix.shares).flatMap(([name, share]) => [
    share,
    ...structureNamed(structure).service(name as ServiceClass, prices),
  ]);
}

/** A price of `lender` at the clock of `machine`, as presets of one processor family are made. */
export function lent(price: PriceName, lender: Machine, machine: Machine): Constant {
  return sameFamily(lender.prices[price]!, lender.clock, machine.clock);
}

/** A program that only calls functions in another protection domain, which carry no service. */
export const bareCalls = (rate: Constant): Mix => ({
  name: 'bare calls',
  title: 'bare calls',
  rate,
  shares: { 'untrusted-function': assumed(1, 'fraction', 'every call crosses, and asks for no service') },
});

/** us of ns. */
export const us = (ns: number) => ns / 1e3;
/** CPU time of a path, us. */
export const usOf = (steps: readonly Step[]) => us(cpuTime(steps));
/** CPU time and waiting of a path, ns. */
export function elapsed(steps: readonly Step[]): number {
  const split = splitOf(steps);
  return cpuOf(split) + split.device;
}
/** The mean of numbers. */
export const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
/** A bracket: its ends, the value in its middle and the distance to them. */
export const bracket = (low: number, high: number) => ({
  expected: (low + high) / 2,
  tolerance: (high - low) / 2,
  bracket: [low, high] as const,
});

export const r3000_40 = loadMachine('r3000-40');
export const r3000_25 = loadMachine('r3000-25');
export const r2000_16 = loadMachine('r2000-16');
export const r2000_12 = loadMachine('r2000-12');
export const cvax = loadMachine('cvax');
export const i386 = loadMachine('i386-25');
export const i486 = loadMachine('i486-50');
export const pentium = loadMachine('pentium-133');
export const azure = loadMachine('azure-2018');
