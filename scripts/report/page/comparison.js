/** The comparison: one measure by point, the axes of the experiment as x and colour, 95 % intervals. */
import { axis, frame, seriesStyle } from './theme.js';
import { escapeText, intervalText, numberText, titleOf } from './words.js';

/**
 * Traces and layout. `view`: measure, x and colour (indices; -1 is none), fixed (by axis: index of the value that
 * the others are held at), bars (else points, whose axis need not begin at zero).
 */
export function comparisonFigure(data, view, theme) {
  const measure = data.measures[view.measure];
  const across = data.axes[view.x];
  const by = view.colour === view.x ? undefined : data.axes[view.colour];
  const numeric = across?.numbers;
  const shown = data.points.filter((point) =>
    data.axes.every((_, i) => i === view.x || (by && i === view.colour) || point.at[i] === view.fixed[i]),
  );
  const groups = by ? by.values.map((_, v) => shown.filter((p) => p.at[view.colour] === v)) : [shown];
  const traces = groups.map((points, g) => {
    const style = seriesStyle(g, theme);
    const order = numeric
      ? [...points].sort((p, q) => numeric[p.at[view.x]] - numeric[q.at[view.x]])
      : points;
    const estimates = order.map((p) => p.estimates[view.measure]);
    const name = by ? `${lastPart(by.path)} ${by.values[g]}` : measure.label;
    const shared = {
      name: escapeText(name),
      x: order.map((p) =>
        numeric ? numeric[p.at[view.x]] : across ? escapeText(across.values[p.at[view.x]]) : 'scenario',
      ),
      y: estimates.map((e) => (e ? e[0] : null)),
      text: order.map((p, i) => estimateHover(p, estimates[i], measure)),
      hovertemplate: '%{text}<extra></extra>',
      textposition: 'none',
      error_y: {
        type: 'data',
        // Undefined where there is no interval: zero would be drawn as one.
        array: estimates.map((e) => e?.[1] ?? undefined),
        color: theme.ink,
        thickness: 1.5,
        width: 5,
      },
    };
    if (view.bars && !numeric) {
      return {
        ...shared,
        type: 'bar',
        marker: {
          color: style.colour,
          line: { color: theme.ground, width: 1 },
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
    return {
      ...shared,
      type: 'scatter',
      mode: numeric ? 'lines+markers' : 'markers',
      ...(numeric ? {} : { offsetgroup: String(g) }),
      marker: { color: style.colour, symbol: style.symbol, size: 10 },
      line: { color: style.colour, dash: style.dash, width: 2 },
      error_y: { ...shared.error_y, color: style.colour },
    };
  });
  const span = numeric ? Math.max(...numeric) / Math.min(...numeric) : 0;
  const wide = numeric?.every((x) => x > 0) && span > 15;
  const ticks =
    numeric && numeric.length <= 12 ? { tickvals: numeric, ticktext: across.values.map(escapeText) } : {};
  // Labels that are wider than their share of the axis are written aslant, with room beneath.
  const left = 74;
  const longest = 7.4 * Math.max(0, ...(across?.values ?? []).map((value) => value.length));
  const aslant = !numeric && longest > (theme.width - left - 20) / (across?.values.length ?? 1);
  const below = aslant ? Math.min(170, 0.65 * longest) : 0;
  const names = traces.map((trace) => trace.name);
  const layout = frame(theme, names, (theme.narrow ? 330 : 390) + below, left, {
    barmode: 'group',
    scattermode: numeric ? 'overlay' : 'group',
    // A bar alone need not fill the chart.
    bargap: 1 - Math.min(0.75, 0.2 + 0.15 * (across?.values.length ?? 1)),
    scattergap: 0.4,
    xaxis: axis(theme, across ? escapeText(across.path) : '', {
      type: numeric ? (wide ? 'log' : 'linear') : 'category',
      showgrid: Boolean(numeric),
      tickangle: aslant ? -40 : 0,
      ...ticks,
    }),
    yaxis: axis(theme, escapeText(titleOf(measure)), { rangemode: view.bars ? 'tozero' : 'normal' }),
  });
  layout.margin.b += below;
  return { traces, layout, shown };
}

function estimateHover(point, estimate, measure) {
  if (!estimate) return '';
  const interval = estimate[1] === null ? 'no interval' : `± ${intervalText(estimate[1])}`;
  const unit = measure.unit === '1' ? '' : escapeText(measure.unit);
  return `<b>${escapeText(point.label)}</b><br>${numberText(estimate[0])} ${interval} ${unit}<br>n = ${estimate[2]}`;
}

function lastPart(path) {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Columns and rows of the table beneath the chart. */
export function comparisonTable(data, view) {
  const measure = data.measures[view.measure];
  const names = data.axes.length === 0 ? [{ title: 'point' }] : data.axes.map((a) => ({ title: a.path }));
  const columns = [
    ...names,
    { title: 'mean', numeric: true },
    { title: '± 95 %', numeric: true },
    { title: 'n', numeric: true },
    { title: 'unit' },
  ];
  const rows = data.points.flatMap((point) => {
    const estimate = point.estimates[view.measure];
    if (!estimate) return [];
    const keys =
      data.axes.length === 0
        ? [point.label]
        : data.axes.map((a, i) => ({
            text: a.values[point.at[i]],
            sort: a.numbers ? a.numbers[point.at[i]] : a.values[point.at[i]],
          }));
    return [
      [
        ...keys,
        { text: numberText(estimate[0]), sort: estimate[0] },
        { text: estimate[1] === null ? 'none' : intervalText(estimate[1]), sort: estimate[1] ?? -1 },
        { text: String(estimate[2]), sort: estimate[2] },
        measure.unit,
      ],
    ];
  });
  return { columns, rows };
}
