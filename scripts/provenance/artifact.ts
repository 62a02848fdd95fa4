/**
 * What an artifact evaluation asks for, written from a results folder: the claims with commands, expected values,
 * tolerance and time; the licence; whose traces were used; and the STRESS-DES checklist.
 * Source: Monks et al. 2019, Strengthening the reporting of empirical simulation studies (STRESS-DES); the badges of
 * ACM and USENIX ask for claims, commands and times.
 */
import { isMap, type Plain, valueText } from '../../sim/experiment/fields.ts';
import { paramsText } from '../../sim/experiment/points.ts';
import { intervalText } from '../terminal.ts';
import { type Results, textAt, tracesOf } from './results.ts';

/** The table of claims: one for the digest, one for each measure of each point, one for each difference that counts. */
export function claimsText({ manifest, summary }: Results): string {
  const measures = ((manifest['experiment'] as Plain)['measures'] ?? []) as readonly string[];
  const seconds = Number(textAt(manifest, 'wall_s'));
  const rerun = '`npx nowsim rerun manifest.json`';
  const time = seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  const lines = [
    `# Claims`,
    '',
    `${summary.question}`,
    '',
    `All of them come out of one command, ${rerun}, in about ${time} on ${textAt(manifest, 'machine', 'cores')} (${textAt(manifest, 'machine', 'cpu')}); it exits with 0 if every number is the same.`,
    '',
    '| claim | command | expected | tolerance |',
    '| --- | --- | --- | --- |',
    `| all results | ${rerun} | digest \`${summary.digest}\` | none: the same bytes on any machine |`,
  ];
  for (const { params, measures: mine } of summary.points) {
    for (const name of measures.slice(0, 12)) {
      const measure = mine[name];
      if (measure === undefined) continue;
      lines.push(
        `| ${name} at ${paramsText(params)} | \`npx nowsim export . --format markdown --measure ${name}\` | ${intervalText(summary.interval, measure)} ${unitText(measure.unit)} | none with the same seed; another seed: the interval |`,
      );
    }
  }
  for (const { params, against, measures: mine } of summary.paired) {
    for (const name of measures.slice(0, 12)) {
      const difference = mine[name];
      if (difference === undefined || difference.p_holm === null || difference.p_holm >= 0.05) continue;
      lines.push(
        `| ${name} differs at ${paramsText(params)} from ${paramsText(against)} | ${rerun} | ${intervalText(summary.interval, { ...difference, mean: difference.difference }, true)} ${unitText(difference.unit)} | its sign, with any seed |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function unitText(unit: string): string {
  return unit === '1' ? '' : unit;
}

/** Whose traces were used, by their digests and, for job logs, in the words of their headers. */
export async function acknowledgementsText({ manifest }: Results): Promise<string> {
  const traces = tracesOf(manifest);
  const lines = ['# Acknowledgements of the traces used', ''];
  if (traces.length === 0) lines.push('No trace was used: jobs and owners came from laws.');
  for (const { path, sha256 } of traces) {
    lines.push(`## ${path.split('/').at(-1)}`, '', `SHA-256 \`${sha256}\``, '');
    const said = await headerOf(path);
    if (said.length === 0) lines.push('The trace names nobody; say where you have it from.', '');
    else lines.push(...said.map((line) => `> ${line}`), '');
  }
  return `${lines.join('\n')}\n`;
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
export function stressText({ manifest, summary }: Results): string {
  const experiment = manifest['experiment'] as Plain;
  const setting = (path: string) => textAt(experiment, ...path.split('.'));
  const axes = experiment['vary'];
  const varied = isMap(axes)
    ? Object.entries(axes).map(
        ([path, values]) => `${path}: ${(values as readonly never[]).map(valueText).join(', ')}`,
      )
    : [];
  const rows: [string, string, string][] = [
    ['1.1', 'Purpose of the model', summary.question],
    ['1.2', 'Model outputs', ((experiment['measures'] ?? []) as readonly string[]).join(', ')],
    ['1.3', 'Experimentation aims', varied.length === 0 ? 'one scenario' : varied.join('; ')],
    ['2.1', 'Base model overview diagram', 'AUTHORS: or refer to DESIGN.md of nowsim'],
    ['2.2', 'Base model logic', 'header of models/cluster.ts and of the mechanisms in models/glunix'],
    ['2.3', 'Scenario logic', 'manifest.json, key points: every setting of every scenario'],
    ['2.4', 'Algorithms', `policies: ${policies(experiment)}`],
    ['2.5.1', 'Components: entities', 'jobs and their tasks; owners'],
    ['2.5.2', 'Components: activities', 'launch, run, stop, move, save, page; come and go'],
    [
      '2.5.3',
      'Components: resources',
      `${setting('cluster.nodes')} nodes ${setting('cluster.machine')}, network ${setting('cluster.network')}, disk ${setting('cluster.disk')}`,
    ],
    ['2.5.4', 'Components: queues', `batch queue, ${setting('policies.batch.name')}`],
    [
      '2.5.5',
      'Entry and exit points',
      `jobs: trace ${setting('jobs.trace')}, law ${setting('jobs.law.name')}; they leave when finished, killed or rejected`,
    ],
    [
      '3.1',
      'Data sources',
      tracesOf(manifest)
        .map(({ path, sha256 }) => `${path.split('/').at(-1)} (${sha256.slice(0, 12)})`)
        .join(', ') || 'laws; prices of the presets with their sources',
    ],
    [
      '3.2',
      'Pre-processing',
      'ACKNOWLEDGEMENTS.md; counts of repaired and dropped records in manifest.json, key inputs',
    ],
    ['3.3', 'Input parameters', 'manifest.json, keys experiment and presets (with the id of each source)'],
    ['3.4', 'Assumptions', 'what the presets and settings mark as assumed; AUTHORS: any further'],
    ['4.1', 'Initialisation', `warm-up ${setting('warmup')}; nodes empty at the start`],
    ['4.2', 'Run length', setting('horizon')],
    [
      '4.3',
      'Estimation approach',
      `${setting('replications')} replications, Student intervals of 95 %, paired by common random numbers, Holm over points`,
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
      `${textAt(manifest, 'machine', 'cpu')}, ${textAt(manifest, 'machine', 'cores')}, ${textAt(manifest, 'machine', 'memory')}; ${textAt(manifest, 'wall_s')} s`,
    ],
    ['6.1', 'Computer model sharing statement', 'AUTHORS: where this artifact lies'],
  ];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    '# STRESS-DES checklist',
    '',
    line(['item', 'what', 'here']),
    line(['---', '---', '---']),
    ...rows.map(line),
    '',
  ].join('\n');
}

function policies(experiment: Plain): string {
  const { policies: all } = experiment;
  if (!isMap(all)) return '';
  return Object.entries(all)
    .map(([slot, policy]) => `${slot} ${isMap(policy) ? String(policy['name']) : valueText(policy)}`)
    .join(', ');
}
