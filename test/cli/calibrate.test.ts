/** calibrate as a person types it: the file it writes loads and prices, with and without tools; what it refuses. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuOf } from '../../models/os/cost.ts';
import { priceStructure } from '../../models/os/index.ts';
import { loadMachine, machineFromText } from '../../models/presets/load.ts';
import { clockOf, firstCpu, virtualMachineSigns } from '../../scripts/calibrate/host.ts';
import { KERNEL_SOURCE_SHA256, kernelModule, kernelSource } from '../../scripts/calibrate/kernels.ts';
import { readingOf } from '../../scripts/calibrate/measure.ts';
import { presetOf } from '../../scripts/calibrate/preset.ts';
import { gccRatios, referenceTable } from '../../scripts/calibrate/reference.ts';
import { type Answer, filesIn, nowsim, start, workFolder } from './nowsim.ts';

const folder = workFolder();
const temporary = join(folder.path, 'tmp');
const own = { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'] };
const mine = join(folder.path, 'mine.yaml');
let answer: Answer;

beforeAll(async () => {
  mkdirSync(temporary);
  process.env['TMPDIR'] = temporary;
  answer = await nowsim(folder.path, 'calibrate', '--quick', '--json');
}, 60_000);
afterAll(() => {
  process.env['PATH'] = own.PATH;
  if (own.TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = own.TMPDIR;
  folder.remove();
});

const STRUCTURES = ['in-kernel', 'user-server', 'sfi-library', 'webassembly', 'lfi', 'tracer', 'gvisor'];

describe('calibrate', () => {
  it('writes a machine that loads and prices the structures', () => {
    expect(answer.err).toBe('');
    expect(answer.code).toBe(0);
    const machine = loadMachine(mine);
    for (const name of ['syscall', 'fault-domain', 'call'] as const) {
      expect(machine.prices[name]).toMatchObject({ quality: 'measured' });
      expect(machine.prices[name]!.fact).toMatch(/^this-host \d{4}-\d\d-\d\d$/);
    }
    expect(machine.prices['trace-stop']).toMatchObject({ quality: 'borrowed' });
    expect(machine.prices['mach-rpc']).toBeUndefined();
    for (const name of STRUCTURES) {
      const cost = cpuOf(priceStructure(name, machine).service('file-read'));
      expect(cost).toBeGreaterThan(0);
      expect(cost).toBeLessThan(1e9);
    }
  });

  it('says of every price and tax that it is measured here, or who lends it', () => {
    const machine = loadMachine(mine);
    const taxes = Object.values(machine.taxes!).flatMap(({ writes = [], full = [] }) => [...writes, ...full]);
    const all = [...Object.values(machine.prices), ...Object.values(machine.bodies!), ...taxes];
    expect(all.length).toBeGreaterThan(20);
    for (const { fact, quality, note } of all) {
      if (quality === 'borrowed') expect(note).toMatch(/^of /);
      else expect(fact).toMatch(/^this-host /);
    }
    expect(machine.prices['trace-stop']!.note).toMatch(/^of x86-64-2023/);
    expect(priceStructure('lfi', machine).notes.join('\n')).toMatch(/borrowed tax on user time/);
  });

  it.each([
    ['Not affected', undefined],
    ['Vulnerable', undefined],
    ['', undefined],
    ['Mitigation: PTI', 'measured'],
  ])('prices isolated page tables by what the kernel says: "%s"', (meltdown, quality) => {
    const told = JSON.parse(answer.out);
    const { text } = presetOf('here', { ...told.host, meltdown }, told, referenceTable(), '2026-01-01');
    const machine = machineFromText(text, 'here.yaml');
    expect(machine.prices['pti-syscall']?.quality).toBe(quality);
    if (quality !== undefined)
      expect(machine.prices['pti-syscall']!.value).toBe(machine.prices.syscall!.value);
    else expect(text).toMatch(/pti-syscall: none # the kernel says: \S/);
  });

  it('prices a crossing by what it measured', () => {
    const machine = loadMachine(mine);
    expect(cpuOf(priceStructure('in-kernel', machine).crossing())).toBe(machine.prices.syscall!.value);
    expect(cpuOf(priceStructure('webassembly', machine).crossing())).toBe(
      machine.prices['fault-domain']!.value,
    );
  });

  it('taxes user time by its own kernels, and by the published law what it cannot tell', () => {
    const machine = loadMachine(mine);
    const mean = (list: readonly { value: number }[]) =>
      list.reduce((sum, { value }) => sum + value, 0) / list.length / 100;
    const { webassembly, 'sfi-library': library } = machine.taxes!;
    expect(priceStructure('webassembly', machine).meanSfiOverhead).toBeCloseTo(
      mean(webassembly!.writes!),
      12,
    );
    const full = priceStructure('sfi-library', machine, { sfi: { checks: 'full' } });
    expect(full.meanSfiOverhead).toBeCloseTo(mean(library!.full!), 12);
    expect(full.notes.filter((note) => note.includes('tax'))).toEqual([]);
    const writes = priceStructure('sfi-library', machine);
    expect(writes.meanSfiOverhead).toBe(
      priceStructure('sfi-library', loadMachine('r3000-40')).meanSfiOverhead,
    );
    expect(writes.notes.join('\n')).toMatch(/borrowed tax on user time/);
  });

  it('prints JSON and nothing else', () => {
    const told = JSON.parse(answer.out);
    expect(told.host.node).toBe(process.version);
    expect(told.structures).toEqual(expect.arrayContaining(STRUCTURES));
    expect(told.refused.map((each: { os: string }) => each.os)).toContain('microkernel-mach');
    for (const reading of Object.values<ReturnType<typeof readingOf>>(told.times)) {
      const [low, middle, high] = reading.quartiles;
      expect(reading.rounds).toBeGreaterThan(1);
      expect(middle).toBeGreaterThanOrEqual(low);
      expect(high).toBeGreaterThanOrEqual(middle);
    }
    const { measured, borrowed, none } = told.prices;
    expect(new Set([...measured, ...borrowed, ...none]).size).toBe(
      measured.length + borrowed.length + none.length,
    );
  });

  it('leaves nothing behind but the file', () => {
    expect(filesIn(temporary)).toEqual([]);
    expect(filesIn(folder.path)).toEqual(['mine.yaml', 'tmp']);
  });

  it('is used by explain and by run', async () => {
    const explained = await nowsim(
      folder.path,
      'explain',
      'file-read',
      '--compare',
      '--machine',
      './mine.yaml',
    );
    expect(explained.code).toBe(0);
    expect(explained.out).toMatch(/^webassembly /m);
    writeFileSync(
      join(folder.path, 'small.yaml'),
      `question: Does it run?
replications: 1
cluster: {nodes: 4}
jobs: {law: {name: poisson, count: 20, widths: [1, 2]}, load: 0.5}
vary: {cluster.os: [in-kernel, sfi-library, webassembly]}
baseline: {cluster.os: in-kernel}
measures: [response_time_s, cpu_crossings]
`,
    );
    const words = ['run', 'small.yaml', '--set', 'cluster.machine=./mine.yaml', '--json', '--out', 'run'];
    const ran = await nowsim(folder.path, ...words);
    expect(ran.code, ran.err).toBe(0);
    const { points } = JSON.parse(ran.out);
    expect(points).toHaveLength(3);
    for (const { measures } of points) expect(measures.cpu_crossings.mean).toBeGreaterThan(0);
    const manifest = readFileSync(join(folder.path, 'run', 'manifest.json'), 'utf8');
    expect(manifest).toMatch(/"fact": ?"this-host /);
  }, 30_000);

  it('refuses to overwrite, before it measures', async () => {
    const before = readFileSync(mine, 'utf8');
    const refused = await nowsim(folder.path, 'calibrate', '--quick');
    expect(refused.code).toBe(2);
    expect(refused.out).toBe('');
    expect(refused.err).toMatch(/mine\.yaml: this file is there already.*--force/s);
    expect(readFileSync(mine, 'utf8')).toBe(before);
  });

  it('refuses a file that is no machine file', async () => {
    const refused = await nowsim(folder.path, 'calibrate', '--out', 'mine.txt');
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/mine\.txt.*does not end in \.yaml/s);
    expect(existsSync(join(folder.path, 'mine.txt'))).toBe(false);
  });

  it('refuses a folder that is not there before it measures', async () => {
    const refused = await nowsim(folder.path, 'calibrate', '--out', 'nowhere/mine.yaml');
    expect(refused.code).toBe(2);
    expect(refused.err).toBe('nowhere/mine.yaml: there is no folder nowhere; make it first\n');
    expect(filesIn(temporary)).toEqual([]);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const { process: running, answer: ended } = start(folder.path, 'calibrate', '--out', 'late.yaml');
    // the FIFOs lie in its folder once child processes run
    while (running.exitCode === null && filesIn(temporary).length < 4) await delay(20);
    running.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(filesIn(temporary)).toEqual([]);
    expect(existsSync(join(folder.path, 'late.yaml'))).toBe(false);
  }, 60_000);

  it('does without a compiler, mkfifo and taskset, and says so; --force overwrites', async () => {
    writeFileSync(join(folder.path, 'bare.yaml'), 'name: old\n');
    process.env['PATH'] = temporary; // an empty folder
    const bare = await nowsim(folder.path, 'calibrate', '--quick', '--force', '--out', 'bare.yaml');
    process.env['PATH'] = own.PATH;
    expect(bare.err).toBe('');
    expect(bare.code).toBe(0);
    expect(bare.out).toMatch(/not measured: process switch and pipe: there is no mkfifo/);
    expect(bare.out).toMatch(/not measured: native baseline: there is no cc/);
    for (const text of bare.out.split('\n')) expect(text.length).toBeLessThanOrEqual(100);
    const machine = loadMachine(join(folder.path, 'bare.yaml'));
    expect(machine.prices.pipe).toMatchObject({ quality: 'borrowed', fact: 'LMB18-pipe' });
    // On a machine too busy to tell a call from its absence the price is lent, and says so.
    expect(['measured', 'borrowed']).toContain(machine.prices.syscall?.quality);
    const tax = priceStructure('webassembly', machine);
    const reference = gccRatios(referenceTable()).map(({ value }) => value - 1);
    expect(tax.meanSfiOverhead).toBeCloseTo(reference.reduce((a, b) => a + b, 0) / reference.length, 4);
    expect(tax.notes.join('\n')).toMatch(/borrowed tax on user time, of the reference table/);
    expect(filesIn(temporary)).toEqual([]);
  }, 60_000);
});

describe('the kernels', () => {
  it('were built from the text that lies beside them', () => {
    expect(createHash('sha256').update(readFileSync(kernelSource)).digest('hex')).toBe(KERNEL_SOURCE_SHA256);
  });

  it('compute what they say', async () => {
    const module = await kernelModule((x) => (x + 3) | 0);
    module.init();
    expect(module.leave(1000)).toBe(3000); // 1000 calls out, each adding 3
    expect(module.calls(1000)).toBe(1000);
    expect(module.nothing(41)).toBe(42);
    // the sorted array of the generator's words, worked out here
    let state = 7;
    const next = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state;
    };
    for (let i = 0; i < (1 << 20) + (1 << 16) - 1; i++) next(); // bytes, then swaps of the ring
    const words = Uint32Array.from({ length: 1 << 15 }, next).toSorted();
    expect(module.sort() >>> 0).toBe(words[Math.trunc((1 << 15) / 3)]);
    state = 7;
    const hashed = Uint8Array.from(
      { length: 1 << 18 },
      (_, i) => (next() >>> 24) & ((i >> 10) & 1 ? 15 : 255),
    );
    expect(module.sha256() >>> 0).toBe(createHash('sha256').update(hashed).digest().readUInt32BE(0));
  });
});

describe('what a host is', () => {
  const nothing = {
    cpuinfo: '',
    product: '',
    vendor: '',
    hypervisorType: '',
    deviceTree: '',
    macHypervisor: '',
  };
  const bare = { ...nothing, cpuinfo: 'flags\t\t: fpu vme sse2\n' };
  it.each([
    ['bare machine', { ...bare, product: 'PowerEdge R640\n', vendor: 'Dell Inc.\n' }, []],
    ['no /proc and no /sys', nothing, []],
    [
      'flag',
      { ...bare, cpuinfo: 'flags\t\t: fpu hypervisor lahf_lm\n' },
      ['hypervisor flag in /proc/cpuinfo'],
    ],
    ['a model that only speaks of one', { ...bare, cpuinfo: 'model name : hypervisor X\n' }, []],
    [
      'QEMU',
      { ...bare, product: 'Standard PC (Q35 + ICH9, 2009)\n', vendor: 'QEMU\n' },
      ['DMI product "Standard PC (Q35 + ICH9, 2009)"'],
    ],
    ['EC2', { ...bare, product: 'm5.large\n', vendor: 'Amazon EC2\n' }, ['DMI vendor "Amazon EC2"']],
    ['a bare machine of EC2', { ...bare, product: 'm5.metal\n', vendor: 'Amazon EC2\n' }, []],
    [
      'a board with a device tree',
      { ...nothing, deviceTree: 'linux,kvm\0xen,xen\0' },
      ['hypervisor in the device tree: linux,kvm, xen,xen'],
    ],
    ['a Mac', { ...nothing, macHypervisor: '0\n' }, []],
    ['a virtual Mac', { ...nothing, macHypervisor: '1\n' }, ['kern.hv_vmm_present']],
    ['Xen', { ...bare, hypervisorType: 'xen\n' }, ['hypervisor xen']],
  ])('%s', (_, texts, signs) => {
    expect(virtualMachineSigns(texts)).toEqual(signs);
  });

  it('reads the clock and the CPUs that it may use', () => {
    expect(clockOf('cpu MHz\t\t: 1200.5\n...\ncpu MHz\t\t: 2400.25\n')).toBe(2400.25);
    expect(clockOf('BogoMIPS\t: 50.00\n')).toBeUndefined();
    expect(firstCpu('Threads:\t1\nCpus_allowed_list:\t2-3,7\n')).toBe(2);
    expect(firstCpu('')).toBeUndefined();
  });

  it('gives minimum and quartiles of rounds', () => {
    expect(readingOf([5, 1, 3, 2, 4])).toEqual({ min: 1, quartiles: [2, 3, 4], rounds: 5 });
  });
});

describe('taxes in a machine file', () => {
  const file = (taxes: string) => `like: azure-2018\ntaxes: ${taxes}\n`;

  it('stand for the law of a structure, faster programs included', () => {
    const machine = machineFromText(file('{lfi: {writes: [-2%, 10%]}}'), 'm.yaml');
    expect(priceStructure('lfi', machine).meanSfiOverhead).toBeCloseTo(0.04, 12);
    expect(priceStructure('nacl', machine).meanSfiOverhead).toBeCloseTo(0.07, 12);
  });

  it.each([
    ['3', /taxes: 3 is not a map/],
    ['{in-kernel: {writes: [3%]}}', /taxes\.in-kernel: "in-kernel" is not known here/],
    ['{webasembly: {writes: [3%]}}', /did you mean "webassembly"/],
    ['{lfi: 3}', /taxes\.lfi: 3 is not a map/],
    ['{lfi: {stores: [3%]}}', /"stores" is not known here/],
    ['{lfi: {writes: 3%}}', /"3%" is not a list/],
    ['{lfi: {writes: []}}', /\[\] is not a list/],
    ['{lfi: {writes: [3]}}', /3 has no unit/],
    ['{lfi: {writes: [-100%]}}', /-100 is not above -100/],
  ])('%s is refused', (taxes, message) => {
    expect(() => machineFromText(file(taxes), 'm.yaml')).toThrow(message);
  });
});
