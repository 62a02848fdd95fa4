/**
 * The other simulators that the engine is compared with, as far as they are installed: C++ programs are built
 * into a folder of the caller's, SimPy runs under the system's Python. Their sources are in peers/; each prints
 * one JSON line as workloads.ts does.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Seconds after which a program counts as failed. */
const PATIENCE = 180;

export interface Peer {
  readonly name: string;
  /** What has to be installed. */
  readonly needs: string;
  /** The program and its first arguments; null if the peer cannot run here. */
  readonly command: readonly string[] | null;
  /** Why it cannot. */
  readonly why: string;
}

export type PeerName = 'c++' | 'ns-3' | 'SimGrid' | 'SimPy';

/** What a peer's line says; the fields that are used. */
export interface PeerLine {
  readonly cpu_ns: number;
  readonly rss_mb: number;
  readonly check: number;
}

/** The folder of the programs, from the sources or from the built copy. */
function programs(): string {
  const here = fileURLToPath(new URL('./peers', import.meta.url));
  return existsSync(here) ? here : fileURLToPath(new URL('../../../scripts/bench/peers', import.meta.url));
}

/** Builds what can be built into `folder` and says which peers can run. */
export async function peers(folder: string): Promise<Record<PeerName, Peer>> {
  const from = programs();
  const compile = async (
    name: string,
    needs: string,
    source: string,
    rest: readonly string[],
  ): Promise<Peer> => {
    const program = join(folder, source);
    const words = ['-O3', '-march=native', ...rest.filter((w) => w.startsWith('-std'))];
    try {
      const libraries = rest.filter((w) => w.startsWith('-l'));
      await execute('g++', [...words, '-o', program, join(from, source, 'bench.cpp'), ...libraries]);
      return { name, needs, command: [program], why: '' };
    } catch (error) {
      return { name, needs, command: null, why: reason(error) };
    }
  };
  const python = async (): Promise<Peer> => {
    const needs = 'python3 with simpy (Debian: python3-simpy3)';
    try {
      await execute('/usr/bin/python3', ['-c', 'import simpy']);
      return {
        name: 'SimPy',
        needs,
        command: ['/usr/bin/python3', join(from, 'simpy', 'bench.py')],
        why: '',
      };
    } catch (error) {
      return { name: 'SimPy', needs, command: null, why: reason(error) };
    }
  };
  const [cpp, ns3, simgrid, simpy] = await Promise.all([
    compile('C++', 'g++', 'cpp', ['-std=c++20']),
    compile('ns-3', 'g++ and libns3-dev', 'ns3', ['-std=c++17', '-lns3-core']),
    compile('SimGrid', 'g++, libsimgrid-dev and libboost-dev', 'simgrid', ['-std=c++17', '-lsimgrid']),
    python(),
  ]);
  return { 'c++': cpp, 'ns-3': ns3, SimGrid: simgrid, SimPy: simpy };
}

/** Runs a program that prints one JSON line. */
export async function runLine(command: readonly string[], words: readonly string[]): Promise<PeerLine> {
  const [program, ...first] = command;
  const { stdout } = await execute(program!, [...first, ...words], { timeout: PATIENCE * 1000 });
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`${program} ${words.join(' ')} printed no result`);
  return JSON.parse(line) as PeerLine;
}

/** The line of a failure that says most. */
export function reason(error: unknown): string {
  const { code, stderr, killed } = error as { code?: unknown; stderr?: string; killed?: boolean };
  if (code === 'ENOENT') return 'not installed';
  if (killed === true) return `no result within ${PATIENCE} s`;
  const lines = (stderr ?? String(error)).split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => line.includes('error')) ?? lines.at(-1) ?? 'failed';
}
