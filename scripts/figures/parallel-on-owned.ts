/**
 * The parallel work of a 32-processor machine on owned workstations, against 32 dedicated nodes, by how many
 * workstations there are and by what becomes of a task whose owner returns.
 *
 * Left out: the published study's own traces (53 workstations, a CM-5 partition), which are not at hand.
 * Source: Arpaci and others 1995 for the claim; Domingues and others 2005 as a published point.
 */
import type { Summary } from '../../sim/experiment/results.ts';
import { type Figure, numberOf, type Row, where } from './figure.ts';
import { axis, COLOURS, COLUMN, frame, INK, logAxis, publishedPoints } from './style.ts';

/** Workstations at which the claim is judged, and the slowdown that still counts as the same speed (ours). */
const JUDGED = 64;
const SAME = 1.25;
const STYLES: Readonly<Record<string, { label: string; colour: string; symbol: string }>> = {
  migrate: { label: 'its tasks move away', colour: COLOURS.blue, symbol: 'circle' },
  'low-priority': {
    label: 'they stay, with what the owner leaves',
    colour: COLOURS.green,
    symbol: 'triangle-up',
  },
  suspend: { label: 'they wait until the owner has gone', colour: COLOURS.vermilion, symbol: 'square' },
};
/**
 * Suspended gangs stand still for months, so they get less to do, and a run must not end for that: jobs that are cut off
 * would be left out of the mean. Their ratio is to dedicated nodes with as little.
 */
const FEW = ['jobs.law.count=12', 'replications=2', 'patience=100000d'];

export const parallelOnOwned: Figure = {
  name: 'parallel-on-owned',
  title: 'Parallel work on owned workstations',
  question: 'How many owned workstations do the work of a dedicated 32-processor machine?',
  claim:
    'With migration some 60 owned workstations run the parallel load of a 32-node machine nearly as fast as that machine, beside their owners.',
  claimSource: 'Arpaci, Dusseau and others 1995 (recalled; "nearly": ours, at most 25 % slower with 64)',
  notes: [
    "Jobs of up to 32 processors by Lublin's model, at its own load; owners by the fit of Mutka and Livny, away 75 % of the time; a node is idle after a minute without input and with less than 10 % CPU use (A056). Mean response over that on 32 dedicated nodes with the same jobs; mean and 95 % interval of 4 replications.",
    'A gang goes at the pace of its slowest task. Where tasks only wait for the owner to go, some member of a wide gang nearly always waits: the same 12 jobs, 2 replications.',
    'Diamond: by their idle capacity N shared classroom PCs amount to N/2 dedicated ones (A074; 169 PCs with Windows, 77 days, sequential work, no gangs), so 64 to 32. No number of the study behind the claim is at hand.',
  ],
  columns: {
    owner_return: 'what becomes of a task whose owner returns',
    nodes: 'owned workstations',
    slowdown: 'mean response / mean response on 32 dedicated nodes',
    ci95: 'half width of its 95 % interval; 0: none',
    owner_delay_s: 'mean wait of owners at their returns, s',
  },
  async rows({ run }) {
    const dedicated = async (more: readonly string[]) => {
      const summary = await run({
        set: [
          ...more,
          'owners.law=none',
          'policies.idle=always',
          'cluster.nodes=32',
          'policies.owner_return=migrate',
        ],
      });
      return summary.points[0]!.measures['response_time_s']!.mean;
    };
    const rowsOf = (summary: Summary, base: number, kind?: string): Row[] =>
      summary.points.map(({ params, measures }) => ({
        owner_return: kind ?? String(params['policies.owner_return']),
        nodes: Number(params['cluster.nodes']),
        slowdown: measures['response_time_s']!.mean / base,
        // Of two replications an interval says nothing.
        ci95: kind === undefined ? (measures['response_time_s']!.ci95 ?? 0) / base : 0,
        owner_delay_s: measures['owner_delay_s']!.mean,
      }));
    const all = rowsOf(await run(), await dedicated([]));
    const few = await run({
      set: [...FEW, 'policies.owner_return=suspend'],
      vary: ['cluster.nodes=40,64,96'],
    });
    return [...all, ...rowsOf(few, await dedicated(FEW), 'suspend')];
  },
  verdict(rows) {
    const at = (kind: string) => numberOf(where(rows, { owner_return: kind, nodes: JUDGED })[0]!, 'slowdown');
    const moved = at('migrate');
    const stays = at('suspend');
    const met = [moved <= SAME, stays > 2 * moved].filter(Boolean).length;
    return {
      holds: met === 2 ? 'holds' : met === 1 ? 'holds in part' : 'does not hold',
      because: `with ${JUDGED} workstations jobs take ${moved.toFixed(2)} times as long as on 32 dedicated nodes where tasks move, ${at('low-priority').toFixed(2)} times where they stay, and ${stays.toFixed(0)} times where they wait`,
    };
  },
  picture(rows, published) {
    const lines = Object.entries(STYLES).map(([kind, { label: name, colour, symbol }]) => {
      const own = where(rows, { owner_return: kind });
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name,
        x: own.map((row) => numberOf(row, 'nodes')),
        y: own.map((row) => numberOf(row, 'slowdown')),
        error_y: {
          type: 'data',
          array: own.map((row) => numberOf(row, 'ci95')),
          arrayminus: own.map((row) => Math.min(numberOf(row, 'ci95'), 0.9 * numberOf(row, 'slowdown'))),
          color: colour,
          thickness: 0.8,
          width: 2,
        },
        line: { color: colour, width: 1.4 },
        marker: { symbol, size: 6, color: colour },
      };
    });
    const nodes = rows.map((row) => numberOf(row, 'nodes'));
    const most = Math.max(...rows.map((row) => numberOf(row, 'slowdown')));
    const even = {
      type: 'scatter',
      mode: 'lines',
      name: 'as fast as dedicated nodes',
      showlegend: false,
      x: [Math.min(...nodes) - 2, Math.max(...nodes) + 2],
      y: [1, 1],
      line: { color: INK, width: 0.8, dash: 'dot' },
    };
    return {
      data: [
        even,
        ...lines,
        publishedPoints(
          published,
          (row) => numberOf(row, 'nodes'),
          (row) => numberOf(row, 'slowdown'),
          { name: 'N shared equal N/2 dedicated, published' },
        ),
      ],
      layout: frame(COLUMN, 308, {
        showlegend: true,
        margin: { l: 46, r: 8, t: 80, b: 36 },
        xaxis: axis('owned workstations', { range: [Math.min(...nodes) - 2, Math.max(...nodes) + 2] }),
        yaxis: logAxis('response / that on 32 dedicated nodes', 0.3, 2 * most, (value) => String(value)),
      }),
    };
  },
};
