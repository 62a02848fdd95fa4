// Folders of `strace -ff`: one file a process, read as one trace in the order of its times.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { priceStructure } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { runServices } from '../../models/services/index.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { formOf } from '../../workloads/form.ts';
import { type Call, readCalls, scanCalls } from '../../workloads/services/index.ts';
import { inFolder } from '../support/nowsim.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'workloads', 'samples');

/** What a sink is told of the processes of a folder: `>` a call begins, `<` it ends. */
async function told(files: Readonly<Record<string, readonly string[] | Buffer>>, settings = {}) {
  return inFolder(async (folder) => {
    for (const [name, lines] of Object.entries(files)) {
      writeFileSync(join(folder, name), Buffer.isBuffer(lines) ? lines : lines.map((l) => `${l}\n`).join(''));
    }
    const seen: string[] = [];
    const note = (mark: string) => (call: Call) => {
      seen.push(`${mark}${call.process}:${call.name}`);
    };
    const sink = { began: note('>'), ended: note('<'), exited: (at: number) => seen.push(`x${at}`) };
    const trace = await readCalls(folder, sink, { tracerCost: 0, ...settings });
    const names = trace.names.kinds.map((kind) => kind.name);
    const text = seen.map((each) => each.replace(/:(\d+)/, (_, id: string) => ` ${names[Number(id)]}`));
    return { form: await formOf(folder), text, trace };
  });
}

const parent = [
  '1700000000.000100 fork() = 12 <0.000050>',
  '1700000000.000200 wait4(12, NULL, 0, NULL) = 12 <0.000500>',
  '1700000000.000800 getpid() = 11 <0.000001>',
  '1700000000.000900 +++ exited with 0 +++',
];
const child = [
  '1700000000.000160 getpid() = 12 <0.000001>',
  '1700000000.000300 getppid() = 11 <0.000001>',
  '1700000000.000600 +++ exited with 0 +++',
];
const inOrder = [
  '>0 fork',
  '<0 fork',
  '>1 getpid',
  '<1 getpid',
  '>0 wait4',
  '>1 getppid',
  '<1 getppid',
  'x1',
  '<0 wait4',
  '>0 getpid',
  '<0 getpid',
  'x0',
];

describe('a folder of strace -ff', () => {
  it('is one trace: calls of all processes in the order of their beginnings and ends', async () => {
    const { form, text, trace } = await told({ 't.11': parent, 't.12': child });
    expect(form).toBe('strace');
    expect(text).toEqual(inOrder);
    expect(trace).toMatchObject({ processes: 2, mostProcesses: 2, skipped: [] });
    expect(trace.records).toMatchObject({ read: 7, kept: 7 });
    expect(trace.lines).toMatchObject({ calls: 5, unfinished: 0, never_resumed: 0, exits: 2 });
  });

  it('may hold packed files and clocks of the day; what is no trace is skipped and named', async () => {
    const clock = (lines: readonly string[]) => lines.map((line) => line.replace(/^1700000000/, '22:13:20'));
    const packed = gzipSync(Buffer.from(`${clock(child).join('\n')}\n`));
    const files = { 't.11': clock(parent), 't.12.gz': packed, 'read.me': ['hello'], 't.13': Buffer.alloc(0) };
    const { text, trace } = await told(files);
    expect(text).toEqual(inOrder);
    expect(trace.skipped).toEqual(['read.me', 't.13']);
  });

  it('keeps its order over midnight within a process', async () => {
    const late = ['23:59:59.900000 getpid() = 5 <0.000001>', '00:00:00.100000 getppid() = 1 <0.000001>'];
    const other = ['23:59:59.950000 getuid() = 0 <0.000001>', '00:00:00.050000 getgid() = 0 <0.000001>'];
    const { text } = await told({ 't.5': late, 't.6': other });
    expect(text.filter((each) => each.startsWith('>'))).toEqual([
      '>0 getpid',
      '>1 getuid',
      '>1 getgid',
      '>0 getppid',
    ]);
  });

  it('without times is read process by process', async () => {
    const bare = (lines: readonly string[]) =>
      lines.map((line) => line.replace(/^\S+ /, '').replace(/ <.*>$/, ''));
    const { text } = await told({ 't.9': bare(child), 't.11': bare(parent) });
    expect(text.filter((each) => each.startsWith('>'))).toEqual([
      '>0 getpid',
      '>0 getppid',
      '>0 fork',
      '>0 wait4',
      '>0 getpid',
    ]);
  });

  it('reads lines longer than what is read at a time, in any number of processes', async () => {
    const text = 'y'.repeat(100_000);
    const write = (at: number, i: number) =>
      `${1_700_000_001 + at}.${String(i).padStart(6, '0')} write(1, "${text}", 100000) = 100000 <0.000001>`;
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `t.${100 + i}`,
        [
          `1700000000.${String(i).padStart(6, '0')} getpid() = ${100 + i}`,
          ...Array.from({ length: 20 }, (__, k) => write(k, i)),
        ],
      ]),
    );
    const { trace, text: seen } = await told(files);
    expect(trace.lines!.calls).toBe(840);
    expect(seen.slice(80, 84)).toEqual(['>0 write', '<0 write', '>1 write', '<1 write']);
  });
});

/** A trace of one file as `strace -ff` would have written it: calls cut in two are put together at their beginnings. */
function splitByProcess(text: string, folder: string): void {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const match = /^(\d+) +([\d.]+) (.*)$/.exec(line);
    if (match === null) continue;
    const [, pid, time, rest] = match;
    const lines = files.get(pid!) ?? [];
    files.set(pid!, lines);
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest!);
    if (resumed === null) lines.push(`${time} ${rest}`);
    else lines[lines.length - 1] = lines.at(-1)!.replace(/ *<unfinished \.\.\.>$/, resumed[1]!);
  }
  mkdirSync(folder);
  for (const [pid, lines] of files) writeFileSync(join(folder, `trace.${pid}`), `${lines.join('\n')}\n`);
}

describe.each(['compile', 'find-grep', 'git-clone'])('the %s sample split by process', (name) => {
  const path = join(SAMPLES, `${name}.strace.gz`);
  const split = <T>(work: (folder: string) => Promise<T>) =>
    inFolder((parentFolder) => {
      const folder = join(parentFolder, 'split');
      splitByProcess(gunzipSync(readFileSync(path)).toString('latin1'), folder);
      return work(folder);
    });

  it('holds the same calls, bytes and user time', async () => {
    const whole = await scanCalls(path, { tracerCost: 10e-6 });
    const parts = await split((folder) => scanCalls(folder, { tracerCost: 10e-6 }));
    expect(parts.counts.byName).toEqual(whole.counts.byName);
    expect(parts.counts.byClass).toEqual(whole.counts.byClass);
    expect(parts.counts.bytesOut).toBe(whole.counts.bytesOut);
    expect(parts.processes).toBe(whole.processes);
    expect([...parts.programs].sort()).toEqual([...whole.programs].sort());
    expect(parts.user!.user_s).toBeCloseTo(whole.user!.user_s, 6);
    expect([parts.mappings, parts.mapped_bytes]).toEqual([whole.mappings, whole.mapped_bytes]);
  });

  it('replays to the same CPU time, and to nearly the same end', async () => {
    const replay = (from: string) =>
      runServices({
        prices: priceStructure('in-kernel', loadMachine('r3000-40')),
        fidelity: 'replayed',
        userScale: 1,
        tracerCost_s: 10e-6,
        cache: 16 * 2 ** 20,
        block: 4096,
        disk: 'rz26',
        streams: new Streams(1, 0),
        read: async (sink) => {
          await readCalls(from, sink, { tracerCost: 10e-6 });
        },
      });
    const whole = await replay(path);
    const parts = await split(replay);
    expect(parts.measures.cpu_time_s! / whole.measures.cpu_time_s!).toBeCloseTo(1, 9);
    expect(Math.abs(parts.measures.elapsed_s! / whole.measures.elapsed_s! - 1)).toBeLessThan(0.02);
  });
});
