/** The table that `nowsim run` prints: a line per point, then the paired differences from the baseline. */
import type { Experiment } from '../../sim/experiment/experiment.ts';
import { valueText } from '../../sim/experiment/fields.ts';
import { paramsText } from '../../sim/experiment/points.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { type Column, columnWidth, INTERVAL_LEGEND, intervalText, tableText, wrapped } from '../terminal.ts';
import { differenceText, isClear } from '../tidy.ts';

/** Lines of one table; the rest of many points is in the files. */
const MOST_POINTS = 48;

interface Line {
  readonly params: readonly string[];
  readonly cells: readonly string[];
}

/**
 * The table as text of at most `width` columns. Measures that the file asks for take further blocks where one is
 * not wide enough, all of them; a file that names none gets one block. What is left out is named under it, and
 * `elsewhere` says where it is.
 */
export function summaryTable(
  experiment: Experiment,
  summary: Summary,
  width: number,
  elsewhere: string,
): string {
  const axes = experiment.axes.filter((axis) => axis.values.length > 1).map((axis) => axis.path);
  const { replications, points } = experiment;
  const known = [...new Set(summary.points.flatMap((point) => Object.keys(point.measures)))];
  const wanted = experiment.measures.filter((name) => known.includes(name));

  const means = summary.points.map((point): Line => {
    const cells = wanted.map((name) => {
      const measure = point.measures[name];
      return measure === undefined ? '-' : intervalText(summary.interval, measure);
    });
    return { params: axes.map((path) => valueText(point.params[path])), cells };
  });
  const differences = summary.paired.map((pair): Line => {
    const cells = wanted.map((name) => {
      const difference = pair.measures[name];
      if (difference === undefined) return '-';
      const text = differenceText(summary.interval, difference);
      return isClear(difference) ? text : `${text}  `;
    });
    return { params: axes.map((path) => valueText(pair.params[path])), cells };
  });

  const table = (lines: readonly Line[], columns: readonly number[]) => {
    const heads = [
      ...axes.map((path): Column => ({ title: path })),
      ...columns.map((i): Column => ({ title: wanted[i]!, align: 'right' })),
    ];
    const cells = lines
      .slice(0, MOST_POINTS)
      .map((line) => [...line.params, ...columns.map((i) => line.cells[i]!)]);
    const more = lines.length - MOST_POINTS;
    return more > 0
      ? `${tableText(heads, cells)}\n... and ${more} more points, ${elsewhere}`
      : tableText(heads, cells);
  };
  const blocks = inBlocks(axes, wanted, [...means, ...differences], width);
  const shown = experiment.asked ? blocks : blocks.slice(0, 1);

  const fixed = experiment.axes.filter((axis) => axis.values.length === 1);
  const at = fixed.map((axis) => `${axis.path}=${valueText(axis.values[0])}`).join(', ');
  const hasIntervals = replications > 1 || experiment.interval === 'batch-means';
  const interval = hasIntervals ? INTERVAL_LEGEND[experiment.interval] : 'one replication gives no interval';
  const head = [
    wrapped(`${summary.experiment}: ${summary.question}`, width),
    wrapped(
      `${count(points.length, 'point')}${at === '' ? '' : ` (${at})`} x ${count(replications, 'replication')}, seed ${experiment.seed}; ${interval}`,
      width,
    ),
  ];
  const sections = [head.join('\n'), ...shown.map((columns) => table(means, columns))];
  if (differences.length > 0 && axes.length > 0) {
    const star = hasIntervals ? '; * where it counts (5 %, Holm over the points)' : '';
    const title = `Paired difference from ${paramsText(summary.baseline)}${star}`;
    const [first = [], ...others] = shown;
    sections.push(`${wrapped(title, width)}\n${table(differences, first)}`);
    sections.push(...others.map((columns) => table(differences, columns)));
  }
  const left = known.filter((name) => !shown.flat().some((i) => wanted[i] === name));
  if (left.length > 0) sections.push(alsoMeasured(left, elsewhere, width));
  return sections.join('\n\n');
}

/** Names what the table leaves out, in two lines. */
function alsoMeasured(left: readonly string[], elsewhere: string, width: number): string {
  for (let n = left.length; n > 0; n--) {
    const more = n < left.length ? ` and ${left.length - n} more` : '';
    const text = wrapped(`Also measured, ${elsewhere}: ${left.slice(0, n).join(', ')}${more}`, width);
    if (text.split('\n').length <= 2) return text;
  }
  return `Also measured, ${elsewhere}: ${left.length} more`;
}

/** Indices of measures, as many to a block as fit beside the parameters. */
function inBlocks(
  axes: readonly string[],
  wanted: readonly string[],
  lines: readonly Line[],
  width: number,
): number[][] {
  const paramWidth = axes.reduce(
    (sum, path, i) =>
      sum +
      2 +
      columnWidth(
        path,
        lines.map((line) => line.params[i]!),
      ),
    0,
  );
  const blocks: number[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const [i, name] of wanted.entries()) {
    const column =
      columnWidth(
        name,
        lines.map((line) => line.cells[i]!),
      ) + 2;
    if (used + column - 2 > width) {
      blocks.push([]);
      used = paramWidth;
    }
    blocks.at(-1)!.push(i);
    used += column;
  }
  return blocks;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
