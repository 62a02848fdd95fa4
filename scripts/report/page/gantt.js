/**
 * The Gantt diagram of nodes on a canvas: zoom and pan in time, pages of nodes, one job brought out. Owners fill a row,
 * jobs run inside it, so that both can be seen where they meet.
 *
 * Level of detail: an interval narrower than a pixel is painted with that share of the pixel's colour, so that a
 * crowded row shows how long, not how often. Up to some 100,000 intervals in view are painted one by one; more are
 * summed up pixel by pixel. None is made wider than it is.
 */
import { Sweep, shownAs } from '../../../models/history.ts';
import { NONE, nodeKinds } from './kinds.js';
import { clockText, durationText, numberText, timeUnit } from './words.js';

const MARGIN = { left: 46, right: 8, top: 22, bottom: 36 };
/** Intervals that are kept and painted one by one. */
const MOST_INTERVALS = 100_000;
/** What a node's ground, and what it does for a job, is drawn as: places among the kinds, -1 for nothing. */
function layersOf(sweep, node, kinds) {
  const place = sweep.cellOf(node);
  const shown = sweep.shown(node);
  const doing = sweep.doing[place] >= 0 ? shown : NONE;
  const ground = sweep.groundShown(node);
  return { ground: kinds[ground].drawn ? ground : NONE, doing, job: sweep.job[place] };
}

/**
 * Calls `interval(node, layer, kind, job, from, to)` (ms; layer 0: ground, 1: jobs) for all that nodes did in a
 * window, until it answers false. Returns whether it went through.
 */
function eachInterval(sweep, kinds, window, interval) {
  const { from, to, first, last } = window;
  const nodes = last - first;
  sweep.onNode = () => {};
  sweep.seek(from);
  const since = [new Float64Array(nodes).fill(from), new Float64Array(nodes).fill(from)];
  const ground = new Int8Array(nodes);
  const doing = new Int8Array(nodes);
  const job = new Int32Array(nodes);
  for (let i = 0; i < nodes; i++) {
    const layers = layersOf(sweep, first + i, kinds);
    ground[i] = layers.ground;
    doing[i] = layers.doing;
    job[i] = layers.job;
  }
  const touched = [];
  sweep.onNode = (node) => {
    if (node >= first && node < last) touched.push(node);
  };
  const close = (i, layer, until) => {
    const began = since[layer][i];
    since[layer][i] = until;
    const kind = layer === 0 ? ground[i] : doing[i];
    if (kind === NONE || until <= began) return true;
    return interval(first + i, layer, kind, layer === 0 ? NONE : job[i], began, until);
  };
  while (sweep.nextMs < to) {
    sweep.step();
    for (const node of touched) {
      const i = node - first;
      const now = layersOf(sweep, node, kinds);
      if (now.ground !== ground[i]) {
        if (!close(i, 0, sweep.ms)) return false;
        ground[i] = now.ground;
      }
      if (now.doing !== doing[i] || now.job !== job[i]) {
        if (!close(i, 1, sweep.ms)) return false;
        doing[i] = now.doing;
        job[i] = now.job;
      }
    }
    touched.length = 0;
  }
  for (let i = 0; i < nodes; i++) if (!close(i, 0, to) || !close(i, 1, to)) return false;
  return true;
}

/** Intervals of a window as columns; null where there are too many. */
function intervalsIn(sweep, kinds, window) {
  const columns = { node: [], layer: [], kind: [], job: [], start: [], end: [] };
  const whole = eachInterval(sweep, kinds, window, (node, layer, kind, job, from, to) => {
    if (columns.node.length === MOST_INTERVALS) return false;
    columns.node.push(node);
    columns.layer.push(layer);
    columns.kind.push(kind);
    columns.job.push(job);
    columns.start.push(from);
    columns.end.push(to);
    return true;
  });
  if (!whole) return null;
  const count = columns.node.length;
  const byNode = [];
  for (let i = 0; i < count; i++) {
    byNode[columns.node[i]] ??= [];
    byNode[columns.node[i]].push(i);
  }
  for (const own of byNode) own?.sort((a, b) => columns.start[a] - columns.start[b]);
  return { ...columns, count, byNode };
}

/** A window painted pixel by pixel: each pixel has the colours of what its nodes did in its time, by their shares. */
function rasterOf(sweep, kinds, window, width, hidden) {
  const nodes = window.last - window.first;
  const rows = Math.min(nodes, 640);
  const weight = rows / nodes;
  const red = new Float32Array(width * rows);
  const green = new Float32Array(width * rows);
  const blue = new Float32Array(width * rows);
  const cover = new Float32Array(width * rows);
  const colours = kinds.map((kind) => coloursOf(kind.colour));
  const scale = width / (window.to - window.from);
  eachInterval(sweep, kinds, window, (node, layer, kind, _job, from, to) => {
    if (hidden.has(kind)) return true;
    const row = Math.floor((node - window.first) * weight) * width;
    const [r, g, b] = colours[kind];
    // Jobs run inside the row of the owner, who is seen where there is no job.
    const strength = weight * (layer === 0 ? 0.55 : 1);
    const left = (from - window.from) * scale;
    const right = (to - window.from) * scale;
    for (let x = Math.floor(left); x < right; x++) {
      const share = strength * (Math.min(right, x + 1) - Math.max(left, x));
      red[row + x] += share * r;
      green[row + x] += share * g;
      blue[row + x] += share * b;
      cover[row + x] += share;
    }
    return true;
  });
  const picture = document.createElement('canvas');
  picture.width = width;
  picture.height = rows;
  const pen = picture.getContext('2d');
  const image = pen.createImageData(width, rows);
  for (let i = 0; i < cover.length; i++) {
    if (cover[i] === 0) continue;
    image.data[4 * i] = red[i] / cover[i];
    image.data[4 * i + 1] = green[i] / cover[i];
    image.data[4 * i + 2] = blue[i] / cover[i];
    image.data[4 * i + 3] = Math.min(255, 255 * cover[i]);
  }
  pen.putImageData(image, 0, 0);
  return picture;
}

function coloursOf(colour) {
  const whole = Number.parseInt(colour.slice(1), 16);
  return [(whole >> 16) & 255, (whole >> 8) & 255, whole & 255];
}

/**
 * Drives the diagram. `parts`: canvas, tip, line (of the moment), legend, page (select of node ranges), job (number
 * input), buttons (by name), says (live region), chosen(job, ms) (the reader has chosen a job, or null, or a time
 * alone). Returns `show(history)`, `draw(theme)`, `mark(job)` and `at(ms)`.
 */
export function ganttDiagram(parts) {
  const { canvas, tip } = parts;
  const pen = canvas.getContext('2d');
  const hidden = new Set();
  let theme;
  let kinds = [];
  let history = null;
  let sweep = null;
  /** Intervals of the window in `shown` (or of all of the run), or null where they are too many and `picture` has them. */
  let list = null;
  /** Pages of nodes of which all of the run is too much to keep. */
  let crowded = new Set();
  let picture = null;
  let shown = '';
  let view = { from: 0, to: 1, first: 0, last: 0 };
  let marked = NONE;
  /** What the marked job's nodes did for it, and when (ms). */
  let own = [];
  let cursor = NONE;
  let moment = 0;

  function show(newHistory) {
    history = newHistory;
    sweep = history === null ? null : new Sweep(history);
    shown = '';
    list = null;
    crowded = new Set();
    if (history === null) return;
    view = { from: 0, to: Math.max(1, history.to), first: 0, last: history.nodes };
    marked = NONE;
    cursor = NONE;
    fillPages(history.nodes);
    draw();
    fillLegend();
  }

  function fillPages(nodes) {
    const size = 64;
    const choices = [[0, nodes]];
    if (nodes > size)
      for (let first = 0; first < nodes; first += size) choices.push([first, Math.min(nodes, first + size)]);
    parts.page.replaceChildren(
      ...choices.map(
        ([first, last], i) =>
          new Option(i === 0 ? `all ${nodes}` : `${first} to ${last - 1}`, `${first} ${last}`),
      ),
    );
    parts.page.disabled = choices.length === 1;
  }

  /** Kinds that can occur, with a box each. */
  function fillLegend() {
    parts.legend.replaceChildren(
      ...kinds.flatMap((kind, k) => {
        if (!kind.drawn || (history.seen & (1 << k)) === 0) return [];
        const label = document.createElement('label');
        const box = document.createElement('input');
        box.type = 'checkbox';
        box.checked = !hidden.has(k);
        box.addEventListener('change', () => {
          if (box.checked) hidden.delete(k);
          else hidden.add(k);
          shown = '';
          draw();
        });
        const swatch = document.createElement('span');
        swatch.className = kind.full ? 'swatch' : 'swatch inner';
        swatch.style.setProperty('--colour', kind.colour);
        label.append(box, swatch, kind.label);
        return [label];
      }),
    );
  }

  const width = () => canvas.clientWidth - MARGIN.left - MARGIN.right;
  const height = () => canvas.clientHeight - MARGIN.top - MARGIN.bottom;
  const rowHeight = () => height() / (view.last - view.first);
  const xOf = (t) => MARGIN.left + ((t - view.from) / (view.to - view.from)) * width();
  const yOf = (node) => MARGIN.top + (node - view.first) * rowHeight();
  const timeAt = (x) => view.from + ((x - MARGIN.left) / width()) * (view.to - view.from);

  /** Where interval `i` is painted: left, top, width, height in CSS pixels. */
  function boxOf(i) {
    const left = xOf(list.start[i]);
    const wide = xOf(list.end[i]) - left;
    const row = rowHeight();
    const gap = row > 5 ? 1 : 0;
    const inset = row > 5 && list.layer[i] === 1 ? Math.round(row * 0.22) : 0;
    return [left, yOf(list.node[i]) + inset, wide, Math.max(0.2, row - gap - 2 * inset)];
  }

  /** Fills `list` or `picture` for the window in view. */
  function load() {
    const page = `${view.first} ${view.last}`;
    if (list?.whole === page) return;
    const key = `${page} ${view.from} ${view.to} ${width()}`;
    if (key === shown) return;
    shown = key;
    picture = null;
    if (!crowded.has(page)) {
      // All of the run at once if that is little; then zooming needs nothing new.
      list = intervalsIn(sweep, kinds, { ...view, from: 0, to: history.to });
      if (list !== null) {
        list.whole = page;
        return;
      }
      crowded.add(page);
    }
    list = intervalsIn(sweep, kinds, view);
    if (list === null) picture = rasterOf(sweep, kinds, view, Math.max(1, width()), hidden);
  }

  function draw(newTheme) {
    if (newTheme) {
      theme = newTheme;
      kinds = nodeKinds(theme);
      shown = '';
    }
    if (history === null || !theme) return;
    const rows = view.last - view.first;
    canvas.style.height = `${Math.max(220, Math.min(640, rows * 9 + MARGIN.top + MARGIN.bottom))}px`;
    load();
    if (newTheme) fillLegend();
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    drawAxes();
    pen.save();
    pen.beginPath();
    pen.rect(MARGIN.left, MARGIN.top, width(), height());
    pen.clip();
    if (list === null) {
      pen.imageSmoothingEnabled = false;
      pen.globalAlpha = marked === NONE ? 1 : 0.35;
      pen.drawImage(picture, MARGIN.left, MARGIN.top, width(), height());
      pen.globalAlpha = 1;
      drawOwn();
    } else {
      for (const layer of [0, 1]) {
        for (let k = 0; k < kinds.length; k++) if (!hidden.has(k)) drawKind(k, layer);
      }
      drawMarks();
    }
    pen.restore();
    placeLine();
  }

  function drawKind(kind, layer) {
    pen.fillStyle = kinds[kind].colour;
    for (let i = 0; i < list.count; i++) {
      if (list.kind[i] !== kind || list.layer[i] !== layer || !inView(i)) continue;
      pen.globalAlpha = marked !== NONE && list.job[i] !== marked ? 0.25 : 1;
      pen.fillRect(...boxOf(i));
    }
    pen.globalAlpha = 1;
  }

  function inView(i) {
    const node = list.node[i];
    return list.end[i] >= view.from && list.start[i] <= view.to && node >= view.first && node < view.last;
  }

  function drawMarks() {
    pen.strokeStyle = theme.ink;
    pen.lineWidth = 1.5;
    for (let i = 0; i < list.count; i++) {
      if (marked === NONE || list.job[i] !== marked || !inView(i)) continue;
      const [left, top, wide, high] = boxOf(i);
      pen.strokeRect(left - 0.5, top - 0.5, wide + 1, high + 1);
    }
    if (cursor === NONE) return;
    const [left, top, wide, high] = boxOf(cursor);
    pen.lineWidth = 2.5;
    pen.strokeRect(left - 2, top - 2, wide + 4, high + 4);
  }

  /** The marked job's intervals over a picture of all, where they would not be found: a little larger than they are. */
  function drawOwn() {
    pen.strokeStyle = theme.ink;
    pen.lineWidth = 1.5;
    for (const { node, kind, from, to } of own) {
      if (to < view.from || from > view.to || node < view.first || node >= view.last) continue;
      const left = xOf(from);
      const wide = Math.max(2, xOf(to) - left);
      const high = Math.max(2, rowHeight());
      pen.fillStyle = kinds[kind].colour;
      pen.strokeRect(left - 0.75, yOf(node) - 0.75, wide + 1.5, high + 1.5);
      pen.fillRect(left, yOf(node), wide, high);
    }
  }

  /** The line of the moment that the view of the cluster shows. */
  function placeLine() {
    const x = xOf(moment);
    const inside = history !== null && x >= MARGIN.left && x <= MARGIN.left + width();
    parts.line.hidden = !inside;
    parts.line.style.left = `${x}px`;
    parts.line.style.top = `${MARGIN.top}px`;
    parts.line.style.height = `${Math.max(0, height())}px`;
  }

  function drawAxes() {
    const unit = timeUnit((view.to - view.from) / 1e3);
    const ms = unit.seconds * 1e3;
    pen.font = `12px ${theme.font}`;
    pen.lineWidth = 1;
    pen.textBaseline = 'top';
    pen.textAlign = 'center';
    const bottom = MARGIN.top + height();
    for (const tick of niceTicks(view.from / ms, view.to / ms, width() / 80)) {
      const x = Math.round(xOf(tick * ms)) + 0.5;
      pen.strokeStyle = theme.grid;
      pen.beginPath();
      pen.moveTo(x, MARGIN.top);
      pen.lineTo(x, bottom + 4);
      pen.stroke();
      pen.fillStyle = theme.ink;
      if (x < MARGIN.left + width() - 40) pen.fillText(String(tick), x, bottom + 6);
    }
    pen.textAlign = 'right';
    pen.fillText(`time (${unit.name})`, MARGIN.left + width(), bottom + 19);
    pen.fillText('node', MARGIN.left - 8, 2);
    pen.textBaseline = 'middle';
    for (const node of niceTicks(view.first, view.last - 1, height() / 40)) {
      if (Number.isInteger(node)) pen.fillText(String(node), MARGIN.left - 8, yOf(node) + rowHeight() / 2);
    }
    pen.strokeStyle = theme.muted;
    pen.strokeRect(MARGIN.left - 0.5, MARGIN.top - 0.5, width() + 1, height() + 1);
  }

  function wordsOf(i) {
    const job = list.layer[i] === 0 ? '' : `, job ${history.id[list.job[i]]}`;
    const [start, end] = [list.start[i] / 1e3, list.end[i] / 1e3];
    const span = `${clockText(start)} to ${clockText(end)} (${durationText(end - start)})`;
    return `node ${list.node[i]}: ${kinds[list.kind[i]].label}${job}, ${span}`;
  }

  /** What is at a place of a picture of many intervals, in words and as a job. */
  function pointAt(x, y) {
    const node = view.first + Math.floor((y - MARGIN.top) / rowHeight());
    const at = timeAt(x);
    sweep.onNode = () => {};
    sweep.seek(Math.floor(at));
    const job = sweep.job[sweep.cellOf(node)];
    const whose = job < 0 ? '' : `, job ${history.id[job]}`;
    return { job, words: `node ${node}: ${kinds[sweep.shown(node)].label}${whose}, ${clockText(at / 1e3)}` };
  }

  function inside(x, y) {
    const right = MARGIN.left + width();
    const bottom = MARGIN.top + height();
    return history !== null && x >= MARGIN.left && x <= right && y >= MARGIN.top && y < bottom;
  }

  /** The interval at a place of the canvas, or -1: the shortest one there, or else the nearest within 4 pixels. */
  function intervalAt(x, y) {
    if (!inside(x, y)) return NONE;
    const node = view.first + Math.floor((y - MARGIN.top) / rowHeight());
    let found = NONE;
    let nearest = 4;
    for (const i of list.byNode[node] ?? []) {
      if (hidden.has(list.kind[i])) continue;
      const [left, , wide] = boxOf(i);
      const distance = Math.max(0, left - x, x - left - wide);
      const shorter =
        found >= 0 &&
        distance === nearest &&
        list.end[i] - list.start[i] < list.end[found] - list.start[found];
      if (distance < nearest || shorter) {
        found = i;
        nearest = distance;
      }
    }
    return found;
  }

  function tell(words, x, y) {
    tip.hidden = words === '';
    if (words === '') return;
    tip.textContent = words;
    const room = canvas.clientWidth - tip.offsetWidth - 4;
    tip.style.left = `${Math.max(4, Math.min(room, x + 12))}px`;
    tip.style.top = `${Math.max(0, y - tip.offsetHeight - 10)}px`;
  }

  function zoom(factor, about = (view.from + view.to) / 2) {
    const span = Math.min(history.to, Math.max(history.to * 1e-5, (view.to - view.from) * factor));
    const from = about - ((about - view.from) / (view.to - view.from)) * span;
    place(from, span);
  }

  function place(from, span) {
    view.from = Math.max(0, Math.min(history.to - span, from));
    view.to = view.from + span;
    if (list?.whole === undefined) cursor = NONE;
    draw();
  }

  function pan(share) {
    const span = view.to - view.from;
    place(view.from + share * span, span);
  }

  function reset() {
    place(0, history.to);
  }

  /** Brings out a job, by its place in the history; -1: none. */
  function mark(job) {
    if (marked === job || history === null) return;
    marked = job;
    own = job === NONE ? [] : intervalsOf(job);
    if (job !== NONE) parts.says.textContent = spanText(job);
    draw();
  }

  /** What a job's nodes did for it, and when. */
  function intervalsOf(job) {
    const start = history.start[job];
    if (!(start >= 0)) return [];
    const end = Number.isNaN(history.end[job]) ? history.to : history.end[job];
    const found = [];
    const open = new Map();
    const look = () => {
      for (const place of sweep.cellsOf(job)) {
        const kind = shownAs(0, sweep.doing[place]);
        const before = open.get(place);
        if (before?.kind === kind) continue;
        if (before !== undefined) before.to = sweep.ms;
        const interval = { node: sweep.nodeOf(place), kind, from: sweep.ms, to: end };
        open.set(place, interval);
        found.push(interval);
      }
      for (const [place, interval] of open) {
        if (sweep.job[place] === job) continue;
        interval.to = sweep.ms;
        open.delete(place);
      }
    };
    sweep.onNode = () => {};
    sweep.seek(start);
    look();
    while (sweep.nextMs < end) {
      sweep.step();
      if (sweep.who === job) look();
    }
    return found;
  }

  /** On how many nodes a job was, and from when to when. */
  function spanText(job) {
    const name = `job ${history.id[job]}`;
    if (own.length === 0) return `${name} never had a node`;
    const nodes = new Set(own.map(({ node }) => node)).size;
    const end = own.reduce((last, { to }) => Math.max(last, to), 0);
    return `${name}: ${numberText(nodes)} node${nodes === 1 ? '' : 's'}, ${clockText(own[0].from / 1e3)} to ${clockText(end / 1e3)}`;
  }

  /** Moves the keyboard's cursor to the next interval of the row, or to the nearest one of another row. */
  function step(along, rows) {
    if (list === null) {
      parts.says.textContent = 'too many intervals to step through: zoom in, or choose fewer nodes';
      return;
    }
    const visible = (node) => (list.byNode[node] ?? []).filter((i) => !hidden.has(list.kind[i]));
    if (cursor < 0) {
      for (let node = view.first; node < view.last && cursor < 0; node++) cursor = visible(node)[0] ?? NONE;
    } else if (rows === 0) {
      const own = visible(list.node[cursor]);
      cursor = own[Math.max(0, Math.min(own.length - 1, own.indexOf(cursor) + along))] ?? cursor;
    } else {
      const start = list.start[cursor];
      for (let node = list.node[cursor] + rows; node >= view.first && node < view.last; node += rows) {
        const own = visible(node);
        if (own.length === 0) continue;
        cursor = own.reduce((a, b) =>
          Math.abs(list.start[b] - start) < Math.abs(list.start[a] - start) ? b : a,
        );
        break;
      }
    }
    if (cursor < 0) return;
    const at = cursor;
    const span = view.to - view.from;
    const away = list.start[at] < view.from || list.start[at] > view.to;
    if (away && list.whole !== undefined) place(list.start[at] - span / 2, span);
    else draw();
    const [left, top] = boxOf(at);
    tell(wordsOf(at), left, top);
    parts.says.textContent = wordsOf(at);
  }

  function choose() {
    if (cursor === NONE) return;
    parts.chosen(list.job[cursor], Math.max(view.from, list.start[cursor]));
  }

  const KEYS = {
    ArrowRight: () => step(1, 0),
    ArrowLeft: () => step(-1, 0),
    ArrowDown: () => step(0, 1),
    ArrowUp: () => step(0, -1),
    '+': () => zoom(0.5, cursor < 0 ? undefined : list.start[cursor]),
    '-': () => zoom(2),
    0: reset,
    Enter: choose,
    Escape: () => {
      cursor = NONE;
      tell('');
      parts.chosen(NONE, null);
    },
  };
  canvas.addEventListener('keydown', (event) => {
    const act = KEYS[event.key];
    if (history === null || act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  let drag = null;
  let frameAsked = false;
  canvas.addEventListener('pointerdown', (event) => {
    drag = { x: event.clientX, from: view.from, moved: false };
  });
  canvas.addEventListener('pointermove', (event) => {
    if (history === null) return;
    const moved = drag === null ? 0 : event.clientX - drag.x;
    if (drag !== null && event.buttons !== 0 && (drag.moved || Math.abs(moved) > 4)) {
      drag.moved = true;
      canvas.setPointerCapture(event.pointerId);
      tell('');
      const span = view.to - view.from;
      drag.to = drag.from - (moved / width()) * span;
      if (frameAsked) return;
      frameAsked = true;
      requestAnimationFrame(() => {
        frameAsked = false;
        if (drag !== null) place(drag.to, span);
      });
      return;
    }
    const [x, y] = [event.offsetX, event.offsetY];
    if (list === null) tell(inside(x, y) ? pointAt(x, y).words : '', x, y);
    else {
      const i = intervalAt(x, y);
      tell(i < 0 ? '' : wordsOf(i), x, y);
    }
  });
  canvas.addEventListener('pointerup', (event) => {
    const [x, y] = [event.offsetX, event.offsetY];
    if (drag !== null && !drag.moved && inside(x, y)) {
      const i = list === null ? NONE : intervalAt(x, y);
      const job = list === null ? pointAt(x, y).job : i < 0 ? NONE : list.job[i];
      if (i >= 0) tell(wordsOf(i), x, y);
      parts.chosen(job === marked ? NONE : job, timeAt(x));
    }
    drag = null;
  });
  canvas.addEventListener('pointerleave', () => tell(''));
  canvas.addEventListener('pointercancel', () => {
    drag = null;
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      // A plain wheel scrolls the page; with Ctrl (or a pinch on a touch pad) it zooms.
      if (history === null || !event.ctrlKey) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.offsetX));
    },
    { passive: false },
  );
  parts.buttons.closer.addEventListener('click', () => history && zoom(0.5));
  parts.buttons.wider.addEventListener('click', () => history && zoom(2));
  parts.buttons.earlier.addEventListener('click', () => history && pan(-0.5));
  parts.buttons.later.addEventListener('click', () => history && pan(0.5));
  parts.buttons.whole.addEventListener('click', () => history && reset());
  parts.page.addEventListener('change', () => {
    const [first, last] = parts.page.value.split(' ').map(Number);
    view.first = first;
    view.last = last;
    cursor = NONE;
    draw();
  });

  return {
    show,
    draw,
    mark,
    /** The moment that is shown elsewhere, ms. */
    at: (ms) => {
      moment = ms;
      placeLine();
    },
  };
}

/** Round numbers between `low` and `high`, about `count` of them. */
function niceTicks(low, high, count) {
  const raw = Math.max(1e-12, (high - low) / Math.max(1, count));
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(Number((i * step).toPrecision(10)));
  return ticks;
}
