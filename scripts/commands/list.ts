/** `nowsim list`: what there is to choose from, taken from the descriptions of the settings. */
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../../sim/problem.ts';
import { type Catalogue, catalogueOf, type Entry } from '../catalogue.ts';
import { bold, widthOf, wrapped } from '../terminal.ts';

interface ListArguments {
  what?: string;
  json: boolean;
}
export const listCommand: CommandModule<object, ListArguments> = {
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
    const readers = whole && entry.readers !== undefined ? `; read by ${entry.readers.join(', ')}` : '';
    return [wrapped(`  ${name} ${entry.doc}${readers}`, width, indent), ...parameters];
  });
  return [bold(heading), ...lines].join('\n');
}
