/**
 * CPU time of the shipped traces by structure, stacked by cause, as a share of what they take under a plain kernel:
 * every call replayed on a simulated workstation of 1992.
 *
 * Left out: waits for the disk and the world outside, which are no CPU time; how today's programs differ from those
 * of 1992.
 * Source: models/services; the traces of workloads/samples; Chen & Bershad 1993 as published points.
 */
import { basename } from 'node:path';
import type { Summary } from '../../sim/experiment/results.ts';
import type { Picture } from './draw.ts';
import type { Figure, PublishedRow, Row } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import {
  axis,
  CAUSES,
  frame,
  INK,
  LEGEND_ON_TOP,
  label,
  PAGE,
  publishedPoints,
  SMALL,
  styleOf,
} from './style.ts';

/** Measures of the replay by cause, s. */
const MEASURE_OF = {
  user: 'user_s',
  sfi: 'sfi_s',
  body: 'services_s',
  crossings: 'crossings_s',
  copies: 'copies_s',
  inflation: 'inflation_s',
} as const;
type Cause = keyof typeof MEASURE_OF;
const CAUSE_NAMES = Object.keys(MEASURE_OF) as Cause[];

export const CPU_COLUMNS = {
  trace: 'sample of workloads/samples',
  user_scale: "the trace's user time is multiplied by this",
  structure: 'OS structure',
  cpu_s: 'CPU time',
  relative: 'CPU time / CPU time under the plain kernel',
  ...Object.fromEntries(CAUSE_NAMES.map((cause) => [`${cause}_s`, `CPU time: ${CAUSES[cause]!.label}`])),
  calls_per_user_s: 'service calls per second of user time',
};

/** Rows of an experiment that varies traces, structures and, maybe, the scale of user time. */
export function cpuRows(summary: Summary): Row[] {
  const points = summary.points.map(({ params, measures }) => ({
    trace: traceName(String(params['services.trace'])),
    scale: measures['user_scale']!.mean,
    structure: String(params['cluster.os']),
    measures,
  }));
  return points.map(({ trace, scale, structure, measures }) => {
    const value = (name: string) => measures[name]!.mean;
    const kernel = points.find(
      (p) => p.trace === trace && p.scale === scale && p.structure === 'in-kernel',
    )!.measures;
    return {
      trace,
      user_scale: scale,
      structure,
      cpu_s: value('cpu_time_s'),
      relative: value('cpu_time_s') / kernel['cpu_time_s']!.mean,
      ...Object.fromEntries(CAUSE_NAMES.map((cause) => [`${cause}_s`, value(MEASURE_OF[cause])])),
      calls_per_user_s: value('calls_per_user_s'),
    };
  });
}

/** `compile` of `.../compile.strace.gz`. */
export function traceName(path: string): string {
  return basename(path).split('.')[0]!;
}

/** Relative CPU times of a structure over the traces, at a scale of user time. */
export function relatives(rows: readonly Row[], structure: string, scale: number): number[] {
  return where(rows, { structure, user_scale: scale }).map((r) => numberOf(r, 'relative'));
}

/** `0.95 to 1.04`. */
export function rangeText(values: readonly number[]): string {
  const [least, most] = [Math.min(...values).toFixed(2), Math.max(...values).toFixed(2)];
  return least === most ? least : `${least} to ${most}`;
}

const RELATIVE = 'CPU time / CPU time under a plain kernel';

/** A panel for each trace and scale: a bar for each structure, stacked by cause. */
export function cpuPicture(
  rows: readonly Row[],
  scaleText: (scale: number) => string,
  most: (scale: number) => number,
  published: readonly PublishedRow[] = [],
): Picture {
  const of = (column: string) => [...new Set(rows.map((r) => r[column]!))];
  const traces = of('trace') as string[];
  const scales = of('user_scale') as number[];
  const structures = (of('structure') as string[]).toReversed();
  const gap = { x: 0.025, y: 0.16 };
  const place = (i: number, n: number, space: number): [number, number] => {
    const size = (1 - space * (n - 1)) / n;
    return [i * (size + space), i * (size + space) + size];
  };
  const data: Record<string, unknown>[] = [];
  const layout: Record<string, unknown> = {};
  const annotations: object[] = [];
  scales.forEach((scale, line) => {
    traces.forEach((trace, column) => {
      const at = line * traces.length + column + 1;
      const suffix = at === 1 ? '' : String(at);
      const own = structures.map((structure) => where(rows, { trace, user_scale: scale, structure })[0]!);
      const kernel = where(rows, { trace, user_scale: scale, structure: 'in-kernel' })[0]!;
      for (const cause of CAUSE_NAMES) {
        const { label: name, colour, pattern } = CAUSES[cause]!;
        data.push({
          type: 'bar',
          orientation: 'h',
          name,
          legendgroup: cause,
          showlegend: at === 1,
          xaxis: `x${suffix}`,
          yaxis: `y${suffix}`,
          x: own.map((r) => numberOf(r, `${cause}_s`) / numberOf(kernel, 'cpu_s')),
          y: structures.map((_, i) => i),
          width: 0.7,
          marker: {
            color: colour,
            line: { width: 0.5, color: '#ffffff' },
            pattern: { shape: pattern, size: 4, solidity: 0.25, fgcolor: INK, fillmode: 'overlay' },
          },
        });
      }
      const points = published.filter((p) => p['trace'] === trace && p['user_scale'] === scale);
      if (points.length > 0) {
        data.push(
          publishedPoints(
            points,
            (p) => numberOf(p, 'relative'),
            (p) => structures.indexOf(textOf(p, 'structure')),
            {
              showlegend: !data.some((each) => each['type'] === 'scatter'),
              xaxis: `x${suffix}`,
              yaxis: `y${suffix}`,
            },
          ),
        );
      }
      const across = place(column, traces.length, gap.x);
      const down = place(scales.length - 1 - line, scales.length, gap.y);
      layout[`xaxis${suffix}`] = axis('', {
        domain: across,
        anchor: `y${suffix}`,
        range: [0, most(scale)],
        tickformat: '.1~f',
        nticks: 5,
        quantity: { name: RELATIVE },
      });
      layout[`yaxis${suffix}`] = axis('', {
        domain: down,
        anchor: `x${suffix}`,
        range: [-0.6, structures.length - 0.4],
        showgrid: false,
        ticks: '',
        tickmode: 'array',
        tickvals: structures.map((_, i) => i),
        ticktext: column === 0 ? structures.map((s) => styleOf(s).label) : structures.map(() => ''),
      });
      annotations.push(
        label(`<b>${trace}</b>${scaleText(scale)}`, across[0], down[1], {
          xref: 'paper',
          yref: 'paper',
          yanchor: 'bottom',
          yshift: 1,
        }),
      );
    });
  });
  annotations.push(
    label(RELATIVE, 0.5, 0, {
      xref: 'paper',
      yref: 'paper',
      xanchor: 'center',
      yanchor: 'top',
      yshift: -17,
      font: { size: SMALL + 1, color: INK },
    }),
  );
  // A legend with published points takes a second line.
  const top = data.some((each) => each['type'] === 'scatter') ? 54 : 40;
  const height = 22 + top + scales.length * (26 + 17 * structures.length);
  return {
    data,
    layout: frame(PAGE, height, {
      barmode: 'stack',
      showlegend: true,
      margin: { l: 128, r: 8, t: top, b: 34 },
      shapes: traces.flatMap((_, column) =>
        scales.map((__, line) => {
          const at = line * traces.length + column + 1;
          const suffix = at === 1 ? '' : String(at);
          return {
            type: 'line',
            xref: `x${suffix}`,
            yref: `y${suffix} domain`,
            x0: 1,
            x1: 1,
            y0: 0,
            y1: 1,
            line: { color: INK, width: 1, dash: 'dot' },
          };
        }),
      ),
      ...layout,
      annotations,
      legend: LEGEND_ON_TOP,
    }),
  };
}

export const cpuByStructure: Figure = {
  name: 'cpu-by-structure',
  title: 'CPU time of real programs by structure',
  question: 'Where does the CPU time of real programs go under each structure, on a workstation of 1992?',
  claim: 'A library protected by SFI takes no more CPU time than the kernel, and less than servers.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994',
  notes: [
    'Three traces captured today, each call replayed on r3000-40; the tax of each program is drawn from the sixteen measured ones, mean of ten replications. Dotted: the plain kernel.',
    'A trace says how often programs call, not how slow user code was on a machine of 1992. Above: user time as traced, which makes calls far too frequent for 1992. Below: times the ratio of clocks, 2,600 MHz where it was traced and 40 MHz (an R3000 did less in a cycle, so the truth lies further that way).',
    "Diamonds: CPU time under Mach / under Ultrix of gcc and egrep as measured by Chen & Bershad, worked out of instructions and stalls; programs of 1992 spent more of their time in the system than today's scaled ones.",
  ],
  columns: CPU_COLUMNS,
  rows: async ({ run }) => cpuRows(await run()),
  verdict(rows) {
    const scales = [...new Set(rows.map((r) => numberOf(r, 'user_scale')))];
    const parts = scales.map((scale) => {
      const library = relatives(rows, 'sfi-library', scale);
      const servers = ['microkernel-mach', 'user-server'].flatMap((os) => relatives(rows, os, scale));
      return {
        kernel: Math.max(...library) <= 1,
        server: Math.max(...library) < Math.min(...servers),
        text: `user time x ${scale}: library ${rangeText(library)}, servers ${rangeText(servers)} of the kernel's CPU time`,
      };
    });
    const kernel = parts.map((p) => p.kernel);
    return {
      holds:
        kernel.every(Boolean) && parts.every((p) => p.server)
          ? 'holds'
          : parts.every((p) => p.server) || kernel.some(Boolean)
            ? 'holds in part'
            : 'does not hold',
      because: parts.map((p) => p.text).join('; '),
    };
  },
  picture: (rows, published) =>
    cpuPicture(
      rows,
      (scale) => (scale === 1 ? ', user time as traced' : `, user time × ${scale}`),
      (scale) => (scale === 1 ? 3.1 : 1.75),
      published,
    ),
};
