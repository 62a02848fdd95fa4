/**
 * The dress of the pictures: sizes of a printed page, fonts that stay readable there, Okabe and Ito's colours, which
 * readers with any colour vision tell apart. Every structure has its colour and its own symbol everywhere.
 *
 * Sizes are px, 96 to the inch: a column of a two-column page is 3.33 in, the page 7 in; 10 px are 7.5 pt.
 */
import { wrapped } from '../terminal.ts';
import type { Picture } from './draw.ts';
import type { PublishedRow } from './figure.ts';

/** Widths of a column and of a page, px. */
export const COLUMN = 320;
export const PAGE = 672;
/** Pixels of the PNG to the px: 288 to the inch. */
export const ZOOM = 3;

export const INK = '#1a1a1a';
export const MUTED = '#5f6368';
export const GRID = '#e6e6e6';
export const COLOURS = {
  blue: '#0072B2',
  vermilion: '#D55E00',
  green: '#009E73',
  orange: '#E69F00',
  sky: '#56B4E9',
  purple: '#CC79A7',
  yellow: '#F0E442',
  grey: '#8c8c8c',
  white: '#ffffff',
} as const;

export const FONT_SIZE = 10;
export const SMALL = 9;

/** A legend above all panels, at the picture's upper edge. */
export const LEGEND_ON_TOP = {
  orientation: 'h',
  x: 0,
  xref: 'paper',
  y: 1,
  yref: 'container',
  yanchor: 'top',
  font: { size: SMALL },
  traceorder: 'normal',
  bgcolor: COLOURS.white,
} as const;

export interface Style {
  readonly label: string;
  readonly colour: string;
  readonly symbol: string;
  readonly dash: string;
}

const styled = (label: string, colour: string, symbol: string, dash = 'solid'): Style => ({
  label,
  colour,
  symbol,
  dash,
});

/** The structures that are drawn, under the names that fit a picture. */
export const STRUCTURE_STYLES: Readonly<Record<string, Style>> = {
  'in-kernel': styled('kernel', INK, 'square'),
  'pti-kernel': styled('kernel, isolated pages', COLOURS.grey, 'square', 'dash'),
  'microkernel-mach': styled('Mach and a Unix server', COLOURS.vermilion, 'diamond', 'dashdot'),
  'multi-server': styled('several servers on Mach', COLOURS.orange, 'star', 'dot'),
  'microkernel-l4': styled('L4-style microkernel', COLOURS.orange, 'triangle-up', 'dot'),
  'rpc-server': styled('RPC through the kernel', COLOURS.yellow, 'hexagon', 'dot'),
  lrpc: styled('LRPC', COLOURS.green, 'pentagon', 'dot'),
  'user-server': styled('server over pipes', COLOURS.purple, 'x', 'dash'),
  interposition: styled('agent, same space', COLOURS.green, 'triangle-down', 'longdash'),
  'sfi-library': styled('SFI library', COLOURS.blue, 'circle'),
  lfi: styled('SFI library (LFI)', COLOURS.blue, 'circle'),
  webassembly: styled('WebAssembly', COLOURS.sky, 'cross', 'dashdot'),
  exokernel: styled('exokernel, library OS', COLOURS.sky, 'cross', 'dashdot'),
  gvisor: styled('sandbox kernel (gVisor)', COLOURS.vermilion, 'diamond', 'dashdot'),
  'seccomp-notify': styled('supervisor (seccomp)', COLOURS.green, 'triangle-down', 'longdash'),
};

/** The style of a structure. Throws where it has none. */
export function styleOf(structure: string): Style {
  const style = STRUCTURE_STYLES[structure];
  if (style === undefined) throw new Error(`no style for the structure ${structure}`);
  return style;
}

/** Causes of CPU time, in the order in which they are stacked. */
export const CAUSES: Readonly<Record<string, { label: string; colour: string; pattern: string }>> = {
  user: { label: 'user code', colour: COLOURS.blue, pattern: '' },
  sfi: { label: 'SFI tax', colour: COLOURS.purple, pattern: 'x' },
  body: { label: 'service bodies', colour: COLOURS.sky, pattern: '' },
  crossings: { label: 'crossings', colour: COLOURS.vermilion, pattern: '/' },
  copies: { label: 'copies', colour: COLOURS.orange, pattern: '' },
  inflation: { label: 'longer paths', colour: COLOURS.yellow, pattern: '\\' },
};

/** An axis with its title (which states the unit). */
export function axis(title: string, special: object = {}): object {
  return {
    title: { text: title, standoff: 6, font: { size: FONT_SIZE } },
    gridcolor: GRID,
    linecolor: INK,
    tickcolor: INK,
    linewidth: 1,
    showline: true,
    zeroline: false,
    ticks: 'outside',
    ticklen: 3,
    tickfont: { size: SMALL },
    automargin: false,
    ...special,
  };
}

/** A logarithmic axis from `from` to `to`, with a tick a decade, or at `ticks`. `write` makes its text. */
export function logAxis(
  title: string,
  from: number,
  to: number,
  write: (value: number) => string,
  ticks = decades(from, to),
  special: object = {},
): object {
  return axis(title, {
    type: 'log',
    range: [Math.log10(from), Math.log10(to)],
    tickmode: 'array',
    tickvals: ticks,
    ticktext: ticks.map(write),
    ...special,
  });
}

function decades(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

const round = (value: number, digits: number) => String(Number(value.toPrecision(digits)));

/** `1 ns`, `10 µs`, `2.5 ms`. */
export function timeText(ns: number, digits = 3): string {
  for (const [size, unit] of [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ] as const) {
    if (ns >= size * (1 - 1e-9)) return `${round(ns / size, digits)} ${unit}`;
  }
  return `${round(ns, digits)} ns`;
}

/** Thousands apart: `10,000`. */
export function countText(value: number): string {
  return value >= 1 ? Math.round(value).toLocaleString('en-US') : round(value, 2);
}

/** A share as per cent: `4.3 %`. */
export function percentText(share: number, digits = 2): string {
  return `${round(100 * share, digits)} %`;
}

/** What is said of a published point: the number as it stands in its source. */
export function publishedText(row: PublishedRow): string {
  const told = `${row['what']}: ${row['value']} ${row['unit']} (${row['setting']}). ${row['source']} (${row['seen']})`;
  return wrapped(told, 60, '').replaceAll('\n', '<br>');
}

/** Rank in a legend behind what was computed, though it is drawn beneath. */
export const LAST_IN_LEGEND = 2000;

/** Published points as a trace: hollow diamonds, each with what its row says; `x` and `y` are its place on the axes. */
export function publishedPoints(
  rows: readonly PublishedRow[],
  x: (row: PublishedRow) => number,
  y: (row: PublishedRow) => number,
  special: object = {},
): Record<string, unknown> {
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'published',
    x: rows.map(x),
    y: rows.map(y),
    hovertext: rows.map(publishedText),
    cliponaxis: false,
    legendrank: LAST_IN_LEGEND,
    marker: { symbol: 'diamond', size: 8, color: COLOURS.white, line: { color: INK, width: 1.3 } },
    ...special,
  };
}

/** A published range as a trace: a grey area with the corners `x` and `y`. */
export function publishedArea(
  row: PublishedRow,
  name: string,
  x: readonly number[],
  y: readonly number[],
  special: object = {},
): Record<string, unknown> {
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x,
    y,
    hovertext: publishedText(row),
    legendrank: LAST_IN_LEGEND,
    fill: 'toself',
    fillcolor: 'rgba(140,140,140,0.3)',
    line: { width: 0, color: COLOURS.grey },
    ...special,
  };
}

/** Text at a point of the picture; on a logarithmic axis the coordinate is the logarithm. */
export function label(text: string, x: number, y: number, special: object = {}): object {
  return { text, x, y, showarrow: false, font: { size: SMALL, color: INK }, xanchor: 'left', ...special };
}

/**
 * How far labels that want to stand at `places` (px) must be moved so that none is nearer than `gap` to the next:
 * those that would meet stand around the middle of where they want to be, in their order.
 */
export function spread(places: readonly number[], gap: number): number[] {
  const order = places.map((_, i) => i).toSorted((a, b) => places[a]! - places[b]!);
  const clusters: { members: number[]; start: number }[] = [];
  for (const i of order) {
    let cluster = { members: [i], start: places[i]! };
    for (let last = clusters.at(-1); last !== undefined; last = clusters.at(-1)) {
      if (last.start + gap * last.members.length <= cluster.start) break;
      const members = [...last.members, ...cluster.members];
      const wanted = members.reduce((sum, m, k) => sum + places[m]! - gap * k, 0) / members.length;
      clusters.pop();
      cluster = { members, start: wanted };
    }
    clusters.push(cluster);
  }
  const shifts = places.map(() => 0);
  for (const { members, start } of clusters) {
    members.forEach((m, k) => {
      shifts[m] = start + gap * k - places[m]!;
    });
  }
  return shifts;
}

/** The layout that all pictures share. */
export function frame(width: number, height: number, special: object): Picture['layout'] {
  return {
    width,
    height,
    paper_bgcolor: '#ffffff',
    plot_bgcolor: '#ffffff',
    font: { size: FONT_SIZE, color: INK },
    margin: { l: 46, r: 8, t: 8, b: 34, pad: 0 },
    showlegend: false,
    legend: {
      orientation: 'h',
      x: 0,
      y: 1.02,
      yanchor: 'bottom',
      xanchor: 'left',
      font: { size: SMALL },
      itemwidth: 30,
      bgcolor: 'rgba(255,255,255,0)',
    },
    ...special,
  };
}
