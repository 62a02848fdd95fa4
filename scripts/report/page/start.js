/**
 * The page's beginning: reads the embedded data, fills tables at once, unpacks the chart library and draws the
 * comparison, then unpacks what nodes did, which may be much, and draws the rest. It draws again when a control, the
 * address, the colour scheme, the width or the paper changes. What the reader has chosen stands in the controls, and
 * there alone: `readView` collects it before every drawing.
 */
import { accountsFigure, accountsTable } from './accounts.js';
import { addressKeeper } from './address.js';
import { axisSpan, comparisonFigure, comparisonTable, shownPoints, tableMeasures } from './comparison.js';
import { showTrouble, startLibrary, unpack } from './library.js';
import { nodesSection } from './nodes.js';
import { pairedFigure, pairedTable, pairsOf } from './paired.js';
import { pointDetail } from './point.js';
import { csvText, saveText } from './save.js';
import { seriesFigure } from './series.js';
import { fillTable } from './table.js';
import { readTheme } from './theme.js';
import { estimateText, titleOf } from './words.js';

const part = (id) => document.getElementById(id);
const data = JSON.parse(part('data').textContent);
let view;
let theme = readTheme(part('comparison-chart').clientWidth);
let single = null;
let timelines = [];
let library = null;
let nodes = null;
let address = null;

/** What the controls say; one that is not there says what it would if it were. */
function readView() {
  const value = (id) => part(id)?.value ?? '';
  const checked = (id) => part(id)?.checked ?? false;
  const axisOf = (id) => data.axes.findIndex(({ path }) => path === value(id));
  const measure = Math.max(
    0,
    data.measures.findIndex(({ name }) => name === value('measure')),
  );
  const [across, colour, facet] = ['axis-x', 'axis-colour', 'axis-facet'].map(axisOf);
  const x = acrossOf(across, value('axis-x'));
  const used = [x?.axis, colour, facet];
  const fixed = data.axes.map(({ values }, a) =>
    used.includes(a) ? -1 : values.indexOf(value(`slice-${a}`)),
  );
  const shown = shownPoints(data, { fixed });
  const wide = (side) => axisSpan(data, shown, side) > 10;
  const chosen = value('chosen') === '' ? -1 : Number(value('chosen'));
  return {
    measure,
    x,
    colour: colour === x?.axis ? -1 : colour,
    facet: facet === x?.axis || facet === colour ? -1 : facet,
    fixed,
    interval: ['interval', 'both'].includes(value('spread') || 'interval'),
    runs: ['runs', 'both'].includes(value('spread')),
    bars: checked('from-zero'),
    logX: checked('log-x') && wide(x),
    logY: checked('log-y') && wide({ measure }),
    all: checked('all-measures'),
    relative: checked('relative'),
    share: value('accounts-unit') !== 'hours',
    busyOnly: checked('busy-only'),
    chosen: data.points[chosen] === undefined ? -1 : chosen,
  };
}

function acrossOf(axis, text) {
  if (axis >= 0) return { axis };
  const measure = data.measures.findIndex(({ name }) => name === text);
  if (measure >= 0) return { measure };
  return null;
}

/** Draws into a box; `words` are what a reader hears who cannot see the chart. */
function draw(id, figure, words) {
  const box = part(id);
  if (box === null || library === null) return;
  box.setAttribute('aria-label', words);
  library.react(box, figure.traces, figure.layout, { displayModeBar: false, showTips: false });
}

/** Figures by the id of their box, as the view stands, in a theme. */
const FIGURES = {
  'comparison-chart': (dress) => comparisonFigure(data, single, view, dress),
  'paired-chart': (dress) => pairedFigure(data, view, pairsOf(data, view, shownPoints(data, view)), dress),
  'accounts-chart': (dress) => accountsFigure(data, timelines, view, dress),
  'series-chart': (dress) => seriesFigure(data, seriesShown(), dress),
};

function fillComparison() {
  if (data.measures.length === 0) return;
  const measure = data.measures[view.measure];
  const shown = shownPoints(data, view);
  const choosing = { chosen: view.chosen, choose, detail };
  const { columns, rows } = comparisonTable(data, view, shown);
  const many = shown.length === 1 ? '1 point' : `${shown.length} points`;
  const caption = `${tableMeasures(data, view).length === 1 ? titleOf(measure) : 'Means and intervals'} at ${many}${shown.length < data.points.length ? ` of ${data.points.length}` : ''}`;
  fillTable(part('comparison-table'), caption, columns, rows, { points: shown, ...choosing });
  if (part('paired-table') === null) return;
  const pairs = pairsOf(data, view, shown);
  const table = pairedTable(data, view, pairs);
  const points = pairs.map(({ point }) => point);
  fillTable(
    part('paired-table'),
    `${titleOf(measure)}: point minus its baseline`,
    table.columns,
    table.rows,
    {
      points,
      ...choosing,
      detail: null,
    },
  );
}

function drawComparison() {
  if (data.measures.length === 0) return;
  const measure = data.measures[view.measure];
  const figure = comparisonFigure(data, single, view, theme);
  const across = view.x?.measure === undefined ? '' : ` against ${titleOf(data.measures[view.x.measure])}`;
  const points = `${figure.drawn.length} point${figure.drawn.length === 1 ? '' : 's'}`;
  draw(
    'comparison-chart',
    figure,
    `${titleOf(measure)}${across}: ${points}. Arrow keys step through them; the table beneath has the numbers.`,
  );
  part('comparison-notes').textContent = figure.notes.join(' ');
  if (data.pairs.length === 0) return;
  const pairs = pairsOf(data, view, figure.shown);
  const count = `${pairs.length} comparison${pairs.length === 1 ? '' : 's'}`;
  draw(
    'paired-chart',
    pairedFigure(data, view, pairs, theme),
    `Differences in ${titleOf(measure)}: ${count}. The table beneath has the numbers.`,
  );
}

/** Sections of the page that show one point, with the control that says which. */
const SECTIONS = [
  { id: 'series', control: 'series-point', name: 'over time' },
  { id: 'nodes', control: 'gantt-point', name: 'what its nodes did' },
];

/** What repeats a point, and the ways to it. */
function detail(k) {
  const held = ({ control }) => [...(part(control)?.options ?? [])].some(({ value }) => value === String(k));
  return pointDetail(data, k, SECTIONS.filter(held), ({ id, control }) => {
    part(control).value = String(k);
    part(control).dispatchEvent(new Event('change'));
    address.go(id);
  });
}

/** Marks a point in charts and tables, or unmarks it where it is marked. */
function choose(k, again = true) {
  const focused = document.activeElement?.closest('table')?.id;
  part('chosen').value = again && k === view.chosen ? '' : k < 0 ? '' : String(k);
  view = readView();
  fillComparison();
  drawComparison();
  if (focused !== 'comparison-table') showRow();
  // The table was made anew: the keyboard stays where it was.
  if (focused) document.querySelector(`#${focused} [data-point="${k}"] button`)?.focus();
  const estimate = data.points[view.chosen]?.estimates[view.measure];
  part('comparison-says').textContent =
    view.chosen < 0
      ? 'No point is chosen.'
      : `Point ${view.chosen}: ${data.points[view.chosen].label}, ${estimate ? estimateText(estimate) : 'no such measure'}`;
  address.note(null, true);
}

/** Scrolls the row of the chosen point into its frame, not the page. */
function showRow() {
  const row = document.querySelector(`#comparison-table [data-point="${view.chosen}"]`);
  const frame = row?.closest('.tall');
  if (frame) frame.scrollTop = row.offsetTop - frame.clientHeight / 3;
}

/** The points that a chart shows, in its order, with where they are among its traces. */
function marksOf(box) {
  return box.data.flatMap((trace, curveNumber) =>
    trace.name === 'single runs'
      ? []
      : trace.customdata.map((point, pointNumber) => ({ point, curveNumber, pointNumber, trace })),
  );
}

/** Mouse and keyboard in a chart whose marks are points. */
function pointed(id) {
  const box = part(id);
  if (box === null) return;
  box.on('plotly_click', ({ points }) => choose(points[0].customdata));
  box.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && view.chosen >= 0) choose(-1);
    if (event.key === 'Enter' && view.chosen >= 0) {
      // The key goes down here and up there, and is to press nothing.
      event.preventDefault();
      document.querySelector(`#comparison-table [data-point="${view.chosen}"] button`)?.focus();
    }
    if (step === undefined) return;
    event.preventDefault();
    const marks = marksOf(box);
    if (marks.length === 0) return;
    const now = marks.findIndex(({ point }) => point === view.chosen);
    const next = now < 0 ? 0 : Math.max(0, Math.min(marks.length - 1, now + step));
    choose(marks[next].point, false);
    const { curveNumber, pointNumber, trace } = marks[next];
    const subplot = `${trace.xaxis ?? 'x'}${trace.yaxis ?? 'y'}`;
    library.Fx.hover(box, [{ curveNumber, pointNumber }], [subplot]);
  });
  box.addEventListener('blur', () => library.Fx.unhover(box));
}

function saveTable() {
  const measures = tableMeasures(data, view);
  const head = ['point', ...data.axes.map(({ path }) => path)];
  for (const m of measures) {
    const { name } = data.measures[m];
    head.push(name, `${name} low`, `${name} high`, `${name} n`);
  }
  head.push('digest', 'command');
  const order = [...document.querySelectorAll('#comparison-table tr[data-point]')].map((row) =>
    Number(row.dataset.point),
  );
  const rows = order.map((k) => {
    const { at, estimates, runs, command } = data.points[k];
    const numbers = measures.flatMap((m) => {
      const [mean, below, above, n] = estimates[m] ?? [null, null, null, 0];
      return below === null ? [mean, null, null, n] : [mean, mean - below, mean + above, n];
    });
    return [k, ...data.axes.map(({ values }, a) => values[at[a]]), ...numbers, runs?.digest ?? '', command];
  });
  saveText(`${document.body.dataset.name}-points.csv`, 'text/csv', csvText([head, ...rows]));
}

/** A chart as a file, drawn as on paper whatever the screen. */
function saveChart(id, format) {
  if (library === null) return;
  const { clientWidth } = part(id);
  document.documentElement.dataset.paper = '';
  const paper = readTheme(clientWidth);
  delete document.documentElement.dataset.paper;
  const { traces, layout } = FIGURES[id](paper);
  const { width, height } = layout;
  library.downloadImage(
    { data: traces, layout: { ...layout, paper_bgcolor: paper.ground } },
    {
      format,
      width,
      height,
      scale: format === 'png' ? 2 : 1,
      filename: `${document.body.dataset.name}-${id}`,
    },
  );
}

function fillAccounts() {
  if (timelines.length === 0 || part('accounts-table') === null) return;
  const table = accountsTable(data, timelines, view, theme);
  fillTable(
    part('accounts-table'),
    view.share ? 'Percent of the time shown' : 'Node-hours',
    table.columns,
    table.rows,
  );
}

function drawAccounts() {
  if (timelines.length === 0 || part('accounts-chart') === null) return;
  const figure = accountsFigure(data, timelines, view, theme);
  draw(
    'accounts-chart',
    figure,
    'Where the time of all nodes went, by point. The table beneath has the numbers.',
  );
}

function seriesShown() {
  return [part('series-point'), part('series-beside')]
    .map((select) => timelines.find((t) => String(t.point) === select?.value))
    .filter((t, i, all) => t !== undefined && all.indexOf(t) === i);
}

function drawSeries() {
  const shown = seriesShown();
  if (shown.length === 0) return;
  const names = shown.map((t) => data.points[t.point].label).join(' and ');
  draw(
    'series-chart',
    seriesFigure(data, shown, theme, nodes?.momentOf),
    `Utilisation, nodes and jobs over time: ${names}.`,
  );
}

function drawAll() {
  theme = readTheme(part('comparison-chart').clientWidth);
  drawComparison();
  drawAccounts();
  drawSeries();
  nodes?.draw(theme);
}

/** A select or checkbox that draws when it is changed, after `change`. */
function control(id, redraw, change) {
  part(id)?.addEventListener('change', (event) => {
    change?.(event.target);
    view = readView();
    redraw();
  });
}

function showComparison() {
  showControls();
  fillComparison();
  drawComparison();
}

/** An axis plays one part: the control that takes it leaves its old value to the one that had it. */
function exchange(changed) {
  const parts = ['axis-x', 'axis-colour', 'axis-facet'].map(part).filter((each) => each !== null);
  const holds = (select, value) => [...select.options].some((option) => option.value === value);
  for (const other of parts) {
    if (other === changed || other.value === '' || other.value !== changed.value) continue;
    if (other.id !== 'axis-x')
      other.value = holds(other, changed.dataset.before) ? changed.dataset.before : '';
    else {
      const taken = parts.map(({ value }) => value);
      const free = [...other.options].find(
        ({ value }) => !taken.includes(value) && value !== part('measure').value,
      );
      if (changed.dataset.before !== '') other.value = changed.dataset.before;
      else if (free !== undefined) other.value = free.value;
      else changed.value = '';
    }
  }
  for (const each of parts) each.dataset.before = each.value;
}

/** With a measure across, all points are worth seeing; along an axis, those that differ in nothing else. */
function releaseOrHold() {
  const release = data.measures.some(({ name }) => name === part('axis-x').value);
  for (const select of document.querySelectorAll('[data-slice]')) {
    if (release) select.value = '';
    else if (select.value === '') select.value = data.axes[Number(select.dataset.slice)].values[0];
  }
}

/** An axis whose values span much is spread evenly by their ratios, until the reader says otherwise. */
function chooseLog() {
  const box = part('log-x');
  if (box === null) return;
  const { x } = readView();
  box.checked = x?.axis >= 0 && axisSpan(data, [], x) > 10;
  box.dataset.normal = box.checked ? 'on' : 'off';
}

/** Shows the controls that do something now: slices of axes that play no part, log scales where they can be. */
function showControls() {
  for (const select of document.querySelectorAll('[data-slice]')) {
    const a = Number(select.dataset.slice);
    select.closest('.slice').hidden = [view.x?.axis, view.colour, view.facet].includes(a);
    const slider = part(`slider-${a}`);
    if (slider === null) continue;
    slider.value = String(Math.max(0, view.fixed[a]));
    slider.setAttribute('aria-valuetext', select.value === '' ? 'all values' : select.value);
  }
  const shown = shownPoints(data, view);
  for (const [id, side] of [
    ['log-x', view.x],
    ['log-y', { measure: view.measure }],
  ]) {
    if (part(id) !== null) part(id).closest('label').hidden = axisSpan(data, shown, side) <= 10;
  }
  // Many rows scroll in a frame of their own.
  part('comparison-frame').classList.toggle('tall', shown.length > 30);
  part('paired-frame')?.classList.toggle('tall', pairsOf(data, view, shown).length > 30);
}

/** Everything as the controls stand. */
function restore() {
  for (const id of ['axis-x', 'axis-colour', 'axis-facet'])
    if (part(id)) part(id).dataset.before = part(id).value;
  if (part('paired-measure') !== null) part('paired-measure').value = part('measure').value;
  view = readView();
  showComparison();
  showRow();
  fillAccounts();
  if (library === null) return;
  drawAccounts();
  drawSeries();
  void nodes?.show(true);
}

function connect() {
  for (const id of ['measure', 'paired-measure']) {
    control(id, showComparison, (select) => {
      for (const each of ['measure', 'paired-measure']) if (part(each)) part(each).value = select.value;
    });
  }
  control('axis-x', showComparison, (select) => {
    exchange(select);
    releaseOrHold();
    chooseLog();
  });
  for (const id of ['axis-colour', 'axis-facet']) control(id, showComparison, exchange);
  for (const id of ['spread', 'from-zero', 'log-x', 'log-y', 'all-measures', 'relative'])
    control(id, showComparison);
  for (const select of document.querySelectorAll('[data-slice]')) {
    control(select.id, showComparison);
    const slider = part(`slider-${select.dataset.slice}`);
    slider?.addEventListener('input', () => {
      select.value = data.axes[Number(select.dataset.slice)].values[Number(slider.value)];
      view = readView();
      showComparison();
      address.note('comparison', true);
    });
  }
  for (const id of ['accounts-unit', 'busy-only']) {
    control(id, () => {
      fillAccounts();
      drawAccounts();
    });
  }
  control('series-point', drawSeries);
  control('series-beside', drawSeries);
  control('gantt-point', () => void nodes?.show(false));
  for (const button of document.querySelectorAll('[data-save]')) {
    button.addEventListener('click', () => saveChart(button.dataset.save, button.dataset.format));
  }
  part('save-table').addEventListener('click', saveTable);
  document.addEventListener('change', ({ target }) => {
    if (target.dataset.key !== undefined || target.id === 'paired-measure') {
      address.note(target.closest('section').id);
    }
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest('nav a, .skip');
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    address.go(link.getAttribute('href').slice(1));
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  let waiting = 0;
  let lastWidth = document.documentElement.clientWidth;
  addEventListener('resize', () => {
    if (document.documentElement.clientWidth === lastWidth) return;
    lastWidth = document.documentElement.clientWidth;
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 120);
  });
  // Paper is white and narrower than a screen: the charts are drawn for it and drawn back.
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.paper = '';
    drawAll();
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset.paper;
    drawAll();
  });
}

async function begin() {
  address = addressKeeper(chooseLog, restore);
  connect();
  address.open();
  try {
    const [code, runs] = await Promise.all(['library', 'single'].map(unpack));
    single = JSON.parse(runs);
    library = startLibrary(code);
    theme = readTheme(part('comparison-chart').clientWidth);
    drawComparison();
    for (const id of ['comparison-chart', 'paired-chart']) pointed(id);
    // What is drawn so far is shown, and can be used, while histories are unpacked.
    await new Promise((shown) => setTimeout(shown));
    timelines = JSON.parse(await unpack('timelines'));
    fillAccounts();
    drawAccounts();
    if (part('nodes') !== null) {
      nodes = nodesSection(timelines, () => {
        address.note(null, true);
        drawSeries();
      });
      nodes.draw(theme);
      await nodes.show(true);
    }
    drawSeries();
    address.show();
    document.body.dataset.state = 'ready';
  } catch (error) {
    showTrouble(error);
  }
}

void begin();
