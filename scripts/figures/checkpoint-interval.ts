/**
 * Run time of a job against the interval between its checkpoints: jobs of the running building against Daly's curve,
 * and where Young's and Daly's rules put the interval.
 *
 * Left out: crashes by other laws than the exponential one, for which the curve holds; gangs.
 */
import { dalyInterval } from '../../models/policies/checkpoint/daly.ts';
import { youngInterval } from '../../models/policies/checkpoint/young.ts';
import { dalyRunTime, lowestAt } from '../validate/failure-cases.ts';
import { type Figure, numberOf, type PublishedRow, type Row, textOf, where } from './figure.ts';
import { COLOURS, COLUMN, frame, INK, label, logAxis } from './style.ts';

const HOUR_S = 3600;
const WORK_H = 500;
/** Checkpoint and restart of the published case, min. */
const COST = 5;
const RESTART = 10;
/** Intervals that are drawn, min. */
const LEAST = 13;
const MOST = 450;
const SIMULATED = 'simulated';
const CURVE = 'formula';
const RULES = { young: 'Young', daly: 'Daly' } as const;
/** Mean time between crashes of the published case, h, and how near its optimum must be met. */
const JUDGED_H = 24;
const NEAR = 0.1;
const WITHIN = 0.01;

const STYLES: Readonly<Record<string, { colour: string; symbol: string }>> = {
  6: { colour: COLOURS.vermilion, symbol: 'square' },
  24: { colour: COLOURS.blue, symbol: 'circle' },
  96: { colour: COLOURS.green, symbol: 'triangle-up' },
};

/** Daly's run time by hours and minutes, h. */
function curve(mtbf_h: number, interval_min: number): number {
  const [mtbf, cost, restart] = [mtbf_h * HOUR_S, COST * 60, RESTART * 60];
  return dalyRunTime(interval_min * 60, { work: WORK_H * HOUR_S, mtbf, cost, restart }) / HOUR_S;
}

export const checkpointInterval: Figure = {
  name: 'checkpoint-interval',
  title: 'How often to save a long job',
  question: 'How long does a long job take on a node that crashes, by the interval between its checkpoints?',
  claim:
    'With a crash a day, 5 min a checkpoint and 10 min a restart, 500 h of work are done soonest if saved every 117 min.',
  claimSource: 'Daly 2006, figure 3 (met: within 10 %, and the run times of its formula within 1 %)',
  notes: [
    `One job of ${WORK_H} h on one node; exponential crashes every 6, 24 or 96 h on average, which hit work, checkpoints and restarts alike; ${COST} min a checkpoint, ${RESTART} min a restart; mean and 95 % interval of 200 replications.`,
    "Lines: Daly's formula. Open marks on them: the intervals that Young's and Daly's rules choose. The curve is flat around its minimum: twice the best interval costs 2 % at a crash a day.",
  ],
  columns: {
    source: 'simulated, the formula, or a rule that chooses the interval',
    mtbf_h: 'mean time between crashes, h',
    interval_min: 'run time between two checkpoints, min',
    run_time_h: 'mean run time, h',
    ci95_h: 'half width of its 95 % interval',
  },
  async rows({ run }) {
    const summary = await run();
    const simulated = summary.points.map(({ params, measures }): Row => {
      const time = measures['run_time_s']!;
      return {
        source: SIMULATED,
        mtbf_h: Number.parseFloat(String(params['failures.mtbf'])),
        interval_min: Number.parseFloat(String(params['policies.checkpoint.interval'])),
        run_time_h: time.mean / HOUR_S,
        ci95_h: (time.ci95 ?? 0) / HOUR_S,
      };
    });
    const crashes = [...new Set(simulated.map((row) => numberOf(row, 'mtbf_h')))];
    const exact = (source: string, mtbf_h: number, interval_min: number): Row => ({
      source,
      mtbf_h,
      interval_min: Number(interval_min.toPrecision(6)),
      run_time_h: Number(curve(mtbf_h, interval_min).toPrecision(8)),
      ci95_h: 0,
    });
    const closed = crashes.flatMap((mtbf_h) => [
      ...Array.from({ length: 61 }, (_, i) => exact(CURVE, mtbf_h, LEAST * (MOST / LEAST) ** (i / 60))),
      exact(RULES.young, mtbf_h, youngInterval(COST, mtbf_h * 60)),
      exact(RULES.daly, mtbf_h, dalyInterval(COST, mtbf_h * 60)),
    ]);
    return [...simulated, ...closed];
  },
  verdict(rows, published) {
    const points = where(rows, { source: SIMULATED });
    const best = bestOf(rows, JUDGED_H);
    const claimed = numberOf(published[0]!, 'interval_min');
    const worst = Math.max(
      ...points.map((row) => {
        const expected = curve(numberOf(row, 'mtbf_h'), numberOf(row, 'interval_min'));
        return Math.abs(numberOf(row, 'run_time_h') / expected - 1);
      }),
    );
    const met = [Math.abs(best / claimed - 1) <= NEAR, worst <= WITHIN].filter(Boolean).length;
    return {
      holds: met === 2 ? 'holds' : met === 1 ? 'holds in part' : 'does not hold',
      because: `the simulated run times are lowest at ${best.toFixed(0)} min; of ${points.length} points the farthest is ${(100 * worst).toFixed(2)} % from the formula`,
    };
  },
  picture(rows, published) {
    const crashes = Object.keys(STYLES).map(Number);
    const ticks = [15, 30, 60, 120, 240, 480];
    const percent = (row: Row) => 100 * (numberOf(row, 'run_time_h') / WORK_H - 1);
    const lines = crashes.flatMap((mtbf_h) => {
      const { colour, symbol } = STYLES[mtbf_h]!;
      const own = where(rows, { source: SIMULATED, mtbf_h }).toSorted(
        (a, b) => numberOf(a, 'interval_min') - numberOf(b, 'interval_min'),
      );
      const line = where(rows, { source: CURVE, mtbf_h });
      return [
        {
          type: 'scatter',
          mode: 'lines',
          name: `crash every ${mtbf_h} h`,
          showlegend: false,
          hovertext: 'closed form',
          x: line.map((row) => numberOf(row, 'interval_min')),
          y: line.map(percent),
          line: { color: colour, width: 1.2 },
        },
        {
          type: 'scatter',
          mode: 'markers',
          name: `crash every ${mtbf_h} h`,
          x: own.map((row) => numberOf(row, 'interval_min')),
          y: own.map(percent),
          error_y: {
            type: 'data',
            array: own.map((row) => (100 * numberOf(row, 'ci95_h')) / WORK_H),
            color: colour,
            thickness: 0.8,
            width: 2,
          },
          marker: { symbol, size: 5, color: colour },
        },
      ];
    });
    const rules = Object.values(RULES).map((rule, i) => {
      const own = where(rows, { source: rule });
      return {
        type: 'scatter',
        mode: 'markers',
        name: `${rule}'s rule`,
        x: own.map((row) => numberOf(row, 'interval_min')),
        y: own.map(percent),
        marker: {
          symbol: i === 0 ? 'diamond-open' : 'circle-open',
          size: 11,
          color: INK,
          line: { width: 1.2 },
        },
      };
    });
    return {
      data: [...lines, ...rules],
      layout: frame(COLUMN, 300, {
        showlegend: true,
        margin: { l: 44, r: 8, t: 62, b: 36 },
        xaxis: logAxis('run time between two checkpoints (min)', LEAST / 1.1, MOST * 1.1, String, ticks),
        yaxis: logAxis('run time beyond the work (%)', 2, 150, String, [2, 5, 10, 20, 50, 100]),
        annotations: published.map((row) => publishedLabel(row)),
      }),
    };
  },
};

/** Where the simulated curve is lowest, min: fitted over the intervals within a factor of four of the least point. */
function bestOf(rows: readonly Row[], mtbf_h: number): number {
  const own = where(rows, { source: SIMULATED, mtbf_h });
  const least = own.reduce((a, b) => (numberOf(b, 'run_time_h') < numberOf(a, 'run_time_h') ? b : a));
  const middle = numberOf(least, 'interval_min');
  const near = own.filter((row) => {
    const ratio = numberOf(row, 'interval_min') / middle;
    return ratio > 1 / 4 && ratio < 4;
  });
  return lowestAt(
    near.map((row) => numberOf(row, 'interval_min')),
    near.map((row) => numberOf(row, 'run_time_h')),
  );
}

function publishedLabel(row: PublishedRow): object {
  const [x, mtbf_h] = [numberOf(row, 'interval_min'), numberOf(row, 'mtbf_h')];
  const y = 100 * (curve(mtbf_h, x) / WORK_H - 1);
  return label(
    `published optimum<br>${textOf(row, 'value')} ${textOf(row, 'unit')}`,
    Math.log10(x),
    Math.log10(y),
    {
      xanchor: 'right',
      yanchor: 'middle',
      showarrow: true,
      arrowhead: 2,
      arrowsize: 0.8,
      arrowwidth: 0.8,
      ax: -45,
      ay: 40,
    },
  );
}
