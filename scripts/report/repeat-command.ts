/**
 * The command that repeats one point of a sweep, from the command that made the sweep: its file and settings as they
 * were typed, the point's own value for every axis, seed and replications as they came to be.
 *
 * A results folder that was not made by `nowsim run` (merged shards, a manifest run again) does not know its file:
 * there the manifest is run again, this point alone.
 */
import { isAbsolute } from 'node:path';
import { parseArgs } from 'node:util';
import { isMap, type Plain, type Value, valueText } from '../../sim/experiment/fields.ts';
import { commandText } from '../terminal.ts';

/** Options of `nowsim run` that take a value; what is not named here takes none. */
const WITH_VALUE = [
  'set',
  'vary',
  'replications',
  'precision',
  'interval',
  'shard',
  'tasks',
  'sbatch',
  'seed',
  'workers',
  'out',
  'jobs-out',
  'swf-out',
  'events-out',
] as const;

/** What chooses the points or is given by its own option; a point alone has no use for it. */
const NOT_OF_A_POINT = ['design', 'design_points', 'seed', 'replications', 'precision', 'most_replications'];

/** The command of each point, in their order. `points` are those of the summary. */
export function repeatCommands(manifest: Plain, points: readonly { readonly params: Plain }[]): string[] {
  const made = madeBy(manifest);
  if (made === undefined) {
    return points.map((_, k) =>
      commandText(['npx', 'nowsim', 'rerun', 'manifest.json', '--point', String(k)]),
    );
  }
  const { experiment, points: settled } = manifest;
  const { seed, replications, design } = isMap(experiment) ? experiment : ({} as Plain);
  const sampled = design !== undefined && design !== 'product';
  const scenarios = Array.isArray(settled) ? (settled as readonly Value[]) : [];
  return points.map(({ params }, k) => {
    const settings = [...made.set, ...(sampled ? ['design=product'] : [])];
    const point = scenarios[k];
    const scenario = isMap(point) && isMap(point['scenario']) ? point['scenario'] : {};
    for (const [path, value] of Object.entries(params)) {
      settings.push(`${path}=${flagText(typed(value, valueAt(scenario, path), design === 'one-at-a-time'))}`);
    }
    return commandText([
      'npx',
      'nowsim',
      'run',
      made.file,
      ...settings.flatMap((each) => ['--set', each]),
      ...(made.interval === undefined ? [] : ['--interval', made.interval]),
      ...(seed === undefined ? [] : ['--seed', String(seed)]),
      ...(replications === undefined ? [] : ['--replications', String(replications)]),
      '--out',
      `${made.out}-point-${k}`,
    ]);
  });
}

interface MadeBy {
  readonly file: string;
  readonly set: readonly string[];
  readonly interval: string | undefined;
  readonly out: string;
}

/** What the sweep's own command says; undefined where it was not `nowsim run` or `nowsim start` of a file. */
function madeBy(manifest: Plain): MadeBy | undefined {
  const { command, name } = manifest;
  if (!Array.isArray(command)) return undefined;
  const { values, positionals } = parseArgs({
    args: (command as readonly Value[]).slice(1).map(String),
    options: Object.fromEntries(
      WITH_VALUE.map((option) => [option, { type: 'string', multiple: true }] as const),
    ),
    strict: false,
    allowPositionals: true,
  });
  const [verb, file] = positionals;
  const own = `results/runs/${String(name)}`;
  if (verb === 'start') return { file: String(name), set: [], interval: undefined, out: own };
  if ((verb !== 'run' && verb !== 'sweep') || file === undefined) return undefined;
  const given = (option: (typeof WITH_VALUE)[number]): readonly string[] =>
    ((values[option] ?? []) as readonly (string | boolean)[]).map(String);
  return {
    file,
    set: given('set').filter((text) => !NOT_OF_A_POINT.includes(text.slice(0, text.indexOf('=')).trim())),
    interval: given('interval').at(-1),
    out: given('out').at(-1)?.replace(/\/+$/, '') ?? own,
  };
}

/**
 * A parameter as it must be typed. A path in a file is relative to that file: the settled scenario has it whole. In a
 * design that leaves axes as the scenario has them, a slot is named without its parameters: the scenario has these.
 */
function typed(value: Value, settled: Value | undefined, own: boolean): Value {
  if (typeof value === 'string' && typeof settled === 'string' && isAbsolute(settled)) return settled;
  return own && isMap(settled) ? settled : value;
}

function valueAt(scenario: Plain, path: string): Value | undefined {
  let value: Value | undefined = scenario;
  for (const key of path.split('.')) value = isMap(value) ? value[key] : undefined;
  return value;
}

/** The right side of `--set path=`: a list or map as JSON, and a text in quotes where it would be read as one. */
function flagText(value: Value): string {
  if (isMap(value) || Array.isArray(value)) return JSON.stringify(value);
  const text = valueText(value);
  return /^\s*[[{"']/.test(text) ? JSON.stringify(text) : text;
}
