/** What `nowsim explain` prints of every preset: it fits a terminal of 100 columns, names its sources, and is JSON when asked. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import yargs from 'yargs';
import { STRUCTURES } from '../../models/os/index.ts';
import { explainCommand } from '../../scripts/commands/explain.ts';

/** What the command prints for these words. */
async function explain(...words: string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    await yargs(['explain', ...words])
      .command({ command: 'explain [what]', ...explainCommand })
      .exitProcess(false)
      .fail((message, error) => {
        throw error ?? new Error(message);
      })
      .parseAsync();
  } finally {
    spy.mockRestore();
  }
  return written.join('');
}

afterEach(() => vi.restoreAllMocks());

describe('nowsim explain', () => {
  it('shows every step of a path with price, source and quality', async () => {
    const text = await explain('file-read', '--os', 'microkernel-mach');
    expect(text).toContain('Mach RPC to the server and back');
    expect(text).toMatch(/BER92-ds/);
    expect(text).toMatch(/same-family/);
    expect(text).toMatch(/borrowed: service body/);
    expect(text).toMatch(/inflation \d+us/);
  });

  it('fits 100 columns for short and long paths of the headline machine', async () => {
    const headline = ['in-kernel', 'microkernel-mach', 'user-server', 'sfi-library', 'apertos', 'free'];
    for (const os of headline) {
      for (const what of ['null', 'file-write', 'freeze', 'fault-remote', 'spawn']) {
        const text = await explain(what, '--os', os, '--bytes', '8192');
        for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
      }
    }
  });

  it.each([
    ['--break-even'],
    ['file-write', '--compare'],
    ['transfer-page', '--compare', '--bytes', '4096', '--machine', 'azure-2018'],
    ['--break-even', '--machine', 'alpha-160', '--mix', 'low-rate'],
  ])('fits 100 columns: %s %s', async (...words: string[]) => {
    const text = await explain(...words);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(text).toContain('left out, for want of a price: ');
  });

  it('accounts for every structure, priced or left out', async () => {
    const { structures, refused } = JSON.parse(await explain('null', '--compare', '--json'));
    const named = [...structures, ...refused].map((s: { os: string }) => s.os);
    expect(named.sort()).toEqual(Object.keys(STRUCTURES).sort());
  });

  it.each([
    ['in-kernel', 'the node; wrong result: the process'],
    ['user-server', 'the node; wrong result: the process'],
    ['extensible-kernel', 'the node; stray store or jump: the call; wrong result: the process'],
    ['sfi-library', 'the process; stray store or jump, if checked: the call'],
    ['exokernel', 'the process'],
    ['free', 'the call'],
  ])('tells what a fault of the layer takes with it under %s', async (os, told) => {
    const machine = os === 'extensible-kernel' ? 'alpha-133' : 'r3000-40';
    const lines = (await explain('null', '--os', os, '--machine', machine)).split('\n');
    expect(lines).toContain(`a fault of the layer takes down ${told}`);
  });

  it('marks the cells of a comparison whose price is not simply the machine’s own, and says whose it is', async () => {
    const text = await explain('file-read', '--compare');
    const row = (os: string) => text.split('\n').find((line) => line.startsWith(`${os} `))!;
    expect(row('in-kernel')).toMatch(/ 95\.2us b +13\.3us s +121us s +0ns +230us/);
    expect(row('interposition')).toMatch(/ 39\.7us b /);
    expect(row('webassembly')).toMatch(/ 50% b$/);
    expect(row('sfi-library')).toMatch(/ 4\.28%$/);
    expect(text.replace(/\s+/g, ' ')).toMatch(/call passed on to the kernel \(of i486-25\)/);
    const { structures } = JSON.parse(await explain('file-read', '--compare', '--json'));
    const library = structures.find((each: { os: string }) => each.os === 'sfi-library');
    expect(library.quality).toEqual({ body: 'borrowed', crossings: 'same-family', copies: 'same-family' });
    expect(library.tax_quality).toBe('measured');
  });

  it('prints JSON whose steps add up', async () => {
    const { steps, split, cpu_ns } = JSON.parse(await explain('ipc', '--json'));
    const sum = steps.reduce((t: number, s: { total_ns: number }) => t + s.total_ns, 0);
    expect(sum).toBeCloseTo(cpu_ns, 6);
    expect(split.body + split.crossings + split.copies + split.inflation).toBeCloseTo(cpu_ns, 6);
  });

  it('gives break-even rates as JSON, null where there is none', async () => {
    const { against } = JSON.parse(await explain('--break-even', '--json'));
    const rate = (os: string) => against.find((r: { against: string }) => r.against === os).rate;
    expect(rate('user-server')).toBeCloseTo(211, 0);
    expect(rate('exokernel')).toBeNull();
    expect(against.find((r: { against: string }) => r.against === 'lfi').quality.tax).toBe('borrowed');
  });

  it('tells on which side of a tie a structure is faster', async () => {
    const of = async (os: string, other: string) => {
      const { against } = JSON.parse(await explain('--break-even', '--json', '--os', os));
      const { rate, faster } = against.find((r: { against: string }) => r.against === other);
      return { rate, faster };
    };
    const there = await of('sfi-library', 'in-kernel');
    const back = await of('in-kernel', 'sfi-library');
    expect([there.faster, back.faster]).toEqual(['above', 'below']);
    expect(back.rate).toBeCloseTo(there.rate, 6);
    expect(await of('exokernel', 'sfi-library')).toEqual({ rate: 0, faster: 'always' });
    expect(await of('user-server', 'in-kernel')).toEqual({ rate: null, faster: 'never' });
    expect(await explain('--break-even', '--os', 'in-kernel')).toMatch(
      /^sfi-library +-4\.28% +-11\.5us s +below 3,717 \/s/m,
    );
  });

  it('shows how the free parameter of Apertos moves its cost', async () => {
    expect(await explain('null', '--os', 'apertos')).toMatch(/transitions a call: 0: 0ns, 1: \S+, 2: /);
  });

  it.each([
    [['file-reed'], /"file-reed" is no service and no operation; did you mean "file-read"\?/],
    [[], /no service or operation is named/],
    [['null', '--os', 'sfi'], /no OS structure is called "sfi"/],
    [['null', '--machine', 'r3000-41'], /did you mean "r3000-40"\?/],
    [['null', '--os', 'lrpc'], /no price for "lrpc-\w+", which this structure needs; use one of cvax/],
    [['--break-even', '--mix', 'unix'], /no mix of services is called "unix"/],
  ])('refuses %j', async (words, message) => {
    await expect(explain(...words)).rejects.toThrow(message);
  });
});
