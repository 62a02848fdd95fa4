/**
 * Finds the Chromium that tests of pages use, once for all of them: that of CHROME_PATH, Debian's, or the one that
 * @sparticuz/chromium carries, which is unpacked to the folder for temporary files. None is a reason to skip.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the program, and what its environment needs beside ours; null: there is none. */
    chromium: { readonly path: string; readonly env: Readonly<Record<string, string>> } | null;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const path = [process.env['CHROME_PATH'], '/usr/bin/chromium'].find(
    (each) => each !== undefined && existsSync(each),
  );
  project.provide('chromium', path === undefined ? await packed() : { path, env: {} });
}

/** The one that npm has brought, if this machine can run it. */
async function packed(): Promise<{ path: string; env: Record<string, string> } | null> {
  const names = ['AWS_EXECUTION_ENV', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME'];
  const before = names.map((name) => [name, process.env[name]] as const);
  try {
    // Where it is told that it runs at Amazon, it brings its own libraries and fonts, and says so in the environment.
    process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs22.x';
    const { default: chromium } = await import('@sparticuz/chromium');
    const path = await chromium.executablePath();
    const env: Record<string, string> = {};
    for (const [name, old] of before) if (process.env[name] !== old) env[name] = process.env[name]!;
    execFileSync(path, ['--version'], { stdio: 'ignore', env: { ...process.env, ...env } });
    return { path, env };
  } catch {
    return null;
  } finally {
    for (const [name, old] of before) {
      if (old === undefined) delete process.env[name];
      else process.env[name] = old;
    }
  }
}
