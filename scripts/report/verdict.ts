/**
 * The paragraph that answers the question, computed from the summary for the first measure. It claims nothing that
 * the table of `nowsim run` does not: a difference counts where that has a star.
 *
 * What is ranked is what the baseline is about. Where other settings vary too, such as the size of the building, they
 * are no choice: points are compared within equal values of them, and it is told how the outcome varies over them.
 * Where there is no baseline, nothing says what the choice is, and no point is called the best.
 */
import { type Plain, valueText } from '../../sim/experiment/fields.ts';
import { shortNumber } from '../../sim/units.ts';
import { type Measure, measureList, pointLabel } from './data.ts';
import { type Judgement, judge } from './judgement.ts';
import type { Difference, Estimate, Pair, Results } from './results.ts';

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
  const all = comparisons(results, measure);
  const compared = comparedPaths(all);
  const settings = new Set(all.map(({ pair }) => pointLabel(partOf(pair.params, compared, false))));
  if (settings.size > 1) return verdictBySetting(results, measure, compared, settings.size);
  const ranksChoices = compared.length > 0 && measure.goal !== 'neither';
  const sign = measure.goal === 'higher' ? -1 : 1;
  const ranked = [...measured].sort((a, b) => sign * (a.estimate.mean - b.estimate.mean));
  const best = ranked[0]!;
  const last = ranked.at(-1)!;
  const ties = ranked.filter((p) => p.estimate.mean === best.estimate.mean);
  const [lowest, highest] = sign > 0 ? ['Lowest', 'Highest'] : ['Highest', 'Lowest'];
  const word = ranksChoices ? 'Best' : lowest;
  const range = `${ranksChoices ? 'Worst' : highest}: ${last.label}, ${estimateText(last.estimate)}.`;
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
      sentences: [range, ...tallyText(results, measure)],
    };
  }
  return {
    headline: `${word} ${measure.label}: ${best.label}, ${estimateText(best.estimate)}.`,
    sentences: [
      pairText(results, measure, best.label, ranked[1]!.label),
      range,
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
  const base = meanAt(results, measure, against);
  const share =
    base === undefined || base === 0 ? '' : ` (${shortNumber(Math.abs((100 * d.difference) / base))} %)`;
  const amount = intervalText(Math.abs(d.difference), d.difference < 0 ? turned(d) : d, d.unit);
  const side = d.difference < 0 ? 'lower' : 'higher';
  const pairs = `95 % interval of ${countText(results, d.n).replace(' ', ' paired ')}`;
  switch (judge(measure.goal, d)) {
    case 'no interval':
      return `${who} is ${amount} ${side} than ${against}${share}${d.n > 1 ? '' : ', from one replication'}: without an interval nothing is shown.`;
    case 'none':
      return `Against ${against}, no difference is shown: paired difference ${intervalText(d.difference, d, d.unit)} (${pairs}), ${chanceText(d)}.`;
    case 'better':
      return `${who} is better than ${against}: ${amount} ${side}${share}, with the ${pairs}, ${chanceText(d)}.`;
    case 'worse':
      return `${who} is worse than ${against}: ${amount} ${side}${share}, with the ${pairs}, ${chanceText(d)}.`;
    default:
      return `${who} is ${amount} ${side} than ${against}${share}, with the ${pairs}, ${chanceText(d)}.`;
  }
}

function chanceText({ p_holm }: Difference): string {
  if (p_holm === null) return 'without a p';
  return p_holm < 0.001 ? 'p < 0.001' : `p ${shortNumber(Number(p_holm.toPrecision(2)))}`;
}

const WORDS: Readonly<Record<Judgement, string>> = {
  better: 'better',
  worse: 'worse',
  lower: 'lower',
  higher: 'higher',
  none: 'no difference shown',
  'no interval': 'without an interval',
};

/** How many of the judgements are which, in the order of `WORDS`. */
function countsOf(judged: readonly Judgement[]): [Judgement, number][] {
  return (Object.keys(WORDS) as Judgement[]).flatMap((judgement): [Judgement, number][] => {
    const n = judged.filter((each) => each === judgement).length;
    return n === 0 ? [] : [[judgement, n]];
  });
}

interface Comparison {
  readonly pair: Pair;
  readonly difference: Difference;
}

/** The comparisons of points with another than themselves that have the measure. */
function comparisons(results: Results, measure: Measure): Comparison[] {
  return results.summary.paired.flatMap((pair) => {
    const difference = pair.measures[measure.name];
    return difference === undefined || pointLabel(pair.params) === pointLabel(pair.against)
      ? []
      : [{ pair, difference }];
  });
}

const RULE =
  'as the star in the table of "nowsim run": p below 5 %, adjusted for the number of comparisons (Holm)';

/** How many of the comparisons on this measure went which way. */
function tallyText(results: Results, measure: Measure): string[] {
  const judged = comparisons(results, measure).map(({ difference }) => judge(measure.goal, difference));
  if (judged.length < 2) return [];
  const parts = countsOf(judged).map(([judgement, n]) => `${n} ${WORDS[judgement]}`);
  return [
    `Of ${judged.length} comparisons with a baseline on this measure: ${parts.join(', ')}. A difference counts ${RULE}.`,
  ];
}

/** The paths in which some point differs from its baseline. */
function comparedPaths(all: readonly Comparison[]): string[] {
  const differing = all.flatMap(({ pair: { params, against } }) =>
    Object.keys(params).filter((path) => valueText(params[path]) !== valueText(against[path])),
  );
  return [...new Set(differing)];
}

/** A point's parameters in some paths, or in all but these. */
function partOf(params: Plain, paths: readonly string[], within: boolean): Plain {
  return Object.fromEntries(Object.entries(params).filter(([path]) => paths.includes(path) === within));
}

/** Choices that are told one by one. */
const MOST_CHOICES = 6;

/** Each choice against the baseline, within equal values of the other settings. */
function verdictBySetting(
  results: Results,
  measure: Measure,
  compared: readonly string[],
  settings: number,
): Verdict {
  const all = comparisons(results, measure);
  const groups = new Map<string, Comparison[]>();
  for (const each of all) {
    const choice = pointLabel(partOf(each.pair.params, compared, true));
    groups.set(choice, [...(groups.get(choice) ?? []), each]);
  }
  const told = [...groups].slice(0, MOST_CHOICES);
  const more = groups.size > told.length ? `; and ${groups.size - told.length} more` : '';
  const against = pointLabel(partOf(all[0]!.pair.against, compared, true));
  const rest = Object.keys(partOf(all[0]!.pair.params, compared, false)).join(', ');
  const outcomes = told.map(([choice, group]) => {
    const counts = countsOf(group.map(({ difference }) => judge(measure.goal, difference)));
    const parts = counts.map(
      ([judgement, n]) => `${WORDS[judgement]} at ${counts.length === 1 ? `all ${n}` : n}`,
    );
    return `${choice} ${parts.join(', ')}`;
  });
  return {
    headline: `${capital(measure.label)} against ${against}, at ${settings} settings of ${rest}: ${outcomes.join('; ')}${more}.`,
    sentences: [
      ...told.map(
        ([choice, group]) => `${capital(choice)}: ${variationText(results, measure, group, compared)}.`,
      ),
      `Points are compared within equal values of ${rest}, which are not ranked. A difference counts ${RULE}.`,
    ],
  };
}

/** Between what a choice's difference lies over the settings: in percent of the baseline's means where none is 0. */
function variationText(
  results: Results,
  measure: Measure,
  group: readonly Comparison[],
  compared: readonly string[],
): string {
  const bases = group.map(({ pair }) => meanAt(results, measure, pointLabel(pair.against)));
  const inPercent = bases.every((base) => base !== undefined && base !== 0);
  const ends = group
    .map(({ pair, difference }, i) => ({
      size: inPercent ? (100 * difference.difference) / Math.abs(bases[i]!) : difference.difference,
      setting: pointLabel(partOf(pair.params, compared, false)),
      shown: judge(measure.goal, difference) !== 'none',
    }))
    .sort((a, b) => a.size - b.size);
  const text = ({ size, setting, shown }: (typeof ends)[number]) =>
    `${size > 0 ? '+' : ''}${quantityText(size, inPercent ? '%' : measure.unit)} (${setting}${shown ? '' : ': not shown'})`;
  const [least, most] = [ends[0]!, ends.at(-1)!];
  if (least.size === most.size) return `${text(least)}, the same at all`;
  return `from ${text(least)} to ${text(most)}${inPercent ? " of the baseline's mean" : ''}`;
}

/** The mean of a measure at the point of this label. */
function meanAt({ summary }: Results, measure: Measure, label: string): number | undefined {
  return summary.points.find((p) => pointLabel(p.params) === label)?.measures[measure.name]?.mean;
}

/** The text with a capital at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
