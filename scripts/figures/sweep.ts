/**
 * A figure of any sweep: a measure against an axis, a series for each combination of the others, with intervals. Axes can
 * be held at a value, and one can have a panel for each of its values. An axis of numbers or quantities stands below and
 * is logarithmic where it spans more than a factor of twenty; an axis of names stands at the left, a row a name.
 *
 * Of a design of one axis at a time each point is a row, and of an axis only those points are drawn that differ in no
 * other. Of a sampled design each point is a mark without a line: the other axes differ from mark to mark.
 *
 * Left out: bars (a mean with its interval needs no bar).
 */
import { join } from 'node:path';
import { InputError, nearest } from '../../sim/problem.ts';
import { type Measure, type PageData, pageData, pointLabel } from '../report/data.ts';
import { readResults } from '../report/results.ts';
import { capital } from '../report/verdict.ts';
import { commandText, plainNumber } from '../terminal.ts';
import type { Picture } from './draw.ts';
import type { Row } from './figure.ts';
import { loadFaces } from './fonts.ts';
import type { PageText } from './page.ts';
import { axis, COLOURS, COLUMN, frame, label, PAGE, SMALL, type Style } from './style.ts';

/** What a person may choose. */
export interface SweepChoice {
  /** Measure; the experiment's first unless said. */
  readonly measure?: string;
  /** Path of the axis; the first of numbers, else the first, unless said. */
  readonly against?: string;
  /** Axes that are held: `path=value` each. */
  readonly at?: readonly string[];
  /** Path of the axis with a panel for each value. */
  readonly panels?: string;
  /** As wide as a page and not as a column. */
  readonly wide: boolean;
}

export interface SweepFigure {
  readonly picture: Picture;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly told: PageText;
}

type SweepAxis = PageData['axes'][number];
/** What stands along the picture's own axis. */
type Along = Pick<SweepAxis, 'path' | 'values' | 'numbers' | 'quantity'>;

interface Drawn {
  /** Place of the value on its axis. */
  readonly at: number;
  /** Place of the value on the axis of panels; 0 without panels. */
  readonly panel: number;
  readonly series: string;
  readonly mean: number;
  readonly below: number | null;
  readonly above: number | null;
  readonly n: number;
}

/** What is drawn, and how. */
interface View {
  readonly along: Along;
  readonly panels: SweepAxis | undefined;
  /** Marks of one series are joined, where the axis has numbers. */
  readonly joined: boolean;
  /** In the order of series, then of the axis. */
  readonly drawn: readonly Drawn[];
  /** What a reader must know of which points are drawn. */
  readonly notes: readonly string[];
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
  const view = viewOf(data, measure, choice, folder);
  const { along, panels, drawn } = view;
  if (drawn.length === 0) {
    throw new InputError({
      where: folder,
      found: `no point that is asked for has ${measure.name}`,
      would: 'hold fewer axes, or choose another measure',
    });
  }
  const picture = pictureOf(view, titleOf(measure), choice.wide ? PAGE : COLUMN);
  const rows = drawn.map(
    ({ at, panel, series, mean, below, above, n }): Row => ({
      [along.path]: along.values[at]!,
      ...(panels === undefined ? {} : { [panels.path]: panels.values[panel]! }),
      series,
      [measure.name]: mean,
      low: below === null ? '' : mean - below,
      high: above === null ? '' : mean + above,
      n,
    }),
  );
  const { summary } = results;
  const words = [
    ...['nowsim', 'figure', folder, '--measure', measure.name],
    ...(choice.against === undefined ? [] : ['--against', choice.against]),
    ...(choice.at ?? []).flatMap((held) => ['--at', held]),
    ...(choice.panels === undefined ? [] : ['--panels', choice.panels]),
    ...(choice.wide ? ['--wide'] : []),
  ];
  const best = drawn.reduce((a, b) => (b.mean < a.mean ? b : a));
  const most = drawn.reduce((a, b) => (b.mean > a.mean ? b : a));
  const where = ({ at, panel, series }: Drawn) =>
    [along.values[at], panels === undefined ? '' : panelTitle(panels, panel), series]
      .filter(Boolean)
      .join(', ');
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
        ['Command', commandText(words)],
        ['Digest', summary.digest],
      ],
      notes: [`Means with 95 % intervals by ${data.interval}.`, ...view.notes, ...summary.notes],
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

function unknown(where: string, found: string, name: string, known: readonly string[]): InputError {
  const near = nearest(name, known);
  const would = near === undefined ? `use one of ${known.join(', ')}` : `did you mean "${near}"?`;
  return new InputError({ where, found, would });
}

function titleOf({ label, unit }: Measure): string {
  return unit === '' || unit === '1' ? label : `${label} (${unit})`;
}

/** Panels that stay readable. */
const MOST_PANELS = 6;
/** Series that colours, symbols and dashes tell apart. */
const MOST_SERIES = 24;
/** Designs whose points differ in all axes at once, as the page calls them. */
const SAMPLED = new Set(['latin hypercube', 'sobol', 'morris']);
const ONE_AT_A_TIME = 'one at a time';

type Points = PageData['points'];

/** Which points are drawn, against what. Throws `InputError`. */
function viewOf(data: PageData, measure: Measure, choice: SweepChoice, folder: string): View {
  const held = heldOf(data, choice.at ?? []);
  const points = data.points.filter(({ at }) => [...held].every(([i, place]) => at[i] === place));
  const varied = data.axes.filter((_, i) => new Set(points.map(({ at }) => at[i])).size > 1);
  if (varied.length === 0) {
    throw new InputError({
      where: folder,
      found: held.size === 0 ? 'nothing was varied' : `with ${(choice.at ?? []).join(', ')} nothing varies`,
      would: held.size === 0 ? 'run a sweep: --vary path=a,b,c' : 'hold fewer axes',
    });
  }
  const panels = panelsOf(varied, choice);
  const open = varied.filter((one) => one !== panels);
  if (data.design === ONE_AT_A_TIME && varied.length > 1) {
    return oneAtATime(data, points, measure, varied, choice);
  }
  const along = chosenAxis(open, choice.against);
  const sampled = data.design !== null && SAMPLED.has(data.design);
  const others = sampled ? [] : open.filter((one) => one !== along);
  const drawn = drawnOf(data, points, measure, along, panels, others);
  const count = seriesOf(drawn).length;
  if (count > MOST_SERIES) {
    throw new InputError({
      where: folder,
      found: `${count} series are more than can be told apart`,
      would: `hold an axis (--at ${others[0]!.path}=${others[0]!.values[0]}) or give it panels (--panels ${others[0]!.path})`,
    });
  }
  const notes = sampled
    ? [`Each mark is a point of the design (${data.design}): the other axes differ from mark to mark.`]
    : [];
  const holds = [...held].map(([i, place]) => `${data.axes[i]!.path}=${data.axes[i]!.values[place]}`);
  if (holds.length > 0) notes.push(`Held: ${holds.join(', ')}.`);
  return { along, panels, joined: !sampled, drawn, notes };
}

/** Places of the axes that are held, by index of the axis. Throws `InputError`. */
function heldOf({ axes }: PageData, given: readonly string[]): Map<number, number> {
  const held = new Map<number, number>();
  for (const text of given) {
    const cut = text.indexOf('=');
    const [path, value] = cut < 0 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)];
    const fail = (found: string, would: string): never => {
      throw new InputError({ where: `--at ${text}`, found, would });
    };
    if (cut < 0) fail('has no value', `write --at ${path}=value`);
    const i = axes.findIndex((one) => one.path === path);
    if (i < 0)
      throw unknown(
        `--at ${text}`,
        'was not varied',
        path,
        axes.map((one) => one.path),
      );
    if (held.has(i)) fail(`${path} is held twice`, 'hold it at one value');
    const { values, numbers } = axes[i]!;
    const same = (one: string) => one === value || (value !== '' && Number(one) === Number(value));
    const place = values.findIndex(same);
    if (place < 0 && numbers !== null) fail('no point has this value', `use one of ${values.join(', ')}`);
    if (place < 0) throw unknown(`--at ${text}`, 'no point has this value', value, values);
    held.set(i, place);
  }
  return held;
}

function panelsOf(varied: readonly SweepAxis[], { panels, against }: SweepChoice): SweepAxis | undefined {
  if (panels === undefined) return undefined;
  const where = `--panels ${panels}`;
  const found = varied.find((one) => one.path === panels);
  if (found === undefined)
    throw unknown(
      where,
      'does not vary',
      panels,
      varied.map((one) => one.path),
    );
  if (varied.length < 2 || panels === against) {
    throw new InputError({ where, found: 'leaves no axis to draw against', would: 'leave it out' });
  }
  if (found.values.length <= MOST_PANELS) return found;
  throw new InputError({
    where,
    found: `has ${found.values.length} values, ${MOST_PANELS} panels are the most`,
    would: 'choose another axis, or draw against this one',
  });
}

/** The axis of a name, or of numbers, or the first. Throws `InputError`. */
function chosenAxis(open: readonly SweepAxis[], path: string | undefined): SweepAxis {
  if (path === undefined) return open.find(({ numbers }) => numbers !== null) ?? open[0]!;
  const found = open.find((one) => one.path === path);
  if (found !== undefined) return found;
  throw unknown(
    `--against ${path}`,
    'does not vary',
    path,
    open.map((one) => one.path),
  );
}

/** A row for each point; with an axis that is named, its points alone. */
function oneAtATime(
  data: PageData,
  points: Points,
  measure: Measure,
  varied: readonly SweepAxis[],
  choice: SweepChoice,
): View {
  if (choice.panels !== undefined) {
    throw new InputError({
      where: `--panels ${choice.panels}`,
      found: 'the design moves one axis at a time',
      would: `leave it out, or see "nowsim sensitivity --picture"`,
    });
  }
  const places = varied.map((one) => data.axes.indexOf(one));
  // All points but those that move an axis have the value that it has in the scenario as it is.
  const own = new Map(places.map((i) => [i, commonest(points.map(({ at }) => at[i]!))]));
  const moved = (point: Points[number]) => places.filter((i) => point.at[i] !== own.get(i));
  if (choice.against !== undefined) {
    const along = chosenAxis(varied, choice.against);
    const a = data.axes.indexOf(along);
    const mine = points.filter((point) => moved(point).every((i) => i === a));
    const notes = [`The design moves one axis at a time: the others are as the scenario has them.`];
    return {
      along,
      panels: undefined,
      joined: true,
      drawn: drawnOf(data, mine, measure, along, undefined, []),
      notes,
    };
  }
  const rows: { text: string; point: Points[number] }[] = [];
  const add = (text: string, point: Points[number] | undefined) => {
    if (point !== undefined) rows.push({ text, point });
  };
  add(
    'as it is',
    points.find((point) => moved(point).length === 0),
  );
  for (const i of places) {
    const { path, values } = data.axes[i]!;
    values.forEach((value, place) => {
      add(
        settingText(path, value),
        points.find(({ at, ...rest }) => at[i] === place && moved({ at, ...rest }).join() === String(i)),
      );
    });
  }
  const along = { path: 'setting', values: rows.map(({ text }) => text), numbers: null, quantity: null };
  const m = data.measures.indexOf(measure);
  const drawn = rows.flatMap(({ point }, at): Drawn[] => {
    const estimate = point.estimates[m];
    if (estimate === null || estimate === undefined) return [];
    const [mean, below, above, n] = estimate;
    return [{ at, panel: 0, series: '', mean, below, above, n }];
  });
  const notes = [
    'The design moves one axis at a time: each row names what differs from the scenario as it is.',
  ];
  return { along, panels: undefined, joined: false, drawn, notes };
}

function commonest(values: readonly number[]): number {
  const count = (value: number) => values.filter((one) => one === value).length;
  return values.reduce((a, b) => (count(b) > count(a) ? b : a));
}

/** The points that have the measure, series by series, in the order of the axis. */
function drawnOf(
  data: PageData,
  points: Points,
  measure: Measure,
  along: SweepAxis,
  panels: SweepAxis | undefined,
  others: readonly SweepAxis[],
): Drawn[] {
  const [m, a] = [data.measures.indexOf(measure), data.axes.indexOf(along)];
  const p = panels === undefined ? -1 : data.axes.indexOf(panels);
  const drawn = points.flatMap(({ at, estimates }): Drawn[] => {
    const estimate = estimates[m];
    if (estimate === null || estimate === undefined || at[a]! < 0) return [];
    const [mean, below, above, n] = estimate;
    const params = others.map((one): [string, string] => {
      const place = at[data.axes.indexOf(one)]!;
      return [one.path, one.values[place] ?? 'as it is'];
    });
    const series = params.length === 0 ? '' : pointLabel(Object.fromEntries(params));
    return [{ at: at[a]!, panel: p < 0 ? 0 : at[p]!, series, mean, below, above, n }];
  });
  const order = seriesOf(drawn);
  return drawn.toSorted(
    (one, two) =>
      order.indexOf(one.series) - order.indexOf(two.series) || one.panel - two.panel || one.at - two.at,
  );
}

const seriesOf = (drawn: readonly Drawn[]) => [...new Set(drawn.map(({ series }) => series))];

function panelTitle({ path, values }: SweepAxis, place: number): string {
  return settingText(path, values[place]!);
}

/** `nodes 8`, `sharing random`. */
function settingText(path: string, value: string): string {
  return `${path.slice(path.lastIndexOf('.') + 1)} ${value}`;
}

/** Numbers of an axis without k and M. */
const PLAIN = { exponentformat: 'power', separatethousands: true, minexponent: 6, automargin: true };

/** Px of a legend: a symbol with the room about it, a line, the room above and below all lines. */
const KEY = 45;
const LINE = 19;
const PAD = 10;
/** Px by which wide numbers may push an axis to the right of where it is expected. */
const PUSH = 24;
/** Px above the panels for their titles; without panels above the axis. */
const HEAD = { panels: 16, none: 4 };
/** Px between panels, beside each other (their numbers stand at the left once) and above each other. */
const GAP = { x: 16, y: 36 };

const textWidth = (text: string) => loadFaces().regular.width(text, SMALL);

function pictureOf(view: View, title: string, width: number): Picture {
  const { along, panels, drawn } = view;
  const names = seriesOf(drawn);
  const { numbers, values } = along;
  const shown =
    panels === undefined
      ? [0]
      : panels.values.map((_, i) => i).filter((i) => drawn.some((one) => one.panel === i));
  const columns = Math.min(shown.length, width === PAGE ? 3 : 1);
  const lines = Math.ceil(shown.length / columns);
  const left = numbers === null ? 14 + Math.max(...values.map(textWidth)) : leftOf(drawn);
  const right = 12;
  const inner = width - left - right;
  const widest = Math.max(...names.map(textWidth));
  const perLine = Math.max(1, Math.floor((inner - PUSH) / (KEY + widest)));
  // As wide as they may be, so that as many stand on a line as are expected.
  const entry = Math.floor((inner - PUSH) / perLine) - KEY;
  const legend = names.length < 2 ? 6 : PAD + LINE * Math.ceil(names.length / perLine);
  const heading = panels === undefined ? HEAD.none : HEAD.panels;
  const top = legend + heading;
  const panelHeight =
    numbers === null ? Math.max(60, values.length * (12 + 8 * names.length)) : shown.length > 1 ? 130 : 164;
  const high = lines * panelHeight + (lines - 1) * GAP.y;
  const panelWidth = (inner - (columns - 1) * GAP.x) / columns;
  const axes: Record<string, object> = {};
  const annotations: object[] = [];
  const data: Record<string, unknown>[] = [];
  const legends = new Set<string>();
  shown.forEach((panel, k) => {
    const [column, line] = [k % columns, Math.floor(k / columns)];
    const from = (column * (panelWidth + GAP.x)) / inner;
    const above = 1 - (line * (panelHeight + GAP.y)) / high;
    const id = k === 0 ? '' : String(k + 1);
    const domains = { x: [from, from + panelWidth / inner], y: [above - panelHeight / high, above] };
    // A panel with none beneath it says what stands along its axis.
    const last = k + columns >= shown.length;
    const bottom = last ? {} : { title: { text: '' } };
    const first = column === 0 ? {} : { title: { text: '' }, showticklabels: false };
    const measured = axis(title, { ...PLAIN, ...(panels === undefined ? {} : { range: rangeOf(drawn) }) });
    const across = numbers === null ? measured : quantityAxis(along, panelWidth);
    const up = numbers === null ? namesAxis(values) : measured;
    axes[`xaxis${id}`] = { ...across, ...bottom, domain: domains.x, anchor: `y${id}` };
    axes[`yaxis${id}`] = { ...up, ...first, domain: domains.y, anchor: `x${id}` };
    if (panels !== undefined) {
      annotations.push(
        label(panelTitle(panels, panel), domains.x[0]!, above, {
          xref: 'paper',
          yref: 'paper',
          yanchor: 'bottom',
        }),
      );
    }
    names.forEach((name, i) => {
      const own = drawn.filter((one) => one.series === name && one.panel === panel);
      if (own.length === 0) return;
      const places = { xaxis: `x${id}`, yaxis: `y${id}`, showlegend: name !== '' && !legends.has(name) };
      legends.add(name);
      data.push({ ...traceOf(own, name, i, names.length, view), ...places });
    });
  });
  const picture: Picture = {
    data,
    layout: frame(width, top + high + 36, {
      showlegend: names.length > 1,
      margin: { l: left, r: right, t: top, b: 36 },
      legend: {
        orientation: 'h',
        x: 0,
        y: 1 + heading / high,
        yanchor: 'bottom',
        xanchor: 'left',
        font: { size: SMALL },
        itemwidth: 30,
        entrywidth: entry,
        entrywidthmode: 'pixels',
        maxheight: 1,
        traceorder: 'normal',
        bgcolor: 'rgba(255,255,255,0)',
      },
      ...(annotations.length === 0 ? {} : { annotations }),
      ...axes,
    }),
  };
  return picture;
}

/** Px at the left for an axis of numbers: its title, the ends of its range as they may be written, a tick. */
function leftOf(drawn: readonly Drawn[]): number {
  return Math.max(48, 32 + Math.max(...rangeOf(drawn).map((end) => textWidth(plainNumber(end, 2)))));
}

/** From the lowest end of an interval to the highest, with a little room: the same in all panels. */
function rangeOf(drawn: readonly Drawn[]): [number, number] {
  const least = Math.min(...drawn.map(({ mean, below }) => mean - (below ?? 0)));
  const most = Math.max(...drawn.map(({ mean, above }) => mean + (above ?? 0)));
  const room = most > least ? 0.06 * (most - least) : 0.06 * (Math.abs(most) || 1);
  return [least - room, most + room];
}

/** One series in one panel. */
function traceOf(
  own: readonly Drawn[],
  name: string,
  i: number,
  count: number,
  view: View,
): Record<string, unknown> {
  const { numbers, values } = view.along;
  const { colour, symbol, dash } = styleAt(name, i);
  // Rows of several series lie a little apart.
  const shift = count < 2 ? 0 : 0.5 * (i / (count - 1) - 0.5);
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
    mode: numbers === null || !view.joined ? 'markers' : 'lines+markers',
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

/** Px between the numbers of two ticks. */
const TICK_GAP = 8;

/** An axis with a tick at every value that was run, and a number at as many of them as fit in `width` px. */
function quantityAxis({ path, values, numbers }: Along, width: number): object {
  const [least, most] = [Math.min(...numbers!), Math.max(...numbers!)];
  const isLog = least > 0 && most / least > 20;
  const scaled = numbers!.map((value) => (isLog ? Math.log10(value) : value));
  const [from, to] = [Math.min(...scaled), Math.max(...scaled)];
  const room = 0.04 * (to - from);
  const px = (i: number) => (width * (scaled[i]! - from + room)) / (to - from + 2 * room);
  const order = values.map((_, i) => i).toSorted((i, j) => scaled[i]! - scaled[j]!);
  // The ends always have theirs.
  const written = new Set([order[0]!, order.at(-1)!]);
  const meets = (i: number, j: number) =>
    Math.abs(px(i) - px(j)) < TICK_GAP + (textWidth(values[i]!) + textWidth(values[j]!)) / 2;
  for (const i of order) if (![...written].some((j) => j === i || meets(i, j))) written.add(i);
  const write = (value: number) => values[numbers!.indexOf(value)] ?? String(value);
  return axis(path, {
    ...(isLog ? { type: 'log' } : {}),
    range: [from - room, to + room],
    tickfont: { size: SMALL },
    quantity: { write },
    tickmode: 'array',
    tickvals: order.map((i) => numbers![i]!),
    ticktext: order.map((i) => (written.has(i) ? values[i]! : '')),
  });
}
