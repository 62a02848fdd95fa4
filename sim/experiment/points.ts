/** How points of a sweep are told from each other in messages: by their parameters, one or many of them. */
import { type Problem, problemText } from '../problem.ts';
import type { Params } from './axes.ts';
import { canonicalJson } from './cells.ts';
import { valueText } from './fields.ts';

/** What some points have in common where that tells them from the others; else how many they are. */
export function whereText(all: readonly { readonly params: Params }[], at: ReadonlySet<number>): string {
  const [first] = at;
  const same = (i: number, path: string) =>
    canonicalJson(all[i]!.params[path]!) === canonicalJson(all[first!]!.params[path]!);
  // what all points have tells none of them from another
  const params = Object.entries(all[first!]!.params).filter(([path]) => all.some((_, i) => !same(i, path)));
  const common = params.filter(([path]) => [...at].every((i) => same(i, path)));
  const others = all.filter((_, i) => !at.has(i) && common.every(([path]) => same(i, path)));
  if (common.length > 0 && others.length === 0) return `where ${paramsText(Object.fromEntries(common))}`;
  return `at ${at.size} of ${all.length} points, first ${paramsText(Object.fromEntries(params))}`;
}

/** `cluster.os=in-kernel, glunix=on`. */
export function paramsText(params: Params): string {
  const text = Object.entries(params)
    .map(([path, value]) => `${path}=${valueText(value)}`)
    .join(', ');
  return text === '' ? 'the one point' : text;
}

/**
 * Problems of points (by their index), each once, in order of the points; one that is not a problem of all points says
 * which it concerns.
 */
export function problemsOf(
  all: readonly { readonly params: Params }[],
  found: Iterable<readonly [point: number, problems: readonly Problem[]]>,
): Problem[] {
  const told = new Map<string, { problem: Problem; at: Set<number> }>();
  for (const [point, problems] of [...found].toSorted(([a], [b]) => a - b)) {
    for (const problem of problems) {
      const key = problemText(problem);
      const known = told.get(key) ?? { problem, at: new Set<number>() };
      told.set(key, known);
      known.at.add(point);
    }
  }
  return [...told.values()].map(({ problem, at }) =>
    at.size === all.length ? problem : { ...problem, found: `${problem.found} (${whereText(all, at)})` },
  );
}
