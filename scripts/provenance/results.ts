/** A results folder as the provenance writers read it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, type Plain, type Value, valueText } from '../../sim/experiment/fields.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { InputError } from '../../sim/problem.ts';

export interface Results {
  readonly folder: string;
  readonly manifest: Plain;
  readonly summary: Summary;
}

/** Throws `InputError` where the folder holds no finished results. */
export function resultsOf(folder: string): Results {
  const read = (name: string): unknown => {
    const path = join(folder, name);
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
    throw new InputError({
      where: folder,
      found: `holds no ${name}`,
      would: 'give a folder that "nowsim run" wrote, in which all runs have ended',
    });
  };
  return { folder, manifest: read('manifest.json') as Plain, summary: read('summary.json') as Summary };
}

/** A text of the manifest by its path; empty where it has none. */
export function textAt(manifest: Plain, ...path: readonly string[]): string {
  let value: Value | undefined = manifest;
  for (const key of path) value = isMap(value) ? value[key] : undefined;
  return value === undefined || value === null ? '' : valueText(value);
}

/** The traces that went into the results: path, SHA-256. */
export function tracesOf(manifest: Plain): { path: string; sha256: string }[] {
  const { inputs } = manifest;
  if (!isMap(inputs)) return [];
  return Object.entries(inputs).map(([path, input]) => ({
    path,
    sha256: isMap(input) ? String(input['sha256'] ?? '') : '',
  }));
}
