/** Disks against exact moments. */
import { existsSync, readFileSync } from 'node:fs';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { constantServiceTime } from '../../models/hardware/disk/constant.ts';
import { diskNamed, Heads, meanServiceTime } from '../../models/hardware/disk/index.ts';
import type { MechanicalDisk } from '../../models/hardware/disk/mechanical.ts';
import {
  cylinderOf,
  randomMoments,
  revolution,
  seekTime,
  serviceTime,
  transferTime,
} from '../../models/hardware/disk/mechanical.ts';

const hp = diskNamed('hp97560') as MechanicalDisk;
const rz26 = diskNamed('rz26') as MechanicalDisk;
const KIB = 1024;

describe('M10: HP 97560, independent random 8 KiB reads', () => {
  it('takes 25.86 ms with a standard deviation of 6.06, exactly', () => {
    const { mean, sd } = randomMoments(hp, false, 8 * KIB);
    expect(mean / 1e6).toBeCloseTo(25.86, 2);
    expect(sd / 1e6).toBeCloseTo(6.06, 2);
  });

  it('is made of 2.2 + 12.832 + 7.496 + 3.332 ms', () => {
    expect(revolution(hp) / 2).toBeCloseTo(7.496, 3);
    expect(transferTime(hp, 8 * KIB)).toBeCloseTo(3.332, 3);
    const seek =
      randomMoments(hp, false, 8 * KIB).mean / 1e6 - 2.2 - revolution(hp) / 2 - transferTime(hp, 8 * KIB);
    expect(seek).toBeCloseTo(12.832, 3);
  });

  it('comes out of drawn requests within 1 %, spread included', () => {
    const random = seedrandom('M10');
    const source = { next: () => random() };
    const heads = new Heads(hp, 1);
    const bytes = 8 * KIB;
    const blocks = Math.floor((1962 * 19 * 72 * 512) / bytes);
    const n = 300_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const t = heads.request(0, false, Math.floor(random() * blocks), bytes, source) / 1e6;
      sum += t;
      squares += t * t;
    }
    const mean = sum / n;
    expect(Math.abs(mean / 25.86 - 1)).toBeLessThan(0.01);
    expect(Math.abs(Math.sqrt(squares / n - mean * mean) / 6.06 - 1)).toBeLessThan(0.01);
  });
});

describe('seeks', () => {
  it('cost nothing over no distance, and follow both pieces of the HP curve', () => {
    expect(seekTime(hp.seek, 0)).toBe(0);
    expect(seekTime(hp.seek, 100)).toBeCloseTo(3.24 + 0.4 * 10, 12);
    expect(seekTime(hp.seek, 1000)).toBeCloseTo(16, 12);
    // The two pieces meet within 0.01 ms.
    expect(Math.abs(seekTime(hp.seek, 383) - seekTime(hp.seek, 384))).toBeLessThan(0.01);
  });
  it('go through the measured points of the RZ26 and between them', () => {
    for (const [d, ms] of [
      [1, 1.01],
      [100, 5.49],
      [1600, 14.34],
      [2569, 19.1],
    ] as const) {
      expect(seekTime(rz26.seek, d)).toBeCloseTo(ms, 9);
    }
    expect(seekTime(rz26.seek, 150)).toBeCloseTo((5.49 + 6.9) / 2, 9);
  });
});

describe('requests', () => {
  it('wait up to one revolution, drawn', () => {
    const lowest = serviceTime(hp, false, 0, 512, { next: () => 0 });
    const highest = serviceTime(hp, false, 0, 512, { next: () => 1 });
    expect((highest - lowest) / 1e6).toBeCloseTo(revolution(hp), 9);
  });
  it('lay blocks out cylinder by cylinder', () => {
    expect(cylinderOf(hp, 0, 8 * KIB)).toBe(0);
    const perCylinder = (19 * 72 * 512) / (8 * KIB);
    expect(cylinderOf(hp, Math.ceil(perCylinder), 8 * KIB)).toBe(1);
  });
  it('take 14.8 ms on the disk of the NOW papers and 85 us and the bytes on a solid-state disk', () => {
    expect(meanServiceTime(diskNamed('constant'), false, 8 * KIB)).toBe(14.8e6);
    const ssd = diskNamed('ssd');
    if (ssd.kind !== 'constant') throw new Error('the solid-state disk has no arm');
    expect(constantServiceTime(ssd, 3000)).toBeCloseTo(86e3, 6);
  });
});

const TRACE = '../shared/golden/memory-and-network/disks/dec_rz26.trace';
describe.skipIf(!existsSync(TRACE))(
  'M8: the measured trace of an RZ26, one request at a time (skipped where ../shared is absent)',
  () => {
    /** Mean and standard deviation of the random requests of one kind, ms: measured, and of the model. */
    function replay(kind: 'R' | 'W') {
      const random = seedrandom('M8');
      const source = { next: () => random() };
      const blocksPerCylinder = 2_050_860 / 2599;
      const measured: number[] = [];
      const modelled: number[] = [];
      let expected = -1;
      let cylinder = 0;
      for (const line of readFileSync(TRACE, 'utf8').trim().split('\n')) {
        const [op, , block, sectors, service] = line.split(/\s+/);
        const to = Math.floor(Number(block) / blocksPerCylinder);
        if (expected >= 0 && Number(block) !== expected && op === kind) {
          measured.push(Number(service) / 1e3);
          const distance = Math.abs(to - cylinder);
          modelled.push(serviceTime(rz26, op === 'W', distance, Number(sectors) * 512, source) / 1e6);
        }
        expected = Number(block) + Number(sectors);
        cylinder = Math.floor((expected - 1) / blocksPerCylinder);
      }
      const moments = (xs: number[]) => {
        const mean = xs.reduce((x, y) => x + y, 0) / xs.length;
        return { n: xs.length, mean, sd: Math.sqrt(xs.reduce((x, y) => x + (y - mean) ** 2, 0) / xs.length) };
      };
      return { measured: moments(measured), modelled: moments(modelled) };
    }

    it.each([
      ['R', 4064, 18.53, 6.66, 0.05],
      ['W', 1922, 19.62, 7.34, 0.1],
    ] as const)('%s: %d random requests', (kind, n, mean, sd, tolerance) => {
      const { measured, modelled } = replay(kind);
      expect(measured.n).toBe(n);
      expect(measured.mean).toBeCloseTo(mean, 2);
      expect(measured.sd).toBeCloseTo(sd, 2);
      expect(Math.abs(modelled.mean / mean - 1)).toBeLessThan(tolerance);
      expect(Math.abs(modelled.sd / sd - 1)).toBeLessThan(0.15);
    });
  },
);
