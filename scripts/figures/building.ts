/**
 * The whole building under four OS structures, everything of GLUnix at once: where the nodes' time goes, and what the
 * jobs' response is against a plain kernel. The experiment of this figure is `building.yaml` with more replications.
 *
 * Source: no published measurement is at hand of such a building under different structures.
 */
import type { Figure, Row } from './figure.ts';
import { numberOf, where } from './figure.ts';
import { axis, CAUSES, COLOURS, frame, INK, PAGE, SMALL, styleOf } from './style.ts';

/** Parts of node time in the order in which they are stacked. */
const PARTS: Readonly<Record<string, { label: string; colour: string; pattern: string }>> = {
  owner: { label: "owners' programs", colour: COLOURS.grey, pattern: '' },
  user: CAUSES['user']!,
  sfi: CAUSES['sfi']!,
  services: CAUSES['body']!,
  crossings: CAUSES['crossings']!,
  copies: CAUSES['copies']!,
  inflation: CAUSES['inflation']!,
  operations: { label: "GLUnix's operations", colour: COLOURS.green, pattern: '' },
  waiting: { label: 'held, not running', colour: COLOURS.white, pattern: '/' },
};
const NAMES = Object.keys(PARTS);

export const building: Figure = {
  name: 'building',
  title: 'A building by OS structure',
  question: 'What does each OS structure cost a building in which everything of GLUnix goes on at once?',
  claim: 'As a library the layer costs about as little as in the kernel, and less than in servers.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994 ("about as little": at most 5 % more response time, ours)',
  notes: [
    '64 owned workstations of 1993, two weeks, parallel and sequential jobs, some with more memory than a node has; crashes, checkpoints, gangs in two rows, mirrored memory servers, a master that can fail. Mean and 95 % interval of 20 replications.',
    'Node time that is not shown is idle. Held, not running: a gang waits for its slowest member, for pages, for a move, a checkpoint or a crash to be noticed.',
    "Owners' programs run under the structure too, but for the server beside the kernel.",
    "No published number is comparable: nobody has measured the jobs of one building under several OS structures; the programs that Chen & Bershad measured under two are drawn in 'CPU time of real programs by structure'.",
  ],
  columns: {
    structure: 'OS structure',
    response_s: 'mean response time of jobs',
    response_ci95: 'half width of its 95 % interval',
    difference_percent:
      'response less that under the plain kernel, per cent of the latter; same owners, jobs and crashes',
    difference_ci95: 'half width of its 95 % interval',
    ...Object.fromEntries(NAMES.map((name) => [`${name}_percent`, `node time: ${PARTS[name]!.label}`])),
  },
  async rows({ run }) {
    const summary = await run();
    const base = summary.points[0]!.measures['response_time_s']!.mean;
    return summary.points.map(({ params, measures }): Row => {
      const paired = summary.paired.find((each) => each.params['cluster.os'] === params['cluster.os']);
      const difference = paired?.measures['response_time_s'];
      return {
        structure: String(params['cluster.os']),
        response_s: measures['response_time_s']!.mean,
        response_ci95: measures['response_time_s']!.ci95 ?? 0,
        difference_percent: (100 * (difference?.difference ?? 0)) / base,
        difference_ci95: (100 * (difference?.ci95 ?? 0)) / base,
        ...Object.fromEntries(
          NAMES.map((name) => [`${name}_percent`, 100 * measures[`node_time_${name}`]!.mean]),
        ),
      };
    });
  },
  verdict(rows) {
    const at = (structure: string) => where(rows, { structure })[0]!;
    const text = (structure: string) =>
      `${numberOf(at(structure), 'difference_percent').toFixed(1)} ± ${numberOf(at(structure), 'difference_ci95').toFixed(1)} %`;
    const library = numberOf(at('sfi-library'), 'difference_percent');
    const servers = ['microkernel-mach', 'user-server'].map((name) =>
      numberOf(at(name), 'difference_percent'),
    );
    const near = library <= 5;
    const below = servers.every((server) => library < server);
    return {
      holds: near && below ? 'holds' : near || below ? 'holds in part' : 'does not hold',
      because: `against the plain kernel the response is longer by ${text('sfi-library')} with the library, ${text('microkernel-mach')} on Mach and ${text('user-server')} with a server beside the kernel`,
    };
  },
  picture(rows) {
    const names = rows.map((r) => styleOf(String(r['structure'])).label);
    // The first structure on top.
    const ends = rows.flatMap((r) =>
      [-1, 1].map((side) => numberOf(r, 'difference_percent') + side * numberOf(r, 'difference_ci95')),
    );
    const places = rows.map((_, i) => rows.length - 1 - i);
    const bars = NAMES.map((name) => ({
      type: 'bar',
      orientation: 'h',
      name: PARTS[name]!.label,
      y: places,
      width: 0.6,
      x: rows.map((r) => numberOf(r, `${name}_percent`)),
      marker: {
        color: PARTS[name]!.colour,
        line: { color: INK, width: 0.5 },
        pattern: { shape: PARTS[name]!.pattern, fillmode: 'overlay', fgcolor: INK, size: 5, solidity: 0.2 },
      },
    }));
    const difference = {
      type: 'scatter',
      yaxis: 'y',
      mode: 'markers',
      showlegend: false,
      xaxis: 'x2',
      y: places,
      x: rows.map((r) => numberOf(r, 'difference_percent')),
      error_x: {
        type: 'data',
        array: rows.map((r) => numberOf(r, 'difference_ci95')),
        color: INK,
        thickness: 1,
        width: 3,
      },
      marker: { color: INK, size: 6, symbol: rows.map((r) => styleOf(String(r['structure'])).symbol) },
    };
    return {
      data: [...bars, difference],
      layout: frame(PAGE, 260, {
        barmode: 'stack',
        bargap: 0.4,
        showlegend: true,
        legend: {
          orientation: 'h',
          x: -0.18,
          y: 1.02,
          yanchor: 'bottom',
          font: { size: SMALL },
          traceorder: 'normal',
        },
        margin: { l: 118, r: 14, t: 62, b: 36 },
        xaxis: axis('node time (%)', { domain: [0, 0.6], rangemode: 'tozero' }),
        xaxis2: axis('response against the kernel (%)', {
          domain: [0.68, 1],
          range: [Math.min(-2, ...ends), 1.05 * Math.max(5, ...ends)],
          zeroline: true,
          zerolinecolor: INK,
          zerolinewidth: 1,
        }),
        yaxis: axis('', {
          range: [-0.6, rows.length - 0.4],
          tickmode: 'array',
          tickvals: places,
          ticktext: names,
          ticks: '',
        }),
      }),
    };
  },
};
