/**
 * Colours and the frame that all charts share. Okabe and Ito's palette, which readers with any colour vision tell
 * apart; every series differs in symbol, dash or pattern as well. Ink, grid and ground come from the style sheet, so
 * that light, dark and print are decided there alone.
 */

import { escapeText } from './words.js';

const OKABE_ITO = ['#0072B2', '#D55E00', '#009E73', '#E69F00', '#56B4E9', '#CC79A7'];
const SYMBOLS = ['circle', 'diamond', 'square', 'triangle-up', 'cross', 'star', 'x', 'triangle-down'];
const DASHES = ['solid', 'dash', 'dot', 'dashdot', 'longdash', 'longdashdot'];
const PATTERNS = ['', '/', 'x', '-', '\\', '+', '|', '.'];

/** The colours that the style sheet sets now, and how wide a chart is, in pixels. */
export function readTheme(width) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    ink: colour('--ink'),
    muted: colour('--muted'),
    grid: colour('--grid'),
    ground: colour('--ground'),
    raised: colour('--raised'),
    font: getComputedStyle(document.body).fontFamily,
    width,
    narrow: width < 560,
  };
}

/** Colour, symbol, dash and pattern of series `i`. */
export function seriesStyle(i, theme) {
  const colours = [...OKABE_ITO, theme.ink, '#F0E442'];
  return {
    colour: colours[i % colours.length],
    symbol: SYMBOLS[i % SYMBOLS.length],
    dash: DASHES[i % DASHES.length],
    pattern: PATTERNS[(i + Math.floor(i / colours.length)) % PATTERNS.length],
  };
}

/** A colour through which others are seen. `colour`: "#rrggbb". */
export function faded(colour) {
  return `${colour}59`;
}

/** Where a node's time goes, in the order in which it is stacked; colours by what it is. */
export function accountStyles(theme) {
  return {
    user: { label: 'user', colour: '#0072B2', pattern: '' },
    services: { label: 'services', colour: '#56B4E9', pattern: '' },
    crossings: { label: 'crossings', colour: '#D55E00', pattern: '/' },
    copies: { label: 'copies', colour: '#E69F00', pattern: '' },
    inflation: { label: 'path inflation', colour: '#F0E442', pattern: '\\', line: '#5c5f63' },
    sfi: { label: 'SFI', colour: '#CC79A7', pattern: 'x' },
    operations: { label: 'operations', colour: '#009E73', pattern: '' },
    owner: { label: 'owner', colour: theme.ink, pattern: '.' },
    waiting: { label: 'waiting', colour: '#8C8C8C', pattern: '-' },
    idle: { label: 'idle', colour: theme.grid, pattern: '' },
    down: { label: 'down', colour: theme.raised, pattern: 'x', line: theme.muted },
  };
}

/** A Plotly axis in the page's dress, with its title and what is special about it. */
export function axis(theme, title, special) {
  return {
    title: { text: title, standoff: 8, font: { size: 13 } },
    gridcolor: theme.grid,
    linecolor: theme.muted,
    zerolinecolor: theme.muted,
    tickcolor: theme.muted,
    automargin: false,
    ticks: 'outside',
    ticklen: 4,
    ...special,
  };
}

/**
 * The layout that all charts share. `names` are the legend's (none where there are fewer than two); it stands above
 * the chart in as many lines as it needs, for which `height` (of the rest) makes room. `left` is the room that the
 * labels of the y axis take, in pixels.
 */
export function frame(theme, names, height, left, special) {
  const longest = Math.max(...names.map((name) => name.length));
  const entry = Math.min(theme.width - 100, 8 + 6.7 * longest);
  const columns = Math.max(1, Math.floor((theme.width - left - 24) / (entry + 44)));
  const lines = names.length < 2 ? 0 : Math.ceil(names.length / columns);
  const top = 14 + 20 * lines;
  return {
    width: theme.width,
    height: height + top,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, size: 13, color: theme.ink },
    margin: { l: left, r: 20, t: top, b: 56 },
    hoverlabel: {
      bgcolor: theme.raised,
      bordercolor: theme.muted,
      font: { family: theme.font, color: theme.ink },
      align: 'left',
      namelength: -1,
    },
    showlegend: lines > 0,
    legend: {
      orientation: 'h',
      traceorder: 'normal',
      x: 0,
      xref: 'container',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      entrywidth: entry,
      font: { size: 12 },
    },
    // A finger that drags over a chart scrolls the page; a mouse that drags zooms.
    dragmode: matchMedia('(pointer: coarse)').matches ? false : 'zoom',
    ...special,
  };
}

/** More rows than this have no room for labels: the mouse and the table name them. */
const MOST_ROWS = 48;

/**
 * The y axis of a chart with a row per point. Where the page is narrow the labels stand above their rows, so that
 * the rows have its whole width. Gives the axis, the room at its left, the height of a row and the annotations.
 */
export function rowAxis(theme, labels) {
  const texts = labels.map(escapeText);
  const longest = Math.max(0, ...labels.map((label) => label.length));
  const many = labels.length > MOST_ROWS;
  const above = !many && (theme.narrow || longest * 7.4 > theme.width / 2);
  const y = axis(theme, '', {
    type: 'category',
    categoryorder: 'array',
    categoryarray: texts,
    range: [texts.length - 0.4, above ? -0.75 : -0.6],
    showticklabels: !above && !many,
    showgrid: !many,
    ticks: '',
  });
  const annotations = above
    ? texts.map((text) => ({
        xref: 'paper',
        x: 0,
        xanchor: 'left',
        y: text,
        yshift: 21,
        text,
        showarrow: false,
        font: { size: 12 },
      }))
    : [];
  const left = above || many ? 10 : 12 + 7.4 * longest;
  return { y, left, row: many ? 8 : above ? 50 : 33, annotations, many };
}
