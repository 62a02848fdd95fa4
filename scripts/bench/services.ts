/**
 * Benchmark of service traces: how fast strace text is parsed, and replayed end to end (text to measures).
 *
 * The trace is made here: many processes that open, read, write and close files, as `strace -f -ttt -T` prints them.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { priceStructure } from '../../models/os/index.ts';
import { loadMachine } from '../../models/presets/load.ts';
import { runServices } from '../../models/services/index.ts';
import { Streams } from '../../sim/engine/streams.ts';
import type { CallSink } from '../../workloads/services/call.ts';
import { readCalls } from '../../workloads/services/index.ts';
import { type BenchTable, median } from './table.ts';

const CALLS = 1_000_000;
const TIMES = 3;
/** Microseconds that the made-up tracer takes of each call: declared, so that one pass is enough. */
const TRACER_S = 20e-6;
const NOBODY: CallSink = { began() {}, ended() {}, exited() {} };

/** Lines of a made-up trace; about 130 bytes each. */
function* lines(calls: number): Generator<string> {
  const source = new Streams(1, 0).stream('bench of services');
  let time_us = 1_700_000_000_000_000;
  const at = (pid: number, text: string, took: number) => {
    time_us += 40;
    const time = `${Math.floor(time_us / 1e6)}.${String(time_us % 1e6).padStart(6, '0')}`;
    return `${pid}  ${time} ${text} <0.0000${String(took).padStart(2, '0')}>\n`;
  };
  const data = `"${'\\0'.repeat(8)}${'int main(void) { return 0; }'}"...`;
  for (let i = 0; i < calls; i += 8) {
    const pid = 1000 + Math.floor(source.next() * 16);
    const file = `/usr/src/project/part-${Math.floor(source.next() * 200)}/source.c`;
    const bytes = 1 + Math.floor(source.next() * 4096);
    yield at(pid, `openat(AT_FDCWD, "${file}", O_RDONLY|O_CLOEXEC) = 3`, 14);
    yield at(
      pid,
      'newfstatat(3, "", {st_mode=S_IFREG|0644, st_size=53639, st_blocks=112, ...}, AT_EMPTY_PATH) = 0',
      8,
    );
    for (let k = 0; k < 3; k++) yield at(pid, `read(3, ${data}, 4096) = ${bytes}`, 9);
    yield at(
      pid,
      'mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f5d4d961000',
      9,
    );
    yield at(pid, 'access("/etc/ld.so.preload", R_OK) = -1 ENOENT (No such file or directory)', 8);
    yield at(pid, 'close(3) = 0', 7);
  }
}

/** Measures parsing alone and a whole replay; medians of three. */
export async function benchServices(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-bench-'));
  try {
    const path = join(folder, 'made-up.strace');
    writeFileSync(path, [...lines(CALLS)].join(''));
    const bytes = statSync(path).size;
    const prices = priceStructure('sfi-library', loadMachine('r3000-40'));
    const parse = await seconds(() => readCalls(path, NOBODY, { tracerCost: TRACER_S }));
    const replay = await seconds(() =>
      runServices({
        prices,
        fidelity: 'replayed',
        userScale: 1,
        tracerCost_s: TRACER_S,
        cache: 16 * 2 ** 20,
        block: 4096,
        disk: 'rz26',
        streams: new Streams(1, 0),
        read: async (sink) => {
          await readCalls(path, sink, { tracerCost: TRACER_S });
        },
      }),
    );
    const row = (what: string, s: number) => [
      what,
      CALLS,
      Number(s.toPrecision(3)),
      Math.round(CALLS / s),
      Math.round(bytes / s / 1e6),
    ];
    return {
      title: 'service traces: strace text of one million calls',
      columns: ['what', 'calls', 'seconds', 'calls/s', 'MB/s'],
      rows: [row('parse alone', parse), row('replay, text to measures', replay)],
      goals: [
        { what: 'parse alone, MB/s', goal: 300, got: bytes / parse / 1e6, better: 'higher' },
        { what: 'replay end to end, calls/s', goal: 1e6, got: CALLS / replay, better: 'higher' },
      ],
      notes: [`${(bytes / CALLS).toFixed(0)} bytes a line on average`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let k = 0; k < TIMES; k++) {
    const begin = performance.now();
    await work();
    taken.push((performance.now() - begin) / 1e3);
  }
  return median(taken);
}
