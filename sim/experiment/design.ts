/**
 * Designs: which combinations of the axes' values are points. All of them, one axis at a time around the scenario as
 * it is, a Latin hypercube, a Sobol sequence, or trajectories for Morris's screening.
 *
 * A sampled design takes its values from the lists and ranges that the axes give (`1s..60s +1s` is sixty levels).
 * Sources: McKay, Beckman and Conover 1979 (Latin hypercube); Joe and Kuo 2008 (direction numbers of Sobol's sequence,
 * recalled, first 16 dimensions), shifted at random digit by digit; Morris 1991 (elementary effects, steps of half the
 * levels).
 */
import type { Source } from '../engine/streams.ts';

export const DESIGNS = {
  product: 'every combination of the values',
  'one-at-a-time': 'the scenario as it is, and each value of each axis alone',
  'latin-hypercube':
    'a Latin hypercube: as many points as design_points says, which cover the values of every axis evenly',
  sobol: "Sobol's sequence: as many points as design_points says, which cover combinations evenly too",
  morris: 'Morris: as many trajectories as design_points says, one axis at a time, for screening many axes',
} as const;
export type DesignName = keyof typeof DESIGNS;

/** The value of an axis at a point, by its place on the axis; -1: as the scenario has it. */
export const OWN = -1;

/** Points by places on axes of `levels` values each. Throws `RangeError` for more axes than Sobol's numbers here serve. */
export function designPoints(
  design: DesignName,
  levels: readonly number[],
  count: number,
  chance: Source,
): number[][] {
  switch (design) {
    case 'product':
      return product(levels);
    case 'one-at-a-time':
      return [
        levels.map(() => OWN),
        ...levels.flatMap((n, axis) =>
          Array.from({ length: n }, (_, place) => levels.map((_n, i) => (i === axis ? place : OWN))),
        ),
      ];
    case 'latin-hypercube':
      return latinHypercube(levels, count, chance);
    case 'sobol':
      return sobol(levels, count, chance);
    case 'morris':
      return Array.from({ length: count }, () => trajectory(levels, chance)).flat();
  }
}

function product(levels: readonly number[]): number[][] {
  let points: number[][] = [[]];
  for (const n of levels) {
    points = points.flatMap((point) => Array.from({ length: n }, (_, place) => [...point, place]));
  }
  return points;
}

function latinHypercube(levels: readonly number[], count: number, chance: Source): number[][] {
  const columns = levels.map((n) =>
    shuffled(count, chance).map((stratum) => Math.floor(((stratum + chance.next()) / count) * n)),
  );
  return Array.from({ length: count }, (_, i) => columns.map((column) => column[i]!));
}

function shuffled(count: number, chance: Source): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(chance.next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Degree, coefficients and first numbers of dimensions 2, 3, ...; dimension 1 is van der Corput's sequence. */
const DIRECTIONS: readonly (readonly [degree: number, coefficients: number, ...first: number[]])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
];
export const MOST_SOBOL_AXES = DIRECTIONS.length + 1;

const BITS = 32;

function sobol(levels: readonly number[], count: number, chance: Source): number[][] {
  if (levels.length > MOST_SOBOL_AXES) {
    throw new RangeError(`${levels.length} axes, at most ${MOST_SOBOL_AXES}`);
  }
  const numbers = levels.map((_, axis) => directionNumbers(axis));
  const shift = levels.map(() => Math.floor(chance.next() * 2 ** BITS) >>> 0);
  const state = levels.map(() => 0);
  return Array.from({ length: count }, (_, i) => {
    // Gray code: from one point to the next one direction changes, that of the lowest zero bit of the count.
    if (i > 0) {
      const bit = Math.log2(~(i - 1) & i);
      for (const axis of state.keys()) state[axis] = (state[axis]! ^ numbers[axis]![bit]!) >>> 0;
    }
    return levels.map((n, axis) => Math.floor((((state[axis]! ^ shift[axis]!) >>> 0) / 2 ** BITS) * n));
  });
}

function directionNumbers(axis: number): number[] {
  if (axis === 0) return Array.from({ length: BITS }, (_, k) => (1 << (BITS - 1 - k)) >>> 0);
  const [degree, coefficients, ...first] = DIRECTIONS[axis - 1]!;
  const numbers = first.map((m, k) => (m << (BITS - 1 - k)) >>> 0);
  for (let k = degree; k < BITS; k++) {
    let value = numbers[k - degree]! ^ (numbers[k - degree]! >>> degree);
    for (let j = 1; j < degree; j++) {
      if ((coefficients >> (degree - 1 - j)) & 1) value ^= numbers[k - j]!;
    }
    numbers.push(value >>> 0);
  }
  return numbers;
}

/** Levels by which Morris's steps go: half of an axis's. */
export function morrisStep(levels: number): number {
  return Math.max(1, Math.floor(levels / 2));
}

/** One trajectory: a start, then each axis once, in random order, half its levels up or down. */
function trajectory(levels: readonly number[], chance: Source): number[][] {
  const steps = levels.map(morrisStep);
  const at = levels.map((n, axis) => {
    const room = n - steps[axis]!;
    const low = Math.floor(chance.next() * Math.max(1, room));
    return chance.next() < 0.5 ? low : Math.min(n - 1, low + steps[axis]!);
  });
  const points = [[...at]];
  for (const axis of shuffled(levels.length, chance)) {
    const up = at[axis]! + steps[axis]!;
    at[axis] = up < levels[axis]! ? up : at[axis]! - steps[axis]!;
    points.push([...at]);
  }
  return points;
}
