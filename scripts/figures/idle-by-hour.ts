/**
 * Idle workstations hour by hour, of a working day and of a day off: owners by the law of the day, in the running
 * building, judged by the rule of the NOW study.
 *
 * Left out: likeness between owners beyond the hours that all keep (meetings, holidays).
 */
import { type Figure, numberOf, type Row, textOf, where } from './figure.ts';
import { axis, COLOURS, COLUMN, frame, label, publishedText } from './style.ts';

const NODES = 60;
/** Hours over which a point is the mean. */
const BIN = 2;
/** Hours from Monday, 0:00, at which each day begins. */
const DAYS = { Monday: 0, Saturday: 120 } as const;
/** Hours of the working day of which the claim speaks. */
const WORKING = [8, 18] as const;

const STYLES: Readonly<Record<string, { colour: string; dash: string; symbol: string }>> = {
  Monday: { colour: COLOURS.blue, dash: 'solid', symbol: 'circle' },
  Saturday: { colour: COLOURS.green, dash: 'dash', symbol: 'triangle-up' },
};

export const idleByHour: Figure = {
  name: 'idle-by-hour',
  title: 'Idle workstations, hour by hour',
  question: `How many of ${NODES} owned workstations are idle at what time of the day?`,
  claim: 'Even in working hours more than 60 % of the workstations can be used.',
  claimSource: 'Anderson, Culler, Patterson and others 1995 (A057, recalled)',
  notes: [
    `${NODES} owners by the law of the day (everybody keeps the same hours, with days off by chance); a node is idle when it has had no input and less than 10 % CPU use for a minute (A056). Mean and 95 % interval of 12 replications, each two hours a run of their own from 0:00 of the day on.`,
    'The hours of this law are assumed, so the picture shows what they amount to under the rule; it cannot confirm the claim. Bars: what was measured in Sprite, idle in percent of all hosts (A015, A016).',
  ],
  columns: {
    day: 'day of the week',
    hour: 'hour of the day at which the two hours begin',
    idle_percent: 'idle nodes, per cent',
    ci95: 'half width of its 95 % interval',
  },
  async rows({ run }) {
    const rows: Row[] = [];
    for (const [day, begins] of Object.entries(DAYS)) {
      for (let hour = 0; hour < 24; hour += BIN) {
        const summary = await run({
          set: [`owners.law.begins=${begins}h`, `warmup=${hour}h`, `horizon=${hour + BIN}h`],
        });
        const usable = summary.points[0]!.measures['usable']!;
        rows.push({ day, hour, idle_percent: 100 * usable.mean, ci95: 100 * (usable.ci95 ?? 0) });
      }
    }
    return rows;
  },
  verdict(rows) {
    const working = where(rows, { day: 'Monday' }).filter((row) => {
      const hour = numberOf(row, 'hour');
      return hour >= WORKING[0] && hour < WORKING[1];
    });
    const shares = working.map((row) => numberOf(row, 'idle_percent'));
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    const least = Math.min(...shares);
    return {
      // The hours of the law are assumed: what comes out of them is no evidence.
      holds: 'cannot be told',
      because: `under this assumed law ${mean.toFixed(0)} % are idle from ${WORKING[0]} to ${WORKING[1]} on a Monday, and ${least.toFixed(0)} % in the busiest two hours`,
    };
  },
  picture(rows, published) {
    const days = Object.keys(DAYS).map((day) => {
      const own = where(rows, { day });
      const { colour, dash, symbol } = STYLES[day]!;
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name: day,
        x: own.map((row) => numberOf(row, 'hour') + BIN / 2),
        y: own.map((row) => numberOf(row, 'idle_percent')),
        error_y: {
          type: 'data',
          array: own.map((row) => numberOf(row, 'ci95')),
          color: colour,
          thickness: 0.8,
          width: 2,
        },
        line: { color: colour, dash, width: 1.4 },
        marker: { symbol, size: 5, color: colour },
      };
    });
    const bars = published.map((row) => ({
      type: 'scatter',
      mode: 'lines',
      name: 'published',
      showlegend: false,
      hovertext: publishedText(row),
      x: [numberOf(row, 'from_h'), numberOf(row, 'to_h')],
      y: [numberOf(row, 'idle_percent'), numberOf(row, 'idle_percent')],
      line: { color: COLOURS.grey, width: 3 },
    }));
    return {
      data: [...bars, ...days],
      layout: frame(COLUMN, 260, {
        showlegend: true,
        margin: { l: 40, r: 8, t: 28, b: 36 },
        xaxis: axis('hour of the day', { range: [0, 24], dtick: 4 }),
        yaxis: axis('idle workstations (%)', { range: [0, 103], dtick: 20 }),
        annotations: published.map((row) =>
          label(`${textOf(row, 'idle_percent')} %`, numberOf(row, 'to_h'), numberOf(row, 'idle_percent'), {
            xanchor: 'right',
            yanchor: 'top',
            font: { size: 9, color: COLOURS.grey },
          }),
        ),
      }),
    };
  },
};
