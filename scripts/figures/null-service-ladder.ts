/**
 * What one null service costs at the boundary, by mechanism, on every machine whose price was measured there.
 *
 * Left out: borrowed and assumed prices, which would draw one machine's number under another's name; service bodies.
 * Source: the prices of models/presets/machines.ts; Ousterhout 1990 and lmbench 1996 as published points.
 */

import { megahertz, nanoseconds } from '../../models/presets/constant.ts';
import { MACHINES, type Machine, type PriceName } from '../../models/presets/machines.ts';
import type { Figure, Row } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import {
  axis,
  COLOURS,
  FONT_SIZE,
  frame,
  INK,
  label,
  logAxis,
  MUTED,
  PAGE,
  publishedText,
  SMALL,
  timeText,
} from './style.ts';

interface Mechanism {
  readonly name: string;
  readonly price: PriceName;
  readonly colour: string;
  readonly symbol: string;
}

/** Cheapest to dearest in 1990. */
const MECHANISMS: readonly Mechanism[] = [
  { name: 'procedure call', price: 'call', colour: COLOURS.sky, symbol: 'cross' },
  { name: 'SFI crossing', price: 'fault-domain', colour: COLOURS.blue, symbol: 'circle' },
  { name: 'kernel trap', price: 'syscall', colour: INK, symbol: 'square' },
  { name: 'trap, isolated page tables', price: 'pti-syscall', colour: COLOURS.grey, symbol: 'square' },
  { name: 'L4-style RPC', price: 'l4-rpc', colour: COLOURS.orange, symbol: 'triangle-up' },
  { name: 'Mach RPC', price: 'mach-rpc', colour: COLOURS.vermilion, symbol: 'diamond' },
  { name: 'RPC by kernel messages', price: 'kernel-rpc', colour: COLOURS.green, symbol: 'pentagon' },
  { name: 'pipe to a server', price: 'pipe', colour: COLOURS.purple, symbol: 'x' },
];

/** Year of a machine or of its measurement, as its title ends. */
function yearOf(machine: Machine): number {
  const year = /(\d{4})\)/.exec(machine.title)?.[1];
  if (year === undefined) throw new Error(`machine ${machine.name}: no year in "${machine.title}"`);
  return Number(year);
}

/** No preset lies in the twenty years after this one. */
const BREAK = 1997;

const YEAR = { name: 'year of the machine', write: String };

const time = (ns: number) => timeText(ns);

/** Is the price of that very machine? */
const isStrong = (row: Row) => ['measured', 'derived'].includes(textOf(row, 'quality'));

const WEAK = new Set(['borrowed', 'assumed']);

/** Least and most of `trap / SFI crossing` over the machines that have both. */
function ratios(rows: readonly Row[], before: number, after: number): number[] {
  return where(rows, { mechanism: 'SFI crossing' })
    .filter((r) => numberOf(r, 'year') >= before && numberOf(r, 'year') <= after)
    .flatMap((r) => {
      const [trap] = where(rows, { mechanism: 'kernel trap', machine: r['machine']! });
      return trap === undefined ? [] : [numberOf(trap, 'time_ns') / numberOf(r, 'time_ns')];
    });
}

export const nullServiceLadder: Figure = {
  name: 'null-service-ladder',
  title: 'A null service on machines from 1985 to today',
  question: 'Which boundary is dear, and has thirty years of faster processors changed their order?',
  claim:
    'A call into a library protected by SFI costs a small part of one that crosses a hardware boundary, and faster processors do not close that gap.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994; Wahbe et al. 1993',
  notes: [
    'Filled: measured on that machine or worked out of its rows; hollow: scaled by the clock inside a processor family, or recalled. Borrowed prices are left out.',
    'Thin rings: published null system calls of machines that are no presets (Ousterhout 1990, lmbench 1996; the year is that of the machine).',
    'All are warm loops; real calls cost more.',
  ],
  columns: {
    machine: 'machine preset',
    year: 'of the machine or its measurement',
    mechanism: 'which boundary, there and back',
    time_ns: 'CPU time of one',
    quality: 'how good the price is',
    source: 'rows of models/presets/sources.csv',
  },
  rows() {
    return Object.values(MACHINES).flatMap((machine) =>
      MECHANISMS.flatMap(({ name, price }): Row[] => {
        const constant = machine.prices[price];
        if (constant === undefined || WEAK.has(constant.quality)) return [];
        return [
          {
            machine: machine.name,
            year: yearOf(machine),
            mechanism: name,
            time_ns: nanoseconds(constant, megahertz(machine.clock)),
            quality: constant.quality,
            source: constant.fact,
          },
        ];
      }),
    );
  },
  verdict(rows) {
    const range = (list: readonly number[]) => {
      if (list.length === 0) return 'no machine';
      const [least, most] = [Math.min(...list).toFixed(1), Math.max(...list).toFixed(1)];
      return least === most ? `${least} times` : `${least} to ${most} times`;
    };
    const then = ratios(rows, 1985, 1999);
    const now = ratios(rows, 2015, 2100);
    const cheaper = [...then, ...now].every((r) => r > 2);
    return {
      holds: cheaper && now.length > 0 ? 'holds' : 'does not hold',
      because: `a kernel trap costs ${range(then)} an SFI crossing on ${then.length} machines of 1989 to 1993, ${range(now)} on ${now.length} of today (recalled rows)`,
    };
  },
  picture(rows, published) {
    const early = (year: number) => year < BREAK;
    const traces = MECHANISMS.flatMap(({ name, colour, symbol }) =>
      [true, false].map((left) => {
        // The legend shows the first symbol: a filled one where there is any.
        const own = where(rows, { mechanism: name })
          .filter((r) => early(numberOf(r, 'year')) === left)
          .toSorted((a, b) => Number(isStrong(b)) - Number(isStrong(a)));
        return {
          type: 'scatter',
          mode: 'markers',
          name,
          showlegend: left || !where(rows, { mechanism: name }).some((r) => early(numberOf(r, 'year'))),
          legendgroup: name,
          xaxis: left ? 'x' : 'x2',
          x: own.map((r) => numberOf(r, 'year')),
          y: own.map((r) => numberOf(r, 'time_ns')),
          hovertext: own.map((r) => `${r['machine']}, ${r['quality']}: ${r['source']}`),
          marker: {
            size: 8,
            color: colour,
            line: { width: 1.2, color: colour },
            symbol: own.map((r) => (isStrong(r) ? symbol : `${symbol}-open`)),
          },
        };
      }),
    );
    const others = {
      type: 'scatter',
      mode: 'markers',
      name: 'trap, other machines',
      x: published.map((r) => numberOf(r, 'year')),
      y: published.map((r) => 1e3 * numberOf(r, 'time_us')),
      hovertext: published.map(publishedText),
      marker: { size: 5, symbol: 'circle-open', color: MUTED, line: { width: 1 } },
    };
    return {
      data: [...traces, others],
      layout: frame(PAGE, 330, {
        showlegend: true,
        margin: { l: 54, r: 10, t: 50, b: 34 },
        xaxis: axis('', {
          range: [1984.3, 1997],
          dtick: 2,
          tick0: 1985,
          domain: [0, 0.62],
          quantity: YEAR,
        }),
        xaxis2: axis('', {
          range: [2017, 2025],
          dtick: 2,
          tick0: 2018,
          domain: [0.65, 1],
          anchor: 'y',
          quantity: YEAR,
        }),
        yaxis: logAxis('CPU time of one null service', 8, 2e6, time, undefined, {
          quantity: { write: time },
        }),
        annotations: [
          label(YEAR.name, 0.5, -0.075, {
            xref: 'paper',
            yref: 'paper',
            xanchor: 'center',
            yanchor: 'top',
            font: { size: FONT_SIZE, color: INK },
          }),
          label('20 years left out', 0.635, 0, {
            xref: 'paper',
            yref: 'paper',
            xanchor: 'center',
            yanchor: 'bottom',
            textangle: -90,
            font: { size: SMALL, color: MUTED },
          }),
        ],
      }),
    };
  },
};
