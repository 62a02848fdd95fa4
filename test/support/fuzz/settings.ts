/** What can be set in random cases: the policies of the slots, by the registries that experiment files read. */
import { FIELDS } from '../../../scripts/fields.ts';
import type { Field, Plain } from '../../../sim/experiment/fields.ts';

type Fields = Readonly<Record<string, Field>>;

const SLOTS: Readonly<
  Record<
    string,
    { readonly of: Readonly<Record<string, { readonly fields: Fields }>>; readonly default: string }
  >
> = FIELDS.fields.policies.fields;

/** All slots of policies. */
export const ALL_SLOTS = Object.keys(SLOTS);

/** The policies of a slot, the default first. */
export function namesOf(slot: string): string[] {
  const { of, default: first } = SLOTS[slot]!;
  return [first, ...Object.keys(of).filter((name) => name !== first)];
}

/** The parameters of a policy. */
export function fieldsOf(slot: string, policy: string): Fields {
  return SLOTS[slot]!.of[policy]!.fields;
}

/** Paths with dots as a tree; what is the default of the experiment files is left out. Texts in brackets are lists. */
export function nested(paths: Readonly<Record<string, string | number | boolean>>): Plain {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(paths)) {
    if (defaultOf(path) === value) continue;
    const parts = path.split('.');
    let at = root;
    for (const part of parts.slice(0, -1)) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[parts.at(-1)!] = String(value).startsWith('[') ? JSON.parse(String(value)) : value;
  }
  return root as Plain;
}

function defaultOf(path: string): unknown {
  let at: Field = FIELDS;
  for (const part of path.replace(/^((?:policies|jobs)\.\w+)\.name$/, '$1').split('.')) {
    if (at.kind !== 'group' || at.fields[part] === undefined) return undefined;
    at = at.fields[part];
  }
  return (at as { default?: unknown }).default;
}
