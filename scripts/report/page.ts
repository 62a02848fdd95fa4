/**
 * The page as a document: what stands in it, in which order, and the data that its script draws from.
 * The verdict, the record of the run and every control are here; tables and charts are filled in by `page/`.
 */
import { type Measure, type PageData, pageData, singleData, timelineData } from './data.ts';
import { header } from './header.ts';
import { historiesOf } from './histories.ts';
import { codeElement, html, jsonScript, type Markup, packedScript, pageHead } from './markup.ts';
import { nodesSection } from './nodes-section.ts';
import type { PageCode } from './page-code.ts';
import { type ChartLibrary, pack } from './plotly.ts';
import { recordSection } from './record.ts';
import type { Results } from './results.ts';

/** The whole document of a results folder. */
export async function pageMarkup(
  results: Results,
  library: ChartLibrary,
  code: PageCode,
  room?: number,
): Promise<string> {
  const data = pageData(results);
  const histories = historiesOf(results.timelines, room);
  const timelines = timelineData(results, histories);
  const present: TimeParts = {
    accounts: timelines.some(({ accounts_s }) => Object.keys(accounts_s).length > 0),
    series: timelines.some(({ series }) => Object.keys(series).length > 0),
    nodes: histories.map(({ point }) => point),
    longest: Math.max(0, ...histories.map(({ to_s }) => to_s)),
  };
  const { summary } = results;
  const title = summary.question === '' ? summary.experiment : summary.question;
  const page = html`<!doctype html>
<html lang="en">
${pageHead(title, String(results.manifest['nowsim'] ?? ''), code.style)}
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
  timelines.length > 0
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
${packedScript('single', await pack(JSON.stringify(singleData(results))))}
${packedScript('timelines', await pack(JSON.stringify(timelines)))}
${histories.map(({ point, packed }) => packedScript(`history-${point}`, packed))}
${packedScript('library', library.packed)}
${codeElement('script', code.script)}
</body>
</html>
`;
  return page.markup;
}

/** What there is to show of time: kinds of run without nodes have accounts alone, load sharing has none. */
interface TimeParts {
  readonly accounts: boolean;
  readonly series: boolean;
  /** Points whose nodes can be shown. */
  readonly nodes: readonly number[];
  /** Until when the longest of their histories goes, s. */
  readonly longest: number;
}

function contents(data: PageData, present: TimeParts): Markup {
  const parts = [
    ['comparison', 'Comparison'],
    ...(data.pairs.length === 0 ? [] : [['paired', 'Differences']]),
    ...(present.accounts ? [['accounts', 'Time']] : []),
    ...(present.series ? [['series', 'Over time']] : []),
    ...(present.nodes.length > 0 ? [['nodes', 'Nodes']] : []),
    ['record', 'Record'],
  ];
  return html`<nav aria-label="Contents"><ul>${parts.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>`;
}

interface Choice {
  readonly value: number | string;
  readonly text: string;
}

function optionsOf(choices: readonly Choice[], chosen?: number | string): Markup[] {
  return choices.map(
    (c) =>
      html`<option value="${c.value}"${c.value === chosen ? html` selected` : undefined}>${c.text}</option>`,
  );
}

/** Every select and checkbox is kept in the address, under its id or `key`. */
function select(
  id: string,
  label: string,
  choices: readonly Choice[] | Markup,
  chosen?: number | string,
  extra: Markup = html` data-key="${id}"`,
): Markup {
  const options = 'markup' in choices ? choices : html`${optionsOf(choices, chosen)}`;
  return html`<label for="${id}">${label} <select id="${id}"${extra}>${options}</select></label>`;
}

function checkbox(id: string, label: string, checked = false): Markup {
  return html`<label for="${id}"><input type="checkbox" id="${id}" data-key="${id}"${checked ? html` checked` : undefined}> ${label}</label>`;
}

function saveButtons(chart: string): Markup {
  return html`<span class="group quiet">${['svg', 'png'].map((format) => html`<button type="button" data-save="${chart}" data-format="${format}">Save chart (${format.toUpperCase()})</button>`)}</span>`;
}

function chart(id: string, caption: Markup | string): Markup {
  return html`<figure><div class="chart" id="${id}" role="img" aria-label="chart"></div><figcaption>${caption}</figcaption></figure>`;
}

/** A chart whose points mouse and keyboard choose. */
function pointChart(id: string, caption: Markup): Markup {
  return html`<figure><div class="chart" id="${id}" role="application" tabindex="0" aria-label="chart"></div><figcaption>${caption}</figcaption></figure>`;
}

function table(id: string): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="table, scrolls sideways"><table id="${id}"></table></div>`;
}

/** A table of points, whose rows are chosen and whose order is kept in the address. */
function pointTable(name: string): Markup {
  return html`<div class="scroll points" id="${name}-frame" tabindex="0" role="region" aria-label="table of points"><table id="${name}-table" data-key="${name}-sort"></table></div>`;
}

/** The options of a select of measures: those that the experiment asks for before the others. */
function measureOptions(data: PageData): Markup {
  const choice = (m: Measure): Choice => ({
    value: m.name,
    text: m.unit === '' || m.unit === '1' ? m.label : `${m.label} (${m.unit})`,
  });
  const asked = optionsOf(data.measures.filter((m) => m.asked).map(choice));
  const others = optionsOf(data.measures.filter((m) => !m.asked).map(choice));
  if (others.length === 0) return html`${asked}`;
  return html`<optgroup label="asked for">${asked}</optgroup><optgroup label="also measured">${others}</optgroup>`;
}

/** Panels for more values than this are too small to be read. */
const MOST_PANELS = 12;

function comparisonSection(data: PageData): Markup {
  const { points } = data;
  const axes = data.axes.filter(({ values }) => values.length > 1);
  const choice = ({ path }: { readonly path: string }): Choice => ({ value: path, text: path });
  const several = points.length > 1;
  const panels = axes.filter(({ values }) => values.length <= MOST_PANELS);
  const across =
    data.measures.length > 1
      ? html`<optgroup label="axes">${optionsOf(axes.map(choice))}</optgroup>${measureOptions(data)}`
      : html`${optionsOf(axes.map(choice))}`;
  const asked = data.measures.filter((m) => m.asked).length;
  return html`<section id="comparison" aria-labelledby="comparison-title">
<h2 id="comparison-title">Comparison</h2>
<input type="hidden" id="chosen" data-key="point" value="">
<div class="controls">
${select('measure', 'Measure', measureOptions(data))}
${several && axes.length > 0 ? select('axis-x', 'Across', across) : undefined}
${several && axes.length > 0 ? select('axis-colour', 'Colour', [{ value: '', text: 'all alike' }, ...axes.map(choice)], axes[1]?.path) : undefined}
${several && panels.length > 0 ? select('axis-facet', 'Panels', [{ value: '', text: 'one' }, ...panels.map(choice)]) : undefined}
</div>
${slices(data)}
<div class="controls">
${select('spread', 'Spread', SPREADS)}
${checkbox('from-zero', 'From zero', true)}
${several && axes.length > 0 ? checkbox('log-x', 'Log across') : undefined}
${several ? checkbox('log-y', 'Log upwards') : undefined}
${saveButtons('comparison-chart')}
</div>
${pointChart('comparison-chart', comparisonCaption(data))}
<p class="aside" id="comparison-says" role="status" aria-live="polite">Choose a point, in the chart or by its number in the table, for the command that repeats it.</p>
<div class="controls">
${asked > 1 ? checkbox('all-measures', 'All measures asked for') : undefined}
<span class="group quiet"><button type="button" id="save-table">Save table (CSV)</button></span>
</div>
${pointTable('comparison')}
</section>`;
}

function comparisonCaption(data: PageData): Markup {
  const sampled =
    data.design === null ? '' : ` The points are a sample (${data.design}), so all of them are shown.`;
  const paired =
    data.pairs.length === 0
      ? ''
      : ' Overlapping intervals do not mean equal points: replications share their random numbers, so look at the differences below.';
  const spread = data.points.some(({ estimates }) => estimates.some((e) => e !== null && e[1] !== null))
    ? `Means over replications; 95 % intervals: ${data.interval}.`
    : 'One replication: there are no intervals.';
  return html`${spread}${sampled}${paired} <span id="comparison-notes"></span>`;
}

const SPREADS: readonly Choice[] = [
  { value: 'interval', text: '95 % intervals' },
  { value: 'runs', text: 'single runs' },
  { value: 'both', text: 'both' },
  { value: 'none', text: 'means alone' },
];

/** For each axis the value at which the chart holds it; a slider too where the values are numbers. */
function slices(data: PageData): Markup | undefined {
  if (data.design !== null || data.axes.length < 2) return undefined;
  const parts = data.axes.map((axis, a) => {
    if (axis.values.length < 2) return html``;
    const values = axis.values.map((text): Choice => ({ value: text, text }));
    const held = select(
      `slice-${a}`,
      `${axis.path} at`,
      [{ value: '', text: 'all' }, ...values],
      axis.values[0],
      html` data-key="at ${axis.path}" data-slice="${a}"`,
    );
    const slider =
      axis.numbers === null || axis.values.length < 3
        ? undefined
        : html`<input type="range" id="slider-${a}" aria-label="${axis.path}" min="0" max="${axis.values.length - 1}" step="1" value="0">`;
    return html`<span class="slice group">${held}${slider}</span>`;
  });
  return html`<div class="controls">${parts}</div>`;
}

function pairedSection(data: PageData): Markup {
  return html`<section id="paired" aria-labelledby="paired-title">
<h2 id="paired-title">Differences from the baseline</h2>
<div class="controls">
${select('paired-measure', 'Measure', measureOptions(data), undefined, html``)}
${checkbox('relative', 'In percent of the baseline')}
${saveButtons('paired-chart')}
</div>
${pointChart('paired-chart', html`Point minus its baseline, replication by replication, with the 95 % interval of the mean difference (${data.interval}), for the points shown above. Each interval stands alone. p: the chance of such a difference if there were none, adjusted for all comparisons of this measure in the experiment (Holm); from 5 % on no difference is shown, as where the table of <code>nowsim run</code> has no star.`)}
${pointTable('paired')}
</section>`;
}

function timeSections(data: PageData, timed: readonly number[], present: TimeParts): Markup {
  const choices = (points: readonly number[]) =>
    points.map((value) => ({ value, text: data.points[value]!.label }));
  const points = choices(timed);
  return html`${present.accounts ? accountsSection() : undefined}
${present.series ? seriesSection(points) : undefined}
${present.nodes.length > 0 ? nodesSection(select('gantt-point', 'Point', choices(present.nodes)), present.longest) : undefined}`;
}

function accountsSection(): Markup {
  return html`<section id="accounts" aria-labelledby="accounts-title">
<h2 id="accounts-title">Where the time went</h2>
<div class="controls">
${select('accounts-unit', 'Show', [
  { value: 'share', text: 'share of the time' },
  { value: 'hours', text: 'node-hours' },
])}
${checkbox('busy-only', 'Leave out time in which nobody’s program ran: owner, waiting, idle, down')}
${saveButtons('accounts-chart')}
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
${saveButtons('series-chart')}
</div>
${chart('series-chart', 'First replication, means over equal bins of time; a second point is dotted. Idle nodes are those that the idle policy offers, guests or no guests; without GLUnix, those that have nothing to run.')}
</section>`;
}

function noTimelines(): Markup {
  return html`<section id="accounts"><h2>Over time</h2><p>This folder has no timelines, so where the time went and what nodes did cannot be shown: its runs have none, or were made with --no-report.</p></section>`;
}
