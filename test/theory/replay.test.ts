// The replay of service calls: hand-made calls whose CPU time, waits and cache hits are known, and both fidelities
// against each other under every structure that the machine can price.
import { describe, expect, it } from 'vitest';
import { diskNamed, Heads, meanServiceTime } from '../../models/hardware/disk/index.ts';
import { cpuOf } from '../../models/os/cost.ts';
import { priceStructure, STRUCTURES } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { MACHINES } from '../../models/presets/machines.ts';
import { CallPrices } from '../../models/services/account.ts';
import { BlockCache } from '../../models/services/block-cache.ts';
import { IdleCpu } from '../../models/services/idle-cpu.ts';
import { runServices, type ServicesConfig } from '../../models/services/index.ts';
import { Replay } from '../../models/services/replay.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { InputError } from '../../sim/problem.ts';
import { blankCall, type Call, type CallSink } from '../../workloads/services/call.ts';
import { CALL_CLASSES, CLASS, MOVES, WAITS } from '../../workloads/services/classes.ts';

const machine = loadMachine('r3000-40');
const inKernel = priceStructure('in-kernel', machine);

/** A call with these fields, told at once. */
function whole(sink: CallSink, fields: Partial<Call>): void {
  const call = { ...blankCall(), ...fields };
  sink.began(call);
  sink.ended(call);
}

function replay(blocks: number | null = null, tracerCost_s = 0): Replay {
  return new Replay({
    prices: new CallPrices(inKernel),
    taxOf: () => 0,
    userScale: 1,
    tracerCost_s,
    blocks,
    block: 4096,
    disk: new Heads(diskNamed('constant'), 1),
    chance: new Streams(1, 0).stream('test'),
  });
}

describe('prices of calls', () => {
  it.each(Object.keys(STRUCTURES))('are a line in the bytes under %s', (name) => {
    const prices = priceable(name)?.prices;
    if (prices === undefined) throw new Error(`no machine prices ${name}`);
    const calls = new CallPrices(prices);
    CALL_CLASSES.forEach((service, i) => {
      for (const bytes of [1, 100, 4096, 1_000_000]) {
        const out = cpuOf(prices.service(service, { in: 0, out: bytes }));
        const into = cpuOf(prices.service(service, { in: bytes, out: 0 }));
        expect(calls.cpu(i, MOVES.out, bytes)).toBeCloseTo(out, 3);
        expect(calls.cpu(i, MOVES.in, bytes)).toBeCloseTo(into, 3);
      }
      expect(calls.cpu(i, MOVES.none, 77)).toBe(cpuOf(prices.service(service)));
    });
  });
});

/** The prices of a structure on the first machine that has them all. */
function priceable(name: string) {
  for (const each of Object.keys(MACHINES)) {
    try {
      return { machine: each, prices: priceStructure(name, loadMachine(each)) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}

describe('one processor', () => {
  it('serves in order, and fills what a wait leaves idle', () => {
    const cpu = new IdleCpu();
    expect(cpu.serve(0, 10)).toBe(10);
    expect(cpu.serve(30, 5)).toBe(35); // idle from 10 to 30
    expect(cpu.serve(12, 3)).toBe(15); // inside the gap
    expect(cpu.serve(0, 2)).toBe(12); // the gap's beginning is left
    expect(cpu.serve(0, 20)).toBe(40); // 15 of it in the gap, 5 after all
    expect(cpu.serve(0, 0)).toBe(0);
    expect(cpu.free).toBe(40);
  });

  it('never serves two bursts at once, and loses none', () => {
    const cpu = new IdleCpu();
    const source = new Streams(7, 0).stream('bursts');
    let work = 0;
    let last = 0;
    let ready = 0;
    for (let i = 0; i < 2000; i++) {
      const length = source.next();
      ready += source.next() * 0.9;
      const late = source.next() < 0.1 ? 5 : 0;
      const end = cpu.serve(ready + late, length);
      expect(end).toBeGreaterThanOrEqual(ready + late + length - 1e-9);
      work += length;
      last = Math.max(last, end);
    }
    expect(last).toBe(cpu.free);
    expect(cpu.free).toBeGreaterThanOrEqual(work);
  });
});

describe('file cache', () => {
  it('is LRU: as a list that is searched', () => {
    const source = new Streams(3, 0).stream('blocks');
    const cache = new BlockCache(8);
    let list: string[] = [];
    let hits = 0;
    for (let i = 0; i < 5000; i++) {
      const file = 1 + Math.floor(source.next() * 3) * 0x1f_0000_0000_0001;
      const block = Math.floor(source.next() * 6);
      const name = `${file} ${block}`;
      const held = list.includes(name);
      if (held) hits++;
      list = [name, ...list.filter((each) => each !== name)].slice(0, 8);
      expect(cache.use(file, block, false) === 0).toBe(held);
    }
    expect(cache.hits).toBe(hits);
    expect(cache.hits + cache.misses).toBe(5000);
  });

  it('tells of changed blocks that leave', () => {
    const cache = new BlockCache(2);
    expect(cache.use(1, 0, true)).toBe(1);
    expect(cache.use(1, 1, false)).toBe(1);
    expect(cache.use(1, 2, false)).toBe(3);
    expect(cache.use(1, 3, false)).toBe(1);
    expect([cache.hits, cache.misses]).toEqual([0, 3]);
    // A block that was read and then written has changed too; writes are no hits.
    expect(cache.use(1, 3, true)).toBe(0);
    expect(cache.use(1, 4, false)).toBe(1);
    expect(cache.use(1, 5, false)).toBe(3);
    expect([cache.hits, cache.misses]).toEqual([0, 5]);
  });
});

describe('a replay', () => {
  const null_ = cpuOf(inKernel.service('null'));

  it('charges user time and calls in turn', () => {
    const node = replay();
    whole(node, { user_s: 1e-3, service: CLASS.null });
    whole(node, { user_s: 2e-3, service: CLASS.null });
    expect(node.cpu).toBeCloseTo(3e6 + 2 * null_, 3);
    expect(node.end).toBeCloseTo(node.cpu, 3);
  });

  it('shares the processor among processes', () => {
    const node = replay();
    whole(node, { process: 0, user_s: 1e-3, child: 1, service: CLASS.process });
    whole(node, { process: 1, user_s: 1e-3, service: CLASS.null });
    whole(node, { process: 0, user_s: 1e-3, service: CLASS.null });
    expect(node.end).toBeCloseTo(node.cpu, 3);
  });

  it('waits for the disk once, and lets others run meanwhile', () => {
    const node = replay(16);
    const disk = meanServiceTime(diskNamed('constant'), false, 4096);
    const read = { service: CLASS['file-read'], moves: MOVES.out, bytes: 4096, file: 5, offset: 0 };
    whole(node, { process: 0, service: CLASS.process, child: 1 });
    const before = node.end;
    whole(node, { process: 0, ...read });
    const readCpu = cpuOf(inKernel.service('file-read', { in: 0, out: 4096 }));
    expect(node.end).toBeCloseTo(before + readCpu + disk, 3);
    // The other process computes while the first one waits.
    whole(node, { process: 1, user_s: 1e-3, service: CLASS.null });
    expect(node.end).toBeCloseTo(before + readCpu + disk, 3);
    whole(node, { process: 0, ...read });
    expect(node.diskWait).toBeCloseTo(disk, 3);
    expect([node.cache!.hits, node.cache!.misses]).toEqual([1, 1]);
  });

  it('ends a wait for another process after what the trace shows before its end', () => {
    const node = replay();
    whole(node, { process: 0, service: CLASS.process, child: 1 });
    const wait = { ...blankCall(), process: 0, service: CLASS.process, waits: WAITS.inside };
    node.began(wait);
    whole(node, { process: 1, user_s: 5e-3, service: CLASS.null });
    whole(node, { process: 1, service: CLASS['network-receive'], waits: WAITS.outside, duration_s: 0.1 });
    const child = node.end;
    node.exited(1);
    node.ended(wait);
    whole(node, { process: 0, service: CLASS.null });
    expect(child).toBeGreaterThan(0.1e9);
    expect(node.end).toBeGreaterThan(child);
  });

  it('ends a wait for the world outside no sooner than the traced time', () => {
    const node = replay();
    whole(node, { service: CLASS.time, waits: WAITS.outside, duration_s: 2 });
    expect(node.end).toBe(2e9);
    expect(node.cpu).toBeCloseTo(cpuOf(inKernel.service('time')), 3);
  });

  it('takes half of the tracer’s cost off a wait that was traced, all of it off one that only the next call shows', () => {
    const ended = replay(null, 0.5);
    whole(ended, { service: CLASS.time, waits: WAITS.outside, duration_s: 2 });
    expect(ended.end).toBe(1.75e9);
    const shown = replay(null, 0.5);
    whole(shown, { service: CLASS.time, waits: WAITS.outside });
    whole(shown, { service: CLASS.null, waited_s: 2 });
    expect(shown.end).toBeCloseTo(1.5e9 + null_, 3);
  });

  it('gives a wait into which nobody came its traced time, whoever ran before', () => {
    const node = replay();
    whole(node, { process: 0, service: CLASS.process, child: 1 });
    whole(node, { process: 1, user_s: 5e-3, service: CLASS.null });
    whole(node, { process: 0, service: CLASS.ipc, waits: WAITS.inside, duration_s: 1e-3 });
    const pipe = cpuOf(inKernel.service('ipc'));
    const fork = cpuOf(inKernel.service('process'));
    // Ready after the fork, in turn after the child's burst; the traced time has passed by then.
    expect(node.end).toBeCloseTo(fork + 5e6 + null_ + pipe, 3);
    whole(node, { process: 0, service: CLASS.ipc, waits: WAITS.inside, duration_s: 20e-3 });
    expect(node.end).toBeCloseTo(fork + 5e6 + null_ + pipe + 20e6, 3);
  });

  it('lets a child begin when its parent’s call has made it, not before', () => {
    const node = replay();
    whole(node, { process: 0, service: CLASS.time, waits: WAITS.outside, duration_s: 1 });
    whole(node, { process: 0, service: CLASS.process, child: 3 });
    const made = node.end;
    whole(node, { process: 0, service: CLASS.time, waits: WAITS.outside, duration_s: 1 });
    whole(node, { process: 3, user_s: 1e-3, service: CLASS.null });
    // The child used the processor while its parent waited.
    expect(node.end).toBeLessThan(made + 1e9 + 1e6);
    const late = replay();
    whole(late, { process: 3, user_s: 1e-3, service: CLASS.null });
    expect(late.end).toBeCloseTo(1e6 + null_, 3);
  });

  it('writes a changed block when another needs its place', () => {
    const disk = meanServiceTime(diskNamed('constant'), true, 4096);
    const node = replay(1);
    const block = { service: CLASS['file-write'], bytes: 4096, file: 5 };
    whole(node, { ...block, moves: MOVES.in, offset: 0 });
    const written = node.end;
    expect(node.diskWait).toBe(0);
    whole(node, { ...block, service: CLASS['file-read'], moves: MOVES.out, offset: 4096 });
    // The read waits behind the write.
    expect(node.diskWait).toBeCloseTo(2 * disk, 3);
    expect(node.end).toBeGreaterThan(written + 2 * disk);
  });

  it('waits where only the next call shows how long', () => {
    const node = replay();
    whole(node, { service: CLASS.time, waits: WAITS.outside });
    whole(node, { service: CLASS.null, waited_s: 2, user_s: 1e-3 });
    expect(node.end).toBeCloseTo(2e9 + 1e6 + null_, 3);
    expect(node.cpu).toBeCloseTo(cpuOf(inKernel.service('time')) + 1e6 + null_, 3);
  });
});

/** A thousand calls of all classes by four processes, from a stream. */
async function calls(sink: CallSink): Promise<void> {
  const source = new Streams(11, 0).stream('calls');
  for (let i = 0; i < 1000; i++) {
    const moves = Math.floor(source.next() * 3);
    whole(sink, {
      process: Math.floor(source.next() * 4),
      program: Math.floor(source.next() * 3),
      service: Math.floor(source.next() * CALL_CLASSES.length),
      user_s: source.next() * 1e-3,
      moves,
      bytes: moves === MOVES.none ? 0 : Math.floor(source.next() * 20_000),
      file: moves === MOVES.none ? -1 : Math.floor(source.next() * 5),
    });
  }
}

describe('both fidelities', () => {
  const config = (name: string): Omit<ServicesConfig, 'fidelity'> => ({
    prices: priceable(name)!.prices,
    userScale: 2,
    tracerCost_s: 0,
    cache: 65_536,
    block: 4096,
    disk: 'rz26',
    streams: new Streams(1, 0),
    read: calls,
  });

  it.each(Object.keys(STRUCTURES))('come to the same CPU time under %s', async (name) => {
    const replayed = await runServices({ ...config(name), fidelity: 'replayed' });
    const mix = await runServices({ ...config(name), fidelity: 'aggregate' });
    const [a, b] = [replayed.measures, mix.measures];
    expect(a.calls).toBe(1000);
    expect(Math.abs(a.cpu_time_s! / b.cpu_time_s! - 1)).toBeLessThan(1e-9);
    const parts = b.user_s! + b.sfi_s! + b.services_s! + b.crossings_s! + b.copies_s! + b.inflation_s!;
    expect(a.cpu_time_s! / parts).toBeCloseTo(1, 9);
    expect(a.elapsed_s).toBeGreaterThanOrEqual(a.cpu_time_s!);
    expect(b.elapsed_s).toBeUndefined();
    // Only structures that tax user time charge a tax; three programs have three draws.
    if (!config(name).prices.taxesUserTime) expect(a.sfi_s).toBe(0);
  });

  it('repeat bit by bit, and differ by seed where a tax is drawn', async () => {
    const once = await runServices({ ...config('sfi-library'), fidelity: 'replayed' });
    const again = await runServices({ ...config('sfi-library'), fidelity: 'replayed' });
    const other = await runServices({
      ...config('sfi-library'),
      fidelity: 'replayed',
      streams: new Streams(2, 0),
    });
    expect(again).toEqual(once);
    expect(other.measures.sfi_s).not.toBe(once.measures.sfi_s);
    expect(other.measures.user_s).toBe(once.measures.user_s);
  });
});
