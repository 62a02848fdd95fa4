/**
 * Usable workstations against the time without input that is asked for: the running building beside the closed form.
 *
 * Left out: time of day (the law has none).
 * Source: the fit of Mutka and Livny; Sprite and the NOW study as published points.
 */
import { atLeast, minutesOf, usableShare } from '../validate/owned-closed-forms.ts';
import { type Figure, numberOf, type PublishedRow, type Row, textOf, where } from './figure.ts';
import { axis, COLOURS, COLUMN, frame, label, publishedPoints } from './style.ts';

const NODES = 60;
const WANTED = 32;
/** What is claimed to be usable, %, and how near the simulation must come to the closed form. */
const CLAIMED = 60;
const WITHIN = 0.01;
const SIMULATED = 'simulated';
const CURVE = 'closed form';

export const availability: Figure = {
  name: 'availability',
  title: 'Usable workstations against the idle threshold',
  question: `What share of ${NODES} owned workstations is usable, and how often are ${WANTED} of them at once?`,
  claim: 'More than 60 % of the workstations can be used at any time.',
  claimSource:
    'Anderson, Culler, Patterson and others 1995 (A057, recalled); judged up to a threshold of 5 min',
  notes: [
    `${NODES} owners by the fit of Mutka and Livny (A034, A035): away for 3, 25 or 300 min on average; mean of 8 replications of 100 days, intervals smaller than the marks. Lines: closed form (C5), and the binomial tail of independent nodes.`,
    'Diamonds: idle hosts as published, by the rule of each: Sprite with 30 s without input (A017; 66 % from 9 to 17 h, see the hours of the day), early Sprite with 5 min (A073), the NOW study with a minute (A057: a lower bound, recalled; the claim itself). They are other buildings; rules on load and the time of day differ too. Shares published without a threshold are not drawn (A031, A032, A060).',
  ],
  columns: {
    source: 'simulated, or the closed form',
    threshold_min: 'time without input before a node is offered, min',
    usable_percent: 'usable node time, per cent',
    wanted_percent: `time in which at least ${WANTED} nodes are usable at once, per cent`,
  },
  async rows({ run }) {
    const summary = await run();
    const simulated = summary.points.map(
      ({ params, measures }): Row => ({
        source: SIMULATED,
        threshold_min: minutesOf(String(params['policies.idle.after'])),
        usable_percent: 100 * measures['usable']!.mean,
        wanted_percent: 100 * measures['wanted_available']!.mean,
      }),
    );
    const curve = Array.from({ length: 61 }, (_, i): Row => {
      const usable = usableShare(i / 2);
      return {
        source: CURVE,
        threshold_min: i / 2,
        usable_percent: Number((100 * usable).toPrecision(8)),
        wanted_percent: Number((100 * atLeast(WANTED, NODES, usable)).toPrecision(8)),
      };
    });
    return [...simulated, ...curve];
  },
  verdict(rows) {
    const points = where(rows, { source: SIMULATED });
    const least = Math.min(
      ...points
        .filter((row) => numberOf(row, 'threshold_min') <= 5)
        .map((row) => numberOf(row, 'usable_percent')),
    );
    const worst = Math.max(
      ...points.map((row) =>
        Math.abs(numberOf(row, 'usable_percent') / 100 / usableShare(numberOf(row, 'threshold_min')) - 1),
      ),
    );
    const met = [least > CLAIMED, worst <= WITHIN].filter(Boolean).length;
    return {
      holds: met === 2 ? 'holds' : met === 1 ? 'holds in part' : 'does not hold',
      because: `${least.toFixed(0)} % are usable with a threshold of 5 min; the simulation is within ${(100 * worst).toFixed(2)} % of the closed form`,
    };
  },
  picture(rows, published) {
    const points = where(rows, { source: SIMULATED });
    const curve = where(rows, { source: CURVE });
    const series = (column: string, name: string, colour: string, symbol: string) => [
      {
        type: 'scatter',
        mode: 'lines',
        name,
        showlegend: false,
        hovertext: 'closed form',
        x: curve.map((row) => numberOf(row, 'threshold_min')),
        y: curve.map((row) => numberOf(row, column)),
        line: { color: colour, width: 1.2 },
      },
      {
        type: 'scatter',
        mode: 'markers',
        name,
        x: points.map((row) => numberOf(row, 'threshold_min')),
        y: points.map((row) => numberOf(row, column)),
        marker: { symbol, size: 6, color: colour },
      },
    ];
    return {
      data: [
        ...series('usable_percent', 'usable node time', COLOURS.blue, 'circle'),
        ...series(
          'wanted_percent',
          `time with ${WANTED} of ${NODES} usable at once`,
          COLOURS.vermilion,
          'square',
        ),
        publishedPoints(
          published,
          (row) => numberOf(row, 'threshold_min'),
          (row) => numberOf(row, 'usable_percent'),
          { name: 'idle hosts, published' },
        ),
      ],
      layout: frame(COLUMN, 300, {
        showlegend: true,
        margin: { l: 40, r: 8, t: 62, b: 36 },
        xaxis: axis('time without input asked for (min)', { range: [-0.5, 30.5] }),
        yaxis: axis('per cent', { range: [28, 102] }),
        annotations: published.map((row) =>
          label(textOf(row, 'label'), numberOf(row, 'threshold_min'), numberOf(row, 'usable_percent'), {
            xshift: 7,
            ...(isByTheCurve(row)
              ? { yanchor: 'bottom', yshift: 6, bgcolor: COLOURS.white }
              : { yanchor: 'middle', yshift: -5 }),
          }),
        ),
      }),
    };
  },
};

/** Would text beside this published point cross the curve? */
function isByTheCurve(row: PublishedRow): boolean {
  return Math.abs(numberOf(row, 'usable_percent') - 100 * usableShare(numberOf(row, 'threshold_min'))) < 4;
}
