/** `nowsim init`: writes an experiment file to edit, every setting with its default and what it is. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Argv, CommandModule } from 'yargs';
import { KIT_FIELDS, KIT_MAPS } from '../../sim/experiment/experiment.ts';
import { checkLeaf, type Field, type SlotChoice, type Value } from '../../sim/experiment/fields.ts';
import type { Study } from '../../sim/experiment/study.ts';
import { InputError } from '../../sim/problem.ts';
import { experimentsFolder, packageFolder } from '../package.ts';

interface InitArguments {
  folder: string;
  json: boolean;
}

const FILE = 'experiment.yaml';

export const initCommand: CommandModule<object, InitArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        `$0 init [folder]\n\nWrites ${FILE} into the folder (made if need be); an existing one is never replaced.`,
      )
      .positional('folder', { type: 'string', default: '.', describe: 'where to write it' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {"experiment": path} and nothing else',
      })
      .example(
        '$0 init mine && nowsim run mine/experiment.yaml',
        'a first experiment of your own',
      ) as Argv<InitArguments>,
  handler: init,
};

async function init({ folder, json }: InitArguments): Promise<void> {
  const path = join(folder, FILE);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) {
    throw new InputError({ where: folder, found: 'is a file', would: 'give a folder' });
  }
  if (existsSync(path)) {
    throw new InputError({
      where: path,
      found: 'is there already and is not replaced',
      would: 'give another folder',
    });
  }
  const { study } = await import('../study.ts');
  const { writeWhole } = await import('../../sim/experiment/files.ts');
  const text = experimentTemplate(study, schemaFor(resolve(folder)));
  mkdirSync(folder, { recursive: true });
  writeWhole(path, text);
  process.stdout.write(
    json ? `${JSON.stringify({ experiment: path })}\n` : `${path}\n\nrun it: npx nowsim run ${path}\n`,
  );
}

/**
 * The schema as a file in `folder` names it: from inside the clone by a way that any clone has, from outside by its whole
 * address, which holds through links and for a folder that is moved.
 */
function schemaFor(folder: string): string {
  const schema = join(experimentsFolder, 'experiment.schema.json');
  if (!`${folder}${sep}`.startsWith(`${packageFolder}${sep}`)) return pathToFileURL(schema).href;
  const way = relative(folder, schema).split(sep).join('/');
  return way.startsWith('.') ? way : `./${way}`;
}

/** A whole experiment file in which every setting stands at its default. `schema` is its path as the file names it. */
export function experimentTemplate(study: Study, schema: string): string {
  const lines = [
    `# yaml-language-server: $schema=${schema}`,
    '# An experiment of nowsim. Every setting stands at its default: delete what you leave as it is, change the rest.',
    '# A quantity has its unit right behind it: 20us, 8KiB, 155Mb/s, 10%. On the command line: --set path=value.',
    '',
    'question: What do I want to know?',
    ...kitLines('seed'),
    settingLine('replications: 5', KIT_FIELDS.replications.doc),
    ...kitLines('precision', 'most_replications', 'interval'),
    '',
    `# ${KIT_MAPS.vary}`,
    `# baseline: ${KIT_MAPS.baseline}`,
    ...axisExample(study),
    ...kitLines('design', 'design_points', 'where'),
    `measures: [${Object.keys(study.measures).slice(0, 3).join(', ')}]   # ${KIT_FIELDS.measures.doc}: "nowsim list measures"`,
    '',
    ...settingLines(study.fields, 0),
  ];
  return `${lines.join('\n')}\n`;
}

/** Settings that the experiment kit itself knows, at their defaults. */
function kitLines(...keys: (keyof typeof KIT_FIELDS)[]): string[] {
  const fields = Object.fromEntries(keys.map((key): [string, Field] => [key, KIT_FIELDS[key]]));
  return settingLines({ kind: 'group', doc: '', fields }, 0);
}

/** The first choice with two names makes an axis that can be run as it stands. */
function axisExample(study: Study): string[] {
  const found = firstChoice(study.fields, []);
  if (found === undefined) return ['vary: {}', 'baseline: {}'];
  return [
    `vary: {${found.path}: [${found.names.join(', ')}]}`,
    `baseline: {${found.path}: ${found.names[0]}}`,
  ];
}

function firstChoice(field: Field, path: readonly string[]): { path: string; names: string[] } | undefined {
  if (field.kind === 'group') {
    for (const [key, inner] of Object.entries(field.fields)) {
      const found = firstChoice(inner, [...path, key]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (field.kind === 'boolean') return { path: path.join('.'), names: ['on', 'off'] };
  return undefined;
}

function settingLines(field: Field, depth: number): string[] {
  if (field.kind !== 'group') return [];
  return Object.entries(field.fields).flatMap(([key, inner]) => {
    const pad = '  '.repeat(depth);
    if (inner.kind === 'group' && inner.default === undefined) {
      const head =
        depth === 0
          ? ['', `${pad}${key}:${' '.repeat(Math.max(1, 22 - key.length))}# ${inner.doc}`]
          : [`${pad}${key}:   # ${inner.doc}`];
      return [...head, ...settingLines(inner, depth + 1)];
    }
    const { text, also } = exampleOf(inner);
    const start = text === undefined ? `${pad}# ${key}: ` : `${pad}${key}: ${text}`;
    return [settingLine(start, `${inner.doc.replace(/\.$/, '')}${also}`)];
  });
}

function settingLine(start: string, comment: string): string {
  return `${start.padEnd(34)} # ${comment}`;
}

function exampleOf(field: Field): { text: string | undefined; also: string } {
  if (field.kind === 'group') return { text: field.default, also: '' };
  if (field.kind === 'slot') {
    const others = Object.keys(field.of).filter((name) => name !== field.default);
    const parameters = parameterText(field.of[field.default]);
    const text =
      parameters === '' ? field.default : `{${field.key ?? 'name'}: ${field.default}, ${parameters}}`;
    return { text, also: others.length === 0 ? '' : `; or ${others.join(', ')}` };
  }
  const names =
    field.kind === 'choice'
      ? Array.isArray(field.of)
        ? field.of
        : Object.keys(field.of)
      : (field.words ?? []);
  // A word that stands beside a quantity and is explained in its text need not be told again.
  const told = (name: string) => field.kind !== 'choice' && new RegExp(`\\b${name}\\b`).test(field.doc);
  const others = names.filter((name) => name !== field.default && !told(name));
  const also =
    others.length === 0 ? '' : others.length > 8 ? ' ("nowsim list")' : `; or ${others.join(', ')}`;
  if (field.default === undefined) return { text: undefined, also };
  const checked = checkLeaf(field, field.default as Value);
  return { text: scalarText('found' in checked ? field.default : checked.settled), also };
}

function parameterText(choice: SlotChoice | undefined): string {
  return Object.entries(choice?.fields ?? {})
    .flatMap(([key, inner]) => {
      const { text } = exampleOf(inner);
      return text === undefined ? [] : [`${key}: ${text}`];
    })
    .join(', ');
}

function scalarText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalarText).join(', ')}]`;
  if (typeof value === 'string' && !/^[\w./%-]+$/.test(value)) return JSON.stringify(value);
  return String(value);
}
