/**
 * Settings from three places (the file, `--set`, the axes) laid over the defaults, giving one complete scenario.
 *
 * Rules: naming a slot resets its parameters; names apply before parameters, whatever the order in which they were
 * given; `policies.X=N` is `policies.X.name=N`; what the command line or an axis says stands above the file;
 * relative paths refer to the folder of the file, or to the working directory where they were typed.
 */
import { isAbsolute, resolve } from 'node:path';
import { parse, YAMLError } from 'yaml';
import { InputError, nearest, type Problem } from '../problem.ts';
import {
  checkLeaf,
  type Fault,
  type Field,
  type GroupField,
  isMap,
  namesOf,
  type Plain,
  type SlotField,
  slotKey,
  suggest,
  type Value,
} from './fields.ts';
import { rangeValues } from './ranges.ts';

/** Who gave a setting: makes the message of what is wrong with it, and says what its relative paths refer to. */
export interface Origin {
  problem(fault: Fault, at: 'key' | 'value'): Problem;
  readonly base: string;
}
export interface Setting {
  readonly path: readonly string[];
  readonly value: Value;
  readonly origin: Origin;
  /** 0 the file, 1 the command line and the axes: a name given in one layer resets parameters of those below. */
  readonly layer: number;
}

/** A complete scenario, or what keeps it from being one. */
export interface Laid {
  readonly scenario: Plain;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  /** What was given, as far as it holds, by dotted path. */
  readonly given: ReadonlyMap<string, Given>;
}
export interface Given extends Pick<Setting, 'value' | 'origin' | 'layer'> {
  /** Whether the setting would be the same if nobody had given it. */
  readonly usual: boolean;
}

/** Splits maps into their leaves, down to where a value of the field's own kind stands. */
export function spread(
  field: Field | undefined,
  setting: Omit<Setting, 'origin'>,
  origin: (path: readonly string[]) => Origin,
): Setting[] {
  const { path, value, layer } = setting;
  const whole = [{ path, value, layer, origin: origin(path) }];
  if (!isMap(value) || field === undefined || (field.kind !== 'group' && field.kind !== 'slot')) return whole;
  const entries = Object.entries(value);
  if (entries.length === 0) return whole;
  return entries.flatMap(([key, each]) => {
    const inner = field.kind === 'group' ? own(field.fields, key) : parameter(field, value, key);
    return spread(inner, { path: [...path, key], value: each, layer }, origin);
  });
}

function parameter(slot: SlotField, value: Plain, key: string): Field | undefined {
  const name = value[slotKey(slot)] ?? slot.default;
  const named = own(slot.of, String(name));
  const fields = named === undefined ? undefined : own(named.fields, key);
  return (
    fields ??
    Object.values(slot.of)
      .map((choice) => own(choice.fields, key))
      .find((each) => each !== undefined)
  );
}

/** `map[key]`, but never what objects inherit. */
function own<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Lays settings over the defaults of `root`. `fileOrigin` places what is missing from the file. */
export function layOver(
  root: GroupField,
  settings: readonly Setting[],
  fileOrigin: (path: readonly string[]) => Origin,
): Laid {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const given = new Map<string, Given>();
  const complain = (setting: Setting, fault: Fault, at: 'key' | 'value') => {
    const path = setting.path.join('.');
    problems.push(setting.origin.problem({ ...fault, found: `${path}: ${fault.found}` }, at));
  };
  const sorted = settings.toSorted((a, b) => a.layer - b.layer);
  const scenario = group(root, sorted, []) as Plain;
  return { scenario, problems, notes, given };

  function build(field: Field, under: readonly Setting[], path: readonly string[]): Value | undefined {
    if (field.kind === 'group') return group(field, under, path);
    if (field.kind === 'slot') return slot(field, under, path);
    return leaf(field, under, path);
  }

  function group(field: GroupField, under: readonly Setting[], path: readonly string[]): Value | undefined {
    const here = under.filter((each) => each.path.length === path.length);
    let inside = under.filter((each) => each.path.length > path.length);
    let word: Setting | undefined;
    for (const setting of here) {
      const { value } = setting;
      if (value === null || isMap(value)) {
        word = undefined;
      } else if (field.words?.includes(String(value))) {
        word = setting;
      } else {
        const words = field.words === undefined ? '' : `, or ${field.words.join(', ')}`;
        complain(
          setting,
          {
            found: `a map of settings belongs here, not ${typeof value === 'string' ? `"${value}"` : String(value)}`,
            would: `its settings: ${Object.keys(field.fields).join(', ')}${words}`,
          },
          'value',
        );
      }
    }
    if (word !== undefined) {
      const { layer } = word;
      const same = inside.find((each) => each.layer === layer);
      if (same !== undefined) {
        complain(
          same,
          { found: `${path.join('.')} is switched off by "${word.value}"`, would: 'give one of the two' },
          'key',
        );
      }
      inside = inside.filter((each) => each.layer > layer);
      if (inside.length === 0) {
        given.set(path.join('.'), { ...word, usual: word.value === field.default });
        return word.value;
      }
    }
    if (here.length === 0 && inside.length === 0 && field.default !== undefined) return field.default;
    return members(field.fields, inside, path, undefined);
  }

  function slot(field: SlotField, under: readonly Setting[], path: readonly string[]): Value | undefined {
    const key = slotKey(field);
    const isName = (each: Setting) =>
      each.path.length === path.length
        ? !isMap(each.value)
        : each.path.length === path.length + 1 && each.path.at(-1) === key;
    const names = under.filter(isName);
    for (const each of names) {
      if (each.value !== null && own(field.of, String(each.value)) !== undefined) continue;
      const found = each.value === null ? 'no value stands here' : `"${String(each.value)}" is not known`;
      complain(each, { found, would: suggest(String(each.value ?? ''), namesOf(field)) }, 'value');
    }
    const chosen = names.at(-1);
    const name = chosen === undefined ? field.default : String(chosen.value);
    const choice = own(field.of, name);
    if (choice === undefined) return undefined;
    if (chosen !== undefined) given.set(path.join('.'), { ...chosen, usual: name === field.default });
    const floor = chosen?.layer ?? 0;
    const parameters = under.filter((each) => !isName(each) && each.path.length > path.length);
    for (const each of parameters) {
      if (each.layer >= floor) continue;
      const inner = own(choice.fields, each.path[path.length] ?? '');
      if (inner === undefined || inner.kind === 'group' || inner.kind === 'slot') continue;
      if (String(inner.default) === String(each.value)) continue;
      notes.push(
        `${each.path.join('.')} of the file does not hold where ${path.join('.')} is set to ${name}: naming a slot resets its parameters`,
      );
    }
    const holding = parameters.filter((each) => each.layer >= floor);
    const filled = members(choice.fields, holding, path, { field, name });
    return { [key]: name, ...filled };
  }

  function members(
    fields: Readonly<Record<string, Field>>,
    inside: readonly Setting[],
    path: readonly string[],
    slotted: { field: SlotField; name: string } | undefined,
  ): Plain {
    const unknown = new Set<string>();
    for (const setting of inside) {
      const key = setting.path[path.length]!;
      if (own(fields, key) !== undefined) continue;
      if (unknown.has(key) && setting.layer === 0) continue;
      unknown.add(key);
      complainOfKey(setting, key, fields, path, slotted);
    }
    const out: Record<string, Value> = {};
    for (const [key, field] of Object.entries(fields)) {
      const mine = inside.filter((each) => each.path[path.length] === key);
      const value = build(field, mine, [...path, key]);
      if (value !== undefined) out[key] = value;
    }
    return out;
  }

  function complainOfKey(
    setting: Setting,
    key: string,
    fields: Readonly<Record<string, Field>>,
    path: readonly string[],
    slotted: { field: SlotField; name: string } | undefined,
  ): void {
    const known = Object.keys(fields);
    const at = { ...setting, path: setting.path.slice(0, path.length + 1) };
    const problem = (fault: Fault) => problems.push(setting.origin.problem(fault, 'key'));
    if (slotted !== undefined) {
      const others = Object.entries(slotted.field.of).flatMap(([name, choice]) =>
        own(choice.fields, key) === undefined ? [] : [name],
      );
      const have =
        known.length === 0 ? `${slotted.name} has no parameters` : suggest(key, known, 'its parameters');
      const who = others.length === 0 ? '' : ` ("${key}" belongs to ${others.join(', ')})`;
      problem({
        found: `${at.path.join('.')}: "${slotted.name}" has no parameter "${key}"${who}`,
        would: have,
      });
      return;
    }
    // on a command line the whole path is what has to be typed; in a file the key is, unless it belongs elsewhere
    const typed = setting.layer === 0 ? at.path : setting.path;
    const near =
      setting.layer === 0 && nearest(key, known) !== undefined ? undefined : elsewhere(root, setting.path);
    const would = near === undefined ? suggest(key, known) : `did you mean "${near}"?`;
    problem({ found: `"${typed.join('.')}" is not a setting`, would });
  }

  function leaf(
    field: Exclude<Field, GroupField | SlotField>,
    under: readonly Setting[],
    path: readonly string[],
  ): Value | undefined {
    let settled: Value | undefined;
    let usual: Value | undefined;
    if (field.default !== undefined) {
      const checked = checkLeaf(field, field.default as Value);
      if ('found' in checked)
        throw new Error(`the default of ${path.join('.')} cannot be used: ${checked.found}`);
      usual = checked.settled;
    }
    for (const setting of under) {
      if (setting.path.length > path.length) {
        complain(
          setting,
          { found: `${path.join('.')} is a single value`, would: `set ${path.join('.')} itself` },
          'key',
        );
        continue;
      }
      const checked = checkLeaf(field, setting.value);
      if ('found' in checked) {
        complain(setting, checked, 'value');
        continue;
      }
      settled = absolute(field, checked.settled, setting.origin.base);
      given.set(path.join('.'), { ...setting, usual: String(settled) === String(usual) });
    }
    if (under.length > 0) return settled;
    if (usual !== undefined) return usual;
    const origin = fileOrigin(path);
    problems.push(origin.problem({ found: `${path.join('.')} must be given: ${field.doc}` }, 'key'));
    return undefined;
  }
}

function absolute(field: Exclude<Field, GroupField | SlotField>, value: Value, base: string): Value {
  if (typeof value !== 'string') return value;
  const isPath =
    (field.kind === 'path' && field.words?.includes(value) !== true) ||
    (field.kind === 'choice' && field.orPath === true && !namesOf(field).includes(value));
  return isPath && !isAbsolute(value) ? resolve(base, value) : value;
}

/** Every path that can be set, for messages and `nowsim list`; parameters of all choices of a slot are included. */
export function pathsOf(field: Field, path: readonly string[] = []): string[] {
  const own = path.length === 0 ? [] : [path.join('.')];
  if (field.kind === 'group')
    return [...own, ...Object.entries(field.fields).flatMap(([key, each]) => pathsOf(each, [...path, key]))];
  if (field.kind === 'slot') {
    const inside = Object.values(field.of).flatMap((choice) =>
      Object.entries(choice.fields).flatMap(([key, each]) => pathsOf(each, [...path, key])),
    );
    return [...own, ...new Set(inside)];
  }
  return own;
}

/** The setting that a mistyped path most likely means: the nearest whole path, or the same last word elsewhere. */
function elsewhere(root: GroupField, path: readonly string[]): string | undefined {
  const all = pathsOf(root);
  const typed = path.join('.');
  return nearest(typed, all) ?? all.find((each) => each.split('.').at(-1) === path.at(-1));
}

/** The field at a path, whatever a slot's choice; undefined where there is none. Slot names (`policies.X.name`) are the slot. */
export function fieldAt(root: GroupField, path: readonly string[]): Field | undefined {
  let field: Field | undefined = root;
  for (const key of path) {
    if (field?.kind === 'group') field = own(field.fields, key);
    else if (field?.kind === 'slot') field = key === slotKey(field) ? field : parameter(field, {}, key);
    else return undefined;
  }
  return field;
}

/** `policies.X.name` -> `policies.X`. */
export function plainPath(root: GroupField, path: readonly string[]): readonly string[] {
  const above = fieldAt(root, path.slice(0, -1));
  return above?.kind === 'slot' && path.at(-1) === slotKey(above) ? path.slice(0, -1) : path;
}

/** `path=value` of a flag. Throws `InputError`. */
export function splitFlag(flag: string, text: string): { path: readonly string[]; value: string } {
  const cut = text.indexOf('=');
  const path = text.slice(0, Math.max(0, cut)).trim();
  if (cut <= 0 || path === '' || path.split('.').includes('')) {
    throw new InputError({
      where: `${flag} ${text}`,
      found: cut < 0 ? 'no "=" stands here' : 'no path stands before the "="',
      would: flag === '--vary' ? 'write --vary cluster.nodes=16,32,64' : 'write --set cluster.nodes=64',
    });
  }
  return { path: path.split('.'), value: text.slice(cut + 1) };
}

const CORE_NUMBER = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** A value typed on the command line: a number, a text, or a list or map as in a file (`{name: quiet, after: 60s}`). */
export function flagValue(where: string, text: string): Value {
  const trimmed = text.trim();
  if (trimmed === '') {
    throw new InputError({ where, found: 'nothing stands after the "="', would: 'give a value' });
  }
  if (/^[[{"']/.test(trimmed)) {
    try {
      return parse(trimmed, { prettyErrors: false }) as Value;
    } catch (error) {
      if (!(error instanceof YAMLError)) throw error;
      throw new InputError({
        where,
        found: `cannot be read: ${error.message}`,
        would: 'write {name: quiet, after: 60s}',
      });
    }
  }
  if (CORE_NUMBER.test(trimmed)) return Number(trimmed);
  if (/^[-+]?\.?(inf|nan)$/i.test(trimmed) || trimmed === 'Infinity') {
    return /nan/i.test(trimmed) ? Number.NaN : Number.POSITIVE_INFINITY;
  }
  return trimmed;
}

/** The values of `--vary path=a,b,c` or `path=1..64 x2`: commas inside brackets and quotes do not part them. */
export function flagValues(where: string, text: string): Value[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let part = '';
  for (const letter of text) {
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    if (letter === ',' && depth === 0 && quote === '') {
      parts.push(part);
      part = '';
    } else part += letter;
  }
  parts.push(part);
  if (parts.every((each) => each.trim() === '')) {
    throw new InputError({
      where,
      found: 'the axis has no values',
      would: 'give at least one: --vary path=a,b,c',
    });
  }
  return parts.flatMap((each) => rangeValues(where, each) ?? [flagValue(where, each)]);
}
