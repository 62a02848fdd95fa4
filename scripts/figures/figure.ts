/**
 * What a figure is: a question, the claim that it puts to the test, data, a verdict and a picture.
 *
 * The data come from the cost model or from an experiment; verdict and picture are made of the data alone, as they
 * stand in `data.csv`, and of published points, so that a figure can be drawn again and judged without a simulation.
 * All of a figure but its code lies in `results/figures/NAME/`.
 */
import type { Machine } from '../../models/presets/machines.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import type { Picture } from './draw.ts';

export type Cell = string | number;
/** A row of `data.csv`; every row of a figure has the same columns. */
export type Row = Readonly<Record<string, Cell>>;

/** A row of `published.csv`: columns id, what, value, unit, setting, source, seen, and the figure's own. */
export type PublishedRow = Row;

/** What the data say of the claim. */
export interface Verdict {
  readonly holds: 'holds' | 'holds in part' | 'does not hold' | 'cannot be told';
  /** Why, with the numbers that decide. */
  readonly because: string;
}

/** Where a figure's data may come from. */
export interface Inputs {
  readonly published: readonly PublishedRow[];
  /** The machine of `--machine`, for figures that take one. */
  readonly machine?: Machine;
  /** The file of that machine, or its name. */
  readonly machinePath?: string;
  /** Runs the figure's `experiment.yaml`, with settings and axes replaced as on the command line of `run`. */
  run(changed?: { readonly set?: readonly string[]; readonly vary?: readonly string[] }): Promise<Summary>;
  /** The chart of the first replication of a point of what was run last. */
  gantt(point: number): Iterable<GanttRow>;
}

/** A row of a run's chart: node, from and to (s), kind (`ROW` of models/history.ts), job or -1. */
export type GanttRow = readonly [node: number, from_s: number, to_s: number, kind: number, job: number];

export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** In our words where it is not quoted. */
  readonly claim: string;
  readonly claimSource: string;
  /** What a reader must know to read the picture, and what is left out of it. */
  readonly notes: readonly string[];
  /** Columns of `data.csv`, each with what it holds; units stand in the names. */
  readonly columns: Readonly<Record<string, string>>;
  /** Does `--machine` change what is drawn? */
  readonly takesMachine?: true;
  rows(inputs: Inputs): readonly Row[] | Promise<readonly Row[]>;
  verdict(rows: readonly Row[], published: readonly PublishedRow[]): Verdict;
  picture(rows: readonly Row[], published: readonly PublishedRow[]): Picture;
}

/** A number of a row. Throws where the cell holds none. */
export function numberOf(row: Row, column: string): number {
  const cell = row[column];
  if (typeof cell !== 'number') throw new Error(`column ${column}: ${JSON.stringify(cell)} is no number`);
  return cell;
}

/** The text of a cell. */
export function textOf(row: Row, column: string): string {
  return String(row[column] ?? '');
}

/** A text with one full stop at its end. */
export function sentence(text: string): string {
  return `${text.replace(/\.$/, '')}.`;
}

/** Rows whose cells are as given. */
export function where(rows: readonly Row[], wanted: Row): Row[] {
  return rows.filter((row) => Object.entries(wanted).every(([column, cell]) => row[column] === cell));
}
