/**
 * From a file and flags to an experiment that can be run: settings laid over defaults, axes multiplied out, every
 * point settled by the study. All problems are collected and reported at once, and nothing is written before.
 */
import { resolve } from 'node:path';
import { Streams } from '../engine/streams.ts';
import { InputError, nearest, type Problem } from '../problem.ts';
import { type Axis, type Params, pointCount } from './axes.ts';
import { canonicalJson } from './cells.ts';
import { type Constraint, constraintOf, keeps } from './constraints.ts';
import { DESIGNS, type DesignName, designPoints, MOST_SOBOL_AXES, OWN } from './design.ts';
import { atMost, type Document } from './document.ts';
import {
  checkLeaf,
  type Fault,
  type Field,
  isMap,
  type Plain,
  type SlotField,
  slotKey,
  suggest,
  type Value,
  valueText,
} from './fields.ts';
import { INTERVALS, type IntervalKind } from './intervals.ts';
import { problemsOf } from './points.ts';
import { rangeValues } from './ranges.ts';
import {
  fieldAt,
  flagValue,
  flagValues,
  type Given,
  type Laid,
  layOver,
  type Origin,
  pathsOf,
  plainPath,
  type Setting,
  splitFlag,
  spread,
} from './settings.ts';
import type { Study, Unread } from './study.ts';

/** One scenario of an experiment: what tells it from the others, and all of it. */
export interface Point {
  readonly params: Params;
  /** Settled: defaults filled in, presets' numbers and trace digests added. */
  readonly scenario: Plain;
}
export interface Experiment {
  readonly name: string;
  readonly question: string;
  readonly seed: number;
  readonly replications: number;
  /** Replications are added until intervals are as narrow as this share of the mean, or `most` is reached. */
  readonly precision: { readonly share: number; readonly most: number } | null;
  /** Which 95 % intervals are shown. */
  readonly interval: IntervalKind;
  /** Settings of the points that the others are compared with; empty where none was named. */
  readonly baseline: Params;
  /** How the points were chosen from the axes. */
  readonly design: DesignName;
  readonly axes: readonly Axis[];
  /** Measures to show; all of the study's where the file names none. */
  readonly measures: readonly string[];
  /** Whether the file or a flag names them. */
  readonly asked: boolean;
  readonly points: readonly Point[];
  /** The scenario before the axes, as far as it is complete without them. */
  readonly base: Plain;
  readonly notes: readonly string[];
}

/** What the command line says beside the file. */
export interface Overrides {
  /** `path=value` each. */
  readonly set?: readonly string[];
  /** `path=a,b,c` each. */
  readonly vary?: readonly string[];
  readonly seed?: number;
  readonly replications?: number;
  /** As in a file: `2%` or `none`. */
  readonly precision?: string;
  readonly interval?: string;
  /** Folder that relative paths of `set` and `vary` refer to (default: the working directory). */
  readonly cwd?: string;
}

/** Settings of an experiment file that the kit itself knows. */
export const KIT_FIELDS = {
  question: {
    kind: 'text',
    doc: 'what the experiment asks; stands above its table',
    default: 'no question was asked',
  },
  seed: { kind: 'integer', doc: 'all random numbers derive from it', default: 1, min: 0 },
  replications: {
    kind: 'integer',
    doc: 'runs of every point, each with random numbers of its own; intervals need at least 2',
    default: 1,
    min: 1,
    max: 100_000,
  },
  precision: {
    kind: 'share',
    doc: 'replications are added until the half width of every 95 % interval of the measures shown is at most this share of its mean; none: as many as `replications` says',
    default: 'none',
    above: 0,
    words: ['none'],
  },
  most_replications: {
    kind: 'integer',
    doc: 'where `precision` is given: no more replications than this',
    default: 200,
    min: 2,
    max: 100_000,
  },
  interval: {
    kind: 'choice',
    doc: 'which 95 % intervals are shown, of means and of paired differences',
    of: INTERVALS,
    default: 'student',
  },
  design: {
    kind: 'choice',
    doc: 'which combinations of the axes are points',
    of: DESIGNS,
    default: 'product',
  },
  design_points: {
    kind: 'integer',
    doc: 'points of a Latin hypercube or Sobol sequence, trajectories of Morris',
    default: 32,
    min: 1,
    max: 10_000,
  },
  where: {
    kind: 'list',
    doc: 'constraints that points must keep, others are left out: cluster.rows < cluster.nodes',
    each: 'text',
    default: [],
  },
  measures: {
    kind: 'list',
    doc: 'measures to show in the table (all are computed and kept)',
    each: 'text',
    default: [],
  },
} as const satisfies Record<string, Field>;
const MAPS = {
  vary: 'axes: path -> list of values, or a range such as 1..64 x2 or 0s..20min +1min; every combination is a point',
  baseline: 'path -> value: the points that the others are compared with, replication by replication',
} as const;
export const KIT_MAPS: Readonly<Record<keyof typeof MAPS, string>> = MAPS;

const MOST_POINTS = 20_000;

/** How the note begins, behind numbers, that says how many points `where` left out. */
export const LEFT_OUT = 'points are left out by where';

/** Settles an experiment. Throws `InputError` with all problems of the file, the flags and the study. */
export async function settleExperiment(
  study: Study,
  document: Document,
  overrides: Overrides = {},
): Promise<Experiment> {
  const problems = new Problems(document.shown);
  const cwd = resolve(overrides.cwd ?? '.');
  const inFile = (path: readonly string[]): Origin => ({
    base: document.base,
    problem: (fault, at) => document.problem(path, at, fault),
  });

  const kit = readKit(study, document, overrides, problems, inFile);
  const flags = readFlags(study, overrides, cwd, problems);
  const fileSettings = fileScenario(study, document, problems, inFile);
  const axes = readAxes(study, document, flags, problems, inFile, cwd);
  const replaced = new Set(axes.map((axis) => axis.path.join('.')));
  const set = flags.set.filter((setting) => {
    const over = replaced.has(setting.path.join('.'));
    if (over)
      problems.add(
        setting.origin.problem({ found: 'the path is set and varied', would: 'give one of the two' }, 'key'),
      );
    return !over;
  });

  const plainAxes = axes.map((axis) => ({
    path: axis.path.join('.'),
    values: axis.values.map((each) => each.shown),
  }));
  const { design } = kit;
  const count = design === 'product' ? pointCount(plainAxes) : 0;
  if (design === 'sobol' && axes.length > MOST_SOBOL_AXES) {
    problems.add({
      where: document.shown,
      found: `a Sobol sequence over ${axes.length} axes`,
      would: `vary at most ${MOST_SOBOL_AXES}, or use latin-hypercube`,
    });
    problems.throwAny();
  }
  if (count > MOST_POINTS) {
    problems.add({
      where: document.shown,
      found: `the axes make ${count.toLocaleString('en-US')} points`,
      would: `vary less: at most ${MOST_POINTS.toLocaleString('en-US')} points can be run at once`,
    });
    problems.throwAny();
  }

  const notes = new Set<string>();
  const points: Point[] = [];
  const laid: Laid[] = [];
  const base = layOver(study.fields, [...fileSettings, ...set], inFile).scenario;
  const places = designPoints(
    design,
    axes.map((axis) => axis.values.length),
    kit.designPoints,
    new Streams(kit.seed, 0).stream('design'),
  );
  const params: Params[] = [];
  let left = 0;
  for (const point of places) {
    const chosen = point.map((place, axis) => (place === OWN ? undefined : axes[axis]!.values[place]!));
    const mine = Object.fromEntries(
      plainAxes.map(({ path }, axis) => [path, chosen[axis]?.shown ?? ownValue(study, base, path)]),
    );
    // A value that the scenario has anyway is the scenario.
    if (design === 'one-at-a-time' && params.some((other) => canonicalJson(other) === canonicalJson(mine)))
      continue;
    const settings = [...fileSettings, ...set, ...chosen.flatMap((each) => each?.settings ?? [])];
    const one = layOver(study.fields, settings, inFile);
    if (one.problems.length === 0) {
      const kept = problems.guard(() => kit.where.every((each) => keeps(each, one.scenario, 'where')));
      if (kept === false) left++;
      if (kept !== true) continue;
    }
    one.problems.forEach(problems.add);
    for (const note of one.notes) notes.add(note);
    laid.push(one);
    params.push(mine);
  }
  if (left > 0)
    notes.add(`${left} of ${places.length} ${LEFT_OUT}: ${kit.where.map((each) => each.text).join('; ')}`);
  if (laid.length === 0 && !problems.any) {
    problems.add({
      where: 'where',
      found: 'no point keeps all constraints',
      would: 'loosen one of them',
    });
  }
  checkBaseline(study, kit.baseline, kit.baselineOrigin, problems);
  problems.throwAny();

  const unread = checkRead(study, laid, axes, problems);
  if (unread !== undefined) notes.add(unread);
  const refused: [number, Problem[]][] = [];
  for (const [i, one] of laid.entries()) {
    try {
      points.push({
        params: params[i]!,
        scenario: await study.settle(one.scenario, { base: document.base }),
      });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused.push([i, error.problems.map((problem) => placed(problem, one.given))]);
    }
  }
  problemsOf(
    params.map((mine) => ({ params: mine })),
    refused,
  ).forEach(problems.add);
  problems.throwAny();
  const baseline = Object.fromEntries(
    Object.entries(kit.baseline).map(([path, value]) => [
      pathKey(study, path),
      shownValue(fieldAt(study.fields, path.split('.')), value),
    ]),
  );
  return {
    name: document.name,
    question: kit.question,
    seed: kit.seed,
    replications: kit.replications,
    precision: kit.precision,
    interval: kit.interval,
    baseline,
    design,
    axes: plainAxes,
    measures: kit.measures.length === 0 ? Object.keys(study.measures) : kit.measures,
    asked: kit.measures.length > 0,
    points,
    base,
    notes: [...notes],
  };
}

/** Collects problems, each once. */
class Problems {
  readonly list: Problem[] = [];
  private readonly seen = new Set<string>();
  private readonly shown: string;

  constructor(shown: string) {
    this.shown = shown;
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  readonly add = (problem: Problem): void => {
    const key = `${problem.where}\n${problem.found}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.list.push(problem);
  };

  /** Runs a step whose `InputError` is added to the others. */
  guard<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      error.problems.forEach(this.add);
      return undefined;
    }
  }

  /** Flags first, then the file from top to bottom. */
  throwAny(): void {
    if (!this.any) return;
    const place = (problem: Problem): number => {
      const match = problem.where.startsWith('--') ? null : /:(\d+):(\d+)$/.exec(problem.where);
      return match === null ? 0 : Number(match[1]) * 1e7 + Number(match[2]);
    };
    throw new InputError(
      atMost(
        this.list.toSorted((a, b) => place(a) - place(b)),
        this.shown,
      ),
    );
  }
}

type InFile = (path: readonly string[]) => Origin;

interface Kit {
  question: string;
  seed: number;
  replications: number;
  precision: Experiment['precision'];
  interval: IntervalKind;
  design: DesignName;
  designPoints: number;
  where: Constraint[];
  measures: string[];
  baseline: Record<string, Value>;
  baselineOrigin: Map<string, Origin>;
}

function readKit(
  study: Study,
  document: Document,
  overrides: Overrides,
  problems: Problems,
  inFile: InFile,
): Kit {
  const given = new Map<string, { value: Value; origin: Origin }>();
  for (const key of Object.keys(KIT_FIELDS)) {
    if (Object.hasOwn(document.content, key))
      given.set(key, { value: document.content[key]!, origin: inFile([key]) });
  }
  const baseline: Record<string, Value> = {};
  const baselineOrigin = new Map<string, Origin>();
  const compare = (path: string, value: Value, origin: Origin) => {
    baseline[path] = value;
    baselineOrigin.set(path, origin);
  };
  const written = document.content['baseline'];
  if (isMap(written)) {
    for (const [path, value] of Object.entries(written)) compare(path, value, inFile(['baseline', path]));
  } else if (written !== undefined && written !== null) {
    problems.add(
      document.problem(['baseline'], 'value', {
        found: 'baseline: a map of paths and values belongs here',
        would: 'write {cluster.os: in-kernel}',
      }),
    );
  }
  for (const text of overrides.set ?? []) {
    problems.guard(() => {
      const { path, value } = splitFlag('--set', text);
      const origin = flagOrigin('--set', text, '');
      if (path.length === 1 && Object.hasOwn(KIT_FIELDS, path[0]!)) {
        given.set(path[0]!, { value: flagValue(`--set ${text}`, value), origin });
      } else if (path[0] === 'baseline') {
        const read = flagValue(`--set ${text}`, value);
        if (path.length > 1) compare(path.slice(1).join('.'), read, origin);
        else {
          for (const key of Object.keys(baseline)) delete baseline[key];
          if (isMap(read)) for (const [key, each] of Object.entries(read)) compare(key, each, origin);
          else if (read !== 'none')
            problems.add(
              origin.problem(
                { found: 'a map belongs here', would: 'write baseline={path: value}, or none' },
                'value',
              ),
            );
        }
      }
    });
  }
  for (const key of ['seed', 'replications', 'precision', 'interval'] as const) {
    const value = overrides[key];
    if (value !== undefined) given.set(key, { value, origin: flagOrigin(`--${key}`, String(value), '') });
  }
  const read = <K extends keyof typeof KIT_FIELDS>(key: K): unknown => {
    const field = KIT_FIELDS[key];
    const one = given.get(key);
    if (one === undefined) return field.default;
    const checked = checkLeaf(field, one.value);
    if (!('found' in checked)) return checked.read;
    problems.add(one.origin.problem({ ...checked, found: `${key}: ${checked.found}` }, 'value'));
    return field.default;
  };
  const measures = read('measures') as string[];
  const known = Object.keys(study.measures);
  for (const [i, measure] of measures.entries()) {
    if (known.includes(measure)) continue;
    const fault = { found: `measures: "${measure}" is not measured`, would: suggest(measure, known) };
    const origin = given.get('measures')!.origin;
    problems.add(
      given.get('measures')!.value === document.content['measures']
        ? document.problem(['measures', String(i)], 'value', fault)
        : origin.problem(fault, 'value'),
    );
  }
  const share = read('precision');
  const precision =
    share === 'none' ? null : { share: share as number, most: read('most_replications') as number };
  if (precision !== null && measures.length === 0) {
    problems.add(
      given.get('precision')!.origin.problem(
        {
          found: 'precision: no measures are named, and not every one needs to be narrow',
          would: 'name those that do: measures: [response_time_s]',
        },
        'value',
      ),
    );
  }
  return {
    question: read('question') as string,
    seed: read('seed') as number,
    replications: read('replications') as number,
    precision,
    interval: read('interval') as IntervalKind,
    design: read('design') as DesignName,
    designPoints: read('design_points') as number,
    where: (read('where') as string[]).flatMap(
      (text) => problems.guard(() => withSettings(study, constraintOf(text, 'where'))) ?? [],
    ),
    measures,
    baseline,
    baselineOrigin,
  };
}

/** The constraint, whose left side is a setting, and whose right side is no mistyped one (a word after = may have dots). Throws `InputError`. */
function withSettings(study: Study, constraint: Constraint): Constraint {
  const { text, left, sign, right } = constraint;
  for (const side of [left, right]) {
    const isPath = fieldAt(study.fields, side.split('.')) !== undefined;
    const mayBeWord = sign === '==' || sign === '!=' || !/^[a-z_]+(\.[a-z_]+)+$/.test(side);
    if (isPath || (side === right && mayBeWord)) continue;
    const near = nearest(side, pathsOf(study.fields));
    throw new InputError({
      where: 'where',
      found: `"${text}": "${side}" is not a setting`,
      would:
        near === undefined
          ? 'write a setting first: cluster.rows < cluster.nodes'
          : `did you mean "${near}"?`,
    });
  }
  return constraint;
}

function flagOrigin(flag: string, text: string, base: string): Origin {
  return { base, problem: (fault) => ({ where: `${flag} ${text}`, ...fault }) };
}

function fileScenario(study: Study, document: Document, problems: Problems, inFile: InFile): Setting[] {
  const kitKeys = [...Object.keys(KIT_FIELDS), ...Object.keys(MAPS)];
  const rest: Record<string, Value> = {};
  for (const [key, value] of Object.entries(document.content)) {
    if (kitKeys.includes(key) || key === '$schema') continue;
    if (
      !Object.hasOwn(study.fields.fields, key) &&
      nearest(key, [...kitKeys, ...Object.keys(study.fields.fields)]) !== undefined
    ) {
      const near = nearest(key, [...kitKeys, ...Object.keys(study.fields.fields)]);
      problems.add(
        document.problem([key], 'key', {
          found: `"${key}" is not a setting`,
          would: `did you mean "${near}"?`,
        }),
      );
      continue;
    }
    rest[key] = value;
  }
  return spread(study.fields, { path: [], value: rest, layer: 0 }, inFile);
}

interface Flags {
  readonly set: readonly Setting[];
  readonly vary: readonly {
    readonly path: readonly string[];
    readonly values: readonly Value[];
    readonly text: string;
  }[];
}

function readFlags(study: Study, overrides: Overrides, cwd: string, problems: Problems): Flags {
  const set = new Map<string, Setting>();
  for (const text of overrides.set ?? []) {
    problems.guard(() => {
      const { path: written, value } = splitFlag('--set', text);
      const [first] = written;
      if (first === 'baseline' || (written.length === 1 && Object.hasOwn(KIT_FIELDS, first!))) return;
      const origin = flagOrigin('--set', text, cwd);
      if (first === 'vary') {
        throw new InputError(
          origin.problem({ found: 'axes are not set', would: 'write --vary path=a,b,c' }, 'key'),
        );
      }
      const path = plainPath(study.fields, written);
      const read = flagValue(`--set ${text}`, value);
      for (const each of spread(fieldAt(study.fields, path), { path, value: read, layer: 1 }, () => origin)) {
        // the last of two flags for one path holds
        set.delete(each.path.join('.'));
        set.set(each.path.join('.'), each);
      }
    });
  }
  const varied = new Map<string, string>();
  const vary = (overrides.vary ?? []).flatMap((text) => {
    const one = problems.guard(() => {
      const { path: written, value } = splitFlag('--vary', text);
      const path = plainPath(study.fields, written);
      const key = path.join('.');
      const other = varied.get(key);
      if (other !== undefined) {
        throw new InputError({
          where: `--vary ${text}`,
          found: `${key} is varied by --vary ${other}, too`,
          would: `give all its values in one: --vary ${key}=a,b,c`,
        });
      }
      varied.set(key, text);
      return { path, values: flagValues(`--vary ${text}`, value), text };
    });
    return one === undefined ? [] : [one];
  });
  return { set: [...set.values()], vary };
}

interface RawAxis {
  readonly path: readonly string[];
  readonly values: readonly { readonly settings: readonly Setting[]; readonly shown: Value }[];
}

function readAxes(
  study: Study,
  document: Document,
  flags: Flags,
  problems: Problems,
  inFile: InFile,
  cwd: string,
): RawAxis[] {
  const axes = new Map<string, RawAxis>();
  const add = (
    path: readonly string[],
    values: readonly Value[],
    origin: (i: number) => Origin,
    keyOrigin: Origin,
  ) => {
    const key = path.join('.');
    const field = fieldAt(study.fields, path);
    if (field === undefined) {
      const near = nearest(key, pathsOf(study.fields));
      const isKit = Object.hasOwn(KIT_FIELDS, key);
      const fault: Fault = isKit
        ? {
            found: `${key} is not an axis`,
            would: 'every point has the same one: that is what makes points comparable',
          }
        : {
            found: `"${key}" is not a setting`,
            would:
              near === undefined
                ? suggest(path[0]!, Object.keys(study.fields.fields))
                : `did you mean "${near}"?`,
          };
      problems.add(keyOrigin.problem(fault, 'key'));
      return;
    }
    if (values.length === 0) {
      problems.add(
        keyOrigin.problem(
          { found: `the axis ${key} has no values`, would: 'give at least one: [a, b]' },
          'key',
        ),
      );
      return;
    }
    const seen = new Map<string, string>();
    const taken = values.map((value, i) => {
      const shown = shownValue(field, value);
      const text = identityOf(field, value);
      const before = seen.get(text);
      if (before !== undefined) {
        const found =
          before === valueText(shown)
            ? `${before} stands twice on the axis ${key}`
            : `${before} and ${valueText(shown)} on the axis ${key} are the same value`;
        problems.add(origin(i).problem({ found, would: 'give it once' }, 'value'));
      } else seen.set(text, valueText(shown));
      return { settings: spread(field, { path, value, layer: 1 }, () => origin(i)), shown };
    });
    axes.set(key, { path, values: taken });
  };
  const set = new Set(flags.set.map((setting) => setting.path.join('.')));
  const varied = new Set(flags.vary.map((axis) => axis.path.join('.')));
  const written = document.content['vary'];
  if (isMap(written)) {
    for (const [text, values] of Object.entries(written)) {
      const path = plainPath(study.fields, text.split('.'));
      const key = path.join('.');
      const place = ['vary', text];
      // --set of an axis makes it one value, --vary gives it others: either way the file's values do not count
      if (set.has(key)) continue;
      if (varied.has(key)) {
        const flag = flags.vary.findLast((axis) => axis.path.join('.') === key)!;
        const origin = flagOrigin('--vary', flag.text, cwd);
        add(path, flag.values, () => origin, origin);
        continue;
      }
      const range =
        typeof values === 'string' ? problems.guard(() => fileRange(document, place, values)) : values;
      if (range === undefined) continue;
      if (!Array.isArray(range) && range !== null) {
        problems.add(
          document.problem(place, 'value', {
            found: `vary: ${text}: a list of values or a range belongs here`,
            would: 'write [a, b, c], or 1..64 x2',
          }),
        );
        continue;
      }
      const origin =
        typeof values === 'string' ? () => inFile(place) : (i: number) => inFile([...place, String(i)]);
      add(path, (range ?? []) as readonly Value[], origin, inFile(place));
    }
  } else if (written !== undefined && written !== null) {
    problems.add(
      document.problem(['vary'], 'value', {
        found: 'vary: a map of axes belongs here',
        would: 'write {cluster.nodes: [16, 32]}',
      }),
    );
  }
  for (const axis of flags.vary) {
    const key = axis.path.join('.');
    if (axes.has(key)) continue;
    const origin = flagOrigin('--vary', axis.text, cwd);
    add(axis.path, axis.values, () => origin, origin);
  }
  return [...axes.values()];
}

/** What the scenario has where an axis does not say, as it stands in parameters. */
function ownValue(study: Study, base: Plain, path: string): Value {
  let value: Value | undefined = base;
  for (const key of path.split('.')) value = isMap(value) ? value[key] : undefined;
  const field = fieldAt(study.fields, path.split('.'));
  // A slot is told by its name; its parameters are the scenario's.
  if (field?.kind === 'slot' && isMap(value)) return String(value[slotKey(field)]);
  return shownValue(field, value ?? null);
}

/** The values of a range in a file; the text itself where it is none. Throws `InputError` at its place. */
function fileRange(document: Document, place: readonly string[], text: string): Value {
  try {
    return rangeValues('', text) ?? text;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.problems.map(({ where: _, ...fault }) =>
        document.problem(place, 'value', { ...fault, found: `vary: ${fault.found}` }),
      ),
    );
  }
}

/** A value as it stands in parameters: settled where it can be, a slot without parameters as its name. */
function shownValue(field: Field | undefined, value: Value): Value {
  if (field === undefined || field.kind === 'group') return value;
  if (field.kind === 'slot') {
    if (!isMap(value)) return value === null ? value : String(value);
    const keys = Object.keys(value);
    return keys.length === 1 && keys[0] === slotKey(field) ? String(value[keys[0]!]) : value;
  }
  const checked = checkLeaf(field, value);
  return 'found' in checked ? value : checked.settled;
}

/** What two values of a setting share where they are one: read as the study reads them, so that 60s is 1min. */
function identityOf(field: Field, value: Value): string {
  if (field.kind === 'group' || field.kind === 'slot') return canonicalJson(shownValue(field, value));
  const checked = checkLeaf(field, value);
  return JSON.stringify('found' in checked ? value : checked.read);
}

function pathKey(study: Study, path: string): string {
  return plainPath(study.fields, path.split('.')).join('.');
}

function checkBaseline(
  study: Study,
  baseline: Readonly<Record<string, Value>>,
  origins: ReadonlyMap<string, Origin>,
  problems: Problems,
): void {
  for (const [path, value] of Object.entries(baseline)) {
    const origin = origins.get(path)!;
    const field = fieldAt(study.fields, path.split('.'));
    if (field === undefined) {
      const near = nearest(path, pathsOf(study.fields));
      problems.add(
        origin.problem(
          {
            found: `baseline: "${path}" is not a setting`,
            would: near === undefined ? 'give the path of a setting' : `did you mean "${near}"?`,
          },
          'key',
        ),
      );
      continue;
    }
    const fault = valueFault(field, value);
    if (fault !== undefined)
      problems.add(origin.problem({ ...fault, found: `baseline: ${path}: ${fault.found}` }, 'value'));
  }
}

function valueFault(field: Field, value: Value): Fault | undefined {
  if (field.kind === 'group') return undefined;
  if (field.kind === 'slot') return slotFault(field, value);
  const checked = checkLeaf(field, value);
  return 'found' in checked ? checked : undefined;
}

function slotFault(field: SlotField, value: Value): Fault | undefined {
  const name = isMap(value) ? value[slotKey(field)] : value;
  if (typeof name === 'string' && Object.hasOwn(field.of, name)) return undefined;
  return { found: `${valueText(name)} is not known`, would: suggest(String(name), Object.keys(field.of)) };
}

/**
 * Settings that were given and that no point reads. An axis is a problem, since its points would be the same; so is a flag
 * that such runs never read. What stands in a file that experiments may share, or would count under other settings, comes
 * back as a note.
 */
function checkRead(
  study: Study,
  laid: readonly Laid[],
  axes: readonly RawAxis[],
  problems: Problems,
): string | undefined {
  if (study.unread === undefined) return undefined;
  const unread = new Map<string, Unread & Given>();
  const read = new Set<string>();
  for (const { scenario, given } of laid) {
    const idle = new Map(study.unread(scenario, [...given.keys()]).map((each) => [each.path, each]));
    for (const [path, setting] of given) {
      const why = idle.get(path);
      if (why === undefined) read.add(path);
      else if (!unread.has(path)) unread.set(path, { ...why, ...setting });
    }
  }
  // What stands in a file at its default, or switched off, changes nothing anywhere.
  const told = [...unread].filter(
    ([path, { layer, usual, value }]) => !read.has(path) && (layer > 0 || !(usual || value === 'none')),
  );
  // Of a slot that is not read its parameters are not either: the slot is named.
  const outer = told.filter(([path]) => !told.some(([other]) => path.startsWith(`${other}.`)));
  const varied = axes.map((axis) => axis.path.join('.'));
  const reasons = new Map<string, string[]>();
  for (const [path, { layer, never, origin, found, would }] of outer) {
    const isAxis = varied.some((axis) => `${path}.`.startsWith(`${axis}.`));
    if (isAxis || (layer > 0 && never)) {
      problems.add(origin.problem({ found: `${path}: ${found}`, would }, 'key'));
    } else reasons.set(found, [...(reasons.get(found) ?? []), path]);
  }
  if (reasons.size === 0) return undefined;
  return `settings that change nothing here: ${[...reasons].map(([found, paths]) => `${paths.join(', ')} (${found})`).join('; ')}`;
}

/** A study's problem names a setting by its path; it is shown where that setting was given. */
function placed(problem: Problem, given: Laid['given']): Problem {
  const path = problem.where.split('.');
  for (let length = path.length; length > 0; length--) {
    const setting = given.get(path.slice(0, length).join('.'));
    if (setting === undefined) continue;
    const { where: _, ...fault } = problem;
    return setting.origin.problem({ ...fault, found: `${problem.where}: ${problem.found}` }, 'value');
  }
  return problem;
}
