/**
 * What recruiting idle workstations is worth, by how long they are left alone first: usable time less what recruitments
 * cost, in the running building and by the closed form.
 *
 * Left out: that guests of a node which is recruited late had to wait (the queue's affair).
 * Source: closed form C5; the thresholds of Sprite, the NOW study, Condor and Cilk-NOW as published points.
 */
import { bestThreshold, minutesOf, recruitmentRate, usableShare } from '../validate/owned-closed-forms.ts';
import { type Figure, numberOf, type Row, textOf, where } from './figure.ts';
import { axis, COLOURS, COLUMN, frame, label, logAxis, publishedPoints, SMALL } from './style.ts';

/** What a recruitment costs, min. */
const COSTS = [10, 15, 20, 30] as const;
/** Gain at the best threshold of the closed form, at least this share of the best of the sweep. */
const NEAR = 0.005;
/** Thresholds for which the closed form is computed, min. */
const LEAST = 0.5;
const MOST = 30;
/** A threshold of zero is drawn here on the logarithmic axis, min. */
const ZERO = 0.25;
/** Where the published thresholds stand, which have no gain: % of node time. */
const FOOT = 46;
const SIMULATED = 'simulated';
const CURVE = 'closed form';

const COLOUR: Readonly<Record<number, string>> = {
  10: COLOURS.green,
  15: COLOURS.blue,
  20: COLOURS.vermilion,
  30: COLOURS.purple,
};

const gainOf = (usable: number, perMinute: number, cost: number) => 100 * (usable - cost * perMinute);

export const recruitment: Figure = {
  name: 'recruitment',
  title: 'How long to leave an idle workstation alone',
  question:
    'After how long without input is it best to recruit a workstation, if each recruitment costs some minutes?',
  claim:
    'It pays to wait until the chance of a quick return has fallen: longer, the more a recruitment costs.',
  claimSource:
    'the closed form C5: best where the hazard of the absence is 1/cost (met: within 0.5 % of the best gain)',
  notes: [
    '60 owners by the fit of Mutka and Livny (A034, A035), 8 replications of 100 days; intervals smaller than the marks. The gain is the share of node time that is usable, less the minutes that recruitments cost. Lines: closed form; rings: its optimum.',
    'The curves are flat around the optimum. A threshold of zero stands at the left edge.',
    'Diamonds: the thresholds that systems used: Sprite 30 s (A001), the NOW study 1 min (A056, recalled), Condor and Cilk-NOW 15 min (A037, A054). What a recruitment cost them, and so their gain, is not published: only their place along the axis counts.',
  ],
  columns: {
    source: 'simulated, or the closed form',
    cost_min: 'what a recruitment costs, min',
    threshold_min: 'time without input before a node is recruited, min',
    gain_percent: 'usable node time less the cost, per cent of node time',
  },
  async rows({ run }) {
    const summary = await run();
    const simulated = COSTS.flatMap((cost) =>
      summary.points.map(
        ({ params, measures }): Row => ({
          source: SIMULATED,
          cost_min: cost,
          threshold_min: Number(minutesOf(String(params['policies.idle.after'])).toPrecision(6)),
          gain_percent: gainOf(measures['usable']!.mean, measures['recruitments_per_h']!.mean / 60, cost),
        }),
      ),
    );
    const curve = COSTS.flatMap((cost) =>
      Array.from({ length: 61 }, (_, i): Row => {
        const threshold = LEAST * (MOST / LEAST) ** (i / 60);
        return {
          source: CURVE,
          cost_min: cost,
          threshold_min: Number(threshold.toPrecision(6)),
          gain_percent: Number(
            gainOf(usableShare(threshold), recruitmentRate(threshold), cost).toPrecision(8),
          ),
        };
      }),
    );
    return [...simulated, ...curve];
  },
  verdict(rows) {
    const results = COSTS.map((cost) => {
      const own = where(rows, { source: SIMULATED, cost_min: cost });
      const best = Math.max(...own.map((row) => numberOf(row, 'gain_percent')));
      const wanted = bestThreshold(cost);
      const near = own.reduce((a, b) =>
        Math.abs(numberOf(b, 'threshold_min') - wanted) < Math.abs(numberOf(a, 'threshold_min') - wanted)
          ? b
          : a,
      );
      return { cost, wanted, share: numberOf(near, 'gain_percent') / best };
    });
    const met = results.filter(({ share }) => share >= 1 - NEAR).length;
    const list = results.map(({ cost, wanted }) => `${wanted.toFixed(1)} min at a cost of ${cost}`);
    return {
      holds: met === COSTS.length ? 'holds' : met > 0 ? 'holds in part' : 'does not hold',
      because: `best are ${list.join(', ')}; there the simulated gain is at least ${(100 * Math.min(...results.map((r) => r.share))).toFixed(2)} % of the best of the sweep`,
    };
  },
  picture(rows, published) {
    const ticks = [ZERO, LEAST, 1, 2, 5, 10, 20, MOST];
    const minutes = (value: number) => (value === ZERO ? '0' : String(value));
    const at = (row: Row) => Math.max(ZERO, numberOf(row, 'threshold_min'));
    const lines = COSTS.flatMap((cost) => {
      const own = where(rows, { source: SIMULATED, cost_min: cost });
      const curve = where(rows, { source: CURVE, cost_min: cost });
      const colour = COLOUR[cost]!;
      const best = bestThreshold(cost);
      const name = `a recruitment costs ${cost} min`;
      return [
        {
          type: 'scatter',
          mode: 'lines',
          name,
          showlegend: false,
          hovertext: 'closed form',
          x: curve.map(at),
          y: curve.map((row) => numberOf(row, 'gain_percent')),
          line: { color: colour, width: 1.2 },
        },
        {
          type: 'scatter',
          mode: 'markers',
          name,
          showlegend: false,
          hovertext: 'simulated',
          cliponaxis: false,
          x: own.map(at),
          y: own.map((row) => numberOf(row, 'gain_percent')),
          marker: { symbol: 'circle', size: 4, color: colour },
        },
        {
          type: 'scatter',
          mode: 'markers',
          name,
          showlegend: false,
          hovertext: 'best by the closed form',
          x: [best],
          y: [gainOf(usableShare(best), recruitmentRate(best), cost)],
          marker: { symbol: 'circle-open', size: 11, color: colour, line: { width: 1.4 } },
        },
      ];
    });
    return {
      data: [
        ...lines,
        publishedPoints(
          published,
          (row) => numberOf(row, 'threshold_min'),
          () => FOOT,
          { name: 'thresholds in use, published' },
        ),
      ],
      layout: frame(COLUMN, 290, {
        showlegend: true,
        margin: { l: 40, r: 62, t: 28, b: 36 },
        xaxis: logAxis('threshold (min)', ZERO, MOST, minutes, ticks, { quantity: { write: minutes } }),
        yaxis: axis('usable time less cost (% of node time)', { range: [44, 74] }),
        annotations: [
          ...COSTS.map((cost) =>
            label(
              `${cost} min each`,
              Math.log10(MOST),
              gainOf(usableShare(MOST), recruitmentRate(MOST), cost),
              { xshift: 4, font: { size: SMALL, color: COLOUR[cost] } },
            ),
          ),
          ...published
            .filter((row) => textOf(row, 'label') !== '')
            .map((row) =>
              label(textOf(row, 'label'), Math.log10(numberOf(row, 'threshold_min')), FOOT, {
                xanchor: 'center',
                yanchor: 'bottom',
                yshift: 4,
              }),
            ),
        ],
      }),
    };
  },
};
