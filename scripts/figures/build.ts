/**
 * Builds figures: data.csv, picture.svg, .png, .pdf and .html, and about.json in a folder a figure; or checks the data
 * against the committed ones.
 *
 * `about.json` holds what a reader is told: question, claim, verdict, notes, command, time. Its time is a round number
 * and stays as it is while it is within a factor of two, so that building a figure again changes no file.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from '../../models/history.ts';
import type { Machine } from '../../models/presets/machines.ts';
import { writeWhole } from '../../sim/experiment/files.ts';
import type { Summary } from '../../sim/experiment/results.ts';
import { CheckError } from '../../sim/problem.ts';
import { packageFolder } from '../package.ts';
import { html } from '../report/markup.ts';
import { capital } from '../report/verdict.ts';
import { historyOf, readTimeline } from '../timelines.ts';
import type { Picture } from './draw.ts';
import { type Figure, type PublishedRow, type Row, sentence, type Verdict } from './figure.ts';
import type { PageText } from './page.ts';
import { ZOOM } from './style.ts';
import { csvRows, csvText, differences } from './table.ts';

/** Where the committed figures lie. */
export const figuresFolder: string = join(packageFolder, 'results', 'figures');

/** What a reader is told of a figure. */
export interface About extends Verdict {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly claim: string;
  readonly claim_source: string;
  readonly notes: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
  readonly command: string;
  readonly seconds: number;
}

/** A machine that was named on the command line. */
export interface Given {
  readonly machine: Machine;
  readonly path: string;
}

export interface Built {
  readonly about: About;
  readonly rows: readonly Row[];
}

/** An experiment's result, and whether all of it was computed now (and not taken from an earlier run). */
export interface Done {
  readonly summary: Summary;
  readonly fresh: boolean;
  /** Results folder, which has timelines. */
  readonly folder: string;
}

/** What makes files of a picture. */
export interface Pen {
  draw(picture: Picture): Promise<string>;
  png(svg: string, zoom: number): Promise<Uint8Array>;
  pdf(svg: string, width: number, height: number): Promise<Uint8Array>;
  /** Writes a picture as a page. */
  page(file: string, picture: Picture, told: PageText): Promise<void>;
}

/** What building needs from around: experiments, a clock, a pen. */
export interface Workshop extends Pen {
  /** Runs the experiment of a file, changed as on the command line of `run`. */
  run(
    file: string,
    changed: { readonly set?: readonly string[]; readonly vary?: readonly string[] },
  ): Promise<Done>;
  /** Milliseconds of a clock. */
  now(): number;
}

/** The rows of a figure's `published.csv`; none where it has none. */
export function publishedOf(figure: Figure): readonly PublishedRow[] {
  const file = join(figuresFolder, figure.name, 'published.csv');
  return existsSync(file) ? csvRows(readFileSync(file, 'utf8')) : [];
}

/** The data of a figure as they are written, and as they are read again. */
async function dataOf(
  figure: Figure,
  run: Workshop['run'],
  machine: Given | undefined,
): Promise<{ text: string; rows: readonly Row[]; fresh: boolean }> {
  let fresh = true;
  let folder = '';
  const computed = await figure.rows({
    published: publishedOf(figure),
    ...(machine === undefined ? {} : { machine: machine.machine, machinePath: machine.path }),
    run: async (changed = {}) => {
      const done = await run(join(figuresFolder, figure.name, 'experiment.yaml'), changed);
      fresh &&= done.fresh;
      folder = done.folder;
      return done.summary;
    },
    gantt: (point) => {
      const history = historyOf(readTimeline(folder, point));
      return history === null ? [] : rowsOf(history);
    },
  });
  const text = csvText(Object.keys(figure.columns), computed);
  return { text, rows: csvRows(text), fresh };
}

/** Builds a figure into `out/NAME/`. */
export async function buildFigure(
  figure: Figure,
  workshop: Workshop,
  out: string,
  machine?: Given,
): Promise<Built> {
  const started = workshop.now();
  const { text, rows, fresh } = await dataOf(figure, workshop.run, machine);
  const published = publishedOf(figure);
  const picture = figure.picture(rows, published);
  const folder = join(out, figure.name);
  await drawInto(folder, picture, workshop);
  writeWhole(join(folder, 'data.csv'), text);
  const about: About = {
    name: figure.name,
    title: figure.title,
    question: figure.question,
    claim: figure.claim,
    claim_source: figure.claimSource,
    ...figure.verdict(rows, published),
    notes: figure.notes,
    columns: figure.columns,
    command: `nowsim figure ${figure.name}${machine === undefined ? '' : ` --machine ${machine.path}`}`,
    seconds: steady((workshop.now() - started) / 1000, aboutOf(out, figure.name)?.seconds, fresh),
  };
  writeWhole(join(folder, 'about.json'), `${JSON.stringify(about, null, 2)}\n`);
  await workshop.page(join(folder, 'picture.html'), picture, pageText(about, rows, published));
  return { about, rows };
}

/** Writes a picture into a folder as SVG, PNG and PDF. */
export async function drawInto(folder: string, picture: Picture, pen: Pen): Promise<void> {
  const svg = await pen.draw(picture);
  const png = await pen.png(svg, ZOOM);
  const pdf = await pen.pdf(svg, picture.layout.width, picture.layout.height);
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, 'picture.svg'), svg);
  writeWhole(join(folder, 'picture.png'), png);
  writeWhole(join(folder, 'picture.pdf'), pdf);
}

/** What the page of a figure tells. */
export function pageText(about: About, rows: readonly Row[], published: readonly PublishedRow[]): PageText {
  const file = (name: string) => html`<a href="${name}">${name}</a>`;
  const files = ['data.csv', 'picture.svg', 'picture.pdf', 'picture.png'].map(file);
  return {
    name: about.name,
    title: about.title,
    question: about.question,
    verdict: { headline: `${capital(about.holds)}.`, because: capital(sentence(about.because)) },
    facts: [
      ['Claim', `${about.claim} (${about.claim_source})`],
      ['Command', html`<code>${about.command}</code>, about ${about.seconds} s`],
      ['Beside it', html`${files.flatMap((one, i) => (i === 0 ? [one] : [html`, `, one]))}`],
    ],
    notes: about.notes,
    tables: [
      { caption: 'Data', rows, columns: about.columns },
      ...(published.length === 0 ? [] : [{ caption: 'Published points', rows: published }]),
    ],
  };
}

/** Seconds to one digit; what was written before, while it is near or the work was not done anew. */
function steady(seconds: number, before: number | undefined, fresh: boolean): number {
  if (before !== undefined && (!fresh || (seconds < 2 * before && seconds > before / 2))) return before;
  return Number(Math.max(seconds, 0.1).toPrecision(1));
}

/** What is told of a figure that has been built into a folder. */
export function aboutOf(out: string, name: string): About | undefined {
  const file = join(out, name, 'about.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as About) : undefined;
}

/** Most differences that are told one by one. */
const TOLD = 5;

/**
 * Computes a figure's data again and compares them with those in `out/NAME/`.
 * Throws `CheckError` where a number has drifted, or there is nothing to compare with.
 */
export async function checkFigure(figure: Figure, run: Workshop['run'], out: string): Promise<Built> {
  const file = join(out, figure.name, 'data.csv');
  const about = aboutOf(out, figure.name);
  if (!existsSync(file) || about === undefined) {
    throw new CheckError(`${figure.name}: ${file} is not there; build it with nowsim figure ${figure.name}`);
  }
  const { rows } = await dataOf(figure, run, undefined);
  const drifted = differences(csvRows(readFileSync(file, 'utf8')), rows);
  if (drifted.length > 0) {
    const rest = drifted.length > TOLD ? [`and ${drifted.length - TOLD} more`] : [];
    throw new CheckError(
      [`${figure.name}: the data have drifted from ${file}`, ...drifted.slice(0, TOLD), ...rest].join('\n  '),
    );
  }
  const verdict = figure.verdict(rows, publishedOf(figure));
  if (verdict.holds !== about.holds || verdict.because !== about.because) {
    throw new CheckError(`${figure.name}: the verdict is now "${verdict.holds}: ${verdict.because}"`);
  }
  return { about, rows };
}
