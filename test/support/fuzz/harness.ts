/**
 * Random cases for every policy: one that fails is shrunk by fast-check to the smallest that still fails, and printed
 * as files that can be pasted into a shell, with the command that runs them and the one that repeats the test.
 *
 *   NOWSIM_FUZZ_RUNS   cases a policy, in place of the few of the suite
 *   NOWSIM_FUZZ_SEED   another seed than 1
 *   NOWSIM_FUZZ_PATH   only the case at this place, as a failure prints it
 *   NOWSIM_FUZZ_LAST   a file that holds the case being tried, for one that never ends
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import * as fc from 'fast-check';
import { expect } from 'vitest';

/** A case as files of one folder, by name; `case.yaml` is the experiment. */
export type Files = Readonly<Record<string, string>>;

const { NOWSIM_FUZZ_RUNS, NOWSIM_FUZZ_SEED, NOWSIM_FUZZ_PATH, NOWSIM_FUZZ_LAST } = process.env;

/** Whether as many cases are tried as the suite tries: then what must have happened in them has. */
export const asInSuite = NOWSIM_FUZZ_RUNS === undefined && NOWSIM_FUZZ_PATH === undefined;

/** ms that a test may take: without end where other cases were asked for than the suite tries. */
export const patience = asInSuite ? 60_000 : 0;

/** ms after which the smallest case found so far is told. */
const LONG_ENOUGH = 40_000;

/**
 * Tries random cases. Throws an error that tells the smallest one that fails, what is wrong with it, and how to have it
 * again. `holds` throws where a case fails; `runs`: how many cases the suite tries.
 */
export async function fuzz<T>(
  cases: fc.Arbitrary<T>,
  filesOf: (of: T) => Files,
  holds: (of: T) => Promise<void>,
  runs: number,
): Promise<void> {
  const property = fc.asyncProperty(cases, (of) => {
    if (NOWSIM_FUZZ_LAST !== undefined) writeFileSync(NOWSIM_FUZZ_LAST, pasted(filesOf(of)));
    return holds(of);
  });
  const details = await fc.check(property, {
    numRuns: Number(NOWSIM_FUZZ_RUNS ?? runs),
    ...(asInSuite ? { interruptAfterTimeLimit: LONG_ENOUGH } : {}),
    ...(NOWSIM_FUZZ_PATH === undefined
      ? { seed: Number(NOWSIM_FUZZ_SEED ?? 1) + numberOf(nameOfTest()) }
      : { seed: Number(NOWSIM_FUZZ_SEED ?? 1), path: NOWSIM_FUZZ_PATH, endOnFailure: true }),
  });
  if (!details.failed) return;
  if (details.counterexample === null) throw new Error(`no case could be made: ${details.numSkips} skipped`);
  throw new Error(story(filesOf(details.counterexample[0]), details), { cause: details.errorInstance });
}

function story<T>(
  files: Files,
  { errorInstance, numShrinks, numRuns, seed, counterexamplePath }: fc.RunDetails<[T]>,
): string {
  const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [
    what,
    '',
    `The smallest case that fails so (case ${numRuns}, made smaller ${numShrinks} times):`,
    '',
    pasted(files),
    'This test with this case alone:',
    '',
    `NOWSIM_FUZZ_SEED=${seed} NOWSIM_FUZZ_PATH=${counterexamplePath} npx vitest run ${relative('.', expect.getState().testPath ?? '')} -t '${nameOfTest()}'`,
    '',
  ].join('\n');
}

/** What makes the files of a case and runs it, for a shell. */
function pasted(files: Files): string {
  const made = Object.entries(files).map(([name, text]) => `cat > ${name} <<'END'\n${text.trimEnd()}\nEND\n`);
  return `${made.join('')}npx nowsim run case.yaml --jobs-out jobs.csv --events-out events.csv\n`;
}

const nameOfTest = () => (expect.getState().currentTestName ?? '').replaceAll(' > ', ' ');

/** Every test has cases of its own. */
function numberOf(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (31 * sum + letter.charCodeAt(0)) % 1_000_003;
  return sum;
}
