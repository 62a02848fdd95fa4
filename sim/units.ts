/**
 * Numbers with units: `2.9us`, `155Mb/s`, `8KiB`, `10%` outside; nanoseconds, bits per second, bytes and
 * fractions inside. No blank stands between number and unit.
 *
 * Source: the rulings of the project (a unit on every quantity; the message says which letters to append).
 */

/** A quantity that could not be read; the message says what was found and what would do. */
export class UnitError extends Error {}

const TIME: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  min: 60e9,
  h: 3600e9,
  d: 86_400e9,
};
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
};
const RATE: Readonly<Record<string, number>> = {
  'b/s': 1,
  'kb/s': 1e3,
  'Mb/s': 1e6,
  'Gb/s': 1e9,
  'B/s': 8,
  'kB/s': 8e3,
  'MB/s': 8e6,
  'GB/s': 8e9,
  'KiB/s': 8 * 1024,
  'MiB/s': 8 * 1024 ** 2,
  'GiB/s': 8 * 1024 ** 3,
};

const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(\s*)(.*)$/s;

function read(text: string, units: Readonly<Record<string, number>>, what: string, example: string): number {
  const match = NUMBER.exec(text.trim());
  if (match === null) throw new UnitError(`"${text}" is not ${what}; write for example ${example}`);
  const [, number, blank, unit] = match as unknown as [string, string, string, string];
  const factor = units[unit];
  if (factor === undefined) {
    const known = Object.keys(units)
      .filter((u) => u !== 'µs')
      .join(', ');
    const found = unit === '' ? `"${text}" has no unit` : `"${unit}" is not a unit of ${what}`;
    throw new UnitError(`${found}; append one of ${known}, for example ${example}`);
  }
  if (blank !== '') throw new UnitError(`"${text}" has a blank before its unit; write ${number}${unit}`);
  return Number(number) * factor;
}

/** Nanoseconds of a time such as `60s`, `2.9us`, `7d`. Throws `UnitError`. */
export function parseTime(text: string): number {
  return read(text, TIME, 'a time', '20us');
}

/** Bytes of a size such as `8KiB`. Throws `UnitError`. */
export function parseBytes(text: string): number {
  return read(text, BYTES, 'a size', '8KiB');
}

/** Bits per second of a rate such as `155Mb/s` or `100KiB/s`. Throws `UnitError`. */
export function parseRate(text: string): number {
  return read(text, RATE, 'a rate', '155Mb/s');
}

/** The fraction meant by `10%`. Throws `UnitError`. */
export function parseShare(text: string): number {
  return read(text, { '%': 0.01 }, 'a share', '10%');
}

/** What a unit is of, and its size in ns, bytes, bit/s or a fraction; '' is that of plain numbers. */
export function unitOf(unit: string): { readonly of: string; readonly size: number } | undefined {
  if (unit === '') return { of: 'number', size: 1 };
  if (unit === '%') return { of: 'share', size: 0.01 };
  for (const [of, units] of [
    ['time', TIME],
    ['bytes', BYTES],
    ['rate', RATE],
  ] as const) {
    if (Object.hasOwn(units, unit)) return { of, size: units[unit]! };
  }
  return undefined;
}

/** A time for people: three significant digits in the unit that fits (`1.81us`, `2.4h`). */
export function formatTime(ns: number): string {
  const steps: readonly (readonly [string, number])[] = [
    ['d', 86_400e9],
    ['h', 3600e9],
    ['min', 60e9],
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ];
  for (const [unit, size] of steps) if (Math.abs(ns) >= size) return `${shortNumber(ns / size)}${unit}`;
  return `${shortNumber(ns)}ns`;
}

/** Three significant digits without an exponent where that stays short; thousands separated. */
export function shortNumber(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  const a = Math.abs(x);
  if (a >= 1000) return Math.round(x).toLocaleString('en-US');
  if (a !== 0 && a < 0.001) return x.toExponential(2);
  return String(Number(x.toPrecision(3)));
}
