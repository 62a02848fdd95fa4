/** LRU stack distances and the miss curve against the plainest stack and the plainest memory that there are. */
import { describe, expect, it } from 'vitest';
import { type Source, Streams } from '../../sim/engine/streams.ts';
import { missCurve, StackDistances } from '../../workloads/pages/index.ts';
import { ReferenceColumns } from '../../workloads/pages/table.ts';

const source = (purpose: string): Source => new Streams(1, 0).stream(purpose);

/** A string with loops, hot pages and jumps. */
function references(pages: number, count: number, chance: Source): number[] {
  const out: number[] = [];
  let at = 0;
  while (out.length < count) {
    const u = chance.next();
    if (u < 0.4) at = (at + 1) % pages;
    else if (u < 0.7) at = Math.floor(chance.next() ** 3 * pages);
    else if (u < 0.9) at = Math.floor(chance.next() * pages);
    out.push(at);
  }
  return out;
}

/** A stack as a list: the last page first. */
class PlainStack {
  readonly pages: number[] = [];

  next(page: number): number {
    const at = this.pages.indexOf(page);
    if (at >= 0) this.pages.splice(at, 1);
    this.pages.unshift(page);
    return at + 1;
  }
}

describe('stack distances', () => {
  // Few pages close the row of slots often; many reach over several blocks and levels of the tree.
  it.each([
    [1, 2000],
    [7, 5000],
    [300, 20_000],
    [3000, 20_000],
  ])('of %i pages are those of a list', (pages, count) => {
    const plain = new PlainStack();
    const fast = new StackDistances(pages);
    const chance = source(`stack of ${pages}`);
    for (const page of references(pages, count, chance)) {
      expect(fast.next(page)).toBe(plain.next(page));
      expect(fast.depth).toBe(plain.pages.length);
      const k = 1 + Math.floor(chance.next() * fast.depth);
      expect(fast.at(k)).toBe(plain.pages[k - 1]);
    }
  });

  it('come from far back when everything lies far back', () => {
    const pages = 20_000;
    const stack = new StackDistances(pages);
    for (let round = 0; round < 6; round++) {
      for (let page = 0; page < pages; page++) {
        const distance = stack.next(page);
        if (distance !== (round === 0 ? 0 : pages)) expect(distance).toBe(pages);
      }
    }
  });
});

/** Faults and write-backs of LRU memory by a list of pages and a set of dirty ones. */
function plainLru(refs: readonly (readonly [number, number])[], frames: number): [number, number] {
  const memory: number[] = [];
  const dirty = new Set<number>();
  let faults = 0;
  let written = 0;
  for (const [page, write] of refs) {
    const at = memory.indexOf(page);
    if (at >= 0) memory.splice(at, 1);
    else faults++;
    memory.unshift(page);
    if (write === 1) dirty.add(page);
    if (memory.length <= frames) continue;
    if (dirty.delete(memory.pop()!)) written++;
  }
  return [faults, written];
}

describe('the miss curve', () => {
  it('has the faults and write-backs of LRU at every size', () => {
    const chance = source('curve');
    const refs = references(60, 6000, chance).map((page) => [page, chance.next() < 0.2 ? 1 : 0] as const);
    const columns = new ReferenceColumns();
    for (const [page, write] of refs) columns.add(page, write);
    const curve = missCurve(columns.finish());
    for (let frames = 1; frames <= 61; frames++) {
      expect([curve.faults(frames), curve.writeBacks(frames)], `${frames} frames`).toEqual(
        plainLru(refs, frames),
      );
    }
    expect(curve.faults(0)).toBe(6000);
    expect(curve.writeBacks(60)).toBe(0);
  });
});

describe('page numbers', () => {
  it('are told apart wherever they lie', () => {
    const numbers = [0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5, 2 ** 52];
    const columns = new ReferenceColumns();
    for (let k = 0; k < 3000; k++) columns.add(2 ** 21 + 4096 * k, 0);
    for (const number of [...numbers, ...numbers]) columns.add(number, 1);
    const table = columns.finish();
    expect(table.unique).toBe(3000 + numbers.length);
    numbers.forEach((number, k) => {
      expect(columns.placeOf(number)).toBe(3000 + k);
      expect(table.numbers[3000 + k]).toBe(number);
      expect(table.refs[3000 + numbers.length + k]).toBe(2 * (3000 + k) + 1);
      expect(table.firsts[3000 + k]).toBe(3000 + k);
    });
    expect(columns.placeOf(7)).toBe(-1);
  });
});
