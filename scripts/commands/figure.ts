/** `nowsim figure`: builds the figures from their data, or checks that no number has drifted. */
import { basename, join, resolve } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { loadMachine } from '../../models/presets/load.ts';
import { writeWhole } from '../../sim/experiment/files.ts';
import { CheckError, InputError } from '../../sim/problem.ts';
import { aboutOf, type Built, buildFigure, checkFigure, type Workshop } from '../figures/build.ts';
import type { Figure } from '../figures/figure.ts';
import { galleryText } from '../figures/gallery.ts';
import { FIGURES, figuresNamed } from '../figures/index.ts';
import { asBuilt } from '../package.ts';
import { ProgressLine, widthOf, wrapped } from '../terminal.ts';
import { defaultWorkers, once, WORKER_OPTIONS, watched, wholeNumber } from './run-options.ts';

interface FigureArguments {
  name: string;
  check: boolean;
  machine?: string | string[];
  out?: string | string[];
  workers?: string | string[];
  json: boolean;
  quiet: boolean;
}

export const figureCommand: CommandModule<object, FigureArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 figure <name>\n\nBuilds a figure from its data into results/figures/NAME/: data.csv, picture.svg, .png and .pdf for paper, picture.html to point at and zoom, and what the data say of the claim. A figure that needs an experiment runs it into results/runs/.',
      )
      .positional('name', {
        type: 'string',
        demandOption: true,
        describe: `all, or one of ${FIGURES.map((figure) => figure.name).join(', ')}`,
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
      .options(WORKER_OPTIONS)
      .example('$0 figure all', 'every figure, and the gallery results/README.md')
      .example('$0 figure break-even-map --json', 'its data for other programs')
      .example('$0 figure all --check', 'has any number drifted?') as Argv<FigureArguments>,
  handler: figure,
};

function machineFigures(): string[] {
  return FIGURES.filter((figure) => figure.takesMachine).map((figure) => figure.name);
}

async function figure(given: FigureArguments): Promise<void> {
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
  const [{ openDrawing, pdfOf, pngOf }, { writePage }] = await Promise.all([
    import('../figures/draw.ts'),
    import('../figures/page.ts'),
  ]);
  return { run, now: () => performance.now(), draw: openDrawing(), png: pngOf, pdf: pdfOf, page: writePage };
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
