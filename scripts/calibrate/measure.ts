/**
 * Measures this host: starts the probes in child processes, on one CPU where `taskset` is, and the native kernels
 * where there is a `cc`.
 *
 * Runs of the kernels under each set of V8's flags and natively take turns, so that a slow spell hits all alike;
 * the other readings are taken at the start and, unless quick or late, once more at the end.
 * A reading is given by its rounds; the minimum is what the machine can do undisturbed, the quartiles tell the
 * disturbance. Child processes are ended and temporary files removed whatever happens.
 *
 * Left out: caches and TLB as state (warm loops); frequency scaling is not held still. What node adds to a FIFO's
 * calls is in the round trip when there is no compiler.
 * Source of the methods: lmbench (McVoy & Staelin 1996) for null call, pipe, signal, switch and bodies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantile } from 'simple-statistics';
import { CheckError } from '../../sim/problem.ts';
import type { Host } from './host.ts';
import type { Kernel } from './kernels.ts';
import { KERNEL_NAMES, kernelSource } from './kernels.ts';

/** One quantity: minimum and quartiles over rounds, in the unit of its table (ns, or a ratio). */
export interface Reading {
  readonly min: number;
  readonly quartiles: readonly [number, number, number];
  readonly rounds: number;
}

/** A reading of the values of some rounds. */
export function readingOf(values: readonly number[]): Reading {
  const at = (share: number) => quantile([...values], share);
  return { min: Math.min(...values), quartiles: [at(0.25), at(0.5), at(0.75)], rounds: values.length };
}

/** Sizes of copies, bytes: from what stays in the first cache to what stays in none; the last is the preset's. */
export const COPY_BYTES = [4 << 10, 64 << 10, 1 << 20, 32 << 20] as const;
/** Name of the reading of one size. */
export const copyOf = (bytes: number): string => `copy-${bytes}`;

/** How V8 checks the accesses of a module. */
export const CHECK_MODES = {
  none: ['--no-wasm-bounds-checks', '--no-wasm-stack-checks'],
  default: [],
  explicit: ['--wasm-enforce-bounds-checks'],
} as const;
export type CheckMode = keyof typeof CHECK_MODES;

/** Ratios of a kernel's times: of the minima, with the quartiles of the rounds' own ratios. */
export interface KernelReading {
  /** ns of one run, by mode and natively. */
  readonly ns: Readonly<Record<CheckMode, number>> & { readonly native?: number };
  /** Default checks over none: guard pages and stack checks. */
  readonly defaultChecks: Reading;
  /** Explicit checks of loads and stores over none. */
  readonly explicitChecks: Reading;
  /** WebAssembly as it comes over native code. */
  readonly native?: Reading;
}

/** All that was measured; times in ns. What could not be is absent, with the reason in `skipped`. */
export interface Measurement {
  readonly times: Readonly<Partial<Record<string, Reading>>>;
  readonly kernels: Readonly<Partial<Record<Kernel, KernelReading>>>;
  readonly pinned: boolean;
  readonly skipped: readonly string[];
}

const probe = fileURLToPath(import.meta.url).replace(/measure(\.[jt]s)$/, 'probe$1');
const LONGEST = 20_000;
/** Nothing is repeated once this much time is spent, ms: a busy machine gets fewer rounds, not a longer wait. */
const ENOUGH = 9_000;

/** Children of one measurement, ended together. */
class Children {
  private readonly running = new Set<ChildProcess>();

  /** Standard output of a program; rejects where it fails or takes too long (ms). */
  run(program: string, words: readonly string[], longest = LONGEST): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
      this.running.add(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), longest);
      let out = '';
      let err = '';
      child.stdout.on('data', (data: Buffer) => {
        out += data.toString();
      });
      child.stderr.on('data', (data: Buffer) => {
        err += data.toString();
      });
      const ended = () => {
        clearTimeout(timer);
        this.running.delete(child);
      };
      child.on('error', (error) => {
        ended();
        reject(error);
      });
      child.on('close', (code, signal) => {
        ended();
        const why = err.trim().split('\n')[0];
        if (code === 0) resolve(out);
        else reject(new Error(why || `${basename(program)} ended with ${signal ?? code}`));
      });
    });
  }

  end(): void {
    for (const child of this.running) child.kill('SIGKILL');
  }
}

type Rounds = Readonly<Record<string, readonly number[]>>;
type KernelRun = Readonly<Record<Kernel, { readonly ns: readonly number[]; readonly result: number }>>;

/**
 * Measures; `say` is told what is being done. Takes about 10 s, 3 s when `quick`. Throws `CheckError` where native code
 * and WebAssembly disagree, an `Error` where a probe fails.
 */
export async function measureHost(
  host: Host,
  options: { readonly quick: boolean; readonly say: (what: string) => void },
): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-calibrate-'));
  const children = new Children();
  const clean = () => {
    children.end();
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupted = () => {
    clean();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await new Session(host, folder, children, options.quick, options.say).measure();
  } finally {
    clean();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

class Session {
  private readonly host: Host;
  private readonly folder: string;
  private readonly children: Children;
  private readonly quick: boolean;
  private readonly rounds: number;
  private readonly turns: number;
  private readonly goes: number;
  private readonly say: (what: string) => void;
  /** What could not be measured, each once. */
  private readonly skipped = new Set<string>();
  private readonly collected = new Map<string, readonly number[]>();
  private readonly started = performance.now();
  private fifos = false;
  private readonly times: Partial<Record<string, Reading>> = {};

  constructor(host: Host, folder: string, children: Children, quick: boolean, say: (what: string) => void) {
    this.host = host;
    this.folder = folder;
    this.children = children;
    this.quick = quick;
    this.rounds = quick ? 16 : 40;
    this.turns = quick ? 2 : 5;
    this.goes = quick ? 3 : 5;
    this.say = say;
  }

  async measure(): Promise<Measurement> {
    await this.light();
    const native = await this.compile();
    if (native !== undefined) await this.nativePrices(native);
    this.say('kernels');
    const kernels = await this.kernels(native);
    // once more, some seconds later: a slow spell then spoils half of the rounds at most
    if (!this.quick && !this.late) {
      await this.light();
      if (native !== undefined) await this.nativePrices(native);
    }
    return { times: this.times, kernels, pinned: this.pins, skipped: [...this.skipped] };
  }

  /** The readings through node, added to those that there are. */
  private async light(): Promise<void> {
    this.say('system calls');
    const system = this.collect('system', await this.probe<Rounds>(['system', this.rounds]));
    const native = Math.min(...system('native'));
    this.times['syscall'] = readingOf(system('call').map((ns) => ns - native));
    this.say('crossings of WebAssembly');
    const crossings = this.collect('crossings', await this.crossings());
    for (const name of ['enter', 'leave', 'wasm-call']) this.times[name] = readingOf(crossings(name));
    this.say('copies');
    const memory = this.collect('memory', await this.probe<Rounds>(['memory', this.rounds, ...COPY_BYTES]));
    for (const bytes of COPY_BYTES) this.times[copyOf(bytes)] = readingOf(memory(String(bytes)));
    this.say('threads');
    const threads = this.collect('threads', await this.probe<Rounds>(['threads', this.rounds], [], false));
    this.times['wake'] = readingOf(threads('wake'));
    this.say('processes');
    await this.processes();
  }

  /** Straight to the optimizing compiler, so that no round runs half-compiled code; and calls stay calls. */
  private crossings(): Promise<Rounds> {
    const task = ['crossings', this.rounds];
    // some versions of V8 do not inline and do not know that flag
    return this.probe<Rounds>(task, ['--no-liftoff', '--no-wasm-inlining']).catch(() =>
      this.probe<Rounds>(task, ['--no-liftoff']),
    );
  }

  /** Adds rounds to those of a probe that ran before; gives all of a name. */
  private collect(probeName: string, rounds: Rounds): (name: string) => readonly number[] {
    for (const [name, values] of Object.entries(rounds)) {
      const key = `${probeName} ${name}`;
      this.collected.set(key, [...(this.collected.get(key) ?? []), ...values]);
    }
    return (name) => this.collected.get(`${probeName} ${name}`)!;
  }

  private get late(): boolean {
    return performance.now() - this.started > ENOUGH;
  }

  private get pins(): boolean {
    return this.host.taskset !== undefined && this.host.cpu !== undefined;
  }

  /** A program with its words, on one CPU where that can be had. */
  private run(program: string, words: readonly string[], pinned = true): Promise<string> {
    const { taskset, cpu } = this.host;
    return pinned && taskset !== undefined && cpu !== undefined
      ? this.children.run(taskset, ['-c', String(cpu), program, ...words])
      : this.children.run(program, words);
  }

  private async probe<Answer>(
    task: readonly (string | number)[],
    flags: readonly string[] = [],
    pinned = true,
  ): Promise<Answer> {
    const text = await this.run(process.execPath, [...flags, probe, ...task.map(String)], pinned);
    return JSON.parse(text) as Answer;
  }

  /** Round trip between two node processes through FIFOs, and the same bytes without a switch. */
  private async processes(): Promise<void> {
    const { mkfifo } = this.host;
    if (mkfifo === undefined) {
      this.skipped.add('process switch and pipe: there is no mkfifo');
      return;
    }
    if (!this.pins) this.skipped.add('pinning: there is no taskset, so processes may sit on two CPUs');
    if (!this.fifos) {
      const names = ['there', 'back', 'own'].map((name) => join(this.folder, name));
      await this.run(mkfifo, names);
      this.fifos = true;
    }
    const echo = this.probe(['echo', this.folder]);
    const ping = this.probe<Rounds>(['ping', this.folder, this.rounds]);
    const [rounds] = await Promise.all([ping, echo]);
    const fifo = this.collect('fifo', rounds);
    this.roundTrip(fifo('pair'), fifo('alone'), 'pipe', 'switch');
  }

  /** A round trip holds two tokens passed and two switches. */
  private roundTrip(pair: readonly number[], alone: readonly number[], pipe: string, change: string): void {
    const own = Math.min(...alone);
    this.times[pipe] = readingOf(pair);
    this.times[change] = readingOf(pair.map((ns) => (ns - 2 * own) / 2));
  }

  /** The native kernels, compiled; undefined where there is no compiler or it fails. */
  private async compile(): Promise<string | undefined> {
    const { compiler } = this.host;
    if (compiler === undefined) {
      this.skipped.add('native baseline: there is no cc');
      return undefined;
    }
    this.say('native baseline');
    const program = join(this.folder, 'kernels');
    try {
      await this.children.run(compiler.path, [
        '-O2',
        '-ffp-contract=off', // as in WebAssembly, which has no fused multiply and add
        '-o',
        program,
        kernelSource,
      ]);
      return program;
    } catch (error) {
      this.skipped.add(`native baseline: cc failed (${(error as Error).message})`);
      return undefined;
    }
  }

  private async nativePrices(program: string): Promise<void> {
    const lines = parseNative(await this.run(program, [String(this.rounds), 'prices']));
    const rounds = this.collect('native', Object.fromEntries([...lines].map(([name, { ns }]) => [name, ns])));
    const less = (name: string, other: string) => {
      const taken = Math.min(...rounds(other));
      return readingOf(rounds(name).map((ns) => ns - taken));
    };
    this.times['native-call'] = readingOf(rounds('million-calls').map((ns) => ns / 1e6));
    this.times['native-syscall'] = readingOf(rounds('syscall'));
    this.times['native-exception'] = less('signal', 'ignored');
    for (const name of ['read', 'write', 'stat']) this.times[`native-${name}`] = less(name, 'syscall');
    this.times['native-process'] = readingOf(rounds('process'));
    this.roundTrip(rounds('pipe'), rounds('pipe-alone'), 'native-pipe', 'native-switch');
  }

  private async kernels(native: string | undefined): Promise<Partial<Record<Kernel, KernelReading>>> {
    const runs: Record<CheckMode | 'native', KernelRun[]> = {
      none: [],
      default: [],
      explicit: [],
      native: [],
    };
    for (let turn = 0; turn < this.turns && !(turn > 1 && this.late); turn++) {
      for (const mode of Object.keys(CHECK_MODES) as CheckMode[]) {
        try {
          runs[mode].push(
            await this.probe<KernelRun>(['kernels', this.goes], ['--no-liftoff', ...CHECK_MODES[mode]]),
          );
        } catch (error) {
          this.skipped.add(`isolation checks: ${(error as Error).message}`);
          return {};
        }
      }
      if (native !== undefined) {
        const lines = parseNative(await this.run(native, [String(this.goes + 1)]));
        runs.native.push(Object.fromEntries(lines) as unknown as KernelRun);
      }
    }
    return Object.fromEntries(KERNEL_NAMES.map((name) => [name, kernelReading(name, runs)]));
  }
}

function kernelReading(
  name: Kernel,
  runs: Readonly<Record<CheckMode | 'native', readonly KernelRun[]>>,
): KernelReading {
  const results = new Set(Object.values(runs).flatMap((list) => list.map((run) => run[name].result)));
  if (results.size !== 1)
    throw new CheckError(`kernel ${name} gives different results: ${[...results].join(', ')}`);
  const minima = (mode: CheckMode | 'native') => runs[mode].map((run) => Math.min(...run[name].ns));
  const lowest = (mode: CheckMode | 'native') => Math.min(...minima(mode));
  const ratio = (over: CheckMode, under: CheckMode | 'native'): Reading => {
    const below = minima(under);
    const rounds = readingOf(minima(over).map((ns, turn) => ns / below[turn]!));
    return { ...rounds, min: lowest(over) / lowest(under) };
  };
  const native = runs.native.length === 0 ? undefined : lowest('native');
  return {
    ns: {
      none: lowest('none'),
      default: lowest('default'),
      explicit: lowest('explicit'),
      ...(native === undefined ? {} : { native }),
    },
    defaultChecks: ratio('default', 'none'),
    explicitChecks: ratio('explicit', 'none'),
    ...(native === undefined ? {} : { native: ratio('default', 'native') }),
  };
}

/** Lines `name round ns result` of the native program. */
function parseNative(text: string): Map<string, { ns: number[]; result: number }> {
  const lines = new Map<string, { ns: number[]; result: number }>();
  for (const line of text.trim().split('\n')) {
    const [name, , ns, result] = line.split(' ');
    const reading = lines.get(name!) ?? { ns: [], result: Number(result) };
    reading.ns.push(Number(ns));
    lines.set(name!, reading);
  }
  return lines;
}
