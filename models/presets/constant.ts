/**
 * A number of a preset together with where it comes from.
 *
 * Every constant names the row of `sources.csv` in which it stands (a test compares the two), says how good it
 * is, and, where it is worked out of other constants, carries those, so that it can be recomputed. Nothing here
 * is fitted.
 *
 * Left out: uncertainty. A published range is kept as the number that was picked from it (`at`).
 */

/** How a constant was come by, best first. A path is as good as the weakest constant on it. */
export type Quality =
  /** Read in the source, of this very machine. */
  | 'measured'
  /** Arithmetic on rows of this very machine. */
  | 'derived'
  /** Measured on another machine of the same processor family and scaled by the clocks. */
  | 'same-family'
  /** The row itself was written down from memory, not read in the source. */
  | 'recalled'
  /** Of another processor family, not scaled unless the note says so. */
  | 'borrowed'
  /** No row at all; the note says why this value. */
  | 'assumed';

const ORDER: readonly Quality[] = ['measured', 'derived', 'same-family', 'recalled', 'borrowed', 'assumed'];

/** The worst of some qualities. */
export function weakest(...qualities: readonly Quality[]): Quality {
  return ORDER[Math.max(...qualities.map((q) => ORDER.indexOf(q)))]!;
}

/** One number of a preset. */
export interface Constant {
  readonly value: number;
  /** The unit as the source writes it: us, ms, ns, s, cycles, MHz, MB/s, bytes, %, ratio ... */
  readonly unit: string;
  /** Id of the row in `sources.csv`; several are joined by ` + `; `assumed` where there is none. */
  readonly fact: string;
  readonly quality: Quality;
  readonly note?: string;
  /** Which number of the row this is, when the row holds several: its place from 0, the middle of a range, or a number of the row's setting or description. */
  readonly at?: number | 'middle' | 'setting';
  /** The constants that this one is worked out of. */
  readonly from?: readonly Constant[];
}

type Extra = Pick<Constant, 'note' | 'at'>;

/** A number read in the source. */
export function measured(value: number, unit: string, fact: string, extra: Extra = {}): Constant {
  return { value, unit, fact, quality: 'measured', ...extra };
}

/** A number whose row was written down from memory. */
export function recalled(value: number, unit: string, fact: string, extra: Extra = {}): Constant {
  return { value, unit, fact, quality: 'recalled', ...extra };
}

/** A number without a row; `note` says why this value. */
export function assumed(value: number, unit: string, note: string): Constant {
  return { value, unit, fact: 'assumed', quality: 'assumed', note };
}

/** A number worked out of others by `by`, which gets their values in order. */
export function derived(
  unit: string,
  from: readonly Constant[],
  note: string,
  by: (...values: number[]) => number,
): Constant {
  const facts = [...new Set(from.flatMap((c) => c.fact.split(' + ')))];
  return {
    value: by(...from.map((c) => c.value)),
    unit,
    fact: facts.join(' + '),
    quality: weakest('derived', ...from.map((c) => c.quality)),
    note,
    from,
  };
}

/**
 * The time of another machine of the same processor family, scaled by the ratio of the clocks.
 * `of` is a time, `clock` and `to` are clock rates in one unit. Only trap, switch and path lengths scale so;
 * memory does not.
 */
export function sameFamily(of: Constant, clock: Constant, to: Constant): Constant {
  const scaled = derived(
    of.unit,
    [of, clock, to],
    `${of.value} ${of.unit} at ${clock.value} ${clock.unit}, by the clocks`,
    (t, f, g) => (t * f) / g,
  );
  return { ...scaled, fact: of.fact, quality: weakest('same-family', of.quality) };
}

/** The price of a machine of another family, taken as it is. `whose` names that machine. */
export function borrowed(of: Constant, whose: string): Constant {
  return {
    ...of,
    quality: weakest('borrowed', of.quality),
    note: `of ${whose}${of.note === undefined ? '' : `; ${of.note}`}`,
  };
}

const NANOSECONDS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** Nanoseconds of a constant that is a time, or cycles of a clock of `megahertz`. Throws on any other unit. */
export function nanoseconds(c: Constant, megahertz?: number): number {
  const size = NANOSECONDS[c.unit];
  if (size !== undefined) return c.value * size;
  if (c.unit === 'cycles' && megahertz !== undefined) return (c.value * 1e3) / megahertz;
  throw new Error(`${c.fact}: ${c.unit} is not a time`);
}

/** Megahertz of a constant that is a clock rate. */
export function megahertz(c: Constant): number {
  return c.unit === 'GHz' ? c.value * 1e3 : c.value;
}

/** Is this value a constant (and not some other part of a preset)? */
export function isConstant(value: unknown): value is Constant {
  return (
    typeof value === 'object' && value !== null && 'value' in value && 'fact' in value && 'quality' in value
  );
}

/** A preset as plain data: every constant as `{value, unit, fact, quality}`, all else as it is. */
export function plain(preset: unknown): unknown {
  if (isConstant(preset)) {
    const { value, unit, fact, quality } = preset;
    return { value, unit, fact, quality };
  }
  if (Array.isArray(preset)) return preset.map(plain);
  if (typeof preset === 'object' && preset !== null) {
    return Object.fromEntries(Object.entries(preset).map(([k, v]) => [k, plain(v)]));
  }
  return preset;
}
