/** Machines from a user's file: what is read, and what is said where it cannot be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { priceStructure } from '../../models/os/index.ts';
import { plain } from '../../models/presets/constant.ts';
import { loadMachine, machineFromText } from '../../models/presets/load.ts';
import { InputError } from '../../sim/problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'nowsim-machine-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = `name: mine
title: my workstation
family: x86-64
clock: 3.2GHz
memory: 64MiB
page: 4KiB
copyRate: 8000MB/s
prices:
  syscall: 0.09us
  switch: { value: 1.4, unit: us, fact: "my lmbench run of May", quality: measured }
  exception: 900ns
`;

/** The problems that a text has, as `where: found; would`. */
function problems(text: string): string {
  try {
    machineFromText(text, 'mine.yaml');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'no problem';
}

describe('a machine file', () => {
  it('has its own prices, and no others', () => {
    const path = join(folder, 'mine.yaml');
    writeFileSync(path, GOOD);
    const machine = loadMachine(path);
    expect(machine.name).toBe('mine');
    expect(priceStructure('in-kernel', machine).crossing().crossings).toBeCloseTo(90, 9);
    expect(() => priceStructure('user-server', machine)).toThrow(/no price for "pipe"/);
    expect(plain(machine.prices.switch)).toEqual({
      value: 1.4,
      unit: 'us',
      fact: 'my lmbench run of May',
      quality: 'measured',
    });
  });

  it('takes what it does not say from the preset that it is like', () => {
    const machine = machineFromText(
      'like: r3000-40\nprices: {pipe: 100us, syscall: none}\n',
      'fast-pipes.yaml',
    );
    expect(machine.name).toBe('fast-pipes');
    expect(machine.memory).toEqual(loadMachine('r3000-40').memory);
    expect(priceStructure('microkernel-mach', machine).machine).toBe('fast-pipes');
    expect(machine.prices.pipe?.value).toBe(100);
    expect(() => priceStructure('in-kernel', machine)).toThrow(/no price for "syscall"/);
  });

  it.each([
    ['clok: 40MHz\n', /mine\.yaml:1:7: clok: "clok" is not known here; did you mean "clock"\?/],
    [
      GOOD.replace('0.09us', '0.09 us'),
      /mine\.yaml:9:12: prices\.syscall: "0\.09 us" cannot be read; .*without a blank/,
    ],
    [GOOD.replace('0.09us', '0.09'), /prices\.syscall: 0\.09 has no unit/],
    [GOOD.replace('0.09us', '-1us'), /prices\.syscall: "-1us" cannot be read/],
    [GOOD.replace('0.09us', '0us'), /prices\.syscall: 0 is not above zero/],
    [GOOD.replace('syscall', 'syscal'), /did you mean "syscall"\?/],
    [GOOD.replace('x86-64', 'sparc'), /family: "sparc" is not known here/],
    [GOOD.replace('clock: 3.2GHz\n', ''), /clock is missing; write clock: 40MHz, or like: NAME/],
    ['like: r3000-41\n', /did you mean "r3000-40"\?/],
    ['- a\n- b\n', /not a map/],
    ['', /not a map/],
    ['a: [1\n', /mine\.yaml:\d+:\d+: /],
    [
      GOOD.replace('quality: measured', 'quality: guessed'),
      /prices\.switch\.quality: "guessed" is not known here/,
    ],
  ])('says what is wrong with %j', (text, message) => {
    expect(problems(text)).toMatch(message);
  });

  it('reports all problems at once', () => {
    const text = GOOD.replace('3.2GHz', '3.2').replace('64MiB', 'lots').replace('900ns', '900');
    expect(problems(text).split('\n')).toHaveLength(3);
  });
});

describe('a name', () => {
  it('that is no preset is refused with the nearest', () => {
    expect(() => loadMachine('r3000-4')).toThrow(/did you mean "r3000-40"|did you mean "r3000-25"/);
    expect(() => loadMachine('./no-such.yaml')).toThrow(/there is no such file/);
    expect(() => loadMachine(`${folder}/`)).toThrow(/not a file/);
  });
});
