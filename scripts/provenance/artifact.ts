/**
 * What an artifact evaluation asks for, written from a results folder: the claims with commands, expected values,
 * tolerance and time; whose traces were used; the traces' digests.
 * Source: the badges of ACM and USENIX ask for claims, commands and times.
 */
import type { Params } from '../../sim/experiment/axes.ts';
import { type Plain, valueText } from '../../sim/experiment/fields.ts';
import { statOf } from '../../sim/experiment/files.ts';
import { paramsText } from '../../sim/experiment/points.ts';
import type { PointSummary, Summary } from '../../sim/experiment/results.ts';
import { goalOf } from '../report/judgement.ts';
import { intervalText } from '../terminal.ts';
import { differenceText, isClear } from '../tidy.ts';
import { computedSeconds, computedText } from './computed.ts';
import { type Results, textAt } from './results.ts';
import type { PlacedTrace } from './traces.ts';

/** The folder into which the first command of the claims writes the results anew. */
const AGAIN = 'again';

type Claim = readonly [claim: string, command: string, expected: string, tolerance: string, time: string];
const HEAD: readonly (readonly string[])[] = [
  ['claim', 'command', 'expected', 'tolerance', 'time'],
  ['---', '---', '---', '---', '---'],
];

/**
 * The claims: that all results come out again; of each measure that was asked for the best point and the differences
 * that are clear; behind them every other value by the command that shows it.
 */
export function claimsText({ manifest, summary }: Results, traces: readonly PlacedTrace[]): string {
  const listed = ((manifest['experiment'] as Plain)['measures'] ?? []) as readonly string[];
  const measures = listed
    .filter((name) => summary.points.some((point) => point.measures[name] !== undefined))
    .slice(0, MOST_MEASURES);
  const seconds = computedSeconds(manifest);
  const time = seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  const all: Claim = [
    'all results',
    `\`npx nowsim rerun manifest.json --out ${AGAIN}\``,
    `\`same: digest ${summary.digest}\`, exit code 0`,
    'none: the same bytes on any machine',
    time,
  ];
  const claims = measures.flatMap((name) => [
    ...bestClaim(summary, name),
    ...differenceClaims(summary, name),
  ]);
  return [
    '# Claims',
    '',
    summary.question,
    '',
    `Needed: nowsim ${textAt(manifest, 'nowsim')} (then on ${textAt(manifest, 'node')})${
      traces.length === 0 ? '' : '; the traces, as ACKNOWLEDGEMENTS.md says'
    }. The first command makes all numbers anew: ${computedText(manifest)}, on ${textAt(manifest, 'machine', 'cores')} (${textAt(manifest, 'machine', 'cpu')}). The others show them. Commands are run in this folder.`,
    '',
    'AUTHORS: strike out what the paper does not claim.',
    '',
    ...[...HEAD, all, ...claims].map(tableLine),
    '',
    '## All values',
    '',
    'Every mean with its interval is in summary.csv.',
    '',
    ...[...HEAD, ...measures.map((name) => valuesClaim(summary, name))].map(tableLine),
    '',
  ].join('\n');
}

/** Measures of an experiment that are claimed; the first are those that it was made for. */
const MOST_MEASURES = 12;
/** Differences of a measure that are claimed one by one: the largest. */
const MOST_DIFFERENCES = 3;
const MOMENT = '1 s after the first';
const SAME_OR = (otherwise: string) => `none; with another seed: ${otherwise}`;

function exportCommand(name: string, special = ''): string {
  return `\`npx nowsim export ${AGAIN} --format markdown${special} --measure ${name}\``;
}

/** The point with the best mean, where the measure has a side that users want and there are points to choose from. */
function bestClaim({ points, interval }: Summary, name: string): Claim[] {
  const goal = goalOf(name);
  const [first, ...others] = points.filter(({ measures }) => measures[name] !== undefined);
  if (first === undefined || others.length === 0 || goal === 'neither') return [];
  const mean = (point: PointSummary) => point.measures[name]!.mean;
  const sign = goal === 'lower' ? 1 : -1;
  const best = others.reduce((a, b) => (sign * mean(b) < sign * mean(a) ? b : a), first);
  const estimate = best.measures[name]!;
  // one replication tells nothing about which points may be best
  const command =
    estimate.n > 1 && others.length + 1 === points.length
      ? `\`npx nowsim best ${AGAIN} --measure ${name}${goal === 'higher' ? ' --largest' : ''}\``
      : exportCommand(name);
  return [
    [
      `${goal === 'lower' ? 'lowest' : 'highest'} ${at(name, best.params)}`,
      command,
      `${intervalText(interval, estimate)}${unitText(estimate.unit)}`,
      SAME_OR('one of those that "best" names'),
      MOMENT,
    ],
  ];
}

/** The differences from the baseline that are clear, the largest ones. */
function differenceClaims({ paired, interval }: Summary, name: string): Claim[] {
  const clear = paired.filter(({ measures }) => measures[name] !== undefined && isClear(measures[name]));
  const size = (pair: (typeof paired)[number]) => Math.abs(pair.measures[name]!.difference);
  const largest = new Set(clear.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_DIFFERENCES));
  const command = exportCommand(name, ' --differences');
  const claims = clear
    .filter((pair) => largest.has(pair))
    .map(({ params, against, measures }): Claim => {
      const difference = measures[name]!;
      return [
        `${name} differs at ${paramsText(params)} from ${otherwise(against, params)}`,
        command,
        `${differenceText(interval, difference)}${unitText(difference.unit)}`,
        SAME_OR('its sign'),
        MOMENT,
      ];
    });
  const left = clear.length - claims.length;
  if (left === 0) return claims;
  const claim = `${name} differs at ${left} more ${left === 1 ? 'point' : 'points'}, by less`;
  return [...claims, [claim, command, 'a star', SAME_OR('its sign'), MOMENT]];
}

/** What one point has that another has not. */
function otherwise(params: Params, than: Params): string {
  const other = Object.entries(params).filter(
    ([path, value]) => than[path] === undefined || valueText(value) !== valueText(than[path]),
  );
  return paramsText(Object.fromEntries(other));
}

/** All means of a measure; of one point its mean. */
function valuesClaim({ points, interval }: Summary, name: string): Claim {
  const [first, ...others] = points.filter(({ measures }) => measures[name] !== undefined);
  const estimate = first!.measures[name]!;
  const alone = others.length === 0;
  return [
    alone ? at(name, first!.params) : `${name} at ${others.length + 1} points`,
    exportCommand(name),
    alone ? `${intervalText(interval, estimate)}${unitText(estimate.unit)}` : 'as in summary.csv',
    SAME_OR(alone ? 'the interval' : 'the intervals'),
    MOMENT,
  ];
}

function at(name: string, params: Params): string {
  return Object.keys(params).length === 0 ? name : `${name} at ${paramsText(params)}`;
}

function unitText(unit: string): string {
  return unit === '1' || unit === '' ? '' : ` ${unit}`;
}

/** A line of a Markdown table. */
export function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Whose traces were used and where they are looked for; for job logs, in the words of their headers. */
export async function acknowledgementsText(traces: readonly PlacedTrace[]): Promise<string> {
  const lines = ['# Acknowledgements of the traces used', ''];
  if (traces.length === 0) lines.push('No trace was used: all work came from laws.', '');
  const absent = traces.filter((trace) => !trace.isSample);
  if (absent.length > 0) {
    lines.push(
      'Traces are not part of this folder: their providers say who may pass them on. Put each at its place below;',
      '`sha256sum -c traces.sha256` tells whether it is the same (`nowsim rerun` does too).',
      '',
    );
  }
  for (const { path, place, sha256, isSample } of traces) {
    lines.push(`## ${place}`, '', `SHA-256 \`${sha256}\``, '');
    const said = await headerOf(path);
    if (isSample) lines.push('A sample that comes with nowsim (MIT licence).', '');
    else if (said.length === 0)
      lines.push('AUTHORS: the trace names nobody; say where you have it from.', '');
    else lines.push(...said.map((line) => `> ${line}  `), '');
  }
  return lines.join('\n');
}

/** Digests of the traces as `sha256sum -c` reads them; folders of traces are left out. */
export function digestsText(traces: readonly PlacedTrace[]): string {
  const files = traces.filter(({ path }) => statOf(path)?.isDirectory() !== true);
  return files.map(({ sha256, place }) => `${sha256}  ${place}\n`).join('');
}

const SAID = /^;\s*(?:Computer|Installation|Acknowledge|Information|Conversion)\s*:/i;

/** Lines of a log's header that name those to whom it is owed; none where it is no job log or has gone. */
async function headerOf(path: string): Promise<readonly string[]> {
  try {
    const { readSwfLog } = await import('../../workloads/jobs/swf.ts');
    const { header } = await readSwfLog(path);
    return header.lines.filter((line) => SAID.test(line)).map((line) => line.replace(/^;\s*/, ''));
  } catch {
    return [];
  }
}
