/**
 * What must hold in every building: the story that its domain events tell makes sense, job by job and node by node; no
 * node holds more guests than it has rows; what was done is what was asked; times and jobs add up.
 */
import { ROW } from '../../../models/history.ts';
import { type Building, hasNoOthers, inOrder, rowsOf } from './building-case.ts';
import type { Happening, JobRow, Outcome } from './outcome.ts';

/** s: times in files are rounded to this, those of what nodes show to `SHOWN_CLOSE`. */
export const CLOSE = 1e-6;
export const SHOWN_CLOSE = 2e-3;

/** Throws where something does not hold. */
export function must(right: boolean, what: () => string): void {
  if (!right) throw new Error(what());
}

/** Throws where the story of a building does not make sense, whatever its policies. */
export function checkBuilding(building: Building, outcome: Outcome): void {
  checkStory(outcome);
  // A gang that has lost tasks to a crash holds fewer until it has others for them.
  if (building.crashes === null) {
    checkPlaces(outcome.happenings, outcome.jobs, building.nodes * rowsOf(building));
  }
  checkJobs(building, outcome);
  checkNodes(building, outcome);
  checkMeasures(outcome);
}

/** Jobs go from state to state, nodes fall and rise, and jobs in the building are those that came less those that left. */
export function checkStory({ happenings, jobs, counts, end }: Outcome): void {
  let now = 0;
  let inside = 0;
  let integral = 0;
  /** Where each job is: '' (not there), waits, runs, over. */
  const state = new Map<number, string>();
  const killed = new Set<number>();
  /** Work per task that is saved, s. */
  const saved = new Map<number, number>();
  const down = new Set<number>();
  const unknown = new Set<number>();
  const say = (right: boolean, what: () => string) => must(right, () => `at ${now} s: ${what()}`);
  const turn = (job: number, from: string, to: string) => {
    const was = state.get(job) ?? '';
    say(was === from, () => `job ${job} was ${was || 'not there'} and now ${to}`);
    state.set(job, to);
  };
  const count = (by: number, time: number) => {
    integral += inside * (time - now);
    inside += by;
  };
  for (const { time, what, who, value } of happenings) {
    say(time >= now, () => `the clock goes back to ${time} s`);
    count(what === 'submit' ? 1 : what === 'finish' || what === 'reject' ? -1 : 0, time);
    now = time;
    const width = jobs[who]?.width ?? 0;
    if (what === 'submit') turn(who, '', 'waits');
    else if (what === 'start') {
      turn(who, 'waits', 'runs');
      say(value === width, () => `job ${who} of ${width} processors starts on ${value}`);
    } else if (what === 'finish') turn(who, 'runs', 'over');
    else if (what === 'reject') turn(who, 'waits', 'over');
    else if (what === 'kill') {
      turn(who, 'runs', 'waits');
      killed.add(who);
      say(value >= -CLOSE, () => `job ${who} loses ${value} s of work`);
    } else if (what === 'checkpoint') {
      turn(who, 'runs', 'runs');
      say(value >= (saved.get(who) ?? 0) - CLOSE, () => `less of job ${who} is saved than before`);
      saved.set(who, value);
    } else if (what === 'rollback') turn(who, 'runs', 'runs');
    else if (what === 'restart') {
      say(value <= (saved.get(who) ?? 0) + CLOSE, () => `job ${who} comes back with ${value} s, never saved`);
      saved.set(who, value);
    } else if (['recruit', 'refuse', 'evict', 'suspend', 'resume'].includes(what)) {
      say(!down.has(who), () => `node ${who} is down and says ${what}`);
    } else if (what === 'crash') {
      say(!down.has(who), () => `node ${who} crashes while it is down`);
      down.add(who);
      unknown.add(who);
    } else if (what === 'repair') say(down.delete(who), () => `node ${who} comes up and was not down`);
    else if (what === 'detect') say(unknown.delete(who), () => `no crash of node ${who} was to be noticed`);
  }
  count(0, end);
  let byJobs = 0;
  for (const { job, status, submit, end: ended } of jobs) {
    const there = state.get(job);
    if (status === 'finished') byJobs += ended - submit;
    else if (status !== 'rejected' && there !== undefined) byJobs += end - submit;
    must(
      (status === 'finished' || status === 'rejected') === (there === 'over'),
      () => `job ${job} is ${status} and its story ends: ${there}`,
    );
    must(status !== 'killed' || killed.has(job), () => `job ${job} counts as lost and nothing killed it`);
  }
  must(
    Math.abs(byJobs - integral) <= CLOSE * Math.max(1, integral),
    () => `the integral of jobs in the building is ${integral}, the sum of their times ${byJobs}`,
  );
  for (const status of ['finished', 'killed', 'rejected', 'pending']) {
    const n = jobs.filter((job) => job.status === status).length;
    must(counts[status] === n, () => `${n} jobs are ${status}, ${counts[status]} are counted`);
  }
}

/** At the end of every instant the jobs that have started hold no more places than there are. */
function checkPlaces(happenings: readonly Happening[], jobs: readonly JobRow[], places: number): void {
  let held = 0;
  for (const [i, { time, what, who }] of happenings.entries()) {
    if (what === 'start') held += jobs[who]!.width;
    else if (what === 'finish' || what === 'kill') held -= jobs[who]!.width;
    if (happenings[i + 1]?.time === time) continue;
    must(held <= places, () => `at ${time} s: jobs hold ${held} places of ${places}`);
  }
}

/** Every job gets what it asked for, and those without an end have a reason. */
function checkJobs(building: Building, outcome: Outcome): void {
  const { jobs, measures, counts, happenings } = outcome;
  const asked = inOrder(building.jobs);
  const { settings, nodes } = building;
  const free = settings['cluster.os'] === 'free';
  const endless = settings['horizon'] === 'auto';
  const dedicated =
    free && hasNoOthers(building) && rowsOf(building) === 1 && settings['memory.frames'] === 'auto';
  // Software fault isolation was measured to speed some programs up by that much (SFI-...).
  const least = settings['cluster.os'] === 'sfi-library' ? 0.95 : 1;
  const saved = new Set(happenings.flatMap(({ what, who }) => (what === 'checkpoint' ? [who] : [])));
  for (const { job, status, submit, start, end, width } of jobs) {
    const { run } = asked[job]!;
    must(
      width === asked[job]!.width,
      () => `job ${job} asked for ${asked[job]!.width} processors, got ${width}`,
    );
    must(!(start < submit), () => `job ${job} starts at ${start} s, submitted at ${submit} s`);
    must(
      (status === 'rejected') === width > nodes || !endless,
      () => `job ${job} of ${width} processors on ${nodes} nodes is ${status}`,
    );
    if (status !== 'finished') continue;
    // One that was saved has done part of its work before its last start.
    const took = saved.has(job) ? end - submit : end - start;
    must(took >= least * run - CLOSE, () => `job ${job} needs ${run} s and took ${took} s`);
    if (dedicated && !saved.has(job)) {
      must(
        took <= run + CLOSE,
        () => `job ${job} needs ${run} s, had its nodes to itself and took ${took} s`,
      );
    }
  }
  if (hasNoOthers(building) && endless && settings['policies.idle.name'] !== 'never') {
    must(counts['pending'] === 0, () => `${counts['pending']} jobs wait for ever on nodes of nobody`);
  }
  const givesUp = settings['policies.recovery.name'] === 'kill' || settings['failures.attempts'] !== 10_000;
  must(givesUp || counts['killed'] === 0, () => `${counts['killed']} jobs were given up`);
  if (free) checkWork(building, asked, outcome, (measures['lost_work_h'] ?? 0) * 3600);
}

/** CPU that guests used, less what was lost, s, is the work of the jobs: all of those that ended, no more of the others. */
function checkWork(
  { nodes }: Building,
  asked: readonly { run: number; width: number }[],
  { jobs, measures, end }: Outcome,
  lost: number,
): void {
  const used = (measures['node_time_user'] ?? 0) * nodes * end;
  let ended = 0;
  let other = 0;
  for (const [job, { run, width }] of asked.entries()) {
    if (jobs[job]!.status === 'finished') ended += run * width;
    else other += run * width;
  }
  const about = CLOSE * Math.max(1, used);
  must(
    used - lost >= ended - about,
    () => `of ${used} s of CPU ${lost} s were lost, jobs that ended needed ${ended} s`,
  );
  must(
    used - lost <= ended + other + about,
    () => `of ${used} s of CPU ${lost} s were lost, jobs need ${ended + other} s`,
  );
}

/** What nodes show: no job on more nodes than it has tasks and moves, none that runs on a node that is down. */
function checkNodes(building: Building, { shown, happenings, jobs }: Outcome): void {
  if (rowsOf(building) > 1) return;
  const crashed = spans(happenings, 'crash', 'repair');
  for (const [node, from, to, row, job] of shown) {
    if (row !== ROW.guest) continue;
    const dead = crashed.find((span) => span.who === node && overlap(span, from, to));
    must(
      dead === undefined,
      () => `job ${job} runs on node ${node} at ${Math.max(from, dead!.from)} s, which is down`,
    );
  }
  // Between two changes each job is on as many nodes as it has tasks, or on fewer.
  const times = [...new Set(shown.flatMap(([, from, to]) => [from, to]))].sort((a, b) => a - b);
  for (const [i, time] of times.slice(0, -1).entries()) {
    const middle = (time + times[i + 1]!) / 2;
    const running = new Map<number, number>();
    for (const [, from, to, row, job] of shown) {
      if (row !== ROW.guest || from > middle || to < middle) continue;
      running.set(job, (running.get(job) ?? 0) + 1);
    }
    for (const [job, on] of running) {
      must(
        on <= jobs[job]!.width,
        () => `at ${middle} s job ${job} of ${jobs[job]!.width} tasks runs on ${on} nodes`,
      );
    }
  }
}

interface Span {
  readonly who: number;
  readonly from: number;
  readonly to: number;
}

/** From each event `begin` to the next `end` of the same node or job. */
export function spans(happenings: readonly Happening[], begin: string, end: string): Span[] {
  const open = new Map<number, number>();
  const all: Span[] = [];
  for (const { time, what, who } of happenings) {
    if (what === begin && !open.has(who)) open.set(who, time);
    else if (what === end && open.has(who)) {
      all.push({ who, from: open.get(who)!, to: time });
      open.delete(who);
    }
  }
  for (const [who, from] of open) all.push({ who, from, to: Number.POSITIVE_INFINITY });
  return all;
}

export function overlap(span: Span, from: number, to: number): boolean {
  return Math.min(span.to, to) - Math.max(span.from, from) > SHOWN_CLOSE;
}

/** The parts of the nodes' time add up, and shares are shares. */
function checkMeasures({ measures }: Outcome): void {
  const parts = Object.entries(measures).filter(([name]) => name.startsWith('node_time_'));
  const sum = parts.reduce((total, [, share]) => total + share, 0);
  must(parts.length === 0 || Math.abs(sum - 1) < 1e-9, () => `the parts of node time add up to ${sum}`);
  for (const [name, value] of Object.entries(measures)) {
    must(Number.isFinite(value), () => `${name} is ${value}`);
    // There are programs that software fault isolation was measured to speed up.
    must(value >= -1e-9 || name.endsWith('_sfi'), () => `${name} is ${value}`);
  }
  const { freeze_s: frozen, migration_s: moving } = measures;
  must(
    frozen === undefined || frozen <= moving! + CLOSE,
    () => `moves take ${moving} s and freeze for ${frozen} s`,
  );
}
