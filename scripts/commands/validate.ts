/** `nowsim validate`: runs the validation cases and prints expected, got, tolerance, verdict. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { shortFacts } from '../../models/os/cost.ts';
import { type Plain, suggest } from '../../sim/experiment/fields.ts';
import type { ExperimentResult } from '../../sim/experiment/runner.ts';
import type { Estimate } from '../../sim/experiment/statistics.ts';
import type { Study } from '../../sim/experiment/study.ts';
import { CheckError, InputError } from '../../sim/problem.ts';
import { packageFolder } from '../package.ts';
import { columnWidth, ProgressLine, plainNumber, tableText, widthOf, wrapped } from '../terminal.ts';
import type { Case } from '../validate/case.ts';
import { defaultWorkers, wholeNumber } from './run-options.ts';

interface ValidateArguments {
  cases?: string[];
  workers?: string | string[];
  json: boolean;
  docs: boolean;
  quiet: boolean;
}
/** ok: within tolerance; miss: outside, and listed with its cause; NEW MISS and FAILED end with exit code 3; reported: no verdict. */
type Verdict = 'ok' | 'miss' | 'NEW MISS' | 'FAILED' | 'reported';
interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly kind: Case['kind'];
  readonly expected: number | null;
  readonly got: number;
  /** Half width of the 99 % interval; null where the case gives one value. */
  readonly ci99: number | null;
  readonly tolerance: number | string;
  /** The ends, where a bracket was published. */
  readonly bracket?: readonly [low: number, high: number];
  readonly verdict: Verdict;
  /** Run again at four times the length, since the first run was outside its 99 % interval or its tolerance. */
  readonly longer: boolean;
  readonly cause?: string;
  /** Rows of the sources that went in, and those that say what must come out. */
  readonly rows?: { readonly in: readonly string[]; readonly out: readonly string[] };
}

export const validateCommand: CommandModule<object, ValidateArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 validate [cases..]\n\nRuns each case, an experiment or a price, and prints expected, got, tolerance and verdict. A known miss is ' +
          'listed with its cause; a new miss, or an exact case that fails, gives exit code 3. For cases that are named ' +
          'the rows of the sources are printed: those that go in, and those that say what must come out.',
      )
      .positional('cases', {
        type: 'string',
        array: true,
        describe: 'ids of cases, or a letter for all that begin with it (default: all)',
      })
      .option('workers', {
        type: 'string',
        requiresArg: true,
        describe: 'worker threads (default: one a core)',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print the outcomes as JSON, and nothing else',
      })
      .option('docs', {
        type: 'boolean',
        default: false,
        describe: 'run the commands of the documentation instead, the slow ones too',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'no progress' })
      .example('$0 validate', 'all cases')
      .example('$0 validate P01 O7', 'two of them') as Argv<ValidateArguments>,
  handler: validate,
};

async function validate(args: ValidateArguments): Promise<void> {
  if (args.docs) {
    await validateDocs(args.json);
    return;
  }
  const workers = wholeNumber('workers', args.workers, 1) ?? defaultWorkers();
  const { cases } = await import('../validate/cases.ts');
  const { study } = await import('../study.ts');
  const chosen = choose(cases, args.cases ?? []);
  const misses = await knownMisses();
  const line = new ProgressLine(args.quiet);
  const outcomes: Outcome[] = [];
  for (const [i, one] of chosen.entries()) {
    line.update(`${one.id} (${i + 1} of ${chosen.length}): ${one.title}`, true);
    outcomes.push(await outcomeOf(study, one, workers, misses));
  }
  line.clear();
  const bad = outcomes.filter(({ verdict }) => verdict === 'FAILED' || verdict === 'NEW MISS');
  if (args.json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  else print(outcomes, (args.cases ?? []).length > 0);
  if (bad.length > 0) {
    throw new CheckError(`${bad.length} of ${outcomes.length} cases: ${bad.map(({ id }) => id).join(', ')}`);
  }
}

/** Runs every command of the tutorial and the how-to pages, each page in a folder of its own. */
async function validateDocs(json: boolean): Promise<void> {
  const { blocksOf, PAGES, runBlock } = await import('../docs/blocks.ts');
  const outcomes: { page: string; line: number; ok: boolean }[] = [];
  for (const page of PAGES) {
    const folder = mkdtempSync(join(tmpdir(), 'nowsim-docs-'));
    try {
      for (const block of blocksOf(page)) {
        const { code, output } = runBlock(block, folder);
        outcomes.push({ page, line: block.line, ok: code === 0 });
        if (!json) process.stdout.write(`docs/${page}:${block.line}  ${code === 0 ? 'ok' : 'FAILED'}\n`);
        if (code !== 0) process.stderr.write(`${block.text}\n${output}\n`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  const bad = outcomes.filter(({ ok }) => !ok);
  if (bad.length > 0) {
    throw new CheckError(
      `${bad.length} of ${outcomes.length} blocks: ${bad.map(({ page, line }) => `docs/${page}:${line}`).join(', ')}`,
    );
  }
}

/** All cases, or those named: `P01` stands for P01-fixed-0.5 and its other parts too. */
function choose(cases: readonly Case[], ids: readonly string[]): readonly Case[] {
  const matches = (one: Case, id: string) => {
    const [known, wanted] = [one.id.toUpperCase(), id.toUpperCase()];
    return known === wanted || known.startsWith(/^[A-Z]+$/.test(wanted) ? wanted : `${wanted}-`);
  };
  for (const id of ids) {
    if (cases.some((one) => matches(one, id))) continue;
    throw new InputError({
      where: `nowsim validate ${id}`,
      found: 'there is no such case',
      would: suggest(id, [...new Set(cases.flatMap((one) => [one.id, one.id.split('-')[0]!]))], 'cases'),
    });
  }
  return ids.length === 0 ? cases : cases.filter((one) => ids.some((id) => matches(one, id)));
}

/** Misses that are known, with their causes: id -> cause. */
export async function knownMisses(): Promise<ReadonlyMap<string, string>> {
  const path = join(packageFolder, 'scripts', 'validate', 'misses.yaml');
  if (!existsSync(path)) return new Map();
  const { parse } = await import('yaml');
  return new Map(Object.entries((parse(readFileSync(path, 'utf8')) ?? {}) as Record<string, string>));
}

/** What came of experiments (by the object that describes one): cases that look at the same runs share them. */
const results = new WeakMap<Plain, Map<boolean, Promise<ExperimentResult>>>();

function onceFor(
  experiment: Plain,
  longer: boolean,
  carryOut: () => Promise<ExperimentResult>,
): Promise<ExperimentResult> {
  const known = results.get(experiment) ?? new Map<boolean, Promise<ExperimentResult>>();
  results.set(experiment, known);
  const result = known.get(longer) ?? carryOut();
  known.set(longer, result);
  return result;
}

/** Runs one case, a second time and longer where chance may have spoilt the first. */
export async function outcomeOf(
  study: Study,
  one: Case,
  workers: number,
  misses: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const { estimate } = await import('../../sim/experiment/statistics.ts');
  const { runExperiment } = await import('../../sim/experiment/runner.ts');
  const attempt = async (longer: boolean): Promise<Estimate> => {
    if ('priced' in one) return { mean: one.priced(), ci95: null, n: 1 };
    const set = longer ? (one.longer ?? []) : [];
    const given = Number(one.experiment['replications'] ?? 1);
    const more = longer && one.longer === undefined ? { replications: 4 * given } : {};
    const result = await onceFor(one.experiment, longer, () =>
      runExperiment(study, one.experiment, { out: null, workers, threads: true, set, ...more }),
    );
    const got = one.got(result);
    return typeof got === 'number' ? { mean: got, ci95: null, n: 1 } : estimate(got, 0.99);
  };
  const { id, title, source, kind, expected, tolerance, bracket } = one;
  const described = {
    ...{ id, title, source, kind, expected, tolerance },
    ...(bracket === undefined ? {} : { bracket }),
    ...(one.rows === undefined ? {} : { rows: { in: one.rows.in(), out: one.rows.out } }),
  };
  if (kind === 'reported') {
    const { mean, ci95 } = await attempt(false);
    return { ...described, got: mean, ci99: ci95, verdict: 'reported', longer: false };
  }
  const allowed =
    typeof tolerance === 'number' ? tolerance : (Number.parseFloat(tolerance) / 100) * Math.abs(expected);
  const within = ({ mean }: Estimate) => Math.abs(mean - expected) <= allowed;
  const excludes = ({ mean, ci95: half }: Estimate) => half !== null && Math.abs(mean - expected) > half;
  let found = await attempt(false);
  // outside by chance, or too short a run to tell
  const longer = excludes(found) || (found.ci95 !== null && !within(found));
  if (longer) found = await attempt(true);
  const ok = within(found);
  const cause = misses.get(id);
  const verdict: Verdict = ok
    ? 'ok'
    : kind === 'exact'
      ? 'FAILED'
      : cause === undefined
        ? 'NEW MISS'
        : 'miss';
  return {
    ...{ ...described, got: found.mean, ci99: found.ci95, verdict, longer },
    ...(ok || cause === undefined ? {} : { cause }),
  };
}

/** Tables by the letter of the cases, the causes of known misses, and (`sources`) the rows that each case stands on. */
function print(outcomes: readonly Outcome[], sources: boolean): void {
  const width = widthOf(process.stdout);
  const letters = [...new Set(outcomes.map(({ id }) => id[0]!))];
  const tables = letters.map((letter) =>
    outcomesTable(
      outcomes.filter(({ id }) => id.startsWith(letter)),
      width,
    ),
  );
  const lines = [tables.join('\n\n')];
  const causes = outcomes.flatMap(({ id, cause }) => (cause === undefined ? [] : [`${id}: ${cause}`]));
  if (causes.length > 0) lines.push('', 'Known misses', ...causes.map((cause) => wrapped(cause, width)));
  if (sources) {
    const of = (ids: readonly string[]) => (ids.length === 0 ? 'none' : shortFacts(ids.join(' + ')));
    const cited = outcomes.flatMap(({ id, rows: r }) =>
      r === undefined ? [] : [`${id}: in ${of(r.in)}; out ${of(r.out)}`],
    );
    if (cited.length > 0) lines.push('', 'Rows of the sources', ...cited.map((cite) => wrapped(cite, width)));
  }
  if (outcomes.some(({ longer }) => longer)) {
    const note =
      '(x4): run again at four times the length, since the first run was outside its 99 % interval or its tolerance';
    lines.push('', wrapped(note, width));
  }
  const count = (wanted: Verdict) => outcomes.filter(({ verdict }) => verdict === wanted).length;
  const reported = count('reported');
  lines.push(
    '',
    `${count('ok')} of ${outcomes.length - reported} cases within their tolerance${
      reported === 0 ? '' : `; ${reported} reported without a verdict`
    }`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

function outcomesTable(outcomes: readonly Outcome[], width: number): string {
  const rows = outcomes.map(({ id, expected, got, ci99, tolerance, bracket, verdict, longer }) => [
    id,
    bracket !== undefined
      ? bracket.map((end) => plainNumber(end, 3)).join('–')
      : expected === null
        ? '-'
        : plainNumber(expected, 5),
    plainNumber(got, 5) + (ci99 === null ? '' : ` ± ${plainNumber(ci99, 2)}`),
    bracket !== undefined ? 'bracket' : typeof tolerance === 'string' ? tolerance : plainNumber(tolerance, 3),
    verdict + (longer ? ' (x4)' : ''),
  ]);
  const titles = ['case', 'expected', 'got', 'tolerance', 'verdict'];
  const cells = (i: number) => rows.map((row) => row[i]!);
  const taken = titles.reduce((sum, title, i) => sum + 2 + columnWidth(title, cells(i)), 0);
  const room = Math.max(20, width - taken);
  const columns = titles.map(
    (title, i) => ({ title, align: i === 0 || i === 4 ? 'left' : 'right' }) as const,
  );
  return tableText(
    [columns[0]!, { title: 'title' }, ...columns.slice(1)],
    rows.map((row, i) => [row[0]!, shortened(outcomes[i]!.title, room), ...row.slice(1)]),
  );
}

function shortened(title: string, room: number): string {
  return title.length > room ? `${title.slice(0, room - 1)}…` : title;
}
