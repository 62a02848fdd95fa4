/**
 * What each of GLUnix's own operations costs in CPU time under each structure, on a DECstation 5000/200.
 *
 * Left out: the wire, the disk and the far node, which are simulated where they are; bytes beyond a small message.
 * Source: models/os/operations.ts (what an operation consists of is assumed); Maeda & Bershad 1993 as published points.
 */
import { MissingPrice } from '../../models/os/cost.ts';
import { priceStructure } from '../../models/os/index.ts';
import { OPERATIONS } from '../../models/os/operations.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Figure } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import { axis, frame, GRID, logAxis, MUTED, PAGE, publishedText, styleOf, timeText } from './style.ts';

const MACHINE = 'r3000-25';
/** In the order in which they are drawn within a row, from above. */
const STRUCTURES = [
  'user-server',
  'microkernel-mach',
  'interposition',
  'in-kernel',
  'exokernel',
  'sfi-library',
];
const microseconds = (us: number) => timeText(1e3 * us);

/** "As cheap as": within this factor. */
const NEAR = 1.5;

export const operationCost: Figure = {
  name: 'operation-cost',
  title: 'What the operations of the global layer cost',
  question: 'What does each thing that GLUnix does cost a node, by where GLUnix lives?',
  claim: 'A global layer at user level does its work nearly as cheaply as one in the kernel.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994 ("nearly": within half as much again, ours)',
  notes: [
    `CPU time at one node of one operation, a small message where it carries one; ${MACHINE}, from its own and its family's measurements.`,
    'Large grey outlines: send and receive paths of one byte (UDP) as measured by Maeda & Bershad on that machine. Those of the kernel are inputs of the model; those of the server and of an unprotected library on Mach are not.',
    'What an operation consists of is assumed, the same under every structure; only its prices differ.',
  ],
  columns: {
    operation: 'what the layer does',
    structure: 'where it lives',
    cpu_us: 'CPU time of one at this node',
  },
  rows() {
    const machine = loadMachine(MACHINE);
    return STRUCTURES.flatMap((structure) => {
      try {
        const prices = priceStructure(structure, machine);
        return OPERATIONS.map((operation) => ({
          operation,
          structure,
          cpu_us: prices.operation(operation) / 1e3,
        }));
      } catch (error) {
        if (error instanceof MissingPrice) return [];
        throw error;
      }
    });
  },
  verdict(rows) {
    const kernel = new Map(
      where(rows, { structure: 'in-kernel' }).map((r) => [textOf(r, 'operation'), numberOf(r, 'cpu_us')]),
    );
    const ratios = where(rows, { structure: 'sfi-library' }).map((r) => ({
      operation: textOf(r, 'operation'),
      ratio: numberOf(r, 'cpu_us') / kernel.get(textOf(r, 'operation'))!,
    }));
    const near = ratios.filter((r) => r.ratio <= NEAR);
    const worst = ratios.toSorted((a, b) => b.ratio - a.ratio)[0]!;
    const server = where(rows, { structure: 'user-server' }).map(
      (r) => numberOf(r, 'cpu_us') / kernel.get(textOf(r, 'operation'))!,
    );
    return {
      holds:
        near.length === ratios.length
          ? 'holds'
          : near.length > ratios.length / 2
            ? 'holds in part'
            : 'does not hold',
      because: `${near.length} of ${ratios.length} operations cost the SFI library at most ${NEAR} times the kernel's CPU time; the dearest is ${worst.operation} at ${worst.ratio.toFixed(1)} times; a server over pipes pays up to ${Math.max(...server).toFixed(1)} times`,
    };
  },
  picture(rows, published) {
    const structures = [...new Set(rows.map((r) => textOf(r, 'structure')))];
    const order = [...OPERATIONS].toReversed();
    const place = (operation: string) => order.indexOf(operation as (typeof OPERATIONS)[number]);
    const step = 0.72 / structures.length;
    const offset = (structure: string) => 0.36 - step * (0.5 + structures.indexOf(structure));
    const traces = structures.map((structure) => {
      const own = where(rows, { structure });
      const { label: name, colour, symbol } = styleOf(structure);
      return {
        type: 'scatter',
        mode: 'markers',
        name,
        x: own.map((r) => numberOf(r, 'cpu_us')),
        y: own.map((r) => place(textOf(r, 'operation')) + offset(structure)),
        marker: {
          symbol,
          size: 6,
          color: colour,
        },
      };
    });
    const measured = {
      type: 'scatter',
      mode: 'markers',
      name: 'published',
      x: published.map((p) => numberOf(p, 'time_us')),
      y: published.map((p) => place(textOf(p, 'operation')) + offset(textOf(p, 'structure'))),
      hovertext: published.map(publishedText),
      marker: {
        symbol: published.map((p) => `${styleOf(textOf(p, 'structure')).symbol}-open`),
        size: 10,
        color: MUTED,
        line: { width: 1 },
      },
    };
    return {
      data: [...traces, measured],
      layout: frame(PAGE, 470, {
        showlegend: true,
        margin: { l: 98, r: 12, t: 40, b: 36 },
        xaxis: logAxis('CPU time of one operation', 0.3, 2e5, microseconds, undefined, {
          quantity: { write: microseconds },
        }),
        yaxis: axis('', {
          range: [-0.6, order.length - 0.4],
          tickmode: 'array',
          tickvals: order.map((_, i) => i),
          ticktext: order,
          ticks: '',
          showgrid: false,
        }),
        shapes: order.slice(1).map((_, i) => ({
          type: 'line',
          layer: 'below',
          xref: 'paper',
          x0: 0,
          x1: 1,
          y0: i + 0.5,
          y1: i + 0.5,
          line: { color: GRID, width: 1 },
        })),
      }),
    };
  },
};
