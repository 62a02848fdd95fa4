/** `nowsim bench`: how fast nowsim is here, in ratios to other programs where these are installed. */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../../sim/problem.ts';
import { type BenchTable, goalMet } from '../bench/table.ts';
import { version } from '../package.ts';
import { ProgressLine, plainNumber, tableText } from '../terminal.ts';
import { each, wholeNumber } from './run-options.ts';

interface BenchArguments {
  what: 'all' | 'engine' | 'cluster' | 'services' | 'messages' | 'pages' | 'sharing' | 'parallel';
  peers?: boolean;
  log?: string | string[];
  owners?: string | string[];
  rounds?: string | string[];
  json: boolean;
  quiet: boolean;
}

export const benchCommand: CommandModule<object, BenchArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 bench [what]\n\nMeasures events/s and ns/event of the engine beside the C++ heap, SimPy, SimGrid and ns-3 where these are ' +
          'installed (ratios in one run), then whole commands: replay of a log, memory of idle nodes, two workers. ' +
          'Appends to results/bench.jsonl with machine and version. Let nothing else run meanwhile.',
      )
      .positional('what', {
        choices: [
          'all',
          'engine',
          'cluster',
          'services',
          'messages',
          'pages',
          'sharing',
          'parallel',
        ] as const,
        default: 'all' as const,
      })
      .option('peers', {
        type: 'boolean',
        describe:
          'one table of ratios to SimPy, SimGrid, ns-3 and the C++ heap, and nothing else; --no-peers: leave them out',
      })
      .option('log', { type: 'string', requiresArg: true, describe: 'a job log to replay (again and again)' })
      .option('owners', {
        type: 'string',
        requiresArg: true,
        describe: 'a trace of owners, over whose nodes the logs are run (again and again)',
      })
      .option('rounds', {
        type: 'string',
        requiresArg: true,
        describe: 'rounds, of which medians are taken (default 3)',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print the tables as JSON, and nothing else',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'no progress' })
      .example('$0 bench --peers', 'the engine beside the simulators that are installed: one table of ratios')
      .example('$0 bench engine --no-peers', 'the engine alone')
      .example(
        '$0 bench cluster --log LOG.swf.gz',
        'replay of a log, memory, workers',
      ) as Argv<BenchArguments>,
  handler: bench,
};

async function bench(args: BenchArguments): Promise<void> {
  const rounds = wholeNumber('rounds', args.rounds, 1) ?? 3;
  const logs = each(args.log);
  const owners = each(args.owners);
  const files = [
    ...logs.map((path) => ({ path, where: '--log', would: 'give the path of a job log' })),
    ...owners.map((path) => ({ path, where: '--owners', would: 'give the path of a trace of owners' })),
  ];
  const missing = files.filter(({ path }) => !existsSync(path));
  if (missing.length > 0) {
    throw new InputError(
      missing.map(({ path, where, would }) => ({
        where: `${where} ${path}`,
        found: 'there is no such file',
        would,
      })),
    );
  }
  const line = new ProgressLine(args.quiet);
  const progress = (what: string) => line.update(what, true);
  const tables: BenchTable[] = [];
  const onlyPeers = args.peers === true;
  const everything = args.what === 'all' && !onlyPeers;
  if (onlyPeers && !['all', 'engine'].includes(args.what)) {
    throw new InputError({
      where: `bench ${args.what} --peers`,
      found: 'other simulators have no program for it',
      would: 'leave out --peers, or write: nowsim bench --peers',
    });
  }
  const { benchEngine, benchPeers } = await import('../bench/engine.ts');
  if (onlyPeers) tables.push(await benchPeers({ rounds, progress }));
  else if (everything || args.what === 'engine') {
    tables.push(await benchEngine({ rounds, peers: args.peers ?? true, progress }));
  }
  if (everything || args.what === 'cluster') {
    const { benchCluster } = await import('../bench/cluster.ts');
    tables.push(...(await benchCluster({ rounds, logs, owners, progress })));
  }
  if (everything || args.what === 'services') {
    const { benchServices } = await import('../bench/services.ts');
    tables.push(await benchServices());
  }
  if (everything || args.what === 'messages') {
    const { benchMessages } = await import('../bench/messages.ts');
    progress('messages between processes');
    tables.push(benchMessages());
  }
  if (everything || args.what === 'pages') {
    const { benchPages } = await import('../bench/pages.ts');
    progress('references to pages');
    tables.push(await benchPages());
  }
  if (everything || args.what === 'sharing') {
    const { benchSharing } = await import('../bench/sharing.ts');
    progress('load sharing');
    tables.push(benchSharing());
  }
  if (everything || args.what === 'parallel') {
    const { benchParallel } = await import('../bench/parallel.ts');
    progress('parallel programs');
    tables.push(benchParallel());
  }
  line.clear();
  record(tables);
  if (args.json) process.stdout.write(`${JSON.stringify(tables, null, 2)}\n`);
  else for (const table of tables) print(table);
}

function record(tables: readonly BenchTable[]): void {
  const row = {
    date: new Date().toISOString(),
    version,
    node: process.version,
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
    tables,
  };
  mkdirSync('results', { recursive: true });
  appendFileSync(join('results', 'bench.jsonl'), `${JSON.stringify(row)}\n`);
}

function print(table: BenchTable): void {
  const lines = [
    table.title,
    tableText(
      columnsOf(table.columns),
      table.rows.map((row) => row.map(cell)),
    ),
  ];
  if (table.goals.length > 0) {
    const goals = table.goals.map((goal) => {
      const met = goalMet(goal);
      const sign = goal.better === 'lower' ? 'at most' : 'at least';
      const got = goal.got === null ? 'not measured' : cell(goal.got);
      return [goal.what, `${sign} ${cell(goal.goal)}`, got, met === null ? '-' : met ? 'met' : 'MISSED'];
    });
    lines.push(tableText(columnsOf(['goal', 'wanted', 'got', 'verdict']), goals));
  }
  for (const note of table.notes) lines.push(`note: ${note}`);
  process.stdout.write(`${lines.join('\n\n')}\n\n`);
}

/** The first column is text, the others mostly numbers. */
function columnsOf(titles: readonly string[]) {
  return titles.map((title, i) => ({ title, align: i === 0 ? ('left' as const) : ('right' as const) }));
}

const cell = (value: string | number): string => (typeof value === 'string' ? value : plainNumber(value, 3));
