/**
 * The OS cost model against measured results of papers. Each expected value stands in a paper and is no input of
 * the model; tolerances are written beside it. The numbered cases of the reference are in `os-cases.test.ts`.
 */
import { describe, expect, it } from 'vitest';
import { cpuOf } from '../../models/os/cost.ts';
import { breakEven, mixNamed, priceStructure } from '../../models/os/index.ts';
import { meanOverhead, WAHBE } from '../../models/os/sfi.ts';
import { measured } from '../../models/presets/constant.ts';
import { loadMachine } from '../../models/presets/load.ts';
import type { Machine } from '../../models/presets/machines.ts';
import type { Mix } from '../../models/presets/mixes.ts';
import {
  MACH_PATH,
  MACH_PATH_BY_PROGRAM,
  MACH_STALLS,
  MONOLITHIC_STALLS,
} from '../../models/presets/paths.ts';

const r3000_40 = loadMachine('r3000-40');
const r3000_25 = loadMachine('r3000-25');

/** A mix of null calls only. */
const nullCalls = (rate: number): Mix => ({
  name: 'null calls',
  title: 'null calls',
  rate: measured(rate, 'calls/s', 'the test'),
  shares: { null: measured(1, 'fraction', 'the test') },
});

/** Seconds of CPU that one second of user time becomes under a structure. */
function perUserSecond(structure: string, machine: Machine, mix: Mix, overhead?: number): number {
  const prices = priceStructure(structure, machine, overhead === undefined ? {} : { sfi: { overhead } });
  return 1 + prices.meanSfiOverhead + cpuOf(prices.mix(mix).perUserSecond);
}

describe('Wahbe et al. 1993, Table 1', () => {
  it('programs drawn have the printed means; loads cost more', () => {
    expect(100 * meanOverhead(WAHBE.writes)).toBeCloseTo(4.3, 1);
    expect(100 * meanOverhead(WAHBE.full)).toBeGreaterThan(20);
    expect(100 * meanOverhead(WAHBE.full)).toBeLessThan(22);
  });
  it('on an Alpha the mean is the same for stores, 17.6 % for loads too', () => {
    const mean = (checks: 'writes' | 'full') =>
      100 * priceStructure('sfi-library', loadMachine('alpha-160'), { sfi: { checks } }).meanSfiOverhead;
    expect(mean('writes')).toBeCloseTo(4.3, 1);
    expect(mean('full')).toBeCloseTo(17.6, 1);
  });
});

describe('LFI 2024', () => {
  it('taxes less on Arm than on x86-64', () => {
    const tax = (machine: string, checks: 'writes' | 'full') =>
      100 * priceStructure('lfi', loadMachine(machine), { sfi: { checks } }).meanSfiOverhead;
    expect([tax('azure-2018', 'writes'), tax('azure-2018', 'full')]).toEqual([6, 8]);
    expect([tax('apple-m1', 'writes'), tax('apple-m1', 'full')]).toEqual([1.5, expect.closeTo(7, 9)]);
  });
});

describe('Maeda & Bershad 1993, Table 4', () => {
  // The bodies of the network services come from these totals, so this proves that none of a path is lost or counted twice.
  it.each([
    ['send', 1, 231],
    ['send', 1472, 565],
    ['receive', 1, 351],
    ['receive', 1472, 1042],
  ] as const)('a plain kernel gives back the measured path: %s of %d bytes, %d us', (op, bytes, total) => {
    expect(priceStructure('in-kernel', r3000_25).operation(op, bytes) / 1e3).toBeCloseTo(total, 6);
  });
});

describe('the claim can lose and can win', () => {
  it('a program of 12.4 % overhead that seldom calls runs slower in the library than in the kernel', () => {
    const rare = mixNamed('low-rate');
    expect(perUserSecond('sfi-library', r3000_40, rare, 0.124)).toBeGreaterThan(
      perUserSecond('in-kernel', r3000_40, rare),
    );
  });
  it('the ordinary mix of 1994: the library beats the server and Mach, and loses to the plain kernel', () => {
    const mix = mixNamed('unix-1994');
    const library = perUserSecond('sfi-library', r3000_40, mix);
    expect(library).toBeLessThan(perUserSecond('user-server', r3000_40, mix));
    expect(library).toBeLessThan(perUserSecond('microkernel-mach', r3000_40, mix));
    expect(library).toBeGreaterThan(perUserSecond('in-kernel', r3000_40, mix));
  });
  it('null calls above 3,800 a second turn the sign against the kernel', () => {
    const rate = breakEven(r3000_40, 'sfi-library', 'in-kernel').null.rate;
    const gain = (r: number) =>
      perUserSecond('in-kernel', r3000_40, nullCalls(r)) -
      perUserSecond('sfi-library', r3000_40, nullCalls(r));
    expect(gain(rate * 0.99)).toBeLessThan(0);
    expect(gain(rate * 1.01)).toBeGreaterThan(0);
  });
});

describe('Chen & Bershad 1993: path length and stalls of Mach', () => {
  it.each([
    ['sed', 2.5],
    ['egrep', 1.82],
    ['yacc', 1.76],
    ['gcc', 2.01],
    ['compress', 1.92],
  ])('%s: system instructions Mach / Ultrix', (name, expected) => {
    expect(MACH_PATH_BY_PROGRAM[name]!.value).toBeCloseTo(expected, 2);
  });
  it('system seconds grow 2.27-fold', () => {
    const growth = (MACH_PATH.value * (1 + MACH_STALLS.value)) / (1 + MONOLITHIC_STALLS.value);
    expect(growth).toBeCloseTo(2.27, 2);
  });

  // System seconds of gcc by the paper's own formula, instructions (1 + MCPI) / clock.
  const seconds = (thousands: number, share: number, stalls: number) =>
    (thousands * 1e3 * share * (1 + stalls)) / 25e6;
  const measuredRatio = seconds(35_939, 0.36, 0.94) / seconds(29_318, 0.22, 0.71);
  const modelRatio = (pathInflation: boolean) => {
    const mix = mixNamed('unix-1994');
    const mach = priceStructure('microkernel-mach', r3000_25, { pathInflation });
    const kernel = priceStructure('in-kernel', r3000_25);
    return cpuOf(mach.mix(mix).perUserSecond) / cpuOf(kernel.mix(mix).perUserSecond);
  };
  it('crossings alone (phi = 1) under-predict Mach’s system time on gcc by more than 25 %', () => {
    expect(modelRatio(false)).toBeGreaterThan(1);
    expect(modelRatio(false)).toBeLessThan(0.75 * measuredRatio);
  });
  it('with path length and stalls the ratio comes within 20 %', () => {
    expect(Math.abs(modelRatio(true) / measuredRatio - 1)).toBeLessThan(0.2);
  });
});

describe('the Andrew benchmark', () => {
  it('has a mean call within a factor of two of the Andrew benchmark’s system instructions per call', () => {
    // 869.7 million instructions, 33 % of them system, for 35,168 calls (two papers; the calls are recalled).
    const perCall = (869_732e3 * 0.33 * (1 + MONOLITHIC_STALLS.value)) / 25e6 / 35_168;
    const mix = mixNamed('unix-1994');
    const mine = cpuOf(priceStructure('in-kernel', r3000_25).mix(mix).perUserSecond) / mix.rate.value;
    expect(mine / perCall).toBeGreaterThan(0.5);
    expect(mine / perCall).toBeLessThan(2);
  });
});
