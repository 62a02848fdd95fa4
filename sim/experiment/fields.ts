/**
 * Everything that can be set, described once as plain data next to the code that uses it. The check of a file,
 * its defaults, units, `--set` paths, the published schema, `nowsim list` and the docs derive from these.
 *
 * Files hold human text (`60s`, `10%`, `8KiB`), and so does a settled scenario, in which every default is filled in
 * and every slot is written `{name, ...parameters}`; `readFields` turns it into numbers: ns, bytes, bit/s, fractions.
 */
import { nearest } from '../problem.ts';
import { formatTime, parseBytes, parseRate, parseShare, parseTime, UnitError } from '../units.ts';

/** A value of a file: JSON data. */
export type Value = null | boolean | number | string | readonly Value[] | Plain;
/** A map of a file: a scenario, a slot, a group. */
export interface Plain {
  readonly [key: string]: Value;
}

export type QuantityKind = 'time' | 'bytes' | 'rate' | 'share' | 'number' | 'integer';
export type ScalarKind = QuantityKind | 'boolean' | 'text' | 'path' | 'list';

export interface ScalarField {
  readonly kind: ScalarKind;
  readonly doc: string;
  /** Human text as a file would hold it. A setting without default must be given. */
  readonly default?: unknown;
  /**
   * Limits in the unit of `readFields` (ns, bytes, bit/s, fraction); `above` excludes its own value. Times, sizes,
   * rates and shares are not negative unless `min` says so.
   */
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  /** Words allowed beside the quantity, e.g. `auto`, `none`. */
  readonly words?: readonly string[];
  /** What a list's elements are (without: numbers and texts as they stand). */
  readonly each?: QuantityKind | 'text';
}
export interface ChoiceField {
  readonly kind: 'choice';
  readonly doc: string;
  /** Names, or names with one line each. */
  readonly of: readonly string[] | Readonly<Record<string, string>>;
  readonly default?: string;
  /** A path (`./mine.yaml`: anything with a slash) is allowed too. */
  readonly orPath?: boolean;
}
export interface GroupField {
  readonly kind: 'group';
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Words that may stand for the whole block, e.g. `none`. */
  readonly words?: readonly string[];
  /** One of `words`, where the block is off unless given. */
  readonly default?: string;
}
export interface SlotField {
  readonly kind: 'slot';
  readonly doc: string;
  readonly default: string;
  readonly of: Readonly<Record<string, SlotChoice>>;
  /** The key that holds the name (default `name`). */
  readonly key?: string;
}
export interface SlotChoice {
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
}
export type Field = ScalarField | ChoiceField | GroupField | SlotField;

// ---------------------------------------------------------------------------------------------------------
// Typed numbers

type WordsOf<F> = F extends { readonly words: readonly (infer W)[] } ? W : never;
type NamesOf<O> = O extends readonly (infer N)[] ? N : O extends object ? keyof O & string : string;
type KeyOf<F> = F extends { readonly key: infer K extends string } ? K : 'name';
type ReadAll<S> = { readonly [K in keyof S]: Read<S[K]> };
/** What `readFields` gives for a field that was declared `as const satisfies Field`. */
export type Read<F> = F extends { readonly kind: 'group'; readonly fields: infer S }
  ? ReadAll<S> | WordsOf<F>
  : F extends { readonly kind: 'slot'; readonly of: infer O }
    ? {
        [N in keyof O & string]: { readonly [K in KeyOf<F>]: N } & (O[N] extends { readonly fields: infer S }
          ? ReadAll<S>
          : unknown);
      }[keyof O & string]
    : F extends { readonly kind: 'choice'; readonly of: infer O }
      ? NamesOf<O> | (F extends { readonly orPath: true } ? string : never)
      : F extends { readonly kind: 'list' }
        ? readonly (number | string)[] | WordsOf<F>
        : F extends { readonly kind: 'boolean' }
          ? boolean | WordsOf<F>
          : F extends { readonly kind: QuantityKind }
            ? number | WordsOf<F>
            : string;

/**
 * Typed numbers of a settled value: time -> ns, bytes -> bytes, rate -> bit/s, share -> fraction, on/off -> boolean;
 * words and names stay strings, lists become arrays. Keys that the field does not describe are left out.
 * Throws `Error` on a value that was never checked: settled values are.
 */
export function readFields<const F extends Field>(field: F, settled: Value | undefined): Read<F> {
  return readValue(field, settled, []) as Read<F>;
}

function readValue(field: Field, value: Value | undefined, path: readonly string[]): unknown {
  if (field.kind === 'group') {
    if (typeof value === 'string' && field.words?.includes(value)) return value;
    return readMap(field.fields, asMap(value, path), path);
  }
  if (field.kind === 'slot') {
    const map = asMap(value, path);
    const key = slotKey(field);
    const name = String(map[key]);
    const choice = field.of[name];
    if (choice === undefined) throw new Error(`${path.join('.')}: "${name}" is not settled`);
    return { [key]: name, ...readMap(choice.fields, map, path) };
  }
  if (value === undefined) throw new Error(`${path.join('.')} is not settled`);
  const checked = checkLeaf(field, value);
  if ('found' in checked) throw new Error(`${path.join('.')}: ${checked.found}`);
  return checked.read;
}

function readMap(
  fields: Readonly<Record<string, Field>>,
  map: Plain,
  path: readonly string[],
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) out[key] = readValue(field, map[key], [...path, key]);
  return out;
}

function asMap(value: Value | undefined, path: readonly string[]): Plain {
  if (!isMap(value)) throw new Error(`${path.join('.') || 'the scenario'} is not settled`);
  return value;
}

// ---------------------------------------------------------------------------------------------------------
// One setting

/** What is wrong with one value, and what would do; `file:line:col` is added by those who know it. */
export interface Fault {
  readonly found: string;
  readonly would?: string;
}
/** A value as it stands in a settled scenario, and as `readFields` gives it. */
export interface Checked {
  readonly settled: Value;
  readonly read: unknown;
}

export function isMap(value: Value | undefined): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The key under which a slot's name stands. */
export function slotKey(field: SlotField): string {
  return field.key ?? 'name';
}

/** The names that a choice or a slot knows. */
export function namesOf(field: ChoiceField | SlotField): readonly string[] {
  return Array.isArray(field.of) ? field.of : Object.keys(field.of);
}

/** `did you mean "easy"?`, or the whole list where nothing is near. */
export function suggest(word: string, known: readonly string[], what = 'known'): string {
  const near = nearest(word, known);
  const list = known.length === 0 ? 'there are none' : `${what}: ${known.join(', ')}`;
  if (near === undefined) return list;
  return known.length <= 24 ? `did you mean "${near}"? (${list})` : `did you mean "${near}"?`;
}

/** A value as a person would write it in a file, short. */
export function valueText(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map((each: Value) => valueText(each)).join(', ')}]`;
  if (isMap(value)) {
    const inside = Object.entries(value).map(([key, each]) => `${key}: ${valueText(each)}`);
    return `{${inside.join(', ')}}`;
  }
  return String(value);
}

function described(value: Value): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map';
  const text = String(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return typeof value === 'string' ? `"${short}"` : short;
}

const EXAMPLES: Readonly<Record<ScalarKind, string>> = {
  time: 'a time such as 60s',
  bytes: 'a size such as 8KiB',
  rate: 'a rate such as 155Mb/s',
  share: 'a share such as 10% or 0.1',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'on or off',
  text: 'a text',
  path: 'a path',
  list: 'a list such as [1, 2, 4]',
};

function wanted(field: ScalarField): string {
  const words = field.words === undefined ? '' : `, or ${field.words.join(', ')}`;
  return `write ${EXAMPLES[field.kind]}${words}`;
}

/** Checks one leaf (not a group or slot) and brings it into its settled form. */
export function checkLeaf(field: ScalarField | ChoiceField, value: Value): Checked | Fault {
  if (value === null) {
    return {
      found: 'no value stands here',
      would: field.kind === 'choice' ? `choose one of ${namesOf(field).join(', ')}` : wanted(field),
    };
  }
  if (field.kind === 'choice') return checkChoice(field, value);
  if (typeof value === 'string' && field.words?.includes(value)) return { settled: value, read: value };
  switch (field.kind) {
    case 'boolean': {
      if (value === true || value === 'on' || value === 'true') return { settled: 'on', read: true };
      if (value === false || value === 'off' || value === 'false') return { settled: 'off', read: false };
      return { found: `${described(value)} is neither on nor off`, would: wanted(field) };
    }
    case 'text':
    case 'path': {
      if (isMap(value) || Array.isArray(value)) {
        return {
          found: `${described(value)} stands where ${EXAMPLES[field.kind]} belongs`,
          would: wanted(field),
        };
      }
      if (value === '') return { found: `${EXAMPLES[field.kind]} is empty`, would: wanted(field) };
      return { settled: String(value), read: String(value) };
    }
    case 'list': {
      if (!Array.isArray(value)) {
        return { found: `${described(value)} is not a list`, would: wanted(field) };
      }
      return checkList(field, value);
    }
    default:
      return checkQuantity(field, field.kind, value);
  }
}

function checkList(field: ScalarField, values: readonly Value[]): Checked | Fault {
  const settled: Value[] = [];
  const read: unknown[] = [];
  for (const [i, each] of values.entries()) {
    if (field.each === undefined || field.each === 'text') {
      if (typeof each !== 'string' && !(typeof each === 'number' && Number.isFinite(each))) {
        return { found: `element ${i + 1} is ${described(each)}`, would: 'write numbers or texts' };
      }
      settled.push(each);
      read.push(field.each === 'text' ? String(each) : each);
      continue;
    }
    const checked = checkQuantity(field, field.each, each);
    if ('found' in checked) return { ...checked, found: `element ${i + 1}: ${checked.found}` };
    settled.push(checked.settled);
    read.push(checked.read);
  }
  return { settled, read };
}

function checkChoice(field: ChoiceField, value: Value): Checked | Fault {
  const names = namesOf(field);
  if (isMap(value) || Array.isArray(value)) {
    return {
      found: `${described(value)} stands where a name belongs`,
      would: `choose one of ${names.join(', ')}`,
    };
  }
  const name = value === true ? 'on' : value === false ? 'off' : String(value);
  if (names.includes(name)) return { settled: name, read: name };
  if (field.orPath === true && /[/\\]/.test(name)) return { settled: name, read: name };
  const path = field.orPath === true ? '; or a file, written with a slash: ./mine.yaml' : '';
  return { found: `${described(value)} is not known`, would: suggest(name, names) + path };
}

const PARSERS: Readonly<Record<'time' | 'bytes' | 'rate', (text: string) => number>> = {
  time: parseTime,
  bytes: parseBytes,
  rate: parseRate,
};

function checkQuantity(field: ScalarField, kind: QuantityKind, value: Value): Checked | Fault {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { found: `${value} cannot be computed with`, would: wanted({ ...field, kind }) };
  }
  if (typeof value !== 'number' && typeof value !== 'string') {
    return { found: `${described(value)} is not ${EXAMPLES[kind]}`, would: wanted({ ...field, kind }) };
  }
  let read: number;
  try {
    read = quantity(kind, value);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    const cut = error.message.indexOf('; ');
    const words = field.words === undefined ? '' : `; or one of the words ${field.words.join(', ')}`;
    if (cut < 0) return { found: error.message, would: wanted({ ...field, kind }) };
    return { found: error.message.slice(0, cut), would: error.message.slice(cut + 2) + words };
  }
  if (kind === 'integer' && !Number.isSafeInteger(read)) {
    return {
      found: `${described(value)} is not a whole number that can be held exactly`,
      would: wanted(field),
    };
  }
  const limit = beyond(field, kind, read);
  if (limit !== undefined) {
    // A bare 50 is fifty times the whole, and was meant as a percentage.
    const percent =
      kind === 'share' && typeof value === 'number' && beyond(field, kind, read / 100) === undefined;
    const would = percent ? `write ${value}%: ${limit}` : limit;
    return { found: `${described(value)} is out of range`, would };
  }
  return { settled: value, read };
}

function quantity(kind: QuantityKind, value: number | string): number {
  if (kind === 'number' || kind === 'integer') {
    if (typeof value === 'number') return value;
    throw new UnitError(`${described(value)} is not a number`);
  }
  if (kind === 'share') return typeof value === 'number' ? value : parseShare(value);
  return PARSERS[kind](String(value));
}

function beyond(field: ScalarField, kind: QuantityKind, read: number): string | undefined {
  const show = (limit: number) => {
    if (kind === 'time') return formatTime(limit);
    if (kind === 'bytes') return `${limit}B`;
    if (kind === 'rate') return `${limit}b/s`;
    if (kind === 'share') return `${Number((100 * limit).toPrecision(12))}%`;
    return String(limit);
  };
  const plain = kind === 'number' || kind === 'integer';
  const min = field.min ?? (plain || field.above !== undefined ? undefined : 0);
  if (min !== undefined && read < min) return `it must be at least ${show(min)}`;
  if (field.above !== undefined && read <= field.above) return `it must be above ${show(field.above)}`;
  if (field.max !== undefined && read > field.max) return `it must be at most ${show(field.max)}`;
  return undefined;
}
