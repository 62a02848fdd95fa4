/** Tallies, time averages, histograms, the digest and the event log. */
import { describe, expect, it } from 'vitest';
import { Streams } from '../../sim/engine/streams.ts';
import { Digest } from '../../sim/measure/digest.ts';
import { EventLog } from '../../sim/measure/event-log.ts';
import { HISTOGRAM_ERROR, Histogram } from '../../sim/measure/histogram.ts';
import { Tally } from '../../sim/measure/tally.ts';
import { TimeAverage } from '../../sim/measure/time-average.ts';

describe('a tally', () => {
  it('has mean, variance and extremes', () => {
    const tally = new Tally();
    for (const x of [2, 4, 4, 4, 5, 5, 7, 9]) tally.add(x);
    expect([tally.n, tally.mean, tally.min, tally.max, tally.sum]).toEqual([8, 5, 2, 9, 40]);
    expect(tally.variance).toBeCloseTo(32 / 7, 14);
    expect(tally.deviation).toBeCloseTo(Math.sqrt(32 / 7), 14);
  });

  it('keeps the variance of numbers with a large common part', () => {
    const tally = new Tally();
    for (const x of [4, 7, 13, 16]) tally.add(1e9 + x);
    expect(tally.variance).toBe(30);
  });

  it('says that it does not know, rather than 0', () => {
    const tally = new Tally();
    expect([tally.mean, tally.variance]).toEqual([Number.NaN, Number.NaN]);
    tally.add(3);
    expect([tally.mean, tally.variance]).toEqual([3, Number.NaN]);
  });

  it('merges as if all had been added to one', () => {
    const source = new Streams(1, 0).stream('tally');
    const [all, left, right] = [new Tally(), new Tally(), new Tally()];
    for (let n = 0; n < 1000; n++) {
      const x = source.next() ** 3;
      all.add(x);
      (n < 300 ? left : right).add(x);
    }
    left.merge(right);
    left.merge(new Tally());
    expect([left.n, left.min, left.max]).toEqual([all.n, all.min, all.max]);
    expect(left.mean).toBeCloseTo(all.mean, 13);
    expect(left.variance).toBeCloseTo(all.variance, 13);
    const empty = new Tally();
    empty.merge(all);
    expect(empty.variance).toBe(all.variance);
  });
});

describe('a time average', () => {
  it('weighs each value by how long it held', () => {
    const length = new TimeAverage(10, 1);
    length.set(12, 4);
    length.add(13, -4);
    length.set(13, 2);
    expect(length.integral(15)).toBe(2 + 4 + 4);
    expect(length.mean(15)).toBe(2);
    expect([length.value, length.min, length.max]).toEqual([2, 0, 4]);
  });

  it('forgets the warm-up but not the value', () => {
    const length = new TimeAverage(0, 100);
    length.set(5, 3);
    length.reset(8);
    length.set(10, 1);
    expect(length.mean(12)).toBe(2);
    expect([length.min, length.max]).toEqual([1, 3]);
  });

  it('is the value itself over no time, and does not go back', () => {
    const length = new TimeAverage(3, 7);
    expect(length.mean(3)).toBe(7);
    expect(() => length.set(2, 1)).toThrow('a change at 2, before the last one at 3');
    expect(() => length.set(Number.NaN, 1)).toThrow(RangeError);
  });
});

describe('a histogram', () => {
  it('has quantiles within its stated error, over thirty decades', () => {
    const source = new Streams(2, 0).stream('histogram');
    const samples = Float64Array.from({ length: 20_000 }, () => 10 ** (30 * source.next() - 15));
    const histogram = new Histogram();
    for (const x of samples) histogram.add(x);
    samples.sort();
    for (let p = 0; p <= 1; p += 1 / 256) {
      const exact = samples[Math.max(1, Math.ceil(p * samples.length)) - 1]!;
      expect(Math.abs(histogram.quantile(p) / exact - 1)).toBeLessThanOrEqual(HISTOGRAM_ERROR);
    }
    expect(histogram.quantile(0)).toBe(samples[0]);
    expect(histogram.quantile(1)).toBe(samples.at(-1));
    expect(HISTOGRAM_ERROR).toBe(1 / 256);
  });

  it('counts every observation in the bucket that it lies in', () => {
    const histogram = new Histogram();
    const xs = [0, 0, 1, 1.001, 1.5, 2 ** 40, 3e-9, Number.MAX_VALUE, 5e-324];
    for (const x of xs) histogram.add(x);
    const buckets = [...histogram.buckets()];
    expect(buckets.reduce((sum, [, , count]) => sum + count, 0)).toBe(xs.length);
    expect(buckets[0]).toEqual([0, 0, 2]);
    for (const x of xs.slice(2)) expect(buckets.some(([from, to]) => from <= x && x < to)).toBe(true);
    expect([histogram.min, histogram.max]).toEqual([0, Number.MAX_VALUE]);
    expect(histogram.quantile(0.2)).toBe(0);
  });

  it('merges as if all had been added to one', () => {
    const [all, left, right] = [new Histogram(), new Histogram(), new Histogram()];
    for (let n = 1; n < 3000; n++) {
      const x = n < 1000 ? n / 1e6 : n % 7 === 0 ? 0 : n ** 4;
      all.add(x);
      (n < 1000 ? left : right).add(x);
    }
    right.merge(left);
    right.merge(new Histogram());
    expect([...right.buckets()]).toEqual([...all.buckets()]);
    expect([right.n, right.min, right.max]).toEqual([all.n, all.min, all.max]);
  });

  it('refuses what it cannot hold, and knows nothing when empty', () => {
    const histogram = new Histogram();
    for (const x of [-1, Number.NaN, Infinity]) expect(() => histogram.add(x)).toThrow(RangeError);
    expect(histogram.n).toBe(0);
    expect(histogram.quantile(0.5)).toBeNaN();
    expect(() => histogram.quantile(1.5)).toThrow(RangeError);
  });
});

describe('the digest', () => {
  type Event = [time: number, what: number, who: number, value: number];
  const events: Event[] = Array.from({ length: 200 }, (_, i) => [i * 1.5, i % 5, i, (i * i) % 17]);
  const digest = (list: readonly Event[]) => {
    const sum = new Digest();
    for (const event of list) sum.add(...event);
    return sum.hex();
  };

  it('is pinned: 16 hexadecimal digits', () => {
    expect(digest([])).toMatchInlineSnapshot(`"0626f249b113ec85"`);
    expect(digest(events)).toMatchInlineSnapshot(`"af2d2033403a6331"`);
  });

  it('moves with the order, with every field of every event, and with the number of events', () => {
    const seen = new Set([digest(events), digest(events.slice(1)), digest(events.slice(0, -1))]);
    seen.add(digest([...events, [0, 0, 0, 0]]));
    seen.add(digest([[0, 0, 0, 0], ...events]));
    for (let i = 0; i < events.length; i++) {
      if (i > 0) {
        const swapped = [...events];
        swapped[i] = events[i - 1]!;
        swapped[i - 1] = events[i]!;
        seen.add(digest(swapped));
      }
      for (let field = 0; field < 4; field++) {
        const changed = [...events];
        const event: Event = [...events[i]!];
        event[field] = event[field]! + 1;
        changed[i] = event;
        seen.add(digest(changed));
      }
    }
    expect(seen.size).toBe(5 + 199 + 800);
  });

  it('sees the last bit of times and values', () => {
    const one = 1 + Number.EPSILON;
    expect(new Set([digest([[1, 0, 0, 1]]), digest([[one, 0, 0, 1]]), digest([[1, 0, 0, one]])]).size).toBe(
      3,
    );
  });

  it('does not collide among a hundred thousand single events', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100_000; i++) seen.add(digest([[i, i & 3, i >> 2, 1 / (i + 1)]]));
    expect(seen.size).toBe(100_000);
  });

  it('can be read while it goes on', () => {
    const sum = new Digest();
    sum.add(1, 2, 3, 4);
    sum.hex();
    sum.add(5, 6, 7, 8);
    expect(sum.hex()).toBe(
      digest([
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ]),
    );
    expect(sum.count).toBe(2);
  });
});

describe('the event log', () => {
  it('is written as CSV with the names of its kinds, in seconds', () => {
    const log = new EventLog(['submit', 'start'], 1);
    log.add(0, 0, 7, 4);
    log.add(300_000_000, 1, 7, 0.5);
    log.add(86_400e9 + 1, 9, -1, 0);
    expect([...log.csv()].join('')).toBe(
      'time_s,what,who,value\n0,submit,7,4\n0.3,start,7,0.5\n86400.000000001,9,-1,0\n',
    );
    expect([...log.csv(1)].join('')).toContain('300000000,start,7,0.5\n');
  });

  it('comes in pieces that together are all of it', () => {
    const log = new EventLog(['tick']);
    for (let i = 0; i < 20_000; i++) log.add(i, 0, i, i / 2);
    const pieces = [...log.csv(1)];
    expect(pieces.length).toBeGreaterThan(2);
    const lines = pieces.join('').trimEnd().split('\n');
    expect(lines.length).toBe(20_001);
    expect(lines[12_346]).toBe('12345,tick,12345,6172.5');
  });
});
