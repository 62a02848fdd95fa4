/**
 * A picture for a page in which a reader points, zooms and switches series off: the same traces and layout, and for every
 * mark what is said of it: its series, each quantity by the title of its axis (which states the unit), its interval.
 *
 * An axis without a title and with texts at its ticks has names; another without a title shows what `quantity` says, or
 * what the first titled axis of its letter shows. A trace's own `hovertext` is said too.
 */
import { estimateText, plainNumber } from '../terminal.ts';
import type { Picture } from './draw.ts';
import { FONT_FAMILY } from './fonts.ts';
import { INK, SMALL } from './style.ts';

/** What an axis shows, where its title does not say it, and how a number on it is written. */
export interface Quantity {
  readonly name?: string;
  readonly write?: (value: number) => string;
}

interface Axis {
  readonly title?: { readonly text?: string };
  readonly type?: string;
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  readonly quantity?: Quantity;
}

interface ErrorBars {
  readonly array: readonly number[];
  /** False: the trace's own text says the interval, which does not lie evenly about the mark. */
  readonly told?: boolean;
}

interface Trace {
  readonly name?: string;
  readonly x: readonly (number | string)[];
  readonly y: readonly (number | string)[];
  readonly base?: readonly number[];
  readonly orientation?: 'h' | 'v';
  readonly xaxis?: string;
  readonly yaxis?: string;
  readonly error_x?: ErrorBars;
  readonly error_y?: ErrorBars;
  readonly hovertext?: string | readonly string[];
  readonly legendgroup?: string;
}

/** Digits of a number without an interval. */
const DIGITS = 4;

/** The picture with what is said of its marks; series of one name are switched together. */
export function interactive(picture: Picture): Picture {
  const axes = axesOf(picture.layout);
  const traces = picture.data as unknown as readonly Trace[];
  const names = traces.map((trace) => trace.name);
  const shared = new Set(names.filter((name, i) => name !== undefined && names.indexOf(name) !== i));
  const data = traces.map((trace) => ({
    ...trace,
    ...(trace.name !== undefined && shared.has(trace.name) && trace.legendgroup === undefined
      ? { legendgroup: trace.name }
      : {}),
    hovertext: trace.x.map((_, i) => saidOf(trace, i, axes)),
    hovertemplate: '%{hovertext}<extra></extra>',
  }));
  const legend = {
    ...(picture.layout['legend'] as object),
    traceorder: 'normal',
    tracegroupgap: 0,
    groupclick: 'togglegroup',
  };
  const hoverlabel = {
    bgcolor: '#ffffff',
    bordercolor: INK,
    align: 'left',
    font: { size: SMALL, color: INK },
  };
  const font = { family: FONT_FAMILY, ...(picture.layout['font'] as object) };
  return { data, layout: { ...picture.layout, font, legend, hovermode: 'closest', hoverlabel } };
}

type Axes = ReadonlyMap<string, Axis>;

function axesOf(layout: Picture['layout']): Axes {
  return new Map(
    Object.entries(layout)
      .filter(([key]) => /^[xy]axis\d*$/.test(key))
      .map(([key, axis]) => [key, axis as Axis]),
  );
}

/** All that is said of mark `i` of a trace. */
function saidOf(trace: Trace, i: number, axes: Axes): string {
  const own = typeof trace.hovertext === 'string' ? trace.hovertext : trace.hovertext?.[i];
  const lines = [
    trace.name === undefined ? undefined : `<b>${trace.name}</b>`,
    ...(['y', 'x'] as const).map((letter) => quantityText(trace, i, letter, axes)),
    own,
  ];
  return [...new Set(lines.filter((line) => line !== undefined && line !== ''))].join('<br>');
}

function quantityText(trace: Trace, i: number, letter: 'x' | 'y', axes: Axes): string {
  const axis = axes.get((trace[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`)) ?? {};
  const value = trace[letter][i]!;
  if (typeof value === 'string') return value;
  const names = namesOf(axis, letter, axes);
  if (names !== undefined) return names[Math.round(value)] ?? '';
  const write = axis.quantity?.write ?? ((number: number) => plainNumber(number, DIGITS));
  const along = (trace.orientation === 'h') === (letter === 'x');
  const base = along ? trace.base?.[i] : undefined;
  const bars = trace[`error_${letter}`];
  const half = bars?.told === false ? undefined : bars?.array[i];
  const text =
    base !== undefined
      ? `${write(base)} to ${write(base + value)}`
      : half !== undefined
        ? `${estimateText(value, half)} (95 %)`
        : write(value);
  return `${nameOf(axis, letter, axes)}: ${text}`;
}

const titleOf = (axis: Axis) => axis.title?.text ?? '';

/** Names that stand at the places of an axis, in their order; those of another axis where this one's texts are left out. */
function namesOf(axis: Axis, letter: string, axes: Axes): readonly string[] | undefined {
  const isNamed = (one: Axis) => titleOf(one) === '' && one.type !== 'log' && one.ticktext !== undefined;
  if (!isNamed(axis)) return undefined;
  const named = [axis, ...of(letter, axes).filter(isNamed)].find((one) => one.ticktext!.some(Boolean));
  if (named === undefined) return undefined;
  const names: string[] = [];
  named.tickvals!.forEach((place, i) => {
    names[place] = named.ticktext![i]!;
  });
  return names;
}

function nameOf(axis: Axis, letter: string, axes: Axes): string {
  const name = axis.quantity?.name ?? titleOf(axis);
  if (name !== '') return name;
  return titleOf(of(letter, axes).find((one) => titleOf(one) !== '') ?? {});
}

function of(letter: string, axes: Axes): Axis[] {
  return [...axes].flatMap(([key, axis]) => (key.startsWith(letter) ? [axis] : []));
}
