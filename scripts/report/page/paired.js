/** Paired differences against the baseline: a dot and its interval per point, and the line where nothing differs. */
import { axis, frame, rowAxis } from './theme.js';
import { changeText, escapeText, intervalText, intervalWords } from './words.js';

/** How a judgement looks: never by colour alone. Without a colour of its own it is muted. */
const LOOKS = {
  better: { word: 'better', colour: '#0072B2', symbol: 'circle' },
  worse: { word: 'worse', colour: '#D55E00', symbol: 'diamond' },
  lower: { word: 'lower', colour: '#0072B2', symbol: 'circle' },
  higher: { word: 'higher', colour: '#D55E00', symbol: 'diamond' },
  none: { word: 'no difference shown', symbol: 'circle-open' },
  'no interval': { word: 'no interval', symbol: 'x-thin-open' },
};

/** Pairs of the measure that compare one of the points shown with another than itself. */
export function pairsOf(data, view, shown) {
  const among = new Set(shown);
  return data.pairs.filter(
    (pair) => among.has(pair.point) && pair.differences[view.measure] && pair.point !== pair.against,
  );
}

/** Share of the baseline's mean that a difference is, in percent; null where that mean is zero or unknown. */
function percentOf(data, pair, measure) {
  const base = data.points[pair.against]?.estimates[measure]?.[0];
  return base ? (100 * pair.differences[measure][0]) / Math.abs(base) : null;
}

/** What stands in the place of a chart without pairs: with no rows it would have no height to be drawn in. */
const NO_PAIRS = 'The points shown are those of the baseline: choose others above.';

/** Traces and layout; `relative` draws differences in percent of the baseline's mean. */
export function pairedFigure(data, view, pairs, theme) {
  if (pairs.length === 0) {
    const place = { xref: 'paper', yref: 'paper', x: 0.5, y: 0.5 };
    const annotations = [{ ...place, text: NO_PAIRS, showarrow: false, font: { size: 13 } }];
    const hidden = { visible: false };
    return {
      traces: [],
      layout: frame(theme, [], 110, 20, { xaxis: hidden, yaxis: hidden, annotations }),
    };
  }
  const measure = data.measures[view.measure];
  const relative = view.relative && pairs.every((pair) => percentOf(data, pair, view.measure) !== null);
  const scale = (pair, x) => {
    if (!relative || x === null) return x ?? undefined;
    return (100 * x) / Math.abs(data.points[pair.against].estimates[view.measure][0]);
  };
  const rows = rowAxis(
    theme,
    pairs.map((pair) => pair.label),
  );
  const { many } = rows;
  const traces = Object.entries(LOOKS).flatMap(([judgement, look]) => {
    const colour = look.colour ?? theme.muted;
    const own = pairs.filter((pair) => pair.differences[view.measure][4] === judgement);
    if (own.length === 0) return [];
    const chosen = own.map((pair) => pair.point === view.chosen);
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name: look.word,
        y: own.map((pair) => escapeText(pair.label)),
        x: own.map((pair) => scale(pair, pair.differences[view.measure][0])),
        customdata: own.map((pair) => pair.point),
        text: own.map((pair) => pairHover(data, pair, view.measure, look.word)),
        hovertemplate: '%{text}<extra></extra>',
        marker: {
          color: colour,
          symbol: look.symbol,
          size: chosen.map((is) => (many ? 6 : 11) + (is ? 6 : 0)),
          line: {
            color: chosen.map((is) => (is ? theme.ink : colour)),
            width: chosen.map((is) => (is ? 3 : 2)),
          },
        },
        error_x: {
          type: 'data',
          symmetric: false,
          array: own.map((pair) => scale(pair, pair.differences[view.measure][2])),
          arrayminus: own.map((pair) => scale(pair, pair.differences[view.measure][1])),
          color: colour,
          thickness: many ? 1.5 : 2.5,
          width: many ? 2 : 6,
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
  const layout = frame(theme, names, Math.min(1600, 66 + rows.row * pairs.length), rows.left, {
    xaxis: axis(theme, escapeText(title), {
      zeroline: true,
      zerolinecolor: theme.ink,
      zerolinewidth: 2,
      rangemode: 'tozero',
    }),
    yaxis: rows.y,
    annotations: rows.annotations,
    hovermode: 'closest',
  });
  return { traces, layout };
}

function pairHover(data, pair, measure, word) {
  const difference = pair.differences[measure];
  const unit = data.measures[measure].unit === '1' ? '' : escapeText(data.measures[measure].unit);
  return `<b>${escapeText(pair.label)}</b><br>against ${escapeText(pair.againstLabel)}<br>${changeText(difference[0])} ${intervalWords(difference)} ${unit}<br>${word}, n = ${difference[3]}`;
}

function chanceText(p) {
  if (p === null) return '';
  return p < 0.001 ? '< 0.001' : String(Number(p.toPrecision(2)));
}

/** Columns and rows of the table beneath the chart. */
export function pairedTable(data, view, pairs) {
  const measure = data.measures[view.measure];
  const columns = [
    { title: 'point', numeric: true },
    { title: 'settings' },
    { title: 'difference', numeric: true },
    { title: '± 95 %', numeric: true },
    { title: '% of baseline', numeric: true },
    { title: 'p, Holm', numeric: true },
    { title: measure.goal === 'neither' ? 'shows' : `shows (${measure.goal} is better)` },
    { title: 'against' },
    { title: 'n', numeric: true },
    { title: 'unit' },
  ];
  const rows = pairs.map((pair) => {
    const [difference, below, above, n, judgement, p] = pair.differences[view.measure];
    const percent = percentOf(data, pair, view.measure);
    return [
      { text: String(pair.point), sort: pair.point },
      pair.label,
      { text: changeText(difference), sort: difference },
      below === null
        ? { text: 'none', sort: null }
        : { text: intervalText(below, above), sort: below + above },
      percent === null
        ? { text: '', sort: null }
        : { text: changeText(Number(percent.toPrecision(3))), sort: percent },
      { text: chanceText(p), sort: p },
      { text: LOOKS[judgement].word, sort: LOOKS[judgement].word, kind: judgement },
      pair.againstLabel,
      { text: String(n), sort: n },
      measure.unit,
    ];
  });
  return { columns, rows };
}
