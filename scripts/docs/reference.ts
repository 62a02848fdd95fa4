/**
 * `docs/reference.md`, from the code: commands with their options, settings, policies, structures, machines with the
 * sources of their numbers, measures. Nothing in it is written by hand.
 */
import { execFileSync } from 'node:child_process';
import { plain } from '../../models/presets/constant.ts';
import { MACHINES } from '../../models/presets/machines.ts';
import { isMap, type Value } from '../../sim/experiment/fields.ts';
import { type Catalogue, catalogueOf, type Entry } from '../catalogue.ts';
import { study } from '../study.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');
}

function entries(list: readonly Entry[]): string {
  return table(
    ['name', 'what', 'parameters (default)'],
    list.map(({ name, doc, default: isDefault, parameters = [] }) => [
      `\`${name}\`${isDefault === true ? ' (default)' : ''}`,
      doc,
      parameters.map((each) => `\`${each.name}\` (${each.default}): ${each.doc}`).join('; '),
    ]),
  );
}

/** Help of every command, as it prints it at 100 columns. `program`: the built command. */
function commands(program: string): string {
  const help = (...words: string[]) =>
    execFileSync(process.execPath, [program, ...words, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' },
    }).trim();
  const names = [...help().matchAll(/^ {2}nowsim (\w+)/gm)].map((match) => match[1]!);
  return [...new Set(names)].map((name) => `### ${name}\n\n\`\`\`text\n${help(name)}\n\`\`\``).join('\n\n');
}

/** Every constant of every machine with its row in `models/presets/sources.csv`. */
function machines(): string {
  return Object.values(MACHINES)
    .map((machine) => {
      const found: string[][] = [];
      collect(plain(machine) as Value, [], found);
      return `### ${machine.name}\n\n${machine.title}\n\n${table(['constant', 'value', 'quality', 'source'], found)}`;
    })
    .join('\n\n');
}

function collect(value: Value, path: readonly string[], into: string[][]): void {
  if (!isMap(value)) return;
  if (typeof value['value'] === 'number' && typeof value['fact'] === 'string') {
    into.push([
      path.join('.'),
      `${value['value']} ${String(value['unit'] ?? '')}`,
      String(value['quality']),
      value['fact'],
    ]);
    return;
  }
  for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], into);
}

/** The page. `program`: the built command, whose help is asked for. */
export async function referenceText(program: string): Promise<string> {
  const all: Catalogue = await catalogueOf(study);
  const { settings = [], measures = [], experiments = [], ...choices } = all;
  const parts = [
    '# Reference',
    'Made from the code by `npm run docs`; a test compares.',
    '## Commands',
    commands(program),
    '## Ready experiments',
    table(
      ['name', 'question'],
      experiments.map(({ name, doc }) => [`\`${name}\``, doc]),
    ),
    '## Settings',
    'Every path that `--set` and `--vary` take, with its default in brackets, and the kinds of run that read it: elsewhere an axis is refused.',
    table(
      ['path', 'what', 'read by'],
      settings.map(({ name, doc, readers = [] }) => [`\`${name}\``, doc, readers.join('; ')]),
    ),
    '## Choices',
    ...Object.entries(choices).map(([heading, list]) => `### ${heading}\n\n${entries(list)}`),
    '## Measures',
    table(
      ['name', 'what'],
      measures.map(({ name, doc }) => [`\`${name}\``, doc]),
    ),
    '## Machines and the sources of their numbers',
    'The ids are rows of `models/presets/sources.csv`, which names paper, table and place.',
    machines(),
  ];
  return `${parts.join('\n\n')}\n`;
}
