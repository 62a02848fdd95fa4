/** `nowsim query`: SQL over results, by DuckDB where it is installed. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { writeWhole } from '../../sim/experiment/files.ts';
import { InputError } from '../../sim/problem.ts';
import { tableText } from '../terminal.ts';
import { csvLines, tidyColumns } from '../tidy.ts';
import { each } from './run-options.ts';

interface QueryArguments {
  sql: string;
  from?: string | string[];
  json: boolean;
}

export const queryCommand: CommandModule<object, QueryArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 query <sql>\n\nTwo tables: results (experiment, run, point, replication, parameters, measure, unit, value), and runs with a ' +
          'column for every measure. A parameter is written in quotes: "cluster.os".',
      )
      .positional('sql', { type: 'string', demandOption: true, describe: 'a SELECT' })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'results folder (again and again; default: all of results/runs)',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print the rows as JSON and nothing else',
      })
      .example(
        `$0 query 'SELECT "cluster.os", avg(response_time_s) FROM runs GROUP BY ALL'`,
        'a mean over all replications',
      )
      .example(
        `$0 query "SELECT DISTINCT measure, unit FROM results"`,
        'what was measured',
      ) as Argv<QueryArguments>,
  handler: query,
};

async function query(args: QueryArguments): Promise<void> {
  const folders = each(args.from).length > 0 ? each(args.from) : allResults();
  const duckdb = await loadDuckDb();
  const { study } = await import('../study.ts');
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-query-'));
  try {
    const columns = tidyColumns(folders, study.measures);
    const csv = join(folder, 'results.csv');
    writeWhole(csv, [...csvLines(columns)].join(''));
    const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
    const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
    const types = columns.map(
      ({ name, type }) =>
        `'${name.replaceAll("'", "''")}': '${{ STRING: 'VARCHAR', DOUBLE: 'DOUBLE', INT32: 'INTEGER' }[type]}'`,
    );
    await connection.run(
      `CREATE TABLE results AS SELECT * FROM read_csv('${csv.replaceAll("'", "''")}', header=true, columns={${types.join(', ')}})`,
    );
    const keys = columns
      .map(({ name }) => name)
      .filter((name) => !['measure', 'unit', 'value'].includes(name));
    await connection.run(
      `CREATE TABLE runs AS PIVOT (SELECT * EXCLUDE (unit) FROM results) ON measure USING first(value) GROUP BY ${keys.map(quoted).join(', ')}`,
    );
    let reader: Awaited<ReturnType<typeof connection.runAndReadAll>>;
    try {
      reader = await connection.runAndReadAll(args.sql);
    } catch (error) {
      throw new InputError({
        where: 'query',
        found: (error as Error).message.split('\n')[0]!,
        would: 'see "nowsim query --help" for the tables',
      });
    }
    const names = reader.columnNames();
    const rows = reader.getRowsJson();
    if (args.json) {
      const objects = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
      process.stdout.write(`${JSON.stringify(objects, null, 2)}\n`);
      return;
    }
    const shown = rows.map((row) => row.map((value) => (value === null ? '' : String(value))));
    const isNumber = (i: number) => rows.every((row) => row[i] === null || typeof row[i] === 'number');
    process.stdout.write(
      `${tableText(
        names.map((title, i) => ({ title, align: isNumber(i) ? 'right' : 'left' })),
        shown,
      )}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function allResults(): string[] {
  const all = join('results', 'runs');
  const found = existsSync(all)
    ? readdirSync(all)
        .map((name) => join(all, name))
        .filter((path) => existsSync(join(path, 'summary.json')))
    : [];
  if (found.length > 0) return found;
  throw new InputError({
    where: 'query',
    found: 'there are no results in results/runs',
    would: 'run an experiment first, or give --from DIR',
  });
}

/** What is used of DuckDB, said here so that nowsim builds where the package is not installed. */
interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{
    columnNames(): string[];
    getRowsJson(): (string | number | boolean | null)[][];
  }>;
}

async function loadDuckDb(): Promise<DuckDb> {
  const name = '@duckdb/node-api';
  try {
    return (await import(name)) as DuckDb;
  } catch {
    throw new InputError({
      where: 'query',
      found: 'DuckDB is not installed',
      would: 'npm install @duckdb/node-api; or "nowsim export" for another program',
    });
  }
}
