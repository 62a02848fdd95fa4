#!/usr/bin/env node
/**
 * The nowsim command. Each subcommand is a file of commands/, which is loaded when it is called.
 *
 * Exit codes: 0 ok, 1 failed (a fault of nowsim), 2 bad usage or bad input, 3 a check failed, 130 interrupted.
 * Standard output holds the answer and nothing else; messages go to standard error.
 */
import yargs, { type Argv, type CommandModule } from 'yargs';
import { CheckError, InputError, nearest } from '../sim/problem.ts';
import { version } from './package.ts';

/** What the file of a command says of it: its options, and what it does. */
interface CommandFile {
  readonly builder?: unknown;
  readonly handler: (given: never) => unknown;
}

const COMMANDS: readonly CommandModule[] = [
  command(
    'start',
    "the paper's question in ten seconds: traced programs, then a building of workstations",
    async () => (await import('./commands/start.ts')).startCommand,
  ),
  command(
    ['run <file>', 'sweep'],
    'run an experiment: a table with 95 % intervals, files, a report',
    async () => (await import('./commands/run.ts')).runCommand,
  ),
  command(
    'rerun <manifest>',
    'run a manifest again and compare the digest of all results',
    async () => (await import('./commands/rerun.ts')).rerunCommand,
  ),
  command(
    'merge <folders..>',
    'bring the shards of an experiment together in one results folder',
    async () => (await import('./commands/merge.ts')).mergeCommand,
  ),
  command(
    'report <folder>',
    'write report.html anew from a results folder',
    async () => (await import('./commands/report.ts')).reportCommand,
  ),
  command(
    'why <job>',
    'what happened to a job, and why it waited: its run is repeated and its events are told',
    async () => (await import('./commands/why.ts')).whyCommand,
  ),
  command(
    'best <folder>',
    'which points of a sweep may be the best by a measure, and which are not',
    async () => (await import('./commands/best.ts')).bestCommand,
  ),
  command(
    'sensitivity <folder>',
    'which settings of a sweep move a measure, how far, and which move nothing',
    async () => (await import('./commands/sensitivity.ts')).sensitivityCommand,
  ),
  command(
    'analyse <file>',
    'warm-up, batch means and quantiles of one long run, from a CSV file of its jobs',
    async () => (await import('./commands/analyse.ts')).analyseCommand,
  ),
  command(
    'export <folder>',
    'results as tidy CSV or Parquet, or as a Markdown or LaTeX table',
    async () => (await import('./commands/export.ts')).exportCommand,
  ),
  command(
    'artifact <folder>',
    'what an artifact evaluation asks for: claims, licence, acknowledgements, STRESS-DES checklist',
    async () => (await import('./commands/artifact.ts')).artifactCommand,
  ),
  command(
    'query <sql>',
    'SQL over results (needs the optional package @duckdb/node-api)',
    async () => (await import('./commands/query.ts')).queryCommand,
  ),
  command(
    'list [what]',
    'what there is to choose from: policies, structures, machines, networks, measures, settings, experiments',
    async () => (await import('./commands/list.ts')).listCommand,
  ),
  command(
    'init [folder]',
    'write an experiment file to edit, with every setting explained',
    async () => (await import('./commands/init.ts')).initCommand,
  ),
  command(
    'trace <what> <file>',
    'what a trace holds: counts, span, records kept and dropped',
    () => import('./commands/trace.ts'),
  ),
  command(
    'capture [command..]',
    'make a trace on this host: calls of a command, or input and load',
    () => import('./commands/capture.ts'),
  ),
  command(
    'explain [what]',
    'what a service costs under an OS structure, step by step, from which source',
    async () => (await import('./commands/explain.ts')).explainCommand,
  ),
  command(
    'calibrate',
    'measure this host and write it down as a machine to price structures on',
    async () => (await import('./commands/calibrate.ts')).calibrateCommand,
  ),
  command(
    'validate [cases..]',
    'run the validation cases: closed forms, golden schedules, published measurements',
    async () => (await import('./commands/validate.ts')).validateCommand,
  ),
  command(
    'figure <name>',
    'build a figure: data, picture, and whether its claim holds',
    async () => (await import('./commands/figure.ts')).figureCommand,
  ),
  command(
    'bench [what]',
    'measure the speed of the engine and of whole commands, beside other simulators where installed',
    async () => (await import('./commands/bench.ts')).benchCommand,
  ),
  command(
    'schema',
    'print the JSON Schema of experiment files, for editors',
    async () => (await import('./commands/schema.ts')).schemaCommand,
  ),
];

/** What the chosen command does. It is thrown out of yargs, which after any handler lays out the whole help: 25 ms. */
class Chosen extends Error {
  readonly run: () => unknown;

  constructor(run: () => unknown) {
    super('a command was chosen');
    this.run = run;
  }
}

/** A command of these words (the first, then other names for it), whose file is loaded when it is called. */
function command(
  words: string | readonly string[],
  describe: string,
  load: () => Promise<CommandFile>,
): CommandModule {
  return {
    command: words,
    describe,
    builder: async (parent) => {
      const { builder } = await load();
      return typeof builder === 'function' ? ((await builder(parent)) as Argv) : parent;
    },
    handler: (given) => {
      throw new Chosen(async () => (await load()).handler(given as never));
    },
  };
}

/** Something typed that the command does not know. */
class UsageError extends Error {}

const parser = yargs(process.argv.slice(2))
  .scriptName('nowsim')
  .locale('en')
  .usage(
    '$0 <command>\n\nWhat does it cost to put operating-system functionality in the kernel, in servers, or in a library?',
  )
  .parserConfiguration({ 'dot-notation': false })
  .command([...COMMANDS])
  .demandCommand(1, 'a command is missing')
  .strict()
  .example('$0 run headline', "the paper's question, from an experiment that ships with nowsim")
  .example('$0 init mine', 'write an experiment file to edit')
  .example('$0 list', 'what there is to choose from')
  .epilogue(
    '"nowsim <command> --help" tells more, with examples. Exit codes: 0 ok, 1 failed, 2 bad input, 3 a check failed.',
  )
  .version(version)
  .alias('help', 'h')
  .recommendCommands()
  .showHelpOnFail(false)
  .wrap(Math.min(100, process.stdout.columns || 100))
  .exitProcess(false)
  .fail((message, error) => {
    throw error ?? new UsageError(message);
  });

// a reader that has seen enough (nowsim list | head) closes the pipe: that is no fault
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await chosenCommand();
} catch (error) {
  process.exitCode = await explain(error);
}

/** Reads the line and does what it says. */
async function chosenCommand(): Promise<void> {
  try {
    await parser.parseAsync();
  } catch (chosen) {
    if (!(chosen instanceof Chosen)) throw chosen;
    await chosen.run();
  }
}

/** Says what went wrong on standard error; gives the exit code. */
async function explain(thrown: unknown): Promise<number> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof InputError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof CheckError) {
    process.stderr.write(`check failed: ${error.message}\n`);
    return 3;
  }
  if (error.name === 'Interrupted') return 130;
  if (error instanceof UsageError || error.name === 'YError') {
    process.stderr.write(`nowsim: ${await usageText(error.message)}\n`);
    return 2;
  }
  const system = (error as NodeJS.ErrnoException).syscall !== undefined;
  process.stderr.write(
    system ? `nowsim: ${error.message}\n` : `nowsim failed, which is a fault of nowsim: ${error.stack}\n`,
  );
  return 1;
}

/** yargs' message in our words, with the nearest command or option. */
async function usageText(message: string): Promise<string> {
  const names = COMMANDS.flatMap((command) =>
    [command.command].flat().map((text) => String(text).split(' ')[0]!),
  );
  const help = ' ("nowsim --help" lists the commands)';
  const typed = process.argv.slice(2).find((word) => !word.startsWith('-'));
  if (message === 'a command is missing') {
    return typed === undefined ? `${message}${help}` : unknownCommand(typed, names) + help;
  }
  if (typed !== undefined && !names.includes(typed)) return unknownCommand(typed, names) + help;
  const own = ` ("nowsim ${typed} --help" lists them)`;
  if (message.startsWith('Not enough non-option arguments')) {
    return `something is missing after "nowsim ${typed}" ("nowsim ${typed} --help" says what)`;
  }
  const bare = /^Not enough arguments following: (.*)$/.exec(message);
  if (bare !== null) return `nothing stands after --${bare[1]}${own}`;
  const choice = /^Invalid values:\n {2}Argument: (.*), Given: "(.*)", Choices: (.*)$/m.exec(message);
  if (choice !== null) {
    const [, argument, given, list] = choice as unknown as [string, string, string, string];
    const choices = list.replaceAll('"', '').split(', ');
    const near = nearest(given, choices);
    const would = near === undefined ? `choices: ${choices.join(', ')}` : `did you mean "${near}"?`;
    return `"${given}" is none of the choices of ${argument}; ${would}`;
  }
  const unknown = /^Unknown arguments?: (.*)$/.exec(message);
  if (unknown === null) return message;
  const options = [...(await parser.getHelp()).matchAll(/--([a-z][\w-]*)/g)].map((match) => match[1]!);
  const words = [...new Set(unknown[1]!.split(', '))].filter(
    (word, _, all) => !all.some((other) => other !== word && kebab(word) === other),
  );
  const settings = typed === 'run' || typed === 'sweep' ? await settingPaths() : [];
  return words
    .map((word) => {
      const path = settings.find((each) => each === word || each.split('.').at(-1) === word);
      if (path !== undefined) return `there is no option --${word}; did you mean --set ${path}=...?`;
      const near = nearest(word, options);
      const isOption = process.argv.some(
        (each) => each.replace(/=.*/s, '') === `--${word}` || each === `-${word}`,
      );
      if (!isOption) return `"${word}" is one argument too many${own}`;
      return `there is no option --${word}${near === undefined ? own : `; did you mean --${near}?`}`;
    })
    .join('\nnowsim: ');
}

/** Every path that --set takes. */
async function settingPaths(): Promise<readonly string[]> {
  const { FIELDS } = await import('./fields.ts');
  const { pathsOf } = await import('../sim/experiment/settings.ts');
  const { KIT_FIELDS } = await import('../sim/experiment/experiment.ts');
  return [...Object.keys(KIT_FIELDS), ...pathsOf(FIELDS)];
}

function kebab(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function unknownCommand(typed: string, names: readonly string[]): string {
  if (/\.(ya?ml|json)$/.test(typed))
    return `"${typed}" is not a command; did you mean "nowsim run ${typed}"?`;
  const near = nearest(typed, names);
  return `"${typed}" is not a command${near === undefined ? '' : `; did you mean "${near}"?`}`;
}
