/** What there is to choose from, taken from the descriptions of the settings: for `nowsim list` and the reference. */
import { join } from 'node:path';
import type { Field } from '../sim/experiment/fields.ts';
import type { Study } from '../sim/experiment/study.ts';
import { experimentsFolder, readyExperiments } from './package.ts';

export interface Entry {
  readonly name: string;
  readonly doc: string;
  readonly default?: boolean;
  /** Kinds of run that read a setting. */
  readonly readers?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly default: string; readonly doc: string }[];
}
/** Entries by heading (`policies.idle`, `cluster.machine`, `measures`, `settings`, `experiments`). */
export type Catalogue = Record<string, Entry[]>;

export async function catalogueOf(study: Study): Promise<Catalogue> {
  const all: Catalogue = {};
  collect(study.fields, [], all);
  for (const [heading, entries] of Object.entries(study.catalogue ?? {})) all[heading] = [...entries];
  all['measures'] = Object.entries(study.measures).map(([name, { doc }]) => ({ name, doc }));
  all['settings'] = settings(study.fields, []).map((entry) => ({
    ...entry,
    ...(study.readers === undefined ? {} : { readers: study.readers(entry.name) }),
  }));
  const { readDocument } = await import('../sim/experiment/document.ts');
  all['experiments'] = readyExperiments().map((name) => {
    const question = readDocument(join(experimentsFolder, `${name}.yaml`)).content['question'];
    return { name, doc: typeof question === 'string' ? question : '' };
  });
  return all;
}

/** Every setting with named choices is a heading. */
function collect(field: Field, path: readonly string[], into: Catalogue): void {
  const heading = path.join('.');
  if (field.kind === 'group') {
    for (const [key, inner] of Object.entries(field.fields)) collect(inner, [...path, key], into);
  } else if (field.kind === 'slot') {
    into[heading] = Object.entries(field.of).map(([name, choice]) => ({
      name,
      doc: choice.doc,
      default: name === field.default,
      parameters: Object.entries(choice.fields).map(([key, inner]) => ({
        name: key,
        default: defaultText(inner),
        doc: inner.doc,
      })),
    }));
  } else if (field.kind === 'choice' && !Array.isArray(field.of)) {
    into[heading] = Object.entries(field.of).map(([name, doc]) => ({
      name,
      doc,
      default: name === field.default,
    }));
  }
}

function defaultText(field: Field): string {
  if (field.kind === 'group') return field.default ?? '';
  return field.default === undefined ? 'must be given' : String(field.default);
}

function settings(field: Field, path: readonly string[]): Entry[] {
  const name = path.join('.');
  if (field.kind === 'group') {
    return Object.entries(field.fields).flatMap(([key, inner]) => settings(inner, [...path, key]));
  }
  const own: Entry = { name, doc: `${field.doc} (${defaultText(field)})` };
  if (field.kind !== 'slot') return [own];
  const inside = new Map<string, Entry>();
  for (const [choice, { fields }] of Object.entries(field.of)) {
    for (const [key, inner] of Object.entries(fields)) {
      for (const entry of settings(inner, [...path, key])) {
        if (!inside.has(entry.name)) inside.set(entry.name, { ...entry, doc: `${choice}: ${entry.doc}` });
      }
    }
  }
  return [own, ...inside.values()];
}
