/**
 * Structure by structure against published measurements that are no input of that path. Tolerances stand beside
 * each case.
 */
import { describe, expect, it } from 'vitest';
import { networkNamed } from '../../models/hardware/network/index.ts';
import { wireTime } from '../../models/hardware/network/medium.ts';
import { cpuOf } from '../../models/os/cost.ts';
import { breakEven, mixNamed, priceStructure, STRUCTURES } from '../../models/os/index.ts';
import { SERVICE_CLASSES, SERVICES } from '../../models/os/services.ts';
import { loadMachine } from '../../models/presets/load.ts';

const us = (ns: number) => ns / 1e3;

describe('Bershad et al. 1990, Table 5', () => {
  it('the parts of a null LRPC add up to 157 us', () => {
    expect(us(priceStructure('lrpc', loadMachine('cvax')).crossing().crossings)).toBeCloseTo(157, 9);
  });
});

describe('TreadMarks’s remote page fault (2,792 us on a DECstation 5000/240 with ATM)', () => {
  it('is its small round trip of 670 us and what 4,096 bytes cost at both ends and on the wire, within 20 %', () => {
    const prices = priceStructure('in-kernel', loadMachine('r3000-40'));
    const more = (op: 'send' | 'receive') => prices.operation(op, 4096) - prices.operation(op, 1);
    const atm = networkNamed('atm155');
    const wire = wireTime(4096, atm) - wireTime(1, atm);
    expect(Math.abs(us(670e3 + more('send') + more('receive') + wire) / 2792 - 1)).toBeLessThan(0.2);
  });
});

describe('orders that papers report', () => {
  const null_ = (structure: string, machine: string) => {
    const prices = priceStructure(structure, loadMachine(machine));
    return cpuOf(prices.service('null'));
  };
  it('Engler et al.: exokernel < Ultrix < user-level server for a null service', () => {
    expect(null_('exokernel', 'r3000-25')).toBeLessThan(null_('in-kernel', 'r3000-25'));
    expect(null_('in-kernel', 'r3000-25')).toBeLessThan(null_('user-server', 'r3000-25'));
  });
  it('Haertig et al.: Linux < L4Linux < L4Linux by a trampoline (5.66 us)', () => {
    expect(null_('in-kernel', 'pentium-133')).toBeLessThan(null_('microkernel-l4', 'pentium-133'));
    expect(us(null_('microkernel-l4', 'pentium-133'))).toBeLessThan(5.66);
  });
  it('Liedtke: a TLB that is kept saves what a call with a body reloads, and a null call nothing', () => {
    for (const machine of ['pentium-133', 'i486-50']) {
      const of = (structure: string, service: 'null' | 'file-meta') =>
        cpuOf(priceStructure(structure, loadMachine(machine)).service(service));
      expect(of('microkernel-l4-tagged', 'null')).toBe(of('microkernel-l4', 'null'));
      expect(of('microkernel-l4-tagged', 'file-meta')).toBeLessThan(of('microkernel-l4', 'file-meta'));
    }
  });
  it('Bershad et al.: LRPC < SRC RPC < Mach RPC on the CVAX', () => {
    const crossing = (s: string) => priceStructure(s, loadMachine('cvax')).crossing().crossings;
    expect(crossing('lrpc')).toBeLessThan(crossing('rpc-server'));
    expect(crossing('rpc-server')).toBeLessThan(crossing('microkernel-mach'));
  });
  it('SPIN’s exception reaches its handler before OSF/1’s and Mach’s do', () => {
    const upcall = (s: string) => priceStructure(s, loadMachine('alpha-133')).operation('deliver-signal');
    expect(us(upcall('extensible-kernel'))).toBe(7);
    expect(upcall('extensible-kernel')).toBeLessThan(upcall('microkernel-mach'));
    expect(upcall('microkernel-mach')).toBeLessThan(upcall('in-kernel'));
  });
  it('WebAssembly taxes most, then patched binaries, then recompiled ones', () => {
    const tax = (s: string) => priceStructure(s, loadMachine('r3000-40')).meanSfiOverhead;
    expect(tax('webassembly')).toBeGreaterThan(tax('sfi-binary'));
    expect(tax('sfi-binary')).toBeGreaterThan(tax('sfi-library'));
    expect(tax('sfi-library')).toBeGreaterThan(tax('in-kernel'));
  });
});

describe('calls that Mach reflects to the emulation library', () => {
  const mach = (machine: string) => priceStructure('microkernel-mach', loadMachine(machine));
  it('Maeda & Bershad 1992: one that goes on to the server takes 490 us, its parts', () => {
    expect(us(mach('r2000-12').service('signal', { in: 0, out: 0 }).crossings)).toBeCloseTo(490, 9);
  });
  it('Dean & Armand: one that is answered there takes what it takes in the kernel, 61 us', () => {
    expect(mach('i386-25').service('null')).toEqual(
      priceStructure('in-kernel', loadMachine('i386-25')).service('null'),
    );
  });
  it('Dean & Armand: so does lseek, with the longer path of its body: 95 us within 10 %', () => {
    const lseek = mach('i386-25').service('other');
    const answered = mach('i386-25').service('null').crossings + lseek.body + lseek.inflation;
    expect(Math.abs(us(answered) / 95 - 1)).toBeLessThan(0.1);
  });
  it('the ratio that is lent to machines without the row gives the DECstation 2100’s 30 us within 25 %', () => {
    const { prices } = loadMachine('r2000-12');
    const { prices: i386 } = loadMachine('i386-25');
    const lent = (prices['mach-syscall']!.value * i386['mach-reflect']!.value) / i386['mach-syscall']!.value;
    expect(Math.abs(lent / prices['mach-reflect']!.value - 1)).toBeLessThan(0.25);
  });
});

describe('POSTGRES’s calls of functions that are not trusted (Wahbe et al. 1993, Table 3)', () => {
  it.each([
    ['microkernel-mach', 'mach-stubs'],
    ['multi-server', 'mach-stubs'],
  ] as const)('are each an RPC with its stubs under %s', (structure, stubs) => {
    const machine = loadMachine('r3000-25');
    const prices = priceStructure(structure, machine);
    const call = us(cpuOf(prices.service('untrusted-function')));
    expect(call).toBeCloseTo(57 + machine.prices[stubs]!.value, 9);
    expect(1e6 * cpuOf(prices.mix(mixNamed('call-heavy')).perUserSecond)).toBeCloseTo(
      call * mixNamed('call-heavy').rate.value,
      6,
    );
  });
  it('tie with a server at the rates of the bare crossing, or sooner where there are stubs', () => {
    const machine = loadMachine('r3000-40');
    const against = (other: string) => breakEven(machine, 'sfi-library', other, { mix: 'call-heavy' });
    expect(against('in-kernel').full).toEqual(against('in-kernel').null);
    expect(against('user-server').full).toEqual(against('user-server').null);
    expect(against('microkernel-mach').full.rate).toBeLessThan(against('microkernel-mach').null.rate);
  });
});

describe('Dean & Armand: a read through a mapped file on Mach 3.0', () => {
  const read = (bytes: number, options = {}) =>
    us(
      cpuOf(
        priceStructure('microkernel-mach', loadMachine('i386-25'), options).service('file-read', {
          in: 0,
          out: bytes,
        }),
      ),
    );
  it('costs a trap and the library’s work for nothing, 900 us for a page in memory', () => {
    expect(read(0)).toBeCloseTo(61 + 54, 9);
    expect(read(4096)).toBeCloseTo(61 + 54 + 316 + 1440 / 16 + 379, 9);
  });
  it('and what the pager takes for each page that is not', () => {
    expect(read(8192, { diskTime: 1e7, missShare: 1 }) - read(8192)).toBeCloseTo(2 * 1600, 9);
    expect(read(4096, { diskTime: 1e7 }) - read(4096)).toBeCloseTo(0.16 * 1600, 9);
  });
  it('is no path of a machine without those prices', () => {
    const steps = priceStructure('microkernel-mach', loadMachine('r3000-40')).steps('file-read');
    expect(steps.map((s) => s.what)).toContain('Mach RPC to the server and back');
  });
});

describe('the table of services', () => {
  const r3000 = loadMachine('r3000-25');
  const prices = priceStructure('in-kernel', r3000);
  // Hand arithmetic on the rows that each body names, us at 25 MHz; cycles of other families at that clock.
  const bodies: Readonly<Record<string, number>> = {
    null: 0,
    'file-read': ((245 - (18 * 50) / 25 - 184 / 4) * (30.1 / 2)) / 16.1,
    'file-write': (((245 - 36 - 46) * (30.1 / 2)) / 16.1) * (380 / 390),
    'file-meta': ((1.28 - 0.45) * 2400) / 25,
    memory: 32 - 21.3,
    process: 1_030_000 / 4 / 25,
    ipc: (199 - 2 * 21.3 - 7.4) / 2,
    'network-send': 231 - (565 - 231) / 1471 - 21.3,
    'network-receive': 351 - (1042 - 351) / 1471 - 21.3,
    time: (404 - 12) / 25,
    signal: ((0.68 - 0.45) * 2400) / 25,
    other: 79 - 61,
    'untrusted-function': 0,
  };
  it('has bodies of every class as their rows give them', () => {
    expect(Object.keys(bodies)).toEqual([...SERVICE_CLASSES]);
    for (const service of SERVICE_CLASSES) {
      expect(us(prices.service(service, { in: 0, out: 0 }).body), service).toBeCloseTo(bodies[service]!, 6);
    }
  });
  it('says which calls a library may answer, which lock, and which wait for a disk', () => {
    const of = (test: (service: (typeof SERVICES)['null']) => boolean) =>
      SERVICE_CLASSES.filter((name) => test(SERVICES[name]));
    expect(of(({ answered }) => answered === 'always')).toEqual(['null']);
    const partly = ['file-read', 'file-write', 'file-meta', 'time', 'other'];
    expect(of(({ answered }) => answered === 'partly')).toEqual(partly);
    expect(of(({ locks }) => locks.value === 1)).toEqual(['file-write', 'file-meta', 'process', 'ipc']);
    expect(of(({ native }) => native.value === 0)).toEqual(['null', 'untrusted-function']);
    expect(of(({ missShare }) => missShare.value > 0)).toEqual(['file-read']);
    const bytes = (name: (typeof SERVICE_CLASSES)[number]) => [
      SERVICES[name].bytesIn.value,
      SERVICES[name].bytesOut.value,
    ];
    expect([bytes('file-read'), bytes('file-write'), bytes('ipc')]).toEqual([
      [0, 4096],
      [4096, 0],
      [100, 100],
    ]);
    expect([bytes('network-send'), bytes('network-receive')]).toEqual([
      [200, 0],
      [0, 200],
    ]);
  });
});

describe('taxes on user time', () => {
  const azure = loadMachine('azure-2018');
  it.each([
    ['sfi-library', 'writes', 4.28, 16],
    ['sfi-library', 'full', 20.3, 16],
    ['sfi-binary', 'writes', 22.5, Infinity],
    ['lfi', 'writes', 6, 1],
    ['lfi', 'full', 8, 1],
    ['nacl', 'writes', 7, 1],
    ['webassembly', 'writes', 50, Infinity],
  ] as const)('of %s, checking %s: a mean of %f %%', (name, checks, percent, programs) => {
    const prices = priceStructure(name, azure, { sfi: { checks } });
    expect(100 * prices.meanSfiOverhead).toBeCloseTo(percent, 1);
    // Every program of the law is drawn alike; a law between two ends is drawn between them.
    const draws = Array.from({ length: 1600 }, (_, i) =>
      prices.sfiOverhead({ next: () => (i + 0.5) / 1600 }),
    );
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    expect(mean).toBeCloseTo(prices.meanSfiOverhead, 9);
    if (programs === Infinity) expect(new Set(draws).size).toBe(1600);
    else expect(new Set(draws).size).toBeLessThanOrEqual(programs);
  });
  it('of a structure that taxes nothing is none, whatever is drawn', () => {
    expect(priceStructure('in-kernel', azure).sfiOverhead({ next: () => 0.99 })).toBe(0);
  });
});

describe('Apertos: a free parameter, its sensitivity', () => {
  it('costs what its transitions cost, in proportion', () => {
    const at = (metaTransitions: number) =>
      priceStructure('apertos', loadMachine('r3000-40'), { metaTransitions }).crossing().crossings;
    expect(at(0)).toBe(0);
    expect(at(4)).toBeCloseTo(4 * at(1), 6);
    expect(STRUCTURES['apertos']!.describes).toContain('free parameter');
  });
});
