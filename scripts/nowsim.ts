#!/usr/bin/env node
/**
 * The nowsim command. Each subcommand is a file of commands/, and loads what is heavy when it is called.
 *
 * Exit codes: 0 ok, 1 failed (a fault of nowsim), 2 bad usage or bad input, 3 a check failed, 130 interrupted.
 * Standard output holds the answer and nothing else; messages go to standard error.
 */
import yargs, { type Argv, type CommandModule } from 'yargs';
import { CheckError, InputError, nearest } from '../sim/problem.ts';
import { analyseCommand } from './commands/analyse.ts';
import { artifactCommand } from './commands/artifact.ts';
import { benchCommand } from './commands/bench.ts';
import { bestCommand } from './commands/best.ts';
import { exportCommand } from './commands/export.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { mergeCommand } from './commands/merge.ts';
import { queryCommand } from './commands/query.ts';
import { reportCommand } from './commands/report.ts';
import { rerunCommand } from './commands/rerun.ts';
import { runCommand } from './commands/run.ts';
import { schemaCommand } from './commands/schema.ts';
import { sensitivityCommand } from './commands/sensitivity.ts';
import { startCommand } from './commands/start.ts';
import { whyCommand } from './commands/why.ts';
import { version } from './package.ts';

const COMMANDS: readonly CommandModule[] = [
  startCommand,
  runCommand,
  rerunCommand,
  mergeCommand,
  reportCommand,
  whyCommand,
  bestCommand,
  sensitivityCommand,
  analyseCommand,
  exportCommand,
  artifactCommand,
  queryCommand,
  listCommand,
  initCommand,
  lazy('trace <what> <file>', 'what a trace holds: counts, span, records kept and dropped', async () => {
    return (await import('./commands/trace.ts')) as unknown as CommandModule;
  }),
  lazy(
    'capture [command..]',
    'make a trace on this host: calls of a command, or input and load',
    async () => {
      return (await import('./commands/capture.ts')) as unknown as CommandModule;
    },
  ),
  lazy(
    'explain [what]',
    'what a service costs under an OS structure, step by step, from which source',
    async () => {
      return (await import('./commands/explain.ts')).explainCommand as unknown as CommandModule;
    },
  ),
  lazy('calibrate', 'measure this host and write it down as a machine to price structures on', async () => {
    return (await import('./commands/calibrate.ts')).calibrateCommand as unknown as CommandModule;
  }),
  lazy(
    'validate [cases..]',
    'run the validation cases: closed forms, golden schedules, published measurements',
    async () => (await import('./commands/validate.ts')).validateCommand as unknown as CommandModule,
  ),
  lazy('figure <name>', 'build a figure: data, picture, and whether its claim holds', async () => {
    return (await import('./commands/figure.ts')).figureCommand as unknown as CommandModule;
  }),
  benchCommand,
  schemaCommand,
] as unknown as readonly CommandModule[];

/** A command whose module is loaded when it is called, since its options come from the models. */
function lazy(command: string, describe: string, load: () => Promise<CommandModule>): CommandModule {
  const builder = async (parent: Argv): Promise<Argv> => {
    const { builder: own } = await load();
    return typeof own === 'function' ? ((await own(parent)) as Argv) : parent;
  };
  return { command, describe, builder, handler: async (given) => (await load()).handler(given) };
}

/** What the chosen command does, once the whole line has been read. */
let chosen: (() => unknown) | undefined;

/** yargs lays out the whole help before a handler that takes time, which costs 40 ms; so it only notes which one it is. */
function onlyChosen(command: CommandModule): CommandModule {
  return {
    ...command,
    handler: (given) => {
      chosen = () => command.handler(given);
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
  .command(COMMANDS.map(onlyChosen))
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
  await parser.parseAsync();
  await chosen?.();
} catch (error) {
  process.exitCode = await explain(error);
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
  if (
    typed !== undefined &&
    !names.includes(typed) &&
    !COMMANDS.some((command) => [command.aliases].flat().includes(typed))
  ) {
    return unknownCommand(typed, names) + help;
  }
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
  return words
    .map((word) => {
      const near = nearest(word, options);
      const isOption = process.argv.some(
        (each) => each.replace(/=.*/s, '') === `--${word}` || each === `-${word}`,
      );
      if (!isOption) return `"${word}" is one argument too many${own}`;
      return `there is no option --${word}${near === undefined ? own : `; did you mean --${near}?`}`;
    })
    .join('\nnowsim: ');
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
