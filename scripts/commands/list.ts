/** `nowsim list`: what there is to choose from, taken from the descriptions of the settings. */
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import type { Field } from '../../sim/experiment/fields.ts';
import type { Study } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { experimentsFolder, readyExperiments } from '../package.ts';
import { bold, widthOf, wrapped } from '../terminal.ts';

interface ListArguments {
  what?: string;
  json: boolean;
}
interface Entry {
  readonly name: string;
  readonly doc: string;
  readonly default?: boolean;
  readonly parameters?: readonly { readonly name: string; readonly default: string; readonly doc: string }[];
}
type Catalogue = Record<string, Entry[]>;

export const listCommand: CommandModule<object, ListArguments> = {
  command: 'list [what]',
  describe:
    'what there is to choose from: policies, structures, machines, networks, measures, settings, experiments',
  builder: (yargs) =>
    yargs
      .usage('$0 list [what]\n\nNames what a setting can be, with one line each; * marks the default.')
      .positional('what', {
        type: 'string',
        describe: 'a heading or a part of one: policies, machine, measures, settings',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {heading: [{name, doc}]} and nothing else',
      })
      .example('$0 list policies', 'policies, their parameters and defaults')
      .example('$0 list settings', 'every path that --set takes, with its default')
      .example('$0 list measures', 'columns of the results') as Argv<ListArguments>,
  handler: list,
};

async function list({ what, json }: ListArguments): Promise<void> {
  const { study } = await import('../study.ts');
  const all = await catalogueOf(study);
  const chosen = choose(all, what);
  if (json) {
    process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    `${Object.entries(chosen)
      .map(([heading, entries]) => section(heading, entries, what !== undefined))
      .join('\n\n')}\n`,
  );
}

async function catalogueOf(study: Study): Promise<Catalogue> {
  const all: Catalogue = {};
  collect(study.fields, [], all);
  for (const [heading, entries] of Object.entries(study.catalogue ?? {})) all[heading] = [...entries];
  all['measures'] = Object.entries(study.measures).map(([name, { doc }]) => ({ name, doc }));
  all['settings'] = settings(study.fields, []);
  const { readDocument } = await import('../../sim/experiment/document.ts');
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

function choose(all: Catalogue, what: string | undefined): Catalogue {
  if (what === undefined) {
    const { settings: _, ...rest } = all;
    return rest;
  }
  const wanted = what.toLowerCase();
  const singular = wanted.replace(/ies$/, 'y').replace(/s$/, '');
  const headings = Object.keys(all);
  const exact = headings.filter((heading) => heading === wanted || heading.split('.').at(-1) === wanted);
  const chosen =
    exact.length > 0
      ? exact
      : headings.filter((heading) => heading.includes(wanted) || heading.split('.').at(-1) === singular);
  if (chosen.length === 0) {
    throw new InputError({
      where: `nowsim list ${what}`,
      found: 'there is no such heading',
      would: `headings: ${headings.join(', ')}`,
    });
  }
  return Object.fromEntries(chosen.map((heading) => [heading, all[heading]!]));
}

function section(heading: string, entries: readonly Entry[], whole: boolean): string {
  const width = widthOf(process.stdout);
  const nameWidth = Math.min(32, Math.max(...entries.map((entry) => entry.name.length + 1)));
  const indent = ' '.repeat(nameWidth + 3);
  const lines = entries.flatMap((entry) => {
    const name = `${entry.name}${entry.default === true ? '*' : ''}`.padEnd(nameWidth);
    const parameters = (whole ? (entry.parameters ?? []) : []).map((each) =>
      wrapped(`${indent}${each.name}: ${each.default}  ${each.doc}`, width, `${indent}  `),
    );
    return [wrapped(`  ${name} ${entry.doc}`, width, indent), ...parameters];
  });
  return [bold(heading), ...lines].join('\n');
}
