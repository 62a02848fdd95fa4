/**
 * The page of one figure: fills its tables, unpacks the chart library, draws the picture at the size it has on paper,
 * enlarged to the page's width.
 */
import { showTrouble, startLibrary, unpack } from './library.js';
import { fillTable } from './table.js';
import { numberText } from './words.js';

const data = JSON.parse(document.getElementById('data').textContent);
const frame = document.getElementById('frame');
const picture = document.getElementById('picture');
const { width, height } = data.layout;

/** Letters of the picture are 10 px: smaller than this they are not read, and the picture scrolls sideways. */
const LEAST = 0.75;
const MOST = 1.6;

function enlarge() {
  const scale = Math.min(MOST, Math.max(LEAST, frame.clientWidth / width));
  picture.style.transform = `scale(${scale})`;
  picture.parentElement.style.width = `${scale * width}px`;
  picture.parentElement.style.height = `${scale * height}px`;
}

function fillTables() {
  data.tables.forEach((rows, i) => {
    const names = Object.keys(rows[0] ?? {});
    const columns = names.map((name) => ({
      title: name,
      numeric: rows.every((row) => typeof row[name] === 'number'),
    }));
    const cells = rows.map((row) =>
      names.map((name) =>
        typeof row[name] === 'number' ? { text: numberText(row[name]), sort: row[name] } : row[name],
      ),
    );
    fillTable(
      document.getElementById(`table-${i}`),
      `${rows.length} row${rows.length === 1 ? '' : 's'}`,
      columns,
      cells,
    );
  });
}

/** Both ends of every axis, `factor` times as far from its middle; 0: as it was drawn first. */
function zoom(library, factor) {
  const change = {};
  for (const [key, first] of Object.entries(data.layout)) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    const [from, to] = picture.layout[key].range;
    const [middle, half] = [(from + to) / 2, (factor * (to - from)) / 2];
    if (factor !== 0) change[`${key}.range`] = [middle - half, middle + half];
    else if (first.range === undefined) change[`${key}.autorange`] = true;
    else change[`${key}.range`] = [...first.range];
  }
  library.relayout(picture, change);
}

async function begin() {
  fillTables();
  enlarge();
  addEventListener('resize', enlarge);
  try {
    const library = startLibrary(await unpack('library'));
    // A finger that drags over a chart scrolls the page; a mouse that drags zooms.
    const dragmode = matchMedia('(pointer: coarse)').matches ? false : 'zoom';
    const config = { displayModeBar: false, showTips: false, doubleClick: 'reset' };
    await library.newPlot(picture, data.data, structuredClone({ ...data.layout, dragmode }), config);
    for (const button of document.querySelectorAll('[data-zoom]')) {
      button.addEventListener('click', () => zoom(library, Number(button.dataset.zoom)));
    }
    document.body.dataset.state = 'ready';
  } catch (error) {
    showTrouble(error);
  }
}

void begin();
