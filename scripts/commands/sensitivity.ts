/** `nowsim sensitivity`: which settings of a sweep matter, and which move nothing. */
import { mkdirSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { DESIGNS, type DesignName } from '../../sim/experiment/design.ts';
import { type Plain, type Value, valueText } from '../../sim/experiment/fields.ts';
import { writeWhole } from '../../sim/experiment/files.ts';
import { type Effect, effects } from '../../sim/experiment/sensitivity.ts';
import { InputError } from '../../sim/problem.ts';
import type { PageText } from '../figures/page.ts';
import { html } from '../report/markup.ts';
import { plainNumber, tableText, widthOf, wrapped } from '../terminal.ts';
import { firstMeasure } from '../tidy.ts';
import { checkMeasure, finishedResults } from './results-folder.ts';
import { once } from './run-options.ts';

const PICTURES = ['.svg', '.png', '.pdf', '.html'];

interface SensitivityArguments {
  folder: string;
  measure?: string | string[];
  picture?: string | string[];
  json: boolean;
}

export const sensitivityCommand: CommandModule<object, SensitivityArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 sensitivity <folder>\n\nReads a sweep of any design: one axis at a time (how far each swings the measure), Morris (mu* and ' +
          'sigma of elementary effects), all combinations or samples (main effects). A setting whose values all come to the ' +
          'same results is reported as unused.',
      )
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'a folder that "nowsim run" wrote',
      })
      .option('measure', {
        type: 'string',
        requiresArg: true,
        describe: "which (default: the experiment's first)",
      })
      .option('picture', {
        type: 'string',
        requiresArg: true,
        describe: 'draw a tornado into this .svg, .png, .pdf or .html',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print JSON and nothing else' })
      .example(
        '$0 sensitivity results/runs/mine --picture tornado.png',
        'what a sweep says, also as a picture',
      )
      .example(
        '$0 run mine.yaml --set design=one-at-a-time --vary policies.idle.after=10s,5min --vary cluster.rows=1..4',
        'a sweep around the experiment as it is, to look at',
      ) as Argv<SensitivityArguments>,
  handler: sensitivity,
};

async function sensitivity(args: SensitivityArguments): Promise<void> {
  const measure = once('measure', args.measure) ?? firstMeasure(args.folder);
  const picture = once('picture', args.picture);
  if (picture !== undefined && !PICTURES.includes(extname(picture))) {
    throw new InputError({
      where: `--picture ${picture}`,
      found: `"${extname(picture)}" is no picture`,
      would: `give a name in ${PICTURES.join(', ')}`,
    });
  }
  const { rows, axes, design, question } = sweepOf(args.folder);
  checkMeasure(measure, [...new Set(rows.flatMap((row) => Object.keys(row.measures)))]);
  const found = effects(rows, axes, design, measure);
  if (picture !== undefined) {
    const command = `nowsim sensitivity ${args.folder} --measure ${measure} --picture ${picture}`;
    await draw(found, measure, picture, { question, design: DESIGNS[design], command });
  }
  if (args.json) {
    process.stdout.write(`${JSON.stringify({ measure, design, effects: found }, null, 2)}\n`);
    return;
  }
  const isMorris = design === 'morris';
  const hasShare = found.some((effect) => effect.share !== null);
  const table = tableText(
    [
      { title: 'setting', align: 'left' },
      { title: 'least at', align: 'left' },
      { title: measure, align: 'right' },
      { title: 'largest at', align: 'left' },
      { title: measure, align: 'right' },
      { title: 'swing', align: 'right' },
      ...(isMorris
        ? [
            { title: 'mu*', align: 'right' as const },
            { title: 'sigma', align: 'right' as const },
          ]
        : []),
      ...(hasShare ? [{ title: 'share of variance', align: 'right' as const }] : []),
    ],
    found.map(({ path, least, largest, swing, morris, share }) => [
      path,
      valueText(least.value),
      plainNumber(least.mean, 4),
      valueText(largest.value),
      plainNumber(largest.mean, 4),
      plainNumber(swing, 4),
      ...(isMorris ? [plainNumber(morris!.mu_star, 4), plainNumber(morris!.sigma, 4)] : []),
      ...(hasShare ? [share === null ? '-' : `${(100 * share).toFixed(1)} %`] : []),
    ]),
  );
  const unused = found.filter((effect) => effect.unused).map((effect) => effect.path);
  const notes = [
    ...(isMorris
      ? [
          'mu*: mean of the absolute elementary effects over the whole axis; sigma: their standard deviation, large where an axis acts through others or not in proportion',
        ]
      : []),
    ...(unused.length === 0 ? [] : [`unused: ${unused.join(', ')} (no result differs between the values)`]),
    ...(isSample(design)
      ? [
          'no two points of a sample differ in one setting alone, so it does not show which are unused: screen by morris',
        ]
      : []),
  ].map((note) => `\n${wrapped(note, widthOf(process.stdout))}\n`);
  process.stdout.write(
    `${DESIGNS[design]}\n\n${table}\n${notes.join('')}${picture === undefined ? '' : `${picture}\n`}`,
  );
}

/** Rows, axes and design of a results folder. Throws `InputError`. */
function sweepOf(folder: string) {
  const { rows, experiment, notes } = finishedResults(folder);
  const axes = Object.entries((experiment['vary'] ?? {}) as Plain).map(([path, values]) => ({
    path,
    values: values as readonly Value[],
  }));
  if (axes.length === 0) {
    throw new InputError({
      where: folder,
      found: 'nothing was varied',
      would: 'run a sweep: --vary path=a,b,c',
    });
  }
  const design = (experiment['design'] ?? 'product') as DesignName;
  const question = String(experiment['question'] ?? '');
  return { rows, axes, design, question, experiment, notes };
}

function isSample(design: DesignName): boolean {
  return design === 'latin-hypercube' || design === 'sobol';
}

/** A tornado: a bar for each setting from its least to its largest mean, the longest on top. */
async function draw(
  found: readonly Effect[],
  measure: string,
  file: string,
  told: { readonly question: string; readonly design: string; readonly command: string },
): Promise<void> {
  const { axis, COLOURS, frame, PAGE, ZOOM } = await import('../figures/style.ts');
  const order = found.toReversed();
  const { base } = found[0]!;
  const text = (effect: Effect, side: 'least' | 'largest') => valueText(effect[side].value);
  const picture = {
    data: [
      {
        type: 'bar',
        orientation: 'h',
        base: order.map((effect) => effect.least.mean),
        x: order.map((effect) => effect.swing),
        y: order.map((effect) => effect.path),
        marker: { color: COLOURS.blue },
        text: order.map((effect) =>
          effect.unused ? 'unused' : `${text(effect, 'least')} ... ${text(effect, 'largest')}`,
        ),
        textposition: 'outside',
        hovertext: order.map((effect) => `at ${text(effect, 'least')} and ${text(effect, 'largest')}`),
        cliponaxis: false,
      },
    ],
    layout: frame(PAGE, 60 + 32 * order.length, {
      margin: { l: 190, r: 150, t: 12, b: 40 },
      xaxis: axis(measure),
      yaxis: axis('', { ticks: '' }),
      shapes:
        base === null
          ? []
          : [{ type: 'line', x0: base, x1: base, yref: 'paper', y0: 0, y1: 1, line: { width: 1.5 } }],
    }),
  };
  mkdirSync(dirname(file), { recursive: true });
  const kind = extname(file);
  if (kind === '.html') {
    const { writePage } = await import('../figures/page.ts');
    await writePage(file, picture, pageText(found, measure, told));
    return;
  }
  const { openDrawing, pdfOf, pngOf } = await import('../figures/draw.ts');
  const svg = await openDrawing()(picture);
  const { width, height } = picture.layout;
  const drawn =
    kind === '.png' ? await pngOf(svg, ZOOM) : kind === '.pdf' ? await pdfOf(svg, width, height) : svg;
  writeWhole(file, drawn);
}

/** What the page of a tornado tells. */
function pageText(
  found: readonly Effect[],
  measure: string,
  told: { readonly question: string; readonly design: string; readonly command: string },
): PageText {
  const unused = found.filter((effect) => effect.unused).map((effect) => effect.path);
  return {
    name: 'tornado',
    title: `What moves ${measure}`,
    question: told.question,
    verdict: {
      headline: `${found[0]!.path} moves it most, by ${plainNumber(found[0]!.swing, 4)}.`,
      because: unused.length === 0 ? '' : `No result differs between the values of ${unused.join(', ')}.`,
    },
    facts: [['Command', html`<code>${told.command}</code>`]],
    notes: [told.design],
    tables: [
      {
        caption: 'Effects',
        rows: found.map(({ path, least, largest, swing }) => ({
          setting: path,
          least_at: valueText(least.value),
          least: least.mean,
          largest_at: valueText(largest.value),
          largest: largest.mean,
          swing,
        })),
      },
    ],
  };
}
