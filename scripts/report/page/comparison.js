/**
 * The comparison: a measure against an axis or another measure, coloured by an axis, in panels by another, with the
 * intervals and single runs that the reader asks for; and the table of the points that are shown.
 */
import { axis, faded, frame, seriesStyle } from './theme.js';
import {
  escapeText,
  estimateText,
  intervalText,
  intervalWords,
  lastPart,
  numberText,
  titleOf,
} from './words.js';

/** More values of a colour axis than this are a scale of colour where they are numbers, not names. */
const MOST_NAMES = 8;
/** More points than this in one colour have paler intervals, so that the means are seen. */
const MANY = 40;
/** More marks of single runs than this make a browser slow: they are left out and the caption says so. */
const MOST_SINGLE = 4000;

/** Points whose axes have the values at which the view holds them, by index. */
export function shownPoints(data, view) {
  return data.points.flatMap((point, k) =>
    view.fixed.every((value, a) => value < 0 || point.at[a] === value) ? [k] : [],
  );
}

/**
 * Traces, layout, and what the caption must say. `view`: measure (index of y), x ({axis} or {measure}, null: the
 * scenario alone), colour and facet (axes, -1: none), fixed (by axis: index of the value it is held at, -1: all),
 * interval and runs (what is drawn of the spread), bars, logX, logY, chosen (point, -1: none). `single`: values of
 * single runs, null before they are unpacked.
 */
export function comparisonFigure(data, single, view, theme) {
  const shown = shownPoints(data, view);
  const y = measureSide(data, single, view.measure);
  const x = acrossSide(data, single, view.x);
  const drawn = shown.filter((k) => y.at(k) !== null && x.at(k) !== null);
  const panels = panelsOf(data, view, drawn);
  const by = data.axes[view.colour];
  const scale = by !== undefined && by.numbers !== null && by.values.length > MOST_NAMES;
  const groups = by === undefined || scale ? [-1] : by.values.map((_, v) => v);
  const logX = view.logX && x.numeric;
  const bars = view.bars && !x.numeric && !view.logY && !crowded(data, view, drawn, x, scale);
  const runs = view.runs && y.runs !== null && (x.measure === undefined || x.runs !== null);
  const marks = runs ? drawn.reduce((sum, k) => sum + y.runs(k).length, 0) : 0;
  const dress = { data, view, theme, x, y, bars, scale, by, small: panels.length > 1 };
  const named = new Set();
  const traces = panels.flatMap(({ points }, p) =>
    groups.flatMap((value, g) => {
      const own = value < 0 ? points : points.filter((k) => data.points[k].at[view.colour] === value);
      if (own.length === 0) return [];
      const first = value >= 0 && !named.has(g);
      named.add(g);
      const about = { ...dress, panel: p, group: g, value, first, points: own, style: seriesStyle(g, theme) };
      const single = runs && marks <= MOST_SINGLE ? [runsTrace(about)] : [];
      return [...single, pointsTrace(about)];
    }),
  );
  const names = traces.filter((trace) => trace.showlegend).map((trace) => trace.name);
  const layout = layoutOf(dress, panels, names, logX, drawn);
  const notes = [
    ...(shown.length > drawn.length
      ? [`${shown.length - drawn.length} of ${shown.length} points have no such measure and are not drawn.`]
      : []),
    ...(shown.length === 0 ? ['No point has these values.'] : []),
    ...(view.runs && y.runs === null && data.withoutSingle !== null
      ? [`Single runs of this measure cannot be drawn: ${data.withoutSingle}.`]
      : []),
    ...(runs && marks > MOST_SINGLE
      ? [`Single runs are left out: ${numberText(marks)} marks, more than ${numberText(MOST_SINGLE)}.`]
      : []),
  ];
  return { traces, layout, shown, drawn, notes };
}

/** Highest by lowest of what a side of the chart shows; 0 where a log scale is none of its uses. */
export function axisSpan(data, shown, side) {
  const values =
    side?.measure === undefined
      ? (data.axes[side?.axis]?.numbers ?? [])
      : shown.flatMap((k) => data.points[k].estimates[side.measure]?.[0] ?? []);
  return values.length > 0 && values.every((value) => value > 0)
    ? Math.max(...values) / Math.min(...values)
    : 0;
}

/** A measure as a side of the chart: where a point lies, how far its interval reaches, its single runs. */
function measureSide(data, single, index) {
  const measure = data.measures[index];
  const kept = single === null ? -1 : single.measures.indexOf(index);
  return {
    measure,
    numeric: true,
    title: titleOf(measure),
    at: (k) => data.points[k].estimates[index]?.[0] ?? null,
    estimate: (k) => data.points[k].estimates[index],
    // Undefined where there is no interval: zero would be drawn as one.
    below: (k) => data.points[k].estimates[index]?.[1] ?? undefined,
    above: (k) => data.points[k].estimates[index]?.[2] ?? undefined,
    runs: kept < 0 ? null : (k) => single.values[k]?.[kept] ?? [],
  };
}

/** What lies across: a measure, an axis of numbers in the unit that suits them, or an axis of names. */
function acrossSide(data, single, x) {
  if (x?.measure !== undefined) return measureSide(data, single, x.measure);
  if (x === null) {
    return { numeric: false, title: '', categories: ['the scenario'], at: () => 'the scenario' };
  }
  const across = data.axes[x.axis];
  const place = (k) => data.points[k].at[x.axis];
  if (across.numbers === null) {
    const categories = across.values.map(escapeText);
    return { numeric: false, title: across.path, categories, at: (k) => categories[place(k)] };
  }
  const { name: suffix, size } = across.unit;
  const positions = across.numbers.map((number) => number / size);
  return { numeric: true, title: across.path, across, suffix, positions, at: (k) => positions[place(k)] };
}

/** Points by the values of the facet axis; one panel where there is none. */
function panelsOf(data, view, points) {
  const by = data.axes[view.facet];
  if (by === undefined) return [{ title: '', points }];
  return by.values.flatMap((text, v) => {
    const own = points.filter((k) => data.points[k].at[view.facet] === v);
    return own.length === 0 ? [] : [{ title: `${lastPart(by.path)} ${text}`, points: own }];
  });
}

/** True where two points of one colour and panel stand at one place of the x axis, so that bars would hide bars. */
function crowded(data, view, points, x, scale) {
  const places = points.map((k) => {
    const { at } = data.points[k];
    return JSON.stringify([x.at(k), scale ? -1 : (at[view.colour] ?? -1), at[view.facet] ?? -1]);
  });
  return new Set(places).size < places.length;
}

function axesOf(panel) {
  const suffix = panel === 0 ? '' : String(panel + 1);
  return { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
}

function pointsTrace({
  data,
  view,
  theme,
  x,
  y,
  bars,
  scale,
  by,
  small,
  panel,
  group,
  value,
  first,
  points,
  style,
}) {
  const ordered =
    x.numeric && x.measure === undefined ? [...points].sort((p, q) => x.at(p) - x.at(q)) : points;
  const places = ordered.map(x.at);
  const joined =
    x.numeric && x.measure === undefined && new Set(places).size === places.length && !data.design;
  const chosen = ordered.map((k) => k === view.chosen);
  const colour = scale ? theme.muted : style.colour;
  const error = (side) => ({
    type: 'data',
    symmetric: false,
    array: ordered.map(side.above),
    arrayminus: ordered.map(side.below),
    color: bars ? theme.ink : ordered.length > MANY ? faded(colour) : colour,
    thickness: 1.5,
    width: ordered.length > MANY || small ? 2 : 5,
  });
  const ring = {
    color: chosen.map((is) => (is ? theme.ink : bars ? theme.ground : scale ? theme.muted : colour)),
    width: chosen.map((is) => (is ? 3 : 1)),
  };
  const shared = {
    name: escapeText(value < 0 ? y.measure.label : `${lastPart(by.path)} ${by.values[value]}`),
    legendgroup: String(group),
    showlegend: first,
    legendrank: 1000 + group,
    ...axesOf(panel),
    x: places,
    y: ordered.map(y.at),
    customdata: ordered,
    text: ordered.map((k) => hoverText(data.points[k], y, x, k)),
    hovertemplate: '%{text}<extra></extra>',
    ...(view.interval ? { error_y: error(y) } : {}),
    ...(view.interval && x.measure !== undefined ? { error_x: error(x) } : {}),
  };
  if (bars) {
    return {
      ...shared,
      type: 'bar',
      textposition: 'none',
      offsetgroup: String(group),
      marker: {
        color: style.colour,
        line: ring,
        pattern: {
          shape: style.pattern,
          fillmode: 'overlay',
          fgcolor: theme.ground,
          fgopacity: 0.55,
          size: 7,
          solidity: 0.2,
        },
      },
    };
  }
  const size = ordered.length > 100 || small ? 7 : 10;
  return {
    ...shared,
    type: 'scatter',
    mode: joined ? 'lines+markers' : 'markers',
    ...(x.numeric ? {} : { offsetgroup: String(group) }),
    marker: {
      ...(scale
        ? {
            color: ordered.map((k) => colourNumber(by, data.points[k].at[view.colour])),
            coloraxis: 'coloraxis',
          }
        : { color: style.colour }),
      symbol: scale ? 'circle' : style.symbol,
      size: chosen.map((is) => (is ? size + 6 : size)),
      line: ring,
      opacity: 1,
    },
    line: { color: style.colour, dash: style.dash, width: 2 },
  };
}

function colourNumber(by, value) {
  return by.numbers[value] / by.unit.size;
}

/** The single runs of a group's points: small, pale, beneath the means. */
function runsTrace({ data, x, y, theme, scale, bars, panel, group, points, style }) {
  const marks = points.flatMap((k) => {
    const across = x.measure === undefined ? null : x.runs(k);
    return y.runs(k).flatMap((value, r) => {
      const at = across === null ? x.at(k) : across[r];
      return value === null || at === null ? [] : [{ k, r, value, at }];
    });
  });
  return {
    type: 'scatter',
    mode: 'markers',
    ...axesOf(panel),
    name: 'single runs',
    legendgroup: String(group),
    showlegend: false,
    ...(x.numeric ? {} : { offsetgroup: String(group) }),
    x: marks.map(({ at }) => at),
    y: marks.map(({ value }) => value),
    customdata: marks.map(({ k }) => k),
    text: marks.map(
      ({ k, r, value }) =>
        `<b>${escapeText(data.points[k].label)}</b><br>replication ${r}: ${numberText(value)} ${unitText(y.measure)}`,
    ),
    hovertemplate: '%{text}<extra></extra>',
    marker: {
      color: scale || bars ? theme.ink : style.colour,
      size: 4,
      opacity: 0.45,
      symbol: 'circle',
      line: { width: 0 },
    },
  };
}

function unitText(measure) {
  return measure.unit === '1' ? '' : escapeText(measure.unit);
}

function hoverText(point, y, x, k) {
  const sides = [y, ...(x.measure === undefined ? [] : [x])].map(({ measure, estimate }) => {
    const [mean] = estimate(k);
    return `${escapeText(measure.label)} ${numberText(mean)} ${intervalWords(estimate(k))} ${unitText(measure)}`;
  });
  return `<b>${escapeText(point.label)}</b><br>${sides.join('<br>')}<br>n = ${y.estimate(k)[3]}, point ${k}`;
}

function layoutOf({ view, theme, x, y, bars, scale, by }, panels, names, logX, drawn) {
  const left = 82;
  const right = scale ? (theme.narrow ? 64 : 84) : 20;
  const inner = theme.width - left - right;
  const columns = Math.max(1, Math.min(panels.length, Math.floor(inner / (theme.narrow ? 300 : 235))));
  const lines = Math.ceil(panels.length / columns);
  const gap = columns === 1 ? 0 : 26;
  const width = (inner - gap * (columns - 1)) / columns;
  // Labels that are wider than their share of the axis are written aslant, with room beneath.
  const longest = 7.4 * Math.max(0, ...(x.categories ?? []).map((value) => value.length));
  const aslant = !x.numeric && longest > width / (x.categories.length || 1) - 8;
  const below = aslant ? Math.min(170, 0.65 * longest) : 0;
  const title = panels.length > 1 ? 26 : 0;
  const step = panels.length > 1 ? (theme.narrow ? 190 : 220) : theme.narrow ? 274 : 334;
  const height = lines * step + (lines - 1) * 14;
  const layout = frame(theme, names, height + 56 + below, left, {
    barmode: 'group',
    scattermode: x.numeric ? 'overlay' : 'group',
    // A bar alone need not fill the chart; single runs stand in the same places as bars.
    bargap: 1 - Math.min(0.75, 0.2 + 0.15 * (x.categories?.length ?? 1)),
    scattergap: bars ? 1 - Math.min(0.75, 0.2 + 0.15 * (x.categories?.length ?? 1)) : 0.4,
    annotations: [],
    hovermode: 'closest',
  });
  layout.margin.b += below;
  layout.margin.r = right;
  if (names.length > 0) layout.showlegend = true;
  if (scale) layout.coloraxis = colourBar(by, theme);
  const ranges = { x: logRange(drawn, x, view), y: logRange(drawn, y, view) };
  for (const [p, panel] of panels.entries()) {
    const column = p % columns;
    const line = Math.floor(p / columns);
    const pair = axesOf(p);
    const key = (name) => `${name[0]}axis${name.slice(1)}`;
    const across = [(column * (width + gap)) / inner, (column * (width + gap) + width) / inner];
    const up = 1 - (line * (step + 14)) / height;
    const domain = [Math.max(0, up - step / height), up - title / height];
    const bottom = p + columns >= panels.length;
    layout[key(pair.xaxis)] = axis(theme, '', {
      ...(x.numeric
        ? numericAxis(x, logX, width, ranges.x)
        : {
            type: 'category',
            categoryorder: 'array',
            categoryarray: x.categories,
            range: [-0.5, x.categories.length - 0.5],
          }),
      showgrid: x.numeric,
      tickangle: aslant ? -40 : 0,
      domain: across,
      anchor: pair.yaxis,
      showticklabels: bottom,
      ...(p === 0 ? {} : { matches: 'x' }),
    });
    layout[key(pair.yaxis)] = axis(theme, '', {
      ...(view.logY ? logAxis(ranges.y) : { rangemode: view.bars && !x.measure ? 'tozero' : 'normal' }),
      domain,
      anchor: pair.xaxis,
      showticklabels: column === 0,
      ...(p === 0 ? {} : { matches: 'y' }),
    });
    if (title > 0) layout.annotations.push(panelTitle(panel.title, across, domain[1]));
  }
  if (panels.length > 0) titles(layout, theme, panels.length, x.title, y.title, below);
  return layout;
}

function panelTitle(text, across, y) {
  return {
    text: `<b>${escapeText(text)}</b>`,
    xref: 'paper',
    yref: 'paper',
    x: across[0],
    xanchor: 'left',
    y,
    yanchor: 'bottom',
    showarrow: false,
    font: { size: 12 },
  };
}

/** The titles of both axes: the chart's own with one panel, common to all with several. */
function titles(layout, theme, panels, x, y, below) {
  if (panels === 1) {
    layout.xaxis.title.text = escapeText(x);
    layout.yaxis.title.text = escapeText(y);
    return;
  }
  const common = { xref: 'paper', yref: 'paper', showarrow: false, font: { size: 13, color: theme.ink } };
  layout.annotations.push(
    { ...common, text: escapeText(x), x: 0.5, xanchor: 'center', y: 0, yanchor: 'top', yshift: -26 - below },
    { ...common, text: escapeText(y), x: 0, xanchor: 'right', y: 0.5, textangle: -90, xshift: -60 },
  );
}

function colourBar(by, theme) {
  return {
    colorscale: 'Cividis',
    colorbar: {
      title: { text: escapeText(lastPart(by.path)), side: 'top', font: { size: 12 } },
      thickness: 12,
      ticksuffix: by.unit.name,
      outlinewidth: 0,
      tickcolor: theme.muted,
      len: 0.9,
    },
  };
}

/** Type and ticks of an axis of numbers: the values of an axis where there is room for them, else round numbers. */
function numericAxis(x, log, width, range) {
  if (x.measure !== undefined) return log ? logAxis(range) : { type: 'linear' };
  const place = log ? Math.log10 : (value) => value;
  const [low, high] = [Math.min(...x.positions), Math.max(...x.positions)].map(place);
  const room = 14 + 7.2 * Math.max(...x.across.values.map((text) => text.length));
  let last = Number.NEGATIVE_INFINITY;
  const kept = x.positions.flatMap((position, i) => {
    const pixel = high === low ? 0 : ((place(position) - low) / (high - low)) * (width - 30);
    if (pixel - last < room) return [];
    last = pixel;
    return [i];
  });
  const type = log ? 'log' : 'linear';
  if (!log && x.positions.length > 12) return { type, ticksuffix: x.suffix, nticks: Math.max(3, width / 70) };
  return {
    type,
    tickvals: kept.map((i) => x.positions[i]),
    ticktext: kept.map((i) => escapeText(x.across.values[i])),
  };
}

/** Lowest and highest of what is drawn above zero. */
function logRange(points, side, view) {
  if (side.measure === undefined) return [1, 10];
  const all = points.flatMap((k) => {
    const mean = side.at(k);
    return [
      mean,
      ...(view.interval ? [mean - (side.below(k) ?? 0), mean + (side.above(k) ?? 0)] : []),
      ...(view.runs && side.runs !== null ? side.runs(k) : []),
    ];
  });
  const above = all.filter((value) => value > 0);
  return above.length === 0 ? [1, 10] : [Math.min(...above), Math.max(...above)];
}

/** A log axis with ticks at 1, 2 and 5 times powers of ten, or at the powers alone where these are many. */
function logAxis([low, high]) {
  const steps = Math.log10(high / low) > 3 ? [1] : [1, 2, 5];
  const tickvals = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const each of steps) tickvals.push(Number((each * 10 ** power).toPrecision(6)));
  }
  return { type: 'log', tickvals, ticktext: tickvals.map(numberText) };
}

/** Columns and rows of the table beneath the chart, a row for each of `shown`. */
export function comparisonTable(data, view, shown) {
  const axes = data.axes.map((each) => ({ title: each.path, numeric: each.numbers !== null }));
  const measures = tableMeasures(data, view);
  const single = measures.length === 1;
  const columns = [
    { title: 'point', numeric: true },
    ...axes,
    ...(single
      ? [
          { title: 'mean', numeric: true },
          { title: '± 95 %', numeric: true },
          { title: 'n', numeric: true },
          { title: 'unit' },
        ]
      : [
          ...measures.map((m) => ({ title: titleOf(data.measures[m]), numeric: true })),
          { title: 'n', numeric: true },
        ]),
  ];
  const rows = shown.map((k) => {
    const point = data.points[k];
    const keys = data.axes.map((a, i) => ({
      text: a.values[point.at[i]],
      sort: a.numbers ? a.numbers[point.at[i]] : a.values[point.at[i]],
    }));
    return [
      { text: String(k), sort: k },
      ...keys,
      ...(single
        ? cellsOf(data, point, measures[0])
        : [...measures.map((m) => wholeCell(point.estimates[m])), countCell(point.estimates[view.measure])]),
    ];
  });
  return { columns, rows };
}

/** What the table shows: the measures asked for, or those of the chart. */
export function tableMeasures(data, view) {
  const drawn = [view.measure, ...(view.x?.measure === undefined ? [] : [view.x.measure])];
  if (!view.all) return drawn;
  const asked = data.measures.flatMap((m, i) => (m.asked ? [i] : []));
  return [...asked, ...drawn.filter((m) => !asked.includes(m))];
}

/** A cell that is empty and comes last, whichever way it is sorted. */
const NOTHING = { text: 'none', sort: null };

function cellsOf(data, point, m) {
  const estimate = point.estimates[m];
  const { unit } = data.measures[m];
  if (!estimate) return [NOTHING, NOTHING, countCell(estimate), unit];
  const [mean, below, above] = estimate;
  return [
    { text: numberText(mean), sort: mean },
    below === null ? NOTHING : { text: intervalText(below, above), sort: below + above },
    countCell(estimate),
    unit,
  ];
}

function countCell(estimate) {
  const n = estimate?.[3] ?? 0;
  return { text: String(n), sort: n };
}

function wholeCell(estimate) {
  return estimate ? { text: estimateText(estimate), sort: estimate[0] } : NOTHING;
}
