/**
 * The page as a document: what stands in it, in which order, and the data that its script draws from.
 * The verdict, the record of the run and every control are here; tables and charts are filled in by `page/`.
 */
import { type Measure, type PageData, pageData, timelineData } from './data.ts';
import { header } from './header.ts';
import { codeElement, html, jsonScript, type Markup, packedScript } from './markup.ts';
import type { PageCode } from './page-code.ts';
import { type ChartLibrary, pack } from './plotly.ts';
import { recordSection } from './record.ts';
import type { Results } from './results.ts';

/** Nothing is loaded, sent or framed; inline script and style are the page's own, images are made in the page. */
export const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

/** The whole document of a results folder. */
export async function pageMarkup(results: Results, library: ChartLibrary, code: PageCode): Promise<string> {
  const data = pageData(results);
  const timelines = timelineData(results.timelines);
  const present: TimeParts = {
    accounts: timelines.length > 0,
    series: timelines.some(({ series }) => Object.keys(series).length > 0),
    nodes: timelines.some(({ gantt }) => gantt.node.length > 0),
  };
  const { summary } = results;
  const title = summary.question === '' ? summary.experiment : summary.question;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="nowsim ${String(results.manifest['nowsim'] ?? '')}">
<title>${title} · nowsim</title>
${codeElement('style', code.style)}
</head>
<body data-name="${summary.experiment}">
<a class="skip" href="#comparison">Skip to the comparison</a>
${header(results)}
${contents(data, present)}
<main>
<p id="trouble" class="trouble" role="alert" hidden></p>
<noscript><p class="trouble">Tables and charts of this page are made by its script, which is switched off here. The same numbers stand in summary.csv beside this file.</p></noscript>
${comparisonSection(data)}
${data.pairs.length === 0 ? undefined : pairedSection(data)}
${
  present.accounts
    ? timeSections(
        data,
        timelines.map((t) => t.point),
        present,
      )
    : noTimelines()
}
${recordSection(results)}
</main>
<footer><p>Written by nowsim from the files beside it. Charts: plotly.js ${library.version} (MIT licence), carried in this file. Colours: Okabe and Ito.</p></footer>
${jsonScript('data', data)}
${packedScript('timelines', await pack(JSON.stringify(timelines)))}
${packedScript('library', library.packed)}
${codeElement('script', code.script)}
</body>
</html>
`;
  return page.markup;
}

/** What there is to show of time: kinds of run without nodes have accounts alone. */
interface TimeParts {
  readonly accounts: boolean;
  readonly series: boolean;
  readonly nodes: boolean;
}

function contents(data: PageData, present: TimeParts): Markup {
  const parts = [
    ['comparison', 'Comparison'],
    ...(data.pairs.length === 0 ? [] : [['paired', 'Differences']]),
    ...(present.accounts ? [['accounts', 'Time']] : []),
    ...(present.series ? [['series', 'Over time']] : []),
    ...(present.nodes ? [['nodes', 'Nodes']] : []),
    ['record', 'Record'],
  ];
  return html`<nav aria-label="Contents"><ul>${parts.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>`;
}

interface Choice {
  readonly value: number;
  readonly text: string;
}

function select(
  id: string,
  label: string,
  choices: readonly Choice[],
  chosen: number,
  extra?: Markup,
): Markup {
  const options = choices.map(
    (c) =>
      html`<option value="${c.value}"${c.value === chosen ? html` selected` : undefined}>${c.text}</option>`,
  );
  return html`<label for="${id}">${label} <select id="${id}"${extra}>${options}</select></label>`;
}

function checkbox(id: string, label: string, checked = false): Markup {
  return html`<label for="${id}"><input type="checkbox" id="${id}"${checked ? html` checked` : undefined}> ${label}</label>`;
}

function saveButton(chart: string): Markup {
  return html`<button type="button" class="quiet" data-save="${chart}">Save chart (SVG)</button>`;
}

function chart(id: string, caption: string): Markup {
  return html`<figure><div class="chart" id="${id}" role="img" aria-label="chart"></div><figcaption>${caption}</figcaption></figure>`;
}

function table(id: string): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="table, scrolls sideways"><table id="${id}"></table></div>`;
}

/** A select of measures: those that the experiment asks for before the others. */
function measureSelect(id: string, data: PageData): Markup {
  const option = (m: Measure): Markup => {
    const name = m.unit === '' || m.unit === '1' ? m.label : `${m.label} (${m.unit})`;
    return html`<option value="${data.measures.indexOf(m)}">${name}</option>`;
  };
  const asked = data.measures.filter((m) => m.asked).map(option);
  const others = data.measures.filter((m) => !m.asked).map(option);
  const options =
    others.length === 0
      ? asked
      : [
          html`<optgroup label="asked for">${asked}</optgroup><optgroup label="also measured">${others}</optgroup>`,
        ];
  return html`<label for="${id}">Measure <select id="${id}">${options}</select></label>`;
}

function comparisonSection(data: PageData): Markup {
  const axes = data.axes.map((axis, value) => ({ value, text: axis.path }));
  const several = axes.length > 1;
  const slices =
    axes.length > 2
      ? data.axes.map((axis, i) =>
          select(
            `slice-${i}`,
            `${axis.path} at`,
            axis.values.map((v, value) => ({ value, text: v })),
            0,
            html` data-axis="${i}"`,
          ),
        )
      : [];
  return html`<section id="comparison" aria-labelledby="comparison-title">
<h2 id="comparison-title">Comparison</h2>
<div class="controls">
${measureSelect('measure', data)}
${several ? select('axis-x', 'Across', axes, 0) : undefined}
${several ? select('axis-colour', 'Colour', [{ value: -1, text: 'all alike' }, ...axes], 1) : undefined}
${slices}
${checkbox('from-zero', 'From zero', true)}
${saveButton('comparison-chart')}
</div>
${chart('comparison-chart', 'Mean over replications with its 95 % interval (Student’s t). Overlapping intervals do not mean equal points: replications share their random numbers, so look at the paired differences.')}
${table('comparison-table')}
</section>`;
}

function pairedSection(data: PageData): Markup {
  return html`<section id="paired" aria-labelledby="paired-title">
<h2 id="paired-title">Differences from the baseline</h2>
<div class="controls">
${measureSelect('paired-measure', data)}
${checkbox('relative', 'In percent of the baseline')}
${saveButton('paired-chart')}
</div>
${chart('paired-chart', 'Point minus its baseline, replication by replication, with the 95 % interval of the mean difference. Where the interval includes zero, no difference is shown.')}
${table('paired-table')}
</section>`;
}

function timeSections(data: PageData, timed: readonly number[], present: TimeParts): Markup {
  const points = timed.map((value) => ({ value, text: data.points[value]!.label }));
  return html`${accountsSection()}
${present.series ? seriesSection(points) : undefined}
${present.nodes ? nodesSection(points) : undefined}`;
}

function accountsSection(): Markup {
  return html`<section id="accounts" aria-labelledby="accounts-title">
<h2 id="accounts-title">Where the time went</h2>
<div class="controls">
<label for="accounts-unit">Show <select id="accounts-unit"><option value="share">share of the time</option><option value="hours">node-hours</option></select></label>
${checkbox('busy-only', 'Leave out owner, waiting and idle time')}
${saveButton('accounts-chart')}
</div>
${chart('accounts-chart', 'All time of all nodes in the first replication, by what it was spent on.')}
<details><summary>The same as a table</summary>${table('accounts-table')}</details>
</section>`;
}

function seriesSection(points: readonly Choice[]): Markup {
  return html`<section id="series" aria-labelledby="series-title">
<h2 id="series-title">Over time</h2>
<div class="controls">
${select('series-point', 'Point', points, points[0]!.value)}
${points.length > 1 ? select('series-beside', 'Beside it', [{ value: -1, text: 'none' }, ...points], -1) : undefined}
${saveButton('series-chart')}
</div>
${chart('series-chart', 'First replication, means over equal bins of time; a second point is dotted. Idle nodes are those that the idle policy offers, guests or no guests; without GLUnix, those that have nothing to run.')}
</section>`;
}

function nodesSection(points: readonly Choice[]): Markup {
  return html`<section id="nodes" aria-labelledby="nodes-title">
<h2 id="nodes-title">What every node did</h2>
<div class="controls">
${select('gantt-point', 'Point', points, points[0]!.value)}
<label for="gantt-page">Nodes <select id="gantt-page"></select></label>
<label for="gantt-job">Job <input type="number" id="gantt-job" min="0" inputmode="numeric"></label>
<button type="button" data-gantt="closer">Zoom in</button>
<button type="button" data-gantt="wider">Zoom out</button>
<button type="button" data-gantt="earlier">Earlier</button>
<button type="button" data-gantt="later">Later</button>
<button type="button" data-gantt="whole">Whole</button>
</div>
<p class="aside" id="gantt-window"></p>
<div class="controls legend" id="gantt-legend" role="group" aria-label="Kinds shown"></div>
<div class="canvas"><canvas id="gantt" tabindex="0" role="application" aria-label="Gantt diagram of nodes over time. Arrow keys step through intervals and nodes, plus and minus zoom, Enter marks the job, Escape clears." aria-describedby="gantt-help"></canvas><div class="tip" id="gantt-tip" hidden></div></div>
<p class="aside" id="gantt-help">Intervals narrower than a pixel are paler; zoom in to tell them apart. Drag to move, Ctrl and wheel to zoom, click an interval to bring out its job. With the keyboard: arrow keys step, + and − zoom, 0 shows the whole, Enter brings out the job, Escape clears.</p>
<p class="aside" id="gantt-says" role="status" aria-live="polite"></p>
</section>`;
}

function noTimelines(): Markup {
  return html`<section id="accounts"><h2>Over time</h2><p>This folder has no timelines, so where the time went and what nodes did cannot be shown.</p></section>`;
}
