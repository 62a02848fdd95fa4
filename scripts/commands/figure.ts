/** `nowsim figure`: builds the figures from their data, or checks that no number has drifted. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { loadMachine } from '../../models/presets/load.ts';
import { writeWhole } from '../../sim/experiment/files.ts';
import { CheckError, InputError } from '../../sim/problem.ts';
import {
  aboutOf,
  type Built,
  buildFigure,
  checkFigure,
  drawInto,
  type Pen,
  type Workshop,
} from '../figures/build.ts';
import type { Figure } from '../figures/figure.ts';
import { galleryText } from '../figures/gallery.ts';
import { FIGURES, figuresNamed } from '../figures/index.ts';
import { csvText } from '../figures/table.ts';
import { asBuilt } from '../package.ts';
import { ProgressLine, widthOf, wrapped } from '../terminal.ts';
import { defaultWorkers, each, once, WORKER_OPTIONS, watched, wholeNumber } from './run-options.ts';

interface FigureArguments {
  name: string;
  check: boolean;
  machine?: string | string[];
  out?: string | string[];
  measure?: string | string[];
  against?: string | string[];
  at?: string | string[];
  panels?: string | string[];
  wide: boolean;
  workers?: string | string[];
  json: boolean;
  quiet: boolean;
}

export const figureCommand: CommandModule<object, FigureArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 figure <name>\n\nBuilds a figure from its data into results/figures/NAME/: data.csv, picture.svg, .png and .pdf for paper, picture.html to point at and zoom, and what the data say of the claim. A figure that needs an experiment runs it into results/runs/.\n\nOf a folder that "nowsim run" wrote: a measure against an axis of the sweep, with intervals, into FOLDER/figure/.',
      )
      .positional('name', {
        type: 'string',
        demandOption: true,
        describe: `all, a results folder, or one of ${FIGURES.map((figure) => figure.name).join(', ')}`,
      })
      .option('check', {
        type: 'boolean',
        default: false,
        describe: 'build nothing; fail (exit code 3) where a number differs from the data.csv that is there',
      })
      .option('machine', {
        type: 'string',
        requiresArg: true,
        describe: `another machine or machine file, for ${machineFigures().join(', ')}; built into results/runs/figures/`,
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'folder of the figures (default results/figures)',
      })
      .option('measure', {
        type: 'string',
        requiresArg: true,
        describe: "of a results folder: which measure (default: the experiment's first)",
      })
      .option('against', {
        type: 'string',
        requiresArg: true,
        describe: 'of a results folder: which axis (default: the first of numbers, else the first)',
      })
      .option('at', {
        type: 'string',
        requiresArg: true,
        describe: 'of a results folder: path=value: points with this value alone (again and again)',
      })
      .option('panels', {
        type: 'string',
        requiresArg: true,
        describe: 'of a results folder: an axis with a panel for each of its values, at most six',
      })
      .option('wide', {
        type: 'boolean',
        default: false,
        describe: 'of a results folder: 7 in wide and not 3.33 in',
      })
      .options(WORKER_OPTIONS)
      .example('$0 figure all', 'every figure, and the gallery results/README.md')
      .example('$0 figure break-even-map --json', 'its data for other programs')
      .example('$0 figure all --check', 'has any number drifted?')
      .example(
        '$0 figure results/runs/mine --measure wait_s --against cluster.nodes',
        'a picture of a sweep of yours',
      )
      .example(
        '$0 figure results/runs/mine --at jobs.load=0.7 --panels policies.idle --wide',
        'one load of it, a panel for each policy',
      ) as Argv<FigureArguments>,
  handler: figure,
};

function machineFigures(): string[] {
  return FIGURES.filter((figure) => figure.takesMachine).map((figure) => figure.name);
}

async function figure(given: FigureArguments): Promise<void> {
  if (existsSync(join(given.name, 'manifest.json'))) return figureOfSweep(given);
  for (const flag of ['measure', 'against', 'at', 'panels', 'wide'] as const) {
    if (given[flag] === undefined || given[flag] === false) continue;
    throw new InputError({
      where: `--${flag}`,
      found: `${given.name} is no folder of results`,
      would: 'give the folder that "nowsim run" wrote, or leave it out',
    });
  }
  const machineName = once('machine', given.machine);
  const wanted = chosen(given, machineName);
  const machine =
    machineName === undefined ? undefined : { machine: loadMachine(machineName), path: machineName };
  const outFlag = once('out', given.out);
  const out =
    outFlag ?? (machine === undefined ? join('results', 'figures') : join('results', 'runs', 'figures'));
  const workers = wholeNumber('workers', given.workers, 1) ?? defaultWorkers();
  const line = new ProgressLine(given.quiet || given.json);
  const run = experiments(workers, given.quiet || given.json);
  const built: Built[] = [];
  const drifted: string[] = [];
  const workshop = given.check ? undefined : await openWorkshop(run);
  for (const [i, one] of wanted.entries()) {
    line.update(`${one.name} (${i + 1} of ${wanted.length})`, true);
    if (workshop !== undefined) built.push(await buildFigure(one, workshop, out, machine));
    else {
      try {
        built.push(await checkFigure(one, run, out));
      } catch (error) {
        if (!(error instanceof CheckError)) throw error;
        drifted.push(error.message);
      }
    }
  }
  line.clear();
  if (!given.check) writeGallery(out, outFlag !== undefined || machine !== undefined);
  print(given, built, out);
  if (drifted.length > 0) throw new CheckError(drifted.join('\n'));
}

/** Draws a sweep: a measure against an axis. Throws `InputError`. */
async function figureOfSweep(given: FigureArguments): Promise<void> {
  if (given.check || given.machine !== undefined) {
    throw new InputError({
      where: given.check ? '--check' : '--machine',
      found: `${given.name} is a folder of results`,
      would: given.check ? 'use "nowsim rerun" to see whether they are the same' : 'leave it out',
    });
  }
  const { sweepFigure, sweepFolder } = await import('../figures/sweep.ts');
  const [measure, against] = [once('measure', given.measure), once('against', given.against)];
  const panels = once('panels', given.panels);
  const figure = await sweepFigure(given.name, {
    ...(measure === undefined ? {} : { measure }),
    ...(against === undefined ? {} : { against }),
    ...(panels === undefined ? {} : { panels }),
    at: each(given.at),
    wide: given.wide,
  });
  const out = once('out', given.out) ?? sweepFolder(given.name);
  const pen = await openPen();
  await drawInto(out, figure.picture, pen);
  writeWhole(join(out, 'data.csv'), csvText(figure.columns, figure.rows));
  await pen.page(join(out, 'picture.html'), figure.picture, figure.told);
  if (given.json) process.stdout.write(`${JSON.stringify({ folder: out, data: figure.rows }, null, 2)}\n`);
  else
    process.stdout.write(`${join(out, 'picture.png')}, also .svg, .pdf and .html; the numbers in data.csv\n`);
}

/** The figures that were asked for. Throws `InputError`. */
function chosen(given: FigureArguments, machine: string | undefined): readonly Figure[] {
  const wanted = figuresNamed(given.name);
  if (machine === undefined) return wanted;
  const able = wanted.filter((one) => one.takesMachine);
  if (given.check || able.length === 0) {
    throw new InputError({
      where: `--machine ${machine}`,
      found: given.check
        ? 'the committed data are those of the preset machines'
        : `${given.name} is drawn on its own machines`,
      would: given.check ? 'leave out --check or --machine' : `use it with ${machineFigures().join(', ')}`,
    });
  }
  return able;
}

/** Runs experiment files on all cores, with a progress line, into results/runs/. */
function experiments(workers: number, quiet: boolean): Workshop['run'] {
  return async (file, changed) => {
    const [{ study }, { runExperiment }] = await Promise.all([
      import('../study.ts'),
      import('../../sim/experiment/runner.ts'),
    ]);
    const out = join('results', 'runs', `figure-${basename(resolve(file, '..'))}`);
    const { set = [], vary = [] } = changed;
    const result = await watched(quiet, workers, (watching) =>
      runExperiment(asBuilt(study), file, { out, set, vary, ...watching }),
    );
    return { summary: result.summary, fresh: result.kept === 0, folder: out };
  };
}

async function openWorkshop(run: Workshop['run']): Promise<Workshop> {
  return { run, now: () => performance.now(), ...(await openPen()) };
}

async function openPen(): Promise<Pen> {
  const [{ openDrawing, pdfOf, pngOf }, { writePage }] = await Promise.all([
    import('../figures/draw.ts'),
    import('../figures/page.ts'),
  ]);
  return { draw: openDrawing(), png: pngOf, pdf: pdfOf, page: writePage };
}

/** The page stands above the figures in results/, beside them elsewhere. */
function writeGallery(out: string, elsewhere: boolean): void {
  const page = elsewhere ? out : resolve(out, '..');
  const abouts = FIGURES.flatMap(({ name }) => aboutOf(out, name) ?? []);
  writeWhole(join(page, 'README.md'), galleryText(abouts, page, resolve(out)));
}

function print(given: FigureArguments, built: readonly Built[], out: string): void {
  if (given.json) {
    const figures = built.map(({ about, rows }) => ({ ...about, data: rows }));
    process.stdout.write(`${JSON.stringify({ figures }, null, 2)}\n`);
    return;
  }
  const width = widthOf(process.stdout);
  for (const { about } of built) {
    process.stdout.write(
      `${about.name}: ${given.check ? 'no number has drifted' : join(out, about.name, 'picture.png')}\n` +
        `${wrapped(`  claim: ${about.claim}`, width, '    ')}\n` +
        `${wrapped(`  ${about.holds}: ${about.because}`, width, '    ')}\n`,
    );
  }
}
