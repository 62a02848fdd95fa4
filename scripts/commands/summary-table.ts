/** The table that `nowsim run` prints: a line per point, then the paired differences from the baseline. */
import type { Experiment } from '../../sim/experiment/experiment.ts';
import { valueText } from '../../sim/experiment/fields.ts';
import { paramsText, type Summary } from '../../sim/experiment/results.ts';
import { type Column, columnWidth, estimateText, tableText } from '../terminal.ts';

const MOST_ROWS = 48;

/**
 * The table as text of at most `width` columns. Measures that do not fit or were not asked for are named under it;
 * `elsewhere` says where they are.
 */
export function summaryTable(
  experiment: Experiment,
  summary: Summary,
  width: number,
  elsewhere: string,
): string {
  const axes = experiment.axes.filter((axis) => axis.values.length > 1).map((axis) => axis.path);
  const { replications, points } = experiment;
  const known = new Set(summary.points.flatMap((point) => Object.keys(point.measures)));
  const wanted = experiment.measures.filter((name) => known.has(name));

  const rows = summary.points.map((point) => ({
    params: axes.map((path) => valueText(point.params[path])),
    cells: wanted.map((name) => {
      const measure = point.measures[name];
      return measure === undefined ? '-' : estimateText(measure.mean, measure.ci95);
    }),
  }));
  const differences = summary.paired.map((pair) => ({
    params: axes.map((path) => valueText(pair.params[path])),
    cells: wanted.map((name) => {
      const measure = pair.measures[name];
      if (measure === undefined) return '-';
      const clear = measure.ci95 !== null && Math.abs(measure.difference) > measure.ci95;
      return `${estimateText(measure.difference, measure.ci95, true)}${clear ? ' *' : '  '}`;
    }),
  }));
  const paramColumns: Column[] = axes.map((path) => ({ title: path }));
  const paramWidth = axes.reduce(
    (sum, path, i) =>
      sum +
      2 +
      columnWidth(
        path,
        rows.map((row) => row.params[i]!),
      ),
    0,
  );
  const shown: number[] = [];
  let used = paramWidth;
  for (const [i, name] of wanted.entries()) {
    const cells = [...rows, ...differences].map((row) => row.cells[i]!);
    used += columnWidth(name, cells) + 2;
    if (shown.length > 0 && used - 2 > width) break;
    shown.push(i);
  }
  const columns: Column[] = [
    ...paramColumns,
    ...shown.map((i): Column => ({ title: wanted[i]!, align: 'right' })),
  ];
  const part = (list: typeof rows) => {
    const text = tableText(
      columns,
      list.slice(0, MOST_ROWS).map((row) => [...row.params, ...shown.map((i) => row.cells[i]!)]),
    );
    return list.length > MOST_ROWS
      ? `${text}\n... and ${list.length - MOST_ROWS} more points ${elsewhere}`
      : text;
  };

  const fixed = experiment.axes.filter((axis) => axis.values.length === 1);
  const at = fixed.map((axis) => `${axis.path}=${valueText(axis.values[0])}`).join(', ');
  const head = [
    `${summary.experiment}: ${summary.question}`,
    `${count(points.length, 'point')}${at === '' ? '' : ` (${at})`} x ${count(replications, 'replication')}, seed ${experiment.seed}` +
      (replications > 1 ? '; mean ± half width of the 95 % interval' : '; one replication gives no interval'),
  ];
  const sections = [head.join('\n'), part(rows)];
  if (differences.length > 0 && axes.length > 0) {
    const base = paramsText(summary.baseline);
    const star = replications > 1 ? '; * where the 95 % interval excludes 0' : '';
    sections.push(`Difference from ${base}, replication by replication${star}\n${part(differences)}`);
  }
  const left = [...known].filter((name) => !shown.some((i) => wanted[i] === name));
  if (left.length > 0) sections.push(`Also measured, ${elsewhere}: ${left.join(', ')}`);
  return sections.join('\n\n');
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
