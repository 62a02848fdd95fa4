/**
 * Runs an experiment: every point and replication once, a row as each ends, the summary at the end.
 *
 * A results folder holds rows.jsonl, manifest.json, summary.json, summary.csv and timelines/. While a run goes on
 * it also holds `parts/` (files of single runs) and a lock. Rows of an earlier run of the same cells are kept and
 * not computed again; rows that this experiment does not use go to `earlier/` (`earlier.ts`). The final files are the same byte for byte as those of a run that was never interrupted.
 * Final files are written under another name first. Clock, memory and machine are the caller's to measure (`about`).
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CheckError, InputError, type Problem } from '../problem.ts';
import { cellsOf } from './cells.ts';
import { type Document, documentOf, readDocument } from './document.ts';
import { checkSameExperiment, Earlier, timelineOf } from './earlier.ts';
import { type Experiment, type Overrides, settleExperiment } from './experiment.ts';
import type { Plain } from './fields.ts';
import { moveFile, statOf, writeWhole } from './files.ts';
import { BATCHES, batchesOf, Intervals, LEAST_BOOTSTRAP } from './intervals.ts';
import { lockFolder } from './lock.ts';
import { manifestOf } from './manifest.ts';
import { moveJobs, numbered } from './outputs.ts';
import { paramsText, problemsOf } from './points.ts';
import { Interrupted, runOnWorkers, type Task } from './pool.ts';
import { type Summary, summarise, summaryCsv } from './results.ts';
import { digestOfRows, type Row, RowFile, readRows, rowsText } from './rows.ts';
import { type SessionClock, Sessions } from './sessions.ts';
import type { RunOutputs, RunResult, Study } from './study.ts';

export interface RunOptions extends Overrides {
  /** Results folder; null for none: nothing is written but what `jobsOut`, `swfOut`, `eventsOut` ask for. */
  readonly out: string | null;
  /** Worker threads (default 1: in this thread). One run alone is always done in this thread. */
  readonly workers?: number;
  /** Several runs on one worker go to a thread too, so that this one stays free to be interrupted. */
  readonly threads?: boolean;
  /**
   * Do only every `of`-th run, beginning with the `index`-th (from 1): rows and timelines, no summary. The runs of an
   * experiment are dealt out in their order, so that shards need to know nothing of each other (`merge.ts`).
   */
  readonly shard?: Shard;
  /** false: no timelines, which cost a run up to a third of its time. */
  readonly timelines?: boolean;
  /** Rows come from elsewhere and nothing is run: throws `InputError` where one is missing. */
  readonly keptOnly?: boolean;
  readonly jobsOut?: string;
  readonly swfOut?: string;
  readonly eventsOut?: string;
  readonly signal?: AbortSignal;
  /** Called when all is settled and before the first run, and after each run. */
  readonly progress?: (progress: Progress) => void;
  /** What the caller knows of machine, time and command line, for the manifest; asked once at the start and once at the end. */
  readonly about?: () => Plain;
  /** With a clock the manifest holds how long the runs took, over all sessions that computed some (`sessions.ts`). */
  readonly session?: SessionClock;
}
export interface Progress {
  readonly experiment: Experiment;
  readonly done: number;
  /** How many of `done` were kept from an earlier run. */
  readonly kept: number;
  readonly total: number;
  readonly workers: number;
}
export interface ExperimentResult {
  readonly experiment: Experiment;
  readonly rows: readonly Row[];
  readonly summary: Summary;
  readonly digest: string;
  readonly out: string | null;
  /** Files beside the results folder's own that were asked for and written. */
  readonly written: readonly string[];
  readonly kept: number;
  /** Runs of other settings that the folder keeps in earlier/, and those of other versions that were dropped now. */
  readonly earlier: { readonly kept: number; readonly dropped: number };
}

export interface Shard {
  readonly index: number;
  readonly of: number;
}

interface Run {
  readonly cell: string;
  readonly point: number;
  readonly replication: number;
  readonly outputs: RunOutputs;
}

/**
 * Runs an experiment file, document or settled experiment to its end.
 * Throws `InputError` (nothing was written), `CheckError` (a run's result cannot be right), `Interrupted`.
 */
export async function runExperiment(
  study: Study,
  source: string | Document | Plain | Experiment,
  options: RunOptions,
): Promise<ExperimentResult> {
  const cwd = resolve(options.cwd ?? '.');
  let experiment = isSettled(source)
    ? source
    : await settleExperiment(study, asDocument(source, cwd), options);
  if (options.shard !== undefined) checkShard(experiment, options);
  checkOutputs(options);
  if (options.out !== null) checkFolder(options.out, experiment.name);

  const partsFolder =
    options.out !== null
      ? join(options.out, 'parts')
      : `${options.jobsOut ?? options.swfOut ?? options.eventsOut}.parts`;
  let runs = runsOf(study, experiment, options, partsFolder);
  const usesParts = runs.some((run) => filesOf(run).length > 0);
  const createdFolder = options.out === null ? undefined : makeFolder(options.out);
  const unlock = options.out === null ? () => {} : lockFolder(options.out);
  try {
    if (usesParts) mkdirSync(partsFolder, { recursive: true });
    const store = options.out === null ? undefined : openStore(options.out, partsFolder, runs);
    const rows = new Map<string, Row>();
    const sessions =
      options.out === null || options.session === undefined
        ? undefined
        : new Sessions(options.out, options.session);
    const writeManifest = (digest: string | undefined) => {
      const computed = sessions?.part(rows.keys(), store?.earlier.cells() ?? []);
      const text = manifestText(study, experiment, digest, options, computed);
      writeWhole(join(options.out!, 'manifest.json'), text);
    };
    let kept = 0;
    try {
      for (;;) {
        for (const run of runs) {
          const known = store?.known.get(run.cell) ?? store?.earlier.get(run.cell);
          if (rows.has(run.cell) || known === undefined) continue;
          if (!filesOf(run).every((path) => existsSync(path))) continue;
          if (run.outputs.batches !== undefined && known.batches === undefined) continue;
          const { batches, ...row } = known;
          rows.set(run.cell, {
            ...row,
            point: run.point,
            params: experiment.points[run.point]!.params,
            ...(run.outputs.batches === undefined ? {} : { batches: batches! }),
          });
          kept++;
        }
        if (options.keptOnly === true && rows.size < runs.length) throw missing(runs, rows);
        if (options.out !== null) writeManifest(undefined);
        await doRuns(study, experiment, runs, rows, options, (row) => {
          store?.file.append(row);
          sessions?.add(row.cell);
        });
        const more = replicationsFor(
          experiment,
          runs.map((run) => rows.get(run.cell)!),
        );
        if (more === experiment.replications) break;
        experiment = { ...experiment, replications: more };
        runs = runsOf(study, experiment, options, partsFolder);
      }
    } finally {
      store?.file.close();
    }

    const sorted = runs.map((run) => rows.get(run.cell)!);
    const closeEarlier = () =>
      store?.earlier.close(new Set(sorted.map((row) => row.cell)), study.version) ?? { kept: 0, dropped: 0 };
    if (options.shard !== undefined) {
      const digest = digestOfRows(sorted);
      writeWhole(join(options.out!, 'rows.jsonl'), rowsText(sorted));
      placeTimelines(options.out!, runs);
      writeManifest(undefined);
      sessions?.close();
      if (usesParts) rmSync(partsFolder, { recursive: true, force: true });
      const summary = summarise(experiment, study, sorted, digest);
      const earlier = closeEarlier();
      return { experiment, rows: sorted, summary, digest, out: options.out, written: [], kept, earlier };
    }
    const digest = digestOfRows(sorted);
    const summary = summarise(experiment, study, sorted, digest);
    const written = await handOver(runs, options);
    if (options.out !== null) {
      writeFinal(options.out, experiment, runs, sorted, summary);
      writeManifest(digest);
      sessions?.close();
    }
    if (usesParts) rmSync(partsFolder, { recursive: true, force: true });
    return {
      experiment,
      rows: sorted,
      summary,
      digest,
      out: options.out,
      written,
      kept,
      earlier: closeEarlier(),
    };
  } catch (error) {
    if (options.out === null && usesParts) rmSync(partsFolder, { recursive: true, force: true });
    if (error instanceof InputError && options.out !== null) leaveNothing(options.out, createdFolder);
    throw error;
  } finally {
    unlock();
  }
}

/** Files that a run writes. */
function filesOf(run: Run): string[] {
  return Object.values(run.outputs).filter((each) => typeof each === 'string');
}

function isSettled(source: string | Document | Plain | Experiment): source is Experiment {
  return (
    typeof source === 'object' &&
    Array.isArray((source as Experiment).points) &&
    Array.isArray((source as Experiment).axes)
  );
}

function asDocument(source: string | Document | Plain, cwd: string): Document {
  if (typeof source === 'string') return readDocument(resolve(cwd, source), source);
  return typeof source['problem'] === 'function'
    ? (source as Document)
    : documentOf(source as Plain, 'experiment', cwd);
}

function manifestText(
  study: Study,
  experiment: Experiment,
  digest: string | undefined,
  options: RunOptions,
  computed: Plain | undefined,
): string {
  const about = { ...options.about?.(), ...(computed === undefined ? {} : { computed }) };
  return `${JSON.stringify(manifestOf(study.version, experiment, digest, about), null, 2)}\n`;
}

function missing(runs: readonly Run[], rows: ReadonlyMap<string, Row>): InputError {
  const lost = runs.filter((run) => !rows.has(run.cell));
  const named = lost.slice(0, 5).map((run) => `point ${run.point} replication ${run.replication}`);
  return new InputError({
    where: 'merge',
    found: `${lost.length} of ${runs.length} runs are in none of the folders (${named.join(', ')}${lost.length > 5 ? ' ...' : ''})`,
    would: 'give all shards, and run those again that did not end, or that another version of nowsim made',
  });
}

function checkShard(experiment: Experiment, options: RunOptions): void {
  const refuse = (where: string, would: string) => {
    throw new InputError({ where, found: 'beside --shard', would });
  };
  if (experiment.precision !== null)
    refuse('precision', 'give --precision none and --replications: a shard does not see the intervals');
  if (options.out === null) refuse('no results folder', 'give --out');
  for (const [flag, path] of [
    ['--jobs-out', options.jobsOut],
    ['--swf-out', options.swfOut],
    ['--events-out', options.eventsOut],
  ] as const) {
    if (path !== undefined) refuse(flag, 'leave it out: a file of all runs has no shards');
  }
}

/**
 * Replications that the asked precision needs by the intervals so far (at most twice as many as there are, since
 * the estimate itself is uncertain), or as many as there are where it is met or the limit is reached.
 */
function replicationsFor(experiment: Experiment, rows: readonly Row[]): number {
  const { precision, replications } = experiment;
  if (precision === null || replications >= precision.most) return replications;
  // Fewer have no interval, or one that promises too much.
  const least = { student: 2, bootstrap: LEAST_BOOTSTRAP, 'batch-means': 1 }[experiment.interval];
  if (replications < least) return Math.min(Math.max(5, least), precision.most);
  const intervals = new Intervals(experiment.interval, experiment.seed);
  let need = replications;
  for (const [index] of experiment.points.entries()) {
    const mine = rows.filter((row) => row.point === index);
    for (const name of experiment.measures) {
      const values = mine.flatMap((row) => row.measures[name] ?? []);
      if (values.length === 0) continue;
      const { mean, ci95 } = intervals.of(values, batchesOf(mine, name));
      const target = precision.share * Math.abs(mean);
      if (ci95 === null || ci95 <= target) continue;
      need = Math.max(need, replications + 1, Math.ceil(replications * (ci95 / target) ** 2));
    }
  }
  return Math.min(need, 2 * replications, precision.most);
}

/** The runs of an experiment in order of point and replication, or those of one shard. */
function runsOf(study: Study, experiment: Experiment, options: RunOptions, parts: string): Run[] {
  const { shard } = options;
  const all = allRuns(study, experiment, options, parts);
  return shard === undefined ? all : all.filter((_, i) => i % shard.of === shard.index - 1);
}

function allRuns(study: Study, experiment: Experiment, options: RunOptions, parts: string): Run[] {
  const taken = new Map<string, number>();
  return experiment.points.flatMap((point, index) => {
    const cell = cellsOf(study.version, point.scenario, experiment.seed);
    return Array.from({ length: experiment.replications }, (_, replication): Run => {
      const address = cell(replication);
      // two points may come to the same scenario (one trace under two names): each has runs of its own
      const times = (taken.get(address) ?? 0) + 1;
      taken.set(address, times);
      const name = times === 1 ? address : `${address}.${times}`;
      const outputs: RunOutputs = {
        ...(options.jobsOut === undefined ? {} : { jobs: join(parts, `${name}.jobs.csv`) }),
        ...(options.swfOut === undefined ? {} : { swf: join(parts, `${name}.swf`) }),
        ...(options.eventsOut === undefined ? {} : { events: join(parts, `${name}.events`) }),
        ...(options.out === null || options.timelines === false || replication > 0
          ? {}
          : { timeline: timelineOf(parts, name) }),
        ...(experiment.interval === 'batch-means' ? { batches: BATCHES } : {}),
      };
      return { cell: name, point: index, replication, outputs };
    });
  });
}

async function doRuns(
  study: Study,
  experiment: Experiment,
  runs: readonly Run[],
  rows: Map<string, Row>,
  options: RunOptions,
  append: (row: Row) => void,
): Promise<void> {
  const kept = rows.size;
  const todo = runs.filter((run) => !rows.has(run.cell));
  const workers = Math.max(1, Math.min(options.workers ?? 1, todo.length));
  let done = kept;
  const report = () => options.progress?.({ experiment, done, kept, total: runs.length, workers });
  // What one point cannot be run with need not keep the others from running.
  const refused = new Map<number, InputError>();
  const finish = (run: Run, result: RunResult | Error) => {
    if (result instanceof InputError) {
      refused.set(run.point, result);
      return;
    }
    if (result instanceof Error) throw told(result, experiment, run);
    check(study, experiment, run, result);
    const { cell, point, replication } = run;
    const { params } = experiment.points[point]!;
    const { measures, counts, events, digest, notes } = result;
    const batches = run.outputs.batches === undefined ? {} : { batches: result.batches ?? null };
    const row: Row = {
      cell,
      point,
      replication,
      params,
      measures,
      counts,
      events,
      digest,
      notes,
      ...batches,
    };
    append(row);
    rows.set(cell, row);
    done++;
    report();
  };
  const task = (run: Run): Task => ({
    scenario: experiment.points[run.point]!.scenario,
    seed: experiment.seed,
    replication: run.replication,
    outputs: run.outputs,
  });
  report();
  if (todo.length > 1 && (workers > 1 || options.threads === true)) {
    await runOnWorkers(
      study.worker,
      todo.map(task),
      workers,
      (i) => refused.has(todo[i]!.point),
      (i, result) => finish(todo[i]!, result),
      options.signal,
    );
  } else {
    for (const run of todo) {
      if (options.signal?.aborted) throw new Interrupted();
      if (refused.has(run.point)) continue;
      const { scenario, seed, replication, outputs } = task(run);
      finish(run, await study.run(scenario, seed, replication, outputs).catch(asError));
    }
  }
  if (refused.size > 0) throw refusal(experiment, refused, options.out === null ? 0 : rows.size);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** A run's error, with the run named where there are several. */
function told(error: Error, experiment: Experiment, run: Run): Error {
  if (experiment.points.length * experiment.replications > 1) {
    const { params } = experiment.points[run.point]!;
    error.message = `${paramsText(params)}, replication ${run.replication}: ${error.message}`;
  }
  return error;
}

/** What was refused, and that the rest is kept. */
function refusal({ points }: Experiment, refused: ReadonlyMap<number, InputError>, kept: number): InputError {
  const problems = problemsOf(
    points,
    [...refused].map(([point, error]) => [point, error.problems] as const),
  );
  const last = problems.pop()!;
  const rest = kept === 0 ? [] : [`then run it again: ${kept} runs of other points are kept`];
  const would = [...(last.would === undefined ? [] : [last.would]), ...rest].join('; ');
  return new InputError([...problems, would === '' ? last : { ...last, would }]);
}

/** A result that cannot be right is an error, whatever its other numbers say. */
function check(study: Study, experiment: Experiment, run: Run, result: RunResult): void {
  const at = `${paramsText(experiment.points[run.point]!.params)}, replication ${run.replication}`;
  const { submitted, finished = 0, killed = 0, rejected = 0, pending = 0 } = result.counts;
  if (submitted !== undefined && submitted !== finished + killed + rejected + pending) {
    throw new CheckError(
      `${at}: ${submitted} submitted, but ${finished} finished + ${killed} killed + ${rejected} rejected + ${pending} pending = ${finished + killed + rejected + pending}`,
    );
  }
  for (const [name, value] of Object.entries(result.measures)) {
    if (study.measures[name] === undefined)
      throw new Error(`${at}: the study reports "${name}", which it does not describe`);
    if (Number.isFinite(value)) continue;
    const counts = Object.entries(result.counts)
      .map(([what, n]) => `${n} ${what}`)
      .join(', ');
    const cause =
      submitted !== undefined && finished === 0 ? 'no job finished' : 'something was divided by nothing';
    throw new CheckError(
      `${at}: ${name} is ${value}: ${cause} (${counts === '' ? 'nothing was counted' : counts})`,
    );
  }
}

// ---------------------------------------------------------------------------------------------------------
// The results folder

const OWN_FILES = ['rows.jsonl', 'manifest.json', 'summary.json', 'summary.csv', 'report.html'];

function checkFolder(folder: string, name: string): void {
  const stats = statOf(folder);
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    throw new InputError({
      where: `--out ${folder}`,
      found: 'is a file',
      would: 'give a folder for the results',
    });
  }
  const foreign =
    !existsSync(join(folder, 'manifest.json')) && OWN_FILES.some((name) => existsSync(join(folder, name)));
  if (foreign) {
    throw new InputError({
      where: `--out ${folder}`,
      found: `holds files named as results (${OWN_FILES.filter((name) => existsSync(join(folder, name))).join(', ')}) but no manifest.json`,
      would: 'give another folder',
    });
  }
  checkSameExperiment(folder, name);
}

/** Makes the results folder; gives the first folder that had to be made. */
function makeFolder(out: string): string | undefined {
  try {
    // Level by level: Node's own recursive mkdir never returns where a folder cannot be made although its parent is there (/proc).
    const missing: string[] = [];
    for (let folder = out; !existsSync(folder); folder = dirname(folder)) missing.push(folder);
    for (const folder of missing.toReversed()) mkdirSync(folder);
    accessSync(out, constants.W_OK);
    return missing.at(-1);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError({
      where: `--out ${out}`,
      found: `cannot be written (${code})`,
      would: 'give another folder',
    });
  }
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function checkOutputs(options: RunOptions): void {
  const problems: Problem[] = [];
  for (const [flag, path] of [
    ['--jobs-out', options.jobsOut],
    ['--swf-out', options.swfOut],
    ['--events-out', options.eventsOut],
  ] as const) {
    if (path === undefined) continue;
    const folder = statOf(dirname(resolve(path)));
    if (statOf(path)?.isDirectory()) {
      problems.push({ where: `${flag} ${path}`, found: 'is a directory', would: 'give the path of a file' });
    } else if (folder?.isDirectory() !== true) {
      problems.push({
        where: `${flag} ${path}`,
        found: `there is no directory ${dirname(path)}`,
        would: 'make it first',
      });
    } else if (!mayWrite(dirname(resolve(path)))) {
      problems.push({
        where: `${flag} ${path}`,
        found: 'this directory cannot be written',
        would: 'give another',
      });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** Rows that are known, timelines back among the parts under their cells, and a file that can be appended to. */
function openStore(
  out: string,
  parts: string,
  runs: readonly Run[],
): { known: Map<string, Row>; earlier: Earlier; file: RowFile } {
  const path = join(out, 'rows.jsonl');
  const earlier = new Earlier(out);
  const known = earlier.setAside(new Set(runs.map((run) => run.cell)), parts);
  for (const row of known) {
    const timeline = join(out, 'timelines', `point-${row.point}.json`);
    const part = timelineOf(parts, row.cell);
    if (row.replication === 0 && existsSync(timeline) && !existsSync(part)) renameSync(timeline, part);
  }
  for (const run of runs) if (run.outputs.timeline !== undefined) earlier.giveBack(run.cell, parts);
  // also drops a torn last line, to which the next row would be glued
  writeWhole(path, rowsText(known));
  return { known: new Map(known.map((row) => [row.cell, row])), earlier, file: new RowFile(path) };
}

function writeFinal(
  out: string,
  experiment: Experiment,
  runs: readonly Run[],
  rows: readonly Row[],
  summary: Summary,
): void {
  writeWhole(join(out, 'rows.jsonl'), rowsText(rows));
  placeTimelines(out, runs);
  writeWhole(join(out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  writeWhole(
    join(out, 'summary.csv'),
    summaryCsv(
      summary,
      experiment.axes.map((axis) => axis.path),
    ),
  );
}

function placeTimelines(out: string, runs: readonly Run[]): void {
  const folder = join(out, 'timelines');
  rmSync(folder, { recursive: true, force: true });
  for (const run of runs) {
    const { timeline } = run.outputs;
    if (timeline === undefined || !existsSync(timeline)) continue;
    mkdirSync(folder, { recursive: true });
    moveFile(timeline, join(folder, `point-${run.point}.json`));
  }
}

/** Bad input found while running: a folder that this run made, and in which no run has ended, goes again. */
function leaveNothing(out: string, created: string | undefined): void {
  if (created === undefined || readRows(join(out, 'rows.jsonl')).size > 0) return;
  for (const name of ['rows.jsonl', 'manifest.json', 'parts'])
    rmSync(join(out, name), { recursive: true, force: true });
  rmSync(join(out, '.lock'), { force: true });
  for (let folder = resolve(out); folder.length >= resolve(created).length; folder = dirname(folder)) {
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}

/** Brings the parts that runs wrote to where they were asked for. Returns the files. */
async function handOver(runs: readonly Run[], options: RunOptions): Promise<string[]> {
  const written: string[] = [];
  if (options.jobsOut !== undefined) {
    await moveJobs(
      runs.map((run) => run.outputs.jobs!),
      options.jobsOut,
    );
    written.push(options.jobsOut);
  }
  for (const [path, kind] of [
    [options.swfOut, 'swf'],
    [options.eventsOut, 'events'],
  ] as const) {
    if (path === undefined) continue;
    for (const [i, run] of runs.entries()) {
      const to = runs.length === 1 ? path : join(dirname(path), numbered(basename(path), i));
      moveFile(run.outputs[kind]!, to);
      written.push(to);
    }
  }
  return written;
}
