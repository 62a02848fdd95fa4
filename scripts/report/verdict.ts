/**
 * The paragraph that answers the question, computed from the summary: which point is best on the first measure
 * and what its paired difference against the baseline shows. It claims nothing that the intervals do not.
 */
import { shortNumber } from '../../sim/units.ts';
import { type Measure, measureList, pointLabel } from './data.ts';
import { judge } from './judgement.ts';
import type { Difference, Estimate, Results } from './results.ts';

export interface Verdict {
  /** One short sentence. */
  readonly headline: string;
  /** The sentences that support it. */
  readonly sentences: readonly string[];
}

/** A number with its unit, `812 s`; a unitless one alone. Seconds keep their unit so that columns compare. */
export function quantityText(x: number, unit: string): string {
  return unit === '' || unit === '1' ? shortNumber(x) : `${shortNumber(x)}\u00A0${unit}`;
}

type Ends = Pick<Estimate, 'ci95' | 'low' | 'high'>;

/** A number with its interval: `812 ± 3 s`, or both ends where they do not lie evenly. */
function intervalText(x: number, { ci95, low, high }: Ends, unit: string): string {
  if (ci95 === null || low === null || high === null) return quantityText(x, unit);
  const even = Math.abs(high - x - (x - low)) <= 1e-3 * (high - low);
  if (even) return `${shortNumber(x)}\u00A0±\u00A0${quantityText(ci95, unit)}`;
  return `${quantityText(x, unit)} (${shortNumber(low)} to ${quantityText(high, unit)})`;
}

/** The ends of a difference seen from its other side. */
function turned({ ci95, low, high }: Ends): Ends {
  return { ci95, low: high === null ? null : -high, high: low === null ? null : -low };
}

/** The verdict on the experiment's first measure. */
export function verdict(results: Results): Verdict {
  const measure = measureList(results)[0];
  if (measure === undefined) return { headline: 'No measure was reported.', sentences: [] };
  const measured = results.summary.points.flatMap((p) => {
    const estimate = p.measures[measure.name];
    return estimate === undefined ? [] : [{ label: pointLabel(p.params), estimate }];
  });
  const first = measured[0]!;
  if (measured.length === 1) {
    return {
      headline: `${capital(measure.label)}: ${estimateText(first.estimate)}.`,
      sentences: [sampleText(results, first.estimate)],
    };
  }
  const sign = measure.goal === 'higher' ? -1 : 1;
  const ranked = [...measured].sort((a, b) => sign * (a.estimate.mean - b.estimate.mean));
  const best = ranked[0]!;
  const last = ranked.at(-1)!;
  const ties = ranked.filter((p) => p.estimate.mean === best.estimate.mean);
  const word = measure.goal === 'neither' ? 'Lowest' : 'Best';
  if (ties.length > 1) {
    const where =
      ties
        .slice(0, 4)
        .map((p) => p.label)
        .join('; ') + (ties.length > 4 ? `; and ${ties.length - 4} more` : '');
    if (ties.length === measured.length) {
      return {
        headline: `No difference: every point has the same ${measure.label}, ${estimateText(best.estimate)}.`,
        sentences: tallyText(results, measure),
      };
    }
    return {
      headline: `${word} ${measure.label}: ${estimateText(best.estimate)}, the same at ${ties.length} points: ${where}.`,
      sentences: [rangeText(measure, last), ...tallyText(results, measure)],
    };
  }
  return {
    headline: `${word} ${measure.label}: ${best.label}, ${estimateText(best.estimate)}.`,
    sentences: [
      pairText(results, measure, best.label, ranked[1]!.label),
      rangeText(measure, last),
      ...tallyText(results, measure),
    ],
  };
}

function estimateText(e: Estimate): string {
  return intervalText(e.mean, e, e.unit);
}

function sampleText(results: Results, e: Estimate): string {
  if (e.ci95 !== null) return `Mean of ${countText(results, e.n)} with its 95 % interval.`;
  if (e.n > 1) return 'It has no interval.';
  return 'One replication only, so there is no interval; ask for more replications before relying on it.';
}

/** What `n` counts, by the kind of interval. */
function countText(results: Results, n: number): string {
  return `${n} ${results.summary.interval === 'batch-means' ? 'batches' : 'replications'}`;
}

function rangeText(measure: Measure, last: { readonly label: string; readonly estimate: Estimate }): string {
  const word = measure.goal === 'neither' ? 'Highest' : 'Worst';
  return `${word}: ${last.label}, ${estimateText(last.estimate)}.`;
}

/** What the best point's difference against its baseline shows; where it is the baseline, that of the runner-up. */
function pairText(results: Results, measure: Measure, best: string, second: string): string {
  const { paired } = results.summary;
  const differs = (label: string) =>
    paired.find(
      (p) => pointLabel(p.params) === label && pointLabel(p.against) !== label && p.measures[measure.name],
    );
  const own = differs(best);
  if (own !== undefined) {
    return differenceText(results, measure, 'It', pointLabel(own.against), own.measures[measure.name]!);
  }
  const isBaseline = paired.some((p) => pointLabel(p.against) === best);
  if (!isBaseline) return 'It has no baseline to be compared with.';
  const next = differs(second);
  if (next === undefined || pointLabel(next.against) !== best) return 'It is the baseline of the others.';
  const text = differenceText(results, measure, `The next, ${second},`, best, next.measures[measure.name]!);
  return `It is the baseline. ${text}`;
}

function differenceText(
  results: Results,
  measure: Measure,
  who: string,
  against: string,
  d: Difference,
): string {
  const base = results.summary.points.find((p) => pointLabel(p.params) === against)?.measures[measure.name]
    ?.mean;
  const share =
    base === undefined || base === 0 ? '' : ` (${shortNumber(Math.abs((100 * d.difference) / base))} %)`;
  const amount = intervalText(Math.abs(d.difference), d.difference < 0 ? turned(d) : d, d.unit);
  const side = d.difference < 0 ? 'lower' : 'higher';
  const pairs = countText(results, d.n).replace(' ', ' paired ');
  switch (judge(measure.goal, d)) {
    case 'no interval':
      return `${who} is ${amount} ${side} than ${against}${share}${d.n > 1 ? '' : ', from one replication'}: without an interval nothing is shown.`;
    case 'none':
      return `Against ${against}, no difference is shown: paired difference ${intervalText(d.difference, d, d.unit)}, and the 95 % interval includes zero.`;
    case 'better':
      return `${who} is better than ${against}: ${amount} ${side}${share}, with the 95 % interval of ${pairs}.`;
    case 'worse':
      return `${who} is worse than ${against}: ${amount} ${side}${share}, with the 95 % interval of ${pairs}.`;
    default:
      return `${who} is ${amount} ${side} than ${against}${share}, with the 95 % interval of ${pairs}.`;
  }
}

/** How many of the comparisons on this measure went which way. */
function tallyText(results: Results, measure: Measure): string[] {
  const judged = results.summary.paired.flatMap((p) => {
    const d = p.measures[measure.name];
    return d === undefined || pointLabel(p.params) === pointLabel(p.against) ? [] : [judge(measure.goal, d)];
  });
  if (judged.length < 2) return [];
  const words = {
    better: 'better',
    worse: 'worse',
    lower: 'lower',
    higher: 'higher',
    none: 'no difference shown',
    'no interval': 'without an interval',
  };
  const parts = Object.entries(words).flatMap(([judgement, word]) => {
    const n = judged.filter((j) => j === judgement).length;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  return [
    `Of ${judged.length} comparisons with a baseline on this measure: ${parts.join(', ')}. Each interval stands alone; none is widened for their number, but p in the table of differences is adjusted for it.`,
  ];
}

/** The text with a capital at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
