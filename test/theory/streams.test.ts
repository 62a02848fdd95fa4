/** Random streams: reproducible, independent of each other and of how many there are, and uniform. */
import { describe, expect, it } from 'vitest';
import { type Source, StreamBank, Streams } from '../../sim/engine/streams.ts';

const take = (source: Source, n: number) => Array.from({ length: n }, () => source.next());

describe('streams', () => {
  it('are the same for the same seed, replication and purpose, and differ in each', () => {
    const first = take(new Streams(7, 2).stream('arrivals'), 5);
    expect(take(new Streams('7', 2).stream('arrivals'), 5)).toEqual(first);
    for (const other of [
      new Streams(8, 2).stream('arrivals'),
      new Streams(7, 3).stream('arrivals'),
      new Streams(7, 2).stream('sizes'),
      new Streams(7, 2).bank('arrivals', 1).at(0),
      // Seed and replication must not run into one another.
      new Streams(72, 0).stream('arrivals'),
    ]) {
      expect(take(other, 5)).not.toEqual(first);
    }
  });

  it('are pinned: a change of the generator would move every result', () => {
    const streams = new Streams(1, 0);
    const numbers = [...take(streams.stream('pinned'), 2), ...take(streams.bank('pinned', 3).at(2), 2)];
    expect(numbers).toMatchInlineSnapshot(`
      [
        0.4758913830155507,
        0.5784561244072393,
        0.7564208443509415,
        0.52163268357981,
      ]
    `);
  });

  it('do not move when a purpose is added', () => {
    const plain = new Streams(3, 0);
    const alone = take(plain.stream('owners'), 100);
    const busy = new Streams(3, 0);
    busy.stream('disk').next();
    const owners = busy.stream('owners');
    const bank = busy.bank('jobs', 10);
    const mixed = Array.from({ length: 100 }, () => {
      busy.stream('disk').next();
      bank.next(3);
      busy.stream(`new ${bank.next(4)}`).next();
      return owners.next();
    });
    expect(mixed).toEqual(alone);
  });

  it('do not move when an entity is added', () => {
    const few = new Streams(3, 1).bank('owners', 5);
    const many = new Streams(3, 1).bank('owners', 5000);
    for (let n = 0; n < 50; n++) {
      for (let i = 4999; i >= 5; i -= 17) many.next(i);
      for (let i = 0; i < 5; i++) expect(many.at(i).next()).toBe(few.next(i));
    }
  });

  it('give the one stream of a purpose to all who ask for it', () => {
    const streams = new Streams(3, 0);
    expect(streams.stream('a')).toBe(streams.stream('a'));
    expect(streams.stream('a')).not.toBe(streams.stream('b'));
  });

  it('refuse entities that are not there', () => {
    expect(() => new Streams(1, 0).bank('owners', 2).at(2)).toThrow('no stream 2: the bank has 2');
  });
});

/** Chi-square of equal cells, as a normal deviate (Wilson and Hilferty). */
function deviate(counts: Float64Array): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const each = total / counts.length;
  const chi2 = counts.reduce((sum, n) => sum + (n - each) ** 2 / each, 0);
  const k = counts.length - 1;
  return ((chi2 / k) ** (1 / 3) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
}

describe('the numbers', () => {
  it('are uniform in (0, 1), in pairs too, within 5 sigma', () => {
    const source = new Streams(11, 0).stream('uniform');
    const single = new Float64Array(1000);
    const pairs = new Float64Array(32 * 32);
    let before = source.next();
    for (let n = 0; n < 400_000; n++) {
      const x = source.next();
      if (!(x > 0 && x < 1)) throw new Error(`${x} is not inside (0, 1)`);
      single[Math.floor(1000 * x)]!++;
      pairs[32 * Math.floor(32 * before) + Math.floor(32 * x)]!++;
      before = x;
    }
    expect(Math.abs(deviate(single))).toBeLessThan(5);
    expect(Math.abs(deviate(pairs))).toBeLessThan(5);
  });

  it('are uniform across entities: first numbers of neighbours, and their pairs', () => {
    const entities = 200_000;
    const bank = new Streams(12, 0).bank('owners', entities);
    const single = new Float64Array(1000);
    const pairs = new Float64Array(32 * 32);
    let before = 0.5;
    for (let i = 0; i < entities; i++) {
      const x = bank.next(i);
      single[Math.floor(1000 * x)]!++;
      pairs[32 * Math.floor(32 * before) + Math.floor(32 * x)]!++;
      before = x;
    }
    expect(Math.abs(deviate(single))).toBeLessThan(5);
    expect(Math.abs(deviate(pairs))).toBeLessThan(5);
  });

  it('differ between all of a hundred thousand entities, and between poor seeds', () => {
    const bank = new StreamBank(Int32Array.of(0, 0, 0), 100_000);
    const other = new StreamBank(Int32Array.of(1, 0, 0), 100_000);
    const seen = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      seen.add(bank.next(i) + bank.next(i) / 2 ** 21);
      seen.add(other.next(i) + other.next(i) / 2 ** 21);
    }
    expect(seen.size).toBe(200_000);
  });
});
