/** `nowsim analyse`: what one long run says: its warm-up, an interval of the mean, quantiles. */
import { readFileSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { InputError, nearest } from '../../sim/problem.ts';
import { estimateText, plainNumber, tableText } from '../terminal.ts';
import { once, wholeNumber } from './run-options.ts';

interface AnalyseArguments {
  file: string;
  column?: string | string[];
  run?: string | string[];
  warmup?: string | string[];
  batches?: string | string[];
  json: boolean;
}

export const analyseCommand: CommandModule<object, AnalyseArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 analyse <file>\n\nReads a column of a CSV file such as "nowsim run FILE --jobs-out jobs.csv" writes, in the order of its rows. ' +
          'Batch means take the correlation of neighbours into account; quantiles are printed with the interval ' +
          'between order statistics, which takes values as independent.',
      )
      .positional('file', { type: 'string', demandOption: true, describe: 'a CSV file with a header line' })
      .option('column', { type: 'string', requiresArg: true, describe: 'which (default response_s)' })
      .option('run', {
        type: 'string',
        requiresArg: true,
        describe: 'which run, where the file holds several (its column "run")',
      })
      .option('warmup', {
        type: 'string',
        requiresArg: true,
        describe: 'rows to leave out at the beginning, or mser5 (default)',
      })
      .option('batches', { type: 'string', requiresArg: true, describe: 'batches of the mean (default 20)' })
      .option('json', { type: 'boolean', default: false, describe: 'print JSON and nothing else' })
      .example('$0 analyse jobs.csv', 'mean response with an interval from a single run')
      .example(
        '$0 analyse jobs.csv --column wait_s --warmup 500',
        'waits behind the first 500 jobs',
      ) as Argv<AnalyseArguments>,
  handler: analyse,
};

const QUANTILES = [0.5, 0.9, 0.95, 0.99];

async function analyse(args: AnalyseArguments): Promise<void> {
  const column = once('column', args.column) ?? 'response_s';
  const warmup = once('warmup', args.warmup) ?? 'mser5';
  const batches = wholeNumber('batches', args.batches, 2) ?? 20;
  const { series, empty } = await columnOf(args.file, column, once('run', args.run));
  const { batchMeans, Bootstrap, mser5, quantileInterval } = await import(
    '../../sim/experiment/output-analysis.ts'
  );
  const cut = warmup === 'mser5' ? mser5(series) : wholeNumber('warmup', warmup, 0)!;
  const rest = series.slice(cut);
  if (rest.length < batches) {
    throw new InputError({
      where: args.file,
      found: `${rest.length} values behind the warm-up`,
      would: `give a longer run, or fewer batches than ${batches}`,
    });
  }
  const mean = batchMeans(rest, batches);
  const bootstrap = new Bootstrap(1).mean(rest);
  const quantiles = QUANTILES.map((p) => ({ p, ...quantileInterval(rest, p) }));
  if (args.json) {
    const finite = (x: number) => (Number.isFinite(x) ? x : null);
    const answer = {
      column,
      values: series.length,
      empty,
      warmup: cut,
      mean: mean.mean,
      ci95: mean.ci95,
      batches,
      bootstrap: { low: bootstrap.low, high: bootstrap.high },
      quantiles: quantiles.map(({ p, value, low, high }) => ({
        p,
        value,
        low: finite(low),
        high: finite(high),
      })),
    };
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  const range = (low: number, high: number) =>
    `${Number.isFinite(low) ? plainNumber(low, 4) : '-'} to ${Number.isFinite(high) ? plainNumber(high, 4) : '-'}`;
  const table = tableText(
    [
      { title: column, align: 'left' },
      { title: 'value', align: 'right' },
      { title: '95 % interval', align: 'left' },
    ],
    [
      [
        `mean, ${batches} batch means`,
        estimateText(mean.mean, mean.ci95),
        range(mean.mean - mean.ci95!, mean.mean + mean.ci95!),
      ],
      [
        'mean, bootstrap of single values',
        plainNumber(bootstrap.value, 4),
        range(bootstrap.low, bootstrap.high),
      ],
      ...quantiles.map(({ p, value, low, high }) => [
        `${plainNumber(p * 100, 4)} % quantile`,
        plainNumber(value, 4),
        range(low, high),
      ]),
    ],
  );
  const left = warmup === 'mser5' ? 'warm-up by MSER-5' : 'left out';
  // MSER looks no further than the middle: a cut there says that the series has not settled.
  const unsettled = warmup === 'mser5' && cut > 0.45 * series.length;
  process.stdout.write(
    `${series.length} values${empty > 0 ? `, ${empty} rows without one` : ''}; ${left}: the first ${cut}\n\n${table}\n${unsettled ? '\nnote: the series does not settle: MSER-5 would cut as much as it may, half of it; the mean depends on where a run ends\n' : ''}`,
  );
}

/** Numbers of a column of one run, in order; rows without one are counted. Throws `InputError`. */
async function columnOf(
  path: string,
  column: string,
  run: string | undefined,
): Promise<{ series: number[]; empty: number }> {
  const { parse } = await import('csv-parse/sync');
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({
      where: path,
      found: `cannot be read (${(error as NodeJS.ErrnoException).code})`,
      would: 'give a CSV file',
    });
  }
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, skip_empty_lines: true, bom: true }) as Record<string, string>[];
  } catch (error) {
    throw new InputError({
      where: path,
      found: `is not CSV: ${(error as Error).message}`,
      would: 'give a CSV file with a header line',
    });
  }
  const runs = new Set(rows.map((row) => row['run'] ?? ''));
  if (run !== undefined ? !runs.has(run) : runs.size > 1) {
    throw new InputError({
      where: path,
      found: run === undefined ? `holds ${runs.size} runs, which are not one series` : `holds no run ${run}`,
      would: `choose one by --run: ${[...runs].slice(0, 8).join(', ')}${runs.size > 8 ? ' ...' : ''}`,
    });
  }
  if (run !== undefined) rows = rows.filter((row) => row['run'] === run);
  const names = Object.keys(rows[0] ?? {});
  if (!names.includes(column)) {
    const near = nearest(column, names);
    throw new InputError({
      where: path,
      found: `has no column ${column}`,
      would:
        near === undefined ? `choose one by --column: ${names.join(', ')}` : `did you mean --column ${near}?`,
    });
  }
  const series: number[] = [];
  let empty = 0;
  for (const [i, row] of rows.entries()) {
    const cell = row[column]!.trim();
    if (cell === '') {
      empty++;
      continue;
    }
    const value = Number(cell);
    if (!Number.isFinite(value)) {
      throw new InputError({
        where: `${path}:${i + 2}`,
        found: `"${cell}" is not a number`,
        would: 'choose another column by --column',
      });
    }
    series.push(value);
  }
  return { series, empty };
}
