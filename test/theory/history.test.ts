/**
 * The history of a run says at any moment what a replay of its domain events says: who waits in which order, who runs
 * and on how many nodes, where owners are, which nodes are offered, crashed, or hold a stopped task. Random moments are
 * looked for in random order, so that kept states and going on from them are tried too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { EVENT } from '../../models/events.ts';
import {
  cutHistory,
  FATE,
  GROUND,
  type History,
  openHistory,
  ROW,
  rowsOf,
  Sweep,
} from '../../models/history.ts';
import { Timeline } from '../../models/timeline.ts';
import { story } from '../../scripts/provenance/story.ts';
import {
  historyOf,
  readTimeline,
  type Timeline as TimelineFile,
  unpackHistory,
} from '../../scripts/timelines.ts';
import { Streams } from '../../sim/engine/streams.ts';
import { inFolder, ready, run } from '../support/nowsim.ts';

interface Event {
  readonly ms: number;
  readonly what: string;
  readonly who: number;
  readonly value: number;
}
interface Kept {
  readonly timeline: TimelineFile;
  readonly history: History;
  readonly events: readonly Event[];
}

function kept(name: string, ...set: string[]): Promise<Kept> {
  return inFolder(async (folder) => {
    const [out, eventsOut] = [join(folder, 'out'), join(folder, 'events.csv')];
    await run(ready(name), ['replications=1', ...set], { out, eventsOut, vary: ['glunix=on'] });
    const rows = parse(readFileSync(eventsOut, 'utf8'), { columns: true }) as Record<string, string>[];
    const timeline = readTimeline(out, 0);
    return {
      timeline,
      history: historyOf(timeline)!,
      events: rows.map(({ time_s, what, who, value }) => ({
        ms: Math.round(Number(time_s) * 1e3),
        what: what!,
        who: Number(who),
        value: Number(value),
      })),
    };
  });
}

/** What the events tell, as they go by. */
class Replay {
  readonly waiting: number[] = [];
  readonly running = new Set<number>();
  readonly owners = new Set<number>();
  readonly offered = new Set<number>();
  readonly crashed = new Set<number>();
  /** Nodes with a stopped task, and its job. */
  readonly stopped = new Map<number, number>();
  private at = 0;
  private readonly events: readonly Event[];

  constructor(events: readonly Event[], first: Sweep) {
    this.events = events;
    for (let node = 0; node < first.ground.length; node++) {
      if ((first.ground[node]! & GROUND.present) !== 0) this.owners.add(node);
      if ((first.ground[node]! & GROUND.idle) !== 0) this.offered.add(node);
    }
  }

  to(ms: number): void {
    for (; this.at < this.events.length && this.events[this.at]!.ms <= ms; this.at++)
      this.take(this.events[this.at]!);
  }

  private take({ what, who, value }: Event): void {
    const wait = this.waiting.indexOf(who);
    if (what === 'submit') this.waiting.push(who);
    else if (what === 'start') {
      this.waiting.splice(wait, 1);
      this.running.add(who);
    } else if (what === 'reject') this.waiting.splice(wait, 1);
    else if (what === 'finish' || what === 'kill') {
      this.running.delete(who);
      if (what === 'kill') this.waiting.push(who);
      for (const [node, job] of this.stopped) if (job === who) this.stopped.delete(node);
    } else if (what === 'owner-return' && value === 0) this.owners.add(who);
    else if (what === 'owner-leave' && value === 0) this.owners.delete(who);
    else if (what === 'recruit') this.offered.add(who);
    else if (what === 'refuse') this.offered.delete(who);
    else if (what === 'suspend') this.stopped.set(who, value);
    else if (what === 'resume') this.stopped.delete(who);
    else if (what === 'crash') this.crashed.add(who);
    else if (what === 'repair') this.crashed.delete(who);
  }
}

const MOMENTS = 300;

/** Moments of a history in order of time, and for each what `look` sees there, looked for in another order. */
function moments<T>({ history }: Kept, look: (sweep: Sweep) => T): { ms: number; seen: T }[] {
  const chance = new Streams(5, 0).stream('moments');
  const times = Array.from({ length: MOMENTS }, () => Math.floor(chance.next() * history.to));
  const sweep = new Sweep(history);
  const found = times.map((ms) => {
    sweep.seek(ms);
    return { ms, seen: look(sweep) };
  });
  expect(sweep.jumps).toBeGreaterThan(MOMENTS / 4);
  return found.toSorted((a, b) => a.ms - b.ms);
}

const nodesWhere = (sweep: Sweep, holds: (node: number) => boolean) =>
  [...sweep.ground.keys()].filter((node) => holds(node));

describe('the history of a run', () => {
  it.each(['fcfs', 'easy', 'conservative'])('on dedicated nodes under %s', async (batch) => {
    const all = await kept(
      'headline',
      'cluster.nodes=48',
      'cluster.os=free',
      'owners.law=none',
      'jobs.law.count=1500',
      'jobs.load=0.85',
      `policies.batch=${batch}`,
    );
    const { history, events } = all;
    const first = new Sweep(history);
    first.seek(0);
    const replay = new Replay(events, first);
    let waited = 0;
    for (const { ms, seen } of moments(all, (sweep) => ({
      queue: sweep.queue(1e6),
      ahead: sweep.queue(1e6).map((job) => sweep.ahead(job)),
      since: sweep.queue(1e6).map((job) => sweep.waitsSince(job)),
      running: sweep.running,
      free: sweep.free,
      held: sweep.held,
      widths: [...new Set(sweep.job)]
        .filter((job) => job >= 0)
        .map((job) => [job, sweep.cellsOf(job).length]),
    }))) {
      replay.to(ms);
      expect(seen.queue).toEqual(replay.waiting);
      expect(seen.ahead).toEqual(replay.waiting.map((_, i) => i));
      expect(seen.since).toEqual(replay.waiting.map((job) => history.submit[job]));
      expect(seen.running).toBe(replay.running.size);
      const widths = [...replay.running].map((job) => [job, history.width[job]!]);
      const byJob = (list: number[][]) => list.toSorted((a, b) => a[0]! - b[0]!);
      expect(byJob(seen.widths as number[][])).toEqual(byJob(widths));
      const used = widths.reduce((sum, [, width]) => sum + width!, 0);
      expect([seen.held, seen.free]).toEqual([used, 48 - used]);
      waited += replay.waiting.length;
    }
    expect(waited).toBeGreaterThan(MOMENTS);
    for (const { ms, what, who } of events) {
      if (what === 'submit') expect(history.submit[who]).toBe(ms);
      if (what === 'start') expect(history.last[who]).toBe(ms);
      if (what === 'finish') expect([history.end[who], history.fate[who]]).toEqual([ms, FATE.finished]);
    }
  });

  it('of owned nodes whose guests are stopped for owners', async () => {
    const all = await kept(
      'headline',
      'cluster.nodes=32',
      'cluster.os=in-kernel',
      'jobs.law.count=800',
      'policies.owner_return=suspend',
    );
    const first = new Sweep(all.history);
    first.seek(0);
    const replay = new Replay(all.events, first);
    let stopped = 0;
    for (const { ms, seen } of moments(all, (sweep) => ({
      owners: nodesWhere(sweep, (node) => (sweep.ground[node]! & GROUND.present) !== 0),
      owned: sweep.owned,
      offered: nodesWhere(sweep, (node) => (sweep.ground[node]! & GROUND.idle) !== 0),
      stopped: nodesWhere(sweep, (node) => sweep.doing[node] === ROW.stopped).map((node) => [
        node,
        sweep.job[node]!,
      ]),
      counts: [...sweep.counts],
      shown: [...sweep.ground.keys()].map((node) => sweep.shown(node)),
      queue: sweep.queue(1e6),
      running: sweep.running,
    }))) {
      replay.to(ms);
      expect(seen.owners).toEqual([...replay.owners].toSorted((a, b) => a - b));
      expect(seen.owned).toBe(replay.owners.size);
      expect(seen.offered).toEqual([...replay.offered].toSorted((a, b) => a - b));
      expect(seen.stopped).toEqual([...replay.stopped].toSorted((a, b) => a[0] - b[0]));
      expect([seen.queue, seen.running]).toEqual([replay.waiting, replay.running.size]);
      seen.counts.forEach((count, kind) => {
        expect(seen.shown.filter((shown) => shown === kind)).toHaveLength(count);
      });
      stopped += replay.stopped.size;
    }
    expect(stopped).toBeGreaterThan(20);
    // What happened to tasks is told from their cells alone, once for every event.
    const setting = { queue: true, home: false, batch: 'easy', share: 'none', owned: true };
    const victims = new Set(all.events.filter(({ what }) => what === 'suspend').map(({ value }) => value));
    expect(victims.size).toBeGreaterThan(10);
    for (const job of [...victims].slice(0, 40)) {
      const lines = story(all.history, setting, job);
      const told = (text: string) => lines.filter((line) => line.endsWith(text)).length;
      const happened = (name: string) =>
        all.events.filter(({ what, value }) => what === name && value === job).length;
      if (lines.some((line) => line.includes('more events'))) continue;
      expect(told(': the owner returned: the task there was stopped')).toBe(happened('suspend'));
      expect(told(': the task there went on')).toBe(happened('resume'));
    }
  });

  it('of a building with gangs in two rows, short memory, crashes and kills', async () => {
    const all = await kept('building', 'horizon=3d', 'failures.mtbf=1d', 'cluster.os=in-kernel');
    const { history, events } = all;
    const first = new Sweep(history);
    first.seek(0);
    const replay = new Replay(events, first);
    let crashed = 0;
    let both = 0;
    for (const { ms, seen } of moments(all, (sweep) => ({
      crashed: nodesWhere(sweep, (node) => (sweep.ground[node]! & GROUND.crashed) !== 0),
      short: nodesWhere(sweep, (node) => (sweep.ground[node]! & GROUND.pages) !== 0).length,
      queue: sweep.queue(1e6),
      running: sweep.running,
      both: nodesWhere(sweep, (node) => sweep.job[node]! >= 0 && sweep.job[node + history.nodes]! >= 0)
        .length,
    }))) {
      replay.to(ms);
      expect(seen.crashed).toEqual([...replay.crashed].toSorted((a, b) => a - b));
      expect(seen.queue).toEqual(replay.waiting);
      expect(seen.running).toBe(replay.running.size);
      crashed += replay.crashed.size;
      both += seen.both;
    }
    expect(crashed).toBeGreaterThan(20);
    expect(both).toBeGreaterThan(20);
    expect(history.rows).toBe(2);
  });

  it('has whatever was shown, in whatever order', () => {
    const [nodes, rows, n] = [7, 2, 5];
    const width = new Int32Array(n).fill(1);
    const zeros = () => new Float64Array(n);
    const table = {
      n,
      id: zeros(),
      submit_s: zeros(),
      run_s: zeros(),
      estimate_s: zeros(),
      memory: zeros(),
      width,
      user: new Int32Array(n),
      status: new Int8Array(n),
      offset_s: 0,
    };
    const text = (...of: readonly ArrayLike<number>[]) =>
      of.map((each) => Array.from(each).join(' ')).join(' | ');
    for (let seed = 0; seed < 40; seed++) {
      const chance = new Streams(seed, 0).stream('changes');
      const below = (count: number) => Math.floor(chance.next() * count);
      const timeline = new Timeline(nodes, rows, { n, table, width, state: new Uint8Array(n) });
      for (let job = 0; job < n; job++) timeline.event(0, EVENT.submit, job, 1);
      const doing = new Int8Array(nodes * rows).fill(-1);
      const jobs = new Int32Array(nodes * rows).fill(-1);
      const ground = new Uint8Array(nodes);
      const truth = new Map<number, string>();
      let ms = 0;
      for (let i = 0; i < 400; i++) {
        if (below(3) === 0) ms += below(3);
        const now = ms * 1e6;
        if (below(3) === 0) {
          const node = below(nodes);
          ground[node] = below(64);
          timeline.setGround(node, now, ground[node]!);
        } else {
          // Some cells at once do the same for one job.
          const kind = below(5) - 1;
          const job = below(n);
          for (let k = below(4); k >= 0; k--) {
            const cell = below(nodes * rows);
            doing[cell] = kind;
            jobs[cell] = kind < 0 ? -1 : job;
            timeline.show(cell, now, kind, job);
          }
        }
        truth.set(ms, text(doing, jobs, ground));
      }
      const { bytes } = timeline.data(ms / 1e3, nodes, n, {}).history;
      const sweep = new Sweep(openHistory(bytes, nodes, ms));
      for (const [at, expected] of truth) {
        sweep.seek(at);
        expect(text(sweep.doing, sweep.job, sweep.ground), `seed ${seed}, ${at} ms`).toBe(expected);
        for (let job = 0; job < n; job++) {
          const own = [...sweep.job.keys()].filter((cell) => sweep.job[cell] === job);
          expect(sweep.cellsOf(job).toSorted((a, b) => a - b)).toEqual(own);
        }
      }
    }
  });

  it('cut short tells the same up to its end', async () => {
    const { timeline, history } = await kept(
      'headline',
      'cluster.nodes=16',
      'cluster.os=in-kernel',
      'jobs.law.count=300',
    );
    const bytes = unpackHistory(timeline.history!);
    const { bytes: less, to_s } = cutHistory(history, bytes.length, bytes.length / 3);
    expect(less.length).toBeLessThanOrEqual((1.01 * bytes.length) / 3);
    expect(less.length).toBeGreaterThan(bytes.length / 4);
    const part = openHistory(less, history.nodes, Math.round(to_s * 1e3));
    const text = (rows: Iterable<readonly number[]>) => [...rows].map((row) => row.join(' ')).toSorted();
    const before = [...rowsOf(history)].filter(([, from]) => from < to_s);
    expect(text(rowsOf(part))).toEqual(
      text(before.map(([node, from, to, kind, job]) => [node, from, Math.min(to, to_s), kind, job])),
    );
  });
});
