/** Paired differences against the baseline: a dot and its interval per point, and the line where nothing differs. */
import { axis, frame, rowAxis } from './theme.js';
import { changeText, escapeText, intervalText } from './words.js';

/** How a judgement looks: never by colour alone. Without a colour of its own it is muted. */
const LOOKS = {
  better: { word: 'better', colour: '#0072B2', symbol: 'circle' },
  worse: { word: 'worse', colour: '#D55E00', symbol: 'diamond' },
  lower: { word: 'lower', colour: '#0072B2', symbol: 'circle' },
  higher: { word: 'higher', colour: '#D55E00', symbol: 'diamond' },
  none: { word: 'no difference shown', symbol: 'circle-open' },
  'no interval': { word: 'no interval', symbol: 'x-thin-open' },
};

/** Pairs of the measure that compare a point with another than itself. */
function pairsOf(data, measure) {
  return data.pairs.filter((pair) => pair.differences[measure] && pair.point !== pair.against);
}

/** Share of the baseline's mean that a difference is, in percent; null where that mean is zero or unknown. */
function percentOf(data, pair, measure) {
  const base = data.points[pair.against]?.estimates[measure]?.[0];
  return base ? (100 * pair.differences[measure][0]) / Math.abs(base) : null;
}

/** Traces and layout; `relative` draws differences in percent of the baseline's mean. */
export function pairedFigure(data, view, theme) {
  const measure = data.measures[view.measure];
  const pairs = pairsOf(data, view.measure);
  const relative = view.relative && pairs.every((pair) => percentOf(data, pair, view.measure) !== null);
  const scale = (pair, x) => {
    if (!relative) return x;
    return (100 * x) / Math.abs(data.points[pair.against].estimates[view.measure][0]);
  };
  const traces = Object.entries(LOOKS).flatMap(([judgement, look]) => {
    const colour = look.colour ?? theme.muted;
    const own = pairs.filter((pair) => pair.differences[view.measure][3] === judgement);
    if (own.length === 0) return [];
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name: look.word,
        y: own.map((pair) => escapeText(pair.label)),
        x: own.map((pair) => scale(pair, pair.differences[view.measure][0])),
        text: own.map((pair) => pairHover(data, pair, view.measure, look.word)),
        hovertemplate: '%{text}<extra></extra>',
        marker: { color: colour, symbol: look.symbol, size: 11, line: { color: colour, width: 2 } },
        error_x: {
          type: 'data',
          array: own.map((pair) => scale(pair, pair.differences[view.measure][1] ?? Number.NaN)),
          color: colour,
          thickness: 2.5,
          width: 6,
        },
      },
    ];
  });
  const unit = relative ? '% of the baseline' : measure.unit;
  const title =
    unit === '' || unit === '1'
      ? `difference in ${measure.label}`
      : `difference in ${measure.label} (${unit})`;
  // One name more than there is: a single kind of verdict is named too.
  const names = [...traces.map((trace) => trace.name), ''];
  const rows = rowAxis(
    theme,
    pairs.map((pair) => pair.label),
  );
  const layout = frame(theme, names, Math.min(1600, 66 + rows.row * pairs.length), rows.left, {
    xaxis: axis(theme, escapeText(title), {
      zeroline: true,
      zerolinecolor: theme.ink,
      zerolinewidth: 2,
      rangemode: 'tozero',
    }),
    yaxis: rows.y,
    annotations: rows.annotations,
  });
  return { traces, layout, count: pairs.length };
}

function pairHover(data, pair, measure, word) {
  const [difference, ci95, n] = pair.differences[measure];
  const unit = data.measures[measure].unit === '1' ? '' : escapeText(data.measures[measure].unit);
  const interval = ci95 === null ? '' : ` ± ${intervalText(ci95)}`;
  return `<b>${escapeText(pair.label)}</b><br>against ${escapeText(pair.againstLabel)}<br>${changeText(difference)}${interval} ${unit}<br>${word}, n = ${n}`;
}

/** Columns and rows of the table beneath the chart. */
export function pairedTable(data, view) {
  const measure = data.measures[view.measure];
  const columns = [
    { title: 'point' },
    { title: 'difference', numeric: true },
    { title: '± 95 %', numeric: true },
    { title: '% of baseline', numeric: true },
    { title: measure.goal === 'neither' ? 'shows' : `shows (${measure.goal} is better)` },
    { title: 'against' },
    { title: 'n', numeric: true },
    { title: 'unit' },
  ];
  const rows = pairsOf(data, view.measure).map((pair) => {
    const [difference, ci95, n, judgement] = pair.differences[view.measure];
    const percent = percentOf(data, pair, view.measure);
    return [
      pair.label,
      { text: changeText(difference), sort: difference },
      { text: ci95 === null ? 'none' : intervalText(ci95), sort: ci95 ?? -1 },
      { text: percent === null ? '' : changeText(Number(percent.toPrecision(3))), sort: percent ?? 0 },
      { text: LOOKS[judgement].word, sort: LOOKS[judgement].word, kind: judgement },
      pair.againstLabel,
      { text: String(n), sort: n },
      measure.unit,
    ];
  });
  return { columns, rows };
}
