/**
 * References by their LRU stack distances: each draws a distance and goes to the page at that place of the stack, so
 * that a memory of M frames misses a share m(M) = P(distance > M), in expectation exactly, once it is full.
 *
 * The stack holds all pages from the start, in a given order; a distance beyond its end means its last page. Distances
 * are independent of each other. Source: section 1.9 of the project's reference on memory and networks.
 */
import type { Source } from '../../sim/engine/streams.ts';
import type { Field, Read } from '../../sim/experiment/fields.ts';
import { InputError } from '../../sim/problem.ts';
import { COUNT, type MadeReferences, PAGES, writes } from './laws.ts';
import { StackDistances } from './stack-distances.ts';

export const STACK_LAW = {
  doc: 'references by stack distances: a memory of M frames misses P(distance > M)',
  fields: {
    pages: PAGES,
    curve: {
      kind: 'slot',
      key: 'law',
      doc: 'miss ratio by number of frames',
      default: 'pareto',
      of: {
        pareto: {
          doc: 'm(M) = (low / M)^alpha from low on, 1 below',
          fields: {
            alpha: { kind: 'number', doc: 'exponent (assumed)', default: 1, above: 0 },
            low: {
              kind: 'number',
              doc: 'frames up to which everything misses (assumed)',
              default: 1,
              above: 0,
            },
          },
        },
        exponential: {
          doc: 'm(M) = exp(-M / mean)',
          fields: { mean: { kind: 'number', doc: 'mean distance', default: 100, above: 0 } },
        },
        points: {
          doc: 'through given points, straight between them, 1 at no frames',
          fields: {
            points: {
              kind: 'list',
              each: 'text',
              doc: 'frames:miss ratio, such as 100:0.4; frames rise, ratios fall',
              default: ['100:0.4', '1000:0.1'],
            },
          },
        },
      },
    },
    count: COUNT,
    writes: writes('30%'),
  },
} as const satisfies Extract<Field, { kind: 'slot' }>['of'][string];
const GROUP = { kind: 'group', doc: '', fields: STACK_LAW.fields } as const satisfies Field;
export type StackSettings = Read<typeof GROUP>;

/** A distance, from 1 on, for a uniform number u: the least d with P(distance > d) <= u. */
export function distanceOf(curve: StackSettings['curve']): (u: number) => number {
  if (curve.law === 'pareto') return (u) => Math.max(1, Math.ceil(curve.low * u ** (-1 / curve.alpha)));
  if (curve.law === 'exponential') return (u) => Math.max(1, Math.ceil(-curve.mean * Math.log(u)));
  const points = pointsOf(curve.points.map(String));
  return (u) => {
    let k = 1;
    while (k < points.length && points[k]!.ratio > u) k++;
    // Below the last ratio: further than every point.
    if (k === points.length) return Number.POSITIVE_INFINITY;
    const [a, b] = [points[k - 1]!, points[k]!];
    const part = (a.ratio - u) / (a.ratio - b.ratio);
    return Math.max(1, Math.ceil(a.frames + part * (b.frames - a.frames)));
  };
}

interface Point {
  readonly frames: number;
  readonly ratio: number;
}

function pointsOf(texts: readonly string[]): Point[] {
  const points: Point[] = [{ frames: 0, ratio: 1 }];
  for (const text of texts) {
    const match = /^(\d+):(\d*\.?\d+(?:e-?\d+)?)$/.exec(text);
    const [frames, ratio] = match === null ? [0, 0] : [Number(match[1]), Number(match[2])];
    const last = points.at(-1)!;
    if (match === null || frames <= last.frames || ratio >= last.ratio) {
      throw new InputError({
        where: 'pages.law.curve.points',
        found: `"${text}"`,
        would: 'write frames:miss ratio, such as 100:0.4, frames rising and ratios (below 1) falling',
      });
    }
    points.push({ frames, ratio });
  }
  if (points.length === 1) {
    throw new InputError({
      where: 'pages.law.curve.points',
      found: 'no points',
      would: 'give some: 100:0.4',
    });
  }
  return points;
}

export function stackDistance(settings: StackSettings, made: MadeReferences, chance: Source): void {
  const { pages, count } = settings;
  const distance = distanceOf(settings.curve);
  const stack = new StackDistances(pages);
  for (let page = pages - 1; page >= 0; page--) stack.next(page);
  for (let i = 0; i < count; i++) {
    const page = stack.at(Math.min(pages, distance(chance.next())));
    stack.next(page);
    made.refer(page);
  }
}
