/** Where the time of all nodes went: one stacked bar per point, as node-hours or as share of the whole. */
import { accountStyles, axis, frame, rowAxis, seriesStyle } from './theme.js';
import { escapeText, numberText } from './words.js';

/** Time in which a node worked for nobody's program. */
const NOT_BUSY = ['owner', 'waiting', 'idle', 'down'];

/** The accounts that the timelines have, known ones first in the order of the stack. */
function accountsOf(timelines, theme, busyOnly) {
  const styles = accountStyles(theme);
  const present = [...new Set(timelines.flatMap((t) => Object.keys(t.accounts_s)))];
  const known = Object.keys(styles).filter((name) => present.includes(name));
  const others = present.filter((name) => !(name in styles));
  const all = [...known, ...others].filter((name) => !(busyOnly && NOT_BUSY.includes(name)));
  return all.map((name, i) => {
    const spare = seriesStyle(i, theme);
    return { name, ...(styles[name] ?? { label: name, colour: spare.colour, pattern: spare.pattern }) };
  });
}

/** Values by timeline and account: node-hours, or percent of the accounts that are shown. */
function valuesOf(timelines, accounts, share) {
  return timelines.map((t) => {
    const seconds = accounts.map((a) => t.accounts_s[a.name] ?? 0);
    const sum = seconds.reduce((a, b) => a + b, 0);
    return seconds.map((s) => (share ? (sum === 0 ? 0 : (100 * s) / sum) : s / 3600));
  });
}

/** Traces and layout; `view.share` and `view.busyOnly` as the controls stand. */
export function accountsFigure(data, timelines, view, theme) {
  const accounts = accountsOf(timelines, theme, view.busyOnly);
  const values = valuesOf(timelines, accounts, view.share);
  const labels = timelines.map((t) => data.points[t.point].label);
  const unit = view.share ? '%' : 'node-hours';
  const traces = accounts.map((account, a) => ({
    type: 'bar',
    orientation: 'h',
    name: escapeText(account.label),
    y: labels.map(escapeText),
    x: values.map((row) => row[a]),
    text: values.map((row) => numberText(row[a])),
    textposition: 'none',
    hovertemplate: `<b>%{y}</b><br>${escapeText(account.label)}: %{text} ${unit}<extra></extra>`,
    marker: {
      color: account.colour,
      line: { color: theme.ground, width: 0.5 },
      pattern: {
        shape: account.pattern,
        fillmode: 'overlay',
        fgcolor: account.line ?? theme.ground,
        fgopacity: 0.6,
        size: 6,
        solidity: 0.25,
      },
    },
  }));
  const names = accounts.map((a) => a.label);
  const rows = rowAxis(theme, labels);
  const title = view.share ? `share of ${view.busyOnly ? 'busy' : 'all'} time (%)` : 'node-hours';
  const layout = frame(theme, names, Math.min(1600, 66 + rows.row * labels.length), rows.left, {
    barmode: 'stack',
    bargap: theme.narrow ? 0.5 : 0.25,
    xaxis: axis(theme, title, view.share ? { range: [0, 100] } : {}),
    yaxis: rows.y,
    annotations: rows.annotations,
  });
  return { traces, layout };
}

/** Columns and rows of the table beneath the chart. */
export function accountsTable(data, timelines, view, theme) {
  const accounts = accountsOf(timelines, theme, view.busyOnly);
  const values = valuesOf(timelines, accounts, view.share);
  const columns = [{ title: 'point' }, ...accounts.map((a) => ({ title: a.label, numeric: true }))];
  const rows = timelines.map((t, i) => [
    data.points[t.point].label,
    ...values[i].map((x) => ({ text: numberText(x), sort: x })),
  ]);
  return { columns, rows };
}
