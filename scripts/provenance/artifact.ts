/**
 * What an artifact evaluation asks for, written from a results folder: the claims with commands, expected values,
 * tolerance and time; the licence; whose traces were used; and the STRESS-DES checklist.
 * Source: Monks et al. 2019, Strengthening the reporting of empirical simulation studies (STRESS-DES); the badges of
 * ACM and USENIX ask for claims, commands and times.
 */
import type { Params } from '../../sim/experiment/axes.ts';
import { isMap, type Plain, valueText } from '../../sim/experiment/fields.ts';
import { statOf } from '../../sim/experiment/files.ts';
import { paramsText } from '../../sim/experiment/points.ts';
import { INTERVAL_LEGEND, intervalText } from '../terminal.ts';
import { differenceText, isClear } from '../tidy.ts';
import { type Components, componentsOf } from './components.ts';
import { type Results, textAt } from './results.ts';
import type { PlacedTrace } from './traces.ts';

/** The folder into which the first command of the claims writes the results anew. */
const AGAIN = 'again';

/** The table of claims: the digest, each measure of each point, each difference that is clear. */
export function claimsText({ manifest, summary }: Results, traces: readonly PlacedTrace[]): string {
  const measures = ((manifest['experiment'] as Plain)['measures'] ?? []) as readonly string[];
  const seconds = Number(textAt(manifest, 'wall_s'));
  const time = seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  const shown = (name: string, special = '') =>
    `\`npx nowsim export ${AGAIN} --format markdown${special} --measure ${name}\``;
  const rows: (readonly string[])[] = [
    ['claim', 'command', 'expected', 'tolerance', 'time'],
    ['---', '---', '---', '---', '---'],
    [
      'all results',
      `\`npx nowsim rerun manifest.json --out ${AGAIN}\``,
      `\`same: digest ${summary.digest}\`, exit code 0`,
      'none: the same bytes on any machine',
      time,
    ],
    ...summary.points.flatMap(({ params, measures: mine }) =>
      measures.slice(0, MOST_MEASURES).flatMap((name) => {
        const measure = mine[name];
        if (measure === undefined) return [];
        const expected = [intervalText(summary.interval, measure), unitText(measure.unit)];
        return [[at(name, params), shown(name), expected.join(''), SAME_OR('the interval'), MOMENT]];
      }),
    ),
    ...summary.paired.flatMap(({ params, against, measures: mine }) =>
      measures.slice(0, MOST_MEASURES).flatMap((name) => {
        const difference = mine[name];
        if (difference === undefined || !isClear(difference)) return [];
        const claim = `${name} differs at ${paramsText(params)} from ${paramsText(against)}`;
        const expected = [differenceText(summary.interval, difference), unitText(difference.unit)];
        return [[claim, shown(name, ' --differences'), expected.join(''), SAME_OR('its sign'), MOMENT]];
      }),
    ),
  ];
  return [
    '# Claims',
    '',
    summary.question,
    '',
    `Needed: nowsim ${textAt(manifest, 'nowsim')} (then on ${textAt(manifest, 'node')})${
      traces.length === 0 ? '' : '; the traces, as ACKNOWLEDGEMENTS.md says'
    }. The first command makes all numbers anew, in ${time} on ${textAt(manifest, 'machine', 'cores')} (${textAt(manifest, 'machine', 'cpu')}); the others show them. Commands are run in this folder.`,
    '',
    `AUTHORS: strike out what the paper does not claim.`,
    '',
    ...rows.map(tableLine),
    '',
  ].join('\n');
}

/** Measures of an experiment that are claimed; the first are those that it was made for. */
const MOST_MEASURES = 12;
const MOMENT = '1 s after the first';
const SAME_OR = (otherwise: string) => `none; with another seed: ${otherwise}`;

function at(name: string, params: Params): string {
  return Object.keys(params).length === 0 ? name : `${name} at ${paramsText(params)}`;
}

function unitText(unit: string): string {
  return unit === '1' || unit === '' ? '' : ` ${unit}`;
}

function tableLine(cells: readonly string[]): string {
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

/** The checklist, filled from the manifest; what only the authors know is marked. */
export function stressText({ manifest, summary }: Results, traces: readonly PlacedTrace[]): string {
  const experiment = manifest['experiment'] as Plain;
  const setting = (path: string) => textAt(experiment, ...path.split('.'));
  const parts = componentsOf(manifest);
  const axes = experiment['vary'];
  const varied = isMap(axes)
    ? Object.entries(axes).map(
        ([path, values]) => `${path}: ${(values as readonly never[]).map(valueText).join(', ')}`,
      )
    : [];
  const machine = ['nodes', 'machine', 'network', 'disk'].map((key) => `${key} ${setting(`cluster.${key}`)}`);
  const rows: [string, string, string][] = [
    ['1.1', 'Purpose of the model', summary.question],
    ['1.2', 'Model outputs', ((experiment['measures'] ?? []) as readonly string[]).join(', ')],
    ['1.3', 'Experimentation aims', varied.length === 0 ? 'one scenario' : `varied: ${varied.join('; ')}`],
    ['2.1', 'Base model overview diagram', 'AUTHORS: or refer to DESIGN.md of nowsim'],
    ['2.2', 'Base model logic', `heads of ${parts.logic} in nowsim ${textAt(manifest, 'nowsim')}`],
    ['2.3', 'Scenario logic', 'manifest.json, key points: every setting of every scenario'],
    ['2.4', 'Algorithms', `OS structure ${setting('cluster.os')}; policies: ${policies(experiment)}`],
    ['2.5.1', 'Components: entities', parts.entities],
    ['2.5.2', 'Components: activities', parts.activities],
    ['2.5.3', 'Components: resources', `${parts.resources} (${machine.join(', ')})`],
    ['2.5.4', 'Components: queues', parts.queues],
    [
      '2.5.5',
      'Components: entry and exit points',
      `${sourceText(experiment, parts.source, traces)}; ${parts.exit}`,
    ],
    [
      '3.1',
      'Data sources',
      traces.length === 0
        ? 'laws; prices of the presets with their sources (manifest.json, key presets)'
        : `${traces.map(({ place, sha256 }) => `${place} (${sha256.slice(0, 12)})`).join(', ')}; prices of the presets with their sources (manifest.json, key presets)`,
    ],
    [
      '3.2',
      'Pre-processing',
      traces.length === 0
        ? 'none'
        : `records ${traces.map((trace) => recordsText(manifest, trace)).join('; ')}`,
    ],
    ['3.3', 'Input parameters', 'manifest.json, keys experiment and presets (with the id of each source)'],
    ['3.4', 'Assumptions', 'what the presets and settings mark as assumed; AUTHORS: any further'],
    ['4.1', 'Initialisation', `warm-up left out: ${setting('warmup')}; empty at the start`],
    ['4.2', 'Run length', setting('horizon') === 'auto' ? 'until all work is done' : setting('horizon')],
    [
      '4.3',
      'Estimation approach',
      `${setting('replications')} replications, ${INTERVAL_LEGEND[summary.interval ?? 'student']}; differences paired by common random numbers, Holm over points`,
    ],
    [
      '5.1',
      'Software or programming language',
      `nowsim ${textAt(manifest, 'nowsim')} on ${textAt(manifest, 'node')}`,
    ],
    [
      '5.2',
      'Random sampling',
      `sfc32, a stream for each purpose and entity, seeded through seedrandom, seed ${setting('seed')}`,
    ],
    ['5.3', 'Model execution', 'next event; ties in the order of scheduling'],
    [
      '5.4',
      'System specification',
      `${textAt(manifest, 'machine', 'cpu')}, ${textAt(manifest, 'machine', 'cores')}, ${textAt(manifest, 'machine', 'memory')}, ${textAt(manifest, 'machine', 'system')}; ${textAt(manifest, 'wall_s')} s`,
    ],
    ['6.1', 'Computer model sharing statement', 'AUTHORS: where this artifact lies'],
  ];
  return [
    '# STRESS-DES checklist',
    '',
    'Filled from manifest.json; what only the authors know is marked AUTHORS.',
    '',
    ...[['item', 'what', 'here'], ['---', '---', '---'], ...rows].map(tableLine),
    '',
  ].join('\n');
}

/** Where the work comes from: a trace, or the law that makes it. */
function sourceText(experiment: Plain, source: Components['source'], traces: readonly PlacedTrace[]): string {
  const part = experiment[source];
  if (!isMap(part)) return '';
  const { trace, law, program } = part;
  if (typeof trace === 'string' && trace !== 'none') {
    const place = traces.find(({ path }) => path === trace)?.place ?? trace;
    return `${source}: trace ${place}`;
  }
  const made = [law, program, part].find((one) => isMap(one) && typeof one['name'] === 'string');
  return isMap(made) ? `${source}: law ${String(made['name'])}` : `${source}: as set in the experiment`;
}

/** `read 18239, kept 18066, dropped 173 zero run time` of a trace. */
function recordsText(manifest: Plain, { path, place }: PlacedTrace): string {
  const { inputs } = manifest;
  const input = isMap(inputs) ? inputs[path] : undefined;
  const records = isMap(input) ? input['records'] : undefined;
  if (!isMap(records)) return `of ${place}: all`;
  const reasons = (key: 'repaired' | 'dropped') => {
    const counts = records[key];
    return isMap(counts)
      ? Object.entries(counts).map(([reason, count]) => `${key} ${valueText(count)} (${reason})`)
      : [];
  };
  const counts = (['read', 'kept'] as const).flatMap((key) =>
    records[key] === undefined ? [] : [`${key} ${valueText(records[key])}`],
  );
  return `of ${place}: ${[...counts, ...reasons('repaired'), ...reasons('dropped')].join(', ')}`;
}

function policies(experiment: Plain): string {
  const { policies: all } = experiment;
  if (!isMap(all)) return '';
  return Object.entries(all)
    .map(([slot, policy]) => `${slot} ${isMap(policy) ? String(policy['name']) : valueText(policy)}`)
    .join(', ');
}
