/**
 * Mean response of sequential jobs against load, by who moves them where: the experiment of this figure, run through the runner,
 * with the closed forms of a building of infinitely many nodes (and of one queue of as many nodes) as lines.
 *
 * Left out: what is known of loads is exact and free here; what it costs to know them is the business of policies.decider.
 * Source: Eager, Lazowska and Zahorjan 1986; sections A3 and C1-C3 of the project's reference on policies; Mitzenmacher
 * 2001 and Zhou 1988 as published points.
 */
import { erlang, joinShortest, thresholdLimit } from '../validate/closed-forms.ts';
import type { Figure, PublishedRow, Row } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import {
  axis,
  COLOURS,
  frame,
  INK,
  label,
  logAxis,
  PAGE,
  publishedArea,
  publishedPoints,
  type Style,
} from './style.ts';

const NODES = 50;
const SERVICE_S = 1;
/** Moves cost nothing, or a tenth of the mean service of the sender's CPU (L002). */
const COSTS = [0, 0.1] as const;
/** Load at which the claim is judged. */
const JUDGED = 0.8;
/** "Close", of threshold to shortest and to the bound. */
const CLOSE = 0.1;
const MOST_OF_THE_WAY = 0.8;

interface Line extends Style {
  /** Response in service times where nothing costs anything; null: there is no closed form. */
  readonly limit: ((load: number) => number) | null;
}

const style = (
  label: string,
  colour: string,
  symbol: string,
  limit: Line['limit'],
  dash = 'solid',
): Line => ({
  label,
  colour,
  symbol,
  dash,
  limit,
});

const POLICIES: Readonly<Record<string, Line>> = {
  none: style('none', INK, 'square', (load) => 1 / (1 - load)),
  random: style(
    'random',
    COLOURS.vermilion,
    'diamond',
    (load) => thresholdLimit(load, 2, 0).response,
    'dashdot',
  ),
  jsq: style('shortest of 2, always', COLOURS.orange, 'star', (load) => joinShortest(2, load), 'dot'),
  threshold: style('threshold', COLOURS.blue, 'circle', (load) => thresholdLimit(load, 2, 3).response),
  shortest: style('shortest', COLOURS.sky, 'cross', null, 'dash'),
  central: style('one queue', COLOURS.green, 'triangle-up', (load) => erlang(NODES, load)),
};

const SIMULATED = 'simulated';
const CLOSED = 'closed form';

export const loadSharing: Figure = {
  name: 'load-sharing',
  title: 'Response against load, by who moves jobs where',
  question: 'How long do sequential jobs take on pooled nodes, by the rule that moves them?',
  claim:
    'Moving jobs at random beats not moving them by far; probing a few nodes comes close to one queue for all.',
  claimSource:
    'Eager, Lazowska & Zahorjan 1986, by its abstract ("close": within 10 % of Shortest, and 80 % of the way from none to one queue, ours)',
  notes: [
    `${NODES} equal nodes, Poisson arrivals at every node, exponential service of ${SERVICE_S} s, first come first served; threshold 2, 3 probes; mean and 95 % interval of 4 replications.`,
    'Lines: M/M/1; the limit of many nodes for random, threshold and the shortest of two; Erlang C for one queue. They hold where nothing costs anything (left). Dashed thin lines join simulated points.',
    "Right: each move takes a tenth of a mean service of the sender's CPU, probes are free. One queue moves nearly every job, so it pays most.",
    'Diamonds: shortest of 2 among 100 nodes as simulated by Mitzenmacher, 1.2 and 9 % above the limit (L016, recalled). Grey: 30 to 60 % less than without sharing, which Zhou reports of 28 hosts under medium to heavy load (L021, recalled; other rules, jobs of a VAX trace); drawn from load 0.5 to 0.85, ours. The paper of the claim has curves of which no number is at hand.',
  ],
  columns: {
    policy: 'who moves jobs where',
    source: 'simulated, or the closed form',
    transfer_s: "sender's CPU for a move, s",
    load: 'offered load per node, moves left out',
    response_s: 'mean response, s',
    ci95_s: 'half width of its 95 % interval',
    moved_share: 'share of jobs moved (0 for closed forms)',
  },
  async rows({ run }) {
    const summary = await run();
    const simulated = summary.points.map(({ params, measures }): Row => {
      const response = measures['response_time_s']!;
      return {
        policy: String(params['policies.sharing']),
        source: SIMULATED,
        transfer_s: params['sharing.transfer_cpu'] === '0s' ? COSTS[0] : COSTS[1],
        load: Number(params['jobs.load']),
        response_s: response.mean,
        ci95_s: response.ci95 ?? 0,
        moved_share: measures['moved_share']!.mean,
      };
    });
    const closed = Object.entries(POLICIES).flatMap(([policy, { limit }]) =>
      limit === null
        ? []
        : Array.from({ length: 97 }, (_, i): Row => {
            const load = i / 100;
            return {
              policy,
              source: CLOSED,
              transfer_s: 0,
              load,
              response_s: load === 0 ? SERVICE_S : SERVICE_S * limit(load),
              ci95_s: 0,
              moved_share: 0,
            };
          }),
    );
    return [...simulated, ...closed];
  },
  verdict(rows) {
    const at = (policy: string, transfer_s: number) =>
      numberOf(where(rows, { policy, source: SIMULATED, transfer_s, load: JUDGED })[0]!, 'response_s');
    const tests = COSTS.map((cost) => {
      const [none, random, threshold, shortest, bound] = [
        'none',
        'random',
        'threshold',
        'shortest',
        'central',
      ].map((policy) => at(policy, policy === 'central' ? 0 : cost)) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const way = (none - threshold) / (none - bound);
      return { cost, random: none / random, near: threshold / shortest - 1, way };
    });
    const met = tests.filter(
      ({ random, near, way }) => random > 1.5 && near <= CLOSE && way >= MOST_OF_THE_WAY,
    );
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    return {
      holds: met.length === 2 ? 'holds' : met.length === 1 ? 'holds in part' : 'does not hold',
      because: tests
        .map(
          ({ cost, random, near, way }) =>
            `at load ${JUDGED} and moves of ${cost} s, random is ${random.toFixed(1)} times as fast as none, threshold is within ${percent(near)} of shortest and ${percent(way)} of the way to one queue`,
        )
        .join('; '),
    };
  },
  picture(rows, published) {
    const panel = (cost: number, first: boolean) =>
      Object.entries(POLICIES).flatMap(([policy, { label: name, colour, symbol, dash, limit }]) => {
        const axes = { xaxis: first ? 'x' : 'x2', yaxis: first ? 'y' : 'y2' };
        const own = where(rows, { policy, source: SIMULATED, transfer_s: cost }).toSorted(
          (a, b) => numberOf(a, 'load') - numberOf(b, 'load'),
        );
        const line = where(rows, { policy, source: CLOSED });
        const drawn = first && limit !== null;
        return [
          ...(drawn
            ? [
                {
                  type: 'scatter',
                  mode: 'lines',
                  name,
                  showlegend: false,
                  hovertext: 'closed form',
                  ...axes,
                  x: line.map((r) => numberOf(r, 'load')),
                  y: line.map((r) => numberOf(r, 'response_s')),
                  line: { color: colour, dash, width: 1.4 },
                },
              ]
            : []),
          {
            type: 'scatter',
            mode: drawn ? 'markers' : 'lines+markers',
            name,
            showlegend: first,
            ...axes,
            x: own.map((r) => numberOf(r, 'load')),
            y: own.map((r) => numberOf(r, 'response_s')),
            error_y: {
              type: 'data',
              array: own.map((r) => numberOf(r, 'ci95_s')),
              color: colour,
              thickness: 0.8,
              width: 2,
            },
            line: { color: colour, dash: 'dot', width: 0.8 },
            marker: { symbol, size: 6, color: colour },
          },
        ];
      });
    const [least, most] = [0.95, 60];
    const ticks = [1, 2, 3, 5, 10, 20, 50];
    const loads = rows.filter((r) => textOf(r, 'source') === SIMULATED).map((r) => numberOf(r, 'load'));
    const range = { range: [Math.min(...loads) - 0.05, 1] };
    const above = (text: string, xref: string, yref: string) =>
      label(text, Math.min(...loads) - 0.03, Math.log10(most), {
        xref,
        yref,
        yanchor: 'top',
        yshift: -3,
        bgcolor: '#ffffff',
      });
    return {
      data: [
        ...where(published, { policy: '' }).map((row) => reductionArea(row)),
        ...panel(COSTS[0], true),
        ...panel(COSTS[1], false),
        publishedPoints(
          where(published, { policy: 'jsq' }),
          (row) => numberOf(row, 'load'),
          (row) =>
            SERVICE_S * joinShortest(2, numberOf(row, 'load')) * (1 + numberOf(row, 'excess_percent') / 100),
          { name: 'Mitzenmacher, published' },
        ),
      ],
      layout: frame(PAGE, 314, {
        showlegend: true,
        margin: { l: 46, r: 10, t: 48, b: 36 },
        xaxis: axis('load', { domain: [0, 0.47], ...range }),
        xaxis2: axis('load', { domain: [0.53, 1], anchor: 'y2', ...range }),
        yaxis: logAxis('mean response (s; mean service 1 s)', least, most, String, ticks),
        yaxis2: logAxis('', least, most, String, ticks, { anchor: 'x2' }),
        annotations: [
          above('moves are free', 'x', 'y'),
          above(`a move takes ${COSTS[1]} s of its sender's CPU`, 'x2', 'y2'),
        ],
      }),
    };
  },
};

/** The area between the published reductions of the response without sharing, where moves are not free. */
function reductionArea(row: PublishedRow): Record<string, unknown> {
  const [from, to] = [numberOf(row, 'load'), numberOf(row, 'to_load')];
  const loads = Array.from({ length: 15 }, (_, i) => from + ((to - from) * i) / 14);
  const left = (percent: string) =>
    loads.map((load) => (SERVICE_S * (1 - numberOf(row, percent) / 100)) / (1 - load));
  return publishedArea(
    row,
    'Zhou, published',
    [...loads, ...loads.toReversed()],
    [...left('less_low'), ...left('less_high').toReversed()],
    { xaxis: 'x2', yaxis: 'y2' },
  );
}
