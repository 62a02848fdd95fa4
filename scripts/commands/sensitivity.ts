/** `nowsim sensitivity`: which settings of a sweep matter, and which move nothing. */
import { mkdirSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { DESIGNS, type DesignName } from '../../sim/experiment/design.ts';
import { LEFT_OUT } from '../../sim/experiment/experiment.ts';
import { type Plain, type Value, valueText } from '../../sim/experiment/fields.ts';
import { writeWhole } from '../../sim/experiment/files.ts';
import type { IntervalKind } from '../../sim/experiment/intervals.ts';
import { POINTS_A_COLUMN } from '../../sim/experiment/rank-regression.ts';
import { type Effect, isSample, type Sensitivity, sensitivityOf } from '../../sim/experiment/sensitivity.ts';
import { InputError } from '../../sim/problem.ts';
import type { PageText } from '../figures/page.ts';
import { html } from '../report/markup.ts';
import { plainNumber, tableText, widthOf, wrapped } from '../terminal.ts';
import { firstMeasure } from '../tidy.ts';
import { checkMeasure, finishedResults } from './results-folder.ts';
import { once } from './run-options.ts';

/** Share of the variance of ranks below which coefficients say little of the whole (Saltelli et al. 2008: 0.7). */
const LEAST_R_SQUARED = 0.7;

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
        '$0 sensitivity <folder>\n\nReads a sweep of any design: one axis at a time (how far each swings the measure), all ' +
          'combinations (also its share of the variance), Morris (mu* and sigma of elementary effects), samples (standardised ' +
          'rank regression coefficients); each with its 95 % interval. A setting whose values all come to the same results is ' +
          'reported as unused.',
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
  const { rows, axes, design, question, experiment, notes: told } = sweepOf(args.folder);
  checkMeasure(measure, [...new Set(rows.flatMap((row) => Object.keys(row.measures)))]);
  const interval = (experiment['interval'] ?? 'student') as IntervalKind;
  const seed = Number(experiment['seed']);
  const found = sensitivityOf(rows, axes, design, measure, { interval, seed });
  if (isSample(design) && found.fit === null) {
    throw new InputError({
      where: args.folder,
      found: `a sample of too few points to tell ${axes.length} axes apart`,
      would: `run it with --set design_points=${POINTS_A_COLUMN * axes.length} or more`,
    });
  }
  const notes = [
    ...notesOf(found, design, interval),
    ...told.filter((note) => note.includes(LEFT_OUT)).map((note) => `${note}; what is told is of the rest`),
  ];
  if (picture !== undefined) {
    const command = `nowsim sensitivity ${args.folder} --measure ${measure} --picture ${picture}`;
    await draw(found, measure, picture, { question, design: DESIGNS[design], command, notes });
  }
  if (args.json) {
    process.stdout.write(`${JSON.stringify({ measure, design, interval, ...found, notes }, null, 2)}\n`);
    return;
  }
  const head = columnsOf(design, measure);
  const table = tableText(
    head.map((title, i) => ({ title, align: i === 0 || title.endsWith(' at') ? 'left' : 'right' })),
    found.effects.map((effect) => cellsOf(effect)),
  );
  const text = notes.map((note) => `\n${wrapped(note, widthOf(process.stdout))}\n`).join('');
  process.stdout.write(
    `${DESIGNS[design]}\n\n${table}\n${text}${picture === undefined ? '' : `${picture}\n`}`,
  );
}

/** Titles of the columns that `cellsOf` fills. */
function columnsOf(design: DesignName, measure: string): string[] {
  if (design === 'morris') return ['setting', 'mu*', '95 %', 'mu', 'sigma'];
  if (isSample(design)) return ['setting', 'coefficient', '95 %', ''];
  const share = design === 'product' ? ['share of variance'] : [];
  return ['setting', 'least at', measure, 'largest at', measure, 'swing', '95 %', ...share];
}

function cellsOf({ path, swing, morris, regression, share }: Effect): string[] {
  const number = (value: number) => plainNumber(value, 4);
  const ends = (low: number | null, high: number | null) =>
    low === null || high === null ? '-' : `${number(low)} to ${number(high)}`;
  if (morris !== null) {
    const { mu, mu_star, low, high, sigma } = morris;
    return [path, number(mu_star), ends(low, high), number(mu), number(sigma)];
  }
  if (regression !== null) {
    const { coefficient, low, high, signed, clear } = regression;
    const round = (value: number) => `${signed && value > 0 ? '+' : ''}${value.toFixed(2)}`;
    return [path, round(coefficient), `${round(low)} to ${round(high)}`, clear ? '' : 'may be chance'];
  }
  const { least, largest, by, low, high } = swing!;
  return [
    path,
    valueText(least.value),
    number(least.mean),
    valueText(largest.value),
    number(largest.mean),
    number(by),
    ends(low, high),
    ...(share === null ? [] : [percent(share)]),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** What a reader of the effects must know. */
function notesOf(found: Sensitivity, design: DesignName, interval: IntervalKind): string[] {
  const { effects, rest, fit: fitted } = found;
  const unused = effects.filter((effect) => effect.unused).map(({ path }) => path);
  const swings = effects.flatMap(({ path, swing, unused: idle }) =>
    swing === null || idle ? [] : { path, ...swing },
  );
  const within = swings.filter(({ low }) => low !== null && low <= 0).map(({ path }) => path);
  const notes: string[] = [];
  if (swings.some(({ low }) => low !== null))
    notes.push(
      `95 %: interval of the swing, by paired differences (${interval}); it allows for the two values having been picked as the extremes`,
    );
  else if (swings.length > 0) notes.push('no intervals: they need at least two replications');
  if (within.length > 0)
    notes.push(`may be chance (the interval includes 0): ${within.join(', ')}; more replications tell`);
  if (rest !== null)
    notes.push(
      `share of variance: of the points' means, by the setting alone; the rest, ${percent(rest)}, is of settings that act through each other, and noise`,
    );
  if (design === 'morris')
    notes.push(
      'mu*: mean of the absolute elementary effects over the whole axis, 95 % by bootstrap over trajectories; mu: with their signs; sigma: their standard deviation, large where an axis acts through others or not in proportion',
    );
  if (fitted !== null) notes.push(...fitNotes(fitted, effects));
  if (unused.length > 0) notes.push(`unused: ${unused.join(', ')} (no result differs between the values)`);
  if (isSample(design))
    notes.push(
      'no two points of a sample differ in one setting alone, so it does not show which are unused: screen by morris',
    );
  return notes;
}

function fitNotes(
  { r_squared, points, columns }: NonNullable<Sensitivity['fit']>,
  effects: readonly Effect[],
): string[] {
  const wanted = POINTS_A_COLUMN * columns;
  const words = effects.filter(({ regression }) => regression?.signed === false).map(({ path }) => path);
  return [
    'coefficient: of a regression of the ranks of the measure on those of the settings, standardised: 1 or -1 is all of it, + grows along the axis; 95 % by bootstrap over points',
    `the regression explains ${percent(r_squared)} of the variance of ranks (R2); the rest is of settings that act through each other, go up and down, and noise${r_squared < LEAST_R_SQUARED ? '. Below 70 % the coefficients tell little of the whole' : ''}`,
    ...(words.length === 0
      ? []
      : [`no sign, three or more words: ${words.join(', ')} (chance alone gives them some size)`]),
    ...(points < wanted
      ? [
          `${points} points are few for this: ten for each axis (each word but one of an axis of words) are the usual least, here ${wanted}; run it with --set design_points=${wanted}`,
        ]
      : []),
  ];
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

/** What is drawn of an effect: a bar from `from` by `by`, the ends of its interval, and a word beside its name. */
interface Bar {
  readonly path: string;
  readonly beside: string;
  readonly from: number;
  readonly by: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly clear: boolean;
}

function barOf({ path, swing, morris, regression, unused }: Effect): Bar {
  if (morris !== null) {
    const { mu_star, low, high, sigma } = morris;
    const beside = unused ? 'unused' : `sigma ${plainNumber(sigma, 3)}`;
    return { path, beside, from: 0, by: mu_star, low, high, clear: !unused };
  }
  if (regression !== null) {
    const { coefficient, low, high, clear } = regression;
    return { path, beside: clear ? '' : 'may be chance', from: 0, by: coefficient, low, high, clear };
  }
  const { least, largest, by, low, high } = swing!;
  const clear = low === null ? !unused : low > 0;
  const values = `${valueText(least.value)} ... ${valueText(largest.value)}`;
  const beside = unused ? 'unused' : clear || low === null ? values : `${values}, may be chance`;
  return { path, beside, from: least.mean, by, low, high, clear };
}

/** A tornado: a bar for each setting (swing from its least mean, mu*, or coefficient) with its interval, the largest on top. */
async function draw(found: Sensitivity, measure: string, file: string, told: Told): Promise<void> {
  const { axis, COLOURS, frame, PAGE, ZOOM } = await import('../figures/style.ts');
  const bars = found.effects.toReversed().map(barOf);
  const [first] = found.effects;
  const { base } = found;
  const title =
    first!.morris !== null
      ? `mu* of ${measure}`
      : first!.regression !== null
        ? `standardised rank coefficient of ${measure}`
        : measure;
  const line = (x: number) => ({
    type: 'line',
    x0: x,
    x1: x,
    yref: 'paper',
    y0: 0,
    y1: 1,
    line: { width: 1.5 },
  });
  const picture = {
    data: [
      {
        type: 'bar',
        orientation: 'h',
        base: bars.map(({ from }) => from),
        x: bars.map(({ by }) => by),
        y: bars.map(({ path, beside }) => (beside === '' ? path : `${path}<br>${beside}`)),
        marker: { color: bars.map(({ clear }) => (clear ? COLOURS.blue : COLOURS.grey)) },
        error_x: {
          type: 'data',
          symmetric: false,
          array: bars.map(({ by, high }) => (high === null ? 0 : high - by)),
          arrayminus: bars.map(({ by, low }) => (low === null ? 0 : by - low)),
          thickness: 1,
          width: 3,
        },
        hovertext: bars.map(({ beside }) => beside),
      },
    ],
    layout: frame(PAGE, 60 + 38 * bars.length, {
      margin: { l: 210, r: 40, t: 12, b: 40 },
      xaxis: axis(title),
      yaxis: axis('', { ticks: '' }),
      shapes: base !== null ? [line(base)] : first!.swing === null ? [line(0)] : [],
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

/** What the page of a tornado tells beside its numbers. */
interface Told {
  readonly question: string;
  readonly design: string;
  readonly command: string;
  readonly notes: readonly string[];
}

function pageText({ effects }: Sensitivity, measure: string, told: Told): PageText {
  const unused = effects.filter((effect) => effect.unused).map((effect) => effect.path);
  const { path, by, clear } = barOf(effects[0]!);
  const kind =
    effects[0]!.morris !== null ? 'mu* ' : effects[0]!.regression !== null ? 'a rank coefficient of ' : 'by ';
  return {
    name: 'tornado',
    title: `What moves ${measure}`,
    question: told.question,
    verdict: {
      headline: `${path} moves it most, ${kind}${plainNumber(by, 4)}.`,
      because: [
        ...(clear || effects[0]!.unused ? [] : ['Its interval includes 0: it may be chance.']),
        ...(unused.length === 0 ? [] : [`No result differs between the values of ${unused.join(', ')}.`]),
      ].join(' '),
    },
    facts: [['Command', html`<code>${told.command}</code>`]],
    notes: [told.design, ...told.notes],
    tables: [
      {
        caption: 'Effects',
        rows: effects.map(({ path: setting, swing, morris, regression }) => {
          if (morris !== null) return { setting, ...morris };
          if (regression !== null) {
            const { coefficient, low, high } = regression;
            return { setting, coefficient, low, high };
          }
          const { least, largest, by: swung, low, high } = swing!;
          return {
            setting,
            least_at: valueText(least.value),
            least: least.mean,
            largest_at: valueText(largest.value),
            largest: largest.mean,
            swing: swung,
            low: low ?? '-',
            high: high ?? '-',
          };
        }),
      },
    ],
  };
}
