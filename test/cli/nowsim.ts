/** The nowsim command as a person types it: the built program in a process of its own, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../dist/scripts/nowsim.js', import.meta.url));

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
export interface Started {
  readonly process: ChildProcess;
  readonly answer: Promise<Answer>;
}

/** Starts `nowsim ...args` in the folder `cwd`. */
export function start(cwd: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...process.env, NO_COLOR: '1' } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  const answer = new Promise<Answer>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { process: child, answer };
}

export function nowsim(cwd: string, ...args: string[]): Promise<Answer> {
  return start(cwd, ...args).answer;
}

/** A new empty folder, and what removes it. */
export function workFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'nowsim-cli-'));
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

/** Every file below a folder. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}
