/**
 * The months of delay that cost as much as SFI: 12 ln(1 + h) / ln(1 + g) for a tax h on user time and processors
 * that improve by g a year.
 *
 * Left out: everything about a delay but the speed of the processor that it lets pass by.
 * Source: Vahdat, Ghormley & Anderson 1994, footnote 2; overheads by Wahbe et al. 1993.
 */
import { SFI_PROGRAMS } from '../../models/presets/sfi-programs.ts';
import type { Figure, Row } from './figure.ts';
import { numberOf, textOf, where } from './figure.ts';
import { axis, COLOURS, COLUMN, frame, GRID, INK, label, MUTED, SMALL } from './style.ts';

/** Months in which processors that improve by `growth` a year gain what a tax of `overhead` takes; both are shares. */
export function monthsOfDelay(overhead: number, growth: number): number {
  return (12 * Math.log1p(overhead)) / Math.log1p(growth);
}

/** Improvements beside the paper's, per cent a year: assumed, to show what the answer hangs on. */
const OTHER_GROWTHS = [10, 20, 35];
const OVERHEADS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 22, 25, 27];
/** How long "a few months" is at most. */
const FEW = 3;

const row = (kind: string, name: string, growth: number, overhead: number): Row => ({
  kind,
  name,
  growth_percent_per_year: growth,
  overhead_percent: overhead,
  delay_months: monthsOfDelay(overhead / 100, growth / 100),
});

export const delayEqualsTax: Figure = {
  name: 'delay-equals-tax',
  title: 'Months of delay that equal the tax',
  question: 'How long a delay in delivering a function costs as much as taxing all user code by SFI?',
  claim:
    'While processors improve by 50 % a year, a delay of a few months costs as much as SFI does: 3 to 7 % of recompiled programs, 20 to 25 % of patched binaries.',
  claimSource:
    'Vahdat, Ghormley & Anderson 1994, section 3.1 and footnote 2 (the question; "a few" is ours: three)',
  notes: [
    'Improvements of 10, 20 and 35 % a year are assumed, beside the 50 % of the paper.',
    'No published delay of porting a function is at hand, so none is drawn: the figure says which delays are dear enough, not how long they are.',
    'Programs that SFI makes faster (two of sixteen) equal no delay and are left out.',
  ],
  columns: {
    kind: 'line: a grid; program: one of Wahbe et al., Table 1; published: an overhead of published.csv',
    name: 'the program, or the row of published.csv',
    growth_percent_per_year: 'improvement of processors',
    overhead_percent: 'tax on user time',
    delay_months: 'delay that equals the tax',
  },
  rows({ published }) {
    const [improvement] = where(published, { use: 'growth' });
    const paper = numberOf(improvement!, 'value');
    return [
      ...[...OTHER_GROWTHS, paper].flatMap((growth) => OVERHEADS.map((h) => row('line', '', growth, h))),
      ...SFI_PROGRAMS.filter((p) => p.writes.value >= 0).map((p) =>
        row('program', p.name, paper, p.writes.value),
      ),
      ...where(published, { use: 'overhead' }).flatMap((p) =>
        [numberOf(p, 'low'), numberOf(p, 'high')].map((h) => row('published', textOf(p, 'id'), paper, h)),
      ),
    ];
  },
  verdict(rows) {
    const months = (id: string) =>
      where(rows, { kind: 'published', name: id }).map((r) => numberOf(r, 'delay_months'));
    const [recompiled, patched] = [months('VGA-sfi'), months('VGA-bin')];
    const range = (list: readonly number[]) =>
      `${Math.min(...list).toFixed(1)} to ${Math.max(...list).toFixed(1)} months`;
    const short = (list: readonly number[]) => Math.max(...list) <= FEW;
    return {
      holds:
        short(recompiled) && short(patched) ? 'holds' : short(recompiled) ? 'holds in part' : 'does not hold',
      because: `recompiled programs: ${range(recompiled)}; patched binaries: ${range(patched)}, ${
        short(patched) ? 'no more than' : 'more than'
      } three. No published delay is at hand to compare with.`,
    };
  },
  picture(rows, published) {
    const paper = numberOf(where(published, { use: 'growth' })[0]!, 'value');
    const growths = [
      ...new Set(where(rows, { kind: 'line' }).map((r) => numberOf(r, 'growth_percent_per_year'))),
    ];
    const dashes = ['dot', 'dash', 'longdash'];
    const lines = growths.map((growth, i) => {
      const own = where(rows, { kind: 'line', growth_percent_per_year: growth });
      return {
        type: 'scatter',
        mode: 'lines',
        name: `processors ${growth} % faster a year`,
        x: own.map((r) => numberOf(r, 'overhead_percent')),
        y: own.map((r) => numberOf(r, 'delay_months')),
        line: {
          color: growth === paper ? COLOURS.blue : MUTED,
          width: growth === paper ? 2 : 1,
          dash: growth === paper ? 'solid' : dashes[i],
        },
      };
    });
    const programs = where(rows, { kind: 'program' });
    const points = {
      type: 'scatter',
      mode: 'markers',
      x: programs.map((r) => numberOf(r, 'overhead_percent')),
      y: programs.map((r) => numberOf(r, 'delay_months')),
      hovertext: programs.map((r) => textOf(r, 'name')),
      marker: { symbol: 'circle', size: 6, color: '#ffffff', line: { color: COLOURS.blue, width: 1 } },
    };
    const [right, high] = [27, 18];
    // Labels stand where the lines cross this tax, or this delay where they are steeper.
    const [atTax, atDelay] = [18.6, 10.5];
    const names = growths.map((growth) => {
      const y = monthsOfDelay(atTax / 100, growth / 100);
      const steep = y > atDelay;
      const x = steep ? 100 * Math.expm1((atDelay / 12) * Math.log1p(growth / 100)) : atTax;
      return label(`${growth} %/year`, x, steep ? atDelay : y, {
        xanchor: growth === paper ? 'left' : 'right',
        yanchor: growth === paper ? 'top' : 'bottom',
        xshift: growth === paper ? 2 : -4,
        font: { size: SMALL, color: growth === paper ? COLOURS.blue : MUTED },
      });
    });
    const mean = where(rows, { kind: 'published', name: 'WAH-T1-mean-fi' })[0]!;
    const meanPoint = {
      type: 'scatter',
      mode: 'markers',
      x: [numberOf(mean, 'overhead_percent')],
      y: [numberOf(mean, 'delay_months')],
      hovertext: 'mean of the programs',
      marker: { symbol: 'circle', size: 7, color: COLOURS.blue },
    };
    const worst = programs.toSorted(
      (a, b) => numberOf(b, 'overhead_percent') - numberOf(a, 'overhead_percent'),
    )[0]!;
    return {
      data: [...lines, points, meanPoint],
      layout: frame(COLUMN, 250, {
        margin: { l: 36, r: 8, t: 8, b: 34 },
        xaxis: axis('tax on user time, h (%)', { range: [0, right], dtick: 5 }),
        yaxis: axis('delay that equals it (months)', { range: [0, high], dtick: 3 }),
        shapes: where(published, { use: 'overhead', band: 'yes' }).map((p) => ({
          type: 'rect',
          layer: 'below',
          x0: numberOf(p, 'low'),
          x1: numberOf(p, 'high'),
          y0: 0,
          y1: 1,
          yref: 'paper',
          fillcolor: GRID,
          line: { width: 0 },
        })),
        annotations: [
          ...names,
          ...where(published, { use: 'overhead', band: 'yes' }).map((p) =>
            label(
              textOf(p, 'label').replace('|', '<br>'),
              (numberOf(p, 'low') + numberOf(p, 'high')) / 2,
              0.995,
              {
                yref: 'paper',
                xanchor: 'center',
                yanchor: 'top',
                font: { size: SMALL, color: INK },
              },
            ),
          ),
          label(textOf(worst, 'name'), numberOf(worst, 'overhead_percent'), numberOf(worst, 'delay_months'), {
            yanchor: 'top',
            xshift: 2,
            font: { size: SMALL, color: COLOURS.blue },
          }),
          label(
            `mean: ${numberOf(mean, 'delay_months').toFixed(1)} months`,
            numberOf(mean, 'overhead_percent'),
            numberOf(mean, 'delay_months'),
            { yanchor: 'top', xshift: 3, yshift: -2, font: { size: SMALL, color: COLOURS.blue } },
          ),
        ],
      }),
    };
  },
};
