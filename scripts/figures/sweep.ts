/**
 * A figure of any sweep: a measure against an axis, a series for each combination of the others, with intervals. An axis
 * of numbers or quantities stands below and is logarithmic where it spans more than a factor of twenty; an axis of names
 * stands at the left, a row a name.
 *
 * Left out: bars (a mean with its interval needs no bar), panels.
 */
import { join } from 'node:path';
import { InputError, nearest } from '../../sim/problem.ts';
import { type Measure, type PageData, pageData, pointLabel } from '../report/data.ts';
import { readResults } from '../report/results.ts';
import { capital } from '../report/verdict.ts';
import { plainNumber } from '../terminal.ts';
import type { Picture } from './draw.ts';
import type { Row } from './figure.ts';
import type { PageText } from './page.ts';
import { axis, COLOURS, COLUMN, frame, PAGE, SMALL, type Style } from './style.ts';

/** What a person may choose. */
export interface SweepChoice {
  /** Measure; the experiment's first unless said. */
  readonly measure?: string;
  /** Path of the axis; the first of numbers, else the first, unless said. */
  readonly against?: string;
  /** As wide as a page and not as a column. */
  readonly wide: boolean;
}

export interface SweepFigure {
  readonly picture: Picture;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly told: PageText;
}

interface Drawn {
  /** Place of the value on its axis. */
  readonly at: number;
  readonly series: string;
  readonly mean: number;
  readonly below: number | null;
  readonly above: number | null;
  readonly n: number;
}

const { blue, vermilion, green, orange, sky, purple, grey } = COLOURS;
const PALETTE = [blue, vermilion, green, orange, sky, purple, grey];
const SYMBOLS = ['circle', 'diamond', 'square', 'triangle-up', 'cross', 'star', 'x'];
const DASHES = ['solid', 'dash', 'dot', 'dashdot', 'longdash'];

/** The figure of a results folder. Throws `InputError`. */
export async function sweepFigure(folder: string, choice: SweepChoice): Promise<SweepFigure> {
  const results = await readResults(folder);
  const data = pageData(results);
  const measure = chosenMeasure(data, choice.measure);
  const varied = data.axes.filter(({ values }) => values.length > 1);
  const along = chosenAxis(varied, choice.against, folder);
  const drawn = drawnOf(data, measure, along);
  const { picture, text } = pictureOf(drawn, along, titleOf(measure), choice.wide ? PAGE : COLUMN);
  const rows = drawn.map(
    ({ at, series, mean, below, above, n }): Row => ({
      [along.path]: along.values[at]!,
      series,
      [measure.name]: mean,
      low: below === null ? '' : mean - below,
      high: above === null ? '' : mean + above,
      n,
    }),
  );
  const { summary } = results;
  const command = [
    'nowsim figure',
    folder,
    `--measure ${measure.name} --against ${along.path}${choice.wide ? ' --wide' : ''}`,
  ].join(' ');
  const best = drawn.reduce((a, b) => (b.mean < a.mean ? b : a));
  const most = drawn.reduce((a, b) => (b.mean > a.mean ? b : a));
  const where = ({ at, series }: Drawn) => [text(at), series].filter(Boolean).join(', ');
  const title = `${titleOf(measure)} against ${along.path}`;
  return {
    picture,
    columns: Object.keys(rows[0]!),
    rows,
    told: {
      name: summary.experiment,
      title: capital(title),
      question: summary.question,
      verdict: { headline: `Lowest mean: ${where(best)}; highest: ${where(most)}.`, because: '' },
      facts: [
        ['Command', command],
        ['Digest', summary.digest],
      ],
      notes: [`Means with 95 % intervals by ${data.interval}.`, ...summary.notes],
      tables: [{ caption: 'Data', rows }],
    },
  };
}

/** Where the figure of a results folder is written, unless said. */
export function sweepFolder(folder: string): string {
  return join(folder, 'figure');
}

function chosenMeasure({ measures }: PageData, name: string | undefined): Measure {
  const found = measures.find((one) => name === undefined || one.name === name);
  if (found !== undefined) return found;
  throw unknown(
    `--measure ${name}`,
    'was not measured',
    name ?? '',
    measures.map((one) => one.name),
  );
}

type SweepAxis = PageData['axes'][number];

function chosenAxis(varied: readonly SweepAxis[], path: string | undefined, folder: string): SweepAxis {
  const paths = varied.map((one) => one.path);
  if (paths.length === 0) {
    throw new InputError({
      where: folder,
      found: 'nothing was varied',
      would: 'run a sweep: --vary path=a,b,c',
    });
  }
  if (path === undefined) return varied.find(({ numbers }) => numbers !== null) ?? varied[0]!;
  const found = varied.find((one) => one.path === path);
  if (found !== undefined) return found;
  throw unknown(`--against ${path}`, 'was not varied', path, paths);
}

function unknown(where: string, found: string, name: string, known: readonly string[]): InputError {
  const near = nearest(name, known);
  const would = near === undefined ? `use one of ${known.join(', ')}` : `did you mean "${near}"?`;
  return new InputError({ where, found, would });
}

function titleOf({ label, unit }: Measure): string {
  return unit === '' || unit === '1' ? label : `${label} (${unit})`;
}

/** The points that have the measure, series by series, in the order of the axis. */
function drawnOf(data: PageData, measure: Measure, along: SweepAxis): Drawn[] {
  const [m, a] = [data.measures.indexOf(measure), data.axes.indexOf(along)];
  const others = data.axes.map((_, i) => i).filter((i) => i !== a && data.axes[i]!.values.length > 1);
  const drawn = data.points.flatMap(({ at, estimates }): Drawn[] => {
    const estimate = estimates[m];
    if (estimate === null || estimate === undefined || at[a]! < 0) return [];
    const [mean, below, above, n] = estimate;
    const params = others.map((i): [string, string] => [
      data.axes[i]!.path,
      data.axes[i]!.values[at[i]!] ?? 'as it is',
    ]);
    const series = params.length === 0 ? '' : pointLabel(Object.fromEntries(params));
    return [{ at: at[a]!, series, mean, below, above, n }];
  });
  const order = seriesOf(drawn);
  return drawn.toSorted((p, q) => order.indexOf(p.series) - order.indexOf(q.series) || p.at - q.at);
}

const seriesOf = (drawn: readonly Drawn[]) => [...new Set(drawn.map(({ series }) => series))];

/** Numbers of an axis without k and M. */
const PLAIN = { exponentformat: 'power', separatethousands: true, minexponent: 6 };

/** Px that a letter of a label takes, and those of a legend's symbol. */
const LETTER = 5;
const KEY = 44;
const LINE = 15;

/** The picture, and how a place on the axis is written. */
function pictureOf(
  drawn: readonly Drawn[],
  along: SweepAxis,
  title: string,
  width: number,
): { picture: Picture; text: (at: number) => string } {
  const names = seriesOf(drawn);
  const { numbers, values } = along;
  const left = numbers === null ? 14 + LETTER * Math.max(...values.map((value) => value.length)) : 48;
  const longest = Math.max(...names.map((name) => name.length));
  const columns = Math.max(1, Math.floor((width - left) / (KEY + LETTER * longest)));
  const top = names.length < 2 ? 10 : 14 + LINE * Math.ceil(names.length / columns);
  const text = (at: number) => values[at]!;
  const traces = names.map((name, i) => {
    const own = drawn.filter(({ series }) => series === name);
    const { colour, symbol, dash } = styleAt(name, i);
    // Rows of several series lie a little apart.
    const shift = names.length < 2 ? 0 : 0.5 * (i / (names.length - 1) - 0.5);
    const places = own.map(({ at }) => (numbers === null ? values.length - 1 - at - shift : numbers[at]!));
    const means = own.map(({ mean }) => mean);
    const isEven = own.every(
      ({ below, above }) => Math.abs((below ?? 0) - (above ?? 0)) <= 1e-9 * (above ?? 0),
    );
    const error = {
      type: 'data',
      told: isEven,
      array: own.map(({ above }) => above ?? 0),
      arrayminus: own.map(({ below }) => below ?? 0),
      color: colour,
      thickness: 0.8,
      width: 2,
    };
    return {
      type: 'scatter',
      mode: numbers === null ? 'markers' : 'lines+markers',
      ...(name === '' ? {} : { name }),
      x: numbers === null ? means : places,
      y: numbers === null ? places : means,
      ...(own.every(({ above }) => above === null)
        ? {}
        : { [numbers === null ? 'error_x' : 'error_y']: error }),
      ...(isEven ? {} : { hovertext: own.map(intervalText) }),
      line: { color: colour, dash, width: 1.4 },
      marker: { symbol, size: 6, color: colour },
    };
  });
  const height =
    numbers === null ? top + 44 + Math.max(60, values.length * (12 + 8 * names.length)) : 200 + top;
  const picture = {
    data: traces,
    layout: frame(width, height, {
      showlegend: names.length > 1,
      margin: { l: left, r: 12, t: top, b: 36 },
      ...(numbers === null
        ? { xaxis: axis(title, PLAIN), yaxis: namesAxis(values) }
        : { xaxis: quantityAxis(along), yaxis: axis(title, PLAIN) }),
    }),
  };
  return { picture, text };
}

/** The ends of an interval that does not lie evenly about its mean. */
function intervalText({ mean, below, above }: Drawn): string {
  if (below === null || above === null) return '';
  return `95 % interval: ${plainNumber(mean - below, 4)} to ${plainNumber(mean + above, 4)}`;
}

function styleAt(label: string, i: number): Style {
  return {
    label,
    colour: PALETTE[i % PALETTE.length]!,
    symbol: SYMBOLS[(i + Math.floor(i / PALETTE.length)) % SYMBOLS.length]!,
    dash: DASHES[i % DASHES.length]!,
  };
}

function namesAxis(values: readonly string[]): object {
  return axis('', {
    range: [-0.6, values.length - 0.4],
    tickmode: 'array',
    tickvals: values.map((_, i) => values.length - 1 - i),
    ticktext: values,
    ticks: '',
  });
}

/** Ticks that fit below a picture of a column's width. */
const MOST_TICKS = 7;

function quantityAxis({ path, values, numbers, quantity }: SweepAxis): object {
  const [least, most] = [Math.min(...numbers!), Math.max(...numbers!)];
  const isLog = least > 0 && most / least > 20;
  const [from, to] = isLog ? [Math.log10(least), Math.log10(most)] : [least, most];
  const room = 0.04 * (to - from);
  const step = Math.ceil(values.length / MOST_TICKS);
  const shown = values.map((_, i) => i).filter((i) => i % step === 0);
  const write = (value: number) => values[numbers!.indexOf(value)] ?? String(value);
  return axis(path, {
    ...(isLog ? { type: 'log' } : {}),
    range: [from - room, to + room],
    tickfont: { size: SMALL },
    quantity: { write },
    // A linear axis of plain numbers has round ticks; others the values as they were written.
    ...(isLog || quantity !== 'number'
      ? {
          tickmode: 'array',
          tickvals: shown.map((i) => numbers![i]!),
          ticktext: shown.map((i) => values[i]!),
        }
      : {}),
  });
}
