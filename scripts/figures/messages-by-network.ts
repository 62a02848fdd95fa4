/**
 * Time of a message-passing program by network and by the software at the ends of its messages, stacked by what its
 * ranks do: the shipped stencil, run through the runner.
 *
 * Left out: several ranks on one processor; collisions on the Ethernet segment, which would make it slower yet.
 * Source: models/messages; the trace stencil-16 of workloads/samples, made by the project; Gator as published points.
 */
import type { Figure, PublishedRow, Row } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import {
  axis,
  COLOURS,
  frame,
  INK,
  LAST_IN_LEGEND,
  LEGEND_ON_TOP,
  label,
  PAGE,
  publishedText,
  SMALL,
  styleOf,
} from './style.ts';

/** What is drawn of each network, from the top. */
const ENDS = [
  { endpoint: 'active-messages', os: 'in-kernel', label: 'Active Messages' },
  ...(['kernel-udp', 'rpc'] as const).flatMap((endpoint) =>
    ['in-kernel', 'sfi-library', 'microkernel-mach'].map((os) => ({
      endpoint,
      os,
      label: `${endpoint === 'rpc' ? 'RPC' : 'UDP'}, ${styleOf(os).label}`,
    })),
  ),
];

/** Parts of the ranks' time, with the measures that are their shares. */
const PARTS = {
  compute: { label: 'computing', colour: COLOURS.blue, pattern: '', shares: ['compute_share'] },
  send: { label: 'sending', colour: COLOURS.vermilion, pattern: '/', shares: ['send_share'] },
  receive: { label: 'taking messages', colour: COLOURS.orange, pattern: '', shares: ['receive_share'] },
  wait: {
    label: 'waiting',
    colour: COLOURS.grey,
    pattern: '',
    shares: ['wait_share', 'stall_share', 'ended_share'],
  },
} as const;
type Part = keyof typeof PARTS;
const PART_NAMES = Object.keys(PARTS) as Part[];

const NETWORKS = {
  ethernet10: 'Ethernet',
  fddi: 'FDDI ring',
  atm155: 'ATM switch',
  myrinet: 'Myrinet',
} as const;
type NetworkName = keyof typeof NETWORKS;
const NETWORK_NAMES = Object.keys(NETWORKS) as NetworkName[];

/** "Decides": a program takes at least this much longer. */
const DECIDES = 1.5;

/** ms of computing in a step of the program, by flops a second. */
const stepText = (rate: number) => `steps of ${Math.round(1.31e6 / (rate / 1e3))} ms`;

const atEnds = (rows: readonly Row[], rate: number, network: string, endpoint: string) =>
  numberOf(where(rows, { flops_per_s: rate, network, endpoint, structure: 'in-kernel' })[0]!, 'makespan_s');

export const messagesByNetwork: Figure = {
  name: 'messages-by-network',
  title: 'A message-passing program by network and by the software at its ends',
  question: 'What decides how long a message-passing program takes, the wire or the software at its ends?',
  claim:
    'On a shared Ethernet the wire decides how long a message-passing program takes; on a switched network the software at the ends does.',
  claimSource:
    'after Anderson, Culler & Patterson 1995, who want both a switched network and low overhead ("decides": half as long again, ours)',
  notes: [
    'A five-point stencil on 16 ranks, a workstation each (r3000-40): edges of 2 KiB to up to four neighbours, 1.3 Mflop a step, a norm every fifth step. Above at 20 Mflop/s, about a good workstation of 1994; below at 200 Mflop/s: the same messages of a program ten times as fine.',
    'UDP: send and receive as the OS structure prices them, bytes copied. RPC: 129 µs more at each end, of an HP 9000/735. Active Messages: 4 µs at each end there, 2.9 µs on Myrinet. User time under the library has the tax of a program drawn anew, mean of five.',
    'Waiting: for messages, for the interface, for the last rank. Ethernet: one segment of 10 Mb/s. Wires are first-come first-served servers; collisions are left out.',
    'Below: Gator, an atmospheric model, on 256 RS/6000 as published with the claim (NOW-19, NOW-20, NOW-22; recalled): solving its equations, and transport, which is computing and messages; reading files is left out, and Ethernet with low-overhead messages is not told. Another program on sixteen times the nodes: the order of its bars compares with those above, not their length.',
  ],
  columns: {
    flops_per_s: 'flops a second of a processor',
    network: 'network',
    endpoint: 'software at the ends of a message',
    structure: 'OS structure',
    makespan_s: 'end of the last rank',
    ...Object.fromEntries(PART_NAMES.map((part) => [`${part}_s`, `mean of the ranks: ${PARTS[part].label}`])),
    network_utilisation: 'share of the time in which wires are occupied',
  },
  async rows({ run }) {
    const summary = await run();
    return summary.points.flatMap(({ params, measures }): Row[] => {
      const [network, endpoint, structure] = ['cluster.network', 'messages.endpoint', 'cluster.os'].map(
        (path) => String(params[path]),
      ) as [string, string, string];
      if (!ENDS.some((end) => end.endpoint === endpoint && end.os === structure)) return [];
      const value = (name: string) => measures[name]!.mean;
      const makespan = value('makespan_s');
      return [
        {
          flops_per_s: Number(params['messages.flop_rate']),
          network,
          endpoint,
          structure,
          makespan_s: makespan,
          ...Object.fromEntries(
            PART_NAMES.map((part) => [
              `${part}_s`,
              makespan * PARTS[part].shares.reduce((sum, share) => sum + value(share), 0),
            ]),
          ),
          network_utilisation: value('network_utilisation'),
        },
      ];
    });
  },
  verdict(rows) {
    const parts = ratesOf(rows).map((rate) => {
      const ratio = (network: string) =>
        atEnds(rows, rate, network, 'kernel-udp') / atEnds(rows, rate, network, 'active-messages');
      const wire =
        atEnds(rows, rate, 'ethernet10', 'active-messages') /
        atEnds(rows, rate, 'myrinet', 'active-messages');
      const [shared, atm, myrinet] = [ratio('ethernet10'), ratio('atm155'), ratio('myrinet')];
      return {
        met: [shared < DECIDES && wire >= DECIDES, Math.min(atm, myrinet) >= DECIDES],
        text: `${stepText(rate)}: Ethernet instead of Myrinet ${wire.toFixed(2)} times as long with Active Messages, UDP instead of Active Messages ${shared.toFixed(2)} on Ethernet, ${atm.toFixed(2)} on ATM, ${myrinet.toFixed(2)} on Myrinet`,
      };
    });
    const met = parts.flatMap((part) => part.met);
    return {
      holds: met.every((one) => one) ? 'holds' : met.some((one) => one) ? 'holds in part' : 'does not hold',
      because: parts.map((part) => part.text).join('; '),
    };
  },
  picture(rows, published) {
    const ends = ENDS.toReversed();
    const rates = ratesOf(rows);
    const gap = { x: 0.03, y: 0.15 };
    /** Where the panels of what was computed begin; below them are those of Gator. */
    const foot = 0.23;
    const place = (i: number, n: number, space: number): [number, number] => {
      const size = (1 - space * (n - 1)) / n;
      return [i * (size + space), i * (size + space) + size];
    };
    const data: Record<string, unknown>[] = [];
    const layout: Record<string, unknown> = {};
    const annotations: object[] = [];
    rates.forEach((rate, line) => {
      const longest = (network: string) =>
        Math.max(...where(rows, { flops_per_s: rate, network }).map((r) => numberOf(r, 'makespan_s')));
      // One scale for all networks but the slowest.
      const others = Math.max(...NETWORK_NAMES.slice(1).map(longest));
      NETWORK_NAMES.forEach((network, column) => {
        const at = line * NETWORK_NAMES.length + column + 1;
        const suffix = at === 1 ? '' : String(at);
        const own = ends.map(
          ({ endpoint, os }) => where(rows, { flops_per_s: rate, network, endpoint, structure: os })[0]!,
        );
        for (const part of PART_NAMES) {
          const { label: name, colour, pattern } = PARTS[part];
          data.push({
            type: 'bar',
            orientation: 'h',
            name,
            legendgroup: part,
            showlegend: at === 1,
            xaxis: `x${suffix}`,
            yaxis: `y${suffix}`,
            x: own.map((r) => numberOf(r, `${part}_s`)),
            y: ends.map((_, k) => k),
            width: 0.7,
            marker: {
              color: colour,
              line: { width: 0.5, color: '#ffffff' },
              pattern: { shape: pattern, size: 4, solidity: 0.25, fgcolor: INK, fillmode: 'overlay' },
            },
          });
        }
        const across = place(column, NETWORK_NAMES.length, gap.x);
        const down = place(rates.length - 1 - line, rates.length, gap.y).map(
          (share) => foot + share * (1 - foot),
        ) as [number, number];
        layout[`xaxis${suffix}`] = axis('', {
          domain: across,
          anchor: `y${suffix}`,
          range: [0, 1.05 * (column === 0 ? longest(network) : others)],
          nticks: 4,
          quantity: { name: 'time of the program (s)' },
        });
        layout[`yaxis${suffix}`] = rowsAxis(
          down,
          suffix,
          ends.map((end) => (column === 0 ? end.label : '')),
        );
        annotations.push(
          label(
            `<b>${NETWORKS[network]}</b>${column === 0 ? `, ${stepText(rate)}` : ''}`,
            across[0],
            down[1],
            { xref: 'paper', yref: 'paper', yanchor: 'bottom', yshift: 1 },
          ),
        );
      });
    });
    NETWORK_NAMES.forEach((network, column) => {
      const own = where(published, { network });
      if (own.length === 0) return;
      const suffix = String((rates.length + 1) * NETWORK_NAMES.length + column + 1);
      const across = place(column, NETWORK_NAMES.length, gap.x);
      data.push(...gatorBars(own, suffix));
      Object.assign(layout, gatorAxes(own, suffix, across));
      annotations.push(
        label(
          `<b>${NETWORKS[network]}</b>${column === 0 ? ', Gator, published' : ''}`,
          across[0],
          GATOR_TOP,
          {
            xref: 'paper',
            yref: 'paper',
            yanchor: 'bottom',
            yshift: 1,
          },
        ),
      );
    });
    annotations.push(
      label('time of the program (s); Ethernet has a scale of its own', 0.5, 0, {
        xref: 'paper',
        yref: 'paper',
        xanchor: 'center',
        yanchor: 'top',
        yshift: -17,
        font: { size: SMALL + 1, color: INK },
      }),
    );
    return {
      data,
      layout: frame(PAGE, 430, {
        barmode: 'stack',
        showlegend: true,
        margin: { l: 148, r: 8, t: 40, b: 34 },
        ...layout,
        annotations,
        legend: LEGEND_ON_TOP,
      }),
    };
  },
};

/** Upper end of the panels of Gator, share of the picture. */
const GATOR_TOP = 0.1;
/** Software at the ends of Gator's messages, from the top. */
const GATOR_ENDS = ['low-overhead messages', 'PVM'];

/** Gator's phases as bars, those that were not computed here hollow. */
function gatorBars(own: readonly PublishedRow[], suffix: string): Record<string, unknown>[] {
  const places = own.map((row) => GATOR_ENDS.toReversed().indexOf(textOf(row, 'software')));
  const bar = (column: string, special: object) => ({
    type: 'bar',
    orientation: 'h',
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    x: own.map((row) => numberOf(row, column)),
    y: places,
    width: 0.7,
    hovertext: own.map(publishedText),
    ...special,
  });
  return [
    bar('compute_s', {
      name: PARTS.compute.label,
      legendgroup: 'compute',
      showlegend: false,
      marker: { color: PARTS.compute.colour, line: { width: 0.5, color: COLOURS.white } },
    }),
    bar('transport_s', {
      name: 'transport, published',
      legendgroup: 'transport',
      showlegend: textOf(own[0]!, 'network') === 'ethernet10',
      legendrank: LAST_IN_LEGEND,
      marker: { color: COLOURS.white, line: { width: 1, color: INK } },
    }),
  ];
}

/** The axes of a panel of Gator, which has a scale of its own. */
function gatorAxes(own: readonly PublishedRow[], suffix: string, across: [number, number]): object {
  const ends = GATOR_ENDS.toReversed();
  const longest = Math.max(...own.map((row) => numberOf(row, 'compute_s') + numberOf(row, 'transport_s')));
  return {
    [`xaxis${suffix}`]: axis('', {
      domain: across,
      anchor: `y${suffix}`,
      range: [0, 1.05 * longest],
      nticks: 4,
      tickformat: ',d',
      quantity: { name: 'time of the program (s)' },
    }),
    [`yaxis${suffix}`]: rowsAxis(
      [0, GATOR_TOP],
      suffix,
      ends.map((end) => (textOf(own[0]!, 'network') === 'ethernet10' ? end : '')),
    ),
  };
}

/** A row for each label, from below. */
function rowsAxis(domain: readonly [number, number], suffix: string, labels: readonly string[]) {
  return axis('', {
    domain,
    anchor: `x${suffix}`,
    range: [-0.6, labels.length - 0.4],
    showgrid: false,
    ticks: '',
    tickmode: 'array',
    tickvals: labels.map((_, k) => k),
    ticktext: labels,
  });
}

/** Rates of the processors, the slower first. */
function ratesOf(rows: readonly Row[]): number[] {
  return [...new Set(rows.map((r) => numberOf(r, 'flops_per_s')))].sort((a, b) => a - b);
}
