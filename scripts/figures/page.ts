/**
 * A figure as a page: its question, claim and verdict, the picture to point at, its notes, and its numbers as a table.
 * Made of the same picture that is drawn for paper. One file, which opens from a disk and asks nothing of a network.
 */
import { writeWhole } from '../../sim/experiment/files.ts';
import { version } from '../package.ts';
import { codeElement, html, jsonScript, type Markup, packedScript, pageHead } from '../report/markup.ts';
import { readPageCode } from '../report/page-code.ts';
import { chartLibrary } from '../report/plotly.ts';
import type { Picture } from './draw.ts';
import type { Row } from './figure.ts';
import { interactive } from './interactive.ts';

/** What a page tells of a picture. */
export interface PageText {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** What the data say: one short sentence or a word, and what supports it. */
  readonly verdict: { readonly headline: string; readonly because: string };
  /** Facts by name: claim, command, time, files beside the page. */
  readonly facts: readonly (readonly [string, string | Markup])[];
  readonly notes: readonly string[];
  readonly tables: readonly PageTable[];
}

/** Numbers of the picture; every row has the same columns. */
export interface PageTable {
  readonly caption: string;
  readonly rows: readonly Row[];
  /** What a column holds, by its name. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** Writes the page of a picture. The file is there whole or not at all. */
export async function writePage(file: string, picture: Picture, told: PageText): Promise<void> {
  writeWhole(file, await pageMarkup(picture, told));
}

async function pageMarkup(picture: Picture, told: PageText): Promise<string> {
  const [library, code] = await Promise.all([chartLibrary(), readPageCode('figure.js')]);
  const { width, height } = picture.layout;
  return html`<!doctype html>
<html lang="en">
${pageHead(told.title, version, code.style)}
<body data-name="${told.name}">
<header>
<p class="kicker">nowsim figure <b>${told.name}</b></p>
<h1>${told.title}</h1>
<p>${told.question}</p>
<div class="verdict"><strong>${told.verdict.headline}</strong> ${told.verdict.because}</div>
</header>
<main>
<p id="trouble" class="trouble" role="alert" hidden></p>
<noscript><p class="trouble">The chart and the tables of this page are made by its script, which is switched off here. picture.svg and data.csv beside a figure show the same.</p></noscript>
<figure>
<div class="scroll" id="frame" tabindex="0" role="region" aria-label="chart, scrolls sideways where the page is narrow"><div class="sheet"><div id="picture" role="img" aria-label="${told.title}. The table beneath has the numbers." style="width:${width}px;height:${height}px"></div></div></div>
<figcaption>Point at a mark for its numbers. ${picture.layout['showlegend'] === true ? 'A click on a name of the legend switches it off, two show it alone.' : undefined}</figcaption>
</figure>
<div class="controls">
<button type="button" data-zoom="0.6">Zoom in</button>
<button type="button" data-zoom="1.6667">Zoom out</button>
<button type="button" data-zoom="0">Whole picture</button>
</div>
${told.notes.length === 0 ? undefined : html`<ul class="notes">${told.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<dl class="facts">${told.facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${told.tables.map(tableSection)}
</main>
<footer><p>Written by nowsim ${version}. Chart: plotly.js ${library.version} (MIT licence), carried in this file. Colours: Okabe and Ito.</p></footer>
${jsonScript('data', { ...interactive(picture), tables: told.tables.map(({ rows }) => rows) })}
${packedScript('library', library.packed)}
${codeElement('script', code.script)}
</body>
</html>
`.markup;
}

function tableSection({ caption, columns }: PageTable, i: number): Markup {
  const told =
    columns === undefined
      ? undefined
      : html`<dl class="facts">${Object.entries(columns).map(([name, what]) => html`<dt>${name}</dt><dd>${what}</dd>`)}</dl>`;
  return html`<section aria-labelledby="table-title-${i}">
<h2 id="table-title-${i}">${caption}</h2>
${told}
<div class="scroll tall" tabindex="0" role="region" aria-label="table, scrolls"><table id="table-${i}"></table></div>
</section>`;
}
