// User time of a trace on another machine: by ratings, by clocks, or not at all; and what is said of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMachine } from '../../models/presets/load.ts';
import { tracedOnOf, userScale } from '../../models/services/user-scale.ts';
import { inFolder, mean, ready, run } from '../support/nowsim.ts';

const r3000 = loadMachine('r3000-40');

describe('user time of a trace on another machine', () => {
  it('grows by the ratings of the two, where both have one', () => {
    const { factor, note } = userScale(loadMachine('i486-50'), r3000);
    expect(factor).toBe(30.1 / 27.3);
    expect(note).toMatch(/i486-50, times 1\.1 for r3000-40, by speed: 30\.1 SPECint92 and 27\.3 SPECint92/);
    expect(userScale(tracedOnOf({ speed: '54.6 SPECint92', clock: '1 GHz' }), r3000).factor).toBe(2);
  });

  it('grows by the clocks where one has no rating, which is said to be too little', () => {
    for (const header of [{ clock: '2600 MHz' }, { clock: '2.6GHz' }]) {
      const { factor, note } = userScale(tracedOnOf(header), r3000);
      expect(factor).toBe(65);
      expect(note).toContain('too little');
    }
    const alike = userScale(loadMachine('azure-2018'), loadMachine('skylake-sel4'));
    expect(alike.factor).toBeCloseTo(3.03 / 3.4, 12);
    expect(alike.note).not.toContain('too little');
    const said = tracedOnOf({ machine: 'x64, 2 processors', clock: '2600 MHz' });
    expect(userScale(said, loadMachine('azure-2018')).note).not.toContain('too little');
    expect(userScale(said, loadMachine('apple-m1')).note).toContain('too little');
  });

  it.each([{}, { clock: 'fast' }, { clock: '0 MHz' }, { speed: '12' }])(
    'stays as it is where the header says %o, with a warning',
    (header) => {
      const { factor, note } = userScale(tracedOnOf(header), r3000);
      expect(factor).toBe(1);
      expect(note).toContain('flatters');
    },
  );
});

describe('an experiment', () => {
  const lines = [
    '7 1700000000.000000 getpid() = 7 <0.000001>',
    '7 1700000000.001000 getpid() = 7 <0.000001>',
    '7 1700000000.002000 getpid() = 7 <0.000001>',
    '7 1700000000.002100 +++ exited with 0 +++',
  ];
  const user = async (head: readonly string[], ...set: string[]) =>
    inFolder(async (folder) => {
      const trace = join(folder, 'mine.strace');
      writeFileSync(trace, [...head, ...lines, ''].join('\n'));
      const result = await run(ready('services'), [
        `services.trace=${trace}`,
        'services.tracer_cost=0s',
        'cluster.os=in-kernel',
        'replications=1',
        ...set,
      ]);
      return { user_s: mean(result, 'user_s'), notes: result.summary.notes.join('\n') };
    });

  it('scales by what the header says', async () => {
    const { user_s, notes } = await user(['# clock: 2600 MHz']);
    expect(user_s).toBeCloseTo(65 * 0.001998, 9);
    expect(notes).toContain('by the clocks: 2600 MHz and 40 MHz');
  });

  it('scales by the machine or the factor that is set, before the header', async () => {
    const named = await user(['# clock: 2600 MHz'], 'services.traced_on=r3000-25');
    expect(named.user_s).toBeCloseTo((19.5 / 27.3) * 0.001998, 9);
    const fixed = await user(['# clock: 2600 MHz'], 'services.user_scale=3');
    expect(fixed.user_s).toBeCloseTo(3 * 0.001998, 9);
    expect(fixed.notes).toContain('times 3');
  });

  it('leaves accounts of where the time went, which add up to the end of the replay', async () => {
    await inFolder(async (folder) => {
      const out = join(folder, 'run');
      const set = ['cluster.os=sfi-library', 'replications=1'];
      const result = await run(ready('services'), set, { out });
      const { accounts_s } = JSON.parse(readFileSync(join(out, 'timelines', 'point-0.json'), 'utf8'));
      const sum = Object.values<number>(accounts_s).reduce((a, b) => a + b, 0);
      expect(sum / mean(result, 'elapsed_s')).toBeCloseTo(1, 9);
      expect(accounts_s.sfi).toBe(mean(result, 'sfi_s'));
    });
  });

  it('warns where nothing is known', async () => {
    const { user_s, notes } = await user([]);
    expect(user_s).toBeCloseTo(0.001998, 9);
    expect(notes).toContain('flatters');
  });
});
