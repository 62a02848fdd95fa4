/** What every OS structure keeps to, on every machine that has its prices. */
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { cpuOf, cpuTime, splitOf } from '../../models/os/cost.ts';
import { breakEven, mixNamed, type OsPrices, priceStructure, STRUCTURES } from '../../models/os/index.ts';
import { OPERATIONS } from '../../models/os/operations.ts';
import { SERVICE_CLASSES, SERVICES } from '../../models/os/services.ts';
import { WAHBE } from '../../models/os/sfi.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { MACHINES } from '../../models/presets/machines.ts';
import { MIXES } from '../../models/presets/mixes.ts';
import { InputError } from '../../sim/problem.ts';

const PAIRS: [string, string, OsPrices][] = [];
const REFUSED: [string, string, InputError][] = [];
for (const machine of Object.values(MACHINES)) {
  for (const name of Object.keys(STRUCTURES)) {
    try {
      PAIRS.push([name, machine.name, priceStructure(name, machine)]);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      REFUSED.push([name, machine.name, error]);
    }
  }
}

describe('every structure', () => {
  it('can be priced on some machine', () => {
    const priced = new Set(PAIRS.map(([name]) => name));
    expect(Object.keys(STRUCTURES).filter((name) => !priced.has(name))).toEqual([]);
  });

  it('has its name, one line about it and a source', () => {
    for (const [name, s] of Object.entries(STRUCTURES)) {
      expect(s.name).toBe(name);
      expect(s.describes.length).toBeGreaterThan(20);
      expect(s.source.length).toBeGreaterThan(3);
    }
  });

  it.each(PAIRS)('%s on %s: steps are whole, sums hold, bytes cost', (_, __, prices) => {
    for (const what of [...SERVICE_CLASSES, ...OPERATIONS]) {
      for (const s of prices.steps(what, 4096)) {
        expect(Number.isFinite(s.total_ns) && s.total_ns >= 0, `${what}: ${s.what}`).toBe(true);
        expect(s.total_ns).toBeCloseTo(s.count * s.price_ns, 6);
        expect(s.fact.length).toBeGreaterThan(2);
      }
    }
    for (const service of SERVICE_CLASSES) {
      expect(cpuOf(prices.service(service))).toBeCloseTo(cpuTime(prices.steps(service)), 6);
      expect(prices.service(service).device).toBe(0);
    }
    for (const op of OPERATIONS) {
      const line = prices.operation(op, 8192);
      expect(line).toBeCloseTo(cpuTime(prices.steps(op, 8192)), 3);
      expect(line).toBeGreaterThanOrEqual(prices.operation(op, 0));
    }
  });

  it('has bodies at the length of the kernel’s, and more only as inflation', () => {
    for (const [name, machine, prices] of PAIRS) {
      if (name === 'free') continue;
      const kernel = priceStructure('in-kernel', loadMachine(machine));
      const mapped = name === 'microkernel-mach' && 'mach-file-read' in loadMachine(machine).prices;
      for (const service of SERVICE_CLASSES) {
        // The emulation library's own code stands for the kernel's body.
        if (mapped && service === 'file-read') continue;
        expect(prices.service(service).body, `${name} ${machine} ${service}`).toBeCloseTo(
          kernel.service(service).body,
          6,
        );
      }
    }
  });
});

describe('prices that are none', () => {
  it('refuse the run and name machines that have them', () => {
    expect(REFUSED.length).toBeGreaterThan(20);
    for (const [name, machine, error] of REFUSED) {
      expect(error.problems[0]!.where).toContain(name);
      expect(error.problems[0]!.found).toContain(machine);
      const named =
        /use one of ([^;]*), or give prices\./.exec(error.problems[0]!.would ?? '')?.[1]?.split(', ') ?? [];
      expect(named.length).toBeGreaterThan(0);
      for (const other of named) expect(MACHINES[other]).toBeDefined();
    }
  });
});

describe('the headline machine', () => {
  const machine = loadMachine('r3000-40');
  it.each(['in-kernel', 'microkernel-mach', 'user-server', 'sfi-library'])(
    'has every crossing that %s needs, none borrowed',
    (name) => {
      const prices = priceStructure(name, machine);
      for (const what of [...SERVICE_CLASSES, ...OPERATIONS]) {
        for (const s of prices.steps(what)) {
          if (!['body', 'inflation'].includes(s.kind))
            expect(s.quality, `${what}: ${s.what}`).not.toBe('borrowed');
        }
      }
      // Bodies of some classes are: those are said.
      expect(prices.notes.join(' ')).toContain('borrowed');
    },
  );
  it('says nothing under a table whose structure needs no price', () => {
    expect(priceStructure('free', machine).notes).toEqual([]);
  });
});

describe('free', () => {
  it('costs nothing at all', () => {
    const prices = priceStructure('free', loadMachine('r3000-40'));
    for (const s of SERVICE_CLASSES) expect(cpuOf(prices.service(s))).toBe(0);
    for (const op of OPERATIONS) expect(prices.operation(op, 8192)).toBe(0);
    expect(cpuOf(prices.mix(mixNamed('unix-1994')).perUserSecond)).toBe(0);
    expect(prices.sfiOverhead({ next: () => 0.5 })).toBe(0);
  });
});

describe('options', () => {
  const machine = loadMachine('r3000-40');
  it('operation prices times 100 make every operation 100 times as dear, and no service', () => {
    const once = priceStructure('sfi-library', machine);
    const dear = priceStructure('sfi-library', machine, { operationPrice: 100 });
    for (const op of OPERATIONS)
      expect(dear.operation(op, 4096)).toBeCloseTo(100 * once.operation(op, 4096), 3);
    for (const s of SERVICE_CLASSES) expect(dear.service(s)).toEqual(once.service(s));
  });

  it('a disk makes reads wait, which is no CPU time', () => {
    const prices = priceStructure('in-kernel', machine, { diskTime: 14.8e6 });
    const read = prices.service('file-read');
    expect(read.device).toBeCloseTo(0.16 * 14.8e6, 3);
    expect(cpuOf(read)).toBe(cpuOf(priceStructure('in-kernel', machine).service('file-read')));
    expect(cpuOf(splitOf(prices.steps('fault-disk')))).toBeCloseTo(prices.operation('fault-disk'), 6);
  });

  it('registers saved: bare < integer < floating point', () => {
    const at = (crossing: 'bare' | 'integer' | 'floating-point') =>
      priceStructure('sfi-library', machine, { crossing }).crossing().crossings;
    expect([at('bare'), at('integer'), at('floating-point')]).toEqual([1110, 1810, 2830]);
  });

  it('refuses an overhead that is no share, and a name that is none', () => {
    expect(() => priceStructure('sfi-library', machine, { sfi: { overhead: Number.NaN } })).toThrow(
      InputError,
    );
    expect(() => priceStructure('sfi-libary', machine)).toThrow(/did you mean "sfi-library"/);
    expect(() => mixNamed('unix-1995')).toThrow(/did you mean "unix-1994"/);
  });
});

describe('the tax on user time', () => {
  const machine = loadMachine('r3000-40');
  it('is drawn from the 16 measured programs, with their mean', () => {
    const prices = priceStructure('sfi-library', machine);
    const random = seedrandom('tax');
    const drawn = Array.from({ length: 20_000 }, () => prices.sfiOverhead({ next: () => random() }));
    expect(new Set(drawn)).toEqual(new Set(WAHBE.writes.values));
    expect(drawn.reduce((a, b) => a + b, 0) / drawn.length).toBeCloseTo(prices.meanSfiOverhead, 2);
  });
  it('is fixed when it is fixed, higher when loads are checked, and none outside libraries', () => {
    const source = { next: () => 0.99 };
    expect(priceStructure('sfi-library', machine, { sfi: { overhead: 0.124 } }).sfiOverhead(source)).toBe(
      0.124,
    );
    expect(
      priceStructure('sfi-library', machine, { sfi: { checks: 'full' } }).meanSfiOverhead,
    ).toBeGreaterThan(0.2);
    expect(priceStructure('in-kernel', machine, { sfi: { overhead: 0.124 } }).sfiOverhead(source)).toBe(0);
    const binary = priceStructure('sfi-binary', machine);
    expect(binary.sfiOverhead({ next: () => 0 })).toBeCloseTo(0.2, 12);
    expect(binary.sfiOverhead({ next: () => 1 })).toBeCloseTo(0.25, 12);
  });
});

describe('mixes', () => {
  it.each(Object.keys(MIXES))('%s: its shares are of known classes and add up to 1', (name) => {
    const { shares } = mixNamed(name);
    const total = Object.values(shares).reduce((sum, c) => sum + c.value, 0);
    expect(total).toBeCloseTo(1, 9);
    for (const service of Object.keys(shares)) expect(SERVICES).toHaveProperty([service]);
  });
  it('cost their rate times their mean call', () => {
    const prices = priceStructure('in-kernel', loadMachine('r3000-40'));
    const mix = mixNamed('unix-1994');
    let byHand = 0;
    for (const service of SERVICE_CLASSES) {
      byHand += mix.rate.value * (mix.shares[service]?.value ?? 0) * cpuOf(prices.service(service)) * 1e-9;
    }
    expect(cpuOf(prices.mix(mix).perUserSecond)).toBeCloseTo(byHand, 12);
  });
});

describe('break-even', () => {
  it('is never where nothing is saved, and always where the other pays more', () => {
    const machine = loadMachine('r3000-40');
    expect(breakEven(machine, 'sfi-library', 'free').null.rate).toBe(Number.POSITIVE_INFINITY);
    expect(breakEven(machine, 'sfi-library', 'sfi-binary').null.rate).toBe(0);
  });
});
