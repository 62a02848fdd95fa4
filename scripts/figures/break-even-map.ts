/**
 * Calls per second of user CPU at which an SFI library and another structure tie, over the tax on user time, with
 * the loads that were published. Above a line the library is faster.
 *
 * Left out: service bodies and stubs (the lines are of a null service that the library answers itself); calls that
 * only the kernel can serve, for which the library saves nothing: real loads lie lower than they are drawn.
 * Source: models/os; the mixes of models/presets/mixes.ts; section 4 of Wahbe et al. 1993 for the overheads.
 */
import { breakEven } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Machine } from '../../models/presets/machines.ts';
import { MIXES } from '../../models/presets/mixes.ts';
import { MEAN_OVERHEAD } from '../../models/presets/sfi-programs.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { traceName } from './cpu-by-structure.ts';
import type { Picture } from './draw.ts';
import type { Figure, PublishedRow, Row, Verdict } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import {
  axis,
  countText,
  frame,
  GRID,
  INK,
  label,
  logAxis,
  MUTED,
  PAGE,
  percentText,
  SMALL,
  spread,
  styleOf,
} from './style.ts';

/** Taxes on user time at which the lines are computed, per cent. */
const TAXES = [0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25];

/** Rows of a map: a library against others on a machine; `tax` is the one at which the loads stand, per cent. */
export function mapRows(machine: Machine, library: string, against: readonly string[], tax: number): Row[] {
  return against.flatMap((other) =>
    [...new Set([...TAXES, tax])]
      .toSorted((a, b) => a - b)
      .map((overhead) => ({
        kind: 'line',
        name: other,
        machine: machine.name,
        overhead_percent: overhead,
        calls_per_user_s: breakEven(machine, library, other, { sfi: { overhead: overhead / 100 } }).null.rate,
      })),
  );
}

/** A row for a load. */
export const loadRow = (name: string, machine: string, tax: number, rate: number): Row => ({
  kind: 'load',
  name,
  machine,
  overhead_percent: tax,
  calls_per_user_s: rate,
});

/** Rows for the traces of an experiment that varies them. */
export function traceLoads(summary: Summary, tax: number): Row[] {
  return summary.points.map(({ params, measures }) =>
    loadRow(
      `${traceName(String(params['services.trace']))}, traced`,
      'any',
      tax,
      measures['calls_per_user_s']!.mean,
    ),
  );
}

export const MAP_COLUMNS = {
  kind: 'line: the rate at which both tie; load: a rate that was measured',
  name: 'the structure that the library is compared with; the load',
  machine: 'machine preset whose prices hold',
  overhead_percent: 'tax on user time',
  calls_per_user_s: 'service calls per second of user CPU time',
};

/** The tie at a tax, by structure. */
export function tiesAt(rows: readonly Row[], tax: number): Map<string, number> {
  return new Map(
    where(rows, { kind: 'line', overhead_percent: tax }).map((r) => [
      textOf(r, 'name'),
      numberOf(r, 'calls_per_user_s'),
    ]),
  );
}

/** Which loads lie above the line of each structure. */
export function mapVerdict(rows: readonly Row[], tax: number, kernel: string): Verdict {
  const loads = where(rows, { kind: 'load' });
  const above = [...tiesAt(rows, tax)].map(([name, tie]) => ({
    name,
    tie,
    loads: loads.filter((r) => numberOf(r, 'calls_per_user_s') > tie).map((r) => textOf(r, 'name')),
  }));
  const pays = (name: string) => above.find((a) => a.name === name)!.loads.length > loads.length / 2;
  const others = above.filter((a) => a.name !== kernel);
  const texts = above.map(
    ({ name, tie, loads: over }) =>
      `${styleOf(name).label} from ${countText(Number(tie.toPrecision(3)))} calls/s (${over.length} of ${loads.length} loads${
        over.length > 0 && over.length < loads.length ? `: ${over.join(', ')}` : ''
      })`,
  );
  return {
    holds: pays(kernel) ? 'holds' : others.some((o) => pays(o.name)) ? 'holds in part' : 'does not hold',
    because: `at a tax of ${percentText(tax / 100)} on all user code the library is faster than ${texts.join('; ')}`,
  };
}

/** The map as a picture: lines are named at the right, loads beside their points, so far apart that each can be read. */
export function mapPicture(
  rows: readonly Row[],
  bands: readonly PublishedRow[],
  special: { readonly most: number; readonly from: number },
): Picture {
  const { most, from } = special;
  const dearest = Math.max(...rows.map((r) => numberOf(r, 'calls_per_user_s')));
  const to = 2 * dearest;
  const [width, height, margin] = [PAGE, 320, { l: 70, r: 126, t: 8, b: 34 }];
  const pixels = (height - margin.t - margin.b) / Math.log10(to / from);
  const names = [...new Set(where(rows, { kind: 'line' }).map((r) => textOf(r, 'name')))];
  const lines = names.map((name) => {
    const own = where(rows, { kind: 'line', name }).filter((r) => numberOf(r, 'overhead_percent') <= most);
    const { colour, dash } = styleOf(name);
    return {
      type: 'scatter',
      mode: 'lines',
      name: `as fast as ${styleOf(name).label}`,
      x: own.map((r) => numberOf(r, 'overhead_percent')),
      y: own.map((r) => numberOf(r, 'calls_per_user_s')),
      line: { color: colour, dash, width: 1.6 },
    };
  });
  const loads = where(rows, { kind: 'load' });
  const points = {
    type: 'scatter',
    mode: 'markers',
    x: loads.map((r) => numberOf(r, 'overhead_percent')),
    y: loads.map((r) => numberOf(r, 'calls_per_user_s')),
    hovertext: loads.map((r) => textOf(r, 'name')),
    marker: { symbol: 'circle', size: 6, color: '#ffffff', line: { color: INK, width: 1.3 } },
  };
  const ends = lines.map(({ x, y }) => ({ x: x[x.length - 1]!, y: Math.log10(y[y.length - 1]!) }));
  const lineShifts = spread(
    ends.map(({ y }) => y * pixels),
    12,
  );
  const heights = loads.map((r) => Math.log10(numberOf(r, 'calls_per_user_s')));
  const loadShifts = spread(
    heights.map((y) => y * pixels),
    11,
  );
  return {
    data: [...lines, points],
    layout: frame(width, height, {
      margin,
      xaxis: axis('tax on user time, h (%)', { range: [0, most], dtick: 5 }),
      yaxis: logAxis('calls per second of user CPU', from, to, countText),
      shapes: bands.map((band) => ({
        type: 'rect',
        layer: 'below',
        x0: numberOf(band, 'low'),
        x1: numberOf(band, 'high'),
        y0: 0,
        y1: 1,
        yref: 'paper',
        fillcolor: GRID,
        line: { width: 0 },
      })),
      annotations: [
        ...ends.map(({ x, y }, i) =>
          leader(styleOf(names[i]!).label, x, y, 12, lineShifts[i]!, styleOf(names[i]!).colour),
        ),
        ...loads.map((r, i) =>
          leader(textOf(r, 'name'), numberOf(r, 'overhead_percent'), heights[i]!, 14, loadShifts[i]!, INK, 4),
        ),
        ...bands.map((band) =>
          label(
            textOf(band, 'label').replace('|', '<br>'),
            (numberOf(band, 'low') + numberOf(band, 'high')) / 2,
            0.005,
            {
              yref: 'paper',
              xanchor: 'center',
              yanchor: 'bottom',
              font: { size: SMALL, color: MUTED },
            },
          ),
        ),
      ],
    }),
  };
}

/** Text `right` px beside a point and `up` px above it, with a thin line to it. */
function leader(
  text: string,
  x: number,
  y: number,
  right: number,
  up: number,
  colour: string,
  standoff = 0,
): object {
  return label(text, x, y, {
    showarrow: true,
    ax: right,
    ay: -up,
    arrowhead: 0,
    arrowwidth: 0.6,
    arrowcolor: colour,
    standoff,
    borderpad: 1,
    yanchor: 'middle',
    bgcolor: 'rgba(255,255,255,0.75)',
    font: { size: SMALL, color: colour },
  });
}

const MACHINE = 'r3000-40';
const AGAINST = ['in-kernel', 'interposition', 'microkernel-mach', 'user-server'];
const LOADS: Readonly<Record<string, string>> = {
  'low-rate': 'Taos, 5 h of work',
  'unix-1994': 'compiling, 1994',
  'call-heavy': 'Sequoia query 10',
};

export const breakEvenMap: Figure = {
  name: 'break-even-map',
  title: 'Where an SFI library pays',
  question:
    'How often must programs call before a library that taxes their user time beats another structure?',
  claim:
    'Functionality in a library protected by SFI performs as well as in the kernel, and better than in a server.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994',
  notes: [
    `Lines: a null service that the library answers itself, on ${MACHINE}. Above a line the library is faster. Calls that only the kernel can serve save nothing, so real loads lie lower than they are drawn.`,
    'Loads (rings) stand at the mean tax of sixteen programs, 4.3 %; most rates are per second elapsed, so they are lower bounds per second of user time, and they are used unscaled on this machine.',
    'Traced: the three samples of workloads/samples, captured today, with their user time multiplied by 65, the ratio of clocks of 2,600 MHz where they were traced and 40 MHz (an R3000 did less in a cycle, so they lie lower still).',
    'Shaded: the taxes that the paper claims, of recompiled programs and of patched binaries.',
  ],
  columns: MAP_COLUMNS,
  async rows({ published, run }) {
    const machine = loadMachine(MACHINE);
    const tax = MEAN_OVERHEAD.value;
    return [
      ...mapRows(machine, 'sfi-library', AGAINST, tax),
      ...traceLoads(await run(), tax),
      ...Object.entries(LOADS).map(([mix, name]) => loadRow(name, MACHINE, tax, MIXES[mix]!.rate.value)),
      ...published
        .filter((p) => p['calls_per_s'] !== '')
        .map((p) => loadRow(textOf(p, 'label'), MACHINE, tax, numberOf(p, 'calls_per_s'))),
    ];
  },
  verdict: (rows) => mapVerdict(rows, MEAN_OVERHEAD.value, 'in-kernel'),
  picture: (rows, published) =>
    mapPicture(
      rows,
      published.filter((p) => p['low'] !== ''),
      { most: 25, from: 5 },
    ),
};
