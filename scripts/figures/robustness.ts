/**
 * Work lost to faults of the layer, by structure and by how often the layer fails: the experiment of this figure,
 * run through the runner.
 *
 * Left out: what no declared parameter covers (see models/robustness/faults.ts).
 * Source: no published rate or mix of such faults is at hand; everything but the cost model is declared and assumed.
 */
import type { MeasureSummary } from '../../sim/experiment/results.ts';
import type { Figure, Row } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import { COLOURS, frame, label, logAxis, PAGE, type Style, styleOf } from './style.ts';

const NODES = 64;
const DAYS = 14;
const NODE_HOURS = NODES * DAYS * 24;
const OWNER_YEARS = (NODES * DAYS) / 365.25;
/** Faults per call at which the claim is judged. */
const JUDGED = 3e-9;
/** "Takes down less": at most this share of what a kernel takes down. */
const LESS = 0.5;

const LIBRARY = 'sfi-library';
const UNCHECKED = 'sfi-library, trusted';
const STYLES: Readonly<Record<string, Style>> = {
  'in-kernel': styleOf('in-kernel'),
  'microkernel-mach': styleOf('microkernel-mach'),
  'user-server': styleOf('user-server'),
  [UNCHECKED]: {
    label: 'SFI library, not checked itself',
    colour: COLOURS.sky,
    symbol: 'circle-open',
    dash: 'dash',
  },
  [LIBRARY]: { ...styleOf(LIBRARY), label: 'SFI library, checked itself' },
};

const half = (measure: MeasureSummary | undefined, scale: number) => scale * (measure?.ci95 ?? 0);

export const robustness: Figure = {
  name: 'robustness',
  title: 'What faults of the layer take down',
  question: 'How much work is lost under each structure, by how often the code of the layer fails?',
  claim: 'A layer in a library takes down less when it fails than one in the kernel or in a server.',
  claimSource: 'Vahdat, Ghormley & Anderson 1994, "robust" in the title ("less": at most half, ours)',
  notes: [
    `${NODES} workstations with owners, ${DAYS} days, parallel and sequential jobs without checkpoints; mean and 95 % interval of 16 replications.`,
    'A fault is stray store (20 %), stray jump (10 %), wrong result (40 %), hang (20 %) or leak (10 %); an owner has five open programs; all of it is assumed and can be set under faults.',
    'What falls is by design of each structure, not measured. Fault isolation stops stray stores and jumps and nothing else, and only where the library itself is compiled with it; the proposal of 1994 trusts its library.',
    "A node has one guest at most, so a guest's job falls with its process or with its node alike; the blast radius shows in what else runs there, the owner's programs. Programs of owners do not use a server beside the kernel.",
    'No published number is comparable: no rate of faults of such a layer, and no count of what they took down, has been found.',
  ],
  columns: {
    structure: 'OS structure; trusted: its library is not checked itself',
    faults_per_call: 'faults per service call',
    work_lost_percent: "guests' work lost to faults, per cent of node time",
    work_lost_ci95: 'half width of its 95 % interval',
    programs_per_owner_year: "owners' programs that fell, per owner and year",
    programs_ci95: 'half width of its 95 % interval',
    difference_percent: 'work lost less that of the kernel, same owners, jobs and faults',
    difference_ci95: 'half width of its 95 % interval',
  },
  async rows({ run }) {
    const summary = await run();
    return summary.points.flatMap(({ params, measures }): Row[] => {
      const os = String(params['cluster.os']);
      const off = String(params['faults.checked']) === 'off' || params['faults.checked'] === false;
      if (off && os !== LIBRARY) return [];
      const work = measures['fault_lost_work_h']!;
      const programs = measures['fault_owner_programs']!;
      const paired = summary.paired.find((p) => JSON.stringify(p.params) === JSON.stringify(params));
      const difference = paired?.measures['fault_lost_work_h'];
      return [
        {
          structure: off ? UNCHECKED : os,
          faults_per_call: Number(params['faults.rate']),
          work_lost_percent: (100 * work.mean) / NODE_HOURS,
          work_lost_ci95: half(work, 100 / NODE_HOURS),
          programs_per_owner_year: programs.mean / OWNER_YEARS,
          programs_ci95: half(programs, 1 / OWNER_YEARS),
          difference_percent: (100 * (difference?.difference ?? 0)) / NODE_HOURS,
          difference_ci95: (100 * (difference?.ci95 ?? 0)) / NODE_HOURS,
        },
      ];
    });
  },
  verdict(rows) {
    const at = (structure: string) => where(rows, { structure, faults_per_call: JUDGED })[0]!;
    const ratio = (structure: string, column: string) =>
      numberOf(at(structure), column) / numberOf(at('in-kernel'), column);
    const work = ratio(LIBRARY, 'work_lost_percent');
    const programs = ratio(LIBRARY, 'programs_per_owner_year');
    const trusted = ratio(UNCHECKED, 'work_lost_percent');
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    const met = [work, programs].filter((share) => share <= LESS).length;
    return {
      holds: met === 2 ? 'holds' : met === 1 ? 'holds in part' : 'does not hold',
      because: `at ${JUDGED} faults a call the checked library loses ${percent(work)} of the guests' work that a kernel loses (${percent(trusted)} unchecked; a paired difference of ${numberOf(at(LIBRARY), 'difference_percent').toFixed(1)} ± ${numberOf(at(LIBRARY), 'difference_ci95').toFixed(1)} points of node time), and ${percent(programs)} of the owners' programs that fall with a kernel`,
    };
  },
  picture(rows) {
    const names = Object.keys(STYLES);
    const panel = (y: string, error: string, first: boolean) =>
      names.flatMap((structure) => {
        const own = where(rows, { structure }).filter((r) => numberOf(r, y) > 0);
        const { label: name, colour, symbol, dash } = STYLES[structure]!;
        if (own.length === 0) return [];
        return [
          {
            type: 'scatter',
            mode: 'lines+markers',
            name,
            showlegend: first,
            xaxis: first ? 'x' : 'x2',
            yaxis: first ? 'y' : 'y2',
            x: own.map((r) => numberOf(r, 'faults_per_call')),
            y: own.map((r) => numberOf(r, y)),
            error_y: {
              type: 'data',
              // On a logarithmic axis an interval that reaches zero has no lower end: it is cut there.
              array: own.map((r) => numberOf(r, error)),
              arrayminus: own.map((r) => Math.min(numberOf(r, error), 0.9 * numberOf(r, y))),
              color: colour,
              thickness: 0.8,
              width: 2,
            },
            line: { color: colour, dash, width: 1.4 },
            marker: { symbol, size: 6, color: colour },
          },
        ];
      });
    const rates = rows.map((r) => numberOf(r, 'faults_per_call'));
    const [least, most] = [Math.min(...rates) / 1.5, Math.max(...rates) * 1.5];
    const power = (value: number) => `10<sup>${Math.round(Math.log10(value))}</sup>`.replace('-', '−');
    const plain = (value: number) => String(Number(value.toPrecision(1)));
    return {
      data: [
        ...panel('work_lost_percent', 'work_lost_ci95', true),
        ...panel('programs_per_owner_year', 'programs_ci95', false),
      ],
      layout: frame(PAGE, 300, {
        showlegend: true,
        margin: { l: 46, r: 10, t: 48, b: 36 },
        xaxis: logAxis('faults per service call', least, most, power, undefined, { domain: [0, 0.44] }),
        xaxis2: logAxis('faults per service call', least, most, power, undefined, {
          domain: [0.56, 1],
          anchor: 'y2',
        }),
        yaxis: logAxis("guests' work lost (% of node time)", 0.05, 100, plain),
        yaxis2: logAxis("owners' programs that fall (per owner, year)", 0.05, 5000, plain, undefined, {
          anchor: 'x2',
        }),
        annotations: [
          label(textNone(rows), Math.log10(most), Math.log10(0.05), {
            xref: 'x2',
            yref: 'y2',
            xanchor: 'right',
            yanchor: 'bottom',
            xshift: -4,
            yshift: 3,
            bgcolor: '#ffffff',
            font: { size: 9, color: styleOf('user-server').colour },
          }),
        ],
      }),
    };
  },
};

/** Says which structure takes down no owner's program at any rate, and so has no line. */
function textNone(rows: readonly Row[]): string {
  const none = [...new Set(rows.map((r) => textOf(r, 'structure')))].filter((structure) =>
    where(rows, { structure }).every((r) => numberOf(r, 'programs_per_owner_year') === 0),
  );
  return none.map((structure) => `${STYLES[structure]!.label}: none`).join('<br>');
}
