/**
 * The STRESS-DES checklist, filled from the manifest: what was varied and run, and of the settings those that runs of
 * this kind read (`scripts/runs/reads.ts`). What only the authors know is marked.
 * Source: Monks et al. 2019, Strengthening the reporting of empirical simulation studies (STRESS-DES).
 */
import { isMap, type Plain, readFields, type Value, valueText } from '../../sim/experiment/fields.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { FIELDS, type Settings } from '../fields.ts';
import { RUN_KINDS } from '../runs/index.ts';
import { unreadBy } from '../runs/reads.ts';
import { INTERVAL_LEGEND } from '../terminal.ts';
import { tableLine } from './artifact.ts';
import { componentsOf } from './components.ts';
import { computedText } from './computed.ts';
import { type Results, textAt } from './results.ts';
import type { PlacedTrace } from './traces.ts';

export function stressText({ manifest, summary }: Results, traces: readonly PlacedTrace[]): string {
  const experiment = manifest['experiment'] as Plain;
  const scenarios = (manifest['points'] as readonly Plain[]).map((point) => point['scenario'] as Plain);
  const setting = (path: string) => valuesAt(scenarios, path);
  const parts = componentsOf(manifest);
  const isRead = readsOf(scenarios);
  const hardware = ['nodes', 'machine', 'network', 'disk']
    .filter((key) => isRead(`cluster.${key}`))
    .map((key) => `${key} ${setting(`cluster.${key}`)}`);
  const structure = isRead('cluster.os') ? [`OS structure ${setting('cluster.os')}`] : [];
  const slots = Object.keys(FIELDS.fields.policies.fields).filter((slot) => isRead(`policies.${slot}`));
  const policies = slots.map((slot) => `${slot} ${setting(`policies.${slot}`)}`);
  const algorithms = [
    ...structure,
    ...(policies.length === 0 ? [] : [`policies: ${policies.join('; ')}`]),
  ].join('; ');
  const horizon = setting('horizon');
  const presets = 'prices of the presets with their sources (manifest.json, key presets)';
  const data = traces.map(({ place, sha256 }) => `${place} (${sha256.slice(0, 12)})`).join(', ');
  const records = traces.map((trace) => recordsText(manifest, trace)).join('; ');
  const sources = new Set(scenarios.map((scenario) => sourceText(scenario, parts.source, traces)));
  const rows: [string, string, string][] = [
    ['1.1', 'Purpose of the model', summary.question],
    ['1.2', 'Model outputs', ((experiment['measures'] ?? []) as readonly string[]).join(', ')],
    ['1.3', 'Experimentation aims', aimsText(manifest)],
    ['2.1', 'Base model overview diagram', 'AUTHORS: or refer to DESIGN.md of nowsim'],
    ['2.2', 'Base model logic', `heads of ${parts.logic} in nowsim ${textAt(manifest, 'nowsim')}`],
    ['2.3', 'Scenario logic', 'manifest.json, key points: every setting of every scenario'],
    ['2.4', 'Algorithms', algorithms],
    ['2.5.1', 'Components: entities', parts.entities],
    ['2.5.2', 'Components: activities', parts.activities],
    ['2.5.3', 'Components: resources', `${parts.resources} (${hardware.join('; ')})`],
    ['2.5.4', 'Components: queues', parts.queues],
    ['2.5.5', 'Components: entry and exit points', `${[...sources].join(' or ')}; ${parts.exit}`],
    ['3.1', 'Data sources', `${traces.length === 0 ? 'laws' : data}; ${presets}`],
    ['3.2', 'Pre-processing', traces.length === 0 ? 'none' : `records ${records}`],
    ['3.3', 'Input parameters', 'manifest.json, keys experiment and presets (with the id of each source)'],
    ['3.4', 'Assumptions', 'what the presets and settings mark as assumed; AUTHORS: any further'],
    ['4.1', 'Initialisation', `warm-up left out: ${setting('warmup')}; empty at the start`],
    ['4.2', 'Run length', horizon === 'auto' ? 'until all work is done' : horizon],
    ['4.3', 'Estimation approach', estimationText(manifest, summary)],
    [
      '5.1',
      'Software or programming language',
      `nowsim ${textAt(manifest, 'nowsim')} on ${textAt(manifest, 'node')}`,
    ],
    [
      '5.2',
      'Random sampling',
      `sfc32, a stream for each purpose and entity, seeded through seedrandom, seed ${textAt(experiment, 'seed')}`,
    ],
    ['5.3', 'Model execution', 'next event; ties in the order of scheduling'],
    [
      '5.4',
      'System specification',
      `${['cpu', 'cores', 'memory', 'system'].map((key) => textAt(manifest, 'machine', key)).join(', ')}; ${computedText(manifest)}`,
    ],
    ['6.1', 'Computer model sharing statement', 'AUTHORS: where this artifact lies'],
  ];
  return [
    '# STRESS-DES checklist',
    '',
    'Filled from manifest.json; what only the authors know is marked AUTHORS. Settings that runs of this kind do not read are left out.',
    '',
    ...[['item', 'what', 'here'], ['---', '---', '---'], ...rows].map(tableLine),
    '',
  ].join('\n');
}

/** The values that the scenarios have at a path, policies by their names: `8, 16 (varied)`. */
function valuesAt(scenarios: readonly Plain[], path: string): string {
  const values = new Set(
    scenarios.map((scenario) => {
      let value: Value | undefined = scenario;
      for (const key of path.split('.')) value = isMap(value) ? value[key] : undefined;
      if (isMap(value) && value['name'] !== undefined) return String(value['name']);
      return value === undefined ? '' : valueText(value);
    }),
  );
  return `${[...values].join(', ')}${values.size > 1 ? ' (varied)' : ''}`;
}

/** Whether the runs of some scenario read a setting. */
function readsOf(scenarios: readonly Plain[]): (path: string) => boolean {
  const all = scenarios.map((scenario): Settings => readFields(FIELDS, scenario));
  const kinds = all.map((settings) => RUN_KINDS.find((kind) => kind.takes(settings))!);
  return (path) => all.some((settings, i) => unreadBy(RUN_KINDS, kinds[i]!, settings, path) === undefined);
}

/** The values of the axes that points have, how the points were chosen, and which were left out. */
function aimsText(manifest: Plain): string {
  const experiment = manifest['experiment'] as Plain;
  const points = manifest['points'] as readonly Plain[];
  const { vary, design } = experiment;
  const axes = Object.keys(isMap(vary) ? vary : {});
  if (axes.length === 0) return 'one scenario';
  const varied = axes.map((path) => {
    const listed = ((vary as Plain)[path] as readonly Value[]).map(valueText);
    const had = points.map((point) => (point['params'] as Plain)[path]);
    const values = new Set(had.flatMap((value) => (value === undefined ? [] : [valueText(value)])));
    return `${path}: ${[...values].toSorted((a, b) => listed.indexOf(a) - listed.indexOf(b)).join(', ')}`;
  });
  const chosen = design === undefined ? 'every combination' : `design ${valueText(design)}`;
  const notes = (manifest['notes'] ?? []) as readonly string[];
  const left = notes.filter((note) => note.includes('left out by where'));
  return [`varied: ${varied.join('; ')}`, `${chosen}, ${points.length} points`, ...left].join('; ');
}

/** How many replications there are and by which rule, and what the intervals are. */
function estimationText(manifest: Plain, { points, interval }: Summary): string {
  const experiment = manifest['experiment'] as Plain;
  const { precision } = manifest;
  const replications = textAt(experiment, 'replications');
  const rest = `${INTERVAL_LEGEND[interval ?? 'student']}; differences paired by common random numbers, Holm over points`;
  if (!isMap(precision)) return `${replications} replications, ${rest}`;
  const share = Number(precision['share']);
  const measures = (experiment['measures'] ?? []) as readonly string[];
  const wide = points.filter((point) =>
    measures.some((name) => {
      const { mean, ci95 } = point.measures[name] ?? { mean: 0, ci95: null };
      return ci95 !== null && ci95 > share * Math.abs(mean);
    }),
  );
  const percent = `${Number((100 * share).toPrecision(3))} %`;
  const reached =
    wide.length === 0 ? 'reached at all points' : `not reached at ${wide.length} of ${points.length} points`;
  return `sequential: replications were added to all points until the half width of every interval of the outputs was at most ${percent} of its mean, at most ${valueText(precision['most'] as Value)} replications; ${replications} were made, ${reached}; ${rest}`;
}

/** Where the work comes from: a trace, or the law that makes it. */
function sourceText(scenario: Plain, source: string, traces: readonly PlacedTrace[]): string {
  const part = scenario[source];
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
