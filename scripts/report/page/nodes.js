/**
 * The section of nodes: the cluster at one moment with its queue, a slider and a clock that plays, the Gantt diagram
 * beneath, and what is told of a node or a job. All of it is read from the history of one point's first replication;
 * the words about a job are those of `nowsim why`, from the same code.
 */
import { openHistory, placeOf, Sweep } from '../../../models/history.ts';
import { moment, story, waitText } from '../../provenance/story.ts';
import { clusterGrid } from './cluster.js';
import { ganttDiagram } from './gantt.js';
import { NONE, nodeKinds } from './kinds.js';
import { unpackBytes } from './library.js';
import { clockText, durationText, numberText } from './words.js';

/** Waiting jobs that are listed. */
const LISTED = 6;
/** ms between two writings of counts and lists while time runs. */
const WORDS_EVERY = 100;

/** The results folder that this page lies in, as a shell takes it. */
function folderText() {
  const path = decodeURIComponent(location.pathname).replace(/\/[^/]*$/, '');
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/**
 * Drives the section. `timelines` as the page holds them; `told()` is called when the moment, or what is chosen,
 * has come to rest.
 * Returns `show(opening)` (the point that the select names; `opening`: at the time of the address, or else where its
 * first job starts), `draw(theme)` and `momentOf(point)` (s, or null).
 */
export function nodesSection(timelines, told) {
  const part = (name) => document.getElementById(name);
  const buttons = (kind) =>
    Object.fromEntries(
      [...document.querySelectorAll(`[data-${kind}]`)].map((button) => [button.dataset[kind], button]),
    );
  const clock = buttons('clock');
  const slider = part('time');
  const opened = new Map();
  let timeline = null;
  let history = null;
  let sweep = null;
  let kinds = [];
  let now = 0;
  let job = NONE;
  let node = NONE;
  let playing = false;
  let lastFrame = 0;
  let wordsAt = 0;
  let resting = 0;

  const grid = clusterGrid(part('cluster'), (chosen) => choose(sweep.job[sweep.cellOf(chosen)], chosen));
  const gantt = ganttDiagram({
    canvas: part('gantt'),
    tip: part('gantt-tip'),
    line: part('gantt-line'),
    legend: part('gantt-legend'),
    page: part('gantt-page'),
    says: part('gantt-says'),
    buttons: buttons('gantt'),
    chosen: (chosen, ms) => {
      if (ms !== null) go(ms);
      choose(chosen, NONE);
    },
  });

  async function show(opening) {
    const next = timelines.find(({ point }) => String(point) === part('gantt-point').value);
    if (next?.history === null || next === undefined) return;
    if (timeline !== next) {
      stop();
      const point = next.point;
      if (!opened.has(point)) {
        const { to_s } = next.history;
        opened.set(
          point,
          openHistory(await unpackBytes(`history-${point}`), next.nodes, Math.round(to_s * 1e3)),
        );
        if (String(point) !== part('gantt-point').value) return;
      }
      timeline = next;
      history = opened.get(point);
      sweep = new Sweep(history);
      sweep.onNode = grid.onNode;
      slider.max = String(history.to / 1e3);
      job = NONE;
      node = NONE;
      about();
      fillLegend();
      grid.show(sweep);
      gantt.show(history);
    }
    const unmoved = opening ? slider.dataset.given === undefined : slider.value === slider.dataset.normal;
    slider.dataset.normal = String(beginning() / 1e3);
    if (unmoved) slider.value = slider.dataset.normal;
    // Where the address, or the reader at another point, has left them.
    go(Number(slider.value) * 1e3);
    choose(part('gantt-job').value === '' ? NONE : placeOf(history, Number(part('gantt-job').value)), NONE);
  }

  /** When the first job starts, ms: before, there is an empty building. */
  function beginning() {
    const first = history.start.reduce((least, ms) => (ms < least ? ms : least), Number.POSITIVE_INFINITY);
    return Number.isFinite(first) ? first : 0;
  }

  function about() {
    const { to_s, cut } = timeline.history;
    const rest = cut
      ? `; it ends after ${durationText(to_s)} of ${durationText(timeline.horizon_s)}: later changes were left out to keep the page small (nowsim report ${folderText()} --histories SIZE makes room)`
      : '';
    part('gantt-window').textContent =
      `First replication: ${durationText(to_s)}, ${numberText(timeline.nodes)} nodes, ${numberText(history.n)} jobs${rest}.`;
  }

  // -- Time ---------------------------------------------------------------------------------------------------

  /** Shows a moment, ms. */
  function go(ms) {
    const { jumps } = sweep;
    now = Math.max(0, Math.min(history.to, ms));
    sweep.seek(Math.floor(now));
    if (sweep.jumps !== jumps) grid.jumped();
    grid.paint();
    gantt.at(now);
    const time = performance.now();
    if (playing && time - wordsAt < WORDS_EVERY) return;
    wordsAt = time;
    slider.value = String(now / 1e3);
    tell();
  }

  function frame(time) {
    if (!playing) return;
    const passed = Math.min(100, time - lastFrame);
    lastFrame = time;
    const speed = part('speed').value;
    // ms of the run in a ms of the reader's.
    go(now + passed * (speed === 'whole' ? history.to / 60_000 : Number(speed)));
    if (now >= history.to) stop();
    else requestAnimationFrame(frame);
  }

  function play() {
    if (history === null) return;
    if (playing) {
      stop();
      return;
    }
    if (now >= history.to) go(0);
    playing = true;
    lastFrame = performance.now();
    clock.play.textContent = 'Pause';
    requestAnimationFrame(frame);
  }

  function stop() {
    if (!playing) return;
    playing = false;
    clock.play.textContent = 'Play';
    go(now);
    rest();
  }

  function step(by) {
    if (history === null) return;
    stop();
    if (by > 0) go(Math.min(history.to, sweep.nextMs));
    else {
      const between = Math.floor(now) === sweep.ms ? now - 1 : now;
      sweep.seek(Math.max(0, Math.floor(between)));
      grid.jumped();
      go(sweep.ms);
    }
    rest();
  }

  /** The moment stays for a while: slower parts may follow it. */
  function rest() {
    clearTimeout(resting);
    resting = setTimeout(told, 150);
  }

  // -- What is told -------------------------------------------------------------------------------------------

  function tell() {
    part('time-text').textContent = clockText(Math.floor(now / 1e3));
    slider.setAttribute('aria-valuetext', clockText(Math.floor(now / 1e3)));
    for (const count of part('cluster-legend').querySelectorAll('[data-count]'))
      count.textContent = numberText(sweep.counts[Number(count.dataset.count)]);
    tellQueue();
    if (job !== NONE) part('job-now').textContent = momentText();
    tellNode();
  }

  function momentText() {
    return `at ${clockText(Math.floor(now / 1e3))}: ${moment(sweep, timeline.setting, job, now)}`;
  }

  function tellQueue() {
    const { queue } = timeline.setting;
    part('queue-counts').textContent = queue
      ? `${numberText(sweep.running)} run, ${numberText(sweep.waiting)} wait, ${numberText(sweep.free)} ${sweep.free === 1 ? 'node' : 'nodes'} free by what the queue knows`
      : `${numberText(sweep.running)} run${sweep.waiting > 0 ? `, ${numberText(sweep.waiting)} wait at nodes or are on their way` : ''}; nobody waits in a batch queue`;
    const waiting = queue ? sweep.queue(LISTED) : [];
    const list = part('queue');
    list.hidden = !queue;
    while (list.children.length > waiting.length) list.lastChild.remove();
    while (list.children.length < waiting.length) {
      const entry = document.createElement('li');
      entry.append(document.createElement('button'));
      entry.firstChild.type = 'button';
      list.append(entry);
    }
    waiting.forEach((each, i) => {
      const button = list.children[i].firstChild;
      const text = `job ${history.id[each]}: ${history.width[each]} wide, waits ${waitText(sweep, each, now)}`;
      if (button.textContent !== text) button.textContent = text;
      button.dataset.job = String(each);
      button.setAttribute('aria-pressed', String(each === job));
    });
    const more = sweep.waiting - waiting.length;
    part('queue-more').textContent = queue && more > 0 ? `and ${numberText(more)} more behind them` : '';
  }

  function tellNode() {
    if (node === NONE) {
      part('node-now').textContent = job === NONE ? 'Choose a node or a job.' : `Job ${history.id[job]}.`;
      return;
    }
    const place = sweep.cellOf(node);
    const own = sweep.job[place];
    const whose = own < 0 ? '' : `, job ${history.id[own]}`;
    part('node-now').textContent = `Node ${node}: ${kinds[sweep.shown(node)].label}${whose}.`;
  }

  /** A job, by its place (-1: none), and a node (-1: none) are brought out everywhere. */
  function choose(chosen, chosenNode) {
    if (history === null) return;
    node = chosenNode;
    grid.point(chosenNode);
    if (
      chosen === NONE &&
      part('gantt-job').value !== '' &&
      placeOf(history, Number(part('gantt-job').value)) < 0
    )
      part('gantt-says').textContent = `job ${part('gantt-job').value} is not in this diagram`;
    if (chosen !== job) {
      job = chosen;
      grid.mark(job);
      gantt.mark(job);
      part('story').hidden = job === NONE;
      part('job-jumps').hidden = job === NONE;
      part('job-now').textContent = '';
      if (job !== NONE) {
        part('gantt-job').value = String(history.id[job]);
        part('story-lines').textContent = story(history, timeline.setting, job).join('\n');
        part('story-command').textContent =
          `nowsim why ${history.id[job]} --run ${folderText()}${timeline.point === 0 ? '' : ` --point ${timeline.point}`}`;
        for (const [name, button] of Object.entries(buttons('event')))
          button.disabled = Number.isNaN(history[name][job]);
      } else if (placeOf(history, Number(part('gantt-job').value)) >= 0) part('gantt-job').value = '';
    }
    tell();
    rest();
  }

  /** Goes to when a job starts (or is submitted, if it never does), unless it waits or runs at this moment. */
  function meet(chosen) {
    const { submit, start, end } = history;
    if (submit[chosen] <= now && !(end[chosen] <= now)) return;
    const moment = Number.isNaN(start[chosen]) ? submit[chosen] : start[chosen];
    if (Number.isNaN(moment)) return;
    stop();
    go(moment);
  }

  function draw(theme) {
    kinds = nodeKinds(theme);
    fillLegend();
    grid.draw(theme);
    gantt.draw(theme);
    if (history !== null) tell();
  }

  /** The states that occur, which have the counts of this moment. */
  function fillLegend() {
    part('cluster-legend').replaceChildren(
      ...kinds.flatMap((kind, k) => {
        if (history !== null && (history.seen & (1 << k)) === 0) return [];
        const entry = document.createElement('li');
        const swatch = document.createElement('span');
        swatch.className = 'cell';
        swatch.style.setProperty('--colour', kind.colour);
        swatch.style.setProperty('--ink-on', kind.ink);
        swatch.textContent = kind.letter;
        swatch.setAttribute('aria-hidden', 'true');
        const count = document.createElement('b');
        count.dataset.count = String(k);
        entry.append(swatch, `${kind.label} `, count);
        return [entry];
      }),
    );
  }

  slider.addEventListener('input', () => {
    if (history === null) return;
    if (playing) stop();
    go(Number(slider.value) * 1e3);
    rest();
  });
  clock.play.addEventListener('click', play);
  clock.back.addEventListener('click', () => step(-1));
  clock.on.addEventListener('click', () => step(1));
  part('cluster').addEventListener('keydown', (event) => {
    if (history === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = { ' ': play, ',': () => step(-1), '.': () => step(1), Escape: () => choose(NONE, NONE) };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  part('queue').addEventListener('click', ({ target }) => {
    if (target.dataset.job !== undefined) choose(Number(target.dataset.job), NONE);
  });
  part('gantt-job').addEventListener('change', () => {
    if (history === null) return;
    const { value } = part('gantt-job');
    const chosen = value === '' ? NONE : placeOf(history, Number(value));
    if (chosen !== NONE) meet(chosen);
    choose(chosen, NONE);
  });
  for (const [name, button] of Object.entries(buttons('event'))) {
    button.addEventListener('click', () => {
      stop();
      go(history[name][job]);
      rest();
    });
  }

  return { show, draw, momentOf: (point) => (timeline?.point === point ? now / 1e3 : null) };
}
