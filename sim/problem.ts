/**
 * Bad input, told so that the reader can mend it: where it is, what was found, what would do.
 *
 * Every reader and checker throws an `InputError` (or collects several); the command prints the
 * messages and exits with code 2. Anything else that is thrown is a fault of nowsim (exit code 1).
 */

/** One thing that is wrong with the input. `where` is `file`, `file:line`, `file:line:col` or `--flag`. */
export interface Problem {
  readonly where: string;
  readonly found: string;
  /** What would do instead; a full clause such as `did you mean "easy"?`. */
  readonly would?: string;
  /** The offending source line with a caret under it, ready to print. */
  readonly excerpt?: string;
}

/** Input that cannot be used. Exit code 2. */
export class InputError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[]) {
    const list: readonly Problem[] = Array.isArray(problems) ? problems : [problems as Problem];
    super(list.map(problemText).join('\n'));
    this.name = 'InputError';
    this.problems = list;
  }
}

/** A check on a result failed (conservation, a not-a-number measure, a validation miss). Exit code 3. */
export class CheckError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckError';
  }
}

/** One problem as it is printed. */
export function problemText(p: Problem): string {
  const tail = p.would === undefined ? '' : `; ${p.would}`;
  return `${p.where}: ${p.found}${tail}${p.excerpt === undefined ? '' : `\n${p.excerpt}`}`;
}

/** Letters from which a beginning of a name tells which is meant. */
const TELLING = 3;

/**
 * The first candidate that begins with `word`, where it has three letters or more; else the candidate nearest to it by edit
 * distance, if it is near enough to be a slip of the pen.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  const begun = all.find((each) => each.toLowerCase().startsWith(word.toLowerCase()));
  if (begun !== undefined && word.length >= TELLING) return begun;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of all) {
    const d = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
