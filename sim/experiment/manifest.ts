/**
 * What a reader needs to trust and repeat an experiment: the version, the settled scenario of every point, the
 * digests of its inputs, the digest of its results; beside these, when and where it was run.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../problem.ts';
import type { Axis, Params } from './axes.ts';
import { canonicalJson } from './cells.ts';
import type { DesignName } from './design.ts';
import { type Experiment, KIT_FIELDS } from './experiment.ts';
import { checkLeaf, isMap, type Plain, type Value } from './fields.ts';
import type { IntervalKind } from './intervals.ts';
import { paramsText } from './points.ts';
import { layOver, spread } from './settings.ts';
import type { Study } from './study.ts';

/** Stands for the digest until all runs have ended. */
export const INTERRUPTED = 'interrupted';

/**
 * The manifest of an experiment; `digest` is undefined until all runs have ended. `about` (machine, time, command
 * line) is the only part that two runs of the same experiment do not share.
 */
export function manifestOf(
  version: string,
  experiment: Experiment,
  digest: string | undefined,
  about: Plain,
): Plain {
  const { name, question, seed, replications, interval, baseline, axes, measures, points, base } = experiment;
  const inputs: Record<string, Value> = {};
  const presets = new Map<string, { value: Value; at: string }>();
  for (const { params, scenario } of points) {
    if (isMap(scenario['inputs'])) Object.assign(inputs, scenario['inputs']);
    const value = scenario['presets'];
    if (value === undefined) continue;
    const text = canonicalJson(value);
    if (!presets.has(text)) presets.set(text, { value, at: paramsText(params) });
  }
  const distinct = [...presets.values()];
  return {
    nowsim: version,
    ...about,
    name,
    digest: digest ?? INTERRUPTED,
    ...(experiment.notes.length === 0 ? {} : { notes: experiment.notes }),
    ...(experiment.precision === null ? {} : { precision: experiment.precision }),
    experiment: {
      question,
      seed,
      replications,
      interval,
      measures,
      baseline,
      ...(experiment.design === 'product' ? {} : { design: experiment.design }),
      vary: Object.fromEntries(axes.map((axis) => [axis.path, axis.values])),
      ...base,
    },
    inputs,
    presets:
      distinct.length === 1
        ? distinct[0]!.value
        : Object.fromEntries(distinct.map(({ at, value }) => [at, value])),
    points: points.map(({ params, scenario }) => ({ params, scenario })),
  };
}

/** A manifest read back: the experiment settled anew by the program as it is now, and what it was then. */
export interface Replay {
  readonly experiment: Experiment;
  readonly digest: string;
  readonly version: string;
  /** What is no longer as it was, apart from the version: inputs, presets, defaults. */
  readonly changes: readonly string[];
}

/**
 * Reads manifest.json (or its folder). One of a run that did not end, or of a shard, is refused unless `unfinished`.
 * Throws `InputError`.
 */
export async function readManifest(study: Study, path: string, unfinished = false): Promise<Replay> {
  const file = existsSync(join(path, 'manifest.json')) ? join(path, 'manifest.json') : path;
  const fail = (found: string, would: string): never => {
    throw new InputError({ where: file, found, would });
  };
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    fail(
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'is a directory without manifest.json'
          : `cannot be read (${code})`,
      'give the manifest.json of a results folder',
    );
  }
  let manifest: Plain = {};
  try {
    manifest = JSON.parse(text) as Plain;
  } catch (error) {
    fail(`is not JSON: ${(error as Error).message}`, 'give the manifest.json of a results folder');
  }
  const { nowsim, digest, name, experiment, points } = isMap(manifest) ? manifest : ({} as Plain);
  if (
    typeof nowsim !== 'string' ||
    typeof digest !== 'string' ||
    !isMap(experiment) ||
    !Array.isArray(points)
  ) {
    fail('is no manifest of nowsim', 'give the manifest.json of a results folder');
  }
  const { question, seed, replications, interval, baseline, design, vary, measures, ...plainBase } =
    experiment as Plain;
  if (digest === INTERRUPTED && !unfinished) {
    fail(
      'belongs to a run that was interrupted, so there is nothing to compare with',
      'run the experiment again: it goes on where it stopped',
    );
  }
  const read = (key: 'seed' | 'replications' | 'interval', value: Value | undefined): unknown => {
    const checked = checkLeaf(KIT_FIELDS[key], value ?? null);
    if (!('found' in checked)) return checked.read;
    return fail(`${key}: ${checked.found}`, 'give the manifest.json of a results folder');
  };
  const base = dirname(resolve(file));
  const changes = new Set<string>();
  const settled = [];
  for (const [i, point] of (points as readonly Value[]).entries()) {
    const before = isMap(point) ? point['scenario'] : undefined;
    if (!isMap(point) || !isMap(before) || !isMap(point['params'])) {
      throw new InputError({
        where: file,
        found: `point ${i} is damaged`,
        would: 'run the experiment again',
      });
    }
    const { presets: _presets, inputs: _inputs, ...plain } = before;
    const origin = () => ({
      base,
      problem: (fault: { found: string }) => ({ where: `${file}: point ${i}`, ...fault }),
    });
    const laid = layOver(
      study.fields,
      spread(study.fields, { path: [], value: plain, layer: 0 }, origin),
      origin,
    );
    if (laid.problems.length > 0) throw new InputError(laid.problems);
    const scenario = await study.settle(laid.scenario, { base });
    for (const change of differences(before, scenario, '')) changes.add(change);
    settled.push({ params: point['params'], scenario });
  }
  const axes: Axis[] = Object.entries((vary ?? {}) as Plain).map(([axis, values]) => ({
    path: axis,
    values: values as readonly Value[],
  }));
  return {
    experiment: {
      name: typeof name === 'string' ? name : basename(base),
      question: String(question),
      seed: read('seed', seed) as number,
      replications: read('replications', replications) as number,
      // What was reached is run again, not the way there.
      precision: null,
      interval: read('interval', interval ?? 'student') as IntervalKind,
      design: (design ?? 'product') as DesignName,
      baseline: (baseline ?? {}) as Params,
      axes,
      measures: (measures ?? []) as readonly string[],
      asked: ((measures ?? []) as readonly string[]).length < Object.keys(study.measures).length,
      points: settled,
      base: plainBase,
      notes: Array.isArray(manifest['notes']) ? manifest['notes'].map(String) : [],
    },
    digest: digest as string,
    version: nowsim as string,
    changes: [...changes],
  };
}

/** Where two settled scenarios differ, as `path: was -> is`. */
function differences(before: Value | undefined, after: Value | undefined, path: string): string[] {
  if (isMap(before) && isMap(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const was = JSON.stringify(before);
  const is = JSON.stringify(after);
  return was === is ? [] : [`${path}: was ${was ?? 'not there'}, is ${is ?? 'not there'}`];
}
