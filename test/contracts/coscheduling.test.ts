/**
 * What every coscheduling and every waiting policy must do, whatever it decides; Ousterhout's matrix; the baselines of
 * two-phase waiting.
 */
import { describe, expect, it } from 'vitest';
import { coschedulingPolicies } from '../../models/policies/coscheduling/index.ts';
import { FITS, type Fit, Matrix } from '../../models/policies/coscheduling/matrix.ts';
import type { Wait } from '../../models/policies/waiting/contract.ts';
import { waitingPolicies } from '../../models/policies/waiting/index.ts';
import { Streams } from '../../sim/engine/streams.ts';

const NODES = 16;

describe.each(Object.keys(coschedulingPolicies) as (keyof typeof coschedulingPolicies)[])(
  'coscheduling policy %s',
  (name) => {
    const kind = coschedulingPolicies[name];
    const parameters = { fit: 'first', alternate: true, unify: true, partitions: 2 };

    it('has a line of description and a default for each parameter', () => {
      expect(kind.doc.length).toBeGreaterThan(10);
      for (const field of Object.values(kind.fields)) expect(field).toHaveProperty('default');
    });

    it('gives a program different nodes that exist, at most as many as it asks for', () => {
      const chance = new Streams(1, 0).stream('test');
      const count = new Int32Array(NODES);
      const policy = kind.create({ nodes: NODES, processes: (node) => count[node]! }, parameters);
      const held = new Map<number, Int32Array>();
      const waiting: number[] = [];
      let placed = 0;
      for (let program = 0; program < 300; program++) {
        if (held.size > 0 && chance.next() < 0.45) {
          const [old] = [...held.keys()];
          for (const node of held.get(old!)!) count[node]!--;
          held.delete(old!);
          policy.ended(old!);
        }
        const width = 1 + Math.floor(chance.next() * NODES);
        const nodes = policy.place(program, width);
        if (nodes === null) {
          waiting.push(program);
          expect(held.size).toBeGreaterThan(0);
          continue;
        }
        placed++;
        expect(new Set(nodes).size).toBe(nodes.length);
        expect(nodes.length).toBeGreaterThan(0);
        expect(nodes.length).toBeLessThanOrEqual(width);
        for (const node of nodes) {
          expect(node >= 0 && node < NODES).toBe(true);
          count[node]!++;
        }
        held.set(program, nodes.slice());
        // Somebody is always in turn, and the turn passes to all.
        const slots = new Set<number>();
        for (let k = 0; k < policy.slots; k++) {
          slots.add(policy.slot);
          expect([...held.keys()].some((p) => policy.turn(policy.slot, p) === 0)).toBe(true);
          policy.rotate();
        }
        expect(slots.size).toBe(policy.slots);
      }
      expect(placed).toBeGreaterThan(100);
      for (const program of held.keys()) policy.ended(program);
    });

    it('decides the same on the same view', () => {
      const decide = () => {
        const policy = kind.create({ nodes: NODES, processes: (node) => (node * 7) % 5 }, parameters);
        return [3, 9, 1].map((width, program) => policy.place(program, width));
      };
      expect(decide()).toEqual(decide());
    });
  },
);

describe("Ousterhout's matrix", () => {
  it('first fit: the first row with room, any columns; a new row where none has', () => {
    const matrix = new Matrix(8);
    expect([...matrix.place(0, 5)]).toEqual([0, 1, 2, 3, 4]);
    expect([...matrix.place(1, 4)]).toEqual([0, 1, 2, 3]);
    expect([...matrix.place(2, 3)]).toEqual([5, 6, 7]);
    expect([...matrix.place(3, 2)]).toEqual([4, 5]);
    expect(matrix.rows).toBe(2);
    expect(matrix.slotOf(2)).toBe(matrix.slotOf(0));
    expect(matrix.used).toBe(14);
    matrix.remove(2);
    matrix.place(4, 1);
    matrix.remove(0);
    // Columns need not be neighbours.
    expect([...matrix.place(5, 7)]).toEqual([0, 1, 2, 3, 4, 6, 7]);
  });

  it('best fit: where least room is left', () => {
    const fits = (fit: Fit) => {
      const matrix = new Matrix(8, fit);
      matrix.place(0, 5);
      matrix.place(1, 6);
      matrix.place(2, 2);
      return matrix.slotOf(2) === matrix.slotOf(1);
    };
    expect(fits('best')).toBe(true);
    expect(fits('first')).toBe(false);
  });

  it('buddy: aligned blocks of a power of two', () => {
    const matrix = new Matrix(8, 'buddy');
    expect([...matrix.place(0, 3)]).toEqual([0, 1, 2]);
    expect([...matrix.place(1, 2)]).toEqual([4, 5]);
    expect([...matrix.place(2, 2)]).toEqual([6, 7]);
    matrix.place(3, 1);
    expect(matrix.rows).toBe(2);
    matrix.remove(1);
    expect([...matrix.place(4, 1)]).toEqual([4]);
    expect(matrix.used).toBe(3 + 2 + 1 + 1);
  });

  it('rows take turns; an empty one vanishes, and its turn passes to the next', () => {
    const matrix = new Matrix(2);
    for (const job of [0, 1, 2]) matrix.place(job, 2);
    const [a, b, c] = [0, 1, 2].map((job) => matrix.slotOf(job));
    expect(matrix.current).toBe(a);
    expect(matrix.rotate()).toBe(b);
    expect([0, 1, 2].map((job) => matrix.distance(b!, job))).toEqual([2, 0, 1]);
    matrix.remove(0);
    expect(matrix.current).toBe(b);
    matrix.remove(1);
    expect(matrix.current).toBe(c);
    expect(matrix.rotate()).toBe(c);
    matrix.remove(2);
    expect(matrix.rows).toBe(0);
    expect(matrix.current).toBe(-1);
  });

  it('alternate selection: the first in the order of rotation that may run', () => {
    const matrix = new Matrix(4);
    matrix.place(0, 4);
    matrix.place(1, 2);
    matrix.place(2, 4);
    const slot = matrix.slotOf(1);
    expect(matrix.alternate(slot, 0, () => true)).toBe(1);
    expect(matrix.alternate(slot, 3, () => true)).toBe(2);
    expect(matrix.alternate(slot, 0, (job) => job !== 1)).toBe(2);
    expect(matrix.alternate(slot, 3, (job) => job === 0)).toBe(0);
    expect(matrix.alternate(slot, 3, () => false)).toBe(-1);
  });

  it('slot unification: rows without a common column become one, and the turn goes with them', () => {
    const matrix = new Matrix(4);
    matrix.place(0, 2);
    matrix.place(1, 3);
    matrix.place(2, 1);
    matrix.place(3, 3);
    // Rows {0: columns 0 1, 2: column 2}, {1: 0 1 2}, {3: 0 1 2}.
    expect(matrix.rows).toBe(3);
    expect(matrix.unify()).toBe(0);
    matrix.rotate();
    matrix.remove(0);
    matrix.remove(1);
    matrix.place(4, 1);
    expect([...matrix.columnsOf(4)]).toEqual([0]);
    matrix.remove(4);
    matrix.place(5, 1);
    matrix.place(6, 4);
    matrix.remove(3);
    matrix.remove(6);
    expect(matrix.rows).toBe(1);
    const apart = new Matrix(4);
    apart.place(0, 3);
    apart.place(1, 2);
    apart.place(2, 1);
    apart.rotate();
    apart.remove(0);
    // What is left: 2 in column 3 of the first row, 1 in columns 0 and 1 of the second, whose turn it is.
    expect(apart.unify()).toBe(1);
    expect(apart.rows).toBe(1);
    expect(apart.slotOf(1)).toBe(apart.slotOf(2));
    expect(apart.current).toBe(apart.slotOf(1));
    expect([...apart.columnsOf(1)]).toEqual([0, 1]);
    expect([...apart.place(3, 1)]).toEqual([2]);
  });

  it.each(Object.keys(FITS) as Fit[])(
    '%s: no cell has two jobs, none is lost, over many comings and goings',
    (fit) => {
      const chance = new Streams(2, 0).stream('test');
      const matrix = new Matrix(NODES, fit);
      const here = new Map<number, number>();
      for (let job = 0; job < 400; job++) {
        if (here.size > 8) {
          const out = [...here.keys()][Math.floor(chance.next() * here.size)]!;
          here.delete(out);
          matrix.remove(out);
          matrix.unify();
        }
        const width = 1 + Math.floor(chance.next() * NODES);
        here.set(job, width);
        matrix.place(job, width);
        if (chance.next() < 0.3) matrix.rotate();
        const seen = new Set<string>();
        let cells = 0;
        for (const [each, wide] of here) {
          const slot = matrix.slotOf(each);
          const columns = matrix.columnsOf(each);
          expect(columns.length).toBe(wide);
          cells += wide;
          for (const column of columns) {
            if (matrix.cell(slot, column) === each) seen.add(`${slot} ${column}`);
          }
        }
        expect(seen.size).toBe(cells);
        expect(matrix.used).toBe(cells);
        expect(matrix.rows).toBeLessThanOrEqual(here.size);
      }
    },
  );

  it('refuses what cannot be', () => {
    const matrix = new Matrix(4);
    expect(() => matrix.place(0, 5)).toThrow(RangeError);
    matrix.place(0, 1);
    expect(() => matrix.place(0, 1)).toThrow(RangeError);
    expect(() => matrix.remove(1)).toThrow(RangeError);
  });
});

const WAIT: Omit<Wait, 'kind'> = {
  latency: 5000,
  sendOverhead: 3000,
  receiveOverhead: 2000,
  switchCost: 40_000,
  skew: 100_000,
};
const AUTO = { spin: 'auto', conditional: 'auto', skew_cap: 'auto' };

describe.each(Object.keys(waitingPolicies) as (keyof typeof waitingPolicies)[])(
  'waiting policy %s',
  (name) => {
    it('says how long to spin, and the same each time', () => {
      const policy = waitingPolicies[name].create(AUTO, 40_000);
      for (const kind of ['one-way', 'read', 'barrier'] as const) {
        const ns = policy.spin({ ...WAIT, kind });
        expect(ns).toBeGreaterThanOrEqual(0);
        expect(policy.spin({ ...WAIT, kind })).toBe(ns);
      }
      expect(policy.whileArriving).toBeGreaterThanOrEqual(0);
    });
  },
);

describe('two-phase waiting', () => {
  const policy = (parameters: object = {}) =>
    waitingPolicies['two-phase'].create({ ...AUTO, ...parameters }, 40_000);

  it('spins for the wait as it is when the partner runs, and one wake-up', () => {
    // 2L + 4o + W; L + 2o + W; the same and the skew.
    expect(policy().spin({ ...WAIT, kind: 'read' })).toBe(10_000 + 10_000 + 40_000);
    expect(policy().spin({ ...WAIT, kind: 'one-way' })).toBe(5000 + 5000 + 40_000);
    expect(policy().spin({ ...WAIT, kind: 'barrier' })).toBe(5000 + 5000 + 40_000 + 100_000);
  });

  it('adds the skew up to a cap, ten switches unless set', () => {
    const wide = { ...WAIT, kind: 'barrier' as const, skew: 9e6 };
    expect(policy().spin(wide)).toBe(50_000 + 400_000);
    expect(policy({ skew_cap: 1000 }).spin(wide)).toBe(51_000);
  });

  it('spins on for five switches after an arrival, unless set', () => {
    expect(policy().whileArriving).toBe(200_000);
    expect(policy({ conditional: 7 }).whileArriving).toBe(7);
    expect(policy({ spin: 11 }).spin({ ...WAIT, kind: 'read' })).toBe(11);
  });
});
