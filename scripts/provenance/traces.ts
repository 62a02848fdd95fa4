/** The traces of an artifact: where each is looked for, beside the manifest, and whether it may be copied there. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { isMap, type Plain, type Value } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { packageFolder } from '../package.ts';
import { tracesOf } from './results.ts';

export interface PlacedTrace {
  /** Where the runs read it. */
  readonly path: string;
  readonly sha256: string;
  /** Where the artifact looks for it. */
  readonly place: string;
  /** nowsim's own sample, which may be passed on. */
  readonly isSample: boolean;
}

const SAMPLES = join(packageFolder, 'workloads', 'samples') + sep;

/** The traces of a manifest, each with a place of its own in `traces/`. */
export function placedTraces(manifest: Plain): PlacedTrace[] {
  const taken = new Set<string>();
  return tracesOf(manifest).map(({ path, sha256 }) => {
    let name = basename(path);
    for (let n = 2; taken.has(name); n++) name = `${n}-${basename(path)}`;
    taken.add(name);
    return { path, sha256, place: `traces/${name}`, isSample: path.startsWith(SAMPLES) };
  });
}

/** Of a manifest (or its folder) in an artifact: says of a trace that is not there where it can be had; other errors as they are. */
export function withSources(error: unknown, manifest: string): unknown {
  const folder = resolve(existsSync(join(manifest, 'manifest.json')) ? manifest : dirname(manifest));
  if (!(error instanceof InputError) || !existsSync(join(folder, 'ACKNOWLEDGEMENTS.md'))) return error;
  const traces = join(folder, 'traces') + sep;
  return new InputError(
    error.problems.map((problem) => {
      const { where } = problem;
      if (!resolve(where).startsWith(traces) || existsSync(where)) return problem;
      return { ...problem, would: 'put it there: ACKNOWLEDGEMENTS.md says which it is and whose' };
    }),
  );
}

/** The manifest with every path of a trace replaced by its place. */
export function relocated(manifest: Plain, traces: readonly PlacedTrace[]): Plain {
  const places = new Map(traces.map(({ path, place }) => [path, place]));
  const moved = (value: Value): Value => {
    if (typeof value === 'string') return places.get(value) ?? value;
    if (Array.isArray(value)) return (value as readonly Value[]).map(moved);
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [places.get(key) ?? key, moved(one)]),
    );
  };
  return moved(manifest) as Plain;
}
