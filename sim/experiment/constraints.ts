/**
 * Constraints between settings, by which points of a sweep are left out: `cluster.rows < cluster.nodes`,
 * `policies.checkpoint.interval <= 2h`, `cluster.os != free`.
 */
import { InputError } from '../problem.ts';
import { unitOf } from '../units.ts';
import { isMap, type Plain, type Value } from './fields.ts';

const FORM = /^\s*(\S+?)\s*(<=|>=|!=|==|=|<|>)\s*(\S+)\s*$/;

export interface Constraint {
  readonly text: string;
  readonly left: string;
  readonly sign: string;
  readonly right: string;
}

/** Reads a constraint. Throws `InputError` where it is none. */
export function constraintOf(text: string, where: string): Constraint {
  const match = FORM.exec(text);
  if (match === null) {
    throw new InputError({
      where,
      found: `"${text}" is no constraint`,
      would: 'write two settings, or a setting and a value: cluster.rows < cluster.nodes',
    });
  }
  const [, left, sign, right] = match as unknown as [string, string, string, string];
  return { text, left, sign: sign === '=' ? '==' : sign, right };
}

/** Whether a scenario keeps a constraint. Throws `InputError` where its two sides cannot be compared. */
export function keeps({ text, left, sign, right }: Constraint, scenario: Plain, where: string): boolean {
  const a = quantity(settingOf(scenario, left) ?? left);
  const b = quantity(settingOf(scenario, right) ?? right);
  if (sign === '==') return a.of === b.of && a.value === b.value;
  if (sign === '!=') return a.of !== b.of || a.value !== b.value;
  if (a.of !== b.of || a.of === 'text') {
    throw new InputError({
      where,
      found: `"${text}" compares ${shown(a)} with ${shown(b)}`,
      would: 'compare two numbers, times, sizes, rates or shares; for words use = or !=',
    });
  }
  const [x, y] = [Number(a.value), Number(b.value)];
  return sign === '<' ? x < y : sign === '<=' ? x <= y : sign === '>' ? x > y : x >= y;
}

/** A setting by its path; a slot is its name. */
function settingOf(scenario: Plain, path: string): Value | undefined {
  let value: Value | undefined = scenario;
  for (const key of path.split('.'))
    value = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isMap(value) ? Object.values(value)[0] : value;
}

/** A value as a number of base units of a kind, or a text. */
export interface Quantity {
  readonly of: string;
  readonly value: number | string;
}

export function quantity(value: Value): Quantity {
  if (typeof value === 'number') return { of: 'number', value };
  const text = String(value);
  const match = /^([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(.*)$/.exec(text);
  const unit = match === null ? undefined : unitOf(match[2]!);
  if (match === null || unit === undefined) return { of: 'text', value: text };
  return { of: unit.of, value: Number(match[1]) * unit.size };
}

function shown({ of, value }: Quantity): string {
  return of === 'text' ? `"${value}"` : `a ${of}`;
}
