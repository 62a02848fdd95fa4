/** `nowsim best`: which points of a results folder may be the best by a measure. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { paramsText } from '../../sim/experiment/points.ts';
import { type Row, readRows } from '../../sim/experiment/rows.ts';
import { InputError, nearest } from '../../sim/problem.ts';
import { estimateText, tableText } from '../terminal.ts';
import { firstMeasure } from '../tidy.ts';
import { once } from './run-options.ts';

interface BestArguments {
  folder: string;
  measure?: string | string[];
  largest: boolean;
  json: boolean;
}

export const bestCommand: CommandModule<object, BestArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 best <folder>\n\nKeeps every point that no other beats by more than chance (paired differences, 95 % for all of them ' +
          'together): the best is among those kept. More replications leave fewer.',
      )
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'a folder that "nowsim run" wrote',
      })
      .option('measure', {
        type: 'string',
        requiresArg: true,
        describe: "by which (default: the experiment's first)",
      })
      .option('largest', { type: 'boolean', default: false, describe: 'the largest is the best' })
      .option('json', { type: 'boolean', default: false, describe: 'print JSON and nothing else' })
      .example('$0 best results/runs/headline', 'the structures that may have the shortest response')
      .example(
        '$0 best results/runs/mine --measure throughput_jobs_per_h --largest',
        'the other way round',
      ) as Argv<BestArguments>,
  handler: best,
};

async function best(args: BestArguments): Promise<void> {
  const measure = once('measure', args.measure) ?? firstMeasure(args.folder);
  const rows = [...rowsIn(args.folder)];
  const points = new Map<number, Row[]>();
  for (const row of rows) points.set(row.point, [...(points.get(row.point) ?? []), row]);
  const samples = [...points.values()].map((mine) =>
    mine.toSorted((a, b) => a.replication - b.replication).map((row) => measured(row, measure)),
  );
  const n = Math.min(...samples.map((values) => values.length));
  if (samples.length < 2 || n < 2) {
    throw new InputError({
      where: args.folder,
      found: `${samples.length} points of ${n} replications`,
      would: 'give a sweep of at least two points, each with at least two replications',
    });
  }
  const { mayBeBest } = await import('../../sim/experiment/output-analysis.ts');
  const { estimate } = await import('../../sim/experiment/statistics.ts');
  const even = samples.map((values) => values.slice(0, n));
  const kept = mayBeBest(args.largest ? even.map((values) => values.map((x) => -x)) : even);
  const answer = [...points.values()]
    .map((mine, i) => ({ params: mine[0]!.params, may_be_best: kept[i]!, ...estimate(even[i]!) }))
    .toSorted((a, b) => (args.largest ? b.mean - a.mean : a.mean - b.mean));
  if (args.json) {
    process.stdout.write(`${JSON.stringify({ measure, largest: args.largest, points: answer }, null, 2)}\n`);
    return;
  }
  const table = tableText(
    [
      { title: 'point', align: 'left' },
      { title: measure, align: 'right' },
      { title: 'may be best', align: 'left' },
    ],
    answer.map((each) => [
      paramsText(each.params),
      estimateText(each.mean, each.ci95),
      each.may_be_best ? 'yes' : 'no',
    ]),
  );
  const count = kept.filter(Boolean).length;
  const rest =
    count === 1
      ? 'it is the best with 95 %'
      : `the best is among these ${count} with 95 %; more replications leave fewer`;
  process.stdout.write(`${table}\n\n${rest}\n± is the 95 % interval (Student) of a point by itself\n`);
}

function rowsIn(folder: string): Iterable<Row> {
  const path = join(folder, 'rows.jsonl');
  if (existsSync(path)) return readRows(path).values();
  throw new InputError({
    where: folder,
    found: 'holds no rows.jsonl',
    would: 'give a folder that "nowsim run" wrote',
  });
}

function measured(row: Row, measure: string): number {
  const value = row.measures[measure];
  if (value !== undefined) return value;
  const near = nearest(measure, Object.keys(row.measures));
  throw new InputError({
    where: `--measure ${measure}`,
    found: `was not measured at ${paramsText(row.params)}`,
    would:
      near === undefined ? `use one of ${Object.keys(row.measures).join(', ')}` : `did you mean "${near}"?`,
  });
}
