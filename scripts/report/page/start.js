/**
 * The page's beginning: reads the embedded data, fills tables at once, unpacks the chart library and the timelines,
 * draws, and draws again when a control, the colour scheme, the width or the paper changes.
 */
import { accountsFigure, accountsTable } from './accounts.js';
import { comparisonFigure, comparisonTable } from './comparison.js';
import { ganttDiagram } from './gantt.js';
import { showTrouble, startLibrary, unpack } from './library.js';
import { pairedFigure, pairedTable } from './paired.js';
import { seriesFigure } from './series.js';
import { fillTable } from './table.js';
import { readTheme } from './theme.js';
import { durationText, titleOf } from './words.js';

const part = (id) => document.getElementById(id);
const data = JSON.parse(part('data').textContent);
const view = {
  measure: 0,
  x: data.axes.length === 0 ? -1 : 0,
  colour: data.axes.length > 1 ? 1 : -1,
  fixed: data.axes.map(() => 0),
  bars: true,
  relative: false,
  share: true,
  busyOnly: false,
};
let theme = readTheme(part('comparison-chart').clientWidth);
let timelines = [];
let library = null;
let gantt = null;

/** Draws into a box; `words` are what a reader hears who cannot see the chart. */
function draw(id, figure, words) {
  const box = part(id);
  if (box === null || library === null) return;
  box.setAttribute('aria-label', words);
  library.react(box, figure.traces, figure.layout, { displayModeBar: false, showTips: false });
}

function fillComparison() {
  const measure = data.measures[view.measure];
  if (!measure) return;
  const table = comparisonTable(data, view);
  fillTable(part('comparison-table'), `${titleOf(measure)} at every point`, table.columns, table.rows);
  if (part('paired-table') === null) return;
  const pairs = pairedTable(data, view);
  fillTable(part('paired-table'), `${titleOf(measure)}: point minus its baseline`, pairs.columns, pairs.rows);
}

function drawComparison() {
  const measure = data.measures[view.measure];
  if (!measure) return;
  const figure = comparisonFigure(data, view, theme);
  const words = `${titleOf(measure)}: ${figure.shown.length} points with 95 % intervals. The table beneath has the numbers.`;
  draw('comparison-chart', figure, words);
  if (data.pairs.length === 0) return;
  const paired = pairedFigure(data, view, theme);
  const count = `${paired.count} comparison${paired.count === 1 ? '' : 's'}`;
  draw(
    'paired-chart',
    paired,
    `Differences in ${titleOf(measure)}: ${count}. The table beneath has the numbers.`,
  );
}

function fillAccounts() {
  if (timelines.length === 0) return;
  const table = accountsTable(data, timelines, view, theme);
  fillTable(
    part('accounts-table'),
    view.share ? 'Percent of the time shown' : 'Node-hours',
    table.columns,
    table.rows,
  );
}

function drawAccounts() {
  if (timelines.length === 0) return;
  const figure = accountsFigure(data, timelines, view, theme);
  draw(
    'accounts-chart',
    figure,
    'Where the time of all nodes went, by point. The table beneath has the numbers.',
  );
}

function drawSeries() {
  const shown = [part('series-point'), part('series-beside')]
    .map((select) => timelines.find((t) => String(t.point) === select?.value))
    .filter((t, i, all) => t !== undefined && all.indexOf(t) === i);
  if (shown.length === 0) return;
  const names = shown.map((t) => data.points[t.point].label).join(' and ');
  draw('series-chart', seriesFigure(data, shown, theme), `Utilisation, nodes and jobs over time: ${names}.`);
}

function showGantt() {
  const timeline = timelines.find((t) => String(t.point) === part('gantt-point').value);
  if (timeline === undefined) return;
  const { from_s, to_s, cut, node } = timeline.gantt;
  const rest = cut ? '; later intervals were left out to keep the page small' : '';
  part('gantt-window').textContent =
    `${node.length.toLocaleString('en-US')} intervals in ${durationText(to_s - from_s)} of ${durationText(timeline.horizon_s)}, ${timeline.nodes} nodes, ${timeline.jobs.toLocaleString('en-US')} jobs${rest}.`;
  gantt.show(timeline);
}

function drawAll() {
  theme = readTheme(part('comparison-chart').clientWidth);
  drawComparison();
  drawAccounts();
  drawSeries();
  gantt?.draw(theme);
}

/** A select or checkbox that changes the view and draws. */
function control(id, change, redraw) {
  part(id)?.addEventListener('change', (event) => {
    change?.(event.target);
    redraw();
  });
}

function showSlices() {
  for (const select of document.querySelectorAll('[data-axis]')) {
    const i = Number(select.dataset.axis);
    select.closest('label').hidden = i === view.x || i === view.colour;
  }
}

function connect() {
  const measure = (select) => {
    view.measure = Number(select.value);
    for (const id of ['measure', 'paired-measure']) if (part(id)) part(id).value = select.value;
    fillComparison();
  };
  control('measure', measure, drawComparison);
  control('paired-measure', measure, drawComparison);
  control(
    'axis-x',
    (select) => {
      const old = view.x;
      view.x = Number(select.value);
      if (view.colour === view.x) {
        view.colour = old;
        part('axis-colour').value = String(old);
      }
      showSlices();
    },
    drawComparison,
  );
  control(
    'axis-colour',
    (select) => {
      const old = view.colour;
      view.colour = Number(select.value);
      if (view.colour === view.x && view.colour >= 0) {
        view.x = old >= 0 ? old : data.axes.findIndex((_, i) => i !== view.colour);
        part('axis-x').value = String(view.x);
      }
      showSlices();
    },
    drawComparison,
  );
  for (const select of document.querySelectorAll('[data-axis]')) {
    control(
      select.id,
      () => {
        view.fixed[Number(select.dataset.axis)] = Number(select.value);
      },
      drawComparison,
    );
  }
  control(
    'from-zero',
    (box) => {
      view.bars = box.checked;
    },
    drawComparison,
  );
  control(
    'relative',
    (box) => {
      view.relative = box.checked;
    },
    drawComparison,
  );
  control(
    'accounts-unit',
    (select) => {
      view.share = select.value === 'share';
      fillAccounts();
    },
    drawAccounts,
  );
  control(
    'busy-only',
    (box) => {
      view.busyOnly = box.checked;
      fillAccounts();
    },
    drawAccounts,
  );
  control('series-point', null, drawSeries);
  control('series-beside', null, drawSeries);
  control('gantt-point', null, showGantt);
  for (const button of document.querySelectorAll('[data-save]')) {
    button.addEventListener('click', () => {
      const box = part(button.dataset.save);
      if (library === null) return;
      const options = {
        format: 'svg',
        width: box.clientWidth,
        height: box.clientHeight,
        filename: `${document.body.dataset.name}-${button.dataset.save}`,
      };
      library.downloadImage(box, options);
    });
  }
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
  connect();
  showSlices();
  fillComparison();
  try {
    const [code, packed] = await Promise.all([unpack('library'), unpack('timelines')]);
    timelines = JSON.parse(packed);
    if (part('gantt') !== null) {
      gantt = ganttDiagram({
        canvas: part('gantt'),
        tip: part('gantt-tip'),
        legend: part('gantt-legend'),
        page: part('gantt-page'),
        job: part('gantt-job'),
        says: part('gantt-says'),
        buttons: Object.fromEntries(
          [...document.querySelectorAll('[data-gantt]')].map((b) => [b.dataset.gantt, b]),
        ),
      });
      gantt.draw(theme);
      showGantt();
    }
    fillAccounts();
    library = startLibrary(code);
    drawAll();
    document.body.dataset.state = 'ready';
  } catch (error) {
    showTrouble(error);
  }
}

void begin();
