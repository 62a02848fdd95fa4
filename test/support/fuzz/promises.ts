/**
 * What the policies of some slots promise, looked up in the story of a building: who goes before whom, whose reservation
 * holds, on which nodes guests may be. Each is told by the building alone, not by the policy's own code.
 */
import { ROW } from '../../../models/history.ts';
import { type Building, hasNoOthers, rowsOf, runOf } from './building-case.ts';
import type { Outcome } from './outcome.ts';
import { CLOSE, must, overlap, SHOWN_CLOSE, spans } from './story.ts';

type Check = (building: Building, outcome: Outcome) => void | Promise<void>;

/** What is checked beside the story, by slot and policy; every one applies wherever the policy is chosen. */
const PROMISES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  batch: { fcfs: nobodyOvertakes, easy: headsKeepTheirPromise, conservative: laterJobsDelayNobody },
  share: { equal: fewestProcessorsFirst },
  owner_return: { suspend: guestsGiveWay, kill: guestsGiveWay, migrate: guestsGiveWay },
};

/** The promises of all policies that a building has. */
export async function checkPromises(building: Building, outcome: Outcome): Promise<void> {
  for (const [slot, of] of Object.entries(PROMISES)) {
    await of[String(building.settings[`policies.${slot}.name`])]?.(building, outcome);
  }
  placedWhereOffered(building, outcome);
  delaysKeepTheirLimit(building, outcome);
}

const inOrderOfArrival = ({ settings }: Building) => settings['policies.share.name'] === 'none';

/** First come, first served: no job starts while one waits that came to the queue before it. */
function nobodyOvertakes(building: Building, { happenings, jobs }: Outcome): void {
  if (!inOrderOfArrival(building)) return;
  const givenUp = jobs.flatMap(({ job, status }) => (status === 'killed' ? [job] : []));
  const comesBack = (job: number, after: number) =>
    happenings.some(({ time, what, who }) => what === 'start' && who === job && time >= after);
  /** Since when each job that waits has been in the queue, s. */
  const since = new Map<number, number>();
  for (const { time, what, who } of happenings) {
    if (what === 'submit' || what === 'kill') since.set(who, time);
    else if (what === 'reject') since.delete(who);
    else if (what === 'start') {
      // Jobs that were given up do not come back to the queue.
      for (const job of givenUp) if (since.has(job) && !comesBack(job, time)) since.delete(job);
      const own = since.get(who)!;
      since.delete(who);
      for (const [job, from] of since) {
        must(
          from >= own,
          () => `at ${time} s job ${who}, waiting since ${own} s, starts before job ${job}, since ${from} s`,
        );
      }
    }
  }
}

/**
 * EASY: the head starts no later than processors enough will be free by the estimates of the jobs that ran when it
 * became head, or at any instant since; and it never waits while it fits.
 */
function headsKeepTheirPromise(building: Building, { happenings, jobs }: Outcome): void {
  // Only there do jobs keep to their estimates, on a number of processors that stays.
  const exact =
    hasNoOthers(building) && building.settings['cluster.os'] === 'free' && saves(building) === false;
  if (
    !exact ||
    rowsOf(building) > 1 ||
    !inOrderOfArrival(building) ||
    building.settings['memory.frames'] !== 'auto'
  )
    return;
  if (building.settings['policies.idle.name'] === 'never') return;
  const waiting: number[] = [];
  const running = new Map<number, number>();
  const promised = new Map<number, number>();
  for (const [i, { time, what, who }] of happenings.entries()) {
    if (what === 'submit') waiting.push(who);
    else if (what === 'reject') waiting.splice(waiting.indexOf(who), 1);
    else if (what === 'finish') running.delete(who);
    else if (what === 'start') {
      waiting.splice(waiting.indexOf(who), 1);
      running.set(who, time + jobs[who]!.estimate);
      const latest = promised.get(who) ?? Number.POSITIVE_INFINITY;
      must(
        time <= latest + CLOSE,
        () => `job ${who} was at the head, promised ${latest} s, and starts at ${time} s`,
      );
    }
    const head = waiting[0];
    if (happenings[i + 1]?.time === time || head === undefined) continue;
    let free = building.nodes;
    for (const job of running.keys()) free -= jobs[job]!.width;
    const { width } = jobs[head]!;
    must(
      width > free,
      () => `at ${time} s the head, job ${head} of ${width} processors, waits while ${free} are free`,
    );
    const ends = [...running].sort((a, b) => a[1] - b[1]);
    let at = time;
    for (const [job, end] of ends) {
      if (free >= width) break;
      free += jobs[job]!.width;
      at = end;
    }
    const before = promised.get(head) ?? Number.POSITIVE_INFINITY;
    must(
      at <= before + CLOSE,
      () => `at ${time} s job ${head}, promised ${before} s, will not start before ${at} s`,
    );
    promised.set(head, Math.min(before, at));
  }
}

const saves = ({ settings }: Building) =>
  settings['policies.checkpoint.name'] !== 'none' || settings['policies.recovery.name'] === 'message-log';

/**
 * Conservative backfilling with exact estimates: a reservation is kept, so that a job starts when it would have started
 * if nobody had come after it.
 */
async function laterJobsDelayNobody(building: Building, { jobs }: Outcome): Promise<void> {
  const { settings } = building;
  const exact = hasNoOthers(building) && settings['cluster.os'] === 'free' && !saves(building);
  if (!exact || rowsOf(building) > 1 || !inOrderOfArrival(building) || settings['memory.frames'] !== 'auto')
    return;
  if (building.jobs.some(({ more }) => more > 0)) return;
  for (let n = 1; n < jobs.length; n++) {
    const { submit } = jobs[n]!;
    if (submit === jobs[n - 1]!.submit) continue;
    const first = {
      ...building,
      jobs: building.jobs.filter((job) => job.submit - earliest(building) < submit),
    };
    const without = await runOf(first);
    for (const { job, start } of without.jobs) {
      const own = jobs[job]!.start;
      must(
        Number.isNaN(start) || own <= start + CLOSE,
        () => `job ${job} starts at ${own} s; if none came from ${submit} s on, at ${start} s`,
      );
    }
  }
}

const earliest = ({ jobs }: Building) => Math.min(...jobs.map(({ submit }) => submit));

/** Equal shares, under FCFS: a job starts only if no user waits who holds fewer processors than its own user. */
function fewestProcessorsFirst(building: Building, { happenings, jobs }: Outcome): void {
  if (
    building.settings['policies.batch.name'] !== 'fcfs' ||
    building.settings['policies.share.reclaim'] === true
  )
    return;
  const submitted = new Map<number, number>();
  /** Processors that a user's jobs hold at least and at most: ends and starts of one instant come in an order of their own. */
  const [least, most] = [new Map<number, number>(), new Map<number, number>()];
  const add = (to: Map<number, number>, user: number, by: number) => to.set(user, (to.get(user) ?? 0) + by);
  const ended: number[] = [];
  for (const [i, { time, what, who }] of happenings.entries()) {
    const { user, width } = jobs[who] ?? { user: -1, width: 0 };
    if (what === 'submit' || what === 'kill') submitted.set(who, time);
    if (what === 'reject') submitted.delete(who);
    if (what === 'finish' || what === 'kill') {
      add(least, user, -width);
      ended.push(who);
    }
    if (what === 'start') {
      submitted.delete(who);
      for (const [job, from] of submitted) {
        const other = jobs[job]!.user;
        if (from === time || other === user) continue;
        const [has, own] = [most.get(other) ?? 0, least.get(user) ?? 0];
        must(
          own <= has,
          () =>
            `at ${time} s user ${user}, who holds ${own}, gets nodes before user ${other}, who holds ${has}`,
        );
      }
      add(least, user, width);
      add(most, user, width);
    }
    if (happenings[i + 1]?.time === time) continue;
    for (const job of ended) add(most, jobs[job]!.user, -jobs[job]!.width);
    ended.length = 0;
  }
}

/** A guest that was called off does not run there until the node takes guests again. */
function guestsGiveWay(building: Building, { happenings, shown }: Outcome): void {
  const { settings } = building;
  if (rowsOf(building) > 1 || building.crashes !== null) return;
  // Else a job may come before the master has been told, and be copied while it runs.
  if (settings['cluster.os'] !== 'free' || settings['policies.migration.name'] === 'precopy') return;
  for (const { time, what, who } of happenings) {
    if (what !== 'evict') continue;
    const again = happenings.find(
      (later) =>
        later.who === who && later.time >= time && (later.what === 'recruit' || later.what === 'resume'),
    );
    const span = { who, from: time, to: again?.time ?? Number.POSITIVE_INFINITY };
    const runs = shown.find(
      ([node, from, to, row]) => node === who && row === ROW.guest && overlap(span, from, to),
    );
    must(
      runs === undefined,
      () => `job ${runs![4]} runs on node ${who} until ${runs![2]} s, called off at ${time} s`,
    );
  }
}

/** A job comes only to nodes that were taking guests at that moment. */
function placedWhereOffered(building: Building, { happenings, shown }: Outcome): void {
  const { settings } = building;
  // Else the master may not have been told yet; and a task that goes home asks nobody.
  if (building.owners === null || building.crashes !== null || settings['cluster.os'] !== 'free') return;
  if (rowsOf(building) > 1 || settings['policies.owner_return.name'] === 'home') return;
  const taking = spans(happenings, 'recruit', 'refuse');
  for (const [node, from, , row, job] of shown) {
    if (row !== ROW.guest && row !== ROW.launching) continue;
    if (
      shown.some(
        ([other, , to, , same]) => other === node && same === job && Math.abs(to - from) <= SHOWN_CLOSE,
      )
    )
      continue;
    must(
      taking.some(
        ({ who, ...span }) =>
          who === node && span.from <= from + SHOWN_CLOSE && span.to >= from - SHOWN_CLOSE,
      ),
      () => `job ${job} comes to node ${node} at ${from} s, which does not take guests`,
    );
  }
}

/** s for which a task that has to go may still run: it came before the master had been told, or is copied while it runs. */
const leaving = ({ settings }: Building) => (settings['policies.migration.name'] === 'precopy' ? 60 : 1);

/** With a limit of delays a day, no owner's return finds a guest more often than that, and closed nodes stay closed. */
function delaysKeepTheirLimit(building: Building, { happenings, shown }: Outcome): void {
  const limit = building.settings['policies.owner_return.delay_limit'];
  if (typeof limit !== 'number' || rowsOf(building) > 1) return;
  // All of this is on the first day.
  const closedAt = new Map<number, number>();
  for (const { time, what, who } of happenings) {
    if (time > 86_400) break;
    if (what !== 'close') continue;
    must(!closedAt.has(who), () => `at ${time} s node ${who} is closed for the second time in a day`);
    closedAt.set(who, time);
  }
  const grace = leaving(building);
  for (const [node, at] of closedAt) {
    const late = shown.find(
      ([other, from, to, row]) =>
        other === node && from > at + grace && from < 86_400 && row === ROW.guest && to - from > grace,
    );
    must(
      late === undefined,
      () => `node ${node} was closed at ${at} s, job ${late![4]} runs there at ${late![1]} s`,
    );
  }
}
