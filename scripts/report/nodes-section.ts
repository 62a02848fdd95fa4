/** The section of nodes as a document: the view of the cluster, its queue, a job's story, the Gantt diagram. */
import { html, type Markup } from './markup.ts';

/** ms of the run in a ms of the reader's. */
const SPEEDS = [
  ['whole', 'the whole in a minute'],
  ['1', 'as it was'],
  ['60', '1 min in a second'],
  ['600', '10 min in a second'],
  ['3600', '1 h in a second'],
  ['21600', '6 h in a second'],
  ['86400', '1 day in a second'],
] as const;

/** `points`: the select of points whose history there is, called `gantt-point`; `longest`: the end of the longest, s. */
export function nodesSection(points: Markup, longest: number): Markup {
  const speeds = SPEEDS.map(([value, text]) => html`<option value="${value}">${text}</option>`);
  return html`<section id="nodes" aria-labelledby="nodes-title">
<h2 id="nodes-title">What every node did</h2>
<div class="controls">
${points}
<label for="gantt-job">Job <input type="number" id="gantt-job" data-key="job" min="0" inputmode="numeric"></label>
</div>
<p class="aside" id="gantt-window"></p>
<div class="controls clock">
<button type="button" data-clock="play">Play</button>
<button type="button" data-clock="back" aria-label="To the change before">‹ change</button>
<button type="button" data-clock="on" aria-label="To the next change">change ›</button>
<label for="speed">Speed <select id="speed">${speeds}</select></label>
<output id="time-text" for="time">00:00:00</output>
</div>
<label for="time" class="time"><span>Time</span> <input type="range" id="time" data-key="time" min="0" max="${longest}" value="0" step="any"></label>
<div class="cluster">
<div>
<canvas id="cluster" tabindex="0" role="application" aria-label="The cluster: a cell for every node. Arrow keys go from node to node and tell it, space plays, comma and full stop step to the change before and after, Escape clears." aria-describedby="node-now"></canvas></div>
<ul class="kinds" id="cluster-legend" aria-label="Nodes at this moment, by what they do"></ul>
<div class="beside">
<div class="chosen">
<p id="node-now" role="status" aria-live="polite"></p>
<p id="job-now"></p>
<div class="controls" id="job-jumps" hidden>Go to when it <button type="button" data-event="submit">was submitted</button>
<button type="button" data-event="start">started</button>
<button type="button" data-event="end">ended</button></div>
</div>
<h3>At this moment</h3>
<p id="queue-counts"></p>
<ol id="queue" aria-label="Waiting jobs, the first of the queue first"></ol>
<p class="aside" id="queue-more"></p>
</div>
<div class="story" id="story" hidden>
<h3>The job’s story</h3>
<pre id="story-lines" tabindex="0"></pre>
<p class="aside">The same words: <code id="story-command"></code></p>
</div>
</div>
<h3>Over time</h3>
<div class="controls">
<label for="gantt-page">Nodes <select id="gantt-page"></select></label>
<button type="button" data-gantt="closer">Zoom in</button>
<button type="button" data-gantt="wider">Zoom out</button>
<button type="button" data-gantt="earlier">Earlier</button>
<button type="button" data-gantt="later">Later</button>
<button type="button" data-gantt="whole">Whole</button>
</div>
<div class="controls legend" id="gantt-legend" role="group" aria-label="Kinds shown"></div>
<div class="canvas"><canvas id="gantt" tabindex="0" role="application" aria-label="Gantt diagram of nodes over time. Arrow keys step through intervals and nodes, plus and minus zoom, Enter chooses the job, Escape clears." aria-describedby="gantt-help"></canvas><div class="moment" id="gantt-line" hidden></div><div class="tip" id="gantt-tip" hidden></div></div>
<p class="aside" id="gantt-help">Intervals narrower than a pixel are paler; zoom in to tell them apart. Drag to move, Ctrl and wheel to zoom, click to choose the job and the time. With the keyboard: arrow keys step, + and − zoom, 0 shows the whole, Enter chooses the job, Escape clears.</p>
<p class="aside" id="gantt-says" role="status" aria-live="polite"></p>
</section>`;
}
