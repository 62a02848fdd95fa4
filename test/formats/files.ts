/** Files for the tests of readers: made in a folder that goes away, and the traces that a clone may lie beside. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { InputError } from '../../sim/problem.ts';

/** Real traces, where they are at hand; they are not part of the project. */
export const TRACES = join(import.meta.dirname, '..', '..', '..', 'shared', 'traces');
export const haveTraces = existsSync(TRACES);

/** A function that writes a file into a folder of this test file's own and gives its path. */
export function scratch(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'nowsim-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name, content) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
}

/** The message of the `InputError` that reading ends in. */
export async function refusal(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}
