/** Utilisation, nodes and jobs over time in three panels with one time axis; a second point may stand beside. */
import { axis, frame } from './theme.js';
import { escapeText, timeUnit } from './words.js';

const PANELS = [
  {
    axis: 'y',
    domain: [0.72, 1],
    title: 'utilisation (%)',
    lines: [{ name: 'utilisation', label: 'utilisation', colour: '#0072B2', scale: 100 }],
  },
  {
    axis: 'y2',
    domain: [0.36, 0.64],
    title: 'nodes',
    lines: [
      { name: 'idle_nodes', label: 'idle nodes', colour: '#009E73', scale: 1 },
      { name: 'owned_nodes', label: 'nodes with owner present', colour: '#CC79A7', scale: 1 },
    ],
  },
  {
    axis: 'y3',
    domain: [0, 0.28],
    title: 'jobs',
    lines: [
      { name: 'running_jobs', label: 'running jobs', colour: '#56B4E9', scale: 1 },
      { name: 'waiting_jobs', label: 'waiting jobs', colour: '#D55E00', scale: 1 },
    ],
  },
];

/**
 * Traces and layout of one timeline, or of two: the second one dotted. `momentOf(point)`: the time (s) that is shown of
 * a point's nodes, where one is, which has a line.
 */
export function seriesFigure(data, timelines, theme, momentOf = () => null) {
  const unit = timeUnit(Math.max(...timelines.map((t) => t.horizon_s)));
  const traces = timelines.flatMap((t, which) =>
    PANELS.flatMap((panel) =>
      panel.lines.flatMap((line) => {
        const values = t.series[line.name];
        if (!values) return [];
        const suffix = timelines.length > 1 ? ` · ${data.points[t.point].label}` : '';
        return [
          {
            type: 'scatter',
            mode: 'lines',
            name: escapeText(line.label + suffix),
            yaxis: panel.axis,
            // A bin's value holds from its start to its end.
            x: [
              ...values.map((_, i) => (i * t.bin_s) / unit.seconds),
              (values.length * t.bin_s) / unit.seconds,
            ],
            y: [...values, values.at(-1)].map((v) => v * line.scale),
            line: {
              color: line.colour,
              width: which === 0 ? 2 : 1.5,
              shape: 'hv',
              dash: which === 0 ? 'solid' : 'dot',
            },
            hovertemplate: `%{y:.4~r} ${escapeText(line.label)}<extra>${escapeText(suffix.slice(3))}</extra>`,
          },
        ];
      }),
    ),
  );
  const names = traces.map((trace) => trace.name);
  const layout = frame(theme, names, 600, 60, {
    hovermode: 'x unified',
    shapes: timelines.flatMap(({ point }) => {
      const moment = momentOf(point);
      if (moment === null) return [];
      const x = moment / unit.seconds;
      const line = { color: theme.ink, width: 1.5 };
      return [{ type: 'line', xref: 'x', yref: 'paper', x0: x, x1: x, y0: 0, y1: 1, line }];
    }),
    xaxis: axis(theme, `simulated time (${unit.name})`, { anchor: 'y3', hoverformat: '.4~r' }),
  });
  for (const panel of PANELS) {
    layout[panel.axis === 'y' ? 'yaxis' : `yaxis${panel.axis.slice(1)}`] = axis(theme, panel.title, {
      domain: panel.domain,
      rangemode: 'tozero',
      ...(panel.axis === 'y' ? { range: [0, 100] } : {}),
    });
  }
  return { traces, layout };
}
