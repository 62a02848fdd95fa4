/**
 * What a child process of calibrate measures; the parent gives the flags of V8 and the CPU.
 *
 *   probe.js kernels GOES · crossings ROUNDS · system ROUNDS · threads ROUNDS · memory ROUNDS BYTES...
 *   probe.js ping FOLDER ROUNDS · echo FOLDER     (two processes, FIFOs `there` and `back` in FOLDER)
 *
 * Standard output: one JSON object, name -> nanoseconds of one operation in each round (for `kernels`: of one run,
 * with its result). Left out: anything that needs a compiler (see kernels.c).
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { types } from 'node:util';
import { Worker } from 'node:worker_threads';
import { KERNEL_NAMES, kernelModule } from './kernels.ts';

const [task, ...words] = process.argv.slice(2);
const number = (i: number): number => Number(words[i]);
/** Bytes that one round of copies moves at least. */
const COPIED = 16 << 20;

/**
 * Rounds of `times` operations after a warm-up; ns of one. A round should take about a millisecond: longer ones are
 * seldom left in peace on a busy machine.
 */
function timed(rounds: number, times: number, operate: (times: number) => unknown): number[] {
  operate(times);
  operate(times);
  return Array.from({ length: rounds }, () => {
    const start = process.hrtime.bigint();
    operate(times);
    return Number(process.hrtime.bigint() - start) / times;
  });
}

async function kernels(goes: number) {
  const module = await kernelModule((x) => x);
  module.init();
  const answer: Record<string, { ns: number[]; result: number }> = {};
  for (const name of KERNEL_NAMES) {
    const ns: number[] = [];
    let result = module[name]() >>> 0;
    for (let go = 0; go < goes; go++) {
      const start = process.hrtime.bigint();
      result = module[name]() >>> 0;
      ns.push(Number(process.hrtime.bigint() - start));
    }
    answer[name] = { ns, result };
  }
  return answer;
}

async function crossings(rounds: number) {
  const module = await kernelModule((x) => (x + 1) | 0);
  const { nothing } = module;
  const enter = timed(rounds, 300_000, (times) => {
    let x = 0;
    for (let i = 0; i < times; i++) x = nothing(x);
    return x;
  });
  return {
    enter,
    leave: timed(rounds, 300_000, (times) => module.leave(times)),
    'wasm-call': timed(rounds, 1_000_000, (times) => module.calls(times)),
  };
}

/**
 * The system call nearest to nothing. Not process.ppid: no other getter adds just what its own adds. Beside getppid in C,
 * it came out half too high less process.pid, and a fifth too low less process.debugPort, which takes a lock.
 */
const nullCall = process.getuid ?? (() => process.ppid);
const { isExternal } = types;

function system(rounds: number) {
  return {
    call: timed(rounds, 10_000, (times) => {
      let x = 0;
      for (let i = 0; i < times; i++) x ^= nullCall();
      return x;
    }),
    // a native function too, without a system call
    native: timed(rounds, 10_000, (times) => {
      let x = 0;
      for (let i = 0; i < times; i++) x ^= Number(isExternal(i));
      return x;
    }),
  };
}

/** Copies of each size, from and to the same place: small ones stay in a cache. */
function memory(rounds: number, sizes: readonly number[]) {
  const largest = Math.max(...sizes);
  const source = new Uint8Array(largest).fill(1);
  const target = new Uint8Array(largest).fill(2);
  return Object.fromEntries(
    sizes.map((size) => {
      const part = source.subarray(0, size);
      const times = Math.max(1, Math.floor(COPIED / size));
      return [
        String(size),
        timed(rounds, times, (count) => {
          for (let i = 0; i < count; i++) target.set(part);
        }),
      ];
    }),
  );
}

// wakes the other thread and waits for it; word 2 says that it is over
const PARTNER = `
const v = new Int32Array(require('node:worker_threads').workerData);
for (;;) {
  Atomics.wait(v, 0, 0);
  if (Atomics.load(v, 2) === 1) break;
  Atomics.store(v, 0, 0);
  Atomics.store(v, 1, 1);
  Atomics.notify(v, 1);
}`;

async function threads(rounds: number) {
  const words32 = new Int32Array(new SharedArrayBuffer(64));
  const partner = new Worker(PARTNER, { eval: true, workerData: words32.buffer });
  await new Promise((resolve) => partner.once('online', resolve));
  const wake = () => {
    Atomics.store(words32, 0, 1);
    Atomics.notify(words32, 0);
  };
  const there = timed(rounds, 250, (times) => {
    for (let i = 0; i < times; i++) {
      Atomics.store(words32, 1, 0);
      wake();
      Atomics.wait(words32, 1, 0);
    }
  });
  Atomics.store(words32, 2, 1);
  wake();
  return { wake: there };
}

/** Opened in the order of `echo`: an end of a FIFO waits for the other. */
function ping(folder: string, rounds: number) {
  const to = openSync(join(folder, 'there'), 'w');
  const from = openSync(join(folder, 'back'), 'r');
  // both ends in this process: what the bytes cost without a switch
  const own = openSync(join(folder, 'own'), 'r+');
  const token = Buffer.alloc(1);
  const alone = timed(rounds, 250, (times) => {
    for (let i = 0; i < times; i++) {
      writeSync(own, token);
      readSync(own, token);
    }
  });
  const pair = timed(rounds, 250, (times) => {
    for (let i = 0; i < times; i++) {
      writeSync(to, token);
      readSync(from, token);
    }
  });
  for (const end of [to, from, own]) closeSync(end);
  return { pair, alone };
}

function echo(folder: string) {
  const from = openSync(join(folder, 'there'), 'r');
  const to = openSync(join(folder, 'back'), 'w');
  const token = Buffer.alloc(1);
  while (readSync(from, token) === 1) writeSync(to, token);
  return {};
}

const TASKS: Readonly<Record<string, () => unknown>> = {
  kernels: () => kernels(number(0)),
  crossings: () => crossings(number(0)),
  system: () => system(number(0)),
  threads: () => threads(number(0)),
  memory: () => memory(number(0), words.slice(1).map(Number)),
  ping: () => ping(words[0]!, number(1)),
  echo: () => echo(words[0]!),
};
process.stdout.write(JSON.stringify(await TASKS[task!]!()));
