/**
 * What every policy of a slot of paging must do, and what each of them does: replacement, choice of a memory server,
 * redundancy.
 */
import { describe, expect, it } from 'vitest';
import { futureOf } from '../../models/paging/future.ts';
import { memoryServerPolicies } from '../../models/policies/memory_server/index.ts';
import { reliabilityPolicies } from '../../models/policies/reliability/index.ts';
import { replacementPolicies } from '../../models/policies/replacement/index.ts';
import { type Source, Streams } from '../../sim/engine/streams.ts';
import type { ReferenceTable } from '../../workloads/pages/index.ts';
import { ReferenceColumns } from '../../workloads/pages/table.ts';

const source = (purpose: string): Source => new Streams(1, 0).stream(purpose);
type Name = keyof typeof replacementPolicies;
const NAMES = Object.keys(replacementPolicies) as Name[];

function table(pages: readonly number[]): ReferenceTable {
  const columns = new ReferenceColumns();
  for (const page of pages) columns.add(page, 0);
  return columns.finish();
}

/** Pages that a memory of `frames` frames gives up, in order, one at each fault that finds it full. */
function evicted(name: Name, pages: readonly number[], frames: number): number[] {
  const refs = table(pages);
  const kind = replacementPolicies[name];
  const policy = kind.create(frames, source('replacement'), kind.oracle ? futureOf(refs) : null);
  const pageIn: number[] = [];
  const out: number[] = [];
  pages.forEach((page, i) => {
    const hit = pageIn.indexOf(page);
    if (hit >= 0) {
      policy.touched(hit, i);
      return;
    }
    let frame = pageIn.length;
    if (frame === frames) {
      frame = policy.choose();
      policy.removed(frame);
      out.push(pageIn[frame]!);
    }
    pageIn[frame] = page;
    policy.placed(frame, i);
  });
  return out;
}

describe('every replacement policy', () => {
  it.each(NAMES)('%s names a frame that holds a page, whatever has left, and the same one again', (name) => {
    const chance = source(`frames of ${name}`);
    const frames = 24;
    const refs = table(Array.from({ length: 5000 }, () => Math.floor(chance.next() * 60)));
    const kind = replacementPolicies[name];
    const policy = kind.create(frames, source('replacement'), kind.oracle ? futureOf(refs) : null);
    const held = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      const u = chance.next();
      const frame = Math.floor(chance.next() * frames);
      if (!held.has(frame)) {
        policy.placed(frame, i);
        held.add(frame);
      } else if (u < 0.8) policy.touched(frame, i);
      else if (u < 0.9) {
        // Given up without having been chosen: a process that ends.
        policy.removed(frame);
        held.delete(frame);
      }
      if (held.size > 0 && chance.next() < 0.3) {
        const chosen = policy.choose();
        expect(held).toContain(chosen);
        policy.removed(chosen);
        held.delete(chosen);
      }
    }
    expect(kind.doc).not.toBe('');
  });

  it.each(NAMES)('%s gives up as many pages as must leave, and none that is not there', (name) => {
    const chance = source('string');
    const pages = Array.from({ length: 2000 }, () => Math.floor(chance.next() ** 2 * 40));
    const out = evicted(name, pages, 10);
    const faults = out.length + 10;
    expect(faults).toBeGreaterThanOrEqual(evicted('opt', pages, 10).length + 10);
    expect(faults).toBeLessThan(2000);
  });
});

describe('the replacement policies', () => {
  // 1 2 3 fill three frames; 1 is used again.
  const string = [1, 2, 3, 1, 4, 2, 5, 1];
  it.each<[Name, number[]]>([
    ['lru', [2, 3, 1, 4]],
    ['fifo', [1, 2, 3]],
    // The hand finds all three used and comes back to 1; 2 is referred to before it passes again, and spared.
    ['clock', [1, 3, 2]],
    ['opt', [3, 2]],
  ])('%s', (name, expected) => {
    expect(evicted(name, string, 3).slice(0, expected.length)).toEqual(expected);
  });

  it('clock spares a page that has been referred to since the hand passed, once', () => {
    // Full with 1 2 3, all used: 4 clears all three bits and takes the first frame, the hand behind it. 2 is used
    // again, so 5 passes it and takes 3; 6 finds 4 used (it came after the hand) and 2's bit cleared.
    expect(evicted('clock', [1, 2, 3, 4, 2, 5, 6], 3)).toEqual([1, 3, 2]);
    expect(evicted('fifo', [1, 2, 3, 4, 2, 5, 6], 3)).toEqual([1, 2, 3]);
  });

  it('opt has no more faults than any other, and is marked as knowing the future', () => {
    const chance = source('belady');
    for (let k = 0; k < 20; k++) {
      const pages = Array.from({ length: 300 }, () => Math.floor(chance.next() * 12));
      const least = evicted('opt', pages, 5).length;
      for (const name of NAMES) expect(evicted(name, pages, 5).length).toBeGreaterThanOrEqual(least);
    }
    expect(NAMES.filter((name) => replacementPolicies[name].oracle)).toEqual(['opt']);
  });

  it('fifo may fault more with more memory (Belady 1969)', () => {
    const string = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
    expect(evicted('fifo', string, 3).length + 3).toBe(9);
    expect(evicted('fifo', string, 4).length + 4).toBe(10);
    expect(evicted('lru', string, 3).length + 3).toBe(10);
    expect(evicted('lru', string, 4).length + 4).toBe(8);
  });
});

describe('every choice of a memory server', () => {
  it.each(Object.entries(memoryServerPolicies))(
    '%s names a node that has told of room and is not barred',
    (_, kind) => {
      const chance = source('servers');
      const free = Int32Array.from({ length: 9 }, () => 0);
      const barred = new Uint8Array(9);
      const policy = kind.create({ nodes: 9, free: (node) => free[node]! }, source('choice'));
      expect(policy.choose(barred)).toBe(-1);
      for (let k = 0; k < 2000; k++) {
        free[Math.floor(chance.next() * 9)] = Math.floor(chance.next() * 3);
        barred[Math.floor(chance.next() * 9)] = chance.next() < 0.4 ? 1 : 0;
        const fit = [...free.keys()].filter((node) => free[node]! > 0 && barred[node] === 0);
        const chosen = policy.choose(barred);
        if (fit.length === 0) expect(chosen).toBe(-1);
        else expect(fit).toContain(chosen);
      }
    },
  );

  it('is the fullest offer, the next in turn, or any alike', () => {
    const free = [0, 5, 9, 9, 1];
    const view = { nodes: 5, free: (node: number) => free[node]! };
    const none = new Uint8Array(5);
    const most = memoryServerPolicies['most-free'].create(view, source('most-free'));
    expect(most.choose(none)).toBe(2);
    expect(most.choose(Uint8Array.of(0, 0, 1, 0, 0))).toBe(3);
    const turn = memoryServerPolicies['round-robin'].create(view, source('round-robin'));
    expect(Array.from({ length: 6 }, () => turn.choose(none))).toEqual([1, 2, 3, 4, 1, 2]);
    const random = memoryServerPolicies.random.create(view, source('random'));
    const counts = [0, 0, 0, 0, 0];
    for (let k = 0; k < 4000; k++) counts[random.choose(none)]!++;
    expect(counts[0]).toBe(0);
    // Four alike: 1,000 each, standard deviation 27.
    for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(140);
  });
});

describe('redundancy', () => {
  it('is either copies or parity', () => {
    for (const { redundancy, doc } of Object.values(reliabilityPolicies)) {
      expect(redundancy.copies === 1 || redundancy.parity === 'none').toBe(true);
      expect(doc).toMatch(/transfers? a page-out/);
    }
    expect(reliabilityPolicies.none.redundancy).toEqual({ copies: 1, parity: 'none' });
  });
});
