/** `nowsim export`: results as CSV, Parquet, or a table for a paper. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { ROW, rowsOf } from '../../models/history.ts';
import { writeWhole } from '../../sim/experiment/files.ts';
import { paramsText } from '../../sim/experiment/points.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { InputError } from '../../sim/problem.ts';
import { asBuilt } from '../package.ts';
import { INTERVAL_LEGEND } from '../terminal.ts';
import { csvLines, differenceCells, summaryCells, tidyColumns } from '../tidy.ts';
import { historyOf, timelineFile } from '../timelines.ts';
import { checkMeasure, finishedResults, resultsIn } from './results-folder.ts';
import { each, once, wholeNumber } from './run-options.ts';

const FORMATS = ['csv', 'parquet', 'markdown', 'latex', 'perfetto'] as const;
type Format = (typeof FORMATS)[number];
const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.md': 'markdown',
  '.tex': 'latex',
};

interface ExportArguments {
  folder: string;
  format?: Format;
  out?: string | string[];
  measure?: string | string[];
  differences: boolean;
  point?: string | string[];
  json: boolean;
}

export const exportCommand: CommandModule<object, ExportArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 export <folder>\n\ncsv and parquet: one record for every run and measure (experiment, run, point, replication, parameters, ' +
          'measure, unit, value, kind of interval). markdown and latex: a line for every point, means with 95 % intervals. ' +
          'perfetto: the nodes of one run over time, for ui.perfetto.dev or chrome://tracing.',
      )
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'a folder that "nowsim run" wrote',
      })
      .option('format', { choices: FORMATS, describe: 'which (default: by the name of --out, else csv)' })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'file to write (default: standard output; parquet needs one)',
      })
      .option('measure', {
        type: 'string',
        requiresArg: true,
        describe: 'for tables: which measures (again and again; default: those that the experiment names)',
      })
      .option('differences', {
        type: 'boolean',
        default: false,
        describe: 'for tables: paired differences from the baseline instead of means',
      })
      .option('point', {
        type: 'string',
        requiresArg: true,
        describe: 'for perfetto: point of the sweep, from 0 (default 0)',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {"file", "records"} and nothing else',
      })
      .example('$0 export results/runs/headline > headline.csv', 'for R or pandas')
      .example('$0 export results/runs/headline --out headline.parquet', 'smaller, typed')
      .example(
        '$0 export results/runs/headline --format latex --measure response_time_s',
        'a table for a paper',
      )
      .example(
        '$0 export results/runs/building --format perfetto --out building.json',
        'a timeline to zoom in',
      ) as Argv<ExportArguments>,
  handler: exportResults,
};

async function exportResults(args: ExportArguments): Promise<void> {
  const out = once('out', args.out);
  const format = args.format ?? formatOf(out);
  const written = await contents(args, format);
  if (out === undefined) {
    if (typeof written.text !== 'string') {
      throw new InputError({
        where: 'export',
        found: 'Parquet is no text',
        would: 'write --out results.parquet',
      });
    }
    if (args.json)
      throw new InputError({ where: '--json', found: 'without --out', would: 'give --out FILE' });
    process.stdout.write(written.text);
    return;
  }
  if (dirname(out) !== '.' && !existsSync(dirname(out))) mkdirSync(dirname(out), { recursive: true });
  writeWhole(out, written.text);
  process.stdout.write(
    args.json
      ? `${JSON.stringify({ file: out, records: written.records })}\n`
      : `${out}: ${written.records} records\n`,
  );
}

/** The format that the name of a file asks for. Throws `InputError`. */
function formatOf(out: string | undefined): Format {
  if (out === undefined) return 'csv';
  const format = BY_EXTENSION[extname(out)];
  if (format !== undefined) return format;
  throw new InputError({
    where: `--out ${out}`,
    found: `"${extname(out)}" tells no format`,
    would: `end it in ${Object.keys(BY_EXTENSION).join(', ')}, or give --format`,
  });
}

async function contents(
  args: ExportArguments,
  format: Format,
): Promise<{ text: string | Uint8Array; records: number }> {
  const { study } = await import('../study.ts');
  if (args.differences && format !== 'markdown' && format !== 'latex') {
    throw new InputError({
      where: '--differences',
      found: `${format} holds single runs`,
      would: 'add --format markdown or latex',
    });
  }
  if (format === 'csv' || format === 'parquet') {
    const { part } = resultsIn(args.folder);
    if (part !== undefined) process.stderr.write(`note: ${args.folder}: the run has not ended: ${part}\n`);
    const columns = tidyColumns([args.folder], study.measures);
    const records = columns[0]!.data.length;
    if (format === 'csv') return { text: [...csvLines(columns)].join(''), records };
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const columnData = columns.map((column) => ({ ...column, nullable: true }));
    return { text: new Uint8Array(parquetWriteBuffer({ columnData })), records };
  }
  if (format === 'perfetto') return perfetto(args.folder, wholeNumber('point', args.point, 0) ?? 0);
  const { experiment } = finishedResults(args.folder);
  const summary = readJson<Summary>(args.folder, 'summary.json');
  const named = each(args.measure);
  for (const measure of named) checkMeasure(measure, Object.keys(study.measures), 'is not measured');
  const measures = named.length > 0 ? named : ((experiment['measures'] ?? []) as readonly string[]);
  const shown = measures.slice(0, named.length > 0 ? undefined : 6);
  if (args.differences && summary.paired.length === 0) {
    throw new InputError({
      where: '--differences',
      found: 'the experiment has no baseline',
      would: "run it with --set 'baseline={path: value}'",
    });
  }
  const table = args.differences ? differenceCells(summary, shown) : summaryCells(summary, shown);
  const cells = INTERVAL_LEGEND[summary.interval ?? 'student'];
  const legend = args.differences
    ? `Cells: paired difference from ${paramsText(summary.baseline)}, ${cells}; * p < 0.05 after Holm.`
    : `Cells: ${cells}.`;
  const label = `${summary.experiment}${args.differences ? '-differences' : ''}`;
  const text =
    format === 'markdown' ? markdown(table, legend) : latex(table, `${summary.question} ${legend}`, label);
  return { text, records: table.rows.length };
}

function readJson<T>(folder: string, name: string): T {
  const path = join(folder, name);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  throw new InputError({
    where: folder,
    found: `holds no ${name}`,
    would: 'give a folder in which all runs have ended',
  });
}

function markdown(
  { head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] },
  legend: string,
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n${legend}\n`;
}

/** A float with caption, and label `tab:` and the experiment's name; numbers in mathematics, so that a minus is one. */
function latex(
  { head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] },
  caption: string,
  label: string,
): string {
  const escaped = (text: string) =>
    text
      .replace(/[\\{}_%&#$]/g, (letter) => (letter === '\\' ? '\\textbackslash{}' : `\\${letter}`))
      .replaceAll('^', '\\^{}')
      .replaceAll('~', '\\~{}')
      .replace(/[<>]/g, '$$$&$$')
      .replaceAll('±', '$\\pm$');
  const align = head.map((_, i) => (/^[-+(]*\d/.test(rows[0]?.[i] ?? '') ? 'r' : 'l')).join('');
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    '\\centering',
    `\\caption{${escaped(caption)}}`,
    `\\label{tab:${label.replaceAll(/[^A-Za-z0-9-]+/g, '-')}}`,
    `\\begin{tabular}{${align}}`,
    '\\toprule',
    `${head.map(escaped).join(' & ')} \\\\`,
    '\\midrule',
    ...rows.map((row) => `${row.map((cell) => mathematics(cell) ?? escaped(cell)).join(' & ')} \\\\`),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

const NUMBER = String.raw`(?:[-+]?[\d,]*\d(?:\.\d+)?(?:e[-+]?\d+)?|[-+]?\([-+]?[\d,.]+(?: ± [\d,.]+)?\)e[-+]?\d+)`;
const ESTIMATE = new RegExp(String.raw`^${NUMBER}(?: ± ${NUMBER}| \[${NUMBER}, ${NUMBER}\])?(?: \*)?$`);

/** A number with its interval as LaTeX mathematics; undefined where the text is none, or a number as it may stand in text. */
function mathematics(text: string): string | undefined {
  if (!ESTIMATE.test(text) || /^[\d.]+$/.test(text)) return undefined;
  const power = (exponent: string) => `\\times10^{${Number(exponent)}}`;
  const written = text
    .replace(/(\d),(?=\d)/g, '$1{,}')
    .replace(', ', ',\\ ')
    // an exponent behind a single number needs no brackets
    .replace(/\(([-+]?[\d{},.]+)\)e/g, '$1e')
    .replace(/e([-+]?\d+)/g, (_, exponent: string) => power(exponent))
    .replace('±', '\\pm')
    .replace(' [', '\\ [')
    .replace(' *', '^{*}');
  return `$${written}$`;
}

/** Slices that a timeline for trace viewers holds at most: more than these take in. */
const MOST_SLICES = 1_000_000;

/** The history and the series of one run in the trace event format of Chrome: a thread a node, a counter a series. */
async function perfetto(folder: string, point: number): Promise<{ text: string; records: number }> {
  const study = asBuilt((await import('../study.ts')).study);
  const { timelineOfPoint } = await import('../provenance/repeat.ts');
  const timeline = await timelineOfPoint(study, folder, point);
  const { series, bin_s } = timeline;
  const history = historyOf(timeline);
  const kinds = Object.fromEntries(Object.entries(ROW).map(([name, kind]) => [kind, name]));
  const microseconds = (seconds: number) => Math.round(seconds * 1e6);
  const nodes = new Set<number>();
  const slices: object[] = [];
  for (const [node, from_s, to_s, kind, job] of history === null ? [] : rowsOf(history)) {
    if (slices.length === MOST_SLICES) {
      throw new InputError({
        where: timelineFile(folder, point),
        found: `more than ${MOST_SLICES} stretches of nodes, which trace viewers do not take in`,
        would: 'look at report.html, or run it with fewer nodes or a shorter horizon',
      });
    }
    nodes.add(node);
    slices.push({
      ph: 'X',
      name: job < 0 ? kinds[kind] : `${kinds[kind]}: job ${history!.id[job]}`,
      cat: kinds[kind],
      pid: 1,
      tid: node,
      ts: microseconds(from_s),
      dur: microseconds(to_s - from_s),
    });
  }
  const events: object[] = [
    { ph: 'M', name: 'process_name', pid: 1, args: { name: 'nodes' } },
    ...[...nodes].map((node) => ({
      ph: 'M',
      name: 'thread_name',
      pid: 1,
      tid: node,
      args: { name: `node ${node}` },
    })),
  ];
  for (const slice of slices) events.push(slice);
  for (const [name, values] of Object.entries(series)) {
    values.forEach((value, bin) => {
      events.push({ ph: 'C', name, pid: 1, ts: microseconds(bin * bin_s), args: { [name]: value } });
    });
  }
  return {
    text: `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents: events })}\n`,
    records: events.length,
  };
}
