/**
 * The cluster at one moment: a cell for every node, coloured by what it does, with its letter where there is room and
 * with names where nodes are few. Only cells that have changed are painted again, from pictures of each kind, so that
 * a thousand nodes can be played. The nodes of the job that is marked have a frame, the others are paler.
 */
import { nodeKinds } from './kinds.js';

const LEAST_CELL = 5;
const MOST_CELL = 78;
/** Cells this wide have room for the node's number and its job; this wide for a letter. */
const NAMED = 50;
const LETTERED = 13;
/** The legend and the story beneath the cells need this width. */
const LEAST_WIDTH = 440;

/** Width of a cell, and columns in rows that are about equally long, for so many nodes in a box. */
function gridOf(nodes, width, height) {
  const fitting = Math.floor(Math.sqrt((width * height) / nodes));
  const cell = Math.max(LEAST_CELL, Math.min(MOST_CELL, fitting));
  const rows = Math.ceil(nodes / Math.max(1, Math.floor(width / cell)));
  return { cell, columns: Math.ceil(nodes / rows), rows };
}

/**
 * Drives the picture on a canvas. `chosen(node)`: the reader has chosen a node. Returns `show(sweep)`, `draw(theme)`,
 * `paint()` (after the sweep has gone on), `mark(job)`, `point(node)` and `onNode` (to be told of nodes that change).
 */
export function clusterGrid(canvas, chosen) {
  const pen = canvas.getContext('2d');
  let theme = null;
  let kinds = [];
  let sweep = null;
  let grid = { cell: 10, columns: 1, rows: 1 };
  let pictures = [];
  let changed = new Set();
  let all = true;
  let marked = -1;
  let dims = false;
  let cursor = -1;

  function show(newSweep) {
    sweep = newSweep;
    changed = new Set();
    marked = -1;
    cursor = -1;
    layOut();
  }

  function draw(newTheme) {
    theme = newTheme;
    kinds = nodeKinds(theme);
    layOut();
  }

  function layOut() {
    if (sweep === null || theme === null) return;
    const nodes = sweep.ground.length;
    const room = Math.max(300, Math.min(520, window.innerHeight * 0.62));
    const { style } = canvas.closest('.cluster');
    style.removeProperty('--cells');
    canvas.style.width = '';
    grid = gridOf(nodes, canvas.clientWidth, room);
    const width = grid.columns * grid.cell;
    style.setProperty('--cells', `${Math.max(Math.min(LEAST_WIDTH, canvas.clientWidth), width)}px`);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${grid.rows * grid.cell}px`;
    canvas.dataset.cell = String(grid.cell);
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(grid.rows * grid.cell * scale);
    pictures = kinds.map((kind) => pictureOf(kind, scale));
    all = true;
    paint();
  }

  /** A cell of a kind, painted once. */
  function pictureOf(kind, scale) {
    const picture = document.createElement('canvas');
    const size = grid.cell;
    picture.width = Math.ceil(size * scale);
    picture.height = Math.ceil(size * scale);
    const brush = picture.getContext('2d');
    brush.scale(scale, scale);
    const gap = size > 8 ? 1 : 0.5;
    brush.fillStyle = kind.colour;
    brush.fillRect(0, 0, size - gap, size - gap);
    if (!kind.drawn && size > 8) {
      brush.strokeStyle = theme.muted;
      brush.globalAlpha = 0.5;
      brush.strokeRect(0.5, 0.5, size - gap - 1, size - gap - 1);
      brush.globalAlpha = 1;
    }
    if (size >= LETTERED && kind.letter !== '') {
      brush.fillStyle = kind.ink;
      brush.textAlign = 'center';
      const large = size >= NAMED;
      brush.font = `${large ? 700 : 400} ${large ? 15 : Math.min(15, Math.round(size * 0.68))}px ${theme.font}`;
      brush.textBaseline = large ? 'top' : 'middle';
      brush.fillText(kind.letter, large ? size - 13 : (size - gap) / 2, large ? 5 : (size - gap) / 2 + 0.5);
    }
    return picture;
  }

  /** What has changed since the last time. */
  function paint() {
    if (sweep === null || theme === null) return;
    const scale = window.devicePixelRatio || 1;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    // Only where there is something to bring out are the others paler.
    const pale = marked >= 0 && sweep.cellsOf(marked).length > 0;
    if (pale !== dims) all = true;
    dims = pale;
    if (all) {
      pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
      for (let node = 0; node < sweep.ground.length; node++) paintNode(node);
    } else for (const node of changed) paintNode(node);
    changed.clear();
    all = false;
    if (cursor >= 0) paintNode(cursor);
  }

  function paintNode(node) {
    const { cell, columns } = grid;
    const x = (node % columns) * cell;
    const y = Math.floor(node / columns) * cell;
    const place = sweep.cellOf(node);
    const job = sweep.job[place];
    const own = marked >= 0 && holds(node, marked);
    pen.clearRect(x, y, cell, cell);
    pen.globalAlpha = dims && !own ? 0.4 : 1;
    pen.drawImage(pictures[sweep.shown(node)], x, y, cell, cell);
    if (cell >= NAMED) nameNode(node, job, x, y);
    pen.globalAlpha = 1;
    if (own) frame(x, y, Math.max(1.5, Math.min(4, cell / 6)), theme.ink);
    if (node === cursor) frame(x, y, Math.max(2, Math.min(3, cell / 5)), theme.ink, [3, 2]);
  }

  function nameNode(node, job, x, y) {
    const kind = kinds[sweep.shown(node)];
    pen.fillStyle = kind.ink;
    pen.font = `12px ${theme.font}`;
    pen.textAlign = 'left';
    pen.textBaseline = 'top';
    pen.fillText(String(node), x + 5, y + 6);
    if (job < 0) return;
    pen.textBaseline = 'bottom';
    pen.fillText(String(sweep.history.id[job]), x + 5, y + grid.cell - 6, grid.cell - 10);
  }

  function frame(x, y, wide, colour, dashes = []) {
    pen.strokeStyle = colour;
    pen.lineWidth = wide;
    pen.setLineDash(dashes);
    pen.strokeRect(x + wide / 2, y + wide / 2, grid.cell - 1 - wide, grid.cell - 1 - wide);
    pen.setLineDash([]);
  }

  /** Whether a node holds a job in any of its rows. */
  function holds(node, job) {
    for (let place = node; place < sweep.job.length; place += sweep.ground.length)
      if (sweep.job[place] === job) return true;
    return false;
  }

  function mark(job) {
    if (marked === job) return;
    marked = job;
    all = true;
    paint();
  }

  /** Puts the keyboard's cursor on a node; -1: on none. */
  function point(node) {
    if (cursor >= 0) changed.add(cursor);
    cursor = node;
    paint();
  }

  canvas.addEventListener('pointerup', (event) => {
    if (sweep === null) return;
    const column = Math.floor(event.offsetX / grid.cell);
    const node = Math.floor(event.offsetY / grid.cell) * grid.columns + column;
    if (column >= grid.columns || node >= sweep.ground.length) return;
    point(node);
    chosen(node);
  });
  const STEPS = {
    ArrowRight: () => 1,
    ArrowLeft: () => -1,
    ArrowDown: () => grid.columns,
    ArrowUp: () => -grid.columns,
  };
  canvas.addEventListener('keydown', (event) => {
    const by = STEPS[event.key];
    if (sweep === null || by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = cursor < 0 ? 0 : cursor + by();
    if (next < 0 || next >= sweep.ground.length) return;
    point(next);
    chosen(next);
  });

  return {
    show,
    draw,
    paint,
    mark,
    point,
    /** The whole picture is to be painted next time: the sweep has jumped. */
    jumped: () => {
      all = true;
    },
    onNode: (node) => changed.add(node),
  };
}
