/**
 * Execution time of a program by its size: all in memory, paged to the memory of other nodes, paged to the disk. The
 * experiment of this figure, run through the runner.
 *
 * Left out: other users of network, servers and disk; a page-in that brings more than one page.
 * Source: the claim and its bands (NOW-10, NOW-11); everything else is the simulator's.
 */
import type { Figure, Row } from './figure.ts';
import { numberOf, where } from './figure.ts';
import { axis, COLOURS, frame, INK, label, logAxis, PAGE, type Style } from './style.ts';

/** What is drawn: where pages go, over which network, and what the software at both ends costs. */
const WAYS: Readonly<Record<string, Style & { readonly of: Row }>> = {
  disk: {
    label: 'own disk, kernel',
    colour: COLOURS.vermilion,
    symbol: 'diamond',
    dash: 'dashdot',
    of: { pages_go_to: 'disk', network: 'none', structure: 'in-kernel' },
  },
  ethernet: {
    label: 'memory over Ethernet, kernel',
    colour: COLOURS.orange,
    symbol: 'triangle-up',
    dash: 'dot',
    of: { pages_go_to: 'memory', network: 'ethernet10', structure: 'in-kernel' },
  },
  atm: {
    label: 'memory over ATM, kernel',
    colour: COLOURS.blue,
    symbol: 'circle',
    dash: 'solid',
    of: { pages_go_to: 'memory', network: 'atm155', structure: 'in-kernel' },
  },
  wire: {
    label: 'memory over ATM, software free',
    colour: COLOURS.sky,
    symbol: 'circle-open',
    dash: 'dash',
    of: { pages_go_to: 'memory', network: 'atm155', structure: 'free' },
  },
};
const NAMES = Object.keys(WAYS);

/** Where the claim is judged, MB: twice the memory. */
const JUDGED = 64;
/** Bytes of a page. */
const PAGE_BYTES = 8192;
const MEMORY_MB = 32;
/** Published: network RAM over all in memory; disk over network RAM. */
const MEMORY_BAND = [1.1, 1.3] as const;
const DISK_BAND = [5, 10] as const;

const inBand = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;

/** The rows of a way, by size. */
const rowsOf = (rows: readonly Row[], name: string) => where(rows, WAYS[name]!.of);

/** Slowdown of network RAM against all in memory, and of the disk against it, under one structure. */
function ratios(rows: readonly Row[], structure: string): { memory: number; disk: number } {
  const at = (pages_go_to: string, network: string) =>
    where(rows, { pages_go_to, network, structure, size_MB: JUDGED })[0]!;
  const memory = at('memory', 'atm155');
  return {
    memory: numberOf(memory, 'slowdown'),
    disk: numberOf(at('disk', 'none'), 'run_time_s') / numberOf(memory, 'run_time_s'),
  };
}

export const memoryHungry: Figure = {
  name: 'memory-hungry',
  title: 'A program larger than its memory',
  question: 'How long does a program run that needs more memory than its workstation has?',
  claim:
    'Paging to the memory of idle workstations makes a program 10 to 30 % slower than memory enough, and 5 to 10 times as fast as paging to disk.',
  claimSource: 'Anderson, Culler, Patterson & the NOW team 1995 (multigrid, 32 MB of memory; NOW-10, NOW-11)',
  notes: [
    `A multigrid solver (V-cycles over grids of n, n/8, n/64 ... pages) on a workstation (r3000-40) with ${MEMORY_MB} MB; pages of 8 KiB, least recently used; the page-out daemon keeps 5 to 7 % of the frames free while the program goes on. All in memory is the same program with a frame for every page.`,
    'The program computes 4.1 ms on a page: 1,024 points, 8 operations each, at 2 million operations a second. That is assumed: no published number gives it, and it decides how much a fault weighs. With a fault of 1.05 ms and a disk of 15.85 ms, 3.0 to 5.5 ms meet both bands in one run (cases M14).',
    'Kernel: faults, page-outs and messages cost what a kernel takes for them on that workstation. Software free: wire and disk alone. The disk takes 14.8 ms a page, and reads wait for the page-outs before them.',
  ],
  columns: {
    size_MB: "the program's pages, MiB",
    pages_go_to: "memory of other nodes, or the node's disk",
    network: 'network; none: not used',
    structure: 'OS structure; free: software costs nothing',
    run_time_s: 'execution time',
    slowdown: 'execution time / all in memory',
    all_in_memory_s: 'execution time with a frame for every page',
    page_faults: 'page faults',
    fault_time_ms: 'mean time from a fault to its page',
  },
  async rows({ run }) {
    const summary = await run();
    return summary.points.flatMap(({ params, measures }): Row[] => {
      const servers = Number(params['memory.servers']);
      const network = String(params['cluster.network']);
      if (servers === 0 && network !== 'atm155') return [];
      const value = (name: string) => measures[name]!.mean;
      return [
        {
          size_MB: (Number(params['pages.law.pages']) * PAGE_BYTES) / 2 ** 20,
          pages_go_to: servers === 0 ? 'disk' : 'memory',
          network: servers === 0 ? 'none' : network,
          structure: String(params['cluster.os']),
          run_time_s: value('run_time_s'),
          slowdown: value('slowdown'),
          all_in_memory_s: value('run_time_s') / value('slowdown'),
          page_faults: value('page_faults'),
          fault_time_ms: 1e3 * value('fault_time_s'),
        },
      ];
    });
  },
  verdict(rows) {
    const parts = [
      ['where software is free', ratios(rows, 'free')],
      ["by a kernel's paths on this workstation", ratios(rows, 'in-kernel')],
    ] as const;
    const met = parts.flatMap(([, { memory, disk }]) => [
      inBand(memory, MEMORY_BAND),
      inBand(disk, DISK_BAND),
    ]);
    return {
      holds: met.every((one) => one) ? 'holds' : met.some((one) => one) ? 'holds in part' : 'does not hold',
      because: `at ${JUDGED} MB over ATM: ${parts
        .map(
          ([what, { memory, disk }]) =>
            `${what}, ${((memory - 1) * 100).toFixed(0)} % slower than all in memory and ${disk.toFixed(1)} times as fast as the disk`,
        )
        .join('; ')}`,
    };
  },
  picture(rows) {
    const sizes = [...new Set(rows.map((r) => numberOf(r, 'size_MB')))].toSorted((a, b) => a - b);
    const [least, most] = [sizes[0]!, sizes.at(-1)!];
    const line = (name: string, y: string, scale: number, left: boolean) => {
      const { label: text, colour, symbol, dash } = WAYS[name]!;
      const own = rowsOf(rows, name);
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name: text,
        showlegend: left,
        xaxis: left ? 'x' : 'x2',
        yaxis: left ? 'y' : 'y2',
        x: own.map((r) => numberOf(r, 'size_MB')),
        y: own.map((r) => scale * numberOf(r, y)),
        line: { color: colour, dash, width: 1.4 },
        marker: { symbol, size: 6, color: colour },
      };
    };
    const enough = rowsOf(rows, 'atm');
    const minutes = Math.max(...rows.map((r) => numberOf(r, 'run_time_s'))) / 60;
    const band = {
      type: 'rect',
      xref: 'x2',
      yref: 'y2',
      x0: least,
      x1: most,
      y0: MEMORY_BAND[0],
      y1: MEMORY_BAND[1],
      line: { width: 0 },
      fillcolor: COLOURS.grey,
      opacity: 0.25,
      layer: 'below',
    };
    const memoryEnd = (left: boolean) => ({
      type: 'line',
      xref: left ? 'x' : 'x2',
      yref: left ? 'y domain' : 'y2 domain',
      x0: MEMORY_MB,
      x1: MEMORY_MB,
      y0: 0,
      y1: 1,
      line: { color: COLOURS.grey, width: 0.8, dash: 'dot' },
    });
    const plain = (value: number) => String(value);
    return {
      data: [
        ...NAMES.map((name) => line(name, 'run_time_s', 1 / 60, true)),
        {
          type: 'scatter',
          mode: 'lines',
          name: 'all in memory',
          showlegend: true,
          xaxis: 'x',
          yaxis: 'y',
          x: enough.map((r) => numberOf(r, 'size_MB')),
          y: enough.map((r) => numberOf(r, 'all_in_memory_s') / 60),
          line: { color: INK, width: 1.4 },
        },
        ...NAMES.map((name) => line(name, 'slowdown', 1, false)),
      ],
      layout: frame(PAGE, 300, {
        showlegend: true,
        margin: { l: 40, r: 10, t: 48, b: 36 },
        shapes: [band, memoryEnd(true), memoryEnd(false)],
        xaxis: axis('size of the program (MB)', { range: [least - 4, most + 4], domain: [0, 0.45] }),
        xaxis2: axis('size of the program (MB)', {
          range: [least - 4, most + 4],
          domain: [0.55, 1],
          anchor: 'y2',
        }),
        yaxis: axis('execution time (min)', { range: [0, 1.05 * minutes] }),
        yaxis2: logAxis('execution time / all in memory', 0.9, 10, plain, [1, 2, 5, 10], { anchor: 'x2' }),
        annotations: [
          label('published for memory: 10 to 30 %', most, Math.log10(1.4), {
            xref: 'x2',
            yref: 'y2',
            xanchor: 'right',
            yanchor: 'middle',
          }),
          label(`${MEMORY_MB} MB of memory`, MEMORY_MB, minutes, {
            xref: 'x',
            yref: 'y',
            xanchor: 'left',
            yanchor: 'top',
            xshift: 3,
          }),
        ],
      }),
    };
  },
};
