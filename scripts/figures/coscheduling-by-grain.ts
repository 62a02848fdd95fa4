/**
 * Slowdown of parallel programs on shared nodes against their grain, by who decides what runs: the experiment of this
 * figure, run through the runner, and once more with local scheduling of processes that block.
 *
 * Left out: what a switch does to caches, but for the dearer switch of the right-hand panel, which is assumed.
 * Source: Dusseau 1998 (C012), Feitelson & Rudolph 1992 (C016) as published; closed form C6 of the project's reference on policies.
 */
import type { Summary } from '../../sim/experiment/results.ts';
import type { Figure, PublishedRow, Row } from './figure.ts';
import { numberOf, where } from './figure.ts';
import {
  COLOURS,
  frame,
  INK,
  LAST_IN_LEGEND,
  label,
  logAxis,
  PAGE,
  publishedArea,
  publishedText,
  type Style,
} from './style.ts';

const COPIES = 2;
/** Most that implicit coscheduling may be behind ideal gangs (C012). */
const BEHIND = 0.15;
/** Height at which the grains are drawn below which gangs pay, as published: clear of the lines. */
const GANGS_PAY = 15;
/** Prices of a switch: the structure's, and one with a cold cache. */
const SWITCHES = ['auto', '100us'] as const;

const style = (text: string, colour: string, symbol: string, dash: string): Style => ({
  label: text,
  colour,
  symbol,
  dash,
});
const LINES: Readonly<Record<string, Style>> = {
  'local, spin': style('local, spinning', COLOURS.vermilion, 'square', 'dashdot'),
  'local, block': style('local, blocking', COLOURS.orange, 'diamond', 'dot'),
  implicit: style('implicit', COLOURS.blue, 'circle', 'solid'),
  gang: style('gangs by signals', INK, 'triangle-up', 'dash'),
};

/** A time of an experiment file, us. */
function microseconds(text: string): number {
  const size = text.endsWith('us') ? 1 : text.endsWith('ms') ? 1e3 : 1e6;
  return Number.parseFloat(text) * size;
}

function rowsOf(summary: Summary, name: (policy: string) => string): Row[] {
  return summary.points.map(({ params, measures }): Row => {
    const mean = (measure: string) => measures[measure]!.mean;
    return {
      policy: name(String(params['policies.coscheduling'] ?? 'local')),
      context_switch: String(params['cluster.context_switch']),
      grain_us: microseconds(String(params['program.grain'])),
      slowdown: mean('slowdown'),
      slowdown_ci95: measures['slowdown']!.ci95 ?? 0,
      together: mean('together'),
      spinning: mean('cpu_spinning'),
      switching: mean('cpu_switching'),
    };
  });
}

export const coschedulingByGrain: Figure = {
  name: 'coscheduling-by-grain',
  title: 'Slowdown of parallel programs on shared nodes by grain',
  question: 'How much slower are parallel programs that share nodes, by who decides what runs and by grain?',
  claim:
    'Well-behaved programs under implicit coscheduling are within 15 % of ideal explicit coscheduling (32 workstations).',
  claimSource: 'A. Dusseau, Implicit Coscheduling, PhD thesis 1998, abstract (C012; by simulation there)',
  notes: [
    'Two bulk-synchronous programs of 32 processes on the same 32 nodes, barriers only, imbalance 10 %, quantum 100 ms, messages of Myrinet; DECstation 5000/240 under a plain kernel; mean and 95 % interval of 2 replications, 20 rounds each. Each program is also run alone, with the same random numbers.',
    'Ideal is a slowdown of 2. Gangs are switched by stop and continue signals, a message to each node in turn: skew and switch are what they cost at every grain.',
    "Left: the structure's bare context switch (4.6 us). Right: 100 us, as with a cold cache or a deep path of wake-ups (assumed). Where blocking is as cheap as on the left it needs no coscheduling at all.",
    'Grey: within 15 % of ideal, as Dusseau predicts of implicit coscheduling (C012; by simulation of 32 workstations). Thick line: grains below which gangs beat blocking on a multiprocessor with shared memory, a few hundred µs to 1 or 2 ms (C016, recalled with low confidence; its height says nothing). Only a dear switch gives such a grain here, 1 ms.',
    'Slowdowns below 2 are other processes running while one waits for the slowest of its program.',
  ],
  columns: {
    policy: 'who decides what runs, and how processes wait',
    context_switch: "price of a context switch; auto: the structure's",
    grain_us: 'computing of a process between two barriers, us',
    slowdown: 'time on shared nodes / time on dedicated ones, mean over programs',
    slowdown_ci95: 'half width of its 95 % interval',
    together: "share of time in which all of a program's processes run",
    spinning: 'share of CPU time spinning',
    switching: 'share of CPU time switching',
  },
  async rows({ run }) {
    const swept = rowsOf(await run(), (policy) => (policy === 'local' ? 'local, spin' : policy));
    const blocking = rowsOf(
      await run({
        set: ['policies.waiting=block'],
        vary: [
          'policies.coscheduling=local',
          `cluster.context_switch=${SWITCHES.join(',')}`,
          `program.grain=${[...new Set(swept.map((r) => `${numberOf(r, 'grain_us')}us`))].join(',')}`,
        ],
      }),
      () => 'local, block',
    );
    return [...swept, ...blocking];
  },
  verdict(rows) {
    const worst = SWITCHES.map((context_switch) => {
      const own = where(rows, { policy: 'implicit', context_switch });
      const top = own.reduce((a, b) => (numberOf(b, 'slowdown') > numberOf(a, 'slowdown') ? b : a));
      return {
        context_switch,
        grain: numberOf(top, 'grain_us'),
        behind: numberOf(top, 'slowdown') / COPIES - 1,
      };
    });
    const met = worst.filter(({ behind }) => behind <= BEHIND).length;
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    return {
      holds: met === worst.length ? 'holds' : met > 0 ? 'holds in part' : 'does not hold',
      because: worst
        .map(
          ({ context_switch, grain, behind }) =>
            `with a switch of ${context_switch === 'auto' ? '4.6 us' : '100 us'} it is at most ${percent(behind)} behind, at a grain of ${grain} us`,
        )
        .join('; '),
    };
  },
  picture(rows, published) {
    const panel = (context_switch: string, first: boolean) =>
      Object.entries(LINES).flatMap(([policy, { label: name, colour, symbol, dash }]) => {
        const own = where(rows, { policy, context_switch }).toSorted(
          (a, b) => numberOf(a, 'grain_us') - numberOf(b, 'grain_us'),
        );
        if (own.length === 0) return [];
        return [
          {
            type: 'scatter',
            mode: 'lines+markers',
            name,
            showlegend: first,
            xaxis: first ? 'x' : 'x2',
            yaxis: first ? 'y' : 'y2',
            x: own.map((r) => numberOf(r, 'grain_us')),
            y: own.map((r) => numberOf(r, 'slowdown')),
            error_y: {
              type: 'data',
              array: own.map((r) => numberOf(r, 'slowdown_ci95')),
              arrayminus: own.map((r) =>
                Math.min(numberOf(r, 'slowdown_ci95'), 0.9 * numberOf(r, 'slowdown')),
              ),
              color: colour,
              thickness: 0.8,
              width: 2,
            },
            line: { color: colour, dash, width: 1.4 },
            marker: { symbol, size: 6, color: colour },
          },
        ];
      });
    const grains = rows.map((r) => numberOf(r, 'grain_us'));
    const [from, to] = [Math.min(...grains) / 1.4, Math.max(...grains) * 1.4];
    const [least, most] = [1.4, Math.max(...rows.map((r) => numberOf(r, 'slowdown'))) * 1.5];
    const text = (value: number) => (value >= 1000 ? `${value / 1000} ms` : `${value} µs`);
    const ticks = [100, 1000, 10_000];
    const above = (what: string, xref: string, yref: string) =>
      label(what, Math.log10(to), Math.log10(most), {
        xref,
        yref,
        xanchor: 'right',
        yanchor: 'top',
        xshift: -3,
        yshift: -3,
        bgcolor: '#ffffff',
      });
    return {
      data: [
        ...publishedTraces(published, from, to),
        ...panel(SWITCHES[0], true),
        ...panel(SWITCHES[1], false),
      ],
      layout: frame(PAGE, 314, {
        showlegend: true,
        margin: { l: 46, r: 10, t: 48, b: 36 },
        xaxis: logAxis('grain', from, to, text, ticks, {
          domain: [0, 0.47],
          quantity: { write: text },
        }),
        xaxis2: logAxis('grain', from, to, text, ticks, {
          domain: [0.53, 1],
          anchor: 'y2',
          quantity: { write: text },
        }),
        yaxis: logAxis('slowdown (2: ideal sharing)', least, most, String, [2, 5, 10, 100, 1000]),
        yaxis2: logAxis('', least, most, String, [2, 5, 10, 100, 1000], { anchor: 'x2' }),
        annotations: [above('switch 4.6 µs', 'x', 'y'), above('switch 100 µs', 'x2', 'y2')],
      }),
    };
  },
};

/** How near to ideal implicit coscheduling is said to be, in both panels, and the grains below which gangs pay. */
function publishedTraces(
  published: readonly PublishedRow[],
  from: number,
  to: number,
): Record<string, unknown>[] {
  return ['', '2'].flatMap((panel) => {
    const axes = { xaxis: `x${panel}`, yaxis: `y${panel}`, showlegend: panel === '' };
    const near = where(published, { policy: 'implicit' }).map((row) => {
      const most = COPIES * (1 + numberOf(row, 'within_percent') / 100);
      return publishedArea(
        row,
        'within 15 %, published',
        [from, to, to, from],
        [COPIES, COPIES, most, most],
        axes,
      );
    });
    const gangs = where(published, { policy: 'gang' }).map((row) => ({
      type: 'scatter',
      mode: 'lines',
      name: 'gangs pay below, published',
      hovertext: publishedText(row),
      x: [numberOf(row, 'from_us'), numberOf(row, 'to_us')],
      y: [GANGS_PAY, GANGS_PAY],
      line: { color: COLOURS.grey, width: 3 },
      legendrank: LAST_IN_LEGEND,
      ...axes,
    }));
    return [...near, ...gangs];
  });
}
