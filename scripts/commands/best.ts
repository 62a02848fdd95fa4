/** `nowsim best`: which points of a results folder may be the best by a measure. */
import type { Argv, CommandModule } from 'yargs';
import type { IntervalKind } from '../../sim/experiment/intervals.ts';
import { paramsText } from '../../sim/experiment/points.ts';
import type { Row } from '../../sim/experiment/rows.ts';
import { InputError } from '../../sim/problem.ts';
import { INTERVAL_LEGEND, intervalText, tableText, widthOf, wrapped } from '../terminal.ts';
import { firstMeasure } from '../tidy.ts';
import { checkMeasure, finishedResults } from './results-folder.ts';
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
          'together): the best is among those kept. More replications leave fewer. Intervals of single points are of the kind that the ' +
          'experiment asks for.',
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
  const { rows, experiment } = finishedResults(args.folder);
  const points = new Map<number, Row[]>();
  for (const row of rows.toSorted((a, b) => a.replication - b.replication))
    points.set(row.point, [...(points.get(row.point) ?? []), row]);
  const samples = [...points.values()].map((mine) => mine.map((row) => measured(row, measure)));
  const n = Math.min(...samples.map((values) => values.length));
  if (samples.length < 2 || n < 2) {
    throw new InputError({
      where: args.folder,
      found: `${samples.length} points of ${n} replications`,
      would: 'give a sweep of at least two points, each with at least two replications',
    });
  }
  const { mayBeBest } = await import('../../sim/experiment/output-analysis.ts');
  const { batchesOf, Intervals } = await import('../../sim/experiment/intervals.ts');
  const interval = (experiment['interval'] ?? 'student') as IntervalKind;
  const intervals = new Intervals(interval, Number(experiment['seed']));
  const kept = mayBeBest(args.largest ? samples.map((values) => values.map((x) => -x)) : samples);
  const answer = [...points.values()]
    .map((mine, i) => ({
      params: mine[0]!.params,
      may_be_best: kept[i]!,
      ...intervals.of(samples[i]!, batchesOf(mine, measure)),
    }))
    .toSorted((a, b) => (args.largest ? b.mean - a.mean : a.mean - b.mean));
  if (args.json) {
    process.stdout.write(
      `${JSON.stringify({ measure, largest: args.largest, interval, points: answer }, null, 2)}\n`,
    );
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
      intervalText(interval, each),
      each.may_be_best ? 'yes' : 'no',
    ]),
  );
  const count = kept.filter(Boolean).length;
  const rest =
    count === 1
      ? 'it is the best with 95 %'
      : `the best is among these ${count} with 95 %; more replications leave fewer`;
  const legend = [
    `${INTERVAL_LEGEND[interval]}, of a point by itself`,
    'which may be best is told by paired differences (Student, Bonferroni over the points), whatever the kind of interval: resamples cannot tell chances as small as many comparisons ask for',
  ].map((line) => wrapped(line, widthOf(process.stdout)));
  process.stdout.write(`${table}\n\n${rest}\n${legend.join('\n')}\n`);
}

function measured(row: Row, measure: string): number {
  checkMeasure(measure, Object.keys(row.measures), `was not measured at ${paramsText(row.params)}`);
  return row.measures[measure]!;
}
