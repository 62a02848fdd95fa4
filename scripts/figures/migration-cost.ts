/**
 * What it costs to move a process, by the kind of the move and the size of its memory: each point a process that is
 * moved once in the running building.
 *
 * Left out: other moves and traffic on the wire; files that the process has open, but for Sprite's.
 * Source: models/policies/migration; moves under Sprite, Condor and V as published points.
 */
import { type Figure, numberOf, type PublishedRow, type Row, textOf, where } from './figure.ts';
import {
  COLOURS,
  frame,
  LAST_IN_LEGEND,
  label,
  logAxis,
  PAGE,
  publishedPoints,
  publishedText,
} from './style.ts';

const MIB = 2 ** 20;
/** Image at which the claim is judged, MiB, and what "a small part" is: at most a tenth. */
const JUDGED = 8;
const SMALL = 0.1;

const STYLES: Readonly<Record<string, { label: string; colour: string; symbol: string; dash: string }>> = {
  'stop-copy': { label: 'stop and copy', colour: COLOURS.vermilion, symbol: 'square', dash: 'solid' },
  precopy: { label: 'pre-copy (V), 2 rounds', colour: COLOURS.blue, symbol: 'circle', dash: 'solid' },
  'on-reference': {
    label: 'copy on reference (Accent)',
    colour: COLOURS.green,
    symbol: 'triangle-up',
    dash: 'dash',
  },
  flush: { label: 'flush to a server (Sprite)', colour: COLOURS.purple, symbol: 'diamond', dash: 'dashdot' },
};

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: MIB };

function bytesOf(text: string): number {
  const [, number, unit] = /^([\d.]+)(KiB|MiB)$/.exec(text)!;
  return Number(number) * UNITS[unit!]!;
}

function kindOf(value: unknown): string {
  const text = String(typeof value === 'object' && value !== null ? (value as { name: string }).name : value);
  return Object.keys(STYLES).find((kind) => text === kind || text.includes(`name: ${kind}`)) ?? text;
}

export const migrationCost: Figure = {
  name: 'migration-cost',
  title: 'What it costs to move a process',
  question:
    'For how long is a process frozen, and how much later does it end, by how it moves and how large it is?',
  claim: 'A process need be frozen only for a small part of the time in which its memory crosses.',
  claimSource:
    'Theimer, Lantz and Cheriton 1985 (V); Zayas 1987 (Accent) (ours: at 8 MiB, at most a tenth of stop and copy, by both)',
  notes: [
    'One process on a DECstation 5000/200 (40 MHz R3000, kernel prices), moved once over an idle Ethernet of 10 Mb/s; it dirties 100 KiB/s (assumed). Left: time frozen. Right: how much later the process ends than one that never moved.',
    "Pre-copy sends more in all, but while the process runs; small images need one round, since what is left is below 64 KiB, large ones two. On reference 37.5 % of the image are fetched afterwards (the middle of Zayas' 25 to 50 %), one page at a time; the rest stays behind, and with it the process's dependence on the node it left. Sprite's form has its own measured costs (M004-M007), with the pages that the program has dirtied.",
    "Hollow marks, by kind: an eviction under Sprite took 2.98 s on average, with 37 dirty pages of 4 KB (M011, M014; its file servers were shared and its kernels traced, and its price list gives 0.35 s); Condor wrote or placed 0.5 MB in 2.5 s, one of the two transfers of its move (M048, VAXstation II, recalled); V copied 1 MB in 3 s (M036, 68010, recalled). Dotted frame: V's programs, pre-copied, were frozen for 5 to 210 ms (M039, recalled; their sizes are not given, 0.1 to 2 MB are ours). All had slower processors; V an Ethernet of 10 Mb/s.",
  ],
  columns: {
    kind: 'how it moves',
    image_mib: 'memory of the process, MiB',
    freeze_s: 'time for which it is frozen, s',
    move_s: 'time from the decision until it runs elsewhere, s',
    late_s: 'how much later it ends than one that stays, s',
  },
  async rows({ run }) {
    const still = await run({
      set: ['policies.idle=always', 'policies.migration=stop-copy', 'program.image=1MiB'],
    });
    const alone = still.points[0]!.measures['response_time_s']!.mean;
    const summary = await run();
    return summary.points.map(
      ({ params, measures }): Row => ({
        kind: kindOf(params['policies.migration']),
        image_mib: bytesOf(String(params['program.image'])) / MIB,
        freeze_s: measures['freeze_s']!.mean,
        move_s: measures['migration_s']!.mean,
        late_s: Number((measures['response_time_s']!.mean - alone).toPrecision(6)),
      }),
    );
  },
  verdict(rows) {
    const frozen = (kind: string) => numberOf(where(rows, { kind, image_mib: JUDGED })[0]!, 'freeze_s');
    const whole = frozen('stop-copy');
    const parts = ['precopy', 'on-reference'].map((kind) => frozen(kind) / whole);
    const met = parts.filter((part) => part <= SMALL).length;
    const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
    return {
      holds: met === 2 ? 'holds' : met === 1 ? 'holds in part' : 'does not hold',
      because: `a process of ${JUDGED} MiB is frozen for ${whole.toFixed(1)} s if it is stopped and copied, for ${percent(parts[0]!)} of that with pre-copying and for ${percent(parts[1]!)} on reference`,
    };
  },
  picture(rows, published) {
    const panel = (column: string, first: boolean) =>
      Object.entries(STYLES).map(([kind, { label: name, colour, symbol, dash }]) => {
        const own = where(rows, { kind });
        return {
          type: 'scatter',
          mode: 'lines+markers',
          name,
          showlegend: first,
          xaxis: first ? 'x' : 'x2',
          yaxis: first ? 'y' : 'y2',
          x: own.map((row) => numberOf(row, 'image_mib')),
          y: own.map((row) => numberOf(row, column)),
          line: { color: colour, dash, width: 1.4 },
          marker: { symbol, size: 5, color: colour },
        };
      });
    const ticks = [0.125, 0.5, 2, 8, 32];
    const plain = (value: number) => String(Number(value.toPrecision(3)));
    const x = (special: object) => logAxis('memory of the process (MiB)', 0.1, 80, plain, ticks, special);
    return {
      data: [...panel('freeze_s', true), ...panel('late_s', false), ...publishedTraces(published)],
      layout: frame(PAGE, 294, {
        showlegend: true,
        margin: { l: 48, r: 10, t: 48, b: 36 },
        xaxis: x({ domain: [0, 0.44] }),
        xaxis2: x({ domain: [0.56, 1], anchor: 'y2' }),
        yaxis: logAxis('frozen (s)', 0.001, 200, plain),
        yaxis2: logAxis('ends later by (s)', 0.001, 200, plain, undefined, { anchor: 'x2' }),
        annotations: published.map((row) =>
          label(
            textOf(row, 'label'),
            Math.log10(numberOf(row, isRange(row) ? 'to_image_mib' : 'image_mib')),
            Math.log10(numberOf(row, isRange(row) ? 'to_freeze_s' : 'freeze_s')),
            isRange(row)
              ? { xanchor: 'right', yanchor: 'top', xshift: -3 }
              : { xanchor: 'center', yanchor: 'bottom', yshift: 4 },
          ),
        ),
      }),
    };
  },
};

const isRange = (row: PublishedRow) => textOf(row, 'to_freeze_s') !== '';

/** Times for which published moves froze a process: points in the colour of their kind, and a frame about a range. */
function publishedTraces(published: readonly PublishedRow[]): Record<string, unknown>[] {
  const styles = (rows: readonly PublishedRow[]) => rows.map((row) => STYLES[textOf(row, 'kind')]!);
  const points = published.filter((row) => !isRange(row));
  const frames = published.filter(isRange).map((row) => {
    const [left, right] = [numberOf(row, 'image_mib'), numberOf(row, 'to_image_mib')];
    const [low, high] = [numberOf(row, 'freeze_s'), numberOf(row, 'to_freeze_s')];
    return {
      type: 'scatter',
      mode: 'lines',
      name: 'range, published',
      hovertext: publishedText(row),
      legendrank: LAST_IN_LEGEND,
      x: [left, right, right, left, left],
      y: [low, low, high, high, low],
      line: { color: styles([row])[0]!.colour, dash: 'dot', width: 1 },
    };
  });
  const marks = publishedPoints(
    points,
    (row) => numberOf(row, 'image_mib'),
    (row) => numberOf(row, 'freeze_s'),
    {
      name: 'published, by kind',
      marker: {
        symbol: styles(points).map(({ symbol }) => symbol),
        size: 8,
        color: COLOURS.white,
        line: { color: styles(points).map(({ colour }) => colour), width: 1.3 },
      },
    },
  );
  return [marks, ...frames];
}
