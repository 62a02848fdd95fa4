/**
 * The Gantt diagram of nodes on a canvas: some 20,000 intervals at once, zoom and pan in time, pages of nodes,
 * one job brought out. Owners fill a row, jobs run inside it, so that both can be seen where they meet.
 *
 * Level of detail: an interval narrower than a pixel is painted with that share of the pixel's colour (the canvas
 * does so by itself), so that a crowded row shows how long, not how often. None is made wider than it is.
 */
import { ganttKinds } from './theme.js';
import { clockText, durationText, numberText, timeUnit } from './words.js';

const FULL_ROW = new Set([0, 5]);
const MARGIN = { left: 46, right: 8, top: 22, bottom: 36 };

/** Starts and ends in seconds from the packed columns of a timeline. */
export function unpackGantt(packed) {
  const count = packed.node.length;
  const start = new Float64Array(count);
  const end = new Float64Array(count);
  let step = 0;
  for (let i = 0; i < count; i++) {
    step += packed.start[i];
    start[i] = packed.from_s + step * packed.step_s;
    end[i] = packed.from_s + (step + packed.length[i]) * packed.step_s;
  }
  return { ...packed, start, end, count };
}

/**
 * Drives the diagram. `parts`: canvas, tip, legend, page (select of node ranges), job (number input), buttons
 * (by name), says (live region). Returns `show(timeline)` and `draw(theme)`.
 */
export function ganttDiagram(parts) {
  const { canvas, tip } = parts;
  const pen = canvas.getContext('2d');
  const hidden = new Set();
  let theme;
  let kinds = [];
  let gantt = null;
  let byNode = [];
  let view = { from: 0, to: 1, first: 0, last: 0 };
  let marked = null;
  let cursor = -1;

  function show(timeline) {
    gantt = timeline === undefined ? null : unpackGantt(timeline.gantt);
    byNode = [];
    if (gantt === null) return;
    for (let i = 0; i < gantt.count; i++) {
      byNode[gantt.node[i]] ??= [];
      byNode[gantt.node[i]].push(i);
    }
    view = { from: gantt.from_s, to: gantt.to_s, first: 0, last: timeline.nodes };
    marked = null;
    cursor = -1;
    parts.job.value = '';
    fillPages(timeline.nodes);
    fillLegend();
    draw();
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

  function fillLegend() {
    const counts = new Map();
    for (const kind of gantt.kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    parts.legend.replaceChildren(
      ...kinds.flatMap((kind, k) => {
        if (!counts.has(k)) return [];
        const label = document.createElement('label');
        const box = document.createElement('input');
        box.type = 'checkbox';
        box.checked = !hidden.has(k);
        box.addEventListener('change', () => {
          if (box.checked) hidden.delete(k);
          else hidden.add(k);
          draw();
        });
        const swatch = document.createElement('span');
        swatch.className = FULL_ROW.has(k) ? 'swatch' : 'swatch inner';
        swatch.style.setProperty('--colour', kind.colour);
        label.append(box, swatch, `${kind.label} (${numberText(counts.get(k))})`);
        return [label];
      }),
    );
  }

  const width = () => canvas.clientWidth - MARGIN.left - MARGIN.right;
  const height = () => canvas.clientHeight - MARGIN.top - MARGIN.bottom;
  const rowHeight = () => height() / (view.last - view.first);
  const xOf = (t) => MARGIN.left + ((t - view.from) / (view.to - view.from)) * width();
  const yOf = (node) => MARGIN.top + (node - view.first) * rowHeight();

  /** Where interval `i` is painted: left, top, width, height in CSS pixels. */
  function boxOf(i) {
    const left = xOf(gantt.start[i]);
    const wide = xOf(gantt.end[i]) - left;
    const row = rowHeight();
    const gap = row > 5 ? 1 : 0;
    const inset = row > 5 && !FULL_ROW.has(gantt.kind[i]) ? Math.round(row * 0.22) : 0;
    return [left, yOf(gantt.node[i]) + inset, wide, Math.max(0.2, row - gap - 2 * inset)];
  }

  function draw(newTheme) {
    if (newTheme) {
      theme = newTheme;
      kinds = ganttKinds(theme);
      if (gantt) fillLegend();
    }
    if (gantt === null || !theme) return;
    const rows = view.last - view.first;
    canvas.style.height = `${Math.max(220, Math.min(640, rows * 9 + MARGIN.top + MARGIN.bottom))}px`;
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
    for (const full of [true, false]) {
      for (let k = 0; k < kinds.length; k++) if (FULL_ROW.has(k) === full && !hidden.has(k)) drawKind(k);
    }
    drawMarks();
    pen.restore();
  }

  function drawKind(kind) {
    pen.fillStyle = kinds[kind].colour;
    for (let i = 0; i < gantt.count; i++) {
      if (gantt.kind[i] !== kind || !inView(i)) continue;
      pen.globalAlpha = marked !== null && gantt.job[i] !== marked ? 0.25 : 1;
      pen.fillRect(...boxOf(i));
    }
    pen.globalAlpha = 1;
  }

  function inView(i) {
    const node = gantt.node[i];
    return gantt.end[i] >= view.from && gantt.start[i] <= view.to && node >= view.first && node < view.last;
  }

  function drawMarks() {
    pen.strokeStyle = theme.ink;
    pen.lineWidth = 1.5;
    for (let i = 0; i < gantt.count; i++) {
      if (marked === null || gantt.job[i] !== marked || FULL_ROW.has(gantt.kind[i]) || !inView(i)) continue;
      const [left, top, wide, high] = boxOf(i);
      pen.strokeRect(left - 0.5, top - 0.5, wide + 1, high + 1);
    }
    if (cursor < 0) return;
    const [left, top, wide, high] = boxOf(cursor);
    pen.lineWidth = 2.5;
    pen.strokeRect(left - 2, top - 2, wide + 4, high + 4);
  }

  function drawAxes() {
    const unit = timeUnit(view.to - view.from);
    pen.font = `12px ${theme.font}`;
    pen.lineWidth = 1;
    pen.textBaseline = 'top';
    pen.textAlign = 'center';
    const bottom = MARGIN.top + height();
    for (const tick of niceTicks(view.from / unit.seconds, view.to / unit.seconds, width() / 80)) {
      const x = Math.round(xOf(tick * unit.seconds)) + 0.5;
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
    const job = FULL_ROW.has(gantt.kind[i]) ? '' : `, job ${gantt.job[i]}`;
    const span = `${clockText(gantt.start[i])} to ${clockText(gantt.end[i])} (${durationText(gantt.end[i] - gantt.start[i])})`;
    return `node ${gantt.node[i]}: ${kinds[gantt.kind[i]]?.label ?? 'other'}${job}, ${span}`;
  }

  /** The interval at a place of the canvas, or -1: the shortest one there, or else the nearest within 4 pixels. */
  function intervalAt(x, y) {
    const right = MARGIN.left + width();
    const bottom = MARGIN.top + height();
    if (gantt === null || x < MARGIN.left || x > right || y < MARGIN.top || y >= bottom) return -1;
    const node = view.first + Math.floor((y - MARGIN.top) / rowHeight());
    let found = -1;
    let nearest = 4;
    for (const i of byNode[node] ?? []) {
      if (hidden.has(gantt.kind[i])) continue;
      const [left, , wide] = boxOf(i);
      const distance = Math.max(0, left - x, x - left - wide);
      const shorter =
        found >= 0 &&
        distance === nearest &&
        gantt.end[i] - gantt.start[i] < gantt.end[found] - gantt.start[found];
      if (distance < nearest || shorter) {
        found = i;
        nearest = distance;
      }
    }
    return found;
  }

  function tell(i, x, y) {
    tip.hidden = i < 0;
    if (i < 0) return;
    tip.textContent = wordsOf(i);
    const room = canvas.clientWidth - tip.offsetWidth - 4;
    tip.style.left = `${Math.max(4, Math.min(room, x + 12))}px`;
    tip.style.top = `${Math.max(0, y - tip.offsetHeight - 10)}px`;
  }

  function zoom(factor, about = (view.from + view.to) / 2) {
    const whole = gantt.to_s - gantt.from_s;
    const span = Math.min(whole, Math.max(whole * 1e-5, (view.to - view.from) * factor));
    const from = about - ((about - view.from) / (view.to - view.from)) * span;
    place(from, span);
  }

  function place(from, span) {
    view.from = Math.max(gantt.from_s, Math.min(gantt.to_s - span, from));
    view.to = view.from + span;
    draw();
  }

  function pan(share) {
    const span = view.to - view.from;
    place(view.from + share * span, span);
  }

  function reset() {
    place(gantt.from_s, gantt.to_s - gantt.from_s);
  }

  function mark(job) {
    marked = job;
    if (job === null) {
      draw();
      return;
    }
    const own = [];
    for (let i = 0; i < gantt.count; i++)
      if (gantt.job[i] === job && !FULL_ROW.has(gantt.kind[i])) own.push(i);
    if (own.length === 0) {
      marked = null;
      parts.says.textContent = `job ${job} is not in this diagram`;
    } else {
      const nodes = new Set(own.map((i) => gantt.node[i]));
      const from = Math.min(...own.map((i) => gantt.start[i]));
      const to = Math.max(...own.map((i) => gantt.end[i]));
      parts.says.textContent = `job ${job}: ${nodes.size} node${nodes.size === 1 ? '' : 's'}, ${own.length} interval${own.length === 1 ? '' : 's'}, ${clockText(from)} to ${clockText(to)}`;
    }
    draw();
  }

  /** Moves the keyboard's cursor to the next interval of the row, or to the nearest one of another row. */
  function step(along, rows) {
    const visible = (node) => (byNode[node] ?? []).filter((i) => !hidden.has(gantt.kind[i]));
    if (cursor < 0) {
      for (let node = view.first; node < view.last && cursor < 0; node++) cursor = visible(node)[0] ?? -1;
    } else if (rows === 0) {
      const own = visible(gantt.node[cursor]);
      cursor = own[Math.max(0, Math.min(own.length - 1, own.indexOf(cursor) + along))] ?? cursor;
    } else {
      const moment = gantt.start[cursor];
      for (let node = gantt.node[cursor] + rows; node >= view.first && node < view.last; node += rows) {
        const own = visible(node);
        if (own.length === 0) continue;
        cursor = own.reduce((a, b) =>
          Math.abs(gantt.start[b] - moment) < Math.abs(gantt.start[a] - moment) ? b : a,
        );
        break;
      }
    }
    if (cursor < 0) return;
    const span = view.to - view.from;
    if (gantt.start[cursor] < view.from || gantt.start[cursor] > view.to)
      place(gantt.start[cursor] - span / 2, span);
    else draw();
    const [left, top] = boxOf(cursor);
    tell(cursor, left, top);
    parts.says.textContent = wordsOf(cursor);
  }

  const KEYS = {
    ArrowRight: () => step(1, 0),
    ArrowLeft: () => step(-1, 0),
    ArrowDown: () => step(0, 1),
    ArrowUp: () => step(0, -1),
    '+': () => zoom(0.5, cursor < 0 ? undefined : gantt.start[cursor]),
    '-': () => zoom(2),
    0: reset,
    Enter: () => cursor >= 0 && !FULL_ROW.has(gantt.kind[cursor]) && mark(gantt.job[cursor]),
    Escape: () => {
      cursor = -1;
      tell(-1);
      mark(null);
    },
  };
  canvas.addEventListener('keydown', (event) => {
    const act = KEYS[event.key];
    if (gantt === null || act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  let drag = null;
  canvas.addEventListener('pointerdown', (event) => {
    drag = { x: event.clientX, from: view.from, moved: false };
  });
  canvas.addEventListener('pointermove', (event) => {
    if (gantt === null) return;
    const moved = drag === null ? 0 : event.clientX - drag.x;
    if (drag !== null && event.buttons !== 0 && (drag.moved || Math.abs(moved) > 4)) {
      drag.moved = true;
      canvas.setPointerCapture(event.pointerId);
      tell(-1);
      const span = view.to - view.from;
      place(drag.from - (moved / width()) * span, span);
      return;
    }
    tell(intervalAt(event.offsetX, event.offsetY), event.offsetX, event.offsetY);
  });
  canvas.addEventListener('pointerup', (event) => {
    if (gantt !== null && drag !== null && !drag.moved) {
      const i = intervalAt(event.offsetX, event.offsetY);
      tell(i, event.offsetX, event.offsetY);
      if (event.pointerType === 'mouse')
        mark(i < 0 || FULL_ROW.has(gantt.kind[i]) || marked === gantt.job[i] ? null : gantt.job[i]);
    }
    drag = null;
  });
  canvas.addEventListener('pointerleave', () => tell(-1));
  canvas.addEventListener('pointercancel', () => {
    drag = null;
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      // A plain wheel scrolls the page; with Ctrl (or a pinch on a touch pad) it zooms.
      if (gantt === null || !event.ctrlKey) return;
      event.preventDefault();
      const about = view.from + ((event.offsetX - MARGIN.left) / width()) * (view.to - view.from);
      zoom(event.deltaY > 0 ? 1.25 : 0.8, about);
    },
    { passive: false },
  );
  parts.buttons.closer.addEventListener('click', () => gantt && zoom(0.5));
  parts.buttons.wider.addEventListener('click', () => gantt && zoom(2));
  parts.buttons.earlier.addEventListener('click', () => gantt && pan(-0.5));
  parts.buttons.later.addEventListener('click', () => gantt && pan(0.5));
  parts.buttons.whole.addEventListener('click', () => gantt && reset());
  parts.page.addEventListener('change', () => {
    const [first, last] = parts.page.value.split(' ').map(Number);
    view.first = first;
    view.last = last;
    cursor = -1;
    draw();
  });
  parts.job.addEventListener(
    'change',
    () => gantt && mark(parts.job.value === '' ? null : Number(parts.job.value)),
  );

  return { show, draw };
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
