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
import type { Picture } from './draw.ts';
import type { Figure, PublishedRow, Row, Verdict } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import {
  axis,
  COLUMN,
  countText,
  frame,
  GRID,
  INK,
  label,
  logAxis,
  MUTED,
  percentText,
  SMALL,
  styleOf,
} from './style.ts';

/** Taxes on user time at which the lines are computed, per cent. */
const TAXES = [0.2, 0.5, 1, 1.5, 2, 3, 4, 4.3, 5, 6, 7, 8, 10, 12, 15, 20, 25];

/** Rows of a map: a library against others on a machine. */
export function mapRows(machine: Machine, library: string, against: readonly string[]): Row[] {
  return against.flatMap((other) =>
    TAXES.map((tax) => ({
      kind: 'line',
      name: other,
      machine: machine.name,
      overhead_percent: tax,
      calls_per_user_s: breakEven(machine, library, other, { sfi: { overhead: tax / 100 } }).rate,
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

/** The map as a picture; `shift` moves the labels of lines and loads where they would meet, px. */
export function mapPicture(
  rows: readonly Row[],
  bands: readonly PublishedRow[],
  special: {
    readonly width?: number;
    readonly height: number;
    readonly most: number;
    readonly from: number;
    readonly to: number;
    readonly shift?: Readonly<Record<string, number>>;
    /** Lines whose label stands below them. */
    readonly below?: readonly string[];
  },
): Picture {
  const { width = COLUMN, height, most, from, to, shift = {}, below = [] } = special;
  const names = [...new Set(where(rows, { kind: 'line' }).map((r) => textOf(r, 'name')))];
  const lines = names.map((name) => {
    const own = where(rows, { kind: 'line', name }).filter((r) => numberOf(r, 'overhead_percent') <= most);
    const { colour, dash } = styleOf(name);
    return {
      type: 'scatter',
      mode: 'lines',
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
    marker: { symbol: 'circle', size: 6, color: '#ffffff', line: { color: INK, width: 1.3 } },
  };
  const ends = lines.map(({ x, y }, i) => ({ name: names[i]!, x: x[x.length - 1]!, y: y[y.length - 1]! }));
  return {
    data: [...lines, points],
    layout: frame(width, height, {
      margin: { l: 52, r: 8, t: 8, b: 34 },
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
        ...ends.map(({ name, x, y }) =>
          label(styleOf(name).label, x, Math.log10(y), {
            xanchor: 'right',
            yanchor: below.includes(name) ? 'top' : 'bottom',
            yshift: shift[name] ?? 0,
            xshift: -3,
            font: { size: SMALL, color: styleOf(name).colour },
          }),
        ),
        ...loads.map((r) => {
          const name = textOf(r, 'name');
          return label(name, numberOf(r, 'overhead_percent'), Math.log10(numberOf(r, 'calls_per_user_s')), {
            xshift: 6,
            yshift: shift[name] ?? 0,
            bgcolor: 'rgba(255,255,255,0.75)',
            borderpad: 0,
          });
        }),
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
    'Shaded: the taxes that the paper claims, of recompiled programs and of patched binaries.',
  ],
  columns: MAP_COLUMNS,
  rows({ published }) {
    const machine = loadMachine(MACHINE);
    const tax = MEAN_OVERHEAD.value;
    return [
      ...mapRows(machine, 'sfi-library', AGAINST),
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
      {
        height: 300,
        most: 26,
        from: 5,
        to: 1e5,
        shift: {
          'Sequoia query 10': 7,
          'compiling, 1994': -6,
          'diskless Sun-3, 1989': 6,
          'VAX timesharing, 1983': -5,
          'microkernel-mach': -12,
        },
        below: ['microkernel-mach'],
      },
    ),
};
