/**
 * The address of one run: what it was computed from, hashed. A row is kept on resumption if and only if its run
 * would be computed from the same version, scenario, inputs, seed and replication.
 *
 * A trace counts by its content: the scenario names it by path, the address by the digest that stands in `inputs`.
 */
import { createHash } from 'node:crypto';
import { isMap, type Plain, type Value } from './fields.ts';

/** JSON with the keys of every map in order, so that equal data has equal text. */
export function canonicalJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map((each: Value) => canonicalJson(each)).join(',')}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Hexadecimal digest of a text, 128 bits of SHA-256. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** A settled scenario with the paths of its inputs replaced by their digests. */
export function byContent(scenario: Plain): Value {
  const inputs = scenario['inputs'];
  if (!isMap(inputs)) return scenario;
  const names = new Map<string, string>();
  for (const [path, input] of Object.entries(inputs)) {
    if (isMap(input) && typeof input['sha256'] === 'string') names.set(path, `sha256:${input['sha256']}`);
  }
  const renamed = (value: Value): Value => {
    if (typeof value === 'string') return names.get(value) ?? value;
    if (Array.isArray(value)) return value.map(renamed);
    if (isMap(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [names.get(key) ?? key, renamed(each)]),
      );
    }
    return value;
  };
  return renamed(scenario);
}

/** Addresses of the replications of one settled scenario. */
export function cellsOf(version: string, scenario: Plain, seed: number): (replication: number) => string {
  const common = canonicalJson({ version, seed, scenario: byContent(scenario) });
  return (replication) => digestOf(`${replication}\n${common}`);
}
